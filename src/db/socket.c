/* SPDX-License-Identifier: MIT */
#include "db/socket.h"

#include <poll.h>

#include "base/interrupt.h"
#include "base/time.h"
#include "db/conn.h"

static short
poll_events(int events)
{
	return (short)((events & CONN_READ ? POLLIN : 0) | (events & CONN_WRITE ? POLLOUT : 0));
}

int
socket_wait(int socket, int events, int64_t until_ms, bool signals)
{
	struct pollfd fds[2] = {
		{ .fd = socket, .events = poll_events(events) },
		{ .fd = interrupt_fd(), .events = POLLIN },
	};

	if (socket < 0) /* libpq has closed it: the next call tells why */
		return 1;
	for (;;) {
		int64_t left = until_ms == 0 ? -1 : until_ms - time_now_ms();

		if (signals && interrupt_signal() != 0)
			return -1;
		if (until_ms != 0 && left <= 0)
			return 0;
		if (poll(fds, signals ? 2 : 1, left > 1000000 ? 1000000 : (int)left) > 0 &&
		    fds[0].revents != 0)
			return 1;
	}
}

bool
socket_ready(int socket, int events)
{
	struct pollfd fd = { .fd = socket, .events = poll_events(events) };

	return socket < 0 || poll(&fd, 1, 0) > 0;
}

bool
socket_interrupted(struct error *err)
{
	error_set(err, ERR_INTERRUPTED, "interrupted by signal %d", interrupt_signal());
	err->signal = interrupt_signal();
	return false;
}
