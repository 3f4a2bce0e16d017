/* SPDX-License-Identifier: MIT */
#include "core/batch_lag.h"

#include <string.h>

/* The older they are, the wider apart they may be: the one that is missed least goes. */
static void
drop_one(struct batch_lag *lag, int64_t now_ms)
{
	double least = 0;
	size_t at = 0;

	for (size_t i = 1; i + 1 < lag->count; i++) {
		int64_t gap = lag->samples[i + 1].at_ms - lag->samples[i - 1].at_ms;
		double missed = (double)gap / (double)(now_ms - lag->samples[i].at_ms + 1);

		if (at == 0 || missed < least) {
			at = i;
			least = missed;
		}
	}
	lag->count--;
	memmove(
	    &lag->samples[at], &lag->samples[at + 1], (lag->count - at) * sizeof(lag->samples[0]));
}

void
batch_lag_sample(struct batch_lag *lag, int64_t now_ms, int64_t place)
{
	if (lag->count > 0 && place <= lag->samples[lag->count - 1].place)
		return; /* nothing was written since */
	if (lag->count == BATCH_LAG_SAMPLES)
		drop_one(lag, now_ms);
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
