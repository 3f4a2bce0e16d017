/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>

#include "cli/up.h"
#include "core/values.h"

/* The setting of a file or a pipeline is meant for up: only what stands here counts. */
static const char *
own_target(const struct context *c)
{
	return values_source(c->config, "target")->rank == RANK_OPTION ? c->config->target : NULL;
}

static bool
read_steps(const char *text, int64_t *out, struct error *err)
{
	char *end;

	errno = 0;
	*out = strtoll(text, &end, 10);
	if (errno != 0 || end == text || *end != '\0' || *out < 1)
		return error_set(
		    err, ERR_USAGE, "--steps needs a number above 0, not \"%s\"", text);
	return true;
}

static bool
undo_run(const struct context *c, int *status, struct error *err)
{
	const char *steps = command_option(c, "steps");
	struct goal goal = { .kind = GOAL_UNDO, .target = own_target(c) };

	if (steps != NULL && goal.target != NULL)
		return error_set(err, ERR_USAGE, "give --steps or --target, not both");
	if (goal.target == NULL && !read_steps(steps == NULL ? "1" : steps, &goal.undo_steps, err))
		return false;
	return up_carry_out(c, &goal, status, err);
}

static const struct command_option options[] = {
	{ "steps", "N", false, "undo the last N versions, not only the last one" },
	{ "dry-run", "FILE", true, "print the SQL instead, history rows included, for psql" },
	{ 0 },
};

const struct command cmd_undo = {
	.name = "undo",
	.args = "",
	.summary = "take the last version back, with its undo file",
	.description =
	    "Runs the undo file (U3__add_total.sql) of the version that was applied last, and "
	    "records that in the same transaction; \"up\" then applies the version again.  "
	    "--steps N takes the last N versions back, --target V all from version V on, that one "
	    "included, always the one applied last first.  Nothing is run when one of them has no "
	    "undo file.  Repeatable files and baselines cannot be undone.",
	.needs_config = true,
	.acts = true,
	.options = options,
	.run = undo_run,
};
