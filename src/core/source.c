/* SPDX-License-Identifier: MIT */
#include "core/source.h"

#include <string.h>
#include <zlib.h>

#include "base/file.h"
#include "base/utf8.h"
#include "core/placeholder.h"

/* The smallest buffer must hold more than the longest placeholder. */
enum {
	SMALLEST_BUFFER = 4096,
	LARGEST_BUFFER = 65536,
	LONGEST_SOURCE_LINE = 1000,
	PACKED_TEXT = 8192
};

struct source {
	struct arena *a;
	const char *path;
	struct file file;
	bool from_memory;
	char *buffer; /* of a file */
	const char *text; /* the buffer, or the memory */
	size_t capacity;
	size_t start, checked, end; /* handed out to, checked to, filled to */
	bool begun, ended; /* of the input */
	struct placeholders *placeholders; /* or NULL */
	bool sums_replaced; /* the text behind them has a checksum too */
	int64_t line, column; /* characters of the line at "checked" that stand before it */
	bool after_return; /* a \n now belongs to the \r before it */
	uint32_t raw, replaced, layout;
	int64_t size;
};

struct source *
source_new(struct arena *a, const char *path, const char *text, size_t length)
{
	struct source *s = arena_alloc(a, sizeof(*s));

	s->a = a;
	s->path = path;
	s->from_memory = true;
	s->text = text;
	s->end = length;
	s->line = 1;
	return s;
}

bool
source_open(struct arena *a, const struct script *s, struct source **out, struct error *err)
{
	struct source *source = source_new(a, s->path, "", 0);

	if (!file_open(a, s->directory, s->name, &source->file, err))
		return false;
	source->from_memory = false;
	source->capacity = LARGEST_BUFFER;
	if (source->file.size < LARGEST_BUFFER)
		source->capacity = (size_t)source->file.size + 1;
	if (source->capacity < SMALLEST_BUFFER)
		source->capacity = SMALLEST_BUFFER;
	source->buffer = arena_alloc(a, source->capacity);
	source->text = source->buffer;
	*out = source;
	return true;
}

/*
 * Flyway's checksum takes the lines without what ends them, one right behind the other.  They are
 * packed first: crc32 is several times slower on pieces as short as a line.
 */
struct packed {
	uint32_t *sum;
	size_t used;
	char text[PACKED_TEXT];
};

static void
sum_packed(struct packed *packed)
{
	*packed->sum =
	    (uint32_t)crc32(*packed->sum, (const Bytef *)packed->text, (uInt)packed->used);
	packed->used = 0;
}

static void
pack(struct packed *packed, const char *text, size_t length)
{
	while (length > 0) {
		size_t room = sizeof(packed->text) - packed->used;
		size_t size = length < room ? length : room;

		memcpy(packed->text + packed->used, text, size);
		packed->used += size;
		text += size;
		length -= size;
		if (size == room)
			sum_packed(packed);
	}
}

/* Adds the lines of a text to a sum. */
static void
add_lines(uint32_t *sum, const char *text, size_t length)
{
	struct packed packed = { .sum = sum };
	const char *end = text + length;

	while (text < end) {
		size_t line = 0, rest = (size_t)(end - text);

		while (line < rest && text[line] != '\n' && text[line] != '\r')
			line++;
		pack(&packed, text, line);
		text += line < rest ? line + 1 : line;
	}
	sum_packed(&packed);
}

static int64_t
count_characters(const char *from, const char *to)
{
	int64_t count = 0;

	for (; from < to; from++)
		count += ((unsigned char)*from & 0xc0) != 0x80;
	return count;
}

/* line is where the line of "at" begins, as far as it is in the buffer. */
static struct place
place_of(struct source *s, const char *line, const char *at)
{
	struct place place = {
		.path = s->path,
		.line = s->line,
		.column = s->column + count_characters(line, at) + 1,
	};
	size_t length = 0, rest = (size_t)(s->text + s->end - line);

	while (length < rest && length < LONGEST_SOURCE_LINE && line[length] != '\0' &&
	    line[length] != '\n' && line[length] != '\r')
		length++;
	if (s->column == 0)
		place.source = arena_strndup(s->a, line, length);
	return place;
}

static bool
refuse_utf16(struct source *s, struct error *err)
{
	error_set_at(err, ERR_REFUSED, (struct place){ .path = s->path, .line = 1, .column = 1 },
	    "this looks like UTF-16, and migrations are UTF-8");
	return error_next(err, "Convert it with \"iconv -f UTF-16 -t UTF-8\".");
}

static bool
refuse_bytes(struct source *s, const char *line, const char *at, struct error *err)
{
	struct place place = place_of(s, line, at);

	if (*at == '\0') {
		(void)error_set_at(err, ERR_REFUSED, place, "NUL byte in a text");
		return error_next(err, "Take it out: PostgreSQL has no text with a NUL.");
	}
	(void)error_set_at(
	    err, ERR_REFUSED, place, "invalid UTF-8: byte 0x%02x", (unsigned)(unsigned char)*at);
	return error_next(err, "Save the file as UTF-8, or convert it with iconv.");
}

/*
 * A line ends with c, so many bytes behind what was checked before; \r\n is one end.  A hash
 * (FNV) of where lines end is enough beside the checksum, which tells everything else.
 */
static void
end_line(struct source *s, char c, uint64_t behind)
{
	s->layout =
	    (s->layout ^ (uint32_t)((uint64_t)s->size + behind) ^ (uint32_t)c << 24) * 16777619U;
	if (c == '\r' || !s->after_return)
		s->line++;
	s->column = 0;
}

/*
 * Checks what has come: all of it, or all but the beginning of a character that is cut by the end
 * of the buffer.
 */
static bool
check(struct source *s, struct error *err)
{
	const char *begin = s->text + s->checked, *end = s->text + s->end;
	const char *p = begin, *line = begin;
	struct packed packed;

	packed.sum = &s->raw;
	packed.used = 0;
	for (;;) {
		size_t size = utf8_plain(p, (size_t)(end - p));
		uint32_t code;

		s->after_return &= size == 0;
		pack(&packed, p, size);
		p += size;
		if (p == end)
			break;
		if (*p == '\n' || *p == '\r') {
			end_line(s, *p, (uint64_t)(p - begin));
			line = p + 1;
			size = 1;
		} else {
			size = *p == '\0' ? 0 : utf8_decode(p, (size_t)(end - p), &code);
			if (size == 0 && *p != '\0' && end - p < 4 && !s->ended)
				break;
			if (size == 0)
				return refuse_bytes(s, line, p, err);
			pack(&packed, p, size);
		}
		s->after_return = *p == '\r';
		p += size;
	}
	s->column += count_characters(line, p);
	sum_packed(&packed);
	s->checked += (size_t)(p - begin);
	s->size += p - begin;
	return true;
}

/* The first bytes of a file: a BOM is dropped, UTF-16 is told by its own. */
static bool
begin(struct source *s, struct error *err)
{
	const unsigned char *t = (const unsigned char *)s->text;

	s->begun = true;
	if (s->end >= 2 &&
	    ((t[0] == 0xff && t[1] == 0xfe) || (t[0] == 0xfe && t[1] == 0xff) ||
		(t[0] == '\0') != (t[1] == '\0')))
		return refuse_utf16(s, err);
	if (s->end >= 3 && memcmp(t, "\xef\xbb\xbf", 3) == 0) {
		s->start = s->checked = 3;
		s->size = 3;
	}
	return true;
}

/* More text behind what has not been handed out yet. */
static bool
fill(struct source *s, struct error *err)
{
	size_t wanted, got;

	if (s->from_memory) {
		s->ended = true;
	} else {
		memmove(s->buffer, s->buffer + s->start, s->end - s->start);
		s->end -= s->start;
		s->checked -= s->start;
		s->start = 0;
		wanted = s->capacity - s->end;
		if (!file_read(&s->file, s->buffer + s->end, wanted, &got, s->path, err))
			return false;
		s->end += got;
		s->ended = got < wanted;
	}
	return (s->begun || begin(s, err)) && check(s, err);
}

bool
source_head(struct source *s, const char **text, size_t *length, struct error *err)
{
	if (!s->begun && !fill(s, err))
		return false;
	*text = s->text + s->start;
	*length = s->checked - s->start;
	if (*length > LARGEST_BUFFER)
		*length = LARGEST_BUFFER;
	return true;
}

void
source_replace(struct source *s, const struct script_environment *env, const struct script *script)
{
	s->placeholders = placeholders_new(s->a, env, script);
	s->sums_replaced = script->kind == SCRIPT_REPEATABLE;
}

static size_t
next_chunk(struct source *s, const char *text, size_t length, struct split_chunk *chunk)
{
	size_t taken = length;

	if (s->placeholders == NULL)
		*chunk = (struct split_chunk){ .text = text, .length = length };
	else
		taken = placeholders_next(s->placeholders, text, length, s->ended, chunk);
	if (taken > 0 && s->sums_replaced)
		add_lines(&s->replaced, chunk->text, chunk->length);
	return taken;
}

bool
source_read(void *source, struct split_chunk *chunk, struct error *err)
{
	struct source *s = source;

	for (;;) {
		size_t length = s->checked - s->start, taken;

		if (length > 0) {
			taken = next_chunk(s, s->text + s->start, length, chunk);
			s->start += taken;
			if (taken > 0)
				return true;
		}
		if (s->ended) {
			*chunk = (struct split_chunk){ .text = "" };
			return true;
		}
		if (!fill(s, err))
			return false;
	}
}

struct source_sums
source_sums(const struct source *s)
{
	return (struct source_sums){
		.raw = (int32_t)s->raw,
		.replaced = (int32_t)(s->sums_replaced ? s->replaced : s->raw),
		.layout = s->layout,
		.size = s->size,
	};
}
