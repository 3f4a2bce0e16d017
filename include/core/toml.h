/* SPDX-License-Identifier: MIT */
#ifndef CORE_TOML_H
#define CORE_TOML_H

#include "core/yaml.h"

/*
 * TOML 1.0 as the same tree that YAML becomes; flyway.toml is written in it.  A string is a scalar
 * with its text, a number, a Boolean or a date one as it is written.  Strict: what the
 * specification forbids is an error with its place, a key or a table given twice too.
 */

/* The root is a map.  path is for messages; errors are ERR_USAGE with their place. */
MUST_CHECK bool toml_read(struct arena *a, const char *path, const char *text, size_t length,
    struct node **root, struct error *err);

#endif
