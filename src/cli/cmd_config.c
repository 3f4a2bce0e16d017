/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/mask.h"
#include "cli/out.h"

static struct json *
setting_json(struct arena *a, const struct config *config, const struct config_setting *s)
{
	struct json *setting = json_new_object(a);

	json_put_text(setting, "name", config_key(a, s));
	json_put_text(setting, "value", config_value(a, config, s));
	json_put_text(setting, "origin", config_origin(config, s));
	return setting;
}

static void
print_json(const struct context *c)
{
	struct json *answer = out_json(c, "config", NULL, NULL), *list = json_new_array(c->arena);

	for (const struct config_setting *s = config_settings(); s->name != NULL; s++)
		json_push(list, setting_json(c->arena, c->config, s));
	json_put_text(answer, "file", c->config->path);
	json_put_text(answer, "environment", c->config->environment);
	json_put_bool(answer, "protected", c->config->protected);
	json_put(answer, "settings", list);
	out_json_print(answer);
}

static void
add_row(struct arena *a, struct out_table *table, const char *name, const char *value,
    const char *origin)
{
	const char *row[] = { name, value, origin };

	out_table_add(a, table, row);
}

/* The entries of a map come from different places, so each has a row of its own. */
static void
add_map(struct arena *a, struct out_table *table, const char *key, const struct config_map *map)
{
	for (size_t i = 0; i < map->count; i++)
		add_row(a, table, arena_printf(a, "%s.%s", key, map->pairs[i].name),
		    map->pairs[i].secret ? "********" : map->pairs[i].value, map->pairs[i].origin);
}

static void
print_text(const struct context *c)
{
	struct out_table table = { .columns = 3, .elastic = 1 };

	add_row(c->arena, &table, "Setting", "Value", "From");
	for (const struct config_setting *s = config_settings(); s->name != NULL; s++) {
		const char *key = config_key(c->arena, s);

		if (s->type == CONFIG_MAP && config_map(c->config, s)->count > 0)
			add_map(c->arena, &table, key, config_map(c->config, s));
		else
			add_row(c->arena, &table, key, config_value(c->arena, c->config, s),
			    config_origin(c->config, s));
	}
	out_table_print(stdout, &table);
	if (c->config->environment != NULL)
		printf("environment %s%s\n", mask_escape(c->arena, c->config->environment, 0),
		    c->config->protected ? ", protected" : "");
}

static bool
config_run(const struct context *c, int *status, struct error *err)
{
	*status = 0;
	(void)err; /* the settings are loaded already */
	if (c->config->format == FORMAT_JSON)
		print_json(c);
	else
		print_text(c);
	return true;
}

const struct command cmd_config = {
	.name = "config",
	.args = "",
	.summary = "show every setting in force and where it came from",
	.description =
	    "Prints the value of every setting and its source: a line of migrate.yaml, a "
	    "variable of the environment, an option, or the default.  Passwords are "
	    "hidden.",
	.needs_config = true,
	.run = config_run,
};
