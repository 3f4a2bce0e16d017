/* SPDX-License-Identifier: MIT */
#include "core/plan.h"

#include <string.h>
#include <strings.h>

#include "core/callback.h"
#include "core/fit.h"
#include "core/match.h"
#include "core/phase.h"
#include "core/repair.h"
#include "core/resume.h"
#include "core/state.h"
#include "core/step.h"
#include "core/undo.h"

const char *
plan_state_name(enum state state)
{
	static const char *const names[] = {
		[STATE_PENDING] = "Pending",
		[STATE_SUCCESS] = "Success",
		[STATE_FAILED] = "Failed",
		[STATE_OUT_OF_ORDER] = "Out of Order",
		[STATE_OUTDATED] = "Outdated",
		[STATE_SUPERSEDED] = "Superseded",
		[STATE_MISSING] = "Missing",
		[STATE_FAILED_MISSING] = "Failed (Missing)",
		[STATE_FUTURE] = "Future",
		[STATE_FAILED_FUTURE] = "Failed (Future)",
		[STATE_IGNORED] = "Ignored",
		[STATE_BELOW_BASELINE] = "Below Baseline",
		[STATE_IGNORED_BASELINE] = "Ignored (Baseline)",
		[STATE_ABOVE_TARGET] = "Above Target",
		[STATE_BASELINE] = "Baseline",
		[STATE_DELETED] = "Deleted",
		[STATE_UNDONE] = "Undone",
		[STATE_AVAILABLE] = "Available",
		[STATE_INTERRUPTED] = "Interrupted",
		[STATE_HELD] = "Held",
	};

	return names[state];
}

/* --- target --- */

struct target {
	bool bounded, next;
	const char *version; /* NULL with bounded: what is applied now */
	bool may_miss;
};

/* "V" or "V?" */
static bool
is_version(const char *text)
{
	size_t length = strlen(text);
	char version[VERSION_LENGTH + 1];

	length -= length > 0 && text[length - 1] == '?';
	if (length > VERSION_LENGTH)
		return false;
	memcpy(version, text, length);
	version[length] = '\0';
	return version_valid(version);
}

bool
plan_check_target(const char *text, struct error *err)
{
	static const char *const words[] = { "latest", "next", "current" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcasecmp(text, words[i]) == 0)
			return true;
	if (is_version(text))
		return true;
	(void)error_set(err, ERR_USAGE, "\"%s\" is not a target", text);
	return error_next(
	    err, "A target is a version, a version and \"?\", latest, next or current.");
}

static bool
target_read(struct arena *a, const char *text, struct target *target, struct error *err)
{
	size_t length;

	*target = (struct target){ 0 };
	if (text == NULL)
		return true;
	if (!plan_check_target(text, err))
		return false;
	if (strcasecmp(text, "latest") == 0)
		return true;
	if (strcasecmp(text, "next") == 0) {
		target->next = true;
		return true;
	}
	target->bounded = true;
	if (strcasecmp(text, "current") == 0)
		return true;
	length = strlen(text);
	target->may_miss = length > 0 && text[length - 1] == '?';
	target->version = version_text(a, arena_strndup(a, text, length - target->may_miss));
	return true;
}

static bool
target_exists(const struct plan *plan, const struct target *target, struct error *err)
{
	size_t i;

	if (target->version == NULL || target->may_miss)
		return true;
	for (i = 0; i < plan->entry_count; i++)
		if (plan->entries[i].version != NULL &&
		    version_compare(plan->entries[i].version, target->version) == 0)
			return true;
	(void)error_set(err, ERR_REFUSED, "there is no version %s: neither file nor history has it",
	    target->version);
	return error_next(err, "With \"%s?\" as target a version that is not there is no error.",
	    target->version);
}

/* --- the parts of a plan --- */

void
plan_note(struct plan *plan, const char *note)
{
	plan->notes.items = arena_extend(
	    plan->arena, plan->notes.items, plan->notes.count, sizeof(*plan->notes.items));
	plan->notes.items[plan->notes.count++] = note;
}

/* Is that what a person calls an applied migration? */
static bool
is_applied(const struct entry *e)
{
	switch (e->state) {
	case STATE_SUCCESS:
		return e->category[0] != '\0' && strcmp(e->category, "Undo") != 0;
	case STATE_BASELINE:
	case STATE_OUT_OF_ORDER:
	case STATE_OUTDATED:
	case STATE_MISSING:
	case STATE_FUTURE:
		return true;
	case STATE_PENDING:
	case STATE_FAILED:
	case STATE_SUPERSEDED:
	case STATE_FAILED_MISSING:
	case STATE_FAILED_FUTURE:
	case STATE_IGNORED:
	case STATE_BELOW_BASELINE:
	case STATE_IGNORED_BASELINE:
	case STATE_ABOVE_TARGET:
	case STATE_DELETED:
	case STATE_UNDONE:
	case STATE_AVAILABLE:
	case STATE_INTERRUPTED:
	case STATE_HELD:
		break;
	}
	return false;
}

static void
count_entries(struct plan *plan)
{
	const struct entry *future = NULL;
	size_t i;

	for (i = 0; i < plan->entry_count; i++) {
		const struct entry *e = &plan->entries[i];

		plan->applied_count += is_applied(e);
		plan->pending_count += e->state == STATE_PENDING;
		plan->held_count += e->state == STATE_HELD;
		if (e->script == NULL || !phase_is_later(e->script, plan->phase)) {
			plan->outdated_count += e->state == STATE_OUTDATED;
			plan->interrupted_count += e->state == STATE_INTERRUPTED;
		}
		if (e->state == STATE_FUTURE || e->state == STATE_FAILED_FUTURE) {
			plan->future_count++;
			future = e;
		}
	}
	if (future != NULL)
		plan_note(plan,
		    arena_printf(plan->arena,
			"the history is newer than the files: version %s (\"%s\") was applied %s "
			"by %s",
			future->version, future->row->script, future->row->installed_on,
			future->row->installed_by));
}

static void
check_setup(const struct goal *goal, const struct config *config, const struct history *h,
    struct plan *plan)
{
	struct problems *problems = &plan->setup_problems;
	struct error *err;

	if (!h->schema_exists && !config->create_schemas) {
		err = problem_add(problems);
		(void)error_set(err, ERR_REFUSED, "schema \"%s\" does not exist", h->schema);
		(void)error_next(err, "Create it, or set \"create_schemas\" to true.");
	}
	if (h->exists && !h->writable && !goal->check_only) {
		err = problem_add(problems);
		(void)error_set(err, ERR_REFUSED,
		    "permission denied: \"%s\" may not write the history \"%s\".\"%s\"", h->user,
		    h->schema, h->table);
		(void)error_next(err,
		    "GRANT SELECT, INSERT, UPDATE, DELETE ON \"%s\".\"%s\" TO \"%s\", and the same "
		    "on \"%s\" if it exists.",
		    h->schema, h->table, h->user, h->journal);
	}
}

/* A schema in use, but without a history: nobody knows what is applied. */
static bool
is_unknown_schema(const struct history *h)
{
	return !h->exists && h->schema_exists && !h->schema_empty;
}

/*
 * The same, and a run of ours that was to mark the baseline has ended between making the history
 * and its first row.  Flyway's empty history has no journal.
 */
static bool
wants_baseline(const struct history *h)
{
	return is_unknown_schema(h) ||
	    (h->exists && h->journal_exists && h->count == 0 && !h->schema_empty);
}

static void
check_unknown_schema(const struct history *h, struct plan *plan)
{
	struct error *err = problem_add(&plan->setup_problems);

	(void)error_set(
	    err, ERR_REFUSED, "schema \"%s\" is not empty and has no schema history", h->schema);
	(void)error_next(err,
	    "If it is what your files up to version N make, run \"migrate baseline N\" (or set "
	    "\"baseline_on_up\" and \"baseline_version\"); if the history has another place, set "
	    "\"schema\" and \"table\".");
}

static bool
is_beyond(const struct target *target, const struct entry *e)
{
	return target->version != NULL && e->version != NULL &&
	    version_compare(e->version, target->version) > 0;
}

/* With "next" as target that version is the target, once it is known. */
static void
mark_beyond_next(struct plan *plan)
{
	const char *next = NULL;

	for (size_t i = 0; i < plan->entry_count; i++) {
		struct entry *e = &plan->entries[i];

		if (e->state != STATE_PENDING || e->version == NULL)
			continue;
		if (next == NULL)
			next = e->version;
		else if (version_compare(e->version, next) > 0)
			e->state = STATE_ABOVE_TARGET;
	}
}

/* What was begun stands before what is new, and is ended first. */
static void
plan_up(const struct target *target, const struct scripts *scripts, const struct history *history,
    struct plan *plan)
{
	int rank = step_next_rank(history);
	size_t i;

	if (plan->step_count > 0)
		rank++; /* behind the baseline */
	for (i = 0; i < plan->entry_count; i++) {
		const struct entry *e = &plan->entries[i];
		struct script *script =
		    e->script == NULL ? NULL : &scripts->list[e->script - scripts->list];

		if (e->state == STATE_INTERRUPTED && script->kind != SCRIPT_UNDO &&
		    !is_beyond(target, e) && !phase_is_later(script, plan->phase))
			step_add_resumed(plan, script, e->row);
		else if (e->state == STATE_PENDING)
			step_add_script(plan, script, rank++);
		else
			continue;
		if (target->next)
			return;
	}
}

/* The version that the schema has when all steps are done. */
static const char *
final_version(const struct plan *plan)
{
	const char *highest = plan->schema_version;
	size_t i, j;

	if (plan->goal == GOAL_UNDO && plan->step_count > 0)
		return plan->steps[plan->step_count - 1].leaves;

	for (i = 0; i < plan->step_count; i++) {
		for (j = 0; j < plan->steps[i].record_count; j++) {
			const struct record *r = &plan->steps[i].records[j];

			if (r->kind == RECORD_INSERT && r->version != NULL &&
			    !(match_type(r->type) & TYPE_DELETE) &&
			    (highest == NULL || version_compare(r->version, highest) > 0))
				highest = r->version;
		}
	}
	return highest;
}

/* --- the goals --- */

static bool
make_up(const struct goal *goal, const struct config *config, const struct scripts *scripts,
    const struct history *history, const struct target *target, struct plan *plan,
    struct error *err)
{
	bool baseline = config->baseline_on_up && wants_baseline(history);
	struct state_rules rules = { .bounded = target->bounded,
		.target = target->version,
		.out_of_order = config->out_of_order,
		.late_phases = config->phase_order == PHASE_ORDER_SKIP,
		.phase = goal->phase };
	struct state_list states;

	if (baseline)
		rules.baseline = version_text(plan->arena, config->baseline_version);
	state_make(plan->arena, scripts, history, &rules, &states);
	plan->entries = states.entries;
	plan->entry_count = states.count;
	if (target->next)
		mark_beyond_next(plan);
	if (rules.baseline == NULL)
		plan->schema_version = states.last_applied;
	if (!target_exists(plan, target, err))
		return false;
	count_entries(plan);
	check_setup(goal, config, history, plan);
	fit_check(config, states.baseline, plan);
	if (baseline)
		step_add_record(
		    plan, repair_baseline(config, rules.baseline, step_next_rank(history)));
	else if (is_unknown_schema(history))
		check_unknown_schema(history, plan);
	resume_refuse_unknown(plan, scripts, history);
	plan_up(target, scripts, history, plan);
	phase_check(config, plan);
	undo_refuse_interrupted(plan);
	return true;
}

/* The version that a baseline would have; NULL when it is none. */
static const char *
baseline_version(
    const struct goal *goal, const struct config *config, struct plan *plan, struct error *err)
{
	const char *text =
	    goal->baseline_version != NULL ? goal->baseline_version : config->baseline_version;

	if (version_check(text, err))
		return version_text(plan->arena, text);
	(void)error_at(err, "invalid baseline version");
	return NULL;
}

/* Undo, baseline and repair look at the history as it is, and refuse nothing that up would. */
static bool
make_other(const struct goal *goal, const struct config *config, const struct scripts *scripts,
    const struct history *history, const char *baseline, struct plan *plan, struct error *err)
{
	const struct state_rules rules = { .out_of_order = true };
	struct state_list states;

	state_make(plan->arena, scripts, history, &rules, &states);
	plan->entries = states.entries;
	plan->entry_count = states.count;
	plan->schema_version = states.last_applied;
	count_entries(plan);
	check_setup(goal, config, history, plan);
	if (goal->kind == GOAL_REPAIR)
		return repair_plan(goal, config, scripts, history, plan, err);
	if (goal->kind == GOAL_UNDO) {
		resume_refuse_unknown(plan, scripts, history);
		return undo_plan(goal, config, scripts, history, plan, err);
	}
	repair_plan_baseline(config, baseline, history, plan);
	return true;
}

bool
plan_make(struct arena *a, const struct goal *goal, const struct config *config,
    const struct scripts *scripts, const struct history *history, struct plan *plan,
    struct error *err)
{
	struct target target;
	const char *baseline;
	bool made;

	*plan = (struct plan){ .arena = a,
		.goal = goal->kind,
		.phase = goal->phase,
		.file_problems = plan->file_problems,
		.setup_problems = plan->setup_problems };
	plan->file_problems.arena = plan->setup_problems.arena = a;
	plan->fit_problems.arena = plan->pending_problems.arena = a;
	plan->pooler_problems.arena = a;
	baseline = baseline_version(goal, config, plan, err);
	if (baseline == NULL ||
	    !target_read(a, goal->target != NULL ? goal->target : config->target, &target, err))
		return false;
	if (history->flyways)
		plan_note(plan,
		    arena_printf(a, "\"table\" is not set and only \"%s\" exists: using that one",
			history->table));
	if (goal->kind == GOAL_UP)
		made = make_up(goal, config, scripts, history, &target, plan, err);
	else
		made = make_other(goal, config, scripts, history, baseline, plan, err);
	if (!made)
		return false;
	plan->callbacks = callback_find(a, goal, config, scripts);
	plan->target_version = final_version(plan);
	plan->needs_history = plan->step_count > 0 &&
	    (!history->schema_exists || !history->exists || !history->journal_exists);
	return true;
}

/* --- around plan_make --- */

/* The files that a name given by hand may mean. */
static void
mark_named(
    const struct match_index *index, const char *name, const struct scripts *scripts, bool *wanted)
{
	const enum script_kind kinds[] = { SCRIPT_VERSIONED, SCRIPT_BASELINE, SCRIPT_REPEATABLE };
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		const struct script *s = match_find(index, kinds[i], name, name);

		if (s != NULL)
			wanted[s - scripts->list] = true;
	}
}

struct script **
plan_recorded(struct arena *a, const struct goal *goal, const struct scripts *scripts,
    const struct history *history, size_t *count)
{
	struct match_index index = match_index_make(a, scripts);
	bool *wanted = arena_alloc(a, (scripts->count + 1) * sizeof(*wanted));
	struct script **list = arena_alloc(a, (scripts->count + 1) * sizeof(struct script *));
	size_t i;

	for (i = 0; i < history->count; i++) {
		const struct script *s = match_row(&index, &history->rows[i]);

		if (s != NULL && s->kind != SCRIPT_UNDO)
			wanted[s - scripts->list] = true;
	}
	if (goal->mark_applied != NULL)
		mark_named(&index, goal->mark_applied, scripts, wanted);
	*count = 0;
	for (i = 0; i < scripts->count; i++)
		if (wanted[i])
			list[(*count)++] = &scripts->list[i];
	return list;
}

struct script **
plan_looked(struct arena *a, const struct goal *goal, const struct config *config,
    const struct scripts *scripts, const struct history *history, size_t *count)
{
	if (goal->kind == GOAL_UNDO)
		return undo_wanted(a, goal, scripts, history, count);
	return phase_wanted(a, goal, config, scripts, history, count);
}

static void
refuse_group(struct plan *plan)
{
	for (size_t i = 0; i < plan->step_count; i++) {
		const struct script *s = plan->steps[i].script;
		struct error *err;

		if (plan->steps[i].kind != STEP_SCRIPT || s->transaction || !s->sound)
			continue;
		err = problem_add(&plan->file_problems);
		error_set_at(err, ERR_REFUSED, (struct place){ .path = s->path },
		    "%s runs without a transaction and cannot be part of a group", s->script);
		error_next(err, "Apply it alone first (--target), or set group: false.");
	}
}

/* Only undo goes on with an undo, and nothing else does it. */
static bool
is_of_goal(const struct plan *plan, const struct script *script)
{
	return plan->goal == (script->kind == SCRIPT_UNDO ? GOAL_UNDO : GOAL_UP);
}

void
plan_read(struct plan *plan, const struct script_environment *env)
{
	size_t i;

	for (i = 0; i < plan->step_count; i++) {
		struct step *step = &plan->steps[i];

		if (step->kind != STEP_SCRIPT)
			continue;
		/* A change since then is noticed when it is sent. */
		if (!step->script->sound)
			script_read(plan->arena, step->script, env, &plan->file_problems);
		step->records[0].has_checksum = step->script->hashed;
		step->records[0].checksum = step->script->checksum;
	}
	callback_read(plan, env);
	if (env->config->group)
		refuse_group(plan);
	for (i = 0; i < plan->entry_count; i++)
		if (plan->entries[i].state == STATE_INTERRUPTED &&
		    is_of_goal(plan, plan->entries[i].script))
			resume_check(plan, &plan->entries[i], env);
	fit_explain(plan, env);
}

void
plan_refusals(const struct plan *plan, const struct config *config, struct problems *out)
{
	problems_append(out, &plan->file_problems);
	problems_append(out, &plan->setup_problems);
	if (config->validate_on_up)
		problems_append(out, &plan->fit_problems);
	problems_append(out, &plan->pooler_problems);
}
