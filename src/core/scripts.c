/* SPDX-License-Identifier: MIT */
#include "core/scripts.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/file.h"
#include "core/name.h"
#include "core/sqlconf.h"

struct scan {
	struct arena *a;
	const struct config *config;
	const char *directory; /* of the settings, at hand */
	struct scripts *out;
	struct problems *problems;
};

/* A folder below the directory; a link may lead to one that we are in already. */
struct folder {
	const struct folder *parent;
	const char *name; /* "" is the directory itself */
	struct file_list list;
};

static bool
is_ignored(const struct config *config, const char *name, const char *base)
{
	for (size_t i = 0; i < config->ignore.count; i++)
		if (fnmatch(config->ignore.items[i], name, 0) == 0 ||
		    fnmatch(config->ignore.items[i], base, 0) == 0)
			return true;
	return false;
}

static int
compare_entry(const void *name, const void *entry)
{
	return strcmp(name, ((const struct file_entry *)entry)->name);
}

static bool
has_entry(const struct folder *folder, const char *name)
{
	return folder->list.count > 0 &&
	    bsearch(name, folder->list.entries, folder->list.count, sizeof(*folder->list.entries),
		compare_entry) != NULL;
}

/* Regular files are opened when they are read; what may be something else is tried here. */
static bool
check_kind(struct scan *scan, const char *name, enum file_kind kind, struct error *err)
{
	struct arena *own;
	struct file file;
	bool opened;

	if (kind == FILE_REGULAR)
		return true;
	own = arena_new(scan->a);
	opened = file_open(own, scan->directory, name, &file, err);
	arena_close(own);
	return opened;
}

static bool
add_script(struct scan *scan, const struct folder *folder, const char *base, const char *name,
    struct error *err)
{
	const char *conf = arena_printf(scan->a, "%s.conf", base);
	struct script s = {
		.name = name,
		.script = name_shorten_path(scan->a, name),
		.path = file_join(scan->a, scan->directory, name),
		.directory = scan->directory,
		.conf = { .execute_in_transaction = NOT_GIVEN,
		    .placeholder_replacement = NOT_GIVEN },
	};
	bool good;

	directives_init(&s.directives);
	if (!name_parse(scan->a, &s, err))
		return false;
	/* A bad .sql.conf is one problem, not also a missing file. */
	good = !has_entry(folder, conf) ||
	    sqlconf_read(
		scan->a, scan->directory, file_join(scan->a, folder->name, conf), &s.conf, err);
	scan->out->list =
	    arena_extend(scan->a, scan->out->list, scan->out->count, sizeof(*scan->out->list));
	scan->out->list[scan->out->count++] = s;
	return good;
}

/* A .sql.conf that belongs to nothing would be a wish that nobody hears. */
static bool
check_conf(struct scan *scan, const struct folder *folder, const char *base, const char *name,
    struct error *err)
{
	static const char ending[] = ".sql.conf";
	const char *path = file_join(scan->a, scan->directory, name);
	size_t length = strlen(base), rest;

	if (length < strlen(ending) || strcasecmp(base + length - strlen(ending), ending) != 0)
		return true;
	rest = length - strlen(".conf");
	if (has_entry(folder, arena_strndup(scan->a, base, rest)))
		return true;
	return error_set_at(err, ERR_REFUSED, (struct place){ .path = path },
	    "there is no file \"%.*s\" for \"%s\"", (int)rest, base, base);
}

static bool
scan_folder(struct scan *scan, const struct folder *parent, const char *name, struct error *err);

static bool
scan_entry(struct scan *scan, const struct folder *folder, const struct file_entry *entry,
    struct error *err)
{
	const char *name = file_join(scan->a, folder->name, entry->name);
	enum file_kind kind = entry->kind;

	if (is_ignored(scan->config, name, entry->name)) {
		scan->out->ignored++;
		return true;
	}
	if (kind == FILE_LINK && !name_is_sql(entry->name))
		kind = file_behind_link(scan->a, scan->directory, name);
	if (name_is_sql(entry->name))
		return name_check(file_join(scan->a, scan->directory, name), err) &&
		    check_kind(scan, name, kind, err) &&
		    add_script(scan, folder, entry->name, name, err);
	if (kind == FILE_FOLDER)
		return scan_folder(scan, folder, name, err);
	return check_conf(scan, folder, entry->name, name, err);
}

static bool
check_loop(struct scan *scan, const struct folder *folder, struct error *err)
{
	const char *path = file_join(scan->a, scan->directory, folder->name);

	for (const struct folder *f = folder->parent; f != NULL; f = f->parent)
		if (f->list.device == folder->list.device && f->list.inode == folder->list.inode)
			return error_set_at(err, ERR_REFUSED, (struct place){ .path = path },
			    "\"%s\" is a link that leads back to a folder around it", path);
	return true;
}

/* False: the folder itself cannot be read; what is wrong in it is a problem of its own. */
static bool
scan_folder(struct scan *scan, const struct folder *parent, const char *name, struct error *err)
{
	struct folder folder = { .parent = parent, .name = name };
	struct error *wrong = error_new(scan->a);

	if (!file_list(scan->a, scan->directory, name, &folder.list, err) ||
	    !check_loop(scan, &folder, err))
		return false;
	for (size_t i = 0; i < folder.list.count; i++) {
		if (folder.list.entries[i].name[0] == '.')
			continue;
		if (!scan_entry(scan, &folder, &folder.list.entries[i], wrong))
			error_copy(problem_add(scan->problems), wrong);
	}
	return true;
}

/*
 * String.compareTo of Java orders by UTF-16: characters beyond U+FFFF, which begin with F0 and
 * more in UTF-8, stand before those from U+E000 on, which begin with EE and EF.
 */
static int
compare_descriptions(const char *a, const char *b)
{
	unsigned char x, y;

	while (*a != '\0' && *a == *b) {
		a++;
		b++;
	}
	x = (unsigned char)*a;
	y = (unsigned char)*b;
	if (x >= 0xee && y >= 0xee && (x >= 0xf0) != (y >= 0xf0))
		return x >= 0xf0 ? -1 : 1;
	return (x > y) - (x < y);
}

/* Files that are equal here cannot stand beside each other. */
static int
compare_scripts(const struct script *a, const struct script *b)
{
	int order;

	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	if (a->version != NULL)
		return version_compare(a->version, b->version);
	if (a->kind == SCRIPT_CALLBACK) {
		order = strcmp(a->event, b->event);
		if (order != 0)
			return order;
	}
	return compare_descriptions(a->description, b->description);
}

static int
compare_for_list(const void *a, const void *b)
{
	const struct script *one = a, *other = b;
	int order = compare_scripts(one, other);

	return order != 0 ? order : strcmp(one->path, other->path);
}

static const char *
identity(struct arena *a, const struct script *s)
{
	static const char *const kinds[] = {
		[SCRIPT_VERSIONED] = "migration",
		[SCRIPT_UNDO] = "undo migration",
		[SCRIPT_BASELINE] = "baseline migration",
	};

	if (s->version != NULL)
		return arena_printf(a, "%s with version %s", kinds[s->kind], s->version);
	if (s->kind == SCRIPT_REPEATABLE)
		return arena_printf(
		    a, "repeatable migration with description \"%s\"", s->description);
	return arena_printf(a, "callback %s with description \"%s\"", s->event, s->description);
}

static void
refuse_duplicates(struct scan *scan, const struct script *first, size_t count)
{
	struct error *err = problem_add(scan->problems);
	struct arena_text *paths = arena_text_new(scan->a);

	for (size_t i = 0; i < count; i++)
		fprintf(paths->out, "%s\"%s\"", i == 0 ? "" : ", ", first[i].path);
	error_set_at(err, ERR_REFUSED, (struct place){ .path = first[1].path },
	    "found more than one %s: %s", identity(scan->a, first), arena_text_end(paths));
	(void)error_next(err, "Rename all but one of them."); /* the list is the answer */
}

static void
check_duplicates(struct scan *scan)
{
	const struct script *list = scan->out->list;
	size_t count = scan->out->count, end;

	for (size_t start = 0; start < count; start = end) {
		end = start + 1;
		while (end < count && compare_scripts(&list[start], &list[end]) == 0)
			end++;
		if (end - start > 1)
			refuse_duplicates(scan, &list[start], end - start);
	}
}

/* Somebody would find out only when it is needed. */
static void
refuse_undo(struct scan *scan, const struct script *undo)
{
	struct error *err = problem_add(scan->problems);

	error_set_at(err, ERR_REFUSED, (struct place){ .path = undo->path },
	    "\"%s\" undoes version %s, and there is no V file of that version", undo->script,
	    undo->version);
	(void)error_next(err, "Give it the version of the file that it undoes, or remove it.");
}

/* An undo file stands beside the file that it undoes; both are sorted by version. */
static void
check_undo(struct scan *scan)
{
	const struct script *versioned = scan->out->list, *end = versioned + scan->out->count;

	for (const struct script *s = scan->out->list; s < end; s++) {
		if (s->kind != SCRIPT_UNDO)
			continue;
		while (versioned->kind == SCRIPT_VERSIONED &&
		    version_compare(versioned->version, s->version) < 0)
			versioned++;
		if (versioned->kind != SCRIPT_VERSIONED ||
		    version_compare(versioned->version, s->version) != 0)
			refuse_undo(scan, s);
	}
}

static int
compare_letters(const void *a, const void *b)
{
	const struct script *const *one = a, *const *other = b;
	int order = strcasecmp((*one)->path, (*other)->path);

	return order != 0 ? order : strcmp((*one)->path, (*other)->path);
}

/* Where the file system does not tell them apart one of the two is lost in a checkout. */
static void
check_letters(struct scan *scan)
{
	size_t count = scan->out->count;
	const struct script **list = arena_alloc(scan->a, (count + 1) * sizeof(*list));

	for (size_t i = 0; i < count; i++)
		list[i] = &scan->out->list[i];
	qsort(list, count, sizeof(*list), compare_letters);
	for (size_t i = 1; i < count; i++) {
		const struct script *one = list[i - 1], *other = list[i];
		struct error *err;

		if (strcasecmp(one->path, other->path) != 0 || compare_scripts(one, other) == 0)
			continue; /* of one version: told already */
		err = problem_add(scan->problems);
		(void)error_set_at(err, ERR_REFUSED, (struct place){ .path = other->path },
		    "\"%s\" and \"%s\" differ in the case of their letters only", one->path,
		    other->path);
		(void)error_next(err, "Rename one: many systems take them for the same file.");
	}
}

/* Without slashes at its end, so that paths below it look as they are usually written. */
static const char *
tidy(struct arena *a, const char *directory)
{
	size_t length = strlen(directory);

	while (length > 1 && directory[length - 1] == '/')
		length--;
	return arena_strndup(a, directory, length);
}

static bool
lies_in(const char *inner, const char *outer)
{
	size_t length = strcmp(outer, "/") == 0 ? 0 : strlen(outer);

	return strncmp(inner, outer, length) == 0 &&
	    (inner[length] == '/' || inner[length] == '\0');
}

/* A directory that another one of the list contains is read with that one only. */
static bool
is_covered(char *const *real, size_t count, size_t at)
{
	for (size_t i = 0; i < count; i++)
		if (i != at && real[i] != NULL && real[at] != NULL && lies_in(real[at], real[i]) &&
		    (i < at || strcmp(real[at], real[i]) != 0))
			return true;
	return false;
}

static bool
scan_directories(struct scan *scan, const struct config_list *directories, struct error *err)
{
	char **real = arena_alloc(scan->a, directories->count * sizeof(*real));

	for (size_t i = 0; i < directories->count; i++) {
		real[i] = realpath(directories->items[i], NULL);
		if (real[i] != NULL)
			arena_defer(scan->a, free, real[i]);
	}
	for (size_t i = 0; i < directories->count; i++) {
		if (is_covered(real, directories->count, i))
			continue;
		scan->directory = tidy(scan->a, directories->items[i]);
		if (!scan_folder(scan, NULL, "", err)) {
			err->code = ERR_USAGE;
			return error_next(err,
			    "Set \"directory\" to the folder of the migrations, or run "
			    "\"migrate init\".");
		}
	}
	return true;
}

bool
scripts_scan(struct arena *a, const struct config *config, struct scripts *out,
    struct problems *problems, struct error *err)
{
	struct scan scan = { .a = a, .config = config, .out = out, .problems = problems };

	*out = (struct scripts){ 0 };
	if (!scan_directories(&scan, &config->directory, err))
		return false;
	if (out->count > 0)
		qsort(out->list, out->count, sizeof(*out->list), compare_for_list);
	check_duplicates(&scan);
	check_undo(&scan);
	check_letters(&scan);
	return true;
}
