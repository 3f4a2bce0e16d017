/* SPDX-License-Identifier: MIT */
#include "core/difference.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"

enum { SHOWN = 5, PIECE = 65536, LINE_MAX_BYTES = 200, COLUMNS = 1600 /* PostgreSQL's limit */ };

/* One of the two dumps. */
struct side {
	struct arena *arena;
	const struct dump *dump;
	struct file file;
	const char *path;
	bool *paired; /* by part: the other one has it, too */
	const char **heads; /* by part: its first line; NULL when nobody has asked */
};

static bool
open_side(struct arena *a, const struct dump *dump, struct side *out, struct error *err)
{
	*out = (struct side){ .arena = a,
		.dump = dump,
		.path = file_join(a, dump->folder, dump->name),
		.paired = arena_alloc(a, dump->count + 1),
		.heads = arena_alloc(a, (dump->count + 1) * sizeof(char *)) };
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
	bool ended;
	char line[LINE_MAX_BYTES + 1]; /* the beginning of the one at hand */
	size_t count; /* of its columns, which have a tab between them */
	uint64_t columns[COLUMNS + 1]; /* their hashes; the last one has what exceeds the limit */
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

static bool
lines_next(struct lines *l)
{
	size_t length = 0, column = 0;
	int c = 0;

	l->columns[0] = DUMP_HASH_START;
	while (!l->ended && l->left > 0 && c != '\n' && (c = fgetc(l->in)) != EOF) {
		char byte = (char)c;

		l->left--;
		if (c == '\t' && column < COLUMNS)
			l->columns[++column] = DUMP_HASH_START;
		l->columns[column] = dump_hash(l->columns[column], &byte, 1);
		if (c != '\n' && length < LINE_MAX_BYTES)
			l->line[length++] = byte;
	}
	l->line[length] = '\0';
	l->count = column + 1;
	if (length == 0 && c != '\n')
		l->ended = true;
	return !l->ended;
}

/* Are both at the same line, but for the columns that change? */
static bool
lines_are_alike(const struct lines *left, const struct lines *right, const bool *changing)
{
	if (left->count != right->count)
		return false;
	for (size_t i = 0; i < left->count; i++)
		if (left->columns[i] != right->columns[i] && (changing == NULL || !changing[i]))
			return false;
	return true;
}

/* The first line of a part. */
static const char *
head(struct side *side, const struct dump_part *part)
{
	size_t i = (size_t)(part - side->dump->parts);
	struct arena *own;
	struct lines *lines;

	if (side->heads[i] != NULL)
		return side->heads[i];
	own = arena_new(side->arena);
	lines = lines_open(own, side, part);
	(void)lines_next(lines); /* a file that is gone has an empty one */
	side->heads[i] = arena_strdup(side->arena, lines->line);
	arena_close(own);
	return side->heads[i];
}

/* Goes on to the first line in which two parts differ; false: there is none. */
static bool
lines_differ(struct lines *left, struct lines *right, const bool *changing)
{
	bool more;

	do {
		more = lines_next(left);
		if (lines_next(right) != more)
			return true;
	} while (more && lines_are_alike(left, right, changing));
	return more;
}

/* The first line in which two parts that begin alike differ. */
static struct difference
compare_lines(struct arena *a, struct side *left, const struct dump_part *one,
    const struct side *right, const struct dump_part *other)
{
	struct arena *own = arena_new(a);
	struct lines *l = lines_open(own, left, one), *r = lines_open(own, right, other);
	struct difference d = { .what = arena_strdup(a, head(left, one)) };

	(void)lines_differ(l, r, one->changing); /* they do: their hashes are not the same */
	d.left = l->ended ? NULL : arena_strdup(a, l->line);
	d.right = r->ended ? NULL : arena_strdup(a, r->line);
	arena_close(own);
	return d;
}

/* Its first unpaired part that begins with the same line, or NULL. */
static const struct dump_part *
find_alike(struct side *side, const char *line)
{
	for (size_t i = 0; i < side->dump->count; i++)
		if (!side->paired[i] && strcmp(head(side, &side->dump->parts[i]), line) == 0)
			return &side->dump->parts[i];
	return NULL;
}

/* --- what is another one each time --- */

static bool
is_same_but_changing(const struct side *left, const struct dump_part *one, const struct side *right,
    const struct dump_part *other)
{
	struct arena *own = arena_new(left->arena);
	bool same =
	    !lines_differ(lines_open(own, left, one), lines_open(own, right, other), one->changing);

	arena_close(own);
	return same;
}

static void
pair_changing(struct side *left, struct side *right)
{
	for (size_t i = 0; i < left->dump->count; i++) {
		const struct dump_part *part = &left->dump->parts[i], *other;

		if (left->paired[i] || part->changing == NULL)
			continue;
		other = find_alike(right, head(left, part));
		if (other == NULL || !is_same_but_changing(left, part, right, other))
			continue;
		left->paired[i] = true;
		right->paired[other - right->dump->parts] = true;
	}
}

/* The columns in which two runs of the same files differ; rows that come and go: all of them. */
static const bool *
find_changing(struct arena *a, const struct side *one, const struct dump_part *part,
    struct side *other, const struct dump_part *again)
{
	struct arena *own = arena_new(a);
	struct lines *l = lines_open(own, one, part), *r = lines_open(own, other, again);
	bool *changing = arena_alloc(a, (COLUMNS + 1) * sizeof(*changing));

	while (lines_differ(l, r, changing) && l->count == r->count && !l->ended && !r->ended)
		for (size_t i = 0; i < l->count; i++)
			changing[i] = changing[i] || l->columns[i] != r->columns[i];
	if (l->ended != r->ended || l->count != r->count)
		for (size_t i = 0; i <= COLUMNS; i++)
			changing[i] = true;
	arena_close(own);
	return changing;
}

/* --- all of it --- */

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
		line = head(left, part);
		other = find_alike(right, line);
		if (other == NULL) {
			add(a, out, (struct difference){ .left = arena_strdup(a, line) });
			continue;
		}
		right->paired[other - right->dump->parts] = true;
		out->total--; /* it was counted on both sides */
		add(a, out, compare_lines(a, left, part, right, other));
	}
}

static void
tell_right(struct arena *a, struct side *right, struct differences *out)
{
	for (size_t i = 0; i < right->dump->count && out->count < SHOWN; i++)
		if (!right->paired[i])
			add(a, out,
			    (struct difference){
				.right = arena_strdup(a, head(right, &right->dump->parts[i])) });
}

static bool
are_alike(const struct dump_part *left, const struct dump_part *right)
{
	return left->hash == right->hash || (left->changing != NULL && right->rows);
}

/* The same statements, but not in the same order: the first ones that differ. */
static void
tell_order(struct arena *a, struct side *left, struct side *right, struct differences *out)
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
		.left = arena_strdup(a, head(left, &left->dump->parts[i])),
		.right = arena_strdup(a, head(right, &right->dump->parts[i])) });
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
		struct dump_part *part = &dump->parts[i];
		const struct dump_part *match;

		if (!part->rows || one.paired[i])
			continue;
		match = find_alike(&other, head(&one, part));
		if (match == NULL)
			continue; /* it cannot be compared with anything */
		part->changing = find_changing(a, &one, part, &other, match);
		config_list_add(a, tables, table_name(a, head(&one, part)));
	}
	arena_close(own);
	return open;
}
