/* SPDX-License-Identifier: MIT */
#ifndef CORE_DIRECTIVE_H
#define CORE_DIRECTIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "core/config.h"

/*
 * "-- migrate:" comments (product 2.2): parsed from a table, checked, kept as plain data.
 */

/* A duration or switch that was not given. */
enum { NOT_GIVEN = -1 };

struct directive_batch {
	bool given;
	const char *table; /* as in SQL, folded unless quoted: schema and name */
	const char *schema; /* or NULL */
	const char **keys; /* columns */
	size_t key_count;
	int64_t size, min, max;
	int64_t target_ms, pause_ms;
	int64_t max_lag_ms; /* NOT_GIVEN: off */
	int64_t max_waiters; /* NOT_GIVEN: off */
	const char *until; /* "SELECT ...", or NULL */
	struct place place, until_place;
};

struct directive_allow {
	const char **rules;
	size_t rule_count;
	const char *reason; /* or NULL */
	struct place place;
};

struct directives {
	bool given; /* any of them, so that a zeroed one is not read as "0" */
	int transaction; /* 0: off; NOT_GIVEN */
	int64_t lock_timeout_ms, statement_timeout_ms, max_stall_ms,
	    max_blocking_ms; /* or NOT_GIVEN */
	enum phase phase;
	struct directive_batch batch;
	const char *irreversible; /* the reason ("" without one), or NULL */
	struct directive_allow *allows;
	size_t allow_count;
	int placeholders; /* 0: off; NOT_GIVEN */
	const char *role; /* folded unless quoted, or NULL */
	struct place transaction_place;
};

/* No directive given. */
void directives_init(struct directives *d);

enum directive_scope { DIRECTIVE_FILE, DIRECTIVE_STATEMENT };

/* Is this comment ("-- ...", one line) a directive, or meant as one? */
bool directive_is(const char *comment, size_t length);
/*
 * Adds the directive of a comment.  scope says where it stands: before the first statement or
 * behind it; "next" in it turns the scope to DIRECTIVE_STATEMENT, and *speaks_for tells the result.
 * into_file and into_statement receive it accordingly.  False (ERR_REFUSED, with place): unknown (and the nearest
 * name), doubled, a bad value, a file's directive in the scope of a statement, a dbmate marker.
 */
MUST_CHECK bool directive_add(struct arena *a, const char *comment, size_t length,
    struct place place, enum directive_scope scope, struct directives *into_file,
    struct directives *into_statement, enum directive_scope *speaks_for, struct error *err);

#endif
