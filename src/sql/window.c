/* SPDX-License-Identifier: MIT */
#include "sql/window.h"

#include <string.h>

enum { PIECE = 65536 };

/* Grows by half only: a statement may be most of a large file. */
static void
reserve(struct window *w, size_t length)
{
	struct arena *larger;
	char *text;

	if (length < w->room)
		return;
	w->room = length + length / 2 + 64;
	larger = arena_new(w->arena);
	text = arena_alloc(larger, w->room);
	if (w->length > 0)
		memcpy(text, w->text, w->length);
	arena_close(w->text_arena);
	w->text_arena = larger;
	w->text = text;
	w->walk.text = text;
}

void
window_start(struct window *w, struct arena *a, split_reader *read, void *source)
{
	*w = (struct window){ .arena = a, .read = read, .source = source };
	w->walk = (struct walk){ .line = 1, .column = 1 };
	w->seam_arena = arena_new(a);
	reserve(w, 0);
}

static void
add_seam(struct window *w)
{
	size_t count = w->walk.seam_count;

	if (count == w->seam_room) {
		struct split_seam *seams;

		w->seam_room = 2 * count + 16;
		seams = arena_alloc(w->arena, w->seam_room * sizeof(*seams));
		w->item_seams = arena_alloc(w->arena, w->seam_room * sizeof(*seams));
		if (count > 0)
			memcpy(seams, w->seams, count * sizeof(*seams));
		w->seams = seams;
	}
	w->seams[count] = (struct split_seam){ .at = w->length,
		.length = w->chunk.length,
		.file_text = arena_copy(w->seam_arena, w->chunk.file_text, w->chunk.file_length),
		.file_length = w->chunk.file_length };
	w->walk.seams = w->seams;
	w->walk.seam_count = count + 1;
}

/* Reads on to a chunk that is not empty: the value of a placeholder may be. */
static bool
read_chunk(struct window *w, struct error *err)
{
	do {
		w->chunk = (struct split_chunk){ 0 };
		w->chunk_used = 0;
		if (!w->read(w->source, &w->chunk, err))
			return false;
		w->ended = w->chunk.length == 0 && !w->chunk.replaced;
		if (w->chunk.replaced)
			add_seam(w);
	} while (w->chunk.length == 0 && !w->ended);
	return !w->ended;
}

bool
window_more(struct window *w, struct error *err)
{
	size_t length;

	if (w->ended || (w->chunk_used == w->chunk.length && !read_chunk(w, err)))
		return false;
	length = w->chunk.length - w->chunk_used;
	length = length < PIECE ? length : PIECE;
	reserve(w, w->length + length);
	memcpy(w->text + w->length, w->chunk.text + w->chunk_used, length);
	w->chunk_used += length;
	w->length += length;
	return true;
}

static void
forget_seams(struct window *w, size_t keep)
{
	struct arena *fresh = arena_new(w->arena);
	size_t passed = w->walk.seam;

	for (size_t i = passed; i < w->walk.seam_count; i++) {
		struct split_seam seam = w->seams[i];
		size_t gone = seam.at < keep ? keep - seam.at : 0;

		seam.at = seam.at + gone - keep;
		seam.length -= gone;
		seam.file_text = arena_copy(fresh, seam.file_text, seam.file_length);
		w->seams[i - passed] = seam;
	}
	arena_close(w->seam_arena);
	w->seam_arena = fresh;
	w->walk.seam = 0;
	w->walk.seam_count -= passed;
}

size_t
window_forget(struct window *w, size_t keep)
{
	if (keep < PIECE)
		return keep;
	walk_to(&w->walk, keep);
	if (w->walk.seam_count > 0)
		forget_seams(w, keep);
	w->walk.at = 0;
	w->length -= keep;
	memmove(w->text, w->text + keep, w->length);
	return 0;
}

struct split_item
window_cut(struct window *w, enum split_kind kind, const struct walk *walk, size_t from, size_t to)
{
	struct split_item item = { .kind = kind,
		.text = w->text + from,
		.length = to - from,
		.offset = walk->offset,
		.line = walk->line,
		.column = walk->column,
		.seams = w->item_seams };

	for (size_t i = walk->seam; i < w->walk.seam_count && w->seams[i].at < to; i++) {
		struct split_seam *seam = &w->item_seams[item.seam_count++];
		size_t end = w->seams[i].at + w->seams[i].length;

		*seam = w->seams[i];
		seam->at = seam->at < from ? 0 : seam->at - from;
		seam->length = (end < to ? end : to) - from - seam->at;
	}
	w->end = to;
	w->end_byte = w->text[to];
	w->text[to] = '\0';
	return item;
}

void
window_restore(struct window *w)
{
	if (w->end_byte != '\0')
		w->text[w->end] = w->end_byte;
	w->end_byte = '\0';
}
