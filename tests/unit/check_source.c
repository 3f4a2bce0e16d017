/* SPDX-License-Identifier: MIT */
#include "core/source.h"

#include "folder.h"

static struct arena *arena;
static const char *folder;
static struct error *err;
static struct script script;

static struct config_pair pairs[] = { { .name = "who", .value = "world" } };
static struct config config = { .placeholders = { .pairs = pairs, .count = 1 } };
static const struct script_environment with_placeholder = { .config = &config };

static void
set_up(void)
{
	arena = arena_new(NULL);
	folder = folder_new(arena);
	err = error_new(arena);
	script = (struct script){ .kind = SCRIPT_REPEATABLE,
		.directory = folder,
		.name = "R__a.sql",
		.path = "R__a.sql" };
}

static void
tear_down(void)
{
	arena_close(arena);
}

static struct source *
write_and_open(const char *bytes, size_t length)
{
	struct source *source;

	script.path = folder_write(arena, folder, script.name, bytes, length);
	ck_assert_msg(source_open(arena, &script, &source, err), "%s", err->message);
	return source;
}

/* All text, an unknown placeholder as it stands. */
static const char *
read_all(struct source *source)
{
	struct arena_text *t = arena_text_new(arena);
	struct split_chunk chunk;

	do {
		ck_assert_msg(source_read(source, &chunk, err), "%s", err->message);
		fwrite(chunk.text, 1, chunk.length, t->out);
	} while (chunk.length > 0 || chunk.replaced);
	return arena_text_end(t);
}

static bool
read_to_end(struct source *source)
{
	struct split_chunk chunk;

	do {
		if (!source_read(source, &chunk, err))
			return false;
	} while (chunk.length > 0 || chunk.replaced);
	return true;
}

#define BYTES(text) text, sizeof(text) - 1

/* Figures of Flyway itself. */
static const struct example {
	const char *bytes;
	size_t length;
	int32_t raw, replaced;
} examples[] = {
	{ BYTES("SELECT 1;"), 78787420, 78787420 },
	{ BYTES("SELECT 1;\n"), 78787420, 78787420 },
	{ BYTES("SELECT 1;\r\n"), 78787420, 78787420 },
	{ BYTES("\xef\xbb\xbfSELECT 1;\n"), 78787420, 78787420 },
	{ BYTES("SELECT '${who}';\n"), 1635467218, -1974281165 },
	{ BYTES("SELECT 'world';"), -1974281165, -1974281165 },
	{ BYTES("CREATE TABLE t(i int);\nINSERT INTO t VALUES (1);\n"), 1720316083, 1720316083 },
	{ BYTES("CREATE TABLE t(i int);\r\nINSERT INTO t VALUES (1);"), 1720316083, 1720316083 },
	{ BYTES("\nCREATE TABLE t(i int);\n\n\nINSERT INTO t VALUES (1);\n\n"), 1720316083,
	    1720316083 },
	{ BYTES("SELECT ('\xc3\xa4');\n"), 1497910508, 1497910508 },
	{ BYTES(" SELECT 1;\n"), 1315720276, 1315720276 },
	{ BYTES("-- a\rSELECT 1;"), 666529908, 666529908 },
	{ BYTES(""), 0, 0 },
	{ BYTES("\n"), 0, 0 },
	{ BYTES("\xef\xbb\xbf"), 0, 0 },
};

START_TEST(computes_flyways_checksums)
{
	const struct example *e = &examples[_i];
	struct source *source = write_and_open(e->bytes, e->length);

	source_replace(source, &with_placeholder, &script);
	(void)read_all(source);
	ck_assert_int_eq(source_sums(source).raw, e->raw);
	ck_assert_int_eq(source_sums(source).replaced, e->replaced);
	ck_assert_int_eq(source_sums(source).size, (int64_t)e->length);
}
END_TEST

START_TEST(sums_only_a_repeatable_file_with_its_placeholders_replaced)
{
	const struct example *e = &examples[_i];
	struct source *source = write_and_open(e->bytes, e->length);

	script.kind = SCRIPT_VERSIONED;
	source_replace(source, &with_placeholder, &script);
	(void)read_all(source);
	ck_assert_int_eq(source_sums(source).replaced, e->raw);
}
END_TEST

START_TEST(computes_the_same_from_memory)
{
	const struct example *e = &examples[_i];
	struct source *disk = write_and_open(e->bytes, e->length);
	struct source *memory = source_new(arena, "R__a.sql", e->bytes, e->length);
	struct source_sums one, other;

	ck_assert_str_eq(read_all(disk), read_all(memory));
	one = source_sums(disk);
	other = source_sums(memory);
	ck_assert_int_eq(one.raw, other.raw);
	ck_assert_int_eq(one.replaced, one.raw);
	ck_assert_uint_eq(one.layout, other.layout);
	ck_assert_int_eq(one.size, other.size);
}
END_TEST

START_TEST(tells_files_apart_that_flyway_holds_for_equal)
{
	struct source *one = source_new(arena, "a", BYTES("SELECT 1;\n")),
		      *other = source_new(arena, "a", BYTES("SELECT\n 1;"));

	ck_assert(read_to_end(one) && read_to_end(other));
	ck_assert_int_eq(source_sums(one).raw, source_sums(other).raw);
	ck_assert_int_eq(source_sums(one).size, source_sums(other).size);
	ck_assert_uint_ne(source_sums(one).layout, source_sums(other).layout);
}
END_TEST

START_TEST(drops_a_bom_at_the_beginning_only)
{
	ck_assert_str_eq(
	    read_all(write_and_open(BYTES("\xef\xbb\xbf-- \xef\xbb\xbf"))), "-- \xef\xbb\xbf");
	ck_assert_str_eq(read_all(write_and_open(BYTES("\xef\xbb\xbf"))), "");
}
END_TEST

static const struct broken {
	const char *bytes;
	size_t length;
	const char *message;
	int line, column;
	const char *line_text;
} broken[] = {
	{ BYTES("SELECT\0 1;"), "NUL byte", 1, 7, "SELECT" },
	{ BYTES("a\nb\r\nc\xff;\nd"), "invalid UTF-8", 3, 2, "c\xff;" },
	{ BYTES("a\rb\r\rc\xc3(;"), "byte 0xc3", 4, 2, "c\xc3(;" },
	{ BYTES("\xef\xbb\xbfx\xe2\x82"), "invalid UTF-8", 1, 2, "x\xe2\x82" },
	{ BYTES("\xc3\xa4\xc3\xa4\xed\xa0\x80"), "invalid UTF-8", 1, 3,
	    "\xc3\xa4\xc3\xa4\xed\xa0\x80" },
	{ BYTES("\xc0\x80"), "invalid UTF-8", 1, 1, "\xc0\x80" },
	{ BYTES("\xff\xfeS\0E\0"), "looks like UTF-16", 1, 1, NULL },
	{ BYTES("\xfe\xff\0S\0E"), "looks like UTF-16", 1, 1, NULL },
	{ BYTES("S\0E\0L\0"), "looks like UTF-16", 1, 1, NULL },
};

START_TEST(refuses_what_is_no_utf8_with_its_place)
{
	const struct broken *b = &broken[_i];

	ck_assert(!read_to_end(write_and_open(b->bytes, b->length)));
	ck_assert_int_eq(err->code, ERR_REFUSED);
	ck_assert_msg(strstr(err->message, b->message) != NULL, "%s", err->message);
	ck_assert_str_eq(err->place.path, script.path);
	ck_assert_int_eq(err->place.line, b->line);
	ck_assert_int_eq(err->place.column, b->column);
	if (b->line_text != NULL)
		ck_assert_str_eq(err->place.source, b->line_text);
}
END_TEST

enum { LONG = 65536 };

/* Something that a piece of the file must not cut, at each place around the end of the first. */
static void
check_border(const char *middle, const char *expected)
{
	size_t length = strlen(middle);
	char *text = arena_alloc(arena, LONG + 64);

	for (size_t before = LONG - length - 2; before <= LONG + 2; before++) {
		struct source *source;
		const char *got;

		memset(text, '-', before);
		memcpy(text + before, middle, length);
		memset(text + before + length, '-', 10);
		source = write_and_open(text, before + length + 10);
		source_replace(source, &with_placeholder, &script);
		got = read_all(source);
		ck_assert_uint_eq(strlen(got), before + strlen(expected) + 10);
		ck_assert_int_eq(strncmp(got + before, expected, strlen(expected)), 0);
	}
}

START_TEST(reads_placeholders_across_the_borders_of_pieces)
{
	check_border("${who}", "world");
	check_border("$${who}", "${who}");
	check_border("${no:-one}", "one");
	check_border("$$$$", "$$$$");
}
END_TEST

START_TEST(reads_characters_across_the_borders_of_pieces)
{
	check_border("\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80");
	check_border("\xc3\xa4\r\n", "\xc3\xa4\r\n");
}
END_TEST

START_TEST(counts_lines_across_the_borders_of_pieces)
{
	char *text = arena_alloc(arena, LONG + 64);

	for (size_t before = LONG - 3; before <= LONG + 1; before++) {
		memset(text, '-', before);
		memcpy(text + before, "\r\n\xc3\xa4\xff", 5);
		ck_assert(!read_to_end(write_and_open(text, before + 5)));
		ck_assert_int_eq(err->place.line, 2);
		ck_assert_int_eq(err->place.column, 2);
	}
}
END_TEST

START_TEST(counts_columns_across_the_borders_of_pieces)
{
	char *text = arena_alloc(arena, LONG + 64);

	memset(text, '-', LONG + 10);
	text[LONG + 10] = '\xff';
	ck_assert(!read_to_end(write_and_open(text, LONG + 11)));
	ck_assert_int_eq(err->place.line, 1);
	ck_assert_int_eq(err->place.column, LONG + 11);
}
END_TEST

START_TEST(hands_on_what_is_unknown)
{
	struct source *source = source_new(arena, "a", BYTES("-- ${nobody}"));
	struct split_chunk chunk;

	source_replace(source, &with_placeholder, &script);
	ck_assert(source_read(source, &chunk, err));
	ck_assert_ptr_null(chunk.unknown);
	ck_assert(source_read(source, &chunk, err));
	ck_assert_str_eq(chunk.unknown, "nobody");
	ck_assert_uint_eq(chunk.length, 9);
}
END_TEST

START_TEST(shows_its_head_without_reading_on)
{
	struct source *source = write_and_open(BYTES("\xef\xbb\xbf-- ${who}\n"));
	const char *head;
	size_t length;

	ck_assert(source_head(source, &head, &length, err));
	ck_assert_uint_eq(length, 10);
	ck_assert_int_eq(strncmp(head, "-- ${who}\n", length), 0);
	source_replace(source, &with_placeholder, &script);
	ck_assert_str_eq(read_all(source), "-- world\n");
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("source");
	TCase *cases = tcase_create("source");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(cases, set_up, tear_down);
	tcase_add_loop_test(
	    cases, computes_flyways_checksums, 0, sizeof(examples) / sizeof(examples[0]));
	tcase_add_loop_test(cases, sums_only_a_repeatable_file_with_its_placeholders_replaced, 0,
	    sizeof(examples) / sizeof(examples[0]));
	tcase_add_loop_test(
	    cases, computes_the_same_from_memory, 0, sizeof(examples) / sizeof(examples[0]));
	tcase_add_test(cases, tells_files_apart_that_flyway_holds_for_equal);
	tcase_add_test(cases, drops_a_bom_at_the_beginning_only);
	tcase_add_loop_test(
	    cases, refuses_what_is_no_utf8_with_its_place, 0, sizeof(broken) / sizeof(broken[0]));
	tcase_add_test(cases, reads_placeholders_across_the_borders_of_pieces);
	tcase_add_test(cases, reads_characters_across_the_borders_of_pieces);
	tcase_add_test(cases, counts_lines_across_the_borders_of_pieces);
	tcase_add_test(cases, counts_columns_across_the_borders_of_pieces);
	tcase_add_test(cases, hands_on_what_is_unknown);
	tcase_add_test(cases, shows_its_head_without_reading_on);
	suite_add_tcase(suite, cases);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
