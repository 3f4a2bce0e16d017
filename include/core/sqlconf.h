/* SPDX-License-Identifier: MIT */
#ifndef CORE_SQLCONF_H
#define CORE_SQLCONF_H

#include "base/error.h"
#include "core/script.h"

/*
 * Flyway's <file>.sql.conf: settings of one script, a line each (Java properties).  We read
 * executeInTransaction, placeholderReplacement and encoding, which must be UTF-8; anything else is
 * refused with its place.
 */

MUST_CHECK bool sqlconf_read(struct arena *a, const char *folder, const char *name,
    struct script_conf *out, struct error *err);

#endif
