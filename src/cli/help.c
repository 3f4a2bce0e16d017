/* SPDX-License-Identifier: MIT */
#include "cli/help.h"

#include <string.h>

#include "cli/options.h"

enum { WIDTH = 80, TERM_COLUMN = 2, TEXT_COLUMN = 26 };

static void
fill(FILE *out, size_t columns)
{
	fprintf(out, "%*s", (int)columns, "");
}

/* Words from column on, the lines behind the first indented; a line ends it. */
static void
put_words(FILE *out, const char *text, size_t column, size_t indent)
{
	while (*text != '\0') {
		size_t length = strcspn(text, " \n");

		if (column > indent && column + 1 + length > WIDTH) {
			putc('\n', out);
			fill(out, indent);
			column = indent;
		} else if (column > indent) {
			putc(' ', out);
			column++;
		}
		fwrite(text, 1, length, out);
		column += length;
		text += length;
		text += strspn(text, " \n");
	}
	putc('\n', out);
}

/* A term with its explanation beside it, or below it when it is long. */
static void
put_term(FILE *out, const char *term, const char *text)
{
	size_t column = TERM_COLUMN + strlen(term);

	fill(out, TERM_COLUMN);
	fputs(term, out);
	if (column + 2 > TEXT_COLUMN) {
		putc('\n', out);
		column = 0;
	}
	fill(out, TEXT_COLUMN - column);
	put_words(out, text, TEXT_COLUMN, TEXT_COLUMN);
}

void
help_text(FILE *out, const char *text)
{
	struct arena *a = arena_new(NULL);

	while (*text != '\0') {
		const char *end = strstr(text, "\n\n");
		size_t length = end == NULL ? strlen(text) : (size_t)(end - text);
		const char *paragraph = arena_strndup(a, text, length);

		if (*paragraph == ' ')
			fprintf(out, "%s\n", paragraph);
		else
			put_words(out, paragraph, 0, 0);
		text += length;
		text += strspn(text, "\n");
		if (*text != '\0')
			putc('\n', out);
	}
	arena_close(a);
}

static void
put_option(FILE *out, struct arena *a, char letter, const struct command_option *o)
{
	const char *term = arena_printf(
	    a, "%s--%s", letter == '\0' ? "" : arena_printf(a, "-%c, ", letter), o->name);

	if (o->value != NULL)
		term = arena_printf(a, o->optional ? "%s[=%s]" : "%s %s", term, o->value);
	put_term(out, term, o->help);
}

static void
put_global_options(FILE *out, struct arena *a)
{
	fputs("Options of every command:\n", out);
	for (const struct global_option *g = global_options; g->option.name != NULL; g++)
		put_option(out, a, g->letter, &g->option);
	put_words(out,
	    "Every setting is an option too (--lock-timeout 2s): \"migrate help settings\" lists "
	    "them.",
	    0, 0);
}

void
help_usage(FILE *out)
{
	struct arena *a = arena_new(NULL);

	fputs("migrate changes the schema of a live PostgreSQL database from SQL files.\n\n"
	      "Usage: migrate [OPTION]... COMMAND [OPTION]... [ARGUMENT]...\n\nCommands:\n",
	    out);
	for (size_t i = 0; commands[i] != NULL; i++) {
		const struct command *c = commands[i];
		const char *gap = *c->args == '\0' ? "" : " ";

		put_term(out, arena_printf(a, "%s%s%s", c->name, gap, c->args),
		    c->alias == NULL ? c->summary
				     : arena_printf(a, "%s (also: %s)", c->summary, c->alias));
	}
	putc('\n', out);
	put_global_options(out, a);
	fputs("\n\"migrate help COMMAND\" tells more.\n", out);
	arena_close(a);
}

/* "--group, --no-group", "--lock-timeout DURATION" */
static const char *
setting_term(struct arena *a, const struct config_setting *s)
{
	const char *option = config_option(a, s), *value = config_value_name(s);

	if (value == NULL)
		return arena_printf(a, "--[no-]%s", option + 2);
	return arena_printf(a, "%s %s", option, value);
}

void
help_settings(FILE *out)
{
	struct arena *a = arena_new(NULL);
	const char *group = "";

	put_words(out,
	    "Settings.  Each is an option of every command; lint.fail_on in migrate.yaml is "
	    "--lint-fail-on here and MIGRATE_LINT_FAIL_ON in the environment.  The command line "
	    "wins over the environment, the environment over the file.",
	    0, 0);
	for (const struct config_setting *s = config_settings(); s->name != NULL; s++) {
		if (strcmp(group, s->group) != 0)
			fprintf(out, "\n%s:\n", s->group);
		group = s->group;
		put_term(out, setting_term(a, s),
		    s->fallback == NULL ? s->help
					: arena_printf(a, "%s [%s]", s->help, s->fallback));
	}
	arena_close(a);
}

void
help_command(FILE *out, const struct command *c)
{
	struct arena *a = arena_new(NULL);
	bool has_options = c->options != NULL && c->options->name != NULL;

	fprintf(out, "migrate %s: %s\n\n", c->name, c->summary);
	fprintf(out, "Usage: migrate %s [OPTION]...%s%s\n", c->name, *c->args == '\0' ? "" : " ",
	    c->args);
	if (c->alias != NULL)
		fprintf(out, "       (also: migrate %s)\n", c->alias);
	putc('\n', out);
	help_text(out, c->description);
	putc('\n', out);
	if (has_options)
		fprintf(out, "Options of %s:\n", c->name);
	for (const struct command_option *o = c->options; has_options && o->name != NULL; o++)
		put_option(out, a, '\0', o);
	if (has_options)
		putc('\n', out);
	put_global_options(out, a);
	arena_close(a);
}
