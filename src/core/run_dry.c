/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/time.h"
#include "core/callback.h"
#include "core/dry_batch.h"
#include "core/history_create.h"
#include "core/lane.h"
#include "core/record.h"
#include "core/run.h"
#include "query.h"
#include "sql/split.h"
#include "sql/target.h"

/* What up would send, as a script for psql. */
struct dry {
	struct arena *arena;
	struct session *session;
	struct record_writer writer;
	FILE *out;
	bool dirty; /* a file has used the session */
	bool greeted; /* afterConnect stands behind the last reset */
	bool turned; /* the repeatable files have begun */
	bool line_open; /* the COPY data put last does not end with a newline */
};

/* NULL: the session's own. */
static void
put_role(struct dry *d, const char *local, const char *role)
{
	if (role == NULL)
		fputs("RESET ROLE;\n", d->out);
	else
		fprintf(d->out, "SET %sROLE %s;\n", local,
		    conn_identifier(d->arena, d->session->conn, role));
}

/* What the prologue sets and the files may see. */
static void
put_session(struct dry *d)
{
	struct session *s = d->session;

	if (s->history.search_path != NULL)
		fprintf(d->out, "SET search_path = %s;\n", s->history.search_path);
	fprintf(d->out,
	    "SET lock_timeout = '%" PRId64 "ms';\nSET statement_timeout = '%" PRId64 "ms';\n",
	    session_lock_timeout_ms(s->config), s->config->statement_timeout_ms);
	if (s->config->role != NULL)
		put_role(d, "", s->config->role);
}

/* What a file has set must not reach the next one. */
static void
put_reset(struct dry *d)
{
	for (size_t i = 0; lane_reset_statements[i] != NULL; i++)
		fprintf(d->out, "%s;%s", lane_reset_statements[i],
		    lane_reset_statements[i + 1] == NULL ? "\n" : " ");
	put_session(d);
}

static void
put_head(struct dry *d)
{
	const char *command = d->session->plan.goal == GOAL_UNDO ? "undo" : "up";
	char now[32];

	time_utc(now);
	fprintf(d->out,
	    "-- What \"migrate %s\" would run, made by migrate %s at %s.\n"
	    "-- The values of placeholders, secrets among them, stand in it.\n"
	    "-- Run it with psql -X -f; it does without the short lock waits and the new tries of\n"
	    "-- \"migrate %s\".\n"
	    "\\set ON_ERROR_STOP on\n"
	    "SELECT pg_catalog.pg_try_advisory_lock(%s) AS migrate_locked \\gset\n"
	    "\\if :migrate_locked\n"
	    "\\else\n"
	    "\\warn 'another run has the run lock'\n"
	    "\\quit\n"
	    "\\endif\n",
	    command, MIGRATE_VERSION, now, command, d->writer.lock_key);
	put_session(d);
}

static void
put_sql(struct dry *d, const struct conn_sql *sql)
{
	fprintf(d->out, "%s;\n", conn_sql_text(d->arena, d->session->conn, sql));
}

static void
put_creation(struct dry *d)
{
	struct history_creation creation;

	history_creation(
	    d->arena, d->session->conn, d->session->config, &d->session->history, false, &creation);
	for (size_t i = 0; i < creation.count; i++)
		put_sql(d, &creation.list[i]);
}

static void
put_record(struct dry *d, const struct record *record, bool timed)
{
	struct conn_sql sql;

	record_sql(d->arena, &d->writer, record, timed, &sql);
	put_sql(d, &sql);
}

static void
put_own(struct dry *d, bool begin)
{
	fprintf(d->out, "%s%s;\n%s;\n", begin ? "BEGIN;\n" : "", d->writer.run_setting,
	    query_own_search_path);
}

static void
put_journal(struct dry *d, const struct step *step)
{
	struct journal_entry entry = { .script = step->script,
		.type = step->records[0].type,
		.state = "done",
		.attempt = 1,
		.elapsed_ms = -1 };
	struct conn_sql sql;

	record_sql_journal(d->arena, &d->writer, &entry, &sql);
	put_sql(d, &sql);
}

/* Done by an earlier run, and not only in the session that it had. */
static bool
is_done(const struct step *step, const struct split_item *item, int64_t number)
{
	return step->resumes != NULL && number <= step->resumes->unfinished->done &&
	    !target_is_session(item->text, item->length);
}

static bool
is_skipped(const struct script *script, int64_t number)
{
	for (size_t i = 0; i < script->statement_count; i++) {
		if (script->statements[i].number == number)
			return script->statements[i].skip;
	}
	return false;
}

/* A semicolon behind "-- ..." would be part of it. */
static bool
may_end_in_comment(const struct split_item *item)
{
	const char *line = strrchr(item->text, '\n');

	return strstr(line == NULL ? item->text : line, "--") != NULL;
}

static void
put_item(struct dry *d, const struct split_item *item)
{
	switch (item->kind) {
	case SPLIT_STATEMENT:
		fprintf(d->out, "%s%s;\n", item->text, may_end_in_comment(item) ? "\n" : "");
		d->line_open = false;
		break;
	case SPLIT_COPY_DATA:
		fwrite(item->text, 1, item->length, d->out);
		d->line_open = item->length > 0 && item->text[item->length - 1] != '\n';
		break;
	case SPLIT_COPY_END:
		fprintf(d->out, "%s\\.\n", d->line_open ? "\n" : "");
		break;
	case SPLIT_COMMENT:
	case SPLIT_END:
		break;
	}
}

/* --- callbacks --- */

static const struct callback_list *
files_at(const struct dry *d, enum callback_moment moment)
{
	return &d->session->plan.callbacks.at[moment];
}

static bool put_statements(struct dry *d, const struct step *step, struct error *err);

/* In the transaction at hand. */
static bool
put_inside(struct dry *d, enum callback_moment moment, const char *outer_role, struct error *err)
{
	const struct callback_list *files = files_at(d, moment);
	const struct step *steps = callback_steps(d->arena, files, NULL);

	for (size_t i = 0; i < files->count; i++) {
		const char *role = files->list[i]->directives.role;

		fprintf(d->out, "-- %s\n", files->list[i]->script);
		if (role != NULL)
			put_role(d, "LOCAL ", role);
		if (!put_statements(d, &steps[i], err))
			return false;
		if (role != NULL)
			put_role(d, "LOCAL ", outer_role);
	}
	return true;
}

/* Each in a transaction of its own, if it can have one, in the session as it is. */
static bool
put_beside(struct dry *d, enum callback_moment moment, struct error *err)
{
	const struct callback_list *files = files_at(d, moment);
	const struct step *steps = callback_steps(d->arena, files, NULL);

	for (size_t i = 0; i < files->count; i++) {
		const struct script *script = files->list[i];
		const char *local = script->transaction ? "LOCAL " : "";

		fprintf(
		    d->out, "\n-- %s\n%s", script->script, script->transaction ? "BEGIN;\n" : "");
		if (script->directives.role != NULL)
			put_role(d, local, script->directives.role);
		if (!put_statements(d, &steps[i], err))
			return false;
		if (script->transaction)
			fputs("COMMIT;\n", d->out);
		else if (script->directives.role != NULL)
			put_role(d, "", d->session->config->role);
	}
	return true;
}

/* The session as a file is to find it. */
static bool
put_fresh(struct dry *d, struct error *err)
{
	if (d->dirty) {
		put_reset(d);
		d->greeted = false;
	}
	d->dirty = false;
	if (d->greeted)
		return true;
	d->greeted = true;
	return put_beside(d, CALLBACK_CONNECT, err);
}

static bool
put_callbacks(struct dry *d, enum callback_moment moment, struct error *err)
{
	if (files_at(d, moment)->count == 0)
		return true;
	if (!put_fresh(d, err) || !put_beside(d, moment, err))
		return false;
	d->dirty = true;
	return true;
}

/* --- files --- */

/* The callbacks of a statement. */
static bool
put_around(struct dry *d, const struct step *step, enum callback_moment moment, struct error *err)
{
	if (step->kind != STEP_SCRIPT)
		return true;
	return step->script->transaction ? put_inside(d, moment, step->script->directives.role, err)
					 : put_beside(d, moment, err);
}

static bool
put_statements(struct dry *d, const struct step *step, struct error *err)
{
	const struct script *script = step->script;
	struct script_reader *reader;
	struct split_item item = { .kind = SPLIT_STATEMENT };
	int64_t number = 0;
	bool skipped = true; /* with its COPY data; nothing comes before the first */

	if (!script_reader_open(d->arena, script, &d->session->environment, &reader, err))
		return false;
	while (item.kind != SPLIT_END) {
		bool ends, begins;

		if (!script_reader_next(reader, &item, err))
			return false;
		begins = item.kind == SPLIT_STATEMENT;
		ends = (begins || item.kind == SPLIT_END) && !skipped;
		if (ends && !put_around(d, step, CALLBACK_AFTER_STATEMENT, err))
			return false;
		if (begins) {
			number++;
			skipped = is_skipped(script, number) || is_done(step, &item, number);
		}
		if (begins && !skipped && !put_around(d, step, CALLBACK_BEFORE_STATEMENT, err))
			return false;
		if (!skipped)
			put_item(d, &item);
	}
	return script_reader_end(reader, err);
}

static bool
put_file(struct dry *d, const struct step *step, struct error *err)
{
	const char *role = step->script->directives.role;

	if (!put_inside(d, CALLBACK_BEFORE_EACH, NULL, err))
		return false;
	if (role != NULL)
		put_role(d, "LOCAL ", role);
	if (!put_statements(d, step, err))
		return false;
	if (role != NULL)
		put_role(d, "LOCAL ", d->session->config->role);
	return put_inside(d, CALLBACK_AFTER_EACH, d->session->config->role, err);
}

static bool
put_transaction(struct dry *d, const struct step *step, struct error *err)
{
	const char *modes = step->script->begin_modes;

	fprintf(d->out, "BEGIN%s%s;\n", modes == NULL ? "" : " ", modes == NULL ? "" : modes);
	if (!put_file(d, step, err))
		return false;
	fprintf(
	    d->out, "%s;\nSET LOCAL SESSION AUTHORIZATION DEFAULT;\n", query_file_settings_keep);
	put_role(d, "LOCAL ", d->session->config->role);
	put_own(d, false);
	for (size_t i = 0; i < step->record_count; i++)
		put_record(d, &step->records[i], true);
	put_journal(d, step);
	fprintf(d->out, "%s;\nCOMMIT;\n", query_file_settings_return);
	d->dirty = true;
	return true;
}

/* Behind what an earlier run has done. */
static bool
put_batches(struct dry *d, const struct step *step, struct error *err)
{
	const struct unfinished *u = step->resumes == NULL ? NULL : step->resumes->unfinished;
	struct batch_point point = { 0 };

	if (u != NULL && u->count > 0 && u->list[0].checkpoint != NULL &&
	    !batch_point_read(d->arena, u->list[0].checkpoint, &point))
		return error_set(err, ERR_REFUSED,
		    "the checkpoint of %s in the journal cannot be read", step->script->script);
	dry_batch_put(d->out, d->arena, d->session->conn, step->script, &point);
	return true;
}

static bool
put_stepwise(struct dry *d, const struct step *step, struct error *err)
{
	struct record record = step->records[0];

	if (!put_beside(d, CALLBACK_BEFORE_EACH, err))
		return false;
	record.success = false;
	if (step->resumes != NULL)
		record.kind = RECORD_UPDATE;
	put_own(d, true);
	put_record(d, &record, false);
	fputs("COMMIT;\n", d->out);
	if (step->script->directives.role != NULL)
		put_role(d, "", step->script->directives.role);
	if (step->script->range != NULL ? !put_batches(d, step, err)
					: !put_statements(d, step, err))
		return false;
	put_reset(d);
	d->greeted = false;
	record.kind = RECORD_SUCCEED;
	put_own(d, true);
	put_record(d, &record, false);
	for (size_t i = 1; i < step->record_count; i++)
		put_record(d, &step->records[i], false);
	put_journal(d, step);
	fputs("COMMIT;\n", d->out);
	return files_at(d, CALLBACK_AFTER_EACH)->count == 0 ||
	    (put_fresh(d, err) && put_beside(d, CALLBACK_AFTER_EACH, err));
}

static void
put_records(struct dry *d, const struct step *step)
{
	put_own(d, true);
	for (size_t i = 0; i < step->record_count; i++)
		put_record(d, &step->records[i], false);
	fputs("COMMIT;\n", d->out);
}

static bool
put_script(struct dry *d, const struct step *step, struct error *err)
{
	if (!d->turned && step->script->version == NULL) {
		d->turned = true;
		if (!put_callbacks(d, CALLBACK_VERSIONED, err) ||
		    !put_callbacks(d, CALLBACK_REPEATABLES, err))
			return false;
	}
	if (!put_fresh(d, err))
		return false;
	fprintf(d->out, "\n-- %s\n", step->script->script);
	return step->script->transaction ? put_transaction(d, step, err)
					 : put_stepwise(d, step, err);
}

/* --- the whole --- */

/* The row of "baseline_on_up" is the first step, and has callbacks of its own. */
static bool
put_begin(struct dry *d, size_t *first, struct error *err)
{
	const struct plan *plan = &d->session->plan;

	*first = plan->step_count > 0 && plan->steps[0].kind == STEP_RECORD;
	if (!put_callbacks(d, CALLBACK_VALIDATE, err) || !put_callbacks(d, CALLBACK_SCHEMA, err))
		return false;
	if (plan->needs_history)
		put_creation(d);
	if (*first == 0)
		return put_callbacks(d, CALLBACK_BEFORE, err);
	if (!put_callbacks(d, CALLBACK_BEFORE_BASELINE, err))
		return false;
	put_records(d, &plan->steps[0]);
	return put_callbacks(d, CALLBACK_AFTER_BASELINE, err) &&
	    put_callbacks(d, CALLBACK_BEFORE, err);
}

static bool
put_end(struct dry *d, bool applied, struct error *err)
{
	return (d->turned || put_callbacks(d, CALLBACK_VERSIONED, err)) &&
	    (!applied || put_callbacks(d, CALLBACK_APPLIED, err)) &&
	    put_callbacks(d, CALLBACK_AFTER, err);
}

static bool
put_plan(struct dry *d, struct error *err)
{
	const struct plan *plan = &d->session->plan;
	size_t first;

	if (!callback_runs(plan))
		return true;
	if (!put_begin(d, &first, err))
		return false;
	for (size_t i = first; i < plan->step_count; i++) {
		if (!put_script(d, &plan->steps[i], err))
			return false;
	}
	return put_end(d, plan->step_count > first, err);
}

bool
run_dry(struct session *s, FILE *out, struct error *err)
{
	struct dry d = { .arena = s->arena, .session = s, .out = out };

	record_writer_init(&d.writer, s->arena, s);
	put_head(&d);
	if (!put_plan(&d, err))
		return false;
	fprintf(out, "\nSELECT pg_catalog.pg_advisory_unlock(%s);\n", d.writer.lock_key);
	if (fflush(out) != 0)
		return error_set(err, ERR_INTERNAL, "cannot write the SQL: %s", strerror(errno));
	return true;
}
