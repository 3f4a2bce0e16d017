/* SPDX-License-Identifier: MIT */
#ifndef CORE_CONFIG_H
#define CORE_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/error.h"
#include "sql/lint.h"

/*
 * All settings, from the table in settings.c that also makes --help, completion, the manual's list
 * and config.example.yaml.  Command line over environment over file over default.
 */

struct config_list {
	const char **items;
	size_t count;
};

struct config_pair {
	const char *name, *value;
	const char *origin; /* as config_origin tells it */
	int rank; /* of its source: one source may give it only once */
	bool secret; /* never printed */
};

struct config_map {
	struct config_pair *pairs; /* names unique; for placeholders in small letters */
	size_t count;
};

enum phase { PHASE_NONE, PHASE_EXPAND, PHASE_BACKFILL, PHASE_CONTRACT };
/* The others are those of findings, which few commands have. */
enum format {
	FORMAT_TEXT,
	FORMAT_JSON,
	FORMAT_SARIF,
	FORMAT_GITHUB,
	FORMAT_GITLAB,
	FORMAT_JUNIT,
	FORMAT_MARKDOWN
};
enum choice_color { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };
enum choice_pooler { POOLER_AUTO, POOLER_SESSION, POOLER_TRANSACTION };
enum choice_phase_order { PHASE_ORDER_STRICT, PHASE_ORDER_SKIP };
enum choice_undo_record { UNDO_RECORD_ROW, UNDO_RECORD_DELETE };
enum choice_on_up { ON_UP_OFF, ON_UP_WARN, ON_UP_REFUSE };

struct config {
	struct arena *arena;
	struct config_source *sources; /* where each row of the table got its value from */
	const char *path; /* of the file that was read, or NULL */
	const char *environment; /* --env, or NULL */
	bool protected; /* of that environment: ask, or need --yes */

	/* files */
	struct config_list directory; /* paths as to be opened from the working directory */
	struct config_list ignore;
	struct config_map placeholders;

	/* connection */
	const char *url; /* libpq URI, keyword string or JDBC; NULL: libpq's own variables */
	const char *url_from; /* "--url", "DATABASE_URL", ... for messages */
	const char *url_file;
	const char *password_command;
	const char *user, *password, *role;
	const char *database; /* of a throwaway database, in place of the url's; no setting */
	const char *scratch_url; /* the server that throwaway databases are made on */
	int64_t wait_ms, connect_timeout_ms;
	enum choice_pooler pooler;

	/* history */
	const char *table; /* schema_history when not set */
	bool table_set; /* the user named it */
	const char *schema; /* NULL: current_schema() */
	bool create_schemas;
	const char *installed_by; /* NULL: current_user */
	bool baseline_on_up;
	const char *baseline_version, *baseline_description;
	struct config_list ignore_migration_patterns;

	/* what to run */
	const char *target; /* latest, next, V or V? */
	enum choice_phase_order phase_order;
	bool out_of_order, group, mixed, validate_on_up;
	enum choice_undo_record undo_record;

	/* locks and time; milliseconds, 0 = no limit unless said otherwise */
	int64_t lock_timeout_ms, lock_flush_timeout_ms;
	int64_t max_stall_ms, max_blocking_ms; /* max_blocking 0: off */
	int64_t lock_retry_ms, concurrent_lock_timeout_ms, statement_timeout_ms;
	int64_t run_lock_timeout_ms;

	/* hooks */
	const char *hook_before_up, *hook_after_up, *hook_on_error, *hook_before_irreversible;
	int64_t hook_timeout_ms;

	/* lint */
	enum severity lint_fail_on;
	enum choice_on_up lint_on_up;
	int64_t lint_pg_version; /* 15, 18, ... */
	struct config_map lint_rules; /* rule to severity: see core/severity.h */
	struct config_list lint_paths; /* the same for some files */
	const char *lint_assume_applied; /* version; NULL: none */

	/* output */
	enum format format;
	enum choice_color color;
	bool events, quiet, verbose, yes;
};

/*
 * A setting given on the command line: name as in the table ("lock-timeout"), value as written;
 * for a Boolean "true" or "false".  The same list setting may come several times.
 */
struct config_argument {
	const char *name, *value;
};

/*
 * Reads the file (path NULL: MIGRATE_CONFIG, or migrate.yaml in the working directory if it is
 * there), the environment (a list like environ) and the arguments; env_name NULL: MIGRATE_ENV.
 * Errors are ERR_USAGE, those in the file with file:line:column.  Unknown MIGRATE_* variables are
 * added to warnings.  Every password met is added to the secrets of mask.h.
 */
MUST_CHECK bool config_load(struct arena *a, const char *path, const char *env_name,
    char *const *environment, const struct config_argument *arguments, size_t argument_count,
    struct config *config, struct config_list *warnings, struct error *err);
/* The defaults and the arguments only, for commands that need neither file nor database. */
MUST_CHECK bool config_bare(struct arena *a, const struct config_argument *arguments,
    size_t argument_count, struct config *config, struct error *err);

enum config_type {
	CONFIG_STRING,
	CONFIG_BOOL,
	CONFIG_DURATION,
	CONFIG_INTEGER,
	CONFIG_CHOICE,
	CONFIG_LIST,
	CONFIG_MAP
};

/* A row of the settings table. */
struct config_setting {
	const char *name; /* "lock-timeout"; "lint.fail-on" is lint.fail_on in the file */
	const char *group; /* "Files", "Connection", ... */
	enum config_type type;
	size_t offset; /* in struct config */
	const char *fallback; /* the default as text, NULL for none */
	const char *help;
	const char *value; /* what stands for the value in help: "URL"; NULL: told by the type */
	const char *choices; /* "text|json", in the order of the enum; of a map: its values */
	const char *entry; /* of a map, the name of one of its entries: "placeholder" */
	bool (*check_entry)(char *name, struct error *err); /* of a map; may put a name right */
	int64_t least, most; /* of a number; most 0: no limit */
	bool (*check)(const char *text, struct error *err); /* of a string or an item; or NULL */
	bool path; /* relative to the file that names it */
	bool grouped; /* of a list: in the file an item may be path, rules, fail_on */
	bool secret; /* never printed */
};
/* The table, ended by a row without a name. */
const struct config_setting *config_settings(void);
/* The row with that name (dashes, underscores and dots are alike), or NULL. */
const struct config_setting *config_find(const char *name);
/* Its spellings: lint.fail_on, MIGRATE_LINT_FAIL_ON, --lint-fail-on; of a map, one entry's. */
const char *config_key(struct arena *a, const struct config_setting *s);
const char *config_variable(struct arena *a, const struct config_setting *s);
const char *config_option(struct arena *a, const struct config_setting *s);
/* What stands for its value in help: "DURATION", "text|json"; NULL for a switch. */
const char *config_value_name(const struct config_setting *s);
/* The value in force as text ("5s", "a, b"; secrets as ********), NULL when there is none. */
const char *config_value(struct arena *a, const struct config *c, const struct config_setting *s);
/* The entries of a map. */
const struct config_map *config_map(const struct config *c, const struct config_setting *s);
/* Where it came from: "migrate.yaml:3", "MIGRATE_TABLE", "--table" or "default". */
const char *config_origin(const struct config *c, const struct config_setting *s);
/* One more item at the end of a list. */
void config_list_add(struct arena *a, struct config_list *list, const char *item);
/* The nearest of the names to a mistyped one, or NULL when none is near. */
const char *config_nearest(const char *name, const char *const *names, size_t count);

/*
 * What libpq is to be called with: a keyword string made from url, url_file, user, password and
 * password_command (run anew each time), JDBC URLs translated.  Errors: ERR_USAGE, never with a
 * secret in them.  Every secret met is added to the list that mask_text hides in output.
 */
struct connection {
	const char **keywords; /* ended by NULL */
	const char **values;
};
MUST_CHECK bool config_connection(
    struct arena *a, const struct config *c, struct connection *out, struct error *err);

#endif
