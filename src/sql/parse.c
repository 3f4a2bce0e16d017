/* SPDX-License-Identifier: MIT */
#include "sql/parse.h"

#include <string.h>

#include "sql/grammar.h"

/*
 * The library walks its trees by recursion, 2 kB of stack for a term of a sum, 7 kB for a nested
 * SELECT: some 5,000 terms in 9 kB of text end the program.  A level counts as a term; nothing
 * that people write comes near LEVELS_MAX, and 2 MiB of stack hold them all.
 */
enum { LENGTH_MAX = 64 * 1024, LEVELS_MAX = 1000, LEVELS_OF_PARENTHESIS = 4, DEPTH_MAX = 200 };

/* --- may the grammar be asked? --- */

/* How deep the tree may get inside one pair of parentheses. */
struct nesting {
	size_t chain; /* operators since the last comma, AND or OR: a + b + c is a chain */
	size_t links; /* what commas do not end: UNION, JOIN, CASE */
};

enum level { LEVEL_NONE, LEVEL_OPENS, LEVEL_CLOSES, LEVEL_ENDS, LEVEL_CHAIN, LEVEL_LINK };

static enum level
level_of_symbol(char symbol)
{
	switch (symbol) {
	case '(':
	case '[':
		return LEVEL_OPENS;
	case ')':
	case ']':
		return LEVEL_CLOSES;
	case ',':
	case ';':
		return LEVEL_ENDS;
	case '.':
		return LEVEL_NONE;
	}
	return LEVEL_CHAIN;
}

static enum level
level_of_word(const struct word *w)
{
	/* Most words begin with another letter. */
	if (strchr("aceijnou", *w->text | 0x20) == NULL)
		return LEVEL_NONE;
	if (word_is(w, "AND|OR"))
		return LEVEL_ENDS;
	if (word_is(w, "UNION|INTERSECT|EXCEPT|JOIN|CASE"))
		return LEVEL_LINK;
	return word_is(w, "NOT|IS|AT|COLLATE|OPERATOR") ? LEVEL_CHAIN : LEVEL_NONE;
}

static enum level
level_of(const struct word *w)
{
	if (w->kind == WORD_SYMBOL)
		return level_of_symbol(*w->text);
	return w->kind == WORD_PLAIN ? level_of_word(w) : LEVEL_NONE;
}

/*
 * An upper bound of the depth of the tree: parentheses that are open, and the chains in each of
 * them.
 */
static bool
is_shallow(struct words s)
{
	struct nesting nestings[DEPTH_MAX] = { 0 };
	size_t depth = 0, levels = 0;
	struct word w;

	while (words_next(&s, &w) && levels <= LEVELS_MAX) {
		struct nesting *n = &nestings[depth];

		switch (level_of(&w)) {
		case LEVEL_NONE:
			break;
		case LEVEL_OPENS:
			if (++depth == DEPTH_MAX)
				return false;
			nestings[depth] = (struct nesting){ 0 };
			levels += LEVELS_OF_PARENTHESIS;
			break;
		case LEVEL_CLOSES:
			if (depth == 0)
				break;
			depth--;
			levels -= n->chain + n->links + LEVELS_OF_PARENTHESIS;
			break;
		case LEVEL_ENDS:
			levels -= n->chain;
			n->chain = 0;
			break;
		case LEVEL_LINK:
			n->links += 2;
			levels += 2;
			break;
		case LEVEL_CHAIN:
			n->chain++;
			levels++;
			break;
		}
	}
	return levels <= LEVELS_MAX;
}

/* --- asking --- */

struct question {
	struct act_reader reader;
	struct statement_class *out;
};

/* Who is shown the tree. */
struct looking {
	tree_see *see;
	void *context;
};

static void
show(const struct looking *looking, const PgQuery__ParseResult *tree)
{
	if (tree->n_stmts == 1 && tree->stmts[0]->stmt != NULL)
		looking->see(looking->context, tree->stmts[0]->stmt);
}

/*
 * The library packs its tree into bytes, for us to unpack them into the same tree: most of the time
 * that a statement takes.  The linker lets us in between (--wrap in the Makefile), so the tree is
 * read where it is.  A shared library packs unseen; what it packed is unpacked then.  The functions
 * have no room for an argument of ours, hence the variable.
 */
static const struct looking *waiting;

size_t __real_pg_query__parse_result__get_packed_size(const PgQuery__ParseResult *tree);
size_t __real_pg_query__parse_result__pack(const PgQuery__ParseResult *tree, uint8_t *out);
size_t __wrap_pg_query__parse_result__get_packed_size(const PgQuery__ParseResult *tree);
size_t __wrap_pg_query__parse_result__pack(const PgQuery__ParseResult *tree, uint8_t *out);

size_t
__wrap_pg_query__parse_result__get_packed_size(const PgQuery__ParseResult *tree)
{
	return waiting == NULL ? __real_pg_query__parse_result__get_packed_size(tree) : 0;
}

size_t
__wrap_pg_query__parse_result__pack(const PgQuery__ParseResult *tree, uint8_t *out)
{
	const struct looking *looking = waiting;

	if (looking == NULL)
		return __real_pg_query__parse_result__pack(tree, out);
	waiting = NULL;
	show(looking, tree);
	return 0;
}

static const char *
unpack(const struct looking *looking, const PgQueryProtobuf *packed)
{
	PgQuery__ParseResult *tree =
	    pg_query__parse_result__unpack(NULL, packed->len, (const uint8_t *)packed->data);

	if (tree == NULL)
		return "its tree cannot be read";
	show(looking, tree);
	pg_query__parse_result__free_unpacked(tree, NULL);
	return NULL;
}

const char *
parse_show(struct arena *a, const char *text, tree_see *see, void *context, int64_t *position)
{
	struct looking looking = { see, context };
	PgQueryProtobufParseResult result;
	const char *refusal = NULL;

	*position = 0;
	waiting = &looking;
	result = pg_query_parse_protobuf(text);
	if (result.error != NULL) {
		refusal = arena_strdup(a, result.error->message);
		*position = result.error->cursorpos;
	} else if (waiting != NULL) {
		refusal = unpack(&looking, &result.parse_tree);
	}
	waiting = NULL;
	pg_query_free_protobuf_parse_result(result);
	return refusal;
}

static void
see_acts(void *context, const PgQuery__Node *statement)
{
	act_read(context, statement);
}

/* Reads the tree of a NUL-ended text; false if the grammar refuses it (parse_error). */
static bool
read_text(struct question *q, const char *text)
{
	struct statement_class *out = q->out;
	int64_t position;
	const char *refusal = parse_show(q->reader.a, text, see_acts, &q->reader, &position);

	if (refusal != NULL && out->parse_error == NULL) {
		out->parse_error = refusal;
		out->parse_position = position;
	}
	return refusal == NULL;
}

/* Once more with newer syntax made older. */
static bool
read_older(struct question *q, struct arena *scratch)
{
	struct act_reader *r = &q->reader;
	struct newer newer;
	bool read;

	newer_rewrite(scratch, r->text, r->length, &newer);
	if (newer.text == NULL)
		return false;
	r->newer = &newer;
	read = read_text(q, newer.text);
	r->newer = NULL;
	if (read) {
		q->out->newer = newer.form;
		q->out->parse_error = NULL;
		q->out->parse_position = 0;
	}
	return read;
}

static bool
ask_grammar(struct question *q)
{
	struct arena *scratch = arena_new(q->reader.a);
	const char *text = arena_strndup(scratch, q->reader.text, q->reader.length);

	q->out->parsed = read_text(q, text) || read_older(q, scratch);
	arena_close(scratch);
	return q->out->parsed;
}

/* --- without an answer --- */

/* Where the leading words alone name the relation, and what they say that is done to it. */
static const struct {
	const char *pattern;
	enum act_kind kind;
	const char *form;
} guesses[] = {
	{ "ALTER TABLE|VIEW|SEQUENCE [IF] [EXISTS]", ACT_ALTER, "ALTER" },
	{ "ALTER MATERIALIZED VIEW [IF] [EXISTS]", ACT_ALTER, "ALTER" },
	{ "ALTER FOREIGN TABLE [IF] [EXISTS]", ACT_ALTER, "ALTER" },
	/* It is taken for an old one. */
	{ "CREATE VIEW", ACT_CREATE_VIEW, "CREATE OR REPLACE VIEW" },
	{ "CREATE INDEX CONCURRENTLY ... ON", ACT_CREATE_INDEX, "CREATE INDEX CONCURRENTLY" },
	{ "CREATE INDEX ... ON", ACT_CREATE_INDEX, "CREATE INDEX" },
	{ "CREATE TRIGGER ... ON", ACT_CREATE_TRIGGER, "CREATE TRIGGER" },
	{ "INSERT INTO", ACT_INSERT, "INSERT" },
	{ "UPDATE", ACT_UPDATE, "UPDATE" },
	{ "DELETE FROM", ACT_DELETE, "DELETE" },
	{ "MERGE INTO", ACT_MERGE, "MERGE" },
	{ "DO", ACT_DO, "DO" },
};

static void
guess(struct act_reader *r)
{
	struct words start = words_start(r->text, r->length);
	size_t i;

	for (i = 0; i < sizeof(guesses) / sizeof(guesses[0]); i++) {
		struct words s = start;
		struct act *act;

		if (!words_match(&s, guesses[i].pattern))
			continue;
		act = act_add(r, guesses[i].kind, guesses[i].form, act_place(r, 0));
		act->on = ACT_ON_TABLE;
		act->or_replace = act->kind == ACT_CREATE_VIEW;
		act->concurrently = strstr(act->form, "CONCURRENTLY") != NULL;
		act->only = words_match(&s, "ONLY");
		/* Nobody blames a statement for what was not read. */
		act->has_where = act->kind == ACT_UPDATE || act->kind == ACT_DELETE;
		if (act->kind != ACT_DO)
			words_read_name(r->a, &s, &act->name.schema, &act->name.name);
		return;
	}
}

bool
parse_is_safe(const char *text, size_t length)
{
	return length <= LENGTH_MAX && is_shallow(words_start(text, length));
}

void
parse_statement(
    struct arena *a, const struct parse_text *text, struct statement_class *out, struct acts *acts)
{
	struct question q = {
		.reader = {
			.a = a, .text = text->text, .length = text->length, .form = out->form,
			.acts = acts, .inside = text->inside, .base = text->at,
			.base_only = text->elsewhere,
		},
		.out = out,
	};

	if (!parse_is_safe(text->text, text->length) || !ask_grammar(&q))
		guess(&q.reader);
}
