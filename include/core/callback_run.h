/* SPDX-License-Identifier: MIT */
#ifndef CORE_CALLBACK_RUN_H
#define CORE_CALLBACK_RUN_H

#include "core/apply.h"

/*
 * Runs the callbacks that have a transaction of their own, or none; apply.c sends those that run
 * inside the transaction of a file.  Each finds the session as a file does: reset.
 */

/* The files of a moment, one after the other. */
enum apply_end callback_run(struct apply *x, enum callback_moment moment, struct error *err);
/*
 * The same beside a file without a transaction: in its session, which they may prepare and which
 * is not reset.
 */
enum apply_end callback_run_beside(struct apply *x, enum callback_moment moment, struct error *err);
/* When there is an afterConnect, the session is reset, if it was used, and prepared by it. */
MUST_CHECK bool callback_connect(struct apply *x, struct error *err);
/* Remembers one that has run. */
void callback_note(struct apply *x, const struct script *script, int64_t ms);

#endif
