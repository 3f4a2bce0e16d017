/* SPDX-License-Identifier: MIT */
#ifndef SQL_WINDOW_H
#define SQL_WINDOW_H

#include <stdbool.h>
#include <stddef.h>

#include "sql/split.h"
#include "sql/walk.h"

/*
 * The part of a script that is at hand.  The reader's text is added at its end, what is done with
 * goes from its beginning; an index into the text stays right until window_forget.
 */
struct window {
	struct arena *arena;
	split_reader *read;
	void *source;
	struct split_chunk chunk; /* the last one; chunk_used bytes of it are in text */
	size_t chunk_used;
	bool ended;

	char *text; /* with room for a NUL behind it */
	size_t length, room;
	struct arena *text_arena; /* for text alone, so that a smaller one can go */
	struct walk walk; /* the last place that was asked for */
	struct split_seam *seams, *item_seams;
	size_t seam_room;
	struct arena *seam_arena; /* for the file's text of the seams */
	size_t end; /* where a NUL ends the item's text */
	char end_byte; /* what it hides */
};

void window_start(struct window *w, struct arena *a, split_reader *read, void *source);
/* Appends a piece of a chunk; false at the end, with ended set, and when the reader failed. */
MUST_CHECK bool window_more(struct window *w, struct error *err);
/* Drops text before keep when it is worth it; returns where keep is now. */
size_t window_forget(struct window *w, size_t keep);
/* An item of the text from..to, where from is the place of walk; good until window_restore. */
struct split_item
window_cut(struct window *w, enum split_kind kind, const struct walk *walk, size_t from, size_t to);
void window_restore(struct window *w);

#endif
