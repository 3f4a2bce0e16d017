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

enum { OUTPUT_MAX = 8192, LOOK_AGAIN_MS = 50, GRACE_MS = 3000 };

extern char **environ;

struct shell {
	const struct shell_command *command;
	pid_t pid; /* and process group */
	int out; /* reading end of its stdout; -1 behind its end */
	int status;
	bool ended;
	char *output; /* or the line at hand */
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

/* stderr, too, when its lines are read. */
static int
add_streams(posix_spawn_file_actions_t *files, const struct shell_command *command, int out)
{
	int failure = posix_spawn_file_actions_addopen(files, 0, "/dev/null", O_RDONLY, 0);

	if (failure == 0)
		failure = posix_spawn_file_actions_adddup2(files, out, 1);
	if (failure != 0)
		return failure;
	return command->take_line != NULL
	    ? posix_spawn_file_actions_adddup2(files, out, 2)
	    : posix_spawn_file_actions_addopen(files, 2, "/dev/null", O_WRONLY, 0);
}

/* Its own process group, so that a time limit ends its children too; signals as they come. */
static int
spawn(const struct shell_command *command, int out, pid_t *pid)
{
	const char *arguments[] = { "sh", "-c", command->command, NULL };
	char *const *environment = command->environment != NULL ? command->environment : environ;
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	sigset_t ignored;
	int failure;

	sigemptyset(&ignored);
	sigaddset(&ignored, SIGPIPE);
	if (posix_spawn_file_actions_init(&files) != 0 || posix_spawnattr_init(&attributes) != 0 ||
	    add_streams(&files, command, out) != 0)
		arena_exhausted();
	(void)posix_spawnattr_setpgroup(&attributes, 0); /* valid values cannot fail */
	(void)posix_spawnattr_setsigdefault(&attributes, &ignored);
	(void)posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF);
	/* POSIX promises that the arguments are not changed; only its old prototype says less. */
	failure =
	    posix_spawn(pid, "/bin/sh", &files, &attributes, (char *const *)arguments, environment);
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

/* A line that is longer than there is room for comes in pieces. */
static void
end_line(struct shell *s)
{
	s->output[s->length] = '\0';
	s->length = 0;
	s->command->take_line(s->command->context, s->output);
}

static void
split_lines(struct shell *s, const char *bytes, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (bytes[i] == '\n' || s->length == OUTPUT_MAX)
			end_line(s);
		if (bytes[i] != '\n' && bytes[i] != '\0')
			s->output[s->length++] = bytes[i];
	}
}

static void
keep(struct shell *s, const char *bytes, size_t count)
{
	size_t room = OUTPUT_MAX - s->length, taken = count < room ? count : room;

	if (s->command->take_line != NULL) {
		split_lines(s, bytes, count);
		return;
	}
	memcpy(s->output + s->length, bytes, taken);
	s->length += taken;
}

/* Takes what is there; what exceeds the room is dropped, so that the command never blocks. */
static void
take_output(struct shell *s)
{
	char bytes[1024];
	ssize_t got;

	while (s->out >= 0 && (got = read(s->out, bytes, sizeof(bytes))) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return;
		keep(s, bytes, (size_t)got);
	}
	if (s->out >= 0)
		close(s->out);
	s->out = -1;
}

static void
look(struct shell *s)
{
	struct pollfd fds[] = {
		{ .fd = s->out, .events = POLLIN },
		{ .fd = interrupt_signal() == 0 ? interrupt_fd() : -1, .events = POLLIN },
	};

	(void)poll(fds, 2, LOOK_AGAIN_MS); /* whatever it says, we look ourselves */
	take_output(s);
	s->ended = waitpid(s->pid, &s->status, WNOHANG) == s->pid;
}

/* It may clean up; one that was stopped must go on for that. */
static void
ask_to_end(struct shell *s)
{
	int64_t deadline = time_now_ms() + GRACE_MS;

	(void)kill(-s->pid, SIGTERM); /* it may just have ended by itself */
	(void)kill(-s->pid, SIGCONT);
	while (!s->ended && time_now_ms() < deadline)
		look(s);
	(void)kill(-s->pid, SIGKILL); /* what it has started, too */
}

/* The end of the process counts, not that of its output: a child of it may hold that open. */
static bool
wait_for_end(struct shell *s, struct error *err)
{
	int64_t timeout = s->command->timeout_ms, deadline = time_now_ms() + timeout;

	while (!s->ended) {
		char limit[32];

		look(s);
		if (!s->ended && interrupt_signal() != 0) {
			(void)error_set(err, ERR_INTERRUPTED, "interrupted");
			err->signal = interrupt_signal();
			ask_to_end(s);
			return false;
		}
		if (!s->ended && timeout > 0 && time_now_ms() >= deadline) {
			ask_to_end(s);
			return error_set(err, ERR_USAGE, "the command took longer than %s",
			    time_text(limit, timeout));
		}
	}
	take_output(s);
	if (s->command->take_line != NULL && s->length > 0)
		end_line(s);
	return true;
}

bool
shell_run(struct arena *a, const struct shell_command *command, const char **output, int *status,
    struct error *err)
{
	struct shell *s = arena_alloc(a, sizeof(*s));
	int ends[2], failure;
	bool good;

	s->command = command;
	s->output = arena_alloc(a, OUTPUT_MAX + 1);
	if (!open_pipe(ends))
		return error_set(err, ERR_INTERNAL, "cannot make a pipe: %s", strerror(errno));
	s->out = ends[0];
	failure = spawn(command, ends[1], &s->pid);
	close(ends[1]);
	s->ended = failure != 0;
	good = failure == 0
	    ? wait_for_end(s, err)
	    : error_set(err, ERR_INTERNAL, "cannot start a shell: %s", strerror(failure));
	end_shell(s);
	*output = s->output;
	*status = WIFEXITED(s->status) ? WEXITSTATUS(s->status) : 128 + WTERMSIG(s->status);
	return good;
}
