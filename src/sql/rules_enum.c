/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/text.h"
#include "sql/quote.h"
#include "sql/rule.h"
#include "sql/rules.h"
#include "sql/words.h"

static const char GROUP[] = "Enums";

/* --- enum-value-used-same-transaction --- */

/* Does the value stand in the text as a constant, also in the body of a block? */
static bool
mentions(struct lint *l, const struct lint_statement *statement, const char *value)
{
	struct words s = words_start(statement->text, statement->length);
	const char *constant = quote_string(lint_arena(l), value);
	struct word w;

	while (words_next(&s, &w)) {
		const char *body;

		if (w.kind != WORD_STRING)
			continue;
		body = word_value(lint_arena(l), &w);
		if (body != NULL &&
		    (text_same(body, value) || (*w.text == '$' && strstr(body, constant) != NULL)))
			return true;
	}
	return false;
}

static bool
has_column_of(const struct act *act, const struct world_table *t, const char *type)
{
	for (size_t i = 0; i < act->column_count; i++)
		if (text_same(act->columns[i].type.name.name, type))
			return true;
	for (size_t i = 0; t != NULL && i < t->facts.column_count; i++)
		if (text_same(t->facts.columns[i].type.name.name, type))
			return true;
	return false;
}

/* A constant may as well be a text: where all columns are known, one has to be of the type. */
static bool
may_use(struct lint *l, const struct act *act, const char *type)
{
	const struct world_table *t = lint_table(l, act);

	switch (act->kind) {
	case ACT_CREATE_TABLE:
	case ACT_ADD_COLUMN:
		return has_column_of(act, NULL, type);
	case ACT_INSERT:
	case ACT_UPDATE:
	case ACT_DELETE:
	case ACT_SET_DEFAULT:
		return t == NULL || !t->complete || act->read_count > 0 ||
		    has_column_of(act, t, type);
	case ACT_CREATE_FUNCTION: /* its body runs later */
	case ACT_ADD_ENUM_VALUE:
	case ACT_RENAME_ENUM_VALUE:
	case ACT_COMMENT:
	case ACT_SET:
		return false;
	default:
		return true;
	}
}

/* From 17 on the values of an enum that the transaction itself made can be used. */
static bool
is_usable(struct lint *l, const struct act_name *type)
{
	const struct world_object *o = world_object(lint_world(l), ACT_ON_TYPE, type);

	return lint_major(l) >= 17 && o != NULL && o->age == AGE_TRANSACTION && !o->dropped;
}

static void
check_used(struct lint *l, const struct rule *rule, const struct act *act)
{
	const struct lint_statement *s = lint_current(l);
	size_t count;
	const struct lint_past *past = lint_past(l, &count);

	for (size_t i = 0; i < count; i++) {
		const struct act *add = past[i].act;
		const struct lint_statement *adding = past[i].statement;

		if (add->kind != ACT_ADD_ENUM_VALUE ||
		    past[i].transaction != world_transaction(lint_world(l)) ||
		    is_usable(l, &add->name) || !may_use(l, act, add->name.name) ||
		    !mentions(l, s, add->part))
			continue;
		lint_report(l, rule, act,
		    arena_printf(lint_arena(l),
			RULE_NEXT_FILE "%.*s;\n-- in the next file:\n%.*s;\n", (int)adding->length,
			adding->text, (int)s->length, s->text),
		    "the value '%s' of %s is new in this transaction: PostgreSQL refuses to use it "
		    "before the COMMIT (55P04)",
		    add->part, lint_quote(l, &add->name));
		return;
	}
}

static const struct rule used = {
	.id = "enum-value-used-same-transaction",
	.group = GROUP,
	.severity = SEVERITY_ERROR,
	.summary = "PostgreSQL refuses to use a new enum value in the transaction that adds it "
		   "(55P04), and the file is rolled back",
	.advice =
	    "Add the value in a file of its own, and use it in the next one. From PostgreSQL "
	    "17 on the values of an enum that was made in the same transaction can be used.\n\n"
	    "    ALTER TYPE color ADD VALUE 'green';\n\n",
	.from = 12,
	.check = check_used,
};

/* --- enum-rename-value --- */

static void
check_rename_value(struct lint *l, const struct rule *rule, const struct act *act)
{
	if (rule_new_object(l, act))
		return;
	lint_report(l, rule, act, NULL,
	    "the running app knows the value as '%s': what it writes with it fails from the COMMIT "
	    "on, and what it reads is '%s'",
	    act->part, act->new_name);
}

static const struct rule rename_value = {
	.id = "enum-rename-value",
	.group = GROUP,
	.severity = SEVERITY_WARNING,
	.summary = "renaming an enum value takes no lock on any table, but the running app still "
		   "writes the old name and does not know the new one",
	.advice = "Add the new value, let the app understand both, then write the new one, then "
		  "convert the old rows in batches. The old value stays: PostgreSQL cannot drop "
		  "one.\n\n"
		  "    ALTER TYPE color ADD VALUE 'grey' AFTER 'gray';\n\n",
	.kinds = { ACT_RENAME_ENUM_VALUE },
	.check = check_rename_value,
};

/* --- drop-type --- */

static void
check_drop_type(struct lint *l, const struct rule *rule, const struct act *act)
{
	if ((act->on != ACT_ON_TYPE && act->on != ACT_ON_DOMAIN) || !act->cascade ||
	    rule_new_object(l, act))
		return;
	lint_report(l, rule, act, NULL,
	    "CASCADE drops every column of type %s with all that is in it, under ACCESS EXCLUSIVE "
	    "on each of their tables",
	    lint_quote(l, &act->name));
}

static const struct rule drop_type = {
	.id = "drop-type-cascade",
	.group = GROUP,
	.severity = SEVERITY_ERROR,
	.destroys = true,
	.summary = "DROP TYPE CASCADE drops every column of that type with its data, and takes "
		   "ACCESS EXCLUSIVE on their tables",
	.advice = "Change or drop the columns first, one table a file; then drop the type without "
		  "CASCADE, which PostgreSQL refuses while a column needs it.\n\n"
		  "    DROP TYPE color;\n\n",
	.kinds = { ACT_DROP },
	.check = check_drop_type,
};

/* --- enum-value-order, create-enum --- */

static void
check_order(struct lint *l, const struct rule *rule, const struct act *act)
{
	if (act->placed)
		return;
	lint_report(l, rule, act, NULL,
	    "'%s' sorts behind all other values of %s: say BEFORE or AFTER which one it belongs",
	    act->part, lint_quote(l, &act->name));
}

static const struct rule order = {
	.id = "enum-value-order",
	.group = GROUP,
	.severity = SEVERITY_OFF,
	.summary = "ADD VALUE without BEFORE or AFTER puts the value last, and ORDER BY shows it "
		   "there; the order cannot be changed later",
	.advice = "Say where it belongs.\n\n"
		  "    ALTER TYPE color ADD VALUE 'orange' AFTER 'red';\n\n",
	.kinds = { ACT_ADD_ENUM_VALUE },
	.check = check_order,
};

static void
check_create_enum(struct lint *l, const struct rule *rule, const struct act *act)
{
	lint_report(l, rule, act, NULL,
	    "no value of %s can ever be taken away or put in another order",
	    lint_quote(l, &act->name));
}

static const struct rule create_enum = {
	.id = "create-enum",
	.group = GROUP,
	.severity = SEVERITY_OFF,
	.summary =
	    "values of an enum can be added and renamed, but not taken away or put in another "
	    "order",
	.advice = "A table of the values with a foreign key, or a CHECK, can be changed "
		  "without waiting.\n\n"
		  "    CREATE TABLE colors (name text PRIMARY KEY);\n\n",
	.kinds = { ACT_CREATE_ENUM },
	.check = check_create_enum,
};

const struct rule *const rules_enum[] = {
	&used,
	&rename_value,
	&drop_type,
	&order,
	&create_enum,
	NULL,
};
