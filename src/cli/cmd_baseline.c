/* SPDX-License-Identifier: MIT */
#include "cli/begin.h"
#include "cli/out.h"

static bool
print_json(const struct context *c, const struct session *s, const char *version, bool done,
    const struct error *failure, struct error *err)
{
	struct json *json = out_json(c, "baseline", s, failure);

	json_put_bool(json, "successfullyBaselined", done);
	json_put_text(json, "baselineVersion", version);
	return out_json_print(json, err);
}

static bool
baseline_run(const struct context *c, int *status, struct error *err)
{
	struct session s;
	struct run_result result = { 0 };
	struct goal goal = { .kind = GOAL_BASELINE };
	struct problems problems = { .arena = c->arena };
	const char *version = c->config->baseline_version;

	*status = 0;
	if (c->argument_count > 0)
		version = c->arguments[0];
	goal.baseline_version = version;
	if (!begin_session(c, &goal, &s, err))
		return false;
	plan_refusals(&s.plan, c->config, &problems);
	if (problems.count > 0) {
		*status = out_problems_status(&problems);
		out_problems(stderr, c->config, &problems);
		return c->config->format == FORMAT_TEXT ||
		    print_json(c, &s, version, false, out_summary(c->arena, &problems), err);
	}
	if (!begin_confirm(c, &s, arena_printf(c->arena, "baseline at version %s", version), err) ||
	    !run_plan(&s, &goal, &result, err))
		return false;
	if (c->config->format == FORMAT_JSON)
		return print_json(c, &s, version, true, NULL, err);
	printf(result.applied == 0 ? "already baselined at version " : "baselined at version ");
	out_put(stdout, version);
	printf("\n");
	return out_finish(err);
}

const struct command cmd_baseline = {
	.name = "baseline",
	.args = "[V]",
	.summary = "mark the present state of the database as version V",
	.description = "Writes the row that says that the database is at version V (the setting\n"
		       "baseline-version when left out), so that up applies later versions only.",
	.most_arguments = 1,
	.needs_config = true,
	.run = baseline_run,
};
