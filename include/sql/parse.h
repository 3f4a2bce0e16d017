/* SPDX-License-Identifier: MIT */
#ifndef SQL_PARSE_H
#define SQL_PARSE_H

#include "sql/statement.h"

/*
 * Asks the grammar of PostgreSQL 15 (libpg_query).  It crashes on deep trees and takes much memory
 * for long statements, so it is asked only where neither can happen.
 */

/*
 * Reads one statement whose form is already in out: fills in what only the grammar tells (parsed,
 * newer, parse_error), and what the statement does.  For one that the grammar is not asked about or
 * refuses, one act or none is told from the leading words, on the safe side.
 */
void parse_statement(struct arena *a, const char *text, size_t length, struct statement_class *out,
    struct acts *acts);

#endif
