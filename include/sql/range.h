/* SPDX-License-Identifier: MIT */
#ifndef SQL_RANGE_H
#define SQL_RANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"

/*
 * The statement of a file in batches: one INSERT, UPDATE or DELETE with :from and :to, which stand
 * for the first and the last key of a batch, both inclusive.
 */
enum range_kind { RANGE_INSERT, RANGE_UPDATE, RANGE_DELETE };

struct range {
	enum range_kind kind;
	const char *text; /* the statement as written */
	size_t length;
	uint32_t hash; /* statement_body_hash of it: an interrupted file goes on with no other */
	/*
	 * "SELECT 1 FROM ... WHERE ... LIMIT 1" from an UPDATE's or DELETE's own WHERE without the
	 * range: what it finds is still to be done.  NULL: an INSERT, a WHERE that is only the
	 * range or that asks for nothing that the UPDATE sets (it would find the same rows for
	 * ever), a statement that the grammar does not read, ...
	 */
	const char *check;
	const char *why_no_check; /* in words, without check: "its WHERE is only the range" */
};

/* A statement and the key of its file. */
struct range_text {
	const char *text;
	size_t length;
	const char *schema, *table; /* as stored; schema may be NULL */
	const char *const *keys;
	size_t key_count;
};

/*
 * Reads the statement.  False (ERR_REFUSED with what to do next, *position: its character, from 1):
 * not an INSERT, UPDATE or DELETE, no :from or no :to, a range that does not bound the statement
 * (it stands under OR or NOT, or not in WHERE) or bounds another column of the key's table.
 */
MUST_CHECK bool range_read(struct arena *a, const struct range_text *in, struct range *out,
    int64_t *position, struct error *err);
/* The statement with from and to (expressions such as $1::int8) in place of :from and :to. */
const char *range_sql(struct arena *a, const struct range *range, const char *from, const char *to);
/* A position in that, as the server tells it, in the statement as written. */
int64_t
range_position(const struct range *range, const char *from, const char *to, int64_t position);
/* With $1 and $2, all else standing where it was: the form that the grammar takes. */
const char *range_parameters(struct arena *a, const struct range *range);
/* "id" or "(created_at, id)" */
const char *range_key(struct arena *a, const struct range_text *in);

#endif
