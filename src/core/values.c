/* SPDX-License-Identifier: MIT */
#include "core/values.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "base/mask.h"
#include "base/time.h"

/* Choices are kept as an int, whatever their enum; that needs enums of its size. */
_Static_assert(sizeof(enum format) == sizeof(int), "enums are ints");

/* Beside each row of the table stands where its value came from. */
static struct config_source *
source_of(const struct config *c, const struct config_setting *s)
{
	return &c->sources[s - config_settings()];
}

static void *
member(struct config *c, const struct config_setting *s)
{
	return (char *)c + s->offset;
}

static const void *
member_of(const struct config *c, const struct config_setting *s)
{
	return (const char *)c + s->offset;
}

static bool
put_string(struct config *c, const struct config_setting *s, const char *text, struct error *err)
{
	if (*text == '\0')
		return error_set(err, ERR_USAGE, "the value is empty");
	if (s->secret)
		mask_add(text);
	*(const char **)member(c, s) = arena_strdup(c->arena, text);
	return true;
}

bool
values_bool(const char *text, bool *value, struct error *err)
{
	static const char *const words[] = { "false", "true", "off", "on", "no", "yes", "0", "1" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcasecmp(text, words[i]) != 0)
			continue;
		*value = i % 2 == 1;
		return true;
	}
	return error_set(err, ERR_USAGE, "\"%s\" is neither true nor false", text);
}

static bool
put_bool(struct config *c, const struct config_setting *s, const char *text, struct error *err)
{
	return values_bool(text, member(c, s), err);
}

static bool
put_duration(struct config *c, const struct config_setting *s, const char *text, struct error *err)
{
	int64_t *ms = member(c, s);

	if (*text != '\0' && strspn(text, "0123456789") == strlen(text) &&
	    strspn(text, "0") != strlen(text))
		return error_set(
		    err, ERR_USAGE, "\"%s\" has no unit: write %ss or %smin", text, text, text);
	if (!time_parse(text, ms))
		return error_set(
		    err, ERR_USAGE, "\"%s\" is not a duration such as 500ms, 5s or 2min", text);
	if (*ms < s->least)
		return error_set(err, ERR_USAGE, "must be at least %" PRId64 "ms", s->least);
	return true;
}

static bool
put_integer(struct config *c, const struct config_setting *s, const char *text, struct error *err)
{
	int64_t value = 0;
	size_t digits = strspn(text, "0123456789");

	if (digits == 0 || digits > 9 || text[digits] != '\0')
		return error_set(err, ERR_USAGE, "\"%s\" is not a number", text);
	for (const char *p = text; *p != '\0'; p++)
		value = 10 * value + (*p - '0');
	if (value < s->least || value > s->most)
		return error_set(err, ERR_USAGE,
		    "%" PRId64 " is not between %" PRId64 " and %" PRId64, value, s->least,
		    s->most);
	*(int64_t *)member(c, s) = value;
	return true;
}

/* The word of a list like "a|b|c" with that number; its length goes to *length. */
static const char *
choice_at(const char *choices, int index, size_t *length)
{
	for (; index > 0 && choices != NULL; index--) {
		choices = strchr(choices, '|');
		choices = choices == NULL ? NULL : choices + 1;
	}
	*length = choices == NULL ? 0 : strcspn(choices, "|");
	return choices;
}

/* The number of a word in such a list, or -1. */
static int
choice_find(const char *choices, const char *text)
{
	const char *word;
	size_t length;

	for (int i = 0; (word = choice_at(choices, i, &length)) != NULL; i++)
		if (strlen(text) == length && strncmp(word, text, length) == 0)
			return i;
	return -1;
}

static bool
put_choice(struct config *c, const struct config_setting *s, const char *text, struct error *err)
{
	int found = choice_find(s->choices, text);

	if (found < 0)
		return error_set(err, ERR_USAGE, "\"%s\" is none of %s", text, s->choices);
	*(int *)member(c, s) = found;
	return true;
}

static bool
put_item(struct config *c, const struct config_setting *s, const char *text, struct error *err)
{
	if (*text == '\0')
		return error_set(err, ERR_USAGE, "an item is empty");
	config_list_add(c->arena, member(c, s), arena_strdup(c->arena, text));
	return true;
}

/* Says whose value is wrong, and where. */
static bool
blame(struct config *c, const struct config_setting *s, const struct config_source *source,
    struct error *err)
{
	if (source->place.path == NULL)
		return error_at(err, "%s", source->origin);
	err->place = source->place;
	return error_at(err, "\"%s\"", config_key(c->arena, s));
}

void
values_clear(struct config *c, const struct config_setting *s, const struct config_source *source)
{
	assert(s->type == CONFIG_LIST);
	*(struct config_list *)member(c, s) = (struct config_list){ 0 };
	*source_of(c, s) = *source;
}

bool
values_put(struct config *c, const struct config_setting *s, const char *text,
    const struct config_source *source, struct error *err)
{
	static bool (*const put[])(
	    struct config *, const struct config_setting *, const char *, struct error *) = {
		[CONFIG_STRING] = put_string,
		[CONFIG_BOOL] = put_bool,
		[CONFIG_DURATION] = put_duration,
		[CONFIG_INTEGER] = put_integer,
		[CONFIG_CHOICE] = put_choice,
		[CONFIG_LIST] = put_item,
	};
	const char *equals = strchr(text, '=');

	if (s->type == CONFIG_MAP) {
		if (equals != NULL)
			return values_put_entry(c, s,
			    arena_strndup(c->arena, text, (size_t)(equals - text)), equals + 1,
			    source, err);
		(void)error_set(err, ERR_USAGE, "not of the form NAME=VALUE");
		return blame(c, s, source, err);
	}
	if (s->type == CONFIG_LIST && source_of(c, s)->rank < source->rank)
		values_clear(c, s, source);
	if (!put[s->type](c, s, text, err) || (s->check != NULL && !s->check(text, err)))
		return blame(c, s, source, err);
	if (s->type != CONFIG_LIST) /* a list comes from where its first item does */
		*source_of(c, s) = *source;
	return true;
}

/* A value whose name says so is hidden like a password. */
static bool
is_secret_name(const char *name)
{
	static const char *const words[] = { "passw", "secret", "token", "credential" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strstr(name, words[i]) != NULL)
			return true;
	return false;
}

static struct config_pair *
find_entry(struct arena *a, struct config_map *map, const char *name)
{
	for (size_t i = 0; i < map->count; i++)
		if (strcmp(map->pairs[i].name, name) == 0)
			return &map->pairs[i];
	map->pairs = arena_extend(a, map->pairs, map->count, sizeof(*map->pairs));
	map->pairs[map->count].name = name;
	return &map->pairs[map->count++];
}

/* Placeholders may not have the names of Flyway's own. */
static bool
check_entry_name(const struct config_setting *s, char *name, struct error *err)
{
	if (s->check_entry != NULL)
		return s->check_entry(name, err);
	if (*name == '\0' || strncmp(name, "flyway:", 7) == 0 || strpbrk(name, "}:") != NULL)
		return error_set(
		    err, ERR_USAGE, "\"%s\" cannot be the name of a %s", name, s->entry);
	return true;
}

static bool
check_entry_value(const struct config_setting *s, const char *value, struct error *err)
{
	return s->choices == NULL || choice_find(s->choices, value) >= 0 ||
	    error_set(err, ERR_USAGE, "\"%s\" is none of %s", value, s->choices);
}

bool
values_put_entry(struct config *c, const struct config_setting *s, const char *name,
    const char *value, const struct config_source *source, struct error *err)
{
	struct config_source name_source = { .origin = source->origin,
		.place = source->name_place };
	char *small = arena_strdup(c->arena, name);
	struct config_pair *pair;

	for (char *p = small; *p != '\0'; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p - 'A' + 'a');
	if (!check_entry_name(s, small, err))
		return blame(c, s, &name_source, err);
	if (!check_entry_value(s, value, err))
		return blame(c, s, source, err);
	pair = find_entry(c->arena, member(c, s), small);
	/* On the command line the last one wins, as with all options. */
	if (pair->value != NULL && pair->rank == (int)source->rank && source->place.path != NULL) {
		(void)error_set(err, ERR_USAGE, "\"%s\" is given twice", small);
		return blame(c, s, source, err);
	}
	pair->rank = (int)source->rank;
	pair->value = arena_strdup(c->arena, value);
	pair->origin = source->origin;
	pair->secret = is_secret_name(small);
	if (pair->secret)
		mask_add(value);
	*source_of(c, s) = *source;
	return true;
}

void
values_drop(struct config *c, const char *name)
{
	const struct config_setting *s = config_find(name);

	assert(s->type == CONFIG_STRING);
	*(const char **)member(c, s) = NULL;
	*source_of(c, s) = (struct config_source){ .origin = "default" };
}

const struct config_source *
values_source(const struct config *c, const char *name)
{
	return source_of(c, config_find(name));
}

void
values_init(struct arena *a, struct config *c)
{
	static const struct config_source source = { .origin = "default" };
	const struct config_setting *s = config_settings();
	struct error *err = error_new(a);
	size_t count = 0;

	while (s[count].name != NULL)
		count++;
	*c = (struct config){ .arena = a };
	c->sources = arena_alloc(a, count * sizeof(*c->sources));
	for (; s->name != NULL; s++) {
		*source_of(c, s) = source;
		if (s->fallback != NULL && !values_put(c, s, s->fallback, &source, err))
			assert(!"a default of the table is not valid");
	}
}

static const char *
list_text(struct arena *a, const struct config_list *list)
{
	struct arena_text *text;

	if (list->count == 0)
		return NULL;
	text = arena_text_new(a);
	for (size_t i = 0; i < list->count; i++)
		fprintf(text->out, "%s%s", i > 0 ? ", " : "", list->items[i]);
	return arena_text_end(text);
}

static const char *
map_text(struct arena *a, const struct config_map *map)
{
	struct arena_text *text;

	if (map->count == 0)
		return NULL;
	text = arena_text_new(a);
	for (size_t i = 0; i < map->count; i++)
		fprintf(text->out, "%s%s=%s", i > 0 ? ", " : "", map->pairs[i].name,
		    map->pairs[i].secret ? "********" : map->pairs[i].value);
	return arena_text_end(text);
}

const char *
config_value(struct arena *a, const struct config *c, const struct config_setting *s)
{
	const void *at = member_of(c, s);
	const char *text, *word;
	char duration[32];
	size_t length;

	switch (s->type) {
	case CONFIG_STRING:
		text = *(const char *const *)at;
		return text != NULL && s->secret ? "********" : text;
	case CONFIG_BOOL:
		return *(const bool *)at ? "true" : "false";
	case CONFIG_DURATION:
		return arena_strdup(a, time_text(duration, *(const int64_t *)at));
	case CONFIG_INTEGER:
		return arena_printf(a, "%" PRId64, *(const int64_t *)at);
	case CONFIG_CHOICE:
		word = choice_at(s->choices, *(const int *)at, &length);
		return arena_strndup(a, word, length);
	case CONFIG_LIST:
		return list_text(a, at);
	case CONFIG_MAP:
		return map_text(a, config_map(c, s));
	}
	return NULL;
}

const struct config_map *
config_map(const struct config *c, const struct config_setting *s)
{
	assert(s->type == CONFIG_MAP);
	return member_of(c, s);
}

const char *
config_origin(const struct config *c, const struct config_setting *s)
{
	return source_of(c, s)->origin;
}
