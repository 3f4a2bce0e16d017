/* SPDX-License-Identifier: MIT */
#include "base/figure.h"

#include <inttypes.h>

const char *
figure_count(struct arena *a, int64_t n)
{
	const char *behind = "";

	for (; n >= 1000; n /= 1000)
		behind = arena_printf(a, ",%03" PRId64 "%s", n % 1000, behind);
	return arena_printf(a, "%" PRId64 "%s", n, behind);
}

const char *
figure_size(struct arena *a, int64_t bytes)
{
	static const char *const units[] = { "bytes", "kB", "MB", "GB", "TB" };
	size_t unit = 0;

	for (; bytes >= 10 * 1024 && unit + 1 < sizeof(units) / sizeof(units[0]); unit++)
		bytes = (bytes + 512) / 1024;
	return arena_printf(a, "%" PRId64 " %s", bytes, units[unit]);
}

const char *
figure_seconds(struct arena *a, int64_t seconds)
{
	if (seconds < 1)
		return "less than a second";
	if (seconds < 120)
		return arena_printf(a, "%" PRId64 " s", seconds);
	if (seconds < 120 * 60)
		return arena_printf(a, "%" PRId64 " min", (seconds + 30) / 60);
	return arena_printf(a, "%" PRId64 " h", (seconds + 1800) / 3600);
}

const char *
figure_elapsed(struct arena *a, int64_t seconds)
{
	int64_t minutes = seconds / 60;

	if (seconds < 120)
		return arena_printf(a, "%" PRId64 " s", seconds);
	if (minutes < 120)
		return arena_printf(a, "%" PRId64 " min %" PRId64 " s", minutes, seconds % 60);
	return arena_printf(a, "%" PRId64 " h %" PRId64 " min", minutes / 60, minutes % 60);
}
