/* SPDX-License-Identifier: MIT */
#ifndef CORE_FLUSH_H
#define CORE_FLUSH_H

#include "core/apply.h"

/*
 * The patient lock before a file's own transaction: SHARE UPDATE EXCLUSIVE on each table that it
 * will lock strongly, in a short transaction each.  It waits out, or makes the server cancel,
 * autovacuum and other DDL; no reader or writer queues behind it, and nothing is held meanwhile.
 * What fails in it does not count.  False: interrupted, or the connection is lost.
 */
MUST_CHECK bool flush_tables(struct apply *x, const struct script *script, struct error *err);

#endif
