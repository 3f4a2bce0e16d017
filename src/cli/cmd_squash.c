/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/figure.h"
#include "cli/begin.h"
#include "cli/out.h"
#include "core/squash_files.h"

static bool
is_given(const struct context *c, const char *option)
{
	return command_option(c, option) != NULL;
}

/* --- JSON --- */

static struct json *
differences_json(struct arena *a, const struct differences *d)
{
	struct json *list = json_new_array(a);

	for (size_t i = 0; i < d->count; i++) {
		struct json *json = json_new_object(a);

		json_put_text(json, "what", d->list[i].what);
		json_put_text(json, "files", d->list[i].left);
		json_put_text(json, "other", d->list[i].right);
		json_push(list, json);
	}
	return list;
}

static void
print_json(const struct context *c, const struct session *s, const struct squash_result *r,
    const struct error *failure)
{
	struct json *json = out_json(c, "squash", s, failure);
	struct json *files = json_new_array(c->arena), *changing = json_new_array(c->arena);

	for (size_t i = 0; i < r->changing.count; i++)
		json_push_text(changing, r->changing.items[i]);
	for (size_t i = 0; i < r->file_count; i++)
		json_push_text(files, r->files[i]->path);
	json_put_text(json, "version", r->version);
	json_put_text(json, "path", r->path);
	json_put_text(json, "conf", r->conf);
	json_put_bool(json, "written", failure == NULL && !is_given(c, "check"));
	json_put(json, "files", files);
	json_put(json, "changing", changing);
	json_put_integer(json, "statements", r->statements);
	json_put_integer(json, "rows", r->rows);
	if (is_given(c, "check"))
		json_put_null(json, "bytes");
	else
		json_put_integer(json, "bytes", r->bytes);
	json_put_integer(json, "filesTime", r->files_ms);
	json_put_integer(json, "baselineTime", r->baseline_ms);
	json_put_integer(json, "differenceCount", (int64_t)r->proof.total);
	json_put(json, "differences", differences_json(c->arena, &r->proof));
	if (r->drift_known)
		json_put_integer(json, "driftCount", (int64_t)r->drift.total);
	else
		json_put_null(json, "driftCount");
	json_put(json, "drift", differences_json(c->arena, &r->drift));
	json_put(json, "problems", out_json_problems(c->arena, &r->problems));
	out_json_print(json);
}

/* --- text --- */

static void
print_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	out_put(stdout, slash == NULL ? path : slash + 1);
}

/* "stands for 3 files (V1__a.sql to V3__c.sql)" */
static void
print_files(const struct squash_result *r)
{
	printf("stands for %zu file%s (", r->file_count, r->file_count == 1 ? "" : "s");
	print_name(r->files[0]->path);
	if (r->file_count > 1) {
		printf(" to ");
		print_name(r->files[r->file_count - 1]->path);
	}
	printf(")\n");
}

static const char *
seconds(struct arena *a, int64_t ms)
{
	return arena_printf(a, "%lld.%03lld s", (long long)ms / 1000, (long long)ms % 1000);
}

static void
print_text(const struct context *c, const struct squash_result *r)
{
	struct arena *a = c->arena;

	out_put(stdout, r->path);
	printf(is_given(c, "check") ? ": proved" : ": written and proved, ");
	if (!is_given(c, "check"))
		printf("%s", figure_size(a, r->bytes));
	printf(", %s statement%s, %s row%s\n", figure_count(a, r->statements),
	    r->statements == 1 ? "" : "s", figure_count(a, r->rows), r->rows == 1 ? "" : "s");
	if (!is_given(c, "from-database"))
		print_files(r);
	printf("an empty database takes %s with it", seconds(a, r->baseline_ms));
	if (!is_given(c, "from-database"))
		printf(", %s with the files", seconds(a, r->files_ms));
	printf("\n");
}

/* What a person would do next, and must not do. */
static void
advise(const struct context *c, const struct squash_result *r)
{
	event_note(c->sink,
	    "commit it; keep the versioned files until every database has version %s: those that "
	    "are below go on with them",
	    r->version);
	event_note(c->sink,
	    "then they may be moved away, with \"*:future, versioned:missing\" in "
	    "\"ignore_migration_patterns\", and without \"migrate repair\", which would mark them "
	    "as deleted");
	if (r->conf != NULL)
		event_note(c->sink,
		    "\"%s\" was written too: ${ stands in the file, and Flyway would replace it",
		    r->conf);
}

/* --- differences --- */

/* For each the first line of both, then what only one of them has, on a line of its own. */
static const char *
differences_text(struct arena *a, const struct differences *d)
{
	struct arena_text *text = arena_text_new(a);

	for (size_t i = 0; i < d->count; i++) {
		const struct difference *one = &d->list[i];

		if (one->what != NULL)
			fprintf(text->out, "  %s\n", one->what);
		if (one->left != NULL)
			fprintf(text->out, "- %s\n", one->left);
		if (one->right != NULL)
			fprintf(text->out, "+ %s\n", one->right);
	}
	if (d->total > d->count)
		fprintf(text->out, "and %zu more\n", d->total - d->count);
	return arena_text_end(text);
}

static void
warn_of_drift(const struct context *c, const struct squash_result *r)
{
	if (!r->drift_known || r->drift.total == 0)
		return;
	event_warning(c->sink,
	    "the connected database is not what the files make (-: files, +: database; callbacks "
	    "do not count), and a new one would be as the files say:\n%s",
	    differences_text(c->arena, &r->drift));
}

enum { SHOWN_TABLES = 5 };

static void
note_changing(const struct context *c, const struct squash_result *r)
{
	const struct config_list *tables = &r->changing;
	struct arena_text *text = arena_text_new(c->arena);

	if (tables->count == 0)
		return;
	for (size_t i = 0; i < tables->count && i < SHOWN_TABLES; i++)
		fprintf(text->out, "%s%s", i == 0 ? "" : ", ", tables->items[i]);
	if (tables->count > SHOWN_TABLES)
		fprintf(text->out, " and %zu more", tables->count - SHOWN_TABLES);
	event_note(c->sink,
	    "columns that hold a time or a random number, others each time, were not compared: in "
	    "%s",
	    arena_text_end(text));
}

static void
refuse_proof(const struct context *c, const struct squash_result *r, struct error *err)
{
	bool files = !is_given(c, "from-database");

	error_set(err, ERR_REFUSED, "\"%s\" does not make what the %s: %zu difference%s", r->path,
	    files ? "files make" : "connected database has", r->proof.total,
	    r->proof.total == 1 ? "" : "s");
	err->detail = arena_printf(err->arena, "-: %s, +: B file\n%s",
	    files ? "files" : "connected database", differences_text(err->arena, &r->proof));
	err->state = is_given(c, "check") ? "nothing was changed" : "no file was written";
	if (is_given(c, "check"))
		(void)error_next(err,
		    "Take it away and run \"migrate squash\" again, unless a database has it "
		    "already.");
	else
		(void)error_next(err,
		    "pg_dump does not keep what differs: see what makes it, and whether a new "
		    "database needs it.");
}

/* --- the command --- */

static bool
refuse(const struct context *c, const struct session *s, const struct squash_result *r, int *status)
{
	*status = out_problems_status(&r->problems);
	out_problems(stderr, c->config, &r->problems);
	if (c->config->format == FORMAT_JSON)
		print_json(c, s, r, out_summary(c->arena, &r->problems));
	return true;
}

static bool
tell(const struct context *c, const struct session *s, const struct squash_result *r, int *status)
{
	struct error *err = error_new(c->arena);

	warn_of_drift(c, r);
	note_changing(c, r);
	if (r->proof.total > 0) {
		refuse_proof(c, r, err);
		*status = error_exit(err);
		out_error(stderr, c->config, err);
	}
	if (c->config->format == FORMAT_JSON)
		print_json(c, s, r, r->proof.total > 0 ? err : NULL);
	else if (r->proof.total == 0)
		print_text(c, r);
	if (r->proof.total == 0 && !is_given(c, "check"))
		advise(c, r);
	return true;
}

/* A B file that is there may be proved where nothing is applied. */
static void
check_plan(
    const struct session *s, const struct config *config, bool check, struct problems *problems)
{
	if (check)
		problems_append(problems, &s->plan.file_problems);
	else
		plan_refusals(&s->plan, config, problems);
}

static bool
squash_command(const struct context *c, int *status, struct error *err)
{
	struct goal goal = { .kind = GOAL_UP, .check_only = true };
	struct squash squash = { .version = c->argument_count > 0 ? c->arguments[0] : NULL,
		.description = command_option(c, "description"),
		.check = is_given(c, "check"),
		.from_database = is_given(c, "from-database") };
	struct squash_result result = { .problems = { .arena = c->arena } };
	struct session s;

	*status = 0;
	if (squash.check && squash.description != NULL)
		return error_set(err, ERR_USAGE, "--check takes no --description");
	if (!begin_session(c, &goal, &s, err))
		return false;
	begin_say_notes(c, &s);
	check_plan(&s, c->config, squash.check, &result.problems);
	if (result.problems.count > 0)
		return refuse(c, &s, &result, status);
	if (!squash_choose(&s, &squash, &result, err))
		return false;
	for (size_t i = 0; i < result.warnings.count; i++)
		event_warning(c->sink, "%s", result.warnings.items[i]);
	if (result.problems.count > 0)
		return refuse(c, &s, &result, status);
	if ((c->config->scratch_url == NULL &&
		!begin_ask(c, &s, "make two throwaway databases", err)) ||
	    !squash_run(&s, &squash, &result, err))
		return false;
	return tell(c, &s, &result, status);
}

static const struct command_option options[] = {
	{ "description", "TEXT", false, "of the file; else \"baseline\"" },
	{ "from-database", NULL, false,
	    "of what is in the connected database, without rows, not of the files" },
	{ "check", NULL, false, "prove the B file that is there, and write nothing" },
	{ 0 },
};

const struct command cmd_squash = {
	.name = "squash",
	.args = "[V]",
	.summary = "write one baseline file for new databases, and prove it",
	.description =
	    "Runs the versioned files up to version V (the newest that is applied when left out) "
	    "from nothing in a throwaway database, lets "
	    "pg_dump write what they made, runs that alone in a second one, and writes it as "
	    "B<V>__<description>.sql only when both databases are the same.  A new database then "
	    "takes the B file and goes on behind it; one that has some of the versioned files "
	    "goes on with them.  Where the first files never were, --from-database takes what is "
	    "in the connected database for them.  Both databases are made on the server of the "
	    "setting "
	    "scratch_url, else on that of the url, and dropped at the end.  What acts on the whole "
	    "server, such as roles, is not in a B file.",
	.most_arguments = 1,
	.needs_config = true,
	.acts = true,
	.options = options,
	.run = squash_command,
};
