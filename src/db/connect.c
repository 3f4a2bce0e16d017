/* SPDX-License-Identifier: MIT */
#include "db/connect.h"

#include <ctype.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "base/interrupt.h"
#include "base/mask.h"
#include "base/time.h"

enum { KEYWORDS_MAX = 64 };

int
connect_wait(int socket, int events, int64_t until_ms, bool signals)
{
	struct pollfd fds[2] = {
		{ .fd = socket,
		    .events = (short)((events & CONN_READ ? POLLIN : 0) |
			(events & CONN_WRITE ? POLLOUT : 0)) },
		{ .fd = interrupt_fd(), .events = POLLIN },
	};

	if (socket < 0) /* libpq has closed it: the next call tells why */
		return 1;
	for (;;) {
		int64_t left = until_ms == 0 ? -1 : until_ms - time_now_ms();

		if (signals && interrupt_signal() != 0)
			return -1;
		if (until_ms != 0 && left <= 0)
			return 0;
		if (poll(fds, signals ? 2 : 1, left > 1000000 ? 1000000 : (int)left) > 0 &&
		    fds[0].revents != 0)
			return 1;
	}
}

bool
connect_interrupted(struct error *err)
{
	error_set(err, ERR_INTERRUPTED, "interrupted by signal %d", interrupt_signal());
	err->signal = interrupt_signal();
	return false;
}

/* libpq's text without the newline at its end. */
static const char *
message_of(struct arena *a, const char *text)
{
	size_t length = strlen(text);

	while (length > 0 && isspace((unsigned char)text[length - 1]))
		length--;
	return arena_strndup(a, text, length);
}

/*
 * A refused connection gives no SQLSTATE, but the verbose message does: "FATAL:  3D000: database
 * ...", whatever the language.  Takes it out of the text, and the LOCATION line with it.
 */
static const char *
take_sqlstate(struct arena *a, const char *text, char sqlstate[6])
{
	const char *p = text;
	const char *location;

	while ((p = strstr(p, ":  ")) != NULL) {
		p += 3;
		if (strspn(p, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 5 && p[5] == ':' &&
		    p[6] == ' ')
			break;
	}
	if (p == NULL)
		return message_of(a, text);
	memcpy(sqlstate, p, 5);
	sqlstate[5] = '\0';
	location = strstr(p, "\nLOCATION:");
	return message_of(a,
	    arena_printf(a, "%.*s%.*s", (int)(p - text), text,
		(int)(location == NULL ? strlen(p + 7) : (size_t)(location - p - 7)), p + 7));
}

static bool
connect_failed(PGconn *pg, struct error *err)
{
	char sqlstate[6] = "";
	const char *message = take_sqlstate(err->arena, PQerrorMessage(pg), sqlstate);
	const char *second = strchr(message, '\n');

	/* libpq's second line is a question to the user ("Is the server running ...?"). */
	error_set(err, ERR_CONNECT, "%.*s", (int)strcspn(message, "\n"), message);
	if (second != NULL)
		err->hint = arena_strdup(err->arena, second + strspn(second, "\n\t "));
	memcpy(err->sqlstate, sqlstate, sizeof(sqlstate));
	return false;
}

void
connect_notice(const struct conn_options *options, const PGresult *result)
{
	if (options->notice == NULL)
		return;
	options->notice(options->context, PQresultErrorField(result, PG_DIAG_SEVERITY),
	    PQresultErrorField(result, PG_DIAG_SQLSTATE),
	    PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY),
	    PQresultErrorField(result, PG_DIAG_MESSAGE_DETAIL),
	    PQresultErrorField(result, PG_DIAG_MESSAGE_HINT));
}

static void
receive_notice(void *context, const PGresult *result)
{
	connect_notice(context, result);
}

static bool
poll_connection(PGconn *pg, int64_t timeout_ms, struct error *err)
{
	int64_t until = timeout_ms == 0 ? 0 : time_now_ms() + timeout_ms;
	int events = CONN_WRITE;

	PQsetErrorVerbosity(pg, PQERRORS_VERBOSE);
	for (;;) {
		int ready = connect_wait(PQsocket(pg), events, until, true);

		if (ready < 0)
			return connect_interrupted(err);
		if (ready == 0)
			return error_set(err, ERR_CONNECT,
			    "connection to server at \"%s\", port %s failed: timeout expired",
			    PQhost(pg), PQport(pg));
		switch (PQconnectPoll(pg)) {
		case PGRES_POLLING_READING:
			events = CONN_READ;
			break;
		case PGRES_POLLING_WRITING:
			events = CONN_WRITE;
			break;
		case PGRES_POLLING_OK:
			PQsetErrorVerbosity(pg, PQERRORS_DEFAULT);
			return true;
		case PGRES_POLLING_FAILED:
		case PGRES_POLLING_ACTIVE:
			return connect_failed(pg, err);
		}
	}
}

/* The options must live as long as the connection: notices are told to them. */
struct attempt {
	struct arena *arena;
	const struct conn_options *options;
	PGconn *pg;
};

struct keywords {
	const char *names[KEYWORDS_MAX], *values[KEYWORDS_MAX];
	size_t count;
};

static void
add_keyword(struct keywords *k, const char *name, const char *value)
{
	if (k->count + 1 >= KEYWORDS_MAX)
		return;
	k->names[k->count] = name;
	k->values[k->count] = value;
	k->count++;
	k->names[k->count] = NULL;
	k->values[k->count] = NULL;
}

/* Ours first: what the user gave overrides it (libpq: the last value counts). */
static void
gather_keywords(const struct conn_options *options, struct keywords *k)
{
	static const struct {
		const char *name, *value, *variable;
	} defaults[] = {
		{ "gssencmode", "disable", "PGGSSENCMODE" },
		{ "keepalives_idle", "30", NULL },
		{ "keepalives_interval", "10", NULL },
		{ "keepalives_count", "3", NULL },
		{ "tcp_user_timeout", "30000", NULL },
	};

	k->count = 0;
	for (size_t i = 0; i < sizeof(defaults) / sizeof(defaults[0]); i++) {
		if (defaults[i].variable == NULL || getenv(defaults[i].variable) == NULL)
			add_keyword(k, defaults[i].name, defaults[i].value);
	}
	if (options->application_name != NULL)
		add_keyword(k, "application_name", options->application_name);
	for (size_t i = 0; options->keywords[i] != NULL; i++)
		add_keyword(k, options->keywords[i], options->values[i]);
	add_keyword(k, "client_encoding", "UTF8");
}

/* The n-th of a list with commas, or NULL when there are fewer. */
static const char *
list_item(struct arena *a, const char *list, size_t n)
{
	const char *end;

	if (list == NULL)
		return NULL;
	for (; n > 0; n--) {
		list = strchr(list, ',');
		if (list == NULL)
			return NULL;
		list++;
	}
	end = strchr(list, ',');
	return end == NULL ? list : arena_strndup(a, list, (size_t)(end - list));
}

struct hosts {
	const char *host, *hostaddr, *port;
};

/* Where libpq would go, from all its sources: URI, service file, environment. */
static struct hosts
hosts_of(struct arena *a, PGconn *pg)
{
	struct hosts hosts = { 0 };
	PQconninfoOption *info = PQconninfo(pg);

	for (PQconninfoOption *o = info; o != NULL && o->keyword != NULL; o++) {
		if (o->val == NULL || o->val[0] == '\0')
			continue;
		if (strcmp(o->keyword, "host") == 0)
			hosts.host = arena_strdup(a, o->val);
		else if (strcmp(o->keyword, "hostaddr") == 0)
			hosts.hostaddr = arena_strdup(a, o->val);
		else if (strcmp(o->keyword, "port") == 0)
			hosts.port = arena_strdup(a, o->val);
	}
	PQconninfoFree(info);
	return hosts;
}

/* libpq's complaints about a URI can hold a piece of the password: only some are safe to show. */
static bool
refuse_parameters(PGconn *pg, struct error *err)
{
	static const char *const harmless[] = { "invalid connection option \"",
		"invalid URI query parameter: \"", "definition of service \"" };
	const char *text = PQerrorMessage(pg);
	const char *message = "the connection url is not valid";

	for (size_t i = 0; i < sizeof(harmless) / sizeof(harmless[0]); i++) {
		if (strncmp(text, harmless[i], strlen(harmless[i])) == 0)
			message = message_of(err->arena, text);
	}
	error_set(err, ERR_USAGE, "%s", message);
	return error_next(err,
	    "Write it as postgresql://user@host:port/database, and percent-encode special "
	    "characters in the user and the password.");
}

static bool
start(struct attempt *t, const struct keywords *k, struct error *err)
{
	PQfinish(t->pg);
	/* 0: the name of a database is never read as a URL. */
	t->pg = PQconnectStartParams(k->names, k->values, 0);
	if (t->pg == NULL)
		return error_set(err, ERR_INTERNAL, "out of memory");
	mask_add(PQpass(t->pg)); /* also what .pgpass and the service file gave */
	PQsetNoticeReceiver(t->pg, receive_notice, (void *)t->options);
	return true;
}

static bool
finish(struct attempt *t, struct error *err)
{
	if (PQstatus(t->pg) == CONNECTION_BAD)
		return connect_failed(t->pg, err);
	return poll_connection(t->pg, t->options->timeout_ms, err);
}

/*
 * Each host of a list alone: PQconnectPoll knows no time limit, so a silent first host would use
 * up the time of all others.
 */
static bool
try_list(
    struct attempt *t, const struct keywords *common, const struct hosts *hosts, struct error *err)
{
	const char *host = "", *hostaddr = "";

	for (size_t n = 0; host != NULL || hostaddr != NULL; n++) {
		struct keywords k = *common;
		const char *port = list_item(t->arena, hosts->port, n);

		host = list_item(t->arena, hosts->host, n);
		hostaddr = list_item(t->arena, hosts->hostaddr, n);
		if (host == NULL && hostaddr == NULL)
			break;
		if (host != NULL)
			add_keyword(&k, "host", host);
		if (hostaddr != NULL)
			add_keyword(&k, "hostaddr", hostaddr);
		if (port != NULL)
			add_keyword(&k, "port", port);
		if (!start(t, &k, err))
			return false;
		if (finish(t, err))
			return true;
		if (err->code == ERR_INTERRUPTED)
			return false;
	}
	return false;
}

static bool
is_list(const char *text)
{
	return text != NULL && strchr(text, ',') != NULL;
}

static bool
try_hosts(struct attempt *t, struct error *err)
{
	struct keywords k;
	struct hosts hosts;

	gather_keywords(t->options, &k);
	if (!start(t, &k, err))
		return false;
	hosts = hosts_of(t->arena, t->pg);
	/* Refused parameters leave nothing behind, not even the default port. */
	if (PQstatus(t->pg) == CONNECTION_BAD && hosts.port == NULL)
		return refuse_parameters(t->pg, err);
	if (is_list(hosts.host) || is_list(hosts.hostaddr))
		return try_list(t, &k, &hosts, err);
	return finish(t, err);
}

PGconn *
connect_server(struct arena *a, const struct conn_options *options, struct error *err)
{
	struct attempt t = { .arena = a, .options = options };

	if (try_hosts(&t, err))
		return t.pg;
	PQfinish(t.pg);
	return NULL;
}
