/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "cli/out_lint.h"

/*
 * GitHub's workflow commands: a line for each finding, which the runner shows beside the line of
 * the pull request.
 */

/* As the runner reads them back; in a property, also those that end it. */
static void
put_escaped(const char *text, bool property)
{
	for (; *text != '\0'; text++) {
		if (strchr(property ? "%\r\n:," : "%\r\n", *text) != NULL)
			printf("%%%02X", (unsigned)*text);
		else
			putchar(*text);
	}
}

static void
put_property(const char *name, const char *value, const char *before)
{
	printf("%s%s=", before, name);
	put_escaped(value, true);
}

static void
print_row(const struct lint_row *row, const char *rule)
{
	static const char *const words[] = {
		[SEVERITY_OFF] = "notice",
		[SEVERITY_INFO] = "notice",
		[SEVERITY_WARNING] = "warning",
		[SEVERITY_ERROR] = "error",
	};

	printf("::%s", words[row->severity]);
	put_property("file", row->path, " ");
	if (row->place.line > 0)
		printf(",line=%lld", (long long)row->place.line);
	if (row->place.line > 0 && row->place.column > 0)
		printf(",col=%lld", (long long)row->place.column);
	put_property("title", rule, ",");
	printf("::");
	put_escaped(row->text, false);
	printf("\n");
}

void
out_lint_github(const struct lint_report *report)
{
	struct lint_rows rows = out_lint_rows(report, false);

	for (size_t i = 0; i < rows.count; i++)
		print_row(&rows.list[i], rows.rules[rows.list[i].rule].id);
}
