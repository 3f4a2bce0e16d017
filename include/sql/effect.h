/* SPDX-License-Identifier: MIT */
#ifndef SQL_EFFECT_H
#define SQL_EFFECT_H

#include "sql/act.h"
#include "sql/world.h"

/*
 * What an act costs besides its locks: does it write the table anew, read it whole, build indexes?
 * One table by kind of act, with functions where columns, types and what is proven decide; measured
 * on servers 12 to 18, which do not differ in it (tests/data/measured.tsv).  Of a table that was
 * made just now it tells the same: that it is empty is another question.
 */

/* MAYBE: only the catalog or the data would tell. */
enum effect_answer { EFFECT_NO, EFFECT_MAYBE, EFFECT_YES };

struct effect {
	enum effect_answer rewrite; /* the table, and with it all its indexes */
	/* It reads all rows of the table; ATTACH: of the partition; and of a default partition. */
	enum effect_answer scan;
	enum effect_answer builds; /* it builds indexes (those of a rewrite not counted) */
	bool reads_referenced; /* the referenced table is read, too */
	enum effect_answer reads_partition; /* ATTACH: all rows of it, to see that they fit */
	bool reads_default; /* the default partition is read for rows of the new one */
	bool waits_for_snapshots; /* CONCURRENTLY: for transactions older than it */
	const char *why; /* "the default is volatile"; NULL: the form says it */
};

void effect_tell(const struct world *w, const struct act *act, struct effect *out);
/* What the default of a column is worth, also where functions that the files made are called. */
enum act_value effect_value(const struct world *w, const struct act_column *column);

#endif
