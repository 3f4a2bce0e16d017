/* SPDX-License-Identifier: MIT */
#include "core/stepwise.h"

#include <inttypes.h>
#include <string.h>

#include "base/time.h"
#include "core/flush.h"
#include "core/leftover.h"
#include "core/resume.h"
#include "core/verdict.h"
#include "core/wait.h"
#include "sql/target.h"

/*
 * A file without a transaction.  Its history row is there with success = false before the first
 * statement, so that Flyway too sees an unfinished file, and is set true behind the last one.
 */

enum { RECORD_MS = 2000 };

static int64_t
max_blocking(const struct walk *w)
{
	const struct directives *d = &w->step->script->directives;

	return d->given && d->max_blocking_ms != NOT_GIVEN ? d->max_blocking_ms
							   : w->x->session->config->max_blocking_ms;
}

void
walk_lane(struct walk *w, bool plain)
{
	int64_t budget = tries_budget(&w->tries, 0);

	error_clear(w->lane_error);
	lane_init(&w->lane, w->turn, w->x->session, w->x->watch, w->step, plain, w->lane_error);
	lane_watch(&w->lane, w->tries.attempt, budget, max_blocking(w));
}

struct journal_statement
walk_row(
    const struct walk *w, const struct walk_statement *st, const char *state, const char *before)
{
	return (struct journal_statement){
		.step = w->step,
		.number = st->number,
		.hash = st->hash,
		.state = state,
		.attempt = w->tries.attempt,
		.before = before,
		.elapsed_ms = -1,
	};
}

/* Our own row must not wait for ever, whatever the file has set. */
static bool
limit_own_wait(struct walk *w)
{
	char text[32];

	return lane_say(&w->lane, LANE_OWN, 0,
	    arena_printf(w->turn, "SET LOCAL lock_timeout = '%s'",
		time_text(text, session_lock_timeout_ms(w->x->session->config))));
}

bool
walk_say_record(struct walk *w, const struct conn_sql *sql)
{
	return lane_leave_file(&w->lane) && limit_own_wait(w) &&
	    lane_say_with(&w->lane, LANE_RECORD, sql->sql, sql->count, sql->parameters);
}

static bool
begin(struct walk *w, bool plain)
{
	walk_lane(w, plain);
	return lane_open(&w->lane) && lane_say(&w->lane, LANE_OWN, 0, "BEGIN");
}

static bool
commit(struct walk *w)
{
	return lane_say(&w->lane, LANE_COMMIT, 0, "COMMIT") && lane_sync(&w->lane) &&
	    lane_drain(&w->lane);
}

/* The row of a statement is refused when another run has the run lock. */
static bool
is_fence(const struct walk *w)
{
	return w->lane.failure.what == LANE_RECORD && strcmp(w->lane_error->sqlstate, "23502") == 0;
}

bool
walk_record(struct walk *w, const struct conn_sql *sql)
{
	bool ok = begin(w, false) && walk_say_record(w, sql) && commit(w);

	lane_close(&w->lane);
	w->fenced = !ok && is_fence(w);
	return ok;
}

bool
walk_again(struct walk *w, struct error *err)
{
	enum try_again class = tries_class(w->lane_error->sqlstate);
	int64_t pause = tries_pause(tries_budget(&w->tries, 0));

	if (class == TRY_SERIALIZATION)
		w->tries.serialization++;
	if (w->lane.lost || w->lane.interrupted ||
	    !tries_left(&w->tries, class, time_now_ms() - w->since_ms, pause, 0)) {
		error_copy(err, w->lane_error);
		verdict_error(w->x, &w->lane, err);
		return false;
	}
	verdict_try(w->x, &w->lane, w->tries.attempt++, pause);
	return wait_pause(pause, err);
}

/* --- a statement in a transaction of its own --- */

static bool
say_block(struct walk *w, const struct walk_statement *st, bool recorded, struct error *err)
{
	struct journal_statement row = walk_row(w, st, "done", NULL);
	struct conn_sql sql;

	row.lock_wait_ms = time_now_ms() - w->since_ms;
	journal_sql_statement(w->turn, &w->x->writer, &row, &sql);
	send_alone(&w->send, true);
	return send_say(&w->send, st->item, st->kept, err) &&
	    (!recorded || walk_say_record(w, &sql)) && commit(w);
}

static bool
is_copy(const struct walk_statement *st)
{
	return st->item->copy_in || st->class.kind == STATEMENT_COPY_IN ||
	    st->class.kind == STATEMENT_COPY_OUT;
}

/* Statements whose words do not say that they refuse a block: on something partitioned. */
static bool
refuses_block(const struct walk *w, const struct walk_statement *st)
{
	return w->lane.failure.what == LANE_STATEMENT &&
	    strcmp(w->lane_error->sqlstate, "25001") == 0 &&
	    (strncmp(st->class.form, "REINDEX", 7) == 0 ||
		strncmp(st->class.form, "CLUSTER", 7) == 0 ||
		strncmp(st->class.form, "REPACK", 6) == 0);
}

static bool
run_block(struct walk *w, const struct walk_statement *st, bool recorded, struct error *err)
{
	int64_t locks = send_strong_locks_of(&w->send, st->kept);

	for (;;) {
		bool done;

		if (locks > 0 && !flush_tables(w->x, w->step->script, err))
			return false;
		w->send.share_ms = locks > 0 ? tries_share(tries_budget(&w->tries, 0), locks) : 0;
		done = begin(w, is_copy(st)) && say_block(w, st, recorded, err);
		if (err->code != ERR_NONE && !w->lane.failure.failed)
			lane_abandon(&w->lane); /* the file cannot be read on */
		lane_close(&w->lane);
		if (done)
			return true;
		if (err->code != ERR_NONE)
			return false;
		if (refuses_block(w, st))
			return alone_run(w, st, err);
		w->fenced = is_fence(w);
		if (!walk_again(w, err))
			return false;
	}
}

/* --- the statements of a file --- */

static bool
is_alone(const struct walk_statement *st)
{
	return st->class.refused_in_block ||
	    (st->class.kind == STATEMENT_CALL &&
		target_may_commit(st->item->text, st->item->length));
}

/* The statement in which the last run stopped, if it had begun it. */
static const struct unfinished_statement *
last_begun(const struct walk *w, int64_t number)
{
	const struct history_row *row = w->step->resumes;
	const struct unfinished_statement *last =
	    row == NULL ? NULL : leftover_last(row->unfinished);

	return last != NULL && last->number == number ? last : NULL;
}

static bool
run_statement(struct walk *w, const struct walk_statement *st, struct error *err)
{
	const struct unfinished_statement *last = last_begun(w, st->number);
	bool done = false;

	if (last != NULL && !alone_settle(w, st, last, &done, err))
		return false;
	if (done)
		return true;
	return is_alone(st) ? alone_run(w, st, err) : run_block(w, st, true, err);
}

/* What lived in the session of an earlier run only is said again. */
static bool
pass_statement(struct walk *w, const struct walk_statement *st, struct error *err)
{
	return !target_is_session(st->item->text, st->item->length) || run_block(w, st, false, err);
}

static void
start_statement(struct walk *w, struct walk_statement *st)
{
	const struct config *config = w->x->session->config;
	const struct directives *d = &w->step->script->directives;

	st->number = w->send.number;
	st->hash = statement_body_hash(0, st->item->text, st->item->length);
	statement_classify_words(st->item->text, st->item->length,
	    w->x->session->environment.server_version, &st->class);
	w->tries = (struct tries){ .lock_retry_ms = config->lock_retry_ms,
		.max_stall_ms = d->given && d->max_stall_ms != NOT_GIVEN ? d->max_stall_ms
									 : config->max_stall_ms,
		.attempt = 1 };
	w->since_ms = time_now_ms();
}

static bool
walk_statements(struct walk *w, struct error *err)
{
	int64_t earlier = w->done;
	struct split_item item;
	bool end, ok;

	for (;;) {
		struct walk_statement st = { .item = &item };

		if (!send_next(&w->send, &item, &st.kept, &end, err))
			return false;
		if (end)
			return true;
		w->turn = arena_new(w->arena);
		start_statement(w, &st);
		if (st.number <= earlier) {
			ok = pass_statement(w, &st, err);
		} else {
			w->statement = st.number;
			w->hash = st.hash;
			ok = run_statement(w, &st, err);
		}
		if (!ok)
			return false;
		if (st.number > earlier)
			w->done = st.number;
		w->statement = 0;
		arena_close(w->turn);
	}
}

/* --- the file --- */

/* limit_ms: behind a failure or a signal, for so long only; 0: as ever. */
static bool
reset_session(struct walk *w, int64_t limit_ms, struct error *err)
{
	bool ok;

	if (!w->x->dirty)
		return true;
	lane_init(&w->lane, w->arena, w->x->session, NULL, w->step, true, err);
	if (limit_ms > 0)
		lane_clean(&w->lane, limit_ms);
	ok = lane_reset(&w->lane);
	lane_close(&w->lane);
	w->x->dirty = false;
	return w->lane.interrupted ? wait_interrupted(err) : ok;
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
	return reset_session(w, 0, err) &&
	    (journal_finish(w->arena, &w->x->writer, w->step, ms, err) ||
		watch_history(w->x->session, err));
}

/* What is not a part of "k of n are done". */
static const char *
rest_text(const struct walk *w, struct arena *a)
{
	if (w->left != NULL)
		return arena_printf(a, "; the invalid index %s is left over", w->left);
	if (w->open && w->lane.lost && !w->unknown)
		return arena_printf(
		    a, "; the next run looks what became of statement %" PRId64, w->statement);
	return "";
}

static const char *
next_text(const struct walk *w, struct arena *a)
{
	if (w->done >= w->step->script->statement_total)
		return "Run \"migrate up\" again: only the record is missing.";
	return arena_printf(
	    a, "Run \"migrate up\" again: it goes on at statement %" PRId64 ".", w->done + 1);
}

static void
say_state(struct walk *w, struct error *err)
{
	const struct script *script = w->step->script;
	const char *rest = rest_text(w, err->arena), *next = next_text(w, err->arena);

	err->state = w->done == 0
	    ? arena_printf(err->arena, "no statement of %s is done%s", script->script, rest)
	    : arena_printf(err->arena,
		  "%" PRId64 " of %" PRId64 " statements of %s are done and kept%s", w->done,
		  script->statement_total, script->script, rest);
	if (w->unknown)
		(void)resume_advise(err, resume_script_name(script));
	else if (err->next == NULL)
		(void)error_next(
		    err, "%s%s", err->code == ERR_SQL ? "Correct the file. " : "", next);
	else
		(void)error_next(err, "%s %s", err->next, next);
}

/* The rows of a failure: of the statement, if it was one, and of the file. */
static bool
write_failure(
    struct walk *w, const struct walk_statement *st, const struct error *failure, struct error *err)
{
	struct journal_statement row = walk_row(w, st, "running", NULL);
	struct journal_end ends[] = {
		{ w->step, st->number, w->unknown ? "unknown" : "failed", w->tries.attempt, 0,
		    failure },
		{ w->step, 0, "failed", 1, 0, failure },
	};
	struct conn_sql list[3];
	size_t count = 0;

	if (st->number != 0 && !w->open) {
		row.elapsed_ms = time_now_ms() - w->since_ms;
		journal_sql_statement(w->arena, &w->x->writer, &row, &list[count++]);
	}
	if (st->number != 0)
		journal_sql_close(w->arena, &w->x->writer, &ends[0], &list[count++]);
	journal_sql_close(w->arena, &w->x->writer, &ends[1], &list[count++]);
	w->x->dirty = true;
	return reset_session(w, RECORD_MS, err) &&
	    record_send(w->arena, &w->x->writer, list, count, err);
}

static void
fail(struct walk *w, const struct error *failure)
{
	struct conn *c = w->x->session->conn;
	struct walk_statement st = { .number = w->statement, .hash = w->hash };
	struct error *err = error_new(w->arena);

	if (w->lane.lost || !conn_alive(c))
		return;
	conn_patience(c, RECORD_MS);
	if (!write_failure(w, &st, failure, err))
		event_warning(w->x->session->sink, "cannot write the journal: %s", err->message);
	conn_patience(c, 0);
}

static void
say_where(struct walk *w)
{
	const struct script *script = w->step->script;

	if (w->step->resumes == NULL)
		return;
	w->done = w->step->resumes->unfinished->done;
	if (w->done < script->statement_total)
		event_note(w->x->session->sink, "%s: goes on at statement %lld of %lld",
		    script->script, (long long)w->done + 1, (long long)script->statement_total);
	else
		event_note(w->x->session->sink,
		    "%s: all statements are done, goes on with its record", script->script);
}

static enum apply_end
walk(struct walk *w, int64_t *ms, struct error *err)
{
	say_where(w);
	if (!reset_session(w, 0, err) || !journal_open(w->arena, &w->x->writer, w->step, err)) {
		if (record_is_fence(err))
			return APPLY_FENCED;
		(void)watch_history(w->x->session, err);
		say_state(w, err);
		return APPLY_FAILED;
	}
	walk_lane(w, true);
	if (take_role(w, err) &&
	    send_open(w->arena, &w->send, &w->lane, w->step->script, &w->x->facts, false, err) &&
	    walk_statements(w, err)) {
		*ms = time_now_ms() - w->start_ms;
		w->x->dirty = true; /* not before: the patient lock would reset what the file SET */
		if (finish(w, *ms, err))
			return APPLY_DONE;
	}
	w->x->dirty = true;
	if (w->fenced)
		return APPLY_FENCED;
	say_state(w, err);
	fail(w, err);
	return APPLY_FAILED;
}

enum apply_end
apply_stepwise(struct apply *x, const struct step *step, int64_t *ms, struct error *err)
{
	struct arena *a = arena_new(x->session->arena);
	struct walk w = { .x = x,
		.arena = a,
		.turn = a,
		.step = step,
		.lane_error = error_new(a),
		.start_ms = time_now_ms() };
	enum apply_end end = walk(&w, ms, err);

	*ms = time_now_ms() - w.start_ms;
	arena_close(a);
	return end;
}
