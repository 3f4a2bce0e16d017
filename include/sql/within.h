/* SPDX-License-Identifier: MIT */
#ifndef SQL_WITHIN_H
#define SQL_WITHIN_H

#include "sql/range.h"

/*
 * Does a statement keep within a batch?  Asked of the grammar, with $1 where :from stands and $2
 * where :to does.
 */
struct within {
	bool read; /* the grammar read it; else nothing more is known than why not */
	const char *unread;
	bool bounded; /* rows outside of the range stay as they are */
	bool by_own_where; /* an UPDATE's or DELETE's own WHERE bounds it, and nothing else does */
	/* What a WHERE says on its top level beside the range, AND by AND. */
	size_t other_conditions;
	bool with_writes; /* a statement in its WITH changes rows */
	bool asks_what_it_sets; /* another condition is about a column that the UPDATE sets */
	/* The reason when it is not bounded, where one can be told, and the byte that it is about. */
	const char *trouble, *advice; /* advice: what to do, where it is not to bound it */
	size_t trouble_at;
};

/* text is NUL-ended; in says what the key is. */
void
within_read(struct arena *a, const char *text, const struct range_text *in, struct within *out);

#endif
