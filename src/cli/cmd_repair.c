/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "cli/begin.h"
#include "cli/out.h"

/* What repair does to a row, and Flyway's names for it. */
enum action {
	ACTION_REMOVE,
	ACTION_ALIGN,
	ACTION_DELETE,
	ACTION_ADD,
	ACTION_SUCCEED,
	ACTION_FORGET
};
enum { ACTION_COUNT = ACTION_FORGET + 1 };

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
	[ACTION_FORGET] = { "marked as pending", "migrationsForgotten",
	    "Marked migrations of unknown outcome as pending" },
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
	case RECORD_FORGET:
		return ACTION_FORGET;
	case RECORD_INSERT:
		break;
	}
	return strcmp(r->type, "DELETE") == 0 ? ACTION_DELETE : ACTION_ADD;
}

static struct history_row *
find_row(const struct history *h, int rank)
{
	for (size_t i = 0; i < h->count; i++)
		if (h->rows[i].rank == rank)
			return &h->rows[i];
	return NULL;
}

/* The row that a change leaves behind. */
static struct history_row
changed_row(const struct history_row *before, const struct record *r)
{
	struct history_row row = { 0 };

	switch (r->kind) {
	case RECORD_INSERT:
		row = (struct history_row){ .rank = r->rank,
			.version = r->version,
			.description = r->description,
			.type = r->type,
			.script = r->script,
			.has_checksum = r->has_checksum,
			.checksum = r->checksum,
			.success = r->success };
		break;
	case RECORD_UPDATE:
		row = *before;
		row.description = r->description;
		row.type = r->type;
		row.has_checksum = r->has_checksum;
		row.checksum = r->checksum;
		break;
	case RECORD_SUCCEED:
		row = *before;
		row.success = true;
		break;
	case RECORD_DELETE:
	case RECORD_FORGET:
		break;
	}
	return row;
}

/* What was done to one row; the history is brought up to date with it. */
struct change {
	const struct record *record;
	bool was, is;
	struct history_row before, after;
};

static struct change
change_make(struct history *h, const struct record *r)
{
	struct change change = { .record = r,
		.is = r->kind != RECORD_DELETE && r->kind != RECORD_FORGET };
	struct history_row *row = r->kind == RECORD_INSERT ? NULL : find_row(h, r->rank);

	change.was = row != NULL;
	if (row != NULL)
		change.before = *row;
	change.after = changed_row(&change.before, r);
	if (row != NULL && change.is)
		*row = change.after;
	return change;
}

struct changes {
	struct change *list;
	size_t count;
	size_t of[ACTION_COUNT];
};

static void
changes_make(struct session *s, const struct run_result *result, struct changes *changes)
{
	for (size_t i = 0; i < result->applied; i++) {
		for (size_t j = 0; j < result->steps[i]->record_count; j++) {
			const struct record *r = &result->steps[i]->records[j];

			changes->list = arena_extend(
			    s->arena, changes->list, changes->count, sizeof(*changes->list));
			changes->list[changes->count++] = change_make(&s->history, r);
			changes->of[record_action(r)]++;
		}
	}
}

/* The columns that repair may touch, in the table's order. */
static void
print_row(char sign, const struct history_row *row)
{
	printf("  %c %d | ", sign, row->rank);
	out_put(stdout, row->version == NULL ? "" : row->version);
	printf(" | ");
	out_put(stdout, row->description);
	printf(" | ");
	out_put(stdout, row->type);
	printf(" | ");
	out_put(stdout, row->script);
	if (row->has_checksum)
		printf(" | %d", (int)row->checksum);
	else
		printf(" |");
	printf(" | %s\n", row->success ? "t" : "f");
}

static void
print_text(const struct changes *changes, const struct config_list *dropped)
{
	const char *before = "";

	for (size_t i = 0; i < changes->count; i++) {
		const struct change *change = &changes->list[i];

		out_record(stdout, change->record);
		printf("\n");
		if (change->was)
			print_row('-', &change->before);
		if (change->is)
			print_row('+', &change->after);
	}
	for (size_t i = 0; i < dropped->count; i++) {
		printf("dropped the invalid index ");
		out_put(stdout, dropped->items[i]);
		printf("\n");
	}
	for (size_t i = 0; i < ACTION_COUNT; i++) {
		if (changes->of[i] == 0)
			continue;
		printf("%s%zu %s", before, changes->of[i], actions[i].word);
		before = ", ";
	}
	if (dropped->count > 0)
		printf("%s%zu dropped", before, dropped->count);
	printf(changes->count + dropped->count == 0 ? "nothing to repair\n" : "\n");
}

static struct json *
row_json(struct arena *a, const struct history_row *row)
{
	struct json *json = json_new_object(a);

	json_put_integer(json, "installedRank", row->rank);
	json_put_text(json, "version", row->version);
	json_put_text(json, "description", row->description);
	json_put_text(json, "type", row->type);
	json_put_text(json, "script", row->script);
	if (row->has_checksum)
		json_put_integer(json, "checksum", row->checksum);
	else
		json_put_null(json, "checksum");
	json_put_bool(json, "success", row->success);
	return json;
}

static struct json *
change_json(struct arena *a, const struct change *change)
{
	const struct record *r = change->record;
	struct json *json = json_new_object(a);

	json_put_text(json, "version", r->version);
	json_put_text(json, "description", r->description);
	json_put_text(json, "filepath", r->script);
	json_put(json, "before", change->was ? row_json(a, &change->before) : NULL);
	json_put(json, "after", change->is ? row_json(a, &change->after) : NULL);
	return json;
}

static void
print_json(const struct context *c, const struct session *s, const struct changes *changes,
    const struct config_list *dropped, const struct problems *problems)
{
	struct json *json = out_json(c, "repair", s, out_summary(c->arena, problems));
	struct json *messages = json_new_array(c->arena), *lists[ACTION_COUNT];
	struct json *indexes = json_new_array(c->arena);

	for (size_t i = 0; i < ACTION_COUNT; i++) {
		lists[i] = json_new_array(c->arena);
		if (changes->of[i] > 0)
			json_push_text(messages, actions[i].message);
	}
	for (size_t i = 0; i < changes->count; i++)
		json_push(lists[record_action(changes->list[i].record)],
		    change_json(c->arena, &changes->list[i]));
	json_put(json, "repairActions", messages);
	for (size_t i = 0; i < ACTION_COUNT; i++)
		json_put(json, actions[i].member, lists[i]);
	for (size_t i = 0; i < dropped->count; i++)
		json_push_text(indexes, dropped->items[i]);
	json_put(json, "indexesDropped", indexes);
	json_put(json, "problems", out_json_problems(c->arena, problems));
	out_json_print(json);
}

static bool
goal_read(const struct context *c, struct goal *goal, struct error *err)
{
	goal->kind = GOAL_REPAIR;
	goal->mark_applied = command_option(c, "applied");
	goal->mark_pending = command_option(c, "pending");
	if (goal->mark_applied == NULL || goal->mark_pending == NULL)
		return true;
	error_set(err, ERR_USAGE, "--applied and --pending exclude each other");
	return error_next(err, "Mark one file after the other.");
}

static bool
repair_run(const struct context *c, int *status, struct error *err)
{
	struct session s;
	struct run_result result = { 0 };
	struct changes changes = { 0 };
	struct goal goal = { 0 };
	struct problems problems = { .arena = c->arena };

	*status = 0;
	if (!goal_read(c, &goal, err) || !begin_session(c, &goal, &s, err))
		return false;
	begin_say_where(c, &s);
	plan_refusals(&s.plan, c->config, &problems);
	if (problems.count > 0) {
		*status = out_problems_status(&problems);
		out_problems(stderr, c->config, &problems);
	} else if (!begin_confirm(c, &s, "repair the history", err) ||
	    !run_plan(&s, &goal, &result, err)) {
		return false;
	}
	changes_make(&s, &result, &changes);
	if (c->config->format == FORMAT_JSON)
		print_json(c, &s, &changes, &result.dropped, &problems);
	else if (problems.count == 0)
		print_text(&changes, &result.dropped);
	return true;
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
	    "Removes the rows of failed files, marks those whose file is gone as deleted, "
	    "and aligns description, type and checksum of the others with their files.  "
	    "Drops the invalid indexes that interrupted statements left behind.  "
	    "With --applied or --pending only the file named is marked by hand: nothing of "
	    "its SQL is run or undone.  Prints every row that was changed, as it was and "
	    "as it is now.",
	.needs_config = true,
	.acts = true,
	.options = options,
	.run = repair_run,
};
