/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/text.h"
#include "sql/rule.h"
#include "sql/rules.h"
#include "sql/words.h"

static const char GROUP[] = "Constraints";

/* --- CHECK --- */

static void
check_addition(struct lint *l, const struct rule *rule, const struct act *act)
{
	const struct act_constraint *c = rule_added(act, CONSTRAINT_CHECK);

	if (c == NULL || c->not_valid || c->not_enforced || !rule_in_use(l, act))
		return;
	lint_report(l, rule, act, rule_not_valid(l, act, c),
	    "check \"%s\" reads all of %s under ACCESS EXCLUSIVE: nobody reads or writes it "
	    "until that is done",
	    rule_constraint_name(l, act, c), lint_quote(l, &act->name));
}

static const struct rule check_not_valid = {
	.id = "check-not-valid",
	.group = GROUP,
	.severity = SEVERITY_ERROR,
	.grows = true,
	.summary = "a CHECK that is added without NOT VALID reads the whole table under ACCESS "
		   "EXCLUSIVE",
	.advice = "Add it NOT VALID: new rows are checked from then on. Then VALIDATE it in a "
		  "file of its own: that reads the table under SHARE UPDATE EXCLUSIVE, and "
		  "nobody waits.\n\n"
		  "    ALTER TABLE orders ADD CONSTRAINT orders_total_check\n"
		  "        CHECK (total >= 0) NOT VALID;\n"
		  "    -- in a file of its own:\n"
		  "    ALTER TABLE orders VALIDATE CONSTRAINT orders_total_check;\n\n",
	.kinds = { ACT_ADD_CONSTRAINT },
	.check = check_addition,
};

static void
check_inline(struct lint *l, const struct rule *rule, const struct act *act)
{
	const struct act_constraint *c = rule_behind(act, CONSTRAINT_CHECK);
	struct finding *f;

	if (c == NULL || c->not_enforced || !rule_in_use(l, act))
		return;
	f = lint_report(l, rule, act,
	    arena_printf(
		lint_arena(l), "%s%s", rule_plain_column(l, act), rule_not_valid(l, act, c)),
	    "the CHECK of new column \"%s\" reads all of %s under ACCESS EXCLUSIVE, though no "
	    "row has a value of its own yet: nobody reads or writes it until that is done",
	    act->columns[0].name, lint_quote(l, &act->name));
	f->at = c->at;
}

static const struct rule check_inline_on_add_column = {
	.id = "check-inline-on-add-column",
	.group = GROUP,
	.severity = SEVERITY_ERROR,
	.grows = true,
	.summary = "a column that is added with a CHECK makes PostgreSQL read the whole table "
		   "under ACCESS EXCLUSIVE, with or without a default",
	.advice = "Add the column without its CHECK, which takes a moment, then the CHECK NOT "
		  "VALID, and VALIDATE it in a file of its own.\n\n"
		  "    ALTER TABLE orders ADD COLUMN discount numeric DEFAULT 0;\n"
		  "    ALTER TABLE orders ADD CONSTRAINT orders_discount_check\n"
		  "        CHECK (discount >= 0) NOT VALID;\n"
		  "    -- in a file of its own:\n"
		  "    ALTER TABLE orders VALIDATE CONSTRAINT orders_discount_check;\n\n",
	.kinds = { ACT_ADD_COLUMN },
	.check = check_inline,
};

/* What gives another answer later; STABLE alone says too little, length() may be so, too. */
static bool
depends_on_moment(const struct act_constraint *c)
{
	static const char names[] =
	    "NOW|CURRENT_DATE|CURRENT_TIME|CURRENT_TIMESTAMP|LOCALTIME|LOCALTIMESTAMP|"
	    "TRANSACTION_TIMESTAMP|STATEMENT_TIMESTAMP|CURRENT_USER|SESSION_USER|CURRENT_ROLE|"
	    "CURRENT_SETTING";
	struct words s;
	struct word w;

	if (c->value != VALUE_STABLE || c->expression == NULL)
		return c->value == VALUE_VOLATILE;
	s = words_start(c->expression, strlen(c->expression));
	while (words_next(&s, &w))
		if (word_is(&w, names))
			return true;
	return false;
}

static void
report_volatile(
    struct lint *l, const struct rule *rule, const struct act *act, const struct act_constraint *c)
{
	struct finding *f;

	if (c->kind != CONSTRAINT_CHECK || !depends_on_moment(c))
		return;
	f = lint_report(l, rule, act, NULL,
	    "check \"%s\" of %s depends on time, session or chance: it holds when a row is "
	    "written, but a dump with such rows may not be restored",
	    rule_constraint_name(l, act, c), lint_quote(l, &act->name));
	f->at = c->at;
}

static void
check_expressions(struct lint *l, const struct rule *rule, const struct act *act)
{
	size_t i, j;

	for (i = 0; i < act->constraint_count; i++)
		report_volatile(l, rule, act, &act->constraints[i]);
	for (i = 0; i < act->column_count; i++)
		for (j = 0; j < act->columns[i].constraint_count; j++)
			report_volatile(l, rule, act, &act->columns[i].constraints[j]);
}

static const struct rule check_volatile = {
	.id = "check-volatile",
	.group = GROUP,
	.severity = SEVERITY_INFO,
	.summary = "a CHECK that calls now(), random() and the like holds only while a row is "
		   "written",
	.advice = "PostgreSQL believes that a CHECK once true stays true: it is not looked at "
		  "again, but a restored dump is. Use a trigger for what depends on the "
		  "moment.\n\n",
	.kinds = { ACT_CREATE_TABLE, ACT_ADD_COLUMN, ACT_ADD_CONSTRAINT },
	.check = check_expressions,
};

/* --- VALIDATE --- */

/* The strongest lock on the table that this transaction has, or this statement takes. */
static enum lock_mode
held_mode(struct lint *l, const struct act *act)
{
	const struct statement_class *class = lint_current(l)->class;
	const struct world_table *t = lint_table(l, act);
	enum lock_mode mode = t == NULL ? LOCK_NONE : t->held;
	size_t i;

	for (i = 0; i < class->lock_count && !act->inside; i++)
		if (class->locks[i].object == LOCK_TABLE && class->locks[i].mode > mode &&
		    text_same(class->locks[i].name, act->name.name) &&
		    text_same(class->locks[i].schema, act->name.schema))
			mode = class->locks[i].mode;
	return mode;
}

static void
check_validate(struct lint *l, const struct rule *rule, const struct act *act)
{
	enum lock_mode mode = held_mode(l, act);
	const char *table = lint_name(l, &act->name);

	if (mode < LOCK_SHARE || !rule_in_use(l, act))
		return;
	lint_report(l, rule, act,
	    arena_printf(lint_arena(l), RULE_NEXT_FILE "ALTER TABLE %s VALIDATE CONSTRAINT %s;\n",
		table, lint_identifier(l, act->part)),
	    "this transaction holds %s on %s already, so \"%s\" is validated under that: nobody "
	    "%s it until all of it is read and the transaction ends",
	    lock_mode_name(mode), lint_quote(l, &act->name), act->part,
	    mode == LOCK_ACCESS_EXCLUSIVE ? "reads or writes" : "writes to");
}

static const struct rule not_valid_then_validate = {
	.id = "not-valid-then-validate",
	.group = GROUP,
	.severity = SEVERITY_ERROR,
	.grows = true,
	.summary = "a constraint that is validated in a transaction which holds a stronger lock "
		   "on the table reads all of it under that lock",
	.advice = "VALIDATE CONSTRAINT alone lets everyone work. Behind an ADD CONSTRAINT, or "
		  "any other ALTER TABLE, of the same transaction that one's lock lasts until "
		  "COMMIT, and the time to read the table with it. Put VALIDATE into a file of "
		  "its own.\n\n",
	.kinds = { ACT_VALIDATE_CONSTRAINT },
	.check = check_validate,
};

/* --- NOT NULL --- */

static void
report_not_null(struct lint *l, const struct rule *rule, const struct act *act, const char *column)
{
	const struct world_table *t = lint_table(l, act);
	enum world_proof proof = t == NULL ? PROOF_NONE : world_not_null_proof(t, column);
	struct finding *f;

	if (!rule_in_use(l, act) || proof == PROOF_FILES)
		return;
	f = lint_report(l, rule, act, rule_safe_not_null(l, &act->name, column),
	    "all of %s is read under ACCESS EXCLUSIVE for nulls in \"%s\": nobody reads or "
	    "writes it until that is done, and one null makes it fail",
	    lint_quote(l, &act->name), column);
	if (proof == PROOF_LIVE)
		lint_void(l, f, "a valid constraint proves that \"%s\" has no nulls", column);
}

static void
check_set_not_null(struct lint *l, const struct rule *rule, const struct act *act)
{
	report_not_null(l, rule, act, act->part);
}

static const struct rule set_not_null = {
	.id = "set-not-null",
	.group = GROUP,
	.severity = SEVERITY_ERROR,
	.grows = true,
	.summary = "SET NOT NULL reads the whole table under ACCESS EXCLUSIVE, unless a valid "
		   "CHECK proves that there are no nulls",
	.advice =
	    "Fill the nulls first, in batches. Then let a CHECK prove it, which reads the table "
	    "while nobody waits; SET NOT NULL believes it.\n\n"
	    "    ALTER TABLE orders ADD CONSTRAINT orders_total_not_null\n"
	    "        CHECK (total IS NOT NULL) NOT VALID;\n"
	    "    -- in a file of its own:\n"
	    "    ALTER TABLE orders VALIDATE CONSTRAINT orders_total_not_null;\n"
	    "    -- in a file of its own:\n"
	    "    ALTER TABLE orders ALTER COLUMN total SET NOT NULL;\n"
	    "    ALTER TABLE orders DROP CONSTRAINT orders_total_not_null;\n\n"
	    "From PostgreSQL 18 on ADD CONSTRAINT ... NOT NULL total NOT VALID and VALIDATE "
	    "CONSTRAINT do the same in two steps. A CHECK that is not valid proves nothing.\n\n",
	.kinds = { ACT_SET_NOT_NULL },
	.check = check_set_not_null,
};

static void
check_named_not_null(struct lint *l, const struct rule *rule, const struct act *act)
{
	const struct act_constraint *c = rule_added(act, CONSTRAINT_NOT_NULL);

	if (c != NULL && !c->not_valid && c->column_count > 0)
		report_not_null(l, rule, act, c->columns[0]);
}

static const struct rule named_not_null = {
	.id = "named-not-null",
	.group = GROUP,
	.severity = SEVERITY_ERROR,
	.grows = true,
	.summary = "a NOT NULL constraint that is added without NOT VALID reads the whole table "
		   "under ACCESS EXCLUSIVE",
	.advice = "Add it NOT VALID, fill the nulls in batches, and VALIDATE it in a file of "
		  "its own.\n\n"
		  "    ALTER TABLE orders ADD CONSTRAINT orders_total_not_null\n"
		  "        NOT NULL total NOT VALID;\n"
		  "    -- in a file of its own:\n"
		  "    ALTER TABLE orders VALIDATE CONSTRAINT orders_total_not_null;\n\n",
	.from = 18,
	.kinds = { ACT_ADD_CONSTRAINT },
	.check = check_named_not_null,
};

/* --- the rest --- */

static void
check_enforced(struct lint *l, const struct rule *rule, const struct act *act)
{
	if (!act->enforced || !rule_in_use(l, act))
		return;
	lint_report(l, rule, act, NULL,
	    "to enforce \"%s\" checks all rows of %s under ACCESS EXCLUSIVE, and keeps "
	    "writers away from the table that it references: nobody reads or writes %s until "
	    "that is done",
	    act->part, lint_quote(l, &act->name), lint_quote(l, &act->name));
}

static const struct rule alter_constraint_enforced = {
	.id = "alter-constraint-enforced",
	.group = GROUP,
	.severity = SEVERITY_ERROR,
	.grows = true,
	.summary = "ALTER CONSTRAINT ... ENFORCED checks all rows under ACCESS EXCLUSIVE, and "
		   "holds SHARE ROW EXCLUSIVE on the referenced table",
	.advice = "Add a second constraint NOT VALID, VALIDATE it in a file of its own, and drop "
		  "the one that is not enforced.\n\n",
	.from = 18,
	.kinds = { ACT_ALTER_CONSTRAINT },
	.check = check_enforced,
};

static void
check_name(struct lint *l, const struct rule *rule, const struct act *act)
{
	if (act->constraint_count == 0 || act->constraints[0].name != NULL ||
	    act->constraints[0].using_index != NULL)
		return;
	lint_report(l, rule, act, NULL,
	    "the constraint of %s has no name: PostgreSQL makes one up, most likely \"%s\", "
	    "and a later file must guess it",
	    lint_quote(l, &act->name), rule_constraint_name(l, act, &act->constraints[0]));
}

static const struct rule unnamed_constraint = {
	.id = "unnamed-constraint",
	.group = GROUP,
	.severity = SEVERITY_OFF,
	.summary = "a constraint without a name gets one that later files must guess",
	.advice = "Write ADD CONSTRAINT name.\n\n",
	.kinds = { ACT_ADD_CONSTRAINT },
	.check = check_name,
};

const struct rule *const rules_constraint[] = {
	&check_not_valid,
	&check_inline_on_add_column,
	&not_valid_then_validate,
	&set_not_null,
	&named_not_null,
	&alter_constraint_enforced,
	&check_volatile,
	&unnamed_constraint,
	NULL,
};
