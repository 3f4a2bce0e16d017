/* SPDX-License-Identifier: MIT */
#include "core/plan.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "core/undo.h"

/*
 * A case is a folder, a history and settings, in words:
 *	files      V1 R_view B3 U2; "*" behind one: its checksum is not the recorded one;
 *	           "~" behind one: its description is not; "%": only its raw checksum is the recorded;
 *	           "+" it is of phase backfill, "!" of phase contract
 *	rows       rank by rank, from 1 (SCHEMA: 0): V1 R_view B3; "!" failed, "?" interrupted, "*" another checksum,
 *	           "-" none;
 *	           BASELINE:1 DELETE:1 UNDO:2 UNDO:2? JDBC:4 OTHER:9 SCHEMA DELETE:R_view
 *	settings   see the table below
 * and what comes out of it:
 *	states     each entry as NAME=State, in order
 *	steps      V2#3 runs the file and gives it rank 3; +TYPE:VERSION#1 inserts a row, -#2 removes
 *	           row 2, ~#2 updates it, ^#2 makes it a success
 *	problems   Flyway's codes of what does not fit, then "setup" for each problem of the schema
 */
struct plan_case {
	const char *what, *files, *rows, *settings, *states, *steps, *problems;
};

enum { RECORDED = 7, CHANGED = 8, RAW = 9 };

static struct arena *a;
static struct scripts scripts;
static struct history history;
static struct config config;
static struct goal goal;
static struct plan plan;

/* --- reading a case --- */

static bool
take(const char **text, const char *prefix)
{
	size_t length = strlen(prefix);

	if (strncmp(*text, prefix, length) != 0)
		return false;
	*text += length;
	return true;
}

/* The next word, or NULL. */
static const char *
next_word(const char **text)
{
	const char *start;

	while (**text == ' ')
		(*text)++;
	start = *text;
	while (**text != ' ' && **text != '\0')
		(*text)++;
	return *text == start ? NULL : arena_strndup(a, start, (size_t)(*text - start));
}

/* Takes one of the marks off the end of a word. */
static bool
marked(const char **word, char mark)
{
	size_t length = strlen(*word);

	if (length == 0 || (*word)[length - 1] != mark)
		return false;
	*word = arena_strndup(a, *word, length - 1);
	return true;
}

static void
name_script(struct script *s, const char *word)
{
	static const struct {
		const char *prefix;
		enum script_kind kind;
	} kinds[] = {
		{ "R_", SCRIPT_REPEATABLE },
		{ "V", SCRIPT_VERSIONED },
		{ "B", SCRIPT_BASELINE },
		{ "U", SCRIPT_UNDO },
	};
	size_t i;

	s->script = arena_printf(a, "%s__x.sql", word);
	s->path = arena_printf(a, "migrations/%s", s->script);
	for (i = 0; i < 4; i++)
		if (take(&word, kinds[i].prefix))
			break;
	ck_assert_msg(i < 4, "no kind of file: %s", word);
	s->kind = kinds[i].kind;
	s->version = s->kind == SCRIPT_REPEATABLE ? NULL : word;
	s->description = s->kind == SCRIPT_REPEATABLE ? word : "x";
}

static void
read_files(const char *text)
{
	const char *word;

	scripts = (struct scripts){ .list = arena_alloc(a, 40 * sizeof(struct script)) };
	while ((word = next_word(&text)) != NULL) {
		struct script *s = &scripts.list[scripts.count++];
		bool changed = marked(&word, '*'), renamed = marked(&word, '~');
		bool raw = marked(&word, '%');
		bool backfill = marked(&word, '+'), contract = marked(&word, '!');

		name_script(s, word);
		s->hashed = true;
		s->directives.phase = contract ? PHASE_CONTRACT
		    : backfill		       ? PHASE_BACKFILL
					       : PHASE_NONE;
		s->checksum = changed ? CHANGED : raw ? RAW : RECORDED;
		s->raw_checksum = changed ? CHANGED : RECORDED;
		if (renamed)
			s->description = "y";
	}
}

/* "DELETE:1" and so on: rows without a file of their own. */
static void
read_other_row(struct history_row *row, const char *word)
{
	static const struct {
		const char *word, *type;
	} types[] = {
		{ "BASELINE:", "BASELINE" },
		{ "DELETE:", "DELETE" },
		{ "UNDO:", "UNDO_SQL" },
		{ "JDBC:", "JDBC" },
		{ "OTHER:", "NEVER_HEARD_OF" },
		{ "OLD_B:", "SQL_STATE_SCRIPT" },
	};
	size_t i;

	row->description = row->script = "x";
	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (take(&word, types[i].word))
			row->type = types[i].type;
	ck_assert_msg(row->type != NULL, "no kind of row: %s", word);
	if (take(&word, "R_"))
		row->description = word;
	else
		row->version = word;
	if (strcmp(row->type, "BASELINE") == 0)
		row->description = config.baseline_description;
}

static void
read_row(struct history_row *row, const char *word, int rank)
{
	static const struct unfinished unfinished = { .done = 2, .total = 5 };
	bool failed = marked(&word, '!'), interrupted = marked(&word, '?');
	bool changed = marked(&word, '*'), none = marked(&word, '-');

	*row = (struct history_row){ .rank = rank,
		.success = !failed && !interrupted,
		.unfinished = interrupted ? &unfinished : NULL,
		.has_checksum = !none,
		.checksum = changed ? CHANGED : RECORDED,
		.installed_by = "me",
		.installed_on = "2026-11-22 13:15:00",
		.installed_on_utc = "2026-11-22T13:15:00.000Z" };
	if (strcmp(word, "SCHEMA") == 0) {
		row->rank = 0;
		row->type = "SCHEMA";
		row->description = "<< Flyway Schema Creation >>";
		row->script = "\"app\"";
	} else if (strchr(word, ':') != NULL) {
		read_other_row(row, word);
	} else {
		struct script s = { 0 };

		name_script(&s, word);
		row->version = s.version;
		row->description = s.description;
		row->type = s.kind == SCRIPT_BASELINE ? "SQL_BASELINE" : "SQL";
		row->script = s.script;
	}
}

static void
read_rows(const char *text)
{
	const char *word;

	history = (struct history){ .schema = "public",
		.table = "schema_history",
		.journal = "schema_history_journal",
		.user = "me",
		.schema_exists = true,
		.schema_empty = true,
		.writable = true };
	history.rows = arena_alloc(a, 40 * sizeof(struct history_row));
	while ((word = next_word(&text)) != NULL) {
		int rank = history.count == 0 ? 1 : history.rows[history.count - 1].rank + 1;

		read_row(&history.rows[history.count++], word, rank);
	}
	history.exists = history.journal_exists = history.count > 0;
}

static void
read_setting(const char *word)
{
	const struct {
		const char *word;
		bool *flag, value;
	} flags[] = {
		{ "out_of_order", &config.out_of_order, true },
		{ "baseline_on_up", &config.baseline_on_up, true },
		{ "create_schemas=off", &config.create_schemas, false },
		{ "validate=off", &config.validate_on_up, false },
		{ "check", &goal.check_only, true },
		{ "in_use", &history.schema_empty, false },
		{ "no_schema", &history.schema_exists, false },
		{ "empty_history", &history.exists, true },
		{ "journal", &history.journal_exists, true },
		{ "no_journal", &history.journal_exists, false },
		{ "read_only", &history.writable, false },
	};
	const struct {
		const char *word;
		enum phase phase;
	} phases[] = {
		{ "expand", PHASE_EXPAND },
		{ "backfill", PHASE_BACKFILL },
		{ "contract", PHASE_CONTRACT },
	};
	const struct {
		const char *word;
		const char **value;
	} values[] = {
		{ "target=", &goal.target },
		{ "baseline=", &goal.baseline_version },
		{ "applied=", &goal.mark_applied },
		{ "pending=", &goal.mark_pending },
		{ "baseline_version=", &config.baseline_version },
		{ "ignore=", config.ignore_migration_patterns.items },
	};
	size_t i;

	for (i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		if (strcmp(word, flags[i].word) == 0) {
			*flags[i].flag = flags[i].value;
			return;
		}
	}
	for (i = 0; i < sizeof(phases) / sizeof(phases[0]); i++) {
		if (strcmp(word, phases[i].word) == 0) {
			goal.phase = phases[i].phase;
			return;
		}
	}
	if (strcmp(word, "skip") == 0) {
		config.phase_order = PHASE_ORDER_SKIP;
		return;
	}
	if (strcmp(word, "delete") == 0) {
		config.undo_record = UNDO_RECORD_DELETE;
		return;
	}
	if (take(&word, "steps=")) {
		goal.undo_steps = atoi(word);
		return;
	}
	for (i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		if (take(&word, values[i].word)) {
			*values[i].value = word;
			return;
		}
	}
	ck_abort_msg("no such setting: %s", word);
}

static void
read_case(const struct plan_case *c, enum goal_kind kind)
{
	const char *text = c->settings, *word;

	config = (struct config){ .arena = a,
		.create_schemas = true,
		.validate_on_up = true,
		.baseline_version = "1",
		.baseline_description = "<< Flyway Baseline >>",
		.target = "latest",
		.table = "schema_history" };
	config.ignore_migration_patterns.items = arena_alloc(a, sizeof(const char *));
	config.ignore_migration_patterns.items[0] = "*:future";
	config.ignore_migration_patterns.count = 1;
	goal = (struct goal){ .kind = kind };
	read_files(c->files);
	read_rows(c->rows);
	while ((word = next_word(&text)) != NULL)
		read_setting(word);
	plan = (struct plan){ 0 };
}

/* --- writing what came out --- */

static const char *
entry_name(const struct entry *e)
{
	if (strcmp(e->category, "Repeatable") == 0)
		return arena_printf(a, "R_%s", e->description);
	if (e->version == NULL)
		return e->type;
	if (e->category[0] == '\0')
		return arena_printf(a, "%s:%s", e->type, e->version);
	return arena_printf(a, "%c%s", e->category[0], e->version);
}

static const char *
states_text(void)
{
	const char *text = "";
	size_t i;

	for (i = 0; i < plan.entry_count; i++)
		text = arena_printf(a, "%s%s%s=%s", text, i == 0 ? "" : ", ",
		    entry_name(&plan.entries[i]), plan_state_name(plan.entries[i].state));
	return text;
}

static const char *
record_text(const struct record *r)
{
	const char *name = r->version != NULL ? r->version : r->description;

	switch (r->kind) {
	case RECORD_INSERT:
		return arena_printf(a, "+%s:%s#%d", r->type, name, r->rank);
	case RECORD_DELETE:
		return arena_printf(a, "-#%d", r->rank);
	case RECORD_UPDATE:
		return arena_printf(a, "~#%d", r->rank);
	case RECORD_SUCCEED:
		return arena_printf(a, "^#%d", r->rank);
	case RECORD_FORGET:
		return arena_printf(a, "?%s", r->script);
	}
	return "?";
}

static const char *
steps_text(void)
{
	const char *text = "";
	size_t i, j;

	for (i = 0; i < plan.step_count; i++) {
		const struct step *step = &plan.steps[i];

		if (step->kind == STEP_SCRIPT)
			text = arena_printf(a, "%s %.*s#%d", text,
			    (int)(strstr(step->script->script, "__") - step->script->script),
			    step->script->script, step->records[0].rank);
		for (j = step->kind == STEP_SCRIPT; j < step->record_count; j++)
			text = arena_printf(a, "%s %s", text, record_text(&step->records[j]));
	}
	return text[0] == ' ' ? text + 1 : text;
}

static const char *
problems_text(void)
{
	const char *text = "";
	size_t i;

	for (i = 0; i < plan.misfit_count; i++)
		if (plan.misfits[i].problem->code == ERR_REFUSED)
			text = arena_printf(a, "%s %s:%s", text, entry_name(plan.misfits[i].entry),
			    plan.misfits[i].code);
	for (i = 0; i < plan.setup_problems.count; i++)
		text = arena_printf(a, "%s setup", text);
	return text[0] == ' ' ? text + 1 : text;
}

/* --- up --- */

static const struct plan_case up_cases[] = {
	{ "nothing at all", "", "", "", "", "", "" },
	{ "a fresh database", "V1 V2 R_a", "", "", "V1=Pending, V2=Pending, R_a=Pending",
	    "V1#1 V2#2 R_a#3", "" },
	{ "nothing to do", "V1 R_a", "V1 R_a", "", "V1=Success, R_a=Success", "", "" },
	{ "one more file", "V1 V2", "V1", "", "V1=Success, V2=Pending", "V2#2", "" },
	{ "ranks go on behind the last one", "V1 V2", "SCHEMA V1", "",
	    "SCHEMA=Success, V1=Success, V2=Pending", "V2#2", "" },
	{ "only the schema row", "V1", "SCHEMA", "", "SCHEMA=Success, V1=Pending", "V1#1", "" },
	{ "equal versions under other names", "V01.0", "V1", "", "V1=Success", "", "" },
	{ "versions are numbers", "V2 V10", "V2", "", "V2=Success, V10=Pending", "V10#2", "" },

	/* changed, renamed, failed, missing */
	{ "a changed file", "V1*", "V1", "", "V1=Success", "", "V1:CHECKSUM_MISMATCH" },
	{ "a row without a checksum fits any file", "V1* R_a*", "V1- R_a-", "",
	    "V1=Success, R_a=Success", "", "" },
	{ "a renamed file", "V1~", "V1", "", "V1=Success", "", "V1:DESCRIPTION_MISMATCH" },
	{ "another type", "V1", "JDBC:1", "", "V1=Success", "", "V1:TYPE_MISMATCH" },
	{ "everything wrong is told at once", "V1~* V3* V5", "V1 V2 V3 V4! V6", "",
	    "V1=Success, V2=Missing, V3=Success, V4=Failed (Missing), V6=Future, V5=Ignored", "",
	    "V1:CHECKSUM_MISMATCH V1:DESCRIPTION_MISMATCH "
	    "V2:APPLIED_VERSIONED_MIGRATION_NOT_RESOLVED V3:CHECKSUM_MISMATCH "
	    "V4:FAILED_VERSIONED_MIGRATION V5:RESOLVED_VERSIONED_MIGRATION_NOT_APPLIED" },
	{ "a failed version", "V1 V2", "V1 V2!", "", "V1=Success, V2=Failed", "",
	    "V2:FAILED_VERSIONED_MIGRATION" },
	{ "a failed repeatable", "R_a", "R_a!", "", "R_a=Failed", "",
	    "R_a:FAILED_REPEATABLE_MIGRATION" },
	{ "a missing file", "V1 V3", "V1 V2 V3", "", "V1=Success, V2=Missing, V3=Success", "",
	    "V2:APPLIED_VERSIONED_MIGRATION_NOT_RESOLVED" },
	{ "a missing repeatable", "", "R_a", "", "R_a=Missing", "",
	    "R_a:APPLIED_REPEATABLE_MIGRATION_NOT_RESOLVED" },
	{ "missing files may be ignored", "V1 V3", "V1 V2 V3", "ignore=*:missing",
	    "V1=Success, V2=Missing, V3=Success", "", "" },
	{ "versioned only", "V3", "R_a V2 V3", "ignore=versioned:missing",
	    "R_a=Missing, V2=Missing, V3=Success", "",
	    "R_a:APPLIED_REPEATABLE_MIGRATION_NOT_RESOLVED" },
	{ "everything may be ignored", "V1*", "V1 V2!", "ignore=*:*",
	    "V1=Success, V2=Failed (Future)", "", "" },
	{ "validate_on_up off changes no state", "V1*", "V1", "validate=off", "V1=Success", "",
	    "V1:CHECKSUM_MISMATCH" },

	/* what a newer release has left */
	{ "rows from the future", "V1", "V1 V2 V3", "", "V1=Success, V2=Future, V3=Future", "",
	    "" },
	{ "a failed row from the future", "V1", "V1 V2!", "", "V1=Success, V2=Failed (Future)", "",
	    "" },
	{ "the future, when it is not ignored", "V1", "V1 V2", "ignore=*:missing",
	    "V1=Success, V2=Future", "", "V2:APPLIED_VERSIONED_MIGRATION_NOT_RESOLVED" },
	{ "no file at all", "", "V1", "", "V1=Future", "", "" },

	/* late files */
	{ "a late file", "V1 V2 V3", "V1 V3", "", "V1=Success, V3=Success, V2=Ignored", "",
	    "V2:RESOLVED_VERSIONED_MIGRATION_NOT_APPLIED" },
	{ "a late file that may run", "V1 V2 V3 V4", "V1 V3", "out_of_order",
	    "V1=Success, V3=Success, V2=Pending, V4=Pending", "V2#3 V4#4", "" },
	{ "a late file that has run", "V1 V2 V3", "V1 V3 V2", "",
	    "V1=Success, V3=Success, V2=Out of Order", "", "" },
	{ "late files may be ignored", "V1 V2 V3", "V1 V3", "ignore=*:ignored",
	    "V1=Success, V3=Success, V2=Ignored", "", "" },

	/* targets */
	{ "a target", "V1 V2 V3 R_a", "", "target=2",
	    "V1=Pending, V2=Pending, V3=Above Target, R_a=Pending", "V1#1 V2#2 R_a#3", "" },
	{ "a target that is applied", "V1 V2", "V1", "target=1", "V1=Success, V2=Above Target", "",
	    "" },
	{ "a target that need not exist", "V1 V3", "", "target=2?", "V1=Pending, V3=Above Target",
	    "V1#1", "" },
	{ "the next one", "V1 V2 V3 R_a", "V1", "target=next",
	    "V1=Success, V2=Pending, V3=Above Target, R_a=Pending", "V2#2", "" },
	{ "current: repeatables only", "V1 V2 R_a", "V1", "target=current",
	    "V1=Success, V2=Above Target, R_a=Pending", "R_a#2", "" },
	{ "current with nothing applied", "V1 R_a", "", "target=current",
	    "V1=Above Target, R_a=Pending", "R_a#1", "" },
	{ "words in any case", "V1", "", "target=LATEST", "V1=Pending", "V1#1", "" },
	{ "a failed row above the target", "V1 V2", "V1 V2!", "target=1", "V1=Success, V2=Failed",
	    "", "V2:FAILED_VERSIONED_MIGRATION" },

	/* repeatables */
	{ "a changed repeatable", "R_a*", "R_a", "", "R_a=Outdated, R_a=Pending", "R_a#2", "" },
	{ "runs of a repeatable", "R_a*", "R_a R_a*", "", "R_a=Superseded, R_a=Success", "", "" },
	{ "back to an older text", "R_a", "R_a R_a*", "",
	    "R_a=Superseded, R_a=Outdated, R_a=Pending", "R_a#3", "" },
	{ "the checksum before placeholders counts too", "R_a%", "R_a", "", "R_a=Success", "", "" },
	{ "repeatables come last, by description", "V9 R_a R_b", "", "",
	    "V9=Pending, R_a=Pending, R_b=Pending", "V9#1 R_a#2 R_b#3", "" },
	{ "the runs of a missing repeatable", "", "R_a R_a*", "", "R_a=Superseded, R_a=Missing", "",
	    "R_a:APPLIED_REPEATABLE_MIGRATION_NOT_RESOLVED" },

	/* deleted and undone */
	{ "a deleted version", "V1", "V1 V2 DELETE:2", "", "V1=Success, V2=Deleted", "", "" },
	{ "a deleted version whose file came back", "V1 V2", "V1 V2 DELETE:2", "",
	    "V1=Success, V2=Deleted, V2=Pending", "V2#4", "" },
	{ "deleted and applied again", "V1", "V1 DELETE:1 V1", "", "V1=Deleted, V1=Success", "",
	    "" },
	{ "deleted twice over", "V1", "V1 DELETE:1 V1 DELETE:1 DELETE:1", "",
	    "V1=Deleted, V1=Deleted, V1=Pending", "V1#6", "" },
	{ "a deleted repeatable", "", "R_a DELETE:R_a", "", "R_a=Deleted, DELETE=Success", "", "" },
	{ "a deleted repeatable whose file came back", "R_a", "R_a DELETE:R_a", "",
	    "R_a=Deleted, DELETE=Success, R_a=Pending", "R_a#3", "" },
	{ "a changed file of a deleted version", "V1*", "V1 DELETE:1", "", "V1=Deleted, V1=Pending",
	    "V1#3", "" },
	{ "an undo file", "V1 V2 U2", "V1 V2", "", "V1=Success, V2=Success, U2=Available", "", "" },
	{ "an undone version", "V1 V2 U2", "V1 V2 UNDO:2", "",
	    "V1=Success, V2=Undone, U2=Success, V2=Pending", "V2#4", "" },
	{ "undone and applied again", "V1 V2 U2", "V1 V2 UNDO:2 V2", "",
	    "V1=Success, V2=Undone, U2=Success, V2=Success, U2=Available", "", "" },
	{ "the undone version had been the newest", "V1 V2 V3", "V1 V3 UNDO:3", "",
	    "V1=Success, V3=Undone, U3=Success, V2=Pending, V3=Pending", "V2#4 V3#5", "" },

	/* rows of others */
	{ "rows without files", "V1", "V1 JDBC:2 OTHER:3", "", "V1=Success, V2=Success, V3=Success",
	    "", "" },
	{ "a failed row of another kind", "V3", "JDBC:2! V3", "", "V2=Failed, V3=Success", "",
	    "V2:FAILED_VERSIONED_MIGRATION" },
	{ "a version of another kind that came late", "", "V3 OTHER:2", "ignore=*:*",
	    "V3=Future, V2=Out of Order", "", "" },

	/* baselines */
	{ "below and at the baseline", "V1 V2 V3", "BASELINE:2", "",
	    "V1=Below Baseline, V2=Ignored (Baseline), BASELINE:2=Baseline, V3=Pending", "V3#2",
	    "" },
	{ "a B file in a fresh database", "V1 V2 V3 B2", "", "",
	    "V1=Below Baseline, V2=Ignored (Baseline), B2=Pending, V3=Pending", "B2#1 V3#2", "" },
	{ "the newest B file", "V3 B1 B2", "", "", "B1=Below Baseline, B2=Pending, V3=Pending",
	    "B2#1 V3#2", "" },
	{ "a B file above the target", "V1 V2 V4 B1 B3", "", "target=2",
	    "V1=Ignored (Baseline), B1=Pending, V2=Pending, B3=Above Target, V4=Above Target",
	    "B1#1 V2#2", "" },
	{ "a B file comes first", "V1 V3 B2", "", "target=next",
	    "V1=Below Baseline, B2=Pending, V3=Above Target", "B2#1", "" },
	{ "an applied B file", "V1 V2 V3 B2", "B2 V3", "",
	    "V1=Below Baseline, V2=Ignored (Baseline), B2=Baseline, V3=Success", "", "" },
	{ "an applied B file under its old type", "B2", "OLD_B:2", "", "B2=Baseline", "", "" },
	{ "a B file is for fresh databases only", "V1 V2 B2 B3", "V1", "",
	    "V1=Success, V2=Pending, B2=Ignored, B3=Ignored", "V2#2", "" },
	{ "a B file behind a baseline", "B3 V4", "BASELINE:1", "",
	    "BASELINE:1=Baseline, B3=Ignored, V4=Pending", "V4#2", "" },
	{ "a missing B file", "V3", "B2 V3", "", "B2=Missing, V3=Success", "",
	    "B2:APPLIED_VERSIONED_MIGRATION_NOT_RESOLVED" },
	{ "a failed B file", "B2", "B2!", "", "B2=Failed", "", "B2:FAILED_VERSIONED_MIGRATION" },

	/* interrupted files */
	{ "an interrupted file goes on under its rank", "V1 V2 V3", "V1 V2?", "",
	    "V1=Success, V2=Interrupted, V3=Pending", "V2#2 V3#3", "" },
	{ "its unfinished part may have changed", "V1*", "V1?", "", "V1=Interrupted", "V1#1", "" },
	{ "an interrupted repeatable, changed", "V1 R_a*", "R_a?", "",
	    "R_a=Interrupted, V1=Pending", "R_a#1 V1#2", "" },
	{ "an interrupted undo is in the way", "V1 U1 V2", "V1 UNDO:1?", "",
	    "V1=Success, U1=Interrupted, V2=Pending", "V2#3", "setup" },
	{ "an interrupted file that is missing", "V3", "V2? V3", "",
	    "V2=Failed (Missing), V3=Success", "", "V2:FAILED_VERSIONED_MIGRATION" },
	{ "an interrupted file above the target", "V1 V2", "V1 V2?", "target=1",
	    "V1=Success, V2=Interrupted", "", "" },
	{ "the next file is the interrupted one", "V1 V2", "V1?", "target=next",
	    "V1=Interrupted, V2=Pending", "V1#1", "" },
	{ "Flyway has failed with it since", "V1", "V1? V1!", "", "V1=Interrupted, V1=Failed",
	    "V1#1", "V1:FAILED_VERSIONED_MIGRATION" },

	/* phases */
	{ "without --phase all is applied", "V1! V2+ V3 R_a!", "", "",
	    "V1=Pending, V2=Pending, V3=Pending, R_a=Pending", "V1#1 V2#2 V3#3 R_a#4", "" },
	{ "later phases are held", "V1 V2+ V3! R_a R_b!", "", "expand",
	    "V1=Pending, V2=Held, V3=Held, R_a=Pending, R_b=Held", "V1#1 R_a#2", "" },
	{ "earlier phases are not", "V1 V2+ V3!", "", "backfill", "V1=Pending, V2=Pending, V3=Held",
	    "V1#1 V2#2", "" },
	{ "contract is the last phase", "V1 V2+ V3!", "", "contract",
	    "V1=Pending, V2=Pending, V3=Pending", "V1#1 V2#2 V3#3", "" },
	{ "what stands behind a held file", "V1 V2! V3 V4+ V5!", "", "backfill",
	    "V1=Pending, V2=Held, V3=Pending, V4=Pending, V5=Held", "V1#1 V3#2 V4#3",
	    "setup setup" },
	{ "held files may be passed over", "V1 V2! V3 R_a", "", "expand skip",
	    "V1=Pending, V2=Held, V3=Pending, R_a=Pending", "V1#1 V3#2 R_a#3", "" },
	{ "and come late", "V1 V2! V3", "V1 V3", "skip", "V1=Success, V3=Success, V2=Pending",
	    "V2#3", "" },
	{ "and stay held until then", "V1 V2! V3", "V1 V3", "expand skip",
	    "V1=Success, V3=Success, V2=Held", "", "" },
	{ "a late file of phase expand was not held", "V1 V2 V3", "V1 V3", "skip",
	    "V1=Success, V3=Success, V2=Ignored", "",
	    "V2:RESOLVED_VERSIONED_MIGRATION_NOT_APPLIED" },
	{ "strict: a late file is late", "V1 V2! V3", "V1 V3", "",
	    "V1=Success, V3=Success, V2=Ignored", "",
	    "V2:RESOLVED_VERSIONED_MIGRATION_NOT_APPLIED" },
	{ "above the target nothing is held", "V1 V2!", "", "expand target=1",
	    "V1=Pending, V2=Above Target", "V1#1", "" },
	{ "the next one is behind no held file", "V1 V2! V3", "", "expand target=next",
	    "V1=Pending, V2=Held, V3=Above Target", "V1#1", "" },
	{ "the next one is behind a held file", "V2! V3", "", "expand target=next",
	    "V2=Held, V3=Pending", "V3#1", "setup" },
	{ "a held B file", "B2! V3", "", "expand", "B2=Held, V3=Pending", "V3#1", "setup" },
	{ "applied files have no phase", "V1! V2", "V1", "expand", "V1=Success, V2=Pending", "V2#2",
	    "" },
	{ "a changed repeatable is held", "R_a!*", "R_a", "expand", "R_a=Outdated, R_a=Held", "",
	    "" },
	{ "an interrupted file of a later phase", "V1+ V2!", "V1?", "expand",
	    "V1=Interrupted, V2=Held", "", "" },
	{ "what stands behind an interrupted one", "V1+ V2", "V1?", "expand",
	    "V1=Interrupted, V2=Pending", "V2#2", "setup" },
	{ "an interrupted file goes on in its phase", "V1+ V2", "V1?", "backfill",
	    "V1=Interrupted, V2=Pending", "V1#1 V2#2", "" },

	/* the schema */
	{ "a schema in use without a history", "V1", "", "in_use", "V1=Pending", "V1#1", "setup" },
	{ "the same, told before anything is pending", "", "", "in_use", "", "", "setup" },
	{ "an empty history is a history", "V1", "", "in_use empty_history", "V1=Pending", "V1#1",
	    "" },
	{ "baseline_on_up", "V1 V2", "", "in_use baseline_on_up",
	    "V1=Ignored (Baseline), V2=Pending", "+BASELINE:1#1 V2#2", "" },
	{ "baseline_on_up at a version", "V1 V2 V3 B2", "",
	    "in_use baseline_on_up baseline_version=2",
	    "V1=Below Baseline, V2=Ignored (Baseline), B2=Ignored (Baseline), V3=Pending",
	    "+BASELINE:2#1 V3#2", "" },
	{ "baseline_on_up in an empty schema", "V1", "", "baseline_on_up", "V1=Pending", "V1#1",
	    "" },
	{ "baseline_on_up with a history", "V1", "SCHEMA", "in_use baseline_on_up",
	    "SCHEMA=Success, V1=Pending", "V1#1", "" },
	{ "baseline_on_up that ended before its row", "V1 V2", "",
	    "in_use empty_history journal baseline_on_up", "V1=Ignored (Baseline), V2=Pending",
	    "+BASELINE:1#1 V2#2", "" },
	{ "baseline_on_up with an empty history of Flyway's", "V1", "",
	    "in_use empty_history baseline_on_up", "V1=Pending", "V1#1", "" },
	{ "a first run that ended before its first row", "V1", "",
	    "empty_history journal baseline_on_up", "V1=Pending", "V1#1", "" },
	{ "a schema that will be created", "V1", "", "no_schema", "V1=Pending", "V1#1", "" },
	{ "a schema that must not be created", "V1", "", "no_schema create_schemas=off",
	    "V1=Pending", "V1#1", "setup" },
	{ "a history that we may not write", "V1", "SCHEMA", "read_only",
	    "SCHEMA=Success, V1=Pending", "V1#1", "setup" },
	{ "to look at it is enough to read it", "V1", "SCHEMA", "read_only check",
	    "SCHEMA=Success, V1=Pending", "V1#1", "" },
};

static void
expect(const struct plan_case *c, enum goal_kind kind)
{
	struct error *err = error_new(a);

	read_case(c, kind);
	ck_assert_msg(plan_make(a, &goal, &config, &scripts, &history, &plan, err), "%s: %s",
	    c->what, err->message);
	if (c->states != NULL)
		ck_assert_msg(strcmp(states_text(), c->states) == 0, "%s: states are\n%s, not\n%s",
		    c->what, states_text(), c->states);
	ck_assert_msg(strcmp(steps_text(), c->steps) == 0, "%s: steps are\n%s, not\n%s", c->what,
	    steps_text(), c->steps);
	ck_assert_msg(strcmp(problems_text(), c->problems) == 0, "%s: problems are\n%s, not\n%s",
	    c->what, problems_text(), c->problems);
}

START_TEST(plans_up)
{
	expect(&up_cases[_i], GOAL_UP);
}
END_TEST

/* --- baseline --- */

static const struct plan_case baseline_cases[] = {
	{ "a fresh database", "V1", "", "", NULL, "+BASELINE:1#1", "" },
	{ "a schema in use", "V1", "", "in_use baseline=2_1", NULL, "+BASELINE:2.1#1", "" },
	{ "the version of the settings", "", "", "baseline_version=7", NULL, "+BASELINE:7#1", "" },
	{ "the same once more", "V1", "BASELINE:3", "baseline=3.0", NULL, "", "" },
	{ "another version", "V1", "BASELINE:3", "baseline=4", NULL, "", "setup" },
	{ "behind a B file", "B3", "B3", "baseline=4", NULL, "", "setup" },
	{ "with migrations", "V1", "V1", "", NULL, "", "setup" },
	{ "an empty history", "V1", "", "empty_history", NULL, "", "setup" },
	{ "an empty history of ours: a baseline was to be marked", "V1", "",
	    "empty_history journal", NULL, "+BASELINE:1#1", "" },
	{ "only the schema row", "V1", "SCHEMA", "", NULL, "+BASELINE:1#1", "" },
	{ "only Flyway's schema row", "V1", "SCHEMA", "no_journal", NULL, "", "setup" },
	{ "validate_on_up off", "V1", "V1", "validate=off", NULL, "", "setup" },
};

START_TEST(plans_a_baseline)
{
	expect(&baseline_cases[_i], GOAL_BASELINE);
}
END_TEST

/* --- repair --- */

static const struct plan_case repair_cases[] = {
	{ "nothing to repair", "V1 R_a V2", "V1 R_a", "", NULL, "", "" },
	{ "no history", "V1", "", "in_use", NULL, "", "" },
	{ "failed rows", "V1 V2 R_a", "V1 V2! R_a!", "", NULL, "-#2 -#3", "" },
	{ "a failed row of another kind", "", "JDBC:1!", "", NULL, "-#1", "" },
	{ "an interrupted file is left alone", "V1*", "V1?", "", NULL, "", "" },
	{ "an interrupted file that is missing", "", "V1?", "", NULL, "-#1", "" },
	{ "by hand: an interrupted one is done", "V1", "V1?", "applied=1", NULL, "^#1", "" },
	{ "by hand: an interrupted one is pending", "V1", "V1?", "pending=1", NULL, "-#1", "" },
	{ "a missing file", "V1 V3", "V1 V2 V3", "", NULL, "+DELETE:2#4", "" },
	{ "a missing repeatable", "", "R_a R_a*", "", NULL, "+DELETE:a#3", "" },
	{ "the future is protected", "V1", "V1 V2", "", NULL, "", "" },
	{ "unless it is not ignored", "V1", "V1 V2", "ignore=*:missing", NULL, "+DELETE:2#3", "" },
	{ "a missing file that is ignored", "V3", "V2 V3", "ignore=*:missing", NULL, "", "" },
	{ "marked as deleted already", "V3", "V2 V3 DELETE:2", "", NULL, "", "" },
	{ "checksum and description", "V1* V2~", "V1 V2", "", NULL, "~#1 ~#2", "" },
	{ "the type", "V1", "JDBC:1", "", NULL, "~#1", "" },
	{ "a deleted version is left alone", "V1*", "V1 DELETE:1", "", NULL, "", "" },
	{ "a changed repeatable is run instead", "R_a*", "R_a", "", NULL, "", "" },
	{ "a repeatable hashed before placeholders", "R_a%", "R_a", "", NULL, "~#1", "" },
	{ "all of them", "V1* V3", "V1 V2 V3! V4!", "", NULL, "-#3 -#4 +DELETE:2#3 ~#1", "" },
	{ "late files hinder nothing", "V1 V2 V3", "V1 V3", "", NULL, "", "" },

	{ "by hand: applied", "V1 V2", "V1", "applied=2", NULL, "+SQL:2#2", "" },
	{ "by hand: applied, without a history", "V1 V2", "", "in_use applied=1", NULL, "+SQL:1#1",
	    "" },
	{ "by hand: a late version", "V1 V2 V3", "V1 V3", "applied=2", NULL, "+SQL:2#3", "" },
	{ "by hand: a failed one is done", "V1 V2*", "V1 V2!", "applied=2", NULL, "~#2 ^#2", "" },
	{ "by hand: only what was asked for", "V1* V2", "V1 V3!", "applied=2", NULL, "+SQL:2#3",
	    "" },
	{ "by hand: V before B", "V2 B2", "V1", "applied=2", NULL, "+SQL:2#2", "" },
	{ "by hand: a B file", "B2", "", "applied=2", NULL, "+SQL_BASELINE:2#1", "" },
	{ "by hand: a repeatable", "R_a*", "R_a", "applied=a", NULL, "+SQL:a#2", "" },
	{ "by hand: pending", "V1 V2", "V1 V2", "pending=2", NULL, "-#2", "" },
	{ "by hand: pending, under another name", "V2", "V2", "pending=02.0", NULL, "-#1", "" },
	{ "by hand: pending, the file is missing", "", "V2", "pending=2", NULL, "-#1", "" },
	{ "by hand: pending, a failed one", "V2", "V2!", "pending=2", NULL, "-#1", "" },
	{ "by hand: pending, the row that counts", "V1", "V1 DELETE:1 V1", "pending=1", NULL, "-#3",
	    "" },
	{ "by hand: the undo is forgotten", "V1 U1", "V1 UNDO:1?", "applied=1", NULL, "-#2", "" },
	{ "by hand: the undo is done", "V1 U1", "V1 UNDO:1?", "pending=1", NULL, "^#2", "" },
	{ "by hand: the undo is done, without a trace", "V1 U1", "V1 UNDO:1?", "pending=1 delete",
	    NULL, "-#1 -#2", "" },
	{ "an interrupted undo is left alone", "V1 U1", "V1 UNDO:1?", "", NULL, "", "" },
	{ "a failed undo", "V1 U1", "V1 UNDO:1!", "", NULL, "-#2", "" },
	{ "by hand: pending, every run of a repeatable", "R_a", "R_a* R_a", "pending=a", NULL,
	    "-#1 -#2", "" },
};

START_TEST(plans_repairs)
{
	expect(&repair_cases[_i], GOAL_REPAIR);
}
END_TEST

/* --- undo --- */

static const struct plan_case undo_cases[] = {
	{ "nothing at all", "", "", "steps=1", "", "", "" },
	{ "the last one", "V1 U1 V2 U2", "V1 V2", "steps=1",
	    "V1=Success, V2=Success, U1=Available, U2=Available", "U2#3", "" },
	{ "the last two", "V1 U1 V2 U2", "V1 V2", "steps=2", NULL, "U2#3 U1#4", "" },
	{ "more than there are", "V1 U1 V2 U2", "V1 V2", "steps=3", NULL, "U2#3 U1#4", "setup" },
	{ "down to a version", "V1 U1 V2 U2 V3 U3", "V1 V2 V3", "target=2", NULL, "U3#4 U2#5", "" },
	{ "a version under another name", "V1 U01.0", "V1", "target=1_0", NULL, "U01.0#2", "" },
	{ "in the order of application", "V1 U1 V2 U2 V3 U3", "V1 V3 V2", "steps=2", NULL,
	    "U2#4 U3#5", "" },
	{ "an older one that came late stays", "V1 U1 V2 U2 V3 U3", "V1 V3 V2", "target=3", NULL,
	    "U3#4", "" },
	{ "what is undone already", "V1 U1 V2 U2", "V1 V2 UNDO:2", "steps=1", NULL, "U1#4", "" },
	{ "all above it is undone already", "V1 U1 V2 U2", "V1 V2 UNDO:2", "target=2", NULL, "",
	    "" },
	{ "undone and applied again", "V1 U1 V2 U2", "V1 V2 UNDO:2 V2", "steps=1", NULL, "U2#5",
	    "" },
	{ "a deleted version", "V1 U1", "V1 V2 DELETE:2", "steps=1", NULL, "U1#4", "" },
	{ "a pending version", "V1 U1 V2 U2", "V1", "target=2", NULL, "", "" },
	{ "no undo file", "V1 V2 U2 V3", "V1 V2 V3", "target=1", NULL, "U2#4", "setup setup" },
	{ "repeatables and schemas are passed over", "V1 U1 R_a", "SCHEMA V1 R_a", "steps=1", NULL,
	    "U1#3", "" },
	{ "a changed file of the version", "V1* U1", "V1", "steps=1", NULL, "U1#2", "" },
	{ "a row of another kind", "V1 U2", "V1 JDBC:2", "steps=1", NULL, "U2#3", "" },
	{ "a baseline", "V1 U1 V2 U2", "BASELINE:1", "steps=1", NULL, "", "setup" },
	{ "a baseline below", "V1 U1 V2 U2", "BASELINE:1 V2", "target=2", NULL, "U2#3", "" },
	{ "down to a baseline", "V1 U1 V2 U2", "BASELINE:1 V2", "target=1", NULL, "U2#3", "setup" },
	{ "a B file", "B1 U1", "B1", "steps=1", NULL, "", "setup" },
	{ "a failed version", "V1 U1 V2 U2", "V1 V2!", "steps=1", NULL, "U1#3", "setup" },
	{ "an interrupted version", "V1 U1 V2 U2", "V1 V2?", "steps=1", NULL, "U1#3", "setup" },
	{ "an interrupted undo", "V1 U1 V2 U2", "V1 V2 UNDO:2?", "steps=1",
	    "V1=Success, V2=Success, U2=Interrupted, U1=Available", "U2#3", "" },
	{ "it is one of the steps", "V1 U1 V2 U2", "V1 V2 UNDO:2?", "steps=2", NULL, "U2#3 U1#4",
	    "" },
	{ "it comes first", "V1 U1 V2 U2 V3 U3", "V1 V2 V3 UNDO:2?", "target=1", NULL,
	    "U2#4 U3#5 U1#6", "" },
	{ "a failed undo", "V1 U1 V2 U2", "V1 V2 UNDO:2!", "steps=1", NULL, "U2#4", "setup" },
	{ "the rows are taken away", "V1 U1 V2 U2", "V1 V2", "steps=2 delete", NULL,
	    "U2#3 -#2 -#3 U1#2 -#1 -#2", "" },
	{ "those of an interrupted undo too", "V1 U1 V2 U2", "V1 V2 UNDO:2?", "steps=2 delete",
	    NULL, "U2#3 -#2 -#3 U1#2 -#1 -#2", "" },
	{ "ranks behind a repeatable", "V1 U1 V2 U2 R_a", "V1 V2 R_a", "steps=2 delete", NULL,
	    "U2#4 -#2 -#4 U1#4 -#1 -#4", "" },
	{ "a history that we may not write", "V1 U1", "V1", "steps=1 read_only", NULL, "U1#2",
	    "setup" },
};

START_TEST(plans_an_undo)
{
	expect(&undo_cases[_i], GOAL_UNDO);
}
END_TEST

/* The history is another one when the run lock is had. */
static const struct pin_case {
	const char *what, *rows, *later, *steps, *problems;
} pin_cases[] = {
	{ "nothing has changed", "V1 V2", "V1 V2", "U2#3", "" },
	{ "another run has undone it", "V1 V2", "V1 V2 UNDO:2", "", "" },
	{ "another run has undone the one below too", "V1 V2", "V1 V2 UNDO:2 UNDO:1", "", "" },
	{ "this run has, and V1 is none of its business", "V1 V2", "V1", "", "" },
	{ "another run has applied one", "V1 V2", "V1 V2 V3", "U2#4", "setup" },
	{ "one was applied again", "V1 V2", "V1 V2 UNDO:2 V2", "", "" },
	{ "this run was interrupted", "V1 V2", "V1 V2 UNDO:2?", "U2#3", "" },
	{ "another run has begun with the one below", "V1 V2", "V1 V2 UNDO:2 UNDO:1?", "",
	    "setup" },
	{ "it had begun before", "V1 V2 UNDO:2?", "V1 V2 UNDO:2?", "U2#3", "" },
};

START_TEST(undoes_only_what_was_shown)
{
	static const char files[] = "V1 U1 V2 U2 V3 U3";
	const struct pin_case *c = &pin_cases[_i];
	struct error *err = error_new(a);
	struct goal pinned;

	read_case(&(struct plan_case){ .files = files, .rows = c->rows, .settings = "steps=1" },
	    GOAL_UNDO);
	ck_assert(plan_make(a, &goal, &config, &scripts, &history, &plan, err));
	pinned = goal;
	undo_pin(&plan, &history, &pinned);
	read_case(
	    &(struct plan_case){ .files = files, .rows = c->later, .settings = "" }, GOAL_UNDO);
	ck_assert(plan_make(a, &pinned, &config, &scripts, &history, &plan, err));
	ck_assert_msg(
	    strcmp(steps_text(), c->steps) == 0, "%s: steps are %s", c->what, steps_text());
	ck_assert_msg(strcmp(problems_text(), c->problems) == 0, "%s: problems are %s", c->what,
	    problems_text());
}
END_TEST

START_TEST(knows_which_version_an_undo_leaves)
{
	struct error *err = error_new(a);

	read_case(
	    &(struct plan_case){
		.files = "V1 U1 V2 U2 V3 U3", .rows = "V1 V3 V2", .settings = "steps=3" },
	    GOAL_UNDO);
	ck_assert(plan_make(a, &goal, &config, &scripts, &history, &plan, err));
	ck_assert_str_eq(plan.schema_version, "3");
	ck_assert_str_eq(plan.steps[0].leaves, "3");
	ck_assert_str_eq(plan.steps[1].leaves, "1");
	ck_assert_ptr_null(plan.steps[2].leaves);
	ck_assert_ptr_null(plan.target_version);
	ck_assert_ptr_eq(plan.steps[1].undoes, &history.rows[1]);
}
END_TEST

START_TEST(looks_why_there_is_no_undo_file)
{
	struct error *err = error_new(a);
	struct script **list;
	size_t count;

	read_case(
	    &(struct plan_case){
		.files = "V1 V2 U2 V3", .rows = "V1 V2 V3", .settings = "steps=2" },
	    GOAL_UNDO);
	list = plan_looked(a, &goal, &config, &scripts, &history, &count);
	ck_assert_uint_eq(count, 1);
	ck_assert_str_eq(list[0]->script, "V3__x.sql");
	list[0]->directives.irreversible = "no way back";
	ck_assert(plan_make(a, &goal, &config, &scripts, &history, &plan, err));
	ck_assert_str_eq(plan.setup_problems.list[0]->message,
	    "version 3 (\"V3__x.sql\") has no undo file, and says that it is irreversible: no way "
	    "back");
}
END_TEST

/* --- what is no plan --- */

static const struct error_case {
	enum goal_kind kind;
	const char *files, *rows, *settings;
	enum error_code code;
	const char *message;
} error_cases[] = {
	{ GOAL_UP, "V1", "", "target=9", ERR_REFUSED,
	    "there is no version 9: neither file nor history has it" },
	{ GOAL_UP, "V1", "", "target=x", ERR_USAGE, "\"x\" is not a target" },
	{ GOAL_UP, "V1", "", "target=?", ERR_USAGE, "\"?\" is not a target" },
	{ GOAL_UP, "V1", "", "target=", ERR_USAGE, "\"\" is not a target" },
	{ GOAL_UNDO, "V1", "V1", "target=9", ERR_REFUSED,
	    "there is no version 9: neither file nor history has it" },
	{ GOAL_UNDO, "V1", "V1", "target=latest", ERR_USAGE,
	    "\"latest\" is not a version that can be undone" },
	{ GOAL_UNDO, "V1", "V1", "target=1?", ERR_USAGE,
	    "\"1?\" is not a version that can be undone" },
	{ GOAL_BASELINE, "V1", "", "baseline=one", ERR_USAGE,
	    "invalid baseline version: \"one\" is not a version" },
	{ GOAL_UP, "V1", "", "baseline_version=", ERR_USAGE,
	    "invalid baseline version: \"\" is not a version" },
	{ GOAL_REPAIR, "V1", "", "applied=2", ERR_REFUSED, "there is no file of \"2\"" },
	{ GOAL_REPAIR, "V1", "V1", "applied=1", ERR_REFUSED,
	    "\"V1__x.sql\" is applied already: 2026-11-22 13:15:00 by me" },
	{ GOAL_REPAIR, "V1 B1", "V1", "applied=1", ERR_REFUSED,
	    "\"V1__x.sql\" is applied already: 2026-11-22 13:15:00 by me" },
	{ GOAL_REPAIR, "V1 U2", "V2", "applied=2", ERR_REFUSED, "there is no file of \"2\"" },
	{ GOAL_REPAIR, "V1", "", "pending=1", ERR_REFUSED,
	    "the history has no applied migration \"1\"" },
	{ GOAL_REPAIR, "V1", "BASELINE:1", "pending=1", ERR_REFUSED,
	    "the history has no applied migration \"1\"" },
	{ GOAL_REPAIR, "V1", "V1 DELETE:1", "pending=1", ERR_REFUSED,
	    "the history has no applied migration \"1\"" },
};

START_TEST(refuses_what_is_no_plan)
{
	const struct error_case *c = &error_cases[_i];
	struct error *err = error_new(a);

	read_case(
	    &(struct plan_case){ .files = c->files, .rows = c->rows, .settings = c->settings },
	    c->kind);
	ck_assert(!plan_make(a, &goal, &config, &scripts, &history, &plan, err));
	ck_assert_int_eq(err->code, c->code);
	ck_assert_str_eq(err->message, c->message);
}
END_TEST

/* --- single facts --- */

static void
make(const char *files, const char *rows, const char *settings)
{
	struct error *err = error_new(a);

	read_case(
	    &(struct plan_case){ .files = files, .rows = rows, .settings = settings }, GOAL_UP);
	ck_assert(plan_make(a, &goal, &config, &scripts, &history, &plan, err));
}

START_TEST(tells_who_when_and_what_to_do)
{
	static const char *const texts[] = {
		"\"V1__x.sql\" was changed after it was applied 2026-11-22 13:15:00 by me: its "
		"checksum was 7 and is now 8",
		"version 2 (\"V2__x.sql\") failed on 2026-11-22 13:15:00, run by me, and may be "
		"half done",
		"the file of version 3 is missing: \"V3__x.sql\", applied 2026-11-22 13:15:00 by "
		"me",
		"\"V4__x.sql\" is late: it was not applied, but version 5 was, which comes after "
		"it",
	};
	size_t i;

	make("V1* V2 V4 V5", "V1 V2! V3 V5", "");
	ck_assert_uint_eq(plan.fit_problems.count, 4);
	for (i = 0; i < 4; i++) {
		const struct error *problem = plan.fit_problems.list[i];

		ck_assert_str_eq(problem->message, texts[i]);
		ck_assert_int_eq(problem->code, ERR_REFUSED);
		ck_assert(problem->next != NULL);
	}
	ck_assert_str_eq(plan.fit_problems.list[0]->place.path, "migrations/V1__x.sql");
	ck_assert(strstr(plan.fit_problems.list[1]->next, "repair --applied 2") != NULL);
}
END_TEST

START_TEST(counts_what_is_there)
{
	make("V1 V2 V5 R_a*", "SCHEMA V1 V2 R_a V3 DELETE:3 UNDO:2 V9", "");
	/* V1, R_a and V9; V2 was undone, V3 deleted */
	ck_assert_uint_eq(plan.applied_count, 3);
	ck_assert_uint_eq(plan.pending_count, 1);
	ck_assert_uint_eq(plan.outdated_count, 1);
	ck_assert_uint_eq(plan.future_count, 1);
	ck_assert_str_eq(plan.schema_version, "9");
	ck_assert_str_eq(plan.target_version, "9");
	ck_assert_uint_eq(plan.notes.count, 1);
	ck_assert(strstr(plan.notes.items[0], "version 9") != NULL);
}
END_TEST

START_TEST(tells_what_is_held_back)
{
	make("V1+ V2 V3! R_a!*", "V1? R_a", "expand");
	ck_assert_uint_eq(plan.pending_count, 1);
	ck_assert_uint_eq(plan.held_count, 2);
	ck_assert_uint_eq(plan.interrupted_count, 0); /* those that --phase leaves alone */
	ck_assert_uint_eq(plan.outdated_count, 0);
	ck_assert_uint_eq(plan.pending_problems.count, 1);
	ck_assert_uint_eq(plan.notes.count, 1);
	ck_assert_str_eq(plan.notes.items[0],
	    "held back by --phase expand: V1__x.sql (backfill, interrupted), V3__x.sql (contract), "
	    "R_a__x.sql (contract)");
	ck_assert_str_eq(plan.setup_problems.list[0]->message,
	    "\"V2__x.sql\" (expand) stands behind \"V1__x.sql\" (backfill), which --phase expand "
	    "holds back");
	make("V1! V2! V3! V4! V5! V6! V7!", "", "expand");
	ck_assert(strstr(plan.notes.items[0], "V5__x.sql (contract) and 2 more") != NULL);
	make("V1", "", "expand");
	ck_assert_uint_eq(plan.notes.count, 0);
}
END_TEST

START_TEST(knows_where_it_will_end)
{
	make("V1 V2 V3 R_a", "V1", "target=2");
	ck_assert_str_eq(plan.schema_version, "1");
	ck_assert_str_eq(plan.target_version, "2");
	make("V1 R_a", "", "target=current");
	ck_assert_ptr_null(plan.schema_version);
	ck_assert_ptr_null(plan.target_version);
	make("V1", "", "in_use baseline_on_up baseline_version=4");
	ck_assert_ptr_null(plan.schema_version);
	ck_assert_str_eq(plan.target_version, "4");
}
END_TEST

START_TEST(makes_the_history_only_for_steps)
{
	make("V1", "", "");
	ck_assert(plan.needs_history);
	make("", "", "");
	ck_assert(!plan.needs_history);
	make("V1 V2", "V1", "");
	ck_assert(!plan.needs_history);
}
END_TEST

START_TEST(tells_what_is_pending)
{
	make("V1 V2 R_a* R_b", "V1 R_a", "");
	ck_assert_uint_eq(plan.pending_problems.count, 3);
	ck_assert_str_eq(plan.misfits[0].code, "OUTDATED_REPEATABLE_MIGRATION");
	ck_assert_str_eq(plan.misfits[1].code, "RESOLVED_VERSIONED_MIGRATION_NOT_APPLIED");
	ck_assert_str_eq(plan.misfits[2].code, "RESOLVED_REPEATABLE_MIGRATION_NOT_APPLIED");
	make("V1 V2 R_a* R_b", "V1 R_a", "ignore=*:pending");
	ck_assert_uint_eq(plan.pending_problems.count, 0);
	make("V1 V2 R_a", "V1", "ignore=repeatable:pending");
	ck_assert_uint_eq(plan.pending_problems.count, 1);
}
END_TEST

START_TEST(sees_which_versions_can_be_undone)
{
	make("V1 V2 U2", "V1 V2", "");
	ck_assert(!plan.entries[0].undoable);
	ck_assert(plan.entries[1].undoable);
}
END_TEST

START_TEST(refuses_in_order_and_without_validation_less)
{
	struct problems found = { .arena = a };

	make("V1* V2", "V1 V2!", "read_only");
	(void)error_set(problem_add(&plan.file_problems), ERR_REFUSED, "a file");
	plan_refusals(&plan, &config, &found);
	ck_assert_uint_eq(found.count, 4);
	ck_assert_str_eq(found.list[0]->message, "a file");
	ck_assert(strstr(found.list[1]->message, "permission denied") != NULL);
	ck_assert(strstr(found.list[2]->message, "was changed") != NULL);
	config.validate_on_up = false;
	found.count = 0;
	plan_refusals(&plan, &config, &found);
	ck_assert_uint_eq(found.count, 2);
}
END_TEST

START_TEST(keeps_what_was_found_before)
{
	struct error *err = error_new(a);

	read_case(&(struct plan_case){ .files = "", .rows = "", .settings = "" }, GOAL_UP);
	plan.setup_problems.arena = a;
	(void)error_set(problem_add(&plan.setup_problems), ERR_REFUSED, "a trigger");
	ck_assert(plan_make(a, &goal, &config, &scripts, &history, &plan, err));
	ck_assert_uint_eq(plan.setup_problems.count, 1);
}
END_TEST

START_TEST(hashes_what_is_recorded)
{
	struct script **list;
	size_t count;

	read_case(
	    &(struct plan_case){
		.files = "V1 V2 R_a R_b B2 U1", .rows = "V1 R_a UNDO:1", .settings = "" },
	    GOAL_UP);
	list = plan_recorded(a, &goal, &scripts, &history, &count);
	ck_assert_uint_eq(count, 2);
	ck_assert_str_eq(list[0]->script, "V1__x.sql");
	ck_assert_str_eq(list[1]->script, "R_a__x.sql");
	goal.mark_applied = "2";
	(void)plan_recorded(a, &goal, &scripts, &history, &count);
	ck_assert_uint_eq(count, 4); /* V2 and B2 too */
}
END_TEST

static void
set_up(void)
{
	a = arena_new(NULL);
}

static void
tear_down(void)
{
	arena_close(a);
}

int
main(void)
{
	Suite *suite = suite_create("plan");
	TCase *plans = tcase_create("plan");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(plans, set_up, tear_down);
	tcase_add_loop_test(plans, plans_up, 0, sizeof(up_cases) / sizeof(up_cases[0]));
	tcase_add_loop_test(
	    plans, plans_a_baseline, 0, sizeof(baseline_cases) / sizeof(baseline_cases[0]));
	tcase_add_loop_test(
	    plans, plans_repairs, 0, sizeof(repair_cases) / sizeof(repair_cases[0]));
	tcase_add_loop_test(plans, plans_an_undo, 0, sizeof(undo_cases) / sizeof(undo_cases[0]));
	tcase_add_loop_test(
	    plans, undoes_only_what_was_shown, 0, sizeof(pin_cases) / sizeof(pin_cases[0]));
	tcase_add_test(plans, knows_which_version_an_undo_leaves);
	tcase_add_test(plans, looks_why_there_is_no_undo_file);
	tcase_add_loop_test(
	    plans, refuses_what_is_no_plan, 0, sizeof(error_cases) / sizeof(error_cases[0]));
	tcase_add_test(plans, tells_who_when_and_what_to_do);
	tcase_add_test(plans, counts_what_is_there);
	tcase_add_test(plans, tells_what_is_held_back);
	tcase_add_test(plans, knows_where_it_will_end);
	tcase_add_test(plans, makes_the_history_only_for_steps);
	tcase_add_test(plans, tells_what_is_pending);
	tcase_add_test(plans, sees_which_versions_can_be_undone);
	tcase_add_test(plans, refuses_in_order_and_without_validation_less);
	tcase_add_test(plans, keeps_what_was_found_before);
	tcase_add_test(plans, hashes_what_is_recorded);
	suite_add_tcase(suite, plans);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
