/* SPDX-License-Identifier: MIT */
#include "base/text.h"
#include "sql/rule.h"
#include "sql/rules.h"
#include "sql/words.h"

static const char GROUP[] = "Style";

/* --- types --- */

typedef bool type_claim(const struct act_column *c);

static void
report_columns(struct lint *l, const struct rule *rule, const struct act *act, type_claim *claim,
    const char *harm)
{
	if (act->kind == ACT_CREATE_TABLE && act->temporary)
		return;
	for (size_t i = 0; i < act->column_count; i++)
		if (claim(&act->columns[i]))
			lint_report(l, rule, act, NULL, "\"%s\" is %s: %s", act->columns[i].name,
			    act->columns[i].type.text, harm)
			    ->at = act->kind == ACT_CREATE_TABLE ? act->columns[i].at : act->at;
}

static bool
is_short(const struct act_column *c)
{
	static const char *const shorts[] = { "int4", "int2", "serial", "smallserial" };

	return rule_has(shorts, sizeof(shorts) / sizeof(shorts[0]), c->type.name.name);
}

static void
check_bigint(struct lint *l, const struct rule *rule, const struct act *act)
{
	report_columns(l, rule, act, is_short,
	    "to make it bigint, once its numbers run out, writes the whole table anew");
}

static const struct rule prefer_bigint = {
	.id = "prefer-bigint",
	.group = GROUP,
	.severity = SEVERITY_OFF,
	.summary = "int and smallint run out of numbers, and to widen them writes the whole table "
		   "anew",
	.advice = "Take bigint.\n\n",
	.kinds = { ACT_CREATE_TABLE, ACT_ADD_COLUMN },
	.check = check_bigint,
};

static bool
is_limited(const struct act_column *c)
{
	return text_same(c->type.name.name, "varchar") && c->type.modifier_count > 0;
}

static void
check_text(struct lint *l, const struct rule *rule, const struct act *act)
{
	report_columns(l, rule, act, is_limited,
	    "to make it shorter reads, and may write, the whole table anew");
}

static const struct rule prefer_text = {
	.id = "prefer-text",
	.group = GROUP,
	.severity = SEVERITY_OFF,
	.summary = "the limit of a varchar(n) cannot be made smaller without writing the whole "
		   "table anew",
	.advice = "Take text, with a CHECK of its length where there is a limit: it can be changed "
		  "with NOT VALID and VALIDATE.\n\n",
	.kinds = { ACT_CREATE_TABLE, ACT_ADD_COLUMN },
	.check = check_text,
};

static bool
is_zoneless(const struct act_column *c)
{
	return text_same(c->type.name.name, "timestamp");
}

static void
check_timestamptz(struct lint *l, const struct rule *rule, const struct act *act)
{
	report_columns(l, rule, act, is_zoneless,
	    "it is a picture of a clock, not a moment, and means another one in each time zone");
}

static const struct rule prefer_timestamptz = {
	.id = "prefer-timestamptz",
	.group = GROUP,
	.severity = SEVERITY_OFF,
	.summary = "timestamp without time zone does not say which moment it was",
	.advice = "Take timestamptz: it takes as much room.\n\n",
	.kinds = { ACT_CREATE_TABLE, ACT_ADD_COLUMN },
	.check = check_timestamptz,
};

static bool
is_padded(const struct act_column *c)
{
	return text_same(c->type.name.name, "bpchar") && c->type.modifier_count > 0;
}

static void
check_char(struct lint *l, const struct rule *rule, const struct act *act)
{
	report_columns(l, rule, act, is_padded,
	    "it is filled up with blanks, which some operations count and others do not");
}

static const struct rule char_column = {
	.id = "char-column",
	.group = GROUP,
	.severity = SEVERITY_OFF,
	.summary = "char(n) fills its values up with blanks, and saves nothing",
	.advice = "Take text, with a CHECK of its length where there is one.\n\n",
	.kinds = { ACT_CREATE_TABLE, ACT_ADD_COLUMN },
	.check = check_char,
};

static bool
is_serial(const struct act_column *c)
{
	return rule_serial(&c->type);
}

static void
check_identity(struct lint *l, const struct rule *rule, const struct act *act)
{
	report_columns(l, rule, act, is_serial,
	    "its sequence needs privileges of its own, and anyone can write past it");
}

static const struct rule prefer_identity = {
	.id = "prefer-identity",
	.group = GROUP,
	.severity = SEVERITY_OFF,
	.summary = "a serial column has a sequence with privileges of its own, and takes any value "
		   "that is given",
	.advice = "Take GENERATED ALWAYS AS IDENTITY.\n\n",
	.kinds = { ACT_CREATE_TABLE, ACT_ADD_COLUMN },
	.check = check_identity,
};

/* --- room --- */

/* Types of a fixed size, and what their place in a row must be a multiple of. */
static const struct {
	const char *name;
	size_t size, alignment;
} sizes[] = {
	{ "bool", 1, 1 },
	{ "char", 1, 1 },
	{ "int2", 2, 2 },
	{ "smallserial", 2, 2 },
	{ "int4", 4, 4 },
	{ "serial", 4, 4 },
	{ "float4", 4, 4 },
	{ "date", 4, 4 },
	{ "oid", 4, 4 },
	{ "int8", 8, 8 },
	{ "bigserial", 8, 8 },
	{ "float8", 8, 8 },
	{ "timestamp", 8, 8 },
	{ "timestamptz", 8, 8 },
	{ "time", 8, 8 },
	{ "timetz", 12, 8 },
	{ "interval", 16, 8 },
	{ "uuid", 16, 1 },
};

/* Bytes between the columns of a row; where a column's size varies nothing is counted. */
static size_t
count_padding(const struct act *act)
{
	size_t padding = 0, at = 0;

	for (size_t i = 0; i < act->column_count; i++) {
		const struct act_type *type = &act->columns[i].type;
		size_t k = 0;

		while (k < sizeof(sizes) / sizeof(sizes[0]) &&
		    (type->array || !text_same(sizes[k].name, type->name.name)))
			k++;
		if (k == sizeof(sizes) / sizeof(sizes[0])) {
			at = 0;
			continue;
		}
		while (at % sizes[k].alignment != 0) {
			at++;
			padding++;
		}
		at += sizes[k].size;
	}
	return padding;
}

static void
check_alignment(struct lint *l, const struct rule *rule, const struct act *act)
{
	const size_t least = 8;
	size_t padding = count_padding(act);

	if (padding < least || act->temporary)
		return;
	lint_report(l, rule, act, NULL,
	    "in each row of %s %zu bytes between columns stay empty, in this order of them",
	    lint_quote(l, &act->name), padding);
}

static const struct rule column_alignment = {
	.id = "column-alignment",
	.group = GROUP,
	.severity = SEVERITY_OFF,
	.summary = "a small column before one of eight bytes leaves bytes between them empty, in "
		   "every row",
	.advice = "Columns of eight bytes first, then those of four, of two, of one, and those "
		  "whose size varies last.\n\n",
	.kinds = { ACT_CREATE_TABLE },
	.check = check_alignment,
};

/* --- names --- */

enum { NAME_BYTES = 63, TEXT_BYTES = 64 * 1024 };

/* Without its quotes, and with "" for one. */
static size_t
name_length(const struct word *w)
{
	size_t length = w->length;

	if (w->kind == WORD_PLAIN)
		return length;
	for (size_t i = 1; i + 1 < w->length; i++) {
		if (w->text[i] != '"')
			continue;
		length--;
		i++;
	}
	return length - 2;
}

static void
check_long(struct lint *l, const struct rule *rule, const struct act *act)
{
	const struct lint_statement *s = lint_current(l);
	struct words words = words_start(s->text, s->length);
	struct word w;

	while (s->length <= TEXT_BYTES && words_next(&words, &w)) {
		if ((w.kind != WORD_PLAIN && w.kind != WORD_QUOTED) ||
		    name_length(&w) <= NAME_BYTES)
			continue;
		lint_report(l, rule, act, NULL,
		    "PostgreSQL cuts %.*s off behind 63 bytes, so that it may clash with another "
		    "name, and is not found by what does not cut it",
		    (int)w.length, w.text)
		    ->at = w.text - s->text;
	}
}

static const struct rule identifier_too_long = {
	.id = "identifier-too-long",
	.group = GROUP,
	.severity = SEVERITY_WARNING,
	.summary = "a name of more than 63 bytes is cut off, with a NOTICE only",
	.advice = "Take a shorter name.\n\n",
	.check = check_long,
};

static void
check_schema(struct lint *l, const struct rule *rule, const struct act *act)
{
	if (act->temporary || act->name.name == NULL || act->name.schema != NULL ||
	    (act->kind == ACT_DROP &&
		(act->on == ACT_ON_SCHEMA || act->on == ACT_ON_DATABASE ||
		    act->on == ACT_ON_EXTENSION || act->on == ACT_ON_OTHER)))
		return;
	lint_report(l, rule, act, NULL,
	    "where %s is found, or made, depends on the search_path of the session",
	    lint_quote(l, &act->name));
}

static const struct rule schema_qualified = {
	.id = "schema-qualified",
	.group = GROUP,
	.severity = SEVERITY_OFF,
	.summary = "a name without its schema means what the search_path of the session says",
	.advice = "Write the schema before the name: public.orders.\n\n",
	.kinds = { ACT_CREATE_TABLE, ACT_CREATE_TABLE_AS, ACT_CREATE_VIEW,
	    ACT_CREATE_MATERIALIZED_VIEW, ACT_CREATE_SEQUENCE, ACT_CREATE_INDEX,
	    ACT_CREATE_FUNCTION, ACT_CREATE_ENUM, ACT_CREATE_TYPE, ACT_CREATE_DOMAIN,
	    ACT_ADD_COLUMN, ACT_DROP_COLUMN, ACT_ADD_CONSTRAINT, ACT_DROP },
	.check = check_schema,
};

/* --- statements --- */

static bool
is_guarded(const struct act *act)
{
	return act->if_exists || act->if_not_exists || act->or_replace || act->part_if_exists;
}

/* Of an index CONCURRENTLY, IF NOT EXISTS keeps an invalid one. */
static void
check_robust(struct lint *l, const struct rule *rule, const struct act *act)
{
	bool drops = act->kind == ACT_DROP || act->kind == ACT_DROP_COLUMN ||
	    act->kind == ACT_DROP_CONSTRAINT;

	if (world_in_transaction(lint_world(l)) || is_guarded(act) || (act->concurrently && !drops))
		return;
	lint_report(l, rule, act, NULL,
	    "without %s the file cannot be run again from its beginning by hand: it commits each "
	    "statement by itself",
	    drops ? "IF EXISTS" : "IF NOT EXISTS");
}

static const struct rule prefer_robust = {
	.id = "prefer-robust",
	.group = GROUP,
	.severity = SEVERITY_OFF,
	.summary =
	    "a file without a transaction that stopped halfway can be run again by hand only "
	    "if its statements say IF EXISTS and IF NOT EXISTS",
	.advice = "The runner itself goes on behind the last statement that was done, so this is "
		  "for people. The guards lock all the same: ADD COLUMN IF NOT EXISTS takes ACCESS "
		  "EXCLUSIVE where the column is there.\n\n",
	.kinds = { ACT_CREATE_TABLE, ACT_CREATE_SEQUENCE, ACT_CREATE_INDEX, ACT_CREATE_SCHEMA,
	    ACT_CREATE_EXTENSION, ACT_ADD_COLUMN, ACT_DROP_COLUMN, ACT_DROP_CONSTRAINT, ACT_DROP },
	.check = check_robust,
};

static const char *
find_twin(const struct act *act)
{
	for (size_t i = 0; i < act->column_count; i++)
		for (size_t k = 0; k < i; k++)
			if (text_same(act->columns[i].name, act->columns[k].name))
				return act->columns[i].name;
	return NULL;
}

static void
check_twice(struct lint *l, const struct rule *rule, const struct act *act)
{
	const char *twice = act->kind == ACT_CREATE_TABLE ? find_twin(act) : act->twice;

	if (twice == NULL)
		return;
	lint_report(l, rule, act, NULL, "column \"%s\" is named twice: the statement fails", twice);
}

static const struct rule duplicate_column = {
	.id = "duplicate-column",
	.group = GROUP,
	.severity = SEVERITY_ERROR,
	.summary = "PostgreSQL refuses a statement that makes, or writes to, one column twice",
	.advice = "Name each column once.\n\n",
	.kinds = { ACT_CREATE_TABLE, ACT_INSERT, ACT_UPDATE, ACT_MERGE },
	.check = check_twice,
};

const struct rule *const rules_style[] = {
	&identifier_too_long,
	&duplicate_column,
	&prefer_bigint,
	&prefer_text,
	&prefer_timestamptz,
	&char_column,
	&prefer_identity,
	&prefer_robust,
	&schema_qualified,
	&column_alignment,
	NULL,
};
