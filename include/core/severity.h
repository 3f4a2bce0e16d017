/* SPDX-License-Identifier: MIT */
#ifndef CORE_SEVERITY_H
#define CORE_SEVERITY_H

#include "core/config.h"
#include "sql/lint.h"

/*
 * How severe the settings make what a rule finds: lint.rules for all files, and over it each item
 * of lint.paths for the files that its glob fits.  As text, an item is
 *	legacy/V?__*.sql drop-column=off drop-table=info fail_on=error
 */

/* "off", "info", "warning" or "error" */
const char *severity_name(enum severity severity);
/* Is there a rule of that name?  Puts it right where _ stands for -.  ERR_USAGE. */
MUST_CHECK bool severity_check_rule(char *name, struct error *err);
/* One setting within an item of lint.paths: a rule, or fail_on.  ERR_USAGE. */
MUST_CHECK bool severity_check_member(const char *name, const char *value, struct error *err);
/* A whole item.  ERR_USAGE. */
MUST_CHECK bool severity_check_path(const char *text, struct error *err);

/* What the settings say for one file. */
struct severities {
	enum severity fail_on; /* SEVERITY_OFF: nothing fails */
	struct severity_change {
		const struct rule *rule;
		enum severity severity;
	} * changes; /* a later one counts more */
	size_t count;
};

/* A glob fits the whole path, the name below the folder of the settings, or its last part. */
struct severities
severities_make(struct arena *a, const struct config *config, const char *path, const char *name);
enum severity severities_find(const struct severities *s, const struct rule *rule);

#endif
