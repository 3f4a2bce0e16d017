/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "core/properties.h"
#include "core/toml.h"

/*
 * The same bytes as flyway.toml and as flyway.conf.  An error has its place, and every text that is
 * found can be written into migrate.yaml and read there again.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_yaml(struct arena *a, const char *text)
{
	struct arena_text *out = arena_text_new(a);
	struct error *err = error_new(a);
	const char *yaml;
	struct node *root;

	fputs("a: ", out->out);
	yaml_put(out->out, text);
	fputs("\n", out->out);
	yaml = arena_text_end(out);
	assert(yaml_read(a, "migrate.yaml", yaml, strlen(yaml), &root, err));
	assert(strcmp(yaml_find(root, "a")->value->text, text) == 0);
}

static void
check_tree(struct arena *a, const struct node *node)
{
	assert(node->place.line > 0 && node->place.column > 0);
	if (node->kind == NODE_SCALAR)
		check_yaml(a, node->text);
	for (size_t i = 0; i < node->count; i++)
		check_tree(a, node->kind == NODE_MAP ? node->pairs[i].value : node->items[i]);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new(NULL);
	const char *text = arena_strndup(a, (const char *)data, size);
	struct error *err = error_new(a);
	struct node *root;

	if (toml_read(a, "flyway.toml", text, size, &root, err))
		check_tree(a, root);
	else
		assert(err->code == ERR_USAGE && err->place.line > 0 && err->place.column > 0);
	if (properties_read(a, "flyway.conf", text, size, &root, err))
		for (size_t i = 0; i < root->count; i++)
			check_yaml(a, root->pairs[i].value->text);
	arena_close(a);
	return 0;
}
