/* SPDX-License-Identifier: MIT */
#include "cli/options.h"

#include <string.h>

const struct global_option global_options[] = {
	{ 'c', { "config", "FILE", false, "read FILE instead of migrate.yaml" } },
	{ 'e', { "env", "NAME", false, "use this set of the file's environments" } },
	{ 'h', { "help", NULL, false, "show help, of the command if there is one" } },
	{ 'q', { "quiet", NULL, false, "say only what is wrong" } },
	{ 'v', { "verbose", NULL, false, "say more" } },
	{ 'V', { "version", NULL, false, "show the version" } },
	{ 0 },
};

/* What an option turned out to be: one of these is set. */
struct match {
	const struct command_option *own;
	const struct config_setting *setting;
	const struct global_option *global;
	bool negated; /* --no-x of a setting */
};

struct parser {
	struct arena *arena;
	char **next; /* in argv */
	struct options *options;
	struct error *err;
};

/* --- finding options --- */

static const struct command_option *
find_in_command(const struct command *command, const char *name)
{
	for (const struct command_option *o = command->options; o != NULL && o->name != NULL; o++)
		if (strcmp(o->name, name) == 0)
			return o;
	return NULL;
}

/* As long as the command is not known, its options may be those of any. */
static const struct command_option *
find_own(const struct options *options, const char *name)
{
	if (options->command != NULL)
		return find_in_command(options->command, name);
	for (size_t i = 0; commands[i] != NULL; i++) {
		const struct command_option *o = find_in_command(commands[i], name);

		if (o != NULL)
			return o;
	}
	return NULL;
}

static const struct config_setting *
find_setting(struct arena *a, const char *name)
{
	for (const struct config_setting *s = config_settings(); s->name != NULL; s++)
		if (strcmp(config_option(a, s) + 2, name) == 0)
			return s;
	return NULL;
}

static const struct global_option *
find_global(const char *name)
{
	for (const struct global_option *g = global_options; g->option.name != NULL; g++)
		if (strcmp(g->option.name, name) == 0)
			return g;
	return NULL;
}

static bool
find_option(struct parser *p, const char *name, struct match *match)
{
	*match = (struct match){ 0 };
	match->own = find_own(p->options, name);
	if (match->own != NULL)
		return true;
	match->setting = find_setting(p->arena, name);
	if (match->setting != NULL)
		return true;
	match->global = find_global(name);
	if (match->global != NULL)
		return true;
	if (strncmp(name, "no-", 3) != 0)
		return false;
	match->setting = find_setting(p->arena, name + 3);
	match->negated = true;
	return match->setting != NULL && match->setting->type == CONFIG_BOOL;
}

static void
add_command_options(struct arena *a, struct config_list *names, const struct command *command)
{
	for (const struct command_option *o = command->options; o != NULL && o->name != NULL; o++)
		config_list_add(a, names, o->name);
}

static bool
unknown_option(struct parser *p, const char *name)
{
	struct config_list names = { 0 };
	const char *nearest;

	for (const struct config_setting *s = config_settings(); s->name != NULL; s++)
		config_list_add(p->arena, &names, config_option(p->arena, s) + 2);
	for (const struct global_option *g = global_options; g->option.name != NULL; g++)
		config_list_add(p->arena, &names, g->option.name);
	for (size_t i = 0; commands[i] != NULL; i++)
		if (p->options->command == NULL || p->options->command == commands[i])
			add_command_options(p->arena, &names, commands[i]);
	nearest = config_nearest(name, names.items, names.count);
	(void)error_set(p->err, ERR_USAGE, "unknown option \"--%s\"", name);
	if (nearest != NULL)
		return error_next(p->err, "Did you mean \"--%s\"?", nearest);
	return false;
}

/* --- taking options --- */

static void
add_argument(struct arena *a, struct config_argument **list, size_t *count, const char *name,
    const char *value)
{
	*list = arena_extend(a, *list, *count, sizeof(**list));
	(*list)[(*count)++] = (struct config_argument){ .name = name, .value = value };
}

static void
add_setting(struct parser *p, const char *name, const char *value)
{
	add_argument(p->arena, &p->options->settings, &p->options->setting_count, name, value);
}

static bool
may_hold_secret(const struct config_setting *s)
{
	return s != NULL &&
	    (s->secret || s->type == CONFIG_MAP || strcmp(s->name, "url") == 0 ||
		strcmp(s->name, "scratch-url") == 0);
}

/* Copies a value out of argv. */
static const char *
copy_value(struct parser *p, const struct match *match, char *value)
{
	const char *copy = arena_strdup(p->arena, value);

	if (may_hold_secret(match->setting))
		memset(value, '*', strlen(value));
	return copy;
}

static const char *
value_name(const struct match *match)
{
	if (match->own != NULL)
		return match->own->value;
	if (match->global != NULL)
		return match->global->option.value;
	return match->negated ? NULL : config_value_name(match->setting);
}

static void
take_global(struct parser *p, char letter, const char *value)
{
	struct options *o = p->options;

	switch (letter) {
	case 'c':
		o->config_path = value;
		break;
	case 'e':
		o->environment = value;
		break;
	case 'h':
		o->help = true;
		break;
	case 'V':
		o->version = true;
		break;
	case 'q':
		add_setting(p, "quiet", "true");
		break;
	case 'v':
		add_setting(p, "verbose", "true");
		break;
	}
}

static void
take_match(struct parser *p, const struct match *match, const char *value)
{
	if (match->own != NULL)
		add_argument(p->arena, &p->options->own, &p->options->own_count, match->own->name,
		    value == NULL ? "" : value);
	else if (match->global != NULL)
		take_global(p, match->global->letter, value);
	else if (match->setting->type == CONFIG_BOOL)
		add_setting(p, match->setting->name, match->negated ? "false" : "true");
	else
		add_setting(p, match->setting->name, value);
}

/* "--name", "--name=value" or "--name" "value"; text is behind the dashes. */
static bool
take_long(struct parser *p, char *text)
{
	char *equals = strchr(text, '=');
	size_t length = equals == NULL ? strlen(text) : (size_t)(equals - text);
	const char *name = arena_strndup(p->arena, text, length), *value = NULL;
	struct match match;
	bool wants_value, optional;

	if (!find_option(p, name, &match))
		return unknown_option(p, name);
	wants_value = value_name(&match) != NULL;
	optional = match.own != NULL && match.own->optional;
	if (equals != NULL && !wants_value)
		return error_set(p->err, ERR_USAGE, "option \"--%s\" takes no value", name);
	if (equals != NULL)
		value = copy_value(p, &match, equals + 1);
	else if (wants_value && !optional && *p->next != NULL)
		value = copy_value(p, &match, *p->next++);
	else if (wants_value && !optional)
		return error_set(p->err, ERR_USAGE, "option \"--%s\" needs a value", name);
	take_match(p, &match, value);
	return true;
}

/* "-qv", "-c FILE" or "-cFILE"; text is behind the dash. */
static bool
take_short(struct parser *p, const char *text)
{
	for (; *text != '\0'; text++) {
		const struct global_option *g = global_options;

		while (g->option.name != NULL && g->letter != *text)
			g++;
		if (g->option.name == NULL)
			return error_set(p->err, ERR_USAGE, "unknown option \"-%c\"", *text);
		if (g->option.value == NULL) {
			take_global(p, g->letter, NULL);
			continue;
		}
		if (text[1] != '\0')
			take_global(p, g->letter, text + 1);
		else if (*p->next != NULL)
			take_global(p, g->letter, *p->next++);
		else
			return error_set(p->err, ERR_USAGE, "option \"-%c\" needs a value", *text);
		return true;
	}
	return true;
}

/* --- the command and its arguments --- */

/* A URL put in the wrong place must not be repeated in a message. */
static bool
is_word(const char *text)
{
	return text[strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_")] == '\0';
}

bool
options_unknown_command(struct arena *a, const char *name, struct error *err)
{
	struct config_list names = { 0 };
	const char *nearest;

	for (size_t i = 0; commands[i] != NULL; i++) {
		config_list_add(a, &names, commands[i]->name);
		if (commands[i]->alias != NULL)
			config_list_add(a, &names, commands[i]->alias);
	}
	nearest = config_nearest(name, names.items, names.count);
	if (is_word(name))
		(void)error_set(err, ERR_USAGE, "unknown command \"%s\"", name);
	else
		(void)error_set(err, ERR_USAGE, "the argument is not a command");
	if (nearest != NULL)
		return error_next(err, "Did you mean \"%s\"?", nearest);
	return error_next(err, "\"migrate help\" lists the commands.");
}

static bool
take_word(struct parser *p, const char *word)
{
	struct options *o = p->options;

	if (o->command == NULL) {
		o->command = command_find(word);
		return o->command != NULL || options_unknown_command(p->arena, word, p->err);
	}
	o->arguments =
	    arena_extend(p->arena, o->arguments, o->argument_count, sizeof(*o->arguments));
	o->arguments[o->argument_count++] = word;
	return true;
}

static bool
check_command(struct parser *p)
{
	const struct options *o = p->options;
	const struct command *c = o->command;

	if (c == NULL || o->help)
		return true;
	for (size_t i = 0; i < o->own_count; i++)
		if (find_in_command(c, o->own[i].name) == NULL)
			return error_set(p->err, ERR_USAGE, "\"%s\" has no option \"--%s\"",
			    c->name, o->own[i].name);
	if (o->argument_count >= c->least_arguments && o->argument_count <= c->most_arguments)
		return true;
	(void)error_set(p->err, ERR_USAGE, "\"%s\" got %s", c->name,
	    o->argument_count > c->most_arguments ? "too many arguments" : "too few arguments");
	return error_next(
	    p->err, "Write: migrate %s%s%s", c->name, *c->args == '\0' ? "" : " ", c->args);
}

static const char *
find_events(char *const *argv)
{
	const char *events = NULL;

	for (; *argv != NULL; argv++) {
		if (strcmp(*argv, "--events") == 0)
			events = "true";
		else if (strcmp(*argv, "--no-events") == 0)
			events = "false";
	}
	return events;
}

/* An error is told in the form that was asked for, wherever that stands. */
static const char *
find_format(char *const *argv)
{
	static const char option[] = "--format";
	size_t length = strlen(option);
	const char *format = NULL;

	for (; *argv != NULL; argv++) {
		if (strncmp(*argv, option, length) != 0)
			continue;
		if ((*argv)[length] == '=')
			format = *argv + length + 1;
		else if ((*argv)[length] == '\0' && argv[1] != NULL)
			format = argv[1];
	}
	return format;
}

bool
options_parse(struct arena *a, char **argv, struct options *options, struct error *err)
{
	struct parser p = { .arena = a, .next = argv, .options = options, .err = err };
	bool only_words = false;

	*options = (struct options){ .format = find_format(argv), .events = find_events(argv) };
	if (*p.next != NULL)
		p.next++; /* our own name */
	while (*p.next != NULL) {
		char *word = *p.next++;
		bool good;

		if (!only_words && strcmp(word, "--") == 0) {
			only_words = true;
			continue;
		}
		if (!only_words && strncmp(word, "--", 2) == 0)
			good = take_long(&p, word + 2);
		else if (!only_words && word[0] == '-' && word[1] != '\0')
			good = take_short(&p, word + 1);
		else
			good = take_word(&p, word);
		if (!good)
			return false;
	}
	return check_command(&p);
}
