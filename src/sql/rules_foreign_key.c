/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "sql/rule.h"
#include "sql/rules.h"

static const char GROUP[] = "Foreign keys";

/* NOT VALID on a partitioned table came with 18, as NOT ENFORCED did. */
enum { NOT_VALID_ON_PARTITIONED = 18 };

/* --- adding --- */

/* Before 18 only the partitions can have it NOT VALID; the parent's then finds theirs. */
static const char *
by_partition(struct lint *l, const struct act *act, const struct act_constraint *c)
{
	struct act partition = *act;
	const char *table = lint_name(l, &act->name);

	partition.name.name = "one_partition";
	return arena_printf(lint_arena(l),
	    "-- for each partition, here \"one_partition\":\n%s" RULE_NEXT_FILE
	    "-- it takes over those of the partitions and reads nothing\n"
	    "ALTER TABLE %s ADD %s;\n",
	    rule_not_valid(l, &partition, c), table, rule_constraint_text(l, act, c));
}

static const char *
safe_foreign_key(struct lint *l, const struct act *act, const struct act_constraint *c)
{
	if (rule_partitioned(l, act) && lint_major(l) < NOT_VALID_ON_PARTITIONED)
		return by_partition(l, act, c);
	return rule_not_valid(l, act, c);
}

static void
check_not_valid(struct lint *l, const struct rule *rule, const struct act *act)
{
	const struct act_constraint *c = rule_added(act, CONSTRAINT_FOREIGN_KEY);

	if (c == NULL || c->not_valid || c->not_enforced || !rule_in_use(l, act))
		return;
	lint_report(l, rule, act, safe_foreign_key(l, act, c),
	    "foreign key \"%s\" checks all rows of %s against %s under SHARE ROW "
	    "EXCLUSIVE on both: nobody writes to either until that is done",
	    rule_constraint_name(l, act, c), lint_quote(l, &act->name),
	    lint_quote(l, &c->references));
}

static const struct rule fk_not_valid = {
	.id = "fk-not-valid",
	.group = GROUP,
	.severity = SEVERITY_ERROR,
	.grows = true,
	.summary = "a foreign key that is added without NOT VALID checks all rows of the table "
		   "while SHARE ROW EXCLUSIVE keeps writers away from it and from the "
		   "referenced table",
	.advice =
	    "Add it NOT VALID: that holds the same locks, but for a moment only, and new rows are "
	    "checked from then on. Then VALIDATE it in a file of its own: that reads the table "
	    "under SHARE UPDATE EXCLUSIVE, and takes ROW SHARE on the referenced one, so nobody "
	    "waits.\n\n"
	    "    ALTER TABLE orders ADD CONSTRAINT orders_customer_id_fkey\n"
	    "        FOREIGN KEY (customer_id) REFERENCES customers NOT VALID;\n"
	    "    -- in a file of its own:\n"
	    "    ALTER TABLE orders VALIDATE CONSTRAINT orders_customer_id_fkey;\n\n"
	    "Before PostgreSQL 18 a partitioned table cannot have it NOT VALID: add it so to each "
	    "partition, validate those, and add it to the parent last. NOT ENFORCED (18) checks "
	    "nothing and is not reported.\n\n",
	.kinds = { ACT_ADD_CONSTRAINT },
	.check = check_not_valid,
};

/* Without a value in it the new column has nothing to check, and PostgreSQL knows that. */
static bool
has_values(const struct act_column *column)
{
	return column->identity || column->stored ||
	    (column->value != VALUE_NONE && column->value != VALUE_NULL) ||
	    rule_serial(&column->type);
}

static void
check_inline(struct lint *l, const struct rule *rule, const struct act *act)
{
	const struct act_constraint *c = rule_behind(act, CONSTRAINT_FOREIGN_KEY);

	if (c == NULL || c->not_enforced || !has_values(&act->columns[0]) || !rule_in_use(l, act))
		return;
	lint_report(l, rule, act,
	    arena_printf(
		lint_arena(l), "%s%s", rule_plain_column(l, act), safe_foreign_key(l, act, c)),
	    "column \"%s\" has a value at once, so its foreign key checks all rows of %s "
	    "against %s under ACCESS EXCLUSIVE: nobody reads or writes %s, nobody writes "
	    "to %s until that is done",
	    act->columns[0].name, lint_quote(l, &act->name), lint_quote(l, &c->references),
	    lint_quote(l, &act->name), lint_quote(l, &c->references));
}

static const struct rule fk_inline_on_add_column = {
	.id = "fk-inline-on-add-column",
	.group = GROUP,
	.severity = SEVERITY_ERROR,
	.grows = true,
	.summary = "a column that is added with a value and REFERENCES is checked in all rows "
		   "under ACCESS EXCLUSIVE on the table and SHARE ROW EXCLUSIVE on the "
		   "referenced one",
	.advice = "Add the column, then the foreign key NOT VALID, then VALIDATE it in a file of "
		  "its own. Without a default there is nothing to check: then the short form is "
		  "fine, and not reported.\n\n",
	.kinds = { ACT_ADD_COLUMN },
	.check = check_inline,
};

static void
check_not_valid_on_partitioned(struct lint *l, const struct rule *rule, const struct act *act)
{
	const struct act_constraint *c = rule_added(act, CONSTRAINT_FOREIGN_KEY);

	if (c == NULL || !c->not_valid || !rule_partitioned(l, act))
		return;
	lint_report(l, rule, act, by_partition(l, act, c),
	    "before PostgreSQL 18 a foreign key of the partitioned table %s cannot be NOT "
	    "VALID: the statement fails",
	    lint_quote(l, &act->name));
}

static const struct rule fk_not_valid_on_partitioned = {
	.id = "fk-not-valid-on-partitioned",
	.group = GROUP,
	.severity = SEVERITY_ERROR,
	.summary = "before PostgreSQL 18 a foreign key of a partitioned table cannot be NOT "
		   "VALID, so the statement fails",
	.advice = "Add it NOT VALID to each partition, validate those one by one, and add it to "
		  "the parent last: it takes over the partitions' own and reads nothing.\n\n",
	.until = NOT_VALID_ON_PARTITIONED - 1,
	.kinds = { ACT_ADD_CONSTRAINT },
	.check = check_not_valid_on_partitioned,
};

/* --- several in one transaction --- */

/* Foreign keys between the same two tables lock nothing new; a new table is locked by nobody. */
static const struct act_constraint *
other_key(struct lint *l, const struct lint_past *past, const struct act *act)
{
	const struct act_constraint *c = rule_added(past->act, CONSTRAINT_FOREIGN_KEY);

	if (c == NULL || past->is_new || world_is_new(lint_world(l), &c->references) ||
	    rule_same_name(&c->references, &act->constraints[0].references) ||
	    rule_same_name(&c->references, &act->name))
		return NULL;
	return c;
}

static void
check_multiple(struct lint *l, const struct rule *rule, const struct act *act)
{
	const struct act_constraint *c = rule_added(act, CONSTRAINT_FOREIGN_KEY);
	size_t transaction = world_transaction(lint_world(l));
	const struct lint_past *past;
	size_t i, count;

	if (c == NULL || !rule_in_use(l, act) || world_is_new(lint_world(l), &c->references) ||
	    rule_same_name(&act->name, &c->references))
		return;
	past = lint_past(l, &count);
	for (i = 0; i < count; i++) {
		const struct act_constraint *held = other_key(l, &past[i], act);

		if (held == NULL || past[i].transaction != transaction)
			continue;
		lint_report(l, rule, act, NULL,
		    "this transaction holds SHARE ROW EXCLUSIVE on %s for a foreign key of %s and "
		    "takes it on %s, too: writers of all these tables wait until it commits, and "
		    "may deadlock with it",
		    lint_quote(l, &held->references), lint_quote(l, &past[i].act->name),
		    lint_quote(l, &c->references));
		return;
	}
}

static const struct rule multiple_foreign_keys = {
	.id = "multiple-foreign-keys",
	.group = GROUP,
	.severity = SEVERITY_WARNING,
	.summary = "foreign keys to several tables in one transaction hold SHARE ROW EXCLUSIVE "
		   "on all of them until it commits",
	.advice = "Give each foreign key a file of its own. Tables that are made in the same "
		  "files, and foreign keys between the same two tables, do not count.\n\n",
	.kinds = { ACT_ADD_CONSTRAINT },
	.check = check_multiple,
};

/* --- dropping --- */

/* "orders_customer_id_fkey", "fk_orders_customer": nobody else names a constraint so. */
static bool
sounds_like_foreign_key(const char *name)
{
	static const char *const parts[] = { "fk", "fkey", "foreign" };
	const char *start = name;
	size_t i, length;

	for (; *start != '\0'; start += length + (start[length] == '_')) {
		length = strcspn(start, "_");
		for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
			if (length == strlen(parts[i]) && strncasecmp(start, parts[i], length) == 0)
				return true;
	}
	return false;
}

static void
report_drop(struct lint *l, const struct rule *rule, const struct act *act,
    const struct facts_constraint *c)
{
	if (world_is_new(lint_world(l), &c->references) ||
	    rule_same_name(&c->references, &act->name))
		return;
	lint_report(l, rule, act, NULL,
	    "with foreign key \"%s\" of %s goes its trigger on %s, which takes ACCESS "
	    "EXCLUSIVE on both: nobody reads or writes either until the transaction ends",
	    c->name, lint_quote(l, &act->name), lint_quote(l, &c->references));
}

static void
check_drop_constraint(struct lint *l, const struct rule *rule, const struct act *act)
{
	const struct world_table *t = lint_table(l, act);
	const struct facts_constraint *c = t == NULL ? NULL : world_constraint(t, act->part);

	if (c != NULL && c->kind == CONSTRAINT_FOREIGN_KEY)
		report_drop(l, rule, act, c);
	if (c != NULL || (t != NULL && t->complete) || !sounds_like_foreign_key(act->part))
		return;
	lint_report(l, rule, act, NULL,
	    "if \"%s\" of %s is a foreign key, dropping it takes ACCESS EXCLUSIVE on the table "
	    "that it references, too: nobody reads or writes either until the transaction ends",
	    act->part, lint_quote(l, &act->name));
}

static void
check_drop(struct lint *l, const struct rule *rule, const struct act *act)
{
	const struct world_table *t = lint_table(l, act);
	const char *column = act->kind == ACT_DROP_COLUMN ? act->part : NULL;
	size_t i;

	if (!rule_in_use(l, act) || (act->kind == ACT_DROP && act->on != ACT_ON_TABLE))
		return;
	if (act->kind == ACT_DROP_CONSTRAINT) {
		check_drop_constraint(l, rule, act);
		return;
	}
	for (i = 0; t != NULL && i < t->facts.constraint_count; i++) {
		const struct facts_constraint *c = &t->facts.constraints[i];

		if (c->kind == CONSTRAINT_FOREIGN_KEY &&
		    (column == NULL ||
			rule_has((const char *const *)c->columns, c->column_count, column)))
			report_drop(l, rule, act, c);
	}
}

static const struct rule drop_foreign_key = {
	.id = "drop-foreign-key",
	.group = GROUP,
	.severity = SEVERITY_WARNING,
	.summary = "dropping a foreign key, or the table or column that has it, takes ACCESS "
		   "EXCLUSIVE on the referenced table, too, until the transaction ends",
	.advice = "It takes a moment only, but for that moment both tables stand still, and a "
		  "transaction that uses them in the other order deadlocks with it. Drop one "
		  "foreign key in a file, before what else is dropped, and nothing else in "
		  "it.\n\n",
	.kinds = { ACT_DROP_CONSTRAINT, ACT_DROP, ACT_DROP_COLUMN },
	.check = check_drop,
};

/* --- its columns and what they point to --- */

/* The columns of the primary key, for REFERENCES without columns. */
static const char *const *
key_columns(const struct world_table *t, size_t *count)
{
	size_t i;

	for (i = 0; i < t->facts.constraint_count; i++) {
		const struct facts_constraint *c = &t->facts.constraints[i];

		if (c->kind != CONSTRAINT_PRIMARY_KEY)
			continue;
		*count = c->column_count;
		return (const char *const *)c->columns;
	}
	*count = 0;
	return NULL;
}

/* Types that compare without a cast, and hold whatever the referenced one holds, are fine. */
static bool
fits(const struct act_type *type, const struct act_type *referenced)
{
	static const char *const wider[][2] = {
		{ "int4", "int2" },
		{ "int8", "int2" },
		{ "int8", "int4" },
		{ "text", "varchar" },
		{ "varchar", "text" },
		{ "int2", "smallserial" },
		{ "int4", "smallserial" },
		{ "int8", "smallserial" },
		{ "int4", "serial" },
		{ "int8", "serial" },
		{ "int8", "bigserial" },
	};
	size_t i;

	if (text_same(type->name.name, referenced->name.name))
		return true;
	for (i = 0; i < sizeof(wider) / sizeof(wider[0]); i++)
		if (text_same(type->name.name, wider[i][0]) &&
		    text_same(referenced->name.name, wider[i][1]))
			return true;
	return false;
}

static const struct act_type *
column_type(struct lint *l, const struct act *act, const char *name)
{
	const struct world_table *t = lint_table(l, act);
	const struct facts_column *column;
	size_t i;

	for (i = 0; i < act->column_count; i++)
		if (text_same(act->columns[i].name, name))
			return &act->columns[i].type;
	column = t == NULL ? NULL : world_column(t, name);
	return column == NULL ? NULL : &column->type;
}

static void
compare_types(
    struct lint *l, const struct rule *rule, const struct act *act, const struct act_constraint *c)
{
	const struct world_table *parent = world_find(lint_world(l), &c->references);
	const char *const *referenced = (const char *const *)c->referenced;
	size_t i, count = c->referenced_count;

	if (parent == NULL)
		return;
	if (count == 0)
		referenced = key_columns(parent, &count);
	for (i = 0; i < c->column_count && i < count; i++) {
		const struct act_type *type = column_type(l, act, c->columns[i]);
		const struct facts_column *target = world_column(parent, referenced[i]);

		if (type == NULL || target == NULL || fits(type, &target->type))
			continue;
		lint_report(l, rule, act, NULL,
		    "column \"%s\" is %s but references \"%s\" of %s, which is %s: not every "
		    "value there fits, or each check needs a cast",
		    c->columns[i], type->text, referenced[i], lint_quote(l, &c->references),
		    target->type.text);
	}
}

/* Calls it for each constraint of CREATE TABLE, ADD COLUMN, ADD CONSTRAINT. */
static void
each_foreign_key(struct lint *l, const struct rule *rule, const struct act *act,
    void look(
	struct lint *, const struct rule *, const struct act *, const struct act_constraint *))
{
	size_t i, j;

	for (i = 0; i < act->constraint_count; i++)
		if (act->constraints[i].kind == CONSTRAINT_FOREIGN_KEY)
			look(l, rule, act, &act->constraints[i]);
	for (i = 0; i < act->column_count; i++)
		for (j = 0; j < act->columns[i].constraint_count; j++)
			if (act->columns[i].constraints[j].kind == CONSTRAINT_FOREIGN_KEY)
				look(l, rule, act, &act->columns[i].constraints[j]);
}

static void
check_types(struct lint *l, const struct rule *rule, const struct act *act)
{
	each_foreign_key(l, rule, act, compare_types);
}

static const struct rule fk_type_mismatch = {
	.id = "fk-type-mismatch",
	.group = GROUP,
	.severity = SEVERITY_WARNING,
	.summary = "a column of another type than the one that it references overflows, or "
		   "needs a cast for each check",
	.advice = "Give it the type of the referenced column. A wider integer (bigint for "
		  "integer), and text for varchar, are not reported.\n\n",
	.kinds = { ACT_CREATE_TABLE, ACT_ADD_COLUMN, ACT_ADD_CONSTRAINT },
	.check = check_types,
};

static void
miss_on_delete(
    struct lint *l, const struct rule *rule, const struct act *act, const struct act_constraint *c)
{
	if (c->has_on_delete)
		return;
	lint_report(l, rule, act, NULL,
	    "foreign key \"%s\" does not say what becomes of a row of %s when the one in "
	    "%s is deleted: the DELETE is refused",
	    rule_constraint_name(l, act, c), lint_quote(l, &act->name),
	    lint_quote(l, &c->references));
}

static void
check_on_delete(struct lint *l, const struct rule *rule, const struct act *act)
{
	each_foreign_key(l, rule, act, miss_on_delete);
}

static const struct rule fk_without_on_delete = {
	.id = "fk-without-on-delete",
	.group = GROUP,
	.severity = SEVERITY_OFF,
	.summary = "a foreign key without ON DELETE refuses to delete what it references",
	.advice = "Say what is meant: ON DELETE CASCADE, SET NULL, RESTRICT or NO ACTION.\n\n",
	.kinds = { ACT_CREATE_TABLE, ACT_ADD_COLUMN, ACT_ADD_CONSTRAINT },
	.check = check_on_delete,
};

const struct rule *const rules_foreign_key[] = {
	&fk_not_valid,
	&fk_inline_on_add_column,
	&fk_not_valid_on_partitioned,
	&multiple_foreign_keys,
	&drop_foreign_key,
	&fk_type_mismatch,
	&fk_without_on_delete,
	NULL,
};
