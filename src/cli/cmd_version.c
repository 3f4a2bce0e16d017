/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "cli/out.h"
#include "db/conn.h"

static bool
version_run(const struct context *c, int *status, struct error *err)
{
	*status = 0;
	(void)err; /* nothing here can fail */
	if (c->config->format == FORMAT_JSON)
		out_json_print(out_json(c, "version", NULL, NULL));
	else
		printf("migrate %s (libpq %d.%d)\n", MIGRATE_VERSION,
		    conn_library_version() / 10000, conn_library_version() % 10000);
	return true;
}

const struct command cmd_version = {
	.name = "version",
	.args = "",
	.summary = "show the version",
	.description = "Prints the version of migrate.",
	.run = version_run,
};
