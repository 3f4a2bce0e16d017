/* SPDX-License-Identifier: MIT */
#include "core/dry_batch.h"

#include <inttypes.h>
#include <string.h>

#include "sql/quote.h"
#include "sql/range.h"

/* Pieces of SQL over the columns of the key, separated by ", ". */
struct pieces {
	const char *columns; /* created_at, id */
	const char *descending; /* created_at DESC, id DESC */
	const char *from, *to, *end; /* migrate_from_1, migrate_from_2 */
	const char *first, *last; /* what stands for :from and :to: ROW($1, $2) */
};

struct putting {
	struct arena *a;
	FILE *out;
	const struct script *script;
	const char *table;
	const char **columns;
	size_t count;
	struct pieces pieces;
	const char *after; /* a condition: behind the last batch of an earlier run */
};

static const char *
joined(struct arena *a, const char *list, const char *next)
{
	return *list == '\0' ? next : arena_printf(a, "%s, %s", list, next);
}

static const char *
numbered(const struct putting *p, const char *prefix, size_t first)
{
	const char *list = "";

	for (size_t i = 0; i < p->count; i++)
		list = joined(p->a, list, arena_printf(p->a, "%s%zu", prefix, first + i));
	return list;
}

static const char *
in_row(const struct putting *p, const char *list)
{
	return p->count == 1 ? list : arena_printf(p->a, "ROW(%s)", list);
}

static void
make_pieces(struct putting *p)
{
	struct pieces *s = &p->pieces;

	s->columns = s->descending = "";
	for (size_t i = 0; i < p->count; i++) {
		s->columns = joined(p->a, s->columns, p->columns[i]);
		s->descending =
		    joined(p->a, s->descending, arena_printf(p->a, "%s DESC", p->columns[i]));
	}
	s->from = numbered(p, "migrate_from_", 1);
	s->to = numbered(p, "migrate_to_", 1);
	s->end = numbered(p, "migrate_end_", 1);
	s->first = in_row(p, numbered(p, "$", 1));
	s->last = in_row(p, numbered(p, "$", p->count + 1));
}

/* Literals take the type of the column. */
static const char *
after_last(const struct putting *p, const struct batch_point *point)
{
	const char *last = "";

	if (point->last == NULL || point->key_count != p->count)
		return "";
	for (size_t i = 0; i < p->count; i++)
		last = joined(p->a, last, quote_string(p->a, point->last[i]));
	return arena_printf(p->a, "\n\t\t\tAND (%s) > (%s)", p->pieces.columns, last);
}

static void
put_variables(const struct putting *p)
{
	static const char *const names[] = { "from", "to", "end" };

	fputs("DECLARE\n", p->out);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		for (size_t k = 0; k < p->count; k++)
			fprintf(p->out, "\tmigrate_%s_%zu %s.%s%%TYPE;\n", names[i], k + 1,
			    p->table, p->columns[k]);
}

/* Rows with a NULL in their key are in no batch. */
static void
put_one(const struct putting *p, const char *into, const char *condition, const char *order)
{
	const char *columns = p->pieces.columns;

	fprintf(p->out,
	    "SELECT %s INTO %s\n\t\t\tFROM %s WHERE (%s) IS NOT NULL%s\n\t\t\tORDER BY %s LIMIT "
	    "1;\n",
	    columns, into, p->table, columns, condition, order);
}

static void
put_batch(const struct putting *p)
{
	const struct directive_batch *batch = &p->script->directives.batch;
	const struct pieces *s = &p->pieces;
	const char *sql = range_sql(p->a, p->script->range, s->first, s->last);

	fprintf(p->out,
	    "\t\tSELECT %s INTO %s FROM (\n"
	    "\t\t\tSELECT %s FROM %s WHERE (%s) IS NOT NULL\n"
	    "\t\t\tAND (%s) >= (%s) AND (%s) <= (%s)\n"
	    "\t\t\tORDER BY %s LIMIT %" PRId64 ") AS batch\n"
	    "\t\t\tORDER BY %s LIMIT 1;\n",
	    s->columns, s->to, s->columns, p->table, s->columns, s->columns, s->from, s->columns,
	    s->end, s->columns, batch->size, s->descending);
	fprintf(p->out,
	    "\t\tEXECUTE %s\n\t\t\tUSING %s, %s;\n"
	    "\t\tCOMMIT;\n"
	    "\t\tPERFORM pg_catalog.pg_sleep(%" PRId64 " / 1000.0);\n",
	    quote_string(p->a, sql), s->from, s->to, batch->pause_ms);
}

/* What comes in behind the greatest key of the beginning is the app's own. */
static void
put_loop(const struct putting *p)
{
	const struct pieces *s = &p->pieces;

	fputs("\t", p->out);
	put_one(p, s->end, "", s->descending);
	fputs("\t", p->out);
	put_one(p, s->from, p->after, s->columns);
	fputs("\tWHILE FOUND LOOP\n", p->out);
	put_batch(p);
	fputs("\t\t", p->out);
	put_one(p, s->from,
	    arena_printf(p->a, "\n\t\t\tAND (%s) > (%s) AND (%s) <= (%s)", s->columns, s->to,
		s->columns, s->end),
	    s->columns);
	fputs("\tEND LOOP;\n", p->out);
}

static void
put_check(const struct putting *p)
{
	const struct script *script = p->script;
	const char *until = script->directives.batch.until;
	const char *check = until != NULL ? until : script->range->check;

	if (check != NULL)
		fprintf(p->out,
		    "\tIF EXISTS (%s\n\t) THEN\n"
		    "\t\tRAISE EXCEPTION 'rows are left: run the block again';\n"
		    "\tEND IF;\n",
		    check);
}

static void
put_body(const struct putting *p)
{
	put_variables(p);
	fputs("BEGIN\n", p->out);
	put_loop(p);
	put_check(p);
	fputs("END\n", p->out);
}

void
dry_batch_put(FILE *out, struct arena *a, struct conn *c, const struct script *script,
    const struct batch_point *point)
{
	const struct directive_batch *batch = &script->directives.batch;
	struct arena_text *body = arena_text_new(a);
	struct putting p = { .a = a, .out = body->out, .script = script };
	const char *text, *tag = "$migrate$";

	p.table = conn_identifier(a, c, batch->table);
	if (batch->schema != NULL)
		p.table = arena_printf(a, "%s.%s", conn_identifier(a, c, batch->schema), p.table);
	p.count = batch->key_count;
	p.columns = arena_alloc(a, p.count * sizeof(*p.columns));
	for (size_t i = 0; i < p.count; i++)
		p.columns[i] = conn_identifier(a, c, batch->keys[i]);
	make_pieces(&p);
	p.after = after_last(&p, point);
	put_body(&p);
	text = arena_text_end(body);
	for (int i = 1; strstr(text, tag) != NULL; i++)
		tag = arena_printf(a, "$migrate_%d$", i);
	fprintf(out, "SET statement_timeout = 0;\nDO %s\n%s%s;\n", tag, text, tag);
}
