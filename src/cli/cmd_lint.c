/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "cli/begin.h"
#include "cli/git.h"
#include "cli/help.h"
#include "cli/out_lint.h"
#include "core/name.h"
#include "core/scripts.h"
#include "core/sqlconf.h"
#include "core/squawk.h"
#include "core/version.h"

/* What is to be linted, in the order in which it would run. */
struct selection {
	const struct context *context;
	struct check_file *files;
	size_t count;
	bool together;
	struct problems problems;
};

static void
add_file(struct selection *s, struct script *script, bool applied)
{
	struct arena *a = s->context->arena;

	s->files = arena_extend(a, s->files, s->count, sizeof(*s->files));
	s->files[s->count++] = (struct check_file){ script, applied };
}

/* --- all files of the folders --- */

static bool
is_assumed_applied(const struct config *config, const struct script *script)
{
	return config->lint_assume_applied != NULL && script->version != NULL &&
	    version_compare(script->version, config->lint_assume_applied) <= 0;
}

static bool
select_folders(struct selection *s, const struct config *config, struct error *err)
{
	struct arena *a = s->context->arena;
	struct scripts *scripts = arena_alloc(a, sizeof(*scripts));

	if (!scripts_scan(a, config, scripts, &s->problems, err))
		return false;
	for (size_t i = 0; i < scripts->count; i++)
		add_file(s, &scripts->list[i], is_assumed_applied(config, &scripts->list[i]));
	return true;
}

/* --- those that a commit does not hold as they are --- */

static const char *
last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? path : slash + 1;
}

/* Folders of the settings may lie in each other, and paths be written in several ways. */
static bool
is_same_file(const char *path, const char *other)
{
	struct stat one, two;

	if (strcmp(path, other) == 0 || strcmp(last_part(path), last_part(other)) != 0)
		return strcmp(path, other) == 0;
	return stat(path, &one) == 0 && stat(other, &two) == 0 && one.st_dev == two.st_dev &&
	    one.st_ino == two.st_ino;
}

static bool
is_listed(const struct config_list *paths, const char *path)
{
	for (size_t i = 0; i < paths->count; i++)
		if (is_same_file(paths->items[i], path))
			return true;
	return false;
}

/* They are taken to run one after the other; the rest is applied. */
static bool
select_changed(struct selection *s, const char *ref, struct error *err)
{
	const struct config_list *folders = &s->context->config->directory;
	struct arena *a = s->context->arena;
	struct config_list paths = { 0 };

	for (size_t i = 0; i < folders->count; i++) {
		struct config_list names = { 0 };

		if (!git_changed(a, ref, folders->items[i], &names, err))
			return false;
		for (size_t k = 0; k < names.count; k++)
			config_list_add(a, &paths, file_join(a, folders->items[i], names.items[k]));
	}
	s->together = true;
	for (size_t i = 0; i < s->count; i++)
		s->files[i].applied |= !is_listed(&paths, s->files[i].script->path);
	return true;
}

/* --- files by their names --- */

/* A file of the folders is seen behind those before it; these say what is there already. */
static bool
choose_known(struct selection *s, const char *path)
{
	for (size_t i = 0; i < s->count; i++) {
		if (!is_same_file(s->files[i].script->path, path))
			continue;
		s->files[i].applied = false;
		return true;
	}
	return false;
}

/* Any other file is taken as it is, whatever its name. */
static struct script *
new_script(struct arena *a, const char *path)
{
	struct script *script = arena_alloc(a, sizeof(*script));

	*script = (struct script){
		.kind = SCRIPT_VERSIONED,
		.name = last_part(path),
		.script = last_part(path),
		.path = path,
		.directory = ".",
		.conf = { .execute_in_transaction = NOT_GIVEN,
		    .placeholder_replacement = NOT_GIVEN },
	};
	directives_init(&script->directives);
	return script;
}

static bool
read_conf(struct arena *a, struct script *script, struct error *err)
{
	const char *name = arena_printf(a, "%s.conf", script->name);
	struct stat st;

	return stat(file_join(a, script->directory, name), &st) != 0 ||
	    sqlconf_read(a, script->directory, name, &script->conf, err);
}

static void
add_stray(struct selection *strays, const char *path)
{
	struct arena *a = strays->context->arena;
	struct script *script = new_script(a, path);
	struct error *err = error_new(a);

	if (script->name > path)
		script->directory = arena_strndup(a, path, (size_t)(script->name - path));
	if (name_is_sql(path) && !name_parse(a, script, err))
		script->kind = SCRIPT_VERSIONED;
	if (!read_conf(a, script, err))
		error_copy(problem_add(&strays->problems), err);
	add_file(strays, script, false);
}

static const char *
read_input(struct arena *a, size_t *length)
{
	struct arena_text *text = arena_text_new(a);
	char bytes[65536];
	size_t count;

	while ((count = fread(bytes, 1, sizeof(bytes), stdin)) > 0)
		fwrite(bytes, 1, count, text->out);
	arena_text_end(text);
	*length = text->length;
	return text->text;
}

static bool
add_input(struct selection *strays, struct error *err)
{
	struct arena *a = strays->context->arena;
	struct script *script = new_script(a, "<stdin>");

	script->given = read_input(a, &script->given_length);
	if (ferror(stdin))
		return error_set(err, ERR_USAGE, "cannot read standard input: %s", strerror(errno));
	add_file(strays, script, false);
	return true;
}

static bool
add_folder(struct selection *strays, const char *path, struct error *err)
{
	struct config config = *strays->context->config;

	config.directory = (struct config_list){ .items = &path, .count = 1 };
	return select_folders(strays, &config, err);
}

static bool
add_argument(struct selection *known, struct selection *strays, const char *path, struct error *err)
{
	struct stat st;

	if (strcmp(path, "-") == 0)
		return add_input(strays, err);
	if (stat(path, &st) != 0)
		return error_set(err, ERR_USAGE, "cannot open \"%s\": %s", path, strerror(errno));
	if (S_ISDIR(st.st_mode))
		return add_folder(strays, path, err);
	if (!choose_known(known, path))
		add_stray(strays, path);
	return true;
}

/* What is wrong with the folders is nobody's question here, nor that there are none. */
static bool
select_arguments(struct selection *known, struct selection *strays, struct error *err)
{
	const struct context *c = known->context;
	struct error *none = error_new(c->arena);

	if (!select_folders(known, c->config, none))
		known->count = 0;
	known->problems.count = 0;
	for (size_t i = 0; i < known->count; i++)
		known->files[i].applied = true;
	for (size_t i = 0; i < c->argument_count; i++)
		if (!add_argument(known, strays, c->arguments[i], err))
			return false;
	return true;
}

/* --- the run --- */

static void
check_selection(struct selection *s, struct checks *checks)
{
	struct script_environment environment = begin_offline(s->context);
	struct check_request request = {
		.files = s->files,
		.file_count = s->count,
		.environment = &environment,
		.together = s->together,
	};

	check_scripts(s->context->arena, &request, checks, &s->problems);
}

static bool
select_files(struct selection *known, struct selection *strays, struct error *err)
{
	const struct context *c = known->context;
	const char *ref = command_option(c, "changed-since");

	if (c->argument_count > 0 && ref != NULL)
		return error_set(err, ERR_USAGE,
		    "--changed-since chooses among all files, so none can be named");
	if (c->argument_count > 0)
		return select_arguments(known, strays, err);
	return select_folders(known, c->config, err) &&
	    (ref == NULL || select_changed(known, ref, err));
}

static void
append_checks(struct arena *a, struct checks *to, const struct checks *from)
{
	for (size_t i = 0; i < from->count; i++) {
		to->list = arena_extend(a, to->list, to->count, sizeof(*to->list));
		to->list[to->count++] = from->list[i];
	}
}

static bool
lint_files(const struct context *c, int *status, struct error *err)
{
	static lint_writer *const writers[] = {
		[FORMAT_TEXT] = out_lint_text,
		[FORMAT_JSON] = out_lint_json,
		[FORMAT_SARIF] = out_lint_sarif,
		[FORMAT_GITHUB] = out_lint_github,
		[FORMAT_GITLAB] = out_lint_gitlab,
		[FORMAT_JUNIT] = out_lint_junit,
	};
	struct selection known = { .context = c, .problems = { .arena = c->arena } };
	struct selection strays = known;
	struct checks checks, more;

	if (!select_files(&known, &strays, err))
		return false;
	check_selection(&known, &checks);
	check_selection(&strays, &more);
	append_checks(c->arena, &checks, &more);
	problems_append(&known.problems, &strays.problems);
	*status = out_problems_status(&known.problems);
	if (*status == 0 && check_failures(&checks) > 0)
		*status = ERR_FINDINGS;
	writers[c->config->format](
	    &(struct lint_report){ .context = c, .checks = &checks, .problems = &known.problems });
	out_problems(stderr, c->config, &known.problems);
	return true;
}

/* --- the rules --- */

static enum severity
severity_in_force(const struct context *c, const struct rule *rule)
{
	struct severities severities = severities_make(c->arena, c->config, "", "");

	return severities_find(&severities, rule);
}

static struct json *
squawk_json(struct arena *a, const struct rule *rule)
{
	struct json *list = json_new_array(a);

	for (const struct squawk_rule *theirs = squawk_rules; theirs->name != NULL; theirs++)
		if (squawk_rule_is(theirs, rule->id))
			json_push_text(list, theirs->name);
	return list;
}

static void
put_version(struct json *json, const char *name, int version)
{
	if (version > 0)
		json_put_integer(json, name, version);
	else
		json_put_null(json, name);
}

static struct json *
rule_json(const struct context *c, const struct rule *rule)
{
	struct json *json = json_new_object(c->arena);

	json_put_text(json, "rule", rule->id);
	json_put_text(json, "group", rule->group);
	json_put_text(json, "severity", severity_name(severity_in_force(c, rule)));
	json_put_text(json, "default", severity_name(rule->severity));
	json_put_text(json, "summary", rule->summary);
	json_put_text(json, "advice", rule->advice);
	put_version(json, "from", rule->from);
	put_version(json, "until", rule->until);
	json_put(json, "squawk", squawk_json(c->arena, rule));
	return json;
}

static void
print_rules_json(const struct context *c)
{
	struct json *json = out_json(c, "lint", NULL, NULL), *list = json_new_array(c->arena);

	for (const struct rule *const *rule = lint_rules(); *rule != NULL; rule++)
		json_push(list, rule_json(c, *rule));
	json_put(json, "rules", list);
	out_json_print(json);
}

static void
print_rules(const struct context *c)
{
	static const char *const head[] = { "Rule", "Severity", "Danger" };
	struct out_table table = { .columns = 3, .elastic = 2 };

	out_table_add(c->arena, &table, head);
	for (const struct rule *const *rule = lint_rules(); *rule != NULL; rule++) {
		const char *row[] = { (*rule)->id, severity_name(severity_in_force(c, *rule)),
			(*rule)->summary };

		out_table_add(c->arena, &table, row);
	}
	out_table_print(stdout, &table);
}

static void
print_squawk(const struct rule *rule)
{
	const char *before = "\nIn squawk: ";

	for (const struct squawk_rule *theirs = squawk_rules; theirs->name != NULL; theirs++) {
		if (!squawk_rule_is(theirs, rule->id))
			continue;
		printf("%s%s", before, theirs->name);
		before = ", ";
	}
	if (before[0] == ',')
		printf("\n");
}

static void
print_versions(const struct rule *rule)
{
	if (rule->from > 0 && rule->until > 0)
		printf(", PostgreSQL %d to %d", rule->from, rule->until);
	else if (rule->from > 0)
		printf(", PostgreSQL %d and later", rule->from);
	else if (rule->until > 0)
		printf(", PostgreSQL %d and earlier", rule->until);
}

static bool
explain(const struct context *c, const char *name, struct error *err)
{
	const struct rule *rule;
	char *id = arena_strdup(c->arena, name);

	if (!severity_check_rule(id, err))
		return false;
	rule = lint_rule_find(id);
	if (c->config->format == FORMAT_JSON) {
		struct json *json = out_json(c, "lint", NULL, NULL);

		json_put(json, "rule", rule_json(c, rule));
		out_json_print(json);
		return true;
	}
	printf("%s (%s, %s", rule->id, rule->group, severity_name(severity_in_force(c, rule)));
	print_versions(rule);
	printf(")\n\n");
	help_text(stdout, rule->summary);
	printf("\n");
	help_text(stdout, rule->advice);
	print_squawk(rule);
	printf("\nTo allow it: -- migrate:allow %s REASON\n", rule->id);
	return true;
}

static bool
lint_run(const struct context *c, int *status, struct error *err)
{
	const char *name = command_option(c, "explain");

	*status = 0;
	if (name == NULL && command_option(c, "list-rules") == NULL)
		return lint_files(c, status, err);
	if (c->config->format > FORMAT_JSON)
		return error_set(err, ERR_USAGE, "rules are listed as text or json");
	if (name != NULL)
		return explain(c, name, err);
	if (c->config->format == FORMAT_JSON)
		print_rules_json(c);
	else
		print_rules(c);
	return true;
}

static const struct command_option options[] = {
	{ "changed-since", "GIT_REF", false, "only files that differ from what this commit holds" },
	{ "list-rules", NULL, false, "list all rules, and how severe the settings make them" },
	{ "explain", "RULE", false, "tell what a rule looks for, and what to do instead" },
	{ 0 },
};

const struct command cmd_lint = {
	.name = "lint",
	.args = "[FILE]...",
	.summary = "find what would hurt a running app, and say what to write instead",
	.description =
	    "Looks for statements that hold strong locks for long, rewrite or scan tables, lose "
	    "data or break the app that runs.  Needs no database.  Without FILE all files of the "
	    "folders are linted; what an earlier file makes counts as in use.  - is the standard "
	    "input, and a folder stands for the files in it.\n\n"
	    "Exit status 3: something was found that is as severe as lint.fail_on; 4: a file "
	    "cannot be read or run as it is.",
	.most_arguments = SIZE_MAX,
	.needs_config = true,
	.formats =
	    1U << FORMAT_SARIF | 1U << FORMAT_GITHUB | 1U << FORMAT_GITLAB | 1U << FORMAT_JUNIT,
	.options = options,
	.run = lint_run,
};
