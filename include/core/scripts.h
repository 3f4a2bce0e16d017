/* SPDX-License-Identifier: MIT */
#ifndef CORE_SCRIPTS_H
#define CORE_SCRIPTS_H

#include <stddef.h>

#include "base/error.h"
#include "core/config.h"
#include "core/script.h"

/* All migration files of the configured folders, found by their names. */

struct scripts {
	/* versioned by version, repeatables by description, then undo, baseline, callbacks */
	struct script *list;
	size_t count;
	size_t ignored; /* files and folders left out by "ignore" */
};

/*
 * Finds the files of all directories: names, versions, duplicates, links, .sql.conf; nothing is
 * opened but .sql.conf and links.  Everything wrong is added to problems (ERR_REFUSED); a
 * directory that is not there or cannot be read is an error (ERR_USAGE).
 */
MUST_CHECK bool scripts_scan(struct arena *a, const struct config *config, struct scripts *out,
    struct problems *problems, struct error *err);

#endif
