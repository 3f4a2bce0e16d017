/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/time.h"
#include "sql/rule.h"
#include "sql/rules.h"
#include "sql/words.h"

static const char GROUP[] = "Indexes";

/* --- what the rules have in common --- */

static bool
is_of_index(const struct act *act)
{
	return act->on == ACT_ON_INDEX;
}

static const char *
of_table(struct lint *l, const struct act *act)
{
	const struct world_table *t = lint_table(l, act);

	if (t == NULL)
		return "its table";
	return lint_quote_table(l, t);
}

static const char *
in_own_file(struct lint *l, const char *sql)
{
	return sql == NULL ? NULL : arena_printf(lint_arena(l), RULE_NEXT_FILE "%s", sql);
}

/*
 * The statement at hand with words put behind those that fit a pattern; NULL where they do not,
 * and for what stands in the body of a DO block.
 */
static const char *
with_words(struct lint *l, const struct act *act, const char *pattern, const char *words)
{
	const struct lint_statement *statement = lint_current(l);
	struct words s = words_start(statement->text, statement->length);
	size_t before;

	if (act->inside || !words_match(&s, pattern))
		return NULL;
	before = (size_t)(s.at - statement->text);
	return arena_printf(lint_arena(l), "%.*s %s%.*s;\n", (int)before, statement->text, words,
	    (int)(statement->length - before), s.at);
}

static const char *
make_index_name(struct lint *l, const struct act *act)
{
	const char *name = act->name.name;

	if (act->index->name != NULL)
		return act->index->name;
	for (size_t i = 0; i < act->index->part_count; i++) {
		const char *column = act->index->parts[i].column;

		name = arena_printf(lint_arena(l), "%s_%s", name, column == NULL ? "expr" : column);
	}
	return arena_printf(lint_arena(l), "%s_idx", name);
}

/* What stands behind the table's name in CREATE INDEX, from the columns on. */
static const char *
written_tail(struct lint *l, const struct lint_statement *statement)
{
	struct words s = words_start(statement->text, statement->length);
	struct word w;

	while (words_next(&s, &w) && !word_is(&w, "ON"))
		continue;
	words_match(&s, "[ONLY] %");
	return arena_printf(lint_arena(l), "%.*s", (int)(s.end - s.at), s.at);
}

/* The same put together from the act, where the statement is the DO around it. */
static const char *
made_tail(struct lint *l, const struct act_index *index)
{
	struct arena *a = lint_arena(l);
	const char *parts = "";

	for (size_t i = 0; i < index->part_count; i++)
		parts = arena_printf(a, "%s%s%s", parts, i == 0 ? "" : ", ", index->parts[i].text);
	return arena_printf(a, " USING %s (%s)%s%s", index->method, parts,
	    index->predicate == NULL ? "" : " WHERE ",
	    index->predicate == NULL ? "" : index->predicate);
}

struct index_parts {
	const char *words; /* "CONCURRENTLY " */
	const char *name;
	const char *table; /* as SQL, with ONLY */
};

/* A CREATE INDEX as it was written, but for these parts. */
static const char *
index_sql(struct lint *l, const struct act *act, const struct lint_statement *statement,
    struct index_parts parts)
{
	return arena_printf(lint_arena(l), "CREATE %sINDEX %s%s ON %s%s;\n",
	    act->index->unique ? "UNIQUE " : "", parts.words, lint_identifier(l, parts.name),
	    parts.table, act->inside ? made_tail(l, act->index) : written_tail(l, statement));
}

/* --- index-not-concurrent --- */

static void
check_not_concurrent(struct lint *l, const struct rule *rule, const struct act *act)
{
	if (act->concurrently || act->only || !rule_in_use(l, act) || rule_partitioned(l, act))
		return;
	lint_report(l, rule, act,
	    in_own_file(l, with_words(l, act, "CREATE INDEX", "CONCURRENTLY")),
	    "the index is built under a SHARE lock on %s: writers wait until the whole table is "
	    "read and sorted",
	    lint_quote(l, &act->name));
}

static const struct rule not_concurrent = {
	.id = "index-not-concurrent",
	.group = GROUP,
	.severity = SEVERITY_ERROR,
	.grows = true,
	.summary = "CREATE INDEX holds SHARE on the table for as long as it takes to read and sort "
		   "it; INSERT, UPDATE and DELETE wait",
	.advice = "Build it CONCURRENTLY, which lets writers go on, in a file of its own: it "
		  "cannot share "
		  "a transaction with other statements. A file of nothing but such statements runs "
		  "without one, and an INVALID index that a failure left is built again.\n\n"
		  "    CREATE INDEX CONCURRENTLY orders_total ON orders (total);\n\n",
	.kinds = { ACT_CREATE_INDEX },
	.check = check_not_concurrent,
};

/* --- index-on-partitioned-parent --- */

static void
check_partitioned_parent(struct lint *l, const struct rule *rule, const struct act *act)
{
	const struct lint_statement *s = lint_current(l);
	struct arena *a = lint_arena(l);
	const char *part = arena_printf(a, "%s_p1", act->name.name);
	const char *name, *of_part, *instead;

	if (act->only || act->index == NULL || !rule_partitioned(l, act) || !rule_in_use(l, act))
		return;
	name = make_index_name(l, act);
	of_part = arena_printf(a, "%s_p1", name);
	instead = arena_printf(a,
	    "%s-- for each partition (here %s), in a file of its own:\n%s"
	    "-- and then, when all are built:\nALTER INDEX %s ATTACH PARTITION %s;\n",
	    index_sql(l, act, s,
		(struct index_parts){
		    "", name, arena_printf(a, "ONLY %s", lint_name(l, &act->name)) }),
	    part,
	    index_sql(l, act, s,
		(struct index_parts){ "CONCURRENTLY ", of_part, lint_identifier(l, part) }),
	    lint_identifier(l, name), lint_identifier(l, of_part));
	if (act->concurrently)
		lint_report(l, rule, act, instead,
		    "%s is partitioned: PostgreSQL refuses to build its index CONCURRENTLY",
		    lint_quote(l, &act->name));
	else
		lint_report(l, rule, act, instead,
		    "the index is built under SHARE locks on %s and all its partitions: writers "
		    "wait until the last one is read and sorted",
		    lint_quote(l, &act->name));
}

static const struct rule partitioned_parent = {
	.id = "index-on-partitioned-parent",
	.group = GROUP,
	.severity = SEVERITY_ERROR,
	.grows = true,
	.summary =
	    "CREATE INDEX on a partitioned table holds SHARE on all its partitions until the "
	    "last one is read and sorted; CONCURRENTLY is refused there",
	.advice =
	    "Make the index on the parent alone, which takes no time, build one CONCURRENTLY on "
	    "each partition, and attach them. With the last one the parent's index is valid.\n\n"
	    "    CREATE INDEX events_day ON ONLY events (day);\n"
	    "    CREATE INDEX CONCURRENTLY events_p1_day ON events_p1 (day);\n"
	    "    ALTER INDEX events_day ATTACH PARTITION events_p1_day;\n\n",
	.kinds = { ACT_CREATE_INDEX },
	.check = check_partitioned_parent,
};

/* --- drop-index-not-concurrent --- */

static const struct facts_index *
index_of(struct lint *l, const struct act *act)
{
	const struct world_table *t = lint_table(l, act);

	return t == NULL ? NULL : world_index(t, act->name.name);
}

static void
check_drop_not_concurrent(struct lint *l, const struct rule *rule, const struct act *act)
{
	const struct facts_index *index;
	const char *sql = NULL;

	if (!is_of_index(act) || act->concurrently || !rule_in_use(l, act))
		return;
	index = index_of(l, act);
	if (index != NULL && index->of_constraint)
		return; /* PostgreSQL refuses it: another rule */
	if (!act->cascade && !rule_partitioned(l, act))
		sql = arena_printf(lint_arena(l), "DROP INDEX CONCURRENTLY %s%s;\n",
		    act->if_exists ? "IF EXISTS " : "", lint_name(l, &act->name));
	lint_report(l, rule, act, in_own_file(l, sql),
	    "dropping %s takes ACCESS EXCLUSIVE on it and on %s: readers and writers wait for it, "
	    "up to the COMMIT",
	    lint_quote(l, &act->name), of_table(l, act));
}

static const struct rule drop_not_concurrent = {
	.id = "drop-index-not-concurrent",
	.group = GROUP,
	.severity = SEVERITY_WARNING,
	.summary = "DROP INDEX takes ACCESS EXCLUSIVE on the table, too: readers and writers wait "
		   "up to the COMMIT",
	.advice = "Drop it CONCURRENTLY, in a file of its own. An index of a partitioned table "
		  "cannot be dropped so, nor with CASCADE.\n\n"
		  "    DROP INDEX CONCURRENTLY orders_total;\n\n",
	.kinds = { ACT_DROP },
	.check = check_drop_not_concurrent,
};

/* --- drop-constraint-backing-index --- */

static void
check_backing_index(struct lint *l, const struct rule *rule, const struct act *act)
{
	const struct facts_index *index = is_of_index(act) ? index_of(l, act) : NULL;
	const struct world_table *t = lint_table(l, act);

	if (index == NULL || !index->of_constraint)
		return;
	lint_report(l, rule, act,
	    arena_printf(lint_arena(l), "ALTER TABLE %s DROP CONSTRAINT %s;\n",
		lint_name(l, &t->facts.name), lint_identifier(l, index->name)),
	    "%s is the index of a constraint of %s: PostgreSQL refuses to drop it alone",
	    lint_quote(l, &act->name), lint_quote_table(l, t));
}

static const struct rule backing_index = {
	.id = "drop-constraint-backing-index",
	.group = GROUP,
	.severity = SEVERITY_ERROR,
	.summary = "DROP INDEX of the index of a PRIMARY KEY, UNIQUE or EXCLUDE constraint is "
		   "refused by PostgreSQL, and the file is rolled back",
	.advice = "Drop the constraint; its index goes with it.\n\n"
		  "    ALTER TABLE orders DROP CONSTRAINT orders_number_key;\n\n",
	.kinds = { ACT_DROP },
	.check = check_backing_index,
};

/* --- concurrent-if-not-exists-invalid --- */

static void
check_if_not_exists(struct lint *l, const struct rule *rule, const struct act *act)
{
	const struct lint_statement *s = lint_current(l);

	if (!act->concurrently || !act->if_not_exists || act->index == NULL)
		return;
	lint_report(l, rule, act,
	    index_sql(l, act, s,
		(struct index_parts){
		    "CONCURRENTLY ", make_index_name(l, act), lint_name(l, &act->name) }),
	    "IF NOT EXISTS keeps whatever index has that name, also one with other columns, or an "
	    "INVALID one that a failed build left");
}

static const struct rule if_not_exists = {
	.id = "concurrent-if-not-exists-invalid",
	.group = GROUP,
	.severity = SEVERITY_INFO,
	.summary =
	    "CREATE INDEX CONCURRENTLY IF NOT EXISTS keeps an INVALID index of the same name, "
	    "which a failed build left, with a NOTICE only",
	.advice =
	    "Leave IF NOT EXISTS out. An INVALID index that this tool left is dropped and built "
	    "again; one that somebody else left is repaired by REINDEX.\n\n"
	    "    REINDEX INDEX CONCURRENTLY orders_total;\n\n",
	.kinds = { ACT_CREATE_INDEX },
	.check = check_if_not_exists,
};

/* --- reindex-not-concurrent --- */

/* Where the option is there and off, adding it again would not do. */
static const char *
reindex_sql(struct lint *l, const struct act *act)
{
	const struct lint_statement *s = lint_current(l);
	struct words words = words_start(s->text, s->length);

	if (words_match(&words, "REINDEX (?CONCURRENTLY)"))
		return NULL;
	return in_own_file(
	    l, with_words(l, act, "REINDEX [()] INDEX|TABLE|SCHEMA|DATABASE", "CONCURRENTLY"));
}

static void
check_reindex(struct lint *l, const struct rule *rule, const struct act *act)
{
	const struct lint_statement *s = lint_current(l);
	struct words words = words_start(s->text, s->length);

	if (act->concurrently || words_match(&words, "REINDEX [()] SYSTEM") ||
	    (act->on != ACT_ON_SCHEMA && act->on != ACT_ON_DATABASE && !rule_in_use(l, act)))
		return;
	lint_report(l, rule, act, reindex_sql(l, act),
	    "REINDEX holds SHARE on the table and ACCESS EXCLUSIVE on each index that it builds: "
	    "writers wait, and readers too, since planning locks all indexes of a table");
}

static const struct rule reindex = {
	.id = "reindex-not-concurrent",
	.group = GROUP,
	.severity = SEVERITY_ERROR,
	.grows = true,
	.summary = "REINDEX holds SHARE on the table and ACCESS EXCLUSIVE on the index while it is "
		   "built; writers wait, and readers too",
	.advice =
	    "REINDEX CONCURRENTLY, in a file of its own. System catalogs have no such form.\n\n"
	    "    REINDEX INDEX CONCURRENTLY orders_total;\n\n",
	.from = 12,
	.kinds = { ACT_REINDEX },
	.check = check_reindex,
};

/* --- concurrently-corrupts --- */

/* Without a live server its minor version is not known: 14 alone says nothing. */
static void
check_corrupts(struct lint *l, const struct rule *rule, const struct act *act)
{
	int version = lint_options(l)->server_version;

	if (!act->concurrently || version > 140003 ||
	    (version == 140000 && lint_options(l)->lookup == NULL))
		return;
	lint_report(l, rule, act, NULL,
	    "PostgreSQL 14.%d can leave out rows from an index that is built CONCURRENTLY while "
	    "the table is written to, without an error",
	    version % 10000);
}

static const struct rule corrupts = {
	.id = "concurrently-corrupts",
	.group = GROUP,
	.severity = SEVERITY_ERROR,
	.summary = "PostgreSQL 14.0 to 14.3 builds corrupt indexes CONCURRENTLY: rows are missing "
		   "in them",
	.advice = "Upgrade to 14.4 or later first, and check indexes that were built before with "
		  "amcheck:\n\n"
		  "    SELECT bt_index_check('orders_total', true);\n\n",
	.from = 14,
	.until = 14,
	.kinds = { ACT_CREATE_INDEX, ACT_REINDEX },
	.check = check_corrupts,
};

/* --- index-replaced-drop-first --- */

/* Another index of the table that begins with the same column serves until then. */
static bool
is_covered(const struct table_facts *t, const struct facts_index *index)
{
	for (size_t i = 0; i < t->index_count; i++) {
		const struct facts_index *other = &t->indexes[i];

		if (strcmp(other->name, index->name) != 0 && other->valid && !other->partial &&
		    other->column_count > 0 && other->columns[0] != NULL &&
		    strcmp(other->columns[0], index->columns[0]) == 0)
			return true;
	}
	return false;
}

/* PostgreSQL names an index by its table and columns, and so do people: "orders_status_idx". */
static bool
is_named_by(const char *index, const char *table, const char *column)
{
	size_t length = strlen(table), behind = length + 1 + strlen(column);

	return strncmp(index, table, length) == 0 && index[length] == '_' &&
	    strncmp(index + length + 1, column, strlen(column)) == 0 &&
	    (index[behind] == '_' || index[behind] == '\0');
}

static bool
is_replacement(const struct lint_past *drop, const struct lint_past *create)
{
	const char *name = drop->act->name.name;
	const struct facts_index *index;
	const struct act_index *made = create->act->index;

	if (made == NULL || create->act->kind != ACT_CREATE_INDEX)
		return false;
	if (made->name != NULL && strcmp(made->name, name) == 0)
		return true;
	if (drop->table == NULL)
		return made->part_count > 0 && made->parts[0].column != NULL &&
		    is_named_by(name, create->act->name.name, made->parts[0].column);
	if (create->table == NULL ||
	    !rule_same_name(&drop->table->facts.name, &create->table->facts.name))
		return false;
	index = world_index(drop->table, name);
	if (index == NULL || index->column_count == 0 || index->columns[0] == NULL ||
	    made->part_count == 0 || made->parts[0].column == NULL)
		return false;
	return strcmp(index->columns[0], made->parts[0].column) == 0 &&
	    !is_covered(&drop->table->facts, index);
}

/* First the new one; under the old name it can come only when that is free. */
static const char *
replaced_safely(struct lint *l, const struct lint_past *drop, const struct lint_past *create)
{
	struct arena *a = lint_arena(l);
	const char *old = lint_name(l, &drop->act->name);
	const char *made = make_index_name(l, create->act);
	bool same = strcmp(drop->act->name.name, made) == 0;
	const char *name = same ? arena_printf(a, "%s_new", made) : made;
	struct act_name renamed = { .schema = create->act->name.schema, .name = name };
	const char *rename = "";

	if (same)
		rename = arena_printf(a, "-- in the next file:\nALTER INDEX %s RENAME TO %s;\n",
		    lint_name(l, &renamed), lint_identifier(l, made));
	return arena_printf(a, RULE_NEXT_FILE "%sDROP INDEX CONCURRENTLY %s;\n%s",
	    index_sql(l, create->act, create->statement,
		(struct index_parts){ "CONCURRENTLY ", name, lint_name(l, &create->act->name) }),
	    old, rename);
}

static void
end_replaced(struct lint *l, const struct rule *rule)
{
	size_t count;
	const struct lint_past *past = lint_past(l, &count);

	for (size_t i = 0; i < count; i++) {
		const struct act *act = past[i].act;
		size_t k = i + 1;

		if (act->kind != ACT_DROP || !is_of_index(act) || past[i].is_new)
			continue;
		while (k < count && !is_replacement(&past[i], &past[k]))
			k++;
		if (k < count)
			lint_report(l, rule, act, replaced_safely(l, &past[i], &past[k]),
			    "%s is dropped before its replacement is built: until then queries "
			    "read the whole of %s",
			    lint_quote(l, &act->name), lint_quote(l, &past[k].act->name));
	}
}

static const struct rule replaced = {
	.id = "index-replaced-drop-first",
	.group = GROUP,
	.severity = SEVERITY_WARNING,
	.grows = true,
	.summary =
	    "an index is dropped before the one that replaces it is built; queries that need "
	    "it read the whole table until then",
	.advice = "First build the new one, under another name, then drop the old one.\n\n"
		  "    CREATE INDEX CONCURRENTLY orders_total_new ON orders (total, id);\n"
		  "    DROP INDEX CONCURRENTLY orders_total;\n\n",
	.end = end_replaced,
};

/* --- index-wide, index-unnamed --- */

enum { WIDE = 3 };

static void
check_wide(struct lint *l, const struct rule *rule, const struct act *act)
{
	if (act->index == NULL || act->index->unique || act->index->part_count <= WIDE ||
	    strcmp(act->index->method, "btree") != 0)
		return;
	lint_report(l, rule, act, NULL,
	    "an index over %zu columns serves few queries better than one over the first ones, "
	    "and each write to %s keeps it up",
	    act->index->part_count, lint_quote(l, &act->name));
}

static const struct rule wide = {
	.id = "index-wide",
	.group = GROUP,
	.severity = SEVERITY_OFF,
	.summary =
	    "an index over more than three columns is rarely of more use than a shorter one, "
	    "and every write pays for it",
	.advice = "Keep the columns that single rows out, and put those that are only read behind "
		  "INCLUDE.\n\n"
		  "    CREATE INDEX CONCURRENTLY orders_customer ON orders (customer, day) "
		  "INCLUDE (total);\n\n",
	.kinds = { ACT_CREATE_INDEX },
	.check = check_wide,
};

static void
check_unnamed(struct lint *l, const struct rule *rule, const struct act *act)
{
	if (act->index == NULL || act->index->name != NULL)
		return;
	lint_report(l, rule, act,
	    index_sql(l, act, lint_current(l),
		(struct index_parts){ act->concurrently ? "CONCURRENTLY " : "",
		    make_index_name(l, act),
		    arena_printf(lint_arena(l), "%s%s", act->only ? "ONLY " : "",
			lint_name(l, &act->name)) }),
	    "PostgreSQL makes up the name of the index, and another one where that is taken: a "
	    "later file cannot rely on it");
}

static const struct rule unnamed = {
	.id = "index-unnamed",
	.group = GROUP,
	.severity = SEVERITY_OFF,
	.summary = "an index without a name gets one made up, which may differ between databases; "
		   "a later DROP INDEX may miss it",
	.advice = "Name it.\n\n"
		  "    CREATE INDEX CONCURRENTLY orders_total ON orders (total);\n\n",
	.kinds = { ACT_CREATE_INDEX },
	.check = check_unnamed,
};

/* --- index-redundant --- */

static bool
is_prefix(const struct act_index *index, const struct facts_index *of)
{
	if (of->column_count < index->part_count)
		return false;
	for (size_t i = 0; i < index->part_count; i++)
		if (!index->parts[i].plain || index->parts[i].column == NULL ||
		    of->columns[i] == NULL || strcmp(index->parts[i].column, of->columns[i]) != 0)
			return false;
	return true;
}

static void
check_redundant(struct lint *l, const struct rule *rule, const struct act *act)
{
	const struct act_index *index = act->index;
	const struct world_table *t = lint_table(l, act);

	if (t == NULL || t->dropped || index == NULL || act->only || index->unique ||
	    index->predicate != NULL || strcmp(index->method, "btree") != 0)
		return;
	for (size_t i = 0; i < t->facts.index_count; i++) {
		const struct facts_index *old = &t->facts.indexes[i];

		if (!old->valid || old->partial || old->method == NULL ||
		    strcmp(old->method, "btree") != 0 || !is_prefix(index, old) ||
		    (index->name != NULL && strcmp(old->name, index->name) == 0))
			continue;
		lint_report(l, rule, act, NULL,
		    "the columns are the first ones of \"%s\", which serves the same queries",
		    old->name);
		return;
	}
}

static const struct rule redundant = {
	.id = "index-redundant",
	.group = GROUP,
	.severity = SEVERITY_INFO,
	.summary = "another index begins with the same columns; every write pays for both",
	.advice = "Leave it out, unless it differs in the direction, the collation or the operator "
		  "class of a column, or is meant to replace the other one.\n\n",
	.kinds = { ACT_CREATE_INDEX },
	.check = check_redundant,
};

/* --- cic-with-short-lock-timeout --- */

enum { SHORT_LOCK_MS = 60 * 1000, SHORT_STATEMENT_MS = 10 * 60 * 1000 };

static void
check_short_timeout(struct lint *l, const struct rule *rule, const struct act *act)
{
	const struct lint_statement *s = lint_current(l);
	int64_t lock_ms = lint_lock_timeout_ms(l);
	int64_t statement_ms = lint_statement_timeout_ms(l);
	bool lock = lock_ms > 0 && lock_ms < SHORT_LOCK_MS;
	bool statement = statement_ms > 0 && statement_ms < SHORT_STATEMENT_MS;
	char text[32];

	if (!act->concurrently || !s->class->concurrently || (!lock && !statement) ||
	    world_in_transaction(lint_world(l)))
		return;
	lint_report(l, rule, act,
	    arena_printf(lint_arena(l), "-- migrate:next %s_timeout 1h\n%.*s;\n",
		lock ? "lock" : "statement", (int)s->length, s->text),
	    "%s_timeout is %s here: CONCURRENTLY waits for all older transactions, which counts, "
	    "and when time is up an INVALID index stays",
	    lock ? "lock" : "statement", time_text(text, lock ? lock_ms : statement_ms));
}

static const struct rule short_timeout = {
	.id = "concurrently-with-short-timeout",
	.group = GROUP,
	.severity = SEVERITY_WARNING,
	.summary = "CONCURRENTLY waits for all older transactions, and lock_timeout and "
		   "statement_timeout count that; a short one leaves an INVALID index",
	.advice =
	    "Nobody waits behind CONCURRENTLY, so it may take its time: leave it to "
	    "concurrent_lock_timeout (1h), and give it a statement_timeout of its own where one "
	    "is set.\n\n"
	    "    -- migrate:next statement_timeout 2h\n"
	    "    CREATE INDEX CONCURRENTLY orders_total ON orders (total);\n\n",
	.kinds = { ACT_CREATE_INDEX, ACT_DROP, ACT_REINDEX },
	.check = check_short_timeout,
};

/* --- fk-without-index --- */

/* Its first columns are those of the key, in any order. */
static bool
is_index_of(const struct facts_index *index, const struct act_constraint *key)
{
	if (!index->valid || index->partial || index->column_count < key->column_count)
		return false;
	for (size_t i = 0; i < key->column_count; i++)
		if (!rule_has(index->columns, key->column_count, key->columns[i]))
			return false;
	return true;
}

/* All indexes are known that could serve the key: of the table, or of a column that is new. */
static bool
knows_indexes(struct lint *l, const struct world_table *t, const struct act *act,
    const struct act_constraint *key)
{
	size_t count;
	const struct lint_past *past = lint_past(l, &count);

	for (size_t i = 0; i < count && !t->complete; i++) {
		const struct act *added = past[i].act;

		if (added->kind == ACT_ADD_COLUMN && added->column_count == 1 &&
		    rule_same_name(&added->name, &act->name) &&
		    rule_has(key->columns, key->column_count, added->columns->name))
			return true;
	}
	return t->complete;
}

static void
look_at_key(struct lint *l, const struct rule *rule, const struct lint_past *past,
    const struct act_constraint *key)
{
	const struct act *act = past->act;
	const struct world_table *t = world_find(lint_world(l), &act->name);
	bool is_old = t != NULL && t->age == AGE_OLD;
	const char *sql;

	if (key->kind != CONSTRAINT_FOREIGN_KEY || key->column_count == 0 || t == NULL ||
	    t->dropped || t->renamed || !knows_indexes(l, t, act, key))
		return;
	for (size_t i = 0; i < t->facts.index_count; i++)
		if (is_index_of(&t->facts.indexes[i], key))
			return;
	sql = arena_printf(lint_arena(l), "%sCREATE INDEX %sON %s (%s);\n",
	    is_old ? RULE_NEXT_FILE : "", is_old ? "CONCURRENTLY " : "", lint_name(l, &act->name),
	    lint_columns(l, key->columns, key->column_count));
	lint_report(l, rule, act, sql,
	    "no index of %s begins with (%s): each DELETE, and each UPDATE of the key, in %s reads "
	    "the whole of it",
	    lint_quote(l, &act->name), lint_columns(l, key->columns, key->column_count),
	    lint_quote(l, &key->references))
	    ->at = key->at;
}

static void
end_fk_without_index(struct lint *l, const struct rule *rule)
{
	size_t count;
	const struct lint_past *past = lint_past(l, &count);

	for (size_t i = 0; i < count; i++) {
		const struct act *act = past[i].act;

		for (size_t k = 0; k < act->constraint_count; k++)
			look_at_key(l, rule, &past[i], &act->constraints[k]);
		for (size_t k = 0; k < act->column_count; k++)
			for (size_t m = 0; m < act->columns[k].constraint_count; m++)
				look_at_key(l, rule, &past[i], &act->columns[k].constraints[m]);
	}
}

static const struct rule fk_without_index = {
	.id = "fk-without-index",
	.group = GROUP,
	.severity = SEVERITY_INFO,
	.grows = true,
	.summary = "no index begins with the columns of a foreign key; DELETE and UPDATE of a row "
		   "that it references read the whole table",
	.advice =
	    "Index them, in a file of its own where the table is in use. A table that stays small, "
	    "or whose referenced rows are never deleted, needs none.\n\n"
	    "    CREATE INDEX CONCURRENTLY orders_customer ON orders (customer);\n\n",
	.end = end_fk_without_index,
};

const struct rule *const rules_index[] = {
	&not_concurrent,
	&partitioned_parent,
	&drop_not_concurrent,
	&replaced,
	&backing_index,
	&reindex,
	&if_not_exists,
	&short_timeout,
	&corrupts,
	&fk_without_index,
	&redundant,
	&wide,
	&unnamed,
	NULL,
};
