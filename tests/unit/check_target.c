/* SPDX-License-Identifier: MIT */
#include "sql/target.h"

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

static const struct {
	const char *text;
	enum target_kind kind;
	const char *name, *other; /* "schema.name" */
	bool may_exist;
} targets[] = {
	{ "create index concurrently i on t (a)", TARGET_CREATE_INDEX, "i", "t", false },
	{ "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS \"I\" ON ONLY s.t USING gin (a)",
	    TARGET_CREATE_INDEX, "I", "s.t", true },
	{ "CREATE INDEX CONCURRENTLY ON t (a)", TARGET_CREATE_INDEX, NULL, "t", false },
	{ "DROP INDEX CONCURRENTLY s.i", TARGET_DROP_INDEX, "s.i", NULL, false },
	{ "DROP INDEX CONCURRENTLY IF EXISTS i CASCADE", TARGET_DROP_INDEX, "i", NULL, false },
	{ "REINDEX INDEX CONCURRENTLY i", TARGET_REINDEX_INDEX, "i", NULL, false },
	{ "REINDEX (VERBOSE, CONCURRENTLY) TABLE s.t", TARGET_REINDEX_TABLE, "s.t", NULL, false },
	{ "REINDEX (VERBOSE) TABLE CONCURRENTLY t", TARGET_REINDEX_TABLE, "t", NULL, false },
	{ "REINDEX SCHEMA CONCURRENTLY s", TARGET_REINDEX_SCHEMA, "s", NULL, false },
	{ "REINDEX DATABASE", TARGET_REINDEX_DATABASE, NULL, NULL, false },
	{ "ALTER TABLE IF EXISTS ONLY s.p DETACH PARTITION q.p1 CONCURRENTLY", TARGET_DETACH, "s.p",
	    "q.p1", false },
	{ "ALTER TABLE p * DETACH PARTITION p1 CONCURRENTLY", TARGET_DETACH, "p", "p1", false },
	{ "ALTER TABLE p ADD COLUMN a int", TARGET_UNKNOWN, "p", NULL, false },
	{ "VACUUM (ANALYZE) t", TARGET_AGAIN, NULL, NULL, false },
	{ "ALTER SYSTEM SET work_mem = '1MB'", TARGET_AGAIN, NULL, NULL, false },
	{ "CREATE DATABASE \"My-db\" OWNER a", TARGET_CREATE_DATABASE, "My-db", NULL, false },
	{ "DROP DATABASE IF EXISTS d WITH (FORCE)", TARGET_DROP_DATABASE, "d", NULL, false },
	{ "CREATE TABLESPACE x LOCATION '/x'", TARGET_CREATE_TABLESPACE, "x", NULL, false },
	{ "DROP TABLESPACE IF EXISTS x", TARGET_DROP_TABLESPACE, "x", NULL, false },
	{ "CREATE SUBSCRIPTION s CONNECTION '' PUBLICATION p", TARGET_UNKNOWN, NULL, NULL, false },
	{ "CALL p()", TARGET_UNKNOWN, NULL, NULL, false },
};

static void
expect_name(const char *text, const char *schema, const char *name, const char *expected)
{
	const char *found = schema == NULL ? name : arena_printf(arena, "%s.%s", schema, name);

	if (expected == NULL)
		ck_assert_msg(found == NULL, "%s: %s is named", text, found);
	else
		ck_assert_msg(
		    found != NULL && strcmp(found, expected) == 0, "%s: not %s", text, expected);
}

START_TEST(reads_what_a_statement_works_on)
{
	struct target target;

	target_read(arena, targets[_i].text, strlen(targets[_i].text), &target);
	ck_assert_msg(
	    target.kind == targets[_i].kind, "%s: kind %d", targets[_i].text, target.kind);
	expect_name(targets[_i].text, target.schema, target.name, targets[_i].name);
	expect_name(targets[_i].text, target.other_schema, target.other_name, targets[_i].other);
	ck_assert(target.may_exist == targets[_i].may_exist);
}
END_TEST

static const struct {
	const char *text;
	bool may_commit;
} codes[] = {
	{ "CALL p()", true }, { "DO $$ BEGIN PERFORM 1; END $$", false },
	{ "DO $$ BEGIN commit; END $$", true }, { "DO 'BEGIN ROLLBACK; END'", true },
	{ "DO $$ BEGIN call p(); END $$", true },
	{ "DO $$ BEGIN RAISE NOTICE 'recall'; END $$", true }, /* rather too often */
};

START_TEST(tells_code_that_may_commit)
{
	ck_assert_msg(
	    target_may_commit(codes[_i].text, strlen(codes[_i].text)) == codes[_i].may_commit, "%s",
	    codes[_i].text);
}
END_TEST

static const struct {
	const char *text;
	bool session;
} sessions[] = {
	{ "SET search_path = a", true },
	{ "set session authorization joe", true },
	{ "RESET ALL", true },
	{ "SET LOCAL work_mem = '1MB'", false },
	{ "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE", false },
	{ "SET CONSTRAINTS ALL DEFERRED", false },
	{ "SELECT set_config('a.b', 'c', false)", true },
	{ "SELECT pg_catalog.set_config('search_path', '', false) AS x, set_config('a.b', '', "
	  "true)",
	    true },
	{ "SELECT set_config('a.b', 'c', false), nextval('s')", false },
	{ "SELECT set_config('a.b', 'c', false) FROM t", false },
	{ "INSERT INTO t SELECT set_config('a.b', 'c', false)", false },
	{ "SHOW work_mem", false },
	{ "PREPARE p AS SELECT 1", true },
	{ "PREPARE TRANSACTION 'x'", false },
	{ "LISTEN x", true },
	{ "SELECT 1", false },
};

START_TEST(tells_what_lives_in_the_session_only)
{
	ck_assert_msg(
	    target_is_session(sessions[_i].text, strlen(sessions[_i].text)) == sessions[_i].session,
	    "%s", sessions[_i].text);
}
END_TEST

static const struct {
	const char *text, *stays;
} stays[] = {
	{ "SET search_path = a", "SET" },
	{ "SET SESSION AUTHORIZATION joe", "SET" },
	{ "set local work_mem = '1MB'", NULL },
	{ "SET CONSTRAINTS ALL DEFERRED", NULL },
	{ "RESET ALL", "RESET" },
	{ "SELECT set_config('a.b', 'c', false)", "set_config()" },
	{ "SELECT 1 FROM t WHERE \"set_config\" ('a.b', (SELECT 'c'), false) = 'c'",
	    "set_config()" },
	{ "SELECT pg_catalog.set_config('a.b', 'c', true)", NULL },
	{ "SELECT set_config('a.b', 'c', true), set_config('a.b', 'c', $1)", "set_config()" },
	{ "INSERT INTO t SELECT set_config FROM u", NULL },
	{ "SELECT pg_advisory_lock(1)", "an advisory lock of the session" },
	{ "SELECT pg_try_advisory_lock_shared(1)", "an advisory lock of the session" },
	{ "SELECT pg_advisory_xact_lock(1)", NULL },
	{ "PREPARE p AS SELECT 1", "PREPARE" },
	{ "LISTEN x", "LISTEN" },
	{ "NOTIFY x", NULL },
	{ "LOAD 'x'", "LOAD" },
	{ "DISCARD PLANS", "DISCARD" },
	{ "DECLARE c CURSOR WITH HOLD FOR SELECT 1", "a cursor WITH HOLD" },
	{ "DECLARE c CURSOR FOR SELECT 1", NULL },
	{ "CREATE TEMP TABLE t (a int)", "what is temporary" },
	{ "CREATE TEMP TABLE t (a int) ON COMMIT DELETE ROWS", "what is temporary" },
	{ "CREATE TEMP TABLE t (a int) ON COMMIT DROP", NULL },
	{ "CREATE TABLE t (a int)", NULL },
	{ "DO $$ BEGIN SET work_mem = '1MB'; END $$", "SET" },
	{ "DO $x$ BEGIN UPDATE t SET a = 1; SET LOCAL work_mem = '1MB'; END $x$", NULL },
	{ "DO LANGUAGE plpgsql $$ BEGIN IF true THEN PERFORM pg_advisory_lock(1); END IF; END $$",
	    "an advisory lock of the session" },
	{ "DO $$", NULL },
	{ "DO 'BEGIN END'", NULL },
	{ "CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN SET a.b = 1; END $$",
	    NULL },
	{ "COMMENT ON TABLE t IS 'SET work_mem'", NULL },
};

START_TEST(tells_what_stays_in_the_session)
{
	const char *text = stays[_i].text, *found;
	struct statement_class class;

	statement_classify_words(text, strlen(text), 150000, &class);
	found = target_stays(text, strlen(text), &class);
	if (stays[_i].stays == NULL)
		ck_assert_msg(found == NULL, "%s: %s", text, found);
	else
		ck_assert_msg(found != NULL && strcmp(found, stays[_i].stays) == 0, "%s", text);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("target");
	TCase *cases = tcase_create("target");

	tcase_add_checked_fixture(cases, set_up, tear_down);
	tcase_add_loop_test(
	    cases, reads_what_a_statement_works_on, 0, (int)(sizeof(targets) / sizeof(targets[0])));
	tcase_add_loop_test(
	    cases, tells_code_that_may_commit, 0, (int)(sizeof(codes) / sizeof(codes[0])));
	tcase_add_loop_test(cases, tells_what_lives_in_the_session_only, 0,
	    (int)(sizeof(sessions) / sizeof(sessions[0])));
	tcase_add_loop_test(
	    cases, tells_what_stays_in_the_session, 0, (int)(sizeof(stays) / sizeof(stays[0])));
	suite_add_tcase(s, cases);
	return s;
}

int
main(void)
{
	SRunner *runner = srunner_create(suite());
	int failed;

	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
