/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/text.h"
#include "sql/grammar.h"

/* --- ALTER TABLE, VIEW, INDEX, SEQUENCE, ... --- */

#define AT(name) PG_QUERY__ALTER_TABLE_TYPE__AT_##name

/* The actions of ALTER TABLE, and how sql/ddl.h calls them. */
static const struct {
	enum act_kind kind;
	const char *form;
} actions[] = {
	[AT(AddColumn)] = { ACT_ADD_COLUMN, "ADD COLUMN" },
	[AT(DropColumn)] = { ACT_DROP_COLUMN, "DROP COLUMN" },
	[AT(ColumnDefault)] = { ACT_SET_DEFAULT, "SET DEFAULT" },
	[AT(DropNotNull)] = { ACT_DROP_NOT_NULL, "DROP NOT NULL" },
	[AT(SetNotNull)] = { ACT_SET_NOT_NULL, "SET NOT NULL" },
	[AT(DropExpression)] = { ACT_DROP_EXPRESSION, "DROP EXPRESSION" },
	[AT(SetStatistics)] = { ACT_SET_STATISTICS, "SET STATISTICS" },
	[AT(SetOptions)] = { ACT_SET_ATTRIBUTE, "SET (attribute)" },
	[AT(ResetOptions)] = { ACT_SET_ATTRIBUTE, "SET (attribute)" },
	[AT(SetStorage)] = { ACT_SET_STORAGE, "SET STORAGE" },
	[AT(SetCompression)] = { ACT_SET_COMPRESSION, "SET COMPRESSION" },
	[AT(AddConstraint)] = { ACT_ADD_CONSTRAINT, "ADD CONSTRAINT" },
	[AT(AlterConstraint)] = { ACT_ALTER_CONSTRAINT, "ALTER CONSTRAINT" },
	[AT(ValidateConstraint)] = { ACT_VALIDATE_CONSTRAINT, "VALIDATE CONSTRAINT" },
	[AT(DropConstraint)] = { ACT_DROP_CONSTRAINT, "DROP CONSTRAINT" },
	[AT(AlterColumnType)] = { ACT_ALTER_COLUMN_TYPE, "ALTER COLUMN TYPE" },
	[AT(AlterColumnGenericOptions)] = { ACT_ALTER, "ALTER COLUMN OPTIONS" },
	[AT(ChangeOwner)] = { ACT_SET_OWNER, "OWNER TO" },
	[AT(ClusterOn)] = { ACT_CLUSTER_ON, "CLUSTER ON" },
	[AT(DropCluster)] = { ACT_SET_WITHOUT_CLUSTER, "SET WITHOUT CLUSTER" },
	[AT(SetLogged)] = { ACT_SET_LOGGED, "SET LOGGED" },
	[AT(SetUnLogged)] = { ACT_SET_UNLOGGED, "SET LOGGED" },
	[AT(DropOids)] = { ACT_ALTER, "SET WITHOUT OIDS" },
	[AT(SetAccessMethod)] = { ACT_SET_ACCESS_METHOD, "SET ACCESS METHOD" },
	[AT(SetTableSpace)] = { ACT_SET_TABLESPACE, "SET TABLESPACE" },
	[AT(SetRelOptions)] = { ACT_SET_PARAMETER, "SET (parameter)" },
	[AT(ResetRelOptions)] = { ACT_SET_PARAMETER, "SET (parameter)" },
	[AT(EnableTrig)] = { ACT_ENABLE_TRIGGER, "ENABLE TRIGGER" },
	[AT(EnableAlwaysTrig)] = { ACT_ENABLE_TRIGGER, "ENABLE TRIGGER" },
	[AT(EnableReplicaTrig)] = { ACT_ENABLE_TRIGGER, "ENABLE TRIGGER" },
	[AT(DisableTrig)] = { ACT_DISABLE_TRIGGER, "ENABLE TRIGGER" },
	[AT(EnableTrigAll)] = { ACT_ENABLE_TRIGGER, "ENABLE TRIGGER" },
	[AT(DisableTrigAll)] = { ACT_DISABLE_TRIGGER, "ENABLE TRIGGER" },
	[AT(EnableTrigUser)] = { ACT_ENABLE_TRIGGER, "ENABLE TRIGGER" },
	[AT(DisableTrigUser)] = { ACT_DISABLE_TRIGGER, "ENABLE TRIGGER" },
	[AT(EnableRule)] = { ACT_ENABLE_RULE, "ENABLE RULE" },
	[AT(EnableAlwaysRule)] = { ACT_ENABLE_RULE, "ENABLE RULE" },
	[AT(EnableReplicaRule)] = { ACT_ENABLE_RULE, "ENABLE RULE" },
	[AT(DisableRule)] = { ACT_ENABLE_RULE, "ENABLE RULE" },
	[AT(AddInherit)] = { ACT_INHERIT, "INHERIT" },
	[AT(DropInherit)] = { ACT_NO_INHERIT, "NO INHERIT" },
	[AT(AddOf)] = { ACT_OF_TYPE, "OF" },
	[AT(DropOf)] = { ACT_OF_TYPE, "OF" },
	[AT(ReplicaIdentity)] = { ACT_REPLICA_IDENTITY, "REPLICA IDENTITY" },
	[AT(EnableRowSecurity)] = { ACT_ROW_SECURITY, "ROW LEVEL SECURITY" },
	[AT(DisableRowSecurity)] = { ACT_ROW_SECURITY, "ROW LEVEL SECURITY" },
	[AT(ForceRowSecurity)] = { ACT_ROW_SECURITY, "ROW LEVEL SECURITY" },
	[AT(NoForceRowSecurity)] = { ACT_ROW_SECURITY, "ROW LEVEL SECURITY" },
	[AT(GenericOptions)] = { ACT_ALTER, "OPTIONS" },
	[AT(AttachPartition)] = { ACT_ATTACH_PARTITION, "ATTACH PARTITION" },
	[AT(DetachPartition)] = { ACT_DETACH_PARTITION, "DETACH PARTITION" },
	[AT(DetachPartitionFinalize)] = { ACT_FINALIZE_PARTITION, "DETACH PARTITION FINALIZE" },
	[AT(AddIdentity)] = { ACT_ADD_IDENTITY, "ADD IDENTITY" },
	[AT(SetIdentity)] = { ACT_SET_IDENTITY, "SET GENERATED" },
	[AT(DropIdentity)] = { ACT_DROP_IDENTITY, "DROP IDENTITY" },
};

/* Behind the name of what is altered. */
static struct words
behind_name(const struct act_reader *r)
{
	struct words s = act_words(r, 0);

	if (!words_match(&s, "ALTER MATERIALIZED|FOREIGN VIEW|TABLE [IF] [EXISTS]"))
		words_match(&s, "ALTER TABLE|VIEW|INDEX|SEQUENCE|TYPE [IF] [EXISTS]");
	words_match(&s, "[ONLY]");
	words_match(&s, "% [*]");
	return s;
}

/* Where the next action begins, behind a comma if it is not the first. */
static size_t
next_action(const struct act_reader *r, struct words *s, bool first)
{
	struct words at;
	struct word w;
	size_t end;

	if (!first) {
		end = act_element_end(r, (size_t)(s->at - r->text));
		*s = act_words(r, end);
		words_match(s, ",");
	}
	at = *s;
	words_next(&at, &w);
	return (size_t)(w.text - r->text);
}

static bool
is_same_type(const struct act_type *a, const struct act_type *b)
{
	return text_is(a->name.name, b->name.name) && a->array == b->array &&
	    (text_is(a->name.schema, b->name.schema) || a->name.schema == b->name.schema) &&
	    a->modifier_count == b->modifier_count &&
	    memcmp(a->modifiers, b->modifiers, sizeof(a->modifiers)) == 0;
}

/* USING c, and USING c::type with the new type, say what happens without USING, too. */
static bool
converts(struct act_reader *r, const PgQuery__Node *node, const struct act_column *column)
{
	const PgQuery__ColumnRef *ref;
	struct act_type type;

	if (node->node_case == PG_QUERY__NODE__NODE_TYPE_CAST) {
		act_type(r, node->type_cast->type_name, r->length, &type);
		if (!is_same_type(&type, &column->type))
			return true;
		node = node->type_cast->arg;
	}
	if (node->node_case != PG_QUERY__NODE__NODE_COLUMN_REF)
		return true;
	ref = node->column_ref;
	return ref->n_fields != 1 || !text_is(act_string(r, ref->fields[0]), column->name);
}

static void
read_column(struct act_reader *r, const PgQuery__ColumnDef *def, size_t at, struct act *act)
{
	struct words s = act_words(r, at);
	size_t end = act_element_end(r, at);

	act->columns = arena_alloc(r->a, sizeof(*act->columns));
	act->column_count = 1;
	act_column(r, def, act->columns);
	if (act->kind != ACT_ALTER_COLUMN_TYPE)
		return;
	act->columns->name = act->part;
	if (def->raw_default != NULL && words_match(&s, "... USING"))
		act->using_text = act_slice(r, (size_t)(s.at - r->text), end);
	act->using_converts =
	    def->raw_default != NULL && converts(r, def->raw_default, act->columns);
}

static void
read_added_constraint(
    struct act_reader *r, const PgQuery__Constraint *tree, size_t at, struct act *act)
{
	struct words s = act_words(r, at);

	if (act->kind == ACT_ALTER_CONSTRAINT) {
		act->part = act_text(r, tree->conname);
		words_match(&s, "ALTER CONSTRAINT %");
		act->not_enforced = words_match(&s, "NOT ENFORCED");
		act->enforced = words_match(&s, "ENFORCED");
		if (act->enforced || act->not_enforced)
			act->form = act->enforced ? "ALTER CONSTRAINT ENFORCED"
						  : "ALTER CONSTRAINT NOT ENFORCED";
		return;
	}
	act->constraints = arena_alloc(r->a, sizeof(*act->constraints));
	act->constraint_count = 1;
	act_constraint(r, tree, false, act->constraints);
	act->part = act->constraints->name;
	if (act->constraints->kind == CONSTRAINT_FOREIGN_KEY)
		act->form = "ADD FOREIGN KEY";
}

static void
read_partition(struct act_reader *r, const PgQuery__PartitionCmd *cmd, size_t at, struct act *act)
{
	struct words s = act_words(r, at);

	act->other = act_relation(r, cmd->name);
	act->concurrently = cmd->concurrent;
	if (cmd->bound != NULL)
		act_bound(r, cmd->bound, act);
	if (cmd->concurrent)
		act->form = "DETACH PARTITION CONCURRENTLY";
	if (words_match(&s, "SPLIT|MERGE")) {
		act->kind = ACT_SPLIT_PARTITION;
		act->form = "SPLIT PARTITION";
	}
}

static const char *
replica_identity(char type)
{
	switch (type) {
	case 'f':
		return "full";
	case 'n':
		return "nothing";
	case 'i':
		return "index";
	}
	return "default";
}

static const char *
row_security(PgQuery__AlterTableType type)
{
	switch ((int)type) { /* of dozens */
	case AT(EnableRowSecurity):
		return "enable";
	case AT(DisableRowSecurity):
		return "disable";
	case AT(ForceRowSecurity):
		return "force";
	case AT(NoForceRowSecurity):
		return "no force";
	}
	return NULL;
}

/* SET DEFAULT has the expression, DROP DEFAULT has nothing. */
static void
read_default(struct act_reader *r, const PgQuery__Node *expression, size_t at, struct act *act)
{
	struct words s = act_words(r, at);

	if (expression == NULL) {
		act->kind = ACT_DROP_DEFAULT;
		return;
	}
	act->columns = arena_alloc(r->a, sizeof(*act->columns));
	act->column_count = 1;
	act->columns->name = act->part;
	act->columns->value = value_of(expression);
	if (act->columns->value == VALUE_UNKNOWN)
		act->columns->calls = value_calls(r, expression, &act->columns->call_count);
	if (words_match(&s, "... SET DEFAULT"))
		act->columns->default_text =
		    act_slice(r, (size_t)(s.at - r->text), act_element_end(r, at));
}

static void
read_definition(struct act_reader *r, const PgQuery__Node *def, size_t at, struct act *act)
{
	switch ((int)def->node_case) { /* of hundreds */
	case PG_QUERY__NODE__NODE_COLUMN_DEF:
		read_column(r, def->column_def, at, act);
		if (act->kind == ACT_ADD_COLUMN)
			act->part = act->columns->name;
		break;
	case PG_QUERY__NODE__NODE_CONSTRAINT:
		read_added_constraint(r, def->constraint, at, act);
		break;
	case PG_QUERY__NODE__NODE_PARTITION_CMD:
		read_partition(r, def->partition_cmd, at, act);
		break;
	case PG_QUERY__NODE__NODE_RANGE_VAR:
		act->other = act_relation(r, def->range_var);
		break;
	case PG_QUERY__NODE__NODE_LIST:
		act_options(r, def->list->items, def->list->n_items, act);
		break;
	case PG_QUERY__NODE__NODE_REPLICA_IDENTITY_STMT:
		act->part = act_text(r, def->replica_identity_stmt->name);
		act->value = replica_identity(*def->replica_identity_stmt->identity_type);
		break;
	}
}

static void
read_action(struct act_reader *r, const PgQuery__AlterTableStmt *stmt,
    const PgQuery__AlterTableCmd *cmd, size_t at)
{
	bool known = (size_t)cmd->subtype < sizeof(actions) / sizeof(actions[0]) &&
	    actions[cmd->subtype].form != NULL;
	struct act *act = act_add(r, known ? actions[cmd->subtype].kind : ACT_ALTER,
	    known ? actions[cmd->subtype].form : "ALTER", at);
	struct words s = act_words(r, at);

	act->on = act_on_object(stmt->objtype);
	act->name = act_relation(r, stmt->relation);
	act->only = !stmt->relation->inh;
	act->part = act_text(r, cmd->name);
	act->if_exists = stmt->missing_ok;
	if (act->kind == ACT_ADD_COLUMN)
		act->if_not_exists = cmd->missing_ok;
	else
		act->part_if_exists = cmd->missing_ok;
	act->cascade = cmd->behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE;
	if (act->kind == ACT_SET_DEFAULT)
		read_default(r, cmd->def, at, act);
	else if (cmd->def != NULL)
		read_definition(r, cmd->def, at, act);
	if (act->kind == ACT_ROW_SECURITY)
		act->value = row_security(cmd->subtype);
	act->all = cmd->subtype == AT(DisableTrigAll) || cmd->subtype == AT(EnableTrigAll);
	if (words_match(&s, "ALTER [COLUMN] % SET EXPRESSION")) {
		act->kind = ACT_SET_EXPRESSION;
		act->form = "SET EXPRESSION";
	}
	if (stmt->objtype == PG_QUERY__OBJECT_TYPE__OBJECT_TYPE) {
		act->kind = ACT_ALTER_TYPE;
		act->only = false;
	}
}

static void
read_alter_table(struct act_reader *r, const PgQuery__Node *node)
{
	const PgQuery__AlterTableStmt *stmt = node->alter_table_stmt;
	struct words s = behind_name(r);
	size_t i;

	for (i = 0; i < stmt->n_cmds; i++) {
		size_t at = next_action(r, &s, i == 0);

		read_action(r, stmt, stmt->cmds[i]->alter_table_cmd, at);
	}
}

/* --- RENAME, SET SCHEMA, OWNER TO --- */

static bool
is_relation(PgQuery__ObjectType type)
{
	return type == PG_QUERY__OBJECT_TYPE__OBJECT_TABLE ||
	    type == PG_QUERY__OBJECT_TYPE__OBJECT_VIEW ||
	    type == PG_QUERY__OBJECT_TYPE__OBJECT_MATVIEW ||
	    type == PG_QUERY__OBJECT_TYPE__OBJECT_SEQUENCE ||
	    type == PG_QUERY__OBJECT_TYPE__OBJECT_INDEX ||
	    type == PG_QUERY__OBJECT_TYPE__OBJECT_FOREIGN_TABLE;
}

static void
read_rename(struct act_reader *r, const PgQuery__Node *node)
{
	const PgQuery__RenameStmt *stmt = node->rename_stmt;
	/* A trigger, rule or policy locks its table as a column does. */
	bool part = stmt->relation != NULL && !is_relation(stmt->rename_type);
	struct act *act =
	    act_add(r, ACT_RENAME, part ? "RENAME COLUMN" : "RENAME", act_place(r, 0));

	act->on = act_on_object(stmt->rename_type);
	if (act->on == ACT_ON_CONSTRAINT) {
		act->kind = ACT_RENAME_CONSTRAINT;
	} else if (act->on == ACT_ON_COLUMN) {
		act->kind = ACT_RENAME_COLUMN;
		act->on = act_on_object(stmt->relation_type);
	}
	if (stmt->rename_type == PG_QUERY__OBJECT_TYPE__OBJECT_ATTRIBUTE) {
		act->kind = ACT_ALTER_TYPE;
		act->on = ACT_ON_TYPE;
	} else if (stmt->rename_type == PG_QUERY__OBJECT_TYPE__OBJECT_DOMCONSTRAINT) {
		act->kind = ACT_DOMAIN_ALTER;
		act->on = ACT_ON_DOMAIN;
	}
	act->if_exists = stmt->missing_ok;
	act->new_name = act_text(r, stmt->newname);
	act->cascade = stmt->behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE;
	if (stmt->relation != NULL) {
		act->name = act_relation(r, stmt->relation);
		act->only = !stmt->relation->inh;
		act->part = act_text(r, stmt->subname);
	} else if (stmt->object != NULL) {
		act->name = act_object(r, stmt->object, 0);
		act->part = act_text(r, stmt->subname);
	} else {
		act->name.name = act_text(r, stmt->subname);
	}
}

static void
read_set_schema(struct act_reader *r, const PgQuery__Node *node)
{
	const PgQuery__AlterObjectSchemaStmt *stmt = node->alter_object_schema_stmt;
	struct act *act = act_add(r, ACT_SET_SCHEMA, "SET SCHEMA", act_place(r, 0));

	act->on = act_on_object(stmt->object_type);
	act->name = stmt->relation != NULL ? act_relation(r, stmt->relation)
					   : act_object(r, stmt->object, 0);
	act->if_exists = stmt->missing_ok;
	act->new_name = act_text(r, stmt->newschema);
}

static void
read_owner(struct act_reader *r, const PgQuery__Node *node)
{
	const PgQuery__AlterOwnerStmt *stmt = node->alter_owner_stmt;
	struct act *act = act_add(r, ACT_SET_OWNER, "OWNER TO", act_place(r, 0));

	act->on = act_on_object(stmt->object_type);
	act->name = act_object(r, stmt->object, 0);
}

/* --- types, domains, sequences, policies, functions --- */

static void
read_enum(struct act_reader *r, const PgQuery__Node *node)
{
	const PgQuery__AlterEnumStmt *stmt = node->alter_enum_stmt;
	bool renames = *stmt->old_val != '\0';
	struct act *act = act_add(
	    r, renames ? ACT_RENAME_ENUM_VALUE : ACT_ADD_ENUM_VALUE, r->form, act_place(r, 0));

	act->on = ACT_ON_TYPE;
	act->name = act_listed(r, stmt->type_name, stmt->n_type_name, 0);
	act->part = arena_strdup(r->a, renames ? stmt->old_val : stmt->new_val);
	act->new_name = renames ? arena_strdup(r->a, stmt->new_val) : NULL;
	act->placed = *stmt->new_val_neighbor != '\0';
	act->if_not_exists = stmt->skip_if_new_val_exists;
}

static const struct {
	char subtype;
	enum act_kind kind;
} domain_kinds[] = {
	{ 'C', ACT_DOMAIN_ADD_CONSTRAINT },
	{ 'O', ACT_DOMAIN_SET_NOT_NULL },
	{ 'V', ACT_DOMAIN_VALIDATE },
};

static void
read_domain(struct act_reader *r, const PgQuery__Node *node)
{
	const PgQuery__AlterDomainStmt *stmt = node->alter_domain_stmt;
	struct act *act = act_add(r, ACT_DOMAIN_ALTER, r->form, act_place(r, 0));
	size_t i;

	for (i = 0; i < sizeof(domain_kinds) / sizeof(domain_kinds[0]); i++)
		if (domain_kinds[i].subtype == *stmt->subtype)
			act->kind = domain_kinds[i].kind;
	act->on = ACT_ON_DOMAIN;
	act->name = act_listed(r, stmt->type_name, stmt->n_type_name, 0);
	act->part = act_text(r, stmt->name);
	act->part_if_exists = stmt->missing_ok;
	act->cascade = stmt->behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE;
	if (act->kind != ACT_DOMAIN_ADD_CONSTRAINT)
		return;
	act->constraints = arena_alloc(r->a, sizeof(*act->constraints));
	act->constraint_count = 1;
	act_constraint(r, stmt->def->constraint, false, act->constraints);
	act->part = act->constraints->name;
}

static void
read_type(struct act_reader *r, const PgQuery__Node *node)
{
	const PgQuery__AlterTypeStmt *stmt = node->alter_type_stmt;
	struct act *act = act_add(r, ACT_ALTER_TYPE, r->form, act_place(r, 0));

	act->on = ACT_ON_TYPE;
	act->name = act_listed(r, stmt->type_name, stmt->n_type_name, 0);
}

static void
read_sequence(struct act_reader *r, const PgQuery__Node *node)
{
	const PgQuery__AlterSeqStmt *stmt = node->alter_seq_stmt;
	struct act *act = act_add(r, ACT_ALTER_SEQUENCE, "ALTER SEQUENCE", act_place(r, 0));

	act->on = ACT_ON_SEQUENCE;
	act->name = act_relation(r, stmt->sequence);
	act->if_exists = stmt->missing_ok;
	act_options(r, stmt->options, stmt->n_options, act);
}

static void
read_policy(struct act_reader *r, const PgQuery__Node *node)
{
	const PgQuery__AlterPolicyStmt *stmt = node->alter_policy_stmt;
	struct act *act = act_add(r, ACT_ALTER_POLICY, "ALTER POLICY", act_place(r, 0));

	act->on = ACT_ON_POLICY;
	act->name = act_relation(r, stmt->table);
	act->part = act_text(r, stmt->policy_name);
}

static void
read_function(struct act_reader *r, const PgQuery__Node *node)
{
	const PgQuery__AlterFunctionStmt *stmt = node->alter_function_stmt;
	struct act *act = act_add(r, ACT_ALTER_FUNCTION, r->form, act_place(r, 0));

	act->on = ACT_ON_FUNCTION;
	act->name = act_listed(r, stmt->func->objname, stmt->func->n_objname, 0);
	act_function_options(r, stmt->actions, stmt->n_actions, act);
}

static void
read_system(struct act_reader *r, const PgQuery__Node *node)
{
	struct act *act = act_add(r, ACT_ALTER_SYSTEM, r->form, act_place(r, 0));

	act->setting = act_text(r, node->alter_system_stmt->setstmt->name);
}

const struct act_row act_alter_rows[] = {
	{ PG_QUERY__NODE__NODE_ALTER_TABLE_STMT, read_alter_table },
	{ PG_QUERY__NODE__NODE_RENAME_STMT, read_rename },
	{ PG_QUERY__NODE__NODE_ALTER_OBJECT_SCHEMA_STMT, read_set_schema },
	{ PG_QUERY__NODE__NODE_ALTER_OWNER_STMT, read_owner },
	{ PG_QUERY__NODE__NODE_ALTER_ENUM_STMT, read_enum },
	{ PG_QUERY__NODE__NODE_ALTER_DOMAIN_STMT, read_domain },
	{ PG_QUERY__NODE__NODE_ALTER_TYPE_STMT, read_type },
	{ PG_QUERY__NODE__NODE_ALTER_SEQ_STMT, read_sequence },
	{ PG_QUERY__NODE__NODE_ALTER_POLICY_STMT, read_policy },
	{ PG_QUERY__NODE__NODE_ALTER_FUNCTION_STMT, read_function },
	{ PG_QUERY__NODE__NODE_ALTER_SYSTEM_STMT, read_system },
	{ 0, NULL },
};
