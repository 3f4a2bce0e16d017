/* SPDX-License-Identifier: MIT */
#include "cli/newfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

bool
newfile_write(const char *path, const char *text, struct error *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	size_t length = strlen(text);
	bool written;

	if (fd < 0)
		return error_set(err, ERR_USAGE, "cannot create \"%s\": %s", path, strerror(errno));
	errno = ENOSPC; /* what a short write means */
	written = write(fd, text, length) == (ssize_t)length;
	if (close(fd) == 0 && written)
		return true;
	(void)error_set(err, ERR_USAGE, "cannot write \"%s\": %s", path, strerror(errno));
	(void)unlink(path); /* half a file is worse than none */
	return false;
}
