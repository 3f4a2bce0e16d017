/* SPDX-License-Identifier: MIT */
#include "base/text.h"
#include "sql/rule.h"
#include "sql/rules.h"

static const char GROUP[] = "Columns";

/* Was the column added by this file?  Then the running app does not know it yet. */
static bool
is_added_here(struct lint *l, const struct act *act)
{
	const struct lint_past *past;
	size_t i, count;

	past = lint_past(l, &count);
	for (i = 0; i < count; i++)
		if (past[i].act->kind == ACT_ADD_COLUMN &&
		    text_same(past[i].act->part, act->part) &&
		    rule_same_name(&past[i].act->name, &act->name))
			return true;
	return false;
}

/* An undo file goes back to what the app of before knows. */
static bool
breaks_app(struct lint *l, const struct act *act)
{
	return rule_seen(l, act) && !lint_file(l)->undo && !is_added_here(l, act);
}

/* --- dropping --- */

static void
check_drop(struct lint *l, const struct rule *rule, const struct act *act)
{
	const struct lint_file *file = lint_file(l);

	if (!breaks_app(l, act) || file->contract || file->irreversible)
		return;
	lint_report(l, rule, act,
	    arena_printf(lint_arena(l),
		"-- the app does not use the column any more; then in a file of its own:\n"
		"-- migrate:phase contract\n"
		"ALTER TABLE %s DROP COLUMN %s;\n",
		lint_name(l, &act->name), lint_identifier(l, act->part)),
	    "column \"%s\" of %s and what is in it are gone at once: the running app fails "
	    "where it still names the column, and there is no way back",
	    act->part, lint_quote(l, &act->name));
}

static const struct rule drop_column = {
	.id = "drop-column",
	.group = GROUP,
	.severity = SEVERITY_ERROR,
	.destroys = true,
	.summary = "DROP COLUMN loses what is in the column, and breaks the running app where it "
		   "still names it; ACCESS EXCLUSIVE, for a moment",
	.advice = "First release an app that does not use the column, then drop it, in a file of "
		  "phase contract: there it is expected and not reported. Nor is it in undo files, "
		  "and in files that say that they are irreversible.\n\n",
	.kinds = { ACT_DROP_COLUMN },
	.check = check_drop,
};

/* Other columns that the index or constraint serves, too: "a, b"; NULL: only this one. */
static const char *
also_on(struct lint *l, const char *const *columns, size_t count, const char *column)
{
	const char *list = NULL;
	size_t i;

	if (!rule_has(columns, count, column))
		return NULL;
	for (i = 0; i < count; i++)
		if (columns[i] != NULL && !text_same(columns[i], column))
			list = arena_printf(lint_arena(l), "%s%s\"%s\"", list == NULL ? "" : list,
			    list == NULL ? "" : ", ", columns[i]);
	return list;
}

static void
check_drop_indexed(struct lint *l, const struct rule *rule, const struct act *act)
{
	const struct world_table *t = lint_table(l, act);
	size_t i;

	for (i = 0; t != NULL && rule_in_use(l, act) && i < t->facts.index_count; i++) {
		const struct facts_index *index = &t->facts.indexes[i];
		const char *others =
		    also_on(l, (const char *const *)index->columns, index->column_count, act->part);

		if (others != NULL)
			lint_report(l, rule, act, NULL,
			    "with column \"%s\" goes %s \"%s\", which serves %s of %s, too",
			    act->part,
			    index->of_constraint ? "constraint"
				: index->unique	 ? "unique index"
						 : "index",
			    index->name, others, lint_quote(l, &act->name));
	}
}

static const struct rule drop_column_indexed = {
	.id = "drop-column-indexed",
	.group = GROUP,
	.severity = SEVERITY_WARNING,
	.summary = "with a column go the indexes and constraints over it, also those that serve "
		   "other columns, too",
	.advice = "Build the index that the other columns need CONCURRENTLY before the column is "
		  "dropped.\n\n",
	.kinds = { ACT_DROP_COLUMN },
	.check = check_drop_indexed,
};

/* --- renaming --- */

static void
check_rename(struct lint *l, const struct rule *rule, const struct act *act)
{
	const struct world_table *t = lint_table(l, act);
	const struct facts_column *known = t == NULL ? NULL : world_column(t, act->part);
	struct act_column new = { .name = act->new_name };

	if (!breaks_app(l, act))
		return;
	new.type.text = known != NULL && known->type.text != NULL
	    ? known->type.text
	    : lint_identifier(l, arena_printf(lint_arena(l), "type_of_%s", act->part));
	lint_report(l, rule, act,
	    act->on == ACT_ON_VIEW ? NULL : rule_beside(l, &act->name, act->part, &new, NULL),
	    "from this moment \"%s\" of %s is \"%s\": every statement of the running app that "
	    "names the old column fails",
	    act->part, lint_quote(l, &act->name), act->new_name);
}

static const struct rule rename_column = {
	.id = "rename-column",
	.group = GROUP,
	.severity = SEVERITY_ERROR,
	.summary = "RENAME COLUMN takes ACCESS EXCLUSIVE for a moment, and breaks the running app "
		   "from then on",
	.advice =
	    "No release of the app knows both names at the moment of the change. Add a column "
	    "with the new name, let the app write both, fill the old rows in batches, let the "
	    "app read the new one, and drop the old one in the end.\n\n",
	.kinds = { ACT_RENAME_COLUMN },
	.check = check_rename,
};

/* --- DROP and ADD that mean a rename --- */

/* Types of one row hold each other's values well enough to be a renamed column. */
static const char *const families[][12] = {
	{ "text", "varchar", "bpchar", "citext", "name", "char" },
	{ "int2", "int4", "int8", "numeric", "float4", "float8", "smallserial", "serial",
	    "bigserial", "money" },
	{ "timestamp", "timestamptz", "date" },
	{ "json", "jsonb" },
};

static size_t
family_of(const struct act_type *type)
{
	const size_t count = sizeof(families) / sizeof(families[0]);
	size_t i;

	for (i = 0; i < count; i++)
		if (rule_has(
			families[i], sizeof(families[i]) / sizeof(families[i][0]), type->name.name))
			return i;
	return count;
}

/* What is not known may fit. */
static bool
may_be_one(const struct act_type *old, const struct act_type *new)
{
	size_t family;

	if (old == NULL || old->name.name == NULL || text_same(old->name.name, new->name.name))
		return true;
	family = family_of(old);
	return family < sizeof(families) / sizeof(families[0]) && family == family_of(new);
}

/* The act of that kind on the table, the number-th of the file, or NULL; counts from 0. */
static const struct lint_past *
find_past(struct lint *l, enum act_kind kind, const struct act_name *name, size_t number)
{
	const struct lint_past *past;
	size_t i, count;

	past = lint_past(l, &count);
	for (i = 0; i < count; i++)
		if (past[i].act->kind == kind && rule_same_name(&past[i].act->name, name) &&
		    number-- == 0)
			return &past[i];
	return NULL;
}

static size_t
count_past(struct lint *l, enum act_kind kind, const struct act_name *name)
{
	const struct lint_past *past;
	size_t i, count, found = 0;

	past = lint_past(l, &count);
	for (i = 0; i < count; i++)
		found += past[i].act->kind == kind && rule_same_name(&past[i].act->name, name);
	return found;
}

static void
report_swap(struct lint *l, const struct rule *rule, const struct act *act, const char *old,
    const struct act_column *new)
{
	bool same = text_same(old, new->name);
	struct act_column beside_it = *new;

	if (same)
		beside_it.name = arena_printf(lint_arena(l), "%s_new", old);
	lint_report(l, rule, act, rule_beside(l, &act->name, old, &beside_it, NULL),
	    same ? "column \"%s\" of %s is dropped and added again: all that is in it is lost, "
		   "nothing is copied to the new \"%s\""
		 : "dropping \"%s\" of %s and adding \"%s\" looks like a rename: all that is in "
		   "the old column is lost, nothing is copied to the new one",
	    old, lint_quote(l, &act->name), new->name);
}

/* An UPDATE of this file has filled the new column: nothing is lost. */
static bool
is_copied(struct lint *l, const struct act *add)
{
	const struct lint_past *update;
	size_t i;

	for (i = 0; (update = find_past(l, ACT_UPDATE, &add->name, i)) != NULL; i++)
		if (rule_has((const char *const *)update->act->values, update->act->value_count,
			add->part))
			return true;
	return false;
}

/* The first column dropped belongs to the first one added, and so on. */
static void
check_swap(struct lint *l, const struct rule *rule, const struct act *act)
{
	enum act_kind other = act->kind == ACT_ADD_COLUMN ? ACT_DROP_COLUMN : ACT_ADD_COLUMN;
	const struct lint_past *partner =
	    find_past(l, other, &act->name, count_past(l, act->kind, &act->name));
	const struct act *add = act, *drop;
	const struct facts_column *dropped;
	const struct world_table *t = lint_table(l, act);

	if (partner == NULL || !rule_in_use(l, act) || lint_file(l)->undo)
		return;
	drop = partner->act;
	if (other == ACT_ADD_COLUMN) {
		add = partner->act;
		drop = act;
		if (text_same(drop->part, add->part) || is_copied(l, add))
			return;
	} else {
		t = partner->table;
	}
	dropped = t == NULL ? NULL : world_column(t, drop->part);
	if (add->column_count == 1 &&
	    (text_same(drop->part, add->part) ||
		may_be_one(dropped == NULL ? NULL : &dropped->type, &add->columns[0].type)))
		report_swap(l, rule, act, drop->part, &add->columns[0]);
}

static const struct rule drop_add_looks_like_rename = {
	.id = "drop-add-looks-like-rename",
	.group = GROUP,
	.severity = SEVERITY_ERROR,
	.destroys = true,
	.summary = "a column that is dropped in the file that adds one of its kind to the same "
		   "table was most likely meant to be renamed: its data is lost",
	.advice =
	    "Tools that compare two schemas cannot tell a rename from a column that went and "
	    "another that came; Prisma Migrate writes DROP COLUMN and ADD COLUMN for it. Copy "
	    "the data: add the new column, let the app write both, fill the old rows in batches, "
	    "drop the old column in a later file. Where both are meant, drop in a file of its "
	    "own, or allow it.\n\n",
	.kinds = { ACT_ADD_COLUMN, ACT_DROP_COLUMN },
	.check = check_swap,
};

/* --- NOT NULL, defaults --- */

static void
check_drop_not_null(struct lint *l, const struct rule *rule, const struct act *act)
{
	if (!breaks_app(l, act))
		return;
	lint_report(l, rule, act, NULL,
	    "the running app may find null in \"%s\" of %s, where there never was one", act->part,
	    lint_quote(l, &act->name));
}

static const struct rule drop_not_null = {
	.id = "drop-not-null",
	.group = GROUP,
	.severity = SEVERITY_WARNING,
	.summary = "DROP NOT NULL lets null into a column of which the running app believes that "
		   "it has none; ACCESS EXCLUSIVE, for a moment",
	.advice = "First release an app that can read null there, then drop NOT NULL, then let "
		  "the app write it.\n\n",
	.kinds = { ACT_DROP_NOT_NULL },
	.check = check_drop_not_null,
};

static void
check_default(struct lint *l, const struct rule *rule, const struct act *act)
{
	if (!breaks_app(l, act))
		return;
	lint_report(l, rule, act, NULL,
	    "the default of \"%s\" of %s changes while the app runs: old instances go on "
	    "writing the one that they know, where they name it at all",
	    act->part, lint_quote(l, &act->name));
}

static const struct rule change_default = {
	.id = "change-default",
	.group = GROUP,
	.severity = SEVERITY_OFF,
	.summary = "a default that changes while the app runs counts for some of its instances "
		   "only, if they name the column when they write",
	.advice = "Let the app write the value itself before the default changes.\n\n",
	.kinds = { ACT_SET_DEFAULT, ACT_DROP_DEFAULT },
	.check = check_default,
};

static void
check_two_steps(struct lint *l, const struct rule *rule, const struct act *act)
{
	const struct act_column *set = act->columns;
	const struct lint_past *past;
	size_t i, count;

	past = lint_past(l, &count);
	for (i = 0; i < count; i++) {
		const struct act *add = past[i].act;

		if (add->kind != ACT_ADD_COLUMN || add->column_count == 0 ||
		    add->columns[0].value != VALUE_NONE || !text_same(add->part, act->part) ||
		    !rule_same_name(&add->name, &act->name) || act->column_count == 0 ||
		    set->value != VALUE_CONSTANT || set->default_text == NULL)
			continue;
		lint_report(l, rule, act,
		    arena_printf(lint_arena(l), "ALTER TABLE %s ADD COLUMN %s %s DEFAULT %s;\n",
			lint_name(l, &act->name), lint_identifier(l, act->part),
			add->columns[0].type.text, set->default_text),
		    "rows that are there keep null in \"%s\": as a part of ADD COLUMN a constant "
		    "default counts for them, too, and takes no longer",
		    act->part);
	}
}

static const struct rule default_in_two_steps = {
	.id = "default-in-two-steps",
	.group = GROUP,
	.severity = SEVERITY_OFF,
	.summary = "a constant default that is set behind ADD COLUMN does not count for the rows "
		   "that are there",
	.advice = "ADD COLUMN ... DEFAULT with a constant takes a moment, and the old rows have "
		  "it, too.\n\n",
	.kinds = { ACT_SET_DEFAULT },
	.check = check_two_steps,
};

const struct rule *const rules_column[] = {
	&drop_column,
	&drop_column_indexed,
	&rename_column,
	&drop_add_looks_like_rename,
	&drop_not_null,
	&change_default,
	&default_in_two_steps,
	NULL,
};
