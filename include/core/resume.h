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
/*
 * The files with a transaction of which nobody knows what became of them: ERR_UNKNOWN, until
 * somebody has decided.
 */
void resume_refuse_unknown(
    struct plan *plan, const struct scripts *scripts, const struct history *history);
/* The command that goes on with a file: "up", or "undo". */
const char *resume_command(const struct script *script);
/* The same of a row whose file may be gone. */
const char *resume_name(const struct scripts *scripts, const struct history_row *row);
/* The two ways on that a person has with a file, as the error's next. */
bool resume_advise(struct error *err, const struct script *script);

#endif
