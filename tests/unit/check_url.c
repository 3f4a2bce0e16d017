/* SPDX-License-Identifier: MIT */
#include "core/url.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/mask.h"

static struct arena *arena;

static void
set_up(void)
{
	arena = arena_new(NULL);
}

static void
tear_down(void)
{
	mask_clear();
	arena_close(arena);
}

/* "keyword=value keyword=value", in the order of the URL. */
static const char *
summary(const struct connection *c)
{
	struct arena_text *text = arena_text_new(arena);

	for (size_t i = 0; c->keywords[i] != NULL; i++)
		fprintf(text->out, "%s%s=%s", i == 0 ? "" : " ", c->keywords[i], c->values[i]);
	return arena_text_end(text);
}

static const struct good {
	const char *url, *expected;
} goods[] = {
	{ "postgresql://", "" },
	{ "postgres://localhost", "host=localhost" },
	{ "postgresql://localhost:5433/mydb", "host=localhost port=5433 dbname=mydb" },
	{ "postgresql://user@localhost", "user=user host=localhost" },
	{ "postgresql://user:secret@localhost/db",
	    "user=user password=secret host=localhost dbname=db" },
	{ "postgresql://u:p%40ss%2Fword@h", "user=u password=p@ss/word host=h" },
	{ "postgresql://u:a:b@h", "user=u password=a:b host=h" },
	{ "postgresql://u:a?b#c@h", "user=u password=a?b#c host=h" },
	{ "postgresql://u:@h", "user=u host=h" },
	{ "postgresql://a:1,b:2,c/db", "host=a,b,c port=1,2, dbname=db" },
	{ "postgresql://[::1]:5432/db", "host=::1 port=5432 dbname=db" },
	{ "postgresql://[fe80::1]/db", "host=fe80::1 dbname=db" },
	{ "postgresql://%2Fvar%2Frun/db", "host=/var/run dbname=db" },
	{ "postgresql:///db?host=/var/run&port=5433", "dbname=db host=/var/run port=5433" },
	{ "postgresql://h/db?sslmode=require&connect_timeout=10",
	    "host=h dbname=db sslmode=require connect_timeout=10" },
	{ "postgresql://h?application_name=a%20b+c", "host=h application_name=a b+c" },
	{ "postgresql://h/db?ssl=true", "host=h dbname=db sslmode=require" },
	{ "postgresql://h/db?user=x&user=y", "host=h dbname=db user=y" },
	{ "host=localhost port=5432 dbname=db", "host=localhost port=5432 dbname=db" },
	{ "  host = a   user= b ", "host=a user=b" },
	{ "password='a b\\'c\\\\d' host=h", "password=a b'c\\d host=h" },
	{ "password=a\\ b", "password=a b" },
	{ "password=a\\", "password=a" },
	{ "host='' dbname=x", "host= dbname=x" },
	{ "service=mine", "service=mine" },
	{ "jdbc:postgresql://h:5432/db?user=u&password=p%26q",
	    "host=h port=5432 dbname=db user=u password=p&q" },
	{ "jdbc:postgresql://h/db?password=a+b", "host=h dbname=db password=a b" },
	{ "jdbc:postgresql://a:1,b:2/db?targetServerType=primary",
	    "host=a,b port=1,2 dbname=db target_session_attrs=read-write" },
	{ "jdbc:postgresql:db", "dbname=db host=localhost" },
	{ "jdbc:postgresql:/", "host=localhost" },
	{ "jdbc:postgresql://h/db?ssl=true", "host=h dbname=db sslmode=verify-full" },
	{ "jdbc:postgresql://h/db?ssl=false", "host=h dbname=db" },
	{ "jdbc:postgresql://h/db?ssl=true&sslmode=require", "host=h dbname=db sslmode=require" },
	{ "jdbc:postgresql://h/db?sslmode=require&ssl=true", "host=h dbname=db sslmode=require" },
	{ "jdbc:postgresql://h/db?currentSchema=app",
	    "host=h dbname=db options=-csearch_path=app" },
	{ "jdbc:postgresql://h/db?currentSchema=a,b%20c&options=-c%20x=1",
	    "host=h dbname=db options=-csearch_path=a,b\\ c -c x=1" },
	{ "jdbc:postgresql://h/db?ApplicationName=x&tcpKeepAlive=true&connectTimeout=5",
	    "host=h dbname=db application_name=x keepalives=1 connect_timeout=5" },
	{ "jdbc:postgresql://h/db?prepareThreshold=0&reWriteBatchedInserts=true",
	    "host=h dbname=db" },
};

START_TEST(reads)
{
	const struct good *g = &goods[_i];
	struct error *err = error_new(arena);
	struct connection c;
	bool good = url_read(arena, g->url, &c, err);

	ck_assert_msg(good, "%s: %s", g->url, err->message);
	ck_assert_str_eq(summary(&c), g->expected);
}
END_TEST

/* "hunter" stands for what must not be repeated. */
static const struct bad {
	const char *url, *message, *next;
} bads[] = {
	{ "postgresql://u:hunter@2/word@host/db", "not percent-encoded", "%40" },
	{ "postgresql://u:hunter/2@host/db", "not percent-encoded", "%40" },
	{ "postgresql://u:1/hunter?x=y@host/db", "not percent-encoded", "%40" },
	{ "postgresql://u:p@hunter?x=y@host/db", "not percent-encoded", "%40" },
	{ "postgresql://u:hunter%zzet@h", "the password has a \"%\"", "%25" },
	{ "postgresql://u:hunter%@h", "the password has a \"%\"", NULL },
	{ "postgresql://u:hunter%00@h", "the password has a \"%\"", NULL },
	{ "postgresql://[::hunter/db", "brackets", NULL },
	{ "postgresql://[::1]hunter/db", "brackets", NULL },
	{ "postgresql://h:hunter/db", "the port is not a number", NULL },
	{ "postgresql://h/db?hunter", "name=value", NULL },
	{ "postgresql://h/db?=hunter", "name=value", NULL },
	{ "password=S3 hunter", "neither a URI", "single quotes" },
	{ "password='hunter", "does not end", NULL },
	{ "hunter", "neither a URI", NULL },
	{ "mysql://u:hunter@h/db", "\"mysql\" is not PostgreSQL", "postgresql://" },
	{ "postgresql+psycopg2://u:hunter@h/db", "\"postgresql+psycopg2\" is not", NULL },
	{ "jdbc:mysql://h/db?password=hunter", "\"jdbc:mysql\" is not PostgreSQL", NULL },
	{ "jdbc:oracle:thin:scott/hunter@h", "\"jdbc:oracle\" is not PostgreSQL", NULL },
	{ "jdbc:postgresql://u:hunter@h/db", "no \"@\"", "?user=" },
	{ "jdbc:postgresql://h/db?sslfactory=hunter", "\"sslfactory\" means nothing", "Leave it" },
	{ "jdbc:postgresql://h/db?targetServerType=hunter", "targetServerType", NULL },
};

START_TEST(refuses_without_repeating_a_secret)
{
	const struct bad *b = &bads[_i];
	struct error *err = error_new(arena);
	struct connection c;

	ck_assert_msg(!url_read(arena, b->url, &c, err), "%s is taken", b->url);
	ck_assert_int_eq(err->code, ERR_USAGE);
	ck_assert_msg(strstr(err->message, b->message) != NULL, "%s: %s", b->url, err->message);
	ck_assert_ptr_null(strstr(err->message, "hunter"));
	if (b->next != NULL)
		ck_assert_msg(
		    err->next != NULL && strstr(err->next, b->next) != NULL, "%s", b->url);
}
END_TEST

static const char *const hidden[] = {
	"postgresql://u:hunter@h/db",
	"postgresql://u:hu%6eter@h/db",
	"postgresql://u:hunter@2/word@host/db",
	"postgresql://u:hunter%zz@h/db",
	"postgresql://h/db?user=u&password=hunter",
	"postgresql://h/db?sslpassword=hunter&user=u",
	"jdbc:postgresql://h/db?password=hunter&user=u",
	"host=h password=hunter",
	"host=h password = 'hunter'",
	"password=S3 hunter",
};

START_TEST(hides_the_password_of)
{
	url_hide(arena, hidden[_i]);
	ck_assert_ptr_null(strstr(mask_text(arena, hidden[_i]), "hunter"));
	ck_assert_ptr_null(strstr(mask_text(arena, hidden[_i]), "hu%6eter"));
}
END_TEST

START_TEST(replaces_a_keyword_that_is_set_again)
{
	struct connection c = connection_empty(arena);

	connection_set(arena, &c, "user", "a");
	connection_set(arena, &c, "host", "h");
	connection_set(arena, &c, "user", "b");
	ck_assert_str_eq(summary(&c), "user=b host=h");
}
END_TEST

#define COUNT(table) ((int)(sizeof(table) / sizeof((table)[0])))

int
main(void)
{
	Suite *suite = suite_create("url");
	TCase *cases = tcase_create("url");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(cases, set_up, tear_down);
	tcase_add_loop_test(cases, reads, 0, COUNT(goods));
	tcase_add_loop_test(cases, refuses_without_repeating_a_secret, 0, COUNT(bads));
	tcase_add_loop_test(cases, hides_the_password_of, 0, COUNT(hidden));
	tcase_add_test(cases, replaces_a_keyword_that_is_set_again);
	suite_add_tcase(suite, cases);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
