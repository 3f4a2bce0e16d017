/* SPDX-License-Identifier: MIT */
#include "sql/statement.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sql/words.h"

static struct arena *arena;
static struct statement_class class;

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

static void
classify(const char *text, int major)
{
	statement_classify(arena, text, strlen(text), major * 10000, &class);
}

/* --- tests/data/in-transaction.tsv --- */

/* Where the statement alone does not decide, or the measured error came before the refusal. */
static const struct exception {
	const char *name;
	bool predicted_refused;
	const char *reason;
} exceptions[] = {
	{ "reindex table partitioned", false,
	    "only the server knows that the table is partitioned" },
	{ "cluster partitioned", false, "only the server knows that the table is partitioned" },
	{ "alter subscription refresh", true, "the server missed the subscription first" },
	{ "drop subscription", true, "the server missed the subscription first" },
	{ "set transaction after query", false, "the statement before it decides" },
	{ "create slot logical after write", false, "the statement before it decides" },
};

struct measured {
	char name[200], versions[20], outcome[40], statement[400];
};

static const struct exception *
find_exception(const char *name)
{
	for (size_t i = 0; i < sizeof(exceptions) / sizeof(exceptions[0]); i++)
		if (strcmp(exceptions[i].name, name) == 0)
			return &exceptions[i];
	return NULL;
}

/* The others only prepare what it needs. */
static const char *
last_statement(const char *text)
{
	struct words s = words_start(text, strlen(text));
	struct word w;

	while (words_next(&s, &w))
		if (word_is(&w, ";"))
			text = s.at;
	return text;
}

/* Compares one line for one major version; returns whether the exception was needed. */
static bool
compare(const struct measured *m, int major)
{
	const struct exception *e = find_exception(m->name);
	bool refused = strstr(m->outcome, "25001") != NULL &&
	    strncmp(m->outcome, "refused", strlen("refused")) == 0;

	classify(last_statement(m->statement), major);
	if (e == NULL)
		ck_assert_msg(class.refused_in_block == refused, "%d: %s", major, m->statement);
	else if (class.refused_in_block != refused)
		ck_assert_msg(
		    class.refused_in_block == e->predicted_refused, "%d: %s", major, m->name);
	return e != NULL && class.refused_in_block != refused;
}

START_TEST(refuses_in_a_block_what_servers_refuse)
{
	FILE *f = fopen("tests/data/in-transaction.tsv", "r");
	size_t compared = 0, excepted = 0;
	struct measured m;
	char line[1000];
	int from, to;

	ck_assert_ptr_nonnull(f);
	ck_assert_ptr_nonnull(fgets(line, sizeof(line), f));
	while (fgets(line, sizeof(line), f) != NULL) {
		ck_assert_int_eq(sscanf(line, "%199[^\t]\t%19[^\t]\t%39[^\t]\t%399[^\n]", m.name,
				     m.versions, m.outcome, m.statement),
		    4);
		ck_assert_int_eq(sscanf(m.versions, "%d-%d", &from, &to), 2);
		for (int major = from; major <= to; major++) {
			excepted += compare(&m, major);
			compared++;
		}
	}
	(void)fclose(f); /* only read */
	ck_assert_uint_eq(compared, 511);
	ck_assert_uint_eq(excepted, 5 + 4 + 5 + 7 + 7 + 7);
}
END_TEST

/* --- leading words --- */

static const struct {
	const char *text;
	enum statement_kind kind;
	const char *form;
} kinds[] = {
	{ "", STATEMENT_OTHER, "statement" },
	{ "frobnicate", STATEMENT_OTHER, "statement" },
	{ "-- SELECT\n/* /* */ INSERT */ create\ttable t ()", STATEMENT_OTHER, "CREATE TABLE" },
	{ "\"select\" 1", STATEMENT_OTHER, "statement" },
	{ "select 1", STATEMENT_DML, "SELECT" },
	{ "(select 1) union (select 2)", STATEMENT_DML, "SELECT" },
	{ "with x as (select 1) delete from t", STATEMENT_DML, "WITH" },
	{ "values (1)", STATEMENT_DML, "VALUES" },
	{ "table t", STATEMENT_DML, "TABLE" },
	{ "merge into t using s on true when matched then do nothing", STATEMENT_DML, "MERGE" },
	{ "copy t from stdin", STATEMENT_COPY_IN, "COPY FROM STDIN" },
	{ "copy \"from\".t (a, \"stdin\") from stdin with (format csv)", STATEMENT_COPY_IN,
	    "COPY FROM STDIN" },
	{ "copy t from stdout", STATEMENT_COPY_IN, "COPY FROM STDIN" },
	{ "copy (select 1 from stdin) to stdout", STATEMENT_COPY_OUT, "COPY TO STDOUT" },
	{ "copy t from program 'echo stdin'", STATEMENT_OTHER, "COPY" },
	{ "copy t to '/tmp/stdout'", STATEMENT_OTHER, "COPY" },
	{ "begin", STATEMENT_BEGIN, "BEGIN" },
	{ "start transaction read only", STATEMENT_BEGIN, "START TRANSACTION" },
	{ "end work", STATEMENT_COMMIT, "COMMIT" },
	{ "commit prepared 'x'", STATEMENT_OTHER, "COMMIT PREPARED" },
	{ "abort", STATEMENT_ROLLBACK, "ROLLBACK" },
	{ "rollback to s", STATEMENT_SAVEPOINT, "ROLLBACK TO" },
	{ "rollback transaction to savepoint s", STATEMENT_SAVEPOINT, "ROLLBACK TO" },
	{ "release s", STATEMENT_SAVEPOINT, "RELEASE" },
	{ "prepare transaction 'x'", STATEMENT_PREPARE_TRANSACTION, "PREPARE TRANSACTION" },
	{ "prepare x as select 1", STATEMENT_OTHER, "PREPARE" },
	{ "do $$begin commit; end$$", STATEMENT_CALL, "DO" },
	{ "call p()", STATEMENT_CALL, "CALL" },
	{ "set constraints all deferred", STATEMENT_OTHER, "SET CONSTRAINTS" },
	{ "set local transaction read only", STATEMENT_SET, "SET TRANSACTION" },
	{ "set session characteristics as transaction read only", STATEMENT_SET, "SET" },
	{ "show all", STATEMENT_SET, "SHOW" },
	{ "analyse t", STATEMENT_SET, "ANALYZE" },
	{ "create user mapping for u server s", STATEMENT_OTHER, "CREATE USER MAPPING" },
	{ "create user u", STATEMENT_OTHER, "CREATE ROLE" },
	{ "create or replace constraint trigger t after insert on t", STATEMENT_OTHER,
	    "CREATE TRIGGER" },
	{ "create operator class c", STATEMENT_OTHER, "CREATE OPERATOR CLASS" },
	{ "create materialized view v as select 1", STATEMENT_OTHER, "CREATE MATERIALIZED VIEW" },
	{ "create unique index concurrently on t (a)", STATEMENT_OTHER,
	    "CREATE INDEX CONCURRENTLY" },
	{ "create something new", STATEMENT_OTHER, "CREATE" },
};

START_TEST(tells_kind_and_form_from_the_leading_words)
{
	classify(kinds[_i].text, 15);
	ck_assert_int_eq(class.kind, kinds[_i].kind);
	ck_assert_str_eq(class.form, kinds[_i].form);
}
END_TEST

static const struct {
	const char *text;
	int from; /* the first major version that refuses it; 0: none does */
} refusals[] = {
	{ "create unique /* now */ index concurrently i on t (a)", 12 },
	{ "create index \"concurrently\" on t (a)", 0 },
	{ "drop index concurrently if exists i", 12 },
	{ "reindex (verbose) index concurrently i", 12 },
	{ "reindex (verbose, concurrently) index i", 14 },
	{ "reindex (concurrently off) index i", 0 },
	{ "reindex (concurrently = 'false') index i", 0 },
	{ "reindex (tablespace \"concurrently\") index i", 0 },
	{ "reindex (concurrently true) table t", 14 },
	{ "vacuum (analyze) t", 12 },
	{ "cluster verbose", 12 },
	{ "cluster (verbose)", 12 },
	{ "cluster verbose t", 0 },
	{ "repack", 19 },
	{ "repack using index", 19 },
	{ "repack (verbose)", 19 },
	{ "repack (concurrently) t", 19 },
	{ "repack t using index i", 0 },
	{ "alter database \"d\" set tablespace s", 12 },
	{ "alter database d set work_mem = 1", 0 },
	{ "alter table if exists only \"s\".\"t\" * detach partition p concurrently", 14 },
	{ "alter table t detach partition p", 0 },
	{ "alter table t detach partition p finalize", 0 },
	{ "create subscription s connection 'x' publication p", 12 },
	{ "create subscription s connection 'x' publication p with (create_slot = off)", 0 },
	{ "create subscription s connection 'x' publication p, q with (connect = 0)", 0 },
	{ "create subscription s connection 'x' publication p with (connect = true)", 12 },
	{ "create subscription s connection 'connect=false' publication p", 12 },
	{ "alter subscription s set publication p", 14 },
	{ "alter subscription s add publication p with (copy_data = false)", 14 },
	{ "alter subscription s drop publication p with (refresh = false)", 0 },
	{ "alter subscription s set (failover = true)", 17 },
	{ "alter subscription s set (two_phase = false)", 18 },
	{ "alter subscription s set (slot_name = none)", 0 },
	{ "alter subscription s disable", 0 },
	{ "refresh materialized view concurrently v", 0 },
	{ "alter type t add value 'x'", 0 },
};

START_TEST(knows_the_version_that_refuses_it_in_a_block)
{
	for (int major = 12; major <= 19; major++) {
		classify(refusals[_i].text, major);
		ck_assert_int_eq(
		    class.refused_in_block, refusals[_i].from > 0 && major >= refusals[_i].from);
	}
}
END_TEST

static const struct {
	const char *text;
	bool expected;
} unlocks[] = {
	{ "select pg_advisory_unlock_all()", true },
	{ "with x as (select pg_catalog.\"pg_advisory_unlock_all\" ( )) select 1", true },
	{ "create table t as select PG_ADVISORY_UNLOCK_ALL()", true },
	{ "discard all", true },
	{ "discard plans", false },
	{ "select pg_advisory_unlock(1)", false },
	{ "select 'pg_advisory_unlock_all()' -- pg_advisory_unlock_all()", false },
	{ "select pg_advisory_unlock_all from t", false },
	{ "do $$begin perform pg_advisory_unlock_all(); end$$", false },
	{ "select E'\\'' 'pg_advisory_unlock_all()'", false },
	{ "select E'a'\n'\\'', pg_advisory_unlock_all()", true },
};

START_TEST(sees_what_drops_the_run_lock)
{
	classify(unlocks[_i].text, 15);
	ck_assert_int_eq(class.drops_run_lock, unlocks[_i].expected);
}
END_TEST

static const struct {
	const char *text;
	bool temporary;
	const char *schema, *name;
} temporaries[] = {
	{ "create temp table t ()", true, NULL, "t" },
	{ "create or replace local temporary view v as select 1", true, NULL, NULL },
	{ "create table pg_temp.t ()", true, "pg_temp", "t" },
	{ "create table temp (i int)", false, NULL, "temp" },
	{ "create unlogged table t ()", false, NULL, "t" },
	{ "select 1 into temp t", true, NULL, "t" },
	{ "select 1 into temporary table \"T\" from x", true, NULL, "T" },
	{ "select 1 into s.t", false, "s", "t" },
	{ "with x as (select 1) select * into unlogged s.t from x", false, "s", "t" },
	{ "with x as (select 1) insert into temp select * from x", false, NULL, NULL },
	{ "select (select 1 as into) from x", false, NULL, NULL },
	{ "insert into temp values (1)", false, NULL, NULL },
};

START_TEST(sees_temporary_tables_and_what_is_new)
{
	classify(temporaries[_i].text, 15);
	ck_assert_int_eq(class.makes_temporary, temporaries[_i].temporary);
	ck_assert_pstr_eq(class.creates_schema, temporaries[_i].schema);
	ck_assert_pstr_eq(class.creates_name, temporaries[_i].name);
}
END_TEST

static const struct {
	const char *text, *setting, *value;
	bool local;
} settings[] = {
	{ "set lock_timeout = '5s'", "lock_timeout", "5s", false },
	{ "SET SESSION Lock_Timeout TO 5000", "lock_timeout", "5000", false },
	{ "set local lock_timeout = $$1min$$", "lock_timeout", "1min", true },
	{ "set lock_timeout to default", "lock_timeout", NULL, false },
	{ "set lock_timeout to 'default'", "lock_timeout", "default", false },
	{ "set x.\"Y\" = -1.5", "x.y", "-1.5", false },
	{ "set standard_conforming_strings = off", "standard_conforming_strings", "off", false },
	{ "set time zone 'Europe/Oslo'", "timezone", "Europe/Oslo", false },
	{ "set local time zone -7", "timezone", "-7", true },
	{ "set time zone local", "timezone", NULL, false },
	{ "set synchronous_commit to local", "synchronous_commit", "local", false },
	{ "set time zone interval '1' hour to minute", "timezone", NULL, false },
	{ "set role \"Owner\"", "role", "Owner", false },
	{ "set local session authorization u", "session_authorization", "u", true },
	{ "set session authorization default", "session_authorization", NULL, false },
	{ "set schema 'a, b'", "search_path", "\"a, b\"", false },
	{ "set search_path = a, \"$user\", 'B'", "search_path", "a, \"$user\", \"B\"", false },
	{ "set search_path to ''", "search_path", "\"\"", false },
	{ "set datestyle to ISO, DMY", "datestyle", "iso, dmy", false },
	{ "set x.y = e'a\\nb'", "x.y", NULL, false },
	{ "set x.y = 'it''s'", "x.y", "it's", false },
	{ "set names 'utf8'", "client_encoding", "utf8", false },
	{ "reset lock_timeout", "lock_timeout", NULL, false },
	{ "reset session authorization", "session_authorization", NULL, false },
	{ "reset all", "all", NULL, false },
	{ "set transaction isolation level serializable", NULL, NULL, false },
	{ "set session characteristics as transaction read only", NULL, NULL, false },
	{ "show lock_timeout", NULL, NULL, false },
	{ "analyze t", NULL, NULL, false },
};

START_TEST(reads_settings)
{
	classify(settings[_i].text, 15);
	ck_assert_int_eq(class.kind, STATEMENT_SET);
	ck_assert_pstr_eq(class.setting, settings[_i].setting);
	ck_assert_pstr_eq(class.value, settings[_i].value);
	ck_assert_int_eq(class.local, settings[_i].local);
}
END_TEST

static const struct {
	const char *text, *modes;
	bool chained, sets_transaction;
} transactions[] = {
	{ "begin", NULL, false, false },
	{ "begin work", NULL, false, false },
	{ "begin transaction isolation  level serializable , read only",
	    "isolation level serializable, read only", false, false },
	{ "start transaction read write", "read write", false, false },
	{ "commit and chain", NULL, true, false },
	{ "rollback work and chain", NULL, true, false },
	{ "end and no chain", NULL, false, false },
	{ "set transaction read only", NULL, false, true },
	{ "set session transaction read only", NULL, false, true },
	{ "set session characteristics as transaction read only", NULL, false, false },
};

START_TEST(reads_what_transactions_ask_for)
{
	classify(transactions[_i].text, 15);
	ck_assert_pstr_eq(class.begin_modes, transactions[_i].modes);
	ck_assert_int_eq(class.chained, transactions[_i].chained);
	ck_assert_int_eq(class.sets_transaction, transactions[_i].sets_transaction);
}
END_TEST

START_TEST(gives_patience_only_to_what_blocks_nobody)
{
	classify("create index concurrently i on t (a)", 18);
	ck_assert(class.concurrently);
	classify("reindex table concurrently t", 18);
	ck_assert(class.concurrently);
	classify("drop index concurrently i", 18);
	ck_assert(class.concurrently);
	classify("alter table t detach partition p concurrently", 18);
	ck_assert(!class.concurrently);
	classify("refresh materialized view concurrently v", 18);
	ck_assert(!class.concurrently);
	classify("create index i on t (a)", 18);
	ck_assert(!class.concurrently);
}
END_TEST

/* --- body hash --- */

static const struct {
	const char *one, *other;
	bool same;
} bodies[] = {
	{ "select 1", " select\n\t1 -- one", true },
	{ "select /* a /* b */ */ 1", "select 1", true },
	{ "select/**/1", "select 1", true },
	{ "select 'a' -- x\n'b'", "select 'a'\n\n'b'", true },
	{ "select 1", "select 2", false },
	{ "select 1", "SELECT 1", false },
	{ "select 1+1", "select 1 + 1", false },
	{ "select 'a b'", "select 'a  b'", false },
	{ "select \"a b\"", "select \"a  b\"", false },
	{ "select '--x'", "select '--y'", false },
	{ "do $$ begin end $$", "do $$ begin  end $$", false },
	{ "do $a$ -- x $a$", "do $a$ -- y $a$", false },
	{ "select E'\\' -- a'", "select E'\\' -- b'", false },
};

START_TEST(hashes_the_body_without_its_layout)
{
	uint32_t one = statement_body_hash(0, bodies[_i].one, strlen(bodies[_i].one));
	uint32_t other = statement_body_hash(0, bodies[_i].other, strlen(bodies[_i].other));

	ck_assert_int_eq(one == other, bodies[_i].same);
}
END_TEST

START_TEST(hashes_where_statements_end)
{
	uint32_t two = statement_body_hash(statement_body_hash(0, "a", 1), "b", 1);

	ck_assert_uint_ne(two, statement_body_hash(0, "a b", 3));
	ck_assert_uint_ne(two, statement_body_hash(0, "ab", 2));
}
END_TEST

#define LENGTH(array) (int)(sizeof(array) / sizeof((array)[0]))

int
main(void)
{
	TCase *tests = tcase_create("statement");
	Suite *suite = suite_create("statement");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, refuses_in_a_block_what_servers_refuse);
	tcase_add_loop_test(tests, tells_kind_and_form_from_the_leading_words, 0, LENGTH(kinds));
	tcase_add_loop_test(
	    tests, knows_the_version_that_refuses_it_in_a_block, 0, LENGTH(refusals));
	tcase_add_loop_test(tests, sees_what_drops_the_run_lock, 0, LENGTH(unlocks));
	tcase_add_loop_test(tests, sees_temporary_tables_and_what_is_new, 0, LENGTH(temporaries));
	tcase_add_loop_test(tests, reads_settings, 0, LENGTH(settings));
	tcase_add_loop_test(tests, reads_what_transactions_ask_for, 0, LENGTH(transactions));
	tcase_add_test(tests, gives_patience_only_to_what_blocks_nobody);
	tcase_add_loop_test(tests, hashes_the_body_without_its_layout, 0, LENGTH(bodies));
	tcase_add_test(tests, hashes_where_statements_end);
	suite_add_tcase(suite, tests);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed > 0;
}
