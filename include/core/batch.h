/* SPDX-License-Identifier: MIT */
#ifndef CORE_BATCH_H
#define CORE_BATCH_H

#include "core/batch_key.h"
#include "core/batch_lag.h"
#include "core/batch_point.h"
#include "core/trail.h"

/*
 * A file in batches at work, shared by its rooms: batch.c goes through the table, batch_ask.c finds
 * where the next batch begins and ends, batch_wait.c waits for others between two of them.
 */
struct batch {
	struct trail trail; /* its turn is a batch */
	const struct directive_batch *directive;
	struct batch_key key;
	struct batch_point point;
	struct arena *key_arena; /* of its last key */
	const char *begun; /* the point that this run has begun with, as JSON */
	const char *point_query, *id; /* batch_point.sql, and its row of the journal */
	const char *from, *to, *sql; /* the parameters, first key and last, and the statement */
	const char *check; /* finds what is still to be done, or NULL: it cannot be told */
	bool resumed; /* earlier runs did some of it */
	bool has_nulls; /* rows with NULL in the key were seen */
	struct batch_lag lag;
	bool told_no_standby;
	/* For what is told: since this run began, and when it was told last. */
	int64_t begun_ms, told_ms, keys_done, rows_done;
	int64_t size; /* of the next batch */
};

/* The keys of a batch. */
struct batch_range {
	const char **first, **last;
	int64_t count; /* 0: the pass is over */
};

/*
 * A transaction in a lane of its own with the role and the timeouts of the file.  doing: what it is
 * for, in case it takes long; NULL: batch_tell tells.
 */
MUST_CHECK bool batch_begin(struct batch *b, const char *doing);
/*
 * What failed in the lane is tried again behind a pause, with half the size: true.  Else err tells
 * why not.
 */
MUST_CHECK bool batch_again(struct batch *b, struct error *err);

/* --- batch_tell.c --- */

/* Tells where it is; waits_for may be NULL.  Now and then only, unless it is due. */
void batch_tell(struct batch *b, const char *waits_for, bool due);
/* Where it goes on, and what it has done at its end. */
void batch_tell_begin(const struct batch *b);
void batch_tell_end(const struct batch *b);
/* Behind a failure: what is kept, and what to do next. */
void batch_tell_state(const struct batch *b, struct error *err);

/* --- batch_ask.c --- */

/* The greatest key of now; *end is NULL for an empty table. */
MUST_CHECK bool batch_ask_end(struct batch *b, const char ***end, struct error *err);
/* Has a row NULL in its key? */
MUST_CHECK bool batch_ask_nulls(struct batch *b, bool *found, struct error *err);
/* Can the check be run, when the time comes? */
MUST_CHECK bool batch_ask_plan(struct batch *b, struct error *err);
/* Is there anything still to be done? */
MUST_CHECK bool batch_ask_check(struct batch *b, bool *found, struct error *err);
/* The next batch, once: what fails is left in the lane. */
MUST_CHECK bool batch_ask_range(struct batch *b, struct batch_range *out);

/* --- batch_wait.c --- */

/*
 * Of all steps of the plan: adds to setup_problems what would make their waits impossible, max_lag
 * without the right to see the standbys.
 */
MUST_CHECK bool batch_wait_check(struct session *s, struct error *err);
/* Before a batch: until the standbys are near enough and few enough wait for the table. */
MUST_CHECK bool batch_wait_turn(struct batch *b, struct error *err);
/* Until the transactions that are older than the file's begin have ended. */
MUST_CHECK bool batch_wait_started(struct batch *b, struct error *err);

#endif
