/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "sql/rule.h"
#include "sql/rules.h"
#include "sql/words.h"

static const char GROUP[] = "Partitions";

/* Is a table in use by that name? */
static bool
is_used(struct lint *l, const struct act_name *name)
{
	const struct act asked = { .on = ACT_ON_TABLE, .name = *name };

	return rule_in_use(l, &asked);
}

/* --- ATTACH --- */

/* The partition key, where this file made the parent, with one column; or NULL. */
static const char *
key_of(struct lint *l, const struct act_name *parent)
{
	const struct lint_past *made = lint_earlier(l, ACT_CREATE_TABLE, parent);

	return made == NULL || made->act->value_count != 1 ? NULL : made->act->values[0];
}

/* What is between the first parentheses of the bound, or NULL for several values. */
static const char *
single_value(struct lint *l, struct words *s)
{
	struct words list = *s;
	struct word w;
	const char *from;

	if (!words_match(&list, "("))
		return NULL;
	from = list.at;
	*s = list;
	words_skip_list(s);
	while (words_next(&list, &w) && list.at < s->at)
		if (word_is(&w, ","))
			return NULL;
	return arena_strndup(lint_arena(l), from, (size_t)(s->at - 1 - from));
}

/* The CHECK that says that rows are within a bound of one column, or NULL. */
static const char *
check_of_bound(struct lint *l, const char *bound, const char *key)
{
	struct words s = words_start(bound, strlen(bound));
	const char *from, *to;

	if (words_match(&s, "FOR VALUES FROM") && (from = single_value(l, &s)) != NULL &&
	    words_match(&s, "TO") && (to = single_value(l, &s)) != NULL &&
	    strstr(bound, "VALUE)") == NULL)
		return arena_printf(lint_arena(l), "%s >= %s AND %s < %s", key, from, key, to);
	s = words_start(bound, strlen(bound));
	if (words_match(&s, "FOR VALUES IN") && (from = single_value(l, &s)) != NULL)
		return arena_printf(lint_arena(l), "%s = %s", key, from);
	return NULL;
}

static const char *
safe_attach(struct lint *l, const struct act *act)
{
	const char *key = key_of(l, &act->name), *partition = lint_name(l, &act->other);
	const char *name =
	    lint_identifier(l, arena_printf(lint_arena(l), "%s_bound", act->other.name));
	const char *check;

	if (act->bound == NULL || act->default_partition)
		return NULL;
	key = key == NULL ? "its_key" : lint_identifier(l, key);
	check = check_of_bound(l, act->bound, key);
	if (check == NULL)
		return NULL;
	return arena_printf(lint_arena(l),
	    "ALTER TABLE %s ADD CONSTRAINT %s CHECK (%s IS NOT NULL AND %s) NOT "
	    "VALID;\n" RULE_NEXT_FILE "ALTER TABLE %s VALIDATE CONSTRAINT %s;\n" RULE_NEXT_FILE
	    "ALTER TABLE %s ATTACH PARTITION %s %s;\n"
	    "ALTER TABLE %s DROP CONSTRAINT %s;\n",
	    partition, name, key, check, partition, name, lint_name(l, &act->name), partition,
	    act->bound, partition, name);
}

static void
check_attach(struct lint *l, const struct rule *rule, const struct act *act)
{
	struct effect effect;

	if (act->on == ACT_ON_INDEX || !is_used(l, &act->other))
		return;
	effect_tell(lint_world(l), act, &effect);
	if (effect.reads_partition == EFFECT_NO)
		return;
	lint_report(l, rule, act, safe_attach(l, act),
	    "%s%s is read under ACCESS EXCLUSIVE to see that its rows fit: nobody reads or writes "
	    "it until that is done",
	    effect.reads_partition == EFFECT_MAYBE ? "unless a valid CHECK says the same, all of "
						   : "all of ",
	    lint_quote(l, &act->other));
}

static const struct rule attach_partition = {
	.id = "attach-partition",
	.group = GROUP,
	.severity = SEVERITY_ERROR,
	.summary =
	    "ATTACH PARTITION reads the whole new partition under ACCESS EXCLUSIVE, unless a "
	    "valid CHECK says that its rows fit",
	.advice = "Give the table a CHECK of the same bound, and that the key is not null, as NOT "
		  "VALID; validate it in a file of its own; then attach, and drop the CHECK.\n\n"
		  "    ALTER TABLE events_2026 ADD CONSTRAINT events_2026_bound CHECK (at IS NOT "
		  "NULL\n"
		  "        AND at >= '2026-01-01' AND at < '2027-01-01') NOT VALID;\n"
		  "    -- in a file of its own:\n"
		  "    ALTER TABLE events_2026 VALIDATE CONSTRAINT events_2026_bound;\n"
		  "    -- in a file of its own:\n"
		  "    ALTER TABLE events ATTACH PARTITION events_2026\n"
		  "        FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');\n\n",
	.kinds = { ACT_ATTACH_PARTITION },
	.check = check_attach,
};

/* The table that gets a partition. */
static const struct act_name *
parent_of(const struct act *act)
{
	return act->kind == ACT_CREATE_TABLE ? &act->other : &act->name;
}

/* The CHECK by which the default partition need not be read, then the statement. */
static const char *
safe_default(struct lint *l, const struct act *act, const struct act_name *rest)
{
	const char *key = key_of(l, parent_of(act)), *table = lint_name(l, rest),
		   *own = rule_own_file(l, act);
	const char *name = lint_identifier(l,
	    arena_printf(lint_arena(l), "%s_without_%s", rest->name,
		act->kind == ACT_CREATE_TABLE ? act->name.name : act->other.name));
	const char *check;

	if (act->bound == NULL || own == NULL)
		return NULL;
	check = check_of_bound(l, act->bound, key == NULL ? "its_key" : lint_identifier(l, key));
	if (check == NULL)
		return NULL;
	return arena_printf(lint_arena(l),
	    "ALTER TABLE %s ADD CONSTRAINT %s CHECK (NOT (%s)) NOT VALID;\n" RULE_NEXT_FILE
	    "ALTER TABLE %s VALIDATE CONSTRAINT %s;\n%s"
	    "ALTER TABLE %s DROP CONSTRAINT %s;\n",
	    table, name, check, table, name, own, table, name);
}

static void
check_default(struct lint *l, const struct rule *rule, const struct act *act)
{
	const struct world_table *parent = world_find(lint_world(l), parent_of(act));
	struct effect effect;

	effect_tell(lint_world(l), act, &effect);
	if (!effect.reads_default || !is_used(l, &parent->facts.default_partition))
		return;
	lint_report(l, rule, act, safe_default(l, act, &parent->facts.default_partition),
	    "all of default partition %s is read for rows that belong to the new one, under ACCESS "
	    "EXCLUSIVE: nobody reads or writes it until that is done",
	    lint_quote(l, &parent->facts.default_partition));
}

static const struct rule attach_with_default_partition = {
	.id = "attach-with-default-partition",
	.group = GROUP,
	.severity = SEVERITY_ERROR,
	.summary = "a new partition makes PostgreSQL read the whole default partition under ACCESS "
		   "EXCLUSIVE for rows that belong to the new one",
	.advice =
	    "Give the default partition a CHECK that excludes the bound, as NOT VALID; "
	    "validate it in a file of its own; then add the partition, and drop the CHECK.\n\n"
	    "    ALTER TABLE events_other ADD CONSTRAINT events_other_not_2027\n"
	    "        CHECK (NOT (at >= '2027-01-01' AND at < '2028-01-01')) NOT VALID;\n"
	    "    -- in a file of its own:\n"
	    "    ALTER TABLE events_other VALIDATE CONSTRAINT events_other_not_2027;\n\n",
	.kinds = { ACT_ATTACH_PARTITION, ACT_CREATE_TABLE },
	.check = check_default,
};

/* --- CREATE TABLE ... PARTITION OF --- */

static const char *
create_and_attach(struct lint *l, const struct act *act)
{
	const char *table = lint_name(l, &act->name), *parent = lint_name(l, &act->other);

	/* Columns, keys and sub-partitions of its own are for the user to write down. */
	if (act->bound == NULL || act->partitioned || act->column_count > 0 ||
	    act->constraint_count > 0)
		return NULL;
	return arena_printf(lint_arena(l),
	    "CREATE TABLE %s (LIKE %s INCLUDING ALL);\n"
	    "ALTER TABLE %s ATTACH PARTITION %s %s;\n",
	    table, parent, parent, table, act->bound);
}

static void
check_create(struct lint *l, const struct rule *rule, const struct act *act)
{
	if (!act->partition_of || !is_used(l, &act->other))
		return;
	lint_report(l, rule, act, create_and_attach(l, act),
	    "PARTITION OF takes ACCESS EXCLUSIVE on %s: nobody reads or writes any of its "
	    "partitions through it up to the COMMIT",
	    lint_quote(l, &act->other));
}

static const struct rule create_partition_of = {
	.id = "create-partition-of",
	.group = GROUP,
	.severity = SEVERITY_WARNING,
	.summary = "CREATE TABLE ... PARTITION OF takes ACCESS EXCLUSIVE on the parent, where "
		   "ATTACH PARTITION lets everyone work",
	.advice = "Create the table alone, then attach it: the parent is locked with SHARE UPDATE "
		  "EXCLUSIVE then, and an empty table takes a moment to check.\n\n"
		  "    CREATE TABLE events_2027 (LIKE events INCLUDING ALL);\n"
		  "    ALTER TABLE events ATTACH PARTITION events_2027\n"
		  "        FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');\n\n",
	.kinds = { ACT_CREATE_TABLE },
	.check = check_create,
};

/* --- DETACH --- */

static void
check_detach(struct lint *l, const struct rule *rule, const struct act *act)
{
	const struct world_table *parent = lint_table(l, act);
	bool has_default = parent != NULL && parent->facts.has_default_partition;
	const char *instead = NULL, *hint = "";

	if (act->concurrently || !rule_in_use(l, act))
		return;
	if (lint_major(l) < 14)
		hint = "; CONCURRENTLY exists from PostgreSQL 14 on";
	else if (has_default)
		hint = "; CONCURRENTLY is refused while there is a default partition";
	else
		instead = arena_printf(lint_arena(l),
		    RULE_NEXT_FILE "ALTER TABLE %s DETACH PARTITION %s CONCURRENTLY;\n",
		    lint_name(l, &act->name), lint_name(l, &act->other));
	lint_report(l, rule, act, instead,
	    "DETACH PARTITION takes ACCESS EXCLUSIVE on %s: nobody reads or writes any of its "
	    "partitions through it up to the COMMIT%s",
	    lint_quote(l, &act->name), hint);
}

static const struct rule detach_partition = {
	.id = "detach-partition",
	.group = GROUP,
	.severity = SEVERITY_WARNING,
	.summary = "DETACH PARTITION takes ACCESS EXCLUSIVE on the parent, so that nobody reaches "
		   "any of its partitions up to the COMMIT",
	.advice = "From PostgreSQL 14 on, DETACH PARTITION ... CONCURRENTLY lets everyone work. It "
		  "needs a file without a transaction, and no default partition; when it was "
		  "interrupted, finish it with DETACH PARTITION ... FINALIZE.\n\n"
		  "    -- in a file of its own:\n"
		  "    ALTER TABLE events DETACH PARTITION events_2019 CONCURRENTLY;\n\n",
	.kinds = { ACT_DETACH_PARTITION },
	.check = check_detach,
};

/* --- the rest --- */

static void
check_parent(struct lint *l, const struct rule *rule, const struct act *act)
{
	if (act->only || !rule_partitioned(l, act) || !rule_in_use(l, act))
		return;
	lint_report(l, rule, act, NULL,
	    "%s is partitioned: every partition gets the same lock as it, and all are held up to "
	    "the COMMIT",
	    lint_quote(l, &act->name));
}

static const struct rule ddl_on_partitioned_parent = {
	.id = "ddl-on-partitioned-parent",
	.group = GROUP,
	.severity = SEVERITY_INFO,
	.summary =
	    "what is changed in a partitioned table is changed in every partition, under the "
	    "same lock on all of them up to the COMMIT",
	.advice = "Constraints: first each partition in a file of its own (CHECK NOT VALID, then "
		  "VALIDATE), then the parent, which finds them there and reads nothing. Columns "
		  "have to be added to the parent; with few other locks in that file.\n\n",
	.kinds = { ACT_ADD_COLUMN, ACT_DROP_COLUMN, ACT_ALTER_COLUMN_TYPE, ACT_SET_NOT_NULL,
	    ACT_ADD_CONSTRAINT },
	.check = check_parent,
};

static void
check_split(struct lint *l, const struct rule *rule, const struct act *act)
{
	lint_report(l, rule, act, NULL,
	    "no version of PostgreSQL has it, 17 and 19 took it back before their release: the "
	    "statement fails");
}

static const struct rule merge_split_partition = {
	.id = "merge-split-partition",
	.group = GROUP,
	.severity = SEVERITY_ERROR,
	.summary = "MERGE and SPLIT PARTITION are in no release of PostgreSQL; where they exist "
		   "(Postgres Pro) they hold ACCESS EXCLUSIVE while rows are moved",
	.advice =
	    "Detach the partition, make the new ones, move the rows in batches, and attach the "
	    "new ones.\n\n",
	.kinds = { ACT_SPLIT_PARTITION },
	.check = check_split,
};

/* A part of the partition key that the unique key lacks, or NULL. */
static const char *
find_missing(const struct act *table, const char *const *columns, size_t count)
{
	for (size_t i = 0; i < table->value_count; i++)
		if (!rule_has(columns, count, table->values[i]))
			return table->values[i];
	return NULL;
}

static void
report_missing(struct lint *l, const struct rule *rule, const struct act *act,
    const struct act *table, const struct act_constraint *c)
{
	const char *missing = find_missing(table, (const char *const *)c->columns, c->column_count);

	if ((c->kind != CONSTRAINT_PRIMARY_KEY && c->kind != CONSTRAINT_UNIQUE) ||
	    c->using_index != NULL || missing == NULL)
		return;
	lint_report(l, rule, act, NULL,
	    "%s of %s lacks \"%s\" of its partition key, which PostgreSQL refuses: the statement "
	    "fails",
	    c->kind == CONSTRAINT_PRIMARY_KEY ? "the primary key" : "a unique key",
	    lint_quote(l, &act->name), missing)
	    ->at = c->at;
}

static void
check_index(struct lint *l, const struct rule *rule, const struct act *act, const struct act *table)
{
	struct act_constraint key = { .kind = CONSTRAINT_UNIQUE, .at = act->at };

	if (!act->index->unique)
		return;
	key.columns =
	    arena_alloc(lint_arena(l), (act->index->part_count + 1) * sizeof(*key.columns));
	for (size_t i = 0; i < act->index->part_count; i++)
		key.columns[key.column_count++] = act->index->parts[i].column;
	report_missing(l, rule, act, table, &key);
}

static void
check_key(struct lint *l, const struct rule *rule, const struct act *act)
{
	const struct lint_past *made = lint_earlier(l, ACT_CREATE_TABLE, &act->name);
	const struct act *table = act->kind == ACT_CREATE_TABLE ? act
	    : made == NULL					? NULL
								: made->act;

	if (table == NULL || !table->partitioned)
		return;
	if (act->kind == ACT_CREATE_INDEX)
		check_index(l, rule, act, table);
	for (size_t i = 0; i < act->constraint_count; i++)
		report_missing(l, rule, act, table, &act->constraints[i]);
	for (size_t i = 0; act->kind == ACT_CREATE_TABLE && i < act->column_count; i++)
		for (size_t k = 0; k < act->columns[i].constraint_count; k++)
			report_missing(l, rule, act, table, &act->columns[i].constraints[k]);
}

static const struct rule partition_key_not_in_pk = {
	.id = "partition-key-not-in-pk",
	.group = GROUP,
	.severity = SEVERITY_ERROR,
	.summary = "PostgreSQL refuses a primary or unique key of a partitioned table that lacks a "
		   "column of the partition key",
	.advice = "Add the columns of the partition key to it.\n\n"
		  "    CREATE TABLE events (id bigint, at timestamptz, PRIMARY KEY (id, at))\n"
		  "        PARTITION BY RANGE (at);\n\n",
	.kinds = { ACT_CREATE_TABLE, ACT_ADD_CONSTRAINT, ACT_CREATE_INDEX },
	.check = check_key,
};

const struct rule *const rules_partition[] = {
	&attach_partition,
	&attach_with_default_partition,
	&create_partition_of,
	&detach_partition,
	&ddl_on_partitioned_parent,
	&merge_split_partition,
	&partition_key_not_in_pk,
	NULL,
};
