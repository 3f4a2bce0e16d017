/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <string.h>

#include "base/utf8.h"
#include "sql/lint.h"

/*
 * The bytes as two files of statements that end with ;, linted one behind the other with every
 * rule in force: each finding says what is wrong and where, and its SQL is whole lines.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static enum severity
in_force(void *source, const struct rule *rule)
{
	(void)source;
	(void)rule;
	return SEVERITY_WARNING;
}

static void
lint_one(struct arena *a, struct lint *l, const char *text, size_t length, int server_version)
{
	struct statement_class *class = arena_alloc(a, sizeof(*class));
	struct acts *acts = arena_alloc(a, sizeof(*acts));
	static int64_t number;

	statement_read(a, text, length, server_version, class, acts);
	lint_statement(l,
	    &(struct lint_statement){ .number = ++number,
		.text = arena_strndup(a, text, length),
		.length = length,
		.class = class,
		.acts = acts,
		.lock_timeout_ms = -1,
		.statement_timeout_ms = -1 });
}

static void
lint_file_of(struct arena *a, struct lint *l, const char *text, int server_version)
{
	const struct finding *findings;
	size_t count;

	while (*text != '\0') {
		size_t length = strcspn(text, ";");

		lint_one(a, l, text, length, server_version);
		text += length + (text[length] == ';');
	}
	lint_end_file(l);
	findings = lint_findings(l, &count);
	for (size_t i = 0; i < count; i++) {
		const struct finding *f = &findings[i];
		size_t length = f->instead == NULL ? 0 : strlen(f->instead);

		assert(f->message != NULL && f->at >= 0);
		assert(f->instead == NULL || (length > 0 && f->instead[length - 1] == '\n'));
	}
}

static void
lint_twice(struct arena *a, const char *text, int server_version)
{
	const struct lint_options options = { .server_version = server_version,
		.lock_timeout_ms = 5000,
		.concurrent_lock_timeout_ms = 1000,
		.severity = in_force };
	struct lint *l = lint_new(a, &options);

	lint_begin_file(l, &(struct lint_file){ .path = "V1__x.sql", .applied = true });
	lint_file_of(a, l, text, server_version);
	lint_begin_file(l, &(struct lint_file){ .path = "V2__x.sql", .transaction = true });
	lint_file_of(a, l, text, server_version);
}

static bool
is_utf8(const char *text)
{
	size_t length;
	uint32_t code;

	for (; *text != '\0'; text += length)
		if ((length = utf8_decode(text, strlen(text), &code)) == 0)
			return false;
	return true;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new(NULL);
	const char *text = arena_strndup(a, (const char *)data, size);

	if (is_utf8(text)) {
		lint_twice(a, text, 150000);
		lint_twice(a, text, 190000);
	}
	arena_close(a);
	return 0;
}
