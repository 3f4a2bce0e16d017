/* SPDX-License-Identifier: MIT */
#ifndef CORE_SQUASH_FILES_H
#define CORE_SQUASH_FILES_H

#include "core/squash.h"

/* Which files a baseline stands for, and whether they can be run from nothing. */

/*
 * For a session with a plan for GOAL_UP.  Fills version, path and files; everything that is in the way is added to result->problems.
 * ERR_USAGE: a version or description that is none.
 */
MUST_CHECK bool squash_choose(struct session *s, const struct squash *squash,
    struct squash_result *result, struct error *err);

/* Does a script do anything to the whole server?  One that cannot be read may do it. */
bool squash_is_shared(
    struct arena *a, const struct script *script, const struct script_environment *env);

/* The B file of that version, or NULL. */
struct script *squash_baseline(const struct scripts *scripts, const char *version);

#endif
