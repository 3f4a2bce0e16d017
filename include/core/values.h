/* SPDX-License-Identifier: MIT */
#ifndef CORE_VALUES_H
#define CORE_VALUES_H

#include "core/config.h"

/*
 * Puts values into struct config by the table of settings, and keeps in mind where each came from.
 * config.c calls this for every source, the weakest first: a later source replaces what an
 * earlier one gave, but for maps, which merge by name.
 */

enum config_rank {
	RANK_DEFAULT,
	RANK_FILE, /* at the top of the file */
	RANK_DATABASE_URL,
	RANK_SET, /* in the set of the file that --env chose */
	RANK_ENVIRONMENT,
	RANK_OPTION
};

struct config_source {
	enum config_rank rank;
	const char *origin; /* "migrate.yaml:3", "MIGRATE_TABLE", "--table", "default" */
	struct place place; /* of the value in the file */
	struct place name_place; /* of a map's entry: of its name */
};

/* Fills in the defaults; the config belongs to the arena. */
void values_init(struct arena *a, struct config *c);
/*
 * Puts a value, checked; of a list, adds an item to those from the same source; of a map, puts the
 * entry NAME=VALUE.  False: ERR_USAGE, with the place if there is one.
 */
MUST_CHECK bool values_put(struct config *c, const struct config_setting *s, const char *text,
    const struct config_source *source, struct error *err);
/* Puts one entry of a map. */
MUST_CHECK bool values_put_entry(struct config *c, const struct config_setting *s, const char *name,
    const char *value, const struct config_source *source, struct error *err);
/* Reads one of the words that PostgreSQL takes for true and false. */
MUST_CHECK bool values_bool(const char *text, bool *value, struct error *err);
/* Makes a list empty. */
void
values_clear(struct config *c, const struct config_setting *s, const struct config_source *source);
/* Takes a value away, in favour of another setting. */
void values_drop(struct config *c, const char *name);
/* Where the value of a setting came from. */
const struct config_source *values_source(const struct config *c, const char *name);

#endif
