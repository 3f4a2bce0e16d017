/* SPDX-License-Identifier: MIT */
#ifndef CLI_BEGIN_H
#define CLI_BEGIN_H

#include <stdbool.h>

#include "cli/command.h"
#include "core/plan_lint.h"
#include "core/session.h"

/*
 * How every command with a database begins: connect, plan, say where we are and what is worth
 * saying in passing; before something is written, ask where the environment is protected.
 */

/* The value of the command's own option --phase.  ERR_USAGE: it is none. */
MUST_CHECK bool begin_phase(const struct context *c, enum phase *out, struct error *err);
/* Opens the session and makes the plan.  Unless goal is check_only, the server must be writable. */
MUST_CHECK bool begin_session(
    const struct context *c, const struct goal *goal, struct session *s, struct error *err);
/* What failed before anything ran says so; returns false. */
bool begin_fail(const struct goal *goal, struct error *err);
/* How many files up would apply now, or those of the history for other goals. */
struct begin_files {
	size_t pending, interrupted;
};
struct begin_files begin_files(const struct plan *plan);
/* What scripts may ask for when there is no database. */
struct script_environment begin_offline(const struct context *c);
/* What is worth saying in passing. */
void begin_say_notes(const struct context *c, const struct session *s);
/* Which callbacks a command that only reads does not run. */
void begin_say_callbacks(const struct context *c, const struct session *s, const char *command);
/*
 * The first line of a command that writes: host, database, user, server, how many pending; behind
 * it the notes.
 */
void begin_say_where(const struct context *c, const struct session *s);
/*
 * In a protected environment, when there is something to do, asks on the terminal or demands --yes;
 * what is the question's object ("apply 2 files").  ERR_USAGE when it was not confirmed.
 */
MUST_CHECK bool begin_confirm(
    const struct context *c, const struct session *s, const char *what, struct error *err);
/* The same, whatever there is to do. */
MUST_CHECK bool
begin_ask(const struct context *c, const struct session *s, const char *what, struct error *err);

#endif
