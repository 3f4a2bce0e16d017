/* SPDX-License-Identifier: MIT */
#include "core/version.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

/* Each group stands above the one before; the versions of a group are equal. */
static const char *const groups[][4] = {
	{ "0", "0.0", "00" },
	{ "0.0.1" },
	{ "0.1", "0_1" },
	{ "1", "1.0", "01.0.0", "1_0" },
	{ "1.0.0.1" },
	{ "1.1", "1_01" },
	{ "1.2" },
	{ "1.10", "1.10.0" },
	{ "2", "02" },
	{ "10" },
	{ "20261122131500" },
	{ "9223372036854775806" },
	{ "9223372036854775807" },
	{ "9223372036854775808" },
	{ "18446744073709551616" },
	{
	    "10000000000000000000000000000000000000000000000000",
	},
};
enum { GROUP_COUNT = sizeof(groups) / sizeof(groups[0]) };

static int
sign(int value)
{
	return (value > 0) - (value < 0);
}

START_TEST(orders_versions_as_numbers)
{
	for (int other = 0; other < GROUP_COUNT; other++)
		for (int i = 0; i < 4 && groups[_i][i] != NULL; i++)
			for (int k = 0; k < 4 && groups[other][k] != NULL; k++)
				ck_assert_msg(sign(version_compare(groups[_i][i],
						  groups[other][k])) == sign(_i - other),
				    "%s and %s", groups[_i][i], groups[other][k]);
}
END_TEST

START_TEST(compares_versions_of_a_hundred_digits)
{
	char one[101], other[102];

	memset(one, '9', 100);
	one[100] = '\0';
	memset(other, '0', 101);
	memcpy(other + 1, one, 101);
	ck_assert_int_eq(version_compare(one, other), 0);
	other[0] = '1';
	ck_assert_int_lt(version_compare(one, other), 0);
	ck_assert(!version_valid(one));
}
END_TEST

static const char *const valid[] = {
	"0",
	"1",
	"01.02",
	"1_2.3",
	"20261122131500",
	"12345678901234567890123456789012345678901234567890",
};

START_TEST(accepts_numbers_with_single_separators)
{
	ck_assert(version_valid(valid[_i]));
}
END_TEST

static const char *const wrong[] = {
	"",
	".",
	"1.",
	".1",
	"1..2",
	"1__2",
	"1._2",
	"1a",
	"a",
	"-1",
	"+1",
	" 1",
	"1 ",
	"latest",
	"123456789012345678901234567890123456789012345678901",
};

START_TEST(refuses_what_is_no_version)
{
	ck_assert(!version_valid(wrong[_i]));
}
END_TEST

START_TEST(shows_points_and_keeps_zeros)
{
	struct arena *a = arena_new(NULL);

	ck_assert_str_eq(version_text(a, "01_0.2"), "01.0.2");
	arena_close(a);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("version");
	TCase *cases = tcase_create("version");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(cases, orders_versions_as_numbers, 0, GROUP_COUNT);
	tcase_add_test(cases, compares_versions_of_a_hundred_digits);
	tcase_add_loop_test(
	    cases, accepts_numbers_with_single_separators, 0, sizeof(valid) / sizeof(valid[0]));
	tcase_add_loop_test(cases, refuses_what_is_no_version, 0, sizeof(wrong) / sizeof(wrong[0]));
	tcase_add_test(cases, shows_points_and_keeps_zeros);
	suite_add_tcase(suite, cases);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
