/* SPDX-License-Identifier: MIT */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

/*
 * What went wrong, set once where it is known and passed up by returning false.  Only main, or a
 * sink, prints it.  All strings belong to the arena that the error was made with, so an error may
 * outlive whatever failed.  Text is in PostgreSQL's message style.
 */

/* The values are the exit status of the program (README: "Exit status"). */
enum error_code {
	ERR_NONE = 0,
	ERR_SQL = 1, /* a statement failed */
	ERR_USAGE = 2, /* wrong usage or configuration */
	ERR_FINDINGS = 3, /* there is something to see */
	ERR_REFUSED = 4, /* files and history do not fit, or the plan is refused; nothing was run */
	ERR_CONNECT = 5, /* no usable connection */
	ERR_LOCK = 6, /* a lock could not be had in time */
	ERR_UNKNOWN = 7, /* the outcome could not be established */
	ERR_INTERNAL = 70,
	ERR_INTERRUPTED = 128 /* plus the signal */
};

/* A place in a file; line and column count from 1, in characters; 0 is "not known". */
struct place {
	const char *path; /* NULL: no file */
	int64_t line;
	int64_t column;
	const char *source; /* the text of that line for the caret, or NULL */
};

struct error {
	struct arena *arena;
	enum error_code code;
	int signal; /* with ERR_INTERRUPTED */
	char sqlstate[6];
	const char *message; /* the primary message */
	const char *detail; /* the server's words, untouched */
	const char *hint; /* likewise, or ours: what to do next */
	const char *context; /* the server's CONTEXT */
	struct place place;
	const char *statement; /* which one: "statement 3 of 5", or NULL */
	const char *state; /* what state the database is in now, or NULL */
	const char *next; /* what to do next, a sentence, or NULL */
	bool may_pass; /* of ERR_CONNECT: the same attempt may go well a little later */
};

struct error *error_new(struct arena *a);
void error_clear(struct error *err);

/* Sets code and message and returns false; everything else is cleared. */
bool error_set(struct error *err, enum error_code code, const char *format, ...) PRINTF_LIKE(3, 4);
/* The same with a place in a file. */
bool error_set_at(struct error *err, enum error_code code, struct place place, const char *format,
    ...) PRINTF_LIKE(4, 5);
/* Puts "text: " before the message and returns false. */
bool error_at(struct error *err, const char *format, ...) PRINTF_LIKE(2, 3);
/* Adds what to do next; returns false, so that it can end a return. */
bool error_next(struct error *err, const char *format, ...) PRINTF_LIKE(2, 3);
/* The exit status of the program for this error. */
int error_exit(const struct error *err);
/* Copies an error into another one, which owns the copy. */
void error_copy(struct error *to, const struct error *from);

/* A list of errors: everything that is wrong, never only the first. */
struct problems {
	struct arena *arena;
	struct error **list;
	size_t count;
};
/* A new, empty error at the end of the list, to be filled with error_set. */
struct error *problem_add(struct problems *problems);
/* Copies all errors of a list to the end of another one. */
void problems_append(struct problems *to, const struct problems *from);

#endif
