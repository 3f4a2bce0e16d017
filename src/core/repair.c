/* SPDX-License-Identifier: MIT */
#include "core/repair.h"

#include <string.h>

#include "core/fit.h"
#include "core/match.h"
#include "core/resume.h"
#include "core/state.h"
#include "core/step.h"

/* A change of a row that is there; what is to be changed is taken from the row. */
static struct record
row_record(enum record_kind kind, const struct history_row *row, const char *why)
{
	return (struct record){
		.kind = kind,
		.rank = row->rank,
		.version = row->version,
		.description = row->description,
		.type = row->type,
		.script = row->script,
		.has_checksum = row->has_checksum,
		.checksum = row->checksum,
		.success = row->success,
		.why = why,
	};
}

/* --- Flyway's three repairs --- */

/* That file can be gone on with: its row is what the journal's rows belong to. */
static bool
is_interrupted(struct plan *plan, const struct history_row *row)
{
	for (size_t i = 0; i < plan->entry_count; i++)
		if (plan->entries[i].row == row)
			return plan->entries[i].state == STATE_INTERRUPTED;
	return false;
}

/* No repair but one by name can tell what became of it. */
static void
say_undecided(struct plan *plan, const struct history_row *row, const char *name)
{
	plan_note(plan,
	    arena_printf(plan->arena,
		"what became of \"%s\" is not known and stays so until \"migrate repair --applied "
		"%s\" or \"migrate repair --pending %s\"",
		row->script, name, name));
}

static void
say_interrupted(struct plan *plan, const struct history_row *row)
{
	const char *name = row->version != NULL ? row->version : row->description;
	bool undo = (match_type(row->type) & TYPE_UNDO) != 0;

	if (row->unfinished->unknown)
		say_undecided(plan, row, name);
	else
		plan_note(plan,
		    arena_printf(plan->arena,
			"\"%s\" was interrupted and is left as it is: \"migrate %s\" goes on with "
			"it, \"migrate repair --%s %s\" forgets what it did",
			row->script, undo ? "undo" : "up", undo ? "applied" : "pending", name));
}

/* The history without its failed rows. */
static struct history
remove_failed(const struct history *history, struct plan *plan)
{
	struct history rest = *history;
	size_t i;

	rest.rows = arena_alloc(plan->arena, (history->count + 1) * sizeof(*rest.rows));
	rest.count = 0;
	for (i = 0; i < history->count; i++) {
		bool interrupted = is_interrupted(plan, &history->rows[i]);

		if (interrupted)
			say_interrupted(plan, &history->rows[i]);
		if (interrupted || history->rows[i].success)
			rest.rows[rest.count++] = history->rows[i];
		else
			step_add_record(plan,
			    row_record(RECORD_DELETE, &history->rows[i], "removes the failed row"));
	}
	return rest;
}

static void
mark_missing(const struct config *config, const struct state_list *states,
    const struct history *history, struct plan *plan)
{
	int rank = step_next_rank(history);
	size_t i;

	for (i = 0; i < states->count; i++) {
		const struct entry *e = &states->entries[i];
		struct record record;

		if ((e->state != STATE_MISSING && e->state != STATE_FUTURE) ||
		    fit_ignores(config, e))
			continue;
		record = row_record(RECORD_INSERT, e->row, "marks as deleted: the file is missing");
		record.type = "DELETE";
		record.rank = rank++;
		step_add_record(plan, record);
	}
}

static bool
is_aligned(const struct entry *e)
{
	const struct history_row *row = e->row;
	const struct script *s = e->script;

	if (!match_same_checksum(row, s))
		return e->version == NULL; /* a changed repeatable is run again instead */
	if (e->version == NULL)
		return !s->hashed || !row->has_checksum || row->checksum == s->checksum;
	if (s->hashed && !row->has_checksum)
		return false;
	return match_same_type(row, s) && strcmp(row->description, s->description) == 0;
}

static void
align(const struct state_list *states, struct plan *plan)
{
	size_t i;

	for (i = 0; i < states->count; i++) {
		const struct entry *e = &states->entries[i];
		struct record record;

		if (e->row == NULL || e->script == NULL || e->script->kind == SCRIPT_UNDO ||
		    e->state == STATE_UNDONE || e->state == STATE_DELETED ||
		    e->state == STATE_INTERRUPTED || is_aligned(e))
			continue;
		record = row_record(RECORD_UPDATE, e->row, "aligns with the file");
		record.description = e->script->description;
		record.type = match_script_type(e->script);
		if (e->script->hashed) {
			record.has_checksum = true;
			record.checksum = e->script->checksum;
		}
		step_add_record(plan, record);
	}
}

/* --- marks by hand --- */

/* A version, or the description of a repeatable. */
static bool
is_named(const char *name, const char *version, const char *description)
{
	if (version == NULL)
		return strcmp(name, description) == 0;
	return version_valid(name) && version_compare(name, version) == 0;
}

static bool
advise_name(struct error *err)
{
	return error_next(err,
	    "\"migrate status\" lists what there is: give a version, or the description of a "
	    "repeatable file.");
}

/* Of the lines with one name: V before B, what is not applied before what is. */
static bool
is_better(const struct entry *than, const struct entry *e)
{
	if (than == NULL)
		return true;
	if (than->script->kind != e->script->kind)
		return than->script->kind == SCRIPT_BASELINE;
	return e->row == NULL;
}

/* Would the update leave the row as it is? */
static bool
is_same(const struct history_row *row, const struct record *update)
{
	return strcmp(row->description, update->description) == 0 &&
	    strcmp(row->type, update->type) == 0 && row->has_checksum == update->has_checksum &&
	    row->checksum == update->checksum;
}

static bool
mark_applied(const char *name, const struct history *history, struct plan *plan, struct error *err)
{
	const struct entry *file = NULL;
	struct record record;
	size_t i;

	for (i = 0; i < plan->entry_count; i++) {
		const struct entry *e = &plan->entries[i];

		if (e->script == NULL || e->script->kind == SCRIPT_UNDO ||
		    e->state == STATE_UNDONE || e->state == STATE_DELETED ||
		    e->state == STATE_SUPERSEDED || !is_named(name, e->version, e->description))
			continue;
		if (is_better(file, e))
			file = e;
	}
	if (file == NULL) {
		error_set(err, ERR_REFUSED, "there is no file of \"%s\"", name);
		return advise_name(err);
	}
	if (file->row != NULL && file->row->success) {
		error_set(err, ERR_REFUSED, "\"%s\" is applied already: %s by %s",
		    file->script->script, file->row->installed_on, file->row->installed_by);
		return error_next(err, "There is nothing to mark.");
	}
	record = step_script_record(file->script, step_next_rank(history));
	record.why = "marks as applied, by hand";
	if (file->row != NULL) {
		record.kind = RECORD_UPDATE;
		record.rank = file->row->rank;
		if (!is_same(file->row, &record))
			step_add_record(plan, record);
		record.kind = RECORD_SUCCEED;
	}
	step_add_record(plan, record);
	return true;
}

/* A file that left no row behind, but an outcome that is not known. */
static void
forget_unknown(const char *name, bool undo_only, const struct scripts *scripts,
    const struct history *history, struct plan *plan)
{
	for (size_t i = 0; i < history->unknown_count; i++) {
		struct history_row row = history->unknown[i];

		row.description = resume_name(scripts, &row);
		if (undo_only && !(match_type(row.type) & TYPE_UNDO))
			continue;
		if (is_named(name, row.version, row.description))
			step_add_record(plan,
			    row_record(RECORD_FORGET, &row,
				undo_only ? "marks as applied, by hand"
					  : "marks as pending, by hand"));
	}
}

/* Its statements that are done would fail when they are run once more. */
static void
say_kept(struct plan *plan, const struct history_row *row)
{
	const struct unfinished *u = row->unfinished;

	if (u == NULL || u->done == 0)
		return;
	plan_note(plan,
	    arena_printf(plan->arena,
		"\"%s\": %lld of %lld statements are done and are not taken back; the next run "
		"begins at the first one",
		row->script, (long long)u->done, (long long)u->total));
}

/* The undo of a version that has not come to its end, or NULL. */
static const struct history_row *
find_begun_undo(const char *name, const struct plan *plan)
{
	for (size_t i = 0; i < plan->entry_count; i++) {
		const struct history_row *row = plan->entries[i].row;

		if (row != NULL && !row->success && match_type(row->type) & TYPE_UNDO &&
		    is_named(name, row->version, row->description))
			return row;
	}
	return NULL;
}

/* An undo is told by its version: with it the version is pending, without it applied. */
static bool
end_undo(const char *name, bool undone, const struct config *config, struct plan *plan)
{
	const struct history_row *row = find_begun_undo(name, plan);

	if (row == NULL || (undone && config->undo_record == UNDO_RECORD_DELETE))
		return false;
	if (!undone)
		say_kept(plan, row);
	step_add_record(plan,
	    undone ? row_record(RECORD_SUCCEED, row, "marks as undone, by hand")
		   : row_record(RECORD_DELETE, row, "marks as applied, by hand"));
	return true;
}

static bool
mark_pending(const char *name, const struct scripts *scripts, const struct history *history,
    struct plan *plan, struct error *err)
{
	size_t i, before = plan->step_count;

	for (i = 0; i < plan->entry_count; i++) {
		const struct entry *e = &plan->entries[i];

		if (e->row == NULL || match_type(e->row->type) & TYPE_SYNTHETIC ||
		    (e->row->success && match_type(e->row->type) & TYPE_UNDO) ||
		    e->state == STATE_UNDONE || e->state == STATE_DELETED ||
		    !is_named(name, e->version, e->description))
			continue;
		say_kept(plan, e->row);
		step_add_record(
		    plan, row_record(RECORD_DELETE, e->row, "marks as pending, by hand"));
	}
	forget_unknown(name, false, scripts, history, plan);
	if (plan->step_count > before)
		return true;
	error_set(err, ERR_REFUSED, "the history has no applied migration \"%s\"", name);
	return advise_name(err);
}

bool
repair_plan(const struct goal *goal, const struct config *config, const struct scripts *scripts,
    const struct history *history, struct plan *plan, struct error *err)
{
	const struct state_rules rules = { .out_of_order = true };
	struct state_list states;
	struct history rest;

	if (goal->mark_applied != NULL) {
		forget_unknown(goal->mark_applied, true, scripts, history, plan);
		return end_undo(goal->mark_applied, false, config, plan) || plan->step_count > 0 ||
		    mark_applied(goal->mark_applied, history, plan, err);
	}
	if (goal->mark_pending != NULL)
		return end_undo(goal->mark_pending, true, config, plan) ||
		    mark_pending(goal->mark_pending, scripts, history, plan, err);
	for (size_t i = 0; i < history->unknown_count; i++)
		say_undecided(
		    plan, &history->unknown[i], resume_name(scripts, &history->unknown[i]));
	rest = remove_failed(history, plan);
	state_make(plan->arena, scripts, &rest, &rules, &states);
	mark_missing(config, &states, &rest, plan);
	align(&states, plan);
	return true;
}

/* --- baseline --- */

struct record
repair_baseline(const struct config *config, const char *version, int rank)
{
	return (struct record){
		.kind = RECORD_INSERT,
		.rank = rank,
		.version = version,
		.description = config->baseline_description,
		.type = "BASELINE",
		.script = config->baseline_description,
		.success = true,
		.why = "marks the present state",
	};
}

/* A schema that is made for the baseline is recorded behind it, as Flyway has it. */
static void
add_baseline(const struct config *config, const char *version, const struct history *history,
    struct plan *plan)
{
	int rank = step_next_rank(history);

	step_add_record(plan, repair_baseline(config, version, rank));
	if (!history->schema_exists)
		step_add_record(plan,
		    (struct record){
			.kind = RECORD_INSERT,
			.rank = rank + 1,
			.description = "<< Flyway Schema Creation >>",
			.type = "SCHEMA",
			.script = arena_printf(plan->arena, "\"%s\"", history->schema),
			.success = true,
			.why = "records the schema that was made",
		    });
}

static const struct history_row *
find_row(const struct history *history, unsigned flags, unsigned wanted)
{
	size_t i;

	for (i = 0; i < history->count; i++)
		if ((match_type(history->rows[i].type) & flags) == wanted)
			return &history->rows[i];
	return NULL;
}

static void
refuse(struct plan *plan, const char *message, const char *next)
{
	struct error *err = problem_add(&plan->setup_problems);

	(void)error_set(err, ERR_REFUSED, "cannot mark a baseline: %s", message);
	(void)error_next(err, "%s", next);
}

void
repair_plan_baseline(const struct config *config, const char *version,
    const struct history *history, struct plan *plan)
{
	const struct history_row *marker = find_row(history, TYPE_BASELINE, TYPE_BASELINE);
	const char *marked = marker == NULL || marker->version == NULL ? "" : marker->version;
	const struct history_row *migration = find_row(history, TYPE_SYNTHETIC, 0);
	struct arena *a = plan->arena;

	if (marker != NULL && version_compare(marked, version) == 0 &&
	    strcmp(marker->description, config->baseline_description) == 0)
		return;
	if (marker != NULL)
		refuse(plan,
		    arena_printf(a, "the history has one already, version %s (\"%s\", %s by %s)",
			marked, marker->description, marker->installed_on, marker->installed_by),
		    "A baseline cannot be moved; newer versions are applied with \"migrate up\".");
	else if (migration != NULL)
		refuse(plan,
		    arena_printf(a, "\"%s\" is recorded in the history already (%s by %s)",
			migration->script, migration->installed_on, migration->installed_by),
		    "To record a single version without running it: \"migrate repair --applied "
		    "VERSION\".");
	else if (history->exists && !history->journal_exists) /* else ours, its row did not come */
		refuse(plan,
		    arena_printf(a, "the history \"%s\".\"%s\" exists and holds no migration",
			history->schema, history->table),
		    "Drop that table, then run \"migrate baseline\" again.");
	else
		add_baseline(config, version, history, plan);
}
