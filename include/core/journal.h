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
	const char *checkpoint; /* of a file in batches, as JSON, or NULL */
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

/* A row as it is told; text may be NULL, a number that is not known is -1. */
struct journal_row {
	const char *run_id, *script, *version, *type, *state;
	int64_t statement, statements; /* statement -1: the file */
	int64_t attempt, lock_wait_ms, elapsed_ms;
	const char *started; /* "2026-11-22 13:15:00", in the session's time zone */
	const char *started_utc, *finished_utc; /* ISO 8601 with Z */
	const char *sqlstate, *error;
	int64_t backend_pid, pid;
	const char *installed_by, *host, *tool_version;
};
/* The whole journal, newest last; none where there is no journal or it is not to be trusted. */
MUST_CHECK bool journal_read(struct arena *a, struct session *s, struct journal_row **rows,
    size_t *count, struct error *err);

/* Begins a file with its history row (success = false), or goes on with it. */
MUST_CHECK bool
journal_open(struct arena *a, struct record_writer *w, const struct step *step, struct error *err);
/* Ends it: its history row becomes a success. */
MUST_CHECK bool journal_finish(struct arena *a, struct record_writer *w, const struct step *step,
    int64_t ms, struct error *err);

#endif
