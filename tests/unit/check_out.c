/* SPDX-License-Identifier: MIT */
#include "cli/out.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/mask.h"
#include "base/utf8.h"

static struct arena *arena;
static const struct config plain = { .color = COLOR_NEVER };

static void
set_up(void)
{
	arena = arena_new(NULL);
	unsetenv("GITHUB_ACTIONS");
}

static void
tear_down(void)
{
	mask_clear();
	arena_close(arena);
}

static const char *
error_text(const struct error *err)
{
	struct arena_text *text = arena_text_new(arena);

	out_error(text->out, &plain, err);
	return arena_text_end(text);
}

static const char *
source_text(const char *source, int64_t column)
{
	struct error *err = error_new(arena);

	error_set_at(err, ERR_SQL, (struct place){ "V1__a.sql", 7, column, source }, "wrong");
	return error_text(err);
}

START_TEST(says_everything_about_an_error_in_order)
{
	struct error *err = error_new(arena);

	error_set_at(err, ERR_SQL,
	    (struct place){ "V12__add_email.sql", 7, 14, "CREATE TABLE users (id int);" },
	    "relation \"users\" already exists");
	memcpy(err->sqlstate, "42P07", 6);
	err->detail = "Two\nlines.";
	err->hint = "Rename it.";
	err->context = "SQL statement \"x\"";
	err->statement = "statement 3 of 5";
	err->state = "rolled back, nothing of V12 was kept";
	error_next(err, "Correct the file.");
	ck_assert_str_eq(error_text(err),
	    "migrate: error: V12__add_email.sql:7:14: relation \"users\" already exists\n"
	    "  7 | CREATE TABLE users (id int);\n"
	    "    |              ^\n"
	    "DETAIL:  Two\n"
	    "  | lines.\n"
	    "HINT:  Rename it.\n"
	    "CONTEXT:  SQL statement \"x\"\n"
	    "SQLSTATE:  42P07\n"
	    "STATEMENT:  3 of 5\n"
	    "STATE:  rolled back, nothing of V12 was kept\n"
	    "NEXT:  Correct the file.\n");
}
END_TEST

static const struct caret_case {
	const char *source;
	int64_t column;
	const char *line;
	int before; /* columns before the caret */
} carets[] = {
	{ "SELECT 1", 1, "SELECT 1", 0 },
	{ "SELECT 1", 8, "SELECT 1", 7 },
	{ "SELECT", 7, "SELECT", 6 }, /* the end of the text */
	{ "\tx", 2, "        x", 8 },
	{ "ab\tx\ty", 6, "ab      x       y", 16 },
	{ "\xe4\xb8\xad\xe6\x96\x87 x", 4, "\xe4\xb8\xad\xe6\x96\x87 x", 5 },
	{ "e\xcc\x81x", 3, "e\xcc\x81x", 1 },
	{ "a\x1b[2Jb", 6, "a\\x1B[2Jb", 8 },
	{ "a\xff"
	  "b",
	    3, "a\\xFFb", 5 },
	{ "x\r", 2, "x", 1 },
	{ "secret x", 8, "******** x", 9 },
};

START_TEST(puts_the_caret_under_the_right_column)
{
	const struct caret_case *c = &carets[_i];

	mask_add("secret");
	ck_assert_str_eq(source_text(c->source, c->column),
	    arena_printf(arena, "migrate: error: V1__a.sql:7:%lld: wrong\n  7 | %s\n    | %*s^\n",
		(long long)c->column, c->line, c->before, ""));
}
END_TEST

/* The character above the caret in the last two lines of a text. */
static char
above_caret(const char *text)
{
	const char *caret_line = strrchr(arena_strndup(arena, text, strlen(text) - 1), '\n');
	size_t columns = strlen(caret_line) - 2;
	const char *line;

	text = arena_strndup(arena, text, strlen(text) - strlen(caret_line) - 1);
	line = strrchr(text, '\n') + 1;
	return line[utf8_fit(line, strlen(line), columns)];
}

START_TEST(cuts_a_long_line_around_the_caret)
{
	static const int places[] = { 1, 10, 60, 75, 500, 940, 990, 1000 };
	char *source = arena_alloc(arena, 1001);
	const char *text, *line;

	memset(source, '.', 1000);
	source[places[_i] - 1] = 'X';
	text = source_text(source, places[_i]);
	ck_assert_int_eq(above_caret(text), 'X');
	line = strchr(text, '\n') + 1;
	ck_assert_uint_le(utf8_columns(line, strcspn(line, "\n")), 80);
	ck_assert_ptr_nonnull(strstr(line, "…"));
}
END_TEST

START_TEST(leaves_out_the_caret_when_the_column_is_not_known)
{
	ck_assert_str_eq(
	    source_text("SELECT 1", 0), "migrate: error: V1__a.sql:7: wrong\n  7 | SELECT 1\n");
}
END_TEST

START_TEST(says_the_path_once)
{
	struct error *err = error_new(arena);

	error_set_at(err, ERR_REFUSED, (struct place){ .path = "migrations/V1_a.sql" },
	    "\"V1_a.sql\" has one underscore");
	ck_assert_str_eq(error_text(err), "migrate: error: \"V1_a.sql\" has one underscore\n");
	error_set_at(err, ERR_REFUSED, (struct place){ .path = "V1_a.sql" }, "one underscore");
	ck_assert_str_eq(error_text(err), "migrate: error: V1_a.sql: one underscore\n");
}
END_TEST

START_TEST(counts_problems_in_the_last_line)
{
	struct problems problems = { .arena = arena };
	struct arena_text *text = arena_text_new(arena);

	error_set(problem_add(&problems), ERR_REFUSED, "one");
	error_set(problem_add(&problems), ERR_UNKNOWN, "two");
	out_problems(text->out, &plain, &problems);
	ck_assert_str_eq(arena_text_end(text),
	    "migrate: error: one\n\nmigrate: error: two\n\nmigrate: 2 problems\n");
	ck_assert_int_eq(out_problems_status(&problems), 7);
}
END_TEST

START_TEST(sums_up_problems_as_one_error)
{
	struct problems problems = { .arena = arena };

	ck_assert_ptr_null(out_summary(arena, &problems));
	error_set(problem_add(&problems), ERR_REFUSED, "one");
	ck_assert_str_eq(out_summary(arena, &problems)->message, "one");
	error_set(problem_add(&problems), ERR_UNKNOWN, "two");
	ck_assert_int_eq(out_summary(arena, &problems)->code, ERR_UNKNOWN);
}
END_TEST

static const struct foreign {
	const char *text, *line, *lines;
} foreigners[] = {
	{ "plain", "plain", "plain" },
	{ "a\nb", "a\\x0Ab", "a\n  | b" },
	{ "a\n::error::b\n", "a\\x0A::error::b\\x0A", "a\n  | ::error::b" },
	{ "a\n\nb\n\n", "a\\x0A\\x0Ab\\x0A\\x0A", "a\n  | \n  | b" },
	{ "x ##[error]y",
	    "x ##\\x5b"
	    "error]y",
	    "x ##\\x5b"
	    "error]y" },
	{ "\x1b[31mred", "\\x1B[31mred", "\\x1B[31mred" },
	{ "\xe2\x80\xae"
	  "abc",
	    "\\xE2\\x80\\xAE"
	    "abc",
	    "\\xE2\\x80\\xAE"
	    "abc" },
	{ "::error::a", "\\x3a:error::a", "::error::a" },
	{ "", "", "" },
};

START_TEST(lets_no_foreign_text_steer_a_reader)
{
	struct arena_text *line = arena_text_new(arena), *lines = arena_text_new(arena);

	setenv("GITHUB_ACTIONS", "true", 1);
	out_put(line->out, foreigners[_i].text);
	out_lines(lines->out, foreigners[_i].text);
	ck_assert_str_eq(arena_text_end(line), foreigners[_i].line);
	ck_assert_str_eq(arena_text_end(lines), foreigners[_i].lines);
}
END_TEST

START_TEST(leaves_brackets_alone_elsewhere)
{
	struct arena_text *text = arena_text_new(arena);

	out_put(text->out, "##[error]");
	ck_assert_str_eq(arena_text_end(text), "##[error]");
}
END_TEST

static const struct shortening {
	const char *text;
	size_t columns;
	const char *expected;
} shortenings[] = {
	{ "add total", 0, "add total" },
	{ "add total", 9, "add total" },
	{ "add total", 8, "add tot…" },
	{ "add total", 5, "add…" }, /* no blank before the ellipsis */
	{ "\xe4\xb8\xad\xe6\x96\x87", 3, "\xe4\xb8\xad…" },
	{ "abc", 1, "…" },
};

START_TEST(shortens_by_columns)
{
	const struct shortening *s = &shortenings[_i];

	ck_assert_str_eq(out_shorten(arena, s->text, s->columns), s->expected);
}
END_TEST

START_TEST(lines_up_columns_without_trailing_blanks)
{
	const char *cells[] = { "Version", "Description", "State", "1", "\xe4\xb8\xad", "Success",
		NULL, "views", "", "22", NULL, "Pending" };
	struct out_table table = { 3, 1, cells, sizeof(cells) / sizeof(cells[0]) };
	struct arena_text *text = arena_text_new(arena);

	out_table_print(text->out, &table);
	ck_assert_str_eq(arena_text_end(text),
	    "Version  Description  State\n"
	    "1        \xe4\xb8\xad           Success\n"
	    "         views\n"
	    "22                    Pending\n");
}
END_TEST

START_TEST(colours_only_when_asked)
{
	struct config config = { .color = COLOR_ALWAYS };
	struct arena_text *text = arena_text_new(arena);

	out_paint(text->out, &config, OUT_ERROR, "error:");
	config.color = COLOR_AUTO; /* and this is no terminal */
	out_paint(text->out, &config, OUT_ERROR, "error:");
	ck_assert_str_eq(arena_text_end(text), "\033[01;31merror:\033[0merror:");
}
END_TEST

START_TEST(begins_every_answer_alike)
{
	static const char *const members[] = { "\"format\": 1", "\"operation\": \"migrate\"",
		"\"success\": false", "\"code\": \"SQL\"", "\"exit\": 1", "\"sqlState\": \"42P07\"",
		"\"line\": 3", "\"column\": null", "\"warnings\": [\n    \"careful\"\n  ]",
		"\"toolVersion\": \"" MIGRATE_VERSION "\"", "\"database\": null" };
	const char *warning = "careful";
	struct config_list warnings = { &warning, 1 };
	struct context c = { .arena = arena, .config = &plain, .warnings = &warnings };
	struct error *err = error_new(arena);
	struct arena_text *text = arena_text_new(arena);
	const char *printed;

	error_set_at(err, ERR_SQL, (struct place){ "a", 3, 0, NULL }, "no");
	memcpy(err->sqlstate, "42P07", 6);
	ck_assert(json_print(text->out, out_json(&c, "migrate", NULL, err)));
	printed = arena_text_end(text);
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		ck_assert_msg(
		    strstr(printed, members[i]) != NULL, "no %s in %s", members[i], printed);
}
END_TEST

#define LENGTH(table) ((int)(sizeof(table) / sizeof((table)[0])))

int
main(void)
{
	Suite *suite = suite_create("out");
	TCase *tests = tcase_create("out");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, says_everything_about_an_error_in_order);
	tcase_add_loop_test(tests, puts_the_caret_under_the_right_column, 0, LENGTH(carets));
	tcase_add_loop_test(tests, cuts_a_long_line_around_the_caret, 0, 8);
	tcase_add_test(tests, leaves_out_the_caret_when_the_column_is_not_known);
	tcase_add_test(tests, says_the_path_once);
	tcase_add_test(tests, counts_problems_in_the_last_line);
	tcase_add_test(tests, sums_up_problems_as_one_error);
	tcase_add_loop_test(tests, lets_no_foreign_text_steer_a_reader, 0, LENGTH(foreigners));
	tcase_add_test(tests, leaves_brackets_alone_elsewhere);
	tcase_add_loop_test(tests, shortens_by_columns, 0, LENGTH(shortenings));
	tcase_add_test(tests, lines_up_columns_without_trailing_blanks);
	tcase_add_test(tests, colours_only_when_asked);
	tcase_add_test(tests, begins_every_answer_alike);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
