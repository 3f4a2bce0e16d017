/* SPDX-License-Identifier: MIT */
#ifndef BASE_MASK_H
#define BASE_MASK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

/*
 * Secrets that must never be printed.  Every text that leaves the program goes through mask_text,
 * which puts ******** in place of each known secret, raw or percent-encoded, and then, unless it
 * becomes JSON, through mask_escape, which writes control characters, bidirectional overrides and
 * invalid UTF-8 as \xNN, so that neither a terminal nor a log can be steered by what a server or a
 * file name says.
 */

/* Remembers a secret (copied; empty and one-byte ones are ignored), also percent-encoded. */
void mask_add(const char *secret);
/*
 * A name that is printed all the time (user, database, host): a password that equals it is not
 * hidden, for hiding it would tell more than it keeps.
 */
void mask_allow(const char *name);
/* The text with secrets hidden; the text itself when there is none in it. */
const char *mask_text(struct arena *a, const char *text);
/* The text with control characters escaped; newlines and tabs stay when multiline is set. */
const char *mask_escape(struct arena *a, const char *text, int multiline);
/* Does a character steer a terminal, or the reader's eye, instead of being seen? */
bool mask_is_steering(uint32_t character);
/* Wipes the secrets; at the end of the program. */
void mask_clear(void);

#endif
