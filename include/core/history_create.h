/* SPDX-License-Identifier: MIT */
#ifndef CORE_HISTORY_CREATE_H
#define CORE_HISTORY_CREATE_H

#include "core/history.h"

/*
 * Creates what is missing: the schema (then Flyway's SCHEMA row stands in the history with rank
 * 0, unless it has its turn later: a baseline comes before it), the history with its constraint and index, the journal.  Call it under the run lock, in no
 * transaction; it uses one of its own, so that nothing is left behind when it fails.  What somebody
 * else made meanwhile is checked like everything else.  ERR_REFUSED without the right to.  h is
 * brought up to date, its rows excepted.
 */
MUST_CHECK bool history_create(struct arena *a, struct conn *c, const struct config *config,
    struct history *h, bool row_later, struct error *err);

/* The statements that it takes, BEGIN and COMMIT included; up --dry-run prints them. */
enum { HISTORY_CREATION_MAX = 10 };
struct history_creation {
	struct conn_sql list[HISTORY_CREATION_MAX];
	size_t count;
};
void history_creation(struct arena *a, struct conn *c, const struct config *config,
    const struct history *h, bool row_later, struct history_creation *out);

#endif
