/* SPDX-License-Identifier: MIT */
#include "cli/out.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mask.h"

static struct arena *arena;
static struct config config;
static struct config_list warnings;
static struct sink *sink;
static FILE *out, *said; /* what stands in place of stdout and stderr */

static void
redirect(FILE *stream, FILE **to)
{
	*to = tmpfile();
	ck_assert_ptr_nonnull(*to);
	fflush(stream);
	ck_assert_int_ge(dup2(fileno(*to), fileno(stream)), 0);
}

/* Each test has a process of its own, so nothing needs to be put back. */
static void
set_up(void)
{
	arena = arena_new(NULL);
	unsetenv("GITHUB_ACTIONS");
	config = (struct config){ .color = COLOR_NEVER };
	warnings = (struct config_list){ 0 };
	redirect(stdout, &out);
	redirect(stderr, &said);
	sink = out_text_sink(arena, &config, &warnings);
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

static struct script script = { .script = "V3__add_total.sql", .statement_total = 2 };
static struct record record = { .version = "1", .why = "marks the present state" };
static const struct step step = { .script = &script, .records = &record, .record_count = 1 };
static const struct step record_step = {
	.kind = STEP_RECORD, .records = &record, .record_count = 1
};

static const struct saying {
	struct event event;
	const char *said, *answer;
} sayings[] = {
	{ { .kind = EVENT_WARNING, .text = "careful", .hint = "Look." },
	    "migrate: warning: careful\nHINT:  Look.\n", "" },
	{ { .kind = EVENT_NOTE, .text = "by the way" }, "migrate: by the way\n", "" },
	{ { .kind = EVENT_CONNECTED,
	      .host = "db",
	      .database = "shop",
	      .user = "app",
	      .server_version = 150018,
	      .pending = 2 },
	    "migrate: host db, database shop, user app, server 15.18, 2 pending\n", "" },
	{ { .kind = EVENT_LOCK_WAIT, .text = "pid 7" },
	    "migrate: waiting for the run lock, held by pid 7\n", "" },
	{ { .kind = EVENT_LOCK_WAIT }, "migrate: waiting for the run lock\n", "" },
	{ { .kind = EVENT_LOCK_TAKEN }, "", "" },
	{ { .kind = EVENT_LOCK_FAILED }, "", "" },
	{ { .kind = EVENT_PROGRESS,
	      .step = &step,
	      .statement = 1,
	      .statement_total = 2,
	      .text = "building index: scanning table",
	      .percent = 43.2,
	      .elapsed_ms = 90000 },
	    "migrate: V3__add_total.sql: statement 1 of 2: building index: scanning table, 43 %, "
	    "90 s\n",
	    "" },
	{ { .kind = EVENT_PROGRESS, .step = &record_step, .percent = -1 }, "", "" },
	{ { .kind = EVENT_NOTICE, .step = &step, .severity = "NOTICE", .text = "one\n::two" },
	    "migrate: V3__add_total.sql: NOTICE:  one\n  | ::two\n", "" },
	{ { .kind = EVENT_NOTICE, .text = "one", .detail = "d", .hint = "h" },
	    "migrate: NOTICE:  one\nDETAIL:  d\nHINT:  h\n", "" },
	{ { .kind = EVENT_TRY_FAILED,
	      .step = &step,
	      .attempt = 2,
	      .wait_ms = 1250,
	      .sqlstate = "55P03",
	      .text = "pid 7" },
	    "migrate: V3__add_total.sql: try 2 failed (55P03), the next one in 1.250 s, blocked by "
	    "pid 7\n",
	    "" },
	{ { .kind = EVENT_STEP_END, .step = &step, .elapsed_ms = 41 }, "",
	    "V3__add_total.sql: applied, 2 statements, 0.041 s\n" },
	{ { .kind = EVENT_STEP_END, .step = &record_step }, "", "" },
	{ { .kind = EVENT_COMMIT_SENT, .step = &step }, "", "" },
	{ { .kind = EVENT_STEP_FAILED, .step = &step }, "", "" },
};

START_TEST(says_what_happens)
{
	event_emit(sink, &sayings[_i].event);
	ck_assert_str_eq(written(said), sayings[_i].said);
	ck_assert_str_eq(written(out), sayings[_i].answer);
}
END_TEST

START_TEST(says_only_what_is_wrong_when_quiet)
{
	config.quiet = true;
	for (size_t i = 0; i < sizeof(sayings) / sizeof(sayings[0]); i++)
		event_emit(sink, &sayings[i].event);
	ck_assert_str_eq(written(said), "migrate: warning: careful\nHINT:  Look.\n");
	ck_assert_str_eq(written(out), "V3__add_total.sql: applied, 2 statements, 0.041 s\n");
}
END_TEST

START_TEST(says_more_when_verbose)
{
	config.verbose = true;
	event_emit(sink,
	    &(struct event){
		.kind = EVENT_STEP_BEGIN, .step = &step, .step_number = 1, .step_total = 2 });
	event_emit(sink,
	    &(struct event){ .kind = EVENT_STATEMENT_DONE,
		.step = &step,
		.statement = 1,
		.statement_total = 2,
		.elapsed_ms = 12 });
	event_emit(sink,
	    &(struct event){
		.kind = EVENT_NOTICE, .severity = "WARNING", .sqlstate = "01000", .text = "x" });
	event_emit(sink, &(struct event){ .kind = EVENT_STEP_END, .step = &record_step });
	ck_assert_str_eq(written(said),
	    "migrate: V3__add_total.sql: started, 1 of 2\n"
	    "migrate: V3__add_total.sql: statement 1 of 2, 0.012 s\n"
	    "migrate: WARNING:  01000: x\n"
	    "migrate: version 1: marks the present state\n");
}
END_TEST

START_TEST(keeps_the_answer_for_json_alone)
{
	config.format = FORMAT_JSON;
	sink = out_text_sink(arena, &config, &warnings);
	event_emit(sink, &(struct event){ .kind = EVENT_STEP_END, .step = &step });
	ck_assert_str_eq(written(out), "");
	ck_assert_str_eq(written(said), "V3__add_total.sql: applied, 2 statements, 0.000 s\n");
}
END_TEST

START_TEST(wants_to_hear_of_what_runs_long_when_it_says_so)
{
	ck_assert_int_eq(sink->pace_ms, 30000);
	config.quiet = true;
	ck_assert_int_eq(out_text_sink(arena, &config, &warnings)->pace_ms, 0);
}
END_TEST

START_TEST(says_batches_no_faster_than_that)
{
	const struct batch_progress batch = { .pass = 1,
		.rows = -1,
		.keys = 43,
		.keys_total = 100,
		.rows_per_s = -1,
		.remaining_ms = -1 };
	const struct event event = { .kind = EVENT_BATCH, .step = &step, .batch = &batch };

	event_emit(sink, &(struct event){ .kind = EVENT_STEP_BEGIN, .step = &step });
	for (int i = 0; i < 100; i++)
		event_emit(sink, &event);
	ck_assert_str_eq(written(said), "");
	/* What is said in its time tells of the batches, too. */
	event_emit(sink, &(struct event){ .kind = EVENT_PROGRESS, .step = &step, .percent = -1 });
	ck_assert_str_eq(written(said), "migrate: V3__add_total.sql: 43 %\n");
}
END_TEST

START_TEST(remembers_warnings)
{
	event_warning(sink, "number %d", 1);
	event_warning(sink, "number %d", 2);
	ck_assert_uint_eq(warnings.count, 2);
	ck_assert_str_eq(warnings.items[1], "number 2");
}
END_TEST

static size_t
lines(const char *text)
{
	size_t count = 0;

	while ((text = strchr(text, '\n')) != NULL) {
		count++;
		text++;
	}
	return count;
}

START_TEST(suppresses_a_flood_of_notices)
{
	const struct event notice = { .kind = EVENT_NOTICE, .step = &step, .text = "again" };
	const char *text;

	for (int i = 0; i < 60; i++)
		event_emit(sink, &notice);
	event_emit(sink, &(struct event){ .kind = EVENT_STEP_END, .step = &step });
	event_emit(sink, &notice); /* a new step may speak again */
	text = written(said);
	ck_assert_uint_eq(lines(text), 52);
	ck_assert_ptr_nonnull(strstr(text,
	    "migrate: V3__add_total.sql: 10 more suppressed\nmigrate: V3__add_total.sql: NOTICE"));
}
END_TEST

START_TEST(cuts_an_endless_notice)
{
	char *endless = arena_alloc(arena, 200001);
	const char *text;

	memset(endless, 'x', 200000);
	event_emit(sink, &(struct event){ .kind = EVENT_NOTICE, .text = endless });
	text = written(said);
	ck_assert_uint_lt(strlen(text), 65536 + 100);
	ck_assert_str_eq(text + strlen(text) - 5, "x…\n");
}
END_TEST

START_TEST(hides_secrets_and_escapes)
{
	mask_add("hunter2");
	event_emit(sink,
	    &(struct event){
		.kind = EVENT_NOTICE, .severity = "NOTICE", .text = "\033[2J hunter2" });
	ck_assert_str_eq(written(said), "migrate: NOTICE:  \\x1B[2J ********\n");
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("progress");
	TCase *tests = tcase_create("progress");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tests, set_up, NULL);
	tcase_add_loop_test(
	    tests, says_what_happens, 0, (int)(sizeof(sayings) / sizeof(sayings[0])));
	tcase_add_test(tests, says_only_what_is_wrong_when_quiet);
	tcase_add_test(tests, says_more_when_verbose);
	tcase_add_test(tests, keeps_the_answer_for_json_alone);
	tcase_add_test(tests, wants_to_hear_of_what_runs_long_when_it_says_so);
	tcase_add_test(tests, says_batches_no_faster_than_that);
	tcase_add_test(tests, remembers_warnings);
	tcase_add_test(tests, suppresses_a_flood_of_notices);
	tcase_add_test(tests, cuts_an_endless_notice);
	tcase_add_test(tests, hides_secrets_and_escapes);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_set_fork_status(runner, CK_FORK); /* stdout and stderr are redirected */
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
