/* SPDX-License-Identifier: MIT */
#include "db/connect.h"

#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/interrupt.h"
#include "base/mask.h"
#include "base/time.h"
#include "db/refusal.h"

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

static bool
connect_failed(PGconn *pg, struct error *err)
{
	struct refusal_target target = { .database = PQdb(pg), .user = PQuser(pg) };

	return refusal_set(err, PQerrorMessage(pg), &target);
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

/* libpq may have been refused at other addresses of the host before. */
static bool
timed_out(PGconn *pg, struct error *err)
{
	struct error *here = error_new(err->arena);

	error_clear(err);
	if (PQerrorMessage(pg)[0] != '\0')
		connect_failed(pg, err);
	refusal_timeout(here, PQhost(pg), PQhostaddr(pg), PQport(pg));
	refusal_add(err, here);
	return false;
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
			return timed_out(pg, err);
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
	int64_t timeout_ms;
	PGconn *pg;
};

struct keywords {
	const char *names[KEYWORDS_MAX], *values[KEYWORDS_MAX];
	size_t count;
};

static void
add_keyword(struct keywords *k, const char *name, const char *value)
{
	if (value == NULL || k->count + 1 >= KEYWORDS_MAX)
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

/* Where libpq would go and how, from all its sources: URI, service file, environment. */
struct hosts {
	const char *host, *hostaddr, *port, *attributes, *timeout;
};

static struct hosts
hosts_of(struct arena *a, PGconn *pg)
{
	struct hosts hosts = { 0 };
	const struct {
		const char *keyword, **value;
	} wanted[] = {
		{ "host", &hosts.host },
		{ "hostaddr", &hosts.hostaddr },
		{ "port", &hosts.port },
		{ "target_session_attrs", &hosts.attributes },
		{ "connect_timeout", &hosts.timeout },
	};
	PQconninfoOption *info = PQconninfo(pg);

	for (PQconninfoOption *o = info; o != NULL && o->keyword != NULL; o++) {
		for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
			if (o->val != NULL && o->val[0] != '\0' &&
			    strcmp(o->keyword, wanted[i].keyword) == 0)
				*wanted[i].value = arena_strdup(a, o->val);
	}
	PQconninfoFree(info);
	return hosts;
}

/* libpq's complaints about a URI can hold a piece of the password: only some are safe to show. */
static bool
refuse_parameters(PGconn *pg, struct error *err)
{
	static const struct {
		const char *words, *next;
	} harmless[] = {
		{ "invalid connection option \"",
		    "Correct or leave out this parameter of the url." },
		{ "invalid URI query parameter: \"",
		    "Correct or leave out this parameter of the url." },
		{ "definition of service \"",
		    "Write it into ~/.pg_service.conf or the file that PGSERVICEFILE names." },
	};
	const char *text = PQerrorMessage(pg);

	for (size_t i = 0; i < sizeof(harmless) / sizeof(harmless[0]); i++) {
		if (strncmp(text, harmless[i].words, strlen(harmless[i].words)) != 0)
			continue;
		error_set(err, ERR_USAGE, "%.*s", (int)strcspn(text, "\n"), text);
		return error_next(err, "%s", harmless[i].next);
	}
	error_set(err, ERR_USAGE, "the connection url is not valid");
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
	return poll_connection(t->pg, t->timeout_ms, err);
}

static void
free_addresses(void *list)
{
	freeaddrinfo(list);
}

/* Has libpq tried the address?  All but the last one stand in its message, in parentheses. */
static bool
was_tried(struct attempt *t, const char *message, const char *last, const char *address)
{
	return strcmp(last, address) == 0 ||
	    strstr(message, arena_printf(t->arena, "(%s)", address)) != NULL;
}

/*
 * libpq stays with the first address of a name that is silent, or that answers and is not what
 * target_session_attrs asks for: here come the others.
 */
static bool
try_addresses(struct attempt *t, const struct keywords *common, struct error *err)
{
	const struct addrinfo wanted = { .ai_socktype = SOCK_STREAM };
	const char *message = arena_strdup(t->arena, PQerrorMessage(t->pg));
	const char *last = arena_strdup(t->arena, PQhostaddr(t->pg));
	const char *host = PQhost(t->pg);
	struct addrinfo *list;
	char address[INET6_ADDRSTRLEN + 32]; /* with the name of an interface */

	if (last[0] == '\0' || host[0] == '/' || host[0] == '@' ||
	    getaddrinfo(host, NULL, &wanted, &list) != 0)
		return false;
	arena_defer(t->arena, free_addresses, list);
	for (struct addrinfo *i = list; i != NULL; i = i->ai_next) {
		struct keywords k = *common;
		struct error *here = error_new(t->arena);

		if (getnameinfo(i->ai_addr, i->ai_addrlen, address, sizeof(address), NULL, 0,
			NI_NUMERICHOST) != 0 ||
		    was_tried(t, message, last, address))
			continue;
		add_keyword(&k, "hostaddr", arena_strdup(t->arena, address));
		if (!start(t, &k, err))
			return false;
		if (finish(t, here))
			return true;
		if (here->code == ERR_INTERRUPTED) {
			error_copy(err, here);
			return false;
		}
		refusal_add(err, here);
	}
	return false;
}

static bool
try_host(struct attempt *t, const struct keywords *k, bool has_address, struct error *err)
{
	if (finish(t, err))
		return true;
	return err->may_pass && !has_address && try_addresses(t, k, err);
}

/*
 * Each host of a list alone: PQconnectPoll knows no time limit, so a silent first host would use
 * up the time of all others.
 */
static bool
try_list(struct attempt *t, const struct keywords *common, const struct hosts *hosts,
    const char *attributes, struct error *err)
{
	const char *host = "", *hostaddr = "";

	for (size_t n = 0; host != NULL || hostaddr != NULL; n++) {
		struct keywords k = *common;
		struct error *here = error_new(t->arena);
		const char *port = list_item(t->arena, hosts->port, n);

		host = list_item(t->arena, hosts->host, n);
		hostaddr = list_item(t->arena, hosts->hostaddr, n);
		if (host == NULL && hostaddr == NULL)
			break;
		add_keyword(&k, "host", host);
		add_keyword(&k, "hostaddr", hostaddr);
		add_keyword(&k, "port", port);
		add_keyword(&k, "target_session_attrs", attributes);
		if (!start(t, &k, err))
			return false;
		if (try_host(t, &k, hostaddr != NULL, here))
			return true;
		if (here->code == ERR_INTERRUPTED) {
			error_copy(err, here);
			return false;
		}
		refusal_add(err, here);
	}
	return false;
}

/* Told host by host, libpq would take the first one that is there for the preferred one. */
static bool
try_preferred(
    struct attempt *t, const struct keywords *k, const struct hosts *hosts, struct error *err)
{
	struct error *ignored = error_new(t->arena); /* the second round tells it again */

	if (try_list(t, k, hosts, "standby", ignored))
		return true;
	if (ignored->code != ERR_INTERRUPTED)
		return try_list(t, k, hosts, "any", err);
	error_copy(err, ignored);
	return false;
}

static bool
is_list(const char *text)
{
	return text != NULL && strchr(text, ',') != NULL;
}

/* The setting where it was given, else libpq's parameter, in seconds, else our default. */
static int64_t
time_limit(const struct conn_options *options, const struct hosts *hosts)
{
	long seconds;

	if (!options->timeout_is_default || hosts->timeout == NULL)
		return options->timeout_ms;
	seconds = strtol(hosts->timeout, NULL, 10);
	return seconds <= 0 ? 0 : (int64_t)seconds * 1000;
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
	t->timeout_ms = time_limit(t->options, &hosts);
	if (!is_list(hosts.host) && !is_list(hosts.hostaddr))
		return try_host(t, &k, hosts.hostaddr != NULL, err);
	if (hosts.attributes == NULL)
		hosts.attributes = "any";
	if (strcmp(hosts.attributes, "prefer-standby") == 0)
		return try_preferred(t, &k, &hosts, err);
	if (t->options->writing && strcmp(hosts.attributes, "any") == 0) /* libpq's default */
		hosts.attributes = "read-write";
	return try_list(t, &k, &hosts, hosts.attributes, err);
}

PGconn *
connect_server(struct arena *a, const struct conn_options *options, struct error *err)
{
	struct attempt t = { .arena = a, .options = options };

	error_clear(err); /* of an earlier attempt */
	if (try_hosts(&t, err))
		return t.pg;
	PQfinish(t.pg);
	return NULL;
}
