/* SPDX-License-Identifier: MIT */
#include "core/callback.h"

#include <string.h>

enum {
	UP = 1u << GOAL_UP,
	UNDO = 1u << GOAL_UNDO,
	BASELINE = 1u << GOAL_BASELINE,
	REPAIR = 1u << GOAL_REPAIR
};

static const char no_clean[] = "there is no \"clean\" here";

const struct callback_event callback_events[] = {
	{ "afterConnect", UP | UNDO | BASELINE | REPAIR, CALLBACK_CONNECT, NULL, NULL },
	{ "beforeValidate", UP, CALLBACK_VALIDATE, "validate", NULL },
	{ "afterValidate", UP, CALLBACK_VALIDATE, "validate", NULL },
	{ "createSchema", UP | BASELINE, CALLBACK_SCHEMA, NULL, NULL },
	{ "beforeCreateSchema", UP | BASELINE, CALLBACK_SCHEMA, NULL, NULL },

	{ "beforeBaseline", UP, CALLBACK_BEFORE_BASELINE, NULL, NULL },
	{ "afterBaseline", UP, CALLBACK_AFTER_BASELINE, NULL, NULL },
	{ "beforeMigrate", UP, CALLBACK_BEFORE, NULL, NULL },
	{ "beforeEachMigrate", UP, CALLBACK_BEFORE_EACH, NULL, NULL },
	{ "beforeEachMigrateStatement", UP, CALLBACK_BEFORE_STATEMENT, NULL, NULL },
	{ "afterEachMigrateStatement", UP, CALLBACK_AFTER_STATEMENT, NULL, NULL },
	{ "afterEachMigrateStatementError", UP, CALLBACK_STATEMENT_ERROR, NULL, NULL },
	{ "afterEachMigrate", UP, CALLBACK_AFTER_EACH, NULL, NULL },
	{ "afterEachMigrateError", UP, CALLBACK_EACH_ERROR, NULL, NULL },
	{ "afterVersioned", UP, CALLBACK_VERSIONED, NULL, NULL },
	{ "beforeRepeatables", UP, CALLBACK_REPEATABLES, NULL, NULL },
	{ "afterMigrateApplied", UP, CALLBACK_APPLIED, NULL, NULL },
	{ "afterMigrate", UP, CALLBACK_AFTER, NULL, NULL },
	{ "afterMigrateOperationFinish", UP, CALLBACK_AFTER, NULL, NULL },
	{ "afterMigrateError", UP, CALLBACK_ERROR, NULL, NULL },

	{ "beforeUndo", UNDO, CALLBACK_BEFORE, NULL, NULL },
	{ "beforeEachUndo", UNDO, CALLBACK_BEFORE_EACH, NULL, NULL },
	{ "beforeEachUndoStatement", UNDO, CALLBACK_BEFORE_STATEMENT, NULL, NULL },
	{ "afterEachUndoStatement", UNDO, CALLBACK_AFTER_STATEMENT, NULL, NULL },
	{ "afterEachUndoStatementError", UNDO, CALLBACK_STATEMENT_ERROR, NULL, NULL },
	{ "afterEachUndo", UNDO, CALLBACK_AFTER_EACH, NULL, NULL },
	{ "afterEachUndoError", UNDO, CALLBACK_EACH_ERROR, NULL, NULL },
	{ "afterUndo", UNDO, CALLBACK_AFTER, NULL, NULL },
	{ "afterUndoError", UNDO, CALLBACK_ERROR, NULL, NULL },

	{ "beforeBaseline", BASELINE, CALLBACK_BEFORE, NULL, NULL },
	{ "afterBaseline", BASELINE, CALLBACK_AFTER, NULL, NULL },
	{ "afterBaselineError", BASELINE, CALLBACK_ERROR, NULL, NULL },
	{ "beforeRepair", REPAIR, CALLBACK_BEFORE, NULL, NULL },
	{ "afterRepair", REPAIR, CALLBACK_AFTER, NULL, NULL },
	{ "afterRepairError", REPAIR, CALLBACK_ERROR, NULL, NULL },

	{ "beforeInfo", 0, CALLBACK_NEVER, "status", NULL },
	{ "afterInfo", 0, CALLBACK_NEVER, "status", NULL },
	{ "afterInfoError", 0, CALLBACK_NEVER, "status", NULL },
	{ "afterInfoOperationFinish", 0, CALLBACK_NEVER, "status", NULL },
	{ "afterValidateError", 0, CALLBACK_NEVER, "validate",
	    "what does not fit is refused before anything runs" },
	{ "beforeConnect", 0, CALLBACK_NEVER, NULL, "no SQL can run before there is a connection" },
	{ "beforeClean", 0, CALLBACK_NEVER, NULL, no_clean },
	{ "afterClean", 0, CALLBACK_NEVER, NULL, no_clean },
	{ "afterCleanError", 0, CALLBACK_NEVER, NULL, no_clean },
};
const size_t callback_event_count = sizeof(callback_events) / sizeof(callback_events[0]);

/* --- which files --- */

static void
add_files(
    struct arena *a, const struct scripts *scripts, const char *event, struct callback_list *out)
{
	for (size_t i = 0; i < scripts->count; i++) {
		struct script *s = &scripts->list[i];

		if (s->kind != SCRIPT_CALLBACK || strcmp(s->event, event) != 0)
			continue;
		out->list = arena_extend(a, out->list, out->count, sizeof(struct script *));
		out->list[out->count++] = s;
	}
}

static bool
is_wanted(const struct config *config, enum callback_moment moment)
{
	if (moment == CALLBACK_SCHEMA)
		return config->create_schemas;
	return moment != CALLBACK_VALIDATE || config->validate_on_up;
}

struct callbacks
callback_find(struct arena *a, const struct goal *goal, const struct config *config,
    const struct scripts *scripts)
{
	struct callbacks found = { 0 };

	for (size_t i = 0; i < callback_event_count; i++) {
		const struct callback_event *event = &callback_events[i];

		if ((event->goals & 1u << goal->kind) != 0 && is_wanted(config, event->moment))
			add_files(a, scripts, event->name, &found.at[event->moment]);
	}
	return found;
}

bool
callback_runs_alone(const struct callbacks *callbacks)
{
	static const enum callback_moment alone[] = { CALLBACK_VALIDATE, CALLBACK_SCHEMA,
		CALLBACK_BEFORE, CALLBACK_VERSIONED, CALLBACK_AFTER };

	for (size_t i = 0; i < sizeof(alone) / sizeof(alone[0]); i++)
		if (callbacks->at[alone[i]].count > 0)
			return true;
	return false;
}

bool
callback_runs(const struct plan *plan)
{
	return plan->step_count > 0 || callback_runs_alone(&plan->callbacks);
}

struct step *
callback_steps(struct arena *a, const struct callback_list *list, const struct step *around)
{
	struct step *steps = arena_alloc(a, (list->count + 1) * sizeof(*steps));

	for (size_t i = 0; i < list->count; i++)
		steps[i] = (struct step){
			.kind = STEP_CALLBACK, .script = list->list[i], .around = around
		};
	return steps;
}

/* --- what cannot be run --- */

/* Does it run inside the transaction of a file?  With group there is one for all of them. */
static bool
is_inside(enum callback_moment moment, bool group)
{
	if (moment == CALLBACK_VERSIONED || moment == CALLBACK_REPEATABLES)
		return group;
	return moment == CALLBACK_BEFORE_EACH || moment == CALLBACK_BEFORE_STATEMENT ||
	    moment == CALLBACK_AFTER_STATEMENT || moment == CALLBACK_AFTER_EACH;
}

static void
refuse_statement(
    const struct script *s, const struct statement *statement, struct problems *problems)
{
	error_set_at(problem_add(problems), ERR_REFUSED,
	    (struct place){ .path = s->path, .line = statement->line, .column = statement->column },
	    "%s cannot run inside a transaction block, and %s runs inside the transaction of a "
	    "file",
	    statement->class.form, s->event);
}

static void
refuse_inside(const struct script *s, struct problems *problems)
{
	size_t before = problems->count;

	for (size_t i = 0; i < s->statement_count; i++)
		if (s->statements[i].class.refused_in_block)
			refuse_statement(s, &s->statements[i], problems);
	if (problems->count > before)
		return;
	if (!s->transaction)
		error_set_at(problem_add(problems), ERR_REFUSED, (struct place){ .path = s->path },
		    "%s runs inside the transaction of a file: it cannot do without one", s->event);
	else if (s->sets_transaction || s->begin_modes != NULL)
		error_set_at(problem_add(problems), ERR_REFUSED, (struct place){ .path = s->path },
		    "%s runs inside the transaction of a file: it cannot set its modes", s->event);
}

/* What a file says of its place among the others means nothing here. */
static void
refuse_directives(const struct script *s, struct problems *problems)
{
	const struct directives *d = &s->directives;
	const char *name = NULL;

	if (!d->given)
		return;
	if (d->phase != PHASE_NONE)
		name = "phase";
	else if (d->batch.given)
		name = "batch";
	else if (d->irreversible != NULL)
		name = "irreversible";
	if (name == NULL)
		return;
	error_set_at(problem_add(problems), ERR_REFUSED, d->last_place,
	    "\"%s\" has no meaning in a callback", name);
}

static const struct callback_event *
find_event(const struct script *script)
{
	for (size_t i = 0; script->kind == SCRIPT_CALLBACK && i < callback_event_count; i++)
		if (strcmp(callback_events[i].name, script->event) == 0)
			return &callback_events[i];
	return NULL;
}

void
callback_check(const struct script *script, const struct config *config, struct problems *problems)
{
	const struct callback_event *event = find_event(script);

	if (event == NULL || !script->sound)
		return;
	refuse_directives(script, problems);
	if (is_inside(event->moment, config->group))
		refuse_inside(script, problems);
}

static void
read_list(struct plan *plan, const struct callback_list *list, const struct script_environment *env)
{
	for (size_t i = 0; i < list->count; i++) {
		struct script *s = list->list[i];

		/* A change since then is noticed when it is sent. */
		if (!s->sound)
			script_read(plan->arena, s, env, &plan->file_problems);
		callback_check(s, env->config, &plan->file_problems);
	}
}

void
callback_read(struct plan *plan, const struct script_environment *env)
{
	if (!callback_runs(plan))
		return;
	for (int moment = 0; moment < CALLBACK_MOMENTS; moment++)
		read_list(plan, &plan->callbacks.at[moment], env);
}

/* --- what is not run --- */

static bool
is_left_out(const struct script *s, const char *reader)
{
	const struct callback_event *event = find_event(s);

	return event != NULL && event->reader != NULL && strcmp(event->reader, reader) == 0;
}

const char *
callback_left_out(struct arena *a, const char *reader, const struct scripts *scripts)
{
	struct arena_text *text = arena_text_new(a);
	const char *comma = "";

	for (size_t i = 0; i < scripts->count; i++) {
		if (!is_left_out(&scripts->list[i], reader))
			continue;
		fprintf(text->out, "%s\"%s\"", comma, scripts->list[i].path);
		comma = ", ";
	}
	return *comma == '\0' ? NULL : arena_text_end(text);
}

const char *
callback_never(const struct script *script)
{
	const struct callback_event *event = find_event(script);

	return event == NULL ? NULL : event->never;
}
