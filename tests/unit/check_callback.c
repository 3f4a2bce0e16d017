/* SPDX-License-Identifier: MIT */
#include "core/callback.h"

#include "folder.h"

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

static struct arena *arena;
static const char *folder;
static const char *directories[1];
static struct config config;
static struct scripts scripts;
static struct goal goal;
static struct plan plan;
static struct error *err;

static void
set_up(void)
{
	arena = arena_new(NULL);
	folder = folder_new(arena);
	directories[0] = folder;
	config = (struct config){
		.directory = { .items = directories, .count = 1 },
		.validate_on_up = true,
		.create_schemas = true,
	};
	goal = (struct goal){ .kind = GOAL_UP };
	plan = (struct plan){ .arena = arena, .file_problems = { .arena = arena } };
	err = error_new(arena);
}

static void
tear_down(void)
{
	arena_close(arena);
}

static void
add(const char *name, const char *text)
{
	(void)folder_write(arena, folder, name, text, strlen(text));
}

static void
find(void)
{
	struct problems none = { .arena = arena };

	ck_assert_msg(scripts_scan(arena, &config, &scripts, &none, err), "%s", err->message);
	ck_assert_uint_eq(none.count, 0);
	plan.callbacks = callback_find(arena, &goal, &config, &scripts);
}

/* The files of a moment, with a blank behind each. */
static const char *
files(enum callback_moment moment)
{
	const struct callback_list *list = &plan.callbacks.at[moment];
	struct arena_text *text = arena_text_new(arena);

	for (size_t i = 0; i < list->count; i++)
		fprintf(text->out, "%s ", list->list[i]->script);
	return arena_text_end(text);
}

static void
read_them(void)
{
	const struct script_environment env = {
		.server_version = 150018, .standard_conforming_strings = true, .config = &config
	};

	find();
	callback_read(&plan, &env);
}

START_TEST(sorts_by_event_and_then_by_description_the_bare_one_first)
{
	add("afterMigrate__b.sql", "SELECT 1;");
	add("afterMigrate.sql", "SELECT 1;");
	add("afterMigrate__a.sql", "SELECT 1;");
	add("afterMigrateOperationFinish.sql", "SELECT 1;");
	add("afterValidate.sql", "SELECT 1;");
	add("beforeValidate__z.sql", "SELECT 1;");
	add("beforeCreateSchema.sql", "SELECT 1;");
	add("createSchema.sql", "SELECT 1;");
	find();
	ck_assert_str_eq(files(CALLBACK_AFTER),
	    "afterMigrate.sql afterMigrate__a.sql afterMigrate__b.sql "
	    "afterMigrateOperationFinish.sql ");
	ck_assert_str_eq(files(CALLBACK_VALIDATE), "beforeValidate__z.sql afterValidate.sql ");
	ck_assert_str_eq(files(CALLBACK_SCHEMA), "createSchema.sql beforeCreateSchema.sql ");
}
END_TEST

static const struct moment_case {
	enum goal_kind goal;
	const char *file;
	enum callback_moment moment;
} moment_cases[] = {
	{ GOAL_UP, "beforeMigrate.sql", CALLBACK_BEFORE },
	{ GOAL_UP, "beforeBaseline.sql", CALLBACK_BEFORE_BASELINE },
	{ GOAL_BASELINE, "beforeBaseline.sql", CALLBACK_BEFORE },
	{ GOAL_BASELINE, "createSchema.sql", CALLBACK_SCHEMA },
	{ GOAL_REPAIR, "afterRepairError.sql", CALLBACK_ERROR },
	{ GOAL_REPAIR, "afterConnect.sql", CALLBACK_CONNECT },
	{ GOAL_UNDO, "beforeUndo.sql", CALLBACK_BEFORE },
	{ GOAL_UNDO, "beforeEachUndo.sql", CALLBACK_BEFORE_EACH },
	{ GOAL_UNDO, "afterEachUndo.sql", CALLBACK_AFTER_EACH },
	{ GOAL_UNDO, "afterUndo.sql", CALLBACK_AFTER },
};

START_TEST(runs_an_event_at_the_moment_of_its_command)
{
	const struct moment_case *c = &moment_cases[_i];

	add(c->file, "SELECT 1;");
	goal.kind = c->goal;
	find();
	ck_assert_str_eq(files(c->moment), arena_printf(arena, "%s ", c->file));
	goal.kind = c->goal == GOAL_REPAIR ? GOAL_UP : GOAL_REPAIR;
	find();
	if (c->moment != CALLBACK_CONNECT)
		for (int i = 0; i < CALLBACK_MOMENTS; i++)
			ck_assert_str_eq(files((enum callback_moment)i), "");
}
END_TEST

START_TEST(leaves_out_what_a_setting_turns_off)
{
	add("beforeValidate.sql", "SELECT 1;");
	add("createSchema.sql", "SELECT 1;");
	config.validate_on_up = config.create_schemas = false;
	find();
	ck_assert_str_eq(files(CALLBACK_VALIDATE), "");
	ck_assert_str_eq(files(CALLBACK_SCHEMA), "");
	ck_assert(!callback_runs_alone(&plan.callbacks));
}
END_TEST

static const struct alone_case {
	const char *file;
	bool alone;
} alone_cases[] = {
	{ "beforeMigrate.sql", true },
	{ "afterMigrate.sql", true },
	{ "afterVersioned.sql", true },
	{ "beforeValidate.sql", true },
	{ "afterMigrateApplied.sql", false },
	{ "afterConnect.sql", false },
	{ "beforeEachMigrate.sql", false },
	{ "afterMigrateError.sql", false },
	{ "beforeRepeatables.sql", false },
	{ "beforeUndo.sql", false },
};

START_TEST(knows_which_run_without_a_pending_file)
{
	add(alone_cases[_i].file, "SELECT 1;");
	find();
	ck_assert_int_eq(callback_runs_alone(&plan.callbacks), alone_cases[_i].alone);
}
END_TEST

static const struct refusal_case {
	const char *file, *text, *message;
	int64_t line, column;
} refusal_cases[] = {
	{ "beforeMigrate.sql", "-- migrate:phase contract\nSELECT 1;\n",
	    "\"phase\" has no meaning in a callback", 1, 1 },
	{ "beforeMigrate.sql", "-- migrate:irreversible gone\nSELECT 1;\n",
	    "\"irreversible\" has no meaning in a callback", 1, 1 },
	{ "beforeMigrate.sql", "SELECT 1;\nCOMMIT;\n",
	    "COMMIT cannot stand here: the transaction of a file is opened and ended around it", 2,
	    1 },
	{ "afterEachMigrate.sql", "SELECT 1;\n  VACUUM t;\n",
	    "VACUUM cannot run inside a transaction block, and SELECT in line 1 needs one", 2, 3 },
	{ "afterEachMigrate.sql", "VACUUM t;\n",
	    "VACUUM cannot run inside a transaction block, and afterEachMigrate runs inside the "
	    "transaction of a file",
	    1, 1 },
	{ "beforeEachMigrate.sql", "-- migrate:transaction off\nSELECT 1;\n",
	    "beforeEachMigrate runs inside the transaction of a file: it cannot do without one", 0,
	    0 },
	{ "beforeEachMigrate.sql", "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE;\n",
	    "beforeEachMigrate runs inside the transaction of a file: it cannot set its modes", 0,
	    0 },
};

START_TEST(refuses_what_a_callback_cannot_run)
{
	const struct refusal_case *c = &refusal_cases[_i];
	const struct error *problem;

	add(c->file, c->text);
	plan.step_count = 1;
	/* Once more under the run lock: the file is not read again, and is refused all the same. */
	for (int turn = 0; turn < 2; turn++) {
		plan.file_problems.count = 0;
		read_them();
		ck_assert_uint_eq(plan.file_problems.count, 1);
		problem = plan.file_problems.list[0];
		ck_assert_int_eq(problem->code, ERR_REFUSED);
		ck_assert_msg(strcmp(problem->message, c->message) == 0, "%s", problem->message);
		ck_assert_int_eq(problem->place.line, c->line);
		ck_assert_int_eq(problem->place.column, c->column);
	}
}
END_TEST

START_TEST(reads_a_vacuum_as_a_callback_without_a_transaction)
{
	add("afterMigrate.sql", "VACUUM t;\n");
	read_them();
	ck_assert_uint_eq(plan.file_problems.count, 0);
	ck_assert(!plan.callbacks.at[CALLBACK_AFTER].list[0]->transaction);
}
END_TEST

START_TEST(reads_nothing_when_nothing_will_run)
{
	add("afterEachMigrate.sql", "VACUUM t;\n");
	read_them();
	ck_assert_uint_eq(plan.file_problems.count, 0);
}
END_TEST

START_TEST(names_what_a_reading_command_leaves_out)
{
	add("afterInfo.sql", "SELECT 1;");
	add("beforeInfo.sql", "SELECT 1;");
	add("afterMigrate.sql", "SELECT 1;");
	find();
	ck_assert_str_eq(callback_left_out(arena, "status", &scripts),
	    arena_printf(arena, "\"%s/afterInfo.sql\", \"%s/beforeInfo.sql\"", folder, folder));
	ck_assert_ptr_null(callback_left_out(arena, "validate", &scripts));
}
END_TEST

START_TEST(knows_the_events_that_cannot_come)
{
	add("beforeConnect.sql", "SELECT 1;");
	find();
	ck_assert_str_eq(
	    callback_never(&scripts.list[0]), "no SQL can run before there is a connection");
	scripts.list[0].event = "afterMigrate";
	ck_assert_ptr_null(callback_never(&scripts.list[0]));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("callback");
	TCase *cases = tcase_create("callback");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(cases, set_up, tear_down);
	tcase_add_test(cases, sorts_by_event_and_then_by_description_the_bare_one_first);
	tcase_add_loop_test(
	    cases, runs_an_event_at_the_moment_of_its_command, 0, COUNT(moment_cases));
	tcase_add_test(cases, leaves_out_what_a_setting_turns_off);
	tcase_add_loop_test(cases, knows_which_run_without_a_pending_file, 0, COUNT(alone_cases));
	tcase_add_loop_test(cases, refuses_what_a_callback_cannot_run, 0, COUNT(refusal_cases));
	tcase_add_test(cases, reads_a_vacuum_as_a_callback_without_a_transaction);
	tcase_add_test(cases, reads_nothing_when_nothing_will_run);
	tcase_add_test(cases, names_what_a_reading_command_leaves_out);
	tcase_add_test(cases, knows_the_events_that_cannot_come);
	suite_add_tcase(suite, cases);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
