/* SPDX-License-Identifier: MIT */
#include "core/apply.h"

#include <string.h>

#include "base/time.h"
#include "core/callback.h"
#include "core/callback_run.h"
#include "core/flush.h"
#include "core/lane.h"
#include "core/send.h"
#include "core/tries.h"
#include "core/verdict.h"
#include "core/wait.h"
#include "query.h"
#include "sql/split.h"

/* One attempt at a transaction. */
struct attempt {
	struct apply *x;
	struct arena *arena;
	const struct step *steps;
	size_t count;
	int number;
	int64_t budget_ms, wait_ms, share_ms; /* share: of one strong lock */
	struct lane lane;
	struct step *parts[CALLBACK_MOMENTS]; /* the callbacks around the file at hand */
	struct send_timeouts timeouts; /* as the script before has left them, */
	bool follows; /* if there is one */
	struct error *lane_error, *file_error; /* the server's side and the file's */
};

static bool
own(struct attempt *t, const char *sql)
{
	return lane_say(&t->lane, LANE_OWN, 0, sql);
}

static bool
say_record(struct attempt *t, const struct conn_sql *sql)
{
	return lane_say_with(&t->lane, LANE_RECORD, sql->sql, sql->count, sql->parameters);
}

static bool
is_callback(const struct attempt *t)
{
	return t->steps[0].kind == STEP_CALLBACK;
}

/*
 * When the session is pooled nobody keeps other runs away but the transaction itself.  A callback
 * takes no rank.
 */
static bool
say_fence(struct attempt *t)
{
	struct conn_sql fence[RECORD_FENCES];
	size_t count = is_callback(t) ? 1 : RECORD_FENCES;

	record_sql_fence(
	    t->arena, &t->x->writer, is_callback(t) ? 0 : t->steps[0].records[0].rank, fence);
	for (size_t i = 0; i < count; i++) {
		const struct conn_sql *sql = &fence[i];

		if (!lane_say_with(&t->lane, LANE_FENCE, sql->sql, sql->count, sql->parameters))
			return false;
	}
	return true;
}

/* BEGIN with the modes that the file itself asked for; its run id proves later that it is ours. */
static bool
begin(struct attempt *t)
{
	const char *modes = t->count > 1 ? NULL : t->steps[0].script->begin_modes;

	return lane_begin(&t->lane, 0, modes) && own(t, t->x->writer.run_setting) &&
	    (!t->x->session->pooled || say_fence(t));
}

static bool
say_rows(struct attempt *t, const struct step *step)
{
	struct conn_sql sql;
	struct journal_entry entry = { .script = step->script,
		.type = step->records[0].type,
		.state = "done",
		.attempt = t->number,
		.lock_wait_ms = t->wait_ms,
		.elapsed_ms = -1 };

	for (size_t i = 0; i < step->record_count; i++) {
		record_sql(t->arena, &t->x->writer, &step->records[i], true, &sql);
		if (!say_record(t, &sql))
			return false;
	}
	record_sql_journal(t->arena, &t->x->writer, &entry, &sql);
	return say_record(t, &sql);
}

/* With group: what the file before has set must not reach this one. */
static bool
reset_settings(struct attempt *t)
{
	const char *parameters[SESSION_PROLOGUE_PARAMETERS];

	session_prologue_parameters(t->arena, t->x->session, parameters);
	return own(t, "RESET ALL") &&
	    lane_say_with(&t->lane, LANE_OWN, query_session_prologue, SESSION_PROLOGUE_PARAMETERS,
		parameters) &&
	    own(t, t->x->writer.run_setting);
}

/* NULL: the one that the settings name. */
static bool
say_role(struct attempt *t, const char *role)
{
	const struct session *s = t->x->session;

	if (role == NULL)
		role = s->config->role;
	return own(t,
	    arena_printf(t->arena, "SET LOCAL ROLE %s",
		role == NULL ? "NONE" : conn_identifier(t->arena, s->conn, role)));
}

/* Our own INSERT must not wait for ever, whatever the file has set. */
static bool
limit_own_wait(struct attempt *t)
{
	int64_t limit = session_lock_timeout_ms(t->x->session->config);
	int64_t now = t->timeouts.lock.current_ms;
	char text[32];

	if (now > 0 && now <= limit)
		return true;
	return own(
	    t, arena_printf(t->arena, "SET LOCAL lock_timeout = '%s'", time_text(text, limit)));
}

/* --- a file, and the callbacks around it --- */

static const struct callback_list *
files_at(const struct attempt *t, enum callback_moment moment)
{
	return &t->x->session->plan.callbacks.at[moment];
}

/* The moments inside the transaction of a step; those of its statements come once for each. */
static const struct inside {
	enum callback_moment moment;
	bool each_statement;
} insides[] = {
	{ CALLBACK_BEFORE_EACH, false },
	{ CALLBACK_BEFORE_STATEMENT, true },
	{ CALLBACK_AFTER_STATEMENT, true },
	{ CALLBACK_AFTER_EACH, false },
	{ CALLBACK_VERSIONED, false }, /* with group, as the next one */
	{ CALLBACK_REPEATABLES, false },
};
enum { INSIDES = sizeof(insides) / sizeof(insides[0]) };

/* In a group: the first repeatable file behind versioned ones. */
static bool
turns_repeatable(const struct step *step, bool first)
{
	return !first && step->script->version == NULL && step[-1].script->version != NULL;
}

static bool
is_around(const struct attempt *t, const struct step *step, enum callback_moment moment)
{
	if (step->kind != STEP_SCRIPT)
		return false;
	if (moment == CALLBACK_VERSIONED || moment == CALLBACK_REPEATABLES)
		return turns_repeatable(step, step == t->steps);
	return true;
}

/* The strong locks of all files and callbacks in the transaction: they share one budget. */
static int64_t
strong_locks(const struct attempt *t, const struct step *step)
{
	const struct facts *facts = &t->x->facts;
	int64_t sum = send_strong_locks(facts, step->script);

	for (size_t i = 0; i < INSIDES; i++) {
		const struct callback_list *files = files_at(t, insides[i].moment);

		for (size_t k = 0; k < files->count && is_around(t, step, insides[i].moment); k++)
			sum += send_strong_locks(facts, files->list[k]) *
			    (insides[i].each_statement ? step->script->statement_total : 1);
	}
	return sum;
}

static void
share_budget(struct attempt *t)
{
	int64_t sum = 0;

	for (size_t i = 0; i < t->count; i++)
		sum += strong_locks(t, &t->steps[i]);
	t->share_ms = sum > 0 ? tries_share(t->budget_ms, sum) : 0;
}

static bool
open_script(struct attempt *t, struct arena *a, const struct step *step, struct send *send)
{
	const char *role = step->script->directives.role;

	t->lane.step = step;
	if ((role != NULL && !say_role(t, role)) ||
	    !send_open(a, send, &t->lane, step->script, &t->x->facts, true, t->file_error))
		return false;
	if (t->follows)
		send_follow(send, &t->timeouts);
	send->run_setting = t->x->writer.run_setting;
	send->share_ms = t->share_ms;
	return true;
}

static void
leave_script(struct attempt *t, const struct send *send)
{
	t->timeouts = (struct send_timeouts){ send->lock, send->statement };
	t->follows = true;
}

static bool
say_callback(struct attempt *t, const struct step *part, const char *outer_role)
{
	struct arena *a = arena_new(t->arena);
	struct send send;
	bool ok = open_script(t, a, part, &send) && send_all(&send, t->file_error);

	if (ok) {
		leave_script(t, &send);
		ok = part->script->directives.role == NULL || say_role(t, outer_role);
	}
	arena_close(a);
	return ok;
}

static bool
say_callbacks(struct attempt *t, enum callback_moment moment, const char *outer_role)
{
	const struct callback_list *files = files_at(t, moment);

	for (size_t i = 0; i < files->count; i++)
		if (!say_callback(t, &t->parts[moment][i], outer_role))
			return false;
	return true;
}

/* Those of a statement, in the midst of the file. */
static bool
say_beside(struct attempt *t, struct send *send, enum callback_moment moment)
{
	const struct step *step = t->lane.step;

	if (files_at(t, moment)->count == 0 || step->kind != STEP_SCRIPT)
		return true;
	leave_script(t, send);
	if (!say_callbacks(t, moment, step->script->directives.role))
		return false;
	send_follow(send, &t->timeouts);
	t->lane.step = step;
	return true;
}

static bool
say_statements(struct attempt *t, struct send *send)
{
	const struct statement *kept;
	struct split_item item;
	bool end;

	for (;;) {
		if (!send_next(send, &item, &kept, &end, t->file_error))
			return false;
		if (end)
			return true;
		if (!say_beside(t, send, CALLBACK_BEFORE_STATEMENT) ||
		    !send_say(send, &item, kept, t->file_error) ||
		    !say_beside(t, send, CALLBACK_AFTER_STATEMENT))
			return false;
	}
}

static bool
say_script(struct attempt *t, const struct step *step)
{
	struct send send;

	if (!open_script(t, t->arena, step, &send) || !say_statements(t, &send))
		return false;
	leave_script(t, &send);
	return step->script->directives.role == NULL || say_role(t, NULL);
}

static void
make_parts(struct attempt *t, const struct step *step)
{
	for (size_t i = 0; i < INSIDES; i++)
		t->parts[insides[i].moment] =
		    callback_steps(t->arena, files_at(t, insides[i].moment), step);
}

static bool
say_file(struct attempt *t, const struct step *step, bool first)
{
	make_parts(t, step);
	if (turns_repeatable(step, first) &&
	    (!say_callbacks(t, CALLBACK_VERSIONED, NULL) ||
		!say_callbacks(t, CALLBACK_REPEATABLES, NULL)))
		return false;
	return say_callbacks(t, CALLBACK_BEFORE_EACH, NULL) && say_script(t, step) &&
	    say_callbacks(t, CALLBACK_AFTER_EACH, NULL);
}

static bool
say_step(struct attempt *t, const struct step *step, bool first)
{
	t->lane.step = step;
	t->follows = false;
	if (!first && !reset_settings(t))
		return false;
	if (step->kind == STEP_CALLBACK)
		return say_script(t, step);
	if (!say_file(t, step, first))
		return false;
	t->lane.step = step;
	if (!lane_leave_file(&t->lane) || !limit_own_wait(t) || !say_rows(t, step))
		return false;
	/* With group the next file begins as the first one did. */
	return step != &t->steps[t->count - 1] || lane_return_to_file(&t->lane);
}

static bool
say_transaction(struct attempt *t)
{
	size_t windows = t->lane.windows;

	if (!begin(t))
		return false;
	for (size_t i = 0; i < t->count; i++) {
		if (!say_step(t, &t->steps[i], i == 0))
			return false;
	}
	/*
	 * In a file of more than one window a ROLLBACK TO behind a window's Sync would swallow an
	 * error: COMMIT only when everything before it is known to be well.
	 */
	if (t->lane.windows > windows && (!lane_sync(&t->lane) || !lane_drain(&t->lane)))
		return false;
	return lane_say(&t->lane, LANE_COMMIT, 0, "COMMIT") && lane_sync(&t->lane) &&
	    lane_drain(&t->lane);
}

static bool
copies(const struct attempt *t, const struct step *step)
{
	bool found = step->script->copies;

	for (size_t i = 0; i < INSIDES; i++) {
		const struct callback_list *files = files_at(t, insides[i].moment);

		for (size_t k = 0; k < files->count && is_around(t, step, insides[i].moment); k++)
			found |= files->list[k]->copies;
	}
	return found;
}

static bool
uses_plain_lane(const struct attempt *t)
{
	for (size_t i = 0; i < t->count; i++) {
		if (copies(t, &t->steps[i]))
			return true;
	}
	return false;
}

int64_t
apply_max_blocking(const struct apply *x, const struct script *script)
{
	const struct directives *d = &script->directives;

	return d->given && d->max_blocking_ms != NOT_GIVEN ? d->max_blocking_ms
							   : x->session->config->max_blocking_ms;
}

/* With group every lock is kept to the end: the file that allows most decides. */
static int64_t
max_blocking(const struct attempt *t)
{
	int64_t most = 0;

	for (size_t i = 0; i < t->count; i++) {
		int64_t limit = apply_max_blocking(t->x, t->steps[i].script);

		if (limit == 0)
			return 0;
		most = limit > most ? limit : most;
	}
	return most;
}

bool
apply_clean(struct apply *x, struct error *err)
{
	struct arena *a;
	struct lane lane;
	bool ok;

	if (!x->dirty)
		return true;
	a = arena_new(x->session->arena);
	lane_init(&lane, a, x->session, NULL, NULL, true, err);
	ok = lane_reset(&lane);
	lane_close(&lane);
	x->dirty = false;
	arena_close(a);
	return ok;
}

bool
apply_own(struct apply *x, struct error *err)
{
	x->dirty |= x->session->prepared;
	return apply_clean(x, err);
}

static void
run_attempt(struct attempt *t)
{
	struct apply *x = t->x;

	lane_init(
	    &t->lane, t->arena, x->session, x->watch, t->steps, uses_plain_lane(t), t->lane_error);
	share_budget(t);
	lane_watch(&t->lane, t->number, t->budget_ms, max_blocking(t));
	if (lane_open(&t->lane) && (!x->dirty || lane_reset(&t->lane))) {
		x->dirty = true;
		(void)say_transaction(t); /* the lane and the errors tell the rest */
	}
	/* A file that cannot be read on, or has changed, leaves its transaction open. */
	if (t->file_error->code != ERR_NONE && !t->lane.failure.failed)
		lane_abandon(&t->lane);
	lane_close(&t->lane);
}

/* --- the verdict --- */

static bool
is_fence(const struct attempt *t)
{
	const struct lane_failure *f = &t->lane.failure;

	return f->what == LANE_RECORD &&
	    ((strcmp(t->lane_error->sqlstate, "23502") == 0 &&
		 strcmp(f->column, "installed_rank") == 0) ||
		strcmp(t->lane_error->sqlstate, "23505") == 0);
}

/* Nothing of the file was said yet. */
static bool
is_busy(const struct attempt *t)
{
	return t->lane.failure.what == LANE_FENCE && strcmp(t->lane_error->sqlstate, "22P02") == 0;
}

static const char *
steps_name(struct attempt *t)
{
	return t->count == 1 ? t->steps[0].script->script : "the group";
}

static void
say_rolled_back(struct attempt *t, struct error *err)
{
	err->state = arena_printf(err->arena, "rolled back, nothing of %s was kept", steps_name(t));
}

static void
say_state(struct attempt *t, struct error *err)
{
	if (err->code == ERR_UNKNOWN)
		err->state = arena_printf(err->arena,
		    "what %s did may be committed in part; it is not in the history",
		    steps_name(t));
	else
		say_rolled_back(t, err);
}

/* No row tells of a callback; but it runs again with the same command. */
static void
say_in_doubt(struct attempt *t, struct error *err)
{
	if (!t->lane.interrupted && !is_callback(t))
		err->code = ERR_UNKNOWN;
	err->state = arena_printf(err->arena,
	    "the connection was lost: whether %s was committed is not known", steps_name(t));
	(void)error_next(err, "%s",
	    is_callback(t)
		? "It runs again when the same command is run again."
		: "Run \"migrate status\": if it is listed as applied, it was committed.");
}

static void
say_failed(struct attempt *t, struct error *err)
{
	if (t->file_error->code != ERR_NONE) {
		error_copy(err, t->file_error);
	} else {
		error_copy(err, t->lane_error);
		verdict_error(t->x, &t->lane, err);
	}
	if (t->lane.lost && t->lane.commit_sent && record_is_untold(t->lane_error)) {
		say_in_doubt(t, err);
	} else {
		say_state(t, err);
	}
}

/* --- the tries --- */

static bool
flush_script(struct attempt *t, const struct script *script, struct error *err)
{
	return send_strong_locks(&t->x->facts, script) == 0 || flush_tables(t->x, script, err);
}

static bool
flush_step(struct attempt *t, const struct step *step, struct error *err)
{
	for (size_t i = 0; i < INSIDES; i++) {
		const struct callback_list *files = files_at(t, insides[i].moment);

		for (size_t k = 0; k < files->count && is_around(t, step, insides[i].moment); k++)
			if (!flush_script(t, files->list[k], err))
				return false;
	}
	return flush_script(t, step->script, err);
}

static bool
flush_all(struct attempt *t, struct error *err)
{
	for (size_t i = 0; i < t->count; i++) {
		if (!flush_step(t, &t->steps[i], err))
			return false;
	}
	return true;
}

/* Nothing of what a failed attempt has set is left behind its rollback. */
static bool
prepare_session(struct apply *x, struct error *err)
{
	if (!x->keeps_session)
		return callback_connect(x, err);
	x->dirty = false;
	return true;
}

static struct tries
tries_of(const struct apply *x, const struct step *steps, size_t count)
{
	struct tries tries = { .lock_retry_ms = x->session->config->lock_retry_ms,
		.max_stall_ms = x->session->config->max_stall_ms };

	for (size_t i = 0; i < count; i++) {
		const struct directives *d = &steps[i].script->directives;

		if (d->given && d->max_stall_ms != NOT_GIVEN &&
		    (count == 1 || d->max_stall_ms > tries.max_stall_ms))
			tries.max_stall_ms = d->max_stall_ms;
	}
	return tries;
}

/* Makes the next attempt; *again with the pause that goes before another one. */
static enum apply_end
attempt_once(
    struct attempt *t, struct tries *tries, int64_t start_ms, int64_t *pause_ms, struct error *err)
{
	int64_t elapsed = time_now_ms() - start_ms;
	enum try_again class;

	*pause_ms = -1;
	t->budget_ms = tries_budget(tries, elapsed);
	t->wait_ms = elapsed;
	if (!prepare_session(t->x, err))
		return APPLY_FAILED;
	if (!flush_all(t, err)) {
		say_rolled_back(t, err);
		return APPLY_FAILED;
	}
	run_attempt(t);
	if (t->lane.committed)
		return APPLY_DONE;
	if (t->lane.failure.failed && is_fence(t)) {
		error_copy(err, t->lane_error);
		return APPLY_FENCED;
	}
	if (t->lane.failure.failed && is_busy(t))
		return APPLY_BUSY;
	say_failed(t, err);
	class = t->file_error->code == ERR_NONE && !t->lane.lost
	    ? tries_class(t->lane_error->sqlstate)
	    : TRY_NO;
	if (class == TRY_SERIALIZATION)
		tries->serialization++;
	*pause_ms = tries_pause(t->budget_ms);
	if (!tries_left(tries, class, time_now_ms() - start_ms, *pause_ms, lane_work_ms(&t->lane)))
		*pause_ms = -1;
	return APPLY_FAILED;
}

static enum apply_end
try_transaction(struct apply *x, struct arena *a, struct attempt *t, struct tries *tries,
    int64_t *pause_ms, int64_t start_ms, struct error *err)
{
	enum apply_end end;

	t->arena = a;
	t->lane_error = error_new(a);
	t->file_error = error_new(a);
	t->number = tries->attempt;
	error_clear(err); /* what the last attempt failed of */
	end = attempt_once(t, tries, start_ms, pause_ms, err);
	if (end == APPLY_FAILED && t->lane.session != NULL)
		verdict_journal(x, &t->lane, t->number, err);
	if (end == APPLY_FAILED && *pause_ms >= 0)
		verdict_try(x, &t->lane, t->number, *pause_ms);
	return end;
}

enum apply_end
apply_transaction(
    struct apply *x, const struct step *steps, size_t count, int64_t *ms, struct error *err)
{
	struct tries tries = tries_of(x, steps, count);
	int64_t start = time_now_ms();

	for (tries.attempt = 1;; tries.attempt++) {
		struct arena *a = arena_new(x->session->arena);
		struct attempt t = { .x = x, .steps = steps, .count = count };
		int64_t pause = -1;
		enum apply_end end = try_transaction(x, a, &t, &tries, &pause, start, err);

		*ms = t.lane.started_us == 0 ? 0 : (time_now_us() - t.lane.started_us) / 1000;
		arena_close(a);
		if (end != APPLY_FAILED || pause < 0)
			return end;
		if (!verdict_pause(x, &steps[0], tries.attempt + 1, pause, err)) {
			say_rolled_back(&t, err);
			return APPLY_FAILED;
		}
	}
}
