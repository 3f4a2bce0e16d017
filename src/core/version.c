/* SPDX-License-Identifier: MIT */
#include "core/version.h"

#include <string.h>

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The digits of the next part without its leading zeros; moves behind the part's separator. */
static const char *
next_part(const char **rest, size_t *length)
{
	const char *part = *rest, *end = part + strcspn(part, "._");

	while (part < end && *part == '0')
		part++;
	*length = (size_t)(end - part);
	*rest = *end == '\0' ? end : end + 1;
	return part;
}

int
version_compare(const char *a, const char *b)
{
	while (*a != '\0' || *b != '\0') {
		size_t a_length, b_length;
		const char *a_part = next_part(&a, &a_length), *b_part = next_part(&b, &b_length);
		int order;

		if (a_length != b_length)
			return a_length < b_length ? -1 : 1;
		order = memcmp(a_part, b_part, a_length);
		if (order != 0)
			return order;
	}
	return 0;
}

bool
version_valid(const char *text)
{
	const char *p = text;

	for (;;) {
		if (!is_digit(*p))
			return false;
		while (is_digit(*p))
			p++;
		if (*p == '\0')
			return p - text <= VERSION_LENGTH;
		if (*p != '.' && *p != '_')
			return false;
		p++;
	}
}

bool
version_check(const char *text, struct error *err)
{
	if (version_valid(text))
		return true;
	(void)error_set(err, ERR_USAGE, "\"%s\" is not a version", text);
	return error_next(err,
	    "A version is made of numbers with dots or underscores between them, %d characters at "
	    "most.",
	    VERSION_LENGTH);
}

const char *
version_text(struct arena *a, const char *text)
{
	char *copy = arena_strdup(a, text);

	for (char *p = copy; *p != '\0'; p++)
		if (*p == '_')
			*p = '.';
	return copy;
}
