/* SPDX-License-Identifier: MIT */
#include "core/batch.h"

#include <inttypes.h>
#include <string.h>

#include "base/time.h"
#include "core/batch_size.h"
#include "core/resume.h"
#include "core/wait.h"
#include "query.h"
#include "sql/range.h"

/*
 * A file with "-- migrate:batch": passes through a table by ranges of its key.  Each batch is a
 * transaction of its own together with its checkpoint, so none is lost and none is done twice,
 * whatever dies.
 */

enum { PASSES_MAX = 3 };

/* --- a transaction --- */

/*
 * What a batch has locked makes the app wait for as long as it waits itself, and at
 * deadlock_timeout the server would kill one of the two: it gives up before that.
 */
static int64_t
lock_timeout(const struct batch *b)
{
	const struct directives *d = &b->trail.step->script->directives;
	int64_t setting = b->trail.x->session->config->lock_timeout_ms;
	int64_t most = b->trail.tries.max_stall_ms;

	if (d->lock_timeout_ms != NOT_GIVEN)
		return d->lock_timeout_ms;
	return setting > 0 && setting < most ? setting : most;
}

static int64_t
statement_timeout(const struct batch *b)
{
	const struct directives *d = &b->trail.step->script->directives;

	return d->statement_timeout_ms != NOT_GIVEN
	    ? d->statement_timeout_ms
	    : b->trail.x->session->config->statement_timeout_ms;
}

static bool
say_timeout(struct batch *b, const char *name, int64_t ms)
{
	struct trail *t = &b->trail;
	char text[32];

	return lane_say(&t->lane, LANE_OWN, 0,
	    arena_printf(t->turn, "SET LOCAL %s = '%s'", name, time_text(text, ms)));
}

bool
batch_begin(struct batch *b, const char *doing)
{
	struct trail *t = &b->trail;
	const char *role = t->step->script->directives.role;

	if (!trail_begin(t, false))
		return false;
	t->lane.untold = doing == NULL;
	t->lane.doing = doing;
	if (role != NULL &&
	    !lane_say(&t->lane, LANE_OWN, 0,
		arena_printf(t->turn, "SET LOCAL ROLE %s",
		    conn_identifier(t->turn, t->x->session->conn, role))))
		return false;
	return say_timeout(b, "lock_timeout", lock_timeout(b)) &&
	    say_timeout(b, "statement_timeout", statement_timeout(b));
}

bool
batch_again(struct batch *b, struct error *err)
{
	struct trail *t = &b->trail;

	b->size = batch_size_smaller(b->directive, b->size);
	if (t->lane.failure.what == LANE_STATEMENT) {
		t->lane.failure.statement = 1;
		if (t->lane.failure.position > 0)
			t->lane.failure.position = range_position(
			    t->step->script->range, b->from, b->to, t->lane.failure.position);
	}
	return trail_again(t, err);
}

/* --- the checkpoint --- */

static void
point_sql(struct batch *b, struct arena *a, const struct batch_point *point, struct conn_sql *sql)
{
	batch_point_sql(a, &b->trail.x->writer, b->point_query, b->id, point, sql);
}

static bool
record(struct batch *b, const struct conn_sql *sql, struct error *err)
{
	struct trail *t = &b->trail;

	trail_turn(t);
	while (!trail_record(t, sql))
		if (t->fenced || !trail_again(t, err))
			return false;
	return true;
}

/* --- a batch --- */

static bool
say_statement(struct batch *b, const struct batch_range *range)
{
	struct trail *t = &b->trail;
	size_t count = b->key.count;
	const char **keys = arena_alloc(t->turn, 2 * count * sizeof(*keys));

	memcpy(keys, range->first, count * sizeof(*keys));
	memcpy(keys + count, range->last, count * sizeof(*keys));
	return lane_say_with(&t->lane, LANE_STATEMENT, b->sql, (int)(2 * count), keys);
}

/* Also while it runs it is looked at those who wait. */
static void
look_at_waiters(struct batch *b)
{
	struct lane *lane = &b->trail.lane;

	if (b->directive->max_waiters == NOT_GIVEN)
		return;
	lane->waiters_table = b->key.oid;
	lane->waiters_max = b->directive->max_waiters;
	lane->look_after_ms = lane->look_every_ms;
}

/* The statement and its checkpoint, which tells of the rows before it: its own are not known yet. */
static bool
change_once(struct batch *b, const struct batch_range *range, const struct batch_point *next)
{
	struct trail *t = &b->trail;
	struct conn_sql sql;
	bool ok;

	point_sql(b, t->turn, next, &sql);
	ok = batch_begin(b, NULL);
	look_at_waiters(b);
	ok = ok && say_statement(b, range) && trail_say_record(t, &sql) && trail_commit(t);
	lane_close(&t->lane);
	t->fenced = !ok && trail_is_fence(t);
	return ok;
}

static void
keep_key(struct batch *b, const char *const *key)
{
	struct arena *before = b->key_arena;

	b->key_arena = arena_new(b->trail.arena);
	b->point.last = arena_alloc(b->key_arena, b->key.count * sizeof(*key));
	for (size_t i = 0; i < b->key.count; i++)
		b->point.last[i] = arena_strdup(b->key_arena, key[i]);
	if (before != NULL)
		arena_close(before);
}

static bool
change(struct batch *b, const struct batch_range *range)
{
	struct trail *t = &b->trail;
	struct batch_point next = b->point;

	next.last = range->last;
	next.batches++;
	next.keys += range->count;
	next.size = b->size;
	if (!change_once(b, range, &next))
		return false;
	b->size = batch_size_next(b->directive, b->size, time_now_us() - t->lane.started_us);
	next.rows += t->lane.changed;
	b->rows_done += t->lane.changed;
	b->keys_done += range->count;
	b->point = next;
	keep_key(b, range->last);
	b->trail.x->kept++;
	return true;
}

/* One batch, with its tries; *end: there was none left. */
static bool
run_batch(struct batch *b, bool *end, struct error *err)
{
	struct batch_range range;

	trail_turn(&b->trail);
	for (;;) {
		if (batch_ask_range(b, &range)) {
			*end = range.count == 0;
			if (*end || change(b, &range))
				return true;
		}
		if (b->trail.fenced || !batch_again(b, err))
			return false;
	}
}

/* --- a pass --- */

static bool
run_batches(struct batch *b, struct error *err)
{
	struct trail *t = &b->trail;
	bool end = b->point.end == NULL;

	while (!end) {
		t->turn = arena_new(t->arena);
		if (!batch_wait_turn(b, err) || !run_batch(b, &end, err))
			return false;
		arena_close(t->turn);
		t->turn = t->arena;
		batch_tell(b, NULL, end);
		if (!end && !wait_pause(b->directive->pause_ms, err))
			return false;
	}
	return true;
}

/* What is written behind the greatest key of now is the app's to write right. */
static bool
begin_pass(struct batch *b, struct error *err)
{
	struct batch_point next = b->point;
	struct conn_sql sql;

	next.pass++;
	next.keys = 0;
	next.last = NULL;
	if (!batch_ask_end(b, &next.end, err))
		return false;
	next.key_count = b->key.count;
	point_sql(b, b->trail.arena, &next, &sql);
	if (!record(b, &sql, err))
		return false;
	b->point = next;
	return true;
}

/* What no pass reaches stays as it is in the next one. */
static bool
say_left(struct batch *b, int64_t passes, struct error *err)
{
	error_set(err, ERR_SQL, "after %" PRId64 " passes there are still rows to be done", passes);
	if (b->has_nulls)
		err->detail = "Rows with NULL in the key are in no batch; some were there.";
	return error_next(err, "%s",
	    b->has_nulls ? "Give them a key, or change them in a file of their own."
			 : "See that the app writes new rows as this file leaves them, and that "
			   "the file changes what its check finds.");
}

static bool
run_passes(struct batch *b, struct error *err)
{
	for (int64_t passes = 1;; passes++) {
		int64_t before = b->rows_done;
		bool found;

		if (!run_batches(b, err))
			return false;
		if (b->check == NULL)
			return true;
		if (!batch_wait_started(b, err) || !batch_ask_check(b, &found, err))
			return false;
		if (!found)
			return true;
		if (passes == PASSES_MAX || (passes > 1 && b->rows_done == before))
			return say_left(b, passes, err);
		event_note(b->trail.x->session->sink,
		    "%s: there are rows to be done behind pass %" PRId64 ", goes through once more",
		    b->trail.step->script->script, b->point.pass);
		if (!begin_pass(b, err))
			return false;
	}
}

/* --- the file --- */

/* The checkpoint of the last run, or the first one: what runs besides us now. */
static bool
read_point(struct batch *b, struct error *err)
{
	struct trail *t = &b->trail;
	const struct history_row *row = t->step->resumes;
	struct rows rows;

	if (row != NULL && row->unfinished->count > 0) {
		b->begun = row->unfinished->list[0].checkpoint;
	} else {
		if (!conn_query(
			t->arena, t->x->session->conn, query_batch_started, 0, NULL, &rows, err))
			return false;
		b->begun = rows_text(&rows, 0, 0);
	}
	if (b->begun != NULL && batch_point_read(t->arena, b->begun, &b->point))
		return true;
	error_set(err, ERR_REFUSED, "the checkpoint of %s in the journal cannot be read",
	    t->step->script->script);
	return resume_advise(err, t->step->script);
}

/* Its row of the journal, which begins with that checkpoint. */
static bool
open_row(struct batch *b, struct error *err)
{
	struct trail *t = &b->trail;
	struct session *s = t->x->session;
	struct trail_statement st = { .number = 1,
		.hash = batch_point_hash(t->arena, t->step->script) };
	struct journal_statement row;
	struct conn_sql sql, asked;
	struct rows rows;

	t->statement = st.number;
	t->hash = st.hash;
	row = trail_row(t, &st, "running", NULL);
	row.checkpoint = b->begun;
	row.elapsed_ms = 0;
	journal_sql_statement(t->arena, &t->x->writer, &row, &sql);
	if (!record(b, &sql, err))
		return false;
	t->open = true;
	asked = (struct conn_sql){ conn_query_text(t->arena, s->conn, query_batch_row, "schema",
				       s->history.schema, "journal", s->history.journal,
				       (const char *)NULL),
		2, { t->x->writer.run_id, t->step->script->script } };
	if (!record_ask(t->arena, &t->x->writer, &asked, &rows, err))
		return false;
	b->id = rows_text(&rows, 0, 0);
	return true;
}

static bool
close_row(struct batch *b, struct error *err)
{
	struct trail *t = &b->trail;
	const struct journal_end end = {
		.step = t->step, .number = 1, .state = "done", .attempt = 1
	};
	struct conn_sql point, close;

	point_sql(b, t->arena, &b->point, &point);
	journal_sql_close(t->arena, &t->x->writer, &end, &close);
	if (!record(b, &point, err) || !record(b, &close, err))
		return false;
	t->done = 1;
	t->statement = 0;
	t->open = false;
	return true;
}

static bool
warn_of_nulls(struct batch *b, struct error *err)
{
	if (!b->key.nullable)
		return true;
	if (!batch_ask_nulls(b, &b->has_nulls, err))
		return false;
	if (b->has_nulls)
		event_warning(b->trail.x->session->sink,
		    "%s: rows of %s with NULL in %s are in no batch", b->trail.step->script->script,
		    b->key.name, batch_key_columns(b->trail.arena, &b->key));
	return true;
}

/* A mistake in it would else be noticed when all batches are done. */
static bool
try_check(struct batch *b, struct error *err)
{
	if (b->check == NULL || batch_ask_plan(b, err))
		return true;
	if (b->directive->until != NULL)
		err->place = b->directive->until_place;
	return false;
}

/*
 * Where nothing tells later what was missed there is one pass only, and it must see all that older
 * transactions write: they are waited for before it and not behind it.
 */
static bool
begin_file(struct batch *b, struct error *err)
{
	if (!open_row(b, err) || !try_check(b, err) || !warn_of_nulls(b, err))
		return false;
	b->size =
	    batch_size_within(b->directive, b->point.size > 0 ? b->point.size : b->directive->size);
	b->begun_ms = time_now_ms();
	b->resumed = b->point.batches > 0;
	if (b->resumed)
		batch_tell_begin(b);
	if (b->point.pass > 0)
		return true;
	return (b->check != NULL || batch_wait_started(b, err)) && begin_pass(b, err);
}

static bool
is_done(const struct trail *t)
{
	return t->step->resumes != NULL && t->step->resumes->unfinished->done > 0;
}

static bool
run_file(struct batch *b, struct error *err)
{
	struct trail *t = &b->trail;

	if (is_done(t)) {
		t->done = 1;
		event_note(t->x->session->sink, "%s: all batches are done, goes on with its record",
		    t->step->script->script);
		return true;
	}
	return begin_file(b, err) && run_passes(b, err) && close_row(b, err);
}

/* Looked up again: a file before this one may have changed the table. */
static bool
find_key(struct batch *b, struct error *err)
{
	struct trail *t = &b->trail;
	struct session *s = t->x->session;
	const struct script *script = t->step->script;
	struct problems problems = { .arena = t->arena };
	bool found;

	if (!batch_key_read(t->arena, s, script, &b->key, &found, &problems, err))
		return false;
	if (problems.count > 0) {
		error_copy(err, problems.list[0]);
		return false;
	}
	if (!found)
		return error_set_at(err, ERR_REFUSED, script->directives.batch.place,
		    "table \"%s\" does not exist", script->directives.batch.table);
	b->from = batch_key_parameters(t->arena, &b->key, 1);
	b->to = batch_key_parameters(t->arena, &b->key, (int)b->key.count + 1);
	b->sql = range_sql(t->arena, script->range, b->from, b->to);
	b->check = script->directives.batch.until != NULL ? script->directives.batch.until
							  : script->range->check;
	b->point_query = conn_query_text(t->arena, s->conn, query_batch_point, "schema",
	    s->history.schema, "journal", s->history.journal, (const char *)NULL);
	return true;
}

/* The checkpoint did not know yet how many rows its own batch would change. */
static void
fail(struct batch *b, const struct error *err)
{
	struct conn_sql sql;

	if (b->id != NULL) {
		point_sql(b, b->trail.arena, &b->point, &sql);
		b->trail.also = &sql;
	}
	trail_fail(&b->trail, err);
}

static enum apply_end
run(struct batch *b, int64_t *ms, struct error *err)
{
	struct trail *t = &b->trail;

	if (!read_point(b, err) || !find_key(b, err) || !trail_open(t, err)) {
		if (t->fenced)
			return APPLY_FENCED;
		batch_tell_state(b, err);
		return APPLY_FAILED;
	}
	if (run_file(b, err)) {
		*ms = time_now_ms() - t->start_ms;
		t->x->dirty = true;
		if (trail_finish(t, *ms, err)) {
			batch_tell_end(b);
			return APPLY_DONE;
		}
	}
	t->x->dirty = true;
	if (t->fenced)
		return APPLY_FENCED;
	batch_tell_state(b, err);
	fail(b, err);
	return APPLY_FAILED;
}

enum apply_end
apply_batch(struct apply *x, const struct step *step, int64_t *ms, struct error *err)
{
	struct arena *a = arena_new(x->session->arena);
	struct batch b = { .trail = { .x = x,
			       .arena = a,
			       .turn = a,
			       .step = step,
			       .yields = true,
			       .lane_error = error_new(a),
			       .start_ms = time_now_ms() },
		.directive = &step->script->directives.batch };
	enum apply_end end = run(&b, ms, err);

	*ms = time_now_ms() - b.trail.start_ms;
	arena_close(a);
	return end;
}
