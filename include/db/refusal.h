/* SPDX-License-Identifier: MIT */
#ifndef DB_REFUSAL_H
#define DB_REFUSAL_H

#include "base/error.h"

/*
 * Why there is no connection, from libpq's text about it: what the server or libpq said, the
 * SQLSTATE that stands in a verbose text, what to do next, and whether it may pass by itself.
 * Knows libpq's words, but not libpq: text in, error out.  libpq's own words are never translated,
 * since this program sets no locale; the server's are not looked at.
 */

/* What was asked for, for the advice; each may be NULL. */
struct refusal_target {
	const char *database, *user;
};

/* Fills err with ERR_CONNECT; ERR_USAGE for a parameter that libpq refuses.  Returns false. */
bool refusal_set(struct error *err, const char *text, const struct refusal_target *target);
/* The server has not answered within the time limit. */
bool refusal_timeout(struct error *err, const char *host, const char *address, const char *port);
/*
 * Several hosts or addresses were tried, one after the other: puts the failure of the last one
 * beside those before.  The one that a server gave a reason for is told first; it may pass only if
 * all may.
 */
void refusal_add(struct error *all, const struct error *last);

#endif
