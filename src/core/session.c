/* SPDX-License-Identifier: MIT */
#include "core/session.h"

#include <stdlib.h>
#include <string.h>

#include "base/mask.h"
#include "base/time.h"
#include "core/batch.h"
#include "core/pooler.h"
#include "core/scripts.h"
#include "core/values.h"
#include "core/wait.h"
#include "core/watch.h"
#include "query.h"

enum {
	OLDEST_SERVER = 130000,
	OWN_LOCK_TIMEOUT_MS = 5000, /* of our own statements where the setting is none */
	ALWAYS_WAIT_MS = 10000, /* a server that starts, or has no slot free, is worth that */
	RECONNECT_MS = 30000, /* for a server that restarts, or a failover */
	PAUSE_LOW_MS = 100,
	PAUSE_HIGH_MS = 1000
};

static void
pass_notice(void *context, const char *severity, const char *sqlstate, const char *message,
    const char *detail, const char *hint)
{
	struct session *s = context;

	event_emit(s->sink,
	    &(struct event){ .kind = EVENT_NOTICE,
		.step = s->step,
		.severity = severity,
		.sqlstate = sqlstate,
		.text = message,
		.detail = detail,
		.hint = hint });
}

bool
session_connect(struct arena *a, struct session *s, const char *application, struct conn **out,
    struct error *err)
{
	struct connection connection;
	struct conn_options options = { .application_name = application,
		.timeout_ms = s->config->connect_timeout_ms,
		.timeout_is_default =
		    values_source(s->config, "connect-timeout")->rank == RANK_DEFAULT,
		.writing = s->writing,
		.notice = pass_notice,
		.context = s };

	if (!config_connection(a, s->config, &connection, err))
		return false;
	options.keywords = connection.keywords;
	options.values = connection.values;
	if (conn_open(a, &options, out, err))
		return true;
	/* libpq alone knows all its options: say where the wrong one stands. */
	if (err->code == ERR_USAGE && s->config->url_from != NULL)
		return error_at(err, "%s", s->config->url_from);
	return false;
}

/* How long a failed attempt to connect may be repeated. */
static int64_t
patience(const struct config *config, int64_t least_ms, const struct error *err)
{
	int64_t wait = config->wait_ms > least_ms ? config->wait_ms : least_ms;
	bool soon = strcmp(err->sqlstate, "57P03") == 0 || strcmp(err->sqlstate, "53300") == 0;

	if (err->code != ERR_CONNECT || !err->may_pass)
		return 0;
	return soon && wait < ALWAYS_WAIT_MS ? ALWAYS_WAIT_MS : wait;
}

/* Once for each reason: a server that starts refuses first, and then says that it starts. */
static void
tell_wait(const struct session *s, int64_t limit_ms, const struct error *err, const char **told)
{
	char limit[32];

	if (*told != NULL && strcmp(*told, err->message) == 0)
		return;
	*told = err->message;
	event_note(s->sink, "waiting for the server, %s at most: %s", time_text(limit, limit_ms),
	    err->message);
}

static bool
connect_patiently(struct session *s, int64_t least_ms, struct error *err)
{
	int64_t start = time_now_ms(), pause = PAUSE_LOW_MS;
	const char *told = NULL;

	for (;;) {
		int64_t limit, left, now;

		if (session_connect(s->arena, s, NULL, &s->conn, err))
			return true;
		limit = patience(s->config, least_ms, err);
		left = limit - (time_now_ms() - start);
		if (left <= 0)
			return false;
		tell_wait(s, limit, err, &told);
		now = time_random(pause / 2, pause);
		/* The last attempt is made when the time is over. */
		if (!wait_pause(now < left ? now : left, err))
			return false;
		pause = pause * 2 > PAUSE_HIGH_MS ? PAUSE_HIGH_MS : pause * 2;
	}
}

static bool
refuse_product(const struct session *s, const char *version, struct error *err)
{
	static const char *const others[] = { "CockroachDB", "Redshift", "-YB-", "Materialize" };

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		if (strstr(version, others[i]) == NULL)
			continue;
		error_set(err, ERR_CONNECT, "the server is not PostgreSQL: %s", version);
		return error_next(err, "Connect to a PostgreSQL server, 13 or newer.");
	}
	if (conn_server_version(s->conn) < OLDEST_SERVER) {
		error_set(err, ERR_CONNECT, "PostgreSQL %d is too old: 13 is the oldest supported",
		    conn_server_version(s->conn) / 10000);
		return error_next(err, "Upgrade the server, or connect to a newer one.");
	}
	return true;
}

static const char *
read_only_source(struct session *s)
{
	struct rows rows;
	struct error *ignored = error_new(s->arena); /* only the reason would be missing */
	const char *role, *database;

	if (!conn_query(s->arena, s->conn, query_session_read_only, 0, NULL, &rows, ignored) ||
	    rows.count == 0)
		return "default_transaction_read_only is on in the server's configuration";
	role = rows_value(&rows, 0, 0);
	database = rows_value(&rows, 0, 1);
	if (role != NULL && database != NULL)
		return arena_printf(s->arena,
		    "default_transaction_read_only is set for role \"%s\" in database \"%s\"", role,
		    database);
	return arena_printf(s->arena, "default_transaction_read_only is set for %s \"%s\"",
	    role != NULL ? "role" : "database", role != NULL ? role : database);
}

static bool
refuse_read_only(struct session *s, bool standby, bool read_only, struct error *err)
{
	if (standby) {
		error_set(err, ERR_CONNECT, "the server is a standby: it cannot be written to");
		return error_next(err,
		    "Connect to the primary, or name all hosts and add "
		    "target_session_attrs=read-write to the url.");
	}
	if (read_only) {
		error_set(err, ERR_CONNECT, "the session is read only");
		err->detail = read_only_source(s);
		return error_next(err, "Use a role that may write, or take that setting back.");
	}
	return true;
}

static bool
refuse_stall(struct session *s, const char *deadlock_timeout, struct error *err)
{
	if (deadlock_timeout == NULL || !time_parse(deadlock_timeout, &s->deadlock_timeout_ms) ||
	    s->config->max_stall_ms < s->deadlock_timeout_ms)
		return true;
	error_set(err, ERR_USAGE,
	    "max_stall must be below the server's deadlock_timeout, which is %s", deadlock_timeout);
	return error_next(err,
	    "A longer wait would let the server kill the app's transactions (40P01). A single "
	    "file may go beyond it with \"-- migrate:max_stall\".");
}

/* Said with each transaction; tried now, since a role may be refused. */
static bool
borrow(struct session *s, struct error *err)
{
	struct conn_sql *first = arena_alloc(s->arena, sizeof(*first));

	*first = (struct conn_sql){ .sql = query_session_prologue,
		.count = SESSION_PROLOGUE_PARAMETERS };
	session_prologue_parameters(s->arena, s, first->parameters);
	conn_borrow(s->conn, first);
	return conn_query(s->arena, s->conn, query_backend_pid, 0, NULL, NULL, err);
}

bool
session_prologue(struct session *s, struct error *err)
{
	struct arena *a;
	const char *parameters[SESSION_PROLOGUE_PARAMETERS];
	bool ok;

	if (s->pooled)
		return borrow(s, err);
	a = arena_new(s->arena);
	session_prologue_parameters(a, s, parameters);
	ok = conn_query(
	    a, s->conn, query_session_prologue, SESSION_PROLOGUE_PARAMETERS, parameters, NULL, err);
	arena_close(a);
	return ok;
}

int64_t
session_lock_timeout_ms(const struct config *config)
{
	return config->lock_timeout_ms > 0 ? config->lock_timeout_ms : OWN_LOCK_TIMEOUT_MS;
}

void
session_prologue_parameters(
    struct arena *a, const struct session *s, const char *parameters[SESSION_PROLOGUE_PARAMETERS])
{
	char text[32];

	parameters[0] = arena_strdup(a, time_text(text, session_lock_timeout_ms(s->config)));
	parameters[1] = arena_strdup(a, time_text(text, s->config->statement_timeout_ms));
	parameters[2] = s->history.search_path == NULL ? "" : s->history.search_path;
	parameters[3] = s->config->role == NULL ? "" : s->config->role;
	parameters[4] = s->pooled ? "true" : "false";
}

/* Whoever stands between us and the server may not pass it on. */
static bool
conforming_strings(const struct session *s)
{
	const char *value = conn_parameter(s->conn, "standard_conforming_strings");

	return value == NULL || strcmp(value, "on") == 0;
}

static bool
look(struct session *s, struct error *err)
{
	struct rows rows;

	if (!conn_query(s->arena, s->conn, query_session_look, 0, NULL, &rows, err))
		return false;
	s->backend_pid = (int)rows_integer(&rows, 0, 0);
	if (!refuse_product(s, rows_text(&rows, 0, 3), err) || !pooler_look(s, err) ||
	    !refuse_stall(s, rows_value(&rows, 0, 6), err))
		return false;
	if (s->writing &&
	    !refuse_read_only(
		s, rows_true(&rows, 0, 1), strcmp(rows_text(&rows, 0, 2), "on") == 0, err))
		return false;
	s->environment = (struct script_environment){
		.database = rows_text(&rows, 0, 4),
		.user = s->config->role != NULL ? s->config->role : rows_text(&rows, 0, 5),
		.timestamp = rows_text(&rows, 0, 7),
		.environment = s->config->environment,
		.server_version = conn_server_version(s->conn),
		.standard_conforming_strings = conforming_strings(s),
		.pooled = s->pooled,
		.config = s->config,
	};
	s->timeline = rows_value(&rows, 0, 8);
	mask_allow(conn_user(s->conn));
	mask_allow(conn_database(s->conn));
	mask_allow(conn_host(s->conn));
	return true;
}

/*
 * A role that is not there (22023) or not ours (42501) is one with which nothing can be done; else
 * a statement has failed as any other can, by a cancel or a statement_timeout.
 */
static bool
fail_prologue(const struct session *s, struct error *err)
{
	const char *role = s->config->role;

	if (err->code != ERR_SQL)
		return false;
	if (strcmp(err->sqlstate, "22023") == 0 || strcmp(err->sqlstate, "42501") == 0)
		err->code = ERR_CONNECT;
	if (role == NULL)
		return error_at(err, "cannot prepare the session");
	if (err->code == ERR_CONNECT)
		(void)error_next(err,
		    "Set \"role\" to one that is there and that \"%s\" is a member of (GRANT).",
		    conn_user(s->conn));
	return error_at(err, "cannot prepare the session (role \"%s\")", role);
}

/* A pooler must be noticed before anything is SET: it would reach another client's session. */
static bool
begin(struct session *s, int64_t least_ms, struct error *err)
{
	s->greeted = s->prepared = false;
	if (!connect_patiently(s, least_ms, err) || !look(s, err))
		return false;
	return session_prologue(s, err) ? true : fail_prologue(s, err);
}

bool
session_open(struct arena *a, const struct config *config, struct sink *sink, bool writing,
    struct session *s, struct error *err)
{
	*s = (struct session){ .arena = a, .config = config, .sink = sink, .writing = writing };
	if (!begin(s, 0, err))
		return false;
	if (s->pooled && writing)
		event_note(sink,
		    "through a pooler that pools transactions: each file takes the run lock for "
		    "itself");
	return true;
}

/* Timelines are numbers in hexadecimal; on this one the server writes its WAL. */
static unsigned long
timeline_number(const char *timeline)
{
	return timeline == NULL ? 0 : strtoul(timeline, NULL, 16);
}

/*
 * A primary of a later timeline was a standby, and what it knows is the truth from now on; but of a
 * COMMIT that may have been the old one's last act a person should hear.  One of an earlier
 * timeline has missed a promotion: what is written there is lost when it is made a standby.
 */
static bool
is_successor(const struct session *s, const char *before, bool in_doubt, struct error *err)
{
	unsigned long now = timeline_number(s->timeline), then = timeline_number(before);

	if (then == 0 || now == then)
		return true;
	if (now > then && !in_doubt) {
		event_warning(s->sink,
		    "a standby was promoted (timeline %lu, it was %lu): going on there", now, then);
		return true;
	}
	error_set(err, in_doubt ? ERR_UNKNOWN : ERR_CONNECT,
	    "%s is the primary now: its timeline is %lu, it was %lu",
	    now > then ? "another server" : "an older primary", now, then);
	return error_next(err,
	    "See that only one server is a primary, and that the url leads to it; then run "
	    "\"migrate "
	    "up\" again.");
}

bool
session_reconnect(struct session *s, bool in_doubt, struct error *err)
{
	const char *before = s->timeline;

	conn_close(s->conn);
	return begin(s, RECONNECT_MS, err) && is_successor(s, before, in_doubt, err);
}

struct ahead {
	struct scripts *scripts;
	size_t next;
};

/* Most files are in the history: hashes the next one while the server looks there. */
static bool
hash_ahead(void *context)
{
	struct ahead *ahead = context;

	if (ahead->next == ahead->scripts->count)
		return false;
	script_hash_ahead(&ahead->scripts->list[ahead->next++]);
	return true;
}

static bool
read_history(struct session *s, struct problems *problems, struct error *err)
{
	struct ahead ahead = { .scripts = &s->scripts };
	bool ok;

	conn_meanwhile(s->conn, hash_ahead, &ahead);
	ok = history_read(s->arena, s->conn, s->config, &s->history, problems, err);
	conn_meanwhile(s->conn, NULL, NULL);
	return ok;
}

/* Only what the history knows is compared with it: the others are hashed when they are read. */
static void
hash_recorded(struct session *s, const struct goal *goal, struct problems *problems)
{
	size_t count;
	struct script **scripts = plan_recorded(s->arena, goal, &s->scripts, &s->history, &count);

	for (size_t i = 0; i < count; i++) {
		struct error *err = error_new(s->arena);

		if (!scripts[i]->hashed && !script_hash(scripts[i], &s->environment, err))
			error_copy(problem_add(problems), err);
	}
}

/* One with a mistake counts as one that says nothing: the mistake is told when it is read. */
static void
look_at_heads(struct session *s, const struct goal *goal)
{
	size_t count;
	struct script **scripts =
	    plan_looked(s->arena, goal, s->config, &s->scripts, &s->history, &count);

	for (size_t i = 0; i < count; i++)
		if (!scripts[i]->looked)
			script_look(s->arena, scripts[i], &s->environment);
}

bool
session_plan(struct session *s, const struct goal *goal, struct error *err)
{
	struct plan *plan = &s->plan;

	if (s->scan_problems.arena == NULL) {
		s->scan_problems.arena = s->arena;
		if (!scripts_scan(s->arena, s->config, &s->scripts, &s->scan_problems, err))
			return false;
	}
	*plan = (struct plan){ .file_problems = { .arena = s->arena },
		.setup_problems = { .arena = s->arena } };
	if (!read_history(s, &plan->setup_problems, err))
		return watch_history(s, err);
	s->environment.default_schema = s->history.schema;
	s->environment.table = s->history.table;
	problems_append(&plan->file_problems, &s->scan_problems);
	hash_recorded(s, goal, &plan->file_problems);
	look_at_heads(s, goal);
	if (!plan_make(s->arena, goal, s->config, &s->scripts, &s->history, plan, err))
		return false;
	s->environment.acts = goal->lints;
	plan_read(plan, &s->environment);
	if (!batch_key_check(s, err) || !batch_wait_check(s, err))
		return false;
	if (s->pooled)
		pooler_check(plan, s->config);
	return true;
}
