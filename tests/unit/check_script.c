/* SPDX-License-Identifier: MIT */
#include "core/script.h"

#include "folder.h"
#include "sql/range.h"
#include "sql/split.h"

static struct arena *arena;
static const char *folder;
static struct script script;
static struct config config;
static struct script_environment env;
static struct problems problems;
static struct error *err;

static void
set_up(void)
{
	static struct config_pair pairs[] = { { .name = "who", .value = "world" } };

	arena = arena_new(NULL);
	folder = folder_new(arena);
	err = error_new(arena);
	problems = (struct problems){ .arena = arena };
	config = (struct config){ .placeholders = { .pairs = pairs, .count = 1 } };
	env = (struct script_environment){
		.server_version = 150018,
		.standard_conforming_strings = true,
		.config = &config,
	};
	script = (struct script){
		.kind = SCRIPT_VERSIONED,
		.version = "1",
		.description = "a",
		.name = "V1__a.sql",
		.script = "V1__a.sql",
		.directory = folder,
		.conf = { .execute_in_transaction = NOT_GIVEN,
		    .placeholder_replacement = NOT_GIVEN },
	};
}

static void
tear_down(void)
{
	arena_close(arena);
}

static void
write_bytes(const char *bytes, size_t length)
{
	script.path = folder_write(arena, folder, script.name, bytes, length);
}

static void
read_text(const char *text)
{
	write_bytes(text, strlen(text));
	script_read(arena, &script, &env, &problems);
}

static void
read_good(const char *text)
{
	read_text(text);
	ck_assert_msg(
	    problems.count == 0, "%s", problems.count == 0 ? "" : problems.list[0]->message);
	ck_assert(script.read && script.hashed);
}

static void
assert_problem(size_t i, int line, int column, const char *message)
{
	const struct error *problem;

	ck_assert_uint_gt(problems.count, i);
	problem = problems.list[i];
	ck_assert_int_eq(problem->code, ERR_REFUSED);
	ck_assert_msg(strstr(problem->message, message) != NULL, "%s", problem->message);
	ck_assert_str_eq(problem->place.path, script.path);
	ck_assert_int_eq(problem->place.line, line);
	ck_assert_int_eq(problem->place.column, column);
}

/* --- checksums --- */

START_TEST(hashes_raw_text_but_of_repeatables)
{
	static const char text[] = "SELECT '${who}';\n";

	write_bytes(text, strlen(text));
	ck_assert(script_hash(&script, &env, err));
	ck_assert(script.hashed && !script.read);
	ck_assert_int_eq(script.checksum, 1635467218);
	ck_assert_int_eq(script.size, (int64_t)strlen(text));
	script.kind = SCRIPT_REPEATABLE;
	ck_assert(script_hash(&script, &env, err));
	ck_assert_int_eq(script.checksum, -1974281165);
	ck_assert_int_eq(script.raw_checksum, 1635467218);
}
END_TEST

static const char *const repeatables[] = {
	"-- a view for ${who}\nCREATE VIEW v AS SELECT '${who}';\n",
	"/* ${nobody} */ SELECT $$${who}$$;",
	"-- migrate:placeholders off\nSELECT '${who}';",
	"\xef\xbb\xbf-- one\r\n/* two\n */\n-- migrate:placeholders off\nSELECT '${nobody}';",
	"-- migrate:phase expand\nSELECT '${who}';",
};

START_TEST(hashes_a_short_file_ahead_and_tells_it_when_asked)
{
	struct script ahead;

	write_bytes("SELECT 1;\nSELECT 2;\n", 20);
	ahead = script;
	script_hash_ahead(&ahead);
	ck_assert(ahead.ahead && !ahead.hashed);
	ck_assert(script_hash(&ahead, &env, err));
	ck_assert(script_hash(&script, &env, err));
	ck_assert(ahead.hashed);
	ck_assert_int_eq(ahead.checksum, script.checksum);
	ck_assert_int_eq(ahead.raw_checksum, script.raw_checksum);
	ck_assert_uint_eq(ahead.layout, script.layout);
	ck_assert_int_eq(ahead.size, script.size);
	script_read(arena, &ahead, &env, &problems);
	ck_assert(ahead.read && !ahead.ahead);
}
END_TEST

START_TEST(hashes_ahead_only_what_costs_little_and_is_well)
{
	static char text[100000];

	write_bytes("SELECT '\xff';", 12);
	script_hash_ahead(&script);
	ck_assert(!script.ahead);
	memset(text, ' ', sizeof(text));
	write_bytes(text, sizeof(text));
	script_hash_ahead(&script);
	ck_assert(!script.ahead);
	script.kind = SCRIPT_REPEATABLE; /* its placeholders are not known yet */
	write_bytes("SELECT 1;", 9);
	script_hash_ahead(&script);
	ck_assert(!script.ahead && !script.hashed);
}
END_TEST

START_TEST(hashes_alike_with_and_without_reading)
{
	struct script hashed;

	script.kind = SCRIPT_REPEATABLE;
	read_good(repeatables[_i]);
	hashed = script;
	hashed.checksum = 0;
	ck_assert(script_hash(&hashed, &env, err));
	ck_assert_int_eq(hashed.checksum, script.checksum);
	ck_assert_int_eq(hashed.raw_checksum, script.raw_checksum);
	ck_assert_uint_eq(hashed.layout, script.layout);
}
END_TEST

START_TEST(replaces_placeholders_in_comments_of_repeatables)
{
	script.kind = SCRIPT_REPEATABLE;
	read_good("-- for ${who}\nSELECT 'world';");
	ck_assert_int_ne(script.checksum, script.raw_checksum);
	read_good("-- for ${nobody}\nSELECT 'world';");
	ck_assert_int_eq(script.checksum, script.raw_checksum);
}
END_TEST

START_TEST(leaves_placeholders_alone_when_told)
{
	script.kind = SCRIPT_REPEATABLE;
	script.conf.placeholder_replacement = 0;
	read_good("CREATE VIEW v AS SELECT '${nobody} ${who}';");
	ck_assert_int_eq(script.checksum, script.raw_checksum);
	ck_assert_str_eq(script.statements[0].text, "CREATE VIEW v AS SELECT '${nobody} ${who}'");
	script.conf.placeholder_replacement = NOT_GIVEN;
	read_good("-- first\n-- migrate:placeholders off\nCREATE VIEW v AS SELECT '${nobody}';");
	ck_assert_int_eq(script.checksum, script.raw_checksum);
	ck_assert_int_eq(script.directives.placeholders, 0);
}
END_TEST

START_TEST(refuses_an_unknown_placeholder_with_its_place)
{
	read_text("SELECT 1;\nSELECT '${nobody}';\n");
	ck_assert_uint_eq(problems.count, 1);
	assert_problem(0, 2, 9, "${nobody}");
	ck_assert(!script.read);
}
END_TEST

/* --- statements --- */

START_TEST(keeps_all_but_plain_dml)
{
	read_good("CREATE TABLE t (i int);\nINSERT INTO t VALUES (1);\n\n"
		  "  ALTER TABLE t ADD x ${who};\nSELECT 1;\nCOMMENT ON TABLE t IS 'x'");
	ck_assert_int_eq(script.statement_total, 5);
	ck_assert_int_eq(script.dml_total, 2);
	ck_assert_uint_eq(script.statement_count, 3);
	ck_assert_int_eq(script.statements[1].number, 3);
	ck_assert_int_eq(script.statements[1].line, 4);
	ck_assert_int_eq(script.statements[1].column, 3);
	ck_assert_str_eq(script.statements[1].text, "ALTER TABLE t ADD x world");
	ck_assert(!script.statements[1].cut && !script.statements[1].skip);
	ck_assert(script.transaction && !script.own_transaction);
	ck_assert(!script.copies && !script.sets_transaction && !script.makes_temporary);
}
END_TEST

START_TEST(cuts_long_statements_between_characters)
{
	struct arena_text *t = arena_text_new(arena);

	fputs("COMMENT ON TABLE t IS '", t->out);
	for (int i = 0; i < 1000; i++)
		fputs("\xc3\xa4", t->out);
	fputs("'", t->out);
	read_good(arena_text_end(t));
	ck_assert(script.statements[0].cut);
	ck_assert_uint_eq(strlen(script.statements[0].text), 999);
}
END_TEST

START_TEST(keeps_ten_thousand_statements)
{
	struct arena_text *t = arena_text_new(arena);

	fputs("BEGIN;", t->out);
	for (int i = 0; i < 10100; i++)
		fputs("DROP TABLE t;\n", t->out);
	fputs("COMMIT;", t->out);
	read_good(arena_text_end(t));
	ck_assert_int_eq(script.statement_total, 10102);
	ck_assert_uint_eq(script.statement_count, 10001);
	ck_assert(script.own_transaction);
	ck_assert(script.statements[0].skip);
	ck_assert(script.statements[10000].skip);
	ck_assert_int_eq(script.statements[10000].number, 10102);
}
END_TEST

static const char *const empty[] = { "", "\n\n", "-- nothing\n", "/* nothing */", ";;" };

START_TEST(reads_files_without_statements)
{
	read_good(empty[_i]);
	ck_assert_int_eq(script.statement_total, 0);
	ck_assert(script.transaction);
}
END_TEST

START_TEST(tells_layout_from_change)
{
	uint32_t before;

	read_good("CREATE TABLE t (i int);");
	before = script.body_hash;
	read_good("-- why\nCREATE  TABLE t\n(i int);\n");
	ck_assert_uint_eq(script.body_hash, before);
	read_good("CREATE TABLE t (i bigint);");
	ck_assert_uint_ne(script.body_hash, before);
}
END_TEST

START_TEST(notes_what_a_step_must_know)
{
	read_good("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE;\nCREATE TEMP TABLE x (i int);\n"
		  "COPY x FROM STDIN;\n1\n\\.\n");
	ck_assert(script.copies && script.sets_transaction && script.makes_temporary);
}
END_TEST

/* --- directives --- */

START_TEST(gives_directives_to_file_and_statement)
{
	read_good("-- migrate:lock_timeout 2s\n-- migrate:next lock_timeout 3s\n"
		  "CREATE TABLE t (i int);\n\n"
		  "-- migrate:lock_timeout 4s\n-- migrate:allow a\nUPDATE t SET i = 1;\n"
		  "DROP TABLE t;");
	ck_assert_int_eq(script.directives.lock_timeout_ms, 2000);
	ck_assert_uint_eq(script.statement_count, 3);
	ck_assert_int_eq(script.statements[0].directives.lock_timeout_ms, 3000);
	ck_assert_int_eq(script.statements[1].number, 2);
	ck_assert_int_eq(script.statements[1].directives.lock_timeout_ms, 4000);
	ck_assert_uint_eq(script.statements[1].directives.allow_count, 1);
	ck_assert(!script.statements[2].directives.given);
	ck_assert_int_eq(script.statements[2].directives.lock_timeout_ms, NOT_GIVEN);
}
END_TEST

#define BATCH "-- migrate:batch table=t key=id\n"
#define BOUNDED "DELETE FROM t WHERE old AND id BETWEEN :from AND :to"

static const struct bad {
	const char *text, *message;
	int line, column;
} bads[] = {
	{ "SELECT 1;\n  -- migrate:lock_timeout 1s\n", "no statement follows", 2, 3 },
	{ "-- migrate:next lock_timeout 1s\n", "no statement follows", 1, 1 },
	{ "SELECT\n-- migrate:lock_timeout 1s\n1;", "inside a statement", 2, 1 },
	{ "\n-- migrate:lock_timout 1s\nSELECT 1;", "no directive \"lock_timout\"", 2, 12 },
	{ "SELECT 1;\n-- migrate:phase expand\nSELECT 2;", "before its first statement", 2, 12 },
	{ "-- migrate:up\nSELECT 1;", "dbmate", 1, 1 },
	{ "-- migrate:until SELECT 1\nSELECT 1;", "needs \"-- migrate:batch", 1, 18 },
	{ "SELECT 1;\nSELECT 'a", "", 2, 8 },
	{ "SELECT 1;\n\\connect other\n", "\\connect", 2, 1 },
	{ "SELECT 1;\nCOMMIT;\n", "COMMIT cannot stand here", 2, 1 },
	{ "SELECT 1;\n ROLLBACK;\n", "ROLLBACK cannot stand here", 2, 2 },
	{ "PREPARE TRANSACTION 'x';", "PREPARE TRANSACTION cannot stand here", 1, 1 },
	{ "BEGIN;\nSELECT 1;", "BEGIN cannot stand here", 1, 1 },
	{ "SELECT 1;\nBEGIN;\nSELECT 1;", "BEGIN cannot stand here", 2, 1 },
	{ "BEGIN;\nCOMMIT;\nSELECT 1;\nCOMMIT;", "COMMIT cannot stand here", 2, 1 },
	{ "BEGIN;\nSELECT 1;\nROLLBACK;\nCOMMIT;", "ROLLBACK cannot stand here", 3, 1 },
	{ "-- migrate:transaction off\nSELECT 1;\nCOMMIT;", "COMMIT cannot stand here", 3, 1 },
	{ "SELECT 1;\nDISCARD ALL;", "drop the lock", 2, 1 },
	{ "-- migrate:transaction off\nSELECT pg_advisory_unlock_all();", "drop the lock", 2, 1 },
	{ "CREATE TABLE t (i int);\nVACUUM t;\nVACUUM t;",
	    "VACUUM cannot run inside a transaction block, and CREATE TABLE in line 1", 2, 1 },
	{ BATCH "UPDATE t SET a = 1 WHERE id = 1;", "no :from", 2, 1 },
	{ BATCH "UPDATE t\nSET a = 'ä' WHERE a OR id BETWEEN :from AND :to;", "does not bound", 3,
	    35 },
	{ BATCH "UPDATE t SET a = 1 WHERE ${who} OR id BETWEEN :from AND :to;", "does not bound", 2,
	    47 },
	{ BATCH "CREATE TABLE t ();", "one INSERT, UPDATE or DELETE, not CREATE", 2, 1 },
	{ BATCH "BEGIN;\nCOMMIT;", "one INSERT, UPDATE or DELETE, not BEGIN", 2, 1 },
	{ BATCH "COPY t FROM STDIN;\n1\n\\.\n", "not COPY", 2, 1 },
	{ BATCH "SELECT 1;", "not SELECT", 2, 1 },
	{ "-- migrate:batch table=t\n" BOUNDED ";", "batch needs key", 1, 18 },
	{ BATCH "-- nothing\n", "has no statement", 1, 1 },
	{ BATCH "-- migrate:transaction off\n" BOUNDED ";", "no use for \"transaction\"", 2, 1 },
	{ BATCH BOUNDED ";\n VACUUM t;\nVACUUM u;", "this VACUUM is a second one", 3, 2 },
	{ BATCH "DELETE FROM t WHERE pg_advisory_unlock_all() IS NULL AND id BETWEEN :from AND "
		":to;",
	    "drop the lock", 2, 1 },
	{ "BEGIN;\nVACUUM t;\nCOMMIT;", "VACUUM cannot run inside a transaction block", 2, 1 },
};

START_TEST(refuses_with_place)
{
	const struct bad *b = &bads[_i];

	read_text(b->text);
	ck_assert_uint_ge(problems.count, 1);
	assert_problem(0, b->line, b->column, b->message);
	ck_assert_ptr_nonnull(problems.list[0]->place.source);
}
END_TEST

/* --- files in batches --- */

START_TEST(reads_a_file_in_batches)
{
	config.mixed = true;
	script.conf.execute_in_transaction = 1;
	read_good(BATCH "-- migrate:lock_timeout 1s\n\n" BOUNDED ";\n-- done\n");
	ck_assert(!script.transaction && script.range != NULL);
	ck_assert_int_eq(script.range->kind, RANGE_DELETE);
	ck_assert_str_eq(script.range->text, BOUNDED);
	ck_assert_str_eq(script.range->check, "SELECT 1 FROM t WHERE old LIMIT 1");
	ck_assert_uint_eq(script.statement_count, 1);
	ck_assert_str_eq(script.statements[0].text, BOUNDED);
	ck_assert_int_eq(script.statements[0].line, 4);
}
END_TEST

START_TEST(tells_what_a_file_in_batches_does)
{
	env.acts = true;
	read_good(BATCH "UPDATE t SET a = 1 WHERE a IS NULL AND id BETWEEN :from AND :to;");
	ck_assert(script.statements[0].class.parsed);
	ck_assert_uint_eq(script.statements[0].acts.count, 1);
	ck_assert_int_eq(script.statements[0].acts.list[0].kind, ACT_UPDATE);
	ck_assert(script.statements[0].acts.list[0].has_limit);
}
END_TEST

START_TEST(runs_only_versioned_and_undo_files_in_batches)
{
	script.kind = SCRIPT_UNDO;
	read_good(BATCH BOUNDED ";");
	script.kind = SCRIPT_REPEATABLE;
	read_text(BATCH BOUNDED ";");
	ck_assert_uint_eq(problems.count, 1);
	assert_problem(0, 1, 1, "only a V or U file");
	script.kind = SCRIPT_CALLBACK;
	read_text(BATCH BOUNDED ";");
	ck_assert_uint_eq(problems.count, 2);
}
END_TEST

START_TEST(lists_everything_that_is_wrong)
{
	read_text("-- migrate:role\nCOMMIT;\nDISCARD ALL;\nSELECT 1;\nVACUUM;\n"
		  "-- migrate:lock_timeout 1s\n");
	ck_assert_uint_eq(problems.count, 5);
	assert_problem(0, 1, 16, "identifier");
	assert_problem(1, 2, 1, "COMMIT");
	assert_problem(2, 3, 1, "drop the lock");
	assert_problem(3, 6, 1, "no statement follows");
	assert_problem(4, 5, 1, "VACUUM");
}
END_TEST

START_TEST(tells_both_ways_out_of_a_mixed_file)
{
	read_text("CREATE TABLE t (i int);\nVACUUM t;");
	ck_assert(strstr(problems.list[0]->next, "a file of its own") != NULL);
	ck_assert(strstr(problems.list[0]->next, "-- migrate:transaction off") != NULL);
}
END_TEST

/* --- transactions --- */

static const struct decision {
	const char *text;
	int conf; /* executeInTransaction */
	bool mixed;
	bool transaction, own, refused;
} decisions[] = {
	{ "SELECT 1;", NOT_GIVEN, false, true, false, false },
	{ "SELECT 1;", 0, false, false, false, false },
	{ "SELECT 1;", 1, false, true, false, false },
	{ "SELECT 1;", NOT_GIVEN, true, true, false, false },
	{ "-- migrate:transaction off\nSELECT 1;", 1, false, false, false, false },
	{ "VACUUM t;", NOT_GIVEN, false, false, false, false },
	{ "SET lock_timeout = 0; VACUUM t; RESET lock_timeout; ANALYZE t; SHOW x;", NOT_GIVEN,
	    false, false, false, false },
	{ "CREATE INDEX CONCURRENTLY i ON t (i);", NOT_GIVEN, false, false, false, false },
	{ "VACUUM t;", 1, false, true, false, true },
	{ "VACUUM t; SELECT 1;", NOT_GIVEN, false, true, false, true },
	{ "VACUUM t; SELECT 1;", NOT_GIVEN, true, false, false, false },
	{ "VACUUM t; SELECT 1;", 0, false, false, false, false },
	{ "-- migrate:transaction off\nVACUUM t; SELECT 1;", NOT_GIVEN, false, false, false,
	    false },
	{ "BEGIN; SELECT 1; COMMIT;", NOT_GIVEN, false, true, true, false },
	{ "start transaction; SELECT 1; end", NOT_GIVEN, false, true, true, false },
	{ "BEGIN; COMMIT", NOT_GIVEN, false, true, true, false },
	{ "BEGIN; SELECT 1; COMMIT;", 0, false, true, true, false },
	{ "BEGIN; VACUUM; COMMIT;", 0, true, true, true, true },
	{ "SAVEPOINT a; SELECT 1; ROLLBACK TO a; RELEASE a;", NOT_GIVEN, false, true, false,
	    false },
};

START_TEST(decides_about_the_transaction)
{
	const struct decision *d = &decisions[_i];

	script.conf.execute_in_transaction = d->conf;
	config.mixed = d->mixed;
	read_text(d->text);
	ck_assert(script.read);
	ck_assert(script.transaction == d->transaction);
	ck_assert(script.own_transaction == d->own);
	ck_assert_uint_eq(problems.count, d->refused);
}
END_TEST

START_TEST(keeps_the_modes_of_its_own_transaction)
{
	read_good("BEGIN ISOLATION LEVEL SERIALIZABLE;\nDROP TABLE t;\nCOMMIT;\n-- end\n");
	ck_assert_str_eq(script.begin_modes, "ISOLATION LEVEL SERIALIZABLE");
	ck_assert_uint_eq(script.statement_count, 3);
	ck_assert(script.statements[0].skip);
	ck_assert(!script.statements[1].skip);
	ck_assert(script.statements[2].skip);
}
END_TEST

static const struct look_case {
	const char *text;
	bool looked;
	enum phase phase;
} look_cases[] = {
	{ "-- why\n\n/* and how */\n-- migrate:phase contract\nDROP TABLE t;", true,
	    PHASE_CONTRACT },
	{ "\xef\xbb\xbf-- migrate:phase ${part}\nSELECT '${nobody}';", true, PHASE_BACKFILL },
	{ "-- migrate:phase contract\nSELECT '", true, PHASE_CONTRACT },
	{ "-- migrate:phase contract", true, PHASE_CONTRACT },
	{ "SELECT 1;\n-- migrate:phase contract\nSELECT 2;", true, PHASE_NONE },
	{ "", true, PHASE_NONE },
	{ "-- migrate:phase contract\n-- migrate:phase contract\nSELECT 1;", false, PHASE_NONE },
	{ "-- migrate:phase last\nSELECT 1;", false, PHASE_NONE },
};

START_TEST(looks_at_the_head_only)
{
	static struct config_pair pairs[] = { { .name = "part", .value = "backfill" } };
	const struct look_case *c = &look_cases[_i];

	config.placeholders.pairs = pairs;
	write_bytes(c->text, strlen(c->text));
	script_look(arena, &script, &env);
	ck_assert_int_eq(script.looked, c->looked);
	ck_assert_int_eq(script.directives.phase, c->phase);
	ck_assert(!script.read && !script.hashed && script.statement_total == 0);
}
END_TEST

START_TEST(looks_at_no_file_that_is_not_there)
{
	script.path = "V1__a.sql";
	script_look(arena, &script, &env);
	ck_assert(!script.looked);
}
END_TEST

START_TEST(forgets_an_earlier_reading)
{
	read_good("BEGIN;\n-- migrate:next lock_timeout 1s\nDROP TABLE t;\nCOMMIT;");
	read_good("SELECT 1;");
	ck_assert_int_eq(script.statement_total, 1);
	ck_assert_uint_eq(script.statement_count, 0);
	ck_assert(!script.own_transaction);
	ck_assert_str_eq(script.version, "1");
}
END_TEST

START_TEST(refuses_a_file_that_cannot_be_read)
{
	script.path = "gone";
	script_read(arena, &script, &env, &problems);
	ck_assert_uint_eq(problems.count, 1);
	ck_assert(!script.read && !script.hashed);
	ck_assert(!script_hash(&script, &env, err));
	ck_assert_int_eq(err->code, ERR_REFUSED);
}
END_TEST

/* --- once more --- */

/* The statements of the script, with a | behind each. */
static const char *
send_all(struct script_reader *reader)
{
	struct arena_text *t = arena_text_new(arena);
	struct split_item item;

	for (;;) {
		ck_assert_msg(script_reader_next(reader, &item, err), "%s", err->message);
		if (item.kind == SPLIT_END)
			return arena_text_end(t);
		if (item.kind == SPLIT_STATEMENT)
			fprintf(t->out, "%s|", item.text);
	}
}

START_TEST(reads_the_statements_again)
{
	struct script_reader *reader;

	read_good("\xef\xbb\xbf-- x\nSELECT '${who}';\nCOPY t FROM STDIN;\n1\n\\.\nSELECT 2");
	ck_assert(script_reader_open(arena, &script, &env, &reader, err));
	ck_assert_str_eq(send_all(reader), "SELECT 'world'|COPY t FROM STDIN|SELECT 2|");
	ck_assert(script_reader_end(reader, err));
}
END_TEST

static const char *const changes[] = { "SELECT 2;\n", "SELECT 1;\n ", "SELECT 1\n;", "", "\xff" };

START_TEST(notices_a_file_that_changed)
{
	struct script_reader *reader;

	read_good("SELECT 1;\n");
	write_bytes(changes[_i], strlen(changes[_i]));
	ck_assert(script_reader_open(arena, &script, &env, &reader, err));
	ck_assert_str_eq(send_all(reader), "SELECT 1|");
	ck_assert(!script_reader_end(reader, err));
	ck_assert_int_eq(err->code, ERR_REFUSED);
	ck_assert(strstr(err->message, "changed") != NULL);
}
END_TEST

START_TEST(notices_a_file_that_is_gone)
{
	struct script_reader *reader;

	read_good("SELECT 1;\n");
	ck_assert_int_eq(remove(script.path), 0);
	ck_assert(script_reader_open(arena, &script, &env, &reader, err));
	ck_assert_str_eq(send_all(reader), "SELECT 1|");
	ck_assert(!script_reader_end(reader, err));
	ck_assert_int_eq(err->code, ERR_REFUSED);
}
END_TEST

/* Above 8 MiB the text is read from the disk again. */
START_TEST(notices_a_large_file_that_changed)
{
	size_t length = 9 * 1024 * 1024;
	char *text = malloc(length);
	struct script_reader *reader;

	ck_assert_ptr_nonnull(text);
	memset(text, ' ', length);
	memcpy(text, "SELECT 1;", 9);
	memcpy(text + length - 10, "SELECT 2;\n", 10);
	write_bytes(text, length);
	script_read(arena, &script, &env, &problems);
	ck_assert_uint_eq(problems.count, 0);
	ck_assert_ptr_null(script.text);
	ck_assert_int_eq(script.size, (int64_t)length);
	ck_assert(script_reader_open(arena, &script, &env, &reader, err));
	ck_assert_str_eq(send_all(reader), "SELECT 1|SELECT 2|");
	ck_assert(script_reader_end(reader, err));

	text[length / 2] = '\n';
	write_bytes(text, length);
	ck_assert(script_reader_open(arena, &script, &env, &reader, err));
	ck_assert_str_eq(send_all(reader), "SELECT 1|SELECT 2|");
	ck_assert(!script_reader_end(reader, err));
	ck_assert_int_eq(err->code, ERR_REFUSED);
	free(text);
}
END_TEST

#define COUNT(table) (int)(sizeof(table) / sizeof((table)[0]))

int
main(void)
{
	Suite *suite = suite_create("script");
	TCase *cases = tcase_create("script");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(cases, set_up, tear_down);
	tcase_add_test(cases, hashes_raw_text_but_of_repeatables);
	tcase_add_test(cases, hashes_a_short_file_ahead_and_tells_it_when_asked);
	tcase_add_test(cases, hashes_ahead_only_what_costs_little_and_is_well);
	tcase_add_loop_test(cases, hashes_alike_with_and_without_reading, 0, COUNT(repeatables));
	tcase_add_test(cases, replaces_placeholders_in_comments_of_repeatables);
	tcase_add_test(cases, leaves_placeholders_alone_when_told);
	tcase_add_test(cases, refuses_an_unknown_placeholder_with_its_place);
	tcase_add_test(cases, keeps_all_but_plain_dml);
	tcase_add_test(cases, cuts_long_statements_between_characters);
	tcase_add_test(cases, keeps_ten_thousand_statements);
	tcase_add_loop_test(cases, reads_files_without_statements, 0, COUNT(empty));
	tcase_add_test(cases, tells_layout_from_change);
	tcase_add_test(cases, notes_what_a_step_must_know);
	tcase_add_test(cases, gives_directives_to_file_and_statement);
	tcase_add_loop_test(cases, refuses_with_place, 0, COUNT(bads));
	tcase_add_test(cases, reads_a_file_in_batches);
	tcase_add_test(cases, tells_what_a_file_in_batches_does);
	tcase_add_test(cases, runs_only_versioned_and_undo_files_in_batches);
	tcase_add_test(cases, lists_everything_that_is_wrong);
	tcase_add_test(cases, tells_both_ways_out_of_a_mixed_file);
	tcase_add_loop_test(cases, decides_about_the_transaction, 0, COUNT(decisions));
	tcase_add_test(cases, keeps_the_modes_of_its_own_transaction);
	tcase_add_loop_test(
	    cases, looks_at_the_head_only, 0, sizeof(look_cases) / sizeof(look_cases[0]));
	tcase_add_test(cases, looks_at_no_file_that_is_not_there);
	tcase_add_test(cases, forgets_an_earlier_reading);
	tcase_add_test(cases, refuses_a_file_that_cannot_be_read);
	tcase_add_test(cases, reads_the_statements_again);
	tcase_add_loop_test(cases, notices_a_file_that_changed, 0, COUNT(changes));
	tcase_add_test(cases, notices_a_file_that_is_gone);
	tcase_add_test(cases, notices_a_large_file_that_changed);
	suite_add_tcase(suite, cases);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
