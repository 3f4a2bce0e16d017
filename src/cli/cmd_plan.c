/* SPDX-License-Identifier: MIT */
#include "cli/begin.h"
#include "cli/out_plan.h"

static const struct command_option options[] = {
	{ .name = "trust-facts",
	    .help =
		"let the live database's sizes and constraints make findings milder, as up does" },
	{ .name = "phase",
	    .value = "PHASE",
	    .help = "only expand, backfill or contract, and what comes before it" },
	{ 0 },
};

static plan_writer *const writers[] = {
	[FORMAT_TEXT] = out_plan_text,
	[FORMAT_JSON] = out_plan_json,
	[FORMAT_MARKDOWN] = out_plan_markdown,
	[FORMAT_GITHUB] = out_plan_github,
};

static bool
plan_run(const struct context *c, int *status, struct error *err)
{
	struct session s;
	struct goal goal = { .kind = GOAL_UP, .check_only = true, .lints = true };
	struct plan_report report = {
		.context = c,
		.session = &s,
		.problems = { .arena = c->arena },
	};
	bool trusted = command_option(c, "trust-facts") != NULL;

	if (!begin_phase(c, &goal.phase, err) || !begin_session(c, &goal, &s, err))
		return false;
	begin_say_notes(c, &s);
	plan_refusals(&s.plan, c->config, &report.problems);
	if (!plan_lint(c->arena, &s, c->config, trusted, &report.checks, &report.catalog, err))
		return false;
	*status = out_problems_status(&report.problems);
	if (*status == 0 && check_failures(&report.checks) > 0)
		*status = ERR_FINDINGS;
	writers[c->config->format](&report);
	out_problems(stderr, c->config, &report.problems);
	return true;
}

const struct command cmd_plan = {
	.name = "plan",
	.args = "",
	.summary = "show what up would do, statement by statement; runs nothing",
	.description =
	    "Shows the pending files with their statements, the locks that each takes, on how "
	    "large a table, about how long it takes, in whose way it would be, and what is wrong "
	    "with it, findings of lint included.  Reads the live database, and writes nothing.  "
	    "Exit status 0 means that up would go through, 3 that lint found something as severe "
	    "as lint.fail_on.",
	.needs_config = true,
	.options = options,
	.formats = 1U << FORMAT_MARKDOWN | 1U << FORMAT_GITHUB,
	.run = plan_run,
};
