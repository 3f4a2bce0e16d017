/* SPDX-License-Identifier: MIT */
#include "sql/rules.h"

/* What is said of the linter's own work; core/check.c finds it. */

static const char GROUP[] = "The linter itself";

static const struct rule not_checked = {
	.id = "not-checked",
	.group = GROUP,
	.severity = SEVERITY_INFO,
	.summary = "the grammar does not take the statement, so that no rule looked at it",
	.advice =
	    "The grammar is that of PostgreSQL 15, with the newer forms that lock tables put "
	    "in. What it refuses is a form newer than that, or a mistake; which of the two, it "
	    "cannot tell. What PostgreSQL refuses in a transaction is told from the first "
	    "words of such a statement, too.\n\n",
};

static const struct rule unknown_allow = {
	.id = "unknown-allow",
	.group = GROUP,
	.severity = SEVERITY_WARNING,
	.summary = "a \"-- migrate:allow\" names a rule that does not exist, and allows nothing",
	.advice = "Names are those of \"migrate lint --list-rules\". Those of squawk count in "
		  "squawk's own comments only, which are honoured:\n\n"
		  "    -- squawk-ignore ban-drop-column\n\n",
};

static const struct rule unused_allow = {
	.id = "unused-allow",
	.group = GROUP,
	.severity = SEVERITY_INFO,
	.summary = "a \"-- migrate:allow\" has nothing to allow",
	.advice =
	    "Take it out, lest it hides a later mistake. A file that was applied keeps it: the "
	    "comment is part of its checksum.\n\n",
};

const struct rule *const rules_lint[] = { &not_checked, &unknown_allow, &unused_allow, NULL };
