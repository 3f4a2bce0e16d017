/* SPDX-License-Identifier: MIT */
#include "core/url.h"

#include <string.h>

#include "base/mask.h"
#include "core/jdbc.h"

/* A URL that is being read; p moves along. */
struct cursor {
	struct arena *arena;
	const char *p;
	bool jdbc;
	struct connection *out;
	struct error *err;
};

static const char name_letters[] =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";
static const char encode[] =
    "Percent-encode special characters: \"@\" is %40, \"/\" is %2F, \"%\" is %25.";

static size_t
keyword_count(const struct connection *c)
{
	size_t count = 0;

	while (c->keywords[count] != NULL)
		count++;
	return count;
}

const char *
connection_get(const struct connection *c, const char *keyword)
{
	for (size_t i = 0; c->keywords[i] != NULL; i++)
		if (strcmp(c->keywords[i], keyword) == 0)
			return c->values[i];
	return NULL;
}

struct connection
connection_empty(struct arena *a)
{
	return (struct connection){
		.keywords = arena_alloc(a, sizeof(const char *)),
		.values = arena_alloc(a, sizeof(const char *)),
	};
}

void
connection_set(struct arena *a, struct connection *c, const char *keyword, const char *value)
{
	size_t count = keyword_count(c), at = 0;

	while (at < count && strcmp(c->keywords[at], keyword) != 0)
		at++;
	if (at == count) {
		const char **keywords = arena_alloc(a, (count + 2) * sizeof(*keywords));
		const char **values = arena_alloc(a, (count + 2) * sizeof(*values));

		for (size_t i = 0; i < count; i++) {
			keywords[i] = c->keywords[i];
			values[i] = c->values[i];
		}
		c->keywords = keywords;
		c->values = values;
	}
	c->keywords[at] = keyword;
	c->values[at] = value;
}

/* --- percent-encoding --- */

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* NULL when it is not valid; plus: "+" is a space, as in JDBC URLs. */
static const char *
decode(struct arena *a, const char *text, size_t length, bool plus)
{
	char *decoded = arena_alloc(a, length + 1), *out = decoded;

	for (size_t i = 0; i < length; i++) {
		int high, low;

		if (text[i] != '%') {
			*out++ = plus && text[i] == '+' ? ' ' : text[i];
			continue;
		}
		high = i + 1 < length ? hex_digit(text[i + 1]) : -1;
		low = i + 2 < length ? hex_digit(text[i + 2]) : -1;
		if (high < 0 || low < 0 || (high == 0 && low == 0))
			return NULL;
		*out++ = (char)(high << 4 | low);
		i += 2;
	}
	return decoded;
}

/* The next length characters, decoded; NULL after an error that names what they are. */
static const char *
take(struct cursor *u, size_t length, const char *what)
{
	const char *decoded = decode(u->arena, u->p, length, u->jdbc);

	u->p += length;
	if (decoded != NULL)
		return decoded;
	(void)error_set(
	    u->err, ERR_USAGE, "the %s has a \"%%\" without two digits behind it", what);
	(void)error_next(u->err, "%s", encode);
	return NULL;
}

static bool
take_keyword(struct cursor *u, size_t length, const char *keyword)
{
	const char *value = take(u, length, keyword);

	if (value == NULL)
		return false;
	if (*value != '\0')
		connection_set(u->arena, u->out, keyword, value);
	return true;
}

/* --- parts of a URI --- */

/*
 * As libpq reads it: user and password end at the first "@" if no "/" stands before it.  Any other
 * "@" comes from a password that was not encoded, parts of which libpq would take for a host.
 */
static bool
read_credentials(struct cursor *u)
{
	const char *first = strchr(u->p, '@'), *colon;
	size_t length = strcspn(u->p, "@/");

	if (first == NULL)
		return true;
	if (u->jdbc) {
		(void)error_set(u->err, ERR_USAGE, "a JDBC URL has no \"@\"");
		return error_next(u->err,
		    "Give user and password as parameters, \"?user=...&password=...\".  %s",
		    encode);
	}
	if (u->p + length != first || strchr(first + 1, '@') != NULL) {
		(void)error_set(u->err, ERR_USAGE, "user or password are not percent-encoded");
		return error_next(u->err, "%s", encode);
	}
	colon = memchr(u->p, ':', length);
	if (!take_keyword(u, colon == NULL ? length : (size_t)(colon - u->p), "user"))
		return false;
	if (colon != NULL) {
		u->p++;
		if (!take_keyword(u, (size_t)(first - u->p), "password"))
			return false;
	}
	u->p++;
	return true;
}

static bool
read_host(struct cursor *u, const char **host)
{
	const char *end;

	if (*u->p != '[') {
		*host = take(u, strcspn(u->p, ":/?,"), "host");
		return *host != NULL;
	}
	u->p++;
	end = strchr(u->p, ']');
	if (end == NULL || strchr(":/?,", end[1]) == NULL)
		return error_set(u->err, ERR_USAGE,
		    "an IPv6 address must stand in brackets, such as [::1]:5432");
	*host = take(u, (size_t)(end - u->p), "host");
	u->p++;
	return *host != NULL;
}

static bool
read_port(struct cursor *u, const char **port)
{
	size_t length;

	*port = "";
	if (*u->p != ':')
		return true;
	u->p++;
	length = strcspn(u->p, "/?,");
	if (strspn(u->p, "0123456789") != length)
		return error_set(u->err, ERR_USAGE, "the port is not a number");
	*port = arena_strndup(u->arena, u->p, length);
	u->p += length;
	return true;
}

/* host[:port],... */
static bool
read_hosts(struct cursor *u)
{
	const char *hosts = "", *ports = "";
	bool has_port = false;

	for (const char *comma = "";; comma = ",") {
		const char *host = NULL, *port;

		if (!read_host(u, &host) || !read_port(u, &port))
			return false;
		hosts = arena_printf(u->arena, "%s%s%s", hosts, comma, host);
		ports = arena_printf(u->arena, "%s%s%s", ports, comma, port);
		has_port = has_port || *port != '\0';
		if (*u->p != ',')
			break;
		u->p++;
	}
	if (*hosts != '\0')
		connection_set(u->arena, u->out, "host", hosts);
	if (has_port)
		connection_set(u->arena, u->out, "port", ports);
	return true;
}

/* --- parameters --- */

static bool
put_parameter(struct cursor *u, const char *name, const char *value)
{
	if (u->jdbc)
		return jdbc_put(u->arena, u->out, name, value, u->err);
	/* libpq's own concession to JDBC */
	if (strcmp(name, "ssl") == 0 && strcmp(value, "true") == 0) {
		name = "sslmode";
		value = "require";
	}
	connection_set(u->arena, u->out, name, value);
	return true;
}

/* name=value&... */
static bool
read_parameters(struct cursor *u)
{
	while (*u->p != '\0') {
		size_t length = strspn(u->p, name_letters);
		const char *name, *value;

		/* Anything else may be part of a secret, and names are told in messages. */
		if (u->p[length] != '=' || length == 0)
			return error_set(
			    u->err, ERR_USAGE, "a parameter is not of the form name=value");
		name = arena_strndup(u->arena, u->p, length);
		u->p += length + 1;
		value = take(u, strcspn(u->p, "&"), name);
		if (value == NULL || !put_parameter(u, name, value))
			return false;
		if (*u->p == '&')
			u->p++;
	}
	return true;
}

/* database?parameters */
static bool
read_database(struct cursor *u)
{
	if (!take_keyword(u, strcspn(u->p, "?"), "dbname"))
		return false;
	if (*u->p == '\0')
		return true;
	u->p++;
	return read_parameters(u);
}

/* Everything behind the "//". */
static bool
read_uri(struct cursor *u)
{
	if (!read_credentials(u) || !read_hosts(u))
		return false;
	if (*u->p == '/')
		u->p++;
	return read_database(u);
}

/* Behind "jdbc:postgresql:"; without a host the driver means localhost. */
static bool
read_jdbc(struct cursor *u)
{
	u->jdbc = true;
	if (strncmp(u->p, "//", 2) == 0) {
		u->p += 2;
		if (!read_uri(u))
			return false;
	} else {
		u->p += *u->p == '/';
		if (!read_database(u))
			return false;
	}
	if (connection_get(u->out, "host") == NULL && connection_get(u->out, "service") == NULL)
		connection_set(u->arena, u->out, "host", "localhost");
	return true;
}

/* --- keyword strings --- */

static const char spaces[] = " \t\n\r\f\v";

static bool
not_keywords(struct cursor *u)
{
	(void)error_set(u->err, ERR_USAGE,
	    "neither a URI (postgresql://...) nor a keyword string (host=... dbname=...)");
	return error_next(u->err, "A value with spaces stands in single quotes: password='a b'.");
}

/* A value, quoted or not, with its backslashes taken away. */
static bool
read_value(struct cursor *u, const char **value)
{
	struct arena_text *text = arena_text_new(u->arena);
	bool quoted = *u->p == '\'';

	u->p += quoted;
	while (*u->p != '\0' && (quoted ? *u->p != '\'' : strchr(spaces, *u->p) == NULL)) {
		u->p += *u->p == '\\';
		if (*u->p != '\0') /* libpq drops a backslash at the end */
			putc(*u->p++, text->out);
	}
	if (quoted && *u->p != '\'')
		return error_set(u->err, ERR_USAGE, "a quoted value does not end");
	u->p += quoted;
	*value = arena_text_end(text);
	return true;
}

static bool
read_keywords(struct cursor *u)
{
	for (;;) {
		const char *keyword, *value = NULL;
		size_t length;

		u->p += strspn(u->p, spaces);
		if (*u->p == '\0')
			return true;
		length = strspn(u->p, name_letters);
		keyword = arena_strndup(u->arena, u->p, length);
		u->p += length;
		u->p += strspn(u->p, spaces);
		if (length == 0 || *u->p != '=')
			return not_keywords(u);
		u->p++;
		u->p += strspn(u->p, spaces);
		if (!read_value(u, &value))
			return false;
		connection_set(u->arena, u->out, keyword, value);
	}
}

/* --- all together --- */

/* The scheme of a URL for another database, or NULL. */
static const char *
foreign_scheme(struct arena *a, const char *url)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789+-.";
	size_t length = strspn(url, letters);

	if (strncmp(url, "jdbc:", 5) == 0) {
		length = 5 + strspn(url + 5, letters);
		return arena_strndup(a, url, length);
	}
	return length > 0 && strncmp(url + length, "://", 3) == 0 ? arena_strndup(a, url, length)
								  : NULL;
}

/* The text behind a prefix, or NULL. */
static const char *
behind(const char *text, const char *prefix)
{
	size_t length = strlen(prefix);

	return strncmp(text, prefix, length) == 0 ? text + length : NULL;
}

bool
url_read(struct arena *a, const char *url, struct connection *out, struct error *err)
{
	struct cursor u = { .arena = a, .out = out, .err = err };
	const char *scheme;

	*out = connection_empty(a);
	if ((u.p = behind(url, "postgresql://")) != NULL ||
	    (u.p = behind(url, "postgres://")) != NULL)
		return read_uri(&u);
	if ((u.p = behind(url, "jdbc:postgresql:")) != NULL)
		return read_jdbc(&u);
	scheme = foreign_scheme(a, url);
	if (scheme != NULL) {
		(void)error_set(err, ERR_USAGE, "\"%s\" is not PostgreSQL", scheme);
		return error_next(err,
		    "Write postgresql://user@host/database or jdbc:postgresql://host/database.");
	}
	u.p = url;
	return read_keywords(&u);
}

/* What follows each "password=", raw and decoded. */
static void
hide_parameters(struct arena *a, const char *url)
{
	static const char name[] = "password=";

	for (const char *p = strstr(url, name); p != NULL; p = strstr(p, name)) {
		size_t length;

		p += strlen(name);
		length = strcspn(p, "& ");
		mask_add(arena_strndup(a, p, length));
		mask_add(decode(a, p, length, false));
	}
}

void
url_hide(struct arena *a, const char *url)
{
	struct connection c;
	const char *start = strstr(url, "://"), *at = strrchr(url, '@'), *colon;

	hide_parameters(a, url);
	if (!url_read(a, url, &c, error_new(a))) {
		mask_add(url);
	} else {
		mask_add(connection_get(&c, "password"));
		mask_add(connection_get(&c, "sslpassword"));
	}
	colon = start == NULL ? NULL : strchr(start + 3, ':');
	if (colon == NULL || at == NULL || at < colon)
		return;
	mask_add(arena_strndup(a, colon + 1, (size_t)(at - colon - 1)));
	mask_add(decode(a, colon + 1, (size_t)(at - colon - 1), false));
}
