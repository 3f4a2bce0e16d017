/* SPDX-License-Identifier: MIT */
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/figure.h"
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
	TERMINAL_PACE_MS = 1000,
	LOG_PACE_MS = 30 * 1000,
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
	int64_t waiting_said_ms; /* when it was said last that the run lock is waited for */
	size_t step_number, step_total; /* of the step at work */
	int64_t begun_ms; /* when it began */
	bool batches; /* it runs in batches: this is how far it came */
	struct batch_progress batch;
	bool connected; /* an afterConnect was told */
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
	if (event->step == NULL || event->step->script == NULL)
		return NULL;
	return event->step->script->script;
}

/* A terminal that was stopped (^S) must not stop the run, and with it the locks that it holds. */
static bool
takes_text(void)
{
	struct pollfd terminal = { .fd = STDERR_FILENO, .events = POLLOUT };

	return poll(&terminal, 1, 0) == 1 && (terminal.revents & POLLOUT) != 0;
}

/* In the last column a line would wrap. */
static size_t
room(void)
{
	size_t width = out_width(stderr);

	return width > 1 ? width - 1 : 1;
}

/* In one write, and the end of the line before it goes last: nothing flickers. */
static void
draw_text(struct progress *p, struct arena *a, const char *text)
{
	fputs(arena_printf(a, "\r%s\033[K", out_shorten(a, text, room())), stderr);
	p->drawn = true;
	p->drawn_ms = time_now_ms();
}

/* What is known of the step beside what the event tells. */
static struct event
completed(const struct progress *p, const struct event *event)
{
	struct event all = *event;

	if (event->kind != EVENT_PROGRESS)
		all.percent = -1;
	all.step_number = p->step_number;
	all.step_total = p->step_total;
	if (all.batch == NULL && p->batches)
		all.batch = &p->batch;
	if (all.batch != NULL)
		all.elapsed_ms = time_now_ms() - p->begun_ms; /* of the file, not of a batch */
	return all;
}

static void
draw(struct progress *p, const struct event *event)
{
	struct arena *a;

	if (!p->terminal || step_name(event) == NULL || time_now_ms() - p->drawn_ms < REDRAW_MS ||
	    !takes_text())
		return;
	a = arena_new(NULL);
	draw_text(p, a, out_progress(a, event, room()));
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
	if (p->warnings != NULL)
		config_list_add(p->arena, p->warnings, arena_strdup(p->arena, event->text));
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
	fprintf(stderr, ", server %d.%d, %zu %s", event->server_version / 10000,
	    event->server_version % 10000, event->undone > 0 ? event->undone : event->pending,
	    event->undone > 0 ? "to undo" : "pending");
	if (event->interrupted > 0)
		fprintf(stderr, ", %zu interrupted", event->interrupted);
	fputc('\n', stderr);
}

static void
draw_lock_wait(struct progress *p, const struct event *event)
{
	struct arena *a;

	if (!takes_text())
		return;
	a = arena_new(NULL);
	draw_text(p, a,
	    arena_printf(
		a, "waiting for the run lock, %s", figure_elapsed(a, event->elapsed_ms / 1000)));
	arena_close(a);
}

/* On a terminal the holder is told as often as in a log, and the time goes on in between. */
static void
say_lock_wait(struct progress *p, const struct event *event)
{
	int64_t now = time_now_ms();

	if (p->config->quiet)
		return;
	if (p->terminal && p->waiting_said_ms != 0 && now - p->waiting_said_ms < LOG_PACE_MS) {
		draw_lock_wait(p, event);
		return;
	}
	p->waiting_said_ms = now;
	wipe(p);
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
	else if (event->detail != NULL)
		say_text(", out of the way of ", event->detail);
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
	struct event next;
	char elapsed[32];

	if (p->config->verbose) {
		say_name(event);
		fprintf(stderr, "statement %lld of %lld, %s\n", (long long)event->statement,
		    (long long)event->statement_total, seconds(elapsed, event->elapsed_ms));
	}
	next = completed(p, event);
	next.statement = event->statement < event->statement_total ? event->statement + 1 : 0;
	next.elapsed_ms = 0;
	draw(p, &next);
}

static void
say_begin(struct progress *p, const struct event *event)
{
	struct event begun;

	end_notices(p, event);
	p->step_number = event->step_number;
	p->step_total = event->step_total;
	p->begun_ms = time_now_ms();
	p->batches = false;
	if (p->config->verbose && step_name(event) != NULL) {
		say_name(event);
		fprintf(stderr, "started, %zu of %zu\n", event->step_number, event->step_total);
	}
	begun = completed(p, event);
	draw(p, &begun);
}

/* On a terminal the line moves; in a log there is one now and then. */
static void
say_progress(struct progress *p, const struct event *event)
{
	struct event all = completed(p, event);
	struct arena *a;

	if (p->terminal) {
		draw(p, &all);
		return;
	}
	if (p->config->quiet || step_name(event) == NULL)
		return;
	a = arena_new(NULL);
	fprintf(stderr, "migrate: %s\n", out_progress(a, &all, 0));
	p->drawn_ms = time_now_ms();
	arena_close(a);
}

static int64_t
later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* Batches come faster than anybody wants to read in a log. */
static void
say_batch(struct progress *p, const struct event *event)
{
	p->batches = true;
	p->batch = *event->batch;
	p->batch.waits_for = NULL; /* valid during this call only */
	if (p->terminal || time_now_ms() - later(p->begun_ms, p->drawn_ms) >= LOG_PACE_MS)
		say_progress(p, event);
}

void
out_applied(FILE *out, const struct event *event)
{
	const struct script *script = event->step->script;
	char elapsed[32];

	out_put(out, script->script);
	fprintf(out, ": %s, %lld statement%s, %s\n",
	    event->step->undoes != NULL ? "undone" : "applied", (long long)script->statement_total,
	    script->statement_total == 1 ? "" : "s", seconds(elapsed, event->elapsed_ms));
	fflush(out);
}

/* What prepares each session anew is told of the first one. */
static void
say_callback(struct progress *p, const struct event *event)
{
	int64_t total = event->step->script->statement_total;
	bool connects = strcmp(event->step->script->event, "afterConnect") == 0;
	bool again = connects && p->connected;
	char elapsed[32];

	p->connected |= connects;
	if (p->config->quiet || (again && !p->config->verbose))
		return;
	say_name(event);
	fprintf(stderr, "callback, %lld statement%s, %s\n", (long long)total, total == 1 ? "" : "s",
	    seconds(elapsed, event->elapsed_ms));
}

/* The one line that belongs to the answer: it goes to stdout unless that carries JSON. */
static void
say_end(struct progress *p, const struct event *event)
{
	const struct step *step = event->step;

	end_notices(p, event);
	if (step->kind == STEP_CALLBACK) {
		say_callback(p, event);
		return;
	}
	if (step->kind == STEP_SCRIPT) {
		out_applied(p->answer, event);
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

/* It changes the line that is drawn, or nothing: whatever else is said goes in its place. */
static bool
moves(const struct progress *p, enum event_kind kind)
{
	return kind == EVENT_PROGRESS || kind == EVENT_BATCH || kind == EVENT_COMMIT_SENT ||
	    kind == EVENT_LOCK_WAIT || (kind == EVENT_STATEMENT_DONE && !p->config->verbose);
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
		[EVENT_LOCK_FAILED] = NULL,
		[EVENT_STEP_BEGIN] = say_begin,
		[EVENT_STATEMENT_DONE] = say_statement,
		[EVENT_PROGRESS] = say_progress,
		[EVENT_BATCH] = say_batch,
		[EVENT_ROWS] = say_row,
		[EVENT_COMMIT_SENT] = NULL,
		[EVENT_WAIT] = say_wait,
		[EVENT_TRY_FAILED] = say_try,
		[EVENT_STEP_END] = say_end,
		[EVENT_STEP_FAILED] = end_notices,
	};
	struct progress *p = sink->context;

	if (!moves(p, event->kind))
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
	if (!config->quiet)
		sink->pace_ms = p->terminal ? TERMINAL_PACE_MS : LOG_PACE_MS;
	sink->emit = emit;
	sink->context = p;
	return sink;
}
