/* SPDX-License-Identifier: MIT */
#include "core/undo.h"

#include <string.h>

#include "core/match.h"
#include "core/resume.h"
#include "core/state.h"
#include "core/step.h"

/* The versions that a plan has shown, and what the history was then. */
struct undo_pin {
	const struct history_row **rows;
	size_t count;
	struct history seen;
};

struct undoing {
	const struct goal *goal;
	const struct config *config;
	const struct scripts *scripts;
	const struct history *history;
	struct plan *plan;
	const char *target; /* the lowest version to be taken back; NULL: goal->undo_steps */
	const struct entry *entries;
	size_t entry_count;
	const struct entry *resumed; /* the undo file that was interrupted, or NULL */
	const struct entry *baseline; /* the one that is in the way, or NULL */
	const struct entry **chosen; /* the versions that are taken back, in this order */
	size_t chosen_count;
	bool *gone; /* by row of the history: it is no longer in force */
};

/* --- what is there --- */

/* A version, applied by whatever tool, that nobody has taken back; a baseline is one, too. */
static bool
is_in_force(const struct entry *e)
{
	if (e->row == NULL || e->version == NULL || !e->row->success)
		return false;
	return e->state == STATE_BASELINE ||
	    ((e->state == STATE_SUCCESS || e->state == STATE_OUT_OF_ORDER ||
		 e->state == STATE_MISSING || e->state == STATE_FUTURE) &&
		!(match_type(e->row->type) & TYPE_UNDO));
}

static bool
is_begun_undo(const struct entry *e)
{
	return e->state == STATE_INTERRUPTED && e->script->kind == SCRIPT_UNDO;
}

static const struct entry *
find_begun_undo(const struct entry *entries, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (is_begun_undo(&entries[i]))
			return &entries[i];
	return NULL;
}

static bool
is_same_row(const struct history_row *a, const struct history_row *b)
{
	return a->rank == b->rank && strcmp(a->installed_on_utc, b->installed_on_utc) == 0 &&
	    strcmp(a->script, b->script) == 0;
}

static bool
is_pinned(const struct undo_pin *pin, const struct history_row *row)
{
	for (size_t i = 0; i < pin->count; i++)
		if (is_same_row(pin->rows[i], row))
			return true;
	return false;
}

static bool
was_seen(const struct undo_pin *pin, const struct history_row *row)
{
	for (size_t i = 0; i < pin->seen.count; i++)
		if (is_same_row(&pin->seen.rows[i], row))
			return true;
	return false;
}

/* --- the choice --- */

/* What another run has begun since the goal was pinned is its own business. */
static bool
may_resume(const struct undoing *u, const struct entry *begun)
{
	const struct undo_pin *pin = u->goal->pin;

	if (begun == NULL || pin == NULL || was_seen(pin, begun->row))
		return begun != NULL;
	for (size_t i = 0; i < pin->count; i++)
		if (version_compare(pin->rows[i]->version, begun->version) == 0)
			return true;
	return false;
}

static bool
is_wanted(const struct undoing *u, const struct entry *e)
{
	const struct goal *goal = u->goal;

	if (u->resumed != NULL && version_compare(e->version, u->resumed->version) == 0)
		return false; /* its undo has begun, and comes first */
	if (goal->pin != NULL)
		return is_pinned(goal->pin, e->row);
	if (u->target != NULL)
		return version_compare(e->version, u->target) >= 0;
	return (int64_t)u->chosen_count + (u->resumed != NULL) < goal->undo_steps;
}

/* Entries with a row stand in the order in which they were applied. */
static void
choose(struct arena *a, struct undoing *u)
{
	const struct entry *begun = find_begun_undo(u->entries, u->entry_count);

	u->resumed = may_resume(u, begun) ? begun : NULL;
	u->chosen = arena_alloc(a, (u->entry_count + 1) * sizeof(*u->chosen));
	for (size_t i = u->entry_count; i-- > 0;) {
		const struct entry *e = &u->entries[i];

		if (!is_in_force(e) || !is_wanted(u, e))
			continue;
		if (e->state == STATE_BASELINE) {
			u->baseline = e;
			return;
		}
		u->chosen[u->chosen_count++] = e;
	}
}

static const char *
target_text(struct arena *a, const struct goal *goal)
{
	return goal->target == NULL || !version_valid(goal->target) ? NULL
								    : version_text(a, goal->target);
}

struct script **
undo_wanted(struct arena *a, const struct goal *goal, const struct scripts *scripts,
    const struct history *history, size_t *count)
{
	const struct state_rules rules = { .out_of_order = true };
	struct undoing u = { .goal = goal, .target = target_text(a, goal) };
	struct script **list = arena_alloc(a, (scripts->count + 1) * sizeof(struct script *));
	struct state_list states;

	state_make(a, scripts, history, &rules, &states);
	u.entries = states.entries;
	u.entry_count = states.count;
	choose(a, &u);
	*count = 0;
	for (size_t i = 0; i < u.chosen_count; i++)
		if (u.chosen[i]->undo == NULL && u.chosen[i]->script != NULL)
			list[(*count)++] = &scripts->list[u.chosen[i]->script - scripts->list];
	return list;
}

/* --- refusals --- */

/* What stands for more than a file of its own. */
static void
refuse_baseline(struct plan *plan, const struct entry *e)
{
	struct error *err = problem_add(&plan->setup_problems);

	error_set(err, ERR_REFUSED,
	    "version %s is a baseline and cannot be undone: no file has made what it stands for",
	    e->version);
	(void)error_next(err, "Undo only what was applied behind it.");
}

/* The file may say why there is no way back. */
static void
refuse_without_file(struct plan *plan, const struct entry *e)
{
	const char *reason = e->script == NULL ? NULL : e->script->directives.irreversible;
	struct error *err = problem_add(&plan->setup_problems);

	error_set_at(err, ERR_REFUSED,
	    (struct place){ .path = e->script == NULL ? NULL : e->script->path },
	    "version %s (\"%s\") has no undo file%s%s%s", e->version, e->row->script,
	    reason == NULL ? "" : ", and says that it is irreversible",
	    reason == NULL || reason[0] == '\0' ? "" : ": ", reason == NULL ? "" : reason);
	(void)error_next(err, "%s",
	    reason == NULL
		? "Write one (\"migrate new --undo\"), or correct it with a new version."
		: "Restore what it took away from a backup, or correct it with a new version.");
}

/* Nobody knows what would have to be taken back. */
static void
refuse_unfinished(struct plan *plan, const struct entry *e)
{
	bool interrupted = e->state == STATE_INTERRUPTED;
	struct error *err = problem_add(&plan->setup_problems);

	error_set_at(err, ERR_REFUSED,
	    (struct place){ .path = e->script == NULL ? NULL : e->script->path },
	    "version %s (\"%s\") %s: there is no saying what is to be undone", e->version,
	    e->row->script, interrupted ? "was interrupted" : "failed");
	if (interrupted)
		(void)error_next(err, "Run \"migrate %s\" first, which goes on with it.",
		    resume_command(e->script));
	else
		(void)error_next(err,
		    "See what it left behind and take that back, then run \"migrate repair\".");
}

static void
refuse_newer(struct plan *plan, const struct entry *e)
{
	struct error *err = problem_add(&plan->setup_problems);

	error_set(err, ERR_REFUSED, "another run was faster: version %s was applied meanwhile",
	    e->version);
	(void)error_next(err, "Look at \"migrate status\" and run \"migrate undo\" again.");
}

static void
refuse_too_many(struct plan *plan, size_t count, int64_t steps)
{
	struct error *err = problem_add(&plan->setup_problems);

	error_set(err, ERR_REFUSED, "only %zu version%s can be undone, not %lld", count,
	    count == 1 ? "" : "s", (long long)steps);
	(void)error_next(err, "\"migrate status\" lists them.");
}

void
undo_refuse_interrupted(struct plan *plan)
{
	const struct entry *e = find_begun_undo(plan->entries, plan->entry_count);
	struct error *err;

	if (e == NULL)
		return;
	err = problem_add(&plan->setup_problems);
	error_set_at(err, e->row->unfinished->unknown ? ERR_UNKNOWN : ERR_REFUSED,
	    (struct place){ .path = e->script->path },
	    "\"%s\" was interrupted: version %s is undone in part (%lld of %lld statements)",
	    e->script->script, e->version, (long long)e->row->unfinished->done,
	    (long long)e->row->unfinished->total);
	if (e->row->unfinished->unknown)
		(void)resume_advise(err, e->script);
	else
		(void)error_next(err, "Run \"migrate undo\", which goes on with it.");
}

/* --- the plan --- */

/* What others have done since the goal was pinned. */
static void
check_newer(const struct undoing *u)
{
	const struct undo_pin *pin = u->goal->pin;

	if (pin == NULL || u->chosen_count == 0)
		return;
	for (size_t i = 0; i < u->entry_count; i++)
		if (is_in_force(&u->entries[i]) && !was_seen(pin, u->entries[i].row))
			refuse_newer(u->plan, &u->entries[i]);
}

static void
check_unfinished(const struct undoing *u)
{
	for (size_t i = 0; i < u->entry_count; i++) {
		const struct entry *e = &u->entries[i];

		if (e != u->resumed && e->version != NULL &&
		    (e->state == STATE_FAILED || e->state == STATE_FAILED_MISSING ||
			e->state == STATE_FAILED_FUTURE || e->state == STATE_INTERRUPTED))
			refuse_unfinished(u->plan, e);
	}
}

static void
check_choice(const struct undoing *u)
{
	size_t count = u->chosen_count + (u->resumed != NULL);

	check_unfinished(u);
	check_newer(u);
	if (u->baseline != NULL)
		refuse_baseline(u->plan, u->baseline);
	else if (u->goal->pin == NULL && count > 0 && (int64_t)count < u->goal->undo_steps)
		refuse_too_many(u->plan, count, u->goal->undo_steps);
	for (size_t i = 0; i < u->chosen_count; i++)
		if (u->chosen[i]->undo == NULL)
			refuse_without_file(u->plan, u->chosen[i]);
}

/* The highest version that is still in force. */
static const char *
version_left(const struct undoing *u)
{
	const char *highest = NULL;

	for (size_t i = 0; i < u->entry_count; i++) {
		const struct entry *e = &u->entries[i];

		if (is_in_force(e) && !u->gone[e->row - u->history->rows] &&
		    (highest == NULL || version_compare(e->version, highest) > 0))
			highest = e->version;
	}
	return highest;
}

/* With undo_record delete the rank of a row that was taken away is given again. */
static int
next_rank(const struct undoing *u)
{
	const struct history *h = u->history;

	if (u->config->undo_record == UNDO_RECORD_ROW)
		return step_next_rank(h) + (int)u->plan->step_count - (u->resumed != NULL);
	for (size_t i = h->count; i-- > 0;)
		if (!u->gone[i])
			return h->rows[i].rank + 1;
	return 1;
}

/* Takes back the version of an entry; resumes: the row of its undo, if that has begun. */
static void
add_step(struct undoing *u, const struct entry *e, const struct history_row *resumes)
{
	struct script *script = &u->scripts->list[e->undo - u->scripts->list];
	struct step *step;

	if (resumes != NULL) {
		step_add_resumed(u->plan, script, resumes);
		u->gone[resumes - u->history->rows] = true;
	} else {
		step_add_script(u->plan, script, next_rank(u));
	}
	u->gone[e->row - u->history->rows] = true;
	step = &u->plan->steps[u->plan->step_count - 1];
	step->undoes = e->row;
	step->leaves = version_left(u);
	step->records[0].version = e->row->version;
	if (u->config->undo_record == UNDO_RECORD_DELETE)
		step_take_away(u->plan, step);
}

/* The version that an interrupted undo file was taking back. */
static const struct entry *
find_resumed(const struct undoing *u)
{
	for (size_t i = u->entry_count; i-- > 0;)
		if (is_in_force(&u->entries[i]) && u->entries[i].undo == u->resumed->script)
			return &u->entries[i];
	return NULL;
}

static void
add_steps(struct undoing *u)
{
	const struct entry *begun = u->resumed == NULL ? NULL : find_resumed(u);

	if (begun != NULL)
		add_step(u, begun, u->resumed->row);
	else if (u->resumed != NULL)
		refuse_unfinished(u->plan, u->resumed);
	for (size_t i = 0; i < u->chosen_count; i++)
		if (u->chosen[i]->undo != NULL)
			add_step(u, u->chosen[i], NULL);
}

static bool
check_target(const struct undoing *u, struct error *err)
{
	const char *target = u->goal->target;

	if (target == NULL)
		return true;
	if (u->target == NULL) {
		(void)error_set(
		    err, ERR_USAGE, "\"%s\" is not a version that can be undone", target);
		return error_next(err,
		    "A version is, and all above it go with it; a repeatable file is changed back "
		    "and "
		    "applied again.");
	}
	for (size_t i = 0; i < u->entry_count; i++)
		if (u->entries[i].version != NULL &&
		    version_compare(u->entries[i].version, u->target) == 0)
			return true;
	return error_set(
	    err, ERR_REFUSED, "there is no version %s: neither file nor history has it", u->target);
}

bool
undo_plan(const struct goal *goal, const struct config *config, const struct scripts *scripts,
    const struct history *history, struct plan *plan, struct error *err)
{
	struct undoing u = { .goal = goal,
		.target = target_text(plan->arena, goal),
		.config = config,
		.scripts = scripts,
		.history = history,
		.plan = plan,
		.entries = plan->entries,
		.entry_count = plan->entry_count };

	if (!check_target(&u, err))
		return false;
	u.gone = arena_alloc(plan->arena, (history->count + 1) * sizeof(*u.gone));
	choose(plan->arena, &u);
	check_choice(&u);
	add_steps(&u);
	return true;
}

void
undo_pin(const struct plan *plan, const struct history *history, struct goal *goal)
{
	struct undo_pin *pin = arena_alloc(plan->arena, sizeof(*pin));

	pin->seen = *history;
	pin->rows = arena_alloc(plan->arena, (plan->step_count + 1) * sizeof(*pin->rows));
	for (size_t i = 0; i < plan->step_count; i++)
		pin->rows[pin->count++] = plan->steps[i].undoes;
	goal->pin = pin;
}
