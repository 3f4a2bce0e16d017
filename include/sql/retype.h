/* SPDX-License-Identifier: MIT */
#ifndef SQL_RETYPE_H
#define SQL_RETYPE_H

#include "sql/effect.h"

/*
 * What a change of a column's type costs: from which type to which one the values stay as they
 * are.  Of the types that are not PostgreSQL's own, those are known that the world has seen.
 */

/* Are values of the type checked, so that even a column without a default is written? */
enum effect_answer retype_checks(const struct world *w, const struct act_type *type);
/*
 * ALTER COLUMN TYPE: is the table written anew?  old is NULL where the column is not known; in why:
 * the reason, or untouched.
 */
enum effect_answer retype_rewrites(
    const struct world *w, const struct act *act, const struct facts_column *old, const char **why);
/* Are its indexes built again though the values stay? */
bool retype_reorders(const struct facts_column *old, const struct act_column *new);

#endif
