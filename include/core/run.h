/* SPDX-License-Identifier: MIT */
#ifndef CORE_RUN_H
#define CORE_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "core/apply.h"
#include "core/session.h"

/*
 * The one runner: takes the run lock, makes the plan again under it, and carries out its steps.
 * What happened is told through the sink; how it ended through run_result and the error.
 */
struct run_result {
	size_t applied; /* steps that are known to be committed */
	const struct step **steps; /* these, in order */
	int64_t *step_ms; /* how long each took */
	int64_t elapsed_ms;
	const char *initial_version; /* before, or NULL */
	const char *version; /* now, or NULL */
	const struct step *failed; /* the one that failed, or NULL */
	const struct apply_call *calls; /* the callbacks that ran, in order */
	size_t call_count;
	struct config_list dropped; /* by repair: the indexes that interrupted statements left */
};

/*
 * Runs the plan for a goal.  With nothing to do, no callback either, it returns at once,
 * without the lock.  On failure
 * result tells what was applied before, err->state what became of the failed step.
 */
MUST_CHECK bool
run_plan(struct session *s, const struct goal *goal, struct run_result *result, struct error *err);

/*
 * Is a run at work on this database right now?  Then what does not fit may be its doing: the row
 * of a file without a transaction says success = false until it ends.
 */
bool run_is_busy(struct session *s);

/* Writes the SQL of the plan, history rows included, so that psql can run it (--dry-run). */
MUST_CHECK bool run_dry(struct session *s, FILE *out, struct error *err);

#endif
