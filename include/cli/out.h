/* SPDX-License-Identifier: MIT */
#ifndef CLI_OUT_H
#define CLI_OUT_H

#include <stdbool.h>
#include <stdio.h>

#include "base/json.h"
#include "cli/command.h"
#include "core/run.h"

/*
 * What the user sees.  stdout carries the answer and nothing else, stderr everything said on the
 * way.  Every text goes through base/mask.h.  Colour on a terminal only, and not under NO_COLOR.
 */

/* --- streams: out_text.c --- */

/* What is coloured, in the colours of PostgreSQL's own programs. */
enum out_color { OUT_ERROR, OUT_WARNING, OUT_NOTE, OUT_PLACE };

/* Columns of the terminal behind a stream, or 0 when it is none: then nothing is shortened. */
size_t out_width(FILE *out);
/* Text in a colour, when colour is wanted there. */
void out_paint(FILE *out, const struct config *config, enum out_color color, const char *text);
/* Foreign text on one line: secrets hidden, control characters escaped. */
void out_put(FILE *out, const char *text);
/*
 * Foreign text that may have several lines; every line behind the first begins with "  | ", so
 * that it can be taken neither for one of ours nor for a command of a CI system.
 */
void out_lines(FILE *out, const char *text);
/* At most so many columns of a text, with an ellipsis in place of what was cut; 0 is no limit. */
const char *out_shorten(struct arena *a, const char *text, size_t columns);

/* What a change of the history does: "version 4: aligns with the file". */
void out_record(FILE *out, const struct record *record);

/*
 * Columns side by side, two spaces between them.  The elastic one is shortened until a line fits
 * the stream's width.
 */
struct out_table {
	size_t columns;
	size_t elastic; /* index of a column */
	const char **cells; /* the head first, row by row; NULL is empty */
	size_t cell_count;
};
/* Adds a row; the cells are kept as they are. */
void out_table_add(struct arena *a, struct out_table *table, const char *const *cells);
void out_table_print(FILE *out, const struct out_table *table);

/* --- errors: out_error.c --- */

/* "path:line:column: ", as far as they are known. */
void out_place(FILE *out, const struct config *config, const struct place *place);
/* The line of a place with a caret below it, when both are known. */
void out_source(FILE *out, const struct config *config, const struct place *place);
/*
 * An error for people: message, place with caret, SQLSTATE, DETAIL, HINT, state, next.  With the
 * setting "events" the line of an event.
 */
void out_error(FILE *out, const struct config *config, const struct error *err);
/* All of them, with a blank line between, and their number in the last line. */
void out_problems(FILE *out, const struct config *config, const struct problems *problems);
/* The highest exit status among the problems, 0 when there are none. */
int out_problems_status(const struct problems *problems);
/* One error that stands for all of them, or NULL when there are none. */
struct error *out_summary(struct arena *a, const struct problems *problems);

/* --- the line that moves: out_progress.c --- */

/*
 * How far a file is, from its EVENT_PROGRESS or EVENT_BATCH with its step_number and step_total:
 * "V7__idx.sql: statement 1 of 2: building index: scanning table, 43 %, 90 s".  In at most so many
 * columns (0: no limit): what is worth least goes first, the percent and the time stay.
 */
const char *out_progress(struct arena *a, const struct event *event, size_t columns);

/* --- events: progress.c --- */

/*
 * A sink that says events as text on stderr, and what was applied on stdout when the answer is
 * text.  Warnings are also added to the list, for the answer in JSON.
 */
struct sink *
out_text_sink(struct arena *a, const struct config *config, struct config_list *warnings);

/* "V3__add_total.sql: applied, 2 statements, 0.041 s", from its EVENT_STEP_END. */
void out_applied(FILE *out, const struct event *event);

/* --- events as JSON: out_events.c --- */

/* A sink that says events as JSON on stderr, one object a line (migrate(1), EVENTS). */
struct sink *
out_event_sink(struct arena *a, const struct config *config, struct config_list *warnings);
/* The line of an error. */
void out_event_error(FILE *out, const struct error *err);

/* --- JSON: out_json.c --- */

/* The name of a command in answers: Flyway's ("migrate") where it has one. */
const char *out_operation(const struct command *command);
/*
 * What every JSON answer begins with: format, operation, timestamp, success, error, warnings,
 * toolVersion; err is NULL for a success.  session may be NULL; it tells database and schemaName.
 */
struct json *out_json(const struct context *c, const char *operation, const struct session *session,
    const struct error *err);
/* The members of an error, put into an object. */
void out_json_error(struct json *json, const struct error *err);
/* A list of problems, each with the members of "error". */
struct json *out_json_problems(struct arena *a, const struct problems *problems);
/* Prints a JSON answer on stdout. */
void out_json_print(const struct json *json);

/*
 * The end of a command that failed, and the only place that tells it: the error on stderr and,
 * with --format json, the answer on stdout.  Returns the exit status.
 */
int out_failure(const struct context *c, const char *operation, const struct error *err);
/*
 * Flushes stdout; ERR_INTERNAL when any of the answer could not be written (a full disk).  Commands
 * leave that to cli.c.
 */
MUST_CHECK bool out_finish(struct error *err);

#endif
