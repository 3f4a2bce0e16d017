/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <stdlib.h>

#include "core/tries.h"

static const struct tries defaults = { .lock_retry_ms = 300000, .max_stall_ms = 500 };

START_TEST(budget_grows_by_half_and_stays_under_200_ms_in_the_first_half)
{
	static const int64_t wanted[] = { 100, 150, 200, 200, 200 };
	struct tries t = defaults;

	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		t.attempt = (int)i + 1;
		ck_assert_int_eq(tries_budget(&t, 1000), wanted[i]);
	}
}
END_TEST

START_TEST(budget_reaches_max_stall_in_the_second_half_and_never_more)
{
	struct tries t = defaults;

	t.attempt = 4;
	ck_assert_int_eq(tries_budget(&t, 150000), 337);
	t.attempt = 5;
	ck_assert_int_eq(tries_budget(&t, 150000), 500);
	t.attempt = 1000;
	ck_assert_int_eq(tries_budget(&t, 299999), 500);
	t.max_stall_ms = 40;
	ck_assert_int_eq(tries_budget(&t, 0), 40);
}
END_TEST

START_TEST(a_share_is_never_zero_which_would_mean_no_limit)
{
	ck_assert_int_eq(tries_share(100, 1), 100);
	ck_assert_int_eq(tries_share(100, 3), 33);
	ck_assert_int_eq(tries_share(100, 1000), 1);
	ck_assert_int_eq(tries_share(0, 1), 1);
}
END_TEST

START_TEST(shares_together_never_exceed_the_budget)
{
	for (int64_t locks = 1; locks <= 100; locks++)
		ck_assert_int_le(tries_share(500, locks) * locks, 500);
}
END_TEST

START_TEST(pause_is_between_half_and_one_and_a_half_of_its_mean)
{
	for (int i = 0; i < 1000; i++) {
		int64_t early = tries_pause(100);
		int64_t late = tries_pause(500);

		ck_assert(early >= 250 && early <= 750);
		ck_assert(late >= 1000 && late <= 3000);
		ck_assert_int_le(tries_pause(100000), 10000);
	}
}
END_TEST

static const struct class_case {
	const char *sqlstate;
	enum try_again class;
} class_cases[] = {
	{ "55P03", TRY_LOCK },
	{ "40P01", TRY_LOCK },
	{ "40001", TRY_SERIALIZATION },
	{ "57014", TRY_NO },
	{ "42P07", TRY_NO },
	{ "", TRY_NO },
};

START_TEST(only_locks_and_serialization_failures_are_tried_again)
{
	ck_assert_int_eq(tries_class(class_cases[_i].sqlstate), class_cases[_i].class);
}
END_TEST

START_TEST(no_new_try_begins_behind_lock_retry)
{
	ck_assert(tries_left(&defaults, TRY_LOCK, 299000, 500, 0));
	ck_assert(!tries_left(&defaults, TRY_LOCK, 299000, 1000, 0));
}
END_TEST

START_TEST(more_than_two_seconds_of_work_are_not_repeated)
{
	ck_assert(tries_left(&defaults, TRY_LOCK, 5000, 500, 2000));
	ck_assert(!tries_left(&defaults, TRY_LOCK, 5000, 500, 2001));
}
END_TEST

START_TEST(serialization_failures_are_tried_five_times)
{
	struct tries t = defaults;

	t.serialization = 4;
	ck_assert(tries_left(&t, TRY_SERIALIZATION, 0, 500, 9000));
	t.serialization = 5;
	ck_assert(!tries_left(&t, TRY_SERIALIZATION, 0, 500, 0));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("tries");
	TCase *cases = tcase_create("tries");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(cases, budget_grows_by_half_and_stays_under_200_ms_in_the_first_half);
	tcase_add_test(cases, budget_reaches_max_stall_in_the_second_half_and_never_more);
	tcase_add_test(cases, a_share_is_never_zero_which_would_mean_no_limit);
	tcase_add_test(cases, shares_together_never_exceed_the_budget);
	tcase_add_test(cases, pause_is_between_half_and_one_and_a_half_of_its_mean);
	tcase_add_loop_test(cases, only_locks_and_serialization_failures_are_tried_again, 0,
	    sizeof(class_cases) / sizeof(class_cases[0]));
	tcase_add_test(cases, no_new_try_begins_behind_lock_retry);
	tcase_add_test(cases, more_than_two_seconds_of_work_are_not_repeated);
	tcase_add_test(cases, serialization_failures_are_tried_five_times);
	suite_add_tcase(suite, cases);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
