/* SPDX-License-Identifier: MIT */
#include "cli/out_lint.h"

#include <inttypes.h>
#include <string.h>

#include "base/mask.h"

/* Secrets hidden, controls escaped, line ends kept. */
static const char *
plain(struct arena *a, const char *text)
{
	return mask_escape(a, mask_text(a, text), true);
}

static const char *
finding_text(struct arena *a, const struct finding *finding)
{
	struct arena_text *text = arena_text_new(a);

	fputs(finding->message, text->out);
	if (finding->raised != NULL)
		fprintf(text->out, "\n%s", finding->raised);
	if (finding->instead != NULL)
		fprintf(text->out, "\n\nInstead:\n%s", finding->instead);
	return plain(a, arena_text_end(text));
}

static const char *
problem_text(struct arena *a, const struct error *problem)
{
	struct arena_text *text = arena_text_new(a);

	fputs(problem->message, text->out);
	if (problem->hint != NULL)
		fprintf(text->out, "\n%s", problem->hint);
	if (problem->next != NULL)
		fprintf(text->out, "\n%s", problem->next);
	return plain(a, arena_text_end(text));
}

static struct lint_row
finding_row(struct arena *a, const struct checked *checked, const struct finding *finding)
{
	return (struct lint_row){
		.finding = finding,
		.severity = finding->severity,
		.fails = check_fails(checked, finding),
		.place = finding->place,
		.path = plain(a, checked->script->path),
		.message = plain(a, finding->message),
		.text = finding_text(a, finding),
	};
}

static struct lint_row
problem_row(struct arena *a, const struct error *problem)
{
	return (struct lint_row){
		.severity = SEVERITY_ERROR,
		.fails = true,
		.place = problem->place,
		.path = problem->place.path == NULL ? "." : plain(a, problem->place.path),
		.message = plain(a, problem->message),
		.text = problem_text(a, problem),
	};
}

/* FNV-1a, also over the NUL, so that neighbours do not melt together. */
static uint64_t
hash_text(uint64_t hash, const char *text)
{
	do
		hash = (hash ^ (unsigned char)*text) * 1099511628211U;
	while (*text++ != '\0');
	return hash;
}

static bool
is_same(const struct lint_row *one, const struct lint_row *other)
{
	return one->rule == other->rule && strcmp(one->path, other->path) == 0 &&
	    strcmp(one->message, other->message) == 0;
}

static size_t
rule_number(struct arena *a, struct lint_rows *rows, const struct rule *rule)
{
	for (size_t i = 0; i < rows->rule_count; i++)
		if (rows->rules[i].rule == rule)
			return i;
	rows->rules = arena_extend(a, rows->rules, rows->rule_count, sizeof(*rows->rules));
	rows->rules[rows->rule_count] =
	    (struct lint_row_rule){ rule == NULL ? "unreadable" : rule->id, rule };
	return rows->rule_count++;
}

/* Only rows from begin on can be like this one: those of its file. */
static void
add_row(struct arena *a, struct lint_rows *rows, size_t begin, struct lint_row row)
{
	uint64_t hash = 14695981039346656037U;

	row.rule = rule_number(a, rows, row.finding == NULL ? NULL : row.finding->rule);
	hash = hash_text(hash, row.path);
	hash = hash_text(hash, rows->rules[row.rule].id);
	hash = hash_text(hash, row.message);
	for (size_t i = begin; i < rows->count; i++)
		if (is_same(&rows->list[i], &row))
			hash = hash_text(hash, "again");
	row.fingerprint = arena_printf(a, "%016" PRIx64, hash);
	rows->list = arena_extend(a, rows->list, rows->count, sizeof(*rows->list));
	rows->list[rows->count++] = row;
}

struct lint_rows
out_lint_rows(const struct lint_report *report, bool allowed)
{
	struct arena *a = report->context->arena;
	struct lint_rows rows = { 0 };

	for (size_t i = 0; i < report->problems->count; i++)
		add_row(a, &rows, 0, problem_row(a, report->problems->list[i]));
	for (size_t i = 0; i < report->checks->count; i++) {
		const struct checked *checked = &report->checks->list[i];
		size_t begin = rows.count;

		for (size_t k = 0; k < checked->count; k++)
			if (allowed || !checked->findings[k].allowed)
				add_row(a, &rows, begin,
				    finding_row(a, checked, &checked->findings[k]));
	}
	return rows;
}
