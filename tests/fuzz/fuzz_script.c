/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <string.h>

#include "core/directive.h"
#include "core/name.h"
#include "core/source.h"

/*
 * The same bytes as a file name, as a directive and as the text of a script, which must come out
 * of the source alike in one piece and in many, and with every byte accounted for.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
try_name(struct arena *a, const char *text, struct error *err)
{
	struct script s = { .path = arena_printf(a, "%s.sql", text) };

	if (!name_check(s.path, err) || !name_parse(a, &s, err)) {
		assert(err->message != NULL && err->place.path != NULL);
		return;
	}
	assert(s.description != NULL);
	assert(s.version == NULL || version_valid(s.version));
	assert(strlen(name_shorten_path(a, s.path)) <= strlen(s.path));
}

static void
try_directive(struct arena *a, const char *text, struct error *err)
{
	struct directive_comment comment = { .text = text, .length = strlen(text) };
	struct directives file, statement;

	directives_init(&file);
	directives_init(&statement);
	comment.place = (struct place){ .path = "x.sql", .line = 1, .column = 1 };
	if (!directive_is(text, comment.length))
		return;
	if (directive_add(a, &comment, &file, &statement, err))
		assert(file.given != statement.given);
	else
		assert(err->message != NULL && err->place.line == 1);
}

/* The text behind the replacing; NULL: refused. */
static const char *
read_source(struct arena *a, struct source *source, size_t size, struct error *err)
{
	struct arena_text *t = arena_text_new(a);
	struct split_chunk chunk;
	size_t taken = 0;

	do {
		if (!source_read(source, &chunk, err))
			return NULL;
		taken += chunk.replaced ? chunk.file_length : chunk.length;
		fprintf(t->out, "%s%.*s", chunk.unknown == NULL ? "" : chunk.unknown,
		    (int)chunk.length, chunk.text);
	} while (chunk.length > 0 || chunk.replaced);
	assert(taken == size || taken + 3 == size); /* a BOM */
	assert(source_sums(source).size == (int64_t)size);
	return arena_text_end(t);
}

static void
try_text(struct arena *a, const char *text, size_t size, struct error *err)
{
	static struct config_pair pairs[] = {
		{ .name = "a", .value = "value" },
		{ .name = "b", .value = "" },
	};
	static const struct config config = { .placeholders = { .pairs = pairs, .count = 2 } };
	static const struct script_environment env = { .config = &config };
	static const struct script s = { .path = "x.sql" };
	struct source *plain = source_new(a, s.path, text, size);
	struct source *replacing = source_new(a, s.path, text, size);
	const char *one, *other;

	source_replace(replacing, &env, &s);
	one = read_source(a, plain, size, err);
	other = read_source(a, replacing, size, err);
	assert((one == NULL) == (other == NULL));
	if (one == NULL)
		return;
	assert(source_sums(plain).raw == source_sums(replacing).raw);
	if (strchr(one, '$') == NULL)
		assert(strcmp(one, other) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new(NULL);
	const char *text = arena_strndup(a, (const char *)data, size);
	struct error *err = error_new(a);

	try_name(a, text, err);
	try_directive(a, text, err);
	try_text(a, text, size, err);
	arena_close(a);
	return 0;
}
