/* SPDX-License-Identifier: MIT */
#ifndef CORE_DIFFERENCE_H
#define CORE_DIFFERENCE_H

#include <stddef.h>

#include "core/dump.h"

/* In what two dumps differ: which statements or rows only one of them has. */

struct difference {
	const char *what; /* the first line of both, where they go on differently; or NULL */
	const char *left, *right; /* the first line that only one has; NULL: none */
};

struct differences {
	struct difference *list; /* the first ones */
	size_t count;
	size_t total;
};

/* Schemas only: the same statements in another order are no difference, nor are rows. */
enum difference_kind { DIFFERENCE_ANY, DIFFERENCE_SCHEMA };

/*
 * Marks the columns that a dump of the same files, run once more, has otherwise: they hold a time or
 * a random number, and are no longer compared.  Their tables are added to the list.
 */
MUST_CHECK bool differences_mark(struct arena *a, struct dump *dump, const struct dump *again,
    struct config_list *tables, struct error *err);

/* ERR_REFUSED: a file cannot be read. */
MUST_CHECK bool differences_find(struct arena *a, const struct dump *left, const struct dump *right,
    enum difference_kind kind, struct differences *out, struct error *err);

#endif
