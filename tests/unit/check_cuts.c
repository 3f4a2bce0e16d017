/* SPDX-License-Identifier: MIT */
#include "sql/split.h"

#include <check.h>
#include <dirent.h>
#include <pg_query.h>
#include <pg_query/pg_query.pb-c.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * On every file of tests/data/sql that PostgreSQL's own grammar reads, our cuts are its cuts and
 * our comments its comments.  Files whose first line says "not for the grammar" are not compared.
 */

enum { FOLDER_MAX = 200 };
static const char folder[] = "tests/data/sql";
static const char unfit[] = "-- not for the grammar";

static struct arena *arena;
static struct arena *name_arena;
static const char *names[FOLDER_MAX];
static int name_count;

static void
set_up(void)
{
	arena = arena_new(NULL);
}

static void
tear_down(void)
{
	arena_close(arena);
}

static const char *
read_file(const char *name)
{
	struct arena_text *text = arena_text_new(arena);
	FILE *in = fopen(arena_printf(arena, "%s/%s", folder, name), "rb");
	int c;

	ck_assert_ptr_nonnull(in);
	while ((c = getc(in)) != EOF)
		putc(c, text->out);
	(void)fclose(in); /* nothing was written */
	return arena_text_end(text);
}

static bool
read_text(void *source, struct split_chunk *chunk, struct error *err)
{
	const char **text = source;

	(void)err;
	chunk->text = *text;
	chunk->length = strlen(*text);
	*text += chunk->length;
	return true;
}

static bool
is_comment(const PgQuery__ScanToken *token)
{
	return token->token == PG_QUERY__TOKEN__SQL_COMMENT ||
	    token->token == PG_QUERY__TOKEN__C_COMMENT;
}

static bool
is_blank(const char *text, size_t length)
{
	return strspn(text, " \t\n\v\f\r") >= length;
}

/* Is a -- comment of the scanner alone on its line? */
static bool
is_alone(const char *text, const PgQuery__ScanToken *token)
{
	size_t from = (size_t)token->start;

	while (from > 0 && text[from - 1] != '\n' && text[from - 1] != '\r')
		from--;
	return token->token == PG_QUERY__TOKEN__SQL_COMMENT &&
	    is_blank(text + from, (size_t)token->start - from);
}

/* What both sides say, a line each. */
static void
put_piece(FILE *out, const char *kind, const char *text, size_t from, size_t to)
{
	while (to > from && is_blank(text + to - 1, 1))
		to--;
	fprintf(out, "%s %zu-%zu\n", kind, from, to);
}

static const char *
our_statements(const char *text, struct arena_text *comments)
{
	struct arena_text *out = arena_text_new(arena);
	struct error *err = error_new(arena);
	const char *rest = text;
	struct split *s = split_new(arena, "x.sql", true, read_text, &rest);
	struct split_item item;

	while (split_next(s, &item, err) && item.kind != SPLIT_END)
		put_piece(item.kind == SPLIT_COMMENT ? comments->out : out->out,
		    item.kind == SPLIT_COMMENT ? "comment" : "statement", text, (size_t)item.offset,
		    (size_t)item.offset + item.length);
	ck_assert_msg(err->code == ERR_NONE, "%d:%d: %s", (int)err->place.line,
	    (int)err->place.column, err->message);
	return arena_text_end(out);
}

/* The grammar's pieces have white space and comments in front: its scanner tells where they end. */
static const char *
its_statements(const char *text, const PgQuery__ScanResult *tokens)
{
	struct arena_text *out = arena_text_new(arena);
	PgQuerySplitResult split = pg_query_split_with_parser(text);
	size_t token = 0;

	if (split.error != NULL)
		ck_abort_msg("%s at %d", split.error->message, split.error->cursorpos);
	for (int i = 0; i < split.n_stmts; i++) {
		const PgQuerySplitStmt *stmt = split.stmts[i];
		size_t end = (size_t)(stmt->stmt_location + stmt->stmt_len);

		while (token < tokens->n_tokens &&
		    (tokens->tokens[token]->start < stmt->stmt_location ||
			is_comment(tokens->tokens[token])))
			token++;
		ck_assert_uint_lt(token, tokens->n_tokens);
		put_piece(out->out, "statement", text, (size_t)tokens->tokens[token]->start,
		    stmt->stmt_len == 0 ? strlen(text) : end);
	}
	pg_query_free_split_result(split);
	return arena_text_end(out);
}

static const char *
its_comments(const char *text, const PgQuery__ScanResult *tokens)
{
	struct arena_text *out = arena_text_new(arena);

	for (size_t i = 0; i < tokens->n_tokens; i++) {
		const PgQuery__ScanToken *token = tokens->tokens[i];

		if (is_alone(text, token))
			put_piece(
			    out->out, "comment", text, (size_t)token->start, (size_t)token->end);
	}
	return arena_text_end(out);
}

START_TEST(cuts_as_the_grammar_does)
{
	const char *text = read_file(names[_i]);
	struct arena_text *comments = arena_text_new(arena);
	PgQueryScanResult scan;
	PgQuery__ScanResult *tokens;

	if (strncmp(text, unfit, strlen(unfit)) == 0)
		return;
	scan = pg_query_scan(text);
	ck_assert_ptr_null(scan.error);
	tokens =
	    pg_query__scan_result__unpack(NULL, scan.pbuf.len, (const uint8_t *)scan.pbuf.data);
	ck_assert_ptr_nonnull(tokens);
	ck_assert_str_eq(our_statements(text, comments), its_statements(text, tokens));
	ck_assert_str_eq(arena_text_end(comments), its_comments(text, tokens));
	pg_query__scan_result__free_unpacked(tokens, NULL);
	pg_query_free_scan_result(scan);
}
END_TEST

START_TEST(finds_a_broad_collection)
{
	ck_assert_int_ge(name_count, 30);
}
END_TEST

static void
list_files(void)
{
	DIR *files = opendir(folder);
	struct dirent *entry;

	if (files == NULL) {
		perror(folder);
		exit(1);
	}
	while ((entry = readdir(files)) != NULL) {
		const char *dot = strrchr(entry->d_name, '.');

		if (dot != NULL && strcmp(dot, ".sql") == 0 && name_count < FOLDER_MAX)
			names[name_count++] = arena_strdup(name_arena, entry->d_name);
	}
	(void)closedir(files);
}

int
main(void)
{
	TCase *tests = tcase_create("cuts");
	Suite *suite = suite_create("cuts");
	SRunner *runner = srunner_create(suite);
	int failed;

	name_arena = arena_new(NULL);
	list_files();
	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_loop_test(tests, cuts_as_the_grammar_does, 0, name_count);
	tcase_add_test(tests, finds_a_broad_collection);
	suite_add_tcase(suite, tests);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	arena_close(name_arena);
	return failed > 0;
}
