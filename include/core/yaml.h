/* SPDX-License-Identifier: MIT */
#ifndef CORE_YAML_H
#define CORE_YAML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/error.h"

/*
 * A YAML file as a tree with the place of everything in it; the only place that knows libyaml.  It
 * is the part of YAML that settings need: one document, no anchors, aliases or tags, no key twice,
 * at most 16 levels.
 */

enum node_kind { NODE_SCALAR, NODE_LIST, NODE_MAP };

struct pair {
	struct node *key, *value; /* the key is a scalar */
};

struct node {
	enum node_kind kind;
	const char *text; /* of a scalar */
	bool empty; /* a scalar that was not written: nothing stands behind the colon */
	struct node **items; /* of a list */
	struct pair *pairs; /* of a map */
	size_t count; /* of items or pairs */
	struct place place;
};

/* The root is a map.  path is for messages; errors are ERR_USAGE with their place. */
MUST_CHECK bool yaml_read(struct arena *a, const char *path, const char *text, size_t length,
    struct node **root, struct error *err);
/* Writes a text so that it is read again as what it is: in quotes where it must be. */
void yaml_put(FILE *out, const char *text);
/* The pair of a map with that key, or NULL. */
const struct pair *yaml_find(const struct node *map, const char *name);

#endif
