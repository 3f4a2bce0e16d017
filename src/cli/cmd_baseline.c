/* SPDX-License-Identifier: MIT */
#include "cli/begin.h"
#include "cli/out.h"

static void
print_json(const struct context *c, const struct session *s, const char *version,
    const struct error *failure)
{
	struct json *json = out_json(c, "baseline", s, failure);

	json_put_bool(json, "successfullyBaselined", failure == NULL);
	json_put_text(json, "baselineVersion", version);
	out_json_print(json);
}

static void
print_text(const struct run_result *result, const char *version)
{
	printf(result->applied == 0 ? "already baselined at version " : "baselined at version ");
	out_put(stdout, version);
	printf("\n");
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
	begin_say_where(c, &s);
	plan_refusals(&s.plan, c->config, &problems);
	if (problems.count > 0) {
		*status = out_problems_status(&problems);
		out_problems(stderr, c->config, &problems);
		if (c->config->format == FORMAT_JSON)
			print_json(c, &s, version, out_summary(c->arena, &problems));
		return true;
	}
	if (!begin_confirm(c, &s, arena_printf(c->arena, "baseline at version %s", version), err) ||
	    !run_plan(&s, &goal, &result, err))
		return false;
	if (c->config->format == FORMAT_JSON)
		print_json(c, &s, version, NULL);
	else
		print_text(&result, version);
	return true;
}

const struct command cmd_baseline = {
	.name = "baseline",
	.args = "[V]",
	.summary = "mark the present state of the database as version V",
	.description = "Writes the row that says that the database is at version V (the setting "
		       "baseline-version when left out), so that up applies later versions only.",
	.most_arguments = 1,
	.needs_config = true,
	.acts = true,
	.run = baseline_run,
};
