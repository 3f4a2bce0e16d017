/* SPDX-License-Identifier: MIT */
#include "core/script.h"

#include <string.h>

#include "base/file.h"
#include "core/source.h"
#include "sql/range.h"
#include "sql/split.h"
#include "sql/target.h"

enum {
	KEPT_TEXT = 8 * 1024 * 1024, /* a larger file is read again when it is sent */
	KEPT_STATEMENTS = 10000,
	STATEMENT_TEXT = 1000,
	PASSING_TEXT = 1024 * 1024,
	AHEAD_TEXT = 65536 /* what is longer takes more than one reading */
};

static const char both_ways[] =
    "Put it in a file of its own, or write \"-- migrate:transaction off\" at the top of this one: "
    "each of its statements then commits by itself.";

/* --- placeholders or not --- */

/* A split_reader over one piece of text. */
static bool
read_head(void *source, struct split_chunk *chunk, struct error *err)
{
	struct split_chunk *head = source;

	(void)err; /* memory cannot fail */
	*chunk = *head;
	*head = (struct split_chunk){ 0 };
	return true;
}

static bool
mentions(const char *text, size_t length, const char *word)
{
	const char *end = text + length;

	while ((text = memchr(text, *word, (size_t)(end - text))) != NULL) {
		if ((size_t)(end - text) >= strlen(word) && memcmp(text, word, strlen(word)) == 0)
			return true;
		text++;
	}
	return false;
}

/*
 * The directives before the first statement; false: there is a mistake in one.  What is wrong with
 * the statement is no matter here.
 */
static bool
look_at_head(struct arena *a, struct split *split, struct directives *file)
{
	struct error *err = error_new(a);
	struct directives statement;
	struct split_item item;

	directives_init(&statement);
	while (split_next(split, &item, err) && item.kind == SPLIT_COMMENT) {
		struct directive_comment comment = { .text = item.text, .length = item.length };

		if (directive_is(item.text, item.length) &&
		    !directive_add(a, &comment, file, &statement, err))
			return false;
	}
	return true;
}

/*
 * "-- migrate:placeholders off" decides how the file itself is read, so the comments before the
 * first statement are looked at first.
 */
static bool
says_placeholders_off(const char *text, size_t length, const struct script_environment *env)
{
	struct arena *a = arena_new(NULL);
	struct split_chunk head = { .text = text, .length = length };
	struct split *split = split_new(a, "", env->standard_conforming_strings, read_head, &head);
	struct directives file;
	bool off;

	directives_init(&file);
	(void)look_at_head(a, split, &file); /* a mistake is told when it is read again */
	off = file.placeholders == 0;
	arena_close(a);
	return off;
}

static bool
start_replacing(struct source *source, const struct script *s, const struct script_environment *env,
    struct error *err)
{
	const char *head;
	size_t length;

	if (!source_head(source, &head, &length, err))
		return false;
	if (s->conf.placeholder_replacement != 0 &&
	    (!mentions(head, length, "placeholders") || !says_placeholders_off(head, length, env)))
		source_replace(source, env, s);
	return true;
}

/* --- hash --- */

static bool
drain(struct source *source, struct error *err)
{
	struct split_chunk chunk = { 0 };

	do {
		if (!source_read(source, &chunk, err))
			return false;
	} while (chunk.length > 0 || chunk.replaced);
	return true;
}

static void
keep_sums(struct script *s, const struct source *source)
{
	struct source_sums sums = source_sums(source);

	s->raw_checksum = sums.raw;
	s->checksum = s->kind == SCRIPT_REPEATABLE ? sums.replaced : sums.raw;
	s->layout = sums.layout;
	s->size = sums.size;
	s->hashed = true;
}

void
script_hash_ahead(struct script *s)
{
	struct arena *a = arena_new(NULL);
	struct error *err = error_new(a); /* script_hash will say it again */
	struct source *source;
	const char *head;
	size_t length;

	if (!s->hashed && !s->ahead &&
	    (s->kind == SCRIPT_VERSIONED || s->kind == SCRIPT_BASELINE) &&
	    source_open(a, s, &source, err) && source_head(source, &head, &length, err) &&
	    length < AHEAD_TEXT && drain(source, err)) {
		keep_sums(s, source);
		s->hashed = false;
		s->ahead = true;
	}
	arena_close(a);
}

static bool
hash(struct script *s, const struct script_environment *env, struct error *err)
{
	struct arena *a = arena_new(NULL);
	struct source *source;
	bool done = source_open(a, s, &source, err);

	if (done && s->kind == SCRIPT_REPEATABLE)
		done = start_replacing(source, s, env, err);
	done = done && drain(source, err);
	if (done)
		keep_sums(s, source);
	arena_close(a);
	return done;
}

bool
script_hash(struct script *s, const struct script_environment *env, struct error *err)
{
	s->hashed = s->ahead;
	return s->ahead || hash(s, env, err);
}

/* --- look --- */

void
script_look(struct arena *a, struct script *s, const struct script_environment *env)
{
	struct arena *own = arena_new(a);
	struct error *err = error_new(own);
	struct source *source;

	s->looked = source_open(own, s, &source, err) && start_replacing(source, s, env, err) &&
	    look_at_head(a,
		split_new(own, s->path, env->standard_conforming_strings, source_read, source),
		&s->directives);
	if (!s->looked)
		directives_init(&s->directives);
	arena_close(own);
}

/* --- read --- */

/* A statement that a message will name when the whole file is known. */
struct mention {
	bool given;
	const char *form;
	struct place place;
};

struct reading {
	struct arena *a;
	struct script *s;
	const struct script_environment *env;
	struct problems *problems;
	struct directives next; /* for the next statement */
	struct mention refused; /* the first one that no transaction block takes */
	struct mention other; /* the first one that a block takes and that is not SET or the like */
	struct mention opening; /* a BEGIN that is the first statement */
	struct mention closing; /* a COMMIT with nothing behind it so far */
	size_t closing_index; /* in s->statements */
};

static struct mention
mention(struct reading *r, const struct split_item *item, const struct statement_class *class)
{
	return (struct mention){
		.given = true,
		.form = arena_strdup(r->a, class->form),
		.place = split_place(r->a, r->s->path, item, 1),
	};
}

static void
note_first(struct reading *r, struct mention *first, const struct split_item *item,
    const struct statement_class *class)
{
	if (!first->given)
		*first = mention(r, item, class);
}

static void
refuse_transaction(struct reading *r, const struct mention *m)
{
	struct error *err = problem_add(r->problems);

	error_set_at(err, ERR_REFUSED, m->place,
	    "%s cannot stand here: the transaction of a file is opened and ended around it",
	    m->form);
	(void)error_next(err, /* the problem is in the list */
	    "Take it out, or let BEGIN be the first and COMMIT the last statement of the file.  "
	    "With \"-- migrate:transaction off\" each statement commits by itself.");
}

static void
note_transaction(
    struct reading *r, const struct split_item *item, const struct statement_class *class)
{
	struct mention m = mention(r, item, class);

	if (class->kind == STATEMENT_BEGIN && r->s->statement_total == 1) {
		r->opening = m;
		if (class->begin_modes != NULL)
			r->s->begin_modes = arena_strdup(r->a, class->begin_modes);
		return;
	}
	if (class->kind == STATEMENT_COMMIT && !class->chained && r->opening.given) {
		r->closing = m;
		r->closing_index = r->s->statement_count - 1;
		return;
	}
	refuse_transaction(r, &m);
}

static void
refuse_dropped_lock(
    struct reading *r, const struct split_item *item, const struct statement_class *class)
{
	struct error *err = problem_add(r->problems);

	error_set_at(err, ERR_REFUSED, split_place(r->a, r->s->path, item, 1),
	    "%s would drop the lock that keeps other runs of migrate away", class->form);
	(void)error_next(err, /* the problem is in the list */
	    "Take it out: the session is reset between files, and what a file locked can be "
	    "released with pg_advisory_unlock(key).");
}

static bool
is_transaction(enum statement_kind kind)
{
	return kind == STATEMENT_BEGIN || kind == STATEMENT_COMMIT || kind == STATEMENT_ROLLBACK ||
	    kind == STATEMENT_PREPARE_TRANSACTION;
}

static void
note_stay(struct reading *r, const struct split_item *item, const struct statement_class *class)
{
	struct script *s = r->s;

	if (!r->env->pooled || s->stays != NULL)
		return;
	s->stays = target_stays(item->text, item->length, class);
	if (s->stays != NULL)
		s->stays_place = split_place(r->a, s->path, item, 1);
}

static void
note_class(struct reading *r, const struct split_item *item, const struct statement_class *class)
{
	struct script *s = r->s;

	if (r->closing.given) {
		refuse_transaction(r, &r->closing);
		r->closing.given = false;
	}
	if (class->drops_run_lock)
		refuse_dropped_lock(r, item, class);
	else if (is_transaction(class->kind))
		note_transaction(r, item, class);
	else if (class->refused_in_block)
		note_first(r, &r->refused, item, class);
	else if (class->kind != STATEMENT_SET)
		note_first(r, &r->other, item, class);
	s->copies |=
	    item->copy_in || class->kind == STATEMENT_COPY_IN || class->kind == STATEMENT_COPY_OUT;
	s->sets_transaction |= class->sets_transaction;
	s->makes_temporary |= class->makes_temporary;
	note_stay(r, item, class);
}

/* Not within a character. */
static size_t
cut(const char *text, size_t length)
{
	if (length <= STATEMENT_TEXT)
		return length;
	length = STATEMENT_TEXT;
	while (length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80)
		length--;
	return length;
}

static void
keep_statement(struct reading *r, const struct split_item *item, struct statement_class *class)
{
	struct script *s = r->s;
	size_t length = cut(item->text, item->length);
	struct statement statement = {
		.number = s->statement_total,
		.line = item->line,
		.column = item->column,
		.text = arena_strndup(r->a, item->text, length),
		.cut = length < item->length,
		.directives = r->next,
	};

	/* The grammar knows no :from and :to, but parameters, and all else stays where it is. */
	if (r->env->acts)
		statement_read(r->a,
		    s->range == NULL ? item->text : range_parameters(r->a, s->range), item->length,
		    r->env->server_version, class, &statement.acts);
	else
		statement_classify(r->a, item->text, item->length, r->env->server_version, class);
	statement.class = *class;
	s->statements =
	    arena_extend(r->a, s->statements, s->statement_count, sizeof(*s->statements));
	s->statements[s->statement_count++] = statement;
	s->whole &= !statement.cut;
}

/* Of plain DML the linter wants the text, and should not have to read a big file for it. */
static void
keep_passing(struct reading *r, const struct split_item *item)
{
	struct script *s = r->s;
	struct passing passing = { .number = s->statement_total, .length = item->length };

	s->whole &= r->env->acts && s->passing_bytes + item->length <= PASSING_TEXT;
	if (!s->whole)
		return;
	s->passing_bytes += item->length;
	passing.text = arena_strndup(r->a, item->text, item->length);
	s->passing = arena_extend(r->a, s->passing, s->passing_count, sizeof(*s->passing));
	s->passing[s->passing_count++] = passing;
}

/* --- a file in batches --- */

static void
refuse_second(struct reading *r, const struct split_item *item, const struct statement_class *class)
{
	struct error *err = problem_add(r->problems);

	error_set_at(err, ERR_REFUSED, split_place(r->a, r->s->path, item, 1),
	    "a file in batches has one statement, and this %s is a second one", class->form);
	(void)error_next(err, /* the problem is in the list */
	    "Put it into a file of its own: each batch runs and commits the one statement only.");
}

/* One further statement is enough to say so. */
static void
read_range(struct reading *r, const struct split_item *item, const struct statement_class *class)
{
	const struct directive_batch *batch = &r->s->directives.batch;
	const struct range_text text = { .text = item->text,
		.length = item->length,
		.schema = batch->schema,
		.table = batch->table,
		.keys = batch->keys,
		.key_count = batch->key_count };
	struct range *range = arena_alloc(r->a, sizeof(*range));
	struct error *err = error_new(r->a);
	int64_t position;

	if (r->s->statement_total == 2)
		refuse_second(r, item, class);
	if (r->s->statement_total > 1 || text.table == NULL || text.key_count == 0)
		return; /* the directive was refused */
	if (range_read(r->a, &text, range, &position, err)) {
		r->s->range = range;
		return;
	}
	err->place = split_place(r->a, r->s->path, item, position);
	error_copy(problem_add(r->problems), err);
}

static void
refuse_batch(struct reading *r, struct place place, const char *message, const char *next)
{
	struct error *err = problem_add(r->problems);

	error_set_at(err, ERR_REFUSED, place, "%s", message);
	(void)error_next(err, "%s", next); /* the problem is in the list */
}

/* What belongs to no file in batches. */
static void
judge_batch(struct reading *r)
{
	const struct script *s = r->s;
	const struct directives *d = &s->directives;

	if (s->kind != SCRIPT_VERSIONED && s->kind != SCRIPT_UNDO)
		refuse_batch(r, d->batch.place, "only a V or U file can run in batches",
		    "Name it V<version>__<description>.sql.");
	if (d->transaction != NOT_GIVEN)
		refuse_batch(r, d->transaction_place,
		    "a file in batches has no use for \"transaction\"",
		    "Take the directive out: each batch is a transaction of its own.");
	if (s->statement_total == 0)
		refuse_batch(r, d->batch.place, "this file in batches has no statement",
		    "Write the INSERT, UPDATE or DELETE with :from and :to.");
}

/* --- each statement --- */

static void
read_statement(struct reading *r, const struct split_item *item)
{
	struct script *s = r->s;
	struct statement_class class;
	bool plain;

	statement_classify_words(item->text, item->length, r->env->server_version, &class);
	plain = class.kind == STATEMENT_DML;
	s->statement_total++;
	s->dml_total += plain && !s->directives.batch.given; /* its statement is told of */
	if (s->directives.batch.given)
		read_range(r, item, &class);
	if ((!plain || r->next.given || s->range != NULL) &&
	    (s->statement_count < KEPT_STATEMENTS || is_transaction(class.kind)))
		keep_statement(r, item, &class);
	else
		keep_passing(r, item);
	s->body_hash = statement_body_hash(s->body_hash, item->text, item->length);
	if (!s->directives.batch.given || (s->range != NULL && s->statement_total == 1))
		note_class(r, item, &class);
	directives_init(&r->next);
}

static void
read_directive(struct reading *r, const struct split_item *item)
{
	struct error *err = error_new(r->a);
	struct directive_comment comment = {
		.text = item->text,
		.length = item->length,
		.place = split_place(r->a, r->s->path, item, 1),
		.scope = r->s->statement_total == 0 ? DIRECTIVE_FILE : DIRECTIVE_STATEMENT,
	};

	if (item->inside)
		error_set_at(
		    err, ERR_REFUSED, comment.place, "a directive cannot stand inside a statement");
	else if (directive_add(r->a, &comment, &r->s->directives, &r->next, err))
		return;
	error_copy(problem_add(r->problems), err);
}

static bool
read_items(struct reading *r, struct split *split, struct error *err)
{
	struct split_item item;

	for (;;) {
		if (!split_next(split, &item, err))
			return false;
		if (item.kind == SPLIT_END)
			return true;
		if (item.kind == SPLIT_STATEMENT)
			read_statement(r, &item);
		else if (item.kind == SPLIT_COMMENT && directive_is(item.text, item.length))
			read_directive(r, &item);
	}
}

/* --- what the whole file is --- */

static void
refuse_mixed(struct reading *r)
{
	struct error *err = problem_add(r->problems);

	error_set_at(err, ERR_REFUSED, r->refused.place,
	    "%s cannot run inside a transaction block, and %s in line %lld needs one",
	    r->refused.form, r->other.form, (long long)r->other.place.line);
	(void)error_next(err, "%s", both_ways); /* the problem is in the list */
}

static void
refuse_in_block(struct reading *r)
{
	struct error *err = problem_add(r->problems);

	error_set_at(err, ERR_REFUSED, r->refused.place, "%s cannot run inside a transaction block",
	    r->refused.form);
	(void)error_next(err, "%s", both_ways); /* the problem is in the list */
}

/* Batches are transactions of their own.  Else directive over .sql.conf over what the statements need over the setting. */
static bool
wants_transaction(const struct reading *r)
{
	const struct script *s = r->s;

	if (s->own_transaction)
		return true;
	if (s->directives.batch.given)
		return false;
	if (s->directives.transaction == 0)
		return false;
	if (s->conf.execute_in_transaction != NOT_GIVEN)
		return s->conf.execute_in_transaction != 0;
	if (!r->refused.given)
		return true;
	return r->other.given && !r->env->config->mixed;
}

static void
drop_own_transaction(struct reading *r)
{
	struct script *s = r->s;

	if (!r->opening.given)
		return;
	if (!r->closing.given) {
		refuse_transaction(r, &r->opening);
		return;
	}
	s->own_transaction = true;
	s->statements[0].skip = true;
	s->statements[r->closing_index].skip = true;
}

static void
judge(struct reading *r)
{
	struct script *s = r->s;
	struct error *err = error_new(r->a);

	if (r->next.given)
		error_set_at(problem_add(r->problems), ERR_REFUSED, r->next.last_place,
		    "no statement follows this directive");
	if (!directive_check(&s->directives, err))
		error_copy(problem_add(r->problems), err);
	if (s->directives.batch.given)
		judge_batch(r);
	drop_own_transaction(r);
	s->transaction = wants_transaction(r);
	if (!s->transaction || !r->refused.given)
		return;
	if (r->other.given && !s->own_transaction)
		refuse_mixed(r);
	else
		refuse_in_block(r);
}

/* The whole file in memory; longer by now than it was: somebody writes it. */
static bool
keep_text(struct arena *a, struct script *s, const struct file *file, struct error *err)
{
	char *text = arena_alloc(a, (size_t)file->size + 1);

	if (!file_read(file, text, (size_t)file->size + 1, &s->text_length, s->path, err))
		return false;
	if (s->text_length > (size_t)file->size)
		return error_set_at(err, ERR_REFUSED, (struct place){ .path = s->path },
		    "\"%s\" changed while it was read", s->path);
	s->text = text;
	return true;
}

static bool
open_kept(
    struct arena *a, struct arena *own, struct script *s, struct source **out, struct error *err)
{
	struct file file;

	if (s->given != NULL) {
		s->text = s->given;
		s->text_length = s->given_length;
	} else {
		if (!file_open(own, s->directory, s->name, &file, err))
			return false;
		if (file.size > KEPT_TEXT)
			return source_open(own, s, out, err);
		if (!keep_text(a, s, &file, err))
			return false;
	}
	*out = source_new(own, s->path, s->text, s->text_length);
	return true;
}

void
script_forget(struct script *s)
{
	*s = (struct script){
		.kind = s->kind,
		.version = s->version,
		.description = s->description,
		.event = s->event,
		.name = s->name,
		.script = s->script,
		.path = s->path,
		.directory = s->directory,
		.given = s->given,
		.given_length = s->given_length,
		.conf = s->conf,
	};
	directives_init(&s->directives);
}

void
script_read(struct arena *a, struct script *s, const struct script_environment *env,
    struct problems *problems)
{
	struct arena *own = arena_new(a);
	struct reading r = { .a = a, .s = s, .env = env, .problems = problems };
	struct error *err = error_new(own);
	struct source *source;
	struct split *split;
	size_t before = problems->count;

	script_forget(s);
	s->has_acts = env->acts;
	s->whole = true;
	directives_init(&r.next);
	if (open_kept(a, own, s, &source, err) && start_replacing(source, s, env, err)) {
		split =
		    split_new(own, s->path, env->standard_conforming_strings, source_read, source);
		s->read = read_items(&r, split, err);
	}
	if (s->read) {
		s->looked = true;
		keep_sums(s, source);
		judge(&r);
	} else {
		s->whole = false;
		s->transaction = wants_transaction(&r);
		error_copy(problem_add(problems), err);
	}
	s->sound = problems->count == before;
	arena_close(own);
}

/* --- once more, to send it --- */

struct script_reader {
	struct arena *a;
	const struct script *s;
	struct source *source;
	struct split *split;
};

bool
script_reader_open(struct arena *a, const struct script *s, const struct script_environment *env,
    struct script_reader **out, struct error *err)
{
	struct script_reader *r = arena_alloc(a, sizeof(*r));

	r->a = a;
	r->s = s;
	if (s->text != NULL)
		r->source = source_new(a, s->path, s->text, s->text_length);
	else if (!source_open(a, s, &r->source, err))
		return false;
	if (!s->read && !start_replacing(r->source, s, env, err))
		return false;
	if (s->read && s->conf.placeholder_replacement != 0 && s->directives.placeholders != 0)
		source_replace(r->source, env, s);
	r->split = split_new(a, s->path, env->standard_conforming_strings, source_read, r->source);
	*out = r;
	return true;
}

bool
script_reader_next(struct script_reader *r, struct split_item *item, struct error *err)
{
	return split_next(r->split, item, err);
}

/* What was sent came from memory: is the file on the disk still the same? */
static bool
read_again(struct script_reader *r, struct source_sums *sums, struct error *err)
{
	struct arena *own = arena_new(r->a);
	struct source *source;
	bool done = source_open(own, r->s, &source, err) && drain(source, err);

	if (done)
		*sums = source_sums(source);
	arena_close(own);
	return done;
}

bool
script_reader_end(struct script_reader *r, struct error *err)
{
	struct source_sums sums = source_sums(r->source);

	if (r->s->text != NULL && !read_again(r, &sums, err))
		return error_at(err, "\"%s\" changed meanwhile", r->s->path);
	if (sums.raw == r->s->raw_checksum && sums.layout == r->s->layout &&
	    sums.size == r->s->size)
		return true;
	error_set_at(err, ERR_REFUSED, (struct place){ .path = r->s->path },
	    "\"%s\" changed after it was checked", r->s->path);
	return error_next(err, "Run again when nobody writes it any more.");
}
