/* SPDX-License-Identifier: MIT */
#ifndef SQL_PARSE_H
#define SQL_PARSE_H

#include "sql/statement.h"

/*
 * Asks the grammar of PostgreSQL 15 (libpg_query).  It crashes on deep trees and takes much memory
 * for long statements, so it is asked only where neither can happen.
 */

/* May the library be given this text?  Its stack and memory are enough for it, then. */
bool parse_is_safe(const char *text, size_t length);

/* What is read, and where it comes from. */
struct parse_text {
	const char *text;
	size_t length;
	bool inside; /* of a DO block */
	int64_t at; /* byte in the statement where it begins */
	bool elsewhere; /* it does not stand there as it is: all of it is at that byte */
};

/*
 * Reads one statement whose form is already in out: fills in what only the grammar tells (parsed,
 * newer, parse_error), and what the statement does.  For one that the grammar is not asked about or
 * refuses, one act or none is told from the leading words, on the safe side.  Acts are added to
 * those that are there.
 */
void parse_statement(
    struct arena *a, const struct parse_text *text, struct statement_class *out, struct acts *acts);

#endif
