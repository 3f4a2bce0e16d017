/* SPDX-License-Identifier: MIT */
#include "core/history_create.h"

#include <string.h>

#include "query.h"

enum { TRIES_MAX = 10, ROLLBACK_MS = 3000 };

static const char *
quoted_table(struct arena *a, struct conn *c, const struct history *h)
{
	return arena_printf(
	    a, "%s.%s", conn_identifier(a, c, h->schema), conn_identifier(a, c, h->table));
}

static void
add(struct arena *a, struct conn *c, const struct history *h, const char *query,
    struct history_creation *out)
{
	query = conn_query_text(a, c, query, "schema", h->schema, "table", h->table, "journal",
	    h->journal, "constraint", arena_printf(a, "%s_pk", h->table), "index",
	    arena_printf(a, "%s_s_idx", h->table), (const char *)NULL);
	out->list[out->count++] = (struct conn_sql){ .sql = query };
}

static void
add_schema_row(struct arena *a, struct conn *c, const struct config *config,
    const struct history *h, struct history_creation *out)
{
	struct conn_sql *row;

	add(a, c, h, query_history_insert_schema, out);
	row = &out->list[out->count - 1];
	row->count = 2;
	row->parameters[0] = arena_printf(a, "\"%s\"", h->schema);
	row->parameters[1] = config->installed_by;
}

void
history_creation(struct arena *a, struct conn *c, const struct config *config,
    const struct history *h, bool row_later, struct history_creation *out)
{
	*out = (struct history_creation){ 0 };
	add(a, c, h, query_history_begin, out);
	add(a, c, h, query_own_search_path, out);
	if (!h->schema_exists)
		add(a, c, h, query_history_create_schema, out);
	if (!h->exists) {
		add(a, c, h, query_history_create_table, out);
		add(a, c, h, query_history_create_constraint, out);
		add(a, c, h, query_history_create_index, out);
	}
	if (!h->schema_exists && !row_later)
		add_schema_row(a, c, config, h, out);
	if (!h->journal_exists)
		add(a, c, h, query_journal_create, out);
	add(a, c, h, query_commit, out);
}

static bool
create_missing(struct arena *a, struct conn *c, const struct config *config,
    const struct history *h, bool row_later, struct error *err)
{
	struct history_creation creation;

	history_creation(a, c, config, h, row_later, &creation);
	for (size_t i = 0; i < creation.count; i++) {
		const struct conn_sql *sql = &creation.list[i];

		if (!(i == 0 ? conn_begin(a, c, sql->sql, err)
			     : conn_query(a, c, sql->sql, sql->count, sql->parameters, NULL, err)))
			return false;
	}
	return true;
}

/* Did somebody else make the same thing at the same time? */
static bool
is_raced(const struct error *err)
{
	static const char *const states[] = {
		"42P06", /* duplicate_schema */
		"42P07", /* duplicate_table */
		"42710", /* duplicate_object */
		"23505" /* unique_violation, in the catalog */
	};
	size_t i;

	for (i = 0; i < sizeof(states) / sizeof(states[0]); i++)
		if (strcmp(err->sqlstate, states[i]) == 0)
			return true;
	return false;
}

/* Takes back what was begun and turns a missing right into a refusal. */
static bool
give_up(struct arena *a, struct conn *c, const struct history *h, struct error *err)
{
	struct error *scratch = error_new(a);
	const char *user = conn_identifier(a, c, h->user);

	/* When this fails too the connection is gone, and the transaction with it. */
	conn_patience(c, ROLLBACK_MS);
	if (!conn_query(a, c, query_rollback, 0, NULL, NULL, scratch))
		error_clear(scratch);
	conn_patience(c, 0);
	error_at(err, "cannot create the schema history %s", quoted_table(a, c, h));
	if (strcmp(err->sqlstate, "42501") != 0)
		return false;
	err->code = ERR_REFUSED;
	if (h->schema_exists)
		return error_next(err, "GRANT USAGE, CREATE ON SCHEMA %s TO %s.",
		    conn_identifier(a, c, h->schema), user);
	return error_next(err, "GRANT CREATE ON DATABASE %s TO %s, or create the schema %s.",
	    conn_identifier(a, c, conn_database(c)), user, conn_identifier(a, c, h->schema));
}

/* Looks again at what is there; what is wrong with it is an error now. */
static bool
read_again(struct arena *a, struct conn *c, const struct config *config, struct history *h,
    struct error *err)
{
	struct problems problems = { .arena = a };
	const char *table = h->table;

	if (!history_read(a, c, config, h, &problems, err))
		return false;
	if (problems.count > 0) {
		error_copy(err, problems.list[0]);
		return false;
	}
	/* The run lock that we hold is that of the other table. */
	if (strcmp(h->table, table) != 0)
		return error_set(err, ERR_REFUSED, "table %s was made at this moment by Flyway",
		    quoted_table(a, c, h));
	return true;
}

bool
history_create(struct arena *a, struct conn *c, const struct config *config, struct history *h,
    bool row_later, struct error *err)
{
	int try;

	if (!h->schema_exists && !config->create_schemas) {
		(void)error_set(err, ERR_REFUSED, "schema \"%s\" does not exist", h->schema);
		return error_next(err, "Create it, or set \"create_schemas\" to true.");
	}
	for (try = 1;; try++) {
		if (create_missing(a, c, config, h, row_later, err))
			break;
		if (!is_raced(err) || try == TRIES_MAX)
			return give_up(a, c, h, err);
		(void)give_up(a, c, h, err);
		if (!read_again(a, c, config, h, err))
			return false;
	}
	h->schema_exists = h->exists = h->journal_exists = true;
	h->schema_empty = false;
	return true;
}
