/* SPDX-License-Identifier: MIT */
#ifndef CORE_REPAIR_H
#define CORE_REPAIR_H

#include "core/plan.h"

/*
 * The goals that change the history and run no file: Flyway's three repairs, marks by hand, and
 * the baseline.
 */

/*
 * Removes failed rows, marks missing files as deleted, and aligns description, type and checksum
 * with the files; with a mark by hand only that one.  False (ERR_REFUSED): there is nothing to be
 * marked.
 */
MUST_CHECK bool
repair_plan(const struct goal *goal, const struct config *config, const struct scripts *scripts,
    const struct history *history, struct plan *plan, struct error *err);

/* The row that says that everything up to a version is there already. */
struct record repair_baseline(const struct config *config, const char *version, int rank);
/* Adds that row, or what stands against it to the problems; nothing when it is there already. */
void repair_plan_baseline(const struct config *config, const char *version,
    const struct history *history, struct plan *plan);

#endif
