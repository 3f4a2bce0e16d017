/* SPDX-License-Identifier: MIT */
#include "core/properties.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static struct arena *arena;
static struct error *err;

static void
set_up(void)
{
	arena = arena_new(NULL);
	err = error_new(arena);
}

static void
tear_down(void)
{
	arena_close(arena);
}

/* What Flyway 11.20.3 shows with -X for the same text. */
static const struct {
	const char *text, *settings;
} cases[] = {
	{ "", "" },
	{ "# a=1\n! b=2\n\n", "" },
	{ "a=1", "a=1\n" },
	{ "\xef\xbb\xbf"
	  " a = 1 2 \r\nb:3\nc 4",
	    "a=1 2\nb=3\nc=4\n" },
	{ "a=1\na=2\n", "a=2\n" },
	{ "flyway.user=a\\b", "flyway.user=a\\b\n" },
	{ "a=x,\\\n  y", "a=x,y\n" },
	{ "a=x\\\n\nb=1", "a=x\\\nb=1\n" },
	{ "a=x\\\nflyway.b=1", "a=x\\\nflyway.b=1\n" },
	{ "a=x\\\n# y", "a=x# y\n" },
	{ "# x\\\na=1", "a=1\n" },
	{ "a=x\\", "a=x\\\n" },
	{ "a=b=c", "a=b=c\n" },
	{ "a", "a=\n" },
};

START_TEST(reads_as_flyway_does)
{
	struct arena_text *text = arena_text_new(arena);
	const char *input = cases[_i].text;
	struct node *root;

	ck_assert(properties_read(arena, "f.conf", input, strlen(input), &root, err));
	for (size_t i = 0; i < root->count; i++)
		fprintf(text->out, "%s=%s\n", root->pairs[i].key->text, root->pairs[i].value->text);
	ck_assert_str_eq(arena_text_end(text), cases[_i].settings);
}
END_TEST

START_TEST(a_setting_has_its_place)
{
	static const char text[] = "a=x\\\n y\n  b=1\n";
	struct node *root;

	ck_assert(properties_read(arena, "f.conf", text, strlen(text), &root, err));
	ck_assert_int_eq(root->pairs[0].key->place.line, 1);
	ck_assert_int_eq(root->pairs[1].key->place.line, 3);
	ck_assert_int_eq(root->pairs[1].key->place.column, 3);
}
END_TEST

START_TEST(text_that_is_not_utf8_is_refused)
{
	static const char text[] = "a=1\nb=\xe4\n";
	struct node *root;

	ck_assert(!properties_read(arena, "f.conf", text, strlen(text), &root, err));
	ck_assert_int_eq(err->place.line, 2);
	ck_assert_int_eq(err->place.column, 3);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("properties");
	TCase *t = tcase_create("properties");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_loop_test(t, reads_as_flyway_does, 0, (int)(sizeof(cases) / sizeof(cases[0])));
	tcase_add_test(t, a_setting_has_its_place);
	tcase_add_test(t, text_that_is_not_utf8_is_refused);
	suite_add_tcase(suite, t);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
