/* SPDX-License-Identifier: MIT */
#ifndef CORE_SCRATCH_H
#define CORE_SCRATCH_H

#include <stdbool.h>

#include "core/session.h"

/*
 * Throwaway databases, like the one that a session is connected to: same encoding, locale and
 * settings, nothing in them.  They are dropped when the arena is closed; those that a killed run
 * left are dropped by the next one.
 */

struct scratch_server {
	struct arena *arena;
	struct session *like; /* the database that they are to be like */
	struct session session; /* makes and drops them */
	struct config config;
	struct sink *sink;
	const char *id; /* of this run, in the names of its databases */
	int count;
};

/* The server of the setting scratch_url, else that of the session.  ERR_CONNECT behind a pooler. */
MUST_CHECK bool scratch_open(struct arena *a, struct session *like, struct sink *sink,
    struct scratch_server *out, struct error *err);

struct scratch {
	struct config config;
	struct session session; /* in the database; its plan is for the caller to make */
};
/* ERR_REFUSED when the right to create databases is missing. */
MUST_CHECK bool scratch_make(struct scratch_server *server, struct scratch *out, struct error *err);

#endif
