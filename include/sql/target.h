/* SPDX-License-Identifier: MIT */
#ifndef SQL_TARGET_H
#define SQL_TARGET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "sql/statement.h"

/*
 * What a statement that cannot share a transaction works on: by that the catalog tells, behind a
 * crash, how far it came.
 */
enum target_kind {
	TARGET_UNKNOWN, /* no catalog tells: CALL, DO, subscriptions, ... */
	TARGET_AGAIN, /* doing it twice does no harm: VACUUM, ALTER SYSTEM, ... */
	TARGET_CREATE_INDEX, /* CONCURRENTLY, as all that follow up to DETACH */
	TARGET_DROP_INDEX,
	TARGET_REINDEX_INDEX,
	TARGET_REINDEX_TABLE,
	TARGET_REINDEX_SCHEMA,
	TARGET_REINDEX_DATABASE,
	TARGET_DETACH,
	TARGET_CREATE_DATABASE,
	TARGET_DROP_DATABASE,
	TARGET_CREATE_TABLESPACE,
	TARGET_DROP_TABLESPACE
};

struct target {
	enum target_kind kind;
	const char *schema, *name; /* the index, table, schema, ...; name NULL: none is given */
	const char *other_schema, *other_name; /* the table of a new index; the partition */
	bool may_exist; /* CREATE ... IF NOT EXISTS */
};

/* Of one statement, by its leading words. */
void target_read(struct arena *a, const char *text, size_t length, struct target *out);
/* May a CALL or DO commit inside?  False: no COMMIT, ROLLBACK or CALL stands in its text. */
bool target_may_commit(const char *text, size_t length);
/*
 * What a statement did lives in its session only: SET, RESET, a SELECT of nothing but
 * set_config(), PREPARE, LISTEN, ...
 */
bool target_is_session(const char *text, size_t length);
/*
 * What of a statement in a transaction stays in the session behind it, as a word for people
 * ("SET", "set_config()"), or NULL.  A DO's body is looked through, a function that is called not.
 */
const char *target_stays(const char *text, size_t length, const struct statement_class *class);

#endif
