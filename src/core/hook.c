/* SPDX-License-Identifier: MIT */
#include "core/hook.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "base/mask.h"
#include "base/process.h"
#include "base/text.h"

extern char **environ;

#define AT(member) offsetof(struct config, member)

static const struct hook_row {
	const char *name; /* of the setting, and what MIGRATE_HOOK says */
	size_t command; /* where the setting stands */
	const char *state; /* what MIGRATE_HOOK_STATE says */
} rows[] = {
	[HOOK_BEFORE_UP] = { "before_up", AT(hook_before_up), "pending" },
	[HOOK_BEFORE_IRREVERSIBLE] = { "before_irreversible", AT(hook_before_irreversible),
	    "pending" },
	[HOOK_AFTER_UP] = { "after_up", AT(hook_after_up), "applied" },
	[HOOK_ON_ERROR] = { "on_error", AT(hook_on_error), "failed" },
};

const char *
hook_command(const struct config *config, enum hook_kind kind)
{
	return *(const char *const *)(const void *)((const char *)config + rows[kind].command);
}

/* --- the environment --- */

enum variable {
	VARIABLE_HOOK,
	VARIABLE_STATE,
	VARIABLE_VERSION,
	VARIABLE_TARGET,
	VARIABLE_SCRIPT,
	VARIABLE_ENV,
	VARIABLE_HOST,
	VARIABLE_PORT,
	VARIABLE_DATABASE,
	VARIABLE_USER,
	VARIABLE_SCHEMA,
	VARIABLE_EXIT,
	VARIABLE_ERROR,
	VARIABLES
};

/* Not those of settings (MIGRATE_TARGET, MIGRATE_USER): a migrate in a hook would take them. */
static const char *const variables[VARIABLES] = {
	[VARIABLE_HOOK] = "MIGRATE_HOOK",
	[VARIABLE_STATE] = "MIGRATE_HOOK_STATE",
	[VARIABLE_VERSION] = "MIGRATE_HOOK_VERSION",
	[VARIABLE_TARGET] = "MIGRATE_HOOK_TARGET",
	[VARIABLE_SCRIPT] = "MIGRATE_HOOK_SCRIPT",
	[VARIABLE_ENV] = "MIGRATE_HOOK_ENV",
	[VARIABLE_HOST] = "MIGRATE_HOOK_HOST",
	[VARIABLE_PORT] = "MIGRATE_HOOK_PORT",
	[VARIABLE_DATABASE] = "MIGRATE_HOOK_DATABASE",
	[VARIABLE_USER] = "MIGRATE_HOOK_USER",
	[VARIABLE_SCHEMA] = "MIGRATE_HOOK_SCHEMA",
	[VARIABLE_EXIT] = "MIGRATE_HOOK_EXIT",
	[VARIABLE_ERROR] = "MIGRATE_HOOK_ERROR",
};

bool
hook_is_variable(const char *name)
{
	return text_is_among(name, variables, VARIABLES);
}

/* A password, or a place where one may stand in the midst of an address. */
static const char *const passwords[] = { "PGPASSWORD", "PGSSLPASSWORD", "MIGRATE_PASSWORD",
	"FLYWAY_PASSWORD" };
static const char *const addresses[] = { "DATABASE_URL", "MIGRATE_URL", "MIGRATE_SCRATCH_URL",
	"FLYWAY_URL" };
/* A hook needs them, and a short password ("root") may be a part of them by chance. */
static const char *const innocent[] = { "PATH", "HOME", "PWD", "USER", "LOGNAME", "SHELL", "LANG",
	"TERM", "TMPDIR", "PGHOST", "PGPORT", "PGDATABASE", "PGUSER", "PGPASSFILE", "PGSERVICE",
	"PGSERVICEFILE" };
#define AMONG(list, name) text_is_among(name, list, sizeof(list) / sizeof((list)[0]))

/* user:password@host, or password=... among keywords or parameters. */
static bool
has_password(const char *address)
{
	const char *host = strstr(address, "://");

	for (const char *at = address; *at != '\0'; at++)
		if (strncasecmp(at, "password", strlen("password")) == 0)
			return true;
	if (host == NULL)
		return false;
	host += strlen("://");
	return host[strcspn(host, ":@/?")] == ':' && host[strcspn(host, "@/?")] == '@';
}

static bool
is_secret(struct arena *a, const char *name, const char *value)
{
	return AMONG(passwords, name) || (AMONG(addresses, name) && has_password(value)) ||
	    (!AMONG(innocent, name) && strcmp(mask_text(a, value), value) != 0);
}

static void
put(struct arena *a, const struct hook *hook, const char *values[VARIABLES])
{
	const struct session *s = hook->session;
	const struct error *failure = hook->failure;

	values[VARIABLE_HOOK] = rows[hook->kind].name;
	values[VARIABLE_STATE] = rows[hook->kind].state;
	values[VARIABLE_VERSION] = hook->version;
	values[VARIABLE_TARGET] = hook->target;
	values[VARIABLE_SCRIPT] = hook->script == NULL ? NULL : hook->script->path;
	values[VARIABLE_ENV] = hook->config->environment;
	if (s != NULL) {
		values[VARIABLE_HOST] = conn_host(s->conn);
		values[VARIABLE_PORT] = conn_port(s->conn);
		values[VARIABLE_DATABASE] = conn_database(s->conn);
		values[VARIABLE_USER] = conn_user(s->conn);
		values[VARIABLE_SCHEMA] = s->history.schema;
	}
	if (failure != NULL) {
		values[VARIABLE_EXIT] = arena_printf(a, "%d", error_exit(failure));
		values[VARIABLE_ERROR] = mask_text(a, failure->message);
	}
}

static char *const *
environment(struct arena *a, const struct hook *hook)
{
	const char *values[VARIABLES] = { NULL };
	char **list = NULL;
	size_t count = 0;

	for (char *const *entry = environ; *entry != NULL; entry++) {
		size_t length = strcspn(*entry, "=");
		const char *name = arena_strndup(a, *entry, length);

		if ((*entry)[length] == '\0' || hook_is_variable(name) ||
		    is_secret(a, name, *entry + length + 1))
			continue;
		list = arena_extend(a, list, count, sizeof(*list));
		list[count++] = *entry;
	}
	put(a, hook, values);
	for (size_t i = 0; i < VARIABLES; i++) {
		list = arena_extend(a, list, count, sizeof(*list));
		list[count++] =
		    arena_printf(a, "%s=%s", variables[i], values[i] == NULL ? "" : values[i]);
	}
	list = arena_extend(a, list, count, sizeof(*list));
	list[count] = NULL;
	return list;
}

/* --- running --- */

struct listener {
	struct sink *sink;
	const char *name;
};

static void
tell_line(void *context, const char *line)
{
	struct listener *listener = context;

	event_note(listener->sink, "%s: %s", listener->name, line);
}

static bool
fail(const char *name, int status, struct error *err)
{
	if (status > 128)
		return error_set(
		    err, ERR_REFUSED, "the hook %s was ended by signal %d", name, status - 128);
	return error_set(err, ERR_REFUSED, "the hook %s failed with exit status %d", name, status);
}

/* Its time limit is none of ours, and no wrong usage. */
static bool
fail_to_run(const char *name, struct error *err)
{
	if (err->code == ERR_USAGE)
		err->code = ERR_REFUSED;
	return error_at(err, "hook %s", name);
}

bool
hook_run(struct arena *a, const struct hook *hook, struct error *err)
{
	struct listener listener = { hook->sink, rows[hook->kind].name };
	const char *const arguments[] = { "/bin/sh", "-c", hook_command(hook->config, hook->kind),
		NULL };
	struct process command = { .arguments = arguments,
		.timeout_ms = hook->config->hook_timeout_ms,
		.take_line = tell_line,
		.context = &listener };
	const char *ignored; /* its lines are told as they come */
	int status;

	if (arguments[2] == NULL)
		return true;
	event_note(hook->sink, "running the hook %s", listener.name);
	command.environment = environment(a, hook);
	if (!process_run(a, &command, &ignored, &status, err))
		return fail_to_run(listener.name, err);
	return status == 0 || fail(listener.name, status, err);
}
