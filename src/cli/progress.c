/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mask.h"
#include "base/time.h"
#include "cli/out.h"

/*
 * What is said on the way.  On a terminal the line of the step at work is drawn and taken away
 * again; everything else stays.
 */

enum {
	NOTICES_PER_STEP = 50,
	NOTICE_BYTES = 64 * 1024,
	REDRAW_MS = 100,
};

struct progress {
	struct arena *arena;
	const struct config *config;
	struct config_list *warnings;
	FILE *answer; /* where applied files are told */
	bool terminal; /* a line may be drawn and taken away */
	bool drawn;
	int64_t drawn_ms;
	size_t notices; /* of the server, in this step */
	size_t step_number, step_total; /* of the step at work */
};

static void
wipe(struct progress *p)
{
	if (p->drawn)
		fputs("\r\033[K", stderr);
	p->drawn = false;
}

static const char *
step_name(const struct event *event)
{
	if (event->step == NULL || event->step->kind != STEP_SCRIPT)
		return NULL;
	return event->step->script->script;
}

static void
draw(struct progress *p, const struct event *event)
{
	struct arena *a;
	struct arena_text *line;
	int64_t now = time_now_ms();

	if (!p->terminal || step_name(event) == NULL || (p->drawn && now - p->drawn_ms < REDRAW_MS))
		return;
	a = arena_new(NULL);
	line = arena_text_new(a);
	out_put(line->out, step_name(event));
	if (event->statement < event->statement_total && event->statement_total > 1)
		fprintf(line->out, ": statement %lld of %lld", (long long)event->statement + 1,
		    (long long)event->statement_total);
	else
		fputs(": running", line->out);
	if (p->step_total > 1)
		fprintf(line->out, " (file %zu of %zu)", p->step_number, p->step_total);
	wipe(p);
	fputs(out_shorten(a, arena_text_end(line), out_width(stderr) - 1), stderr);
	fflush(stderr);
	p->drawn = true;
	p->drawn_ms = now;
	arena_close(a);
}

/* "migrate: V3__add_total.sql: " */
static void
say_name(const struct event *event)
{
	fputs("migrate: ", stderr);
	if (step_name(event) != NULL) {
		out_put(stderr, step_name(event));
		fputs(": ", stderr);
	}
}

static void
say_text(const char *label, const char *text)
{
	struct arena *a;
	size_t length;

	if (text == NULL || text[0] == '\0')
		return;
	a = arena_new(NULL);
	text = mask_text(a, text); /* before a secret could be cut in two */
	length = strnlen(text, NOTICE_BYTES);
	fputs(label, stderr);
	out_lines(stderr, arena_strndup(a, text, length));
	fprintf(stderr, "%s\n", text[length] == '\0' ? "" : "…");
	arena_close(a);
}

static const char *
seconds(char out[32], int64_t ms)
{
	snprintf(out, 32, "%lld.%03d s", (long long)(ms / 1000), (int)(ms % 1000));
	return out;
}

static void
say_warning(struct progress *p, const struct event *event)
{
	struct config_list *list = p->warnings;

	if (list != NULL) {
		list->items =
		    arena_extend(p->arena, list->items, list->count, sizeof(*list->items));
		list->items[list->count++] = arena_strdup(p->arena, event->text);
	}
	fputs("migrate: ", stderr);
	out_paint(stderr, p->config, OUT_WARNING, "warning:");
	say_text(" ", event->text);
	say_text("DETAIL:  ", event->detail);
	say_text("HINT:  ", event->hint);
}

static void
say_note(struct progress *p, const struct event *event)
{
	if (p->config->quiet)
		return;
	say_name(event);
	say_text("", event->text);
}

/* A server may send any word; only PostgreSQL's own are repeated. */
static const char *
severity(const struct event *event)
{
	static const char *const words[] = { "WARNING", "INFO", "LOG", "DEBUG" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (event->severity != NULL && strcmp(event->severity, words[i]) == 0)
			return words[i];
	return "NOTICE";
}

static bool
is_warning(const struct event *event)
{
	return strcmp(severity(event), "WARNING") == 0;
}

static void
say_notice(struct progress *p, const struct event *event)
{
	if (p->config->quiet && !is_warning(event))
		return;
	if (++p->notices > NOTICES_PER_STEP)
		return;
	say_name(event);
	out_paint(stderr, p->config, is_warning(event) ? OUT_WARNING : OUT_NOTE, severity(event));
	fputs(":  ", stderr);
	if (p->config->verbose && event->sqlstate != NULL) {
		out_put(stderr, event->sqlstate);
		fputs(": ", stderr);
	}
	say_text("", event->text == NULL ? "(no text)" : event->text);
	say_text("DETAIL:  ", event->detail);
	say_text("HINT:  ", event->hint);
}

static void
end_notices(struct progress *p, const struct event *event)
{
	if (p->notices > NOTICES_PER_STEP) {
		say_name(event);
		fprintf(stderr, "%zu more suppressed\n", p->notices - NOTICES_PER_STEP);
	}
	p->notices = 0;
}

static void
say_connected(struct progress *p, const struct event *event)
{
	if (p->config->quiet)
		return;
	fputs("migrate: host ", stderr);
	out_put(stderr, event->host);
	fputs(", database ", stderr);
	out_put(stderr, event->database);
	fputs(", user ", stderr);
	out_put(stderr, event->user);
	fprintf(stderr, ", server %d.%d, %zu pending", event->server_version / 10000,
	    event->server_version % 10000, event->pending);
	if (event->interrupted > 0)
		fprintf(stderr, ", %zu interrupted", event->interrupted);
	fputc('\n', stderr);
}

static void
say_lock_wait(struct progress *p, const struct event *event)
{
	if (p->config->quiet)
		return;
	fputs("migrate: waiting for the run lock", stderr);
	if (event->text != NULL)
		say_text(", held by ", event->text);
	else
		fputc('\n', stderr);
}

static void
say_try(struct progress *p, const struct event *event)
{
	char pause[32];

	if (p->config->quiet)
		return;
	say_name(event);
	fprintf(stderr, "try %d failed (", event->attempt);
	out_put(stderr, event->sqlstate);
	fprintf(stderr, "), the next one in %s", seconds(pause, event->wait_ms));
	if (event->text != NULL)
		say_text(", blocked by ", event->text);
	else
		fputc('\n', stderr);
}

static void
say_wait(struct progress *p, const struct event *event)
{
	char elapsed[32];

	if (p->config->quiet)
		return;
	say_name(event);
	fprintf(stderr, "for %s now, at present waiting", seconds(elapsed, event->elapsed_ms));
	say_text(" for ", event->text);
}

static void
say_statement(struct progress *p, const struct event *event)
{
	char elapsed[32];

	if (p->config->verbose) {
		say_name(event);
		fprintf(stderr, "statement %lld of %lld, %s\n", (long long)event->statement,
		    (long long)event->statement_total, seconds(elapsed, event->elapsed_ms));
	}
	draw(p, event);
}

static void
say_begin(struct progress *p, const struct event *event)
{
	end_notices(p, event);
	p->step_number = event->step_number;
	p->step_total = event->step_total;
	if (p->config->verbose && step_name(event) != NULL) {
		say_name(event);
		fprintf(stderr, "started, %zu of %zu\n", event->step_number, event->step_total);
	}
	draw(p, event);
}

/* The one line that belongs to the answer: it goes to stdout unless that carries JSON. */
static void
say_end(struct progress *p, const struct event *event)
{
	const struct step *step = event->step;
	char elapsed[32];

	end_notices(p, event);
	if (step->kind == STEP_SCRIPT) {
		int64_t total = step->script->statement_total;

		out_put(p->answer, step->script->script);
		fprintf(p->answer, ": applied, %lld statement%s, %s\n", (long long)total,
		    total == 1 ? "" : "s", seconds(elapsed, event->elapsed_ms));
		fflush(p->answer);
		return;
	}
	for (size_t i = 0; i < step->record_count && p->config->verbose; i++) {
		fputs("migrate: ", stderr);
		out_record(stderr, &step->records[i]);
		fputc('\n', stderr);
	}
}

static void
say_lock_taken(struct progress *p, const struct event *event)
{
	(void)event;
	if (p->config->verbose)
		fputs("migrate: run lock taken\n", stderr);
}

static void
say_row(struct progress *p, const struct event *event)
{
	(void)p;
	say_text("  | ", event->text);
}

static void
emit(struct sink *sink, const struct event *event)
{
	static void (*const say[])(struct progress *, const struct event *) = {
		[EVENT_WARNING] = say_warning,
		[EVENT_NOTE] = say_note,
		[EVENT_NOTICE] = say_notice,
		[EVENT_CONNECTED] = say_connected,
		[EVENT_LOCK_WAIT] = say_lock_wait,
		[EVENT_LOCK_TAKEN] = say_lock_taken,
		[EVENT_STEP_BEGIN] = say_begin,
		[EVENT_STATEMENT_DONE] = say_statement,
		[EVENT_ROWS] = say_row,
		[EVENT_COMMIT_SENT] = NULL,
		[EVENT_WAIT] = say_wait,
		[EVENT_TRY_FAILED] = say_try,
		[EVENT_STEP_END] = say_end,
		[EVENT_STEP_FAILED] = end_notices,
	};
	struct progress *p = sink->context;

	if (event->kind != EVENT_STATEMENT_DONE || p->config->verbose)
		wipe(p);
	if (say[event->kind] != NULL)
		say[event->kind](p, event);
}

struct sink *
out_text_sink(struct arena *a, const struct config *config, struct config_list *warnings)
{
	struct progress *p = arena_alloc(a, sizeof(*p));
	struct sink *sink = arena_alloc(a, sizeof(*sink));
	const char *term = getenv("TERM");

	p->arena = a;
	p->config = config;
	p->warnings = warnings;
	p->answer = config->format == FORMAT_TEXT ? stdout : stderr;
	p->terminal =
	    !config->quiet && isatty(STDERR_FILENO) && term != NULL && strcmp(term, "dumb") != 0;
	sink->emit = emit;
	sink->context = p;
	return sink;
}
