/* SPDX-License-Identifier: MIT */
#ifndef SQL_STATEMENT_H
#define SQL_STATEMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "sql/act.h"

/*
 * What a statement is, for running it: may it stand in a transaction block, does it end one, what
 * does it lock; and all that it does, for the linter.  The grammar (libpg_query) is asked where that
 * is safe and useful; everything else is told from the leading words (what is deep or longer than
 * 64 KiB is never parsed, and plain DML by statement_read only).
 */

/* PostgreSQL's table lock modes, weakest first (manual, 13.3.1). */
enum lock_mode {
	LOCK_NONE,
	LOCK_ACCESS_SHARE,
	LOCK_ROW_SHARE,
	LOCK_ROW_EXCLUSIVE,
	LOCK_SHARE_UPDATE_EXCLUSIVE,
	LOCK_SHARE,
	LOCK_SHARE_ROW_EXCLUSIVE,
	LOCK_EXCLUSIVE,
	LOCK_ACCESS_EXCLUSIVE
};
/* "ACCESS EXCLUSIVE" and so on. */
const char *lock_mode_name(enum lock_mode mode);

enum lock_object {
	LOCK_TABLE, /* a table, view, materialized view or sequence by its name */
	LOCK_INDEX, /* an index by its name; its table may be locked with it */
	LOCK_CONSTRAINT, /* the table that this foreign key of table name references */
	LOCK_REFERENCED, /* DROP TABLE: what the table's foreign keys reference, whose partition it is */
	LOCK_REFERENCING, /* every table whose foreign keys reference the table (CASCADE) */
	LOCK_COLUMN /* every table at the other end of a foreign key over this column of the table */
};

/* A lock that a statement takes on something that may already exist. */
struct statement_lock {
	enum lock_object object;
	enum lock_mode mode;
	const char *schema; /* NULL: by search_path */
	const char *name; /* as stored in the catalog, not quoted */
	const char *constraint; /* with LOCK_CONSTRAINT */
	const char *column; /* with LOCK_COLUMN */
	bool only; /* not its children: ONLY was written, or the form does not reach them */
};

enum statement_kind {
	STATEMENT_OTHER, /* DDL and everything without a name here */
	STATEMENT_DML, /* SELECT, VALUES, TABLE, WITH, INSERT, UPDATE, DELETE, MERGE */
	STATEMENT_SET, /* SET, RESET, SHOW, ANALYZE: stands beside anything */
	STATEMENT_COPY_IN, /* COPY ... FROM STDIN */
	STATEMENT_COPY_OUT, /* COPY ... TO STDOUT */
	STATEMENT_BEGIN, /* BEGIN, START TRANSACTION */
	STATEMENT_COMMIT, /* COMMIT, END */
	STATEMENT_ROLLBACK, /* ROLLBACK, ABORT (not ROLLBACK TO) */
	STATEMENT_SAVEPOINT, /* SAVEPOINT, RELEASE, ROLLBACK TO */
	STATEMENT_PREPARE_TRANSACTION,
	STATEMENT_CALL /* CALL, DO: may commit inside */
};

struct statement_class {
	enum statement_kind kind;
	const char *form; /* "CREATE INDEX CONCURRENTLY", "ALTER TABLE": never NULL */
	bool refused_in_block; /* PreventInTransactionBlock at this server version */
	bool drops_run_lock; /* DISCARD ALL, pg_advisory_unlock_all() */
	bool concurrently; /* takes concurrent_lock_timeout */
	bool makes_temporary; /* creates a temporary table, view, sequence or function */
	bool chained; /* COMMIT AND CHAIN, ROLLBACK AND CHAIN */
	const char *begin_modes; /* of BEGIN: "ISOLATION LEVEL SERIALIZABLE", or NULL */
	/*
	 * SET or RESET of one setting: its name in small letters and, if it is a constant, its value
	 * (a list: separated by ", ", each name quoted where it must be); local with SET LOCAL.
	 * RESET and TO DEFAULT have no value.  RESET ALL has the name "all".
	 */
	const char *setting, *value;
	bool local;
	bool sets_transaction; /* SET TRANSACTION: refuses a query before it */
	/* Locks above ROW EXCLUSIVE, on things that the statement does not itself create. */
	struct statement_lock *locks;
	size_t lock_count;
	/*
	 * The table (or view, sequence, ...) that is new behind the statement, as schema and name, or
	 * NULL: also with IF NOT EXISTS and OR REPLACE, where it may be an old one.
	 */
	const char *creates_schema, *creates_name;
	bool parsed; /* the grammar read it */
	const char *newer; /* syntax newer than the grammar, read as its nearest older form */
	const char *parse_error; /* the grammar's message, when it refused it */
	int64_t parse_position; /* its character, from 1; 0: not known */
};

/*
 * Classifies one statement (no ; at its end) for a server version such as 150018; the text need
 * not be NUL-ended.  Never fails: what cannot be told stays STATEMENT_OTHER without locks.
 */
void statement_classify(struct arena *a, const char *text, size_t length, int server_version,
    struct statement_class *out);
/*
 * As statement_classify, and tells all that the statement does.  Plain DML is asked of the grammar,
 * too; without the grammar's answer the leading words tell one act, or none.  A DO block is an act,
 * what its body runs follows with inside set, and its locks are among those of the class.
 */
void statement_read(struct arena *a, const char *text, size_t length, int server_version,
    struct statement_class *out, struct acts *acts);
/* As statement_classify, without asking the grammar: kind, form and the refusals only; no memory. */
void statement_classify_words(
    const char *text, size_t length, int server_version, struct statement_class *out);
/*
 * CRC-32 of a statement with comments dropped and white space outside quotes folded, to be chained
 * from 0 over the statements of a file: tells later whether only comments or layout changed.
 */
uint32_t statement_body_hash(uint32_t hash, const char *text, size_t length);

#endif
