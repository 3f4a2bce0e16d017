/* SPDX-License-Identifier: MIT */
#ifndef SQL_ACT_H
#define SQL_ACT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

/*
 * What a statement does, as plain data: the grammar's tree made into a list of acts, one for each
 * thing that is created, changed, dropped or written to.  An ALTER TABLE with three actions is
 * three acts, a DROP TABLE a, b is two.  Locks, rules and the plan are told from acts, so the tree
 * itself is known in the room of the grammar only, and newer syntax needs no tree at all.
 */

enum act_kind {
	ACT_OTHER, /* nothing that has a name here */

	/* CREATE */
	ACT_CREATE_TABLE, /* foreign tables, too */
	ACT_CREATE_TABLE_AS, /* SELECT INTO, too */
	ACT_CREATE_MATERIALIZED_VIEW,
	ACT_CREATE_VIEW,
	ACT_CREATE_SEQUENCE,
	ACT_CREATE_INDEX,
	ACT_CREATE_SCHEMA,
	ACT_CREATE_ENUM,
	ACT_CREATE_TYPE, /* composite, range, base */
	ACT_CREATE_DOMAIN,
	ACT_CREATE_FUNCTION, /* procedures, too */
	ACT_CREATE_TRIGGER,
	ACT_CREATE_RULE,
	ACT_CREATE_POLICY,
	ACT_CREATE_STATISTICS,
	ACT_CREATE_EXTENSION,
	ACT_CREATE_PUBLICATION, /* of one table; without a name: of all */
	ACT_CREATE_DATABASE,

	/* ALTER of a relation: table, view, materialized view, index, sequence, foreign table */
	ACT_ADD_COLUMN,
	ACT_DROP_COLUMN,
	ACT_RENAME_COLUMN,
	ACT_ALTER_COLUMN_TYPE,
	ACT_SET_DEFAULT,
	ACT_DROP_DEFAULT,
	ACT_SET_NOT_NULL,
	ACT_DROP_NOT_NULL,
	ACT_SET_EXPRESSION,
	ACT_DROP_EXPRESSION,
	ACT_ADD_IDENTITY,
	ACT_SET_IDENTITY,
	ACT_DROP_IDENTITY,
	ACT_SET_STATISTICS,
	ACT_SET_ATTRIBUTE, /* ALTER COLUMN SET (n_distinct = ...) */
	ACT_SET_STORAGE,
	ACT_SET_COMPRESSION,
	ACT_ADD_CONSTRAINT,
	ACT_ALTER_CONSTRAINT,
	ACT_VALIDATE_CONSTRAINT,
	ACT_DROP_CONSTRAINT,
	ACT_RENAME_CONSTRAINT,
	ACT_RENAME, /* the relation itself, and what else has a name: see on */
	ACT_SET_SCHEMA,
	ACT_SET_OWNER,
	ACT_SET_LOGGED,
	ACT_SET_UNLOGGED,
	ACT_SET_ACCESS_METHOD,
	ACT_SET_TABLESPACE,
	ACT_SET_PARAMETER, /* SET and RESET (fillfactor, autovacuum_enabled, ...) */
	ACT_CLUSTER_ON,
	ACT_SET_WITHOUT_CLUSTER,
	ACT_ENABLE_TRIGGER,
	ACT_DISABLE_TRIGGER,
	ACT_ENABLE_RULE, /* and DISABLE */
	ACT_INHERIT,
	ACT_NO_INHERIT,
	ACT_OF_TYPE, /* OF and NOT OF */
	ACT_REPLICA_IDENTITY,
	ACT_ROW_SECURITY, /* ENABLE, DISABLE, FORCE, NO FORCE */
	ACT_ATTACH_PARTITION, /* a table, or with on == ACT_ON_INDEX an index */
	ACT_DETACH_PARTITION,
	ACT_FINALIZE_PARTITION,
	ACT_SPLIT_PARTITION, /* MERGE, too */
	ACT_ALTER, /* any other action on a relation */

	/* ALTER of something else */
	ACT_ALTER_SEQUENCE,
	ACT_ADD_ENUM_VALUE,
	ACT_RENAME_ENUM_VALUE,
	ACT_ALTER_TYPE, /* composite: ADD, DROP, ALTER ATTRIBUTE */
	ACT_DOMAIN_ADD_CONSTRAINT,
	ACT_DOMAIN_SET_NOT_NULL,
	ACT_DOMAIN_VALIDATE,
	ACT_DOMAIN_ALTER, /* DROP CONSTRAINT, SET DEFAULT, ... */
	ACT_ALTER_POLICY,
	ACT_ALTER_PUBLICATION, /* of one table; without a name: of all */
	ACT_ALTER_FUNCTION,
	ACT_ALTER_SYSTEM,

	ACT_DROP, /* on says of what; of a column, constraint: see above */
	ACT_TRUNCATE,

	/* maintenance */
	ACT_CLUSTER,
	ACT_VACUUM,
	ACT_VACUUM_FULL,
	ACT_ANALYZE,
	ACT_REINDEX,
	ACT_REFRESH,
	ACT_REPACK,
	ACT_LOCK,
	ACT_COMMENT,
	ACT_SECURITY_LABEL,
	ACT_GRANT, /* and REVOKE: see revoke */
	ACT_DEFAULT_PRIVILEGES,

	/* rows */
	ACT_SELECT,
	ACT_INSERT,
	ACT_UPDATE,
	ACT_DELETE,
	ACT_MERGE,
	ACT_COPY_IN,
	ACT_COPY_OUT,

	/* session and transaction */
	ACT_SET, /* and RESET: setting, value (NULL: RESET, DEFAULT), local */
	ACT_BEGIN,
	ACT_COMMIT,
	ACT_ROLLBACK,
	ACT_SAVEPOINT,
	ACT_RELEASE,
	ACT_ROLLBACK_TO,
	ACT_PREPARE_TRANSACTION,
	ACT_DO, /* the block itself; what it runs follows as acts with inside set */
	ACT_CALL,
	ACT_EXECUTE_DYNAMIC, /* EXECUTE of a text that is not constant (value), inside of a block */
	ACT_UNREAD /* the body of a block that could not be read; value says why */
};

/* What kind of thing an act is about. */
enum act_on {
	ACT_ON_OTHER,
	ACT_ON_TABLE,
	ACT_ON_FOREIGN_TABLE,
	ACT_ON_VIEW,
	ACT_ON_MATERIALIZED_VIEW,
	ACT_ON_INDEX,
	ACT_ON_SEQUENCE,
	ACT_ON_COLUMN,
	ACT_ON_CONSTRAINT,
	ACT_ON_TRIGGER,
	ACT_ON_RULE,
	ACT_ON_POLICY,
	ACT_ON_STATISTICS,
	ACT_ON_TYPE,
	ACT_ON_DOMAIN,
	ACT_ON_FUNCTION,
	ACT_ON_SCHEMA,
	ACT_ON_EXTENSION,
	ACT_ON_DATABASE
};

/* A relation, type or function; names as the catalog stores them, not quoted. */
struct act_name {
	const char *schema; /* NULL: by search_path */
	const char *name; /* NULL: there is none */
};

/* What is known of an expression without a catalog. */
enum act_value {
	VALUE_NONE, /* there is none */
	VALUE_NULL,
	VALUE_CONSTANT, /* also what folds to one: '{}'::jsonb, 1 + 1 */
	VALUE_STABLE, /* now(), current_timestamp, current_user, ... */
	VALUE_VOLATILE, /* random(), gen_random_uuid(), clock_timestamp(), nextval(), ... */
	VALUE_UNKNOWN /* calls a function that is not PostgreSQL's own */
};

struct act_type {
	struct act_name
	    name; /* "int4", "varchar", "timestamptz": the catalog's own; serial: "serial" */
	int64_t modifiers[2]; /* varchar(20), numeric(10, 2) */
	size_t modifier_count;
	bool array;
	const char *text; /* as written, for people */
};

enum act_constraint_kind {
	CONSTRAINT_CHECK,
	CONSTRAINT_NOT_NULL, /* the named form of 18, and a column's own */
	CONSTRAINT_PRIMARY_KEY,
	CONSTRAINT_UNIQUE,
	CONSTRAINT_EXCLUSION,
	CONSTRAINT_FOREIGN_KEY
};

struct act_constraint {
	enum act_constraint_kind kind;
	const char *name; /* NULL: PostgreSQL makes one up */
	const char **columns; /* of the table itself; of CHECK: those it mentions */
	size_t column_count;
	struct act_name references; /* of a foreign key */
	const char **referenced; /* its columns; none: the primary key */
	size_t referenced_count;
	const char *using_index; /* UNIQUE, PRIMARY KEY USING INDEX */
	const char *proves_not_null; /* CHECK (c IS NOT NULL): c; also within AND */
	const char *expression; /* of CHECK, as written, without the parentheses around it */
	enum act_value value; /* of that expression */
	const char **included; /* INCLUDE of a key */
	size_t included_count;
	bool nulls_not_distinct;
	bool not_valid, not_enforced, no_inherit, deferrable;
	bool has_on_delete;
	bool of_column; /* written behind a column */
	int64_t at; /* byte in the statement where it begins */
};

struct act_column {
	const char *name;
	struct act_type type;
	enum act_value value; /* of its DEFAULT */
	const char *default_text; /* as written, or NULL */
	struct act_name *calls; /* functions in it that make it VALUE_UNKNOWN */
	size_t call_count;
	bool not_null, identity, stored, virtual; /* stored, virtual: GENERATED ALWAYS AS (...) */
	const char *generated_text; /* the expression in GENERATED ALWAYS AS (...), as written */
	const char *collation; /* or NULL */
	struct act_constraint *constraints; /* CHECK, UNIQUE, PRIMARY KEY, REFERENCES, NOT NULL */
	size_t constraint_count;
	int64_t at;
};

/* One column or expression of an index. */
struct act_index_part {
	const char *column; /* NULL: an expression */
	const char *expression; /* as written, when it is one */
	const char *text; /* as written, with what stands behind it */
	bool plain; /* no collation, operator class or order stands behind it */
};

struct act_index {
	const char *name; /* NULL: PostgreSQL makes one up */
	const char *method; /* "btree", "gin", ... */
	bool unique;
	struct act_index_part *parts; /* without those of INCLUDE */
	size_t part_count;
	const char *predicate; /* WHERE, as written, or NULL */
};

struct act {
	enum act_kind kind;
	enum act_on on;
	const char *form; /* "ADD COLUMN", "CREATE INDEX CONCURRENTLY": the key of sql/ddl.h */
	int64_t at; /* byte in the statement where it begins */
	/* Its place in the statement when one does several: 0, 1, 2, ... */
	size_t number;
	bool inside; /* it stands in the body of a DO block */

	/* What it is about: the table of an index, trigger, policy, column; the type; the function. */
	struct act_name name;
	bool only; /* ONLY was written */
	const char *part; /* the column, constraint, trigger, policy, enum value, ... of it */
	const char *new_name; /* RENAME: of the relation, column, ...; SET SCHEMA: the schema */
	struct act_name other; /* the partition, the parent of INHERITS, the index to attach */
	struct act_name *parents; /* CREATE TABLE: all that it inherits from, other the first */
	size_t parent_count;

	bool if_exists, if_not_exists, or_replace, cascade, concurrently;
	bool part_if_exists; /* DROP COLUMN, CONSTRAINT IF EXISTS */
	bool temporary, unlogged, no_data; /* no_data: WITH NO DATA */
	bool partition_of,
	    default_partition; /* CREATE TABLE ... PARTITION OF other, ATTACH: DEFAULT */
	const char *bound; /* FOR VALUES ..., as written */
	bool partitioned; /* CREATE TABLE ... PARTITION BY */
	bool revoke, to_public; /* GRANT: REVOKE, PUBLIC */
	bool all; /* GRANT: ALL PRIVILEGES; DISABLE TRIGGER ALL; a publication FOR ALL TABLES */
	bool has_where, always_true; /* UPDATE, DELETE: WHERE, and it is TRUE or 1 = 1 */
	bool has_limit; /* a LIMIT stands in a subquery of its WHERE, or a key range does */
	bool security_definer, sets_search_path; /* CREATE, ALTER FUNCTION */
	bool placed; /* ADD VALUE ... BEFORE, AFTER */
	bool enforced, not_enforced; /* ALTER CONSTRAINT ... [NOT] ENFORCED */

	/* CREATE TABLE: all; ADD COLUMN, ALTER COLUMN TYPE, SET DEFAULT, CREATE DOMAIN: one. */
	struct act_column *columns;
	size_t column_count;
	/* CREATE TABLE, CREATE DOMAIN: its own; ADD CONSTRAINT: one. */
	struct act_constraint *constraints;
	size_t constraint_count;
	struct act_index *index; /* CREATE INDEX */
	const char *using_text; /* ALTER COLUMN TYPE ... USING, as written */
	bool using_converts; /* it is more than the column, or a cast of it to that type */
	/*
	 * Enum values; columns of INSERT and UPDATE; names of parameters that are set; privileges;
	 * the key of PARTITION BY, expressions of it as written.
	 */
	const char **values;
	size_t value_count;
	const char *twice; /* INSERT, UPDATE, MERGE: a column that is written to twice */
	/*
	 * SET, and of SET (parameter) the first one.  Alone, value is "enable", "disable", "force" or
	 * "no force" of ROW_SECURITY; "full", "nothing", "default" or "index" of REPLICA_IDENTITY;
	 * "volatile", "stable" or "immutable" of CREATE FUNCTION.
	 */
	const char *setting, *value;
	bool local;
	int lock_mode; /* LOCK: enum lock_mode */
	/* Relations that it only reads (queries, LIKE): for locks and for what is used too early. */
	struct act_name *reads;
	size_t read_count;
};

struct acts {
	struct act *list;
	size_t count;
};

#endif
