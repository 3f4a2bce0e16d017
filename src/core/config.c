/* SPDX-License-Identifier: MIT */
#include "core/config.h"

#include <string.h>

#include "base/mask.h"
#include "core/hook.h"
#include "core/settings_file.h"
#include "core/url.h"
#include "core/values.h"

static const char prefix[] = "MIGRATE_";

/* A variable that is set, but to nothing, counts as not set: pipelines leave many such. */
static const char *
variable(char *const *environment, const char *name)
{
	const char *value = settings_file_variable(environment, name, strlen(name));

	return value == NULL || *value == '\0' ? NULL : value;
}

static bool
put_variable_list(struct config *c, const struct config_setting *s, const char *value,
    const struct config_source *source, struct error *err)
{
	for (;;) {
		size_t length, comma = strcspn(value, ",");

		while (*value == ' ') {
			value++;
			comma--;
		}
		length = comma;
		while (length > 0 && value[length - 1] == ' ')
			length--;
		if (!values_put(c, s, arena_strndup(c->arena, value, length), source, err))
			return false;
		if (value[comma] == '\0')
			return true;
		value += comma + 1;
	}
}

static void
warn_unknown(struct arena *a, const char *name, struct config_list *warnings)
{
	struct config_list known = { 0 };
	const char *nearest;

	/* Without the prefix, which would make all of them near. */
	for (const struct config_setting *s = config_settings(); s->name != NULL; s++)
		config_list_add(a, &known, config_variable(a, s) + strlen(prefix));
	nearest = config_nearest(name + strlen(prefix), known.items, known.count);
	if (nearest == NULL)
		config_list_add(
		    a, warnings, arena_printf(a, "unknown environment variable \"%s\"", name));
	else
		config_list_add(a, warnings,
		    arena_printf(a, "unknown environment variable \"%s\"; did you mean \"%s%s\"?",
			name, prefix, nearest));
}

/* Of a map, every variable that begins with its name. */
static const struct config_setting *
find_by_variable(struct arena *a, const char *name)
{
	for (const struct config_setting *s = config_settings(); s->name != NULL; s++) {
		const char *known = config_variable(a, s);
		size_t length = strlen(known);

		if (s->type == CONFIG_MAP
			? strncmp(known, name, length) == 0 && name[length] != '\0'
			: strcmp(known, name) == 0)
			return s;
	}
	return NULL;
}

static bool
put_variable(struct config *c, const char *name, const char *value, struct config_list *warnings,
    struct error *err)
{
	const struct config_setting *s = find_by_variable(c->arena, name);
	struct config_source source = { .rank = RANK_ENVIRONMENT, .origin = name };

	if (s == NULL) {
		warn_unknown(c->arena, name, warnings);
		return true;
	}
	if (s->type == CONFIG_MAP)
		return values_put_entry(
		    c, s, name + strlen(config_variable(c->arena, s)), value, &source, err);
	if (*value == '\0')
		return true;
	if (s->type == CONFIG_LIST)
		return put_variable_list(c, s, value, &source, err);
	return values_put(c, s, value, &source, err);
}

static bool
put_environment(
    struct config *c, char *const *environment, struct config_list *warnings, struct error *err)
{
	for (; *environment != NULL; environment++) {
		size_t length = strcspn(*environment, "=");
		const char *name = arena_strndup(c->arena, *environment, length);

		if ((*environment)[length] == '\0' || strncmp(name, prefix, strlen(prefix)) != 0 ||
		    strcmp(name, "MIGRATE_CONFIG") == 0 || strcmp(name, "MIGRATE_ENV") == 0 ||
		    hook_is_variable(name))
			continue;
		if (!put_variable(c, name, *environment + length + 1, warnings, err))
			return false;
	}
	return true;
}

static bool
put_arguments(
    struct config *c, const struct config_argument *arguments, size_t count, struct error *err)
{
	for (size_t i = 0; i < count; i++) {
		const struct config_setting *s = config_find(arguments[i].name);
		struct config_source source = {
			.rank = RANK_OPTION,
			.origin = config_option(c->arena, s),
		};

		if (!values_put(c, s, arguments[i].value, &source, err))
			return false;
	}
	return true;
}

/* Two ways to say one thing: the stronger source decides. */
static bool
choose_one(struct config *c, const char *name, const char *other, struct error *err)
{
	const struct config_source *a = values_source(c, name), *b = values_source(c, other);

	if (a->rank == RANK_DEFAULT || b->rank == RANK_DEFAULT)
		return true;
	if (a->rank != b->rank) {
		values_drop(c, a->rank < b->rank ? name : other);
		return true;
	}
	return error_set_at(err, ERR_USAGE, b->place, "both %s and %s are given: %s and %s",
	    config_key(c->arena, config_find(name)), config_key(c->arena, config_find(other)),
	    a->origin, b->origin);
}

static bool
finish(struct config *c, struct error *err)
{
	if (!choose_one(c, "url", "url-file", err) ||
	    !choose_one(c, "password", "password-command", err))
		return false;
	if (c->directory.count == 0)
		return error_set_at(err, ERR_USAGE, values_source(c, "directory")->place,
		    "\"directory\" names no folder");
	c->table_set = values_source(c, "table")->rank != RANK_DEFAULT;
	if (c->scratch_url != NULL)
		url_hide(c->arena, c->scratch_url);
	if (c->url == NULL)
		return true;
	c->url_from = values_source(c, "url")->origin;
	url_hide(c->arena, c->url);
	return true;
}

static bool
put_database_url(struct config *c, char *const *environment, struct error *err)
{
	static const struct config_source source = {
		.rank = RANK_DATABASE_URL,
		.origin = "DATABASE_URL",
	};
	const char *url = variable(environment, "DATABASE_URL");

	return url == NULL || values_put(c, config_find("url"), url, &source, err);
}

bool
config_load(struct arena *a, const char *path, const char *env_name, char *const *environment,
    const struct config_argument *arguments, size_t argument_count, struct config *config,
    struct config_list *warnings, struct error *err)
{
	struct settings_file *file;

	values_init(a, config);
	mask_add(variable(environment, "PGPASSWORD"));
	if (path == NULL)
		path = variable(environment, "MIGRATE_CONFIG");
	if (env_name == NULL)
		env_name = variable(environment, "MIGRATE_ENV");
	config->environment = env_name;
	if (!settings_file_read(a, path, environment, &file, err))
		return false;
	if (file == NULL && env_name != NULL)
		return error_set(err, ERR_USAGE,
		    "there is no migrate.yaml that could have an environment \"%s\"", env_name);
	config->path = file == NULL ? NULL : file->path;
	if (!((file == NULL || settings_file_put(file, config, err)) &&
		put_database_url(config, environment, err) &&
		(file == NULL || settings_file_put_set(file, env_name, config, err)) &&
		put_environment(config, environment, warnings, err) &&
		put_arguments(config, arguments, argument_count, err) && finish(config, err)))
		return false;
	if (file != NULL)
		settings_file_warn(file, warnings);
	return true;
}

bool
config_bare(struct arena *a, const struct config_argument *arguments, size_t argument_count,
    struct config *config, struct error *err)
{
	values_init(a, config);
	return put_arguments(config, arguments, argument_count, err) && finish(config, err);
}
