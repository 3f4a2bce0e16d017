/* SPDX-License-Identifier: MIT */
#include "sql/locks.h"

#include "base/text.h"
#include "sql/ddl.h"

/* On its way from acts to locks. */
struct teller {
	struct arena *a;
	int server_version;
	struct statement_class *out;
};

static const char *
copy(struct teller *t, const char *text)
{
	return text == NULL ? NULL : arena_strdup(t->a, text);
}

/* Of several locks on one thing only the strongest is told. */
static void
add_lock(struct teller *t, const struct statement_lock *lock)
{
	struct statement_class *out = t->out;
	size_t i;

	for (i = 0; i < out->lock_count; i++) {
		struct statement_lock *old = &out->locks[i];

		if (old->object != lock->object || !text_same(old->schema, lock->schema) ||
		    !text_same(old->name, lock->name) ||
		    !text_same(old->constraint, lock->constraint) ||
		    !text_same(old->column, lock->column))
			continue;
		old->mode = lock->mode > old->mode ? lock->mode : old->mode;
		old->only = old->only && lock->only;
		return;
	}
	out->locks = arena_extend(t->a, out->locks, out->lock_count, sizeof(*out->locks));
	out->locks[out->lock_count++] = (struct statement_lock){
		.object = lock->object,
		.mode = lock->mode,
		.schema = copy(t, lock->schema),
		.name = copy(t, lock->name),
		.constraint = copy(t, lock->constraint),
		.column = copy(t, lock->column),
		.only = lock->only,
	};
}

/* The lock that an act of this form takes there, if the facts know one. */
static void
lock(struct teller *t, const struct act *act, const char *form, enum ddl_on on,
    const struct act_name *name)
{
	static const enum lock_object objects[] = {
		[ON_INDEX] = LOCK_INDEX,
		[ON_CONSTRAINT] = LOCK_CONSTRAINT,
		[ON_REFERENCES] = LOCK_REFERENCED,
		[ON_REFERENCING] = LOCK_REFERENCING,
		[ON_COLUMN] = LOCK_COLUMN,
	};
	const struct ddl_fact *fact = ddl_find(form, on, t->server_version);
	struct statement_lock what = { .object = objects[on] };

	if (fact == NULL || name->name == NULL)
		return;
	if (act->on == ACT_ON_INDEX && what.object == LOCK_TABLE)
		what.object = LOCK_INDEX;
	what.mode = fact->mode;
	what.schema = name->schema;
	what.name = name->name;
	what.only = (act->only && on == ON_TABLE) || fact->alone;
	what.constraint = on == ON_CONSTRAINT ? act->part : NULL;
	what.column = on == ON_COLUMN ? act->part : NULL;
	add_lock(t, &what);
}

static void
lock_references(
    struct teller *t, const struct act *act, const struct act_constraint *constraints, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		const struct act_name *name = &constraints[i].references;

		/* A new table is not there yet when it references itself. */
		if (act->kind != ACT_CREATE_TABLE || !text_same(name->name, act->name.name) ||
		    !text_same(name->schema, act->name.schema))
			lock(t, act, act->form, ON_REFERENCED, name);
	}
}

/* The tables at the other end of a foreign key, a new one or one that goes. */
static void
lock_other_ends(struct teller *t, const struct act *act)
{
	size_t i;

	for (i = 0; i < act->column_count; i++)
		lock_references(
		    t, act, act->columns[i].constraints, act->columns[i].constraint_count);
	lock_references(t, act, act->constraints, act->constraint_count);
	if (act->part != NULL) {
		lock(t, act, act->form, ON_CONSTRAINT, &act->name);
		lock(t, act, act->form, ON_COLUMN, &act->name);
	}
	if (act->kind == ACT_DROP)
		lock(t, act, act->form, ON_REFERENCES, &act->name);
	if (act->cascade)
		lock(t, act, act->form, ON_REFERENCING, &act->name);
}

static void
lock_parents(struct teller *t, const struct act *act)
{
	size_t i;

	for (i = 0; i < act->parent_count; i++)
		lock(t, act, act->form, act->partition_of ? ON_PARENT : ON_INHERITED,
		    &act->parents[i]);
	if (act->kind == ACT_INHERIT)
		lock(t, act, act->form, ON_INHERITED, &act->other);
	else
		lock(t, act, act->form, ON_PARTITION, &act->other);
}

/* Some storage parameters need more than the others. */
static void
lock_for_parameters(struct teller *t, const struct act *act)
{
	size_t i;

	for (i = 0; i < act->value_count; i++)
		lock(t, act, arena_printf(t->a, "SET (%s)", act->values[i]), ON_TABLE, &act->name);
}

static void
lock_as_written(struct teller *t, const struct act *act)
{
	if (act->lock_mode > LOCK_ROW_EXCLUSIVE)
		add_lock(t,
		    &(struct statement_lock){
			.mode = (enum lock_mode)act->lock_mode,
			.schema = act->name.schema,
			.name = act->name.name,
			.only = act->only,
		    });
}

/* Is there a relation behind the name?  A comment on a constraint or trigger locks only that. */
static bool
is_of_relation(const struct act *act)
{
	switch (act->on) {
	case ACT_ON_TABLE:
	case ACT_ON_FOREIGN_TABLE:
	case ACT_ON_VIEW:
	case ACT_ON_MATERIALIZED_VIEW:
	case ACT_ON_INDEX:
	case ACT_ON_SEQUENCE:
	case ACT_ON_COLUMN:
		return true;
	case ACT_ON_CONSTRAINT:
	case ACT_ON_TRIGGER:
	case ACT_ON_RULE:
	case ACT_ON_POLICY:
	case ACT_ON_STATISTICS:
		return act->kind != ACT_COMMENT && act->kind != ACT_SECURITY_LABEL;
	case ACT_ON_TYPE:
		return act->kind == ACT_ALTER_TYPE; /* a composite one is a relation */
	case ACT_ON_OTHER:
	case ACT_ON_DOMAIN:
	case ACT_ON_FUNCTION:
	case ACT_ON_SCHEMA:
	case ACT_ON_EXTENSION:
	case ACT_ON_DATABASE:
		break;
	}
	return false;
}

static void
tell_act(struct teller *t, const struct act *act)
{
	bool of_index = act->on == ACT_ON_INDEX;

	if (!is_of_relation(act))
		return;
	if (act->kind == ACT_LOCK)
		lock_as_written(t, act);
	if (of_index && ddl_find(act->form, ON_INDEX, t->server_version) != NULL)
		lock(t, act, act->form, ON_INDEX, &act->name);
	else
		lock(t, act, act->form, ON_TABLE, &act->name);
	lock_parents(t, act);
	lock_other_ends(t, act);
	if (act->kind == ACT_SET_PARAMETER)
		lock_for_parameters(t, act);
}

static bool
creates_relation(const struct act *act)
{
	return (act->kind == ACT_CREATE_TABLE || act->kind == ACT_CREATE_TABLE_AS ||
		   act->kind == ACT_CREATE_MATERIALIZED_VIEW || act->kind == ACT_CREATE_VIEW ||
		   act->kind == ACT_CREATE_SEQUENCE) &&
	    !act->if_not_exists && !act->or_replace;
}

void
locks_tell(
    struct arena *a, const struct acts *acts, int server_version, struct statement_class *out)
{
	struct teller t = { a, server_version, out };
	size_t i;

	for (i = 0; i < acts->count; i++)
		tell_act(&t, &acts->list[i]);
	if (acts->count != 1 || !creates_relation(acts->list))
		return;
	out->creates_schema = copy(&t, acts->list->name.schema);
	out->creates_name = copy(&t, acts->list->name.name);
}
