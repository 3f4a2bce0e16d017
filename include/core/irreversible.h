/* SPDX-License-Identifier: MIT */
#ifndef CORE_IRREVERSIBLE_H
#define CORE_IRREVERSIBLE_H

#include "core/session.h"

/*
 * The first file of the plan behind which there is no way back: it says "-- migrate:irreversible",
 * or the linter finds that it destroys data (whatever lint.rules say of that) and it has no U file.
 * *out is NULL when there is none.  The goal must have asked for lint.
 */
MUST_CHECK bool irreversible_find(struct session *s, const struct script **out, struct error *err);

#endif
