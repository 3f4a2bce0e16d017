/* SPDX-License-Identifier: MIT */
#ifndef SQL_WORLD_H
#define SQL_WORLD_H

#include "sql/facts.h"
#include "sql/statement.h"

/*
 * The schema as far as it is known while files are read one after the other: what they created,
 * changed and dropped so far, on top of the live catalog where there is one.  It follows
 * transactions, savepoints and search_path.  Rules ask it; only lint.c changes it.
 */

/* When a table came to be, seen from the statement at hand. */
enum world_age {
	AGE_OLD, /* before all files: it has rows and users */
	AGE_EARLIER_FILE, /* in a pending file before this one */
	AGE_FILE, /* in this file, committed since */
	AGE_TRANSACTION /* in this transaction: nobody else can see it */
};

struct world_table {
	struct table_facts facts;
	enum world_age age;
	bool complete; /* all its columns, constraints and indexes are known */
	bool live; /* rows and bytes are the live database's */
	bool dropped, renamed; /* under this name it is no more; renamed: to new_name */
	const char *new_name;
	enum lock_mode held; /* the strongest lock that this transaction has on it by now */
	int64_t held_since; /* number of the statement that took it */
};

/* A type, domain, function or schema that the files at hand made or dropped. */
struct world_object {
	enum act_on on;
	struct act_name name;
	enum world_age age;
	bool dropped;
	bool is_enum;
	bool constrained; /* a domain with a CHECK or NOT NULL */
	struct act_type base; /* a domain's own type */
	const char *condition; /* of all its CHECKs, about VALUE, or NULL */
	const char *volatility; /* of a function: "volatile", "stable", "immutable", or NULL */
};

struct world;
/* Looks a table up in the live catalog; NULL: it is not there, or not known. */
typedef const struct table_facts *world_lookup(void *source, const char *schema, const char *name);

/* lookup may be NULL: there is no live catalog. */
struct world *world_new(struct arena *a, world_lookup *lookup, void *source);
/* The search_path that sessions start with; without it "public". */
void world_set_path(struct world *w, const char *search_path);
/* A file begins, in a session of its own; in_transaction as the runner will run it. */
void world_begin_file(struct world *w, bool in_transaction);
/* The files so far are applied long before the next one: what they made is old then. */
void world_settle(struct world *w);
/* A statement begins; outside of a transaction what came before it is committed. */
void world_begin_statement(struct world *w, int64_t number);
/* What an act does to the schema, once the rules have seen it. */
void world_apply(struct world *w, const struct act *act);
/* A lock that the statement took. */
void world_lock(struct world *w, const struct statement_lock *lock);

/*
 * The table behind a name, or NULL when nothing is known of it: then it is an old one.  Without a
 * schema the session's search_path counts; names of two schemas are never taken for one another.
 */
const struct world_table *world_find(const struct world *w, const struct act_name *name);
/* Came it to be in the files at hand, so that it has no rows and no users? */
bool world_is_new(const struct world *w, const struct act_name *name);
/* As world_is_new, and nobody else can see it yet. */
bool world_is_private(const struct world *w, const struct act_name *name);
const struct facts_column *world_column(const struct world_table *t, const char *name);
const struct facts_constraint *world_constraint(const struct world_table *t, const char *name);
const struct facts_index *world_index(const struct world_table *t, const char *name);
/* What the files at hand did to a type, domain, function or schema, or NULL. */
const struct world_object *
world_object(const struct world *w, enum act_on on, const struct act_name *name);
/* The table of an index by its name, also behind its DROP; or NULL. */
const struct world_table *world_table_of_index(const struct world *w, const struct act_name *name);
/*
 * Does a valid CHECK or NOT NULL constraint prove the column free of nulls?  By the files it does so
 * wherever these run, by the live catalog alone only where that is.
 */
enum world_proof { PROOF_NONE, PROOF_LIVE, PROOF_FILES };
enum world_proof world_not_null_proof(const struct world_table *t, const char *column);
/* What a setting was last set to in this file ("" for RESET), or NULL: never. */
const char *world_setting(const struct world *w, const char *name);
/* As a time, such as lock_timeout: in milliseconds, or -1 where that cannot be told. */
int64_t world_setting_ms(const struct world *w, const char *name);
bool world_in_transaction(const struct world *w);
/* Two statements with the same number here are in the same transaction. */
size_t world_transaction(const struct world *w);
/* Strongest lock on an old table that this transaction holds from an earlier statement. */
const struct world_table *world_held(const struct world *w, enum lock_mode least);

#endif
