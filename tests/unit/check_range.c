/* SPDX-License-Identifier: MIT */
#include "sql/range.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static const char *const ID[] = { "id" };
static const char *const PAIR[] = { "created_at", "id" };

static bool
read(struct arena *a, const char *text, const char *const *keys, struct range *out,
    int64_t *position, struct error *err)
{
	struct range_text in = {
		.text = text,
		.length = strlen(text),
		.table = "orders",
		.keys = keys,
		.key_count = keys == PAIR ? 2 : 1,
	};

	return range_read(a, &in, out, position, err);
}

/* --- the check of UPDATE and DELETE --- */

static const struct {
	const char *text;
	const char *const *keys;
	const char *check;
} checks[] = {
	{ "UPDATE orders SET s = 'x' WHERE s IS NULL AND id BETWEEN :from AND :to", ID,
	    "SELECT 1 FROM orders WHERE s IS NULL LIMIT 1" },
	{ "UPDATE orders SET s = 'x' WHERE id BETWEEN :from AND :to AND s IS NULL RETURNING id", ID,
	    "SELECT 1 FROM orders WHERE s IS NULL LIMIT 1" },
	{ "update only shop.orders as o set s = 'x' where o.s is null and :from <= o.id and "
	  "o.id <= :to",
	    ID, "SELECT 1 FROM only shop.orders as o WHERE o.s is null LIMIT 1" },
	{ "UPDATE orders * o SET s = 'x' WHERE (o.s IS NULL) AND (o.id >= :from AND :to >= o.id)",
	    ID, "SELECT 1 FROM orders * o WHERE o.s IS NULL LIMIT 1" },
	{ "UPDATE orders SET a = a IS DISTINCT FROM b WHERE a IS NULL AND id BETWEEN :from AND :to",
	    ID, "SELECT 1 FROM orders WHERE a IS NULL LIMIT 1" },
	{ "UPDATE orders o SET name = c.name FROM customers c JOIN x USING (y) WHERE o.name IS "
	  "NULL AND c.id = o.customer AND o.id BETWEEN :from AND :to",
	    ID,
	    "SELECT 1 FROM orders o, customers c JOIN x USING (y) WHERE o.name IS NULL AND c.id = "
	    "o.customer LIMIT 1" },
	{ "UPDATE orders SET (a, b) = (1, 2) WHERE (a IS NULL OR b IS NULL) AND id BETWEEN :from "
	  "AND :to",
	    ID, "SELECT 1 FROM orders WHERE (a IS NULL OR b IS NULL) LIMIT 1" },
	{ "UPDATE orders SET a = 1 WHERE a BETWEEN 2 AND 3 AND CASE WHEN b AND c THEN d ELSE e "
	  "END AND id BETWEEN :from AND :to",
	    ID,
	    "SELECT 1 FROM orders WHERE a BETWEEN 2 AND 3 AND CASE WHEN b AND c THEN d ELSE e END "
	    "LIMIT 1" },
	{ "UPDATE orders SET a = 1 WHERE ((a IS NULL AND b) AND (id BETWEEN :from AND :to))", ID,
	    "SELECT 1 FROM orders WHERE a IS NULL AND b LIMIT 1" },
	{ "UPDATE orders SET a = 1 WHERE (SELECT a AND b) AND NOT (a AND b) AND id BETWEEN :from "
	  "AND :to",
	    ID, "SELECT 1 FROM orders WHERE (SELECT a AND b) AND NOT (a AND b) LIMIT 1" },
	{ "UPDATE orders SET a = 1 WHERE a IS NULL -- or so\n AND b = ':to' /* :from */ AND "
	  "id BETWEEN :from AND :to",
	    ID, "SELECT 1 FROM orders WHERE a IS NULL AND b = ':to' LIMIT 1" },
	{ "UPDATE orders SET a = 1 WHERE orders IS DISTINCT FROM f(orders) AND id BETWEEN :from "
	  "AND :to",
	    ID, "SELECT 1 FROM orders WHERE orders IS DISTINCT FROM f(orders) LIMIT 1" },
	{ "UPDATE orders SET a = :from WHERE a IS NULL AND id BETWEEN :from AND :to", ID,
	    "SELECT 1 FROM orders WHERE a IS NULL LIMIT 1" },
	{ "WITH u AS (SELECT 1 AS n)\nUPDATE orders SET a = n FROM u WHERE a IS NULL AND "
	  "id BETWEEN :from AND :to",
	    ID, "WITH u AS (SELECT 1 AS n)\nSELECT 1 FROM orders, u WHERE a IS NULL LIMIT 1" },
	{ "WITH update AS (SELECT 1 AS n) DELETE FROM orders USING update WHERE a = n AND "
	  "orders.id BETWEEN :from AND :to",
	    ID, "WITH update AS (SELECT 1 AS n) SELECT 1 FROM orders, update WHERE a = n LIMIT 1" },
	{ "DELETE FROM orders o USING a JOIN b USING (c) WHERE o.old AND o.x = a.x AND o.id "
	  "BETWEEN :from AND :to",
	    ID, "SELECT 1 FROM orders o, a JOIN b USING (c) WHERE o.old AND o.x = a.x LIMIT 1" },
	{ "DELETE FROM orders WHERE day < '2020-01-01' AND (created_at, id) BETWEEN :from AND :to",
	    PAIR, "SELECT 1 FROM orders WHERE day < '2020-01-01' LIMIT 1" },
	{ "DELETE FROM orders WHERE old AND ROW(created_at, id) >= :from AND (orders.created_at, "
	  "orders.id) <= :to",
	    PAIR, "SELECT 1 FROM orders WHERE old LIMIT 1" },
	{ "DELETE FROM orders AS set WHERE set.old AND set.id BETWEEN :from AND :to", ID,
	    "SELECT 1 FROM orders AS set WHERE set.old LIMIT 1" },
};

START_TEST(checks_with_the_statements_own_where)
{
	struct arena *a = arena_new(NULL);
	struct error *err = error_new(a);
	struct range range;
	int64_t position;

	ck_assert_msg(read(a, checks[_i].text, checks[_i].keys, &range, &position, err), "%s: %s",
	    checks[_i].text, err->message);
	ck_assert_msg(range.check != NULL, "%s: %s", checks[_i].text, range.why_no_check);
	ck_assert_str_eq(range.check, checks[_i].check);
	arena_close(a);
}
END_TEST

/* --- no check --- */

static const struct {
	const char *text, *why;
	enum range_kind kind;
} unchecked[] = {
	{ "UPDATE orders SET a = 1 WHERE id BETWEEN :from AND :to", "only the range",
	    RANGE_UPDATE },
	{ "DELETE FROM orders WHERE id >= :from AND id <= :to", "only the range", RANGE_DELETE },
	{ "UPDATE orders SET total = total * 2 WHERE eu AND id BETWEEN :from AND :to",
	    "no column that it sets", RANGE_UPDATE },
	{ "UPDATE orders o SET name = c.name FROM c WHERE c.name IS NOT NULL AND o.c = c.id AND "
	  "o.id BETWEEN :from AND :to",
	    "no column that it sets", RANGE_UPDATE },
	{ "INSERT INTO items SELECT * FROM orders WHERE id BETWEEN :from AND :to", "INSERT",
	    RANGE_INSERT },
	{ "WITH moved AS (DELETE FROM orders WHERE id BETWEEN :from AND :to RETURNING *) "
	  "INSERT INTO old_orders SELECT * FROM moved",
	    "INSERT", RANGE_INSERT },
	{ "INSERT INTO x SELECT * FROM orders WHERE id BETWEEN :from AND :to UNION ALL SELECT * "
	  "FROM orders WHERE id BETWEEN :from AND :to",
	    "INSERT", RANGE_INSERT },
	{ "WITH w AS (INSERT INTO log SELECT 1) UPDATE orders SET a = 1 WHERE a IS NULL AND id "
	  "BETWEEN :from AND :to",
	    "WITH changes rows", RANGE_UPDATE },
	{ "UPDATE orders o SET a = 1 FROM (SELECT id FROM orders WHERE id BETWEEN :from AND :to) s "
	  "WHERE s.id = o.id AND a IS NULL",
	    "own WHERE alone", RANGE_UPDATE },
	{ "WITH s AS (SELECT id FROM orders WHERE id BETWEEN :from AND :to) UPDATE orders o SET "
	  "a = 1 FROM s WHERE s.id = o.id AND a IS NULL",
	    "own WHERE alone", RANGE_UPDATE },
	{ "WITH RECURSIVE t AS (SELECT id FROM orders WHERE id BETWEEN :from AND :to UNION ALL "
	  "SELECT o.id FROM orders o JOIN t ON t.id = o.parent) UPDATE orders o SET a = 1 FROM t "
	  "WHERE t.id = o.id",
	    "own WHERE alone", RANGE_UPDATE },
	{ "DELETE FROM items WHERE order_id IN (SELECT id FROM orders WHERE id BETWEEN :from AND "
	  ":to)",
	    "own WHERE alone", RANGE_DELETE },
	{ "UPDATE orders SET a = 1 WHERE a IS NULL AND id BETWEEN :from AND :to AND NOT EXISTS "
	  "(SELECT FROM x WHERE x.id > :to)",
	    "own WHERE alone", RANGE_UPDATE },
	{ "UPDATE orders SET a = 1 WHERE IS id BETWEEN :from AND :to", "grammar", RANGE_UPDATE },
};

START_TEST(tells_why_there_is_no_check)
{
	struct arena *a = arena_new(NULL);
	struct error *err = error_new(a);
	struct range range;
	int64_t position;

	ck_assert_msg(read(a, unchecked[_i].text, ID, &range, &position, err), "%s: %s",
	    unchecked[_i].text, err->message);
	ck_assert_msg(range.check == NULL, "%s: %s", unchecked[_i].text, range.check);
	ck_assert_msg(strstr(range.why_no_check, unchecked[_i].why) != NULL, "%s: %s",
	    unchecked[_i].text, range.why_no_check);
	ck_assert_int_eq(range.kind, unchecked[_i].kind);
	arena_close(a);
}
END_TEST

/* --- refusals --- */

static const struct {
	const char *text;
	const char *const *keys;
	const char *message;
	int64_t position;
} refusals[] = {
	{ "SELECT * FROM orders WHERE id BETWEEN :from AND :to", ID, "not SELECT", 1 },
	{ "WITH x AS (DELETE FROM orders WHERE id BETWEEN :from AND :to) SELECT 1", ID,
	    "not SELECT", 63 },
	{ "MERGE INTO orders USING x ON id BETWEEN :from AND :to", ID, "not MERGE", 1 },
	{ "CREATE TABLE x ()", ID, "not CREATE", 1 },
	{ "UPDATE orders SET a = 1", ID, "no :from", 1 },
	{ "UPDATE orders SET a = 1 WHERE id >= :from", ID, "no :to", 1 },
	{ "UPDATE orders SET a = 1 WHERE id <= :to", ID, "no :from", 1 },
	{ "UPDATE orders SET a = ':from' WHERE id <= :to", ID, "no :from", 1 },
	{ "UPDATE orders SET a = $$:from$$, \":from\" = 1 /* :from */ WHERE id <= :to -- :from", ID,
	    "no :from", 1 },
	{ "UPDATE orders SET a = b::from WHERE id <= :to", ID, "no :from", 1 },
	{ "UPDATE orders SET a = 1 WHERE id BETWEEN :fromage AND :to", ID, "no :from", 1 },
	{ "UPDATE orders SET a = 1 WHERE id BETWEEN :FROM AND :to", ID, "no :from", 1 },
	{ "UPDATE orders SET a = 1 WHERE id BETWEEN :'from' AND :to", ID, "no :from", 1 },
	{ "UPDATE orders SET a = $1 WHERE id BETWEEN :from AND :to", ID, "no parameters", 23 },
	{ "UPDATE orders SET a = :from + :to", ID, "does not bound", 23 },
	{ "UPDATE orders SET a = 'ä' WHERE a IS NULL OR id BETWEEN :from AND :to", ID,
	    "does not bound", 57 },
	{ "UPDATE orders SET a = 1 WHERE NOT (id BETWEEN :from AND :to)", ID, "does not bound",
	    47 },
	{ "UPDATE orders SET a = 1 WHERE id NOT BETWEEN :from AND :to", ID, "does not bound", 46 },
	{ "UPDATE orders SET a = :to WHERE id >= :from", ID, "does not bound", 39 },
	{ "UPDATE orders SET a = 1 WHERE id > :from AND id <= :to", ID, ":from is a key", 34 },
	{ "UPDATE orders SET a = 1 WHERE :from <= id AND :to > id", ID, ":to is a key", 51 },
	{ "UPDATE orders SET a = 1 WHERE id BETWEEN :to AND :from", ID, ":from comes first", 34 },
	{ "UPDATE orders SET a = 1 WHERE id BETWEEN :from::date AND :to::date", ID, "a cast", 42 },
	{ "UPDATE orders SET a = 1 WHERE id + 1 BETWEEN :from AND :to", ID, "an expression", 38 },
	{ "UPDATE orders SET a = 1 WHERE day BETWEEN :from AND :to", ID, "bounds day, but", 31 },
	{ "UPDATE shop.orders o SET a = 1 FROM x WHERE o.day >= :from AND o.id <= :to", ID,
	    "bounds day, but", 45 },
	{ "DELETE FROM orders WHERE created_at BETWEEN :from AND :to", PAIR, "one column", 26 },
	{ "DELETE FROM orders WHERE (id, created_at) BETWEEN :from AND :to", PAIR,
	    "the key of the file is (created_at, id)", 27 },
	{ "DELETE FROM orders WHERE (created_at, id, x) BETWEEN :from AND :to", PAIR, "3 columns",
	    26 },
	{ "UPDATE orders SET id = id + 1 WHERE id BETWEEN :from AND :to", ID, "must stay", 8 },
	{ "INSERT INTO x VALUES (:from, :to)", ID, "does not bound", 23 },
	{ "INSERT INTO x SELECT * FROM orders WHERE id BETWEEN :from AND :to UNION ALL SELECT * "
	  "FROM orders",
	    ID, "does not bound", 53 },
	{ "INSERT INTO x SELECT * FROM generate_series(:from, :to)", ID, "does not bound", 45 },
	{ "INSERT INTO x SELECT * FROM orders WHERE id BETWEEN :from AND :to LIMIT 10", ID, "LIMIT",
	    1 },
	{ "INSERT INTO x SELECT * FROM y LEFT JOIN (SELECT * FROM orders WHERE id BETWEEN :from "
	  "AND :to) o USING (id)",
	    ID, "does not bound", 80 },
	{ "UPDATE orders SET a = 1 FROM (SELECT FROM orders WHERE id BETWEEN :from AND :to) s", ID,
	    "does not bound", 67 },
	{ "DELETE FROM items WHERE order_id NOT IN (SELECT id FROM orders WHERE id BETWEEN :from "
	  "AND :to)",
	    ID, "does not bound", 81 },
	{ "WITH RECURSIVE t AS (SELECT id FROM orders UNION ALL SELECT id FROM t WHERE id BETWEEN "
	  ":from AND :to) DELETE FROM orders USING t WHERE t.id = orders.id",
	    ID, "does not bound", 88 },
};

START_TEST(refuses_what_does_not_keep_within_the_range)
{
	struct arena *a = arena_new(NULL);
	struct error *err = error_new(a);
	struct range range;
	int64_t position;

	ck_assert_msg(!read(a, refusals[_i].text, refusals[_i].keys, &range, &position, err),
	    "%s: accepted", refusals[_i].text);
	ck_assert_msg(strstr(err->message, refusals[_i].message) != NULL, "%s: %s",
	    refusals[_i].text, err->message);
	ck_assert_msg(err->code == ERR_REFUSED && err->next != NULL, "%s", refusals[_i].text);
	ck_assert_msg(
	    position == refusals[_i].position, "%s: %d", refusals[_i].text, (int)position);
	arena_close(a);
}
END_TEST

/* A column of another table may hold the key under another name. */
START_TEST(accepts_the_key_under_another_name)
{
	static const char *const texts[] = {
		"UPDATE items SET a = 1 WHERE order_id BETWEEN :from AND :to",
		"DELETE FROM items i USING orders o WHERE i.order_id BETWEEN :from AND :to AND "
		"o.id = i.order_id",
		"INSERT INTO x SELECT * FROM items i, orders o WHERE i.order_id BETWEEN :from AND "
		":to",
		"INSERT INTO x SELECT * FROM items CROSS JOIN f() WHERE day BETWEEN :from AND :to",
	};
	struct arena *a = arena_new(NULL);
	struct error *err = error_new(a);
	struct range range;
	int64_t position;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		ck_assert_msg(read(a, texts[i], ID, &range, &position, err), "%s: %s", texts[i],
		    err->message);
	arena_close(a);
}
END_TEST

/* --- putting the ends in --- */

static const struct {
	const char *text, *sql;
} puts_in[] = {
	{ "UPDATE t SET a = ':from' WHERE id BETWEEN :from AND :to",
	    "UPDATE t SET a = ':from' WHERE id BETWEEN <1> AND <2>" },
	{ "DELETE FROM t WHERE id>=:from AND id<=:to", "DELETE FROM t WHERE id>=<1> AND id<=<2>" },
	{ "DELETE FROM t WHERE id BETWEEN :from/* :to */AND :to-- :to",
	    "DELETE FROM t WHERE id BETWEEN <1>/* :to */AND <2>-- :to" },
	{ "DELETE FROM t WHERE id BETWEEN :from AND :to AND a = E'\\':to' AND b::to = \":to\"",
	    "DELETE FROM t WHERE id BETWEEN <1> AND <2> AND a = E'\\':to' AND b::to = \":to\"" },
	{ "DELETE FROM t WHERE a=:::from AND b = :to_day AND c = :tö AND d[1:to]",
	    "DELETE FROM t WHERE a=::<1> AND b = :to_day AND c = :tö AND d[1<2>]" },
};

START_TEST(replaces_what_psql_would)
{
	struct arena *a = arena_new(NULL);
	struct range range = { .text = puts_in[_i].text, .length = strlen(puts_in[_i].text) };

	ck_assert_str_eq(range_sql(a, &range, "<1>", "<2>"), puts_in[_i].sql);
	arena_close(a);
}
END_TEST

START_TEST(finds_a_place_of_the_sent_statement_in_the_written_one)
{
	static const struct range range = {
		.text = "DELETE FROM t WHERE ä = 'ö' AND id BETWEEN :from AND :to AND wrong",
		.length = 68
	};
	static const struct {
		int64_t sent, written;
	} cases[] = {
		{ 1, 1 }, /* DELETE */
		{ 21, 21 }, /* ä */
		{ 44, 44 }, /* what stands for :from */
		{ 51, 44 }, { 53, 50 }, /* AND */
		{ 57, 54 }, /* what stands for :to */
		{ 64, 54 }, { 70, 62 }, /* wrong */
	};
	struct arena *a = arena_new(NULL);

	ck_assert_uint_eq(range.length, strlen(range.text));
	ck_assert_str_eq(range_sql(a, &range, "$1::int8", "$2::int8"),
	    "DELETE FROM t WHERE ä = 'ö' AND id BETWEEN $1::int8 AND $2::int8 AND wrong");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		ck_assert_int_eq(range_position(&range, "$1::int8", "$2::int8", cases[i].sent),
		    cases[i].written);
	arena_close(a);
}
END_TEST

START_TEST(knows_the_statement_again_when_only_its_layout_changed)
{
	struct arena *a = arena_new(NULL);
	struct error *err = error_new(a);
	struct range first, other, different;
	int64_t position;

	ck_assert(read(
	    a, "DELETE FROM orders WHERE id BETWEEN :from AND :to", ID, &first, &position, err));
	ck_assert(read(a, "DELETE FROM orders -- all\n  WHERE id BETWEEN :from AND :to", ID, &other,
	    &position, err));
	ck_assert(read(a, "DELETE FROM orders WHERE id >= :from AND id <= :to", ID, &different,
	    &position, err));
	ck_assert_uint_eq(first.hash, other.hash);
	ck_assert_uint_ne(first.hash, different.hash);
	arena_close(a);
}
END_TEST

#define COUNT(rows) ((int)(sizeof(rows) / sizeof((rows)[0])))

int
main(void)
{
	Suite *suite = suite_create("range");
	TCase *tc = tcase_create("range");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tc, checks_with_the_statements_own_where, 0, COUNT(checks));
	tcase_add_loop_test(tc, tells_why_there_is_no_check, 0, COUNT(unchecked));
	tcase_add_loop_test(tc, refuses_what_does_not_keep_within_the_range, 0, COUNT(refusals));
	tcase_add_test(tc, accepts_the_key_under_another_name);
	tcase_add_loop_test(tc, replaces_what_psql_would, 0, COUNT(puts_in));
	tcase_add_test(tc, finds_a_place_of_the_sent_statement_in_the_written_one);
	tcase_add_test(tc, knows_the_statement_again_when_only_its_layout_changed);
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
