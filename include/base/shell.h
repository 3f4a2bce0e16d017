/* SPDX-License-Identifier: MIT */
#ifndef BASE_SHELL_H
#define BASE_SHELL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

/*
 * Shell commands that the settings name: /bin/sh -c in a process group of its own, with nothing on
 * stdin.  What the command says on stderr is dropped, because it may tell a secret.
 */

/*
 * Runs a command to its end.  *output gets what it wrote on stdout (the first 8 kB), *status its
 * exit status, or 128 and the signal that ended it.  False: it could not be started (ERR_INTERNAL),
 * took longer than timeout_ms (ERR_USAGE; it is killed) or a signal came (ERR_INTERRUPTED).
 */
MUST_CHECK bool shell_run(struct arena *a, const char *command, int64_t timeout_ms,
    const char **output, int *status, struct error *err);

#endif
