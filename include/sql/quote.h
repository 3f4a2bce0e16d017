/* SPDX-License-Identifier: MIT */
#ifndef SQL_QUOTE_H
#define SQL_QUOTE_H

#include "base/arena.h"

/*
 * Names as SQL text, for what is shown to people and may be pasted.  What is sent to a server is
 * quoted by libpq (db/conn.h).
 */

/* The name itself, or in double quotes where SQL needs them. */
const char *quote_name(struct arena *a, const char *name);
/* schema.name, or the name alone where schema is NULL. */
const char *quote_qualified(struct arena *a, const char *schema, const char *name);
/* A string constant. */
const char *quote_string(struct arena *a, const char *text);

#endif
