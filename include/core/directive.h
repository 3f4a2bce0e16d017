/* SPDX-License-Identifier: MIT */
#ifndef CORE_DIRECTIVE_H
#define CORE_DIRECTIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "core/config.h"

/*
 * "-- migrate:" comments: parsed from a table, checked, kept as plain data.
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
	unsigned seen; /* which, a bit for each row of the table in directive.c */
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
	struct place last_place; /* of the last one given */
};

/* No directive given. */
void directives_init(struct directives *d);

/* Does a directive stand before the first statement, and so speak for the file, or behind it? */
enum directive_scope { DIRECTIVE_FILE, DIRECTIVE_STATEMENT };

/* A -- comment that is alone on its line. */
struct directive_comment {
	const char *text; /* from the dashes to the end of the line */
	size_t length;
	struct place place;
	enum directive_scope scope;
};

/* Is this comment a directive, or meant as one? */
bool directive_is(const char *comment, size_t length);
/*
 * Adds the directive of a comment to those of the file or, where it speaks for the next statement
 * ("next" in it says so anywhere), to those of the statement.  False (ERR_REFUSED, with place):
 * unknown (and the nearest name), doubled, a bad value, a file's directive behind the first
 * statement, a dbmate marker.
 */
MUST_CHECK bool directive_add(struct arena *a, const struct directive_comment *comment,
    struct directives *file, struct directives *statement, struct error *err);
/* Do the directives of a file fit together?  ERR_REFUSED. */
MUST_CHECK bool directive_check(const struct directives *file, struct error *err);

#endif
