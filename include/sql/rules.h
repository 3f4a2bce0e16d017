/* SPDX-License-Identifier: MIT */
#ifndef SQL_RULES_H
#define SQL_RULES_H

#include "sql/lint.h"

/*
 * The groups of rules, each ended by NULL, in the order of the manual.  A rule is a row and a
 * function in its group's file, and a file tests/lint/<rule>.sql.
 */

extern const struct rule *const rules_index[];

#endif
