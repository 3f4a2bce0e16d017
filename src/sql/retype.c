/* SPDX-License-Identifier: MIT */
#include "sql/retype.h"

#include <string.h>

#include "base/text.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* --- what is known of types --- */

static const struct world_object *
domain_of(const struct world *w, const struct act_type *type)
{
	return type->array ? NULL : world_object(w, ACT_ON_DOMAIN, &type->name);
}

/* Types of PostgreSQL itself; with any other name only a catalog knows what it is. */
static bool
is_known(const struct world *w, const struct act_type *type)
{
	static const char *const names[] = { "bigserial", "bit", "bool", "box", "bpchar", "bytea",
		"char", "cidr", "circle", "date", "datemultirange", "daterange", "float4", "float8",
		"inet", "int2", "int4", "int4multirange", "int4range", "int8", "int8multirange",
		"int8range", "interval", "json", "jsonb", "jsonpath", "line", "lseg", "macaddr",
		"macaddr8", "money", "name", "numeric", "nummultirange", "numrange", "oid", "path",
		"pg_lsn", "point", "polygon", "regclass", "regtype", "serial", "smallserial",
		"text", "time", "timestamp", "timestamptz", "timetz", "tsmultirange", "tsquery",
		"tsrange", "tstzmultirange", "tstzrange", "tsvector", "uuid", "varbit", "varchar",
		"xid", "xml" };
	const struct world_object *made = world_object(w, ACT_ON_TYPE, &type->name);

	if (type->name.schema == NULL && text_is_among(type->name.name, names, COUNT(names)))
		return true;
	return made != NULL && made->on == ACT_ON_TYPE;
}

/* A domain may stand for a domain; one that seems to stand for itself is some other type. */
enum { DOMAINS_MAX = 10 };

/* Does the type check a value, so that even a column without a default is written? */
enum effect_answer
retype_checks(const struct world *w, const struct act_type *type)
{
	for (int depth = 0; depth < DOMAINS_MAX; depth++) {
		const struct world_object *domain = domain_of(w, type);

		if (domain == NULL || domain->on != ACT_ON_DOMAIN)
			break;
		if (domain->constrained)
			return EFFECT_YES;
		type = &domain->base;
	}
	return type->array || is_known(w, type) ? EFFECT_NO : EFFECT_MAYBE;
}

/* --- ALTER COLUMN TYPE --- */

/* From what to what the server changes the name of the type only (pg_cast, "without function"). */
static const struct {
	const char *from, *to;
} binary_casts[] = {
	{ "varchar", "text" },
	{ "text", "varchar" },
	{ "cidr", "inet" },
	{ "bit", "varbit" },
	{ "varbit", "bit" },
	{ "int4", "oid" },
	{ "oid", "int4" },
	{ "regclass", "oid" },
	{ "oid", "regclass" },
	{ "regtype", "oid" },
	{ "oid", "regtype" },
	{ "xml", "text" },
	{ "xml", "varchar" },
};

static bool
is_binary_cast(const char *from, const char *to)
{
	for (size_t i = 0; i < COUNT(binary_casts); i++)
		if (text_is(binary_casts[i].from, from) && text_is(binary_casts[i].to, to))
			return true;
	return false;
}

static bool
is_same_name(const struct act_name *a, const struct act_name *b)
{
	if (a->schema != NULL && b->schema != NULL && strcmp(a->schema, b->schema) != 0)
		return false;
	return text_is(a->name, b->name);
}

static bool
has_same_modifiers(const struct act_type *a, const struct act_type *b)
{
	return a->modifier_count == b->modifier_count &&
	    memcmp(a->modifiers, b->modifiers, sizeof(a->modifiers)) == 0;
}

/* A precision of fractions of a second; none is the full one. */
static int64_t
precision(const struct act_type *type)
{
	enum { FULL = 6 };

	return type->modifier_count == 0 ? FULL : type->modifiers[0];
}

static bool
fits_length(const struct act_type *from, const struct act_type *to)
{
	return to->modifier_count == 0 ||
	    (from->modifier_count > 0 && to->modifiers[0] >= from->modifiers[0]);
}

static bool
fits_numeric(const struct act_type *from, const struct act_type *to)
{
	return to->modifier_count == 0 ||
	    (from->modifier_count > 0 && to->modifiers[0] >= from->modifiers[0] &&
		to->modifiers[1] == from->modifiers[1]);
}

static bool
fits_precision(const struct act_type *from, const struct act_type *to)
{
	return precision(to) >= precision(from);
}

/* Fields that are left out of an interval are cut off. */
static bool
fits_interval(const struct act_type *from, const struct act_type *to)
{
	return precision(to) >= precision(from) &&
	    (to->modifiers[1] == 0 || to->modifiers[1] == from->modifiers[1]);
}

/* Types whose values can stay as they are when only the modifier grows. */
static const struct {
	const char *name;
	bool (*fits)(const struct act_type *from, const struct act_type *to);
} growing[] = {
	{ "varchar", fits_length },
	{ "varbit", fits_length },
	{ "numeric", fits_numeric },
	{ "timestamp", fits_precision },
	{ "timestamptz", fits_precision },
	{ "time", fits_precision },
	{ "timetz", fits_precision },
	{ "interval", fits_interval },
};

/* Both have the same name, and differ in their modifiers. */
static enum effect_answer
rewrite_for_modifiers(const struct act_type *from, const struct act_type *to)
{
	for (size_t i = 0; i < COUNT(growing) && !to->array; i++)
		if (text_is(growing[i].name, to->name.name))
			return growing[i].fits(from, to) ? EFFECT_NO : EFFECT_YES;
	return text_is(to->name.name, "bpchar") || text_is(to->name.name, "bit") ? EFFECT_YES
										 : EFFECT_MAYBE;
}

static bool
is_timestamp(const struct act_type *type)
{
	return !type->array &&
	    (text_is(type->name.name, "timestamp") || text_is(type->name.name, "timestamptz"));
}

/* In UTC a timestamp with a time zone has the same bytes as one without. */
static enum effect_answer
rewrite_for_zone(const struct world *w, const char **why)
{
	static const char *const utc[] = { "UTC", "utc", "Etc/UTC", "GMT", "Etc/GMT", "Zulu" };
	const char *zone = world_setting(w, "timezone");

	*why = "a timestamp keeps its bytes only when the session's time zone is UTC";
	if (zone == NULL || *zone == '\0')
		return EFFECT_MAYBE;
	return text_is_among(zone, utc, COUNT(utc)) ? EFFECT_NO : EFFECT_YES;
}

static enum effect_answer
rewrite_for_type(
    const struct world *w, const struct act_type *from, const struct act_type *to, const char **why)
{
	bool same = is_same_name(&from->name, &to->name) && from->array == to->array;

	if (same && has_same_modifiers(from, to))
		return EFFECT_NO;
	if (same) {
		*why = "the values must fit the new length or precision";
		return rewrite_for_modifiers(from, to);
	}
	if (is_timestamp(from) && is_timestamp(to) && fits_precision(from, to))
		return rewrite_for_zone(w, why);
	if (!from->array && !to->array && is_binary_cast(from->name.name, to->name.name) &&
	    (to->modifier_count == 0 || rewrite_for_modifiers(from, to) == EFFECT_NO))
		return EFFECT_NO;
	if (is_known(w, from) && is_known(w, to))
		return EFFECT_YES;
	*why = "the types are not known";
	return EFFECT_MAYBE;
}

/* A domain is what it stands for, unless it has something to check. */
static struct act_type
base_type(const struct world *w, const struct act_type *type)
{
	struct act_type base = *type;
	const struct world_object *domain;

	for (int depth = 0; depth < DOMAINS_MAX; depth++) {
		domain = domain_of(w, &base);
		if (domain == NULL || domain->base.name.name == NULL)
			break;
		base = domain->base;
	}
	return base;
}

/*
 * The type that the column has is not known, but nobody changes a type to what it is: these take
 * values of no other type as they are.
 */
static enum effect_answer
rewrite_from_unknown(const struct act_type *to, const char **why)
{
	static const char *const alone[] = { "bool", "bpchar", "bytea", "date", "float4", "float8",
		"int2", "int4", "int8", "json", "jsonb", "money", "uuid" };

	if (to->array || to->name.schema != NULL ||
	    !text_is_among(to->name.name, alone, COUNT(alone))) {
		*why = "the type that the column has is not known";
		return EFFECT_MAYBE;
	}
	*why = "values of no other type stay as they are";
	return EFFECT_YES;
}

/* Indexes stay where values stay, but for another order of the same values. */
bool
retype_reorders(const struct facts_column *old, const struct act_column *new)
{
	return new->collation != NULL ||
	    (is_timestamp(&old->type) && is_timestamp(&new->type) &&
		!is_same_name(&old->type.name, &new->type.name));
}

enum effect_answer
retype_rewrites(
    const struct world *w, const struct act *act, const struct facts_column *old, const char **why)
{
	const struct act_column *new = act->columns;
	struct act_type from, to = base_type(w, &new->type);

	if (act->using_converts) {
		*why = "USING computes every value anew";
		return EFFECT_YES;
	}
	if (retype_checks(w, &new->type) == EFFECT_YES) {
		*why = "the domain checks every value";
		return EFFECT_YES;
	}
	if (old == NULL || old->type.name.name == NULL)
		return rewrite_from_unknown(&to, why);
	from = base_type(w, &old->type);
	return rewrite_for_type(w, &from, &to, why);
}
