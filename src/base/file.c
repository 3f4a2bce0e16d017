/* SPDX-License-Identifier: MIT */
#define _DEFAULT_SOURCE /* syscall, d_type */
#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#ifdef SYS_openat2
#include <linux/openat2.h>
#endif

const char *
file_join(struct arena *a, const char *folder, const char *name)
{
	size_t length = strlen(folder);

	if (length == 0 || *name == '\0')
		return length == 0 ? name : folder;
	return arena_printf(a, "%s%s%s", folder, folder[length - 1] == '/' ? "" : "/", name);
}

/* Where the kernel cannot keep us inside: resolve all links first, then look where we are. */
static int
open_resolved(const char *folder, const char *name, int flags)
{
	struct arena *a = arena_new(NULL);
	char outer[PATH_MAX], inner[PATH_MAX];
	size_t length;
	int fd = -1;

	if (realpath(folder, outer) != NULL &&
	    realpath(file_join(a, folder, name), inner) != NULL) {
		length = strcmp(outer, "/") == 0 ? 0 : strlen(outer);
		if (strncmp(outer, inner, length) == 0 && strchr("/", inner[length]) != NULL)
			fd = open(inner, flags | O_NOFOLLOW);
		else
			errno = EXDEV;
	}
	arena_close(a);
	return fd;
}

#ifdef SYS_openat2
static int
open_beneath(int folder, const char *name, int flags)
{
	struct open_how how = {
		.flags = (uint64_t)flags,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS,
	};
	long fd = -1;

	/* EAGAIN: somebody renamed a folder on the way meanwhile. */
	for (int attempt = 0; attempt < 10; attempt++) {
		fd = syscall(SYS_openat2, folder, name, &how, sizeof(how));
		if (fd >= 0 || errno != EAGAIN)
			break;
	}
	return (int)fd;
}

/* An old kernel does not know the call; an old container's filter says EPERM to it. */
static int
open_below(const char *folder, const char *name, int flags)
{
	int outer = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC), fd, reason;

	if (outer < 0)
		return -1;
	fd = open_beneath(outer, *name == '\0' ? "." : name, flags);
	reason = errno;
	close(outer);
	errno = reason;
	if (fd < 0 && (reason == ENOSYS || reason == EPERM))
		return open_resolved(folder, name, flags);
	return fd;
}
#else
static int
open_below(const char *folder, const char *name, int flags)
{
	return open_resolved(folder, name, flags);
}
#endif

static bool
refuse_open(struct arena *a, const char *folder, const char *name, int reason, struct error *err)
{
	const char *path = file_join(a, folder, name);
	struct place place = { .path = path };
	struct stat status;

	if (reason == EXDEV) {
		(void)error_set_at(err, ERR_REFUSED, place,
		    "\"%s\" is a link that leads out of the folder \"%s\"", path, folder);
		return error_next(err, "Put the file itself into the folder.");
	}
	if (reason == ELOOP) {
		(void)error_set_at(
		    err, ERR_REFUSED, place, "\"%s\" is a link that leads to itself", path);
		return error_next(err, "Remove the link.");
	}
	if (reason == ENOENT && lstat(path, &status) == 0 && S_ISLNK(status.st_mode)) {
		(void)error_set_at(err, ERR_REFUSED, place,
		    "\"%s\" is a link to something that does not exist", path);
		return error_next(err, "Remove the link, or put back what it leads to.");
	}
	if (reason == ENXIO) {
		(void)error_set_at(err, ERR_REFUSED, place, "\"%s\" is not a regular file", path);
		return error_next(err, "Take it out of the folder, or list it under \"ignore\".");
	}
	return error_set_at(
	    err, ERR_REFUSED, place, "cannot open \"%s\": %s", path, strerror(reason));
}

static enum file_kind
kind_of(mode_t mode)
{
	if (S_ISREG(mode))
		return FILE_REGULAR;
	if (S_ISDIR(mode))
		return FILE_FOLDER;
	return S_ISLNK(mode) ? FILE_LINK : FILE_OTHER;
}

/* Most file systems tell the kind with the name, which saves a call for each file. */
static enum file_kind
entry_kind(int folder, const struct dirent *entry)
{
	struct stat status;

	switch (entry->d_type) {
	case DT_REG:
		return FILE_REGULAR;
	case DT_DIR:
		return FILE_FOLDER;
	case DT_LNK:
		return FILE_LINK;
	case DT_UNKNOWN:
		if (fstatat(folder, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0)
			return FILE_MISSING;
		return kind_of(status.st_mode);
	default:
		return FILE_OTHER;
	}
}

static int
compare_names(const void *a, const void *b)
{
	return strcmp(((const struct file_entry *)a)->name, ((const struct file_entry *)b)->name);
}

/* False with errno when the folder cannot be read to its end. */
static bool
read_entries(struct arena *a, DIR *stream, struct file_list *out)
{
	struct dirent *entry;

	while ((errno = 0, entry = readdir(stream)) != NULL) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		out->entries = arena_extend(a, out->entries, out->count, sizeof(*out->entries));
		out->entries[out->count++] = (struct file_entry){
			.name = arena_strdup(a, entry->d_name),
			.kind = entry_kind(dirfd(stream), entry),
		};
	}
	return errno == 0;
}

bool
file_list(
    struct arena *a, const char *folder, const char *name, struct file_list *out, struct error *err)
{
	int fd = open_below(folder, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC), reason;
	DIR *stream = fd < 0 ? NULL : fdopendir(fd);
	struct stat status;
	bool complete;

	*out = (struct file_list){ 0 };
	if (stream == NULL) {
		reason = errno;
		if (fd >= 0)
			close(fd);
		return refuse_open(a, folder, name, reason, err);
	}
	complete = fstat(fd, &status) == 0 && read_entries(a, stream, out);
	reason = errno;
	closedir(stream);
	if (!complete)
		return error_set_at(err, ERR_REFUSED,
		    (struct place){ .path = file_join(a, folder, name) },
		    "cannot read folder \"%s\": %s", file_join(a, folder, name), strerror(reason));
	out->device = (uint64_t)status.st_dev;
	out->inode = (uint64_t)status.st_ino;
	if (out->count > 0)
		qsort(out->entries, out->count, sizeof(*out->entries), compare_names);
	return true;
}

enum file_kind
file_behind_link(struct arena *a, const char *folder, const char *name)
{
	struct stat status;

	if (stat(file_join(a, folder, name), &status) != 0)
		return FILE_MISSING;
	return kind_of(status.st_mode);
}

static void
close_file(void *what)
{
	close(((struct file *)what)->fd);
}

bool
file_open(
    struct arena *a, const char *folder, const char *name, struct file *out, struct error *err)
{
	/* Without O_NONBLOCK a FIFO would hang us before we could see that it is one. */
	int fd = open_below(folder, name, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat status;

	if (fd < 0)
		return refuse_open(a, folder, name, errno, err);
	*out = (struct file){ .fd = fd };
	arena_defer(a, close_file, arena_copy(a, out, sizeof(*out)));
	if (fstat(fd, &status) != 0)
		return refuse_open(a, folder, name, errno, err);
	if (!S_ISREG(status.st_mode))
		return refuse_open(a, folder, name, ENXIO, err);
	out->size = (int64_t)status.st_size;
	return true;
}

bool
file_read(const struct file *f, char *buffer, size_t size, size_t *length, const char *path,
    struct error *err)
{
	*length = 0;
	while (*length < size) {
		ssize_t got = read(f->fd, buffer + *length, size - *length);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return error_set_at(err, ERR_REFUSED, (struct place){ .path = path },
			    "cannot read \"%s\": %s", path, strerror(errno));
		if (got == 0)
			return true;
		*length += (size_t)got;
	}
	return true;
}
