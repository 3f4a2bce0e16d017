/* SPDX-License-Identifier: MIT */
#include "sql/outlook.h"

#include <string.h>

const char *
outlook_cost_name(enum outlook_cost cost)
{
	switch (cost) {
	case COST_INSTANT:
		return "instant";
	case COST_READS:
		return "reads the table";
	case COST_BUILDS:
		return "builds an index";
	case COST_REWRITES:
		return "writes the table anew";
	}
	return NULL;
}

static enum effect_answer
stronger(enum effect_answer a, enum effect_answer b)
{
	return a > b ? a : b;
}

static enum outlook_cost
cost_of(const struct effect *effect)
{
	if (effect->rewrite != EFFECT_NO)
		return COST_REWRITES;
	if (effect->builds != EFFECT_NO)
		return COST_BUILDS;
	return effect->scan != EFFECT_NO ? COST_READS : COST_INSTANT;
}

static bool
is_maybe(const struct effect *effect)
{
	switch (cost_of(effect)) {
	case COST_INSTANT:
		return false;
	case COST_READS:
		return effect->scan == EFFECT_MAYBE;
	case COST_BUILDS:
		return effect->builds == EFFECT_MAYBE;
	case COST_REWRITES:
		return effect->rewrite == EFFECT_MAYBE;
	}
	return false;
}

/* By what OUTLOOK_READ and OUTLOOK_WRITE say; -1 where the size is not known. */
static int64_t
seconds_of(enum outlook_cost cost, const struct world_table *t)
{
	if (cost == COST_INSTANT || (t != NULL && t->age != AGE_OLD))
		return 0;
	if (t == NULL || !t->live || t->facts.bytes < 0)
		return -1;
	switch (cost) {
	case COST_READS:
		return t->facts.bytes / OUTLOOK_READ;
	case COST_BUILDS:
		return t->facts.bytes / OUTLOOK_WRITE;
	case COST_REWRITES:
		return (t->facts.bytes + t->facts.index_bytes) / OUTLOOK_WRITE;
	case COST_INSTANT:
		break;
	}
	return 0;
}

static const struct world_table *
find_table(const struct world *w, const struct act *act)
{
	if (act->on == ACT_ON_INDEX && act->kind != ACT_CREATE_INDEX)
		return world_table_of_index(w, &act->name);
	return world_find(w, &act->name);
}

void
outlook_add(struct outlook *o, const struct world *w, const struct act *act)
{
	const struct world_table *t = find_table(w, act);
	struct effect effect = { 0 };
	enum outlook_cost cost;
	int64_t seconds;

	effect_tell(w, act, &effect);
	cost = cost_of(&effect);
	seconds = seconds_of(cost, t);
	o->rewrite = stronger(o->rewrite, effect.rewrite);
	o->scan = stronger(o->scan, effect.scan);
	o->builds = stronger(o->builds, effect.builds);
	if (seconds < 0 || o->seconds < 0)
		o->seconds = -1;
	else
		o->seconds += seconds;
	if (cost <= o->cost)
		return;
	o->cost = cost;
	o->maybe = is_maybe(&effect);
	o->why = effect.why;
	o->table = t != NULL ? t->facts.name : act->name;
}

/* --- locks --- */

/* Where the locks of a statement are gathered. */
struct gathering {
	struct arena *a;
	const struct world *w;
	struct outlook *out;
};

static void
add_lock(struct gathering *g, const struct statement_lock *lock, const struct world_table *t)
{
	struct outlook *o = g->out;
	bool live = t != NULL && t->live;

	o->locks = arena_extend(g->a, o->locks, o->lock_count, sizeof(*o->locks));
	o->locks[o->lock_count++] = (struct outlook_lock){
		.lock = lock,
		.is_new = t != NULL && t->age != AGE_OLD,
		.facts = t != NULL ? &t->facts : NULL,
		.rows = live ? t->facts.rows : -1,
		.bytes = live ? t->facts.bytes : -1,
	};
}

/* A table at the other end, by its name. */
static void
add_named(struct gathering *g, const struct statement_lock *like, const struct act_name *name)
{
	struct statement_lock *lock;

	if (name->name == NULL)
		return;
	lock = arena_alloc(g->a, sizeof(*lock));
	*lock = (struct statement_lock){
		.object = LOCK_TABLE, .mode = like->mode, .schema = name->schema, .name = name->name
	};
	add_lock(g, lock, world_find(g->w, name));
}

static bool
has_column(const struct facts_constraint *constraint, const char *column)
{
	for (size_t i = 0; i < constraint->column_count; i++)
		if (strcmp(constraint->columns[i], column) == 0)
			return true;
	return false;
}

static bool
is_meant(const struct facts_constraint *constraint, const struct statement_lock *lock)
{
	if (constraint->kind != CONSTRAINT_FOREIGN_KEY)
		return false;
	switch (lock->object) {
	case LOCK_CONSTRAINT:
		return strcmp(constraint->name, lock->constraint) == 0;
	case LOCK_COLUMN:
		return has_column(constraint, lock->column);
	case LOCK_REFERENCED:
		return true;
	case LOCK_REFERENCING:
	case LOCK_TABLE:
	case LOCK_INDEX:
		break;
	}
	return false;
}

/*
 * The tables at the other end of a known table's foreign keys.  Which columns others reference is
 * not known: of those that reference a column, the statement's own lock stands for all.
 */
static void
add_other_end(struct gathering *g, const struct statement_lock *lock, const struct world_table *t)
{
	const struct table_facts *facts = &t->facts;

	for (size_t i = 0; i < facts->constraint_count; i++)
		if (is_meant(&facts->constraints[i], lock))
			add_named(g, lock, &facts->constraints[i].references);
	if (lock->object == LOCK_REFERENCED)
		add_named(g, lock, &facts->parent);
	for (size_t i = 0; lock->object == LOCK_REFERENCING && i < facts->referencing_count; i++)
		add_named(g, lock, &facts->referencing[i]);
	if (lock->object == LOCK_COLUMN && facts->referencing_count > 0)
		add_lock(g, lock, NULL);
}

void
outlook_add_locks(
    struct arena *a, struct outlook *o, const struct world *w, const struct statement_class *class)
{
	struct gathering g = { a, w, o };

	for (size_t i = 0; i < class->lock_count; i++) {
		const struct statement_lock *lock = &class->locks[i];
		const struct act_name name = { .schema = lock->schema, .name = lock->name };
		const struct world_table *t = lock->object == LOCK_INDEX
		    ? world_table_of_index(w, &name)
		    : world_find(w, &name);

		if (lock->object == LOCK_TABLE || lock->object == LOCK_INDEX)
			add_lock(&g, lock, t);
		else if (t != NULL && t->complete)
			add_other_end(&g, lock, t);
		else
			add_lock(&g, lock, NULL);
	}
}
