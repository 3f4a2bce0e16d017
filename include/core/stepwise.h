/* SPDX-License-Identifier: MIT */
#ifndef CORE_STEPWISE_H
#define CORE_STEPWISE_H

#include "core/apply.h"
#include "core/journal.h"
#include "core/lane.h"
#include "core/send.h"
#include "core/tries.h"
#include "sql/split.h"

/*
 * The way through a file without a transaction, shared by its two rooms: stepwise.c, where each
 * statement that can gets a transaction of its own, and alone.c for those that refuse one.
 */
struct walk {
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
	const char *left; /* what could not be taken away, or NULL */
};

/* The statement at hand. */
struct walk_statement {
	const struct split_item *item;
	const struct statement *kept; /* or NULL */
	struct statement_class class; /* by its leading words */
	uint32_t hash;
	int64_t number;
};

/* A new lane for something that is said next. */
void walk_lane(struct walk *w, bool plain);
/* Its row in the journal, by state and what was there before (or NULL). */
struct journal_statement walk_row(
    const struct walk *w, const struct walk_statement *st, const char *state, const char *before);
/* Says a row of the journal in the transaction at hand, whatever role and settings the file has. */
MUST_CHECK bool walk_say_record(struct walk *w, const struct conn_sql *sql);
/*
 * Writes one statement of ours into the journal, in a transaction of its own in the file's
 * session.
 */
MUST_CHECK bool walk_record(struct walk *w, const struct conn_sql *sql);
/*
 * May what failed, in the lane at hand, be tried again?  Then the pause is over.  Else err tells
 * why.
 */
MUST_CHECK bool walk_again(struct walk *w, struct error *err);

/* Runs a statement that refuses a transaction block (alone.c). */
MUST_CHECK bool alone_run(struct walk *w, const struct walk_statement *st, struct error *err);
/*
 * The last run stopped in this statement, or in one that stood here: brings it to an end by what
 * the catalog tells (alone.c).
 */
MUST_CHECK bool alone_settle(struct walk *w, const struct walk_statement *st,
    const struct unfinished_statement *last, bool *done, struct error *err);

#endif
