/* SPDX-License-Identifier: MIT */
#include "core/batch_lag.h"

/* The older the samples, the wider apart they may be. */
static void
thin_out(struct batch_lag *lag)
{
	size_t kept = 0;

	for (size_t i = 0; i < lag->count; i += 2)
		lag->samples[kept++] = lag->samples[i];
	lag->count = kept;
}

void
batch_lag_sample(struct batch_lag *lag, int64_t now_ms, int64_t place)
{
	if (lag->count > 0 && place <= lag->samples[lag->count - 1].place)
		return; /* nothing was written since */
	if (lag->count == BATCH_LAG_SAMPLES)
		thin_out(lag);
	lag->samples[lag->count++] = (struct batch_lag_sample){ now_ms, place };
}

int64_t
batch_lag_ms(const struct batch_lag *lag, int64_t now_ms, int64_t replayed, int64_t reported_ms)
{
	for (size_t i = 0; i < lag->count; i++) {
		int64_t age = now_ms - lag->samples[i].at_ms;

		if (lag->samples[i].place > replayed)
			return i == 0 && reported_ms > age ? reported_ms : age;
	}
	return 0;
}
