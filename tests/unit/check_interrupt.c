/* SPDX-License-Identifier: MIT */
#include "base/interrupt.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static bool
pipe_is_readable(void)
{
	struct pollfd fd = { .fd = interrupt_fd(), .events = POLLIN };

	return poll(&fd, 1, 0) == 1;
}

static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGALRM };

START_TEST(first_signal_sets_the_flag_and_wakes_the_poll)
{
	interrupt_start();
	ck_assert_int_eq(interrupt_signal(), 0);
	ck_assert(!pipe_is_readable());
	errno = ENOENT;
	raise(signals[_i]);
	ck_assert_int_eq(errno, ENOENT);
	ck_assert_int_eq(interrupt_signal(), signals[_i]);
	ck_assert(pipe_is_readable());
}
END_TEST

/* What came, one after the other; the exit status that must follow, or 0 for none. */
static const struct series {
	int first, second, status;
} series[] = {
	{ SIGTERM, SIGTERM, 143 },
	{ SIGINT, SIGINT, 130 },
	{ SIGINT, SIGTERM, 143 },
	{ SIGQUIT, SIGQUIT, 131 },
	{ SIGTERM, SIGALRM, 143 }, /* the time to clean up is over */
	{ SIGINT, SIGALRM, 130 },
	{ SIGTERM, SIGHUP, 129 },
	{ SIGHUP, SIGTERM, 143 },
	{ SIGHUP, SIGHUP, 0 }, /* a terminal that closes sends both */
	{ SIGTERM, SIGPIPE, 0 },
};

/* In a child whose stderr is fd; its exit status, and 0 when both signals left it alive. */
static int
status_of(const struct series *s, int fd)
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		dup2(fd, STDERR_FILENO);
		interrupt_start();
		interrupt_last_words("bye\n");
		raise(s->first);
		raise(s->second);
		_exit(0);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFEXITED(status));
	return WEXITSTATUS(status);
}

START_TEST(second_signal_leaves_with_the_last_words)
{
	const struct series *s = &series[_i];
	char text[16] = "";
	int fds[2];

	ck_assert_int_eq(pipe(fds), 0);
	ck_assert_int_eq(fcntl(fds[0], F_SETFL, O_NONBLOCK), 0);
	ck_assert_int_eq(status_of(s, fds[1]), s->status);
	if (s->status == 0)
		ck_assert_int_eq(read(fds[0], text, sizeof(text)), -1);
	else
		ck_assert_int_eq(read(fds[0], text, sizeof(text)), 4);
	ck_assert_str_eq(text, s->status == 0 ? "" : "bye\n");
}
END_TEST

START_TEST(leaves_although_nobody_reads_its_stderr)
{
	char block[4096] = { 0 };
	int fds[2];

	ck_assert_int_eq(pipe(fds), 0);
	ck_assert_int_eq(fcntl(fds[1], F_SETFL, O_NONBLOCK), 0);
	while (write(fds[1], block, sizeof(block)) > 0)
		continue;
	ck_assert_int_eq(fcntl(fds[1], F_SETFL, 0), 0);
	ck_assert_int_eq(status_of(&series[0], fds[1]), series[0].status);
}
END_TEST

/* What whoever started us may leave ignored, and what is ours in any case. */
static const struct {
	int signal;
	bool heeded;
} inherited[] = { { SIGHUP, false }, { SIGINT, false }, { SIGQUIT, false }, { SIGTERM, true } };

START_TEST(leaves_a_signal_ignored_that_was_ignored_before)
{
	ck_assert(signal(inherited[_i].signal, SIG_IGN) != SIG_ERR);
	interrupt_start();
	raise(inherited[_i].signal);
	ck_assert_int_eq(interrupt_signal(), inherited[_i].heeded ? inherited[_i].signal : 0);
}
END_TEST

START_TEST(takes_signals_that_its_parent_had_blocked)
{
	sigset_t all;

	sigfillset(&all);
	ck_assert_int_eq(sigprocmask(SIG_BLOCK, &all, NULL), 0);
	interrupt_start();
	raise(SIGTERM);
	ck_assert_int_eq(interrupt_signal(), SIGTERM);
}
END_TEST

START_TEST(sets_an_alarm_for_the_clean_up)
{
	interrupt_start();
	raise(SIGTERM);
	ck_assert_uint_gt(alarm(0), 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("interrupt");
	TCase *cases = tcase_create("interrupt");
	SRunner *runner;
	int failed;

	/* A shell ignores some of them for what it starts in the background. */
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		signal(signals[i], SIG_DFL);
	tcase_add_loop_test(cases, first_signal_sets_the_flag_and_wakes_the_poll, 0,
	    sizeof(signals) / sizeof(signals[0]));
	tcase_add_loop_test(
	    cases, second_signal_leaves_with_the_last_words, 0, sizeof(series) / sizeof(series[0]));
	tcase_add_test(cases, leaves_although_nobody_reads_its_stderr);
	tcase_add_loop_test(cases, leaves_a_signal_ignored_that_was_ignored_before, 0,
	    sizeof(inherited) / sizeof(inherited[0]));
	tcase_add_test(cases, takes_signals_that_its_parent_had_blocked);
	tcase_add_test(cases, sets_an_alarm_for_the_clean_up);
	suite_add_tcase(suite, cases);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
