/* SPDX-License-Identifier: MIT */
#ifndef CORE_FLYWAY_PUT_H
#define CORE_FLYWAY_PUT_H

#include "core/flyway.h"

/*
 * How the values of Flyway's settings become ours where they change on the way; the table of
 * settings names these functions, and core/flyway.c calls them.
 */

struct flyway_translation {
	struct arena *arena;
	const struct flyway_values *values;
	struct flyway_result *result;
};

/* A line with these items, which are checked as if they stood in migrate.yaml. */
MUST_CHECK bool flyway_line(struct flyway_translation *t, const char *ours,
    const struct flyway_value *v, const struct config_list *items, struct error *err);
/* The same with one. */
MUST_CHECK bool flyway_line_one(struct flyway_translation *t, const char *ours,
    const struct flyway_value *v, const char *item, struct error *err);
/* Names what does not come along. */
void flyway_leave(struct flyway_translation *t, const struct flyway_value *v, const char *spelled,
    const char *why);

#define FLYWAY_PUT(name)                                                        \
	bool name(struct flyway_translation *t, const struct flyway_setting *s, \
	    const struct flyway_value *v, struct error *err)

FLYWAY_PUT(flyway_put_nothing);
FLYWAY_PUT(flyway_put_url);
FLYWAY_PUT(flyway_put_property);
FLYWAY_PUT(flyway_put_password);
FLYWAY_PUT(flyway_put_schemas);
FLYWAY_PUT(flyway_put_locations);
FLYWAY_PUT(flyway_put_connect_retries);
FLYWAY_PUT(flyway_put_lock_retries);

#endif
