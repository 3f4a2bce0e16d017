/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <string.h>

#include "base/figure.h"
#include "base/utf8.h"
#include "cli/out.h"

/*
 * The line is made of pieces.  When it is too long the piece that is worth least is left out, until
 * the rest fits; what is always told is cut only when that alone is too long.
 */

enum worth { WORTH_LEAST, WORTH_LITTLE, WORTH_SOME, WORTH_MORE, WORTH_MUCH, WORTH_ALL };
enum { PIECES_MAX = 12, LEAST_NAME = 8, LEAST_OBSTACLE = 24, SHORTEST_MS = 500 };

struct piece {
	const char *text, *before; /* before: what parts it from the piece in front of it */
	enum worth worth;
};

struct line {
	struct arena *arena;
	struct piece pieces[PIECES_MAX];
	size_t count;
};

static void
add(struct line *line, enum worth worth, const char *before, const char *text)
{
	line->pieces[line->count++] = (struct piece){ text, before, worth };
}

/* Foreign text: secrets hidden, control characters escaped. */
static const char *
shown(struct arena *a, const char *text)
{
	struct arena_text *out = arena_text_new(a);

	out_put(out->out, text);
	return arena_text_end(out);
}

static size_t
columns_of(const char *text)
{
	return utf8_columns(text, strlen(text));
}

/* --- what there is to tell --- */

static void
add_file(struct line *line, const struct event *event)
{
	struct arena *a = line->arena;

	if (event->step_total > 1)
		add(line, WORTH_LITTLE, "",
		    arena_printf(a, "file %zu of %zu: ", event->step_number, event->step_total));
	add(line, WORTH_ALL, "", shown(a, event->step->script->script));
}

static const char *
count_text(struct arena *a, const struct event *event)
{
	if (event->percent >= 0)
		return arena_printf(a, "%d %%", (int)event->percent);
	if (event->unit == NULL)
		return NULL;
	if (event->total > 0)
		return arena_printf(a, "%" PRId64 " of %" PRId64, event->done, event->total);
	if (event->done == 0)
		return NULL;
	return arena_printf(a, "%s %s", figure_count(a, event->done), event->unit);
}

static void
add_statement(struct line *line, const struct event *event)
{
	struct arena *a = line->arena;
	const char *count = count_text(a, event);

	if (event->statement > 0)
		add(line, event->statement_total == 1 ? WORTH_LEAST : WORTH_MORE, ": ",
		    arena_printf(a, "statement %" PRId64 " of %" PRId64, event->statement,
			event->statement_total));
	if (event->text != NULL)
		add(line, WORTH_MUCH, ": ", shown(a, event->text));
	else if (event->statement == 0)
		add(line, WORTH_MUCH, ": ", "running");
	if (count != NULL)
		add(line, WORTH_ALL, ", ", count);
}

static const char *
percent_text(struct arena *a, const struct batch_progress *batch)
{
	int64_t percent;

	if (batch->keys < 0 || batch->keys_total <= 0)
		return arena_printf(a, "%" PRId64 " batches", batch->batches);
	/* The total is an estimate: all is done only when the file is. */
	percent = (int64_t)(100.0 * (double)batch->keys / (double)batch->keys_total);
	return arena_printf(a, "%d %%", percent > 99 ? 99 : (int)percent);
}

static void
add_batch(struct line *line, const struct batch_progress *batch)
{
	struct arena *a = line->arena;

	if (batch->pass > 1)
		add(line, WORTH_MORE, ": ", arena_printf(a, "pass %" PRId64, batch->pass));
	add(line, WORTH_ALL, batch->pass > 1 ? ", " : ": ", percent_text(a, batch));
	if (batch->rows >= 0)
		add(line, WORTH_LEAST, ", ",
		    arena_printf(a, "%s rows", figure_count(a, batch->rows)));
	if (batch->rows_per_s >= 0)
		add(line, WORTH_MUCH, ", ",
		    arena_printf(a, "%s rows/s", figure_count(a, batch->rows_per_s)));
	if (batch->remaining_ms >= 0)
		add(line, WORTH_MUCH, ", ",
		    arena_printf(a, "%s left", figure_seconds(a, batch->remaining_ms / 1000)));
}

static void
add_obstacle(struct line *line, const struct event *event)
{
	struct arena *a = line->arena;

	if (event->detail != NULL)
		add(line, WORTH_SOME, ", ",
		    arena_printf(a, "blocked by %s", shown(a, event->detail)));
	else if (event->batch != NULL && event->batch->waits_for != NULL)
		add(line, WORTH_SOME, ", ",
		    arena_printf(a, "waits for %s", shown(a, event->batch->waits_for)));
}

/* --- making it fit --- */

static const char *
join(const struct line *line)
{
	struct arena_text *text = arena_text_new(line->arena);

	for (size_t i = 0; i < line->count; i++)
		fprintf(text->out, "%s%s", line->pieces[i].before, line->pieces[i].text);
	return arena_text_end(text);
}

static void
drop(struct line *line, enum worth worth)
{
	size_t kept = 0;

	for (size_t i = 0; i < line->count; i++)
		if (line->pieces[i].worth != worth)
			line->pieces[kept++] = line->pieces[i];
	line->count = kept;
}

/* Takes what is too much from one piece; false when less than so much would be left of it. */
static bool
cut(struct line *line, struct piece *piece, size_t least, size_t columns)
{
	size_t excess = columns_of(join(line)) - columns, length = columns_of(piece->text);

	if (length < excess + least)
		return false;
	piece->text = out_shorten(line->arena, piece->text, length - excess);
	return true;
}

static bool
fits(const struct line *line, size_t columns)
{
	return columns == 0 || columns_of(join(line)) <= columns;
}

static const char *
fit(struct line *line, size_t columns)
{
	for (enum worth worth = WORTH_LEAST; !fits(line, columns) && worth < WORTH_ALL; worth++) {
		struct piece *last = &line->pieces[line->count - 1];
		bool may_cut = worth > WORTH_LEAST && last->worth == WORTH_SOME;

		/* Who is in the way may be told in part. */
		if (!may_cut || !cut(line, last, LEAST_OBSTACLE, columns))
			drop(line, worth);
	}
	if (!fits(line, columns))
		(void)cut(line, &line->pieces[0], LEAST_NAME, columns); /* the file's name */
	return out_shorten(line->arena, join(line), columns);
}

const char *
out_progress(struct arena *a, const struct event *event, size_t columns)
{
	struct line line = { .arena = a };

	add_file(&line, event);
	if (event->batch != NULL)
		add_batch(&line, event->batch);
	else
		add_statement(&line, event);
	if (event->elapsed_ms >= SHORTEST_MS)
		add(&line, WORTH_ALL, ", ", figure_elapsed(a, (event->elapsed_ms + 500) / 1000));
	add_obstacle(&line, event);
	return fit(&line, columns);
}
