/* SPDX-License-Identifier: MIT */
#include "core/trail.h"

#include <string.h>

#include "base/time.h"
#include "core/verdict.h"
#include "core/wait.h"

/*
 * A file without a transaction.  Its history row is there with success = false before the first
 * statement, so that Flyway too sees an unfinished file, and is set true behind the last one.
 */

enum { RECORD_MS = 2000 };

void
trail_lane(struct trail *t, bool plain)
{
	int64_t budget = tries_budget(&t->tries, 0);

	error_clear(t->lane_error);
	lane_init(&t->lane, t->turn, t->x->session, t->x->watch, t->step, plain, t->lane_error);
	lane_watch(&t->lane, t->tries.attempt, budget, apply_max_blocking(t->x, t->step->script));
}

struct journal_statement
trail_row(
    const struct trail *t, const struct trail_statement *st, const char *state, const char *before)
{
	return (struct journal_statement){
		.step = t->step,
		.number = st->number,
		.hash = st->hash,
		.state = state,
		.attempt = t->tries.attempt,
		.before = before,
		.elapsed_ms = -1,
	};
}

/* Our own row must not wait for ever, whatever the file has set. */
static bool
limit_own_wait(struct trail *t)
{
	char text[32];

	return lane_say(&t->lane, LANE_OWN, 0,
	    arena_printf(t->turn, "SET LOCAL lock_timeout = '%s'",
		time_text(text, session_lock_timeout_ms(t->x->session->config))));
}

bool
trail_say_record(struct trail *t, const struct conn_sql *sql)
{
	return lane_leave_file(&t->lane) && limit_own_wait(t) &&
	    lane_say_with(&t->lane, LANE_RECORD, sql->sql, sql->count, sql->parameters) &&
	    lane_return_to_file(&t->lane);
}

bool
trail_begin(struct trail *t, bool plain)
{
	trail_lane(t, plain);
	return lane_open(&t->lane) && lane_say(&t->lane, LANE_OWN, 0, "BEGIN");
}

bool
trail_commit(struct trail *t)
{
	return lane_say(&t->lane, LANE_COMMIT, 0, "COMMIT") && lane_sync(&t->lane) &&
	    lane_drain(&t->lane);
}

/* The row of a statement is refused when another run has the run lock. */
bool
trail_is_fence(const struct trail *t)
{
	return t->lane.failure.what == LANE_RECORD && strcmp(t->lane_error->sqlstate, "23502") == 0;
}

bool
trail_record(struct trail *t, const struct conn_sql *sql)
{
	bool ok = trail_begin(t, false) && trail_say_record(t, sql) && trail_commit(t);

	lane_close(&t->lane);
	t->fenced = !ok && trail_is_fence(t);
	return ok;
}

void
trail_turn(struct trail *t)
{
	const struct config *config = t->x->session->config;
	const struct directives *d = &t->step->script->directives;

	t->tries = (struct tries){ .lock_retry_ms = config->lock_retry_ms,
		.max_stall_ms = d->given && d->max_stall_ms != NOT_GIVEN ? d->max_stall_ms
									 : config->max_stall_ms,
		.attempt = 1 };
	t->since_ms = time_now_ms();
}

static enum try_again
class_of(const struct trail *t)
{
	bool cancelled = strcmp(t->lane_error->sqlstate, "57014") == 0;

	if (cancelled && t->yields && t->lane.behind != NULL)
		return TRY_LOCK;
	return tries_class(t->lane_error->sqlstate);
}

bool
trail_again(struct trail *t, struct error *err)
{
	enum try_again class = class_of(t);
	int64_t pause = tries_pause(tries_budget(&t->tries, 0));

	if (class == TRY_SERIALIZATION)
		t->tries.serialization++;
	if (t->lane.lost || t->lane.interrupted ||
	    !tries_left(&t->tries, class, time_now_ms() - t->since_ms, pause, 0)) {
		error_copy(err, t->lane_error);
		verdict_error(t->x, &t->lane, err);
		return false;
	}
	verdict_try(t->x, &t->lane, t->tries.attempt++, pause);
	return verdict_pause(t->x, t->step, t->tries.attempt, pause, err);
}

/* --- the file --- */

/* limit_ms: behind a failure or a signal, for so long only; 0: as ever. */
static bool
reset_session(struct trail *t, int64_t limit_ms, struct error *err)
{
	bool ok;

	if (!t->x->dirty)
		return true;
	lane_init(&t->lane, t->arena, t->x->session, NULL, t->step, true, err);
	if (limit_ms > 0)
		lane_clean(&t->lane, limit_ms);
	ok = lane_reset(&t->lane);
	lane_close(&t->lane);
	t->x->dirty = false;
	return t->lane.interrupted ? wait_interrupted(err) : ok;
}

bool
trail_open(struct trail *t, struct error *err)
{
	if (reset_session(t, 0, err) && journal_open(t->arena, &t->x->writer, t->step, err))
		return true;
	t->fenced = record_is_fence(err);
	return t->fenced ? false : watch_history(t->x->session, err);
}

bool
trail_finish(struct trail *t, int64_t ms, struct error *err)
{
	return reset_session(t, 0, err) &&
	    (journal_finish(t->arena, &t->x->writer, t->step, ms, err) ||
		watch_history(t->x->session, err));
}

/* The rows of a failure: of the statement, if it was one, and of the file. */
static bool
write_failure(struct trail *t, const struct trail_statement *st, const struct error *failure,
    struct error *err)
{
	struct journal_statement row = trail_row(t, st, "running", NULL);
	struct journal_end ends[] = {
		{ t->step, st->number, t->unknown ? "unknown" : "failed", t->tries.attempt, 0,
		    failure },
		{ t->step, 0, "failed", 1, 0, failure },
	};
	struct conn_sql list[4];
	size_t count = 0;

	if (st->number != 0 && !t->open) {
		row.elapsed_ms = time_now_ms() - t->since_ms;
		journal_sql_statement(t->arena, &t->x->writer, &row, &list[count++]);
	}
	if (t->also != NULL)
		list[count++] = *t->also;
	if (st->number != 0)
		journal_sql_close(t->arena, &t->x->writer, &ends[0], &list[count++]);
	journal_sql_close(t->arena, &t->x->writer, &ends[1], &list[count++]);
	t->x->dirty = true;
	return reset_session(t, RECORD_MS, err) &&
	    record_send(t->arena, &t->x->writer, list, count, err);
}

void
trail_fail(struct trail *t, const struct error *failure)
{
	struct conn *c = t->x->session->conn;
	struct trail_statement st = { .number = t->statement, .hash = t->hash };
	struct error *err = error_new(t->arena);

	if (t->lane.lost || !conn_alive(c))
		return;
	conn_patience(c, RECORD_MS);
	if (!write_failure(t, &st, failure, err))
		event_warning(t->x->session->sink, "cannot write the journal: %s", err->message);
	conn_patience(c, 0);
}
