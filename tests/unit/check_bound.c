/* SPDX-License-Identifier: MIT */
#include "sql/bound.h"

#include <check.h>
#include <stdlib.h>

static const char RANGE[] = "FOR VALUES FROM ('2027-01-01') TO ('2028-01-01')";
static const char LIST[] = "FOR VALUES IN ('red')";
static const char OPEN[] = "FOR VALUES FROM (30) TO (MAXVALUE)";

struct proof {
	const char *check, *bound;
	bool holds, not_null;
};

/* --- of the partition --- */

static const struct proof proofs[] = {
	{ "at >= '2027-01-01' AND at < '2028-01-01'", RANGE, true, false },
	{ "at IS NOT NULL AND at >= '2027-01-01' AND at < '2028-01-01'", RANGE, true, true },
	{ "CHECK (((at >= '2027-01-01'::date) AND (at < '2028-01-01'::date)))", RANGE, true,
	    false },
	{ "at >= '2027-01-01'", RANGE, false, false },
	{ "at >= '2027-01-01' AND at <= '2028-01-01'", RANGE, false, false },
	{ "at >= '2027-01-01' AND day < '2028-01-01'", RANGE, false, false },
	{ "at >= '2027-01-01' AND at < '2028-01-01' OR id > 0", RANGE, false, false },
	{ "NOT (at >= '2027-01-01' AND at < '2028-01-01')", RANGE, false, false },
	{ "color = 'red' AND color IS NOT NULL", LIST, true, true },
	{ "color = 'blue'", LIST, false, false },
	{ "color = 'red'", "FOR VALUES IN ('red', 'blue')", false, false },
	{ "a >= 30", OPEN, true, false },
	{ "a > 30", OPEN, false, false },
	{ "a >= 30", "FOR VALUES WITH (MODULUS 4, REMAINDER 0)", false, false },
};

START_TEST(knows_when_all_rows_fit_the_bound)
{
	const struct proof *p = &proofs[_i];
	bool not_null = false;
	struct word column;

	ck_assert_msg(
	    bound_is_proven(p->check, p->bound, &column, &not_null) == p->holds, "%s", p->check);
	ck_assert_msg(!p->holds || not_null == p->not_null, "%s", p->check);
}
END_TEST

/* --- of the default partition --- */

static const struct proof exclusions[] = {
	{ "NOT (at >= '2027-01-01' AND at < '2028-01-01')", RANGE, true, false },
	{ "CHECK ((NOT ((at >= '2027-01-01'::date) AND (at < '2028-01-01'::date))))", RANGE, true,
	    false },
	{ "NOT (at >= '2027-01-01' AND at < '2028-01-01' AND id = 1)", RANGE, false, false },
	{ "NOT (at >= '2027-01-01')", RANGE, false, false },
	{ "NOT (at >= '2027-01-01' AND at < '2029-01-01')", RANGE, false, false },
	{ "at >= '2027-01-01' AND at < '2028-01-01'", RANGE, false, false },
	{ "NOT (color = 'red')", LIST, true, false },
	{ "NOT (color = 'blue')", LIST, false, false },
	{ "NOT (a >= 30)", OPEN, true, false },
	{ "NOT (a >= 30)", "DEFAULT", false, false },
};

START_TEST(knows_when_no_row_is_of_the_bound)
{
	const struct proof *p = &exclusions[_i];

	ck_assert_msg(bound_is_excluded(p->check, p->bound) == p->holds, "%s", p->check);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("bound");
	TCase *cases = tcase_create("bound");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_loop_test(
	    cases, knows_when_all_rows_fit_the_bound, 0, (int)(sizeof(proofs) / sizeof(proofs[0])));
	tcase_add_loop_test(cases, knows_when_no_row_is_of_the_bound, 0,
	    (int)(sizeof(exclusions) / sizeof(exclusions[0])));
	suite_add_tcase(suite, cases);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
