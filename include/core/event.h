/* SPDX-License-Identifier: MIT */
#ifndef CORE_EVENT_H
#define CORE_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "core/plan.h"

/*
 * What happens during a run.  core never prints: it emits events into a sink, and the command line
 * supplies sinks (text, JSON) as tests supply theirs.  Strings are valid during the call only and
 * not yet masked or escaped: that is the sink's duty (base/mask.h).
 */

enum event_kind {
	EVENT_WARNING, /* text, maybe hint */
	EVENT_NOTE, /* text: said in passing */
	EVENT_NOTICE, /* of the server: severity, sqlstate, text, detail, hint; script if known */
	EVENT_CONNECTED, /* host, database, user, server_version, pending or undone, interrupted */
	EVENT_LOCK_WAIT, /* waits for the run lock; text names the holder */
	EVENT_LOCK_TAKEN,
	EVENT_LOCK_FAILED, /* behind EVENT_LOCK_WAIT; the error follows from the run's result */
	EVENT_STEP_BEGIN, /* step */
	EVENT_STATEMENT_DONE, /* step, statement (number), elapsed_ms */
	/*
	 * step, statement (0: none of the file), statement_total, elapsed_ms (of what runs), text: its
	 * phase, or NULL; percent or -1; done, total (0: not known) and unit, or NULL; detail: who
	 * blocks it now, or NULL.  At the sink's pace, while something runs long.
	 */
	EVENT_PROGRESS,
	EVENT_BATCH, /* step, batch: how far a file in batches has come */
	EVENT_ROWS, /* text: a line of an answer, with verbose */
	EVENT_COMMIT_SENT, /* step: from now on the outcome may be in doubt */
	EVENT_WAIT, /* step, elapsed_ms, text: who keeps a patient statement waiting */
	/* step, attempt, wait_ms (pause before the next), text: who blocks; detail: who waited */
	EVENT_TRY_FAILED,
	EVENT_STEP_END, /* step, elapsed_ms; its transaction is known to be committed */
	EVENT_STEP_FAILED /* step; the error follows from the run's result */
};

/* How far a file in batches has come; what is not known is -1. */
struct batch_progress {
	int64_t pass; /* from 1 */
	int64_t batches, rows; /* done, by earlier runs too; rows: changed by the statement */
	int64_t keys, keys_total; /* passed in this pass, and by estimate in all */
	int64_t size; /* keys of the next batch */
	int64_t rows_per_s, remaining_ms;
	const char *waits_for; /* "replica lag 12 s", "3 sessions wait behind it", ...; or NULL */
};

struct event {
	enum event_kind kind;
	const struct step *step; /* NULL outside of steps */
	size_t step_number, step_total; /* from 1 */
	int64_t statement, statement_total;
	int64_t elapsed_ms, wait_ms;
	int attempt;
	const char *text, *detail, *hint, *severity, *sqlstate;
	const char *host, *database, *user;
	int server_version;
	size_t pending, undone, interrupted; /* undone: versions that will be */
	double percent;
	int64_t done, total;
	const char *unit; /* "blocks", "lockers", ... */
	const struct batch_progress *batch;
};

struct sink {
	void (*emit)(struct sink *sink, const struct event *event);
	void *context;
	int64_t pace_ms; /* how often it wants to hear of what runs long; 0: never */
	int64_t told_ms; /* when it heard last: event.c's own */
};

void event_emit(struct sink *sink, const struct event *event);
/* Milliseconds until the sink wants to hear of what runs; -1: never. */
int64_t event_due_ms(const struct sink *sink);
/* EVENT_WARNING and EVENT_NOTE. */
void event_warning(struct sink *sink, const char *format, ...) PRINTF_LIKE(2, 3);
void event_note(struct sink *sink, const char *format, ...) PRINTF_LIKE(2, 3);

#endif
