/* SPDX-License-Identifier: MIT */
#ifndef CORE_SOURCE_H
#define CORE_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "core/script.h"
#include "sql/split.h"

/*
 * The text of a script on its way to the splitter: a leading BOM is dropped, NUL bytes and invalid
 * UTF-8 are refused with their place, placeholders are replaced, checksums are taken.  A file of
 * any size passes through a buffer.
 */
struct source;

/* From the disk; closed with the arena. */
MUST_CHECK bool
source_open(struct arena *a, const struct script *s, struct source **out, struct error *err);
/* From memory; the text must outlive the source. */
struct source *source_new(struct arena *a, const char *path, const char *text, size_t length);
/* The beginning of the text as it stands in the file, before anything was read. */
MUST_CHECK bool source_head(struct source *s, const char **text, size_t *length, struct error *err);
/* From here on placeholders are replaced. */
void
source_replace(struct source *s, const struct script_environment *env, const struct script *script);
/* A split_reader: source is a struct source. */
MUST_CHECK bool source_read(void *source, struct split_chunk *chunk, struct error *err);

/* Of everything read so far. */
struct source_sums {
	int32_t raw; /* Flyway's checksum of the text as it stands in the file */
	int32_t replaced; /* of an R file with its placeholders replaced; else as raw */
	uint32_t layout; /* of where lines end: with raw and size it tells any change */
	int64_t size;
};
struct source_sums source_sums(const struct source *s);

#endif
