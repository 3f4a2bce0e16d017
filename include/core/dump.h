/* SPDX-License-Identifier: MIT */
#ifndef CORE_DUMP_H
#define CORE_DUMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/session.h"

/*
 * What is in a database, as pg_dump writes it and core/portable.h makes it ready to be a migration.
 */

/* A statement of a dump, or the rows of a table. */
struct dump_part {
	uint64_t hash; /* of its text */
	int64_t offset, length; /* in the file */
	bool rows; /* COPY with its data, or the value of a sequence */
	const bool *changing; /* which columns of these rows are others each time, or NULL */
};

/* FNV-1a, to be chained from the start over pieces. */
#define DUMP_HASH_START UINT64_C(14695981039346656037)
uint64_t dump_hash(uint64_t hash, const char *text, size_t length);

struct dump {
	const char *folder, *name; /* of the file that it stands in */
	struct dump_part *parts;
	size_t count;
	int64_t bytes;
	int64_t rows; /* of all tables */
	bool placeholders; /* "${" stands in it */
};

/* Which part of a database. */
enum dump_extent {
	DUMP_ALL,
	DUMP_SCHEMA, /* no rows */
	DUMP_SHAPE /* no rows, and nobody's rights */
};

/* Finds pg_dump and asks for its version: ERR_USAGE when there is none, or one too old. */
MUST_CHECK bool dump_find_program(struct arena *a, int server_version, struct error *err);

/*
 * Writes the database of a session into a new file of an existing folder, without the tables of its
 * history.
 */
MUST_CHECK bool dump_write(struct arena *a, struct session *s, enum dump_extent extent,
    const char *folder, const char *name, struct dump *out, struct error *err);

#endif
