/* SPDX-License-Identifier: MIT */
#ifndef CORE_RESUME_H
#define CORE_RESUME_H

#include "core/plan.h"

/*
 * May an interrupted file be gone on with?  Adds to the plan's problems: what became of its next
 * statement is not known or it lost a temporary table (ERR_UNKNOWN), or a statement that is done
 * was edited since (ERR_REFUSED).
 */
void
resume_check(struct plan *plan, const struct entry *entry, const struct script_environment *env);
/* The two ways on that a person has, as the error's next. */
bool resume_advise(struct error *err, const struct script *script);

#endif
