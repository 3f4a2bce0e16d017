/* SPDX-License-Identifier: MIT */
#include "sql/world.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

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

/* "schema.table" or "table". */
static struct act_name
name_of(const char *text)
{
	const char *dot = strchr(text, '.');
	struct act_name name = { .name = text };

	if (dot != NULL) {
		name.schema = arena_strndup(arena, text, (size_t)(dot - text));
		name.name = dot + 1;
	}
	return name;
}

static void
apply(struct act act, const char *name)
{
	static int64_t number;

	if (name != NULL)
		act.name = name_of(name);
	world_begin_statement(world, ++number);
	world_apply(world, &act);
}

static void
apply_kind(enum act_kind kind, const char *name)
{
	apply((struct act){ .kind = kind, .on = ACT_ON_TABLE }, name);
}

static const struct world_table *
find(const char *name)
{
	struct act_name wanted = name_of(name);

	return world_find(world, &wanted);
}

static bool
is_new(const char *name)
{
	struct act_name wanted = name_of(name);

	return world_is_new(world, &wanted);
}

static bool
is_private(const char *name)
{
	struct act_name wanted = name_of(name);

	return world_is_private(world, &wanted);
}

static void
set(const char *setting, const char *value, bool local)
{
	apply((struct act){ .kind = ACT_SET, .setting = setting, .value = value, .local = local },
	    NULL);
}

static void
savepoint(enum act_kind kind, const char *name)
{
	apply((struct act){ .kind = kind, .part = name }, NULL);
}

/* --- age --- */

START_TEST(knows_nothing_of_a_table_from_before)
{
	ck_assert_ptr_null(find("orders"));
	ck_assert(!is_new("orders"));
}
END_TEST

START_TEST(keeps_schemas_apart)
{
	apply_kind(ACT_CREATE_TABLE, "a.t");
	ck_assert(is_new("a.t"));
	ck_assert(!is_new("b.t"));
	ck_assert(!is_new("t"));
}
END_TEST

START_TEST(makes_a_table_without_a_schema_in_the_first_of_search_path)
{
	apply_kind(ACT_CREATE_TABLE, "t");
	ck_assert(is_new("public.t"));
	set("search_path", "\"$user\", app, public", false);
	ck_assert(is_new("t"));
	apply_kind(ACT_CREATE_TABLE, "u");
	ck_assert(is_new("app.u"));
	ck_assert(!is_new("public.u"));
	set("search_path", NULL, false);
	ck_assert(!is_new("u"));
}
END_TEST

START_TEST(starts_with_the_path_of_the_session)
{
	world_set_path(world, "\"App\"");
	apply_kind(ACT_CREATE_TABLE, "t");
	ck_assert(is_new("App.t"));
	ck_assert(!is_new("public.t"));
}
END_TEST

START_TEST(is_private_up_to_the_commit)
{
	apply_kind(ACT_CREATE_TABLE, "t");
	ck_assert(is_private("t"));
	ck_assert_int_eq(find("t")->age, AGE_TRANSACTION);
	apply_kind(ACT_COMMIT, NULL);
	ck_assert_int_eq(find("t")->age, AGE_FILE);
	ck_assert(is_new("t"));
	ck_assert(!is_private("t"));
	world_begin_file(world, true);
	ck_assert_int_eq(find("t")->age, AGE_EARLIER_FILE);
	ck_assert(is_new("t"));
	world_settle(world);
	world_begin_file(world, true);
	ck_assert_int_eq(find("t")->age, AGE_OLD);
}
END_TEST

START_TEST(commits_each_statement_outside_of_a_transaction)
{
	world_begin_file(world, false);
	ck_assert(!world_in_transaction(world));
	apply_kind(ACT_CREATE_TABLE, "t");
	ck_assert(is_private("t"));
	world_begin_statement(world, 2);
	ck_assert(!is_private("t"));
	apply_kind(ACT_BEGIN, NULL);
	apply_kind(ACT_CREATE_TABLE, "u");
	ck_assert(world_in_transaction(world));
	world_begin_statement(world, 4);
	ck_assert(is_private("u"));
}
END_TEST

START_TEST(forgets_temporary_tables_with_the_file)
{
	apply((struct act){ .kind = ACT_CREATE_TABLE, .temporary = true }, "t");
	apply_kind(ACT_COMMIT, NULL);
	ck_assert(is_private("t"));
	ck_assert(!is_new("public.t"));
	world_begin_file(world, true);
	ck_assert_ptr_null(find("t"));
}
END_TEST

START_TEST(takes_a_table_that_may_be_there_for_new)
{
	struct act act = { .kind = ACT_CREATE_TABLE, .if_not_exists = true };

	apply(act, "t");
	ck_assert(is_new("t"));
	apply_kind(ACT_ADD_COLUMN, "old");
	apply(act, "old");
	ck_assert(!is_new("old"));
}
END_TEST

/* --- going back --- */

START_TEST(takes_back_what_a_rollback_takes_back)
{
	apply_kind(ACT_CREATE_TABLE, "t");
	set("lock_timeout", "1s", false);
	apply_kind(ACT_ROLLBACK, NULL);
	ck_assert_ptr_null(find("t"));
	ck_assert_ptr_null(world_setting(world, "lock_timeout"));
}
END_TEST

START_TEST(goes_back_to_a_savepoint)
{
	apply_kind(ACT_CREATE_TABLE, "a");
	savepoint(ACT_SAVEPOINT, "s");
	apply_kind(ACT_CREATE_TABLE, "b");
	apply_kind(ACT_DROP, "a");
	set("search_path", "x", false);
	savepoint(ACT_ROLLBACK_TO, "s");
	ck_assert(is_new("a"));
	ck_assert_ptr_null(find("b"));
	apply_kind(ACT_CREATE_TABLE, "c");
	savepoint(ACT_ROLLBACK_TO, "s");
	ck_assert_ptr_null(find("c"));
}
END_TEST

START_TEST(keeps_what_a_released_savepoint_covered)
{
	savepoint(ACT_SAVEPOINT, "s");
	apply_kind(ACT_CREATE_TABLE, "a");
	savepoint(ACT_RELEASE, "s");
	savepoint(ACT_ROLLBACK_TO, "s");
	ck_assert(is_new("a"));
}
END_TEST

/* --- settings --- */

START_TEST(knows_what_was_set_last)
{
	ck_assert_ptr_null(world_setting(world, "lock_timeout"));
	ck_assert_int_eq(world_setting_ms(world, "lock_timeout"), -1);
	set("lock_timeout", "2s", false);
	ck_assert_int_eq(world_setting_ms(world, "lock_timeout"), 2000);
	set("lock_timeout", "500", true);
	ck_assert_int_eq(world_setting_ms(world, "lock_timeout"), 500);
	apply_kind(ACT_COMMIT, NULL);
	ck_assert_str_eq(world_setting(world, "lock_timeout"), "2s");
	set("all", NULL, false);
	ck_assert_str_eq(world_setting(world, "lock_timeout"), "");
	world_begin_file(world, true);
	ck_assert_ptr_null(world_setting(world, "lock_timeout"));
}
END_TEST

/* --- names that change --- */

START_TEST(follows_a_renamed_table)
{
	struct act act = { .kind = ACT_RENAME, .on = ACT_ON_TABLE, .new_name = "b" };

	apply_kind(ACT_CREATE_TABLE, "a");
	apply(act, "a");
	ck_assert(find("a")->renamed);
	ck_assert_str_eq(find("a")->new_name, "b");
	ck_assert(!is_new("a"));
	ck_assert(is_new("b"));
	act.new_name = "orders_old";
	apply(act, "orders");
	apply((struct act){ .kind = ACT_CREATE_TABLE, .if_not_exists = true }, "orders");
	ck_assert(is_new("orders"));
	ck_assert(!is_new("orders_old"));
}
END_TEST

START_TEST(follows_a_table_to_another_schema)
{
	apply_kind(ACT_CREATE_TABLE, "t");
	apply((struct act){ .kind = ACT_SET_SCHEMA, .on = ACT_ON_TABLE, .new_name = "s" }, "t");
	ck_assert(is_new("s.t"));
	ck_assert(!is_new("public.t"));
}
END_TEST

START_TEST(knows_that_a_dropped_table_is_no_more)
{
	apply_kind(ACT_CREATE_TABLE, "t");
	apply_kind(ACT_DROP, "t");
	ck_assert(find("t")->dropped);
	ck_assert(!is_new("t"));
	apply_kind(ACT_DROP, "old");
	ck_assert(find("old")->dropped);
}
END_TEST

START_TEST(knows_types_and_schemas)
{
	struct act_name color = name_of("color"), app = name_of("app");

	apply_kind(ACT_CREATE_ENUM, "color");
	apply_kind(ACT_CREATE_SCHEMA, "app");
	ck_assert(world_object(world, ACT_ON_TYPE, &color)->is_enum);
	ck_assert_int_eq(world_object(world, ACT_ON_SCHEMA, &app)->age, AGE_TRANSACTION);
	ck_assert_ptr_null(world_object(world, ACT_ON_TYPE, &app));
	ck_assert(!is_new("color"));
	apply((struct act){ .kind = ACT_DROP, .on = ACT_ON_TYPE }, "color");
	ck_assert(world_object(world, ACT_ON_TYPE, &color)->dropped);
}
END_TEST

/* --- tables --- */

static void
create_table(const char *name)
{
	struct act_constraint constraints[] = {
		{ .kind = CONSTRAINT_PRIMARY_KEY,
		    .columns = (const char *[]){ "id" },
		    .column_count = 1 },
		{ .kind = CONSTRAINT_FOREIGN_KEY,
		    .columns = (const char *[]){ "customer" },
		    .column_count = 1,
		    .references = { .name = "customers" } },
	};
	struct act_column columns[] = {
		{ .name = "id", .type = { .name = { .name = "int8" } } },
		{ .name = "customer", .type = { .name = { .name = "int8" } } },
		{ .name = "note", .type = { .name = { .name = "text" } } },
	};

	apply((struct act){ .kind = ACT_CREATE_TABLE,
		  .columns = columns,
		  .column_count = 3,
		  .constraints = constraints,
		  .constraint_count = 2 },
	    name);
}

START_TEST(knows_a_table_that_was_made_whole)
{
	const struct world_table *t;

	create_table("orders");
	t = find("orders");
	ck_assert(t->complete);
	ck_assert_str_eq(world_column(t, "note")->type.name.name, "text");
	ck_assert_ptr_null(world_column(t, "total"));
	ck_assert(world_column(t, "id")->not_null);
	ck_assert_int_eq(world_not_null_proof(t, "id"), PROOF_FILES);
	ck_assert_int_eq(world_not_null_proof(t, "note"), PROOF_NONE);
	ck_assert(world_index(t, "orders_pkey")->of_constraint);
	ck_assert_str_eq(world_constraint(t, "orders_customer_fkey")->references.name, "customers");
	ck_assert_uint_eq(find("customers")->facts.referencing_count, 1);
	ck_assert_str_eq(find("customers")->facts.referencing[0].name, "orders");
}
END_TEST

START_TEST(follows_columns)
{
	apply_kind(ACT_COMMENT, "orders");
	create_table("orders");
	apply((struct act){ .kind = ACT_RENAME_COLUMN, .part = "customer", .new_name = "buyer" },
	    "orders");
	ck_assert_ptr_nonnull(world_column(find("orders"), "buyer"));
	ck_assert_str_eq(
	    world_constraint(find("orders"), "orders_customer_fkey")->columns[0], "buyer");
	apply((struct act){ .kind = ACT_DROP_COLUMN, .part = "buyer" }, "orders");
	ck_assert_ptr_null(world_column(find("orders"), "buyer"));
	ck_assert_ptr_null(world_constraint(find("orders"), "orders_customer_fkey"));
	apply((struct act){ .kind = ACT_SET_NOT_NULL, .part = "note" }, "orders");
	ck_assert_int_eq(world_not_null_proof(find("orders"), "note"), PROOF_FILES);
}
END_TEST

START_TEST(knows_when_a_check_proves_a_column_free_of_nulls)
{
	struct act_constraint check = { .kind = CONSTRAINT_CHECK,
		.columns = (const char *[]){ "note" },
		.column_count = 1,
		.proves_not_null = "note",
		.not_valid = true };
	struct act add = {
		.kind = ACT_ADD_CONSTRAINT, .constraints = &check, .constraint_count = 1
	};

	apply(add, "old");
	ck_assert(!find("old")->complete);
	ck_assert_int_eq(world_not_null_proof(find("old"), "note"), PROOF_NONE);
	apply((struct act){ .kind = ACT_VALIDATE_CONSTRAINT, .part = "other" }, "old");
	ck_assert_int_eq(world_not_null_proof(find("old"), "note"), PROOF_NONE);
	apply((struct act){ .kind = ACT_VALIDATE_CONSTRAINT, .part = "old_note_check" }, "old");
	ck_assert_int_eq(world_not_null_proof(find("old"), "note"), PROOF_FILES);
	apply((struct act){ .kind = ACT_DROP_CONSTRAINT, .part = "old_note_check" }, "old");
	ck_assert_int_eq(world_not_null_proof(find("old"), "note"), PROOF_NONE);
}
END_TEST

START_TEST(finds_the_table_of_an_index)
{
	struct act_index_part part = { .column = "note" };
	struct act_index index = { .method = "btree", .parts = &part, .part_count = 1 };
	struct act_name made = name_of("orders_note_idx"), second = name_of("orders_note_idx1");
	struct act_name key = name_of("orders_pkey"), none = name_of("orders");

	create_table("orders");
	apply((struct act){ .kind = ACT_CREATE_INDEX, .index = &index }, "orders");
	apply((struct act){ .kind = ACT_CREATE_INDEX, .index = &index }, "orders");
	ck_assert_str_eq(world_table_of_index(world, &made)->facts.name.name, "orders");
	ck_assert_str_eq(world_table_of_index(world, &second)->facts.name.name, "orders");
	ck_assert_str_eq(world_table_of_index(world, &key)->facts.name.name, "orders");
	ck_assert_ptr_null(world_table_of_index(world, &none));
	apply((struct act){ .kind = ACT_DROP, .on = ACT_ON_INDEX }, "orders_note_idx");
	ck_assert_ptr_null(world_index(find("orders"), "orders_note_idx"));
	ck_assert_ptr_nonnull(world_table_of_index(world, &made));
}
END_TEST

START_TEST(knows_partitions)
{
	struct act part = { .kind = ACT_CREATE_TABLE,
		.partition_of = true,
		.default_partition = true,
		.other = { .name = "events" } };

	apply((struct act){ .kind = ACT_CREATE_TABLE, .partitioned = true }, "events");
	apply(part, "events_rest");
	ck_assert_int_eq(find("events")->facts.kind, 'p');
	ck_assert(find("events")->facts.has_default_partition);
	ck_assert_str_eq(find("events")->facts.default_partition.name, "events_rest");
	ck_assert(find("events_rest")->facts.is_partition);
	apply((struct act){ .kind = ACT_DETACH_PARTITION,
		  .on = ACT_ON_TABLE,
		  .other = { .name = "events_rest" } },
	    "events");
	ck_assert(!find("events")->facts.has_default_partition);
	ck_assert(!find("events_rest")->facts.is_partition);
	ck_assert_uint_eq(find("events")->facts.partitions, 0);
}
END_TEST

/* --- locks --- */

static void
lock(const char *name, enum lock_mode mode)
{
	struct act_name wanted = name_of(name);
	struct statement_lock taken = {
		.object = LOCK_TABLE, .mode = mode, .schema = wanted.schema, .name = wanted.name
	};

	apply_kind(ACT_COMMENT, name);
	world_lock(world, &taken);
}

START_TEST(knows_which_locks_are_held)
{
	lock("a", LOCK_SHARE);
	ck_assert_ptr_null(world_held(world, LOCK_SHARE));
	lock("b", LOCK_ACCESS_EXCLUSIVE);
	ck_assert_str_eq(world_held(world, LOCK_SHARE)->facts.name.name, "a");
	ck_assert_ptr_null(world_held(world, LOCK_ACCESS_EXCLUSIVE));
	lock("b", LOCK_SHARE);
	ck_assert_str_eq(world_held(world, LOCK_SHARE)->facts.name.name, "b");
	ck_assert_int_eq(find("b")->held, LOCK_ACCESS_EXCLUSIVE);
	apply_kind(ACT_COMMIT, NULL);
	ck_assert_ptr_null(world_held(world, LOCK_SHARE));
	ck_assert_int_eq(find("b")->held, LOCK_NONE);
}
END_TEST

/* A look at each lock for each table would not end within the time that a test has. */
START_TEST(keeps_thousands_of_locks_apart)
{
	enum { TABLES = 10000 };

	apply_kind(ACT_BEGIN, NULL);
	for (int i = 0; i < TABLES; i++) {
		const char *name = arena_printf(arena, "t%d", i);

		lock(name, i == TABLES / 2 ? LOCK_ACCESS_EXCLUSIVE : LOCK_SHARE);
		ck_assert_ptr_nonnull(find(name));
		if (i > 0)
			ck_assert_ptr_nonnull(world_held(world, LOCK_SHARE));
	}
	ck_assert_str_eq(world_held(world, LOCK_SHARE)->facts.name.name, "t5000");
	ck_assert_int_eq(find("t9999")->held, LOCK_SHARE);
	apply_kind(ACT_COMMIT, NULL);
	ck_assert_int_eq(find("t5000")->held, LOCK_NONE);
}
END_TEST

START_TEST(does_not_mind_a_lock_on_a_new_table)
{
	apply_kind(ACT_CREATE_TABLE, "t");
	lock("t", LOCK_ACCESS_EXCLUSIVE);
	apply_kind(ACT_COMMENT, "x");
	ck_assert_ptr_null(world_held(world, LOCK_SHARE));
}
END_TEST

START_TEST(holds_the_lock_at_the_other_end_of_a_foreign_key)
{
	struct statement_lock drop = {
		.object = LOCK_REFERENCED, .mode = LOCK_ACCESS_EXCLUSIVE, .name = "orders"
	};

	create_table("orders");
	world_begin_file(world, true);
	world_lock(world, &drop);
	ck_assert_int_eq(find("customers")->held, LOCK_ACCESS_EXCLUSIVE);
}
END_TEST

/* --- the live catalog --- */

static const struct table_facts *
look_up(void *source, const char *schema, const char *name)
{
	static const struct table_facts orders = {
		.name = { "app", "orders" }, .kind = 'r', .rows = 5, .bytes = 8192
	};
	static const struct table_facts by_total = {
		.name = { "app", "by_total" }, .kind = 'i', .parent = { "app", "orders" }
	};

	++*(int *)source;
	if (schema != NULL && strcmp(schema, "app") != 0)
		return NULL;
	if (strcmp(name, "by_total") == 0)
		return &by_total;
	return strcmp(name, "orders") == 0 ? &orders : NULL;
}

START_TEST(asks_the_live_catalog_once)
{
	struct act_name by_total = name_of("by_total");
	int asked = 0;

	world = world_new(arena, look_up, &asked);
	world_begin_file(world, true);
	ck_assert(find("orders")->live);
	ck_assert_int_eq(find("orders")->facts.rows, 5);
	ck_assert_ptr_null(find("nothing"));
	ck_assert_ptr_null(find("nothing"));
	ck_assert_int_eq(asked, 2);
	ck_assert_str_eq(world_table_of_index(world, &by_total)->facts.name.name, "orders");
	apply_kind(ACT_DROP, "app.orders");
	ck_assert(find("orders")->dropped);
	ck_assert(find("orders")->live);
}
END_TEST

/* As the catalog does before it was asked for that name. */
static const struct table_facts *
look_up_as_asked(void *source, const char *schema, const char *name)
{
	return schema != NULL ? NULL : look_up(source, schema, name);
}

START_TEST(knows_a_live_table_by_the_name_that_it_really_has)
{
	const struct statement_lock drop = { .mode = LOCK_ACCESS_EXCLUSIVE, .name = "orders" };
	const struct act_name qualified = { "app", "orders" };
	int asked = 0;

	world = world_new(arena, look_up_as_asked, &asked);
	world_begin_file(world, true);
	world_begin_statement(world, 1);
	world_lock(world, &drop);
	world_begin_statement(world, 2);
	ck_assert_str_eq(world_held(world, LOCK_ACCESS_EXCLUSIVE)->facts.name.name, "orders");
	ck_assert_ptr_nonnull(world_find(world, &qualified));
	ck_assert_int_eq(asked, 1);
}
END_TEST

static const TTest **const tests[] = {
	&knows_nothing_of_a_table_from_before,
	&keeps_schemas_apart,
	&makes_a_table_without_a_schema_in_the_first_of_search_path,
	&starts_with_the_path_of_the_session,
	&is_private_up_to_the_commit,
	&commits_each_statement_outside_of_a_transaction,
	&forgets_temporary_tables_with_the_file,
	&takes_a_table_that_may_be_there_for_new,
	&takes_back_what_a_rollback_takes_back,
	&goes_back_to_a_savepoint,
	&keeps_what_a_released_savepoint_covered,
	&knows_what_was_set_last,
	&follows_a_renamed_table,
	&follows_a_table_to_another_schema,
	&knows_that_a_dropped_table_is_no_more,
	&knows_types_and_schemas,
	&knows_a_table_that_was_made_whole,
	&follows_columns,
	&knows_when_a_check_proves_a_column_free_of_nulls,
	&finds_the_table_of_an_index,
	&knows_partitions,
	&knows_which_locks_are_held,
	&keeps_thousands_of_locks_apart,
	&does_not_mind_a_lock_on_a_new_table,
	&holds_the_lock_at_the_other_end_of_a_foreign_key,
	&asks_the_live_catalog_once,
	&knows_a_live_table_by_the_name_that_it_really_has,
};

int
main(void)
{
	Suite *suite = suite_create("world");
	TCase *tcase = tcase_create("world");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++)
		tcase_add_test(tcase, *tests[i]);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
