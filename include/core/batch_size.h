/* SPDX-License-Identifier: MIT */
#ifndef CORE_BATCH_SIZE_H
#define CORE_BATCH_SIZE_H

#include "core/directive.h"

/* How many keys the next batch gets.  Pure. */

/* Behind one of that size which took so long: near the target time, but no sudden jumps. */
int64_t batch_size_next(const struct directive_batch *batch, int64_t size, int64_t elapsed_us);
/* Behind one that was in somebody's way. */
int64_t batch_size_smaller(const struct directive_batch *batch, int64_t size);
/* A size from elsewhere, in the bounds of now. */
int64_t batch_size_within(const struct directive_batch *batch, int64_t size);

#endif
