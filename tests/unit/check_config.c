/* SPDX-License-Identifier: MIT */
#include "core/config.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/mask.h"

#define COUNT(table) ((int)(sizeof(table) / sizeof((table)[0])))

static struct arena *arena;
static char folder[32];
static const char *path;

static struct config config;
static struct config_list warnings;
static struct error *err;

static void
set_up(void)
{
	arena = arena_new(NULL);
	err = error_new(arena);
	warnings = (struct config_list){ 0 };
	snprintf(folder, sizeof(folder), "/tmp/check_config.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	path = arena_printf(arena, "%s/migrate.yaml", folder);
}

static void
tear_down(void)
{
	unlink(path);
	rmdir(folder);
	mask_clear();
	arena_close(arena);
}

static void
write_file(const char *text, size_t length)
{
	FILE *file = fopen(path, "w");

	ck_assert_ptr_nonnull(file);
	ck_assert_uint_eq(fwrite(text, 1, length, file), length);
	ck_assert_int_eq(fclose(file), 0);
}

/* Lists are ended by NULL; arguments are pairs of name and value. */
static bool
load(const char *yaml, const char *set, const char *const *environment, const char *const *pairs)
{
	static const char *const none[] = { NULL };
	struct config_argument arguments[8] = { { NULL, NULL } };
	size_t count = 0;

	if (yaml != NULL)
		write_file(yaml, strlen(yaml));
	for (; pairs != NULL && pairs[2 * count] != NULL; count++)
		arguments[count] =
		    (struct config_argument){ pairs[2 * count], pairs[2 * count + 1] };
	if (environment == NULL)
		environment = none;
	return config_load(arena, yaml == NULL ? NULL : path, set, (char *const *)environment,
	    arguments, count, &config, &warnings, err);
}

static const char *
value(const char *name)
{
	const char *text = config_value(arena, &config, config_find(name));

	return text == NULL ? "-" : text;
}

/* Where it came from, without the folder. */
static const char *
origin(const char *name)
{
	const char *text = config_origin(&config, config_find(name));

	return strncmp(text, folder, strlen(folder)) == 0 ? text + strlen(folder) + 1 : text;
}

/* --- the table --- */

START_TEST(has_a_valid_default_everywhere)
{
	for (const struct config_setting *s = config_settings(); s->name != NULL; s++) {
		ck_assert_ptr_nonnull(s->group);
		ck_assert_ptr_nonnull(s->help);
		ck_assert_ptr_eq(config_find(s->name), s);
	}
	ck_assert(load(NULL, NULL, NULL, NULL));
	for (const struct config_setting *s = config_settings(); s->name != NULL; s++) {
		ck_assert_str_eq(value(s->name), s->fallback == NULL ? "-" : s->fallback);
		ck_assert_str_eq(origin(s->name), "default");
	}
	ck_assert(!config.table_set);
	ck_assert_ptr_null(config.path);
}
END_TEST

START_TEST(spells_a_setting_in_three_ways)
{
	const struct config_setting *s = config_find("lint.fail-on"),
				    *map = config_find("PLACEHOLDERS");

	ck_assert_ptr_eq(config_find("lint_fail_on"), s);
	ck_assert_str_eq(config_key(arena, s), "lint.fail_on");
	ck_assert_str_eq(config_variable(arena, s), "MIGRATE_LINT_FAIL_ON");
	ck_assert_str_eq(config_option(arena, s), "--lint-fail-on");
	ck_assert_str_eq(config_value_name(s), "off|info|warning|error");
	ck_assert_str_eq(config_variable(arena, map), "MIGRATE_PLACEHOLDER_");
	ck_assert_str_eq(config_option(arena, map), "--placeholder");
	ck_assert_ptr_null(config_find("nonsense"));
}
END_TEST

static const struct nearness {
	const char *name, *nearest;
} nearnesses[] = {
	{ "lock-timeot", "lock_timeout" },
	{ "LOCK_TIMEOUT", "lock_timeout" },
	{ "lokc_timeout", "lock_timeout" },
	{ "urll", "url" },
	{ "colour", "color" },
	{ "", NULL },
	{ "something_else", NULL },
	{ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", NULL },
};

START_TEST(finds_the_nearest_name)
{
	static const char *const names[] = { "url", "lock_timeout", "color", "statement_timeout" };
	const char *nearest = config_nearest(nearnesses[_i].name, names, COUNT(names));

	if (nearnesses[_i].nearest == NULL)
		ck_assert_ptr_null(nearest);
	else
		ck_assert_str_eq(nearest, nearnesses[_i].nearest);
}
END_TEST

/* --- the file --- */

static const struct taken {
	const char *yaml, *name, *expected;
} takens[] = {
	{ "", "table", "schema_history" },
	{ "# only a comment\n", "table", "schema_history" },
	{ "---\ntable: x\n...\n", "table", "x" },
	{ "table: x", "table", "x" },
	{ "table: 'two words'", "table", "two words" },
	{ "table: 12", "table", "12" },
	{ "lock_timeout: 2s", "lock-timeout", "2s" },
	{ "lock_timeout: 1.5 min", "lock-timeout", "90s" },
	{ "lock_timeout: 0", "lock-timeout", "0" },
	{ "group: true", "group", "true" },
	{ "group: \"on\"", "group", "true" },
	{ "validate_on_up: no", "validate-on-up", "false" },
	{ "format: json", "format", "json" },
	{ "undo_record: delete", "undo-record", "delete" },
	{ "lint:\n  fail_on: error\n  pg_version: 17\n", "lint.fail-on", "error" },
	{ "lint:\n  fail_on: error\n  pg_version: 17\n", "lint.pg-version", "17" },
	{ "lint: {fail_on: off}", "lint.fail-on", "off" },
	{ "lint:\n", "lint.fail-on", "warning" },
	{ "lint: {rules: {unknown-allow: off, not_checked: error}}", "lint.rules",
	    "unknown-allow=off, not-checked=error" },
	{ "lint: {assume_applied: 1.2}", "lint.assume-applied", "1.2" },
	{ "lint:\n  paths:\n    - path: a/*\n      rules: {unknown-allow: off}\n"
	  "      fail_on: error\n    - b/* fail_on=off\n",
	    "lint.paths", "a/* unknown-allow=off fail_on=error, b/* fail_on=off" },
	{ "hooks:\n  before_up: echo 1\n", "hooks.before-up", "echo 1" },
	{ "ignore: [a, 'b*']", "ignore", "a, b*" },
	{ "ignore: one,two", "ignore", "one,two" },
	{ "ignore_migration_patterns: []", "ignore-migration-patterns", "-" },
	{ "placeholders: {Name: value, empty: ''}", "placeholders", "name=value, empty=" },
	{ "placeholders: {api_token: hunter2}", "placeholders", "api_token=********" },
	{ "placeholders:\n", "placeholders", "-" },
	{ "table: ${SET}", "table", "a b" },
	{ "table: x${SET}y", "table", "xa by" },
	{ "table: ${UNSET:-other}", "table", "other" },
	{ "table: ${EMPTY:-other}", "table", "other" },
	{ "table: ${SET:-other}", "table", "a b" },
	{ "table: $${SET}", "table", "${SET}" },
	{ "table: a$b", "table", "a$b" },
	{ "environments:\n  dev: {table: other}\n", "table", "schema_history" },
	{ "environments:\n  dev: {table: '${NOT_SET_HERE}'}\n", "table", "schema_history" },
	{ "environments:\n", "table", "schema_history" },
};

START_TEST(takes_from_the_file)
{
	static const char *const environment[] = { "SET=a b", "EMPTY=", NULL };
	const struct taken *t = &takens[_i];

	ck_assert_msg(load(t->yaml, NULL, environment, NULL), "%s: %s", t->yaml, err->message);
	ck_assert_str_eq(value(t->name), t->expected);
}
END_TEST

static const struct refused {
	const char *yaml;
	int line, column;
	const char *message, *next;
} refuseds[] = {
	{ "lock_timeot: 5s", 1, 1, "unknown setting \"lock_timeot\"", "\"lock_timeout\"" },
	{ "table: x\n  \nlock-timeout: 5s", 3, 1, "unknown setting", "\"lock_timeout\"" },
	{ "lint:\n  fail_off: error", 2, 3, "unknown setting \"lint.fail_off\"", "\"fail_on\"" },
	{ "lint.fail_on: error", 1, 1, "unknown setting \"lint.fail_on\"", NULL },
	{ "enviroments: {}", 1, 1, "unknown setting", "\"environments\"" },
	{ "protected: true", 1, 1, "unknown setting \"protected\"", NULL },
	{ "table: x\ntable: y", 2, 1, "\"table\" is given twice, first on line 1", "Remove one" },
	{ "lint: {fail_on: off, fail_on: off}", 1, 22, "given twice", "Remove one" },
	{ "lock_timeout: 5", 1, 15, "\"5\" has no unit", NULL },
	{ "lock_timeout: -5s", 1, 15, "not a duration", NULL },
	{ "lock_timeout: 99999999999d", 1, 15, "not a duration", NULL },
	{ "lock_timeout: soon", 1, 15, "not a duration", NULL },
	{ "lock_timeout: [5s]", 1, 15, "wants a single value, not a list", NULL },
	{ "lock_timeout: {a: b}", 1, 15, "wants a single value, not a group", NULL },
	{ "lock_timeout:\ntable: x", 1, 14, "\"lock_timeout\" has no value", NULL },
	{ "max_stall: 0", 1, 12, "at least 1ms", NULL },
	{ "table: ''", 1, 8, "the value is empty", NULL },
	{ "group: maybe", 1, 8, "neither true nor false", NULL },
	{ "format: xml", 1, 9, "\"xml\" is none of text|json", NULL },
	{ "lint: {pg_version: 9}", 1, 20, "not between", NULL },
	{ "lint: {pg_version: fifteen}", 1, 20, "not a number", NULL },
	{ "lint: {pg_version: 99999999999999999999}", 1, 20, "not a number", NULL },
	{ "lint: 5", 1, 7, "\"lint\" wants lines", NULL },
	{ "ignore: [a, [b]]", 1, 13, "wants a single value", NULL },
	{ "ignore: {a: b}", 1, 9, "wants a single value", NULL },
	{ "directory: []", 1, 12, "names no folder", NULL },
	{ "placeholders: x", 1, 15, "wants lines", NULL },
	{ "placeholders: {a: 1, A: 2}", 1, 25, "given twice", NULL },
	{ "placeholders: {a: [1]}", 1, 19, "wants a single value", NULL },
	{ "placeholders: {'flyway:x': 1}", 1, 16, "cannot be the name", NULL },
	{ "lint: {rules: {unknown-alow: off}}", 1, 16, "there is no rule \"unknown-alow\"",
	    "\"unknown-allow\"" },
	{ "lint: {rules: {unknown-allow: no}}", 1, 31, "\"no\" is none of off|info", NULL },
	{ "lint: {rules: [unknown-allow]}", 1, 15, "wants lines of", NULL },
	{ "lint: {assume_applied: V1}", 1, 24, "is not a version", "numbers" },
	{ "lint: {pg_version: 11}", 1, 20, "11 is not between 12 and 19", NULL },
	{ "lint:\n  paths:\n    - path: a/*\n      rules: {unknown-alow: off}", 4, 15,
	    "there is no rule \"unknown-alow\"", "\"unknown-allow\"" },
	{ "lint:\n  paths:\n    - path: a/*\n      rules: {unknown-allow: 1}", 4, 30,
	    "\"1\" is none of off, info", NULL },
	{ "lint:\n  paths:\n    - path: a/*\n      fail_on: never", 4, 16,
	    "\"never\" is none of off", NULL },
	{ "lint:\n  paths:\n    - path: a/*\n      failon: off", 4, 7, "has no setting \"failon\"",
	    "\"fail_on\"" },
	{ "lint:\n  paths:\n    - rules: {unknown-allow: off}", 3, 7, "needs a \"path\"", NULL },
	{ "lint:\n  paths:\n    - path: a b\n      fail_on: off", 3, 13, "cannot have a blank",
	    NULL },
	{ "lint:\n  paths:\n    - a/* unknown-alow=off", 3, 7, "there is no rule",
	    "\"unknown-allow\"" },
	{ "table: ${UNSET}", 1, 8, "environment variable \"UNSET\" is not set", NULL },
	{ "table: ${SET", 1, 8, "must be followed by the name", NULL },
	{ "table: ${}", 1, 8, "must be followed by the name", NULL },
	{ "table: ${a b}", 1, 8, "must be followed by the name", NULL },
	{ "target: newest", 1, 9, "\"target\": \"newest\" is not a target", "latest" },
	{ "baseline_version: 1.a", 1, 19, "\"1.a\" is not a version", "numbers" },
	{ "ignore_migration_patterns: ['*:future', missing]", 1, 41, "\"missing\" is not a pattern",
	    "TYPE:STATE" },
	{ "ignore_migration_patterns: '*:gone'", 1, 28, "\"*:gone\" is not a pattern", "states" },
	{ "ignore_migration_patterns: 'undo:missing'", 1, 28, "not a pattern", "types" },
	{ "ignore_migration_patterns: '*:missing:future'", 1, 28, "not a pattern", "TYPE:STATE" },
	{ "environments: {dev: {target: x}}", 1, 30, "\"x\" is not a target", "latest" },
	{ "environments: {dev: {table: [x]}}", 1, 29, "wants a single value", NULL },
	{ "environments: {dev: {tabel: x}}", 1, 22, "unknown setting", "\"table\"" },
	{ "environments: {dev: {environments: {}}}", 1, 22, "unknown setting", NULL },
	{ "environments: {dev: {protected: maybe}}", 1, 33, "neither true nor false", NULL },
	{ "environments: [dev]", 1, 15, "wants lines", NULL },
	{ "url: a=b\nurl_file: x", 2, 11, "both url and url_file", NULL },
	{ "password: a\npassword_command: x", 2, 19, "both password and password_command", NULL },
	{ "table: &anchor x", 1, 8, "anchors and aliases", "value itself" },
	{ "table: *alias", 1, 8, "anchors and aliases", "value itself" },
	{ "table: !!str x", 1, 8, "tags are not supported", "Take the tag away" },
	{ "table: x\n---\ntable: y", 2, 1, "a second document", "environments" },
	{ "lint:\n\tfail_on: off", 2, 1, "indented with a tab", NULL },
	{ "- a", 1, 1, "expected settings", NULL },
	{ "word", 1, 1, "expected settings", NULL },
	{ "table: 'x", 1, 8, "not valid YAML", NULL },
	{ "[a]: x", 1, 1, "a key must be", NULL },
	{ "? {a: b}\n: x", 1, 3, "a key must be", NULL },
	{ "table: \"a\\0b\"", 1, 8, "NUL", NULL },
	{ "table: a\nschema: \xff\n", 2, 9, "not valid YAML", NULL },
	{ "table: \xc3\xa4\nsch\xc3\xa4ma: x\n", 2, 1, "unknown setting", "\"schema\"" },
	{ "{table: \xc3\xa4, format: x}", 1, 20, "none of", NULL },
};

START_TEST(refuses_in_the_file)
{
	static const char *const environment[] = { "SET=a b", NULL };
	const struct refused *r = &refuseds[_i];

	ck_assert_msg(!load(r->yaml, NULL, environment, NULL), "%s is taken", r->yaml);
	ck_assert_int_eq(err->code, ERR_USAGE);
	ck_assert_msg(strstr(err->message, r->message) != NULL, "%s: %s", r->yaml, err->message);
	ck_assert_str_eq(err->place.path, path);
	ck_assert_msg(err->place.line == r->line && err->place.column == r->column, "%s: %d:%d",
	    r->yaml, (int)err->place.line, (int)err->place.column);
	if (r->next == NULL)
		ck_assert_ptr_null(err->next);
	else
		ck_assert_msg(err->next != NULL && strstr(err->next, r->next) != NULL, "%s: %s",
		    r->yaml, err->next);
}
END_TEST

static const struct readable {
	const char *yaml;
	mode_t mode;
	const char *first, *second; /* words of the warnings, or NULL */
} readables[] = {
	{ "password: x", 0600, NULL, NULL },
	{ "password: x", 0640, "others may read", NULL },
	{ "password: x", 0604, "(mode 0604)", NULL },
	{ "password: x", 0666, "everybody may write", "a password stands in it" },
	{ "table: x", 0666, "everybody may write", NULL },
	{ "table: x", 0664, NULL, NULL },
	{ "password: ${SET}", 0644, NULL, NULL },
	{ "url: 'postgresql://u:x@h/d'", 0644, "a password stands in it", NULL },
	{ "url: 'postgresql://u:${SET}@h/d'", 0644, NULL, NULL },
	{ "url: 'postgresql://u@h/d'", 0644, NULL, NULL },
	{ "url: 'jdbc:postgresql://h/d?password=x'", 0644, "a password stands in it", NULL },
	{ "url: host=h password=x", 0644, "a password stands in it", NULL },
	{ "environments: {dev: {password: x}}", 0644, "a password stands in it", NULL },
	{ "environments: {dev: {url: 'postgresql://u:x@h/d'}}", 0644, "a password", NULL },
	{ "environments:\n", 0644, NULL, NULL },
};

START_TEST(warns_of_who_may_read_and_write_the_file)
{
	static const char *const environment[] = { "SET=a", NULL };
	const struct readable *r = &readables[_i];
	size_t count = (size_t)((r->first != NULL) + (r->second != NULL));

	write_file(r->yaml, strlen(r->yaml));
	ck_assert_int_eq(chmod(path, r->mode), 0);
	ck_assert(load(r->yaml, NULL, environment, NULL));
	ck_assert_uint_eq(warnings.count, count);
	if (count > 0)
		ck_assert_ptr_nonnull(strstr(warnings.items[0], r->first));
	if (count > 1)
		ck_assert_ptr_nonnull(strstr(warnings.items[1], r->second));
}
END_TEST

/* Of our own work: how busy the machine is does not matter. */
static int
milliseconds_since(clock_t start)
{
	return (int)((clock() - start) * 1000 / CLOCKS_PER_SEC);
}

/* libyaml would need a minute for some of these. */
static const struct nesting {
	const char *opening, *message;
} nestings[] = {
	{ "[", "nested deeper than 16 levels" },
	{ "{a: ", "nested deeper than 16 levels" },
	{ "\n- - - - - - - - - - - - - - - - - ", "nested deeper than 16 levels" },
	{ "{? ", "a key must be" },
	{ "[?", "a key must be" },
};

START_TEST(refuses_deep_nesting_at_once)
{
	const char *opening = nestings[_i].opening;
	struct arena_text *text = arena_text_new(arena);
	clock_t start = clock();

	fputs("ignore: ", text->out);
	for (size_t i = 0; i < 60000 / strlen(opening); i++)
		fputs(opening, text->out);
	ck_assert(!load(arena_text_end(text), NULL, NULL, NULL));
	ck_assert_msg(strstr(err->message, nestings[_i].message) != NULL, "%s", err->message);
	ck_assert_int_lt(milliseconds_since(start), 50);
}
END_TEST

START_TEST(refuses_a_large_file_at_once)
{
	char *text = arena_alloc(arena, 100001);
	clock_t start = clock();

	memset(text, '[', 100000);
	ck_assert(!load(text, NULL, NULL, NULL));
	ck_assert_ptr_nonnull(strstr(err->message, "larger than 64 kB"));
	ck_assert_int_lt(milliseconds_since(start), 50);
}
END_TEST

START_TEST(takes_many_placeholders)
{
	struct arena_text *text = arena_text_new(arena);

	fputs("placeholders:\n", text->out);
	for (int i = 0; i < 5000; i++)
		fprintf(text->out, "  p%d: x\n", i);
	ck_assert(load(arena_text_end(text), NULL, NULL, NULL));
	ck_assert_uint_eq(config.placeholders.count, 5000);
}
END_TEST

START_TEST(makes_paths_relative_to_the_file)
{
	ck_assert(load("directory: [sql, /abs, ../x]\nurl_file: secret\n", NULL, NULL, NULL));
	ck_assert_str_eq(config.directory.items[0], arena_printf(arena, "%s/sql", folder));
	ck_assert_str_eq(config.directory.items[1], "/abs");
	ck_assert_str_eq(config.directory.items[2], arena_printf(arena, "%s/../x", folder));
	ck_assert_str_eq(config.url_file, arena_printf(arena, "%s/secret", folder));
}
END_TEST

START_TEST(needs_the_file_that_was_asked_for)
{
	ck_assert(
	    !config_load(arena, path, NULL, (char *[]){ NULL }, NULL, 0, &config, &warnings, err));
	ck_assert_int_eq(err->code, ERR_USAGE);
	ck_assert_ptr_nonnull(strstr(err->message, "cannot open"));
}
END_TEST

START_TEST(refuses_a_folder_as_file)
{
	ck_assert(!config_load(
	    arena, folder, NULL, (char *[]){ NULL }, NULL, 0, &config, &warnings, err));
	ck_assert_int_eq(err->code, ERR_USAGE);
}
END_TEST

/* --- sources --- */

static const char sets[] = "table: top\n"
			   "schema: top\n"
			   "directory: [a, b]\n"
			   "placeholders: {x: top, y: top}\n"
			   "environments:\n"
			   "  prod:\n"
			   "    table: prod\n"
			   "    directory: c\n"
			   "    placeholders: {y: prod, z: prod}\n"
			   "    protected: true\n"
			   "    lint: {fail_on: error}\n"
			   "  dev:\n"
			   "    table: dev\n";

START_TEST(prefers_the_stronger_source)
{
	static const char *const environment[] = { "MIGRATE_SCHEMA=variable",
		"MIGRATE_PLACEHOLDER_Z=variable", "MIGRATE_LINT_FAIL_ON=info", NULL };
	static const char *const arguments[] = { "lint.fail-on", "off", "placeholders", "new=a=b",
		"group", "true", NULL };

	ck_assert_msg(load(sets, "prod", environment, arguments), "%s", err->message);
	ck_assert_str_eq(value("table"), "prod");
	ck_assert_str_eq(origin("table"), "migrate.yaml:7");
	ck_assert_str_eq(value("schema"), "variable");
	ck_assert_str_eq(origin("schema"), "MIGRATE_SCHEMA");
	ck_assert_uint_eq(config.directory.count, 1);
	ck_assert_str_eq(value("placeholders"), "x=top, y=prod, z=variable, new=a=b");
	ck_assert_str_eq(config.placeholders.pairs[2].origin, "MIGRATE_PLACEHOLDER_Z");
	ck_assert_str_eq(value("lint.fail-on"), "off");
	ck_assert_str_eq(origin("lint.fail-on"), "--lint-fail-on");
	ck_assert_str_eq(value("group"), "true");
	ck_assert_str_eq(config.environment, "prod");
	ck_assert(config.protected);
	ck_assert(config.table_set);
}
END_TEST

START_TEST(takes_the_environment_from_a_variable)
{
	static const char *const environment[] = { "MIGRATE_ENV=dev", NULL };

	ck_assert(load(sets, NULL, environment, NULL));
	ck_assert_str_eq(value("table"), "dev");
	ck_assert(!config.protected);
}
END_TEST

START_TEST(takes_the_file_from_a_variable)
{
	const char *const environment[] = { arena_printf(arena, "MIGRATE_CONFIG=%s", path), NULL };

	write_file("table: x", 8);
	ck_assert(load(NULL, NULL, environment, NULL));
	ck_assert_str_eq(value("table"), "x");
}
END_TEST

START_TEST(refuses_an_environment_that_is_not_there)
{
	ck_assert(!load(sets, "prd", NULL, NULL));
	ck_assert_ptr_nonnull(strstr(err->message, "no environment \"prd\""));
	ck_assert_ptr_nonnull(strstr(err->next, "\"prod\""));
	ck_assert(!load(NULL, "prod", NULL, NULL));
	ck_assert_ptr_nonnull(strstr(err->message, "no migrate.yaml"));
}
END_TEST

static const struct place_of_url {
	const char *yaml, *set;
	const char *environment[4], *arguments[5];
	const char *url, *url_file, *from;
} places[] = {
	{ "url: a=1", NULL, { NULL }, { NULL }, "a=1", NULL, "migrate.yaml:1" },
	{ "url: a=1", NULL, { "DATABASE_URL=b=1" }, { NULL }, "b=1", NULL, "DATABASE_URL" },
	{ "url: a=1", NULL, { "DATABASE_URL=" }, { NULL }, "a=1", NULL, "migrate.yaml:1" },
	{ "url_file: /f", NULL, { NULL }, { NULL }, NULL, "/f", NULL },
	{ "url_file: /f", NULL, { "DATABASE_URL=b=1" }, { NULL }, "b=1", NULL, "DATABASE_URL" },
	{ "environments: {p: {url: c=1}}", "p", { "DATABASE_URL=b=1" }, { NULL }, "c=1", NULL,
	    "migrate.yaml:1" },
	{ "environments: {p: {url_file: /f}}", "p", { "DATABASE_URL=b=1" }, { NULL }, NULL, "/f",
	    NULL },
	{ "environments: {p: {url: c=1}}", "p", { "MIGRATE_URL=d=1", "DATABASE_URL=b=1" }, { NULL },
	    "d=1", NULL, "MIGRATE_URL" },
	{ "url: a=1", NULL, { "MIGRATE_URL=d=1" }, { "url", "e=1" }, "e=1", NULL, "--url" },
	{ "url: a=1", NULL, { "MIGRATE_URL=d=1" }, { "url-file", "/f" }, NULL, "/f", NULL },
	{ "", NULL, { NULL }, { NULL }, NULL, NULL, NULL },
};

START_TEST(takes_the_url_from_the_first_of_its_places)
{
	const struct place_of_url *p = &places[_i];

	ck_assert_msg(load(p->yaml, p->set, p->environment, p->arguments), "%s", err->message);
	ck_assert_pstr_eq(config.url, p->url);
	ck_assert_pstr_eq(config.url_file, p->url_file);
	if (p->from == NULL)
		ck_assert_ptr_null(config.url_from);
	else
		ck_assert_str_eq(origin("url"), p->from);
}
END_TEST

START_TEST(reads_lists_and_empty_variables)
{
	static const char *const environment[] = { "MIGRATE_IGNORE=a, b ,c",
		"MIGRATE_TABLE=", "MIGRATE_PLACEHOLDER_EMPTY=", "MIGRATE_OUT_OF_ORDER=1",
		"NOT_OURS=1", NULL };

	ck_assert_msg(load(NULL, NULL, environment, NULL), "%s", err->message);
	ck_assert_str_eq(value("ignore"), "a, b, c");
	ck_assert_str_eq(value("table"), "schema_history");
	ck_assert_str_eq(value("placeholders"), "empty=");
	ck_assert_str_eq(value("out-of-order"), "true");
	ck_assert_uint_eq(warnings.count, 0);
}
END_TEST

START_TEST(warns_of_unknown_variables)
{
	static const char *const environment[] = { "MIGRATE_LOCK_TIMEOT=5s", "MIGRATE_XYZZY=1",
		"MIGRATE_PLACEHOLDER_=x", NULL };

	ck_assert(load(NULL, NULL, environment, NULL));
	ck_assert_uint_eq(warnings.count, 3);
	ck_assert_ptr_nonnull(strstr(warnings.items[0], "did you mean \"MIGRATE_LOCK_TIMEOUT\""));
	ck_assert_str_eq(warnings.items[1], "unknown environment variable \"MIGRATE_XYZZY\"");
}
END_TEST

START_TEST(says_which_source_is_wrong)
{
	static const char *const environment[] = { "MIGRATE_LOCK_TIMEOUT=5", NULL };
	static const char *const arguments[] = { "lint.fail-on", "never", NULL };

	ck_assert(!load(NULL, NULL, environment, NULL));
	ck_assert_str_eq(err->message, "MIGRATE_LOCK_TIMEOUT: \"5\" has no unit: write 5s or 5min");
	ck_assert(!load(NULL, NULL, NULL, arguments));
	ck_assert_str_eq(
	    err->message, "--lint-fail-on: \"never\" is none of off|info|warning|error");
}
END_TEST

START_TEST(appends_repeated_lists_and_replaces_other_values)
{
	static const char *const arguments[] = { "ignore", "a", "ignore", "b", "table", "x",
		"table", "y", NULL };

	ck_assert(load("ignore: [z]", NULL, NULL, arguments));
	ck_assert_str_eq(value("ignore"), "a, b");
	ck_assert_str_eq(value("table"), "y");
}
END_TEST

START_TEST(reads_only_arguments_when_bare)
{
	static const struct config_argument arguments[] = { { "format", "json" } };

	ck_assert(config_bare(arena, arguments, 1, &config, err));
	ck_assert_int_eq(config.format, FORMAT_JSON);
	ck_assert_int_eq(config.lock_timeout_ms, 5000);
}
END_TEST

/* --- secrets --- */

START_TEST(shows_no_password)
{
	static const char *const environment[] = { "PGPASSWORD=from_libpq", NULL };
	static const char *const arguments[] = { "url", "postgresql://u:in_url@h/d", "password",
		"hunter2", NULL };

	ck_assert(load(NULL, NULL, environment, arguments));
	ck_assert_str_eq(value("password"), "********");
	ck_assert_str_eq(
	    mask_text(arena, "from_libpq in_url hunter2"), "******** ******** ********");
}
END_TEST

/* --- the connection --- */

static const char *
keyword(const struct connection *c, const char *name)
{
	for (size_t i = 0; c->keywords[i] != NULL; i++)
		if (strcmp(c->keywords[i], name) == 0)
			return c->values[i];
	return "-";
}

static bool
connect_with(const char *const *arguments, struct connection *c)
{
	ck_assert_msg(load(NULL, NULL, NULL, arguments), "%s", err->message);
	return config_connection(arena, &config, c, err);
}

START_TEST(replaces_user_and_password_of_the_url)
{
	struct connection c;

	ck_assert(connect_with(
	    (const char *[]){ "url", "postgresql://a:b@h/d", "user", "u", "password", "p", NULL },
	    &c));
	ck_assert_str_eq(keyword(&c, "user"), "u");
	ck_assert_str_eq(keyword(&c, "password"), "p");
	ck_assert_str_eq(keyword(&c, "host"), "h");
}
END_TEST

START_TEST(leaves_everything_to_libpq_without_a_url)
{
	struct connection c;

	ck_assert(connect_with((const char *[]){ NULL }, &c));
	ck_assert_ptr_null(c.keywords[0]);
}
END_TEST

START_TEST(reads_the_url_from_a_file)
{
	const char *arguments[] = { "url-file", path, NULL };
	struct connection c;

	write_file("host=h password=hunter2\nrest", 28);
	ck_assert(connect_with(arguments, &c));
	ck_assert_str_eq(keyword(&c, "host"), "h");
	ck_assert_str_eq(mask_text(arena, "hunter2"), "********");
	write_file("\n", 1);
	ck_assert(!connect_with(arguments, &c));
	ck_assert_ptr_nonnull(strstr(err->message, "is empty"));
	write_file("postgresql://u:hunter2@3@h", 26);
	ck_assert(!connect_with(arguments, &c));
	ck_assert_ptr_null(strstr(err->message, "hunter2"));
	unlink(path);
	ck_assert(!connect_with(arguments, &c));
	ck_assert_ptr_nonnull(strstr(err->message, "cannot open"));
}
END_TEST

START_TEST(runs_the_password_command_each_time)
{
	const char *count = arena_printf(arena, "%s/count", folder);
	const char *command =
	    arena_printf(arena, "echo x >>%s; wc -l <%s; echo rest", count, count);
	const char *arguments[] = { "password-command", command, NULL };
	struct connection c;

	ck_assert(connect_with(arguments, &c));
	ck_assert_str_eq(keyword(&c, "password"), "1");
	ck_assert(config_connection(arena, &config, &c, err));
	ck_assert_str_eq(keyword(&c, "password"), "2");
	unlink(count);
}
END_TEST

static const struct failing {
	const char *command, *message;
} failings[] = {
	{ "echo hunter2; exit 3", "failed with exit status 3" },
	{ "echo hunter2 >&2; kill -9 $$", "failed with exit status 137" },
	{ "true", "printed no password" },
	{ "no-such-command-here", "failed with exit status 127" },
};

START_TEST(tells_a_failed_password_command_without_its_output)
{
	struct connection c;

	ck_assert(
	    !connect_with((const char *[]){ "password-command", failings[_i].command, NULL }, &c));
	ck_assert_int_eq(err->code, ERR_USAGE);
	ck_assert_ptr_nonnull(strstr(err->message, failings[_i].message));
	ck_assert_ptr_null(strstr(err->message, "hunter2"));
}
END_TEST

START_TEST(says_where_a_wrong_url_stands)
{
	struct connection c;

	ck_assert(load("table: x\nurl: mysql://h/d\n", NULL, NULL, NULL));
	ck_assert(!config_connection(arena, &config, &c, err));
	ck_assert_int_eq(err->place.line, 2);
	ck_assert(!connect_with((const char *[]){ "url", "mysql://h/d", NULL }, &c));
	ck_assert_str_eq(err->message, "invalid url from --url: \"mysql\" is not PostgreSQL");
}
END_TEST

static TCase *
table_cases(void)
{
	TCase *cases = tcase_create("table");

	tcase_add_test(cases, has_a_valid_default_everywhere);
	tcase_add_test(cases, spells_a_setting_in_three_ways);
	tcase_add_loop_test(cases, finds_the_nearest_name, 0, COUNT(nearnesses));
	return cases;
}

static TCase *
file_cases(void)
{
	TCase *cases = tcase_create("file");

	tcase_add_loop_test(cases, takes_from_the_file, 0, COUNT(takens));
	tcase_add_loop_test(cases, refuses_in_the_file, 0, COUNT(refuseds));
	tcase_add_loop_test(cases, warns_of_who_may_read_and_write_the_file, 0, COUNT(readables));
	tcase_add_loop_test(cases, refuses_deep_nesting_at_once, 0, COUNT(nestings));
	tcase_add_test(cases, refuses_a_large_file_at_once);
	tcase_add_test(cases, takes_many_placeholders);
	tcase_add_test(cases, makes_paths_relative_to_the_file);
	tcase_add_test(cases, needs_the_file_that_was_asked_for);
	tcase_add_test(cases, refuses_a_folder_as_file);
	return cases;
}

static TCase *
source_cases(void)
{
	TCase *cases = tcase_create("sources");

	tcase_add_test(cases, prefers_the_stronger_source);
	tcase_add_test(cases, takes_the_environment_from_a_variable);
	tcase_add_test(cases, takes_the_file_from_a_variable);
	tcase_add_test(cases, refuses_an_environment_that_is_not_there);
	tcase_add_loop_test(cases, takes_the_url_from_the_first_of_its_places, 0, COUNT(places));
	tcase_add_test(cases, reads_lists_and_empty_variables);
	tcase_add_test(cases, warns_of_unknown_variables);
	tcase_add_test(cases, says_which_source_is_wrong);
	tcase_add_test(cases, appends_repeated_lists_and_replaces_other_values);
	tcase_add_test(cases, reads_only_arguments_when_bare);
	tcase_add_test(cases, shows_no_password);
	return cases;
}

static TCase *
connection_cases(void)
{
	TCase *cases = tcase_create("connection");

	tcase_add_test(cases, replaces_user_and_password_of_the_url);
	tcase_add_test(cases, leaves_everything_to_libpq_without_a_url);
	tcase_add_test(cases, reads_the_url_from_a_file);
	tcase_add_test(cases, runs_the_password_command_each_time);
	tcase_add_loop_test(
	    cases, tells_a_failed_password_command_without_its_output, 0, COUNT(failings));
	tcase_add_test(cases, says_where_a_wrong_url_stands);
	return cases;
}

int
main(void)
{
	TCase *(*const parts[])(void) = { table_cases, file_cases, source_cases, connection_cases };
	Suite *suite = suite_create("config");
	SRunner *runner;
	int failed;

	for (int i = 0; i < COUNT(parts); i++) {
		TCase *cases = parts[i]();

		tcase_add_checked_fixture(cases, set_up, tear_down);
		suite_add_tcase(suite, cases);
	}
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
