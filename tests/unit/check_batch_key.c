/* SPDX-License-Identifier: MIT */
#include "core/batch_key.h"

#include <check.h>
#include <stdlib.h>

static const char *columns[] = { "created_at", "\"Id\"" };
static const char *types[] = { "timestamp with time zone", "shop.number" };
static struct batch_key key = { .columns = columns, .types = types };

START_TEST(writes_one_column_without_a_row)
{
	struct arena *a = arena_new(NULL);

	key.count = 1;
	ck_assert_str_eq(batch_key_columns(a, &key), "created_at");
	ck_assert_str_eq(batch_key_parameters(a, &key, 3), "$3::timestamp with time zone");
	arena_close(a);
}
END_TEST

START_TEST(compares_several_columns_as_a_row)
{
	struct arena *a = arena_new(NULL);

	key.count = 2;
	ck_assert_str_eq(batch_key_columns(a, &key), "(created_at, \"Id\")");
	ck_assert_str_eq(
	    batch_key_parameters(a, &key, 3), "ROW($3::timestamp with time zone, $4::shop.number)");
	arena_close(a);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("batch_key");
	TCase *cases = tcase_create("batch_key");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(cases, writes_one_column_without_a_row);
	tcase_add_test(cases, compares_several_columns_as_a_row);
	suite_add_tcase(suite, cases);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
