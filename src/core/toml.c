/* SPDX-License-Identifier: MIT */
#include "core/toml.h"

#include <string.h>

#include "core/settings_file.h"

enum { DEPTH_MAX = 16 };

struct reader {
	struct arena *arena;
	const char *path;
	const char *p, *end; /* *end is a NUL */
	const char *line_start;
	int64_t line;
	struct error *err;
};

/* How a table came to be decides who may add to it. */
enum origin {
	ORIGIN_IMPLIED, /* [a.b] makes a */
	ORIGIN_HEADER, /* [a] */
	ORIGIN_DOTTED, /* a.b = 1 makes a */
	ORIGIN_INLINE /* a = {} */
};

/* Every map that is read here; the node stands first, so that either is the other. */
struct table {
	struct node node;
	enum origin origin;
};

static const char bare_letters[] =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
static const char word_letters[] =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+.:";

/* --- places --- */

static struct place
place_of(const struct reader *r, const char *p)
{
	struct place place = { .path = r->path, .line = r->line, .column = 1 };

	for (const char *q = r->line_start; q < p; q++)
		place.column += ((unsigned char)*q & 0xc0) != 0x80;
	return place;
}

static bool
refuse(struct reader *r, const char *p, const char *message)
{
	return error_set_at(r->err, ERR_USAGE, place_of(r, p), "not valid TOML: %s", message);
}

static bool
given_twice(struct reader *r, const struct node *key)
{
	(void)error_set_at(r->err, ERR_USAGE, key->place, "\"%s\" is given twice", key->text);
	return error_next(r->err, "Remove one of the two.");
}

static void
newline(struct reader *r)
{
	r->p++;
	r->line++;
	r->line_start = r->p;
}

static void
skip_blanks(struct reader *r)
{
	r->p += strspn(r->p, " \t");
}

/* Spaces and a comment, up to the end of the line. */
static bool
skip_rest(struct reader *r)
{
	skip_blanks(r);
	if (*r->p == '#')
		r->p += strcspn(r->p, "\r\n");
	if (*r->p == '\r' && r->p[1] == '\n')
		r->p++;
	return r->p == r->end || *r->p == '\n';
}

static void
skip_lines(struct reader *r)
{
	while (skip_rest(r) && r->p < r->end)
		newline(r);
}

/* --- nodes --- */

static struct node *
new_node(struct reader *r, enum node_kind kind, const char *at)
{
	struct node *node = arena_alloc(r->arena, sizeof(*node));

	node->kind = kind;
	node->place = place_of(r, at);
	return node;
}

static struct node *
new_table(struct reader *r, enum origin origin, struct place place)
{
	struct table *table = arena_alloc(r->arena, sizeof(*table));

	table->node.kind = NODE_MAP;
	table->node.place = place;
	table->origin = origin;
	return &table->node;
}

static enum origin
origin_of(const struct node *table)
{
	return ((const struct table *)table)->origin;
}

static void
add_pair(struct reader *r, struct node *map, struct node *key, struct node *value)
{
	map->pairs = arena_extend(r->arena, map->pairs, map->count, sizeof(*map->pairs));
	map->pairs[map->count++] = (struct pair){ .key = key, .value = value };
}

static void
add_item(struct reader *r, struct node *list, struct node *item)
{
	list->items = arena_extend(r->arena, list->items, list->count, sizeof(*list->items));
	list->items[list->count++] = item;
}

/* --- strings --- */

static bool
put_code(struct reader *r, uint32_t code, FILE *out)
{
	if (code == 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
		return refuse(r, r->p, "no such character");
	if (code < 0x80) {
		putc((int)code, out);
	} else if (code < 0x800) {
		putc((int)(0xc0 | code >> 6), out);
		putc((int)(0x80 | (code & 0x3f)), out);
	} else {
		if (code < 0x10000) {
			putc((int)(0xe0 | code >> 12), out);
		} else {
			putc((int)(0xf0 | code >> 18), out);
			putc((int)(0x80 | (code >> 12 & 0x3f)), out);
		}
		putc((int)(0x80 | (code >> 6 & 0x3f)), out);
		putc((int)(0x80 | (code & 0x3f)), out);
	}
	return true;
}

/* Behind \u or \U: so many hexadecimal digits. */
static bool
read_code(struct reader *r, size_t digits, FILE *out)
{
	static const char hex[] = "0123456789abcdef0123456789ABCDEF";
	uint32_t code = 0;

	for (size_t i = 0; i < digits; i++) {
		const char *digit = *r->p == '\0' ? NULL : strchr(hex, *r->p);

		if (digit == NULL)
			return refuse(r, r->p, "expected a hexadecimal digit");
		code = code << 4 | (uint32_t)(digit - hex) % 16;
		r->p++;
	}
	return put_code(r, code, out);
}

/* A backslash at the end of a line leaves out everything up to the next character. */
static bool
skip_line_end(struct reader *r)
{
	const char *backslash = r->p;

	r->p++;
	r->p += strspn(r->p, " \t\r");
	if (*r->p != '\n')
		return refuse(r, backslash, "unknown escape");
	while (r->p += strspn(r->p, " \t\r"), *r->p == '\n')
		newline(r);
	return true;
}

static bool
read_escape(struct reader *r, bool multiline, FILE *out)
{
	static const char letters[] = "btnfr\"\\", meant[] = "\b\t\n\f\r\"\\";
	char c = r->p[1];
	const char *letter = c == '\0' ? NULL : strchr(letters, c);

	if (multiline && c != '\0' && strchr(" \t\r\n", c) != NULL)
		return skip_line_end(r);
	if (letter == NULL && c != 'u' && c != 'U')
		return refuse(r, r->p, "unknown escape");
	r->p += 2;
	if (letter == NULL)
		return read_code(r, c == 'u' ? 4 : 8, out);
	putc(meant[letter - letters], out);
	return true;
}

/* Quotes at the end of a string of several lines: two more may belong to the string itself. */
static bool
ends_here(struct reader *r, char quote, size_t width, FILE *out)
{
	size_t count = 0;

	while (r->p[count] == quote)
		count++;
	if (count < width)
		return false;
	for (; width == 3 && count > 3 && count <= 5; count--) {
		putc(quote, out);
		r->p++;
	}
	r->p += width;
	return true;
}

static bool
read_string(struct reader *r, const char **text)
{
	struct arena_text *out = arena_text_new(r->arena);
	char quote = *r->p;
	bool multiline = r->p[1] == quote && r->p[2] == quote;
	size_t width = multiline ? 3 : 1;
	struct place place = place_of(r, r->p);

	r->p += width;
	if (multiline && *r->p == '\r' && r->p[1] == '\n')
		r->p++;
	if (multiline && *r->p == '\n')
		newline(r);
	while (!ends_here(r, quote, width, out->out)) {
		unsigned char c = (unsigned char)*r->p;

		if (r->p == r->end || (c == '\n' && !multiline))
			return error_set_at(
			    r->err, ERR_USAGE, place, "not valid TOML: the string has no end");
		if (c == '\\' && quote == '"') {
			if (!read_escape(r, multiline, out->out))
				return false;
			continue;
		}
		if ((c < 0x20 && strchr("\t\r\n", c) == NULL) || c == 0x7f)
			return refuse(r, r->p, "a control character in a string");
		putc(c, out->out);
		if (c == '\n')
			newline(r);
		else
			r->p++;
	}
	*text = arena_text_end(out);
	return true;
}

/* --- keys --- */

static bool
read_key(struct reader *r, struct node **out)
{
	size_t length = strspn(r->p, bare_letters);

	*out = new_node(r, NODE_SCALAR, r->p);
	if (length > 0) {
		(*out)->text = arena_strndup(r->arena, r->p, length);
		r->p += length;
		return true;
	}
	if (*r->p != '"' && *r->p != '\'')
		return refuse(r, r->p, "expected a key");
	if (r->p[1] == *r->p && r->p[2] == *r->p)
		return refuse(r, r->p, "a key cannot have several lines");
	return read_string(r, &(*out)->text);
}

/* a.b.c as a list. */
static bool
read_keys(struct reader *r, struct node **out)
{
	*out = new_node(r, NODE_LIST, r->p);
	for (;;) {
		struct node *key;

		skip_blanks(r);
		if (!read_key(r, &key))
			return false;
		add_item(r, *out, key);
		if ((*out)->count > DEPTH_MAX)
			return refuse(r, r->p, "nested too deep");
		skip_blanks(r);
		if (*r->p != '.')
			return true;
		r->p++;
	}
}

/* --- values --- */

static bool read_value(struct reader *r, int depth, struct node **out);

static bool
read_word(struct reader *r, struct node *value)
{
	size_t length = strspn(r->p, word_letters);
	char *word = arena_strndup(r->arena, r->p, length), *to = word;
	const char *behind_sign = word + strspn(word, "+-");
	bool named = strcmp(word, "true") == 0 || strcmp(word, "false") == 0 ||
	    strcmp(behind_sign, "inf") == 0 || strcmp(behind_sign, "nan") == 0;

	if (!named && (behind_sign > word + 1 || strspn(behind_sign, "0123456789") == 0))
		return refuse(r, r->p, "expected a value: text stands in quotes");
	for (const char *from = word; *from != '\0'; from++)
		if (*from != '_')
			*to++ = *from;
	*to = '\0';
	value->text = word;
	r->p += length;
	return true;
}

static bool
read_array(struct reader *r, int depth, struct node *list)
{
	r->p++;
	for (;;) {
		struct node *item;

		skip_lines(r);
		if (*r->p == ']')
			break;
		if (!read_value(r, depth + 1, &item))
			return false;
		add_item(r, list, item);
		skip_lines(r);
		if (*r->p == ',')
			r->p++;
		else if (*r->p != ']')
			return refuse(r, r->p, "expected \",\" or \"]\"");
	}
	r->p++;
	return true;
}

static bool put_pair(struct reader *r, struct node *table, int depth);

static bool
read_inline(struct reader *r, int depth, struct node *table)
{
	r->p++;
	skip_blanks(r);
	while (*r->p != '}') {
		if (!put_pair(r, table, depth + 1))
			return false;
		skip_blanks(r);
		if (*r->p == ',') {
			r->p++;
			skip_blanks(r);
			if (*r->p == '}')
				return refuse(r, r->p, "expected a key");
		} else if (*r->p != '}') {
			return refuse(r, r->p, "expected \",\" or \"}\"");
		}
	}
	r->p++;
	return true;
}

static bool
read_value(struct reader *r, int depth, struct node **out)
{
	if (depth > DEPTH_MAX)
		return refuse(r, r->p, "nested too deep");
	if (*r->p == '{') {
		*out = new_table(r, ORIGIN_INLINE, place_of(r, r->p));
		return read_inline(r, depth, *out);
	}
	*out = new_node(r, *r->p == '[' ? NODE_LIST : NODE_SCALAR, r->p);
	if (*r->p == '[')
		return read_array(r, depth, *out);
	if (*r->p == '"' || *r->p == '\'')
		return read_string(r, &(*out)->text);
	return read_word(r, *out);
}

/* --- tables --- */

/* The table that a key of a dotted one leads to, made when it is not there. */
static struct node *
enter_dotted(struct reader *r, struct node *table, struct node *key)
{
	const struct pair *pair = yaml_find(table, key->text);
	struct node *made;

	if (pair != NULL) {
		if (pair->value->kind == NODE_MAP && origin_of(pair->value) == ORIGIN_DOTTED)
			return pair->value;
		(void)given_twice(r, key);
		return NULL;
	}
	made = new_table(r, ORIGIN_DOTTED, key->place);
	add_pair(r, table, key, made);
	return made;
}

/* a.b = value */
static bool
put_pair(struct reader *r, struct node *table, int depth)
{
	struct node *keys, *value, *last;

	if (!read_keys(r, &keys))
		return false;
	last = keys->items[keys->count - 1];
	if (*r->p != '=')
		return refuse(r, r->p, "expected \"=\"");
	r->p++;
	skip_blanks(r);
	for (size_t i = 0; i + 1 < keys->count && table != NULL; i++)
		table = enter_dotted(r, table, keys->items[i]);
	if (table == NULL)
		return false;
	if (yaml_find(table, last->text) != NULL)
		return given_twice(r, last);
	if (!read_value(r, depth, &value))
		return false;
	add_pair(r, table, last, value);
	return true;
}

/* The same for a key of a header: there [[list]] stands for its last table. */
static struct node *
enter_header(struct reader *r, struct node *table, struct node *key)
{
	const struct pair *pair = yaml_find(table, key->text);
	struct node *found = pair == NULL ? NULL : pair->value;

	if (pair == NULL) {
		found = new_table(r, ORIGIN_IMPLIED, key->place);
		add_pair(r, table, key, found);
	}
	if (found->kind == NODE_LIST && found->count > 0)
		found = found->items[found->count - 1];
	if (found->kind == NODE_MAP && origin_of(found) != ORIGIN_INLINE)
		return found;
	(void)given_twice(r, key);
	return NULL;
}

/* [a.b]: the table becomes the one that follows. */
static struct node *
open_table(struct reader *r, struct node *parent, struct node *key)
{
	const struct pair *pair = yaml_find(parent, key->text);
	struct node *table;

	if (pair == NULL) {
		table = new_table(r, ORIGIN_HEADER, key->place);
		add_pair(r, parent, key, table);
		return table;
	}
	table = pair->value;
	if (table->kind != NODE_MAP || origin_of(table) != ORIGIN_IMPLIED) {
		(void)given_twice(r, key);
		return NULL;
	}
	((struct table *)table)->origin = ORIGIN_HEADER;
	return table;
}

/* [[a.b]]: one more table of a list.  Lists that are written as values are of no such tables. */
static struct node *
open_item(struct reader *r, struct node *parent, struct node *key)
{
	const struct pair *pair = yaml_find(parent, key->text);
	struct node *list, *table = new_table(r, ORIGIN_HEADER, key->place);

	if (pair == NULL) {
		list = new_node(r, NODE_LIST, r->p);
		add_pair(r, parent, key, list);
	} else {
		list = pair->value;
	}
	if (list->kind != NODE_LIST ||
	    (pair != NULL &&
		(list->count == 0 || list->items[0]->kind != NODE_MAP ||
		    origin_of(list->items[0]) != ORIGIN_HEADER))) {
		(void)given_twice(r, key);
		return NULL;
	}
	add_item(r, list, table);
	return table;
}

static bool
read_header(struct reader *r, struct node *root, struct node **table)
{
	bool item = r->p[1] == '[';
	struct node *keys, *parent = root, *last;

	r->p += item ? 2 : 1;
	if (!read_keys(r, &keys))
		return false;
	last = keys->items[keys->count - 1];
	if (strncmp(r->p, item ? "]]" : "]", item ? 2 : 1) != 0)
		return refuse(r, r->p, item ? "expected \"]]\"" : "expected \"]\"");
	r->p += item ? 2 : 1;
	for (size_t i = 0; i + 1 < keys->count && parent != NULL; i++)
		parent = enter_header(r, parent, keys->items[i]);
	if (parent == NULL)
		return false;
	*table = item ? open_item(r, parent, last) : open_table(r, parent, last);
	return *table != NULL;
}

/* --- the file --- */

bool
toml_read(struct arena *a, const char *path, const char *text, size_t length, struct node **root,
    struct error *err)
{
	size_t bom = length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
	struct reader r = { .arena = a, .path = path, .line = 1, .err = err };
	struct node *table;

	r.p = text + bom;
	r.end = text + length;
	r.line_start = r.p;
	*root = table = new_table(&r, ORIGIN_HEADER, place_of(&r, r.p));
	if (!settings_file_check(path, text, length, err))
		return false;
	for (skip_lines(&r); r.p < r.end; skip_lines(&r)) {
		if (!(*r.p == '[' ? read_header(&r, *root, &table) : put_pair(&r, table, 0)))
			return false;
		if (!skip_rest(&r))
			return refuse(&r, r.p, "expected the end of the line");
	}
	return true;
}
