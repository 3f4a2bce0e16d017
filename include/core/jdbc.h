/* SPDX-License-Identifier: MIT */
#ifndef CORE_JDBC_H
#define CORE_JDBC_H

#include "core/url.h"

/*
 * Parameters of PostgreSQL's JDBC driver, as they stand in Flyway's URLs, in libpq's words.  Those
 * that tell the driver how to work are passed over; what libpq cannot do is refused by name.
 */
MUST_CHECK bool jdbc_put(
    struct arena *a, struct connection *c, const char *name, const char *value, struct error *err);

#endif
