/* SPDX-License-Identifier: MIT */
#include "sql/block.h"

#include <string.h>

#include "base/json.h"
#include "sql/grammar.h"
#include "sql/parse.h"

/*
 * The grammar of PL/pgSQL has a depth of its own, and its library dumps the tree by recursion:
 * where more things open than this, nothing is read.
 */
enum { OPENING_MAX = 500 };

struct reader {
	struct arena *a;
	struct block *out;
	const char *text; /* the statement */
	const char *body, *body_end; /* as PL/pgSQL reads it */
	size_t body_at; /* where that stands in the statement */
	bool written; /* without a doubled quote or an escape */
	const char *last; /* in the body: where the last part ended */
};

/* --- the body --- */

/* The string behind DO, and the language if it is said. */
static bool
find_body(const char *text, size_t length, struct word *body, struct word *language)
{
	struct words s = words_start(text, length);
	struct word w;

	*body = *language = (struct word){ .kind = WORD_END };
	words_next(&s, &w);
	while (words_next(&s, &w)) {
		if (word_is(&w, "LANGUAGE"))
			words_next(&s, language);
		else if (w.kind == WORD_STRING)
			*body = w;
	}
	return body->kind == WORD_STRING;
}

static bool
is_plpgsql(struct arena *a, const struct word *language)
{
	const char *name = word_value(a, language);

	return language->kind == WORD_END || (name != NULL && strcmp(name, "plpgsql") == 0);
}

/* Where the text of a string begins. */
static const char *
behind_quote(const struct word *string)
{
	const char *at = string->text + 1;

	while (*string->text == '$' && *at != '$')
		at++;
	return at + (*string->text == '$');
}

static bool
is_flat(struct words s)
{
	size_t opening = 0;
	struct word w;

	while (words_next(&s, &w))
		opening += word_is(&w, "BEGIN|IF|LOOP|CASE|FOREACH|EXCEPTION");
	return opening <= OPENING_MAX;
}

/* --- the place of a part --- */

static const char *
line_start(const struct reader *r, int64_t line)
{
	const char *at = r->body;

	for (; line > 1; line--) {
		const char *end = memchr(at, '\n', (size_t)(r->body_end - at));

		if (end == NULL)
			return at;
		at = end + 1;
	}
	return at;
}

/*
 * The parser tells lines only: the text is looked for from there on, behind the part before it if
 * that is in the same line.  NULL if it does not stand there as it is.
 */
static const char *
find_in_body(struct reader *r, const char *text, int64_t line)
{
	const char *from = line_start(r, line), *found;

	if (r->last > from)
		from = r->last;
	found = strstr(from, text);
	if (found != NULL)
		r->last = found + strlen(text);
	return found;
}

static int64_t
place_in_text(const struct reader *r, const char *in_body)
{
	if (!r->written || in_body == NULL)
		return (int64_t)r->body_at;
	return (int64_t)(r->body_at + (size_t)(in_body - r->body));
}

/* --- parts --- */

static void
add_part(struct reader *r, struct block_part part)
{
	struct block *out = r->out;

	out->parts = arena_extend(r->a, out->parts, out->count, sizeof(*out->parts));
	out->parts[out->count++] = part;
}

/* PERFORM is told as a SELECT, and so does not stand there. */
static void
add_statement(struct reader *r, const char *text, int64_t line)
{
	static const char select[] = "SELECT ";
	const char *found = find_in_body(r, text, line);
	bool written = r->written && found != NULL;

	if (found == NULL && strncmp(text, select, strlen(select)) == 0)
		found = find_in_body(r, text + strlen(select), line);
	add_part(r,
	    (struct block_part){
		.text = arena_strdup(r->a, text),
		.at = place_in_text(r, found),
		.written = written,
	    });
}

static bool
skip_concatenation(struct words *s)
{
	struct words at = *s;
	struct word first, second;

	if (!words_next(&at, &first) || *first.text != '|' || !words_next(&at, &second) ||
	    *second.text != '|')
		return false;
	*s = at;
	return true;
}

/* 'a' || 'b' as one text; NULL where there is more than constant strings. */
static const char *
constant_text(struct reader *r, const char *expression, size_t *strings)
{
	struct words s = words_start(expression, strlen(expression));
	struct arena_text *text = arena_text_new(r->a);
	struct word w;

	*strings = 0;
	do {
		const char *value = NULL;

		if (words_next(&s, &w) && w.kind == WORD_STRING)
			value = word_value(r->a, &w);
		if (value == NULL)
			return NULL;
		fputs(value, text->out);
		++*strings;
	} while (skip_concatenation(&s));
	return words_next(&s, &w) ? NULL : arena_text_end(text);
}

/* Several statements may be executed at once. */
static void
add_executed(struct reader *r, const char *text, int64_t at, bool written)
{
	struct words s = words_start(text, strlen(text));
	const char *start = text;
	struct word w;
	bool more;

	do {
		more = words_next(&s, &w);
		if (more && !word_is(&w, ";"))
			continue;
		if (w.text > start)
			add_part(r,
			    (struct block_part){
				.text = arena_strndup(r->a, start, (size_t)(w.text - start)),
				.at = written ? at + (start - text) : at,
				.written = written,
			    });
		start = s.at;
	} while (more);
}

static void
add_execute(struct reader *r, const char *expression, int64_t line)
{
	const char *found = find_in_body(r, expression, line), *inside = NULL;
	int64_t at = place_in_text(r, found);
	size_t strings;
	const char *text = constant_text(r, expression, &strings);

	if (text == NULL) {
		add_part(r,
		    (struct block_part){
			.kind = BLOCK_DYNAMIC,
			.text = arena_strdup(r->a, expression),
			.at = at,
			.written = r->written && found != NULL,
		    });
		return;
	}
	if (strings == 1 && r->written && found != NULL)
		inside = strstr(found, text);
	add_executed(r, text, inside != NULL ? place_in_text(r, inside) : at, inside != NULL);
}

/* COMMIT and ROLLBACK have no text. */
static void
add_end(struct reader *r, enum block_kind kind, int64_t line)
{
	const char *from = line_start(r, line);
	struct words s;
	struct word w;

	from = r->last > from ? r->last : from;
	s = words_start(from, (size_t)(r->body_end - from));
	while (words_next(&s, &w) && !word_is(&w, kind == BLOCK_COMMIT ? "COMMIT" : "ROLLBACK"))
		;
	add_part(
	    r, (struct block_part){ .kind = kind, .text = "", .at = place_in_text(r, w.text) });
	r->last = s.at;
}

/* --- the tree, as the library tells it --- */

#define EXPRESSION "PLpgSQL_expr", "query", NULL

static const struct {
	const char *name;
	const char *path[4]; /* to its text */
	bool executes; /* the text is an expression that gives the statement */
} statements[] = {
	{ "PLpgSQL_stmt_execsql", { "sqlstmt", EXPRESSION }, false },
	{ "PLpgSQL_stmt_perform", { "expr", EXPRESSION }, false },
	{ "PLpgSQL_stmt_call", { "expr", EXPRESSION }, false },
	{ "PLpgSQL_stmt_fors", { "query", EXPRESSION }, false },
	{ "PLpgSQL_stmt_open", { "query", EXPRESSION }, false },
	{ "PLpgSQL_stmt_open", { "dynquery", EXPRESSION }, true },
	{ "PLpgSQL_stmt_dynexecute", { "query", EXPRESSION }, true },
	{ "PLpgSQL_stmt_dynfors", { "query", EXPRESSION }, true },
};

static void
visit(void *context, const char *name, const struct json *value)
{
	struct reader *r = context;
	int64_t line = json_integer_of(value, "lineno", 1);

	for (size_t i = 0; name != NULL && i < sizeof(statements) / sizeof(statements[0]); i++) {
		const char *text;

		if (strcmp(statements[i].name, name) != 0)
			continue;
		text = json_text_at(value, statements[i].path);
		if (text != NULL && statements[i].executes)
			add_execute(r, text, line);
		else if (text != NULL)
			add_statement(r, text, line);
	}
	if (name != NULL && strcmp(name, "PLpgSQL_stmt_commit") == 0)
		add_end(r, BLOCK_COMMIT, line);
	else if (name != NULL && strcmp(name, "PLpgSQL_stmt_rollback") == 0)
		add_end(r, BLOCK_ROLLBACK, line);
	json_each(value, visit, r);
}

/* --- reading --- */

static void
add_unread(struct reader *r, const char *why)
{
	r->out->count = 0;
	add_part(r,
	    (struct block_part){
		.kind = BLOCK_UNREAD,
		.text = arena_strdup(r->a, why),
		.at = (int64_t)r->body_at,
	    });
}

static void
ask(struct reader *r, const char *text)
{
	PgQueryPlpgsqlParseResult result = pg_query_parse_plpgsql(text);
	const struct json *tree;

	if (result.error != NULL) {
		add_unread(r, result.error->message);
	} else {
		tree = json_read(r->a, result.plpgsql_funcs);
		if (tree != NULL)
			json_each(tree, visit, r);
		else
			add_unread(r, "the parser's answer cannot be read");
	}
	pg_query_free_plpgsql_parse_result(result);
}

void
block_read(struct arena *a, const char *text, size_t length, struct block *out)
{
	struct reader r = { .a = a, .out = out, .text = text };
	struct word body, language;
	const char *inside;

	*out = (struct block){ 0 };
	if (!find_body(text, length, &body, &language))
		return;
	r.body_at = (size_t)(body.text - text);
	r.body = word_value(a, &body);
	if (r.body == NULL || !is_plpgsql(a, &language)) {
		add_unread(&r, "only bodies of PL/pgSQL are read");
		return;
	}
	r.body_end = r.body + strlen(r.body);
	r.last = r.body;
	if (!parse_is_safe(r.body, strlen(r.body)) ||
	    !is_flat(words_start(r.body, strlen(r.body)))) {
		add_unread(&r, "too long or too deep");
		return;
	}
	inside = behind_quote(&body);
	r.written = strncmp(inside, r.body, strlen(r.body)) == 0;
	if (r.written)
		r.body_at = (size_t)(inside - text);
	ask(&r, arena_strndup(a, text, length));
}
