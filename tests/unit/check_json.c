/* SPDX-License-Identifier: MIT */
#include "base/json.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>

#include "base/mask.h"

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

static const char *
printed(const struct json *json)
{
	struct arena_text *text = arena_text_new(arena);

	ck_assert(json_print(text->out, json));
	return arena_text_end(text);
}

static const struct text_case {
	const char *text, *expected;
} texts[] = {
	{ NULL, "null" },
	{ "", "\"\"" },
	{ "plain", "\"plain\"" },
	{ "a \"quoted\" \\ one", "\"a \\\"quoted\\\" \\\\ one\"" },
	{ "line\nline\t\x1b", "\"line\\nline\\t\\u001B\"" },
	{ "\xc3\xa4 \xf0\x9f\x90\x98", "\"\xc3\xa4 \xf0\x9f\x90\x98\"" },
	{ "\xff", "\"\xef\xbf\xbd\"" },
	{ "a\xc3", "\"a\xef\xbf\xbd\"" },
	{ "\xc3(", "\"\xef\xbf\xbd(\"" },
	{ "\xc0\xaf", "\"\xef\xbf\xbd\xef\xbf\xbd\"" },
	{ "\xed\xa0\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"" },
	{ "\xf4\x90\x80\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"" },
	{ "the hunter2 word", "\"the ******** word\"" },
};

START_TEST(writes_any_bytes_as_a_valid_string)
{
	struct json *array = json_new_array(arena);

	mask_add("hunter2");
	json_push_text(array, texts[_i].text);
	ck_assert_str_eq(printed(array), arena_printf(arena, "[\n  %s\n]\n", texts[_i].expected));
}
END_TEST

START_TEST(keeps_the_order_of_members)
{
	struct json *object = json_new_object(arena), *list = json_new_array(arena);

	json_put_integer(object, "z", INT64_MIN);
	json_put_bool(object, "a", true);
	json_put_real(object, "m", 0.1);
	json_put_null(object, "b");
	json_put(object, "list", list);
	json_put(object, "nothing", NULL);
	json_push_text(list, "filled later");
	ck_assert_str_eq(printed(object),
	    "{\n  \"z\": -9223372036854775808,\n  \"a\": true,\n  \"m\": 0.1,\n  \"b\": null,\n"
	    "  \"list\": [\n    \"filled later\"\n  ],\n  \"nothing\": null\n}\n");
}
END_TEST

START_TEST(writes_null_for_what_is_not_a_number)
{
	struct json *object = json_new_object(arena);

	json_put_real(object, "a", NAN);
	json_put_real(object, "b", INFINITY);
	ck_assert_str_eq(printed(object), "{\n  \"a\": null,\n  \"b\": null\n}\n");
}
END_TEST

START_TEST(lets_one_value_stand_in_two_places)
{
	struct json *list = json_new_array(arena), *inner = json_new_object(arena);

	json_push(list, inner);
	json_push(list, inner);
	ck_assert_str_eq(printed(list), "[\n  {},\n  {}\n]\n");
}
END_TEST

START_TEST(says_when_it_could_not_be_written)
{
	FILE *full = fopen("/dev/full", "w");

	if (full == NULL)
		return; /* not every system has one */
	setvbuf(full, NULL, _IONBF, 0);
	ck_assert(!json_print(full, json_new_array(arena)));
	fclose(full);
}
END_TEST

static void
put_members(void *context, const char *name, const struct json *value)
{
	struct arena_text *text = context;

	fprintf(
	    text->out, "%s:%d(", name != NULL ? name : "-", (int)json_integer_of(value, "n", -1));
	json_each(value, put_members, text);
	fputs(")", text->out);
}

START_TEST(shows_what_a_text_says)
{
	static const char *const path[] = { "b", "c", NULL }, *const wrong[] = { "a", "c", NULL };
	const struct json *json =
	    json_read(arena, "{\"z\": {\"n\": 7}, \"a\": [1, {}], \"b\": {\"c\": \"text\"}}");
	struct arena_text *text = arena_text_new(arena);

	ck_assert_ptr_nonnull(json);
	json_each(json, put_members, text);
	ck_assert_str_eq(arena_text_end(text), "z:7(n:-1())a:-1(-:-1()-:-1())b:-1(c:-1())");
	ck_assert_str_eq(json_text_at(json, path), "text");
	ck_assert_pstr_eq(json_text_at(json, wrong), NULL);
}
END_TEST

START_TEST(refuses_what_is_not_json)
{
	ck_assert_ptr_null(json_read(arena, "{\"a\": }"));
	ck_assert_ptr_null(json_read(arena, ""));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("json");
	TCase *tests = tcase_create("json");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_loop_test(
	    tests, writes_any_bytes_as_a_valid_string, 0, (int)(sizeof(texts) / sizeof(texts[0])));
	tcase_add_test(tests, keeps_the_order_of_members);
	tcase_add_test(tests, writes_null_for_what_is_not_a_number);
	tcase_add_test(tests, lets_one_value_stand_in_two_places);
	tcase_add_test(tests, shows_what_a_text_says);
	tcase_add_test(tests, refuses_what_is_not_json);
	tcase_add_test(tests, says_when_it_could_not_be_written);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
