/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <string.h>

#include "sql/range.h"
#include "sql/statement.h"

/*
 * The bytes as the statement of a file in batches, with a key of one column and of two.  What is
 * taken has both ends, and its check is one SELECT without them; what is refused says where and
 * what to do.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *
with_ends(struct arena *a, const char *text)
{
	const struct range range = { .text = text, .length = strlen(text) };

	return range_parameters(a, &range);
}

static void
try_key(struct arena *a, const char *text, size_t key_count)
{
	static const char *const keys[] = { "id", "day" };
	const struct range_text in = { .text = text,
		.length = strlen(text),
		.table = "orders",
		.keys = keys,
		.key_count = key_count };
	struct error *err = error_new(a);
	struct statement_class class;
	struct range range;
	struct acts acts = { 0 };
	int64_t position = 0;

	if (!range_read(a, &in, &range, &position, err)) {
		assert(err->code == ERR_REFUSED && err->message != NULL && err->next != NULL);
		assert(position >= 1 && position <= (int64_t)in.length + 1);
		return;
	}
	assert((range.check == NULL) != (range.why_no_check == NULL));
	assert(strcmp(with_ends(a, text), text) != 0);
	assert(strlen(with_ends(a, text)) == in.length);
	if (range.check == NULL)
		return;
	assert(strcmp(with_ends(a, range.check), range.check) == 0);
	statement_read(a, range.check, strlen(range.check), 150000, &class, &acts);
	assert(class.parsed && class.kind == STATEMENT_DML);
	assert(acts.count > 0 && acts.list[0].kind == ACT_SELECT);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new(NULL);
	const char *text = arena_strndup(a, (const char *)data, size);

	try_key(a, text, 1);
	try_key(a, text, 2);
	arena_close(a);
	return 0;
}
