/* SPDX-License-Identifier: MIT */
#ifndef SQL_FOLLOW_H
#define SQL_FOLLOW_H

#include "sql/things.h"

/*
 * The half of the world (sql/world.h) that follows what acts make of the schema; the other half,
 * world.c, knows names, time, settings and locks.
 */

/* What an act creates, changes, renames and drops. */
void follow(struct world *w, const struct act *act);

/* --- what it needs of world.c --- */

struct arena *world_arena(struct world *w);
/* Where a name without a schema is made. */
const char *world_schema_for(const struct world *w, const struct act_name *name, bool temporary);
/* The newest version of what a name stands for, or NULL; of a relation also the live one. */
struct thing *
world_thing(const struct world *w, enum thing_space space, const struct act_name *name);
/* An empty thing of this transaction, not yet put into the world. */
struct thing
world_make(struct world *w, enum thing_space space, const char *schema, const char *name);
/* A new version, to be changed. */
struct thing *world_put(struct world *w, const struct thing *like);
/* The same of a relation; one that nothing is known of is an old one. */
struct thing *world_change(struct world *w, const struct act_name *name);

#endif
