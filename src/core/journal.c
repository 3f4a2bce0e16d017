/* SPDX-License-Identifier: MIT */
#include "core/journal.h"

void
journal_sql_statement(struct arena *a, const struct record_writer *w,
    const struct journal_statement *e, struct conn_sql *out)
{
	const struct script *script = e->step->script;

	*out = (struct conn_sql){ w->statement, 16,
		{ w->run_id, script->script, script->version, e->step->records[0].type,
		    record_integer(a, e->number), record_integer(a, script->statement_total),
		    record_integer(a, (int32_t)e->hash), e->state, record_integer(a, e->attempt),
		    e->before, w->installed_by, w->host, w->pid,
		    e->elapsed_ms < 0 ? NULL : record_integer(a, e->elapsed_ms), MIGRATE_VERSION,
		    w->lock_key } };
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
	struct conn_sql list[2];

	record_sql_succeed(a, w, step->records[0].rank, ms, &list[0]);
	journal_sql_close(a, w, &end, &list[1]);
	return record_send(a, w, list, 2, err);
}
