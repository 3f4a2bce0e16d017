/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "core/batch.h"
#include "query.h"

/*
 * Questions about the table of a file in batches.  They see what its statement sees: its role, and
 * the operators of the session's own search_path.
 */

/* A column of the key: as it is, backwards, its text, or its text in the first or last row. */
enum form { PLAIN, BACKWARDS, TEXT, FIRST, LAST };

static const char *
column_form(struct arena *a, const char *column, bool array, enum form form)
{
	/* Arrays of arrays are something else. */
	const char *element = array ? arena_printf(a, "%s::pg_catalog.text", column) : column;

	switch (form) {
	case PLAIN:
		break;
	case BACKWARDS:
		return arena_printf(a, "%s DESC", column);
	case TEXT:
		return arena_printf(a, "%s::pg_catalog.text", column);
	case FIRST:
		return arena_printf(a, "(pg_catalog.array_agg(%s))[1]::pg_catalog.text", element);
	case LAST:
		return arena_printf(
		    a, "(pg_catalog.array_agg(%s))[pg_catalog.count(*)]::pg_catalog.text", element);
	}
	return column;
}

static const char *
column_list(struct arena *a, const struct batch_key *key, enum form form)
{
	struct arena_text *text = arena_text_new(a);

	for (size_t i = 0; i < key->count; i++)
		fprintf(text->out, "%s%s", i > 0 ? ", " : "",
		    column_form(a, key->columns[i], key->arrays[i], form));
	return arena_text_end(text);
}

/* A question about the table, with what all of them may say of it. */
static const char *
question(struct batch *b, const char *query, const char *after, const char *last)
{
	struct arena *a = b->trail.turn;
	const struct batch_key *key = &b->key;
	const char *const pieces[] = { "table", key->table, "columns", column_list(a, key, PLAIN),
		"descending", column_list(a, key, BACKWARDS), "texts", column_list(a, key, TEXT),
		"firsts", column_list(a, key, FIRST), "lasts", column_list(a, key, LAST), "after",
		after, "last", last, "check", b->check, NULL };

	return conn_query_pieces(a, query, pieces);
}

/* What the user wrote, the check, has his settings; what asks for keys gets these as text. */
static bool
begin_keys(struct batch *b, const char *doing)
{
	return batch_begin(b, doing) && lane_say(&b->trail.lane, LANE_OWN, 0, query_batch_texts);
}

static bool
ask_once(struct batch *b, bool begun, const char *sql, int count, const char *const *parameters)
{
	struct trail *t = &b->trail;
	bool ok = begun && lane_say_with(&t->lane, LANE_QUESTION, sql, count, parameters) &&
	    trail_commit(t);

	lane_close(&t->lane);
	return ok;
}

static bool
ask(struct batch *b, const char *query, bool keys, struct error *err)
{
	static const char doing[] = "looking what there is to be done";
	const char *sql = question(b, query, NULL, NULL);

	trail_turn(&b->trail);
	while (!ask_once(b, keys ? begin_keys(b, doing) : batch_begin(b, doing), sql, 0, NULL))
		if (!batch_again(b, err))
			return false;
	return true;
}

static bool
ask_whether(struct batch *b, const char *query, bool *found, struct error *err)
{
	if (!ask(b, query, false, err))
		return false;
	*found = b->trail.lane.answer_count > 0;
	return true;
}

static const char **
copy_key(const struct batch *b, const char *const *key)
{
	const char **copy = arena_alloc(b->trail.arena, b->key.count * sizeof(*copy));

	for (size_t i = 0; i < b->key.count; i++)
		copy[i] = arena_strdup(b->trail.arena, key[i]);
	return copy;
}

bool
batch_ask_end(struct batch *b, const char ***end, struct error *err)
{
	const struct lane *lane = &b->trail.lane;

	if (!ask(b, query_batch_end, true, err))
		return false;
	*end = lane->answer_count == 0 ? NULL : copy_key(b, lane->answer[0]);
	return true;
}

bool
batch_ask_nulls(struct batch *b, bool *found, struct error *err)
{
	return ask_whether(b, query_batch_nulls, found, err);
}

bool
batch_ask_plan(struct batch *b, struct error *err)
{
	return ask(b, query_batch_check_plan, false, err);
}

bool
batch_ask_check(struct batch *b, bool *found, struct error *err)
{
	return ask_whether(b, query_batch_check, found, err);
}

/* The size is $1, then comes the end of the pass, then the last key of the batch before. */
bool
batch_ask_range(struct batch *b, struct batch_range *out)
{
	struct arena *a = b->trail.turn;
	const struct batch_point *point = &b->point;
	const struct lane *lane = &b->trail.lane;
	size_t columns = b->key.count, count = 0;
	const char **parameters = arena_alloc(a, (2 * columns + 1) * sizeof(*parameters));
	const char *after = "true";

	parameters[count++] = record_integer(a, b->size);
	for (size_t i = 0; i < columns; i++)
		parameters[count++] = point->end[i];
	for (size_t i = 0; point->last != NULL && i < columns; i++)
		parameters[count++] = point->last[i];
	if (point->last != NULL)
		after = arena_printf(a, "%s > %s", batch_key_columns(a, &b->key),
		    batch_key_parameters(a, &b->key, (int)columns + 2));
	if (!ask_once(b, begin_keys(b, NULL),
		question(b, query_batch_range, after, batch_key_parameters(a, &b->key, 2)),
		(int)count, parameters))
		return false;
	*out = (struct batch_range){ .first = lane->answer[0] + 1,
		.last = lane->answer[0] + 1 + columns,
		.count = strtoll(lane->answer[0][0], NULL, 10) };
	return true;
}
