/* SPDX-License-Identifier: MIT */
#include "base/error.h"

#include <string.h>

struct error *
error_new(struct arena *a)
{
	struct error *err = arena_alloc(a, sizeof(*err));

	err->arena = a;
	return err;
}

void
error_clear(struct error *err)
{
	struct arena *a = err->arena;

	*err = (struct error){ .arena = a };
}

static void
set(struct error *err, enum error_code code, struct place place, const char *format, va_list args)
{
	const char *message = arena_vprintf(err->arena, format, args);

	if (place.path != NULL)
		place.path = arena_strdup(err->arena, place.path);
	if (place.source != NULL)
		place.source = arena_strdup(err->arena, place.source);
	error_clear(err);
	err->code = code;
	err->message = message;
	err->place = place;
}

bool
error_set(struct error *err, enum error_code code, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	set(err, code, (struct place){ 0 }, format, args);
	va_end(args);
	return false;
}

bool
error_set_at(struct error *err, enum error_code code, struct place place, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	set(err, code, place, format, args);
	va_end(args);
	return false;
}

bool
error_at(struct error *err, const char *format, ...)
{
	va_list args;
	const char *prefix;

	va_start(args, format);
	prefix = arena_vprintf(err->arena, format, args);
	va_end(args);
	err->message = arena_printf(err->arena, "%s: %s", prefix, err->message);
	return false;
}

bool
error_next(struct error *err, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	err->next = arena_vprintf(err->arena, format, args);
	va_end(args);
	return false;
}

int
error_exit(const struct error *err)
{
	if (err->code == ERR_INTERRUPTED)
		return ERR_INTERRUPTED + err->signal;
	return (int)err->code;
}

static const char *
copied(struct arena *a, const char *text)
{
	return text == NULL ? NULL : arena_strdup(a, text);
}

void
error_copy(struct error *to, const struct error *from)
{
	struct arena *a = to->arena;

	*to = *from;
	to->arena = a;
	to->message = copied(a, from->message);
	to->detail = copied(a, from->detail);
	to->hint = copied(a, from->hint);
	to->context = copied(a, from->context);
	to->place.path = copied(a, from->place.path);
	to->place.source = copied(a, from->place.source);
	to->statement = copied(a, from->statement);
	to->state = copied(a, from->state);
	to->next = copied(a, from->next);
}

struct error *
problem_add(struct problems *problems)
{
	struct error *err = error_new(problems->arena);

	problems->list =
	    arena_extend(problems->arena, problems->list, problems->count, sizeof(*problems->list));
	problems->list[problems->count++] = err;
	return err;
}

void
problems_append(struct problems *to, const struct problems *from)
{
	for (size_t i = 0; i < from->count; i++)
		error_copy(problem_add(to), from->list[i]);
}
