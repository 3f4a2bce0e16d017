/* SPDX-License-Identifier: MIT */
#ifndef SQL_PARSE_H
#define SQL_PARSE_H

#include "sql/statement.h"

/*
 * The grammar of PostgreSQL 15 (libpg_query), known in this room only.  It crashes on deep trees
 * and takes much memory for long statements, so it is asked only where neither can happen.
 */

/*
 * Reads one statement whose form is already in out, and fills in what only the grammar tells:
 * locks, what is created, parsed, newer, parse_error.  For a statement that the grammar is not
 * asked about or refuses, the locks are told from the leading words, on the safe side.
 */
void parse_statement(struct arena *a, const char *text, size_t length, int server_version,
    struct statement_class *out);

#endif
