/* SPDX-License-Identifier: MIT */
#ifndef SQL_THINGS_H
#define SQL_THINGS_H

#include "sql/world.h"

/*
 * What the world (sql/world.h) knows by name, in versions: a change is a new version before the old
 * one, so a ROLLBACK takes the new ones away again.  A name here is complete: schema and name.
 */

enum thing_space { SPACE_RELATION, SPACE_TYPE, SPACE_FUNCTION, SPACE_SCHEMA };

struct thing {
	struct thing *older; /* the next one with the same hash */
	enum thing_space space;
	struct act_name name;
	size_t file, transaction; /* that made it; 0: it was there before */
	struct world_table table; /* of a relation, also of an index (kind i, with its parent) */
	struct world_object object; /* of all others */
};

/* Where the names of such things are kept. */
enum thing_space things_space(enum act_on on);

struct things;
struct things *things_new(struct arena *a);
/* The newest version, or NULL. */
struct thing *
things_find(const struct things *t, enum thing_space space, const char *schema, const char *name);
/* The version before this one, or NULL. */
const struct thing *things_before(const struct thing *thing);
/* Puts a copy before the older versions, to be changed before anyone else looks. */
struct thing *things_put(struct things *t, const struct thing *like);
/* How many versions there are, and back to that many. */
size_t things_mark(const struct things *t);
void things_back(struct things *t, size_t mark);

#endif
