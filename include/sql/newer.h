/* SPDX-License-Identifier: MIT */
#ifndef SQL_NEWER_H
#define SQL_NEWER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

/*
 * DDL that is newer than the grammar (PostgreSQL 15): written as the nearest older form, so that
 * the grammar can still tell what it is about.  Only for what the grammar has refused.
 */

/* From a byte of the rewritten text on: where that stood in the statement as it was written. */
struct newer_seam {
	size_t older, written;
	bool replaced; /* all of it stands for the words that begin at written */
};

struct newer {
	const char *text; /* NUL-ended; NULL when nothing newer was found */
	const char *form; /* the first newer syntax found, such as "NOT ENFORCED" */
	struct newer_seam *seams;
	size_t seam_count;
};

void newer_rewrite(struct arena *a, const char *text, size_t length, struct newer *out);
/* Where a byte of the rewritten text was written. */
size_t newer_written(const struct newer *n, size_t older);

#endif
