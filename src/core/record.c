/* SPDX-License-Identifier: MIT */
#include "core/record.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "base/mask.h"
#include "base/time.h"
#include "query.h"

enum { ERROR_BYTES = 1024 };

static void
make_run_id(char out[37])
{
	unsigned char bytes[16];

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (unsigned char)time_random(0, 255);
	bytes[6] = (unsigned char)((bytes[6] & 0x0f) | 0x40); /* RFC 9562: version 4 */
	bytes[8] = (unsigned char)((bytes[8] & 0x3f) | 0x80);
	for (size_t i = 0, at = 0; i < sizeof(bytes); i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			out[at++] = '-';
		at += (size_t)snprintf(out + at, 37 - at, "%02x", bytes[i]);
	}
}

void
record_writer_init(struct record_writer *w, struct arena *a, struct session *s)
{
	const struct history *h = &s->history;
	const struct {
		const char **text, *query;
	} texts[] = {
		{ &w->insert, query_record_insert },
		{ &w->delete, query_record_delete },
		{ &w->update, query_record_update },
		{ &w->succeed, query_record_succeed },
		{ &w->journal, query_record_journal },
		{ &w->is_done, query_record_is_done },
		{ &w->fence_rank, query_record_fence_rank },
		{ &w->signature, query_record_signature },
		{ &w->open, query_journal_open },
		{ &w->statement, query_journal_statement },
		{ &w->close, query_journal_close },
		{ &w->stale, query_journal_stale },
		{ &w->mark, query_journal_mark },
	};

	*w = (struct record_writer){ .session = s };
	make_run_id(w->run_id);
	w->run_setting = arena_printf(a, "SET LOCAL migrate.run = '%s'", w->run_id);
	w->installed_by =
	    s->config->installed_by != NULL ? s->config->installed_by : s->environment.user;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		*texts[i].text = conn_query_text(a, s->conn, texts[i].query, "schema", h->schema,
		    "table", h->table, "journal", h->journal, (const char *)NULL);
	if (gethostname(w->host, sizeof(w->host)) != 0)
		w->host[0] = '\0';
	w->host[sizeof(w->host) - 1] = '\0';
	snprintf(w->pid, sizeof(w->pid), "%ld", (long)getpid());
	snprintf(w->lock_key, sizeof(w->lock_key), "%" PRId64, h->lock_key);
}

const char *
record_integer(struct arena *a, int64_t value)
{
	return arena_printf(a, "%" PRId64, value);
}

static const char *
checksum(struct arena *a, const struct record *r)
{
	return r->has_checksum ? record_integer(a, r->checksum) : NULL;
}

void
record_sql_succeed(
    struct arena *a, const struct record_writer *w, int rank, int64_t ms, struct conn_sql *out)
{
	*out =
	    (struct conn_sql){ w->succeed, 2, { record_integer(a, rank), record_integer(a, ms) } };
}

/* A person has decided about a file that was half done. */
static void
sql_mark(const struct record_writer *w, const struct record *r, struct conn_sql *out)
{
	bool applied = r->kind == RECORD_SUCCEED || r->kind == RECORD_INSERT;

	*out = (struct conn_sql){ w->mark, 3,
		{ r->script, applied ? "done" : "failed",
		    applied ? "marked as applied by hand" : "marked as not applied by hand" } };
}

static bool
is_decision(const struct record *r)
{
	return r->kind == RECORD_SUCCEED || r->kind == RECORD_DELETE ||
	    (r->kind == RECORD_INSERT && strcmp(r->type, "DELETE") != 0);
}

void
record_sql(struct arena *a, const struct record_writer *w, const struct record *r, bool timed,
    struct conn_sql *out)
{
	const char *rank = record_integer(a, r->rank);

	switch (r->kind) {
	case RECORD_INSERT:
		*out = (struct conn_sql){ w->insert, 11,
			{ rank, r->version, r->description, r->type, r->script, checksum(a, r),
			    w->installed_by, w->lock_key, w->run_id, timed ? "true" : "false",
			    r->success ? "true" : "false" } };
		break;
	case RECORD_DELETE:
		*out = (struct conn_sql){ w->delete, 1, { rank } };
		break;
	case RECORD_UPDATE:
		*out = (struct conn_sql){ w->update, 4,
			{ rank, r->description, r->type, checksum(a, r) } };
		break;
	case RECORD_SUCCEED:
		record_sql_succeed(a, w, r->rank, 0, out);
		break;
	case RECORD_FORGET:
		sql_mark(w, r, out);
		break;
	}
}

const char *
record_error(struct arena *a, const struct error *failure)
{
	const char *text = mask_escape(a, mask_text(a, failure->message), 0);
	size_t length = strlen(text);

	if (length > ERROR_BYTES) {
		length = ERROR_BYTES;
		while (length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80)
			length--;
	}
	return arena_strndup(a, text, length);
}

void
record_sql_journal(struct arena *a, const struct record_writer *w, const struct journal_entry *e,
    struct conn_sql *out)
{
	const char *sqlstate = NULL, *error = NULL;

	if (e->failure != NULL) {
		sqlstate = e->failure->sqlstate[0] == '\0' ? NULL : e->failure->sqlstate;
		error = record_error(a, e->failure);
	}
	*out = (struct conn_sql){ w->journal, 16,
		{ w->run_id, e->script->script, e->script->version, e->type,
		    record_integer(a, e->script->statement_total),
		    record_integer(a, (int32_t)e->script->body_hash), e->state,
		    record_integer(a, e->attempt), sqlstate, error, w->installed_by, w->host,
		    w->pid, e->elapsed_ms < 0 ? NULL : record_integer(a, e->elapsed_ms),
		    MIGRATE_VERSION, record_integer(a, e->lock_wait_ms) } };
}

/* --- a transaction of records alone --- */

enum { ROLLBACK_MS = 3000 };

void
record_sql_fence(
    struct arena *a, const struct record_writer *w, int rank, struct conn_sql out[RECORD_FENCES])
{
	out[0] = (struct conn_sql){ query_record_fence_lock, 1, { w->lock_key } };
	out[1] = (struct conn_sql){ w->fence_rank, 1, { record_integer(a, rank - 1) } };
}

/* As record_signature.sql, of the history that the plan was made from. */
static const char *
planned_signature(struct arena *a, const struct history *h)
{
	size_t count = 0, succeeded = 0;
	int last = 0;

	for (size_t i = 0; i < h->count; i++) {
		if (strcmp(h->rows[i].type, "SCHEMA") == 0)
			continue;
		count++;
		succeeded += h->rows[i].success;
		last = h->rows[i].rank;
	}
	return arena_printf(a, "%zu/%zu/%d", count, succeeded, last);
}

/* When the session is pooled nobody kept other runs away since the plan was made. */
static bool
is_as_planned(struct arena *a, struct record_writer *w, struct error *err)
{
	struct session *s = w->session;
	struct rows rows;

	if (!s->pooled)
		return true;
	if (!conn_query(a, s->conn, w->signature, 0, NULL, &rows, err))
		return false;
	if (strcmp(rows_value(&rows, 0, 0), planned_signature(a, &s->history)) == 0)
		return true;
	return error_set(err, ERR_LOCK, "another run was faster");
}

/* A callback has prepared the session for a file, and may have taken another role. */
static bool
take_back_role(struct arena *a, struct record_writer *w, struct error *err)
{
	struct conn *c = w->session->conn;
	const char *role = w->session->config->role;

	return conn_query(a, c, "SET LOCAL SESSION AUTHORIZATION DEFAULT", 0, NULL, NULL, err) &&
	    conn_query(a, c,
		arena_printf(
		    a, "SET LOCAL ROLE %s", role == NULL ? "NONE" : conn_identifier(a, c, role)),
		0, NULL, NULL, err);
}

static bool
open_transaction(struct arena *a, struct record_writer *w, struct error *err)
{
	struct conn *c = w->session->conn;

	return conn_begin(a, c, "BEGIN", err) &&
	    (!w->session->prepared || take_back_role(a, w, err)) &&
	    conn_query(a, c, query_own_search_path, 0, NULL, NULL, err);
}

/* The transaction is marked as ours, and no other run is at work. */
static bool
fence(struct arena *a, struct record_writer *w, struct error *err)
{
	struct conn *c = w->session->conn;
	const char *key[] = { w->lock_key };
	struct rows rows;

	if (!conn_query(a, c, w->run_setting, 0, NULL, NULL, err) ||
	    !conn_query(a, c, query_record_fence, 1, key, &rows, err))
		return false;
	if (!rows_true(&rows, 0, 0))
		return error_set(err, ERR_LOCK, "another run has the run lock");
	return is_as_planned(a, w, err);
}

static bool
send_sql(struct arena *a, struct record_writer *w, const struct conn_sql *sql, struct error *err)
{
	if (conn_query(a, w->session->conn, sql->sql, sql->count, sql->parameters, NULL, err))
		return true;
	return error_at(err, "cannot write the history");
}

/* Without an answer nobody knows whether it has happened. */
static bool
is_answered(const struct conn *c, const struct error *err)
{
	return err->code == ERR_SQL || !record_is_untold(err) ||
	    (err->code == ERR_INTERRUPTED && conn_alive(c));
}

static bool
commit(struct arena *a, struct conn *c, struct error *err)
{
	if (conn_query(a, c, "COMMIT", 0, NULL, NULL, err))
		return true;
	if (is_answered(c, err))
		return false;
	if (err->code != ERR_INTERRUPTED)
		err->code = ERR_UNKNOWN;
	err->state = "the connection was lost: whether the history was written is not known";
	return error_next(err, "Run the same command again: it looks at the history first.");
}

/* Ends the transaction; the first error is the one that is told. */
static bool
close_transaction(struct arena *a, struct record_writer *w, bool ok, struct error *err)
{
	struct conn *c = w->session->conn;
	struct error *ignored = error_new(a);

	if (ok)
		return commit(a, c, err);
	if (!conn_alive(c) || !conn_in_transaction(c))
		return false;
	conn_patience(c, ROLLBACK_MS);
	if (!conn_query(a, c, "ROLLBACK", 0, NULL, NULL, ignored))
		conn_close(c);
	else
		conn_patience(c, 0);
	return false;
}

bool
record_is_untold(const struct error *err)
{
	return err->sqlstate[0] == '\0' || strncmp(err->sqlstate, "08", 2) == 0;
}

bool
record_is_fence(const struct error *err)
{
	return err->code == ERR_LOCK || strcmp(err->sqlstate, "23502") == 0 ||
	    strcmp(err->sqlstate, "23505") == 0;
}

bool
record_is_done(struct arena *a, struct record_writer *w, const struct script *script, bool *done,
    struct error *err)
{
	const char *parameters[] = { w->run_id, script->script };
	struct rows rows;

	if (!conn_query(a, w->session->conn, w->is_done, 2, parameters, &rows, err))
		return false;
	*done = rows_true(&rows, 0, 0);
	return true;
}

static bool
is_written(const struct history *h, const struct record *r)
{
	const struct history_row *row = NULL;

	for (size_t i = 0; i < h->count; i++)
		if (h->rows[i].rank == r->rank)
			row = &h->rows[i];
	switch (r->kind) {
	case RECORD_INSERT:
		return row != NULL && strcmp(row->script, r->script) == 0 &&
		    strcmp(row->type, r->type) == 0;
	case RECORD_DELETE:
		return row == NULL;
	case RECORD_UPDATE:
		return row != NULL && strcmp(row->description, r->description) == 0 &&
		    strcmp(row->type, r->type) == 0 && row->has_checksum == r->has_checksum &&
		    row->checksum == r->checksum;
	case RECORD_SUCCEED:
		return row != NULL && row->success;
	case RECORD_FORGET:
		break;
	}
	for (size_t i = 0; i < h->unknown_count; i++)
		if (strcmp(h->unknown[i].script, r->script) == 0)
			return false;
	return true;
}

bool
record_are_written(struct arena *a, struct record_writer *w, const struct record *records,
    size_t count, bool *done, struct error *err)
{
	struct session *s = w->session;
	struct problems problems = { .arena = a };
	struct history now;

	if (!history_read(a, s->conn, s->config, &now, &problems, err))
		return false;
	*done = now.readable;
	for (size_t i = 0; i < count; i++)
		*done = *done && is_written(&now, &records[i]);
	return true;
}

bool
record_send(struct arena *a, struct record_writer *w, const struct conn_sql *list, size_t count,
    struct error *err)
{
	bool ok = open_transaction(a, w, err) && fence(a, w, err);

	for (size_t i = 0; ok && i < count; i++)
		ok = send_sql(a, w, &list[i], err);
	return close_transaction(a, w, ok, err);
}

bool
record_ask(struct arena *a, struct record_writer *w, const struct conn_sql *sql, struct rows *rows,
    struct error *err)
{
	bool ok = open_transaction(a, w, err) &&
	    conn_query(a, w->session->conn, sql->sql, sql->count, sql->parameters, rows, err);

	return close_transaction(a, w, ok, err);
}

bool
record_note(struct arena *a, struct record_writer *w, const struct conn_sql *sql, struct error *err)
{
	struct rows none;

	return record_ask(a, w, sql, &none, err);
}

bool
record_write(struct arena *a, struct record_writer *w, const struct record *records, size_t count,
    struct error *err)
{
	struct conn_sql *list = arena_alloc(a, (2 * count + 1) * sizeof(*list));
	size_t length = 0;

	for (size_t i = 0; i < count; i++) {
		record_sql(a, w, &records[i], false, &list[length++]);
		if (is_decision(&records[i]))
			sql_mark(w, &records[i], &list[length++]);
	}
	return record_send(a, w, list, length, err);
}
