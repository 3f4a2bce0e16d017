/* SPDX-License-Identifier: MIT */
#ifndef BASE_PROCESS_H
#define BASE_PROCESS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

/*
 * Other programs, and shell commands that the settings name: in a process group of their own, with
 * nothing on stdin.  What they say on stderr is dropped, because it may tell a secret, unless
 * somebody reads the lines.
 */
struct process {
	const char *const *arguments; /* the program, found by PATH, first; ended by NULL */
	int64_t timeout_ms; /* 0: none */
	char *const *environment; /* ended by NULL; NULL: our own */
	/* Takes each line of stdout and stderr, without its end; NULL: stdout is kept. */
	void (*take_line)(void *context, const char *line);
	void *context;
};

/*
 * Runs a program to its end.  *output gets what it wrote on stdout (the first 8 kB), *status its
 * exit status, or 128 and the signal that ended it.  False: it could not be started (ERR_USAGE),
 * took longer than its time (ERR_USAGE) or a signal came (ERR_INTERRUPTED): then its process group
 * is asked to end, and killed if it does not within three seconds.
 */
MUST_CHECK bool process_run(struct arena *a, const struct process *process, const char **output,
    int *status, struct error *err);

#endif
