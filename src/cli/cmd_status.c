/* SPDX-License-Identifier: MIT */
#include "cli/begin.h"
#include "cli/out.h"

static void
print_table(struct arena *a, const struct plan *plan)
{
	static const char *const head[] = { "Category", "Version", "Description", "Type",
		"Installed On", "State" };
	struct out_table table = { .columns = sizeof(head) / sizeof(head[0]), .elastic = 2 };

	if (plan->entry_count == 0)
		return;
	out_table_add(a, &table, head);
	for (size_t i = 0; i < plan->entry_count; i++) {
		const struct entry *e = &plan->entries[i];
		const char *const cells[] = { e->category, e->version, e->description, e->type,
			e->row == NULL ? NULL : e->row->installed_on, plan_state_name(e->state) };

		out_table_add(a, &table, cells);
	}
	out_table_print(stdout, &table);
}

/* "12 applied, 2 pending"; what is rarer is only named when there is some. */
static void
print_counts(const struct plan *plan)
{
	const struct {
		size_t count;
		const char *name;
	} rare[] = {
		{ plan->outdated_count, "outdated" },
		{ plan->interrupted_count, "interrupted" },
		{ plan->future_count, "future" },
	};

	printf("%zu applied, %zu pending", plan->applied_count, plan->pending_count);
	for (size_t i = 0; i < sizeof(rare) / sizeof(rare[0]); i++)
		if (rare[i].count > 0)
			printf(", %zu %s", rare[i].count, rare[i].name);
	printf("\n");
}

static struct json *
entry_json(struct arena *a, const struct entry *e)
{
	struct json *json = json_new_object(a);
	const struct history_row *row = e->row;

	json_put_text(json, "category", e->category);
	json_put_text(json, "version", e->version);
	json_put_text(json, "rawVersion", e->version);
	json_put_text(json, "description", e->description);
	json_put_text(json, "type", e->type);
	json_put_text(json, "installedOnUTC", row == NULL ? NULL : row->installed_on_utc);
	json_put_text(json, "state", plan_state_name(e->state));
	json_put_text(json, "undoable", row == NULL ? NULL : e->undoable ? "Yes" : "No");
	json_put_text(json, "filepath", e->script == NULL ? NULL : e->script->path);
	json_put_null(json, "undoFilepath");
	json_put_text(json, "installedBy", row == NULL ? NULL : row->installed_by);
	json_put_null(json, "shouldExecuteExpression");
	if (row == NULL)
		json_put_null(json, "executionTime");
	else
		json_put_integer(json, "executionTime", row->execution_time);
	return json;
}

static void
print_json(const struct context *c, const struct session *s, const struct problems *problems,
    const struct error *refusal)
{
	struct json *json = out_json(c, "info", s, refusal);
	struct json *list = json_new_array(c->arena);

	json_put_text(json, "schemaVersion", s->plan.schema_version);
	json_put_bool(json, "allSchemasEmpty", s->history.schema_empty && !s->history.exists);
	for (size_t i = 0; i < s->plan.entry_count; i++)
		json_push(list, entry_json(c->arena, &s->plan.entries[i]));
	json_put(json, "migrations", list);
	json_put(json, "problems", out_json_problems(c->arena, problems));
	out_json_print(json);
}

static int
check_status(const struct plan *plan, const struct problems *problems)
{
	if (problems->count > 0)
		return ERR_REFUSED;
	if (plan->pending_count + plan->outdated_count + plan->interrupted_count > 0)
		return ERR_FINDINGS;
	return 0;
}

static bool
status_run(const struct context *c, int *status, struct error *err)
{
	struct session s;
	struct goal goal = { .kind = GOAL_UP, .check_only = true };
	struct problems problems = { .arena = c->arena };

	if (!begin_session(c, &goal, &s, err))
		return false;
	plan_refusals(&s.plan, c->config, &problems);
	*status = command_option(c, "check") == NULL ? 0 : check_status(&s.plan, &problems);
	if (c->config->format == FORMAT_JSON) {
		print_json(c, &s, &problems,
		    *status == ERR_REFUSED ? out_summary(c->arena, &problems) : NULL);
	} else {
		print_table(c->arena, &s.plan);
		print_counts(&s.plan);
	}
	out_problems(stderr, c->config, &problems);
	return true;
}

static const struct command_option options[] = {
	{ "check", NULL, false, "exit with 3 when files are pending, 4 when up would be refused" },
	{ 0 },
};

const struct command cmd_status = {
	.name = "status",
	.alias = "info",
	.args = "",
	.summary = "show every file and every row of the history with its state",
	.description = "Shows the migration files and the rows of the schema history side by side, "
		       "with Flyway's names for their states, and what is wrong with them.  Writes "
		       "nothing.",
	.needs_config = true,
	.options = options,
	.run = status_run,
};
