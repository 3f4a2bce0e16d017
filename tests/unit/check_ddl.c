/* SPDX-License-Identifier: MIT */
#include "sql/ddl.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sql/words.h"

/*
 * Compares the locks that are told with those that servers took (tests/data/measured.tsv), as far
 * as they are above ROW EXCLUSIVE and on relations of tests/data/base.sql.
 */

/* What a catalog would say about base.sql; the file names indexes of partitioned tables only. */
static const char *const relations[] = { "attp", "clu", "comp_t", "ct", "ctt", "domt", "f", "fn",
	"fnv", "gen", "inhc", "inhc2", "inhp", "mv", "nn18", "p", "pnew", "pnewck", "pt", "pt1",
	"pt2", "pt_idx", "pt1_idx", "ptd", "ptd1", "ptd_def", "sq", "t", "tck", "tcknv", "ti",
	"ti_id_seq", "ts1", "ts1_id_seq", "tt", "ul", "unl", "v", "vt", "vv" };
static const struct {
	const char *parent, *child;
} children[] = {
	{ "pt", "pt1" },
	{ "pt", "pt2" },
	{ "ptd", "ptd1" },
	{ "ptd", "ptd_def" },
	{ "inhp", "inhc2" },
};
static const struct {
	const char *table, *column, *constraint; /* all of them reference p(id) */
} foreign_keys[] = {
	{ "f", "pid", "f_pid_fkey" },
	{ "fnv", "pid", "fnv_fk" },
};
static const struct {
	const char *index, *table;
} indexes[] = {
	{ "t_a", "t" },
	{ "mv_u", "mv" },
};

/* Where the statement alone does not tell. */
static const struct exception {
	const char *id, *reason;
} exceptions[] = {
	{ "alter.attach_withdefault", "which partition is the default one" },
	{ "create.table_partof_default_exists", "which partition is the default one" },
	{ "drop.table_cascade_parent", "what depends on it" },
	{ "drop.type_cascade", "what depends on it" },
	{ "y.drop_fk_parent_col", "what depends on it" },
	{ "drop.statistics", "whose statistics they are" },
	{ "alter.domain_addck", "which tables use the domain; not told for NOT VALID alone" },
	{ "alter.domain_validate", "which tables use the domain" },
	{ "alter.dropidentity", "the sequence of the column" },
	{ "alter.setgenerated", "the sequence of the column" },
	{ "y.drop_index_partitioned", "whose index it is" },
	{ "x.do_block", "what a block runs" },
	{ "x.unique_partitioned", "before 18 the partitions are locked in SHARE only" },
	{ "x.addck_noinherit", "before 18 the children are not locked" },
	{ "y.create_like_attach", "the index of the parent" },
};

static const char *const modes[] = { "", "AS", "RS", "RE", "SUE", "S", "SRE", "E", "AE" };

enum { RELATIONS = sizeof(relations) / sizeof(relations[0]) };

struct locks {
	enum lock_mode on[RELATIONS], on_index;
};

static struct arena *arena;

static void
set_up(void)
{
	arena = arena_new(NULL);
}

static void
tear_down(void)
{
	arena_close(arena);
}

static void
add(struct locks *locks, const char *name, enum lock_mode mode)
{
	for (size_t i = 0; i < RELATIONS; i++)
		if (strcmp(relations[i], name) == 0 && mode > locks->on[i])
			locks->on[i] = mode;
}

static void
add_table(struct locks *locks, const struct statement_lock *l)
{
	add(locks, l->name, l->mode);
	for (size_t i = 0; !l->only && i < sizeof(children) / sizeof(children[0]); i++)
		if (strcmp(children[i].parent, l->name) == 0)
			add(locks, children[i].child, l->mode);
}

static bool
is_or_null(const char *wanted, const char *name)
{
	return wanted == NULL || strcmp(wanted, name) == 0;
}

/* The tables at the other end of foreign keys, and the parent of a dropped partition. */
static void
add_other_end(struct locks *locks, const struct statement_lock *l)
{
	bool of_parent = strcmp(l->name, "p") == 0 && is_or_null(l->column, "id") &&
	    (l->object == LOCK_REFERENCING || l->object == LOCK_COLUMN);

	for (size_t i = 0; i < sizeof(children) / sizeof(children[0]); i++)
		if (l->object == LOCK_REFERENCED && strcmp(children[i].child, l->name) == 0)
			add(locks, children[i].parent, l->mode);
	for (size_t i = 0; i < sizeof(foreign_keys) / sizeof(foreign_keys[0]); i++) {
		if (of_parent)
			add(locks, foreign_keys[i].table, l->mode);
		if (l->object != LOCK_REFERENCING && strcmp(foreign_keys[i].table, l->name) == 0 &&
		    is_or_null(l->column, foreign_keys[i].column) &&
		    is_or_null(l->constraint, foreign_keys[i].constraint))
			add(locks, "p", l->mode);
	}
}

static void
add_index(struct locks *locks, const struct statement_lock *l, const char *form)
{
	add(locks, l->name, l->mode);
	for (size_t i = 0; i < sizeof(indexes) / sizeof(indexes[0]); i++) {
		if (strcmp(indexes[i].index, l->name) != 0)
			continue;
		locks->on_index = l->mode;
		if (strcmp(form, "DROP INDEX") == 0)
			add(locks, indexes[i].table, l->mode);
		if (strcmp(form, "REINDEX INDEX") == 0)
			add(locks, indexes[i].table, LOCK_SHARE);
	}
}

static void
predict_statement(struct locks *locks, const char *text, size_t length, int major)
{
	struct statement_class class;

	statement_classify(arena, text, length, major * 10000, &class);
	for (size_t i = 0; i < class.lock_count; i++) {
		const struct statement_lock *l = &class.locks[i];

		if (l->object == LOCK_TABLE)
			add_table(locks, l);
		else if (l->object == LOCK_INDEX)
			add_index(locks, l, class.form);
		else
			add_other_end(locks, l);
	}
}

static struct locks
predict(const char *text, int major)
{
	struct words s = words_start(text, strlen(text));
	struct locks locks = { 0 };
	struct word w;

	while (words_next(&s, &w)) {
		if (!word_is(&w, ";"))
			continue;
		predict_statement(&locks, text, (size_t)(w.text - text), major);
		text = s.at;
	}
	predict_statement(&locks, text, (size_t)(s.at - text), major);
	return locks;
}

static enum lock_mode
mode_of(const char *text)
{
	for (size_t i = 1; i < sizeof(modes) / sizeof(modes[0]); i++)
		if (strcmp(modes[i], text) == 0)
			return (enum lock_mode)i;
	ck_abort_msg("no lock mode: \"%s\"", text);
	return LOCK_NONE;
}

/* From "t:AE p:SRE +2idx:AS | SCAN t(1)". */
static struct locks
read_measured(const char *outcome)
{
	struct locks locks = { 0 };
	char copy[1000], *rest = copy, *entry, *colon;

	strncpy(copy, outcome, sizeof(copy) - 1);
	copy[sizeof(copy) - 1] = '\0';
	while ((entry = strtok_r(rest, " ", &rest)) != NULL && *entry != '|') {
		enum lock_mode mode;

		colon = strrchr(entry, ':');
		ck_assert_ptr_nonnull(colon);
		*colon = '\0';
		mode = mode_of(colon + 1);
		if (mode <= LOCK_ROW_EXCLUSIVE)
			continue;
		if (*entry == '+')
			locks.on_index = mode;
		else
			add(&locks, entry, mode);
	}
	return locks;
}

static const char *
text_of(const struct locks *locks)
{
	struct arena_text *text = arena_text_new(arena);

	for (size_t i = 0; i < RELATIONS; i++)
		if (locks->on[i] != LOCK_NONE)
			fprintf(text->out, "%s:%s ", relations[i], modes[locks->on[i]]);
	return arena_text_end(text);
}

static bool needed[sizeof(exceptions) / sizeof(exceptions[0])];
static size_t agreed, excepted, differing;

static bool
is_excepted(const char *id)
{
	for (size_t i = 0; i < sizeof(exceptions) / sizeof(exceptions[0]); i++) {
		if (strcmp(exceptions[i].id, id) != 0)
			continue;
		needed[i] = true;
		return true;
	}
	return false;
}

/* Indexes are counted in the file and not named: compared only where the statement names one. */
static bool
agrees(const struct locks *predicted, const struct locks *measured)
{
	return memcmp(predicted->on, measured->on, sizeof(measured->on)) == 0 &&
	    (predicted->on_index == LOCK_NONE || predicted->on_index == measured->on_index);
}

static void
compare(const char *id, const char *statement, const char *outcome, int major)
{
	struct locks predicted = predict(statement, major), measured = read_measured(outcome);

	if (agrees(&predicted, &measured)) {
		agreed++;
	} else if (is_excepted(id)) {
		excepted++;
	} else {
		printf("%s on %d: %s\n  told %s\n  took %s\n", id, major, statement,
		    text_of(&predicted), text_of(&measured));
		differing++;
	}
}

/* A field of the line, which may be empty. */
static char *
cut(char **rest, char end)
{
	char *field = *rest, *stop = strchr(field, end);

	ck_assert_ptr_nonnull(stop);
	*stop = '\0';
	*rest = stop + 1;
	return field;
}

START_TEST(tells_the_locks_that_servers_take)
{
	FILE *f = fopen("tests/data/measured.tsv", "r");
	char line[2000];

	ck_assert_ptr_nonnull(f);
	ck_assert_ptr_nonnull(fgets(line, sizeof(line), f));
	while (fgets(line, sizeof(line), f) != NULL) {
		char *rest = line, *id = cut(&rest, '\t'), *versions = cut(&rest, '\t');
		char *outcome = cut(&rest, '\t'), *statement = cut(&rest, '\n');
		int from, to;

		to = sscanf(versions, "%d-%d", &from, &to) == 2 ? to : from;
		for (int major = from; major <= to && strncmp(outcome, "ERR", 3) != 0; major++)
			compare(id, statement, outcome, major);
	}
	(void)fclose(f); /* only read */
	printf("%zu agree, %zu need a catalog, %zu differ\n", agreed, excepted, differing);
	(void)fflush(stdout); /* a failing test ends without it */
	ck_assert_uint_eq(differing, 0);
	ck_assert_uint_eq(agreed, 1685);
	for (size_t i = 0; i < sizeof(exceptions) / sizeof(exceptions[0]); i++)
		ck_assert_msg(needed[i], "%s agrees", exceptions[i].id);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("ddl");
	TCase *cases = tcase_create("ddl");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(cases, set_up, tear_down);
	tcase_add_test(cases, tells_the_locks_that_servers_take);
	suite_add_tcase(suite, cases);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
