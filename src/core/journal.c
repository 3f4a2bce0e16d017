/* SPDX-License-Identifier: MIT */
#include "core/journal.h"

#include "query.h"

void
journal_sql_statement(struct arena *a, const struct record_writer *w,
    const struct journal_statement *e, struct conn_sql *out)
{
	const struct script *script = e->step->script;

	*out = (struct conn_sql){ w->statement, 18,
		{ w->run_id, script->script, script->version, e->step->records[0].type,
		    record_integer(a, e->number), record_integer(a, script->statement_total),
		    record_integer(a, (int32_t)e->hash), e->state, record_integer(a, e->attempt),
		    e->before, w->installed_by, w->host, w->pid,
		    e->elapsed_ms < 0 ? NULL : record_integer(a, e->elapsed_ms), MIGRATE_VERSION,
		    w->lock_key, record_integer(a, e->lock_wait_ms), e->checkpoint } };
}

void
journal_sql_close(struct arena *a, const struct record_writer *w, const struct journal_end *end,
    struct conn_sql *out)
{
	const struct error *failure = end->failure;
	const char *sqlstate =
	    failure == NULL || failure->sqlstate[0] == '\0' ? NULL : failure->sqlstate;

	*out = (struct conn_sql){ w->close, 7,
		{ end->step->script->script,
		    end->number == 0 ? NULL : record_integer(a, end->number), end->state, sqlstate,
		    failure == NULL ? NULL : record_error(a, failure),
		    record_integer(a, end->attempt), record_integer(a, end->lock_wait_ms) } };
}

bool
journal_open(struct arena *a, struct record_writer *w, const struct step *step, struct error *err)
{
	const struct script *script = step->script;
	struct record record = step->records[0];
	struct conn_sql list[3];

	record.kind = step->resumes == NULL ? RECORD_INSERT : RECORD_UPDATE;
	record.success = false;
	record_sql(a, w, &record, false, &list[0]);
	list[1] = (struct conn_sql){ w->stale, 1, { script->script } };
	list[2] = (struct conn_sql){ w->open, 11,
		{ w->run_id, script->script, script->version, record.type,
		    record_integer(a, script->statement_total),
		    record_integer(a, (int32_t)script->body_hash), record_integer(a, record.rank),
		    w->installed_by, w->host, w->pid, MIGRATE_VERSION } };
	return record_send(a, w, list, 3, err);
}

bool
journal_finish(struct arena *a, struct record_writer *w, const struct step *step, int64_t ms,
    struct error *err)
{
	const struct journal_end end = { .step = step, .state = "done", .attempt = 1 };
	struct conn_sql *list = arena_alloc(a, (step->record_count + 1) * sizeof(*list));
	size_t count = 0;

	record_sql_succeed(a, w, step->records[0].rank, ms, &list[count++]);
	for (size_t i = 1; i < step->record_count; i++)
		record_sql(a, w, &step->records[i], false, &list[count++]);
	journal_sql_close(a, w, &end, &list[count++]);
	return record_send(a, w, list, count, err);
}

/* The columns of journal_rows.sql. */
enum column {
	ROW_RUN_ID,
	ROW_SCRIPT,
	ROW_VERSION,
	ROW_TYPE,
	ROW_STATEMENT,
	ROW_STATEMENTS,
	ROW_STATE,
	ROW_ATTEMPT,
	ROW_LOCK_WAIT,
	ROW_ELAPSED,
	ROW_STARTED,
	ROW_STARTED_UTC,
	ROW_FINISHED_UTC,
	ROW_SQLSTATE,
	ROW_ERROR,
	ROW_BACKEND_PID,
	ROW_INSTALLED_BY,
	ROW_HOST,
	ROW_PID,
	ROW_TOOL_VERSION
};

static int64_t
number(const struct rows *rows, size_t i, enum column column)
{
	return rows_value(rows, i, column) == NULL ? -1 : rows_integer(rows, i, column);
}

static struct journal_row
read_row(const struct rows *rows, size_t i)
{
	return (struct journal_row){
		.run_id = rows_value(rows, i, ROW_RUN_ID),
		.script = rows_value(rows, i, ROW_SCRIPT),
		.version = rows_value(rows, i, ROW_VERSION),
		.type = rows_value(rows, i, ROW_TYPE),
		.statement = number(rows, i, ROW_STATEMENT),
		.statements = number(rows, i, ROW_STATEMENTS),
		.state = rows_value(rows, i, ROW_STATE),
		.attempt = number(rows, i, ROW_ATTEMPT),
		.lock_wait_ms = number(rows, i, ROW_LOCK_WAIT),
		.elapsed_ms = number(rows, i, ROW_ELAPSED),
		.started = rows_value(rows, i, ROW_STARTED),
		.started_utc = rows_value(rows, i, ROW_STARTED_UTC),
		.finished_utc = rows_value(rows, i, ROW_FINISHED_UTC),
		.sqlstate = rows_value(rows, i, ROW_SQLSTATE),
		.error = rows_value(rows, i, ROW_ERROR),
		.backend_pid = number(rows, i, ROW_BACKEND_PID),
		.installed_by = rows_value(rows, i, ROW_INSTALLED_BY),
		.host = rows_value(rows, i, ROW_HOST),
		.pid = number(rows, i, ROW_PID),
		.tool_version = rows_value(rows, i, ROW_TOOL_VERSION),
	};
}

bool
journal_read(
    struct arena *a, struct session *s, struct journal_row **out, size_t *count, struct error *err)
{
	const struct history *h = &s->history;
	struct rows rows;

	*count = 0;
	if (!h->journal_exists || !h->readable)
		return true;
	if (!conn_query(a, s->conn,
		conn_query_text(a, s->conn, query_journal_rows, "schema", h->schema, "journal",
		    h->journal, (const char *)NULL),
		0, NULL, &rows, err))
		return false;
	*out = arena_alloc(a, (rows.count + 1) * sizeof(**out));
	for (size_t i = 0; i < rows.count; i++)
		(*out)[(*count)++] = read_row(&rows, i);
	return true;
}
