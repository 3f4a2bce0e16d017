/* SPDX-License-Identifier: MIT */
#include "core/callback_run.h"

#include <inttypes.h>

#include "base/time.h"
#include "core/callback.h"
#include "core/send.h"
#include "core/verdict.h"
#include "sql/split.h"

static const struct callback_list *
files_at(const struct apply *x, enum callback_moment moment)
{
	return &x->session->plan.callbacks.at[moment];
}

void
callback_note(struct apply *x, const struct script *script, int64_t ms)
{
	x->calls = arena_extend(x->session->arena, x->calls, x->call_count, sizeof(*x->calls));
	x->calls[x->call_count++] = (struct apply_call){ script, ms };
}

/* --- without a transaction --- */

static bool
say_role(struct lane *lane, const char *role)
{
	return role == NULL ||
	    lane_say(lane, LANE_OWN, 0,
		arena_printf(lane->arena, "SET ROLE %s",
		    conn_identifier(lane->arena, lane->session->conn, role)));
}

static bool
say_statements(struct send *send, struct error *err)
{
	const struct statement *kept;
	struct split_item item;
	bool end;

	for (;;) {
		if (!send_next(send, &item, &kept, &end, err))
			return false;
		if (end)
			return true;
		send_alone(send, false);
		if (!send_say(send, &item, kept, err))
			return false;
	}
}

static void
say_state(const struct lane *lane, const struct script *script, struct error *err)
{
	int64_t done = lane->failure.statement > 0 ? lane->failure.statement - 1 : 0;

	err->state = arena_printf(err->arena,
	    "%" PRId64 " of %" PRId64 " statements of %s are done and kept", done,
	    script->statement_total, script->script);
}

/* Nothing is written down of it: the next run begins it anew. */
static bool
run_statements(struct apply *x, struct arena *a, const struct step *step, struct error *err)
{
	const struct script *script = step->script;
	struct lane lane;
	struct send send;
	bool ok;

	lane_init(&lane, a, x->session, x->watch, step, true, error_new(a));
	lane_watch(&lane, 1, 0, apply_max_blocking(x, script));
	ok = lane_open(&lane) && say_role(&lane, script->directives.role) &&
	    send_open(a, &send, &lane, step->script, &x->facts, false, err) &&
	    say_statements(&send, err);
	if (err->code != ERR_NONE && !lane.failure.failed)
		lane_abandon(&lane); /* the file cannot be read on */
	lane_close(&lane);
	if (ok)
		return true;
	if (err->code == ERR_NONE) {
		error_copy(err, lane.err);
		verdict_error(x, &lane, err);
	}
	say_state(&lane, script, err);
	return false;
}

static enum apply_end
run_alone(struct apply *x, const struct step *step, int64_t *ms, struct error *err)
{
	struct arena *a = arena_new(x->session->arena);
	int64_t start = time_now_ms();
	bool ok = (x->keeps_session || apply_clean(x, err));

	x->dirty = true;
	ok = ok && run_statements(x, a, step, err);
	*ms = time_now_ms() - start;
	arena_close(a);
	return ok ? APPLY_DONE : APPLY_FAILED;
}

/* --- the files of a moment --- */

static void
tell(struct apply *x, enum event_kind kind, const struct step *step, int64_t ms)
{
	event_emit(x->session->sink,
	    &(struct event){ .kind = kind,
		.step = step,
		.step_number = x->step_number,
		.step_total = x->step_total,
		.statement_total = step->script->statement_total,
		.elapsed_ms = ms });
}

static enum apply_end
run_one(struct apply *x, const struct step *step, struct error *err)
{
	const struct step *before = x->session->step;
	enum apply_end end = APPLY_FAILED;
	int64_t ms = 0;

	tell(x, EVENT_STEP_BEGIN, step, 0);
	x->session->step = step;
	if (step->script->transaction)
		end = apply_transaction(x, step, 1, &ms, err);
	else if (x->keeps_session || callback_connect(x, err))
		end = run_alone(x, step, &ms, err);
	x->session->step = before;
	if (end == APPLY_DONE)
		callback_note(x, step->script, ms);
	tell(x, end == APPLY_DONE ? EVENT_STEP_END : EVENT_STEP_FAILED, step, ms);
	return end;
}

enum apply_end
callback_run(struct apply *x, enum callback_moment moment, struct error *err)
{
	const struct callback_list *files = files_at(x, moment);
	struct step *steps = callback_steps(x->session->arena, files, NULL);
	enum apply_end end = APPLY_DONE;

	for (size_t i = 0; i < files->count && end == APPLY_DONE; i++)
		end = run_one(x, &steps[i], err);
	return end;
}

static enum apply_end
run_kept(struct apply *x, enum callback_moment moment, struct error *err)
{
	bool kept = x->keeps_session;
	enum apply_end end;

	x->keeps_session = true;
	x->session->prepared = true;
	end = callback_run(x, moment, err);
	x->keeps_session = kept;
	if (end == APPLY_DONE)
		x->dirty = false; /* what they have set is meant for what follows */
	return end;
}

static bool
prepare(struct apply *x, struct error *err)
{
	if (!apply_clean(x, err))
		return false;
	if (x->session->greeted || files_at(x, CALLBACK_CONNECT)->count == 0)
		return true;
	x->session->greeted = true;
	return run_kept(x, CALLBACK_CONNECT, err) == APPLY_DONE;
}

bool
callback_connect(struct apply *x, struct error *err)
{
	if (files_at(x, CALLBACK_CONNECT)->count == 0 || (!x->dirty && x->session->greeted))
		return true;
	return prepare(x, err);
}

enum apply_end
callback_run_beside(struct apply *x, enum callback_moment moment, struct error *err)
{
	if (files_at(x, moment)->count == 0)
		return APPLY_DONE;
	return prepare(x, err) ? run_kept(x, moment, err) : APPLY_FAILED;
}
