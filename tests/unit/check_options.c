/* SPDX-License-Identifier: MIT */
#include "cli/options.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(table) ((int)(sizeof(table) / sizeof((table)[0])))

enum { WORDS_MAX = 8 };

static struct arena *arena;
static struct error *err;

static void
set_up(void)
{
	arena = arena_new(NULL);
	err = error_new(arena);
}

static void
tear_down(void)
{
	arena_close(arena);
}

/* As the kernel hands them over: every word can be written to. */
static char **
words_of(const char *const *words)
{
	char **argv = arena_alloc(arena, (WORDS_MAX + 2) * sizeof(*argv));

	argv[0] = arena_strdup(arena, "migrate");
	for (size_t i = 0; words[i] != NULL; i++)
		argv[i + 1] = arena_strdup(arena, words[i]);
	return argv;
}

static void
put_arguments(FILE *out, const struct config_argument *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		fprintf(out, " %s=%s", list[i].name, list[i].value);
}

/* "COMMAND argument | setting=value | own=value | -c FILE -e NAME -h -V" */
static const char *
summary(const struct options *o)
{
	struct arena_text *text = arena_text_new(arena);

	fputs(o->command == NULL ? "-" : o->command->name, text->out);
	for (size_t i = 0; i < o->argument_count; i++)
		fprintf(text->out, " %s", o->arguments[i]);
	fputs(" |", text->out);
	put_arguments(text->out, o->settings, o->setting_count);
	fputs(" |", text->out);
	put_arguments(text->out, o->own, o->own_count);
	fputs(" |", text->out);
	if (o->config_path != NULL)
		fprintf(text->out, " -c %s", o->config_path);
	if (o->environment != NULL)
		fprintf(text->out, " -e %s", o->environment);
	fprintf(text->out, "%s%s", o->help ? " -h" : "", o->version ? " -V" : "");
	return arena_text_end(text);
}

static const struct taken {
	const char *words[WORDS_MAX], *expected;
} takens[] = {
	{ { NULL }, "- | | |" },
	{ { "status" }, "status | | |" },
	{ { "info" }, "status | | |" },
	{ { "up", "--lock-timeout", "2s" }, "up | lock-timeout=2s | |" },
	{ { "--lock-timeout=2s", "up" }, "up | lock-timeout=2s | |" },
	{ { "up", "--table", "-x" }, "up | table=-x | |" },
	{ { "up", "--table=" }, "up | table= | |" },
	{ { "up", "--baseline-description", "a=b" }, "up | baseline-description=a=b | |" },
	{ { "up", "--lint-fail-on", "off" }, "up | lint.fail-on=off | |" },
	{ { "up", "--group", "--no-mixed" }, "up | group=true mixed=false | |" },
	{ { "up", "--placeholder", "a=b", "--placeholder=c=d" },
	    "up | placeholders=a=b placeholders=c=d | |" },
	{ { "up", "--directory", "a", "--directory", "b" }, "up | directory=a directory=b | |" },
	{ { "up", "--dry-run" }, "up | | dry-run= |" },
	{ { "up", "--dry-run=file" }, "up | | dry-run=file |" },
	{ { "--dry-run", "up" }, "up | | dry-run= |" },
	{ { "-c", "file", "-eprod", "-qv", "up" },
	    "up | quiet=true verbose=true | | -c file -e prod" },
	{ { "up", "--config=file", "--env", "prod" }, "up | | | -c file -e prod" },
	{ { "up", "-h" }, "up | | | -h" },
	{ { "-V" }, "- | | | -V" },
	{ { "baseline", "3" }, "baseline 3 | | |" },
	{ { "baseline", "--", "--3" }, "baseline --3 | | |" },
	{ { "new", "-" }, "new - | | |" },
	{ { "completion", "--help" }, "completion | | | -h" },
};

START_TEST(takes)
{
	struct options o;
	bool good = options_parse(arena, words_of(takens[_i].words), &o, err);

	ck_assert_msg(good, "%s: %s", takens[_i].expected, err->message);
	ck_assert_str_eq(summary(&o), takens[_i].expected);
}
END_TEST

static const struct refused {
	const char *words[WORDS_MAX], *message, *next;
} refuseds[] = {
	{ { "statsu" }, "unknown command \"statsu\"", "\"status\"" },
	{ { "xyzzy" }, "unknown command \"xyzzy\"", "migrate help" },
	{ { "postgresql://u:hunter2@h/d" }, "the argument is not a command", NULL },
	{ { "up", "--lock-timeot=1s" }, "unknown option \"--lock-timeot\"", "\"--lock-timeout\"" },
	{ { "up", "--lock_timeout=1s" }, "unknown option", "\"--lock-timeout\"" },
	{ { "up", "--lock-time=1s" }, "unknown option", NULL }, /* no abbreviations */
	{ { "up", "--passwrd=hunter2" }, "unknown option \"--passwrd\"", "\"--password\"" },
	{ { "up", "--dryrun" }, "unknown option", "\"--dry-run\"" },
	{ { "up", "--no-table" }, "unknown option \"--no-table\"", NULL },
	{ { "up", "--no-such" }, "unknown option \"--no-such\"", NULL },
	{ { "up", "--lock-timeout" }, "option \"--lock-timeout\" needs a value", NULL },
	{ { "up", "--group=true" }, "option \"--group\" takes no value", NULL },
	{ { "up", "--no-group=x" }, "option \"--no-group\" takes no value", NULL },
	{ { "up", "--help=x" }, "option \"--help\" takes no value", NULL },
	{ { "up", "-x" }, "unknown option \"-x\"", NULL },
	{ { "up", "-qx" }, "unknown option \"-x\"", NULL },
	{ { "up", "-c" }, "option \"-c\" needs a value", NULL },
	{ { "--dry-run", "status" }, "\"status\" has no option \"--dry-run\"", NULL },
	{ { "status", "--dry-run" }, "unknown option \"--dry-run\"", NULL },
	{ { "status", "hunter2" }, "\"status\" got too many arguments", "Write: migrate status" },
	{ { "completion" }, "\"completion\" got too few arguments", "bash|zsh|fish" },
};

START_TEST(refuses)
{
	const struct refused *r = &refuseds[_i];
	struct options o;

	ck_assert(!options_parse(arena, words_of(r->words), &o, err));
	ck_assert_int_eq(err->code, ERR_USAGE);
	ck_assert_msg(strstr(err->message, r->message) != NULL, "%s", err->message);
	ck_assert_ptr_null(strstr(err->message, "hunter2"));
	if (r->next != NULL)
		ck_assert_msg(
		    err->next != NULL && strstr(err->next, r->next) != NULL, "%s", err->next);
}
END_TEST

START_TEST(leaves_no_secret_in_argv)
{
	static const char *const words[] = { "up", "--password", "hunter2",
		"--url=postgresql://u:hunter2@h", "--placeholder", "secret=hunter2",
		"--password-command=echo hunter2", NULL };
	char **argv = words_of(words);
	struct options o;

	ck_assert(options_parse(arena, argv, &o, err));
	for (char **word = argv; *word != NULL; word++)
		ck_assert_ptr_null(strstr(*word, "hunter2"));
	ck_assert_uint_eq(o.setting_count, 4);
	for (size_t i = 0; i < o.setting_count; i++)
		ck_assert_ptr_nonnull(strstr(o.settings[i].value, "hunter2"));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("options");
	TCase *cases = tcase_create("options");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(cases, set_up, tear_down);
	tcase_add_loop_test(cases, takes, 0, COUNT(takens));
	tcase_add_loop_test(cases, refuses, 0, COUNT(refuseds));
	tcase_add_test(cases, leaves_no_secret_in_argv);
	suite_add_tcase(suite, cases);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
