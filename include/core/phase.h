/* SPDX-License-Identifier: MIT */
#ifndef CORE_PHASE_H
#define CORE_PHASE_H

#include "core/plan.h"

/*
 * The phases of a rollout: expand before it, backfill beside it, contract behind it.  "--phase P"
 * applies what belongs to P or to an earlier one, and holds back the rest.  Pure.
 */

/* "expand", "backfill", "contract" */
const char *phase_name(enum phase phase);
/* By its name.  ERR_USAGE, with the nearest name. */
MUST_CHECK bool phase_parse(const char *text, enum phase *out, struct error *err);
/* That of a file whose directives are known: without a mark backfill in batches, else expand. */
enum phase phase_of(const struct script *script);
/* Does a file belong to a later phase than the one that was asked for? */
bool phase_is_later(const struct script *script, enum phase asked);

/*
 * The scripts whose directives plan_make wants to know (script_look), because it holds back by
 * phase or the goal tells them.  None for an "up" that does neither.
 */
struct script **phase_wanted(struct arena *a, const struct goal *goal, const struct config *config,
    const struct scripts *scripts, const struct history *history, size_t *count);
/*
 * Adds to a plan with its entries what is held back, and what stands behind that in spite of its
 * earlier phase.
 */
void phase_check(const struct config *config, struct plan *plan);

#endif
