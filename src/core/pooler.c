/* SPDX-License-Identifier: MIT */
#include "core/pooler.h"

#include <string.h>

#include "core/callback.h"
#include "core/lane.h"
#include "query.h"

enum { ROUNDS = 10, ANSWER_MS = 5000, LEAVE_MS = 2000 };

/* --- what it pools --- */

enum pooling { POOLING_SESSION, POOLING_TRANSACTION };

/* Two connections, and the server's process that was first seen behind each. */
struct probe {
	struct arena *arena;
	struct session *session;
	struct conn *conns[2];
	int64_t pids[2];
};

static const char untold[] = "and it cannot be told what it pools";

/* A signal is none of the pooler's doing. */
static bool
refuse_for(struct probe *p, const struct error *why, const char *what, struct error *err)
{
	const struct session *s = p->session;

	if (why->code == ERR_INTERRUPTED) {
		error_copy(err, why);
		return false;
	}
	error_set(err, ERR_CONNECT,
	    "the connection to \"%s\", port %s goes through a connection pooler %s",
	    conn_host(s->conn), conn_port(s->conn), what);
	err->detail = arena_strdup(err->arena, why->message);
	return error_next(err,
	    "Connect to the server itself (usually port 5432); if it is known what the pooler "
	    "pools, say so with the setting pooler.");
}

static bool
ask(struct probe *p, size_t which, int64_t *pid, struct error *err)
{
	struct rows rows;

	if (!conn_query(p->arena, p->conns[which], query_backend_pid, 0, NULL, &rows, err))
		return false;
	*pid = rows_integer(&rows, 0, 0);
	return true;
}

/* Is it still the process that it was, and not that of the other connection? */
static bool
is_own(struct probe *p, size_t which, bool *own, struct error *err)
{
	int64_t pid;

	if (!ask(p, which, &pid, err))
		return false;
	if (p->pids[which] == 0)
		p->pids[which] = pid;
	*own = pid == p->pids[which] && pid != p->pids[1 - which];
	return true;
}

/* Now this one first and now that: servers that take turns would else look like two sessions. */
static bool
compare(struct probe *p, enum pooling *found, struct error *err)
{
	*found = POOLING_SESSION;
	for (size_t i = 0; i < 2 * (size_t)ROUNDS; i++) {
		bool own;

		if (!is_own(p, (i + i / 2) % 2, &own, err))
			return false;
		if (!own) {
			*found = POOLING_TRANSACTION;
			return true;
		}
	}
	return true;
}

/*
 * The second connection gets no server.  When sessions are pooled the first has one for itself and
 * answers all the same; else it would stand in the same queue.
 */
static bool
ask_first_alone(struct probe *p, enum pooling *found, struct error *why)
{
	bool own;

	if (why->code == ERR_INTERRUPTED)
		return false;
	conn_limit(p->conns[0], ANSWER_MS);
	if (!is_own(p, 0, &own, why))
		return false;
	conn_limit(p->conns[0], 0);
	*found = own ? POOLING_SESSION : POOLING_TRANSACTION;
	return true;
}

/* In the second connection, which the pooler ends for that; what it says has no SQLSTATE. */
static bool
refuse_statements(struct probe *p, struct error *err)
{
	struct error *why = error_new(p->arena);
	bool statements;

	if (conn_query(p->arena, p->conns[1], "BEGIN", 0, NULL, NULL, why) &&
	    conn_query(p->arena, p->conns[1], "COMMIT", 0, NULL, NULL, why))
		return true;
	statements = strstr(why->message, "statement pooling") != NULL;
	return refuse_for(p, why, statements ? "that pools statements" : untold, err);
}

static bool
probe(struct probe *p, struct error *err)
{
	struct session *s = p->session;
	struct error *why = error_new(p->arena);
	enum pooling found;

	if (!session_connect(p->arena, s, NULL, &p->conns[1], why))
		return refuse_for(p, why, untold, err);
	conn_limit(p->conns[1], ANSWER_MS);
	if (!compare(p, &found, why) && !ask_first_alone(p, &found, why))
		return refuse_for(p, why, untold, err);
	s->pooled = found == POOLING_TRANSACTION;
	return !s->pooled || refuse_statements(p, err);
}

static bool
find_out(struct session *s, struct error *err)
{
	struct probe p = { .arena = arena_new(s->arena),
		.session = s,
		.conns = { s->conn },
		.pids = { s->backend_pid } };
	bool ok = probe(&p, err);

	arena_close(p.arena);
	return ok;
}

/*
 * A pool of sessions gives ours to another client, and may have been told not to clean it before.
 * What is not answered is the pooler's to end.
 */
static void
leave(void *what)
{
	struct conn *c = what;
	struct arena *a = arena_new(NULL);
	struct error *ignored = error_new(a);
	bool ok;

	conn_patience(c, LEAVE_MS);
	ok = conn_alive(c) && conn_query(a, c, query_lock_release_all, 0, NULL, NULL, ignored);
	for (size_t i = 0; ok && lane_reset_statements[i] != NULL; i++)
		ok = conn_query(a, c, lane_reset_statements[i], 0, NULL, NULL, ignored);
	arena_close(a);
}

bool
pooler_look(struct session *s, struct error *err)
{
	bool hidden = s->backend_pid != conn_backend_pid(s->conn);

	s->pooled = s->pooled || s->config->pooler == POOLER_TRANSACTION;
	if (hidden && !s->pooled && s->config->pooler == POOLER_AUTO && !find_out(s, err))
		return false;
	if (s->pooled)
		s->backend_pid = -1;
	else if (hidden)
		arena_defer(s->arena, leave, s->conn);
	return true;
}

/* --- what cannot be run --- */

static const char direct[] =
    "connect to the server itself (usually port 5432), with --url or the setting url";

static void
refuse_script(struct plan *plan, const struct script *script, const char *why)
{
	struct error *err = problem_add(&plan->pooler_problems);

	error_set_at(err, ERR_CONNECT, (struct place){ .path = script->path },
	    "%s %s, which cannot go through a pooler that pools transactions", script->script, why);
	(void)error_next(err, "For this file %s.", direct);
}

static void
refuse_stay(struct plan *plan, const struct script *script)
{
	struct error *err = problem_add(&plan->pooler_problems);

	error_set_at(err, ERR_CONNECT, script->stays_place,
	    "%s stays in the session behind the transaction: through a pooler that pools "
	    "transactions other clients would have it",
	    script->stays);
	(void)error_next(err,
	    "Use a form that ends with the transaction (SET LOCAL, ON COMMIT "
	    "DROP, pg_advisory_xact_lock), or for this file %s.",
	    direct);
}

static void
check_script(struct plan *plan, const struct script *script)
{
	if (!script->sound)
		return; /* refused as it is */
	if (!script->transaction)
		refuse_script(plan, script,
		    script->range != NULL ? "runs in batches" : "runs without a transaction");
	else if (script->sets_transaction || script->begin_modes != NULL)
		refuse_script(plan, script, "sets the modes of its transaction");
	else if (script->stays != NULL)
		refuse_stay(plan, script);
}

static void
check_group(struct plan *plan)
{
	struct error *err = problem_add(&plan->pooler_problems);

	(void)error_set(err, ERR_CONNECT,
	    "group: the session is reset between the files of a group, which cannot go through a "
	    "pooler that pools transactions");
	(void)error_next(err, "Set group: false, or %s.", direct);
}

/* What it sets is for a session, and none is ours for longer than a transaction. */
static void
check_callbacks(struct plan *plan)
{
	for (size_t moment = 0; callback_runs(plan) && moment < CALLBACK_MOMENTS; moment++) {
		const struct callback_list *files = &plan->callbacks.at[moment];

		for (size_t i = 0; i < files->count; i++) {
			if (moment == CALLBACK_CONNECT)
				refuse_script(plan, files->list[i], "prepares a session");
			else
				check_script(plan, files->list[i]);
		}
	}
}

void
pooler_check(struct plan *plan, const struct config *config)
{
	size_t scripts = 0;

	for (size_t i = 0; i < plan->step_count; i++) {
		if (plan->steps[i].kind != STEP_SCRIPT)
			continue;
		scripts++;
		check_script(plan, plan->steps[i].script);
	}
	check_callbacks(plan);
	if (config->group && scripts > 1)
		check_group(plan);
}
