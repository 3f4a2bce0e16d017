/* SPDX-License-Identifier: MIT */
#ifndef CORE_FIT_H
#define CORE_FIT_H

#include "core/plan.h"

/* Do history and files fit: what Flyway's validate complains about, all of it at once. */

/* Is it TYPE:STATE, as ignore_migration_patterns wants it?  ERR_USAGE otherwise. */
MUST_CHECK bool fit_check_pattern(const char *text, struct error *err);
/* Is an entry covered by one of the patterns? */
bool fit_ignores(const struct config *config, const struct entry *entry);
/*
 * Adds to the plan what does not fit, and what is pending, for its entries.  Changes of versions
 * up to baseline (or NULL) are nobody's business.
 */
void fit_check(const struct config *config, const char *baseline, struct plan *plan);
/*
 * Says of a changed file whether only comments and white space changed, as far as the journal
 * knows.
 */
void fit_explain(struct plan *plan, const struct script_environment *env);

#endif
