/* SPDX-License-Identifier: MIT */
#include "sql/lint.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "sql/quote.h"

static struct arena *arena;
static struct lint_options options;
static struct lint *lint;
static int64_t number;

static void
set_up(void)
{
	arena = arena_new(NULL);
	lint = NULL;
	options = (struct lint_options){ .server_version = 150000,
		.lock_timeout_ms = 5000,
		.concurrent_lock_timeout_ms = 3600000 };
}

static void
tear_down(void)
{
	arena_close(arena);
}

static void
begin(struct lint_file file)
{
	if (lint == NULL)
		lint = lint_new(arena, &options);
	file.lock_timeout_ms = file.statement_timeout_ms = -1;
	lint_begin_file(lint, &file);
	number = 0;
}

static struct act_index plain_index = { .name = "by_total", .method = "btree" };

static void
say(const char *text, struct act act)
{
	struct acts *acts = arena_alloc(arena, sizeof(*acts));
	struct statement_class *class = arena_alloc(arena, sizeof(*class));
	struct lint_statement s = { .number = ++number,
		.text = text,
		.length = strlen(text),
		.class = class,
		.acts = acts,
		.lock_timeout_ms = -1,
		.statement_timeout_ms = -1 };

	acts->list = arena_copy(arena, &act, sizeof(act));
	acts->count = 1;
	class->concurrently = act.concurrently;
	lint_statement(lint, &s);
}

static void
create_index(const char *table)
{
	say("CREATE INDEX by_total ON orders (total)",
	    (struct act){ .kind = ACT_CREATE_INDEX, .name.name = table, .index = &plain_index });
}

static struct finding *
end(size_t expected)
{
	struct finding *findings;
	size_t count;

	lint_end_file(lint);
	findings = lint_findings(lint, &count);
	ck_assert_uint_eq(count, expected);
	return findings;
}

/* --- rules --- */

START_TEST(has_rules_that_differ_and_say_all)
{
	for (const struct rule *const *rule = lint_rules(); *rule != NULL; rule++) {
		ck_assert_ptr_eq(lint_rule_find((*rule)->id), *rule);
		ck_assert_ptr_nonnull((*rule)->group);
		ck_assert_ptr_nonnull((*rule)->summary);
		ck_assert_msg(strspn((*rule)->id, "abcdefghijklmnopqrstuvwxyz0123456789-") ==
			strlen((*rule)->id),
		    "%s", (*rule)->id);
		ck_assert_msg(
		    (*rule)->summary[strlen((*rule)->summary) - 1] != '.', "%s", (*rule)->id);
		ck_assert_msg(strlen((*rule)->advice) > 2 &&
			strcmp((*rule)->advice + strlen((*rule)->advice) - 2, "\n\n") == 0,
		    "%s", (*rule)->id);
	}
	ck_assert_ptr_null(lint_rule_find("no-such-rule"));
}
END_TEST

START_TEST(reports_with_place_and_safe_sql)
{
	struct finding *f;

	begin((struct lint_file){ .path = "V1__x.sql", .transaction = true });
	say("SELECT 1", (struct act){ .kind = ACT_SELECT });
	create_index("orders");
	f = end(1);
	ck_assert_str_eq(f->rule->id, "index-not-concurrent");
	ck_assert_int_eq(f->severity, SEVERITY_ERROR);
	ck_assert_int_eq(f->statement, 2);
	ck_assert_str_eq(f->instead,
	    "-- in a file of its own:\n"
	    "CREATE INDEX CONCURRENTLY by_total ON orders (total);\n");
	ck_assert_ptr_nonnull(strstr(f->message, "\"orders\""));
}
END_TEST

static enum severity
as_in_settings(void *source, const struct rule *rule)
{
	return rule->severity == SEVERITY_OFF ? SEVERITY_OFF : *(enum severity *)source;
}

START_TEST(takes_severities_from_the_settings)
{
	enum severity severity = SEVERITY_INFO;

	options.severity = as_in_settings;
	options.source = &severity;
	begin((struct lint_file){ .transaction = true });
	create_index("orders");
	ck_assert_int_eq(end(1)->severity, SEVERITY_INFO);
	severity = SEVERITY_OFF;
	begin((struct lint_file){ .transaction = true });
	create_index("orders");
	end(0);
}
END_TEST

START_TEST(forgives_what_is_done_to_a_new_table)
{
	begin((struct lint_file){ .transaction = true });
	say("", (struct act){ .kind = ACT_CREATE_TABLE, .name.name = "orders" });
	create_index("orders");
	end(0);
	begin((struct lint_file){ .transaction = true });
	create_index("orders");
	end(0);
}
END_TEST

START_TEST(takes_a_table_of_an_applied_file_for_an_old_one)
{
	begin((struct lint_file){ .transaction = true, .applied = true });
	say("", (struct act){ .kind = ACT_CREATE_TABLE, .name.name = "orders" });
	create_index("orders");
	end(0);
	begin((struct lint_file){ .transaction = true });
	create_index("orders");
	end(1);
}
END_TEST

START_TEST(sees_an_undo_file_alone)
{
	begin((struct lint_file){ .transaction = true });
	say("", (struct act){ .kind = ACT_CREATE_TABLE, .name.name = "orders" });
	end(0);
	begin((struct lint_file){ .transaction = true, .undo = true });
	create_index("orders");
	say("", (struct act){ .kind = ACT_DROP, .on = ACT_ON_TABLE, .name.name = "orders" });
	end(1);
	begin((struct lint_file){ .transaction = true });
	create_index("orders");
	end(0);
}
END_TEST

/* --- live facts --- */

static const struct table_facts *
look_up(void *source, const char *schema, const char *name)
{
	struct table_facts *facts = source;

	(void)schema;
	return strcmp(name, facts->name.name) == 0 ? facts : NULL;
}

static struct finding *
lint_live_table(int64_t rows, int64_t bytes, bool trust_facts)
{
	static struct table_facts facts;

	facts = (struct table_facts){
		.name = { "public", "orders" }, .kind = 'r', .rows = rows, .bytes = bytes
	};
	options.lookup = look_up;
	options.source = &facts;
	options.trust_facts = trust_facts;
	lint = NULL;
	begin((struct lint_file){ .transaction = true });
	create_index("orders");
	return end(1);
}

START_TEST(makes_it_worse_where_the_table_is_huge)
{
	const struct finding *f = lint_live_table(48000000, INT64_C(12) << 30, false);

	ck_assert_int_eq(f->severity, SEVERITY_ERROR);
	ck_assert_str_eq(f->raised, "public.orders has 48,000,000 rows (12 GB)");
	ck_assert_ptr_null(f->lowered);
	f = lint_live_table(-1, INT64_C(12) << 30, true);
	ck_assert_str_eq(f->raised, "public.orders has 12 GB");
}
END_TEST

START_TEST(lowers_it_where_the_table_is_tiny_and_facts_are_trusted)
{
	const struct finding *f = lint_live_table(7, 8192, true);

	ck_assert_int_eq(f->severity, SEVERITY_INFO);
	ck_assert_str_eq(f->lowered, "public.orders has 7 rows (8192 bytes)");
	f = lint_live_table(7, 8192, false);
	ck_assert_int_eq(f->severity, SEVERITY_ERROR);
	ck_assert_ptr_null(f->lowered);
	f = lint_live_table(500000, 100 << 20, true);
	ck_assert_ptr_null(f->raised);
	ck_assert_ptr_null(f->lowered);
}
END_TEST

START_TEST(lowers_what_a_fact_makes_void_only_where_facts_are_trusted)
{
	const struct act act = { .kind = ACT_CREATE_INDEX, .name.name = "orders" };
	const struct rule *rule = lint_rule_find("index-not-concurrent");
	struct finding *f;

	lint_live_table(7, 8192, false);
	f = lint_report(lint, rule, &act, NULL, "other");
	lint_void(lint, f, "a valid CHECK proves it");
	ck_assert_ptr_null(f->lowered);
	lint_live_table(500000, 100 << 20, true);
	f = lint_report(lint, rule, &act, NULL, "other");
	lint_void(lint, f, "a valid CHECK proves it");
	ck_assert_int_eq(f->severity, SEVERITY_INFO);
	ck_assert_str_eq(f->lowered, "a valid CHECK proves it");
}
END_TEST

/* --- for rules --- */

START_TEST(orders_findings_by_place)
{
	const struct rule *rule = lint_rule_find("index-not-concurrent");
	const struct lint_past *past;
	struct finding *f;
	size_t count;

	begin((struct lint_file){ .transaction = true });
	create_index("a");
	create_index("b");
	past = lint_past(lint, &count);
	ck_assert_uint_eq(count, 2);
	lint_report(lint, rule, past[0].act, NULL, "again");
	lint_report(lint, rule, past[0].act, NULL, "again");
	f = end(3);
	ck_assert_int_eq(f[0].statement, 1);
	ck_assert_str_eq(f[1].message, "again");
	ck_assert_int_eq(f[1].statement, 1);
	ck_assert_int_eq(f[2].statement, 2);
}
END_TEST

START_TEST(knows_what_was_done_earlier)
{
	const struct act_name orders = { .name = "orders" },
			      other = { .schema = "s", .name = "orders" };

	begin((struct lint_file){ .path = "V1__x.sql", .transaction = true });
	create_index("orders");
	ck_assert_int_eq(lint_earlier(lint, ACT_CREATE_INDEX, &orders)->statement->number, 1);
	ck_assert_ptr_null(lint_earlier(lint, ACT_CREATE_INDEX, &other));
	ck_assert_ptr_null(lint_earlier(lint, ACT_DROP, &orders));
	ck_assert_str_eq(lint_file(lint)->path, "V1__x.sql");
	ck_assert_int_eq(lint_options(lint)->lock_timeout_ms, 5000);
	ck_assert_int_eq(lint_major(lint), 15);
}
END_TEST

START_TEST(knows_the_lock_timeout_in_force)
{
	const struct act set = { .kind = ACT_SET, .setting = "lock_timeout", .value = "1s" };

	begin((struct lint_file){ .transaction = false });
	say("SELECT 1", (struct act){ .kind = ACT_SELECT });
	ck_assert_int_eq(lint_lock_timeout_ms(lint), 5000);
	say("SET lock_timeout = '1s'", set);
	ck_assert_int_eq(lint_lock_timeout_ms(lint), 1000);
	say("", (struct act){ .kind = ACT_REINDEX, .concurrently = true });
	ck_assert_int_eq(lint_lock_timeout_ms(lint), 3600000);
}
END_TEST

static const struct {
	const char *schema, *name, *sql, *said;
} names[] = {
	{ NULL, "orders", "orders", "\"orders\"" },
	{ "app", "orders", "app.orders", "\"app.orders\"" },
	{ "App", "order", "\"App\".\"order\"", "\"App.order\"" },
	{ NULL, "a\"b", "\"a\"\"b\"", "\"a\"b\"" },
	{ NULL, "1st", "\"1st\"", "\"1st\"" },
	{ NULL, "", "\"\"", "\"\"" },
};

START_TEST(writes_names_as_sql_does)
{
	const struct act_name name = { .schema = names[_i].schema, .name = names[_i].name };

	begin((struct lint_file){ 0 });
	ck_assert_str_eq(lint_name(lint, &name), names[_i].sql);
	ck_assert_str_eq(lint_quote(lint, &name), names[_i].said);
}
END_TEST

START_TEST(writes_lists_and_constants)
{
	const char *columns[] = { "id", "user", "total" };

	begin((struct lint_file){ 0 });
	ck_assert_str_eq(lint_columns(lint, columns, 3), "id, \"user\", total");
	ck_assert_str_eq(lint_identifier(lint, "with"), "\"with\"");
	ck_assert_str_eq(quote_string(lint_arena(lint), "it's"), "'it''s'");
}
END_TEST

#define LENGTH(array) (int)(sizeof(array) / sizeof((array)[0]))

int
main(void)
{
	Suite *suite = suite_create("lint");
	TCase *cases = tcase_create("lint");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(cases, set_up, tear_down);
	tcase_add_test(cases, has_rules_that_differ_and_say_all);
	tcase_add_test(cases, reports_with_place_and_safe_sql);
	tcase_add_test(cases, takes_severities_from_the_settings);
	tcase_add_test(cases, forgives_what_is_done_to_a_new_table);
	tcase_add_test(cases, takes_a_table_of_an_applied_file_for_an_old_one);
	tcase_add_test(cases, sees_an_undo_file_alone);
	tcase_add_test(cases, makes_it_worse_where_the_table_is_huge);
	tcase_add_test(cases, lowers_it_where_the_table_is_tiny_and_facts_are_trusted);
	tcase_add_test(cases, lowers_what_a_fact_makes_void_only_where_facts_are_trusted);
	tcase_add_test(cases, orders_findings_by_place);
	tcase_add_test(cases, knows_what_was_done_earlier);
	tcase_add_test(cases, knows_the_lock_timeout_in_force);
	tcase_add_loop_test(cases, writes_names_as_sql_does, 0, LENGTH(names));
	tcase_add_test(cases, writes_lists_and_constants);
	suite_add_tcase(suite, cases);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
