/* SPDX-License-Identifier: MIT */
#ifndef CORE_TRIES_H
#define CORE_TRIES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

/*
 * When a file that could not get its locks is tried again.  Pure: the caller waits.
 * All times are in milliseconds.
 */

struct tries {
	int64_t lock_retry_ms; /* no new try behind that */
	int64_t max_stall_ms;
	int attempt; /* the current one, from 1 */
	int serialization; /* how many failed with 40001 */
};

enum try_again { TRY_NO, TRY_LOCK, TRY_SERIALIZATION };

/* Is the failure one that a new try may help, by its SQLSTATE? */
enum try_again tries_class(const char *sqlstate);
/* How long all strong locks of this attempt together may be waited for. */
int64_t tries_budget(const struct tries *t, int64_t elapsed_ms);
/* The part of one of that many locks: at least 1, because 0 means no limit. */
int64_t tries_share(int64_t budget_ms, int64_t locks);
/* The pause behind a failed attempt, with jitter. */
int64_t tries_pause(int64_t budget_ms);
/*
 * May there be another attempt?  work_ms: how long statements ran before the lock failed; more
 * than two seconds of work is not repeated again and again.
 */
bool tries_left(const struct tries *t, enum try_again class, int64_t elapsed_ms, int64_t pause_ms,
    int64_t work_ms);

enum { TRIES_WORK_MS = 2000 };

#endif
