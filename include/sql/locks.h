/* SPDX-License-Identifier: MIT */
#ifndef SQL_LOCKS_H
#define SQL_LOCKS_H

#include "sql/act.h"
#include "sql/statement.h"

/* Tells from acts, by the facts of sql/ddl.h, what they lock and which relation they create. */
void locks_tell(
    struct arena *a, const struct acts *acts, int server_version, struct statement_class *out);

#endif
