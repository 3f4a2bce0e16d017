/* SPDX-License-Identifier: MIT */
#include "core/history_shape.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* By name, as they are told.  Others than Flyway have made its table with text, too. */
static const struct wanted {
	const char *name, *type, *other_type;
} history_columns[] = {
	{ "checksum", "int4", NULL },
	{ "description", "varchar", "text" },
	{ "execution_time", "int4", NULL },
	{ "installed_by", "varchar", "text" },
	{ "installed_on", "timestamp", "timestamptz" },
	{ "installed_rank", "int4", NULL },
	{ "script", "varchar", "text" },
	{ "success", "bool", NULL },
	{ "type", "varchar", "text" },
	{ "version", "varchar", "text" },
	{ NULL, NULL, NULL },
};

static const struct wanted journal_columns[] = {
	{ "attempt", "int4", NULL },
	{ "backend_pid", "int4", NULL },
	{ "before", "jsonb", NULL },
	{ "body_hash", "int4", NULL },
	{ "checkpoint", "jsonb", NULL },
	{ "error", "text", NULL },
	{ "finished", "timestamptz", NULL },
	{ "format", "int4", NULL },
	{ "git_commit", "text", NULL },
	{ "host", "text", NULL },
	{ "id", "int8", NULL },
	{ "installed_by", "text", NULL },
	{ "lock_wait_ms", "int4", NULL },
	{ "pid", "int4", NULL },
	{ "run_id", "uuid", NULL },
	{ "script", "text", NULL },
	{ "sqlstate", "text", NULL },
	{ "started", "timestamptz", NULL },
	{ "state", "text", NULL },
	{ "statement", "int4", NULL },
	{ "statement_hash", "int4", NULL },
	{ "statements", "int4", NULL },
	{ "tool_version", "text", NULL },
	{ "type", "text", NULL },
	{ "version", "text", NULL },
	{ NULL, NULL, NULL },
};

static const struct wanted *
wanted_of(enum history_table table)
{
	return table == HISTORY_TABLE ? history_columns : journal_columns;
}

/* A line of the text. */
struct column {
	bool required;
	const char *type, *name;
	size_t type_length, name_length;
};

static bool
next_column(const char **text, struct column *out)
{
	const char *at = *text, *space = strchr(at, ' ');

	if (space == NULL) /* the end, or a server that is none */
		return false;
	out->required = *at == '+';
	out->type = at + (space > at);
	out->type_length = (size_t)(space - out->type);
	out->name = space + 1;
	out->name_length = strcspn(out->name, "\n");
	*text = out->name + out->name_length;
	*text += **text == '\n';
	return true;
}

static bool
is_text(const char *wanted, const char *text, size_t length)
{
	return wanted != NULL && strlen(wanted) == length && memcmp(wanted, text, length) == 0;
}

static bool
has_column(const struct wanted *wanted, const char *columns)
{
	struct column c;

	while (next_column(&columns, &c))
		if (is_text(wanted->name, c.name, c.name_length))
			return is_text(wanted->type, c.type, c.type_length) ||
			    is_text(wanted->other_type, c.type, c.type_length);
	return false;
}

static const char *
add_name(struct arena *a, const char *names, const char *name, size_t length)
{
	return arena_printf(a, "%s%s%.*s", names == NULL ? "" : names, names == NULL ? "" : ", ",
	    (int)length, name);
}

const char *
history_shape_wrong(struct arena *a, enum history_table table, const char *columns)
{
	const char *names = NULL;

	for (const struct wanted *w = wanted_of(table); w->name != NULL; w++)
		if (!has_column(w, columns))
			names = add_name(a, names, w->name, strlen(w->name));
	return names;
}

const char *
history_shape_needless(struct arena *a, enum history_table table, const char *columns)
{
	const char *names = NULL;
	struct column c;

	while (next_column(&columns, &c)) {
		const struct wanted *w = wanted_of(table);

		while (w->name != NULL && !is_text(w->name, c.name, c.name_length))
			w++;
		if (c.required && w->name == NULL)
			names = add_name(a, names, c.name, c.name_length);
	}
	return names;
}
