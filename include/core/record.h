/* SPDX-License-Identifier: MIT */
#ifndef CORE_RECORD_H
#define CORE_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "core/session.h"

/*
 * The rows that a run writes into the history and the journal, as statements with parameters.
 * Whoever sends them does so behind SET LOCAL search_path = pg_catalog.
 */
struct record_writer {
	struct session *session;
	char run_id[37]; /* a UUID: tells our transaction from every other one */
	const char *run_setting; /* SET LOCAL migrate.run = ... */
	const char *installed_by;
	/* The queries, with their names put in. */
	const char *insert, *delete, *update, *succeed, *journal, *is_done;
	const char *fence_rank, *signature; /* when the session is pooled */
	const char *open, *statement, *close, *stale, *mark; /* of a file without a transaction */
	char host[256], pid[16], lock_key[24];
};

/* Made when the history's names are known. */
void record_writer_init(struct record_writer *w, struct arena *a, struct session *s);

/* The statement of one record; timed: the row counts the time since its transaction's begin. */
void record_sql(struct arena *a, const struct record_writer *w, const struct record *record,
    bool timed, struct conn_sql *out);
/* RECORD_SUCCEED of a file without a transaction, with how long it took. */
void record_sql_succeed(
    struct arena *a, const struct record_writer *w, int rank, int64_t ms, struct conn_sql *out);
/* The server's primary message, without secrets and not too long; never its DETAIL. */
const char *record_error(struct arena *a, const struct error *failure);
/* A number as a parameter. */
const char *record_integer(struct arena *a, int64_t value);

/* A journal row about a file: how an attempt ended. */
struct journal_entry {
	const struct script *script;
	const char *type;
	const char *state; /* done, failed, unknown */
	int attempt;
	int64_t lock_wait_ms;
	int64_t elapsed_ms; /* -1: since the transaction's begin */
	const struct error *failure; /* or NULL */
};
void record_sql_journal(struct arena *a, const struct record_writer *w,
    const struct journal_entry *entry, struct conn_sql *out);

/*
 * What stands at the head of a transaction whose session is pooled: takes the run lock, and looks
 * that the history still ends before rank.  Fails with 22P02.
 */
enum { RECORD_FENCES = 2 };
void record_sql_fence(
    struct arena *a, const struct record_writer *w, int rank, struct conn_sql out[RECORD_FENCES]);
/*
 * The connection was lost, and nobody who knows has said why: what was under way may have been
 * carried out.  Class 08 is what poolers say of a server that they have lost.
 */
bool record_is_untold(const struct error *err);

/* Did a record fail because another run has the lock or took the rank? */
bool record_is_fence(const struct error *err);
/*
 * Did the transaction of a file commit?  To be asked under the run lock, when the answer to COMMIT
 * was lost: never pg_xact_status, which may lie behind a crash.
 */
MUST_CHECK bool record_is_done(struct arena *a, struct record_writer *w,
    const struct script *script, bool *done, struct error *err);
/* The same of records that were written alone: the history tells, row by row. */
MUST_CHECK bool record_are_written(struct arena *a, struct record_writer *w,
    const struct record *records, size_t count, bool *done, struct error *err);
/* Sends statements in one transaction of their own, under the fence. */
MUST_CHECK bool record_send(struct arena *a, struct record_writer *w, const struct conn_sql *list,
    size_t count, struct error *err);
/* Asks something of the history or the journal, as whoever may read them. */
MUST_CHECK bool record_ask(struct arena *a, struct record_writer *w, const struct conn_sql *sql,
    struct rows *rows, struct error *err);
/* Sends one in a transaction of its own, whoever has the run lock: a remark, that nothing depends on. */
MUST_CHECK bool record_note(
    struct arena *a, struct record_writer *w, const struct conn_sql *sql, struct error *err);
/*
 * Writes the records of a step in one transaction of its own, under the fence.  The journal is told
 * of a file without a transaction that is marked by hand.
 */
MUST_CHECK bool record_write(struct arena *a, struct record_writer *w, const struct record *records,
    size_t count, struct error *err);

#endif
