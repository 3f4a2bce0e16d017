/* SPDX-License-Identifier: MIT */
#include "core/hook.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/mask.h"

static struct arena *arena;
static struct error *err;
static struct config config;
static struct arena_text *said;

static void
hear(struct sink *sink, const struct event *event)
{
	(void)sink;
	if (event->kind == EVENT_NOTE)
		fprintf(said->out, "%s|", event->text);
}

static struct sink sink = { .emit = hear };

static void
set_up(void)
{
	arena = arena_new(NULL);
	err = error_new(arena);
	said = arena_text_new(arena);
	config = (struct config){ .environment = "production", .hook_timeout_ms = 60000 };
}

static void
tear_down(void)
{
	mask_clear();
	arena_close(arena);
}

static bool
run(enum hook_kind kind, const struct error *failure)
{
	const struct script script = { .path = "migrations/V2__b.sql" };
	const struct hook hook = { .kind = kind,
		.config = &config,
		.sink = &sink,
		.version = "1",
		.target = "2",
		.script = &script,
		.failure = failure };

	return hook_run(arena, &hook, err);
}

static const struct kept {
	const char *name, *value;
	bool kept;
} variables[] = {
	{ "HOOK_TEST", "kept", true },
	{ "HOOK_TEST", "has topsecret in it", false },
	{ "HOOK_TEST", "postgres://u:other@h/d", true }, /* not ours */
	{ "PGPASSWORD", "x", false },
	{ "PGPASSFILE", "/home/u/.pgpass", true },
	{ "MIGRATE_PASSWORD", "x", false },
	{ "FLYWAY_PASSWORD", "x", false },
	{ "DATABASE_URL", "postgres://u:p@h/d", false },
	{ "DATABASE_URL", "postgres://u@h:5432/d", true },
	{ "DATABASE_URL", "postgres://h:5432/d", true },
	{ "DATABASE_URL", "postgres://h/d?user=u&password=p", false },
	{ "MIGRATE_URL", "host=h password=p", false },
	{ "MIGRATE_URL", "host=h user=u", true },
	{ "FLYWAY_URL", "jdbc:postgresql://h/d?Password=p", false },
	{ "MIGRATE_HOOK_STATE", "of another hook", false },
};

START_TEST(keeps_passwords_out_of_the_environment)
{
	const struct kept *v = &variables[_i];

	mask_add("topsecret");
	ck_assert_int_eq(setenv(v->name, v->value, 1), 0);
	config.hook_before_up = arena_printf(arena, "printf '%%s\\n' \"$%s\"", v->name);
	ck_assert(run(HOOK_BEFORE_UP, NULL));
	ck_assert_int_eq(strstr(arena_text_end(said), v->value) != NULL, v->kept);
}
END_TEST

START_TEST(says_what_it_is_run_for)
{
	struct error *failure = error_new(arena);

	error_set(failure, ERR_LOCK, "no lock");
	config.hook_on_error =
	    "echo $MIGRATE_HOOK $MIGRATE_HOOK_STATE $MIGRATE_HOOK_VERSION $MIGRATE_HOOK_TARGET; "
	    "echo $MIGRATE_HOOK_SCRIPT $MIGRATE_HOOK_ENV; echo $MIGRATE_HOOK_EXIT "
	    "$MIGRATE_HOOK_ERROR; echo \"[$MIGRATE_HOOK_HOST]\"";
	ck_assert(run(HOOK_ON_ERROR, failure));
	ck_assert_str_eq(arena_text_end(said),
	    "running the hook on_error|on_error: on_error failed 1 2|"
	    "on_error: migrations/V2__b.sql production|on_error: 6 no lock|on_error: []|");
}
END_TEST

START_TEST(does_nothing_without_a_command)
{
	ck_assert(run(HOOK_AFTER_UP, NULL));
	ck_assert_str_eq(arena_text_end(said), "");
}
END_TEST

static const struct failing {
	const char *command;
	int64_t timeout_ms;
	const char *message;
} failures[] = {
	{ "exit 3", 60000, "the hook before_irreversible failed with exit status 3" },
	{ "kill -KILL $$", 60000, "the hook before_irreversible was ended by signal 9" },
	{ "sleep 100", 100, "hook before_irreversible: the command took longer than 100ms" },
};

START_TEST(refuses_when_it_fails)
{
	config.hook_before_irreversible = failures[_i].command;
	config.hook_timeout_ms = failures[_i].timeout_ms;
	ck_assert(!run(HOOK_BEFORE_IRREVERSIBLE, NULL));
	ck_assert_int_eq(err->code, ERR_REFUSED);
	ck_assert_str_eq(err->message, failures[_i].message);
}
END_TEST

START_TEST(knows_its_own_variables)
{
	ck_assert(hook_is_variable("MIGRATE_HOOK"));
	ck_assert(hook_is_variable("MIGRATE_HOOK_TARGET"));
	ck_assert(!hook_is_variable("MIGRATE_HOOK_TIMEOUT")); /* a setting */
	ck_assert(!hook_is_variable("MIGRATE_HOOKS_BEFORE_UP"));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("hook");
	TCase *cases = tcase_create("hook");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(cases, set_up, tear_down);
	tcase_set_timeout(cases, 60);
	tcase_add_loop_test(cases, keeps_passwords_out_of_the_environment, 0,
	    sizeof(variables) / sizeof(variables[0]));
	tcase_add_test(cases, says_what_it_is_run_for);
	tcase_add_test(cases, does_nothing_without_a_command);
	tcase_add_loop_test(
	    cases, refuses_when_it_fails, 0, sizeof(failures) / sizeof(failures[0]));
	tcase_add_test(cases, knows_its_own_variables);
	suite_add_tcase(suite, cases);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
