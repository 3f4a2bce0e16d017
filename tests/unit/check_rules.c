/* SPDX-License-Identifier: MIT */
#include "sql/lint.h"

#include <check.h>
#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/time.h"
#include "core/directive.h"
#include "sql/range.h"
#include "sql/split.h"

/*
 * Every rule has a file tests/lint/<rule>.sql, in which "-- expect: rule, rule" at the end of a line
 * says what is found at a place in that line; nothing else may be found in the file, but advice
 * (info) of other rules.  The rule of the file is in force also where it is off by default.
 * Comments of their own line say more:
 *	-- file: V2__x.sql	here another file begins (U2__x.sql: an undo file)
 *	-- transaction: off	the file runs without a transaction
 *	-- applied: yes		it was applied some time before the next one
 *	-- phase: contract	-- irreversible: yes	-- whole_file_lock_timeout: 2s	its directives
 *	-- lock_timeout: 2s	-- statement_timeout: 2s	of the next statement
 *	-- pg_version: 18.1	all begins anew, for that version; 15 without it
 */

static struct arena *arena;

/* A rule that is expected, or was found, in a line. */
struct mark {
	int64_t line;
	const char *rule;
};

struct marks {
	struct mark *list;
	size_t count;
};

struct reading {
	const char *rule; /* of the file */
	struct lint_options options;
	struct lint *lint;
	struct lint_file file;
	bool begun;
	int64_t number;
	int64_t *lines; /* of each statement of the file at hand */
	const char **texts;
	struct lint_statement next; /* what comments say of it */
	struct marks found;
	struct advice {
		const char *instead;
		int version;
	} * advices; /* of the rule of the file */
	size_t advice_count;
};

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

/* --- text --- */

struct source {
	const char *text;
};

static bool
read_once(void *source, struct split_chunk *chunk, struct error *err)
{
	struct source *s = source;

	(void)err; /* a text in memory is always there */
	chunk->text = s->text;
	chunk->length = strlen(s->text);
	s->text += chunk->length;
	return true;
}

static const char *
read_file(const char *path)
{
	static char text[256 * 1024];
	FILE *f = fopen(path, "r");
	size_t length;

	ck_assert_msg(f != NULL, "%s: not there", path);
	length = fread(text, 1, sizeof(text) - 1, f);
	(void)fclose(f); /* only read */
	return arena_strndup(arena, text, length);
}

/* --- what is expected --- */

static void
add_mark(struct marks *marks, int64_t line, const char *rule, size_t length)
{
	marks->list = arena_extend(arena, marks->list, marks->count, sizeof(*marks->list));
	marks->list[marks->count++] =
	    (struct mark){ .line = line, .rule = arena_strndup(arena, rule, length) };
}

static void
read_expected(const char *text, struct marks *marks)
{
	static const char marker[] = "-- expect: ";
	int64_t line = 1;

	for (; *text != '\0'; line++) {
		const char *end = strchr(text, '\n');
		const char *at = strstr(text, marker);

		end = end == NULL ? text + strlen(text) : end;
		at = at == NULL || at > end ? end : at + strlen(marker);
		while (at < end) {
			size_t length = strcspn(at, ", \n");

			add_mark(marks, line, at, length);
			at += length + strspn(at + length, ", ");
		}
		text = *end == '\0' ? end : end + 1;
	}
}

static int
compare_marks(const void *a, const void *b)
{
	const struct mark *left = a, *right = b;

	if (left->line != right->line)
		return left->line < right->line ? -1 : 1;
	return strcmp(left->rule, right->rule);
}

static const char *
tell(struct marks *marks)
{
	const char *text = "";

	if (marks->count > 0)
		qsort(marks->list, marks->count, sizeof(*marks->list), compare_marks);
	for (size_t i = 0; i < marks->count; i++) {
		const struct mark *m = &marks->list[i];

		if (i == 0 || compare_marks(m - 1, m) != 0)
			text = arena_printf(arena, "%s%" PRId64 " %s\n", text, m->line, m->rule);
	}
	return text;
}

/* --- what is found --- */

static enum severity
severity_of(void *source, const struct rule *rule)
{
	const struct reading *r = source;

	if (rule->severity == SEVERITY_OFF && strcmp(rule->id, r->rule) == 0)
		return SEVERITY_INFO;
	return rule->severity;
}

static void
begin_file(struct reading *r)
{
	if (r->lint == NULL)
		r->lint = lint_new(arena, &r->options);
	if (!r->begun)
		lint_begin_file(r->lint, &r->file);
	r->begun = true;
}

static int64_t
line_of(const struct reading *r, const struct finding *f)
{
	const char *text = r->texts[f->statement - 1];
	int64_t line = r->lines[f->statement - 1];

	for (int64_t i = 0; i < f->at; i++)
		line += text[i] == '\n';
	return line;
}

/* As script_read gives the grammar what a batch would run. */
static void
read_acts(
    const struct split_item *item, int version, struct statement_class *class, struct acts *acts)
{
	const struct range range = { .text = item->text, .length = item->length };

	statement_read(arena, range_parameters(arena, &range), item->length, version, class, acts);
}

/* A file in batches that is advised has to be one. */
static void
check_batch(
    const struct finding *f, const struct directive_batch *batch, const struct split_item *item)
{
	struct range_text text = { .text = item->text,
		.length = item->length,
		.schema = batch->schema,
		.table = batch->table,
		.keys = batch->keys,
		.key_count = batch->key_count };
	struct error *err = error_new(arena);
	struct range range;
	int64_t position;

	ck_assert_msg(range_read(arena, &text, &range, &position, err), "%s: %s: %s", f->rule->id,
	    item->text, err->message);
}

/* What stands in place of a statement has to be SQL, too. */
static void
check_instead(const struct finding *f)
{
	struct source source = { .text = f->instead };
	struct error *err = error_new(arena);
	struct directives file, next;
	struct split *split;
	struct split_item item;

	if (f->instead == NULL)
		return;
	directives_init(&file);
	directives_init(&next);
	split = split_new(arena, f->rule->id, true, read_once, &source);
	while (split_next(split, &item, err) && item.kind != SPLIT_END) {
		struct directive_comment comment = { .text = item.text, .length = item.length };
		struct statement_class class;
		struct acts acts;

		if (item.kind == SPLIT_COMMENT && directive_is(item.text, item.length))
			ck_assert_msg(directive_add(arena, &comment, &file, &next, err), "%s: %s",
			    f->rule->id, err->message);
		if (item.kind != SPLIT_STATEMENT)
			continue;
		read_acts(&item, 180000, &class, &acts);
		ck_assert_msg(
		    class.parsed, "%s: %s: %s", f->rule->id, item.text, class.parse_error);
		if (file.batch.given)
			check_batch(f, &file.batch, &item);
		directives_init(&file); /* a statement of another file may follow */
		directives_init(&next);
	}
	ck_assert_msg(err->code == ERR_NONE, "%s: %s", f->rule->id, err->message);
	ck_assert_msg(
	    f->instead[strlen(f->instead) - 1] == '\n', "%s: %s", f->rule->id, f->instead);
}

static void
add_advice(struct reading *r, const char *instead)
{
	r->advices = arena_extend(arena, r->advices, r->advice_count, sizeof(*r->advices));
	r->advices[r->advice_count++] =
	    (struct advice){ .instead = instead, .version = r->options.server_version };
}

static void
end_file(struct reading *r)
{
	struct finding *findings;
	size_t count;

	begin_file(r);
	lint_end_file(r->lint);
	findings = lint_findings(r->lint, &count);
	for (size_t i = 0; i < count; i++) {
		const struct finding *f = &findings[i];

		check_instead(f);
		if (f->instead != NULL && strcmp(f->rule->id, r->rule) == 0)
			add_advice(r, f->instead);
		if (f->severity > SEVERITY_INFO || strcmp(f->rule->id, r->rule) == 0)
			add_mark(&r->found, line_of(r, f), f->rule->id, strlen(f->rule->id));
	}
	r->begun = false;
	r->number = 0;
}

static void
read_statement(struct reading *r, const struct split_item *item)
{
	struct statement_class *class = arena_alloc(arena, sizeof(*class));
	struct acts *acts = arena_alloc(arena, sizeof(*acts));
	size_t i;

	begin_file(r);
	i = (size_t)r->number++;
	r->lines = arena_extend(arena, r->lines, i, sizeof(*r->lines));
	r->texts = arena_extend(arena, r->texts, i, sizeof(*r->texts));
	r->lines[i] = item->line;
	r->texts[i] = arena_strndup(arena, item->text, item->length);
	r->next.number = r->number;
	r->next.text = r->texts[i];
	r->next.length = item->length;
	r->next.class = class;
	r->next.acts = acts;
	read_acts(item, r->options.server_version, class, acts);
	lint_statement(r->lint, &r->next);
	r->next = (struct lint_statement){ .lock_timeout_ms = -1, .statement_timeout_ms = -1 };
}

static void
start_file(struct reading *r, const char *path)
{
	if (r->begun)
		end_file(r);
	r->file = (struct lint_file){ .path = path,
		.transaction = true,
		.undo = *path == 'U',
		.repeatable = *path == 'R',
		.lock_timeout_ms = -1,
		.statement_timeout_ms = -1 };
}

static void
start_version(struct reading *r, const char *version)
{
	char *minor;
	long major = strtol(version, &minor, 10);

	start_file(r, "V1__x.sql");
	r->options.server_version = (int)major * 10000;
	if (*minor == '.')
		r->options.server_version += (int)strtol(minor + 1, NULL, 10);
	r->lint = NULL;
}

/* "-- name: value" */
static void
read_comment(struct reading *r, const char *comment)
{
	const char *value = strstr(comment, ": ");
	const char *name = comment + strspn(comment, "- ");

	value = value == NULL ? "" : value + 2;
	if (strncmp(name, "file:", 5) == 0)
		start_file(r, arena_strdup(arena, value));
	else if (strncmp(name, "transaction:", 12) == 0)
		r->file.transaction = strcmp(value, "off") != 0;
	else if (strncmp(name, "applied:", 8) == 0)
		r->file.applied = true;
	else if (strncmp(name, "migrate:phase contract", 22) == 0)
		r->file.contract = true;
	else if (strncmp(name, "phase:", 6) == 0)
		r->file.contract = strcmp(value, "contract") == 0;
	else if (strncmp(name, "irreversible:", 13) == 0)
		r->file.irreversible = true;
	else if (strncmp(name, "whole_file_lock_timeout:", 24) == 0)
		r->file.lock_timeout_ms = time_of_setting(value);
	else if (strncmp(name, "lock_timeout:", 13) == 0)
		r->next.lock_timeout_ms = time_of_setting(value);
	else if (strncmp(name, "statement_timeout:", 18) == 0)
		r->next.statement_timeout_ms = time_of_setting(value);
	else if (strncmp(name, "pg_version:", 11) == 0)
		start_version(r, value);
}

static void
lint_text(struct reading *r, int version, const char *path, const char *text)
{
	struct source source = { .text = text };
	struct error *err = error_new(arena);
	struct split *split = split_new(arena, path, true, read_once, &source);
	struct split_item item;

	r->options = (struct lint_options){ .server_version = version,
		.lock_timeout_ms = 5000,
		.concurrent_lock_timeout_ms = 3600000,
		.severity = severity_of,
		.source = r };
	r->next.lock_timeout_ms = r->next.statement_timeout_ms = -1;
	start_file(r, "V1__x.sql");
	while (split_next(split, &item, err) && item.kind != SPLIT_END) {
		if (item.kind == SPLIT_COMMENT && !item.inside)
			read_comment(r, item.text);
		else if (item.kind == SPLIT_STATEMENT)
			read_statement(r, &item);
	}
	ck_assert_msg(err->code == ERR_NONE, "%s: %s", path, err->message);
	end_file(r);
}

/* Would it run without a transaction?  Then all its statements would. */
static bool
is_refused(const char *text, size_t length, int version)
{
	struct source source = { .text = arena_strndup(arena, text, length) };
	struct split *split = split_new(arena, "advice", true, read_once, &source);
	struct split_item item;
	bool refused = strstr(source.text, "-- migrate:transaction off") != NULL;

	while (split_next(split, &item, error_new(arena)) && item.kind != SPLIT_END) {
		struct statement_class class;

		if (item.kind != SPLIT_STATEMENT)
			continue;
		statement_classify_words(item.text, item.length, version, &class);
		refused = refused || class.refused_in_block;
	}
	return refused;
}

/* Advice of several files, each with a comment before it, as this test reads files. */
static const char *
as_files(const char *instead, int version)
{
	const char *text = "";

	while (*instead != '\0') {
		const char *next = strstr(instead + 1, "\n-- ");

		while (next != NULL && strncmp(next, "\n-- migrate:", 12) == 0)
			next = strstr(next + 1, "\n-- ");
		next = next == NULL ? instead + strlen(instead) : next + 1;
		text = arena_printf(arena, "%s-- file: V1__x.sql\n%s%.*s", text,
		    is_refused(instead, (size_t)(next - instead), version) ? "-- transaction: off\n"
									   : "",
		    (int)(next - instead), instead);
		instead = next;
	}
	return text;
}

/*
 * What is advised instead must not be found fault with for the same.  Some of it counts on an index
 * or on partitions that nobody knows of here.
 */
static void
check_advice(const char *rule, const struct advice *advice)
{
	struct reading r = { .rule = rule };

	if (strcmp(rule, "pk-using-index-nullable") == 0 || strcmp(rule, "fk-not-valid") == 0)
		return;

	lint_text(&r, advice->version, rule, as_files(advice->instead, advice->version));
	for (size_t i = 0; i < r.found.count; i++)
		ck_assert_msg(strcmp(r.found.list[i].rule, rule) != 0, "%s advises:\n%s", rule,
		    advice->instead);
}

static void
check_file(const char *rule, const char *path)
{
	struct reading r = { .rule = rule };
	const char *text = read_file(path);
	struct marks expected = { 0 };

	read_expected(text, &expected);
	lint_text(&r, 150000, path, text);
	ck_assert_msg(strcmp(tell(&r.found), tell(&expected)) == 0, "%s\nexpected:\n%sfound:\n%s",
	    path, tell(&expected), tell(&r.found));
	for (size_t i = 0; i < r.advice_count; i++)
		check_advice(rule, &r.advices[i]);
}

START_TEST(finds_what_its_file_expects)
{
	const struct rule *rule = lint_rules()[_i];

	if (rule->check != NULL || rule->end != NULL)
		check_file(rule->id, arena_printf(arena, "tests/lint/%s.sql", rule->id));
}
END_TEST

/* Each file is named by a rule, and expects it. */
START_TEST(has_no_file_without_a_rule)
{
	DIR *folder = opendir("tests/lint");
	const struct dirent *entry;

	ck_assert_ptr_nonnull(folder);
	while ((entry = readdir(folder)) != NULL) {
		const char *dot = strstr(entry->d_name, ".sql");
		struct marks expected = { 0 };
		const char *rule;
		bool found = false;

		if (dot == NULL)
			continue;
		rule = arena_strndup(arena, entry->d_name, (size_t)(dot - entry->d_name));
		ck_assert_msg(lint_rule_find(rule) != NULL, "%s", entry->d_name);
		read_expected(
		    read_file(arena_printf(arena, "tests/lint/%s", entry->d_name)), &expected);
		for (size_t i = 0; i < expected.count; i++)
			found = found || strcmp(expected.list[i].rule, rule) == 0;
		ck_assert_msg(found, "%s", entry->d_name);
	}
	(void)closedir(folder); /* only read */
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("rules");
	TCase *cases = tcase_create("rules");
	SRunner *runner = srunner_create(suite);
	int failed, count = 0;

	while (lint_rules()[count] != NULL)
		count++;
	tcase_add_checked_fixture(cases, set_up, tear_down);
	tcase_add_loop_test(cases, finds_what_its_file_expects, 0, count);
	tcase_add_test(cases, has_no_file_without_a_rule);
	suite_add_tcase(suite, cases);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
