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

/* Is colour wanted on this stream? */
bool out_colored(const struct config *config, FILE *out);
/* Columns of the terminal behind a stream, or 80 when it is none. */
int out_width(FILE *out);

/* An error for people: message, place with caret, DETAIL, HINT, state, next. */
void out_error(FILE *out, const struct config *config, const struct error *err);
/* All of them, with a blank line between. */
void out_problems(FILE *out, const struct config *config, const struct problems *problems);
/* A sink that says events as text on stderr. */
struct sink *out_text_sink(struct arena *a, const struct config *config);

/* The fields that every JSON answer has: format, operation, timestamp, success, toolVersion, ... */
struct json *
out_json(struct arena *a, const char *operation, const struct session *session, bool success);
/* The "error" member. */
struct json *out_json_error(struct arena *a, const struct error *err);
/* Prints a JSON answer on stdout; ERR_INTERNAL when it cannot be written. */
MUST_CHECK bool out_json_print(const struct json *json, struct error *err);

#endif
