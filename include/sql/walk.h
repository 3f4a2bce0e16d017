/* SPDX-License-Identifier: MIT */
#ifndef SQL_WALK_H
#define SQL_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sql/split.h"

/*
 * Goes forward through a text and knows the place in the file where it stands: lines end with \n,
 * \r\n or a lone \r, columns count characters, and replaced text is as wide as its placeholder.
 */
struct walk {
	const char *text;
	size_t at;
	const struct split_seam *seams;
	size_t seam, seam_count; /* seam: the first one that is not passed */
	int64_t offset, line, column;
	bool after_cr; /* a \n here belongs to the \r before it */
	size_t line_at, line_seam; /* where the line began; 0: it is the one it started on */
};

/* Inside of replaced text it stops where that begins. */
void walk_to(struct walk *w, size_t to);
/* The place of a byte of an item, with its line. */
struct place
walk_place(struct arena *a, const char *path, const struct split_item *item, size_t byte);

#endif
