/* SPDX-License-Identifier: MIT */
#include <inttypes.h>

#include "base/time.h"
#include "core/batch.h"
#include "core/batch_size.h"
#include "core/wait.h"
#include "query.h"

/*
 * What a file in batches waits for, outside of any transaction: standbys that are behind, sessions
 * that wait for locks, and transactions that are older than its begin.
 */

enum { LOOK_MS = 250, OLD_LOOK_MS = 500 };

/* --- standbys --- */

static bool
wants_standbys(const struct step *step)
{
	return step->kind == STEP_SCRIPT && step->script->directives.batch.given &&
	    step->script->directives.batch.max_lag_ms != NOT_GIVEN;
}

static void
refuse(struct session *s, const struct script *script)
{
	struct error *err = problem_add(&s->plan.setup_problems);

	error_set_at(err, ERR_REFUSED, script->directives.batch.place,
	    "max_lag needs the right to see how far the standbys are");
	(void)error_next(err, "GRANT pg_monitor TO %s, or leave max_lag out.",
	    conn_identifier(s->arena, s->conn, s->environment.user));
}

bool
batch_wait_check(struct session *s, struct error *err)
{
	const struct plan *plan = &s->plan;
	bool asked = false;
	struct rows rows;

	for (size_t i = 0; i < plan->step_count; i++) {
		if (!wants_standbys(&plan->steps[i]))
			continue;
		if (!asked &&
		    !conn_query(s->arena, s->conn, query_batch_may_see_lag, 0, NULL, &rows, err))
			return false;
		asked = true;
		if (!rows_true(&rows, 0, 0))
			refuse(s, plan->steps[i].script);
	}
	return true;
}

static void
note_no_standby(struct batch *b)
{
	if (!b->told_no_standby)
		event_note(b->trail.x->session->sink,
		    "%s: no standby is connected that max_lag could wait for",
		    b->trail.step->script->script);
	b->told_no_standby = true;
}

/* The standby that is behind most, if it is too far behind. */
static const char *
furthest_behind(struct arena *a, struct batch *b, const struct rows *rows)
{
	const char *name = NULL;
	char text[32];
	int64_t now = time_now_ms(), most = b->directive->max_lag_ms;

	batch_lag_sample(&b->lag, now, rows_integer(rows, 0, 0));
	for (size_t i = 0; i < rows->count; i++) {
		int64_t reported = rows_value(rows, i, 3) == NULL ? -1 : rows_integer(rows, i, 3);
		int64_t lag;

		if (rows_value(rows, i, 2) == NULL)
			continue;
		lag = batch_lag_ms(&b->lag, now, rows_integer(rows, i, 2), reported);
		if (lag > most) {
			most = lag;
			name = rows_text(rows, i, 1);
		}
	}
	return name == NULL ? NULL
			    : arena_printf(a, "the standby %s, %s behind", name,
				  time_text(text, most < 1000 ? most : most / 1000 * 1000));
}

static bool
look_at_standbys(struct arena *a, struct batch *b, const char **reason, struct error *err)
{
	struct rows rows;

	if (b->directive->max_lag_ms == NOT_GIVEN)
		return true;
	if (!conn_query(a, b->trail.x->session->conn, query_batch_lag, 0, NULL, &rows, err))
		return false;
	if (rows_value(&rows, 0, 2) == NULL)
		note_no_standby(b);
	*reason = furthest_behind(a, b, &rows);
	return true;
}

/* --- sessions that wait --- */

static bool
look_at_waiters(struct arena *a, struct batch *b, const char **reason, struct error *err)
{
	const struct session *s = b->trail.x->session;
	const char *parameters[] = { record_integer(a, s->backend_pid),
		record_integer(a, b->key.oid) };
	struct rows rows;
	int64_t count;

	if (b->directive->max_waiters == NOT_GIVEN)
		return true;
	if (!conn_query(a, s->conn, query_watch_waiters, 2, parameters, &rows, err))
		return false;
	count = rows_integer(&rows, 0, 0);
	if (count > b->directive->max_waiters)
		*reason = arena_printf(a, "%" PRId64 " session%s that wait%s for locks on %s",
		    count, count == 1 ? "" : "s", count == 1 ? "s" : "", b->key.name);
	return true;
}

bool
batch_wait_turn(struct batch *b, struct error *err)
{
	bool crowded = false;

	for (;;) {
		struct arena *a = arena_new(b->trail.arena);
		const char *standby = NULL, *waiters = NULL;

		if (!look_at_standbys(a, b, &standby, err) || !look_at_waiters(a, b, &waiters, err))
			return false;
		if (waiters != NULL && !crowded)
			b->size = batch_size_smaller(b->directive, b->size);
		crowded = crowded || waiters != NULL;
		if (standby != NULL || waiters != NULL)
			batch_tell(b, standby != NULL ? standby : waiters, false);
		arena_close(a);
		if (standby == NULL && waiters == NULL)
			return true;
		if (!wait_pause(LOOK_MS, err))
			return false;
	}
}

/* --- old transactions --- */

/* One that ran when the file began may have been prepared since, and is called otherwise now. */
static bool
find_old(struct batch *b, const char **list, struct error *err)
{
	struct trail *t = &b->trail;
	const struct batch_point *point = &b->point;
	const char **ids;
	struct rows rows;

	if (!conn_query(t->arena, t->x->session->conn, query_batch_prepared, 0, NULL, &rows, err))
		return false;
	ids = arena_alloc(t->arena, (point->started_count + rows.count + 1) * sizeof(*ids));
	for (size_t i = 0; i < point->started_count; i++)
		ids[i] = point->started[i];
	for (size_t i = 0; i < rows.count; i++)
		ids[point->started_count + i] = rows_text(&rows, i, 0);
	*list = conn_array(t->arena, ids, point->started_count + rows.count);
	return true;
}

static bool
give_up(struct batch *b, const char *sessions, int64_t limit_ms, struct error *err)
{
	char limit[32];

	error_set(err, ERR_LOCK,
	    "transactions that are older than the begin of %s still run, after %s",
	    b->trail.step->script->script, time_text(limit, limit_ms));
	err->detail = arena_printf(err->arena, "In the way: %s", sessions);
	return error_next(err, "What they write cannot be seen yet.");
}

bool
batch_wait_started(struct batch *b, struct error *err)
{
	struct trail *t = &b->trail;
	int64_t limit = t->x->session->config->concurrent_lock_timeout_ms, start = time_now_ms();
	const char *list;

	if (!find_old(b, &list, err))
		return false;
	for (;;) {
		struct arena *turn = arena_new(t->arena);
		const char *sessions;
		struct rows rows;

		if (!conn_query(turn, t->x->session->conn, query_batch_old, 1, &list, &rows, err))
			return false;
		if (rows.count == 0)
			break;
		sessions = watch_sessions(turn, &rows);
		if (limit > 0 && time_now_ms() - start >= limit)
			return give_up(b, sessions, limit, err);
		batch_tell(b, arena_printf(turn, "older transactions: %s", sessions), false);
		if (!wait_pause(OLD_LOOK_MS, err))
			return false;
		arena_close(turn);
	}
	return true;
}
