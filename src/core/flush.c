/* SPDX-License-Identifier: MIT */
#include "core/flush.h"

#include "base/time.h"
#include "core/lane.h"
#include "core/wait.h"

static bool
is_first(const struct facts *facts, size_t i)
{
	for (size_t j = 0; j < i; j++) {
		if (facts->locks[j].oid == facts->locks[i].oid &&
		    facts->locks[j].script == facts->locks[i].script)
			return false;
	}
	return true;
}

/* The locks of a script that LOCK TABLE can take, each table once, as indexes. */
static size_t
find_tables(struct arena *a, const struct facts *facts, const struct script *script, size_t **out)
{
	size_t count = 0;

	*out = NULL;
	for (size_t i = 0; i < facts->count; i++) {
		if (facts->locks[i].script != script || !facts->locks[i].flushable ||
		    !is_first(facts, i))
			continue;
		*out = arena_extend(a, *out, count, sizeof(**out));
		(*out)[count++] = i;
	}
	return count;
}

static bool
say_flush(struct lane *lane, const char *table, int64_t timeout_ms, int64_t number)
{
	char limit[32];
	const char *statements[] = { arena_printf(lane->arena, "SET LOCAL lock_timeout = '%s'",
					 time_text(limit, timeout_ms)),
		arena_printf(
		    lane->arena, "LOCK TABLE ONLY %s IN SHARE UPDATE EXCLUSIVE MODE", table),
		"COMMIT" };

	if (!lane_begin(lane, number, NULL))
		return false;
	for (size_t i = 0; i < sizeof(statements) / sizeof(statements[0]); i++) {
		if (!lane_say(lane, LANE_OWN, number, statements[i]))
			return false;
	}
	return lane_sync(lane);
}

static bool
say_all(struct apply *x, struct lane *lane, const size_t *tables, size_t from, size_t count)
{
	if (x->dirty && !lane_reset(lane))
		return false;
	x->dirty = false;
	for (size_t i = from; i < count; i++) {
		if (!say_flush(lane, x->facts.locks[tables[i]].name,
			x->session->config->lock_flush_timeout_ms, (int64_t)i))
			return false;
	}
	return lane_drain(lane);
}

bool
flush_tables(struct apply *x, const struct script *script, struct error *err)
{
	struct arena *a = arena_new(x->session->arena);
	struct step step = { .kind = STEP_SCRIPT, .script = (struct script *)script };
	bool ok = true;
	size_t *tables;
	size_t count = find_tables(a, &x->facts, script, &tables);

	/* All at once; behind a table that could not be had, once more from the next one on. */
	for (size_t i = 0; ok && i < count;) {
		struct lane lane;

		lane_init(&lane, a, x->session, x->watch, &step, false, error_new(a));
		lane_watch_patiently(&lane, 1, x->session->config->lock_flush_timeout_ms);
		lane.doing = "waiting until its tables are free";
		ok = lane_open(&lane);
		i = ok && say_all(x, &lane, tables, i, count) ? count
							      : (size_t)lane.failure.statement + 1;
		lane_close(&lane);
		if (lane.interrupted)
			ok = wait_interrupted(err);
		else if (lane.lost) {
			error_copy(err, lane.err);
			ok = false;
		}
	}
	arena_close(a);
	return ok;
}
