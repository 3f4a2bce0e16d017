/* SPDX-License-Identifier: MIT */
#include "sql/rule.h"
#include "sql/rules.h"

static const char GROUP[] = "Domains";

/* A domain that these files made has no column with rows yet. */
static bool
is_old(struct lint *l, const struct act *act)
{
	const struct world_object *d = world_object(lint_world(l), ACT_ON_DOMAIN, &act->name);

	return d == NULL || d->dropped || d->age == AGE_OLD;
}

static void
check_create(struct lint *l, const struct rule *rule, const struct act *act)
{
	if (act->constraint_count == 0)
		return;
	lint_report(l, rule, act, NULL,
	    "domain %s has a constraint: to change it later reads every table that uses it, "
	    "and to add a column of it writes the table anew",
	    lint_quote(l, &act->name));
}

static const struct rule domain_with_check = {
	.id = "domain-with-check",
	.group = GROUP,
	.severity = SEVERITY_OFF,
	.summary = "the constraint of a domain cannot be changed later without reading every "
		   "table that uses it",
	.advice = "Give the tables a CHECK of their own, which can be added NOT VALID and "
		  "validated while everyone works.\n\n",
	.kinds = { ACT_CREATE_DOMAIN },
	.check = check_create,
};

static void
check_add(struct lint *l, const struct rule *rule, const struct act *act)
{
	const struct act_constraint *c = act->constraint_count > 0 ? &act->constraints[0] : NULL;
	const char *domain = lint_name(l, &act->name);

	if (c == NULL || c->not_valid || !is_old(l, act))
		return;
	lint_report(l, rule, act,
	    arena_printf(lint_arena(l), "ALTER DOMAIN %s ADD %s NOT VALID;\n", domain,
		rule_constraint_text(l, act, c)),
	    "every table with a column of domain %s is read under SHARE: nobody writes to any "
	    "of them until all are done",
	    lint_quote(l, &act->name));
}

static const struct rule alter_domain_add_constraint = {
	.id = "alter-domain-add-constraint",
	.group = GROUP,
	.severity = SEVERITY_ERROR,
	.summary = "ALTER DOMAIN ... ADD CONSTRAINT reads every table that uses the domain while "
		   "SHARE keeps writers away from all of them",
	.advice = "Add it NOT VALID: that locks no table, and new values are checked from then "
		  "on.\n\n"
		  "    ALTER DOMAIN email ADD CONSTRAINT email_check\n"
		  "        CHECK (VALUE LIKE '%@%') NOT VALID;\n\n",
	.kinds = { ACT_DOMAIN_ADD_CONSTRAINT },
	.check = check_add,
};

static void
check_not_null(struct lint *l, const struct rule *rule, const struct act *act)
{
	if (!is_old(l, act))
		return;
	lint_report(l, rule, act,
	    arena_printf(lint_arena(l),
		"ALTER DOMAIN %s ADD CONSTRAINT %s CHECK (VALUE IS NOT NULL) NOT VALID;\n",
		lint_name(l, &act->name),
		lint_identifier(l, arena_printf(lint_arena(l), "%s_not_null", act->name.name))),
	    "every table with a column of domain %s is read for nulls under SHARE: nobody "
	    "writes to any of them until all are done",
	    lint_quote(l, &act->name));
}

static const struct rule alter_domain_set_not_null = {
	.id = "alter-domain-set-not-null",
	.group = GROUP,
	.severity = SEVERITY_ERROR,
	.summary = "ALTER DOMAIN ... SET NOT NULL reads every table that uses the domain while "
		   "SHARE keeps writers away from all of them",
	.advice = "Add CHECK (VALUE IS NOT NULL) NOT VALID to the domain, or make the columns "
		  "NOT NULL one by one (rule set-not-null).\n\n",
	.kinds = { ACT_DOMAIN_SET_NOT_NULL },
	.check = check_not_null,
};

static void
check_validate(struct lint *l, const struct rule *rule, const struct act *act)
{
	if (!is_old(l, act))
		return;
	lint_report(l, rule, act, NULL,
	    "to validate \"%s\" reads every table with a column of domain %s under SHARE: "
	    "nobody writes to any of them until all are done",
	    act->part, lint_quote(l, &act->name));
}

static const struct rule alter_domain_validate = {
	.id = "alter-domain-validate",
	.group = GROUP,
	.severity = SEVERITY_WARNING,
	.summary = "ALTER DOMAIN ... VALIDATE CONSTRAINT reads every table that uses the domain "
		   "while SHARE keeps writers away from all of them",
	.advice = "It is a weaker step for tables than for domains: VALIDATE of a table's own "
		  "CHECK lets writers work. Do it in a quiet hour, or leave the constraint NOT "
		  "VALID: new values are checked all the same.\n\n",
	.kinds = { ACT_DOMAIN_VALIDATE },
	.check = check_validate,
};

const struct rule *const rules_domain[] = {
	&alter_domain_add_constraint,
	&alter_domain_set_not_null,
	&alter_domain_validate,
	&domain_with_check,
	NULL,
};
