/* SPDX-License-Identifier: MIT */
#include "sql/bound.h"

#include <string.h>

static struct words
start(const char *text)
{
	return words_start(text, strlen(text));
}

/* The next word that is more than layout: neither a parenthesis nor a cast. */
static bool
next_plain(struct words *s, struct word *w)
{
	do {
		while (words_match(s, ": : % [()]"))
			;
	} while (words_next(s, w) && word_is(w, "(|)"));
	return w->kind != WORD_END;
}

static bool
is_same_word(const struct word *a, const struct word *b)
{
	return a->length == b->length && memcmp(a->text, b->text, a->length) == 0;
}

/* Words of the bound, in order, and then the condition ends. */
static bool
fits_value(struct words *s, struct words value)
{
	struct word wanted, w;

	while (next_plain(&value, &wanted))
		if (!next_plain(s, &w) || !is_same_word(&w, &wanted))
			return false;
	return !next_plain(s, &w) || word_is(&w, "AND");
}

static bool
fits_operator(struct words *s, const char *operator)
{
	struct word w;

	for (; *operator!= '\0'; operator++)
		if (!next_plain(s, &w) || w.length != 1 || *w.text != *operator)
			return false;
	return true;
}

/* Is there a condition "column operator value"?  OR and NOT make one worth nothing. */
static bool
find_condition(const char *check, const char *operator, struct words value, struct word *column)
{
	struct words s = start(check), at;
	struct word w;
	bool begins = true;

	words_match(&s, "CHECK");
	while (next_plain(&s, &w)) {
		at = s;
		if (word_is(&w, "IS"))
			words_match(&s, "NOT");
		if (word_is(&w, "OR|NOT|CASE"))
			return false;
		if (begins && (column->kind == WORD_END || is_same_word(&w, column)) &&
		    fits_operator(&at, operator) && fits_value(&at, value)) {
			*column = w;
			return true;
		}
		begins = word_is(&w, "AND");
	}
	return false;
}

static bool
has_not_null(const char *check, const struct word *column)
{
	struct words s = start(check), at;
	struct word w;

	while (next_plain(&s, &w)) {
		at = s;
		if (is_same_word(&w, column) && words_match(&at, "IS NOT NULL"))
			return true;
	}
	return false;
}

/* What stands in the list that begins here; false for several values. */
static bool
read_value(struct words *s, struct words *value)
{
	struct words list = *s, behind;
	struct word w;

	if (!words_match(&list, "("))
		return false;
	behind = list;
	words_skip_list(&behind);
	*value = words_start(list.at, (size_t)(behind.at - 1 - list.at));
	*s = behind;
	list = *value;
	while (words_next(&list, &w))
		if (word_is(&w, ","))
			return false;
	return true;
}

/* MINVALUE and MAXVALUE need no condition. */
static bool
fits_side(const char *check, const char *operator, struct words value, struct word *column)
{
	struct words open = value;

	return words_match(&open, "MINVALUE|MAXVALUE $") ||
	    find_condition(check, operator, value, column);
}

static bool
is_range_proven(const char *check, struct words s, struct word *column)
{
	struct words from, to;

	if (!words_match(&s, "FROM") || !read_value(&s, &from))
		return false;
	if (!words_match(&s, "TO") || !read_value(&s, &to))
		return false;
	return fits_side(check, ">=", from, column) && fits_side(check, "<", to, column);
}

bool
bound_is_proven(const char *check, const char *bound, struct word *column, bool *proves_not_null)
{
	struct words s = start(bound), value;
	bool proven;

	*column = (struct word){ .kind = WORD_END };
	if (!words_match(&s, "FOR VALUES"))
		return false;
	proven = is_range_proven(check, s, column);
	if (!proven && words_match(&s, "IN"))
		proven = read_value(&s, &value) && find_condition(check, "=", value, column);
	if (!proven || column->kind == WORD_END)
		return false;
	*proves_not_null = has_not_null(check, column);
	return true;
}

/* Conditions that a bound consists of: a side that is open needs none. */
static size_t
count_conditions(const char *bound)
{
	struct words s = start(bound), value, open;
	size_t count = 0;

	if (!words_match(&s, "FOR VALUES FROM|IN"))
		return 0;
	do {
		open = s;
		if (!words_match(&open, "( MINVALUE|MAXVALUE )"))
			count++;
	} while (read_value(&s, &value) && words_match(&s, "TO"));
	return count;
}

bool
bound_is_excluded(const char *check, const char *bound)
{
	struct words s = start(check);
	struct word w, column;
	size_t conditions = 1;
	const char *inside;
	bool not_null;

	words_match(&s, "CHECK");
	if (!next_plain(&s, &w) || !word_is(&w, "NOT") || !words_match(&s, "("))
		return false;
	inside = s.at;
	while (next_plain(&s, &w))
		conditions += word_is(&w, "AND");
	return conditions == count_conditions(bound) &&
	    bound_is_proven(inside, bound, &column, &not_null);
}
