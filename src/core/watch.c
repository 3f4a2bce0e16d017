/* SPDX-License-Identifier: MIT */
#include "core/watch.h"

#include <inttypes.h>
#include <string.h>

#include "query.h"

enum { LOOK_MS = 2000 };

struct watch {
	struct arena *arena;
	struct session *session;
	struct conn *conn;
	bool given_up;
};

struct watch *
watch_new(struct arena *a, struct session *s)
{
	struct watch *w = arena_alloc(a, sizeof(*w));

	w->arena = a;
	w->session = s;
	return w;
}

static bool
give_up(struct watch *w, const struct error *err)
{
	w->given_up = true;
	if (err->code == ERR_INTERRUPTED)
		return false; /* told by what is watched */
	event_warning(w->session->sink,
	    "no second connection to watch the locks (%s): blockers cannot be named and "
	    "max_blocking is not watched",
	    err->message);
	return false;
}

static bool
open_once(struct watch *w)
{
	struct error *err;

	if (w->conn != NULL)
		return true;
	if (w->given_up)
		return false;
	err = error_new(w->arena);
	if (!session_connect(
		w->arena, w->session, w->session->pooled ? NULL : "migrate watcher", &w->conn, err))
		return give_up(w, err);
	conn_limit(w->conn, LOOK_MS);
	return true;
}

static void
put_session(FILE *out, const struct rows *rows, size_t i)
{
	const char *type = rows_value(rows, i, 5);
	const char *query = rows_value(rows, i, 6);
	const char *application = rows_value(rows, i, 2);
	const char *age = rows_value(rows, i, 4);

	if (i > 0)
		fputs("; ", out);
	if (rows_integer(rows, i, 0) == 0) {
		fputs("a prepared transaction (see pg_prepared_xacts)", out);
		return;
	}
	fprintf(out, "pid %s", rows_text(rows, i, 0));
	if (type != NULL && strcmp(type, "autovacuum worker") == 0)
		fprintf(out, " (%s)",
		    query != NULL && strstr(query, "to prevent wraparound") != NULL
			? "an autovacuum against transaction id wraparound, which gives way to "
			  "nobody"
			: "an autovacuum worker");
	else
		fprintf(out, " (user %s%s%s%s%s)",
		    rows_value(rows, i, 1) == NULL ? "unknown" : rows_value(rows, i, 1),
		    application == NULL || *application == '\0' ? "" : ", ",
		    application == NULL ? "" : application,
		    rows_value(rows, i, 3) == NULL ? "" : ", ",
		    rows_value(rows, i, 3) == NULL ? "" : rows_value(rows, i, 3));
	if (age != NULL)
		fprintf(out, " for %s s", age);
	if (query == NULL || strcmp(query, "<insufficient privilege>") == 0)
		fputs(": query hidden (grant pg_read_all_stats to see it)", out);
	else if (*query != '\0')
		fprintf(out, ": %s", query);
}

const char *
watch_sessions(struct arena *a, const struct rows *rows)
{
	struct arena_text *text = arena_text_new(a);

	for (size_t i = 0; i < rows->count; i++)
		put_session(text->out, rows, i);
	return arena_text_end(text);
}

/* Runs one of the queries; false when it has no rows, or cannot be run. */
static bool
ask(struct arena *a, struct watch *w, const char *query, const char *second, struct rows *rows)
{
	char pid[16];
	const char *parameters[] = { pid, second };
	struct error *err = error_new(a);

	if (!open_once(w))
		return false;
	snprintf(pid, sizeof(pid), "%d", w->session->backend_pid);
	if (!conn_query(a, w->conn, query, second == NULL ? 1 : 2, parameters, rows, err)) {
		(void)give_up(w, err); /* said once */
		conn_close(w->conn);
		w->conn = NULL;
		return false;
	}
	return rows->count > 0;
}

/* Runs one of those that name sessions and makes a text of its rows. */
static const char *
look(struct arena *a, struct watch *w, const char *query, const char *second)
{
	struct rows rows;

	return ask(a, w, query, second, &rows) ? watch_sessions(a, &rows) : NULL;
}

const char *
watch_blockers(struct arena *a, struct watch *w)
{
	return look(a, w, query_watch_blockers, NULL);
}

const char *
watch_snapshots(struct arena *a, struct watch *w)
{
	return look(a, w, query_watch_snapshots, NULL);
}

const char *
watch_holders(struct arena *a, struct watch *w, const int64_t *oids, size_t count)
{
	struct arena_text *list = arena_text_new(a);

	fputc('{', list->out);
	for (size_t i = 0; i < count; i++)
		fprintf(list->out, "%s%" PRId64, i > 0 ? "," : "", oids[i]);
	fputc('}', list->out);
	return look(a, w, query_watch_holders, arena_text_end(list));
}

/* Both tables, as an array of their oids; those that are not there are left out. */
static size_t
find_history(struct arena *a, struct session *s, int64_t oids[2])
{
	const struct history *h = &s->history;
	const char *names[2];
	struct error *ignored = error_new(a); /* only the names of the holders would be missing */
	struct rows rows;
	size_t count = 0;

	if (h->table == NULL || conn_in_transaction(s->conn))
		return 0;
	for (size_t i = 0; i < 2; i++)
		names[i] = arena_printf(a, "%s.%s", conn_identifier(a, s->conn, h->schema),
		    conn_identifier(a, s->conn, i == 0 ? h->table : h->journal));
	if (!conn_query(a, s->conn, query_history_oids, 2, names, &rows, ignored))
		return 0;
	for (size_t i = 0; i < 2; i++) {
		if (rows_value(&rows, 0, i) != NULL)
			oids[count++] = rows_integer(&rows, 0, i);
	}
	return count;
}

bool
watch_history(struct session *s, struct error *err)
{
	struct arena *a;
	const char *text;
	int64_t oids[2];
	size_t count;

	if (strcmp(err->sqlstate, "55P03") != 0)
		return false;
	a = arena_new(s->arena);
	count = find_history(a, s, oids);
	text = count == 0 ? NULL : watch_holders(a, watch_new(a, s), oids, count);
	err->code = ERR_LOCK;
	if (text != NULL)
		err->detail = arena_printf(err->arena, "In the way: %s", text);
	arena_close(a);
	return error_next(err, "Try again when the blocking transaction has ended.");
}

const char *
watch_behind(struct arena *a, struct watch *w, int64_t limit_ms)
{
	return look(a, w, query_watch_behind, arena_printf(a, "%" PRId64, limit_ms));
}

bool
watch_progress(struct arena *a, struct watch *w, struct watch_progress *out)
{
	struct rows rows;

	/* Behind SET SESSION AUTHORIZATION of the file there is a row with nothing in it. */
	if (!ask(a, w, query_watch_progress, NULL, &rows) || rows_value(&rows, 0, 0) == NULL)
		return false;
	*out = (struct watch_progress){
		.phase = rows_value(&rows, 0, 0),
		.done = rows_integer(&rows, 0, 1),
		.total = rows_integer(&rows, 0, 2),
		.unit = rows_value(&rows, 0, 3),
	};
	return true;
}

int64_t
watch_waiters(struct arena *a, struct watch *w, int64_t table)
{
	struct rows rows;

	return ask(a, w, query_watch_waiters, arena_printf(a, "%" PRId64, table), &rows)
	    ? rows_integer(&rows, 0, 0)
	    : -1;
}
