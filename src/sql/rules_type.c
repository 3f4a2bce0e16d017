/* SPDX-License-Identifier: MIT */
#include "base/text.h"
#include "sql/effect.h"
#include "sql/rule.h"
#include "sql/rules.h"

static const char GROUP[] = "Types";

static struct effect
tell(struct lint *l, const struct act *act)
{
	struct effect e;

	effect_tell(lint_world(l), act, &e);
	return e;
}

static const struct facts_column *
known_column(struct lint *l, const struct act *act)
{
	const struct world_table *t = lint_table(l, act);

	return t == NULL ? NULL : world_column(t, act->part);
}

/* --- rewrites --- */

/* A column of the new type beside the old one, until nothing uses the old one. */
static const char *
beside(struct lint *l, const struct act *act)
{
	struct act_column new = act->columns[0];
	const char *value = act->using_text;

	new.name = arena_printf(lint_arena(l), "%s_new", act->part);
	if (value == NULL)
		value = arena_printf(
		    lint_arena(l), "%s::%s", lint_identifier(l, act->part), new.type.text);
	return rule_beside(l, &act->name, act->part, &new, value);
}

/* "integer to bigint", as far as it is known. */
static const char *
change_shown(struct lint *l, const struct act *act)
{
	const struct facts_column *old = known_column(l, act);

	if (old == NULL || old->type.text == NULL)
		return act->columns[0].type.text;
	return arena_printf(
	    lint_arena(l), "%s instead of %s", act->columns[0].type.text, old->type.text);
}

static void
check_rewrite(struct lint *l, const struct rule *rule, const struct act *act)
{
	if (act->column_count == 0 || !rule_in_use(l, act) || tell(l, act).rewrite != EFFECT_YES)
		return;
	lint_report(l, rule, act, beside(l, act),
	    "to make \"%s\" %s, %s and all its indexes are written anew under ACCESS "
	    "EXCLUSIVE: nobody reads or writes it until that is done",
	    act->part, change_shown(l, act), lint_quote(l, &act->name));
}

static const struct rule change_type_rewrite = {
	.id = "change-type-rewrite",
	.group = GROUP,
	.severity = SEVERITY_ERROR,
	.grows = true,
	.summary = "this change of type writes the whole table and all its indexes anew under "
		   "ACCESS EXCLUSIVE",
	.advice =
	    "Add a column of the new type, let the app (or a trigger) write both, fill the old "
	    "rows in batches, let the app read the new one, and drop the old one.\n\n"
	    "What needs no rewrite is not reported: a longer varchar, varchar to text and back "
	    "without a length, numeric with more digits before the point, more digits of "
	    "seconds, a longer varbit, cidr to inet, a domain to its own type, and a type to a "
	    "domain of it without constraints.\n\n",
	.kinds = { ACT_ALTER_COLUMN_TYPE },
	.check = check_rewrite,
};

static void
check_may_rewrite(struct lint *l, const struct rule *rule, const struct act *act)
{
	struct effect e;

	if (act->column_count == 0 || !rule_in_use(l, act))
		return;
	e = tell(l, act);
	if (e.rewrite != EFFECT_MAYBE)
		return;
	lint_report(l, rule, act, beside(l, act),
	    "to make \"%s\" %s may write %s and all its indexes anew under ACCESS EXCLUSIVE, "
	    "where nobody reads or writes it%s%s",
	    act->part, change_shown(l, act), lint_quote(l, &act->name), e.why == NULL ? "" : ": ",
	    e.why == NULL ? "" : e.why);
}

static const struct rule change_type_may_rewrite = {
	.id = "change-type-may-rewrite",
	.group = GROUP,
	.severity = SEVERITY_WARNING,
	.grows = true,
	.summary = "this change of type may write the whole table anew under ACCESS EXCLUSIVE: "
		   "the type of before is not known",
	.advice = "Whether it does depends on the type that the column has now. The linter knows "
		  "it when the file that made the column is read, too, or from the live "
		  "database (migrate plan).\n\n",
	.kinds = { ACT_ALTER_COLUMN_TYPE },
	.check = check_may_rewrite,
};

static void
check_reindex(struct lint *l, const struct rule *rule, const struct act *act)
{
	struct effect e;

	if (act->column_count == 0 || act->columns[0].collation != NULL || !rule_in_use(l, act))
		return;
	e = tell(l, act);
	if (e.rewrite != EFFECT_NO || e.builds == EFFECT_NO)
		return;
	lint_report(l, rule, act, beside(l, act),
	    "to make \"%s\" %s, each index of %s over it is built again under ACCESS "
	    "EXCLUSIVE: nobody reads or writes the table until that is done",
	    act->part, change_shown(l, act), lint_quote(l, &act->name));
}

static const struct rule change_type_reindex = {
	.id = "change-type-reindex",
	.group = GROUP,
	.severity = SEVERITY_WARNING,
	.grows = true,
	.summary = "this change of type leaves the table as it is but builds its indexes over "
		   "the column again under ACCESS EXCLUSIVE",
	.advice = "timestamp to timestamptz and back needs no rewrite where TimeZone is UTC, but "
		  "the indexes are built again. Drop them CONCURRENTLY before, and build them "
		  "CONCURRENTLY behind it, if the app can do without for so long.\n\n",
	.kinds = { ACT_ALTER_COLUMN_TYPE },
	.check = check_reindex,
};

static void
check_collation(struct lint *l, const struct rule *rule, const struct act *act)
{
	struct effect e;

	if (act->column_count == 0 || act->columns[0].collation == NULL || !rule_in_use(l, act))
		return;
	e = tell(l, act);
	if (e.rewrite == EFFECT_YES || e.builds == EFFECT_NO)
		return;
	lint_report(l, rule, act, beside(l, act),
	    "with another collation each index of %s over \"%s\" is built again under ACCESS "
	    "EXCLUSIVE: nobody reads or writes the table until that is done",
	    lint_quote(l, &act->name), act->part);
}

static const struct rule change_collation = {
	.id = "change-collation",
	.group = GROUP,
	.severity = SEVERITY_WARNING,
	.grows = true,
	.summary = "another collation leaves the table as it is but builds its indexes over the "
		   "column again under ACCESS EXCLUSIVE",
	.advice = "Build an index with the new collation CONCURRENTLY before, and drop the old "
		  "one; then no index has to be built while the table is locked.\n\n"
		  "    CREATE INDEX CONCURRENTLY users_name_c ON users (name COLLATE \"C\");\n"
		  "    DROP INDEX CONCURRENTLY users_name_idx;\n\n"
		  "A column without an index changes its collation in a moment.\n\n",
	.kinds = { ACT_ALTER_COLUMN_TYPE },
	.check = check_collation,
};

/* --- a CHECK that mentions the column --- */

/* Without the CHECK, which comes back NOT VALID. */
static const char *
check_later(struct lint *l, const struct act *act, const struct facts_constraint *c)
{
	struct arena *a = lint_arena(l);
	const struct act_column *column = &act->columns[0];
	const char *table = lint_name(l, &act->name), *name = lint_identifier(l, c->name);
	const char *using =
	    act->using_text == NULL ? "" : arena_printf(a, " USING %s", act->using_text);

	return arena_printf(a,
	    "ALTER TABLE %s\n"
	    "    DROP CONSTRAINT %s,\n"
	    "    ALTER COLUMN %s TYPE %s%s,\n"
	    "    ADD CONSTRAINT %s CHECK (%s) NOT VALID;\n" RULE_NEXT_FILE
	    "ALTER TABLE %s VALIDATE CONSTRAINT %s;\n",
	    table, name, lint_identifier(l, act->part), column->type.text, using, name,
	    c->expression, table, name);
}

static void
check_checked(struct lint *l, const struct rule *rule, const struct act *act)
{
	const struct world_table *t = lint_table(l, act);
	size_t i;

	if (t == NULL || act->column_count == 0 || !rule_in_use(l, act) ||
	    tell(l, act).rewrite == EFFECT_YES)
		return;
	for (i = 0; i < t->facts.constraint_count; i++) {
		const struct facts_constraint *c = &t->facts.constraints[i];

		if (c->kind != CONSTRAINT_CHECK || !c->valid || c->expression == NULL ||
		    !rule_has((const char *const *)c->columns, c->column_count, act->part))
			continue;
		lint_report(l, rule, act, check_later(l, act, c),
		    "check \"%s\" mentions \"%s\", so all of %s is read under ACCESS EXCLUSIVE "
		    "however small the change of type: nobody reads or writes it until that is "
		    "done",
		    c->name, act->part, lint_quote(l, &act->name));
	}
}

static const struct rule change_type_with_check = {
	.id = "change-type-with-check",
	.group = GROUP,
	.severity = SEVERITY_ERROR,
	.grows = true,
	.summary = "a change of type reads the whole table under ACCESS EXCLUSIVE when a CHECK "
		   "mentions the column, even one that needs no rewrite",
	.advice = "Drop the CHECK, change the type, add the CHECK again NOT VALID, and VALIDATE "
		  "it in a file of its own.\n\n",
	.kinds = { ACT_ALTER_COLUMN_TYPE },
	.check = check_checked,
};

/* --- narrower types --- */

/* Smaller before larger. */
static const char *const integers[] = { "int2", "int4", "int8" };
static const char *const texts[] = { "bpchar", "varchar", "text" };
static const char *const bits[] = { "bit", "varbit" };
static const char *const moments[] = { "timestamp", "timestamptz" };

#define AMONG(list, type) rule_has(list, sizeof(list) / sizeof((list)[0]), (type)->name.name)

static bool
is_shorter(const struct act_type *old, const struct act_type *new)
{
	if (new->modifier_count == 0)
		return false;
	return old->modifier_count == 0 || new->modifiers[0] < old->modifiers[0];
}

static size_t
rank(const struct act_type *type)
{
	size_t i;

	for (i = 0; i < sizeof(integers) / sizeof(integers[0]); i++)
		if (text_same(integers[i], type->name.name))
			return i;
	return i;
}

/* Fewer digits before or behind the point. */
static bool
is_smaller_numeric(const struct act_type *old, const struct act_type *new)
{
	int64_t scale = new->modifier_count > 1 ? new->modifiers[1] : 0;
	int64_t old_scale = old->modifier_count > 1 ? old->modifiers[1] : 0;

	if (new->modifier_count == 0 || old->modifier_count == 0)
		return is_shorter(old, new);
	return scale < old_scale || new->modifiers[0] - scale < old->modifiers[0] - old_scale;
}

/* Digits behind the second; timestamp has all of them. */
static int64_t
digits(const struct act_type *type)
{
	enum { ALL = 6 };

	return type->modifier_count == 0 ? ALL : type->modifiers[0];
}

static bool
is_coarser(const struct act_type *old, const struct act_type *new)
{
	return AMONG(moments, old) &&
	    (text_same(new->name.name, "date") ||
		(AMONG(moments, new) && digits(new) < digits(old)));
}

static bool
is_narrower(const struct act_type *old, const struct act_type *new)
{
	if (old->name.name == NULL || new->name.name == NULL || old->array != new->array)
		return false;
	if (AMONG(integers, old) && AMONG(integers, new))
		return rank(new) < rank(old);
	if ((AMONG(texts, old) && AMONG(texts, new)) || (AMONG(bits, old) && AMONG(bits, new)))
		return is_shorter(old, new);
	if (text_same(old->name.name, "numeric"))
		return AMONG(integers, new) ||
		    (text_same(new->name.name, "numeric") && is_smaller_numeric(old, new));
	if (text_same(old->name.name, "float8"))
		return text_same(new->name.name, "float4") || AMONG(integers, new);
	return is_coarser(old, new);
}

static void
check_narrowing(struct lint *l, const struct rule *rule, const struct act *act)
{
	const struct facts_column *old = known_column(l, act);

	if (old == NULL || act->column_count == 0 || !rule_in_use(l, act) ||
	    !is_narrower(&old->type, &act->columns[0].type))
		return;
	lint_report(l, rule, act, NULL,
	    "not every %s in \"%s\" of %s fits into %s: the statement fails on the first that "
	    "does not, or digits are lost",
	    old->type.text, act->part, lint_quote(l, &act->name), act->columns[0].type.text);
}

static const struct rule type_narrowing = {
	.id = "type-narrowing",
	.group = GROUP,
	.severity = SEVERITY_WARNING,
	.destroys = true,
	.summary = "a smaller type does not hold all values of the one before: the statement "
		   "fails, or digits are lost",
	.advice = "Look for values that do not fit before the release. To keep new ones short a "
		  "CHECK is enough, and takes no rewrite (rule check-not-valid).\n\n",
	.kinds = { ACT_ALTER_COLUMN_TYPE },
	.check = check_narrowing,
};

/* --- SET EXPRESSION, json --- */

static void
check_expression(struct lint *l, const struct rule *rule, const struct act *act)
{
	enum effect_answer rewrite = tell(l, act).rewrite;

	if (rewrite == EFFECT_NO || !rule_in_use(l, act))
		return;
	lint_report(l, rule, act, NULL,
	    "%sall rows are computed again for generated column \"%s\", so %s and its indexes "
	    "are written anew under ACCESS EXCLUSIVE: nobody reads or writes it until that is done",
	    rewrite == EFFECT_MAYBE ? "unless it is VIRTUAL, " : "", act->part,
	    lint_quote(l, &act->name));
}

static const struct rule set_expression = {
	.id = "set-expression",
	.group = GROUP,
	.severity = SEVERITY_ERROR,
	.grows = true,
	.summary = "SET EXPRESSION of a stored generated column writes the whole table and its "
		   "indexes anew under ACCESS EXCLUSIVE",
	.advice = "Add another generated column, from PostgreSQL 18 on a VIRTUAL one, which takes "
		  "a moment, and let the app read that.\n\n",
	.from = 17,
	.kinds = { ACT_SET_EXPRESSION },
	.check = check_expression,
};

static void
check_json(struct lint *l, const struct rule *rule, const struct act *act)
{
	size_t i;

	for (i = 0; i < act->column_count; i++) {
		const struct act_column *column = &act->columns[i];
		struct finding *f;

		if (!text_same(column->type.name.name, "json"))
			continue;
		f = lint_report(l, rule, act, NULL,
		    "column \"%s\" of type json cannot be compared: DISTINCT, UNION and GROUP BY "
		    "over it fail, and it takes no index",
		    column->name);
		f->at = act->kind == ACT_CREATE_TABLE ? column->at : act->at;
	}
}

static const struct rule json_column = {
	.id = "json-column",
	.group = GROUP,
	.severity = SEVERITY_WARNING,
	.summary = "type json cannot be compared: DISTINCT, UNION and GROUP BY fail on it",
	.advice = "Use jsonb, unless the text must stay as it was sent, with its spaces and "
		  "doubled keys.\n\n",
	.kinds = { ACT_CREATE_TABLE, ACT_ADD_COLUMN, ACT_ALTER_COLUMN_TYPE },
	.check = check_json,
};

const struct rule *const rules_type[] = {
	&change_type_rewrite,
	&change_type_may_rewrite,
	&change_type_reindex,
	&change_type_with_check,
	&change_collation,
	&type_narrowing,
	&set_expression,
	&json_column,
	NULL,
};
