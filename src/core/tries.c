/* SPDX-License-Identifier: MIT */
#include "core/tries.h"

#include <string.h>

#include "base/time.h"

enum {
	FIRST_WAIT_MS = 100,
	EARLY_WAIT_MS = 200,
	LEAST_PAUSE_MS = 500,
	MOST_PAUSE_MS = 10000,
	SERIALIZATION_TRIES = 5
};

static int64_t
least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

enum try_again
tries_class(const char *sqlstate)
{
	if (strcmp(sqlstate, "55P03") == 0 || strcmp(sqlstate, "40P01") == 0)
		return TRY_LOCK;
	return strcmp(sqlstate, "40001") == 0 ? TRY_SERIALIZATION : TRY_NO;
}

int64_t
tries_budget(const struct tries *t, int64_t elapsed_ms)
{
	int64_t wait = FIRST_WAIT_MS;

	for (int i = 1; i < t->attempt && wait < t->max_stall_ms; i++)
		wait = wait * 3 / 2;
	if (elapsed_ms < t->lock_retry_ms / 2)
		wait = least(wait, EARLY_WAIT_MS);
	return least(wait, t->max_stall_ms);
}

int64_t
tries_share(int64_t budget_ms, int64_t locks)
{
	int64_t share = locks > 0 ? budget_ms / locks : budget_ms;

	return share < 1 ? 1 : share;
}

int64_t
tries_pause(int64_t budget_ms)
{
	int64_t pause = 4 * budget_ms < LEAST_PAUSE_MS ? LEAST_PAUSE_MS : 4 * budget_ms;

	return least(time_random(pause / 2, pause * 3 / 2), MOST_PAUSE_MS);
}

bool
tries_left(const struct tries *t, enum try_again class, int64_t elapsed_ms, int64_t pause_ms,
    int64_t work_ms)
{
	if (class == TRY_SERIALIZATION)
		return t->serialization < SERIALIZATION_TRIES;
	return class == TRY_LOCK && work_ms <= TRIES_WORK_MS &&
	    elapsed_ms + pause_ms < t->lock_retry_ms;
}
