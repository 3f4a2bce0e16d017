/* SPDX-License-Identifier: MIT */
#include "core/placeholder.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct arena *arena;
static struct placeholders *placeholders;

static void
set_up(void)
{
	static struct config_pair pairs[] = {
		{ .name = "who", .value = "world" },
		{ .name = "empty", .value = "" },
		{ .name = "twice", .value = "${who}" },
		{ .name = "lines", .value = "a\nb" },
		{ .name = "a.b-c_1", .value = "odd" },
	};
	static struct config config = { .placeholders = { .pairs = pairs, .count = 5 } };
	static const struct script_environment env = {
		.default_schema = "app",
		.user = "ann",
		.database = "shop",
		.table = "schema_history",
		.timestamp = "2026-11-22 13:15:00",
		.config = &config,
	};
	static const struct script s = { .path = "migrations/sub/R__x.sql" };

	arena = arena_new(NULL);
	placeholders = placeholders_new(arena, &env, &s);
}

static void
tear_down(void)
{
	arena_close(arena);
}

/*
 * The text with everything replaced, an unknown placeholder as <name>; the text comes in windows
 * of that size, which grow as long as more is wanted.
 */
static const char *
expand(const char *text, size_t window)
{
	struct arena_text *t = arena_text_new(arena);
	size_t length = strlen(text), at = 0;

	while (at < length) {
		struct split_chunk chunk = { 0 };
		size_t size = window, taken;

		do {
			bool last = size >= length - at;

			taken = placeholders_next(
			    placeholders, text + at, last ? length - at : size, last, &chunk);
			ck_assert(taken > 0 || !last);
		} while (taken == 0 && size++ > 0);
		ck_assert(!chunk.replaced || chunk.file_length == taken);
		ck_assert(chunk.replaced || chunk.length == taken);
		if (chunk.unknown != NULL)
			fprintf(t->out, "<%s>", chunk.unknown);
		else
			fprintf(t->out, "%.*s", (int)chunk.length, chunk.text);
		at += taken;
	}
	return arena_text_end(t);
}

static const struct expansion {
	const char *text, *expected;
} expansions[] = {
	{ "SELECT 1;", "SELECT 1;" },
	{ "hello ${who}!", "hello world!" },
	{ "${WHO}${Who}", "worldworld" },
	{ "'${who}' $$${who}$$ -- ${who}", "'world' $$world$$ -- world" },
	{ "[${empty}]", "[]" },
	{ "${twice}", "${who}" },
	{ "${lines}", "a\nb" },
	{ "${a.b-c_1}", "odd" },
	{ "$", "$" },
	{ "${", "${" },
	{ "$$", "$$" },
	{ "a$b$c$1$$", "a$b$c$1$$" },
	{ "$body$ ${who} $body$", "$body$ world $body$" },
	/* a default */
	{ "${nobody:-x y}", "x y" },
	{ "${nobody:-}", "" },
	{ "${who:-x}", "world" },
	{ "${nobody:-a:-b}", "a:-b" },
	{ "${nobody:-$x}", "$x" },
	{ "${nobody:-${who}}", "<nobody>:-world}" },
	/* a literal one */
	{ "$${who}", "${who}" },
	{ "$${nobody}", "${nobody}" },
	{ "$${nobody:-x}", "${nobody:-x}" },
	{ "$$$${who}", "$$${who}" },
	{ "$$$$${who}", "$$$$world" },
	{ "'$${a}' ${who}", "'${a}' world" },
	/* not one at all */
	{ "$${\"a\": 1}$$", "$${\"a\": 1}$$" },
	{ "$${1,2}$$", "$${1,2}$$" },
	{ "'${' || x || '}'", "'${' || x || '}'" },
	{ "${}", "${}" },
	{ "${(a)}", "${(a)}" },
	/* not known, or not well made */
	{ "${nobody}", "<nobody>" },
	{ "a ${nobody} b ${who}", "a <nobody> b world" },
	{ "${who", "<who>" },
	{ "${who\n}", "<who>\n}" },
	{ "${who }", "<who> }" },
	{ "${ who}", "<> who}" },
	{ "${who:-a\nb}", "<who>:-a\nb}" },
	{ "${1,2}", "<1>,2}" },
	{ "${flyway:nothing}", "<flyway:nothing>" },
	/* built in */
	{ "${flyway:defaultSchema}", "app" },
	{ "${flyway:user} ${flyway:database}", "ann shop" },
	{ "${flyway:timestamp}", "2026-11-22 13:15:00" },
	{ "${flyway:filename}", "R__x.sql" },
	{ "${flyway:table}", "schema_history" },
	{ "[${flyway:environment}]", "[]" },
	{ "${FLYWAY:TABLE}", "schema_history" },
};

START_TEST(replaces_placeholders)
{
	ck_assert_str_eq(expand(expansions[_i].text, 1000), expansions[_i].expected);
}
END_TEST

START_TEST(replaces_them_across_the_borders_of_pieces)
{
	const struct expansion *e = &expansions[_i];

	for (size_t window = 1; window <= strlen(e->text); window++)
		ck_assert_str_eq(expand(e->text, window), e->expected);
}
END_TEST

START_TEST(knows_the_working_directory)
{
	char path[4096];

	ck_assert_ptr_nonnull(getcwd(path, sizeof(path)));
	ck_assert_str_eq(expand("${flyway:workingDirectory}", 1), path);
}
END_TEST

START_TEST(needs_little_room_to_decide)
{
	char text[3000];
	struct split_chunk chunk;

	memset(text, 'x', sizeof(text));
	memcpy(text, "${", 2);
	ck_assert_uint_ne(placeholders_next(placeholders, text, 1100, false, &chunk), 0);
	ck_assert_uint_eq(strlen(chunk.unknown), 200);
	memcpy(text, "${a:-", 5);
	ck_assert_uint_ne(placeholders_next(placeholders, text, 1100, false, &chunk), 0);
	ck_assert_str_eq(chunk.unknown, "a");
	memset(text, '$', sizeof(text));
	ck_assert_uint_ne(placeholders_next(placeholders, text, 1100, false, &chunk), 0);
	ck_assert_uint_eq(chunk.length % 2, 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("placeholder");
	TCase *cases = tcase_create("placeholder");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(cases, set_up, tear_down);
	tcase_add_loop_test(
	    cases, replaces_placeholders, 0, sizeof(expansions) / sizeof(expansions[0]));
	tcase_add_loop_test(cases, replaces_them_across_the_borders_of_pieces, 0,
	    sizeof(expansions) / sizeof(expansions[0]));
	tcase_add_test(cases, knows_the_working_directory);
	tcase_add_test(cases, needs_little_room_to_decide);
	suite_add_tcase(suite, cases);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
