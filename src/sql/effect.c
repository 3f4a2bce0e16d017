/* SPDX-License-Identifier: MIT */
#include "sql/effect.h"

#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "sql/bound.h"
#include "sql/retype.h"

/* The question: an act, and all that is known of what it is about. */
struct asked {
	const struct world *world;
	const struct act *act;
	const struct world_table *table; /* or NULL */
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* --- ALTER COLUMN TYPE --- */

static bool
has_index(const struct world_table *t, const char *column)
{
	for (size_t i = 0; i < t->facts.index_count; i++)
		if (text_is_among(
			column, t->facts.indexes[i].columns, t->facts.indexes[i].column_count))
			return true;
	return false;
}

static bool
has_check(const struct world_table *t, const char *column)
{
	for (size_t i = 0; i < t->facts.constraint_count; i++) {
		const struct facts_constraint *c = &t->facts.constraints[i];

		if (c->kind == CONSTRAINT_CHECK && c->valid &&
		    text_is_among(column, c->columns, c->column_count))
			return true;
	}
	return false;
}

static void
tell_type(const struct asked *q, struct effect *out)
{
	const struct world_table *t = q->table;
	const struct facts_column *old = t != NULL ? world_column(t, q->act->part) : NULL;

	if (q->act->column_count != 1)
		return;
	out->rewrite = retype_rewrites(q->world, q->act, old, &out->why);
	out->scan = out->rewrite;
	if (old == NULL || out->rewrite == EFFECT_YES)
		return;
	if (retype_reorders(old, q->act->columns) && has_index(t, q->act->part)) {
		out->builds = EFFECT_YES;
		out->scan = EFFECT_YES;
		out->why = "the order in its indexes changes";
	}
	if (has_check(t, q->act->part)) {
		out->scan = EFFECT_YES;
		out->why = "a CHECK on the column is proven again";
	}
}

/* --- ADD COLUMN --- */

static enum act_value
value_of_function(const struct world *w, const struct act_name *name)
{
	const struct world_object *f = world_object(w, ACT_ON_FUNCTION, name);

	if (f == NULL || f->dropped || f->volatility == NULL)
		return VALUE_UNKNOWN;
	if (strcmp(f->volatility, "volatile") == 0)
		return VALUE_VOLATILE;
	return strcmp(f->volatility, "stable") == 0 ? VALUE_STABLE : VALUE_CONSTANT;
}

enum act_value
effect_value(const struct world *w, const struct act_column *c)
{
	enum act_value value = VALUE_CONSTANT;

	if (c->value != VALUE_UNKNOWN || c->call_count == 0)
		return c->value;
	for (size_t i = 0; i < c->call_count; i++) {
		enum act_value called = value_of_function(w, &c->calls[i]);

		if (called == VALUE_VOLATILE)
			return called;
		value = called > value ? called : value;
	}
	return value;
}

static enum effect_answer
rewrite_for_default(const struct asked *q, const struct act_column *c, struct effect *out)
{
	enum act_value value = effect_value(q->world, c);

	if (value == VALUE_VOLATILE) {
		out->why = "the default is volatile: each row gets a value of its own";
		return EFFECT_YES;
	}
	if (value != VALUE_UNKNOWN)
		return EFFECT_NO;
	out->why = "the default calls a function that may be volatile";
	return EFFECT_MAYBE;
}

static bool
is_serial(const struct act_type *type)
{
	return type->name.schema == NULL &&
	    (text_is(type->name.name, "serial") || text_is(type->name.name, "bigserial") ||
		text_is(type->name.name, "smallserial"));
}

static enum effect_answer
rewrite_for_column(const struct asked *q, const struct act_column *c, struct effect *out)
{
	enum effect_answer constrained = retype_checks(q->world, &c->type);

	if (is_serial(&c->type) || c->identity) {
		out->why = "each row gets a number";
		return EFFECT_YES;
	}
	if (c->stored) {
		out->why = "the stored value is computed for each row";
		return EFFECT_YES;
	}
	if (constrained == EFFECT_YES) {
		out->why = "the domain checks every value";
		return EFFECT_YES;
	}
	if (rewrite_for_default(q, c, out) != EFFECT_NO)
		return rewrite_for_default(q, c, out);
	if (constrained == EFFECT_MAYBE)
		out->why = "the type may be a domain with a constraint";
	return constrained;
}

/* What the constraints that are written behind the column ask for. */
static void
tell_clause(const struct act_column *c, const struct act_constraint *clause, struct effect *out)
{
	bool filled = c->value != VALUE_NONE && c->value != VALUE_NULL;

	switch (clause->kind) {
	case CONSTRAINT_CHECK:
		if (!clause->not_enforced)
			out->scan = EFFECT_YES;
		break;
	case CONSTRAINT_NOT_NULL:
		if (!filled)
			out->scan = EFFECT_YES;
		break;
	case CONSTRAINT_PRIMARY_KEY:
	case CONSTRAINT_UNIQUE:
	case CONSTRAINT_EXCLUSION:
		out->builds = EFFECT_YES;
		out->scan = EFFECT_YES;
		break;
	case CONSTRAINT_FOREIGN_KEY:
		if (!filled || clause->not_enforced)
			break;
		out->scan = EFFECT_YES;
		out->reads_referenced = true;
		break;
	}
}

static void
tell_add_column(const struct asked *q, struct effect *out)
{
	const struct act_column *c = q->act->columns;

	if (q->act->column_count != 1 ||
	    (q->act->if_not_exists && q->table != NULL && world_column(q->table, c->name) != NULL))
		return;
	out->rewrite = rewrite_for_column(q, c, out);
	out->scan = out->rewrite;
	for (size_t i = 0; i < c->constraint_count; i++)
		tell_clause(c, &c->constraints[i], out);
}

/* --- constraints --- */

static bool
is_proven(const struct asked *q, const char *column)
{
	return q->table != NULL && column != NULL &&
	    world_not_null_proof(q->table, column) != PROOF_NONE;
}

static void
tell_set_not_null(const struct asked *q, struct effect *out)
{
	if (!is_proven(q, q->act->part))
		out->scan = EFFECT_YES;
}

/* A primary key makes its columns NOT NULL, also when it has its index already. */
static enum effect_answer
scan_for_primary_key(const struct asked *q, const struct act_constraint *c)
{
	const struct facts_index *index;

	index = q->table != NULL ? world_index(q->table, c->using_index) : NULL;
	if (index == NULL)
		return EFFECT_MAYBE;
	for (size_t i = 0; i < index->column_count; i++)
		if (!is_proven(q, index->columns[i]))
			return EFFECT_YES;
	return EFFECT_NO;
}

static void
tell_add_constraint(const struct asked *q, struct effect *out)
{
	const struct act_constraint *c = q->act->constraints;

	if (q->act->constraint_count != 1 || c->not_valid || c->not_enforced)
		return;
	switch (c->kind) {
	case CONSTRAINT_NOT_NULL:
		out->scan =
		    c->column_count == 1 && is_proven(q, c->columns[0]) ? EFFECT_NO : EFFECT_YES;
		break;
	case CONSTRAINT_FOREIGN_KEY:
		out->reads_referenced = true;
		out->scan = EFFECT_YES;
		break;
	case CONSTRAINT_CHECK:
		out->scan = EFFECT_YES;
		break;
	case CONSTRAINT_PRIMARY_KEY:
	case CONSTRAINT_UNIQUE:
	case CONSTRAINT_EXCLUSION:
		if (c->using_index == NULL) {
			out->builds = EFFECT_YES;
			out->scan = EFFECT_YES;
		} else if (c->kind == CONSTRAINT_PRIMARY_KEY) {
			out->scan = scan_for_primary_key(q, c);
			out->why = "a primary key makes its columns NOT NULL";
		}
		break;
	}
}

static void
tell_validate(const struct asked *q, struct effect *out)
{
	const struct facts_constraint *c =
	    q->table != NULL ? world_constraint(q->table, q->act->part) : NULL;

	out->scan = c != NULL && c->valid ? EFFECT_NO : EFFECT_YES;
	out->reads_referenced = c != NULL && !c->valid && c->kind == CONSTRAINT_FOREIGN_KEY;
}

static void
tell_alter_constraint(const struct asked *q, struct effect *out)
{
	if (!q->act->enforced)
		return;
	out->scan = EFFECT_YES;
	out->reads_referenced = true;
}

/* --- partitions --- */

/* Is the default partition read for rows that belong to a new one? */
static bool
reads_default(const struct world *w, const struct act_name *parent, const struct act *act)
{
	const struct world_table *t = world_find(w, parent), *rest;

	if (t == NULL || !t->facts.has_default_partition || act->default_partition)
		return false;
	rest = world_find(w, &t->facts.default_partition);
	for (size_t i = 0; rest != NULL && act->bound != NULL && i < rest->facts.constraint_count;
	     i++) {
		const struct facts_constraint *c = &rest->facts.constraints[i];

		if (c->kind == CONSTRAINT_CHECK && c->valid && c->expression != NULL &&
		    bound_is_excluded(c->expression, act->bound))
			return false;
	}
	return true;
}

static bool
is_not_null(const struct world_table *t, const struct word *column)
{
	for (size_t i = 0; i < t->facts.column_count; i++) {
		const struct facts_column *c = &t->facts.columns[i];

		if (c->not_null && strlen(c->name) == column->length &&
		    strncasecmp(c->name, column->text, column->length) == 0)
			return true;
	}
	return false;
}

static bool
proves_bound(const struct world_table *t, const struct facts_constraint *c, const char *bound)
{
	bool not_null = false;
	struct word column;

	return c->kind == CONSTRAINT_CHECK && c->valid && c->expression != NULL && bound != NULL &&
	    bound_is_proven(c->expression, bound, &column, &not_null) &&
	    (not_null || is_not_null(t, &column));
}

/* Does one of the CHECKs of the table say that its rows are within the bound? */
static enum effect_answer
scan_for_bound(const struct asked *q, const struct world_table *partition)
{
	enum effect_answer scan = EFFECT_YES;

	for (size_t i = 0; partition != NULL && i < partition->facts.constraint_count; i++) {
		const struct facts_constraint *c = &partition->facts.constraints[i];

		if (proves_bound(partition, c, q->act->bound))
			return EFFECT_NO;
		if (c->kind == CONSTRAINT_CHECK && c->valid)
			scan = EFFECT_MAYBE;
	}
	return scan;
}

static bool
has_same_columns(const struct facts_index *a, const struct facts_index *b)
{
	if (a->column_count != b->column_count || (a->unique && !b->unique) || b->partial)
		return false;
	for (size_t i = 0; i < a->column_count; i++)
		if (!text_is(a->columns[i], b->columns[i]))
			return false;
	return true;
}

/* An index of the parent that the partition has none like: it is built at once. */
static bool
lacks_index(const struct world_table *parent, const struct world_table *partition)
{
	for (size_t i = 0; i < parent->facts.index_count; i++) {
		bool found = false;

		for (size_t j = 0; j < partition->facts.index_count; j++)
			found = found ||
			    has_same_columns(
				&parent->facts.indexes[i], &partition->facts.indexes[j]);
		if (!found)
			return true;
	}
	return false;
}

static void
tell_attach(const struct asked *q, struct effect *out)
{
	const struct world_table *partition = world_find(q->world, &q->act->other);

	if (q->act->on == ACT_ON_INDEX)
		return;
	out->scan = out->reads_partition = scan_for_bound(q, partition);
	if (q->table != NULL && partition != NULL && lacks_index(q->table, partition)) {
		out->builds = EFFECT_YES;
		out->scan = EFFECT_YES;
		out->why = "an index of the parent is built on the partition";
	}
	if (reads_default(q->world, &q->act->name, q->act)) {
		out->reads_default = true;
		out->scan = EFFECT_YES;
		out->why = "the default partition is read for rows that belong to the new one";
	}
}

static void
tell_create_table(const struct asked *q, struct effect *out)
{
	if (!q->act->partition_of || !reads_default(q->world, &q->act->other, q->act))
		return;
	out->reads_default = true;
	out->scan = EFFECT_YES;
	out->why = "the default partition is read for rows that belong to the new one";
}

static void
tell_detach(const struct asked *q, struct effect *out)
{
	out->waits_for_snapshots = q->act->concurrently;
}

/* --- indexes and the rest --- */

static void
tell_create_index(const struct asked *q, struct effect *out)
{
	const struct act *act = q->act;
	const struct world_table *t = q->table;

	if (act->only && (t == NULL || t->facts.kind == 'p'))
		return; /* of the parent alone: it has no rows */
	if (act->if_not_exists && act->part != NULL && t != NULL &&
	    world_index(t, act->part) != NULL)
		return;
	out->builds = EFFECT_YES;
	out->scan = EFFECT_YES;
	out->waits_for_snapshots = act->concurrently;
}

static void
tell_drop(const struct asked *q, struct effect *out)
{
	out->waits_for_snapshots = q->act->concurrently;
}

static void
tell_reindex(const struct asked *q, struct effect *out)
{
	out->builds = EFFECT_YES;
	out->scan = EFFECT_YES;
	out->waits_for_snapshots = q->act->concurrently;
}

static void
tell_rewrite(const struct asked *q, struct effect *out)
{
	if (q->act->on == ACT_ON_SEQUENCE)
		return; /* a page */
	out->rewrite = EFFECT_YES;
	out->scan = EFFECT_YES;
}

static void
tell_move(const struct asked *q, struct effect *out)
{
	if (q->act->on == ACT_ON_INDEX) {
		out->builds = EFFECT_MAYBE;
	} else {
		out->rewrite = EFFECT_MAYBE;
		out->scan = EFFECT_MAYBE;
	}
	out->why = "unless it is there already";
}

static void
tell_set_expression(const struct asked *q, struct effect *out)
{
	const struct facts_column *c =
	    q->table != NULL ? world_column(q->table, q->act->part) : NULL;

	if (c != NULL && c->virtual)
		return;
	tell_rewrite(q, out);
	out->why = "the stored value is computed for each row";
}

/* CONCURRENTLY compares the old rows with the new ones; without data there is nothing to read. */
static void
tell_refresh(const struct asked *q, struct effect *out)
{
	if (q->act->no_data)
		return;
	out->rewrite = q->act->concurrently ? EFFECT_NO : EFFECT_YES;
	out->scan = EFFECT_YES;
}

static void
tell_fill(const struct asked *q, struct effect *out)
{
	out->scan = q->act->no_data || q->act->read_count == 0 ? EFFECT_NO : EFFECT_YES;
	out->why = "the tables of its query are read";
}

static void
tell_domain(const struct asked *q, struct effect *out)
{
	const struct act *act = q->act;

	if (act->kind == ACT_DOMAIN_ADD_CONSTRAINT && act->constraint_count == 1 &&
	    act->constraints->not_valid)
		return;
	out->scan = EFFECT_YES;
	out->why = "every table with a column of the domain is read";
}

static void
tell_rows(const struct asked *q, struct effect *out)
{
	out->scan = q->act->has_where && !q->act->always_true ? EFFECT_MAYBE : EFFECT_YES;
}

static void
tell_query(const struct asked *q, struct effect *out)
{
	out->scan = q->act->read_count > 0 ? EFFECT_MAYBE : EFFECT_NO;
}

static const struct {
	enum act_kind kind;
	void (*tell)(const struct asked *q, struct effect *out);
} tellers[] = {
	{ ACT_CREATE_TABLE, tell_create_table },
	{ ACT_CREATE_TABLE_AS, tell_fill },
	{ ACT_CREATE_MATERIALIZED_VIEW, tell_fill },
	{ ACT_CREATE_INDEX, tell_create_index },
	{ ACT_ADD_COLUMN, tell_add_column },
	{ ACT_ALTER_COLUMN_TYPE, tell_type },
	{ ACT_SET_NOT_NULL, tell_set_not_null },
	{ ACT_SET_EXPRESSION, tell_set_expression },
	{ ACT_ADD_CONSTRAINT, tell_add_constraint },
	{ ACT_ALTER_CONSTRAINT, tell_alter_constraint },
	{ ACT_VALIDATE_CONSTRAINT, tell_validate },
	{ ACT_SET_LOGGED, tell_rewrite },
	{ ACT_SET_UNLOGGED, tell_rewrite },
	{ ACT_SET_ACCESS_METHOD, tell_move },
	{ ACT_SET_TABLESPACE, tell_move },
	{ ACT_ATTACH_PARTITION, tell_attach },
	{ ACT_DETACH_PARTITION, tell_detach },
	{ ACT_SPLIT_PARTITION, tell_rewrite },
	{ ACT_DOMAIN_ADD_CONSTRAINT, tell_domain },
	{ ACT_DOMAIN_SET_NOT_NULL, tell_domain },
	{ ACT_DOMAIN_VALIDATE, tell_domain },
	{ ACT_DROP, tell_drop },
	{ ACT_CLUSTER, tell_rewrite },
	{ ACT_VACUUM_FULL, tell_rewrite },
	{ ACT_REPACK, tell_rewrite },
	{ ACT_REINDEX, tell_reindex },
	{ ACT_REFRESH, tell_refresh },
	{ ACT_SELECT, tell_query },
	{ ACT_INSERT, tell_query },
	{ ACT_UPDATE, tell_rows },
	{ ACT_DELETE, tell_rows },
};

void
effect_tell(const struct world *w, const struct act *act, struct effect *out)
{
	struct asked q = {
		.world = w,
		.act = act,
		.table = world_find(w, &act->name),
	};

	*out = (struct effect){ 0 };
	for (size_t i = 0; i < COUNT(tellers); i++)
		if (tellers[i].kind == act->kind)
			tellers[i].tell(&q, out);
}
