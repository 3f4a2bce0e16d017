/* SPDX-License-Identifier: MIT */
#include "base/process.h"

#include <check.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/interrupt.h"
#include "base/time.h"

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

static bool
run(const char *text, int64_t timeout_ms, const char **output, int *status)
{
	const char *const arguments[] = { "/bin/sh", "-c", text, NULL };
	const struct process process = { .arguments = arguments, .timeout_ms = timeout_ms };

	return process_run(arena, &process, output, status, err);
}

static const struct run {
	const char *command, *output;
	int status;
} runs[] = {
	{ "echo a; echo b", "a\nb\n", 0 },
	{ "printf 'a'; exit 3", "a", 3 },
	{ "kill -TERM $$", "", 128 + SIGTERM },
	{ "echo hidden >&2", "", 0 },
	{ "cat", "", 0 }, /* nothing on stdin */
	{ "echo a; sleep 3 >&- & exit 0", "a\n", 0 },
	{ "echo a; sleep 3 & exit 0", "a\n", 0 }, /* a child that holds the pipe open */
	{ "kill -PIPE $$", "", 128 + SIGPIPE }, /* although we ignore it ourselves */
	{ "exec >&-; exit 0", "", 0 },
};

START_TEST(runs_to_the_end)
{
	const char *output;
	int status;

	interrupt_start();
	ck_assert(run(runs[_i].command, 60000, &output, &status));
	ck_assert_str_eq(output, runs[_i].output);
	ck_assert_int_eq(status, runs[_i].status);
}
END_TEST

START_TEST(drops_what_exceeds_the_room)
{
	const char *output;
	int status;

	ck_assert(run("head -c 1000000 /dev/zero | tr '\\0' x", 60000, &output, &status));
	ck_assert_uint_eq(strlen(output), 8192);
	ck_assert_int_eq(status, 0);
}
END_TEST

START_TEST(ends_a_command_that_takes_too_long)
{
	int64_t start = time_now_ms();
	const char *output;
	int status;

	ck_assert(!run("sleep 1000 & wait", 100, &output, &status));
	ck_assert_int_eq(err->code, ERR_USAGE);
	ck_assert_ptr_nonnull(strstr(err->message, "took longer"));
	ck_assert_int_eq(status, 128 + SIGTERM);
	ck_assert_int_lt(time_now_ms() - start, 30000);
}
END_TEST

START_TEST(kills_what_does_not_want_to_end)
{
	int64_t start = time_now_ms();
	const char *output;
	int status;

	ck_assert(!run("trap '' TERM; echo in; while :; do sleep 1; done", 100, &output, &status));
	ck_assert_int_eq(status, 128 + SIGKILL);
	ck_assert_int_ge(time_now_ms() - start, 3000);
}
END_TEST

START_TEST(lets_it_clean_up)
{
	const char *output;
	int status;

	ck_assert(!run("trap 'echo clean; exit 7' TERM; sleep 1000 & wait", 500, &output, &status));
	ck_assert_int_eq(status, 7);
	ck_assert_str_eq(output, "clean\n");
}
END_TEST

static void
take_line(void *context, const char *line)
{
	struct arena_text *lines = context;

	fprintf(lines->out, "[%.20s]", line);
}

static const struct lines {
	const char *command, *lines;
} line_cases[] = {
	{ "echo a; echo b >&2; printf c", "[a][b][c]" },
	{ "printf 'a\\n\\n'", "[a][]" },
	{ "true", "" },
	{ "printf 'a\\000b\\n'", "[ab]" },
	{ "head -c 8193 /dev/zero | tr '\\0' x", "[xxxxxxxxxxxxxxxxxxxx][x]" },
};

START_TEST(hands_over_line_by_line)
{
	struct arena_text *lines = arena_text_new(arena);
	const char *const arguments[] = { "/bin/sh", "-c", line_cases[_i].command, NULL };
	const struct process process = { .arguments = arguments,
		.timeout_ms = 60000,
		.take_line = take_line,
		.context = lines };
	const char *output;
	int status;

	ck_assert(process_run(arena, &process, &output, &status, err));
	ck_assert_str_eq(arena_text_end(lines), line_cases[_i].lines);
}
END_TEST

START_TEST(gives_it_another_environment)
{
	char greeting[] = "GREETING=hello";
	char *environment[] = { greeting, NULL };
	const char *const arguments[] = { "sh", "-c", "echo $GREETING$HOME", NULL };
	const struct process process = { .arguments = arguments, .environment = environment };
	const char *output;
	int status;

	ck_assert(process_run(arena, &process, &output, &status, err));
	ck_assert_str_eq(output, "hello\n");
}
END_TEST

START_TEST(hands_over_arguments_as_they_are)
{
	const char *const arguments[] = { "printf", "[%s]", "a b", "$HOME; $(id) *", NULL };
	const struct process process = { .arguments = arguments };
	const char *output;
	int status;

	ck_assert(process_run(arena, &process, &output, &status, err));
	ck_assert_str_eq(output, "[a b][$HOME; $(id) *]");
}
END_TEST

START_TEST(says_which_program_is_not_there)
{
	const char *const arguments[] = { "no-such-program", NULL };
	const struct process process = { .arguments = arguments };
	const char *output;
	int status;

	ck_assert(!process_run(arena, &process, &output, &status, err));
	ck_assert_int_eq(err->code, ERR_USAGE);
	ck_assert_ptr_nonnull(strstr(err->message, "cannot start \"no-such-program\""));
}
END_TEST

START_TEST(ends_with_a_signal)
{
	const char *output;
	int status;

	interrupt_start();
	ck_assert(!run("kill -TERM $PPID; sleep 1000", 0, &output, &status));
	ck_assert_int_eq(err->code, ERR_INTERRUPTED);
	ck_assert_int_eq(error_exit(err), 128 + SIGTERM);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("process");
	TCase *cases = tcase_create("process");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(cases, set_up, tear_down);
	tcase_set_timeout(cases, 120);
	tcase_add_loop_test(cases, runs_to_the_end, 0, sizeof(runs) / sizeof(runs[0]));
	tcase_add_test(cases, drops_what_exceeds_the_room);
	tcase_add_test(cases, ends_a_command_that_takes_too_long);
	tcase_add_test(cases, kills_what_does_not_want_to_end);
	tcase_add_test(cases, lets_it_clean_up);
	tcase_add_loop_test(
	    cases, hands_over_line_by_line, 0, sizeof(line_cases) / sizeof(line_cases[0]));
	tcase_add_test(cases, gives_it_another_environment);
	tcase_add_test(cases, hands_over_arguments_as_they_are);
	tcase_add_test(cases, says_which_program_is_not_there);
	tcase_add_test(cases, ends_with_a_signal);
	suite_add_tcase(suite, cases);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
