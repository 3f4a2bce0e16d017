/* SPDX-License-Identifier: MIT */
#include "cli/begin.h"

#include <stdio.h>
#include <unistd.h>

#include "base/interrupt.h"
#include "cli/out.h"

bool
begin_session(
    const struct context *c, const struct goal *goal, struct session *s, struct error *err)
{
	if (!session_open(c->arena, c->config, c->sink, !goal->check_only, s, err) ||
	    !session_plan(s, goal, err)) {
		if (err->code == ERR_CONNECT && !goal->check_only)
			err->state = "nothing was run";
		return false;
	}
	for (size_t i = 0; i < s->plan.notes.count; i++)
		event_note(c->sink, "%s", s->plan.notes.items[i]);
	return true;
}

void
begin_say_where(const struct context *c, const struct session *s)
{
	event_emit(c->sink,
	    &(struct event){ .kind = EVENT_CONNECTED,
		.host = conn_host(s->conn),
		.database = conn_database(s->conn),
		.user = conn_user(s->conn),
		.server_version = conn_server_version(s->conn),
		.pending = s->plan.pending_count });
}

static void
put_question(const struct context *c, const struct session *s, const char *what)
{
	fputs("migrate: environment \"", stderr);
	out_put(stderr, c->config->environment);
	fputs("\" is protected: ", stderr);
	out_put(stderr, what);
	fputs(" on host ", stderr);
	out_put(stderr, conn_host(s->conn));
	fputs(", database ", stderr);
	out_put(stderr, conn_database(s->conn));
	fputs("? (y/N) ", stderr);
	fflush(stderr);
}

bool
begin_confirm(const struct context *c, const struct session *s, const char *what, struct error *err)
{
	char answer[16];

	if (!c->config->protected || c->config->yes || s->plan.step_count == 0)
		return true;
	if (!isatty(STDIN_FILENO) || !isatty(STDERR_FILENO)) {
		error_set(
		    err, ERR_USAGE, "environment \"%s\" is protected", c->config->environment);
		return error_next(err, "Give --yes to %s there without being asked.", what);
	}
	put_question(c, s, what);
	if (fgets(answer, sizeof(answer), stdin) != NULL && (answer[0] == 'y' || answer[0] == 'Y'))
		return true;
	if (interrupt_signal() != 0) {
		fputc('\n', stderr);
		error_set(err, ERR_INTERRUPTED, "interrupted; nothing was run");
		err->signal = interrupt_signal();
		return false;
	}
	return error_set(err, ERR_USAGE, "not confirmed; nothing was run");
}
