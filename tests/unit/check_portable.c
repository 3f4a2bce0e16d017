/* SPDX-License-Identifier: MIT */
#include "core/portable.h"

#include "base/file.h"
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

static bool
make(const char *raw, struct dump *out)
{
	struct portable p = { .folder = folder, .raw = "raw", .owner = "Mary", .schema = "app" };

	*out = (struct dump){ .folder = folder, .name = "out" };
	(void)folder_write(arena, folder, "raw", raw, strlen(raw));
	return portable_write(arena, &p, out, err);
}

static const char *
written(const struct dump *dump)
{
	char *text = arena_alloc(arena, 10000);
	struct file file;
	size_t length;

	ck_assert(file_open(arena, folder, "out", &file, err));
	ck_assert(file_read(&file, text, 9999, &length, "out", err));
	ck_assert_int_eq((int64_t)length, dump->bytes);
	return text;
}

static const struct trial {
	const char *raw, *out;
} trials[] = {
	{ "", "" },
	{ "--\n-- PostgreSQL database dump\n--\n\n\\restrict abc\n\n-- Dumped by pg_dump 17\n",
	    "" },
	/* of the session that reads a dump */
	{ "SET lock_timeout = 0;\nSET transaction_timeout = 0;\nSET client_encoding = 'UTF8';\n",
	    "" },
	{ "SET default_tablespace = '';\n", "SET LOCAL default_tablespace = '';\n" },
	{ "SELECT pg_catalog.set_config('search_path', '', false);\n",
	    "SELECT pg_catalog.set_config('search_path', '', true);\n" },
	/* of who made it */
	{ "ALTER TABLE public.t OWNER TO \"Mary\";\n", "" },
	{ "ALTER TABLE public.t OWNER TO mary;\n", "ALTER TABLE public.t OWNER TO mary;\n" },
	{ "ALTER TABLE public.t OWNER TO \"not Mary\";\n",
	    "ALTER TABLE public.t OWNER TO \"not Mary\";\n" },
	{ "REVOKE ALL ON TABLE t FROM \"Mary\";\n", "REVOKE ALL ON TABLE t FROM CURRENT_USER;\n" },
	{ "GRANT SELECT ON TABLE t TO \"Mary\";\n", "GRANT SELECT ON TABLE t TO CURRENT_USER;\n" },
	{ "GRANT SELECT ON TABLE t TO app;\n", "GRANT SELECT ON TABLE t TO app;\n" },
	{ "ALTER DEFAULT PRIVILEGES FOR ROLE \"Mary\" GRANT ALL ON TABLES TO app;\n",
	    "ALTER DEFAULT PRIVILEGES FOR ROLE CURRENT_USER GRANT ALL ON TABLES TO app;\n" },
	/* there before */
	{ "CREATE SCHEMA app;\nCREATE SCHEMA apple;\n", "CREATE SCHEMA apple;\n" },
	{ "COMMENT ON EXTENSION pgcrypto IS 'x';\n", "" },
	/* the transaction of large objects */
	{ "BEGIN;\n\nSELECT pg_catalog.lo_close(0);\n\nCOMMIT;\n",
	    "SELECT pg_catalog.lo_close(0);\n" },
	/* names stand above what they name, and only there */
	{ "--\n-- Name: t; Type: TABLE; Schema: public; Owner: Mary\n--\n\nCREATE TABLE t ();\n\n\n"
	  "ALTER TABLE t OWNER TO \"Mary\";\n",
	    "\n-- Name: t; Type: TABLE; Schema: public\nCREATE TABLE t ();\n" },
	{ "-- Name: a; Owner: b; Type: TABLE; Owner: Mary\nSELECT 1;\nSELECT 2;\n",
	    "\n-- Name: a; Owner: b; Type: TABLE\nSELECT 1;\nSELECT 2;\n" },
	{ "CREATE FUNCTION f() AS $$\n-- Name: t; Owner: Mary\nALTER x OWNER TO \"Mary\";\n$$;\n",
	    "CREATE FUNCTION f() AS $$\n-- Name: t; Owner: Mary\nALTER x OWNER TO "
	    "\"Mary\";\n$$;\n" },
	/* rows are as they are; a table without any needs no COPY */
	{ "COPY t (a) FROM stdin;\nSET x = 1;\n-- Name: t\n\\\\.\n\\.\n\nSELECT 1;\n",
	    "COPY t (a) FROM stdin;\nSET x = 1;\n-- Name: t\n\\\\.\n\\.\nSELECT 1;\n" },
	{ "-- Data for Name: t; Owner: Mary\nCOPY t (a) FROM stdin;\n\\.\n\nSELECT 1;\n",
	    "SELECT 1;\n" },
};

START_TEST(makes_a_migration_of_a_dump)
{
	struct dump dump;

	ck_assert(make(trials[_i].raw, &dump));
	ck_assert_str_eq(written(&dump), trials[_i].out);
}
END_TEST

START_TEST(counts_rows_and_knows_where_parts_are)
{
	struct dump dump;

	ck_assert(make("-- Name: x\nSELECT 1;\nCOPY t (a) FROM stdin;\n1\n2\n\\.\n"
		       "SELECT pg_catalog.setval('s', 2, true);\n",
	    &dump));
	ck_assert_uint_eq(dump.count, 3);
	ck_assert_int_eq(dump.rows, 2);
	ck_assert(!dump.parts[0].rows && dump.parts[1].rows && dump.parts[2].rows);
	ck_assert_int_eq(dump.parts[0].offset, (int64_t)strlen("\n-- Name: x\n"));
	ck_assert_int_eq(dump.parts[0].length, (int64_t)strlen("SELECT 1;\n"));
	ck_assert(!dump.placeholders);
}
END_TEST

static const struct dollars {
	const char *raw;
	bool found;
} dollars[] = {
	{ "SELECT '${a}';\n", true },
	{ "COPY t (a) FROM stdin;\n${\n\\.\n", true },
	{ "SELECT '$a{';\nSELECT '{$';\n", false },
	{ "SELECT $$$$;\nCOPY t (a) FROM stdin;\n{\n\\.\n", false },
};

START_TEST(sees_what_looks_like_a_placeholder)
{
	struct dump dump;

	ck_assert(make(dollars[_i].raw, &dump));
	ck_assert_int_eq(dump.placeholders, dollars[_i].found);
}
END_TEST

START_TEST(writes_over_no_file)
{
	struct dump dump;

	(void)folder_write(arena, folder, "out", "mine", 4);
	ck_assert(!make("SELECT 1;\n", &dump));
	ck_assert_ptr_nonnull(strstr(err->message, "cannot create"));
}
END_TEST

START_TEST(tells_of_a_dump_that_ends_too_early)
{
	struct dump dump;

	ck_assert(!make("CREATE FUNCTION f() AS $$\n", &dump));
	ck_assert_int_eq(err->code, ERR_REFUSED);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("portable");
	TCase *cases = tcase_create("portable");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(cases, set_up, tear_down);
	tcase_add_loop_test(
	    cases, makes_a_migration_of_a_dump, 0, sizeof(trials) / sizeof(trials[0]));
	tcase_add_test(cases, counts_rows_and_knows_where_parts_are);
	tcase_add_loop_test(
	    cases, sees_what_looks_like_a_placeholder, 0, sizeof(dollars) / sizeof(dollars[0]));
	tcase_add_test(cases, writes_over_no_file);
	tcase_add_test(cases, tells_of_a_dump_that_ends_too_early);
	suite_add_tcase(suite, cases);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
