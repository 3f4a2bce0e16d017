/* SPDX-License-Identifier: MIT */
#include "sql/rules.h"
#include "sql/words.h"

static const char GROUP[] = "Indexes";

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

/* --- index-not-concurrent --- */

static void
check_not_concurrent(struct lint *l, const struct rule *rule, const struct act *act)
{
	const struct world_table *t = lint_table(l, act);
	const char *sql;

	if (act->concurrently || act->only || world_is_new(lint_world(l), &act->name) ||
	    (t != NULL && t->facts.kind == 'p'))
		return;
	sql = with_words(l, act, "CREATE INDEX", "CONCURRENTLY");
	if (sql != NULL)
		sql = arena_printf(lint_arena(l), "-- in a file of its own:\n%s", sql);
	lint_report(l, rule, act, sql,
	    "the index is built under a SHARE lock on %s: writers wait until the whole table is "
	    "read",
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

const struct rule *const rules_index[] = { &not_concurrent, NULL };
