/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/mask.h"
#include "base/utf8.h"
#include "cli/out.h"

enum { TAB_STOP = 8, USUAL_WIDTH = 80, LEAST_WIDTH = 20 };

/* A source line as it is shown: secrets hidden, controls escaped, tabs as blanks. */
static const char *
shown_line(struct arena *a, const char *source)
{
	struct arena_text *shown = arena_text_new(a);
	size_t column = 0, end = strlen(source);
	const char *line;

	while (end > 0 && strchr("\r\n", source[end - 1]) != NULL)
		end--;
	line = mask_escape(a, mask_text(a, arena_strndup(a, source, end)), true);
	while (line[0] != '\0') {
		size_t length = strcspn(line, "\t");

		fprintf(shown->out, "%.*s", (int)length, line);
		column += utf8_columns(line, length);
		line += length;
		if (line[0] == '\t') {
			int blanks = (int)(TAB_STOP - column % TAB_STOP);

			fprintf(shown->out, "%*s", blanks, "");
			column += (size_t)blanks;
			line++;
		}
	}
	return arena_text_end(shown);
}

/* The first characters of a text, as a string. */
static const char *
beginning(struct arena *a, const char *text, int64_t characters)
{
	size_t length = strlen(text), at = 0;

	while (characters-- > 0 && at < length) {
		uint32_t code;
		size_t size = utf8_decode(text + at, length - at, &code);

		at += size == 0 ? 1 : size;
	}
	return arena_strndup(a, text, at);
}

/* A piece of a line, so long that its place stands in it. */
struct window {
	const char *text;
	size_t length;
	size_t caret; /* columns before the caret */
	bool cut_before, cut_behind;
};

static struct window
window_make(const char *line, size_t caret, size_t width)
{
	struct window w = { .text = line, .length = strlen(line), .caret = caret };

	if (utf8_columns(line, w.length) <= width)
		return w;
	if (caret > width * 2 / 3) {
		size_t skipped = utf8_fit(line, w.length, caret - width * 2 / 3);

		w.caret -= utf8_columns(line, skipped);
		w.text += skipped;
		w.length -= skipped;
		w.cut_before = true;
	}
	if (utf8_columns(w.text, w.length) > width) {
		w.length = utf8_fit(w.text, w.length, width);
		w.cut_behind = true;
	}
	return w;
}

/*   7 | CREATE TABLE users (id int);
 *     |              ^
 */
static void
print_source(FILE *out, const struct config *config, const struct place *place, struct arena *a)
{
	const char *line = shown_line(a, place->source);
	const char *before = shown_line(a, beginning(a, place->source, place->column - 1));
	char number[32];
	int digits = snprintf(number, sizeof(number), "%lld", (long long)place->line);
	size_t width = out_width(out) == 0 ? USUAL_WIDTH : out_width(out);
	struct window w;

	width -= width > LEAST_WIDTH + 10 ? (size_t)digits + 7 : 0;
	w = window_make(line, utf8_columns(before, strlen(before)), width);
	fprintf(out, "  %s | %s", number, w.cut_before ? "…" : "");
	out_put(out, arena_strndup(a, w.text, w.length));
	fputs(w.cut_behind ? "…\n" : "\n", out);
	if (place->column > 0) {
		int blanks = (int)w.caret + w.cut_before;

		fprintf(out, "  %*s | %*s", digits, "", blanks, "");
		out_paint(out, config, OUT_ERROR, "^");
		fputc('\n', out);
	}
}

void
out_source(FILE *out, const struct config *config, const struct place *place)
{
	struct arena *a;

	if (place->source == NULL || place->line == 0)
		return;
	a = arena_new(NULL);
	print_source(out, config, place, a);
	arena_close(a);
}

void
out_place(FILE *out, const struct config *config, const struct place *place)
{
	struct arena *a = arena_new(NULL);
	struct arena_text *text = arena_text_new(a);

	out_put(text->out, place->path);
	if (place->line > 0)
		fprintf(text->out, ":%lld", (long long)place->line);
	if (place->line > 0 && place->column > 0)
		fprintf(text->out, ":%lld", (long long)place->column);
	fputc(':', text->out);
	out_paint(out, config, OUT_PLACE, arena_text_end(text));
	fputc(' ', out);
	arena_close(a);
}

/* A message about a whole file often begins with its name; then the name is not said twice. */
static bool
says_place(const struct error *err)
{
	const char *slash = strrchr(err->place.path, '/');
	const char *name = slash == NULL ? err->place.path : slash + 1;

	return err->place.line == 0 && strstr(err->message, name) != NULL;
}

/* "3 of 5" of "statement 3 of 5": the label says the rest. */
static const char *
statement_number(const char *statement)
{
	static const char word[] = "statement ";

	if (statement != NULL && strncmp(statement, word, strlen(word)) == 0)
		return statement + strlen(word);
	return statement;
}

void
out_error(FILE *out, const struct config *config, const struct error *err)
{
	const struct {
		const char *label, *text;
	} lines[] = {
		{ "DETAIL", err->detail },
		{ "HINT", err->hint },
		{ "CONTEXT", err->context },
		{ "SQLSTATE", err->sqlstate[0] == '\0' ? NULL : err->sqlstate },
		{ "STATEMENT", statement_number(err->statement) },
		{ "STATE", err->state },
		{ "NEXT", err->next },
	};

	if (config->events) {
		out_event_error(out, err);
		return;
	}
	fputs("migrate: ", out);
	out_paint(out, config, OUT_ERROR, "error:");
	fputc(' ', out);
	if (err->place.path != NULL && !says_place(err))
		out_place(out, config, &err->place);
	out_lines(out, err->message);
	fputc('\n', out);
	out_source(out, config, &err->place);
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		if (lines[i].text == NULL || lines[i].text[0] == '\0')
			continue;
		fprintf(out, "%s:  ", lines[i].label);
		out_lines(out, lines[i].text);
		fputc('\n', out);
	}
}

void
out_problems(FILE *out, const struct config *config, const struct problems *problems)
{
	fflush(stdout); /* the answer comes first, also in a file with both streams */
	for (size_t i = 0; i < problems->count; i++) {
		out_error(out, config, problems->list[i]);
		if (!config->events)
			fputc('\n', out);
	}
	if (problems->count > 0 && !config->events)
		fprintf(out, "migrate: %zu problem%s\n", problems->count,
		    problems->count == 1 ? "" : "s");
}

int
out_problems_status(const struct problems *problems)
{
	int status = 0;

	for (size_t i = 0; i < problems->count; i++) {
		int here = error_exit(problems->list[i]);

		status = here > status ? here : status;
	}
	return status;
}

struct error *
out_summary(struct arena *a, const struct problems *problems)
{
	struct error *summary = error_new(a);

	if (problems->count == 0)
		return NULL;
	if (problems->count == 1) {
		error_copy(summary, problems->list[0]);
		return summary;
	}
	error_set(summary, (enum error_code)out_problems_status(problems),
	    "%zu problems, the first of them: %s", problems->count, problems->list[0]->message);
	return summary;
}
