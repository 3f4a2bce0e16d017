/* SPDX-License-Identifier: MIT */
#ifndef CORE_PROPERTIES_H
#define CORE_PROPERTIES_H

#include "core/yaml.h"

/*
 * flyway.conf: Java's properties as Flyway reads them, which is not quite as Java does.  A backslash is
 * a character like any other; only at the end of a line it goes on in the next one, unless that is
 * empty or a setting itself.
 */

/* A map of scalars; of a key that is given twice the last one counts.  path is for messages. */
MUST_CHECK bool properties_read(struct arena *a, const char *path, const char *text, size_t length,
    struct node **root, struct error *err);

#endif
