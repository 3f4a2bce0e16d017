/* SPDX-License-Identifier: MIT */
#ifndef BASE_SHELL_H
#define BASE_SHELL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

/*
 * Shell commands that the settings name: /bin/sh -c in a process group of its own, with nothing on
 * stdin.  What the command says on stderr is dropped, because it may tell a secret, unless somebody
 * reads its lines.
 */
struct shell_command {
	const char *command;
	int64_t timeout_ms; /* 0: none */
	char *const *environment; /* ended by NULL; NULL: our own */
	/* Takes each line of stdout and stderr, without its end; NULL: stdout is kept. */
	void (*take_line)(void *context, const char *line);
	void *context;
};

/*
 * Runs a command to its end.  *output gets what it wrote on stdout (the first 8 kB), *status its
 * exit status, or 128 and the signal that ended it.  False: it could not be started (ERR_INTERNAL),
 * took longer than its time (ERR_USAGE) or a signal came (ERR_INTERRUPTED): then its process group
 * is asked to end, and killed if it does not within three seconds.
 */
MUST_CHECK bool shell_run(struct arena *a, const struct shell_command *command, const char **output,
    int *status, struct error *err);

#endif
