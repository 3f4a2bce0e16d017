/* SPDX-License-Identifier: MIT */
#include "core/difference.h"

#include "core/portable.h"
#include "folder.h"

static struct arena *arena;
static const char *folder;
static struct error *err;

static void
set_up(void)
{
	arena = arena_new(NULL);
	folder = folder_new(arena);
	err = error_new(arena);
}

static void
tear_down(void)
{
	arena_close(arena);
}

static struct dump
dump_of(const char *name, const char *text)
{
	struct portable p = { .folder = folder,
		.raw = arena_printf(arena, "%s.raw", name),
		.owner = "me",
		.schema = "app" };
	struct dump dump = { .folder = folder, .name = name };

	(void)folder_write(arena, folder, p.raw, text, strlen(text));
	ck_assert(portable_write(arena, &p, &dump, err));
	return dump;
}

/* What both sides have is told as "what|left|right". */
static const char *
told(const struct differences *d)
{
	struct arena_text *text = arena_text_new(arena);

	fprintf(text->out, "%zu", d->total);
	for (size_t i = 0; i < d->count; i++)
		fprintf(text->out, " [%s|%s|%s]", d->list[i].what != NULL ? d->list[i].what : "",
		    d->list[i].left != NULL ? d->list[i].left : "",
		    d->list[i].right != NULL ? d->list[i].right : "");
	return arena_text_end(text);
}

static const struct trial {
	const char *left, *right, *any, *schema;
} trials[] = {
	{ "", "", "0", "0" },
	{ "SELECT 1;\n", "SELECT 1;\n", "0", "0" },
	{ "SELECT 1;\n", "", "1 [|SELECT 1;|]", "1 [|SELECT 1;|]" },
	{ "", "SELECT 1;\n", "1 [||SELECT 1;]", "1 [||SELECT 1;]" },
	{ "SELECT 1;\nSELECT 1;\n", "SELECT 1;\n", "1 [|SELECT 1;|]", "1 [|SELECT 1;|]" },
	{ "CREATE t (\n a int,\n b int\n);\n", "CREATE t (\n a int,\n b text\n);\n",
	    "1 [CREATE t (| b int| b text]", "1 [CREATE t (| b int| b text]" },
	{ "CREATE t (\n a int\n);\n", "CREATE t (\n a int\n)\nWITH x;\n", "1 [CREATE t (|);|)]",
	    "1 [CREATE t (|);|)]" },
	{ "COPY t (a) FROM stdin;\n1\n\\.\n", "COPY t (a) FROM stdin;\n2\n\\.\n",
	    "1 [COPY t (a) FROM stdin;|1|2]", "0" },
	{ "COPY t (a) FROM stdin;\n1\n2\n\\.\n", "COPY t (a) FROM stdin;\n1\n\\.\n",
	    "1 [COPY t (a) FROM stdin;|2|\\.]", "0" },
	{ "SELECT 1;\nSELECT 2;\n", "SELECT 2;\nSELECT 1;\n",
	    "1 [the order of statements|SELECT 1;|SELECT 2;]", "0" },
	/* a name above a statement is no part of it */
	{ "-- Name: a\nSELECT 1;\n", "-- Name: b\nSELECT 1;\n", "0", "0" },
	{ "SELECT 1;\nSELECT 2;\nSELECT 3;\nSELECT 4;\nSELECT 5;\nSELECT 6;\n", "SELECT 7;\n",
	    "7 [|SELECT 1;|] [|SELECT 2;|] [|SELECT 3;|] [|SELECT 4;|] [|SELECT 5;|]",
	    "7 [|SELECT 1;|] [|SELECT 2;|] [|SELECT 3;|] [|SELECT 4;|] [|SELECT 5;|]" },
};

START_TEST(finds_what_only_one_has)
{
	struct dump left = dump_of("left", trials[_i].left);
	struct dump right = dump_of("right", trials[_i].right);
	struct differences d;

	ck_assert(differences_find(arena, &left, &right, DIFFERENCE_ANY, &d, err));
	ck_assert_str_eq(told(&d), trials[_i].any);
	ck_assert(differences_find(arena, &left, &right, DIFFERENCE_SCHEMA, &d, err));
	ck_assert_str_eq(told(&d), trials[_i].schema);
}
END_TEST

START_TEST(passes_over_columns_that_change)
{
	struct dump left = dump_of(
	    "left", "COPY a.t (at) FROM stdin;\n1\t10:00\n\\.\nCOPY u (i) FROM stdin;\n1\n\\.\n");
	struct dump again = dump_of(
	    "again", "COPY a.t (at) FROM stdin;\n1\t10:01\n\\.\nCOPY u (i) FROM stdin;\n1\n\\.\n");
	struct dump right = dump_of(
	    "right", "COPY a.t (at) FROM stdin;\n1\t09:00\n\\.\nCOPY u (i) FROM stdin;\n2\n\\.\n");
	struct dump wrong = dump_of(
	    "wrong", "COPY a.t (at) FROM stdin;\n2\t09:00\n\\.\nCOPY u (i) FROM stdin;\n1\n\\.\n");
	struct config_list tables = { 0 };
	struct differences d;

	ck_assert(differences_mark(arena, &left, &again, &tables, err));
	ck_assert_uint_eq(tables.count, 1);
	ck_assert_str_eq(tables.items[0], "a.t");
	ck_assert(differences_find(arena, &left, &right, DIFFERENCE_ANY, &d, err));
	ck_assert_str_eq(told(&d), "1 [COPY u (i) FROM stdin;|1|2]");
	ck_assert(differences_find(arena, &left, &wrong, DIFFERENCE_ANY, &d, err));
	ck_assert_str_eq(told(&d), "1 [COPY a.t (at) FROM stdin;|1\t10:00|2\t09:00]");
}
END_TEST

START_TEST(finds_rows_that_change_missing)
{
	struct dump left = dump_of("left", "COPY t (at) FROM stdin;\n10:00\n\\.\n");
	struct dump again = dump_of("again", "COPY t (at) FROM stdin;\n10:01\n\\.\n");
	struct dump right = dump_of("right", "");
	struct config_list tables = { 0 };
	struct differences d;

	ck_assert(differences_mark(arena, &left, &again, &tables, err));
	ck_assert(differences_find(arena, &left, &right, DIFFERENCE_ANY, &d, err));
	ck_assert_uint_eq(d.total, 1);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("difference");
	TCase *cases = tcase_create("difference");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(cases, set_up, tear_down);
	tcase_add_loop_test(cases, finds_what_only_one_has, 0, sizeof(trials) / sizeof(trials[0]));
	tcase_add_test(cases, passes_over_columns_that_change);
	tcase_add_test(cases, finds_rows_that_change_missing);
	suite_add_tcase(suite, cases);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
