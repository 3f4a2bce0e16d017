/* SPDX-License-Identifier: MIT */
#include "core/facts.h"

#include <string.h>

#include "core/callback.h"
#include "query.h"

static const char *const object_names[] = {
	[LOCK_TABLE] = "table",
	[LOCK_INDEX] = "index",
	[LOCK_CONSTRAINT] = "constraint",
	[LOCK_REFERENCED] = "referenced",
	[LOCK_REFERENCING] = "referencing",
	[LOCK_COLUMN] = "column",
};

/* The locks that are asked about; their place in the list is the query's ordinal. */
struct wanted {
	const struct script *script;
	int64_t statement;
	const struct statement_lock *lock;
};

struct wanted_list {
	struct wanted *items;
	size_t count;
};

static bool
same_name(const char *schema, const char *name, const struct statement_class *creator)
{
	if (creator->creates_name == NULL || strcmp(creator->creates_name, name) != 0)
		return false;
	return schema == NULL || creator->creates_schema == NULL ||
	    strcmp(schema, creator->creates_schema) == 0;
}

static bool
created_before(const struct script *script, size_t statement, const struct statement_lock *lock)
{
	for (size_t i = 0; i < statement; i++) {
		if (same_name(lock->schema, lock->name, &script->statements[i].class))
			return true;
	}
	return false;
}

static void
want_script(struct arena *a, const struct script *script, struct wanted_list *list)
{
	for (size_t i = 0; i < script->statement_count; i++) {
		const struct statement *statement = &script->statements[i];

		for (size_t j = 0; j < statement->class.lock_count; j++) {
			const struct statement_lock *lock = &statement->class.locks[j];

			if (lock->mode < LOCK_SHARE || created_before(script, i, lock))
				continue;
			list->items =
			    arena_extend(a, list->items, list->count, sizeof(*list->items));
			list->items[list->count++] =
			    (struct wanted){ script, statement->number, lock };
		}
	}
}

static const char *
qualified(struct arena *a, struct conn *c, const char *schema, const char *name)
{
	if (schema == NULL)
		return conn_identifier(a, c, name);
	return arena_printf(a, "%s.%s", conn_identifier(a, c, schema), conn_identifier(a, c, name));
}

enum { ARRAYS = 3 };

static void
make_arrays(
    struct arena *a, struct conn *c, const struct wanted_list *list, const char *arrays[ARRAYS])
{
	const char **texts[ARRAYS];

	for (size_t k = 0; k < ARRAYS; k++)
		texts[k] = arena_alloc(a, list->count * sizeof(**texts));
	for (size_t i = 0; i < list->count; i++) {
		const struct statement_lock *lock = list->items[i].lock;
		const char *part = lock->constraint != NULL ? lock->constraint : lock->column;

		texts[0][i] = object_names[lock->object];
		texts[1][i] = qualified(a, c, lock->schema, lock->name);
		texts[2][i] = part != NULL ? part : "";
	}
	for (size_t k = 0; k < ARRAYS; k++)
		arrays[k] = conn_array(a, texts[k], list->count);
}

static void
add_lock(struct arena *a, const struct wanted *wanted, const struct rows *rows, size_t row,
    struct facts *out)
{
	const char *kind = rows_text(rows, row, 3);

	if (wanted->lock->only && rows_true(rows, row, 4))
		return;
	out->locks = arena_extend(a, out->locks, out->count, sizeof(*out->locks));
	out->locks[out->count++] = (struct table_lock){
		.script = wanted->script,
		.statement = wanted->statement,
		.mode = wanted->lock->mode,
		.oid = rows_integer(rows, row, 1),
		.name = rows_text(rows, row, 2),
		.flushable = *kind == 'r' || *kind == 'p',
	};
}

static void
want_callbacks(struct arena *a, const struct plan *plan, struct wanted_list *list)
{
	for (size_t moment = 0; callback_runs(plan) && moment < CALLBACK_MOMENTS; moment++) {
		const struct callback_list *files = &plan->callbacks.at[moment];

		for (size_t i = 0; i < files->count; i++)
			want_script(a, files->list[i], list);
	}
}

bool
facts_read(struct arena *a, struct session *s, struct facts *out, struct error *err)
{
	struct wanted_list list = { 0 };
	const char *arrays[ARRAYS];
	struct rows rows;

	*out = (struct facts){ 0 };
	for (size_t i = 0; i < s->plan.step_count; i++) {
		if (s->plan.steps[i].kind == STEP_SCRIPT)
			want_script(a, s->plan.steps[i].script, &list);
	}
	want_callbacks(a, &s->plan, &list);
	if (list.count == 0)
		return true;
	make_arrays(a, s->conn, &list, arrays);
	if (!conn_query(a, s->conn, query_facts_tables, ARRAYS, arrays, &rows, err))
		return error_at(err, "cannot look at the tables to be locked");
	for (size_t i = 0; i < rows.count; i++) {
		int64_t n = rows_integer(&rows, i, 0); /* of the arrays, from 1 */

		if (n < 1 || (size_t)n > list.count)
			return error_set(err, ERR_CONNECT,
			    "the server told of tables that it was not asked for");
		add_lock(a, &list.items[n - 1], &rows, i, out);
	}
	return true;
}
