/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/mask.h"
#include "cli/begin.h"
#include "cli/out.h"

enum { INDENT = 2, USUAL_WIDTH = 100 };

/* --- what belongs to a statement --- */

/* The statement that a problem is about: the last one that begins before its place. */
static const struct statement *
blamed_statement(const struct script *script, const struct error *problem)
{
	const struct statement *blamed = NULL;
	const struct place *place = &problem->place;

	for (size_t i = 0; i < script->statement_count; i++) {
		const struct statement *st = &script->statements[i];

		if (st->line > place->line ||
		    (st->line == place->line && st->column > place->column))
			break;
		blamed = st;
	}
	return blamed;
}

static bool
is_about(const struct error *problem, const struct script *script, const struct statement *st)
{
	return problem->place.path != NULL && strcmp(problem->place.path, script->path) == 0 &&
	    blamed_statement(script, problem) == st;
}

static const char *
phase_name(const struct script *script)
{
	switch (script->directives.phase) {
	case PHASE_NONE:
		return script->directives.batch.given ? "backfill" : "expand";
	case PHASE_EXPAND:
		return "expand";
	case PHASE_BACKFILL:
		return "backfill";
	case PHASE_CONTRACT:
		return "contract";
	}
	return NULL;
}

/* --- names as SQL writes them --- */

static bool
is_plain(const char *name)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz_";

	return name[0] != '\0' && strchr(letters, name[0]) != NULL &&
	    strspn(name, "abcdefghijklmnopqrstuvwxyz_0123456789$") == strlen(name);
}

static void
put_identifier(FILE *out, const char *name)
{
	if (is_plain(name)) {
		fputs(name, out);
		return;
	}
	fputc('"', out);
	for (; name[0] != '\0'; name++)
		fprintf(out, "%s%c", name[0] == '"' ? "\"" : "", name[0]);
	fputc('"', out);
}

static const char *
relation_name(struct arena *a, const struct statement_lock *lock)
{
	struct arena_text *text = arena_text_new(a);

	if (lock->schema != NULL) {
		put_identifier(text->out, lock->schema);
		fputc('.', text->out);
	}
	put_identifier(text->out, lock->name);
	return arena_text_end(text);
}

/* What is locked, in words: some locks fall on a table that the statement does not name. */
static const char *
lock_target(struct arena *a, const struct statement_lock *lock)
{
	const char *name = relation_name(a, lock);

	switch (lock->object) {
	case LOCK_TABLE:
		return name;
	case LOCK_INDEX:
		return arena_printf(a, "index %s and its table", name);
	case LOCK_CONSTRAINT:
		return arena_printf(a, "the table that %s of %s references, if it is a foreign key",
		    lock->constraint, name);
	case LOCK_REFERENCED:
		return arena_printf(a,
		    "every table that %s references, and the one that it is a partition of", name);
	case LOCK_REFERENCING:
		return arena_printf(a, "every table that references %s", name);
	case LOCK_COLUMN:
		return arena_printf(
		    a, "every table tied to %s by a foreign key over %s", name, lock->column);
	}
	return name;
}

/* --- text --- */

/* A statement on one line. */
static const char *
flat_text(struct arena *a, const struct statement *st)
{
	struct arena_text *text = arena_text_new(a);
	const char *blank = "";

	/* Before blanks are folded and the end is cut off: a secret must be found whole. */
	for (const char *s = mask_text(a, st->text); s[0] != '\0'; s++) {
		if (strchr(" \t\r\n\f\v", s[0]) != NULL) {
			blank = " ";
			continue;
		}
		fprintf(text->out, "%s%c", blank, s[0]);
		blank = "";
	}
	fputs(st->cut ? "…" : "", text->out);
	return arena_text_end(text);
}

static void
print_problems(const struct problems *problems, const struct script *script,
    const struct statement *st, int indent)
{
	for (size_t i = 0; i < problems->count; i++) {
		if (!is_about(problems->list[i], script, st))
			continue;
		printf("%*serror: ", indent, "");
		out_put(stdout, problems->list[i]->message);
		printf("\n");
	}
}

static void
print_statement(
    const struct script *script, const struct statement *st, const struct problems *problems)
{
	struct arena *a = arena_new(NULL);
	const char *place =
	    arena_printf(a, "%lld:%lld ", (long long)st->line, (long long)st->column);
	int indent = INDENT + (int)strlen(place);
	size_t width = out_width(stdout) > (size_t)indent + 20 ? out_width(stdout) : USUAL_WIDTH;

	printf("%*s%s", INDENT, "", place);
	out_put(stdout, out_shorten(a, flat_text(a, st), width - (size_t)indent));
	printf("\n");
	for (size_t i = 0; i < st->class.lock_count; i++) {
		printf("%*s%s on ", indent, "", lock_mode_name(st->class.locks[i].mode));
		out_put(stdout, lock_target(a, &st->class.locks[i]));
		printf("\n");
	}
	print_problems(problems, script, st, indent);
	arena_close(a);
}

static void
print_script(const struct step *step, const struct problems *problems)
{
	const struct script *script = step->script;

	out_put(stdout, script->script);
	printf("  %s, %s", script->transaction ? "in a transaction" : "without a transaction",
	    phase_name(script));
	if (step->resumes != NULL)
		printf(", goes on at statement %lld of %lld",
		    (long long)step->resumes->unfinished->done + 1,
		    (long long)script->statement_total);
	printf("\n");
	print_problems(problems, script, NULL, INDENT);
	for (size_t i = 0; i < script->statement_count; i++)
		if (!script->statements[i].skip)
			print_statement(script, &script->statements[i], problems);
	if (script->dml_total > 0)
		printf("%*s%lld statement%s that only read%s or write%s rows\n", INDENT, "",
		    (long long)script->dml_total, script->dml_total == 1 ? "" : "s",
		    script->dml_total == 1 ? "s" : "", script->dml_total == 1 ? "s" : "");
}

static const char *
plural(size_t count)
{
	return count == 1 ? "" : "s";
}

static void
print_text(const struct plan *plan, const struct problems *problems)
{
	size_t files = 0, statements = 0;

	for (size_t i = 0; i < plan->step_count; i++) {
		const struct step *step = &plan->steps[i];

		for (size_t j = 0; step->kind == STEP_RECORD && j < step->record_count; j++) {
			out_record(stdout, &step->records[j]);
			printf("\n");
		}
		if (step->kind != STEP_SCRIPT)
			continue;
		print_script(step, problems);
		files++;
		statements += (size_t)step->script->statement_total;
	}
	printf("%zu file%s, %zu statement%s, %zu error%s\n", files, plural(files), statements,
	    plural(statements), problems->count, plural(problems->count));
}

/* --- JSON --- */

static struct json *
lock_json(struct arena *a, const struct statement_lock *lock)
{
	static const char *const objects[] = {
		[LOCK_TABLE] = "table",
		[LOCK_INDEX] = "index",
		[LOCK_CONSTRAINT] = "constraint",
		[LOCK_REFERENCED] = "referenced",
		[LOCK_REFERENCING] = "referencing",
		[LOCK_COLUMN] = "column",
	};
	struct json *json = json_new_object(a);

	json_put_text(json, "relation", relation_name(a, lock));
	json_put_text(json, "object", objects[lock->object]);
	json_put_text(json, "constraint", lock->constraint);
	json_put_text(json, "column", lock->column);
	json_put_text(json, "mode", lock_mode_name(lock->mode));
	json_put_null(json, "bytes");
	json_put_null(json, "rows");
	return json;
}

static struct json *
statement_json(struct arena *a, const struct statement *st)
{
	static const char *const unknown[] = { "rewrite", "scan", "cost", "seconds" };
	struct json *json = json_new_object(a), *locks = json_new_array(a);

	json_put_integer(json, "line", st->line);
	json_put_integer(json, "column", st->column);
	json_put_text(json, "kind", st->class.form);
	json_put_text(json, "sql", st->text);
	for (size_t i = 0; i < st->class.lock_count; i++)
		json_push(locks, lock_json(a, &st->class.locks[i]));
	json_put(json, "locks", locks);
	for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++)
		json_put_null(json, unknown[i]);
	json_put(json, "findings", json_new_array(a));
	return json;
}

static struct json *
file_json(struct arena *a, const struct step *step)
{
	const struct script *script = step->script;
	struct json *json = json_new_object(a), *list = json_new_array(a);

	json_put_text(json, "version", script->version);
	json_put_text(json, "script", script->script);
	json_put_text(json, "type", step->records[0].type);
	json_put_text(json, "phase", phase_name(script));
	json_put_bool(json, "transaction", script->transaction);
	for (size_t i = 0; i < script->statement_count; i++)
		if (!script->statements[i].skip)
			json_push(list, statement_json(a, &script->statements[i]));
	json_put(json, "statements", list);
	if (step->resumes != NULL)
		json_put_integer(json, "resumesAt", step->resumes->unfinished->done + 1);
	else
		json_put_null(json, "resumesAt");
	json_put_integer(json, "statementsTotal", script->statement_total);
	json_put_integer(json, "statementsPlainDml", script->dml_total);
	return json;
}

static void
print_json(const struct context *c, const struct session *s, const struct problems *problems)
{
	struct json *json = out_json(c, "plan", s, out_summary(c->arena, problems));
	struct json *files = json_new_array(c->arena);

	for (size_t i = 0; i < s->plan.step_count; i++)
		if (s->plan.steps[i].kind == STEP_SCRIPT)
			json_push(files, file_json(c->arena, &s->plan.steps[i]));
	json_put_text(json, "schemaVersion", s->plan.schema_version);
	json_put_text(json, "targetSchemaVersion", s->plan.target_version);
	json_put(json, "files", files);
	json_put(json, "problems", out_json_problems(c->arena, problems));
	out_json_print(json);
}

static bool
plan_run(const struct context *c, int *status, struct error *err)
{
	struct session s;
	struct goal goal = { .kind = GOAL_UP, .check_only = true };
	struct problems problems = { .arena = c->arena };

	if (!begin_session(c, &goal, &s, err))
		return false;
	plan_refusals(&s.plan, c->config, &problems);
	*status = out_problems_status(&problems);
	if (c->config->format == FORMAT_JSON)
		print_json(c, &s, &problems);
	else
		print_text(&s.plan, &problems);
	out_problems(stderr, c->config, &problems);
	return true;
}

const struct command cmd_plan = {
	.name = "plan",
	.args = "",
	.summary = "show what up would do, statement by statement; runs nothing",
	.description =
	    "Shows the pending files with their statements, the locks that each takes, and "
	    "what is wrong with them.  Exit status 0 means that up would go through.",
	.needs_config = true,
	.run = plan_run,
};
