/* SPDX-License-Identifier: MIT */
#include "sql/words.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static struct arena *arena;

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

static const struct {
	const char *text, *words; /* separated by | */
} cuts[] = {
	{ "", "" },
	{ " \t\r\n\f\v", "" },
	{ "select a.b+1", "select|a|.|b|+|1" },
	{ "a--b\nc", "a|c" },
	{ "a--b\rc", "a|c" },
	{ "a--", "a" },
	{ "a/*/* b */ c */d", "a|d" },
	{ "a/* b", "a" },
	{ "a-b/c", "a|-|b|/|c" },
	{ "'a''b' 'c", "'a''b'|'c" },
	{ "'a\\' b", "'a\\'|b" },
	{ "e'a\\'' b", "e'a\\''|b" },
	{ "E'a'\n'\\'' b", "E'a'|'\\''|b" },
	{ "'a'\n'\\' b", "'a'|'\\'|b" },
	{ "b'01' X'1F' n'a' u&'d' U&\"d\"", "b'01'|X'1F'|n'a'|u&'d'|U&\"d\"" },
	{ "u & 'a'", "u|&|'a'" },
	{ "be'a'", "be|'a'" },
	{ "\"a\"\"b\" \"c", "\"a\"\"b\"|\"c" },
	{ "$$a$$ $x$ $y$ $$ $x$ b", "$$a$$|$x$ $y$ $$ $x$|b" },
	{ "a$b$c $1 $", "a$b$c|$|1|$" },
	{ "$1$a$ b", "$|1$a$|b" },
	{ "$x$ $x", "$x$ $x" },
	{ "1e+5+.5 1.5e-3 0x1e+2 1_000", "1e+5|+|.5|1.5e-3|0x1e|+|2|1_000" },
	{ "\xc3\xa9t\xc3\xa9 'x'", "\xc3\xa9t\xc3\xa9|'x'" },
};

START_TEST(cuts_where_the_scanner_of_postgresql_cuts)
{
	struct words s = words_start(cuts[_i].text, strlen(cuts[_i].text));
	struct arena_text *text = arena_text_new(arena);
	const char *bar = "";
	struct word w;

	for (; words_next(&s, &w); bar = "|")
		fprintf(text->out, "%s%.*s", bar, (int)w.length, w.text);
	ck_assert_int_eq(w.kind, WORD_END);
	ck_assert_str_eq(arena_text_end(text), cuts[_i].words);
}
END_TEST

static const struct {
	const char *text, *pattern, *rest; /* NULL: does not fit */
} patterns[] = {
	{ "Alter  TABLE t", "ALTER TABLE", " t" },
	{ "alter /* x */ table t", "ALTER TABLE", " t" },
	{ "alter \"table\" t", "ALTER TABLE", NULL },
	{ "alter tables", "ALTER TABLE", NULL },
	{ "drop user u", "DROP ROLE|USER", " u" },
	{ "drop group g", "DROP ROLE|USER", NULL },
	{ "alter table if exists t", "ALTER TABLE [IF] [EXISTS] [ONLY]", " t" },
	{ "alter table t", "ALTER TABLE [IF] [EXISTS] [ONLY]", " t" },
	{ "a.\"B\" . c d", "%", " d" },
	{ "a.b", "% $", "" },
	{ "1", "%", NULL },
	{ "create or replace temp view v", "CREATE VIEW", " v" },
	{ "create table v", "CREATE VIEW", NULL },
	{ "(a, (b)) c", "()", " c" },
	{ "a", "()", NULL },
	{ "a", "[()]", "a" },
	{ "(full) t", "(+FULL)", " t" },
	{ "(verbose, full on) t", "(+FULL)", " t" },
	{ "(full off) t", "(+FULL)", NULL },
	{ "(full = 'OFF')", "(-FULL)", "" },
	{ "(full 0, verbose)", "(-FULL)", "" },
	{ "(full)", "(-FULL)", NULL },
	{ "(verbose full)", "(+FULL)", NULL },
	{ "(full off)", "(?FULL)", "" },
	{ "(verbose)", "(?FULL)", NULL },
	{ "a b (from c) from d", "A ... FROM", " d" },
	{ "a b (from c)", "A ... FROM", NULL },
	{ "a", "A $", "" },
	{ "a b", "A $", NULL },
	{ "a", "", "a" },
};

START_TEST(fits_patterns)
{
	struct words s = words_start(patterns[_i].text, strlen(patterns[_i].text));
	bool fits = words_match(&s, patterns[_i].pattern);

	ck_assert_int_eq(fits, patterns[_i].rest != NULL);
	ck_assert_str_eq(s.at, fits ? patterns[_i].rest : patterns[_i].text);
}
END_TEST

static const struct {
	const char *text, *value;
} values[] = {
	{ "Ab_\xc3\x89", "ab_\xc3\x89" },
	{ "\"A\"\"b\"", "A\"b" },
	{ "U&\"d\"", NULL },
	{ "'it''s'", "it's" },
	{ "''", "" },
	{ "e'a'", "a" },
	{ "e'\\n'", NULL },
	{ "u&'d'", NULL },
	{ "b'01'", NULL },
	{ "$x$a$$b$x$", "a$$b" },
	{ "1.5", "1.5" },
	{ "+", NULL },
	{ "'open", "open" },
};

START_TEST(tells_the_value_of_a_word)
{
	struct words s = words_start(values[_i].text, strlen(values[_i].text));
	struct word w;

	ck_assert(words_next(&s, &w));
	ck_assert_pstr_eq(word_value(arena, &w), values[_i].value);
}
END_TEST

static const struct {
	const char *text, *schema, *name;
} names[] = {
	{ "t", NULL, "t" },
	{ "S.\"T\"", "s", "T" },
	{ "db.s.t", "s", "t" },
	{ "a.b.c.d", "b", "c" },
	{ "", NULL, NULL },
};

START_TEST(reads_names)
{
	struct words s = words_start(names[_i].text, strlen(names[_i].text));
	const char *schema = NULL, *name = NULL;

	words_read_name(arena, &s, &schema, &name);
	ck_assert_pstr_eq(schema, names[_i].schema);
	ck_assert_pstr_eq(name, names[_i].name);
}
END_TEST

#define LENGTH(array) (int)(sizeof(array) / sizeof((array)[0]))

int
main(void)
{
	Suite *suite = suite_create("words");
	TCase *cases = tcase_create("words");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(cases, set_up, tear_down);
	tcase_add_loop_test(cases, cuts_where_the_scanner_of_postgresql_cuts, 0, LENGTH(cuts));
	tcase_add_loop_test(cases, fits_patterns, 0, LENGTH(patterns));
	tcase_add_loop_test(cases, tells_the_value_of_a_word, 0, LENGTH(values));
	tcase_add_loop_test(cases, reads_names, 0, LENGTH(names));
	suite_add_tcase(suite, cases);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
