/* SPDX-License-Identifier: MIT */
#include "sql/reshape.h"

#include <string.h>

#include "base/text.h"

/* --- copies --- */

static const char *
copy(struct arena *a, const char *text)
{
	return text == NULL ? NULL : arena_strdup(a, text);
}

struct act_name
reshape_copy_name(struct arena *a, const struct act_name *name)
{
	return (struct act_name){ .schema = copy(a, name->schema), .name = copy(a, name->name) };
}

static const char **
copy_names(struct arena *a, const char *const *names, size_t count)
{
	const char **list = arena_alloc(a, (count + 1) * sizeof(*list));

	for (size_t i = 0; i < count; i++)
		list[i] = copy(a, names[i]);
	return list;
}

/* A copy of a list with room for one more element. */
static void *
copy_list(struct arena *a, const void *list, size_t count, size_t size)
{
	char *room = arena_alloc(a, (count + 1) * size);

	if (count > 0)
		memcpy(room, list, count * size);
	return room;
}

/* --- names that PostgreSQL makes up --- */

static bool
is_taken(const struct table_facts *f, const char *name)
{
	for (size_t i = 0; i < f->index_count; i++)
		if (text_is(f->indexes[i].name, name))
			return true;
	for (size_t i = 0; i < f->constraint_count; i++)
		if (text_is(f->constraints[i].name, name))
			return true;
	return false;
}

/* table_column_label, with a number behind it where that is taken (ChooseIndexName). */
static const char *
make_name(struct arena *a, const struct table_facts *f, const char *columns, const char *label)
{
	const char *between = *columns == '\0' ? "" : "_";
	const char *base = arena_printf(a, "%s%s%s_%s", f->name.name, between, columns, label);
	const char *name = base;

	for (int i = 1; is_taken(f, name); i++)
		name = arena_printf(a, "%s%d", base, i);
	return name;
}

static const char *
join_columns(struct arena *a, const char *const *columns, size_t count)
{
	const char *joined = "";

	for (size_t i = 0; i < count; i++)
		joined = arena_printf(a, "%s%s%s", joined, i == 0 ? "" : "_",
		    columns[i] == NULL ? "expr" : columns[i]);
	return joined;
}

const char *
reshape_constraint_name(
    struct arena *a, const struct table_facts *f, const struct act_constraint *c)
{
	static const char *const labels[] = {
		[CONSTRAINT_CHECK] = "check",
		[CONSTRAINT_NOT_NULL] = "not_null",
		[CONSTRAINT_PRIMARY_KEY] = "pkey",
		[CONSTRAINT_UNIQUE] = "key",
		[CONSTRAINT_EXCLUSION] = "excl",
		[CONSTRAINT_FOREIGN_KEY] = "fkey",
	};
	size_t count = c->column_count;
	const char *columns;

	if (c->name != NULL)
		return copy(a, c->name);
	if (c->using_index != NULL)
		return copy(a, c->using_index);
	/* A primary key is named by its table, and so is a CHECK over several columns. */
	if (c->kind == CONSTRAINT_PRIMARY_KEY || (c->kind == CONSTRAINT_CHECK && count != 1))
		count = 0;
	columns = join_columns(a, c->columns, count);
	if (count > 0 && c->included_count > 0)
		columns = arena_printf(
		    a, "%s_%s", columns, join_columns(a, c->included, c->included_count));
	return make_name(a, f, columns, labels[c->kind]);
}

/* --- columns --- */

static struct facts_column *
find_column(struct table_facts *f, const char *name)
{
	for (size_t i = 0; i < f->column_count; i++)
		if (text_is(f->columns[i].name, name))
			return &f->columns[i];
	return NULL;
}

/* The column, in a list that may be changed; a column not known of before is added. */
static struct facts_column *
own_column(struct arena *a, struct table_facts *f, const char *name)
{
	struct facts_column *c;

	f->columns = copy_list(a, f->columns, f->column_count, sizeof(*f->columns));
	c = find_column(f, name);
	if (c != NULL)
		return c;
	c = &f->columns[f->column_count++];
	*c = (struct facts_column){ .name = copy(a, name) };
	return c;
}

struct act_type
reshape_copy_type(struct arena *a, const struct act_type *type)
{
	struct act_type t = *type;

	t.name = reshape_copy_name(a, &type->name);
	t.text = copy(a, type->text);
	return t;
}

static void add_constraint(struct arena *a, struct table_facts *f, const struct act_constraint *c);

static void
add_column(struct arena *a, struct table_facts *f, const struct act_column *column)
{
	struct facts_column *c = own_column(a, f, column->name);

	c->type = reshape_copy_type(a, &column->type);
	c->not_null = column->not_null || column->identity;
	c->has_default = column->value != VALUE_NONE && column->value != VALUE_NULL;
	c->virtual = column->virtual;
	c->generated = column->stored || column->virtual || column->identity;
	for (size_t i = 0; i < column->constraint_count; i++)
		add_constraint(a, f, &column->constraints[i]);
}

typedef bool constraint_claim(const struct facts_constraint *c, const char *name);
typedef bool index_claim(const struct facts_index *index, const char *name);

static void
drop_constraints(struct arena *a, struct table_facts *f, constraint_claim *gone, const char *name)
{
	size_t kept = 0;

	f->constraints = copy_list(a, f->constraints, f->constraint_count, sizeof(*f->constraints));
	for (size_t i = 0; i < f->constraint_count; i++)
		if (!gone(&f->constraints[i], name))
			f->constraints[kept++] = f->constraints[i];
	f->constraint_count = kept;
}

static void
drop_indexes(struct arena *a, struct table_facts *f, index_claim *gone, const char *name)
{
	size_t kept = 0;

	f->indexes = copy_list(a, f->indexes, f->index_count, sizeof(*f->indexes));
	for (size_t i = 0; i < f->index_count; i++)
		if (!gone(&f->indexes[i], name))
			f->indexes[kept++] = f->indexes[i];
	f->index_count = kept;
}

static bool
constraint_has_column(const struct facts_constraint *c, const char *name)
{
	return text_is_among(name, c->columns, c->column_count);
}

static bool
index_has_column(const struct facts_index *index, const char *name)
{
	return text_is_among(name, index->columns, index->column_count);
}

/* Its constraints and indexes go with it. */
static void
drop_column(struct arena *a, struct table_facts *f, const struct act *act)
{
	size_t kept = 0;

	f->columns = copy_list(a, f->columns, f->column_count, sizeof(*f->columns));
	for (size_t i = 0; i < f->column_count; i++)
		if (!text_is(f->columns[i].name, act->part))
			f->columns[kept++] = f->columns[i];
	f->column_count = kept;
	drop_constraints(a, f, constraint_has_column, act->part);
	drop_indexes(a, f, index_has_column, act->part);
}

static const char **
rename_in(struct arena *a, const char *const *names, size_t count, const char *from, const char *to)
{
	const char **list = copy_names(a, names, count);

	for (size_t i = 0; i < count; i++)
		if (text_is(list[i], from))
			list[i] = copy(a, to);
	return list;
}

static void
rename_column(struct arena *a, struct table_facts *f, const struct act *act)
{
	const char *from = act->part, *to = act->new_name;

	own_column(a, f, from)->name = copy(a, to);
	f->constraints = copy_list(a, f->constraints, f->constraint_count, sizeof(*f->constraints));
	for (size_t i = 0; i < f->constraint_count; i++) {
		struct facts_constraint *c = &f->constraints[i];

		c->columns = rename_in(a, c->columns, c->column_count, from, to);
		if (text_is(c->proves_not_null, from))
			c->proves_not_null = copy(a, to);
	}
	f->indexes = copy_list(a, f->indexes, f->index_count, sizeof(*f->indexes));
	for (size_t i = 0; i < f->index_count; i++) {
		struct facts_index *index = &f->indexes[i];

		index->columns = rename_in(a, index->columns, index->column_count, from, to);
	}
}

/* --- constraints and indexes --- */

static struct facts_constraint *
find_constraint(struct table_facts *f, const char *name)
{
	for (size_t i = 0; i < f->constraint_count; i++)
		if (text_is(f->constraints[i].name, name))
			return &f->constraints[i];
	return NULL;
}

static struct facts_index *
find_index(struct table_facts *f, const char *name)
{
	for (size_t i = 0; i < f->index_count; i++)
		if (text_is(f->indexes[i].name, name))
			return &f->indexes[i];
	return NULL;
}

static void
add_index(struct arena *a, struct table_facts *f, struct facts_index index)
{
	f->indexes = copy_list(a, f->indexes, f->index_count, sizeof(*f->indexes));
	f->indexes[f->index_count++] = index;
}

static bool
has_index(const struct act_constraint *c)
{
	return c->kind == CONSTRAINT_PRIMARY_KEY || c->kind == CONSTRAINT_UNIQUE ||
	    c->kind == CONSTRAINT_EXCLUSION;
}

/* Its index has the constraint's name, also the one that was there before. */
static void
add_index_of_constraint(struct arena *a, struct table_facts *f, const struct act_constraint *c,
    struct facts_constraint *made)
{
	struct facts_index index = { .name = made->name,
		.method = c->kind == CONSTRAINT_EXCLUSION ? "gist" : "btree",
		.columns = made->columns,
		.column_count = made->column_count,
		.unique = c->kind != CONSTRAINT_EXCLUSION,
		.valid = true,
		.of_constraint = true };
	struct facts_index *old;

	f->indexes = copy_list(a, f->indexes, f->index_count, sizeof(*f->indexes));
	old = c->using_index == NULL ? NULL : find_index(f, c->using_index);
	if (old != NULL) {
		made->columns = old->columns;
		made->column_count = old->column_count;
		old->name = made->name;
		old->of_constraint = true;
	} else if (c->using_index == NULL) {
		add_index(a, f, index);
	}
}

static void
add_constraint(struct arena *a, struct table_facts *f, const struct act_constraint *c)
{
	struct facts_constraint made = { .name = reshape_constraint_name(a, f, c),
		.kind = c->kind,
		.columns = copy_names(a, c->columns, c->column_count),
		.column_count = c->column_count,
		.references = reshape_copy_name(a, &c->references),
		.proves_not_null = copy(a, c->proves_not_null),
		.expression = copy(a, c->expression),
		.valid = !c->not_valid && !c->not_enforced,
		.by_file = true };

	if (has_index(c))
		add_index_of_constraint(a, f, c, &made);
	if (c->kind == CONSTRAINT_PRIMARY_KEY)
		for (size_t i = 0; i < made.column_count; i++)
			own_column(a, f, made.columns[i])->not_null = true;
	if (c->kind == CONSTRAINT_NOT_NULL && made.column_count == 1) {
		made.proves_not_null = made.columns[0];
		own_column(a, f, made.columns[0])->not_null = made.valid;
	}
	f->constraints = copy_list(a, f->constraints, f->constraint_count, sizeof(*f->constraints));
	f->constraints[f->constraint_count++] = made;
}

static bool
constraint_is(const struct facts_constraint *c, const char *name)
{
	return text_is(c->name, name);
}

static bool
index_is(const struct facts_index *index, const char *name)
{
	return text_is(index->name, name);
}

static bool
index_is_of(const struct facts_index *index, const char *constraint)
{
	return index->of_constraint && text_is(index->name, constraint);
}

static void
drop_constraint(struct arena *a, struct table_facts *f, const struct act *act)
{
	const struct facts_constraint *c = find_constraint(f, act->part);

	if (c == NULL)
		return;
	if (c->kind == CONSTRAINT_NOT_NULL && c->column_count == 1)
		own_column(a, f, c->columns[0])->not_null = false;
	drop_constraints(a, f, constraint_is, act->part);
	drop_indexes(a, f, index_is_of, act->part);
}

static void
validate_constraint(struct arena *a, struct table_facts *f, const struct act *act)
{
	struct facts_constraint *c;

	f->constraints = copy_list(a, f->constraints, f->constraint_count, sizeof(*f->constraints));
	c = find_constraint(f, act->part);
	/* Nothing is known of what an unknown one proves. */
	if (c == NULL)
		return;
	c->valid = c->by_file = true;
	if (c->kind == CONSTRAINT_NOT_NULL && c->proves_not_null != NULL)
		own_column(a, f, c->proves_not_null)->not_null = true;
}

static void
rename_constraint(struct arena *a, struct table_facts *f, const struct act *act)
{
	const char *from = act->part, *to = act->new_name;
	struct facts_constraint *c;
	struct facts_index *index;

	f->constraints = copy_list(a, f->constraints, f->constraint_count, sizeof(*f->constraints));
	c = find_constraint(f, from);
	if (c != NULL)
		c->name = copy(a, to);
	f->indexes = copy_list(a, f->indexes, f->index_count, sizeof(*f->indexes));
	index = find_index(f, from);
	if (index != NULL)
		index->name = c == NULL ? copy(a, to) : c->name;
}

static const char *
index_name(struct arena *a, const struct table_facts *facts, const struct act_index *index)
{
	const char *columns = "";

	if (index->name != NULL)
		return copy(a, index->name);
	for (size_t i = 0; i < index->part_count; i++) {
		const char *column = index->parts[i].column;

		columns = arena_printf(
		    a, "%s%s%s", columns, i == 0 ? "" : "_", column == NULL ? "expr" : column);
	}
	return make_name(a, facts, columns, "idx");
}

static void
create_index(struct arena *a, struct table_facts *f, const struct act *act)
{
	const struct act_index *index = act->index;
	struct facts_index made = { .valid = true };

	if (index == NULL)
		return; /* the grammar did not read it */
	made.name = index_name(a, f, index);
	made.method = copy(a, index->method);
	made.columns = arena_alloc(a, (index->part_count + 1) * sizeof(*made.columns));
	made.column_count = index->part_count;
	made.unique = index->unique;
	made.partial = index->predicate != NULL;
	for (size_t i = 0; i < index->part_count; i++)
		made.columns[i] = copy(a, index->parts[i].column);
	if (find_index(f, made.name) == NULL)
		add_index(a, f, made);
}

/* --- acts --- */

static void
create_table(struct arena *a, struct table_facts *f, const struct act *act)
{
	f->temporary = act->temporary;
	f->is_partition = act->partition_of;
	f->parent = reshape_copy_name(a, &act->other);
	for (size_t i = 0; i < act->column_count; i++)
		add_column(a, f, &act->columns[i]);
	for (size_t i = 0; i < act->constraint_count; i++)
		add_constraint(a, f, &act->constraints[i]);
}

static void
attach_partition(struct arena *a, struct table_facts *f, const struct act *act)
{
	f->kind = 'p';
	f->partitions++;
	if (!act->default_partition)
		return;
	f->has_default_partition = true;
	f->default_partition = reshape_copy_name(a, &act->other);
}

static void
detach_partition(struct arena *a, struct table_facts *f, const struct act *act)
{
	(void)a; /* as the others */
	f->partitions -= f->partitions > 0;
	if (text_is(f->default_partition.name, act->other.name))
		f->has_default_partition = false;
}

static void
read_new_column(struct arena *a, struct table_facts *f, const struct act *act)
{
	if (act->column_count == 1)
		add_column(a, f, act->columns);
}

static void
alter_column_type(struct arena *a, struct table_facts *f, const struct act *act)
{
	if (act->column_count == 1)
		own_column(a, f, act->part)->type = reshape_copy_type(a, &act->columns->type);
}

static bool
constraint_is_not_null(const struct facts_constraint *c, const char *name)
{
	return c->kind == CONSTRAINT_NOT_NULL && constraint_has_column(c, name);
}

static void
alter_not_null(struct arena *a, struct table_facts *f, const struct act *act)
{
	if (act->kind == ACT_DROP_NOT_NULL)
		drop_constraints(a, f, constraint_is_not_null, act->part);
	own_column(a, f, act->part)->not_null = act->kind == ACT_SET_NOT_NULL;
}

static void
alter_default(struct arena *a, struct table_facts *f, const struct act *act)
{
	own_column(a, f, act->part)->has_default = act->kind == ACT_SET_DEFAULT;
}

static void
add_new_constraint(struct arena *a, struct table_facts *f, const struct act *act)
{
	if (act->constraint_count == 1)
		add_constraint(a, f, act->constraints);
}

static void
drop_index(struct arena *a, struct table_facts *f, const struct act *act)
{
	if (act->on == ACT_ON_INDEX)
		drop_indexes(a, f, index_is, act->name.name);
}

static const struct {
	enum act_kind kind;
	void (*change)(struct arena *a, struct table_facts *f, const struct act *act);
} changes[] = {
	{ ACT_CREATE_TABLE, create_table },
	{ ACT_CREATE_INDEX, create_index },
	{ ACT_DROP, drop_index },
	{ ACT_ADD_COLUMN, read_new_column },
	{ ACT_DROP_COLUMN, drop_column },
	{ ACT_RENAME_COLUMN, rename_column },
	{ ACT_ALTER_COLUMN_TYPE, alter_column_type },
	{ ACT_SET_NOT_NULL, alter_not_null },
	{ ACT_DROP_NOT_NULL, alter_not_null },
	{ ACT_SET_DEFAULT, alter_default },
	{ ACT_DROP_DEFAULT, alter_default },
	{ ACT_ADD_CONSTRAINT, add_new_constraint },
	{ ACT_DROP_CONSTRAINT, drop_constraint },
	{ ACT_VALIDATE_CONSTRAINT, validate_constraint },
	{ ACT_RENAME_CONSTRAINT, rename_constraint },
	{ ACT_ATTACH_PARTITION, attach_partition },
	{ ACT_DETACH_PARTITION, detach_partition },
	{ ACT_FINALIZE_PARTITION, detach_partition },
};

void
reshape(struct arena *a, struct table_facts *facts, const struct act *act)
{
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++)
		if (changes[i].kind == act->kind)
			changes[i].change(a, facts, act);
}
