/* SPDX-License-Identifier: MIT */
#include "sql/act.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "sql/statement.h"

static struct arena *arena;
static struct statement_class class;
static struct acts acts;

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
read_at(const char *text, int major)
{
	statement_read(arena, text, strlen(text), major * 10000, &class, &acts);
}

/* --- acts as text --- */

static void
put_flag(FILE *out, bool flag, const char *name)
{
	if (flag)
		fprintf(out, " %s", name);
}

static void
put_text(FILE *out, const char *name, const char *value)
{
	if (value != NULL)
		fprintf(out, " %s<%s>", name, value);
}

static void
put_name(FILE *out, const char *what, const struct act_name *name)
{
	if (name->name != NULL)
		fprintf(out, " %s%s%s%s", what, name->schema != NULL ? name->schema : "",
		    name->schema != NULL ? "." : "", name->name);
}

static void
put_list(FILE *out, const char *what, const char **list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		fprintf(out, "%s%s", i > 0 ? "," : what, list[i]);
	if (count > 0)
		fputs(")", out);
}

static const char *const values[] = {
	[VALUE_NONE] = NULL,
	[VALUE_NULL] = "null",
	[VALUE_CONSTANT] = "constant",
	[VALUE_STABLE] = "stable",
	[VALUE_VOLATILE] = "volatile",
	[VALUE_UNKNOWN] = "unknown",
};

static void
put_constraint(FILE *out, const struct act_constraint *c)
{
	static const char *const kinds[] = {
		[CONSTRAINT_CHECK] = "check",
		[CONSTRAINT_NOT_NULL] = "notnull",
		[CONSTRAINT_PRIMARY_KEY] = "primary",
		[CONSTRAINT_UNIQUE] = "unique",
		[CONSTRAINT_EXCLUSION] = "exclude",
		[CONSTRAINT_FOREIGN_KEY] = "foreign",
	};

	fprintf(out, " {%s", kinds[c->kind]);
	put_text(out, "name", c->name);
	put_list(out, " (", c->columns, c->column_count);
	put_name(out, "-> ", &c->references);
	put_list(out, " (", c->referenced, c->referenced_count);
	put_text(out, "index", c->using_index);
	put_text(out, "proves", c->proves_not_null);
	put_text(out, "is", c->expression);
	put_text(out, "value", c->expression != NULL ? values[c->value] : NULL);
	put_flag(out, c->not_valid, "not-valid");
	put_flag(out, c->not_enforced, "not-enforced");
	put_flag(out, c->no_inherit, "no-inherit");
	put_flag(out, c->deferrable, "deferrable");
	put_flag(out, c->has_on_delete, "on-delete");
	fputs("}", out);
}

static void
put_column(FILE *out, const struct act_column *c)
{
	fprintf(out, " [%s", c->name != NULL ? c->name : "-");
	put_name(out, "", &c->type.name);
	for (size_t i = 0; i < c->type.modifier_count; i++)
		fprintf(out, ":%d", (int)c->type.modifiers[i]);
	put_flag(out, c->type.array, "array");
	put_text(out, "type", c->type.text);
	put_text(out, "value", values[c->value]);
	put_text(out, "default", c->default_text);
	put_flag(out, c->not_null, "not-null");
	put_flag(out, c->identity, "identity");
	put_flag(out, c->stored, "stored");
	put_flag(out, c->virtual, "virtual");
	put_text(out, "as", c->generated_text);
	put_text(out, "collate", c->collation);
	for (size_t i = 0; i < c->constraint_count; i++)
		put_constraint(out, &c->constraints[i]);
	fputs("]", out);
}

static void
put_index(FILE *out, const struct act_index *index)
{
	fprintf(out, " (%s%s", index->method, index->unique ? " unique" : "");
	for (size_t i = 0; i < index->part_count; i++)
		fprintf(out, " %s%s", index->parts[i].column != NULL ? "" : "=",
		    index->parts[i].column != NULL ? index->parts[i].column
						   : index->parts[i].expression);
	put_text(out, "where", index->predicate);
	fputs(")", out);
}

static void
put_flags(FILE *out, const struct act *act)
{
	put_flag(out, act->only, "only");
	put_flag(out, act->if_exists, "if-exists");
	put_flag(out, act->part_if_exists, "part-if-exists");
	put_flag(out, act->if_not_exists, "if-not-exists");
	put_flag(out, act->or_replace, "or-replace");
	put_flag(out, act->cascade, "cascade");
	put_flag(out, act->concurrently, "concurrently");
	put_flag(out, act->temporary, "temporary");
	put_flag(out, act->unlogged, "unlogged");
	put_flag(out, act->no_data, "no-data");
	put_flag(out, act->partition_of, "partition-of");
	put_flag(out, act->default_partition, "default-partition");
	put_flag(out, act->partitioned, "partitioned");
	put_flag(out, act->revoke, "revoke");
	put_flag(out, act->all, "all");
	put_flag(out, act->to_public, "public");
	put_flag(out, act->has_where, "where");
	put_flag(out, act->always_true, "always");
	put_flag(out, act->has_limit, "limit");
	put_flag(out, act->security_definer, "definer");
	put_flag(out, act->sets_search_path, "path");
	put_flag(out, act->placed, "placed");
	put_flag(out, act->enforced, "enforced");
	put_flag(out, act->not_enforced, "not-enforced");
	put_flag(out, act->inside, "inside");
	put_flag(out, act->local, "local");
}

static void
put_act(FILE *out, const struct act *act)
{
	fprintf(out, "%d %s", (int)act->at, act->form);
	put_name(out, "", &act->name);
	put_text(out, "part", act->part);
	put_text(out, "new", act->new_name);
	put_name(out, "other ", &act->other);
	put_flags(out, act);
	put_text(out, "bound", act->bound);
	put_text(out, "using", act->using_text);
	put_text(out, "set", act->setting);
	put_text(out, "to", act->value);
	put_list(out, " (", act->values, act->value_count);
	if (act->index != NULL)
		put_index(out, act->index);
	for (size_t i = 0; i < act->column_count; i++)
		put_column(out, &act->columns[i]);
	for (size_t i = 0; i < act->constraint_count; i++)
		put_constraint(out, &act->constraints[i]);
	for (size_t i = 0; i < act->read_count; i++)
		put_name(out, "reads ", &act->reads[i]);
}

static const char *
text_of_acts(void)
{
	struct arena_text *text = arena_text_new(arena);

	for (size_t i = 0; i < acts.count; i++) {
		ck_assert_uint_eq(acts.list[i].number, i);
		fputs(i > 0 ? " | " : "", text->out);
		put_act(text->out, &acts.list[i]);
	}
	return arena_text_end(text);
}

static const struct {
	const char *text, *acts;
} statements[] = {
	{ "create table s.t (a bigint primary key, \"B\" varchar(20) not null default 'x, y' check "
	  "(\"B\" <> ''), c numeric(10, 2)[], d timestamp with time zone default now(), constraint "
	  "k foreign key (a, c) references p (x, y) on delete cascade deferrable)",
	    "0 CREATE TABLE s.t [a int8 type<bigint> not-null {primary (a)}] [B varchar:20 "
	    "type<varchar(20)> value<constant> default<'x, y'> not-null {notnull (B)} {check (B) "
	    "is<\"B\" <> ''> value<constant>}] [c numeric:10:2 array type<numeric(10, 2)[]>] [d "
	    "timestamptz type<timestamp with time zone> value<stable> default<now()>] {foreign "
	    "name<k> (a,c) -> p (x,y) deferrable on-delete}" },
	{ "create table if not exists t (id serial, u uuid default gen_random_uuid() unique, v int "
	  "default f(), x text collate \"C\" default null, g int generated always as (id + 1) "
	  "stored, i int generated by default as identity, iv interval(3), iv2 interval day to "
	  "second(3), primary key (id), check (a is not null and a > 0) no inherit, exclude using "
	  "gist (r with &&))",
	    "0 CREATE TABLE t if-not-exists [id serial type<serial>] [u uuid type<uuid> "
	    "value<volatile> default<gen_random_uuid()> {unique (u)}] [v int4 type<int> "
	    "value<unknown> default<f()>] [x text type<text> value<null> default<null> collate<C>] "
	    "[g int4 type<int> stored as<id + 1>] [i int4 type<int> not-null identity] [iv "
	    "interval:3 type<interval(3)>] [iv2 interval:3:7176 type<interval day to second(3)>] "
	    "{primary (id)} {check (a) proves<a> is<a is not null and a > 0> value<constant> "
	    "no-inherit} {exclude (r)}" },
	{ "create temp table t (like s.o including all) partition by range (a, (b + 1))",
	    "0 CREATE TABLE t temporary partitioned (a,(b + 1)) reads s.o" },
	{ "create table c partition of p for values from (1) to (10)",
	    "0 CREATE TABLE c other p partition-of bound<FOR VALUES from (1) to (10)>" },
	{ "create table c partition of s.p default",
	    "0 CREATE TABLE c other s.p partition-of default-partition bound<DEFAULT>" },
	{ "create table c () inherits (a, s.b)", "0 CREATE TABLE c other a" },
	{ "create unlogged table t as select * from a join s.b on true with no data",
	    "0 CREATE TABLE AS t unlogged no-data reads a reads s.b" },
	{ "alter table only s.t add column if not exists a int default random(), drop column if "
	  "exists b cascade,  alter c type bigint using c::bigint, alter column d set default "
	  "clock_timestamp() + '1 day'",
	    "21 ADD COLUMN s.t part<a> only if-not-exists [a int4 type<int> value<volatile> "
	    "default<random()>] | 70 DROP COLUMN s.t part<b> only part-if-exists cascade | 104 "
	    "ALTER COLUMN TYPE s.t part<c> only using<c::bigint> [c int8 type<bigint>] | 141 SET "
	    "DEFAULT s.t part<d> only [d value<volatile> default<clock_timestamp() + '1 day'>]" },
	{ "alter table t add a int constraint x check (a > 0) constraint y not null references p",
	    "14 ADD COLUMN t part<a> [a int4 type<int> not-null {check name<x> (a) is<a > 0> "
	    "value<constant>} {notnull name<y> (a)} {foreign (a) -> p}]" },
	{ "alter table t alter c type varchar(20) collate \"C\"",
	    "14 ALTER COLUMN TYPE t part<c> [c varchar:20 type<varchar(20)> collate<C>]" },
	{ "alter table t add constraint k check ((a is not null)) not valid, add unique using "
	  "index i, validate constraint k",
	    "14 ADD CONSTRAINT t part<k> {check name<k> (a) proves<a> is<(a is not null)> "
	    "value<constant> not-valid} | 66 ADD CONSTRAINT t {unique index<i>} | 92 VALIDATE "
	    "CONSTRAINT t part<k>" },
	{ "alter table t rename a to b", "0 RENAME COLUMN t part<a> new<b>" },
	{ "alter table if exists t rename to u", "0 RENAME t new<u> if-exists" },
	{ "alter table t rename constraint a to b", "0 RENAME COLUMN t part<a> new<b>" },
	{ "alter table t set schema s", "0 SET SCHEMA t new<s>" },
	{ "alter table t attach partition s.c for values in ('a', 'b')",
	    "14 ATTACH PARTITION t other s.c bound<FOR VALUES in ('a', 'b')>" },
	{ "alter table t set (fillfactor = 70, toast.autovacuum_enabled = off)",
	    "14 SET (parameter) t set<fillfactor> to<70> (fillfactor,toast.autovacuum_enabled)" },
	{ "alter table t replica identity using index i",
	    "14 REPLICA IDENTITY t part<i> to<index>" },
	{ "alter table t force row level security", "14 ROW LEVEL SECURITY t to<force>" },
	{ "alter table t disable trigger all", "14 ENABLE TRIGGER t all" },
	{ "alter index i rename to j", "0 RENAME i new<j>" },
	{ "alter type e add value if not exists 'x' before 'y'",
	    "0 ALTER TYPE e part<x> if-not-exists placed" },
	{ "alter type e rename value 'x' to 'y'", "0 ALTER TYPE e part<x> new<y>" },
	{ "alter type c add attribute a int cascade",
	    "13 ADD COLUMN c part<a> cascade [a int4 type<int>]" },
	{ "alter domain s.d add constraint k check (value > 0) not valid",
	    "0 ALTER DOMAIN s.d part<k> {check name<k> (value) is<value > 0> value<constant> "
	    "not-valid}" },
	{ "create domain d as numeric(5) default 1 not null check (value > 0)",
	    "0 CREATE DOMAIN d [- numeric:5 type<numeric(5)> value<constant> default<1> not-null "
	    "{notnull} {check (value) is<value > 0> value<constant>}] {notnull} {check (value) "
	    "is<value > 0> value<constant>}" },
	{ "create type e as enum ('a', 'b''c')", "0 CREATE TYPE e (a,b'c)" },
	{ "create type c as (a int, b text)",
	    "0 CREATE TYPE c [a int4 type<int>] [b text type<text>]" },
	{ "create unique index concurrently if not exists i on only s.t using btree (a, lower(b) "
	  "desc, (c || ', ')) include (d) where a > 0",
	    "0 CREATE INDEX CONCURRENTLY s.t part<i> only if-not-exists concurrently (btree unique "
	    "a =lower(b) desc =(c || ', ') where<a > 0>)" },
	{ "create or replace view v as with x as (select 1) select * from x, s.y",
	    "0 CREATE OR REPLACE VIEW v or-replace reads s.y" },
	{ "create materialized view v as select * from t with no data",
	    "0 CREATE MATERIALIZED VIEW v no-data reads t" },
	{ "create trigger g after insert on t for each row execute function f()",
	    "0 CREATE TRIGGER t part<g>" },
	{ "create function s.f() returns int language sql stable security definer set search_path "
	  "= '' as 'select 1'",
	    "0 CREATE FUNCTION s.f definer path to<stable>" },
	{ "create schema s create table t (a int references p) create view v as select * from t",
	    "0 CREATE SCHEMA s | 0 CREATE TABLE s.t [a int4 type<int> {foreign (a) -> p}] | 0 "
	    "CREATE VIEW s.v reads t" },
	{ "drop table if exists a, s.b cascade",
	    "0 DROP TABLE a if-exists cascade | 24 DROP TABLE s.b if-exists cascade" },
	{ "drop index concurrently i", "0 DROP INDEX CONCURRENTLY i concurrently" },
	{ "drop trigger g on s.t", "0 DROP TRIGGER s.t part<g>" },
	{ "drop type e cascade", "0 DROP TYPE e cascade" },
	{ "drop function f(int)", "0 DROP FUNCTION f" },
	{ "truncate a, only b cascade", "0 TRUNCATE a cascade | 17 TRUNCATE b only cascade" },
	{ "update t set a = 1", "0 UPDATE t (a)" },
	{ "delete from t where 1 = 1", "0 DELETE t where always" },
	{ "delete from t where id in (select id from t where a limit 10)",
	    "0 DELETE t where limit reads t" },
	{ "update t set a = 1, b = 2 where id between 1 and 10", "0 UPDATE t where limit (a,b)" },
	{ "insert into t (a, b) select a, b from s.u on conflict do nothing",
	    "0 INSERT t (a,b) reads s.u" },
	{ "with d as (delete from a where x returning *) insert into b select * from d",
	    "0 INSERT b | 0 DELETE a where" },
	{ "select 1 from a, lateral (select * from b) c", "0 SELECT reads a reads b" },
	{ "select * into temp x from y", "0 SELECT INTO x temporary reads y" },
	{ "merge into t using s on true when matched then delete", "0 MERGE t reads s" },
	{ "copy t (a, b) from stdin", "0 COPY FROM STDIN t (a,b)" },
	{ "copy (select * from t) to stdout", "0 COPY TO STDOUT reads t" },
	{ "set local lock_timeout = '5s'", "0 SET local set<lock_timeout> to<5s>" },
	{ "reset all", "0 RESET set<all>" },
	{ "begin isolation level serializable", "0 BEGIN" },
	{ "rollback to savepoint a", "0 ROLLBACK TO part<a>" },
	{ "commit", "0 COMMIT" },
	{ "grant all on a, b to public", "0 GRANT a all public | 0 GRANT b all public" },
	{ "revoke select on all tables in schema s from u", "0 REVOKE s revoke (select)" },
	{ "lock table a, b in share mode", "0 LOCK a | 14 LOCK b" },
	{ "refresh materialized view concurrently v",
	    "0 REFRESH MATERIALIZED VIEW CONCURRENTLY v concurrently" },
	{ "reindex table concurrently t", "0 REINDEX CONCURRENTLY t concurrently" },
	{ "vacuum full t", "0 VACUUM FULL t" },
	{ "cluster t using i", "0 CLUSTER t part<i>" },
	{ "comment on column s.t.a is 'x'", "0 COMMENT s.t part<a>" },
	{ "alter default privileges grant select on tables to public",
	    "0 ALTER DEFAULT PRIVILEGES public (select)" },
	{ "do $$begin end$$", "0 DO" },
	{ "call s.f(1)", "0 CALL s.f" },
	{ "explain select 1", "0 EXPLAIN" },
	{ "alter table t add column g int generated always as (a + 1) virtual check (g > 0) not "
	  "enforced, add column h int",
	    "14 ADD COLUMN t part<g> [g int4 type<int> virtual as<a + 1> {check (g) is<g > 0> "
	    "value<constant> not-enforced}] | 95 ADD COLUMN t part<h> [h int4 type<int>]" },
	{ "alter table t add constraint n not null \"A b\" not valid",
	    "14 ADD CONSTRAINT t part<n> {notnull name<n> (A b) not-valid}" },
	{ "alter table t add constraint c check (a > 0) not enforced, add foreign key (a) "
	  "references p not enforced",
	    "14 ADD CONSTRAINT t part<c> {check name<c> (a) is<a > 0> value<constant> "
	    "not-enforced} | 59 ADD FOREIGN KEY t {foreign (a) -> p not-enforced}" },
	{ "alter table t alter constraint c not enforced",
	    "14 ALTER CONSTRAINT NOT ENFORCED t part<c> not-enforced" },
	{ "alter table t alter c set expression as (a + 2)", "14 SET EXPRESSION t part<c>" },
	{ "create table t (a int, constraint y not null a no inherit, g int generated always as "
	  "(a))",
	    "0 CREATE TABLE t [a int4 type<int>] [g int4 type<int> virtual as<a>] {notnull name<y> "
	    "(a) no-inherit}" },
	{ "repack (concurrently) t", "0 REPACK t concurrently" },
	{ "alter table p merge partitions (a, b) into c", "14 SPLIT PARTITION p other a" },
	{ "do $$begin alter table t add column z9 int; end$$",
	    "0 DO | 25 ADD COLUMN t part<z9> inside [z9 int4 type<int>]" },
	{ "do language plpgsql $x$ declare n int := 1; r record; begin if n > 0 then execute 'drop "
	  "table a; drop table b'; else update t set a = 1; end if; execute 'drop table ' || "
	  "quote_ident('c'); for r in select * from t loop perform f(r.id); delete from u where id "
	  "= r.id; end loop; commit; end $x$",
	    "0 DO | 83 DROP TABLE a inside | 97 DROP TABLE b inside | 117 UPDATE t inside (a) | "
	    "153 EXECUTE inside to<'drop table ' || quote_ident('c')> | 197 SELECT inside reads t "
	    "| 226 SELECT inside | 235 DELETE u where inside | 276 COMMIT inside" },
	{ "do 'begin execute ''drop table d''; set local lock_timeout = ''5s''; end'",
	    "0 DO | 3 DROP TABLE d inside | 3 SET inside local set<lock_timeout> to<5s>" },
	{ "do $$begin execute 'alter table \"A\" ' || 'add b int'; execute $q$create index i on t "
	  "(a)$q$; end$$",
	    "0 DO | 19 ADD COLUMN A part<b> inside [b int4 type<int>] | 65 CREATE INDEX t part<i> "
	    "inside (btree a)" },
	{ "do $$begin frobnicate; end$$",
	    "0 DO | 5 DO inside to<syntax error at or near \"frobnicate\">" },
	{ "do language plpython3u $$x = 1$$",
	    "0 DO | 23 DO inside to<only bodies of PL/pgSQL are read>" },
	{ "do $$begin if current_setting('server_version_num')::int >= 180000 then execute 'alter "
	  "table nn18 add constraint nn18_nn not null q not valid'; end if; end$$",
	    "0 DO | 98 ADD CONSTRAINT nn18 part<nn18_nn> inside {notnull name<nn18_nn> (q) "
	    "not-valid}" },
	{ "select pg_catalog.set_config('search_path', '', false)",
	    "0 SELECT | 0 SET set<search_path> to<\"\">" },
	{ "select set_config('lock_timeout', '1s', true), 2",
	    "0 SELECT | 0 SET local set<lock_timeout> to<1s>" },
	{ "create table t (a int not null references p on delete set default not enforced check (a "
	  "> 0), b int unique check (b > 0) not enforced)",
	    "0 CREATE TABLE t [a int4 type<int> not-null {notnull (a)} {foreign (a) -> p "
	    "not-enforced on-delete} {check (a) is<a > 0> value<constant>}] [b int4 type<int> "
	    "{unique (b)} {check (b) is<b > 0> value<constant> not-enforced}]" },
};

START_TEST(tells_what_a_statement_does)
{
	read_at(statements[_i].text, 18);
	ck_assert(class.parsed);
	ck_assert_str_eq(text_of_acts(), statements[_i].acts);
}
END_TEST

#define LENGTH(array) (int)(sizeof(array) / sizeof((array)[0]))

int
main(void)
{
	Suite *suite = suite_create("act");
	TCase *cases = tcase_create("act");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(cases, set_up, tear_down);
	tcase_add_loop_test(cases, tells_what_a_statement_does, 0, LENGTH(statements));
	suite_add_tcase(suite, cases);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
