/* SPDX-License-Identifier: MIT */
#ifndef SQL_BLOCK_H
#define SQL_BLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

/*
 * The statements in the body of a DO block of PL/pgSQL, in its order, whether they are reached or
 * not, and those that EXECUTE gets as a constant text.
 */

enum block_kind {
	BLOCK_STATEMENT,
	BLOCK_DYNAMIC, /* EXECUTE of a text that is made at run time, which is an expression here */
	BLOCK_COMMIT,
	BLOCK_ROLLBACK,
	BLOCK_UNREAD /* the body is not PL/pgSQL, or has a mistake: text says what */
};

struct block_part {
	enum block_kind kind;
	const char *text; /* without ; at its end */
	int64_t at; /* byte in the whole statement where it begins */
	bool written; /* its text stands there as it is; else at is where it comes from */
};

struct block {
	struct block_part *parts;
	size_t count;
};

/* Of a statement that begins with DO. */
void block_read(struct arena *a, const char *text, size_t length, struct block *out);

#endif
