/* SPDX-License-Identifier: MIT */
#include "core/config.h"

#include <string.h>

#include "core/fit.h"
#include "core/plan.h"
#include "core/severity.h"
#include "core/version.h"

#define AT(member) offsetof(struct config, member)

/* clang-format off */
static const struct config_setting table[] = {
	{ .name = "directory", .group = "Files", .type = CONFIG_LIST, .offset = AT(directory),
	    .fallback = "migrations", .value = "DIR", .path = true,
	    .help = "folder with the migration files; may be given several times" },
	{ .name = "ignore", .group = "Files", .type = CONFIG_LIST, .offset = AT(ignore),
	    .value = "GLOB", .help = "names of files in these folders that are no migrations" },
	{ .name = "placeholders", .group = "Files", .type = CONFIG_MAP, .offset = AT(placeholders),
	    .value = "NAME=VALUE", .entry = "placeholder",
	    .help = "what ${NAME} in a file stands for" },

	{ .name = "url", .group = "Connection", .type = CONFIG_STRING, .offset = AT(url),
	    .value = "URL",
	    .help = "where the database is: libpq URI, keyword string or JDBC URL" },
	{ .name = "url-file", .group = "Connection", .type = CONFIG_STRING, .offset = AT(url_file),
	    .value = "FILE", .path = true, .help = "file whose first line is the url" },
	{ .name = "password-command", .group = "Connection", .type = CONFIG_STRING,
	    .offset = AT(password_command), .value = "COMMAND", .secret = true,
	    .help = "shell command that prints the password; run for every connection" },
	{ .name = "user", .group = "Connection", .type = CONFIG_STRING, .offset = AT(user),
	    .value = "NAME", .help = "user, in place of the one in the url" },
	{ .name = "password", .group = "Connection", .type = CONFIG_STRING, .offset = AT(password),
	    .value = "PASSWORD", .secret = true,
	    .help = "password, in place of the one in the url" },
	{ .name = "role", .group = "Connection", .type = CONFIG_STRING, .offset = AT(role),
	    .value = "NAME", .help = "role that owns what is made (SET ROLE)" },
	{ .name = "scratch-url", .group = "Connection", .type = CONFIG_STRING,
	    .offset = AT(scratch_url), .value = "URL",
	    .help = "server on which squash makes its throwaway databases; else the url's" },
	{ .name = "wait", .group = "Connection", .type = CONFIG_DURATION, .offset = AT(wait_ms),
	    .fallback = "0", .help = "how long to go on trying while the server starts" },
	{ .name = "connect-timeout", .group = "Connection", .type = CONFIG_DURATION,
	    .offset = AT(connect_timeout_ms), .fallback = "10s",
	    .help = "time limit for connecting, for each address of a host" },
	{ .name = "pooler", .group = "Connection", .type = CONFIG_CHOICE, .offset = AT(pooler),
	    .fallback = "auto", .choices = "auto|session|transaction",
	    .help = "what a pooler in between pools; auto finds it out" },

	{ .name = "table", .group = "History", .type = CONFIG_STRING, .offset = AT(table),
	    .fallback = "schema_history", .value = "NAME", .help = "table with the history" },
	{ .name = "schema", .group = "History", .type = CONFIG_STRING, .offset = AT(schema),
	    .value = "NAME",
	    .help = "schema of that table, and first in search_path; else current_schema()" },
	{ .name = "create-schemas", .group = "History", .type = CONFIG_BOOL,
	    .offset = AT(create_schemas), .fallback = "true",
	    .help = "create the schema when it is missing" },
	{ .name = "installed-by", .group = "History", .type = CONFIG_STRING,
	    .offset = AT(installed_by), .value = "NAME",
	    .help = "name recorded with each migration; else current_user" },
	{ .name = "baseline-on-up", .group = "History", .type = CONFIG_BOOL,
	    .offset = AT(baseline_on_up), .fallback = "false",
	    .help = "mark a schema that is not empty as baseline when it has no history" },
	{ .name = "baseline-version", .group = "History", .type = CONFIG_STRING,
	    .offset = AT(baseline_version), .fallback = "1", .value = "VERSION",
	    .check = version_check,
	    .help = "version of the baseline" },
	{ .name = "baseline-description", .group = "History", .type = CONFIG_STRING,
	    .offset = AT(baseline_description), .fallback = "<< Flyway Baseline >>",
	    .value = "TEXT", .help = "description of the baseline" },
	{ .name = "ignore-migration-patterns", .group = "History", .type = CONFIG_LIST,
	    .offset = AT(ignore_migration_patterns), .fallback = "*:future", .value = "PATTERN",
	    .check = fit_check_pattern,
	    .help = "states that validate accepts, as TYPE:STATE" },

	{ .name = "target", .group = "What to run", .type = CONFIG_STRING, .offset = AT(target),
	    .fallback = "latest", .value = "VERSION", .check = plan_check_target,
	    .help = "last version to apply: latest, next, V, or V? (no error when it is missing)" },
	{ .name = "phase-order", .group = "What to run", .type = CONFIG_CHOICE,
	    .offset = AT(phase_order), .fallback = "strict", .choices = "strict|skip",
	    .help = "refuse a file behind a held one, or skip the held one" },
	{ .name = "out-of-order", .group = "What to run", .type = CONFIG_BOOL,
	    .offset = AT(out_of_order), .fallback = "false",
	    .help = "apply files below the version of the schema" },
	{ .name = "group", .group = "What to run", .type = CONFIG_BOOL, .offset = AT(group),
	    .fallback = "false",
	    .help = "one transaction for all pending files; keeps every lock to the end" },
	{ .name = "mixed", .group = "What to run", .type = CONFIG_BOOL, .offset = AT(mixed),
	    .fallback = "false",
	    .help = "run a file without a transaction when a statement in it needs that" },
	{ .name = "validate-on-up", .group = "What to run", .type = CONFIG_BOOL,
	    .offset = AT(validate_on_up), .fallback = "true",
	    .help = "refuse to run when history and files do not fit" },
	{ .name = "undo-record", .group = "What to run", .type = CONFIG_CHOICE,
	    .offset = AT(undo_record), .fallback = "row", .choices = "row|delete",
	    .help = "undo adds a row to the history, or deletes the one it undoes" },

	{ .name = "lock-timeout", .group = "Locks and time", .type = CONFIG_DURATION,
	    .offset = AT(lock_timeout_ms), .fallback = "5s",
	    .help = "longest wait of a statement for a lock" },
	{ .name = "lock-flush-timeout", .group = "Locks and time", .type = CONFIG_DURATION,
	    .offset = AT(lock_flush_timeout_ms), .fallback = "30s",
	    .help = "patience for the harmless lock in front of a strong one" },
	{ .name = "max-stall", .group = "Locks and time", .type = CONFIG_DURATION,
	    .offset = AT(max_stall_ms), .fallback = "500ms", .least = 1,
	    .help = "longest time the app may stand behind a lock request of ours" },
	{ .name = "max-blocking", .group = "Locks and time", .type = CONFIG_DURATION,
	    .offset = AT(max_blocking_ms), .fallback = "5s",
	    .help = "cancel a file when others have waited behind it so long; 0: never" },
	{ .name = "lock-retry", .group = "Locks and time", .type = CONFIG_DURATION,
	    .offset = AT(lock_retry_ms), .fallback = "5min",
	    .help = "how long to go on trying for the locks of a file" },
	{ .name = "concurrent-lock-timeout", .group = "Locks and time", .type = CONFIG_DURATION,
	    .offset = AT(concurrent_lock_timeout_ms), .fallback = "1h",
	    .help = "longest wait of a CONCURRENTLY statement, which blocks nobody" },
	{ .name = "statement-timeout", .group = "Locks and time", .type = CONFIG_DURATION,
	    .offset = AT(statement_timeout_ms), .fallback = "0",
	    .help = "time limit for a statement; 0: none" },
	{ .name = "run-lock-timeout", .group = "Locks and time", .type = CONFIG_DURATION,
	    .offset = AT(run_lock_timeout_ms), .fallback = "10min",
	    .help = "how long to wait for another run to end" },

	{ .name = "hooks.before-up", .group = "Hooks", .type = CONFIG_STRING,
	    .offset = AT(hook_before_up), .value = "COMMAND",
	    .help = "shell command to run before anything is applied" },
	{ .name = "hooks.after-up", .group = "Hooks", .type = CONFIG_STRING,
	    .offset = AT(hook_after_up), .value = "COMMAND",
	    .help = "shell command to run when all is applied" },
	{ .name = "hooks.on-error", .group = "Hooks", .type = CONFIG_STRING,
	    .offset = AT(hook_on_error), .value = "COMMAND",
	    .help = "shell command to run after a failure" },
	{ .name = "hooks.before-irreversible", .group = "Hooks", .type = CONFIG_STRING,
	    .offset = AT(hook_before_irreversible), .value = "COMMAND",
	    .help = "shell command to run before anything when a file has no way back: a backup" },
	{ .name = "hook-timeout", .group = "Hooks", .type = CONFIG_DURATION,
	    .offset = AT(hook_timeout_ms), .fallback = "10min", .help = "time limit for a hook" },

	{ .name = "lint.fail-on", .group = "Lint", .type = CONFIG_CHOICE,
	    .offset = AT(lint_fail_on), .fallback = "warning", .choices = "off|info|warning|error",
	    .help = "least severity that fails" },
	{ .name = "lint.on-up", .group = "Lint", .type = CONFIG_CHOICE, .offset = AT(lint_on_up),
	    .fallback = "warn", .choices = "off|warn|refuse",
	    .help = "what up does with findings" },
	{ .name = "lint.pg-version", .group = "Lint", .type = CONFIG_INTEGER,
	    .offset = AT(lint_pg_version), .fallback = "15", .least = 12, .most = 19,
	    .help = "major version of PostgreSQL to think of without a database" },
	{ .name = "lint.rules", .group = "Lint", .type = CONFIG_MAP, .offset = AT(lint_rules),
	    .value = "RULE=SEVERITY", .entry = "lint-rule", .choices = "off|info|warning|error",
	    .check_entry = severity_check_rule,
	    .help = "how severe a rule's findings are: off, info, warning or error" },
	{ .name = "lint.paths", .group = "Lint", .type = CONFIG_LIST, .offset = AT(lint_paths),
	    .value = "SETTINGS", .check = severity_check_path, .grouped = true,
	    .help = "for some files only: \"GLOB RULE=SEVERITY... fail_on=SEVERITY\"" },
	{ .name = "lint.assume-applied", .group = "Lint", .type = CONFIG_STRING,
	    .offset = AT(lint_assume_applied), .value = "VERSION", .check = version_check,
	    .help = "lint tells nothing of files up to this version" },

	{ .name = "format", .group = "Output", .type = CONFIG_CHOICE, .offset = AT(format),
	    .fallback = "text", .choices = "text|json|sarif|github|gitlab|junit|markdown",
	    .help = "of the answer on standard output; markdown and github are for plan, all but markdown for lint" },
	{ .name = "color", .group = "Output", .type = CONFIG_CHOICE, .offset = AT(color),
	    .fallback = "auto", .choices = "auto|always|never",
	    .help = "auto: on a terminal, unless NO_COLOR is set" },
	{ .name = "quiet", .group = "Output", .type = CONFIG_BOOL, .offset = AT(quiet),
	    .fallback = "false", .help = "say only what is wrong" },
	{ .name = "events", .group = "Output", .type = CONFIG_BOOL, .offset = AT(events),
	    .fallback = "false",
	    .help = "tell on standard error what happens as JSON, one object a line, not as text" },
	{ .name = "verbose", .group = "Output", .type = CONFIG_BOOL, .offset = AT(verbose),
	    .fallback = "false",
	    .help = "say more: the first rows of answers, settings of the connection" },
	{ .name = "yes", .group = "Output", .type = CONFIG_BOOL, .offset = AT(yes),
	    .fallback = "false", .help = "do not ask before changing a protected environment" },
	{ .name = NULL },
};
/* clang-format on */

const struct config_setting *
config_settings(void)
{
	return table;
}

static char
folded(char c)
{
	if (c == '-' || c == '.')
		return '_';
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool
is_same_name(const char *a, const char *b)
{
	while (*a != '\0' && folded(*a) == folded(*b)) {
		a++;
		b++;
	}
	return *a == *b;
}

const struct config_setting *
config_find(const char *name)
{
	for (const struct config_setting *s = table; s->name != NULL; s++)
		if (is_same_name(s->name, name))
			return s;
	return NULL;
}

const char *
config_key(struct arena *a, const struct config_setting *s)
{
	char *key = arena_strdup(a, s->name);

	for (char *p = key; *p != '\0'; p++)
		if (*p == '-')
			*p = '_';
	return key;
}

static const char *
entry_name(const struct config_setting *s)
{
	return s->type == CONFIG_MAP ? s->entry : s->name;
}

const char *
config_variable(struct arena *a, const struct config_setting *s)
{
	bool map = s->type == CONFIG_MAP;
	char *name = arena_printf(a, "MIGRATE_%s%s", entry_name(s), map ? "_" : "");

	for (char *p = name; *p != '\0'; p++) {
		char c = folded(*p);

		*p = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
	}
	return name;
}

const char *
config_option(struct arena *a, const struct config_setting *s)
{
	char *name = arena_printf(a, "--%s", entry_name(s));

	for (char *p = name; *p != '\0'; p++)
		if (*p == '.')
			*p = '-';
	return name;
}

const char *
config_value_name(const struct config_setting *s)
{
	if (s->value != NULL || s->type == CONFIG_BOOL)
		return s->value;
	if (s->type == CONFIG_CHOICE)
		return s->choices;
	return s->type == CONFIG_DURATION ? "DURATION" : "N";
}

void
config_list_add(struct arena *a, struct config_list *list, const char *item)
{
	list->items = arena_extend(a, list->items, list->count, sizeof(*list->items));
	list->items[list->count++] = item;
}

/* --- mistyped names --- */

enum { NAME_MAX_LENGTH = 64 };

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Edits that turn one name into the other; two letters swapped are one edit. */
static size_t
distance(const char *a, const char *b)
{
	size_t rows[3][NAME_MAX_LENGTH + 1];
	size_t *before = rows[0], *last = rows[1], *row = rows[2], length = strlen(b);

	if (length > NAME_MAX_LENGTH)
		return SIZE_MAX;
	for (size_t j = 0; j <= length; j++)
		last[j] = j;
	for (size_t i = 1; a[i - 1] != '\0'; i++) {
		size_t *spare = before;

		row[0] = i;
		for (size_t j = 1; j <= length; j++) {
			bool same = folded(a[i - 1]) == folded(b[j - 1]);

			row[j] = least(least(last[j], row[j - 1]) + 1, last[j - 1] + !same);
			if (i > 1 && j > 1 && folded(a[i - 1]) == folded(b[j - 2]) &&
			    folded(a[i - 2]) == folded(b[j - 1]))
				row[j] = least(row[j], before[j - 2] + 1);
		}
		before = last;
		last = row;
		row = spare;
	}
	return last[length];
}

const char *
config_nearest(const char *name, const char *const *names, size_t count)
{
	size_t best = 1 + strlen(name) / 3;
	const char *nearest = NULL;

	if (strlen(name) > NAME_MAX_LENGTH)
		return NULL;
	for (size_t i = 0; i < count; i++) {
		size_t edits = distance(name, names[i]);

		if (edits < best || (edits == best && nearest == NULL)) {
			best = edits;
			nearest = names[i];
		}
	}
	return nearest;
}
