/* SPDX-License-Identifier: MIT */
#ifndef CORE_VERSION_H
#define CORE_VERSION_H

#include <stdbool.h>

#include "base/error.h"

/* Flyway's versions: numbers of any length with . or _ between them ("1", "01.2", "2_1"). */

/* A version is stored in a column of this many characters. */
enum { VERSION_LENGTH = 50 };

/* Version order: parts as numbers, missing parts are 0 (1 = 01.0); like strcmp, for any text. */
int version_compare(const char *a, const char *b);
/* Is this a version, short enough to be stored? */
bool version_valid(const char *text);
/* The same, with an error: ERR_USAGE. */
MUST_CHECK bool version_check(const char *text, struct error *err);
/* The form that is shown and stored: _ becomes . */
const char *version_text(struct arena *a, const char *text);

#endif
