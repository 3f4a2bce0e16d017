/* SPDX-License-Identifier: MIT */
#include "cli/out_plan.h"

#include <string.h>

#include "base/figure.h"
#include "base/mask.h"
#include "sql/quote.h"

/* --- what belongs to a statement --- */

const struct checked *
out_plan_checked(const struct plan_report *report, const struct script *script)
{
	for (size_t i = 0; i < report->checks.count; i++)
		if (report->checks.list[i].script == script)
			return &report->checks.list[i];
	return NULL;
}

/* The statement that a problem is about: the last one that begins before its place. */
static const struct statement *
blamed_statement(const struct script *script, const struct error *problem)
{
	const struct statement *blamed = NULL;
	const struct place *place = &problem->place;

	for (size_t i = 0; i < script->statement_count; i++) {
		const struct statement *st = &script->statements[i];

		if (st->line > place->line ||
		    (st->line == place->line && st->column > place->column))
			break;
		blamed = st;
	}
	return blamed;
}

bool
out_plan_is_about(
    const struct error *problem, const struct script *script, const struct statement *st)
{
	return problem->place.path != NULL && strcmp(problem->place.path, script->path) == 0 &&
	    blamed_statement(script, problem) == st;
}

bool
out_plan_is_listed(const struct script *script, int64_t number)
{
	for (size_t i = 0; i < script->statement_count; i++)
		if (script->statements[i].number == number)
			return !script->statements[i].skip;
	return false;
}

const char *
out_plan_flat(struct arena *a, const struct statement *st)
{
	struct arena_text *text = arena_text_new(a);
	const char *blank = "";

	/* Before blanks are folded and the end is cut off: a secret must be found whole. */
	for (const char *s = mask_text(a, st->text); s[0] != '\0'; s++) {
		if (strchr(" \t\r\n\f\v", s[0]) != NULL) {
			blank = " ";
			continue;
		}
		fprintf(text->out, "%s%c", blank, s[0]);
		blank = "";
	}
	fputs(st->cut ? "…" : "", text->out);
	return arena_text_end(text);
}

/* --- locks --- */

const char *
out_plan_relation(struct arena *a, const struct outlook_lock *lock)
{
	if (lock->lock->object == LOCK_TABLE && lock->facts != NULL && lock->bytes >= 0)
		return quote_qualified(a, lock->facts->name.schema, lock->facts->name.name);
	return quote_qualified(a, lock->lock->schema, lock->lock->name);
}

/* What is locked, in words: some locks fall on a table that the statement does not name. */
static const char *
lock_target(struct arena *a, const struct outlook_lock *lock)
{
	const char *name = out_plan_relation(a, lock);

	switch (lock->lock->object) {
	case LOCK_TABLE:
		return name;
	case LOCK_INDEX:
		return arena_printf(a, "index %s and its table", name);
	case LOCK_CONSTRAINT:
		return arena_printf(a, "the table that %s of %s references, if it is a foreign key",
		    lock->lock->constraint, name);
	case LOCK_REFERENCED:
		return arena_printf(a,
		    "every table that %s references, and the one that it is a partition of", name);
	case LOCK_REFERENCING:
		return arena_printf(a, "every table that references %s", name);
	case LOCK_COLUMN:
		return arena_printf(
		    a, "every table tied to %s by a foreign key over %s", name, lock->lock->column);
	}
	return name;
}

static const char *
size_text(struct arena *a, const struct outlook_lock *lock)
{
	if (lock->bytes < 0)
		return "";
	if (lock->rows < 0)
		return arena_printf(a, " (%s)", figure_size(a, lock->bytes));
	return arena_printf(a, " (%s, %s row%s)", figure_size(a, lock->bytes),
	    figure_count(a, lock->rows), lock->rows == 1 ? "" : "s");
}

static const char *
cost_text(struct arena *a, const struct outlook *o)
{
	static const struct {
		const char *certain, *maybe;
	} costs[] = {
		[COST_INSTANT] = { "instant", "instant" },
		[COST_READS] = { "reads the table", "may read the table" },
		[COST_BUILDS] = { "reads the table", "may read the table" },
		[COST_REWRITES] = { "writes the table anew", "may write the table anew" },
	};
	const char *cost = o->maybe ? costs[o->cost].maybe : costs[o->cost].certain;

	if (o->cost == COST_INSTANT || o->seconds < 0)
		return cost;
	return arena_printf(
	    a, "%s, %s%s", cost, o->seconds > 0 ? "about " : "", figure_seconds(a, o->seconds));
}

static const char *
who_waits(enum lock_mode mode)
{
	if (mode == LOCK_ACCESS_EXCLUSIVE)
		return "; readers and writers wait";
	return mode >= LOCK_SHARE ? "; writers wait" : "; nobody waits";
}

static bool
is_costly(const struct outlook *o, const struct outlook_lock *lock)
{
	if (o->table.name == NULL || lock->lock->object > LOCK_INDEX)
		return o->table.name == NULL && lock == o->locks;
	return strcmp(o->table.name,
		   lock->facts != NULL ? lock->facts->name.name : lock->lock->name) == 0;
}

const char *
out_plan_lock(struct arena *a, const struct outlook *o, const struct outlook_lock *lock)
{
	return arena_printf(a, "%s on %s%s: %s%s", lock_mode_name(lock->lock->mode),
	    lock_target(a, lock), size_text(a, lock),
	    is_costly(o, lock) ? cost_text(a, o) : "instant", who_waits(lock->lock->mode));
}

/* --- the whole --- */

enum { LAG_BYTES = 16 * 1024 * 1024 }; /* a segment of WAL: less is no news */

struct config_list
out_plan_notes(const struct plan_report *report)
{
	struct arena *a = report->context->arena;
	const struct catalog *seen = report->catalog;
	struct config_list notes = { 0 };

	if (seen->oldest_ms > session_lock_timeout_ms(report->context->config))
		config_list_add(a, &notes,
		    arena_printf(a,
			"a transaction is open for %s by now (pid %lld, %s): what is done "
			"CONCURRENTLY waits for it",
			figure_seconds(a, seen->oldest_ms / 1000), (long long)seen->oldest_pid,
			seen->oldest_who));
	if (seen->lag_name != NULL && (seen->lag_ms >= 1000 || seen->lag_bytes >= LAG_BYTES))
		config_list_add(a, &notes,
		    arena_printf(a, "replica %s is %s%s%s behind", seen->lag_name,
			figure_size(a, seen->lag_bytes), seen->lag_ms >= 1000 ? ", " : "",
			seen->lag_ms >= 1000 ? figure_seconds(a, seen->lag_ms / 1000) : ""));
	if (seen->blind != NULL)
		config_list_add(a, &notes,
		    arena_printf(a, "not all of the live database could be seen: %s", seen->blind));
	return notes;
}

static const char *
plural(size_t count)
{
	return count == 1 ? "" : "s";
}

const char *
out_plan_total(const struct plan_report *report)
{
	struct arena *a = report->context->arena;
	const struct plan *plan = &report->session->plan;
	size_t files = 0, statements = 0;
	size_t errors = report->problems.count + check_count(&report->checks, SEVERITY_ERROR);
	size_t warnings = check_count(&report->checks, SEVERITY_WARNING);

	for (size_t i = 0; i < plan->step_count; i++) {
		if (plan->steps[i].kind != STEP_SCRIPT)
			continue;
		files++;
		statements += (size_t)plan->steps[i].script->statement_total;
	}
	return arena_printf(a, "%zu file%s, %zu statement%s, %zu error%s%s%s", files, plural(files),
	    statements, plural(statements), errors, plural(errors),
	    warnings == 0 ? "" : arena_printf(a, ", %zu warning%s", warnings, plural(warnings)),
	    plan->held_count == 0 ? "" : arena_printf(a, ", %zu held", plan->held_count));
}
