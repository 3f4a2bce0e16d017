/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/text.h"
#include "sql/quote.h"
#include "sql/rule.h"
#include "sql/effect.h"
#include "sql/rules.h"
#include "sql/words.h"

static const char GROUP[] = "New columns";

/* Says that the table is written anew, and why. */
static void
report_rewrite(struct lint *l, const struct rule *rule, const struct act *act, const char *instead,
    const char *why)
{
	lint_report(l, rule, act, instead,
	    "%s, so %s and all its indexes are written anew under ACCESS EXCLUSIVE: nobody "
	    "reads or writes it until that is done",
	    why, lint_quote(l, &act->name));
}

/* --- defaults --- */

/* The new column empty, its default for new rows, and the old rows in batches. */
static const char *
default_later(struct lint *l, const struct act *act, const char *value)
{
	const struct act_column *column = &act->columns[0];
	const char *of = lint_identifier(l, column->name);

	return arena_printf(lint_arena(l),
	    "%sALTER TABLE %s ALTER COLUMN %s SET DEFAULT %s;\n%s%s%s", rule_bare_column(l, act),
	    lint_name(l, &act->name), of, value, rule_backfill(l, &act->name, column->name, value),
	    column->not_null ? RULE_NEXT_FILE : "",
	    column->not_null ? rule_safe_not_null(l, &act->name, column->name) : "");
}

static void
check_volatile(struct lint *l, const struct rule *rule, const struct act *act)
{
	const struct act_column *column = act->columns;

	if (act->column_count == 0 || !rule_in_use(l, act) ||
	    effect_value(lint_world(l), column) != VALUE_VOLATILE || column->default_text == NULL)
		return;
	report_rewrite(l, rule, act, default_later(l, act, column->default_text),
	    arena_printf(lint_arena(l), "default %s of column \"%s\" is another one for each row",
		column->default_text, column->name));
}

static const struct rule add_column_volatile_default = {
	.id = "add-column-volatile-default",
	.group = GROUP,
	.severity = SEVERITY_ERROR,
	.grows = true,
	.summary = "a column that is added with a volatile default makes PostgreSQL write the "
		   "whole table and its indexes anew under ACCESS EXCLUSIVE",
	.advice =
	    "Add the column without a default, set the default for new rows, and fill the old "
	    "ones in batches.\n\n"
	    "    ALTER TABLE orders ADD COLUMN token uuid;\n"
	    "    ALTER TABLE orders ALTER COLUMN token SET DEFAULT gen_random_uuid();\n"
	    "    -- in a file of its own:\n"
	    "    -- migrate:batch table=orders key=id\n"
	    "    UPDATE orders SET token = gen_random_uuid()\n"
	    "        WHERE token IS NULL AND id BETWEEN :from AND :to;\n\n"
	    "Constants, now() and other STABLE functions are stored once, in the catalog, and "
	    "not reported.\n\n",
	.kinds = { ACT_ADD_COLUMN },
	.check = check_volatile,
};

static void
check_unknown(struct lint *l, const struct rule *rule, const struct act *act)
{
	const struct act_column *column = act->columns;

	if (act->column_count == 0 || !rule_in_use(l, act) ||
	    effect_value(lint_world(l), column) != VALUE_UNKNOWN || column->default_text == NULL)
		return;
	lint_report(l, rule, act, default_later(l, act, column->default_text),
	    "unless the functions in default %s of column \"%s\" are STABLE or IMMUTABLE, %s "
	    "and all its indexes are written anew under ACCESS EXCLUSIVE: nobody reads or writes "
	    "it until that is done",
	    column->default_text, column->name, lint_quote(l, &act->name));
}

static const struct rule add_column_unknown_default = {
	.id = "add-column-unknown-default",
	.group = GROUP,
	.severity = SEVERITY_WARNING,
	.grows = true,
	.summary = "a column that is added with a function of your own as default may make "
		   "PostgreSQL write the whole table anew under ACCESS EXCLUSIVE",
	.advice = "It does if the function is VOLATILE, and a function is unless it says "
		  "otherwise. Mark it STABLE or IMMUTABLE if it is, or set the default apart "
		  "from ADD COLUMN (rule add-column-volatile-default). A function that one of "
		  "the files makes is known, and reported only when it is VOLATILE.\n\n",
	.kinds = { ACT_ADD_COLUMN },
	.check = check_unknown,
};

/* --- numbers --- */

static const char *
integer_of(const struct act_type *type)
{
	if (text_same(type->name.name, "smallserial"))
		return "smallint";
	if (text_same(type->name.name, "serial"))
		return "integer";
	return rule_serial(type) ? "bigint" : type->text;
}

/* What serial is short for, step by step. */
static const char *
numbers_later(struct lint *l, const struct act *act)
{
	struct arena *a = lint_arena(l);
	const struct act_column *column = &act->columns[0];
	const struct act_name sequence = { act->name.schema,
		arena_printf(a, "%s_%s_seq", act->name.name, column->name) };
	const char *table = lint_name(l, &act->name), *of = lint_identifier(l, column->name);
	const char *type = integer_of(&column->type), *numbers = lint_name(l, &sequence);
	const char *next = arena_printf(a, "nextval(%s)", quote_string(a, numbers));

	return arena_printf(a,
	    "ALTER TABLE %s ADD COLUMN %s %s;\n"
	    "CREATE SEQUENCE %s AS %s OWNED BY %s.%s;\n"
	    "ALTER TABLE %s ALTER COLUMN %s SET DEFAULT %s;\n"
	    "%s" RULE_NEXT_FILE "%s",
	    table, of, type, numbers, type, table, of, table, of, next,
	    rule_backfill(l, &act->name, column->name, next),
	    rule_safe_not_null(l, &act->name, column->name));
}

static void
check_serial(struct lint *l, const struct rule *rule, const struct act *act)
{
	if (act->column_count == 0 || !rule_serial(&act->columns[0].type) || !rule_in_use(l, act))
		return;
	report_rewrite(l, rule, act, numbers_later(l, act),
	    arena_printf(lint_arena(l), "%s numbers the rows that are there for column \"%s\"",
		act->columns[0].type.text, act->columns[0].name));
}

static const struct rule add_column_serial = {
	.id = "add-column-serial",
	.group = GROUP,
	.severity = SEVERITY_ERROR,
	.grows = true,
	.summary = "a serial column that is added to a table numbers all rows, so the table and "
		   "its indexes are written anew under ACCESS EXCLUSIVE",
	.advice = "Add an integer column, give it a sequence as default for new rows, and number "
		  "the old ones in batches.\n\n",
	.kinds = { ACT_ADD_COLUMN },
	.check = check_serial,
};

static void
check_identity(struct lint *l, const struct rule *rule, const struct act *act)
{
	if (act->column_count == 0 || !act->columns[0].identity || !rule_in_use(l, act))
		return;
	report_rewrite(l, rule, act, numbers_later(l, act),
	    arena_printf(lint_arena(l), "identity column \"%s\" numbers the rows that are there",
		act->columns[0].name));
}

static const struct rule add_column_identity = {
	.id = "add-column-identity",
	.group = GROUP,
	.severity = SEVERITY_ERROR,
	.grows = true,
	.summary = "an identity column that is added to a table numbers all rows, so the table "
		   "and its indexes are written anew under ACCESS EXCLUSIVE",
	.advice = "Add an integer column, give it a sequence as default for new rows, and number "
		  "the old ones in batches.\n\n",
	.kinds = { ACT_ADD_COLUMN },
	.check = check_identity,
};

/* --- generated, domains --- */

/* A trigger does for new rows what GENERATED does; it sees them as a row of a subquery. */
static const char *
generated_later(struct lint *l, const struct act *act)
{
	struct arena *a = lint_arena(l);
	const struct act_column *column = &act->columns[0];
	const char *table = lint_name(l, &act->name), *of = lint_identifier(l, column->name);
	const char *trigger =
	    lint_identifier(l, arena_printf(a, "%s_%s_fill", act->name.name, column->name));

	if (column->generated_text == NULL)
		return NULL;
	if (lint_major(l) >= 18)
		return arena_printf(a,
		    "ALTER TABLE %s ADD COLUMN %s %s GENERATED ALWAYS AS (%s) VIRTUAL;\n", table,
		    of, column->type.text, column->generated_text);
	return arena_printf(a,
	    "%sCREATE FUNCTION %s() RETURNS trigger LANGUAGE plpgsql AS $$\n"
	    "BEGIN\n"
	    "    NEW.%s := (SELECT %s FROM (SELECT NEW.*) AS new_row);\n"
	    "    RETURN NEW;\n"
	    "END $$;\n"
	    "CREATE TRIGGER %s BEFORE INSERT OR UPDATE ON %s\n"
	    "    FOR EACH ROW EXECUTE FUNCTION %s();\n%s",
	    rule_bare_column(l, act), trigger, of, column->generated_text, trigger, table, trigger,
	    rule_backfill(l, &act->name, column->name, column->generated_text));
}

static void
check_stored(struct lint *l, const struct rule *rule, const struct act *act)
{
	if (act->column_count == 0 || !act->columns[0].stored || !rule_in_use(l, act))
		return;
	report_rewrite(l, rule, act, generated_later(l, act),
	    arena_printf(lint_arena(l), "generated column \"%s\" is stored in every row",
		act->columns[0].name));
}

static const struct rule add_column_stored_generated = {
	.id = "add-column-stored-generated",
	.group = GROUP,
	.severity = SEVERITY_ERROR,
	.grows = true,
	.summary = "a generated column that is stored is computed for all rows, so the table and "
		   "its indexes are written anew under ACCESS EXCLUSIVE",
	.advice = "From PostgreSQL 18 on make it VIRTUAL: it is computed when it is read, and "
		  "added in a moment. Before that use an ordinary column, a trigger for new "
		  "rows, and batches for the old ones.\n\n",
	.kinds = { ACT_ADD_COLUMN },
	.check = check_stored,
};

/* The condition of a domain as one of a table: about a column instead of VALUE. */
static const char *
condition_of(struct lint *l, const char *condition, const char *column)
{
	struct words s = words_start(condition, strlen(condition));
	struct arena_text *text = arena_text_new(lint_arena(l));
	const char *from = condition;
	struct word w;

	while (words_next(&s, &w)) {
		if (!word_is(&w, "VALUE"))
			continue;
		fprintf(text->out, "%.*s%s", (int)(w.text - from), from, column);
		from = w.text + w.length;
	}
	fputs(from, text->out);
	return arena_text_end(text);
}

/* The type below the domain, and its condition as a CHECK of the table. */
static const char *
domain_later(struct lint *l, const struct act *act, const struct world_object *domain)
{
	const char *column = act->columns[0].name, *of = lint_identifier(l, column);
	struct act_constraint c = { .kind = CONSTRAINT_CHECK,
		.name = arena_printf(lint_arena(l), "%s_%s_check", act->name.name, column) };
	struct act_column bare = { .name = column, .type.text = domain->base.text };
	struct act add = *act;

	if (domain->base.text == NULL || domain->condition == NULL)
		return NULL;
	add.columns = &bare;
	c.expression = condition_of(l, domain->condition, of);
	return arena_printf(
	    lint_arena(l), "%s%s", rule_bare_column(l, &add), rule_not_valid(l, act, &c));
}

static void
check_domain(struct lint *l, const struct rule *rule, const struct act *act)
{
	const struct world_object *domain;

	if (act->column_count == 0 || !rule_in_use(l, act))
		return;
	domain = world_object(lint_world(l), ACT_ON_DOMAIN, &act->columns[0].type.name);
	if (domain == NULL || domain->dropped || !domain->constrained)
		return;
	report_rewrite(l, rule, act, domain_later(l, act, domain),
	    arena_printf(lint_arena(l),
		"domain %s of column \"%s\" has a constraint, which is checked for every row "
		"even where there is no default",
		lint_quote(l, &act->columns[0].type.name), act->columns[0].name));
}

static const struct rule add_column_constrained_domain = {
	.id = "add-column-constrained-domain",
	.group = GROUP,
	.severity = SEVERITY_ERROR,
	.grows = true,
	.summary = "a column of a domain with a constraint makes PostgreSQL write the whole "
		   "table and its indexes anew under ACCESS EXCLUSIVE, with or without a default",
	.advice = "Add the column with the domain's own type, and the condition as a CHECK NOT "
		  "VALID of the table, validated in a file of its own.\n\n",
	.kinds = { ACT_ADD_COLUMN },
	.check = check_domain,
};

/* --- NOT NULL without a value --- */

static bool
is_required(const struct act *act)
{
	const struct act_column *column = act->columns;

	if (act->column_count == 0 || column->identity || column->stored || column->virtual ||
	    rule_serial(&column->type))
		return false;
	return (column->not_null || rule_behind(act, CONSTRAINT_PRIMARY_KEY) != NULL) &&
	    (column->value == VALUE_NONE || column->value == VALUE_NULL);
}

static void
check_required(struct lint *l, const struct rule *rule, const struct act *act)
{
	if (!is_required(act) || !rule_in_use(l, act))
		return;
	lint_report(l, rule, act,
	    arena_printf(lint_arena(l),
		"%s-- the app writes it now; fill the old rows in batches, then\n" RULE_NEXT_FILE
		"%s",
		rule_bare_column(l, act), rule_safe_not_null(l, &act->name, act->columns[0].name)),
	    "column \"%s\" is NOT NULL without a default: the statement fails as soon as %s "
	    "has a row, and the running app, which does not know the column, cannot insert",
	    act->columns[0].name, lint_quote(l, &act->name));
}

static const struct rule add_column_required = {
	.id = "add-column-required",
	.group = GROUP,
	.severity = SEVERITY_ERROR,
	.summary = "a column that is added NOT NULL without a default fails on a table with "
		   "rows, and the running app cannot insert without it",
	.advice = "Give it a constant default, which takes a moment; or add it without NOT NULL, "
		  "let the app write it, fill the old rows, and make it NOT NULL the safe way "
		  "(rule set-not-null).\n\n",
	.kinds = { ACT_ADD_COLUMN },
	.check = check_required,
};

const struct rule *const rules_add_column[] = {
	&add_column_volatile_default,
	&add_column_unknown_default,
	&add_column_serial,
	&add_column_identity,
	&add_column_stored_generated,
	&add_column_constrained_domain,
	&add_column_required,
	NULL,
};
