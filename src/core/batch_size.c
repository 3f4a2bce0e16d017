/* SPDX-License-Identifier: MIT */
#include "core/batch_size.h"

int64_t
batch_size_within(const struct directive_batch *batch, int64_t size)
{
	if (size < batch->min)
		return batch->min;
	return size > batch->max ? batch->max : size;
}

int64_t
batch_size_next(const struct directive_batch *batch, int64_t size, int64_t elapsed_us)
{
	double factor =
	    1000.0 * (double)batch->target_ms / (double)(elapsed_us < 1 ? 1 : elapsed_us);

	if (factor < 0.5)
		factor = 0.5;
	if (factor > 2)
		factor = 2;
	return batch_size_within(batch, (int64_t)((double)size * factor));
}

int64_t
batch_size_smaller(const struct directive_batch *batch, int64_t size)
{
	return batch_size_within(batch, size / 2);
}
