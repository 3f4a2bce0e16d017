/* SPDX-License-Identifier: MIT */
#include "core/directive.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static struct arena *arena;
static struct directives file, statement;
static struct error *err;

static void
set_up(void)
{
	arena = arena_new(NULL);
	err = error_new(arena);
	directives_init(&file);
	directives_init(&statement);
}

static void
tear_down(void)
{
	arena_close(arena);
}

static bool
add(const char *text, enum directive_scope scope)
{
	struct directive_comment comment = {
		.text = text,
		.length = strlen(text),
		.place = { .path = "V1__a.sql", .line = 7, .column = 3, .source = text },
		.scope = scope,
	};

	return directive_add(arena, &comment, &file, &statement, err);
}

static void
add_to_file(const char *text)
{
	ck_assert_msg(add(text, DIRECTIVE_FILE), "%s: %s", text, err->message);
	ck_assert(file.given && !statement.given);
}

START_TEST(reads_switches_and_durations)
{
	add_to_file("-- migrate:transaction off");
	add_to_file("-- migrate:placeholders off  ");
	add_to_file("-- migrate:lock_timeout 2s\r");
	add_to_file("-- migrate:statement_timeout 1.5 min");
	add_to_file("-- migrate:max_stall\t3s");
	add_to_file("-- migrate:max_blocking 0");
	add_to_file("-- migrate:phase contract");
	ck_assert_int_eq(file.transaction, 0);
	ck_assert_int_eq(file.transaction_place.line, 7);
	ck_assert_int_eq(file.placeholders, 0);
	ck_assert_int_eq(file.lock_timeout_ms, 2000);
	ck_assert_int_eq(file.statement_timeout_ms, 90000);
	ck_assert_int_eq(file.max_stall_ms, 3000);
	ck_assert_int_eq(file.max_blocking_ms, 0);
	ck_assert_int_eq(file.phase, PHASE_CONTRACT);
}
END_TEST

START_TEST(leaves_unset_what_was_not_given)
{
	ck_assert(!file.given);
	ck_assert_int_eq(file.transaction, NOT_GIVEN);
	ck_assert_int_eq(file.placeholders, NOT_GIVEN);
	ck_assert_int_eq(file.lock_timeout_ms, NOT_GIVEN);
	ck_assert_int_eq(file.statement_timeout_ms, NOT_GIVEN);
	ck_assert_int_eq(file.max_stall_ms, NOT_GIVEN);
	ck_assert_int_eq(file.max_blocking_ms, NOT_GIVEN);
	ck_assert_int_eq(file.phase, PHASE_NONE);
	ck_assert_ptr_null(file.irreversible);
	ck_assert_ptr_null(file.role);
	ck_assert(!file.batch.given);
	ck_assert_uint_eq(file.allow_count, 0);
}
END_TEST

START_TEST(speaks_for_the_next_statement_behind_the_first)
{
	ck_assert(add("-- migrate:lock_timeout 1s", DIRECTIVE_STATEMENT));
	ck_assert(!file.given && statement.given);
	ck_assert_int_eq(statement.lock_timeout_ms, 1000);
	ck_assert_int_eq(statement.last_place.line, 7);
}
END_TEST

START_TEST(speaks_for_the_next_statement_when_it_says_so)
{
	ck_assert(add("-- migrate:next lock_timeout 1s", DIRECTIVE_FILE));
	ck_assert(add("-- migrate:lock_timeout 2s", DIRECTIVE_FILE));
	ck_assert_int_eq(statement.lock_timeout_ms, 1000);
	ck_assert_int_eq(file.lock_timeout_ms, 2000);
	ck_assert(add("-- migrate:next statement_timeout 3s", DIRECTIVE_STATEMENT));
	ck_assert_int_eq(statement.statement_timeout_ms, 3000);
}
END_TEST

START_TEST(reads_reasons)
{
	add_to_file("-- migrate:irreversible  drops the old addresses ");
	ck_assert_str_eq(file.irreversible, "drops the old addresses");
	directives_init(&file);
	add_to_file("-- migrate:irreversible");
	ck_assert_str_eq(file.irreversible, "");
}
END_TEST

static const struct role {
	const char *text, *name;
} roles[] = {
	{ "-- migrate:role App_Owner", "app_owner" },
	{ "-- migrate:role \"App Owner\"", "App Owner" },
	{ "-- migrate:role \"a\"\"b\"", "a\"b" },
	{ "-- migrate:role r$1", "r$1" },
	{ "-- migrate:role \xc3\x84 ", "\xc3\x84" },
};

START_TEST(reads_identifiers_as_sql_does)
{
	add_to_file(roles[_i].text);
	ck_assert_str_eq(file.role, roles[_i].name);
}
END_TEST

START_TEST(allows_rules_with_a_reason)
{
	add_to_file("-- migrate:allow drop-column");
	add_to_file("-- migrate:allow a-b , c2 nobody reads it, really");
	ck_assert_uint_eq(file.allow_count, 2);
	ck_assert_uint_eq(file.allows[0].rule_count, 1);
	ck_assert_str_eq(file.allows[0].rules[0], "drop-column");
	ck_assert_ptr_null(file.allows[0].reason);
	ck_assert_uint_eq(file.allows[1].rule_count, 2);
	ck_assert_str_eq(file.allows[1].rules[0], "a-b");
	ck_assert_str_eq(file.allows[1].rules[1], "c2");
	ck_assert_str_eq(file.allows[1].reason, "nobody reads it, really");
	ck_assert_int_eq(file.allows[1].place.line, 7);
}
END_TEST

START_TEST(reads_a_batch)
{
	const struct directive_batch *b = &file.batch;

	add_to_file("-- migrate:batch table=\"My App\".Orders key=created_at,\"Id\" size=200 "
		    "max=300 pause=0 target=1s max_lag=10s max_waiters=0");
	ck_assert(b->given);
	ck_assert_str_eq(b->schema, "My App");
	ck_assert_str_eq(b->table, "orders");
	ck_assert_uint_eq(b->key_count, 2);
	ck_assert_str_eq(b->keys[0], "created_at");
	ck_assert_str_eq(b->keys[1], "Id");
	ck_assert_int_eq(b->size, 200);
	ck_assert_int_eq(b->min, 100);
	ck_assert_int_eq(b->max, 300);
	ck_assert_int_eq(b->pause_ms, 0);
	ck_assert_int_eq(b->target_ms, 1000);
	ck_assert_int_eq(b->max_lag_ms, 10000);
	ck_assert_int_eq(b->max_waiters, 0);
}
END_TEST

static const struct sizes {
	const char *text;
	int64_t size, min, max;
} sizes[] = {
	{ "-- migrate:batch table=t key=id", 5000, 100, 10000 },
	{ "-- migrate:batch table=t key=id size=50", 50, 50, 10000 },
	{ "-- migrate:batch table=t key=id size=60000", 60000, 100, 60000 },
	{ "-- migrate:batch table=t key=id size=1 min=1 max=1", 1, 1, 1 },
};

START_TEST(has_limits_that_fit_the_size)
{
	add_to_file(sizes[_i].text);
	ck_assert_ptr_null(file.batch.schema);
	ck_assert_int_eq(file.batch.size, sizes[_i].size);
	ck_assert_int_eq(file.batch.min, sizes[_i].min);
	ck_assert_int_eq(file.batch.max, sizes[_i].max);
	ck_assert_int_eq(file.batch.target_ms, 500);
	ck_assert_int_eq(file.batch.pause_ms, 100);
	ck_assert_int_eq(file.batch.max_lag_ms, NOT_GIVEN);
	ck_assert_int_eq(file.batch.max_waiters, NOT_GIVEN);
}
END_TEST

START_TEST(reads_the_query_that_ends_a_batch)
{
	add_to_file("-- migrate:until Select 1 FROM t WHERE x IS NULL; ");
	ck_assert_str_eq(file.batch.until, "Select 1 FROM t WHERE x IS NULL");
	ck_assert(!directive_check(&file, err));
	ck_assert_int_eq(err->place.line, 7);
	add_to_file("-- migrate:batch table=t key=id");
	ck_assert(directive_check(&file, err));
}
END_TEST

static const struct bad {
	const char *text, *message;
	int column;
	enum directive_scope scope;
} bads[] = {
	{ "-- migrate:lock_timout 1s", "no directive \"lock_timout\"", 14, DIRECTIVE_FILE },
	{ "-- migrate:next lock_timout 1s", "no directive \"lock_timout\"", 19, DIRECTIVE_FILE },
	{ "-- migrate:Phase expand", "no directive \"Phase\"", 14, DIRECTIVE_FILE },
	{ "-- migrate:", "must follow \"-- migrate:\" at once", 14, DIRECTIVE_FILE },
	{ "-- migrate: role a", "must follow \"-- migrate:\" at once", 14, DIRECTIVE_FILE },
	{ "-- migrate:next", "must follow", 18, DIRECTIVE_FILE },
	{ "--migrate:role a", "written exactly so", 3, DIRECTIVE_FILE },
	{ "-- Migrate:role a", "written exactly so", 3, DIRECTIVE_FILE },
	{ "-- migrate:up", "this is a dbmate file", 3, DIRECTIVE_FILE },
	{ "-- migrate:down transaction:false", "this is a dbmate file", 3, DIRECTIVE_STATEMENT },
	{ "-- migrate:transaction on", "write \"-- migrate:transaction off\"", 26, DIRECTIVE_FILE },
	{ "-- migrate:transaction", "write \"-- migrate:transaction off\"", 25, DIRECTIVE_FILE },
	{ "-- migrate:placeholders", "write \"-- migrate:placeholders off\"", 26, DIRECTIVE_FILE },
	{ "-- migrate:phase cleanup", "write \"-- migrate:phase expand|", 20, DIRECTIVE_FILE },
	{ "-- migrate:lock_timeout 5", "lock_timeout cannot be \"5\"", 27, DIRECTIVE_FILE },
	{ "-- migrate:lock_timeout", "lock_timeout cannot be \"\"", 26, DIRECTIVE_FILE },
	{ "-- migrate:max_stall 0", "max_stall cannot be 0", 24, DIRECTIVE_FILE },
	{ "-- migrate:phase expand", "stand before its first statement", 14, DIRECTIVE_STATEMENT },
	{ "-- migrate:next phase expand", "never for one statement", 19, DIRECTIVE_FILE },
	{ "-- migrate:role", "an identifier is needed", 18, DIRECTIVE_FILE },
	{ "-- migrate:role 1a", "an identifier is needed", 19, DIRECTIVE_FILE },
	{ "-- migrate:role \"\"", "an identifier is needed", 19, DIRECTIVE_FILE },
	{ "-- migrate:role \"a", "unterminated quoted identifier", 19, DIRECTIVE_FILE },
	{ "-- migrate:role a b", "write \"-- migrate:role name\"", 20, DIRECTIVE_FILE },
	{ "-- migrate:role "
	  "a234567890123456789012345678901234567890123456789012345678901234",
	    "longer than 63 bytes", 19, DIRECTIVE_FILE },
	{ "-- migrate:allow", "write \"-- migrate:allow rule", 19, DIRECTIVE_FILE },
	{ "-- migrate:allow Rule", "write \"-- migrate:allow rule", 20, DIRECTIVE_FILE },
	{ "-- migrate:allow a,", "write \"-- migrate:allow rule", 22, DIRECTIVE_FILE },
	{ "-- migrate:allow a, a", "\"a\" is allowed already", 23, DIRECTIVE_FILE },
	{ "-- migrate:batch", "write \"-- migrate:batch table=", 19, DIRECTIVE_FILE },
	{ "-- migrate:batch key=id", "batch needs table=", 20, DIRECTIVE_FILE },
	{ "-- migrate:batch table=t", "batch needs key=", 20, DIRECTIVE_FILE },
	{ "-- migrate:batch table=t key", "write key=<value>", 28, DIRECTIVE_FILE },
	{ "-- migrate:batch table=t kye=id", "batch has no option \"kye\"", 28, DIRECTIVE_FILE },
	{ "-- migrate:batch table=t key=id,id", "doubled column", 35, DIRECTIVE_FILE },
	{ "-- migrate:batch table=t table=u key=id", "table is given twice", 28, DIRECTIVE_FILE },
	{ "-- migrate:batch table=t key=id size=0", "size cannot be \"0\"", 40, DIRECTIVE_FILE },
	{ "-- migrate:batch table=t key=id size=1000001", "size cannot be", 40, DIRECTIVE_FILE },
	{ "-- migrate:batch table=t key=id size=5k", "size cannot be \"5k\"", 40, DIRECTIVE_FILE },
	{ "-- migrate:batch table=t key=id pause=5", "pause cannot be \"5\"", 41, DIRECTIVE_FILE },
	{ "-- migrate:batch table=t key=id target=0", "target cannot be \"0\"", 42,
	    DIRECTIVE_FILE },
	{ "-- migrate:batch table=t key=id size=10 min=20", "min <= size <= max, not 20, 10,", 20,
	    DIRECTIVE_FILE },
	{ "-- migrate:batch table=\"t\"x key=id", "a blank is needed", 29, DIRECTIVE_FILE },
	{ "-- migrate:until DELETE FROM t", "write \"-- migrate:until SELECT", 20, DIRECTIVE_FILE },
	{ "-- migrate:until selection", "write \"-- migrate:until SELECT", 20, DIRECTIVE_FILE },
};

START_TEST(refuses_with_place)
{
	const struct bad *b = &bads[_i];

	ck_assert(!add(b->text, b->scope));
	ck_assert_int_eq(err->code, ERR_REFUSED);
	ck_assert_msg(strstr(err->message, b->message) != NULL, "%s", err->message);
	ck_assert_str_eq(err->place.path, "V1__a.sql");
	ck_assert_int_eq(err->place.line, 7);
	ck_assert_int_eq(err->place.column, b->column);
	ck_assert_ptr_nonnull(err->place.source);
}
END_TEST

START_TEST(counts_columns_in_characters)
{
	ck_assert(!add("-- migrate:role \xc3\x84\xc3\x84 b", DIRECTIVE_FILE));
	ck_assert_int_eq(err->place.column, 21);
}
END_TEST

START_TEST(names_the_nearest_one)
{
	ck_assert(!add("-- migrate:lock_timout 1s", DIRECTIVE_FILE));
	ck_assert_str_eq(err->hint, "Did you mean \"lock_timeout\"?");
	ck_assert(!add("-- migrate:batch table=t kye=id", DIRECTIVE_FILE));
	ck_assert_str_eq(err->hint, "Did you mean key?");
	ck_assert(!add("-- migrate:up", DIRECTIVE_FILE));
	ck_assert(strstr(err->next, "U file") != NULL);
}
END_TEST

START_TEST(refuses_the_same_one_twice)
{
	add_to_file("-- migrate:phase expand");
	ck_assert(!add("-- migrate:phase contract", DIRECTIVE_FILE));
	ck_assert_str_eq(err->message, "directive \"phase\" is given twice");
	add_to_file("-- migrate:allow a, b");
	add_to_file("-- migrate:allow c");
	ck_assert(!add("-- migrate:allow d, b", DIRECTIVE_FILE));
	ck_assert_str_eq(err->message, "rule \"b\" is allowed already");
}
END_TEST

static const struct comment {
	const char *text;
	bool directive;
} comments[] = {
	{ "-- migrate:anything", true },
	{ "-- migrate:", true },
	{ "--migrate:transaction off", true },
	{ "--  Migrate: transaction off", true },
	{ "-- MIGRATE : UP", true },
	{ "-- migrate the orders", false },
	{ "-- migrate", false },
	{ "-- Migrate: the data of 2019", false },
	{ "--migrate:x", false },
	{ "-- see migrate:transaction", false },
	{ "--", false },
};

START_TEST(knows_a_directive_when_it_sees_one)
{
	ck_assert(
	    directive_is(comments[_i].text, strlen(comments[_i].text)) == comments[_i].directive);
}
END_TEST

#define COUNT(table) (int)(sizeof(table) / sizeof((table)[0]))

int
main(void)
{
	Suite *suite = suite_create("directive");
	TCase *cases = tcase_create("directive");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(cases, set_up, tear_down);
	tcase_add_test(cases, reads_switches_and_durations);
	tcase_add_test(cases, leaves_unset_what_was_not_given);
	tcase_add_test(cases, speaks_for_the_next_statement_behind_the_first);
	tcase_add_test(cases, speaks_for_the_next_statement_when_it_says_so);
	tcase_add_test(cases, reads_reasons);
	tcase_add_loop_test(cases, reads_identifiers_as_sql_does, 0, COUNT(roles));
	tcase_add_test(cases, allows_rules_with_a_reason);
	tcase_add_test(cases, reads_a_batch);
	tcase_add_loop_test(cases, has_limits_that_fit_the_size, 0, COUNT(sizes));
	tcase_add_test(cases, reads_the_query_that_ends_a_batch);
	tcase_add_loop_test(cases, refuses_with_place, 0, COUNT(bads));
	tcase_add_test(cases, counts_columns_in_characters);
	tcase_add_test(cases, names_the_nearest_one);
	tcase_add_test(cases, refuses_the_same_one_twice);
	tcase_add_loop_test(cases, knows_a_directive_when_it_sees_one, 0, COUNT(comments));
	suite_add_tcase(suite, cases);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
