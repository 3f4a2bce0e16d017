/* SPDX-License-Identifier: MIT */
#include "core/flyway_put.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/text.h"
#include "core/jdbc.h"
#include "core/url.h"

FLYWAY_PUT(flyway_put_nothing)
{
	(void)t;
	(void)s;
	(void)v;
	(void)err;
	return true;
}

static bool
begins(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

/* --- the connection --- */

FLYWAY_PUT(flyway_put_password)
{
	if (v->variable)
		return flyway_line(t, s->ours, v, &v->items, err);
	flyway_leave(t, v, v->spelled, s->why);
	return true;
}

static void
put_encoded(FILE *out, const char *text)
{
	for (; *text != '\0'; text++) {
		if (strchr("%&=+# ", *text) != NULL)
			fprintf(out, "%%%02X", (unsigned char)*text);
		else
			putc(*text, out);
	}
}

/* A URL in the making: its parameters are looked at one by one. */
struct url {
	struct flyway_translation *t;
	const struct flyway_value *value;
	struct arena_text *text;
	char separator; /* of the next parameter */
};

/* A parameter that libpq knows is kept; name and value are as in the URL. */
static void
add_parameter(struct url *url, const char *name, const char *value)
{
	struct arena *a = url->t->arena;
	struct connection scratch = connection_empty(a);
	const char *spelled = arena_printf(a, "%s: parameter \"%s\"", url->value->spelled, name);
	struct error *err = error_new(a);
	bool variable = strstr(value, "${") != NULL;

	if (strcmp(name, "password") == 0 && !variable) {
		flyway_leave(url->t, url->value, spelled, flyway_setting_find("password")->why);
	} else if (strcmp(name, "sslpassword") == 0 && !variable) {
		flyway_leave(url->t, url->value, spelled,
		    "write it into a service file of libpq: it is not copied into another file");
	} else if (!variable && !jdbc_put(a, &scratch, name, value, err)) {
		flyway_leave(url->t, url->value, spelled, err->message);
	} else {
		fprintf(url->text->out, "%c%s=%s", url->separator, name, value);
		url->separator = '&';
	}
}

/* What stands before the parameters, without a password behind the user's name. */
static void
add_address(struct url *url, const char *text, size_t length)
{
	const char *user = strstr(text, "://"), *end = text + length, *colon, *at;

	user = user == NULL || user >= end ? text : user + strlen("://");
	colon = memchr(user, ':', strcspn(user, "/?"));
	at = colon == NULL ? NULL : memchr(colon, '@', strcspn(colon, "/?"));
	if (at == NULL || strncmp(colon, ":${", 3) == 0) {
		fwrite(text, 1, length, url->text->out);
		return;
	}
	flyway_leave(url->t, url->value,
	    arena_printf(url->t->arena, "%s: password", url->value->spelled),
	    flyway_setting_find("password")->why);
	fwrite(text, 1, (size_t)(colon - text), url->text->out);
	fwrite(at, 1, (size_t)(end - at), url->text->out);
}

static void
add_query(struct url *url, const char *query)
{
	struct arena *a = url->t->arena;

	while (*query != '\0') {
		size_t length = strcspn(query, "&");
		char *name = arena_strndup(a, query, length), *equals = strchr(name, '=');

		if (equals != NULL)
			*equals = '\0';
		if (*name != '\0')
			add_parameter(url, name, equals == NULL ? "" : equals + 1);
		query += length;
		query += *query == '&';
	}
}

/* jdbcProperties.NAME of the same set. */
static void
add_properties(struct url *url)
{
	const struct flyway_values *values = url->t->values;
	struct arena *a = url->t->arena;

	for (size_t i = 0; i < values->count; i++) {
		const struct flyway_value *v = values->list[i];
		struct arena_text *value = arena_text_new(a);

		if (!text_same(v->set, url->value->set) || !begins(v->name, "jdbcProperties."))
			continue;
		if (v->variable)
			fputs(v->items.items[0], value->out);
		else
			put_encoded(value->out, v->items.items[0]);
		add_parameter(url, strchr(v->name, '.') + 1, arena_text_end(value));
	}
}

static bool
refuse_other(struct flyway_translation *t, const struct flyway_value *v, struct error *err)
{
	const char *text = v->items.items[0], *kind = begins(text, "jdbc:") ? text + 5 : text;
	const char *name =
	    arena_strndup(t->arena, text, (size_t)(kind - text) + strcspn(kind, ":"));

	(void)error_set_at(err, ERR_USAGE, v->place, "\"%s\" is not PostgreSQL", name);
	if (strstr(text, ":postgresql:") != NULL)
		return error_next(err, "Write the url without that driver: jdbc:postgresql:...");
	return error_next(err, "migrate works with PostgreSQL only.");
}

static bool
is_postgres(const char *url)
{
	return begins(url, "jdbc:postgresql:") || begins(url, "postgresql://") ||
	    begins(url, "postgres://") || begins(url, "${");
}

FLYWAY_PUT(flyway_put_url)
{
	const char *text = v->items.items[0], *query = strchr(text, '?');
	struct url url = { .t = t, .value = v, .text = arena_text_new(t->arena), .separator = '?' };
	struct connection scratch;
	const char *made;

	url_hide(t->arena, text);
	if (!is_postgres(text)) {
		if (v->set == NULL)
			return refuse_other(t, v, err);
		(void)refuse_other(t, v, err);
		flyway_leave(t, v, v->spelled, arena_strdup(t->arena, err->message));
		error_clear(err);
		return true;
	}
	add_address(&url, text, query == NULL ? strlen(text) : (size_t)(query - text));
	if (query != NULL)
		add_query(&url, query + 1);
	add_properties(&url);
	made = arena_text_end(url.text);
	if (strstr(made, "${") == NULL && !url_read(t->arena, made, &scratch, err)) {
		err->place = v->place;
		return error_at(err, "%s", v->spelled);
	}
	return flyway_line_one(t, s->ours, v, made, err);
}

FLYWAY_PUT(flyway_put_property)
{
	(void)s;
	(void)err;
	if (flyway_find(t->values, v->set, "url") == NULL)
		flyway_leave(t, v, v->spelled, "there is no url to add it to");
	return true;
}

/* --- numbers --- */

static bool
read_number(const struct flyway_value *v, long least, long *number, struct error *err)
{
	char *end;

	*number = strtol(v->items.items[0], &end, 10);
	if (end != v->items.items[0] && *end == '\0' && *number >= least && *number <= 1000000)
		return true;
	return error_set_at(err, ERR_USAGE, v->place, "\"%s\" is not a number from %ld to 1000000",
	    v->spelled, least);
}

/* What a variable holds is not known now. */
static bool
leave_variable(struct flyway_translation *t, const struct flyway_value *v)
{
	if (v == NULL || !v->variable)
		return false;
	flyway_leave(t, v, v->spelled, "a number is needed to translate it");
	return true;
}

/* Flyway waits 1, 2, 4, ... seconds between tries, up to the interval. */
FLYWAY_PUT(flyway_put_connect_retries)
{
	const struct flyway_value *most = flyway_find(t->values, v->set, "connectRetriesInterval");
	long retries, longest = 120, pause = 1, sum = 0;

	if (leave_variable(t, v) || leave_variable(t, most))
		return true;
	if (!read_number(v, 0, &retries, err) ||
	    (most != NULL && !read_number(most, 1, &longest, err)))
		return false;
	for (long i = 0; i < retries; i++) {
		sum += pause < longest ? pause : longest;
		pause = pause < longest ? pause * 2 : longest;
	}
	return flyway_line_one(
	    t, s->ours, v, sum == 0 ? "0" : arena_printf(t->arena, "%lds", sum), err);
}

FLYWAY_PUT(flyway_put_lock_retries)
{
	long retries;

	if (leave_variable(t, v))
		return true;
	if (!read_number(v, -1, &retries, err))
		return false;
	if (retries < 0)
		return flyway_line_one(t, s->ours, v, "0", err);
	return flyway_line_one(
	    t, s->ours, v, arena_printf(t->arena, "%lds", retries == 0 ? 1 : retries), err);
}

/* --- lists --- */

FLYWAY_PUT(flyway_put_schemas)
{
	if (v->items.count == 0)
		return true;
	if (flyway_find(t->values, v->set, "defaultSchema") != NULL) {
		flyway_leave(t, v, v->spelled,
		    "\"defaultSchema\" names the schema; create others in a migration");
		return true;
	}
	if (v->items.count > 1)
		flyway_leave(t, v, v->spelled,
		    "migrate keeps one schema, the first; create the others in a migration");
	return flyway_line_one(t, s->ours, v, v->items.items[0], err);
}

/* Where Maven and Gradle take the class path from, if the folder is there. */
static const char *
on_class_path(struct arena *a, const char *path)
{
	const char *folder = arena_printf(a, "src/main/resources/%s", path);
	struct stat st;

	return stat(folder, &st) == 0 && S_ISDIR(st.st_mode) ? folder : NULL;
}

static const char *
folder_of(struct flyway_translation *t, const struct flyway_value *v, const char *location)
{
	const char *colon = strchr(location, ':');
	const char *path = colon == NULL ? location : colon + 1, *folder = NULL, *why;

	if (strpbrk(path, "*?") != NULL)
		why = "a folder is searched with all below it, and has no wildcards: name it";
	else if (begins(location, "filesystem:"))
		return path;
	else if (colon != NULL && !begins(location, "classpath:"))
		why = "migrations must be in a folder: copy them there before the run";
	else if (folder = on_class_path(t->arena, path + (*path == '/')), folder != NULL)
		return folder;
	else
		why = "there is no class path here: name the folder that is put there";
	flyway_leave(t, v, arena_printf(t->arena, "%s: \"%s\"", v->spelled, location), why);
	return NULL;
}

FLYWAY_PUT(flyway_put_locations)
{
	struct config_list folders = { 0 };

	for (size_t i = 0; i < v->items.count; i++) {
		const char *folder = folder_of(t, v, v->items.items[i]);

		if (folder != NULL)
			config_list_add(t->arena, &folders, *folder == '\0' ? "." : folder);
	}
	return folders.count == 0 || flyway_line(t, s->ours, v, &folders, err);
}
