/* SPDX-License-Identifier: MIT */
#include "base/json.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mask.h"
#include "base/utf8.h"

struct json {
	json_t *value;
};

static void
release(void *what)
{
	json_decref(what);
}

static struct json *
new_json(struct arena *a, json_t *value)
{
	struct json *json = arena_alloc(a, sizeof(*json));

	if (value == NULL)
		arena_exhausted();
	json->value = value;
	arena_defer(a, release, value);
	return json;
}

struct json *
json_new_object(struct arena *a)
{
	return new_json(a, json_object());
}

struct json *
json_new_array(struct arena *a)
{
	return new_json(a, json_array());
}

/* The text with U+FFFD for each byte that is not UTF-8, which the library would refuse. */
static const char *
valid_text(struct arena *a, const char *text)
{
	size_t length = strlen(text), used = 0;
	char *valid = arena_alloc(a, 3 * length + 1);

	for (size_t i = 0; i < length;) {
		uint32_t code;
		size_t size = utf8_decode(text + i, length - i, &code);

		memcpy(valid + used, size == 0 ? "\xef\xbf\xbd" : text + i, size == 0 ? 3 : size);
		used += size == 0 ? 3 : size;
		i += size == 0 ? 1 : size;
	}
	return valid;
}

static json_t *
text_value(const char *text)
{
	struct arena *a;
	json_t *value;

	if (text == NULL)
		return json_null();
	a = arena_new(NULL);
	text = mask_text(a, text);
	value = json_string(text);
	if (value == NULL)
		value = json_string(valid_text(a, text));
	arena_close(a);
	return value;
}

/* The library fails here only when no memory is left. */
static void
put(struct json *object, const char *name, json_t *value)
{
	if (json_object_set_new(object->value, name, value) != 0)
		arena_exhausted();
}

static void
push(struct json *array, json_t *value)
{
	if (json_array_append_new(array->value, value) != 0)
		arena_exhausted();
}

void
json_put_text(struct json *object, const char *name, const char *value)
{
	put(object, name, text_value(value));
}

void
json_put_integer(struct json *object, const char *name, int64_t value)
{
	put(object, name, json_integer(value));
}

void
json_put_real(struct json *object, const char *name, double value)
{
	put(object, name, isfinite(value) ? json_real(value) : json_null());
}

void
json_put_bool(struct json *object, const char *name, bool value)
{
	put(object, name, json_boolean(value));
}

void
json_put_null(struct json *object, const char *name)
{
	put(object, name, json_null());
}

void
json_put(struct json *object, const char *name, struct json *value)
{
	put(object, name, value == NULL ? json_null() : json_incref(value->value));
}

void
json_push(struct json *array, struct json *value)
{
	push(array, json_incref(value->value));
}

void
json_push_text(struct json *array, const char *value)
{
	push(array, text_value(value));
}

/*
 * JSON leaves bidirectional overrides as they are, and a log shows them to people: they stand only
 * inside of strings, and there each may be written as \uXXXX.
 */
static void
put_harmless(FILE *out, const char *text)
{
	size_t length = strlen(text), size;
	uint32_t code;

	for (; length > 0; text += size, length -= size) {
		size = utf8_decode(text, length, &code);
		if (size > 1 && mask_is_steering(code))
			fprintf(out, "\\u%04X", (unsigned)code);
		else
			fwrite(text, 1, size == 0 ? 1 : size, out);
		size += size == 0;
	}
}

static void
put_value(FILE *out, const struct json *value, size_t flags)
{
	/* 15 digits: what every double has, so that 0.1 is not printed as 0.10000000000000001. */
	char *text = json_dumps(value->value, flags | JSON_REAL_PRECISION(15));

	if (text == NULL)
		arena_exhausted();
	put_harmless(out, text);
	free(text);
}

bool
json_print(FILE *out, const struct json *value)
{
	put_value(out, value, JSON_INDENT(2));
	return fputc('\n', out) != EOF && !ferror(out);
}

const char *
json_line(struct arena *a, const struct json *value)
{
	struct arena_text *text = arena_text_new(a);

	put_value(text->out, value, 0);
	return arena_text_end(text);
}

const struct json *
json_read(struct arena *a, const char *text)
{
	json_t *value = json_loads(text, JSON_DECODE_ANY, NULL);

	return value == NULL ? NULL : new_json(a, value);
}

void
json_each(const struct json *value, json_visit *visit, void *context)
{
	struct json member;
	const char *name;
	size_t i;

	json_object_foreach(value->value, name, member.value) visit(context, name, &member);
	json_array_foreach(value->value, i, member.value) visit(context, NULL, &member);
}

const char *
json_text_at(const struct json *value, const char *const *path)
{
	const json_t *at = value->value;

	for (; *path != NULL; path++)
		at = json_object_get(at, *path);
	return json_string_value(at);
}

int64_t
json_integer_of(const struct json *object, const char *name, int64_t otherwise)
{
	const json_t *value = json_object_get(object->value, name);

	return json_is_integer(value) ? json_integer_value(value) : otherwise;
}
