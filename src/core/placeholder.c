/* SPDX-License-Identifier: MIT */
#include "core/placeholder.h"

#include <limits.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

enum {
	LONGEST_NAME = 200,
	LONGEST = 1024, /* from ${ to } */
	LONGEST_RUN = 64, /* of $, looked at together */
	BUILT_IN_COUNT = 8
};

struct placeholders {
	const struct config_map *values; /* or NULL */
	struct config_pair built_in[BUILT_IN_COUNT];
	char unknown[LONGEST_NAME + 1];
};

static const char *
working_directory(struct arena *a)
{
	char path[PATH_MAX];

	return getcwd(path, sizeof(path)) == NULL ? "" : arena_strdup(a, path);
}

struct placeholders *
placeholders_new(struct arena *a, const struct script_environment *env, const struct script *s)
{
	struct placeholders *p = arena_alloc(a, sizeof(*p));
	const char *slash = strrchr(s->path, '/');
	const struct config_pair built_in[BUILT_IN_COUNT] = {
		{ .name = "flyway:defaultschema", .value = env->default_schema },
		{ .name = "flyway:user", .value = env->user },
		{ .name = "flyway:database", .value = env->database },
		{ .name = "flyway:timestamp", .value = env->timestamp },
		{ .name = "flyway:filename", .value = slash == NULL ? s->path : slash + 1 },
		{ .name = "flyway:workingdirectory", .value = working_directory(a) },
		{ .name = "flyway:table", .value = env->table },
		{ .name = "flyway:environment", .value = env->environment },
	};

	memcpy(p->built_in, built_in, sizeof(built_in));
	if (env->config != NULL)
		p->values = &env->config->placeholders;
	return p;
}

static const char *
find_pair(const struct config_pair *pairs, size_t count, const char *name, size_t length)
{
	for (size_t i = 0; i < count; i++)
		if (strlen(pairs[i].name) == length &&
		    strncasecmp(pairs[i].name, name, length) == 0)
			return pairs[i].value == NULL ? "" : pairs[i].value;
	return NULL;
}

static const char *
find_value(const struct placeholders *p, const char *name, size_t length)
{
	const char *value = find_pair(p->built_in, BUILT_IN_COUNT, name, length);

	if (value == NULL && p->values != NULL)
		value = find_pair(p->values->pairs, p->values->count, name, length);
	return value;
}

static bool
is_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	    c == '_' || c == '.' || c == '-' || c == ':' || (unsigned char)c >= 0x80;
}

/* What stands behind a ${. */
enum shape {
	SHAPE_WHOLE, /* name} or name:-default} */
	SHAPE_BROKEN, /* it begins like a name and does not go on like one */
	SHAPE_NONE, /* something else: "${" is only text */
	SHAPE_MORE /* cannot be told yet */
};

struct body {
	size_t name_length;
	const char *fallback; /* the default, or NULL */
	size_t fallback_length;
	size_t length; /* with the } */
};

/* The text ended, or the longest form was passed, before the shape could be told. */
static enum shape
cut_short(size_t length, bool last)
{
	return last || length >= LONGEST ? SHAPE_BROKEN : SHAPE_MORE;
}

static enum shape
read_default(const char *text, size_t length, bool last, struct body *body)
{
	size_t at = body->name_length + 2;

	body->fallback = text + at;
	for (; at < length && at < LONGEST; at++) {
		if (text[at] == '}') {
			body->fallback_length = (size_t)(text + at - body->fallback);
			body->length = at + 1;
			return SHAPE_WHOLE;
		}
		/* One inside the other is not replaced, so it is refused. */
		if (text[at] == '\n' || text[at] == '\r' || text[at] == '{')
			return SHAPE_BROKEN;
	}
	return cut_short(at, last);
}

static enum shape
read_body(const char *text, size_t length, bool last, struct body *body)
{
	size_t at = 0;

	*body = (struct body){ 0 };
	if (length == 0)
		return last ? SHAPE_NONE : SHAPE_MORE;
	if (!is_name(text[0]) && text[0] != ' ')
		return SHAPE_NONE;
	for (; at < length && at <= LONGEST_NAME && is_name(text[at]); at++) {
		if (text[at] != ':')
			continue;
		if (at + 1 == length && !last)
			return SHAPE_MORE;
		if (at + 1 < length && text[at + 1] == '-')
			break;
	}
	body->name_length = at < LONGEST_NAME ? at : LONGEST_NAME;
	if (at == length)
		return cut_short(at, last);
	if (at == 0 || at > LONGEST_NAME)
		return SHAPE_BROKEN;
	if (text[at] == ':')
		return read_default(text, length, last, body);
	body->length = at + 1;
	return text[at] == '}' ? SHAPE_WHOLE : SHAPE_BROKEN;
}

static size_t
plain(struct split_chunk *chunk, const char *text, size_t length)
{
	*chunk = (struct split_chunk){ .text = text, .length = length };
	return length;
}

static size_t
replaced(struct split_chunk *chunk, const char *text, size_t length, const char *file_text,
    size_t file_length)
{
	*chunk = (struct split_chunk){
		.text = text,
		.length = length,
		.replaced = true,
		.file_text = file_text,
		.file_length = file_length,
	};
	return file_length;
}

static size_t
unknown(struct placeholders *p, struct split_chunk *chunk, const char *text, size_t name_length,
    size_t length)
{
	memcpy(p->unknown, text + 2, name_length);
	p->unknown[name_length] = '\0';
	*chunk = (struct split_chunk){ .text = text, .length = length, .unknown = p->unknown };
	return length;
}

/* text begins with ${ */
static size_t
next_value(
    struct placeholders *p, const char *text, size_t length, bool last, struct split_chunk *chunk)
{
	struct body body;
	const char *value;

	switch (read_body(text + 2, length - 2, last, &body)) {
	case SHAPE_MORE:
		return 0;
	case SHAPE_NONE:
		return plain(chunk, text, 2);
	case SHAPE_BROKEN:
		return unknown(p, chunk, text, body.name_length, 2 + body.name_length);
	case SHAPE_WHOLE:
		break;
	}
	value = find_value(p, text + 2, body.name_length);
	if (value != NULL)
		return replaced(chunk, value, strlen(value), text, 2 + body.length);
	if (body.fallback != NULL)
		return replaced(chunk, body.fallback, body.fallback_length, text, 2 + body.length);
	return unknown(p, chunk, text, body.name_length, 2 + body.length);
}

/* text begins with $${ */
static size_t
next_escape(const char *text, size_t length, bool last, struct split_chunk *chunk)
{
	struct body body;

	switch (read_body(text + 3, length - 3, last, &body)) {
	case SHAPE_MORE:
		return 0;
	case SHAPE_WHOLE:
		return replaced(chunk, "${", 2, text, 3);
	case SHAPE_NONE:
	case SHAPE_BROKEN:
		break;
	}
	return plain(chunk, text, 3);
}

size_t
placeholders_next(
    struct placeholders *p, const char *text, size_t length, bool last, struct split_chunk *chunk)
{
	const char *dollar = memchr(text, '$', length);
	size_t run = 1;

	if (dollar != text)
		return plain(chunk, text, dollar == NULL ? length : (size_t)(dollar - text));
	while (run < length && run < LONGEST_RUN && text[run] == '$')
		run++;
	if (run == length && !last && run < LONGEST_RUN)
		return 0;
	/* An even number of $ can always go ahead: what is left counts as before. */
	if (run == LONGEST_RUN || run == length || text[run] != '{')
		return plain(chunk, text, run);
	if (run > 2)
		return plain(chunk, text, (run - 1) / 2 * 2);
	if (run == 2)
		return next_escape(text, length, last, chunk);
	return next_value(p, text, length, last, chunk);
}
