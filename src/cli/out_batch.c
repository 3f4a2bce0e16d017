/* SPDX-License-Identifier: MIT */
#include "cli/out_batch.h"

#include <string.h>

#include "base/figure.h"
#include "cli/out_plan.h"
#include "core/batch_key.h"
#include "core/batch_point.h"
#include "sql/quote.h"
#include "sql/range.h"

/* "id", "(created_at, id)"; the table may not be there to ask for types. */
static const char *
key_text(struct arena *a, const struct script *script)
{
	const struct directive_batch *batch = &script->directives.batch;
	const struct range_text text = { .keys = batch->keys, .key_count = batch->key_count };

	return range_key(a, &text);
}

const char *
out_batch_way(struct arena *a, const struct script *script)
{
	if (script->range == NULL)
		return script->transaction ? "in a transaction" : "without a transaction";
	return arena_printf(a, "in batches of %s by %s",
	    figure_count(a, script->directives.batch.size), key_text(a, script));
}

/* --- how long --- */

static int64_t
batches_of(const struct script *script)
{
	int64_t size = script->directives.batch.size;

	return (script->batch_key->row_estimate + size - 1) / size;
}

/* As if each row of the table were written anew; the pauses between the batches are certain. */
static int64_t
seconds_of(const struct script *script)
{
	return script->batch_key->bytes / OUTLOOK_WRITE +
	    batches_of(script) * script->directives.batch.pause_ms / 1000;
}

/* --- in words --- */

static const char *
one_line(struct arena *a, const char *sql)
{
	return out_plan_flat(a, &(struct statement){ .text = sql });
}

static const char *
end_text(struct arena *a, const struct script *script)
{
	const char *until = script->directives.batch.until;

	if (until != NULL)
		return arena_printf(a, "until this finds nothing: %s", one_line(a, until));
	if (script->range->check != NULL)
		return arena_printf(
		    a, "until this finds nothing: %s", one_line(a, script->range->check));
	return arena_printf(a,
	    "one pass, without a check at the end (%s); \"-- migrate:until SELECT ...\" gives it "
	    "one",
	    script->range->why_no_check);
}

static const char *
size_text(struct arena *a, const struct script *script)
{
	const struct batch_key *key = script->batch_key;
	int64_t batches = batches_of(script), seconds = seconds_of(script);

	return arena_printf(a, "%s has about %s row%s: %s batch%s, %s%s", key->name,
	    figure_count(a, key->row_estimate), key->row_estimate == 1 ? "" : "s",
	    figure_count(a, batches), batches == 1 ? "" : "es", seconds > 0 ? "about " : "",
	    figure_seconds(a, seconds));
}

struct config_list
out_batch_notes(struct arena *a, const struct script *script)
{
	struct config_list notes = { 0 };
	const struct batch_key *key = script->batch_key;

	if (script->range == NULL)
		return notes;
	config_list_add(a, &notes, end_text(a, script));
	if (key == NULL) {
		config_list_add(
		    a, &notes, "its table is not there yet: the key is looked at when it is");
		return notes;
	}
	config_list_add(a, &notes, size_text(a, script));
	if (key->nullable)
		config_list_add(a, &notes,
		    arena_printf(a, "rows in which %s is NULL are in no batch",
			key->count == 1
			    ? key->columns[0]
			    : arena_printf(a, "a column of %s", batch_key_columns(a, key))));
	return notes;
}

/* --- how far it came --- */

static bool
read_point(struct arena *a, const struct unfinished *unfinished, struct batch_point *out)
{
	if (unfinished == NULL || unfinished->count == 0 || unfinished->list[0].checkpoint == NULL)
		return false;
	return batch_point_read(a, unfinished->list[0].checkpoint, out);
}

const char *
out_batch_done(struct arena *a, const struct unfinished *unfinished)
{
	struct batch_point point;
	const char *text;

	if (!read_point(a, unfinished, &point))
		return NULL;
	text = arena_printf(a, "%s batch%s done", figure_count(a, point.batches),
	    point.batches == 1 ? " is" : "es are");
	if (point.last != NULL)
		text = arena_printf(
		    a, "%s, up to %s", text, batch_point_key(a, point.last, point.key_count));
	return point.pass > 1 ? arena_printf(a, "%s in pass %lld", text, (long long)point.pass)
			      : text;
}

/* --- for machines --- */

static void
put_done(struct json *json, struct arena *a, const struct unfinished *unfinished)
{
	struct json *done = json_new_object(a), *last = json_new_array(a);
	struct batch_point point;

	if (!read_point(a, unfinished, &point)) {
		json_put_null(json, "done");
		return;
	}
	for (size_t i = 0; point.last != NULL && i < point.key_count; i++)
		json_push_text(last, point.last[i]);
	json_put_integer(done, "pass", point.pass);
	json_put_integer(done, "batches", point.batches);
	json_put_integer(done, "rows", point.rows);
	json_put(done, "last", point.last == NULL ? NULL : last);
	json_put(json, "done", done);
}

static void
put_given(struct json *json, const char *name, int64_t value)
{
	if (value == NOT_GIVEN)
		json_put_null(json, name);
	else
		json_put_integer(json, name, value);
}

static void
put_key(struct json *json, const struct script *script)
{
	const struct batch_key *key = script->batch_key;

	json_put_text(json, "relation", key == NULL ? NULL : key->name);
	put_given(json, "rows", key == NULL ? NOT_GIVEN : key->row_estimate);
	put_given(json, "batches", key == NULL ? NOT_GIVEN : batches_of(script));
	put_given(json, "seconds", key == NULL ? NOT_GIVEN : seconds_of(script));
	if (key == NULL)
		json_put_null(json, "keyNullable");
	else
		json_put_bool(json, "keyNullable", key->nullable);
}

struct json *
out_batch_json(struct arena *a, const struct script *script, const struct unfinished *unfinished)
{
	const struct directive_batch *batch = &script->directives.batch;
	struct json *json, *keys;

	if (script->range == NULL)
		return NULL;
	json = json_new_object(a);
	keys = json_new_array(a);
	for (size_t i = 0; i < batch->key_count; i++)
		json_push_text(keys, batch->keys[i]);
	json_put_text(json, "table", quote_qualified(a, batch->schema, batch->table));
	json_put(json, "key", keys);
	json_put_integer(json, "size", batch->size);
	json_put_integer(json, "min", batch->min);
	json_put_integer(json, "max", batch->max);
	json_put_integer(json, "targetMs", batch->target_ms);
	json_put_integer(json, "pauseMs", batch->pause_ms);
	put_given(json, "maxLagMs", batch->max_lag_ms);
	put_given(json, "maxWaiters", batch->max_waiters);
	json_put_text(json, "check", batch->until != NULL ? batch->until : script->range->check);
	json_put_text(
	    json, "whyNoCheck", batch->until != NULL ? NULL : script->range->why_no_check);
	put_key(json, script);
	put_done(json, a, unfinished);
	return json;
}
