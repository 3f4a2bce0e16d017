/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/mask.h"
#include "cli/begin.h"
#include "cli/out_lint.h"

enum { INDENT = 2, USUAL_WIDTH = 100 };

/* What is wrong with the files, and what would hurt. */
struct review {
	struct problems problems;
	struct checks checks;
};

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

/* Plain DML is not, nor what stands behind the first 10,000. */
static bool
is_listed(const struct script *script, int64_t number)
{
	for (size_t i = 0; i < script->statement_count; i++)
		if (script->statements[i].number == number)
			return !script->statements[i].skip;
	return false;
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

static const struct checked *
find_checked(const struct checks *checks, const struct script *script)
{
	for (size_t i = 0; i < checks->count; i++)
		if (checks->list[i].script == script)
			return &checks->list[i];
	return NULL;
}

static void
print_finding(const struct finding *finding)
{
	printf("%s %s: ", severity_name(finding->severity), finding->rule->id);
	out_put(stdout, finding->message);
	printf("\n");
}

static void
print_findings(const struct checked *checked, const struct statement *st, int indent)
{
	for (size_t i = 0; i < checked->count; i++) {
		const struct finding *finding = &checked->findings[i];

		if (finding->statement != st->number || finding->allowed)
			continue;
		printf("%*s", indent, "");
		print_finding(finding);
	}
}

/* Those of the file, and of statements that are not listed. */
static void
print_other_findings(const struct checked *checked)
{
	for (size_t i = 0; i < checked->count; i++) {
		const struct finding *finding = &checked->findings[i];

		if (is_listed(checked->script, finding->statement) || finding->allowed)
			continue;
		printf("%*s", INDENT, "");
		if (finding->place.line > 0)
			printf("%lld:%lld ", (long long)finding->place.line,
			    (long long)finding->place.column);
		print_finding(finding);
	}
}

static void
print_statement(
    const struct script *script, const struct statement *st, const struct review *review)
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
	print_problems(&review->problems, script, st, indent);
	print_findings(find_checked(&review->checks, script), st, indent);
	arena_close(a);
}

static void
print_script(const struct step *step, const struct review *review)
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
	print_problems(&review->problems, script, NULL, INDENT);
	for (size_t i = 0; i < script->statement_count; i++)
		if (!script->statements[i].skip)
			print_statement(script, &script->statements[i], review);
	if (script->dml_total > 0)
		printf("%*s%lld statement%s that only read%s or write%s rows\n", INDENT, "",
		    (long long)script->dml_total, script->dml_total == 1 ? "" : "s",
		    script->dml_total == 1 ? "s" : "", script->dml_total == 1 ? "s" : "");
	print_other_findings(find_checked(&review->checks, script));
}

static const char *
plural(size_t count)
{
	return count == 1 ? "" : "s";
}

static void
print_text(const struct plan *plan, const struct review *review)
{
	size_t files = 0, statements = 0;
	size_t errors = review->problems.count + check_count(&review->checks, SEVERITY_ERROR);
	size_t warnings = check_count(&review->checks, SEVERITY_WARNING);

	for (size_t i = 0; i < plan->step_count; i++) {
		const struct step *step = &plan->steps[i];

		for (size_t j = 0; step->kind == STEP_RECORD && j < step->record_count; j++) {
			out_record(stdout, &step->records[j]);
			printf("\n");
		}
		if (step->kind != STEP_SCRIPT)
			continue;
		print_script(step, review);
		files++;
		statements += (size_t)step->script->statement_total;
	}
	printf("%zu file%s, %zu statement%s, %zu error%s", files, plural(files), statements,
	    plural(statements), errors, plural(errors));
	if (warnings > 0)
		printf(", %zu warning%s", warnings, plural(warnings));
	printf("\n");
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

/* Those of a statement; 0: those that belong to none that is listed. */
static struct json *
findings_json(struct arena *a, const struct checked *checked, int64_t number)
{
	struct json *list = json_new_array(a);

	for (size_t i = 0; i < checked->count; i++) {
		const struct finding *finding = &checked->findings[i];

		if (number > 0 ? finding->statement == number
			       : !is_listed(checked->script, finding->statement))
			json_push(list, out_finding_json(a, checked, finding));
	}
	return list;
}

static struct json *
statement_json(struct arena *a, const struct statement *st, const struct checked *checked)
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
	json_put(json, "findings", findings_json(a, checked, st->number));
	return json;
}

static struct json *
file_json(struct arena *a, const struct step *step, const struct review *review)
{
	const struct script *script = step->script;
	const struct checked *checked = find_checked(&review->checks, script);
	struct json *json = json_new_object(a), *list = json_new_array(a);

	json_put_text(json, "version", script->version);
	json_put_text(json, "script", script->script);
	json_put_text(json, "type", step->records[0].type);
	json_put_text(json, "phase", phase_name(script));
	json_put_bool(json, "transaction", script->transaction);
	for (size_t i = 0; i < script->statement_count; i++)
		if (!script->statements[i].skip)
			json_push(list, statement_json(a, &script->statements[i], checked));
	json_put(json, "statements", list);
	if (step->resumes != NULL)
		json_put_integer(json, "resumesAt", step->resumes->unfinished->done + 1);
	else
		json_put_null(json, "resumesAt");
	json_put_integer(json, "statementsTotal", script->statement_total);
	json_put_integer(json, "statementsPlainDml", script->dml_total);
	json_put(json, "findings", findings_json(a, checked, 0));
	return json;
}

static void
print_json(const struct context *c, const struct session *s, const struct review *review)
{
	struct json *json = out_json(c, "plan", s, out_summary(c->arena, &review->problems));
	struct json *files = json_new_array(c->arena);

	for (size_t i = 0; i < s->plan.step_count; i++)
		if (s->plan.steps[i].kind == STEP_SCRIPT)
			json_push(files, file_json(c->arena, &s->plan.steps[i], review));
	json_put_text(json, "schemaVersion", s->plan.schema_version);
	json_put_text(json, "targetSchemaVersion", s->plan.target_version);
	json_put(json, "files", files);
	json_put(json, "problems", out_json_problems(c->arena, &review->problems));
	out_json_print(json);
}

static bool
plan_run(const struct context *c, int *status, struct error *err)
{
	struct session s;
	struct goal goal = { .kind = GOAL_UP, .check_only = true, .lints = true };
	struct review review = { .problems = { .arena = c->arena } };

	if (!begin_session(c, &goal, &s, err))
		return false;
	plan_refusals(&s.plan, c->config, &review.problems);
	begin_lint(c, &s, &review.checks);
	*status = out_problems_status(&review.problems);
	if (*status == 0 && check_failures(&review.checks) > 0)
		*status = ERR_FINDINGS;
	if (c->config->format == FORMAT_JSON)
		print_json(c, &s, &review);
	else
		print_text(&s.plan, &review);
	out_problems(stderr, c->config, &review.problems);
	return true;
}

const struct command cmd_plan = {
	.name = "plan",
	.args = "",
	.summary = "show what up would do, statement by statement; runs nothing",
	.description =
	    "Shows the pending files with their statements, the locks that each takes, and "
	    "what is wrong with them, findings of lint included.  Exit status 0 means that up "
	    "would go through, 3 that lint found something as severe as lint.fail_on.",
	.needs_config = true,
	.run = plan_run,
};
