/* SPDX-License-Identifier: MIT */
#ifndef CORE_HOOK_H
#define CORE_HOOK_H

#include <stdbool.h>

#include "core/session.h"

/*
 * Hooks: the shell commands that the settings name for a moment of "up".  What a hook says is told
 * line by line; it finds in its environment what it is run for, and no password of ours.
 */
enum hook_kind { HOOK_BEFORE_UP, HOOK_BEFORE_IRREVERSIBLE, HOOK_AFTER_UP, HOOK_ON_ERROR };

struct hook {
	enum hook_kind kind;
	const struct config *config;
	struct sink *sink;
	const struct session *session; /* NULL: there is no connection */
	const char *version; /* of the schema now, or NULL */
	const char *target; /* when all is applied, or NULL */
	const struct script *script; /* the file in question, or NULL */
	const struct error *failure; /* of HOOK_ON_ERROR, else NULL */
};

/* The command that the settings name, or NULL. */
const char *hook_command(const struct config *config, enum hook_kind kind);
/*
 * Runs it, if there is one, to its end.  False: it failed, or took longer than hook_timeout
 * (ERR_REFUSED), or a signal came (ERR_INTERRUPTED), which is passed on.
 */
MUST_CHECK bool hook_run(struct arena *a, const struct hook *hook, struct error *err);
/* Is this one of the variables that hooks get?  A migrate in a hook is not to wonder at them. */
bool hook_is_variable(const char *name);

#endif
