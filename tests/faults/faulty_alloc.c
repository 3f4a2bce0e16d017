/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>

#include "faulty.h"

/* base/arena.c calls these instead of the C library's: the Makefile renames them in its object. */
void *fault_malloc(size_t size);
void *fault_calloc(size_t count, size_t size);
FILE *fault_open_memstream(char **text, size_t *length);

void *
fault_malloc(size_t size)
{
	return fault_due("alloc", "malloc") ? NULL : malloc(size);
}

void *
fault_calloc(size_t count, size_t size)
{
	return fault_due("alloc", "calloc") ? NULL : calloc(count, size);
}

FILE *
fault_open_memstream(char **text, size_t *length)
{
	return fault_due("alloc", "open_memstream") ? NULL : open_memstream(text, length);
}
