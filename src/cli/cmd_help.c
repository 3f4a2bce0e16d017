/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "cli/from_flyway.h"
#include "cli/help.h"
#include "cli/options.h"

static bool
help_run(const struct context *c, int *status, struct error *err)
{
	const char *topic = c->argument_count == 0 ? NULL : c->arguments[0];
	const struct command *command = topic == NULL ? NULL : command_find(topic);

	*status = 0;
	if (topic == NULL)
		help_usage(stdout);
	else if (command != NULL)
		help_command(stdout, command);
	else if (strcmp(topic, "settings") == 0)
		help_settings(stdout);
	else if (strcmp(topic, "flyway") == 0)
		from_flyway_help(stdout);
	else
		return options_unknown_command(c->arena, topic, err);
	return true;
}

const struct command cmd_help = {
	.name = "help",
	.args = "[COMMAND|settings|flyway]",
	.summary = "show what there is, or all about one command",
	.description =
	    "Without an argument it lists the commands.  \"settings\" lists every setting "
	    "with its default, \"flyway\" those of Flyway and what they are here.",
	.most_arguments = 1,
	.run = help_run,
};
