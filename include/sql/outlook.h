/* SPDX-License-Identifier: MIT */
#ifndef SQL_OUTLOOK_H
#define SQL_OUTLOOK_H

#include "sql/effect.h"

/*
 * What a statement is going to do to whom: the tables that it locks, with their sizes where they are
 * known, and about how long it takes.
 */

/*
 * Bytes a second, by which a time is guessed: a table is read at 200 MB/s; it is written anew, and
 * indexes are built, at 50 MB/s.  Servers differ by a factor of five in both directions; seconds
 * and hours are told apart by it, no more.
 */
enum { OUTLOOK_READ = 200 * 1000 * 1000, OUTLOOK_WRITE = 50 * 1000 * 1000 };

enum outlook_cost {
	COST_INSTANT, /* the same at any size */
	COST_READS, /* reads the table */
	COST_BUILDS, /* reads it and builds an index */
	COST_REWRITES /* writes it anew, with all its indexes */
};
/* "instant", "reads the table", ... */
const char *outlook_cost_name(enum outlook_cost cost);

struct outlook_lock {
	const struct statement_lock *lock;
	bool is_new; /* the table was made in these files: in nobody's way */
	const struct table_facts *facts; /* NULL: not known */
	int64_t rows, bytes; /* live; -1: not known */
};

struct outlook {
	enum effect_answer rewrite, scan, builds; /* of any of its acts */
	enum outlook_cost cost;
	bool maybe; /* only the catalog or the data would tell for certain */
	const char *why; /* "the default is volatile", or NULL */
	struct act_name table; /* that costs, or no name */
	int64_t seconds; /* about; -1: the size is not known */
	struct outlook_lock *locks;
	size_t lock_count;
};

/* An act of the statement, before the world has seen it. */
void outlook_add(struct outlook *o, const struct world *w, const struct act *act);
/* The locks of the statement, before the world has seen it. */
void outlook_add_locks(
    struct arena *a, struct outlook *o, const struct world *w, const struct statement_class *class);

#endif
