/* SPDX-License-Identifier: MIT */
#ifndef SQL_EFFECT_H
#define SQL_EFFECT_H

#include "sql/act.h"
#include "sql/world.h"

/*
 * What an act costs besides its locks: does it write the table anew, read it whole, build indexes?
 * One table by kind of act, with functions where the columns or the version decide; measured on
 * servers 12 to 18 (tests/data/measured.tsv).
 */

/* MAYBE: only the catalog or the data would tell. */
enum effect_answer { EFFECT_NO, EFFECT_MAYBE, EFFECT_YES };

struct effect {
	enum effect_answer rewrite; /* the table, and with it all its indexes */
	enum effect_answer scan; /* it reads all rows of the table */
	enum effect_answer builds; /* it builds indexes (those of a rewrite not counted) */
	bool reads_referenced; /* the referenced table is read, too */
	bool waits_for_snapshots; /* CONCURRENTLY: for transactions older than it */
	const char *why; /* "the default is volatile"; NULL: the form says it */
};

void
effect_tell(const struct world *w, const struct act *act, int server_version, struct effect *out);

#endif
