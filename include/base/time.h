/* SPDX-License-Identifier: MIT */
#ifndef BASE_TIME_H
#define BASE_TIME_H

#include <stdbool.h>
#include <stdint.h>

/* Durations come from a clock that never jumps; the history's times are the server's. */

/* Milliseconds of a monotonic clock; only differences mean something. */
int64_t time_now_ms(void);
/* The same in microseconds. */
int64_t time_now_us(void);
/* UTC time of day as "2026-11-22T13:15:00.123Z"; out has room for 32 bytes. */
void time_utc(char out[32]);
/* A random number in [low, high], for jitter only. */
int64_t time_random(int64_t low, int64_t high);
/*
 * A duration in PostgreSQL's form: a number and us, ms, s, min, h or d ("5s", "1.5 min"); "0"
 * needs no unit.  In milliseconds; false when it is none, or above INT32_MAX milliseconds.
 */
bool time_parse(const char *text, int64_t *ms);
/* The value of a SET, where a bare number is milliseconds, too; -1: it is no duration. */
int64_t time_of_setting(const char *value);
/* 90000 becomes "90s", 300000 "5min", 250 "250ms", 0 "0"; exact, so that time_parse gives it back. */
const char *time_text(char out[32], int64_t ms);

#endif
