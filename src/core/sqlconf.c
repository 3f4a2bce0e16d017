/* SPDX-License-Identifier: MIT */
#include "core/sqlconf.h"

#include <string.h>
#include <strings.h>

#include "base/file.h"

enum { LONGEST = 65536 };

struct reader {
	struct arena *a;
	struct script_conf *out;
	bool encoding_given;
	struct place place;
	struct error *err;
};

typedef bool setter(struct reader *r, const char *value);

static bool
refuse_value(struct reader *r, const char *key, const char *value, const char *wanted)
{
	return error_set_at(
	    r->err, ERR_REFUSED, r->place, "%s cannot be \"%s\", only %s", key, value, wanted);
}

static bool
read_flag(struct reader *r, const char *key, const char *value, int *out)
{
	bool on = strcasecmp(value, "true") == 0;

	if (*out != NOT_GIVEN)
		return error_set_at(r->err, ERR_REFUSED, r->place, "%s is given twice", key);
	if (!on && strcasecmp(value, "false") != 0)
		return refuse_value(r, key, value, "true or false");
	*out = on;
	return true;
}

static bool
set_transaction(struct reader *r, const char *value)
{
	return read_flag(r, "executeInTransaction", value, &r->out->execute_in_transaction);
}

static bool
set_placeholders(struct reader *r, const char *value)
{
	return read_flag(r, "placeholderReplacement", value, &r->out->placeholder_replacement);
}

static bool
set_encoding(struct reader *r, const char *value)
{
	if (r->encoding_given)
		return error_set_at(r->err, ERR_REFUSED, r->place, "encoding is given twice");
	r->encoding_given = true;
	if (strcasecmp(value, "UTF-8") != 0 && strcasecmp(value, "UTF8") != 0)
		return refuse_value(r, "encoding", value, "UTF-8");
	return true;
}

static bool
set_should_execute(struct reader *r, const char *value)
{
	(void)value; /* no value of it is understood */
	error_set_at(r->err, ERR_REFUSED, r->place,
	    "shouldExecute is not supported: every file is applied exactly once");
	return error_next(r->err, "Keep files for other environments in a folder of their own.");
}

static const struct key {
	const char *name;
	setter *set;
} keys[] = {
	{ "executeInTransaction", set_transaction },
	{ "placeholderReplacement", set_placeholders },
	{ "encoding", set_encoding },
	{ "shouldExecute", set_should_execute },
};
enum { KEY_COUNT = sizeof(keys) / sizeof(keys[0]) };

static bool
refuse_key(struct reader *r, const char *name)
{
	const char *names[KEY_COUNT], *meant;

	for (size_t i = 0; i < KEY_COUNT; i++)
		names[i] = keys[i].name;
	meant = config_nearest(name, names, KEY_COUNT);
	error_set_at(r->err, ERR_REFUSED, r->place, "unknown key \"%s\"", name);
	if (meant != NULL)
		r->err->hint = arena_printf(r->err->arena, "Did you mean %s?", meant);
	return false;
}

/* A line of Java's properties: "key = value", "key: value" or "key value", # and ! comment. */
static bool
read_line(struct reader *r, char *line)
{
	static const char blank[] = " \t\f\r";
	char *key = line + strspn(line, blank), *value, *end;

	if (*key == '\0' || *key == '#' || *key == '!')
		return true;
	r->place.column = key - line + 1;
	end = key + strcspn(key, " \t\f\r=:");
	value = end + strspn(end, blank);
	if (*value == '=' || *value == ':')
		value++;
	value += strspn(value, blank);
	*end = '\0';
	for (end = value + strlen(value); end > value && strchr(blank, end[-1]) != NULL;)
		*--end = '\0';
	for (size_t i = 0; i < KEY_COUNT; i++)
		if (strcmp(key, keys[i].name) == 0)
			return keys[i].set(r, value);
	return refuse_key(r, key);
}

static bool
read_lines(struct reader *r, char *text)
{
	char *next;

	for (char *line = text; line != NULL; line = next) {
		char *end = strchr(line, '\n');

		next = end == NULL ? NULL : end + 1;
		if (end != NULL)
			*end = '\0';
		r->place.line++;
		r->place.source = arena_strdup(r->a, line);
		if (!read_line(r, line))
			return false;
	}
	return true;
}

bool
sqlconf_read(struct arena *a, const char *folder, const char *name, struct script_conf *out,
    struct error *err)
{
	struct arena *own = arena_new(a);
	struct reader r = { .a = own, .out = out, .err = err };
	char *text = arena_alloc(own, LONGEST + 1);
	struct file file;
	size_t length;
	bool done;

	r.place.path = file_join(own, folder, name);
	done = file_open(own, folder, name, &file, err) &&
	    file_read(&file, text, LONGEST + 1, &length, r.place.path, err);
	if (done && (length > LONGEST || memchr(text, '\0', length) != NULL))
		done = error_set_at(err, ERR_REFUSED, r.place,
		    "\"%s\" is not a file of settings for one script", r.place.path);
	done = done && read_lines(&r, text);
	arena_close(own);
	return done;
}
