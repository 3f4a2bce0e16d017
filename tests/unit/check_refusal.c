/* SPDX-License-Identifier: MIT */
#include "db/refusal.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(table) ((int)(sizeof(table) / sizeof((table)[0])))
#define AT "connection to server at \"h\", port 5 failed: "

static const struct refusal_target target = { .database = "shop", .user = "me" };
static struct arena *arena;
static struct error *err;

static void
set_up(void)
{
	arena = arena_new(NULL);
	err = error_new(arena);
}

static void
tear_down(void)
{
	arena_close(arena);
}

static const struct refused {
	const char *text;
	const char *message, *sqlstate, *detail, *hint;
	const char *next; /* a word of it */
	bool may_pass;
} refuseds[] = {
	{ AT "FATAL:  28P01: password authentication failed for user \"me\"\nLOCATION:  a, b.c:1\n",
	    AT "FATAL:  password authentication failed for user \"me\"", "28P01", NULL, NULL,
	    "password", false },
	{ AT "FATAL:  28000: role \"me\" does not exist\n", AT "FATAL:  role \"me\" does not exist",
	    "28000", NULL, NULL, "pg_hba.conf", false },
	{ AT "FATAL:  3D000: database \"shop\" does not exist\n",
	    AT "FATAL:  database \"shop\" does not exist", "3D000", NULL, NULL,
	    "Create the database", false },
	{ AT "FATAL:  42501: permission denied for database \"shop\"\nDETAIL:  User does not have "
	     "CONNECT privilege.\nLOCATION:  CheckMyDatabase, postinit.c:408\n",
	    AT "FATAL:  permission denied for database \"shop\"", "42501",
	    "User does not have CONNECT privilege.", NULL,
	    "GRANT CONNECT ON DATABASE \"shop\" TO \"me\".", false },
	{ AT "FATAL:  55000: database \"shop\" is not currently accepting connections\n",
	    AT "FATAL:  database \"shop\" is not currently accepting connections", "55000", NULL,
	    NULL, "ALTER DATABASE \"shop\" ALLOW_CONNECTIONS true.", false },
	{ AT "FATAL:  53300: sorry, too many clients already\n",
	    AT "FATAL:  sorry, too many clients already", "53300", NULL, NULL, "max_connections",
	    true },
	{ AT "FATAL:  57P03: the database system is starting up\n",
	    AT "FATAL:  the database system is starting up", "57P03", NULL, NULL, "--wait", true },
	{ AT "FATAL:  08P01: server login has been failing\n",
	    AT "FATAL:  server login has been failing", "08P01", NULL, NULL, "server's log", true },
	{ AT "FATAL:  XX000: out of luck\nHINT:  Try a clover.\n", AT "FATAL:  out of luck",
	    "XX000", NULL, "Try a clover.", "server's log", false },
	/* in another language */
	{ AT "FATAL:  3D000: Datenbank \xc2\xbbshop\xc2\xab existiert nicht\n",
	    AT "FATAL:  Datenbank \xc2\xbbshop\xc2\xab existiert nicht", "3D000", NULL, NULL,
	    "Create the database", false },
	/* refused once more without TLS */
	{ AT "FATAL:  28P01: one\nLOCATION:  a\n" AT "FATAL:  28000: two\nDETAIL:  x\n",
	    AT "FATAL:  one", "28P01", AT "FATAL:  two", NULL, "password", false },
	/* two addresses */
	{ AT "Connection refused\n\tIs the server running?\n" AT "FATAL:  57P03: soon\n",
	    AT "FATAL:  soon", "57P03", AT "Connection refused", NULL, "accepts connections",
	    true },
	{ AT "Connection refused\n\tIs the server running?\n" AT "Network is unreachable\n",
	    AT "Network is unreachable", "", AT "Connection refused", NULL, "network", true },
	{ AT "Connection refused\n\tIs the server running on that host and accepting TCP/IP "
	     "connections?\n",
	    AT "Connection refused", "", NULL, NULL, "Nothing listens there", true },
	{ AT "No such file or directory\n", AT "No such file or directory", "", NULL, NULL,
	    "that socket", true },
	{ "could not translate host name \"h\" to address: Name or service not known\n",
	    "could not translate host name \"h\" to address: Name or service not known", "", NULL,
	    NULL, "Correct the host", true },
	{ AT "server closed the connection unexpectedly\n\tThis probably means the server\n",
	    AT "server closed the connection unexpectedly", "", NULL, NULL, "not yet", true },
	{ AT "SSL SYSCALL error: EOF detected\n", AT "SSL SYSCALL error: EOF detected", "", NULL,
	    NULL, "not yet", true },
	{ AT "session is read-only\n", AT "session is read-only", "", NULL, NULL, "all hosts",
	    true },
	{ AT "server is not in hot standby mode\n", AT "server is not in hot standby mode", "",
	    NULL, NULL, "prefer-standby", true },
	{ AT "server does not support SSL, but SSL was required\n",
	    AT "server does not support SSL, but SSL was required", "", NULL, NULL, "ssl = on",
	    false },
	{ AT "root certificate file \"/x\" does not exist\nEither provide the file\n",
	    AT "root certificate file \"/x\" does not exist", "", NULL, NULL, "sslrootcert",
	    false },
	{ AT "could not open certificate file \"/x\": No such file or directory\n",
	    AT "could not open certificate file \"/x\": No such file or directory", "", NULL, NULL,
	    "certificate", false },
	{ AT "SSL error: certificate verify failed\n", AT "SSL error: certificate verify failed",
	    "", NULL, NULL, "CA", false },
	{ AT "fe_sendauth: no password supplied\n", AT "fe_sendauth: no password supplied", "",
	    NULL, NULL, "~/.pgpass", false },
	{ "local user with ID 5 does not exist\n", "local user with ID 5 does not exist", "", NULL,
	    NULL, "Name the user in the url.", false },
	{ AT "received invalid response to SSL negotiation: H\n",
	    AT "received invalid response to SSL negotiation: H", "", NULL, NULL, "not PostgreSQL",
	    false },
	{ AT "something new\n", AT "something new", "", NULL, NULL, "parameters of the url",
	    false },
	{ "", "", "", NULL, NULL, "parameters", false },
};

static void
check_text(const char *text, const char *wanted)
{
	if (wanted == NULL)
		ck_assert_ptr_null(text);
	else
		ck_assert_str_eq(text, wanted);
}

START_TEST(says_why_there_is_no_connection)
{
	const struct refused *r = &refuseds[_i];

	ck_assert(!refusal_set(err, r->text, &target));
	ck_assert_int_eq(err->code, ERR_CONNECT);
	ck_assert_str_eq(err->message, r->message);
	ck_assert_str_eq(err->sqlstate, r->sqlstate);
	check_text(err->detail, r->detail);
	check_text(err->hint, r->hint);
	ck_assert_msg(strstr(err->next, r->next) != NULL, "%s: %s", r->text, err->next);
	ck_assert_msg(err->may_pass == r->may_pass, "%s", r->text);
}
END_TEST

START_TEST(parameters_that_libpq_refuses_are_wrong_usage)
{
	static const char *const texts[] = { "invalid port number: \"x\"\n",
		"invalid sslmode value: \"x\"\n",
		"invalid integer value \"x\" for connection option \"keepalives\"\n",
		"could not match 2 port numbers to 3 hosts\n" };

	ck_assert(!refusal_set(err, texts[_i], &target));
	ck_assert_int_eq(err->code, ERR_USAGE);
	ck_assert(!err->may_pass);
	ck_assert_ptr_nonnull(err->next);
}
END_TEST

START_TEST(timeout_names_the_address_behind_a_name)
{
	refusal_timeout(err, "h", "10.0.0.1", "5");
	ck_assert_str_eq(err->message,
	    "connection to server at \"h\" (10.0.0.1), port 5 failed: timeout expired");
	ck_assert(err->may_pass);
	refusal_timeout(err, "10.0.0.1", "10.0.0.1", "5");
	ck_assert_str_eq(
	    err->message, "connection to server at \"10.0.0.1\", port 5 failed: timeout expired");
}
END_TEST

static const struct several {
	const char *texts[3];
	const char *message, *detail;
	bool may_pass;
} severals[] = {
	{ { AT "Connection refused" }, AT "Connection refused", NULL, true },
	{ { "one: Connection refused", "two: session is read-only" }, "two: session is read-only",
	    "one: Connection refused", true },
	{ { "one: FATAL:  3D000: no", "two: Connection refused" }, "one: FATAL:  no",
	    "two: Connection refused", false },
	{ { "one: Connection refused", "two: FATAL:  57P03: soon\nDETAIL:  x",
	      "three: Connection refused" },
	    "two: FATAL:  soon", "x\none: Connection refused\nthree: Connection refused", true },
	{ { "one: FATAL:  57P03: soon", "two: FATAL:  28P01: no" }, "two: FATAL:  no",
	    "one: FATAL:  soon", false },
};

START_TEST(failures_of_several_hosts_are_all_told)
{
	const struct several *s = &severals[_i];

	for (size_t i = 0; i < 3 && s->texts[i] != NULL; i++) {
		struct error *here = error_new(arena);

		refusal_set(here, s->texts[i], &target);
		refusal_add(err, here);
	}
	ck_assert_str_eq(err->message, s->message);
	check_text(err->detail, s->detail);
	ck_assert(err->may_pass == s->may_pass);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("refusal");
	TCase *tcase = tcase_create("refusal");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_loop_test(tcase, says_why_there_is_no_connection, 0, COUNT(refuseds));
	tcase_add_loop_test(tcase, parameters_that_libpq_refuses_are_wrong_usage, 0, 4);
	tcase_add_test(tcase, timeout_names_the_address_behind_a_name);
	tcase_add_loop_test(tcase, failures_of_several_hosts_are_all_told, 0, COUNT(severals));
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
