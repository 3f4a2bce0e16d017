/* SPDX-License-Identifier: MIT */
#include "core/match.h"

#include <stdlib.h>
#include <string.h>

/* Flyway's names; old ones stand behind the name that took their place. */
static const struct row_type {
	const char *name, *now;
	unsigned flags;
} row_types[] = {
	{ "SQL", "SQL", TYPE_FILE },
	{ "SQL_BASELINE", "SQL_BASELINE", TYPE_FILE | TYPE_BASELINE },
	{ "SQL_STATE_SCRIPT", "SQL_BASELINE", TYPE_FILE | TYPE_BASELINE },
	{ "JDBC_BASELINE", "JDBC_BASELINE", TYPE_BASELINE },
	{ "JDBC_STATE_SCRIPT", "JDBC_BASELINE", TYPE_BASELINE },
	{ "SPRING_JDBC", "JDBC", 0 },
	{ "BASELINE", "BASELINE", TYPE_SYNTHETIC | TYPE_BASELINE },
	{ "SCHEMA", "SCHEMA", TYPE_SYNTHETIC },
	{ "DELETE", "DELETE", TYPE_SYNTHETIC | TYPE_DELETE },
	{ "UNDO_SQL", "UNDO_SQL", TYPE_UNDO },
	{ "UNDO_SCRIPT", "UNDO_SCRIPT", TYPE_UNDO },
	{ "UNDO_JDBC", "UNDO_JDBC", TYPE_UNDO },
};

static const struct row_type *
find_type(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(row_types) / sizeof(row_types[0]); i++)
		if (strcmp(row_types[i].name, name) == 0)
			return &row_types[i];
	return NULL;
}

unsigned
match_type(const char *type)
{
	const struct row_type *found = find_type(type);

	return found == NULL ? 0 : found->flags;
}

const char *
match_type_name(const char *type)
{
	const struct row_type *found = find_type(type);

	return found == NULL ? type : found->now;
}

const char *
match_script_type(const struct script *script)
{
	switch (script->kind) {
	case SCRIPT_VERSIONED:
	case SCRIPT_REPEATABLE:
	case SCRIPT_CALLBACK:
		return "SQL";
	case SCRIPT_UNDO:
		return "UNDO_SQL";
	case SCRIPT_BASELINE:
		return "SQL_BASELINE";
	}
	return "";
}

bool
match_same_type(const struct history_row *row, const struct script *script)
{
	return strcmp(match_type_name(row->type), match_script_type(script)) == 0;
}

bool
match_same_checksum(const struct history_row *row, const struct script *script)
{
	if (!row->has_checksum || !script->hashed || row->checksum == script->checksum)
		return true;
	return script->kind == SCRIPT_REPEATABLE && row->checksum == script->raw_checksum;
}

/* Kind, then version or description: the key under which rows find their file. */
static int
compare_keys(const struct script *a, const struct script *b)
{
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	if (a->version != NULL && b->version != NULL)
		return version_compare(a->version, b->version);
	return strcmp(a->description, b->description);
}

static int
compare_scripts(const void *a, const void *b)
{
	return compare_keys(*(struct script *const *)a, *(struct script *const *)b);
}

struct match_index
match_index_make(struct arena *a, const struct scripts *scripts)
{
	struct match_index index = { .list = arena_alloc(
					 a, (scripts->count + 1) * sizeof(*index.list)) };
	size_t i;

	for (i = 0; i < scripts->count; i++)
		if (scripts->list[i].kind != SCRIPT_CALLBACK)
			index.list[index.count++] = &scripts->list[i];
	qsort(index.list, index.count, sizeof(*index.list), compare_scripts);
	return index;
}

struct script *
match_find(const struct match_index *index, enum script_kind kind, const char *version,
    const char *description)
{
	struct script key = { .kind = kind, .version = version, .description = description };
	struct script *wanted = &key, **found;

	found = bsearch(&wanted, index->list, index->count, sizeof(*index->list), compare_scripts);
	return found == NULL ? NULL : *found;
}

struct script *
match_row(const struct match_index *index, const struct history_row *row)
{
	unsigned flags = match_type(row->type);
	enum script_kind kind = SCRIPT_VERSIONED;

	if (flags & TYPE_SYNTHETIC)
		return NULL;
	if (row->version == NULL)
		kind = SCRIPT_REPEATABLE;
	else if (flags & TYPE_UNDO)
		kind = SCRIPT_UNDO;
	else if (flags & TYPE_BASELINE)
		kind = SCRIPT_BASELINE;
	return match_find(index, kind, row->version, row->description);
}
