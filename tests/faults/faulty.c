/* SPDX-License-Identifier: MIT */
#include "faulty.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"

static struct {
	char kind[16];
	long at, seen;
	int signal;
} fault;

static void
read_fault(void)
{
	const char *text = getenv("FAULT");

	if (text != NULL)
		(void)sscanf(text, "%15[a-z]:%ld:%d", fault.kind, &fault.at, &fault.signal);
}

/* Nothing here may allocate: it is asked from inside malloc. */
static void
note(const char *place)
{
	const char *path = getenv("FAULT_FILE");
	int fd = path == NULL ? -1 : open(path, O_WRONLY | O_CREAT | O_APPEND, 0666);
	ssize_t ignored;

	if (fd < 0)
		return;
	ignored = write(fd, place, strlen(place));
	(void)ignored; /* then the driver takes it for not happened, and stops */
	(void)close(fd);
}

bool
fault_due(const char *kind, const char *place)
{
	if (strcmp(kind, fault.kind) != 0 || ++fault.seen != fault.at)
		return false;
	note(place);
	return true;
}

static void
emit(struct sink *sink, const struct event *event)
{
	char kind[16];

	(void)sink;
	snprintf(kind, sizeof(kind), "%d", (int)event->kind);
	if (fault_due("event", kind))
		(void)raise(fault.signal);
}

int
main(int argc, char **argv)
{
	struct sink sink = { .emit = emit };

	read_fault();
	return cli_run(argc, argv, strcmp(fault.kind, "event") == 0 ? &sink : NULL);
}
