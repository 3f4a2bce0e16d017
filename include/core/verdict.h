/* SPDX-License-Identifier: MIT */
#ifndef CORE_VERDICT_H
#define CORE_VERDICT_H

#include "core/apply.h"
#include "core/lane.h"

/* What a failed attempt is called, and who is told: the user, the sink, the journal. */

/*
 * Completes the error of a failed lane: its place in the file, the right code (a lock, a signal,
 * max_blocking, a lost connection), who was in the way and what to do next.  What state the
 * database is in is the caller's to say.
 */
void verdict_error(struct apply *x, struct lane *lane, struct error *err);
/* Tells the sink of an attempt that is made again behind a pause. */
void verdict_try(struct apply *x, struct lane *lane, int attempt, int64_t pause_ms);
/* The pause before that attempt, of which the sink is told. */
MUST_CHECK bool verdict_pause(
    struct apply *x, const struct step *step, int attempt, int64_t pause_ms, struct error *err);
/*
 * Writes the journal row of a failed attempt; a failure to do so is a warning.  A callback has one
 * only as a part of its file.
 */
void verdict_journal(struct apply *x, struct lane *lane, int attempt, const struct error *failure);

#endif
