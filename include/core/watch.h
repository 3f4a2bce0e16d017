/* SPDX-License-Identifier: MIT */
#ifndef CORE_WATCH_H
#define CORE_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "core/session.h"

/*
 * The watcher: a second connection that may only look, opened when it is needed first.  It names
 * who blocks us and who waits behind us.  Without a free connection the run goes on unwatched,
 * with a warning.
 */
struct watch;

struct watch *watch_new(struct arena *a, struct session *s);
/* Who blocks our backend right now, as text, or NULL: nobody, or it cannot be seen. */
const char *watch_blockers(struct arena *a, struct watch *w);
/* Who keeps a statement that runs CONCURRENTLY waiting: also those whose snapshots are too old. */
const char *watch_snapshots(struct arena *a, struct watch *w);
/* Who holds locks on these relations. */
const char *watch_holders(struct arena *a, struct watch *w, const int64_t *oids, size_t count);
/*
 * For a statement of ours that failed: when it was for a lock (55P03) on the history or its
 * journal, the error becomes ERR_LOCK and tells who holds them.  Returns false.
 */
bool watch_history(struct session *s, struct error *err);
/* How far what runs has come, as far as the server reports it. */
struct watch_progress {
	const char *phase; /* in PostgreSQL's words */
	int64_t done, total; /* of the phase; total 0: not known */
	const char *unit; /* "blocks", "tuples", "lockers", ...; NULL: nothing is counted */
};
/* False: it reports nothing. */
bool watch_progress(struct arena *a, struct watch *w, struct watch_progress *out);
/* How many sessions wait for locks and have to do with that table; -1: it cannot be seen. */
int64_t watch_waiters(struct arena *a, struct watch *w, int64_t table);
/* Sessions in words: rows with the columns of watch_blockers.sql. */
const char *watch_sessions(struct arena *a, const struct rows *rows);
/* Who has waited behind us for longer than limit_ms. */
const char *watch_behind(struct arena *a, struct watch *w, int64_t limit_ms);

#endif
