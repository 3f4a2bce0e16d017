/* SPDX-License-Identifier: MIT */
#include "core/wait.h"

#include <poll.h>

#include "base/interrupt.h"
#include "base/time.h"

static int
poll_limit(int64_t until_ms)
{
	int64_t left = until_ms - time_now_ms();

	return left < 0 ? 0 : left > 1000000 ? 1000000 : (int)left;
}

enum wait_end
wait_conn(struct conn *c, int events, int64_t ms, bool signals)
{
	int64_t until = ms < 0 ? INT64_MAX : time_now_ms() + ms;
	struct pollfd fds[2] = {
		{ .fd = signals ? interrupt_fd() : -1, .events = POLLIN },
		{ .fd = c == NULL ? -1 : conn_socket(c),
		    .events = (short)((events & CONN_READ ? POLLIN : 0) |
			(events & CONN_WRITE ? POLLOUT : 0)) },
	};

	if (c != NULL && fds[1].fd < 0) /* libpq has closed it: the next call tells why */
		return WAIT_READY;
	for (;;) {
		int ready;

		if (signals && interrupt_signal() != 0)
			return WAIT_INTERRUPTED;
		ready = poll(fds, 2, poll_limit(until));
		if (ready > 0 && fds[1].revents != 0)
			return WAIT_READY;
		if (ready == 0 && time_now_ms() >= until)
			return WAIT_TIME;
	}
}

bool
wait_interrupted(struct error *err)
{
	error_set(err, ERR_INTERRUPTED, "interrupted by signal %d", interrupt_signal());
	err->signal = interrupt_signal();
	return false;
}

bool
wait_pause(int64_t ms, struct error *err)
{
	if (wait_conn(NULL, 0, ms, true) == WAIT_INTERRUPTED)
		return wait_interrupted(err);
	return true;
}

bool
wait_pause_told(struct sink *sink, struct event event, int64_t ms, struct error *err)
{
	int64_t start = time_now_ms(), before = event.elapsed_ms;

	for (;;) {
		int64_t left = start + ms - time_now_ms(), due = event_due_ms(sink);

		if (due < 0 || due >= left)
			return wait_pause(left < 0 ? 0 : left, err);
		if (!wait_pause(due, err))
			return false;
		event.elapsed_ms = before + time_now_ms() - start;
		event_emit(sink, &event);
	}
}
