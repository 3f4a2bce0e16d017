/* SPDX-License-Identifier: MIT */
#include "core/run.h"

#include <string.h>

#include "base/interrupt.h"
#include "base/time.h"
#include "core/apply.h"
#include "core/callback.h"
#include "core/callback_run.h"
#include "core/history_create.h"
#include "core/hook.h"
#include "core/irreversible.h"
#include "core/lane.h"
#include "core/leftover.h"
#include "core/lock.h"
#include "core/version.h"
#include "core/wait.h"

enum { RELEASE_MS = 2000, BUSY_MS = 100 };

struct run {
	struct session *session;
	const struct goal *goal;
	struct run_result *result;
	struct apply x;
	int64_t lock_key; /* of the run lock that is held */
	size_t failed_count; /* of the steps that failed together: more than one with group */
	bool regained; /* a lost connection was made again, */
	size_t regained_at; /* when so much was kept, see kept_count */
	const struct script *fenced; /* whose rank was taken, */
	int fenced_rank; /* this one */
	bool commit_sent; /* of the step that was lost last, and no answer came */
	bool reconnected; /* while it waited for the run lock */
	bool hooked; /* the hooks before the files have run */
	bool called
	    [CALLBACK_MOMENTS]; /* which callbacks have run: once, however often it is planned */
};

/* --- callbacks --- */

static void
say_of_callback(const struct run *r, struct error *err)
{
	static const char *const words[][2] = {
		{ "nothing else was done", "what was done before is kept" },
		{ "no file was applied", "what was applied before is kept" },
	};
	const char *files = words[r->goal->kind == GOAL_UP][r->result->applied > 0];

	err->state =
	    err->state == NULL ? files : arena_printf(err->arena, "%s; %s", err->state, files);
	if (err->code == ERR_SQL && err->next == NULL)
		(void)error_next(err, "Correct the callback, then run the same command again.");
}

static enum apply_end
call(struct run *r, enum callback_moment moment, struct error *err)
{
	enum apply_end end;

	if (r->called[moment])
		return APPLY_DONE;
	end = callback_run(&r->x, moment, err);
	r->called[moment] = end == APPLY_DONE;
	if (end == APPLY_FAILED)
		say_of_callback(r, err);
	return end;
}

/* Behind a failure: what comes of this never hides it. */
static void
call_behind(struct run *r, enum callback_moment moment)
{
	struct session *s = r->session;
	const char *event = s->plan.callbacks.at[moment].count == 0
	    ? NULL
	    : s->plan.callbacks.at[moment].list[0]->event;
	struct error *err = error_new(s->arena);

	if (event == NULL)
		return;
	if (!conn_alive(s->conn) && moment != CALLBACK_ERROR)
		return; /* it may be regained */
	if (interrupt_signal() != 0)
		event_warning(s->sink, "%s is not run behind a signal", event);
	else if (!conn_alive(s->conn))
		event_warning(s->sink, "%s is not run: the connection is lost", event);
	else if (callback_run(&r->x, moment, err) != APPLY_DONE)
		event_warning(s->sink, "%s failed as well: %s", event,
		    err->code == ERR_NONE ? "another run is at work" : err->message);
}

static void
note_calls(struct run *r, const struct step *step)
{
	static const enum callback_moment around[] = { CALLBACK_BEFORE_EACH,
		CALLBACK_BEFORE_STATEMENT, CALLBACK_AFTER_STATEMENT, CALLBACK_AFTER_EACH };

	if (step->kind != STEP_SCRIPT || !step->script->transaction)
		return;
	for (size_t i = 0; i < sizeof(around) / sizeof(around[0]); i++) {
		const struct callback_list *files = &r->session->plan.callbacks.at[around[i]];

		for (size_t k = 0; k < files->count; k++)
			callback_note(&r->x, files->list[k], -1);
	}
}

/* --- one step --- */

static void
tell(struct run *r, enum event_kind kind, const struct step *step, int64_t ms)
{
	event_emit(r->session->sink,
	    &(struct event){ .kind = kind,
		.step = step,
		.step_number = r->x.step_number,
		.step_total = r->x.step_total,
		.statement_total = step->kind == STEP_SCRIPT ? step->script->statement_total : 0,
		.elapsed_ms = ms });
}

static void
note_applied(struct run *r, const struct step *step, int64_t ms)
{
	struct run_result *result = r->result;
	const char *version = step->records[0].version;

	result->steps =
	    arena_extend(r->session->arena, result->steps, result->applied, sizeof(*result->steps));
	result->step_ms = arena_extend(
	    r->session->arena, result->step_ms, result->applied, sizeof(*result->step_ms));
	result->steps[result->applied] = step;
	result->step_ms[result->applied++] = ms;
	note_calls(r, step);
	if (step->undoes != NULL)
		result->version = step->leaves;
	else if (version != NULL &&
	    (result->version == NULL || version_compare(version, result->version) > 0))
		result->version = version;
	tell(r, EVENT_STEP_END, step, ms);
}

/* What came before a step: the connection was lost, mostly. */
static bool
fail_outside(const struct run *r, struct error *err)
{
	if (err->state == NULL && err->code != ERR_REFUSED)
		err->state = r->result->applied == 0
		    ? "nothing was run"
		    : "what was applied before is kept, nothing else was begun";
	return false;
}

static enum apply_end
write_records(struct run *r, const struct step *step, struct error *err)
{
	struct arena *a = arena_new(r->session->arena);
	bool ok = apply_own(&r->x, err) &&
	    record_write(a, &r->x.writer, step->records, step->record_count, err);

	arena_close(a);
	if (ok)
		return APPLY_DONE;
	if (record_is_fence(err))
		return APPLY_FENCED;
	(void)watch_history(r->session, err);
	if (err->state == NULL)
		err->state = "rolled back, the history is as it was";
	return APPLY_FAILED;
}

static bool
say_own_doing(const struct script *script, struct error *err)
{
	bool taken = strcmp(err->sqlstate, "23505") == 0;

	error_set(err, taken ? ERR_SQL : ERR_LOCK, "%s %s", script->script,
	    taken ? "writes rows into the schema history itself"
		  : "gives the run lock away, and each time another session takes it");
	err->state = arena_printf(err->arena,
	    script->transaction ? "rolled back, nothing of %s was kept"
				: "the statements of %s that are done are kept",
	    script->script);
	(void)error_next(err, "%s",
	    taken ? "Take these statements out of it: the history is written for it."
		  : "Take pg_advisory_unlock_all() and the like out of what it calls, or run it "
		    "alone.");
	return true;
}

/*
 * Another run has taken the rank, or the run lock: the plan is made again, with a new rank.  The
 * same once more with nothing new in the history is the doing of the file.  err: what was refused.
 */
static bool
is_own_doing(struct run *r, const struct step *step, struct error *err)
{
	int rank = step->records[0].rank;

	if (step->kind != STEP_SCRIPT)
		return false;
	if (r->fenced != step->script || r->fenced_rank != rank) {
		r->fenced = step->script;
		r->fenced_rank = rank;
		return false;
	}
	return say_own_doing(step->script, err);
}

/*
 * No transaction's fence guards these statements, so the run lock must still be ours: a file before
 * this one may have given it away in a function.
 */
static enum apply_end
walk_step(struct run *r, const struct step *step, int64_t *ms, struct error *err)
{
	struct arena *a = arena_new(r->session->arena);
	bool held;
	bool ok = lock_is_ours(a, r->session->conn, r->lock_key, &held, err);

	arena_close(a);
	if (!ok)
		return APPLY_FAILED;
	if (!held)
		return APPLY_FENCED;
	if (!callback_connect(&r->x, err) ||
	    callback_run_beside(&r->x, CALLBACK_BEFORE_EACH, err) != APPLY_DONE)
		return APPLY_FAILED;
	return step->script->directives.batch.given ? apply_batch(&r->x, step, ms, err)
						    : apply_stepwise(&r->x, step, ms, err);
}

/* Behind a file without a transaction, which is applied already. */
static enum apply_end
leave_step(struct run *r, const struct step *step, struct error *err)
{
	if (step->kind != STEP_SCRIPT || step->script->transaction ||
	    callback_run_beside(&r->x, CALLBACK_AFTER_EACH, err) == APPLY_DONE)
		return APPLY_DONE;
	say_of_callback(r, err);
	return APPLY_FAILED;
}

static void
fail_step(struct run *r, const struct step *step, size_t count, int64_t ms, const struct error *err)
{
	r->result->failed = step;
	r->failed_count = count;
	tell(r, EVENT_STEP_FAILED, step, ms);
	if (step->kind != STEP_SCRIPT)
		return;
	if (err->statement != NULL)
		call_behind(r, CALLBACK_STATEMENT_ERROR);
	call_behind(r, CALLBACK_EACH_ERROR);
}

/* The count steps from i on: one, or with group all scripts in one transaction. */
static enum apply_end
run_steps(struct run *r, size_t i, size_t count, struct error *err)
{
	const struct step *step = &r->session->plan.steps[i];
	enum apply_end end;
	int64_t ms = 0;

	r->x.step_number = i + 1;
	r->session->step = step;
	for (size_t k = 0; k < count; k++)
		tell(r, EVENT_STEP_BEGIN, &step[k], 0);
	if (step->kind == STEP_RECORD)
		end = write_records(r, step, err);
	else if (step->script->transaction)
		end = apply_transaction(&r->x, step, count, &ms, err);
	else
		end = walk_step(r, step, &ms, err);
	r->session->step = NULL;
	if (end == APPLY_FENCED && is_own_doing(r, step, err))
		end = APPLY_FAILED;
	for (size_t k = 0; k < count && end == APPLY_DONE; k++)
		note_applied(r, &step[k], ms);
	if (end == APPLY_FAILED)
		fail_step(r, step, count, ms, err);
	return end == APPLY_DONE ? leave_step(r, step, err) : end;
}

static size_t
group_size(const struct run *r, size_t i)
{
	const struct plan *plan = &r->session->plan;
	size_t count = 0;

	if (!r->session->config->group || plan->steps[i].kind != STEP_SCRIPT)
		return 1;
	while (i + count < plan->step_count && plan->steps[i + count].kind == STEP_SCRIPT)
		count++;
	return count;
}

static bool
is_repeatable(const struct step *step)
{
	return step->kind == STEP_SCRIPT && step->script->version == NULL;
}

/* In a group all but the first of its files turn inside its transaction. */
static enum apply_end
turn_repeatable(struct run *r, const struct step *step, struct error *err)
{
	enum apply_end end;

	if (!is_repeatable(step))
		return APPLY_DONE;
	end = call(r, CALLBACK_VERSIONED, err);
	return end == APPLY_DONE ? call(r, CALLBACK_REPEATABLES, err) : end;
}

static void
note_turn(struct run *r, const struct step *steps, size_t count)
{
	for (size_t i = 1; i < count; i++)
		if (is_repeatable(&steps[i]))
			r->called[CALLBACK_VERSIONED] = r->called[CALLBACK_REPEATABLES] = true;
}

static enum apply_end
run_all(struct run *r, size_t first, struct error *err)
{
	const struct plan *plan = &r->session->plan;
	enum apply_end end = APPLY_DONE;

	for (size_t i = first, count; i < plan->step_count && end == APPLY_DONE; i += count) {
		if (interrupt_signal() != 0) {
			(void)wait_interrupted(err);
			err->state = "what was applied before is kept, nothing else was begun";
			return APPLY_FAILED;
		}
		count = group_size(r, i);
		end = turn_repeatable(r, &plan->steps[i], err);
		if (end == APPLY_DONE)
			end = run_steps(r, i, count, err);
		if (end == APPLY_DONE)
			note_turn(r, &plan->steps[i], count);
	}
	return end == APPLY_DONE ? call(r, CALLBACK_VERSIONED, err) : end;
}

/* --- a lost connection --- */

/*
 * May the connection be made again?  Also when the server has ended our session (57P01): it says
 * the same when it shuts down, and when somebody means us.
 */
static bool
is_lost(const struct run *r, const struct error *err)
{
	return !conn_alive(r->session->conn) &&
	    (err->code == ERR_CONNECT || err->code == ERR_UNKNOWN) && interrupt_signal() == 0;
}

/* What failed, in words. */
static const char *
failed_name(const struct run *r)
{
	const struct step *step = r->result->failed;

	if (step->kind == STEP_RECORD)
		return "the history";
	return r->failed_count == 1 ? step->script->script : "the group";
}

static bool
ask_what_became(struct run *r, bool in_doubt, bool *done, struct error *err)
{
	struct session *s = r->session;
	const struct step *step = r->result->failed;

	/* The lock proves that the old backend is gone, and so that its transaction has ended. */
	if (!session_reconnect(s, in_doubt, err) || !lock_take(s, r->lock_key, err))
		return false;
	if (step->kind == STEP_RECORD)
		return record_are_written(
		    s->arena, &r->x.writer, step->records, step->record_count, done, err);
	return record_is_done(s->arena, &r->x.writer, step->script, done, err);
}

static void
say_unknown(const struct run *r, const struct error *why, struct error *err)
{
	const char *message = err->message;

	error_copy(err, why);
	if (err->code != ERR_INTERRUPTED)
		err->code = ERR_UNKNOWN;
	err->detail = arena_printf(err->arena, "Before that: %s", message);
	err->state = arena_printf(err->arena,
	    "the connection was lost: whether %s was committed is not known", failed_name(r));
	(void)error_next(err,
	    "Run \"migrate status\" when the server is back: what it lists as applied was "
	    "committed.");
}

/* No COMMIT was on its way, so what the step has kept is known all the same. */
static void
say_not_regained(const struct error *why, struct error *err)
{
	const char *message = err->message, *state = err->state;

	error_copy(err, why);
	err->detail = arena_printf(err->arena, "Before that: %s", message);
	err->state = state;
}

/*
 * The server may still have to begin what a pooler has passed on: when the session is pooled, the
 * lock tells nothing of a COMMIT that was sent.
 */
static void
say_lost_again(const struct run *r, struct error *err)
{
	const struct step *step = r->result->failed;

	err->code = r->session->pooled && r->commit_sent ? ERR_UNKNOWN : ERR_CONNECT;
	if (err->code != ERR_CONNECT)
		return;
	if (step->kind == STEP_RECORD)
		err->state = "rolled back, the history is as it was";
	else if (step->script->transaction)
		err->state =
		    arena_printf(err->arena, "rolled back, nothing of %s was kept", failed_name(r));
	else
		return; /* it has said where it goes on */
	(void)error_next(err, "Run the same command again.");
}

/* What has grown since the last loss shows that it is not the same one again. */
static size_t
kept_count(const struct run *r)
{
	return r->result->applied + r->x.kept;
}

/*
 * The connection broke in the middle of a step.  COMMIT may have been on its way: the database
 * tells, under the run lock.  Then the plan is made again; what was not committed gets one more
 * chance, and a file without a transaction is gone on with.
 */
static enum apply_end
recover(struct run *r, struct error *err)
{
	const struct step *step = r->result->failed;
	struct error *why = error_new(r->session->arena);
	bool again = r->regained && r->regained_at == kept_count(r);
	bool in_doubt = err->code == ERR_UNKNOWN, done;

	r->commit_sent = in_doubt || (r->commit_sent && again);
	if (again && !r->commit_sent) { /* it had its chance, and what it left is known */
		if (err->next == NULL)
			(void)error_next(err,
			    "Run the same command again; if it is lost each time, the server's log "
			    "tells why.");
		return APPLY_FAILED;
	}
	event_warning(r->session->sink, "%s: %s; connecting again", failed_name(r), err->message);
	if (!ask_what_became(r, in_doubt, &done, why)) {
		if (in_doubt)
			say_unknown(r, why, err);
		else
			say_not_regained(why, err);
		return APPLY_FAILED;
	}
	r->x.dirty = false;
	if (!done && again) {
		say_lost_again(r, err);
		return APPLY_FAILED;
	}
	r->result->failed = NULL;
	for (size_t k = 0; done && k < r->failed_count; k++)
		note_applied(r, &step[k], 0);
	r->regained = true;
	r->regained_at = kept_count(r);
	/* A repair that is made has nothing left to plan, and would be refused by name. */
	return done && step->kind == STEP_RECORD && r->goal->kind != GOAL_UP ? APPLY_DONE
									     : APPLY_FENCED;
}

/* --- under the run lock --- */

static bool
refuse(const struct session *s, struct error *err)
{
	struct problems problems = { .arena = s->arena };

	plan_refusals(&s->plan, s->config, &problems);
	if (problems.count == 0)
		return true;
	error_set(err, ERR_REFUSED, "%zu problem%s, nothing was run", problems.count,
	    problems.count == 1 ? "" : "s");
	return false;
}

static void
warn_of_group(const struct session *s)
{
	if (s->config->group && s->plan.step_count > 1)
		event_warning(s->sink,
		    "group: all files run in one transaction, which keeps every lock to its end");
}

/* Only a file's own directive may go as far: the setting is refused. */
static void
warn_of_stalls(const struct session *s)
{
	for (size_t i = 0; i < s->plan.step_count; i++) {
		const struct step *step = &s->plan.steps[i];
		const struct directives *d;

		if (step->kind != STEP_SCRIPT)
			continue;
		d = &step->script->directives;
		if (d->given && s->deadlock_timeout_ms > 0 &&
		    d->max_stall_ms >= s->deadlock_timeout_ms)
			event_warning(s->sink,
			    "%s: its max_stall is not below the server's deadlock_timeout: "
			    "transactions of the application may be killed by it (40P01)",
			    step->script->script);
	}
}

static bool
prepare(struct run *r, struct error *err)
{
	struct session *s = r->session;

	record_writer_init(&r->x.writer, s->arena, s);
	if (!session_prologue(s, err))
		return false;
	/* Names are found by the search_path that the files will have. */
	if (!callback_connect(&r->x, err)) {
		say_of_callback(r, err);
		return false;
	}
	return facts_read(s->arena, s, &r->x.facts, err);
}

/* A callback may have made the schema, which was to be made. */
static bool
make_history(struct run *r, struct error *err)
{
	struct session *s = r->session;

	if (!s->plan.needs_history)
		return true;
	return apply_own(&r->x, err) &&
	    (history_create(
		 s->arena, s->conn, s->config, &s->history, r->goal->kind == GOAL_BASELINE, err) ||
		watch_history(s, err)) &&
	    prepare(r, err);
}

/* The row of "baseline_on_up" has callbacks of its own. */
static enum apply_end
run_baseline(struct run *r, struct error *err)
{
	enum apply_end end = call(r, CALLBACK_BEFORE_BASELINE, err);

	if (end == APPLY_DONE)
		end = run_steps(r, 0, 1, err);
	return end == APPLY_DONE ? call(r, CALLBACK_AFTER_BASELINE, err) : end;
}

/* What comes before the files; *first: the step with which they begin. */
static enum apply_end
begin_steps(struct run *r, size_t *first, struct error *err)
{
	const struct plan *plan = &r->session->plan;
	enum apply_end end;

	*first = 0;
	if (!prepare(r, err))
		return APPLY_FAILED;
	r->x.step_total = plan->step_count;
	end = call(r, CALLBACK_VALIDATE, err);
	if (end == APPLY_DONE)
		end = call(r, CALLBACK_SCHEMA, err);
	if (end == APPLY_DONE && !make_history(r, err))
		return APPLY_FAILED;
	if (end == APPLY_DONE && r->goal->kind == GOAL_UP && plan->step_count > 0 &&
	    plan->steps[0].kind == STEP_RECORD) {
		end = run_baseline(r, err);
		*first = 1;
	}
	return end == APPLY_DONE ? call(r, CALLBACK_BEFORE, err) : end;
}

/* Repair takes a row away, or the name of none is given. */
static bool
is_repaired(const struct run *r, const struct history_row *row)
{
	const struct plan *plan = &r->session->plan;

	for (size_t i = 0; i < plan->step_count; i++) {
		for (size_t k = 0; k < plan->steps[i].record_count; k++) {
			const struct record *record = &plan->steps[i].records[k];

			if (record->kind == RECORD_DELETE && record->rank == row->rank)
				return true;
		}
	}
	return r->goal->mark_applied == NULL && r->goal->mark_pending == NULL;
}

static bool
has_leftovers(const struct session *s, const struct goal *goal)
{
	if (goal->kind != GOAL_REPAIR || s->pooled)
		return false;
	for (size_t i = 0; i < s->history.count; i++)
		if (s->history.rows[i].unfinished != NULL)
			return true;
	return false;
}

/* What the interrupted statement of a file left, before the file is forgotten. */
static bool
remove_leftovers(struct run *r, struct error *err)
{
	struct session *s = r->session;

	if (!has_leftovers(s, r->goal))
		return true;
	for (size_t i = 0; i < s->history.count; i++) {
		const struct history_row *row = &s->history.rows[i];

		if (row->unfinished != NULL && is_repaired(r, row) &&
		    !leftover_remove(s->arena, s, row->unfinished, &r->result->dropped, err))
			return false;
	}
	return true;
}

/* --- hooks --- */

static bool
run_hook(struct run *r, enum hook_kind kind, const struct script *script, struct error *err)
{
	struct session *s = r->session;
	const struct hook hook = { .kind = kind,
		.config = s->config,
		.sink = s->sink,
		.session = s,
		.version = s->plan.schema_version,
		.target = s->plan.target_version,
		.script = script };
	struct arena *a = arena_new(s->arena);
	bool ok = hook_run(a, &hook, err);

	arena_close(a);
	if (ok)
		return true;
	err->state = "nothing was run";
	if (err->code != ERR_INTERRUPTED)
		(void)error_next(err, "See what it says, then run \"migrate up\" again.");
	return false;
}

static bool
run_backup(struct run *r, struct error *err)
{
	const struct script *script;

	if (hook_command(r->session->config, HOOK_BEFORE_IRREVERSIBLE) == NULL)
		return true;
	if (!irreversible_find(r->session, &script, err))
		return false;
	return script == NULL || run_hook(r, HOOK_BEFORE_IRREVERSIBLE, script, err);
}

/*
 * Under the run lock, so that no two runs make a backup at once, and outside of any transaction.
 * They may take long, so the plan is made again behind them.
 */
static enum apply_end
run_hooks(struct run *r, struct error *err)
{
	struct session *s = r->session;
	const struct config *config = s->config;

	if (r->hooked || r->goal->kind != GOAL_UP || s->plan.step_count == 0 ||
	    (hook_command(config, HOOK_BEFORE_UP) == NULL &&
		hook_command(config, HOOK_BEFORE_IRREVERSIBLE) == NULL))
		return APPLY_DONE;
	if (!run_hook(r, HOOK_BEFORE_UP, NULL, err) || !run_backup(r, err))
		return APPLY_FAILED;
	r->hooked = true;
	if (session_plan(s, r->goal, err))
		return refuse(s, err) ? APPLY_DONE : APPLY_FAILED;
	return is_lost(r, err) ? APPLY_FENCED : APPLY_FAILED;
}

static enum apply_end
run_locked(struct run *r, struct error *err)
{
	struct session *s = r->session;
	enum apply_end end;
	size_t first;

	/* Another run may have finished meanwhile: what is pending is known only now. */
	if (!apply_own(&r->x, err) || !session_plan(s, r->goal, err))
		return APPLY_FAILED;
	/* Flyway has made its table at this moment: the run lock of that one is needed. */
	if (s->history.lock_key != r->lock_key)
		return APPLY_FENCED;
	if (!refuse(s, err))
		return APPLY_FAILED;
	r->result->version = s->plan.schema_version;
	if (!remove_leftovers(r, err))
		return APPLY_FAILED;
	end = run_hooks(r, err);
	if (end != APPLY_DONE)
		return end;
	if (!callback_runs(&s->plan) && !r->called[CALLBACK_BEFORE])
		return APPLY_DONE;
	warn_of_group(s);
	warn_of_stalls(s);
	end = begin_steps(r, &first, err);
	return end == APPLY_DONE ? run_all(r, first, err) : end;
}

static bool
has_applied_file(const struct run *r)
{
	for (size_t i = 0; i < r->result->applied; i++)
		if (r->result->steps[i]->kind == STEP_SCRIPT)
			return true;
	return false;
}

/* Behind the files: how it ended has callbacks too. */
static enum apply_end
end_steps(struct run *r, enum apply_end end, struct error *err)
{
	if (end == APPLY_FAILED && r->called[CALLBACK_BEFORE])
		call_behind(r, CALLBACK_ERROR);
	if (end == APPLY_DONE && has_applied_file(r))
		end = call(r, CALLBACK_APPLIED, err);
	return end == APPLY_DONE ? call(r, CALLBACK_AFTER, err) : end;
}

/* A server that went away while nothing was begun is waited for, once. */
static bool
take_lock(struct run *r, struct error *err)
{
	struct session *s = r->session;

	for (;;) {
		if (lock_take(s, r->lock_key, err))
			return true;
		if (r->reconnected || !is_lost(r, err))
			return false;
		event_warning(s->sink, "%s; connecting again", err->message);
		r->reconnected = true;
		if (!session_reconnect(s, false, err))
			return false;
	}
}

/* The first error is the one to tell; a lock that is not given back ends with the connection. */
static void
release(struct run *r)
{
	struct session *s = r->session;
	struct error *err = error_new(s->arena);
	bool held = true;

	if (s->pooled || !conn_alive(s->conn))
		return;
	conn_patience(s->conn, RELEASE_MS);
	lock_report_others(s->arena, s->conn, r->lock_key, s->sink);
	if (lock_release(s->arena, s->conn, r->lock_key, &held, err) && !held)
		event_warning(s->sink,
		    "the run lock had been released from inside a file: another run may have "
		    "worked at the same time");
	conn_patience(s->conn, 0);
}

static const char *
last_words(const struct session *s)
{
	static const char words[] = "left at once; the server may still finish what it was doing";
	struct arena *a = s->arena;
	const char *pid = s->pooled ? NULL : arena_printf(a, "%d", s->backend_pid);

	/* Made now: in the end there is no time to make anything. */
	if (s->config->events)
		return arena_printf(a,
		    "{\"event\": \"left\", \"time\": null, \"message\": \"%s\", \"backendPid\": "
		    "%s}\n",
		    words, pid == NULL ? "null" : pid);
	return arena_printf(a, "\nmigrate: %s%s%s%s\n", words, pid == NULL ? "" : " (backend pid ",
	    pid == NULL ? "" : pid, pid == NULL ? "" : ")");
}

bool
run_is_busy(struct session *s)
{
	return lock_is_held(s->arena, s->conn, s->history.lock_key);
}

bool
run_plan(struct session *s, const struct goal *goal, struct run_result *result, struct error *err)
{
	struct run r = { .session = s,
		.goal = goal,
		.result = result,
		.x = { .session = s, .watch = watch_new(s->arena, s) } };
	int64_t start = time_now_ms();
	enum apply_end end = APPLY_FENCED;

	*result = (struct run_result){ .initial_version = s->plan.schema_version,
		.version = s->plan.schema_version };
	/* What does not fit is decided under the lock: a run that is at work may end it meanwhile. */
	if (!callback_runs(&s->plan) && !has_leftovers(s, goal) && refuse(s, err))
		return true;
	interrupt_last_words(last_words(s));
	while (end == APPLY_FENCED || end == APPLY_BUSY) {
		error_clear(err);
		r.lock_key = s->history.lock_key;
		end = APPLY_FAILED;
		if (!take_lock(&r, err))
			break;
		end = run_locked(&r, err);
		if (end == APPLY_FAILED && is_lost(&r, err) && result->failed != NULL)
			end = recover(&r, err);
		end = end_steps(&r, end, err);
		release(&r);
		if (end == APPLY_BUSY && !wait_pause(time_random(0, BUSY_MS), err))
			end = APPLY_FAILED;
	}
	interrupt_last_words(NULL);
	result->elapsed_ms = time_now_ms() - start;
	result->calls = r.x.calls;
	result->call_count = r.x.call_count;
	return end == APPLY_DONE ? true : fail_outside(&r, err);
}
