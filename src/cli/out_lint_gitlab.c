/* SPDX-License-Identifier: MIT */
#include "cli/out_lint.h"

/* GitLab's Code Quality report: a list of issues, in the form of Code Climate. */

static struct json *
location_json(struct arena *a, const struct lint_row *row)
{
	struct json *location = json_new_object(a), *lines = json_new_object(a);

	json_put_integer(lines, "begin", row->place.line > 0 ? row->place.line : 1);
	json_put_text(location, "path", row->path);
	json_put(location, "lines", lines);
	return location;
}

static const char *
severity_word(const struct lint_row *row)
{
	static const char *const words[] = {
		[SEVERITY_OFF] = "info",
		[SEVERITY_INFO] = "info",
		[SEVERITY_WARNING] = "minor",
		[SEVERITY_ERROR] = "major",
	};

	return row->finding == NULL ? "blocker" : words[row->severity];
}

void
out_lint_gitlab(const struct lint_report *report)
{
	struct arena *a = report->context->arena;
	struct lint_rows rows = out_lint_rows(report, false);
	struct json *list = json_new_array(a);

	for (size_t i = 0; i < rows.count; i++) {
		struct json *issue = json_new_object(a);

		json_put_text(issue, "type", "issue");
		json_put_text(issue, "description", rows.list[i].message);
		json_put_text(issue, "check_name", rows.rules[rows.list[i].rule].id);
		json_put_text(issue, "fingerprint", rows.list[i].fingerprint);
		json_put_text(issue, "severity", severity_word(&rows.list[i]));
		json_put(issue, "location", location_json(a, &rows.list[i]));
		json_push(list, issue);
	}
	out_json_print(list);
}
