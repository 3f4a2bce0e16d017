/* SPDX-License-Identifier: MIT */
#include "sql/statement.h"

#include <stdio.h>
#include <string.h>
#include <zlib.h>

#include "sql/block.h"
#include "sql/locks.h"
#include "sql/parse.h"
#include "sql/words.h"

enum {
	ALWAYS = 1, /* from any version on */
	SETTING_MAX = 64 * 1024 /* a longer SET or BEGIN is not read: nobody means it */
};

enum form_flag { CONCURRENTLY = 1, SETS_TRANSACTION = 2, DROPS_RUN_LOCK = 4 };

/*
 * The forms of statements by their leading words (words_match); the first row that fits counts.
 * refused is the major version from which the server refuses the form in a transaction block.
 * The name is the pattern's where it has none of its own.
 *
 * Not told here, because the words do not say it and only the server knows: REINDEX of a
 * partitioned table or index (14), CLUSTER and REPACK of a partitioned table (15), CALL and DO
 * that commit inside.  DROP SUBSCRIPTION is refused only while there is a slot, as there mostly is.
 */
static const struct form {
	const char *pattern;
	enum statement_kind kind;
	int refused;
	const char *name;
	unsigned flags;
} forms[] = {
	/* First what a dump has by the million. */
	{ "INSERT", .kind = STATEMENT_DML },
	{ "SELECT|(", .kind = STATEMENT_DML, .name = "SELECT" },
	{ "UPDATE", .kind = STATEMENT_DML },
	{ "DELETE", .kind = STATEMENT_DML },
	{ "WITH", .kind = STATEMENT_DML },
	{ "VALUES", .kind = STATEMENT_DML },
	{ "TABLE", .kind = STATEMENT_DML },
	{ "MERGE", .kind = STATEMENT_DML },
	{ "COPY ... FROM STDIN|STDOUT", .kind = STATEMENT_COPY_IN, .name = "COPY FROM STDIN" },
	{ "COPY ... TO STDIN|STDOUT", .kind = STATEMENT_COPY_OUT, .name = "COPY TO STDOUT" },

	{ "BEGIN", .kind = STATEMENT_BEGIN },
	{ "START TRANSACTION", .kind = STATEMENT_BEGIN },
	{ "COMMIT PREPARED", .refused = ALWAYS },
	{ "COMMIT|END", .kind = STATEMENT_COMMIT, .name = "COMMIT" },
	{ "ROLLBACK PREPARED", .refused = ALWAYS },
	{ "ROLLBACK|ABORT [WORK|TRANSACTION] TO", .kind = STATEMENT_SAVEPOINT,
	    .name = "ROLLBACK TO" },
	{ "ROLLBACK|ABORT", .kind = STATEMENT_ROLLBACK, .name = "ROLLBACK" },
	{ "SAVEPOINT", .kind = STATEMENT_SAVEPOINT },
	{ "RELEASE", .kind = STATEMENT_SAVEPOINT },
	{ "PREPARE TRANSACTION", .kind = STATEMENT_PREPARE_TRANSACTION },
	{ "CALL", .kind = STATEMENT_CALL },
	{ "DO", .kind = STATEMENT_CALL },

	{ "SET CONSTRAINTS", .kind = STATEMENT_OTHER },
	{ "SET [LOCAL|SESSION] TRANSACTION", .kind = STATEMENT_SET, .name = "SET TRANSACTION",
	    .flags = SETS_TRANSACTION },
	{ "SET", .kind = STATEMENT_SET },
	{ "RESET", .kind = STATEMENT_SET },
	{ "SHOW", .kind = STATEMENT_SET },
	{ "ANALYZE|ANALYSE", .kind = STATEMENT_SET, .name = "ANALYZE" },

	{ "CREATE INDEX CONCURRENTLY", .refused = ALWAYS, .flags = CONCURRENTLY },
	{ "DROP INDEX CONCURRENTLY", .refused = ALWAYS, .flags = CONCURRENTLY },
	{ "REINDEX [()] INDEX|TABLE|SCHEMA|DATABASE|SYSTEM CONCURRENTLY", .refused = ALWAYS,
	    .name = "REINDEX CONCURRENTLY", .flags = CONCURRENTLY },
	{ "REINDEX (+CONCURRENTLY)", .refused = 14, .name = "REINDEX (CONCURRENTLY)",
	    .flags = CONCURRENTLY },
	{ "REINDEX [()] SCHEMA", .refused = ALWAYS, .name = "REINDEX SCHEMA" },
	{ "REINDEX [()] DATABASE", .refused = ALWAYS, .name = "REINDEX DATABASE" },
	{ "REINDEX [()] SYSTEM", .refused = ALWAYS, .name = "REINDEX SYSTEM" },
	{ "REINDEX [()] TABLE", .name = "REINDEX TABLE" },
	{ "REINDEX [()] INDEX", .name = "REINDEX INDEX" },
	{ "VACUUM (+FULL)", .refused = ALWAYS, .name = "VACUUM FULL" },
	{ "VACUUM FULL", .refused = ALWAYS },
	{ "VACUUM", .refused = ALWAYS },
	{ "CLUSTER [()] [VERBOSE] $", .refused = ALWAYS, .name = "CLUSTER" },
	/* Its last lock is ACCESS EXCLUSIVE and must not be waited for patiently: not CONCURRENTLY. */
	{ "REPACK (+CONCURRENTLY)", .refused = 19, .name = "REPACK (CONCURRENTLY)" },
	{ "REPACK [()] [USING] [INDEX] $", .refused = 19, .name = "REPACK" },
	/* Likewise: its second half waits for ACCESS EXCLUSIVE on the partition. */
	{ "ALTER TABLE [IF] [EXISTS] [ONLY] % [*] DETACH PARTITION % CONCURRENTLY", .refused = 14,
	    .name = "ALTER TABLE DETACH PARTITION CONCURRENTLY" },

	{ "CREATE DATABASE", .refused = ALWAYS },
	{ "DROP DATABASE", .refused = ALWAYS },
	{ "ALTER DATABASE % SET TABLESPACE", .refused = ALWAYS,
	    .name = "ALTER DATABASE SET TABLESPACE" },
	{ "CREATE TABLESPACE", .refused = ALWAYS },
	{ "DROP TABLESPACE", .refused = ALWAYS },
	{ "ALTER SYSTEM", .refused = ALWAYS },
	{ "DISCARD ALL", .refused = ALWAYS, .flags = DROPS_RUN_LOCK },
	{ "CREATE SUBSCRIPTION ... WITH (-CONNECT)", .name = "CREATE SUBSCRIPTION" },
	{ "CREATE SUBSCRIPTION ... WITH (-CREATE_SLOT)", .name = "CREATE SUBSCRIPTION" },
	{ "CREATE SUBSCRIPTION", .refused = ALWAYS },
	{ "DROP SUBSCRIPTION", .refused = ALWAYS },
	{ "ALTER SUBSCRIPTION % REFRESH", .refused = 14,
	    .name = "ALTER SUBSCRIPTION REFRESH PUBLICATION" },
	{ "ALTER SUBSCRIPTION % SET|ADD|DROP PUBLICATION ... WITH (-REFRESH)",
	    .name = "ALTER SUBSCRIPTION" },
	{ "ALTER SUBSCRIPTION % SET PUBLICATION", .refused = 14,
	    .name = "ALTER SUBSCRIPTION SET PUBLICATION" },
	{ "ALTER SUBSCRIPTION % ADD PUBLICATION", .refused = 14,
	    .name = "ALTER SUBSCRIPTION ADD PUBLICATION" },
	{ "ALTER SUBSCRIPTION % DROP PUBLICATION", .refused = 14,
	    .name = "ALTER SUBSCRIPTION DROP PUBLICATION" },
	{ "ALTER SUBSCRIPTION % SET (?FAILOVER)", .refused = 17,
	    .name = "ALTER SUBSCRIPTION SET (failover)" },
	{ "ALTER SUBSCRIPTION % SET (?TWO_PHASE)", .refused = 18,
	    .name = "ALTER SUBSCRIPTION SET (two_phase)" },

	/* Not refused, but written in several ways. */
	{ "CREATE USER MAPPING", .kind = STATEMENT_OTHER },
	{ "ALTER ROLE|USER|GROUP", .name = "ALTER ROLE" },
	{ "CREATE ROLE|USER|GROUP", .name = "CREATE ROLE" },
	{ "DROP ROLE|USER|GROUP", .name = "DROP ROLE" },
};

/* All other statements, for messages; the usual ones first, then by name, longer ones first. */
static const char *const other_forms[] = {
	"ALTER TABLE",
	"CREATE INDEX",
	"CREATE TABLE",
	"DROP TABLE",
	"ALTER AGGREGATE",
	"ALTER COLLATION",
	"ALTER CONVERSION",
	"ALTER DATABASE",
	"ALTER DEFAULT PRIVILEGES",
	"ALTER DOMAIN",
	"ALTER EVENT TRIGGER",
	"ALTER EXTENSION",
	"ALTER FOREIGN DATA WRAPPER",
	"ALTER FOREIGN TABLE",
	"ALTER FUNCTION",
	"ALTER INDEX",
	"ALTER LANGUAGE",
	"ALTER LARGE OBJECT",
	"ALTER MATERIALIZED VIEW",
	"ALTER OPERATOR CLASS",
	"ALTER OPERATOR FAMILY",
	"ALTER OPERATOR",
	"ALTER POLICY",
	"ALTER PROCEDURE",
	"ALTER PUBLICATION",
	"ALTER ROUTINE",
	"ALTER RULE",
	"ALTER SCHEMA",
	"ALTER SEQUENCE",
	"ALTER SERVER",
	"ALTER STATISTICS",
	"ALTER SUBSCRIPTION",
	"ALTER TABLESPACE",
	"ALTER TEXT SEARCH",
	"ALTER TRIGGER",
	"ALTER TYPE",
	"ALTER VIEW",
	"CHECKPOINT",
	"CLOSE",
	"CLUSTER",
	"COMMENT",
	"COPY",
	"CREATE ACCESS METHOD",
	"CREATE AGGREGATE",
	"CREATE CAST",
	"CREATE COLLATION",
	"CREATE CONVERSION",
	"CREATE DOMAIN",
	"CREATE EVENT TRIGGER",
	"CREATE EXTENSION",
	"CREATE FOREIGN DATA WRAPPER",
	"CREATE FOREIGN TABLE",
	"CREATE FUNCTION",
	"CREATE LANGUAGE",
	"CREATE MATERIALIZED VIEW",
	"CREATE OPERATOR CLASS",
	"CREATE OPERATOR FAMILY",
	"CREATE OPERATOR",
	"CREATE POLICY",
	"CREATE PROCEDURE",
	"CREATE PUBLICATION",
	"CREATE RULE",
	"CREATE SCHEMA",
	"CREATE SEQUENCE",
	"CREATE SERVER",
	"CREATE STATISTICS",
	"CREATE TEXT SEARCH",
	"CREATE TRANSFORM",
	"CREATE TRIGGER",
	"CREATE TYPE",
	"CREATE VIEW",
	"DEALLOCATE",
	"DECLARE",
	"DISCARD",
	"DROP EVENT TRIGGER",
	"DROP EXTENSION",
	"DROP FOREIGN TABLE",
	"DROP FUNCTION",
	"DROP INDEX",
	"DROP MATERIALIZED VIEW",
	"DROP OWNED",
	"DROP POLICY",
	"DROP PROCEDURE",
	"DROP PUBLICATION",
	"DROP RULE",
	"DROP SCHEMA",
	"DROP SEQUENCE",
	"DROP STATISTICS",
	"DROP TRIGGER",
	"DROP TYPE",
	"DROP VIEW",
	"EXECUTE",
	"EXPLAIN",
	"FETCH",
	"GRANT",
	"IMPORT FOREIGN SCHEMA",
	"LISTEN",
	"LOAD",
	"LOCK",
	"MOVE",
	"NOTIFY",
	"PREPARE",
	"REASSIGN OWNED",
	"REFRESH MATERIALIZED VIEW CONCURRENTLY",
	"REFRESH MATERIALIZED VIEW",
	"REPACK",
	"REVOKE",
	"SECURITY LABEL",
	"TRUNCATE",
	"UNLISTEN",
	"ALTER",
	"CREATE",
	"DROP",
};

const char *
lock_mode_name(enum lock_mode mode)
{
	static const char *const names[] = {
		[LOCK_NONE] = "",
		[LOCK_ACCESS_SHARE] = "ACCESS SHARE",
		[LOCK_ROW_SHARE] = "ROW SHARE",
		[LOCK_ROW_EXCLUSIVE] = "ROW EXCLUSIVE",
		[LOCK_SHARE_UPDATE_EXCLUSIVE] = "SHARE UPDATE EXCLUSIVE",
		[LOCK_SHARE] = "SHARE",
		[LOCK_SHARE_ROW_EXCLUSIVE] = "SHARE ROW EXCLUSIVE",
		[LOCK_EXCLUSIVE] = "EXCLUSIVE",
		[LOCK_ACCESS_EXCLUSIVE] = "ACCESS EXCLUSIVE",
	};

	return names[mode];
}

/* Most patterns differ in their first letter from the statement, and need not be looked at. */
static bool
may_begin(const char *pattern, const struct word *first)
{
	bool starts = true;

	if (first->length == 0)
		return false;
	for (; *pattern != '\0' && *pattern != ' '; pattern++) {
		if (starts && (*pattern | 0x20) == (*first->text | 0x20))
			return true;
		starts = *pattern == '|';
	}
	return false;
}

/* How a statement begins. */
struct beginning {
	struct words start;
	struct word first;
	struct words behind_create; /* CREATE OR REPLACE UNIQUE ...: most patterns begin so */
	bool creates;
};

static struct beginning
read_beginning(struct words start)
{
	struct beginning b = { .start = start, .behind_create = start };
	struct words s = start;

	words_next(&s, &b.first);
	b.creates = words_match(&b.behind_create, "CREATE");
	return b;
}

static bool
begins_with(const struct beginning *b, const char *pattern)
{
	static const char create[] = "CREATE ";
	struct words s = b->start;

	if (*pattern != *create || strncmp(pattern, create, strlen(create)) != 0)
		return may_begin(pattern, &b->first) && words_match(&s, pattern);
	s = b->behind_create;
	return b->creates && words_match(&s, pattern + strlen(create));
}

/* Fills what the leading words tell. */
static void
read_form(struct words start, int server_version, struct statement_class *out)
{
	struct beginning b = read_beginning(start);
	size_t i;

	for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		const struct form *f = &forms[i];

		if (!begins_with(&b, f->pattern))
			continue;
		out->kind = f->kind;
		out->form = f->name != NULL ? f->name : f->pattern;
		out->refused_in_block = f->refused > 0 && server_version / 10000 >= f->refused;
		out->concurrently = (f->flags & CONCURRENTLY) != 0;
		out->sets_transaction = (f->flags & SETS_TRANSACTION) != 0;
		out->drops_run_lock = (f->flags & DROPS_RUN_LOCK) != 0;
		return;
	}
	out->form = "statement";
	for (i = 0; i < sizeof(other_forms) / sizeof(other_forms[0]); i++) {
		if (begins_with(&b, other_forms[i])) {
			out->form = other_forms[i];
			return;
		}
	}
}

/*
 * Behind the INTO of SELECT ... INTO, which makes a table; other INTOs belong to an INSERT or a
 * MERGE behind WITH.
 */
static bool
find_select_into(struct words *s)
{
	bool into_target = false;
	struct word w;

	if (!words_match(s, "SELECT|WITH"))
		return false;
	while (words_next(s, &w)) {
		if (word_is(&w, "("))
			words_skip_list(s);
		if (word_is(&w, "INTO") && !into_target)
			return true;
		into_target = word_is(&w, "INSERT|MERGE");
	}
	return false;
}

static bool
makes_temporary(struct words start)
{
	struct words s = start;
	struct word w;

	if (find_select_into(&s))
		return words_match(&s, "[LOCAL|GLOBAL] TEMP|TEMPORARY") ||
		    words_match(&s, "[TABLE] pg_temp .");
	s = start;
	if (words_match(&s, "CREATE TABLE|VIEW|SEQUENCE|FUNCTION|PROCEDURE [IF] [NOT] [EXISTS]") &&
	    words_match(&s, "pg_temp ."))
		return true;
	if (!words_next(&start, &w) || !word_is(&w, "CREATE"))
		return false;
	while (words_next(&start, &w) && word_is(&w, "OR|REPLACE|LOCAL|GLOBAL"))
		;
	return word_is(&w, "TEMP|TEMPORARY");
}

/* Wherever it is called from: in a SELECT, in the query of a CREATE TABLE AS, ... */
static bool
calls_unlock_all(struct words s)
{
	static const char name[] = "pg_advisory_unlock_all";
	struct word w;

	while (words_next(&s, &w)) {
		if (w.kind == WORD_QUOTED && w.length == strlen(name) + 2)
			w = (struct word){ WORD_PLAIN, w.text + 1, w.length - 2 };
		if (w.length == strlen(name) && word_is(&w, name) && words_match(&s, "("))
			return true;
	}
	return false;
}

void
statement_classify_words(
    const char *text, size_t length, int server_version, struct statement_class *out)
{
	struct words s = words_start(text, length), chain = s;

	*out = (struct statement_class){ 0 };
	read_form(s, server_version, out);
	out->drops_run_lock = out->drops_run_lock || calls_unlock_all(s);
	out->makes_temporary = makes_temporary(s);
	out->chained = (out->kind == STATEMENT_COMMIT || out->kind == STATEMENT_ROLLBACK) &&
	    words_match(&chain, "... AND CHAIN");
}

/* The words up to the end with one space between them, or NULL if there are none. */
static const char *
rest_as_text(struct arena *a, struct words s)
{
	struct arena_text *text = arena_text_new(a);
	bool empty = true;
	struct word w;

	while (words_next(&s, &w)) {
		if (!empty && !word_is(&w, ","))
			fputc(' ', text->out);
		fwrite(w.text, 1, w.length, text->out);
		empty = false;
	}
	return empty ? NULL : arena_text_end(text);
}

/* What SET has its own words for, and how the setting is called. */
static const struct {
	const char *pattern, *setting;
} set_words[] = {
	{ "[SESSION] AUTHORIZATION", "session_authorization" },
	{ "TIME ZONE", "timezone" },
	{ "TRANSACTION ISOLATION LEVEL", "transaction_isolation" },
	{ "XML OPTION", "xmloption" },
	{ "SCHEMA", "search_path" },
	{ "NAMES", "client_encoding" },
};

/* Settings have no case, quoted or not. */
static void
write_folded(FILE *out, const char *text)
{
	for (; *text != '\0'; text++)
		fputc(*text >= 'A' && *text <= 'Z' ? *text | 0x20 : *text, out);
}

/* Case does not count in the names of settings, not even in quotes. */
static const char *
setting_name(struct arena *a, struct words *s)
{
	struct words at = *s;
	struct arena_text *name;
	struct word w;
	size_t i;

	for (i = 0; i < sizeof(set_words) / sizeof(set_words[0]); i++)
		if (words_match(s, set_words[i].pattern))
			return set_words[i].setting;
	if (!words_match(s, "%"))
		return NULL;
	name = arena_text_new(a);
	while (at.at < s->at && words_next(&at, &w)) {
		const char *value = w.kind == WORD_SYMBOL ? "." : word_value(a, &w);

		if (value == NULL)
			return NULL;
		write_folded(name->out, value);
	}
	return arena_text_end(name);
}

static bool
is_plain_name(const char *name)
{
	return (*name == '_' || (*name >= 'a' && *name <= 'z')) &&
	    name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_$")] == '\0';
}

static void
write_name(FILE *out, const char *name)
{
	bool plain = is_plain_name(name);

	if (!plain)
		fputc('"', out);
	for (; *name != '\0'; name++) {
		if (*name == '"')
			fputc('"', out);
		fputc(*name, out);
	}
	if (!plain)
		fputc('"', out);
}

/* One constant, or several with commas between; NULL for DEFAULT and whatever else there is. */
static const char *
setting_value(struct arena *a, struct words s, const char *setting)
{
	bool is_names =
	    strcmp(setting, "search_path") == 0 || strcmp(setting, "temp_tablespaces") == 0;
	bool is_zone = strcmp(setting, "timezone") == 0;
	struct arena_text *value = arena_text_new(a);
	const char *separator = "";
	struct word w;

	if (words_match(&s, is_zone ? "DEFAULT|LOCAL $" : "DEFAULT $"))
		return NULL;
	do {
		const char *minus = words_match(&s, "-") ? "-" : "", *part;

		words_next(&s, &w);
		part = word_value(a, &w);
		if (part == NULL)
			return NULL;
		fprintf(value->out, "%s%s", separator, minus);
		if (is_names)
			write_name(value->out, part);
		else
			fputs(part, value->out);
		separator = ", ";
	} while (words_match(&s, ","));
	return words_next(&s, &w) ? NULL : arena_text_end(value);
}

static void
read_setting(struct arena *a, struct words s, struct statement_class *out)
{
	bool sets = words_match(&s, "SET");

	if (out->sets_transaction || !words_match(&s, sets ? "[SESSION]" : "RESET"))
		return;
	if (words_match(&s, "CHARACTERISTICS"))
		return;
	out->local = words_match(&s, "LOCAL");
	out->setting = setting_name(a, &s);
	if (!sets || out->setting == NULL)
		return;
	words_match(&s, "[TO|=]");
	out->value = setting_value(a, s, out->setting);
}

static void
read_begin_modes(struct arena *a, struct words s, struct statement_class *out)
{
	if (words_match(&s, "START TRANSACTION") || words_match(&s, "BEGIN [WORK|TRANSACTION]"))
		out->begin_modes = rest_as_text(a, s);
}

/* SELECT INTO makes a table as well; the grammar is never asked about it. */
static void
read_select_into(struct arena *a, struct words s, struct statement_class *out)
{
	if (!find_select_into(&s))
		return;
	words_match(&s, "[LOCAL|GLOBAL] [TEMP|TEMPORARY|UNLOGGED] [TABLE]");
	words_read_name(a, &s, &out->creates_schema, &out->creates_name);
}

/* DDL; a query, and what holds one, is nothing for the grammar. */
static bool
is_for_grammar(struct words s)
{
	struct word w;

	return words_next(&s, &w) &&
	    word_is(&w,
		"ALTER|ANALYSE|ANALYZE|CLUSTER|COMMENT|CREATE|DROP|LOCK|REFRESH|REINDEX|"
		"REPACK|SECURITY|TRUNCATE|VACUUM");
}

/* All that is told without the grammar. */
static void
classify_alone(struct arena *a, const char *text, size_t length, int server_version,
    struct statement_class *out)
{
	struct words s = words_start(text, length);

	statement_classify_words(text, length, server_version, out);
	switch (out->kind) {
	case STATEMENT_SET:
		if (length <= SETTING_MAX)
			read_setting(a, s, out);
		break;
	case STATEMENT_BEGIN:
		if (length <= SETTING_MAX)
			read_begin_modes(a, s, out);
		break;
	case STATEMENT_DML:
		read_select_into(a, s, out);
		break;
	case STATEMENT_OTHER:
	case STATEMENT_COPY_IN:
	case STATEMENT_COPY_OUT:
	case STATEMENT_COMMIT:
	case STATEMENT_ROLLBACK:
	case STATEMENT_SAVEPOINT:
	case STATEMENT_PREPARE_TRANSACTION:
	case STATEMENT_CALL:
		break;
	}
}

void
statement_classify(struct arena *a, const char *text, size_t length, int server_version,
    struct statement_class *out)
{
	struct acts acts = { 0 };
	struct arena *scratch;

	classify_alone(a, text, length, server_version, out);
	if (!is_for_grammar(words_start(text, length)))
		return;
	scratch = arena_new(a);
	parse_statement(
	    scratch, &(struct parse_text){ .text = text, .length = length }, out, &acts);
	locks_tell(a, &acts, server_version, out);
	if (out->parse_error != NULL)
		out->parse_error = arena_strdup(a, out->parse_error);
	arena_close(scratch);
}

/* SET is told by its words: what the grammar makes of a value is not what the server shows. */
static void
read_acts(struct arena *a, const struct parse_text *text, struct statement_class *class,
    struct acts *acts)
{
	size_t i = acts->count;

	parse_statement(a, text, class, acts);
	for (; i < acts->count; i++)
		if (acts->list[i].kind == ACT_SET && class->setting != NULL)
			acts->list[i].value = class->value;
}

static void
add_act(struct arena *a, struct acts *acts, struct act act)
{
	act.number = acts->count;
	act.inside = true;
	acts->list = arena_extend(a, acts->list, acts->count, sizeof(*acts->list));
	acts->list[acts->count++] = act;
}

static void
read_part(struct arena *a, const struct block_part *part, int server_version, struct acts *acts)
{
	const struct parse_text text = { part->text, strlen(part->text), true, part->at,
		!part->written };
	struct statement_class class;
	struct act act = { .at = part->at };

	switch (part->kind) {
	case BLOCK_STATEMENT:
		classify_alone(a, text.text, text.length, server_version, &class);
		read_acts(a, &text, &class, acts);
		return;
	case BLOCK_DYNAMIC:
		act.kind = ACT_EXECUTE_DYNAMIC;
		act.form = "EXECUTE";
		act.value = part->text;
		break;
	case BLOCK_COMMIT:
		act.kind = ACT_COMMIT;
		act.form = "COMMIT";
		break;
	case BLOCK_ROLLBACK:
		act.kind = ACT_ROLLBACK;
		act.form = "ROLLBACK";
		break;
	case BLOCK_UNREAD:
		act.kind = ACT_UNREAD;
		act.form = "DO";
		act.value = part->text;
		break;
	}
	add_act(a, acts, act);
}

static void
read_block(struct arena *a, const char *text, size_t length, int server_version, struct acts *acts)
{
	struct block block;
	size_t i;

	block_read(a, text, length, &block);
	for (i = 0; i < block.count; i++)
		read_part(a, &block.parts[i], server_version, acts);
}

void
statement_read(struct arena *a, const char *text, size_t length, int server_version,
    struct statement_class *out, struct acts *acts)
{
	*acts = (struct acts){ 0 };
	classify_alone(a, text, length, server_version, out);
	read_acts(a, &(struct parse_text){ .text = text, .length = length }, out, acts);
	if (acts->count == 1 && acts->list->kind == ACT_DO)
		read_block(a, text, length, server_version, acts);
	locks_tell(a, acts, server_version, out);
}

uint32_t
statement_body_hash(uint32_t hash, const char *text, size_t length)
{
	struct words s = words_start(text, length);
	const char *end = text + length;
	uLong crc = hash;
	struct word w;

	/* A space where there was any, and a ; behind each statement, which is not in the text. */
	while (words_next(&s, &w)) {
		if (w.text > end)
			crc = crc32(crc, (const Bytef *)" ", 1);
		crc = crc32_z(crc, (const Bytef *)w.text, w.length);
		end = s.at;
	}
	return (uint32_t)crc32(crc, (const Bytef *)";", 1);
}
