/* SPDX-License-Identifier: MIT */
#include "sql/rule.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static struct arena *arena;
static struct lint_options options;

static void
set_up(void)
{
	arena = arena_new(NULL);
	options = (struct lint_options){ .server_version = 150000, .lock_timeout_ms = 5000 };
}

static void
tear_down(void)
{
	arena_close(arena);
}

/* Lints statements that are separated by ;; in a file, and finds what that rule says, or NULL. */
static const struct finding *
lint_text(const char *text, const char *rule)
{
	struct lint *l = lint_new(arena, &options);
	const struct finding *findings;
	size_t count;

	lint_begin_file(l,
	    &(struct lint_file){
		.path = "V1__x.sql", .lock_timeout_ms = -1, .statement_timeout_ms = -1 });
	for (int64_t number = 1; *text != '\0'; number++) {
		const char *end = strstr(text, ";;");
		size_t length = end == NULL ? strlen(text) : (size_t)(end - text);
		struct statement_class *class = arena_alloc(arena, sizeof(*class));
		struct acts *acts = arena_alloc(arena, sizeof(*acts));

		statement_read(arena, text, length, options.server_version, class, acts);
		ck_assert_msg(class->parsed, "%s", class->parse_error);
		lint_statement(l,
		    &(struct lint_statement){ .number = number,
			.text = arena_strndup(arena, text, length),
			.length = length,
			.class = class,
			.acts = acts,
			.lock_timeout_ms = -1,
			.statement_timeout_ms = -1 });
		text += length + (end == NULL ? 0 : 2);
	}
	lint_end_file(l);
	findings = lint_findings(l, &count);
	for (size_t i = 0; i < count; i++)
		if (strcmp(findings[i].rule->id, rule) == 0)
			return &findings[i];
	return NULL;
}

#define NEXT "-- in a file of its own:\n"

static const struct {
	int version;
	const char *text, *rule, *instead;
} advice[] = {
	/* The constraint as it was written, with a name for VALIDATE. */
	{ 15,
	    "ALTER TABLE \"Order\" ADD /* x */ FOREIGN KEY (a, \"B\") REFERENCES s.p ON DELETE SET "
	    "NULL",
	    "fk-not-valid",
	    "ALTER TABLE \"Order\" ADD CONSTRAINT \"Order_a_B_fkey\" FOREIGN KEY (a, \"B\") "
	    "REFERENCES s.p ON DELETE SET NULL NOT VALID;\n" NEXT
	    "ALTER TABLE \"Order\" VALIDATE CONSTRAINT \"Order_a_B_fkey\";\n" },
	{ 15, "ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0 AND (b, c) <> (1, 2)), ADD COLUMN d int",
	    "check-not-valid",
	    "ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0 AND (b, c) <> (1, 2)) NOT VALID;\n" NEXT
	    "ALTER TABLE t VALIDATE CONSTRAINT c;\n" },
	{ 18, "ALTER TABLE t ADD NOT NULL x NOT VALID, ADD CONSTRAINT c CHECK (a > 0)",
	    "check-not-valid",
	    "ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0) NOT VALID;\n" NEXT
	    "ALTER TABLE t VALIDATE CONSTRAINT c;\n" },
	/* One behind a column ends where the next one begins. */
	{ 15, "ALTER TABLE t ADD a int NOT NULL DEFAULT 1 CHECK (a > 0) CONSTRAINT k UNIQUE",
	    "check-inline-on-add-column",
	    "ALTER TABLE t ADD COLUMN a int DEFAULT 1 NOT NULL;\n"
	    "ALTER TABLE t ADD CONSTRAINT t_a_check CHECK (a > 0) NOT VALID;\n" NEXT
	    "ALTER TABLE t VALIDATE CONSTRAINT t_a_check;\n" },
	{ 15,
	    "ALTER TABLE t ADD a int DEFAULT 1 REFERENCES p (id) ON DELETE SET DEFAULT NOT "
	    "DEFERRABLE NOT NULL",
	    "fk-inline-on-add-column",
	    "ALTER TABLE t ADD COLUMN a int DEFAULT 1 NOT NULL;\n"
	    "ALTER TABLE t ADD CONSTRAINT t_a_fkey FOREIGN KEY (a) REFERENCES p (id) ON DELETE SET "
	    "DEFAULT NOT DEFERRABLE NOT VALID;\n" NEXT
	    "ALTER TABLE t VALIDATE CONSTRAINT t_a_fkey;\n" },
	/* By version. */
	{ 17, "ALTER TABLE t ALTER a SET NOT NULL", "set-not-null",
	    "ALTER TABLE t ADD CONSTRAINT t_a_not_null CHECK (a IS NOT NULL) NOT VALID;\n" NEXT
	    "ALTER TABLE t VALIDATE CONSTRAINT t_a_not_null;\n" NEXT
	    "ALTER TABLE t ALTER COLUMN a SET NOT NULL;\n"
	    "ALTER TABLE t DROP CONSTRAINT t_a_not_null;\n" },
	{ 18, "ALTER TABLE t ALTER a SET NOT NULL", "set-not-null",
	    "ALTER TABLE t ADD CONSTRAINT t_a_not_null NOT NULL a NOT VALID;\n" NEXT
	    "ALTER TABLE t VALIDATE CONSTRAINT t_a_not_null;\n" },
	{ 18, "ALTER TABLE t ADD b int GENERATED ALWAYS AS (a + 1) STORED",
	    "add-column-stored-generated",
	    "ALTER TABLE t ADD COLUMN b int GENERATED ALWAYS AS (a + 1) VIRTUAL;\n" },
	/* What is known of the table goes in. */
	{ 15,
	    "ALTER TABLE t ALTER id SET NOT NULL;;ALTER TABLE t ADD CONSTRAINT t_pk PRIMARY KEY "
	    "(id)",
	    "primary-key",
	    NEXT "CREATE UNIQUE INDEX CONCURRENTLY t_pk ON t (id);\n" NEXT
		 "ALTER TABLE t ADD CONSTRAINT t_pk PRIMARY KEY USING INDEX t_pk;\n" },
	{ 15,
	    "ALTER TABLE t ADD CONSTRAINT k PRIMARY KEY (key);;"
	    "ALTER TABLE t ADD b uuid DEFAULT gen_random_uuid()",
	    "add-column-volatile-default",
	    "ALTER TABLE t ADD COLUMN b uuid;\n"
	    "ALTER TABLE t ALTER COLUMN b SET DEFAULT gen_random_uuid();\n" NEXT
	    "-- migrate:batch table=t key=key\n"
	    "UPDATE t SET b = gen_random_uuid() WHERE b IS NULL AND key BETWEEN :from AND :to;\n" },
	{ 15,
	    "CREATE DOMAIN d AS text COLLATE \"C\" CHECK (VALUE <> 'value') CHECK (length(value) > "
	    "1);;"
	    "ALTER TABLE t ADD b d",
	    "add-column-constrained-domain",
	    "ALTER TABLE t ADD COLUMN b text;\n"
	    "ALTER TABLE t ADD CONSTRAINT t_b_check CHECK ((b <> 'value') AND (length(b) > 1)) NOT "
	    "VALID;\n" NEXT "ALTER TABLE t VALIDATE CONSTRAINT t_b_check;\n" },
	{ 15, "ALTER TABLE t ALTER a TYPE text COLLATE \"C\" USING lower(a)", "change-type-rewrite",
	    "ALTER TABLE t ADD COLUMN a_new text COLLATE \"C\";\n"
	    "-- the app writes both columns; then\n" NEXT "-- migrate:batch table=t key=id\n"
	    "UPDATE t SET a_new = lower(a) WHERE a_new IS NULL AND id BETWEEN :from AND :to;\n"
	    "-- nothing uses the old column any more; then in a file of its own:\n"
	    "-- migrate:phase contract\n"
	    "ALTER TABLE t DROP COLUMN a;\n" },
	{ 15,
	    "ALTER TABLE t ADD a varchar(5);;ALTER TABLE t ADD CONSTRAINT k CHECK (a <> 'b');;"
	    "ALTER TABLE t ALTER a TYPE varchar(9)",
	    "change-type-with-check",
	    "ALTER TABLE t\n"
	    "    DROP CONSTRAINT k,\n"
	    "    ALTER COLUMN a TYPE varchar(9),\n"
	    "    ADD CONSTRAINT k CHECK (a <> 'b') NOT VALID;\n" NEXT
	    "ALTER TABLE t VALIDATE CONSTRAINT k;\n" },
	{ 15, "ALTER TABLE t ADD UNIQUE NULLS NOT DISTINCT (a, b) INCLUDE (c) DEFERRABLE",
	    "unique-constraint",
	    NEXT "CREATE UNIQUE INDEX CONCURRENTLY t_a_b_c_key ON t (a, b) INCLUDE (c) NULLS NOT "
		 "DISTINCT;\n" NEXT
		 "ALTER TABLE t ADD CONSTRAINT t_a_b_c_key UNIQUE USING INDEX t_a_b_c_key "
		 "DEFERRABLE;\n" },
	{ 15,
	    "CREATE TABLE t (a int, b int) PARTITION BY RANGE (a);;"
	    "ALTER TABLE t ADD CONSTRAINT k UNIQUE USING INDEX i",
	    "using-index-on-partitioned",
	    "ALTER TABLE ONLY t ADD CONSTRAINT k UNIQUE (its_columns);\n"
	    "-- for each partition, here \"one_partition\":\n" NEXT
	    "CREATE UNIQUE INDEX CONCURRENTLY one_partition_key ON one_partition "
	    "(its_columns);\n" NEXT
	    "ALTER TABLE one_partition ADD CONSTRAINT one_partition_key UNIQUE USING INDEX "
	    "one_partition_key;\n"
	    "ALTER INDEX k ATTACH PARTITION one_partition_key;\n" },
	{ 15,
	    "ALTER TABLE t ADD a varchar(20);;ALTER TABLE u ADD b int;;ALTER TABLE t ADD UNIQUE "
	    "(a)",
	    "unique-constraint",
	    NEXT "CREATE UNIQUE INDEX CONCURRENTLY t_a_key ON t (a);\n" NEXT
		 "ALTER TABLE t ADD CONSTRAINT t_a_key UNIQUE USING INDEX t_a_key;\n" },
};

START_TEST(advises_sql_with_the_users_own_names)
{
	const struct finding *f;

	options.server_version = advice[_i].version * 10000;
	f = lint_text(advice[_i].text, advice[_i].rule);
	ck_assert_msg(f != NULL, "%s", advice[_i].text);
	ck_assert_ptr_nonnull(f->instead);
	ck_assert_str_eq(f->instead, advice[_i].instead);
}
END_TEST

static const struct {
	const char *text;
	const char *rule;
	const char *says;
} messages[] = {
	{ "CREATE TABLE t (id serial PRIMARY KEY)", "short-int-pk", " up to 2147483647," },
	{ "CREATE TABLE t (id smallserial PRIMARY KEY)", "short-int-pk", " up to 32767," },
};

START_TEST(says_what_is_true_of_the_type)
{
	const struct finding *f = lint_text(messages[_i].text, messages[_i].rule);

	ck_assert_msg(f != NULL, "%s", messages[_i].text);
	ck_assert_msg(strstr(f->message, messages[_i].says) != NULL, "%s", f->message);
}
END_TEST

START_TEST(advises_no_column_of_a_view)
{
	const struct finding *f = lint_text("ALTER VIEW v RENAME COLUMN a TO b", "rename-column");

	ck_assert_ptr_nonnull(f);
	ck_assert_ptr_null(f->instead);
	f = lint_text("ALTER TABLE t RENAME COLUMN a TO b", "rename-column");
	ck_assert_ptr_nonnull(strstr(f->instead, "ALTER TABLE t ADD COLUMN b type_of_a;\n"));
}
END_TEST

/* --- live facts --- */

static const struct table_facts *
look_up(void *source, const char *schema, const char *name)
{
	const struct table_facts *facts = source;

	(void)schema;
	return strcmp(name, facts->name.name) == 0 ? facts : NULL;
}

static struct facts_constraint live_constraint = { .name = "proof",
	.kind = CONSTRAINT_CHECK,
	.proves_not_null = "a",
	.expression = "a IS NOT NULL",
	.valid = true };
static struct table_facts live_table = { .name = { "public", "t" },
	.kind = 'r',
	.rows = 500000,
	.bytes = 100 << 20,
	.constraints = &live_constraint,
	.constraint_count = 1 };

START_TEST(believes_a_live_proof_only_where_facts_are_trusted)
{
	const struct finding *f;

	options.lookup = look_up;
	options.source = &live_table;
	f = lint_text("ALTER TABLE t ALTER a SET NOT NULL", "set-not-null");
	ck_assert_int_eq(f->severity, SEVERITY_ERROR);
	ck_assert_ptr_null(f->lowered);
	options.trust_facts = true;
	f = lint_text("ALTER TABLE t ALTER a SET NOT NULL", "set-not-null");
	ck_assert_int_eq(f->severity, SEVERITY_INFO);
	ck_assert_str_eq(f->lowered, "a valid constraint proves that \"a\" has no nulls");
	f = lint_text("ALTER TABLE t ALTER b SET NOT NULL", "set-not-null");
	ck_assert_int_eq(f->severity, SEVERITY_ERROR);
}
END_TEST

START_TEST(knows_foreign_keys_from_live_facts)
{
	static const char *columns[] = { "p_id" };
	const struct finding *f;

	live_constraint = (struct facts_constraint){ .name = "x",
		.kind = CONSTRAINT_FOREIGN_KEY,
		.columns = columns,
		.column_count = 1,
		.references = { "public", "p" },
		.valid = true };
	options.lookup = look_up;
	options.source = &live_table;
	f = lint_text("ALTER TABLE t DROP CONSTRAINT x", "drop-foreign-key");
	ck_assert_ptr_nonnull(strstr(f->message, "\"public.p\""));
	ck_assert_ptr_nonnull(lint_text("DROP TABLE t", "drop-foreign-key"));
	ck_assert_ptr_nonnull(lint_text("ALTER TABLE t DROP COLUMN p_id", "drop-foreign-key"));
	ck_assert_ptr_null(lint_text("ALTER TABLE t DROP COLUMN a", "drop-foreign-key"));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("rule");
	TCase *cases = tcase_create("rule");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(cases, set_up, tear_down);
	tcase_add_loop_test(cases, advises_sql_with_the_users_own_names, 0,
	    (int)(sizeof(advice) / sizeof(advice[0])));
	tcase_add_loop_test(
	    cases, says_what_is_true_of_the_type, 0, (int)(sizeof(messages) / sizeof(messages[0])));
	tcase_add_test(cases, advises_no_column_of_a_view);
	tcase_add_test(cases, believes_a_live_proof_only_where_facts_are_trusted);
	tcase_add_test(cases, knows_foreign_keys_from_live_facts);
	suite_add_tcase(suite, cases);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
