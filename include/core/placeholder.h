/* SPDX-License-Identifier: MIT */
#ifndef CORE_PLACEHOLDER_H
#define CORE_PLACEHOLDER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "core/script.h"
#include "sql/split.h"

/*
 * ${name} in the raw text of a script, as Flyway replaces it: anywhere, once, names in either
 * case.  Ours: ${name:-default}, and $${name} for a literal ${name}.  Of several $ before a { only
 * the last counts, or the last two if their number is even: $$${name}$$ is a dollar quote around
 * a value.  A name is made of letters, digits and _ . - : only, so that $${"a": 1}$$ is a dollar
 * quote too.
 */
struct placeholders;

/* The values for one script: those of the settings and the built-in ones. */
struct placeholders *
placeholders_new(struct arena *a, const struct script_environment *env, const struct script *s);
/*
 * The next piece of text as a chunk for the splitter, valid until the next call.  Returns how many
 * bytes of text it stands for; 0: more text is needed to tell, which happens only without last
 * ("nothing follows").  Length is not 0.
 */
size_t placeholders_next(
    struct placeholders *p, const char *text, size_t length, bool last, struct split_chunk *chunk);

#endif
