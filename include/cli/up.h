/* SPDX-License-Identifier: MIT */
#ifndef CLI_UP_H
#define CLI_UP_H

#include "cli/command.h"
#include "core/plan.h"

/*
 * The way from a goal to its answer that up and undo share: where we are, what is refused, what
 * lint finds, the dry run, the question where the environment is protected, the run.
 */
MUST_CHECK bool
up_carry_out(const struct context *c, struct goal *goal, int *status, struct error *err);

#endif
