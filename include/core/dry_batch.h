/* SPDX-License-Identifier: MIT */
#ifndef CORE_DRY_BATCH_H
#define CORE_DRY_BATCH_H

#include <stdio.h>

#include "core/batch_point.h"
#include "db/conn.h"

/*
 * A file in batches as a DO block that psql can run, with a COMMIT behind each batch: for "up
 * --dry-run".  It knows keys and pauses; that batches grow and shrink, wait for replicas and are
 * tried again is the program's own.  point: where an earlier run has ended, or zeroed.
 */
void dry_batch_put(FILE *out, struct arena *a, struct conn *c, const struct script *script,
    const struct batch_point *point);

#endif
