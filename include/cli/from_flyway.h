/* SPDX-License-Identifier: MIT */
#ifndef CLI_FROM_FLYWAY_H
#define CLI_FROM_FLYWAY_H

#include <stdio.h>

#include "cli/command.h"

/* migrate init --from-flyway: writes migrate.yaml, names what was left out, says what comes next. */
MUST_CHECK bool from_flyway(const struct context *c, struct error *err);
/* migrate help flyway: the settings of Flyway and what they are here. */
void from_flyway_help(FILE *out);

#endif
