/* SPDX-License-Identifier: MIT */
#include "sql/newer.h"

#include <stdbool.h>
#include <string.h>

#include "sql/words.h"

/* The words of keep stay (words_match), those of drop behind them become the text of write. */
struct part {
	const char *keep, *drop, *write;
};

/*
 * The first row that fits at a place counts.  A row without a form is older syntax that must not be
 * taken for what the rows below it look for.
 */
static const struct row {
	const char *form;
	struct part parts[2];
} rows[] = {
	/* 16 */
	{ "SET STORAGE DEFAULT", { { "SET STORAGE", "DEFAULT", "PLAIN" } } },
	{ NULL, { { "SET STORAGE %", "", "" } } },
	{ "STORAGE", { { "", "STORAGE PLAIN|EXTERNAL|EXTENDED|MAIN|DEFAULT", "" } } },
	{ "IS JSON",
	    { { "IS [NOT]", "JSON [VALUE|SCALAR|ARRAY|OBJECT] [WITH|WITHOUT] [UNIQUE] [KEYS]",
		"NULL" } } },
	/* 17 */
	{ "SET EXPRESSION", { { "", "SET EXPRESSION AS ()", "DROP EXPRESSION" } } },
	{ "SET ACCESS METHOD DEFAULT", { { "SET ACCESS METHOD", "DEFAULT", "heap" } } },
	/* 18 */
	{ NULL, { { "ALWAYS AS () STORED", "", "" } } },
	{ "GENERATED ... VIRTUAL", { { "ALWAYS AS ()", "[VIRTUAL]", "STORED" } } },
	{ NULL,
	    { { "CONSTRAINT % NOT NULL CHECK|COLLATE|CONSTRAINT|DEFAULT|GENERATED|NOT|NULL|"
		"PRIMARY|REFERENCES|UNIQUE",
		"", "" } } },
	{ "NOT NULL constraint",
	    { { "CONSTRAINT %", "NOT NULL", "CHECK (" }, { "%", "", "IS NOT NULL)" } } },
	{ "NOT NULL constraint",
	    { { "ADD|,|(", "NOT NULL", "CHECK (" }, { "%", "", "IS NOT NULL)" } } },
	{ "NOT NULL NO INHERIT", { { "NOT NULL", "NO INHERIT", "" } } },
	{ "ALTER CONSTRAINT NOT ENFORCED", { { "ALTER CONSTRAINT %", "NOT ENFORCED", "" } } },
	{ "ALTER CONSTRAINT ENFORCED", { { "ALTER CONSTRAINT %", "ENFORCED", "" } } },
	{ "ALTER CONSTRAINT INHERIT", { { "ALTER CONSTRAINT %", "[NO] INHERIT", "" } } },
	{ "NOT ENFORCED", { { "", "NOT ENFORCED", "" } } },
	{ "ENFORCED", { { "CHECK ()", "ENFORCED", "" } } },
	{ "ENFORCED", { { "REFERENCES % [()]", "ENFORCED", "" } } },
	{ "WITHOUT OVERLAPS", { { "", "WITHOUT OVERLAPS", "" } } },
	{ "PERIOD", { { ",", "PERIOD", "" }, { "% )", "", "" } } },
	{ "VACUUM ONLY", { { "VACUUM|ANALYZE [()]", "ONLY", "" } } },
	/* 19 */
	{ "REPACK", { { "", "REPACK [()] [USING] [INDEX] $", "CLUSTER" } } },
	{ "REPACK", { { "", "REPACK [()]", "CLUSTER" }, { "%", "[()] USING INDEX $", "" } } },
	{ "REPACK", { { "", "REPACK [()]", "CLUSTER" }, { "%", "[()] USING INDEX", "USING" } } },
	{ "REPACK", { { "", "REPACK [()]", "CLUSTER" }, { "%", "[()]", "" } } },
	/* Postgres Pro; twice taken out of PostgreSQL before a release. */
	{ "SPLIT PARTITION",
	    { { "", "SPLIT PARTITION", "DETACH PARTITION" }, { "%", "INTO ()", "" } } },
	{ "MERGE PARTITIONS",
	    { { "", "MERGE PARTITIONS (", "DETACH PARTITION" }, { "%", "... ) INTO %", "" } } },
};

static bool
fits(const struct row *row, struct words s)
{
	size_t i;

	for (i = 0; i < 2 && row->parts[i].keep != NULL; i++)
		if (!words_match(&s, row->parts[i].keep) || !words_match(&s, row->parts[i].drop))
			return false;
	return true;
}

static const struct row *
find_row(struct words s)
{
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (fits(&rows[i], s))
			return &rows[i];
	return NULL;
}

static void
write_row(FILE *out, const struct row *row, struct words *s)
{
	size_t i;

	for (i = 0; i < 2 && row->parts[i].keep != NULL; i++) {
		const struct part *part = &row->parts[i];
		const char *kept = s->at;

		words_match(s, part->keep);
		fwrite(kept, 1, (size_t)(s->at - kept), out);
		words_match(s, part->drop);
		fprintf(out, " %s ", part->write);
	}
}

const char *
newer_rewrite(struct arena *a, const char *text, size_t length, const char **form)
{
	struct words s = words_start(text, length);
	struct arena_text *rewritten = arena_text_new(a);
	bool more = true;

	*form = NULL;
	while (more) {
		const struct row *row = find_row(s);
		const char *start = s.at;
		struct word w;

		if (row != NULL) {
			write_row(rewritten->out, row, &s);
			*form = *form != NULL ? *form : row->form;
			continue;
		}
		more = words_next(&s, &w);
		fwrite(start, 1, (size_t)(s.at - start), rewritten->out);
	}
	return *form != NULL ? arena_text_end(rewritten) : NULL;
}
