/* SPDX-License-Identifier: MIT */
#ifndef BASE_PROCESS_H
#define BASE_PROCESS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

/*
 * Other programs, started without a shell in between: found by PATH, in a process group of their
 * own, with nothing on stdin.
 */

struct process {
	const char *const *arguments; /* the program first, ended by NULL */
	char *const *environment; /* ended by NULL */
};

struct process_end {
	const char *output, *errors; /* the first 8 kB of stdout and of stderr */
	int status; /* exit status, or 128 and the signal that ended it */
};

/*
 * Runs a program to its end.  False: it could not be started (ERR_USAGE), or a signal came
 * (ERR_INTERRUPTED; it is asked to end, and killed when it does not).
 */
MUST_CHECK bool
process_run(struct arena *a, const struct process *p, struct process_end *out, struct error *err);

#endif
