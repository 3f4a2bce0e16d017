/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "base/time.h"
#include "sql/effect.h"
#include "sql/rule.h"
#include "sql/rules.h"
#include "sql/words.h"

static const char GROUP[] = "Transactions";

/* --- concurrently-in-transaction --- */

/* The body of a block is in a transaction, whatever the file is. */
static void
check_concurrently(struct lint *l, const struct rule *rule, const struct act *act)
{
	if (!act->concurrently ||
	    (!act->inside &&
		(!world_in_transaction(lint_world(l)) ||
		    !lint_current(l)->class->refused_in_block)))
		return;
	lint_report(l, rule, act, rule_own_file(l, act),
	    "PostgreSQL refuses %s in a transaction (25001)", act->form);
}

static const struct rule concurrently = {
	.id = "concurrently-in-transaction",
	.group = GROUP,
	.severity = SEVERITY_ERROR,
	.refused = true,
	.summary = "PostgreSQL refuses CONCURRENTLY in a transaction (25001): nothing of the file "
		   "is run",
	.advice =
	    "Give it a file of its own; one made only of such statements runs without a "
	    "transaction. Or say so for a file that has others, too, which then commit one by "
	    "one.\n\n"
	    "    -- migrate:transaction off\n"
	    "    CREATE INDEX CONCURRENTLY orders_total ON orders (total);\n\n",
	.kinds = { ACT_CREATE_INDEX, ACT_DROP, ACT_REINDEX, ACT_DETACH_PARTITION, ACT_REPACK },
	.check = check_concurrently,
};

/* --- refused-in-transaction --- */

static bool
has_concurrently(const struct acts *acts)
{
	for (size_t i = 0; i < acts->count; i++)
		if (acts->list[i].concurrently)
			return true;
	return false;
}

static void
check_refused(struct lint *l, const struct rule *rule, const struct act *act)
{
	const struct lint_statement *s = lint_current(l);

	if (!s->class->refused_in_block || !world_in_transaction(lint_world(l)) ||
	    has_concurrently(s->acts))
		return;
	lint_report(l, rule, act, rule_own_file(l, act),
	    "PostgreSQL refuses %s in a transaction (25001)", s->class->form);
}

static const struct rule refused = {
	.id = "refused-in-transaction",
	.group = GROUP,
	.severity = SEVERITY_ERROR,
	.refused = true,
	.summary = "PostgreSQL refuses the statement in a transaction (25001): nothing of the file "
		   "is run",
	.advice = "Give it a file of its own; one made only of such statements runs without a "
		  "transaction.\n\n"
		  "    VACUUM orders;\n\n",
	.check = check_refused,
};

/* --- transaction-in-file --- */

static const char *
harm_of(enum act_kind kind)
{
	switch (kind) {
	case ACT_BEGIN:
		return "BEGIN opens a transaction that the run does not know of";
	case ACT_COMMIT:
		return "COMMIT ends the file's transaction: what stands before it stays when what "
		       "follows it fails";
	case ACT_ROLLBACK:
		return "ROLLBACK throws away what stands before it, and the file would count as "
		       "applied all the same";
	case ACT_PREPARE_TRANSACTION:
		return "PREPARE TRANSACTION takes the file's transaction away from the run";
	default:
		return NULL;
	}
}

/* BEGIN first and COMMIT last is the file's own transaction. */
static bool
is_wrapped(const struct lint_past *past, size_t count)
{
	if (count < 2 || past[0].act->kind != ACT_BEGIN || past[count - 1].act->kind != ACT_COMMIT)
		return false;
	for (size_t i = 1; i + 1 < count; i++)
		if (!past[i].act->inside && harm_of(past[i].act->kind) != NULL)
			return false;
	return true;
}

static void
end_transaction(struct lint *l, const struct rule *rule)
{
	size_t count;
	const struct lint_past *past = lint_past(l, &count);

	if (is_wrapped(past, count))
		return;
	for (size_t i = 0; i < count; i++) {
		const struct act *act = past[i].act;

		if (!act->inside && harm_of(act->kind) != NULL)
			lint_report(l, rule, act, NULL, "%s", harm_of(act->kind));
	}
}

/* In the body of a block: 2D000. */
static void
check_inside(struct lint *l, const struct rule *rule, const struct act *act)
{
	const struct lint_statement *s = lint_current(l);

	if (!act->inside || !world_in_transaction(lint_world(l)))
		return;
	lint_report(l, rule, act,
	    arena_printf(
		lint_arena(l), "-- migrate:transaction off\n%.*s;\n", (int)s->length, s->text),
	    "PostgreSQL refuses %s in a block that runs in a transaction (2D000)",
	    act->kind == ACT_COMMIT ? "COMMIT" : "ROLLBACK");
}

static const struct rule transaction = {
	.id = "transaction-in-file",
	.group = GROUP,
	.severity = SEVERITY_ERROR,
	.refused = true,
	.summary =
	    "the file opens or ends a transaction itself; the run cannot undo or record it as "
	    "one, and refuses it",
	.advice =
	    "Leave it out: a file runs in one transaction, with its row in the history. BEGIN "
	    "first "
	    "and COMMIT last are accepted. Statements that have to commit one by one say so:\n\n"
	    "    -- migrate:transaction off\n\n",
	.kinds = { ACT_COMMIT, ACT_ROLLBACK },
	.check = check_inside,
	.end = end_transaction,
};

/* --- statement-behind-access-exclusive, rewrite-while-locked --- */

/* Does it read all of a table that has rows? */
static bool
takes_long(struct lint *l, const struct act *act)
{
	struct effect effect;

	if (act->kind == ACT_CREATE_TABLE_AS || act->kind == ACT_CREATE_MATERIALIZED_VIEW)
		return !act->no_data && rule_reads_in_use(l, act);
	effect_tell(lint_world(l), act, &effect);
	return rule_in_use(l, act) && effect.rewrite != EFFECT_YES &&
	    (effect.scan == EFFECT_YES || effect.builds == EFFECT_YES);
}

static bool
is_of_table(struct lint *l, const struct act *act, const struct world_table *table)
{
	const struct world_table *t = lint_table(l, act);

	return t != NULL && rule_same_name(&t->facts.name, &table->facts.name);
}

/*
 * Does its own table wait just as much, so that nothing gets worse?  That it is validated under a
 * stronger lock is said by another rule.
 */
static bool
locks_as_much(struct lint *l, const struct act *act, const struct world_table *held)
{
	static const enum act_kind lighter[] = { ACT_CREATE_INDEX, ACT_CREATE_TABLE_AS,
		ACT_CREATE_MATERIALIZED_VIEW };
	const struct world_table *t = lint_table(l, act);

	if (act->kind == ACT_VALIDATE_CONSTRAINT)
		return t != NULL && t->held >= LOCK_SHARE_ROW_EXCLUSIVE;
	for (size_t i = 0; i < sizeof(lighter) / sizeof(lighter[0]); i++)
		if (lighter[i] == act->kind)
			return false;
	return is_of_table(l, act, held);
}

static void
check_behind(struct lint *l, const struct rule *rule, const struct act *act)
{
	const struct world_table *held = world_held(lint_world(l), LOCK_ACCESS_EXCLUSIVE);

	if (held == NULL || !takes_long(l, act) || locks_as_much(l, act, held))
		return;
	lint_report(l, rule, act, rule_own_file(l, act),
	    "the transaction holds ACCESS EXCLUSIVE on %s since statement %" PRId64
	    ": its readers and writers wait while this reads a whole table, and up to the COMMIT",
	    lint_quote_table(l, held), held->held_since);
}

static const struct rule behind = {
	.id = "statement-behind-access-exclusive",
	.group = GROUP,
	.severity = SEVERITY_WARNING,
	.grows = true,
	.summary = "a statement that takes long runs while the transaction still holds ACCESS "
		   "EXCLUSIVE on a table; its readers and writers wait up to the COMMIT",
	.advice = "Locks are held up to the COMMIT. Put what takes long into a file of its own, or "
		  "before the statement that needs the lock.\n\n",
	.kinds = { ACT_ADD_COLUMN, ACT_SET_NOT_NULL, ACT_ALTER_COLUMN_TYPE, ACT_ADD_CONSTRAINT,
	    ACT_VALIDATE_CONSTRAINT, ACT_ATTACH_PARTITION, ACT_CREATE_INDEX, ACT_REINDEX,
	    ACT_CREATE_TABLE_AS, ACT_CREATE_MATERIALIZED_VIEW },
	.check = check_behind,
};

static void
check_rewrite(struct lint *l, const struct rule *rule, const struct act *act)
{
	const struct world_table *held = world_held(lint_world(l), LOCK_SHARE);
	struct effect effect;

	if (held == NULL || !rule_in_use(l, act) || is_of_table(l, act, held))
		return;
	effect_tell(lint_world(l), act, &effect);
	if (effect.rewrite != EFFECT_YES)
		return;
	lint_report(l, rule, act, rule_own_file(l, act),
	    "the transaction holds %s on %s since statement %" PRId64
	    ": the app waits for that table, too, while %s is written anew",
	    lock_mode_name(held->held), lint_quote_table(l, held), held->held_since,
	    lint_quote(l, &act->name));
}

static const struct rule rewrite = {
	.id = "rewrite-while-locked",
	.group = GROUP,
	.severity = SEVERITY_ERROR,
	.grows = true,
	.summary = "a table is written anew while the transaction still holds a strong lock on "
		   "another one; the app waits for both",
	.advice = "A rewrite blocks its own table for long enough. Put it into a file of its own, "
		  "and better still avoid it: add a new column, and fill it in batches.\n\n",
	.kinds = { ACT_ADD_COLUMN, ACT_ALTER_COLUMN_TYPE, ACT_SET_EXPRESSION, ACT_ADD_IDENTITY,
	    ACT_SET_LOGGED, ACT_SET_UNLOGGED, ACT_SET_ACCESS_METHOD, ACT_SET_TABLESPACE,
	    ACT_CLUSTER, ACT_REFRESH, ACT_REPACK },
	.check = check_rewrite,
};

/* --- several-alters-one-table --- */

static bool
reads_whole(const struct effect *effect)
{
	return effect->scan == EFFECT_YES || effect->rewrite == EFFECT_YES;
}

/* PostgreSQL changes types before it adds columns: one ALTER TABLE would not find the column. */
static bool
retypes_its_column(const struct act *act, const struct act *added)
{
	return act->kind == ACT_ALTER_COLUMN_TYPE && added->kind == ACT_ADD_COLUMN &&
	    added->column_count > 0 && text_same(added->columns[0].name, act->part);
}

static const struct lint_past *
find_other_alter(struct lint *l, const struct act *act)
{
	const struct lint_statement *s = lint_current(l);
	size_t count;
	const struct lint_past *past = lint_past(l, &count);

	/* What a ROLLBACK TO took back would be put together with what stays. */
	for (size_t i = count; i > 0 && past[i - 1].act->kind != ACT_ROLLBACK_TO; i--) {
		const struct lint_past *p = &past[i - 1];

		if (p->statement->number != s->number && !p->act->inside &&
		    !retypes_its_column(act, p->act) &&
		    p->transaction == world_transaction(lint_world(l)) &&
		    rule_same_name(&p->act->name, &act->name) && reads_whole(&p->effect) &&
		    strcmp(p->statement->class->form, "ALTER TABLE") == 0)
			return p;
	}
	return NULL;
}

/* What stands behind ALTER TABLE and its name; NULL where that cannot be told. */
static const char *
actions_of(struct lint *l, const struct lint_statement *s)
{
	struct words words = words_start(s->text, s->length);

	if (!words_match(&words, "ALTER TABLE [IF] [EXISTS] [ONLY] %"))
		return NULL;
	words_match(&words, "*");
	return arena_printf(lint_arena(l), "%.*s", (int)(words.end - words.at), words.at);
}

static void
check_several(struct lint *l, const struct rule *rule, const struct act *act)
{
	const struct lint_past *other;
	const char *first, *second;
	struct effect effect;

	effect_tell(lint_world(l), act, &effect);
	if (!rule_in_use(l, act) || act->inside || !reads_whole(&effect))
		return;
	other = find_other_alter(l, act);
	first = other == NULL ? NULL : actions_of(l, other->statement);
	second = actions_of(l, lint_current(l));
	if (first == NULL || second == NULL)
		return;
	lint_report(l, rule, act,
	    arena_printf(
		lint_arena(l), "ALTER TABLE %s%s,\n%s;\n", lint_name(l, &act->name), first, second),
	    "%s was read whole by statement %" PRId64
	    " already: in one ALTER TABLE both take one pass, and the app waits half as long",
	    lint_quote(l, &act->name), other->statement->number);
}

static const struct rule several = {
	.id = "several-alters-one-table",
	.group = GROUP,
	.severity = SEVERITY_WARNING,
	.grows = true,
	.summary = "two ALTER TABLE of one transaction each read the whole table under ACCESS "
		   "EXCLUSIVE, where one of them would do",
	.advice = "Several actions in one ALTER TABLE read or write the table once.\n\n"
		  "    ALTER TABLE orders\n"
		  "        ALTER COLUMN total SET NOT NULL,\n"
		  "        ALTER COLUMN day SET NOT NULL;\n\n",
	.kinds = { ACT_ADD_COLUMN, ACT_ALTER_COLUMN_TYPE, ACT_SET_NOT_NULL, ACT_ADD_CONSTRAINT,
	    ACT_SET_LOGGED, ACT_SET_UNLOGGED, ACT_SET_ACCESS_METHOD },
	.check = check_several,
};

/* --- lock-timeout-too-long --- */

enum { LONG_MS = 10 * 1000 };

static bool
is_long(int64_t ms)
{
	return ms == 0 || ms > LONG_MS;
}

/* Does it lock a table in use so that writers wait?  CONCURRENTLY lets them go on. */
static bool
makes_writers_wait(struct lint *l, const struct lint_statement *s)
{
	for (size_t i = 0; i < s->class->lock_count && !s->class->concurrently; i++) {
		const struct statement_lock *lock = &s->class->locks[i];
		const struct act_name name = { .schema = lock->schema, .name = lock->name };
		const struct world_table *t = world_find(lint_world(l), &name);

		if (lock->object == LOCK_TABLE && lock->mode >= LOCK_SHARE &&
		    (t == NULL || t->age == AGE_OLD))
			return true;
	}
	return false;
}

static const char *
long_text(struct lint *l, int64_t ms)
{
	char text[32];

	if (ms == 0)
		return "off";
	return arena_printf(lint_arena(l), "%s", time_text(text, ms));
}

static void
report_long(struct lint *l, const struct rule *rule, const struct act *act, int64_t ms)
{
	lint_report(l, rule, act, NULL,
	    "lock_timeout is %s here: while it waits for its lock, all that comes later to the "
	    "table waits behind it",
	    long_text(l, ms));
}

/* The first statement from there on that it counts for; a SET counts up to the next one. */
static const struct lint_past *
find_waiting(struct lint *l, size_t from)
{
	size_t count;
	const struct lint_past *past = lint_past(l, &count);

	for (size_t i = from; i < count; i++) {
		if (past[i].act->kind == ACT_SET && text_same(past[i].act->setting, "lock_timeout"))
			return NULL;
		if (past[i].statement->lock_timeout_ms < 0 &&
		    makes_writers_wait(l, past[i].statement))
			return &past[i];
	}
	return NULL;
}

static void
look_at_set(struct lint *l, const struct rule *rule, size_t at)
{
	size_t count;
	const struct act *act = lint_past(l, &count)[at].act;
	const struct lint_past *waiting;
	int64_t ms;

	if (act->kind != ACT_SET || act->value == NULL || !text_same(act->setting, "lock_timeout"))
		return;
	ms = time_of_setting(act->value);
	waiting = is_long(ms) ? find_waiting(l, at + 1) : NULL;
	if (waiting != NULL)
		lint_report(l, rule, act, "SET lock_timeout = '2s';\n",
		    "lock_timeout is %s here: while statement %" PRId64
		    " waits for its lock, all that comes later to the table waits behind it",
		    long_text(l, ms), waiting->statement->number);
}

static void
end_lock_timeout(struct lint *l, const struct rule *rule)
{
	size_t count;
	const struct lint_past *past = lint_past(l, &count);
	int64_t file_ms = lint_file(l)->lock_timeout_ms;
	const struct lint_past *waiting = is_long(file_ms) ? find_waiting(l, 0) : NULL;

	if (waiting != NULL)
		report_long(l, rule, waiting->act, file_ms);
	for (size_t i = 0; i < count; i++) {
		int64_t own_ms = past[i].statement->lock_timeout_ms;

		look_at_set(l, rule, i);
		if (is_long(own_ms) && past[i].act->number == 0 &&
		    makes_writers_wait(l, past[i].statement))
			report_long(l, rule, past[i].act, own_ms);
	}
}

static const struct rule lock_timeout = {
	.id = "lock-timeout-too-long",
	.group = GROUP,
	.severity = SEVERITY_WARNING,
	.summary = "lock_timeout is 0 or above 10 seconds before a statement that needs a strong "
		   "lock; while it waits, every later query of the table waits behind it",
	.advice =
	    "A strong lock waits in the queue, and nobody passes it. Leave lock_timeout to the "
	    "setting (5s), or set a short one: the run tries again in a quieter moment.\n\n"
	    "    -- migrate:lock_timeout 2s\n\n",
	.end = end_lock_timeout,
};

/* --- dynamic-sql --- */

static void
check_dynamic(struct lint *l, const struct rule *rule, const struct act *act)
{
	lint_report(l, rule, act, NULL,
	    "EXECUTE runs a text that is put together at run time: no rule could look at it");
}

static const struct rule dynamic = {
	.id = "dynamic-sql",
	.group = GROUP,
	.severity = SEVERITY_INFO,
	.summary = "EXECUTE of a text that is put together at run time cannot be checked: it may "
		   "take any lock for any time",
	.advice = "Write the statement itself where that is possible; a constant text is read like "
		  "any other statement.\n\n",
	.kinds = { ACT_EXECUTE_DYNAMIC },
	.check = check_dynamic,
};

const struct rule *const rules_transaction[] = {
	&concurrently,
	&refused,
	&transaction,
	&behind,
	&rewrite,
	&several,
	&lock_timeout,
	&dynamic,
	NULL,
};
