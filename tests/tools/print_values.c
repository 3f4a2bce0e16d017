/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "sql/statement.h"

/* For each expression, one a line of stdin, what it is worth as the default of a column. */

static enum act_value
value_of(struct arena *a, const char *expression)
{
	const char *text = arena_printf(a, "ALTER TABLE t ADD c int DEFAULT %s", expression);
	struct statement_class class;
	struct acts acts;

	statement_read(a, text, strlen(text), 180000, &class, &acts);
	return acts.count == 1 && acts.list->column_count == 1 ? acts.list->columns->value
							       : VALUE_NONE;
}

int
main(void)
{
	static const char *const names[] = {
		[VALUE_NONE] = "none",
		[VALUE_NULL] = "null",
		[VALUE_CONSTANT] = "constant",
		[VALUE_STABLE] = "stable",
		[VALUE_VOLATILE] = "volatile",
		[VALUE_UNKNOWN] = "unknown",
	};
	char line[1000];

	while (fgets(line, sizeof(line), stdin) != NULL) {
		struct arena *a = arena_new(NULL);

		line[strcspn(line, "\n")] = '\0';
		puts(names[value_of(a, line)]);
		arena_close(a);
	}
	return ferror(stdin) || ferror(stdout) ? 1 : 0;
}
