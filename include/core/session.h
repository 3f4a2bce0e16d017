/* SPDX-License-Identifier: MIT */
#ifndef CORE_SESSION_H
#define CORE_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "core/config.h"
#include "core/event.h"
#include "core/history.h"
#include "core/plan.h"
#include "core/scripts.h"
#include "db/conn.h"

/*
 * The way every command with a database goes: connect, look at the server (version, standby,
 * pooler), read files and history, make the plan.  Then the command shows the plan or runs it.
 */
struct session {
	struct arena *arena;
	const struct config *config;
	struct sink *sink;
	struct conn *conn;
	bool writing; /* a standby and a read-only session are of no use */
	struct script_environment environment;
	struct scripts scripts;
	struct problems scan_problems;
	struct history history;
	struct plan plan;
	/*
	 * A pooler lends the server's session for one transaction at a time: no session lock, no
	 * setting but with SET LOCAL, and other clients in between.
	 */
	bool pooled;
	int backend_pid; /* of the server's process that works for us; -1: not known now */
	const char *timeline; /* of the server's WAL; NULL on a standby */
	/* Since it was opened or reset: afterConnect has run; callbacks have set what they liked. */
	bool greeted, prepared;
	int64_t deadlock_timeout_ms; /* the server's; 0: not known */
	const struct step *step; /* the one that runs: notices of the server belong to it */
};

/*
 * Opens the connection (with "wait") and checks the server.  writing: a standby and a read-only
 * session are refused (ERR_CONNECT).
 */
MUST_CHECK bool session_open(struct arena *a, const struct config *config, struct sink *sink,
    bool writing, struct session *s, struct error *err);
/* Scans the folder, reads the history and makes the plan; again after the run lock was taken. */
MUST_CHECK bool session_plan(struct session *s, const struct goal *goal, struct error *err);

/*
 * Connects again after the connection was lost; the run lock is gone with it.  A standby that was
 * promoted meanwhile is gone on with, unless a COMMIT is in doubt: ERR_UNKNOWN, since what the old
 * primary did last cannot be told.  An older primary is refused (ERR_CONNECT).
 */
MUST_CHECK bool session_reconnect(struct session *s, bool in_doubt, struct error *err);

/*
 * A further connection with the same settings, for the watcher.  application: its name, or NULL: a
 * pooler would leave it to other clients.
 */
MUST_CHECK bool session_connect(struct arena *a, struct session *s, const char *application,
    struct conn **out, struct error *err);

/*
 * The settings of our session: session_prologue sends them, and behind the reset between two files
 * the runner sends query_session_prologue with these parameters itself.  When it is pooled they
 * are those of a transaction, and stand at the head of each.
 */
enum { SESSION_PROLOGUE_PARAMETERS = 5 };
/* The session's lock_timeout: the setting, but never 0, for the sake of our own statements. */
int64_t session_lock_timeout_ms(const struct config *config);
MUST_CHECK bool session_prologue(struct session *s, struct error *err);
void session_prologue_parameters(
    struct arena *a, const struct session *s, const char *parameters[SESSION_PROLOGUE_PARAMETERS]);

#endif
