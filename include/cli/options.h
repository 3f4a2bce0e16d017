/* SPDX-License-Identifier: MIT */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include "cli/command.h"

/*
 * The command line: migrate [option...] COMMAND [option...] [argument...].  Not getopt_long: that
 * takes abbreviations, which would change their meaning with every new setting, and cannot put an
 * option of a command before it.
 */

/* Options that are no settings, and the short forms of those that are. */
struct global_option {
	char letter;
	struct command_option option;
};
/* Ended by a row without a name. */
extern const struct global_option global_options[];

struct options {
	const char *config_path, *environment; /* --config, --env; or NULL */
	/* How to tell a mistake, also when it stands before these. */
	const char *format, *events; /* or NULL */
	bool help, version;
	const struct command *command; /* NULL: none was given */
	struct config_argument *settings;
	size_t setting_count;
	struct config_argument *own; /* options of the command */
	size_t own_count;
	const char **arguments; /* behind the command */
	size_t argument_count;
};

/*
 * Reads the command line; values that may hold a secret are overwritten in argv, where any user of
 * the machine could read them.  False: ERR_USAGE, and what was read so far is in options.
 */
MUST_CHECK bool
options_parse(struct arena *a, char **argv, struct options *options, struct error *err);
/* Says that there is no such command and which one may be meant; returns false. */
bool options_unknown_command(struct arena *a, const char *name, struct error *err);

#endif
