/* SPDX-License-Identifier: MIT */
#ifndef CORE_SQUAWK_H
#define CORE_SQUAWK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

/*
 * The comments by which squawk is told to ignore a finding, so that a team can come from there:
 * "-- squawk-ignore rule, rule" on the line of the finding or the one before it, and
 * "-- squawk-ignore-file", with rules or for all.
 */

struct squawk_ignore {
	int64_t line; /* where the comment stands; 0: it speaks for the file */
	const char **names; /* squawk's */
	size_t name_count;
	const char *reason; /* behind a further --, or NULL */
};

struct squawk_ignores {
	struct squawk_ignore *list;
	size_t count;
};

/* All such comments of a text that ends with NUL. */
struct squawk_ignores squawk_read(struct arena *a, const char *text);
/* The one that speaks for findings of our rule on a line, or NULL. */
const struct squawk_ignore *
squawk_find(const struct squawk_ignores *ignores, const char *rule, int64_t line);

/* A row for each rule of squawk. */
struct squawk_rule {
	const char *name;
	const char *ours; /* rules that find the same, with blanks between them; "": none needed */
};
/* Ended by a row without a name. */
extern const struct squawk_rule squawk_rules[];
/* Its rule of that name, or NULL. */
const struct squawk_rule *squawk_rule_find(const char *name);
/* Is ours one of those that stand for it? */
bool squawk_rule_is(const struct squawk_rule *rule, const char *ours);

#endif
