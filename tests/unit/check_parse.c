/* SPDX-License-Identifier: MIT */
#include "sql/parse.h"

#include <check.h>
#include <pg_query.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

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

/* "SHARE t", "SHARE only s.t", "SHARE index i", "SHARE constraint t/c", ... */
static const char *
text_of_locks(void)
{
	static const char *const objects[] = {
		[LOCK_TABLE] = "",
		[LOCK_INDEX] = "index ",
		[LOCK_CONSTRAINT] = "constraint ",
		[LOCK_REFERENCED] = "references ",
		[LOCK_REFERENCING] = "referencing ",
		[LOCK_COLUMN] = "column ",
	};
	struct arena_text *text = arena_text_new(arena);

	for (size_t i = 0; i < class.lock_count; i++) {
		const struct statement_lock *l = &class.locks[i];
		const char *part = l->constraint != NULL ? l->constraint : l->column;

		fprintf(text->out, "%s%s %s%s%s%s%s%s%s", i > 0 ? ", " : "",
		    lock_mode_name(l->mode), objects[l->object], l->only ? "only " : "",
		    l->schema != NULL ? l->schema : "", l->schema != NULL ? "." : "", l->name,
		    part != NULL ? "/" : "", part != NULL ? part : "");
	}
	return arena_text_end(text);
}

static const struct {
	const char *text, *locks;
} locking[] = {
	{ "alter table \"S\".\"T\" add column a int", "ACCESS EXCLUSIVE S.T" },
	{ "alter table only t add column a int", "ACCESS EXCLUSIVE only t" },
	{ "alter table db.s.t add column a int", "ACCESS EXCLUSIVE s.t" },
	{ "alter table t validate constraint c, add foreign key (a) references s.p",
	    "SHARE ROW EXCLUSIVE t, SHARE ROW EXCLUSIVE s.p" },
	{ "alter table t validate constraint c, alter a set not null", "ACCESS EXCLUSIVE t" },
	{ "alter table t drop constraint c",
	    "ACCESS EXCLUSIVE t, ACCESS EXCLUSIVE constraint t/c" },
	{ "alter table t add column a int references t", "ACCESS EXCLUSIVE t" },
	{ "alter table t set (fillfactor = 70, user_catalog_table = true)",
	    "ACCESS EXCLUSIVE only t" },
	{ "alter table t reset (fillfactor)", "SHARE UPDATE EXCLUSIVE only t" },
	{ "alter table t rename to u", "ACCESS EXCLUSIVE only t" },
	{ "alter table t rename a to b", "ACCESS EXCLUSIVE t" },
	{ "alter table p attach partition c default",
	    "SHARE UPDATE EXCLUSIVE only p, ACCESS EXCLUSIVE c" },
	{ "alter table p detach partition c concurrently",
	    "SHARE UPDATE EXCLUSIVE only p, ACCESS EXCLUSIVE c" },
	{ "alter index i rename to j", "SHARE UPDATE EXCLUSIVE index i" },
	{ "alter index i attach partition j",
	    "SHARE UPDATE EXCLUSIVE index only i, ACCESS EXCLUSIVE index j" },
	{ "create table t (a int references p, b int, foreign key (b) references t)",
	    "SHARE ROW EXCLUSIVE p" },
	{ "create table if not exists t (a int references t)", "" },
	{ "create table t partition of s.p default", "ACCESS EXCLUSIVE only s.p" },
	{ "create table t () inherits (a, b)",
	    "SHARE UPDATE EXCLUSIVE only a, SHARE UPDATE EXCLUSIVE only b" },
	{ "create schema s create table t (a int references public.p)",
	    "SHARE ROW EXCLUSIVE public.p" },
	{ "create view v as select * from t", "" },
	{ "create or replace view v as select * from t", "ACCESS EXCLUSIVE v" },
	{ "create index on only s.t (a)", "SHARE only s.t" },
	{ "create index concurrently on t (a)", "SHARE UPDATE EXCLUSIVE t" },
	{ "drop index s.i, j", "ACCESS EXCLUSIVE index s.i, ACCESS EXCLUSIVE index j" },
	{ "drop index concurrently i", "SHARE UPDATE EXCLUSIVE index i" },
	{ "drop table if exists t, s.u",
	    "ACCESS EXCLUSIVE t, ACCESS EXCLUSIVE references t, "
	    "ACCESS EXCLUSIVE s.u, ACCESS EXCLUSIVE references s.u" },
	{ "drop table t cascade",
	    "ACCESS EXCLUSIVE t, ACCESS EXCLUSIVE references t, ACCESS EXCLUSIVE referencing t" },
	{ "alter table t drop column a", "ACCESS EXCLUSIVE t, ACCESS EXCLUSIVE column t/a" },
	{ "alter table t alter a type bigint, alter b set default 1",
	    "ACCESS EXCLUSIVE t, ACCESS EXCLUSIVE column t/a" },
	{ "alter table t drop constraint c cascade",
	    "ACCESS EXCLUSIVE t, ACCESS EXCLUSIVE constraint t/c, ACCESS EXCLUSIVE referencing t" },
	{ "truncate t cascade", "ACCESS EXCLUSIVE t, ACCESS EXCLUSIVE referencing t" },
	{ "drop trigger x on s.t", "ACCESS EXCLUSIVE s.t" },
	{ "drop function f()", "" },
	{ "drop type t", "" },
	{ "drop schema s cascade", "" },
	{ "truncate only a, b", "ACCESS EXCLUSIVE only a, ACCESS EXCLUSIVE b" },
	{ "lock table a, only b in share mode", "SHARE a, SHARE only b" },
	{ "lock table a in row exclusive mode", "" },
	{ "comment on column s.t.a is 'x'", "SHARE UPDATE EXCLUSIVE only s.t" },
	{ "comment on constraint c on t is 'x'", "" },
	{ "vacuum (full) t", "ACCESS EXCLUSIVE t" },
	{ "vacuum (full false) t", "SHARE UPDATE EXCLUSIVE t" },
	{ "analyze t, u (a)", "SHARE UPDATE EXCLUSIVE t, SHARE UPDATE EXCLUSIVE u" },
	{ "create publication p for table a, only b where (b.i > 1)",
	    "SHARE UPDATE EXCLUSIVE a, SHARE UPDATE EXCLUSIVE only b" },
	{ "grant select on t to u", "" },
	{ "insert into t values (1)", "" },
};

START_TEST(tells_locks)
{
	classify(locking[_i].text, 15);
	ck_assert_str_eq(text_of_locks(), locking[_i].locks);
}
END_TEST

static const struct {
	const char *text, *schema, *name;
} creating[] = {
	{ "create table t ()", NULL, "t" },
	{ "create table \"S\".\"T\" ()", "S", "T" },
	{ "create table if not exists t ()", NULL, NULL },
	{ "create foreign table s.t () server x", "s", "t" },
	{ "create table t as select 1", NULL, "t" },
	{ "create materialized view if not exists v as select 1", NULL, NULL },
	{ "create view v as select 1", NULL, "v" },
	{ "create or replace view v as select 1", NULL, NULL },
	{ "create sequence s", NULL, "s" },
	{ "create index i on t (a)", NULL, NULL },
	{ "create schema s create table t ()", NULL, NULL },
};

START_TEST(tells_what_is_new)
{
	classify(creating[_i].text, 15);
	ck_assert(class.parsed);
	ck_assert_pstr_eq(class.creates_schema, creating[_i].schema);
	ck_assert_pstr_eq(class.creates_name, creating[_i].name);
}
END_TEST

/* --- newer than the grammar --- */

static const struct {
	const char *text, *newer, *locks;
	int since; /* the first grammar that reads it; 0: 18 */
} newer[] = {
	{ "alter table t alter a set storage default", "SET STORAGE DEFAULT", "ACCESS EXCLUSIVE t",
	    16 },
	{ "create table t (a text storage external, b int references p)", "STORAGE",
	    "SHARE ROW EXCLUSIVE p", 16 },
	{ "alter table t add check (a is not json object with unique keys)", "IS JSON",
	    "ACCESS EXCLUSIVE t", 16 },
	{ "alter table t alter a set expression as ((a + 1))", "SET EXPRESSION",
	    "ACCESS EXCLUSIVE t", 17 },
	{ "alter table t set access method default", "SET ACCESS METHOD DEFAULT",
	    "ACCESS EXCLUSIVE only t", 17 },
	{ "alter table t add a int generated always as (b + 1) virtual", "GENERATED ... VIRTUAL",
	    "ACCESS EXCLUSIVE t", 0 },
	{ "create table t (a int, b int generated always as (a) stored, "
	  "c int generated always as (a), d int references p)",
	    "GENERATED ... VIRTUAL", "SHARE ROW EXCLUSIVE p", 0 },
	{ "alter table t add constraint n not null \"A b\" not valid", "NOT NULL constraint",
	    "ACCESS EXCLUSIVE t", 0 },
	{ "alter table t add not null a no inherit", "NOT NULL constraint", "ACCESS EXCLUSIVE t",
	    0 },
	{ "create table t (a int constraint x not null default 1, constraint y not null a)",
	    "NOT NULL constraint", "", 0 },
	{ "create table t (a int not null no inherit)", "NOT NULL NO INHERIT", "", 0 },
	{ "create table t (a int constraint n not null no inherit, b int)", "NOT NULL NO INHERIT",
	    "", 0 },
	{ "alter table t add constraint c check (a > 0) not enforced", "NOT ENFORCED",
	    "ACCESS EXCLUSIVE t", 0 },
	{ "alter table t add foreign key (a) references p (a) on delete cascade not enforced",
	    "NOT ENFORCED", "SHARE ROW EXCLUSIVE t, SHARE ROW EXCLUSIVE p", 0 },
	{ "create table t (a int check (a > 0) enforced references p enforced)", "ENFORCED",
	    "SHARE ROW EXCLUSIVE p", 0 },
	{ "alter table t alter constraint c enforced", "ALTER CONSTRAINT ENFORCED",
	    "ACCESS EXCLUSIVE t, SHARE ROW EXCLUSIVE constraint t/c", 0 },
	{ "alter table t alter constraint c not enforced", "ALTER CONSTRAINT NOT ENFORCED",
	    "ACCESS EXCLUSIVE t, ACCESS EXCLUSIVE constraint t/c", 0 },
	{ "alter table t alter constraint c no inherit", "ALTER CONSTRAINT INHERIT",
	    "ACCESS EXCLUSIVE t", 0 },
	{ "create table t (a int, b daterange, primary key (a, b without overlaps), "
	  "foreign key (a, period b) references p (a, period b))",
	    "WITHOUT OVERLAPS", "SHARE ROW EXCLUSIVE p", 0 },
	{ "vacuum (full) only t", "VACUUM ONLY", "ACCESS EXCLUSIVE t", 0 },
	{ "repack t", "REPACK", "ACCESS EXCLUSIVE t", 0 },
	{ "repack (verbose) s.t (a, b) using index i", "REPACK", "ACCESS EXCLUSIVE s.t", 0 },
	{ "repack t using index", "REPACK", "ACCESS EXCLUSIVE t", 0 },
	{ "repack (concurrently) t", "REPACK", "ACCESS EXCLUSIVE t", 0 },
	{ "repack", "REPACK", "", 0 },
	{ "alter table p split partition c into (partition a default)", "SPLIT PARTITION",
	    "ACCESS EXCLUSIVE only p, ACCESS EXCLUSIVE c", 0 },
	{ "alter table p merge partitions (a, b) into c", "MERGE PARTITIONS",
	    "ACCESS EXCLUSIVE only p, ACCESS EXCLUSIVE a", 0 },
};

START_TEST(reads_newer_syntax_as_its_nearest_older_form)
{
	classify(newer[_i].text, 18);
	ck_assert_pstr_eq(class.parse_error, NULL);
	ck_assert(class.parsed);
	/* What the grammar at hand reads by itself is nothing newer. */
	ck_assert_pstr_eq(class.newer,
	    newer[_i].since != 0 && newer[_i].since <= PG_VERSION_NUM / 10000 ? NULL
									      : newer[_i].newer);
	ck_assert_str_eq(text_of_locks(), newer[_i].locks);
}
END_TEST

START_TEST(leaves_older_syntax_alone)
{
	classify("create table t (enforced int, storage text, period int)", 15);
	ck_assert(class.parsed);
	ck_assert_pstr_eq(class.newer, NULL);
}
END_TEST

/* --- not parsed --- */

static const struct {
	const char *text, *error, *locks;
	int64_t position;
} refused[] = {
	{ "alter table if exists only s.t frobnicate", "syntax error at or near \"frobnicate\"",
	    "ACCESS EXCLUSIVE only s.t", 32 },
	{ "alter table \"\xc3\xa9\" frobnicate", "syntax error at or near \"frobnicate\"",
	    "ACCESS EXCLUSIVE \xc3\xa9", 17 },
	{ "create or replace view v as select from where", "syntax error at or near \"where\"",
	    "ACCESS EXCLUSIVE v", 41 },
	{ "create index i on t using", "syntax error at end of input", "SHARE t", 26 },
	{ "create table t (", "syntax error at end of input", "", 17 },
	{ "alter frobnicate", "syntax error at or near \"frobnicate\"", "", 7 },
};

START_TEST(keeps_the_complaint_and_guesses_the_lock)
{
	classify(refused[_i].text, 15);
	ck_assert(!class.parsed);
	ck_assert_pstr_eq(class.parse_error, refused[_i].error);
	ck_assert_int_eq(class.parse_position, refused[_i].position);
	ck_assert_str_eq(text_of_locks(), refused[_i].locks);
}
END_TEST

START_TEST(asks_the_grammar_about_ddl_only)
{
	classify("select from where", 15);
	ck_assert(!class.parsed);
	ck_assert_pstr_eq(class.parse_error, NULL);
	classify("do 'x'", 15);
	ck_assert(!class.parsed);
}
END_TEST

/* --- deep and long --- */

/* before, count times unit, between, count times closing, after. */
static const struct heap {
	const char *before, *unit, *between, *closing;
	size_t count;
	bool parsed;
} heaps[] = {
	/* A few levels are parsed ... */
	{ "create view v as select 1", "+1", "", "", 990, true },
	{ "create view v as select 1", "||a", "", "", 490, true },
	{ "create view v as select a", "::b", "", "", 490, true },
	{ "create view v as select 1", " at time zone b", "", "", 990, true },
	{ "create view v as select 1", " collate b", "", "", 990, true },
	{ "create view v as select ", "not ", "1", "", 990, true },
	{ "create view v as select 1", " union all select 1", "", "", 490, true },
	{ "create view v as select 1 from a", " join a on true", "", "", 490, true },
	{ "create view v as select 1 from ", "(", "a", " join a using (b))", 190, true },
	{ "create view v as select ", "case when true then ", "1", " end", 490, true },
	{ "create view v as select ", "(", "1", ")", 190, true },
	{ "create view v as select ", "(select ", "1", ")", 190, true },
	{ "create view v as select ", "f(", "1", ")", 190, true },
	{ "create view v as select ", "array[", "1", "]", 190, true },
	{ "create view v as select ", "a in (select ", "1", ")", 165, true },
	{ "create view v as with ", "a as (with ", "a as (select 1) select 1", ") select 1", 190,
	    true },
	/* ... and any width ... */
	{ "create view v as select 1", ",1", "", "", 32000, true },
	{ "create view v as values (1)", ",(1)", "", "", 16000, true },
	{ "create view v as select 1 where a=1", " and a=1", "", "", 8000, true },
	{ "create table t (a int", ",a1 int", ")", "", 8000, true },
	/* ... but neither deep trees nor long texts. */
	{ "create view v as select 1", "+1", "", "", 10000, false },
	{ "create view v as select 1", "+1", "", "", 32000, false },
	{ "create view v as select ", "-+", "1", "", 32000, false },
	{ "create view v as select 1", " union all select 1", "", "", 10000, false },
	{ "create view v as select ", "(", "1", ")", 100000, false },
	{ "create view v as select ", "(", "1", ")", 30000, false },
	{ "create view v as select ", "(", "", "", 30000, false },
	{ "select ", "(", "1", ")", 100000, false },
	{ "select 1", "+1", "", "", 10000, false },
	{ "select 1", " union all select 1", "", "", 10000, false },
	{ "insert into t values (1)", ",('twenty megabytes')", "", "", 1000000, false },
	{ "create view v as values (1)", ",('twenty megabytes')", "", "", 1000000, false },
	{ "alter table t add check (a in (1", ",1", "))", "", 2000000, false },
	{ "begin a", " a", "", "", 2000000, false },
	{ "set a = 1", ", a", "", "", 2000000, false },
	{ "alter table t", ".t", "", "", 2000000, false },
	{ "create table t (", "a int generated always as (b), ", "b int)", "", 2000, true },
};

static char *
heap_text(const struct heap *heap, size_t *length)
{
	struct arena_text *text = arena_text_new(arena);

	fputs(heap->before, text->out);
	for (size_t n = 0; n < heap->count; n++)
		fputs(heap->unit, text->out);
	fputs(heap->between, text->out);
	for (size_t n = 0; n < heap->count; n++)
		fputs(heap->closing, text->out);
	(void)arena_text_end(text); /* only to end it */
	*length = text->length;
	return text->text;
}

#if defined(__SANITIZE_ADDRESS__)
#define MEASURES_MEMORY false
#elif defined(__has_feature)
#define MEASURES_MEMORY !__has_feature(address_sanitizer)
#else
#define MEASURES_MEMORY true
#endif

/* In a process of its own, with a quarter of the stack that there mostly is. */
static void
take_stack_away(void)
{
	struct rlimit stack = { 0 };

	ck_assert_int_eq(getrlimit(RLIMIT_STACK, &stack), 0);
	stack.rlim_cur = (rlim_t)2 << 20;
	if (MEASURES_MEMORY)
		ck_assert_int_eq(setrlimit(RLIMIT_STACK, &stack), 0);
}

static void
check_memory(long most, size_t length)
{
	struct rusage usage;

	ck_assert_int_eq(getrusage(RUSAGE_SELF, &usage), 0);
	if (MEASURES_MEMORY)
		ck_assert_int_le(usage.ru_maxrss, most + 4 * (long)(length / 1024));
}

START_TEST(survives_what_would_end_the_grammar)
{
	size_t length;
	char *text = heap_text(&heaps[_i], &length);

	take_stack_away();
	statement_classify(arena, text, length, 150000, &class);
	ck_assert_int_eq(class.parsed, heaps[_i].parsed);
	check_memory(32 * 1024, length);
}
END_TEST

START_TEST(survives_it_when_all_is_read)
{
	size_t length;
	char *text = heap_text(&heaps[_i], &length);
	struct acts acts;

	take_stack_away();
	statement_read(arena, text, length, 150000, &class, &acts);
	ck_assert_int_eq(class.parsed, heaps[_i].parsed);
	check_memory(48 * 1024, length);
}
END_TEST

/* Bodies of DO blocks: parsed says whether the body was read. */
static const struct {
	struct heap heap;
	const char *after;
} blocks[] = {
	{ { "do $$", "begin ", "null; ", "end; ", 400, true }, "$$" },
	{ { "do $$begin ", "if a then ", "null; ", "end if; ", 400, false }, "end$$" },
	{ { "do $$begin ", "if a then ", "null; ", "end if; ", 200, true }, "end$$" },
	{ { "do $$begin ", "update t set a = 1; ", "", "", 2000, true }, "end$$" },
	{ { "do $$begin ", "execute 'drop table a'; ", "", "", 2000, true }, "end$$" },
	{ { "do $$", "begin ", "null; ", "end; ", 10000, false }, "$$" },
	{ { "do $$begin ", "loop ", "null; ", "end loop; ", 5000, false }, "end$$" },
	{ { "do $$begin perform 1", "+1", "; ", "", 900, true }, "end$$" },
	{ { "do $$begin perform 1", "+1", "; ", "", 20000, false }, "end$$" },
	{ { "do $$begin perform ", "(", "1; ", "", 20000, false }, "end$$" },
	{ { "do $$begin ", "execute 'drop table a'; ", "", "", 200000, false }, "end$$" },
	{ { "do $$declare ", "a int; ", "begin ", "", 8000, false }, "end$$" }, /* twice the same */
	{ { "do $$begin execute 'select ", "((", "1", "))", 50, true }, "'; end$$" },
	{ { "do $$begin execute 'select 1", "+1", "", "", 20000, true }, "'; end$$" },
	{ { "do ''", "''", "", "", 2000000, false }, "" },
};

START_TEST(survives_blocks)
{
	size_t length;
	const char *body = heap_text(&blocks[_i].heap, &length);
	const char *text = arena_printf(arena, "%s%s", body, blocks[_i].after);
	struct acts acts;

	take_stack_away();
	statement_read(arena, text, strlen(text), 150000, &class, &acts);
	ck_assert_uint_ge(acts.count, 1);
	ck_assert_int_eq(acts.list[0].kind, ACT_DO);
	ck_assert_int_eq(class.parsed && (acts.count == 1 || acts.list[1].kind != ACT_UNREAD),
	    blocks[_i].heap.parsed);
	check_memory(64 * 1024, length);
}
END_TEST

#define LENGTH(array) (int)(sizeof(array) / sizeof((array)[0]))

int
main(void)
{
	Suite *suite = suite_create("parse");
	TCase *cases = tcase_create("parse");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(cases, set_up, tear_down);
	tcase_add_loop_test(cases, tells_locks, 0, LENGTH(locking));
	tcase_add_loop_test(cases, tells_what_is_new, 0, LENGTH(creating));
	tcase_add_loop_test(cases, reads_newer_syntax_as_its_nearest_older_form, 0, LENGTH(newer));
	tcase_add_test(cases, leaves_older_syntax_alone);
	tcase_add_loop_test(cases, keeps_the_complaint_and_guesses_the_lock, 0, LENGTH(refused));
	tcase_add_test(cases, asks_the_grammar_about_ddl_only);
	tcase_add_loop_test(cases, survives_what_would_end_the_grammar, 0, LENGTH(heaps));
	tcase_add_loop_test(cases, survives_it_when_all_is_read, 0, LENGTH(heaps));
	tcase_add_loop_test(cases, survives_blocks, 0, LENGTH(blocks));
	suite_add_tcase(suite, cases);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
