/* SPDX-License-Identifier: MIT */
#include "base/interrupt.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

static volatile sig_atomic_t caught;
static int pipe_fds[2] = { -1, -1 };
static const char *volatile last_words;

static void
handle(int signal)
{
	ssize_t ignored;

	if (caught != 0) {
		const char *words = last_words;

		if (words != NULL)
			ignored = write(STDERR_FILENO, words, strlen(words));
		_exit(128 + signal);
	}
	caught = signal;
	ignored = write(pipe_fds[1], "", 1);
	(void)ignored; /* the flag tells it too */
}

void
interrupt_start(void)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
	struct sigaction action = { .sa_handler = handle };

	if (pipe(pipe_fds) == 0) {
		for (int i = 0; i < 2; i++) {
			(void)fcntl(pipe_fds[i], F_SETFD, FD_CLOEXEC); /* cannot fail here */
			(void)fcntl(pipe_fds[i], F_SETFL, O_NONBLOCK);
		}
	}
	sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		sigaction(signals[i], &action, NULL);
	action.sa_handler = SIG_IGN;
	sigaction(SIGPIPE, &action, NULL);
}

int
interrupt_signal(void)
{
	return caught;
}

int
interrupt_fd(void)
{
	return pipe_fds[0];
}

void
interrupt_last_words(const char *text)
{
	last_words = text;
}
