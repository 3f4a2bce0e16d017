/* SPDX-License-Identifier: MIT */
#include "core/alone.h"

#include <string.h>

#include "base/time.h"
#include "core/flush.h"
#include "core/leftover.h"
#include "core/resume.h"
#include "core/verdict.h"
#include "core/wait.h"
#include "sql/target.h"

/*
 * A statement that refuses a transaction block.  What it is about to do is written down and
 * committed first, with what is there before it; its result behind it.  When the two do not come
 * together, the catalog tells how far it came.
 */

enum { BUSY_PAUSE_MS = 500, LAST_CLEANING_MS = 1500, RUINS_MAX = 3 };

/* --- what is left behind --- */

/* A statement of ours outside a transaction, which waits for nobody's good but its own. */
static bool
say_clean(struct trail *t, const char *sql, int64_t lock_timeout_ms)
{
	bool ok;

	trail_lane(t, true);
	lane_watch_patiently(&t->lane, t->tries.attempt, lock_timeout_ms);
	send_alone(&t->send, false);
	ok = send_lock_timeout(&t->send, lock_timeout_ms) && lane_say(&t->lane, LANE_CLEAN, 0, sql);
	lane_close(&t->lane);
	return ok;
}

static bool
drop_indexes(struct trail *t, const struct leftover *found)
{
	const struct config *config = t->x->session->config;

	for (size_t i = 0; i < found->count; i++) {
		if (!say_clean(t,
			arena_printf(
			    t->turn, "DROP INDEX CONCURRENTLY IF EXISTS %s", found->indexes[i]),
			config->lock_flush_timeout_ms))
			return false;
		event_note(t->x->session->sink, "%s: dropped the invalid index %s",
		    t->step->script->script, found->indexes[i]);
	}
	return true;
}

static bool
wait_for_other(struct trail *t, const struct leftover *found, struct error *err)
{
	if (time_now_ms() - t->since_ms < t->tries.lock_retry_ms)
		return wait_pause(BUSY_PAUSE_MS, err);
	error_set(err, ERR_LOCK, "another session (pid %lld) works on the index %s",
	    (long long)found->pid, found->name);
	return error_next(
	    err, "Run \"migrate %s\" again when it has ended.", resume_command(t->step->script));
}

static bool
refuse_unknown(struct trail *t, struct error *err)
{
	t->unknown = true;
	return error_set(err, ERR_UNKNOWN,
	    "whether statement %lld of %s was carried out cannot be told", (long long)t->statement,
	    t->step->script->script);
}

/* Its result: in the row that is open, or in a new one. */
static void
done_sql(struct trail *t, const struct trail_statement *st, struct conn_sql *sql)
{
	struct journal_statement row = trail_row(t, st, "done", NULL);
	const struct journal_end end = { .step = t->step,
		.number = st->number,
		.state = "done",
		.attempt = t->tries.attempt,
		.lock_wait_ms = time_now_ms() - t->since_ms };

	if (t->open)
		journal_sql_close(t->turn, &t->x->writer, &end, sql);
	else
		journal_sql_statement(t->turn, &t->x->writer, &row, sql);
}

static bool
record_lane(struct trail *t, const struct conn_sql *sql, struct error *err)
{
	if (trail_record(t, sql))
		return true;
	error_copy(err, t->lane_error);
	verdict_error(t->x, &t->lane, err);
	return false;
}

static bool
record_done(struct trail *t, const struct trail_statement *st, struct error *err)
{
	struct conn_sql sql;

	done_sql(t, st, &sql);
	if (!record_lane(t, &sql, err))
		return false;
	t->open = false;
	return true;
}

/* One look and what follows from it; *again: look once more. */
static bool
settle_once(
    struct trail *t, const char *before, struct leftover *found, bool *again, struct error *err)
{
	*again = false;
	if (!leftover_look(t->turn, t->x->session, before, found, err))
		return false;
	switch (found->action) {
	case LEFTOVER_RUN:
	case LEFTOVER_DONE:
	case LEFTOVER_FINALIZE:
		return true;
	case LEFTOVER_BUSY:
		*again = true;
		return wait_for_other(t, found, err);
	case LEFTOVER_DROP:
		*again = true;
		return drop_indexes(t, found) || trail_again(t, err);
	case LEFTOVER_UNKNOWN:
		break;
	}
	return refuse_unknown(t, err);
}

/* Takes away what is left, until the statement can be run, or finalized, or is done. */
static bool
settle(struct trail *t, const char *before, struct leftover *found, struct error *err)
{
	bool again = true;

	while (again)
		if (!settle_once(t, before, found, &again, err))
			return false;
	return true;
}

/* --- the statement --- */

static bool
write_intent(
    struct trail *t, const struct trail_statement *st, const char *before, struct error *err)
{
	struct journal_statement row = trail_row(t, st, "running", before);
	struct conn_sql sql;

	if (t->open)
		return true; /* the same as in the try before */
	row.elapsed_ms = 0;
	journal_sql_statement(t->turn, &t->x->writer, &row, &sql);
	t->open = record_lane(t, &sql, err);
	return t->open;
}

/* The second half of DETACH ... CONCURRENTLY may stand in a transaction, so its row is with it. */
static bool
finalize(struct trail *t, const struct trail_statement *st, const struct leftover *found)
{
	struct conn_sql sql;
	bool ok;

	done_sql(t, st, &sql);
	trail_lane(t, false);
	send_alone(&t->send, true);
	ok = lane_open(&t->lane) && lane_say(&t->lane, LANE_OWN, 0, "BEGIN") &&
	    send_lock_timeout(&t->send, tries_budget(&t->tries, 0)) &&
	    lane_say(&t->lane, LANE_STATEMENT, st->number, found->finalize) &&
	    trail_say_record(t, &sql) && lane_say(&t->lane, LANE_COMMIT, 0, "COMMIT") &&
	    lane_sync(&t->lane) && lane_drain(&t->lane);
	lane_close(&t->lane);
	t->open = t->open && !ok;
	return ok;
}

static bool
say(struct trail *t, const struct trail_statement *st, struct error *err)
{
	int64_t locks = send_strong_locks_of(&t->send, st->kept);
	int64_t budget = tries_budget(&t->tries, 0);
	bool ok;

	if (locks > 0 && !st->class.concurrently && !flush_tables(t->x, t->step->script, err))
		return false;
	trail_lane(t, true);
	if (st->class.concurrently)
		lane_watch_patiently(
		    &t->lane, t->tries.attempt, t->x->session->config->concurrent_lock_timeout_ms);
	t->send.share_ms = locks > 0 ? tries_share(budget, locks) : 0;
	send_alone(&t->send, false);
	ok = send_say(&t->send, st->item, st->kept, err);
	lane_close(&t->lane);
	return ok;
}

/* An error of CALL itself, before its procedure began: no such procedure, no right to it. */
static bool
is_before_body(const struct error *failure)
{
	return strncmp(failure->sqlstate, "42", 2) == 0 && failure->context == NULL;
}

/* It may have committed a part of its work; nobody knows how much. */
static bool
fail_unknown(struct trail *t, const struct trail_statement *st, struct error *err)
{
	error_copy(err, t->lane_error);
	verdict_error(t->x, &t->lane, err);
	if (st->class.kind != STATEMENT_CALL || t->lane.lost || is_before_body(t->lane_error))
		return false;
	err->detail = err->detail != NULL ? err->detail
					  : "It may commit inside: a part of its work may be kept.";
	err->code = err->code == ERR_INTERRUPTED ? err->code : ERR_UNKNOWN;
	t->unknown = true;
	return false;
}

/* Behind a signal there is little time, and nobody to be waited for. */
static void
clean_quickly(struct trail *t, const char *before)
{
	struct conn *c = t->x->session->conn;
	struct error *ignored = error_new(t->turn); /* the next run takes away what is left */
	struct leftover found = { 0 };
	bool ok;

	if (!conn_alive(c))
		return;
	conn_patience(c, LAST_CLEANING_MS);
	ok = leftover_look(t->turn, t->x->session, before, &found, ignored);
	for (size_t i = 0; ok && i < found.count; i++) {
		ok = conn_query(t->turn, c,
			 arena_printf(t->turn, "SET lock_timeout = %d", LAST_CLEANING_MS - 500), 0,
			 NULL, NULL, ignored) &&
		    conn_query(t->turn, c,
			arena_printf(
			    t->turn, "DROP INDEX CONCURRENTLY IF EXISTS %s", found.indexes[i]),
			0, NULL, NULL, ignored);
		if (!ok)
			t->left = arena_strdup(t->arena, found.indexes[i]);
	}
	conn_patience(c, 0);
}

/* Behind the last try: the error stands; what it left is taken away as far as that works. */
static void
clean_last(struct trail *t, const char *before, const struct error *failure)
{
	struct error *ignored = error_new(t->turn);
	struct leftover found;

	if (t->lane.lost || before == NULL)
		return;
	if (failure->code == ERR_INTERRUPTED) {
		clean_quickly(t, before);
		return;
	}
	if (leftover_look(t->turn, t->x->session, before, &found, ignored) &&
	    found.action == LEFTOVER_DROP && !drop_indexes(t, &found))
		t->left = arena_strdup(t->arena, found.indexes[0]);
}

/* CONCURRENTLY may end well and leave an invalid index all the same. */
static bool
is_whole(struct trail *t, const char *before, bool *whole, struct error *err)
{
	struct leftover found;

	*whole = true;
	if (before == NULL)
		return true;
	if (!leftover_look(t->turn, t->x->session, before, &found, err))
		return false;
	*whole = found.action != LEFTOVER_DROP;
	return true;
}

/* What the last try left decides about this one. */
static bool
try_once(struct trail *t, const struct trail_statement *st, const char *before, bool *done,
    struct error *err)
{
	struct leftover found = { .action = LEFTOVER_RUN };

	*done = false;
	if (before != NULL && !settle(t, before, &found, err))
		return false;
	if (found.action == LEFTOVER_FINALIZE) {
		*done = finalize(t, st, &found);
		return true;
	}
	if (found.action != LEFTOVER_DONE || !t->open) {
		bool whole;

		if (!write_intent(t, st, before, err))
			return false;
		if (!say(t, st, err))
			return err->code == ERR_NONE;
		if (!is_whole(t, before, &whole, err))
			return false;
		if (!whole) {
			error_set(t->lane_error, ERR_SQL, "the index that it built is invalid");
			return true;
		}
	}
	*done = record_done(t, st, err);
	return *done;
}

bool
alone_run(struct trail *t, const struct trail_statement *st, struct error *err)
{
	struct target target;
	const char *before;
	bool done;

	target_read(t->turn, st->item->text, st->item->length, &target);
	if (!leftover_before(t->turn, t->x->session, &target, &before, err))
		return false;
	for (;;) {
		if (!try_once(t, st, before, &done, err))
			break;
		if (done)
			return true;
		if (before == NULL) {
			(void)fail_unknown(t, st, err);
			break;
		}
		/* It ended well, but what it built is no good. */
		if (!t->lane.failure.failed && t->tries.attempt++ < RUINS_MAX)
			continue;
		if (!trail_again(t, err))
			break;
	}
	clean_last(t, before, err);
	return false;
}

/* --- what the last run left --- */

static bool
refuse_edited(struct trail *t, const struct trail_statement *st, struct error *err)
{
	error_set_at(err, ERR_REFUSED, split_place(err->arena, t->step->script->path, st->item, 1),
	    "the statement that stood here is done, but this one is another: it was edited since");
	return error_next(err, "Write it as it was, and put the new one behind it.");
}

bool
alone_settle(struct trail *t, const struct trail_statement *st,
    const struct unfinished_statement *last, bool *done, struct error *err)
{
	struct leftover found;

	*done = false;
	for (;;) {
		if (!settle(t, last->before, &found, err))
			return false;
		if (found.action == LEFTOVER_RUN)
			return true;
		if (last->hash != st->hash)
			return refuse_edited(t, st, err);
		if (found.action == LEFTOVER_DONE)
			break;
		if (finalize(t, st, &found)) {
			*done = true;
			return true;
		}
		if (!trail_again(t, err))
			return false;
	}
	*done = record_done(t, st, err);
	return *done;
}
