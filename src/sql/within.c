/* SPDX-License-Identifier: MIT */
#include "sql/within.h"

#include <string.h>

#include "base/text.h"
#include "sql/grammar.h"
#include "sql/parse.h"
#include "sql/quote.h"

enum { FROM = 1, TO = 2 };

/* The queries of a WITH that can be named where we are, and those of the statements around it. */
struct scope {
	const PgQuery__WithClause *with;
	size_t count; /* so many of them; the last one may be the one that we are in */
	bool inside;
	const struct scope *up;
};

/* The tables of one FROM, or the one that is written to. */
struct tables {
	const PgQuery__RangeVar **list;
	size_t count;
	bool others; /* subqueries, functions */
};

struct looker {
	struct arena *a;
	const struct range_text *in;
	struct within *out;
};

/* The ends that the conditions of one WHERE give a statement. */
struct ends {
	bool from, to;
	size_t parameters; /* of the conditions that do so */
	size_t others; /* conditions that do not */
};

static bool is_query_bounded(struct looker *l, const PgQuery__Node *query, const struct scope *up);

static void
set_trouble(struct looker *l, int32_t location, const char *trouble)
{
	if (l->out->trouble != NULL)
		return;
	l->out->trouble = trouble;
	l->out->trouble_at = location > 0 ? (size_t)location : 0;
}

/* --- tables --- */

static void
add_table(struct looker *l, const PgQuery__RangeVar *table, struct tables *tables)
{
	tables->list = arena_extend(l->a, tables->list, tables->count, sizeof(*tables->list));
	tables->list[tables->count++] = table;
}

static void
add_item(struct looker *l, const PgQuery__Node *item, struct tables *tables)
{
	if (item == NULL)
		return;
	if (item->node_case == PG_QUERY__NODE__NODE_RANGE_VAR) {
		add_table(l, item->range_var, tables);
	} else if (item->node_case == PG_QUERY__NODE__NODE_JOIN_EXPR) {
		add_item(l, item->join_expr->larg, tables);
		add_item(l, item->join_expr->rarg, tables);
	} else {
		tables->others = true;
	}
}

static struct tables
tables_of(struct looker *l, const PgQuery__RangeVar *target, PgQuery__Node *const *items, size_t n)
{
	struct tables tables = { 0 };

	if (target != NULL)
		add_table(l, target, &tables);
	for (size_t i = 0; i < n; i++)
		add_item(l, items[i], &tables);
	return tables;
}

static const char *
called(const PgQuery__RangeVar *table)
{
	return table->alias != NULL ? table->alias->aliasname : table->relname;
}

/* --- columns --- */

static const char *
field(const PgQuery__ColumnRef *column, size_t from_end)
{
	const PgQuery__Node *node;

	if (column->n_fields <= from_end)
		return NULL;
	node = column->fields[column->n_fields - 1 - from_end];
	return node->node_case == PG_QUERY__NODE__NODE_STRING ? node->string->sval : NULL;
}

/* The table that a column is of; NULL where that takes a catalog. */
static const PgQuery__RangeVar *
table_of(const PgQuery__ColumnRef *column, const struct tables *tables)
{
	const char *qualifier = field(column, 1);

	if (column->n_fields == 1)
		return tables->count == 1 && !tables->others ? tables->list[0] : NULL;
	for (size_t i = 0; i < tables->count; i++)
		if (text_is(called(tables->list[i]), qualifier))
			return tables->list[i];
	return NULL;
}

static bool
is_key_table(const struct looker *l, const PgQuery__RangeVar *table)
{
	if (table == NULL || strcmp(table->relname, l->in->table) != 0)
		return false;
	return l->in->schema == NULL || table->schemaname == NULL || *table->schemaname == '\0' ||
	    strcmp(table->schemaname, l->in->schema) == 0;
}

/* A column of another table may well hold the key under another name. */
static bool
is_key_column(
    struct looker *l, const PgQuery__ColumnRef *column, size_t number, const struct tables *tables)
{
	const char *name = field(column, 0);

	if (text_is(name, l->in->keys[number]) || !is_key_table(l, table_of(column, tables)))
		return true;
	set_trouble(l, column->location,
	    arena_printf(l->a, "the range bounds %s, but the key of the file is %s",
		name == NULL ? "no column" : quote_name(l->a, name), range_key(l->a, l->in)));
	return false;
}

static bool
is_key_row(struct looker *l, const PgQuery__RowExpr *row, const struct tables *tables)
{
	if (row->n_args != l->in->key_count || row->n_args == 1) {
		set_trouble(l, row->location,
		    arena_printf(l->a, "the range is compared with %zu columns, but the key is %s",
			row->n_args, range_key(l->a, l->in)));
		return false;
	}
	for (size_t i = 0; i < row->n_args; i++) {
		const PgQuery__Node *part = row->args[i];

		if (part->node_case != PG_QUERY__NODE__NODE_COLUMN_REF) {
			set_trouble(l, row->location, "the range is not compared with columns");
			return false;
		}
		if (!is_key_column(l, part->column_ref, i, tables))
			return false;
	}
	return true;
}

/* Is it what :from and :to are to be compared with? */
static bool
is_key(struct looker *l, const PgQuery__Node *node, int32_t location, const struct tables *tables)
{
	if (node->node_case == PG_QUERY__NODE__NODE_ROW_EXPR)
		return is_key_row(l, node->row_expr, tables);
	if (node->node_case != PG_QUERY__NODE__NODE_COLUMN_REF) {
		set_trouble(l, location,
		    "the range is compared with an expression, which no index of the key serves");
		return false;
	}
	if (l->in->key_count == 1)
		return is_key_column(l, node->column_ref, 0, tables);
	set_trouble(l, node->column_ref->location,
	    arena_printf(l->a, "the range is compared with one column, but the key is %s",
		range_key(l->a, l->in)));
	return false;
}

/* --- conditions --- */

static bool
see_parameter(void *context, const ProtobufCMessage *message)
{
	size_t *count = context;

	*count += message->descriptor == &pg_query__param_ref__descriptor;
	return true;
}

static size_t
parameters_in(const ProtobufCMessage *tree)
{
	size_t count = 0;

	tree_walk(tree, see_parameter, &count);
	return count;
}

/* The number of :from and :to; a cast may well round them, and rows would be lost. */
static int
parameter(struct looker *l, const PgQuery__Node *node)
{
	if (node == NULL)
		return 0;
	if (node->node_case == PG_QUERY__NODE__NODE_PARAM_REF)
		return node->param_ref->number;
	if (node->node_case == PG_QUERY__NODE__NODE_TYPE_CAST &&
	    node->type_cast->arg->node_case == PG_QUERY__NODE__NODE_PARAM_REF)
		set_trouble(l, node->type_cast->arg->param_ref->location,
		    ":from and :to have the type of the key, a cast may round them");
	return 0;
}

static bool
bounds_between(struct looker *l, const PgQuery__AExpr *e, const struct tables *tables)
{
	const PgQuery__List *list = e->rexpr->list;
	int first = parameter(l, list->items[0]), last = parameter(l, list->items[1]);

	if (first == TO && last == FROM)
		set_trouble(l, e->location, "no row is between :to and :from: :from comes first");
	return first == FROM && last == TO && is_key(l, e->lexpr, e->location, tables);
}

/* key >= :from, :from <= key, key <= :to, :to >= key */
static bool
bounds_compared(
    struct looker *l, const PgQuery__AExpr *e, const struct tables *tables, struct ends *ends)
{
	int left = parameter(l, e->lexpr), right = parameter(l, e->rexpr);
	int number = left != 0 ? left : right;
	const char *operator= e->n_name == 1 ? e->name[0]->string->sval : "";
	bool wants_more = (number == FROM) == (right != 0); /* key > :from, :to > key */

	if (number == 0 || e->lexpr == NULL)
		return false;
	if (strcmp(operator, wants_more ? ">" : "<") == 0) {
		set_trouble(l, e->location,
		    arena_printf(l->a, "%s is a key of the batch, too, and would be left out",
			number == FROM ? ":from" : ":to"));
		return false;
	}
	if (strcmp(operator, wants_more ? ">=" : "<=") != 0 ||
	    !is_key(l, left != 0 ? e->rexpr : e->lexpr, e->location, tables))
		return false;
	ends->from |= number == FROM;
	ends->to |= number == TO;
	return true;
}

static bool
bounds(struct looker *l, const PgQuery__Node *node, const struct tables *tables, struct ends *ends)
{
	const PgQuery__AExpr *e = node->a_expr;

	if (node->node_case != PG_QUERY__NODE__NODE_A_EXPR)
		return false;
	if (e->kind == PG_QUERY__A__EXPR__KIND__AEXPR_OP)
		return bounds_compared(l, e, tables, ends);
	if ((e->kind != PG_QUERY__A__EXPR__KIND__AEXPR_BETWEEN &&
		e->kind != PG_QUERY__A__EXPR__KIND__AEXPR_BETWEEN_SYM) ||
	    !bounds_between(l, e, tables))
		return false;
	ends->from = ends->to = true;
	return true;
}

typedef void see_condition(void *context, const PgQuery__Node *condition);

/* Each that must be true for the whole to be. */
static void
each_condition(const PgQuery__Node *where, see_condition *see, void *context)
{
	if (where == NULL)
		return;
	if (where->node_case != PG_QUERY__NODE__NODE_BOOL_EXPR ||
	    where->bool_expr->boolop != PG_QUERY__BOOL_EXPR_TYPE__AND_EXPR) {
		see(context, where);
		return;
	}
	for (size_t i = 0; i < where->bool_expr->n_args; i++)
		each_condition(where->bool_expr->args[i], see, context);
}

struct bounding {
	struct looker *l;
	const struct tables *tables;
	struct ends ends;
};

static void
see_bound(void *context, const PgQuery__Node *condition)
{
	struct bounding *b = context;

	if (bounds(b->l, condition, b->tables, &b->ends))
		b->ends.parameters += parameters_in(&condition->base);
	else
		b->ends.others++;
}

static struct ends
ends_of(struct looker *l, const PgQuery__Node *where, const struct tables *tables)
{
	struct bounding b = { .l = l, .tables = tables };

	each_condition(where, see_bound, &b);
	return b.ends;
}

/* --- queries --- */

struct searching {
	struct looker *l;
	const struct scope *scope;
	bool found;
};

/* id IN (SELECT ...), EXISTS (SELECT ...) */
static void
see_subquery(void *context, const PgQuery__Node *condition)
{
	struct searching *s = context;
	const PgQuery__SubLink *link = condition->sub_link;

	if (condition->node_case != PG_QUERY__NODE__NODE_SUB_LINK ||
	    (link->sub_link_type != PG_QUERY__SUB_LINK_TYPE__EXISTS_SUBLINK &&
		(link->sub_link_type != PG_QUERY__SUB_LINK_TYPE__ANY_SUBLINK ||
		    link->n_oper_name > 0)))
		return;
	s->found = s->found || is_query_bounded(s->l, link->subselect, s->scope);
}

/* A name in FROM may be a query of WITH; one that names itself has other rows to begin with. */
static bool
is_named_bounded(struct looker *l, const PgQuery__RangeVar *table, const struct scope *scope)
{
	if (table->schemaname != NULL && *table->schemaname != '\0')
		return false;
	for (; scope != NULL; scope = scope->up) {
		for (size_t i = scope->count; i-- > 0;) {
			const PgQuery__CommonTableExpr *query =
			    scope->with->ctes[i]->common_table_expr;
			struct scope below = { scope->with, i + 1, true, scope->up };

			if (strcmp(query->ctename, table->relname) != 0)
				continue;
			if (scope->inside && i + 1 == scope->count)
				return scope->with->recursive;
			return is_query_bounded(l, query->ctequery, &below);
		}
	}
	return false;
}

static bool
is_item_bounded(struct looker *l, const PgQuery__Node *item, const struct scope *scope)
{
	const PgQuery__JoinExpr *join = item->join_expr;

	switch ((int)item->node_case) { /* of hundreds */
	case PG_QUERY__NODE__NODE_RANGE_VAR:
		return is_named_bounded(l, item->range_var, scope);
	case PG_QUERY__NODE__NODE_RANGE_SUBSELECT:
		return is_query_bounded(l, item->range_subselect->subquery, scope);
	case PG_QUERY__NODE__NODE_JOIN_EXPR:
		break;
	default:
		return false;
	}
	if (join->jointype != PG_QUERY__JOIN_TYPE__JOIN_RIGHT &&
	    join->jointype != PG_QUERY__JOIN_TYPE__JOIN_FULL &&
	    is_item_bounded(l, join->larg, scope))
		return true;
	return join->jointype != PG_QUERY__JOIN_TYPE__JOIN_LEFT &&
	    join->jointype != PG_QUERY__JOIN_TYPE__JOIN_FULL &&
	    is_item_bounded(l, join->rarg, scope);
}

/* The parts of a SELECT, UPDATE or DELETE that can bound it. */
struct parts {
	const PgQuery__RangeVar *target;
	PgQuery__Node *const *items;
	size_t item_count;
	const PgQuery__Node *where;
};

static bool
are_parts_bounded(struct looker *l, const struct parts *p, const struct scope *scope)
{
	struct tables tables = tables_of(l, p->target, p->items, p->item_count);
	struct ends ends = ends_of(l, p->where, &tables);
	struct searching s = { .l = l, .scope = scope };

	if (ends.from && ends.to)
		return true;
	for (size_t i = 0; i < p->item_count && !s.found; i++)
		s.found = is_item_bounded(l, p->items[i], scope);
	each_condition(p->where, see_subquery, &s);
	/* Without a condition each row of the target is changed with the rows of the batch. */
	return s.found && (p->target == NULL || p->where != NULL);
}

static bool
is_select_bounded(struct looker *l, const PgQuery__SelectStmt *select, const struct scope *scope)
{
	const struct parts parts = {
		.items = select->from_clause,
		.item_count = select->n_from_clause,
		.where = select->where_clause,
	};

	switch ((int)select->op) { /* the library's own kinds of an undefined one */
	case PG_QUERY__SET_OPERATION__SETOP_UNION:
		return is_select_bounded(l, select->larg, scope) &&
		    is_select_bounded(l, select->rarg, scope);
	case PG_QUERY__SET_OPERATION__SETOP_INTERSECT:
		return is_select_bounded(l, select->larg, scope) ||
		    is_select_bounded(l, select->rarg, scope);
	case PG_QUERY__SET_OPERATION__SETOP_EXCEPT:
		return is_select_bounded(l, select->larg, scope);
	}
	if (!are_parts_bounded(l, &parts, scope))
		return false;
	if (select->limit_count == NULL && select->limit_offset == NULL)
		return true;
	if (l->out->trouble == NULL)
		l->out->advice = "Take it out: size= says how many keys a batch has.";
	set_trouble(l, 0, "LIMIT leaves rows of the batch out, and no other batch has them");
	return false;
}

static struct parts
parts_of_update(const PgQuery__UpdateStmt *update)
{
	return (struct parts){ update->relation, update->from_clause, update->n_from_clause,
		update->where_clause };
}

static struct parts
parts_of_delete(const PgQuery__DeleteStmt *delete)
{
	return (struct parts){ delete->relation, delete->using_clause, delete->n_using_clause,
		delete->where_clause };
}

static const PgQuery__WithClause *
with_of(const PgQuery__Node *query)
{
	switch ((int)query->node_case) { /* of hundreds */
	case PG_QUERY__NODE__NODE_SELECT_STMT:
		return query->select_stmt->with_clause;
	case PG_QUERY__NODE__NODE_INSERT_STMT:
		return query->insert_stmt->with_clause;
	case PG_QUERY__NODE__NODE_UPDATE_STMT:
		return query->update_stmt->with_clause;
	case PG_QUERY__NODE__NODE_DELETE_STMT:
		return query->delete_stmt->with_clause;
	}
	return NULL;
}

static bool
is_query_bounded(struct looker *l, const PgQuery__Node *query, const struct scope *up)
{
	const PgQuery__WithClause *with = with_of(query);
	struct scope own = { with, with == NULL ? 0 : with->n_ctes, false, up };
	const struct scope *scope = with == NULL ? up : &own;
	struct parts parts;

	switch ((int)query->node_case) { /* of hundreds */
	case PG_QUERY__NODE__NODE_SELECT_STMT:
		return is_select_bounded(l, query->select_stmt, scope);
	case PG_QUERY__NODE__NODE_INSERT_STMT:
		return query->insert_stmt->select_stmt != NULL &&
		    is_query_bounded(l, query->insert_stmt->select_stmt, scope);
	case PG_QUERY__NODE__NODE_UPDATE_STMT:
		parts = parts_of_update(query->update_stmt);
		return are_parts_bounded(l, &parts, scope);
	case PG_QUERY__NODE__NODE_DELETE_STMT:
		parts = parts_of_delete(query->delete_stmt);
		return are_parts_bounded(l, &parts, scope);
	}
	return false;
}

/* --- the check --- */

static bool
see_write(void *context, const ProtobufCMessage *message)
{
	bool *writes = context;

	*writes = *writes || message->descriptor == &pg_query__insert_stmt__descriptor ||
	    message->descriptor == &pg_query__update_stmt__descriptor ||
	    message->descriptor == &pg_query__delete_stmt__descriptor;
	return true;
}

struct asking {
	const PgQuery__UpdateStmt *update;
	bool asks;
};

static bool
sets(const PgQuery__UpdateStmt *update, const char *column)
{
	for (size_t i = 0; i < update->n_target_list; i++)
		if (strcmp(update->target_list[i]->res_target->name, column) == 0)
			return true;
	return false;
}

/* A row that moves would be worked on twice, or never. */
static bool
keeps_key(struct looker *l, const PgQuery__UpdateStmt *update)
{
	for (size_t i = 0; is_key_table(l, update->relation) && i < l->in->key_count; i++) {
		if (!sets(update, l->in->keys[i]))
			continue;
		if (l->out->trouble == NULL)
			l->out->advice = "Take a key that the statement leaves alone.";
		set_trouble(l, update->relation->location,
		    arena_printf(l->a, "%s is the key of the file and must stay as it is",
			quote_name(l->a, l->in->keys[i])));
		return false;
	}
	return true;
}

/* A column that is set, the whole row, or the table itself in a subquery. */
static bool
see_asked(void *context, const ProtobufCMessage *message)
{
	struct asking *asking = context;
	const PgQuery__RangeVar *target = asking->update->relation;

	if (message->descriptor == &pg_query__range_var__descriptor) {
		const PgQuery__RangeVar *read = (const PgQuery__RangeVar *)message;

		asking->asks |= strcmp(read->relname, target->relname) == 0;
	} else if (message->descriptor == &pg_query__column_ref__descriptor) {
		const PgQuery__ColumnRef *column = (const PgQuery__ColumnRef *)message;
		const char *name = field(column, 0), *qualifier = field(column, 1);
		bool of_target = column->n_fields == 1 || text_is(qualifier, called(target));

		asking->asks |= of_target &&
		    (name == NULL || sets(asking->update, name) || text_is(name, called(target)));
	}
	return true;
}

static bool
asks_what_it_sets(const PgQuery__UpdateStmt *update)
{
	struct asking asking = { .update = update };

	if (update->where_clause != NULL)
		tree_walk(&update->where_clause->base, see_asked, &asking);
	return asking.asks;
}

static void
see_statement(void *context, const PgQuery__Node *statement)
{
	struct looker *l = context;
	struct within *out = l->out;
	bool updates = statement->node_case == PG_QUERY__NODE__NODE_UPDATE_STMT;
	const PgQuery__WithClause *with = with_of(statement);
	struct tables tables;
	struct parts parts;
	struct ends ends;

	out->bounded = is_query_bounded(l, statement, NULL) &&
	    (!updates || keeps_key(l, statement->update_stmt));
	if (!updates && statement->node_case != PG_QUERY__NODE__NODE_DELETE_STMT)
		return;
	parts = updates ? parts_of_update(statement->update_stmt)
			: parts_of_delete(statement->delete_stmt);
	tables = tables_of(l, parts.target, parts.items, parts.item_count);
	ends = ends_of(l, parts.where, &tables);
	/* In SET it may stand as well: that does not come into the check. */
	out->by_own_where = ends.from && ends.to && parts.where != NULL &&
	    ends.parameters == parameters_in(&parts.where->base);
	for (size_t i = 0; i < parts.item_count; i++)
		out->by_own_where &= parameters_in(&parts.items[i]->base) == 0;
	if (with != NULL) {
		out->by_own_where &= parameters_in(&with->base) == 0;
		tree_walk(&with->base, see_write, &out->with_writes);
	}
	out->other_conditions = ends.others;
	out->asks_what_it_sets = updates && asks_what_it_sets(statement->update_stmt);
}

void
within_read(struct arena *a, const char *text, const struct range_text *in, struct within *out)
{
	struct looker looker = { .a = a, .in = in, .out = out };
	int64_t position;

	*out = (struct within){ 0 };
	if (!parse_is_safe(text, strlen(text)))
		out->unread = "it is too long, or too deep";
	else
		out->unread = parse_show(a, text, see_statement, &looker, &position);
	out->read = out->unread == NULL;
}
