/* SPDX-License-Identifier: MIT */
#include "core/settings_file.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

#include "base/utf8.h"
#include "core/severity.h"
#include "core/url.h"

enum { FILE_MAX_SIZE = 64 * 1024 };

static const char default_path[] = "migrate.yaml";

/* What is being put, for the functions below. */
struct filling {
	const struct settings_file *file;
	struct arena *arena;
	struct config *config;
	enum config_rank rank;
	bool checked_only; /* variables need not be set */
	struct error *err;
};

static bool
read_whole(struct arena *a, const char *path, FILE *file, const char **text, size_t *length,
    struct error *err)
{
	char *buffer = arena_alloc(a, FILE_MAX_SIZE + 2);
	int reason;

	*text = buffer;
	*length = fread(buffer, 1, FILE_MAX_SIZE + 1, file);
	reason = ferror(file) ? errno : 0;
	(void)fclose(file); /* at once: a hook must not inherit what may hold a password */
	if (reason != 0)
		return error_set(err, ERR_USAGE, "cannot read \"%s\": %s", path, strerror(reason));
	if (*length <= FILE_MAX_SIZE)
		return true;
	(void)error_set(err, ERR_USAGE, "\"%s\" is larger than %d kB", path, FILE_MAX_SIZE / 1024);
	return error_next(err, "Only settings belong into it.");
}

bool
settings_file_text(
    struct arena *a, const char *path, const char **text, size_t *length, struct error *err)
{
	FILE *file = fopen(path, "r");

	if (file == NULL)
		return error_set(err, ERR_USAGE, "cannot open \"%s\": %s", path, strerror(errno));
	return read_whole(a, path, file, text, length, err);
}

bool
settings_file_check(const char *path, const char *text, size_t length, struct error *err)
{
	struct place place = { .path = path, .line = 1, .column = 1 };

	for (size_t i = 0; i < length;) {
		uint32_t code = 0;
		size_t size = utf8_decode(text + i, length - i, &code);

		if (size == 0 || code == 0)
			return error_set_at(err, ERR_USAGE, place, "%s",
			    size == 0 ? "the text is not UTF-8" : "the text has a NUL character");
		place.column = code == '\n' ? 1 : place.column + 1;
		place.line += code == '\n';
		i += size;
	}
	return true;
}

bool
settings_file_read(struct arena *a, const char *path, char *const *environment,
    struct settings_file **out, struct error *err)
{
	struct settings_file *f = arena_alloc(a, sizeof(*f));
	const char *name = path == NULL ? default_path : path, *text;
	FILE *file = fopen(name, "r");
	struct stat st;
	size_t length;

	*out = NULL;
	if (file == NULL && errno == ENOENT && path == NULL)
		return true;
	if (file == NULL)
		return error_set(err, ERR_USAGE, "cannot open \"%s\": %s", name, strerror(errno));
	*f = (struct settings_file){
		.arena = a, .path = arena_strdup(a, name), .environment = environment
	};
	*out = f;
	if (fstat(fileno(file), &st) == 0)
		f->mode = st.st_mode & 0777;
	return read_whole(a, name, file, &text, &length, err) &&
	    yaml_read(a, f->path, text, length, &f->root, err);
}

/* --- scalars --- */

const char *
settings_file_variable(char *const *environment, const char *name, size_t length)
{
	for (; *environment != NULL; environment++)
		if (strncmp(*environment, name, length) == 0 && (*environment)[length] == '=')
			return *environment + length + 1;
	return NULL;
}

static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";

/* Writes what ${NAME} or ${NAME:-text} stands for; *p is behind the brace, and then behind it all. */
static bool
expand_one(struct filling *f, const struct node *node, const char **p, FILE *out)
{
	const char *name = *p, *end = strchr(*p, '}');
	size_t length = strspn(name, letters);
	const char *value = settings_file_variable(f->file->environment, name, length);
	bool has_default = strncmp(name + length, ":-", 2) == 0;

	if (end == NULL || length == 0 || (!has_default && name + length != end))
		return error_set_at(f->err, ERR_USAGE, node->place,
		    "\"${\" must be followed by the name of a variable and \"}\"; "
		    "write $${ for the characters themselves");
	*p = end + 1;
	if (has_default && (value == NULL || *value == '\0')) {
		fwrite(name + length + 2, 1, (size_t)(end - name) - length - 2, out);
		return true;
	}
	if (value == NULL)
		return error_set_at(f->err, ERR_USAGE, node->place,
		    "environment variable \"%.*s\" is not set", (int)length, name);
	fputs(value, out);
	return true;
}

/* The text of a scalar with its variables put in; NULL after an error. */
static const char *
expand(struct filling *f, const struct node *node)
{
	struct arena_text *out;
	const char *p = node->text;

	if (strstr(p, "${") == NULL)
		return p;
	out = arena_text_new(f->arena);
	while (*p != '\0') {
		if (strncmp(p, "$${", 3) == 0) {
			fputs("${", out->out);
			p += 3;
		} else if (strncmp(p, "${", 2) == 0) {
			p += 2;
			if (!expand_one(f, node, &p, out->out))
				return NULL;
		} else {
			putc(*p++, out->out);
		}
	}
	return arena_text_end(out);
}

/* A path as to be opened from the working directory. */
static const char *
beside_file(struct filling *f, const char *path)
{
	const char *slash = strrchr(f->file->path, '/');

	if (*path == '/' || *path == '\0' || slash == NULL)
		return path;
	return arena_printf(
	    f->arena, "%.*s%s", (int)(slash - f->file->path) + 1, f->file->path, path);
}

static struct config_source
source_at(struct filling *f, const struct node *node)
{
	return (struct config_source){
		.rank = f->rank,
		.origin =
		    arena_printf(f->arena, "%s:%lld", f->file->path, (long long)node->place.line),
		.place = node->place,
	};
}

static bool
expect_scalar(struct filling *f, const char *key, const struct node *node)
{
	if (node->kind != NODE_SCALAR)
		return error_set_at(f->err, ERR_USAGE, node->place,
		    "\"%s\" wants a single value, not a %s", key,
		    node->kind == NODE_LIST ? "list" : "group of settings");
	if (node->empty)
		return error_set_at(f->err, ERR_USAGE, node->place, "\"%s\" has no value", key);
	return true;
}

/* The text of a scalar; NULL: it is only checked here, and depends on a variable. */
static bool
read_scalar(struct filling *f, const char *key, const struct node *node, const char **text)
{
	*text = NULL;
	if (!expect_scalar(f, key, node))
		return false;
	if (f->checked_only && strstr(node->text, "${") != NULL)
		return true;
	*text = expand(f, node);
	return *text != NULL;
}

static bool
put_scalar(
    struct filling *f, const struct config_setting *s, const char *key, const struct node *node)
{
	struct config_source source = source_at(f, node);
	const char *text;

	if (!read_scalar(f, key, node, &text))
		return false;
	return text == NULL ||
	    values_put(f->config, s, s->path ? beside_file(f, text) : text, &source, f->err);
}

static bool
expect_map(struct filling *f, const char *key, const struct node *node)
{
	if (node->kind == NODE_MAP || (node->kind == NODE_SCALAR && node->empty))
		return true;
	return error_set_at(
	    f->err, ERR_USAGE, node->place, "\"%s\" wants lines of \"name: value\" below it", key);
}

/* --- an item that is a group: path, rules, fail_on --- */

static bool
blame_node(struct filling *f, const struct node *node)
{
	f->err->place = node->place;
	return false;
}

/* RULE=SEVERITY or fail_on=SEVERITY, behind a blank. */
static bool
add_member(struct filling *f, const struct pair *pair, FILE *out)
{
	const char *name = pair->key->text, *value;

	if (!read_scalar(f, name, pair->value, &value))
		return false;
	if (value == NULL)
		return true;
	if (!severity_check_member(name, value, f->err))
		return blame_node(f, pair->value);
	fprintf(out, " %s=%s", name, value);
	return true;
}

static bool
add_rules(struct filling *f, const struct pair *rules, FILE *out)
{
	if (!expect_map(f, rules->key->text, rules->value))
		return false;
	for (size_t i = 0; i < rules->value->count; i++) {
		const struct pair *pair = &rules->value->pairs[i];

		if (!severity_check_rule(arena_strdup(f->arena, pair->key->text), f->err))
			return blame_node(f, pair->key);
		if (!add_member(f, pair, out))
			return false;
	}
	return true;
}

static bool
unknown_member(struct filling *f, const char *key, const struct node *name)
{
	static const char *const names[] = { "path", "rules", "fail_on" };
	const char *nearest = config_nearest(name->text, names, sizeof(names) / sizeof(names[0]));

	(void)error_set_at(
	    f->err, ERR_USAGE, name->place, "\"%s\" has no setting \"%s\"", key, name->text);
	if (nearest != NULL)
		return error_next(f->err, "Did you mean \"%s\"?", nearest);
	return error_next(f->err, "There are path, rules and fail_on.");
}

static bool
add_path(struct filling *f, const char *key, const struct node *group, FILE *out)
{
	const struct pair *path = yaml_find(group, "path");
	const char *text;

	if (path == NULL)
		return error_set_at(
		    f->err, ERR_USAGE, group->place, "an item of \"%s\" needs a \"path\"", key);
	if (!read_scalar(f, path->key->text, path->value, &text))
		return false;
	if (text != NULL && text[strcspn(text, " \t\r\n")] != '\0')
		return error_set_at(f->err, ERR_USAGE, path->value->place,
		    "a path cannot have a blank: write ? for it");
	fputs(text == NULL ? "*" : text, out);
	return true;
}

/* It becomes the text that also the command line takes. */
static bool
put_group(
    struct filling *f, const struct config_setting *s, const char *key, const struct node *group)
{
	struct config_source source = source_at(f, group);
	struct arena_text *text = arena_text_new(f->arena);

	if (!add_path(f, key, group, text->out))
		return false;
	for (size_t i = 0; i < group->count; i++) {
		const struct pair *pair = &group->pairs[i];
		const char *name = pair->key->text;
		bool good = true;

		if (strcmp(name, "rules") == 0)
			good = add_rules(f, pair, text->out);
		else if (strcmp(name, "fail_on") == 0)
			good = add_member(f, pair, text->out);
		else if (strcmp(name, "path") != 0)
			good = unknown_member(f, key, pair->key);
		if (!good)
			return false;
	}
	return values_put(f->config, s, arena_text_end(text), &source, f->err);
}

/* --- lists and maps --- */

static bool
put_list(
    struct filling *f, const struct config_setting *s, const char *key, const struct node *node)
{
	struct config_source source = source_at(f, node);

	if (node->kind != NODE_LIST)
		return put_scalar(f, s, key, node);
	values_clear(f->config, s, &source);
	for (size_t i = 0; i < node->count; i++) {
		const struct node *item = node->items[i];
		bool group = s->grouped && item->kind == NODE_MAP;

		if (!(group ? put_group(f, s, key, item) : put_scalar(f, s, key, item)))
			return false;
	}
	return true;
}

static bool
put_map(struct filling *f, const struct config_setting *s, const char *key, const struct node *node)
{
	if (!expect_map(f, key, node))
		return false;
	for (size_t i = 0; i < node->count; i++) {
		const char *name = node->pairs[i].key->text, *text;
		struct config_source source = source_at(f, node->pairs[i].value);

		source.name_place = node->pairs[i].key->place;
		if (!read_scalar(f, name, node->pairs[i].value, &text))
			return false;
		if (text != NULL && !values_put_entry(f->config, s, name, text, &source, f->err))
			return false;
	}
	return true;
}

static bool
put_node(
    struct filling *f, const struct config_setting *s, const char *key, const struct node *node)
{
	if (s->type == CONFIG_MAP)
		return put_map(f, s, key, node);
	if (s->type == CONFIG_LIST)
		return put_list(f, s, key, node);
	return put_scalar(f, s, key, node);
}

/* The names that may stand in a group of settings ("" is the top), with what is special there. */
static void
known_names(struct arena *a, const char *group, const char *special, struct config_list *out)
{
	size_t prefix = strlen(group);

	*out = (struct config_list){ 0 };
	for (const struct config_setting *s = config_settings(); s->name != NULL; s++) {
		const char *key = config_key(a, s);

		if (strncmp(key, group, prefix) == 0)
			config_list_add(
			    a, out, arena_strndup(a, key + prefix, strcspn(key + prefix, ".")));
	}
	if (special != NULL)
		config_list_add(a, out, special);
}

static bool
unknown_key(struct filling *f, const struct node *key, const char *group, const char *special)
{
	struct config_list names;
	const char *nearest;

	known_names(f->arena, group, special, &names);
	nearest = config_nearest(key->text, names.items, names.count);
	(void)error_set_at(
	    f->err, ERR_USAGE, key->place, "unknown setting \"%s%s\"", group, key->text);
	if (nearest != NULL)
		return error_next(f->err, "Did you mean \"%s\"?", nearest);
	return false;
}

static const struct config_setting *
find_key(struct filling *f, const char *group, const char *name)
{
	const char *full = arena_printf(f->arena, "%s%s", group, name);

	for (const struct config_setting *s = config_settings(); s->name != NULL; s++)
		if (strcmp(config_key(f->arena, s), full) == 0)
			return strchr(name, '.') == NULL ? s : NULL;
	return NULL;
}

/* Is it the first half of names such as lint.fail_on? */
static bool
is_group(const char *name)
{
	size_t length = strlen(name);

	for (const struct config_setting *s = config_settings(); s->name != NULL; s++)
		if (strncmp(s->name, name, length) == 0 && s->name[length] == '.')
			return true;
	return false;
}

static bool put_settings(struct filling *f, const struct node *map, const char *group);

static bool
put_pair(struct filling *f, const struct pair *pair, const char *group)
{
	const char *name = pair->key->text;
	const struct config_setting *s = find_key(f, group, name);
	const char *special = f->rank == RANK_FILE ? "environments" : "protected";

	if (s != NULL)
		return put_node(f, s, name, pair->value);
	if (*group == '\0' && strchr(name, '.') == NULL && is_group(name))
		return expect_map(f, name, pair->value) &&
		    put_settings(f, pair->value, arena_printf(f->arena, "%s.", name));
	if (*group == '\0' && strcmp(name, special) == 0)
		return true;
	return unknown_key(f, pair->key, group, *group == '\0' ? special : NULL);
}

static bool
put_settings(struct filling *f, const struct node *map, const char *group)
{
	for (size_t i = 0; i < map->count; i++)
		if (!put_pair(f, &map->pairs[i], group))
			return false;
	return true;
}

static bool
put_protected(struct filling *f, const struct node *set)
{
	static const char key[] = "protected";
	const struct pair *pair = yaml_find(set, key);

	if (pair == NULL)
		return true;
	if (!expect_scalar(f, key, pair->value))
		return false;
	if (values_bool(pair->value->text, &f->config->protected, f->err))
		return true;
	f->err->place = pair->value->place;
	return error_at(f->err, "\"%s\"", key);
}

/* Values go nowhere, and what depends on the environment is left out. */
static bool
check_set(struct filling *f, const struct pair *set)
{
	struct arena *scratch = arena_new(f->arena);
	struct filling checking = *f;
	struct config config;
	bool good;

	checking.config = &config;
	checking.checked_only = true;
	values_init(scratch, &config);
	good = put_settings(&checking, set->value, "") && put_protected(&checking, set->value);
	arena_close(scratch);
	return good;
}

static bool
unknown_environment(struct filling *f, const struct node *sets, const char *name)
{
	const char **names = arena_alloc(f->arena, (sets->count + 1) * sizeof(*names));
	const char *nearest;

	for (size_t i = 0; i < sets->count; i++)
		names[i] = sets->pairs[i].key->text;
	nearest = config_nearest(name, names, sets->count);
	(void)error_set(f->err, ERR_USAGE, "\"%s\" has no environment \"%s\"", f->file->path, name);
	if (nearest != NULL)
		return error_next(f->err, "Did you mean \"%s\"?", nearest);
	return false;
}

/* All sets are checked, so that a mistake shows before the day it matters; one is put. */
bool
settings_file_put_set(
    const struct settings_file *file, const char *name, struct config *c, struct error *err)
{
	struct filling f = {
		.file = file, .arena = file->arena, .config = c, .rank = RANK_SET, .err = err
	};
	const struct pair *pair = yaml_find(file->root, "environments");
	const struct node none = { .kind = NODE_MAP };
	const struct node *sets = pair == NULL ? &none : pair->value;

	if (!expect_map(&f, "environments", sets))
		return false;
	for (size_t i = 0; i < sets->count; i++)
		if (!expect_map(&f, sets->pairs[i].key->text, sets->pairs[i].value) ||
		    !check_set(&f, &sets->pairs[i]))
			return false;
	pair = name == NULL ? NULL : yaml_find(sets, name);
	if (name != NULL && pair == NULL)
		return unknown_environment(&f, sets, name);
	return pair == NULL ||
	    (put_settings(&f, pair->value, "") && put_protected(&f, pair->value));
}

bool
settings_file_put(const struct settings_file *file, struct config *c, struct error *err)
{
	struct filling f = {
		.file = file, .arena = file->arena, .config = c, .rank = RANK_FILE, .err = err
	};

	return put_settings(&f, file->root, "");
}

/* --- who may read it --- */

/* Text that stands in the file itself, and not in a variable. */
static bool
is_literal(const char *text)
{
	return text != NULL && strstr(text, "${") == NULL;
}

static bool
holds_password(struct arena *a, const struct node *settings)
{
	const struct pair *password = yaml_find(settings, "password");
	const struct pair *url = yaml_find(settings, "url");
	struct connection c;

	if (password != NULL && is_literal(password->value->text))
		return true;
	return url != NULL && url->value->text != NULL &&
	    url_read(a, url->value->text, &c, error_new(a)) &&
	    is_literal(connection_get(&c, "password"));
}

static bool
any_holds_password(const struct settings_file *f)
{
	const struct pair *sets = yaml_find(f->root, "environments");

	if (holds_password(f->arena, f->root))
		return true;
	for (size_t i = 0; sets != NULL && i < sets->value->count; i++)
		if (holds_password(f->arena, sets->value->pairs[i].value))
			return true;
	return false;
}

void
settings_file_warn(const struct settings_file *f, struct config_list *warnings)
{
	if (f->mode & S_IWOTH)
		config_list_add(f->arena, warnings,
		    arena_printf(f->arena,
			"everybody may write \"%s\" (mode %04o), which says where the database is "
			"and what commands to run: chmod go-w",
			f->path, f->mode));
	if ((f->mode & (S_IRWXG | S_IRWXO)) && any_holds_password(f))
		config_list_add(f->arena, warnings,
		    arena_printf(f->arena,
			"others may read \"%s\" (mode %04o), and a password stands in it: chmod "
			"600, or write ${VARIABLE}, \"url_file\" or \"password_command\"",
			f->path, f->mode));
}
