/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <stdlib.h>

#include "core/batch_size.h"

static const struct directive_batch usual = { .min = 100, .max = 50000, .target_ms = 500 };

START_TEST(comes_near_the_target_time_without_sudden_jumps)
{
	static const struct {
		int64_t size, elapsed_ms, wanted;
	} cases[] = {
		{ 5000, 500, 5000 },
		{ 5000, 400, 6250 },
		{ 5000, 625, 4000 },
		{ 5000, 1, 10000 }, /* at most twice */
		{ 5000, 0, 10000 },
		{ 5000, 60000, 2500 }, /* at least half */
		{ 40000, 1, 50000 },
		{ 150, 60000, 100 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		ck_assert_int_eq(batch_size_next(&usual, cases[i].size, cases[i].elapsed_ms * 1000),
		    cases[i].wanted);
}
END_TEST

START_TEST(is_halved_for_others_but_never_below_its_least)
{
	ck_assert_int_eq(batch_size_smaller(&usual, 5000), 2500);
	ck_assert_int_eq(batch_size_smaller(&usual, 150), 100);
	ck_assert_int_eq(batch_size_smaller(&usual, 100), 100);
}
END_TEST

START_TEST(grows_again_from_one)
{
	struct directive_batch tiny = { .min = 1, .max = 3, .target_ms = 500 };

	ck_assert_int_eq(batch_size_next(&tiny, 1, 1000), 2);
	ck_assert_int_eq(batch_size_next(&tiny, 2, 1000), 3);
	ck_assert_int_eq(batch_size_within(&tiny, 70000), 3);
	ck_assert_int_eq(batch_size_within(&tiny, 0), 1);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("batch_size");
	TCase *tests = tcase_create("batch_size");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tests, comes_near_the_target_time_without_sudden_jumps);
	tcase_add_test(tests, is_halved_for_others_but_never_below_its_least);
	tcase_add_test(tests, grows_again_from_one);
	suite_add_tcase(suite, tests);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
