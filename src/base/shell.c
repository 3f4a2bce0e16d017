/* SPDX-License-Identifier: MIT */
#include "base/shell.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/interrupt.h"
#include "base/time.h"

enum { OUTPUT_MAX = 8192, LOOK_AGAIN_MS = 50 };

extern char **environ;

struct shell {
	pid_t pid; /* and process group */
	int out; /* reading end of its stdout; -1 behind its end */
	int status;
	bool ended;
	char *output;
	size_t length;
};

static bool
open_pipe(int ends[2])
{
	if (pipe(ends) != 0)
		return false;
	for (int i = 0; i < 2; i++)
		(void)fcntl(ends[i], F_SETFD, FD_CLOEXEC); /* cannot fail on a new descriptor */
	(void)fcntl(ends[0], F_SETFL, O_NONBLOCK);
	return true;
}

/* Its own process group, so that a time limit ends its children too; signals as they come. */
static int
spawn(const char *command, int out, pid_t *pid)
{
	const char *arguments[] = { "sh", "-c", command, NULL };
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	sigset_t ignored;
	int failure;

	sigemptyset(&ignored);
	sigaddset(&ignored, SIGPIPE);
	if (posix_spawn_file_actions_init(&files) != 0 || posix_spawnattr_init(&attributes) != 0 ||
	    posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0) != 0 ||
	    posix_spawn_file_actions_adddup2(&files, out, 1) != 0 ||
	    posix_spawn_file_actions_addopen(&files, 2, "/dev/null", O_WRONLY, 0) != 0)
		arena_exhausted();
	(void)posix_spawnattr_setpgroup(&attributes, 0); /* valid values cannot fail */
	(void)posix_spawnattr_setsigdefault(&attributes, &ignored);
	(void)posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF);
	/* POSIX promises that the arguments are not changed; only its old prototype says less. */
	failure =
	    posix_spawn(pid, "/bin/sh", &files, &attributes, (char *const *)arguments, environ);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&files);
	return failure;
}

/* Kills what still runs and reaps it. */
static void
end_shell(struct shell *s)
{
	if (s->out >= 0)
		close(s->out);
	s->out = -1;
	if (s->ended)
		return;
	(void)kill(-s->pid, SIGKILL); /* it may just have ended by itself */
	while (waitpid(s->pid, &s->status, 0) < 0 && errno == EINTR)
		continue;
	s->ended = true;
}

/* Takes what is there; what exceeds the room is dropped, so that the command never blocks. */
static void
take_output(struct shell *s)
{
	char bytes[1024];
	ssize_t got;

	while (s->out >= 0 && (got = read(s->out, bytes, sizeof(bytes))) != 0) {
		size_t room = OUTPUT_MAX - s->length, taken;

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return;
		taken = (size_t)got < room ? (size_t)got : room;
		memcpy(s->output + s->length, bytes, taken);
		s->length += taken;
	}
	if (s->out >= 0)
		close(s->out);
	s->out = -1;
}

/* The end of the process counts, not that of its output: a child of it may hold that open. */
static bool
wait_for_end(struct shell *s, int64_t timeout_ms, struct error *err)
{
	int64_t deadline = time_now_ms() + timeout_ms;

	while (!s->ended) {
		struct pollfd fds[] = {
			{ .fd = s->out, .events = POLLIN },
			{ .fd = interrupt_fd(), .events = POLLIN },
		};

		(void)poll(fds, 2, LOOK_AGAIN_MS); /* whatever it says, we look ourselves */
		if (interrupt_signal() != 0) {
			(void)error_set(err, ERR_INTERRUPTED, "interrupted");
			err->signal = interrupt_signal();
			return false;
		}
		take_output(s);
		s->ended = waitpid(s->pid, &s->status, WNOHANG) == s->pid;
		if (!s->ended && timeout_ms > 0 && time_now_ms() >= deadline)
			return error_set(err, ERR_USAGE, "the command took longer than %d s",
			    (int)(timeout_ms / 1000));
	}
	take_output(s);
	return true;
}

bool
shell_run(struct arena *a, const char *command, int64_t timeout_ms, const char **output,
    int *status, struct error *err)
{
	struct shell *s = arena_alloc(a, sizeof(*s));
	int ends[2], failure;
	bool good;

	s->output = arena_alloc(a, OUTPUT_MAX + 1);
	if (!open_pipe(ends))
		return error_set(err, ERR_INTERNAL, "cannot make a pipe: %s", strerror(errno));
	s->out = ends[0];
	failure = spawn(command, ends[1], &s->pid);
	close(ends[1]);
	s->ended = failure != 0;
	good = failure == 0
	    ? wait_for_end(s, timeout_ms, err)
	    : error_set(err, ERR_INTERNAL, "cannot start a shell: %s", strerror(failure));
	end_shell(s);
	*output = s->output;
	*status = WIFEXITED(s->status) ? WEXITSTATUS(s->status) : 128 + WTERMSIG(s->status);
	return good;
}
