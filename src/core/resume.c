/* SPDX-License-Identifier: MIT */
#include "core/resume.h"

#include <string.h>

#include "core/batch_point.h"
#include "core/match.h"
#include "sql/split.h"

struct check {
	struct plan *plan;
	const struct script *script;
	const struct unfinished *unfinished;
};

/* What the user calls a file: its version, or its description. */
static const char *
script_name(const struct script *script)
{
	return script->version != NULL ? script->version : script->description;
}

const char *
resume_command(const struct script *script)
{
	return script->kind == SCRIPT_UNDO ? "undo" : "up";
}

/* Repair speaks of the version: behind an undo it is pending. */
static bool
advise(struct error *err, const char *name, bool undo)
{
	return error_next(err,
	    "See what it did. Then finish the file by hand and run \"migrate repair --%s "
	    "%s\"; or take back all of it and run \"migrate repair --%s %s\".",
	    undo ? "pending" : "applied", name, undo ? "applied" : "pending", name);
}

bool
resume_advise(struct error *err, const struct script *script)
{
	return advise(err, script_name(script), script->kind == SCRIPT_UNDO);
}

static struct error *
add(struct check *c)
{
	return problem_add(&c->plan->setup_problems);
}

static const char *
which(struct check *c, int64_t number)
{
	return arena_printf(c->plan->arena, "statement %lld of %lld", (long long)number,
	    (long long)c->unfinished->total);
}

static void
refuse_edited(struct check *c, const struct unfinished_statement *done,
    const struct split_item *item, uint32_t hash)
{
	struct error *err = add(c);

	error_set_at(err, ERR_REFUSED, split_place(c->plan->arena, c->script->path, item, 1),
	    "this statement of the interrupted \"%s\" is done, but was edited since: its hash was "
	    "%08x and is now %08x",
	    c->script->script, (unsigned)done->hash, (unsigned)hash);
	err->statement = which(c, done->number);
	(void)error_next(err, "Write it as it was; only what is not done yet may be changed.");
}

static void
refuse_temporary(struct check *c, int64_t number, const struct split_item *item)
{
	struct error *err = add(c);

	error_set_at(err, ERR_UNKNOWN, split_place(c->plan->arena, c->script->path, item, 1),
	    "the interrupted \"%s\" cannot be gone on with: what this statement made ended with "
	    "its session",
	    c->script->script);
	err->statement = which(c, number);
	(void)resume_advise(err, c->script);
}

static void
refuse_unknown(struct check *c, int64_t number, const struct split_item *item)
{
	struct error *err = add(c);

	error_set_at(err, ERR_UNKNOWN, split_place(c->plan->arena, c->script->path, item, 1),
	    "how far this statement of the interrupted \"%s\" came is not known",
	    c->script->script);
	err->statement = which(c, number);
	(void)resume_advise(err, c->script);
}

static void
refuse_shorter(struct check *c, int64_t number)
{
	struct error *err = add(c);

	error_set_at(err, ERR_REFUSED, (struct place){ .path = c->script->path },
	    "%lld statements of the interrupted \"%s\" are done, but it has only %lld now",
	    (long long)c->unfinished->done, c->script->script, (long long)number);
	(void)error_next(err, "Write it as it was; only what is not done yet may be changed.");
}

static void
check_statement(struct check *c, int64_t number, const struct split_item *item)
{
	const struct unfinished_statement *known = &c->unfinished->list[number - 1];
	uint32_t hash = statement_body_hash(0, item->text, item->length);
	struct statement_class class;

	if (known->hash != hash)
		refuse_edited(c, known, item, hash);
	statement_classify_words(item->text, item->length, 0, &class);
	if (class.makes_temporary)
		refuse_temporary(c, number, item);
}

/* The statements that are done are the first ones, so those of the journal too. */
static bool
check_all(struct check *c, struct script_reader *reader, struct error *err)
{
	struct split_item item;
	int64_t number = 0, last = c->unfinished->done + c->unfinished->unknown;

	while (number < last) {
		if (!script_reader_next(reader, &item, err))
			return false;
		if (item.kind == SPLIT_END)
			break;
		if (item.kind != SPLIT_STATEMENT)
			continue;
		if (++number <= c->unfinished->done)
			check_statement(c, number, &item);
		else
			refuse_unknown(c, number, &item);
	}
	if (number < last)
		refuse_shorter(c, number);
	return true;
}

static bool
was_batch(const struct unfinished *u)
{
	return u->count > 0 && u->list[0].checkpoint != NULL;
}

/* A file in batches has one statement, which is done in part. */
static void
check_batch(struct check *c)
{
	bool now = c->script->range != NULL;
	struct error *err;

	if (c->unfinished->count == 0 ||
	    (was_batch(c->unfinished) && now &&
		c->unfinished->list[0].hash == batch_point_hash(c->plan->arena, c->script)))
		return;
	err = add(c);
	error_set_at(err, ERR_REFUSED, (struct place){ .path = c->script->path }, "%s",
	    now && was_batch(c->unfinished)
		? arena_printf(c->plan->arena,
		      "batches of the interrupted \"%s\" are done, but its statement, table or key "
		      "was edited since",
		      c->script->script)
		: arena_printf(c->plan->arena, "the interrupted \"%s\" %s", c->script->script,
		      now ? "did not run in batches, as it would now"
			  : "ran in batches and would now run as a whole"));
	(void)error_next(err,
	    "Write it as it was; or run \"migrate repair --pending %s\": what is done stays, and "
	    "it "
	    "begins anew.",
	    script_name(c->script));
}

static void
refuse_transaction(struct check *c)
{
	struct error *err = add(c);

	error_set_at(err, ERR_REFUSED, (struct place){ .path = c->script->path },
	    "the interrupted \"%s\" ran without a transaction and would now run in one",
	    c->script->script);
	(void)error_next(
	    err, "Put back what let it run without one (\"-- migrate:transaction off\").");
}

void
resume_check(struct plan *plan, const struct entry *entry, const struct script_environment *env)
{
	struct check c = {
		.plan = plan, .script = entry->script, .unfinished = entry->row->unfinished
	};
	struct arena *own = arena_new(plan->arena);
	struct error *err =
	    error_new(own); /* what is wrong with the file was told when it was read */
	struct script_reader *reader;

	if (c.script->sound && (was_batch(c.unfinished) || c.script->range != NULL))
		check_batch(&c);
	else if (c.script->sound && c.script->transaction)
		refuse_transaction(&c);
	if (!was_batch(c.unfinished) && script_reader_open(own, c.script, env, &reader, err))
		(void)check_all(&c, reader, err);
	arena_close(own);
}

/* --- files with a transaction --- */

static const struct script *
find_script(const struct scripts *scripts, const struct history_row *row)
{
	for (size_t i = 0; i < scripts->count; i++)
		if (strcmp(scripts->list[i].script, row->script) == 0)
			return &scripts->list[i];
	return NULL;
}

const char *
resume_name(const struct scripts *scripts, const struct history_row *row)
{
	const struct script *script = find_script(scripts, row);

	if (row->version != NULL || script == NULL)
		return row->version != NULL ? row->version : row->script;
	return script_name(script);
}

void
resume_refuse_unknown(
    struct plan *plan, const struct scripts *scripts, const struct history *history)
{
	for (size_t i = 0; i < history->unknown_count; i++) {
		const struct history_row *row = &history->unknown[i];
		const struct script *script = find_script(scripts, row);
		struct error *err = problem_add(&plan->setup_problems);

		error_set_at(err, ERR_UNKNOWN,
		    (struct place){ .path = script == NULL ? NULL : script->path },
		    "what became of \"%s\", run on %s by %s, is not known: a part of it may be "
		    "committed",
		    row->script, row->installed_on, row->installed_by);
		(void)advise(
		    err, resume_name(scripts, row), (match_type(row->type) & TYPE_UNDO) != 0);
	}
}
