/* SPDX-License-Identifier: MIT */
#ifndef CORE_LEFTOVER_H
#define CORE_LEFTOVER_H

#include <stddef.h>

#include "core/session.h"
#include "sql/target.h"

/*
 * What a statement that cannot share a transaction leaves behind when it fails or its session
 * dies.  Asked under the run lock: that proves that nothing of ours is at work any more.
 */

enum leftover_action {
	LEFTOVER_RUN, /* nothing: run it, also once more */
	LEFTOVER_DONE, /* it was carried out */
	LEFTOVER_DROP, /* first drop these indexes CONCURRENTLY */
	LEFTOVER_BUSY, /* another session works on such an index: wait */
	LEFTOVER_FINALIZE, /* the second half of a DETACH PARTITION is missing */
	LEFTOVER_UNKNOWN /* the catalog cannot tell */
};

struct leftover {
	enum leftover_action action;
	const char **indexes; /* of LEFTOVER_DROP, as SQL writes them */
	size_t count;
	const char *name; /* of LEFTOVER_BUSY: the index */
	int64_t pid; /* and who works on it */
	const char *finalize; /* the statement of LEFTOVER_FINALIZE */
};

/* What is there now, as JSON for the journal; NULL when nothing that is there would tell. */
MUST_CHECK bool leftover_before(struct arena *a, struct session *s, const struct target *target,
    const char **before, struct error *err);
/*
 * Drops the indexes that the interrupted statement of a file left, where the catalog is sure of
 * them; their names are added to a list.
 */
MUST_CHECK bool leftover_remove(struct arena *a, struct session *s, const struct unfinished *u,
    struct config_list *dropped, struct error *err);
/* What is to be done, by what was there before. */
MUST_CHECK bool leftover_look(struct arena *a, struct session *s, const char *before,
    struct leftover *out, struct error *err);
/* The statement that an interrupted file has begun, when the catalog can tell of it; or NULL. */
const struct unfinished_statement *leftover_last(const struct unfinished *u);

#endif
