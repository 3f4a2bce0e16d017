/* SPDX-License-Identifier: MIT */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

/*
 * An arena owns everything that lives equally long: memory, and whatever is given to it with
 * arena_defer (a FILE, a connection, a result).  Closing it releases all of it, the last thing
 * first.  Nothing taken from an arena is ever freed by hand.  When no memory is left the program
 * says so and exits with 70, so nothing here returns NULL.
 */
struct arena;

#define PRINTF_LIKE(at, first) __attribute__((format(printf, at, first)))
#define MUST_CHECK __attribute__((warn_unused_result))

/* A new arena, closed together with its parent at the latest (parent may be NULL). */
struct arena *arena_new(struct arena *parent);
void arena_close(struct arena *a);
/* Says that no memory is left and ends the program; for libraries that allocate on their own. */
_Noreturn void arena_exhausted(void);

/* Zeroed memory, aligned for any type. */
void *arena_alloc(struct arena *a, size_t size);
void *arena_copy(struct arena *a, const void *from, size_t size);

/*
 * Room for one more element behind the count elements of an array that was only ever grown here;
 * returns the array, which may have moved.  Its capacity is the power of two above count.
 *	list->items = arena_extend(a, list->items, list->count, sizeof(*list->items));
 *	list->items[list->count++] = item;
 */
void *arena_extend(struct arena *a, void *array, size_t count, size_t size);

char *arena_strdup(struct arena *a, const char *text);
/* The first length bytes as a string. */
char *arena_strndup(struct arena *a, const char *text, size_t length);
char *arena_printf(struct arena *a, const char *format, ...) PRINTF_LIKE(2, 3);
char *arena_vprintf(struct arena *a, const char *format, va_list args) PRINTF_LIKE(2, 0);

/* Calls release(what) when the arena is closed. */
void arena_defer(struct arena *a, void (*release)(void *), void *what);

/* A stream that is written into memory; closed with the arena. */
struct arena_text {
	FILE *out;
	char *text; /* valid behind arena_text_end, NUL-ended */
	size_t length;
};
struct arena_text *arena_text_new(struct arena *a);
/* Ends the writing; the text belongs to the arena. */
const char *arena_text_end(struct arena_text *t);

#endif
