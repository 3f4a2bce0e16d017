/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/json.h"
#include "cli/newfile.h"
#include "cli/out.h"
#include "core/name.h"
#include "core/scripts.h"
#include "core/version.h"

enum { TIME_DIGITS = 14 };

static const struct command_option options[] = {
	{ "repeatable", NULL, false, "a file that runs again whenever it changes (R)" },
	{ "undo", NULL, false, "the way back from the newest version that has none (U)" },
	{ "batch", NULL, false, "a data migration that runs in batches" },
	{ 0 },
};

/* The part of a version that counts up, plus one, with its leading zeros. */
static const char *
next_number(struct arena *a, const char *version)
{
	size_t length = strspn(version, "0123456789"), at = length;
	char *next = arena_strndup(a, version, length);

	while (at > 0 && next[at - 1] == '9')
		next[--at] = '0';
	if (at == 0)
		return arena_printf(a, "1%s", next);
	next[at - 1]++;
	return next;
}

static bool
is_time(const char *version)
{
	return strlen(version) == TIME_DIGITS && strspn(version, "0123456789") == TIME_DIGITS;
}

static const char *
time_now(struct arena *a)
{
	time_t now = time(NULL);
	char *text = arena_alloc(a, TIME_DIGITS + 1);
	struct tm utc;

	gmtime_r(&now, &utc);
	strftime(text, TIME_DIGITS + 1, "%Y%m%d%H%M%S", &utc);
	return text;
}

/* A number or a time, as the folder has it, and always behind all that are there. */
static const char *
next_version(struct arena *a, const struct scripts *scripts)
{
	const char *newest = NULL, *now = time_now(a);
	bool times = true;

	for (size_t i = 0; i < scripts->count; i++) {
		const struct script *s = &scripts->list[i];

		if (s->kind != SCRIPT_VERSIONED && s->kind != SCRIPT_BASELINE)
			continue;
		times = times && is_time(s->version);
		if (newest == NULL || version_compare(newest, s->version) < 0)
			newest = s->version;
	}
	if (newest == NULL)
		return "1";
	return times && version_compare(newest, now) < 0 ? now : next_number(a, newest);
}

static bool
has_undo(const struct scripts *scripts, const char *version)
{
	for (size_t i = 0; i < scripts->count; i++)
		if (scripts->list[i].kind == SCRIPT_UNDO &&
		    version_compare(scripts->list[i].version, version) == 0)
			return true;
	return false;
}

static const struct script *
newest_without_undo(const struct scripts *scripts)
{
	const struct script *newest = NULL;

	for (size_t i = 0; i < scripts->count; i++) {
		const struct script *s = &scripts->list[i];

		if (s->kind == SCRIPT_VERSIONED && !has_undo(scripts, s->version) &&
		    (newest == NULL || version_compare(newest->version, s->version) < 0))
			newest = s;
	}
	return newest;
}

/* "add user email" becomes add_user_email; ".sql" at its end is ours to add. */
static bool
file_name(
    struct arena *a, const char *prefix, const char *name, const char **out, struct error *err)
{
	size_t length = strlen(name);
	char *safe = arena_strdup(a, name);

	if (length > 4 && strcmp(name + length - 4, ".sql") == 0)
		safe[length - 4] = '\0';
	if (*safe == '\0')
		return error_set(err, ERR_USAGE, "the name of the new file is empty");
	if (strpbrk(safe, "/\\") != NULL)
		return error_set(err, ERR_USAGE, "a name must not have \"/\" or \"\\\" in it");
	for (char *p = safe; *p != '\0'; p++)
		if (*p == ' ')
			*p = '_';
	*out = arena_printf(a, "%s__%s.sql", prefix, safe);
	return true;
}

/* The grammar that will read the name decides whether it is a good one. */
static bool
check_name(struct arena *a, const char *path, const struct scripts *scripts,
    const char **description, struct error *err)
{
	struct script s = { .path = path };

	if (!name_check(path, err) || !name_parse(a, &s, err)) {
		err->code = ERR_USAGE;
		return false;
	}
	*description = s.description;
	for (size_t i = 0; s.kind == SCRIPT_REPEATABLE && i < scripts->count; i++)
		if (scripts->list[i].kind == SCRIPT_REPEATABLE &&
		    strcmp(scripts->list[i].description, s.description) == 0)
			return error_set(err, ERR_USAGE, "\"%s\" is this repeatable already",
			    scripts->list[i].path);
	return true;
}

static const char *
file_text(const struct context *c, const char *description)
{
	if (command_option(c, "batch") == NULL)
		return arena_printf(c->arena, "-- %s\n", description);
	return arena_printf(c->arena,
	    "-- %s\n"
	    "-- migrate:batch table=my_table key=id size=5000 pause=100ms\n\n"
	    "-- The key is unique, an index begins with it, and the statement leaves it alone.\n"
	    "-- Several columns are compared as a row: (created_at, id) BETWEEN :from AND :to\n"
	    "-- It is done when no row fits the other conditions, or when the query of a line\n"
	    "-- \"-- migrate:until SELECT ...\" above finds nothing.\n"
	    "UPDATE my_table SET my_column = my_value\n"
	    " WHERE my_column IS NULL AND id BETWEEN :from AND :to;\n",
	    description);
}

/* V4, R or U3, and the name where none was given. */
static bool
choose_prefix(const struct context *c, const struct scripts *scripts, const char **prefix,
    const char **name, struct error *err)
{
	const struct script *undone;

	if (command_option(c, "undo") == NULL) {
		*prefix = command_option(c, "repeatable") != NULL
		    ? "R"
		    : arena_printf(c->arena, "V%s", next_version(c->arena, scripts));
		return true;
	}
	undone = newest_without_undo(scripts);
	if (undone == NULL)
		return error_set(err, ERR_USAGE, "there is no version without an undo file");
	*prefix = arena_printf(c->arena, "U%s", undone->version);
	if (*name == NULL)
		*name = undone->description;
	return true;
}

static bool
check_usage(const struct context *c, const char *name, struct error *err)
{
	size_t kinds = 0;

	for (const struct command_option *o = options; o->name != NULL; o++)
		kinds += command_option(c, o->name) != NULL;
	if (kinds > 1)
		return error_set(
		    err, ERR_USAGE, "--repeatable, --undo and --batch exclude each other");
	if (name == NULL && command_option(c, "undo") == NULL)
		return error_set(err, ERR_USAGE, "the name of the new file is missing");
	return true;
}

static void
report(const struct context *c, const char *path)
{
	struct json *answer;

	if (c->config->format != FORMAT_JSON) {
		out_put(stdout, path);
		putchar('\n');
		return;
	}
	answer = out_json(c, "new", NULL, NULL);
	json_put_text(answer, "path", path);
	out_json_print(answer);
}

static bool
new_run(const struct context *c, int *status, struct error *err)
{
	const char *name = c->argument_count == 0 ? NULL : c->arguments[0];
	struct problems problems = { .arena = c->arena }; /* other files' faults are no hindrance */
	const char *prefix = NULL, *file = NULL, *path, *description = NULL;
	struct scripts scripts;

	*status = 0;
	if (!check_usage(c, name, err))
		return false;
	if (!scripts_scan(c->arena, c->config, &scripts, &problems, err)) {
		if (err->next == NULL)
			(void)error_next(err, "\"migrate init\" makes the folder.");
		return false;
	}
	if (!choose_prefix(c, &scripts, &prefix, &name, err) ||
	    !file_name(c->arena, prefix, name, &file, err))
		return false;
	path = arena_printf(c->arena, "%s/%s", c->config->directory.items[0], file);
	if (!check_name(c->arena, path, &scripts, &description, err) ||
	    !newfile_write(path, file_text(c, description), err))
		return false;
	report(c, path);
	return true;
}

const struct command cmd_new = {
	.name = "new",
	.args = "NAME",
	.summary = "make the next migration file",
	.description =
	    "Makes a file for a new migration in the (first) folder and prints its path.  The "
	    "version is the next number, or the time in UTC when all versions in the folder are "
	    "such times.  With --undo NAME may be left out.",
	.most_arguments = 1,
	.needs_config = true,
	.acts = true,
	.options = options,
	.run = new_run,
};
