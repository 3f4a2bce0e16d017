/* SPDX-License-Identifier: MIT */
#include "sql/split.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

static struct arena *arena;

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

/*
 * A script in memory, given out in pieces of a size.  In it <name=value> stands for a placeholder
 * ${name} that became that value, and <name> for one that has none.
 */
struct source {
	const char *text;
	size_t piece;
	bool placeholders;
	const char *fails; /* what the reader says at the end of the text */
	char file_text[64]; /* of the last placeholder */
};

static void
read_placeholder(struct source *s, struct split_chunk *chunk)
{
	size_t name = strcspn(s->text, "=>") - 1, length = strcspn(s->text, ">");

	snprintf(s->file_text, sizeof(s->file_text), "${%.*s}", (int)name, s->text + 1);
	chunk->text = s->file_text;
	chunk->length = strlen(s->file_text);
	if (s->text[name + 1] == '>') {
		chunk->unknown = arena_strndup(arena, s->text + 1, name);
	} else {
		chunk->replaced = true;
		chunk->file_text = chunk->text;
		chunk->file_length = chunk->length;
		chunk->text = s->text + name + 2;
		chunk->length = length - name - 2;
	}
	s->text += length + 1;
}

static bool
read_source(void *source, struct split_chunk *chunk, struct error *err)
{
	struct source *s = source;
	size_t length = s->placeholders ? strcspn(s->text, "<") : strlen(s->text);

	if (length == 0 && *s->text != '\0') {
		read_placeholder(s, chunk);
		return true;
	}
	chunk->text = s->text;
	chunk->length = s->piece > 0 && s->piece < length ? s->piece : length;
	s->text += chunk->length;
	if (chunk->length == 0 && s->fails != NULL)
		return error_set(err, ERR_INTERNAL, "%s", s->fails);
	return true;
}

/* What is on disk. */
static const char *
file_of(struct source source)
{
	struct arena_text *file = arena_text_new(arena);
	struct split_chunk chunk;

	source.fails = NULL;
	do {
		chunk = (struct split_chunk){ 0 };
		ck_assert(read_source(&source, &chunk, NULL));
		if (chunk.replaced)
			fwrite(chunk.file_text, 1, chunk.file_length, file->out);
		else
			fwrite(chunk.text, 1, chunk.length, file->out);
	} while (chunk.length > 0 || chunk.replaced);
	return arena_text_end(file);
}

/* What split.c counts in one go, looked up from the start of the file. */
static void
check_place(const char *file, const struct split_item *item)
{
	int line = 1, column = 1;

	for (int64_t i = 0; i < item->offset; i++) {
		bool goes_on = file[i] == '\n' && i > 0 && file[i - 1] == '\r';
		bool ends = file[i] == '\n' || file[i] == '\r';

		line += ends && !goes_on;
		column = ends ? 1 : column + ((file[i] & 0xC0) != 0x80);
	}
	ck_assert_int_eq(item->line, line);
	ck_assert_int_eq(item->column, column);
}

static void
print_item(FILE *out, const struct split_item *item, bool goes_on)
{
	static const char *const kinds[] = { "", "", "comment ", "data ", "end of data" };

	ck_assert_uint_eq(item->text[item->length], '\0');
	if (!goes_on) {
		fprintf(out, "%d:%d %s%s", (int)item->line, (int)item->column,
		    item->inside ? "inside " : "", kinds[item->kind]);
	}
	fwrite(item->text, 1, item->length, out);
	if (item->kind != SPLIT_COPY_DATA)
		fputc('\n', out);
}

/* All items of a script, one a line, or the error that ends them. */
static const char *
cuts(struct source source, bool conforming_strings)
{
	struct arena_text *text = arena_text_new(arena);
	struct error *err = error_new(arena);
	struct split_item item;
	enum split_kind before = SPLIT_END;
	const char *file = file_of(source);
	struct split *s = split_new(arena, "V1.sql", conforming_strings, read_source, &source);

	while (split_next(s, &item, err) && item.kind != SPLIT_END) {
		check_place(file, &item);
		if (!source.placeholders)
			ck_assert_mem_eq(file + item.offset, item.text, item.length);
		print_item(text->out, &item, before == SPLIT_COPY_DATA && item.kind == before);
		before = item.kind;
	}
	if (err->code == ERR_REFUSED)
		fprintf(text->out, "%d:%d error: %s\n", (int)err->place.line,
		    (int)err->place.column, err->message);
	else if (err->code != ERR_NONE)
		fprintf(text->out, "error: %s\n", err->message);
	return arena_text_end(text);
}

struct cut {
	const char *script, *items;
};

/* Whole, and in pieces that end in all places. */
static void
check_cut(const struct cut *cut, bool conforming_strings, bool placeholders)
{
	static const size_t pieces[] = { 0, 1, 2, 3, 7 };

	for (size_t i = 0; i < LENGTH(pieces); i++) {
		struct source source = {
			.text = cut->script, .piece = pieces[i], .placeholders = placeholders
		};

		ck_assert_str_eq(cuts(source, conforming_strings), cut->items);
	}
}

static const struct cut statements[] = {
	{ "", "" },
	{ " \n\t\r\f\v", "" },
	{ ";", "" },
	{ ";; ;\n;", "" },
	{ "SELECT 1", "1:1 SELECT 1\n" },
	{ "SELECT 1;", "1:1 SELECT 1\n" },
	{ "SELECT 1 \n ; \n", "1:1 SELECT 1\n" },
	{ "SELECT 1;SELECT 2", "1:1 SELECT 1\n1:10 SELECT 2\n" },
	{ "  SELECT 1;;  SELECT 2 ;", "1:3 SELECT 1\n1:15 SELECT 2\n" },
	{ "SELECT\n\t1;\n\n  SELECT 2\n", "1:1 SELECT\n\t1\n4:3 SELECT 2\n" },
	{ "/* a */ SELECT 1;", "1:9 SELECT 1\n" },
	{ "SELECT 1 /* b */;", "1:1 SELECT 1 /* b */\n" },
	{ "\xc3\xa4;\xe2\x82\xac;\xf0\x9f\x98\x80;x",
	    "1:1 \xc3\xa4\n1:3 \xe2\x82\xac\n1:5 \xf0\x9f\x98\x80\n1:7 x\n" },
	{ "1;\n2;\r\n3;\r4;\n\r5;\r\r6;\r\n\r\n7",
	    "1:1 1\n2:1 2\n3:1 3\n4:1 4\n6:1 5\n8:1 6\n10:1 7\n" },
	{ "SELECT\r\n'a\r\n\r\nb'; SELECT 2", "1:1 SELECT\r\n'a\r\n\r\nb'\n4:5 SELECT 2\n" },
	{ "SELECT\r'a\r\rb'; SELECT 2", "1:1 SELECT\r'a\r\rb'\n4:5 SELECT 2\n" },
	/* psql waits for the end of the parentheses, and sends what it has at the end. */
	{ "CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2); SELECT 3",
	    "1:1 CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2)\n1:58 SELECT 3\n" },
	{ "SELECT ((1); SELECT 2;", "1:1 SELECT ((1); SELECT 2;\n" },
	{ "SELECT 1); SELECT 2", "1:1 SELECT 1)\n1:12 SELECT 2\n" },
	{ "SELECT [1;2]", "1:1 SELECT [1\n1:11 2]\n" },
	/* psql's variables are not ours. */
	{ "SELECT :a, :'b', :\"c;\", x::text; SELECT a[1:2]",
	    "1:1 SELECT :a, :'b', :\"c;\", x::text\n1:34 SELECT a[1:2]\n" },
};

START_TEST(cuts_at_semicolons_and_knows_the_places)
{
	check_cut(&statements[_i], true, false);
}
END_TEST

static const struct cut quotes[] = {
	{ "SELECT 'a;b''c;'; x", "1:1 SELECT 'a;b''c;'\n1:19 x\n" },
	{ "SELECT ''; x", "1:1 SELECT ''\n1:12 x\n" },
	{ "SELECT ''';'; x", "1:1 SELECT ''';'\n1:15 x\n" },
	{ "SELECT 'it\\'; x", "1:1 SELECT 'it\\'\n1:15 x\n" },
	{ "SELECT E'it\\'s; ok'; x", "1:1 SELECT E'it\\'s; ok'\n1:22 x\n" },
	{ "SELECT e'it\\'s; ok'; x", "1:1 SELECT e'it\\'s; ok'\n1:22 x\n" },
	{ "SELECT e'\\\\'; x", "1:1 SELECT e'\\\\'\n1:15 x\n" },
	{ "SELECT E'\\\\\\';'; x", "1:1 SELECT E'\\\\\\';'\n1:18 x\n" },
	{ "SELECT E''';\\n'; x", "1:1 SELECT E''';\\n'\n1:18 x\n" },
	{ "SELECT ne'\\'; x", "1:1 SELECT ne'\\'\n1:15 x\n" },
	{ "SELECT _e'\\'; x", "1:1 SELECT _e'\\'\n1:15 x\n" },
	{ "SELECT 1e'\\'; x", "1:1 SELECT 1e'\\'\n1:15 x\n" },
	{ "SELECT B'1;', b'0;', X'1;', x'f;', N'n;', n'\\'; x",
	    "1:1 SELECT B'1;', b'0;', X'1;', x'f;', N'n;', n'\\'\n1:49 x\n" },
	{ "SELECT x'''; x'; x", "1:1 SELECT x'''; x'\n1:18 x\n" },
	{ "SELECT U&'\\0061;', u&'\\'; x", "1:1 SELECT U&'\\0061;', u&'\\'\n1:27 x\n" },
	{ "SELECT U&\"d\\0061;\", u&\"a\"\";\"; x",
	    "1:1 SELECT U&\"d\\0061;\", u&\"a\"\";\"\n1:31 x\n" },
	{ "SELECT u&1, u&e'\\';', u & '\\'; x", "1:1 SELECT u&1, u&e'\\';', u & '\\'\n1:32 x\n" },
	{ "SELECT \"x;y\", \"\"\";\"; x", "1:1 SELECT \"x;y\", \"\"\";\"\n1:22 x\n" },
	{ "SELECT \"it's\"; x", "1:1 SELECT \"it's\"\n1:16 x\n" },
	{ "SELECT '\"'; x", "1:1 SELECT '\"'\n1:13 x\n" },
	{ "SELECT ';'", "1:1 SELECT ';'\n" },
	{ "SELECT \";\"", "1:1 SELECT \";\"\n" },
	{ "SELECT '--', '/*'; x", "1:1 SELECT '--', '/*'\n1:20 x\n" },
};

START_TEST(cuts_not_inside_quotes)
{
	check_cut(&quotes[_i], true, false);
}
END_TEST

/* A string goes on behind white space with a line end in it, and is of the same kind there. */
static const struct cut continuations[] = {
	{ "SELECT 'a;'\n';b'; x", "1:1 SELECT 'a;'\n';b'\n2:7 x\n" },
	{ "SELECT E'a'\n'\\';b'; x", "1:1 SELECT E'a'\n'\\';b'\n2:9 x\n" },
	{ "SELECT E'a'\r'\\';b'; x", "1:1 SELECT E'a'\r'\\';b'\n2:9 x\n" },
	{ "SELECT E'a' -- it's\n  '\\';b'; x", "1:1 SELECT E'a' -- it's\n  '\\';b'\n2:11 x\n" },
	{ "SELECT E'a'\n-- b\n\n'\\';b'\n'\\';c'; x",
	    "2:1 inside comment -- b\n1:1 SELECT E'a'\n-- b\n\n'\\';b'\n'\\';c'\n5:9 x\n" },
	{ "SELECT E'a' '\\'; x", "1:1 SELECT E'a' '\\'\n1:18 x\n" },
	{ "SELECT E'a' /* \n */ '\\'; x", "1:1 SELECT E'a' /* \n */ '\\'\n2:10 x\n" },
	{ "SELECT E'a',\n'\\'; x", "1:1 SELECT E'a',\n'\\'\n2:6 x\n" },
	{ "SELECT E'a'\nU&'\\'; x", "1:1 SELECT E'a'\nU&'\\'\n2:8 x\n" },
	{ "SELECT 'a'\n'\\'; x", "1:1 SELECT 'a'\n'\\'\n2:6 x\n" },
	{ "SELECT x'a'\n'''; x'; x", "1:1 SELECT x'a'\n'''; x'\n2:10 x\n" },
};

START_TEST(continues_strings_over_lines)
{
	check_cut(&continuations[_i], true, false);
}
END_TEST

static const struct cut dollars[] = {
	{ "DO $$ a; 'b $ c $x$ \" /* -- $$; x", "1:1 DO $$ a; 'b $ c $x$ \" /* -- $$\n1:33 x\n" },
	{ "DO $tag$ a; $$; $Tag$; $tag $tag$; x",
	    "1:1 DO $tag$ a; $$; $Tag$; $tag $tag$\n1:36 x\n" },
	{ "DO $a$;$b$a$; x", "1:1 DO $a$;$b$a$\n1:15 x\n" },
	{ "DO $a$;$$a$; x", "1:1 DO $a$;$$a$\n1:14 x\n" },
	{ "DO $$;$a$$; x", "1:1 DO $$;$a$$\n1:13 x\n" },
	{ "DO $_1$;$_1$; x", "1:1 DO $_1$;$_1$\n1:15 x\n" },
	{ "DO $\xc3\xa4$;$\xc3\xa4$; x", "1:1 DO $\xc3\xa4$;$\xc3\xa4$\n1:13 x\n" },
	{ "SELECT a$$b; SELECT c$$", "1:1 SELECT a$$b\n1:14 SELECT c$$\n" },
	{ "SELECT a$x$; SELECT b$x$", "1:1 SELECT a$x$\n1:14 SELECT b$x$\n" },
	{ "SELECT foo$bar; x", "1:1 SELECT foo$bar\n1:17 x\n" },
	{ "PREPARE p AS SELECT $1, $2; x", "1:1 PREPARE p AS SELECT $1, $2\n1:29 x\n" },
	{ "SELECT $1$$;$$; x", "1:1 SELECT $1$$;$$\n1:17 x\n" },
	{ "SELECT 1$$;$$; x", "1:1 SELECT 1$$;$$\n1:16 x\n" },
	{ "SELECT $ 1; SELECT $a; SELECT $", "1:1 SELECT $ 1\n1:13 SELECT $a\n1:24 SELECT $\n" },
	{ "DO $$;$$", "1:1 DO $$;$$\n" },
	{ "DO $t$;$t$", "1:1 DO $t$;$t$\n" },
	{ "SELECT ''$$;$$; x", "1:1 SELECT ''$$;$$\n1:17 x\n" },
};

START_TEST(cuts_not_inside_dollar_quotes)
{
	check_cut(&dollars[_i], true, false);
}
END_TEST

static const struct cut comments[] = {
	{ "-- only\n", "1:1 comment -- only\n" },
	{ "--", "1:1 comment --\n" },
	{ "/* only */", "" },
	{ "-- a;\nSELECT 1; -- b;\n  -- c;\r\nSELECT 2",
	    "1:1 comment -- a;\n2:1 SELECT 1\n3:3 comment -- c;\n4:1 SELECT 2\n" },
	{ "-- a\r-- b\rSELECT 1", "1:1 comment -- a\n2:1 comment -- b\n3:1 SELECT 1\n" },
	{ "SELECT 1 -- a;\n  -- b;\n; x",
	    "2:3 inside comment -- b;\n1:1 SELECT 1 -- a;\n  -- b;\n3:3 x\n" },
	{ "SELECT (\n-- a)\n1); x", "2:1 inside comment -- a)\n1:1 SELECT (\n-- a)\n1)\n3:5 x\n" },
	{ "/* a */ -- b\nx", "2:1 x\n" },
	{ "/*\n*/ -- b\nx", "3:1 x\n" },
	{ "; -- b\nx", "2:1 x\n" },
	{ "x\n; -- b\ny", "1:1 x\n3:1 y\n" },
	{ "SELECT '\n-- a\n'; DO $$\n-- b\n$$; /*\n-- c\n*/ x",
	    "1:1 SELECT '\n-- a\n'\n3:4 DO $$\n-- b\n$$\n7:4 x\n" },
	{ "/* /* ; */ ; */ SELECT 1; x", "1:17 SELECT 1\n1:27 x\n" },
	{ "/*/*/ ; */ ; */ x", "1:17 x\n" },
	{ "/**/ x /***/; y /* **/; z", "1:6 x /***/\n1:15 y /* **/\n1:25 z\n" },
	{ "/* -- */ x", "1:10 x\n" },
	{ "/* it's $$ \" */ x", "1:17 x\n" },
	{ "SELECT 1--2; 3\n; x", "1:1 SELECT 1--2; 3\n2:3 x\n" },
	{ "SELECT 1 +-/* ; */ 2; x", "1:1 SELECT 1 +-/* ; */ 2\n1:23 x\n" },
	{ "SELECT 1 +-- ;\n2; x", "1:1 SELECT 1 +-- ;\n2\n2:4 x\n" },
	{ "SELECT 1 @- 2, 3 */* ; */ 4; x", "1:1 SELECT 1 @- 2, 3 */* ; */ 4\n1:30 x\n" },
	{ "SELECT 1 - -1, 4 / 2, - - 1; x", "1:1 SELECT 1 - -1, 4 / 2, - - 1\n1:30 x\n" },
	{ "SELECT j ? 'a', j ?| b, j @? c; x", "1:1 SELECT j ? 'a', j ?| b, j @? c\n1:33 x\n" },
};

START_TEST(cuts_not_inside_comments)
{
	check_cut(&comments[_i], true, false);
}
END_TEST

#define ATOMIC "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC "

static const struct cut blocks[] = {
	{ ATOMIC "SELECT 1; SELECT 2; END; x", "1:1 " ATOMIC "SELECT 1; SELECT 2; END\n1:71 x\n" },
	{ "create or replace procedure p() begin atomic select 1; end; x",
	    "1:1 create or replace procedure p() begin atomic select 1; end\n1:61 x\n" },
	{ "Create /* a; */ Or\nReplace Function f() Begin Atomic; End; x",
	    "1:1 Create /* a; */ Or\nReplace Function f() Begin Atomic; End\n2:41 x\n" },
	{ ATOMIC "SELECT CASE WHEN a THEN 1. END; SELECT 2; END; x",
	    "1:1 " ATOMIC "SELECT CASE WHEN a THEN 1. END; SELECT 2; END\n1:93 x\n" },
	{ ATOMIC "SELECT CASE a WHEN CASE b WHEN 1 THEN 2 END THEN 3 END; END; x",
	    "1:1 " ATOMIC
	    "SELECT CASE a WHEN CASE b WHEN 1 THEN 2 END THEN 3 END; END\n1:107 x\n" },
	{ ATOMIC "SELECT 1 AS end, t.end, t . case AS case; END; x",
	    "1:1 " ATOMIC "SELECT 1 AS end, t.end, t . case AS case; END\n1:93 x\n" },
	{ ATOMIC "SELECT 1 AS \"end\", \"begin\", 'end'; END; x",
	    "1:1 " ATOMIC "SELECT 1 AS \"end\", \"begin\", 'end'; END\n1:86 x\n" },
	{ ATOMIC "SELECT (SELECT end); /* end */ SELECT weekend, end_of; END; x",
	    "1:1 " ATOMIC "SELECT (SELECT end); /* end */ SELECT weekend, end_of; END\n1:106 x\n" },
	{ "CREATE FUNCTION begin_it(\"begin\" int) RETURNS int LANGUAGE sql AS $$;$$; x",
	    "1:1 CREATE FUNCTION begin_it(\"begin\" int) RETURNS int LANGUAGE sql AS $$;$$\n1:74 "
	    "x\n" },
	{ "BEGIN; SELECT 1; END; x", "1:1 BEGIN\n1:8 SELECT 1\n1:18 END\n1:23 x\n" },
	{ "CREATE TABLE begin (a int); END; x",
	    "1:1 CREATE TABLE begin (a int)\n1:29 END\n1:34 x\n" },
	{ "ALTER FUNCTION f() RENAME TO begin; x",
	    "1:1 ALTER FUNCTION f() RENAME TO begin\n1:37 x\n" },
	{ ATOMIC "SELECT 1;", "1:1 " ATOMIC "SELECT 1;\n" },
};

START_TEST(keeps_begin_atomic_together)
{
	check_cut(&blocks[_i], true, false);
}
END_TEST

static const struct cut copies[] = {
	{ "COPY t FROM STDIN;\n1\ta;\n2\t'b\n\\.\nSELECT 1",
	    "1:1 COPY t FROM STDIN\n2:1 data 1\ta;\n2\t'b\n4:1 end of data\n5:1 SELECT 1\n" },
	{ "COPY t FROM STDIN;\n\\.\nSELECT 1",
	    "1:1 COPY t FROM STDIN\n2:1 end of data\n3:1 SELECT 1\n" },
	{ "COPY t FROM STDIN;\n\\.", "1:1 COPY t FROM STDIN\n2:1 end of data\n" },
	{ "COPY t FROM STDIN;\n1\n2", "1:1 COPY t FROM STDIN\n2:1 data 1\n23:2 end of data\n" },
	{ "COPY t FROM STDIN;\n1\n2\n", "1:1 COPY t FROM STDIN\n2:1 data 1\n2\n4:1 end of data\n" },
	{ "COPY t FROM STDIN;\n\n", "1:1 COPY t FROM STDIN\n2:1 data \n3:1 end of data\n" },
	{ "COPY t FROM STDIN;\r\n1\r\n\\.\r\nx",
	    "1:1 COPY t FROM STDIN\n2:1 data 1\r\n3:1 end of data\n4:1 x\n" },
	{ "COPY t FROM STDIN;\r1\r\\.\rx",
	    "1:1 COPY t FROM STDIN\n2:1 data 1\r3:1 end of data\n4:1 x\n" },
	{ "COPY t FROM STDIN;\n1\r\\.\n\\.\n",
	    "1:1 COPY t FROM STDIN\n2:1 data 1\r\\.\n4:1 end of data\n" },
	{ "COPY t FROM STDIN;\n\\.x\n \\.\n\\. \n\\N\\.\n\\\n\\.\nx",
	    "1:1 COPY t FROM STDIN\n2:1 data \\.x\n \\.\n\\. \n\\N\\.\n\\\n7:1 end of data\n8:1 "
	    "x\n" },
	{ "COPY t FROM STDIN ; -- ours; \n1\n\\.\n",
	    "1:1 COPY t FROM STDIN\n2:1 data 1\n3:1 end of data\n" },
	{ "COPY t FROM STDIN; /* a */ /* b */\n1\n\\.\n",
	    "1:1 COPY t FROM STDIN\n2:1 data 1\n3:1 end of data\n" },
	{ "copy \"from\" (a, \"stdin\") from /* x */ stdin with (format csv, header);\na,b\n\\.\n",
	    "1:1 copy \"from\" (a, \"stdin\") from /* x */ stdin with (format csv, header)\n"
	    "2:1 data a,b\n3:1 end of data\n" },
	{ "COPY BINARY s.t FROM STDIN;\n1\n\\.\n",
	    "1:1 COPY BINARY s.t FROM STDIN\n2:1 data 1\n3:1 end of data\n" },
	{ "COPY t FROM stdout;\n1\n\\.\n",
	    "1:1 COPY t FROM stdout\n2:1 data 1\n3:1 end of data\n" },
	{ "-- a\nCOPY t FROM STDIN;\n-- no comment\n\\.\n-- b\n",
	    "1:1 comment -- a\n2:1 COPY t FROM STDIN\n3:1 data -- no comment\n"
	    "4:1 end of data\n5:1 comment -- b\n" },
	{ "COPY t TO STDOUT; x", "1:1 COPY t TO STDOUT\n1:19 x\n" },
	{ "COPY t FROM '/tmp/stdin'; x", "1:1 COPY t FROM '/tmp/stdin'\n1:27 x\n" },
	{ "COPY t FROM PROGRAM 'cat' (format csv); x",
	    "1:1 COPY t FROM PROGRAM 'cat' (format csv)\n1:41 x\n" },
	{ "COPY (SELECT * FROM stdin) TO STDOUT; x",
	    "1:1 COPY (SELECT * FROM stdin) TO STDOUT\n1:39 x\n" },
	{ "SELECT * FROM stdin; x", "1:1 SELECT * FROM stdin\n1:22 x\n" },
	{ "COPY t FROM STDIN;", "1:1 error: unterminated COPY ... FROM STDIN: it has no data\n" },
	{ "x;\n COPY t\nFROM STDIN;\n",
	    "1:1 x\n2:2 error: unterminated COPY ... FROM STDIN: it has no data\n" },
	{ "COPY t FROM STDIN -- x",
	    "1:1 error: unterminated COPY ... FROM STDIN: it has no data\n" },
	{ "COPY t FROM STDIN; SELECT 1;\n1\n\\.\n",
	    "1:20 error: text behind COPY ... FROM STDIN on its line\n" },
	{ "COPY t FROM STDIN;; \n1\n\\.\n",
	    "1:19 error: text behind COPY ... FROM STDIN on its line\n" },
	{ "COPY t FROM STDIN; /*\n*/\n1\n\\.\n",
	    "1:20 error: text behind COPY ... FROM STDIN on its line\n" },
};

START_TEST(gives_the_data_of_copy)
{
	check_cut(&copies[_i], true, false);
}
END_TEST

static const struct cut errors[] = {
	{ "SELECT 1;\n\tSELECT 'a;\n\n", "1:1 SELECT 1\n2:9 error: unterminated quoted string\n" },
	{ "SELECT 'a''", "1:8 error: unterminated quoted string\n" },
	{ "SELECT E'a\\'", "1:8 error: unterminated quoted string\n" },
	{ "SELECT E'a\\", "1:8 error: unterminated quoted string\n" },
	{ "SELECT x'a", "1:8 error: unterminated quoted string\n" },
	{ "SELECT 'a'\n  'b", "2:3 error: unterminated quoted string\n" },
	{ "'", "1:1 error: unterminated quoted string\n" },
	{ "SELECT 1, \"a;\n", "1:11 error: unterminated quoted identifier\n" },
	{ "SELECT U&\"a\"\"", "1:8 error: unterminated quoted identifier\n" },
	{ "DO\r\n$$ BEGIN; $a$ $ ", "2:1 error: unterminated dollar-quoted string \"$$\"\n" },
	{ "\xc3\xa4\xc3\xa4 $tag$ $$ $tag",
	    "1:4 error: unterminated dollar-quoted string \"$tag$\"\n" },
	{ "DO $$", "1:4 error: unterminated dollar-quoted string \"$$\"\n" },
	{ "SELECT 1; \n /* SELECT 2;", "1:1 SELECT 1\n2:2 error: unterminated /* comment\n" },
	{ "SELECT 1 /* /* */ ;", "1:10 error: unterminated /* comment\n" },
	{ "/*/", "1:1 error: unterminated /* comment\n" },
	{ "/*", "1:1 error: unterminated /* comment\n" },
	{ "\\connect db\nSELECT 1;",
	    "1:1 error: psql meta-command \"\\connect\" is not supported\n" },
	{ "SELECT 1;\n  \\i a.sql",
	    "1:1 SELECT 1\n2:3 error: psql meta-command \"\\i\" is not supported\n" },
	{ "SELECT 1 \\gexec\n", "1:10 error: psql meta-command \"\\gexec\" is not supported\n" },
	{ "SELECT 1\\; SELECT 2;", "1:9 error: psql meta-command \"\\;\" is not supported\n" },
	{ "\\", "1:1 error: psql meta-command \"\\\" is not supported\n" },
	{ "\\.\n", "1:1 error: psql meta-command \"\\.\" is not supported\n" },
	{ "\\!ls", "1:1 error: psql meta-command \"\\!\" is not supported\n" },
	{ "SELECT (\n\\restrict a\n1);",
	    "2:1 error: psql meta-command \"\\restrict\" is not supported\n" },
	{ "\\restricted", "1:1 error: psql meta-command \"\\restricted\" is not supported\n" },
	{ "\\restrict 3xY'\n-- a\nSELECT 1;\n\n\\unrestrict 3xY'\r\n",
	    "2:1 comment -- a\n3:1 SELECT 1\n" },
	{ "SELECT 1; \\restrict a", "1:1 SELECT 1\n" },
};

START_TEST(refuses_what_is_not_closed_and_what_psql_alone_understands)
{
	check_cut(&errors[_i], true, false);
}
END_TEST

/* What it is behind a script. */
static const struct setting {
	bool before;
	const char *script;
	bool after;
} settings[] = {
	{ true, "", true },
	{ false, "", false },
	{ true, "SET standard_conforming_strings = off;", false },
	{ false, "SET standard_conforming_strings = on;", true },
	{ true, "set session standard_conforming_strings to 'off' ;", false },
	{ true, "SET /* a */ LOCAL Standard_Conforming_Strings\nTO\noff;", false },
	{ true, "SET standard_conforming_strings=0;", false },
	{ false, "SET standard_conforming_strings = 1;", true },
	{ false, "SET standard_conforming_strings = tr;", true },
	{ false, "SET standard_conforming_strings = 'Yes';", true },
	{ true, "SET standard_conforming_strings = no;", false },
	{ true, "SET standard_conforming_strings = off; RESET standard_conforming_strings;", true },
	{ false, "SET standard_conforming_strings = on; RESET ALL;", false },
	{ false, "SET standard_conforming_strings = on; DISCARD ALL;", false },
	{ false,
	    "SET standard_conforming_strings = on; SET standard_conforming_strings TO DEFAULT;",
	    false },
	{ true, "SET escape_string_warning = off;", true },
	{ true, "SELECT 'SET standard_conforming_strings = off';", true },
	{ true, "CREATE FUNCTION f() SET standard_conforming_strings = off AS $$ $$;", true },
};

START_TEST(follows_standard_conforming_strings)
{
	const struct setting *setting = &settings[_i];
	const char *tail = "SELECT '\\';'; x";
	char *script = arena_printf(arena, "%s\n%s", setting->script, tail);
	const char *items = cuts((struct source){ .text = script }, setting->before);

	ck_assert_ptr_nonnull(
	    strstr(items, setting->after ? " SELECT '\\'\n" : " SELECT '\\';'\n"));
}
END_TEST

static const struct cut escapes[] = {
	{ "SELECT 'it\\'s; x'; x", "1:1 SELECT 'it\\'s; x'\n1:20 x\n" },
	{ "SELECT N'it\\'s; x'; x", "1:1 SELECT N'it\\'s; x'\n1:21 x\n" },
	{ "SELECT 'a'\n'\\';'; x", "1:1 SELECT 'a'\n'\\';'\n2:8 x\n" },
	{ "SELECT U&'\\'; x", "1:1 SELECT U&'\\'\n1:15 x\n" },
	{ "SELECT x'\\'; x", "1:1 SELECT x'\\'\n1:14 x\n" },
	{ "SELECT x'1''\\';'; x", "1:1 SELECT x'1''\\';'\n1:19 x\n" },
	{ "SELECT \"\\\"; x", "1:1 SELECT \"\\\"\n1:13 x\n" },
};

START_TEST(takes_backslashes_for_escapes_in_the_old_mode)
{
	check_cut(&escapes[_i], false, false);
}
END_TEST

static const struct cut placeholders[] = {
	{ "SELECT <a=1>; x", "1:1 SELECT 1\n1:14 x\n" },
	{ "<a=>SELECT 1; <b=>x", "1:5 SELECT 1\n1:19 x\n" },
	{ "<name=SELECT 1; SELECT 2>; x; y", "1:1 SELECT 1\n1:1 SELECT 2\n1:10 x\n1:13 y\n" },
	{ "SELECT '<a=\n\n>'; x\n; y", "1:1 SELECT '\n\n'\n1:16 x\n2:3 y\n" },
	{ "SELECT '<a='; SELECT '>'; x", "1:1 SELECT ''\n1:9 SELECT ''\n1:16 x\n" },
	{ "<a=$$>;<a=$$>; x", "1:1 $$;$$\n1:12 x\n" },
	{ "COPY t FROM STDIN;\n<a=1\n2>\n\\.\nx",
	    "1:1 COPY t FROM STDIN\n2:1 data 1\n2\n3:1 end of data\n4:1 x\n" },
	{ "-- <a=b>\nSELECT 1", "1:1 comment -- b\n2:1 SELECT 1\n" },
	{ "-- <a=b\nSELECT 0;> c\nSELECT 1", "1:1 comment -- b\n1:4 SELECT 0\n1:9 c\nSELECT 1\n" },
	/* Those without a value. */
	{ "-- <a>\nSELECT 1 /* <b> */; -- <c>", "1:1 comment -- ${a}\n2:1 SELECT 1 /* ${b} */\n" },
	{ "SELECT\n <a>", "2:2 error: unknown placeholder \"${a}\"\n" },
	{ "SELECT 1; SELECT '<a>", "1:1 SELECT 1\n1:19 error: unknown placeholder \"${a}\"\n" },
	{ "DO $$ <a>", "1:7 error: unknown placeholder \"${a}\"\n" },
	{ "/* */<a> --", "1:6 error: unknown placeholder \"${a}\"\n" },
	{ "\\restrict<a>", "1:10 error: unknown placeholder \"${a}\"\n" },
	{ "\\res<a>", "1:5 error: unknown placeholder \"${a}\"\n" },
	{ "-<a>- b", "1:2 error: unknown placeholder \"${a}\"\n" },
	{ "<b=1><a>", "1:5 error: unknown placeholder \"${a}\"\n" },
	{ "COPY t FROM STDIN; -- <a>\n1\n<b>",
	    "1:1 COPY t FROM STDIN\n2:1 data 1\n3:1 error: unknown placeholder \"${b}\"\n" },
};

START_TEST(gives_the_places_of_the_file_where_placeholders_were)
{
	check_cut(&placeholders[_i], true, true);
}
END_TEST

START_TEST(passes_on_what_the_reader_says)
{
	struct source source = { .text = "SELECT 1; SELECT '", .fails = "it is gone" };

	ck_assert_str_eq(cuts(source, true), "1:1 SELECT 1\nerror: it is gone\n");
}
END_TEST

/* The place of a character of the last statement, as "line:column" and the line. */
static const struct position {
	const char *script;
	int64_t character;
	const char *place, *line;
} positions[] = {
	{ "SELECT x", 8, "1:8", "SELECT x" },
	{ "SELECT x", 1, "1:1", "SELECT x" },
	{ "SELECT x", 99, "1:9", "SELECT x" },
	{ "SELECT x", 0, "1:1", "SELECT x" },
	{ "SELECT 1;\n\n SELECT\n  x\n, y", 10, "4:3", "  x" },
	{ "SELECT 1; SELECT x", 8, "1:18", "          SELECT x" },
	{ "SELECT '\xc3\xa4\xe2\x82\xac', x", 13, "1:13", "SELECT '\xc3\xa4\xe2\x82\xac', x" },
	{ "SELECT\r\n\r\nx", 11, "3:1", "x" },
	{ "SELECT\r\rx", 9, "3:1", "x" },
	{ "SELECT <abc=1>, x", 11, "1:16", "SELECT ${abc}, x" },
	{ "SELECT <abc=1>, x", 8, "1:8", "SELECT ${abc}, x" },
	{ "SELECT <a=1\n2>, x", 10, "1:8", "SELECT ${a}, x" },
	{ "SELECT <a=1\n2>, x\n, y", 13, "1:14", "SELECT ${a}, x" },
	{ "SELECT <a=1\n2>, x\n, y", 17, "2:3", ", y" },
	{ "SELECT <a=>x\n, y", 8, "1:12", "SELECT ${a}x" },
	{ "SELECT a,\n <t=b>, <\xc3\xa4=u>, x", 18, "2:14", " ${t}, ${\xc3\xa4}, x" },
};

START_TEST(finds_the_servers_position_in_the_file)
{
	const struct position *position = &positions[_i];
	struct source source = { .text = position->script, .placeholders = true };
	struct split *s = split_new(arena, "V1.sql", true, read_source, &source);
	struct error *err = error_new(arena);
	struct split_item item = { 0 };
	struct place place;

	ck_assert(split_next(s, &item, err));
	if (strchr(position->script, ';') != NULL)
		ck_assert(split_next(s, &item, err));
	place = split_place(arena, "V1.sql", &item, position->character);
	ck_assert_str_eq(place.path, "V1.sql");
	ck_assert_str_eq(
	    arena_printf(arena, "%d:%d", (int)place.line, (int)place.column), position->place);
	ck_assert_str_eq(place.source, position->line);
}
END_TEST

START_TEST(shows_the_line_of_an_error)
{
	struct source source = { .text = "SELECT 1; SELECT\n a, 'b;\n" };
	struct split *s = split_new(arena, "V1.sql", true, read_source, &source);
	struct error *err = error_new(arena);
	struct split_item item;

	ck_assert(split_next(s, &item, err));
	ck_assert(!split_next(s, &item, err));
	ck_assert_int_eq(err->code, ERR_REFUSED);
	ck_assert_str_eq(err->place.path, "V1.sql");
	ck_assert_str_eq(err->place.source, " a, 'b;");
	ck_assert(!split_next(s, &item, err));
}
END_TEST

/* What stands in one line of many megabytes is shown without it. */
START_TEST(shows_no_line_far_to_the_right)
{
	char *script = arena_printf(arena, "SELECT %*s'", 5000, "");
	struct source source = { .text = script };
	struct split *s = split_new(arena, "V1.sql", true, read_source, &source);
	struct error *err = error_new(arena);
	struct split_item item;

	ck_assert(!split_next(s, &item, err));
	ck_assert_int_eq(err->place.column, 5008);
	ck_assert_ptr_null(err->place.source);
}
END_TEST

/* Far more than is kept at a time, in one piece and in small ones. */
START_TEST(keeps_the_places_in_a_long_file)
{
	struct arena_text *text = arena_text_new(arena);
	struct source source = { .placeholders = true, .piece = _i == 0 ? 0 : 1000 };
	struct split *s = split_new(arena, "V1.sql", true, read_source, &source);
	struct error *err = error_new(arena);
	struct split_item item;
	struct place place;

	for (int line = 1; line <= 20000; line++)
		fprintf(text->out, "SELECT 1; SELECT '<\xc3\xa4=;\n>', <a=2>, <b=>%d;\n", line);
	source.text = arena_text_end(text);
	for (int line = 1; line <= 20000; line++) {
		ck_assert(split_next(s, &item, err));
		ck_assert(split_next(s, &item, err));
		ck_assert_int_eq(item.line, line);
		ck_assert_int_eq(item.column, 11);
		place = split_place(arena, "V1.sql", &item, 17);
		ck_assert_int_eq(place.line, line);
		ck_assert_int_eq(place.column, 36);
		if (line > 19000)
			ck_assert_str_eq(place.source,
			    arena_printf(
				arena, "          SELECT '${\xc3\xa4}', ${a}, ${b}%d", line));
	}
	ck_assert(split_next(s, &item, err));
	ck_assert_int_eq(item.kind, SPLIT_END);
}
END_TEST

/* All of it has the place of the placeholder. */
START_TEST(takes_a_long_value)
{
	struct arena_text *text = arena_text_new(arena);
	struct source source = { .placeholders = true };
	struct split *s = split_new(arena, "V1.sql", true, read_source, &source);
	struct error *err = error_new(arena);
	struct split_item item;

	fputs("/* */<abc=", text->out);
	for (int i = 0; i < 20000; i++)
		fputs("SELECT 1;\n", text->out);
	fputs("> SELECT 2;\n", text->out);
	source.text = arena_text_end(text);
	for (int i = 0; i < 20000; i++) {
		ck_assert(split_next(s, &item, err));
		ck_assert_str_eq(item.text, "SELECT 1");
		ck_assert_int_eq(item.line, 1);
		ck_assert_int_eq(item.column, 6);
		ck_assert_int_eq(item.offset, 5);
	}
	ck_assert(split_next(s, &item, err));
	ck_assert_str_eq(item.text, "SELECT 2");
	ck_assert_int_eq(item.line, 1);
	ck_assert_int_eq(item.column, 13);
	ck_assert_int_eq(item.offset, 12);
}
END_TEST

/* The same statement again and again, without an end; what is left of it is counted down. */
struct endless {
	const char *text;
	size_t left;
};

static bool
read_endless(void *source, struct split_chunk *chunk, struct error *err)
{
	struct endless *s = source;

	(void)err;
	chunk->text = s->text;
	chunk->length = s->left > 0 ? strlen(s->text) : 0;
	s->left -= s->left > 0;
	return true;
}

/* Quadratic work in any of these would take minutes. */
static const struct long_text {
	const char *piece;
	size_t pieces, items;
} long_texts[] = {
	{ "SELECT 1;", 200000, 200000 },
	{ "SELECT '\xc3\xa4';\n", 200000, 200000 },
	{ ";;;;;;;;;;", 200000, 0 },
	{ "-- migrate:allow x\n", 200000, 200000 },
	{ "a ", 2000000, 1 },
	{ "'a' \n ", 1000000, 1 },
	{ "((((((((", 1000000, 1 },
	{ "$a $1 a$ $ ", 1000000, 1 },
	{ "/* a */", 1000000, 0 },
	{ "COPY t FROM STDIN;\n1\n\\.\n", 100000, 300000 },
};

START_TEST(takes_linear_time)
{
	const struct long_text *text = &long_texts[_i];
	struct endless source = { text->piece, text->pieces };
	struct split *s = split_new(arena, "V1.sql", true, read_endless, &source);
	struct error *err = error_new(arena);
	struct split_item item;
	size_t items = 0;

	while (split_next(s, &item, err) && item.kind != SPLIT_END)
		items++;
	ck_assert_int_eq(err->code, ERR_NONE);
	ck_assert_uint_eq(items, text->items);
}
END_TEST

int
main(void)
{
	TCase *tests = tcase_create("split");
	Suite *suite = suite_create("split");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tests, set_up, tear_down);
#define LOOP(test, array) tcase_add_loop_test(tests, test, 0, (int)LENGTH(array))
	LOOP(cuts_at_semicolons_and_knows_the_places, statements);
	LOOP(cuts_not_inside_quotes, quotes);
	LOOP(continues_strings_over_lines, continuations);
	LOOP(cuts_not_inside_dollar_quotes, dollars);
	LOOP(cuts_not_inside_comments, comments);
	LOOP(keeps_begin_atomic_together, blocks);
	LOOP(gives_the_data_of_copy, copies);
	LOOP(refuses_what_is_not_closed_and_what_psql_alone_understands, errors);
	LOOP(follows_standard_conforming_strings, settings);
	LOOP(takes_backslashes_for_escapes_in_the_old_mode, escapes);
	LOOP(gives_the_places_of_the_file_where_placeholders_were, placeholders);
	LOOP(finds_the_servers_position_in_the_file, positions);
	LOOP(takes_linear_time, long_texts);
	tcase_add_loop_test(tests, keeps_the_places_in_a_long_file, 0, 2);
	tcase_add_test(tests, takes_a_long_value);
	tcase_add_test(tests, passes_on_what_the_reader_says);
	tcase_add_test(tests, shows_the_line_of_an_error);
	tcase_add_test(tests, shows_no_line_far_to_the_right);
	suite_add_tcase(suite, tests);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed > 0;
}
