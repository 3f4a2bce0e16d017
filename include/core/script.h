/* SPDX-License-Identifier: MIT */
#ifndef CORE_SCRIPT_H
#define CORE_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "core/config.h"
#include "core/directive.h"
#include "core/version.h"
#include "sql/statement.h"

/*
 * The migration files: their names (Flyway's grammar), what stands beside them (.sql.conf), their
 * checksums and, for those that are to run, their statements.  Plain data; nothing here talks to a
 * database.
 */

enum script_kind {
	SCRIPT_VERSIONED, /* V */
	SCRIPT_REPEATABLE, /* R */
	SCRIPT_UNDO, /* U */
	SCRIPT_BASELINE, /* B */
	SCRIPT_CALLBACK /* beforeMigrate.sql, ... */
};

/* Flyway's <file>.sql.conf; -1 is "not said". */
struct script_conf {
	int execute_in_transaction;
	int placeholder_replacement;
};

/* A statement of a script that is kept in memory: all but plain DML, at most 10,000 of a file. */
struct statement {
	int64_t number; /* in its script, from 1 */
	int64_t line, column; /* of its first character */
	const char *text; /* its first 1,000 bytes at most, for messages and plan */
	bool cut; /* text is not the whole */
	bool skip; /* the BEGIN or COMMIT around the file: not to be sent */
	struct statement_class class;
	struct acts acts; /* when the environment asks for them */
	struct directives directives; /* those that speak for it alone */
};

/* Plain DML, as long as there is little of it in the script: for lint. */
struct passing {
	int64_t number; /* as above */
	const char *text;
	size_t length;
};

struct script {
	enum script_kind kind;
	const char *version; /* as shown and stored ("1.2", "01.0"); NULL for R and callbacks */
	const char *description; /* as stored: _ is a space, at most 200 characters */
	const char *event; /* of a callback: "afterMigrate" */
	const char *name; /* the path below its directory, with / */
	const char *script; /* the same as stored: at most 1,000 characters */
	const char *path; /* to open it and for messages */
	const char *directory; /* the configured directory that it was found in */
	const char *given; /* the text itself, of what is no file; else NULL */
	size_t given_length;
	struct script_conf conf;
	struct directives directives; /* the file's; known behind script_look, */
	bool looked; /* which was well, or script_read */

	bool hashed;
	bool ahead; /* the sums are there already, but nobody has asked for them */
	int32_t checksum; /* Flyway's: raw for V, B, U; after placeholders for R */
	int32_t raw_checksum; /* always of the raw text */
	uint32_t layout; /* of where lines end: with raw_checksum and size it tells any change */
	int64_t size; /* bytes */

	/* Known behind script_read. */
	bool read; /* else there was a mistake, and what stands before it is known */
	bool sound; /* nothing in it was refused */
	bool has_acts; /* its statements have them */
	struct statement *statements;
	size_t statement_count;
	int64_t statement_total; /* of all statements, those not kept included */
	int64_t dml_total; /* of plain DML among them */
	struct passing *passing; /* when the environment asks for acts */
	size_t passing_count, passing_bytes;
	bool whole; /* statements and passing together have the whole text of every statement */
	bool transaction; /* it runs in one (BEGIN ... COMMIT around it is dropped) */
	bool own_transaction; /* it brings BEGIN ... COMMIT itself */
	const char *begin_modes; /* of that BEGIN, or NULL */
	bool copies; /* has COPY from or to the client: the plain lane */
	bool sets_transaction; /* SET TRANSACTION stands in it */
	bool makes_temporary;
	/* Looked for when it is pooled: the first that stays in the session, and where; or NULL. */
	const char *stays;
	struct place stays_place;
	uint32_t body_hash;
	const struct range
	    *range; /* of a file in batches: its statement (sql/range.h); else NULL */
	/* Known behind batch_key_check (batch_key.h); NULL: no such file, or no such table yet. */
	const struct batch_key *batch_key;
	const char *text; /* the raw file, kept up to 8 MiB, else NULL */
	size_t text_length;
};

/* What placeholders need to know beyond the settings; NULL members become empty. */
struct script_environment {
	const char *default_schema, *user, *database, *table, *environment;
	const char *timestamp; /* yyyy-MM-dd HH:mm:ss */
	int server_version; /* such as 150018 */
	bool standard_conforming_strings;
	bool pooled; /* see session.h */
	bool acts; /* script_read tells also what each statement does: for lint */
	const struct config *config;
};

/*
 * Fills checksum, raw_checksum and size by reading the file once.  For an R file the placeholders
 * are replaced.  False with ERR_REFUSED: not readable, not a regular file, a link out of the
 * folder, a NUL byte or invalid UTF-8 (with its place).
 */
MUST_CHECK bool
script_hash(struct script *s, const struct script_environment *env, struct error *err);

/* The same ahead of time, if it costs little: a V or B file that is short.  Else nothing happens. */
void script_hash_ahead(struct script *s);

/*
 * Reads the directives before the first statement and no more, so that its phase is known.  With a
 * mistake there it stays unknown: script_read tells it.
 */
void script_look(struct arena *a, struct script *s, const struct script_environment *env);

/*
 * Reads a script that is to run: hashes it, cuts and classifies its statements, attaches
 * directives, decides about its transaction.  Everything in it that is refused is added to
 * problems, each with its place.
 */
void script_read(struct arena *a, struct script *s, const struct script_environment *env,
    struct problems *problems);

/* As before script_read, whose arena may then be closed. */
void script_forget(struct script *s);

/*
 * The statements of a script once more, to send them; see split.h for the items.  script_reader_end
 * compares what was read with what script_read saw: ERR_REFUSED when the file has changed.
 */
struct script_reader;
struct split_item;
MUST_CHECK bool script_reader_open(struct arena *a, const struct script *s,
    const struct script_environment *env, struct script_reader **out, struct error *err);
MUST_CHECK bool
script_reader_next(struct script_reader *r, struct split_item *item, struct error *err);
MUST_CHECK bool script_reader_end(struct script_reader *r, struct error *err);

#endif
