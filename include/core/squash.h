/* SPDX-License-Identifier: MIT */
#ifndef CORE_SQUASH_H
#define CORE_SQUASH_H

#include <stdbool.h>
#include <stdint.h>

#include "core/difference.h"
#include "core/session.h"

/*
 * One baseline file in place of many versioned ones, for new databases.  In a throwaway database the
 * versioned files are run from nothing, and pg_dump writes what they made; in a second one that text
 * is run alone.  Only when both are the same it becomes a B file.  Files of databases that are on
 * the way are left as they are.  Where the first files never were (a database that was there before,
 * and began with "baseline") the connected database takes the place of what they make.
 */

struct squash {
	const char *version; /* NULL: the newest applied one; with check, of the newest B file */
	const char *description; /* of the new file */
	bool check; /* proves the B file that is there, and writes none */
	bool from_database; /* the schema of the connected database counts, not what files make */
};

struct squash_result {
	/* From squash_choose (core/squash_files.h). */
	const char *version;
	const char *directory; /* that the B file is in */
	const char *path; /* of the B file */
	const struct script **files; /* what is run from nothing, in order */
	size_t file_count;
	struct problems problems; /* why nothing can be run */
	struct config_list warnings; /* what the B file does not hold, or holds for good */

	/* From squash_run. */
	const char *conf; /* of what had to be written beside it, or NULL */
	int64_t statements, rows; /* that make the same; rows: of all tables */
	int64_t bytes; /* of the B file */
	int64_t files_ms, baseline_ms; /* how long both ways took */
	struct config_list changing; /* tables whose rows are others each time: not compared */
	/* Left: what the files make; right: the B file, or the connected database. */
	struct differences proof, drift;
	bool drift_known;
};

/*
 * The rest of result is as squash_choose has left it, without problems.  When proof has anything in
 * it no file was written.
 */
MUST_CHECK bool squash_run(struct session *s, const struct squash *squash,
    struct squash_result *result, struct error *err);

#endif
