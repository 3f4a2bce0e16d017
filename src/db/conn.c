/* SPDX-License-Identifier: MIT */
#include "db/conn.h"

#include <ctype.h>
#include <libpq-fe.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/interrupt.h"
#include "base/mask.h"
#include "base/time.h"

enum { CANCEL_WAIT_MS = 2000, ANSWER_AFTER_CANCEL_MS = 3000, KEYWORDS_MAX = 64 };

struct conn {
	struct arena *arena;
	PGconn *pg;
	struct conn_options options;
	PGresult *row; /* the row that conn_row_text shows */
	size_t queued; /* statements and Syncs whose results are to come */
	bool answered; /* the current statement's outcome was given, its NULL is to come */
	struct conn_result held; /* outside a pipeline the outcome waits for its NULL */
	struct error *held_error;
	int64_t patience_ms; /* see conn_patience */
};

static void
release_conn(void *what)
{
	conn_close(what);
}

static void
release_result(void *what)
{
	PQclear(what);
}

void
conn_close(struct conn *c)
{
	PQclear(c->row);
	c->row = NULL;
	PQfinish(c->pg);
	c->pg = NULL;
}

/* Waits until a socket is ready, a signal has come or the time is over: 1, -1, 0. */
static int
wait_socket(int socket, int events, int64_t until_ms, bool signals)
{
	struct pollfd fds[2] = {
		{ .fd = socket,
		    .events = (short)((events & CONN_READ ? POLLIN : 0) |
			(events & CONN_WRITE ? POLLOUT : 0)) },
		{ .fd = interrupt_fd(), .events = POLLIN },
	};

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

static bool
interrupted(struct error *err)
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

/* --- connecting --- */

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

static void
receive_notice(void *context, const PGresult *result)
{
	const struct conn_options *options = context;

	if (options->notice == NULL)
		return;
	options->notice(options->context, PQresultErrorField(result, PG_DIAG_SEVERITY),
	    PQresultErrorField(result, PG_DIAG_SQLSTATE),
	    PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY),
	    PQresultErrorField(result, PG_DIAG_MESSAGE_DETAIL),
	    PQresultErrorField(result, PG_DIAG_MESSAGE_HINT));
}

static bool
poll_connection(PGconn *pg, int64_t timeout_ms, struct error *err)
{
	int64_t until = timeout_ms == 0 ? 0 : time_now_ms() + timeout_ms;
	int events = CONN_WRITE;

	PQsetErrorVerbosity(pg, PQERRORS_VERBOSE);
	for (;;) {
		int ready = wait_socket(PQsocket(pg), events, until, true);

		if (ready < 0)
			return interrupted(err);
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
start(struct conn *c, const struct keywords *k, struct error *err)
{
	PQfinish(c->pg);
	/* 0: the name of a database is never read as a URL. */
	c->pg = PQconnectStartParams(k->names, k->values, 0);
	if (c->pg == NULL)
		return error_set(err, ERR_INTERNAL, "out of memory");
	mask_add(PQpass(c->pg)); /* also what .pgpass and the service file gave */
	PQsetNoticeReceiver(c->pg, receive_notice, &c->options);
	return true;
}

static bool
finish(struct conn *c, struct error *err)
{
	if (PQstatus(c->pg) == CONNECTION_BAD)
		return connect_failed(c->pg, err);
	return poll_connection(c->pg, c->options.timeout_ms, err);
}

/*
 * Each host of a list alone: PQconnectPoll knows no time limit, so a silent first host would use
 * up the time of all others.
 */
static bool
try_list(
    struct conn *c, const struct keywords *common, const struct hosts *hosts, struct error *err)
{
	const char *host = "", *hostaddr = "";

	for (size_t n = 0; host != NULL || hostaddr != NULL; n++) {
		struct keywords k = *common;
		const char *port = list_item(c->arena, hosts->port, n);

		host = list_item(c->arena, hosts->host, n);
		hostaddr = list_item(c->arena, hosts->hostaddr, n);
		if (host == NULL && hostaddr == NULL)
			break;
		if (host != NULL)
			add_keyword(&k, "host", host);
		if (hostaddr != NULL)
			add_keyword(&k, "hostaddr", hostaddr);
		if (port != NULL)
			add_keyword(&k, "port", port);
		if (!start(c, &k, err))
			return false;
		if (finish(c, err))
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
try_hosts(struct conn *c, struct error *err)
{
	struct keywords k;
	struct hosts hosts;

	gather_keywords(&c->options, &k);
	if (!start(c, &k, err))
		return false;
	hosts = hosts_of(c->arena, c->pg);
	/* Refused parameters leave nothing behind, not even the default port. */
	if (PQstatus(c->pg) == CONNECTION_BAD && hosts.port == NULL)
		return refuse_parameters(c->pg, err);
	if (is_list(hosts.host) || is_list(hosts.hostaddr))
		return try_list(c, &k, &hosts, err);
	return finish(c, err);
}

bool
conn_open(struct arena *a, const struct conn_options *options, struct conn **out, struct error *err)
{
	struct conn *c = arena_alloc(a, sizeof(*c));

	c->arena = a;
	c->options = *options;
	c->held_error = error_new(a);
	arena_defer(a, release_conn, c);
	if (!try_hosts(c, err)) {
		conn_close(c);
		return false;
	}
	PQsetnonblocking(c->pg, 1);
	*out = c;
	return true;
}

/* --- what is known of it --- */

int
conn_server_version(const struct conn *c)
{
	return PQserverVersion(c->pg);
}

int
conn_backend_pid(const struct conn *c)
{
	return PQbackendPID(c->pg);
}

const char *
conn_host(const struct conn *c)
{
	return PQhost(c->pg);
}

const char *
conn_port(const struct conn *c)
{
	return PQport(c->pg);
}

const char *
conn_database(const struct conn *c)
{
	return PQdb(c->pg);
}

const char *
conn_user(const struct conn *c)
{
	return PQuser(c->pg);
}

const char *
conn_parameter(const struct conn *c, const char *name)
{
	return PQparameterStatus(c->pg, name);
}

bool
conn_alive(const struct conn *c)
{
	return c->pg != NULL && PQstatus(c->pg) == CONNECTION_OK;
}

bool
conn_in_transaction(const struct conn *c)
{
	PGTransactionStatusType status = PQtransactionStatus(c->pg);

	return status == PQTRANS_INTRANS || status == PQTRANS_INERROR;
}

int
conn_socket(const struct conn *c)
{
	return PQsocket(c->pg);
}

int
conn_library_version(void)
{
	return PQlibVersion();
}

void
conn_patience(struct conn *c, int64_t ms)
{
	c->patience_ms = ms;
}

/* --- text of queries --- */

static const char *
quoted(struct arena *a, char *text)
{
	const char *copy = text == NULL ? "" : arena_strdup(a, text);

	PQfreemem(text);
	return copy;
}

const char *
conn_identifier(struct arena *a, struct conn *c, const char *name)
{
	return quoted(a, PQescapeIdentifier(c->pg, name, strlen(name)));
}

static const char *
literal(struct arena *a, struct conn *c, const char *value)
{
	return quoted(a, PQescapeLiteral(c->pg, value, strlen(value)));
}

const char *
conn_query_text(struct arena *a, struct conn *c, const char *query, ...)
{
	const char *name;
	va_list args;

	va_start(args, query);
	while ((name = va_arg(args, const char *)) != NULL) {
		const char *value = conn_identifier(a, c, va_arg(args, const char *));
		const char *variable = arena_printf(a, ":\"%s\"", name);
		struct arena_text *text = arena_text_new(a);
		const char *at;

		while ((at = strstr(query, variable)) != NULL) {
			fprintf(text->out, "%.*s%s", (int)(at - query), query, value);
			query = at + strlen(variable);
		}
		fputs(query, text->out);
		query = arena_text_end(text);
	}
	va_end(args);
	return query;
}

const char *
conn_sql_text(struct arena *a, struct conn *c, const struct conn_sql *sql)
{
	struct arena_text *text = arena_text_new(a);
	const char *p = sql->sql;

	while (*p != '\0') {
		size_t length = strcspn(p, "$");
		char *end = NULL;
		long n;

		fwrite(p, 1, length, text->out);
		p += length;
		if (*p == '\0')
			break;
		n = strtol(p + 1, &end, 10);
		if (n < 1 || n > sql->count) { /* no parameter */
			fputc(*p++, text->out);
			continue;
		}
		fputs(
		    sql->parameters[n - 1] == NULL ? "NULL" : literal(a, c, sql->parameters[n - 1]),
		    text->out);
		p = end;
	}
	return arena_text_end(text);
}

/* --- errors and results --- */

static const char *
field(struct arena *a, const PGresult *result, int code)
{
	const char *value = PQresultErrorField(result, code);

	return value == NULL ? NULL : arena_strdup(a, value);
}

/* A connection that breaks gives a result without a SQLSTATE, or none at all. */
static void
fill_error(struct conn *c, const PGresult *result, struct error *err)
{
	const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	const char *severity = PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);
	bool fatal = severity != NULL && strcmp(severity, "ERROR") != 0;

	if (sqlstate == NULL) {
		const char *text =
		    result == NULL ? PQerrorMessage(c->pg) : PQresultErrorMessage(result);

		/* What libpq says behind the first line are guesses at the reason. */
		error_set(err, ERR_CONNECT, "%.*s", (int)strcspn(text, "\n"), text);
		return;
	}
	error_set(err, fatal ? ERR_CONNECT : ERR_SQL, "%s",
	    PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY));
	memcpy(err->sqlstate, sqlstate, 5);
	err->detail = field(err->arena, result, PG_DIAG_MESSAGE_DETAIL);
	err->hint = field(err->arena, result, PG_DIAG_MESSAGE_HINT);
	err->context = field(err->arena, result, PG_DIAG_CONTEXT);
}

static bool
lost(struct conn *c, struct error *err)
{
	fill_error(c, NULL, err);
	return false;
}

const char *
rows_value(const struct rows *rows, size_t row, size_t column)
{
	if (PQgetisnull(rows->result, (int)row, (int)column))
		return NULL;
	return PQgetvalue(rows->result, (int)row, (int)column);
}

int64_t
rows_integer(const struct rows *rows, size_t row, size_t column)
{
	const char *value = rows_value(rows, row, column);

	return value == NULL ? 0 : strtoll(value, NULL, 10);
}

bool
rows_true(const struct rows *rows, size_t row, size_t column)
{
	const char *value = rows_value(rows, row, column);

	return value != NULL && strcmp(value, "t") == 0;
}

/* --- one statement, waited for --- */

/* Pushes and pulls until the next result is there; a signal cancels the statement once. */
static bool
await_result(struct conn *c, struct error *err)
{
	int64_t until = c->patience_ms == 0 ? 0 : time_now_ms() + c->patience_ms;
	bool signals = c->patience_ms == 0;

	for (;;) {
		int events, ready;

		if (!conn_push(c, &events, err))
			return false;
		if (!PQisBusy(c->pg))
			return true;
		ready = wait_socket(PQsocket(c->pg), events, until, signals);
		if (ready < 0) {
			conn_cancel(c);
			signals = false;
			until = time_now_ms() + ANSWER_AFTER_CANCEL_MS;
		} else if (ready == 0) {
			return error_set(err, ERR_CONNECT, "no answer from the server");
		} else if (!conn_pull(c, err)) {
			return false;
		}
	}
}

static bool
is_answer(const PGresult *result)
{
	ExecStatusType status = PQresultStatus(result);

	return status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK;
}

bool
conn_query(struct arena *a, struct conn *c, const char *sql, int parameter_count,
    const char *const *parameters, struct rows *out, struct error *err)
{
	bool ok = true;

	if (c->pg == NULL)
		return error_set(err, ERR_CONNECT, "the connection is closed");
	if (!PQsendQueryParams(c->pg, sql, parameter_count, NULL, parameters, NULL, NULL, 0))
		return lost(c, err);
	for (;;) {
		PGresult *result;

		if (!await_result(c, err))
			return false;
		result = PQgetResult(c->pg);
		if (result == NULL)
			break;
		arena_defer(a, release_result, result);
		if (!is_answer(result) && ok) { /* the first error is the true one */
			fill_error(c, result, err);
			ok = false;
		} else if (out != NULL) {
			*out = (struct rows){ (size_t)PQntuples(result), (size_t)PQnfields(result),
				result };
		}
	}
	if (!ok && c->patience_ms == 0 && interrupt_signal() != 0 &&
	    strcmp(err->sqlstate, "57014") == 0)
		return interrupted(err);
	return ok;
}

/* --- the two lanes --- */

bool
conn_pipeline_start(struct conn *c, struct error *err)
{
	return PQenterPipelineMode(c->pg) ? true : lost(c, err);
}

bool
conn_pipeline_end(struct conn *c, struct error *err)
{
	return PQexitPipelineMode(c->pg) ? true : lost(c, err);
}

bool
conn_send(struct conn *c, const char *sql, int parameter_count, const char *const *parameters,
    bool flush, struct error *err)
{
	if (!PQsendQueryParams(c->pg, sql, parameter_count, NULL, parameters, NULL, NULL, 0) ||
	    (flush && !PQsendFlushRequest(c->pg)))
		return lost(c, err);
	if (c->queued++ == 0)
		(void)PQsetSingleRowMode(c->pg); /* only the memory differs */
	return true;
}

bool
conn_send_sync(struct conn *c, struct error *err)
{
	if (!PQpipelineSync(c->pg))
		return lost(c, err);
	c->queued++;
	return true;
}

bool
conn_send_plain(struct conn *c, const char *sql, struct error *err)
{
	if (!PQsendQuery(c->pg, sql))
		return lost(c, err);
	c->queued = 1;
	c->answered = false;
	(void)PQsetSingleRowMode(c->pg);
	return true;
}

bool
conn_push(struct conn *c, int *events, struct error *err)
{
	int left = PQflush(c->pg);

	/* The server may have said why it left: that is still to be read. */
	if (left < 0 && (!PQconsumeInput(c->pg) || PQisBusy(c->pg)))
		return lost(c, err);
	*events = left > 0 ? CONN_READ | CONN_WRITE : CONN_READ;
	return true;
}

bool
conn_pull(struct conn *c, struct error *err)
{
	/* A FATAL message may have come together with the end of the connection. */
	if (!PQconsumeInput(c->pg) && PQisBusy(c->pg))
		return lost(c, err);
	return true;
}

static void
take_failure(struct conn *c, const PGresult *result, struct conn_result *out, struct error *err)
{
	const char *position = PQresultErrorField(result, PG_DIAG_STATEMENT_POSITION);
	const char *column = PQresultErrorField(result, PG_DIAG_COLUMN_NAME);

	fill_error(c, result, err);
	out->outcome = err->code == ERR_CONNECT ? OUTCOME_LOST : OUTCOME_FAILED;
	out->position = position == NULL ? 0 : strtoll(position, NULL, 10);
	snprintf(out->column, sizeof(out->column), "%s", column == NULL ? "" : column);
}

/* The statement at the head is over (a Sync has no NULL behind it): the next one is current. */
static void
take_next(struct conn *c)
{
	c->queued--;
	c->answered = false;
	(void)PQsetSingleRowMode(c->pg);
}

static void
take_result(struct conn *c, PGresult *result, struct conn_result *out, struct error *err)
{
	switch (PQresultStatus(result)) {
	case PGRES_SINGLE_TUPLE:
		PQclear(c->row);
		c->row = result;
		out->outcome = OUTCOME_ROW;
		return;
	case PGRES_PIPELINE_SYNC:
		out->outcome = OUTCOME_SYNC;
		take_next(c);
		break;
	case PGRES_COPY_IN:
		out->outcome = OUTCOME_COPY_IN;
		break;
	case PGRES_COPY_OUT:
		out->outcome = OUTCOME_COPY_OUT;
		break;
	case PGRES_PIPELINE_ABORTED:
		out->outcome = OUTCOME_ABORTED;
		c->answered = true;
		break;
	case PGRES_COMMAND_OK:
	case PGRES_TUPLES_OK:
	case PGRES_EMPTY_QUERY:
		out->outcome = OUTCOME_OK;
		snprintf(out->tag, sizeof(out->tag), "%s", PQcmdStatus(result));
		c->answered = true;
		break;
	default:
		take_failure(c, result, out, err);
		c->answered = true;
		break;
	}
	PQclear(result);
}

/*
 * Outside a pipeline nothing may be sent before the NULL behind the outcome was taken, so the
 * outcome is kept back until then.
 */
static bool
hold(struct conn *c, const struct conn_result *result, const struct error *err)
{
	if (!c->answered || PQpipelineStatus(c->pg) != PQ_PIPELINE_OFF)
		return false;
	if (result->outcome == OUTCOME_LOST)
		return false;
	if (c->held.outcome != OUTCOME_FAILED) { /* the first error is the true one */
		c->held = *result;
		error_copy(c->held_error, err);
	}
	return true;
}

static bool
give_held(struct conn *c, struct conn_result *out, struct error *err)
{
	if (PQpipelineStatus(c->pg) != PQ_PIPELINE_OFF)
		return false;
	*out = c->held;
	c->held = (struct conn_result){ 0 };
	if (out->outcome == OUTCOME_FAILED)
		error_copy(err, c->held_error);
	return true;
}

void
conn_result(struct conn *c, struct conn_result *out, struct error *err)
{
	for (;;) {
		PGresult *result;

		*out = (struct conn_result){ .outcome = OUTCOME_NONE };
		if (c->queued == 0)
			return;
		out->outcome = OUTCOME_PENDING;
		if (PQisBusy(c->pg))
			return;
		result = PQgetResult(c->pg);
		if (result != NULL) {
			take_result(c, result, out, err);
			if (hold(c, out, err))
				continue;
			return;
		}
		if (!c->answered) { /* nothing came and nothing will */
			lost(c, err);
			out->outcome = OUTCOME_LOST;
			return;
		}
		take_next(c);
		if (give_held(c, out, err))
			return;
	}
}

const char *
conn_row_text(struct arena *a, struct conn *c)
{
	struct arena_text *text = arena_text_new(a);
	int fields = PQnfields(c->row);

	for (int i = 0; i < fields; i++)
		fprintf(text->out, "%s%s", i > 0 ? " | " : "", PQgetvalue(c->row, 0, i));
	return arena_text_end(text);
}

/* Both only put bytes into libpq's buffer, which grows as it must: 0 is no memory left. */
bool
conn_copy_put(struct conn *c, const char *data, size_t length, struct error *err)
{
	return PQputCopyData(c->pg, data, (int)length) > 0 ? true : lost(c, err);
}

bool
conn_copy_end(struct conn *c, const char *reason, struct error *err)
{
	return PQputCopyEnd(c->pg, reason) > 0 ? true : lost(c, err);
}

bool
conn_copy_drain(struct conn *c, size_t *bytes, bool *end, struct error *err)
{
	for (;;) {
		char *data;
		int length = PQgetCopyData(c->pg, &data, 1);

		*end = length == -1;
		if (length == -2)
			return lost(c, err);
		if (length <= 0)
			return true;
		*bytes += (size_t)length;
		PQfreemem(data);
	}
}

/*
 * PQcancel blocks, with no time limit of its own, so a child does it.  The child must not touch
 * the connection in any other way: it shares the socket.
 */
void
conn_cancel(struct conn *c)
{
	PGcancel *cancel = c->pg == NULL ? NULL : PQgetCancel(c->pg);
	int64_t until = time_now_ms() + CANCEL_WAIT_MS;
	char text[256];
	pid_t child;

	if (cancel == NULL)
		return;
	child = fork();
	if (child == 0) {
		interrupt_last_words(NULL); /* a second signal reaches it too, and one says them */
		signal(SIGALRM, SIG_DFL);
		alarm(CANCEL_WAIT_MS / 1000);
		_exit(PQcancel(cancel, text, sizeof(text)) ? 0 : 1);
	}
	PQfreeCancel(cancel);
	while (child > 0 && waitpid(child, NULL, WNOHANG) == 0) {
		if (time_now_ms() > until) {
			kill(child, SIGKILL);
			(void)waitpid(child, NULL, 0); /* it is gone */
			return;
		}
		poll(NULL, 0, 5);
	}
}
