/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/begin.h"
#include "cli/out.h"
#include "cli/up.h"
#include "core/callback.h"
#include "core/hook.h"
#include "core/undo.h"

enum { SHOWN_FINDINGS = 20 }; /* of those that only warn */

/* --- the dry run --- */

/* Takes a half-written file away; once renamed there is none of that name. */
static void
remove_file(void *path)
{
	(void)unlink(path); /* it is gone already when all went well */
}

static bool
write_file(struct session *s, FILE *out, const char *temporary, const char *path, struct error *err)
{
	if (!run_dry(s, out, err))
		return false;
	if (fflush(out) != 0 || fsync(fileno(out)) != 0)
		return error_set(
		    err, ERR_USAGE, "cannot write \"%s\": %s", temporary, strerror(errno));
	if (rename(temporary, path) != 0)
		return error_set(err, ERR_USAGE, "cannot rename \"%s\" to \"%s\": %s", temporary,
		    path, strerror(errno));
	return true;
}

static void
close_file(void *file)
{
	(void)fclose(file); /* what had to be written was flushed and synced before */
}

/* The name comes into being with the whole text in it, which only its owner may read. */
static bool
dry_into_file(struct session *s, const char *path, struct error *err)
{
	struct arena *a = arena_new(s->arena);
	char *temporary = arena_printf(a, "%s.XXXXXX", path);
	int fd = mkstemp(temporary);
	FILE *out = fd < 0 ? NULL : fdopen(fd, "w");
	bool ok;

	if (out == NULL)
		return error_set(
		    err, ERR_USAGE, "cannot create \"%s\": %s", temporary, strerror(errno));
	arena_defer(a, remove_file, temporary);
	arena_defer(a, close_file, out);
	ok = write_file(s, out, temporary, path, err);
	arena_close(a);
	return ok;
}

/* A device or a pipe (/dev/stdout, a FIFO) is written to: a rename would take its place. */
static bool
dry_into_device(struct session *s, const char *path, struct error *err)
{
	struct arena *a = arena_new(s->arena);
	FILE *out = fopen(path, "w");
	bool ok;

	if (out == NULL)
		return error_set(err, ERR_USAGE, "cannot open \"%s\": %s", path, strerror(errno));
	arena_defer(a, close_file, out);
	ok = run_dry(s, out, err);
	if (ok && fflush(out) != 0)
		ok = error_set(err, ERR_USAGE, "cannot write \"%s\": %s", path, strerror(errno));
	arena_close(a);
	return ok;
}

static bool
dry_run(struct session *s, const char *path, struct error *err)
{
	struct stat st;

	if (path[0] == '\0' || strcmp(path, "-") == 0)
		return run_dry(s, stdout, err) && out_finish(err);
	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
		return dry_into_device(s, path, err);
	return dry_into_file(s, path, err);
}

/* --- the answer --- */

/* What up and undo call the same things, in text and in JSON. */
static const struct words {
	const char *operation, *done, *nothing, *list, *count;
} words[] = {
	[GOAL_UP] = { "migrate", "applied", "up to date", "migrations", "migrationsExecuted" },
	[GOAL_UNDO] = { "undo", "undone", "nothing to undo", "undoneMigrations",
	    "migrationsUndone" },
};

static const struct script *
applied_script(const struct run_result *result, size_t i)
{
	return result->steps[i]->kind == STEP_SCRIPT ? result->steps[i]->script : NULL;
}

static size_t
script_count(const struct run_result *result)
{
	size_t count = 0;

	for (size_t i = 0; i < result->applied; i++)
		count += applied_script(result, i) != NULL;
	return count;
}

static struct json *
migration_json(struct arena *a, const struct run_result *result, size_t i)
{
	static const char *const categories[] = {
		[SCRIPT_VERSIONED] = "Versioned",
		[SCRIPT_REPEATABLE] = "Repeatable",
		[SCRIPT_UNDO] = "Undo",
		[SCRIPT_BASELINE] = "Baseline",
		[SCRIPT_CALLBACK] = "",
	};
	const struct script *script = applied_script(result, i);
	struct json *json = json_new_object(a);

	json_put_text(json, "category", categories[script->kind]);
	json_put_text(json, "version", result->steps[i]->records[0].version);
	json_put_text(json, "description", script->description);
	json_put_text(json, "type", result->steps[i]->records[0].type);
	json_put_text(json, "filepath", script->path);
	json_put_integer(json, "executionTime", result->step_ms[i]);
	return json;
}

static struct json *
call_json(struct arena *a, const struct apply_call *call)
{
	struct json *json = json_new_object(a);

	json_put_text(json, "event", call->script->event);
	json_put_text(json, "description", call->script->description);
	json_put_text(json, "filepath", call->script->path);
	if (call->ms < 0)
		json_put_null(json, "executionTime");
	else
		json_put_integer(json, "executionTime", call->ms);
	return json;
}

static void
print_json(const struct context *c, const struct session *s, const struct run_result *result,
    const struct problems *problems, const struct error *failure)
{
	const struct words *w = &words[s->plan.goal];
	struct json *json = out_json(c, w->operation, s, failure);
	struct json *list = json_new_array(c->arena), *calls = json_new_array(c->arena);

	for (size_t i = 0; i < result->applied; i++)
		if (applied_script(result, i) != NULL)
			json_push(list, migration_json(c->arena, result, i));
	json_put_text(json, "initialSchemaVersion", result->initial_version);
	json_put_text(json, "targetSchemaVersion", result->version);
	json_put(json, w->list, list);
	for (size_t i = 0; i < result->call_count; i++)
		json_push(calls, call_json(c->arena, &result->calls[i]));
	json_put(json, "callbacks", calls);
	json_put_integer(json, w->count, (int64_t)script_count(result));
	json_put_integer(json, "migrationsHeld", (int64_t)s->plan.held_count);
	json_put_text(json, "databaseType", "PostgreSQL");
	json_put_integer(json, "totalMigrationTime", result->elapsed_ms);
	json_put(json, "problems", out_json_problems(c->arena, problems));
	out_json_print(json);
}

static void
print_version(const char *version)
{
	if (version != NULL) {
		printf(", version ");
		out_put(stdout, version);
	}
}

/* The files themselves were told as they were applied. */
static void
print_text(const struct session *s, const struct run_result *result)
{
	size_t applied = script_count(result);

	if (result->applied == 0 && result->failed == NULL)
		fputs(words[s->plan.goal].nothing, stdout);
	else
		printf(
		    "%zu %s, %d failed", applied, words[s->plan.goal].done, result->failed != NULL);
	print_version(result->version);
	if (s->plan.held_count > 0)
		printf(", %zu held", s->plan.held_count);
	printf("\n");
}

/* --- hooks --- */

/* It is over: what comes of the hook changes nothing any more. */
static void
run_hook(const struct context *c, const struct hook *hook)
{
	struct error *err = error_new(c->arena);

	if (!hook_run(c->arena, hook, err))
		event_warning(c->sink, "%s", err->message);
}

/* Not behind a signal, which leaves no time for it, and not when the user is to be told only. */
static void
run_on_error(const struct context *c, const struct session *s, const struct run_result *result,
    const struct error *failure)
{
	if (failure->code == ERR_INTERRUPTED || failure->code == ERR_USAGE)
		return;
	run_hook(c,
	    &(struct hook){ .kind = HOOK_ON_ERROR,
		.config = c->config,
		.sink = c->sink,
		.session = s,
		.version = result->version,
		.target = s == NULL ? NULL : s->plan.target_version,
		.script = result->failed == NULL ? NULL : result->failed->script,
		.failure = failure });
}

static void
run_after_up(const struct context *c, const struct session *s, const struct run_result *result)
{
	if (script_count(result) == 0 || s->plan.goal != GOAL_UP)
		return;
	run_hook(c,
	    &(struct hook){ .kind = HOOK_AFTER_UP,
		.config = c->config,
		.sink = c->sink,
		.session = s,
		.version = result->version,
		.target = result->version });
}

/* --- the run --- */

static bool
refuse(
    const struct context *c, const struct session *s, const struct problems *problems, int *status)
{
	struct run_result nothing = { .initial_version = s->plan.schema_version,
		.version = s->plan.schema_version };

	*status = out_problems_status(problems);
	out_problems(stderr, c->config, problems);
	if (c->config->format == FORMAT_JSON)
		print_json(c, s, &nothing, problems, out_summary(c->arena, problems));
	if (command_option(c, "dry-run") == NULL && s->plan.goal == GOAL_UP)
		run_on_error(c, s, &nothing, out_summary(c->arena, problems));
	return true;
}

/*
 * What was applied before the failure is part of the answer.  When the plan was refused only
 * under the run lock, because the folder or the history changed meanwhile, all problems are told.
 */
static bool
fail(const struct context *c, const struct session *s, const struct run_result *result,
    const struct error *failure, int *status)
{
	struct problems problems = { .arena = c->arena };

	if (failure->code == ERR_REFUSED && result->failed == NULL)
		plan_refusals(&s->plan, c->config, &problems);
	if (problems.count > 0)
		return refuse(c, s, &problems, status);
	*status = error_exit(failure);
	if (c->config->format == FORMAT_JSON)
		print_json(c, s, result, &problems, failure);
	else if (result->applied > 0 || result->failed != NULL)
		print_text(s, result);
	fflush(stdout); /* first what was done */
	out_error(stderr, c->config, failure);
	if (s->plan.goal == GOAL_UP)
		run_on_error(c, s, result, failure);
	return true;
}

static bool
is_of_file(const struct run_result *result)
{
	return result->failed != NULL && result->failed->kind == STEP_SCRIPT;
}

/* The object of the question in a protected environment. */
static const char *
deed(const struct context *c, const struct plan *plan)
{
	struct begin_files files = begin_files(plan);
	size_t count = files.pending + files.interrupted;

	if (plan->goal == GOAL_UNDO && plan->step_count == 1)
		return arena_printf(c->arena, "undo version %s", plan->steps[0].records[0].version);
	if (plan->goal == GOAL_UNDO && plan->step_count > 1)
		return arena_printf(c->arena, "undo %zu versions", plan->step_count);
	if (plan->goal == GOAL_UNDO || count == 0)
		return "run the callbacks";
	return arena_printf(c->arena, "apply %zu %s file%s", count,
	    files.pending == 0 ? "interrupted" : "pending", count == 1 ? "" : "s");
}

/* To undo so many versions once more would go too far when some of them are undone already. */
static const char *
again(const struct context *c, const struct plan *plan)
{
	if (plan->goal == GOAL_UP || plan->step_count == 0)
		return "up";
	return arena_printf(
	    c->arena, "undo --target %s", plan->steps[plan->step_count - 1].records[0].version);
}

static bool
apply(const struct context *c, struct session *s, const struct goal *goal, int *status,
    struct error *err)
{
	struct run_result result = { 0 };
	struct problems none = { .arena = c->arena };

	if (!begin_confirm(c, s, deed(c, &s->plan), err))
		return false;
	if (s->plan.step_count > 0 && s->plan.steps[0].kind == STEP_RECORD)
		event_note(c->sink, "baseline_on_up: the present state becomes version %s",
		    s->plan.steps[0].records[0].version);
	if (!run_plan(s, goal, &result, err)) {
		if (err->code == ERR_SQL && err->next == NULL)
			(void)error_next(err, "%sun \"migrate %s\" again.",
			    is_of_file(&result) ? "Correct the file, then r" : "R",
			    again(c, &s->plan));
		return fail(c, s, &result, err, status);
	}
	run_after_up(c, s, &result);
	if (c->config->format == FORMAT_JSON)
		print_json(c, s, &result, &none, NULL);
	else
		print_text(s, &result);
	return true;
}

/* Who relies on one must not think that it ran. */
static void
warn_of_silence(const struct context *c, const struct session *s)
{
	for (size_t i = 0; i < s->scripts.count; i++) {
		const char *why = callback_never(&s->scripts.list[i]);

		if (why != NULL)
			event_warning(
			    c->sink, "\"%s\" is never run: %s", s->scripts.list[i].path, why);
	}
}

/* --- findings --- */

static void
refuse_finding(const struct finding *finding, struct problems *problems)
{
	struct error *problem = problem_add(problems);

	error_set_at(
	    problem, ERR_REFUSED, finding->place, "%s [%s]", finding->message, finding->rule->id);
	if (finding->instead != NULL)
		problem->hint = arena_printf(problem->arena, "Instead:\n%s", finding->instead);
}

static void
warn_of_finding(const struct context *c, const struct finding *finding)
{
	event_warning(c->sink, "%s:%lld:%lld: %s [%s]", finding->place.path,
	    (long long)finding->place.line, (long long)finding->place.column, finding->message,
	    finding->rule->id);
}

/* What is as severe as lint.fail_on is said, or becomes a problem. */
static bool
lint(const struct context *c, struct session *s, struct problems *problems, struct error *err)
{
	bool refuses = c->config->lint_on_up == ON_UP_REFUSE;
	struct catalog *catalog;
	struct checks checks;
	size_t count = 0;

	if (c->config->lint_on_up == ON_UP_OFF)
		return true;
	if (!plan_lint(c->arena, s, c->config, true, &checks, &catalog, err))
		return false;
	for (size_t i = 0; i < checks.count; i++) {
		const struct checked *checked = &checks.list[i];

		for (size_t k = 0; k < checked->count; k++) {
			if (!check_fails(checked, &checked->findings[k]))
				continue;
			if (refuses)
				refuse_finding(&checked->findings[k], problems);
			else if (count++ < SHOWN_FINDINGS)
				warn_of_finding(c, &checked->findings[k]);
		}
	}
	if (count > SHOWN_FINDINGS)
		event_warning(c->sink, "and %zu more; \"migrate plan\" shows them all",
		    count - SHOWN_FINDINGS);
	return true;
}

/*
 * What does not fit may be the doing of a run that was at work and has just ended: with nobody at
 * work it is read once more.
 */
static bool
read_again(struct session *s, const struct goal *goal, struct problems *problems, struct error *err)
{
	if (run_is_busy(s))
		return true;
	if (!session_plan(s, goal, err))
		return false;
	problems->count = 0;
	plan_refusals(&s->plan, s->config, problems);
	return true;
}

/* Teams that share their history with Flyway should hear of it before the first such row. */
static void
warn_of_rows(const struct context *c, const struct session *s)
{
	if (s->plan.goal != GOAL_UNDO || s->plan.step_count == 0 ||
	    c->config->undo_record == UNDO_RECORD_DELETE ||
	    strcmp(s->history.table, "flyway_schema_history") != 0)
		return;
	for (size_t i = 0; i < s->history.count; i++)
		if (strcmp(s->history.rows[i].type, "UNDO_SQL") == 0)
			return;
	event_warning(c->sink,
	    "undo writes rows of type UNDO_SQL, at which Flyway's free editions stop; where these "
	    "are still used set \"undo_record\" to \"delete\"");
}

/* Before anything was run. */
static bool
give_up(const struct context *c, const struct goal *goal, struct error *err)
{
	if (!goal->check_only && goal->kind == GOAL_UP)
		run_on_error(c, NULL, &(struct run_result){ 0 }, err);
	return begin_fail(goal, err);
}

/* Does what is wrong stay so?  An undo does not wait for what others may still do. */
static bool
is_final(struct session *s, const struct goal *goal)
{
	return goal->check_only || goal->kind == GOAL_UNDO || !run_is_busy(s);
}

bool
up_carry_out(const struct context *c, struct goal *goal, int *status, struct error *err)
{
	const char *dry = command_option(c, "dry-run");
	struct problems problems = { .arena = c->arena }, findings = problems;
	struct session s;

	*status = 0;
	goal->check_only = dry != NULL;
	goal->lints = c->config->lint_on_up != ON_UP_OFF ||
	    hook_command(c->config, HOOK_BEFORE_IRREVERSIBLE) != NULL;
	if (dry != NULL && c->config->format == FORMAT_JSON)
		return error_set(err, ERR_USAGE, "--dry-run prints SQL and has no JSON form");
	if (!begin_session(c, goal, &s, err))
		return give_up(c, goal, err);
	begin_say_where(c, &s);
	warn_of_silence(c, &s);
	plan_refusals(&s.plan, c->config, &problems);
	if (problems.count > 0 && dry == NULL && !read_again(&s, goal, &problems, err))
		return give_up(c, goal, err);
	if (problems.count > 0 && is_final(&s, goal))
		return refuse(c, &s, &problems, status);
	if (goal->kind == GOAL_UNDO)
		undo_pin(&s.plan, &s.history, goal);
	warn_of_rows(c, &s);
	if (!lint(c, &s, &findings, err))
		return give_up(c, goal, err);
	if (findings.count > 0)
		return refuse(c, &s, &findings, status);
	if (dry != NULL)
		return dry_run(&s, dry, err);
	return apply(c, &s, goal, status, err);
}

static bool
up_run(const struct context *c, int *status, struct error *err)
{
	struct goal goal = { .kind = GOAL_UP };

	return begin_phase(c, &goal.phase, err) && up_carry_out(c, &goal, status, err);
}

static const struct command_option options[] = {
	{ "dry-run", "FILE", true, "print the SQL instead, history rows included, for psql" },
	{ "phase", "PHASE", false, "only expand, backfill or contract, and what comes before it" },
	{ 0 },
};

const struct command cmd_up = {
	.name = "up",
	.alias = "migrate",
	.args = "",
	.summary = "apply what is pending",
	.description =
	    "Applies the pending files in order: versioned ones by version, then "
	    "repeatable ones that are new or have changed.  Each file and its row in the "
	    "history commit together.  Nothing is run when anything is wrong with any file "
	    "or with the history: all of it is listed.  Safe to start many times at once; "
	    "the run lock lets one after the other work.  --target V applies nothing above "
	    "version V, --phase PHASE nothing of a later phase than expand, backfill or "
	    "contract: what is held back comes with a later run.",
	.needs_config = true,
	.acts = true,
	.options = options,
	.run = up_run,
};
