/* SPDX-License-Identifier: MIT */
#ifndef CORE_ALONE_H
#define CORE_ALONE_H

#include "core/trail.h"

/* Statements that refuse a transaction block. */

/* Runs a statement that refuses a transaction block. */
MUST_CHECK bool alone_run(struct trail *t, const struct trail_statement *st, struct error *err);
/*
 * The last run stopped in this statement, or in one that stood here: brings it to an end by what
 * the catalog tells.
 */
MUST_CHECK bool alone_settle(struct trail *t, const struct trail_statement *st,
    const struct unfinished_statement *last, bool *done, struct error *err);

#endif
