/* SPDX-License-Identifier: MIT */
#include "sql/split.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/*
 * The lexer has the rules of psqlscan.l, applied to the whole text and not line by line (psql
 * forgets at the end of a line what kind of string may go on in the next one; the server does
 * not).  It asks the reader only for bytes that it needs now, and what it reads is appended: an
 * index into the text stays right until forget().
 */

enum { WINDOW = 65536, LEADING = 5, SOURCE_MAX = 1000, SHOWN_MAX = 63 };

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

struct token {
	size_t at, length; /* at counts from the start of the statement */
};

/* Goes through a text and knows its place in the file. */
struct walk {
	const char *text;
	size_t at;
	const struct split_seam *seams;
	size_t seam, seam_count; /* seam: the first one that is not passed */
	int64_t offset, line, column;
	bool after_cr; /* a \n here belongs to the \r before it */
	size_t line_at, line_seam; /* where the line began; 0: it is the first line */
};

struct statement {
	bool open;
	size_t start;
	struct walk walk; /* at start */
	size_t paren_depth, begin_depth;
	struct token leading[LEADING], last;
	size_t leading_count;
	bool routine, copy, copy_in;
	enum string_kind string; /* the last token is one, which may go on behind a line end */
	bool string_line_end;
};

struct split {
	struct arena *arena;
	const char *path;
	split_reader *read;
	void *source;
	struct error *err;
	bool ended, failed;
	bool initial_strings, conforming_strings;

	struct split_chunk chunk;
	size_t chunk_used;

	struct arena *text_arena; /* for the text alone, so that a smaller one can go */
	char *text;
	size_t length, room;
	struct split_seam *seams, *item_seams;
	size_t seam_count, seam_room;
	size_t end; /* where a NUL ends the item's text */
	char end_byte; /* what it hides */

	size_t at; /* the next byte to look at */
	size_t token; /* where the token at hand began */
	struct walk walk; /* somewhere before at */
	bool line_blank; /* nothing but white space on this line yet */
	bool in_comment;
	struct statement statement;
	bool copying, copy_line_begins;
	char copy_line_end;
};

/*
 * Places
 */

static bool
is_inside_character(char c)
{
	return ((unsigned char)c & 0xC0) == 0x80;
}

static int64_t
count_characters(const char *text, size_t length)
{
	int64_t count = 0;

	for (size_t i = 0; i < length; i++)
		count += !is_inside_character(text[i]);
	return count;
}

static void
begin_line(struct walk *w, size_t at)
{
	w->line++;
	w->column = 1;
	w->line_at = at;
	w->line_seam = w->seam;
}

/* Text without \r: memchr is many times faster than looking at each byte. */
static void
pass_newlines(struct walk *w, size_t to)
{
	const char *newline;

	while ((newline = memchr(w->text + w->at, '\n', to - w->at)) != NULL) {
		w->at = (size_t)(newline - w->text) + 1;
		begin_line(w, w->at);
	}
}

static void
pass_line_ends(struct walk *w, size_t to)
{
	size_t rest = w->at;

	for (size_t i = w->at; i < to; i++) {
		char c = w->text[i];

		if (c == '\n' && w->after_cr)
			w->line_at = i + 1;
		else if (c == '\n' || c == '\r')
			begin_line(w, i + 1);
		if (c == '\n' || c == '\r')
			rest = i + 1;
		w->after_cr = c == '\r';
	}
	w->at = rest;
}

static void
walk_text(struct walk *w, size_t to)
{
	if (to == w->at)
		return;
	w->offset += (int64_t)(to - w->at);
	if (w->after_cr || memchr(w->text + w->at, '\r', to - w->at) != NULL)
		pass_line_ends(w, to);
	else
		pass_newlines(w, to);
	w->column += count_characters(w->text + w->at, to - w->at);
	w->at = to;
}

/* Inside replaced text the place is where the placeholder begins. */
static void
walk_to(struct walk *w, size_t to)
{
	for (; w->seam < w->seam_count; w->seam++) {
		const struct split_seam *seam = &w->seams[w->seam];

		if (seam->at + seam->length > to) {
			to = seam->at < to ? seam->at : to;
			break;
		}
		walk_text(w, seam->at);
		w->at += seam->length;
		w->offset += (int64_t)seam->file_length;
		w->column += (int64_t)seam->file_length;
		w->after_cr = false;
	}
	walk_text(w, to);
}

/* The file's own text is not known any more where a placeholder stood: dots of the same width. */
static void
put_placeholder(FILE *out, size_t width)
{
	fputs("${", out);
	for (size_t i = 3; i < width; i++)
		putc('.', out);
	putc('}', out);
}

/*
 * The line of the file at a place, for the caret.  What stands before the item on its first line
 * is not known here and becomes blanks.
 */
static const char *
source_line(struct arena *a, const struct split_item *item, const struct walk *w)
{
	const struct split_seam *seam = item->seams + w->line_seam;
	const struct split_seam *seams_end = item->seams + item->seam_count;
	size_t at = w->line_at;
	struct arena_text *line;

	if (w->column > SOURCE_MAX)
		return NULL;
	line = arena_text_new(a);
	if (at == 0)
		fprintf(line->out, "%*s", (int)(item->column - 1), "");
	while (at < item->length) {
		char c = item->text[at];

		if (seam < seams_end && seam->at == at) {
			put_placeholder(line->out, seam->file_length);
			at += seam->length;
			seam++;
			continue;
		}
		if (class_of[(unsigned char)c] == 'n')
			break;
		if (at > w->at + SOURCE_MAX && !is_inside_character(c))
			break;
		putc(c, line->out);
		at++;
	}
	return arena_text_end(line);
}

/* The place of a byte of an item. */
static struct place
place_of(struct arena *a, const char *path, const struct split_item *item, size_t byte)
{
	struct walk w = { .text = item->text,
		.seams = item->seams,
		.seam_count = item->seam_count,
		.line = item->line,
		.column = item->column };

	walk_to(&w, byte);
	return (struct place){ path, w.line, w.column, source_line(a, item, &w) };
}

struct place
split_place(struct arena *a, const char *path, const struct split_item *item, int64_t character)
{
	size_t byte = 0;

	while (byte < item->length && character > 1) {
		byte++;
		character -= !is_inside_character(item->text[byte]);
	}
	return place_of(a, path, item, byte);
}

/*
 * Text
 */

/* Fills an item with the text from..to; walk stands at from. */
static void
fill_item(struct split *s, struct split_item *item, enum split_kind kind, const struct walk *walk,
    size_t from, size_t to)
{
	*item = (struct split_item){ .kind = kind,
		.text = s->text + from,
		.length = to - from,
		.offset = walk->offset,
		.line = walk->line,
		.column = walk->column,
		.seams = s->item_seams };
	for (size_t i = walk->seam; i < s->seam_count && s->seams[i].at < to; i++) {
		struct split_seam *seam = &s->item_seams[item->seam_count++];
		size_t end = s->seams[i].at + s->seams[i].length;

		*seam = s->seams[i];
		seam->at = seam->at < from ? 0 : seam->at - from;
		seam->length = (end < to ? end : to) - from - seam->at;
	}
	s->end = to;
	s->end_byte = s->text[to];
	s->text[to] = '\0';
}

/* An error at a byte of the text; the first one stays. */
static bool PRINTF_LIKE(3, 4) refuse(struct split *s, size_t at, const char *format, ...)
{
	struct split_item item;
	size_t from = s->statement.open ? s->statement.start : at;
	const char *message;
	va_list args;

	if (s->failed)
		return false;
	s->failed = true;
	va_start(args, format);
	message = arena_vprintf(s->err->arena, format, args);
	va_end(args);
	if (!s->statement.open)
		walk_to(&s->walk, at);
	fill_item(s, &item, SPLIT_STATEMENT, s->statement.open ? &s->statement.walk : &s->walk,
	    from, s->length);
	return error_set_at(
	    s->err, ERR_REFUSED, place_of(s->err->arena, s->path, &item, at - from), "%s", message);
}

static void
add_seam(struct split *s)
{
	if (s->seam_count == s->seam_room) {
		size_t room = 2 * s->seam_room + 16;
		struct split_seam *seams = arena_alloc(s->arena, room * sizeof(*seams));

		if (s->seam_count > 0)
			memcpy(seams, s->seams, s->seam_count * sizeof(*seams));
		s->seams = seams;
		s->item_seams = arena_alloc(s->arena, room * sizeof(*seams));
		s->seam_room = room;
	}
	s->seams[s->seam_count++] =
	    (struct split_seam){ s->length, s->chunk.length, s->chunk.file_length };
	s->walk.seams = s->seams;
	s->walk.seam_count = s->seam_count;
}

static void
reserve(struct split *s, size_t more_length)
{
	size_t needed = s->length + more_length + 1;
	struct arena *arena;
	char *text;

	if (needed <= s->room)
		return;
	s->room = needed + needed / 2;
	arena = arena_new(s->arena);
	text = arena_alloc(arena, s->room);
	if (s->length > 0)
		memcpy(text, s->text, s->length);
	arena_close(s->text_arena);
	s->text_arena = arena;
	s->text = text;
	s->walk.text = text;
}

/* The next chunk that is not empty (the value of a placeholder may be). */
static bool
read_chunk(struct split *s)
{
	do {
		s->chunk = (struct split_chunk){ 0 };
		s->chunk_used = 0;
		if (!s->read(s->source, &s->chunk, s->err))
			s->failed = true;
		s->ended = s->failed || (s->chunk.length == 0 && !s->chunk.replaced);
		if (s->chunk.replaced)
			add_seam(s);
	} while (s->chunk.length == 0 && !s->ended);
	return !s->ended;
}

/* Appends text; false at the end of the file and after an error. */
static bool
more(struct split *s)
{
	size_t length;

	if (s->failed || (s->chunk_used == s->chunk.length && (s->ended || !read_chunk(s))))
		return false;
	length = s->chunk.length - s->chunk_used;
	length = length < WINDOW ? length : WINDOW;
	reserve(s, length);
	memcpy(s->text + s->length, s->chunk.text + s->chunk_used, length);
	s->chunk_used += length;
	s->length += length;
	if (s->chunk.unknown != NULL && !s->in_comment)
		return refuse(
		    s, s->length - length, "unknown placeholder \"${%s}\"", s->chunk.unknown);
	return true;
}

/* Drops what lies behind; called where nobody holds an index into the text. */
static void
forget(struct split *s)
{
	size_t keep = s->statement.open ? s->statement.start : s->at;
	size_t passed = 0;

	if (keep < WINDOW)
		return;
	if (!s->statement.open)
		walk_to(&s->walk, keep);
	while (passed < s->walk.seam && s->seams[passed].at + s->seams[passed].length <= keep)
		passed++;
	for (size_t i = passed; i < s->seam_count; i++) {
		struct split_seam seam = s->seams[i];
		size_t gone = seam.at < keep ? keep - seam.at : 0;

		s->seams[i - passed] = (struct split_seam){ seam.at + gone - keep,
			seam.length - gone, seam.file_length };
	}
	s->seam_count -= passed;
	s->walk.seam_count = s->seam_count;
	s->walk.seam -= passed;
	s->walk.at = s->walk.at < keep ? 0 : s->walk.at - keep;
	s->statement.walk.seam -= s->statement.open ? passed : 0;
	s->statement.start = 0;
	s->length -= keep;
	s->at -= keep;
	memmove(s->text, s->text + keep, s->length);
}

/* The byte that many bytes ahead, or -1. */
static int
peek(struct split *s, size_t ahead)
{
	while (s->at + ahead >= s->length) {
		if (!more(s))
			return -1;
	}
	return (unsigned char)s->text[s->at + ahead];
}

/* Goes to the next such byte; false when there is none. */
static bool
find(struct split *s, char c)
{
	const char *found;

	while ((found = memchr(s->text + s->at, c, s->length - s->at)) == NULL) {
		s->at = s->length;
		if (!more(s))
			return false;
	}
	s->at = (size_t)(found - s->text);
	return true;
}

/* Goes to the next byte that is one of the two. */
static bool
find_either(struct split *s, char c, char d)
{
	do {
		for (; s->at < s->length; s->at++) {
			if (s->text[s->at] == c || s->text[s->at] == d)
				return true;
		}
	} while (more(s));
	return false;
}

static bool
is_word_byte(char c)
{
	char class = class_of[(unsigned char)c];

	return class == 'w' || class == '0' || class == '$';
}

static void
skip_word_bytes(struct split *s)
{
	do {
		while (s->at < s->length && is_word_byte(s->text[s->at]))
			s->at++;
	} while (s->at == s->length && more(s));
}

/*
 * Tokens
 */

static bool
unterminated(struct split *s, const char *what)
{
	return refuse(s, s->token, "unterminated %s", what);
}

/* at is on the opening quote. */
static bool
skip_string(struct split *s, enum string_kind kind)
{
	s->at++;
	for (;;) {
		if (kind == STRING_ESCAPE ? !find_either(s, '\'', '\\') : !find(s, '\''))
			return unterminated(s, "quoted string");
		if (s->text[s->at] == '\\') {
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
	return true;
}

static bool
skip_identifier(struct split *s)
{
	do {
		s->at++;
		if (!find(s, '"'))
			return unterminated(s, "quoted identifier");
		s->at++;
	} while (peek(s, 0) == '"');
	return true;
}

/* The length of $tag$ here, or 0 when it is a parameter or only a sign. */
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

static bool
skip_dollar_quote(struct split *s)
{
	size_t length = dollar_tag(s);

	if (length == 0) {
		s->at++;
		return true;
	}
	s->at += length;
	while (find(s, '$') && peek(s, length - 1) >= 0) {
		if (memcmp(s->text + s->at, s->text + s->token, length) == 0) {
			s->at += length;
			return true;
		}
		s->at++;
	}
	return refuse(s, s->token, "unterminated dollar-quoted string \"%.*s\"",
	    (int)(length < SHOWN_MAX ? length : SHOWN_MAX), s->text + s->token);
}

static void
skip_digits(struct split *s)
{
	while (peek(s, 0) >= '0' && peek(s, 0) <= '9')
		s->at++;
}

/* The point belongs to the number, so that the END of CASE ... 1. END is no column of it. */
static void
skip_number(struct split *s)
{
	skip_digits(s);
	if (peek(s, 0) == '.' && peek(s, 1) != '.') {
		s->at++;
		skip_digits(s);
	}
	if (peek(s, 0) >= 0 && class_of[peek(s, 0)] == 'w')
		skip_word_bytes(s);
}

/* E'', B'', X'', U&'' and U&"" behind their letter; N'' is a word and a string. */
static bool
skip_prefixed(struct split *s, char letter)
{
	int c = peek(s, 0);

	if (c == '\'' && strchr("eE", letter) != NULL)
		return skip_string(s, STRING_ESCAPE);
	if (c == '\'' && strchr("bBxX", letter) != NULL)
		return skip_string(s, STRING_BITS);
	if (c != '&' || strchr("uU", letter) == NULL)
		return false;
	if (peek(s, 1) == '\'') {
		s->at++;
		return skip_string(s, STRING_PLAIN);
	}
	if (peek(s, 1) == '"') {
		s->at++;
		return skip_identifier(s);
	}
	return false;
}

/* Ignores case, and no locale has a say in it. */
static bool
is_word(const char *text, size_t length, const char *word)
{
	if (strlen(word) != length)
		return false;
	for (size_t i = 0; i < length; i++) {
		char c = text[i];

		if ((c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c) != word[i])
			return false;
	}
	return true;
}

static bool
token_is(const struct split *s, struct token token, const char *word)
{
	return is_word(s->text + s->statement.start + token.at, token.length, word);
}

/*
 * BEGIN ATOMIC ... END of a function: a semicolon inside does not end the statement.  As in psql,
 * but a column named so (AS end, t.end) counts for nothing: PostgreSQL takes it.
 */
static void
follow_block(struct split *s, struct token word)
{
	struct statement *st = &s->statement;

	if (token_is(s, st->last, "as") || token_is(s, st->last, "."))
		return;
	if (token_is(s, word, "begin") || (st->begin_depth > 0 && token_is(s, word, "case")))
		st->begin_depth++;
	else if (st->begin_depth > 0 && token_is(s, word, "end"))
		st->begin_depth--;
}

/* PostgreSQL takes FROM STDOUT for FROM STDIN. */
static void
follow_word(struct split *s, struct token word)
{
	struct statement *st = &s->statement;

	if (st->paren_depth > 0)
		return;
	if (st->routine)
		follow_block(s, word);
	if (st->copy && token_is(s, st->last, "from"))
		st->copy_in = token_is(s, word, "stdin") || token_is(s, word, "stdout");
}

static bool
is_routine(const struct split *s)
{
	const struct statement *st = &s->statement;
	bool replace = token_is(s, st->leading[1], "or") && token_is(s, st->leading[2], "replace");
	struct token object = st->leading[replace ? 3 : 1];

	return token_is(s, st->leading[0], "create") &&
	    (token_is(s, object, "function") || token_is(s, object, "procedure"));
}

static void
add_token(struct split *s, struct token token)
{
	struct statement *st = &s->statement;

	st->last = token;
	if (st->leading_count == LEADING)
		return;
	st->leading[st->leading_count++] = token;
	st->copy = token_is(s, st->leading[0], "copy");
	st->routine = is_routine(s);
}

static void
begin_statement(struct split *s)
{
	if (s->statement.open)
		return;
	walk_to(&s->walk, s->at);
	s->statement = (struct statement){ .open = true, .start = s->at, .walk = s->walk };
}

/* A word without quotes, or a literal with its letter; true when it is a word. */
static bool
skip_word(struct split *s)
{
	skip_word_bytes(s);
	return s->at - s->token != 1 || !skip_prefixed(s, s->text[s->token]);
}

static void
skip_sign(struct split *s, char sign)
{
	struct statement *st = &s->statement;

	s->at++;
	if (sign == '(')
		st->paren_depth++;
	else if (sign == ')' && st->paren_depth > 0)
		st->paren_depth--;
}

/* What kind of string begins here: a new one, or the same one goes on behind a line end. */
static enum string_kind
string_here(const struct split *s, enum string_kind before)
{
	if (before != STRING_NONE && s->statement.string_line_end)
		return before;
	return s->conforming_strings ? STRING_PLAIN : STRING_ESCAPE;
}

static void
skip_token(struct split *s, int c)
{
	struct statement *st = &s->statement;
	enum string_kind before;
	bool word = false;
	struct token token;

	begin_statement(s);
	before = st->string;
	st->string = STRING_NONE;
	s->token = s->at;
	s->line_blank = false;
	switch (class_of[c]) {
	case 'w':
		word = skip_word(s);
		break;
	case '0':
		skip_number(s);
		break;
	case '\'':
		(void)skip_string(s, string_here(s, before));
		break;
	case '"':
		(void)skip_identifier(s);
		break;
	case '$':
		(void)skip_dollar_quote(s);
		break;
	default:
		skip_sign(s, (char)c);
	}
	token = (struct token){ s->token - st->start, s->at - s->token };
	if (word)
		follow_word(s, token);
	add_token(s, token);
}

/*
 * Comments and psql's commands
 */

/* To the end of the line; directives are looked for in those that are alone on theirs. */
static void
skip_line_comment(struct split *s)
{
	s->in_comment = true;
	do {
		while (s->at < s->length && class_of[(unsigned char)s->text[s->at]] != 'n')
			s->at++;
	} while (s->at == s->length && more(s));
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
		int next = peek(s, 1);

		if (s->text[s->at] == '*' ? next != '/' : next != '*')
			continue;
		depth += s->text[s->at] == '/' ? 1 : (size_t)-1;
		s->at++;
	}
	s->in_comment = false;
	if (depth > 0)
		(void)unterminated(s, "/* comment");
}

static void
skip_space(struct split *s)
{
	for (; s->at < s->length; s->at++) {
		char class = class_of[(unsigned char)s->text[s->at]];

		if (class == 'n')
			s->line_blank = s->statement.string_line_end = true;
		else if (class != ' ')
			return;
	}
}

/* What to do instead of a command of psql; the last row is for all others. */
static const struct {
	const char *name, *next;
} meta_commands[] = {
	{ "\\c", "Give other databases a folder and a run of their own." },
	{ "\\connect", "Give other databases a folder and a run of their own." },
	{ "\\copy", "Write COPY ... FROM STDIN with the data in the lines behind it." },
	{ "\\i", "Put the text of that file here, or make it a migration of its own." },
	{ "\\ir", "Put the text of that file here, or make it a migration of its own." },
	{ "\\include", "Put the text of that file here, or make it a migration of its own." },
	{ "\\include_relative",
	    "Put the text of that file here, or make it a migration of its own." },
	{ "\\g", "End the statement with a semicolon." },
	{ "\\gx", "End the statement with a semicolon." },
	{ "\\;", "End the statement with a semicolon alone." },
	{ "\\gexec", "Write a DO block with EXECUTE." },
	{ "\\set", "Use a placeholder, ${name}, and give it its value in the configuration." },
	{ "\\.", "It ends the data of COPY ... FROM STDIN, which must begin with a COPY." },
	{ NULL, "Remove it: it speaks to psql and not to the server." },
};

/* \restrict and \unrestrict, which pg_dump writes, are skipped; the rest is refused. */
static void
skip_command(struct split *s)
{
	const char *name;
	size_t length, row = 0;

	s->token = s->at++;
	if (peek(s, 0) >= 0 && !is_word_byte(s->text[s->at]))
		s->at++;
	else
		skip_word_bytes(s);
	name = s->text + s->token;
	length = s->at - s->token;
	if (!s->statement.open &&
	    (is_word(name, length, "\\restrict") || is_word(name, length, "\\unrestrict"))) {
		skip_line_comment(s);
		return;
	}
	while (meta_commands[row].name != NULL && !is_word(name, length, meta_commands[row].name))
		row++;
	if (s->failed)
		return;
	(void)refuse(s, s->token, "psql meta-command \"%.*s\" is not supported",
	    (int)(length < SHOWN_MAX ? length : SHOWN_MAX), name);
	(void)error_next(s->err, "%s", meta_commands[row].next);
}

/*
 * COPY
 */

static bool
refuse_text(struct split *s, size_t at)
{
	return refuse(s, at, "text behind COPY ... FROM STDIN on its line");
}

/* The rest of the line of COPY ... FROM STDIN; its data begin on the next one. */
static bool
skip_copy_line(struct split *s)
{
	int c;

	while ((c = peek(s, 0)) >= 0 && class_of[c] != 'n') {
		size_t from = s->at;

		if (class_of[c] == ' ') {
			s->at++;
		} else if (c == '-' && peek(s, 1) == '-') {
			skip_line_comment(s);
		} else if (c == '/' && peek(s, 1) == '*') {
			skip_block_comment(s);
			if (memchr(s->text + from, '\n', s->at - from) != NULL)
				return refuse_text(s, from);
		} else {
			return refuse_text(s, from);
		}
	}
	s->copy_line_end = c == '\r' && peek(s, 1) != '\n' ? '\r' : '\n';
	if (c >= 0)
		s->at += c == '\r' && s->copy_line_end == '\n' ? 2 : 1;
	if (peek(s, 0) < 0)
		return refuse(
		    s, s->statement.start, "unterminated COPY ... FROM STDIN: it has no data");
	return !s->failed;
}

/* The length of the line "\." here with its end, or 0. */
static size_t
copy_end_length(struct split *s)
{
	int c;

	if (!s->copy_line_begins || s->text[s->at] != '\\' || peek(s, 1) != '.')
		return 0;
	c = peek(s, 2);
	if (c < 0 || c == s->copy_line_end)
		return c < 0 ? 2 : 3;
	return c == '\r' && peek(s, 3) == '\n' ? 4 : 0;
}

/* The next piece of the data: as many lines as are there, or a part of one. */
static void
next_copy_data(struct split *s, struct split_item *item)
{
	size_t from, length = 0;

	forget(s);
	from = s->at;
	while (s->at < s->length || (s->at == from && more(s))) {
		const char *end;

		length = copy_end_length(s);
		if (length > 0)
			break;
		end = memchr(s->text + s->at, s->copy_line_end, s->length - s->at);
		s->copy_line_begins = end != NULL;
		s->at = end == NULL ? s->length : (size_t)(end - s->text) + 1;
	}
	walk_to(&s->walk, from);
	fill_item(s, item, s->at > from ? SPLIT_COPY_DATA : SPLIT_COPY_END, &s->walk, from, s->at);
	if (s->at > from)
		return;
	s->at += length;
	s->copying = false;
	s->line_blank = true;
}

/*
 * Statements
 */

static struct token
without_quotes(const struct split *s, struct token token)
{
	const char *text = s->text + s->statement.start + token.at;

	if (token.length >= 2 && (text[0] == '\'' || text[0] == '"'))
		return (struct token){ token.at + 1, token.length - 2 };
	return token;
}

/* As the server reads a boolean: a prefix of true, yes or on, or 1. */
static bool
is_true(const struct split *s, struct token token)
{
	static const char *const words[] = { "1", "on", "t", "tr", "tru", "true", "y", "ye",
		"yes" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (token_is(s, token, words[i]))
			return true;
	}
	return false;
}

/* What the statement makes of standard_conforming_strings. */
static void
follow_setting(struct split *s)
{
	static const char name[] = "standard_conforming_strings";
	const struct token *word = s->statement.leading;
	bool scoped = token_is(s, word[1], "session") || token_is(s, word[1], "local");
	struct token value = without_quotes(s, word[scoped ? 4 : 3]);

	if (token_is(s, word[0], "reset") || token_is(s, word[0], "discard")) {
		if (token_is(s, word[1], "all") || token_is(s, without_quotes(s, word[1]), name))
			s->conforming_strings = s->initial_strings;
	} else if (token_is(s, word[0], "set") &&
	    token_is(s, without_quotes(s, word[scoped ? 2 : 1]), name)) {
		s->conforming_strings =
		    token_is(s, value, "default") ? s->initial_strings : is_true(s, value);
	}
}

/* at is on the semicolon, or at the end of the file. */
static void
end_statement(struct split *s, struct split_item *item)
{
	struct statement *st = &s->statement;
	size_t to = s->at;

	while (strchr(" n", class_of[(unsigned char)s->text[to - 1]]) != NULL)
		to--;
	follow_setting(s);
	s->at += s->at < s->length;
	if (st->copy_in && !skip_copy_line(s))
		return;
	fill_item(s, item, SPLIT_STATEMENT, &st->walk, st->start, to);
	item->copy_in = st->copy_in;
	s->copying = s->copy_line_begins = st->copy_in;
	st->open = false;
}

static bool
is_statement_end(const struct split *s)
{
	const struct statement *st = &s->statement;

	return s->text[s->at] == ';' && st->paren_depth == 0 && st->begin_depth == 0;
}

static bool
take_comment(struct split *s, struct split_item *item)
{
	bool alone = s->line_blank;
	size_t from = s->at;

	skip_line_comment(s);
	if (!alone || s->failed)
		return false;
	walk_to(&s->walk, from);
	fill_item(s, item, SPLIT_COMMENT, &s->walk, from, s->at);
	item->inside = s->statement.open;
	return true;
}

/* Scans to the end of an item, which stays SPLIT_END at the end of the file. */
static void
scan(struct split *s, struct split_item *item)
{
	int c;

	for (forget(s); (c = peek(s, 0)) >= 0 && !s->failed; forget(s)) {
		if (class_of[c] == ' ' || class_of[c] == 'n')
			skip_space(s);
		else if (c == '-' && peek(s, 1) == '-') {
			if (take_comment(s, item))
				return;
		} else if (c == '/' && peek(s, 1) == '*')
			skip_block_comment(s);
		else if (c == '\\')
			skip_command(s);
		else if (!is_statement_end(s))
			skip_token(s, c);
		else if (s->statement.open)
			break;
		else
			s->at++;
	}
	if (s->statement.open && !s->failed)
		end_statement(s, item);
}

struct split *
split_new(struct arena *a, const char *path, bool standard_conforming_strings, split_reader *read,
    void *source)
{
	struct split *s = arena_alloc(a, sizeof(*s));

	s->arena = a;
	s->path = path;
	s->read = read;
	s->source = source;
	s->initial_strings = s->conforming_strings = standard_conforming_strings;
	s->walk.line = s->walk.column = 1;
	s->line_blank = true;
	reserve(s, (size_t)2 * WINDOW);
	return s;
}

bool
split_next(struct split *s, struct split_item *item, struct error *err)
{
	s->err = err;
	*item = (struct split_item){ .kind = SPLIT_END };
	if (s->end_byte != '\0')
		s->text[s->end] = s->end_byte;
	s->end_byte = '\0';
	if (s->copying)
		next_copy_data(s, item);
	else
		scan(s, item);
	return !s->failed;
}
