/* SPDX-License-Identifier: MIT */
#ifndef CORE_BATCH_KEY_H
#define CORE_BATCH_KEY_H

#include "core/session.h"

/*
 * The key by which a file in batches goes through its table, as the live catalog knows it: is there
 * an ordered index over its columns, and are they unique together?
 */
struct batch_key {
	const char *table; /* as SQL writes it, with its schema; quoted by libpq */
	const char *name; /* the same for people: no quotes where none are needed */
	int64_t oid; /* of the table */
	const char **columns; /* as SQL writes them */
	const char **types; /* format_type: with its typmod dropped, with schema where needed */
	bool *arrays; /* is it one, or a domain over one */
	size_t count;
	bool nullable; /* a column of it may be NULL: such rows are in no batch */
	int64_t row_estimate, bytes; /* of all partitions */
};

/*
 * Looks the key of a script in batches up, in three waits for the server.  *found is false when the
 * table is not there (yet: an earlier file may make it).  What stands against it is added to
 * problems (ERR_REFUSED, with the directive's place and the key or index to write): a view or
 * another relation that is no table, children by inheritance, a missing column, a type without a
 * btree order or with one that no search_path leads to, no valid index that begins with the key, a
 * key that is not unique.
 */
MUST_CHECK bool batch_key_read(struct arena *a, struct session *s, const struct script *script,
    struct batch_key *out, bool *found, struct problems *problems, struct error *err);
/*
 * Looks the keys of all steps up and gives them to the scripts (batch_key there); problems go to
 * setup_problems.  Without a file in batches the server is asked nothing.
 */
MUST_CHECK bool batch_key_check(struct session *s, struct error *err);

/* Pieces of SQL for the key: "id" or "(created_at, id)" */
const char *batch_key_columns(struct arena *a, const struct batch_key *key);
/* "$1::bigint", or "ROW($1::timestamptz, $2::bigint)" from parameter first on. */
const char *batch_key_parameters(struct arena *a, const struct batch_key *key, int first);

#endif
