/* SPDX-License-Identifier: MIT */
#include "sql/rule.h"

#include "base/text.h"
#include "sql/rules.h"

static const char GROUP[] = "Triggers, policies and views";

/* The lock is no news where this transaction has it from a statement before. */
static bool
is_held(struct lint *l, const struct act *act, enum lock_mode mode)
{
	const struct world_table *t = world_find(lint_world(l), &act->name);

	return t != NULL && t->held >= mode && t->held_since != lint_current(l)->number;
}

/* A table or view that the app uses. */
static bool
is_used(struct lint *l, const struct act_name *name)
{
	const struct act asked = { .on = ACT_ON_TABLE, .name = *name };

	return rule_seen(l, &asked);
}

/* --- triggers --- */

/* The trigger that keeps a new column in step comes with the column, and finds its lock there. */
static void
check_create_trigger(struct lint *l, const struct rule *rule, const struct act *act)
{
	if (!is_used(l, &act->name) || is_held(l, act, LOCK_SHARE_ROW_EXCLUSIVE))
		return;
	lint_report(l, rule, act, NULL,
	    "writers of %s wait for SHARE ROW EXCLUSIVE up to the COMMIT, and from then on \"%s\" "
	    "runs with each of their statements, also those of the old app",
	    lint_quote(l, &act->name), act->part);
}

static const struct rule create_trigger = {
	.id = "create-trigger",
	.group = GROUP,
	.severity = SEVERITY_WARNING,
	.summary = "CREATE TRIGGER holds SHARE ROW EXCLUSIVE up to the COMMIT, so that nobody "
		   "writes to the table, and runs with every write from then on",
	.advice =
	    "Keep the file short, so that the COMMIT follows at once, and let the function "
	    "do little. Behind an ALTER TABLE of the same transaction, such as the ADD COLUMN "
	    "that the trigger fills, it is not reported: the lock is there already.\n\n",
	.kinds = { ACT_CREATE_TRIGGER },
	.check = check_create_trigger,
};

static bool
is_made_here(struct lint *l, const struct act *act)
{
	size_t count;
	const struct lint_past *past = lint_past(l, &count);

	for (size_t i = 0; i < count; i++)
		if ((past[i].act->kind == ACT_CREATE_TRIGGER ||
			past[i].act->kind == ACT_CREATE_POLICY ||
			past[i].act->kind == ACT_CREATE_RULE) &&
		    text_same(past[i].act->part, act->part) &&
		    rule_same_name(&past[i].act->name, &act->name))
			return true;
	return false;
}

/* DROP and CREATE in one transaction is how a trigger is replaced: it is not missed, then. */
static bool
comes_again(struct lint *l, const struct lint_past *dropped)
{
	size_t count;
	const struct lint_past *past = lint_past(l, &count);

	for (const struct lint_past *p = dropped + 1; p < past + count; p++)
		if (p->transaction == dropped->transaction && p->act->kind == ACT_CREATE_TRIGGER &&
		    text_same(p->act->part, dropped->act->part) &&
		    rule_same_name(&p->act->name, &dropped->act->name))
			return true;
	return false;
}

static void
end_drop_trigger(struct lint *l, const struct rule *rule)
{
	size_t count;
	const struct lint_past *past = lint_past(l, &count);

	for (size_t i = 0; i < count; i++) {
		const struct act *act = past[i].act;

		if (act->kind != ACT_DROP || act->on != ACT_ON_TRIGGER || past[i].is_new ||
		    lint_file(l)->undo || lint_file(l)->contract || comes_again(l, &past[i]))
			continue;
		lint_report(l, rule, act, NULL,
		    "what \"%s\" did for %s is not done any more, while the running app may count "
		    "on it; ACCESS EXCLUSIVE up to the COMMIT",
		    act->part, lint_quote(l, &act->name));
	}
}

static const struct rule drop_trigger = {
	.id = "drop-trigger",
	.group = GROUP,
	.severity = SEVERITY_WARNING,
	.summary =
	    "DROP TRIGGER takes ACCESS EXCLUSIVE for a moment, and the running app may count "
	    "on what the trigger does",
	.advice = "First release an app that does not need it, then drop it, in a file of phase "
		  "contract: there it is not reported. Nor is it where the same transaction makes "
		  "it again.\n\n",
	.end = end_drop_trigger,
};

static void
check_disable_trigger(struct lint *l, const struct rule *rule, const struct act *act)
{
	if (!rule_in_use(l, act))
		return;
	if (act->all)
		lint_report(l, rule, act, NULL,
		    "foreign keys of %s are not checked, for nobody, until the triggers are "
		    "enabled again, and rows that do not fit stay",
		    lint_quote(l, &act->name));
	else
		lint_report(l, rule, act, NULL,
		    "what triggers of %s do is not done, for nobody, until they are enabled again",
		    lint_quote(l, &act->name));
}

static const struct rule disable_trigger = {
	.id = "disable-trigger",
	.group = GROUP,
	.severity = SEVERITY_WARNING,
	.summary =
	    "DISABLE TRIGGER switches it off for the app, too; ALL switches off foreign keys; "
	    "SHARE ROW EXCLUSIVE up to the COMMIT",
	.advice = "To write past triggers in one session only, let a superuser SET LOCAL "
		  "session_replication_role = replica: the app keeps its triggers.\n\n",
	.kinds = { ACT_DISABLE_TRIGGER },
	.check = check_disable_trigger,
};

/* --- rules, policies, row security --- */

static void
check_policy(struct lint *l, const struct rule *rule, const struct act *act)
{
	bool drops = act->kind == ACT_DROP && act->on != ACT_ON_RULE && act->on != ACT_ON_POLICY;

	if (drops || !is_used(l, &act->name) || is_held(l, act, LOCK_ACCESS_EXCLUSIVE) ||
	    is_made_here(l, act))
		return;
	lint_report(l, rule, act, NULL,
	    "ACCESS EXCLUSIVE on %s up to the COMMIT, and from then on the running app sees other "
	    "rows, or writes others",
	    lint_quote(l, &act->name));
}

static const struct rule rule_or_policy = {
	.id = "rule-or-policy",
	.group = GROUP,
	.severity = SEVERITY_INFO,
	.summary = "a rule or policy that is made, changed or dropped takes ACCESS EXCLUSIVE for a "
		   "moment, and changes what the running app sees",
	.advice = "Keep the file short, so that the COMMIT follows at once.\n\n",
	.kinds = { ACT_CREATE_RULE, ACT_ENABLE_RULE, ACT_CREATE_POLICY, ACT_ALTER_POLICY,
	    ACT_DROP },
	.check = check_policy,
};

/* One that was there before is not known here; in this transaction nobody sees it missing. */
static bool
has_policy(struct lint *l, const struct lint_past *enabled)
{
	size_t count;
	const struct lint_past *past = lint_past(l, &count);

	for (size_t i = 0; i < count; i++)
		if (past[i].act->kind == ACT_CREATE_POLICY &&
		    (past[i].transaction == enabled->transaction || &past[i] < enabled) &&
		    rule_same_name(&past[i].act->name, &enabled->act->name))
			return true;
	return false;
}

static void
end_enable_rls(struct lint *l, const struct rule *rule)
{
	size_t count;
	const struct lint_past *past = lint_past(l, &count);

	for (size_t i = 0; i < count; i++) {
		const struct act *act = past[i].act;
		const char *table;

		if (act->kind != ACT_ROW_SECURITY || past[i].is_new ||
		    !(text_same(act->value, "enable") || text_same(act->value, "force")) ||
		    has_policy(l, &past[i]))
			continue;
		table = lint_name(l, &act->name);
		lint_report(l, rule, act,
		    arena_printf(lint_arena(l),
			"CREATE POLICY %s ON %s USING (true);\nALTER TABLE %s %s ROW LEVEL "
			"SECURITY;\n",
			lint_identifier(
			    l, arena_printf(lint_arena(l), "%s_policy", act->name.name)),
			table, table, text_same(act->value, "enable") ? "ENABLE" : "FORCE"),
		    "unless %s has a policy already, %s sees no row of it from now on, and can "
		    "write none",
		    lint_quote(l, &act->name),
		    text_same(act->value, "force") ? "everyone, its owner too,"
						   : "everyone but its owner");
	}
}

static const struct rule enable_rls = {
	.id = "enable-rls",
	.group = GROUP,
	.severity = SEVERITY_ERROR,
	.summary = "row level security without a policy hides all rows from everyone but the "
		   "owner",
	.advice = "Make the policies in the same transaction, before or behind it.\n\n"
		  "    CREATE POLICY own ON documents USING (owner = current_user);\n"
		  "    ALTER TABLE documents ENABLE ROW LEVEL SECURITY;\n\n",
	.end = end_enable_rls,
};

/* --- views --- */

static void
check_refresh(struct lint *l, const struct rule *rule, const struct act *act)
{
	const char *view = lint_name(l, &act->name);

	if (act->concurrently || !rule_in_use(l, act))
		return;
	if (act->no_data)
		lint_report(l, rule, act, NULL,
		    "%s is emptied, and everyone who reads it gets an error until it is refreshed "
		    "with data",
		    lint_quote(l, &act->name));
	else
		lint_report(l, rule, act,
		    arena_printf(lint_arena(l),
			RULE_NEXT_FILE "REFRESH MATERIALIZED VIEW CONCURRENTLY %s;\n", view),
		    "ACCESS EXCLUSIVE on %s for as long as its query runs: nobody reads it until "
		    "the COMMIT",
		    lint_quote(l, &act->name));
}

static const struct rule refresh_matview = {
	.id = "refresh-matview",
	.group = GROUP,
	.severity = SEVERITY_ERROR,
	.summary =
	    "REFRESH MATERIALIZED VIEW holds ACCESS EXCLUSIVE on the view for as long as its "
	    "query runs",
	.advice = "CONCURRENTLY lets everyone read meanwhile. It needs a unique index of the view "
		  "over plain columns, without WHERE.\n\n"
		  "    -- in a file of its own:\n"
		  "    REFRESH MATERIALIZED VIEW CONCURRENTLY daily_totals;\n\n",
	.kinds = { ACT_REFRESH },
	.check = check_refresh,
};

static void
check_fill(struct lint *l, const struct rule *rule, const struct act *act)
{
	if (!rule_reads_in_use(l, act) || act->no_data || act->temporary)
		return;
	lint_report(l, rule, act, NULL,
	    "%s is filled at once: its query keeps ACCESS SHARE on all that it reads, and holds "
	    "back VACUUM everywhere, for as long as it runs",
	    lint_quote(l, &act->name));
}

static const struct rule matview_with_data = {
	.id = "matview-with-data",
	.group = GROUP,
	.severity = SEVERITY_INFO,
	.summary = "a materialized view, or CREATE TABLE AS, that is filled at once runs its query "
		   "within the migration",
	.advice = "Make it WITH NO DATA, and fill it in a file of its own, or with the scheduler "
		  "that refreshes it later.\n\n"
		  "    CREATE MATERIALIZED VIEW daily_totals AS SELECT ... WITH NO DATA;\n\n",
	.kinds = { ACT_CREATE_MATERIALIZED_VIEW, ACT_CREATE_TABLE_AS },
	.check = check_fill,
};

static void
check_view(struct lint *l, const struct rule *rule, const struct act *act)
{
	if (!act->or_replace || act->temporary || !is_used(l, &act->name))
		return;
	lint_report(l, rule, act, NULL,
	    "where %s is there already, its readers wait for ACCESS EXCLUSIVE up to the COMMIT",
	    lint_quote(l, &act->name));
}

static const struct rule replace_view = {
	.id = "replace-view",
	.group = GROUP,
	.severity = SEVERITY_INFO,
	.summary = "CREATE OR REPLACE VIEW takes ACCESS EXCLUSIVE on the view up to the COMMIT",
	.advice = "Keep the file short, so that the COMMIT follows at once. Columns can only be "
		  "added, at the end.\n\n",
	.kinds = { ACT_CREATE_VIEW },
	.check = check_view,
};

/* --- types --- */

static void
check_composite(struct lint *l, const struct rule *rule, const struct act *act)
{
	if (!act->cascade || rule_new_object(l, act))
		return;
	lint_report(l, rule, act, NULL,
	    "CASCADE changes every table OF type %s with it, under ACCESS EXCLUSIVE on each of "
	    "them up to the COMMIT",
	    lint_quote(l, &act->name));
}

static const struct rule composite_add_attribute = {
	.id = "composite-add-attribute",
	.group = GROUP,
	.severity = SEVERITY_WARNING,
	.summary = "ALTER TYPE ... ATTRIBUTE ... CASCADE changes every typed table, under ACCESS "
		   "EXCLUSIVE on each of them",
	.advice = "ALTER TABLE ... NOT OF makes a typed table one of its own, which can be changed "
		  "alone.\n\n",
	.kinds = { ACT_ALTER_TYPE },
	.check = check_composite,
};

const struct rule *const rules_object[] = {
	&create_trigger,
	&drop_trigger,
	&disable_trigger,
	&rule_or_policy,
	&enable_rls,
	&refresh_matview,
	&matview_with_data,
	&replace_view,
	&composite_add_attribute,
	NULL,
};
