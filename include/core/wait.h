/* SPDX-License-Identifier: MIT */
#ifndef CORE_WAIT_H
#define CORE_WAIT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "core/event.h"
#include "db/conn.h"

/* The one place that waits: for the server, for a time, and always for a signal. */

enum wait_end {
	WAIT_READY, /* the socket is ready */
	WAIT_TIME, /* the time is over */
	WAIT_INTERRUPTED /* a signal asks to stop */
};

/*
 * Waits for a connection (events as in conn_push) or, with NULL, only for time.  signals: false
 * leaves signals for later.  ms < 0 waits without a limit.
 */
enum wait_end wait_conn(struct conn *c, int events, int64_t ms, bool signals);
/* Sleeps; ERR_INTERRUPTED when a signal came. */
MUST_CHECK bool wait_pause(int64_t ms, struct error *err);
/*
 * The same, and a step's EVENT_PROGRESS is emitted whenever the sink wants to hear of it: the event
 * given, whose elapsed_ms goes on.
 */
MUST_CHECK bool
wait_pause_told(struct sink *sink, struct event event, int64_t ms, struct error *err);
/* Fills err with the signal that came; returns false. */
bool wait_interrupted(struct error *err);

#endif
