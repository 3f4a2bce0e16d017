/* SPDX-License-Identifier: MIT */
#ifndef CORE_FLYWAY_H
#define CORE_FLYWAY_H

#include "core/config.h"

/*
 * Flyway's own configuration (flyway.toml or flyway.conf, and FLYWAY_* variables): read as Flyway
 * reads it, and put into our settings by one table.  What has no meaning here is told with the
 * reason.  Errors are ERR_USAGE with their place; no password is ever part of what comes out.
 */

/* A setting as Flyway would see it. */
struct flyway_value {
	const char *name; /* as in the table, or with the name of an entry: placeholders.x */
	const char *set; /* of [environments.SET]; NULL: of all, or of the one in force */
	const char *spelled; /* as the user did: flyway.outOfOrder, FLYWAY_OUT_OF_ORDER */
	struct config_list items; /* one unless it is a list; in our syntax of ${VARIABLE} */
	bool variable; /* a ${VARIABLE} stands in it */
	const char *foreign; /* a ${...} that only Flyway can fill in, or NULL */
	struct place place; /* path NULL: the environment */
};

struct flyway_values {
	struct arena *arena;
	struct flyway_value **list;
	size_t count;
	struct config_list sources; /* the files that were read, and "FLYWAY_* variables" */
	struct config_list passed_over; /* flyway.conf files, where there is a flyway.toml */
	struct config_list sets; /* [environments.NAME], but for the one in force */
	const char *in_force; /* its name, NULL when there is none or it is "default" */
};

/*
 * Reads the files in this order, later ones win; without any those of FLYWAY_CONFIG_FILES, or what
 * Flyway finds in the home and in the working directory; then the variables.
 */
MUST_CHECK bool flyway_read(struct arena *a, const struct config_list *files,
    char *const *environment, struct flyway_values *out, struct error *err);
/* The value of that name in a set (NULL: outside of them), or NULL. */
struct flyway_value *
flyway_find(const struct flyway_values *values, const char *set, const char *name);
/* Adds a value, in place of one of the same name and set. */
void flyway_add(struct flyway_values *values, const struct flyway_value *value);

/* One line of migrate.yaml. */
struct flyway_line {
	const char *set; /* NULL: at the top */
	const struct config_setting *setting;
	const char *entry; /* of a map: the name */
	struct config_list items;
};

/* What does not come along. */
struct flyway_left {
	const char *set, *spelled, *why;
	struct place place;
};

struct flyway_result {
	struct arena *arena;
	struct flyway_line *lines;
	size_t line_count;
	struct flyway_left *left;
	size_t left_count;
};

MUST_CHECK bool
flyway_translate(const struct flyway_values *values, struct flyway_result *out, struct error *err);

struct flyway_translation;

/* A row of the table of Flyway's settings. */
struct flyway_setting {
	const char *name; /* outOfOrder: flyway.outOfOrder in flyway.conf and in [flyway] */
	const char *variable; /* NULL: FLYWAY_OUT_OF_ORDER, made from the name */
	const char *ours; /* our setting, or NULL */
	const char *same; /* the value that means what is always so here, or NULL */
	const char *why; /* why there is none here, or how the value changes; or NULL */
	bool list; /* in flyway.conf and in a variable: cut at commas */
	bool map; /* the name of an entry follows: placeholders.x */
	bool secret; /* its value is hidden wherever it may turn up */
	bool (*put)(struct flyway_translation *t, const struct flyway_setting *s,
	    const struct flyway_value *v, struct error *err); /* NULL: as it is */
};

/* The table, ended by a row without a name. */
const struct flyway_setting *flyway_settings(void);
/* The row for a name (outOfOrder, placeholders.x), or NULL. */
const struct flyway_setting *flyway_setting_find(const char *name);
/* FLYWAY_OUT_OF_ORDER; of a map, what stands before the name of an entry. */
const char *flyway_variable(struct arena *a, const struct flyway_setting *s);

#endif
