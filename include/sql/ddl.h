/* SPDX-License-Identifier: MIT */
#ifndef SQL_DDL_H
#define SQL_DDL_H

#include "sql/statement.h"

/*
 * Facts about DDL, one table: which lock a statement, or one action of ALTER TABLE, takes on what,
 * in which versions.  They are measured on servers 12 to 18 (tests/data/measured.tsv); those of 19
 * are read from its documentation.
 */

/* On what a lock is taken. */
enum ddl_on {
	ON_TABLE, /* the relation that the statement names */
	ON_INDEX, /* the index that it names */
	ON_PARTITION, /* what is attached or detached */
	ON_PARENT, /* the table that it is, or becomes, a partition of */
	ON_INHERITED, /* the table that it inherits from */
	ON_REFERENCED, /* the table that a new foreign key references */
	ON_CONSTRAINT, /* the table that an existing foreign key references */
	ON_REFERENCES, /* every table that the table's foreign keys reference, and its parent */
	ON_REFERENCING, /* with CASCADE: every table whose foreign keys reference the table */
	ON_COLUMN /* every table at the other end of a foreign key over the column */
};

struct ddl_fact {
	const char *form;
	enum ddl_on on;
	enum lock_mode mode;
	bool alone; /* not the children of a partitioned or inherited table */
	int from, until; /* major versions; 0: all */
};

/* NULL where no lock above ROW EXCLUSIVE is known. */
const struct ddl_fact *ddl_find(const char *form, enum ddl_on on, int server_version);

#endif
