/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <string.h>

#include "base/utf8.h"
#include "sql/effect.h"
#include "sql/statement.h"
#include "sql/words.h"

/*
 * The bytes as one statement: the words cover it in order, what the leading words tell does not
 * depend on the grammar, locks and acts are complete, and layout before a statement is not hashed.  Bytes
 * that are not UTF-8 never come here (core/source.c).
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
try_words(const char *text, size_t length)
{
	struct words s = words_start(text, length);
	const char *end = text;
	struct word w;

	while (words_next(&s, &w)) {
		assert(w.text >= end && w.length > 0);
		end = w.text + w.length;
		assert(end == s.at && end <= text + length);
	}
	assert(s.at == text + length);
}

static void
try_class(struct arena *a, const char *text, size_t length, int server_version)
{
	struct statement_class class, words;

	statement_classify_words(text, length, server_version, &words);
	statement_classify(a, text, length, server_version, &class);
	assert(class.form != NULL && class.form == words.form && class.kind == words.kind);
	assert(class.refused_in_block == words.refused_in_block);
	assert(!class.parsed || class.parse_error == NULL);
	for (size_t i = 0; i < class.lock_count; i++) {
		const struct statement_lock *l = &class.locks[i];

		assert(l->mode > LOCK_ROW_EXCLUSIVE && l->name != NULL);
		assert((l->object == LOCK_CONSTRAINT) == (l->constraint != NULL));
		assert((l->object == LOCK_COLUMN) == (l->column != NULL));
	}
}

static void
try_column(const struct act *act, const struct act_column *c)
{
	assert(c->name != NULL || act->kind == ACT_CREATE_DOMAIN);
	assert(c->type.modifier_count <= 2);
	for (size_t i = 0; i < c->constraint_count; i++)
		for (size_t j = 0; j < c->constraints[i].column_count; j++)
			assert(c->constraints[i].columns[j] != NULL);
}

static void
try_act(const struct act *act, size_t length)
{
	assert(act->form != NULL && act->at >= 0 && act->at <= (int64_t)length);
	assert((act->kind == ACT_CREATE_INDEX && act->index != NULL) || act->index == NULL);
	for (size_t i = 0; i < act->column_count; i++)
		try_column(act, &act->columns[i]);
	for (size_t i = 0; i < act->constraint_count; i++)
		for (size_t j = 0; j < act->constraints[i].column_count; j++)
			assert(act->constraints[i].columns[j] != NULL);
	for (size_t i = 0; i < act->value_count; i++)
		assert(act->values[i] != NULL);
	for (size_t i = 0; i < act->read_count; i++)
		assert(act->reads[i].name != NULL);
}

/* Acts are complete, and the world and the costs are told of them. */
static void
try_acts(struct arena *a, const char *text, size_t length, int server_version)
{
	struct world *world = world_new(a, NULL, NULL);
	struct statement_class class;
	struct acts acts;

	world_begin_file(world, true);
	statement_read(a, text, length, server_version, &class, &acts);
	for (size_t i = 0; i < acts.count; i++) {
		struct effect effect;

		assert(acts.list[i].number == i);
		try_act(&acts.list[i], length);
		effect_tell(world, &acts.list[i], &effect);
		assert(effect.rewrite <= effect.scan);
		world_apply(world, &acts.list[i]);
	}
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
	const char *indented = arena_printf(a, "\n /* */ %s", text);
	size_t length = strlen(text);

	/* The bytes themselves end where they end, so that reading on is noticed. */
	try_words((const char *)data, size);
	if (is_utf8(text)) {
		try_class(a, text, length, 150000);
		try_class(a, text, length, 190000);
		try_acts(a, text, length, 150000);
		assert(statement_body_hash(0, text, length) ==
		    statement_body_hash(0, indented, strlen(indented)));
	}
	arena_close(a);
	return 0;
}
