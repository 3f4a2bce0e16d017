/* SPDX-License-Identifier: MIT */
#ifndef CORE_FACTS_H
#define CORE_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/session.h"

/*
 * What the live database says about the relations that pending statements lock strongly.  Read
 * once for all pending files, in one query.
 */

/* An existing relation that a statement of a step will lock. */
struct table_lock {
	const struct script *script;
	int64_t statement; /* number in its script */
	enum lock_mode mode;
	int64_t oid;
	const char *name; /* quoted for SQL, schema-qualified */
	bool flushable; /* an ordinary or partitioned table: LOCK TABLE works */
};

struct facts {
	struct table_lock *locks; /* by step and statement */
	size_t count;
};

/*
 * Finds what exists among the locks of SHARE and stronger in all script steps and callbacks of
 * the session's plan.  A relation that the same script creates earlier is left out.
 */
MUST_CHECK bool
facts_read(struct arena *a, struct session *s, struct facts *out, struct error *err);

#endif
