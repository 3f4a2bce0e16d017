/* SPDX-License-Identifier: MIT */
#include "sql/quote.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Keywords that no table or column can have as its name without quotes (kwlist.h); sorted. */
static const char *const reserved[] = { "all", "analyse", "analyze", "and", "any", "array", "as",
	"asc", "asymmetric", "authorization", "binary", "both", "case", "cast", "check", "collate",
	"collation", "column", "concurrently", "constraint", "create", "cross", "current_catalog",
	"current_date", "current_role", "current_schema", "current_time", "current_timestamp",
	"current_user", "default", "deferrable", "desc", "distinct", "do", "else", "end", "except",
	"false", "fetch", "for", "foreign", "freeze", "from", "full", "grant", "group", "having",
	"ilike", "in", "initially", "inner", "intersect", "into", "is", "isnull", "join", "lateral",
	"leading", "left", "like", "limit", "localtime", "localtimestamp", "natural", "not",
	"notnull", "null", "offset", "on", "only", "or", "order", "outer", "overlaps", "placing",
	"primary", "references", "returning", "right", "select", "session_user", "similar", "some",
	"symmetric", "system_user", "table", "tablesample", "then", "to", "trailing", "true",
	"union", "unique", "user", "using", "variadic", "verbose", "when", "where", "window",
	"with" };

static int
compare(const void *name, const void *word)
{
	return strcmp(name, *(const char *const *)word);
}

static bool
is_plain(const char *name)
{
	static const char first[] = "abcdefghijklmnopqrstuvwxyz_";
	static const char other[] = "abcdefghijklmnopqrstuvwxyz_0123456789$";

	if (*name == '\0' || strchr(first, *name) == NULL || name[strspn(name, other)] != '\0')
		return false;
	return bsearch(name, reserved, sizeof(reserved) / sizeof(reserved[0]), sizeof(reserved[0]),
		   compare) == NULL;
}

/* Quotes in the text are doubled. */
static const char *
enclose(struct arena *a, const char *text, char quote)
{
	char *quoted = arena_alloc(a, 2 * strlen(text) + 3);
	char *to = quoted;

	*to++ = quote;
	for (; *text != '\0'; text++) {
		if (*text == quote)
			*to++ = quote;
		*to++ = *text;
	}
	*to = quote;
	return quoted;
}

const char *
quote_name(struct arena *a, const char *name)
{
	return is_plain(name) ? name : enclose(a, name, '"');
}

const char *
quote_qualified(struct arena *a, const char *schema, const char *name)
{
	if (schema == NULL)
		return quote_name(a, name);
	return arena_printf(a, "%s.%s", quote_name(a, schema), quote_name(a, name));
}

const char *
quote_string(struct arena *a, const char *text)
{
	return enclose(a, text, '\'');
}
