/* SPDX-License-Identifier: MIT */
#include "core/apply.h"

#include <inttypes.h>

#include "base/time.h"
#include "core/flush.h"
#include "core/lane.h"
#include "core/send.h"
#include "core/tries.h"
#include "core/verdict.h"
#include "core/wait.h"
#include "sql/split.h"

/*
 * A file without a transaction.  Its history row is there with success = false before the first
 * statement, so that Flyway too sees an unfinished file, and is set true behind the last one.
 */
struct walk {
	struct apply *x;
	struct arena *arena;
	const struct step *step;
	struct send send;
	struct lane lane;
	struct error *lane_error;
	int64_t start_ms, done; /* statements that are done */
	bool recorded; /* its row is in the history, with success = false */
};

static int64_t
max_blocking(const struct walk *w, const struct statement *kept)
{
	const struct directives *d = &w->step->script->directives;

	if (kept != NULL && kept->class.concurrently)
		return 0; /* it makes nobody wait; cancelling leaves a ruin */
	return d->given && d->max_blocking_ms != NOT_GIVEN ? d->max_blocking_ms
							   : w->x->session->config->max_blocking_ms;
}

static bool
flush_and_say(struct walk *w, const struct split_item *item, const struct statement *kept,
    struct tries *tries, struct error *err)
{
	int64_t locks = send_strong_locks_of(&w->send, kept);
	int64_t budget = tries_budget(tries, 0);

	if (locks > 0 && !kept->class.concurrently && !flush_tables(w->x, w->step->script, err))
		return false;
	error_clear(w->lane_error);
	lane_init(&w->lane, w->arena, w->x->session, w->x->watch, w->step, true, w->lane_error);
	lane_watch(&w->lane, tries->attempt, budget, max_blocking(w, kept));
	w->send.share_ms = locks > 0 ? tries_share(budget, locks) : 0;
	return send_say(&w->send, item, kept, err);
}

/* May the failed statement be said again?  It has changed nothing, and its locks may come free. */
static bool
may_repeat(struct walk *w, const struct statement *kept, struct tries *tries, int64_t since_ms,
    int64_t *pause_ms)
{
	enum try_again class = tries_class(w->lane_error->sqlstate);

	if (w->lane.lost || w->lane.interrupted || kept == NULL || kept->class.concurrently ||
	    kept->class.kind == STATEMENT_CALL)
		return false;
	if (class == TRY_SERIALIZATION)
		tries->serialization++;
	*pause_ms = tries_pause(tries_budget(tries, 0));
	return tries_left(tries, class, time_now_ms() - since_ms, *pause_ms, 0);
}

static bool
say_statement(
    struct walk *w, const struct split_item *item, const struct statement *kept, struct error *err)
{
	const struct directives *d = &w->step->script->directives;
	const struct config *config = w->x->session->config;
	struct tries tries = { .lock_retry_ms = config->lock_retry_ms,
		.max_stall_ms = d->given && d->max_stall_ms != NOT_GIVEN ? d->max_stall_ms
									 : config->max_stall_ms };
	int64_t since = time_now_ms(), pause;

	for (tries.attempt = 1;; tries.attempt++) {
		if (flush_and_say(w, item, kept, &tries, err))
			return true;
		if (err->code != ERR_NONE)
			return false;
		lane_close(&w->lane);
		if (!may_repeat(w, kept, &tries, since, &pause)) {
			error_copy(err, w->lane_error);
			verdict_error(w->x, &w->lane, err);
			/* A server that says why it ends the session has also ended the statement. */
			if (w->lane.lost && !w->lane.interrupted &&
			    w->lane_error->sqlstate[0] == '\0')
				err->code = ERR_UNKNOWN;
			return false;
		}
		verdict_try(w->x, &w->lane, tries.attempt, pause);
		if (!wait_pause(pause, err))
			return false;
	}
}

static bool
walk_statements(struct walk *w, struct error *err)
{
	const struct statement *kept;
	struct split_item item;
	bool end;

	for (;;) {
		if (!send_next(&w->send, &item, &kept, &end, err))
			return false;
		if (end)
			return true;
		if (!say_statement(w, &item, kept, err))
			return false;
		w->done = w->send.number;
	}
}

static bool
reset_session(struct walk *w, struct error *err)
{
	bool ok;

	if (!w->x->dirty)
		return true;
	lane_init(&w->lane, w->arena, w->x->session, NULL, w->step, true, err);
	ok = lane_reset(&w->lane);
	lane_close(&w->lane);
	w->x->dirty = false;
	return ok;
}

static bool
take_role(struct walk *w, struct error *err)
{
	const char *role = w->step->script->directives.role;

	if (role == NULL)
		return true;
	return conn_query(w->arena, w->x->session->conn,
	    arena_printf(
		w->arena, "SET ROLE %s", conn_identifier(w->arena, w->x->session->conn, role)),
	    0, NULL, NULL, err);
}

static bool
finish(struct walk *w, int64_t ms, struct error *err)
{
	struct journal_entry entry = { .script = w->step->script,
		.type = w->step->records[0].type,
		.state = "done",
		.attempt = 1,
		.elapsed_ms = ms };

	return reset_session(w, err) &&
	    (record_succeed(w->arena, &w->x->writer, w->step->records[0].rank, &entry, err) ||
		watch_history(w->x->session, err));
}

static void
say_state(struct walk *w, struct error *err)
{
	const struct script *script = w->step->script;
	const char *name = script->version != NULL ? script->version : script->description;

	err->state = w->done == 0
	    ? arena_printf(err->arena, "no statement of %s was done", script->script)
	    : arena_printf(err->arena,
		  "%" PRId64 " of %" PRId64 " statements of %s are done and kept", w->done,
		  script->statement_total, script->script);
	if (w->lane.lost && w->lane.failure.what == LANE_STATEMENT)
		err->state =
		    arena_printf(err->arena, "%s; whether statement %" PRId64 " was is not known",
			err->state, w->lane.failure.statement);
	if (w->recorded)
		(void)error_next(err,
		    "%s%sThe history row of %s says success = false. Finish it by hand, then "
		    "\"migrate repair --applied %s\"; or undo what it did, then \"migrate repair "
		    "--pending %s\".",
		    err->next == NULL ? "" : err->next, err->next == NULL ? "" : " ",
		    script->script, name, name);
}

static enum apply_end
walk(struct walk *w, int64_t *ms, struct error *err)
{
	struct record record = w->step->records[0];
	struct record_writer *writer = &w->x->writer;

	record.success = false;
	if (!reset_session(w, err) || !record_write(w->arena, writer, &record, 1, err)) {
		if (record_is_fence(err))
			return APPLY_FENCED;
		(void)watch_history(w->x->session, err);
		say_state(w, err);
		return APPLY_FAILED;
	}
	w->recorded = true;
	lane_init(&w->lane, w->arena, w->x->session, NULL, w->step, true, w->lane_error);
	if (take_role(w, err) &&
	    send_open(w->arena, &w->send, &w->lane, w->step->script, &w->x->facts, false, err) &&
	    walk_statements(w, err)) {
		*ms = time_now_ms() - w->start_ms;
		w->x->dirty = true; /* not before: the patient lock would reset what the file SET */
		if (finish(w, *ms, err))
			return APPLY_DONE;
	}
	say_state(w, err);
	verdict_journal(w->x, &w->lane, 1, err);
	return APPLY_FAILED;
}

enum apply_end
apply_stepwise(struct apply *x, const struct step *step, int64_t *ms, struct error *err)
{
	struct arena *a = arena_new(x->session->arena);
	struct walk w = { .x = x,
		.arena = a,
		.step = step,
		.lane_error = error_new(a),
		.start_ms = time_now_ms() };
	enum apply_end end = walk(&w, ms, err);

	*ms = time_now_ms() - w.start_ms;
	arena_close(a);
	return end;
}
