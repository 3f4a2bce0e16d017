/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "sql/split.h"

/* Prints how a file is cut, as a JSON array of its items: print_cuts FILE. */

struct source {
	FILE *file;
	char chunk[8192];
};

static bool
read_file(void *source, struct split_chunk *chunk, struct error *err)
{
	struct source *s = source;

	chunk->text = s->chunk;
	chunk->length = fread(s->chunk, 1, sizeof(s->chunk), s->file);
	if (ferror(s->file))
		return error_set(err, ERR_INTERNAL, "cannot read: %s", strerror(errno));
	return true;
}

static struct json *
item_json(struct arena *a, const struct split_item *item)
{
	static const char *const kinds[] = { "end", "statement", "comment", "data", "end of data" };
	struct json *object = json_new_object(a);

	json_put_text(object, "kind", kinds[item->kind]);
	json_put_integer(object, "offset", item->offset);
	json_put_integer(object, "line", item->line);
	json_put_integer(object, "column", item->column);
	json_put_text(object, "text", item->text);
	return object;
}

int
main(int argc, char **argv)
{
	struct arena *a = arena_new(NULL);
	struct error *err = error_new(a);
	struct json *items = json_new_array(a);
	struct source source = { .file = argc == 2 ? fopen(argv[1], "rb") : NULL };
	struct split_item item;
	struct split *s;
	bool printed;

	if (source.file == NULL) {
		fprintf(stderr, "usage: print_cuts FILE\n");
		return 2;
	}
	s = split_new(a, argv[1], true, read_file, &source);
	while (split_next(s, &item, err) && item.kind != SPLIT_END)
		json_push(items, item_json(a, &item));
	if (err->code != ERR_NONE)
		fprintf(stderr, "%s:%lld:%lld: %s\n", argv[1], (long long)err->place.line,
		    (long long)err->place.column, err->message);
	printed = json_print(stdout, items) && err->code == ERR_NONE;
	(void)fclose(source.file); /* nothing was written */
	arena_close(a);
	return printed ? 0 : 1;
}
