/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/time.h"
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
	char now[32];

	time_utc(now);
	fprintf(d->out,
	    "-- What \"migrate up\" would run, made by migrate %s at %s.\n"
	    "-- The values of placeholders, secrets among them, stand in it.\n"
	    "-- Run it with psql -X -f; it does without the short lock waits and the new tries of\n"
	    "-- \"migrate up\".\n"
	    "\\set ON_ERROR_STOP on\n"
	    "SELECT pg_catalog.pg_try_advisory_lock(%s) AS migrate_locked \\gset\n"
	    "\\if :migrate_locked\n"
	    "\\else\n"
	    "\\warn 'another run has the run lock'\n"
	    "\\quit\n"
	    "\\endif\n",
	    MIGRATE_VERSION, now, d->writer.lock_key);
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
	    d->arena, d->session->conn, d->session->config, &d->session->history, &creation);
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

static bool
put_statements(struct dry *d, const struct step *step, struct error *err)
{
	const struct script *script = step->script;
	struct script_reader *reader;
	struct split_item item = { .kind = SPLIT_STATEMENT };
	int64_t number = 0;
	bool skipped = false; /* with its COPY data */

	if (!script_reader_open(d->arena, script, &d->session->environment, &reader, err))
		return false;
	while (item.kind != SPLIT_END) {
		if (!script_reader_next(reader, &item, err))
			return false;
		if (item.kind == SPLIT_STATEMENT) {
			number++;
			skipped = is_skipped(script, number) || is_done(step, &item, number);
		}
		if (!skipped)
			put_item(d, &item);
	}
	return script_reader_end(reader, err);
}

static bool
put_transaction(struct dry *d, const struct step *step, struct error *err)
{
	const char *modes = step->script->begin_modes;
	const char *role = step->script->directives.role;

	fprintf(d->out, "BEGIN%s%s;\n", modes == NULL ? "" : " ", modes == NULL ? "" : modes);
	if (role != NULL)
		put_role(d, "LOCAL ", role);
	if (!put_statements(d, step, err))
		return false;
	fputs("RESET SESSION AUTHORIZATION;\n", d->out);
	put_role(d, "LOCAL ", d->session->config->role);
	put_own(d, false);
	put_record(d, &step->records[0], true);
	put_journal(d, step);
	fputs("COMMIT;\n", d->out);
	return true;
}

static bool
put_stepwise(struct dry *d, const struct step *step, struct error *err)
{
	struct record record = step->records[0];

	record.success = false;
	if (step->resumes != NULL)
		record.kind = RECORD_UPDATE;
	put_own(d, true);
	put_record(d, &record, false);
	fputs("COMMIT;\n", d->out);
	if (step->script->directives.role != NULL)
		put_role(d, "", step->script->directives.role);
	if (!put_statements(d, step, err))
		return false;
	put_reset(d);
	record.kind = RECORD_SUCCEED;
	put_own(d, true);
	put_record(d, &record, false);
	put_journal(d, step);
	fputs("COMMIT;\n", d->out);
	return true;
}

static bool
put_step(struct dry *d, const struct step *step, struct error *err)
{
	if (step->kind == STEP_RECORD) {
		put_own(d, true);
		for (size_t i = 0; i < step->record_count; i++)
			put_record(d, &step->records[i], false);
		fputs("COMMIT;\n", d->out);
		return true;
	}
	fprintf(d->out, "\n-- %s\n", step->script->script);
	if (d->dirty)
		put_reset(d);
	d->dirty = step->script->transaction;
	return step->script->transaction ? put_transaction(d, step, err)
					 : put_stepwise(d, step, err);
}

bool
run_dry(struct session *s, FILE *out, struct error *err)
{
	struct dry d = { .arena = s->arena, .session = s, .out = out };

	record_writer_init(&d.writer, s->arena, s);
	put_head(&d);
	if (s->plan.needs_history && s->plan.step_count > 0)
		put_creation(&d);
	for (size_t i = 0; i < s->plan.step_count; i++) {
		if (!put_step(&d, &s->plan.steps[i], err))
			return false;
	}
	fprintf(out, "\nSELECT pg_catalog.pg_advisory_unlock(%s);\n", d.writer.lock_key);
	if (fflush(out) != 0)
		return error_set(err, ERR_INTERNAL, "cannot write the SQL: %s", strerror(errno));
	return true;
}
