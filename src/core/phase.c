/* SPDX-License-Identifier: MIT */
#include "core/phase.h"

#include <string.h>

#include "core/state.h"

enum { NAMES_SHOWN = 5 };

static const char *const names[] = {
	[PHASE_NONE] = "",
	[PHASE_EXPAND] = "expand",
	[PHASE_BACKFILL] = "backfill",
	[PHASE_CONTRACT] = "contract",
};

const char *
phase_name(enum phase phase)
{
	return names[phase];
}

bool
phase_parse(const char *text, enum phase *out, struct error *err)
{
	const char *nearest;

	for (enum phase phase = PHASE_EXPAND; phase <= PHASE_CONTRACT; phase++) {
		if (strcmp(text, names[phase]) == 0) {
			*out = phase;
			return true;
		}
	}
	(void)error_set(err, ERR_USAGE, "\"%s\" is not a phase", text);
	nearest = config_nearest(text, &names[PHASE_EXPAND], PHASE_CONTRACT);
	if (nearest != NULL)
		return error_next(err, "Did you mean \"%s\"?", nearest);
	return error_next(err, "The phases are expand, backfill and contract, in this order.");
}

enum phase
phase_of(const struct script *script)
{
	const struct directives *d = &script->directives;

	if (d->phase != PHASE_NONE)
		return d->phase;
	return d->batch.given ? PHASE_BACKFILL : PHASE_EXPAND;
}

bool
phase_is_later(const struct script *script, enum phase asked)
{
	return asked != PHASE_NONE && phase_of(script) > asked;
}

struct script **
phase_wanted(struct arena *a, const struct goal *goal, const struct config *config,
    const struct scripts *scripts, const struct history *history, size_t *count)
{
	/* Late files too: whether they were held back is for their phase to tell. */
	const struct state_rules rules = { .out_of_order = true };
	struct script **list = arena_alloc(a, (scripts->count + 1) * sizeof(struct script *));
	struct state_list states;

	*count = 0;
	if (goal->kind != GOAL_UP ||
	    (goal->phase == PHASE_NONE && !goal->phases &&
		config->phase_order == PHASE_ORDER_STRICT))
		return list;
	state_make(a, scripts, history, &rules, &states);
	for (size_t i = 0; i < states.count; i++) {
		const struct entry *e = &states.entries[i];

		if (e->state == STATE_PENDING || e->state == STATE_INTERRUPTED)
			list[(*count)++] = &scripts->list[e->script - scripts->list];
	}
	return list;
}

/* --- what is held back --- */

static bool
is_held(const struct plan *plan, const struct entry *e)
{
	return e->state == STATE_HELD ||
	    (e->state == STATE_INTERRUPTED && phase_is_later(e->script, plan->phase));
}

static void
note_held(struct plan *plan)
{
	struct arena_text *text = arena_text_new(plan->arena);
	size_t count = 0;

	fprintf(text->out, "held back by --phase %s: ", names[plan->phase]);
	for (size_t i = 0; i < plan->entry_count; i++) {
		const struct entry *e = &plan->entries[i];

		if (is_held(plan, e) && count++ < NAMES_SHOWN)
			fprintf(text->out, "%s%s (%s%s)", count == 1 ? "" : ", ", e->script->script,
			    names[phase_of(e->script)],
			    e->state == STATE_INTERRUPTED ? ", interrupted" : "");
	}
	if (count > NAMES_SHOWN)
		fprintf(text->out, " and %zu more", count - NAMES_SHOWN);
	if (count > 0)
		plan_note(plan, arena_text_end(text));
}

/* The held version that all others wait for, or NULL. */
static const struct entry *
find_first_held(const struct plan *plan)
{
	const struct entry *first = NULL;

	for (size_t i = 0; i < plan->entry_count; i++) {
		const struct entry *e = &plan->entries[i];

		if (is_held(plan, e) && e->version != NULL &&
		    (first == NULL || version_compare(e->version, first->version) < 0))
			first = e;
	}
	return first;
}

static void
refuse_behind(struct plan *plan, const struct script *script, const struct script *held)
{
	struct error *err = problem_add(&plan->setup_problems);

	error_set_at(err, ERR_REFUSED, (struct place){ .path = script->path },
	    "\"%s\" (%s) stands behind \"%s\" (%s), which --phase %s holds back", script->script,
	    names[phase_of(script)], held->script, names[phase_of(held)], names[plan->phase]);
	(void)error_next(err,
	    "Run \"migrate up --phase %s\" first, or give \"%s\" a version below %s; with "
	    "\"phase_order\" set to \"skip\" held files are passed over and come later.",
	    names[phase_of(held)], script->script, held->version);
}

void
phase_check(const struct config *config, struct plan *plan)
{
	const struct entry *held;

	if (plan->phase == PHASE_NONE)
		return;
	note_held(plan);
	held = find_first_held(plan);
	if (held == NULL || config->phase_order == PHASE_ORDER_SKIP)
		return;
	for (size_t i = 0; i < plan->step_count; i++) {
		const struct step *step = &plan->steps[i];

		if (step->kind == STEP_SCRIPT && step->resumes == NULL &&
		    step->script->version != NULL &&
		    version_compare(step->script->version, held->version) > 0)
			refuse_behind(plan, step->script, held->script);
	}
}
