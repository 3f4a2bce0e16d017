/* SPDX-License-Identifier: MIT */
#ifndef SQL_WORDS_H
#define SQL_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

/*
 * The words of one statement, one after the other, as PostgreSQL's scanner would cut them but
 * without its grammar: comments and white space are skipped, quotes of all kinds are one word.
 * Takes no memory and never fails, so it serves statements of any size and any mistake in them.
 */

enum word_kind {
	WORD_END,
	WORD_PLAIN, /* a keyword or an identifier */
	WORD_QUOTED, /* "an identifier" */
	WORD_STRING, /* '', E'', B'', X'', N'', U&'' or a dollar quote */
	WORD_NUMBER,
	WORD_SYMBOL /* any other single character */
};

struct word {
	enum word_kind kind;
	const char *text; /* as written, with its quotes */
	size_t length;
};

/* Where reading stands; a copy is a place to come back to. */
struct words {
	const char *at, *end;
	bool escapes; /* the last word was an E'' string, and a following '' continues it */
};

struct words words_start(const char *text, size_t length);
/* False at the end; word is WORD_END then. */
bool words_next(struct words *s, struct word *word);
/* Is it this keyword, in any case, or symbol, or one of several: "ONE|OTHER"? */
bool word_is(const struct word *word, const char *alternatives);
/* Behind the ")" that closes the "(" just read, or to the end. */
void words_skip_list(struct words *s);

/*
 * Moves behind the words that fit a pattern; stays and returns false when they do not fit.
 *	ALTER		that keyword or symbol
 *	CREATE		together with OR REPLACE, TEMP, UNLOGGED, UNIQUE, ... behind it
 *	ONE|OTHER	one of them
 *	[ONLY]		may be there
 *	%		a name, also a.b.c, quoted or not
 *	()		a parenthesised list; [()] may be there
 *	(+FULL)		such a list with that option on, (-FULL) off, (?FULL) on or off
 *	...		anything, except that lists in parentheses count as one word
 *	$		the end
 */
bool words_match(struct words *s, const char *pattern);

/*
 * What a name, string or number says: folded or without its quotes.  NULL when that takes more
 * than dropping quotes (U& and backslashes), and for a symbol.
 */
const char *word_value(struct arena *a, const struct word *word);

/*
 * Reads table, schema.table or catalog.schema.table; what is not there, or takes more than
 * dropping quotes, stays or becomes NULL.
 */
void words_read_name(struct arena *a, struct words *s, const char **schema, const char **name);

#endif
