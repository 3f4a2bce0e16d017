/* SPDX-License-Identifier: MIT */
#ifndef CORE_CATALOG_H
#define CORE_CATALOG_H

#include "core/session.h"
#include "sql/facts.h"

/*
 * The live database as rules and plan see it.  Who wants to know of a table asks catalog_lookup, which
 * at first only notes the name; catalog_read then reads all that were asked for, in six
 * queries, however many they are.  So lint runs once to ask, and once more to tell.
 */
struct catalog {
	struct arena *arena;
	struct catalog_name *names; /* that were asked for */
	size_t count, read; /* the first ones were looked up by now */
	struct catalog_table *tables;
	size_t table_count;

	/* What stands in the way of the whole run; -1: there is none, or it cannot be seen. */
	int64_t oldest_ms; /* age of the oldest transaction of this database */
	int64_t oldest_pid;
	const char *oldest_who;
	int64_t lag_ms, lag_bytes; /* of the replica that is furthest behind */
	const char *lag_name;
	/* What could not be seen, and why: the server's words; NULL when all could. */
	const char *blind;
};

struct catalog *catalog_new(struct arena *a);
/* As world_lookup; source is the catalog. */
const struct table_facts *catalog_lookup(void *source, const char *schema, const char *name);
/* Were names asked for that catalog_read has not looked up yet? */
bool catalog_wants(const struct catalog *catalog);
/*
 * Looks up the names that were asked for.  What the server refuses to tell is left unknown and
 * noted in blind; false only when the connection is lost, or after a signal.
 */
MUST_CHECK bool catalog_read(struct catalog *catalog, struct session *s, struct error *err);

#endif
