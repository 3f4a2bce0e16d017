/* SPDX-License-Identifier: MIT */
#include "sql/outlook.h"

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

static const struct world_table *
locked_table(const struct world *w, const struct statement_lock *lock)
{
	const struct act_name name = { .schema = lock->schema, .name = lock->name };

	switch (lock->object) {
	case LOCK_TABLE:
		return world_find(w, &name);
	case LOCK_INDEX:
		return world_table_of_index(w, &name);
	case LOCK_CONSTRAINT:
	case LOCK_REFERENCED:
	case LOCK_REFERENCING:
	case LOCK_COLUMN:
		break;
	}
	return NULL;
}

void
outlook_add_locks(
    struct arena *a, struct outlook *o, const struct world *w, const struct statement_class *class)
{
	o->locks = arena_alloc(a, (class->lock_count + 1) * sizeof(*o->locks));
	for (size_t i = 0; i < class->lock_count; i++) {
		const struct world_table *t = locked_table(w, &class->locks[i]);
		bool live = t != NULL && t->live;

		o->locks[o->lock_count++] = (struct outlook_lock){
			.lock = &class->locks[i],
			.is_new = t != NULL && t->age != AGE_OLD,
			.facts = t != NULL ? &t->facts : NULL,
			.rows = live ? t->facts.rows : -1,
			.bytes = live ? t->facts.bytes : -1,
		};
	}
}
