/* SPDX-License-Identifier: MIT */
#ifndef CORE_LOCK_H
#define CORE_LOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "core/session.h"

/*
 * The run lock: Flyway's advisory key, so that a running Flyway is excluded too.  Held by the
 * session that does the work; taken by polling, never by a statement that waits.  When the session
 * is pooled each transaction takes it for itself (record_sql_fence).
 */

/*
 * Polls until it has the lock: ERR_LOCK with the holder behind run_lock_timeout.  When the session
 * is pooled: until nobody has it.
 */
MUST_CHECK bool lock_take(struct session *s, int64_t key, struct error *err);
/* Gives it back; false in *held: somebody took it from us meanwhile. */
MUST_CHECK bool
lock_release(struct arena *a, struct conn *c, int64_t key, bool *held, struct error *err);

/* Does this session hold it? */
MUST_CHECK bool
lock_is_ours(struct arena *a, struct conn *c, int64_t key, bool *ours, struct error *err);
/* Does anybody hold it? */
bool lock_is_held(struct arena *a, struct conn *c, int64_t key);
/* Warns of advisory locks beside the run lock: a file took them and did not give them back. */
void lock_report_others(struct arena *a, struct conn *c, int64_t key, struct sink *sink);

#endif
