/* SPDX-License-Identifier: MIT */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* Texts that may not be there: what is NULL is the same as nothing, not even as NULL. */
bool text_is(const char *a, const char *b);
/* Here two that are not there are the same. */
bool text_same(const char *a, const char *b);
bool text_is_among(const char *text, const char *const *list, size_t count);

#endif
