/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "sql/grammar.h"

/* --- types --- */

/* Names that the grammar leaves as they are written. */
static const struct {
	const char *alias, *name;
} aliases[] = {
	{ "serial4", "serial" },
	{ "serial8", "bigserial" },
	{ "serial2", "smallserial" },
};

static void
add_modifier(struct act_type *type, const PgQuery__Node *node)
{
	if (node->node_case == PG_QUERY__NODE__NODE_A_CONST && type->modifier_count < 2 &&
	    node->a_const->val_case == PG_QUERY__A__CONST__VAL_IVAL)
		type->modifiers[type->modifier_count++] = node->a_const->ival->ival;
}

/* INTERVAL has its fields first: all of them (0x7fff) are as good as none. */
static void
order_interval(struct act_type *type)
{
	enum { ALL_FIELDS = 0x7fff, FULL_PRECISION = 6 };
	int64_t fields = type->modifiers[0];
	bool limited = type->modifier_count > 0 && fields != ALL_FIELDS;

	type->modifiers[0] = type->modifier_count == 2 ? type->modifiers[1] : FULL_PRECISION;
	type->modifiers[1] = limited ? fields : 0;
	type->modifier_count = limited ? 2 : type->modifier_count == 2;
}

/* The words of a type end where the next clause begins, at limit the latest. */
static size_t
type_end(const struct act_reader *r, size_t from, size_t limit)
{
	struct words s = act_words(r, from);
	size_t depth = 0, end = act_element_end(r, from);
	struct word w;

	end = end < limit ? end : limit;
	while (words_next(&s, &w) && (size_t)(w.text - r->text) < end) {
		if (depth == 0 &&
		    word_is(&w, "COLLATE|USING|COMPRESSION|STORAGE|OPTIONS|CASCADE|RESTRICT"))
			return (size_t)(w.text - r->text);
		if (word_is(&w, "("))
			depth++;
		else if (word_is(&w, ")"))
			depth--;
	}
	return end;
}

void
act_type(struct act_reader *r, const PgQuery__TypeName *tree, size_t limit, struct act_type *out)
{
	size_t from, i;

	*out = (struct act_type){ 0 };
	if (tree == NULL)
		return;
	from = act_place(r, tree->location);
	out->name = act_listed(r, tree->names, tree->n_names, 0);
	for (i = 0; i < sizeof(aliases) / sizeof(aliases[0]); i++)
		if (out->name.name != NULL && strcmp(out->name.name, aliases[i].alias) == 0)
			out->name.name = aliases[i].name;
	for (i = 0; i < tree->n_typmods; i++)
		add_modifier(out, tree->typmods[i]);
	if (out->name.name != NULL && strcmp(out->name.name, "interval") == 0)
		order_interval(out);
	out->array = tree->n_array_bounds > 0;
	out->text = act_slice(r, from, type_end(r, from, limit));
}

/* --- constraints --- */

/* "c" in c IS NOT NULL, and in the first such part of an AND. */
static const char *
proven_not_null(struct act_reader *r, const PgQuery__Node *node)
{
	const char *column = NULL;
	const PgQuery__Node *arg;
	size_t i;

	if (node == NULL)
		return NULL;
	if (node->node_case == PG_QUERY__NODE__NODE_BOOL_EXPR &&
	    node->bool_expr->boolop == PG_QUERY__BOOL_EXPR_TYPE__AND_EXPR)
		for (i = 0; i < node->bool_expr->n_args && column == NULL; i++)
			column = proven_not_null(r, node->bool_expr->args[i]);
	if (node->node_case != PG_QUERY__NODE__NODE_NULL_TEST ||
	    node->null_test->nulltesttype != PG_QUERY__NULL_TEST_TYPE__IS_NOT_NULL)
		return column;
	arg = node->null_test->arg;
	if (arg->node_case != PG_QUERY__NODE__NODE_COLUMN_REF || arg->column_ref->n_fields != 1)
		return NULL;
	return act_string(r, arg->column_ref->fields[0]);
}

struct mentions {
	struct act_reader *r;
	struct act_constraint *out;
};

static bool
see_column(void *context, const ProtobufCMessage *message)
{
	struct mentions *m = context;
	struct act_constraint *c = m->out;
	const PgQuery__ColumnRef *ref = (const PgQuery__ColumnRef *)message;
	const char *name;
	size_t i;

	if (message->descriptor != &pg_query__column_ref__descriptor)
		return true;
	name = act_string(m->r, ref->fields[ref->n_fields - 1]);
	for (i = 0; name != NULL && i < c->column_count; i++)
		if (strcmp(c->columns[i], name) == 0)
			return true;
	if (name == NULL)
		return true;
	c->columns = arena_extend(m->r->a, c->columns, c->column_count, sizeof(*c->columns));
	c->columns[c->column_count++] = name;
	return true;
}

/* Behind the name that a constraint may begin with. */
static struct words
constraint_words(const struct act_reader *r, size_t at)
{
	struct words s = act_words(r, at);

	words_match(&s, "CONSTRAINT %");
	return s;
}

/* What the grammar does not know is read from the words. */
static void
read_newer_constraint(struct act_reader *r, size_t at, struct act_constraint *out)
{
	struct words s = constraint_words(r, at), rest = s;
	const char *end = r->text + act_element_end(r, at);
	struct word w;

	if (out->kind == CONSTRAINT_CHECK && words_match(&s, "NOT NULL")) {
		out->kind = CONSTRAINT_NOT_NULL;
		out->proves_not_null = NULL; /* the column that it was rewritten with stays */
		out->expression = NULL;
		out->value = VALUE_NONE;
	}
	/* In a column others may follow, and it is theirs what stands behind them. */
	words_next(&rest, &w);
	while (words_next(&rest, &w) && w.text < end) {
		struct words here = words_start(w.text, (size_t)(end - w.text));

		if (out->of_column && word_is(&w, "CHECK|REFERENCES|CONSTRAINT|UNIQUE|PRIMARY"))
			return;
		if (word_is(&w, "("))
			words_skip_list(&rest);
		else if (words_match(&here, "NOT ENFORCED"))
			out->not_enforced = true;
		else if (words_match(&here, "NO INHERIT"))
			out->no_inherit = true;
	}
}

static void
read_check(
    struct act_reader *r, const PgQuery__Constraint *tree, size_t at, struct act_constraint *out)
{
	struct words s = constraint_words(r, at), behind;
	struct mentions mentions = { r, out };
	size_t from, to;

	out->columns = NULL;
	tree_walk(&tree->raw_expr->base, see_column, &mentions);
	out->value = value_of(tree->raw_expr);
	out->proves_not_null = proven_not_null(r, tree->raw_expr);
	if (!words_match(&s, "CHECK ("))
		return;
	behind = s;
	words_skip_list(&behind);
	from = (size_t)(s.at - r->text);
	to = (size_t)(behind.at - r->text);
	out->expression = act_slice(r, from, to - 1);
}

static enum act_constraint_kind
constraint_kind(PgQuery__ConstrType type)
{
	switch ((int)type) { /* the others are not constraints */
	case PG_QUERY__CONSTR_TYPE__CONSTR_CHECK:
		return CONSTRAINT_CHECK;
	case PG_QUERY__CONSTR_TYPE__CONSTR_PRIMARY:
		return CONSTRAINT_PRIMARY_KEY;
	case PG_QUERY__CONSTR_TYPE__CONSTR_UNIQUE:
		return CONSTRAINT_UNIQUE;
	case PG_QUERY__CONSTR_TYPE__CONSTR_EXCLUSION:
		return CONSTRAINT_EXCLUSION;
	case PG_QUERY__CONSTR_TYPE__CONSTR_FOREIGN:
		return CONSTRAINT_FOREIGN_KEY;
	}
	return CONSTRAINT_NOT_NULL;
}

/* EXCLUDE has its columns as elements of an index. */
static void
read_exclusion(struct act_reader *r, const PgQuery__Constraint *tree, struct act_constraint *out)
{
	size_t i;

	out->columns = arena_alloc(r->a, (tree->n_exclusions + 1) * sizeof(*out->columns));
	for (i = 0; i < tree->n_exclusions; i++) {
		const PgQuery__List *pair = tree->exclusions[i]->list;
		const PgQuery__IndexElem *element = pair->items[0]->index_elem;

		if (*element->name != '\0')
			out->columns[out->column_count++] = arena_strdup(r->a, element->name);
	}
}

void
act_constraint(struct act_reader *r, const PgQuery__Constraint *tree, bool of_column,
    struct act_constraint *out)
{
	size_t at = act_place(r, tree->location);

	*out = (struct act_constraint){
		.kind = constraint_kind(tree->contype),
		.name = act_text(r, tree->conname),
		.references = act_relation(r, tree->pktable),
		.using_index = act_text(r, tree->indexname),
		.not_valid = tree->skip_validation,
		.no_inherit = tree->is_no_inherit,
		.deferrable = tree->deferrable,
		.of_column = of_column,
		.nulls_not_distinct = tree->nulls_not_distinct,
		/* NO ACTION is also what is not written. */
		.has_on_delete = *tree->fk_del_action != '\0' && *tree->fk_del_action != 'a',
		.at = r->base + (r->base_only ? 0 : (int64_t)at),
	};
	if (out->kind == CONSTRAINT_EXCLUSION)
		read_exclusion(r, tree, out);
	else if (out->kind == CONSTRAINT_FOREIGN_KEY)
		out->columns = act_strings(r, tree->fk_attrs, tree->n_fk_attrs, &out->column_count);
	else
		out->columns = act_strings(r, tree->keys, tree->n_keys, &out->column_count);
	out->included = act_strings(r, tree->including, tree->n_including, &out->included_count);
	out->referenced = act_strings(r, tree->pk_attrs, tree->n_pk_attrs, &out->referenced_count);
	if (out->kind == CONSTRAINT_CHECK)
		read_check(r, tree, at, out);
	if (r->newer != NULL)
		read_newer_constraint(r, at, out);
}

/* --- columns --- */

/* The first place behind from where another clause of the column begins. */
static size_t
clause_end(const struct act_reader *r, const PgQuery__ColumnDef *def, size_t from)
{
	size_t i, end = act_element_end(r, from);

	for (i = 0; i <= def->n_constraints; i++) {
		int32_t location = 0;
		size_t at;

		if (i < def->n_constraints)
			location = def->constraints[i]->constraint->location;
		else if (def->coll_clause != NULL)
			location = def->coll_clause->location;
		at = act_place(r, location);
		if (location > 0 && at > from && at < end)
			end = at;
	}
	return end;
}

static void
read_default(struct act_reader *r, const PgQuery__ColumnDef *def, size_t at,
    const PgQuery__Node *expression, struct act_column *out)
{
	struct words s = constraint_words(r, at);

	out->value = value_of(expression);
	if (out->value == VALUE_UNKNOWN)
		out->calls = value_calls(r, expression, &out->call_count);
	if (words_match(&s, "DEFAULT"))
		out->default_text = act_slice(r, (size_t)(s.at - r->text), clause_end(r, def, at));
}

static void
add_column_constraint(struct act_reader *r, const PgQuery__Constraint *tree, struct act_column *out)
{
	struct act_constraint *c;

	out->constraints = arena_extend(r->a, out->constraints, out->constraint_count, sizeof(*c));
	c = &out->constraints[out->constraint_count++];
	act_constraint(r, tree, true, c);
	if (c->kind != CONSTRAINT_CHECK && out->name != NULL) { /* a domain has none */
		c->columns = arena_alloc(r->a, sizeof(*c->columns));
		c->columns[0] = out->name;
		c->column_count = 1;
	}
	if (c->kind == CONSTRAINT_NOT_NULL || c->kind == CONSTRAINT_PRIMARY_KEY)
		out->not_null = true;
}

static void
read_generated(struct act_reader *r, size_t at, struct act_column *out)
{
	struct words s = constraint_words(r, at), inside = s, behind;

	out->stored = words_match(&s, "GENERATED ALWAYS AS () STORED");
	out->virtual = !out->stored;
	if (!words_match(&inside, "GENERATED ALWAYS AS ("))
		return;
	behind = inside;
	words_skip_list(&behind);
	out->generated_text =
	    act_slice(r, (size_t)(inside.at - r->text), (size_t)(behind.at - r->text) - 1);
}

/* One clause of a column. */
static void
read_clause(struct act_reader *r, const PgQuery__ColumnDef *def, const PgQuery__Constraint *tree,
    struct act_column *out)
{
	size_t at = act_place(r, tree->location);

	switch (tree->contype) {
	case PG_QUERY__CONSTR_TYPE__CONSTR_DEFAULT:
		read_default(r, def, at, tree->raw_expr, out);
		break;
	case PG_QUERY__CONSTR_TYPE__CONSTR_IDENTITY:
		out->identity = true;
		out->not_null = true;
		break;
	case PG_QUERY__CONSTR_TYPE__CONSTR_GENERATED:
		read_generated(r, at, out);
		break;
	case PG_QUERY__CONSTR_TYPE__CONSTR_NOTNULL:
	case PG_QUERY__CONSTR_TYPE__CONSTR_CHECK:
	case PG_QUERY__CONSTR_TYPE__CONSTR_PRIMARY:
	case PG_QUERY__CONSTR_TYPE__CONSTR_UNIQUE:
	case PG_QUERY__CONSTR_TYPE__CONSTR_EXCLUSION:
	case PG_QUERY__CONSTR_TYPE__CONSTR_FOREIGN:
		add_column_constraint(r, tree, out);
		break;
	case PG_QUERY__CONSTR_TYPE__CONSTR_ATTR_DEFERRABLE:
	case PG_QUERY__CONSTR_TYPE__CONSTR_ATTR_DEFERRED:
		if (out->constraint_count > 0)
			out->constraints[out->constraint_count - 1].deferrable = true;
		break;
	case PG_QUERY__CONSTR_TYPE__CONSTR_TYPE_UNDEFINED:
	case PG_QUERY__CONSTR_TYPE__CONSTR_NULL:
	case PG_QUERY__CONSTR_TYPE__CONSTR_ATTR_NOT_DEFERRABLE:
	case PG_QUERY__CONSTR_TYPE__CONSTR_ATTR_IMMEDIATE:
	case _PG_QUERY__CONSTR_TYPE_IS_INT_SIZE:
		break;
	}
}

void
act_column(struct act_reader *r, const PgQuery__ColumnDef *def, struct act_column *out)
{
	size_t at = act_place(r, def->location), i;

	*out = (struct act_column){
		.name = act_text(r, def->colname),
		.at = r->base + (r->base_only ? 0 : (int64_t)at),
	};
	act_type(r, def->type_name, clause_end(r, def, at), &out->type);
	if (def->coll_clause != NULL)
		out->collation =
		    act_listed(r, def->coll_clause->collname, def->coll_clause->n_collname, 0).name;
	for (i = 0; i < def->n_constraints; i++)
		read_clause(r, def, def->constraints[i]->constraint, out);
}

/* --- CREATE TABLE --- */

static void
add_element(struct act_reader *r, const PgQuery__Node *element, struct act *act)
{
	switch ((int)element->node_case) { /* of hundreds */
	case PG_QUERY__NODE__NODE_COLUMN_DEF:
		act->columns =
		    arena_extend(r->a, act->columns, act->column_count, sizeof(*act->columns));
		act_column(r, element->column_def, &act->columns[act->column_count++]);
		break;
	case PG_QUERY__NODE__NODE_CONSTRAINT:
		act->constraints = arena_extend(
		    r->a, act->constraints, act->constraint_count, sizeof(*act->constraints));
		act_constraint(
		    r, element->constraint, false, &act->constraints[act->constraint_count++]);
		break;
	case PG_QUERY__NODE__NODE_TABLE_LIKE_CLAUSE:
		act_reads(r, &element->table_like_clause->base, act);
		break;
	}
}

/* Columns by their names, expressions as written. */
static void
read_partition_key(struct act_reader *r, const PgQuery__PartitionSpec *spec, struct act *act)
{
	size_t i;

	act->partitioned = true;
	act->values = arena_alloc(r->a, (spec->n_part_params + 1) * sizeof(*act->values));
	for (i = 0; i < spec->n_part_params; i++) {
		const PgQuery__PartitionElem *e = spec->part_params[i]->partition_elem;
		size_t at = act_place(r, e->location);

		act->values[act->value_count++] = *e->name != '\0'
		    ? arena_strdup(r->a, e->name)
		    : act_slice(r, at, act_element_end(r, at));
	}
}

/* The place of a bound is behind FOR VALUES. */
void
act_bound(struct act_reader *r, const PgQuery__PartitionBoundSpec *bound, struct act *act)
{
	size_t at = act_place(r, bound->location);
	struct words s = act_words(r, at);

	act->default_partition = bound->is_default;
	if (bound->is_default)
		act->bound = "DEFAULT";
	else if (words_match(&s, "IN|WITH ()") || words_match(&s, "FROM () TO ()"))
		act->bound =
		    arena_printf(r->a, "FOR VALUES %s", act_slice(r, at, (size_t)(s.at - r->text)));
}

static void
read_parents(struct act_reader *r, const PgQuery__CreateStmt *stmt, struct act *act)
{
	size_t i;

	act->parents = arena_alloc(r->a, (stmt->n_inh_relations + 1) * sizeof(*act->parents));
	for (i = 0; i < stmt->n_inh_relations; i++)
		act->parents[act->parent_count++] =
		    act_relation(r, stmt->inh_relations[i]->range_var);
	act->other = act->parents[0];
	act->partition_of = stmt->partbound != NULL;
	if (stmt->partbound != NULL)
		act_bound(r, stmt->partbound, act);
}

static void
read_create(struct act_reader *r, const PgQuery__CreateStmt *stmt, enum act_on on)
{
	struct act *act = act_add(r, ACT_CREATE_TABLE, "CREATE TABLE", act_place(r, 0));
	size_t i;

	act->on = on;
	act->name = act_relation(r, stmt->relation);
	act->temporary = *stmt->relation->relpersistence == 't';
	act->unlogged = *stmt->relation->relpersistence == 'u';
	act->if_not_exists = stmt->if_not_exists;
	if (stmt->partspec != NULL)
		read_partition_key(r, stmt->partspec, act);
	if (stmt->n_inh_relations > 0)
		read_parents(r, stmt, act);
	for (i = 0; i < stmt->n_table_elts; i++)
		add_element(r, stmt->table_elts[i], act);
}

static void
read_create_table(struct act_reader *r, const PgQuery__Node *node)
{
	read_create(r, node->create_stmt, ACT_ON_TABLE);
}

static void
read_create_foreign_table(struct act_reader *r, const PgQuery__Node *node)
{
	read_create(r, node->create_foreign_table_stmt->base_stmt, ACT_ON_FOREIGN_TABLE);
}

/* --- CREATE INDEX --- */

/* As it was written: an element of an index has no place of its own. */
static void
read_parts(struct act_reader *r, const PgQuery__IndexStmt *stmt, struct act_index *index)
{
	struct words s = act_words(r, act_place(r, stmt->relation->location));
	size_t i, at;

	words_match(&s, "%");
	words_match(&s, "[*]");
	words_match(&s, "USING %");
	words_match(&s, "(");
	at = (size_t)(s.at - r->text);
	index->parts = arena_alloc(r->a, (stmt->n_index_params + 1) * sizeof(*index->parts));
	for (i = 0; i < stmt->n_index_params; i++) {
		const PgQuery__IndexElem *e = stmt->index_params[i]->index_elem;
		struct act_index_part *part = &index->parts[index->part_count++];
		size_t end = act_element_end(r, at);

		part->column = act_text(r, e->name);
		part->text = act_slice(r, at, end);
		if (part->column == NULL)
			part->expression = part->text;
		part->plain = e->n_collation == 0 && e->n_opclass == 0 &&
		    e->ordering <= PG_QUERY__SORT_BY_DIR__SORTBY_DEFAULT &&
		    e->nulls_ordering <= PG_QUERY__SORT_BY_NULLS__SORTBY_NULLS_DEFAULT;
		s = act_words(r, end);
		words_match(&s, ",");
		at = (size_t)(s.at - r->text);
	}
}

static const char *
predicate_text(struct act_reader *r, const PgQuery__IndexStmt *stmt)
{
	struct words s = act_words(r, act_place(r, stmt->relation->location));

	if (stmt->where_clause == NULL || !words_match(&s, "... WHERE"))
		return NULL;
	return act_slice(r, (size_t)(s.at - r->text), r->length);
}

static void
read_create_index(struct act_reader *r, const PgQuery__Node *node)
{
	const PgQuery__IndexStmt *stmt = node->index_stmt;
	const char *form = stmt->concurrent ? "CREATE INDEX CONCURRENTLY" : "CREATE INDEX";
	struct act *act = act_add(r, ACT_CREATE_INDEX, form, act_place(r, 0));
	struct act_index *index = arena_alloc(r->a, sizeof(*index));

	act->on = ACT_ON_TABLE;
	act->name = act_relation(r, stmt->relation);
	act->only = !stmt->relation->inh;
	act->part = act_text(r, stmt->idxname);
	act->concurrently = stmt->concurrent;
	act->if_not_exists = stmt->if_not_exists;
	act->index = index;
	index->name = act->part;
	index->method = arena_strdup(r->a, stmt->access_method);
	index->unique = stmt->unique;
	index->predicate = predicate_text(r, stmt);
	read_parts(r, stmt, index);
}

const struct act_row act_table_rows[] = {
	{ PG_QUERY__NODE__NODE_CREATE_STMT, read_create_table },
	{ PG_QUERY__NODE__NODE_INDEX_STMT, read_create_index },
	{ PG_QUERY__NODE__NODE_CREATE_FOREIGN_TABLE_STMT, read_create_foreign_table },
	{ 0, NULL },
};
