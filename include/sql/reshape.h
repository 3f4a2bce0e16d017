/* SPDX-License-Identifier: MIT */
#ifndef SQL_RESHAPE_H
#define SQL_RESHAPE_H

#include "sql/facts.h"

/*
 * What an act makes of the table that it is about: its columns, constraints and indexes behind it,
 * with the names that PostgreSQL makes up.  Lists are copied before they change, and strings are
 * the arena's own: facts that someone else has stay as they are, and the act may go.
 */

/* CREATE TABLE fills an empty one; acts that change no table leave it alone. */
void reshape(struct arena *a, struct table_facts *facts, const struct act *act);
/* The name that a constraint will have; of the facts the name of the table is enough. */
const char *reshape_constraint_name(
    struct arena *a, const struct table_facts *facts, const struct act_constraint *c);
/* A name and a type with their strings copied. */
struct act_name reshape_copy_name(struct arena *a, const struct act_name *name);
struct act_type reshape_copy_type(struct arena *a, const struct act_type *type);

#endif
