/* SPDX-License-Identifier: MIT */
#include "sql/words.h"

#include <string.h>
#include <strings.h>

#define CREATE_MODIFIERS                                                                       \
	"OR|REPLACE|TEMP|TEMPORARY|LOCAL|GLOBAL|UNLOGGED|UNIQUE|TRUSTED|PROCEDURAL|RECURSIVE|" \
	"CONSTRAINT|DEFAULT"

struct words
words_start(const char *text, size_t length)
{
	return (struct words){ .at = text, .end = text + length };
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_name_start(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c & 0x80) != 0;
}

static bool
is_name(char c)
{
	return is_name_start(c) || is_digit(c) || c == '$';
}

static bool
is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* The character behind the current one, NUL at the end. */
static char
peek(const struct words *s)
{
	return s->end - s->at > 1 ? s->at[1] : '\0';
}

static void
skip_block_comment(struct words *s)
{
	size_t depth = 0;

	do {
		if (*s->at == '/' && peek(s) == '*') {
			depth++;
			s->at += 2;
		} else if (*s->at == '*' && peek(s) == '/') {
			depth--;
			s->at += 2;
		} else {
			s->at++;
		}
	} while (depth > 0 && s->at < s->end);
}

static void
skip_space(struct words *s)
{
	while (s->at < s->end) {
		if (is_space(*s->at)) {
			s->at++;
		} else if (*s->at == '-' && peek(s) == '-') {
			while (s->at < s->end && *s->at != '\n' && *s->at != '\r')
				s->at++;
		} else if (*s->at == '/' && peek(s) == '*') {
			skip_block_comment(s);
		} else {
			return;
		}
	}
}

/* From the opening quote to behind the closing one; a doubled quote does not close. */
static void
skip_quoted(struct words *s, bool escapes)
{
	char quote = *s->at++;

	while (s->at < s->end) {
		char c = *s->at++;

		if (c == '\\' && escapes && s->at < s->end)
			s->at++;
		else if (c == quote && (s->at == s->end || *s->at != quote))
			return;
		else if (c == quote)
			s->at++;
	}
}

/* The length of the $tag$ that stands here, 0 if there is none. */
static size_t
dollar_tag(const struct words *s)
{
	const char *p = s->at + 1;

	if (p < s->end && is_name_start(*p))
		while (p < s->end && is_name(*p) && *p != '$')
			p++;
	return p < s->end && *p == '$' ? (size_t)(p + 1 - s->at) : 0;
}

static void
skip_dollar_quoted(struct words *s, size_t tag_length)
{
	const char *tag = s->at, *p = s->at + tag_length;

	while ((p = memchr(p, '$', (size_t)(s->end - p))) != NULL) {
		if ((size_t)(s->end - p) < tag_length)
			break;
		if (memcmp(p, tag, tag_length) == 0) {
			s->at = p + tag_length;
			return;
		}
		p++;
	}
	s->at = s->end;
}

static void
skip_number(struct words *s)
{
	bool hexadecimal = *s->at == '0' && (peek(s) | 0x20) == 'x';

	while (s->at < s->end && (is_name(*s->at) || *s->at == '.')) {
		bool exponent = !hexadecimal && (*s->at | 0x20) == 'e';

		s->at++;
		if (exponent && s->at < s->end && (*s->at == '+' || *s->at == '-'))
			s->at++;
	}
}

/* The length of E, B, X, N or U& where a quote follows it, else 0. */
static size_t
quote_prefix(const struct words *s)
{
	char letter = (char)(*s->at | 0x20);

	if (peek(s) == '\'' && strchr("ebxn", letter) != NULL)
		return 1;
	if (letter == 'u' && peek(s) == '&' && s->end - s->at > 2 &&
	    (s->at[2] == '\'' || s->at[2] == '"'))
		return 2;
	return 0;
}

static enum word_kind
skip_name_or_quoted(struct words *s)
{
	size_t prefix = is_name_start(*s->at) ? quote_prefix(s) : 0;
	bool escapes = prefix == 1 ? (*s->at | 0x20) == 'e' : prefix == 0 && s->escapes;

	s->at += prefix;
	s->escapes = false;
	if (*s->at == '"') {
		skip_quoted(s, false);
		return WORD_QUOTED;
	}
	if (*s->at == '\'') {
		s->escapes = escapes;
		skip_quoted(s, escapes);
		return WORD_STRING;
	}
	while (s->at < s->end && is_name(*s->at))
		s->at++;
	return WORD_PLAIN;
}

static enum word_kind
skip_word(struct words *s)
{
	char c = *s->at;
	size_t tag_length = c == '$' ? dollar_tag(s) : 0;

	if (is_name_start(c) || c == '"' || c == '\'')
		return skip_name_or_quoted(s);
	s->escapes = false;
	if (tag_length > 0) {
		skip_dollar_quoted(s, tag_length);
		return WORD_STRING;
	}
	if (is_digit(c) || (c == '.' && is_digit(peek(s)))) {
		skip_number(s);
		return WORD_NUMBER;
	}
	s->at++;
	return WORD_SYMBOL;
}

bool
words_next(struct words *s, struct word *word)
{
	skip_space(s);
	*word = (struct word){ .text = s->at };
	if (s->at == s->end)
		return false;
	word->kind = skip_word(s);
	word->length = (size_t)(s->at - word->text);
	return true;
}

static bool
is_keyword(const struct word *word, const char *text, size_t length)
{
	if (word->kind != WORD_PLAIN && word->kind != WORD_SYMBOL)
		return false;
	return word->length == length && strncasecmp(word->text, text, length) == 0;
}

static char
to_upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

/* Most alternatives differ in their first letter, and this is asked for each word of each pattern. */
static bool
is_any_keyword(const struct word *word, const char *alternatives, size_t length)
{
	const char *at = alternatives, *end = alternatives + length;

	if (word->kind != WORD_PLAIN && word->kind != WORD_SYMBOL)
		return false;
	for (;;) {
		size_t i = 0;

		while (at < end && *at != '|' && i < word->length &&
		    to_upper(*at) == to_upper(word->text[i])) {
			at++;
			i++;
		}
		if (i == word->length && (at == end || *at == '|'))
			return true;
		at = at == end ? NULL : memchr(at, '|', (size_t)(end - at));
		if (at == NULL)
			return false;
		at++;
	}
}

bool
word_is(const struct word *word, const char *alternatives)
{
	return is_any_keyword(word, alternatives, strlen(alternatives));
}

void
words_skip_list(struct words *s)
{
	size_t depth = 1;
	struct word w;

	while (depth > 0 && words_next(s, &w)) {
		if (word_is(&w, "("))
			depth++;
		else if (word_is(&w, ")"))
			depth--;
	}
}

static bool
match_name(struct words *s)
{
	for (;;) {
		struct words behind;
		struct word w;

		if (!words_next(s, &w) || (w.kind != WORD_PLAIN && w.kind != WORD_QUOTED))
			return false;
		behind = *s;
		words_next(&behind, &w);
		if (!word_is(&w, "."))
			return true;
		*s = behind;
	}
}

/* Is the option whose name was just read off, as in "false", "= off", "'0'"?  No value is on. */
static bool
option_is_off(struct words s)
{
	struct word w;

	words_next(&s, &w);
	if (word_is(&w, "="))
		words_next(&s, &w);
	if (w.kind == WORD_STRING && w.length > 2)
		w = (struct word){ WORD_PLAIN, w.text + 1, w.length - 2 };
	else if (w.kind == WORD_NUMBER)
		w.kind = WORD_PLAIN;
	return word_is(&w, "FALSE|OFF|0");
}

/* A list of options like (FULL, ANALYZE off); wanted is "+FULL", or empty for any list. */
static bool
match_list(struct words *s, const char *wanted, size_t length)
{
	bool found = length == 0, starts = true;
	struct words inside;
	struct word w;

	if (!words_next(s, &w) || !word_is(&w, "("))
		return false;
	inside = *s;
	words_skip_list(s);
	while (!found && inside.at < s->at && words_next(&inside, &w)) {
		if (starts && is_keyword(&w, wanted + 1, length - 1))
			found = *wanted == '?' || option_is_off(inside) == (*wanted == '-');
		starts = word_is(&w, ",");
	}
	return found;
}

/* So that CREATE TABLE is also CREATE TEMP TABLE, and CREATE INDEX also CREATE UNIQUE INDEX. */
static bool
match_create(struct words *s)
{
	struct words before;
	struct word w;

	if (!words_next(s, &w) || !word_is(&w, "CREATE"))
		return false;
	do {
		before = *s;
	} while (words_next(s, &w) && word_is(&w, CREATE_MODIFIERS));
	*s = before;
	return true;
}

static bool
match_element(struct words *s, const char *element, size_t length)
{
	struct word w;

	if (length == 6 && strncmp(element, "CREATE", 6) == 0)
		return match_create(s);
	if (length > 1 && *element == '(')
		return match_list(s, element + 1, length - 2);
	if (*element == '%')
		return match_name(s);
	if (*element == '$')
		return !words_next(s, &w);
	return words_next(s, &w) && is_any_keyword(&w, element, length);
}

static bool
match_somewhere(struct words *s, const char *pattern)
{
	struct word w;

	while (!words_match(s, pattern)) {
		if (!words_next(s, &w))
			return false;
		if (word_is(&w, "("))
			words_skip_list(s);
	}
	return true;
}

/* As strcspn(pattern, " "), which is slow to begin. */
static size_t
element_length(const char *pattern)
{
	size_t length = 0;

	while (pattern[length] != '\0' && pattern[length] != ' ')
		length++;
	return length;
}

bool
words_match(struct words *s, const char *pattern)
{
	struct words at = *s;

	while (*pattern != '\0') {
		size_t length = element_length(pattern), bracket = *pattern == '[' && length > 1;
		struct words before = at;

		if (strncmp(pattern, "... ", 4) == 0) {
			if (!match_somewhere(&at, pattern + 4))
				return false;
			break;
		}
		if (!match_element(&at, pattern + bracket, length - 2 * bracket)) {
			if (bracket == 0)
				return false;
			at = before;
		}
		pattern += length + (pattern[length] == ' ');
	}
	*s = at;
	return true;
}

/* Drops the quotes and makes doubled ones single. */
static const char *
unquote(struct arena *a, const char *text, size_t length)
{
	char quote = *text, *value = arena_strndup(a, text + 1, length - 1), *to = value;
	const char *from;

	for (from = value; *from != '\0'; from++) {
		if (*from == quote && *++from != quote)
			break;
		*to++ = *from;
	}
	*to = '\0';
	return value;
}

static const char *
fold(struct arena *a, const char *text, size_t length)
{
	char *value = arena_strndup(a, text, length), *p;

	for (p = value; *p != '\0'; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p | 0x20);
	return value;
}

static const char *
string_value(struct arena *a, const struct word *word)
{
	struct words s = words_start(word->text, word->length);
	bool escapes = (*word->text | 0x20) == 'e';

	if (*word->text == '$') {
		size_t tag_length = dollar_tag(&s);

		if (word->length < 2 * tag_length)
			return NULL;
		return arena_strndup(a, word->text + tag_length, word->length - 2 * tag_length);
	}
	if (*word->text != '\'' && !escapes)
		return NULL;
	if (escapes && memchr(word->text, '\\', word->length) != NULL)
		return NULL;
	return unquote(a, word->text + escapes, word->length - escapes);
}

const char *
word_value(struct arena *a, const struct word *word)
{
	switch (word->kind) {
	case WORD_PLAIN:
		return fold(a, word->text, word->length);
	case WORD_NUMBER:
		return arena_strndup(a, word->text, word->length);
	case WORD_QUOTED:
		return *word->text == '"' ? unquote(a, word->text, word->length) : NULL;
	case WORD_STRING:
		return string_value(a, word);
	case WORD_SYMBOL:
	case WORD_END:
		break;
	}
	return NULL;
}

void
words_read_name(struct arena *a, struct words *s, const char **schema, const char **name)
{
	struct word w;
	int i;

	words_next(s, &w);
	*name = word_value(a, &w);
	for (i = 0; i < 2 && words_match(s, "."); i++) {
		words_next(s, &w);
		*schema = *name;
		*name = word_value(a, &w);
	}
}
