/* SPDX-License-Identifier: MIT */
#include "core/severity.h"

#include <fnmatch.h>
#include <string.h>

static const char blank[] = " \t\r\n", fail_on[] = "fail_on";

static const char *const names[] = {
	[SEVERITY_OFF] = "off",
	[SEVERITY_INFO] = "info",
	[SEVERITY_WARNING] = "warning",
	[SEVERITY_ERROR] = "error",
};
enum { NAME_COUNT = sizeof(names) / sizeof(names[0]) };

const char *
severity_name(enum severity severity)
{
	return names[severity];
}

static bool
read_severity(const char *text, enum severity *out, struct error *err)
{
	for (size_t i = 0; i < NAME_COUNT; i++) {
		if (strcmp(text, names[i]) != 0)
			continue;
		*out = (enum severity)i;
		return true;
	}
	return error_set(err, ERR_USAGE, "\"%s\" is none of off, info, warning, error", text);
}

/* extra is a word that may stand for a rule, or NULL. */
static bool
unknown_rule(const char *name, const char *extra, struct error *err)
{
	struct config_list known = { 0 };
	const char *nearest;

	for (const struct rule *const *rule = lint_rules(); *rule != NULL; rule++)
		config_list_add(err->arena, &known, (*rule)->id);
	if (extra != NULL)
		config_list_add(err->arena, &known, extra);
	nearest = config_nearest(name, known.items, known.count);
	(void)error_set(err, ERR_USAGE, "there is no rule \"%s\"", name);
	if (nearest != NULL)
		return error_next(err, "Did you mean \"%s\"?", nearest);
	return error_next(err, "\"migrate lint --list-rules\" lists them.");
}

bool
severity_check_rule(char *name, struct error *err)
{
	for (char *p = name; *p != '\0'; p++)
		*p = *p == '_' ? '-' : *p;
	return lint_rule_find(name) != NULL || unknown_rule(name, NULL, err);
}

/* --- an item of lint.paths --- */

static void
add_change(struct arena *a, struct severities *s, const struct rule *rule, enum severity severity)
{
	s->changes = arena_extend(a, s->changes, s->count, sizeof(*s->changes));
	s->changes[s->count++] = (struct severity_change){ rule, severity };
}

static bool
put_member(
    struct arena *a, struct severities *s, const char *name, const char *value, struct error *err)
{
	const struct rule *rule = lint_rule_find(name);
	enum severity severity = SEVERITY_OFF;

	if (rule == NULL && strcmp(name, fail_on) != 0)
		return unknown_rule(name, fail_on, err);
	if (!read_severity(value, &severity, err))
		return false;
	if (rule == NULL)
		s->fail_on = severity;
	else
		add_change(a, s, rule, severity);
	return true;
}

/* The next word; *text is then behind it and the blanks that follow. */
static const char *
next_word(struct arena *a, const char **text)
{
	size_t length = strcspn(*text, blank);
	const char *word = arena_strndup(a, *text, length);

	*text += length;
	*text += strspn(*text, blank);
	return word;
}

static bool
put_item(
    struct arena *a, struct severities *s, const char *text, const char **glob, struct error *err)
{
	text += strspn(text, blank);
	*glob = next_word(a, &text);
	if (*glob[0] == '\0' || *text == '\0')
		return error_set(err, ERR_USAGE,
		    "write a path and what holds there, such as \"legacy/* drop-column=off\"");
	while (*text != '\0') {
		const char *word = next_word(a, &text), *equals = strchr(word, '=');

		if (equals == NULL)
			return error_set(
			    err, ERR_USAGE, "\"%s\" is not of the form RULE=SEVERITY", word);
		if (!put_member(
			a, s, arena_strndup(a, word, (size_t)(equals - word)), equals + 1, err))
			return false;
	}
	return true;
}

bool
severity_check_member(const char *name, const char *value, struct error *err)
{
	struct severities unused = { 0 };

	return put_member(err->arena, &unused, name, value, err);
}

bool
severity_check_path(const char *text, struct error *err)
{
	struct severities unused = { 0 };
	const char *glob;

	return put_item(err->arena, &unused, text, &glob, err);
}

/* --- one file --- */

static bool
fits(const char *glob, const char *path, const char *name)
{
	const char *slash = strrchr(name, '/');

	return fnmatch(glob, name, 0) == 0 || fnmatch(glob, path, 0) == 0 ||
	    (slash != NULL && fnmatch(glob, slash + 1, 0) == 0);
}

/* What was checked when it was read cannot be wrong here. */
static void
put_path(
    struct arena *a, struct severities *s, const char *text, const char *path, const char *name)
{
	struct severities item = { .fail_on = s->fail_on };
	struct error *none = error_new(a);
	const char *glob;

	if (!put_item(a, &item, text, &glob, none) || !fits(glob, path, name))
		return;
	s->fail_on = item.fail_on;
	for (size_t i = 0; i < item.count; i++)
		add_change(a, s, item.changes[i].rule, item.changes[i].severity);
}

struct severities
severities_make(struct arena *a, const struct config *config, const char *path, const char *name)
{
	struct severities s = { .fail_on = config->lint_fail_on };
	struct error *none = error_new(a);

	for (size_t i = 0; i < config->lint_rules.count; i++) {
		const struct config_pair *pair = &config->lint_rules.pairs[i];

		(void)put_member(a, &s, pair->name, pair->value, none); /* as put_path */
	}
	for (size_t i = 0; i < config->lint_paths.count; i++)
		put_path(a, &s, config->lint_paths.items[i], path, name);
	return s;
}

enum severity
severities_find(const struct severities *s, const struct rule *rule)
{
	for (size_t i = s->count; i > 0; i--)
		if (s->changes[i - 1].rule == rule)
			return s->changes[i - 1].severity;
	return rule->severity;
}
