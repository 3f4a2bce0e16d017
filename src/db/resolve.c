/* SPDX-License-Identifier: MIT */
#include "db/resolve.h"

#include <netdb.h>
#include <netinet/in.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/interrupt.h"
#include "base/time.h"
#include "db/conn.h"
#include "db/refusal.h"
#include "db/socket.h"

enum { ANSWER_MAX = 4096 };

static const char failure_mark = '!';

static bool
is_name(const char *host)
{
	if (host == NULL || strchr("/@", host[0]) != NULL || strchr(host, ':') != NULL)
		return false;
	return strspn(host, "0123456789.") != strlen(host);
}

static void
say(int out, const char *text)
{
	/* Nobody reads any more: the parent has given up. */
	if (write(out, text, strlen(text)) < 0 || write(out, "\n", 1) < 0)
		_exit(1);
}

/* In the child: one address a line, or the reason why there is none. */
static void
look_up(const char *host, int out)
{
	const struct addrinfo wanted = { .ai_socktype = SOCK_STREAM };
	char address[INET6_ADDRSTRLEN + 32]; /* with the name of an interface */
	struct addrinfo *list;
	int code = getaddrinfo(host, NULL, &wanted, &list);

	if (code != 0) {
		(void)!write(out, &failure_mark, 1);
		say(out, gai_strerror(code));
		_exit(1);
	}
	for (struct addrinfo *i = list; i != NULL; i = i->ai_next)
		if (getnameinfo(i->ai_addr, i->ai_addrlen, address, sizeof(address), NULL, 0,
			NI_NUMERICHOST) == 0)
			say(out, address);
	_exit(0);
}

/* A child, since getaddrinfo cannot be interrupted; -1 without one. */
static pid_t
start_child(const char *host, int *in)
{
	int ends[2];
	pid_t child;

	if (pipe(ends) != 0)
		return -1;
	child = fork();
	if (child == 0) {
		interrupt_last_words(NULL); /* the parent says them */
		close(ends[0]);
		look_up(host, ends[1]);
	}
	close(ends[1]);
	*in = ends[0];
	if (child < 0)
		close(ends[0]);
	return child;
}

static bool
fail(struct error *err, const char *host, const char *reason)
{
	static const struct refusal_target nobody;

	return refusal_set(err,
	    arena_printf(
		err->arena, "could not translate host name \"%s\" to address: %s", host, reason),
	    &nobody);
}

/* What the child says, up to its end. */
static bool
read_answer(int in, int64_t until_ms, const char *host, char answer[ANSWER_MAX], struct error *err)
{
	size_t length = 0;

	for (;;) {
		int ready = socket_wait(in, CONN_READ, until_ms, true);
		ssize_t count;

		if (ready < 0)
			return socket_interrupted(err);
		if (ready == 0)
			return fail(err, host, "timeout expired");
		count = read(in, answer + length, ANSWER_MAX - 1 - length);
		if (count <= 0)
			break;
		length += (size_t)count;
	}
	answer[length] = '\0';
	if (answer[0] == failure_mark)
		return fail(err, host, arena_strndup(err->arena, answer + 1, length - 2));
	return true;
}

static const char **
split_lines(struct arena *a, const char *text)
{
	const char **list = NULL;
	size_t count = 0, length;

	for (; *text != '\0'; text += length + 1) {
		length = strcspn(text, "\n");
		if (text[length] == '\0') /* cut off */
			break;
		list = arena_extend(a, list, count, sizeof(*list));
		list[count++] = arena_strndup(a, text, length);
	}
	list = arena_extend(a, list, count, sizeof(*list));
	list[count] = NULL;
	return list;
}

bool
resolve_host(struct arena *a, const char *host, int64_t timeout_ms, const char ***addresses,
    struct error *err)
{
	int64_t until = timeout_ms == 0 ? 0 : time_now_ms() + timeout_ms;
	char answer[ANSWER_MAX] = "";
	pid_t child = -1;
	bool ok = true;
	int in;

	if (is_name(host))
		child = start_child(host, &in);
	if (child > 0) {
		ok = read_answer(in, until, host, answer, err);
		close(in);
		kill(child, SIGKILL);
		(void)waitpid(child, NULL, 0); /* it is gone */
	}
	*addresses = split_lines(a, answer);
	return ok;
}
