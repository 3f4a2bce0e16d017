/* SPDX-License-Identifier: MIT */
#include "cli/out.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/mask.h"
#include "base/utf8.h"

enum { USUAL_WIDTH = 80, LEAST_ELASTIC = 8, GAP = 2 };

static bool
environment_says(const char *name)
{
	const char *value = getenv(name);

	return value != NULL && value[0] != '\0';
}

static bool
is_colored(const struct config *config, FILE *out)
{
	const char *term = getenv("TERM");

	switch (config->color) {
	case COLOR_ALWAYS:
		return true;
	case COLOR_NEVER:
		return false;
	case COLOR_AUTO:
		break;
	}
	if (environment_says("NO_COLOR") || term == NULL || strcmp(term, "dumb") == 0)
		return false;
	return isatty(fileno(out));
}

size_t
out_width(FILE *out)
{
	struct winsize size = { 0 };

	if (!isatty(fileno(out)))
		return 0;
	if (ioctl(fileno(out), TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		return size.ws_col;
	return USUAL_WIDTH;
}

void
out_paint(FILE *out, const struct config *config, enum out_color color, const char *text)
{
	static const char *const codes[] = {
		[OUT_ERROR] = "01;31",
		[OUT_WARNING] = "01;35",
		[OUT_NOTE] = "01;36",
		[OUT_PLACE] = "01",
	};

	if (is_colored(config, out))
		fprintf(out, "\033[%sm%s\033[0m", codes[color], text);
	else
		fputs(text, out);
}

/*
 * GitHub's runner takes "##[error]" anywhere in a line for a command, so there the bracket is
 * written as an escape.
 */
static void
put_guarded(FILE *out, const char *text)
{
	const char *command;

	if (!environment_says("GITHUB_ACTIONS")) {
		fputs(text, out);
		return;
	}
	while ((command = strstr(text, "##[")) != NULL) {
		fprintf(out, "%.*s##\\x5b", (int)(command - text), text);
		text = command + strlen("##[");
	}
	fputs(text, out);
}

void
out_put(FILE *out, const char *text)
{
	struct arena *a = arena_new(NULL);

	text = mask_escape(a, mask_text(a, text), false);
	if (strncmp(text, "::", 2) == 0 && environment_says("GITHUB_ACTIONS")) {
		fputs("\\x3a", out); /* it may stand at the start of a line */
		text++;
	}
	put_guarded(out, text);
	arena_close(a);
}

void
out_lines(FILE *out, const char *text)
{
	struct arena *a = arena_new(NULL);
	char *line = arena_strdup(a, mask_escape(a, mask_text(a, text), true));
	size_t length = strlen(line);
	char *end;

	while (length > 0 && line[length - 1] == '\n')
		line[--length] = '\0';
	while ((end = strchr(line, '\n')) != NULL) {
		*end = '\0';
		put_guarded(out, line);
		fputs("\n  | ", out);
		line = end + 1;
	}
	put_guarded(out, line);
	arena_close(a);
}

const char *
out_shorten(struct arena *a, const char *text, size_t columns)
{
	size_t length = strlen(text);

	if (columns == 0 || utf8_columns(text, length) <= columns)
		return text;
	length = utf8_fit(text, length, columns - 1);
	while (length > 0 && text[length - 1] == ' ')
		length--;
	return arena_printf(a, "%.*s…", (int)length, text);
}

void
out_record(FILE *out, const struct record *record)
{
	fputs(record->version != NULL ? "version " : "\"", out);
	out_put(out, record->version != NULL ? record->version : record->description);
	fputs(record->version != NULL ? ": " : "\": ", out);
	out_put(out, record->why);
}

void
out_table_add(struct arena *a, struct out_table *table, const char *const *cells)
{
	for (size_t i = 0; i < table->columns; i++) {
		table->cells =
		    arena_extend(a, table->cells, table->cell_count, sizeof(*table->cells));
		table->cells[table->cell_count++] = cells[i];
	}
}

static size_t
cell_width(const struct out_table *table, size_t cell)
{
	return utf8_columns(table->cells[cell], strlen(table->cells[cell]));
}

/* The elastic column gives way until a line fits into the width; 0 is no limit. */
static size_t *
column_widths(struct arena *a, const struct out_table *table, size_t width)
{
	size_t *widths = arena_alloc(a, table->columns * sizeof(*widths));
	size_t *elastic = &widths[table->elastic];
	size_t total = GAP * (table->columns - 1);

	for (size_t i = 0; i < table->cell_count; i++) {
		size_t *widest = &widths[i % table->columns];
		size_t here = cell_width(table, i);

		*widest = here > *widest ? here : *widest;
	}
	for (size_t i = 0; i < table->columns; i++)
		total += widths[i];
	if (width > 0 && total > width && *elastic > LEAST_ELASTIC) {
		size_t excess = total - width;

		*elastic = *elastic > excess + LEAST_ELASTIC ? *elastic - excess : LEAST_ELASTIC;
	}
	return widths;
}

void
out_table_print(FILE *out, const struct out_table *table)
{
	struct arena *a = arena_new(NULL);
	struct out_table shown = *table;
	size_t *widths, padding = 0;

	shown.cells = arena_alloc(a, table->cell_count * sizeof(*shown.cells));
	for (size_t i = 0; i < table->cell_count; i++) {
		const char *cell = table->cells[i] == NULL ? "" : table->cells[i];

		shown.cells[i] = mask_escape(a, mask_text(a, cell), false);
	}
	widths = column_widths(a, &shown, out_width(out));
	for (size_t i = 0; i < shown.cell_count; i++) {
		size_t column = i % shown.columns;
		const char *cell = out_shorten(a, shown.cells[i], widths[column]);

		/* Padding is owed until something follows: no line ends in blanks. */
		if (cell[0] != '\0') {
			fprintf(out, "%*s", (int)padding, "");
			put_guarded(out, cell);
			padding = 0;
		}
		padding += widths[column] - utf8_columns(cell, strlen(cell)) + GAP;
		if (column + 1 == shown.columns) {
			fputc('\n', out);
			padding = 0;
		}
	}
	arena_close(a);
}

bool
out_finish(struct error *err)
{
	if (fflush(stdout) != 0 || ferror(stdout))
		return error_set(err, ERR_INTERNAL, "cannot write to standard output");
	return true;
}
