/* SPDX-License-Identifier: MIT */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/arena.h"

/*
 * JSON values to be printed or read; the only place that knows the JSON library.  Values belong to the
 * arena.  In strings, secrets are hidden (base/mask.h) and U+FFFD stands for what is not UTF-8.
 */
struct json;

struct json *json_new_object(struct arena *a);
struct json *json_new_array(struct arena *a);
/* Members of an object; value NULL becomes null. */
void json_put_text(struct json *object, const char *name, const char *value);
void json_put_integer(struct json *object, const char *name, int64_t value);
void json_put_real(struct json *object, const char *name, double value);
void json_put_bool(struct json *object, const char *name, bool value);
void json_put_null(struct json *object, const char *name);
void json_put(struct json *object, const char *name, struct json *value);
void json_push(struct json *array, struct json *value);
void json_push_text(struct json *array, const char *value);
/* One value, indented by two, with a newline; false when it could not be written. */
bool json_print(FILE *out, const struct json *value);

/* The same on one line, without a newline. */
const char *json_line(struct arena *a, const struct json *value);

/* What a text says; NULL when it is not JSON.  Strings are as they are there. */
const struct json *json_read(struct arena *a, const char *text);
/*
 * Shows each member of an object, or element of an array (name is NULL), in order; nothing of other
 * values.  What is shown is valid during the call only, its strings as long as the whole.
 */
typedef void json_visit(void *context, const char *name, const struct json *value);
void json_each(const struct json *value, json_visit *visit, void *context);
/* The string at the end of a path of names, ended by NULL; NULL when it is not there. */
const char *json_text_at(const struct json *value, const char *const *path);
int64_t json_integer_of(const struct json *object, const char *name, int64_t otherwise);

#endif
