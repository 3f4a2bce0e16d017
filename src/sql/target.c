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

/*
 * What is done to the session rather than to the database, by the leading words; the first row
 * that fits counts.  Without a name: it ends with its transaction, or nothing of it stays.
 */
static const struct {
	const char *pattern, *name;
} session_forms[] = {
	{ "SET CONSTRAINTS|TRANSACTION|LOCAL", NULL },
	{ "SET", "SET" },
	{ "RESET", "RESET" },
	{ "PREPARE TRANSACTION", NULL },
	{ "PREPARE", "PREPARE" },
	{ "DEALLOCATE", "DEALLOCATE" },
	{ "LISTEN", "LISTEN" },
	{ "UNLISTEN", "UNLISTEN" },
	{ "LOAD", "LOAD" },
};

static const char *
session_form(struct words s)
{
	for (size_t i = 0; i < sizeof(session_forms) / sizeof(session_forms[0]); i++)
		if (words_match(&s, session_forms[i].pattern))
			return session_forms[i].name;
	return NULL;
}

bool
target_is_session(const char *text, size_t length)
{
	struct words s = words_start(text, length);

	return session_form(s) != NULL || is_set_config(s);
}

/* --- what stays in the session --- */

/* Functions whose effect does not end with the transaction. */
static const struct {
	const char *names, *said;
} session_calls[] = {
	{ "set_config", "set_config()" },
	{ "pg_advisory_lock|pg_advisory_lock_shared|pg_try_advisory_lock|"
	  "pg_try_advisory_lock_shared",
	    "an advisory lock of the session" },
	{ "pg_advisory_unlock|pg_advisory_unlock_shared", "pg_advisory_unlock()" },
};

/* Is the last word of the list that was just opened TRUE: set_config(..., true)? */
static bool
ends_with_true(struct words s)
{
	struct words end = s;
	struct word w = { 0 }, last = { 0 };

	words_skip_list(&end);
	while (words_next(&s, &w) && s.at < end.at)
		last = w;
	return word_is(&last, "TRUE");
}

/* A call of one of these at the word; s stands behind it. */
static const char *
session_call(const struct word *word, struct words s)
{
	struct word name = *word;

	if (name.kind == WORD_QUOTED)
		name = (struct word){ WORD_PLAIN, word->text + 1, word->length - 2 };
	for (size_t i = 0; i < sizeof(session_calls) / sizeof(session_calls[0]); i++)
		if (word_is(&name, session_calls[i].names) && words_match(&s, "("))
			return i == 0 && ends_with_true(s) ? NULL : session_calls[i].said;
	return NULL;
}

/* In the body of a DO a statement begins behind one of these. */
static bool
opens_statement(const struct word *word)
{
	return word_is(word, ";|BEGIN|THEN|ELSE|LOOP");
}

static const char *
stays_in(struct words s, bool is_body)
{
	bool first = is_body;
	const char *what = NULL;
	struct words here = s;
	struct word w;

	while (what == NULL && words_next(&s, &w)) {
		if (first)
			what = session_form(here);
		if (what == NULL)
			what = session_call(&w, s);
		first = is_body && opens_statement(&w);
		here = s;
	}
	return what;
}

/* What stands between the dollar quotes of a DO. */
static const char *
stays_in_body(struct words s)
{
	const char *inner;
	struct word w;
	size_t tag;

	while (words_next(&s, &w)) {
		if (w.kind != WORD_STRING || *w.text != '$')
			continue;
		inner = memchr(w.text + 1, '$', w.length - 1);
		tag = inner == NULL ? w.length : (size_t)(inner + 1 - w.text);
		if (w.length >= 2 * tag)
			return stays_in(words_start(w.text + tag, w.length - 2 * tag), true);
	}
	return NULL;
}

const char *
target_stays(const char *text, size_t length, const struct statement_class *class)
{
	struct words s = words_start(text, length), rest = s;
	const char *what = session_form(s);

	if (what == NULL && words_match(&rest, "DISCARD"))
		what = "DISCARD";
	if (what == NULL && words_match(&rest, "DECLARE ... WITH HOLD"))
		what = "a cursor WITH HOLD";
	if (what == NULL && class->makes_temporary && !words_match(&rest, "... ON COMMIT DROP"))
		what = "what is temporary";
	if (what == NULL && words_match(&rest, "DO"))
		return stays_in_body(rest);
	return what != NULL ? what : stays_in(s, false);
}
