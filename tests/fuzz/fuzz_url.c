/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>

#include "base/mask.h"
#include "core/url.h"

/*
 * The bytes as a url, which we must read as libpq does where both take it, and as a password,
 * which must come back whole out of every form of url and be hidden in every text.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *
or_empty(const char *text)
{
	return text == NULL ? "" : text;
}

/* ",," are the usual ports of three hosts, as no port is. */
static bool
is_same(const char *one, const char *other)
{
	return strcmp(one, other) == 0 ||
	    strspn(one, ",") + strspn(other, ",") == strlen(one) + strlen(other);
}

/* Ours refuses more (an "@" in a password); what it takes must not lead to another place. */
static void
compare_with_libpq(const char *url, const struct connection *c)
{
	static const char *const keywords[] = { "host", "port", "user", "password", "dbname" };
	char *message = NULL;
	PQconninfoOption *options = PQconninfoParse(url, &message);

	PQfreemem(message);
	for (PQconninfoOption *o = options; o != NULL && o->keyword != NULL; o++)
		for (size_t i = 0; i < sizeof(keywords) / sizeof(keywords[0]); i++)
			if (strcmp(o->keyword, keywords[i]) == 0)
				assert(is_same(
				    or_empty(o->val), or_empty(connection_get(c, keywords[i]))));
	PQconninfoFree(options);
}

static void
try_url(struct arena *a, const char *url)
{
	struct error *err = error_new(a);
	struct connection c;

	url_hide(a, url);
	if (!url_read(a, url, &c, err)) {
		assert(err->code == ERR_USAGE && err->message != NULL);
		return;
	}
	for (size_t i = 0; c.keywords[i] != NULL; i++)
		assert(c.values[i] != NULL && c.keywords[i][0] != '\0');
	if (strncmp(url, "jdbc:", 5) != 0)
		compare_with_libpq(url, &c);
}

/* In a URI every byte is encoded, in a keyword string only quotes and backslashes are. */
static const char *
encoded(struct arena *a, const char *secret, const char *format, const char *plain)
{
	struct arena_text *text = arena_text_new(a);

	for (const char *p = secret; *p != '\0'; p++) {
		if (strchr(plain, *p) == NULL)
			fprintf(text->out, "%c", *p);
		else
			fprintf(text->out, format, (unsigned char)*p);
	}
	return arena_text_end(text);
}

static bool
is_hidden(const char *text, const char *secret)
{
	return strstr(text, secret) == NULL;
}

static void
try_password(struct arena *a, const char *secret)
{
	const char *all = arena_printf(a, "%s", secret);
	const char *uri = encoded(a, secret, "%%%02X", all);
	const char *words = encoded(a, secret, "\\%c", "'\\");
	const char *urls[] = {
		arena_printf(a, "postgresql://u:%s@h/d", uri),
		arena_printf(a, "postgresql://u@h/d?password=%s", uri),
		arena_printf(a, "host=h password='%s' user=u", words),
		arena_printf(a, "jdbc:postgresql://h/d?user=u&password=%s", uri),
	};

	for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
		struct error *err = error_new(a);
		struct connection c;
		const char *text = arena_printf(a, "no \"%s\" and no %s", secret, urls[i]);

		mask_clear();
		url_hide(a, urls[i]);
		assert(url_read(a, urls[i], &c, err));
		assert(strcmp(or_empty(connection_get(&c, "password")), secret) == 0);
		/* Shorter ones are not hidden, and stars are what hides. */
		if (strlen(secret) > 1 && strchr(secret, '*') == NULL)
			assert(is_hidden(mask_text(a, text), secret));
	}
}

static void
try_escape(struct arena *a, const char *text)
{
	for (int multiline = 0; multiline < 2; multiline++) {
		const char *escaped = mask_escape(a, text, multiline);

		for (const char *p = escaped; *p != '\0'; p++)
			assert(((unsigned char)*p >= ' ' && *p != '\x7f') ||
			    (multiline && (*p == '\n' || *p == '\t')));
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new(NULL);
	const char *text = arena_strndup(a, (const char *)data, size);

	try_url(a, text);
	try_password(a, text);
	try_escape(a, text);
	mask_clear();
	arena_close(a);
	return 0;
}
