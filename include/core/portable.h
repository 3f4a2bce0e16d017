/* SPDX-License-Identifier: MIT */
#ifndef CORE_PORTABLE_H
#define CORE_PORTABLE_H

#include "core/dump.h"

/*
 * Makes a migration of what pg_dump wrote: it leaves no session changed behind it, does not name
 * who made it, and the same database always gives the same bytes.
 */

struct portable {
	const char *folder, *raw; /* what pg_dump wrote */
	const char *owner; /* who made the objects; who runs the migration will own them */
	const char *schema; /* that of the history, which is there before any migration */
};

/* Writes out->folder/out->name and fills in the rest. */
MUST_CHECK bool
portable_write(struct arena *a, const struct portable *p, struct dump *out, struct error *err);

#endif
