/* SPDX-License-Identifier: MIT */
#ifndef CORE_URL_H
#define CORE_URL_H

#include "core/config.h"

/*
 * Where the database is, as people write it: libpq URI (postgresql://), keyword string
 * (host=... dbname=...) or Flyway's JDBC URL (jdbc:postgresql://).  libpq is never handed a whole
 * URL: its messages quote what it cannot read, password included.
 */

/* Cuts a URL into libpq's keywords.  Errors are ERR_USAGE and quote nothing secret. */
MUST_CHECK bool
url_read(struct arena *a, const char *url, struct connection *out, struct error *err);
/* A connection with everything left to libpq. */
struct connection connection_empty(struct arena *a);
/* Sets one keyword of a connection, in place of an earlier value. */
void connection_set(struct arena *a, struct connection *c, const char *keyword, const char *value);
/* Its value, or NULL. */
const char *connection_get(const struct connection *c, const char *keyword);
/* Adds every password in a URL, and whatever stands where one is expected, to the secrets. */
void url_hide(struct arena *a, const char *url);

#endif
