/* SPDX-License-Identifier: MIT */
#ifndef CORE_UNDO_H
#define CORE_UNDO_H

#include "core/plan.h"

/*
 * Takes versions back with their undo files, the one that was applied last first.  Pure.
 */

/*
 * The files whose directives undo_plan wants to know (script_look): a version without an undo file
 * may say that there is no way back.
 */
struct script **undo_wanted(struct arena *a, const struct goal *goal, const struct scripts *scripts,
    const struct history *history, size_t *count);
/*
 * Adds the steps of an undo to a plan with its entries, or what stands against it to the problems.
 * False: a target that is none (ERR_USAGE), one that neither files nor history have (ERR_REFUSED).
 */
MUST_CHECK bool
undo_plan(const struct goal *goal, const struct config *config, const struct scripts *scripts,
    const struct history *history, struct plan *plan, struct error *err);
/*
 * From now on the goal means the versions of this plan: made again under the run lock, it leaves
 * out what is undone by then, and goes no further.
 */
void undo_pin(const struct plan *plan, const struct history *history, struct goal *goal);
/* An undo that stopped in the middle stands in the way of everything else. */
void undo_refuse_interrupted(struct plan *plan);

#endif
