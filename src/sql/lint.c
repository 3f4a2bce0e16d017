/* SPDX-License-Identifier: MIT */
#include "sql/lint.h"

#include <assert.h>
#include <string.h>

#include "base/text.h"
#include "base/figure.h"
#include "sql/quote.h"
#include "sql/rules.h"

/* Where a harm that grows with the table is certain, and where there is none to speak of. */
static const int64_t HUGE_BYTES = INT64_C(1) << 30, HUGE_ROWS = 10 * 1000 * 1000;
static const int64_t TINY_BYTES = 1 << 20;

struct lint {
	struct arena *arena;
	struct lint_options options;
	struct lint_file file;
	struct world *world; /* of the file at hand */
	struct world *files; /* of all files but undo */
	struct lint_statement *current;
	struct outlook *outlook; /* of that statement */
	struct lint_past *past;
	size_t past_count;
	struct finding *findings;
	size_t count;
};

/* --- rules --- */

static const struct rule *const *const groups[] = {
	rules_index,
	rules_enum,
	rules_rows,
	rules_transaction,
	rules_constraint,
	rules_key,
	rules_foreign_key,
	rules_add_column,
	rules_column,
	rules_type,
	rules_domain,
	rules_drop,
	rules_table,
	rules_partition,
	rules_object,
	rules_security,
	rules_style,
	rules_lint,
};

enum { RULES_MAX = 256 };

/* The groups put together once; never changed after that. */
const struct rule *const *
lint_rules(void)
{
	static const struct rule *all[RULES_MAX + 1];
	size_t count = 0;

	if (all[0] != NULL)
		return all;
	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
		for (size_t k = 0; groups[i][k] != NULL; k++) {
			assert(count < RULES_MAX);
			all[count++] = groups[i][k];
		}
	}
	return all;
}

const struct rule *
lint_rule_find(const char *id)
{
	const struct rule *const *rule = lint_rules();

	while (*rule != NULL && strcmp((*rule)->id, id) != 0)
		rule++;
	return *rule;
}

static enum severity
severity_of(const struct lint *l, const struct rule *rule)
{
	if (l->options.severity == NULL)
		return rule->severity;
	return l->options.severity(l->options.source, rule);
}

static bool
is_in_force(const struct lint *l, const struct rule *rule)
{
	int major = lint_major(l);

	return major >= rule->from && (rule->until == 0 || major <= rule->until) &&
	    severity_of(l, rule) != SEVERITY_OFF;
}

static bool
looks_at(const struct rule *rule, const struct act *act)
{
	if (rule->kinds[0] == ACT_OTHER)
		return act->number == 0 && !act->inside;
	for (size_t i = 0; i < RULE_KINDS && rule->kinds[i] != ACT_OTHER; i++)
		if (rule->kinds[i] == act->kind)
			return true;
	return false;
}

/* --- files and statements --- */

static struct world *
make_world(struct lint *l)
{
	struct world *w = world_new(l->arena, l->options.lookup, l->options.source);

	if (l->options.search_path != NULL)
		world_set_path(w, l->options.search_path);
	return w;
}

struct lint *
lint_new(struct arena *a, const struct lint_options *options)
{
	struct lint *l = arena_alloc(a, sizeof(*l));

	l->arena = a;
	l->options = *options;
	l->files = make_world(l);
	l->world = l->files;
	return l;
}

void
lint_begin_file(struct lint *l, const struct lint_file *file)
{
	l->file = *file;
	l->world = file->undo ? make_world(l) : l->files;
	l->current = NULL;
	l->past = NULL;
	l->past_count = 0;
	l->findings = NULL;
	l->count = 0;
	world_begin_file(l->world, file->transaction);
}

static void
look(struct lint *l, const struct act *act)
{
	const struct rule *const *rule;

	for (rule = lint_rules(); *rule != NULL; rule++)
		if ((*rule)->check != NULL && looks_at(*rule, act) && is_in_force(l, *rule))
			(*rule)->check(l, *rule, act);
}

static struct lint_past
past_of(const struct lint *l, const struct act *act)
{
	const struct world_table *t = lint_table(l, act);
	struct lint_past past = { .act = act,
		.statement = l->current,
		.transaction = world_transaction(l->world),
		.table = t };

	effect_tell(l->world, act, &past.effect);
	past.is_new = t != NULL && t->age != AGE_OLD && !t->dropped && !t->renamed;
	return past;
}

static void
read_act(struct lint *l, const struct act *act)
{
	struct lint_past past = past_of(l, act);

	look(l, act);
	world_apply(l->world, act);
	l->past = arena_extend(l->arena, l->past, l->past_count, sizeof(*l->past));
	l->past[l->past_count++] = past;
}

/* A statement of which nothing is known is one act, too. */
void
lint_statement(struct lint *l, const struct lint_statement *statement)
{
	static const struct act unknown = { .kind = ACT_OTHER };
	const struct statement_class *class = statement->class;

	l->current = arena_copy(l->arena, statement, sizeof(*statement));
	l->outlook = arena_alloc(l->arena, sizeof(*l->outlook));
	world_begin_statement(l->world, statement->number);
	outlook_add_locks(l->arena, l->outlook, l->world, class);
	if (statement->acts->count == 0)
		read_act(l, &unknown);
	for (size_t i = 0; i < statement->acts->count; i++) {
		outlook_add(l->outlook, l->world, &statement->acts->list[i]);
		read_act(l, &statement->acts->list[i]);
	}
	for (size_t i = 0; i < class->lock_count; i++)
		world_lock(l->world, &class->locks[i]);
}

void
lint_end_file(struct lint *l)
{
	const struct rule *const *rule;

	for (rule = lint_rules(); *rule != NULL; rule++)
		if ((*rule)->end != NULL && is_in_force(l, *rule))
			(*rule)->end(l, *rule);
	if (l->file.applied)
		world_settle(l->world);
}

/* In order of place; findings of one place stay in the order of the rules. */
struct finding *
lint_findings(struct lint *l, size_t *count)
{
	for (size_t i = 1; i < l->count; i++) {
		struct finding f = l->findings[i];
		size_t to = i;

		for (; to > 0; to--) {
			const struct finding *before = &l->findings[to - 1];

			if (before->statement < f.statement ||
			    (before->statement == f.statement && before->at <= f.at))
				break;
			l->findings[to] = *before;
		}
		l->findings[to] = f;
	}
	*count = l->count;
	return l->findings;
}

/* --- what rules ask --- */

struct world *
lint_world(struct lint *l)
{
	return l->world;
}

struct arena *
lint_arena(struct lint *l)
{
	return l->arena;
}

const struct lint_options *
lint_options(const struct lint *l)
{
	return &l->options;
}

const struct lint_file *
lint_file(const struct lint *l)
{
	return &l->file;
}

const struct lint_statement *
lint_current(const struct lint *l)
{
	return l->current;
}

const struct outlook *
lint_outlook(const struct lint *l)
{
	return l->outlook;
}

const struct lint_past *
lint_past(const struct lint *l, size_t *count)
{
	*count = l->past_count;
	return l->past;
}

const struct lint_past *
lint_earlier(const struct lint *l, enum act_kind kind, const struct act_name *name)
{
	for (size_t i = l->past_count; i > 0; i--) {
		const struct act *act = l->past[i - 1].act;

		if (act->kind == kind && text_same(act->name.name, name->name) &&
		    text_same(act->name.schema, name->schema))
			return &l->past[i - 1];
	}
	return NULL;
}

int
lint_major(const struct lint *l)
{
	return l->options.server_version / 10000;
}

/* The first of them that is given. */
static int64_t
first_given(int64_t set_ms, int64_t file_ms, int64_t setting_ms)
{
	if (set_ms >= 0)
		return set_ms;
	return file_ms >= 0 ? file_ms : setting_ms;
}

/* As core/send.c sets it: for what is done CONCURRENTLY neither the file's SET nor its directive. */
int64_t
lint_lock_timeout_ms(const struct lint *l)
{
	if (l->current->lock_timeout_ms >= 0)
		return l->current->lock_timeout_ms;
	if (l->current->class->concurrently && !world_in_transaction(l->world))
		return l->options.concurrent_lock_timeout_ms;
	return first_given(world_setting_ms(l->world, "lock_timeout"), l->file.lock_timeout_ms,
	    l->options.lock_timeout_ms);
}

int64_t
lint_statement_timeout_ms(const struct lint *l)
{
	if (l->current->statement_timeout_ms >= 0)
		return l->current->statement_timeout_ms;
	return first_given(world_setting_ms(l->world, "statement_timeout"),
	    l->file.statement_timeout_ms, l->options.statement_timeout_ms);
}

const struct world_table *
lint_table(const struct lint *l, const struct act *act)
{
	if (act->on == ACT_ON_INDEX)
		return world_table_of_index(l->world, &act->name);
	return world_find(l->world, &act->name);
}

/* --- findings --- */

/* The statement of an act, which may be an earlier one. */
static const struct lint_statement *
statement_of(const struct lint *l, const struct act *act)
{
	const struct acts *now = l->current->acts;

	for (size_t i = 0; i < now->count; i++)
		if (&now->list[i] == act)
			return l->current;
	for (size_t i = l->past_count; i > 0; i--)
		if (l->past[i - 1].act == act)
			return l->past[i - 1].statement;
	return l->current;
}

/* Findings come in the order of statements, but for those of the end of a file. */
static struct finding *
find_twin(struct lint *l, const struct finding *like)
{
	for (size_t i = l->count; i > 0; i--) {
		struct finding *f = &l->findings[i - 1];

		if (f->statement < like->statement)
			break;
		if (f->rule == like->rule && f->statement == like->statement && f->at == like->at &&
		    strcmp(f->message, like->message) == 0)
			return f;
	}
	return NULL;
}

static const char *
figure(struct lint *l, const struct table_facts *t)
{
	const char *name = lint_name(l, &t->name);
	const char *size = figure_size(l->arena, t->bytes);

	if (t->rows < 0)
		return arena_printf(l->arena, "%s has %s", name, size);
	return arena_printf(
	    l->arena, "%s has %s rows (%s)", name, figure_count(l->arena, t->rows), size);
}

/* What a live table's size says about a harm that grows with it. */
static void
weigh(struct lint *l, struct finding *f, const struct act *act)
{
	const struct world_table *t = lint_table(l, act);

	if (!f->rule->grows || t == NULL || !t->live || t->facts.bytes < 0)
		return;
	if (t->facts.bytes >= HUGE_BYTES || t->facts.rows >= HUGE_ROWS) {
		f->raised = figure(l, &t->facts);
		if (f->severity != SEVERITY_INFO)
			f->severity = SEVERITY_ERROR;
	} else if (t->facts.bytes <= TINY_BYTES) {
		lint_void(l, f, "%s", figure(l, &t->facts));
	}
}

struct finding *
lint_report(struct lint *l, const struct rule *rule, const struct act *act, const char *instead,
    const char *format, ...)
{
	struct finding f = { .rule = rule,
		.severity = severity_of(l, rule),
		.statement = statement_of(l, act)->number,
		.at = act->at,
		.instead = instead };
	struct finding *twin;
	va_list args;

	va_start(args, format);
	f.message = arena_vprintf(l->arena, format, args);
	va_end(args);
	twin = find_twin(l, &f);
	if (twin != NULL)
		return twin;
	weigh(l, &f, act);
	l->findings = arena_extend(l->arena, l->findings, l->count, sizeof(*l->findings));
	l->findings[l->count] = f;
	return &l->findings[l->count++];
}

void
lint_void(struct lint *l, struct finding *finding, const char *format, ...)
{
	va_list args;

	if (!l->options.trust_facts || finding->raised != NULL)
		return;
	va_start(args, format);
	finding->lowered = arena_vprintf(l->arena, format, args);
	va_end(args);
	if (finding->severity > SEVERITY_INFO)
		finding->severity = SEVERITY_INFO;
}

const char *
lint_identifier(struct lint *l, const char *name)
{
	return quote_name(l->arena, name);
}

const char *
lint_name(struct lint *l, const struct act_name *name)
{
	return quote_qualified(l->arena, name->schema, name->name);
}

const char *
lint_quote(struct lint *l, const struct act_name *name)
{
	if (name->schema == NULL)
		return arena_printf(l->arena, "\"%s\"", name->name);
	return arena_printf(l->arena, "\"%s.%s\"", name->schema, name->name);
}

const char *
lint_quote_table(struct lint *l, const struct world_table *t)
{
	const struct act_name bare = { .name = t->facts.name.name };

	return lint_quote(l, world_find(l->world, &bare) == t ? &bare : &t->facts.name);
}

const char *
lint_columns(struct lint *l, const char *const *names, size_t count)
{
	const char *list = "";

	for (size_t i = 0; i < count; i++)
		list = arena_printf(
		    l->arena, "%s%s%s", list, i == 0 ? "" : ", ", lint_identifier(l, names[i]));
	return list;
}
