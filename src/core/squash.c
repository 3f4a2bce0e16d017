/* SPDX-License-Identifier: MIT */
#include "core/squash.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/interrupt.h"
#include "core/run.h"
#include "core/scratch.h"
#include "core/squash_files.h"

enum { PIECE = 65536 };

struct work {
	struct arena *arena; /* of what is gone when squash ends */
	struct session *session;
	const struct squash *squash;
	struct squash_result *result;
	struct scratch_server server;
	struct scratch *files; /* where they were run from nothing */
	struct dump made; /* what they made there */
	struct sink sink;
	const char *folder; /* of the dumps */
	struct script *baseline; /* the B file, or what is to become it */
};

/* What is applied in a throwaway database is no news. */
static void
pass_warnings(struct sink *sink, const struct event *event)
{
	if (event->kind == EVENT_WARNING || event->kind == EVENT_NOTE)
		event_emit(sink->context, event);
}

/* --- a folder for the dumps --- */

static void
remove_folder(void *folder)
{
	(void)rmdir(folder); /* what stays in it is of no use to anybody */
}

static void
remove_file(void *path)
{
	(void)unlink(path); /* it may have become the B file, or never been made */
}

static bool
make_folder(struct work *w, struct error *err)
{
	const char *parent = getenv("TMPDIR");
	char *folder = arena_printf(w->arena, "%s/migrate-squash.XXXXXX",
	    parent == NULL || *parent == '\0' ? "/tmp" : parent);

	if (mkdtemp(folder) == NULL)
		return error_set(
		    err, ERR_USAGE, "cannot create \"%s\": %s", folder, strerror(errno));
	arena_defer(w->arena, remove_folder, folder);
	w->folder = folder;
	return true;
}

static bool
dump(struct work *w, struct session *s, enum dump_extent extent, const char *name, struct dump *out,
    struct error *err)
{
	arena_defer(w->arena, remove_file, (void *)file_join(w->arena, w->folder, name));
	return dump_write(w->arena, s, extent, w->folder, name, out, err);
}

/* --- running files in a throwaway database --- */

/* Settings of the session only: without them the files could do something else. */
static bool
belongs_to_session(const struct script *s)
{
	return s->kind == SCRIPT_CALLBACK && strcmp(s->event, "afterConnect") == 0;
}

static void
give_scripts(
    struct work *w, struct scratch *scratch, const struct script *const *files, size_t count)
{
	const struct scripts *all = &w->session->scripts;
	struct scripts *given = &scratch->session.scripts;

	scratch->session.scan_problems.arena = w->arena; /* no folder is to be searched */
	given->list = arena_alloc(w->arena, (count + all->count) * sizeof(*given->list));
	given->count = 0;
	for (size_t i = 0; i < count; i++)
		given->list[given->count++] = *files[i];
	for (size_t i = 0; i < all->count; i++)
		if (belongs_to_session(&all->list[i]))
			given->list[given->count++] = all->list[i];
	for (size_t i = 0; i < given->count; i++)
		script_forget(&given->list[i]);
}

static bool
refuse_first(const struct session *s, struct error *err)
{
	struct problems problems = { .arena = s->arena };

	plan_refusals(&s->plan, s->config, &problems);
	if (problems.count > 0)
		error_copy(err, problems.list[0]);
	return problems.count == 0;
}

static bool
run_files(struct work *w, struct scratch *scratch, const struct script *const *files, size_t count,
    int64_t *ms, struct error *err)
{
	struct session *s = &scratch->session;
	struct goal goal = { .kind = GOAL_UP };
	struct run_result result = { 0 };

	give_scripts(w, scratch, files, count);
	if (!session_plan(s, &goal, err) || !refuse_first(s, err) ||
	    !run_plan(s, &goal, &result, err)) {
		err->state = "that was a throwaway database; nothing else was changed";
		if (err->code == ERR_UNKNOWN) /* nobody has to look at that one */
			err->code = ERR_CONNECT;
		return false;
	}
	*ms = result.elapsed_ms;
	/* Of the history's tables, which were made on the way, the dump must know. */
	return session_plan(s, &goal, err);
}

static bool
advise_files(const struct work *w, struct error *err)
{
	if (err->code != ERR_SQL)
		return false;
	err->code = ERR_REFUSED;
	(void)error_at(err, "the files cannot be run from nothing");
	if (w->session->config->scratch_url == NULL)
		return error_next(err,
		    "Mend the file, or write what is in the connected database with "
		    "\"migrate squash --from-database\".");
	return error_next(err,
	    "What they need of a server must be there, and roles that they make must not: use a "
	    "new one.  \"migrate squash --from-database\" writes what is in the connected "
	    "database.");
}

/* What the proof looks at: of a database in use its rows are nobody's business. */
static enum dump_extent
extent(const struct work *w)
{
	return w->squash->from_database ? DUMP_SCHEMA : DUMP_ALL;
}

static bool
apply_versions(struct work *w, struct error *err)
{
	struct squash_result *r = w->result;

	event_note(w->session->sink, "running %zu file%s in a throwaway database", r->file_count,
	    r->file_count == 1 ? "" : "s");
	w->files = arena_alloc(w->arena, sizeof(*w->files));
	if (!scratch_make(&w->server, w->files, err))
		return false;
	return run_files(w, w->files, r->files, r->file_count, &r->files_ms, err) ||
	    advise_files(w, err);
}

static bool
write_state(struct work *w, struct error *err)
{
	struct squash_result *r = w->result;
	struct session *s = w->session;

	if (!w->squash->from_database) {
		if (!apply_versions(w, err))
			return false;
		s = &w->files->session;
	}
	if (!dump(w, s, extent(w), "files.sql", &w->made, err))
		return false;
	r->statements = (int64_t)w->made.count;
	r->rows = w->made.rows;
	return true;
}

/* --- the B file --- */

/* "V1__a.sql to V9__z.sql make" */
static void
write_names(const struct squash_result *r, FILE *out)
{
	fprintf(out, "%s", r->files[0]->name);
	if (r->file_count > 1)
		fprintf(out, " to %s", r->files[r->file_count - 1]->name);
	fprintf(out, r->file_count > 1 ? " make" : " makes");
}

static void
write_head(const struct work *w, FILE *out)
{
	fprintf(out, "-- Version %s for an empty database, written by migrate squash: what ",
	    w->result->version);
	if (w->squash->from_database)
		fprintf(out, "was in one, without rows");
	else
		write_names(w->result, out);
	fprintf(out,
	    ".\n-- A database that has any version goes on with its files and ignores this one.\n");
	if (w->made.placeholders)
		fprintf(out, "-- migrate:placeholders off\n");
	fprintf(out, "\n");
}

static bool
copy_dump(struct work *w, FILE *out, struct error *err)
{
	struct arena *own = arena_new(w->arena);
	const char *path = file_join(own, w->folder, w->made.name);
	char *bytes = arena_alloc(own, PIECE);
	struct file in;
	size_t length = 0;
	bool read = file_open(own, w->folder, w->made.name, &in, err);

	do {
		read = read && file_read(&in, bytes, PIECE, &length, path, err);
		if (read)
			(void)fwrite(bytes, 1, length, out); /* ferror tells at the end */
	} while (read && length > 0);
	arena_close(own);
	return read;
}

static void
close_file(void *file)
{
	(void)fclose(file); /* what had to be written was flushed and synced before */
}

/* Hidden, so that nobody takes it for a migration before it is proved. */
static bool
write_baseline(struct work *w, struct error *err)
{
	const char *directory = w->result->directory;
	struct script *b = w->baseline = arena_alloc(w->arena, sizeof(*b));
	const char *base = w->result->path + strlen(file_join(w->arena, directory, "x")) - 1;
	struct arena *own = arena_new(w->arena);
	const char *path;
	FILE *out;
	int fd;
	bool good;

	b->name = arena_printf(w->arena, ".%s.%s", base, w->server.id);
	b->path = path = file_join(w->arena, directory, b->name);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	out = fd < 0 ? NULL : fdopen(fd, "w");
	if (out == NULL)
		return error_set(err, ERR_USAGE, "cannot create \"%s\": %s", path, strerror(errno));
	arena_defer(w->arena, remove_file, (void *)path);
	arena_defer(own, close_file, out);
	write_head(w, out);
	good = copy_dump(w, out, err);
	if (good && (fflush(out) != 0 || ferror(out) || fsync(fileno(out)) != 0))
		good = error_set(err, ERR_USAGE, "cannot write \"%s\": %s", path, strerror(errno));
	w->result->bytes = (int64_t)ftello(out);
	arena_close(own);
	*b = (struct script){ .kind = SCRIPT_BASELINE,
		.version = w->result->version,
		.description = "baseline",
		.name = b->name,
		.script = base,
		.path = w->result->path,
		.directory = directory,
		.conf = {
		    .execute_in_transaction = NOT_GIVEN, .placeholder_replacement = NOT_GIVEN } };
	return good;
}

static bool
compare(struct work *w, const struct dump *alone, struct error *err)
{
	return differences_find(
	    w->session->arena, &w->made, alone, DIFFERENCE_ANY, &w->result->proof, err);
}

/* The files run once more tell which rows hold the time or a random number. */
static bool
compare_without_changing(struct work *w, const struct dump *alone, struct error *err)
{
	const struct squash_result *r = w->result;
	struct scratch *scratch = arena_alloc(w->arena, sizeof(*scratch));
	struct dump again;
	int64_t ms;

	return scratch_make(&w->server, scratch, err) &&
	    run_files(w, scratch, r->files, r->file_count, &ms, err) &&
	    dump(w, &scratch->session, DUMP_ALL, "again.sql", &again, err) &&
	    differences_mark(w->session->arena, &w->made, &again, &w->result->changing, err) &&
	    compare(w, alone, err);
}

/* A dump of what the B file alone makes must be the dump that it was made of. */
static bool
prove(struct work *w, struct error *err)
{
	const struct script *files[] = { w->baseline };
	struct scratch *scratch = arena_alloc(w->arena, sizeof(*scratch));
	struct dump alone;

	event_note(w->session->sink, "running the B file alone in a throwaway database");
	if (!scratch_make(&w->server, scratch, err))
		return false;
	if (!run_files(w, scratch, files, 1, &w->result->baseline_ms, err))
		return err->code == ERR_SQL
		    ? error_at(err, "the B file cannot be run in an empty database")
		    : false;
	if (!dump(w, &scratch->session, extent(w), "baseline.sql", &alone, err) ||
	    !compare(w, &alone, err))
		return false;
	return w->result->proof.total == 0 || !w->squash->check || w->squash->from_database ||
	    compare_without_changing(w, &alone, err);
}

/* Never over another file: a link is refused where the name is taken. */
static bool
publish(struct work *w, struct error *err)
{
	const char *temporary = file_join(w->arena, w->baseline->directory, w->baseline->name);
	const char *path = w->result->path;
	bool linked = link(temporary, path) == 0;

	if (!linked && errno != EEXIST && access(path, F_OK) != 0) /* a file system without links */
		linked = rename(temporary, path) == 0;
	return linked ||
	    error_set(err, ERR_USAGE, "cannot create \"%s\": %s", path, strerror(errno));
}

/* Our own directive says it in the file; Flyway wants it said beside it. */
static bool
write_conf(struct work *w, struct error *err)
{
	const char *path = arena_printf(w->session->arena, "%s.conf", w->result->path);
	FILE *out = fopen(path, "wx");

	if (out == NULL)
		return error_set(err, ERR_USAGE, "cannot create \"%s\": %s", path, strerror(errno));
	fputs("placeholderReplacement=false\n", out);
	if (fclose(out) != 0)
		return error_set(err, ERR_USAGE, "cannot write \"%s\": %s", path, strerror(errno));
	w->result->conf = path;
	return true;
}

/* --- the connected database --- */

/* What is applied there, repeatables included. */
static bool
is_applied_there(const struct session *s, const struct script *script)
{
	for (size_t i = 0; i < s->plan.entry_count; i++) {
		const struct entry *e = &s->plan.entries[i];

		if (e->script == script &&
		    (e->state == STATE_SUCCESS || e->state == STATE_OUT_OF_ORDER))
			return e->row != NULL;
	}
	return false;
}

static const struct script **
files_applied_there(const struct work *w, size_t *count)
{
	const struct scripts *all = &w->session->scripts;
	const struct squash_result *r = w->result;
	const struct script **list =
	    arena_alloc(w->arena, (r->file_count + all->count) * sizeof(*list));

	*count = 0;
	for (size_t i = 0; i < r->file_count; i++)
		list[(*count)++] = r->files[i];
	for (size_t i = 0; i < all->count; i++) {
		const struct script *s = &all->list[i];
		bool later = s->kind == SCRIPT_REPEATABLE ||
		    (s->kind == SCRIPT_VERSIONED && version_compare(s->version, r->version) > 0);

		if (later && is_applied_there(w->session, s))
			list[(*count)++] = s;
	}
	return list;
}

/* Those that the B file stands for were judged before. */
static bool
are_harmless(
    const struct work *w, const struct script *const *files, size_t count, struct error *err)
{
	for (size_t i = w->result->file_count; i < count; i++)
		if (w->session->config->scratch_url == NULL &&
		    squash_is_shared(w->arena, files[i], &w->session->environment))
			return error_set(
			    err, ERR_REFUSED, "\"%s\" acts on the whole server", files[i]->path);
	return true;
}

static bool
find_drift(struct work *w, struct error *err)
{
	struct dump made, there;
	size_t count;
	const struct script **files = files_applied_there(w, &count);
	int64_t ms;

	return are_harmless(w, files, count, err) &&
	    run_files(w, w->files, files, count, &ms, err) &&
	    dump(w, &w->files->session, DUMP_SHAPE, "made.sql", &made, err) &&
	    dump(w, w->session, DUMP_SHAPE, "there.sql", &there, err) &&
	    differences_find(
		w->session->arena, &made, &there, DIFFERENCE_SCHEMA, &w->result->drift, err);
}

/* Worth knowing, but no reason to do without the B file. */
static bool
compare_connected(struct work *w, struct error *err)
{
	struct error *failed = error_new(w->arena);

	w->result->drift_known = find_drift(w, failed);
	if (w->result->drift_known)
		return true;
	if (failed->code == ERR_INTERRUPTED) {
		error_copy(err, failed);
		return false;
	}
	event_warning(w->session->sink, "the connected database was not compared: %s%s%s",
	    failed->message, failed->detail == NULL ? "" : ": ",
	    failed->detail == NULL ? "" : failed->detail);
	return true;
}

/* --- all of it --- */

static bool
run(struct work *w, struct error *err)
{
	struct squash_result *r = w->result;
	int version = conn_server_version(w->session->conn), other;

	if (!scratch_open(w->arena, w->session, &w->sink, &w->server, err))
		return false;
	other = conn_server_version(w->server.session.conn);
	if (!dump_find_program(w->arena, other > version ? other : version, err) ||
	    !make_folder(w, err) || !write_state(w, err))
		return false;
	if (w->squash->check)
		w->baseline = squash_baseline(&w->session->scripts, r->version);
	else if (!write_baseline(w, err))
		return false;
	if (!prove(w, err))
		return false;
	if (w->squash->check || r->proof.total > 0)
		return true;
	return (w->squash->from_database || compare_connected(w, err)) && publish(w, err) &&
	    (!w->made.placeholders || write_conf(w, err));
}

bool
squash_run(
    struct session *s, const struct squash *squash, struct squash_result *result, struct error *err)
{
	struct work w = { .session = s, .squash = squash, .result = result };
	bool good;

	w.arena = arena_new(s->arena);
	w.sink = (struct sink){ .emit = pass_warnings, .context = s->sink };
	good = run(&w, err);
	interrupt_last_words("\nmigrate: left at once; the next squash drops what is left of this "
			     "one\n");
	arena_close(w.arena);
	interrupt_last_words(NULL);
	return good;
}
