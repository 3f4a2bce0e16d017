/* SPDX-License-Identifier: MIT */
#include "core/catalog.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "query.h"
#include "sql/statement.h"

struct catalog_name {
	struct act_name name;
	size_t table; /* index from 1; 0: there is none */
};

struct catalog_table {
	const char *oid;
	struct table_facts facts;
};

struct catalog *
catalog_new(struct arena *a)
{
	struct catalog *catalog = arena_alloc(a, sizeof(*catalog));

	catalog->arena = a;
	catalog->oldest_ms = catalog->lag_ms = catalog->lag_bytes = -1;
	return catalog;
}

const struct table_facts *
catalog_lookup(void *source, const char *schema, const char *name)
{
	struct catalog *catalog = source;
	struct arena *a = catalog->arena;
	size_t i;

	for (i = 0; i < catalog->count; i++) {
		const struct catalog_name *known = &catalog->names[i];

		if (text_same(known->name.name, name) && text_same(known->name.schema, schema))
			return known->table > 0 ? &catalog->tables[known->table - 1].facts : NULL;
	}
	catalog->names = arena_extend(a, catalog->names, catalog->count, sizeof(*catalog->names));
	catalog->names[catalog->count++] = (struct catalog_name){
		.name.schema = schema != NULL ? arena_strdup(a, schema) : NULL,
		.name.name = arena_strdup(a, name),
	};
	return NULL;
}

bool
catalog_wants(const struct catalog *catalog)
{
	return catalog->read < catalog->count;
}

/* --- asking --- */

/* Where the answers to one reading go. */
struct reading {
	struct catalog *catalog;
	struct session *s;
	struct arena *own; /* the answers live as long */
	size_t first_table;
	size_t last; /* the table that was found last */
	const char *oids; /* of the tables that are new with this reading, as an array */
};

/* What the server refuses is not known; what ends the connection ends the reading. */
static bool
ask(struct reading *r, const char *sql, int count, const char *const *parameters, struct rows *rows,
    struct error *err)
{
	*rows = (struct rows){ 0 };
	if (conn_query(r->own, r->s->conn, sql, count, parameters, rows, err))
		return true;
	if (err->code != ERR_SQL)
		return error_at(err, "cannot look at the live tables");
	if (r->catalog->blind == NULL)
		r->catalog->blind = arena_strdup(r->catalog->arena, err->message);
	*rows = (struct rows){ 0 };
	error_clear(err);
	return true;
}

static const char *
keep(struct reading *r, const struct rows *rows, size_t row, size_t column)
{
	const char *value = rows_value(rows, row, column);

	return value != NULL ? arena_strdup(r->catalog->arena, value) : NULL;
}

/* Of what is never NULL, whatever answers. */
static const char *
keep_text(struct reading *r, const struct rows *rows, size_t row, size_t column)
{
	return arena_strdup(r->catalog->arena, rows_text(rows, row, column));
}

static int64_t
number(const struct rows *rows, size_t row, size_t column)
{
	return rows_value(rows, row, column) != NULL ? rows_integer(rows, row, column) : -1;
}

static struct act_name
keep_name(struct reading *r, const struct rows *rows, size_t row, size_t column)
{
	return (struct act_name){
		.schema = keep(r, rows, row, column),
		.name = keep(r, rows, row, column + 1),
	};
}

/* Rows of one table follow each other, so the table of the row before is looked at first. */
static struct catalog_table *
find_table(struct reading *r, const char *oid)
{
	struct catalog *catalog = r->catalog;

	for (size_t i = 0; i < catalog->table_count; i++) {
		size_t at = (r->last + i) % catalog->table_count;

		if (text_is(catalog->tables[at].oid, oid)) {
			r->last = at;
			return &catalog->tables[at];
		}
	}
	return NULL;
}

/* --- relations --- */

enum { RELATION_OID = 1, RELATION_KIND = 4 };

static struct table_facts
read_relation(struct reading *r, const struct rows *rows, size_t row)
{
	struct table_facts facts = {
		.name = { keep_text(r, rows, row, 2), keep_text(r, rows, row, 3) },
		.kind = rows_text(rows, row, RELATION_KIND)[0],
		.temporary = rows_true(rows, row, 5),
		.is_partition = rows_true(rows, row, 6),
		.rows = number(rows, row, 7),
		.bytes = number(rows, row, 8),
		.index_bytes = number(rows, row, 9),
		.partitions = (size_t)rows_integer(rows, row, 10),
		.default_partition = keep_name(r, rows, row, 11),
		.parent = keep_name(r, rows, row, 13),
		.held_ms = -1,
	};

	facts.has_default_partition = facts.default_partition.name != NULL;
	return facts;
}

/* Two names may be of one table: an index and its table, with a schema and without. */
static void
add_relation(struct reading *r, const struct rows *rows, size_t row)
{
	struct catalog *catalog = r->catalog;
	size_t name = catalog->read + (size_t)rows_integer(rows, row, 0) - 1;
	struct catalog_table *table = find_table(r, rows_text(rows, row, RELATION_OID));

	if (name < catalog->read || name >= catalog->count)
		return; /* a server that is none */
	if (table == NULL) {
		catalog->tables = arena_extend(
		    catalog->arena, catalog->tables, catalog->table_count, sizeof(*table));
		table = &catalog->tables[catalog->table_count++];
		*table = (struct catalog_table){
			.oid = keep_text(r, rows, row, RELATION_OID),
			.facts = read_relation(r, rows, row),
		};
	}
	catalog->names[name].table = (size_t)(table - catalog->tables) + 1;
}

static bool
read_relations(struct reading *r, struct error *err)
{
	const struct catalog *catalog = r->catalog;
	size_t count = catalog->count - catalog->read;
	const char **schemas = arena_alloc(r->own, count * sizeof(*schemas));
	const char **names = arena_alloc(r->own, count * sizeof(*names));
	const char *parameters[3], *schema = r->s->config->schema;
	struct rows rows;

	for (size_t i = 0; i < count; i++) {
		const struct act_name *name = &catalog->names[catalog->read + i].name;

		schemas[i] = name->schema != NULL ? name->schema : "";
		names[i] = name->name;
	}
	parameters[0] = conn_array(r->own, schemas, count);
	parameters[1] = conn_array(r->own, names, count);
	parameters[2] = schema != NULL ? schema : "";
	if (!ask(r, query_catalog_relations, 3, parameters, &rows, err))
		return false;
	for (size_t i = 0; i < rows.count; i++)
		add_relation(r, &rows, i);
	return true;
}

static const char *
new_oids(struct reading *r)
{
	const struct catalog *catalog = r->catalog;
	size_t count = catalog->table_count - r->first_table;
	const char **oids = arena_alloc(r->own, (count + 1) * sizeof(*oids));

	for (size_t i = 0; i < count; i++)
		oids[i] = catalog->tables[r->first_table + i].oid;
	return conn_array(r->own, oids, count);
}

/* --- what belongs to them --- */

static struct act_type
read_type(struct reading *r, const struct rows *rows, size_t row)
{
	struct act_type type = {
		.name = { keep(r, rows, row, 2), keep_text(r, rows, row, 3) },
		.text = keep_text(r, rows, row, 4),
		.array = rows_true(rows, row, 5),
	};

	for (size_t i = 0; i < 2 && rows_value(rows, row, 6 + i) != NULL; i++)
		type.modifiers[type.modifier_count++] = rows_integer(rows, row, 6 + i);
	/* A type of PostgreSQL's own is written without its schema. */
	if (text_same(type.name.schema, "pg_catalog"))
		type.name.schema = NULL;
	return type;
}

static void
add_column(struct reading *r, struct table_facts *facts, const struct rows *rows, size_t row)
{
	facts->columns = arena_extend(
	    r->catalog->arena, facts->columns, facts->column_count, sizeof(*facts->columns));
	facts->columns[facts->column_count++] = (struct facts_column){
		.name = keep_text(r, rows, row, 1),
		.type = read_type(r, rows, row),
		.not_null = rows_true(rows, row, 8),
		.has_default = rows_true(rows, row, 9),
		.generated = rows_true(rows, row, 10),
	};
}

static enum act_constraint_kind
constraint_kind(char contype)
{
	switch (contype) {
	case 'f':
		return CONSTRAINT_FOREIGN_KEY;
	case 'n':
		return CONSTRAINT_NOT_NULL;
	case 'p':
		return CONSTRAINT_PRIMARY_KEY;
	case 'u':
		return CONSTRAINT_UNIQUE;
	case 'x':
		return CONSTRAINT_EXCLUSION;
	default:
		return CONSTRAINT_CHECK;
	}
}

/* What a CHECK says is told by the grammar, as it is for one in a file. */
static void
read_definition(struct reading *r, struct facts_constraint *constraint, const char *definition)
{
	const char *sql = arena_printf(r->own, "ALTER TABLE t ADD %s", definition);
	struct statement_class class;
	struct acts acts;

	statement_read(
	    r->catalog->arena, sql, strlen(sql), r->s->environment.server_version, &class, &acts);
	if (acts.count != 1 || acts.list[0].constraint_count != 1)
		return;
	constraint->proves_not_null = acts.list[0].constraints[0].proves_not_null;
	constraint->expression = acts.list[0].constraints[0].expression;
}

static struct facts_constraint *
new_constraint(struct reading *r, struct table_facts *facts, const struct rows *rows, size_t row)
{
	struct facts_constraint *constraint;

	facts->constraints = arena_extend(r->catalog->arena, facts->constraints,
	    facts->constraint_count, sizeof(*facts->constraints));
	constraint = &facts->constraints[facts->constraint_count++];
	*constraint = (struct facts_constraint){
		.name = keep_text(r, rows, row, 1),
		.kind = constraint_kind(rows_text(rows, row, 2)[0]),
		.valid = rows_true(rows, row, 3),
		.references = keep_name(r, rows, row, 5),
	};
	if (constraint->kind == CONSTRAINT_CHECK)
		read_definition(r, constraint, rows_text(rows, row, 8));
	return constraint;
}

/* A row for each column: those of one constraint follow each other. */
static void
add_constraint(struct reading *r, struct table_facts *facts, const struct rows *rows, size_t row)
{
	const char *name = rows_text(rows, row, 1);
	struct facts_constraint *last =
	    facts->constraint_count == 0 ? NULL : &facts->constraints[facts->constraint_count - 1];

	if (last == NULL || strcmp(last->name, name) != 0)
		last = new_constraint(r, facts, rows, row);
	if (rows_value(rows, row, 4) == NULL)
		return;
	last->columns = arena_extend(
	    r->catalog->arena, last->columns, last->column_count, sizeof(*last->columns));
	last->columns[last->column_count++] = keep(r, rows, row, 4);
}

static void
add_referencing(struct reading *r, struct table_facts *facts, struct act_name name)
{
	for (size_t i = 0; i < facts->referencing_count; i++)
		if (text_same(facts->referencing[i].name, name.name) &&
		    text_same(facts->referencing[i].schema, name.schema))
			return;
	facts->referencing = arena_extend(r->catalog->arena, facts->referencing,
	    facts->referencing_count, sizeof(*facts->referencing));
	facts->referencing[facts->referencing_count++] = name;
}

static void
add_index(struct reading *r, struct table_facts *facts, const struct rows *rows, size_t row)
{
	const char *name = rows_text(rows, row, 1);
	struct facts_index *last =
	    facts->index_count == 0 ? NULL : &facts->indexes[facts->index_count - 1];

	if (last == NULL || strcmp(last->name, name) != 0) {
		facts->indexes = arena_extend(
		    r->catalog->arena, facts->indexes, facts->index_count, sizeof(*facts->indexes));
		last = &facts->indexes[facts->index_count++];
		*last = (struct facts_index){
			.name = keep_text(r, rows, row, 1),
			.unique = rows_true(rows, row, 2),
			.partial = rows_true(rows, row, 3),
			.valid = rows_true(rows, row, 4),
			.of_constraint = rows_true(rows, row, 5),
		};
	}
	last->columns = arena_extend(
	    r->catalog->arena, last->columns, last->column_count, sizeof(*last->columns));
	last->columns[last->column_count++] = keep(r, rows, row, 6);
}

/* A table that an earlier reading has read is whole by now. */
static struct table_facts *
new_facts(struct reading *r, const char *oid)
{
	struct catalog_table *table = find_table(r, oid);

	if (table == NULL || (size_t)(table - r->catalog->tables) < r->first_table)
		return NULL;
	return &table->facts;
}

typedef void
add_row(struct reading *r, struct table_facts *facts, const struct rows *rows, size_t row);

/* A query about the new tables whose first column is the table. */
static bool
read_parts(struct reading *r, const char *sql, add_row *add, struct error *err)
{
	struct rows rows;

	if (!ask(r, sql, 1, &r->oids, &rows, err))
		return false;
	for (size_t i = 0; i < rows.count; i++) {
		struct table_facts *facts = new_facts(r, rows_value(&rows, i, 0));

		if (facts != NULL)
			add(r, facts, &rows, i);
	}
	return true;
}

static bool
read_constraints(struct reading *r, struct error *err)
{
	struct rows rows;

	if (!ask(r, query_catalog_constraints, 1, &r->oids, &rows, err))
		return false;
	for (size_t i = 0; i < rows.count; i++) {
		struct table_facts *own = new_facts(r, rows_value(&rows, i, 0));
		struct table_facts *referenced = new_facts(r, rows_value(&rows, i, 7));

		if (own != NULL)
			add_constraint(r, own, &rows, i);
		if (referenced != NULL && rows_value(&rows, i, 10) != NULL)
			add_referencing(r, referenced, keep_name(r, &rows, i, 9));
	}
	return true;
}

static bool
read_holders(struct reading *r, struct error *err)
{
	const char *parameters[] = { r->oids,
		arena_printf(r->own, "%lld", (long long)session_lock_timeout_ms(r->s->config)) };
	struct rows rows;

	if (!ask(r, query_catalog_holders, 2, parameters, &rows, err))
		return false;
	for (size_t i = 0; i < rows.count; i++) {
		struct table_facts *facts = new_facts(r, rows_value(&rows, i, 0));

		if (facts == NULL)
			continue;
		facts->held_ms = rows_integer(&rows, i, 1);
		facts->held_pid = (int)rows_integer(&rows, i, 2);
		facts->held_by = keep_text(r, &rows, i, 3);
	}
	return true;
}

static bool
read_server(struct reading *r, struct error *err)
{
	struct catalog *catalog = r->catalog;
	struct rows rows;

	if (!ask(r, query_catalog_server, 0, NULL, &rows, err))
		return false;
	if (rows.count == 0)
		return true;
	catalog->oldest_ms = number(&rows, 0, 0);
	catalog->oldest_pid = number(&rows, 0, 1);
	catalog->oldest_who = keep_text(r, &rows, 0, 2);
	catalog->lag_name = keep(r, &rows, 0, 3);
	catalog->lag_ms = number(&rows, 0, 4);
	catalog->lag_bytes = number(&rows, 0, 5);
	return true;
}

static bool
read_all(struct reading *r, struct error *err)
{
	if (r->catalog->read == 0 && !read_server(r, err))
		return false;
	if (!read_relations(r, err))
		return false;
	r->catalog->read = r->catalog->count;
	if (r->catalog->table_count == r->first_table)
		return true;
	r->oids = new_oids(r);
	return read_parts(r, query_catalog_columns, add_column, err) && read_constraints(r, err) &&
	    read_parts(r, query_catalog_indexes, add_index, err) && read_holders(r, err);
}

bool
catalog_read(struct catalog *catalog, struct session *s, struct error *err)
{
	struct reading r = {
		.catalog = catalog,
		.s = s,
		.own = arena_new(catalog->arena),
		.first_table = catalog->table_count,
	};
	bool done = read_all(&r, err);

	arena_close(r.own);
	return done;
}
