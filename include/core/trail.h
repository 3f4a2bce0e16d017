/* SPDX-License-Identifier: MIT */
#ifndef CORE_TRAIL_H
#define CORE_TRAIL_H

#include "core/apply.h"
#include "core/journal.h"
#include "core/lane.h"
#include "core/send.h"
#include "core/tries.h"
#include "sql/split.h"

/*
 * The way through a file without a transaction, shared by its rooms: stepwise.c, where each
 * statement that can gets a transaction of its own, alone.c for those that refuse one, and batch.c.
 */
struct trail {
	struct apply *x;
	struct arena *arena, *turn; /* turn: of the statement at hand */
	const struct step *step;
	struct send send;
	struct lane lane; /* of the last thing that was said */
	struct error *lane_error;
	struct tries tries; /* of the statement at hand */
	int64_t start_ms, since_ms; /* of the file, of the statement */
	int64_t done; /* statements that are done, by earlier runs too */
	int64_t statement; /* the one that is at hand, 0: none */
	uint32_t hash; /* of it */
	bool open; /* its row in the journal says running */
	bool unknown; /* how far it came cannot be told */
	bool fenced; /* another run has the lock */
	bool yields; /* what was cancelled for those behind it is tried again, as it is small */
	const struct conn_sql *also; /* to be written with a failure, or NULL */
	const char *left; /* what could not be taken away, or NULL */
};

/* The statement at hand. */
struct trail_statement {
	const struct split_item *item;
	const struct statement *kept; /* or NULL */
	struct statement_class class; /* by its leading words */
	uint32_t hash;
	int64_t number;
};

/* Begins the file, or goes on with it: its rows are there.  False: fenced, or err tells why not. */
MUST_CHECK bool trail_open(struct trail *t, struct error *err);
/* Its history row becomes a success. */
MUST_CHECK bool trail_finish(struct trail *t, int64_t ms, struct error *err);
/* Writes down what it failed of, where that is still possible. */
void trail_fail(struct trail *t, const struct error *failure);

/* What comes next, a statement or a batch, has all its tries before it. */
void trail_turn(struct trail *t);
/* A new lane for something that is said next. */
void trail_lane(struct trail *t, bool plain);
/* A transaction in a lane of its own, until it is closed; begins, commits and waits for the answer. */
MUST_CHECK bool trail_begin(struct trail *t, bool plain);
MUST_CHECK bool trail_commit(struct trail *t);
/* Was the last row refused because another run has the run lock? */
bool trail_is_fence(const struct trail *t);
/* Its row in the journal, by state and what was there before (or NULL). */
struct journal_statement trail_row(
    const struct trail *t, const struct trail_statement *st, const char *state, const char *before);
/* Says a row of the journal in the transaction at hand, whatever role and settings the file has. */
MUST_CHECK bool trail_say_record(struct trail *t, const struct conn_sql *sql);
/*
 * Writes one statement of ours into the journal, in a transaction of its own in the file's
 * session.
 */
MUST_CHECK bool trail_record(struct trail *t, const struct conn_sql *sql);
/*
 * May what failed, in the lane at hand, be tried again?  Then the pause is over.  Else err tells
 * why.
 */
MUST_CHECK bool trail_again(struct trail *t, struct error *err);

#endif
