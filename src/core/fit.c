/* SPDX-License-Identifier: MIT */
#include "core/fit.h"

#include <string.h>
#include <strings.h>

#include "core/match.h"
#include "core/phase.h"
#include "core/resume.h"

static const char changed_code[] = "CHECKSUM_MISMATCH";

/* --- ignore_migration_patterns --- */

static bool
is_word(const char *text, size_t length, const char *word)
{
	while (length > 0 && *text == ' ') {
		text++;
		length--;
	}
	while (length > 0 && text[length - 1] == ' ')
		length--;
	return length == strlen(word) && strncasecmp(text, word, length) == 0;
}

static bool
is_one_of(const char *text, size_t length, const char *const *words)
{
	for (; *words != NULL; words++)
		if (is_word(text, length, *words))
			return true;
	return false;
}

/* Is a pattern one of these types, a colon and one of these states? */
static bool
is_pattern(const char *pattern, const char *const *types, const char *const *states)
{
	const char *colon = strchr(pattern, ':');

	return colon != NULL && is_one_of(pattern, (size_t)(colon - pattern), types) &&
	    is_one_of(colon + 1, strlen(colon + 1), states);
}

bool
fit_check_pattern(const char *text, struct error *err)
{
	static const char *const types[] = { "*", "versioned", "repeatable", NULL };
	static const char *const states[] = { "*", "missing", "pending", "ignored", "future",
		NULL };

	if (is_pattern(text, types, states))
		return true;
	(void)error_set(err, ERR_USAGE, "\"%s\" is not a pattern", text);
	return error_next(err,
	    "A pattern is TYPE:STATE; types are versioned, repeatable and *; states are "
	    "missing, pending, ignored, future and *.");
}

/* The word for a state in a pattern; the others are met by * only. */
static const char *
pattern_word(enum state state)
{
	switch (state) {
	case STATE_MISSING:
		return "missing";
	case STATE_PENDING:
	case STATE_OUTDATED:
		return "pending";
	case STATE_IGNORED:
		return "ignored";
	case STATE_FUTURE:
	case STATE_FAILED_FUTURE:
		return "future";
	case STATE_SUCCESS:
	case STATE_FAILED:
	case STATE_OUT_OF_ORDER:
	case STATE_SUPERSEDED:
	case STATE_FAILED_MISSING:
	case STATE_BELOW_BASELINE:
	case STATE_IGNORED_BASELINE:
	case STATE_ABOVE_TARGET:
	case STATE_BASELINE:
	case STATE_DELETED:
	case STATE_UNDONE:
	case STATE_AVAILABLE:
	case STATE_INTERRUPTED:
	case STATE_HELD:
		break;
	}
	return "*";
}

bool
fit_ignores(const struct config *config, const struct entry *entry)
{
	const char *type = entry->version == NULL ? "repeatable" : "versioned";
	const char *const types[] = { "*", type, NULL };
	const char *const states[] = { "*", pattern_word(entry->state), NULL };
	const struct config_list *list = &config->ignore_migration_patterns;
	size_t i;

	for (i = 0; i < list->count; i++)
		if (is_pattern(list->items[i], types, states))
			return true;
	return false;
}

/* --- what does not fit --- */

static struct error *
add(struct plan *plan, struct problems *problems, const struct entry *e, const char *code)
{
	struct error *problem = problem_add(problems);

	plan->misfits =
	    arena_extend(plan->arena, plan->misfits, plan->misfit_count, sizeof(*plan->misfits));
	plan->misfits[plan->misfit_count++] =
	    (struct misfit){ .entry = e, .code = code, .problem = problem };
	return problem;
}

/* Versioned and repeatable migrations have codes of their own. */
static const char *
code(const struct entry *e, const char *versioned, const char *repeatable)
{
	return e->version != NULL ? versioned : repeatable;
}

/* "version 3", or "repeatable \"views\"". */
static const char *
identity(struct plan *plan, const struct entry *e)
{
	if (e->version != NULL)
		return arena_printf(plan->arena, "version %s", e->version);
	return arena_printf(plan->arena, "repeatable \"%s\"", e->description);
}

static const char *
applied(struct plan *plan, const struct history_row *row)
{
	return arena_printf(plan->arena, "applied %s by %s", row->installed_on, row->installed_by);
}

static struct place
place(const struct entry *e)
{
	return (struct place){ .path = e->script == NULL ? NULL : e->script->path };
}

static void
add_failed(struct plan *plan, const struct entry *e)
{
	struct error *err = add(plan, &plan->fit_problems, e,
	    code(e, "FAILED_VERSIONED_MIGRATION", "FAILED_REPEATABLE_MIGRATION"));

	(void)error_set_at(err, ERR_REFUSED, place(e),
	    "%s (\"%s\") failed on %s, run by %s, and may be half done", identity(plan, e),
	    e->row->script, e->row->installed_on, e->row->installed_by);
	(void)error_next(err,
	    "See what it left behind and take that back, then run \"migrate repair\"; or finish "
	    "it by hand, then run \"migrate repair --applied %s\".",
	    e->version != NULL ? e->version : e->description);
}

static void
add_missing(struct plan *plan, const struct entry *e)
{
	struct error *err = add(plan, &plan->fit_problems, e,
	    code(e, "APPLIED_VERSIONED_MIGRATION_NOT_RESOLVED",
		"APPLIED_REPEATABLE_MIGRATION_NOT_RESOLVED"));

	(void)error_set(err, ERR_REFUSED, "the file of %s is missing: \"%s\", %s",
	    identity(plan, e), e->row->script, applied(plan, e->row));
	(void)error_next(err,
	    "Put the file back; if it was removed on purpose, run \"migrate "
	    "repair\", which marks it as deleted.");
}

static void
add_late(struct plan *plan, const struct entry *e)
{
	struct error *err;

	/* A baseline is for empty databases: elsewhere it is left alone. */
	if (e->script->kind == SCRIPT_BASELINE)
		return;
	err = add(plan, &plan->fit_problems, e, "RESOLVED_VERSIONED_MIGRATION_NOT_APPLIED");
	(void)error_set_at(err, ERR_REFUSED, place(e),
	    "\"%s\" is late: it was not applied, but version %s was, which comes after it",
	    e->script->script, plan->schema_version);
	(void)error_next(err,
	    "Give it a version above %s, or set \"out_of_order\" to apply it now; "
	    "\"*:ignored\" in \"ignore_migration_patterns\" leaves it out.",
	    plan->schema_version);
}

static void
add_pending(struct plan *plan, const struct entry *e)
{
	struct error *err = add(plan, &plan->pending_problems, e,
	    code(e, "RESOLVED_VERSIONED_MIGRATION_NOT_APPLIED",
		"RESOLVED_REPEATABLE_MIGRATION_NOT_APPLIED"));

	(void)error_set_at(
	    err, ERR_FINDINGS, place(e), "\"%s\" is not applied yet", e->script->script);
	(void)error_next(err, "Run \"migrate up\".");
}

static void
add_interrupted(struct plan *plan, const struct entry *e)
{
	const struct unfinished *u = e->row->unfinished;
	struct error *err = add(plan, &plan->pending_problems, e,
	    code(e, "FAILED_VERSIONED_MIGRATION", "FAILED_REPEATABLE_MIGRATION"));

	(void)error_set_at(err, ERR_FINDINGS, place(e),
	    "\"%s\" was interrupted: %lld of %lld statements are done", e->script->script,
	    (long long)u->done, (long long)u->total);
	if (u->unknown)
		(void)resume_advise(err, e->script);
	else
		(void)error_next(err, "Run \"migrate up\", which goes on with it.");
}

static void
add_outdated(struct plan *plan, const struct entry *e)
{
	struct error *err = add(plan, &plan->pending_problems, e, "OUTDATED_REPEATABLE_MIGRATION");

	(void)error_set_at(err, ERR_FINDINGS, place(e),
	    "\"%s\" was changed since it was %s, and will be applied again", e->script->script,
	    applied(plan, e->row));
	(void)error_next(err, "Run \"migrate up\".");
}

static const char revert[] = "Put the file back as it was and make a new one for the change; if "
			     "the database is right as the file is now, run \"migrate repair\".";

/* Everything in which an applied file is not what the history says. */
static void
add_changes(struct plan *plan, const struct entry *e)
{
	const struct history_row *row = e->row;
	const struct script *s = e->script;
	struct error *err;

	if (!match_same_type(row, s)) {
		err = add(plan, &plan->fit_problems, e, "TYPE_MISMATCH");
		(void)error_set_at(err, ERR_REFUSED, place(e),
		    "%s is recorded with the type %s, but \"%s\" is of type %s (%s)",
		    identity(plan, e), row->type, s->script, match_script_type(s),
		    applied(plan, row));
		(void)error_next(err, "%s", revert);
	}
	if (!match_same_checksum(row, s) && e->version != NULL) {
		err = add(plan, &plan->fit_problems, e, changed_code);
		(void)error_set_at(err, ERR_REFUSED, place(e),
		    "\"%s\" was changed after it was %s: its checksum was %d and is now %d",
		    s->script, applied(plan, row), row->checksum, s->checksum);
		(void)error_next(err, "%s", revert);
	}
	if (strcmp(row->description, s->description) != 0 &&
	    strcmp(row->description, "<< no description >>") != 0) {
		err = add(plan, &plan->fit_problems, e, "DESCRIPTION_MISMATCH");
		(void)error_set_at(err, ERR_REFUSED, place(e),
		    "\"%s\" was renamed after it was %s: its description was \"%s\" and is now "
		    "\"%s\"",
		    s->script, applied(plan, row), row->description, s->description);
		(void)error_next(err, "%s", revert);
	}
}

static bool
is_above_baseline(const struct entry *e, const char *baseline)
{
	return e->version == NULL || baseline == NULL || version_compare(e->version, baseline) > 0;
}

static void
check(struct plan *plan, const struct entry *e, const char *baseline)
{
	switch (e->state) {
	case STATE_FAILED:
	case STATE_FAILED_MISSING:
	case STATE_FAILED_FUTURE:
		add_failed(plan, e);
		break;
	case STATE_MISSING:
	case STATE_FUTURE:
		add_missing(plan, e);
		break;
	case STATE_IGNORED:
		add_late(plan, e);
		break;
	case STATE_PENDING:
		add_pending(plan, e);
		break;
	case STATE_OUTDATED:
		if (!phase_is_later(e->script, plan->phase))
			add_outdated(plan, e);
		break;
	case STATE_INTERRUPTED: /* of an undo: undo_refuse_interrupted tells it */
		if (e->script->kind != SCRIPT_UNDO && !phase_is_later(e->script, plan->phase))
			add_interrupted(plan, e);
		break;
	case STATE_SUCCESS:
	case STATE_OUT_OF_ORDER:
	case STATE_BASELINE:
		if (e->script != NULL && e->script->kind != SCRIPT_UNDO &&
		    is_above_baseline(e, baseline))
			add_changes(plan, e);
		break;
	case STATE_SUPERSEDED:
	case STATE_BELOW_BASELINE:
	case STATE_IGNORED_BASELINE:
	case STATE_ABOVE_TARGET:
	case STATE_DELETED:
	case STATE_UNDONE:
	case STATE_AVAILABLE:
	case STATE_HELD:
		break;
	}
}

/* A repeatable that is outdated has been told of already. */
static bool
is_told(const struct plan *plan, const struct entry *e)
{
	size_t i;

	if (e->row != NULL || e->version != NULL)
		return false;
	for (i = 0; i < plan->misfit_count; i++)
		if (plan->misfits[i].entry->script == e->script)
			return true;
	return false;
}

void
fit_check(const struct config *config, const char *baseline, struct plan *plan)
{
	size_t i;

	for (i = 0; i < plan->entry_count; i++) {
		const struct entry *e = &plan->entries[i];

		if (!fit_ignores(config, e) && !is_told(plan, e))
			check(plan, e, baseline);
	}
}

static void
explain(struct plan *plan, struct misfit *misfit, const struct script_environment *env)
{
	struct problems scratch = { .arena = plan->arena };
	struct script now = *misfit->entry->script;
	const char *what;

	if (!misfit->entry->row->body_known) {
		what = "whether only comments or white space changed is not known";
	} else {
		script_read(plan->arena, &now, env, &scratch);
		what = scratch.count == 0 && now.body_hash == misfit->entry->row->body_hash
		    ? "only comments or white space changed"
		    : "its statements changed";
	}
	misfit->problem->message =
	    arena_printf(plan->arena, "%s (%s)", misfit->problem->message, what);
}

void
fit_explain(struct plan *plan, const struct script_environment *env)
{
	size_t i;

	for (i = 0; i < plan->misfit_count; i++)
		if (strcmp(plan->misfits[i].code, changed_code) == 0)
			explain(plan, &plan->misfits[i], env);
}
