/* SPDX-License-Identifier: MIT */
#ifndef CORE_BATCH_LAG_H
#define CORE_BATCH_LAG_H

#include <stddef.h>
#include <stdint.h>

/*
 * How far a standby is behind, in time.  What the server reports of that (replay_lag) stands still
 * while the replay is paused, so we remember when the WAL had come how far: a standby is behind by
 * the age of the oldest place that it has not replayed yet.  Pure.
 */
enum { BATCH_LAG_SAMPLES = 256 };

struct batch_lag {
	struct batch_lag_sample {
		int64_t at_ms, place; /* in the WAL, in bytes */
	} samples[BATCH_LAG_SAMPLES];
	size_t count;
};

/* The WAL has come to that place now. */
void batch_lag_sample(struct batch_lag *lag, int64_t now_ms, int64_t place);
/*
 * Of a standby that has replayed so far.  reported_ms (-1: nothing) counts for what was behind
 * before the first sample.
 */
int64_t
batch_lag_ms(const struct batch_lag *lag, int64_t now_ms, int64_t replayed, int64_t reported_ms);

#endif
