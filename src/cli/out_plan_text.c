/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/figure.h"
#include "cli/out_batch.h"
#include "cli/out_plan.h"
#include "core/phase.h"

enum { INDENT = 2, USUAL_WIDTH = 100 };

static void
print_problems(const struct plan_report *report, const struct script *script,
    const struct statement *st, int indent)
{
	for (size_t i = 0; i < report->problems.count; i++) {
		if (!out_plan_is_about(report->problems.list[i], script, st))
			continue;
		printf("%*serror: ", indent, "");
		out_put(stdout, report->problems.list[i]->message);
		printf("\n");
	}
}

static void
print_finding(const struct finding *finding)
{
	const char *why = finding->raised != NULL ? finding->raised : finding->lowered;

	printf("%s %s: ", severity_name(finding->severity), finding->rule->id);
	out_put(stdout, finding->message);
	if (why != NULL) {
		printf(" (%s: ", finding->raised != NULL ? "worse" : "lowered");
		out_put(stdout, why);
		printf(")");
	}
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

		if (out_plan_is_listed(checked->script, finding->statement) || finding->allowed)
			continue;
		printf("%*s", INDENT, "");
		if (finding->place.line > 0)
			printf("%lld:%lld ", (long long)finding->place.line,
			    (long long)finding->place.column);
		print_finding(finding);
	}
}

static void
print_holder(struct arena *a, const struct table_facts *facts, int indent)
{
	if (facts == NULL || facts->held_ms < 0)
		return;
	printf("%*sin the way now: pid %d (", indent, "", facts->held_pid);
	out_put(stdout, facts->held_by);
	printf("), whose transaction is open for %s\n", figure_seconds(a, facts->held_ms / 1000));
}

/* What nobody else can see yet is in nobody's way. */
static void
print_locks(struct arena *a, const struct outlook *outlook, int indent)
{
	for (size_t i = 0; outlook != NULL && i < outlook->lock_count; i++) {
		const struct outlook_lock *lock = &outlook->locks[i];

		if (lock->is_new)
			continue;
		printf("%*s", indent, "");
		out_put(stdout, out_plan_lock(a, outlook, lock));
		printf("\n");
		print_holder(a, lock->facts, indent);
	}
}

static void
print_statement(
    const struct plan_report *report, const struct checked *checked, const struct statement *st)
{
	struct arena *a = arena_new(NULL);
	const char *place =
	    arena_printf(a, "%lld:%lld ", (long long)st->line, (long long)st->column);
	int indent = INDENT + (int)strlen(place);
	size_t width = out_width(stdout) > (size_t)indent + 20 ? out_width(stdout) : USUAL_WIDTH;

	printf("%*s%s", INDENT, "", place);
	out_put(stdout, out_shorten(a, out_plan_flat(a, st), width - (size_t)indent));
	printf("\n");
	print_locks(a, check_outlook(checked, st->number), indent);
	print_problems(report, checked->script, st, indent);
	print_findings(checked, st, indent);
	arena_close(a);
}

static void
print_batch(struct arena *a, const struct script *script)
{
	struct config_list notes = out_batch_notes(a, script);

	for (size_t i = 0; i < notes.count; i++) {
		printf("%*s", INDENT, "");
		out_put(stdout, notes.items[i]);
		printf("\n");
	}
}

static void
print_script(const struct plan_report *report, const struct step *step)
{
	const struct script *script = step->script;
	const struct checked *checked = out_plan_checked(report, script);
	struct arena *a = arena_new(NULL);
	const char *done =
	    step->resumes == NULL ? NULL : out_batch_done(a, step->resumes->unfinished);

	out_put(stdout, script->script);
	printf("  %s, %s", out_batch_way(a, script), phase_name(phase_of(script)));
	if (done != NULL)
		printf(", goes on: %s", done);
	else if (step->resumes != NULL)
		printf(", goes on at statement %lld of %lld",
		    (long long)step->resumes->unfinished->done + 1,
		    (long long)script->statement_total);
	printf("\n");
	print_problems(report, script, NULL, INDENT);
	for (size_t i = 0; i < script->statement_count; i++)
		if (!script->statements[i].skip)
			print_statement(report, checked, &script->statements[i]);
	if (script->dml_total > 0)
		printf("%*s%lld statement%s that only read%s or write%s rows\n", INDENT, "",
		    (long long)script->dml_total, script->dml_total == 1 ? "" : "s",
		    script->dml_total == 1 ? "s" : "", script->dml_total == 1 ? "s" : "");
	print_batch(a, script);
	print_other_findings(checked);
	arena_close(a);
}

/* What comes with a later run. */
static void
print_held(const struct plan *plan)
{
	for (size_t i = 0; i < plan->entry_count; i++) {
		const struct entry *e = &plan->entries[i];

		if (e->state != STATE_HELD)
			continue;
		out_put(stdout, e->script->script);
		printf("  held, %s\n", phase_name(phase_of(e->script)));
	}
}

void
out_plan_text(const struct plan_report *report)
{
	const struct plan *plan = &report->session->plan;
	struct config_list notes = out_plan_notes(report);

	for (size_t i = 0; i < plan->step_count; i++) {
		const struct step *step = &plan->steps[i];

		for (size_t j = 0; step->kind == STEP_RECORD && j < step->record_count; j++) {
			out_record(stdout, &step->records[j]);
			printf("\n");
		}
		if (step->kind == STEP_SCRIPT)
			print_script(report, step);
	}
	print_held(plan);
	for (size_t i = 0; i < notes.count; i++) {
		out_put(stdout, notes.items[i]);
		printf("\n");
	}
	printf("%s\n", out_plan_total(report));
}
