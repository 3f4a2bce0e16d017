/* SPDX-License-Identifier: MIT */
#include "core/directive.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/time.h"
#include "core/phase.h"
#include "sql/words.h"

enum { IDENTIFIER_LENGTH = 63, LARGEST_BATCH = 1000000 };

static const char marker[] = "-- migrate:", blank[] = " \t\f\v\r\n";

/* A directive that is being read. */
struct reading {
	struct arena *a;
	const char *start; /* of the comment */
	const char *at; /* how far it was read; the rest has no blanks at its end */
	struct place place;
	struct directives *into;
	struct error *err;
};

struct row {
	const char *name;
	bool for_statement; /* may also speak for one statement */
	bool repeats;
	bool (*read)(struct reading *r, const struct row *row);
	size_t offset; /* of a duration in struct directives */
	const char *form; /* for messages */
};

static struct place
place_of(const struct reading *r, const char *at)
{
	struct place place = r->place;

	for (const char *p = r->start; p < at; p++)
		place.column += ((unsigned char)*p & 0xc0) != 0x80;
	return place;
}

static bool
refuse_value(struct reading *r, const struct row *row, const char *at)
{
	return error_set_at(r->err, ERR_REFUSED, place_of(r, at), "write \"%s%s\", not \"%s\"",
	    marker, row->form, r->start);
}

/* The next word, up to a blank. */
static const char *
read_word(struct reading *r)
{
	size_t length = strcspn(r->at, blank);
	const char *word = arena_strndup(r->a, r->at, length);

	r->at += length;
	r->at += strspn(r->at, blank);
	return word;
}

/* --- values --- */

static bool
read_off(struct reading *r, const struct row *row, int *out)
{
	if (strcmp(r->at, "off") != 0)
		return refuse_value(r, row, r->at);
	*out = 0;
	return true;
}

static bool
read_transaction(struct reading *r, const struct row *row)
{
	r->into->transaction_place = r->place;
	return read_off(r, row, &r->into->transaction);
}

static bool
read_placeholders(struct reading *r, const struct row *row)
{
	return read_off(r, row, &r->into->placeholders);
}

static bool
read_duration(struct reading *r, const struct row *row)
{
	int64_t *out = (int64_t *)(void *)((char *)r->into + row->offset);

	if (!time_parse(r->at, out))
		return error_set_at(r->err, ERR_REFUSED, place_of(r, r->at),
		    "%s cannot be \"%s\": a duration such as 5s or 500ms is needed", row->name,
		    r->at);
	return true;
}

static bool
read_max_stall(struct reading *r, const struct row *row)
{
	if (!read_duration(r, row))
		return false;
	if (r->into->max_stall_ms == 0)
		return error_set_at(r->err, ERR_REFUSED, place_of(r, r->at),
		    "max_stall cannot be 0: no lock could be waited for");
	return true;
}

static bool
read_phase(struct reading *r, const struct row *row)
{
	if (phase_parse(r->at, &r->into->phase, error_new(r->a)))
		return true;
	return refuse_value(r, row, r->at);
}

static bool
read_irreversible(struct reading *r, const struct row *row)
{
	(void)row; /* any reason will do */
	r->into->irreversible = arena_strdup(r->a, r->at);
	return true;
}

static bool
starts_identifier(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
	    (unsigned char)c >= 0x80;
}

static bool
refuse_identifier(struct reading *r, const char *at, const char *why)
{
	return error_set_at(r->err, ERR_REFUSED, place_of(r, at), "%s at \"%s\"", why, at);
}

/* "Quoted ""name""": as it stands, two quotes for one. */
static bool
read_quoted(struct reading *r, char *out, size_t *length)
{
	const char *begin = r->at++;

	for (; *r->at != '\0'; r->at++) {
		if (*r->at == '"' && *++r->at != '"')
			return true;
		out[(*length)++] = *r->at;
	}
	return refuse_identifier(r, begin, "unterminated quoted identifier");
}

/* An identifier as SQL reads it: folded to small letters unless quoted.  NULL: refused. */
static const char *
read_identifier(struct reading *r)
{
	const char *begin = r->at;
	char *name = arena_alloc(r->a, strlen(r->at) + 1);
	size_t length = 0;

	if (*r->at == '"') {
		if (!read_quoted(r, name, &length))
			return NULL;
	} else if (starts_identifier(*r->at)) {
		for (;
		     starts_identifier(*r->at) || (*r->at >= '0' && *r->at <= '9') || *r->at == '$';
		     r->at++)
			name[length++] =
			    (char)(*r->at >= 'A' && *r->at <= 'Z' ? *r->at + 'a' - 'A' : *r->at);
	}
	if (length == 0) {
		(void)refuse_identifier(r, begin, "an identifier is needed"); /* NULL says it */
		return NULL;
	}
	if (length > IDENTIFIER_LENGTH) {
		(void)refuse_identifier(r, begin, "identifier longer than 63 bytes");
		return NULL;
	}
	return name;
}

static bool
read_role(struct reading *r, const struct row *row)
{
	r->into->role = read_identifier(r);
	if (r->into->role == NULL)
		return false;
	return *r->at == '\0' || refuse_value(r, row, r->at);
}

/* --- allow --- */

static bool
is_allowed(const struct directives *d, const struct directive_allow *allow, const char *rule)
{
	for (size_t i = 0; i < d->allow_count; i++)
		for (size_t k = 0; k < d->allows[i].rule_count; k++)
			if (strcmp(d->allows[i].rules[k], rule) == 0)
				return true;
	for (size_t k = 0; k < allow->rule_count; k++)
		if (strcmp(allow->rules[k], rule) == 0)
			return true;
	return false;
}

static bool
read_rule(struct reading *r, const struct row *row, struct directive_allow *allow)
{
	size_t length = strspn(r->at, "abcdefghijklmnopqrstuvwxyz0123456789-");
	const char *rule = arena_strndup(r->a, r->at, length);

	if (length == 0 || strchr(", \t", r->at[length]) == NULL)
		return refuse_value(r, row, r->at);
	if (is_allowed(r->into, allow, rule))
		return error_set_at(r->err, ERR_REFUSED, place_of(r, r->at),
		    "rule \"%s\" is allowed already", rule);
	allow->rules = arena_extend(r->a, allow->rules, allow->rule_count, sizeof(*allow->rules));
	allow->rules[allow->rule_count++] = rule;
	r->at += length;
	r->at += strspn(r->at, blank);
	return true;
}

static bool
read_allow(struct reading *r, const struct row *row)
{
	struct directive_allow allow = { .place = r->place };
	struct directives *d = r->into;

	for (;;) {
		if (!read_rule(r, row, &allow))
			return false;
		if (*r->at != ',')
			break;
		r->at++;
		r->at += strspn(r->at, blank);
	}
	if (*r->at != '\0')
		allow.reason = arena_strdup(r->a, r->at);
	d->allows = arena_extend(r->a, d->allows, d->allow_count, sizeof(*d->allows));
	d->allows[d->allow_count++] = allow;
	return true;
}

/* --- batch --- */

static bool
read_table(struct reading *r, struct directive_batch *batch)
{
	batch->table = read_identifier(r);
	if (batch->table == NULL || *r->at != '.')
		return batch->table != NULL;
	r->at++;
	batch->schema = batch->table;
	batch->table = read_identifier(r);
	return batch->table != NULL;
}

static bool
read_keys(struct reading *r, struct directive_batch *batch)
{
	for (;;) {
		const char *begin = r->at, *key = read_identifier(r);

		if (key == NULL)
			return false;
		for (size_t i = 0; i < batch->key_count; i++)
			if (strcmp(batch->keys[i], key) == 0)
				return refuse_identifier(r, begin, "doubled column");
		batch->keys =
		    arena_extend(r->a, batch->keys, batch->key_count, sizeof(*batch->keys));
		batch->keys[batch->key_count++] = key;
		if (*r->at != ',')
			return true;
		r->at++;
	}
}

static const struct batch_option {
	const char *name;
	bool (*read)(struct reading *r, struct directive_batch *batch);
	size_t offset; /* of a number or duration in struct directive_batch */
	bool duration;
	int64_t least;
} batch_options[] = {
	{ "table", read_table, 0, false, 0 },
	{ "key", read_keys, 0, false, 0 },
	{ "size", NULL, offsetof(struct directive_batch, size), false, 1 },
	{ "min", NULL, offsetof(struct directive_batch, min), false, 1 },
	{ "max", NULL, offsetof(struct directive_batch, max), false, 1 },
	{ "target", NULL, offsetof(struct directive_batch, target_ms), true, 1 },
	{ "pause", NULL, offsetof(struct directive_batch, pause_ms), true, 0 },
	{ "max_lag", NULL, offsetof(struct directive_batch, max_lag_ms), true, 1 },
	{ "max_waiters", NULL, offsetof(struct directive_batch, max_waiters), false, 0 },
};
enum { BATCH_OPTION_COUNT = sizeof(batch_options) / sizeof(batch_options[0]) };

static bool
parse_count(const char *text, int64_t *out)
{
	char *end;

	if (*text < '0' || *text > '9' || strlen(text) > 9)
		return false;
	*out = strtol(text, &end, 10);
	return *end == '\0' && *out <= LARGEST_BATCH;
}

static bool
read_amount(struct reading *r, const struct batch_option *option, struct directive_batch *batch)
{
	int64_t *out = (int64_t *)(void *)((char *)batch + option->offset);
	const char *begin = r->at;
	const char *text = arena_strndup(r->a, begin, strcspn(begin, blank));

	r->at += strlen(text);
	if (option->duration ? time_parse(text, out) : parse_count(text, out)) {
		if (*out >= option->least)
			return true;
	}
	return error_set_at(r->err, ERR_REFUSED, place_of(r, begin), "%s cannot be \"%s\": %s",
	    option->name, text,
	    option->duration ? "a duration such as 500ms is needed"
			     : "a whole number from 1 to 1000000 is needed");
}

static const struct batch_option *
find_batch_option(const char *name, size_t length)
{
	for (size_t i = 0; i < BATCH_OPTION_COUNT; i++)
		if (strlen(batch_options[i].name) == length &&
		    strncmp(batch_options[i].name, name, length) == 0)
			return &batch_options[i];
	return NULL;
}

static bool
refuse_batch_option(struct reading *r, const char *name)
{
	const char *names[BATCH_OPTION_COUNT], *meant;

	for (size_t i = 0; i < BATCH_OPTION_COUNT; i++)
		names[i] = batch_options[i].name;
	meant = config_nearest(name, names, BATCH_OPTION_COUNT);
	error_set_at(r->err, ERR_REFUSED, place_of(r, r->at), "batch has no option \"%s\"", name);
	if (meant != NULL)
		r->err->hint = arena_printf(r->err->arena, "Did you mean %s?", meant);
	return false;
}

/* One "name=value"; seen has a bit for each option. */
static bool
read_batch_option(struct reading *r, struct directive_batch *batch, unsigned *seen)
{
	size_t length = strcspn(r->at, "= \t");
	const struct batch_option *option = find_batch_option(r->at, length);
	const char *begin = r->at, *name = arena_strndup(r->a, r->at, length);
	unsigned bit;

	if (option == NULL)
		return refuse_batch_option(r, name);
	bit = 1U << (option - batch_options);
	if (*seen & bit)
		return error_set_at(
		    r->err, ERR_REFUSED, place_of(r, begin), "%s is given twice", name);
	*seen |= bit;
	r->at += length;
	if (*r->at != '=')
		return error_set_at(
		    r->err, ERR_REFUSED, place_of(r, begin), "write %s=<value>", name);
	r->at++;
	if (option->read != NULL ? !option->read(r, batch) : !read_amount(r, option, batch))
		return false;
	if (*r->at != '\0' && strchr(blank, *r->at) == NULL)
		return refuse_identifier(r, r->at, "a blank is needed between options");
	r->at += strspn(r->at, blank);
	return true;
}

/* Limits that were not given make room for a size that was. */
static bool
check_batch(struct reading *r, struct directive_batch *batch, const char *begin)
{
	static const struct {
		int64_t size, min, max;
	} usual = { 5000, 100, 10000 };

	if (batch->table == NULL || batch->key_count == 0)
		return error_set_at(r->err, ERR_REFUSED, place_of(r, begin), "batch needs %s",
		    batch->table == NULL ? "table=<name>" : "key=<columns>");
	if (batch->size == NOT_GIVEN)
		batch->size = usual.size;
	if (batch->min == NOT_GIVEN)
		batch->min = batch->size < usual.min ? batch->size : usual.min;
	if (batch->max == NOT_GIVEN)
		batch->max = batch->size > usual.max ? batch->size : usual.max;
	if (batch->min <= batch->size && batch->size <= batch->max)
		return true;
	return error_set_at(r->err, ERR_REFUSED, place_of(r, begin),
	    "batch needs min <= size <= max, not %lld, %lld, %lld", (long long)batch->min,
	    (long long)batch->size, (long long)batch->max);
}

static bool
read_batch(struct reading *r, const struct row *row)
{
	struct directive_batch *batch = &r->into->batch;
	const char *begin = r->at;
	unsigned seen = 0;

	if (*r->at == '\0')
		return refuse_value(r, row, r->at);
	while (*r->at != '\0')
		if (!read_batch_option(r, batch, &seen))
			return false;
	batch->given = true;
	batch->place = r->place;
	return check_batch(r, batch, begin);
}

/* "SELECT count(*) ..." has a row when there is nothing to be counted, too. */
static bool
counts(const char *query)
{
	struct words s = words_start(query, strlen(query));
	struct word w;

	if (!words_match(&s, "SELECT") || !words_match(&s, "COUNT") || !words_match(&s, "("))
		return false;
	while (words_next(&s, &w))
		if (word_is(&w, "GROUP|HAVING|OVER"))
			return false;
	return true;
}

static bool
read_until(struct reading *r, const struct row *row)
{
	size_t length = strlen(r->at);
	char *query;

	if (strncasecmp(r->at, "select", 6) != 0 || strchr(" \t(", r->at[6]) == NULL || length == 6)
		return refuse_value(r, row, r->at);
	if (counts(r->at)) {
		error_set_at(r->err, ERR_REFUSED, place_of(r, r->at),
		    "\"until\" always finds a row: a count is one, even of nothing");
		return error_next(
		    r->err, "Ask for the rows themselves, \"SELECT 1 FROM ... WHERE ...\".");
	}
	query = arena_strdup(r->a, r->at);
	while (strchr("; \t", query[length - 1]) != NULL)
		query[--length] = '\0';
	r->into->batch.until = query;
	r->into->batch.until_place = place_of(r, r->at);
	return true;
}

/* --- the table --- */

static const struct row rows[] = {
	{ "allow", true, true, read_allow, 0, "allow rule[, rule] [reason]" },
	{ "batch", false, false, read_batch, 0, "batch table=orders key=id" },
	{ "irreversible", false, false, read_irreversible, 0, "irreversible reason" },
	{ "lock_timeout", true, false, read_duration, offsetof(struct directives, lock_timeout_ms),
	    "lock_timeout 2s" },
	{ "max_blocking", false, false, read_duration, offsetof(struct directives, max_blocking_ms),
	    "max_blocking 10s" },
	{ "max_stall", false, false, read_max_stall, offsetof(struct directives, max_stall_ms),
	    "max_stall 3s" },
	{ "phase", false, false, read_phase, 0, "phase expand|backfill|contract" },
	{ "placeholders", false, false, read_placeholders, 0, "placeholders off" },
	{ "role", false, false, read_role, 0, "role name" },
	{ "statement_timeout", true, false, read_duration,
	    offsetof(struct directives, statement_timeout_ms), "statement_timeout 10min" },
	{ "transaction", false, false, read_transaction, 0, "transaction off" },
	{ "until", false, false, read_until, 0, "until SELECT ..." },
};
enum { ROW_COUNT = sizeof(rows) / sizeof(rows[0]) };

void
directives_init(struct directives *d)
{
	*d = (struct directives){
		.transaction = NOT_GIVEN,
		.lock_timeout_ms = NOT_GIVEN,
		.statement_timeout_ms = NOT_GIVEN,
		.max_stall_ms = NOT_GIVEN,
		.max_blocking_ms = NOT_GIVEN,
		.placeholders = NOT_GIVEN,
		.batch = {
			.size = NOT_GIVEN,
			.min = NOT_GIVEN,
			.max = NOT_GIVEN,
			.target_ms = 500,
			.pause_ms = 100,
			.max_lag_ms = NOT_GIVEN,
			.max_waiters = NOT_GIVEN,
		},
	};
}

static const struct row *
find_row(const char *name)
{
	for (size_t i = 0; i < ROW_COUNT; i++)
		if (strcmp(rows[i].name, name) == 0)
			return &rows[i];
	return NULL;
}

static bool
is_dbmate(const char *name)
{
	return strcmp(name, "up") == 0 || strcmp(name, "down") == 0;
}

/* Behind a word and the blanks after it, or NULL when the text does not begin with it. */
static const char *
skip_word(const char *text, const char *word)
{
	if (text == NULL || strncasecmp(text, word, strlen(word)) != 0)
		return NULL;
	text += strlen(word);
	return text + strspn(text, blank);
}

/* Written a little differently, but with a name that only a directive has. */
static bool
is_meant(const char *comment, size_t length)
{
	struct arena *a = arena_new(NULL);
	const char *text = arena_strndup(a, comment, length);
	const char *name = skip_word(skip_word(skip_word(text, "--"), "migrate"), ":");
	bool meant = false;

	if (name != NULL) {
		char *word = arena_strndup(a, name, strcspn(name, blank));

		for (char *p = word; *p != '\0'; p++)
			*p = (char)(*p >= 'A' && *p <= 'Z' ? *p + 'a' - 'A' : *p);
		meant = is_dbmate(word) || strcmp(word, "next") == 0 || find_row(word) != NULL;
	}
	arena_close(a);
	return meant;
}

bool
directive_is(const char *comment, size_t length)
{
	if (length >= strlen(marker) && strncmp(comment, marker, strlen(marker)) == 0)
		return true;
	return is_meant(comment, length);
}

static bool
refuse_name(struct reading *r, const char *name, const char *at)
{
	const char *names[ROW_COUNT], *meant;

	if (is_dbmate(name)) {
		error_set_at(r->err, ERR_REFUSED, r->place, "this is a dbmate file");
		return error_next(r->err,
		    "Put what stands behind \"migrate:up\" into a V file and what stands behind "
		    "\"migrate:down\" into the U file of the same version.");
	}
	for (size_t i = 0; i < ROW_COUNT; i++)
		names[i] = rows[i].name;
	meant = config_nearest(name, names, ROW_COUNT);
	if (*name == '\0')
		return error_set_at(r->err, ERR_REFUSED, place_of(r, at),
		    "the name of a directive must follow \"%s\" at once", marker);
	error_set_at(r->err, ERR_REFUSED, place_of(r, at), "there is no directive \"%s\"", name);
	if (meant != NULL)
		r->err->hint = arena_printf(r->err->arena, "Did you mean \"%s\"?", meant);
	return false;
}

static bool
check_scope(struct reading *r, const struct row *row, bool next, const char *at)
{
	if (row->for_statement)
		return true;
	if (next)
		return error_set_at(r->err, ERR_REFUSED, place_of(r, at),
		    "directive \"%s\" speaks for a whole file, never for one statement", row->name);
	return error_set_at(r->err, ERR_REFUSED, place_of(r, at),
	    "directive \"%s\" speaks for the whole file and must stand before its first "
	    "statement",
	    row->name);
}

static bool
read_directive(struct reading *r, const struct row *row, const char *at)
{
	unsigned bit = 1U << (row - rows);

	if ((r->into->seen & bit) && !row->repeats)
		return error_set_at(r->err, ERR_REFUSED, place_of(r, at),
		    "directive \"%s\" is given twice", row->name);
	if (!row->read(r, row))
		return false;
	r->into->seen |= bit;
	r->into->given = true;
	r->into->last_place = r->place;
	return true;
}

bool
directive_add(struct arena *a, const struct directive_comment *comment, struct directives *file,
    struct directives *statement, struct error *err)
{
	struct reading r = { .a = a, .place = comment->place, .err = err };
	size_t length = comment->length;
	const struct row *row;
	const char *at, *name;
	bool next;

	while (length > 0 && strchr(blank, comment->text[length - 1]) != NULL)
		length--;
	r.start = arena_strndup(a, comment->text, length);
	if (strncmp(r.start, marker, strlen(marker)) != 0)
		return error_set_at(err, ERR_REFUSED, r.place,
		    "a directive begins with \"%s\", written exactly so", marker);
	at = r.at = r.start + strlen(marker);
	name = read_word(&r);
	next = strcmp(name, "next") == 0;
	if (next) {
		at = r.at;
		name = read_word(&r);
	}
	row = find_row(name);
	if (row == NULL)
		return refuse_name(&r, name, at);
	next = next || comment->scope == DIRECTIVE_STATEMENT;
	r.into = next ? statement : file;
	if (next && !check_scope(&r, row, comment->scope == DIRECTIVE_FILE, at))
		return false;
	return read_directive(&r, row, at);
}

bool
directive_check(const struct directives *file, struct error *err)
{
	if (file->batch.until != NULL && !file->batch.given)
		return error_set_at(err, ERR_REFUSED, file->batch.until_place,
		    "directive \"until\" needs \"%sbatch ...\"", marker);
	return true;
}
