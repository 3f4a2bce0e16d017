/* SPDX-License-Identifier: MIT */
#include "core/name.h"

#include <string.h>
#include <strings.h>

#include "base/utf8.h"
#include "core/callback.h"

static const char suffix[] = ".sql", separator[] = "__";

/* Flyway's display version of "latest", as a number. */
static const char reserved_version[] = "9223372036854775807";

static const struct prefix {
	char letter;
	enum script_kind kind;
} prefixes[] = {
	{ 'V', SCRIPT_VERSIONED },
	{ 'R', SCRIPT_REPEATABLE },
	{ 'U', SCRIPT_UNDO },
	{ 'B', SCRIPT_BASELINE },
};
enum { PREFIX_COUNT = sizeof(prefixes) / sizeof(prefixes[0]) };

/* A name taken apart: prefix BEFORE __ DESCRIPTION. */
struct parts {
	const char *stem; /* without suffix */
	const char *before, *description;
	bool known; /* the prefix is one of ours */
	bool separated; /* __ stands in it */
};

bool
name_is_sql(const char *name)
{
	size_t length = strlen(name);

	return length >= strlen(suffix) && strcasecmp(name + length - strlen(suffix), suffix) == 0;
}

static bool
is_harmful(uint32_t code)
{
	return code < 0x20 || (code >= 0x7f && code < 0xa0) || (code >= 0x202a && code <= 0x202e) ||
	    (code >= 0x2066 && code <= 0x2069);
}

bool
name_check(const char *path, struct error *err)
{
	size_t length = strlen(path), size;
	uint32_t code;

	for (size_t i = 0; i < length; i += size) {
		size = utf8_decode(path + i, length - i, &code);
		if (size > 0 && !is_harmful(code))
			continue;
		(void)error_set_at(err, ERR_REFUSED, (struct place){ .path = path },
		    size == 0 ? "the file's name is not valid UTF-8"
			      : "the file's name contains a control character");
		return error_next(err, "Rename the file.");
	}
	return true;
}

/* Bytes of the longest beginning that Java counts as so many characters (of UTF-16). */
static size_t
java_prefix(const char *text, size_t characters)
{
	size_t length = strlen(text), at = 0;

	while (at < length) {
		uint32_t code = 0;
		size_t size = utf8_decode(text + at, length - at, &code);
		size_t units = code >= 0x10000 ? 2 : 1;

		if (units > characters)
			break;
		characters -= units;
		at += size == 0 ? 1 : size;
	}
	return at;
}

static const char *
shorten_description(struct arena *a, const char *text)
{
	if (text[java_prefix(text, 200)] == '\0')
		return text;
	return arena_printf(a, "%.*s...", (int)java_prefix(text, 197), text);
}

const char *
name_shorten_path(struct arena *a, const char *path)
{
	size_t end = java_prefix(path, 1000), start = java_prefix(path, 3);

	if (path[end] == '\0')
		return path;
	return arena_printf(a, "...%.*s", (int)(end - start), path + start);
}

typedef int compare(const char *a, const char *b, size_t length);

/* The longest event that a name begins with, or NULL. */
static const char *
find_event(const char *stem, compare *same)
{
	const char *found = NULL;

	for (size_t i = 0; i < callback_event_count; i++) {
		const char *event = callback_events[i].name;
		size_t length = strlen(event);

		if (same(stem, event, length) == 0 && (found == NULL || length > strlen(found)))
			found = event;
	}
	return found;
}

static struct parts
take_apart(struct arena *a, const char *name, struct script *s)
{
	struct parts parts = {
		.stem = arena_strndup(a, name, strlen(name) - strlen(suffix)),
		.description = "",
	};
	const char *rest = parts.stem, *found;

	s->event = find_event(parts.stem, strncmp);
	if (s->event != NULL) {
		s->kind = SCRIPT_CALLBACK;
		rest += strlen(s->event);
		parts.known = true;
	}
	for (size_t i = 0; i < PREFIX_COUNT && !parts.known; i++) {
		if (*rest != prefixes[i].letter)
			continue;
		s->kind = prefixes[i].kind;
		rest++;
		parts.known = true;
	}
	found = strstr(rest, separator);
	parts.separated = found != NULL;
	parts.before = found == NULL ? rest : arena_strndup(a, rest, (size_t)(found - rest));
	if (found != NULL)
		parts.description = found + strlen(separator);
	return parts;
}

static bool
is_versioned(enum script_kind kind)
{
	return kind == SCRIPT_VERSIONED || kind == SCRIPT_UNDO || kind == SCRIPT_BASELINE;
}

/* Bytes of the version that a text begins with, its separators inside only. */
static size_t
version_span(const char *text)
{
	static const char digits[] = "0123456789";
	size_t length = strspn(text, digits);

	while (length > 0 && (text[length] == '.' || text[length] == '_')) {
		size_t more = strspn(text + length + 1, digits);

		if (more == 0)
			break;
		length += 1 + more;
	}
	return length;
}

static const char blanks[] = "._- ";

/* PREFIX, or PREFIX__DESCRIPTION; NULL when no separator of any kind stands between them. */
static const char *
guess_with(struct arena *a, const char *prefix, const char *rest)
{
	const char *description = rest + strspn(rest, blanks);

	if (*rest == '\0')
		return arena_printf(a, "%s%s", prefix, suffix);
	if (description == rest)
		return NULL;
	return arena_printf(a, "%s%s%s%s", prefix, separator, description, suffix);
}

/* Only a version that is read whole, up to the separator if there is one, is worth a guess. */
static const char *
guess_versioned(struct arena *a, char letter, const char *rest)
{
	const char *end;
	size_t length;

	rest += strspn(rest, blanks);
	length = version_span(rest);
	end = strstr(rest, separator);
	if (length == 0 || (end != NULL && rest + length + strspn(rest + length, blanks) < end))
		return NULL;
	return guess_with(a, arena_printf(a, "%c%.*s", letter, (int)length, rest), rest + length);
}

static const char *
guess_repeatable(struct arena *a, const char *rest)
{
	return guess_with(a, "R", rest + strspn(rest, "0123456789"));
}

static const char *
nearest_event(struct arena *a, const char *word)
{
	const char **names = arena_alloc(a, callback_event_count * sizeof(*names));

	for (size_t i = 0; i < callback_event_count; i++)
		names[i] = callback_events[i].name;
	return config_nearest(word, names, callback_event_count);
}

/* The name that was probably meant, or NULL. */
static const char *
guess(struct arena *a, const char *stem)
{
	const char *event = find_event(stem, strncasecmp);
	const char *word;

	if (event != NULL)
		return guess_with(a, event, stem + strlen(event));
	if (*stem >= '0' && *stem <= '9')
		return guess_versioned(a, 'V', stem);
	for (size_t i = 0; i < PREFIX_COUNT; i++) {
		if (strncasecmp(stem, &prefixes[i].letter, 1) == 0 &&
		    strchr("0123456789._- ", stem[1]) != NULL)
			return is_versioned(prefixes[i].kind)
			    ? guess_versioned(a, prefixes[i].letter, stem + 1)
			    : guess_repeatable(a, stem + 1);
	}
	word = arena_strndup(a, stem, strcspn(stem, blanks));
	event = nearest_event(a, word);
	return event == NULL ? NULL : guess_with(a, event, stem + strlen(word));
}

static const char *
reason(struct arena *a, const struct script *s, const struct parts *parts)
{
	if (!parts->known)
		return "it begins neither with V, R, U or B nor with the name of a callback";
	if (is_versioned(s->kind) && *parts->before == '\0')
		return "it has no version";
	if (!parts->separated)
		return "it needs two underscores before the description";
	if (!is_versioned(s->kind))
		return "only the description may follow its prefix, behind two underscores";
	if (version_span(parts->before) == strlen(parts->before))
		return arena_printf(a, "its version is longer than %d characters", VERSION_LENGTH);
	return arena_printf(
	    a, "\"%s\" is no version: numbers with single points between them", parts->before);
}

static bool
refuse(struct arena *a, const struct script *s, const char *name, const struct parts *parts,
    struct error *err)
{
	const char *meant = guess(a, parts->stem);

	error_set_at(err, ERR_REFUSED, (struct place){ .path = s->path },
	    "\"%s\" is not the name of a migration: %s", s->path, reason(a, s, parts));
	if (meant != NULL && strcmp(meant, name) != 0)
		return error_next(err, "Rename it to \"%s\", or list it under \"ignore\".", meant);
	return error_next(err,
	    "Name it V<version>__<description>.sql, R__<description>.sql, U<version>__..., "
	    "B<version>__... or by the event of a callback, or list it under \"ignore\".");
}

bool
name_parse(struct arena *a, struct script *s, struct error *err)
{
	const char *slash = strrchr(s->path, '/'), *name = slash == NULL ? s->path : slash + 1;
	struct parts parts = take_apart(a, name, s);
	char *description;

	if (!parts.known)
		return refuse(a, s, name, &parts, err);
	if (is_versioned(s->kind) ? !version_valid(parts.before) : *parts.before != '\0')
		return refuse(a, s, name, &parts, err);
	if (is_versioned(s->kind)) {
		s->version = version_text(a, parts.before);
		if (version_compare(s->version, reserved_version) == 0)
			return error_set_at(err, ERR_REFUSED, (struct place){ .path = s->path },
			    "version %s of \"%s\" is reserved: it stands for the latest one",
			    s->version, s->path);
	}
	description = arena_strdup(a, parts.description);
	for (char *p = description; *p != '\0'; p++)
		if (*p == '_')
			*p = ' ';
	s->description = shorten_description(a, description);
	return true;
}
