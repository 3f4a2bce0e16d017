/* SPDX-License-Identifier: MIT */
#ifndef CORE_STATE_H
#define CORE_STATE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/plan.h"

/*
 * Flyway's states: which file and which row of the history belong together, and what became of
 * them.  Pure.  The entries come in the order of Flyway's info.
 */

/* What states depend on beside files and rows. */
struct state_rules {
	bool bounded; /* versions above target are not to run */
	const char *target; /* NULL when bounded: the highest applied version */
	bool out_of_order;
	bool late_phases; /* what is not of phase expand may come late */
	enum phase phase; /* later ones are held back; PHASE_NONE: none is */
	const char *baseline; /* taken as if it were marked as baseline already, or NULL */
};

struct state_list {
	struct entry *entries;
	size_t count;
	const char *baseline; /* highest version marked as baseline, or NULL */
	const char *last_applied; /* highest version that is in force, or NULL */
};

void state_make(struct arena *a, const struct scripts *scripts, const struct history *history,
    const struct state_rules *rules, struct state_list *out);

#endif
