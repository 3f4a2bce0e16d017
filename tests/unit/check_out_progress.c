/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/mask.h"
#include "base/utf8.h"
#include "cli/out.h"

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

static struct script script = { .script = "V7__idx.sql" };
static struct script wide = { .script = "V8__顧客の索引を作り直す.sql" };
static struct script hostile = { .script = "V9__\033[2J_hunter2.sql" };
static const struct step step = { .kind = STEP_SCRIPT, .script = &script };
static const struct step wide_step = { .kind = STEP_SCRIPT, .script = &wide };
static const struct step hostile_step = { .kind = STEP_SCRIPT, .script = &hostile };

static const struct event scanning = { .step = &step,
	.step_number = 3,
	.step_total = 7,
	.statement = 2,
	.statement_total = 5,
	.text = "building index: scanning table",
	.percent = 43.9,
	.elapsed_ms = 90000 };
static const struct event waiting = { .step = &step,
	.step_number = 1,
	.step_total = 1,
	.statement = 1,
	.statement_total = 1,
	.text = "waiting for old snapshots",
	.percent = -1,
	.done = 1,
	.total = 3,
	.unit = "lockers",
	.elapsed_ms = 754000,
	.detail = "pid 7 (user app, reporting, idle in transaction) for 12 s: SELECT 1" };
static const struct batch_progress batch = { .pass = 1,
	.batches = 24,
	.rows = 1234567,
	.keys = 430,
	.keys_total = 1000,
	.rows_per_s = 12000,
	.remaining_ms = 180000 };
static const struct batch_progress held_up = { .pass = 2,
	.batches = 24,
	.rows = -1,
	.keys = 2000,
	.keys_total = 1000,
	.rows_per_s = -1,
	.remaining_ms = -1,
	.waits_for = "replica lag 12 s" };
static const struct batch_progress uncounted = { .pass = 1,
	.batches = 24,
	.rows = -1,
	.keys = -1,
	.keys_total = -1,
	.rows_per_s = -1,
	.remaining_ms = -1 };

static const struct text {
	struct event event;
	const char *text;
} texts[] = {
	{ { .step = &step, .percent = -1 }, "V7__idx.sql: running" },
	{ { .step = &step, .percent = -1, .elapsed_ms = 499 }, "V7__idx.sql: running" },
	{ { .step = &step, .percent = -1, .elapsed_ms = 1999, .text = "waiting for try 2" },
	    "V7__idx.sql: waiting for try 2, 2 s" },
	{ { .step = &step,
	      .percent = -1,
	      .statement = 1,
	      .statement_total = 1,
	      .text = "copying",
	      .done = 1234567,
	      .unit = "rows",
	      .elapsed_ms = 7260000 },
	    "V7__idx.sql: statement 1 of 1: copying, 1,234,567 rows, 2 h 1 min" },
	{ { .step = &step,
	      .percent = -1,
	      .statement = 1,
	      .statement_total = 1,
	      .text = "initializing",
	      .unit = "lockers" },
	    "V7__idx.sql: statement 1 of 1: initializing" },
	{ { .step = &step, .batch = &uncounted, .elapsed_ms = 3000 },
	    "V7__idx.sql: 24 batches, 3 s" },
	{ { .step = &step, .batch = &batch, .elapsed_ms = 90000 },
	    "V7__idx.sql: 43 %, 1,234,567 rows, 12,000 rows/s, 3 min left, 90 s" },
	{ { .step = &step, .batch = &held_up, .elapsed_ms = 90000 },
	    "V7__idx.sql: pass 2, 99 %, 90 s, waits for replica lag 12 s" },
	{ { .step = &hostile_step, .percent = -1, .detail = "pid 7: \r\n hunter2" },
	    "V9__\\x1B[2J_********.sql: running, blocked by pid 7: \\x0D\\x0A ********" },
};

START_TEST(tells_what_is_known)
{
	mask_add("hunter2");
	ck_assert_str_eq(out_progress(arena, &texts[_i].event, 0), texts[_i].text);
}
END_TEST

/* From wide to narrow: what is worth least goes first, and percent and time stay. */
static const struct width {
	size_t columns;
	const struct event *event;
	const char *text;
} widths[] = {
	{ 0, &scanning,
	    "file 3 of 7: V7__idx.sql: statement 2 of 5: building index: scanning table, 43 %, "
	    "90 s" },
	{ 87, &scanning,
	    "file 3 of 7: V7__idx.sql: statement 2 of 5: building index: scanning table, 43 %, "
	    "90 s" },
	{ 80, &scanning,
	    "V7__idx.sql: statement 2 of 5: building index: scanning table, 43 %, 90 s" },
	{ 60, &scanning, "V7__idx.sql: building index: scanning table, 43 %, 90 s" },
	{ 40, &scanning, "V7__idx.sql, 43 %, 90 s" },
	{ 20, &scanning, "V7__idx…, 43 %, 90 s" },
	{ 10, &scanning, "V7__idx.s…" },
	{ 1, &scanning, "…" },
	{ 0, &waiting,
	    "V7__idx.sql: statement 1 of 1: waiting for old snapshots, 1 of 3, 12 min 34 s, "
	    "blocked by pid 7 (user app, reporting, idle in transaction) for 12 s: SELECT 1" },
	{ 132, &waiting,
	    "V7__idx.sql: waiting for old snapshots, 1 of 3, 12 min 34 s, blocked by pid 7 (user "
	    "app, reporting, idle in transaction) for 12 s:…" },
	{ 80, &waiting, "V7__idx.sql: waiting for old snapshots, 1 of 3, 12 min 34 s" },
};

START_TEST(fits_the_width)
{
	const struct width *w = &widths[_i];

	ck_assert_str_eq(out_progress(arena, w->event, w->columns), w->text);
}
END_TEST

START_TEST(never_exceeds_any_width)
{
	struct event events[] = { scanning, waiting, scanning };

	events[2].step = &wide_step;
	for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++) {
		for (size_t columns = 1; columns < 200; columns++) {
			const char *text = out_progress(arena, &events[i], columns);

			ck_assert_uint_le(utf8_columns(text, strlen(text)), columns);
		}
	}
}
END_TEST

START_TEST(cuts_a_wide_name_between_characters)
{
	struct event event = scanning;

	event.step = &wide_step;
	ck_assert_str_eq(out_progress(arena, &event, 30), "V8__顧客の索引を…, 43 %, 90 s");
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("out_progress");
	TCase *tests = tcase_create("out_progress");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_loop_test(tests, tells_what_is_known, 0, (int)(sizeof(texts) / sizeof(texts[0])));
	tcase_add_loop_test(tests, fits_the_width, 0, (int)(sizeof(widths) / sizeof(widths[0])));
	tcase_add_test(tests, never_exceeds_any_width);
	tcase_add_test(tests, cuts_a_wide_name_between_characters);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
