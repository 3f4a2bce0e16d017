/* SPDX-License-Identifier: MIT */
#include "core/state.h"

#include <stdlib.h>
#include <string.h>

#include "core/match.h"
#include "core/phase.h"

/* What the other rows make of one. */
struct mark {
	struct script *script, *undo; /* its file, and the one that takes it back */
	unsigned flags;
	bool deleted, undone;
	bool late; /* a version that was not below it had been applied before */
	bool superseded; /* a repeatable that ran again later */
};

struct matching {
	struct arena *arena;
	const struct scripts *scripts;
	const struct history *history;
	const struct state_rules *rules;
	struct match_index index;
	struct mark *marks;
	bool *covered; /* by script: a row in force stands for it */
	const char *last_resolved, *pending_baseline;
	struct state_list *out;
};

static void
mark_files(struct matching *m)
{
	size_t i;

	for (i = 0; i < m->history->count; i++) {
		const struct history_row *row = &m->history->rows[i];
		struct mark *mark = &m->marks[i];

		mark->script = match_row(&m->index, row);
		mark->flags = match_type(row->type);
		if (row->version != NULL && !(mark->flags & ~TYPE_FILE))
			mark->undo = match_find(&m->index, SCRIPT_UNDO, row->version, NULL);
	}
}

/* Of one version, or runs of one repeatable. */
static bool
is_same_migration(const struct history_row *a, const struct history_row *b)
{
	if (a->version == NULL || b->version == NULL)
		return a->version == b->version && strcmp(a->description, b->description) == 0;
	return version_compare(a->version, b->version) == 0;
}

/* A DELETE or UNDO row speaks of the newest migration before it. */
static struct mark *
find_spoken_of(struct matching *m, size_t row)
{
	const struct history_row *rows = m->history->rows;
	size_t i;

	for (i = row; i-- > 0;)
		if (!(m->marks[i].flags & (TYPE_SYNTHETIC | TYPE_UNDO)) &&
		    is_same_migration(&rows[i], &rows[row]))
			return &m->marks[i];
	return NULL;
}

static void
mark_taken_back(struct matching *m)
{
	size_t i;

	for (i = 0; i < m->history->count; i++) {
		const struct history_row *row = &m->history->rows[i];
		struct mark *mark;

		if (!row->success || !(m->marks[i].flags & (TYPE_DELETE | TYPE_UNDO)))
			continue;
		mark = find_spoken_of(m, i);
		if (mark == NULL)
			continue;
		if (m->marks[i].flags & TYPE_DELETE)
			mark->deleted = true;
		else
			mark->undone = true;
	}
}

static bool
is_above(const char *version, const char *bound)
{
	return bound == NULL || version_compare(version, bound) > 0;
}

/* Finds the highest versions, and the rows that came later than a higher one. */
static void
mark_order(struct matching *m)
{
	struct state_list *out = m->out;
	size_t i;

	out->baseline = out->last_applied = m->rules->baseline;
	for (i = 0; i < m->history->count; i++) {
		const char *version = m->history->rows[i].version;
		struct mark *mark = &m->marks[i];

		if (version == NULL || mark->flags & TYPE_DELETE)
			continue;
		if (mark->flags & TYPE_BASELINE && is_above(version, out->baseline))
			out->baseline = version;
		if (!is_above(version, out->last_applied))
			mark->late = true;
		else if (!mark->deleted && !mark->undone && !(mark->flags & TYPE_UNDO))
			out->last_applied = version;
	}
}

static int
compare_runs(const void *a, const void *b)
{
	const struct history_row *first = *(const struct history_row *const *)a;
	const struct history_row *second = *(const struct history_row *const *)b;
	int by_name = strcmp(first->description, second->description);

	return by_name != 0 ? by_name : (first->rank > second->rank) - (first->rank < second->rank);
}

/* Of all runs of a repeatable only the newest counts. */
static void
mark_superseded(struct matching *m)
{
	const struct history_row **runs =
	    arena_alloc(m->arena, (m->history->count + 1) * sizeof(*runs));
	size_t count = 0, i;

	for (i = 0; i < m->history->count; i++)
		if (m->history->rows[i].version == NULL)
			runs[count++] = &m->history->rows[i];
	qsort(runs, count, sizeof(*runs), compare_runs);
	for (i = 1; i < count; i++)
		if (strcmp(runs[i - 1]->description, runs[i]->description) == 0)
			m->marks[runs[i - 1] - m->history->rows].superseded = true;
}

/* A file is pending unless a row that is in force stands for it. */
static void
mark_covered(struct matching *m)
{
	size_t i;

	for (i = 0; i < m->history->count; i++) {
		const struct history_row *row = &m->history->rows[i];
		const struct mark *mark = &m->marks[i];

		if (mark->script == NULL || mark->deleted || mark->undone)
			continue;
		if (row->version == NULL &&
		    (mark->superseded ||
			(row->unfinished == NULL && !match_same_checksum(row, mark->script))))
			continue;
		m->covered[mark->script - m->scripts->list] = true;
		if (mark->undo != NULL) /* undone before, but applied again since */
			m->covered[mark->undo - m->scripts->list] = false;
	}
}

/* The versions on disk that the states are measured by. */
static void
find_bounds(struct matching *m)
{
	const struct state_rules *rules = m->rules;
	const char *target = rules->target != NULL ? rules->target : m->out->last_applied;
	size_t i;

	for (i = 0; i < m->scripts->count; i++) {
		const struct script *s = &m->scripts->list[i];
		bool baseline = s->kind == SCRIPT_BASELINE;

		if (s->kind != SCRIPT_VERSIONED && !baseline)
			continue;
		if (is_above(s->version, m->last_resolved))
			m->last_resolved = s->version;
		if (baseline && !(rules->bounded && is_above(s->version, target)) &&
		    is_above(s->version, m->pending_baseline))
			m->pending_baseline = s->version;
	}
}

static enum state
unresolved_state(const struct matching *m, const struct history_row *row)
{
	bool missing = row->version == NULL ||
	    (m->last_resolved != NULL && version_compare(row->version, m->last_resolved) < 0);

	if (missing)
		return row->success ? STATE_MISSING : STATE_FAILED_MISSING;
	return row->success ? STATE_FUTURE : STATE_FAILED_FUTURE;
}

static enum state
row_state(const struct matching *m, const struct history_row *row, const struct mark *mark)
{
	if (mark->deleted)
		return STATE_DELETED;
	if (mark->undone)
		return STATE_UNDONE;
	if (mark->flags & TYPE_SYNTHETIC)
		return mark->flags & TYPE_BASELINE ? STATE_BASELINE : STATE_SUCCESS;
	if (mark->script == NULL && mark->flags & TYPE_FILE && !mark->superseded)
		return unresolved_state(m, row);
	if (!row->success)
		return row->unfinished != NULL && mark->script != NULL && !mark->superseded
		    ? STATE_INTERRUPTED
		    : STATE_FAILED;
	if (mark->flags & TYPE_BASELINE)
		return STATE_BASELINE;
	if (mark->flags & TYPE_UNDO)
		return STATE_SUCCESS;
	if (row->version == NULL && mark->superseded)
		return STATE_SUPERSEDED;
	if (row->version == NULL && mark->script != NULL)
		return match_same_checksum(row, mark->script) ? STATE_SUCCESS : STATE_OUTDATED;
	return row->version != NULL && mark->late ? STATE_OUT_OF_ORDER : STATE_SUCCESS;
}

/* A late file is one that was forgotten, or one that was held back. */
static bool
may_be_late(const struct matching *m, const struct script *s)
{
	return m->rules->out_of_order || (m->rules->late_phases && phase_of(s) > PHASE_EXPAND);
}

/* The state of a file that no row in force stands for, whatever its phase. */
static enum state
order_state(const struct matching *m, const struct script *s)
{
	const struct state_list *out = m->out;
	const char *base = out->last_applied == NULL ? m->pending_baseline : out->baseline;
	const char *target = m->rules->target != NULL ? m->rules->target : out->last_applied;
	int above;

	if (s->kind == SCRIPT_UNDO)
		return STATE_AVAILABLE;
	if (s->version == NULL)
		return STATE_PENDING;
	above = base == NULL ? 1 : version_compare(s->version, base);
	if (above < 0)
		return STATE_BELOW_BASELINE;
	if (above == 0) /* a B file is the baseline itself as long as nothing is applied */
		return s->kind == SCRIPT_BASELINE && out->last_applied == NULL
		    ? STATE_PENDING
		    : STATE_IGNORED_BASELINE;
	if (m->rules->bounded && is_above(s->version, target))
		return STATE_ABOVE_TARGET;
	if (out->last_applied == NULL)
		return STATE_PENDING;
	if (s->kind == SCRIPT_BASELINE)
		return STATE_IGNORED;
	return version_compare(s->version, out->last_applied) < 0 && !may_be_late(m, s)
	    ? STATE_IGNORED
	    : STATE_PENDING;
}

static enum state
file_state(const struct matching *m, const struct script *s)
{
	enum state state = order_state(m, s);

	return state == STATE_PENDING && phase_is_later(s, m->rules->phase) ? STATE_HELD : state;
}

static const char *
category(unsigned flags, const char *version)
{
	if (flags & TYPE_SYNTHETIC)
		return "";
	if (version == NULL)
		return "Repeatable";
	if (flags & TYPE_UNDO)
		return "Undo";
	return flags & TYPE_BASELINE ? "Baseline" : "Versioned";
}

static void
add_rows(struct matching *m)
{
	struct state_list *out = m->out;
	size_t i;

	for (i = 0; i < m->history->count; i++) {
		const struct history_row *row = &m->history->rows[i];
		const struct mark *mark = &m->marks[i];
		enum state state = row_state(m, row, mark);
		bool in_force = state == STATE_SUCCESS || state == STATE_OUT_OF_ORDER;

		/* Flyway does not list the DELETE row of a version. */
		if (row->version != NULL && row->success && mark->flags & TYPE_DELETE)
			continue;
		out->entries[out->count++] = (struct entry){
			.category = category(mark->flags, row->version),
			.version = row->version,
			.description = row->description,
			.type = match_type_name(row->type),
			.state = state,
			.script = mark->script,
			.row = row,
			.undo = mark->undo,
			.undoable = in_force && mark->undo != NULL,
		};
	}
}

static void
add_files(struct matching *m)
{
	struct state_list *out = m->out;
	size_t i;

	for (i = 0; i < m->scripts->count; i++) {
		const struct script *s = &m->scripts->list[i];
		const char *type = match_script_type(s);

		if (s->kind == SCRIPT_CALLBACK || m->covered[i])
			continue;
		out->entries[out->count++] = (struct entry){
			.category = category(match_type(type), s->version),
			.version = s->version,
			.description = s->description,
			.type = type,
			.state = file_state(m, s),
			.script = s,
			.undo = s->kind != SCRIPT_VERSIONED
			    ? NULL
			    : match_find(&m->index, SCRIPT_UNDO, s->version, NULL),
		};
	}
}

/* What stands below the baseline comes first, then what is applied, then the rest. */
static int
group(const struct entry *e)
{
	if (e->row != NULL)
		return 1;
	return e->state == STATE_BELOW_BASELINE || e->state == STATE_IGNORED_BASELINE ? 0 : 2;
}

static int
compare_entries(const void *a, const void *b)
{
	const struct entry *first = a, *second = b;
	int order = group(first) - group(second);

	if (order == 0 && first->row != NULL)
		return (first->row->rank > second->row->rank) -
		    (first->row->rank < second->row->rank);
	if (order == 0)
		order = (first->version == NULL) - (second->version == NULL);
	if (order == 0 && first->version != NULL)
		order = version_compare(first->version, second->version);
	if (order == 0) /* both stand in one list, which is sorted */
		order = (first->script > second->script) - (first->script < second->script);
	return order;
}

void
state_make(struct arena *a, const struct scripts *scripts, const struct history *history,
    const struct state_rules *rules, struct state_list *out)
{
	struct matching m = {
		.arena = a, .scripts = scripts, .history = history, .rules = rules, .out = out
	};

	*out = (struct state_list){ 0 };
	out->entries = arena_alloc(a, (history->count + scripts->count + 1) * sizeof(struct entry));
	m.marks = arena_alloc(a, (history->count + 1) * sizeof(*m.marks));
	m.covered = arena_alloc(a, (scripts->count + 1) * sizeof(*m.covered));
	m.index = match_index_make(a, scripts);
	mark_files(&m);
	mark_taken_back(&m);
	mark_order(&m);
	mark_superseded(&m);
	mark_covered(&m);
	find_bounds(&m);
	add_rows(&m);
	add_files(&m);
	qsort(out->entries, out->count, sizeof(struct entry), compare_entries);
}
