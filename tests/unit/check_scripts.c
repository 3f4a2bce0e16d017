/* SPDX-License-Identifier: MIT */
#include "core/scripts.h"

#include "folder.h"

static struct arena *arena;
static const char *folder;
static const char *directories[4];
static const char *ignore[4];
static struct config config;
static struct scripts scripts;
static struct problems problems;
static struct error *err;

static void
set_up(void)
{
	arena = arena_new(NULL);
	folder = folder_new(arena);
	directories[0] = folder;
	config = (struct config){
		.directory = { .items = directories, .count = 1 },
		.ignore = { .items = ignore },
	};
	problems = (struct problems){ .arena = arena };
	err = error_new(arena);
}

static void
tear_down(void)
{
	arena_close(arena);
}

static void
add(const char *name)
{
	(void)folder_write(arena, folder, name, "SELECT 1;\n", 10);
}

static void
scan(void)
{
	ck_assert_msg(scripts_scan(arena, &config, &scripts, &problems, err), "%s", err->message);
}

/* All names in the order of the list, with a blank behind each. */
static const char *
names(void)
{
	struct arena_text *t = arena_text_new(arena);

	for (size_t i = 0; i < scripts.count; i++)
		fprintf(t->out, "%s ", scripts.list[i].script);
	return arena_text_end(t);
}

static void
assert_problem(size_t i, const char *message)
{
	ck_assert_uint_gt(problems.count, i);
	ck_assert_int_eq(problems.list[i]->code, ERR_REFUSED);
	ck_assert_msg(
	    strstr(problems.list[i]->message, message) != NULL, "%s", problems.list[i]->message);
}

START_TEST(orders_scripts_as_flyway_runs_them)
{
	static const char *const files[] = { "R__b.sql", "V10__z.sql", "V2__a.sql", "U2__a.sql",
		"V1.1__x.sql", "R__C.sql", "R__a_b.sql", "R__ab.sql", "afterMigrate__z.sql",
		"afterMigrate.sql", "B2__all.sql", "V01__y.sql", "V1_2__x.sql", "U1__a.sql",
		"beforeMigrate.sql", "R__\xf0\x9f\x98\x80.sql", "R__\xef\xbc\xa1.sql",
		"R__\xc3\xa4.sql", "sub/V3__deep.sql", "sub/deeper/V2.5__x.sql" };

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		add(files[i]);
	scan();
	ck_assert_uint_eq(problems.count, 0);
	ck_assert_str_eq(names(),
	    "V01__y.sql V1.1__x.sql V1_2__x.sql V2__a.sql sub/deeper/V2.5__x.sql "
	    "sub/V3__deep.sql V10__z.sql "
	    "R__C.sql R__a_b.sql R__ab.sql R__b.sql R__\xc3\xa4.sql R__\xf0\x9f\x98\x80.sql "
	    "R__\xef\xbc\xa1.sql "
	    "U1__a.sql U2__a.sql B2__all.sql "
	    "afterMigrate.sql afterMigrate__z.sql beforeMigrate.sql ");
}
END_TEST

START_TEST(refuses_names_that_differ_in_the_case_of_letters_only)
{
	add("R__view.sql");
	add("R__View.sql");
	add("a/R__other.sql");
	add("b/R__Other.sql"); /* two folders are two places */
	scan();
	ck_assert_uint_eq(problems.count, 1);
	assert_problem(0, "R__View.sql\" and \"");
	assert_problem(0, "R__view.sql\" differ in the case of their letters only");
}
END_TEST

START_TEST(tells_where_a_script_is)
{
	const struct script *s;

	add("sub/V1__a.sql");
	directories[0] = arena_printf(arena, "%s//", folder);
	scan();
	s = &scripts.list[0];
	ck_assert_str_eq(s->name, "sub/V1__a.sql");
	ck_assert_str_eq(s->directory, folder);
	ck_assert_str_eq(s->path, arena_printf(arena, "%s/sub/V1__a.sql", folder));
	ck_assert_int_eq(s->conf.execute_in_transaction, NOT_GIVEN);
	ck_assert(!s->hashed && !s->read);
}
END_TEST

START_TEST(finds_nothing_in_an_empty_folder)
{
	scan();
	ck_assert_uint_eq(scripts.count, 0);
	ck_assert_uint_eq(problems.count, 0);
}
END_TEST

START_TEST(refuses_a_folder_that_is_not_there)
{
	directories[0] = arena_printf(arena, "%s/nowhere", folder);
	ck_assert(!scripts_scan(arena, &config, &scripts, &problems, err));
	ck_assert_int_eq(err->code, ERR_USAGE);
	add("V1__a.sql");
	directories[0] = arena_printf(arena, "%s/V1__a.sql", folder);
	ck_assert(!scripts_scan(arena, &config, &scripts, &problems, err));
	ck_assert_int_eq(err->code, ERR_USAGE);
}
END_TEST

START_TEST(skips_hidden_names_and_other_files)
{
	add(".git/V1__a.sql");
	add(".V1__a.sql");
	add("README.md");
	add("V1__a.sql.bak");
	scan();
	ck_assert_uint_eq(scripts.count, 0);
	ck_assert_uint_eq(problems.count, 0);
}
END_TEST

START_TEST(ignores_what_the_settings_list)
{
	ignore[0] = "seed-*.sql";
	ignore[1] = "drafts/*";
	ignore[2] = "old";
	config.ignore.count = 3;
	add("seed-data.sql");
	add("sub/seed-more.sql");
	add("drafts/x.sql");
	add("old/x.sql");
	add("V1__a.sql");
	scan();
	ck_assert_uint_eq(problems.count, 0);
	ck_assert_str_eq(names(), "V1__a.sql ");
	ck_assert_uint_eq(scripts.ignored, 4);
}
END_TEST

START_TEST(names_both_files_of_one_version)
{
	add("V1__a.sql");
	add("V01.0__b.sql");
	add("V1_0__c.sql");
	add("U1__a.sql");
	add("B1__a.sql");
	add("R__1.sql");
	scan();
	ck_assert_uint_eq(problems.count, 1);
	assert_problem(0, "found more than one migration with version 01.0");
	assert_problem(0, "/V01.0__b.sql\", \"");
	assert_problem(0, "/V1_0__c.sql\", \"");
	assert_problem(0, "/V1__a.sql\"");
}
END_TEST

START_TEST(finds_other_duplicates)
{
	add("R__a.sql");
	add("sub/R__a.sql");
	add("afterMigrate__x.sql");
	add("sub/afterMigrate__x.sql");
	add("V1__a.sql");
	add("U1__a.sql");
	add("U1.0__a.sql");
	scan();
	ck_assert_uint_eq(problems.count, 3);
	assert_problem(0, "repeatable migration with description \"a\"");
	assert_problem(1, "undo migration with version 1");
	assert_problem(2, "callback afterMigrate with description \"x\"");
}
END_TEST

START_TEST(finds_undo_files_that_undo_nothing)
{
	add("V2__a.sql");
	add("V10__b.sql");
	add("B3__all.sql");
	add("U1__x.sql");
	add("U02.0__a.sql");
	add("U3__x.sql");
	add("U10__b.sql");
	add("U11__x.sql");
	scan();
	ck_assert_uint_eq(problems.count, 3);
	assert_problem(0, "\"U1__x.sql\" undoes version 1, and there is no V file of that version");
	assert_problem(1, "\"U3__x.sql\" undoes version 3");
	assert_problem(2, "\"U11__x.sql\" undoes version 11");
}
END_TEST

START_TEST(lists_all_bad_names)
{
	add("v1__x.sql");
	add("V1_x.sql");
	add("sub/x\n.sql");
	add("V2__good.sql");
	scan();
	ck_assert_uint_eq(problems.count, 3);
	assert_problem(0, "two underscores");
	assert_problem(1, "control character");
	assert_problem(2, "neither");
	ck_assert_str_eq(names(), "V2__good.sql ");
}
END_TEST

START_TEST(reads_the_folder_of_a_configmap)
{
	add("..2026_11_22/V1__a.sql");
	add("..2026_11_22/sub/V2__b.sql");
	folder_link(arena, folder, "..data", "..2026_11_22");
	folder_link(arena, folder, "V1__a.sql", "..data/V1__a.sql");
	folder_link(arena, folder, "sub", "..data/sub");
	scan();
	ck_assert_uint_eq(problems.count, 0);
	ck_assert_str_eq(names(), "V1__a.sql sub/V2__b.sql ");
}
END_TEST

START_TEST(refuses_what_is_no_file_of_the_folder)
{
	folder_link(arena, folder, "V1__etc.sql", "/etc/passwd");
	folder_link(arena, folder, "V2__up.sql", "../../etc/passwd");
	folder_link(arena, folder, "V3__gone.sql", "nowhere");
	folder_link(arena, folder, "V4__self.sql", "V4__self.sql");
	folder_link(arena, folder, "V5__zero.sql", "/dev/zero");
	ck_assert_int_eq(mkfifo(arena_printf(arena, "%s/V6__fifo.sql", folder), 0600), 0);
	ck_assert_int_eq(mkdir(arena_printf(arena, "%s/V7__folder.sql", folder), 0700), 0);
	folder_link(arena, folder, "away", "/etc");
	folder_link(arena, folder, "loop", ".");
	scan();
	ck_assert_uint_eq(scripts.count, 0);
	ck_assert_uint_eq(problems.count, 9);
	assert_problem(0, "a link that leads out of the folder");
	assert_problem(1, "a link that leads out of the folder");
	assert_problem(2, "a link to something that does not exist");
	assert_problem(3, "a link that leads to itself");
	assert_problem(4, "a link that leads out of the folder");
	assert_problem(5, "is not a regular file");
	assert_problem(6, "is not a regular file");
	assert_problem(7, "a link that leads out of the folder");
	assert_problem(8, "a link that leads back to a folder around it");
}
END_TEST

START_TEST(reads_a_folder_inside_another_one_once)
{
	add("V1__a.sql");
	add("sub/V2__b.sql");
	directories[1] = arena_printf(arena, "%s/sub", folder);
	directories[2] = arena_printf(arena, "%s/", folder);
	config.directory.count = 3;
	scan();
	ck_assert_uint_eq(problems.count, 0);
	ck_assert_str_eq(names(), "V1__a.sql sub/V2__b.sql ");
}
END_TEST

START_TEST(reads_several_folders_as_one)
{
	const char *other = folder_new(arena);

	add("V2__b.sql");
	(void)folder_write(arena, other, "V1__a.sql", "", 0);
	(void)folder_write(arena, other, "V2__c.sql", "", 0);
	directories[1] = other;
	config.directory.count = 2;
	scan();
	ck_assert_uint_eq(scripts.count, 3);
	ck_assert_uint_eq(problems.count, 1);
	assert_problem(0, "version 2");
}
END_TEST

static void
add_conf(const char *text)
{
	add("V1__a.sql");
	(void)folder_write(arena, folder, "V1__a.sql.conf", text, strlen(text));
}

START_TEST(reads_the_settings_of_a_script)
{
	add_conf("# a comment\r\n! another\n\n  executeInTransaction = FALSE  \n"
		 "placeholderReplacement:true\r\nencoding UTF-8");
	add("V2__b.sql");
	scan();
	ck_assert_uint_eq(problems.count, 0);
	ck_assert_int_eq(scripts.list[0].conf.execute_in_transaction, 0);
	ck_assert_int_eq(scripts.list[0].conf.placeholder_replacement, 1);
	ck_assert_int_eq(scripts.list[1].conf.execute_in_transaction, NOT_GIVEN);
}
END_TEST

static const struct bad_conf {
	const char *text, *message;
	int line, column;
} bad_confs[] = {
	{ "\n  executeInTransactions=false\n", "unknown key \"executeInTransactions\"", 2, 3 },
	{ "executeInTransaction=maybe", "cannot be \"maybe\", only true or false", 1, 1 },
	{ "executeInTransaction=", "cannot be \"\"", 1, 1 },
	{ "encoding=ISO-8859-1\n", "cannot be \"ISO-8859-1\", only UTF-8", 1, 1 },
	{ "encoding=UTF-8\nencoding=UTF-8\n", "given twice", 2, 1 },
	{ "executeInTransaction=true\nexecuteInTransaction=true", "given twice", 2, 1 },
	{ "#\nshouldExecute=true\n", "shouldExecute is not supported", 2, 1 },
};

START_TEST(refuses_settings_with_their_place)
{
	const struct bad_conf *b = &bad_confs[_i];

	add_conf(b->text);
	scan();
	ck_assert_uint_eq(problems.count, 1);
	assert_problem(0, b->message);
	ck_assert_int_eq(problems.list[0]->place.line, b->line);
	ck_assert_int_eq(problems.list[0]->place.column, b->column);
	ck_assert_ptr_nonnull(problems.list[0]->place.source);
	ck_assert_str_eq(names(), "V1__a.sql ");
}
END_TEST

START_TEST(refuses_settings_of_no_script)
{
	add("V1__a.sql.conf");
	scan();
	ck_assert_uint_eq(problems.count, 1);
	assert_problem(0, "there is no file \"V1__a.sql\"");
}
END_TEST

START_TEST(finds_a_thousand_files)
{
	for (int i = 0; i < 1000; i++)
		(void)folder_write(
		    arena, folder, arena_printf(arena, "V%d__x.sql", 1000 - i), "", 0);
	scan();
	ck_assert_uint_eq(scripts.count, 1000);
	ck_assert_str_eq(scripts.list[999].version, "1000");
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("scripts");
	TCase *cases = tcase_create("scripts");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(cases, set_up, tear_down);
	tcase_set_timeout(cases, 60); /* a thousand files on a slow disk */
	tcase_add_test(cases, orders_scripts_as_flyway_runs_them);
	tcase_add_test(cases, refuses_names_that_differ_in_the_case_of_letters_only);
	tcase_add_test(cases, tells_where_a_script_is);
	tcase_add_test(cases, finds_nothing_in_an_empty_folder);
	tcase_add_test(cases, refuses_a_folder_that_is_not_there);
	tcase_add_test(cases, skips_hidden_names_and_other_files);
	tcase_add_test(cases, ignores_what_the_settings_list);
	tcase_add_test(cases, names_both_files_of_one_version);
	tcase_add_test(cases, finds_other_duplicates);
	tcase_add_test(cases, finds_undo_files_that_undo_nothing);
	tcase_add_test(cases, lists_all_bad_names);
	tcase_add_test(cases, reads_the_folder_of_a_configmap);
	tcase_add_test(cases, refuses_what_is_no_file_of_the_folder);
	tcase_add_test(cases, reads_a_folder_inside_another_one_once);
	tcase_add_test(cases, reads_several_folders_as_one);
	tcase_add_test(cases, reads_the_settings_of_a_script);
	tcase_add_loop_test(
	    cases, refuses_settings_with_their_place, 0, sizeof(bad_confs) / sizeof(bad_confs[0]));
	tcase_add_test(cases, refuses_settings_of_no_script);
	tcase_add_test(cases, finds_a_thousand_files);
	suite_add_tcase(suite, cases);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
