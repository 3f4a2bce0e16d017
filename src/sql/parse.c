/* SPDX-License-Identifier: MIT */
#include "sql/parse.h"

#include <pg_query.h>
#include <pg_query/pg_query.pb-c.h>
#include <string.h>
#include <strings.h>

#include "sql/ddl.h"
#include "sql/newer.h"
#include "sql/words.h"

/*
 * The library walks its trees by recursion, 2 kB of stack for a term of a sum, 7 kB for a nested
 * SELECT: some 5,000 terms in 9 kB of text end the program.  A level counts as a term; nothing
 * that people write comes near LEVELS_MAX, and 2 MiB of stack hold them all.
 */
enum { LENGTH_MAX = 64 * 1024, LEVELS_MAX = 1000, LEVELS_OF_PARENTHESIS = 4, DEPTH_MAX = 200 };

/* --- may the grammar be asked? --- */

/* How deep the tree may get inside one pair of parentheses. */
struct nesting {
	size_t chain; /* operators since the last comma, AND or OR: a + b + c is a chain */
	size_t links; /* what commas do not end: UNION, JOIN, CASE */
};

/*
 * An upper bound of the depth of the tree: parentheses that are open, and the chains in each of
 * them.
 */
static bool
is_shallow(struct words s)
{
	struct nesting nestings[DEPTH_MAX] = { 0 };
	size_t depth = 0, levels = 0;
	struct word w;

	while (words_next(&s, &w) && levels <= LEVELS_MAX) {
		struct nesting *n = &nestings[depth];

		if (word_is(&w, "(|[")) {
			if (++depth == DEPTH_MAX)
				return false;
			nestings[depth] = (struct nesting){ 0 };
			levels += LEVELS_OF_PARENTHESIS;
		} else if (word_is(&w, ")|]") && depth > 0) {
			depth--;
			levels -= n->chain + n->links + LEVELS_OF_PARENTHESIS;
		} else if (word_is(&w, ",|;|AND|OR")) {
			levels -= n->chain;
			n->chain = 0;
		} else if (word_is(&w, "UNION|INTERSECT|EXCEPT|JOIN|CASE")) {
			n->links += 2;
			levels += 2;
		} else if ((w.kind == WORD_SYMBOL && !word_is(&w, ".")) ||
		    word_is(&w, "NOT|IS|AT|COLLATE|OPERATOR")) {
			n->chain++;
			levels++;
		}
	}
	return levels <= LEVELS_MAX;
}

/* --- from the tree to locks --- */

struct reader {
	struct arena *a;
	int server_version;
	struct statement_class *out;
	const char *created_schema, *created_name; /* also where it may be an old one */
	bool of_index; /* ALTER INDEX: the actions of ALTER TABLE, on an index */
};

/* The strings of a tree are freed with it; an empty one was not written. */
static const char *
keep_name(struct reader *r, const char *name)
{
	return name == NULL || *name == '\0' ? NULL : arena_strdup(r->a, name);
}

static bool
is_same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* Of several locks on one thing only the strongest is told. */
static void
add_lock(struct reader *r, struct statement_lock lock)
{
	struct statement_class *out = r->out;
	size_t i;

	for (i = 0; i < out->lock_count; i++) {
		struct statement_lock *old = &out->locks[i];

		if (old->object != lock.object || !is_same(old->schema, lock.schema) ||
		    !is_same(old->name, lock.name) || !is_same(old->constraint, lock.constraint) ||
		    !is_same(old->column, lock.column))
			continue;
		old->mode = lock.mode > old->mode ? lock.mode : old->mode;
		old->only = old->only && lock.only;
		return;
	}
	out->locks = arena_extend(r->a, out->locks, out->lock_count, sizeof(*out->locks));
	out->locks[out->lock_count++] = lock;
}

static enum lock_object
object_locked(const struct reader *r, enum ddl_on on)
{
	switch (on) {
	case ON_INDEX:
		return LOCK_INDEX;
	case ON_CONSTRAINT:
		return LOCK_CONSTRAINT;
	case ON_REFERENCES:
		return LOCK_REFERENCED;
	case ON_REFERENCING:
		return LOCK_REFERENCING;
	case ON_COLUMN:
		return LOCK_COLUMN;
	case ON_TABLE:
	case ON_PARTITION:
	case ON_PARENT:
	case ON_INHERITED:
	case ON_REFERENCED:
		break;
	}
	return r->of_index ? LOCK_INDEX : LOCK_TABLE;
}

/* The lock that this form takes there, if the facts know one. */
static void
lock(struct reader *r, const char *form, enum ddl_on on, struct statement_lock what)
{
	const struct ddl_fact *fact = ddl_find(form, on, r->server_version);

	if (fact == NULL || what.name == NULL)
		return;
	what.object = object_locked(r, on);
	what.mode = fact->mode;
	what.only = what.only || fact->alone;
	add_lock(r, what);
}

static void
lock_relation(struct reader *r, const char *form, enum ddl_on on, const PgQuery__RangeVar *relation)
{
	struct statement_lock what = { 0 };

	if (relation == NULL)
		return;
	what.schema = keep_name(r, relation->schemaname);
	what.name = keep_name(r, relation->relname);
	what.only = !relation->inh;
	if (!is_same(what.name, r->created_name) || !is_same(what.schema, r->created_schema))
		lock(r, form, on, what);
}

/* What is at the other end of a constraint or column of the table. */
static void
lock_other_end(struct reader *r, const char *form, enum ddl_on on, const PgQuery__RangeVar *table,
    const char *part)
{
	struct statement_lock what = {
		.schema = keep_name(r, table->schemaname),
		.name = keep_name(r, table->relname),
	};

	if (part == NULL || *part == '\0')
		return;
	if (on == ON_COLUMN)
		what.column = arena_strdup(r->a, part);
	else
		what.constraint = arena_strdup(r->a, part);
	lock(r, form, on, what);
}

static void
lock_each(
    struct reader *r, const char *form, enum ddl_on on, PgQuery__Node *const *list, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (list[i]->node_case == PG_QUERY__NODE__NODE_RANGE_VAR)
			lock_relation(r, form, on, list[i]->range_var);
}

/*
 * A relation that is written as a list of names (catalog.schema.table), with more names behind it
 * that say which part is meant: a column, a trigger.
 */
static void
lock_named(struct reader *r, const char *form, enum ddl_on on, const PgQuery__Node *node,
    size_t names_behind)
{
	struct statement_lock what = { 0 };
	const PgQuery__List *list = node->list;
	size_t count;

	if (node->node_case != PG_QUERY__NODE__NODE_LIST || list->n_items <= names_behind)
		return;
	count = list->n_items - names_behind;
	if (list->items[count - 1]->node_case != PG_QUERY__NODE__NODE_STRING)
		return;
	what.name = keep_name(r, list->items[count - 1]->string->sval);
	if (count > 1)
		what.schema = keep_name(r, list->items[count - 2]->string->sval);
	lock(r, form, on, what);
}

/* A new relation; one that may be an old one is not told, but takes no lock on itself either. */
static void
create(struct reader *r, const PgQuery__RangeVar *relation, bool may_be_old)
{
	if (relation == NULL)
		return;
	r->created_schema = keep_name(r, relation->schemaname);
	r->created_name = keep_name(r, relation->relname);
	if (may_be_old)
		return;
	r->out->creates_schema = r->created_schema;
	r->out->creates_name = r->created_name;
}

/* --- ALTER TABLE --- */

static const char *const actions[] = {
	[PG_QUERY__ALTER_TABLE_TYPE__AT_AddColumn] = "ADD COLUMN",
	[PG_QUERY__ALTER_TABLE_TYPE__AT_DropColumn] = "DROP COLUMN",
	[PG_QUERY__ALTER_TABLE_TYPE__AT_ColumnDefault] = "SET DEFAULT",
	[PG_QUERY__ALTER_TABLE_TYPE__AT_DropNotNull] = "DROP NOT NULL",
	[PG_QUERY__ALTER_TABLE_TYPE__AT_SetNotNull] = "SET NOT NULL",
	[PG_QUERY__ALTER_TABLE_TYPE__AT_DropExpression] = "DROP EXPRESSION",
	[PG_QUERY__ALTER_TABLE_TYPE__AT_SetStatistics] = "SET STATISTICS",
	[PG_QUERY__ALTER_TABLE_TYPE__AT_SetOptions] = "SET (attribute)",
	[PG_QUERY__ALTER_TABLE_TYPE__AT_ResetOptions] = "SET (attribute)",
	[PG_QUERY__ALTER_TABLE_TYPE__AT_SetStorage] = "SET STORAGE",
	[PG_QUERY__ALTER_TABLE_TYPE__AT_SetCompression] = "SET COMPRESSION",
	[PG_QUERY__ALTER_TABLE_TYPE__AT_AddConstraint] = "ADD CONSTRAINT",
	[PG_QUERY__ALTER_TABLE_TYPE__AT_AlterConstraint] = "ALTER CONSTRAINT",
	[PG_QUERY__ALTER_TABLE_TYPE__AT_ValidateConstraint] = "VALIDATE CONSTRAINT",
	[PG_QUERY__ALTER_TABLE_TYPE__AT_DropConstraint] = "DROP CONSTRAINT",
	[PG_QUERY__ALTER_TABLE_TYPE__AT_AlterColumnType] = "ALTER COLUMN TYPE",
	[PG_QUERY__ALTER_TABLE_TYPE__AT_AlterColumnGenericOptions] = "ALTER COLUMN OPTIONS",
	[PG_QUERY__ALTER_TABLE_TYPE__AT_ChangeOwner] = "OWNER TO",
	[PG_QUERY__ALTER_TABLE_TYPE__AT_ClusterOn] = "CLUSTER ON",
	[PG_QUERY__ALTER_TABLE_TYPE__AT_DropCluster] = "SET WITHOUT CLUSTER",
	[PG_QUERY__ALTER_TABLE_TYPE__AT_SetLogged] = "SET LOGGED",
	[PG_QUERY__ALTER_TABLE_TYPE__AT_SetUnLogged] = "SET LOGGED",
	[PG_QUERY__ALTER_TABLE_TYPE__AT_DropOids] = "SET WITHOUT OIDS",
	[PG_QUERY__ALTER_TABLE_TYPE__AT_SetAccessMethod] = "SET ACCESS METHOD",
	[PG_QUERY__ALTER_TABLE_TYPE__AT_SetTableSpace] = "SET TABLESPACE",
	[PG_QUERY__ALTER_TABLE_TYPE__AT_SetRelOptions] = "SET (parameter)",
	[PG_QUERY__ALTER_TABLE_TYPE__AT_ResetRelOptions] = "SET (parameter)",
	[PG_QUERY__ALTER_TABLE_TYPE__AT_EnableTrig] = "ENABLE TRIGGER",
	[PG_QUERY__ALTER_TABLE_TYPE__AT_EnableAlwaysTrig] = "ENABLE TRIGGER",
	[PG_QUERY__ALTER_TABLE_TYPE__AT_EnableReplicaTrig] = "ENABLE TRIGGER",
	[PG_QUERY__ALTER_TABLE_TYPE__AT_DisableTrig] = "ENABLE TRIGGER",
	[PG_QUERY__ALTER_TABLE_TYPE__AT_EnableTrigAll] = "ENABLE TRIGGER",
	[PG_QUERY__ALTER_TABLE_TYPE__AT_DisableTrigAll] = "ENABLE TRIGGER",
	[PG_QUERY__ALTER_TABLE_TYPE__AT_EnableTrigUser] = "ENABLE TRIGGER",
	[PG_QUERY__ALTER_TABLE_TYPE__AT_DisableTrigUser] = "ENABLE TRIGGER",
	[PG_QUERY__ALTER_TABLE_TYPE__AT_EnableRule] = "ENABLE RULE",
	[PG_QUERY__ALTER_TABLE_TYPE__AT_EnableAlwaysRule] = "ENABLE RULE",
	[PG_QUERY__ALTER_TABLE_TYPE__AT_EnableReplicaRule] = "ENABLE RULE",
	[PG_QUERY__ALTER_TABLE_TYPE__AT_DisableRule] = "ENABLE RULE",
	[PG_QUERY__ALTER_TABLE_TYPE__AT_AddInherit] = "INHERIT",
	[PG_QUERY__ALTER_TABLE_TYPE__AT_DropInherit] = "NO INHERIT",
	[PG_QUERY__ALTER_TABLE_TYPE__AT_AddOf] = "OF",
	[PG_QUERY__ALTER_TABLE_TYPE__AT_DropOf] = "OF",
	[PG_QUERY__ALTER_TABLE_TYPE__AT_ReplicaIdentity] = "REPLICA IDENTITY",
	[PG_QUERY__ALTER_TABLE_TYPE__AT_EnableRowSecurity] = "ROW LEVEL SECURITY",
	[PG_QUERY__ALTER_TABLE_TYPE__AT_DisableRowSecurity] = "ROW LEVEL SECURITY",
	[PG_QUERY__ALTER_TABLE_TYPE__AT_ForceRowSecurity] = "ROW LEVEL SECURITY",
	[PG_QUERY__ALTER_TABLE_TYPE__AT_NoForceRowSecurity] = "ROW LEVEL SECURITY",
	[PG_QUERY__ALTER_TABLE_TYPE__AT_GenericOptions] = "OPTIONS",
	[PG_QUERY__ALTER_TABLE_TYPE__AT_AttachPartition] = "ATTACH PARTITION",
	[PG_QUERY__ALTER_TABLE_TYPE__AT_DetachPartition] = "DETACH PARTITION",
	[PG_QUERY__ALTER_TABLE_TYPE__AT_DetachPartitionFinalize] = "DETACH PARTITION FINALIZE",
	[PG_QUERY__ALTER_TABLE_TYPE__AT_AddIdentity] = "ADD IDENTITY",
	[PG_QUERY__ALTER_TABLE_TYPE__AT_SetIdentity] = "SET GENERATED",
	[PG_QUERY__ALTER_TABLE_TYPE__AT_DropIdentity] = "DROP IDENTITY",
};

/* The action by the name that the facts know. */
static const char *
action_form(const PgQuery__AlterTableCmd *cmd)
{
	const PgQuery__Node *def = cmd->def;
	const char *form = NULL;

	if ((size_t)cmd->subtype < sizeof(actions) / sizeof(actions[0]))
		form = actions[cmd->subtype];
	if (form == NULL)
		return "ALTER";
	if (cmd->subtype == PG_QUERY__ALTER_TABLE_TYPE__AT_AddConstraint &&
	    def->constraint->contype == PG_QUERY__CONSTR_TYPE__CONSTR_FOREIGN)
		return "ADD FOREIGN KEY";
	if (cmd->subtype == PG_QUERY__ALTER_TABLE_TYPE__AT_DetachPartition &&
	    def->partition_cmd->concurrent)
		return "DETACH PARTITION CONCURRENTLY";
	return form;
}

static void
lock_references(struct reader *r, const char *form, PgQuery__Node *const *constraints, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (constraints[i]->node_case == PG_QUERY__NODE__NODE_CONSTRAINT)
			lock_relation(r, form, ON_REFERENCED, constraints[i]->constraint->pktable);
}

/* Some storage parameters need more than the others. */
static void
lock_for_parameters(
    struct reader *r, const PgQuery__RangeVar *relation, const PgQuery__List *parameters)
{
	size_t i;

	for (i = 0; i < parameters->n_items; i++) {
		const PgQuery__Node *item = parameters->items[i];

		if (item->node_case == PG_QUERY__NODE__NODE_DEF_ELEM)
			lock_relation(r, arena_printf(r->a, "SET (%s)", item->def_elem->defname),
			    ON_TABLE, relation);
	}
}

static void
read_action(struct reader *r, const PgQuery__RangeVar *relation, const PgQuery__AlterTableCmd *cmd)
{
	const char *form = action_form(cmd);
	const PgQuery__Node *def = cmd->def;

	lock_relation(r, form, ON_TABLE, relation);
	/* What cmd->name is depends on the form; the facts have no row where it is something else. */
	lock_other_end(r, form, ON_CONSTRAINT, relation, cmd->name);
	lock_other_end(r, form, ON_COLUMN, relation, cmd->name);
	if (cmd->behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE)
		lock_relation(r, form, ON_REFERENCING, relation);
	if (def == NULL)
		return;
	if (def->node_case == PG_QUERY__NODE__NODE_COLUMN_DEF) {
		lock_references(
		    r, form, def->column_def->constraints, def->column_def->n_constraints);
	} else if (def->node_case == PG_QUERY__NODE__NODE_CONSTRAINT) {
		lock_references(r, form, &cmd->def, 1);
		/* The grammar knows no change of ENFORCED; that there was one is left in newer. */
		if (r->out->newer != NULL)
			lock_other_end(
			    r, r->out->newer, ON_CONSTRAINT, relation, def->constraint->conname);
	} else if (def->node_case == PG_QUERY__NODE__NODE_PARTITION_CMD) {
		lock_relation(r, form, ON_PARTITION, def->partition_cmd->name);
	} else if (def->node_case == PG_QUERY__NODE__NODE_RANGE_VAR) {
		lock_relation(r, form, ON_INHERITED, def->range_var);
	} else if (def->node_case == PG_QUERY__NODE__NODE_LIST) {
		lock_for_parameters(r, relation, def->list);
	}
}

static void
read_alter_table(struct reader *r, const PgQuery__Node *node)
{
	const PgQuery__AlterTableStmt *stmt = node->alter_table_stmt;
	size_t i;

	r->of_index = stmt->objtype == PG_QUERY__OBJECT_TYPE__OBJECT_INDEX;
	for (i = 0; i < stmt->n_cmds; i++)
		read_action(r, stmt->relation, stmt->cmds[i]->alter_table_cmd);
}

static void
read_alter_policy(struct reader *r, const PgQuery__Node *node)
{
	lock_relation(r, "ALTER POLICY", ON_TABLE, node->alter_policy_stmt->table);
}

static void
read_alter_sequence(struct reader *r, const PgQuery__Node *node)
{
	lock_relation(r, "ALTER SEQUENCE", ON_TABLE, node->alter_seq_stmt->sequence);
}

static void
read_set_schema(struct reader *r, const PgQuery__Node *node)
{
	lock_relation(r, "SET SCHEMA", ON_TABLE, node->alter_object_schema_stmt->relation);
}

static bool
is_relation(PgQuery__ObjectType type)
{
	return type == PG_QUERY__OBJECT_TYPE__OBJECT_TABLE ||
	    type == PG_QUERY__OBJECT_TYPE__OBJECT_VIEW ||
	    type == PG_QUERY__OBJECT_TYPE__OBJECT_MATVIEW ||
	    type == PG_QUERY__OBJECT_TYPE__OBJECT_SEQUENCE ||
	    type == PG_QUERY__OBJECT_TYPE__OBJECT_FOREIGN_TABLE;
}

static void
read_rename(struct reader *r, const PgQuery__Node *node)
{
	const PgQuery__RenameStmt *stmt = node->rename_stmt;

	if (stmt->rename_type == PG_QUERY__OBJECT_TYPE__OBJECT_INDEX)
		lock_relation(r, "RENAME", ON_INDEX, stmt->relation);
	else if (is_relation(stmt->rename_type))
		lock_relation(r, "RENAME", ON_TABLE, stmt->relation);
	else /* a column, constraint, trigger, rule, policy */
		lock_relation(r, "RENAME COLUMN", ON_TABLE, stmt->relation);
}

/* --- CREATE --- */

static void
read_create(struct reader *r, const PgQuery__CreateStmt *stmt)
{
	size_t i;

	create(r, stmt->relation, stmt->if_not_exists);
	lock_each(r, "CREATE TABLE", stmt->partbound != NULL ? ON_PARENT : ON_INHERITED,
	    stmt->inh_relations, stmt->n_inh_relations);
	lock_references(r, "CREATE TABLE", stmt->table_elts, stmt->n_table_elts);
	for (i = 0; i < stmt->n_table_elts; i++) {
		const PgQuery__Node *element = stmt->table_elts[i];

		if (element->node_case == PG_QUERY__NODE__NODE_COLUMN_DEF)
			lock_references(r, "CREATE TABLE", element->column_def->constraints,
			    element->column_def->n_constraints);
	}
}

static void
read_create_table(struct reader *r, const PgQuery__Node *node)
{
	read_create(r, node->create_stmt);
}

static void
read_create_foreign_table(struct reader *r, const PgQuery__Node *node)
{
	read_create(r, node->create_foreign_table_stmt->base_stmt);
}

/* Its tables are new, whatever their names; what they reference may be old. */
static void
read_create_schema(struct reader *r, const PgQuery__Node *node)
{
	const PgQuery__CreateSchemaStmt *stmt = node->create_schema_stmt;
	size_t i;

	for (i = 0; i < stmt->n_schema_elts; i++)
		if (stmt->schema_elts[i]->node_case == PG_QUERY__NODE__NODE_CREATE_STMT)
			read_create_table(r, stmt->schema_elts[i]);
	r->out->creates_schema = NULL;
	r->out->creates_name = NULL;
}

static void
read_create_table_as(struct reader *r, const PgQuery__Node *node)
{
	const PgQuery__CreateTableAsStmt *stmt = node->create_table_as_stmt;

	if (stmt->into != NULL)
		create(r, stmt->into->rel, stmt->if_not_exists);
}

static void
read_create_view(struct reader *r, const PgQuery__Node *node)
{
	const PgQuery__ViewStmt *stmt = node->view_stmt;

	if (stmt->replace)
		lock_relation(r, "CREATE VIEW", ON_TABLE, stmt->view);
	create(r, stmt->view, stmt->replace);
}

static void
read_create_sequence(struct reader *r, const PgQuery__Node *node)
{
	create(r, node->create_seq_stmt->sequence, node->create_seq_stmt->if_not_exists);
}

static void
read_create_index(struct reader *r, const PgQuery__Node *node)
{
	lock_relation(r, r->out->form, ON_TABLE, node->index_stmt->relation);
}

static void
read_create_trigger(struct reader *r, const PgQuery__Node *node)
{
	lock_relation(r, "CREATE TRIGGER", ON_TABLE, node->create_trig_stmt->relation);
}

static void
read_create_rule(struct reader *r, const PgQuery__Node *node)
{
	lock_relation(r, "CREATE RULE", ON_TABLE, node->rule_stmt->relation);
}

static void
read_create_policy(struct reader *r, const PgQuery__Node *node)
{
	lock_relation(r, "CREATE POLICY", ON_TABLE, node->create_policy_stmt->table);
}

static void
read_create_statistics(struct reader *r, const PgQuery__Node *node)
{
	const PgQuery__CreateStatsStmt *stmt = node->create_stats_stmt;

	lock_each(r, "CREATE STATISTICS", ON_TABLE, stmt->relations, stmt->n_relations);
}

static void
lock_published(struct reader *r, PgQuery__Node *const *objects, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		const PgQuery__PublicationTable *table = objects[i]->publication_obj_spec->pubtable;

		if (table != NULL)
			lock_relation(r, "ALTER PUBLICATION", ON_TABLE, table->relation);
	}
}

static void
read_create_publication(struct reader *r, const PgQuery__Node *node)
{
	const PgQuery__CreatePublicationStmt *stmt = node->create_publication_stmt;

	lock_published(r, stmt->pubobjects, stmt->n_pubobjects);
}

static void
read_alter_publication(struct reader *r, const PgQuery__Node *node)
{
	const PgQuery__AlterPublicationStmt *stmt = node->alter_publication_stmt;

	lock_published(r, stmt->pubobjects, stmt->n_pubobjects);
}

/* --- the rest --- */

static void
read_drop(struct reader *r, const PgQuery__Node *node)
{
	const PgQuery__DropStmt *stmt = node->drop_stmt;
	bool of_table = stmt->remove_type == PG_QUERY__OBJECT_TYPE__OBJECT_TRIGGER ||
	    stmt->remove_type == PG_QUERY__OBJECT_TYPE__OBJECT_RULE ||
	    stmt->remove_type == PG_QUERY__OBJECT_TYPE__OBJECT_POLICY;
	bool cascades = stmt->behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE;
	size_t i;

	/* The facts have no row for a form that is about something else. */
	for (i = 0; i < stmt->n_objects; i++) {
		if (cascades)
			lock_named(r, r->out->form, ON_REFERENCING, stmt->objects[i], 0);
		lock_named(r, r->out->form, ON_TABLE, stmt->objects[i], of_table);
		lock_named(r, r->out->form, ON_REFERENCES, stmt->objects[i], 0);
		lock_named(r, r->out->form, ON_INDEX, stmt->objects[i], 0);
	}
}

static void
read_truncate(struct reader *r, const PgQuery__Node *node)
{
	const PgQuery__TruncateStmt *stmt = node->truncate_stmt;

	lock_each(r, "TRUNCATE", ON_TABLE, stmt->relations, stmt->n_relations);
	if (stmt->behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE)
		lock_each(r, "TRUNCATE", ON_REFERENCING, stmt->relations, stmt->n_relations);
}

/* The tree has PostgreSQL's numbers of lock modes, and ours are the same. */
static void
read_lock(struct reader *r, const PgQuery__Node *node)
{
	const PgQuery__LockStmt *stmt = node->lock_stmt;
	size_t i;

	for (i = 0; i < stmt->n_relations && stmt->mode > LOCK_ROW_EXCLUSIVE; i++) {
		const PgQuery__RangeVar *relation = stmt->relations[i]->range_var;

		add_lock(r,
		    (struct statement_lock){
			.mode = (enum lock_mode)stmt->mode,
			.schema = keep_name(r, relation->schemaname),
			.name = keep_name(r, relation->relname),
			.only = !relation->inh,
		    });
	}
}

static void
lock_described(
    struct reader *r, const char *form, PgQuery__ObjectType type, const PgQuery__Node *object)
{
	if (type == PG_QUERY__OBJECT_TYPE__OBJECT_INDEX)
		lock_named(r, form, ON_INDEX, object, 0);
	else if (type == PG_QUERY__OBJECT_TYPE__OBJECT_COLUMN)
		lock_named(r, form, ON_TABLE, object, 1);
	else if (is_relation(type))
		lock_named(r, form, ON_TABLE, object, 0);
}

static void
read_comment(struct reader *r, const PgQuery__Node *node)
{
	lock_described(r, "COMMENT", node->comment_stmt->objtype, node->comment_stmt->object);
}

static void
read_security_label(struct reader *r, const PgQuery__Node *node)
{
	lock_described(
	    r, "SECURITY LABEL", node->sec_label_stmt->objtype, node->sec_label_stmt->object);
}

static void
read_cluster(struct reader *r, const PgQuery__Node *node)
{
	lock_relation(r, "CLUSTER", ON_TABLE, node->cluster_stmt->relation);
}

static void
read_reindex(struct reader *r, const PgQuery__Node *node)
{
	const PgQuery__ReindexStmt *stmt = node->reindex_stmt;
	bool index = stmt->kind == PG_QUERY__REINDEX_OBJECT_TYPE__REINDEX_OBJECT_INDEX;

	lock_relation(r, r->out->form, index ? ON_INDEX : ON_TABLE, stmt->relation);
}

static void
read_refresh(struct reader *r, const PgQuery__Node *node)
{
	lock_relation(r, r->out->form, ON_TABLE, node->refresh_mat_view_stmt->relation);
}

static void
read_vacuum(struct reader *r, const PgQuery__Node *node)
{
	const PgQuery__VacuumStmt *stmt = node->vacuum_stmt;
	size_t i;

	for (i = 0; i < stmt->n_rels; i++)
		lock_relation(r, r->out->form, ON_TABLE, stmt->rels[i]->vacuum_relation->relation);
}

static const struct {
	PgQuery__Node__NodeCase node;
	void (*read)(struct reader *r, const PgQuery__Node *node);
} readers[] = {
	{ PG_QUERY__NODE__NODE_ALTER_OBJECT_SCHEMA_STMT, read_set_schema },
	{ PG_QUERY__NODE__NODE_ALTER_POLICY_STMT, read_alter_policy },
	{ PG_QUERY__NODE__NODE_ALTER_PUBLICATION_STMT, read_alter_publication },
	{ PG_QUERY__NODE__NODE_ALTER_SEQ_STMT, read_alter_sequence },
	{ PG_QUERY__NODE__NODE_ALTER_TABLE_STMT, read_alter_table },
	{ PG_QUERY__NODE__NODE_CLUSTER_STMT, read_cluster },
	{ PG_QUERY__NODE__NODE_COMMENT_STMT, read_comment },
	{ PG_QUERY__NODE__NODE_CREATE_FOREIGN_TABLE_STMT, read_create_foreign_table },
	{ PG_QUERY__NODE__NODE_CREATE_POLICY_STMT, read_create_policy },
	{ PG_QUERY__NODE__NODE_CREATE_PUBLICATION_STMT, read_create_publication },
	{ PG_QUERY__NODE__NODE_CREATE_SCHEMA_STMT, read_create_schema },
	{ PG_QUERY__NODE__NODE_CREATE_SEQ_STMT, read_create_sequence },
	{ PG_QUERY__NODE__NODE_CREATE_STATS_STMT, read_create_statistics },
	{ PG_QUERY__NODE__NODE_CREATE_STMT, read_create_table },
	{ PG_QUERY__NODE__NODE_CREATE_TABLE_AS_STMT, read_create_table_as },
	{ PG_QUERY__NODE__NODE_CREATE_TRIG_STMT, read_create_trigger },
	{ PG_QUERY__NODE__NODE_DROP_STMT, read_drop },
	{ PG_QUERY__NODE__NODE_INDEX_STMT, read_create_index },
	{ PG_QUERY__NODE__NODE_LOCK_STMT, read_lock },
	{ PG_QUERY__NODE__NODE_REFRESH_MAT_VIEW_STMT, read_refresh },
	{ PG_QUERY__NODE__NODE_REINDEX_STMT, read_reindex },
	{ PG_QUERY__NODE__NODE_RENAME_STMT, read_rename },
	{ PG_QUERY__NODE__NODE_RULE_STMT, read_create_rule },
	{ PG_QUERY__NODE__NODE_SEC_LABEL_STMT, read_security_label },
	{ PG_QUERY__NODE__NODE_TRUNCATE_STMT, read_truncate },
	{ PG_QUERY__NODE__NODE_VACUUM_STMT, read_vacuum },
	{ PG_QUERY__NODE__NODE_VIEW_STMT, read_create_view },
};

static void
read_tree(struct reader *r, const PgQuery__ParseResult *tree)
{
	const PgQuery__Node *node = tree->n_stmts == 1 ? tree->stmts[0]->stmt : NULL;
	size_t i;

	for (i = 0; node != NULL && i < sizeof(readers) / sizeof(readers[0]); i++)
		if (readers[i].node == node->node_case)
			readers[i].read(r, node);
}

/* --- asking --- */

/* Reads the tree of a NUL-ended text; false if the grammar refuses it (parse_error). */
static bool
read_text(struct reader *r, const char *text)
{
	PgQueryProtobufParseResult result = pg_query_parse_protobuf(text);
	PgQuery__ParseResult *tree = NULL;

	if (result.error != NULL && r->out->parse_error == NULL) {
		r->out->parse_error = arena_strdup(r->a, result.error->message);
		r->out->parse_position = result.error->cursorpos;
	}
	if (result.error == NULL)
		tree = pg_query__parse_result__unpack(
		    NULL, result.parse_tree.len, (const uint8_t *)result.parse_tree.data);
	if (tree != NULL) {
		read_tree(r, tree);
		pg_query__parse_result__free_unpacked(tree, NULL);
	}
	pg_query_free_protobuf_parse_result(result);
	return tree != NULL;
}

/* The grammar first, and once more with newer syntax made older. */
static bool
ask_grammar(struct reader *r, const char *text, size_t length)
{
	struct arena *scratch = arena_new(r->a);
	struct statement_class *out = r->out;
	const char *older;

	out->parsed = read_text(r, arena_strndup(scratch, text, length));
	older = out->parsed ? NULL : newer_rewrite(scratch, text, length, &out->newer);
	if (older != NULL && read_text(r, older)) {
		out->parsed = true;
		out->parse_error = NULL;
		out->parse_position = 0;
	} else {
		out->newer = NULL;
	}
	arena_close(scratch);
	return out->parsed;
}

/*
 * Where the leading words alone name the relation, and what they say that is done to it.  A view
 * is taken for an old one.
 */
static const struct {
	const char *pattern, *form;
} guesses[] = {
	{ "ALTER TABLE|VIEW|SEQUENCE [IF] [EXISTS]", "ALTER" },
	{ "ALTER MATERIALIZED VIEW [IF] [EXISTS]", "ALTER" },
	{ "ALTER FOREIGN TABLE [IF] [EXISTS]", "ALTER" },
	{ "CREATE VIEW", "CREATE VIEW" },
	{ "CREATE INDEX CONCURRENTLY ... ON", "CREATE INDEX CONCURRENTLY" },
	{ "CREATE INDEX ... ON", "CREATE INDEX" },
	{ "CREATE TRIGGER ... ON", "CREATE TRIGGER" },
};

static void
guess_locks(struct reader *r, struct words start)
{
	size_t i;

	for (i = 0; i < sizeof(guesses) / sizeof(guesses[0]); i++) {
		struct words s = start;
		struct statement_lock what = { 0 };

		if (!words_match(&s, guesses[i].pattern))
			continue;
		what.only = words_match(&s, "ONLY");
		words_read_name(r->a, &s, &what.schema, &what.name);
		lock(r, guesses[i].form, ON_TABLE, what);
		return;
	}
}

void
parse_statement(struct arena *a, const char *text, size_t length, int server_version,
    struct statement_class *out)
{
	struct reader r = { .a = a, .server_version = server_version, .out = out };
	struct words s = words_start(text, length);

	if (length > LENGTH_MAX || !is_shallow(s) || !ask_grammar(&r, text, length))
		guess_locks(&r, s);
}
