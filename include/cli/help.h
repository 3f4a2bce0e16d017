/* SPDX-License-Identifier: MIT */
#ifndef CLI_HELP_H
#define CLI_HELP_H

#include <stdio.h>

#include "cli/command.h"

/*
 * Help from the tables of commands and settings, 80 columns wide.
 */

/* How to call the program, and its commands. */
void help_usage(FILE *out);
/* Every setting in its group. */
void help_settings(FILE *out);
/* Paragraphs, filled anew; one that begins with a space is left as it is. */
void help_text(FILE *out, const char *text);
/* All about one command. */
void help_command(FILE *out, const struct command *command);

#endif
