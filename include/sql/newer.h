/* SPDX-License-Identifier: MIT */
#ifndef SQL_NEWER_H
#define SQL_NEWER_H

#include <stddef.h>

#include "base/arena.h"

/*
 * DDL that is newer than the grammar (PostgreSQL 15): written as the nearest older form, so that
 * the grammar can still tell what it is about.  Only for what the grammar has refused.
 */

/*
 * The rewritten statement, NUL-ended, and in form the first newer syntax found in it, such as
 * "NOT ENFORCED"; NULL when there is none.
 */
const char *newer_rewrite(struct arena *a, const char *text, size_t length, const char **form);

#endif
