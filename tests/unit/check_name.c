/* SPDX-License-Identifier: MIT */
#include "core/name.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

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

static const struct good {
	const char *path;
	enum script_kind kind;
	const char *version, *description, *event;
} goods[] = {
	{ "m/V1__a.sql", SCRIPT_VERSIONED, "1", "a", NULL },
	{ "m/sub/V1_2__add_e_mail.sql", SCRIPT_VERSIONED, "1.2", "add e mail", NULL },
	{ "V01.0__b.sql", SCRIPT_VERSIONED, "01.0", "b", NULL },
	{ "V20261122131500__x.sql", SCRIPT_VERSIONED, "20261122131500", "x", NULL },
	{ "V1__a.SQL", SCRIPT_VERSIONED, "1", "a", NULL },
	{ "V1.sql", SCRIPT_VERSIONED, "1", "", NULL },
	{ "V1__.sql", SCRIPT_VERSIONED, "1", "", NULL },
	{ "V1___a.sql", SCRIPT_VERSIONED, "1", " a", NULL },
	{ "V1__a__b.sql", SCRIPT_VERSIONED, "1", "a  b", NULL },
	{ "V1__a.b.sql", SCRIPT_VERSIONED, "1", "a.b", NULL },
	{ "V1__R\xc3\xa9sum\xc3\xa9.sql", SCRIPT_VERSIONED, "1", "R\xc3\xa9sum\xc3\xa9", NULL },
	{ "R__b.sql", SCRIPT_REPEATABLE, NULL, "b", NULL },
	{ "R__.sql", SCRIPT_REPEATABLE, NULL, "", NULL },
	{ "R.sql", SCRIPT_REPEATABLE, NULL, "", NULL },
	{ "U1__a.sql", SCRIPT_UNDO, "1", "a", NULL },
	{ "B7__all.sql", SCRIPT_BASELINE, "7", "all", NULL },
	{ "beforeMigrate.sql", SCRIPT_CALLBACK, NULL, "", "beforeMigrate" },
	{ "afterMigrate__z_y.sql", SCRIPT_CALLBACK, NULL, "z y", "afterMigrate" },
	{ "afterMigrateApplied.sql", SCRIPT_CALLBACK, NULL, "", "afterMigrateApplied" },
	{ "beforeEachMigrateStatement__x.sql", SCRIPT_CALLBACK, NULL, "x",
	    "beforeEachMigrateStatement" },
	{ "createSchema.sql", SCRIPT_CALLBACK, NULL, "", "createSchema" },
};

static void
assert_same(const char *got, const char *expected)
{
	if (expected == NULL)
		ck_assert_ptr_null(got);
	else
		ck_assert_str_eq(got, expected);
}

START_TEST(reads_names_as_flyway_does)
{
	const struct good *g = &goods[_i];
	struct script s = { .path = g->path };
	struct error *err = error_new(arena);

	ck_assert_msg(name_parse(arena, &s, err), "%s", err->message);
	ck_assert_int_eq(s.kind, g->kind);
	assert_same(s.version, g->version);
	assert_same(s.description, g->description);
	assert_same(s.event, g->event);
}
END_TEST

static const struct bad {
	const char *path, *message, *next;
} bads[] = {
	{ "m/v1__x.sql", "\"m/v1__x.sql\" is not the name of a migration", "\"V1__x.sql\"" },
	{ "V1_a.sql", "two underscores", "\"V1__a.sql\"" },
	{ "V1_2_a.sql", "two underscores", "\"V1_2__a.sql\"" },
	{ "V1.1.__x.sql", "\"1.1.\" is no version", "\"V1.1__x.sql\"" },
	{ "V1..2__x.sql", "\"1..2\" is no version", "V<version>__<description>.sql" },
	{ "V__x.sql", "has no version", "V<version>__<description>.sql" },
	{ "V.sql", "has no version", "V<version>__<description>.sql" },
	{ "V1a__x.sql", "\"1a\" is no version", "V<version>__<description>.sql" },
	{ "V-1__x.sql", "\"-1\" is no version", "\"V1__x.sql\"" },
	{ "Vlatest__x.sql", "\"latest\" is no version", "V<version>__<description>.sql" },
	{ "20240101_create.sql", "neither with V", "\"V20240101__create.sql\"" },
	{ "1.sql", "neither with V", "\"V1.sql\"" },
	{ "u3_x.sql", "neither with V", "\"U3__x.sql\"" },
	{ "R1__q.sql", "only the description", "\"R__q.sql\"" },
	{ "R_x.sql", "two underscores", "\"R__x.sql\"" },
	{ "README.sql", "two underscores", "R__<description>.sql" },
	{ "beforemigrate_x.sql", "neither with V", "\"beforeMigrate__x.sql\"" },
	{ "afterMigrates.sql", "two underscores", "by the event of a callback" },
	{ "afterMigrte__x.sql", "neither with V", "\"afterMigrate__x.sql\"" },
	{ "schema.sql", "neither with V", "\"ignore\"" },
	{ ".sql", "neither with V", "\"ignore\"" },
	{ "V123456789012345678901234567890123456789012345678901__x.sql",
	    "longer than 50 characters", "\"ignore\"" },
	{ "V9223372036854775807__x.sql", "reserved", NULL },
	{ "V09223372036854775807.0__x.sql", "reserved", NULL },
};

START_TEST(names_the_form_that_was_nearly_met)
{
	const struct bad *b = &bads[_i];
	struct script s = { .path = b->path };
	struct error *err = error_new(arena);

	ck_assert(!name_parse(arena, &s, err));
	ck_assert_int_eq(err->code, ERR_REFUSED);
	ck_assert_str_eq(err->place.path, b->path);
	ck_assert_msg(strstr(err->message, b->message) != NULL, "%s", err->message);
	if (b->next != NULL)
		ck_assert_msg(strstr(err->next, b->next) != NULL, "%s", err->next);
}
END_TEST

static const char *const steering[] = {
	"V1__a\nb.sql",
	"V1__a\x1b[2J.sql",
	"V1__a\x7f.sql",
	"V1__a\xc2\x9b.sql",
	"V1__a\xe2\x80\xae.sql",
	"V1__a\xe2\x81\xa6.sql",
	"V1__\xff.sql",
	"V1__\xc3.sql",
	"V1__\xed\xa0\x80.sql",
};

START_TEST(refuses_names_that_steer_a_terminal)
{
	struct error *err = error_new(arena);

	ck_assert(!name_check(steering[_i], err));
	ck_assert_int_eq(err->code, ERR_REFUSED);
}
END_TEST

START_TEST(knows_sql_files_in_either_case)
{
	struct error *err = error_new(arena);

	ck_assert(name_is_sql("a.sql") && name_is_sql("a.SqL") && name_is_sql(".sql"));
	ck_assert(!name_is_sql("a.sql.conf") && !name_is_sql("sql") && !name_is_sql("a.sql~"));
	ck_assert(name_check("V1__a (1) \xc3\xa4 \xf0\x9f\x98\x80.sql", err));
}
END_TEST

/* "V1__" and count times the text. */
static const char *
long_path(const char *text, int count)
{
	struct arena_text *t = arena_text_new(arena);

	fputs("V1__", t->out);
	for (int i = 0; i < count; i++)
		fputs(text, t->out);
	fputs(".sql", t->out);
	return arena_text_end(t);
}

START_TEST(shortens_descriptions_as_flyway_does)
{
	struct error *err = error_new(arena);
	struct script s = { .path = long_path("d", 200) };

	ck_assert(name_parse(arena, &s, err));
	ck_assert_uint_eq(strlen(s.description), 200);
	s = (struct script){ .path = long_path("d", 201) };
	ck_assert(name_parse(arena, &s, err));
	ck_assert_uint_eq(strlen(s.description), 200);
	ck_assert_str_eq(s.description + 196, "d...");
	/* Java counts this character as two. */
	s = (struct script){ .path = long_path("\xf0\x9f\x98\x80", 101) };
	ck_assert(name_parse(arena, &s, err));
	ck_assert_uint_eq(strlen(s.description), 98 * 4 + 3);
}
END_TEST

START_TEST(shortens_paths_as_flyway_does)
{
	char path[1002];

	memset(path, 'p', 1001);
	path[1000] = 'e';
	path[1001] = '\0';
	memcpy(path, "abcd", 4);
	ck_assert_uint_eq(strlen(name_shorten_path(arena, path)), 1000);
	ck_assert_int_eq(strncmp(name_shorten_path(arena, path), "...dp", 5), 0);
	path[1000] = '\0';
	ck_assert_ptr_eq(name_shorten_path(arena, path), path);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("name");
	TCase *cases = tcase_create("name");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(cases, set_up, tear_down);
	tcase_add_loop_test(cases, reads_names_as_flyway_does, 0, sizeof(goods) / sizeof(goods[0]));
	tcase_add_loop_test(
	    cases, names_the_form_that_was_nearly_met, 0, sizeof(bads) / sizeof(bads[0]));
	tcase_add_loop_test(
	    cases, refuses_names_that_steer_a_terminal, 0, sizeof(steering) / sizeof(steering[0]));
	tcase_add_test(cases, knows_sql_files_in_either_case);
	tcase_add_test(cases, shortens_descriptions_as_flyway_does);
	tcase_add_test(cases, shortens_paths_as_flyway_does);
	suite_add_tcase(suite, cases);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
