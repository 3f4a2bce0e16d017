/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "cli/out_lint.h"

/* SARIF 2.1.0, for code scanning: a log with one run. */

static const char schema[] = "https://json.schemastore.org/sarif-2.1.0.json";

static const char *
level_of(enum severity severity)
{
	static const char *const levels[] = {
		[SEVERITY_OFF] = "none",
		[SEVERITY_INFO] = "note",
		[SEVERITY_WARNING] = "warning",
		[SEVERITY_ERROR] = "error",
	};

	return levels[severity];
}

static struct json *
text_json(struct arena *a, const char *text)
{
	struct json *json = json_new_object(a);

	json_put_text(json, "text", text);
	return json;
}

/* --- rules: those that found something --- */

static struct json *
rule_json(struct arena *a, const struct lint_row_rule *row)
{
	const struct rule *rule = row->rule;
	struct json *json = json_new_object(a), *usual = json_new_object(a);

	json_put_text(json, "id", row->id);
	json_put_text(usual, "level", level_of(rule == NULL ? SEVERITY_ERROR : rule->severity));
	json_put(json, "defaultConfiguration", usual);
	json_put(json, "shortDescription",
	    text_json(a, rule == NULL ? "the file cannot be read as it should" : rule->summary));
	if (rule != NULL)
		json_put(json, "help", text_json(a, rule->advice));
	return json;
}

static struct json *
tool_json(struct arena *a, const struct lint_rows *rows)
{
	struct json *tool = json_new_object(a), *driver = json_new_object(a);
	struct json *rules = json_new_array(a);

	for (size_t i = 0; i < rows->rule_count; i++)
		json_push(rules, rule_json(a, &rows->rules[i]));
	json_put_text(driver, "name", "migrate");
	json_put_text(driver, "semanticVersion", MIGRATE_VERSION);
	json_put(driver, "rules", rules);
	json_put(tool, "driver", driver);
	return tool;
}

/* --- results --- */

/* A path as the reference of an URI: what has a meaning there is written %XX. */
static const char *
uri_of(struct arena *a, const char *path)
{
	static const char plain[] =
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/";
	struct arena_text *uri = arena_text_new(a);

	if (*path == '/')
		fputs("file://", uri->out);
	for (; *path != '\0'; path++) {
		if (strchr(plain, *path) != NULL)
			putc(*path, uri->out);
		else
			fprintf(uri->out, "%%%02X", (unsigned char)*path);
	}
	return arena_text_end(uri);
}

static struct json *
location_json(struct arena *a, const struct lint_row *row)
{
	struct json *location = json_new_object(a), *physical = json_new_object(a);
	struct json *artifact = json_new_object(a), *region = json_new_object(a);

	json_put_text(artifact, "uri", uri_of(a, row->path));
	json_put(physical, "artifactLocation", artifact);
	if (row->place.line > 0) {
		json_put_integer(region, "startLine", row->place.line);
		if (row->place.column > 0)
			json_put_integer(region, "startColumn", row->place.column);
		json_put(physical, "region", region);
	}
	json_put(location, "physicalLocation", physical);
	return location;
}

static struct json *
suppressions_json(struct arena *a, const struct finding *finding)
{
	struct json *list = json_new_array(a), *json = json_new_object(a);

	json_put_text(json, "kind", "inSource");
	if (finding->reason != NULL)
		json_put_text(json, "justification", finding->reason);
	json_push(list, json);
	return list;
}

static struct json *
result_json(struct arena *a, const struct lint_rows *rows, const struct lint_row *row)
{
	struct json *json = json_new_object(a), *prints = json_new_object(a);
	struct json *locations = json_new_array(a);

	json_put_text(json, "ruleId", rows->rules[row->rule].id);
	json_put_integer(json, "ruleIndex", (int64_t)row->rule);
	json_put_text(json, "level", level_of(row->severity));
	json_put(json, "message", text_json(a, row->text));
	json_push(locations, location_json(a, row));
	json_put(json, "locations", locations);
	json_put_text(prints, "finding/v1", row->fingerprint);
	json_put(json, "partialFingerprints", prints);
	if (row->finding != NULL && row->finding->allowed)
		json_put(json, "suppressions", suppressions_json(a, row->finding));
	return json;
}

void
out_lint_sarif(const struct lint_report *report)
{
	struct arena *a = report->context->arena;
	struct lint_rows rows = out_lint_rows(report, true);
	struct json *log = json_new_object(a), *runs = json_new_array(a);
	struct json *run = json_new_object(a), *results = json_new_array(a);

	for (size_t i = 0; i < rows.count; i++)
		json_push(results, result_json(a, &rows, &rows.list[i]));
	json_put(run, "tool", tool_json(a, &rows));
	json_put_text(run, "columnKind", "unicodeCodePoints");
	json_put(run, "results", results);
	json_push(runs, run);
	json_put_text(log, "$schema", schema);
	json_put_text(log, "version", "2.1.0");
	json_put(log, "runs", runs);
	out_json_print(log);
}
