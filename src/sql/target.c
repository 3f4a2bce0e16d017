/* SPDX-License-Identifier: MIT */
#include "sql/target.h"

#include <string.h>
#include <strings.h>

#include "sql/words.h"

/*
 * The forms by their leading words; what they work on stands next.  The first row that fits
 * counts; a form that is in no row has TARGET_UNKNOWN.
 */
static const struct form {
	const char *pattern;
	enum target_kind kind;
	const char *before_other; /* what stands between the two names */
} forms[] = {
	{ "CREATE INDEX CONCURRENTLY", TARGET_CREATE_INDEX, "ON [ONLY]" },
	{ "DROP INDEX CONCURRENTLY [IF] [EXISTS]", TARGET_DROP_INDEX, NULL },
	{ "REINDEX [()] INDEX [CONCURRENTLY]", TARGET_REINDEX_INDEX, NULL },
	{ "REINDEX [()] TABLE [CONCURRENTLY]", TARGET_REINDEX_TABLE, NULL },
	{ "REINDEX [()] SCHEMA [CONCURRENTLY]", TARGET_REINDEX_SCHEMA, NULL },
	{ "REINDEX [()] DATABASE [CONCURRENTLY]", TARGET_REINDEX_DATABASE, NULL },
	{ "REINDEX [()] SYSTEM", TARGET_AGAIN, NULL },
	{ "ALTER TABLE [IF] [EXISTS] [ONLY]", TARGET_DETACH, "[*] DETACH PARTITION" },
	{ "CREATE DATABASE", TARGET_CREATE_DATABASE, NULL },
	{ "DROP DATABASE [IF] [EXISTS]", TARGET_DROP_DATABASE, NULL },
	{ "CREATE TABLESPACE", TARGET_CREATE_TABLESPACE, NULL },
	{ "DROP TABLESPACE [IF] [EXISTS]", TARGET_DROP_TABLESPACE, NULL },
	{ "VACUUM", TARGET_AGAIN, NULL },
	{ "ANALYZE|ANALYSE", TARGET_AGAIN, NULL },
	{ "CLUSTER", TARGET_AGAIN, NULL },
	{ "REPACK", TARGET_AGAIN, NULL },
	{ "ALTER SYSTEM", TARGET_AGAIN, NULL },
	{ "ALTER DATABASE % SET TABLESPACE", TARGET_AGAIN, NULL },
};

/* The name of a new index may be left out: then ON comes next. */
static void
read_index_name(struct arena *a, struct words *s, struct target *out)
{
	struct words on = *s;

	out->may_exist = words_match(s, "IF NOT EXISTS");
	if (!words_match(&on, "ON"))
		words_read_name(a, s, &out->schema, &out->name);
}

static void
read_names(struct arena *a, struct words *s, const struct form *form, struct target *out)
{
	if (out->kind == TARGET_AGAIN)
		return;
	if (out->kind == TARGET_CREATE_INDEX)
		read_index_name(a, s, out);
	else
		words_read_name(a, s, &out->schema, &out->name);
	if (form->before_other != NULL && words_match(s, form->before_other))
		words_read_name(a, s, &out->other_schema, &out->other_name);
}

void
target_read(struct arena *a, const char *text, size_t length, struct target *out)
{
	size_t i;

	*out = (struct target){ 0 };
	for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		struct words s = words_start(text, length);

		if (!words_match(&s, forms[i].pattern))
			continue;
		out->kind = forms[i].kind;
		read_names(a, &s, &forms[i], out);
		if (out->kind == TARGET_DETACH && out->other_name == NULL)
			out->kind = TARGET_UNKNOWN; /* another ALTER TABLE */
		return;
	}
}

/* The text of a body is one word to us: looked for letter by letter, rather too often. */
static bool
holds(const char *text, size_t length, const char *word)
{
	size_t size = strlen(word);

	for (size_t i = 0; i + size <= length; i++)
		if (strncasecmp(text + i, word, size) == 0)
			return true;
	return false;
}

bool
target_may_commit(const char *text, size_t length)
{
	struct words s = words_start(text, length);

	return !words_match(&s, "DO") || holds(text, length, "commit") ||
	    holds(text, length, "rollback") || holds(text, length, "call");
}

/* SELECT set_config(...), ... with or without its schema and AS name, and nothing else. */
static bool
is_set_config(struct words s)
{
	struct word w;

	if (!words_match(&s, "SELECT"))
		return false;
	do {
		words_match(&s, "pg_catalog .");
		if (!words_match(&s, "set_config ()"))
			return false;
		if (words_match(&s, "AS"))
			words_match(&s, "%");
	} while (words_match(&s, ","));
	return !words_next(&s, &w);
}

bool
target_is_session(const char *text, size_t length)
{
	static const char *const patterns[] = { "RESET", "PREPARE", "DEALLOCATE", "LISTEN",
		"UNLISTEN", "LOAD" };
	struct words s = words_start(text, length);
	size_t i;

	if (words_match(&s, "SET CONSTRAINTS|TRANSACTION|LOCAL") ||
	    words_match(&s, "PREPARE TRANSACTION"))
		return false;
	if (words_match(&s, "SET") || is_set_config(s))
		return true;
	for (i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++)
		if (words_match(&s, patterns[i]))
			return true;
	return false;
}
