/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/text.h"
#include "sql/rule.h"
#include "sql/rules.h"
#include "sql/words.h"

static const char GROUP[] = "Tables";

/* --- another name --- */

/* An index that is renamed through ALTER TABLE is in nobody's SQL. */
static bool
looks_like_index(const struct lint_past *past)
{
	static const char *const endings[] = { "_idx", "_pkey" };
	const char *name = past->act->name.name;
	size_t length = strlen(name);

	if (past->table != NULL && past->table->facts.kind == 'i')
		return true;
	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
		size_t end = strlen(endings[i]);

		if (length > end && strcmp(name + length - end, endings[i]) == 0)
			return true;
	}
	return false;
}

/* The next relation, the number-th of the file or behind it, that nobody finds any more. */
static const struct act *
find_moved(struct lint *l, enum act_kind kind, size_t *number)
{
	size_t count;
	const struct lint_past *past = lint_past(l, &count);

	for (; !lint_file(l)->undo && *number < count; (*number)++) {
		const struct lint_past *p = &past[*number];

		if (p->act->kind == kind && rule_relation(p->act) && p->act->part == NULL &&
		    p->act->name.name != NULL && !p->is_new && !looks_like_index(p) &&
		    !rule_named_again(l, p))
			return past[(*number)++].act;
	}
	return NULL;
}

/* The statement with a view that stands for what it moves. */
static const char *
with_view(struct lint *l, const struct act *act, const struct act_name *new)
{
	const char *what = act->on == ACT_ON_VIEW ? "VIEW"
	    : act->on == ACT_ON_MATERIALIZED_VIEW ? "MATERIALIZED VIEW"
						  : "TABLE";
	const char *old = lint_name(l, &act->name);

	return arena_printf(lint_arena(l),
	    "ALTER %s %s %s %s;\n"
	    "CREATE VIEW %s AS SELECT * FROM %s;\n",
	    what, old, act->kind == ACT_RENAME ? "RENAME TO" : "SET SCHEMA",
	    lint_identifier(l, act->new_name), old, lint_name(l, new));
}

static void
end_rename(struct lint *l, const struct rule *rule)
{
	const struct act *act;
	size_t number = 0;

	while ((act = find_moved(l, ACT_RENAME, &number)) != NULL) {
		const struct act_name new = { act->name.schema, act->new_name };

		lint_report(l, rule, act, with_view(l, act, &new),
		    "from this moment %s is %s: every statement of the running app that names the "
		    "old one fails",
		    lint_quote(l, &act->name), lint_quote(l, &new));
	}
}

static const struct rule rename_table = {
	.id = "rename-table",
	.group = GROUP,
	.severity = SEVERITY_ERROR,
	.summary = "RENAME of a table takes ACCESS EXCLUSIVE for a moment, and breaks the running "
		   "app from then on",
	.advice =
	    "Make a view of the old name in the same transaction: a simple one can be written "
	    "to, as well. Drop it when no app uses it any more.\n\n"
	    "    ALTER TABLE users RENAME TO accounts;\n"
	    "    CREATE VIEW users AS SELECT * FROM accounts;\n\n",
	.end = end_rename,
};

static void
end_set_schema(struct lint *l, const struct rule *rule)
{
	const struct act *act;
	size_t number = 0;

	while ((act = find_moved(l, ACT_SET_SCHEMA, &number)) != NULL) {
		const struct act_name new = { act->new_name, act->name.name };

		lint_report(l, rule, act, with_view(l, act, &new),
		    "from this moment %s is %s: every statement of the running app that does not "
		    "find it there fails",
		    lint_quote(l, &act->name), lint_quote(l, &new));
	}
}

static const struct rule set_schema = {
	.id = "set-schema",
	.group = GROUP,
	.severity = SEVERITY_ERROR,
	.summary = "SET SCHEMA of a table takes ACCESS EXCLUSIVE for a moment, and breaks the "
		   "running app from then on",
	.advice = "Make a view in the old place in the same transaction (rule rename-table), or "
		  "first let the app's search_path name both schemas.\n\n",
	.end = end_set_schema,
};

static void
check_rename_schema(struct lint *l, const struct rule *rule, const struct act *act)
{
	if (act->on != ACT_ON_SCHEMA || rule_new_object(l, act) || lint_file(l)->undo)
		return;
	lint_report(l, rule, act, NULL,
	    "from this moment schema %s is \"%s\": every statement of the running app that names "
	    "the old one, or finds tables by it, fails",
	    lint_quote(l, &act->name), act->new_name);
}

static const struct rule rename_schema = {
	.id = "rename-schema",
	.group = GROUP,
	.severity = SEVERITY_ERROR,
	.summary = "renaming a schema locks no table, but breaks every statement of the running "
		   "app that names it, and every search_path",
	.advice =
	    "Make the new schema, put both into the app's search_path, and move the tables one "
	    "by one (rule set-schema).\n\n",
	.kinds = { ACT_RENAME },
	.check = check_rename_schema,
};

/* --- written anew --- */

static void
check_persistence(struct lint *l, const struct rule *rule, const struct act *act)
{
	if (act->on == ACT_ON_SEQUENCE || !rule_in_use(l, act))
		return;
	lint_report(l, rule, act, NULL,
	    "%s and all its indexes are written anew under ACCESS EXCLUSIVE: nobody reads or "
	    "writes it until that is done%s",
	    lint_quote(l, &act->name),
	    act->kind == ACT_SET_UNLOGGED ? ", and from then on a crash empties it, and replicas "
					    "have nothing of it"
					  : "");
}

static const struct rule set_logged_unlogged = {
	.id = "set-logged-unlogged",
	.group = GROUP,
	.severity = SEVERITY_ERROR,
	.grows = true,
	.summary = "SET LOGGED and SET UNLOGGED write the whole table and its indexes anew under "
		   "ACCESS EXCLUSIVE",
	.advice = "Make a new table as it should be, copy the rows in batches while the app writes "
		  "both, and let the two change names.\n\n",
	.kinds = { ACT_SET_LOGGED, ACT_SET_UNLOGGED },
	.check = check_persistence,
};

/* A partitioned table has no rows of its own. */
static void
check_access_method(struct lint *l, const struct rule *rule, const struct act *act)
{
	if (!rule_in_use(l, act) || rule_partitioned(l, act))
		return;
	lint_report(l, rule, act, NULL,
	    "unless it has that access method already, %s and all its indexes are written anew "
	    "under ACCESS EXCLUSIVE: nobody reads or writes it until that is done",
	    lint_quote(l, &act->name));
}

static const struct rule set_access_method = {
	.id = "set-access-method",
	.group = GROUP,
	.severity = SEVERITY_ERROR,
	.grows = true,
	.summary = "SET ACCESS METHOD to another one writes the whole table and its indexes anew "
		   "under ACCESS EXCLUSIVE",
	.advice =
	    "Make a new table with it, copy the rows in batches while the app writes both, and "
	    "let the two change names.\n\n",
	.kinds = { ACT_SET_ACCESS_METHOD },
	.check = check_access_method,
};

static void
check_tablespace(struct lint *l, const struct rule *rule, const struct act *act)
{
	const struct world_table *t = lint_table(l, act);
	bool index = act->on == ACT_ON_INDEX;

	if ((index && t != NULL && t->age != AGE_OLD) || rule_partitioned(l, act) ||
	    (!index && !rule_in_use(l, act)))
		return;
	lint_report(l, rule, act,
	    !index || lint_major(l) < 14
		? NULL
		: arena_printf(lint_arena(l),
		      RULE_NEXT_FILE "REINDEX (TABLESPACE the_new_one) INDEX CONCURRENTLY %s;\n",
		      lint_name(l, &act->name)),
	    "unless it is there already, %s is copied under ACCESS EXCLUSIVE: nobody reads or "
	    "writes %s until that is done",
	    lint_quote(l, &act->name), index ? "its table" : "it");
}

static const struct rule set_tablespace = {
	.id = "set-tablespace",
	.group = GROUP,
	.severity = SEVERITY_ERROR,
	.grows = true,
	.summary = "SET TABLESPACE copies the whole table, or index, under ACCESS EXCLUSIVE",
	.advice = "Move an index with REINDEX (TABLESPACE ...) CONCURRENTLY (14 and above). For a "
		  "table, use pg_repack, or a new table that takes over.\n\n",
	.kinds = { ACT_SET_TABLESPACE },
	.check = check_tablespace,
};

/* "VACUUM FULL" without a name does the whole database. */
static const char *
repack(struct lint *l, const struct act *act)
{
	if (act->name.name == NULL || lint_major(l) < 19)
		return NULL;
	return arena_printf(lint_arena(l), RULE_NEXT_FILE "REPACK (CONCURRENTLY) %s%s%s;\n",
	    lint_name(l, &act->name), act->part == NULL ? "" : " USING INDEX ",
	    act->part == NULL ? "" : lint_identifier(l, act->part));
}

static void
report_repack(struct lint *l, const struct rule *rule, const struct act *act, const char *statement)
{
	if (act->concurrently || (act->name.name != NULL && !rule_in_use(l, act)))
		return;
	lint_report(l, rule, act, repack(l, act),
	    "%s writes %s and all its indexes anew under ACCESS EXCLUSIVE: nobody reads or writes "
	    "it until that is done",
	    statement,
	    act->name.name == NULL ? "each table of the database" : lint_quote(l, &act->name));
}

static void
check_vacuum_full(struct lint *l, const struct rule *rule, const struct act *act)
{
	report_repack(l, rule, act, "VACUUM FULL");
}

static const struct rule vacuum_full = {
	.id = "vacuum-full",
	.group = GROUP,
	.severity = SEVERITY_ERROR,
	.grows = true,
	.summary = "VACUUM FULL writes the whole table and its indexes anew under ACCESS EXCLUSIVE",
	.advice = "Plain VACUUM lets everyone work. To give disk space back, use REPACK "
		  "(CONCURRENTLY) from PostgreSQL 19 on, or the extension pg_repack.\n\n"
		  "    -- in a file of its own:\n"
		  "    REPACK (CONCURRENTLY) orders;\n\n",
	.kinds = { ACT_VACUUM_FULL },
	.check = check_vacuum_full,
};

static void
check_cluster(struct lint *l, const struct rule *rule, const struct act *act)
{
	report_repack(l, rule, act, act->kind == ACT_REPACK ? "REPACK" : "CLUSTER");
}

static const struct rule cluster = {
	.id = "cluster",
	.group = GROUP,
	.severity = SEVERITY_ERROR,
	.grows = true,
	.summary =
	    "CLUSTER, and REPACK without CONCURRENTLY, write the whole table and its indexes "
	    "anew under ACCESS EXCLUSIVE",
	.advice = "Use REPACK (CONCURRENTLY) from PostgreSQL 19 on, or the extension pg_repack. It "
		  "needs a primary key, and a file without a transaction.\n\n"
		  "    -- in a file of its own:\n"
		  "    REPACK (CONCURRENTLY) orders USING INDEX orders_pkey;\n\n",
	.kinds = { ACT_CLUSTER, ACT_REPACK },
	.check = check_cluster,
};

/* --- LOCK --- */

/* Weaker modes let everyone read and write. */
static void
check_lock(struct lint *l, const struct rule *rule, const struct act *act)
{
	if (act->lock_mode < LOCK_SHARE || !rule_in_use(l, act))
		return;
	lint_report(l, rule, act, NULL, "%s on %s keeps %s away from it up to the COMMIT",
	    lock_mode_name((enum lock_mode)act->lock_mode), lint_quote(l, &act->name),
	    act->lock_mode == LOCK_ACCESS_EXCLUSIVE ? "readers and writers" : "writers");
}

static const struct rule lock_table = {
	.id = "lock-table",
	.group = GROUP,
	.severity = SEVERITY_WARNING,
	.summary = "LOCK TABLE keeps the app away from the table up to the COMMIT, and invites "
		   "deadlocks",
	.advice = "The statements that follow lock what they need themselves. Where rows must not "
		  "change meanwhile, lock these: SELECT ... FOR UPDATE.\n\n",
	.kinds = { ACT_LOCK },
	.check = check_lock,
};

/* --- what goes on behind --- */

static void
check_identity(struct lint *l, const struct rule *rule, const struct act *act)
{
	static const struct {
		const char *value, *harm;
	} harms[] = {
		{ "full",
		    "every UPDATE and DELETE writes the whole old row to the WAL, and "
		    "subscribers look it up without an index" },
		{ "nothing", "publications refuse UPDATE and DELETE of it" },
		{ "index", "subscribers find rows by that index from now on" },
		{ "default", "subscribers find rows by the primary key from now on" },
	};

	for (size_t i = 0; i < sizeof(harms) / sizeof(harms[0]); i++)
		if (text_same(harms[i].value, act->value) && rule_in_use(l, act))
			lint_report(l, rule, act, NULL,
			    "what logical replication tells of %s changes: %s",
			    lint_quote(l, &act->name), harms[i].harm);
}

static const struct rule replica_identity = {
	.id = "replica-identity",
	.group = GROUP,
	.severity = SEVERITY_INFO,
	.summary = "REPLICA IDENTITY changes what subscribers and change data capture get to see; "
		   "ACCESS EXCLUSIVE, for a moment",
	.advice = "Tell those who read the stream before. A primary key, or REPLICA IDENTITY USING "
		  "INDEX, costs least.\n\n",
	.kinds = { ACT_REPLICA_IDENTITY },
	.check = check_identity,
};

/* Among other parameters, and in CREATE TABLE, too. */
static bool
turns_off(struct lint *l)
{
	const struct lint_statement *s = lint_current(l);
	struct words words = words_start(s->text, s->length);
	struct word w;

	while (words_next(&words, &w))
		if (word_is(&w, "AUTOVACUUM_ENABLED") && words_match(&words, "=") &&
		    words_next(&words, &w))
			return word_is(&w, "FALSE|OFF|NO|0|'false'|'off'|'no'|'0'");
	return false;
}

static void
check_autovacuum(struct lint *l, const struct rule *rule, const struct act *act)
{
	if (act->inside || act->temporary || !turns_off(l))
		return;
	lint_report(l, rule, act,
	    arena_printf(lint_arena(l), "ALTER TABLE %s RESET (autovacuum_enabled);\n",
		lint_name(l, &act->name)),
	    "dead rows of %s are never removed and its statistics grow old: it bloats, and plans "
	    "go wrong",
	    lint_quote(l, &act->name));
}

static const struct rule autovacuum_disabled = {
	.id = "autovacuum-disabled",
	.group = GROUP,
	.severity = SEVERITY_WARNING,
	.summary = "a table without autovacuum bloats until someone remembers it",
	.advice = "Make autovacuum milder instead: autovacuum_vacuum_cost_delay, "
		  "autovacuum_vacuum_scale_factor.\n\n",
	.kinds = { ACT_SET_PARAMETER, ACT_CREATE_TABLE },
	.check = check_autovacuum,
};

/* --- primary keys of new tables --- */

/* Columns of its own; a partition or child has those of its parent. */
static bool
is_plain_table(const struct act *act)
{
	return act->kind == ACT_CREATE_TABLE && act->on == ACT_ON_TABLE && !act->temporary &&
	    !act->unlogged && act->other.name == NULL && act->read_count == 0;
}

static void
end_no_primary_key(struct lint *l, const struct rule *rule)
{
	size_t count;
	const struct lint_past *past = lint_past(l, &count);

	for (size_t i = 0; i < count; i++) {
		const struct act *act = past[i].act;
		const struct world_table *t = world_find(lint_world(l), &act->name);
		bool keyed = t == NULL || !t->complete || t->dropped || t->renamed;

		for (size_t k = 0; !keyed && k < t->facts.constraint_count; k++)
			keyed = t->facts.constraints[k].kind == CONSTRAINT_PRIMARY_KEY;
		if (!is_plain_table(act) || keyed)
			continue;
		lint_report(l, rule, act, NULL,
		    "%s has no primary key: rows may repeat, no batch can go by it, and logical "
		    "replication refuses UPDATE and DELETE",
		    lint_quote(l, &act->name));
	}
}

static const struct rule no_primary_key = {
	.id = "no-primary-key",
	.group = GROUP,
	.severity = SEVERITY_OFF,
	.summary = "rows of a table without a primary key may repeat, and logical replication "
		   "refuses UPDATE and DELETE of them",
	.advice = "Give each table a primary key.\n\n"
		  "    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY\n\n",
	.end = end_no_primary_key,
};

/* The key's only column, or NULL. */
static const struct act_column *
key_column(const struct act *act)
{
	const char *name = NULL;

	for (size_t i = 0; i < act->constraint_count; i++)
		if (act->constraints[i].kind == CONSTRAINT_PRIMARY_KEY &&
		    act->constraints[i].column_count == 1)
			name = act->constraints[i].columns[0];
	for (size_t i = 0; i < act->column_count; i++) {
		const struct act_column *c = &act->columns[i];

		if (text_same(c->name, name))
			return c;
		for (size_t k = 0; k < c->constraint_count; k++)
			if (c->constraints[k].kind == CONSTRAINT_PRIMARY_KEY)
				return c;
	}
	return NULL;
}

static void
check_short_key(struct lint *l, const struct rule *rule, const struct act *act)
{
	static const char *const shorts[] = { "int2", "smallserial", "int4", "serial" };
	enum { SMALLEST = 2 };
	const struct act_column *key = key_column(act);
	struct finding *f;

	/* Values that are given, not counted up, do not run out. */
	if (act->temporary || key == NULL ||
	    !rule_has(shorts, sizeof(shorts) / sizeof(shorts[0]), key->type.name.name) ||
	    (!key->identity && !rule_serial(&key->type) && key->default_text == NULL))
		return;
	f = lint_report(l, rule, act, NULL,
	    "\"%s\" of %s counts up to %s, and failed inserts count, too: behind that every INSERT "
	    "fails, and to make it bigint then writes the whole table anew",
	    key->name, lint_quote(l, &act->name),
	    rule_has(shorts, SMALLEST, key->type.name.name) ? "32767" : "2147483647");
	f->at = key->at;
}

static const struct rule short_int_pk = {
	.id = "short-int-pk",
	.group = GROUP,
	.severity = SEVERITY_INFO,
	.summary = "a primary key that counts in int or smallint runs out of numbers, and to widen "
		   "it writes the whole table anew under ACCESS EXCLUSIVE",
	.advice = "Take bigint from the start: it costs four bytes a row, often less.\n\n"
		  "    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY\n\n",
	.kinds = { ACT_CREATE_TABLE },
	.check = check_short_key,
};

const struct rule *const rules_table[] = {
	&rename_table,
	&set_schema,
	&rename_schema,
	&set_logged_unlogged,
	&set_access_method,
	&set_tablespace,
	&vacuum_full,
	&cluster,
	&lock_table,
	&replica_identity,
	&autovacuum_disabled,
	&no_primary_key,
	&short_int_pk,
	NULL,
};
