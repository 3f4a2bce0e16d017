/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <string.h>

#include "core/flyway_put.h"

static const char driver[] = "there is no Java here, and so no drivers, classes and jars";
static const char paid[] = "of Flyway's paid editions";
static const char output[] = "give --format and --color on the command line";
static const char fixed[] = "names of files are fixed here: V, R, U, B, __ and .sql";
static const char marks[] = "placeholders are always written ${name}: change the files, or say "
			    "\"-- migrate:placeholders off\" in those that have none";
static const char per_file[] = "say \"-- migrate:transaction off\" in the file, or "
			       "executeInTransaction=false in its .sql.conf";
static const char secrets[] =
    "name a command in \"password_command\", or a mounted file in \"url_file\"";
static const char no_scripts[] = "only SQL files are run";

/* clang-format off */
static const struct flyway_setting table[] = {
	{ .name = "url", .ours = "url", .put = flyway_put_url,
	    .why = "kept as it is, without a password" },
	{ .name = "user", .ours = "user" },
	{ .name = "password", .ours = "password", .put = flyway_put_password, .secret = true,
	    .why = "set MIGRATE_PASSWORD, or write a line into ~/.pgpass: it is not copied into "
		   "another file" },
	{ .name = "jdbcProperties", .ours = "url", .map = true, .put = flyway_put_property,
	    .why = "as parameters of the url" },
	{ .name = "connectRetries", .ours = "wait", .put = flyway_put_connect_retries,
	    .why = "the seconds that these tries take in all" },
	{ .name = "connectRetriesInterval", .ours = "wait", .put = flyway_put_nothing,
	    .why = "counted into that" },
	{ .name = "initSql", .why = "write it into a callback afterConnect.sql" },
	{ .name = "driver", .same = "org.postgresql.Driver", .why = driver },
	{ .name = "kerberosConfigFile", .why = "libpq asks KRB5_CONFIG" },
	{ .name = "displayName", .why = "a set of settings has its name only" },
	{ .name = "provisioner", .why = "migrate makes no databases" },
	{ .name = "provisionMode", .why = "migrate makes no databases" },
	{ .name = "environment", .ours = "--env", .put = flyway_put_nothing,
	    .why = "this environment's settings stand at the top of migrate.yaml" },

	{ .name = "table", .ours = "table" },
	{ .name = "schemas", .ours = "schema", .list = true, .put = flyway_put_schemas,
	    .why = "the first one" },
	{ .name = "defaultSchema", .ours = "schema" },
	{ .name = "createSchemas", .ours = "create_schemas" },
	{ .name = "tablespace",
	    .why = "a history that Flyway made stays where it is; set default_tablespace for the "
		   "role to make one elsewhere" },
	{ .name = "installedBy", .ours = "installed_by" },
	{ .name = "baselineOnMigrate", .ours = "baseline_on_up" },
	{ .name = "baselineVersion", .ours = "baseline_version" },
	{ .name = "baselineDescription", .ours = "baseline_description" },
	{ .name = "ignoreMigrationPatterns", .ours = "ignore_migration_patterns", .list = true },

	{ .name = "locations", .ours = "directory", .list = true, .put = flyway_put_locations,
	    .why = "filesystem: as a folder; classpath: as src/main/resources, if it is there" },
	{ .name = "callbackLocations", .list = true,
	    .why = "callbacks stand beside the migrations: add the folder to \"directory\"" },
	{ .name = "failOnMissingLocations", .same = "true",
	    .why = "a folder that is not there is always an error" },
	{ .name = "validateMigrationNaming", .same = "true",
	    .why = "a .sql file with a wrong name is always an error; \"ignore\" lists exceptions" },
	{ .name = "encoding", .same = "UTF-8", .why = "files are always UTF-8: convert them (iconv)" },
	{ .name = "detectEncoding", .same = "false", .why = "files are always UTF-8" },
	{ .name = "sqlMigrationPrefix", .same = "V", .why = fixed },
	{ .name = "repeatableSqlMigrationPrefix", .same = "R", .why = fixed },
	{ .name = "undoSqlMigrationPrefix", .same = "U", .why = fixed },
	{ .name = "baselineMigrationPrefix", .same = "B", .why = fixed },
	{ .name = "sqlMigrationSeparator", .same = "__", .why = fixed },
	{ .name = "sqlMigrationSuffixes", .same = ".sql", .list = true, .why = fixed },
	{ .name = "placeholders", .ours = "placeholders", .map = true },
	{ .name = "placeholderReplacement", .same = "true",
	    .why = "say \"-- migrate:placeholders off\" in the files that have none" },
	{ .name = "placeholderPrefix", .same = "${", .why = marks },
	{ .name = "placeholderSuffix", .same = "}", .why = marks },
	{ .name = "placeholderSeparator", .same = ":", .why = marks },
	{ .name = "scriptPlaceholderPrefix", .same = "FP__", .why = no_scripts },
	{ .name = "scriptPlaceholderSuffix", .same = "__", .why = no_scripts },
	{ .name = "powershellExecutable", .why = no_scripts },

	{ .name = "target", .ours = "target" },
	{ .name = "failOnMissingTarget", .same = "true",
	    .why = "write V? as target, and it may be missing" },
	{ .name = "outOfOrder", .ours = "out_of_order" },
	{ .name = "group", .ours = "group" },
	{ .name = "mixed", .ours = "mixed" },
	{ .name = "validateOnMigrate", .ours = "validate_on_up" },
	{ .name = "executeInTransaction", .same = "true", .why = per_file },
	{ .name = "skipExecutingMigrations", .same = "false",
	    .why = "\"migrate repair --applied V\" records one that was applied by hand" },
	{ .name = "cherryPick", .list = true, .why = "\"target\" and \"up --phase\" choose" },
	{ .name = "cleanDisabled", .same = "true", .why = "there is no clean" },
	{ .name = "cleanOnValidationError", .same = "false", .why = "there is no clean" },
	{ .name = "errorOverrides", .list = true,
	    .why = "a statement that fails, fails: catch it in a DO block" },
	{ .name = "dryRunOutput", .variable = "FLYWAY_DRYRUN_OUTPUT",
	    .why = "\"migrate up --dry-run=FILE\"" },
	{ .name = "stream", .why = "files of any size are read piece by piece" },
	{ .name = "batch", .why = "statements always go out together" },
	{ .name = "outputQueryResults",
	    .why = "--verbose shows the first rows of a SELECT's answer" },

	{ .name = "lockRetryCount", .ours = "run_lock_timeout", .put = flyway_put_lock_retries,
	    .why = "in seconds, as there is a try in each; -1 is 0, without end" },
	{ .name = "postgresql.transactional.lock", .same = "false",
	    .why = "the run lock is held by the session, outside of any transaction, and where a "
		   "pooler forbids that by each file's own" },

	{ .name = "callbacks", .list = true, .why = driver },
	{ .name = "skipDefaultCallbacks", .same = "false",
	    .why = "SQL callbacks are run; put away the files" },
	{ .name = "resolvers", .list = true, .why = driver },
	{ .name = "migrationResolvers", .list = true, .why = driver },
	{ .name = "skipDefaultResolvers", .same = "false", .why = driver },
	{ .name = "jarDirs", .list = true, .why = driver },
	{ .name = "configurations", .why = driver },
	{ .name = "nativeConnectors", .why = driver },
	{ .name = "communityDBSupportEnabled", .variable = "FLYWAY_COMMUNITY_DB_SUPPORT_ENABLED",
	    .why = "there is PostgreSQL only" },
	{ .name = "loggers", .list = true, .why = "what is said goes to stderr" },
	{ .name = "outputType", .why = output },
	{ .name = "outputProgress", .why = output },
	{ .name = "outputLogsInJson", .why = output },
	{ .name = "color", .why = output },
	{ .name = "reportEnabled", .same = "false", .why = "\"migrate plan --format markdown\"" },
	{ .name = "reportFilename", .why = "\"migrate plan --format markdown\"" },
	{ .name = "configFiles", .list = true, .put = flyway_put_nothing,
	    .why = "--config names one; these were read" },
	{ .name = "configFileEncoding", .same = "UTF-8", .why = "files are always UTF-8" },
	{ .name = "workingDirectory", .why = "go there, or give --config" },
	{ .name = "licenseKey", .secret = true, .why = paid },
	{ .name = "check", .map = true, .why = paid },
	{ .name = "deploy", .map = true, .why = paid },
	{ .name = "vault", .map = true, .secret = true, .why = secrets },
	{ .name = "dapr", .map = true, .secret = true, .why = secrets },
	{ .name = "gcsm", .map = true, .secret = true, .why = secrets },
	{ .name = "propertyResolvers", .map = true, .secret = true, .why = secrets },
	{ .name = "oracle", .map = true, .why = "there is PostgreSQL only" },
	{ .name = "sqlserver", .map = true, .why = "there is PostgreSQL only" },
	{ .name = NULL },
};
/* clang-format on */

const struct flyway_setting *
flyway_settings(void)
{
	return table;
}

const struct flyway_setting *
flyway_setting_find(const char *name)
{
	for (const struct flyway_setting *s = table; s->name != NULL; s++) {
		size_t length = strlen(s->name);

		if (strncmp(name, s->name, length) == 0 &&
		    (s->map ? name[length] == '.' : name[length] == '\0'))
			return s;
	}
	return NULL;
}

const char *
flyway_variable(struct arena *a, const struct flyway_setting *s)
{
	struct arena_text *text;

	if (s->variable != NULL)
		return s->variable;
	text = arena_text_new(a);
	fputs("FLYWAY_", text->out);
	for (const char *p = s->name; *p != '\0'; p++) {
		if (isupper((unsigned char)*p))
			putc('_', text->out);
		putc(*p == '.' ? '_' : toupper((unsigned char)*p), text->out);
	}
	if (s->map)
		putc('_', text->out);
	return arena_text_end(text);
}
