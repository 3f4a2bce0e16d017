/* SPDX-License-Identifier: MIT */
#ifndef CLI_NEWFILE_H
#define CLI_NEWFILE_H

#include "base/error.h"

/* Files that init and new make for the user: whole or not at all, and never over another one. */

MUST_CHECK bool newfile_write(const char *path, const char *text, struct error *err);

#endif
