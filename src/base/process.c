/* SPDX-License-Identifier: MIT */
#include "base/process.h"

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

struct running {
	const struct process *process;
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
add_streams(posix_spawn_file_actions_t *files, const struct process *process, int out)
{
	int failure = posix_spawn_file_actions_addopen(files, 0, "/dev/null", O_RDONLY, 0);

	if (failure == 0)
		failure = posix_spawn_file_actions_adddup2(files, out, 1);
	if (failure != 0)
		return failure;
	return process->take_line != NULL
	    ? posix_spawn_file_actions_adddup2(files, out, 2)
	    : posix_spawn_file_actions_addopen(files, 2, "/dev/null", O_WRONLY, 0);
}

/* Its own process group, so that a time limit ends its children too; signals as they come. */
static int
spawn(const struct process *process, int out, pid_t *pid)
{
	char *const *environment = process->environment != NULL ? process->environment : environ;
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	sigset_t ignored;
	int failure;

	sigemptyset(&ignored);
	sigaddset(&ignored, SIGPIPE);
	if (posix_spawn_file_actions_init(&files) != 0 || posix_spawnattr_init(&attributes) != 0 ||
	    add_streams(&files, process, out) != 0)
		arena_exhausted();
	(void)posix_spawnattr_setpgroup(&attributes, 0); /* valid values cannot fail */
	(void)posix_spawnattr_setsigdefault(&attributes, &ignored);
	(void)posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF);
	/* POSIX promises that the arguments are not changed; only its old prototype says less. */
	failure = posix_spawnp(pid, process->arguments[0], &files, &attributes,
	    (char *const *)process->arguments, environment);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&files);
	return failure;
}

/* Kills what still runs and reaps it. */
static void
end_process(struct running *r)
{
	if (r->out >= 0)
		close(r->out);
	r->out = -1;
	if (r->ended)
		return;
	(void)kill(-r->pid, SIGKILL); /* it may just have ended by itself */
	while (waitpid(r->pid, &r->status, 0) < 0 && errno == EINTR)
		continue;
	r->ended = true;
}

/* A line that is longer than there is room for comes in pieces. */
static void
end_line(struct running *r)
{
	r->output[r->length] = '\0';
	r->length = 0;
	r->process->take_line(r->process->context, r->output);
}

static void
split_lines(struct running *r, const char *bytes, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (bytes[i] == '\n' || r->length == OUTPUT_MAX)
			end_line(r);
		if (bytes[i] != '\n' && bytes[i] != '\0')
			r->output[r->length++] = bytes[i];
	}
}

static void
keep(struct running *r, const char *bytes, size_t count)
{
	size_t room = OUTPUT_MAX - r->length, taken = count < room ? count : room;

	if (r->process->take_line != NULL) {
		split_lines(r, bytes, count);
		return;
	}
	memcpy(r->output + r->length, bytes, taken);
	r->length += taken;
}

/* Takes what is there; what exceeds the room is dropped, so that the program never blocks. */
static void
take_output(struct running *r)
{
	char bytes[1024];
	ssize_t got;

	while (r->out >= 0 && (got = read(r->out, bytes, sizeof(bytes))) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return;
		keep(r, bytes, (size_t)got);
	}
	if (r->out >= 0)
		close(r->out);
	r->out = -1;
}

static void
look(struct running *r)
{
	struct pollfd fds[] = {
		{ .fd = r->out, .events = POLLIN },
		{ .fd = interrupt_signal() == 0 ? interrupt_fd() : -1, .events = POLLIN },
	};

	(void)poll(fds, 2, LOOK_AGAIN_MS); /* whatever it says, we look ourselves */
	take_output(r);
	r->ended = waitpid(r->pid, &r->status, WNOHANG) == r->pid;
}

/* It may clean up; one that was stopped must go on for that. */
static void
ask_to_end(struct running *r)
{
	int64_t deadline = time_now_ms() + GRACE_MS;

	(void)kill(-r->pid, SIGTERM); /* it may just have ended by itself */
	(void)kill(-r->pid, SIGCONT);
	while (!r->ended && time_now_ms() < deadline)
		look(r);
	(void)kill(-r->pid, SIGKILL); /* what it has started, too */
}

/* The end of the process counts, not that of its output: a child of it may hold that open. */
static bool
wait_for_end(struct running *r, struct error *err)
{
	int64_t timeout = r->process->timeout_ms, deadline = time_now_ms() + timeout;

	while (!r->ended) {
		char limit[32];

		look(r);
		if (!r->ended && interrupt_signal() != 0) {
			(void)error_set(err, ERR_INTERRUPTED, "interrupted");
			err->signal = interrupt_signal();
			ask_to_end(r);
			return false;
		}
		if (!r->ended && timeout > 0 && time_now_ms() >= deadline) {
			ask_to_end(r);
			return error_set(err, ERR_USAGE, "the command took longer than %s",
			    time_text(limit, timeout));
		}
	}
	take_output(r);
	if (r->process->take_line != NULL && r->length > 0)
		end_line(r);
	return true;
}

bool
process_run(struct arena *a, const struct process *process, const char **output, int *status,
    struct error *err)
{
	struct running *r = arena_alloc(a, sizeof(*r));
	int ends[2], failure;
	bool good;

	r->process = process;
	r->output = arena_alloc(a, OUTPUT_MAX + 1);
	if (!open_pipe(ends))
		return error_set(err, ERR_INTERNAL, "cannot make a pipe: %s", strerror(errno));
	r->out = ends[0];
	failure = spawn(process, ends[1], &r->pid);
	close(ends[1]);
	r->ended = failure != 0;
	good = failure == 0 ? wait_for_end(r, err)
			    : error_set(err, ERR_USAGE, "cannot start \"%s\": %s",
				  process->arguments[0], strerror(failure));
	end_process(r);
	*output = r->output;
	*status = WIFEXITED(r->status) ? WEXITSTATUS(r->status) : 128 + WTERMSIG(r->status);
	return good;
}
