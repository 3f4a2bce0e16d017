/* SPDX-License-Identifier: MIT */
#include "base/time.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

int64_t
time_now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t
time_now_ms(void)
{
	return time_now_us() / 1000;
}

void
time_utc(char out[32])
{
	struct timespec now;
	struct tm utc;
	size_t length;

	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &utc);
	length = strftime(out, 32, "%Y-%m-%dT%H:%M:%S", &utc);
	snprintf(out + length, 32 - length, ".%03dZ", (int)(now.tv_nsec / 1000000 % 1000));
}

int64_t
time_random(int64_t low, int64_t high)
{
	static uint64_t state;

	if (state == 0)
		state = (uint64_t)time_now_us() * 2654435761u ^ (uint64_t)getpid() << 32;
	state ^= state << 13; /* xorshift64 (Marsaglia 2003) */
	state ^= state >> 7;
	state ^= state << 17;
	return low + (int64_t)(state % (uint64_t)(high - low + 1));
}

static const struct unit {
	const char *name;
	double ms;
} units[] = {
	{ "us", 0.001 },
	{ "ms", 1 },
	{ "s", 1000 },
	{ "min", 60000 },
	{ "h", 3600000 },
	{ "d", 86400000 },
};

/* Digits with at most one point; strtod would follow the locale and take "1e3" and "inf". */
static const char *
parse_number(const char *text, double *number)
{
	double scale = 1;
	const char *p = text;

	*number = 0;
	for (; *p >= '0' && *p <= '9'; p++)
		*number = *number * 10 + (*p - '0');
	if (p == text)
		return NULL;
	if (*p != '.')
		return p;
	for (p++; *p >= '0' && *p <= '9'; p++)
		*number += (*p - '0') * (scale /= 10);
	return p;
}

bool
time_parse(const char *text, int64_t *ms)
{
	double number;
	const char *unit = parse_number(text, &number);

	if (unit == NULL)
		return false;
	while (*unit == ' ')
		unit++;
	if (*unit == '\0' && number == 0) {
		*ms = 0;
		return true;
	}
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		double value = number * units[i].ms;

		if (strcmp(unit, units[i].name) != 0)
			continue;
		if (value > INT32_MAX)
			return false;
		/* Nothing but zero becomes zero, which means "no limit". */
		*ms = value > 0 && value < 1 ? 1 : (int64_t)(value + 0.5);
		return true;
	}
	return false;
}

int64_t
time_of_setting(const char *value)
{
	int64_t ms;

	if (*value != '\0' && strspn(value, "0123456789") == strlen(value))
		return strtoll(value, NULL, 10);
	return time_parse(value, &ms) ? ms : -1;
}

const char *
time_text(char out[32], int64_t ms)
{
	size_t i = sizeof(units) / sizeof(units[0]) - 1;

	if (ms == 0)
		return memcpy(out, "0", 2);
	while (i > 1 && ms % (int64_t)units[i].ms != 0)
		i--;
	snprintf(out, 32, "%" PRId64 "%s", ms / (int64_t)units[i].ms, units[i].name);
	return out;
}
