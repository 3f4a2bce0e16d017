/* SPDX-License-Identifier: MIT */
#ifndef DB_SOCKET_H
#define DB_SOCKET_H

#include <stdint.h>

#include "base/error.h"

/* Waiting for a socket on this floor, and always for a signal; events as in conn_push. */

/* Waits until it is ready, a signal has come or the time is over: 1, -1, 0. */
int socket_wait(int socket, int events, int64_t until_ms, bool signals);
/* The same without waiting. */
bool socket_ready(int socket, int events);
/* Fills err with the signal that came; returns false. */
bool socket_interrupted(struct error *err);

#endif
