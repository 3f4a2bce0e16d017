/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "sql/grammar.h"

/* --- places and text --- */

struct words
act_words(const struct act_reader *r, size_t at)
{
	return words_start(r->text + at, r->length - at);
}

size_t
act_place(const struct act_reader *r, int32_t location)
{
	size_t at = location > 0 ? (size_t)location : 0;
	struct words s;
	struct word w;

	if (r->newer != NULL)
		at = newer_written(r->newer, at);
	s = act_words(r, at < r->length ? at : r->length);
	words_next(&s, &w);
	return (size_t)(w.text - r->text);
}

size_t
act_element_end(const struct act_reader *r, size_t from)
{
	struct words s = act_words(r, from);
	size_t depth = 0, end = from;
	struct word w;

	while (words_next(&s, &w)) {
		if (depth == 0 && word_is(&w, ",|;|)"))
			break;
		if (word_is(&w, "(|["))
			depth++;
		else if (word_is(&w, ")|]") && depth > 0)
			depth--;
		end = (size_t)(s.at - r->text);
	}
	return end;
}

const char *
act_slice(const struct act_reader *r, size_t from, size_t to)
{
	struct words s = act_words(r, from);
	const char *start = NULL, *end = NULL;
	struct word w;

	while (words_next(&s, &w) && (size_t)(w.text - r->text) < to) {
		start = start != NULL ? start : w.text;
		end = s.at;
	}
	return start == NULL ? NULL : arena_strndup(r->a, start, (size_t)(end - start));
}

/* --- names --- */

const char *
act_text(struct act_reader *r, const char *text)
{
	return text == NULL || *text == '\0' ? NULL : arena_strdup(r->a, text);
}

/* What is PostgreSQL's own is found with any search_path, and mostly written without a schema. */
static const char *
schema_name(struct act_reader *r, const char *schema)
{
	return strcmp(schema, "pg_catalog") == 0 ? NULL : act_text(r, schema);
}

struct act_name
act_relation(struct act_reader *r, const PgQuery__RangeVar *relation)
{
	struct act_name name = { 0 };

	if (relation == NULL)
		return name;
	name.schema = act_text(r, relation->schemaname);
	name.name = act_text(r, relation->relname);
	return name;
}

const char *
act_string(struct act_reader *r, const PgQuery__Node *node)
{
	if (node == NULL || node->node_case != PG_QUERY__NODE__NODE_STRING)
		return NULL;
	return act_text(r, node->string->sval);
}

struct act_name
act_listed(struct act_reader *r, PgQuery__Node *const *names, size_t count, size_t parts)
{
	struct act_name name = { 0 };

	if (count <= parts)
		return name;
	count -= parts;
	name.name = act_string(r, names[count - 1]);
	if (count > 1 && names[count - 2]->node_case == PG_QUERY__NODE__NODE_STRING)
		name.schema = schema_name(r, names[count - 2]->string->sval);
	return name;
}

struct act_name
act_object(struct act_reader *r, const PgQuery__Node *node, size_t parts)
{
	struct act_name name = { 0 };

	if (node == NULL)
		return name;
	switch ((int)node->node_case) { /* of hundreds */
	case PG_QUERY__NODE__NODE_STRING:
		name.name = act_string(r, node);
		break;
	case PG_QUERY__NODE__NODE_LIST:
		return act_listed(r, node->list->items, node->list->n_items, parts);
	case PG_QUERY__NODE__NODE_TYPE_NAME:
		return act_listed(r, node->type_name->names, node->type_name->n_names, parts);
	case PG_QUERY__NODE__NODE_RANGE_VAR:
		return act_relation(r, node->range_var);
	case PG_QUERY__NODE__NODE_OBJECT_WITH_ARGS:
		return act_listed(
		    r, node->object_with_args->objname, node->object_with_args->n_objname, parts);
	}
	return name;
}

const char **
act_strings(struct act_reader *r, PgQuery__Node *const *nodes, size_t count, size_t *kept)
{
	const char **strings = arena_alloc(r->a, (count + 1) * sizeof(*strings));
	size_t i;

	*kept = 0;
	for (i = 0; i < count; i++)
		if (nodes[i]->node_case == PG_QUERY__NODE__NODE_STRING)
			strings[(*kept)++] = arena_strdup(r->a, nodes[i]->string->sval);
	return strings;
}

const PgQuery__DefElem *
act_option(PgQuery__Node *const *options, size_t count, const char *name)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (options[i]->node_case == PG_QUERY__NODE__NODE_DEF_ELEM &&
		    strcmp(options[i]->def_elem->defname, name) == 0)
			return options[i]->def_elem;
	return NULL;
}

/* An option without a value is on. */
bool
act_option_is_on(PgQuery__Node *const *options, size_t count, const char *name)
{
	const PgQuery__DefElem *option = act_option(options, count, name);
	const PgQuery__Node *value = option != NULL ? option->arg : NULL;

	if (value == NULL)
		return option != NULL;
	if (value->node_case == PG_QUERY__NODE__NODE_STRING)
		return strcmp(value->string->sval, "false") != 0 &&
		    strcmp(value->string->sval, "off") != 0;
	if (value->node_case == PG_QUERY__NODE__NODE_INTEGER)
		return value->integer->ival != 0;
	return value->node_case != PG_QUERY__NODE__NODE_BOOLEAN || value->boolean->boolval;
}

static const char *
option_value(struct act_reader *r, const PgQuery__Node *value)
{
	struct act_name name;

	if (value == NULL)
		return NULL;
	switch ((int)value->node_case) { /* of hundreds */
	case PG_QUERY__NODE__NODE_INTEGER:
		return arena_printf(r->a, "%d", value->integer->ival);
	case PG_QUERY__NODE__NODE_FLOAT:
		return arena_strdup(r->a, value->float_->fval);
	case PG_QUERY__NODE__NODE_BOOLEAN:
		return value->boolean->boolval ? "true" : "false";
	}
	name = act_object(r, value, 0);
	return name.name;
}

void
act_options(struct act_reader *r, PgQuery__Node *const *options, size_t count, struct act *act)
{
	size_t i;

	act->values = arena_alloc(r->a, (count + 1) * sizeof(*act->values));
	for (i = 0; i < count; i++) {
		const PgQuery__DefElem *e = options[i]->def_elem;

		if (options[i]->node_case != PG_QUERY__NODE__NODE_DEF_ELEM)
			continue;
		act->values[act->value_count++] = arena_printf(r->a, "%s%s%s", e->defnamespace,
		    *e->defnamespace != '\0' ? "." : "", e->defname);
		if (act->value_count > 1)
			continue;
		act->setting = act->values[0];
		act->value = option_value(r, e->arg);
	}
}

enum act_on
act_on_object(PgQuery__ObjectType type)
{
	static const enum act_on ons[] = {
		[PG_QUERY__OBJECT_TYPE__OBJECT_ATTRIBUTE] = ACT_ON_COLUMN,
		[PG_QUERY__OBJECT_TYPE__OBJECT_AGGREGATE] = ACT_ON_FUNCTION,
		[PG_QUERY__OBJECT_TYPE__OBJECT_COLUMN] = ACT_ON_COLUMN,
		[PG_QUERY__OBJECT_TYPE__OBJECT_DATABASE] = ACT_ON_DATABASE,
		[PG_QUERY__OBJECT_TYPE__OBJECT_DOMAIN] = ACT_ON_DOMAIN,
		[PG_QUERY__OBJECT_TYPE__OBJECT_DOMCONSTRAINT] = ACT_ON_CONSTRAINT,
		[PG_QUERY__OBJECT_TYPE__OBJECT_EXTENSION] = ACT_ON_EXTENSION,
		[PG_QUERY__OBJECT_TYPE__OBJECT_FOREIGN_TABLE] = ACT_ON_FOREIGN_TABLE,
		[PG_QUERY__OBJECT_TYPE__OBJECT_FUNCTION] = ACT_ON_FUNCTION,
		[PG_QUERY__OBJECT_TYPE__OBJECT_INDEX] = ACT_ON_INDEX,
		[PG_QUERY__OBJECT_TYPE__OBJECT_MATVIEW] = ACT_ON_MATERIALIZED_VIEW,
		[PG_QUERY__OBJECT_TYPE__OBJECT_POLICY] = ACT_ON_POLICY,
		[PG_QUERY__OBJECT_TYPE__OBJECT_PROCEDURE] = ACT_ON_FUNCTION,
		[PG_QUERY__OBJECT_TYPE__OBJECT_ROUTINE] = ACT_ON_FUNCTION,
		[PG_QUERY__OBJECT_TYPE__OBJECT_RULE] = ACT_ON_RULE,
		[PG_QUERY__OBJECT_TYPE__OBJECT_SCHEMA] = ACT_ON_SCHEMA,
		[PG_QUERY__OBJECT_TYPE__OBJECT_SEQUENCE] = ACT_ON_SEQUENCE,
		[PG_QUERY__OBJECT_TYPE__OBJECT_STATISTIC_EXT] = ACT_ON_STATISTICS,
		[PG_QUERY__OBJECT_TYPE__OBJECT_TABCONSTRAINT] = ACT_ON_CONSTRAINT,
		[PG_QUERY__OBJECT_TYPE__OBJECT_TABLE] = ACT_ON_TABLE,
		[PG_QUERY__OBJECT_TYPE__OBJECT_TRIGGER] = ACT_ON_TRIGGER,
		[PG_QUERY__OBJECT_TYPE__OBJECT_TYPE] = ACT_ON_TYPE,
		[PG_QUERY__OBJECT_TYPE__OBJECT_VIEW] = ACT_ON_VIEW,
	};

	return (size_t)type < sizeof(ons) / sizeof(ons[0]) ? ons[type] : ACT_ON_OTHER;
}

/* --- reading --- */

struct act *
act_add(struct act_reader *r, enum act_kind kind, const char *form, size_t at)
{
	struct acts *acts = r->acts;
	struct act *act;

	acts->list = arena_extend(r->a, acts->list, acts->count, sizeof(*acts->list));
	act = &acts->list[acts->count];
	*act = (struct act){
		.kind = kind,
		.form = form,
		.at = r->base + (r->base_only ? 0 : (int64_t)at),
		.number = acts->count++,
		.inside = r->inside,
	};
	return act;
}

static bool
read_with(struct act_reader *r, const PgQuery__Node *node, const struct act_row *rows)
{
	for (; rows->read != NULL; rows++) {
		if (rows->node != node->node_case)
			continue;
		rows->read(r, node);
		return true;
	}
	return false;
}

void
act_read(struct act_reader *r, const PgQuery__Node *node)
{
	size_t before = r->acts->count;

	r->root = r->root != NULL ? r->root : node;
	if (!read_with(r, node, act_rows_rows) && !read_with(r, node, act_table_rows) &&
	    !read_with(r, node, act_alter_rows) && !read_with(r, node, act_create_rows))
		read_with(r, node, act_rest_rows);
	if (r->acts->count == before)
		act_add(r, ACT_OTHER, r->form, act_place(r, 0));
}
