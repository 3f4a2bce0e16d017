/* SPDX-License-Identifier: MIT */
#ifndef BASE_FIGURE_H
#define BASE_FIGURE_H

#include <stdint.h>

#include "base/arena.h"

/* Figures for people. */

/* "48,000,000" */
const char *figure_count(struct arena *a, int64_t n);
/* "12 GB", as pg_size_pretty writes it. */
const char *figure_size(struct arena *a, int64_t bytes);
/* "less than a second", "40 s", "4 min", "3 h": one unit, rounded. */
const char *figure_seconds(struct arena *a, int64_t seconds);
/* "90 s", "12 min 5 s", "2 h 5 min": for what goes on. */
const char *figure_elapsed(struct arena *a, int64_t seconds);

#endif
