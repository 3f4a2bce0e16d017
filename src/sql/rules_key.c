/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "sql/rule.h"
#include "sql/rules.h"

static const char GROUP[] = "Keys";

/* --- the safe way: an index that is built while everyone works, then taken over --- */

/* What a key is made of, for the advice. */
struct key {
	const char *words; /* UNIQUE, PRIMARY KEY */
	const char *name; /* of constraint and index */
	const char *columns; /* "(a, b) INCLUDE (c) NULLS NOT DISTINCT" */
	const char *columns_of_constraint; /* the same in the order that a constraint has it in */
	bool deferrable;
};

/* A partitioned table cannot take over an index; its partitions can, and it then finds theirs. */
static const char *
by_partition(struct lint *l, const struct act *act, const struct key *key)
{
	const char *table = lint_name(l, &act->name);
	const char *name = lint_identifier(l, key->name);

	return arena_printf(lint_arena(l),
	    "ALTER TABLE ONLY %s ADD CONSTRAINT %s %s %s;\n"
	    "-- for each partition, here \"one_partition\":\n" RULE_NEXT_FILE
	    "CREATE UNIQUE INDEX CONCURRENTLY one_partition_key ON one_partition "
	    "%s;\n" RULE_NEXT_FILE
	    "ALTER TABLE one_partition ADD CONSTRAINT one_partition_key %s USING INDEX "
	    "one_partition_key;\n"
	    "ALTER INDEX %s ATTACH PARTITION one_partition_key;\n",
	    table, name, key->words, key->columns_of_constraint, key->columns, key->words, name);
}

static const char *
by_index(struct lint *l, const struct act *act, const struct key *key)
{
	const char *table = lint_name(l, &act->name);
	const char *name = lint_identifier(l, key->name);

	if (rule_partitioned(l, act))
		return by_partition(l, act, key);
	return arena_printf(lint_arena(l),
	    RULE_NEXT_FILE "CREATE UNIQUE INDEX CONCURRENTLY %s ON %s %s;\n" RULE_NEXT_FILE
			   "ALTER TABLE %s ADD CONSTRAINT %s %s USING INDEX %s%s;\n",
	    name, table, key->columns, table, name, key->words, name,
	    key->deferrable ? " DEFERRABLE" : "");
}

static const char *
safe_key(struct lint *l, const struct act *act, const struct act_constraint *c)
{
	struct arena *a = lint_arena(l);
	const char *nulls = c->nulls_not_distinct ? "NULLS NOT DISTINCT" : "";
	const char *columns = arena_printf(
	    a, "(%s)", lint_columns(l, (const char *const *)c->columns, c->column_count));
	struct key key = {
		.words = c->kind == CONSTRAINT_UNIQUE ? "UNIQUE" : "PRIMARY KEY",
		.name = rule_constraint_name(l, act, c),
		.deferrable = c->deferrable,
	};

	if (c->included_count > 0)
		columns = arena_printf(a, "%s INCLUDE (%s)", columns,
		    lint_columns(l, (const char *const *)c->included, c->included_count));
	key.columns = *nulls == '\0' ? columns : arena_printf(a, "%s %s", columns, nulls);
	key.columns_of_constraint =
	    *nulls == '\0' ? columns : arena_printf(a, "%s %s", nulls, columns);
	return by_index(l, act, &key);
}

/* --- UNIQUE --- */

static void
check_unique(struct lint *l, const struct rule *rule, const struct act *act)
{
	const struct act_constraint *c = rule_added(act, CONSTRAINT_UNIQUE);

	if (c == NULL || c->using_index != NULL || !rule_in_use(l, act))
		return;
	lint_report(l, rule, act, safe_key(l, act, c),
	    "the index of unique constraint \"%s\" is built under ACCESS EXCLUSIVE: nobody reads "
	    "or writes %s until that is done",
	    rule_constraint_name(l, act, c), lint_quote(l, &act->name));
}

static const struct rule unique_constraint = {
	.id = "unique-constraint",
	.group = GROUP,
	.severity = SEVERITY_ERROR,
	.grows = true,
	.summary = "ADD UNIQUE builds its index under ACCESS EXCLUSIVE",
	.advice = "Build the index CONCURRENTLY, which needs a file without a transaction, and "
		  "let the constraint take it over: that takes a moment.\n\n"
		  "    -- in a file of its own:\n"
		  "    CREATE UNIQUE INDEX CONCURRENTLY users_email_key ON users (email);\n"
		  "    -- in a file of its own:\n"
		  "    ALTER TABLE users ADD CONSTRAINT users_email_key\n"
		  "        UNIQUE USING INDEX users_email_key;\n\n",
	.kinds = { ACT_ADD_CONSTRAINT },
	.check = check_unique,
};

static void
check_unique_inline(struct lint *l, const struct rule *rule, const struct act *act)
{
	const struct act_constraint *c = rule_behind(act, CONSTRAINT_UNIQUE);
	struct finding *f;

	if (c == NULL || !rule_in_use(l, act))
		return;
	f = lint_report(l, rule, act,
	    arena_printf(lint_arena(l), "%s%s", rule_bare_column(l, act), safe_key(l, act, c)),
	    "the index for UNIQUE of new column \"%s\" is built under ACCESS EXCLUSIVE: nobody "
	    "reads or writes %s until that is done",
	    act->columns[0].name, lint_quote(l, &act->name));
	f->at = c->at;
}

static const struct rule unique_inline_on_add_column = {
	.id = "unique-inline-on-add-column",
	.group = GROUP,
	.severity = SEVERITY_ERROR,
	.grows = true,
	.summary = "a column that is added with UNIQUE has its index built under ACCESS "
		   "EXCLUSIVE",
	.advice = "Add the column alone, build a unique index CONCURRENTLY, and let the "
		  "constraint take it over with UNIQUE USING INDEX.\n\n",
	.kinds = { ACT_ADD_COLUMN },
	.check = check_unique_inline,
};

/* --- PRIMARY KEY --- */

static bool
proves(const struct world_table *t, const char *column)
{
	return t != NULL && world_not_null_proof(t, column) != PROOF_NONE;
}

/* The way to NOT NULL for each column that is not known to be. */
static const char *
safe_not_nulls(struct lint *l, const struct act *act, const char *const *columns, size_t count)
{
	const char *text = "";
	size_t i;

	for (i = 0; i < count; i++)
		if (columns[i] != NULL && !proves(lint_table(l, act), columns[i]))
			text = arena_printf(lint_arena(l), "%s%s%s", text,
			    *text == '\0' ? "" : RULE_NEXT_FILE,
			    rule_safe_not_null(l, &act->name, columns[i]));
	return text;
}

static void
check_primary_key(struct lint *l, const struct rule *rule, const struct act *act)
{
	const struct act_constraint *added = rule_added(act, CONSTRAINT_PRIMARY_KEY);
	const struct act_constraint *behind = rule_behind(act, CONSTRAINT_PRIMARY_KEY);
	const struct act_constraint *c = added != NULL ? added : behind;
	const char *column = "", *not_nulls;

	if (c == NULL || c->using_index != NULL || !rule_in_use(l, act))
		return;
	not_nulls = safe_not_nulls(l, act, (const char *const *)c->columns, c->column_count);
	if (behind != NULL)
		column = arena_printf(
		    lint_arena(l), "%s-- fill it in batches, then\n", rule_bare_column(l, act));
	lint_report(l, rule, act,
	    arena_printf(lint_arena(l), "%s%s%s", column, not_nulls, safe_key(l, act, c)),
	    "the index of the primary key is built%s under ACCESS EXCLUSIVE: nobody reads or "
	    "writes %s until that is done",
	    *not_nulls == '\0' ? "" : ", and the table read for nulls,", lint_quote(l, &act->name));
}

static const struct rule primary_key = {
	.id = "primary-key",
	.group = GROUP,
	.severity = SEVERITY_ERROR,
	.grows = true,
	.summary = "ADD PRIMARY KEY builds its index, and looks for nulls, under ACCESS "
		   "EXCLUSIVE",
	.advice = "Make the columns NOT NULL the safe way (rule set-not-null), build a unique "
		  "index CONCURRENTLY, and let the primary key take it over.\n\n"
		  "    -- in a file of its own:\n"
		  "    CREATE UNIQUE INDEX CONCURRENTLY orders_pkey ON orders (id);\n"
		  "    -- in a file of its own:\n"
		  "    ALTER TABLE orders ADD CONSTRAINT orders_pkey\n"
		  "        PRIMARY KEY USING INDEX orders_pkey;\n\n",
	.kinds = { ACT_ADD_CONSTRAINT, ACT_ADD_COLUMN },
	.check = check_primary_key,
};

/* USING INDEX: the columns of the index, or NULL where it is not known. */
static const struct facts_index *
used_index(struct lint *l, const struct act *act, const struct act_constraint *c)
{
	const struct world_table *t = lint_table(l, act);

	return t == NULL || c->using_index == NULL ? NULL : world_index(t, c->using_index);
}

static const char *
first_nullable(const struct world_table *t, const struct facts_index *index)
{
	size_t i;

	for (i = 0; i < index->column_count; i++)
		if (index->columns[i] != NULL && !proves(t, index->columns[i]))
			return index->columns[i];
	return NULL;
}

/* NOT NULL first, then the primary key as it was written. */
static const char *
not_null_first(struct lint *l, const struct act *act, const struct facts_index *index)
{
	const struct act_constraint *c = &act->constraints[0];
	const char *name = c->name == NULL ? c->using_index : c->name;

	return arena_printf(lint_arena(l),
	    "%s" RULE_NEXT_FILE "ALTER TABLE %s ADD CONSTRAINT %s PRIMARY KEY USING INDEX %s;\n",
	    safe_not_nulls(l, act, (const char *const *)index->columns, index->column_count),
	    lint_name(l, &act->name), lint_identifier(l, name), lint_identifier(l, c->using_index));
}

static void
check_nullable(struct lint *l, const struct rule *rule, const struct act *act)
{
	const struct act_constraint *c = rule_added(act, CONSTRAINT_PRIMARY_KEY);
	const struct facts_index *index;
	const char *column = NULL;

	if (c == NULL || c->using_index == NULL || !rule_in_use(l, act) || rule_partitioned(l, act))
		return;
	index = used_index(l, act, c);
	if (index != NULL && (column = first_nullable(lint_table(l, act), index)) == NULL)
		return;
	lint_report(l, rule, act, column == NULL ? NULL : not_null_first(l, act, index),
	    "unless %s of index \"%s\" is NOT NULL already, all of %s is read for nulls under "
	    "ACCESS EXCLUSIVE: nobody reads or writes it until that is done",
	    column == NULL ? "each column" : arena_printf(lint_arena(l), "column \"%s\"", column),
	    c->using_index, lint_quote(l, &act->name));
}

static const struct rule pk_using_index_nullable = {
	.id = "pk-using-index-nullable",
	.group = GROUP,
	.severity = SEVERITY_WARNING,
	.grows = true,
	.summary = "PRIMARY KEY USING INDEX over a column that is not NOT NULL reads the whole "
		   "table under ACCESS EXCLUSIVE",
	.advice = "Make its columns NOT NULL the safe way first (rule set-not-null): then the "
		  "primary key takes a moment.\n\n",
	.kinds = { ACT_ADD_CONSTRAINT },
	.check = check_nullable,
};

static void
check_invalid_not_null(struct lint *l, const struct rule *rule, const struct act *act)
{
	const struct act_constraint *c = rule_added(act, CONSTRAINT_PRIMARY_KEY);
	const struct world_table *t = lint_table(l, act);
	const struct facts_index *index = c == NULL ? NULL : used_index(l, act, c);
	const char *const *columns;
	size_t i, count;

	if (c == NULL || t == NULL)
		return;
	columns = (const char *const *)(index != NULL ? index->columns : c->columns);
	count = index != NULL ? index->column_count : c->column_count;
	for (i = 0; i < t->facts.constraint_count; i++) {
		const struct facts_constraint *known = &t->facts.constraints[i];

		if (known->kind != CONSTRAINT_NOT_NULL || known->valid ||
		    known->column_count == 0 || !rule_has(columns, count, known->columns[0]))
			continue;
		lint_report(l, rule, act,
		    arena_printf(lint_arena(l),
			RULE_NEXT_FILE "ALTER TABLE %s VALIDATE CONSTRAINT %s;\n",
			lint_name(l, &act->name), lint_identifier(l, known->name)),
		    "NOT NULL constraint \"%s\" of %s is not valid, so the primary key is "
		    "refused: the statement fails",
		    known->name, lint_quote(l, &act->name));
	}
}

static const struct rule pk_over_invalid_not_null = {
	.id = "pk-over-invalid-not-null",
	.group = GROUP,
	.severity = SEVERITY_ERROR,
	.summary = "PostgreSQL refuses a primary key over a column whose NOT NULL constraint is "
		   "not valid",
	.advice = "VALIDATE the NOT NULL constraint first, in a file of its own.\n\n",
	.from = 18,
	.kinds = { ACT_ADD_CONSTRAINT },
	.check = check_invalid_not_null,
};

static bool
statement_adds_primary_key(struct lint *l, const struct act *act)
{
	const struct acts *own = lint_current(l)->acts;
	size_t i;

	for (i = 0; i < own->count; i++)
		if (rule_same_name(&own->list[i].name, &act->name) &&
		    (rule_added(&own->list[i], CONSTRAINT_PRIMARY_KEY) != NULL ||
			rule_behind(&own->list[i], CONSTRAINT_PRIMARY_KEY) != NULL))
			return true;
	return false;
}

/* PostgreSQL's own name for it; used where the table is not known. */
static bool
is_primary_key(const struct world_table *t, const char *name)
{
	const struct facts_constraint *c = t == NULL ? NULL : world_constraint(t, name);
	size_t length = strlen(name);

	if (c != NULL)
		return c->kind == CONSTRAINT_PRIMARY_KEY;
	return (t == NULL || !t->complete) && length > 5 && strcmp(name + length - 5, "_pkey") == 0;
}

static void
check_drop(struct lint *l, const struct rule *rule, const struct act *act)
{
	if (!rule_in_use(l, act) || !is_primary_key(lint_table(l, act), act->part) ||
	    statement_adds_primary_key(l, act))
		return;
	lint_report(l, rule, act, NULL,
	    "without primary key \"%s\" rows of %s may repeat, its index is gone, and logical "
	    "replication refuses UPDATE and DELETE unless a REPLICA IDENTITY is set",
	    act->part, lint_quote(l, &act->name));
}

static const struct rule drop_primary_key = {
	.id = "drop-primary-key",
	.group = GROUP,
	.severity = SEVERITY_WARNING,
	.summary = "without a primary key rows may repeat, and logical replication refuses "
		   "UPDATE and DELETE",
	.advice = "Drop it and add the new one in one ALTER TABLE, with USING INDEX; that is not "
		  "reported.\n\n"
		  "    ALTER TABLE orders DROP CONSTRAINT orders_pkey,\n"
		  "        ADD CONSTRAINT orders_pkey PRIMARY KEY USING INDEX orders_new_id;\n\n",
	.kinds = { ACT_DROP_CONSTRAINT },
	.check = check_drop,
};

/* --- the rest --- */

static void
check_using_index(struct lint *l, const struct rule *rule, const struct act *act)
{
	const struct act_constraint *c = rule_added(act, CONSTRAINT_UNIQUE);
	const struct facts_index *index;
	struct key key = { 0 };
	const char *columns;

	c = c != NULL ? c : rule_added(act, CONSTRAINT_PRIMARY_KEY);
	if (c == NULL || c->using_index == NULL || !rule_partitioned(l, act))
		return;
	index = used_index(l, act, c);
	columns = index == NULL
	    ? "its_columns"
	    : lint_columns(l, (const char *const *)index->columns, index->column_count);
	key.words = c->kind == CONSTRAINT_UNIQUE ? "UNIQUE" : "PRIMARY KEY";
	key.name = c->name != NULL ? c->name : c->using_index;
	key.columns = key.columns_of_constraint = arena_printf(lint_arena(l), "(%s)", columns);
	lint_report(l, rule, act, by_partition(l, act, &key),
	    "%s is partitioned, and no version of PostgreSQL lets such a table take over an "
	    "index: the statement fails",
	    lint_quote(l, &act->name));
}

static const struct rule using_index_on_partitioned = {
	.id = "using-index-on-partitioned",
	.group = GROUP,
	.severity = SEVERITY_ERROR,
	.summary = "a constraint of a partitioned table cannot take over an index, so the "
		   "statement fails",
	.advice = "Add the constraint to the parent with ALTER TABLE ONLY, to each partition "
		  "with USING INDEX, and attach those indexes to the parent's.\n\n",
	.kinds = { ACT_ADD_CONSTRAINT },
	.check = check_using_index,
};

static void
check_exclusion(struct lint *l, const struct rule *rule, const struct act *act)
{
	const struct act_constraint *c = rule_added(act, CONSTRAINT_EXCLUSION);

	if (c == NULL || !rule_in_use(l, act))
		return;
	lint_report(l, rule, act, NULL,
	    "the index of exclusion constraint \"%s\" is built, and all of %s checked with it, "
	    "under ACCESS EXCLUSIVE: nobody reads or writes it until that is done",
	    rule_constraint_name(l, act, c), lint_quote(l, &act->name));
}

static const struct rule exclusion_constraint = {
	.id = "exclusion-constraint",
	.group = GROUP,
	.severity = SEVERITY_ERROR,
	.grows = true,
	.summary = "ADD EXCLUDE builds its index and checks all rows under ACCESS EXCLUSIVE",
	.advice = "There is no way around it in PostgreSQL: it can be neither NOT VALID nor take "
		  "over an index. Do it while the table is small, or in a quiet hour, or check "
		  "with a trigger.\n\n",
	.kinds = { ACT_ADD_CONSTRAINT },
	.check = check_exclusion,
};

/* --- what the rows may refuse --- */

static const char *
find_twins(struct lint *l, const struct act *act, const char *columns, const char *where)
{
	return arena_printf(lint_arena(l),
	    "-- must find nothing:\n"
	    "SELECT %s, count(*) FROM %s%s%s GROUP BY %s HAVING count(*) > 1;\n",
	    columns, lint_name(l, &act->name), where == NULL ? "" : " WHERE ",
	    where == NULL ? "" : where, columns);
}

/* The columns of a unique index as a list, or NULL for one that is not unique. */
static const char *
index_columns(struct lint *l, const struct act_index *index)
{
	struct arena_text *text = arena_text_new(lint_arena(l));
	size_t i;

	if (!index->unique)
		return NULL;
	for (i = 0; i < index->part_count; i++)
		fprintf(text->out, "%s%s", i == 0 ? "" : ", ",
		    index->parts[i].column != NULL ? lint_identifier(l, index->parts[i].column)
						   : index->parts[i].expression);
	return arena_text_end(text);
}

static void
check_data(struct lint *l, const struct rule *rule, const struct act *act)
{
	const struct act_constraint *c = rule_added(act, CONSTRAINT_UNIQUE);
	const char *columns = NULL, *where = NULL, *query;

	c = c != NULL ? c : rule_added(act, CONSTRAINT_PRIMARY_KEY);
	if (act->kind == ACT_CREATE_INDEX && act->index != NULL) {
		columns = index_columns(l, act->index);
		where = act->index->predicate;
	} else if (c != NULL && c->using_index == NULL) {
		columns = lint_columns(l, (const char *const *)c->columns, c->column_count);
	}
	if (act->kind == ACT_SET_NOT_NULL)
		query = arena_printf(lint_arena(l),
		    "-- must find nothing:\nSELECT count(*) FROM %s WHERE %s IS NULL;\n",
		    lint_name(l, &act->name), lint_identifier(l, act->part));
	else if (columns != NULL)
		query = find_twins(l, act, columns, where);
	else
		return;
	if (rule_in_use(l, act))
		lint_report(l, rule, act, query,
		    "one row of %s that does not fit makes it fail, and the release with it",
		    lint_quote(l, &act->name));
}

static const struct rule data_dependent = {
	.id = "data-dependent",
	.group = GROUP,
	.severity = SEVERITY_OFF,
	.summary = "a unique index, a key or NOT NULL fails on the first row that does not fit",
	.advice = "Ask production for such rows before the release, with the query that the "
		  "finding shows.\n\n",
	.kinds = { ACT_ADD_CONSTRAINT, ACT_CREATE_INDEX, ACT_SET_NOT_NULL },
	.check = check_data,
};

const struct rule *const rules_key[] = {
	&unique_constraint,
	&unique_inline_on_add_column,
	&primary_key,
	&pk_using_index_nullable,
	&pk_over_invalid_not_null,
	&using_index_on_partitioned,
	&exclusion_constraint,
	&drop_primary_key,
	&data_dependent,
	NULL,
};
