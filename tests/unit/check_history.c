/* SPDX-License-Identifier: MIT */
#include "core/history.h"

#include <check.h>
#include <stdlib.h>

static const struct key_case {
	const char *schema, *table;
	int64_t key;
} keys[] = {
	/* seen in the log of a server that Flyway worked on */
	{ "public", "flyway_schema_history", 77433833903597 },
	/* the others by Java's rule, computed elsewhere */
	{ "public", "schema_history", 77431456839834 },
	{ "app", "h\xc3\xa4rte", 77430571714571 },
	{ "\xf0\x9f\x90\x98", "schema_history", 77431674573356 },
	{ "quo\"ted", "t", 77432160439219 },
	{ "", "", 77431740737063 },
};

START_TEST(takes_the_lock_that_flyway_takes)
{
	ck_assert_int_eq(history_lock_key(keys[_i].schema, keys[_i].table), keys[_i].key);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("history");
	TCase *lock = tcase_create("lock key");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(
	    lock, takes_the_lock_that_flyway_takes, 0, sizeof(keys) / sizeof(keys[0]));
	suite_add_tcase(suite, lock);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
