/* SPDX-License-Identifier: MIT */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/arena.h"

/*
 * JSON values to be printed; the only place that knows the JSON library.  Values belong to the
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

#endif
