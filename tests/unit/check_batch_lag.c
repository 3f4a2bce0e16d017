/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <stdlib.h>

#include "core/batch_lag.h"

static struct batch_lag lag;

/* The WAL grows by a byte a millisecond, and is looked at every 100. */
static void
look_until(int64_t end_ms)
{
	lag.count = 0;
	for (int64_t now = 0; now <= end_ms; now += 100)
		batch_lag_sample(&lag, now, 1000 + now);
}

START_TEST(is_the_age_of_the_oldest_place_that_is_not_replayed)
{
	look_until(5000);
	ck_assert_int_eq(batch_lag_ms(&lag, 5000, 6000, -1), 0);
	ck_assert_int_eq(batch_lag_ms(&lag, 5000, 7000, -1), 0);
	ck_assert_int_eq(batch_lag_ms(&lag, 5000, 5900, -1), 0); /* written this moment */
	ck_assert_int_eq(batch_lag_ms(&lag, 5000, 4000, -1), 1900);
	ck_assert_int_eq(batch_lag_ms(&lag, 5050, 4000, -1), 1950);
}
END_TEST

START_TEST(goes_on_growing_while_the_replay_is_paused)
{
	look_until(1000);
	for (int64_t now = 1000; now < 100000; now += 1000)
		ck_assert_int_eq(batch_lag_ms(&lag, now, 1500, 7), now - 600);
}
END_TEST

START_TEST(is_nothing_when_nothing_is_written)
{
	lag.count = 0;
	for (int64_t now = 0; now < 100000; now += 100)
		batch_lag_sample(&lag, now, 1000);
	ck_assert_uint_eq(lag.count, 1);
	ck_assert_int_eq(batch_lag_ms(&lag, 100000, 1000, 5000), 0);
}
END_TEST

START_TEST(what_was_behind_before_the_first_look_is_as_the_server_reports)
{
	look_until(1000);
	ck_assert_int_eq(batch_lag_ms(&lag, 1000, 900, 60000), 60000);
	ck_assert_int_eq(batch_lag_ms(&lag, 1000, 900, 300), 1000);
	ck_assert_int_eq(batch_lag_ms(&lag, 1000, 900, -1), 1000);
	ck_assert_int_eq(batch_lag_ms(&lag, 1000, 1000, 60000), 900); /* it has come further */
}
END_TEST

START_TEST(remembers_hours_in_little_room_and_the_last_seconds_exactly)
{
	look_until(4 * 3600 * 1000);
	ck_assert_uint_le(lag.count, BATCH_LAG_SAMPLES);
	ck_assert_int_eq(lag.samples[0].at_ms, 0);
	for (int64_t behind = 1000; behind < 4 * 3600 * 1000; behind *= 2) {
		int64_t now = 4 * 3600 * 1000;
		int64_t found = batch_lag_ms(&lag, now, 1000 + now - behind, -1);

		ck_assert_int_le(found, behind);
		ck_assert_int_ge(found, behind * 9 / 10 - 100);
	}
	ck_assert_int_ge(
	    batch_lag_ms(&lag, 4 * 3600 * 1000, 1000 + 4 * 3600 * 1000 - 1000, -1), 800);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("batch_lag");
	TCase *tests = tcase_create("batch_lag");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tests, is_the_age_of_the_oldest_place_that_is_not_replayed);
	tcase_add_test(tests, goes_on_growing_while_the_replay_is_paused);
	tcase_add_test(tests, is_nothing_when_nothing_is_written);
	tcase_add_test(tests, what_was_behind_before_the_first_look_is_as_the_server_reports);
	tcase_add_test(tests, remembers_hours_in_little_room_and_the_last_seconds_exactly);
	suite_add_tcase(suite, tests);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
