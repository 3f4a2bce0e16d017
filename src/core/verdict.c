/* SPDX-License-Identifier: MIT */
#include "core/verdict.h"

#include <string.h>

#include "base/time.h"
#include "core/resume.h"
#include "core/send.h"
#include "core/tries.h"
#include "core/wait.h"
#include "query.h"

enum { JOURNAL_MS = 2000 };

/* What to do next, by SQLSTATE; where the server's HINT says it already, nothing. */
static const struct advice {
	const char *sqlstate, *next;
} advices[] = {
	{ "25001",
	    "Put this statement into a file of its own, or add \"-- migrate:transaction "
	    "off\" at the top of the file." },
	{ "2D000",
	    "Code that commits cannot run inside a transaction: put it into a file of its "
	    "own with \"-- migrate:transaction off\" at its top." },
	{ "57014",
	    "If it needs more time, write \"-- migrate:statement_timeout 10min\" above it or set "
	    "\"statement_timeout\"." },
	{ "55P04",
	    "Use the new value of the enum in a later file: it is known only behind the "
	    "COMMIT that adds it." },
	{ "53200", "If it speaks of max_locks_per_transaction, split the file." },
	{ "25006", "The file made its transaction read only: the history row cannot be written." },
};

static void
advise(struct error *err)
{
	for (size_t i = 0; i < sizeof(advices) / sizeof(advices[0]); i++) {
		if (strcmp(err->sqlstate, advices[i].sqlstate) == 0)
			err->next = advices[i].next;
	}
}

/* Behind a first failure the blocker may still be there: its locks tell who it is. */
static const char *
holders(struct arena *a, struct apply *x, struct lane *lane)
{
	const struct facts *facts = &x->facts;
	int64_t *oids = NULL;
	size_t count = 0;

	for (size_t i = 0; i < facts->count; i++) {
		if (facts->locks[i].script != lane->step->script)
			continue;
		oids = arena_extend(a, oids, count, sizeof(*oids));
		oids[count++] = facts->locks[i].oid;
	}
	return count == 0 ? NULL : watch_holders(a, x->watch, oids, count);
}

static void
say_lock(struct apply *x, struct lane *lane, struct error *err)
{
	err->code = ERR_LOCK;
	if (lane->failure.what == LANE_RECORD) {
		(void)watch_history(x->session, err); /* tells who holds it */
		return;
	}
	if (lane->blockers == NULL)
		lane->blockers = holders(lane->arena, x, lane);
	if (lane->blockers != NULL)
		err->detail = arena_printf(err->arena, "In the way: %s", lane->blockers);
	if (lane_work_ms(lane) > TRIES_WORK_MS)
		(void)error_next(err,
		    "Statements before it had run for more than 2 s, so it is not tried again: put "
		    "them into a file of their own.");
	else
		(void)error_next(err, "Try again when the blocking transaction has ended.");
}

static void
say_behind(struct lane *lane, struct error *err)
{
	char limit[32];

	if (lane->crowd > 0) {
		error_set(err, ERR_LOCK,
		    "cancelled: %lld sessions waited for locks meanwhile, more than max_waiters "
		    "(%lld)",
		    (long long)lane->crowd, (long long)lane->waiters_max);
		return;
	}
	error_set(err, ERR_LOCK,
	    "cancelled: another session waited for longer than max_blocking "
	    "(%s) behind it",
	    time_text(limit, lane->max_blocking_ms));
	err->detail = arena_printf(err->arena, "Waiting: %s", lane->behind);
	(void)error_next(err,
	    "Find a form of the change that does not hold its lock for so long, or allow it for "
	    "this file with \"-- migrate:max_blocking\".");
}

static void
say_own_statement(struct lane *lane, struct error *err)
{
	switch (lane->failure.what) {
	case LANE_COMMIT:
		(void)error_at(err, "at COMMIT of %s", lane->step->script->script);
		break;
	case LANE_RECORD:
		(void)error_at(
		    err, "cannot write the history row of %s", lane->step->script->script);
		break;
	case LANE_QUESTION:
		(void)error_at(err, "cannot look what %s has to do", lane->step->script->script);
		break;
	case LANE_CLEAN:
		(void)error_at(err, "cannot take away what an earlier try of %s left",
		    lane->step->script->script);
		break;
	case LANE_OWN:
	case LANE_FENCE:
		(void)error_at(
		    err, "cannot prepare the session for %s", lane->step->script->script);
		break;
	case LANE_STATEMENT:
	case LANE_SYNC:
		break;
	}
}

/* The run id is gone: a transaction that we opened was ended by something in the file. */
static bool
is_stolen(const struct lane *lane, const struct error *err)
{
	return lane->failure.what == LANE_RECORD && strcmp(err->sqlstate, "23502") == 0 &&
	    strcmp(lane->failure.column, "execution_time") == 0;
}

static void
say_stolen(struct lane *lane, struct error *err)
{
	const struct script *script = lane->step->script;

	error_set(err, ERR_UNKNOWN, "the transaction of %s was ended from inside the file",
	    script->script);
	err->detail = "The run id that marks our transaction is gone: part of the file may be "
		      "committed.";
	(void)resume_advise(err, script);
}

void
verdict_error(struct apply *x, struct lane *lane, struct error *err)
{
	bool cancelled = strcmp(err->sqlstate, "57014") == 0;
	struct place place;
	const char *statement;

	if (is_stolen(lane, err)) {
		say_stolen(lane, err);
		return;
	}
	if (lane->failure.what == LANE_STATEMENT)
		send_place(lane->arena, lane->step->script, &lane->session->environment,
		    &lane->failure, err);
	else
		say_own_statement(lane, err);
	advise(err);
	place = err->place;
	statement = err->statement;
	if (lane->interrupted)
		(void)wait_interrupted(err);
	else if (cancelled && lane->behind != NULL)
		say_behind(lane, err);
	else if (tries_class(err->sqlstate) == TRY_LOCK)
		say_lock(x, lane, err);
	err->place = place;
	err->statement = statement;
}

void
verdict_try(struct apply *x, struct lane *lane, int attempt, int64_t pause_ms)
{
	event_emit(x->session->sink,
	    &(struct event){ .kind = EVENT_TRY_FAILED,
		.step = lane->step,
		.step_number = x->step_number,
		.step_total = x->step_total,
		.attempt = attempt,
		.wait_ms = pause_ms,
		.elapsed_ms = (time_now_us() - lane->started_us) / 1000,
		.sqlstate = lane->err->sqlstate,
		.text = lane->behind == NULL ? lane->blockers : NULL,
		.detail = lane->behind });
}

bool
verdict_pause(
    struct apply *x, const struct step *step, int attempt, int64_t pause_ms, struct error *err)
{
	char text[48];

	snprintf(text, sizeof(text), "waiting for try %d", attempt);
	return wait_pause_told(x->session->sink,
	    (struct event){ .kind = EVENT_PROGRESS, .step = step, .text = text, .percent = -1 },
	    pause_ms, err);
}

/* The failed file may have left any role and search_path behind. */
static bool
write_journal(
    struct apply *x, struct lane *lane, const struct journal_entry *entry, struct error *err)
{
	struct conn_sql sql;
	struct lane reset;
	bool ok;

	record_sql_journal(lane->arena, &x->writer, entry, &sql);
	lane_init(&reset, lane->arena, x->session, NULL, lane->step, true, err);
	lane_clean(&reset, JOURNAL_MS);
	ok = lane_reset(&reset);
	lane_close(&reset);
	return ok && record_note(lane->arena, &x->writer, &sql, err);
}

void
verdict_journal(struct apply *x, struct lane *lane, int attempt, const struct error *failure)
{
	struct error *err = error_new(lane->arena);
	const struct step *step =
	    lane->step->kind == STEP_CALLBACK ? lane->step->around : lane->step;
	struct journal_entry entry = { .state = failure->code == ERR_UNKNOWN ? "unknown" : "failed",
		.attempt = attempt,
		.elapsed_ms = (time_now_us() - lane->started_us) / 1000,
		.failure = failure };

	if (step == NULL || lane->lost || !conn_alive(x->session->conn))
		return;
	entry.script = step->script;
	entry.type = step->records[0].type;
	conn_patience(x->session->conn, JOURNAL_MS);
	if (!write_journal(x, lane, &entry, err))
		event_warning(x->session->sink, "cannot write the journal: %s", err->message);
	conn_patience(x->session->conn, 0);
}
