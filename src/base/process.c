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

enum { TEXT_MAX = 8192, LOOK_AGAIN_MS = 50, END_MS = 1000 };

/* What comes out of one of its streams. */
struct stream {
	int fd; /* reading end; -1 behind its end */
	char *text;
	size_t length;
};

struct running {
	pid_t pid; /* and process group */
	struct stream out, errors;
	int status;
	bool ended;
};

/* The writing end in *writer, for the child alone. */
static bool
open_stream(struct arena *a, struct stream *s, int *writer)
{
	int ends[2];

	*s = (struct stream){ .fd = -1, .text = arena_alloc(a, TEXT_MAX + 1) };
	if (pipe(ends) != 0)
		return false;
	for (int i = 0; i < 2; i++)
		(void)fcntl(ends[i], F_SETFD, FD_CLOEXEC); /* cannot fail on a new descriptor */
	(void)fcntl(ends[0], F_SETFL, O_NONBLOCK);
	s->fd = ends[0];
	*writer = ends[1];
	return true;
}

static void
close_stream(struct stream *s)
{
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
}

static int
spawn(const struct process *p, int out, int errors, pid_t *pid)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	sigset_t usual;
	int failure;

	sigemptyset(&usual);
	sigaddset(&usual, SIGPIPE);
	if (posix_spawn_file_actions_init(&files) != 0 || posix_spawnattr_init(&attributes) != 0 ||
	    posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0) != 0 ||
	    posix_spawn_file_actions_adddup2(&files, out, 1) != 0 ||
	    posix_spawn_file_actions_adddup2(&files, errors, 2) != 0)
		arena_exhausted();
	(void)posix_spawnattr_setpgroup(&attributes, 0); /* valid values cannot fail */
	(void)posix_spawnattr_setsigdefault(&attributes, &usual);
	(void)posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF);
	/* POSIX promises that the arguments are not changed; only its old prototype says less. */
	failure = posix_spawnp(
	    pid, p->arguments[0], &files, &attributes, (char *const *)p->arguments, p->environment);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&files);
	return failure;
}

/* Takes what is there; what exceeds the room is dropped, so that the program never blocks. */
static void
take(struct stream *s)
{
	char bytes[1024];
	ssize_t got;

	while (s->fd >= 0 && (got = read(s->fd, bytes, sizeof(bytes))) != 0) {
		size_t room = TEXT_MAX - s->length, taken;

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return;
		taken = (size_t)got < room ? (size_t)got : room;
		memcpy(s->text + s->length, bytes, taken);
		s->length += taken;
	}
	close_stream(s);
}

static void
look(struct running *r)
{
	struct pollfd fds[] = {
		{ .fd = r->out.fd, .events = POLLIN },
		{ .fd = r->errors.fd, .events = POLLIN },
		{ .fd = interrupt_signal() != 0 ? -1 : interrupt_fd(), .events = POLLIN },
	};

	(void)poll(fds, 3, LOOK_AGAIN_MS); /* whatever it says, we look ourselves */
	take(&r->out);
	take(&r->errors);
	r->ended = waitpid(r->pid, &r->status, WNOHANG) == r->pid;
}

/* Asked first: a program that talks to a server takes its question back. */
static void
end(struct running *r)
{
	int64_t deadline = time_now_ms() + END_MS;

	(void)kill(-r->pid, SIGTERM); /* it may just have ended by itself */
	while (!r->ended && time_now_ms() < deadline)
		look(r);
	if (r->ended)
		return;
	(void)kill(-r->pid, SIGKILL);
	while (waitpid(r->pid, &r->status, 0) < 0 && errno == EINTR)
		continue;
	r->ended = true;
}

static bool
wait_for_end(struct running *r, struct error *err)
{
	while (!r->ended && interrupt_signal() == 0)
		look(r);
	if (r->ended) {
		take(&r->out);
		take(&r->errors);
		return true;
	}
	end(r);
	(void)error_set(err, ERR_INTERRUPTED, "interrupted");
	err->signal = interrupt_signal();
	return false;
}

bool
process_run(struct arena *a, const struct process *p, struct process_end *out, struct error *err)
{
	struct running r = { 0 };
	int writers[2] = { -1, -1 }, failure;
	bool good;

	if (!open_stream(a, &r.out, &writers[0]) || !open_stream(a, &r.errors, &writers[1])) {
		failure = errno;
		close_stream(&r.out);
		if (writers[0] >= 0)
			close(writers[0]);
		return error_set(err, ERR_INTERNAL, "cannot make a pipe: %s", strerror(failure));
	}
	failure = spawn(p, writers[0], writers[1], &r.pid);
	close(writers[0]);
	close(writers[1]);
	good = failure == 0 ? wait_for_end(&r, err)
			    : error_set(err, ERR_USAGE, "cannot start \"%s\": %s", p->arguments[0],
				  strerror(failure));
	close_stream(&r.out);
	close_stream(&r.errors);
	*out = (struct process_end){ .output = r.out.text, .errors = r.errors.text };
	out->status = WIFEXITED(r.status) ? WEXITSTATUS(r.status) : 128 + WTERMSIG(r.status);
	return good;
}
