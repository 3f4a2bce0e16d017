/* SPDX-License-Identifier: MIT */
#include "sql/grammar.h"

/*
 * A node is one of 230 kinds, and its descriptor has a field for each: the one that is set is
 * looked up by its number.
 */
static void
walk_node(const PgQuery__Node *node, tree_visit *visit, void *context)
{
	const ProtobufCFieldDescriptor *field =
	    protobuf_c_message_descriptor_get_field(&pg_query__node__descriptor, node->node_case);
	const char *at = (const char *)node;

	if (field != NULL)
		tree_walk(*(const ProtobufCMessage *const *)(const void *)(at + field->offset),
		    visit, context);
}

static void
walk_field(
    const char *message, const ProtobufCFieldDescriptor *field, tree_visit *visit, void *context)
{
	const void *at = message + field->offset;
	size_t i, count;

	if (field->type != PROTOBUF_C_TYPE_MESSAGE)
		return;
	if (field->label != PROTOBUF_C_LABEL_REPEATED) {
		tree_walk(*(const ProtobufCMessage *const *)at, visit, context);
		return;
	}
	count = *(const size_t *)(const void *)(message + field->quantifier_offset);
	for (i = 0; i < count; i++)
		tree_walk((*(const ProtobufCMessage *const *const *)at)[i], visit, context);
}

void
tree_walk(const ProtobufCMessage *tree, tree_visit *visit, void *context)
{
	const char *at = (const char *)tree;
	unsigned i;

	if (tree == NULL)
		return;
	if (tree->descriptor == &pg_query__node__descriptor) {
		walk_node((const PgQuery__Node *)tree, visit, context);
		return;
	}
	if (!visit(context, tree) || tree->descriptor == &pg_query__a__const__descriptor)
		return;
	for (i = 0; i < tree->descriptor->n_fields; i++)
		walk_field(at, &tree->descriptor->fields[i], visit, context);
}
