/* SPDX-License-Identifier: MIT */
#ifndef SQL_BOUND_H
#define SQL_BOUND_H

#include <stdbool.h>

#include "sql/words.h"

/*
 * Does a CHECK prove that all rows fit a partition bound, so that ATTACH PARTITION need not read
 * them?  Told by comparing words, for the one shape that people write for that: a key of one
 * column, its bound as conditions joined by AND.  What is written otherwise is not proven here.
 */

/*
 * The bound as in struct act ("FOR VALUES FROM (1) TO (9)"), the CHECK with or without the word and
 * parentheses around it.  In column: the key's column, which must be proven not to be null unless
 * proves_not_null says that the CHECK does that, too.
 */
bool
bound_is_proven(const char *check, const char *bound, struct word *column, bool *proves_not_null);

/*
 * Does a CHECK of the default partition say that it has no rows of the bound, so that a new
 * partition of that bound leaves it unread?  Told for NOT (the same conditions and no others).
 */
bool bound_is_excluded(const char *check, const char *bound);

#endif
