/* SPDX-License-Identifier: MIT */
#include "core/leftover.h"

#include <string.h>

#include "base/time.h"
#include "query.h"

/* What the queries call it, and whether its names are looked up by search_path. */
static const struct {
	const char *does;
	bool looked_up;
} kinds[] = {
	[TARGET_UNKNOWN] = { NULL, false },
	[TARGET_AGAIN] = { "again", false },
	[TARGET_CREATE_INDEX] = { "create index", false },
	[TARGET_DROP_INDEX] = { "drop index", true },
	[TARGET_REINDEX_INDEX] = { "reindex index", true },
	[TARGET_REINDEX_TABLE] = { "reindex table", true },
	[TARGET_REINDEX_SCHEMA] = { "reindex schema", false },
	[TARGET_REINDEX_DATABASE] = { "reindex database", false },
	[TARGET_DETACH] = { "detach", true },
	[TARGET_CREATE_DATABASE] = { "create database", false },
	[TARGET_DROP_DATABASE] = { "drop database", false },
	[TARGET_CREATE_TABLESPACE] = { "create tablespace", false },
	[TARGET_DROP_TABLESPACE] = { "drop tablespace", false },
};

static const char *
qualified(struct arena *a, struct conn *c, const char *schema, const char *name)
{
	if (name == NULL)
		return NULL;
	if (schema == NULL)
		return conn_identifier(a, c, name);
	return arena_printf(a, "%s.%s", conn_identifier(a, c, schema), conn_identifier(a, c, name));
}

bool
leftover_before(struct arena *a, struct session *s, const struct target *target,
    const char **before, struct error *err)
{
	const char *parameters[] = { kinds[target->kind].does,
		kinds[target->kind].looked_up ? qualified(a, s->conn, target->schema, target->name)
					      : target->name,
		qualified(a, s->conn, target->other_schema, target->other_name),
		target->may_exist ? "true" : "false" };
	struct rows rows;

	*before = NULL;
	if (target->kind == TARGET_UNKNOWN)
		return true;
	if (!conn_query(a, s->conn, query_leftover_before, 4, parameters, &rows, err))
		return false;
	*before = rows_value(&rows, 0, 0);
	return true;
}

static enum leftover_action
read_action(const char *word)
{
	static const char *const words[] = {
		[LEFTOVER_DONE] = "done",
		[LEFTOVER_DROP] = "drop",
		[LEFTOVER_BUSY] = "busy",
		[LEFTOVER_FINALIZE] = "finalize",
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (words[i] != NULL && strcmp(word, words[i]) == 0)
			return (enum leftover_action)i;
	return LEFTOVER_UNKNOWN;
}

bool
leftover_look(
    struct arena *a, struct session *s, const char *before, struct leftover *out, struct error *err)
{
	const char *parameters[] = { before };
	struct rows rows;

	*out = (struct leftover){ .action = LEFTOVER_RUN };
	if (!conn_query(a, s->conn, query_leftover_now, 1, parameters, &rows, err))
		return false;
	/* Several rows are always about indexes to be dropped. */
	for (size_t i = 0; i < rows.count; i++) {
		const char *name = rows_text(&rows, i, 1);

		out->action = read_action(rows_text(&rows, i, 0));
		if (out->action == LEFTOVER_DROP) {
			out->indexes = arena_extend(a, out->indexes, out->count, sizeof(name));
			out->indexes[out->count++] = name;
		}
		out->name = out->finalize = name;
		out->pid = rows_integer(&rows, i, 2);
	}
	return true;
}

static bool
drop(struct arena *a, struct session *s, const char *index, struct error *err)
{
	char limit[32];
	bool ok = conn_query(a, s->conn,
		      arena_printf(a, "SET lock_timeout = '%s'",
			  time_text(limit, s->config->lock_flush_timeout_ms)),
		      0, NULL, NULL, err) &&
	    conn_query(a, s->conn, arena_printf(a, "DROP INDEX CONCURRENTLY IF EXISTS %s", index),
		0, NULL, NULL, err) &&
	    session_prologue(s, err);

	if (!ok && strcmp(err->sqlstate, "55P03") == 0)
		err->code = ERR_LOCK;
	return ok || error_at(err, "cannot drop the invalid index %s", index);
}

const struct unfinished_statement *
leftover_last(const struct unfinished *u)
{
	const struct unfinished_statement *last;

	if (u == NULL || (size_t)u->done >= u->count)
		return NULL;
	last = &u->list[u->done];
	return last->number == u->done + 1 && last->before != NULL ? last : NULL;
}

bool
leftover_remove(struct arena *a, struct session *s, const struct unfinished *u,
    struct config_list *dropped, struct error *err)
{
	const struct unfinished_statement *last = leftover_last(u);
	struct leftover found;

	if (last == NULL)
		return true;
	if (!leftover_look(a, s, last->before, &found, err))
		return false;
	for (size_t i = 0; found.action == LEFTOVER_DROP && i < found.count; i++) {
		if (!drop(a, s, found.indexes[i], err))
			return false;
		dropped->items =
		    arena_extend(a, dropped->items, dropped->count, sizeof(*dropped->items));
		dropped->items[dropped->count++] = found.indexes[i];
	}
	return true;
}
