/* SPDX-License-Identifier: MIT */
#include "base/interrupt.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

enum { CLEAN_UP_SECONDS = 6 };

static volatile sig_atomic_t caught;
static int pipe_fds[2] = { -1, -1 };
static const char *volatile last_words;

/* Nothing here may wait: stderr can be a pipe that is full because nobody reads it. */
static void
leave(int status)
{
	struct pollfd out = { .fd = STDERR_FILENO, .events = POLLOUT };
	const char *words = last_words;
	ssize_t ignored;

	if (words != NULL && poll(&out, 1, 0) == 1 && (out.revents & POLLOUT) != 0) {
		ignored = write(STDERR_FILENO, words, strlen(words));
		(void)ignored; /* there is no other place to say it */
	}
	_exit(status);
}

/*
 * A terminal that closes sends SIGHUP twice, once by the kernel and once by the shell: that is not
 * a user who has lost patience.
 */
static void
handle(int signal)
{
	int saved = errno;
	ssize_t ignored;

	if (caught == 0) {
		caught = signal;
		(void)alarm(CLEAN_UP_SECONDS); /* one that was set before has just come */
		ignored = write(pipe_fds[1], "", 1);
		(void)ignored; /* the flag tells it too */
	} else if (signal != SIGHUP || caught != SIGHUP) {
		leave(128 + (signal == SIGALRM ? caught : signal));
	}
	errno = saved;
}

/* nohup, and a shell that starts a job in the background, say so by ignoring a signal for us. */
static bool
is_ignored(int signal)
{
	struct sigaction now;

	return sigaction(signal, NULL, &now) == 0 && now.sa_handler == SIG_IGN;
}

void
interrupt_start(void)
{
	static const struct {
		int signal;
		bool always;
	} signals[] = { { SIGINT, false }, { SIGTERM, true }, { SIGHUP, false }, { SIGQUIT, false },
		{ SIGALRM, true } };
	struct sigaction action = { .sa_handler = handle };
	sigset_t ours;

	if (pipe(pipe_fds) == 0) {
		for (int i = 0; i < 2; i++) {
			(void)fcntl(pipe_fds[i], F_SETFD, FD_CLOEXEC); /* cannot fail here */
			(void)fcntl(pipe_fds[i], F_SETFL, O_NONBLOCK);
		}
	}
	sigemptyset(&action.sa_mask);
	sigemptyset(&ours);
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		sigaddset(&ours, signals[i].signal);
		if (signals[i].always || !is_ignored(signals[i].signal))
			sigaction(signals[i].signal, &action, NULL);
	}
	action.sa_handler = SIG_IGN;
	sigaction(SIGPIPE, &action, NULL);
	/* A parent that blocks signals passes that on as well. */
	(void)sigprocmask(SIG_UNBLOCK, &ours, NULL); /* fails for a wrong first argument only */
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
