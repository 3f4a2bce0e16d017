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
	{ "NOT NULL NO INHERIT", { { "CONSTRAINT % NOT NULL", "NO INHERIT", "" } } },
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

struct writer {
	struct arena *a;
	FILE *out;
	const char *text; /* as written */
	size_t length; /* of what is out */
	struct newer *newer;
};

/* What follows stood at from. */
static void
add_seam(struct writer *w, const char *from, bool replaced)
{
	struct newer *n = w->newer;

	n->seams = arena_extend(w->a, n->seams, n->seam_count, sizeof(*n->seams));
	n->seams[n->seam_count++] =
	    (struct newer_seam){ w->length, (size_t)(from - w->text), replaced };
}

static void
write_part(struct writer *w, const char *from, size_t length)
{
	fwrite(from, 1, length, w->out);
	w->length += length;
}

static void
write_row(struct writer *w, const struct row *row, struct words *s)
{
	size_t i;

	for (i = 0; i < 2 && row->parts[i].keep != NULL; i++) {
		const struct part *part = &row->parts[i];
		const char *kept = s->at;

		words_match(s, part->keep);
		add_seam(w, kept, false);
		write_part(w, kept, (size_t)(s->at - kept));
		add_seam(w, s->at, true);
		words_match(s, part->drop);
		write_part(w, " ", 1);
		write_part(w, part->write, strlen(part->write));
		write_part(w, " ", 1);
	}
	add_seam(w, s->at, false);
}

void
newer_rewrite(struct arena *a, const char *text, size_t length, struct newer *out)
{
	struct words s = words_start(text, length);
	struct arena_text *rewritten = arena_text_new(a);
	struct writer w = { a, rewritten->out, text, 0, out };
	bool more = true;

	*out = (struct newer){ 0 };
	while (more) {
		const struct row *row = find_row(s);
		const char *start = s.at;
		struct word word;

		if (row != NULL) {
			write_row(&w, row, &s);
			out->form = out->form != NULL ? out->form : row->form;
			continue;
		}
		more = words_next(&s, &word);
		write_part(&w, start, (size_t)(s.at - start));
	}
	out->text = out->form != NULL ? arena_text_end(rewritten) : NULL;
}

size_t
newer_written(const struct newer *n, size_t older)
{
	struct newer_seam seam = { 0 };
	size_t i;

	for (i = 0; i < n->seam_count && n->seams[i].older <= older; i++)
		seam = n->seams[i];
	return seam.written + (seam.replaced ? 0 : older - seam.older);
}
