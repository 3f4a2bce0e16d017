/* SPDX-License-Identifier: MIT */
#ifndef CLI_OUT_PLAN_H
#define CLI_OUT_PLAN_H

#include "cli/out_lint.h"
#include "core/catalog.h"

/* A plan in the forms that people and machines read; a file for each format: out_plan_*.c. */

/* The pending files, what is wrong with them, and what would hurt. */
struct plan_report {
	const struct context *context;
	const struct session *session;
	struct problems problems;
	struct checks checks;
	struct catalog *catalog; /* what was seen of the live database */
};

/* Each writes the whole answer to stdout. */
typedef void plan_writer(const struct plan_report *report);
plan_writer out_plan_text, out_plan_json, out_plan_markdown, out_plan_github;

/* --- for the formats --- */

/* What lint told of a script; never NULL for one that is to run. */
const struct checked *
out_plan_checked(const struct plan_report *report, const struct script *script);
/* Is a problem about this statement?  st NULL: about the file, or what stands before the first one. */
bool out_plan_is_about(
    const struct error *problem, const struct script *script, const struct statement *st);
/* Plain DML is not listed, nor what stands behind the first 10,000. */
bool out_plan_is_listed(const struct script *script, int64_t number);
/* A statement on one line, secrets hidden. */
const char *out_plan_flat(struct arena *a, const struct statement *st);
/* "public.orders", as SQL writes it: as the catalog knows it, or as it was written. */
const char *out_plan_relation(struct arena *a, const struct outlook_lock *lock);
/* "SHARE on public.orders (12 GB, 48,000,000 rows): reads the table, about 4 min; writers wait" */
const char *
out_plan_lock(struct arena *a, const struct outlook *outlook, const struct outlook_lock *lock);
/* What stands in the way of the whole run, a sentence each; and what could not be seen. */
struct config_list out_plan_notes(const struct plan_report *report);
/* "2 files, 3 statements, 1 error" */
const char *out_plan_total(const struct plan_report *report);

#endif
