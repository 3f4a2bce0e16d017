/* SPDX-License-Identifier: MIT */
#include "sql/range.h"

#include <string.h>

#include "sql/parse.h"
#include "sql/quote.h"
#include "sql/statement.h"
#include "sql/within.h"
#include "sql/words.h"

/* --- :from and :to, as psql would find its variables --- */

struct mark {
	const char *at; /* the colon */
	const char *end;
	bool is_from;
};

static bool
continues_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	    c == '_' || (c & 0x80) != 0;
}

static const char *
behind_name(const struct words *s, const char *name)
{
	size_t length = strlen(name);

	if ((size_t)(s->end - s->at) < length || memcmp(s->at, name, length) != 0)
		return NULL;
	if (s->at + length < s->end && continues_name(s->at[length]))
		return NULL;
	return s->at + length;
}

/* The next one; of "::" no colon begins a variable. */
static bool
next_mark(struct words *s, struct mark *mark)
{
	struct word w;

	while (words_next(s, &w)) {
		if (!word_is(&w, ":"))
			continue;
		if (s->at < s->end && *s->at == ':') {
			s->at++;
			continue;
		}
		mark->at = w.text;
		mark->end = behind_name(s, "from");
		mark->is_from = mark->end != NULL;
		if (!mark->is_from)
			mark->end = behind_name(s, "to");
		if (mark->end != NULL) {
			s->at = mark->end;
			return true;
		}
	}
	return false;
}

static bool
has_mark(const char *text, const char *end)
{
	struct words s = words_start(text, (size_t)(end - text));
	struct mark mark;

	return next_mark(&s, &mark);
}

const char *
range_key(struct arena *a, const struct range_text *in)
{
	const char *list = quote_name(a, in->keys[0]);

	for (size_t i = 1; i < in->key_count; i++)
		list = arena_printf(a, "%s, %s", list, quote_name(a, in->keys[i]));
	return in->key_count == 1 ? list : arena_printf(a, "(%s)", list);
}

const char *
range_sql(struct arena *a, const struct range *range, const char *from, const char *to)
{
	struct arena_text *out = arena_text_new(a);
	struct words s = words_start(range->text, range->length);
	const char *done = range->text;
	struct mark mark;

	while (next_mark(&s, &mark)) {
		fwrite(done, 1, (size_t)(mark.at - done), out->out);
		fputs(mark.is_from ? from : to, out->out);
		done = mark.end;
	}
	fwrite(done, 1, (size_t)(s.end - done), out->out);
	return arena_text_end(out);
}

const char *
range_parameters(struct arena *a, const struct range *range)
{
	return range_sql(a, range, "$1   ", "$2 ");
}

static int64_t
characters(const char *text, const char *end)
{
	int64_t count = 0;

	for (; text < end; text++)
		count += ((unsigned char)*text & 0xc0) != 0x80;
	return count;
}

int64_t
range_position(const struct range *range, const char *from, const char *to, int64_t position)
{
	struct words s = words_start(range->text, range->length);
	int64_t longer = 0; /* by what was put in so far */
	struct mark mark;

	while (next_mark(&s, &mark)) {
		const char *put = mark.is_from ? from : to;
		int64_t before = characters(range->text, mark.at);
		int64_t length = characters(put, put + strlen(put));

		if (position <= before + longer)
			break;
		if (position <= before + longer + length)
			return before + 1;
		longer += length - characters(mark.at, mark.end);
	}
	return position - longer;
}

/* --- the clauses of UPDATE and DELETE --- */

enum clause { CLAUSE_TABLE, CLAUSE_SET, CLAUSE_ITEMS, CLAUSE_WHERE, CLAUSE_RETURNING };
enum { CLAUSE_COUNT = CLAUSE_RETURNING + 1 };

struct slice {
	const char *text, *end; /* from its first word to behind its last one; NULL: not there */
};

struct clauses {
	struct slice before; /* WITH ..., up to the statement itself */
	struct slice of[CLAUSE_COUNT];
};

/* Behind WITH comes the statement; a query of WITH may be called "update". */
static bool
find_statement(struct words *s, struct word *verb)
{
	bool may_be_name = false;
	struct words behind = *s;

	if (!words_match(&behind, "WITH"))
		return words_next(s, verb);
	may_be_name = true;
	*s = behind;
	while (words_next(s, verb)) {
		if (word_is(verb, "("))
			words_skip_list(s);
		else if (!may_be_name && word_is(verb, "INSERT|UPDATE|DELETE|SELECT|MERGE|VALUES"))
			return true;
		may_be_name = word_is(verb, ",|RECURSIVE|BY");
	}
	return false;
}

/* Does the word begin a clause, behind those up to now? */
static bool
begins_clause(const struct word *w, const struct word *last, enum clause now, enum clause *clause)
{
	if (word_is(last, ".|AS")) /* a name */
		return false;
	if (word_is(w, "SET"))
		*clause = CLAUSE_SET;
	else if (word_is(w, "FROM") && now == CLAUSE_SET && !word_is(last, "DISTINCT"))
		*clause = CLAUSE_ITEMS;
	else if (word_is(w, "USING") && now == CLAUSE_TABLE)
		*clause = CLAUSE_ITEMS;
	else if (word_is(w, "WHERE"))
		*clause = CLAUSE_WHERE;
	else if (word_is(w, "RETURNING"))
		*clause = CLAUSE_RETURNING;
	else
		return false;
	return *clause > now;
}

/* s stands behind UPDATE or DELETE FROM. */
static void
cut_clauses(struct words *s, struct clauses *out)
{
	enum clause clause = CLAUSE_TABLE, next;
	struct word w, last = { 0 };
	struct slice *slice = &out->of[clause];
	struct words behind = *s;
	const char *table_end;

	/* The table may be called "set". */
	words_match(&behind, "ONLY");
	if (!words_match(&behind, "()"))
		words_match(&behind, "%");
	table_end = behind.at;
	while (words_next(s, &w)) {
		if (w.text >= table_end && begins_clause(&w, &last, clause, &next)) {
			clause = next;
			slice = &out->of[clause];
		} else {
			if (word_is(&w, "("))
				words_skip_list(s);
			slice->text = slice->text == NULL ? w.text : slice->text;
			slice->end = s->at;
		}
		last = w;
	}
}

/* --- the conditions of WHERE --- */

struct conditions {
	struct arena *a;
	struct slice *list;
	size_t count;
};

/* Goes through the words that stand in no parentheses. */
struct level {
	struct words s;
	struct word word;
	bool keyword; /* it may be one of a condition: neither t.or nor within CASE ... END */
	size_t cases;
};

static struct level
level_start(struct slice slice)
{
	return (struct level){ .s = words_start(slice.text, (size_t)(slice.end - slice.text)) };
}

static bool
level_next(struct level *l)
{
	bool of_name = word_is(&l->word, ".");

	if (!words_next(&l->s, &l->word))
		return false;
	if (word_is(&l->word, "("))
		words_skip_list(&l->s);
	if (!of_name && word_is(&l->word, "CASE"))
		l->cases++;
	l->keyword = !of_name && l->cases == 0;
	if (!of_name && l->cases > 0 && word_is(&l->word, "END"))
		l->cases--;
	return true;
}

static bool
says_or(struct slice slice)
{
	struct level l = level_start(slice);

	while (level_next(&l))
		if (l.keyword && word_is(&l.word, "OR"))
			return true;
	return false;
}

/* Up to the next AND that is not BETWEEN's. */
static bool
next_condition(struct level *l, struct slice *out)
{
	bool between = false;

	*out = (struct slice){ 0 };
	while (level_next(l)) {
		if (l->keyword && word_is(&l->word, "AND")) {
			if (!between)
				return true;
			between = false;
		}
		between |= l->keyword && word_is(&l->word, "BETWEEN");
		out->text = out->text == NULL ? l->word.text : out->text;
		out->end = l->s.at;
	}
	return out->text != NULL;
}

/* Is all of it in one pair of parentheses, and no query?  Cut to what is inside them. */
static bool
strip_parentheses(struct slice *slice)
{
	struct words s = words_start(slice->text, (size_t)(slice->end - slice->text)), inside;

	if (!words_match(&s, "("))
		return false;
	inside = s;
	words_skip_list(&s);
	if (s.at != slice->end || words_match(&inside, "SELECT|WITH|VALUES|TABLE"))
		return false;
	*slice = (struct slice){ inside.at, s.at - 1 };
	return true;
}

static void
add_conditions(struct conditions *out, struct slice where)
{
	struct level l = level_start(where);
	struct slice one;

	while (next_condition(&l, &one)) {
		struct slice inside = one;

		if (strip_parentheses(&inside) && !says_or(inside)) {
			add_conditions(out, inside);
			continue;
		}
		out->list = arena_extend(out->a, out->list, out->count, sizeof(*out->list));
		out->list[out->count++] = one;
	}
}

/* --- the check --- */

struct reading {
	struct arena *a;
	const struct range_text *in;
	struct range *out;
	struct clauses clauses;
	struct within within;
};

static void
put(struct arena_text *out, const char *before, struct slice slice)
{
	if (slice.text != NULL)
		fprintf(out->out, "%s%.*s", before, (int)(slice.end - slice.text), slice.text);
}

/* Made of what the user wrote, word for word. */
static const char *
check_text(const struct reading *r, const struct conditions *kept)
{
	struct arena_text *out = arena_text_new(r->a);

	put(out, "", r->clauses.before);
	fputs("SELECT 1 FROM", out->out);
	put(out, " ", r->clauses.of[CLAUSE_TABLE]);
	put(out, ", ", r->clauses.of[CLAUSE_ITEMS]);
	for (size_t i = 0; i < kept->count; i++)
		put(out, i == 0 ? " WHERE " : " AND ", kept->list[i]);
	fputs(" LIMIT 1", out->out);
	return arena_text_end(out);
}

static const char *
why_none(const struct reading *r)
{
	const struct within *w = &r->within;

	if (r->out->kind == RANGE_INSERT)
		return "an INSERT has none of its own";
	if (!w->read)
		return arena_printf(r->a, "the grammar does not read it: %s", w->unread);
	if (w->with_writes)
		return "its WITH changes rows";
	if (!w->by_own_where)
		return "the range does not stand in its own WHERE alone";
	if (w->other_conditions == 0)
		return "its WHERE is only the range";
	if (r->out->kind == RANGE_UPDATE && !w->asks_what_it_sets)
		return "its WHERE asks for no column that it sets, and would find the same rows "
		       "again";
	return NULL;
}

static void
derive_check(struct reading *r)
{
	struct conditions all = { .a = r->a }, kept = { .a = r->a };
	struct range *out = r->out;
	struct within of_check;
	const char *text;

	out->why_no_check = why_none(r);
	if (out->why_no_check != NULL)
		return;
	add_conditions(&all, r->clauses.of[CLAUSE_WHERE]);
	kept.list = all.list;
	for (size_t i = 0; i < all.count; i++)
		if (!has_mark(all.list[i].text, all.list[i].end))
			kept.list[kept.count++] = all.list[i];
	text = check_text(r, &kept);
	within_read(r->a, text, r->in, &of_check);
	/* The grammar has counted them, too. */
	if (of_check.read && kept.count == r->within.other_conditions)
		out->check = text;
	else
		out->why_no_check = "its WHERE cannot be taken apart";
}

/* --- refusals --- */

static bool
next_bound(const struct reading *r, struct error *err)
{
	return error_next(err,
	    "Let its WHERE say \"%s BETWEEN :from AND :to\", with AND beside other conditions: "
	    "both ends belong to the batch.",
	    range_key(r->a, r->in));
}

static bool
refuse_missing(const struct reading *r, const char *which, struct error *err)
{
	error_set(err, ERR_REFUSED, "the statement of a file in batches has no %s", which);
	return next_bound(r, err);
}

/* A parameter of the user's own would be taken for the first key of the batch. */
static bool
has_parameter(const struct range_text *in, size_t *byte)
{
	struct words s = words_start(in->text, in->length);
	struct word w, last = { 0 };

	for (; words_next(&s, &w); last = w) {
		if (w.kind != WORD_NUMBER || !word_is(&last, "$") || last.text + 1 != w.text)
			continue;
		*byte = (size_t)(last.text - in->text);
		return true;
	}
	return false;
}

static bool
refuse_parameter(struct error *err)
{
	error_set(err, ERR_REFUSED, "a file has no parameters such as $1");
	return error_next(err, "Write the value itself; the ends of a batch are :from and :to.");
}

/* The first :from, or :to. */
static bool
find_first(const struct range_text *in, bool from, size_t *byte)
{
	struct words s = words_start(in->text, in->length);
	struct mark mark;

	while (next_mark(&s, &mark)) {
		if (mark.is_from != from)
			continue;
		*byte = (size_t)(mark.at - in->text);
		return true;
	}
	return false;
}

static bool
refuse_verb(const struct word *verb, struct error *err)
{
	error_set(err, ERR_REFUSED, "a file in batches has one INSERT, UPDATE or DELETE, not %.*s",
	    (int)verb->length, verb->text);
	return error_next(err, "Put it into a file of its own, without \"-- migrate:batch\".");
}

static bool
read_clauses(struct reading *r, size_t *at, struct error *err)
{
	static const char *const verbs[] = {
		[RANGE_INSERT] = "INSERT", [RANGE_UPDATE] = "UPDATE", [RANGE_DELETE] = "DELETE"
	};
	struct words s = words_start(r->in->text, r->in->length);
	struct word verb;
	int kind = RANGE_INSERT;

	find_statement(&s, &verb);
	while (kind <= RANGE_DELETE && !word_is(&verb, verbs[kind]))
		kind++;
	*at = (size_t)(verb.text - r->in->text);
	if (kind > RANGE_DELETE)
		return refuse_verb(&verb, err);
	r->out->kind = (enum range_kind)kind;
	if (*at > 0)
		r->clauses.before = (struct slice){ r->in->text, verb.text };
	words_match(&s, "FROM");
	if (kind != RANGE_INSERT)
		cut_clauses(&s, &r->clauses);
	return true;
}

static bool
read_marks(struct reading *r, size_t *at, struct error *err)
{
	size_t from, to;

	*at = 0;
	if (!find_first(r->in, true, &from))
		return refuse_missing(r, ":from", err);
	if (!find_first(r->in, false, &to))
		return refuse_missing(r, ":to", err);
	within_read(r->a, range_parameters(r->a, r->out), r->in, &r->within);
	if (!r->within.read || r->within.bounded)
		return true;
	*at = r->within.trouble != NULL ? r->within.trouble_at : from;
	error_set(err, ERR_REFUSED, "%s",
	    r->within.trouble != NULL
		? r->within.trouble
		: "the range does not bound the statement: each batch would work on all rows");
	if (r->within.advice != NULL)
		return error_next(err, "%s", r->within.advice);
	return next_bound(r, err);
}

bool
range_read(struct arena *a, const struct range_text *in, struct range *out, int64_t *position,
    struct error *err)
{
	struct reading r = { .a = a, .in = in, .out = out };
	size_t at = 0;
	bool done;

	*out = (struct range){
		.text = arena_strndup(a, in->text, in->length),
		.length = in->length,
		.hash = statement_body_hash(0, in->text, in->length),
	};
	if (has_parameter(in, &at))
		done = refuse_parameter(err);
	else
		done = read_clauses(&r, &at, err) && read_marks(&r, &at, err);
	*position = characters(in->text, in->text + at) + 1;
	if (done)
		derive_check(&r);
	return done;
}
