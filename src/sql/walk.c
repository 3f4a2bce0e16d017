/* SPDX-License-Identifier: MIT */
#include "sql/walk.h"

#include <stdio.h>
#include <string.h>

enum { SOURCE_MAX = 1000 };

static bool
is_inside_character(char c)
{
	return ((unsigned char)c & 0xC0) == 0x80;
}

static int64_t
count_characters(const char *text, size_t length)
{
	int64_t count = 0;

	for (size_t i = 0; i < length; i++)
		count += !is_inside_character(text[i]);
	return count;
}

static void
begin_line(struct walk *w, size_t at)
{
	w->line++;
	w->column = 1;
	w->line_at = at;
	w->line_seam = w->seam;
}

/* Text without \r: memchr is many times faster than looking at each byte. */
static void
pass_newlines(struct walk *w, size_t to)
{
	const char *newline;

	while ((newline = memchr(w->text + w->at, '\n', to - w->at)) != NULL) {
		w->at = (size_t)(newline - w->text) + 1;
		begin_line(w, w->at);
	}
}

static void
pass_line_ends(struct walk *w, size_t to)
{
	size_t rest = w->at;

	for (size_t i = w->at; i < to; i++) {
		char c = w->text[i];

		if (c == '\n' && w->after_cr)
			w->line_at = i + 1;
		else if (c == '\n' || c == '\r')
			begin_line(w, i + 1);
		if (c == '\n' || c == '\r')
			rest = i + 1;
		w->after_cr = c == '\r';
	}
	w->at = rest;
}

static void
walk_text(struct walk *w, size_t to)
{
	if (to == w->at)
		return;
	w->offset += (int64_t)(to - w->at);
	if (w->after_cr || memchr(w->text + w->at, '\r', to - w->at) != NULL)
		pass_line_ends(w, to);
	else
		pass_newlines(w, to);
	w->column += count_characters(w->text + w->at, to - w->at);
	w->at = to;
}

void
walk_to(struct walk *w, size_t to)
{
	for (; w->seam < w->seam_count; w->seam++) {
		const struct split_seam *seam = &w->seams[w->seam];

		if (seam->at + seam->length > to) {
			to = seam->at < to ? seam->at : to;
			break;
		}
		walk_text(w, seam->at);
		w->at += seam->length;
		w->offset += (int64_t)seam->file_length;
		w->column += count_characters(seam->file_text, seam->file_length);
		w->after_cr = false;
	}
	walk_text(w, to);
}

/*
 * The line of the file at a place, for the caret.  What stands before the item on its first line
 * is not known here and becomes blanks.
 */
static const char *
source_line(struct arena *a, const struct split_item *item, const struct walk *w)
{
	size_t at = w->line_at, next = w->line_seam;
	struct arena_text *line;

	if (w->column > SOURCE_MAX)
		return NULL;
	line = arena_text_new(a);
	if (at == 0)
		fprintf(line->out, "%*s", (int)(item->column - 1), "");
	while (at < item->length) {
		char c = item->text[at];

		if (next < item->seam_count && item->seams[next].at == at) {
			const struct split_seam *seam = &item->seams[next++];

			fwrite(seam->file_text, 1, seam->file_length, line->out);
			at += seam->length;
			continue;
		}
		if (c == '\n' || c == '\r')
			break;
		if (at > w->at + SOURCE_MAX && !is_inside_character(c))
			break;
		putc(c, line->out);
		at++;
	}
	return arena_text_end(line);
}

struct place
walk_place(struct arena *a, const char *path, const struct split_item *item, size_t byte)
{
	struct walk w = { .text = item->text,
		.seams = item->seams,
		.seam_count = item->seam_count,
		.line = item->line,
		.column = item->column };

	walk_to(&w, byte);
	return (struct place){ path, w.line, w.column, source_line(a, item, &w) };
}
