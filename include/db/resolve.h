/* SPDX-License-Identifier: MIT */
#ifndef DB_RESOLVE_H
#define DB_RESOLVE_H

#include <stdint.h>

#include "base/error.h"

/*
 * The addresses behind a host's name.  libpq would look it up by itself, but deaf to signals and
 * without a time limit, and a name server that does not answer takes half a minute.
 */

/*
 * A list ended by NULL.  What is no name (a socket's folder, an address, NULL) gives an empty one,
 * as does a system that has no process left for it: then libpq is to find its way.  False:
 * ERR_CONNECT or ERR_INTERRUPTED.  timeout_ms 0: no limit.
 */
MUST_CHECK bool resolve_host(struct arena *a, const char *host, int64_t timeout_ms,
    const char ***addresses, struct error *err);

#endif
