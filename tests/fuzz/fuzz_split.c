/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sql/split.h"

/*
 * Cuts any bytes.  The items must cover the file, stand at their places, and be the same for
 * chunks of every size.  The first byte chooses the setting and the size.  In the text a byte 1
 * is a placeholder ${p} for the three bytes behind it, a byte 2 one without a value.
 */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { REPLACED = 1, UNKNOWN = 2, VALUE_LENGTH = 3 };
static const char placeholder[] = "${p}";

struct source {
	const char *text;
	size_t length, at, piece;
};

static size_t
value_length(const struct source *s)
{
	size_t left = s->length - s->at - 1;

	return left < VALUE_LENGTH ? left : VALUE_LENGTH;
}

static bool
read_source(void *source, struct split_chunk *chunk, struct error *err)
{
	struct source *s = source;
	const char *text = s->text + s->at;

	(void)err;
	if (s->at == s->length)
		return true;
	if (*text == REPLACED) {
		chunk->replaced = true;
		chunk->text = text + 1;
		chunk->length = value_length(s);
		chunk->file_text = placeholder;
		chunk->file_length = strlen(placeholder);
		s->at += 1 + chunk->length;
	} else if (*text == UNKNOWN) {
		chunk->text = placeholder;
		chunk->length = strlen(placeholder);
		chunk->unknown = "p";
		s->at++;
	} else {
		chunk->text = text;
		while (s->at < s->length && chunk->length < s->piece && *text != REPLACED &&
		    *text != UNKNOWN) {
			chunk->length++;
			s->at++;
			text++;
		}
	}
	return true;
}

/* What would be on disk; the text has no NUL. */
static char *
file_of(struct arena *a, const char *text, size_t length)
{
	struct source s = { .text = text, .length = length, .piece = SIZE_MAX };
	struct arena_text *file = arena_text_new(a);

	while (s.at < s.length) {
		struct split_chunk chunk = { 0 };

		read_source(&s, &chunk, NULL);
		if (chunk.replaced)
			fputs(placeholder, file->out);
		else
			fwrite(chunk.text, 1, chunk.length, file->out);
	}
	return arena_strdup(a, arena_text_end(file));
}

static struct place
place_in(const char *file, int64_t offset)
{
	struct place place = { .line = 1, .column = 1 };

	for (int64_t i = 0; i < offset; i++) {
		bool goes_on = file[i] == '\n' && i > 0 && file[i - 1] == '\r';

		if (file[i] == '\n' || file[i] == '\r') {
			place.line += goes_on ? 0 : 1;
			place.column = 1;
		} else {
			place.column += (file[i] & 0xC0) != 0x80;
		}
	}
	return place;
}

/* White space, semicolons, comments and \restrict lines: all that is no item. */
static size_t
skip_gap(const char *file, size_t at, size_t end)
{
	size_t depth;

	while (at < end) {
		if (strchr(" \t\n\v\f\r;", file[at]) != NULL) {
			at++;
		} else if (strncmp(file + at, "--", 2) == 0 || file[at] == '\\') {
			at += strcspn(file + at, "\r\n");
		} else if (strncmp(file + at, "/*", 2) == 0) {
			depth = 0;
			do {
				if (strncmp(file + at, "/*", 2) == 0) {
					depth++;
					at++;
				} else if (strncmp(file + at, "*/", 2) == 0) {
					depth--;
					at++;
				}
				at++;
			} while (depth > 0 && at < end);
		} else {
			return at;
		}
	}
	return at;
}

static void
check_places(struct arena *a, const struct split_item *item)
{
	struct place before = { .line = item->line, .column = item->column };

	for (int64_t character = 1; character < 100; character *= 3) {
		struct place place = split_place(a, "V1.sql", item, character);

		assert(place.line > before.line ||
		    (place.line == before.line && place.column >= before.column));
		assert(character > 1 || place.column == before.column);
		before = place;
	}
}

struct run {
	struct arena *a;
	const char *file;
	bool plain; /* no placeholder: an item's text is the file's */
	bool whole;
	struct arena_text *items; /* to compare with another run */
	struct arena_text
	    *data; /* of a COPY that goes on; how much comes before an error is open */
};

static void
check_item(struct run *run, const struct split_item *item, size_t *end)
{
	struct place place = place_in(run->file, item->offset);

	assert(item->text[item->length] == '\0');
	assert(strlen(item->text) == item->length);
	assert(item->kind == SPLIT_COPY_DATA || item->kind == SPLIT_COPY_END || item->length > 0);
	/* A piece of data may begin between \r and \n. */
	if (item->kind != SPLIT_COPY_DATA)
		assert(place.line == item->line && place.column == item->column);
	if (run->plain && !item->inside) {
		assert(memcmp(run->file + item->offset, item->text, item->length) == 0);
		assert(skip_gap(run->file, *end, (size_t)item->offset) == (size_t)item->offset);
		*end = (size_t)item->offset + item->length;
	}
	if (run->whole && item->kind == SPLIT_STATEMENT)
		check_places(run->a, item);
}

static void
note_item(struct run *run, const struct split_item *item)
{
	if (item->kind == SPLIT_COPY_DATA) {
		fputs(item->text, run->data->out); /* however it is cut */
		return;
	}
	fprintf(run->items->out, "%s\n%d %lld %lld:%lld %d %s", arena_text_end(run->data),
	    (int)item->kind, (long long)item->offset, (long long)item->line,
	    (long long)item->column, item->copy_in + 2 * item->inside, item->text);
	run->data = arena_text_new(run->a);
}

static const char *
cut(struct run *run, struct source *source, bool conforming_strings)
{
	struct error *err = error_new(run->a);
	struct split *s = split_new(run->a, "V1.sql", conforming_strings, read_source, source);
	struct split_item item;
	size_t end = 0;

	run->items = arena_text_new(run->a);
	run->data = arena_text_new(run->a);
	while (split_next(s, &item, err) && item.kind != SPLIT_END) {
		check_item(run, &item, &end);
		note_item(run, &item);
	}
	if (err->code == ERR_NONE && run->plain)
		assert(skip_gap(run->file, end, strlen(run->file)) == strlen(run->file));
	if (err->code != ERR_NONE)
		fprintf(run->items->out, "\n%d %lld:%lld %s", err->code, (long long)err->place.line,
		    (long long)err->place.column, err->message);
	return arena_text_end(run->items);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new(NULL);
	struct run run = { .a = a, .whole = true };
	struct source source = { .piece = SIZE_MAX };
	const char *items;
	char *text;

	if (size > 0) {
		text = arena_strndup(a, (const char *)data + 1, size - 1);
		for (size_t i = 0; i < size - 1; i++)
			text[i] = text[i] == '\0' ? ' ' : text[i];
		run.file = file_of(a, text, size - 1);
		run.plain = strlen(text) == strcspn(text, "\1\2");
		source.text = text;
		source.length = size - 1;
		items = cut(&run, &source, data[0] & 1);
		source.at = 0;
		source.piece = 1 + data[0] / 32;
		run.whole = false;
		assert(strcmp(items, cut(&run, &source, data[0] & 1)) == 0);
	}
	arena_close(a);
	return 0;
}
