/* SPDX-License-Identifier: MIT */
#ifndef CORE_NAME_H
#define CORE_NAME_H

#include <stdbool.h>

#include "base/error.h"
#include "core/script.h"

/* File names by Flyway's grammar: V1.2__what.sql, R__what.sql, U, B and callbacks. */

/* Does the name end with .sql, in either case? */
bool name_is_sql(const char *name);
/* No control character, no bidirectional override, no invalid UTF-8.  ERR_REFUSED. */
MUST_CHECK bool name_check(const char *path, struct error *err);
/*
 * Fills kind, version, description and event from the last part of s->path, which ends with .sql.
 * ERR_REFUSED: it fits no form; the error tells the one that it nearly has.
 */
MUST_CHECK bool name_parse(struct arena *a, struct script *s, struct error *err);
/* What the history keeps of a path: at most 1,000 characters, its beginning left out. */
const char *name_shorten_path(struct arena *a, const char *path);

#endif
