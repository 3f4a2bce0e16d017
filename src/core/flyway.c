/* SPDX-License-Identifier: MIT */
#include "core/flyway.h"

#include <string.h>
#include <strings.h>

#include "base/mask.h"
#include "base/text.h"
#include "core/flyway_put.h"
#include "core/values.h"

struct flyway_value *
flyway_find(const struct flyway_values *values, const char *set, const char *name)
{
	for (size_t i = 0; i < values->count; i++)
		if (text_same(values->list[i]->set, set) &&
		    strcmp(values->list[i]->name, name) == 0)
			return values->list[i];
	return NULL;
}

void
flyway_add(struct flyway_values *values, const struct flyway_value *value)
{
	struct flyway_value *known = flyway_find(values, value->set, value->name);

	if (known == NULL) {
		known = arena_alloc(values->arena, sizeof(*known));
		values->list = arena_extend(
		    values->arena, values->list, values->count, sizeof(struct flyway_value *));
		values->list[values->count++] = known;
	}
	*known = *value;
}

/* --- what becomes of a value --- */

void
flyway_leave(struct flyway_translation *t, const struct flyway_value *v, const char *spelled,
    const char *why)
{
	struct flyway_result *r = t->result;

	r->left = arena_extend(r->arena, r->left, r->left_count, sizeof(*r->left));
	r->left[r->left_count++] = (struct flyway_left){
		.set = v->set, .spelled = spelled, .why = why, .place = v->place
	};
}

/* As migrate.yaml would be checked; what a variable holds is not known yet. */
static bool
check_items(struct flyway_translation *t, const struct flyway_line *line,
    const struct flyway_value *v, struct error *err)
{
	struct config *scratch = arena_alloc(t->arena, sizeof(*scratch));
	const struct config_source source = {
		.rank = RANK_FILE, .origin = v->spelled, .place = v->place
	};

	if (v->variable)
		return true;
	values_init(t->arena, scratch);
	for (size_t i = 0; i < line->items.count; i++) {
		const char *item = line->items.items[i];

		if (!(line->entry == NULL ? values_put(scratch, line->setting, item, &source, err)
					  : values_put_entry(scratch, line->setting, line->entry,
						item, &source, err)))
			return false;
	}
	return true;
}

bool
flyway_line(struct flyway_translation *t, const char *ours, const struct flyway_value *v,
    const struct config_list *items, struct error *err)
{
	struct flyway_result *r = t->result;
	const char *dot = strchr(v->name, '.');
	struct flyway_line line = { .set = v->set, .setting = config_find(ours), .items = *items };

	if (line.setting->type == CONFIG_MAP)
		line.entry = dot + 1;
	if (!check_items(t, &line, v, err))
		return false;
	r->lines = arena_extend(r->arena, r->lines, r->line_count, sizeof(*r->lines));
	r->lines[r->line_count++] = line;
	return true;
}

bool
flyway_line_one(struct flyway_translation *t, const char *ours, const struct flyway_value *v,
    const char *item, struct error *err)
{
	struct config_list items = { 0 };

	config_list_add(t->arena, &items, item);
	return flyway_line(t, ours, v, &items, err);
}

static bool
is_text(const struct flyway_value *v, const char *text)
{
	return v->items.count == 1 && strcasecmp(v->items.items[0], text) == 0;
}

static const char *
unknown(struct flyway_translation *t, const char *name)
{
	const char *nearest, **names;
	size_t count = 0;

	if (*name == '[')
		return "it is for other programs than Flyway's command line";
	for (const struct flyway_setting *s = flyway_settings(); s->name != NULL; s++)
		count++;
	names = arena_alloc(t->arena, count * sizeof(*names));
	for (size_t i = 0; i < count; i++)
		names[i] = flyway_settings()[i].name;
	nearest = config_nearest(name, names, count);
	if (nearest == NULL)
		return "Flyway has no such setting";
	return arena_printf(t->arena, "Flyway has no such setting; did you mean \"%s\"?", nearest);
}

static bool
translate(struct flyway_translation *t, const struct flyway_value *v, struct error *err)
{
	const struct flyway_setting *s = flyway_setting_find(v->name);

	for (size_t i = 0; s != NULL && s->secret && i < v->items.count; i++)
		mask_add(v->items.items[i]);
	if (s == NULL)
		flyway_leave(t, v, v->spelled, unknown(t, v->name));
	else if (v->foreign != NULL)
		flyway_leave(t, v, v->spelled,
		    arena_printf(t->arena, "only Flyway can tell what %s is", v->foreign));
	else if (s->same != NULL && is_text(v, s->same))
		flyway_leave(t, v, v->spelled, "it is always so here");
	else if (s->put != NULL)
		return s->put(t, s, v, err);
	else if (s->ours == NULL)
		flyway_leave(t, v, v->spelled, s->why);
	else
		return flyway_line(t, s->ours, v, &v->items, err);
	return true;
}

/* What Flyway does when it is not told is not always what we do. */
static bool
put_defaults(struct flyway_translation *t, struct error *err)
{
	static const struct {
		const char *name, *ours, *value;
	} defaults[] = {
		{ "table", "table", "flyway_schema_history" },
		{ "locations", "directory", "sql" },
	};

	for (size_t i = 0; i < sizeof(defaults) / sizeof(defaults[0]); i++) {
		const struct flyway_value v = { .name = defaults[i].name,
			.spelled = "Flyway's default" };

		if (flyway_find(t->values, NULL, v.name) == NULL &&
		    !flyway_line_one(t, defaults[i].ours, &v, defaults[i].value, err))
			return false;
	}
	return true;
}

bool
flyway_translate(const struct flyway_values *values, struct flyway_result *out, struct error *err)
{
	struct flyway_translation t = { .arena = values->arena, .values = values, .result = out };

	*out = (struct flyway_result){ .arena = values->arena };
	for (size_t i = 0; i < values->count; i++)
		if (!translate(&t, values->list[i], err))
			return false;
	return put_defaults(&t, err);
}
