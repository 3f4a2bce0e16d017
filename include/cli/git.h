/* SPDX-License-Identifier: MIT */
#ifndef CLI_GIT_H
#define CLI_GIT_H

#include "base/error.h"
#include "core/config.h"

/* What the version control system says about files; git is started without a shell. */

/*
 * Adds the paths below a folder, relative to it, that a commit holds.  ERR_USAGE when git cannot
 * be started, the folder is in no repository or the name is not a commit's.
 */
MUST_CHECK bool git_files(struct arena *a, const char *ref, const char *folder,
    struct config_list *files, struct error *err);

/* The same for those whose text is not as the commit holds it, new ones included. */
MUST_CHECK bool git_changed(struct arena *a, const char *ref, const char *folder,
    struct config_list *files, struct error *err);

#endif
