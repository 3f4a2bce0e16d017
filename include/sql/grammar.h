/* SPDX-License-Identifier: MIT */
#ifndef SQL_GRAMMAR_H
#define SQL_GRAMMAR_H

#include <pg_query.h>
#include <pg_query/pg_query.pb-c.h>

#include "sql/act.h"
#include "sql/newer.h"
#include "sql/words.h"

/*
 * The door of libpg_query, the grammar of PostgreSQL 15: known to parse.c and block.c, which ask it,
 * to the rooms that make acts out of its trees (act*.c, value.c, tree.c), and to within.c.  Beyond
 * them there are no trees.  A tree ends with its statement: what is kept of it is copied.
 */

/* One statement on its way from the tree to acts. */
struct act_reader {
	struct arena *a;
	const char *text; /* as written */
	size_t length;
	const struct newer *newer; /* how the text was rewritten for the grammar, or NULL */
	const char *form; /* by its leading words */
	struct acts *acts;
	const PgQuery__Node *root; /* of the tree */
	bool inside; /* of a DO block */
	int64_t base; /* where the text begins in the statement that is read */
	bool base_only; /* its text is not a piece of that statement: all of it is at base */
};

/* --- parse.c --- */

typedef void tree_see(void *context, const PgQuery__Node *statement);
/*
 * Asks the grammar for one statement (parse_is_safe) and shows its tree, which ends with the call.
 * Returns why the grammar refuses it (*position: the character), or NULL.
 */
const char *
parse_show(struct arena *a, const char *text, tree_see *see, void *context, int64_t *position);

/* --- act.c --- */

/* The acts of a tree; whatever it is, there is one at least. */
void act_read(struct act_reader *r, const PgQuery__Node *node);
/* A new act; at is a byte of the text. */
struct act *act_add(struct act_reader *r, enum act_kind kind, const char *form, size_t at);
/* The byte of the text that a location in the tree stands for: the beginning of a word. */
size_t act_place(const struct act_reader *r, int32_t location);
struct words act_words(const struct act_reader *r, size_t at);
/* Where the element that stands there ends: at the next comma or behind the last word of the list. */
size_t act_element_end(const struct act_reader *r, size_t from);
/* The words in between, as written; NULL if there are none. */
const char *act_slice(const struct act_reader *r, size_t from, size_t to);

/* A copy, or NULL for what was not written. */
const char *act_text(struct act_reader *r, const char *text);
struct act_name act_relation(struct act_reader *r, const PgQuery__RangeVar *relation);
/* From schema.name as a list of strings; without the last ones, which name a part of it. */
struct act_name
act_listed(struct act_reader *r, PgQuery__Node *const *names, size_t count, size_t parts);
/* From whatever names an object: strings, a list of them, a type, a function. */
struct act_name act_object(struct act_reader *r, const PgQuery__Node *node, size_t parts);
/* The text of a string node, or NULL. */
const char *act_string(struct act_reader *r, const PgQuery__Node *node);
const char **
act_strings(struct act_reader *r, PgQuery__Node *const *nodes, size_t count, size_t *kept);
/* The option of that name, or NULL. */
const PgQuery__DefElem *act_option(PgQuery__Node *const *options, size_t count, const char *name);
bool act_option_is_on(PgQuery__Node *const *options, size_t count, const char *name);
/* Their names, and the value of the first one. */
void
act_options(struct act_reader *r, PgQuery__Node *const *options, size_t count, struct act *act);
enum act_on act_on_object(PgQuery__ObjectType type);

/* A kind of node, and who reads it. */
struct act_row {
	PgQuery__Node__NodeCase node;
	void (*read)(struct act_reader *r, const PgQuery__Node *node);
};

/* --- act_table.c: columns, constraints, types; CREATE TABLE and INDEX --- */

extern const struct act_row act_table_rows[];
/* limit: where its words end at the latest. */
void
act_type(struct act_reader *r, const PgQuery__TypeName *tree, size_t limit, struct act_type *out);
void act_column(struct act_reader *r, const PgQuery__ColumnDef *def, struct act_column *out);
void act_constraint(struct act_reader *r, const PgQuery__Constraint *tree, bool of_column,
    struct act_constraint *out);
/* FOR VALUES ... of a partition. */
void act_bound(struct act_reader *r, const PgQuery__PartitionBoundSpec *bound, struct act *act);

/* SECURITY DEFINER, SET search_path, VOLATILE, ... of a function. */
void act_function_options(
    struct act_reader *r, PgQuery__Node *const *options, size_t count, struct act *act);

/* --- act_alter.c, act_create.c, act_rows.c, act_rest.c --- */

extern const struct act_row act_alter_rows[], act_create_rows[], act_rows_rows[], act_rest_rows[];
/* The relations that a piece of the tree reads. */
void act_reads(struct act_reader *r, const ProtobufCMessage *tree, struct act *act);

/* --- value.c --- */

/* What an expression is worth, knowing PostgreSQL's own functions and no others. */
enum act_value value_of(const PgQuery__Node *node);
/* The functions that are not PostgreSQL's own. */
struct act_name *value_calls(struct act_reader *r, const PgQuery__Node *node, size_t *count);

/* --- tree.c --- */

/* Shows a message and all below it to visit, which returns false to go no deeper. */
typedef bool tree_visit(void *context, const ProtobufCMessage *message);
void tree_walk(const ProtobufCMessage *tree, tree_visit *visit, void *context);

#endif
