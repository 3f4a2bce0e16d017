/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "cli/begin.h"
#include "cli/out.h"
#include "cli/out_batch.h"
#include "core/journal.h"
#include "core/phase.h"

struct answer {
	struct problems problems;
	bool journal; /* it was asked for */
	struct journal_row *rows;
	size_t row_count;
};

/* That of a file that is still to run; of an applied one it no longer matters. */
static const char *
entry_phase(const struct entry *e)
{
	return e->script == NULL || !e->script->looked ? NULL : phase_name(phase_of(e->script));
}

/* A folder where all is expand has no use for the word. */
static bool
uses_phases(const struct plan *plan)
{
	for (size_t i = 0; i < plan->entry_count; i++) {
		const struct entry *e = &plan->entries[i];

		if (entry_phase(e) != NULL && phase_of(e->script) != PHASE_EXPAND)
			return true;
	}
	return false;
}

/* Without undo files nobody asks what can be undone. */
static bool
has_undo(const struct plan *plan)
{
	for (size_t i = 0; i < plan->entry_count; i++)
		if (plan->entries[i].undo != NULL)
			return true;
	return false;
}

static const char *
undoable(const struct entry *e)
{
	if (e->row == NULL || strcmp(e->category, "Versioned") != 0)
		return NULL;
	return e->undoable ? "Yes" : "No";
}

enum { COLUMNS = 6, MOST_COLUMNS = 8 };

static void
print_table(struct arena *a, const struct plan *plan)
{
	const char *cells[MOST_COLUMNS] = { "Category", "Version", "Description", "Type",
		"Installed On", "State" };
	const char **undo = has_undo(plan) ? &cells[COLUMNS] : NULL;
	const char **phase = uses_phases(plan) ? &cells[COLUMNS + (undo != NULL)] : NULL;
	struct out_table table = { .columns = COLUMNS + (undo != NULL) + (phase != NULL),
		.elastic = 2 };

	if (plan->entry_count == 0)
		return;
	if (undo != NULL)
		*undo = "Undoable";
	if (phase != NULL)
		*phase = "Phase";
	out_table_add(a, &table, cells);
	for (size_t i = 0; i < plan->entry_count; i++) {
		const struct entry *e = &plan->entries[i];

		if (e->state == STATE_AVAILABLE) /* told by its version */
			continue;
		cells[0] = e->category;
		cells[1] = e->version;
		cells[2] = e->description;
		cells[3] = e->type;
		cells[4] = e->row == NULL ? NULL : e->row->installed_on;
		cells[5] = plan_state_name(e->state);
		if (undo != NULL)
			*undo = undoable(e);
		if (phase != NULL)
			*phase = entry_phase(e);
		out_table_add(a, &table, cells);
	}
	out_table_print(stdout, &table);
}

/* How far the unfinished files came. */
static void
print_interrupted(const struct plan *plan)
{
	for (size_t i = 0; i < plan->entry_count; i++) {
		const struct entry *e = &plan->entries[i];
		const char *done;

		if (e->state != STATE_INTERRUPTED)
			continue;
		out_put(stdout, e->script->script);
		done = out_batch_done(plan->arena, e->row->unfinished);
		if (done != NULL)
			printf(": %s\n", done);
		else
			printf(": %lld of %lld statements are done\n",
			    (long long)e->row->unfinished->done,
			    (long long)e->row->unfinished->total);
	}
}

/* "12 applied, 2 pending"; what is rarer is only named when there is some. */
static void
print_counts(const struct plan *plan)
{
	const struct {
		size_t count;
		const char *name;
	} rare[] = {
		{ plan->outdated_count, "outdated" },
		{ plan->interrupted_count, "interrupted" },
		{ plan->future_count, "future" },
		{ plan->held_count, "held" },
	};

	printf("%zu applied, %zu pending", plan->applied_count, plan->pending_count);
	for (size_t i = 0; i < sizeof(rare) / sizeof(rare[0]); i++)
		if (rare[i].count > 0)
			printf(", %zu %s", rare[i].count, rare[i].name);
	printf("\n");
}

/* At which statement it stopped. */
static void
put_progress(struct json *json, const struct entry *e)
{
	const struct unfinished *u = e->state == STATE_INTERRUPTED ? e->row->unfinished : NULL;

	if (u == NULL) {
		json_put_null(json, "statement");
		json_put_null(json, "statements");
		return;
	}
	json_put_integer(json, "statement", u->done + 1);
	json_put_integer(json, "statements", u->total);
}

static struct json *
entry_json(struct arena *a, const struct entry *e)
{
	struct json *json = json_new_object(a);
	const struct history_row *row = e->row;

	json_put_text(json, "category", e->category);
	json_put_text(json, "version", e->version);
	json_put_text(json, "rawVersion", e->version);
	json_put_text(json, "description", e->description);
	json_put_text(json, "type", e->type);
	json_put_text(json, "installedOnUTC", row == NULL ? NULL : row->installed_on_utc);
	json_put_text(json, "state", plan_state_name(e->state));
	json_put_text(json, "phase", entry_phase(e));
	json_put(json, "batch",
	    e->script == NULL ? NULL
			      : out_batch_json(a, e->script, row == NULL ? NULL : row->unfinished));
	/* As Flyway says it: nothing of what has no version. */
	json_put_text(json, "undoable", e->version == NULL ? "" : e->undoable ? "Yes" : "No");
	json_put_text(json, "filepath", e->script == NULL ? NULL : e->script->path);
	json_put_text(json, "undoFilepath", e->undo == NULL ? NULL : e->undo->path);
	json_put_text(json, "installedBy", row == NULL ? NULL : row->installed_by);
	json_put_null(json, "shouldExecuteExpression");
	if (row == NULL)
		json_put_null(json, "executionTime");
	else
		json_put_integer(json, "executionTime", row->execution_time);
	put_progress(json, e);
	return json;
}

/* --- the journal --- */

static const char *
seconds(struct arena *a, int64_t ms)
{
	return ms < 0 ? NULL
		      : arena_printf(a, "%lld.%03d s", (long long)(ms / 1000), (int)(ms % 1000));
}

static void
print_journal(struct arena *a, const struct journal_row *rows, size_t count)
{
	static const char *const head[] = { "Run", "Started", "Script", "Statement", "State",
		"Tries", "Lock Wait", "Time", "Error" };
	struct out_table table = { .columns = sizeof(head) / sizeof(head[0]), .elastic = 8 };

	if (count > 0)
		out_table_add(a, &table, head);
	for (size_t i = 0; i < count; i++) {
		const struct journal_row *r = &rows[i];
		const char *const cells[] = { arena_strndup(a, r->run_id, 8), r->started, r->script,
			r->statement < 0 ? NULL
					 : arena_printf(a, "%lld/%lld", (long long)r->statement,
					       (long long)r->statements),
			r->state, arena_printf(a, "%lld", (long long)r->attempt),
			seconds(a, r->lock_wait_ms), seconds(a, r->elapsed_ms), r->error };

		out_table_add(a, &table, cells);
	}
	if (count > 0)
		out_table_print(stdout, &table);
	printf("%zu row%s in the journal\n", count, count == 1 ? "" : "s");
}

static void
put_number(struct json *json, const char *name, int64_t number)
{
	if (number < 0)
		json_put_null(json, name);
	else
		json_put_integer(json, name, number);
}

static struct json *
row_json(struct arena *a, const struct journal_row *r)
{
	struct json *json = json_new_object(a);

	json_put_text(json, "runId", r->run_id);
	json_put_text(json, "script", r->script);
	json_put_text(json, "version", r->version);
	json_put_text(json, "type", r->type);
	put_number(json, "statement", r->statement);
	put_number(json, "statements", r->statements);
	json_put_text(json, "state", r->state);
	put_number(json, "attempt", r->attempt);
	put_number(json, "lockWaitMs", r->lock_wait_ms);
	put_number(json, "elapsedMs", r->elapsed_ms);
	json_put_text(json, "startedUTC", r->started_utc);
	json_put_text(json, "finishedUTC", r->finished_utc);
	json_put_text(json, "sqlState", r->sqlstate);
	json_put_text(json, "error", r->error);
	put_number(json, "backendPid", r->backend_pid);
	json_put_text(json, "installedBy", r->installed_by);
	json_put_text(json, "host", r->host);
	put_number(json, "pid", r->pid);
	json_put_text(json, "toolVersion", r->tool_version);
	return json;
}

static void
print_json(const struct context *c, const struct session *s, const struct answer *answer,
    const struct error *refusal)
{
	struct json *json = out_json(c, "info", s, refusal);
	struct json *list = json_new_array(c->arena);

	json_put_text(json, "schemaVersion", s->plan.schema_version);
	json_put_bool(json, "allSchemasEmpty", s->history.schema_empty && !s->history.exists);
	for (size_t i = 0; i < s->plan.entry_count; i++)
		json_push(list, entry_json(c->arena, &s->plan.entries[i]));
	json_put(json, "migrations", list);
	json_put(json, "problems", out_json_problems(c->arena, &answer->problems));
	if (answer->journal) {
		list = json_new_array(c->arena);
		for (size_t i = 0; i < answer->row_count; i++)
			json_push(list, row_json(c->arena, &answer->rows[i]));
		json_put(json, "journal", list);
	}
	out_json_print(json);
}

static int
check_status(const struct plan *plan, const struct problems *problems)
{
	if (problems->count > 0)
		return out_problems_status(problems);
	if (plan->pending_count + plan->outdated_count + plan->interrupted_count > 0)
		return ERR_FINDINGS;
	return 0;
}

static void
print_text(const struct context *c, const struct session *s, const struct answer *answer)
{
	if (answer->journal) {
		print_journal(c->arena, answer->rows, answer->row_count);
		return;
	}
	print_table(c->arena, &s->plan);
	print_interrupted(&s->plan);
	print_counts(&s->plan);
}

static bool
status_run(const struct context *c, int *status, struct error *err)
{
	struct session s;
	struct goal goal = { .kind = GOAL_UP, .check_only = true, .phases = true };
	struct answer answer = { .problems = { .arena = c->arena },
		.journal = command_option(c, "journal") != NULL };

	if (!begin_phase(c, &goal.phase, err) || !begin_session(c, &goal, &s, err))
		return false;
	begin_say_notes(c, &s);
	begin_say_callbacks(c, &s, "status");
	plan_refusals(&s.plan, c->config, &answer.problems);
	if (answer.journal && !journal_read(c->arena, &s, &answer.rows, &answer.row_count, err))
		return false;
	*status = command_option(c, "check") == NULL ? 0 : check_status(&s.plan, &answer.problems);
	if (c->config->format == FORMAT_JSON)
		print_json(c, &s, &answer,
		    *status >= ERR_REFUSED ? out_summary(c->arena, &answer.problems) : NULL);
	else
		print_text(c, &s, &answer);
	out_problems(stderr, c->config, &answer.problems);
	return true;
}

static const struct command_option options[] = {
	{ "check", NULL, false, "exit with 3 when files are pending, 4 when up would be refused" },
	{ "journal", NULL, false, "show what each run did, statement by statement, newest last" },
	{ "phase", "PHASE", false, "show what \"up --phase\" would hold back" },
	{ 0 },
};

const struct command cmd_status = {
	.name = "status",
	.alias = "info",
	.args = "",
	.summary = "show every file and every row of the history with its state",
	.description = "Shows the migration files and the rows of the schema history side by side, "
		       "with Flyway's names for their states, and what is wrong with them.  Writes "
		       "nothing.",
	.needs_config = true,
	.options = options,
	.run = status_run,
};
