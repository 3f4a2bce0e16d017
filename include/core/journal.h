/* SPDX-License-Identifier: MIT */
#ifndef CORE_JOURNAL_H
#define CORE_JOURNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "core/record.h"

/*
 * The journal of a file without a transaction: a row for the file, linked to its history row, and
 * one for each statement.  From these the next run knows where to go on.
 */

/* A row about a statement. */
struct journal_statement {
	const struct step *step;
	int64_t number;
	uint32_t hash; /* statement_body_hash of it alone */
	const char *state; /* running, done, failed, unknown */
	int attempt;
	const char *before; /* what was there before it, as JSON, or NULL */
	int64_t elapsed_ms; /* -1: since the transaction's begin */
	int64_t lock_wait_ms;
};
void journal_sql_statement(struct arena *a, const struct record_writer *w,
    const struct journal_statement *entry, struct conn_sql *out);

/* How something that is running ended. */
struct journal_end {
	const struct step *step;
	int64_t number; /* 0: the file */
	const char *state;
	int attempt;
	int64_t lock_wait_ms;
	const struct error *failure; /* or NULL */
};
void journal_sql_close(struct arena *a, const struct record_writer *w,
    const struct journal_end *end, struct conn_sql *out);

/* Begins a file with its history row (success = false), or goes on with it. */
MUST_CHECK bool
journal_open(struct arena *a, struct record_writer *w, const struct step *step, struct error *err);
/* Ends it: its history row becomes a success. */
MUST_CHECK bool journal_finish(struct arena *a, struct record_writer *w, const struct step *step,
    int64_t ms, struct error *err);

#endif
