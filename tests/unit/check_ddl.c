/* SPDX-License-Identifier: MIT */
#include "sql/ddl.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sql/effect.h"
#include "sql/words.h"

/*
 * Compares what is told with what servers did (tests/data/measured.tsv), on relations of
 * tests/data/base.sql: locks above ROW EXCLUSIVE, tables that are written anew, tables that are
 * read whole.  The catalog is the world behind base.sql, which is read as a migration would be.
 */

static const char *const relations[] = { "attp", "clu", "comp_t", "ct", "ctt", "domt", "f", "fn",
	"fnv", "gen", "inhc", "inhc2", "inhp", "mv", "nn18", "p", "pnew", "pnewck", "pt", "pt1",
	"pt2", "pt_idx", "pt1_idx", "ptd", "ptd1", "ptd_def", "sq", "t", "tck", "tcknv", "ti",
	"ti_id_seq", "ts1", "ts1_id_seq", "tt", "ul", "unl", "v", "vt", "vv" };

struct exception {
	const char *id, *reason;
};

/* Where the statement alone does not tell its locks. */
static const struct exception lock_exceptions[] = {
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
	{ "x.unique_partitioned", "before 18 the partitions are locked in SHARE only" },
	{ "x.addck_noinherit", "before 18 the children are not locked" },
	{ "y.create_like_attach", "the index of the parent" },
};

/* Where it does not tell what is written anew or read, or where that is no work. */
static const struct exception effect_exceptions[] = {
	{ "alter.settablespace", "whether it is there already" },
	{ "alter.setaccessmethod", "whether it has it already" },
	{ "alter.sequence_restart", "a sequence is one page" },
	{ "alter.sequence_as", "a sequence is one page" },
	{ "y.set_unlogged_seq", "a sequence is one page" },
	{ "refresh.mv", "which tables the query of the view reads" },
	{ "refresh.mv_conc", "which tables the query of the view reads" },
	{ "refresh.mv_nodata", "an empty file is made, and nothing read" },
	{ "truncate", "an empty file is made, and nothing read" },
	{ "truncate_cascade", "an empty file is made, and nothing read" },
	{ "x.truncate_only_partition", "an empty file is made, and nothing read" },
	{ "dml.select", "the planner chooses" },
	{ "dml.select_forupdate", "the planner chooses" },
	{ "dml.update", "the planner chooses" },
	{ "dml.delete", "the planner chooses" },
};

static const char *const modes[] = { "", "AS", "RS", "RE", "SUE", "S", "SRE", "E", "AE" };

enum { RELATIONS = sizeof(relations) / sizeof(relations[0]) };

struct outcome {
	enum lock_mode on[RELATIONS], on_index;
	enum effect_answer rewrite[RELATIONS], scan[RELATIONS];
};

static struct arena *arena;
static struct world *world, *early_world, *late_world;

/* --- the catalog --- */

typedef void take_statement(const char *text, size_t length, void *context);

static void
cut_statements(const char *text, take_statement *take, void *context)
{
	struct words s = words_start(text, strlen(text));
	struct word w;

	while (words_next(&s, &w)) {
		if (!word_is(&w, ";"))
			continue;
		take(text, (size_t)(w.text - text), context);
		text = s.at;
	}
	if (s.at > text)
		take(text, (size_t)(s.at - text), context);
}

static void
apply(const char *text, size_t length, void *context)
{
	struct statement_class class;
	struct acts acts;

	(void)context; /* none */
	statement_read(arena, text, length, 180000, &class, &acts);
	ck_assert_msg(acts.count == 0 || class.parsed, "%.*s", (int)length, text);
	for (size_t i = 0; i < acts.count; i++)
		world_apply(world, &acts.list[i]);
}

static void
make_world(const char *base)
{
	world = world_new(arena, NULL, NULL);
	world_begin_file(world, true);
	cut_statements(base, apply, NULL);
	world_apply(world, &(struct act){ .kind = ACT_COMMIT });
	world_settle(world);
}

/* What stands behind "analyze" was there for the cases y.* only. */
static void
set_up(void)
{
	struct arena_text *text;
	FILE *f = fopen("tests/data/base.sql", "r");
	const char *base, *early;
	int c;

	ck_assert_ptr_nonnull(f);
	arena = arena_new(NULL);
	text = arena_text_new(arena);
	while ((c = getc(f)) != EOF)
		putc(c, text->out);
	(void)fclose(f); /* only read */
	base = arena_text_end(text);
	early = strstr(base, "analyze;");
	ck_assert_ptr_nonnull(early);
	make_world(arena_strndup(arena, base, (size_t)(early - base)));
	early_world = world;
	make_world(base);
	late_world = world;
}

static void
tear_down(void)
{
	arena_close(arena);
}

static size_t
index_of(const char *name)
{
	size_t i = 0;

	while (i < RELATIONS && strcmp(relations[i], name) != 0)
		i++;
	return i;
}

static const struct world_table *
find(const char *name)
{
	return world_find(world, &(struct act_name){ .name = name });
}

static bool
is_child_of(size_t child, const char *parent)
{
	const struct world_table *t = find(relations[child]);

	return t != NULL && t->facts.parent.name != NULL && t->facts.kind != 'i' &&
	    strcmp(t->facts.parent.name, parent) == 0;
}

/* --- what is told --- */

static void
add(struct outcome *told, const char *name, enum lock_mode mode)
{
	size_t i = index_of(name);

	if (i < RELATIONS && mode > told->on[i])
		told->on[i] = mode;
}

static void
add_table(struct outcome *told, const struct statement_lock *l)
{
	add(told, l->name, l->mode);
	for (size_t i = 0; !l->only && i < RELATIONS; i++)
		if (is_child_of(i, l->name))
			add(told, relations[i], l->mode);
}

static bool
is_or_null(const char *wanted, const char *name)
{
	return wanted == NULL || strcmp(wanted, name) == 0;
}

/* The tables that the foreign keys of a table reference. */
static void
add_referenced(struct outcome *told, const struct statement_lock *l)
{
	const struct world_table *t = find(l->name);

	for (size_t i = 0; t != NULL && i < t->facts.constraint_count; i++) {
		const struct facts_constraint *c = &t->facts.constraints[i];

		if (c->kind == CONSTRAINT_FOREIGN_KEY && is_or_null(l->column, c->columns[0]) &&
		    is_or_null(l->constraint, c->name))
			add(told, c->references.name, l->mode);
	}
	for (size_t i = 0; l->object == LOCK_REFERENCED && i < RELATIONS; i++)
		if (is_child_of(index_of(l->name), relations[i]))
			add(told, relations[i], l->mode);
}

/* Those whose foreign keys reference it: all of base.sql by the column "id". */
static void
add_referencing(struct outcome *told, const struct statement_lock *l)
{
	const struct world_table *t = find(l->name);

	for (size_t i = 0; t != NULL && i < t->facts.referencing_count; i++)
		if (is_or_null(l->column, "id"))
			add(told, t->facts.referencing[i].name, l->mode);
}

static void
add_index(struct outcome *told, const struct statement_lock *l, const char *form)
{
	const struct world_table *index = find(l->name);
	const struct world_table *table =
	    world_table_of_index(world, &(struct act_name){ .name = l->name });

	add(told, l->name, l->mode);
	if (table == NULL || index->age != AGE_OLD || index_of(l->name) < RELATIONS)
		return; /* it has its name in the file */
	told->on_index = l->mode;
	if (strcmp(form, "DROP INDEX") == 0)
		add(told, table->facts.name.name, l->mode);
	if (strcmp(form, "REINDEX INDEX") == 0)
		add(told, table->facts.name.name, LOCK_SHARE);
}

static void
add_lock(struct outcome *told, const struct statement_lock *l, const char *form)
{
	if (l->object == LOCK_TABLE)
		add_table(told, l);
	else if (l->object == LOCK_INDEX)
		add_index(told, l, form);
	if (l->object == LOCK_CONSTRAINT || l->object == LOCK_REFERENCED ||
	    l->object == LOCK_COLUMN)
		add_referenced(told, l);
	if (l->object == LOCK_REFERENCING || l->object == LOCK_COLUMN)
		add_referencing(told, l);
}

static void
note(enum effect_answer *on, const char *name, enum effect_answer answer)
{
	size_t i = name != NULL ? index_of(name) : RELATIONS;

	if (i < RELATIONS && answer > on[i])
		on[i] = answer;
}

/* What has partitions has no rows of its own. */
static void
note_table(enum effect_answer *on, const char *name, enum effect_answer answer, bool only)
{
	const struct world_table *t = name != NULL ? find(name) : NULL;

	if (t == NULL)
		return;
	if (t->facts.kind != 'p')
		note(on, name, answer);
	for (size_t i = 0; i < RELATIONS && !only; i++)
		if (is_child_of(i, name))
			note(on, relations[i], answer);
}

static void
note_referenced(struct outcome *told, const struct act *act)
{
	const struct world_table *t = find(act->name.name);
	const struct act_constraint *c = act->constraints;

	if (act->column_count > 0)
		for (size_t i = 0; i < act->columns->constraint_count; i++)
			note(told->scan, act->columns->constraints[i].references.name, EFFECT_YES);
	else if (act->constraint_count > 0)
		note(told->scan, c->references.name, EFFECT_YES);
	else if (t != NULL && act->part != NULL && world_constraint(t, act->part) != NULL)
		note(told->scan, world_constraint(t, act->part)->references.name, EFFECT_YES);
}

/* Tables that have a column of the domain. */
static void
note_domain(struct outcome *told, const char *domain, enum effect_answer answer)
{
	for (size_t i = 0; i < RELATIONS; i++) {
		const struct world_table *t = find(relations[i]);

		for (size_t j = 0; t != NULL && j < t->facts.column_count; j++)
			if (strcmp(t->facts.columns[j].type.name.name, domain) == 0)
				note(told->scan, relations[i], answer);
	}
}

/* On which tables an effect is. */
static void
add_effect(struct outcome *told, const struct act *act)
{
	const struct world_table *table = world_table_of_index(world, &act->name);
	const char *name = table != NULL ? table->facts.name.name : act->name.name;
	bool only = act->only || (act->constraint_count > 0 && act->constraints->no_inherit);
	struct effect e;

	effect_tell(world, act, &e);
	if (act->kind == ACT_ATTACH_PARTITION || act->kind == ACT_CREATE_TABLE) {
		const struct world_table *parent =
		    world_find(world, act->kind == ACT_CREATE_TABLE ? &act->other : &act->name);

		name = act->other.name;
		if (parent != NULL && parent->facts.has_default_partition)
			name = parent->facts.default_partition.name;
	}
	for (size_t i = 0; i < act->read_count; i++)
		note(told->scan, act->reads[i].name, e.scan);
	note_table(told->rewrite, name, e.rewrite, only);
	note_table(told->scan, name, e.scan, only);
	if (e.reads_referenced)
		note_referenced(told, act);
	if (act->on == ACT_ON_DOMAIN)
		note_domain(told, act->name.name, e.scan);
}

struct prediction {
	struct outcome told;
	int major;
};

static void
predict_statement(const char *text, size_t length, void *context)
{
	struct prediction *p = context;
	struct statement_class class;
	struct acts acts;

	statement_read(arena, text, length, p->major * 10000, &class, &acts);
	for (size_t i = 0; i < class.lock_count; i++)
		add_lock(&p->told, &class.locks[i], class.form);
	for (size_t i = 0; i < acts.count; i++) {
		add_effect(&p->told, &acts.list[i]);
		world_apply(world, &acts.list[i]);
	}
}

static struct outcome
predict(const char *text, int major)
{
	struct prediction p = { .major = major };

	world_begin_file(world, true);
	cut_statements(text, predict_statement, &p);
	world_apply(world, &(struct act){ .kind = ACT_ROLLBACK });
	return p.told;
}

/* --- what was measured --- */

static enum lock_mode
mode_of(const char *text)
{
	for (size_t i = 1; i < sizeof(modes) / sizeof(modes[0]); i++)
		if (strcmp(modes[i], text) == 0)
			return (enum lock_mode)i;
	ck_abort_msg("no lock mode: \"%s\"", text);
	return LOCK_NONE;
}

/* "t:AE p:SRE +2idx:AE" */
static void
read_locks(struct outcome *measured, char *list)
{
	char *entry, *colon;

	while ((entry = strtok_r(list, " ", &list)) != NULL) {
		enum lock_mode mode;

		colon = strrchr(entry, ':');
		ck_assert_ptr_nonnull(colon);
		*colon = '\0';
		mode = mode_of(colon + 1);
		if (mode <= LOCK_ROW_EXCLUSIVE)
			continue;
		if (*entry == '+')
			measured->on_index = mode;
		else
			add(measured, entry, mode);
	}
}

/* " REWRITE f,fnv idx*3 " or " SCAN f(1), p(1)": names, with counts that are not compared. */
static void
read_effects(struct outcome *measured, char *list)
{
	enum effect_answer *on = NULL;
	char *entry;

	while ((entry = strtok_r(list, " ,", &list)) != NULL) {
		entry[strcspn(entry, "(")] = '\0';
		if (strcmp(entry, "REWRITE") == 0)
			on = measured->rewrite;
		else if (strcmp(entry, "SCAN") == 0)
			on = measured->scan;
		else
			note(on, entry, EFFECT_YES);
	}
}

/* From "t:AE p:SRE +2idx:AE | REWRITE t idx*2 | SCAN t(1)". */
static struct outcome
read_measured(const char *outcome)
{
	struct outcome measured = { 0 };
	char *part, *rest = arena_strdup(arena, outcome);

	for (int i = 0; (part = strtok_r(rest, "|", &rest)) != NULL; i++) {
		if (i == 0 && *outcome != '|')
			read_locks(&measured, part);
		else
			read_effects(&measured, part);
	}
	return measured;
}

/* --- comparing --- */

static const char *
text_of_locks(const struct outcome *o)
{
	struct arena_text *text = arena_text_new(arena);

	for (size_t i = 0; i < RELATIONS; i++)
		if (o->on[i] != LOCK_NONE)
			fprintf(text->out, "%s:%s ", relations[i], modes[o->on[i]]);
	return arena_text_end(text);
}

static const char *
text_of_effects(const struct outcome *o)
{
	static const char *const answers[] = { "", "?", "" };
	struct arena_text *text = arena_text_new(arena);

	for (size_t i = 0; i < RELATIONS; i++) {
		if (o->rewrite[i] != EFFECT_NO)
			fprintf(text->out, "REWRITE %s%s ", relations[i], answers[o->rewrite[i]]);
		if (o->scan[i] != EFFECT_NO)
			fprintf(text->out, "SCAN %s%s ", relations[i], answers[o->scan[i]]);
	}
	return arena_text_end(text);
}

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

struct comparison {
	const struct exception *exceptions;
	size_t exception_count;
	bool needed[100];
	size_t agreed, excepted, differing;
};

static bool
is_excepted(struct comparison *c, const char *id)
{
	for (size_t i = 0; i < c->exception_count; i++) {
		if (strcmp(c->exceptions[i].id, id) != 0)
			continue;
		c->needed[i] = true;
		return true;
	}
	return false;
}

static void
count(
    struct comparison *c, bool agrees, const char *id, int major, const char *told, const char *did)
{
	if (agrees) {
		c->agreed++;
	} else if (is_excepted(c, id)) {
		c->excepted++;
	} else {
		printf("%s on %d\n  told %s\n  did  %s\n", id, major, told, did);
		c->differing++;
	}
}

/* Indexes are counted in the file and not named: compared only where the statement names one. */
static bool
locks_agree(const struct outcome *told, const struct outcome *measured)
{
	return memcmp(told->on, measured->on, sizeof(measured->on)) == 0 &&
	    (told->on_index == LOCK_NONE || told->on_index == measured->on_index);
}

static bool
effects_agree(const struct outcome *told, const struct outcome *measured)
{
	return memcmp(told->rewrite, measured->rewrite, sizeof(measured->rewrite)) == 0 &&
	    memcmp(told->scan, measured->scan, sizeof(measured->scan)) == 0;
}

static struct comparison locks = { .exceptions = lock_exceptions,
	.exception_count = LENGTH(lock_exceptions) };
static struct comparison effects = { .exceptions = effect_exceptions,
	.exception_count = LENGTH(effect_exceptions) };

static void
compare(const char *id, const char *statement, const char *outcome, int major)
{
	struct outcome told, measured;

	world = strncmp(id, "y.", 2) == 0 ? late_world : early_world;
	told = predict(statement, major);
	measured = read_measured(outcome);
	count(&locks, locks_agree(&told, &measured), id, major, text_of_locks(&told),
	    text_of_locks(&measured));
	count(&effects, effects_agree(&told, &measured), id, major, text_of_effects(&told),
	    text_of_effects(&measured));
}

static void
check_comparison(const struct comparison *c, size_t agreed)
{
	printf("%zu agree, %zu are excepted, %zu differ\n", c->agreed, c->excepted, c->differing);
	(void)fflush(stdout); /* a failing test ends without it */
	ck_assert_uint_eq(c->differing, 0);
	ck_assert_uint_eq(c->agreed, agreed);
	for (size_t i = 0; i < c->exception_count; i++)
		ck_assert_msg(c->needed[i], "%s agrees", c->exceptions[i].id);
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

START_TEST(tells_what_servers_do)
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
	check_comparison(&locks, 1692);
	check_comparison(&effects, 1689);
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
	tcase_add_test(cases, tells_what_servers_do);
	suite_add_tcase(suite, cases);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
