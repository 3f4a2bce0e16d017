/* SPDX-License-Identifier: MIT */
#include "core/yaml.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "base/utf8.h"

/*
 * libyaml expands nothing by itself, but takes duplicate keys in silence and needs time in the
 * square of the depth; what is no use in a file of settings is refused at its first sight.
 */
enum { DEPTH_MAX = 16 };

struct reader {
	struct arena *arena;
	yaml_parser_t parser;
	const char *path;
	const char *text;
	size_t length;
	struct error *err;
};

/* An event of libyaml in our memory. */
struct token {
	yaml_event_type_t type;
	const char *text;
	bool empty;
	struct place place;
};

static struct place
place_of(const struct reader *r, yaml_mark_t mark)
{
	return (struct place){
		.path = r->path,
		.line = (int64_t)mark.line + 1,
		.column = (int64_t)mark.column + 1,
	};
}

/* The place of a byte. */
static struct place
place_at(const struct reader *r, size_t offset)
{
	struct place place = { .path = r->path, .line = 1, .column = 1 };

	for (size_t i = 0; i < offset && i < r->length; i++) {
		unsigned char c = (unsigned char)r->text[i];

		if (c == '\n') {
			place.line++;
			place.column = 1;
		} else if ((c & 0xc0) != 0x80) {
			place.column++;
		}
	}
	return place;
}

/* Is the first thing on that line, behind its spaces, a tab? */
static bool
is_indented_by_tab(const struct reader *r, int64_t line)
{
	const char *p = r->text;

	for (; line > 1 && p != NULL; line--) {
		p = strchr(p, '\n');
		p = p == NULL ? NULL : p + 1;
	}
	return p != NULL && p[strspn(p, " ")] == '\t';
}

static bool
syntax_error(struct reader *r)
{
	const yaml_parser_t *p = &r->parser;
	struct place place = place_of(r, p->problem_mark);

	if (p->error == YAML_MEMORY_ERROR)
		arena_exhausted();
	if (p->error == YAML_READER_ERROR)
		place = place_at(r, p->problem_offset);
	else if (p->problem_mark.index >= r->length && p->context != NULL)
		place = place_of(r, p->context_mark); /* what does not end: where it begins */
	if (p->error == YAML_SCANNER_ERROR && is_indented_by_tab(r, place.line))
		return error_set_at(
		    r->err, ERR_USAGE, place, "the line is indented with a tab: YAML wants spaces");
	return error_set_at(r->err, ERR_USAGE, place, "not valid YAML: %s",
	    p->problem == NULL ? "unknown error" : p->problem);
}

static bool
refuse(struct reader *r, struct place place, const char *next, const char *message)
{
	(void)error_set_at(r->err, ERR_USAGE, place, "%s", message);
	return error_next(r->err, "%s", next);
}

static bool
copy_event(struct reader *r, const yaml_event_t *event, struct token *t)
{
	const yaml_char_t *anchor = NULL, *tag = NULL;

	*t = (struct token){ .type = event->type, .place = place_of(r, event->start_mark) };
	if (event->type == YAML_SCALAR_EVENT) {
		const char *value = (const char *)event->data.scalar.value;
		size_t length = event->data.scalar.length;

		anchor = event->data.scalar.anchor;
		tag = event->data.scalar.tag;
		t->text = arena_strndup(r->arena, value, length);
		t->empty = length == 0 && event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
		if (strlen(t->text) != length)
			return error_set_at(
			    r->err, ERR_USAGE, t->place, "the value contains a NUL character");
	} else if (event->type == YAML_SEQUENCE_START_EVENT) {
		anchor = event->data.sequence_start.anchor;
		tag = event->data.sequence_start.tag;
	} else if (event->type == YAML_MAPPING_START_EVENT) {
		anchor = event->data.mapping_start.anchor;
		tag = event->data.mapping_start.tag;
	}
	if (anchor != NULL || event->type == YAML_ALIAS_EVENT)
		return refuse(r, t->place, "Write the value itself in both places.",
		    "anchors and aliases are not supported");
	if (tag != NULL)
		return refuse(r, t->place, "Take the tag away: the setting knows its type.",
		    "tags are not supported");
	return true;
}

static bool
next_token(struct reader *r, struct token *t)
{
	yaml_event_t event;
	bool good;

	if (!yaml_parser_parse(&r->parser, &event))
		return syntax_error(r);
	good = copy_event(r, &event, t);
	yaml_event_delete(&event);
	return good;
}

static bool read_node(struct reader *r, const struct token *first, int depth, struct node **out);

static bool
read_list(struct reader *r, struct node *list, int depth)
{
	struct token t;

	for (;;) {
		if (!next_token(r, &t))
			return false;
		if (t.type == YAML_SEQUENCE_END_EVENT)
			return true;
		list->items =
		    arena_extend(r->arena, list->items, list->count, sizeof(*list->items));
		if (!read_node(r, &t, depth, &list->items[list->count++]))
			return false;
	}
}

static bool
read_map(struct reader *r, struct node *map, int depth)
{
	struct token t;

	for (;;) {
		struct pair *pair;

		if (!next_token(r, &t))
			return false;
		if (t.type == YAML_MAPPING_END_EVENT)
			return true;
		if (t.type != YAML_SCALAR_EVENT)
			return error_set_at(
			    r->err, ERR_USAGE, t.place, "a key must be a single word");
		map->pairs = arena_extend(r->arena, map->pairs, map->count, sizeof(*map->pairs));
		pair = &map->pairs[map->count++];
		if (!read_node(r, &t, depth, &pair->key) || !next_token(r, &t) ||
		    !read_node(r, &t, depth, &pair->value))
			return false;
	}
}

/* By name, and equal names as they stand in the file. */
static int
compare_pairs(const void *left, const void *right)
{
	const struct pair *a = left, *b = right;
	int order = strcmp(a->key->text, b->key->text);

	if (order == 0)
		order = (a->key->place.line > b->key->place.line) -
		    (a->key->place.line < b->key->place.line);
	if (order == 0)
		order = (a->key->place.column > b->key->place.column) -
		    (a->key->place.column < b->key->place.column);
	return order;
}

static bool
check_keys(struct reader *r, const struct node *map)
{
	struct pair *sorted = arena_copy(r->arena, map->pairs, map->count * sizeof(*sorted));

	if (map->count > 0)
		qsort(sorted, map->count, sizeof(*sorted), compare_pairs);
	for (size_t i = 1; i < map->count; i++)
		if (strcmp(sorted[i - 1].key->text, sorted[i].key->text) == 0)
			return refuse(r, sorted[i].key->place, "Remove one of the two.",
			    arena_printf(r->arena, "\"%s\" is given twice, first on line %lld",
				sorted[i].key->text, (long long)sorted[i - 1].key->place.line));
	return true;
}

static bool
read_node(struct reader *r, const struct token *first, int depth, struct node **out)
{
	struct node *node = arena_alloc(r->arena, sizeof(*node));

	*out = node;
	node->place = first->place;
	if (first->type == YAML_SCALAR_EVENT) {
		node->text = first->text;
		node->empty = first->empty;
		return true;
	}
	if (depth == DEPTH_MAX)
		return refuse(r, first->place,
		    "Settings stand side by side, groups of them one below.",
		    arena_printf(r->arena, "nested deeper than %d levels", DEPTH_MAX));
	if (first->type == YAML_SEQUENCE_START_EVENT) {
		node->kind = NODE_LIST;
		return read_list(r, node, depth + 1);
	}
	node->kind = NODE_MAP;
	return read_map(r, node, depth + 1) && check_keys(r, node);
}

/* The only document; an empty file is an empty map. */
static bool
read_document(struct reader *r, struct node **root)
{
	struct token t;

	if (!next_token(r, &t) || !next_token(r, &t)) /* the stream begins, a document too */
		return false;
	*root = arena_alloc(r->arena, sizeof(**root));
	(*root)->kind = NODE_MAP;
	if (t.type == YAML_STREAM_END_EVENT)
		return true;
	if (!next_token(r, &t))
		return false;
	if (!t.empty && !read_node(r, &t, 0, root))
		return false;
	if (!next_token(r, &t) || !next_token(r, &t)) /* the document ends, the stream too */
		return false;
	if (t.type != YAML_STREAM_END_EVENT)
		return refuse(r, t.place,
		    "Keep one; \"environments\" holds named sets, and --config chooses a file.",
		    "a second document begins here");
	if ((*root)->kind != NODE_MAP)
		return error_set_at(
		    r->err, ERR_USAGE, (*root)->place, "expected settings as \"name: value\"");
	return true;
}

static void
delete_parser(void *parser)
{
	yaml_parser_delete(parser);
}

bool
yaml_read(struct arena *a, const char *path, const char *text, size_t length, struct node **root,
    struct error *err)
{
	struct reader *r = arena_alloc(a, sizeof(*r));

	*r =
	    (struct reader){ .arena = a, .path = path, .text = text, .length = length, .err = err };
	if (!yaml_parser_initialize(&r->parser))
		arena_exhausted();
	arena_defer(a, delete_parser, &r->parser);
	yaml_parser_set_encoding(&r->parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&r->parser, (const unsigned char *)text, length);
	return read_document(r, root);
}

/* --- writing --- */

/* Some characters may not begin a plain text, others end it. */
static bool
is_plain(const char *text)
{
	size_t length = strlen(text);

	return length > 0 && strchr("*&!%@`'\"[]{}|>#?-,:=~ ", text[0]) == NULL &&
	    strstr(text, ": ") == NULL && strstr(text, " #") == NULL &&
	    strchr(": ", text[length - 1]) == NULL;
}

/* Control characters, and what is a line break or nothing at all to YAML: only as \x, \u. */
static bool
must_escape(uint32_t code)
{
	return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x2028 || code == 0x2029 ||
	    code == 0xfeff || code == 0xfffe || code == 0xffff;
}

static bool
has_escapes(const char *text)
{
	size_t length = strlen(text), size;
	uint32_t code;

	for (; length > 0; text += size, length -= size) {
		size = utf8_decode(text, length, &code);
		if (size == 0 || must_escape(code))
			return true;
	}
	return false;
}

static void
put_escaped(FILE *out, const char *text)
{
	size_t length = strlen(text), size;
	uint32_t code;

	putc('"', out);
	for (; length > 0; text += size, length -= size) {
		size = utf8_decode(text, length, &code);
		if (size == 0) {
			size = 1;
			fputs(
			    "\xef\xbf\xbd", out); /* U+FFFD: what is not UTF-8 cannot be written */
		} else if (must_escape(code)) {
			fprintf(out, code < 0x100 ? "\\x%02x" : "\\u%04x", (unsigned)code);
		} else {
			fprintf(out, "%s%.*s", code == '"' || code == '\\' ? "\\" : "", (int)size,
			    text);
		}
	}
	putc('"', out);
}

void
yaml_put(FILE *out, const char *text)
{
	if (has_escapes(text)) {
		put_escaped(out, text);
		return;
	}
	if (is_plain(text)) {
		fputs(text, out);
		return;
	}
	putc('\'', out);
	for (; *text != '\0'; text++)
		fputs(*text == '\'' ? "''" : (char[]){ *text, '\0' }, out);
	putc('\'', out);
}

const struct pair *
yaml_find(const struct node *map, const char *name)
{
	for (size_t i = 0; i < map->count; i++)
		if (strcmp(map->pairs[i].key->text, name) == 0)
			return &map->pairs[i];
	return NULL;
}
