/* SPDX-License-Identifier: MIT */
#include "core/plan_lint.h"

#include <string.h>

#include "sql/quote.h"

/* A refusal stands among the problems of the plan already. */
static void
drop_refused(struct checked *checked)
{
	size_t kept = 0;

	for (size_t i = 0; i < checked->count; i++)
		if (checked->script->sound || !checked->findings[i].rule->refused)
			checked->findings[kept++] = checked->findings[i];
	checked->count = kept;
}

/* The names of schemas only: "$user" is the role. */
static const char *
plain_path(struct arena *a, const struct session *s)
{
	static const char user[] = "\"$user\"";
	const char *path = s->history.search_path;
	const char *at = path != NULL ? strstr(path, user) : NULL;

	if (at == NULL)
		return path;
	return arena_printf(a, "%.*s%s%s", (int)(at - path), path,
	    quote_name(a, s->environment.user), at + strlen(user));
}

/* What one answer makes rules ask for next is asked once more, and that is all. */
enum { READINGS = 2 };

bool
plan_lint(struct arena *a, struct session *s, const struct config *config, bool trust_facts,
    struct checks *out, struct catalog **catalog, struct error *err)
{
	const struct plan *plan = &s->plan;
	struct check_file *files = arena_alloc(a, (plan->step_count + 1) * sizeof(*files));
	struct problems none = { .arena = a }; /* the plan has read them all */
	struct script_environment environment = s->environment;
	struct check_request request = {
		.files = files,
		.environment = &environment,
		.together = true,
		.search_path = plain_path(a, s),
		.lookup = catalog_lookup,
		.source = *catalog = catalog_new(a),
		.trust_facts = trust_facts,
	};

	environment.config = config;
	for (size_t i = 0; i < plan->step_count; i++)
		if (plan->steps[i].kind == STEP_SCRIPT)
			files[request.file_count++].script = plan->steps[i].script;
	check_scripts(a, &request, out, &none);
	for (int i = 0; i < READINGS && catalog_wants(*catalog); i++) {
		if (!catalog_read(*catalog, s, err))
			return false;
		check_scripts(a, &request, out, &none);
	}
	for (size_t i = 0; i < out->count; i++)
		drop_refused(&out->list[i]);
	return true;
}
