/* SPDX-License-Identifier: MIT */
#include "base/mask.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

static const char stars[] = "********";

/* The one list of the program: whatever prints must know every secret, whoever met it. */
static struct arena *arena;
static struct secret {
	char *text;
	size_t length;
} * secrets;
static size_t secret_count;
static const char **allowed;
static size_t allowed_count;

static bool
is_allowed(const char *text)
{
	for (size_t i = 0; i < allowed_count; i++)
		if (strcmp(allowed[i], text) == 0)
			return true;
	return false;
}

static void
remember(const char *text)
{
	size_t length = strlen(text);

	for (size_t i = 0; i < secret_count; i++)
		if (strcmp(secrets[i].text, text) == 0)
			return;
	secrets = arena_extend(arena, secrets, secret_count, sizeof(*secrets));
	secrets[secret_count].text = arena_strdup(arena, text);
	secrets[secret_count++].length = length;
}

/* As a URI writes it; libraries differ in the case of the digits. */
static void
remember_encoded(const char *text, const char *digits)
{
	static const char plain[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
	char *encoded = arena_alloc(arena, 3 * strlen(text) + 1);
	char *out = encoded;

	for (const char *p = text; *p != '\0'; p++) {
		if (strchr(plain, *p) != NULL) {
			*out++ = *p;
			continue;
		}
		*out++ = '%';
		*out++ = digits[(unsigned char)*p >> 4];
		*out++ = digits[*p & 15];
	}
	remember(encoded);
}

void
mask_add(const char *secret)
{
	if (secret == NULL || strlen(secret) < 2)
		return;
	if (arena == NULL)
		arena = arena_new(NULL);
	remember(secret);
	remember_encoded(secret, "0123456789ABCDEF");
	remember_encoded(secret, "0123456789abcdef");
}

void
mask_allow(const char *name)
{
	if (name == NULL || is_allowed(name))
		return;
	if (arena == NULL)
		arena = arena_new(NULL);
	allowed = arena_extend(arena, allowed, allowed_count, sizeof(*allowed));
	allowed[allowed_count++] = arena_strdup(arena, name);
}

/* Length of the longest secret that begins here, or 0. */
static size_t
secret_at(const char *text)
{
	size_t longest = 0;

	for (size_t i = 0; i < secret_count; i++)
		if (secrets[i].length > longest && !is_allowed(secrets[i].text) &&
		    strncmp(text, secrets[i].text, secrets[i].length) == 0)
			longest = secrets[i].length;
	return longest;
}

static bool
has_secret(const char *text)
{
	for (size_t i = 0; i < secret_count; i++)
		if (strstr(text, secrets[i].text) != NULL)
			return true;
	return false;
}

const char *
mask_text(struct arena *a, const char *text)
{
	struct arena_text *out;
	size_t hidden_to = 0;

	if (!has_secret(text))
		return text;
	out = arena_text_new(a);
	for (size_t i = 0; text[i] != '\0'; i++) {
		size_t length = secret_at(text + i);

		/* Secrets may overlap: no byte of any of them is shown. */
		if (length > 0 && i >= hidden_to)
			fputs(stars, out->out);
		if (i + length > hidden_to)
			hidden_to = i + length;
		if (i >= hidden_to)
			putc(text[i], out->out);
	}
	return arena_text_end(out);
}

bool
mask_is_steering(uint32_t character)
{
	static const struct range {
		uint32_t first, last;
	} ranges[] = {
		{ 0x00, 0x1f },
		{ 0x7f, 0x9f },
		{ 0x61c, 0x61c },
		{ 0x200e, 0x200f },
		{ 0x2028, 0x202e },
		{ 0x2066, 0x2069 },
	};

	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
		if (character >= ranges[i].first && character <= ranges[i].last)
			return true;
	return false;
}

/* Bytes of the harmless character at text; 0: its first byte is to be escaped. */
static size_t
harmless_at(const char *text, size_t length, int multiline)
{
	uint32_t character;
	size_t size;

	if (*text >= ' ' && *text <= '~') /* nearly all text */
		return 1;
	size = utf8_decode(text, length, &character);
	if (size > 0 && multiline && (character == '\n' || character == '\t'))
		return size;
	return size > 0 && mask_is_steering(character) ? 0 : size;
}

const char *
mask_escape(struct arena *a, const char *text, int multiline)
{
	size_t length = strlen(text), at = 0, size;
	struct arena_text *out;

	while (at < length && (size = harmless_at(text + at, length - at, multiline)) > 0)
		at += size;
	if (at == length)
		return text;
	out = arena_text_new(a);
	fwrite(text, 1, at, out->out);
	while (at < length) {
		size = harmless_at(text + at, length - at, multiline);
		if (size > 0)
			fwrite(text + at, 1, size, out->out);
		else
			fprintf(out->out, "\\x%02X", (unsigned char)text[at]);
		at += size > 0 ? size : 1;
	}
	return arena_text_end(out);
}

/* A plain memset before free may be left out by the compiler. */
static void
wipe(char *text, size_t length)
{
	volatile char *p = text;

	while (length-- > 0)
		*p++ = '\0';
}

void
mask_clear(void)
{
	for (size_t i = 0; i < secret_count; i++)
		wipe(secrets[i].text, secrets[i].length);
	arena_close(arena);
	arena = NULL;
	secrets = NULL;
	secret_count = 0;
	allowed = NULL;
	allowed_count = 0;
}
