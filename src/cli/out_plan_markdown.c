/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mask.h"
#include "cli/out_batch.h"
#include "cli/out_plan.h"
#include "core/phase.h"

/*
 * For pull requests: a comment, or the summary of a job.  GitHub takes 65,536 characters for a
 * comment, so that what is long is cut and said so.
 */
enum { STATEMENTS_MAX = 100, STATEMENT_WIDTH = 120 };

/* What HTML, Markdown or a table would take for its own; line ends become blanks. */
static void
put_text(FILE *out, const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text == '\n' || *text == '\r')
			fputc(' ', out);
		else if (strchr("<>&|*_`[]\\#~@", *text) != NULL)
			fprintf(out, "&#%d;", *text);
		else
			fputc(*text, out);
	}
}

static void
put_foreign(FILE *out, const char *text)
{
	struct arena *a = arena_new(NULL);

	put_text(out, mask_escape(a, mask_text(a, text), false));
	arena_close(a);
}

static const char *
mark(enum severity severity)
{
	return severity == SEVERITY_ERROR ? "**error**" : severity_name(severity);
}

static void
put_finding(FILE *out, const struct finding *finding)
{
	fprintf(out, "%s `%s`: ", mark(finding->severity), finding->rule->id);
	put_foreign(out, finding->message);
	if (finding->raised != NULL) {
		fputs(" (worse: ", out);
		put_foreign(out, finding->raised);
		fputs(")", out);
	} else if (finding->lowered != NULL) {
		fputs(" (lowered: ", out);
		put_foreign(out, finding->lowered);
		fputs(")", out);
	}
}

static void
put_locks(FILE *out, struct arena *a, const struct outlook *outlook)
{
	const char *between = "";

	for (size_t i = 0; i < outlook->lock_count; i++) {
		if (outlook->locks[i].is_new)
			continue;
		fputs(between, out);
		put_foreign(out, out_plan_lock(a, outlook, &outlook->locks[i]));
		between = "<br>";
	}
}

static void
put_statement(FILE *out, const struct checked *checked, const struct statement *st)
{
	struct arena *a = arena_new(NULL);
	const char *between = "";

	fprintf(out, "| %lld:%lld | <code>", (long long)st->line, (long long)st->column);
	put_foreign(out, out_shorten(a, out_plan_flat(a, st), STATEMENT_WIDTH));
	fputs("</code> | ", out);
	put_locks(out, a, check_outlook(checked, st->number));
	fputs(" | ", out);
	for (size_t i = 0; i < checked->count; i++) {
		if (checked->findings[i].statement != st->number || checked->findings[i].allowed)
			continue;
		fputs(between, out);
		put_finding(out, &checked->findings[i]);
		between = "<br>";
	}
	fputs(" |\n", out);
	arena_close(a);
}

static void
put_statements(FILE *out, const struct checked *checked)
{
	const struct script *script = checked->script;
	size_t shown = 0, left = 0;

	for (size_t i = 0; i < script->statement_count; i++) {
		if (script->statements[i].skip)
			continue;
		if (shown == STATEMENTS_MAX) {
			left++;
			continue;
		}
		if (shown++ == 0)
			fputs(
			    "\n| place | statement | locks | findings |\n|---|---|---|---|\n", out);
		put_statement(out, checked, &script->statements[i]);
	}
	if (left > 0)
		fprintf(out, "\n… and %zu more statements\n", left);
	if (script->dml_total > 0)
		fprintf(out, "\n%lld statement%s of plain DML\n", (long long)script->dml_total,
		    script->dml_total == 1 ? "" : "s");
}

/* A fence longer than any row of backticks in the text. */
static void
put_sql(FILE *out, const char *sql)
{
	struct arena *a = arena_new(NULL);
	const char *text = mask_escape(a, mask_text(a, sql), true);
	size_t longest = 2;

	for (const char *s = strchr(text, '`'); s != NULL; s = strchr(s, '`')) {
		size_t length = strspn(s, "`");

		longest = length > longest ? length : longest;
		s += length;
	}
	fputc('\n', out);
	for (size_t i = 0; i <= longest; i++)
		fputc('`', out);
	fprintf(
	    out, "sql\n%s%s", text, text[0] == '\0' || text[strlen(text) - 1] == '\n' ? "" : "\n");
	for (size_t i = 0; i <= longest; i++)
		fputc('`', out);
	fputc('\n', out);
	arena_close(a);
}

static void
put_advice(FILE *out, const struct checked *checked)
{
	for (size_t i = 0; i < checked->count; i++) {
		const struct finding *finding = &checked->findings[i];

		if (finding->allowed || finding->instead == NULL)
			continue;
		fprintf(out, "\n<details><summary>%lld:%lld %s: write instead</summary>\n",
		    (long long)finding->place.line, (long long)finding->place.column,
		    finding->rule->id);
		put_sql(out, finding->instead);
		fputs("\n</details>\n", out);
	}
}

/* Those of the file, and of statements that are not listed. */
static void
put_other_findings(FILE *out, const struct checked *checked)
{
	for (size_t i = 0; i < checked->count; i++) {
		const struct finding *finding = &checked->findings[i];

		if (out_plan_is_listed(checked->script, finding->statement) || finding->allowed)
			continue;
		fputs("\n- ", out);
		if (finding->place.line > 0)
			fprintf(out, "%lld:%lld ", (long long)finding->place.line,
			    (long long)finding->place.column);
		put_finding(out, finding);
		fputc('\n', out);
	}
}

static void
put_batch(FILE *out, struct arena *a, const struct script *script)
{
	struct config_list notes = out_batch_notes(a, script);

	for (size_t i = 0; i < notes.count; i++) {
		fputs("\n- ", out);
		put_foreign(out, notes.items[i]);
		fputc('\n', out);
	}
}

static void
put_script(FILE *out, const struct plan_report *report, const struct step *step)
{
	const struct script *script = step->script;
	const struct checked *checked = out_plan_checked(report, script);

	fputs("\n#### <code>", out);
	put_foreign(out, script->script);
	fprintf(out, "</code>\n\nRuns %s, %s\n", out_batch_way(report->context->arena, script),
	    phase_name(phase_of(script)));
	put_batch(out, report->context->arena, script);
	put_statements(out, checked);
	put_other_findings(out, checked);
	put_advice(out, checked);
}

static void
put_held(FILE *out, const struct plan *plan)
{
	for (size_t i = 0; i < plan->entry_count; i++) {
		const struct entry *e = &plan->entries[i];

		if (e->state != STATE_HELD)
			continue;
		fputs("\n- held: <code>", out);
		put_foreign(out, e->script->script);
		fprintf(out, "</code>, %s\n", phase_name(phase_of(e->script)));
	}
}

static void
put_report(FILE *out, const struct plan_report *report)
{
	const struct session *s = report->session;
	struct config_list notes = out_plan_notes(report);

	fprintf(out, "### migrate plan: %s\n\nDatabase <code>", out_plan_total(report));
	put_foreign(out, conn_database(s->conn));
	fprintf(out, "</code>, PostgreSQL %d, schema version %s\n",
	    conn_server_version(s->conn) / 10000,
	    s->plan.schema_version != NULL ? s->plan.schema_version : "none");
	for (size_t i = 0; i < report->problems.count; i++) {
		const struct error *problem = report->problems.list[i];

		fputs("\n- **error** ", out);
		if (problem->place.path != NULL) {
			put_foreign(out, problem->place.path);
			fprintf(out, ":%lld:%lld: ", (long long)problem->place.line,
			    (long long)problem->place.column);
		}
		put_foreign(out, problem->message);
		fputc('\n', out);
	}
	for (size_t i = 0; i < notes.count; i++) {
		fputs("\n- ", out);
		put_foreign(out, notes.items[i]);
		fputc('\n', out);
	}
	put_held(out, &s->plan);
	for (size_t i = 0; i < s->plan.step_count; i++)
		if (s->plan.steps[i].kind == STEP_SCRIPT)
			put_script(out, report, &s->plan.steps[i]);
}

void
out_plan_markdown(const struct plan_report *report)
{
	put_report(stdout, report);
}

/* The summary of the job, where GitHub has given a file for it (GITHUB_STEP_SUMMARY). */
static void
write_summary(const struct plan_report *report)
{
	const char *path = getenv("GITHUB_STEP_SUMMARY");
	FILE *out;
	bool written;

	if (path == NULL || *path == '\0')
		return;
	out = fopen(path, "a");
	if (out != NULL)
		put_report(out, report);
	written = out != NULL && !ferror(out);
	if (out != NULL && fclose(out) != 0)
		written = false;
	if (!written)
		event_warning(report->context->sink,
		    "cannot write \"%s\" (GITHUB_STEP_SUMMARY): %s", path, strerror(errno));
}

/* Findings beside the lines of the pull request, and the whole as the summary of the job. */
void
out_plan_github(const struct plan_report *report)
{
	out_lint_github(&(struct lint_report){
	    .context = report->context,
	    .checks = &report->checks,
	    .problems = &report->problems,
	});
	write_summary(report);
}
