/* SPDX-License-Identifier: MIT */
#ifndef DB_CONN_H
#define DB_CONN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/*
 * A connection to PostgreSQL: the only place that knows libpq.  Whatever waits here also waits for
 * a signal (base/interrupt.h).  The connection and all results belong to the arena given.
 */
struct conn;

/* Why poll: bits. */
enum { CONN_READ = 1, CONN_WRITE = 2 };

struct conn_options {
	const char **keywords, **values; /* ended by NULL; see config_connection */
	const char *application_name; /* or NULL */
	int64_t timeout_ms; /* for each address of each host; 0: none */
	bool writing; /* any of several hosts will not do */
	bool timeout_is_default; /* "connect_timeout" of the url or of libpq's own goes before it */
	/* Notices of the server, as they come; fields may be NULL. */
	void (*notice)(void *context, const char *severity, const char *sqlstate,
	    const char *message, const char *detail, const char *hint);
	void *context;
};

/*
 * One attempt on every address of every host.  ERR_CONNECT (sqlstate where there is one; may_pass),
 * ERR_USAGE or ERR_INTERRUPTED.
 */
MUST_CHECK bool conn_open(
    struct arena *a, const struct conn_options *options, struct conn **out, struct error *err);
/* Ends it now instead of with its arena; later calls fail. */
void conn_close(struct conn *c);

int conn_server_version(const struct conn *c); /* 150018 */
int conn_backend_pid(const struct conn *c); /* as the protocol told it */
const char *conn_host(const struct conn *c);
const char *conn_port(const struct conn *c);
const char *conn_database(const struct conn *c);
const char *conn_user(const struct conn *c);
/* A parameter that the server reports ("standard_conforming_strings"), or NULL. */
const char *conn_parameter(const struct conn *c, const char *name);
bool conn_alive(const struct conn *c);
/* Is a transaction block open, failed or not? */
bool conn_in_transaction(const struct conn *c);
int conn_socket(const struct conn *c);

/* libpq's own version, such as 150018. */
int conn_library_version(void);
/*
 * From now on each conn_query ends after that many milliseconds and no longer looks at signals: for
 * cleaning up behind one.  0 takes it back.
 */
void conn_patience(struct conn *c, int64_t ms);
/*
 * From now on each conn_query ends after that many milliseconds, or with a signal: then the
 * connection is closed.  For what can be done without.
 */
void conn_limit(struct conn *c, int64_t ms);

/* An identifier, quoted by libpq for this connection. */
const char *conn_identifier(struct arena *a, struct conn *c, const char *name);
/* Texts as the literal of an array, for a parameter of type text[] or oid[]. */
const char *conn_array(struct arena *a, const char *const *texts, size_t count);
/* A query of src/query with its identifiers put in: pairs of name and value, ended by NULL. */
const char *
conn_query_text(struct arena *a, struct conn *c, const char *query, ...) __attribute__((sentinel));
/* The same with pieces of SQL as they are, which stand in it as :name; also ended by NULL. */
const char *conn_query_pieces(struct arena *a, const char *query, const char *const *pieces);

/* A statement and its parameters, ready to be sent. */
enum { CONN_PARAMETERS_MAX = 18 };
struct conn_sql {
	const char *sql;
	int count;
	const char *parameters[CONN_PARAMETERS_MAX];
};
/* Its text with the parameters as literals, for people and for psql. */
const char *conn_sql_text(struct arena *a, struct conn *c, const struct conn_sql *sql);

/* Rows of an answer.  NULL is SQL's NULL. */
struct rows {
	size_t count, columns;
	void *result;
};
const char *rows_value(const struct rows *rows, size_t row, size_t column);
int64_t rows_integer(const struct rows *rows, size_t row, size_t column);
bool rows_true(const struct rows *rows, size_t row, size_t column);
/* "" for NULL, and for what a server that is none has left out. */
const char *rows_text(const struct rows *rows, size_t row, size_t column);

/*
 * One statement, waited for, outside a pipeline; parameters are text or NULL.  On an error of the
 * server: ERR_SQL with sqlstate, message, detail, hint, context; ERR_CONNECT when the connection
 * is gone; ERR_INTERRUPTED after a signal (the statement was cancelled; or there was no answer to
 * that either, and the connection is closed).
 */
MUST_CHECK bool conn_query(struct arena *a, struct conn *c, const char *sql, int parameter_count,
    const char *const *parameters, struct rows *out, struct error *err);
/*
 * What a conn_query does while it waits for its answer, piece by piece, as long as there is work
 * left (true); NULL: nothing.
 */
void conn_meanwhile(struct conn *c, bool (*work)(void *context), void *context);
/*
 * The session on the server is ours for one transaction at a time only, and nothing may be left in
 * it: from now on conn_begin says this statement behind each BEGIN, and a conn_query outside of a
 * transaction gets one of its own.  The statement must live as long as the connection.
 */
void conn_borrow(struct conn *c, const struct conn_sql *first);
/* Begins a transaction: "BEGIN" with any modes. */
MUST_CHECK bool conn_begin(struct arena *a, struct conn *c, const char *begin, struct error *err);

/* --- the two lanes: only run.c calls what follows --- */

enum conn_outcome {
	OUTCOME_OK, /* a command ended well: tag */
	OUTCOME_ROW, /* a row of an answer: look, then go on */
	OUTCOME_FAILED, /* error is filled */
	OUTCOME_ABORTED, /* in a pipeline: skipped behind a failure */
	OUTCOME_SYNC, /* a Sync was reached */
	OUTCOME_COPY_IN,
	OUTCOME_COPY_OUT,
	OUTCOME_PENDING, /* nothing to read yet: wait for the socket */
	OUTCOME_NONE, /* plain lane: the statement is over */
	OUTCOME_LOST /* the connection is gone; error is filled */
};

struct conn_result {
	enum conn_outcome outcome;
	char tag[64];
	int64_t position; /* of the error in the statement, in characters from 1; 0: none */
	char column[64]; /* PG_DIAG_COLUMN_NAME of the error, for the fence */
};

MUST_CHECK bool conn_pipeline_start(struct conn *c, struct error *err);
MUST_CHECK bool conn_pipeline_end(struct conn *c, struct error *err);
/* Queues one statement; flush asks the server to answer without waiting for a Sync. */
MUST_CHECK bool conn_send(struct conn *c, const char *sql, int parameter_count,
    const char *const *parameters, bool flush, struct error *err);
MUST_CHECK bool conn_send_sync(struct conn *c, struct error *err);
/* Plain lane: one simple Query. */
MUST_CHECK bool conn_send_plain(struct conn *c, const char *sql, struct error *err);
/* Pushes queued bytes; *events gets what to poll for (CONN_READ, CONN_WRITE). */
MUST_CHECK bool conn_push(struct conn *c, int *events, struct error *err);
/* Takes what has come on the socket; false: the connection is gone. */
MUST_CHECK bool conn_pull(struct conn *c, struct error *err);
/* The next result that is already there. */
void conn_result(struct conn *c, struct conn_result *out, struct error *err);
/* The columns of an OUTCOME_ROW as text, for --verbose. */
const char *conn_row_text(struct arena *a, struct conn *c);
/* The same one by one; NULL is SQL's NULL. */
const char **conn_row_values(struct arena *a, struct conn *c);

/* Queues data: push before the next, or all of it piles up in memory. */
MUST_CHECK bool conn_copy_put(struct conn *c, const char *data, size_t length, struct error *err);
/* Ends COPY IN; with a reason the server gives up the copy with that message. */
MUST_CHECK bool conn_copy_end(struct conn *c, const char *reason, struct error *err);
/* Takes and counts what COPY TO STDOUT sends, as far as it has come; *end: that was all. */
MUST_CHECK bool conn_copy_drain(struct conn *c, size_t *bytes, bool *end, struct error *err);

/* Asks the server to cancel what runs; never blocks longer than two seconds. */
void conn_cancel(struct conn *c);

#endif
