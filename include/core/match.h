/* SPDX-License-Identifier: MIT */
#ifndef CORE_MATCH_H
#define CORE_MATCH_H

#include <stdbool.h>
#include <stddef.h>

#include "core/history.h"
#include "core/scripts.h"

/* Which file a row of the history speaks of, and whether the two are the same. */

/* The scripts of one kind and version, or one description, in an order to be searched. */
struct match_index {
	struct script **list;
	size_t count;
};
struct match_index match_index_make(struct arena *a, const struct scripts *scripts);
/* By version, or where that is NULL by description; NULL when there is none. */
struct script *match_find(const struct match_index *index, enum script_kind kind,
    const char *version, const char *description);
/* The file that a row stands for, or NULL. */
struct script *match_row(const struct match_index *index, const struct history_row *row);

/* What a row's type means; types of others (JDBC, ...) mean nothing here. */
enum {
	TYPE_SYNTHETIC = 1, /* written by the tool: no migration */
	TYPE_BASELINE = 2,
	TYPE_UNDO = 4,
	TYPE_DELETE = 8,
	TYPE_FILE = 16 /* a file of ours must stand behind it */
};
unsigned match_type(const char *type);
/* The name in use today. */
const char *match_type_name(const char *type);
/* The type that a script is recorded with. */
const char *match_script_type(const struct script *script);
/* Do row and file have the same type, under any of its names? */
bool match_same_type(const struct history_row *row, const struct script *script);
/* The same checksum, for R files also that of the raw text; one that is not known matches. */
bool match_same_checksum(const struct history_row *row, const struct script *script);

#endif
