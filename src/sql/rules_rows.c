/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <string.h>

#include "sql/rule.h"
#include "sql/rules.h"
#include "sql/words.h"

static const char GROUP[] = "Rows";

/* --- the text of UPDATE and DELETE --- */

/* Behind the first such keyword that is the statement's own; false where it has none. */
static bool
find_keyword(const struct lint_statement *statement, const char *keyword, struct words *behind)
{
	struct word w;

	*behind = words_start(statement->text, statement->length);
	while (words_next(behind, &w)) {
		if (word_is(&w, "("))
			words_skip_list(behind);
		else if (word_is(&w, keyword))
			return true;
	}
	return false;
}

static bool
find_where(const struct lint_statement *statement, struct words *behind)
{
	return find_keyword(statement, "WHERE", behind);
}

/* A constant, or a list of them. */
static bool
skip_constant(struct words *s)
{
	struct words list = *s;
	struct word w;

	if (words_match(&list, "IN (") && !words_match(&list, "SELECT|WITH|VALUES|TABLE"))
		return words_match(s, "IN ()");
	if (!words_match(s, "=") || !words_next(s, &w) ||
	    (w.kind != WORD_STRING && w.kind != WORD_NUMBER))
		return false;
	while (words_match(s, ": : %"))
		continue;
	return true;
}

enum { COLUMNS_MAX = 8 };

/* WHERE a = 1 AND b IN (2, 3), and nothing else: its columns; 0 for any other condition. */
static size_t
read_columns_compared(struct lint *l, struct words s, const char *columns[COLUMNS_MAX])
{
	size_t count = 0;
	struct word w;

	do {
		const char *schema = NULL;

		if (count == COLUMNS_MAX)
			return 0;
		columns[count] = NULL;
		words_read_name(lint_arena(l), &s, &schema, &columns[count]);
		if (columns[count++] == NULL || !skip_constant(&s))
			return 0;
	} while (words_match(&s, "AND"));
	return !words_next(&s, &w) || word_is(&w, "RETURNING") ? count : 0;
}

/* Is a row told by these columns?  Of a table that is not known: do they look like a key? */
static bool
is_key(const struct world_table *t, const char *const *columns, size_t count)
{
	static const char *const usual[] = { "id", "uuid", "key", "code", "slug", "name" };

	for (size_t i = 0; t != NULL && i < t->facts.index_count; i++) {
		const struct facts_index *index = &t->facts.indexes[i];
		size_t found = 0;

		while (
		    found < index->column_count && rule_has(columns, count, index->columns[found]))
			found++;
		if (index->unique && index->valid && !index->partial &&
		    found == index->column_count)
			return true;
	}
	for (size_t i = 0; i < count && (t == NULL || !t->complete); i++)
		if (rule_has(usual, sizeof(usual) / sizeof(usual[0]), columns[i]))
			return true;
	return false;
}

/* A few rows by their key: done at once, however large the table. */
static bool
is_few_rows(struct lint *l, const struct act *act)
{
	const char *columns[COLUMNS_MAX];
	struct words s;
	size_t count;

	if (act->inside || !find_where(lint_current(l), &s))
		return false;
	count = read_columns_compared(l, s, columns);
	return count > 0 && is_key(lint_table(l, act), columns, count);
}

/* What the statement calls its table: by an alias, or by its name. */
static const char *
called(struct lint *l, const struct act *act)
{
	const struct lint_statement *statement = lint_current(l);
	struct words s = words_start(statement->text, statement->length), next;
	const char *alias;
	struct word w;

	words_match(&s, "UPDATE|DELETE [FROM] [ONLY] %");
	words_match(&s, "*");
	next = s;
	if (words_match(&next, "SET|USING|WHERE|RETURNING"))
		return lint_identifier(l, act->name.name);
	words_match(&s, "AS");
	alias = words_next(&s, &w) ? word_value(lint_arena(l), &w) : NULL;
	return lint_identifier(l, alias == NULL ? act->name.name : alias);
}

/* The column by which batches go; other tables may have one of that name. */
static const char *
key_of(struct lint *l, const struct act *act)
{
	const char *key = lint_identifier(l, rule_batch_key(l, &act->name));

	if (act->read_count == 0)
		return key;
	return arena_printf(lint_arena(l), "%s.%s", called(l, act), key);
}

/* The statement in batches; NULL where its text does not show how. */
static const char *
in_batches(struct lint *l, const struct act *act)
{
	const struct lint_statement *statement = lint_current(l);
	struct arena *a = lint_arena(l);
	const char *table = lint_name(l, &act->name);
	const char *key = lint_identifier(l, rule_batch_key(l, &act->name));
	struct words where;
	const char *text = statement->text, *condition = "";
	size_t before = statement->length;

	if (act->inside || (act->kind != ACT_UPDATE && act->kind != ACT_DELETE) ||
	    words_match(&(struct words){ text, text + before, false }, "WITH"))
		return NULL;
	if (find_where(statement, &where)) {
		before = (size_t)(where.at - text) - strlen("WHERE");
		while (before > 0 && strchr(" \t\r\n", text[before - 1]) != NULL)
			before--;
	}
	if (act->has_where && !act->always_true)
		condition = arena_printf(a, "(%.*s) AND ", (int)(where.end - where.at),
		    where.at + strspn(where.at, " \t\r\n"));
	return arena_printf(a,
	    RULE_NEXT_FILE "-- migrate:batch table=%s key=%s\n%.*s\nWHERE %s%s BETWEEN :from AND "
			   ":to;\n",
	    table, key, (int)before, text, condition, key_of(l, act));
}

/* --- backfill-with-ddl --- */

/* INSERT ... VALUES, and SELECT without FROM: one row, if it is not there yet. */
static bool
inserts_few_rows(struct lint *l, const struct act *act)
{
	struct words behind;

	return !rule_reads_in_use(l, act) ||
	    (!act->inside && !find_keyword(lint_current(l), "FROM|TABLE", &behind));
}

static bool
takes_long(struct lint *l, const struct act *act)
{
	if (act->kind == ACT_INSERT)
		return !inserts_few_rows(l, act);
	if (act->kind == ACT_MERGE || act->kind == ACT_COPY_IN)
		return rule_in_use(l, act);
	return (rule_in_use(l, act) || rule_reads_in_use(l, act)) && !is_few_rows(l, act);
}

static const char *
verb_of(const struct act *act)
{
	switch (act->kind) {
	case ACT_INSERT:
		return "INSERT";
	case ACT_UPDATE:
		return "UPDATE";
	case ACT_DELETE:
		return "DELETE";
	case ACT_MERGE:
		return "MERGE";
	default:
		return "COPY";
	}
}

static void
check_backfill(struct lint *l, const struct rule *rule, const struct act *act)
{
	const struct world_table *held = world_held(lint_world(l), LOCK_SHARE);
	const char *instead;

	if (held == NULL || !takes_long(l, act))
		return;
	instead = in_batches(l, act);
	if (instead == NULL && act->kind != ACT_COPY_IN)
		instead = rule_own_file(l, act);
	lint_report(l, rule, act, instead,
	    "the transaction holds %s on %s since statement %" PRId64 ": %s wait until the %s of "
	    "%s is done and committed",
	    lock_mode_name(held->held), lint_quote_table(l, held), held->held_since,
	    held->held == LOCK_ACCESS_EXCLUSIVE ? "readers and writers" : "writers", verb_of(act),
	    lint_quote(l, &act->name));
}

static const struct rule backfill = {
	.id = "backfill-with-ddl",
	.group = GROUP,
	.severity = SEVERITY_ERROR,
	.grows = true,
	.summary =
	    "rows are written in bulk while the transaction still holds a strong lock of the "
	    "DDL before them; the app waits for the whole backfill, not for the DDL alone",
	.advice =
	    "DDL that is quick holds its lock for a moment only when it commits at once. Put the "
	    "rows into a file of their own, in batches: each one commits by itself, and a stopped "
	    "run goes on where it was.\n\n"
	    "    -- migrate:batch table=orders key=id\n"
	    "    UPDATE orders SET state = 'new' WHERE state IS NULL AND id BETWEEN :from AND :to;"
	    "\n\n",
	.kinds = { ACT_INSERT, ACT_UPDATE, ACT_DELETE, ACT_MERGE, ACT_COPY_IN },
	.check = check_backfill,
};

/* --- dml-unbounded --- */

static void
check_unbounded(struct lint *l, const struct rule *rule, const struct act *act)
{
	if ((act->has_where && !act->always_true) || !rule_in_use(l, act) ||
	    world_held(lint_world(l), LOCK_SHARE) != NULL)
		return;
	lint_report(l, rule, act, in_batches(l, act),
	    "%s of all rows of %s in one transaction: each row stays locked until the last one is "
	    "done, replicas lag, and the space of all old rows is needed beside the new ones",
	    verb_of(act), lint_quote(l, &act->name));
}

static const struct rule unbounded = {
	.id = "dml-unbounded",
	.group = GROUP,
	.severity = SEVERITY_WARNING,
	.grows = true,
	.summary = "UPDATE or DELETE of a whole table locks every row until the COMMIT, makes "
		   "replicas lag, and leaves as many dead rows as there were live ones",
	.advice = "Do it in batches, in a file of its own.\n\n"
		  "    -- migrate:batch table=orders key=id\n"
		  "    UPDATE orders SET total = 0 WHERE id BETWEEN :from AND :to;\n\n",
	.kinds = { ACT_UPDATE, ACT_DELETE },
	.check = check_unbounded,
};

/* --- insert-ids-without-setval --- */

static bool
moves_sequence(const struct lint_past *past)
{
	struct words s = words_start(past->statement->text, past->statement->length);
	struct word w;

	if (past->act->kind == ACT_ALTER_SEQUENCE || past->act->kind == ACT_SET_IDENTITY)
		return true;
	while (words_next(&s, &w))
		if (word_is(&w, "setval|nextval"))
			return true;
	return false;
}

/* The column that has a sequence and is given a value nevertheless, or NULL. */
static const char *
column_given(const struct lint_past *past)
{
	const struct world_table *t = past->table;

	for (size_t i = 0; t != NULL && i < past->act->value_count; i++) {
		const struct facts_column *c = world_column(t, past->act->values[i]);

		if (c != NULL && (c->generated || rule_serial(&c->type)))
			return c->name;
	}
	return NULL;
}

static void
end_insert_ids(struct lint *l, const struct rule *rule)
{
	size_t count;
	const struct lint_past *past = lint_past(l, &count);

	for (size_t i = 0; i < count; i++) {
		const struct act *act = past[i].act;
		const char *column, *table;
		size_t k = i;

		if (act->kind != ACT_INSERT || (column = column_given(&past[i])) == NULL)
			continue;
		while (k < count && !moves_sequence(&past[k]))
			k++;
		if (k < count)
			continue;
		table = lint_name(l, &act->name);
		lint_report(l, rule, act,
		    arena_printf(lint_arena(l),
			"SELECT setval(pg_get_serial_sequence('%s', '%s'), (SELECT max(%s) FROM "
			"%s));\n",
			table, column, lint_identifier(l, column), table),
		    "\"%s\" of %s gets its values here, and its sequence does not know of them: "
		    "the "
		    "app's next INSERT fails with a duplicate key",
		    column, lint_quote(l, &act->name));
	}
}

static const struct rule insert_ids = {
	.id = "insert-ids-without-setval",
	.group = GROUP,
	.severity = SEVERITY_INFO,
	.summary = "rows are inserted with values for a serial or identity column, whose sequence "
		   "then gives the same ones again",
	.advice = "Leave the column out, or move the sequence behind them.\n\n"
		  "    SELECT setval(pg_get_serial_sequence('colors', 'id'), (SELECT max(id) FROM "
		  "colors));\n\n",
	.end = end_insert_ids,
};

const struct rule *const rules_rows[] = {
	&backfill,
	&unbounded,
	&insert_ids,
	NULL,
};
