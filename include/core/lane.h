/* SPDX-License-Identifier: MIT */
#ifndef CORE_LANE_H
#define CORE_LANE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/session.h"
#include "core/watch.h"

/*
 * The only room that knows in which order libpq is to be called.  There are two lanes: a pipeline,
 * where everything is sent at once and the answers are read as they come, and the plain one, where
 * each statement waits for its answer (COPY, and statements that refuse a transaction block).  The
 * caller says the same in both.
 *
 * The first failure is kept; behind it nothing more is sent and every call returns false.
 */

enum lane_what {
	LANE_OWN, /* a statement of ours */
	LANE_FENCE, /* takes the run lock, when the session is pooled */
	LANE_STATEMENT, /* one of the file */
	LANE_RECORD, /* a row of the history or the journal */
	LANE_QUESTION, /* asks a table of the file: its rows are kept */
	LANE_CLEAN, /* takes away what an earlier try left */
	LANE_COMMIT,
	LANE_SYNC
};

struct lane_failure {
	bool failed;
	enum lane_what what;
	int64_t statement; /* its number, with LANE_STATEMENT */
	int64_t position; /* in it, in characters from 1; 0: not known */
	char column[64]; /* that a null violation names: the fence tells its reason so */
};

struct lane {
	struct session *session;
	struct arena *arena;
	struct error *err; /* the first failure */
	struct error *scratch; /* for failures that are then kept or not */
	struct watch *watch;
	const struct step *step; /* what is said belongs to it; behind a failure, what failed */
	bool plain;

	struct lane_failure failure;
	bool commit_sent;
	bool committed; /* the tag was COMMIT */
	bool lost; /* the connection is gone */
	bool interrupted; /* a signal came; what runs was cancelled */
	bool cleaning; /* signals no longer count */
	const char *behind; /* who waited too long: it was cancelled for max_blocking */
	int64_t crowd; /* how many waited: it was cancelled for waiters_max; 0: it was not */
	const char *blockers; /* who was seen to block it */
	bool blocked; /* by these, when it was looked last */
	const char *doing; /* what our own statements are for, to be told; or NULL */

	/* When to look at the locks: max_blocking, and how often; 0 is never. */
	int64_t max_blocking_ms, look_every_ms, look_after_ms, looked_ms;
	/* It waits patiently, in nobody's way: says for whom now and then. */
	bool patient;
	int64_t told_ms;

	int64_t started_us, last_done_us; /* work_ms counts between the two */
	int64_t cancelled_ms; /* when the server was asked to cancel; 0: not */
	int64_t give_up_ms; /* behind a cancel: when to stop waiting; 0 none */
	size_t windows, window_bytes, window_count;
	int64_t rows_shown;
	bool untold; /* whoever says them tells of its statements and COMMITs */
	int64_t changed; /* rows, by the statements' tags */
	const char ***answer; /* the rows of LANE_QUESTION */
	size_t answer_count;
	int64_t waiters_table, waiters_max; /* so many may wait for locks there; 0: not looked at */
	size_t dropped_bytes; /* of COPY TO STDOUT */
	struct lane_expectation *queue;
	size_t queue_head, queue_tail, queue_size;
};

/* err receives the first failure; the lane lives as long as its arena. */
void lane_init(struct lane *lane, struct arena *a, struct session *s, struct watch *watch,
    const struct step *step, bool plain, struct error *err);

/* Says one statement; number counts with LANE_STATEMENT. */
MUST_CHECK bool lane_say(struct lane *lane, enum lane_what what, int64_t number, const char *sql);
MUST_CHECK bool lane_say_with(struct lane *lane, enum lane_what what, const char *sql, int count,
    const char *const *parameters);
/* Ends a window (pipeline lane); in the plain lane nothing is to be done. */
MUST_CHECK bool lane_sync(struct lane *lane);
/* Waits until everything said has been answered. */
MUST_CHECK bool lane_drain(struct lane *lane);

/* COPY ... FROM STDIN in the plain lane: the statement, its data, its end (with a reason: given up). */
MUST_CHECK bool lane_copy(struct lane *lane, int64_t number, const char *sql);
MUST_CHECK bool lane_copy_data(struct lane *lane, const char *data, size_t length);
bool lane_copy_end(struct lane *lane, const char *reason);

/*
 * Starts and ends the pipeline; lane_close reads what is still to come and, when a transaction may
 * be open, rolls it back.  Afterwards the connection is idle, or lane->lost is set.
 */
MUST_CHECK bool lane_open(struct lane *lane);
void lane_close(struct lane *lane);
/* The transaction cannot go on for a reason that the caller knows: lane_close rolls it back. */
void lane_abandon(struct lane *lane);
/* BEGIN with the modes given, or NULL; number as in lane_say. */
MUST_CHECK bool lane_begin(struct lane *lane, int64_t number, const char *modes);
/* Role and search_path are ours again, until the end of the transaction or until we return. */
MUST_CHECK bool lane_leave_file(struct lane *lane);
/* They are the file's again, for what is deferred to COMMIT. */
MUST_CHECK bool lane_return_to_file(struct lane *lane);
/* DISCARD ALL without the advisory locks (manual: DISCARD); ends with NULL. */
extern const char *const lane_reset_statements[];
/*
 * Takes the session back to what it was when it was opened, the run lock excepted, in a window of
 * its own: inside the file's transaction it would be rolled back with it.
 */
MUST_CHECK bool lane_reset(struct lane *lane);
/* For cleaning up behind a signal: it is not looked at again, and that long is waited. */
void lane_clean(struct lane *lane, int64_t ms);
/* Says when the watcher is to look: in the middle of each try but the first, and behind 2 s. */
void lane_watch(struct lane *lane, int attempt, int64_t budget_ms, int64_t max_blocking_ms);
/*
 * The same for what waits patiently, in nobody's way: who it waits for is told.  limit_ms 0: it may
 * wait for ever.
 */
void lane_watch_patiently(struct lane *lane, int attempt, int64_t limit_ms);
/* How long statements ran, until the last one that ended well. */
int64_t lane_work_ms(const struct lane *lane);

#endif
