/* SPDX-License-Identifier: MIT */
#include "base/text.h"
#include "base/time.h"
#include "cli/out.h"

/*
 * Events as JSON on stderr, one object a line.  Names and members are a promise (migrate(1),
 * EVENTS): they are added, never changed; what does not apply is left out, what is not known is
 * null.
 */

enum { PACE_MS = 1000, NOTICES_PER_STEP = 50 };

/* Members that several events have. */
enum {
	PART_STEP = 1, /* script, version, file, files */
	PART_STATEMENT = 2, /* statement, statements */
	PART_TIME = 4, /* elapsedMs */
	PART_ADVICE = 8, /* detail, hint */
	PART_SERVER = 16, /* host, database, ... */
	PART_MEASURE = 32, /* percent, done, total, unit, blockers */
	PART_BATCH = 64,
	PART_TRY = 128, /* attempt, waitMs, sqlState */
	PART_NOTICE = 256 /* severity, sqlState */
};

static const struct kind {
	const char *name;
	unsigned parts;
	const char *text; /* what event->text is called, or NULL */
} kinds[] = {
	[EVENT_WARNING] = { "warning", PART_ADVICE, "message" },
	[EVENT_NOTE] = { "note", PART_STEP, "message" },
	[EVENT_NOTICE] = { "notice", PART_STEP | PART_NOTICE | PART_ADVICE, "message" },
	[EVENT_CONNECTED] = { "connected", PART_SERVER, NULL },
	[EVENT_LOCK_WAIT] = { "lock_wait", PART_TIME, "holder" },
	[EVENT_LOCK_TAKEN] = { "lock_taken", PART_TIME, NULL },
	[EVENT_LOCK_FAILED] = { "lock_failed", PART_TIME, NULL },
	[EVENT_STEP_BEGIN] = { "step_begin", PART_STEP, NULL },
	[EVENT_STATEMENT_DONE] = { "statement_done", PART_STEP | PART_STATEMENT | PART_TIME, NULL },
	[EVENT_PROGRESS] = { "progress", PART_STEP | PART_STATEMENT | PART_TIME | PART_MEASURE,
	    "phase" },
	[EVENT_BATCH] = { "batch", PART_STEP | PART_BATCH, NULL },
	[EVENT_ROWS] = { "row", PART_STEP, "text" },
	[EVENT_COMMIT_SENT] = { "commit_sent", PART_STEP, NULL },
	[EVENT_WAIT] = { "wait", PART_STEP | PART_TIME, "blockers" },
	[EVENT_TRY_FAILED] = { "try_failed", PART_STEP | PART_TIME | PART_TRY, "blockers" },
	[EVENT_STEP_END] = { "step_end", PART_STEP | PART_TIME, NULL },
	[EVENT_STEP_FAILED] = { "step_failed", PART_STEP | PART_TIME, NULL },
};

struct events {
	struct arena *arena;
	const struct config *config;
	struct config_list *warnings;
	size_t step_number, step_total; /* of the step at work */
	size_t notices; /* of the server, in this step */
};

static struct json *
begin_line(struct arena *a, const char *name)
{
	struct json *json = json_new_object(a);
	char now[32];

	time_utc(now);
	json_put_text(json, "event", name);
	json_put_text(json, "time", now);
	return json;
}

/* In one write, so that a line is whole whoever else writes there. */
static void
print_line(FILE *out, struct arena *a, const struct json *json)
{
	fputs(arena_printf(a, "%s\n", json_line(a, json)), out);
	fflush(out);
}

void
out_event_error(FILE *out, const struct error *err)
{
	struct arena *a = arena_new(NULL);
	struct json *json = begin_line(a, "error");

	out_json_error(json, err);
	print_line(out, a, json);
	arena_close(a);
}

/* --- the parts --- */

/* -1 is "not known". */
static void
put_known(struct json *json, const char *name, int64_t value)
{
	if (value >= 0)
		json_put_integer(json, name, value);
	else
		json_put_null(json, name);
}

/* A row of the history that is changed without a file has none. */
static void
put_step(struct json *json, const struct events *e, const struct event *event)
{
	const struct step *step = event->step;
	bool file = step != NULL && step->script != NULL;

	json_put_text(json, "script", file ? step->script->script : NULL);
	json_put_text(json, "version", file ? step->script->version : NULL);
	if (file && step->kind == STEP_CALLBACK)
		json_put_text(json, "callback", step->script->event);
	put_known(json, "file", step != NULL ? (int64_t)e->step_number : -1);
	put_known(json, "files", step != NULL ? (int64_t)e->step_total : -1);
}

static void
put_server(struct json *json, const struct event *event)
{
	json_put_text(json, "host", event->host);
	json_put_text(json, "database", event->database);
	json_put_text(json, "user", event->user);
	json_put_integer(json, "serverVersion", event->server_version);
	json_put_integer(json, "pending", (int64_t)event->pending);
	json_put_integer(json, "interrupted", (int64_t)event->interrupted);
	json_put_text(json, "toolVersion", MIGRATE_VERSION);
}

static void
put_measure(struct json *json, const struct event *event)
{
	bool counted = event->unit != NULL;

	if (event->percent >= 0)
		json_put_real(json, "percent", (double)(int)(event->percent * 10) / 10);
	else
		json_put_null(json, "percent");
	put_known(json, "done", counted ? event->done : -1);
	put_known(json, "total", counted && event->total > 0 ? event->total : -1);
	json_put_text(json, "unit", event->unit);
	json_put_text(json, "blockers", event->detail);
}

static void
put_batch(struct json *json, const struct batch_progress *batch)
{
	json_put_integer(json, "pass", batch->pass);
	put_known(json, "batches", batch->batches);
	put_known(json, "rows", batch->rows);
	put_known(json, "keys", batch->keys);
	put_known(json, "keysTotal", batch->keys_total);
	put_known(json, "size", batch->size);
	put_known(json, "rowsPerSecond", batch->rows_per_s);
	put_known(json, "remainingMs", batch->remaining_ms);
	json_put_text(json, "waitsFor", batch->waits_for);
}

static void
put_parts(struct json *json, const struct events *e, const struct event *event)
{
	const struct kind *kind = &kinds[event->kind];

	if (kind->parts & PART_STEP)
		put_step(json, e, event);
	if (kind->parts & PART_STATEMENT) {
		put_known(json, "statement", event->statement > 0 ? event->statement : -1);
		put_known(json, "statements", event->statement > 0 ? event->statement_total : -1);
	}
	if (kind->parts & PART_TRY) {
		json_put_integer(json, "attempt", event->attempt);
		json_put_integer(json, "waitMs", event->wait_ms);
	}
	if (kind->parts & PART_NOTICE)
		json_put_text(json, "severity", event->severity);
	if (kind->parts & (PART_TRY | PART_NOTICE))
		json_put_text(json, "sqlState", event->sqlstate);
	if (kind->text != NULL)
		json_put_text(json, kind->text, event->text);
	if (kind->parts & PART_ADVICE) {
		json_put_text(json, "detail", event->detail);
		json_put_text(json, "hint", event->hint);
	}
	if (kind->parts & PART_SERVER)
		put_server(json, event);
	if (kind->parts & PART_MEASURE)
		put_measure(json, event);
	if (kind->parts & PART_BATCH)
		put_batch(json, event->batch);
	if (kind->parts & PART_TIME)
		json_put_integer(json, "elapsedMs", event->elapsed_ms);
}

/* --- the sink --- */

static void
print_event(const struct events *e, const struct event *event)
{
	struct arena *a = arena_new(NULL);
	struct json *json = begin_line(a, kinds[event->kind].name);

	put_parts(json, e, event);
	print_line(stderr, a, json);
	arena_close(a);
}

/* Of a flood the number is told, when the step is over. */
static bool
is_too_much(struct events *e, const struct event *event)
{
	return event->kind == EVENT_NOTICE && ++e->notices > NOTICES_PER_STEP;
}

static void
end_notices(struct events *e)
{
	struct arena *a = arena_new(NULL);

	if (e->notices > NOTICES_PER_STEP)
		print_event(e,
		    &(struct event){ .kind = EVENT_NOTE,
			.text = arena_printf(
			    a, "%zu more notices suppressed", e->notices - NOTICES_PER_STEP) });
	e->notices = 0;
	arena_close(a);
}

static bool
is_wrong(const struct event *event)
{
	return event->kind == EVENT_WARNING ||
	    (event->kind == EVENT_NOTICE && text_is(event->severity, "WARNING"));
}

static void
follow(struct events *e, const struct event *event)
{
	if (event->kind == EVENT_WARNING && e->warnings != NULL)
		config_list_add(e->arena, e->warnings, arena_strdup(e->arena, event->text));
	if (event->kind == EVENT_STEP_BEGIN || event->kind == EVENT_STEP_END ||
	    event->kind == EVENT_STEP_FAILED)
		end_notices(e);
	if (event->kind == EVENT_STEP_BEGIN) {
		e->step_number = event->step_number;
		e->step_total = event->step_total;
	}
}

static void
emit(struct sink *sink, const struct event *event)
{
	struct events *e = sink->context;

	follow(e, event);
	if ((!e->config->quiet || is_wrong(event)) && !is_too_much(e, event))
		print_event(e, event);
	if (event->kind == EVENT_STEP_END && event->step->kind == STEP_SCRIPT &&
	    e->config->format == FORMAT_TEXT)
		out_applied(stdout, event);
}

struct sink *
out_event_sink(struct arena *a, const struct config *config, struct config_list *warnings)
{
	struct events *e = arena_alloc(a, sizeof(*e));
	struct sink *sink = arena_alloc(a, sizeof(*sink));

	e->arena = a;
	e->config = config;
	e->warnings = warnings;
	sink->emit = emit;
	sink->context = e;
	sink->pace_ms = config->quiet ? 0 : PACE_MS;
	return sink;
}
