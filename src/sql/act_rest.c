/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "sql/grammar.h"
#include "sql/statement.h"

/* --- DROP, TRUNCATE, LOCK --- */

/* Where the n-th name of a list of them stands; the first one: where the statement begins. */
static size_t
listed_place(const struct act_reader *r, struct words *s, size_t n)
{
	struct words at;
	struct word w;

	if (n == 0) {
		words_match(s, "DROP %");
		return act_place(r, 0);
	}
	*s = act_words(r, act_element_end(r, (size_t)(s->at - r->text)));
	words_match(s, ",");
	at = *s;
	words_next(&at, &w);
	return (size_t)(w.text - r->text);
}

static void
read_drop(struct act_reader *r, const PgQuery__Node *node)
{
	const PgQuery__DropStmt *stmt = node->drop_stmt;
	enum act_on on = act_on_object(stmt->remove_type);
	bool of_table = on == ACT_ON_TRIGGER || on == ACT_ON_RULE || on == ACT_ON_POLICY;
	struct words s = act_words(r, 0);
	size_t i;

	for (i = 0; i < stmt->n_objects; i++) {
		struct act *act = act_add(r, ACT_DROP, r->form, listed_place(r, &s, i));
		const PgQuery__Node *object = stmt->objects[i];

		act->on = on;
		act->name = act_object(r, object, of_table);
		if (of_table)
			act->part = act_string(r, object->list->items[object->list->n_items - 1]);
		act->if_exists = stmt->missing_ok;
		act->concurrently = stmt->concurrent;
		act->cascade = stmt->behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE;
	}
}

static void
read_drop_database(struct act_reader *r, const PgQuery__Node *node)
{
	struct act *act = act_add(r, ACT_DROP, r->form, act_place(r, 0));

	act->on = ACT_ON_DATABASE;
	act->name.name = act_text(r, node->dropdb_stmt->dbname);
	act->if_exists = node->dropdb_stmt->missing_ok;
}

/* One of several relations; the first one stands for the statement. */
static struct act *
add_relation(struct act_reader *r, enum act_kind kind, const char *form,
    const PgQuery__RangeVar *relation, size_t n)
{
	struct act *act = act_add(r, kind, form, act_place(r, n > 0 ? relation->location : 0));

	act->on = ACT_ON_TABLE;
	act->name = act_relation(r, relation);
	act->only = relation != NULL && !relation->inh;
	return act;
}

static void
read_truncate(struct act_reader *r, const PgQuery__Node *node)
{
	const PgQuery__TruncateStmt *stmt = node->truncate_stmt;
	size_t i;

	for (i = 0; i < stmt->n_relations; i++)
		add_relation(r, ACT_TRUNCATE, "TRUNCATE", stmt->relations[i]->range_var, i)
		    ->cascade = stmt->behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE;
}

/* The tree has PostgreSQL's numbers of lock modes, and ours are the same. */
static void
read_lock(struct act_reader *r, const PgQuery__Node *node)
{
	const PgQuery__LockStmt *stmt = node->lock_stmt;
	size_t i;

	for (i = 0; i < stmt->n_relations; i++)
		add_relation(r, ACT_LOCK, "LOCK", stmt->relations[i]->range_var, i)->lock_mode =
		    stmt->mode;
}

/* --- maintenance --- */

static void
read_cluster(struct act_reader *r, const PgQuery__Node *node)
{
	const PgQuery__ClusterStmt *stmt = node->cluster_stmt;
	struct words s = act_words(r, 0);
	bool repack = words_match(&s, "REPACK");
	struct act *act = add_relation(
	    r, repack ? ACT_REPACK : ACT_CLUSTER, repack ? "REPACK" : "CLUSTER", stmt->relation, 0);

	act->part = act_text(r, stmt->indexname);
	act->concurrently = repack && words_match(&s, "(+CONCURRENTLY)");
}

static void
read_vacuum(struct act_reader *r, const PgQuery__Node *node)
{
	const PgQuery__VacuumStmt *stmt = node->vacuum_stmt;
	bool full = act_option_is_on(stmt->options, stmt->n_options, "full");
	enum act_kind kind = full ? ACT_VACUUM_FULL : ACT_VACUUM;
	size_t i;

	if (!stmt->is_vacuumcmd)
		kind = ACT_ANALYZE;
	if (stmt->n_rels == 0)
		add_relation(r, kind, r->form, NULL, 0);
	for (i = 0; i < stmt->n_rels; i++)
		add_relation(r, kind, r->form, stmt->rels[i]->vacuum_relation->relation, i);
}

static void
read_reindex(struct act_reader *r, const PgQuery__Node *node)
{
	const PgQuery__ReindexStmt *stmt = node->reindex_stmt;
	struct act *act = add_relation(r, ACT_REINDEX, r->form, stmt->relation, 0);

	act->concurrently = act_option_is_on(stmt->params, stmt->n_params, "concurrently");
	if (stmt->kind == PG_QUERY__REINDEX_OBJECT_TYPE__REINDEX_OBJECT_INDEX)
		act->on = ACT_ON_INDEX;
	else if (stmt->kind == PG_QUERY__REINDEX_OBJECT_TYPE__REINDEX_OBJECT_SCHEMA)
		act->on = ACT_ON_SCHEMA;
	else if (stmt->kind != PG_QUERY__REINDEX_OBJECT_TYPE__REINDEX_OBJECT_TABLE)
		act->on = ACT_ON_DATABASE;
	if (stmt->relation == NULL)
		act->name.name = act_text(r, stmt->name);
}

static void
read_refresh(struct act_reader *r, const PgQuery__Node *node)
{
	const PgQuery__RefreshMatViewStmt *stmt = node->refresh_mat_view_stmt;
	struct act *act = add_relation(r, ACT_REFRESH,
	    stmt->concurrent ? "REFRESH MATERIALIZED VIEW CONCURRENTLY"
			     : "REFRESH MATERIALIZED VIEW",
	    stmt->relation, 0);

	act->on = ACT_ON_MATERIALIZED_VIEW;
	act->concurrently = stmt->concurrent;
	act->no_data = stmt->skip_data;
}

static void
read_described(struct act_reader *r, enum act_kind kind, const char *form, PgQuery__ObjectType type,
    const PgQuery__Node *object)
{
	struct act *act = act_add(r, kind, form, act_place(r, 0));
	bool part;

	act->on = act_on_object(type);
	part = act->on == ACT_ON_COLUMN || act->on == ACT_ON_CONSTRAINT ||
	    act->on == ACT_ON_TRIGGER || act->on == ACT_ON_RULE || act->on == ACT_ON_POLICY;
	if (type == PG_QUERY__OBJECT_TYPE__OBJECT_DOMCONSTRAINT)
		part = false;
	act->name = act_object(r, object, part);
	if (part && object->node_case == PG_QUERY__NODE__NODE_LIST)
		act->part = act_string(r, object->list->items[object->list->n_items - 1]);
}

static void
read_comment(struct act_reader *r, const PgQuery__Node *node)
{
	read_described(
	    r, ACT_COMMENT, "COMMENT", node->comment_stmt->objtype, node->comment_stmt->object);
}

static void
read_label(struct act_reader *r, const PgQuery__Node *node)
{
	read_described(r, ACT_SECURITY_LABEL, "SECURITY LABEL", node->sec_label_stmt->objtype,
	    node->sec_label_stmt->object);
}

/* --- GRANT --- */

static bool
grants_to_public(PgQuery__Node *const *grantees, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (grantees[i]->role_spec->roletype == PG_QUERY__ROLE_SPEC_TYPE__ROLESPEC_PUBLIC)
			return true;
	return false;
}

static struct act *
add_grant(struct act_reader *r, enum act_kind kind, const PgQuery__GrantStmt *stmt, size_t at)
{
	struct act *act = act_add(r, kind, r->form, at);
	size_t i;

	act->revoke = !stmt->is_grant;
	act->all = stmt->n_privileges == 0;
	act->to_public = grants_to_public(stmt->grantees, stmt->n_grantees);
	act->values = arena_alloc(r->a, (stmt->n_privileges + 1) * sizeof(*act->values));
	for (i = 0; i < stmt->n_privileges; i++)
		if (*stmt->privileges[i]->access_priv->priv_name != '\0')
			act->values[act->value_count++] =
			    arena_strdup(r->a, stmt->privileges[i]->access_priv->priv_name);
	return act;
}

static void
read_grant(struct act_reader *r, const PgQuery__Node *node)
{
	const PgQuery__GrantStmt *stmt = node->grant_stmt;
	bool of_objects = stmt->targtype == PG_QUERY__GRANT_TARGET_TYPE__ACL_TARGET_OBJECT;
	size_t i;

	for (i = 0; i < stmt->n_objects; i++) {
		struct act *act = add_grant(r, ACT_GRANT, stmt, act_place(r, 0));

		/* ALL TABLES IN SCHEMA names the schema. */
		act->on = of_objects ? act_on_object(stmt->objtype) : ACT_ON_SCHEMA;
		act->name = act_object(r, stmt->objects[i], 0);
	}
}

static void
read_default_privileges(struct act_reader *r, const PgQuery__Node *node)
{
	add_grant(r, ACT_DEFAULT_PRIVILEGES, node->alter_default_privileges_stmt->action,
	    act_place(r, 0));
}

/* --- transactions and the session --- */

static void
read_transaction(struct act_reader *r, const PgQuery__Node *node)
{
	static const enum act_kind kinds[] = {
		[PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_BEGIN] = ACT_BEGIN,
		[PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_START] = ACT_BEGIN,
		[PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_COMMIT] = ACT_COMMIT,
		[PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_ROLLBACK] = ACT_ROLLBACK,
		[PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_SAVEPOINT] = ACT_SAVEPOINT,
		[PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_RELEASE] = ACT_RELEASE,
		[PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_ROLLBACK_TO] = ACT_ROLLBACK_TO,
		[PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_PREPARE] = ACT_PREPARE_TRANSACTION,
	};
	const PgQuery__TransactionStmt *stmt = node->transaction_stmt;
	struct act *act = act_add(r, ACT_OTHER, r->form, act_place(r, 0));

	if ((size_t)stmt->kind < sizeof(kinds) / sizeof(kinds[0]))
		act->kind = kinds[stmt->kind];
	act->part = act_text(r, stmt->savepoint_name);
}

/* Its value is told by the words (sql/statement.c). */
static void
read_set(struct act_reader *r, const PgQuery__Node *node)
{
	const PgQuery__VariableSetStmt *stmt = node->variable_set_stmt;
	struct act *act = act_add(r, ACT_SET, r->form, act_place(r, 0));

	act->setting = stmt->kind == PG_QUERY__VARIABLE_SET_KIND__VAR_RESET_ALL
	    ? "all"
	    : act_text(r, stmt->name);
	act->local = stmt->is_local;
}

static void
read_do(struct act_reader *r, const PgQuery__Node *node)
{
	(void)node; /* its block is read by parse.c */
	act_add(r, ACT_DO, "DO", act_place(r, 0));
}

static void
read_call(struct act_reader *r, const PgQuery__Node *node)
{
	const PgQuery__FuncCall *call = node->call_stmt->funccall;
	struct act *act = act_add(r, ACT_CALL, "CALL", act_place(r, 0));

	act->on = ACT_ON_FUNCTION;
	act->name = act_listed(r, call->funcname, call->n_funcname, 0);
}

const struct act_row act_rest_rows[] = {
	{ PG_QUERY__NODE__NODE_DROP_STMT, read_drop },
	{ PG_QUERY__NODE__NODE_DROPDB_STMT, read_drop_database },
	{ PG_QUERY__NODE__NODE_TRUNCATE_STMT, read_truncate },
	{ PG_QUERY__NODE__NODE_LOCK_STMT, read_lock },
	{ PG_QUERY__NODE__NODE_CLUSTER_STMT, read_cluster },
	{ PG_QUERY__NODE__NODE_VACUUM_STMT, read_vacuum },
	{ PG_QUERY__NODE__NODE_REINDEX_STMT, read_reindex },
	{ PG_QUERY__NODE__NODE_REFRESH_MAT_VIEW_STMT, read_refresh },
	{ PG_QUERY__NODE__NODE_COMMENT_STMT, read_comment },
	{ PG_QUERY__NODE__NODE_SEC_LABEL_STMT, read_label },
	{ PG_QUERY__NODE__NODE_GRANT_STMT, read_grant },
	{ PG_QUERY__NODE__NODE_ALTER_DEFAULT_PRIVILEGES_STMT, read_default_privileges },
	{ PG_QUERY__NODE__NODE_TRANSACTION_STMT, read_transaction },
	{ PG_QUERY__NODE__NODE_VARIABLE_SET_STMT, read_set },
	{ PG_QUERY__NODE__NODE_DO_STMT, read_do },
	{ PG_QUERY__NODE__NODE_CALL_STMT, read_call },
	{ 0, NULL },
};
