/* SPDX-License-Identifier: MIT */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "core/config.h"
#include "core/event.h"

/*
 * Commands are rows: cmd_x.c holds one struct command and the function that it names; cli.c lists
 * them.  Help, completion and the manual's synopsis come from these rows.
 */

/* An option of one command alone; settings are options of every command (config.h). */
struct command_option {
	const char *name; /* "check", without dashes */
	const char *value; /* what stands for the value in help, NULL: a switch */
	bool optional; /* the value may be left out (--dry-run[=FILE]) */
	const char *help;
};

struct context {
	struct arena *arena;
	const struct config *config;
	struct sink *sink; /* says on stderr what happens on the way */
	const struct config_list *warnings; /* said so far, for the answer in JSON; may be NULL */
	const char *const *arguments; /* behind the command's name */
	size_t argument_count;
	const struct config_argument *options; /* the command's own options that were given */
	size_t option_count;
	char *const *environment;
};

struct command {
	const char *name, *alias; /* alias may be NULL */
	const char *args; /* "[V]", "NAME", "" */
	const char *summary; /* one line, small letter first */
	const char *description; /* a paragraph or more for help COMMAND */
	size_t least_arguments, most_arguments;
	bool
	    needs_config; /* false: runs without reading migrate.yaml (help, version, completion) */
	bool acts; /* changes something: its status tells that, even when stdout is full */
	unsigned formats; /* besides text and json: a bit for each, 1U << FORMAT_SARIF */
	const struct command_option *options; /* ended by a row without a name, or NULL */
	/* Sets *status (0, 3, 4, ...) and returns true, or fills err and returns false. */
	bool (*run)(const struct context *c, int *status, struct error *err);
};

/* All commands, ended by NULL. */
extern const struct command *const commands[];
/* By name or alias, or NULL. */
const struct command *command_find(const char *name);
/* The value of an own option: NULL when it was not given, "" for a switch. */
const char *command_option(const struct context *c, const char *name);

/* The whole program; the sink is for tests and may be NULL. */
int cli_run(int argc, char **argv, struct sink *sink);

#endif
