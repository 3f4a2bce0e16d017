/* SPDX-License-Identifier: MIT */
#include "core/lock.h"

#include <inttypes.h>

#include "base/time.h"
#include "core/wait.h"
#include "query.h"

enum { POLL_LOW_MS = 50, POLL_HIGH_MS = 250, REPORT_AFTER_MS = 1000, REPORT_EVERY_MS = 30000 };

static bool
ask(struct arena *a, struct conn *c, const char *query, int64_t key, struct rows *rows,
    struct error *err)
{
	const char *parameters[] = { arena_printf(a, "%" PRId64, key) };

	return conn_query(a, c, query, 1, parameters, rows, err);
}

static const char *
holder_text(struct arena *a, struct conn *c, int64_t key)
{
	struct error *ignored = error_new(a); /* a report may be missing, the lock decides */
	struct rows rows;
	const char *user, *application, *address, *state;

	if (!ask(a, c, query_lock_holder, key, &rows, ignored) || rows.count == 0)
		return NULL;
	user = rows_value(&rows, 0, 1);
	application = rows_value(&rows, 0, 2);
	address = rows_value(&rows, 0, 3);
	state = rows_value(&rows, 0, 4);
	return arena_printf(a, "pid %s (user %s, application \"%s\"%s%s, %s, connected since %s)",
	    rows_text(&rows, 0, 0), user == NULL ? "unknown" : user,
	    application == NULL ? "" : application, address == NULL ? "" : ", from ",
	    address == NULL ? "" : address, state == NULL ? "state hidden" : state,
	    rows_value(&rows, 0, 5) == NULL ? "an unknown time" : rows_value(&rows, 0, 5));
}

bool
lock_is_ours(struct arena *a, struct conn *c, int64_t key, bool *ours, struct error *err)
{
	struct rows rows;

	if (!ask(a, c, query_lock_own, key, &rows, err))
		return false;
	*ours = rows_true(&rows, 0, 0);
	return true;
}

bool
lock_is_held(struct arena *a, struct conn *c, int64_t key)
{
	return holder_text(a, c, key) != NULL;
}

static bool
give_up(struct session *s, int64_t key, struct error *err)
{
	const char *holder = holder_text(s->arena, s->conn, key);
	char limit[32];

	error_set(err, ERR_LOCK, "could not get the run lock within %s",
	    time_text(limit, s->config->run_lock_timeout_ms));
	if (holder != NULL)
		err->detail = arena_printf(err->arena, "It is held by %s.", holder);
	err->state = "nothing was run";
	return error_next(err,
	    "Try again when that run has ended. If it is dead, end its session with SELECT "
	    "pg_terminate_backend(pid).");
}

static void
report(struct session *s, struct arena *a, int64_t key, int64_t waited_ms)
{
	const char *holder = holder_text(a, s->conn, key);

	event_emit(s->sink,
	    &(struct event){ .kind = EVENT_LOCK_WAIT,
		.elapsed_ms = waited_ms,
		.text = holder == NULL ? "another session" : holder });
}

static bool
poll_lock(struct session *s, int64_t key, int64_t start, struct error *err)
{
	const char *query = s->pooled ? query_lock_free : query_lock_try;
	int64_t limit = s->config->run_lock_timeout_ms;
	int64_t every =
	    s->sink != NULL && s->sink->pace_ms > 0 ? s->sink->pace_ms : REPORT_EVERY_MS;
	int64_t next_report = start + REPORT_AFTER_MS;

	for (;;) {
		struct arena *turn = arena_new(s->arena);
		struct rows rows;
		bool ok = ask(turn, s->conn, query, key, &rows, err);
		bool taken = ok && rows_true(&rows, 0, 0);
		int64_t now = time_now_ms();

		if (ok && !taken && now >= next_report) {
			next_report = now + every;
			report(s, turn, key, now - start);
		}
		arena_close(turn);
		if (!ok || taken)
			return ok;
		if (limit > 0 && now - start >= limit)
			return give_up(s, key, err);
		if (!wait_pause(time_random(POLL_LOW_MS, POLL_HIGH_MS), err))
			return false;
	}
}

bool
lock_take(struct session *s, int64_t key, struct error *err)
{
	int64_t start = time_now_ms();
	bool taken = poll_lock(s, key, start, err);

	event_emit(s->sink,
	    &(struct event){ .kind = taken ? EVENT_LOCK_TAKEN : EVENT_LOCK_FAILED,
		.elapsed_ms = time_now_ms() - start });
	return taken;
}

bool
lock_release(struct arena *a, struct conn *c, int64_t key, bool *held, struct error *err)
{
	struct rows rows;

	if (!ask(a, c, query_lock_release, key, &rows, err))
		return false;
	*held = rows_true(&rows, 0, 0);
	return true;
}

void
lock_report_others(struct arena *a, struct conn *c, int64_t key, struct sink *sink)
{
	struct error *ignored = error_new(a); /* a report may be missing */
	struct arena_text *list;
	struct rows rows;

	if (!ask(a, c, query_lock_others, key, &rows, ignored) || rows.count == 0)
		return;
	list = arena_text_new(a);
	for (size_t i = 0; i < rows.count; i++)
		fprintf(list->out, "%s(%s)", i > 0 ? ", " : "", rows_text(&rows, i, 0));
	event_warning(sink,
	    "a file took advisory locks and did not give them back: %s; they end with this session",
	    arena_text_end(list));
}
