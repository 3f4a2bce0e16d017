/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/text.h"
#include "sql/grammar.h"

/* --- what is read --- */

struct seen {
	struct act_reader *r;
	struct act *act;
	const char **named; /* WITH: names that are no relations */
	size_t named_count;
};

static void
add_read(struct seen *seen, const PgQuery__RangeVar *relation)
{
	struct act_name name = act_relation(seen->r, relation);
	struct act *act = seen->act;
	size_t i;

	if (name.name == NULL)
		return;
	for (i = 0; i < act->read_count; i++)
		if (text_same(act->reads[i].schema, name.schema) &&
		    text_same(act->reads[i].name, name.name))
			return;
	for (i = 0; i < seen->named_count; i++)
		if (name.schema == NULL && strcmp(seen->named[i], name.name) == 0)
			return;
	act->reads = arena_extend(seen->r->a, act->reads, act->read_count, sizeof(*act->reads));
	act->reads[act->read_count++] = name;
}

static bool
see_name(void *context, const ProtobufCMessage *message)
{
	struct seen *seen = context;

	if (message->descriptor != &pg_query__common_table_expr__descriptor)
		return true;
	seen->named =
	    arena_extend(seen->r->a, seen->named, seen->named_count, sizeof(*seen->named));
	seen->named[seen->named_count++] =
	    arena_strdup(seen->r->a, ((const PgQuery__CommonTableExpr *)message)->ctename);
	return true;
}

/* What a statement inside of WITH writes to is not only read, and an act of its own. */
static bool
see_relation(void *context, const ProtobufCMessage *message)
{
	if (message->descriptor == &pg_query__range_var__descriptor)
		add_read(context, (const PgQuery__RangeVar *)message);
	return message->descriptor != &pg_query__insert_stmt__descriptor &&
	    message->descriptor != &pg_query__update_stmt__descriptor &&
	    message->descriptor != &pg_query__delete_stmt__descriptor &&
	    message->descriptor != &pg_query__into_clause__descriptor;
}

void
act_reads(struct act_reader *r, const ProtobufCMessage *tree, struct act *act)
{
	struct seen seen = { .r = r, .act = act };

	tree_walk(&r->root->base, see_name, &seen);
	tree_walk(tree, see_relation, &seen);
}

/* --- WHERE --- */

/* TRUE, 1 = 1, 'a' = 'a': no column in it. */
static bool
see_no_column(void *context, const ProtobufCMessage *message)
{
	bool *constant = context;

	if (message->descriptor == &pg_query__column_ref__descriptor ||
	    message->descriptor == &pg_query__func_call__descriptor ||
	    message->descriptor == &pg_query__sub_link__descriptor ||
	    message->descriptor == &pg_query__param_ref__descriptor ||
	    message->descriptor == &pg_query__current_of_expr__descriptor ||
	    message->descriptor == &pg_query__sqlvalue_function__descriptor)
		*constant = false;
	return true;
}

static bool
is_false(const PgQuery__Node *node)
{
	return node->node_case == PG_QUERY__NODE__NODE_A_CONST &&
	    (node->a_const->isnull ||
		(node->a_const->val_case == PG_QUERY__A__CONST__VAL_BOOLVAL &&
		    !node->a_const->boolval->boolval));
}

static bool
see_limit(void *context, const ProtobufCMessage *message)
{
	bool *limited = context;
	const PgQuery__AExpr *e = (const PgQuery__AExpr *)message;

	if (message->descriptor == &pg_query__select_stmt__descriptor)
		*limited = *limited || ((const PgQuery__SelectStmt *)message)->limit_count != NULL;
	else if (message->descriptor == &pg_query__a__expr__descriptor)
		*limited = *limited || e->kind == PG_QUERY__A__EXPR__KIND__AEXPR_BETWEEN ||
		    e->kind == PG_QUERY__A__EXPR__KIND__AEXPR_BETWEEN_SYM;
	return true;
}

static void
read_where(const PgQuery__Node *where, struct act *act)
{
	bool constant = true;

	if (where == NULL || where->node_case == PG_QUERY__NODE__NODE__NOT_SET)
		return;
	act->has_where = true;
	tree_walk(&where->base, see_no_column, &constant);
	act->always_true = constant && !is_false(where);
	tree_walk(&where->base, see_limit, &act->has_limit);
}

/* --- statements --- */

/* Parts of a column (a[1], a.b) can be set one by one. */
static void
find_twice(struct act_reader *r, PgQuery__Node *const *targets, size_t count, struct act *act)
{
	size_t i, k;

	for (i = 0; i < count; i++) {
		const PgQuery__ResTarget *target = targets[i]->res_target;

		if (targets[i]->node_case != PG_QUERY__NODE__NODE_RES_TARGET)
			return;
		for (k = 0; target->n_indirection == 0 && k < i; k++)
			if (strcmp(target->name, targets[k]->res_target->name) == 0)
				act->twice = act_text(r, target->name);
	}
}

/* The columns that are written to: by INSERT (a, b), SET a = 1, b = 2. */
static void
read_targets(struct act_reader *r, PgQuery__Node *const *targets, size_t count, struct act *act)
{
	size_t i;

	find_twice(r, targets, count, act);
	act->values = arena_alloc(r->a, (count + 1) * sizeof(*act->values));
	for (i = 0; i < count; i++)
		if (targets[i]->node_case == PG_QUERY__NODE__NODE_RES_TARGET)
			act->values[act->value_count++] =
			    arena_strdup(r->a, targets[i]->res_target->name);
}

/* What WITH reads, and its statements that write as acts behind this one, the last added. */
static void
read_with(struct act_reader *r, const PgQuery__WithClause *with)
{
	size_t i;

	if (with != NULL)
		act_reads(r, &with->base, &r->acts->list[r->acts->count - 1]);
	for (i = 0; with != NULL && i < with->n_ctes; i++) {
		const PgQuery__Node *query = with->ctes[i]->common_table_expr->ctequery;

		if (query != NULL && query->node_case != PG_QUERY__NODE__NODE_SELECT_STMT)
			act_read(r, query);
	}
}

static struct act *
add_rows(
    struct act_reader *r, enum act_kind kind, const char *form, const PgQuery__RangeVar *relation)
{
	struct act *act = act_add(r, kind, form, act_place(r, 0));

	act->on = ACT_ON_TABLE;
	act->name = act_relation(r, relation);
	act->only = relation != NULL && !relation->inh;
	return act;
}

static void
read_insert(struct act_reader *r, const PgQuery__Node *node)
{
	const PgQuery__InsertStmt *stmt = node->insert_stmt;
	struct act *act = add_rows(r, ACT_INSERT, "INSERT", stmt->relation);

	read_targets(r, stmt->cols, stmt->n_cols, act);
	if (stmt->on_conflict_clause != NULL)
		find_twice(r, stmt->on_conflict_clause->target_list,
		    stmt->on_conflict_clause->n_target_list, act);
	if (stmt->select_stmt != NULL && stmt->select_stmt->select_stmt->n_values_lists == 0)
		act_reads(r, &stmt->select_stmt->base, act);
	read_with(r, stmt->with_clause);
}

static void
read_update(struct act_reader *r, const PgQuery__Node *node)
{
	const PgQuery__UpdateStmt *stmt = node->update_stmt;
	struct act *act = add_rows(r, ACT_UPDATE, "UPDATE", stmt->relation);
	size_t i;

	read_targets(r, stmt->target_list, stmt->n_target_list, act);
	read_where(stmt->where_clause, act);
	for (i = 0; i < stmt->n_target_list; i++)
		act_reads(r, &stmt->target_list[i]->base, act);
	for (i = 0; i < stmt->n_from_clause; i++)
		act_reads(r, &stmt->from_clause[i]->base, act);
	if (stmt->where_clause != NULL)
		act_reads(r, &stmt->where_clause->base, act);
	read_with(r, stmt->with_clause);
}

static void
read_delete(struct act_reader *r, const PgQuery__Node *node)
{
	const PgQuery__DeleteStmt *stmt = node->delete_stmt;
	struct act *act = add_rows(r, ACT_DELETE, "DELETE", stmt->relation);
	size_t i;

	read_where(stmt->where_clause, act);
	for (i = 0; i < stmt->n_using_clause; i++)
		act_reads(r, &stmt->using_clause[i]->base, act);
	if (stmt->where_clause != NULL)
		act_reads(r, &stmt->where_clause->base, act);
	read_with(r, stmt->with_clause);
}

static void
read_merge(struct act_reader *r, const PgQuery__Node *node)
{
	const PgQuery__MergeStmt *stmt = node->merge_stmt;
	struct act *act = add_rows(r, ACT_MERGE, "MERGE", stmt->relation);
	size_t i;

	for (i = 0; i < stmt->n_merge_when_clauses; i++) {
		const PgQuery__MergeWhenClause *when =
		    stmt->merge_when_clauses[i]->merge_when_clause;

		find_twice(r, when->target_list, when->n_target_list, act);
	}
	act_reads(r, &stmt->source_relation->base, act);
	read_with(r, stmt->with_clause);
}

static const char *
constant_text(struct act_reader *r, const PgQuery__Node *node)
{
	const PgQuery__AConst *constant;

	while (node->node_case == PG_QUERY__NODE__NODE_TYPE_CAST)
		node = node->type_cast->arg;
	constant = node->a_const;
	if (node->node_case != PG_QUERY__NODE__NODE_A_CONST || constant->isnull ||
	    constant->val_case != PG_QUERY__A__CONST__VAL_SVAL)
		return NULL;
	return arena_strdup(r->a, constant->sval->sval);
}

/* set_config('name', 'value', false), which every dump begins with, is a SET. */
static void
read_set_config(struct act_reader *r, const PgQuery__FuncCall *call)
{
	const PgQuery__Node *last = call->funcname[call->n_funcname - 1], *local;
	const char *setting, *value;
	struct act *act;

	if (strcmp(last->string->sval, "set_config") != 0 || call->n_args != 3)
		return;
	setting = constant_text(r, call->args[0]);
	value = constant_text(r, call->args[1]);
	local = call->args[2];
	if (setting == NULL || value == NULL || local->node_case != PG_QUERY__NODE__NODE_A_CONST)
		return;
	act = act_add(r, ACT_SET, "SET", act_place(r, 0));
	act->setting = setting;
	/* No schema at all is not the same as RESET. */
	act->value = *value == '\0' && strcmp(setting, "search_path") == 0 ? "\"\"" : value;
	act->local = local->a_const->val_case == PG_QUERY__A__CONST__VAL_BOOLVAL &&
	    local->a_const->boolval->boolval;
}

static void
read_calls(struct act_reader *r, const PgQuery__SelectStmt *stmt)
{
	size_t i;

	for (i = 0; i < stmt->n_target_list; i++) {
		const PgQuery__Node *value = stmt->target_list[i]->res_target->val;

		if (value != NULL && value->node_case == PG_QUERY__NODE__NODE_FUNC_CALL)
			read_set_config(r, value->func_call);
	}
}

static void
read_select(struct act_reader *r, const PgQuery__Node *node)
{
	const PgQuery__SelectStmt *stmt = node->select_stmt;
	const PgQuery__IntoClause *into = stmt->into_clause;
	struct act *act = add_rows(r, into != NULL ? ACT_CREATE_TABLE_AS : ACT_SELECT,
	    into != NULL ? "SELECT INTO" : "SELECT", into != NULL ? into->rel : NULL);

	if (into != NULL) {
		act->temporary = *into->rel->relpersistence == 't';
		act->unlogged = *into->rel->relpersistence == 'u';
	}
	act_reads(r, &stmt->base, act);
	read_with(r, stmt->with_clause);
	read_calls(r, stmt);
}

static void
read_copy(struct act_reader *r, const PgQuery__Node *node)
{
	const PgQuery__CopyStmt *stmt = node->copy_stmt;
	struct act *act =
	    add_rows(r, stmt->is_from ? ACT_COPY_IN : ACT_COPY_OUT, r->form, stmt->relation);

	act->values = act_strings(r, stmt->attlist, stmt->n_attlist, &act->value_count);
	if (stmt->query != NULL)
		act_reads(r, &stmt->query->base, act);
}

const struct act_row act_rows_rows[] = {
	{ PG_QUERY__NODE__NODE_INSERT_STMT, read_insert },
	{ PG_QUERY__NODE__NODE_SELECT_STMT, read_select },
	{ PG_QUERY__NODE__NODE_UPDATE_STMT, read_update },
	{ PG_QUERY__NODE__NODE_DELETE_STMT, read_delete },
	{ PG_QUERY__NODE__NODE_MERGE_STMT, read_merge },
	{ PG_QUERY__NODE__NODE_COPY_STMT, read_copy },
	{ 0, NULL },
};
