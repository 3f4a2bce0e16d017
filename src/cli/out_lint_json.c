/* SPDX-License-Identifier: MIT */
#include "cli/out_lint.h"

static void
put_place(struct json *json, const struct place *place)
{
	json_put_text(json, "path", place->path);
	if (place->line > 0)
		json_put_integer(json, "line", place->line);
	else
		json_put_null(json, "line");
	if (place->column > 0)
		json_put_integer(json, "column", place->column);
	else
		json_put_null(json, "column");
}

struct json *
out_finding_json(struct arena *a, const struct checked *checked, const struct finding *finding)
{
	struct json *json = json_new_object(a);

	json_put_text(json, "rule", finding->rule->id);
	json_put_text(json, "severity", severity_name(finding->severity));
	json_put_bool(json, "fails", check_fails(checked, finding));
	put_place(json, &finding->place);
	if (finding->statement > 0)
		json_put_integer(json, "statement", finding->statement);
	else
		json_put_null(json, "statement");
	json_put_text(json, "message", finding->message);
	json_put_text(json, "instead", finding->instead);
	json_put_text(json, "raised", finding->raised);
	json_put_text(json, "lowered", finding->lowered);
	json_put_bool(json, "allowed", finding->allowed);
	json_put_text(json, "reason", finding->reason);
	return json;
}

static struct json *
counts_json(struct arena *a, const struct checks *checks)
{
	struct json *json = json_new_object(a);

	for (int severity = SEVERITY_ERROR; severity >= SEVERITY_INFO; severity--)
		json_put_integer(json, severity_name((enum severity)severity),
		    (int64_t)check_count(checks, (enum severity)severity));
	json_put_integer(json, "allowed", (int64_t)check_allowed(checks));
	json_put_integer(json, "failing", (int64_t)check_failures(checks));
	return json;
}

void
out_lint_json(const struct lint_report *report)
{
	const struct checks *checks = report->checks;
	struct arena *a = report->context->arena;
	struct json *findings = json_new_array(a);
	struct json *json =
	    out_json(report->context, "lint", NULL, out_summary(a, report->problems));

	for (size_t i = 0; i < checks->count; i++)
		for (size_t k = 0; k < checks->list[i].count; k++)
			json_push(findings,
			    out_finding_json(a, &checks->list[i], &checks->list[i].findings[k]));
	json_put_integer(json, "files", (int64_t)checks->count);
	json_put(json, "counts", counts_json(a, checks));
	json_put(json, "findings", findings);
	json_put(json, "problems", out_json_problems(a, report->problems));
	out_json_print(json);
}
