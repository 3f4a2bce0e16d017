/* SPDX-License-Identifier: MIT */
#include "core/difference.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"

enum { SHOWN = 5, PIECE = 65536, LINE_MAX_BYTES = 200 };

/* One of the two dumps. */
struct side {
	struct arena *arena;
	const struct dump *dump;
	struct file file;
	const char *path;
	bool *paired; /* by part: the other one has it, too */
};

static bool
open_side(struct arena *a, const struct dump *dump, struct side *out, struct error *err)
{
	*out = (struct side){ .arena = a,
		.dump = dump,
		.path = file_join(a, dump->folder, dump->name),
		.paired = arena_alloc(a, dump->count + 1) };
	return file_open(a, dump->folder, dump->name, &out->file, err);
}

/* --- byte for byte --- */

static bool
compare_bytes(const struct side *left, const struct side *right, bool *same, struct error *err)
{
	char *bytes[2] = { arena_alloc(left->arena, PIECE), arena_alloc(left->arena, PIECE) };
	size_t lengths[2];

	do {
		if (!file_read(&left->file, bytes[0], PIECE, &lengths[0], left->path, err) ||
		    !file_read(&right->file, bytes[1], PIECE, &lengths[1], right->path, err))
			return false;
		*same = lengths[0] == lengths[1] && memcmp(bytes[0], bytes[1], lengths[0]) == 0;
	} while (*same && lengths[0] > 0);
	return true;
}

/* --- part by part --- */

static int
compare_parts(const void *a, const void *b)
{
	const struct dump_part *one = *(const struct dump_part *const *)a;
	const struct dump_part *other = *(const struct dump_part *const *)b;

	if (one->hash != other->hash)
		return one->hash < other->hash ? -1 : 1;
	return (one > other) - (one < other);
}

static const struct dump_part **
sorted(const struct side *side)
{
	const struct dump *dump = side->dump;
	const struct dump_part **list = arena_alloc(side->arena, (dump->count + 1) * sizeof(*list));

	for (size_t i = 0; i < dump->count; i++)
		list[i] = &dump->parts[i];
	qsort(list, dump->count, sizeof(*list), compare_parts);
	return list;
}

static void
pair_equal(struct side *left, struct side *right)
{
	const struct dump_part **one = sorted(left), **other = sorted(right);
	size_t i = 0, k = 0;

	while (i < left->dump->count && k < right->dump->count) {
		if (one[i]->hash == other[k]->hash) {
			left->paired[one[i++] - left->dump->parts] = true;
			right->paired[other[k++] - right->dump->parts] = true;
		} else if (one[i]->hash < other[k]->hash) {
			i++;
		} else {
			k++;
		}
	}
}

/* --- line by line --- */

struct lines {
	FILE *in;
	int64_t left; /* bytes of the part that are not read */
	char line[LINE_MAX_BYTES + 1]; /* its beginning */
	bool ended;
};

static void
close_file(void *file)
{
	(void)fclose(file); /* only read from */
}

static struct lines *
lines_open(struct arena *a, const struct side *side, const struct dump_part *part)
{
	struct lines *l = arena_alloc(a, sizeof(*l));

	l->in = fopen(side->path, "r");
	if (l->in == NULL || fseeko(l->in, part->offset, SEEK_SET) != 0)
		l->ended = true;
	if (l->in != NULL)
		arena_defer(a, close_file, l->in);
	l->left = part->length;
	return l;
}

/* Lines that differ behind what is kept of them count as different by their length. */
static bool
lines_next(struct lines *l, uint64_t *hash)
{
	size_t length = 0;
	int c = 0;

	*hash = 14695981039346656037U;
	while (!l->ended && l->left > 0 && c != '\n' && (c = fgetc(l->in)) != EOF) {
		l->left--;
		*hash = (*hash ^ (unsigned char)c) * 1099511628211U;
		if (c != '\n' && length < LINE_MAX_BYTES)
			l->line[length++] = (char)c;
	}
	l->line[length] = '\0';
	if (length == 0 && c != '\n')
		l->ended = true;
	return !l->ended;
}

static const char *
first_line(struct arena *a, const struct side *side, const struct dump_part *part)
{
	struct arena *own = arena_new(a);
	struct lines *lines = lines_open(own, side, part);
	uint64_t hash;
	const char *line;

	(void)lines_next(lines, &hash); /* a file that is gone has an empty one */
	line = arena_strdup(a, lines->line);
	arena_close(own);
	return line;
}

/* The first line in which two parts that begin alike differ. */
static struct difference
compare_lines(struct arena *a, const struct side *left, const struct dump_part *one,
    const struct side *right, const struct dump_part *other)
{
	struct arena *own = arena_new(a);
	struct lines *l = lines_open(own, left, one), *r = lines_open(own, right, other);
	struct difference d = { .what = first_line(a, left, one) };
	uint64_t hashes[2];
	bool more[2];

	do {
		more[0] = lines_next(l, &hashes[0]);
		more[1] = lines_next(r, &hashes[1]);
	} while (more[0] && more[1] && hashes[0] == hashes[1]);
	d.left = more[0] ? arena_strdup(a, l->line) : NULL;
	d.right = more[1] ? arena_strdup(a, r->line) : NULL;
	arena_close(own);
	return d;
}

/* Its first unpaired part that begins with the same line, or NULL. */
static const struct dump_part *
find_alike(const struct side *side, const char *line)
{
	for (size_t i = 0; i < side->dump->count; i++)
		if (!side->paired[i] &&
		    strcmp(first_line(side->arena, side, &side->dump->parts[i]), line) == 0)
			return &side->dump->parts[i];
	return NULL;
}

/* Rows that change are there in both; what they are does not count. */
static void
pair_changing(struct side *left, struct side *right)
{
	for (size_t i = 0; i < left->dump->count; i++) {
		const struct dump_part *part = &left->dump->parts[i], *other;

		if (left->paired[i] || !part->changes)
			continue;
		other = find_alike(right, first_line(left->arena, left, part));
		if (other == NULL)
			continue;
		left->paired[i] = true;
		right->paired[other - right->dump->parts] = true;
	}
}

static void
add(struct arena *a, struct differences *out, struct difference d)
{
	out->list = arena_extend(a, out->list, out->count, sizeof(*out->list));
	out->list[out->count++] = d;
}

static size_t
count_unpaired(struct side *side, enum difference_kind kind)
{
	size_t count = 0;

	for (size_t i = 0; i < side->dump->count; i++) {
		side->paired[i] =
		    side->paired[i] || (kind == DIFFERENCE_SCHEMA && side->dump->parts[i].rows);
		count += !side->paired[i];
	}
	return count;
}

static void
tell_left(struct arena *a, struct side *left, struct side *right, struct differences *out)
{
	for (size_t i = 0; i < left->dump->count && out->count < SHOWN; i++) {
		const struct dump_part *part = &left->dump->parts[i], *other;
		const char *line;

		if (left->paired[i])
			continue;
		line = first_line(a, left, part);
		other = find_alike(right, line);
		if (other == NULL) {
			add(a, out, (struct difference){ .left = line });
			continue;
		}
		right->paired[other - right->dump->parts] = true;
		out->total--; /* it was counted on both sides */
		add(a, out, compare_lines(a, left, part, right, other));
	}
}

static void
tell_right(struct arena *a, const struct side *right, struct differences *out)
{
	for (size_t i = 0; i < right->dump->count && out->count < SHOWN; i++)
		if (!right->paired[i])
			add(a, out,
			    (struct difference){
				.right = first_line(a, right, &right->dump->parts[i]) });
}

static bool
are_alike(const struct dump_part *left, const struct dump_part *right)
{
	return left->hash == right->hash || (left->changes && right->rows);
}

/* The same statements, but not in the same order: the first ones that differ. */
static void
tell_order(
    struct arena *a, const struct side *left, const struct side *right, struct differences *out)
{
	size_t i = 0;

	while (i < left->dump->count && i < right->dump->count &&
	    are_alike(&left->dump->parts[i], &right->dump->parts[i]))
		i++;
	if (i == left->dump->count || i == right->dump->count)
		return; /* in comments only */
	out->total = 1;
	add(a, out,
	    (struct difference){ .what = "the order of statements",
		.left = first_line(a, left, &left->dump->parts[i]),
		.right = first_line(a, right, &right->dump->parts[i]) });
}

bool
differences_find(struct arena *a, const struct dump *left, const struct dump *right,
    enum difference_kind kind, struct differences *out, struct error *err)
{
	struct arena *own = arena_new(a);
	struct side one, other;
	bool same = false, read;

	*out = (struct differences){ 0 };
	read = open_side(own, left, &one, err) && open_side(own, right, &other, err) &&
	    compare_bytes(&one, &other, &same, err);
	if (read && !same) {
		pair_equal(&one, &other);
		pair_changing(&one, &other);
		out->total = count_unpaired(&one, kind) + count_unpaired(&other, kind);
		if (out->total == 0 && kind == DIFFERENCE_ANY)
			tell_order(a, &one, &other, out);
		tell_left(a, &one, &other, out);
		tell_right(a, &other, out);
	}
	arena_close(own);
	return read;
}

/* "COPY app.orders (id, at) FROM stdin;" */
static const char *
table_name(struct arena *a, const char *line)
{
	static const char copy[] = "COPY ";
	const char *end = strstr(line, " (");

	if (strncmp(line, copy, strlen(copy)) != 0 || end == NULL)
		return line;
	line += strlen(copy);
	return arena_strndup(a, line, (size_t)(end - line));
}

bool
differences_mark(struct arena *a, struct dump *dump, const struct dump *again,
    struct config_list *tables, struct error *err)
{
	struct arena *own = arena_new(a);
	struct side one, other;
	bool open = open_side(own, dump, &one, err) && open_side(own, again, &other, err);

	if (open)
		pair_equal(&one, &other);
	for (size_t i = 0; open && i < dump->count; i++) {
		dump->parts[i].changes = dump->parts[i].rows && !one.paired[i];
		if (dump->parts[i].changes)
			config_list_add(
			    a, tables, table_name(a, first_line(a, &one, &dump->parts[i])));
	}
	arena_close(own);
	return open;
}
