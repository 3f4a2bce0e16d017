/* SPDX-License-Identifier: MIT */
#include "base/time.h"
#include "cli/out.h"

enum { JSON_FORMAT = 1 };

const char *
out_operation(const struct command *command)
{
	return command->alias != NULL ? command->alias : command->name;
}

static const char *
code_name(enum error_code code)
{
	switch (code) {
	case ERR_NONE:
		break;
	case ERR_SQL:
		return "SQL";
	case ERR_USAGE:
		return "USAGE";
	case ERR_FINDINGS:
		return "FINDINGS";
	case ERR_REFUSED:
		return "REFUSED";
	case ERR_CONNECT:
		return "CONNECT";
	case ERR_LOCK:
		return "LOCK";
	case ERR_UNKNOWN:
		return "UNKNOWN";
	case ERR_INTERNAL:
		return "INTERNAL";
	case ERR_INTERRUPTED:
		return "INTERRUPTED";
	}
	return NULL;
}

static void
put_number(struct json *object, const char *name, int64_t value)
{
	if (value > 0)
		json_put_integer(object, name, value);
	else
		json_put_null(object, name);
}

void
out_json_error(struct json *json, const struct error *err)
{
	json_put_text(json, "code", code_name(err->code));
	json_put_integer(json, "exit", error_exit(err));
	json_put_text(json, "sqlState", err->sqlstate[0] == '\0' ? NULL : err->sqlstate);
	json_put_text(json, "message", err->message);
	json_put_text(json, "detail", err->detail);
	json_put_text(json, "hint", err->hint);
	json_put_text(json, "context", err->context);
	json_put_text(json, "path", err->place.path);
	put_number(json, "line", err->place.line);
	put_number(json, "column", err->place.column);
	json_put_text(json, "statement", err->statement);
	json_put_text(json, "state", err->state);
	json_put_text(json, "next", err->next);
}

static struct json *
error_json(struct arena *a, const struct error *err)
{
	struct json *json = json_new_object(a);

	out_json_error(json, err);
	return json;
}

struct json *
out_json_problems(struct arena *a, const struct problems *problems)
{
	struct json *list = json_new_array(a);

	for (size_t i = 0; i < problems->count; i++)
		json_push(list, error_json(a, problems->list[i]));
	return list;
}

static struct json *
warnings_json(struct arena *a, const struct config_list *warnings)
{
	struct json *list = json_new_array(a);

	for (size_t i = 0; warnings != NULL && i < warnings->count; i++)
		json_push_text(list, warnings->items[i]);
	return list;
}

struct json *
out_json(const struct context *c, const char *operation, const struct session *session,
    const struct error *err)
{
	struct json *json = json_new_object(c->arena);
	bool connected = session != NULL && session->conn != NULL;
	char now[32];

	time_utc(now);
	json_put_integer(json, "format", JSON_FORMAT);
	json_put_text(json, "operation", operation);
	json_put_text(json, "timestamp", now);
	json_put_bool(json, "success", err == NULL);
	json_put(json, "error", err == NULL ? NULL : error_json(c->arena, err));
	json_put(json, "warnings", warnings_json(c->arena, c->warnings));
	json_put_text(json, "toolVersion", MIGRATE_VERSION);
	json_put_text(json, "database", connected ? conn_database(session->conn) : NULL);
	json_put_text(json, "schemaName", connected ? session->history.schema : NULL);
	return json;
}

void
out_json_print(const struct json *json)
{
	(void)json_print(stdout, json); /* the stream remembers that it failed: out_finish */
}

int
out_failure(const struct context *c, const char *operation, const struct error *err)
{
	struct error *unwritten = error_new(c->arena);

	fflush(stdout); /* what was said before comes first, also in a file with both streams */
	out_error(stderr, c->config, err);
	if (c->config->format == FORMAT_JSON)
		out_json_print(out_json(c, operation, NULL, err));
	if (!out_finish(unwritten))
		out_error(stderr, c->config, unwritten);
	return error_exit(err);
}
