/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/mask.h"
#include "core/run.h"
#include "core/session.h"

/*
 * A hostile server: the bytes are all that it says in a run of "up", a piece up to the next
 * ReadyForQuery for each question, whatever was asked.  Further connections are refused.  Nothing
 * may crash, and no outcome may be without a message.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { IDLE_MS = 3, HEAD = 5 };

static const struct {
	const char *name, *text;
} files[] = {
	{ "V1__table.sql",
	    "CREATE TABLE t (id int PRIMARY KEY);\nALTER TABLE t ADD COLUMN a int;\n" },
	{ "V2__index.sql", "CREATE INDEX CONCURRENTLY t_a ON t (a);\n" },
	{ "V3__copy.sql", "COPY t FROM stdin;\n1\t2\n\\.\nALTER TABLE t ADD COLUMN b int;\n" },
	{ "R__view.sql", "CREATE OR REPLACE VIEW v AS SELECT 1 AS a;\n" },
};

static char folder[] = "/tmp/migrate-fuzz.XXXXXX";
static char address[64]; /* an abstract socket, which leaves no file behind */

struct server {
	int listener, client, stop[2];
	const uint8_t *data;
	size_t size, at;
	bool typeless; /* the client's startup packet is still to come */
	uint8_t pending[HEAD];
	size_t have; /* bytes of a frame's head */
	size_t skip; /* bytes of its body that are still to come */
};

/*
 * libpq 15 itself forgets a result (getCopyStart) when a server begins a copy in the middle of an
 * answer.
 */
const char *__lsan_default_suppressions(void);

const char *
__lsan_default_suppressions(void)
{
	return "leak:libpq.so\n";
}

/* --- what the server says --- */

/* The length of the next piece: up to the first ReadyForQuery, or all that is left. */
static size_t
piece(const struct server *s)
{
	size_t at = s->at;

	while (s->size - at >= HEAD) {
		const uint8_t *p = s->data + at;
		size_t length = (size_t)p[1] << 24 | (size_t)p[2] << 16 | (size_t)p[3] << 8 | p[4];

		if (length + 1 > s->size - at)
			break;
		at += length + 1;
		if (*p == 'Z')
			return at - s->at;
	}
	return s->size - s->at;
}

static void
answer(struct server *s)
{
	size_t length = piece(s);
	ssize_t ignored;

	if (length == 0) {
		(void)shutdown(s->client, SHUT_WR); /* it may be gone */
		return;
	}
	/* A client that does not read gets the rest never. */
	ignored = send(s->client, s->data + s->at, length, MSG_DONTWAIT | MSG_NOSIGNAL);
	(void)ignored;
	s->at += length;
}

/* Is this message of the client one that waits for an answer? */
static bool
is_question(const struct server *s)
{
	return s->typeless || strchr("QSp", s->pending[0]) != NULL;
}

static void
take_head(struct server *s)
{
	size_t head = s->typeless ? HEAD - 1 : HEAD;
	const uint8_t *p = s->pending + head - 4;

	if (s->have < head)
		return;
	s->skip = ((size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3]) - 4;
	s->have = 0;
	if (is_question(s))
		answer(s);
	s->typeless = false;
}

static void
hear(struct server *s)
{
	uint8_t buffer[4096];
	ssize_t length = recv(s->client, buffer, sizeof(buffer), MSG_DONTWAIT);

	if (length <= 0) {
		(void)close(s->client); /* nothing was written that matters */
		s->client = -1;
		return;
	}
	for (ssize_t i = 0; i < length; i++) {
		if (s->skip > 0) {
			s->skip--;
			continue;
		}
		s->pending[s->have++] = buffer[i];
		take_head(s);
	}
}

/* --- connections --- */

static void
refuse(int client)
{
	static const char message[] = "E\0\0\0\033SFATAL\0C28000\0Mno more\0";
	struct pollfd ready = { .fd = client, .events = POLLIN };
	char startup[4096];
	ssize_t ignored;

	if (poll(&ready, 1, IDLE_MS) > 0) {
		ignored = recv(client, startup, sizeof(startup), MSG_DONTWAIT);
		(void)ignored; /* bytes that nobody read would reset the connection */
	}
	ignored = send(client, message, sizeof(message), MSG_DONTWAIT | MSG_NOSIGNAL);
	(void)ignored;
	(void)close(client);
}

static void
greet(struct server *s, bool *first)
{
	int client = accept(s->listener, NULL, NULL);

	if (client < 0)
		return;
	if (!*first) {
		refuse(client);
		return;
	}
	*first = false;
	s->client = client;
	s->typeless = true;
}

static void *
serve(void *context)
{
	struct server *s = context;
	bool first = true;

	for (;;) {
		struct pollfd fds[] = {
			{ .fd = s->stop[0], .events = POLLIN },
			{ .fd = s->listener, .events = POLLIN },
			{ .fd = s->client, .events = POLLIN },
		};
		int ready = poll(fds, 3, IDLE_MS);

		if (fds[0].revents != 0)
			break;
		if (fds[1].revents != 0)
			greet(s, &first);
		if (fds[2].revents != 0)
			hear(s);
		if (ready == 0 && s->client >= 0)
			answer(s); /* both wait */
	}
	if (s->client >= 0)
		(void)close(s->client);
	return NULL;
}

/* --- the run --- */

static void
remove_folder(void)
{
	char path[128];

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", folder, files[i].name);
		(void)unlink(path);
	}
	(void)rmdir(folder); /* the system cleans /tmp */
}

static int
prepare(void)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	int length, listener = socket(AF_UNIX, SOCK_STREAM, 0);
	char path[128];

	(void)signal(SIGPIPE, SIG_IGN); /* as the program does */
	if (mkdtemp(folder) == NULL)
		abort();
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		FILE *out;

		(void)snprintf(path, sizeof(path), "%s/%s", folder, files[i].name);
		out = fopen(path, "w");
		if (out == NULL || fputs(files[i].text, out) < 0 || fclose(out) != 0)
			abort();
	}
	(void)atexit(remove_folder);
	length =
	    snprintf(address, sizeof(address), "@migrate-fuzz-%ld/.s.PGSQL.5432", (long)getpid());
	memcpy(name.sun_path + 1, address + 1, (size_t)length - 1);
	if (bind(listener, (struct sockaddr *)&name,
		(socklen_t)(offsetof(struct sockaddr_un, sun_path) + (size_t)length)) != 0 ||
	    listen(listener, 16) != 0)
		abort();
	*strchr(address, '/') = '\0';
	return listener;
}

/* Every text that is told must be one: a sanitizer sees to it. */
static void
emit(struct sink *sink, const struct event *e)
{
	const char *texts[] = { e->text, e->detail, e->hint, e->severity, e->sqlstate, e->host,
		e->database, e->user };
	struct arena *a = arena_new(NULL);

	(void)sink;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (texts[i] != NULL)
			assert(arena_strdup(a, texts[i]) != NULL);
	arena_close(a);
}

static void
run_up(struct arena *a)
{
	const struct config_argument arguments[] = {
		{ "url",
		    arena_printf(a, "host=%s port=5432 user=u dbname=d sslmode=disable", address) },
		{ "directory", folder },
		{ "connect-timeout", "1s" },
		{ "run-lock-timeout", "1ms" },
		{ "lock-retry", "1ms" },
		{ "baseline-on-up", "true" },
	};
	struct sink sink = { .emit = emit };
	const struct goal goal = { .kind = GOAL_UP };
	struct error *err = error_new(a);
	struct run_result result;
	struct config config;
	struct session s;
	bool ok;

	if (!config_bare(a, arguments, sizeof(arguments) / sizeof(arguments[0]), &config, err))
		abort();
	ok = session_open(a, &config, &sink, true, &s, err) && session_plan(&s, &goal, err) &&
	    run_plan(&s, &goal, &result, err);
	assert(ok || (err->code != ERR_NONE && err->message != NULL));
	assert(ok || strlen(err->message) > 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int listener = -1;
	struct server s = { .client = -1, .data = data, .size = size };
	struct arena *a = arena_new(NULL);
	pthread_t thread;

	if (listener < 0)
		listener = prepare();
	s.listener = listener;
	if (pipe(s.stop) != 0 || pthread_create(&thread, NULL, serve, &s) != 0)
		abort();
	run_up(a);
	arena_close(a);
	mask_clear();
	if (write(s.stop[1], "", 1) != 1)
		abort();
	(void)pthread_join(thread, NULL); /* it always ends */
	(void)close(s.stop[0]);
	(void)close(s.stop[1]);
	return 0;
}
