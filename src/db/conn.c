/* SPDX-License-Identifier: MIT */
#include "db/conn.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/interrupt.h"
#include "base/time.h"
#include "db/connect.h"
#include "db/socket.h"

enum {
	CANCEL_WAIT_MS = 2000,
	ANSWER_AFTER_CANCEL_MS = 3000,
	ROLLBACK_MS = 3000,
	TEXT_MAX = 65536 /* of the server's words */
};

struct conn {
	struct arena *arena;
	PGconn *pg;
	struct conn_options options;
	PGresult *row; /* the row that conn_row_text shows */
	size_t queued; /* statements and Syncs whose results are to come */
	bool answered; /* the current statement's outcome was given, its NULL is to come */
	struct conn_result held; /* outside a pipeline the outcome waits for its NULL */
	struct error *held_error;
	int64_t limit_ms; /* of a conn_query; 0: none */
	bool deaf; /* to signals: see conn_patience */
	struct error *last_words; /* the server has ended the session while it was idle */
	const struct conn_sql *first; /* see conn_borrow */
	bool (*work)(void *context); /* see conn_meanwhile */
	void *work_context;
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

static void receive_notice(void *context, const PGresult *result);

bool
conn_open(struct arena *a, const struct conn_options *options, struct conn **out, struct error *err)
{
	struct conn *c = arena_alloc(a, sizeof(*c));

	c->arena = a;
	c->options = *options;
	c->held_error = error_new(a);
	c->last_words = error_new(a);
	arena_defer(a, release_conn, c);
	c->pg = connect_server(a, &c->options, err);
	if (c->pg == NULL)
		return false;
	PQsetnonblocking(c->pg, 1);
	PQsetNoticeReceiver(c->pg, receive_notice, c);
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
	c->limit_ms = ms;
	c->deaf = ms != 0;
}

void
conn_limit(struct conn *c, int64_t ms)
{
	c->limit_ms = ms;
}

/* --- text of queries --- */

static const char *
quoted(struct arena *a, char *text)
{
	const char *copy;

	if (text == NULL)
		arena_exhausted();
	copy = arena_strdup(a, text);
	PQfreemem(text);
	return copy;
}

/* libpq refuses what is not UTF-8, and has nothing to say when the connection is closed. */
static const char *
quoted_by_hand(struct arena *a, const char *name)
{
	struct arena_text *text = arena_text_new(a);

	fputc('"', text->out);
	for (; *name != '\0'; name++)
		fprintf(text->out, "%s%c", *name == '"' ? "\"" : "", *name);
	fputc('"', text->out);
	return arena_text_end(text);
}

/* Never nothing: a statement without the name may be a valid one, and another. */
const char *
conn_identifier(struct arena *a, struct conn *c, const char *name)
{
	char *text = PQescapeIdentifier(c->pg, name, strlen(name));

	return text == NULL ? quoted_by_hand(a, name) : quoted(a, text);
}

static const char *
literal(struct arena *a, struct conn *c, const char *value)
{
	return quoted(a, PQescapeLiteral(c->pg, value, strlen(value)));
}

/* An element of an array literal: in quotes, with quotes and backslashes escaped. */
static void
put_element(FILE *out, const char *text)
{
	fputc('"', out);
	for (; *text != '\0'; text++) {
		if (*text == '"' || *text == '\\')
			fputc('\\', out);
		fputc(*text, out);
	}
	fputc('"', out);
}

const char *
conn_array(struct arena *a, const char *const *texts, size_t count)
{
	struct arena_text *array = arena_text_new(a);

	for (size_t i = 0; i < count; i++) {
		fputc(i == 0 ? '{' : ',', array->out);
		put_element(array->out, texts[i]);
	}
	fputs(count == 0 ? "{}" : "}", array->out);
	return arena_text_end(array);
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

static const char *
find_piece(const char *const *pieces, const char *name, size_t length)
{
	for (size_t i = 0; length > 0 && pieces[i] != NULL; i += 2)
		if (strncmp(pieces[i], name, length) == 0 && pieces[i][length] == '\0')
			return pieces[i + 1];
	return NULL;
}

/* In one pass: what is put in may have colons of its own. */
const char *
conn_query_pieces(struct arena *a, const char *query, const char *const *pieces)
{
	static const char name[] = "abcdefghijklmnopqrstuvwxyz";
	struct arena_text *text = arena_text_new(a);

	while (*query != '\0') {
		size_t colons, length;
		const char *piece;

		length = strcspn(query, ":");
		fwrite(query, 1, length, text->out);
		query += length;
		colons = strspn(query, ":");
		length = strspn(query + colons, name);
		piece = colons == 1 ? find_piece(pieces, query + 1, length) : NULL;
		if (piece != NULL)
			fputs(piece, text->out);
		else
			fwrite(query, 1, colons + length, text->out);
		query += colons + length;
	}
	return arena_text_end(text);
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

/* A server may say as much as it likes; nobody reads more than this of it. */
static const char *
clip(struct arena *a, const char *text)
{
	size_t length = strlen(text);

	if (length <= TEXT_MAX)
		return arena_strdup(a, text);
	length = TEXT_MAX;
	while (length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80)
		length--;
	return arena_printf(a, "%.*s ...", (int)length, text);
}

static const char *
field(struct arena *a, const PGresult *result, int code)
{
	const char *value = PQresultErrorField(result, code);

	return value == NULL ? NULL : clip(a, value);
}

/* A connection that breaks gives a result without a SQLSTATE, or none at all. */
static void
fill_error(struct conn *c, const PGresult *result, struct error *err)
{
	const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	const char *severity = PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);
	bool fatal = severity != NULL && strcmp(severity, "ERROR") != 0;
	const char *message;

	if (sqlstate == NULL && c->last_words->code != ERR_NONE) {
		error_copy(err, c->last_words);
		return;
	}
	if (sqlstate == NULL) {
		const char *text =
		    result == NULL ? PQerrorMessage(c->pg) : PQresultErrorMessage(result);

		if (text[0] == '\0') /* a call failed and the connection did not */
			text = "libpq failed without a reason";
		/* What libpq says behind the first line are guesses at the reason. */
		error_set(err, ERR_CONNECT, "%.*s", (int)strcspn(text, "\n"), text);
		return;
	}
	message = field(err->arena, result, PG_DIAG_MESSAGE_PRIMARY);
	error_set(err, fatal ? ERR_CONNECT : ERR_SQL, "%s",
	    message == NULL ? "the server gave no reason" : message);
	memcpy(err->sqlstate, sqlstate, 5);
	err->detail = field(err->arena, result, PG_DIAG_MESSAGE_DETAIL);
	err->hint = field(err->arena, result, PG_DIAG_MESSAGE_HINT);
	err->context = field(err->arena, result, PG_DIAG_CONTEXT);
}

/*
 * A session that is ended while it asks nothing: libpq gives the reason as a notice, and whatever
 * is asked from then on fails without one.
 */
static void
receive_notice(void *context, const PGresult *result)
{
	struct conn *c = context;
	const char *severity = PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);

	if (severity != NULL && strcmp(severity, "FATAL") == 0)
		fill_error(c, result, c->last_words);
	else
		connect_notice(&c->options, result);
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
	/* libpq would complain of a place that is not there. */
	if (row >= rows->count || column >= rows->columns ||
	    PQgetisnull(rows->result, (int)row, (int)column))
		return NULL;
	return PQgetvalue(rows->result, (int)row, (int)column);
}

int64_t
rows_integer(const struct rows *rows, size_t row, size_t column)
{
	const char *value = rows_value(rows, row, column);

	return value == NULL ? 0 : strtoll(value, NULL, 10);
}

const char *
rows_text(const struct rows *rows, size_t row, size_t column)
{
	const char *value = rows_value(rows, row, column);

	return value == NULL ? "" : value;
}

bool
rows_true(const struct rows *rows, size_t row, size_t column)
{
	return strcmp(rows_text(rows, row, column), "t") == 0;
}

/* --- one statement, waited for --- */

/* What is still on its way would be taken for the answer to the next question. */
static bool
no_answer(struct conn *c, struct error *err)
{
	conn_close(c);
	if (!c->deaf && interrupt_signal() != 0) {
		(void)socket_interrupted(err);
		err->detail = "The server does not answer.";
		return false;
	}
	return error_set(err, ERR_CONNECT, "no answer from the server");
}

void
conn_meanwhile(struct conn *c, bool (*work)(void *context), void *context)
{
	c->work = work;
	c->work_context = context;
}

/* Pushes and pulls until the next result is there; a signal cancels the statement once. */
static bool
await_result(struct conn *c, struct error *err)
{
	int64_t until = c->limit_ms == 0 ? 0 : time_now_ms() + c->limit_ms;
	bool signals = !c->deaf;

	for (;;) {
		int events, ready;

		if (!conn_push(c, &events, err))
			return false;
		if (!PQisBusy(c->pg))
			return true;
		if (c->work != NULL && !socket_ready(PQsocket(c->pg), events)) {
			if (!c->work(c->work_context))
				c->work = NULL;
			continue;
		}
		ready = socket_wait(PQsocket(c->pg), events, until, signals);
		if (ready == 0 || (ready < 0 && c->limit_ms != 0)) {
			return no_answer(c, err);
		} else if (ready < 0) {
			conn_cancel(c);
			signals = false;
			until = time_now_ms() + ANSWER_AFTER_CANCEL_MS;
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

/* Of our own statements none copies, and libpq would say so again for ever. */
static bool
is_copy(const PGresult *result)
{
	ExecStatusType status = PQresultStatus(result);

	return status == PGRES_COPY_IN || status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH;
}

static bool
lose(struct conn *c, struct error *err)
{
	conn_close(c);
	return error_set(err, ERR_CONNECT, "the server wants to copy and was not asked to");
}

static bool
query(struct arena *a, struct conn *c, const char *sql, int parameter_count,
    const char *const *parameters, struct rows *out, struct error *err)
{
	bool ok = true;

	if (out != NULL)
		*out = (struct rows){ 0 };
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
		if (is_copy(result))
			return lose(c, err);
		if (!is_answer(result) && ok) { /* the first error is the true one */
			fill_error(c, result, err);
			ok = false;
		} else if (out != NULL) {
			*out = (struct rows){ (size_t)PQntuples(result), (size_t)PQnfields(result),
				result };
		}
	}
	if (!ok && !c->deaf && interrupt_signal() != 0 && strcmp(err->sqlstate, "57014") == 0)
		return socket_interrupted(err);
	return ok;
}

void
conn_borrow(struct conn *c, const struct conn_sql *first)
{
	c->first = first;
}

bool
conn_begin(struct arena *a, struct conn *c, const char *begin, struct error *err)
{
	const struct conn_sql *first = c->first;

	return query(a, c, begin, 0, NULL, NULL, err) &&
	    (first == NULL || query(a, c, first->sql, first->count, first->parameters, NULL, err));
}

/* The first error is the one to tell; what cannot be rolled back ends with the connection. */
static void
roll_back(struct arena *a, struct conn *c)
{
	struct error *ignored = error_new(a);
	int64_t limit = c->limit_ms;
	bool deaf = c->deaf;

	if (!conn_alive(c) || !conn_in_transaction(c))
		return;
	conn_patience(c, ROLLBACK_MS);
	if (!query(a, c, "ROLLBACK", 0, NULL, NULL, ignored))
		conn_close(c);
	c->limit_ms = limit;
	c->deaf = deaf;
}

bool
conn_query(struct arena *a, struct conn *c, const char *sql, int parameter_count,
    const char *const *parameters, struct rows *out, struct error *err)
{
	bool ok;

	if (c->first == NULL || conn_in_transaction(c))
		return query(a, c, sql, parameter_count, parameters, out, err);
	ok = conn_begin(a, c, "BEGIN", err) &&
	    query(a, c, sql, parameter_count, parameters, out, err);
	if (ok)
		return query(a, c, "COMMIT", 0, NULL, NULL, err);
	roll_back(a, c);
	return false;
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

/* A copy that nobody can have asked for: libpq would give this result again for ever. */
static bool
is_stray(const struct conn *c, const PGresult *result)
{
	return PQresultStatus(result) == PGRES_COPY_BOTH || (is_copy(result) && c->answered);
}

static void
take_result(struct conn *c, PGresult *result, struct conn_result *out, struct error *err)
{
	if (is_stray(c, result)) {
		PQclear(result);
		out->outcome = OUTCOME_LOST;
		(void)lose(c, err);
		return;
	}
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

const char **
conn_row_values(struct arena *a, struct conn *c)
{
	size_t fields = (size_t)PQnfields(c->row);
	const char **values = arena_alloc(a, (fields + 1) * sizeof(*values));

	for (size_t i = 0; i < fields; i++)
		if (!PQgetisnull(c->row, 0, (int)i))
			values[i] = arena_strdup(a, PQgetvalue(c->row, 0, (int)i));
	return values;
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
