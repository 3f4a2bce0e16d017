/* SPDX-License-Identifier: MIT */
#include "db/connect.h"

#include <stdlib.h>
#include <string.h>

#include "base/mask.h"
#include "base/time.h"
#include "db/refusal.h"
#include "db/resolve.h"
#include "db/socket.h"

enum { KEYWORDS_MAX = 64 };

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

static bool
poll_connection(PGconn *pg, int64_t timeout_ms, struct error *err)
{
	int64_t until = timeout_ms == 0 ? 0 : time_now_ms() + timeout_ms;
	int events = CONN_WRITE;

	PQsetErrorVerbosity(pg, PQERRORS_VERBOSE);
	for (;;) {
		int ready = socket_wait(PQsocket(pg), events, until, true);

		if (ready < 0)
			return socket_interrupted(err);
		if (ready == 0)
			return refusal_timeout(err, PQhost(pg), PQhostaddr(pg), PQport(pg));
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

static bool
hosts_of(struct arena *a, PGconn *pg, struct hosts *hosts)
{
	const struct {
		const char *keyword, **value;
	} wanted[] = {
		{ "host", &hosts->host },
		{ "hostaddr", &hosts->hostaddr },
		{ "port", &hosts->port },
		{ "target_session_attrs", &hosts->attributes },
		{ "connect_timeout", &hosts->timeout },
	};
	PQconninfoOption *info = PQconninfo(pg);

	*hosts = (struct hosts){ 0 };
	for (PQconninfoOption *o = info; o != NULL && o->keyword != NULL; o++) {
		for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
			if (o->val != NULL && o->val[0] != '\0' &&
			    strcmp(o->keyword, wanted[i].keyword) == 0)
				*wanted[i].value = arena_strdup(a, o->val);
	}
	PQconninfoFree(info);
	return info != NULL;
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

/* Told an address, libpq says nothing of the name that it stands for. */
static void
name_host(struct error *err, const char *host, const char *address)
{
	const char *quoted = arena_printf(err->arena, "\"%s\"", address);
	const char *at = strstr(err->message, quoted);

	if (at != NULL)
		err->message = arena_printf(err->arena, "%.*s\"%s\" (%s)%s",
		    (int)(at - err->message), err->message, host, address, at + strlen(quoted));
}

/* One attempt on each address of a host. */
static bool
try_host(struct attempt *t, const struct keywords *common, const char *host, struct error *err)
{
	const char **addresses;

	if (!resolve_host(t->arena, host, t->timeout_ms, &addresses, err))
		return false;
	for (size_t i = 0; i == 0 || addresses[i] != NULL; i++) {
		struct keywords k = *common;
		struct error *here = error_new(t->arena);

		add_keyword(&k, "hostaddr", addresses[i]);
		if (!start(t, &k, err))
			return false;
		if (finish(t, here))
			return true;
		if (here->code == ERR_INTERRUPTED || addresses[i] == NULL) {
			error_copy(err, here);
			return false;
		}
		name_host(here, host, addresses[i]);
		refusal_add(err, here);
	}
	return false;
}

/*
 * Each host of a list alone, and each address of a host: PQconnectPoll knows no time limit, so a
 * silent one would use up the time of all others, and of those that answer libpq takes the first,
 * whether it is what target_session_attrs asks for or not.
 */
static bool
try_list(struct attempt *t, const struct keywords *common, const struct hosts *hosts,
    const char *attributes, struct error *err)
{
	for (size_t n = 0;; n++) {
		struct keywords k = *common;
		struct error *here = error_new(t->arena);
		const char *host = list_item(t->arena, hosts->host, n);
		const char *hostaddr = list_item(t->arena, hosts->hostaddr, n);

		if (n > 0 && host == NULL && hostaddr == NULL)
			return false;
		add_keyword(&k, "host", host);
		add_keyword(&k, "hostaddr", hostaddr);
		add_keyword(&k, "port", list_item(t->arena, hosts->port, n));
		add_keyword(&k, "target_session_attrs", attributes);
		if (try_host(t, &k, hostaddr == NULL ? host : NULL, here))
			return true;
		if (here->code == ERR_INTERRUPTED) {
			error_copy(err, here);
			return false;
		}
		refusal_add(err, here);
	}
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
is_list(const struct hosts *hosts)
{
	return (hosts->host != NULL && strchr(hosts->host, ',') != NULL) ||
	    (hosts->hostaddr != NULL && strchr(hosts->hostaddr, ',') != NULL);
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

/*
 * libpq reads all its sources, and goes nowhere: it refuses that sslmode.  The password file is for
 * later.
 */
static bool
read_parameters(struct attempt *t, struct keywords k, struct hosts *hosts, struct error *err)
{
	add_keyword(&k, "sslmode", "none, only read");
	add_keyword(&k, "passfile", "/dev/null/none");
	if (!start(t, &k, err))
		return false;
	if (!hosts_of(t->arena, t->pg, hosts))
		return error_set(err, ERR_INTERNAL, "out of memory");
	/* Refused parameters leave nothing behind, not even the default port. */
	return hosts->port == NULL ? refuse_parameters(t->pg, err) : true;
}

static bool
try_hosts(struct attempt *t, struct error *err)
{
	struct keywords k;
	struct hosts hosts;

	gather_keywords(t->options, &k);
	if (!read_parameters(t, k, &hosts, err))
		return false;
	t->timeout_ms = time_limit(t->options, &hosts);
	if (hosts.attributes == NULL)
		hosts.attributes = "any";
	if (strcmp(hosts.attributes, "prefer-standby") == 0)
		return try_preferred(t, &k, &hosts, err);
	if (t->options->writing && is_list(&hosts) && strcmp(hosts.attributes, "any") == 0)
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
