/* SPDX-License-Identifier: MIT */
#ifndef CORE_HISTORY_H
#define CORE_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "core/config.h"
#include "db/conn.h"

/*
 * Flyway's schema history table, column by column (names, types, ranks, index names), and whether
 * it and the journal beside it are safe to use.  Reading only; rows are written by steps (run.h),
 * the tables by history_create.h.
 */

/* A statement of an unfinished file, as the journal knows it. */
struct unfinished_statement {
	int64_t number;
	uint32_t hash; /* statement_body_hash of it alone */
	bool done;
	const char
	    *before; /* what was there before it, as JSON; NULL with a transaction around it */
	const char *checkpoint; /* how far a file in batches has come, as JSON; else NULL */
};

/* How far a file without a transaction came. */
struct unfinished {
	struct unfinished_statement *list; /* by number */
	size_t count;
	int64_t done; /* so many statements, from the first on, are done */
	int64_t total; /* of the file as it was then */
	bool unknown; /* what became of the next one cannot be told */
};

struct history_row {
	int rank;
	const char *version; /* NULL for repeatables, SCHEMA rows */
	const char *description;
	const char *type; /* SQL, SQL_BASELINE, BASELINE, SCHEMA, DELETE, UNDO_SQL, JDBC, ... any */
	const char *script;
	bool has_checksum;
	int32_t checksum;
	const char *installed_by;
	const char *installed_on; /* "2026-11-22 13:15:00", in the session's time zone */
	const char *installed_on_utc; /* ISO 8601 with Z */
	int execution_time; /* ms */
	bool success;
	bool body_known; /* the journal knows the body_hash of the applied file (script.h) */
	uint32_t body_hash;
	const struct unfinished *unfinished; /* or NULL; never with success */
};

struct history {
	const char *schema; /* where it is, or will be; never NULL */
	const char *table; /* its name in force: flyway_schema_history when only that exists */
	const char *journal; /* the journal's name */
	bool flyways; /* the table was found under Flyway's default name, not asked for */
	bool schema_exists;
	/* Nothing in it but the history and what extensions brought; known while that has no rows. */
	bool schema_empty;
	bool exists;
	bool journal_exists;
	bool writable; /* current_user may write what exists */
	const char *user; /* current_user */
	int64_t lock_key; /* Flyway's: for "schema"."table" */
	const char *default_schema; /* current_schema() of the session, or NULL */
	const char *search_path; /* that user SQL will have, as text for SET */
	struct history_row *rows; /* by rank */
	size_t count;
	bool readable; /* nothing stood against reading the rows */
	/* Files with a transaction of which the journal says that the outcome is unknown. */
	struct history_row *unknown;
	size_t unknown_count;
};

/*
 * Reads the history, in two waits for the server at any number of rows, and a third one when a file
 * is unfinished or when there are no rows.  What makes it unusable
 * (foreign owner, trigger, rule, RLS, wrong columns, relation kind, both tables) is added to
 * problems (ERR_REFUSED), and then no row is read: reading may run the code of strangers.  False:
 * a name that is too long (ERR_USAGE), the server refused or is gone.
 */
MUST_CHECK bool history_read(struct arena *a, struct conn *c, const struct config *config,
    struct history *out, struct problems *problems, struct error *err);

/* Flyway's advisory lock key: 0x466C79776179 + String.hashCode of "schema"."table", quotes in. */
int64_t history_lock_key(const char *schema, const char *table);

#endif
