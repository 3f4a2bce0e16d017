/* SPDX-License-Identifier: MIT */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/*
 * Files below a folder, and only there: links are followed as long as they stay inside (a
 * Kubernetes ConfigMap is made of them), nothing but regular files is opened, and nothing blocks
 * on a FIFO.  Names are relative to the folder, "" is the folder itself.  What goes wrong is
 * ERR_REFUSED with the file as its place.
 */

enum file_kind { FILE_MISSING, FILE_REGULAR, FILE_FOLDER, FILE_LINK, FILE_OTHER };

struct file_entry {
	const char *name;
	enum file_kind kind;
};

struct file_list {
	struct file_entry *entries; /* by name, without . and .. */
	size_t count;
	uint64_t device, inode; /* of the folder listed, to notice loops */
};

struct file {
	int fd; /* closed with the arena */
	int64_t size; /* when it was opened */
};

/* "folder/name", or what of the two is not empty. */
const char *file_join(struct arena *a, const char *folder, const char *name);
MUST_CHECK bool file_list(struct arena *a, const char *folder, const char *name,
    struct file_list *out, struct error *err);
/* What stands behind a link: FILE_MISSING when it leads nowhere; not a promise to be inside. */
enum file_kind file_behind_link(struct arena *a, const char *folder, const char *name);
MUST_CHECK bool file_open(
    struct arena *a, const char *folder, const char *name, struct file *out, struct error *err);
/* Up to size bytes, fewer only at the end of the file; *length 0 is the end. */
MUST_CHECK bool file_read(const struct file *f, char *buffer, size_t size, size_t *length,
    const char *path, struct error *err);

#endif
