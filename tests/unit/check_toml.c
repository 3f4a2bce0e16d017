/* SPDX-License-Identifier: MIT */
#include "core/toml.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static struct arena *arena;
static struct error *err;

static void
set_up(void)
{
	arena = arena_new(NULL);
	err = error_new(arena);
}

static void
tear_down(void)
{
	arena_close(arena);
}

/* The tree on one line: {key:"text" list:["a" "b"]} */
static void
show(FILE *out, const struct node *node)
{
	const char *between = "";

	if (node->kind == NODE_SCALAR) {
		fprintf(out, "<%s>", node->text);
		return;
	}
	putc(node->kind == NODE_LIST ? '[' : '{', out);
	for (size_t i = 0; i < node->count; i++) {
		fputs(between, out);
		if (node->kind == NODE_MAP)
			fprintf(out, "%s=", node->pairs[i].key->text);
		show(out, node->kind == NODE_MAP ? node->pairs[i].value : node->items[i]);
		between = " ";
	}
	putc(node->kind == NODE_LIST ? ']' : '}', out);
}

static const struct {
	const char *text, *tree;
} good[] = {
	{ "", "{}" },
	{ "\xef\xbb\xbf# only a comment", "{}" },
	{ "a = 1 # one\nb=\"x\"\r\n", "{a=<1> b=<x>}" },
	{ "a.b = 1\na.c = 2\n\"d e\".f = 3", "{a={b=<1> c=<2>} d e={f=<3>}}" },
	{ "[a]\nx = 1\n[a.b]\ny = 2\n[c]", "{a={x=<1> b={y=<2>}} c={}}" },
	{ "[a.b]\ny = 2\n[a]\nx = 1", "{a={b={y=<2>} x=<1>}}" },
	{ "[ a . 'b' ]\n", "{a={b={}}}" },
	{ "a = [1, 'two',\n  # why\n  [3],\n]", "{a=[<1> <two> [<3>]]}" },
	{ "a = []\nb = {}", "{a=[] b={}}" },
	{ "a = { b = 1, c.d = 'x' }", "{a={b=<1> c={d=<x>}}}" },
	{ "[[a]]\nb = 1\n[[a]]\nb = 2\n[a.c]\nd = 3", "{a=[{b=<1>} {b=<2> c={d=<3>}}]}" },
	{ "a = \"\\\"\\\\\\t\\u00e4\\U0001F600\"", "{a=<\"\\\t\xc3\xa4\xf0\x9f\x98\x80>}" },
	{ "a = 'C:\\x'", "{a=<C:\\x>}" },
	{ "a = \"\"", "{a=<>}" },
	{ "a = \"\"\"\none\\\n   two\"\"\"", "{a=<onetwo>}" },
	{ "a = \"\"\"x\"\"y\"\"\"\"\"", "{a=<x\"\"y\"\">}" },
	{ "a = '''\nx\n'y'''", "{a=<x\n'y>}" },
	{ "a = true\nb = -1_000\nc = 1e6\nd = inf", "{a=<true> b=<-1000> c=<1e6> d=<inf>}" },
	{ "a = 2026-11-22T10:00:00Z", "{a=<2026-11-22T10:00:00Z>}" },
};

START_TEST(reads_what_toml_allows)
{
	struct arena_text *text = arena_text_new(arena);
	struct node *root;

	ck_assert_msg(toml_read(arena, "f.toml", good[_i].text, strlen(good[_i].text), &root, err),
	    "%s: %s", good[_i].text, err->message);
	show(text->out, root);
	ck_assert_str_eq(arena_text_end(text), good[_i].tree);
}
END_TEST

static const struct {
	const char *text;
	int64_t line, column;
	const char *message;
} bad[] = {
	{ "a", 1, 2, "expected \"=\"" },
	{ "= 1", 1, 1, "expected a key" },
	{ "a = ", 1, 5, "expected a value" },
	{ "a = x", 1, 5, "expected a value: text stands in quotes" },
	{ "a = 1 b = 2", 1, 7, "expected the end of the line" },
	{ "a = 1\na = 2", 2, 1, "\"a\" is given twice" },
	{ "[a]\n[b]\n[a]", 3, 2, "\"a\" is given twice" },
	{ "a = 1\n[a]", 2, 2, "\"a\" is given twice" },
	{ "a = {}\n[a.b]", 2, 2, "\"a\" is given twice" },
	{ "a = [{}]\n[[a]]", 2, 3, "\"a\" is given twice" },
	{ "[a]\nb.c = 1\n[a.b]", 3, 4, "\"b\" is given twice" },
	{ "[a.b]\n[a]\nb.c = 1", 3, 1, "\"b\" is given twice" },
	{ "[a", 1, 3, "expected \"]\"" },
	{ "[[a]", 1, 4, "expected \"]]\"" },
	{ "a = [1 2]", 1, 8, "expected \",\" or \"]\"" },
	{ "a = {b = 1", 1, 11, "expected \",\" or \"}\"" },
	{ "a = {b = 1,}", 1, 12, "expected a key" },
	{ "a = \"x\nb = 1", 1, 5, "the string has no end" },
	{ "x = 1\na = '''x", 2, 5, "the string has no end" },
	{ "a = \"\\q\"", 1, 6, "unknown escape" },
	{ "a = \"\\u00g0\"", 1, 10, "expected a hexadecimal digit" },
	{ "a = \"\\ud800\"", 1, 12, "no such character" },
	{ "a = \"\x01\"", 1, 6, "a control character" },
	{ "\xc3\xa4 = 1", 1, 1, "expected a key" },
	{ "b = '\xc3\xa4' x", 1, 9, "expected the end of the line" },
	{ "b = '\xc3'", 1, 6, "not UTF-8" },
	{ "\"\"\"a\"\"\" = 1", 1, 1, "a key cannot have several lines" },
	{ "a = [[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]", 1, 22, "nested too deep" },
	{ "a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a = 1", 1, 34, "nested too deep" },
};

START_TEST(tells_where_a_mistake_is)
{
	struct node *root;

	ck_assert_msg(!toml_read(arena, "f.toml", bad[_i].text, strlen(bad[_i].text), &root, err),
	    "%s", bad[_i].text);
	ck_assert_int_eq(err->code, ERR_USAGE);
	ck_assert_msg(
	    strstr(err->message, bad[_i].message) != NULL, "%s: %s", bad[_i].text, err->message);
	ck_assert_str_eq(err->place.path, "f.toml");
	ck_assert_msg(err->place.line == bad[_i].line && err->place.column == bad[_i].column,
	    "%s: %lld:%lld", bad[_i].text, (long long)err->place.line,
	    (long long)err->place.column);
}
END_TEST

START_TEST(everything_has_its_place)
{
	static const char text[] = "[a]\n  b = [\n 'x' ]\n";
	const struct pair *pair;
	struct node *root;

	ck_assert(toml_read(arena, "f.toml", text, strlen(text), &root, err));
	pair = yaml_find(yaml_find(root, "a")->value, "b");
	ck_assert_int_eq(pair->key->place.line, 2);
	ck_assert_int_eq(pair->key->place.column, 3);
	ck_assert_int_eq(pair->value->items[0]->place.line, 3);
	ck_assert_int_eq(pair->value->items[0]->place.column, 2);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("toml");
	TCase *t = tcase_create("toml");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_loop_test(t, reads_what_toml_allows, 0, (int)(sizeof(good) / sizeof(good[0])));
	tcase_add_loop_test(t, tells_where_a_mistake_is, 0, (int)(sizeof(bad) / sizeof(bad[0])));
	tcase_add_test(t, everything_has_its_place);
	suite_add_tcase(suite, t);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
