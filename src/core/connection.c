/* SPDX-License-Identifier: MIT */
#include "core/config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mask.h"
#include "base/process.h"
#include "core/url.h"
#include "core/values.h"
#include "db/conn.h"

enum { PASSWORD_COMMAND_MS = 30000, URL_MAX_LENGTH = 16384 };

static bool
read_url_file(struct arena *a, const char *path, const char **url, struct error *err)
{
	FILE *file = fopen(path, "r");
	char *line = arena_alloc(a, URL_MAX_LENGTH);
	int reason;

	if (file == NULL)
		return error_set(err, ERR_USAGE, "cannot open \"%s\": %s", path, strerror(errno));
	reason = fgets(line, URL_MAX_LENGTH, file) == NULL && ferror(file) ? errno : 0;
	(void)fclose(file); /* at once: no program that is started may inherit it */
	if (reason != 0)
		return error_set(err, ERR_USAGE, "cannot read \"%s\": %s", path, strerror(reason));
	line[strcspn(line, "\r\n")] = '\0';
	if (*line == '\0')
		return error_set(err, ERR_USAGE, "the first line of \"%s\" is empty", path);
	url_hide(a, line);
	*url = line;
	return true;
}

static bool
run_password_command(
    struct arena *a, const struct config *c, struct connection *out, struct error *err)
{
	const char *const arguments[] = { "/bin/sh", "-c", c->password_command, NULL };
	const struct process command = { .arguments = arguments,
		.timeout_ms = PASSWORD_COMMAND_MS };
	const char *output, *password;
	int status;

	if (!process_run(a, &command, &output, &status, err))
		return error_at(err, "password_command");
	if (status != 0) {
		(void)error_set(
		    err, ERR_USAGE, "password_command failed with exit status %d", status);
		return error_next(err, "Run it by hand to see what it says.");
	}
	password = arena_strndup(a, output, strcspn(output, "\r\n"));
	if (*password == '\0')
		return error_set(err, ERR_USAGE, "password_command printed no password");
	mask_add(password);
	connection_set(a, out, "password", password);
	return true;
}

static bool
read_url(struct arena *a, const struct config *c, struct connection *out, struct error *err)
{
	const char *url = c->url, *from = c->url_from;

	if (c->url_file != NULL) {
		from = arena_printf(a, "\"%s\"", c->url_file);
		if (!read_url_file(a, c->url_file, &url, err))
			return false;
	}
	if (url == NULL || url_read(a, url, out, err))
		return true;
	err->place = values_source(c, c->url_file != NULL ? "url-file" : "url")->place;
	if (c->url_file == NULL && err->place.path != NULL)
		return error_at(err, "invalid url");
	return error_at(err, "invalid url from %s", from);
}

/* Older ones look for a file of that name, find none, and check no certificate at all. */
static bool
refuse_system_roots(const struct connection *c, struct error *err)
{
	const char *roots = connection_get(c, "sslrootcert");

	if (roots == NULL)
		roots = getenv("PGSSLROOTCERT");
	if (roots == NULL || strcmp(roots, "system") != 0 || conn_library_version() >= 160000)
		return true;
	(void)error_set(err, ERR_USAGE, "sslrootcert=system needs libpq 16, and this one is %d",
	    conn_library_version() / 10000);
	return error_next(err,
	    "Name the file with the CAs' certificates, "
	    "sslrootcert=/etc/ssl/certs/ca-certificates.crt, and sslmode=verify-full.");
}

bool
config_connection(
    struct arena *a, const struct config *c, struct connection *out, struct error *err)
{
	*out = connection_empty(a);
	if (!read_url(a, c, out, err))
		return false;
	if (c->user != NULL)
		connection_set(a, out, "user", c->user);
	if (c->password != NULL)
		connection_set(a, out, "password", c->password);
	if (c->database != NULL)
		connection_set(a, out, "dbname", c->database);
	if (!refuse_system_roots(out, err))
		return false;
	return c->password_command == NULL || run_password_command(a, c, out, err);
}
