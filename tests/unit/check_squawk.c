/* SPDX-License-Identifier: MIT */
#include "core/squawk.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "sql/lint.h"

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

/* The lines, up to 4, on which a finding of drop-column is ignored. */
static const struct {
	const char *text, *lines;
} cases[] = {
	{ "-- squawk-ignore require-concurrent-index-creation\n", "12" },
	{ "\n-- squawk-ignore require-concurrent-index-creation\n", "23" },
	{ "ALTER;\r\n--squawk-ignore require-concurrent-index-creation", "23" },
	{ "ALTER;\r--\tsquawk-ignore require-concurrent-index-creation\r", "23" },
	{ "ALTER; -- squawk-ignore require-concurrent-index-creation", "12" },
	{ "/* squawk-ignore require-concurrent-index-creation */ ALTER;", "12" },
	{ "/* squawk-ignore require-concurrent-index-creation*/ ALTER;", "12" },
	{ "-- squawk-ignore ban-drop-table, require-concurrent-index-creation", "12" },
	{ "-- squawk-ignore ban-drop-table,require-concurrent-index-creation", "12" },
	{ "-- squawk-ignore require-concurrent-index-creation -- nobody reads it", "12" },
	{ "-- squawk-ignore ban-drop-table", "" },
	{ "-- squawk-ignore ban-drop-table -- require-concurrent-index-creation", "" },
	{ "-- squawk-ignore", "" },
	{ "-- squawk-ignore\nrequire-concurrent-index-creation", "" },
	{ "squawk-ignore require-concurrent-index-creation", "" },
	{ "-- please squawk-ignore require-concurrent-index-creation", "" },
	{ "-- squawk-ignored require-concurrent-index-creation", "" },
	{ "-- squawk-ignore index-not-concurrent", "" },
	{ "\n\n-- squawk-ignore-file require-concurrent-index-creation", "1234" },
	{ "\n\n-- squawk-ignore-file\n", "1234" },
	{ "\n\n-- squawk-ignore-file ban-drop-table", "" },
	{ "-- squawk-ignore ban-drop-table\n\n-- squawk-ignore require-concurrent-index-creation\n",
	    "34" },
};

START_TEST(ignores_on_the_line_of_the_comment_and_the_next)
{
	struct squawk_ignores ignores = squawk_read(arena, cases[_i].text);
	char lines[8] = "";

	for (int line = 1; line <= 4; line++)
		if (squawk_find(&ignores, "index-not-concurrent", line) != NULL)
			snprintf(lines + strlen(lines), 2, "%d", line);
	ck_assert_str_eq(lines, cases[_i].lines);
}
END_TEST

START_TEST(keeps_the_reason)
{
	struct squawk_ignores ignores = squawk_read(
	    arena, "-- squawk-ignore require-concurrent-index-creation -- nobody reads it\nALTER");

	ck_assert_str_eq(
	    squawk_find(&ignores, "index-not-concurrent", 2)->reason, "nobody reads it");
}
END_TEST

START_TEST(knows_every_rule_of_squawk_once)
{
	size_t count = 0;

	for (const struct squawk_rule *rule = squawk_rules; rule->name != NULL; rule++) {
		ck_assert_ptr_eq(squawk_rule_find(rule->name), rule);
		count++;
	}
	ck_assert_uint_eq(count, 40);
	ck_assert_ptr_null(squawk_rule_find("index-not-concurrent"));
}
END_TEST

START_TEST(names_rules_that_exist)
{
	for (const struct squawk_rule *rule = squawk_rules; rule->name != NULL; rule++) {
		for (const char *at = rule->ours; *at != '\0'; at += strspn(at, " ")) {
			size_t length = strcspn(at, " ");
			const char *ours = arena_strndup(arena, at, length);

			ck_assert_msg(lint_rule_find(ours) != NULL, "%s: %s", rule->name, ours);
			ck_assert(squawk_rule_is(rule, ours));
			at += length;
		}
	}
}
END_TEST

START_TEST(does_not_take_a_part_of_a_name_for_it)
{
	static const struct squawk_rule rule = { "x", "drop-column-indexed rename-column" };

	ck_assert(!squawk_rule_is(&rule, "drop-column"));
	ck_assert(!squawk_rule_is(&rule, "column"));
	ck_assert(squawk_rule_is(&rule, "rename-column"));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("squawk");
	TCase *t = tcase_create("squawk");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_loop_test(t, ignores_on_the_line_of_the_comment_and_the_next, 0,
	    (int)(sizeof(cases) / sizeof(cases[0])));
	tcase_add_test(t, keeps_the_reason);
	tcase_add_test(t, knows_every_rule_of_squawk_once);
	tcase_add_test(t, names_rules_that_exist);
	tcase_add_test(t, does_not_take_a_part_of_a_name_for_it);
	suite_add_tcase(suite, t);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
