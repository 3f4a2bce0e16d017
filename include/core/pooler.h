/* SPDX-License-Identifier: MIT */
#ifndef CORE_POOLER_H
#define CORE_POOLER_H

#include <stdbool.h>

#include "core/session.h"

/*
 * A connection pooler between us and the server.  One that pools sessions is as good as none.
 * Behind one that pools transactions the session on the server is borrowed (session.h: pooled):
 * files with a transaction work, under a lock of their own; what needs a session is refused.  One
 * that pools statements cannot work.
 */

/*
 * Looks what there is, before anything is SET, and fills s->pooled: a pooler makes up process ids,
 * and two connections that are asked in turn tell what it pools.  ERR_CONNECT when it cannot work.
 */
MUST_CHECK bool pooler_look(struct session *s, struct error *err);
/* When it is pooled: adds the steps that cannot be run to the plan's pooler_problems. */
void pooler_check(struct plan *plan, const struct config *config);

#endif
