/* SPDX-License-Identifier: MIT */
#include "sql/effect.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

/*
 * What no server was asked about (tests/unit/check_ddl.c does that): what is not known, and what
 * needs more than the statement at hand.
 */

static struct arena *arena;
static struct world *world;

static void
set_up(void)
{
	arena = arena_new(NULL);
	world = world_new(arena, NULL, NULL);
	world_begin_file(world, true);
}

static void
tear_down(void)
{
	arena_close(arena);
}

static struct acts
read(const char *text)
{
	struct statement_class class;
	struct acts acts;

	statement_read(arena, text, strlen(text), 180000, &class, &acts);
	ck_assert_msg(class.parsed, "%s", text);
	return acts;
}

/* "rewrite scan builds": y, n or ? each, then what else there is. */
static const char *
told(const struct effect *e)
{
	static const char answers[] = { 'n', '?', 'y' };

	return arena_printf(arena, "%c%c%c%s%s", answers[e->rewrite], answers[e->scan],
	    answers[e->builds], e->reads_referenced ? " referenced" : "",
	    e->waits_for_snapshots ? " waits" : "");
}

#define TABLE                                                                                \
	"create table t (v varchar(10), v2 varchar(10) not null, x text, n numeric(5, 2), "  \
	"i int, b bit(3), vb varbit(3), iv interval day, iv3 interval(3), a varchar(10)[], " \
	"ts timestamp(3), o oid, c char(3), tz timestamptz)"

static const struct {
	const char *before[4], *text, *effect;
} cases[] = {
	/* Types: what the column has now is known ... */
	{ { TABLE }, "alter table t alter v type varchar(11)", "nnn" },
	{ { TABLE }, "alter table t alter v type varchar(11) using v", "nnn" },
	{ { TABLE }, "alter table t alter v type varchar(11) using v::varchar(11)", "nnn" },
	{ { TABLE }, "alter table t alter v type varchar(11) using lower(v)", "yyn" },
	{ { TABLE }, "alter table t alter v type varchar(11) using x::varchar(11)", "yyn" },
	{ { TABLE }, "alter table t alter v type varchar(11) using v::varchar(5)", "yyn" },
	{ { TABLE }, "alter table t alter v type varchar(11) using v::varchar(11)[]", "yyn" },
	{ { TABLE }, "alter table t alter v type varchar(11) using v::s.varchar(11)", "yyn" },
	{ { TABLE }, "alter table t alter v type char(10)", "yyn" },
	{ { TABLE }, "alter table t alter n type numeric(5, 3)", "yyn" },
	{ { TABLE }, "alter table t alter n type numeric(4, 2)", "yyn" },
	{ { TABLE }, "alter table t alter n type decimal", "nnn" },
	{ { TABLE }, "alter table t alter b type bit(4)", "yyn" },
	{ { TABLE }, "alter table t alter b type varbit", "nnn" },
	{ { TABLE }, "alter table t alter iv type interval", "nnn" },
	{ { TABLE }, "alter table t alter iv3 type interval", "nnn" },
	{ { TABLE }, "alter table t alter iv3 type interval day", "yyn" },
	{ { TABLE }, "alter table t alter iv3 type interval(2)", "yyn" },
	{ { TABLE }, "alter table t alter ts type timestamp", "nnn" },
	{ { TABLE }, "alter table t alter ts type timestamp(2)", "yyn" },
	{ { TABLE }, "alter table t alter ts type timestamptz", "??n" },
	{ { TABLE, "set timezone = 'UTC'" }, "alter table t alter ts type timestamptz", "nnn" },
	{ { TABLE, "set timezone = 'Asia/Tokyo'" }, "alter table t alter ts type timestamptz",
	    "yyn" },
	{ { TABLE }, "alter table t alter a type varchar(20)[]", "??n" },
	{ { TABLE }, "alter table t alter a type varchar(10)[]", "nnn" },
	{ { TABLE }, "alter table t alter i type oid", "nnn" },
	{ { TABLE }, "alter table t alter i type hstore", "??n" },
	/* ... or not, and then nothing is sure but USING. */
	{ { NULL }, "alter table t alter v type varchar(11)", "??n" },
	{ { NULL }, "alter table t alter v type varchar(11) using f(v)", "yyn" },
	/* Indexes and CHECKs on it. */
	{ { TABLE, "create index on t (v)" }, "alter table t alter v type text", "nnn" },
	{ { TABLE, "create index on t (v)" }, "alter table t alter v type text collate \"C\"",
	    "nyy" },
	{ { TABLE }, "alter table t alter v type text collate \"C\"", "nnn" },
	{ { TABLE, "alter table t add check (v <> '')" }, "alter table t alter v type text",
	    "nyn" },
	{ { TABLE, "alter table t add check (x <> '')" }, "alter table t alter v type text",
	    "nnn" },
	/* Domains, also of domains. */
	{ { "create domain d as int check (value > 0)" }, "alter table t add a d", "yyn" },
	{ { "create domain d as int check (value > 0)", "create domain e as d" },
	    "alter table t add a e", "yyn" },
	{ { "create domain d as int" }, "alter table t add a d", "nnn" },
	{ { "create domain d as int", "alter domain d set not null" }, "alter table t add a d",
	    "yyn" },
	{ { "create domain d as d" }, "alter table t add a d", "??n" },
	{ { "create domain d as varchar(10)", TABLE }, "alter table t alter v type d", "nnn" },
	{ { "create domain d as varchar(9)", TABLE }, "alter table t alter v type d", "yyn" },
	{ { NULL }, "alter table t add a mood", "??n" },
	{ { "create type mood as enum ('ok')" }, "alter table t add a mood", "nnn" },
	/* Defaults that call what the files made. */
	{ { NULL }, "alter table t add a int default f()", "??n" },
	{ { "create function f() returns int language sql as ''" },
	    "alter table t add a int default f()", "yyn" },
	{ { "create function f() returns int immutable language sql as ''" },
	    "alter table t add a int default f() + 1", "nnn" },
	{ { "create function f() returns int stable language sql as ''" },
	    "alter table t add a int default f() + g()", "??n" },
	{ { "create function f() returns int stable language sql as ''" },
	    "alter table t add a float default f() + random()", "yyn" },
	{ { NULL }, "alter table t add a int default null", "nnn" },
	{ { NULL }, "alter table t add a int not null default null", "nyn" },
	{ { NULL }, "alter table t add a uuid default gen_random_uuid() primary key", "yyy" },
	{ { NULL }, "alter table t add a int check (a > 0) not enforced", "nnn" },
	{ { NULL }, "alter table t add a int default 1 references p not enforced", "nnn" },
	{ { NULL }, "alter table t add a int default 1 references p", "nyn referenced" },
	{ { "create table t (a int)" }, "alter table t add if not exists a serial", "nnn" },
	/* What is proven. */
	{ { NULL }, "alter table t alter a set not null", "nyn" },
	{ { TABLE }, "alter table t alter v2 set not null", "nnn" },
	{ { TABLE, "alter table t alter v2 drop not null" }, "alter table t alter v2 set not null",
	    "nyn" },
	{ { TABLE, "alter table t add constraint k check (v is not null) not valid" },
	    "alter table t alter v set not null", "nyn" },
	{ { TABLE, "alter table t add constraint k check (v is not null) not valid",
	      "alter table t validate constraint k" },
	    "alter table t alter v set not null", "nnn" },
	{ { TABLE, "create unique index u on t (v2)" },
	    "alter table t add primary key using index u", "nnn" },
	{ { TABLE, "create unique index u on t (v)" },
	    "alter table t add primary key using index u", "nyn" },
	{ { NULL }, "alter table t add primary key using index u", "n?n" },
	{ { NULL }, "alter table t add unique using index u", "nnn" },
	{ { NULL }, "alter table t validate constraint k", "nyn" },
	{ { TABLE, "alter table t add constraint k check (i > 0)" },
	    "alter table t validate constraint k", "nnn" },
	/* Partitions. */
	{ { NULL }, "alter table p attach partition c for values in (1)", "nyn" },
	{ { "create table c (k int not null check (k = 1))" },
	    "alter table p attach partition c for values in (1)", "nnn" },
	{ { "create table c (k int check (k = 1))" },
	    "alter table p attach partition c for values in (1)", "n?n" },
	{ { "create table c (k int check (k = 1 and k is not null))" },
	    "alter table p attach partition c for values in (1)", "nnn" },
	{ { "create table c (k int not null check (k = 1 or k = 2))" },
	    "alter table p attach partition c for values in (1)", "n?n" },
	{ { "create table c (k int not null)", "alter table c add check (k = 1) not valid" },
	    "alter table p attach partition c for values in (1)", "nyn" },
	{ { "create table c (d date, check (((d >= '2024-01-01'::date) AND (d < "
	    "'2024-02-01'::date)) and d is not null))" },
	    "alter table p attach partition c for values from ('2024-01-01') to ('2024-02-01')",
	    "nnn" },
	{ { "create table c (k int not null, l int not null, check (k >= 1 and l < 9))" },
	    "alter table p attach partition c for values from (1) to (9)", "n?n" },
	{ { "create table c (k int not null, check (k >= 1))" },
	    "alter table p attach partition c for values from (1) to (maxvalue)", "nnn" },
	{ { "create table c (k int not null, check (k >= 10))" },
	    "alter table p attach partition c for values from (1) to (maxvalue)", "n?n" },
	{ { "create table p (k int) partition by list (k)", "create index on p (k)",
	      "create table c (k int not null check (k = 1))" },
	    "alter table p attach partition c for values in (1)", "nyy" },
	{ { "create table p (k int) partition by list (k)", "create index on p (k)",
	      "create table c (k int not null check (k = 1))", "create index on c (k)" },
	    "alter table p attach partition c for values in (1)", "nnn" },
	{ { "create table p (k int) partition by list (k)",
	      "create table d partition of p default" },
	    "create table c partition of p for values in (1)", "nyn" },
	{ { "create table p (k int) partition by list (k)" },
	    "create table c partition of p for values in (1)", "nnn" },
	{ { NULL }, "alter table p detach partition c concurrently", "nnn waits" },
	/* Indexes and the rest. */
	{ { NULL }, "create index concurrently on t (a)", "nyy waits" },
	{ { NULL }, "create index on only p (a)", "nnn" },
	{ { TABLE }, "create index on only t (i)", "nyy" },
	{ { TABLE, "create index i on t (i)" }, "create index if not exists i on t (i)", "nnn" },
	{ { NULL }, "drop index concurrently i", "nnn waits" },
	{ { NULL }, "reindex index concurrently i", "nyy waits" },
	{ { NULL }, "alter sequence s set unlogged", "nnn" },
	{ { NULL }, "alter table t alter a set expression as (b + 1)", "yyn" },
	{ { "create table t (b int, a int generated always as (b) virtual)" },
	    "alter table t alter a set expression as (b + 1)", "nnn" },
	{ { NULL }, "create table t as select * from s", "nyn" },
	{ { NULL }, "create table t as select * from s with no data", "nnn" },
	{ { NULL }, "update t set a = 1", "nyn" },
	{ { NULL }, "update t set a = 1 where b", "n?n" },
	{ { NULL }, "delete from t where true", "nyn" },
	{ { NULL }, "insert into t values (1)", "nnn" },
	{ { NULL }, "repack t", "yyn" },
};

START_TEST(tells_what_is_known)
{
	struct effect effect;
	struct acts acts;

	for (size_t i = 0; i < 4 && cases[_i].before[i] != NULL; i++) {
		acts = read(cases[_i].before[i]);
		for (size_t j = 0; j < acts.count; j++)
			world_apply(world, &acts.list[j]);
	}
	acts = read(cases[_i].text);
	ck_assert_uint_eq(acts.count, 1);
	effect_tell(world, acts.list, &effect);
	ck_assert_msg(strcmp(told(&effect), cases[_i].effect) == 0, "%s: %s, not %s (%s)",
	    cases[_i].text, told(&effect), cases[_i].effect,
	    effect.why != NULL ? effect.why : "no reason");
	ck_assert(effect.why != NULL || effect.rewrite != EFFECT_MAYBE);
}
END_TEST

#define LENGTH(array) (int)(sizeof(array) / sizeof((array)[0]))

int
main(void)
{
	Suite *suite = suite_create("effect");
	TCase *tests = tcase_create("effect");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_loop_test(tests, tells_what_is_known, 0, LENGTH(cases));
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
