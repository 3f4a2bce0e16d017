/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/json.h"
#include "cli/from_flyway.h"
#include "cli/newfile.h"
#include "cli/out.h"
#include "core/yaml.h"

static const char path[] = "migrate.yaml";

/* Makes a folder and those above it. */
static bool
make_folder(struct arena *a, const char *folder, bool *made, struct error *err)
{
	char *partial = arena_strdup(a, folder);

	*made = false;
	for (char *p = partial + 1; p[-1] != '\0'; p++) {
		char kept = *p;

		if (kept != '/' && kept != '\0')
			continue;
		*p = '\0';
		if (mkdir(partial, 0777) == 0)
			*made = true;
		else if (errno != EEXIST)
			return error_set(err, ERR_USAGE, "cannot create folder \"%s\": %s", partial,
			    strerror(errno));
		*p = kept;
	}
	return true;
}

/* Settings that stand for one run only have no place in the file. */
static bool
belongs_into_file(const struct config_setting *s)
{
	return strcmp(s->group, "Output") != 0 && strcmp(s->name, "directory") != 0;
}

static void
put_setting(FILE *out, struct arena *a, const struct config_setting *s)
{
	const char *key = config_key(a, s), *dot = strchr(key, '.');

	fprintf(out, "#%s%s:", dot == NULL ? "" : "  ", dot == NULL ? key : dot + 1);
	if (s->fallback != NULL) {
		putc(' ', out);
		yaml_put(out, s->fallback);
	}
	putc('\n', out);
}

/* Every setting with its default, behind a #: it takes only the removal of that to set one. */
static const char *
file_text(const struct context *c)
{
	struct arena_text *text = arena_text_new(c->arena);
	const struct config_list *folders = &c->config->directory;
	const char *group = "", *section = "";

	fputs("# Settings of migrate: \"migrate help settings\" and migrate.yaml(5) explain them.\n"
	      "# Values may use ${VARIABLE}.  The connection is also taken from DATABASE_URL and\n"
	      "# from libpq's own PGHOST, PGDATABASE, PGUSER, ...\n\ndirectory:\n",
	    text->out);
	for (size_t i = 0; i < folders->count; i++) {
		fputs("  - ", text->out);
		yaml_put(text->out, folders->items[i]);
		putc('\n', text->out);
	}
	for (const struct config_setting *s = config_settings(); s->name != NULL; s++) {
		size_t length = strcspn(s->name, ".");

		if (!belongs_into_file(s))
			continue;
		if (strcmp(group, s->group) != 0)
			fprintf(text->out, "\n# %s\n", s->group);
		group = s->group;
		if (s->name[length] == '.' && strncmp(section, s->name, length + 1) != 0)
			fprintf(text->out, "#%.*s:\n", (int)length, s->name);
		section = s->name;
		put_setting(text->out, c->arena, s);
	}
	fputs("\n# Sets of settings, chosen with --env NAME\n#environments:\n#  production:\n"
	      "#    url: ${PRODUCTION_URL}\n#    protected: true\n",
	    text->out);
	return arena_text_end(text);
}

static bool
write_file(const struct context *c, bool *made, struct error *err)
{
	*made = c->config->path == NULL && access(path, F_OK) != 0;
	return !*made || newfile_write(path, file_text(c), err);
}

static void
report(const struct context *c, const struct config_list *made)
{
	struct json *answer, *list;

	if (c->config->format != FORMAT_JSON) {
		for (size_t i = 0; i < made->count; i++) {
			out_put(stdout, made->items[i]);
			putchar('\n');
		}
		return;
	}
	answer = out_json(c, "init", NULL, NULL);
	list = json_new_array(c->arena);
	for (size_t i = 0; i < made->count; i++)
		json_push_text(list, made->items[i]);
	json_put(answer, "created", list);
	out_json_print(answer);
}

static bool
init_run(const struct context *c, int *status, struct error *err)
{
	const struct config_list *folders = &c->config->directory;
	struct config_list list = { 0 };
	bool made;

	*status = 0;
	if (command_option(c, "from-flyway") != NULL)
		return from_flyway(c, err);
	if (c->argument_count > 0)
		return error_set(err, ERR_USAGE, "files are read with --from-flyway only");
	for (size_t i = 0; i < folders->count; i++) {
		if (!make_folder(c->arena, folders->items[i], &made, err))
			return false;
		if (made)
			config_list_add(c->arena, &list, folders->items[i]);
		else
			event_note(c->sink, "\"%s\" is there already", folders->items[i]);
	}
	if (!write_file(c, &made, err))
		return false;
	if (made)
		config_list_add(c->arena, &list, path);
	else
		event_note(c->sink, "\"%s\" is there already",
		    c->config->path == NULL ? path : c->config->path);
	report(c, &list);
	return true;
}

static const struct command_option options[] = {
	{ .name = "from-flyway",
	    .help = "write migrate.yaml from flyway.toml or flyway.conf and FLYWAY_* variables" },
	{ .name = NULL },
};

const struct command cmd_init = {
	.name = "init",
	.args = "[FILE...]",
	.summary = "make the folder for migrations and migrate.yaml",
	.description =
	    "Makes what is missing: the folder (migrations, or what --directory says) and a "
	    "migrate.yaml with every setting and its default behind a \"#\".  What is there "
	    "already is left alone.  Prints what was made.\n\n"
	    "--from-flyway reads the files named, or those that Flyway itself would find, and "
	    "writes into migrate.yaml what has a meaning here; the rest is named with the "
	    "reason, there and on stderr.  No password is copied.  \"migrate help flyway\" lists "
	    "Flyway's settings.",
	.most_arguments = SIZE_MAX,
	.needs_config = true,
	.acts = true,
	.options = options,
	.run = init_run,
};
