/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "cli/out_lint.h"

static void
put_label(FILE *out, const struct config *config, enum severity severity)
{
	static const enum out_color colors[] = {
		[SEVERITY_OFF] = OUT_NOTE,
		[SEVERITY_INFO] = OUT_NOTE,
		[SEVERITY_WARNING] = OUT_WARNING,
		[SEVERITY_ERROR] = OUT_ERROR,
	};

	out_paint(out, config, colors[severity], severity_name(severity));
	fputs(": ", out);
}

/* What live facts made of it. */
static void
put_change(FILE *out, const char *what, const char *why)
{
	if (why == NULL)
		return;
	fprintf(out, "  %s: ", what);
	out_lines(out, why);
	fputc('\n', out);
}

/* Ready to be pasted, so without a mark before its lines. */
static void
put_instead(FILE *out, const char *sql)
{
	struct arena *a = arena_new(NULL);

	fputs("  instead:\n", out);
	while (*sql != '\0') {
		size_t length = strcspn(sql, "\n");

		if (length > 0)
			fputs("    ", out);
		out_put(out, arena_strndup(a, sql, length));
		fputc('\n', out);
		sql += length;
		sql += *sql == '\n';
	}
	arena_close(a);
}

static void
print_finding(FILE *out, const struct config *config, const struct finding *finding)
{
	out_place(out, config, &finding->place);
	put_label(out, config, finding->severity);
	out_lines(out, finding->message);
	fprintf(out, " [%s]\n", finding->rule->id);
	out_source(out, config, &finding->place);
	put_change(out, "worse here", finding->raised);
	put_change(out, "less here", finding->lowered);
	if (finding->instead != NULL)
		put_instead(out, finding->instead);
}

static void
put_count(size_t count, const char *what)
{
	if (count > 0)
		printf(", %zu %s%s", count, what, count == 1 ? "" : "s");
}

static void
print_total(const struct checks *checks, size_t problems)
{
	size_t errors = check_count(checks, SEVERITY_ERROR);
	size_t warnings = check_count(checks, SEVERITY_WARNING);
	size_t infos = check_count(checks, SEVERITY_INFO), allowed = check_allowed(checks);

	printf("%zu file%s", checks->count, checks->count == 1 ? "" : "s");
	put_count(errors, "error");
	put_count(warnings, "warning");
	put_count(infos, "info");
	put_count(problems, "problem");
	if (errors + warnings + infos + problems == 0)
		printf(", nothing found");
	if (allowed > 0)
		printf(", %zu allowed", allowed);
	printf("\n");
}

void
out_lint_text(const struct lint_report *report)
{
	const struct config *config = report->context->config;

	for (size_t i = 0; i < report->checks->count; i++) {
		const struct checked *checked = &report->checks->list[i];

		for (size_t k = 0; k < checked->count; k++) {
			if (checked->findings[k].allowed)
				continue;
			print_finding(stdout, config, &checked->findings[k]);
			printf("\n");
		}
	}
	print_total(report->checks, report->problems->count);
}
