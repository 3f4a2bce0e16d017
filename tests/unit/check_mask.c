/* SPDX-License-Identifier: MIT */
#include "base/mask.h"

#include <check.h>
#include <stdlib.h>

static struct arena *arena;

static void
set_up(void)
{
	arena = arena_new(NULL);
}

static void
tear_down(void)
{
	mask_clear();
	arena_close(arena);
}

static const struct hiding {
	const char *secrets[3];
	const char *text, *expected;
} hidings[] = {
	{ { "hunter2" }, "password is hunter2", "password is ********" },
	{ { "hunter2" }, "hunter2hunter2", "****************" },
	{ { "hunter2" }, "hunter", "hunter" },
	{ { "p@ss/word" }, "postgres://u:p%40ss%2Fword@h", "postgres://u:********@h" },
	{ { "p@ss/word" }, "postgres://u:p%40ss%2fword@h", "postgres://u:********@h" },
	{ { "long", "longer" }, "a longer one", "a ******** one" },
	{ { "longer", "long" }, "a longer one", "a ******** one" },
	{ { "abc", "bcd" }, "xabcdx", "x********x" },
	{ { "" }, "nothing", "nothing" },
	{ { "x" }, "xxx", "xxx" },
	{ { "\xc3\xa9t\xc3\xa9" }, "un %C3%A9t%C3%A9", "un ********" },
	{ { NULL }, "nothing known", "nothing known" },
};

START_TEST(hides_secrets)
{
	const struct hiding *h = &hidings[_i];

	for (size_t i = 0; i < sizeof(h->secrets) / sizeof(h->secrets[0]); i++)
		mask_add(h->secrets[i]);
	ck_assert_str_eq(mask_text(arena, h->text), h->expected);
}
END_TEST

START_TEST(returns_the_text_itself_when_nothing_is_hidden)
{
	static const char text[] = "nothing to hide";

	mask_add("secret");
	ck_assert_ptr_eq(mask_text(arena, text), text);
	ck_assert_ptr_eq(mask_escape(arena, text, 0), text);
}
END_TEST

START_TEST(forgets_secrets_when_cleared)
{
	mask_add("hunter2");
	mask_clear();
	ck_assert_str_eq(mask_text(arena, "hunter2"), "hunter2");
}
END_TEST

static const struct escaping {
	const char *text;
	int multiline;
	const char *expected;
} escapings[] = {
	{ "plain \xc3\xa9 \xe2\x82\xac", 0, "plain \xc3\xa9 \xe2\x82\xac" },
	{ "\x1b]0;owned\x07", 0, "\\x1B]0;owned\\x07" },
	{ "a\nb\tc", 0, "a\\x0Ab\\x09c" },
	{ "a\nb\tc\rd", 1, "a\nb\tc\\x0Dd" },
	{ "del \x7f", 1, "del \\x7F" },
	{ "c1 \xc2\x9b", 1, "c1 \\xC2\\x9B" },
	{ "bidi \xe2\x80\xae override", 1, "bidi \\xE2\\x80\\xAE override" },
	{ "isolate \xe2\x81\xa6", 1, "isolate \\xE2\\x81\\xA6" },
	{ "bad \xff\xc3", 1, "bad \\xFF\\xC3" },
	{ "overlong \xc0\xaf", 1, "overlong \\xC0\\xAF" },
	{ "", 0, "" },
};

START_TEST(escapes_what_steers_a_terminal)
{
	const struct escaping *e = &escapings[_i];

	ck_assert_str_eq(mask_escape(arena, e->text, e->multiline), e->expected);
}
END_TEST

START_TEST(shows_a_password_that_is_a_public_name)
{
	mask_add("postgres");
	ck_assert_str_eq(mask_text(arena, "user postgres"), "user ********");
	mask_allow("postgres");
	mask_add("postgres");
	mask_add("postgres2");
	ck_assert_str_eq(mask_text(arena, "user postgres, postgres2"), "user postgres, ********");
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("mask");
	TCase *cases = tcase_create("mask");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(cases, set_up, tear_down);
	tcase_add_loop_test(cases, hides_secrets, 0, sizeof(hidings) / sizeof(hidings[0]));
	tcase_add_test(cases, returns_the_text_itself_when_nothing_is_hidden);
	tcase_add_test(cases, forgets_secrets_when_cleared);
	tcase_add_test(cases, shows_a_password_that_is_a_public_name);
	tcase_add_loop_test(
	    cases, escapes_what_steers_a_terminal, 0, sizeof(escapings) / sizeof(escapings[0]));
	suite_add_tcase(suite, cases);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
