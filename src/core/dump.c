/* SPDX-License-Identifier: MIT */
#include "core/dump.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/process.h"
#include "core/portable.h"
#include "core/url.h"

extern char **environ;

static const char program[] = "pg_dump";

uint64_t
dump_hash(uint64_t hash, const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		hash = (hash ^ (unsigned char)text[i]) * UINT64_C(1099511628211);
	return hash;
}

/* --- the program --- */

static bool
advise_install(int server_version, struct error *err)
{
	int major = server_version / 10000;

	return error_next(err,
	    "Install pg_dump %d (postgresql-client-%d, or postgresql%d of postgresql.org) and put "
	    "its folder first in PATH.",
	    major, major, major);
}

/* "pg_dump (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)" */
static int
major_version(const char *text)
{
	const char *at = strstr(text, ") ");

	return at == NULL ? 0 : (int)strtol(at + 2, NULL, 10);
}

bool
dump_find_program(struct arena *a, int server_version, struct error *err)
{
	const char *const arguments[] = { program, "--version", NULL };
	struct process p = { .arguments = arguments };
	const char *output;
	int status, version;

	if (!process_run(a, &p, &output, &status, err))
		return err->code == ERR_USAGE ? advise_install(server_version, err) : false;
	version = status == 0 ? major_version(output) : 0;
	if (version >= server_version / 10000)
		return true;
	if (version == 0)
		(void)error_set(
		    err, ERR_USAGE, "\"%s --version\" does not tell a version", program);
	else
		(void)error_set(err, ERR_USAGE, "pg_dump %d cannot read a server of version %d",
		    version, server_version / 10000);
	return advise_install(server_version, err);
}

/* --- its connection --- */

/* Of several hosts and services the one that we are connected to; secrets are not for argv. */
static bool
is_for_argv(const char *keyword)
{
	static const char *const others[] = { "password", "sslpassword", "application_name",
		"fallback_application_name", "client_encoding" };

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (strcmp(keyword, others[i]) == 0)
			return false;
	return true;
}

static void
put_parameter(FILE *out, const char *keyword, const char *value)
{
	fprintf(out, "%s='", keyword);
	for (; *value != '\0'; value++)
		fprintf(out, "%s%c", *value == '\'' || *value == '\\' ? "\\" : "", *value);
	fputs("' ", out);
}

static const char *
connection_text(struct arena *a, struct session *s, struct connection *c)
{
	struct arena_text *text = arena_text_new(a);
	const char *host = connection_get(c, "host"), *address = connection_get(c, "hostaddr");

	if ((host != NULL && strchr(host, ',') != NULL) ||
	    (address != NULL && strchr(address, ',') != NULL)) {
		connection_set(a, c, "host", conn_host(s->conn));
		connection_set(a, c, "port", conn_port(s->conn));
		connection_set(a, c, "hostaddr", "");
	}
	connection_set(a, c, "dbname", conn_database(s->conn));
	for (size_t i = 0; c->keywords[i] != NULL; i++)
		if (c->values[i] != NULL && is_for_argv(c->keywords[i]))
			put_parameter(text->out, c->keywords[i], c->values[i]);
	put_parameter(text->out, "application_name", "migrate squash");
	return arena_text_end(text);
}

/* Other users of the machine read argv, but not the environment. */
static char *const *
environment_with(struct arena *a, const char *password)
{
	size_t count = 0;
	char **copy;

	if (password == NULL)
		return environ;
	while (environ[count] != NULL)
		count++;
	copy = arena_alloc(a, (count + 2) * sizeof(*copy));
	copy[0] = arena_printf(a, "PGPASSWORD=%s", password);
	for (size_t i = 0, at = 1; i < count; i++)
		if (strncmp(environ[i], "PGPASSWORD=", strlen("PGPASSWORD=")) != 0)
			copy[at++] = environ[i];
	return copy;
}

/* --- the dump --- */

/* A pattern of pg_dump that means one table: all in quotes. */
static const char *
table_pattern(struct arena *a, const char *option, const char *schema, const char *table)
{
	struct arena_text *text = arena_text_new(a);
	const char *const names[] = { schema, table };

	fputs(option, text->out);
	for (size_t i = 0; i < 2; i++) {
		fputs(i == 0 ? "\"" : ".\"", text->out);
		for (const char *p = names[i]; *p != '\0'; p++)
			fprintf(text->out, "%s%c", *p == '"' ? "\"" : "", *p);
		fputc('"', text->out);
	}
	return arena_text_end(text);
}

static void
take_line(void *context, const char *line)
{
	struct arena_text *words = context;

	fprintf(words->out, "%s\n", line);
}

static bool
run_program(struct arena *a, struct session *s, enum dump_extent extent, const char *path,
    struct error *err)
{
	const struct history *h = &s->history;
	const char *arguments[16] = { program, "--no-password", "--encoding=UTF8",
		"--lock-wait-timeout=5000", arena_printf(a, "--file=%s", path),
		table_pattern(a, "--exclude-table=", h->schema, h->table),
		table_pattern(a, "--exclude-table=", h->schema, h->journal) };
	struct connection connection;
	struct arena_text *words = arena_text_new(a);
	struct process p = { .arguments = arguments, .take_line = take_line, .context = words };
	const char *ignored; /* its lines are taken as they come */
	size_t count = 7;
	int status;

	if (!config_connection(a, s->config, &connection, err))
		return false;
	if (connection_get(&connection, "sslpassword") != NULL) {
		(void)error_set(err, ERR_USAGE, "sslpassword cannot be handed to pg_dump safely");
		return error_next(err, "Put it into a service file, and \"service\" into the url.");
	}
	if (extent != DUMP_ALL)
		arguments[count++] = "--schema-only";
	if (extent == DUMP_SHAPE) {
		arguments[count++] = "--no-owner";
		arguments[count++] = "--no-privileges";
	}
	if (s->config->role != NULL)
		arguments[count++] = arena_printf(a, "--role=%s", s->config->role);
	arguments[count++] = arena_printf(a, "--dbname=%s", connection_text(a, s, &connection));
	p.environment = environment_with(a, connection_get(&connection, "password"));
	if (!process_run(a, &p, &ignored, &status, err))
		return false;
	if (status == 0)
		return true;
	(void)error_set(err, ERR_SQL, "pg_dump failed with exit status %d", status);
	err->detail = arena_strdup(err->arena, arena_text_end(words));
	return false;
}

static void
remove_file(void *path)
{
	(void)unlink(path); /* pg_dump may not have come as far as to make it */
}

bool
dump_write(struct arena *a, struct session *s, enum dump_extent extent, const char *folder,
    const char *name, struct dump *out, struct error *err)
{
	struct arena *own = arena_new(a);
	struct portable portable = { .folder = folder,
		.raw = arena_printf(own, "%s.raw", name),
		.owner = s->history.user,
		.schema = s->history.schema };
	const char *path = file_join(own, folder, portable.raw);
	bool good;

	*out = (struct dump){ .folder = folder, .name = name };
	arena_defer(own, remove_file, (void *)path);
	good = run_program(own, s, extent, path, err) && portable_write(a, &portable, out, err);
	arena_close(own);
	return good;
}
