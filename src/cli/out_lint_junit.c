/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "cli/out_lint.h"

/* JUnit's XML: a suite for each file, in it a case for each finding, or one that passed. */

static void
put_xml(const char *text)
{
	static const struct {
		char character;
		const char *entity;
	} entities[] = {
		{ '&', "&amp;" },
		{ '<', "&lt;" },
		{ '>', "&gt;" },
		{ '"', "&quot;" },
		{ '\n', "&#10;" },
		{ '\t', "&#9;" },
	};
	enum { COUNT = sizeof(entities) / sizeof(entities[0]) };

	for (; *text != '\0'; text++) {
		size_t i = 0;

		while (i < COUNT && entities[i].character != *text)
			i++;
		if (i < COUNT)
			fputs(entities[i].entity, stdout);
		else
			putchar(*text);
	}
}

static void
put_attribute(const char *name, const char *value)
{
	printf(" %s=\"", name);
	put_xml(value);
	putchar('"');
}

static void
begin_case(const char *path, const char *name)
{
	printf("    <testcase");
	put_attribute("classname", path);
	put_attribute("name", name);
	put_attribute("file", path);
}

/* What does not fail is told as what the test printed. */
static void
print_case(struct arena *a, const struct lint_row *row, const char *rule)
{
	const char *place = row->place.line == 0
	    ? rule
	    : arena_printf(a, "%s at %lld:%lld", rule, (long long)row->place.line,
		  (long long)row->place.column);

	begin_case(row->path, place);
	if (row->place.line > 0)
		printf(" line=\"%lld\"", (long long)row->place.line);
	printf(">\n      ");
	if (row->fails) {
		printf("<failure");
		put_attribute("type", severity_name(row->severity));
		put_attribute("message", row->message);
		printf(">");
		put_xml(row->text);
		printf("</failure>\n");
	} else {
		printf("<system-out>");
		put_xml(row->text);
		printf("</system-out>\n");
	}
	printf("    </testcase>\n");
}

static void
print_suite(
    struct arena *a, const char *path, const struct lint_rows *rows, size_t begin, size_t end)
{
	size_t failures = 0, count = end - begin;

	for (size_t i = begin; i < end; i++)
		failures += rows->list[i].fails;
	printf("  <testsuite");
	put_attribute("name", path);
	printf(" tests=\"%zu\" failures=\"%zu\" errors=\"0\">\n", count > 0 ? count : 1, failures);
	for (size_t i = begin; i < end; i++)
		print_case(a, &rows->list[i], rows->rules[rows->list[i].rule].id);
	if (count == 0) {
		begin_case(path, "lint");
		printf("/>\n");
	}
	printf("  </testsuite>\n");
}

static size_t
shown_count(const struct checked *checked)
{
	size_t count = 0;

	for (size_t i = 0; i < checked->count; i++)
		count += !checked->findings[i].allowed;
	return count;
}

void
out_lint_junit(const struct lint_report *report)
{
	struct arena *a = report->context->arena;
	struct lint_rows rows = out_lint_rows(report, false);
	size_t begin = report->problems->count;

	printf("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"migrate lint\">\n");
	if (begin > 0)
		print_suite(a, "files", &rows, 0, begin);
	for (size_t i = 0; i < report->checks->count; i++) {
		const struct checked *checked = &report->checks->list[i];
		size_t end = begin + shown_count(checked);

		print_suite(a, checked->script->path, &rows, begin, end);
		begin = end;
	}
	printf("</testsuites>\n");
}
