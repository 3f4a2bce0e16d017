/* SPDX-License-Identifier: MIT */
#ifndef CORE_CALLBACK_H
#define CORE_CALLBACK_H

#include <stdbool.h>
#include <stddef.h>

#include "core/plan.h"

/*
 * Flyway's SQL callbacks: which events there are, at which moment of which command each runs, and
 * which files therefore run.  Pure; callback_run.h runs them.
 */

struct callback_event {
	const char *name; /* what the file's name begins with */
	unsigned goals; /* the commands that run it: bits, 1u << goal_kind */
	enum callback_moment moment;
	const char *reader; /* a command that would run it too if it might write, or NULL */
	const char *never; /* with CALLBACK_NEVER: why no command runs it, or NULL */
};

/* By moment; an event that means something else in another command has a row for each. */
extern const struct callback_event callback_events[];
extern const size_t callback_event_count;

/* Which files a goal runs, and when. */
struct callbacks callback_find(struct arena *a, const struct goal *goal,
    const struct config *config, const struct scripts *scripts);
/* Is there one that runs also when no file is pending? */
bool callback_runs_alone(const struct callbacks *callbacks);
/* Is there anything to do: a step, or a callback that runs without one? */
bool callback_runs(const struct plan *plan);
/* A step for each file of a list; around: the one in whose transaction they run, or NULL. */
struct step *
callback_steps(struct arena *a, const struct callback_list *list, const struct step *around);
/* What cannot stand in a callback that was read, or cannot run where it would. */
void
callback_check(const struct script *script, const struct config *config, struct problems *problems);
/* Reads them, and adds to the plan's problems what cannot be run. */
void callback_read(struct plan *plan, const struct script_environment *env);

/* The files, quoted and with commas, that a command which never writes leaves out; or NULL. */
const char *callback_left_out(struct arena *a, const char *reader, const struct scripts *scripts);
/* Why no command runs this file; NULL: there is one that does. */
const char *callback_never(const struct script *script);

#endif
