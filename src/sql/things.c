/* SPDX-License-Identifier: MIT */
#include "sql/things.h"

#include <string.h>

enum { BUCKETS = 4096 };

struct things {
	struct arena *arena;
	struct thing *buckets[BUCKETS];
	struct thing ***log; /* the bucket of each version, the newest last */
	size_t count;
};

enum thing_space
things_space(enum act_on on)
{
	switch (on) {
	case ACT_ON_TYPE:
	case ACT_ON_DOMAIN:
		return SPACE_TYPE;
	case ACT_ON_FUNCTION:
		return SPACE_FUNCTION;
	case ACT_ON_SCHEMA:
		return SPACE_SCHEMA;
	default:
		return SPACE_RELATION;
	}
}

struct things *
things_new(struct arena *a)
{
	struct things *t = arena_alloc(a, sizeof(*t));

	t->arena = a;
	return t;
}

/* FNV-1a */
static uint32_t
hash_text(uint32_t hash, const char *text)
{
	for (; *text != '\0'; text++)
		hash = (hash ^ (unsigned char)*text) * 16777619u;
	return hash;
}

/*
 * Of the schema, too: a name is first looked for among the temporary ones, and must not meet all
 * versions of the table that has it in another schema.
 */
static size_t
bucket(const char *schema, const char *name)
{
	return hash_text(hash_text(2166136261u, schema), name) % BUCKETS;
}

/* The first one from there on that has the name. */
static struct thing *
first_named(struct thing *thing, enum thing_space space, const char *schema, const char *name)
{
	while (thing != NULL &&
	    (thing->space != space || strcmp(thing->name.name, name) != 0 ||
		strcmp(thing->name.schema, schema) != 0))
		thing = thing->older;
	return thing;
}

struct thing *
things_find(const struct things *t, enum thing_space space, const char *schema, const char *name)
{
	return first_named(t->buckets[bucket(schema, name)], space, schema, name);
}

const struct thing *
things_before(const struct thing *thing)
{
	return first_named(thing->older, thing->space, thing->name.schema, thing->name.name);
}

struct thing *
things_put(struct things *t, const struct thing *like)
{
	struct thing **head = &t->buckets[bucket(like->name.schema, like->name.name)];
	struct thing *thing = arena_copy(t->arena, like, sizeof(*like));

	thing->older = *head;
	*head = thing;
	t->log = arena_extend(t->arena, t->log, t->count, sizeof(*t->log));
	t->log[t->count++] = head;
	return thing;
}

size_t
things_mark(const struct things *t)
{
	return t->count;
}

void
things_back(struct things *t, size_t mark)
{
	while (t->count > mark) {
		struct thing **head = t->log[--t->count];

		*head = (*head)->older;
	}
}
