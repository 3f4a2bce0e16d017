/* SPDX-License-Identifier: MIT */
#ifndef SQL_FACTS_H
#define SQL_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sql/act.h"

/*
 * What is known of a table, as plain data: read from the live catalog by core/catalog.c, or put
 * together from the files that came before (sql/world.h).
 */

struct facts_column {
	const char *name;
	struct act_type type;
	bool not_null, has_default, generated;
	bool virtual; /* generated, and not stored */
};

struct facts_constraint {
	const char *name;
	enum act_constraint_kind kind;
	const char **columns; /* of a CHECK: those it mentions */
	size_t column_count;
	struct act_name references; /* of a foreign key */
	const char *proves_not_null; /* as in struct act_constraint */
	const char *expression; /* of a CHECK, as pg_get_constraintdef tells it, or as written */
	bool valid;
	bool by_file; /* one of the files makes it valid, not the live catalog alone */
};

struct facts_index {
	const char *name;
	const char *method; /* "btree", "gin", ... */
	const char **columns; /* NULL for an expression */
	size_t column_count;
	bool unique, partial, valid;
	bool of_constraint; /* a primary key, UNIQUE or EXCLUDE stands on it */
};

struct table_facts {
	struct act_name name;
	char kind; /* relkind: r p m v S f, or i for an index */
	bool temporary, is_partition, has_default_partition;
	struct act_name default_partition, parent;
	/* -1: not known.  Of a partitioned table: of all partitions together. */
	int64_t rows, bytes, index_bytes;
	size_t partitions;
	struct facts_column *columns;
	size_t column_count;
	struct facts_constraint *constraints;
	size_t constraint_count;
	struct facts_index *indexes;
	size_t index_count;
	/* Tables whose foreign keys reference this one. */
	struct act_name *referencing;
	size_t referencing_count;
	/* The oldest transaction that holds a lock on it: for how long, and whose; -1: none. */
	int64_t held_ms;
	int held_pid;
	const char *held_by; /* application and user */
};

#endif
