/* SPDX-License-Identifier: MIT */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

/*
 * UTF-8, strictly: no overlong forms, no surrogates, nothing above U+10FFFF.  Widths are those of
 * a terminal and do not depend on the locale.
 */

/* The bytes of the first character of text and its code; 0 when it is not valid UTF-8. */
size_t utf8_decode(const char *text, size_t length, uint32_t *code);
/* The bytes at the beginning of text that are ASCII, no NUL, and end no line. */
size_t utf8_plain(const char *text, size_t length);
/* Columns on a terminal: 0 for combining and control characters, 2 for wide ones, else 1. */
int utf8_width(uint32_t code);
/* Columns of a text; a byte that is not UTF-8 counts as one. */
size_t utf8_columns(const char *text, size_t length);
/* Bytes of the longest beginning of a text that fits into so many columns. */
size_t utf8_fit(const char *text, size_t length, size_t columns);

#endif
