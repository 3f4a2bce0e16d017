/* SPDX-License-Identifier: MIT */
#include "core/portable.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "core/source.h"
#include "sql/quote.h"
#include "sql/split.h"

struct writer {
	struct arena *arena;
	const struct portable *portable;
	const char *owner, *schema; /* quoted as pg_dump does */
	struct dump *out;
	FILE *file;
	char *label; /* the comment that speaks of the next statement, or NULL */
	char *copy; /* a COPY none of whose rows has come yet, or NULL */
	bool rows; /* rows are written */
	char last; /* character written */
};

static bool
begins(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

static bool
ends(const char *text, const char *with)
{
	size_t length = strlen(text), tail = strlen(with);

	return length >= tail && strcmp(text + length - tail, with) == 0;
}

/* --- statements --- */

/* They are for the session that reads a dump; a migration has its own. */
static bool
is_of_session(const char *text)
{
	static const char *const settings[] = { "client_encoding", "client_min_messages",
		"idle_in_transaction_session_timeout", "lock_timeout", "row_security",
		"statement_timeout", "transaction_timeout" };

	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
		size_t length = strlen(settings[i]);

		if (strncmp(text, settings[i], length) == 0 && text[length] == ' ')
			return true;
	}
	return false;
}

/*
 * The schema of the history is there before any migration; an extension brings its comment with it,
 * and only its owner may set it anew.  Large objects are in a transaction of their own in a dump;
 * here there is the one of the file.
 */
static bool
is_needless(const struct writer *w, const char *text)
{
	if (begins(text, "SET "))
		return is_of_session(text + strlen("SET "));
	if (begins(text, "ALTER ") && ends(text, arena_printf(w->arena, " OWNER TO %s", w->owner)))
		return true;
	if (begins(text, "CREATE SCHEMA "))
		return strcmp(text + strlen("CREATE SCHEMA "), w->schema) == 0;
	return begins(text, "COMMENT ON EXTENSION ") || strcmp(text, "BEGIN") == 0 ||
	    strcmp(text, "COMMIT") == 0;
}

/* Puts CURRENT_USER in place of the owner's name at the end. */
static const char *
rename_grantee(const struct writer *w, const char *text)
{
	static const char *const words[] = { " TO ", " FROM " };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (ends(text, arena_printf(w->arena, "%s%s", words[i], w->owner)))
			return arena_printf(w->arena, "%.*sCURRENT_USER",
			    (int)(strlen(text) - strlen(w->owner)), text);
	return text;
}

/* What is set for a session is set for the transaction; who made it is whoever runs it. */
static const char *
rewrite(const struct writer *w, const char *text)
{
	static const char path[] = "SELECT pg_catalog.set_config('search_path', ";
	static const char session[] = ", false)";
	const char *defaults =
	    arena_printf(w->arena, "ALTER DEFAULT PRIVILEGES FOR ROLE %s ", w->owner);

	if (begins(text, "SET ") && !begins(text, "SET SESSION "))
		return arena_printf(w->arena, "SET LOCAL %s", text + strlen("SET "));
	if (begins(text, path) && ends(text, session))
		return arena_printf(
		    w->arena, "%.*s, true)", (int)(strlen(text) - strlen(session)), text);
	if (begins(text, defaults))
		text = arena_printf(w->arena, "ALTER DEFAULT PRIVILEGES FOR ROLE CURRENT_USER %s",
		    text + strlen(defaults));
	if (begins(text, "GRANT ") || begins(text, "REVOKE ") ||
	    begins(text, "ALTER DEFAULT PRIVILEGES "))
		return rename_grantee(w, text);
	return text;
}

/* --- writing --- */

static void
put(struct writer *w, const char *text, size_t length)
{
	struct dump_part *part = &w->out->parts[w->out->count - 1];

	part->hash = dump_hash(part->hash, text, length);
	for (size_t i = 0; i < length && !w->out->placeholders; i++)
		w->out->placeholders = text[i] == '{' && (i > 0 ? text[i - 1] : w->last) == '$';
	if (length > 0)
		w->last = text[length - 1];
	part->length += (int64_t)length;
	w->out->bytes += (int64_t)length;
	(void)fwrite(text, 1, length, w->file); /* ferror tells at the end */
}

static void
put_text(struct writer *w, const char *text)
{
	put(w, text, strlen(text));
}

static void
begin_part(struct writer *w, const char *text, bool rows)
{
	struct dump *out = w->out;

	out->parts = arena_extend(w->arena, out->parts, out->count, sizeof(*out->parts));
	out->parts[out->count++] = (struct dump_part){ 0 };
	if (w->label != NULL)
		put_text(w, arena_printf(w->arena, "\n%s\n", w->label));
	w->label = NULL;
	/* The comment above a statement is no part of it. */
	out->parts[out->count - 1] =
	    (struct dump_part){ .hash = DUMP_HASH_START, .offset = out->bytes, .rows = rows };
	put_text(w, text);
	put_text(w, ";\n");
}

/* "-- Name: orders; Type: TABLE; Schema: public; Owner: app" stands above each object. */
static void
keep_label(struct writer *w, const struct split_item *item)
{
	static const char owner[] = "; Owner: ";
	char *text = arena_strndup(w->arena, item->text, item->length), *at, *next;

	if (item->inside || (!begins(text, "-- Name: ") && !begins(text, "-- Data for Name: ")))
		return;
	at = strstr(text, owner);
	while (at != NULL && (next = strstr(at + 1, owner)) != NULL)
		at = next;
	if (at != NULL)
		*at = '\0';
	w->label = text;
}

static void
write_statement(struct writer *w, const struct split_item *item)
{
	if (is_needless(w, item->text))
		return;
	if (item->copy_in)
		w->copy = arena_strdup(w->arena, item->text);
	else
		begin_part(
		    w, rewrite(w, item->text), begins(item->text, "SELECT pg_catalog.setval("));
}

static void
write_rows(struct writer *w, const struct split_item *item)
{
	if (w->copy != NULL)
		begin_part(w, w->copy, true);
	w->copy = NULL;
	w->rows = true;
	for (size_t i = 0; i < item->length; i++)
		w->out->rows += item->text[i] == '\n';
	put(w, item->text, item->length);
}

/* A table without rows needs no COPY. */
static void
end_rows(struct writer *w)
{
	if (w->rows)
		put_text(w, "\\.\n");
	w->rows = false;
	w->copy = w->label = NULL;
}

static bool
write_all(struct writer *w, struct split *split, struct error *err)
{
	struct split_item item;

	while (split_next(split, &item, err)) {
		switch (item.kind) {
		case SPLIT_END:
			return true;
		case SPLIT_STATEMENT:
			write_statement(w, &item);
			break;
		case SPLIT_COMMENT:
			keep_label(w, &item);
			break;
		case SPLIT_COPY_DATA:
			write_rows(w, &item);
			break;
		case SPLIT_COPY_END:
			end_rows(w);
			break;
		}
	}
	return false;
}

static void
close_file(void *file)
{
	(void)fclose(file); /* what had to be written was flushed before */
}

static bool
read_raw(struct writer *w, const char *path, struct error *err)
{
	struct script raw = {
		.path = path, .directory = w->portable->folder, .name = w->portable->raw
	};
	struct source *source;

	return source_open(w->arena, &raw, &source, err) &&
	    write_all(w, split_new(w->arena, path, true, source_read, source), err);
}

bool
portable_write(struct arena *a, const struct portable *p, struct dump *out, struct error *err)
{
	const char *path = file_join(a, out->folder, out->name);
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	struct writer w = { .arena = arena_new(a),
		.portable = p,
		.owner = quote_name(a, p->owner),
		.schema = quote_name(a, p->schema),
		.out = out,
		.file = fd < 0 ? NULL : fdopen(fd, "w") };
	bool good;

	if (w.file == NULL)
		return error_set(err, ERR_USAGE, "cannot create \"%s\": %s", path, strerror(errno));
	arena_defer(w.arena, close_file, w.file);
	good = read_raw(&w, file_join(a, p->folder, p->raw), err);
	if (good && (fflush(w.file) != 0 || ferror(w.file)))
		good = error_set(err, ERR_USAGE, "cannot write \"%s\": %s", path, strerror(errno));
	if (out->count > 0)
		out->parts = arena_copy(a, out->parts, out->count * sizeof(*out->parts));
	arena_close(w.arena);
	return good;
}
