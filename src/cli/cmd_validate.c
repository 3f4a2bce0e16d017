/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "cli/begin.h"
#include "cli/git.h"
#include "cli/out.h"
#include "core/callback.h"
#include "core/name.h"

struct report {
	struct problems problems;
	const struct misfit *misfits;
	size_t misfit_count;
	size_t checked;
};

/* --- without a database --- */

static bool
check_offline(
    const struct context *c, struct scripts *scripts, struct report *report, struct error *err)
{
	struct script_environment environment = begin_offline(c);

	if (!scripts_scan(c->arena, c->config, scripts, &report->problems, err))
		return false;
	for (size_t i = 0; i < scripts->count; i++) {
		script_read(c->arena, &scripts->list[i], &environment, &report->problems);
		callback_check(&scripts->list[i], c->config, &report->problems);
	}
	report->checked = scripts->count;
	return true;
}

/* --- against the history --- */

static bool
check_online(const struct context *c, struct session *s, struct report *report, struct error *err)
{
	struct goal goal = { .kind = GOAL_UP, .check_only = true };

	if (!begin_phase(c, &goal.phase, err) || !begin_session(c, &goal, s, err))
		return false;
	begin_say_notes(c, s);
	begin_say_callbacks(c, s, "validate");
	problems_append(&report->problems, &s->plan.file_problems);
	problems_append(&report->problems, &s->plan.setup_problems);
	problems_append(&report->problems, &s->plan.fit_problems);
	problems_append(&report->problems, &s->plan.pending_problems);
	report->misfits = s->plan.misfits;
	report->misfit_count = s->plan.misfit_count;
	report->checked = s->plan.entry_count;
	return true;
}

/* --- against a commit --- */

static int
compare_versions(const void *a, const void *b)
{
	return version_compare(*(const char *const *)a, *(const char *const *)b);
}

/* The versions of the V files among them, in order. */
static void
keep_versions(struct arena *a, struct config_list *files)
{
	struct error *no_migration = error_new(a);
	size_t count = 0;

	for (size_t i = 0; i < files->count; i++) {
		struct script s = { .path = files->items[i] };

		if (name_is_sql(s.path) && name_parse(a, &s, no_migration) &&
		    s.kind == SCRIPT_VERSIONED)
			files->items[count++] = s.version;
	}
	files->count = count;
	if (count > 0)
		qsort(files->items, count, sizeof(*files->items), compare_versions);
}

/* A file that was moved or renamed is not a new one: its version was there. */
static bool
is_in(const struct config_list *versions, const struct script *script)
{
	return versions->count > 0 &&
	    bsearch(&script->version, versions->items, versions->count, sizeof(*versions->items),
		compare_versions) != NULL;
}

static void
refuse_late(const struct script *late, const struct script *newest, const char *ref,
    struct problems *problems)
{
	struct error *problem = problem_add(problems);

	error_set_at(problem, ERR_REFUSED, (struct place){ .path = late->path },
	    "version %s is new since \"%s\" but sorts before version %s, which is there already",
	    late->version, ref, newest->version);
	error_next(problem, "Give it a version above %s.", newest->version);
}

static bool
check_since(const struct context *c, const char *ref, const struct scripts *scripts,
    struct problems *problems, struct error *err)
{
	struct config_list files = { 0 };
	const struct script *newest = NULL;

	for (size_t i = 0; i < c->config->directory.count; i++)
		if (!git_files(c->arena, ref, c->config->directory.items[i], &files, err))
			return false;
	keep_versions(c->arena, &files);
	for (size_t i = 0; i < scripts->count; i++)
		if (scripts->list[i].kind == SCRIPT_VERSIONED && is_in(&files, &scripts->list[i]))
			newest = &scripts->list[i];
	for (size_t i = 0; newest != NULL && &scripts->list[i] < newest; i++)
		if (!is_in(&files, &scripts->list[i]))
			refuse_late(&scripts->list[i], newest, ref, problems);
	return true;
}

/* --- the answer --- */

static struct json *
details_json(struct arena *a, const char *code, const char *message)
{
	struct json *json = json_new_object(a);

	json_put_text(json, "errorCode", code);
	json_put_text(json, "errorMessage", message);
	return json;
}

static struct json *
misfit_json(struct arena *a, const struct misfit *misfit)
{
	const struct entry *e = misfit->entry;
	struct json *json = json_new_object(a);

	json_put_text(json, "version", e->version);
	json_put_text(json, "description", e->description);
	json_put_text(json, "filepath", e->script == NULL ? NULL : e->script->path);
	json_put(json, "errorDetails", details_json(a, misfit->code, misfit->problem->message));
	return json;
}

static const char *
all_messages(struct arena *a, const struct problems *problems)
{
	struct arena_text *text = arena_text_new(a);

	for (size_t i = 0; i < problems->count; i++)
		fprintf(text->out, "%s%s", i == 0 ? "" : "\n", problems->list[i]->message);
	return problems->count == 0 ? NULL : arena_text_end(text);
}

static void
print_json(
    const struct context *c, const struct session *s, const struct report *report, int status)
{
	const struct problems *problems = &report->problems;
	const char *messages = all_messages(c->arena, problems);
	struct json *invalid = json_new_array(c->arena), *details = NULL, *json;

	json = out_json(
	    c, "validate", s, status > ERR_FINDINGS ? out_summary(c->arena, problems) : NULL);
	for (size_t i = 0; i < report->misfit_count; i++)
		json_push(invalid, misfit_json(c->arena, &report->misfits[i]));
	if (problems->count > 0)
		details = details_json(c->arena, "VALIDATE_ERROR", messages);
	json_put(json, "errorDetails", details);
	json_put(json, "invalidMigrations", invalid);
	json_put_bool(json, "validationSuccessful", problems->count == 0);
	json_put_integer(json, "validateCount", (int64_t)report->checked);
	json_put_text(json, "allErrorMessages", messages);
	json_put(json, "problems", out_json_problems(c->arena, problems));
	out_json_print(json);
}

static void
print_text(const struct report *report)
{
	printf("%zu validated, %zu problem%s\n", report->checked, report->problems.count,
	    report->problems.count == 1 ? "" : "s");
}

static bool
validate_run(const struct context *c, int *status, struct error *err)
{
	const char *ref = command_option(c, "since");
	struct session s = { 0 };
	struct report report = { .problems = { .arena = c->arena } };
	bool offline = command_option(c, "offline") != NULL;

	if (offline && command_option(c, "phase") != NULL)
		return error_set(
		    err, ERR_USAGE, "--phase asks what is pending, and --offline does not look");
	if (offline && !check_offline(c, &s.scripts, &report, err))
		return false;
	if (!offline && !check_online(c, &s, &report, err))
		return false;
	if (ref != NULL && !check_since(c, ref, &s.scripts, &report.problems, err))
		return false;
	*status = out_problems_status(&report.problems);
	if (c->config->format == FORMAT_JSON)
		print_json(c, &s, &report, *status);
	else
		print_text(&report);
	out_problems(stderr, c->config, &report.problems);
	return true;
}

static const struct command_option options[] = {
	{ "offline", NULL, false,
	    "no database: check names, duplicates, parsing and directives only" },
	{ "since", "GIT_REF", false, "a new file may not sort before one that this commit holds" },
	{ "phase", "PHASE", false, "look at what \"up --phase\" would apply" },
	{ 0 },
};

const struct command cmd_validate = {
	.name = "validate",
	.args = "",
	.summary = "check the files, and the history against them",
	.description =
	    "Checks names, versions, directives and statements of the files, and whether "
	    "what the history says of applied files is still true of them.  Lists "
	    "everything that is wrong.  Pending files are told too (exit 3), unless "
	    "ignore-migration-patterns has *:pending.",
	.needs_config = true,
	.options = options,
	.run = validate_run,
};
