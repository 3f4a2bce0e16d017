/* SPDX-License-Identifier: MIT */
#include "core/lane.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/interrupt.h"
#include "base/text.h"
#include "base/time.h"
#include "core/wait.h"
#include "query.h"

enum {
	CANCEL_AGAIN_MS = 200,
	WINDOW_BYTES = 65536, /* libpq's own threshold for sending */
	WINDOW_STATEMENTS = 1000,
	AFTER_CANCEL_MS = 3000,
	ROWS_SHOWN = 10,
	LOOK_EVERY_MS = 250,
	LOOK_AFTER_MS = 2000,
	LEAST_LOOK_MS = 20,
	PATIENT_LOOK_MS = 1000,
	TELL_AFTER_MS = 5000,
	TELL_EVERY_MS = 30000
};

struct lane_expectation {
	enum lane_what what;
	int64_t number;
	const struct step *step;
};

void
lane_init(struct lane *lane, struct arena *a, struct session *s, struct watch *watch,
    const struct step *step, bool plain, struct error *err)
{
	*lane = (struct lane){
		.arena = a, .session = s, .watch = watch, .step = step, .plain = plain, .err = err
	};
	lane->scratch = error_new(a);
	lane->started_us = time_now_us();
	lane->last_done_us = lane->started_us;
}

/* --- what is still to be answered --- */

static void
expect(struct lane *lane, enum lane_what what, int64_t number)
{
	if (lane->queue_tail == lane->queue_size && lane->queue_head > lane->queue_size / 2) {
		memmove(lane->queue, lane->queue + lane->queue_head,
		    (lane->queue_tail - lane->queue_head) * sizeof(*lane->queue));
		lane->queue_tail -= lane->queue_head;
		lane->queue_head = 0;
	}
	if (lane->queue_tail == lane->queue_size) {
		size_t size = lane->queue_size == 0 ? 64 : 2 * lane->queue_size;
		struct lane_expectation *queue = arena_alloc(lane->arena, size * sizeof(*queue));

		if (lane->queue_tail > 0)
			memcpy(queue, lane->queue, lane->queue_tail * sizeof(*queue));
		lane->queue = queue;
		lane->queue_size = size;
	}
	lane->queue[lane->queue_tail++] = (struct lane_expectation){ what, number, lane->step };
}

static size_t
expected(const struct lane *lane)
{
	return lane->queue_tail - lane->queue_head;
}

/* Only the first failure is kept: what follows it is its consequence. */
static bool
fail(struct lane *lane, const struct lane_expectation *at, const struct conn_result *result,
    const struct error *err)
{
	if (lane->failure.failed)
		return false;
	error_copy(lane->err, err);
	lane->failure.failed = true;
	if (at != NULL) {
		lane->failure.what = at->what;
		lane->failure.statement = at->number;
		lane->step = at->step;
	}
	if (result != NULL) {
		lane->failure.position = result->position;
		memcpy(lane->failure.column, result->column, sizeof(lane->failure.column));
	}
	return false;
}

static bool
lose(struct lane *lane, const struct error *err)
{
	lane->lost = true;
	(void)fail(lane, expected(lane) > 0 ? &lane->queue[lane->queue_head] : NULL, NULL, err);
	/* What is still on its way would be taken for the answer to our next question. */
	if (conn_alive(lane->session->conn))
		conn_close(lane->session->conn);
	return false;
}

/* --- taking answers --- */

static void
show_row(struct lane *lane)
{
	const struct lane_expectation *at = &lane->queue[lane->queue_head];
	struct arena *a;

	if (!lane->session->config->verbose || at->what != LANE_STATEMENT ||
	    lane->rows_shown++ >= ROWS_SHOWN)
		return;
	a = arena_new(NULL);
	event_emit(lane->session->sink,
	    &(struct event){ .kind = EVENT_ROWS,
		.step = at->step,
		.text = conn_row_text(a, lane->session->conn) });
	arena_close(a);
}

static void
keep_row(struct lane *lane)
{
	lane->answer =
	    arena_extend(lane->arena, lane->answer, lane->answer_count, sizeof(*lane->answer));
	lane->answer[lane->answer_count++] = conn_row_values(lane->arena, lane->session->conn);
}

/* The fence has an answer, too: the process that works for us. */
static void
take_row(struct lane *lane)
{
	struct arena *a;

	if (lane->queue[lane->queue_head].what == LANE_QUESTION) {
		keep_row(lane);
		return;
	}
	if (lane->queue[lane->queue_head].what != LANE_FENCE) {
		show_row(lane);
		return;
	}
	a = arena_new(NULL);
	lane->session->backend_pid = (int)strtol(conn_row_text(a, lane->session->conn), NULL, 10);
	arena_close(a);
}

/* "UPDATE 5", "INSERT 0 5": the last word is how many rows. */
static int64_t
tag_rows(const char *tag)
{
	const char *last = strrchr(tag, ' ');

	return last == NULL ? 0 : strtoll(last, NULL, 10);
}

static void
statement_done(struct lane *lane, const struct lane_expectation *at, const char *tag)
{
	int64_t now = time_now_us();

	lane->changed += tag_rows(tag);
	if (!lane->untold)
		event_emit(lane->session->sink,
		    &(struct event){ .kind = EVENT_STATEMENT_DONE,
			.step = at->step,
			.statement = at->number,
			.statement_total = at->step->script->statement_total,
			.elapsed_ms = (now - lane->last_done_us) / 1000 });
	lane->last_done_us = now;
	lane->rows_shown = 0;
}

/* COMMIT of a failed transaction ends well, with the tag ROLLBACK. */
static void
commit_done(struct lane *lane, const char *tag)
{
	struct error *err;

	lane->committed = strcmp(tag, "COMMIT") == 0;
	if (lane->committed)
		return;
	err = lane->scratch;
	error_set(err, ERR_SQL, "the transaction was rolled back instead of committed");
	(void)fail(lane, &lane->queue[lane->queue_head], NULL, err);
}

static void
answered(struct lane *lane, const struct conn_result *result, const struct error *err)
{
	const struct lane_expectation *at = &lane->queue[lane->queue_head];

	if (result->outcome == OUTCOME_FAILED)
		(void)fail(lane, at, result, err);
	else if (result->outcome == OUTCOME_OK && at->what == LANE_COMMIT)
		commit_done(lane, result->tag);
	else if (result->outcome == OUTCOME_OK && at->what == LANE_STATEMENT)
		statement_done(lane, at, result->tag);
	lane->queue_head++;
}

/* COPY TO STDOUT: takes what has come; *end when that was all. */
static bool
drop_copy_out(struct lane *lane, bool *end)
{
	struct error *err = lane->scratch;

	if (!conn_copy_drain(lane->session->conn, &lane->dropped_bytes, end, err))
		return lose(lane, err);
	if (!*end)
		return true;
	if (lane->dropped_bytes > 0)
		event_warning(lane->session->sink, "%s: COPY TO STDOUT: %zu bytes were dropped",
		    lane->step->script->script, lane->dropped_bytes);
	lane->dropped_bytes = 0;
	return true;
}

/* A notice comes before the answer that it belongs to, long after the next file was said. */
static void
take_result(struct lane *lane, struct conn_result *result)
{
	struct session *s = lane->session;
	const struct step *before = s->step, *speaks = lane->queue[lane->queue_head].step;

	if (speaks != NULL)
		s->step = speaks;
	conn_result(s->conn, result, lane->scratch);
	s->step = before; /* that of a callback does not live as long as the session */
}

/* Takes the answers that have come; false when the connection is gone. */
static bool
take_answers(struct lane *lane, bool *copy_in)
{
	struct error *err = lane->scratch;
	struct conn_result result;
	bool end;

	while (expected(lane) > 0) {
		take_result(lane, &result);
		switch (result.outcome) {
		case OUTCOME_ROW:
			take_row(lane);
			break;
		case OUTCOME_PENDING:
		case OUTCOME_NONE:
			return true;
		case OUTCOME_COPY_IN:
			*copy_in = true;
			return true;
		case OUTCOME_COPY_OUT:
			if (!drop_copy_out(lane, &end))
				return false;
			if (!end)
				return true;
			break;
		case OUTCOME_LOST:
			return lose(lane, err);
		case OUTCOME_OK:
		case OUTCOME_FAILED:
		case OUTCOME_ABORTED:
		case OUTCOME_SYNC:
			answered(lane, &result, err);
			break;
		}
	}
	return true;
}

/* --- waiting --- */

static bool
looks(const struct lane *lane)
{
	return lane->look_every_ms > 0 && lane->watch != NULL && lane->behind == NULL &&
	    !lane->interrupted;
}

static void
cancel(struct lane *lane)
{
	lane->cancelled_ms = time_now_ms();
	conn_cancel(lane->session->conn);
}

/* A cancel that reaches the server between two statements does nothing: say it again. */
static void
cancel_in_turn(struct lane *lane)
{
	if (lane->cancelled_ms != 0 && !lane->failure.failed &&
	    time_now_ms() - lane->cancelled_ms >= CANCEL_AGAIN_MS)
		cancel(lane);
}

/* Who keeps us waiting, to somebody who may wonder why nothing happens. */
static void
tell(struct lane *lane)
{
	int64_t start = lane->started_us / 1000, now = lane->looked_ms;

	if (!lane->blocked || now - start < TELL_AFTER_MS ||
	    (lane->told_ms != 0 && now - lane->told_ms < TELL_EVERY_MS))
		return;
	lane->told_ms = now;
	event_emit(lane->session->sink,
	    &(struct event){ .kind = EVENT_WAIT,
		.step = lane->step,
		.elapsed_ms = now - start,
		.text = lane->blockers });
}

static void
look_at_crowd(struct lane *lane, struct arena *a)
{
	int64_t count = watch_waiters(a, lane->watch, lane->waiters_table);

	if (count <= lane->waiters_max)
		return;
	lane->crowd = count;
	lane->behind =
	    arena_printf(lane->arena, "%" PRId64 " session%s", count, count == 1 ? "" : "s");
	cancel(lane);
}

/* The watcher's turn: who waits behind us, and who blocks us. */
static void
look(struct lane *lane)
{
	struct arena *a;
	const char *text;

	lane->looked_ms = time_now_ms();
	a = arena_new(NULL);
	text = lane->patient ? watch_snapshots(a, lane->watch) : watch_blockers(a, lane->watch);
	lane->blocked = text != NULL;
	if (text != NULL && !text_same(text, lane->blockers))
		lane->blockers = arena_strdup(lane->arena, text);
	if (lane->max_blocking_ms > 0) {
		text = watch_behind(a, lane->watch, lane->max_blocking_ms);
		if (text != NULL) {
			lane->behind = arena_strdup(lane->arena, text);
			cancel(lane);
		}
	}
	if (lane->waiters_table != 0 && lane->behind == NULL)
		look_at_crowd(lane, a);
	arena_close(a);
}

static bool
is_time_to_look(const struct lane *lane, int64_t now)
{
	return looks(lane) && now - lane->started_us / 1000 >= lane->look_after_ms;
}

/* How far the statement has come, in what the server reports of it. */
static void
measure(struct lane *lane, struct arena *a, struct event *event)
{
	struct watch_progress progress;

	if (!watch_progress(a, lane->watch, &progress))
		return;
	event->text = progress.phase;
	event->unit = progress.unit;
	event->done = progress.done;
	event->total = progress.total;
	/* Who is waited for next may take longer than all before. */
	if (progress.total > 0 && !text_is(progress.unit, "lockers"))
		event->percent = progress.done >= progress.total
		    ? 100
		    : 100.0 * (double)progress.done / (double)progress.total;
}

/*
 * What the server is at.  In a pipeline it answers our own statements only together with the next
 * one of the file, and they take no time.
 */
static const struct lane_expectation *
at_work(const struct lane *lane)
{
	for (size_t i = lane->queue_head; i < lane->queue_tail; i++)
		if (lane->queue[i].what != LANE_OWN && lane->queue[i].what != LANE_FENCE)
			return &lane->queue[i];
	return NULL;
}

static void
tell_progress(struct lane *lane, int64_t now)
{
	static const char *const doing[] = { [LANE_RECORD] = "writing its row",
		[LANE_QUESTION] = "reading its table",
		[LANE_CLEAN] = "taking away what an earlier try left",
		[LANE_COMMIT] = "committing",
		[LANE_SYNC] = NULL };
	const struct lane_expectation *at = at_work(lane);
	struct event event = { .kind = EVENT_PROGRESS,
		.step = at == NULL ? lane->step : at->step,
		.elapsed_ms = now - lane->last_done_us / 1000,
		.text = at == NULL || lane->doing != NULL ? lane->doing : doing[at->what],
		.percent = -1,
		.detail = lane->blocked ? lane->blockers : NULL };
	struct arena *a = arena_new(NULL);

	if (at != NULL && at->what == LANE_STATEMENT) {
		event.statement = at->number;
		event.statement_total = at->step->script->statement_total;
		if (is_time_to_look(lane, now))
			measure(lane, a, &event);
	}
	if (event.detail != NULL && lane->session->sink->pace_ms >= TELL_EVERY_MS)
		lane->told_ms = now; /* it stands for an EVENT_WAIT */
	event_emit(lane->session->sink, &event);
	arena_close(a);
}

static bool
is_told(const struct lane *lane)
{
	return lane->step != NULL && lane->step->script != NULL && !lane->interrupted &&
	    !lane->cleaning;
}

/* Answers may come without a pause: the watcher's turn depends on the time alone. */
static void
look_in_turn(struct lane *lane)
{
	int64_t now = time_now_ms();
	bool look_now = is_time_to_look(lane, now) && now - lane->looked_ms >= lane->look_every_ms;

	if (look_now)
		look(lane);
	if (is_told(lane) && event_due_ms(lane->session->sink) == 0)
		tell_progress(lane, now);
	if (look_now && lane->patient)
		tell(lane);
}

static void
interrupt(struct lane *lane)
{
	lane->interrupted = true;
	lane->give_up_ms = time_now_ms() + AFTER_CANCEL_MS;
	cancel(lane);
}

static int64_t
wait_limit(const struct lane *lane)
{
	int64_t left = lane->give_up_ms - time_now_ms();
	int64_t due = is_told(lane) ? event_due_ms(lane->session->sink) : -1;

	if (lane->give_up_ms != 0)
		return left < 0 ? 0 : left < CANCEL_AGAIN_MS ? left : CANCEL_AGAIN_MS;
	if (lane->cancelled_ms != 0)
		return CANCEL_AGAIN_MS;
	if (looks(lane) && (due < 0 || lane->look_every_ms < due))
		return lane->look_every_ms;
	return due;
}

static bool
wait_for(struct lane *lane, int events)
{
	struct conn *c = lane->session->conn;
	struct error *err = lane->scratch;

	switch (wait_conn(c, events, wait_limit(lane), !lane->interrupted && !lane->cleaning)) {
	case WAIT_READY:
		if (!conn_pull(c, err))
			return lose(lane, err);
		break;
	case WAIT_INTERRUPTED:
		interrupt(lane);
		break;
	case WAIT_TIME:
		if (lane->give_up_ms == 0 || time_now_ms() < lane->give_up_ms)
			break;
		error_set(err, ERR_CONNECT, "no answer from the server after the cancel");
		return lose(lane, err);
	}
	cancel_in_turn(lane);
	look_in_turn(lane);
	return true;
}

/* Pushes what is queued and waits for the socket once. */
static bool
wait_once(struct lane *lane)
{
	struct error *err = lane->scratch;
	int events;

	if (!conn_push(lane->session->conn, &events, err))
		return lose(lane, err);
	return wait_for(lane, events);
}

/* Until at most that many answers are outstanding. */
static bool
drain_to(struct lane *lane, size_t outstanding, bool *copy_in)
{
	for (;;) {
		if (!take_answers(lane, copy_in))
			return false;
		if (expected(lane) <= outstanding || *copy_in)
			return true;
		if (!wait_once(lane))
			return false;
	}
}

bool
lane_drain(struct lane *lane)
{
	bool copy_in = false;

	return drain_to(lane, 0, &copy_in) && !lane->failure.failed;
}

/* --- saying --- */

static bool
send(struct lane *lane, enum lane_what what, int64_t number, const char *sql, int count,
    const char *const *parameters)
{
	struct conn *c = lane->session->conn;
	struct error *err = lane->scratch;
	bool sent;

	if (lane->plain && what == LANE_STATEMENT)
		sent = conn_send_plain(c, sql, err);
	else
		sent = conn_send(
		    c, sql, count, parameters, !lane->plain && what == LANE_STATEMENT, err);
	if (!sent)
		return lose(lane, err);
	expect(lane, what, number);
	if (what == LANE_COMMIT) {
		lane->commit_sent = true;
		if (!lane->untold)
			event_emit(lane->session->sink,
			    &(struct event){ .kind = EVENT_COMMIT_SENT, .step = lane->step });
	}
	return true;
}

/*
 * A window that is full ends with a Sync, and the one before it must be answered by then: libpq's
 * buffer must not grow while the server's is full.
 */
static bool
turn_window(struct lane *lane, size_t bytes)
{
	size_t count = ++lane->window_count;
	bool copy_in = false;

	lane->window_bytes += bytes;
	if (lane->window_bytes < WINDOW_BYTES && count < WINDOW_STATEMENTS)
		return true;
	if (!lane_sync(lane))
		return false;
	lane->window_bytes = 0;
	lane->window_count = 0;
	return drain_to(lane, count + 1, &copy_in) && !lane->failure.failed;
}

/* What ran had ended before the cancel came: nothing more is begun all the same. */
static bool
was_cancelled(struct lane *lane)
{
	struct error *err = lane->scratch;

	if (lane->cancelled_ms == 0)
		return false;
	if (lane->interrupted) {
		(void)wait_interrupted(err);
	} else {
		error_set(err, ERR_SQL, "cancelled");
		memcpy(err->sqlstate, "57014", sizeof("57014"));
	}
	(void)fail(lane, NULL, NULL, err);
	return true;
}

static bool
say(struct lane *lane, enum lane_what what, int64_t number, const char *sql, int count,
    const char *const *parameters)
{
	if (lane->failure.failed || was_cancelled(lane) ||
	    !send(lane, what, number, sql, count, parameters))
		return false;
	return lane->plain ? lane_drain(lane) : turn_window(lane, strlen(sql));
}

bool
lane_say(struct lane *lane, enum lane_what what, int64_t number, const char *sql)
{
	return say(lane, what, number, sql, 0, NULL);
}

bool
lane_say_with(struct lane *lane, enum lane_what what, const char *sql, int count,
    const char *const *parameters)
{
	return say(lane, what, 0, sql, count, parameters);
}

bool
lane_sync(struct lane *lane)
{
	struct error *err;

	if (lane->plain)
		return !lane->failure.failed;
	err = lane->scratch;
	if (!conn_send_sync(lane->session->conn, err))
		return lose(lane, err);
	expect(lane, LANE_SYNC, 0);
	lane->windows++;
	return true;
}

/* --- COPY --- */

bool
lane_copy(struct lane *lane, int64_t number, const char *sql)
{
	bool copy_in = false;

	if (lane->failure.failed || was_cancelled(lane) ||
	    !send(lane, LANE_STATEMENT, number, sql, 0, NULL))
		return false;
	return drain_to(lane, 0, &copy_in) && !lane->failure.failed;
}

bool
lane_copy_data(struct lane *lane, const char *data, size_t length)
{
	struct conn *c = lane->session->conn;
	struct error *err = lane->scratch;
	int events;

	if (!conn_copy_put(c, data, length, err))
		return lose(lane, err);
	look_in_turn(lane);
	/* All of it must leave before the next: a slow server would let it pile up in memory. */
	for (;;) {
		if (!conn_push(c, &events, err))
			return lose(lane, err);
		if (interrupt_signal() != 0 && !lane->interrupted)
			interrupt(lane);
		if (lane->cancelled_ms != 0)
			return lane_copy_end(lane, "cancelled");
		if ((events & CONN_WRITE) == 0)
			return true;
		if (!wait_for(lane, events))
			return false;
	}
}

bool
lane_copy_end(struct lane *lane, const char *reason)
{
	struct error *err = lane->scratch;

	if (!conn_copy_end(lane->session->conn, reason, err))
		return lose(lane, err);
	return lane_drain(lane);
}

/* --- opening and closing --- */

bool
lane_open(struct lane *lane)
{
	struct error *err = lane->scratch;

	if (lane->plain || conn_pipeline_start(lane->session->conn, err))
		return true;
	return lose(lane, err);
}

static void
roll_back(struct lane *lane)
{
	struct conn *c = lane->session->conn;
	struct error *err = lane->scratch;

	conn_patience(c, AFTER_CANCEL_MS);
	if (!conn_query(lane->arena, c, "ROLLBACK", 0, NULL, NULL, err))
		lane->lost = true;
	conn_patience(c, 0);
}

void
lane_close(struct lane *lane)
{
	struct error *err = lane->scratch;
	bool copy_in = false;

	/* Behind a failure the last window is still open: without its Sync the rest never comes. */
	if (!lane->lost && !lane->plain && lane->failure.failed && !lane_sync(lane))
		return;
	if (!lane->lost && !drain_to(lane, 0, &copy_in))
		return;
	if (!lane->lost && !lane->plain && !conn_pipeline_end(lane->session->conn, err))
		(void)lose(lane, err);
	if (!lane->lost && conn_in_transaction(lane->session->conn))
		roll_back(lane);
}

void
lane_clean(struct lane *lane, int64_t ms)
{
	lane->cleaning = true;
	lane->give_up_ms = time_now_ms() + ms;
}

void
lane_abandon(struct lane *lane)
{
	lane->failure.failed = true;
}

const char *const lane_reset_statements[] = { "CLOSE ALL", "SET SESSION AUTHORIZATION DEFAULT",
	"RESET ROLE", "RESET ALL", "UNLISTEN *", "DEALLOCATE ALL", "DISCARD PLANS", "DISCARD TEMP",
	"DISCARD SEQUENCES", NULL };

static bool
say_prologue(struct lane *lane, int64_t number)
{
	const char *parameters[SESSION_PROLOGUE_PARAMETERS];

	session_prologue_parameters(lane->arena, lane->session, parameters);
	return say(lane, LANE_OWN, number, query_session_prologue, SESSION_PROLOGUE_PARAMETERS,
	    parameters);
}

bool
lane_begin(struct lane *lane, int64_t number, const char *modes)
{
	bool pooled = lane->session->pooled;

	/* The prologue comes too late for the default. */
	if (pooled && modes == NULL)
		modes = "ISOLATION LEVEL READ COMMITTED";
	if (!lane_say(lane, LANE_OWN, number,
		modes == NULL ? "BEGIN" : arena_printf(lane->arena, "BEGIN %s", modes)))
		return false;
	if (!pooled)
		return true;
	lane->session->backend_pid = -1; /* another one each time */
	return say_prologue(lane, number);
}

bool
lane_leave_file(struct lane *lane)
{
	const struct config *config = lane->session->config;
	const char *role = config->role == NULL
	    ? "NONE"
	    : conn_identifier(lane->arena, lane->session->conn, config->role);

	return lane_say(lane, LANE_OWN, 0, query_file_settings_keep) &&
	    lane_say(lane, LANE_OWN, 0, "SET LOCAL SESSION AUTHORIZATION DEFAULT") &&
	    lane_say(lane, LANE_OWN, 0, arena_printf(lane->arena, "SET LOCAL ROLE %s", role)) &&
	    lane_say(lane, LANE_OWN, 0, query_own_search_path);
}

bool
lane_return_to_file(struct lane *lane)
{
	return lane_say(lane, LANE_OWN, 0, query_file_settings_return);
}

bool
lane_reset(struct lane *lane)
{
	if (lane->session->pooled)
		return true; /* nothing of ours is in it */
	lane->session->greeted = lane->session->prepared = false;
	for (size_t i = 0; lane_reset_statements[i] != NULL; i++) {
		if (!lane_say(lane, LANE_OWN, 0, lane_reset_statements[i]))
			return false;
	}
	return say_prologue(lane, 0) && lane_sync(lane);
}

void
lane_watch(struct lane *lane, int attempt, int64_t budget_ms, int64_t max_blocking_ms)
{
	int64_t half = budget_ms / 2 < LEAST_LOOK_MS ? LEAST_LOOK_MS : budget_ms / 2;

	lane->max_blocking_ms = max_blocking_ms;
	lane->look_every_ms = attempt > 1 && half < LOOK_EVERY_MS ? half : LOOK_EVERY_MS;
	lane->look_after_ms = attempt > 1 ? 0 : LOOK_AFTER_MS;
}

void
lane_watch_patiently(struct lane *lane, int attempt, int64_t limit_ms)
{
	lane_watch(lane, attempt, limit_ms, 0); /* nobody waits for it; cancelling leaves a ruin */
	lane->patient = true;
	if (limit_ms <= 0 || limit_ms > 2 * PATIENT_LOOK_MS)
		lane->look_every_ms = PATIENT_LOOK_MS;
}

int64_t
lane_work_ms(const struct lane *lane)
{
	return (lane->last_done_us - lane->started_us) / 1000;
}
