/* SPDX-License-Identifier: MIT */
#ifndef CLI_OUT_BATCH_H
#define CLI_OUT_BATCH_H

#include "base/json.h"
#include "core/config.h"
#include "core/history.h"
#include "core/script.h"

/* How a file in batches is going to run, for plan and status. */

/* "in a transaction", "without a transaction", "in batches of 5,000 by id" */
const char *out_batch_way(struct arena *a, const struct script *script);
/* When it is done, how long that takes, what is left out: a sentence each; none for other files. */
struct config_list out_batch_notes(struct arena *a, const struct script *script);
/* How far it came before: "10 batches are done, up to 50000"; NULL for other files. */
const char *out_batch_done(struct arena *a, const struct unfinished *unfinished);
/* All that as an object; NULL for other files, unfinished may be. */
struct json *
out_batch_json(struct arena *a, const struct script *script, const struct unfinished *unfinished);

#endif
