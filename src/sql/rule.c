/* SPDX-License-Identifier: MIT */
#include "sql/rule.h"

#include <string.h>

#include "base/text.h"
#include "sql/reshape.h"
#include "sql/words.h"

/* IF NOT EXISTS of a column that is there, IF EXISTS of one that is not: only the lock is left. */
static bool
does_nothing(struct lint *l, const struct act *act)
{
	const struct world_table *t = lint_table(l, act);

	if (t == NULL || act->part == NULL)
		return false;
	if (act->kind == ACT_ADD_COLUMN)
		return act->if_not_exists && world_column(t, act->part) != NULL;
	return act->kind == ACT_DROP_COLUMN && act->part_if_exists && t->complete &&
	    world_column(t, act->part) == NULL;
}

bool
rule_seen(struct lint *l, const struct act *act)
{
	return act->name.name != NULL && !world_is_new(lint_world(l), &act->name) &&
	    !does_nothing(l, act);
}

bool
rule_in_use(struct lint *l, const struct act *act)
{
	const struct world_table *t;

	if (act->on == ACT_ON_VIEW || act->on == ACT_ON_FOREIGN_TABLE || !rule_seen(l, act))
		return false;
	t = lint_table(l, act);
	return t == NULL || (t->facts.kind != 'v' && t->facts.kind != 'f');
}

bool
rule_reads_in_use(struct lint *l, const struct act *act)
{
	for (size_t i = 0; i < act->read_count; i++)
		if (!world_is_new(lint_world(l), &act->reads[i]))
			return true;
	return false;
}

bool
rule_relation(const struct act *act)
{
	return act->on == ACT_ON_TABLE || act->on == ACT_ON_FOREIGN_TABLE ||
	    act->on == ACT_ON_VIEW || act->on == ACT_ON_MATERIALIZED_VIEW;
}

bool
rule_named_again(struct lint *l, const struct lint_past *gone)
{
	size_t count;
	const struct lint_past *past = lint_past(l, &count);
	const struct world_table *t = world_find(lint_world(l), &gone->act->name);

	if (t == NULL || t->renamed || t->dropped)
		return false;
	for (const struct lint_past *p = gone + 1; p < past + count; p++) {
		enum act_kind kind = p->act->kind;

		if (p->transaction != gone->transaction)
			return false;
		if ((kind == ACT_CREATE_VIEW || kind == ACT_CREATE_MATERIALIZED_VIEW) &&
		    text_same(p->act->name.name, gone->act->name.name))
			return true;
		if (kind == ACT_RENAME && rule_relation(p->act) &&
		    text_same(p->act->new_name, gone->act->name.name))
			return true;
	}
	return false;
}

bool
rule_new_object(struct lint *l, const struct act *act)
{
	const struct world_object *o = NULL;

	if (act->on == ACT_ON_FUNCTION || act->on == ACT_ON_SCHEMA || act->on == ACT_ON_TYPE ||
	    act->on == ACT_ON_DOMAIN)
		o = world_object(lint_world(l), act->on, &act->name);
	return o != NULL && o->age != AGE_OLD && !o->dropped;
}

bool
rule_partitioned(struct lint *l, const struct act *act)
{
	const struct world_table *t = lint_table(l, act);

	return t != NULL && t->facts.kind == 'p';
}

bool
rule_same_name(const struct act_name *a, const struct act_name *b)
{
	return text_same(a->schema, b->schema) && text_same(a->name, b->name);
}

bool
rule_has(const char *const *names, size_t count, const char *name)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (text_same(names[i], name))
			return true;
	return false;
}

bool
rule_serial(const struct act_type *type)
{
	return type->name.name != NULL && strstr(type->name.name, "serial") != NULL;
}

const struct act_constraint *
rule_added(const struct act *act, enum act_constraint_kind kind)
{
	if (act->kind != ACT_ADD_CONSTRAINT || act->constraint_count == 0)
		return NULL;
	return act->constraints[0].kind == kind ? &act->constraints[0] : NULL;
}

const struct act_constraint *
rule_behind(const struct act *act, enum act_constraint_kind kind)
{
	size_t i;

	if (act->kind != ACT_ADD_COLUMN || act->column_count == 0)
		return NULL;
	for (i = 0; i < act->columns[0].constraint_count; i++)
		if (act->columns[0].constraints[i].kind == kind)
			return &act->columns[0].constraints[i];
	return NULL;
}

/* --- names and texts of constraints --- */

const char *
rule_constraint_name(struct lint *l, const struct act *act, const struct act_constraint *c)
{
	const struct world_table *t = lint_table(l, act);
	const struct table_facts unknown = { .name = act->name };

	return reshape_constraint_name(lint_arena(l), t == NULL ? &unknown : &t->facts, c);
}

static bool
next_is(struct words s, const char *pattern)
{
	return words_match(&s, pattern);
}

/* Does the constraint end before this word?  A column's own ends where the next one begins. */
static bool
is_behind(const struct word *w, const struct word *before, struct words rest, bool of_column)
{
	if (word_is(w, ",|)|;") || (word_is(w, "NOT") && next_is(rest, "VALID")))
		return true;
	if (!of_column || before->length == 0)
		return false;
	if (word_is(w, "NOT"))
		return !next_is(rest, "DEFERRABLE|ENFORCED|DISTINCT");
	if (word_is(w, "NULL|DEFAULT"))
		return !word_is(before, "SET|NOT");
	return word_is(w, "CONSTRAINT|CHECK|UNIQUE|PRIMARY|REFERENCES|GENERATED|COLLATE");
}

/*
 * The constraint as it stands in the statement, without its name, or NULL where it cannot be
 * found there: what EXECUTE runs may be quoted.
 */
static const char *
find_written(struct lint *l, const struct act_constraint *c)
{
	const struct lint_statement *s = lint_current(l);
	struct words rest;
	struct word w, before = { 0 };
	const char *start, *end;

	if (c->at <= 0 || (size_t)c->at >= s->length)
		return NULL;
	rest = words_start(s->text + c->at, s->length - (size_t)c->at);
	words_match(&rest, "CONSTRAINT %");
	if (!next_is(rest, "CHECK|FOREIGN|REFERENCES"))
		return NULL;
	for (start = end = NULL; words_next(&rest, &w); before = w) {
		if (is_behind(&w, &before, rest, c->of_column))
			break;
		if (start == NULL)
			start = w.text;
		if (word_is(&w, "("))
			words_skip_list(&rest);
		end = word_is(&w, "(") ? rest.at : w.text + w.length;
	}
	return arena_strndup(lint_arena(l), start, (size_t)(end - start));
}

/* As the grammar understood it: what is checked NOT VALID. */
static const char *
rebuild(struct lint *l, const struct act_constraint *c)
{
	struct arena_text *t;

	if (c->kind == CONSTRAINT_CHECK)
		return arena_printf(lint_arena(l), "CHECK (%s)%s", c->expression,
		    c->no_inherit ? " NO INHERIT" : "");
	t = arena_text_new(lint_arena(l));
	fprintf(t->out, "FOREIGN KEY (%s) REFERENCES %s",
	    lint_columns(l, (const char *const *)c->columns, c->column_count),
	    lint_name(l, &c->references));
	if (c->referenced_count > 0)
		fprintf(t->out, " (%s)",
		    lint_columns(l, (const char *const *)c->referenced, c->referenced_count));
	fputs(c->deferrable ? " DEFERRABLE" : "", t->out);
	return arena_text_end(t);
}

const char *
rule_constraint_text(struct lint *l, const struct act *act, const struct act_constraint *c)
{
	const char *name = lint_identifier(l, rule_constraint_name(l, act, c));
	const char *text = find_written(l, c);
	const char *columns = "";

	if (text == NULL)
		text = rebuild(l, c);
	else if (c->of_column && c->kind == CONSTRAINT_FOREIGN_KEY)
		columns = arena_printf(
		    lint_arena(l), "FOREIGN KEY (%s) ", lint_identifier(l, act->columns[0].name));
	return arena_printf(lint_arena(l), "CONSTRAINT %s %s%s", name, columns, text);
}

/* --- advice --- */

const char *
rule_not_valid(struct lint *l, const struct act *act, const struct act_constraint *c)
{
	const char *table = lint_name(l, &act->name);

	return arena_printf(lint_arena(l),
	    "ALTER TABLE %s ADD %s NOT VALID;\n" RULE_NEXT_FILE
	    "ALTER TABLE %s VALIDATE CONSTRAINT %s;\n",
	    table, rule_constraint_text(l, act, c), table,
	    lint_identifier(l, rule_constraint_name(l, act, c)));
}

const char *
rule_safe_not_null(struct lint *l, const struct act_name *name, const char *column)
{
	const char *table = lint_name(l, name), *of = lint_identifier(l, column);
	const char *constraint =
	    lint_identifier(l, arena_printf(lint_arena(l), "%s_%s_not_null", name->name, column));
	bool named = lint_major(l) >= 18;
	const char *validate = arena_printf(lint_arena(l),
	    "ALTER TABLE %s ADD CONSTRAINT %s %s%s%s NOT VALID;\n" RULE_NEXT_FILE
	    "ALTER TABLE %s VALIDATE CONSTRAINT %s;\n",
	    table, constraint, named ? "NOT NULL " : "CHECK (", of, named ? "" : " IS NOT NULL)",
	    table, constraint);

	if (named)
		return validate;
	return arena_printf(lint_arena(l),
	    "%s" RULE_NEXT_FILE "ALTER TABLE %s ALTER COLUMN %s SET NOT NULL;\n"
	    "ALTER TABLE %s DROP CONSTRAINT %s;\n",
	    validate, table, of, table, constraint);
}

/* "ALTER TABLE t ADD COLUMN c int", not ended. */
static const char *
add_column(struct lint *l, const struct act_name *table, const struct act_column *column)
{
	const char *collation = column->collation == NULL
	    ? ""
	    : arena_printf(lint_arena(l), " COLLATE %s", lint_identifier(l, column->collation));

	return arena_printf(lint_arena(l), "ALTER TABLE %s ADD COLUMN %s %s%s", lint_name(l, table),
	    lint_identifier(l, column->name), column->type.text, collation);
}

const char *
rule_bare_column(struct lint *l, const struct act *act)
{
	return arena_printf(lint_arena(l), "%s;\n", add_column(l, &act->name, act->columns));
}

const char *
rule_plain_column(struct lint *l, const struct act *act)
{
	const struct act_column *column = &act->columns[0];
	const char *value = "";

	if (column->default_text != NULL)
		value = arena_printf(lint_arena(l), " DEFAULT %s", column->default_text);
	else if (column->generated_text != NULL)
		value = arena_printf(lint_arena(l), " GENERATED ALWAYS AS (%s) %s",
		    column->generated_text, column->virtual ? "VIRTUAL" : "STORED");
	return arena_printf(lint_arena(l), "%s%s%s;\n", add_column(l, &act->name, column), value,
	    column->not_null ? " NOT NULL" : "");
}

/* The column by which batches go: the primary key, or what most tables have. */
const char *
rule_batch_key(struct lint *l, const struct act_name *table)
{
	const struct world_table *t = world_find(lint_world(l), table);
	size_t i;

	for (i = 0; t != NULL && i < t->facts.constraint_count; i++)
		if (t->facts.constraints[i].kind == CONSTRAINT_PRIMARY_KEY &&
		    t->facts.constraints[i].column_count == 1)
			return t->facts.constraints[i].columns[0];
	return "id";
}

const char *
rule_backfill(struct lint *l, const struct act_name *name, const char *column, const char *value)
{
	const char *table = lint_name(l, name), *of = lint_identifier(l, column);
	const char *key = lint_identifier(l, rule_batch_key(l, name));

	return arena_printf(lint_arena(l),
	    RULE_NEXT_FILE "-- migrate:batch table=%s key=%s\n"
			   "UPDATE %s SET %s = %s WHERE %s IS NULL AND %s BETWEEN :from AND :to;\n",
	    table, key, table, of, value, of, key);
}

const char *
rule_own_file(struct lint *l, const struct act *act)
{
	const struct lint_statement *s = lint_current(l);

	if (act->inside)
		return NULL;
	return arena_printf(lint_arena(l), RULE_NEXT_FILE "%.*s;\n", (int)s->length, s->text);
}

const char *
rule_beside(struct lint *l, const struct act_name *table, const char *old,
    const struct act_column *column, const char *value)
{
	const char *of = lint_identifier(l, old);

	return arena_printf(lint_arena(l),
	    "%s;\n"
	    "-- the app writes both columns; then\n%s"
	    "-- nothing uses the old column any more; then in a file of its own:\n"
	    "-- migrate:phase contract\n"
	    "ALTER TABLE %s DROP COLUMN %s;\n",
	    add_column(l, table, column),
	    rule_backfill(l, table, column->name, value == NULL ? of : value), lint_name(l, table),
	    of);
}
