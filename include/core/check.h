/* SPDX-License-Identifier: MIT */
#ifndef CORE_CHECK_H
#define CORE_CHECK_H

#include "base/error.h"
#include "core/config.h"
#include "core/script.h"
#include "core/severity.h"
#include "sql/lint.h"

/*
 * Lints scripts: reads each one, hands its statements to sql/lint.h, and then settles what stays of
 * the findings: settings (lint.rules, lint.paths), "-- migrate:allow", and squawk's comments.
 */

/* A script to be linted. */
struct check_file {
	struct script *script;
	bool applied; /* nothing is told of it: only what it makes counts */
};

/* What a statement is going to lock and to cost. */
struct check_outlook {
	int64_t statement; /* its number */
	const struct outlook *outlook;
};

/* The findings of one script, in order of place; places are filled in. */
struct checked {
	const struct script *script;
	struct finding *findings;
	size_t count;
	struct check_outlook *outlooks; /* of the statements that the script keeps */
	size_t outlook_count;
	enum severity fail_on; /* SEVERITY_OFF: nothing in it fails */
};

struct checks {
	struct checked *list; /* a row for each file that is not applied */
	size_t count;
};

struct check_request {
	const struct check_file *files; /* in the order in which they would run */
	size_t file_count;
	const struct script_environment *environment;
	/* They run one right after the other: what one makes is new to the next. */
	bool together;
	const char *search_path; /* that sessions start with; NULL: "schema" and public */
	world_lookup *lookup; /* NULL: without a live database */
	void *source;
	bool trust_facts;
};

/*
 * Scripts that were not yet read with their acts (script_environment) are read.  What is wrong with
 * one itself (names, quotes, directives) is then added to problems, and the rest of it is linted as
 * far as it can be cut.
 */
void check_scripts(struct arena *a, const struct check_request *request, struct checks *out,
    struct problems *problems);
/* That of a statement, by its number, or NULL. */
const struct outlook *check_outlook(const struct checked *checked, int64_t statement);
/* How many findings of exactly that severity were not allowed. */
size_t check_count(const struct checks *checks, enum severity severity);
/* How many were allowed. */
size_t check_allowed(const struct checks *checks);
/* Is a finding severe enough to fail its file? */
bool check_fails(const struct checked *checked, const struct finding *finding);
/* How many findings do. */
size_t check_failures(const struct checks *checks);

#endif
