/* SPDX-License-Identifier: MIT */
#ifndef SQL_RULE_H
#define SQL_RULE_H

#include "sql/lint.h"

/*
 * What rules have in common: which tables count, how things are called in messages, and the
 * pieces of the SQL that is advised instead.
 */

/*
 * Does it do something to a table that was there before these files, so that it has rows and users?
 * No for views and foreign tables, which have no rows of their own.
 */
bool rule_in_use(struct lint *l, const struct act *act);
/* Does the app see it: as rule_in_use, and views and foreign tables count. */
bool rule_seen(struct lint *l, const struct act *act);
/* Does its query read a table that was there before? */
bool rule_reads_in_use(struct lint *l, const struct act *act);
bool rule_partitioned(struct lint *l, const struct act *act);
/* Is it about a table or view, by its name alone? */
bool rule_relation(const struct act *act);
/*
 * Has a view the name that a relation lost, or another table, by the end of the transaction?  Then
 * nobody sees the name missing.  For rules that look at the whole file.
 */
bool rule_named_again(struct lint *l, const struct lint_past *gone);
/* Is it about a type, domain, function or schema that these files made? */
bool rule_new_object(struct lint *l, const struct act *act);

bool rule_same_name(const struct act_name *a, const struct act_name *b);
bool rule_has(const char *const *names, size_t count, const char *name);

/* smallserial, serial, bigserial. */
bool rule_serial(const struct act_type *type);

/* The constraint of an ADD CONSTRAINT of that kind, or NULL. */
const struct act_constraint *rule_added(const struct act *act, enum act_constraint_kind kind);
/* The constraint of that kind behind the column of an ADD COLUMN, or NULL. */
const struct act_constraint *rule_behind(const struct act *act, enum act_constraint_kind kind);
/* Its name, or the one that PostgreSQL would make up. */
const char *
rule_constraint_name(struct lint *l, const struct act *act, const struct act_constraint *c);
/* "CONSTRAINT name CHECK (a > 0)", or FOREIGN KEY, as ALTER TABLE has it, without NOT VALID. */
const char *
rule_constraint_text(struct lint *l, const struct act *act, const struct act_constraint *c);
/* ADD CONSTRAINT ... NOT VALID, and VALIDATE in a file of its own. */
const char *rule_not_valid(struct lint *l, const struct act *act, const struct act_constraint *c);
/* The way to NOT NULL that reads the table while nobody waits, by version. */
const char *rule_safe_not_null(struct lint *l, const struct act_name *table, const char *column);
/* The ADD COLUMN with the type and nothing else. */
const char *rule_bare_column(struct lint *l, const struct act *act);
/* The ADD COLUMN without its constraints, but NOT NULL. */
const char *rule_plain_column(struct lint *l, const struct act *act);

/* The column by which batches of a table go. */
const char *rule_batch_key(struct lint *l, const struct act_name *table);
/*
 * An UPDATE in batches, in a file of its own, which sets the column to what is written there in
 * rows where it is null.
 */
const char *
rule_backfill(struct lint *l, const struct act_name *table, const char *column, const char *value);

/* The statement at hand in a file of its own; NULL for what stands in the body of a DO block. */
const char *rule_own_file(struct lint *l, const struct act *act);
/*
 * A new column beside an old one of the table, filled with a value (NULL: what is in the old one),
 * until nothing uses the old one.
 */
const char *rule_beside(struct lint *l, const struct act_name *table, const char *old,
    const struct act_column *column, const char *value);

/* What separates files in advice. */
#define RULE_NEXT_FILE "-- in a file of its own:\n"

#endif
