/* SPDX-License-Identifier: MIT */
#include "core/check.h"

#include "folder.h"

static struct arena *arena;
static const char *folder;
static struct config config;
static struct script_environment env;
static struct problems problems;
static struct checks checks;
static struct check_file files[8];
static size_t file_count;
static bool together;

static void
set_up(void)
{
	arena = arena_new(NULL);
	folder = folder_new(arena);
	problems = (struct problems){ .arena = arena };
	config = (struct config){ .arena = arena,
		.lint_fail_on = SEVERITY_WARNING,
		.lock_timeout_ms = 5000,
		.concurrent_lock_timeout_ms = 3600000 };
	env = (struct script_environment){
		.server_version = 150000, .standard_conforming_strings = true, .config = &config
	};
	file_count = 0;
	together = false;
}

static void
tear_down(void)
{
	arena_close(arena);
}

static struct check_file *
add(enum script_kind kind, const char *name, const char *text)
{
	struct script *script = arena_alloc(arena, sizeof(*script));

	*script = (struct script){ .kind = kind,
		.version = "1",
		.name = name,
		.script = name,
		.directory = folder,
		.path = folder_write(arena, folder, name, text, strlen(text)),
		.conf = { NOT_GIVEN, NOT_GIVEN } };
	files[file_count] = (struct check_file){ .script = script };
	return &files[file_count++];
}

static void
check(void)
{
	struct check_request request = {
		.files = files, .file_count = file_count, .environment = &env, .together = together
	};

	check_scripts(arena, &request, &checks, &problems);
}

/* "2:1 drop-column, 3:1 (drop-table)" of a file: line, column and rule, allowed ones in brackets. */
static const char *
found(size_t file)
{
	struct arena_text *text = arena_text_new(arena);
	const struct checked *checked = &checks.list[file];

	ck_assert_uint_gt(checks.count, file);
	for (size_t i = 0; i < checked->count; i++) {
		const struct finding *f = &checked->findings[i];

		fprintf(text->out, f->allowed ? "%s%d:%d (%s)" : "%s%d:%d %s", i > 0 ? ", " : "",
		    (int)f->place.line, (int)f->place.column, f->rule->id);
	}
	return arena_text_end(text);
}

static void
check_one(const char *text)
{
	add(SCRIPT_VERSIONED, "V1__a.sql", text);
	check();
}

/* --- allow, and squawk's comments --- */

static const struct {
	const char *text, *found;
} cases[] = {
	{ "", "" },
	{ "SELECT 1;", "" },
	{ "CREATE INDEX i ON t (a);", "1:1 index-not-concurrent" },
	{ "\xef\xbb\xbf-- \xc3\xa4\r\nSELECT '\xc3\xa4'; CREATE INDEX i ON t (a);",
	    "2:13 index-not-concurrent" },
	{ "-- migrate:allow index-not-concurrent\nCREATE INDEX i ON t (a);",
	    "2:1 (index-not-concurrent)" },
	{ "-- migrate:allow index-not-concurrent\nCREATE INDEX i ON t (a); CREATE INDEX k ON t "
	  "(b);",
	    "2:1 (index-not-concurrent), 2:26 (index-not-concurrent)" },
	{ "-- migrate:next allow index-not-concurrent\nCREATE INDEX i ON t (a);\n"
	  "CREATE INDEX k ON t (b);",
	    "2:1 (index-not-concurrent), 3:1 index-not-concurrent" },
	{ "SELECT 1;\n-- migrate:allow index-not-concurrent it is small\n"
	  "CREATE INDEX i ON t (a);\nCREATE INDEX k ON t (b);",
	    "3:1 (index-not-concurrent), 4:1 index-not-concurrent" },
	{ "-- migrate:allow index-not-concurrent\nSELECT 1;", "1:1 unused-allow" },
	{ "-- migrate:allow index-not-conurrent\nCREATE INDEX i ON t (a);",
	    "1:1 unknown-allow, 2:1 index-not-concurrent" },
	{ "-- migrate:allow not-checked\nALTER TABLE t FOO;", "2:15 (not-checked)" },
	{ "-- migrate:allow not-checked\nSELECT 1;", "" },
	{ "-- squawk-ignore require-concurrent-index-creation\nCREATE INDEX i ON t (a);",
	    "2:1 (index-not-concurrent)" },
	{ "CREATE INDEX i\nON t (a); -- squawk-ignore require-concurrent-index-creation",
	    "1:1 index-not-concurrent" },
	{ "CREATE INDEX i ON t (a); -- squawk-ignore require-concurrent-index-creation",
	    "1:1 (index-not-concurrent)" },
	{ "CREATE INDEX i ON t (a);\n-- squawk-ignore-file require-concurrent-index-creation",
	    "1:1 (index-not-concurrent)" },
	{ "BEGIN;\nCREATE INDEX i ON t (a);\nCOMMIT;", "2:1 index-not-concurrent" },
	{ "BEGIN;\nCREATE TABLE t (id bigint PRIMARY KEY, a text);\nCREATE INDEX i ON t "
	  "(a);\nCOMMIT;",
	    "" },
};

START_TEST(settles_what_stays)
{
	check_one(cases[_i].text);
	ck_assert_uint_eq(problems.count, 0);
	ck_assert_str_eq(found(0), cases[_i].found);
}
END_TEST

START_TEST(keeps_the_reason)
{
	check_one("-- migrate:allow index-not-concurrent it is small\nCREATE INDEX i ON t (a);\n");
	ck_assert_str_eq(checks.list[0].findings[0].reason, "it is small");
	ck_assert_uint_eq(check_allowed(&checks), 1);
	ck_assert_uint_eq(check_failures(&checks), 0);
}
END_TEST

START_TEST(knows_the_line_of_a_finding)
{
	check_one("SELECT 1;\n  CREATE INDEX i ON t (a);\n");
	ck_assert_str_eq(checks.list[0].findings[0].place.source, "  CREATE INDEX i ON t (a)");
}
END_TEST

START_TEST(names_the_nearest_rule_and_squawks)
{
	check_one("-- migrate:allow index-not-conurrent, require-concurrent-index-creation\n"
		  "SELECT 1;\n");
	ck_assert_uint_eq(checks.list[0].count, 2);
	ck_assert_str_eq(checks.list[0].findings[1].message,
	    "there is no rule \"index-not-conurrent\" to allow; did you mean "
	    "\"index-not-concurrent\"?");
	ck_assert_ptr_nonnull(strstr(checks.list[0].findings[0].message, "is a rule of squawk"));
}
END_TEST

/* --- settings --- */

START_TEST(rules_that_are_off_find_nothing_and_miss_no_allow)
{
	config_list_add(arena, &config.lint_paths,
	    "V1* index-not-concurrent=off unknown-allow=off not-checked=error");
	check_one("-- migrate:allow index-not-concurrent, nosuch\nCREATE INDEX i ON t (a);\n"
		  "ALTER TABLE t FOO;\n");
	ck_assert_str_eq(found(0), "3:15 not-checked");
	ck_assert_uint_eq(check_count(&checks, SEVERITY_ERROR), 1);
}
END_TEST

START_TEST(fails_by_the_setting_of_the_file)
{
	static const char text[] = "CREATE INDEX i ON t (a);\nALTER TABLE t FOO;\n";

	config_list_add(arena, &config.lint_paths, "V2* fail_on=info");
	config_list_add(arena, &config.lint_paths, "V3* fail_on=off");
	add(SCRIPT_VERSIONED, "V1__a.sql", text);
	add(SCRIPT_VERSIONED, "V2__a.sql", text);
	add(SCRIPT_VERSIONED, "V3__a.sql", text);
	check();
	ck_assert_uint_eq(check_count(&checks, SEVERITY_ERROR), 3);
	ck_assert_uint_eq(check_count(&checks, SEVERITY_INFO), 3);
	ck_assert_uint_eq(check_failures(&checks), 3);
}
END_TEST

/* --- one file after the other --- */

static const char table[] = "CREATE TABLE t (id bigint PRIMARY KEY, a text);\n";
static const char table_index[] = "CREATE INDEX i ON t (a);\n";

START_TEST(what_an_earlier_file_makes_is_in_use)
{
	add(SCRIPT_VERSIONED, "V1__a.sql", table);
	add(SCRIPT_VERSIONED, "V2__a.sql", table_index);
	check();
	ck_assert_str_eq(found(1), "1:1 index-not-concurrent");
}
END_TEST

START_TEST(what_runs_together_is_new)
{
	together = true;
	add(SCRIPT_VERSIONED, "V1__a.sql", table);
	add(SCRIPT_VERSIONED, "V2__a.sql", table_index);
	check();
	ck_assert_str_eq(found(1), "");
}
END_TEST

START_TEST(what_is_applied_is_old_and_not_told_of)
{
	together = true;
	add(SCRIPT_VERSIONED, "V1__a.sql", table)->applied = true;
	add(SCRIPT_VERSIONED, "V2__a.sql", "SELECT 'open")->applied = true;
	add(SCRIPT_VERSIONED, "V3__a.sql", table_index);
	check();
	ck_assert_uint_eq(checks.count, 1);
	ck_assert_uint_eq(problems.count, 0);
	ck_assert_str_eq(found(0), "1:1 index-not-concurrent");
}
END_TEST

START_TEST(other_kinds_of_files_stand_alone)
{
	static const enum script_kind kinds[] = { SCRIPT_UNDO, SCRIPT_BASELINE, SCRIPT_CALLBACK };

	together = true;
	add(SCRIPT_VERSIONED, "V1__a.sql", table);
	for (size_t i = 0; i < 3; i++)
		add(kinds[i], arena_printf(arena, "X%zu.sql", i), table_index);
	check();
	for (size_t i = 1; i <= 3; i++)
		ck_assert_str_eq(found(i), "1:1 index-not-concurrent");
}
END_TEST

/* --- files that cannot be read to their end --- */

static const struct {
	const char *behind;
	int line, column;
} broken[] = {
	{ "SELECT 'open", 2, 8 },
	{ "SELECT 1; /* open", 2, 11 },
	{ "SELECT $$open", 2, 8 },
	{ "\\gexec", 2, 1 },
};

START_TEST(lints_what_stands_before_a_mistake)
{
	check_one(arena_printf(arena, "CREATE INDEX i ON t (a);\n%s", broken[_i].behind));
	ck_assert_uint_eq(problems.count, 1);
	ck_assert_int_eq(problems.list[0]->place.line, broken[_i].line);
	ck_assert_int_eq(problems.list[0]->place.column, broken[_i].column);
	ck_assert_str_eq(found(0), "1:1 index-not-concurrent");
}
END_TEST

/* Text is checked piece by piece, before it is cut. */
START_TEST(refuses_what_is_not_utf_8)
{
	check_one("CREATE INDEX i ON t (a);\nSELECT '\xff';");
	ck_assert_uint_eq(problems.count, 1);
	ck_assert_int_eq(problems.list[0]->place.line, 2);
	ck_assert_str_eq(found(0), "");
}
END_TEST

START_TEST(lints_a_text_that_is_no_file)
{
	static const char text[] = "CREATE INDEX i ON t (a);\n";
	struct script *script = add(SCRIPT_VERSIONED, "V1__a.sql", "")->script;

	script->given = text;
	script->given_length = strlen(text);
	check();
	ck_assert_str_eq(found(0), "1:1 index-not-concurrent");
}
END_TEST

START_TEST(goes_on_behind_a_long_and_a_deep_statement)
{
	struct arena_text *text = arena_text_new(arena);

	fprintf(text->out, "INSERT INTO t VALUES (0)");
	for (int i = 0; i < 500000; i++)
		fputs(", (1000000)", text->out);
	fprintf(text->out, ";\nSELECT ");
	for (int i = 0; i < 20000; i++)
		putc('(', text->out);
	putc('1', text->out);
	for (int i = 0; i < 20000; i++)
		putc(')', text->out);
	fprintf(text->out, ";\nCREATE INDEX i ON t (a);\n");
	check_one(arena_text_end(text));
	ck_assert_uint_eq(problems.count, 0);
	ck_assert_str_eq(found(0), "3:1 index-not-concurrent");
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("check");
	TCase *t = tcase_create("check");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_loop_test(t, settles_what_stays, 0, (int)(sizeof(cases) / sizeof(cases[0])));
	tcase_add_test(t, keeps_the_reason);
	tcase_add_test(t, knows_the_line_of_a_finding);
	tcase_add_test(t, names_the_nearest_rule_and_squawks);
	tcase_add_test(t, rules_that_are_off_find_nothing_and_miss_no_allow);
	tcase_add_test(t, fails_by_the_setting_of_the_file);
	tcase_add_test(t, what_an_earlier_file_makes_is_in_use);
	tcase_add_test(t, what_runs_together_is_new);
	tcase_add_test(t, what_is_applied_is_old_and_not_told_of);
	tcase_add_test(t, other_kinds_of_files_stand_alone);
	tcase_add_loop_test(
	    t, lints_what_stands_before_a_mistake, 0, (int)(sizeof(broken) / sizeof(broken[0])));
	tcase_add_test(t, refuses_what_is_not_utf_8);
	tcase_add_test(t, lints_a_text_that_is_no_file);
	tcase_add_test(t, goes_on_behind_a_long_and_a_deep_statement);
	suite_add_tcase(suite, t);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
