/* SPDX-License-Identifier: MIT */
#include "base/process.h"

#include <check.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/interrupt.h"
#include "base/time.h"

static struct arena *arena;
static struct error *err;

static void
set_up(void)
{
	arena = arena_new(NULL);
	err = error_new(arena);
	interrupt_start();
}

static void
tear_down(void)
{
	arena_close(arena);
}

static char word[] = "WORD=from here";
static char *environment[] = { word, NULL };

static bool
run(const char *script, struct process_end *end)
{
	const char *const arguments[] = { "sh", "-c", script, "sh",
		"an argument; with a shell's $()", NULL };
	struct process p = { .arguments = arguments, .environment = environment };

	return process_run(arena, &p, end, err);
}

static const struct trial {
	const char *script, *output, *errors;
	int status;
} trials[] = {
	{ "echo a; echo b >&2", "a\n", "b\n", 0 },
	{ "echo \"$1\"", "an argument; with a shell's $()\n", "", 0 },
	{ "echo \"$WORD$HOME\"", "from here\n", "", 0 },
	{ "exit 3", "", "", 3 },
	{ "kill -TERM $$", "", "", 128 + SIGTERM },
	{ "kill -PIPE $$", "", "", 128 + SIGPIPE }, /* although we ignore it ourselves */
	{ "read line && echo something", "", "", 1 }, /* nothing on stdin */
	{ "exec >&- 2>&-; exit 0", "", "", 0 },
};

START_TEST(tells_what_it_said_and_how_it_ended)
{
	struct process_end end;

	ck_assert(run(trials[_i].script, &end));
	ck_assert_str_eq(end.output, trials[_i].output);
	ck_assert_str_eq(end.errors, trials[_i].errors);
	ck_assert_int_eq(end.status, trials[_i].status);
}
END_TEST

START_TEST(drops_what_exceeds_the_room)
{
	struct process_end end;

	ck_assert(run("yes | head -c 300000 >&2; yes | head -c 300000", &end));
	ck_assert_uint_eq(strlen(end.output), 8192);
	ck_assert_uint_eq(strlen(end.errors), 8192);
	ck_assert_int_eq(end.status, 0);
}
END_TEST

START_TEST(says_which_program_is_not_there)
{
	const char *const arguments[] = { "no-such-program", NULL };
	struct process p = { .arguments = arguments, .environment = environment };
	struct process_end end;

	ck_assert(!process_run(arena, &p, &end, err));
	ck_assert_int_eq(err->code, ERR_USAGE);
	ck_assert_ptr_nonnull(strstr(err->message, "cannot start \"no-such-program\""));
}
END_TEST

/* The first hears that it is asked to end, the second does not, and its child neither. */
static const char *const deaf[] = { "trap 'exit 0' TERM; kill -TERM $PPID; sleep 1000 & wait",
	"trap '' TERM; kill -TERM $PPID; sleep 1000 & sleep 1000" };

START_TEST(ends_with_a_signal)
{
	int64_t start = time_now_ms();
	struct process_end end;

	ck_assert(!run(deaf[_i], &end));
	ck_assert_int_eq(err->code, ERR_INTERRUPTED);
	ck_assert_int_eq(error_exit(err), 128 + SIGTERM);
	ck_assert_int_lt(time_now_ms() - start, 30000);
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
	tcase_add_loop_test(
	    cases, tells_what_it_said_and_how_it_ended, 0, sizeof(trials) / sizeof(trials[0]));
	tcase_add_test(cases, drops_what_exceeds_the_room);
	tcase_add_test(cases, says_which_program_is_not_there);
	tcase_add_loop_test(cases, ends_with_a_signal, 0, sizeof(deaf) / sizeof(deaf[0]));
	suite_add_tcase(suite, cases);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
