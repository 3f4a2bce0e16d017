/* SPDX-License-Identifier: MIT */
#ifndef CORE_APPLY_H
#define CORE_APPLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/facts.h"
#include "core/record.h"
#include "core/watch.h"

/*
 * Applies files: one transaction with its history row, tried again while its locks cannot be had
 * (apply.c), statement by statement without one (stepwise.c), or in batches (batch.c).
 */

/* A callback that has run. */
struct apply_call {
	const struct script *script;
	int64_t ms; /* -1: inside the transaction of a file */
};

struct apply {
	struct session *session;
	struct record_writer writer;
	struct facts facts;
	struct watch *watch;
	bool dirty; /* a file has used the session: it is reset before the next one */
	bool keeps_session; /* what runs now goes on in it, and is not to reset it */
	struct apply_call *calls;
	size_t call_count;
	size_t kept; /* statements and batches that this run has committed by themselves */
	size_t step_total;
	size_t step_number; /* of the step at hand, from 1 */
};

enum apply_end {
	APPLY_DONE,
	APPLY_FAILED, /* err tells why; the database is as err->state says */
	APPLY_FENCED, /* another run was faster: plan again */
	APPLY_BUSY /* the session is pooled, and another run has the run lock: plan again */
};

/* How long others may wait behind a script: its directive, else the setting. */
int64_t apply_max_blocking(const struct apply *x, const struct script *script);
/* Resets the session if a file has used it. */
MUST_CHECK bool apply_clean(struct apply *x, struct error *err);
/* The same for statements of ours, which what callbacks have set must not reach either. */
MUST_CHECK bool apply_own(struct apply *x, struct error *err);
/*
 * Applies the scripts of count steps in one transaction (count > 1: group), *ms is how long the
 * last attempt took.  A callback alone has no history row.
 */
enum apply_end apply_transaction(
    struct apply *x, const struct step *steps, size_t count, int64_t *ms, struct error *err);
/* Applies one script without a transaction. */
enum apply_end
apply_stepwise(struct apply *x, const struct step *step, int64_t *ms, struct error *err);
/* Applies a script with "-- migrate:batch", or goes on with it. */
enum apply_end
apply_batch(struct apply *x, const struct step *step, int64_t *ms, struct error *err);

#endif
