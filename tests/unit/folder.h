/* SPDX-License-Identifier: MIT */
#ifndef TESTS_UNIT_FOLDER_H
#define TESTS_UNIT_FOLDER_H

#include <check.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"

/* A temporary folder of a test's own, removed when its arena is closed. */

static inline int
folder_remove_entry(const char *path, const struct stat *status, int kind, struct FTW *walk)
{
	(void)status;
	(void)kind;
	(void)walk;
	return remove(path);
}

static inline void
folder_remove(void *path)
{
	nftw(path, folder_remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

static inline const char *
folder_new(struct arena *a)
{
	char *path = arena_strdup(a, "/tmp/check-XXXXXX");

	ck_assert_ptr_nonnull(mkdtemp(path));
	arena_defer(a, folder_remove, path);
	return path;
}

/* Writes a file and the folders above it; returns its path. */
static inline const char *
folder_write(
    struct arena *a, const char *folder, const char *name, const char *bytes, size_t length)
{
	char *path = arena_printf(a, "%s/%s", folder, name);
	FILE *out;

	for (char *p = path + strlen(folder) + 1; (p = strchr(p, '/')) != NULL; p++) {
		*p = '\0';
		(void)mkdir(path, 0700); /* may be there already */
		*p = '/';
	}
	out = fopen(path, "wb");
	ck_assert_ptr_nonnull(out);
	ck_assert_uint_eq(fwrite(bytes, 1, length, out), length);
	ck_assert_int_eq(fclose(out), 0);
	return path;
}

static inline void
folder_link(struct arena *a, const char *folder, const char *name, const char *target)
{
	ck_assert_int_eq(symlink(target, arena_printf(a, "%s/%s", folder, name)), 0);
}

#endif
