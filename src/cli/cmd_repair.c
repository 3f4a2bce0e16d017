/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "cli/begin.h"
#include "cli/out.h"

/* What repair does to a row, and Flyway's names for it. */
enum action { ACTION_REMOVE, ACTION_ALIGN, ACTION_DELETE, ACTION_ADD, ACTION_SUCCEED };
enum { ACTION_COUNT = ACTION_SUCCEED + 1 };

static const struct {
	const char *word; /* for the last line */
	const char *member; /* in JSON */
	const char *message; /* in repairActions */
} actions[ACTION_COUNT] = {
	[ACTION_REMOVE] = { "removed", "migrationsRemoved", "Removed failed migrations" },
	[ACTION_ALIGN] = { "aligned", "migrationsAligned", "Aligned applied migration checksums" },
	[ACTION_DELETE] = { "marked as deleted", "migrationsDeleted",
	    "Marked missing migrations as deleted" },
	[ACTION_ADD] = { "added", "migrationsAdded", "Marked migrations as applied" },
	[ACTION_SUCCEED] = { "marked as applied", "migrationsSucceeded",
	    "Marked unfinished migrations as applied" },
};

static enum action
record_action(const struct record *r)
{
	switch (r->kind) {
	case RECORD_DELETE:
		return ACTION_REMOVE;
	case RECORD_UPDATE:
		return ACTION_ALIGN;
	case RECORD_SUCCEED:
		return ACTION_SUCCEED;
	case RECORD_INSERT:
		break;
	}
	return strcmp(r->type, "DELETE") == 0 ? ACTION_DELETE : ACTION_ADD;
}

/* A row of the history as it was or is now. */
struct image {
	int rank;
	const char *version, *description, *type, *script;
	bool has_checksum;
	int32_t checksum;
	bool success;
};

static bool
image_before(const struct history *h, const struct record *r, struct image *image)
{
	for (size_t i = 0; i < h->count && r->kind != RECORD_INSERT; i++) {
		const struct history_row *row = &h->rows[i];

		if (row->rank != r->rank)
			continue;
		*image = (struct image){ row->rank, row->version, row->description, row->type,
			row->script, row->has_checksum, row->checksum, row->success };
		return true;
	}
	return false;
}

static bool
image_behind(const struct history *h, const struct record *r, struct image *image)
{
	switch (r->kind) {
	case RECORD_DELETE:
		return false;
	case RECORD_INSERT:
		*image = (struct image){ r->rank, r->version, r->description, r->type, r->script,
			r->has_checksum, r->checksum, r->success };
		return true;
	case RECORD_UPDATE:
		if (!image_before(h, r, image))
			return false;
		image->description = r->description;
		image->type = r->type;
		image->has_checksum = r->has_checksum;
		image->checksum = r->checksum;
		return true;
	case RECORD_SUCCEED:
		if (!image_before(h, r, image))
			return false;
		image->success = true;
		return true;
	}
	return false;
}

/* The columns that repair may touch, in the table's order. */
static void
print_image(char sign, const struct image *image)
{
	printf("  %c %d | ", sign, image->rank);
	out_put(stdout, image->version == NULL ? "" : image->version);
	printf(" | ");
	out_put(stdout, image->description);
	printf(" | ");
	out_put(stdout, image->type);
	printf(" | ");
	out_put(stdout, image->script);
	if (image->has_checksum)
		printf(" | %d", (int)image->checksum);
	else
		printf(" |");
	printf(" | %s\n", image->success ? "t" : "f");
}

static void
print_record(const struct history *h, const struct record *r)
{
	struct image image;

	printf("%s: ", actions[record_action(r)].word);
	out_put(stdout, r->why);
	printf("\n");
	if (image_before(h, r, &image))
		print_image('-', &image);
	if (image_behind(h, r, &image))
		print_image('+', &image);
}

static void
count_records(const struct run_result *result, size_t counts[ACTION_COUNT])
{
	for (size_t i = 0; i < result->applied; i++)
		for (size_t j = 0; j < result->steps[i]->record_count; j++)
			counts[record_action(&result->steps[i]->records[j])]++;
}

static void
print_counts(const size_t counts[ACTION_COUNT])
{
	const char *before = "";

	for (size_t i = 0; i < ACTION_COUNT; i++) {
		if (counts[i] == 0)
			continue;
		printf("%s%zu %s", before, counts[i], actions[i].word);
		before = ", ";
	}
	printf(before[0] == '\0' ? "nothing to repair\n" : "\n");
}

static bool
print_text(const struct session *s, const struct run_result *result, struct error *err)
{
	size_t counts[ACTION_COUNT] = { 0 };

	for (size_t i = 0; i < result->applied; i++)
		for (size_t j = 0; j < result->steps[i]->record_count; j++)
			print_record(&s->history, &result->steps[i]->records[j]);
	count_records(result, counts);
	print_counts(counts);
	return out_finish(err);
}

static struct json *
image_json(struct arena *a, const struct image *image)
{
	struct json *json = json_new_object(a);

	json_put_integer(json, "installedRank", image->rank);
	json_put_text(json, "version", image->version);
	json_put_text(json, "description", image->description);
	json_put_text(json, "type", image->type);
	json_put_text(json, "script", image->script);
	if (image->has_checksum)
		json_put_integer(json, "checksum", image->checksum);
	else
		json_put_null(json, "checksum");
	json_put_bool(json, "success", image->success);
	return json;
}

static struct json *
record_json(const struct session *s, const struct record *r)
{
	struct json *json = json_new_object(s->arena);
	struct image before, behind;
	bool was = image_before(&s->history, r, &before);
	bool is = image_behind(&s->history, r, &behind);
	const struct image *image = is ? &behind : &before;

	json_put_text(json, "version", was || is ? image->version : r->version);
	json_put_text(json, "description", was || is ? image->description : r->description);
	json_put_text(json, "filepath", was || is ? image->script : r->script);
	json_put(json, "before", was ? image_json(s->arena, &before) : NULL);
	json_put(json, "after", is ? image_json(s->arena, &behind) : NULL);
	return json;
}

static bool
print_json(const struct context *c, const struct session *s, const struct run_result *result,
    const struct problems *problems, struct error *err)
{
	struct json *json = out_json(c, "repair", s, out_summary(c->arena, problems));
	struct json *messages = json_new_array(c->arena), *lists[ACTION_COUNT];
	size_t counts[ACTION_COUNT] = { 0 };

	for (size_t i = 0; i < ACTION_COUNT; i++)
		lists[i] = json_new_array(c->arena);
	for (size_t i = 0; i < result->applied; i++) {
		for (size_t j = 0; j < result->steps[i]->record_count; j++) {
			const struct record *r = &result->steps[i]->records[j];

			json_push(lists[record_action(r)], record_json(s, r));
		}
	}
	count_records(result, counts);
	for (size_t i = 0; i < ACTION_COUNT; i++)
		if (counts[i] > 0)
			json_push_text(messages, actions[i].message);
	json_put(json, "repairActions", messages);
	for (size_t i = 0; i < ACTION_COUNT; i++)
		json_put(json, actions[i].member, lists[i]);
	json_put(json, "problems", out_json_problems(c->arena, problems));
	return out_json_print(json, err);
}

static bool
goal_read(const struct context *c, struct goal *goal, struct error *err)
{
	goal->kind = GOAL_REPAIR;
	goal->mark_applied = command_option(c, "applied");
	goal->mark_pending = command_option(c, "pending");
	if (goal->mark_applied != NULL && goal->mark_pending != NULL)
		return error_set(err, ERR_USAGE, "--applied and --pending exclude each other");
	return true;
}

static bool
repair_run(const struct context *c, int *status, struct error *err)
{
	struct session s;
	struct run_result result = { 0 };
	struct goal goal = { 0 };
	struct problems problems = { .arena = c->arena };

	*status = 0;
	if (!goal_read(c, &goal, err) || !begin_session(c, &goal, &s, err))
		return false;
	plan_refusals(&s.plan, c->config, &problems);
	if (problems.count > 0) {
		*status = out_problems_status(&problems);
		out_problems(stderr, c->config, &problems);
	} else if (!begin_confirm(c, &s, "repair the history", err) ||
	    !run_plan(&s, &goal, &result, err)) {
		return false;
	}
	if (c->config->format == FORMAT_JSON)
		return print_json(c, &s, &result, &problems, err);
	return problems.count > 0 || print_text(&s, &result, err);
}

static const struct command_option options[] = {
	{ "applied", "V", false, "mark version V (or a repeatable's description) as applied" },
	{ "pending", "V", false, "mark version V (or a repeatable's description) as not applied" },
	{ 0 },
};

const struct command cmd_repair = {
	.name = "repair",
	.args = "",
	.summary = "make the history fit the files again",
	.description =
	    "Removes the rows of failed files, marks those whose file is gone as deleted, and "
	    "aligns\n"
	    "description, type and checksum of the others with their files.  With --applied or\n"
	    "--pending only the file named is marked by hand: nothing of its SQL is run or "
	    "undone.\n"
	    "Prints every row that was changed, as it was and as it is now.",
	.needs_config = true,
	.options = options,
	.run = repair_run,
};
