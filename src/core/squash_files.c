/* SPDX-License-Identifier: MIT */
#include "core/squash_files.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/file.h"
#include "core/name.h"
#include "core/version.h"
#include "sql/words.h"

struct choice {
	struct session *session;
	const struct squash *squash;
	struct squash_result *result;
	struct arena *arena;
};

static struct error *
add_problem(struct choice *c)
{
	return problem_add(&c->result->problems);
}

/* --- the version --- */

struct script *
squash_baseline(const struct scripts *scripts, const char *version)
{
	for (size_t i = 0; i < scripts->count; i++)
		if (scripts->list[i].kind == SCRIPT_BASELINE &&
		    version_compare(scripts->list[i].version, version) == 0)
			return &scripts->list[i];
	return NULL;
}

static const char *
newest_baseline(const struct scripts *scripts)
{
	const char *newest = NULL;

	for (size_t i = 0; i < scripts->count; i++)
		if (scripts->list[i].kind == SCRIPT_BASELINE)
			newest = scripts->list[i].version; /* they are sorted */
	return newest;
}

/* What is there is the state of one version only. */
static void
check_present(struct choice *c)
{
	const char *present = c->session->plan.schema_version;

	if (present == NULL || version_compare(present, c->result->version) != 0)
		error_set(add_problem(c), ERR_REFUSED,
		    "the connected database is not at version %s but at %s", c->result->version,
		    present == NULL ? "none" : present);
}

static bool
choose_version(struct choice *c, struct error *err)
{
	const char *asked = c->squash->version, *newest;

	if (asked != NULL) {
		if (!version_check(asked, err))
			return false;
		c->result->version = version_text(c->arena, asked);
		return true;
	}
	newest = c->squash->check ? newest_baseline(&c->session->scripts)
				  : c->session->plan.schema_version;
	c->result->version = newest;
	if (newest == NULL)
		error_set(add_problem(c), ERR_REFUSED,
		    c->squash->check ? "there is no B file to check"
				     : "nothing is applied to this database yet");
	return true;
}

/* --- the files --- */

static bool
is_within(const struct script *s, const char *version)
{
	return s->version != NULL && version_compare(s->version, version) <= 0;
}

/*
 * A baseline below is needed once the files that it stands for have been moved away: when no
 * versioned one is left up to it.
 */
static const struct script *
older_baseline(const struct choice *c)
{
	const struct scripts *scripts = &c->session->scripts;
	const struct script *first = NULL, *baseline = NULL;

	for (size_t i = 0; i < scripts->count; i++) {
		const struct script *s = &scripts->list[i];

		if (s->kind == SCRIPT_VERSIONED && first == NULL)
			first = s;
		if (s->kind == SCRIPT_BASELINE &&
		    version_compare(s->version, c->result->version) < 0)
			baseline = s;
	}
	if (baseline == NULL || first == NULL || is_within(first, baseline->version))
		return NULL;
	return baseline;
}

static void
add_file(struct choice *c, const struct script *script)
{
	struct squash_result *r = c->result;

	r->files = arena_extend(c->arena, r->files, r->file_count, sizeof(*r->files));
	r->files[r->file_count++] = script;
}

static void
choose_files(struct choice *c)
{
	const struct scripts *scripts = &c->session->scripts;
	const struct script *older = older_baseline(c), *last = NULL;

	c->result->directory = c->session->config->directory.items[0];
	if (older != NULL)
		add_file(c, older);
	for (size_t i = 0; i < scripts->count; i++) {
		const struct script *s = &scripts->list[i];

		if (s->kind != SCRIPT_VERSIONED || !is_within(s, c->result->version))
			continue;
		add_file(c, s);
		last = s;
		c->result->directory = s->directory;
	}
	if (c->squash->from_database)
		return;
	if (last == NULL || version_compare(last->version, c->result->version) != 0)
		error_set(add_problem(c), ERR_REFUSED, "there is no file of version %s",
		    c->result->version);
}

/* --- are they applied --- */

static bool
is_applied(const struct session *s, const struct script *script)
{
	for (size_t i = 0; i < s->plan.entry_count; i++) {
		const struct entry *e = &s->plan.entries[i];

		if (e->script == script)
			return e->state == STATE_SUCCESS || e->state == STATE_OUT_OF_ORDER ||
			    e->state == STATE_BELOW_BASELINE ||
			    e->state == STATE_IGNORED_BASELINE || e->state == STATE_BASELINE;
	}
	return false;
}

static void
check_applied(struct choice *c)
{
	for (size_t i = 0; i < c->result->file_count; i++) {
		const struct script *s = c->result->files[i];
		struct error *err;

		if (is_applied(c->session, s))
			continue;
		err = add_problem(c);
		error_set_at(err, ERR_REFUSED, (struct place){ .path = s->path },
		    "\"%s\" is not applied to this database", s->script);
		(void)error_next(err,
		    "A baseline stands for files that have proved themselves: run \"migrate up\" "
		    "first, or name a lower version.");
	}
}

/* --- what acts on the whole server --- */

static bool
is_one_of(const char *word, size_t length, const char *const *words)
{
	for (; *words != NULL; words++)
		if (strlen(*words) == length && strncasecmp(word, *words, length) == 0)
			return true;
	return false;
}

static size_t
word_length(const char *text)
{
	size_t length = 0;

	while (isalnum((unsigned char)text[length]) || text[length] == '_')
		length++;
	return length;
}

/* A statement on something that all databases of a server share, at this word. */
static bool
is_shared_here(const char *text)
{
	static const char *const verbs[] = { "create", "alter", "drop", "reassign", NULL };
	static const char *const things[] = { "role", "user", "group", "database", "tablespace",
		"system", "subscription", "owned", NULL };
	size_t length = word_length(text);

	if (!is_one_of(text, length, verbs))
		return false;
	text += length;
	text += strspn(text, " \t\r\n");
	length = word_length(text);
	if (!is_one_of(text, length, things))
		return false;
	text += length;
	text += strspn(text, " \t\r\n");
	return strncasecmp(text, "mapping", strlen("mapping")) != 0;
}

/* In a DO block it may stand anywhere, also in a text that is executed. */
static bool
is_shared_inside(const char *text)
{
	while (*text != '\0') {
		size_t length = word_length(text);

		if (length > 0 && is_shared_here(text))
			return true;
		text += length > 0 ? length : 1;
	}
	return false;
}

static bool
fits(const char *text, const char *pattern)
{
	struct words words = words_start(text, strlen(text));

	return words_match(&words, pattern);
}

/* GRANT of a role has no ON.  What a role owns may be a database. */
static bool
is_shared_statement(const char *text)
{
	static const char *const patterns[] = {
		"CREATE|ALTER|DROP ROLE|GROUP|DATABASE|TABLESPACE|SYSTEM|SUBSCRIPTION",
		"REASSIGN|DROP OWNED", "GRANT|REVOKE ... ON DATABASE|TABLESPACE|PARAMETER",
		"COMMENT ON DATABASE|ROLE|TABLESPACE",
		"SECURITY LABEL ... ON DATABASE|ROLE|TABLESPACE", "COPY ... TO|FROM PROGRAM"
	};

	for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++)
		if (fits(text, patterns[i]))
			return true;
	if (fits(text, "CREATE|ALTER|DROP USER"))
		return !fits(text, "CREATE|ALTER|DROP USER MAPPING");
	return fits(text, "GRANT|REVOKE") && !fits(text, "GRANT|REVOKE ... ON");
}

static bool
is_shared(const struct statement *st)
{
	if (strcmp(st->class.form, "DO") == 0)
		return is_shared_inside(st->text);
	return is_shared_statement(st->text);
}

/*
 * In a throwaway database on the same server it would be done once more for real; and pg_dump does
 * not write it.
 */
static void
judge_shared(struct choice *c, const struct script *s, const struct statement *st)
{
	const char *form = st->class.form;
	struct error *err;

	if (c->session->config->scratch_url != NULL) {
		config_list_add(c->arena, &c->result->warnings,
		    arena_printf(c->arena,
			"%s:%lld:%lld: %s acts on the whole server and is not in the B file: do it "
			"before, by hand or in beforeMigrate.sql",
			s->path, (long long)st->line, (long long)st->column, form));
		return;
	}
	err = add_problem(c);
	error_set_at(err, ERR_REFUSED,
	    (struct place){ .path = s->path, .line = st->line, .column = st->column },
	    "%s acts on the whole server, and would be done there once more", form);
	(void)error_next(err,
	    "Set \"scratch_url\" to a server where that hurts nobody, such as a new one in a "
	    "container.");
}

/* They are different elsewhere, and a B file is for elsewhere. */
static void
judge_placeholders(struct choice *c, const struct script *s)
{
	if (s->conf.placeholder_replacement == 0 || s->directives.placeholders == 0 ||
	    s->text == NULL || strstr(s->text, "${") == NULL)
		return;
	config_list_add(c->arena, &c->result->warnings,
	    arena_printf(c->arena,
		"%s has placeholders: the values that they have here stand in the B file",
		s->path));
}

/* Of a copy, so that the plan's script stays as it is. */
static struct script *
read_script(struct arena *a, const struct script *script, const struct script_environment *env,
    struct problems *problems)
{
	struct script *s = arena_copy(a, script, sizeof(*s));

	script_read(a, s, env, problems);
	return s;
}

bool
squash_is_shared(struct arena *a, const struct script *script, const struct script_environment *env)
{
	struct problems problems = { .arena = a };
	const struct script *s = read_script(a, script, env, &problems);

	for (size_t i = 0; i < s->statement_count; i++)
		if (is_shared(&s->statements[i]))
			return true;
	return problems.count > 0;
}

static const struct script *
judge_file(struct choice *c, const struct script *script)
{
	const struct script *s =
	    read_script(c->arena, script, &c->session->environment, &c->result->problems);

	for (size_t i = 0; i < s->statement_count; i++)
		if (is_shared(&s->statements[i]))
			judge_shared(c, s, &s->statements[i]);
	return s;
}

static void
judge_files(struct choice *c)
{
	for (size_t i = 0; i < c->result->file_count; i++) {
		const struct script *s = judge_file(c, c->result->files[i]);

		judge_placeholders(c, s);
		c->result->files[i] = s;
	}
}

/* --- the new file --- */

static bool
name_file(struct choice *c, struct error *err)
{
	const char *version = c->result->version;
	char *description = arena_strdup(
	    c->arena, c->squash->description == NULL ? "baseline" : c->squash->description);
	struct script s = { 0 };

	if (*description == '\0' || strpbrk(description, "/\\") != NULL)
		return error_set(err, ERR_USAGE,
		    "the description must not be empty, nor have \"/\" or \"\\\" in it");
	for (char *p = description; *p != '\0'; p++)
		if (*p == ' ')
			*p = '_';
	s.path = file_join(c->arena, c->result->directory,
	    arena_printf(c->arena, "B%s__%s.sql", version, description));
	if (!name_check(s.path, err) || !name_parse(c->arena, &s, err)) {
		err->code = ERR_USAGE;
		return false;
	}
	c->result->path = s.path;
	return true;
}

static bool
choose_path(struct choice *c, struct error *err)
{
	const struct script *there = squash_baseline(&c->session->scripts, c->result->version);
	struct error *problem;

	if (!c->squash->check && there == NULL)
		return name_file(c, err);
	if (c->squash->check && there != NULL) {
		c->result->directory = there->directory;
		c->result->path = there->path;
		if (c->session->config->scratch_url == NULL)
			(void)judge_file(c, there); /* only its problems matter */
		return true;
	}
	problem = add_problem(c);
	if (c->squash->check) {
		error_set(
		    problem, ERR_REFUSED, "there is no B file of version %s", c->result->version);
		return true;
	}
	error_set(problem, ERR_REFUSED, "version %s has a B file already: \"%s\"",
	    c->result->version, there->path);
	(void)error_next(
	    problem, "\"migrate squash --check\" proves it; remove it to make it anew.");
	return true;
}

bool
squash_choose(
    struct session *s, const struct squash *squash, struct squash_result *result, struct error *err)
{
	struct choice c = { s, squash, result, s->arena };

	*result = (struct squash_result){ .problems = { .arena = s->arena } };
	if (!choose_version(&c, err))
		return false;
	if (result->problems.count == 0 && squash->from_database)
		check_present(&c);
	if (result->problems.count > 0)
		return true;
	choose_files(&c);
	if (result->problems.count > 0)
		return true;
	if (!squash->check)
		check_applied(&c);
	if (!squash->from_database)
		judge_files(&c);
	return choose_path(&c, err);
}
