/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "sql/grammar.h"

static void
read_table_as(struct act_reader *r, const PgQuery__Node *node)
{
	const PgQuery__CreateTableAsStmt *stmt = node->create_table_as_stmt;
	bool view = stmt->objtype == PG_QUERY__OBJECT_TYPE__OBJECT_MATVIEW;
	struct act *act = act_add(r, view ? ACT_CREATE_MATERIALIZED_VIEW : ACT_CREATE_TABLE_AS,
	    view ? "CREATE MATERIALIZED VIEW" : "CREATE TABLE AS", act_place(r, 0));

	act->on = act_on_object(stmt->objtype);
	act->name = act_relation(r, stmt->into->rel);
	act->temporary = *stmt->into->rel->relpersistence == 't';
	act->unlogged = *stmt->into->rel->relpersistence == 'u';
	act->no_data = stmt->into->skip_data;
	act->if_not_exists = stmt->if_not_exists;
	act_reads(r, &stmt->query->base, act);
}

static void
read_view(struct act_reader *r, const PgQuery__Node *node)
{
	const PgQuery__ViewStmt *stmt = node->view_stmt;
	struct act *act = act_add(r, ACT_CREATE_VIEW,
	    stmt->replace ? "CREATE OR REPLACE VIEW" : "CREATE VIEW", act_place(r, 0));

	act->on = ACT_ON_VIEW;
	act->name = act_relation(r, stmt->view);
	act->temporary = *stmt->view->relpersistence == 't';
	act->or_replace = stmt->replace;
	act_reads(r, &stmt->query->base, act);
}

static void
read_sequence(struct act_reader *r, const PgQuery__Node *node)
{
	const PgQuery__CreateSeqStmt *stmt = node->create_seq_stmt;
	struct act *act = act_add(r, ACT_CREATE_SEQUENCE, "CREATE SEQUENCE", act_place(r, 0));

	act->on = ACT_ON_SEQUENCE;
	act->name = act_relation(r, stmt->sequence);
	act->temporary = *stmt->sequence->relpersistence == 't';
	act->if_not_exists = stmt->if_not_exists;
}

/* Its elements are acts of their own: what has no schema gets this one. */
static void
read_schema(struct act_reader *r, const PgQuery__Node *node)
{
	const PgQuery__CreateSchemaStmt *stmt = node->create_schema_stmt;
	struct act *act = act_add(r, ACT_CREATE_SCHEMA, "CREATE SCHEMA", act_place(r, 0));
	const char *schema = act_text(r, stmt->schemaname);
	size_t i, j;

	if (schema == NULL && stmt->authrole != NULL)
		schema = act_text(r, stmt->authrole->rolename);
	act->on = ACT_ON_SCHEMA;
	act->name.name = schema;
	act->if_not_exists = stmt->if_not_exists;
	for (i = 0; i < stmt->n_schema_elts; i++) {
		j = r->acts->count;
		act_read(r, stmt->schema_elts[i]);
		for (; j < r->acts->count; j++)
			if (r->acts->list[j].name.schema == NULL)
				r->acts->list[j].name.schema = schema;
	}
}

static void
read_enum(struct act_reader *r, const PgQuery__Node *node)
{
	const PgQuery__CreateEnumStmt *stmt = node->create_enum_stmt;
	struct act *act = act_add(r, ACT_CREATE_ENUM, r->form, act_place(r, 0));

	act->on = ACT_ON_TYPE;
	act->name = act_listed(r, stmt->type_name, stmt->n_type_name, 0);
	act->values = act_strings(r, stmt->vals, stmt->n_vals, &act->value_count);
}

static void
read_composite(struct act_reader *r, const PgQuery__Node *node)
{
	const PgQuery__CompositeTypeStmt *stmt = node->composite_type_stmt;
	struct act *act = act_add(r, ACT_CREATE_TYPE, r->form, act_place(r, 0));
	size_t i;

	act->on = ACT_ON_TYPE;
	act->name = act_relation(r, stmt->typevar);
	act->columns = arena_alloc(r->a, (stmt->n_coldeflist + 1) * sizeof(*act->columns));
	for (i = 0; i < stmt->n_coldeflist; i++)
		act_column(r, stmt->coldeflist[i]->column_def, &act->columns[act->column_count++]);
}

static void
read_range(struct act_reader *r, const PgQuery__Node *node)
{
	const PgQuery__CreateRangeStmt *stmt = node->create_range_stmt;
	struct act *act = act_add(r, ACT_CREATE_TYPE, r->form, act_place(r, 0));

	act->on = ACT_ON_TYPE;
	act->name = act_listed(r, stmt->type_name, stmt->n_type_name, 0);
}

static void
read_define(struct act_reader *r, const PgQuery__Node *node)
{
	const PgQuery__DefineStmt *stmt = node->define_stmt;
	enum act_on on = act_on_object(stmt->kind);
	struct act *act = act_add(r, ACT_OTHER, r->form, act_place(r, 0));

	if (on == ACT_ON_TYPE)
		act->kind = ACT_CREATE_TYPE;
	else if (on == ACT_ON_FUNCTION)
		act->kind = ACT_CREATE_FUNCTION;
	act->on = on;
	act->name = act_listed(r, stmt->defnames, stmt->n_defnames, 0);
	act->or_replace = stmt->replace;
}

/* Its base type and default are told as a column. */
static void
read_domain(struct act_reader *r, const PgQuery__Node *node)
{
	const PgQuery__CreateDomainStmt *stmt = node->create_domain_stmt;
	struct act *act = act_add(r, ACT_CREATE_DOMAIN, r->form, act_place(r, 0));
	PgQuery__ColumnDef def = PG_QUERY__COLUMN_DEF__INIT;

	def.type_name = stmt->type_name;
	def.coll_clause = stmt->coll_clause;
	def.n_constraints = stmt->n_constraints;
	def.constraints = stmt->constraints;
	def.location = stmt->type_name->location;
	act->on = ACT_ON_DOMAIN;
	act->name = act_listed(r, stmt->domainname, stmt->n_domainname, 0);
	act->columns = arena_alloc(r->a, sizeof(*act->columns));
	act->column_count = 1;
	act_column(r, &def, act->columns);
	act->constraints = act->columns->constraints;
	act->constraint_count = act->columns->constraint_count;
}

/* --- functions --- */

void
act_function_options(
    struct act_reader *r, PgQuery__Node *const *options, size_t count, struct act *act)
{
	const PgQuery__DefElem *volatility = act_option(options, count, "volatility");
	size_t i;

	act->security_definer = act_option_is_on(options, count, "security");
	for (i = 0; i < count; i++) {
		const PgQuery__DefElem *e = options[i]->def_elem;

		if (e->arg != NULL && e->arg->node_case == PG_QUERY__NODE__NODE_VARIABLE_SET_STMT &&
		    strcmp(e->arg->variable_set_stmt->name, "search_path") == 0)
			act->sets_search_path = true;
	}
	if (volatility != NULL)
		act->value = act_string(r, volatility->arg);
}

static void
read_function(struct act_reader *r, const PgQuery__Node *node)
{
	const PgQuery__CreateFunctionStmt *stmt = node->create_function_stmt;
	struct act *act = act_add(r, ACT_CREATE_FUNCTION, r->form, act_place(r, 0));

	act->on = ACT_ON_FUNCTION;
	act->name = act_listed(r, stmt->funcname, stmt->n_funcname, 0);
	act->or_replace = stmt->replace;
	act->value = "volatile";
	act_function_options(r, stmt->options, stmt->n_options, act);
}

/* --- what belongs to a table --- */

static void
read_trigger(struct act_reader *r, const PgQuery__Node *node)
{
	const PgQuery__CreateTrigStmt *stmt = node->create_trig_stmt;
	struct act *act = act_add(r, ACT_CREATE_TRIGGER, "CREATE TRIGGER", act_place(r, 0));

	act->on = ACT_ON_TRIGGER;
	act->name = act_relation(r, stmt->relation);
	act->part = act_text(r, stmt->trigname);
	act->or_replace = stmt->replace;
}

static void
read_rule(struct act_reader *r, const PgQuery__Node *node)
{
	const PgQuery__RuleStmt *stmt = node->rule_stmt;
	struct act *act = act_add(r, ACT_CREATE_RULE, "CREATE RULE", act_place(r, 0));

	act->on = ACT_ON_RULE;
	act->name = act_relation(r, stmt->relation);
	act->part = act_text(r, stmt->rulename);
	act->or_replace = stmt->replace;
}

static void
read_policy(struct act_reader *r, const PgQuery__Node *node)
{
	const PgQuery__CreatePolicyStmt *stmt = node->create_policy_stmt;
	struct act *act = act_add(r, ACT_CREATE_POLICY, "CREATE POLICY", act_place(r, 0));

	act->on = ACT_ON_POLICY;
	act->name = act_relation(r, stmt->table);
	act->part = act_text(r, stmt->policy_name);
}

static void
read_statistics(struct act_reader *r, const PgQuery__Node *node)
{
	const PgQuery__CreateStatsStmt *stmt = node->create_stats_stmt;
	size_t i;

	for (i = 0; i < stmt->n_relations; i++) {
		struct act *act =
		    act_add(r, ACT_CREATE_STATISTICS, "CREATE STATISTICS", act_place(r, 0));

		act->on = ACT_ON_STATISTICS;
		act->name = act_object(r, stmt->relations[i], 0);
		act->part = act_listed(r, stmt->defnames, stmt->n_defnames, 0).name;
		act->if_not_exists = stmt->if_not_exists;
	}
}

/* --- publications --- */

struct publication {
	enum act_kind kind;
	const char *name, *form;
	PgQuery__Node *const *objects;
	size_t count;
	bool all;
};

/* One act for each table, or one for all of them. */
static void
add_publication(struct act_reader *r, const struct publication *p)
{
	size_t i, before = r->acts->count;
	struct act *act;

	for (i = 0; i < p->count; i++) {
		const PgQuery__PublicationTable *table =
		    p->objects[i]->publication_obj_spec->pubtable;

		if (table == NULL)
			continue;
		act = act_add(
		    r, p->kind, p->form, act_place(r, i > 0 ? table->relation->location : 0));
		act->on = ACT_ON_TABLE;
		act->name = act_relation(r, table->relation);
		act->only = !table->relation->inh;
		act->part = act_text(r, p->name);
	}
	if (r->acts->count > before)
		return;
	act = act_add(r, p->kind, p->form, act_place(r, 0));
	act->part = act_text(r, p->name);
	act->all = p->all;
}

static void
read_create_publication(struct act_reader *r, const PgQuery__Node *node)
{
	const PgQuery__CreatePublicationStmt *stmt = node->create_publication_stmt;

	add_publication(r,
	    &(struct publication){ ACT_CREATE_PUBLICATION, stmt->pubname, "CREATE PUBLICATION",
		stmt->pubobjects, stmt->n_pubobjects, stmt->for_all_tables });
}

static void
read_alter_publication(struct act_reader *r, const PgQuery__Node *node)
{
	const PgQuery__AlterPublicationStmt *stmt = node->alter_publication_stmt;

	add_publication(r,
	    &(struct publication){ ACT_ALTER_PUBLICATION, stmt->pubname, "ALTER PUBLICATION",
		stmt->pubobjects, stmt->n_pubobjects, stmt->for_all_tables });
}

/* --- extensions, databases --- */

static void
read_extension(struct act_reader *r, const PgQuery__Node *node)
{
	const PgQuery__CreateExtensionStmt *stmt = node->create_extension_stmt;
	struct act *act = act_add(r, ACT_CREATE_EXTENSION, r->form, act_place(r, 0));

	act->on = ACT_ON_EXTENSION;
	act->name.name = act_text(r, stmt->extname);
	act->if_not_exists = stmt->if_not_exists;
	act_options(r, stmt->options, stmt->n_options, act);
}

static void
read_database(struct act_reader *r, const PgQuery__Node *node)
{
	struct act *act = act_add(r, ACT_CREATE_DATABASE, r->form, act_place(r, 0));

	act->on = ACT_ON_DATABASE;
	act->name.name = act_text(r, node->createdb_stmt->dbname);
}

const struct act_row act_create_rows[] = {
	{ PG_QUERY__NODE__NODE_CREATE_TABLE_AS_STMT, read_table_as },
	{ PG_QUERY__NODE__NODE_VIEW_STMT, read_view },
	{ PG_QUERY__NODE__NODE_CREATE_SEQ_STMT, read_sequence },
	{ PG_QUERY__NODE__NODE_CREATE_SCHEMA_STMT, read_schema },
	{ PG_QUERY__NODE__NODE_CREATE_ENUM_STMT, read_enum },
	{ PG_QUERY__NODE__NODE_COMPOSITE_TYPE_STMT, read_composite },
	{ PG_QUERY__NODE__NODE_CREATE_RANGE_STMT, read_range },
	{ PG_QUERY__NODE__NODE_DEFINE_STMT, read_define },
	{ PG_QUERY__NODE__NODE_CREATE_DOMAIN_STMT, read_domain },
	{ PG_QUERY__NODE__NODE_CREATE_FUNCTION_STMT, read_function },
	{ PG_QUERY__NODE__NODE_CREATE_TRIG_STMT, read_trigger },
	{ PG_QUERY__NODE__NODE_RULE_STMT, read_rule },
	{ PG_QUERY__NODE__NODE_CREATE_POLICY_STMT, read_policy },
	{ PG_QUERY__NODE__NODE_CREATE_STATS_STMT, read_statistics },
	{ PG_QUERY__NODE__NODE_CREATE_PUBLICATION_STMT, read_create_publication },
	{ PG_QUERY__NODE__NODE_ALTER_PUBLICATION_STMT, read_alter_publication },
	{ PG_QUERY__NODE__NODE_CREATE_EXTENSION_STMT, read_extension },
	{ PG_QUERY__NODE__NODE_CREATEDB_STMT, read_database },
	{ 0, NULL },
};
