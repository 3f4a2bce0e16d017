/* SPDX-License-Identifier: MIT */
#include "core/history_shape.h"

#include <check.h>
#include <stdlib.h>

/* The columns of Flyway's table, as history_facts.sql tells them. */
#define RANK "+int4 installed_rank\n"
#define REST                                                                                     \
	"-varchar version\n+varchar description\n+varchar type\n+varchar script\n-int4 "         \
	"checksum\n+varchar installed_by\n-timestamp installed_on\n+int4 execution_time\n+bool " \
	"success"
#define FLYWAY RANK REST

static struct arena *arena;

static void
open_arena(void)
{
	arena = arena_new(NULL);
}

static void
close_arena(void)
{
	arena_close(arena);
}

static const struct example {
	const char *columns, *wrong, *needless;
} examples[] = {
	{ FLYWAY, NULL, NULL },
	{ FLYWAY "\n-int4 more", NULL, NULL },
	{ FLYWAY "\n+int4 more\n+? of_a_kind", NULL, "more, of_a_kind" },
	{ "-int8 installed_rank\n" REST, "installed_rank", NULL },
	{ "+? installed_rank\n" REST, "installed_rank", NULL },
	{ "+int4 installed_rank2\n" REST, "installed_rank", "installed_rank2" },
	{ REST, "installed_rank", NULL },
	{ RANK "-text version\n+text description\n+text type\n+text script\n-int4 checksum\n+text "
	       "installed_by\n-timestamptz installed_on\n+int4 execution_time\n+bool success",
	    NULL, NULL },
	{ RANK,
	    "checksum, description, execution_time, installed_by, installed_on, script, success, "
	    "type, version",
	    NULL },
	{ FLYWAY "\n+int4 with a space", NULL, "with a space" },
};

static void
check_text(const char *text, const char *expected)
{
	if (expected == NULL)
		ck_assert_ptr_null(text);
	else
		ck_assert_str_eq(text, expected);
}

START_TEST(tells_which_columns_are_wrong_or_needless)
{
	const struct example *e = &examples[_i];

	check_text(history_shape_wrong(arena, HISTORY_TABLE, e->columns), e->wrong);
	check_text(history_shape_needless(arena, HISTORY_TABLE, e->columns), e->needless);
}
END_TEST

START_TEST(wants_other_columns_of_the_journal)
{
	const char *wrong = history_shape_wrong(arena, HISTORY_JOURNAL, FLYWAY);

	ck_assert_str_eq(wrong,
	    "attempt, backend_pid, before, body_hash, checkpoint, error, finished, format, "
	    "git_commit, host, id, installed_by, lock_wait_ms, pid, run_id, script, sqlstate, "
	    "started, state, statement, statement_hash, statements, tool_version, type, version");
}
END_TEST

START_TEST(stands_what_no_server_says)
{
	static const char *const texts[] = { "", "\n", " ", "+", "-int4", "  \n \n", "+int4 \n" };

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		ck_assert_ptr_nonnull(history_shape_wrong(arena, HISTORY_TABLE, texts[i]));
		(void)history_shape_needless(arena, HISTORY_TABLE, texts[i]);
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("history_shape");
	TCase *tests = tcase_create("history_shape");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tests, open_arena, close_arena);
	tcase_add_loop_test(tests, tells_which_columns_are_wrong_or_needless, 0,
	    (int)(sizeof(examples) / sizeof(examples[0])));
	tcase_add_test(tests, wants_other_columns_of_the_journal);
	tcase_add_test(tests, stands_what_no_server_says);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
