/* SPDX-License-Identifier: MIT */
#include "core/check.h"

#include <stdlib.h>
#include <string.h>

#include "core/squawk.h"
#include "sql/quote.h"
#include "sql/split.h"
#include "sql/walk.h"

/* Of plain DML only the first statements of a file are asked of the grammar: the rest is data. */
enum { ASKED_STATEMENTS = 10000 };

/* One rule of an allow directive. */
struct permission {
	const struct directive_allow *allow;
	const char *rule;
	int64_t statement; /* 0: the whole file */
	bool used;
};

/* What is at hand. */
struct checking {
	struct arena *a; /* lives as long as the findings */
	const struct check_request *request;
	struct script_environment environment;
	struct lint_options options;
	struct lint *lint; /* of the file at hand */
	struct script *script;
	struct severities severities; /* in that file */
	struct permission *permissions;
	size_t permission_count;
	struct checked *out;
};

/* --- what the linter asks --- */

static enum severity
severity_here(void *source, const struct rule *rule)
{
	const struct checking *c = source;

	return severities_find(&c->severities, rule);
}

static const struct table_facts *
lookup_here(void *source, const char *schema, const char *name)
{
	const struct checking *c = source;

	return c->request->lookup(c->request->source, schema, name);
}

static const char *
search_path_of(struct checking *c)
{
	const char *schema = c->environment.config->schema;

	if (c->request->search_path != NULL || schema == NULL)
		return c->request->search_path;
	return arena_printf(c->a, "%s, public", quote_name(c->a, schema));
}

static struct lint_options
options_make(struct checking *c)
{
	const struct config *config = c->environment.config;

	return (struct lint_options){
		.server_version = c->environment.server_version,
		.lock_timeout_ms = config->lock_timeout_ms,
		.concurrent_lock_timeout_ms = config->concurrent_lock_timeout_ms,
		.statement_timeout_ms = config->statement_timeout_ms,
		.search_path = search_path_of(c),
		.trust_facts = c->request->trust_facts,
		.severity = severity_here,
		.lookup = c->request->lookup == NULL ? NULL : lookup_here,
		.source = c,
	};
}

/* --- findings that are made here --- */

/* A finding of one of the linter's own rules; NULL: that one is off. */
static struct finding *
add_finding(struct checking *c, const char *rule_id, const char *message)
{
	const struct rule *rule = lint_rule_find(rule_id);
	struct checked *out = c->out;

	if (severity_here(c, rule) == SEVERITY_OFF)
		return NULL;
	out->findings = arena_extend(c->a, out->findings, out->count, sizeof(*out->findings));
	out->findings[out->count] = (struct finding){
		.rule = rule,
		.severity = severity_here(c, rule),
		.place = { .path = c->script->path },
		.message = message,
	};
	return &out->findings[out->count++];
}

/* The byte of the n-th character, counted from 1. */
static int64_t
byte_of(const struct lint_statement *statement, int64_t character)
{
	size_t at = 0;

	while (at < statement->length && character > 1) {
		at++;
		if (at == statement->length || ((unsigned char)statement->text[at] & 0xc0) != 0x80)
			character--;
	}
	return (int64_t)at;
}

/* Why no rule saw the whole of a statement, or NULL.  Of rows that come or are read it needs none. */
static const char *
why_unchecked(const struct lint_statement *statement)
{
	const struct statement_class *class = statement->class;
	enum act_kind kind = statement->acts->count > 0 ? statement->acts->list[0].kind : ACT_OTHER;

	if (class->parse_error != NULL || class->parsed)
		return class->parse_error;
	if (class->kind != STATEMENT_OTHER && kind != ACT_UPDATE && kind != ACT_DELETE &&
	    kind != ACT_MERGE)
		return NULL;
	return "the statement is too long, or too deeply nested";
}

static void
report_unchecked(struct checking *c, const struct lint_statement *statement)
{
	const struct statement_class *class = statement->class;
	const char *why = why_unchecked(statement);
	struct finding *finding;

	if (why == NULL)
		return;
	finding = add_finding(c, "not-checked",
	    class->parse_error == NULL
		? arena_printf(c->a, "not checked: %s", why)
		: arena_printf(c->a,
		      "not checked, because the grammar of PostgreSQL 15 does not take it (newer "
		      "syntax, or a mistake): %s",
		      why));
	if (finding == NULL)
		return;
	finding->statement = statement->number;
	finding->at = byte_of(statement, class->parse_position);
}

/* --- the statements of a file --- */

/* Those of a statement without any may be zeroed. */
static int64_t
given_or_not(const struct directives *d, int64_t ms)
{
	return d->given ? ms : NOT_GIVEN;
}

static void
lint_one(struct checking *c, struct lint_statement *statement, const struct directives *own)
{
	statement->lock_timeout_ms = given_or_not(own, own->lock_timeout_ms);
	statement->statement_timeout_ms = given_or_not(own, own->statement_timeout_ms);
	lint_statement(c->lint, statement);
	report_unchecked(c, statement);
}

static void
keep_outlook(struct checking *c, int64_t number)
{
	struct checked *out = c->out;

	out->outlooks =
	    arena_extend(c->a, out->outlooks, out->outlook_count, sizeof(*out->outlooks));
	out->outlooks[out->outlook_count++] =
	    (struct check_outlook){ number, lint_outlook(c->lint) };
}

/* script_read has kept it, with its acts; of a long one it has not kept the whole text. */
static void
lint_kept(struct arena *own, struct checking *c, const struct split_item *item,
    const struct statement *kept)
{
	struct lint_statement statement = { .number = kept->number,
		.text = kept->cut ? arena_strndup(own, item->text, item->length) : kept->text,
		.length = item->length,
		.class = &kept->class,
		.acts = &kept->acts };

	/* BEGIN and COMMIT around the file are not sent: it runs in a transaction anyway. */
	if (kept->skip)
		return;
	lint_one(c, &statement, &kept->directives);
	keep_outlook(c, kept->number);
}

/* Plain DML, or beyond what script_read keeps. */
static void
lint_passing(struct arena *own, struct checking *c, const struct split_item *item, int64_t number)
{
	struct statement_class *class = arena_alloc(own, sizeof(*class));
	struct acts *acts = arena_alloc(own, sizeof(*acts));
	struct lint_statement statement = {
		.number = number, .length = item->length, .class = class, .acts = acts
	};
	int version = c->environment.server_version;
	struct directives none;

	if (number > ASKED_STATEMENTS) {
		statement_classify_words(item->text, item->length, version, class);
		if (class->kind == STATEMENT_DML)
			return;
	}
	statement.text = arena_strndup(own, item->text, item->length);
	statement_read(own, statement.text, item->length, version, class, acts);
	directives_init(&none);
	lint_one(c, &statement, &none);
}

/* Goes over the statements of a script up to its end, or to where it cannot be cut. */
struct walk_statements {
	struct script_reader *reader; /* NULL: what script_read has kept is enough */
	struct split_item item; /* then of its text alone */
	int64_t number;
	const struct statement *kept; /* of the statement at hand, or NULL */
	size_t next, passing; /* indexes in the script's statements and passing */
};

static bool
open_statements(struct arena *own, const struct checking *c, struct walk_statements *w)
{
	*w = (struct walk_statements){ 0 };
	return script_reader_open(
	    own, c->script, &c->environment, &w->reader, error_new(own)); /* was said before */
}

static bool
read_next(struct arena *own, struct walk_statements *w)
{
	struct error *err = error_new(own); /* script_read has said it */

	do {
		if (!script_reader_next(w->reader, &w->item, err) || w->item.kind == SPLIT_END)
			return false;
	} while (w->item.kind != SPLIT_STATEMENT);
	return true;
}

static void
take_text(const struct script *s, struct walk_statements *w)
{
	if (w->kept != NULL) {
		w->item.text = w->kept->text;
		w->item.length = strlen(w->kept->text);
	} else {
		w->item.text = s->passing[w->passing].text;
		w->item.length = s->passing[w->passing++].length;
	}
}

static bool
next_statement(struct arena *own, const struct checking *c, struct walk_statements *w)
{
	const struct script *s = c->script;

	if (w->reader == NULL ? w->number == s->statement_total : !read_next(own, w))
		return false;
	w->number++;
	w->kept = NULL;
	if (w->next < s->statement_count && s->statements[w->next].number == w->number)
		w->kept = &s->statements[w->next++];
	if (w->reader == NULL)
		take_text(s, w);
	return true;
}

static void
lint_statements(struct checking *c, bool applied)
{
	struct arena *own = arena_new(c->a);
	const struct script *s = c->script;
	struct walk_statements w = { 0 };

	lint_begin_file(c->lint,
	    &(struct lint_file){ .path = s->path,
		.transaction = s->transaction,
		.undo = s->kind == SCRIPT_UNDO,
		.repeatable = s->kind == SCRIPT_REPEATABLE,
		.contract = s->directives.phase == PHASE_CONTRACT,
		.irreversible = s->directives.irreversible != NULL,
		.applied = applied,
		.lock_timeout_ms = given_or_not(&s->directives, s->directives.lock_timeout_ms),
		.statement_timeout_ms =
		    given_or_not(&s->directives, s->directives.statement_timeout_ms) });
	if (s->whole || open_statements(own, c, &w)) {
		while (next_statement(own, c, &w)) {
			if (w.kept != NULL)
				lint_kept(own, c, &w.item, w.kept);
			else
				lint_passing(own, c, &w.item, w.number);
		}
	}
	lint_end_file(c->lint);
	arena_close(own);
}

/* Behind those made here. */
static void
take_findings(struct checking *c)
{
	struct checked *out = c->out;
	size_t count;
	struct finding *found = lint_findings(c->lint, &count);

	for (size_t i = 0; i < count; i++) {
		out->findings =
		    arena_extend(c->a, out->findings, out->count, sizeof(*out->findings));
		out->findings[out->count++] = found[i];
	}
}

/* --- places, and what squawk's comments say of them --- */

static void
ignore_finding(struct checking *c, const struct squawk_ignores *ignores, struct finding *finding,
    int64_t statement_line)
{
	const struct squawk_ignore *ignore =
	    squawk_find(ignores, finding->rule->id, finding->place.line);

	if (ignore == NULL)
		ignore = squawk_find(ignores, finding->rule->id, statement_line);
	if (ignore == NULL || finding->allowed)
		return;
	finding->allowed = true;
	finding->reason = ignore->reason != NULL ? ignore->reason : "squawk-ignore";
	finding->reason = arena_strdup(c->a, finding->reason);
}

static int
compare_statements(const void *a, const void *b)
{
	const struct finding *one = a, *other = b;

	if (one->statement != other->statement)
		return one->statement < other->statement ? -1 : 1;
	if (one->at != other->at)
		return one->at < other->at ? -1 : 1;
	return strcmp(one->rule->id, other->rule->id);
}

static void
place_finding(struct checking *c, const struct split_item *item, struct finding *finding)
{
	size_t at = (size_t)finding->at < item->length ? (size_t)finding->at : 0;

	finding->place = walk_place(c->a, c->script->path, item, at);
}

/* Once more over the file, as only what is found needs to know where it stands. */
static void
place_findings(struct checking *c)
{
	struct arena *own = arena_new(c->a);
	struct squawk_ignores ignores = { 0 };
	struct checked *out = c->out;
	struct walk_statements w;
	size_t i = 0;

	qsort(out->findings, out->count, sizeof(*out->findings), compare_statements);
	if (c->script->text != NULL)
		ignores = squawk_read(own, c->script->text);
	for (; i < out->count && out->findings[i].statement == 0; i++)
		ignore_finding(c, &ignores, &out->findings[i], 1);
	if (i < out->count && open_statements(own, c, &w)) {
		while (i < out->count && next_statement(own, c, &w)) {
			for (; i < out->count && out->findings[i].statement == w.number; i++) {
				place_finding(c, &w.item, &out->findings[i]);
				ignore_finding(c, &ignores, &out->findings[i], w.item.line);
			}
		}
	}
	arena_close(own);
}

/* --- allow --- */

static void
add_permissions(struct checking *c, const struct directives *d, int64_t statement)
{
	for (size_t i = 0; i < d->allow_count; i++) {
		for (size_t k = 0; k < d->allows[i].rule_count; k++) {
			c->permissions = arena_extend(
			    c->a, c->permissions, c->permission_count, sizeof(*c->permissions));
			c->permissions[c->permission_count++] = (struct permission){
				.allow = &d->allows[i],
				.rule = d->allows[i].rules[k],
				.statement = statement,
			};
		}
	}
}

static void
gather_permissions(struct checking *c)
{
	const struct script *s = c->script;

	c->permissions = NULL;
	c->permission_count = 0;
	add_permissions(c, &s->directives, 0);
	for (size_t i = 0; i < s->statement_count; i++)
		add_permissions(c, &s->statements[i].directives, s->statements[i].number);
}

static void
permit(struct checking *c, struct finding *finding)
{
	for (size_t i = 0; i < c->permission_count; i++) {
		struct permission *p = &c->permissions[i];

		if ((p->statement != 0 && p->statement != finding->statement) ||
		    strcmp(p->rule, finding->rule->id) != 0)
			continue;
		p->used = true;
		finding->allowed = true;
		finding->reason =
		    p->allow->reason == NULL ? NULL : arena_strdup(c->a, p->allow->reason);
	}
}

static const char *
unknown_message(struct checking *c, const char *name)
{
	const struct squawk_rule *theirs = squawk_rule_find(name);
	struct config_list known = { 0 };
	const char *nearest;

	if (theirs != NULL && *theirs->ours != '\0')
		return arena_printf(c->a,
		    "\"%s\" is a rule of squawk; what it finds is found here by: %s", name,
		    theirs->ours);
	for (const struct rule *const *rule = lint_rules(); *rule != NULL; rule++)
		config_list_add(c->a, &known, (*rule)->id);
	nearest = config_nearest(name, known.items, known.count);
	if (nearest == NULL)
		return arena_printf(c->a, "there is no rule \"%s\" to allow", name);
	return arena_printf(
	    c->a, "there is no rule \"%s\" to allow; did you mean \"%s\"?", name, nearest);
}

static bool
applies(const struct checking *c, const struct rule *rule)
{
	int major = c->environment.server_version / 10000;

	return severities_find(&c->severities, rule) != SEVERITY_OFF &&
	    (rule->check != NULL || rule->end != NULL) &&
	    (rule->from == 0 || major >= rule->from) && (rule->until == 0 || major <= rule->until);
}

static void
judge_permission(struct checking *c, const struct permission *p)
{
	const struct rule *rule = lint_rule_find(p->rule);
	struct finding *finding = NULL;

	if (rule == NULL)
		finding = add_finding(c, "unknown-allow", unknown_message(c, p->rule));
	else if (!p->used && applies(c, rule))
		finding = add_finding(c, "unused-allow",
		    arena_printf(
			c->a, "\"%s\" is allowed here, but nothing of it is found", p->rule));
	if (finding == NULL)
		return;
	finding->place.line = p->allow->place.line;
	finding->place.column = p->allow->place.column;
	if (p->allow->place.source != NULL)
		finding->place.source = arena_strdup(c->a, p->allow->place.source);
}

static int
compare_places(const void *a, const void *b)
{
	const struct finding *one = a, *other = b;

	if (one->place.line != other->place.line)
		return one->place.line < other->place.line ? -1 : 1;
	if (one->place.column != other->place.column)
		return one->place.column < other->place.column ? -1 : 1;
	if (one->rule != other->rule)
		return strcmp(one->rule->id, other->rule->id);
	return strcmp(one->message, other->message);
}

static void
settle(struct checking *c)
{
	struct checked *out = c->out;

	gather_permissions(c);
	for (size_t i = 0; i < out->count; i++)
		permit(c, &out->findings[i]);
	if (out->count > 0)
		place_findings(c);
	for (size_t i = 0; i < c->permission_count; i++)
		judge_permission(c, &c->permissions[i]);
	if (out->count > 0)
		qsort(out->findings, out->count, sizeof(*out->findings), compare_places);
}

/* --- the files --- */

/* Those that do not run behind the files before them know nothing of these. */
static bool
stands_alone(const struct script *s)
{
	return s->kind != SCRIPT_VERSIONED && s->kind != SCRIPT_REPEATABLE;
}

static void
check_one(struct checking *c, const struct check_file *file, struct checks *out,
    struct problems *problems)
{
	struct checked checked = { .script = file->script };
	struct problems unsaid = { .arena = c->a };
	struct lint *together = c->lint;
	struct arena *own = arena_new(c->a);
	bool reads = !file->script->has_acts;

	c->script = file->script;
	c->out = &checked;
	c->severities =
	    severities_make(c->a, c->environment.config, file->script->path, file->script->name);
	checked.fail_on = c->severities.fail_on;
	if (reads)
		script_read(own, file->script, &c->environment, file->applied ? &unsaid : problems);
	if (stands_alone(file->script))
		c->lint = lint_new(c->a, &c->options);
	lint_statements(c, file->applied || !c->request->together);
	if (!file->applied) {
		take_findings(c);
		settle(c);
		out->list = arena_extend(c->a, out->list, out->count, sizeof(*out->list));
		out->list[out->count++] = checked;
	}
	c->lint = together;
	if (reads)
		script_forget(file->script);
	arena_close(own);
}

void
check_scripts(struct arena *a, const struct check_request *request, struct checks *out,
    struct problems *problems)
{
	struct checking c = { .a = a, .request = request, .environment = *request->environment };

	*out = (struct checks){ 0 };
	c.environment.acts = true;
	c.options = options_make(&c);
	c.lint = lint_new(a, &c.options);
	for (size_t i = 0; i < request->file_count; i++)
		if (!request->files[i].applied || !stands_alone(request->files[i].script))
			check_one(&c, &request->files[i], out, problems);
}

const struct outlook *
check_outlook(const struct checked *checked, int64_t statement)
{
	for (size_t i = 0; i < checked->outlook_count; i++)
		if (checked->outlooks[i].statement == statement)
			return checked->outlooks[i].outlook;
	return NULL;
}

/* --- counting --- */

size_t
check_count(const struct checks *checks, enum severity severity)
{
	size_t count = 0;

	for (size_t i = 0; i < checks->count; i++)
		for (size_t k = 0; k < checks->list[i].count; k++)
			count += checks->list[i].findings[k].severity == severity &&
			    !checks->list[i].findings[k].allowed;
	return count;
}

size_t
check_allowed(const struct checks *checks)
{
	size_t count = 0;

	for (size_t i = 0; i < checks->count; i++)
		for (size_t k = 0; k < checks->list[i].count; k++)
			count += checks->list[i].findings[k].allowed;
	return count;
}

bool
check_fails(const struct checked *checked, const struct finding *finding)
{
	return checked->fail_on != SEVERITY_OFF && finding->severity >= checked->fail_on &&
	    !finding->allowed;
}

size_t
check_failures(const struct checks *checks)
{
	size_t count = 0;

	for (size_t i = 0; i < checks->count; i++)
		for (size_t k = 0; k < checks->list[i].count; k++)
			count += check_fails(&checks->list[i], &checks->list[i].findings[k]);
	return count;
}
