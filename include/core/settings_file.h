/* SPDX-License-Identifier: MIT */
#ifndef CORE_SETTINGS_FILE_H
#define CORE_SETTINGS_FILE_H

#include "core/values.h"
#include "core/yaml.h"

/*
 * migrate.yaml: finds the setting that each key means, puts ${VARIABLE} in, makes paths relative
 * to the file.  All errors are ERR_USAGE with file:line:column.
 */
struct settings_file {
	struct arena *arena;
	const char *path;
	struct node *root;
	char *const *environment; /* for ${VARIABLE} */
	unsigned mode; /* who may read and write it */
};

/*
 * Reads the file; path NULL: migrate.yaml, and then *out is NULL when there is none.
 */
MUST_CHECK bool settings_file_read(struct arena *a, const char *path, char *const *environment,
    struct settings_file **out, struct error *err);
/* Puts what stands at the top of the file. */
MUST_CHECK bool
settings_file_put(const struct settings_file *f, struct config *c, struct error *err);
/* Puts the set of that name (NULL: none); the others are checked, but for their ${VARIABLE}s. */
MUST_CHECK bool settings_file_put_set(
    const struct settings_file *f, const char *name, struct config *c, struct error *err);
/* Warns of a file that everybody may write, and of a password in one that others may read. */
void settings_file_warn(const struct settings_file *f, struct config_list *warnings);
/* The text of any file of settings, 64 kB at most, with a NUL behind it. */
MUST_CHECK bool settings_file_text(
    struct arena *a, const char *path, const char **text, size_t *length, struct error *err);
/* Is it UTF-8 without a NUL? */
MUST_CHECK bool
settings_file_check(const char *path, const char *text, size_t length, struct error *err);
/* The value of a variable, NULL when it is not set; length is that of the name. */
const char *settings_file_variable(char *const *environment, const char *name, size_t length);

#endif
