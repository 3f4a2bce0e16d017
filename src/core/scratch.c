/* SPDX-License-Identifier: MIT */
#include "core/scratch.h"

#include <string.h>

#include "base/interrupt.h"
#include "base/time.h"
#include "query.h"
#include "sql/quote.h"

enum { DROP_MS = 60000, HURRIED_DROP_MS = 3000 };

/* --- the server --- */

/* Files run there as they do here, but nothing is asked of anybody but that server. */
static void
configure(struct scratch_server *server)
{
	const struct history *h = &server->like->history;
	struct config *c = &server->config;

	*c = *server->like->config;
	c->arena = server->arena;
	c->hook_before_up = c->hook_after_up = c->hook_on_error = c->hook_before_irreversible =
	    NULL;
	c->target = "latest";
	c->create_schemas = true;
	c->group = false;
	c->baseline_on_up = false;
	c->table = h->table;
	c->table_set = true;
	/* The session's own search_path leads there only when the schema is there. */
	if (strcmp(h->schema, "public") != 0)
		c->schema = h->schema;
	if (c->scratch_url == NULL)
		return;
	c->url = c->scratch_url;
	c->url_from = "scratch_url";
	c->url_file = c->user = c->password = c->password_command = c->role = NULL;
}

static const char *
new_id(struct arena *a)
{
	return arena_printf(a, "%08llx", (unsigned long long)time_random(0, UINT32_MAX));
}

static bool
refuse_pooler(const struct session *s, struct error *err)
{
	if (!s->pooled)
		return true;
	(void)error_set(err, ERR_CONNECT,
	    "throwaway databases cannot be made through a pooler that pools transactions");
	return error_next(err, "Connect to the server itself, or set \"scratch_url\".");
}

static bool
drop(struct scratch_server *server, const char *name, struct error *err)
{
	struct arena *a = arena_new(server->arena);
	struct conn *c = server->session.conn;
	bool done;

	conn_patience(c, interrupt_signal() == 0 ? DROP_MS : HURRIED_DROP_MS);
	done = conn_query(a, c,
	    conn_query_text(a, c, query_scratch_drop, "database", name, (const char *)NULL), 0,
	    NULL, NULL, err);
	conn_patience(c, 0);
	arena_close(a);
	return done;
}

static bool
drop_left(struct scratch_server *server, struct error *err)
{
	struct rows rows;

	if (!conn_query(
		server->arena, server->session.conn, query_scratch_left, 0, NULL, &rows, err))
		return false;
	for (size_t i = 0; i < rows.count; i++) {
		if (!drop(server, rows_text(&rows, i, 0), err))
			return false;
		event_note(server->sink,
		    "dropped database \"%s\", which a squash that was killed had left",
		    rows_text(&rows, i, 0));
	}
	return true;
}

bool
scratch_open(struct arena *a, struct session *like, struct sink *sink, struct scratch_server *out,
    struct error *err)
{
	const char *name;

	*out = (struct scratch_server){ .arena = a, .like = like, .sink = sink, .id = new_id(a) };
	configure(out);
	if (!session_open(a, &out->config, sink, true, &out->session, err))
		return false;
	if (!refuse_pooler(&out->session, err))
		return false;
	name = arena_printf(a, "migrate squash %s", out->id);
	return conn_query(a, out->session.conn, query_scratch_name, 1, &name, NULL, err) &&
	    drop_left(out, err);
}

/* --- a database --- */

struct made {
	struct scratch_server *server;
	const char *name;
};

static void
drop_made(void *what)
{
	const struct made *made = what;
	struct error *err = error_new(made->server->arena);

	if (!drop(made->server, made->name, err))
		event_warning(made->server->sink,
		    "database \"%s\" could not be dropped: %s; the next squash drops it",
		    made->name, err->message);
}

static bool
refuse_create(const struct scratch_server *server, const char *name, struct error *err)
{
	bool right = strcmp(err->sqlstate, "42501") == 0;

	if (err->code == ERR_SQL)
		err->code = ERR_REFUSED;
	(void)error_at(err, "cannot create the throwaway database \"%s\"", name);
	if (!right)
		return error_next(
		    err, "Set \"scratch_url\" to a server that can hold a database like this one.");
	return error_next(err,
	    "ALTER ROLE %s CREATEDB, or set \"scratch_url\" to another server, such as one in a "
	    "container, where databases may be made.",
	    quote_name(server->arena, server->session.environment.user));
}

/* A setting that cannot be made there is told: a file may behave otherwise without it. */
static bool
copy_settings(struct scratch_server *server, const char *name, struct error *err)
{
	struct rows rows;

	if (!conn_query(
		server->arena, server->like->conn, query_scratch_settings, 1, &name, &rows, err))
		return false;
	for (size_t i = 0; i < rows.count; i++) {
		struct error *failed = error_new(server->arena);

		if (conn_query(server->arena, server->session.conn, rows_text(&rows, i, 0), 0, NULL,
			NULL, failed))
			continue;
		if (failed->code != ERR_SQL) {
			error_copy(err, failed);
			return false;
		}
		event_warning(server->sink, "%s: %s", rows_text(&rows, i, 0), failed->message);
	}
	return true;
}

static bool
create(struct scratch_server *server, const char *name, struct error *err)
{
	struct made *made = arena_alloc(server->arena, sizeof(*made));
	struct rows rows;

	*made = (struct made){ server, name };
	if (!conn_query(
		server->arena, server->like->conn, query_scratch_database, 1, &name, &rows, err))
		return false;
	if (!conn_query(
		server->arena, server->session.conn, rows_text(&rows, 0, 0), 0, NULL, NULL, err))
		return err->code == ERR_SQL ? refuse_create(server, name, err) : false;
	arena_defer(server->arena, drop_made, made);
	return copy_settings(server, name, err);
}

bool
scratch_make(struct scratch_server *server, struct scratch *out, struct error *err)
{
	const char *name =
	    arena_printf(server->arena, "migrate_squash_%s_%d", server->id, ++server->count);

	*out = (struct scratch){ .config = server->config };
	out->config.database = name;
	return create(server, name, err) &&
	    session_open(server->arena, &out->config, server->sink, true, &out->session, err);
}
