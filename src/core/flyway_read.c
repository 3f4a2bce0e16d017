/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "core/flyway.h"
#include "core/properties.h"
#include "core/settings_file.h"
#include "core/toml.h"

/* Where a text stands decides what ${...} means in it. */
enum dialect { DIALECT_CONF, DIALECT_TOML, DIALECT_VARIABLE };

struct reader {
	struct arena *arena;
	struct flyway_values *values;
	enum dialect dialect;
	struct error *err;
};

static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";

/* --- ${...} --- */

/* What stands at a place that begins with "${" or, in TOML, with "!${". */
struct reference {
	size_t length;
	const char *variable; /* its name; NULL: the characters ${ themselves */
	const char *foreign; /* what only Flyway can fill in, or NULL */
};

static struct reference
read_reference(struct reader *r, const char *text)
{
	const char *inner = text + 2, *end = strchr(text, '}');
	bool toml = r->dialect == DIALECT_TOML;
	size_t word = strspn(inner, letters);

	if (*text == '!')
		return (struct reference){ .length = 3 };
	if (r->dialect == DIALECT_VARIABLE || end == NULL || word == 0)
		return (struct reference){ .length = 2 };
	if (toml && strncmp(inner, "env.", 4) == 0) {
		inner += 4;
		word = strspn(inner, letters);
	} else if (toml && inner[word] == '.') {
		return (struct reference){ .length = (size_t)(end - text) + 1,
			.foreign = arena_strndup(r->arena, text, (size_t)(end - text) + 1) };
	} else if (toml) {
		return (struct reference){ .length = 2 };
	}
	if (word == 0 || inner[word] != '}')
		return (struct reference){ .length = 2 };
	return (struct reference){ .length = (size_t)(end - text) + 1,
		.variable = arena_strndup(r->arena, inner, word) };
}

/* A text in our own syntax, where $${ stands for the characters ${. */
static const char *
in_our_words(struct reader *r, const char *text, struct flyway_value *v)
{
	struct arena_text *out = arena_text_new(r->arena);
	const char *begin = text;

	while (*text != '\0') {
		bool escaped = r->dialect == DIALECT_TOML && strncmp(text, "!${", 3) == 0;
		struct reference found;

		if (!escaped && strncmp(text, "${", 2) != 0) {
			putc(*text++, out->out);
			continue;
		}
		found = read_reference(r, text);
		if (found.foreign != NULL)
			v->foreign = found.foreign;
		if (found.variable != NULL && text > begin && text[-1] == '$')
			v->foreign = "a \"$\" before a variable"; /* $${ means something else */
		if (found.variable != NULL)
			fprintf(out->out, "${%s}", found.variable);
		else
			fputs("$${", out->out);
		v->variable = v->variable || found.variable != NULL;
		text += found.length;
	}
	return arena_text_end(out);
}

/* --- values --- */

/* Items between commas, without the blanks around them. */
static void
add_items(struct reader *r, const char *text, struct flyway_value *v)
{
	const char *blanks = " \t\r\n";

	while (*text != '\0') {
		size_t length = strcspn(text, ",");
		const char *next = text + length + (text[length] == ',');
		size_t indent = strspn(text, blanks);

		indent = indent < length ? indent : length;
		text += indent;
		length -= indent;
		while (length > 0 && strchr(blanks, text[length - 1]) != NULL)
			length--;
		if (length > 0)
			config_list_add(r->arena, &v->items,
			    in_our_words(r, arena_strndup(r->arena, text, length), v));
		text = next;
	}
}

static void
add_text(struct reader *r, const char *text, struct flyway_value *v)
{
	const struct flyway_setting *s = flyway_setting_find(v->name);

	if (s != NULL && s->list)
		add_items(r, text, v);
	else
		config_list_add(r->arena, &v->items, in_our_words(r, text, v));
}

/* Without a value it is as if it were not given; but a placeholder may stand for nothing. */
static void
add_value(struct reader *r, const struct flyway_value *v)
{
	const struct flyway_setting *s = flyway_setting_find(v->name);
	bool empty = v->items.count == 0 || (v->items.count == 1 && *v->items.items[0] == '\0');

	if (!empty || (s != NULL && s->map))
		flyway_add(r->values, v);
}

/* --- flyway.conf --- */

static bool
read_conf(struct reader *r, const char *path, const char *text, size_t length)
{
	struct node *map;

	if (!properties_read(r->arena, path, text, length, &map, r->err))
		return false;
	for (size_t i = 0; i < map->count; i++) {
		const struct node *key = map->pairs[i].key;
		bool ours = strncmp(key->text, "flyway.", 7) == 0;
		struct flyway_value v = { .name = key->text + (ours ? 7 : 0),
			.spelled = key->text,
			.place = key->place };

		if (!ours)
			v.name = arena_printf(r->arena, "[%s]", key->text);
		add_text(r, map->pairs[i].value->text, &v);
		add_value(r, &v);
	}
	return true;
}

/* --- flyway.toml --- */

static bool
read_leaf(struct reader *r, const struct node *node, struct flyway_value *v)
{
	if (node->kind == NODE_SCALAR)
		add_text(r, node->text, v);
	for (size_t i = 0; node->kind == NODE_LIST && i < node->count; i++) {
		const struct node *item = node->items[i];

		if (item->kind != NODE_SCALAR)
			return error_set_at(r->err, ERR_USAGE, item->place,
			    "expected a list of texts in \"%s\"", v->spelled);
		config_list_add(r->arena, &v->items, in_our_words(r, item->text, v));
	}
	add_value(r, v);
	return true;
}

/* All that stands in a table, and in those below it; spelled is the way there. */
static bool
read_table(struct reader *r, const struct node *table, const char *set, const char *prefix,
    const char *way)
{
	for (size_t i = 0; i < table->count; i++) {
		const struct node *key = table->pairs[i].key, *node = table->pairs[i].value;
		struct flyway_value v = {
			.name = arena_printf(r->arena, "%s%s", prefix, key->text),
			.spelled = arena_printf(r->arena, "%s.%s", way, key->text),
			.set = set,
			.place = key->place,
		};
		const char *below = arena_printf(r->arena, "%s.", v.name);

		if (set != NULL && strcmp(v.name, "flyway") == 0)
			below = ""; /* [environments.NAME.flyway] */
		else if (set != NULL && strcmp(v.name, "resolvers") == 0)
			below = "propertyResolvers.";
		if (!(node->kind == NODE_MAP ? read_table(r, node, set, below, v.spelled)
					     : read_leaf(r, node, &v)))
			return false;
	}
	return true;
}

static bool
read_sets(struct reader *r, const struct node *sets)
{
	for (size_t i = 0; i < sets->count; i++) {
		const struct node *name = sets->pairs[i].key, *set = sets->pairs[i].value;
		const struct config_list *known = &r->values->sets;

		if (set->kind != NODE_MAP)
			return error_set_at(r->err, ERR_USAGE, set->place,
			    "expected a table in \"environments.%s\"", name->text);
		if (!text_is_among(name->text, known->items, known->count))
			config_list_add(r->arena, &r->values->sets, name->text);
		if (!read_table(r, set, name->text, "",
			arena_printf(r->arena, "environments.%s", name->text)))
			return false;
	}
	return true;
}

static bool
read_toml(struct reader *r, const char *path, const char *text, size_t length)
{
	struct node *root;

	if (!toml_read(r->arena, path, text, length, &root, r->err))
		return false;
	for (size_t i = 0; i < root->count; i++) {
		const struct node *key = root->pairs[i].key, *node = root->pairs[i].value;
		struct flyway_value other = {
			.name = arena_printf(r->arena, "[%s]", key->text),
			.spelled = key->text,
			.place = key->place,
		};
		bool good = true;

		if (node->kind == NODE_MAP && strcmp(key->text, "flyway") == 0)
			good = read_table(r, node, NULL, "", "flyway");
		else if (node->kind == NODE_MAP && strcmp(key->text, "environments") == 0)
			good = read_sets(r, node);
		else
			flyway_add(r->values, &other);
		if (!good)
			return false;
	}
	return true;
}

/* --- files --- */

static bool
is_toml(const char *path)
{
	size_t length = strlen(path);

	return length > 5 && strcmp(path + length - 5, ".toml") == 0;
}

static bool
read_file(struct reader *r, const char *path)
{
	const char *text;
	size_t length;

	if (!settings_file_text(r->arena, path, &text, &length, r->err))
		return false;
	config_list_add(r->arena, &r->values->sources, path);
	r->dialect = is_toml(path) ? DIALECT_TOML : DIALECT_CONF;
	return is_toml(path) ? read_toml(r, path, text, length) : read_conf(r, path, text, length);
}

struct files {
	struct config_list toml, conf;
};

static void
add_file(struct arena *a, struct files *files, const char *path)
{
	config_list_add(a, is_toml(path) ? &files->toml : &files->conf, path);
}

/* In the home first; the folder that Flyway is installed in is not known here. */
static void
find_files(struct arena *a, char *const *environment, struct files *files)
{
	static const char *const names[] = { "flyway.toml", "flyway.user.toml", "flyway.conf" };
	const char *home = settings_file_variable(environment, "HOME", 4);
	char here[4096];
	const char *folders[2] = { home, "" };

	if (home != NULL && getcwd(here, sizeof(here)) != NULL && strcmp(home, here) == 0)
		folders[0] = NULL;
	for (size_t i = 0; i < 2; i++) {
		for (size_t j = 0; folders[i] != NULL && j < sizeof(names) / sizeof(*names); j++) {
			const char *path = file_join(a, folders[i], names[j]);

			if (access(path, F_OK) == 0)
				add_file(a, files, path);
		}
	}
}

/* What is named beside files of the other kind is an error, for Flyway too. */
static bool
choose_files(struct reader *r, const struct config_list *given, char *const *environment,
    struct config_list *out)
{
	static const char variable[] = "FLYWAY_CONFIG_FILES";
	const char *more = settings_file_variable(environment, variable, strlen(variable));
	struct files files = { 0 };
	struct flyway_value named = { .items = *given };

	if (given->count == 0) {
		find_files(r->arena, environment, &files);
		r->dialect = DIALECT_VARIABLE;
		add_items(r, more == NULL ? "" : more, &named);
	}
	r->values->passed_over = files.toml.count > 0 ? files.conf : (struct config_list){ 0 };
	if (files.toml.count > 0)
		files.conf.count = 0;
	for (size_t i = 0; i < named.items.count; i++)
		add_file(r->arena, &files, named.items.items[i]);
	if (files.toml.count > 0 && files.conf.count > 0)
		return error_set(r->err, ERR_USAGE,
		    "\"%s\" and \"%s\" cannot be read together: Flyway takes files of one kind",
		    files.toml.items[0], files.conf.items[0]);
	*out = files.toml.count > 0 ? files.toml : files.conf;
	return true;
}

/* --- the environment --- */

/* FLYWAY_PLACEHOLDERS_X is the placeholder x. */
static const char *
small(struct arena *a, const char *text)
{
	char *copy = arena_strdup(a, text);

	for (char *p = copy; *p != '\0'; p++)
		*p = (char)tolower((unsigned char)*p);
	return copy;
}

static void
read_variable(struct reader *r, const char *text)
{
	size_t length = strcspn(text, "=");
	const char *variable = arena_strndup(r->arena, text, length);
	struct flyway_value v = { .spelled = variable };

	v.name = arena_printf(r->arena, "[%s]", variable);
	for (const struct flyway_setting *s = flyway_settings(); s->name != NULL; s++) {
		const char *known = flyway_variable(r->arena, s);
		size_t prefix = strlen(known);

		if (!s->map && strcmp(variable, known) == 0)
			v.name = s->name;
		else if (s->map && strncmp(variable, known, prefix) == 0)
			v.name = arena_printf(r->arena, "%s.%s", s->name,
			    s->put == NULL ? small(r->arena, variable + prefix)
					   : variable + prefix);
	}
	add_text(r, text + length + 1, &v);
	add_value(r, &v);
}

static void
read_variables(struct reader *r, char *const *environment)
{
	bool any = false;

	r->dialect = DIALECT_VARIABLE;
	for (; *environment != NULL; environment++) {
		if (strncmp(*environment, "FLYWAY_", 7) != 0)
			continue;
		read_variable(r, *environment);
		any = true;
	}
	if (any)
		config_list_add(r->arena, &r->values->sources, "FLYWAY_* variables");
}

/* --- the environment of Flyway that is in force --- */

static const char *
name_in_force(const struct flyway_values *values, char *const *environment)
{
	static const char variable[] = "FLYWAY_ENVIRONMENT";
	const char *name = settings_file_variable(environment, variable, strlen(variable));
	const struct flyway_value *v = flyway_find(values, NULL, "environment");

	if (name != NULL && *name != '\0')
		return name;
	return v == NULL ? "default" : v->items.items[0];
}

/* Its settings stand outside of all sets, in place of those of [flyway]. */
static bool
lift_set(struct reader *r, const char *name)
{
	struct flyway_values *values = r->values;
	struct flyway_value **list = values->list;
	struct config_list sets = values->sets;
	size_t count = values->count;
	bool is_default = strcmp(name, "default") == 0;

	if (!is_default && !text_is_among(name, sets.items, sets.count))
		return error_set(r->err, ERR_USAGE, "there is no [environments.%s]", name);
	values->in_force = is_default ? NULL : name;
	values->sets = (struct config_list){ 0 };
	for (size_t i = 0; i < sets.count; i++)
		if (strcmp(sets.items[i], name) != 0)
			config_list_add(r->arena, &values->sets, sets.items[i]);
	values->list = NULL;
	values->count = 0;
	for (size_t i = 0; i < count; i++)
		if (!text_is(list[i]->set, name))
			flyway_add(values, list[i]);
	for (size_t i = 0; i < count; i++) {
		if (!text_is(list[i]->set, name))
			continue;
		list[i]->set = NULL;
		flyway_add(values, list[i]);
	}
	return true;
}

bool
flyway_read(struct arena *a, const struct config_list *files, char *const *environment,
    struct flyway_values *out, struct error *err)
{
	struct reader r = { .arena = a, .values = out, .err = err };
	struct config_list chosen = { 0 };

	*out = (struct flyway_values){ .arena = a };
	if (!choose_files(&r, files, environment, &chosen))
		return false;
	for (size_t i = 0; i < chosen.count; i++)
		if (!read_file(&r, chosen.items[i]))
			return false;
	if (!lift_set(&r, name_in_force(out, environment)))
		return false;
	read_variables(&r, environment);
	if (out->sources.count > 0)
		return true;
	(void)error_set(
	    err, ERR_USAGE, "found no flyway.toml, no flyway.conf and no FLYWAY_* variable");
	return error_next(err, "Name the file: migrate init --from-flyway FILE.");
}
