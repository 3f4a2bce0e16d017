/* SPDX-License-Identifier: MIT */
#include "base/arena.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BLOCK_SIZE = 8192, ALIGNMENT = 16 };

struct block {
	struct block *next;
	size_t used, size;
	_Alignas(ALIGNMENT) char bytes[];
};

struct release {
	struct release *next;
	void (*release)(void *);
	void *what;
};

struct arena {
	struct block *blocks;
	struct release *releases;
	struct arena *parent;
	struct arena *children, *next, **link; /* link: what points at this one */
};

_Noreturn void
arena_exhausted(void)
{
	static const char message[] = "migrate: out of memory\n";
	ssize_t ignored = write(STDERR_FILENO, message, sizeof(message) - 1);

	(void)ignored; /* nobody is left to be told */
	_exit(70);
}

struct arena *
arena_new(struct arena *parent)
{
	struct arena *a = calloc(1, sizeof(*a));

	if (a == NULL)
		arena_exhausted();
	if (parent == NULL)
		return a;
	a->parent = parent;
	a->next = parent->children;
	if (a->next != NULL)
		a->next->link = &a->next;
	a->link = &parent->children;
	parent->children = a;
	return a;
}

static void
unlink_from_parent(struct arena *a)
{
	if (a->parent == NULL)
		return;
	*a->link = a->next;
	if (a->next != NULL)
		a->next->link = a->link;
}

void
arena_close(struct arena *a)
{
	if (a == NULL)
		return;
	while (a->children != NULL)
		arena_close(a->children);
	while (a->releases != NULL) {
		struct release *r = a->releases;

		a->releases = r->next;
		r->release(r->what);
	}
	unlink_from_parent(a);
	while (a->blocks != NULL) {
		struct block *b = a->blocks;

		a->blocks = b->next;
		free(b);
	}
	free(a);
}

static struct block *
block_new(size_t size)
{
	struct block *b = malloc(sizeof(*b) + size);

	if (b == NULL)
		arena_exhausted();
	b->next = NULL;
	b->used = 0;
	b->size = size;
	return b;
}

/* A large piece gets a block of its own behind the current one, whose rest stays in use. */
static struct block *
block_with_room(struct arena *a, size_t size)
{
	struct block *b = a->blocks;

	if (b != NULL && b->size - b->used >= size)
		return b;
	if (size > BLOCK_SIZE / 4 && b != NULL) {
		struct block *own = block_new(size);

		own->next = b->next;
		b->next = own;
		return own;
	}
	b = block_new(size > BLOCK_SIZE ? size : BLOCK_SIZE);
	b->next = a->blocks;
	a->blocks = b;
	return b;
}

void *
arena_alloc(struct arena *a, size_t size)
{
	struct block *b;
	void *p;

	if (size > SIZE_MAX / 2)
		arena_exhausted();
	size = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	b = block_with_room(a, size);
	p = b->bytes + b->used;
	b->used += size;
	return memset(p, 0, size);
}

void *
arena_copy(struct arena *a, const void *from, size_t size)
{
	void *p = arena_alloc(a, size);

	if (size > 0)
		memcpy(p, from, size);
	return p;
}

void *
arena_extend(struct arena *a, void *array, size_t count, size_t size)
{
	void *larger;

	if (count > 0 && (count & (count - 1)) != 0)
		return array;
	if (count > SIZE_MAX / 4 / size)
		arena_exhausted();
	larger = arena_alloc(a, (count == 0 ? 1 : 2 * count) * size);
	if (count > 0)
		memcpy(larger, array, count * size);
	return larger;
}

char *
arena_strdup(struct arena *a, const char *text)
{
	return arena_copy(a, text, strlen(text) + 1);
}

char *
arena_strndup(struct arena *a, const char *text, size_t length)
{
	char *copy = arena_alloc(a, length + 1);

	if (length > 0)
		memcpy(copy, text, length);
	return copy;
}

char *
arena_vprintf(struct arena *a, const char *format, va_list args)
{
	va_list again;
	char *text;
	int length;

	va_copy(again, args);
	length = vsnprintf(NULL, 0, format, again);
	va_end(again);
	if (length < 0)
		arena_exhausted();
	text = arena_alloc(a, (size_t)length + 1);
	vsnprintf(text, (size_t)length + 1, format, args);
	return text;
}

char *
arena_printf(struct arena *a, const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = arena_vprintf(a, format, args);
	va_end(args);
	return text;
}

void
arena_defer(struct arena *a, void (*release)(void *), void *what)
{
	struct release *r = arena_alloc(a, sizeof(*r));

	r->release = release;
	r->what = what;
	r->next = a->releases;
	a->releases = r;
}

static void
release_text(void *what)
{
	struct arena_text *t = what;

	if (t->out != NULL)
		fclose(t->out);
	free(t->text);
}

struct arena_text *
arena_text_new(struct arena *a)
{
	struct arena_text *t = arena_alloc(a, sizeof(*t));

	t->out = open_memstream(&t->text, &t->length);
	if (t->out == NULL)
		arena_exhausted();
	arena_defer(a, release_text, t);
	return t;
}

const char *
arena_text_end(struct arena_text *t)
{
	int failed = fclose(t->out);

	t->out = NULL;
	if (failed || t->text == NULL)
		arena_exhausted();
	return t->text;
}
