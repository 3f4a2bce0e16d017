/* SPDX-License-Identifier: MIT */
#include "sql/follow.h"

#include <string.h>

#include "sql/reshape.h"

static char
kind_made(const struct act *act)
{
	switch (act->kind) {
	case ACT_CREATE_VIEW:
		return 'v';
	case ACT_CREATE_MATERIALIZED_VIEW:
		return 'm';
	case ACT_CREATE_SEQUENCE:
		return 'S';
	default:
		break;
	}
	if (act->on == ACT_ON_FOREIGN_TABLE)
		return 'f';
	return act->partitioned ? 'p' : 'r';
}

/* A partition has its parent's columns. */
static void
take_columns_of_parent(struct world *w, struct world_table *t, const struct act *act)
{
	struct thing *parent = world_change(w, &act->other);

	t->complete = parent->table.complete;
	t->facts.columns = parent->table.facts.columns;
	t->facts.column_count = parent->table.facts.column_count;
	parent->table.facts.kind = 'p';
	parent->table.facts.partitions++;
	if (!act->default_partition)
		return;
	parent->table.facts.has_default_partition = true;
	parent->table.facts.default_partition = t->facts.name;
}

/* The tables at the other end of foreign keys know of them. */
static void
note_references(
    struct world *w, const struct act_name *table, const struct act_constraint *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct table_facts *facts;
		struct act_name *names;

		if (list[i].kind != CONSTRAINT_FOREIGN_KEY || list[i].references.name == NULL)
			continue;
		facts = &world_change(w, &list[i].references)->table.facts;
		names =
		    arena_alloc(world_arena(w), (facts->referencing_count + 1) * sizeof(*names));
		if (facts->referencing_count > 0)
			memcpy(
			    names, facts->referencing, facts->referencing_count * sizeof(*names));
		names[facts->referencing_count++] = *table;
		facts->referencing = names;
	}
}

static void
note_all_references(struct world *w, const struct act_name *table, const struct act *act)
{
	note_references(w, table, act->constraints, act->constraint_count);
	for (size_t i = 0; i < act->column_count; i++)
		note_references(
		    w, table, act->columns[i].constraints, act->columns[i].constraint_count);
}

/* How many of its indexes, of which there may be many, the version before had already. */
static size_t
known_indexes(const struct thing *thing)
{
	const struct thing *before = things_before(thing);
	const struct table_facts *now = &thing->table.facts, *then;
	size_t count = 0;

	if (before == NULL)
		return 0;
	then = &before->table.facts;
	while (count < then->index_count && count < now->index_count &&
	    then->indexes[count].name == now->indexes[count].name)
		count++;
	return count;
}

/* An index is a relation in its table's schema, and can be dropped without naming the table. */
static void
note_indexes(struct world *w, const struct table_facts *table, size_t known)
{
	for (size_t i = known; i < table->index_count; i++) {
		const struct act_name name = { table->name.schema, table->indexes[i].name };
		const struct thing *old = world_thing(w, SPACE_RELATION, &name);
		struct thing made;

		if (old != NULL && !old->table.dropped)
			continue;
		made = world_make(w, SPACE_RELATION, name.schema, name.name);
		made.table.facts =
		    (struct table_facts){ .name = made.name, .kind = 'i', .parent = table->name };
		world_put(w, &made);
	}
}

/* IF NOT EXISTS and OR REPLACE leave what is known to be there. */
static void
apply_create_relation(struct world *w, const struct act *act)
{
	const struct thing *old = world_thing(w, SPACE_RELATION, &act->name);
	const char *schema = world_schema_for(w, &act->name, act->temporary);
	bool rows = act->kind == ACT_CREATE_TABLE_AS || act->kind == ACT_CREATE_MATERIALIZED_VIEW;
	struct thing made;
	struct table_facts *facts = &made.table.facts;

	if (act->name.name == NULL ||
	    ((act->if_not_exists || act->or_replace) && old != NULL && !old->table.dropped &&
		!old->table.renamed))
		return;
	made = world_make(w, SPACE_RELATION, schema, act->name.name);
	facts->name = made.name;
	facts->kind = kind_made(act);
	facts->temporary = act->temporary;
	facts->rows = facts->bytes = facts->index_bytes = rows && !act->no_data ? -1 : 0;
	facts->held_ms = -1;
	made.table.complete = act->kind == ACT_CREATE_TABLE && act->read_count == 0 &&
	    (act->partition_of || act->other.name == NULL);
	if (act->partition_of && act->other.name != NULL)
		take_columns_of_parent(w, &made.table, act);
	reshape(world_arena(w), facts, act);
	world_put(w, &made);
	note_indexes(w, facts, 0);
	note_all_references(w, &made.name, act);
}

/* The conditions of a domain, all of them together. */
static void
add_condition(struct world *w, struct world_object *o, const struct act_constraint *c)
{
	o->constrained = true;
	if (c->kind != CONSTRAINT_CHECK || c->expression == NULL)
		return;
	o->condition = o->condition == NULL
	    ? arena_strdup(world_arena(w), c->expression)
	    : arena_printf(world_arena(w), "(%s) AND (%s)", o->condition, c->expression);
}

/* What only a function or a domain says of itself. */
static void
describe(struct world *w, struct world_object *o, const struct act *act)
{
	if (o->on == ACT_ON_FUNCTION && act->value != NULL)
		o->volatility = arena_strdup(world_arena(w), act->value);
	if (o->on != ACT_ON_DOMAIN)
		return;
	if (act->column_count == 1)
		o->base = reshape_copy_type(world_arena(w), &act->columns->type);
	for (size_t i = 0; i < act->constraint_count; i++)
		add_condition(w, o, &act->constraints[i]);
}

static void
apply_create_object(struct world *w, const struct act *act)
{
	static const enum act_on made_as[] = {
		[ACT_CREATE_SCHEMA] = ACT_ON_SCHEMA,
		[ACT_CREATE_ENUM] = ACT_ON_TYPE,
		[ACT_CREATE_TYPE] = ACT_ON_TYPE,
		[ACT_CREATE_DOMAIN] = ACT_ON_DOMAIN,
		[ACT_CREATE_FUNCTION] = ACT_ON_FUNCTION,
	};
	enum act_on on = made_as[act->kind];
	const struct world_object *old = world_object(w, on, &act->name);
	struct thing made;

	if (act->name.name == NULL)
		return;
	if ((act->if_not_exists || act->or_replace) && old != NULL && !old->dropped) {
		if (act->or_replace)
			describe(w,
			    &world_put(w, world_thing(w, things_space(on), &act->name))->object,
			    act);
		return;
	}
	made =
	    world_make(w, things_space(on), world_schema_for(w, &act->name, false), act->name.name);
	if (on == ACT_ON_SCHEMA)
		made.name.schema = "";
	made.object = (struct world_object){
		.on = on, .name = made.name, .is_enum = act->kind == ACT_CREATE_ENUM
	};
	describe(w, &made.object, act);
	world_put(w, &made);
}

/* What is dropped is remembered; what nothing is known of, too: it is no more. */
static void
apply_drop(struct world *w, const struct act *act)
{
	enum thing_space space = things_space(act->on);
	const struct world_table *table;
	const struct thing *old;
	struct thing gone;

	if (act->name.name == NULL || act->part != NULL)
		return; /* all of them, or a part of a table: a trigger, a rule */
	table = act->on == ACT_ON_INDEX ? world_table_of_index(w, &act->name) : NULL;
	if (table != NULL)
		reshape(world_arena(w), &world_change(w, &table->facts.name)->table.facts, act);
	old = world_thing(w, space, &act->name);
	if (old == NULL && space == SPACE_RELATION) {
		world_change(w, &act->name)->table.dropped = true;
		return;
	}
	if (old == NULL)
		return;
	gone = *old;
	gone.name = space == SPACE_RELATION ? old->table.facts.name : old->name;
	gone.table.dropped = gone.object.dropped = true;
	world_put(w, &gone);
}

/* Under its old name it is no more, under the new one it is what it was. */
static void
move(struct world *w, const struct act_name *from, const char *schema, const char *name)
{
	struct thing *old = world_change(w, from);
	struct thing moved = *old;

	old->table.renamed = true;
	old->table.new_name = arena_strdup(world_arena(w), name == NULL ? old->name.name : name);
	if (schema != NULL)
		moved.name.schema = arena_strdup(world_arena(w), schema);
	moved.name.name = old->table.new_name;
	moved.table.facts.name = moved.name;
	world_put(w, &moved);
}

static void
rename_index_of_table(struct world *w, const struct act *act)
{
	const struct world_table *table = world_table_of_index(w, &act->name);
	const struct act rename = {
		.kind = ACT_RENAME_CONSTRAINT, .part = act->name.name, .new_name = act->new_name
	};

	if (table != NULL)
		reshape(world_arena(w), &world_change(w, &table->facts.name)->table.facts, &rename);
}

static void
apply_rename(struct world *w, const struct act *act)
{
	if (act->new_name == NULL || act->name.name == NULL || act->part != NULL ||
	    things_space(act->on) != SPACE_RELATION)
		return;
	if (act->on == ACT_ON_INDEX)
		rename_index_of_table(w, act);
	if (act->kind == ACT_SET_SCHEMA)
		move(w, &act->name, act->new_name, NULL);
	else
		move(w, &act->name, NULL, act->new_name);
}

/* A partition of another table now, or one of its own again. */
static void
apply_attach(struct world *w, const struct act *act)
{
	struct table_facts *facts;

	if (act->on == ACT_ON_INDEX || act->other.name == NULL)
		return;
	facts = &world_change(w, &act->other)->table.facts;
	facts->is_partition = act->kind == ACT_ATTACH_PARTITION;
	facts->parent = (struct act_name){ 0 };
	if (facts->is_partition)
		facts->parent = reshape_copy_name(world_arena(w), &act->name);
	reshape(world_arena(w), &world_change(w, &act->name)->table.facts, act);
}

static void
apply_to_table(struct world *w, const struct act *act)
{
	struct thing *thing;

	if (act->name.name == NULL)
		return;
	thing = world_change(w, &act->name);
	reshape(world_arena(w), &thing->table.facts, act);
	note_indexes(w, &thing->table.facts, known_indexes(thing));
	note_all_references(w, &thing->table.facts.name, act);
}

static void
apply_domain(struct world *w, const struct act *act)
{
	const struct thing *old = world_thing(w, SPACE_TYPE, &act->name);

	struct world_object *o;

	if (old == NULL)
		return;
	o = &world_put(w, old)->object;
	o->constrained = true;
	for (size_t i = 0; i < act->constraint_count; i++)
		add_condition(w, o, &act->constraints[i]);
}

static const struct {
	enum act_kind kind;
	void (*apply)(struct world *w, const struct act *act);
} appliers[] = {
	{ ACT_CREATE_TABLE, apply_create_relation },
	{ ACT_CREATE_TABLE_AS, apply_create_relation },
	{ ACT_CREATE_MATERIALIZED_VIEW, apply_create_relation },
	{ ACT_CREATE_VIEW, apply_create_relation },
	{ ACT_CREATE_SEQUENCE, apply_create_relation },
	{ ACT_CREATE_INDEX, apply_to_table },
	{ ACT_CREATE_SCHEMA, apply_create_object },
	{ ACT_CREATE_ENUM, apply_create_object },
	{ ACT_CREATE_TYPE, apply_create_object },
	{ ACT_CREATE_DOMAIN, apply_create_object },
	{ ACT_CREATE_FUNCTION, apply_create_object },
	{ ACT_ADD_COLUMN, apply_to_table },
	{ ACT_DROP_COLUMN, apply_to_table },
	{ ACT_RENAME_COLUMN, apply_to_table },
	{ ACT_ALTER_COLUMN_TYPE, apply_to_table },
	{ ACT_SET_DEFAULT, apply_to_table },
	{ ACT_DROP_DEFAULT, apply_to_table },
	{ ACT_SET_NOT_NULL, apply_to_table },
	{ ACT_DROP_NOT_NULL, apply_to_table },
	{ ACT_ADD_CONSTRAINT, apply_to_table },
	{ ACT_VALIDATE_CONSTRAINT, apply_to_table },
	{ ACT_DROP_CONSTRAINT, apply_to_table },
	{ ACT_RENAME_CONSTRAINT, apply_to_table },
	{ ACT_RENAME, apply_rename },
	{ ACT_SET_SCHEMA, apply_rename },
	{ ACT_ATTACH_PARTITION, apply_attach },
	{ ACT_DETACH_PARTITION, apply_attach },
	{ ACT_DOMAIN_ADD_CONSTRAINT, apply_domain },
	{ ACT_DOMAIN_SET_NOT_NULL, apply_domain },
	{ ACT_DROP, apply_drop },
};

void
follow(struct world *w, const struct act *act)
{
	for (size_t i = 0; i < sizeof(appliers) / sizeof(appliers[0]); i++)
		if (appliers[i].kind == act->kind)
			appliers[i].apply(w, act);
}
