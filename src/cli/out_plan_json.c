/* SPDX-License-Identifier: MIT */
#include "cli/out_batch.h"
#include "cli/out_plan.h"
#include "core/phase.h"

static void
put_known(struct json *json, const char *name, int64_t value)
{
	if (value < 0)
		json_put_null(json, name);
	else
		json_put_integer(json, name, value);
}

static struct json *
holder_json(struct arena *a, int64_t age_ms, int64_t pid, const char *who)
{
	struct json *json = json_new_object(a);

	json_put_integer(json, "ageMs", age_ms);
	json_put_integer(json, "pid", pid);
	json_put_text(json, "who", who);
	return json;
}

static struct json *
lock_json(struct arena *a, const struct outlook_lock *outlook)
{
	static const char *const objects[] = {
		[LOCK_TABLE] = "table",
		[LOCK_INDEX] = "index",
		[LOCK_CONSTRAINT] = "constraint",
		[LOCK_REFERENCED] = "referenced",
		[LOCK_REFERENCING] = "referencing",
		[LOCK_COLUMN] = "column",
	};
	const struct statement_lock *lock = outlook->lock;
	const struct table_facts *facts = outlook->facts;
	struct json *json = json_new_object(a);

	json_put_text(json, "relation", out_plan_relation(a, outlook));
	json_put_text(json, "object", objects[lock->object]);
	json_put_text(json, "constraint", lock->constraint);
	json_put_text(json, "column", lock->column);
	json_put_text(json, "mode", lock_mode_name(lock->mode));
	put_known(json, "bytes", outlook->bytes);
	put_known(json, "rows", outlook->rows);
	json_put_bool(json, "new", outlook->is_new);
	if (facts != NULL && facts->held_ms >= 0)
		json_put(json, "heldBy",
		    holder_json(a, facts->held_ms, facts->held_pid, facts->held_by));
	else
		json_put_null(json, "heldBy");
	return json;
}

/* Those of a statement; 0: those that belong to none that is listed. */
static struct json *
findings_json(struct arena *a, const struct checked *checked, int64_t number)
{
	struct json *list = json_new_array(a);

	for (size_t i = 0; i < checked->count; i++) {
		const struct finding *finding = &checked->findings[i];

		if (number > 0 ? finding->statement == number
			       : !out_plan_is_listed(checked->script, finding->statement))
			json_push(list, out_finding_json(a, checked, finding));
	}
	return list;
}

/* null: only the catalog or the data would tell. */
static void
put_answer(struct json *json, const char *name, enum effect_answer answer)
{
	if (answer == EFFECT_MAYBE)
		json_put_null(json, name);
	else
		json_put_bool(json, name, answer == EFFECT_YES);
}

static struct json *
statement_json(struct arena *a, const struct statement *st, const struct checked *checked)
{
	const struct outlook *outlook = check_outlook(checked, st->number);
	struct json *json = json_new_object(a), *locks = json_new_array(a);

	json_put_integer(json, "line", st->line);
	json_put_integer(json, "column", st->column);
	json_put_text(json, "kind", st->class.form);
	json_put_text(json, "sql", st->text);
	for (size_t i = 0; i < outlook->lock_count; i++)
		json_push(locks, lock_json(a, &outlook->locks[i]));
	json_put(json, "locks", locks);
	put_answer(json, "rewrite", outlook->rewrite);
	put_answer(json, "scan", outlook->scan);
	json_put_text(json, "cost", outlook_cost_name(outlook->cost));
	put_known(json, "seconds", outlook->seconds);
	json_put_text(json, "why", outlook->why);
	json_put(json, "findings", findings_json(a, checked, st->number));
	return json;
}

static struct json *
file_json(const struct plan_report *report, const struct step *step)
{
	struct arena *a = report->context->arena;
	const struct script *script = step->script;
	const struct checked *checked = out_plan_checked(report, script);
	struct json *json = json_new_object(a), *list = json_new_array(a);

	json_put_text(json, "version", script->version);
	json_put_text(json, "script", script->script);
	json_put_text(json, "type", step->records[0].type);
	json_put_text(json, "phase", phase_name(phase_of(script)));
	json_put_bool(json, "transaction", script->transaction);
	json_put(json, "batch",
	    out_batch_json(a, script, step->resumes == NULL ? NULL : step->resumes->unfinished));
	for (size_t i = 0; i < script->statement_count; i++)
		if (!script->statements[i].skip)
			json_push(list, statement_json(a, &script->statements[i], checked));
	json_put(json, "statements", list);
	if (step->resumes != NULL)
		json_put_integer(json, "resumesAt", step->resumes->unfinished->done + 1);
	else
		json_put_null(json, "resumesAt");
	json_put_integer(json, "statementsTotal", script->statement_total);
	json_put_integer(json, "statementsPlainDml", script->dml_total);
	json_put(json, "findings", findings_json(a, checked, 0));
	return json;
}

static struct json *
held_json(struct arena *a, const struct plan *plan)
{
	struct json *list = json_new_array(a);

	for (size_t i = 0; i < plan->entry_count; i++) {
		const struct entry *e = &plan->entries[i];
		struct json *json;

		if (e->state != STATE_HELD)
			continue;
		json = json_new_object(a);
		json_put_text(json, "version", e->version);
		json_put_text(json, "script", e->script->script);
		json_put_text(json, "type", e->type);
		json_put_text(json, "phase", phase_name(phase_of(e->script)));
		json_push(list, json);
	}
	return list;
}

static void
put_server(struct json *json, struct arena *a, const struct catalog *seen)
{
	struct json *replica = json_new_object(a);

	if (seen->oldest_ms >= 0)
		json_put(json, "oldestTransaction",
		    holder_json(a, seen->oldest_ms, seen->oldest_pid, seen->oldest_who));
	else
		json_put_null(json, "oldestTransaction");
	json_put_text(replica, "name", seen->lag_name);
	put_known(replica, "lagMs", seen->lag_ms);
	put_known(replica, "lagBytes", seen->lag_bytes);
	if (seen->lag_name != NULL)
		json_put(json, "replica", replica);
	else
		json_put_null(json, "replica");
	json_put_text(json, "notSeen", seen->blind);
}

void
out_plan_json(const struct plan_report *report)
{
	const struct context *c = report->context;
	const struct plan *plan = &report->session->plan;
	struct json *json =
	    out_json(c, "plan", report->session, out_summary(c->arena, &report->problems));
	struct json *files = json_new_array(c->arena);

	for (size_t i = 0; i < plan->step_count; i++)
		if (plan->steps[i].kind == STEP_SCRIPT)
			json_push(files, file_json(report, &plan->steps[i]));
	json_put_text(json, "schemaVersion", plan->schema_version);
	json_put_text(json, "targetSchemaVersion", plan->target_version);
	json_put(json, "files", files);
	json_put(json, "held", held_json(c->arena, plan));
	put_server(json, c->arena, report->catalog);
	json_put(json, "problems", out_json_problems(c->arena, &report->problems));
	out_json_print(json);
}
