/* SPDX-License-Identifier: MIT */
#include "sql/split.h"

#include <stdarg.h>
#include <string.h>

#include "sql/walk.h"
#include "sql/window.h"
#include "sql/words.h"

/*
 * The lexer has the rules of psqlscan.l, applied to the whole text and not line by line (psql
 * forgets at the end of a line what kind of string may go on in the next one; the server does
 * not).  It asks the reader only for bytes that it needs now.
 */

enum { SHOWN_MAX = 63 };

/*
 * What a byte begins: n a line end, a blank other white space, w a word (for PostgreSQL every
 * byte above 127 is a letter), 0 a number; a sign stands for itself, o for all the rest.
 */
static const char class_of[] = "ooooooooo n  noooooooooooooooooo"
			       " o\"o$oo'()ooo-o/0000000000o;oooo"
			       "owwwwwwwwwwwwwwwwwwwwwwwwwwo\\oow"
			       "owwwwwwwwwwwwwwwwwwwwwwwwwwooooo"
			       "wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww"
			       "wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww"
			       "wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww"
			       "wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww";

enum string_kind {
	STRING_NONE,
	STRING_PLAIN, /* '' is a quote in it */
	STRING_ESCAPE, /* '' and \' are */
	STRING_BITS /* the next quote ends it */
};

struct statement {
	bool open;
	size_t start;
	struct walk walk; /* at start */
	size_t paren_depth, begin_depth;
	bool label; /* behind AS or a point: END names a column there */
	enum string_kind string; /* the last token is one, which may go on behind a line end */
	bool string_line_end;
};

struct split {
	const char *path;
	struct error *err;
	bool failed;
	bool initial_strings, conforming_strings;
	struct window window;
	size_t at; /* the next byte to look at */
	size_t token; /* where the token at hand began */
	bool line_blank; /* nothing but white space on this line yet */
	bool in_comment;
	struct statement statement;
	bool copying, copy_line_begins;
	char copy_line_end;
};

struct place
split_place(struct arena *a, const char *path, const struct split_item *item, int64_t character)
{
	size_t byte = 0;

	while (byte < item->length && character > 1) {
		byte++;
		while (byte < item->length && ((unsigned char)item->text[byte] & 0xC0) == 0x80)
			byte++;
		character--;
	}
	return walk_place(a, path, item, byte);
}

/*
 * The text.  Behind the first error it may be read on, but nothing of it is given out.
 */

/* An error at a byte of the text, and what to do about it; the first one stays. */
static void
    PRINTF_LIKE(4, 5) refuse(struct split *s, size_t at, const char *next, const char *format, ...)
{
	struct window *w = &s->window;
	struct walk walk = s->statement.open ? s->statement.walk : w->walk;
	size_t from = s->statement.open ? s->statement.start : at;
	struct split_item item;
	struct place place;
	va_list args;

	if (s->failed)
		return;
	s->failed = true;
	walk_to(&walk, from);
	item = window_cut(w, SPLIT_STATEMENT, &walk, from, w->length);
	place = walk_place(s->err->arena, s->path, &item, at - from);
	va_start(args, format);
	(void)error_set_at(
	    s->err, ERR_REFUSED, place, "%s", arena_vprintf(s->err->arena, format, args));
	va_end(args);
	(void)error_next(s->err, "%s", next); /* it returns false */
}

static void
refuse_placeholder(struct split *s, size_t at, const char *name)
{
	refuse(s, at,
	    arena_printf(s->err->arena,
		"Give it a value (--placeholder %s=...) or a default (${%s:-text}), or write "
		"$${%s} for the text itself.",
		name, name, name),
	    "unknown placeholder \"${%s}\"", name);
}

static bool
more(struct split *s)
{
	struct window *w = &s->window;
	size_t length = w->length;

	if (s->failed)
		return false;
	if (!window_more(w, s->err)) {
		s->failed = !w->ended;
		return false;
	}
	if (w->chunk.unknown != NULL && !s->in_comment)
		refuse_placeholder(s, length, w->chunk.unknown);
	return !s->failed;
}

/* So that peek stays small enough to be built in. */
static int
peek_more(struct split *s, size_t ahead)
{
	while (s->at + ahead >= s->window.length) {
		if (!more(s))
			return -1;
	}
	return (unsigned char)s->window.text[s->at + ahead];
}

/* The byte that many bytes ahead, or -1. */
static inline int
peek(struct split *s, size_t ahead)
{
	if (s->at + ahead < s->window.length)
		return (unsigned char)s->window.text[s->at + ahead];
	return peek_more(s, ahead);
}

static char
class_at(const struct split *s, size_t at)
{
	return class_of[(unsigned char)s->window.text[at]];
}

/* Goes to the next such byte; false when there is none. */
static bool
find(struct split *s, char c)
{
	const struct window *w = &s->window;
	const char *found;

	while ((found = memchr(w->text + s->at, c, w->length - s->at)) == NULL) {
		s->at = w->length;
		if (!more(s))
			return false;
	}
	s->at = (size_t)(found - w->text);
	return true;
}

/* Goes to the next byte that is one of the two. */
static bool
find_either(struct split *s, char c, char d)
{
	do {
		const char *text = s->window.text;
		size_t at = s->at, length = s->window.length;

		while (at < length && text[at] != c && text[at] != d)
			at++;
		s->at = at;
		if (at < length)
			return true;
	} while (more(s));
	return false;
}

static bool
is_letter(char c)
{
	char class = class_of[(unsigned char)c];

	return class == 'w' || class == '0' || class == '$';
}

/* Goes over letters, digits and $. */
static void
skip_letters(struct split *s)
{
	do {
		const char *text = s->window.text;
		size_t at = s->at, length = s->window.length;

		while (at < length && is_letter(text[at]))
			at++;
		s->at = at;
	} while (s->at == s->window.length && more(s));
}

static void
skip_digits(struct split *s)
{
	while (peek(s, 0) >= '0' && peek(s, 0) <= '9')
		s->at++;
}

/*
 * Tokens
 */

/* From the opening quote to behind the closing one. */
static void
skip_string(struct split *s, enum string_kind kind)
{
	bool found;

	s->at++;
	for (;;) {
		found = kind == STRING_ESCAPE ? find_either(s, '\'', '\\') : find(s, '\'');
		if (!found) {
			refuse(s, s->token,
			    "Write the \"'\" that ends it; inside of it a quote is written twice.",
			    "unterminated quoted string");
			return;
		}
		if (s->window.text[s->at] == '\\') {
			s->at += peek(s, 1) < 0 ? 1 : 2;
			continue;
		}
		s->at++;
		if (kind == STRING_BITS || peek(s, 0) != '\'')
			break;
		s->at++;
	}
	s->statement.string = kind;
	s->statement.string_line_end = false;
}

static void
skip_identifier(struct split *s)
{
	do {
		s->at++;
		if (!find(s, '"')) {
			refuse(s, s->token, "Write the double quote that ends it.",
			    "unterminated quoted identifier");
			return;
		}
		s->at++;
	} while (peek(s, 0) == '"');
}

/* The length of the $tag$ here, or 0: a parameter, or only a sign. */
static size_t
dollar_tag(struct split *s)
{
	size_t length = 1;
	int c = peek(s, length);

	if (c >= 0 && class_of[c] == 'w') {
		while (c >= 0 && (class_of[c] == 'w' || class_of[c] == '0'))
			c = peek(s, ++length);
	}
	return c == '$' ? length + 1 : 0;
}

static void
skip_dollar_quote(struct split *s)
{
	const struct window *w = &s->window;
	size_t length = dollar_tag(s);

	if (length == 0) {
		s->at++;
		return;
	}
	s->at += length;
	while (find(s, '$') && peek(s, length - 1) >= 0) {
		if (memcmp(w->text + s->at, w->text + s->token, length) == 0) {
			s->at += length;
			return;
		}
		s->at++;
	}
	refuse(s, s->token, "Write the same tag again where the text ends.",
	    "unterminated dollar-quoted string \"%.*s\"",
	    (int)(length < SHOWN_MAX ? length : SHOWN_MAX), w->text + s->token);
}

/* The point belongs to the number: the END of CASE ... THEN 1. END is no column of it. */
static void
skip_number(struct split *s)
{
	skip_digits(s);
	if (peek(s, 0) == '.' && peek(s, 1) != '.') {
		s->at++;
		skip_digits(s);
	}
	if (peek(s, 0) >= 0 && class_at(s, s->at) == 'w')
		skip_letters(s);
}

/* E'', B'', X'', U&'' and U&"" behind their letter; N'' is a word and a string. */
static bool
skip_prefixed(struct split *s, char letter)
{
	int c = peek(s, 0);

	if (c == '\'' && strchr("eE", letter) != NULL) {
		skip_string(s, STRING_ESCAPE);
		return true;
	}
	if (c == '\'' && strchr("bBxX", letter) != NULL) {
		skip_string(s, STRING_BITS);
		return true;
	}
	if (c != '&' || strchr("uU", letter) == NULL)
		return false;
	c = peek(s, 1);
	if (c != '\'' && c != '"')
		return false;
	s->at++;
	if (c == '\'')
		skip_string(s, STRING_PLAIN);
	else
		skip_identifier(s);
	return true;
}

static bool
is_routine(const struct split *s)
{
	size_t start = s->statement.start;
	struct words words = words_start(s->window.text + start, s->at - start);

	return words_match(&words, "CREATE FUNCTION|PROCEDURE");
}

/*
 * BEGIN ATOMIC ... END of a function: a semicolon inside does not end the statement.  As in psql,
 * but a column named so (AS end, t.end) counts for nothing: PostgreSQL takes it.
 */
static void
follow_word(struct split *s, bool label)
{
	struct statement *st = &s->statement;
	struct word word = { WORD_PLAIN, s->window.text + s->token, s->at - s->token };

	if (st->paren_depth > 0)
		return;
	if (st->begin_depth == 0) {
		st->begin_depth = word_is(&word, "BEGIN") && is_routine(s);
		return;
	}
	st->label = word_is(&word, "AS");
	if (label)
		return;
	if (word_is(&word, "BEGIN|CASE"))
		st->begin_depth++;
	else if (word_is(&word, "END"))
		st->begin_depth--;
}

/* A word without quotes, or a literal with its letter. */
static void
skip_word(struct split *s, bool label)
{
	skip_letters(s);
	if (s->at - s->token > 1 || !skip_prefixed(s, s->window.text[s->token]))
		follow_word(s, label);
}

static void
skip_sign(struct split *s, int sign)
{
	struct statement *st = &s->statement;

	s->at++;
	st->label = sign == '.';
	if (sign == '(')
		st->paren_depth++;
	else if (sign == ')' && st->paren_depth > 0)
		st->paren_depth--;
}

/* A string may go on behind a line end, and is of the same kind there. */
static enum string_kind
string_kind_here(const struct split *s, enum string_kind before)
{
	if (before != STRING_NONE && s->statement.string_line_end)
		return before;
	return s->conforming_strings ? STRING_PLAIN : STRING_ESCAPE;
}

static void
begin_statement(struct split *s)
{
	walk_to(&s->window.walk, s->at);
	s->statement = (struct statement){ .open = true, .start = s->at, .walk = s->window.walk };
}

static void
skip_token(struct split *s, int c)
{
	struct statement *st = &s->statement;
	enum string_kind before;
	bool label;

	if (!st->open)
		begin_statement(s);
	before = st->string;
	label = st->label;
	st->string = STRING_NONE;
	st->label = false;
	s->token = s->at;
	s->line_blank = false;
	switch (class_of[c]) {
	case 'w':
		skip_word(s, label);
		break;
	case '0':
		skip_number(s);
		break;
	case '\'':
		skip_string(s, string_kind_here(s, before));
		break;
	case '"':
		skip_identifier(s);
		break;
	case '$':
		skip_dollar_quote(s);
		break;
	default:
		skip_sign(s, c);
	}
}

/*
 * Comments and psql's commands
 */

/* To the end of the line. */
static void
skip_line_comment(struct split *s)
{
	s->in_comment = true;
	do {
		while (s->at < s->window.length && class_at(s, s->at) != 'n')
			s->at++;
	} while (s->at == s->window.length && more(s));
	s->in_comment = false;
}

static void
skip_block_comment(struct split *s)
{
	size_t depth = 1;

	s->token = s->at;
	s->line_blank = false;
	s->statement.string = STRING_NONE;
	s->in_comment = true;
	for (s->at += 2; depth > 0 && find_either(s, '*', '/'); s->at++) {
		char c = s->window.text[s->at];

		if (peek(s, 1) != (c == '*' ? '/' : '*'))
			continue;
		depth = c == '*' ? depth - 1 : depth + 1;
		s->at++;
	}
	s->in_comment = false;
	if (depth > 0)
		refuse(s, s->token, "Write \"*/\" where it ends; one inside of it needs its own.",
		    "unterminated /* comment");
}

static void
skip_space(struct split *s)
{
	for (; s->at < s->window.length; s->at++) {
		char class = class_at(s, s->at);

		if (class == 'n')
			s->line_blank = s->statement.string_line_end = true;
		else if (class != ' ')
			return;
	}
}

/* What to do instead of a command of psql; the last row is for all others. */
static const struct {
	const char *names, *next;
} meta_commands[] = {
	{ "c|connect", "Give each database a run of its own." },
	{ "copy", "Write COPY ... FROM STDIN and the data in the lines behind it." },
	{ "i|ir|include|include_relative",
	    "Put the text of that file here, or make it a migration of its own." },
	{ "g|gx|;", "End the statement with a semicolon alone." },
	{ "gexec", "Write a DO block with EXECUTE." },
	{ "set", "Use a placeholder, and give it its value in the configuration." },
	{ ".", "It ends the data of COPY ... FROM STDIN only." },
	{ NULL, "Remove it: it speaks to psql and not to the server." },
};

/* \restrict and \unrestrict, which pg_dump writes, are skipped; the rest is refused. */
static void
skip_command(struct split *s)
{
	struct word name = { .kind = WORD_PLAIN };
	size_t row = 0;

	s->token = s->at++;
	if (peek(s, 0) >= 0 && !is_letter(s->window.text[s->at]))
		s->at++;
	else
		skip_letters(s);
	name.text = s->window.text + s->token + 1;
	name.length = s->at - s->token - 1;
	if (!s->statement.open && word_is(&name, "restrict|unrestrict")) {
		skip_line_comment(s);
		return;
	}
	while (meta_commands[row].names != NULL && !word_is(&name, meta_commands[row].names))
		row++;
	refuse(s, s->token, meta_commands[row].next,
	    "psql meta-command \"\\%.*s\" is not supported",
	    (int)(name.length < SHOWN_MAX ? name.length : SHOWN_MAX), name.text);
}

/*
 * COPY
 */

/* Goes over a byte of white space or a comment, if it ends on this line. */
static bool
skip_blank(struct split *s, int c)
{
	size_t from = s->at;

	if (class_of[c] == ' ')
		s->at++;
	else if (c == '-' && peek(s, 1) == '-')
		skip_line_comment(s);
	else if (c == '/' && peek(s, 1) == '*')
		skip_block_comment(s);
	return s->at > from && memchr(s->window.text + from, '\n', s->at - from) == NULL;
}

/* The rest of the line of COPY ... FROM STDIN: its data begin on the next one. */
static void
skip_copy_line(struct split *s)
{
	size_t from;
	int c;

	while ((c = peek(s, 0)) >= 0 && class_of[c] != 'n') {
		from = s->at;
		if (!skip_blank(s, c)) {
			refuse(s, from, "Write the data in the lines below it.",
			    "text behind COPY ... FROM STDIN on its line");
			return;
		}
	}
	s->copy_line_end = c == '\r' && peek(s, 1) != '\n' ? '\r' : '\n';
	if (c >= 0)
		s->at += c == s->copy_line_end ? 1 : 2;
	if (peek(s, 0) < 0)
		refuse(s, s->statement.start,
		    "Write the data in the lines below it, and \"\\.\" at their end.",
		    "unterminated COPY ... FROM STDIN: it has no data");
}

/* The length of the line "\." here with its end, or 0. */
static size_t
copy_end_length(struct split *s)
{
	int c;

	if (!s->copy_line_begins || s->window.text[s->at] != '\\' || peek(s, 1) != '.')
		return 0;
	c = peek(s, 2);
	if (c < 0 || c == s->copy_line_end)
		return c < 0 ? 2 : 3;
	return c == '\r' && peek(s, 3) == '\n' ? 4 : 0;
}

/* Goes over what is there of the data; returns the length of the line that ends them, or 0. */
static size_t
skip_copy_data(struct split *s)
{
	const struct window *w = &s->window;
	size_t from = s->at, length;

	while (s->at < w->length || (s->at == from && more(s))) {
		const char *end;

		length = copy_end_length(s);
		if (length > 0)
			return length;
		end = memchr(w->text + s->at, s->copy_line_end, w->length - s->at);
		s->copy_line_begins = end != NULL;
		s->at = end == NULL ? w->length : (size_t)(end - w->text) + 1;
	}
	return 0;
}

static void
next_copy_item(struct split *s, struct split_item *item)
{
	struct window *w = &s->window;
	size_t from, length;

	s->at = window_forget(w, s->at);
	from = s->at;
	length = skip_copy_data(s);
	walk_to(&w->walk, from);
	if (s->at > from) {
		*item = window_cut(w, SPLIT_COPY_DATA, &w->walk, from, s->at);
		return;
	}
	*item = window_cut(w, SPLIT_COPY_END, &w->walk, from, from);
	s->at += length;
	s->copying = false;
	s->line_blank = true;
}

/*
 * Statements
 */

/* As the server reads a boolean: 1, or enough letters of on, true or yes. */
static bool
is_on(struct word value)
{
	if (value.kind == WORD_STRING || value.kind == WORD_QUOTED)
		value = (struct word){ WORD_PLAIN, value.text + 1, value.length - 2 };
	value.kind = WORD_PLAIN;
	return word_is(&value, "1|ON|T|TR|TRU|TRUE|Y|YE|YES");
}

/* What the statement makes of standard_conforming_strings. */
static void
follow_setting(struct split *s, struct words words)
{
	struct word value;

	if (words_match(&words, "RESET|DISCARD ALL|standard_conforming_strings $"))
		s->conforming_strings = s->initial_strings;
	else if (words_match(&words, "SET [SESSION|LOCAL] standard_conforming_strings TO|=") &&
	    words_next(&words, &value))
		s->conforming_strings =
		    word_is(&value, "DEFAULT") ? s->initial_strings : is_on(value);
}

static void
skip_semicolon(struct split *s)
{
	s->at++;
	s->line_blank = false;
}

/* at is on the semicolon, or at the end of the file. */
static void
end_statement(struct split *s, struct split_item *item)
{
	struct window *w = &s->window;
	struct statement *st = &s->statement;
	struct words words;
	size_t to = s->at;
	bool copy_in;

	while (strchr(" n", class_at(s, to - 1)) != NULL)
		to--;
	if (s->at < w->length)
		skip_semicolon(s);
	words = words_start(w->text + st->start, to - st->start);
	follow_setting(s, words);
	/* PostgreSQL takes FROM STDOUT for it, too. */
	copy_in = words_match(&words, "COPY ... FROM STDIN|STDOUT");
	if (copy_in)
		skip_copy_line(s);
	*item = window_cut(w, SPLIT_STATEMENT, &st->walk, st->start, to);
	item->copy_in = copy_in;
	s->copying = s->copy_line_begins = copy_in;
	st->open = false;
}

static void
take_comment(struct split *s, struct split_item *item)
{
	struct window *w = &s->window;
	bool alone = s->line_blank;
	size_t from = s->at;

	skip_line_comment(s);
	if (!alone)
		return;
	walk_to(&w->walk, from);
	*item = window_cut(w, SPLIT_COMMENT, &w->walk, from, s->at);
	item->inside = s->statement.open;
}

static bool
is_statement_end(const struct split *s, int c)
{
	const struct statement *st = &s->statement;

	return c == ';' && (!st->open || (st->paren_depth == 0 && st->begin_depth == 0));
}

/* Goes on to the end of an item; there is none at the end of the file. */
static void
next_item(struct split *s, struct split_item *item)
{
	struct statement *st = &s->statement;
	int c;

	while (!s->failed && item->kind == SPLIT_END) {
		if (!st->open)
			s->at = window_forget(&s->window, s->at);
		c = peek(s, 0);
		if (s->failed || (c < 0 && !st->open))
			return;
		if (c < 0 || (is_statement_end(s, c) && st->open))
			end_statement(s, item);
		else if (class_of[c] == ' ' || class_of[c] == 'n')
			skip_space(s);
		else if (c == '-' && peek(s, 1) == '-')
			take_comment(s, item);
		else if (c == '/' && peek(s, 1) == '*')
			skip_block_comment(s);
		else if (c == '\\')
			skip_command(s);
		else if (is_statement_end(s, c))
			skip_semicolon(s);
		else
			skip_token(s, c);
	}
}

struct split *
split_new(struct arena *a, const char *path, bool standard_conforming_strings, split_reader *read,
    void *source)
{
	struct split *s = arena_alloc(a, sizeof(*s));

	s->path = path;
	s->initial_strings = s->conforming_strings = standard_conforming_strings;
	s->line_blank = true;
	window_start(&s->window, a, read, source);
	return s;
}

bool
split_next(struct split *s, struct split_item *item, struct error *err)
{
	s->err = err;
	*item = (struct split_item){ .kind = SPLIT_END };
	window_restore(&s->window);
	if (s->copying)
		next_copy_item(s, item);
	else
		next_item(s, item);
	return !s->failed;
}
