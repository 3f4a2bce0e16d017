/* SPDX-License-Identifier: MIT */
#include "cli/begin.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/interrupt.h"
#include "cli/out.h"
#include "core/callback.h"
#include "core/phase.h"
#include "sql/quote.h"

bool
begin_fail(const struct goal *goal, struct error *err)
{
	if (err->state == NULL && err->code != ERR_USAGE && err->code != ERR_REFUSED &&
	    !goal->check_only)
		err->state = "nothing was run";
	return false;
}

bool
begin_phase(const struct context *c, enum phase *out, struct error *err)
{
	const char *text = command_option(c, "phase");

	return text == NULL || phase_parse(text, out, err);
}

bool
begin_session(
    const struct context *c, const struct goal *goal, struct session *s, struct error *err)
{
	if (!session_open(c->arena, c->config, c->sink, !goal->check_only, s, err) ||
	    !session_plan(s, goal, err))
		return begin_fail(goal, err);
	return true;
}

void
begin_say_notes(const struct context *c, const struct session *s)
{
	for (size_t i = 0; i < s->plan.notes.count; i++)
		event_note(c->sink, "%s", s->plan.notes.items[i]);
}

struct begin_files
begin_files(const struct plan *plan)
{
	struct begin_files files = { 0 };

	if (plan->goal != GOAL_UP)
		return (struct begin_files){ plan->pending_count, plan->interrupted_count };
	for (size_t i = 0; i < plan->step_count; i++) {
		if (plan->steps[i].kind != STEP_SCRIPT)
			continue;
		if (plan->steps[i].resumes != NULL)
			files.interrupted++;
		else
			files.pending++;
	}
	return files;
}

struct script_environment
begin_offline(const struct context *c)
{
	return (struct script_environment){
		.table = c->config->table,
		.environment = c->config->environment,
		.server_version = (int)c->config->lint_pg_version * 10000,
		.standard_conforming_strings = true,
		.config = c->config,
	};
}

void
begin_say_callbacks(const struct context *c, const struct session *s, const char *command)
{
	const char *files = callback_left_out(c->arena, command, &s->scripts);

	if (files != NULL)
		event_note(c->sink, "%s writes nothing, and so does not run %s", command, files);
}

void
begin_say_where(const struct context *c, const struct session *s)
{
	struct begin_files files = begin_files(&s->plan);

	event_emit(c->sink,
	    &(struct event){ .kind = EVENT_CONNECTED,
		.host = conn_host(s->conn),
		.database = conn_database(s->conn),
		.user = conn_user(s->conn),
		.server_version = conn_server_version(s->conn),
		.pending = files.pending,
		.undone = s->plan.goal == GOAL_UNDO ? s->plan.step_count : 0,
		.interrupted = files.interrupted });
	begin_say_notes(c, s);
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
	return !callback_runs(&s->plan) || begin_ask(c, s, what, err);
}

bool
begin_ask(const struct context *c, const struct session *s, const char *what, struct error *err)
{
	char answer[16];

	if (!c->config->protected || c->config->yes)
		return true;
	if (!isatty(STDIN_FILENO) || !isatty(STDERR_FILENO) || c->config->events) {
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
