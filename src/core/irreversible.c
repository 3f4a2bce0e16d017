/* SPDX-License-Identifier: MIT */
#include "core/irreversible.h"

#include "core/match.h"
#include "core/plan_lint.h"

static bool
has_undo(const struct match_index *index, const struct script *script)
{
	return script->version != NULL &&
	    match_find(index, SCRIPT_UNDO, script->version, NULL) != NULL;
}

static bool
destroys(const struct checks *checks, const struct script *script)
{
	for (size_t i = 0; i < checks->count; i++) {
		const struct checked *checked = &checks->list[i];

		for (size_t k = 0; checked->script == script && k < checked->count; k++)
			if (checked->findings[k].rule->destroys)
				return true;
	}
	return false;
}

/* What somebody does not want to hear of is gone all the same. */
static bool
lint(struct arena *a, struct session *s, struct checks *out, struct error *err)
{
	struct config config = *s->config;
	struct catalog *catalog;

	config.lint_rules = (struct config_map){ 0 };
	config.lint_paths = (struct config_list){ 0 };
	return plan_lint(a, s, &config, false, out, &catalog, err);
}

bool
irreversible_find(struct session *s, const struct script **out, struct error *err)
{
	struct arena *a = arena_new(s->arena);
	struct match_index index = match_index_make(a, &s->scripts);
	struct checks checks;
	bool ok = lint(a, s, &checks, err);

	*out = NULL;
	for (size_t i = 0; ok && *out == NULL && i < s->plan.step_count; i++) {
		const struct script *script = s->plan.steps[i].script;

		if (script != NULL &&
		    (script->directives.irreversible != NULL ||
			(destroys(&checks, script) && !has_undo(&index, script))))
			*out = script;
	}
	arena_close(a);
	return ok;
}
