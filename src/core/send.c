/* SPDX-License-Identifier: MIT */
#include "core/send.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "sql/split.h"

enum { NOT_KNOWN = -1 };

/* --- locks --- */

static void
find_locks(const struct facts *facts, const struct script *script, const struct table_lock **first,
    size_t *count)
{
	*count = 0;
	*first = facts->locks;
	for (size_t i = 0; i < facts->count; i++) {
		if (facts->locks[i].script != script)
			continue;
		if (*count == 0)
			*first = &facts->locks[i];
		*count += 1; /* they stand together */
	}
}

int64_t
send_strong_locks(const struct facts *facts, const struct script *script)
{
	const struct table_lock *locks;
	size_t count;

	find_locks(facts, script, &locks, &count);
	return (int64_t)count;
}

int64_t
send_strong_locks_of(const struct send *s, const struct statement *kept)
{
	int64_t sum = 0;

	for (size_t i = 0; kept != NULL && i < s->lock_count; i++)
		sum += s->locks[i].statement == kept->number;
	return sum;
}

/* --- timeouts --- */

static void
timeout_after(const struct send *s, struct send_timeout *t, const struct statement_class *class,
    int64_t setting_ms)
{
	bool all = class->setting != NULL && strcmp(class->setting, "all") == 0;

	if (class->local && !s->transaction)
		return; /* it ends with the statement */
	if (all) {
		t->set = true;
		t->own_ms = setting_ms;
		t->current_ms = t->session_ms = NOT_KNOWN;
	} else if (class->setting != NULL && strcmp(class->setting, t->name) == 0) {
		/* RESET and SET ... TO DEFAULT take back what the file has set. */
		t->set = true;
		t->own_ms = class->value == NULL ? setting_ms : time_of_setting(class->value);
		t->current_ms = class->value == NULL ? NOT_KNOWN : t->own_ms;
		t->session_ms = t->current_ms;
	} else if (class->kind == STATEMENT_SAVEPOINT) {
		t->current_ms = NOT_KNOWN; /* ROLLBACK TO takes SET LOCAL back */
	}
}

static bool
say_timeout(struct send *s, struct send_timeout *t, int64_t wanted_ms)
{
	char sql[96];

	if (wanted_ms == NOT_KNOWN || wanted_ms == t->current_ms)
		return true;
	snprintf(sql, sizeof(sql), "SET %s%s = '%" PRId64 "ms'", s->local ? "LOCAL " : "", t->name,
	    wanted_ms);
	t->current_ms = wanted_ms;
	if (!s->local)
		t->session_ms = wanted_ms;
	return lane_say(s->lane, LANE_OWN, 0, sql);
}

static int64_t
wanted_lock_timeout(const struct send *s, const struct statement *kept)
{
	int64_t wanted = s->lock.own_ms;

	if (kept == NULL)
		return wanted;
	if (kept->class.concurrently && !s->transaction)
		wanted = s->environment->config->concurrent_lock_timeout_ms;
	if (kept->directives.given && kept->directives.lock_timeout_ms != NOT_GIVEN)
		wanted = kept->directives.lock_timeout_ms;
	if (s->share_ms > 0 && !kept->class.concurrently && send_strong_locks_of(s, kept) > 0 &&
	    (wanted <= 0 || wanted > s->share_ms))
		wanted = s->share_ms;
	return wanted;
}

static int64_t
wanted_statement_timeout(const struct send *s, const struct statement *kept)
{
	if (kept != NULL && kept->directives.given &&
	    kept->directives.statement_timeout_ms != NOT_GIVEN)
		return kept->directives.statement_timeout_ms;
	return s->statement.own_ms;
}

/* --- reading --- */

static int64_t
given_or(const struct directives *d, int64_t value, int64_t setting)
{
	return d->given && value != NOT_GIVEN ? value : setting;
}

bool
send_open(struct arena *a, struct send *s, struct lane *lane, struct script *script,
    const struct facts *facts, bool transaction, struct error *err)
{
	const struct config *config = lane->session->config;
	const struct directives *d = &script->directives;

	*s = (struct send){ .lane = lane,
		.script = script,
		.environment = &lane->session->environment,
		.transaction = transaction,
		.local = transaction,
		.lock = { "lock_timeout", given_or(d, d->lock_timeout_ms, config->lock_timeout_ms),
		    session_lock_timeout_ms(config), session_lock_timeout_ms(config), false },
		.statement = { "statement_timeout",
		    given_or(d, d->statement_timeout_ms, config->statement_timeout_ms),
		    config->statement_timeout_ms, config->statement_timeout_ms, false } };
	find_locks(facts, script, &s->locks, &s->lock_count);
	return script_reader_open(a, script, s->environment, &s->reader, err);
}

static void
follow(struct send_timeout *t, const struct send_timeout *before, bool given)
{
	t->current_ms = before->current_ms;
	t->session_ms = before->session_ms;
	if (!before->set || given)
		return;
	t->own_ms = before->own_ms;
	t->set = true; /* for those that follow */
}

void
send_follow(struct send *s, const struct send_timeouts *before)
{
	const struct directives *d = &s->script->directives;

	follow(&s->lock, &before->lock, d->given && d->lock_timeout_ms != NOT_GIVEN);
	follow(&s->statement, &before->statement, d->given && d->statement_timeout_ms != NOT_GIVEN);
}

static const struct statement *
kept_statement(struct send *s)
{
	const struct script *script = s->script;

	if (s->next_kept < script->statement_count &&
	    script->statements[s->next_kept].number == s->number)
		return &script->statements[s->next_kept++];
	return NULL;
}

bool
send_next(struct send *s, struct split_item *item, const struct statement **kept, bool *end,
    struct error *err)
{
	*end = false;
	for (;;) {
		if (!script_reader_next(s->reader, item, err))
			return false;
		if (item->kind == SPLIT_END) {
			*end = true;
			return script_reader_end(s->reader, err);
		}
		if (item->kind != SPLIT_STATEMENT)
			continue;
		s->number++;
		*kept = kept_statement(s);
		if (*kept == NULL || !(*kept)->skip)
			return true;
	}
}

void
send_alone(struct send *s, bool local)
{
	s->local = local;
	s->lock.current_ms = s->lock.session_ms;
	s->statement.current_ms = s->statement.session_ms;
}

bool
send_lock_timeout(struct send *s, int64_t ms)
{
	return say_timeout(s, &s->lock, ms);
}

/* --- saying --- */

static bool
say_copy(struct send *s, const struct split_item *statement, struct error *err)
{
	struct split_item item;

	if (!lane_copy(s->lane, s->number, statement->text))
		return false;
	for (;;) {
		if (!script_reader_next(s->reader, &item, err)) {
			(void)lane_copy_end(s->lane, "the file could not be read on");
			return false;
		}
		if (item.kind != SPLIT_COPY_DATA)
			return lane_copy_end(s->lane, NULL);
		if (!lane_copy_data(s->lane, item.text, item.length))
			return false;
	}
}

/* What runs, for pg_stat_activity; plain DML is too quick for that. */
static bool
say_name(struct send *s, const struct statement *kept)
{
	static const char *const prefixes[] = { [SCRIPT_VERSIONED] = "V",
		[SCRIPT_REPEATABLE] = "R",
		[SCRIPT_UNDO] = "U",
		[SCRIPT_BASELINE] = "B",
		[SCRIPT_CALLBACK] = "" };
	const struct script *script = s->script;
	const char *name = script->version != NULL ? script->version : script->event;
	char sql[128];

	if (kept == NULL || script->statement_total < 2 || !s->local)
		return true;
	snprintf(sql, sizeof(sql),
	    "SET LOCAL application_name = 'migrate %s%.50s %" PRId64 "/%" PRId64 "'",
	    prefixes[script->kind], name == NULL ? "" : name, s->number, script->statement_total);
	return lane_say(s->lane, LANE_OWN, 0, sql);
}

bool
send_say(
    struct send *s, const struct split_item *item, const struct statement *kept, struct error *err)
{
	const struct config *config = s->environment->config;
	bool wiped;

	if (!say_timeout(s, &s->lock, wanted_lock_timeout(s, kept)) ||
	    !say_timeout(s, &s->statement, wanted_statement_timeout(s, kept)) || !say_name(s, kept))
		return false;
	if (item->copy_in)
		return say_copy(s, item, err);
	if (!lane_say(s->lane, LANE_STATEMENT, s->number, item->text))
		return false;
	if (kept == NULL)
		return true;
	timeout_after(s, &s->lock, &kept->class, config->lock_timeout_ms);
	timeout_after(s, &s->statement, &kept->class, config->statement_timeout_ms);
	wiped = kept->class.setting != NULL && strcmp(kept->class.setting, "all") == 0;
	return !wiped || s->run_setting == NULL || lane_say(s->lane, LANE_OWN, 0, s->run_setting);
}

bool
send_all(struct send *s, struct error *err)
{
	const struct statement *kept;
	struct split_item item;
	bool end;

	for (;;) {
		if (!send_next(s, &item, &kept, &end, err))
			return false;
		if (end)
			return true;
		if (!send_say(s, &item, kept, err))
			return false;
	}
}

/* --- places --- */

void
send_place(struct arena *a, const struct script *script,
    const struct script_environment *environment, const struct lane_failure *failure,
    struct error *err)
{
	struct script_reader *reader;
	struct error *ignored = error_new(a); /* without a place the message still stands */
	struct split_item item;
	int64_t number = 0;

	if (!script_reader_open(a, script, environment, &reader, ignored))
		return;
	while (script_reader_next(reader, &item, ignored) && item.kind != SPLIT_END) {
		if (item.kind != SPLIT_STATEMENT || ++number != failure->statement)
			continue;
		err->place = split_place(
		    err->arena, script->path, &item, failure->position > 0 ? failure->position : 1);
		break;
	}
	err->statement = arena_printf(err->arena, "statement %" PRId64 " of %" PRId64,
	    failure->statement, script->statement_total);
}
