/* SPDX-License-Identifier: MIT */
#include <inttypes.h>

#include "base/time.h"
#include "core/batch.h"
#include "core/resume.h"

/* What is told of a file in batches: how far it is, how it ended, what was kept. */

enum { TELL_MS = 250 };

static struct batch_progress
progress_of(const struct batch *b, const char *waits_for)
{
	int64_t elapsed = time_now_ms() - b->begun_ms, total = b->key.row_estimate;
	struct batch_progress progress = {
		.pass = b->point.pass,
		.batches = b->point.batches,
		.rows = b->point.rows,
		.keys = b->point.keys,
		.keys_total = total >= 0 && total < b->point.keys ? b->point.keys : total,
		.size = b->size,
		.rows_per_s = -1,
		.remaining_ms = -1,
		.waits_for = waits_for,
	};

	if (elapsed > 0 && b->keys_done > 0) {
		progress.rows_per_s = b->rows_done * 1000 / elapsed;
		if (total >= 0)
			progress.remaining_ms =
			    (int64_t)((double)(progress.keys_total - progress.keys) *
				(double)elapsed / (double)b->keys_done);
	}
	return progress;
}

void
batch_tell(struct batch *b, const char *waits_for, bool due)
{
	int64_t now = time_now_ms();
	struct batch_progress progress;

	if (!due && now - b->told_ms < TELL_MS)
		return;
	b->told_ms = now;
	progress = progress_of(b, waits_for);
	event_emit(b->trail.x->session->sink,
	    &(struct event){ .kind = EVENT_BATCH,
		.step = b->trail.step,
		.step_number = b->trail.x->step_number,
		.step_total = b->trail.x->step_total,
		.statement = 1,
		.statement_total = 1,
		.elapsed_ms = now - b->trail.start_ms,
		.batch = &progress });
}

static const char *
count_batches(struct arena *a, int64_t count)
{
	return arena_printf(a, "%" PRId64 " batch%s", count, count == 1 ? "" : "es");
}

/* Whether an earlier run was killed before it counted its last batch is not known. */
static const char *
count_rows(struct arena *a, const struct batch *b)
{
	return arena_printf(a, "%s%" PRId64 " row%s", b->resumed ? "at least " : "", b->point.rows,
	    b->point.rows == 1 ? "" : "s");
}

static const char *
behind_key(struct arena *a, const struct batch_point *point)
{
	return point->last == NULL
	    ? ""
	    : arena_printf(a, " behind key %s", batch_point_key(a, point->last, point->key_count));
}

void
batch_tell_begin(const struct batch *b)
{
	struct arena *a = b->trail.arena;

	event_note(b->trail.x->session->sink, "%s: %s done, goes on%s",
	    b->trail.step->script->script, count_batches(a, b->point.batches),
	    behind_key(a, &b->point));
}

void
batch_tell_end(const struct batch *b)
{
	const struct batch_point *point = &b->point;

	if (point->pass > 0)
		event_note(b->trail.x->session->sink, "%s: %s in %s, %" PRId64 " pass%s",
		    b->trail.step->script->script, count_rows(b->trail.arena, b),
		    count_batches(b->trail.arena, point->batches), point->pass,
		    point->pass == 1 ? "" : "es");
}

void
batch_tell_state(const struct batch *b, struct error *err)
{
	const struct script *script = b->trail.step->script;
	const char *next;

	err->state = b->point.batches == 0
	    ? arena_printf(err->arena, "no batch of %s is done", script->script)
	    : arena_printf(err->arena, "%s of %s %s done and kept, %s",
		  count_batches(err->arena, b->point.batches), script->script,
		  b->point.batches == 1 ? "is" : "are", count_rows(err->arena, b));
	next = b->trail.done > 0
	    ? "only the record is missing"
	    : arena_printf(err->arena, "it goes on%s", behind_key(err->arena, &b->point));
	next =
	    arena_printf(err->arena, "Run \"migrate %s\" again: %s.", resume_command(script), next);
	if (err->next == NULL)
		(void)error_next(
		    err, "%s%s", err->code == ERR_SQL ? "Correct the file. " : "", next);
	else
		(void)error_next(err, "%s %s", err->next, next);
}
