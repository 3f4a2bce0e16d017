/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/text.h"
#include "sql/rule.h"
#include "sql/rules.h"
#include "sql/words.h"

static const char GROUP[] = "Security";

/* Another statement of the file gives the function its path. */
static bool
gets_path(struct lint *l, const struct act *function)
{
	size_t count;
	const struct lint_past *past = lint_past(l, &count);

	for (size_t i = 0; i < count; i++)
		if (past[i].act->kind == ACT_ALTER_FUNCTION && past[i].act->sets_search_path &&
		    rule_same_name(&past[i].act->name, &function->name))
			return true;
	return false;
}

/* A body in standard SQL has its names looked up when it is made, not when it runs. */
static bool
is_bound(const struct lint_statement *s)
{
	struct words words = words_start(s->text, s->length);

	return words_match(&words, "... BEGIN ATOMIC");
}

static void
end_definer(struct lint *l, const struct rule *rule)
{
	size_t count;
	const struct lint_past *past = lint_past(l, &count);

	for (size_t i = 0; i < count; i++) {
		const struct act *act = past[i].act;

		if ((act->kind != ACT_CREATE_FUNCTION && act->kind != ACT_ALTER_FUNCTION) ||
		    !act->security_definer || act->sets_search_path || gets_path(l, act) ||
		    is_bound(past[i].statement))
			continue;
		lint_report(l, rule, act,
		    arena_printf(lint_arena(l),
			"ALTER FUNCTION %s SET search_path = pg_catalog, pg_temp;\n",
			lint_name(l, &act->name)),
		    "%s runs with its owner's rights and its caller's search_path: who can create "
		    "a function or table there makes it run theirs",
		    lint_quote(l, &act->name));
	}
}

static const struct rule definer_search_path = {
	.id = "security-definer-search-path",
	.group = GROUP,
	.severity = SEVERITY_WARNING,
	.summary = "a SECURITY DEFINER function without a search_path of its own looks names up in "
		   "the caller's, who can put other things there",
	.advice = "Set it, with pg_temp last, and write schemas before the names in the body.\n\n"
		  "    CREATE FUNCTION grant_credit(account bigint) RETURNS void LANGUAGE sql\n"
		  "        SECURITY DEFINER SET search_path = pg_catalog, pg_temp\n"
		  "        AS $$ UPDATE public.accounts SET credit = credit + 1 WHERE id = account "
		  "$$;\n\n",
	.end = end_definer,
};

/* What PUBLIC has by itself (section 5.8 of the manual). */
static bool
is_given_anyway(const struct act *act)
{
	static const char *const given[] = { "execute", "connect", "temporary", "temp" };

	if (act->on == ACT_ON_FUNCTION || act->on == ACT_ON_TYPE || act->on == ACT_ON_DOMAIN)
		return true;
	for (size_t i = 0; i < act->value_count; i++) {
		bool of_language = act->kind == ACT_GRANT && act->on == ACT_ON_OTHER &&
		    text_same(act->values[i], "usage");

		if (!of_language &&
		    !rule_has(given, sizeof(given) / sizeof(given[0]), act->values[i]))
			return false;
	}
	return act->value_count > 0;
}

static const char *
granted_on(struct lint *l, const struct act *act)
{
	if (act->kind == ACT_DEFAULT_PRIVILEGES)
		return "what is made from now on";
	if (act->name.name == NULL)
		return "the object";
	return arena_printf(lint_arena(l), "%s%s", act->on == ACT_ON_SCHEMA ? "schema " : "",
	    lint_quote(l, &act->name));
}

static void
check_public(struct lint *l, const struct rule *rule, const struct act *act)
{
	if (act->revoke || !act->to_public || is_given_anyway(act))
		return;
	lint_report(l, rule, act, NULL, "every role that can connect, now and later, gets %s on %s",
	    act->all		       ? "every privilege"
		: act->value_count > 1 ? "these privileges"
				       : "this privilege",
	    granted_on(l, act));
}

static const struct rule grant_to_public = {
	.id = "grant-to-public",
	.group = GROUP,
	.severity = SEVERITY_WARNING,
	.summary = "a privilege that PUBLIC has is every role's, those of later included",
	.advice = "Grant it to a role, and make those who need it members of that role.\n\n",
	.kinds = { ACT_GRANT, ACT_DEFAULT_PRIVILEGES },
	.check = check_public,
};

static void
check_all(struct lint *l, const struct rule *rule, const struct act *act)
{
	if (act->revoke || act->to_public || !act->all || act->on == ACT_ON_FUNCTION)
		return;
	lint_report(l, rule, act, NULL,
	    "ALL on %s is more than an app needs: TRUNCATE, REFERENCES and TRIGGER, too, or CREATE "
	    "in a schema, and what later versions add",
	    granted_on(l, act));
}

static const struct rule grant_all = {
	.id = "grant-all",
	.group = GROUP,
	.severity = SEVERITY_OFF,
	.summary = "GRANT ALL gives privileges that nobody thought of",
	.advice = "Name the privileges.\n\n"
		  "    GRANT SELECT, INSERT, UPDATE, DELETE ON orders TO app;\n\n",
	.kinds = { ACT_GRANT, ACT_DEFAULT_PRIVILEGES },
	.check = check_all,
};

static void
check_disable_rls(struct lint *l, const struct rule *rule, const struct act *act)
{
	if (!(text_same(act->value, "disable") || text_same(act->value, "no force")) ||
	    !rule_in_use(l, act) || lint_file(l)->undo)
		return;
	lint_report(l, rule, act, NULL, "from now on no policy counts: %s sees all rows of %s",
	    text_same(act->value, "disable") ? "everyone who may read it" : "its owner",
	    lint_quote(l, &act->name));
}

static const struct rule disable_rls = {
	.id = "disable-rls",
	.group = GROUP,
	.severity = SEVERITY_WARNING,
	.summary = "without row level security policies do not count, and who may read the table "
		   "sees all rows",
	.advice = "Make a policy that lets those roles see more which should.\n\n",
	.kinds = { ACT_ROW_SECURITY },
	.check = check_disable_rls,
};

const struct rule *const rules_security[] = {
	&definer_search_path,
	&grant_to_public,
	&grant_all,
	&disable_rls,
	NULL,
};
