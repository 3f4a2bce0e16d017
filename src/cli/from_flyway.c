/* SPDX-License-Identifier: MIT */
#include "cli/from_flyway.h"

#include <string.h>
#include <sys/stat.h>

#include "base/text.h"
#include "cli/newfile.h"
#include "cli/out.h"
#include "core/flyway.h"
#include "core/yaml.h"

static const char path[] = "migrate.yaml";

/* What is written, and how far its lines are indented. */
struct page {
	struct arena *arena;
	const struct flyway_values *values;
	const struct flyway_result *result;
	FILE *out;
	const char *indent;
};

/* --- settings --- */

static void
put_items(struct page *p, const struct flyway_line *line)
{
	for (size_t i = 0; i < line->items.count; i++) {
		fprintf(p->out, "%s  - ", p->indent);
		yaml_put(p->out, line->items.items[i]);
		putc('\n', p->out);
	}
}

/* The key of a map is written with its first entry. */
static void
put_line(struct page *p, const struct flyway_line *line, bool first)
{
	const char *key = config_key(p->arena, line->setting);

	if (first)
		fprintf(p->out, "%s%s:", p->indent, key);
	if (line->setting->type == CONFIG_LIST) {
		putc('\n', p->out);
		put_items(p, line);
		return;
	}
	if (line->entry != NULL) {
		fprintf(p->out, "%s%s  ", first ? "\n" : "", p->indent);
		yaml_put(p->out, line->entry);
		putc(':', p->out);
	}
	putc(' ', p->out);
	yaml_put(p->out, line->items.items[0]);
	putc('\n', p->out);
}

/* The lines of a set, in the order of the table of settings. */
static void
put_set(struct page *p, const char *set)
{
	const struct flyway_result *r = p->result;

	for (const struct config_setting *s = config_settings(); s->name != NULL; s++) {
		bool first = true;

		for (size_t i = 0; i < r->line_count; i++) {
			const struct flyway_line *line = &r->lines[i];

			if (line->setting != s || !text_same(line->set, set))
				continue;
			put_line(p, line, first);
			first = false;
		}
	}
}

static bool
set_has_lines(const struct page *p, const char *set)
{
	for (size_t i = 0; i < p->result->line_count; i++)
		if (text_is(p->result->lines[i].set, set))
			return true;
	return false;
}

static void
put_sets(struct page *p)
{
	const struct config_list *sets = &p->values->sets;

	if (sets->count == 0 && p->values->in_force == NULL)
		return;
	fputs("\nenvironments:\n", p->out);
	if (p->values->in_force != NULL) {
		fputs("  ", p->out);
		yaml_put(p->out, p->values->in_force);
		fputs(": {} # its settings are those above\n", p->out);
	}
	for (size_t i = 0; i < sets->count; i++) {
		fputs("  ", p->out);
		yaml_put(p->out, sets->items[i]);
		fputs(set_has_lines(p, sets->items[i]) ? ":\n" : ": {}\n", p->out);
		p->indent = "    ";
		put_set(p, sets->items[i]);
	}
}

/* --- what was left out --- */

/* "flyway.toml:3: cleanDisabled: why" */
static const char *
left_text(struct arena *a, const struct flyway_left *left)
{
	const char *place = left->place.path == NULL
	    ? ""
	    : arena_printf(a, "%s:%lld: ", left->place.path, (long long)left->place.line);

	return arena_printf(a, "%s%s: %s", place, left->spelled, left->why);
}

static void
put_left(struct page *p)
{
	if (p->result->left_count == 0)
		return;
	fputs("\n# Left out:\n", p->out);
	for (size_t i = 0; i < p->result->left_count; i++) {
		fputs("#   ", p->out);
		out_put(p->out, left_text(p->arena, &p->result->left[i]));
		putc('\n', p->out);
	}
}

static const char *
page_text(struct arena *a, const struct flyway_values *values, const struct flyway_result *result)
{
	struct arena_text *text = arena_text_new(a);
	struct page p = {
		.arena = a, .values = values, .result = result, .out = text->out, .indent = ""
	};

	fputs("# Made by \"migrate init --from-flyway\" from ", p.out);
	for (size_t i = 0; i < values->sources.count; i++) {
		fputs(i == 0 ? "" : ", ", p.out);
		out_put(p.out, values->sources.items[i]);
	}
	fputs(
	    ".\n# \"migrate help settings\" and migrate.yaml(5) explain the settings.\n\n", p.out);
	put_set(&p, NULL);
	put_sets(&p);
	put_left(&p);
	return arena_text_end(text);
}

/* --- the command --- */

static void
say(const struct context *c, const struct flyway_values *values, const struct flyway_result *result)
{
	for (size_t i = 0; i < values->passed_over.count; i++)
		event_warning(c->sink,
		    "\"%s\" was not read: there is a flyway.toml, and then Flyway does not either",
		    values->passed_over.items[i]);
	for (size_t i = 0; i < result->left_count; i++)
		event_note(c->sink, "%s", left_text(c->arena, &result->left[i]));
}

/* Folders that Flyway searches and that are not there; it passes over them, we do not. */
static void
say_folders(const struct context *c, const struct flyway_result *result)
{
	struct stat st;

	for (size_t i = 0; i < result->line_count; i++) {
		const struct flyway_line *line = &result->lines[i];

		for (size_t j = 0; j < line->items.count; j++)
			if (strcmp(line->setting->name, "directory") == 0 &&
			    strstr(line->items.items[j], "${") == NULL &&
			    stat(line->items.items[j], &st) != 0)
				event_warning(
				    c->sink, "there is no folder \"%s\"", line->items.items[j]);
	}
}

static void
answer(const struct context *c, const struct flyway_result *result)
{
	struct json *whole, *list;

	if (c->config->format != FORMAT_JSON) {
		puts(path);
		event_note(c->sink, "run \"migrate status\" next");
		return;
	}
	whole = out_json(c, "init", NULL, NULL);
	list = json_new_array(c->arena);
	json_push_text(list, path);
	json_put(whole, "created", list);
	list = json_new_array(c->arena);
	for (size_t i = 0; i < result->left_count; i++) {
		const struct flyway_left *left = &result->left[i];
		struct json *item = json_new_object(c->arena);

		json_put_text(item, "setting", left->spelled);
		json_put_text(item, "path", left->place.path);
		if (left->place.path == NULL)
			json_put_null(item, "line");
		else
			json_put_integer(item, "line", left->place.line);
		json_put_text(item, "reason", left->why);
		json_push(list, item);
	}
	json_put(whole, "leftOut", list);
	out_json_print(whole);
}

bool
from_flyway(const struct context *c, struct error *err)
{
	struct config_list files = { .items = (const char **)c->arguments,
		.count = c->argument_count };
	struct flyway_values values;
	struct flyway_result result;

	if (c->config->path != NULL) {
		(void)error_set(err, ERR_USAGE, "\"%s\" is there already", c->config->path);
		return error_next(err, "Move it away, and bring both together by hand.");
	}
	if (!flyway_read(c->arena, &files, c->environment, &values, err) ||
	    !flyway_translate(&values, &result, err) ||
	    !newfile_write(path, page_text(c->arena, &values, &result), err))
		return false;
	say(c, &values, &result);
	say_folders(c, &result);
	answer(c, &result);
	return true;
}

void
from_flyway_help(FILE *out)
{
	struct arena *a = arena_new(NULL);
	struct out_table table = { .columns = 4, .elastic = 3 };
	const char *head[] = { "flyway.*", "Environment", "migrate.yaml", "" };

	out_table_add(a, &table, head);
	for (const struct flyway_setting *s = flyway_settings(); s->name != NULL; s++) {
		const char *variable = flyway_variable(a, s);
		const char *cells[] = {
			s->map ? arena_printf(a, "%s.NAME", s->name) : s->name,
			s->map ? arena_printf(a, "%sNAME", variable) : variable,
			s->ours == NULL ? "-" : s->ours,
			s->same == NULL ? s->why
					: arena_printf(a, "%s here; else: %s", s->same, s->why),
		};

		out_table_add(a, &table, cells);
	}
	out_table_print(out, &table);
	arena_close(a);
}
