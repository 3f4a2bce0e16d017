/* SPDX-License-Identifier: MIT */
#include <stddef.h>

#include "cli/command.h"

int
main(int argc, char **argv)
{
	return cli_run(argc, argv, NULL);
}
