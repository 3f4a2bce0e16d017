/* SPDX-License-Identifier: MIT */
#include "core/trail.h"

#include <inttypes.h>
#include <string.h>

#include "base/time.h"
#include "core/alone.h"
#include "core/callback_run.h"
#include "core/flush.h"
#include "core/leftover.h"
#include "core/resume.h"
#include "sql/target.h"

/*
 * A file without a transaction: each statement that can gets one of its own, together with its row
 * in the journal.
 */

/* --- a statement in a transaction of its own --- */

static bool
say_block(struct trail *t, const struct trail_statement *st, bool recorded, struct error *err)
{
	struct journal_statement row = trail_row(t, st, "done", NULL);
	struct conn_sql sql;

	row.lock_wait_ms = time_now_ms() - t->since_ms;
	journal_sql_statement(t->turn, &t->x->writer, &row, &sql);
	send_alone(&t->send, true);
	return send_say(&t->send, st->item, st->kept, err) &&
	    (!recorded || trail_say_record(t, &sql)) && trail_commit(t);
}

static bool
is_copy(const struct trail_statement *st)
{
	return st->item->copy_in || st->class.kind == STATEMENT_COPY_IN ||
	    st->class.kind == STATEMENT_COPY_OUT;
}

/* Statements whose words do not say that they refuse a block: on something partitioned. */
static bool
refuses_block(const struct trail *t, const struct trail_statement *st)
{
	return t->lane.failure.what == LANE_STATEMENT &&
	    strcmp(t->lane_error->sqlstate, "25001") == 0 &&
	    (strncmp(st->class.form, "REINDEX", 7) == 0 ||
		strncmp(st->class.form, "CLUSTER", 7) == 0 ||
		strncmp(st->class.form, "REPACK", 6) == 0);
}

static bool
run_block(struct trail *t, const struct trail_statement *st, bool recorded, struct error *err)
{
	int64_t locks = send_strong_locks_of(&t->send, st->kept);

	for (;;) {
		bool done;

		if (locks > 0 && !flush_tables(t->x, t->step->script, err))
			return false;
		t->send.share_ms = locks > 0 ? tries_share(tries_budget(&t->tries, 0), locks) : 0;
		done = trail_begin(t, is_copy(st)) && say_block(t, st, recorded, err);
		if (err->code != ERR_NONE && !t->lane.failure.failed)
			lane_abandon(&t->lane); /* the file cannot be read on */
		lane_close(&t->lane);
		if (done)
			return true;
		if (err->code != ERR_NONE)
			return false;
		if (refuses_block(t, st))
			return alone_run(t, st, err);
		t->fenced = trail_is_fence(t);
		if (!trail_again(t, err))
			return false;
	}
}

/* --- the statements of a file --- */

static bool
is_alone(const struct trail_statement *st)
{
	return st->class.refused_in_block ||
	    (st->class.kind == STATEMENT_CALL &&
		target_may_commit(st->item->text, st->item->length));
}

/* The statement in which the last run stopped, if it had begun it. */
static const struct unfinished_statement *
last_begun(const struct trail *t, int64_t number)
{
	const struct history_row *row = t->step->resumes;
	const struct unfinished_statement *last =
	    row == NULL ? NULL : leftover_last(row->unfinished);

	return last != NULL && last->number == number ? last : NULL;
}

static bool
run_statement(struct trail *t, const struct trail_statement *st, struct error *err)
{
	const struct unfinished_statement *last = last_begun(t, st->number);
	bool done = false;

	if (last != NULL && !alone_settle(t, st, last, &done, err))
		return false;
	if (done)
		return true;
	return is_alone(st) ? alone_run(t, st, err) : run_block(t, st, true, err);
}

/* What lived in the session of an earlier run only is said again. */
static bool
pass_statement(struct trail *t, const struct trail_statement *st, struct error *err)
{
	return !target_is_session(st->item->text, st->item->length) || run_block(t, st, false, err);
}

static void
start_statement(struct trail *t, struct trail_statement *st)
{
	st->number = t->send.number;
	st->hash = statement_body_hash(0, st->item->text, st->item->length);
	statement_classify_words(st->item->text, st->item->length,
	    t->x->session->environment.server_version, &st->class);
	trail_turn(t);
}

/* In transactions of their own, since the statement may have none. */
static bool
call(struct trail *t, enum callback_moment moment, struct error *err)
{
	return callback_run_beside(t->x, moment, err) == APPLY_DONE;
}

static bool
begin_statement(struct trail *t, const struct trail_statement *st, struct error *err)
{
	if (!call(t, CALLBACK_BEFORE_STATEMENT, err))
		return false;
	t->statement = st->number;
	t->hash = st->hash;
	return run_statement(t, st, err);
}

static bool
end_statement(struct trail *t, const struct trail_statement *st, struct error *err)
{
	t->done = st->number;
	t->statement = 0;
	t->x->kept++;
	return call(t, CALLBACK_AFTER_STATEMENT, err);
}

static bool
run_statements(struct trail *t, struct error *err)
{
	int64_t earlier = t->done;
	struct split_item item;
	bool end, ok;

	for (;;) {
		struct trail_statement st = { .item = &item };

		if (!send_next(&t->send, &item, &st.kept, &end, err))
			return false;
		if (end)
			return true;
		t->turn = arena_new(t->arena);
		start_statement(t, &st);
		if (st.number <= earlier)
			ok = pass_statement(t, &st, err);
		else
			ok = begin_statement(t, &st, err) && end_statement(t, &st, err);
		if (!ok)
			return false;
		arena_close(t->turn);
	}
}

/* --- the file --- */

static bool
take_role(struct trail *t, struct error *err)
{
	const char *role = t->step->script->directives.role;

	if (role == NULL)
		return true;
	return conn_query(t->arena, t->x->session->conn,
	    arena_printf(
		t->arena, "SET ROLE %s", conn_identifier(t->arena, t->x->session->conn, role)),
	    0, NULL, NULL, err);
}

/* What is not a part of "k of n are done". */
static const char *
rest_text(const struct trail *t, struct arena *a)
{
	if (t->left != NULL)
		return arena_printf(a, "; the invalid index %s is left over", t->left);
	if (t->open && t->lane.lost && !t->unknown)
		return arena_printf(
		    a, "; the next run looks what became of statement %" PRId64, t->statement);
	return "";
}

static const char *
next_text(const struct trail *t, struct arena *a)
{
	const char *command = resume_command(t->step->script);

	if (t->done >= t->step->script->statement_total)
		return arena_printf(
		    a, "Run \"migrate %s\" again: only the record is missing.", command);
	return arena_printf(a, "Run \"migrate %s\" again: it goes on at statement %" PRId64 ".",
	    command, t->done + 1);
}

static void
say_state(struct trail *t, struct error *err)
{
	const struct script *script = t->step->script;
	const char *rest = rest_text(t, err->arena), *next = next_text(t, err->arena);

	err->state = t->done == 0
	    ? arena_printf(err->arena, "no statement of %s is done%s", script->script, rest)
	    : arena_printf(err->arena,
		  "%" PRId64 " of %" PRId64 " statements of %s are done and kept%s", t->done,
		  script->statement_total, script->script, rest);
	if (t->unknown)
		(void)resume_advise(err, script);
	else if (err->next == NULL)
		(void)error_next(
		    err, "%s%s", err->code == ERR_SQL ? "Correct the file. " : "", next);
	else
		(void)error_next(err, "%s %s", err->next, next);
}

static void
say_where(struct trail *t)
{
	const struct script *script = t->step->script;

	if (t->step->resumes == NULL)
		return;
	t->done = t->step->resumes->unfinished->done;
	if (t->done < script->statement_total)
		event_note(t->x->session->sink, "%s: goes on at statement %lld of %lld",
		    script->script, (long long)t->done + 1, (long long)script->statement_total);
	else
		event_note(t->x->session->sink,
		    "%s: all statements are done, goes on with its record", script->script);
}

static enum apply_end
run(struct trail *t, int64_t *ms, struct error *err)
{
	say_where(t);
	if (!trail_open(t, err)) {
		if (t->fenced)
			return APPLY_FENCED;
		say_state(t, err);
		return APPLY_FAILED;
	}
	trail_lane(t, true);
	if (take_role(t, err) &&
	    send_open(t->arena, &t->send, &t->lane, t->step->script, &t->x->facts, false, err) &&
	    run_statements(t, err)) {
		*ms = time_now_ms() - t->start_ms;
		t->x->dirty = true; /* not before: the patient lock would reset what the file SET */
		if (trail_finish(t, *ms, err))
			return APPLY_DONE;
	}
	t->x->dirty = true;
	if (t->fenced)
		return APPLY_FENCED;
	say_state(t, err);
	trail_fail(t, err);
	return APPLY_FAILED;
}

enum apply_end
apply_stepwise(struct apply *x, const struct step *step, int64_t *ms, struct error *err)
{
	struct arena *a = arena_new(x->session->arena);
	struct trail t = { .x = x,
		.arena = a,
		.turn = a,
		.step = step,
		.lane_error = error_new(a),
		.start_ms = time_now_ms() };
	enum apply_end end = run(&t, ms, err);

	*ms = time_now_ms() - t.start_ms;
	arena_close(a);
	return end;
}
