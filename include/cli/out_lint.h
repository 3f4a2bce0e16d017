/* SPDX-License-Identifier: MIT */
#ifndef CLI_OUT_LINT_H
#define CLI_OUT_LINT_H

#include "cli/command.h"
#include "cli/out.h"
#include "core/check.h"

/* Findings in the forms that people and machines read; a file for each format: out_lint_*.c. */

struct lint_report {
	const struct context *context;
	const struct checks *checks;
	const struct problems *problems; /* files that cannot be read as they should */
};

/* Each writes the whole answer to stdout. */
typedef void lint_writer(const struct lint_report *report);
lint_writer out_lint_text, out_lint_json, out_lint_sarif, out_lint_github, out_lint_gitlab,
    out_lint_junit;

/* One finding; an allowed one says so. */
struct json *
out_finding_json(struct arena *a, const struct checked *checked, const struct finding *finding);

/* --- for the formats of CI systems --- */

/* A finding or a problem, with its texts as they may leave the program. */
struct lint_row {
	const struct finding *finding; /* NULL: a problem */
	size_t rule; /* index in the rules of all rows */
	enum severity severity; /* of a problem: error */
	bool fails;
	struct place place;
	const char *path; /* never NULL */
	const char *message;
	const char *text; /* message, and what to write instead */
	/*
	 * 16 digits that tell it from all others of the report, and stay the same when lines are
	 * added above it: of path, rule, message, and how often the same came before.
	 */
	const char *fingerprint;
};

struct lint_rows {
	struct lint_row *list; /* problems first; without allowed findings, unless asked for */
	size_t count;
	struct lint_row_rule {
		const char *id; /* "unreadable" stands for problems */
		const struct rule *rule; /* NULL: that one */
	} * rules; /* those of the rows, each once */
	size_t rule_count;
};
struct lint_rows out_lint_rows(const struct lint_report *report, bool allowed);

#endif
