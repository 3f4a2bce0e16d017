/* SPDX-License-Identifier: MIT */
#include "sql/rule.h"
#include "sql/rules.h"

static const char GROUP[] = "Dropping";

/* A table that the app knows; an undo file goes back to what the app of before knows. */
static bool
breaks_app(struct lint *l, const struct act *act)
{
	const struct world_table *t = lint_table(l, act);

	return rule_relation(act) && rule_seen(l, act) && !lint_file(l)->undo &&
	    (t == NULL || !t->dropped);
}

/* --- what is lost --- */

static void
check_drop(struct lint *l, const struct rule *rule, const struct act *act)
{
	const struct lint_file *file = lint_file(l);
	bool of_rows = act->on == ACT_ON_TABLE || act->on == ACT_ON_FOREIGN_TABLE;

	if (!of_rows || !breaks_app(l, act) || file->contract || file->irreversible)
		return;
	lint_report(l, rule, act,
	    arena_printf(lint_arena(l),
		"-- the app does not use the table any more; then in a file of its own:\n"
		"-- migrate:phase contract\n"
		"DROP TABLE %s;\n",
		lint_name(l, &act->name)),
	    "%s and all that is in it are gone at once, under ACCESS EXCLUSIVE: the running app "
	    "fails where it still names it, and there is no way back",
	    lint_quote(l, &act->name));
}

static const struct rule drop_table = {
	.id = "drop-table",
	.group = GROUP,
	.severity = SEVERITY_ERROR,
	.destroys = true,
	.summary = "DROP TABLE loses what is in the table, and breaks the running app where it "
		   "still names it; ACCESS EXCLUSIVE, on tables that it references, too",
	.advice = "First release an app that does not use the table, then drop it, in a file of "
		  "phase contract: there it is expected and not reported. Nor is it in undo files, "
		  "and in files that say that they are irreversible.\n\n",
	.kinds = { ACT_DROP },
	.check = check_drop,
};

static void
end_drop_view(struct lint *l, const struct rule *rule)
{
	const struct lint_file *file = lint_file(l);
	size_t count;
	const struct lint_past *past = lint_past(l, &count);

	for (size_t i = 0; i < count; i++) {
		const struct act *act = past[i].act;

		if (act->kind != ACT_DROP || past[i].is_new ||
		    (act->on != ACT_ON_VIEW && act->on != ACT_ON_MATERIALIZED_VIEW) || file->undo ||
		    file->contract || file->irreversible || rule_named_again(l, &past[i]))
			continue;
		lint_report(l, rule, act, NULL,
		    "%s is gone at once: the running app fails where it still names it",
		    lint_quote(l, &act->name));
	}
}

static const struct rule drop_view = {
	.id = "drop-view",
	.group = GROUP,
	.severity = SEVERITY_WARNING,
	.summary =
	    "DROP VIEW takes ACCESS EXCLUSIVE for a moment, and breaks the running app where "
	    "it still names the view",
	.advice = "First release an app that does not use it, then drop it, in a file of phase "
		  "contract: there it is not reported. Nor is it where the same transaction makes "
		  "it again, which is how a view is changed.\n\n",
	.end = end_drop_view,
};

/* Was the table dropped by this file before? */
static bool
is_dropped_here(struct lint *l, const struct act *act)
{
	const struct world_table *t = world_find(lint_world(l), &act->name);
	const struct lint_past *drop = lint_earlier(l, ACT_DROP, &act->name);

	return t != NULL && t->dropped && drop != NULL && drop->act->on == ACT_ON_TABLE &&
	    !drop->is_new;
}

static void
check_recreate(struct lint *l, const struct rule *rule, const struct act *act)
{
	if (act->temporary || !is_dropped_here(l, act) || lint_file(l)->undo)
		return;
	lint_report(l, rule, act, NULL,
	    "%s is dropped and made again: if it was there, all that was in it is lost, with its "
	    "grants and what referenced it",
	    lint_quote(l, &act->name));
}

static const struct rule drop_and_create = {
	.id = "drop-and-create-table",
	.group = GROUP,
	.severity = SEVERITY_ERROR,
	.destroys = true,
	.summary = "a file that drops a table and makes it again empties it, where it was there",
	.advice = "Say CREATE TABLE alone: it fails where the table is there, and nothing is lost. "
		  "To change a table, ALTER it.\n\n",
	.kinds = { ACT_CREATE_TABLE, ACT_CREATE_TABLE_AS },
	.check = check_recreate,
};

/* --- CASCADE --- */

/* Of types and schemas other rules speak; nothing depends on a trigger, rule or policy. */
static void
check_cascade(struct lint *l, const struct rule *rule, const struct act *act)
{
	const char *what = act->part == NULL
	    ? lint_quote(l, &act->name)
	    : arena_printf(lint_arena(l), "\"%s\" of %s", act->part, lint_quote(l, &act->name));

	if (!act->cascade || act->on == ACT_ON_TYPE || act->on == ACT_ON_DOMAIN ||
	    act->on == ACT_ON_SCHEMA || act->on == ACT_ON_TRIGGER || act->on == ACT_ON_RULE ||
	    act->on == ACT_ON_POLICY || !rule_seen(l, act) || rule_new_object(l, act))
		return;
	lint_report(l, rule, act, NULL,
	    "CASCADE drops all that depends on %s, unnamed: views, foreign keys of other tables, "
	    "defaults; under ACCESS EXCLUSIVE on each of their tables",
	    what);
}

static const struct rule drop_cascade = {
	.id = "drop-cascade",
	.group = GROUP,
	.severity = SEVERITY_WARNING,
	.summary = "CASCADE drops what depends on a thing without naming it, under ACCESS "
		   "EXCLUSIVE on each table concerned",
	.advice = "Drop without CASCADE: PostgreSQL lists what depends on it, and drops nothing. "
		  "Then name those, one by one.\n\n",
	.kinds = { ACT_DROP, ACT_DROP_COLUMN, ACT_DROP_CONSTRAINT },
	.check = check_cascade,
};

/* Without CASCADE a schema has to be empty. */
static void
check_drop_schema(struct lint *l, const struct rule *rule, const struct act *act)
{
	if (act->on != ACT_ON_SCHEMA || !act->cascade || rule_new_object(l, act))
		return;
	lint_report(l, rule, act,
	    arena_printf(lint_arena(l),
		"-- once all that was in it is dropped by name:\n"
		"DROP SCHEMA %s;\n",
		lint_name(l, &act->name)),
	    "all tables of schema %s are dropped with what is in them, unnamed, under ACCESS "
	    "EXCLUSIVE on each of them: there is no way back",
	    lint_quote(l, &act->name));
}

static const struct rule drop_schema = {
	.id = "drop-schema",
	.group = GROUP,
	.severity = SEVERITY_ERROR,
	.destroys = true,
	.summary = "DROP SCHEMA CASCADE drops every table in the schema with its data, under "
		   "ACCESS EXCLUSIVE on each of them",
	.advice = "Drop what is in the schema by name, in files of phase contract, then the empty "
		  "schema without CASCADE; that is not reported.\n\n",
	.kinds = { ACT_DROP },
	.check = check_drop_schema,
};

static void
check_drop_database(struct lint *l, const struct rule *rule, const struct act *act)
{
	if (act->on != ACT_ON_DATABASE)
		return;
	lint_report(l, rule, act, NULL, "database %s and all that is in it are gone at once",
	    lint_quote(l, &act->name));
}

static const struct rule drop_database = {
	.id = "drop-database",
	.group = GROUP,
	.severity = SEVERITY_ERROR,
	.destroys = true,
	.summary = "DROP DATABASE loses everything, and no migration of one database should "
		   "decide over another",
	.advice = "Drop a database by hand, after a backup.\n\n",
	.kinds = { ACT_DROP },
	.check = check_drop_database,
};

/* --- TRUNCATE --- */

static void
check_truncate(struct lint *l, const struct rule *rule, const struct act *act)
{
	const struct lint_file *file = lint_file(l);
	const char *table = lint_name(l, &act->name), *key;

	if (act->cascade || !rule_in_use(l, act) || file->contract || file->irreversible)
		return;
	key = lint_identifier(l, rule_batch_key(l, &act->name));
	lint_report(l, rule, act,
	    arena_printf(lint_arena(l),
		RULE_NEXT_FILE "-- migrate:batch table=%s key=%s\n"
			       "DELETE FROM %s WHERE %s BETWEEN :from AND :to;\n",
		table, key, table, key),
	    "all rows of %s are gone at once, and ACCESS EXCLUSIVE keeps everyone away from it up "
	    "to the COMMIT",
	    lint_quote(l, &act->name));
}

static const struct rule truncate_table = {
	.id = "truncate",
	.group = GROUP,
	.severity = SEVERITY_ERROR,
	.destroys = true,
	.summary = "TRUNCATE loses all rows of the table, under ACCESS EXCLUSIVE up to the COMMIT",
	.advice = "Where the app uses the table, delete in batches. Where it does not, do it in a "
		  "file of phase contract, or in one that says that it is irreversible: there it "
		  "is not reported.\n\n",
	.kinds = { ACT_TRUNCATE },
	.check = check_truncate,
};

static void
check_truncate_cascade(struct lint *l, const struct rule *rule, const struct act *act)
{
	if (!act->cascade || !rule_in_use(l, act))
		return;
	lint_report(l, rule, act, NULL,
	    "CASCADE empties every table that references %s, and those that reference them, "
	    "unnamed, under ACCESS EXCLUSIVE on all of them",
	    lint_quote(l, &act->name));
}

static const struct rule truncate_cascade = {
	.id = "truncate-cascade",
	.group = GROUP,
	.severity = SEVERITY_ERROR,
	.destroys = true,
	.summary = "TRUNCATE CASCADE empties every table that references this one, and those that "
		   "reference them, under ACCESS EXCLUSIVE on all of them",
	.advice = "Name all tables that are meant: without CASCADE PostgreSQL refuses where one is "
		  "missing.\n\n"
		  "    TRUNCATE customers, orders;\n\n",
	.kinds = { ACT_TRUNCATE },
	.check = check_truncate_cascade,
};

/* --- what has no rows --- */

/* What the app names, and other rules do not speak of. */
static const char *
contracted(const struct act *act)
{
	static const struct {
		enum act_on on;
		const char *name;
	} kinds[] = {
		{ ACT_ON_FUNCTION, "function" },
		{ ACT_ON_TYPE, "type" },
		{ ACT_ON_DOMAIN, "domain" },
		{ ACT_ON_SEQUENCE, "sequence" },
	};

	if (act->kind != ACT_DROP && act->kind != ACT_RENAME && act->kind != ACT_SET_SCHEMA)
		return NULL;
	if (act->cascade) /* drop-cascade, drop-type-cascade */
		return NULL;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (act->on == kinds[i].on)
			return kinds[i].name;
	return NULL;
}

static bool
makes(const struct lint_past *past, const struct act_name *name)
{
	enum act_kind kind = past->act->kind;

	return (kind == ACT_CREATE_FUNCTION || kind == ACT_CREATE_TYPE || kind == ACT_CREATE_ENUM ||
		   kind == ACT_CREATE_DOMAIN || kind == ACT_CREATE_SEQUENCE) &&
	    rule_same_name(&past->act->name, name);
}

/* Made by the files at hand: in this one, or behind its last statement it is gone, but not old. */
static bool
was_new(struct lint *l, const struct lint_past *gone)
{
	const struct act *act = gone->act;
	const struct world_object *o = world_object(lint_world(l), act->on, &act->name);
	size_t count;

	for (const struct lint_past *p = lint_past(l, &count); p < gone; p++)
		if (makes(p, &act->name))
			return true;
	return gone->is_new || (o != NULL && o->dropped && o->age != AGE_OLD);
}

/* A function is replaced so when its result changes; a trigger's own is told of with it. */
static bool
is_explained(struct lint *l, const struct lint_past *gone)
{
	size_t count;
	const struct lint_past *past = lint_past(l, &count);

	for (const struct lint_past *p = past; p < past + count; p++) {
		if (p > gone && p->transaction == gone->transaction && makes(p, &gone->act->name))
			return true;
		if (p->act->kind == ACT_DROP && p->act->on == ACT_ON_TRIGGER &&
		    gone->act->on == ACT_ON_FUNCTION)
			return true;
	}
	return false;
}

static void
report_contracted(struct lint *l, const struct rule *rule, const struct lint_past *past)
{
	const struct act *act = past->act;
	const char *instead = act->inside
	    ? NULL
	    : arena_printf(lint_arena(l),
		  "-- the app does not use it any more; then in a file "
		  "of its own:\n"
		  "-- migrate:phase contract\n"
		  "%.*s;\n",
		  (int)past->statement->length, past->statement->text);

	lint_report(l, rule, act, instead,
	    "the %s %s %s, and the file is not of phase contract: the running app fails where it "
	    "still names it",
	    contracted(act), lint_quote(l, &act->name),
	    act->kind == ACT_DROP ? "is gone" : "has another name");
}

static void
end_contract(struct lint *l, const struct rule *rule)
{
	const struct lint_file *file = lint_file(l);
	size_t count;
	const struct lint_past *past = lint_past(l, &count);

	if (file->undo || file->contract || file->irreversible)
		return;
	for (size_t i = 0; i < count; i++)
		if (contracted(past[i].act) != NULL && !was_new(l, &past[i]) &&
		    !is_explained(l, &past[i]))
			report_contracted(l, rule, &past[i]);
}

static const struct rule contract_without_phase = {
	.id = "contract-without-phase",
	.group = GROUP,
	.severity = SEVERITY_WARNING,
	.summary =
	    "a function, type, domain or sequence is dropped or gets another name, in a file "
	    "that is not of phase contract: the running app fails where it still names it",
	.advice =
	    "First release an app that does not use it, then take it away, in a file of phase "
	    "contract: \"up --phase contract\" applies that when the old app is gone. Not "
	    "reported where the same transaction makes it again, in undo files, and in files "
	    "that say that they are irreversible. Tables, columns, views and triggers have "
	    "rules of their own.\n\n"
	    "    -- migrate:phase contract\n"
	    "    DROP FUNCTION order_total(bigint);\n\n",
	.end = end_contract,
};

const struct rule *const rules_drop[] = {
	&drop_table,
	&drop_view,
	&drop_and_create,
	&drop_cascade,
	&drop_schema,
	&drop_database,
	&contract_without_phase,
	&truncate_table,
	&truncate_cascade,
	NULL,
};
