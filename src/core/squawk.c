/* SPDX-License-Identifier: MIT */
#include "core/squawk.h"

#include <string.h>

static const char marker[] = "squawk-ignore", for_file[] = "-file", blank[] = " \t,";

/* clang-format off */
const struct squawk_rule squawk_rules[] = {
	{ "adding-field-with-default",
	    "add-column-volatile-default add-column-unknown-default add-column-stored-generated "
	    "add-column-identity" },
	{ "adding-foreign-key-constraint", "fk-not-valid fk-inline-on-add-column" },
	{ "adding-not-nullable-field", "set-not-null add-column-required" },
	{ "adding-required-field", "add-column-required" },
	{ "adding-serial-primary-key-field", "primary-key add-column-serial" },
	{ "ban-alter-domain-with-add-constraint", "alter-domain-add-constraint" },
	{ "ban-char-field", "char-column" },
	{ "ban-concurrent-index-creation-in-transaction", "concurrently-in-transaction" },
	{ "ban-create-domain-with-constraint", "domain-with-check" },
	{ "ban-drop-column", "drop-column" },
	{ "ban-drop-database", "drop-database" },
	{ "ban-drop-not-null", "drop-not-null" },
	{ "ban-drop-table", "drop-table drop-and-create-table" },
	{ "ban-duplicate-column-assignments", "duplicate-column" },
	{ "ban-truncate-cascade", "truncate-cascade truncate" },
	{ "ban-uncommitted-transaction", "transaction-in-file" },
	{ "changing-column-type",
	    "change-type-rewrite change-type-may-rewrite change-type-reindex change-collation "
	    "change-type-with-check type-narrowing" },
	{ "constraint-missing-not-valid",
	    "check-not-valid fk-not-valid not-valid-then-validate named-not-null exclusion-constraint" },
	{ "disallowed-unique-constraint", "unique-constraint unique-inline-on-add-column" },
	{ "identifier-too-long", "identifier-too-long" },
	{ "prefer-bigint-over-int", "prefer-bigint short-int-pk" },
	{ "prefer-bigint-over-smallint", "prefer-bigint short-int-pk" },
	{ "prefer-identity", "prefer-identity" },
	{ "prefer-repack", "vacuum-full cluster" },
	{ "prefer-robust-stmts", "prefer-robust" },
	{ "prefer-text-field", "prefer-text" },
	{ "prefer-timestamp-tz", "prefer-timestamptz" },
	{ "renaming-column", "rename-column" },
	{ "renaming-table", "rename-table" },
	{ "require-concurrent-index-creation",
	    "index-not-concurrent index-on-partitioned-parent" },
	{ "require-concurrent-index-deletion", "drop-index-not-concurrent" },
	{ "require-concurrent-partition-detach", "detach-partition" },
	{ "require-concurrent-reindex", "reindex-not-concurrent" },
	{ "require-enum-value-ordering", "enum-value-order" },
	{ "require-lock-timeout", "lock-timeout-too-long" },
	{ "require-statement-timeout", "" },
	{ "require-table-schema", "schema-qualified" },
	{ "require-timeout-settings", "lock-timeout-too-long" },
	{ "transaction-nesting", "transaction-in-file" },
	{ "unused-ignore", "unused-allow unknown-allow" },
	{ NULL, NULL },
};
/* clang-format on */

const struct squawk_rule *
squawk_rule_find(const char *name)
{
	for (const struct squawk_rule *rule = squawk_rules; rule->name != NULL; rule++)
		if (strcmp(rule->name, name) == 0)
			return rule;
	return NULL;
}

bool
squawk_rule_is(const struct squawk_rule *rule, const char *ours)
{
	size_t length = strlen(ours);

	for (const char *at = rule->ours; (at = strstr(at, ours)) != NULL; at += length)
		if ((at == rule->ours || at[-1] == ' ') &&
		    (at[length] == ' ' || at[length] == '\0'))
			return true;
	return false;
}

/* Line ends between two places of a text. */
static int64_t
count_lines(const char *from, const char *to)
{
	int64_t count = 0;

	for (; from < to; from++)
		count += *from == '\n' || (*from == '\r' && from[1] != '\n');
	return count;
}

static bool
begins_comment(const char *text, const char *at)
{
	while (at > text && (at[-1] == ' ' || at[-1] == '\t'))
		at--;
	return at - text >= 2 && (strncmp(at - 2, "--", 2) == 0 || strncmp(at - 2, "/*", 2) == 0);
}

/* Where the list of names ends: with the line, a reason, or the comment. */
static size_t
names_length(const char *text)
{
	size_t length = strcspn(text, "\r\n");

	for (size_t i = 0; i < length; i++)
		if (strncmp(text + i, "--", 2) == 0 || strncmp(text + i, "*/", 2) == 0)
			return i;
	return length;
}

static const char *
read_reason(struct arena *a, const char *text)
{
	size_t length;

	if (strncmp(text, "--", 2) != 0)
		return NULL;
	text += 2;
	text += strspn(text, blank);
	length = strcspn(text, "\r\n");
	return length == 0 ? NULL : arena_strndup(a, text, length);
}

/* text is behind the marker. */
static void
read_names(struct arena *a, const char *text, struct squawk_ignore *ignore)
{
	const char *end = text + names_length(text);

	ignore->reason = read_reason(a, end);
	for (text += strspn(text, blank); text < end; text += strspn(text, blank)) {
		size_t length = strcspn(text, " \t,\r\n*");

		if (length == 0)
			return;
		ignore->names =
		    arena_extend(a, ignore->names, ignore->name_count, sizeof(*ignore->names));
		ignore->names[ignore->name_count++] = arena_strndup(a, text, length);
		text += length;
	}
}

struct squawk_ignores
squawk_read(struct arena *a, const char *text)
{
	struct squawk_ignores found = { 0 };
	const char *from = text, *at = text;
	int64_t line = 1;

	while ((at = strstr(at, marker)) != NULL) {
		const char *behind = at + strlen(marker);
		bool file = strncmp(behind, for_file, strlen(for_file)) == 0;
		struct squawk_ignore ignore = { 0 };

		line += count_lines(from, at);
		from = at;
		behind += file ? strlen(for_file) : 0;
		if (begins_comment(text, at) && strchr(" \t\r\n", *behind) != NULL) {
			ignore.line = file ? 0 : line;
			read_names(a, behind, &ignore);
			found.list = arena_extend(a, found.list, found.count, sizeof(*found.list));
			found.list[found.count++] = ignore;
		}
		at = behind;
	}
	return found;
}

static bool
names_rule(const struct squawk_ignore *ignore, const char *rule)
{
	/* A comment for the file may leave the names out; for a line that hides nothing. */
	if (ignore->name_count == 0)
		return ignore->line == 0;
	for (size_t i = 0; i < ignore->name_count; i++) {
		const struct squawk_rule *theirs = squawk_rule_find(ignore->names[i]);

		if (theirs != NULL && squawk_rule_is(theirs, rule))
			return true;
	}
	return false;
}

const struct squawk_ignore *
squawk_find(const struct squawk_ignores *ignores, const char *rule, int64_t line)
{
	for (size_t i = 0; i < ignores->count; i++) {
		const struct squawk_ignore *ignore = &ignores->list[i];

		if ((ignore->line == 0 || ignore->line == line || ignore->line + 1 == line) &&
		    names_rule(ignore, rule))
			return ignore;
	}
	return NULL;
}
