/* SPDX-License-Identifier: MIT */
#ifndef DB_CONNECT_H
#define DB_CONNECT_H

#include <libpq-fe.h>

#include "db/conn.h"

/* The way to a server; for db/conn.c alone: it knows libpq. */

/*
 * One attempt on every address of every host, each with its own time limit; NULL with ERR_CONNECT,
 * ERR_USAGE or ERR_INTERRUPTED.  The options must live as long as the connection.
 */
PGconn *connect_server(struct arena *a, const struct conn_options *options, struct error *err);
/* Tells a notice of the server to whom the options name. */
void connect_notice(const struct conn_options *options, const PGresult *result);

#endif
