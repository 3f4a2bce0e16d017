/* SPDX-License-Identifier: MIT */
#ifndef SQL_RULES_H
#define SQL_RULES_H

#include "sql/lint.h"

/*
 * The groups of rules, each ended by NULL, in the order of the manual.  A rule is a row and a
 * function in its group's file, and a file tests/lint/<rule>.sql; "make manual" puts it into
 * man/migrate-lint.7.
 */

extern const struct rule *const rules_index[];
extern const struct rule *const rules_enum[];
extern const struct rule *const rules_rows[];
extern const struct rule *const rules_transaction[];
extern const struct rule *const rules_constraint[];
extern const struct rule *const rules_key[];
extern const struct rule *const rules_foreign_key[];
extern const struct rule *const rules_add_column[];
extern const struct rule *const rules_column[];
extern const struct rule *const rules_type[];
extern const struct rule *const rules_domain[];
extern const struct rule *const rules_drop[];
extern const struct rule *const rules_table[];
extern const struct rule *const rules_partition[];
extern const struct rule *const rules_object[];
extern const struct rule *const rules_security[];
extern const struct rule *const rules_style[];
extern const struct rule *const rules_lint[];

#endif
