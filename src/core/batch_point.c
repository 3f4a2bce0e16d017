/* SPDX-License-Identifier: MIT */
#include "core/batch_point.h"

#include <string.h>

#include "base/json.h"
#include "sql/range.h"

/* --- reading --- */

struct texts {
	struct arena *arena;
	const char **list;
	size_t count;
};

static void
add_text(void *context, const char *name, const struct json *value)
{
	static const char *const here[] = { NULL };
	struct texts *texts = context;
	const char *text = json_text_at(value, here);

	(void)name; /* the elements of an array have none */
	texts->list = arena_extend(texts->arena, texts->list, texts->count, sizeof(*texts->list));
	texts->list[texts->count++] = arena_strdup(texts->arena, text == NULL ? "" : text);
}

struct reading {
	struct arena *arena;
	struct batch_point *point;
	size_t last_count;
};

/* A key that is null has no elements. */
static void
read_member(void *context, const char *name, const struct json *value)
{
	struct reading *r = context;
	struct texts texts = { .arena = r->arena };

	json_each(value, add_text, &texts);
	if (strcmp(name, "started") == 0) {
		r->point->started = texts.list;
		r->point->started_count = texts.count;
	} else if (strcmp(name, "last") == 0) {
		r->point->last = texts.list;
		r->last_count = texts.count;
	} else if (strcmp(name, "end") == 0) {
		r->point->end = texts.list;
		r->point->key_count = texts.count;
	}
}

bool
batch_point_read(struct arena *a, const char *json, struct batch_point *out)
{
	const struct json *value = json_read(a, json);
	struct reading r = { .arena = a, .point = out };

	if (value == NULL)
		return false;
	*out = (struct batch_point){
		.pass = json_integer_of(value, "pass", -1),
		.batches = json_integer_of(value, "batches", 0),
		.rows = json_integer_of(value, "rows", 0),
		.keys = json_integer_of(value, "keys", 0),
		.size = json_integer_of(value, "size", 0),
	};
	json_each(value, read_member, &r);
	return out->pass >= 0 && (out->last == NULL || r.last_count == out->key_count);
}

/* --- writing --- */

static const char *
key_array(struct arena *a, const char *const *key, size_t count)
{
	return key == NULL ? NULL : conn_array(a, key, count);
}

void
batch_point_sql(struct arena *a, const struct record_writer *w, const char *query, const char *id,
    const struct batch_point *point, struct conn_sql *out)
{
	*out = (struct conn_sql){ query, 9,
		{ id, w->lock_key, record_integer(a, point->pass),
		    record_integer(a, point->batches), record_integer(a, point->rows),
		    record_integer(a, point->keys), record_integer(a, point->size),
		    key_array(a, point->last, point->key_count),
		    key_array(a, point->end, point->key_count) } };
}

const char *
batch_point_key(struct arena *a, const char *const *key, size_t count)
{
	struct arena_text *text = arena_text_new(a);

	for (size_t i = 0; i < count; i++)
		fprintf(text->out, "%s%s", i > 0 ? ", " : count > 1 ? "(" : "", key[i]);
	fputs(count > 1 ? ")" : "", text->out);
	return arena_text_end(text);
}

/* --- what must stay --- */

uint32_t
batch_point_hash(struct arena *a, const struct script *script)
{
	const struct directive_batch *batch = &script->directives.batch;
	struct arena_text *text = arena_text_new(a);

	fprintf(
	    text->out, "\"%s\".\"%s\"", batch->schema == NULL ? "" : batch->schema, batch->table);
	for (size_t i = 0; i < batch->key_count; i++)
		fprintf(text->out, ",\"%s\"", batch->keys[i]);
	(void)arena_text_end(text);
	return statement_body_hash(script->range->hash, text->text, text->length);
}
