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
 * it and the journal beside it are safe to use.  Reading only; writing is part of a step (run.h),
 * but for creating the tables, which happens under the run lock.
 */

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
};

/* What the journal knows of an applied file (issue "Journal"); filled for the newest success. */
struct history_body {
	int rank;
	uint32_t body_hash;
	bool known;
};

struct history {
	const char *schema; /* where it is, or will be; never NULL */
	const char *table; /* its name in force: flyway_schema_history when only that exists */
	const char *journal; /* the journal's name */
	bool flyways; /* the table was found under Flyway's default name, not asked for */
	bool schema_exists;
	bool schema_empty; /* nothing in it that Flyway would count */
	bool exists;
	bool journal_exists;
	int64_t lock_key; /* Flyway's: for "schema"."table" */
	const char *default_schema; /* current_schema() of the session, or NULL */
	const char *search_path; /* that user SQL will have, as text for SET */
	struct history_row *rows; /* by rank */
	size_t count;
};

/*
 * Reads the history, in two waits for the server at any number of rows.  What makes it unusable
 * (foreign owner, trigger, rule, RLS, wrong columns, relation kind, both tables) is added to
 * problems (ERR_REFUSED).  False: the server refused or is gone.
 */
MUST_CHECK bool history_read(struct arena *a, struct conn *c, const struct config *config,
    struct history *out, struct problems *problems, struct error *err);

/*
 * Creates what is missing: the schema (then *created_schema is set, for the SCHEMA row), the
 * history with its constraint and index, the journal.  Call it under the run lock, in no
 * transaction; it uses one of its own.  ERR_REFUSED without the right to.
 */
MUST_CHECK bool history_create(struct arena *a, struct conn *c, const struct config *config,
    struct history *h, bool *created_schema, struct error *err);

/* Flyway's advisory lock key: 0x466C79776179 + String.hashCode of "schema"."table", quotes in. */
int64_t history_lock_key(const char *schema, const char *table);

#endif
