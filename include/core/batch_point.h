/* SPDX-License-Identifier: MIT */
#ifndef CORE_BATCH_POINT_H
#define CORE_BATCH_POINT_H

#include "core/journal.h"

/*
 * The checkpoint of a file in batches: how far it has come, in its statement's row of the journal.
 * It commits together with the batch that it tells of.
 */
struct batch_point {
	int64_t pass; /* from 1; 0: none was begun */
	int64_t batches,
	    rows; /* done in all passes; rows: at least, those of the last may be missing */
	int64_t keys; /* passed in this pass */
	int64_t size; /* of the last batch; 0: there was none */
	size_t key_count; /* columns */
	const char **last; /* key of the last row that is done in this pass, or NULL */
	const char **end; /* greatest key at the pass's begin, or NULL: the table was empty */
	/* Transactions that ran before the first batch: virtual ids, or ids of prepared ones. */
	const char **started;
	size_t started_count;
};

/* What the journal says; false: it is none of ours. */
MUST_CHECK bool batch_point_read(struct arena *a, const char *json, struct batch_point *out);
/* Writes it into row id of the journal: query is batch_point.sql with its names. */
void batch_point_sql(struct arena *a, const struct record_writer *w, const char *query,
    const char *id, const struct batch_point *point, struct conn_sql *out);
/* "60000", or "(2026-11-22, 5)" */
const char *batch_point_key(struct arena *a, const char *const *key, size_t count);
/* Of statement, table and key: an interrupted file goes on with no others. */
uint32_t batch_point_hash(struct arena *a, const struct script *script);

#endif
