/* SPDX-License-Identifier: MIT */
#include "core/history.h"

#include <string.h>

#include "base/utf8.h"
#include "core/history_shape.h"
#include "query.h"

static const char flyway_table[] = "flyway_schema_history";
static const char journal_suffix[] = "_journal";

/* PostgreSQL cuts longer identifiers, and two names could become one. */
enum { NAME_MAX_BYTES = 63 };

/* The newest one that we understand: "format" in the journal's rows. */
enum { JOURNAL_FORMAT = 1 };

/* The columns of history_facts.sql. */
enum fact {
	FACT_SCHEMA,
	FACT_CURRENT_SCHEMA,
	FACT_SEARCH_PATH,
	FACT_USER,
	FACT_SCHEMA_EXISTS,
	FACT_RELATION,
	FACT_KIND,
	FACT_OWNER,
	FACT_OWNER_TRUSTED,
	FACT_TRIGGER,
	FACT_RULE,
	FACT_ROW_SECURITY,
	FACT_INHERITS,
	FACT_COLUMNS,
	FACT_READABLE,
	FACT_WRITABLE
};

/* A relation that stands under one of our names: its row of the facts. */
struct relation {
	struct arena *arena;
	struct conn *conn;
	const struct rows *rows;
	size_t row;
	enum history_table table;
	const char *name; /* quoted, with its schema */
	const char *owner, *user; /* quoted */
};

static const char *
fact(const struct relation *r, enum fact column)
{
	return rows_value(r->rows, r->row, column);
}

static bool
fact_true(const struct relation *r, enum fact column)
{
	return rows_true(r->rows, r->row, column);
}

/* Java's String.hashCode of an identifier in double quotes, over UTF-16 units. */
static uint32_t
hash_identifier(uint32_t hash, const char *name)
{
	size_t length = strlen(name), size;
	uint32_t code;

	hash = 31 * hash + '"';
	for (; length > 0; name += size, length -= size) {
		size = utf8_decode(name, length, &code);
		if (size == 0) {
			size = 1;
			code = (unsigned char)*name;
		}
		if (code == '"')
			hash = 31 * hash + '"';
		if (code > 0xFFFF) {
			hash = 31 * hash + (0xD800 + ((code - 0x10000) >> 10));
			code = 0xDC00 + ((code - 0x10000) & 0x3FF);
		}
		hash = 31 * hash + code;
	}
	return 31 * hash + '"';
}

int64_t
history_lock_key(const char *schema, const char *table)
{
	const int64_t flyway = 0x466C79776179; /* "Flyway" */

	return flyway + (int32_t)hash_identifier(31 * hash_identifier(0, schema) + '.', table);
}

static bool
name_fits(const char *setting, const char *name, size_t suffix, struct error *err)
{
	size_t length = strlen(name), most = NAME_MAX_BYTES - suffix;

	if (length == 0)
		return error_set(err, ERR_USAGE, "setting \"%s\" is empty", setting);
	if (length > most) {
		(void)error_set(err, ERR_USAGE,
		    "setting \"%s\" is too long: \"%s\" has %zu bytes, at most %zu are possible",
		    setting, name, length, most);
		return error_next(err, "Choose a shorter name.");
	}
	return true;
}

static bool
names_fit(const struct config *config, struct error *err)
{
	return name_fits("table", config->table, strlen(journal_suffix), err) &&
	    (config->schema == NULL || name_fits("schema", config->schema, 0, err));
}

static const char *
journal_name(struct arena *a, const char *table)
{
	return arena_printf(a, "%s%s", table, journal_suffix);
}

static const char *
qualified(struct arena *a, struct conn *c, const char *schema, const char *table)
{
	return arena_printf(
	    a, "%s.%s", conn_identifier(a, c, schema), conn_identifier(a, c, table));
}

/* The row of the facts that tells of a relation, or -1. */
static int64_t
find_relation(const struct rows *rows, const char *name)
{
	size_t i;

	for (i = 0; i < rows->count; i++) {
		const char *found = rows_value(rows, i, FACT_RELATION);

		if (found != NULL && strcmp(found, name) == 0)
			return (int64_t)i;
	}
	return -1;
}

static void
check_owner(const struct relation *r, struct problems *problems)
{
	struct error *err;

	if (fact_true(r, FACT_OWNER_TRUSTED))
		return;
	err = problem_add(problems);
	(void)error_set(err, ERR_REFUSED,
	    "table %s belongs to %s, which is not %s nor a role that %s is a member of", r->name,
	    r->owner, r->user, r->user);
	(void)error_next(err,
	    "If %s may decide what runs here, connect as it or set \"role\" to it; else ALTER "
	    "TABLE %s OWNER TO %s, or set \"table\" to another name.",
	    r->owner, r->name, r->user);
}

/* What would run code of others, or lose rows, with every row that is written. */
static void
check_traps(const struct relation *r, struct problems *problems)
{
	static const struct {
		enum fact fact;
		const char *what, *remedy;
	} traps[] = {
		{ FACT_TRIGGER, "trigger", "DROP TRIGGER" },
		{ FACT_RULE, "rule", "DROP RULE" },
	};
	size_t i;

	for (i = 0; i < sizeof(traps) / sizeof(traps[0]); i++) {
		const char *name = fact(r, traps[i].fact);
		struct error *err;

		if (name == NULL)
			continue;
		name = conn_identifier(r->arena, r->conn, name);
		err = problem_add(problems);
		(void)error_set(err, ERR_REFUSED,
		    "table %s (owner %s) has the %s %s, which would run with the rights of %s",
		    r->name, r->owner, traps[i].what, name, r->user);
		(void)error_next(err, "Find out who made it, then: %s %s ON %s.", traps[i].remedy,
		    name, r->name);
	}
	if (fact_true(r, FACT_ROW_SECURITY)) {
		struct error *err = problem_add(problems);

		(void)error_set(err, ERR_REFUSED,
		    "table %s (owner %s) has row-level security: rows could be hidden", r->name,
		    r->owner);
		(void)error_next(err,
		    "ALTER TABLE %s DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY.",
		    r->name);
	}
}

static void
check_shape(const struct relation *r, struct problems *problems)
{
	const char *columns = rows_text(r->rows, r->row, FACT_COLUMNS);
	const char *wrong = history_shape_wrong(r->arena, r->table, columns);
	const char *needless = history_shape_needless(r->arena, r->table, columns);
	struct error *err;

	if (fact_true(r, FACT_INHERITS)) {
		err = problem_add(problems);
		(void)error_set(err, ERR_REFUSED,
		    "table %s (owner %s) is a parent or child of another table", r->name, r->owner);
		(void)error_next(err,
		    "Detach it (ALTER TABLE ... NO INHERIT or DETACH PARTITION), or set \"table\" "
		    "to another name.");
	}
	if (wrong == NULL && needless == NULL)
		return;
	err = problem_add(problems);
	(void)error_set(err, ERR_REFUSED, "table %s (owner %s) is not a %s: %s: %s", r->name,
	    r->owner, r->table == HISTORY_JOURNAL ? "journal of ours" : "schema history",
	    wrong != NULL ? "missing columns, or of another type" : "columns nobody would fill",
	    wrong != NULL ? wrong : needless);
	(void)error_next(err, "Set \"table\" to another name, or rename that table.");
}

/* pg_class.relkind in words; NULL for an ordinary table. */
static const char *
kind_name(const char *relkind)
{
	static const struct {
		const char *kind, *name;
	} kinds[] = {
		{ "v", "view" },
		{ "m", "materialized view" },
		{ "p", "partitioned table" },
		{ "f", "foreign table" },
		{ "S", "sequence" },
		{ "i", "index" },
		{ "I", "partitioned index" },
		{ "c", "composite type" },
	};
	size_t i;

	if (strcmp(relkind, "r") == 0)
		return NULL;
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(kinds[i].kind, relkind) == 0)
			return kinds[i].name;
	return "relation of another kind";
}

static void
check_relation(const struct relation *r, struct problems *problems)
{
	const char *kind = kind_name(rows_text(r->rows, r->row, FACT_KIND));
	struct error *err;

	if (kind != NULL) {
		err = problem_add(problems);
		(void)error_set(err, ERR_REFUSED, "%s (owner %s) is a %s, not an ordinary table",
		    r->name, r->owner, kind);
		(void)error_next(err, "Set \"table\" to another name, or rename that relation.");
		return;
	}
	check_owner(r, problems);
	check_traps(r, problems);
	check_shape(r, problems);
	if (!fact_true(r, FACT_READABLE)) {
		err = problem_add(problems);
		(void)error_set(err, ERR_REFUSED, "permission denied for table %s (owner %s)",
		    r->name, r->owner);
		(void)error_next(
		    err, "GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO %s.", r->name, r->user);
	}
}

/* Checks the relation of that name, if there is one; true if it is there. */
static bool
look_at(struct arena *a, struct conn *c, struct history *h, const struct rows *rows,
    const char *name, struct problems *problems)
{
	int64_t found = find_relation(rows, name);
	struct relation r = { .arena = a, .conn = c, .rows = rows };
	const char *owner;

	if (found < 0)
		return false;
	r.row = (size_t)found;
	r.table = strcmp(name, h->journal) == 0 ? HISTORY_JOURNAL : HISTORY_TABLE;
	r.name = qualified(a, c, h->schema, name);
	owner = fact(&r, FACT_OWNER);
	r.owner = conn_identifier(a, c, owner == NULL ? "?" : owner);
	r.user = conn_identifier(a, c, h->user);
	check_relation(&r, problems);
	h->writable = h->writable && fact_true(&r, FACT_WRITABLE);
	return true;
}

/* Which of the two names is in force. */
static void
choose_table(struct arena *a, struct conn *c, const struct config *config, const struct rows *rows,
    struct history *h, struct problems *problems)
{
	bool ours = find_relation(rows, config->table) >= 0;
	bool theirs = !config->table_set && find_relation(rows, flyway_table) >= 0;

	h->flyways = theirs && !ours;
	h->table = h->flyways ? flyway_table : config->table;
	h->journal = journal_name(a, h->table);
	if (ours && theirs) {
		struct error *err = problem_add(problems);

		(void)error_set(err, ERR_REFUSED, "both %s and %s exist",
		    qualified(a, c, h->schema, config->table),
		    qualified(a, c, h->schema, flyway_table));
		(void)error_next(err, "Set \"table\" to the one that holds the history.");
	}
}

/*
 * What user SQL will have: the schema in front of the session's own search_path, where it stands
 * already if we have set it.
 */
static const char *
search_path(struct arena *a, struct conn *c, const char *schema, const char *own)
{
	const char *first;
	size_t length;

	if (schema == NULL)
		return own;
	first = conn_identifier(a, c, schema);
	length = strlen(first);
	if (strncmp(own, first, length) == 0 && (own[length] == ',' || own[length] == '\0'))
		return own;
	return own[0] == '\0' ? first : arena_printf(a, "%s, %s", first, own);
}

static void
read_place(struct arena *a, struct conn *c, const struct config *config, const struct rows *rows,
    struct history *h, struct problems *problems)
{
	h->schema = rows_value(rows, 0, FACT_SCHEMA);
	h->default_schema = rows_value(rows, 0, FACT_CURRENT_SCHEMA);
	h->user = rows_text(rows, 0, FACT_USER);
	h->search_path = search_path(a, c, config->schema, rows_text(rows, 0, FACT_SEARCH_PATH));
	h->schema_exists = rows_true(rows, 0, FACT_SCHEMA_EXISTS);
	if (h->schema == NULL) {
		struct error *err = problem_add(problems);

		h->schema = "public";
		(void)error_set(err, ERR_REFUSED,
		    "no schema of the search_path (%s) exists: there is no place for the history",
		    rows_text(rows, 0, FACT_SEARCH_PATH));
		(void)error_next(err, "Set \"schema\", or the search_path of the role.");
	}
}

/* The columns of history_rows.sql. */
enum column {
	ROW_RANK,
	ROW_VERSION,
	ROW_DESCRIPTION,
	ROW_TYPE,
	ROW_SCRIPT,
	ROW_CHECKSUM,
	ROW_INSTALLED_BY,
	ROW_INSTALLED_ON,
	ROW_INSTALLED_ON_UTC,
	ROW_EXECUTION_TIME,
	ROW_SUCCESS,
	ROW_BODY_HASH,
	ROW_FORMAT,
	ROW_TOOL_VERSION
};

/* What the rows of the journal mean may have changed since this program was made. */
static void
check_format(struct arena *a, struct conn *c, const struct history *h, const struct rows *rows,
    struct problems *problems)
{
	struct error *err;

	if (rows_integer(rows, 0, ROW_FORMAT) <= JOURNAL_FORMAT)
		return;
	err = problem_add(problems);
	(void)error_set(err, ERR_REFUSED, "the journal %s was written by a newer migrate (%s)",
	    qualified(a, c, h->schema, h->journal), rows_text(rows, 0, ROW_TOOL_VERSION));
	(void)error_next(err, "Use that version here, or a later one.");
}

static bool
read_rows(struct arena *a, struct conn *c, struct history *h, struct problems *problems,
    struct error *err)
{
	const char *query = h->journal_exists ? query_history_rows_journal : query_history_rows;
	struct rows rows;
	size_t i;

	query = conn_query_text(a, c, query, "schema", h->schema, "table", h->table, "journal",
	    h->journal, (const char *)NULL);
	if (!conn_query(a, c, query, 0, NULL, &rows, err))
		return false;
	check_format(a, c, h, &rows, problems);
	h->rows = arena_alloc(a, (rows.count + 1) * sizeof(*h->rows));
	for (i = 0; i < rows.count; i++) {
		h->rows[i] = (struct history_row){
			.rank = (int)rows_integer(&rows, i, ROW_RANK),
			.version = rows_value(&rows, i, ROW_VERSION),
			.description = rows_text(&rows, i, ROW_DESCRIPTION),
			.type = rows_text(&rows, i, ROW_TYPE),
			.script = rows_text(&rows, i, ROW_SCRIPT),
			.has_checksum = rows_value(&rows, i, ROW_CHECKSUM) != NULL,
			.checksum = (int32_t)rows_integer(&rows, i, ROW_CHECKSUM),
			.installed_by = rows_text(&rows, i, ROW_INSTALLED_BY),
			.installed_on = rows_text(&rows, i, ROW_INSTALLED_ON),
			.installed_on_utc = rows_text(&rows, i, ROW_INSTALLED_ON_UTC),
			.execution_time = (int)rows_integer(&rows, i, ROW_EXECUTION_TIME),
			.success = rows_true(&rows, i, ROW_SUCCESS),
			.body_known = rows_value(&rows, i, ROW_BODY_HASH) != NULL,
			.body_hash = (uint32_t)rows_integer(&rows, i, ROW_BODY_HASH),
		};
		h->count += rows_value(&rows, i, ROW_RANK) != NULL;
	}
	/* They have no rank, and so come last. */
	h->unknown = h->rows + h->count;
	h->unknown_count = rows.count - h->count;
	return true;
}

/* The columns of journal_progress.sql. */
enum progress {
	PROGRESS_RANK,
	PROGRESS_STATEMENT,
	PROGRESS_HASH,
	PROGRESS_STATE,
	PROGRESS_BEFORE,
	PROGRESS_TOTAL,
	PROGRESS_CHECKPOINT
};

static void
add_statement(struct arena *a, struct unfinished *u, const struct rows *rows, size_t i)
{
	const char *state = rows_text(rows, i, PROGRESS_STATE);
	struct unfinished_statement statement = {
		.number = rows_integer(rows, i, PROGRESS_STATEMENT),
		.hash = (uint32_t)rows_integer(rows, i, PROGRESS_HASH),
		.done = strcmp(state, "done") == 0,
		.before = rows_value(rows, i, PROGRESS_BEFORE),
		.checkpoint = rows_value(rows, i, PROGRESS_CHECKPOINT),
	};

	u->list = arena_extend(a, u->list, u->count, sizeof(*u->list));
	u->list[u->count++] = statement;
	if (statement.done && statement.number == u->done + 1)
		u->done++;
	/* An intent that no catalog can decide. */
	u->unknown = strcmp(state, "unknown") == 0 ||
	    (strcmp(state, "running") == 0 && statement.before == NULL &&
		statement.checkpoint == NULL);
}

static void
add_progress(struct arena *a, struct history *h, const struct rows *rows)
{
	struct unfinished *u = NULL;
	struct history_row *row = NULL;

	for (size_t i = 0, k = 0; i < rows->count; i++) {
		int rank = (int)rows_integer(rows, i, PROGRESS_RANK);

		if (row == NULL || row->rank != rank) {
			while (k < h->count && h->rows[k].rank != rank)
				k++;
			if (k == h->count)
				return; /* written since the rows were read */
			row = &h->rows[k];
			u = arena_alloc(a, sizeof(*u));
			u->total = rows_integer(rows, i, PROGRESS_TOTAL);
			row->unfinished = u;
		}
		if (rows_value(rows, i, PROGRESS_STATEMENT) != NULL)
			add_statement(a, u, rows, i);
	}
}

static bool
read_progress(struct arena *a, struct conn *c, struct history *h, struct error *err)
{
	bool failed = false;
	struct rows rows;

	for (size_t i = 0; i < h->count; i++)
		failed = failed || !h->rows[i].success;
	if (!failed || !h->journal_exists)
		return true;
	if (!conn_query(a, c,
		conn_query_text(a, c, query_journal_progress, "schema", h->schema, "table",
		    h->table, "journal", h->journal, (const char *)NULL),
		0, NULL, &rows, err))
		return false;
	add_progress(a, h, &rows);
	return true;
}

/* It matters only as long as the history has no rows. */
static bool
read_emptiness(
    struct arena *a, struct conn *c, const char *names[5], struct history *h, struct error *err)
{
	struct rows rows;

	h->schema_empty = !h->schema_exists;
	if (!h->schema_exists || h->count > 0)
		return true;
	names[0] = h->schema;
	if (!conn_query(a, c, query_history_schema_empty, 5, names, &rows, err))
		return false;
	h->schema_empty = rows.count == 0 || rows_true(&rows, 0, 0);
	return true;
}

bool
history_read(struct arena *a, struct conn *c, const struct config *config, struct history *out,
    struct problems *problems, struct error *err)
{
	const char *other = config->table_set ? NULL : flyway_table;
	const char *names[5] = { config->schema, config->table, NULL, other,
		other == NULL ? NULL : journal_name(a, other) };
	size_t before = problems->count;
	struct rows rows;

	if (!names_fit(config, err))
		return false;
	names[2] = journal_name(a, config->table);
	*out = (struct history){ .writable = true };
	if (!conn_query(a, c, query_history_facts, 5, names, &rows, err))
		return false;
	if (rows.count == 0)
		return error_set(err, ERR_CONNECT, "the server did not say where it is");
	read_place(a, c, config, &rows, out, problems);
	choose_table(a, c, config, &rows, out, problems);
	out->lock_key = history_lock_key(out->schema, out->table);
	out->exists = look_at(a, c, out, &rows, out->table, problems);
	out->journal_exists = look_at(a, c, out, &rows, out->journal, problems);
	out->readable = problems->count == before;
	if (out->exists && out->readable &&
	    !(read_rows(a, c, out, problems, err) && read_progress(a, c, out, err)))
		return false;
	return read_emptiness(a, c, names, out, err);
}
