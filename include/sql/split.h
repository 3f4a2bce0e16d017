/* SPDX-License-Identifier: MIT */
#ifndef SQL_SPLIT_H
#define SQL_SPLIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/*
 * Cuts a script into statements exactly where psql does (fe_utils/psqlscan.l is the law).  The
 * text comes in pieces from a reader; only the statement at hand is kept, so a file may have any
 * size.  Positions are those of the file on disk, also where a placeholder was replaced.
 */

/*
 * A piece of text from the reader, valid until its next call.  Length 0 is the end, unless
 * replaced is set: a value may be empty.  Text that stands in place of a placeholder comes as a
 * piece of its own with replaced set and with what the file holds there (never a line end).  An unknown placeholder comes as its own text, read like any other, with its name: where
 * its $ stands in a comment it stays, anywhere else it is an error at its place.
 */
struct split_chunk {
	const char *text;
	size_t length;
	bool replaced;
	const char *file_text; /* what it stands for, with replaced */
	size_t file_length;
	const char *unknown; /* the name of an unknown placeholder, or NULL */
};
typedef bool split_reader(void *source, struct split_chunk *chunk, struct error *err);

enum split_kind {
	SPLIT_END,
	SPLIT_STATEMENT, /* without leading white space and comments, and without the ; */
	SPLIT_COMMENT, /* a -- comment alone on its line, from the dashes to the end of the line */
	SPLIT_COPY_DATA, /* a piece of the data behind COPY ... FROM STDIN, whole lines or parts */
	SPLIT_COPY_END /* its end: a line "\." or the end of the file */
};

/* Where replaced text stands in a statement. */
struct split_seam {
	size_t at; /* byte in text */
	size_t length; /* bytes of replaced text */
	const char *file_text; /* what the file holds there, until the next call */
	size_t file_length; /* its bytes, which are columns, too */
};

struct split_item {
	enum split_kind kind;
	const char *text; /* NUL-ended, valid until the next call */
	size_t length;
	int64_t offset; /* of its first byte in the file, counting from 0 */
	int64_t line, column; /* of its first character, counting from 1 */
	const struct split_seam *seams;
	size_t seam_count;
	bool copy_in; /* of a statement: COPY ... FROM STDIN, its data come next */
	bool inside; /* of a comment: it stands inside a statement */
};

struct split;
/*
 * path is for messages.  standard_conforming_strings is what the session starts with; SET and
 * RESET of it in the script are followed.
 */
struct split *split_new(struct arena *a, const char *path, bool standard_conforming_strings,
    split_reader *read, void *source);
/*
 * The next item.  False: an unterminated quote, comment, dollar quote or COPY (ERR_REFUSED, with
 * the place where it was opened), a psql meta-command, an unknown placeholder, or the reader's
 * own error.
 */
MUST_CHECK bool split_next(struct split *s, struct split_item *item, struct error *err);
/* The place of the n-th character of a statement (from 1, as the server counts), with its line. */
struct place
split_place(struct arena *a, const char *path, const struct split_item *item, int64_t character);

#endif
