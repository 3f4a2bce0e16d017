/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/interrupt.h"
#include "base/mask.h"
#include "cli/command.h"
#include "cli/help.h"
#include "cli/options.h"
#include "cli/out.h"
#include "core/url.h"

extern char **environ;

extern const struct command cmd_init, cmd_new, cmd_status, cmd_plan, cmd_up, cmd_undo, cmd_validate,
    cmd_lint, cmd_repair, cmd_baseline, cmd_squash, cmd_config, cmd_help, cmd_version,
    cmd_completion;

/* In the order of help. */
const struct command *const commands[] = {
	&cmd_init,
	&cmd_new,
	&cmd_status,
	&cmd_plan,
	&cmd_up,
	&cmd_undo,
	&cmd_validate,
	&cmd_lint,
	&cmd_repair,
	&cmd_baseline,
	&cmd_squash,
	&cmd_config,
	&cmd_help,
	&cmd_version,
	&cmd_completion,
	NULL,
};

const struct command *
command_find(const char *name)
{
	for (size_t i = 0; commands[i] != NULL; i++)
		if (strcmp(commands[i]->name, name) == 0 ||
		    (commands[i]->alias != NULL && strcmp(commands[i]->alias, name) == 0))
			return commands[i];
	return NULL;
}

const char *
command_option(const struct context *c, const char *name)
{
	for (size_t i = c->option_count; i > 0; i--)
		if (strcmp(c->options[i - 1].name, name) == 0)
			return c->options[i - 1].value;
	return NULL;
}

/*
 * A standard stream that the caller closed must not become the socket of the server, into which
 * printf would then write.  Opened the wrong way round, its use still fails and is noticed.
 */
static void
keep_standard_streams(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			(void)open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

/* What is in memory, passwords included, is nobody's to find. */
static void
forbid_core_dumps(void)
{
	static const struct rlimit none = { 0, 0 };

	(void)setrlimit(RLIMIT_CORE, &none); /* going down is always allowed */
}

/* How to tell an error while the settings are not known. */
static void
guess_output(const struct options *o, struct config *config, struct arena *a)
{
	const struct {
		struct config_argument given;
		const char *variable;
	} settings[] = { { { "events", o->events }, "MIGRATE_EVENTS" },
		{ { "format", o->format }, "MIGRATE_FORMAT" } };
	struct config_argument known[2];
	struct error *ignored = error_new(a);
	size_t count = 0;

	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
		known[count] = settings[i].given;
		if (known[count].value == NULL)
			known[count].value = getenv(settings[i].variable);
		count += known[count].value != NULL;
	}
	/* A wrong one leaves the default in force. */
	if (!config_bare(a, known, count, config, ignored))
		error_clear(ignored);
}

static bool
load_config(const struct command *command, const struct context *c, const struct options *o,
    struct config *config, struct config_list *unknown, struct error *err)
{
	if (!command->needs_config)
		return config_bare(c->arena, o->settings, o->setting_count, config, err);
	return config_load(c->arena, o->config_path, o->environment, c->environment, o->settings,
	    o->setting_count, config, unknown, err);
}

static bool
check_format(const struct command *command, const struct config *config, struct error *err)
{
	unsigned known = 1U << FORMAT_TEXT | 1U << FORMAT_JSON | command->formats;
	const struct config_setting *s = config_find("format");

	if (known & 1U << config->format)
		return true;
	return error_set(err, ERR_USAGE, "\"%s\" has no format \"%s\", only text and json",
	    command->name, config_value(config->arena, config, s));
}

/* --help and --version are the commands of that name. */
static const struct command *
choose_command(const struct options *o, struct context *c)
{
	c->arguments = o->arguments;
	c->argument_count = o->argument_count;
	c->options = o->own;
	c->option_count = o->own_count;
	if (!o->help && !o->version)
		return o->command;
	c->arguments = o->help && o->command != NULL ? &o->command->name : NULL;
	c->argument_count = c->arguments != NULL ? 1 : 0;
	return o->help ? &cmd_help : &cmd_version;
}

/* What a command did counts, even when stdout did not take the tale of it. */
static int
finish(const struct command *command, const struct context *c, int status, struct error *err)
{
	if (out_finish(err))
		return status;
	if (!command->acts)
		return out_failure(c, out_operation(command), err);
	event_warning(c->sink, "%s", err->message);
	return status;
}

static bool
tells_password(struct arena *a, const struct config_argument *setting)
{
	struct connection connection;

	if (strcmp(setting->name, "password") == 0)
		return true;
	return (strcmp(setting->name, "url") == 0 || strcmp(setting->name, "scratch-url") == 0) &&
	    url_read(a, setting->value, &connection, error_new(a)) &&
	    connection_get(&connection, "password") != NULL;
}

/* We wipe it out of the process list at once, but a shell remembers it. */
static void
warn_of_password(const struct context *c, const struct options *o)
{
	for (size_t i = 0; i < o->setting_count; i++) {
		if (!tells_password(c->arena, &o->settings[i]))
			continue;
		event_warning(c->sink,
		    "a password on the command line stays in the shell's history, and everybody "
		    "could read it while the program started: use DATABASE_URL, \"url_file\", "
		    "\"password_command\" or .pgpass");
		return;
	}
}

static int
run_command(const struct command *command, struct context *c, const struct options *o,
    struct config *config, struct error *err)
{
	struct config_list unknown = { 0 }, warnings = { 0 };
	int status = 0;

	if (!load_config(command, c, o, config, &unknown, err)) {
		guess_output(o, config, c->arena);
		return out_failure(c, out_operation(command), err);
	}
	if (!check_format(command, config, err))
		return out_failure(c, out_operation(command), err);
	c->warnings = &warnings;
	if (c->sink == NULL)
		c->sink = config->events ? out_event_sink(c->arena, config, &warnings)
					 : out_text_sink(c->arena, config, &warnings);
	for (size_t i = 0; i < unknown.count; i++)
		event_warning(c->sink, "%s", unknown.items[i]);
	warn_of_password(c, o);
	if (!command->run(c, &status, err))
		return out_failure(c, out_operation(command), err);
	return finish(command, c, status, err);
}

static int
run(struct arena *a, char **argv, struct sink *sink)
{
	struct config config;
	struct context c = { .arena = a, .config = &config, .sink = sink, .environment = environ };
	struct error *err = error_new(a);
	const struct command *command;
	struct options o;

	if (!options_parse(a, argv, &o, err)) {
		guess_output(&o, &config, a);
		return out_failure(&c, o.command == NULL ? NULL : out_operation(o.command), err);
	}
	command = choose_command(&o, &c);
	if (command != NULL)
		return run_command(command, &c, &o, &config, err);
	help_usage(stderr);
	return ERR_USAGE;
}

int
cli_run(int argc, char **argv, struct sink *sink)
{
	struct arena *a = arena_new(NULL);
	int status;

	(void)argc; /* argv ends with NULL */
	keep_standard_streams();
	interrupt_start();
	forbid_core_dumps();
	status = run(a, argv, sink);
	arena_close(a);
	mask_clear();
	return status;
}
