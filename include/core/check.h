/* SPDX-License-Identifier: MIT */
#ifndef CORE_CHECK_H
#define CORE_CHECK_H

#include "base/error.h"
#include "core/config.h"
#include "core/script.h"
#include "sql/lint.h"

/*
 * Lints scripts: reads each one, hands its statements to sql/lint.h, and then settles what stays of
 * the findings: settings (lint.rules, lint.paths), "-- migrate:allow", and squawk's comments.
 */

/* The findings of one script, in order of place; places are filled in. */
struct checked {
	const struct script *script;
	struct finding *findings;
	size_t count;
};

struct checks {
	struct checked *list; /* a row for each script that was read */
	size_t count;
};

struct check_request {
	struct script *const *scripts; /* in the order in which they would run */
	size_t script_count;
	const struct script_environment *environment;
	int server_version;
	world_lookup *lookup; /* NULL: without a live database */
	void *source;
	bool trust_facts;
};

/*
 * What is wrong with a script itself (names, quotes, directives) is added to problems, and the
 * rest of it is linted as far as it can be read.
 */
void check_scripts(struct arena *a, const struct check_request *request, struct checks *out,
    struct problems *problems);
/* How many findings of that severity or above were not allowed. */
size_t check_count(const struct checks *checks, enum severity least);

#endif
