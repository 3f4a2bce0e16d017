/* SPDX-License-Identifier: MIT */
#include "core/phase.h"

#include <check.h>
#include <stdlib.h>

static struct arena *a;

/* --- names --- */

static const struct name_case {
	const char *text;
	enum phase phase; /* PHASE_NONE: it is none, */
	const char *next; /* and this is said */
} name_cases[] = {
	{ "expand", PHASE_EXPAND, NULL },
	{ "backfill", PHASE_BACKFILL, NULL },
	{ "contract", PHASE_CONTRACT, NULL },
	{ "contrat", PHASE_NONE, "Did you mean \"contract\"?" },
	{ "Expand", PHASE_NONE, "Did you mean \"expand\"?" },
	{ "migrate", PHASE_NONE, "The phases are expand, backfill and contract, in this order." },
	{ "", PHASE_NONE, "The phases are expand, backfill and contract, in this order." },
};

START_TEST(reads_the_name_of_a_phase)
{
	const struct name_case *c = &name_cases[_i];
	struct error *err = error_new(a);
	enum phase phase = PHASE_NONE;

	ck_assert_int_eq(phase_parse(c->text, &phase, err), c->phase != PHASE_NONE);
	ck_assert_int_eq(phase, c->phase);
	if (phase == PHASE_NONE) {
		ck_assert_int_eq(err->code, ERR_USAGE);
		ck_assert_str_eq(err->next, c->next);
	} else {
		ck_assert_str_eq(phase_name(phase), c->text);
	}
}
END_TEST

/* --- files --- */

static const struct file_case {
	enum phase mark;
	bool batch;
	enum phase phase;
} file_cases[] = {
	{ PHASE_NONE, false, PHASE_EXPAND },
	{ PHASE_NONE, true, PHASE_BACKFILL },
	{ PHASE_EXPAND, true, PHASE_EXPAND },
	{ PHASE_CONTRACT, true, PHASE_CONTRACT },
	{ PHASE_CONTRACT, false, PHASE_CONTRACT },
};

START_TEST(knows_the_phase_of_a_file)
{
	const struct file_case *c = &file_cases[_i];
	struct script script = { .directives = {
				     .phase = c->mark, .batch = { .given = c->batch } } };

	ck_assert_int_eq(phase_of(&script), c->phase);
	ck_assert(!phase_is_later(&script, PHASE_NONE));
	ck_assert(!phase_is_later(&script, PHASE_CONTRACT));
	ck_assert_int_eq(phase_is_later(&script, PHASE_EXPAND), c->phase != PHASE_EXPAND);
}
END_TEST

/* --- which files are looked at --- */

static struct script files[] = {
	{ .kind = SCRIPT_VERSIONED, .version = "1", .description = "x" }, /* applied */
	{ .kind = SCRIPT_VERSIONED, .version = "2", .description = "x" }, /* late */
	{ .kind = SCRIPT_VERSIONED, .version = "3", .description = "x" }, /* unfinished */
	{ .kind = SCRIPT_VERSIONED, .version = "4", .description = "x" },
	{ .kind = SCRIPT_REPEATABLE, .description = "x" },
	{ .kind = SCRIPT_UNDO, .version = "1", .description = "x" },
};

static const struct wanted_case {
	struct goal goal;
	enum choice_phase_order order;
	size_t count;
} wanted_cases[] = {
	{ { .kind = GOAL_UP }, PHASE_ORDER_STRICT, 0 }, /* what has nothing to do stays fast */
	{ { .kind = GOAL_UP }, PHASE_ORDER_SKIP, 4 },
	{ { .kind = GOAL_UP, .phase = PHASE_EXPAND }, PHASE_ORDER_STRICT, 4 },
	{ { .kind = GOAL_UP, .phases = true }, PHASE_ORDER_STRICT, 4 },
	{ { .kind = GOAL_REPAIR, .phases = true }, PHASE_ORDER_SKIP, 0 },
};

START_TEST(looks_only_at_files_that_may_run)
{
	static const struct unfinished unfinished = { .done = 1, .total = 2 };
	struct history_row rows[] = {
		{ .rank = 1, .version = "1", .description = "x", .type = "SQL", .success = true },
		{ .rank = 2,
		    .version = "3",
		    .description = "x",
		    .type = "SQL",
		    .unfinished = &unfinished },
	};
	struct scripts scripts = { .list = files, .count = sizeof(files) / sizeof(files[0]) };
	struct history history = { .rows = rows, .count = 2 };
	const struct wanted_case *c = &wanted_cases[_i];
	struct config config = { .phase_order = c->order };
	struct script **list;
	size_t count;

	list = phase_wanted(a, &c->goal, &config, &scripts, &history, &count);
	ck_assert_uint_eq(count, c->count);
	for (size_t i = 0; i < count; i++)
		ck_assert(list[i] != &files[0] && list[i]->kind != SCRIPT_UNDO);
}
END_TEST

static void
set_up(void)
{
	a = arena_new(NULL);
}

static void
tear_down(void)
{
	arena_close(a);
}

int
main(void)
{
	Suite *suite = suite_create("phase");
	TCase *phases = tcase_create("phase");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(phases, set_up, tear_down);
	tcase_add_loop_test(
	    phases, reads_the_name_of_a_phase, 0, sizeof(name_cases) / sizeof(name_cases[0]));
	tcase_add_loop_test(
	    phases, knows_the_phase_of_a_file, 0, sizeof(file_cases) / sizeof(file_cases[0]));
	tcase_add_loop_test(phases, looks_only_at_files_that_may_run, 0,
	    sizeof(wanted_cases) / sizeof(wanted_cases[0]));
	suite_add_tcase(suite, phases);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
