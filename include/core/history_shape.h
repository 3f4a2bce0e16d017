/* SPDX-License-Identifier: MIT */
#ifndef CORE_HISTORY_SHAPE_H
#define CORE_HISTORY_SHAPE_H

#include "base/arena.h"

/*
 * Has a table the columns of the schema history, or of its journal?  Pure: the columns come as text
 * (history_facts.sql), a line for each: "+" when every row must be given a value for it, else "-";
 * the name of its type, "?" when it is none of PostgreSQL's own; its name.
 */
enum history_table { HISTORY_TABLE, HISTORY_JOURNAL };

/* What is missing or of another type, by name, with commas between; NULL: nothing. */
const char *history_shape_wrong(struct arena *a, enum history_table table, const char *columns);
/* What we would have to fill, and do not know; NULL: nothing. */
const char *history_shape_needless(struct arena *a, enum history_table table, const char *columns);

#endif
