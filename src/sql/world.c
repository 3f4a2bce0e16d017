/* SPDX-License-Identifier: MIT */
#include "sql/world.h"

#include <string.h>
#include <strings.h>

#include "base/time.h"
#include "sql/follow.h"
#include "sql/words.h"

static const char TEMPORARY[] = "pg_temp";

struct setting {
	const char *name, *value; /* "" for RESET */
	bool local;
};

struct held {
	const struct act_name *name; /* of the table, complete */
	enum lock_mode mode;
	int64_t since;
	bool old; /* the table has rows and users */
	size_t *head; /* of those with the same hash */
	size_t older; /* the one before it there, counted from 1; 0: none */
};

enum { HELD_BUCKETS = 1024 };

/* What a savepoint, or the beginning of a transaction, comes back to. */
struct mark {
	const char *name; /* NULL: the transaction */
	size_t things, settings, held;
};

struct world {
	struct arena *arena;
	struct things *things; /* what the files made or changed */
	struct things *live; /* what lookup said */
	world_lookup *lookup;
	void *source;
	size_t file, settled; /* up to that file all is old */
	size_t transaction;
	bool in_transaction;
	int64_t statement;
	struct setting *settings;
	size_t setting_count;
	struct held *held;
	size_t held_count;
	size_t held_heads[HELD_BUCKETS]; /* counted from 1 */
	struct mark *marks; /* the first one is the transaction's */
	size_t mark_count;
	const char *start_path; /* of the session */
	const char **path; /* its schemas, ended by NULL */
	const char *path_text; /* what path was read from */
};

/* --- search_path --- */

/* "$user" has a schema of its own in few databases. */
static const char **
read_path(struct arena *a, const char *text)
{
	struct words s = words_start(text, strlen(text));
	const char **list = NULL;
	size_t count = 0;
	struct word w;

	while (words_next(&s, &w)) {
		const char *schema = word_is(&w, ",") ? NULL : word_value(a, &w);

		if (schema == NULL || *schema == '\0' || strcmp(schema, "$user") == 0)
			continue;
		list = arena_extend(a, list, count, sizeof(*list));
		list[count++] = schema;
	}
	list = arena_extend(a, list, count, sizeof(*list));
	list[count] = NULL;
	return list;
}

static void
follow_path(struct world *w)
{
	const char *set = world_setting(w, "search_path");
	const char *text = set == NULL || *set == '\0' ? w->start_path : set;

	if (text == w->path_text)
		return;
	w->path_text = text;
	w->path = read_path(w->arena, text);
}

/* Where a name without a schema is made. */
const char *
world_schema_for(const struct world *w, const struct act_name *name, bool temporary)
{
	if (temporary)
		return TEMPORARY;
	if (name->schema != NULL)
		return name->schema;
	return w->path[0] == NULL ? "" : w->path[0];
}

/* --- finding --- */

static enum world_age
age_of(const struct world *w, const struct thing *thing)
{
	if (thing->file <= w->settled)
		return AGE_OLD;
	if (thing->file < w->file)
		return AGE_EARLIER_FILE;
	return thing->transaction == w->transaction ? AGE_TRANSACTION : AGE_FILE;
}

/* What is temporary ends with its session, and that with its file. */
static struct thing *
find_made(const struct world *w, enum thing_space space, const char *schema, const char *name)
{
	struct thing *thing = things_find(w->things, space, schema, name);

	if (thing != NULL && thing->table.facts.temporary && thing->file != w->file)
		return NULL;
	return thing;
}

/* Asks the live catalog once for each name; schema NULL: by the session's search_path. */
static struct thing *
find_live(const struct world *w, const char *schema, const char *name)
{
	const char *key = schema == NULL ? "" : schema;
	struct thing *thing;
	struct thing fresh = { .space = SPACE_RELATION };
	const struct table_facts *facts;

	if (w->lookup == NULL)
		return NULL;
	thing = things_find(w->live, SPACE_RELATION, key, name);
	if (thing == NULL) {
		facts = w->lookup(w->source, schema, name);
		fresh.name =
		    (struct act_name){ arena_strdup(w->arena, key), arena_strdup(w->arena, name) };
		if (facts != NULL)
			fresh.table =
			    (struct world_table){ .facts = *facts, .complete = true, .live = true };
		thing = things_put(w->live, &fresh);
		if (facts != NULL && schema == NULL) { /* the name that it really has */
			fresh.name = fresh.table.facts.name;
			(void)things_put(w->live, &fresh);
		}
	}
	return thing->table.live ? thing : NULL;
}

/* A live one, unless the files changed it: then as they left it. */
static struct thing *
find_live_now(const struct world *w, const char *schema, const char *name)
{
	struct thing *thing = find_live(w, schema, name);
	struct thing *changed = NULL;

	if (thing != NULL)
		changed = find_made(w, SPACE_RELATION, thing->table.facts.name.schema, name);
	return changed == NULL ? thing : changed;
}

static struct thing *
find_in_path(const struct world *w, enum thing_space space, const char *name)
{
	bool asked = space == SPACE_RELATION;
	struct thing *thing = find_made(w, space, TEMPORARY, name);

	for (size_t i = 0; thing == NULL && w->path[i] != NULL; i++) {
		thing = find_made(w, space, w->path[i], name);
		if (thing == NULL && asked && w->path_text != w->start_path)
			thing = find_live_now(w, w->path[i], name);
	}
	if (thing == NULL && asked && w->path_text == w->start_path)
		thing = find_live_now(w, NULL, name);
	return thing;
}

struct thing *
world_thing(const struct world *w, enum thing_space space, const struct act_name *name)
{
	struct thing *thing;

	if (name->name == NULL)
		return NULL;
	if (name->schema == NULL)
		return find_in_path(w, space, name->name);
	thing = find_made(w, space, name->schema, name->name);
	if (thing == NULL && space == SPACE_RELATION)
		thing = find_live_now(w, name->schema, name->name);
	return thing;
}

/* A new version of a relation, to be changed; one that nothing is known of is an old one. */
struct thing *
world_change(struct world *w, const struct act_name *name)
{
	const struct thing *thing = world_thing(w, SPACE_RELATION, name);
	struct thing fresh = { .space = SPACE_RELATION };
	struct table_facts *facts = &fresh.table.facts;

	if (thing != NULL) {
		fresh = *thing;
	} else {
		facts->name.schema = arena_strdup(w->arena, world_schema_for(w, name, false));
		facts->name.name = arena_strdup(w->arena, name->name);
		facts->kind = 'r';
		facts->rows = facts->bytes = facts->index_bytes = facts->held_ms = -1;
	}
	fresh.name = facts->name;
	return things_put(w->things, &fresh);
}

/* An empty thing of this transaction. */
struct thing
world_make(struct world *w, enum thing_space space, const char *schema, const char *name)
{
	return (struct thing){ .space = space,
		.name = { arena_strdup(w->arena, schema), arena_strdup(w->arena, name) },
		.file = w->file,
		.transaction = w->transaction };
}

struct thing *
world_put(struct world *w, const struct thing *like)
{
	return things_put(w->things, like);
}

struct arena *
world_arena(struct world *w)
{
	return w->arena;
}

/* --- locks --- */

static bool
is_same_name(const struct act_name *a, const struct act_name *b)
{
	return strcmp(a->name, b->name) == 0 && strcmp(a->schema, b->schema) == 0;
}

static size_t
held_bucket(const struct act_name *name)
{
	uint32_t hash = 2166136261u;

	for (const char *c = name->name; *c != '\0'; c++)
		hash = (hash ^ (unsigned char)*c) * 16777619u;
	return hash % HELD_BUCKETS;
}

/* Thousands of tables may be locked by one file, and each look at a table asks. */
static void
tell_held(const struct world *w, struct world_table *t)
{
	t->held = LOCK_NONE;
	for (size_t i = w->held_heads[held_bucket(&t->facts.name)]; i > 0;
	     i = w->held[i - 1].older) {
		const struct held *held = &w->held[i - 1];

		if (held->mode <= t->held || !is_same_name(held->name, &t->facts.name))
			continue;
		t->held = held->mode;
		t->held_since = held->since;
	}
}

static void
let_go(struct world *w, size_t down_to)
{
	for (; w->held_count > down_to; w->held_count--)
		*w->held[w->held_count - 1].head = w->held[w->held_count - 1].older;
}

static void
hold(struct world *w, const struct act_name *name, enum lock_mode mode)
{
	struct thing *thing = world_thing(w, SPACE_RELATION, name);
	size_t *head;

	if (name->name == NULL)
		return;
	if (thing == NULL)
		thing = world_change(w, name);
	tell_held(w, &thing->table);
	if (thing->table.held >= mode)
		return;
	w->held = arena_extend(w->arena, w->held, w->held_count, sizeof(*w->held));
	head = &w->held_heads[held_bucket(&thing->table.facts.name)];
	w->held[w->held_count++] = (struct held){ .name = &thing->table.facts.name,
		.mode = mode,
		.since = w->statement,
		.old = age_of(w, thing) == AGE_OLD,
		.head = head,
		.older = *head };
	*head = w->held_count;
}

static void
hold_all(struct world *w, const struct act_name *names, size_t count, enum lock_mode mode)
{
	for (size_t i = 0; i < count; i++)
		hold(w, &names[i], mode);
}

void
world_lock(struct world *w, const struct statement_lock *lock)
{
	const struct act_name name = { .schema = lock->schema, .name = lock->name };
	const struct world_table *t = world_find(w, &name);
	const struct facts_constraint *c;

	switch (lock->object) {
	case LOCK_TABLE:
		hold(w, &name, lock->mode);
		break;
	case LOCK_INDEX:
		t = world_table_of_index(w, &name);
		if (t != NULL)
			hold(w, &t->facts.name, lock->mode);
		break;
	case LOCK_CONSTRAINT:
		c = t == NULL ? NULL : world_constraint(t, lock->constraint);
		if (c != NULL)
			hold(w, &c->references, lock->mode);
		break;
	case LOCK_REFERENCED:
		for (size_t i = 0; t != NULL && i < t->facts.constraint_count; i++)
			hold(w, &t->facts.constraints[i].references, lock->mode);
		break;
	case LOCK_REFERENCING:
	case LOCK_COLUMN:
		if (t != NULL)
			hold_all(w, t->facts.referencing, t->facts.referencing_count, lock->mode);
		break;
	}
}

/* --- time --- */

struct world *
world_new(struct arena *a, world_lookup *lookup, void *source)
{
	struct world *w = arena_alloc(a, sizeof(*w));

	*w = (struct world){ .arena = a,
		.things = things_new(a),
		.live = things_new(a),
		.lookup = lookup,
		.source = source };
	world_set_path(w, "public");
	return w;
}

void
world_set_path(struct world *w, const char *search_path)
{
	w->start_path = arena_strdup(w->arena, search_path);
	follow_path(w);
}

static void
set_mark(struct world *w, const char *name)
{
	w->marks = arena_extend(w->arena, w->marks, w->mark_count, sizeof(*w->marks));
	w->marks[w->mark_count++] = (struct mark){ .name = name,
		.things = things_mark(w->things),
		.settings = w->setting_count,
		.held = w->held_count };
}

static void
back_to(struct world *w, const struct mark *mark)
{
	things_back(w->things, mark->things);
	w->setting_count = mark->settings;
	let_go(w, mark->held);
	follow_path(w);
}

static void
begin_transaction(struct world *w)
{
	w->transaction++;
	w->in_transaction = true;
	let_go(w, 0);
	w->mark_count = 0;
	set_mark(w, NULL);
}

/* SET LOCAL ends with the transaction. */
static void
end_transaction(struct world *w)
{
	size_t kept = 0;

	for (size_t i = 0; i < w->setting_count; i++)
		if (!w->settings[i].local)
			w->settings[kept++] = w->settings[i];
	w->setting_count = kept;
	let_go(w, 0);
	w->mark_count = 0;
	w->in_transaction = false;
	w->transaction++;
	follow_path(w);
}

static void
roll_back(struct world *w)
{
	if (w->mark_count > 0)
		back_to(w, &w->marks[0]);
	end_transaction(w);
}

void
world_begin_file(struct world *w, bool in_transaction)
{
	end_transaction(w);
	w->file++;
	w->setting_count = 0;
	follow_path(w);
	if (in_transaction)
		begin_transaction(w);
}

void
world_settle(struct world *w)
{
	w->settled = w->file;
}

void
world_begin_statement(struct world *w, int64_t number)
{
	w->statement = number;
	if (w->in_transaction)
		return;
	w->transaction++;
	let_go(w, 0);
}

/* The savepoint of that name that was set last; NULL: there is none. */
static struct mark *
find_mark(struct world *w, const char *name)
{
	for (size_t i = w->mark_count; name != NULL && i > 1; i--)
		if (strcmp(w->marks[i - 1].name, name) == 0)
			return &w->marks[i - 1];
	return NULL;
}

/* --- what acts do to the session --- */

/* In the body of a block they are refused, or end what the statement alone has done. */
static void
apply_begin(struct world *w, const struct act *act)
{
	if (!w->in_transaction && !act->inside)
		begin_transaction(w);
}

static void
apply_commit(struct world *w, const struct act *act)
{
	if (!act->inside)
		end_transaction(w);
}

static void
apply_rollback(struct world *w, const struct act *act)
{
	if (!act->inside)
		roll_back(w);
}

static void
apply_savepoint(struct world *w, const struct act *act)
{
	if (w->in_transaction && act->part != NULL)
		set_mark(w, arena_strdup(w->arena, act->part));
}

static void
apply_release(struct world *w, const struct act *act)
{
	const struct mark *mark = find_mark(w, act->part);

	if (mark != NULL)
		w->mark_count = (size_t)(mark - w->marks);
}

/* The savepoint itself stays. */
static void
apply_rollback_to(struct world *w, const struct act *act)
{
	const struct mark *mark = find_mark(w, act->part);

	if (mark == NULL)
		return;
	back_to(w, mark);
	w->mark_count = (size_t)(mark - w->marks) + 1;
}

static void
apply_set(struct world *w, const struct act *act)
{
	struct setting s = { .value = "", .local = act->local };

	if (act->setting == NULL || (act->local && !w->in_transaction))
		return;
	s.name = arena_strdup(w->arena, act->setting);
	if (act->value != NULL)
		s.value = arena_strdup(w->arena, act->value);
	w->settings = arena_extend(w->arena, w->settings, w->setting_count, sizeof(*w->settings));
	w->settings[w->setting_count++] = s;
	follow_path(w);
}

static const struct {
	enum act_kind kind;
	void (*apply)(struct world *w, const struct act *act);
} appliers[] = {
	{ ACT_SET, apply_set },
	{ ACT_BEGIN, apply_begin },
	{ ACT_COMMIT, apply_commit },
	{ ACT_ROLLBACK, apply_rollback },
	{ ACT_PREPARE_TRANSACTION, apply_commit },
	{ ACT_SAVEPOINT, apply_savepoint },
	{ ACT_RELEASE, apply_release },
	{ ACT_ROLLBACK_TO, apply_rollback_to },
};

void
world_apply(struct world *w, const struct act *act)
{
	for (size_t i = 0; i < sizeof(appliers) / sizeof(appliers[0]); i++)
		if (appliers[i].kind == act->kind)
			appliers[i].apply(w, act);
	follow(w, act);
}

/* --- questions --- */

const struct world_table *
world_find(const struct world *w, const struct act_name *name)
{
	struct thing *thing = world_thing(w, SPACE_RELATION, name);

	if (thing == NULL)
		return NULL;
	thing->table.age = age_of(w, thing);
	tell_held(w, &thing->table);
	return &thing->table;
}

bool
world_is_new(const struct world *w, const struct act_name *name)
{
	const struct world_table *t = world_find(w, name);

	return t != NULL && t->age != AGE_OLD && !t->dropped && !t->renamed;
}

bool
world_is_private(const struct world *w, const struct act_name *name)
{
	return world_is_new(w, name) &&
	    (world_find(w, name)->age == AGE_TRANSACTION || world_find(w, name)->facts.temporary);
}

const struct world_object *
world_object(const struct world *w, enum act_on on, const struct act_name *name)
{
	const struct act_name of_schema = { .schema = "", .name = name->name };
	struct thing *thing =
	    world_thing(w, things_space(on), on == ACT_ON_SCHEMA ? &of_schema : name);

	if (thing == NULL)
		return NULL;
	thing->object.age = age_of(w, thing);
	return &thing->object;
}

const struct facts_column *
world_column(const struct world_table *t, const char *name)
{
	for (size_t i = 0; i < t->facts.column_count; i++)
		if (strcmp(t->facts.columns[i].name, name) == 0)
			return &t->facts.columns[i];
	return NULL;
}

const struct facts_constraint *
world_constraint(const struct world_table *t, const char *name)
{
	for (size_t i = 0; i < t->facts.constraint_count; i++)
		if (strcmp(t->facts.constraints[i].name, name) == 0)
			return &t->facts.constraints[i];
	return NULL;
}

const struct facts_index *
world_index(const struct world_table *t, const char *name)
{
	for (size_t i = 0; i < t->facts.index_count; i++)
		if (strcmp(t->facts.indexes[i].name, name) == 0)
			return &t->facts.indexes[i];
	return NULL;
}

const struct world_table *
world_table_of_index(const struct world *w, const struct act_name *name)
{
	const struct thing *index = world_thing(w, SPACE_RELATION, name);

	if (index == NULL || index->table.facts.kind != 'i')
		return NULL;
	return world_find(w, &index->table.facts.parent);
}

/* Is the word this name, quoted or folded? */
static bool
is_name(const struct word *w, const char *name)
{
	if (w->kind == WORD_QUOTED)
		return w->length == strlen(name) + 2 &&
		    memcmp(w->text + 1, name, w->length - 2) == 0;
	return w->length == strlen(name) && strncasecmp(w->text, name, w->length) == 0;
}

/* A CHECK of nothing but "a IS NOT NULL AND b IS NOT NULL" proves each of them. */
static bool
says_not_null(const char *expression, const char *column)
{
	struct words s = words_start(expression, strlen(expression));
	struct word w;
	bool found = false;

	while (words_next(&s, &w)) {
		if (word_is(&w, "(|)|AND"))
			continue;
		if (!words_match(&s, "IS NOT NULL"))
			return false;
		found = found || is_name(&w, column);
	}
	return found;
}

enum world_proof
world_not_null_proof(const struct world_table *t, const char *column)
{
	const struct facts_column *c = world_column(t, column);
	enum world_proof found = PROOF_NONE;

	if (c != NULL && c->not_null)
		return t->live ? PROOF_LIVE : PROOF_FILES;
	for (size_t i = 0; i < t->facts.constraint_count; i++) {
		const struct facts_constraint *proof = &t->facts.constraints[i];

		if (!proof->valid || proof->proves_not_null == NULL ||
		    (strcmp(proof->proves_not_null, column) != 0 &&
			(proof->expression == NULL || !says_not_null(proof->expression, column))))
			continue;
		if (!t->live || proof->by_file)
			return PROOF_FILES;
		found = PROOF_LIVE;
	}
	return found;
}

const char *
world_setting(const struct world *w, const char *name)
{
	for (size_t i = w->setting_count; i > 0; i--) {
		const struct setting *s = &w->settings[i - 1];

		if (strcmp(s->name, "all") == 0)
			return "";
		if (strcmp(s->name, name) == 0)
			return s->value;
	}
	return NULL;
}

int64_t
world_setting_ms(const struct world *w, const char *name)
{
	const char *value = world_setting(w, name);

	return value == NULL ? -1 : time_of_setting(value);
}

bool
world_in_transaction(const struct world *w)
{
	return w->in_transaction;
}

size_t
world_transaction(const struct world *w)
{
	return w->transaction;
}

const struct world_table *
world_held(const struct world *w, enum lock_mode least)
{
	const struct held *strongest = NULL;

	for (size_t i = 0; i < w->held_count; i++) {
		const struct held *held = &w->held[i];
		const struct world_table *t;

		if (!held->old || held->since == w->statement || held->mode < least ||
		    (strongest != NULL && held->mode <= strongest->mode))
			continue;
		/* Where it was renamed, nobody or another one has its name. */
		t = world_find(w, held->name);
		if (t != NULL && t->age == AGE_OLD)
			strongest = held;
	}
	return strongest == NULL ? NULL : world_find(w, strongest->name);
}
