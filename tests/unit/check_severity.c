/* SPDX-License-Identifier: MIT */
#include "core/severity.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static struct arena *arena;
static struct config config;
static struct error *err;

static void
set_up(void)
{
	arena = arena_new(NULL);
	err = error_new(arena);
	config = (struct config){ .arena = arena, .lint_fail_on = SEVERITY_WARNING };
}

static void
tear_down(void)
{
	arena_close(arena);
}

static void
put_rule(const char *name, const char *value)
{
	static struct config_pair pair;

	pair = (struct config_pair){ .name = name, .value = value };
	config.lint_rules = (struct config_map){ .pairs = &pair, .count = 1 };
}

static enum severity
found(const char *path, const char *name)
{
	struct severities s = severities_make(arena, &config, path, name);

	return severities_find(&s, lint_rule_find("unknown-allow"));
}

START_TEST(a_rule_has_its_own_severity)
{
	ck_assert_int_eq(found("migrations/V1__a.sql", "V1__a.sql"), SEVERITY_WARNING);
}
END_TEST

START_TEST(lint_rules_changes_it_everywhere)
{
	put_rule("unknown-allow", "error");
	ck_assert_int_eq(found("migrations/V1__a.sql", "V1__a.sql"), SEVERITY_ERROR);
}
END_TEST

static const struct {
	const char *glob;
	bool fits;
} globs[] = {
	{ "V1__a.sql", true },
	{ "old/V1__a.sql", true },
	{ "migrations/old/V1__a.sql", true },
	{ "old/*", true },
	{ "V?__*", true },
	{ "*", true },
	{ "new/*", false },
	{ "V2*", false },
	{ "old", false },
};

START_TEST(an_item_of_lint_paths_is_stronger_where_it_fits)
{
	put_rule("unknown-allow", "error");
	config_list_add(arena, &config.lint_paths,
	    arena_printf(arena, " %s  unknown-allow=off ", globs[_i].glob));
	ck_assert_int_eq(found("migrations/old/V1__a.sql", "old/V1__a.sql"),
	    globs[_i].fits ? SEVERITY_OFF : SEVERITY_ERROR);
}
END_TEST

START_TEST(the_last_item_that_fits_counts)
{
	config_list_add(arena, &config.lint_paths, "V1* unknown-allow=off fail_on=off");
	config_list_add(arena, &config.lint_paths, "V1* unknown-allow=info fail_on=error");
	config_list_add(arena, &config.lint_paths, "V2* unknown-allow=error fail_on=info");
	ck_assert_int_eq(found("V1__a.sql", "V1__a.sql"), SEVERITY_INFO);
	ck_assert_int_eq(
	    severities_make(arena, &config, "V1__a.sql", "V1__a.sql").fail_on, SEVERITY_ERROR);
	ck_assert_int_eq(
	    severities_make(arena, &config, "V3__a.sql", "V3__a.sql").fail_on, SEVERITY_WARNING);
}
END_TEST

START_TEST(a_name_may_have_the_dashes_of_an_environment_variable)
{
	char name[] = "unknown_allow";

	ck_assert(severity_check_rule(name, err));
	ck_assert_str_eq(name, "unknown-allow");
}
END_TEST

static const struct {
	const char *text, *message, *next;
} refused[] = {
	{ "", "write a path and what holds there", NULL },
	{ "  ", "write a path and what holds there", NULL },
	{ "V1*", "write a path and what holds there", NULL },
	{ "V1* unknown-allow", "\"unknown-allow\" is not of the form RULE=SEVERITY", NULL },
	{ "V1* unknown-alow=off", "there is no rule \"unknown-alow\"",
	    "Did you mean \"unknown-allow\"?" },
	{ "V1* =off", "there is no rule \"\"", "\"migrate lint --list-rules\" lists them." },
	{ "V1* fail-on=off", "there is no rule \"fail-on\"", "Did you mean \"fail_on\"?" },
	{ "V1* unknown-allow=none", "\"none\" is none of off, info, warning, error", NULL },
	{ "V1* unknown-allow=off fail_on=", "\"\" is none of off, info, warning, error", NULL },
};

START_TEST(an_item_that_is_none_is_refused)
{
	ck_assert(!severity_check_path(refused[_i].text, err));
	ck_assert_int_eq(err->code, ERR_USAGE);
	ck_assert_msg(strstr(err->message, refused[_i].message) != NULL, "%s", err->message);
	if (refused[_i].next == NULL)
		ck_assert_ptr_null(err->next);
	else
		ck_assert_str_eq(err->next, refused[_i].next);
}
END_TEST

START_TEST(severities_have_names)
{
	ck_assert_str_eq(severity_name(SEVERITY_OFF), "off");
	ck_assert_str_eq(severity_name(SEVERITY_ERROR), "error");
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("severity");
	TCase *t = tcase_create("severity");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, a_rule_has_its_own_severity);
	tcase_add_test(t, lint_rules_changes_it_everywhere);
	tcase_add_loop_test(t, an_item_of_lint_paths_is_stronger_where_it_fits, 0,
	    (int)(sizeof(globs) / sizeof(globs[0])));
	tcase_add_test(t, the_last_item_that_fits_counts);
	tcase_add_test(t, a_name_may_have_the_dashes_of_an_environment_variable);
	tcase_add_loop_test(
	    t, an_item_that_is_none_is_refused, 0, (int)(sizeof(refused) / sizeof(refused[0])));
	tcase_add_test(t, severities_have_names);
	suite_add_tcase(suite, t);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
