/* SPDX-License-Identifier: MIT */
#include "core/properties.h"

#include <string.h>

#include "core/settings_file.h"

static const char blanks[] = " \t\r\f\v";

struct reader {
	struct arena *arena;
	const char *path;
	const char *p; /* where the next line begins */
	int64_t line; /* of the line that was taken last */
	int64_t column;
};

/* The next line without the blanks around it; NULL at the end. */
static const char *
take_line(struct reader *r)
{
	size_t length = strcspn(r->p, "\n"), indent = strspn(r->p, blanks);
	const char *line = r->p, *end = line + length;

	if (*line == '\0')
		return NULL;
	r->p = *end == '\n' ? end + 1 : end;
	r->line++;
	r->column = (int64_t)indent + 1;
	line += indent < length ? indent : length;
	while (end > line && strchr(blanks, end[-1]) != NULL)
		end--;
	return arena_strndup(r->arena, line, (size_t)(end - line));
}

/* Does the next line go on with the one before it? */
static bool
goes_on(const struct reader *r)
{
	const char *line = r->p + strspn(r->p, blanks);

	if (*line == '\0' || *line == '\n')
		return false;
	return strncmp(line, "flyway.", 7) != 0 || memchr(line, '=', strcspn(line, "\n")) == NULL;
}

/* A whole setting, which may stand on several lines. */
static const char *
take_setting(struct reader *r, struct place *place)
{
	const char *text = take_line(r);
	size_t length;

	*place = (struct place){ .path = r->path, .line = r->line, .column = r->column };
	if (text == NULL || *text == '#' || *text == '!')
		return text;
	while (length = strlen(text), length > 0 && text[length - 1] == '\\' && goes_on(r))
		text = arena_printf(r->arena, "%.*s%s", (int)length - 1, text, take_line(r));
	return text;
}

static void
put(struct reader *r, struct node *map, const char *text, struct place place)
{
	size_t length = strcspn(text, "=: \t\f");
	const char *name = arena_strndup(r->arena, text, length), *value = text + length;
	const struct pair *known = yaml_find(map, name);
	struct node *nodes = arena_alloc(r->arena, 2 * sizeof(*nodes));

	value += strspn(value, blanks);
	if (*value == '=' || *value == ':')
		value++;
	value += strspn(value, blanks);
	nodes[0] = (struct node){ .kind = NODE_SCALAR, .text = name, .place = place };
	nodes[1] = (struct node){ .kind = NODE_SCALAR, .text = value, .place = place };
	if (known != NULL) {
		*known->key = nodes[0];
		*known->value = nodes[1];
		return;
	}
	map->pairs = arena_extend(r->arena, map->pairs, map->count, sizeof(*map->pairs));
	map->pairs[map->count++] = (struct pair){ .key = &nodes[0], .value = &nodes[1] };
}

bool
properties_read(struct arena *a, const char *path, const char *text, size_t length,
    struct node **root, struct error *err)
{
	struct reader r = { .arena = a, .path = path, .p = text };
	struct node *map = arena_alloc(a, sizeof(*map));
	struct place place;
	const char *line;

	if (!settings_file_check(path, text, length, err))
		return false;
	map->kind = NODE_MAP;
	*root = map;
	if (strncmp(r.p, "\xef\xbb\xbf", 3) == 0)
		r.p += 3;
	while (line = take_setting(&r, &place), line != NULL)
		if (*line != '\0' && *line != '#' && *line != '!')
			put(&r, map, line, place);
	return true;
}
