/* SPDX-License-Identifier: MIT */
#ifndef CORE_STEP_H
#define CORE_STEP_H

#include "core/plan.h"

/* Puts steps into a plan. */

/* The rank behind the last row; 1 in an empty history. */
int step_next_rank(const struct history *history);
/* A file that is to run, with the row that it will get. */
void step_add_script(struct plan *plan, struct script *script, int rank);
/* An interrupted file that is gone on with, under the row that it has. */
void step_add_resumed(struct plan *plan, struct script *script, const struct history_row *row);
/* An undo file whose version leaves no row behind, nor does the undo itself. */
void step_take_away(struct plan *plan, struct step *step);
/* One more change of the history; neighbours are one step, in one transaction. */
void step_add_record(struct plan *plan, struct record record);
/* The row that a script gets. */
struct record step_script_record(const struct script *script, int rank);

#endif
