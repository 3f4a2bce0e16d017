/* SPDX-License-Identifier: MIT */
#include "core/batch_key.h"

#include <string.h>

#include "base/text.h"
#include "query.h"
#include "sql/quote.h"

/* How an index has a column: as ORDER BY does, or exactly the other way round. */
enum { DIRECTION_FORWARD = 0, DIRECTION_BACKWARD = 3 };

struct index_column {
	const char *name; /* as SQL writes it; NULL: an expression */
	bool not_null;
	int direction;
	bool compares; /* as the column itself does */
};

struct index {
	const char *name;
	bool unique, ordered;
	struct index_column *columns;
	size_t count;
};

/* A list of columns, as SQL writes them. */
struct columns {
	const char **list;
	size_t count;
};

struct looking {
	struct arena *a;
	struct session *s;
	const struct script *script;
	struct batch_key *key;
	struct problems *problems;
	const char *relkind;
	bool unsound; /* something was added to problems */
	struct index *indexes; /* that of the primary key first */
	size_t index_count;
};

static struct error *refuse(struct looking *l, const char *format, ...) PRINTF_LIKE(2, 3);

static struct error *
refuse(struct looking *l, const char *format, ...)
{
	struct error *err = problem_add(l->problems);
	va_list args;

	va_start(args, format);
	error_set_at(err, ERR_REFUSED, l->script->directives.batch.place, "%s",
	    arena_vprintf(l->a, format, args));
	va_end(args);
	l->unsound = true;
	return err;
}

/* --- the table --- */

static bool
find_table(struct looking *l, bool *found, struct error *err)
{
	const struct directive_batch *batch = &l->script->directives.batch;
	const char *schema = batch->schema == NULL ? "" : batch->schema;
	const char *path = l->s->config->schema == NULL ? "" : l->s->config->schema;
	const char *parameters[] = { conn_array(l->a, &schema, 1),
		conn_array(l->a, &batch->table, 1), path };
	struct rows rows;

	if (!conn_query(l->a, l->s->conn, query_catalog_relations, 3, parameters, &rows, err))
		return false;
	*found = rows.count > 0;
	if (!*found)
		return true;
	l->key->oid = rows_integer(&rows, 0, 1);
	l->key->table =
	    arena_printf(l->a, "%s.%s", conn_identifier(l->a, l->s->conn, rows_text(&rows, 0, 2)),
		conn_identifier(l->a, l->s->conn, rows_text(&rows, 0, 3)));
	l->key->name = quote_qualified(l->a, rows_text(&rows, 0, 2), rows_text(&rows, 0, 3));
	l->relkind = rows_text(&rows, 0, 4);
	l->key->row_estimate = rows_integer(&rows, 0, 7);
	l->key->bytes = rows_integer(&rows, 0, 8);
	return true;
}

static const struct {
	char relkind;
	const char *what, *next;
} others[] = {
	{ 'v', "a view",
	    "Name the table that has the rows, and write the statement for that one." },
	{ 'm', "a materialized view",
	    "Change the tables that it reads, and REFRESH it in a file of its own." },
	{ 'f', "a foreign table", "Run the file on the server that has the rows." },
	{ 0, "no table", "Name a table, a partitioned table or a partition." },
};

static void
check_kind(struct looking *l)
{
	size_t i = 0;

	if (*l->relkind == 'r' || *l->relkind == 'p')
		return;
	while (others[i].relkind != 0 && others[i].relkind != *l->relkind)
		i++;
	(void)error_next(
	    refuse(l, "%s is %s: no index leads through its rows", l->key->name, others[i].what),
	    "%s", others[i].next);
}

/* --- the columns --- */

static void
check_column(struct looking *l, const struct rows *rows, size_t i)
{
	const char *name = rows_text(rows, i, 1);

	if (!rows_true(rows, i, 2))
		(void)error_next(refuse(l, "%s has no column %s", l->key->name, name),
		    "Write the columns of its primary key, or of another unique index.");
	else if (!rows_true(rows, i, 5))
		(void)error_next(
		    refuse(l, "the values of %s (%s) have no order", name, rows_text(rows, i, 3)),
		    "Take a key that is unique and that a btree index can be built on.");
	else if (rows_value(rows, i, 8) != NULL)
		(void)error_next(
		    refuse(l,
			"no search_path leads to the operators of %s (%s): it would be "
			"compared as another type",
			name, rows_text(rows, i, 3)),
		    "Put the schema %s into the role's search_path (ALTER ROLE).",
		    quote_name(l->a, rows_text(rows, i, 8)));
}

static bool
read_columns(struct looking *l, struct error *err)
{
	const struct directive_batch *batch = &l->script->directives.batch;
	struct batch_key *key = l->key;
	const char *parameters[] = { arena_printf(l->a, "%lld", (long long)key->oid),
		conn_array(l->a, batch->keys, batch->key_count),
		l->s->config->schema == NULL ? "" : l->s->config->schema };
	struct rows rows;

	if (!conn_query(l->a, l->s->conn, query_batch_key_columns, 3, parameters, &rows, err))
		return false;
	if (rows.count != batch->key_count)
		return error_set(err, ERR_CONNECT, "the server did not tell of all columns");
	key->columns = arena_alloc(l->a, rows.count * sizeof(*key->columns));
	key->types = arena_alloc(l->a, rows.count * sizeof(*key->types));
	key->arrays = arena_alloc(l->a, rows.count * sizeof(*key->arrays));
	key->count = rows.count;
	if (rows_true(&rows, 0, 6))
		(void)error_next(refuse(l, "%s has children by inheritance", key->name),
		    "Write a file for each of the tables, with ONLY in front of the parent's "
		    "name, or make them partitions.");
	for (size_t i = 0; i < rows.count; i++) {
		key->columns[i] = rows_text(&rows, i, 1);
		key->types[i] = rows_text(&rows, i, 3);
		key->arrays[i] = rows_true(&rows, i, 7);
		key->nullable |= !rows_true(&rows, i, 4);
		check_column(l, &rows, i);
	}
	return true;
}

/* --- the indexes --- */

static void
add_index_column(struct looking *l, const struct rows *rows, size_t i)
{
	const char *name = rows_text(rows, i, 0);
	struct index *index;

	if (l->index_count == 0 || strcmp(l->indexes[l->index_count - 1].name, name) != 0) {
		l->indexes = arena_extend(l->a, l->indexes, l->index_count, sizeof(*l->indexes));
		l->indexes[l->index_count++] = (struct index){
			.name = name,
			.unique = rows_true(rows, i, 1),
			.ordered = rows_true(rows, i, 2),
		};
	}
	index = &l->indexes[l->index_count - 1];
	index->columns = arena_extend(l->a, index->columns, index->count, sizeof(*index->columns));
	index->columns[index->count++] = (struct index_column){
		.name = rows_value(rows, i, 3),
		.not_null = rows_true(rows, i, 4),
		.direction = (int)rows_integer(rows, i, 5),
		.compares = rows_true(rows, i, 6),
	};
}

static bool
read_indexes(struct looking *l, struct error *err)
{
	const char *oid = arena_printf(l->a, "%lld", (long long)l->key->oid);
	struct rows rows;

	if (!conn_query(l->a, l->s->conn, query_batch_key_indexes, 1, &oid, &rows, err))
		return false;
	for (size_t i = 0; i < rows.count; i++)
		add_index_column(l, &rows, i);
	return true;
}

/* Does it have the rows in the order of these columns? */
static bool
is_in_order(const struct index *index, const struct columns *columns)
{
	if (!index->ordered || index->count < columns->count)
		return false;
	for (size_t i = 0; i < columns->count; i++) {
		const struct index_column *c = &index->columns[i];

		if (!text_is(c->name, columns->list[i]) || !c->compares ||
		    c->direction != index->columns[0].direction ||
		    (c->direction != DIRECTION_FORWARD && c->direction != DIRECTION_BACKWARD))
			return false;
	}
	return true;
}

static bool
has_order(const struct looking *l, const struct columns *columns)
{
	for (size_t i = 0; i < l->index_count; i++)
		if (is_in_order(&l->indexes[i], columns))
			return true;
	return false;
}

/*
 * Several NULLs may be in a unique index: they are in no batch.  What a deferred one lets through
 * is gone with its transaction.
 */
static bool
has_unique(const struct looking *l, const struct columns *columns)
{
	for (size_t i = 0; i < l->index_count; i++) {
		const struct index *index = &l->indexes[i];
		size_t k = 0;

		while (k < index->count && index->columns[k].name != NULL &&
		    text_is_among(index->columns[k].name, columns->list, columns->count))
			k++;
		if (index->unique && k == index->count)
			return true;
	}
	return false;
}

/* --- what to write instead --- */

static const char *
list_text(struct arena *a, const struct columns *columns, const char *separator)
{
	const char *text = columns->list[0];

	for (size_t i = 1; i < columns->count; i++)
		text = arena_printf(a, "%s%s%s", text, separator, columns->list[i]);
	return text;
}

/* The key with what makes it unique behind it: the primary key, or the next best. */
static bool
make_unique(struct looking *l, const struct columns *columns, struct columns *out)
{
	for (size_t i = 0; i < l->index_count; i++) {
		const struct index *index = &l->indexes[i];
		size_t k = 0;

		while (k < index->count && index->columns[k].name != NULL &&
		    index->columns[k].not_null)
			k++;
		if (!index->unique || k < index->count)
			continue;
		*out = (struct columns){ arena_alloc(l->a,
					     (columns->count + index->count) * sizeof(*out->list)),
			columns->count };
		memcpy(out->list, columns->list, columns->count * sizeof(*out->list));
		for (k = 0; k < index->count; k++)
			if (!text_is_among(index->columns[k].name, out->list, out->count))
				out->list[out->count++] = index->columns[k].name;
		return true;
	}
	return false;
}

static const char *
index_to_build(struct looking *l, const struct columns *columns)
{
	const struct directive_batch *batch = &l->script->directives.batch;
	const char *name = batch->table, *list;

	for (size_t i = 0; i < columns->count; i++)
		name = arena_printf(l->a, "%s_%.*s", name,
		    (int)(strlen(columns->list[i]) - 2 * (*columns->list[i] == '"')),
		    columns->list[i] + (*columns->list[i] == '"'));
	name = quote_name(l->a, arena_printf(l->a, "%s_idx", name));
	list = list_text(l->a, columns, ", ");
	if (*l->relkind != 'p')
		return arena_printf(
		    l->a, "CREATE INDEX CONCURRENTLY %s ON %s (%s)", name, l->key->name, list);
	return arena_printf(l->a,
	    "CREATE INDEX %s ON ONLY %s (%s), the same CONCURRENTLY on each partition, and ALTER "
	    "INDEX %s ATTACH PARTITION for each of these",
	    name, l->key->name, list, name);
}

static void
refuse_repeated(struct looking *l, const struct columns *columns)
{
	struct error *err = refuse(l, "several rows of %s may have the same %s", l->key->name,
	    batch_key_columns(l->a, l->key));
	const char *first = "";
	struct columns wider;

	if (!make_unique(l, columns, &wider)) {
		(void)error_next(err,
		    "No columns of it are unique: give it a primary key first, then make that the "
		    "key.");
		return;
	}
	if (!has_order(l, &wider))
		first = arena_printf(l->a, "  Build its index first, in a file of its own: %s.",
		    index_to_build(l, &wider));
	(void)error_next(err, "Write \"key=%s\" and \"(%s) BETWEEN :from AND :to\".%s",
	    list_text(l->a, &wider, ","), list_text(l->a, &wider, ", "), first);
}

static void
check_indexes(struct looking *l)
{
	const struct columns columns = { l->key->columns, l->key->count };

	if (!has_unique(l, &columns))
		refuse_repeated(l, &columns);
	else if (!has_order(l, &columns))
		(void)error_next(refuse(l, "no index of %s has its rows in the order of %s",
				     l->key->name, batch_key_columns(l->a, l->key)),
		    "Build it first, in a file of its own: %s.", index_to_build(l, &columns));
}

bool
batch_key_read(struct arena *a, struct session *s, const struct script *script,
    struct batch_key *out, bool *found, struct problems *problems, struct error *err)
{
	struct looking l = { .a = a, .s = s, .script = script, .key = out, .problems = problems };

	*out = (struct batch_key){ 0 };
	if (!find_table(&l, found, err))
		return error_at(err, "cannot look at the key of \"%s\"", script->script);
	if (!*found)
		return true;
	check_kind(&l);
	if (l.unsound)
		return true;
	if (!read_columns(&l, err) || !read_indexes(&l, err))
		return error_at(err, "cannot look at the key of \"%s\"", script->script);
	if (!l.unsound)
		check_indexes(&l);
	return true;
}

bool
batch_key_check(struct session *s, struct error *err)
{
	struct plan *plan = &s->plan;

	for (size_t i = 0; i < plan->step_count; i++) {
		struct script *script = plan->steps[i].script;
		struct batch_key *key;
		bool found;

		if (plan->steps[i].kind != STEP_SCRIPT || !script->sound || script->range == NULL)
			continue;
		key = arena_alloc(s->arena, sizeof(*key));
		if (!batch_key_read(s->arena, s, script, key, &found, &plan->setup_problems, err))
			return false;
		script->batch_key = found && key->count > 0 ? key : NULL;
	}
	return true;
}

/* --- for the statements of the runner --- */

const char *
batch_key_columns(struct arena *a, const struct batch_key *key)
{
	const struct columns columns = { key->columns, key->count };
	const char *list = list_text(a, &columns, ", ");

	return key->count == 1 ? list : arena_printf(a, "(%s)", list);
}

const char *
batch_key_parameters(struct arena *a, const struct batch_key *key, int first)
{
	const char *list = "";

	for (size_t i = 0; i < key->count; i++)
		list = arena_printf(
		    a, "%s%s$%d::%s", list, i == 0 ? "" : ", ", first + (int)i, key->types[i]);
	return key->count == 1 ? list : arena_printf(a, "ROW(%s)", list);
}
