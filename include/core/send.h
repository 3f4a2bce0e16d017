/* SPDX-License-Identifier: MIT */
#ifndef CORE_SEND_H
#define CORE_SEND_H

#include <stdbool.h>
#include <stdint.h>

#include "core/facts.h"
#include "core/lane.h"

/*
 * The statements of a script on their way into a lane, each with the lock_timeout and
 * statement_timeout that hold for it: its directive, else the file's own last SET,
 * else the file's directive, else the setting; and for a strong lock on an existing table never
 * more than its share of max_stall.
 */

/* One of the two timeouts: what the file wants and what the session has now. */
struct send_timeout {
	const char *name;
	int64_t own_ms; /* for statements without a directive; -1: the file set it, unseen */
	int64_t current_ms; /* -1: not known */
	int64_t session_ms; /* what it is again behind a transaction; -1: not known */
	bool set; /* by the script itself */
};

struct send {
	struct lane *lane;
	struct script *script;
	const struct script_environment *environment;
	struct script_reader *reader;
	const struct table_lock *locks; /* those of this script, by statement */
	size_t lock_count;
	bool transaction; /* the whole script is in one */
	bool local; /* SET LOCAL, in a transaction of ours */
	int64_t share_ms; /* of one strong lock; 0: no limit but lock_timeout */
	const char *run_setting; /* to be said again when the file wipes it; NULL outside of one */
	struct send_timeout lock, statement;
	int64_t number; /* of the statement at hand */
	size_t next_kept; /* index in script->statements */
};

/* The script is read again from its beginning; false: it cannot be opened. */
MUST_CHECK bool send_open(struct arena *a, struct send *s, struct lane *lane, struct script *script,
    const struct facts *facts, bool transaction, struct error *err);
/*
 * Another script has been sent before it in the same transaction, a callback or the file that it
 * belongs to: what that one has set holds on, unless this one's directives say otherwise.
 */
struct send_timeouts {
	struct send_timeout lock, statement;
};
void send_follow(struct send *s, const struct send_timeouts *before);
/* The strong locks of the script, each partition counted. */
int64_t send_strong_locks(const struct facts *facts, const struct script *script);

/* Those of one statement; kept may be NULL. */
int64_t send_strong_locks_of(const struct send *s, const struct statement *kept);

/*
 * Takes the next statement, without saying it: *item is valid until the next call, *kept is its
 * entry in the script or NULL (plain DML).  *end at the end, when the file was compared with what
 * was read first (ERR_REFUSED when it has changed).
 */
struct split_item;
MUST_CHECK bool send_next(struct send *s, struct split_item *item, const struct statement **kept,
    bool *end, struct error *err);
/*
 * Without a transaction around the script: the next statement gets one of its own (local), or is
 * said without.
 */
void send_alone(struct send *s, bool local);
/* The lock_timeout for a statement of ours. */
MUST_CHECK bool send_lock_timeout(struct send *s, int64_t ms);
/* Says it, with its timeouts before it and its COPY data behind it. */
MUST_CHECK bool send_say(
    struct send *s, const struct split_item *item, const struct statement *kept, struct error *err);
/* All statements of a script in a transaction. */
MUST_CHECK bool send_all(struct send *s, struct error *err);

/* The place of a failure in the file: reads the script once more up to that statement. */
void send_place(struct arena *a, const struct script *script,
    const struct script_environment *environment, const struct lane_failure *failure,
    struct error *err);

#endif
