/* SPDX-License-Identifier: MIT */
#include "cli/out.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct arena *arena;
static struct config config;
static struct config_list warnings;
static FILE *out, *said; /* what stands in place of stdout and stderr */

static FILE *
redirect(FILE *stream)
{
	FILE *to = tmpfile();

	ck_assert_ptr_nonnull(to);
	fflush(stream);
	ck_assert_int_ge(dup2(fileno(to), fileno(stream)), 0);
	return to;
}

/* Each test has a process of its own, so nothing needs to be put back. */
static void
set_up(void)
{
	arena = arena_new(NULL);
	config = (struct config){ .events = true, .format = FORMAT_JSON };
	warnings = (struct config_list){ 0 };
	out = redirect(stdout);
	said = redirect(stderr);
}

static const char *
written(FILE *file)
{
	struct arena_text *text = arena_text_new(arena);
	int c;

	fflush(NULL);
	rewind(file);
	while ((c = getc(file)) != EOF)
		fputc(c, text->out);
	return arena_text_end(text);
}

static struct script script = { .script = "V3__a.sql", .version = "3", .statement_total = 2 };
static struct record record = { .version = "1", .why = "marks the present state" };
static const struct step step = { .kind = STEP_SCRIPT, .script = &script };
static const struct step record_step = { .kind = STEP_RECORD, .records = &record };
static const struct batch_progress batch = { .pass = 2,
	.batches = 24,
	.rows = 1200,
	.keys = 430,
	.keys_total = -1,
	.size = 5000,
	.rows_per_s = -1,
	.remaining_ms = -1,
	.waits_for = "replica lag 12 s" };

#define OF_FILE "\"script\": \"V3__a.sql\", \"version\": \"3\", \"file\": 2, \"files\": 7"

static const struct line {
	struct event event;
	const char *members; /* behind the time */
} lines[] = {
	{ { .kind = EVENT_STEP_BEGIN, .step = &step, .step_number = 2, .step_total = 7 }, OF_FILE },
	{ { .kind = EVENT_STEP_END, .step = &step, .elapsed_ms = 41 },
	    OF_FILE ", \"elapsedMs\": 41" },
	{ { .kind = EVENT_STEP_FAILED, .step = &record_step, .elapsed_ms = 41 },
	    "\"script\": null, \"version\": null, \"file\": 2, \"files\": 7, \"elapsedMs\": 41" },
	{ { .kind = EVENT_NOTE, .text = "by the way" },
	    "\"script\": null, \"version\": null, \"file\": null, \"files\": null, \"message\": "
	    "\"by the way\"" },
	{ { .kind = EVENT_PROGRESS,
	      .step = &step,
	      .statement = 1,
	      .statement_total = 2,
	      .text = "scanning heap",
	      .percent = 43.29,
	      .done = 4329,
	      .total = 10000,
	      .unit = "blocks",
	      .elapsed_ms = 9000 },
	    OF_FILE ", \"statement\": 1, \"statements\": 2, \"phase\": \"scanning heap\", "
		    "\"percent\": 43.2, \"done\": 4329, \"total\": 10000, \"unit\": \"blocks\", "
		    "\"blockers\": null, \"elapsedMs\": 9000" },
	{ { .kind = EVENT_PROGRESS, .step = &step, .percent = -1, .detail = "pid 7" },
	    OF_FILE ", \"statement\": null, \"statements\": null, \"phase\": null, \"percent\": "
		    "null, \"done\": null, \"total\": null, \"unit\": null, \"blockers\": "
		    "\"pid 7\", \"elapsedMs\": 0" },
	{ { .kind = EVENT_BATCH, .step = &step, .batch = &batch },
	    OF_FILE ", \"pass\": 2, \"batches\": 24, \"rows\": 1200, \"keys\": 430, \"keysTotal\": "
		    "null, \"size\": 5000, \"rowsPerSecond\": null, \"remainingMs\": null, "
		    "\"waitsFor\": \"replica lag 12 s\"" },
	{ { .kind = EVENT_TRY_FAILED,
	      .step = &step,
	      .attempt = 2,
	      .wait_ms = 1250,
	      .sqlstate = "55P03",
	      .text = "pid 7",
	      .elapsed_ms = 101 },
	    OF_FILE ", \"attempt\": 2, \"waitMs\": 1250, \"sqlState\": \"55P03\", \"blockers\": "
		    "\"pid 7\", \"elapsedMs\": 101" },
	{ { .kind = EVENT_LOCK_WAIT, .text = "pid 7", .elapsed_ms = 1000 },
	    "\"holder\": \"pid 7\", \"elapsedMs\": 1000" },
};

START_TEST(tells_what_happens)
{
	struct sink *sink = out_event_sink(arena, &config, &warnings);
	const char *text;

	event_emit(sink, &lines[0].event);
	if (_i > 0)
		event_emit(sink, &lines[_i].event);
	text = strrchr(written(said), '{');
	ck_assert_ptr_nonnull(strstr(text, ", \"time\": \"20"));
	ck_assert_str_eq(
	    strchr(text, 'Z') + 1, arena_printf(arena, "\", %s}\n", lines[_i].members));
	ck_assert_str_eq(written(out), "");
}
END_TEST

START_TEST(has_a_line_for_every_kind)
{
	static const char *const name[] = { "event", NULL };
	struct sink *sink = out_event_sink(arena, &config, &warnings);
	const char *text, *end;
	int count = 0;

	for (int kind = 0; kind <= EVENT_STEP_FAILED; kind++)
		event_emit(sink,
		    &(struct event){ .kind = (enum event_kind)kind,
			.step = &step,
			.batch = &batch,
			.text = "x" });
	for (text = written(said); (end = strchr(text, '\n')) != NULL; text = end + 1) {
		const char *line = arena_strndup(arena, text, (size_t)(end - text));
		const struct json *json = json_read(arena, line);

		ck_assert_msg(json != NULL && json_text_at(json, name) != NULL, "%s", line);
		count++;
	}
	ck_assert_int_eq(count, EVENT_STEP_FAILED + 1);
}
END_TEST

START_TEST(tells_of_an_error)
{
	struct error *err = error_new(arena);

	error_set(err, ERR_LOCK, "no \"lock\"\nto be had");
	out_error(stderr, &config, err);
	ck_assert_ptr_nonnull(strstr(written(said),
	    "\"code\": \"LOCK\", \"exit\": 6, \"sqlState\": null, \"message\": \"no "
	    "\\\"lock\\\"\\nto be had\""));
}
END_TEST

START_TEST(remembers_warnings_for_the_answer)
{
	struct sink *sink = out_event_sink(arena, &config, &warnings);

	event_warning(sink, "careful");
	ck_assert_uint_eq(warnings.count, 1);
	ck_assert_str_eq(warnings.items[0], "careful");
}
END_TEST

START_TEST(says_what_was_applied_when_the_answer_is_text)
{
	config.format = FORMAT_TEXT;
	event_emit(out_event_sink(arena, &config, &warnings),
	    &(struct event){ .kind = EVENT_STEP_END, .step = &step, .elapsed_ms = 41 });
	ck_assert_str_eq(written(out), "V3__a.sql: applied, 2 statements, 0.041 s\n");
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("out_events");
	TCase *tests = tcase_create("out_events");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tests, set_up, NULL);
	tcase_add_loop_test(tests, tells_what_happens, 0, (int)(sizeof(lines) / sizeof(lines[0])));
	tcase_add_test(tests, has_a_line_for_every_kind);
	tcase_add_test(tests, tells_of_an_error);
	tcase_add_test(tests, remembers_warnings_for_the_answer);
	tcase_add_test(tests, says_what_was_applied_when_the_answer_is_text);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_set_fork_status(runner, CK_FORK); /* stdout and stderr are redirected */
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
