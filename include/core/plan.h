/* SPDX-License-Identifier: MIT */
#ifndef CORE_PLAN_H
#define CORE_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "core/config.h"
#include "core/history.h"
#include "core/scripts.h"

/*
 * Compares files and history and decides what is to be done.  Pure: no file and no database is
 * touched here.  Every command makes a plan and then shows it or runs it.
 */

/* Flyway's states (their display names in plan_state_name), and ours. */
enum state {
	STATE_PENDING,
	STATE_SUCCESS,
	STATE_FAILED,
	STATE_OUT_OF_ORDER,
	STATE_OUTDATED,
	STATE_SUPERSEDED,
	STATE_MISSING,
	STATE_FAILED_MISSING,
	STATE_FUTURE,
	STATE_FAILED_FUTURE,
	STATE_IGNORED,
	STATE_BELOW_BASELINE,
	STATE_IGNORED_BASELINE,
	STATE_ABOVE_TARGET,
	STATE_BASELINE,
	STATE_DELETED,
	STATE_UNDONE,
	STATE_AVAILABLE,
	STATE_INTERRUPTED,
	STATE_HELD
};
const char *plan_state_name(enum state state);

/* A line of status: a file, a history row, or both. */
struct entry {
	const char *category; /* Versioned, Repeatable, Baseline, Undo, "" */
	const char *version;
	const char *description;
	const char *type; /* SQL, SQL_BASELINE, BASELINE, SCHEMA, ... */
	enum state state;
	const struct script *script; /* or NULL */
	const struct history_row *row; /* or NULL */
	const struct script *undo; /* the file that takes the version back, or NULL */
	bool undoable; /* it is in force, and has one */
};

enum goal_kind { GOAL_UP, GOAL_UNDO, GOAL_BASELINE, GOAL_REPAIR };

struct goal {
	enum goal_kind kind;
	const char *target; /* latest, next, current, V or V? ; NULL: the setting's */
	enum phase phase; /* of "up --phase": this and earlier ones; PHASE_NONE: all */
	int64_t undo_steps; /* of undo: so many versions; 0: down to and including target */
	const struct undo_pin *pin; /* only these versions (undo.h); or NULL */
	const char *baseline_version; /* of "baseline V" */
	const char *mark_applied; /* of "repair --applied V": version, or an R description */
	const char *mark_pending;
	bool phases; /* the phases of pending files are told */
	bool check_only; /* status, validate, plan: nothing will be run */
	bool lints; /* pending scripts are read with what their statements do */
};

/* What a step writes into the history. */
enum record_kind {
	RECORD_INSERT, /* a new row */
	RECORD_DELETE, /* takes row rank away (a failed row) */
	RECORD_UPDATE, /* sets description, type, checksum of row rank */
	RECORD_SUCCEED, /* sets success of row rank */
	RECORD_FORGET /* no row: an unknown outcome in the journal is over */
};

struct record {
	enum record_kind kind;
	int rank;
	const char *version, *description, *type, *script;
	bool has_checksum;
	int32_t checksum;
	bool success;
	const char *why; /* for people: "the failed row of version 3" */
};

enum step_kind { STEP_SCRIPT, STEP_RECORD, STEP_CALLBACK };

/* What the runner does, one after the other. */
struct step {
	enum step_kind kind;
	struct script *script; /* STEP_SCRIPT and STEP_CALLBACK */
	struct record
	    *records; /* STEP_RECORD: all in one transaction; STEP_SCRIPT: its row first */
	size_t record_count;
	/* STEP_SCRIPT: the row of an interrupted file that is gone on with, or NULL. */
	const struct history_row *resumes;
	/* Of an undo file: the row that it takes back, and the version behind it, or NULL. */
	const struct history_row *undoes;
	const char *leaves;
	/* STEP_CALLBACK: the file in whose transaction it runs, or NULL: in one of its own. */
	const struct step *around;
};

/* When a callback runs (callback.h). */
enum callback_moment {
	CALLBACK_NEVER,
	CALLBACK_CONNECT, /* in each new or reset session, before anything else in it */
	CALLBACK_VALIDATE,
	CALLBACK_SCHEMA, /* before the schema and the history are made */
	CALLBACK_BEFORE_BASELINE,
	CALLBACK_AFTER_BASELINE,
	CALLBACK_BEFORE, /* of the command */
	CALLBACK_BEFORE_EACH, /* in the transaction of each file, before its first statement */
	CALLBACK_BEFORE_STATEMENT,
	CALLBACK_AFTER_STATEMENT,
	CALLBACK_STATEMENT_ERROR,
	CALLBACK_AFTER_EACH,
	CALLBACK_EACH_ERROR, /* behind the rollback of a file */
	CALLBACK_VERSIONED, /* behind the last versioned file */
	CALLBACK_REPEATABLES, /* before the first repeatable file, and behind CALLBACK_VERSIONED */
	CALLBACK_APPLIED, /* behind the last file, if there was one */
	CALLBACK_AFTER,
	CALLBACK_ERROR,
	CALLBACK_MOMENTS
};

/* The callback files of a plan, by moment and in Flyway's order. */
struct callback_list {
	struct script **list;
	size_t count;
};
struct callbacks {
	struct callback_list at[CALLBACK_MOMENTS];
};

/* A line of status that does not fit, or is pending: what validate tells as JSON. */
struct misfit {
	const struct entry *entry;
	const char *code; /* Flyway's: CHECKSUM_MISMATCH, ... */
	struct error *problem; /* also in fit_problems or pending_problems */
};

struct plan {
	struct arena *arena;
	enum goal_kind goal;
	enum phase phase; /* later ones are held back; PHASE_NONE: none is */
	struct entry *entries;
	size_t entry_count;
	struct step *steps;
	size_t step_count;
	struct callbacks callbacks;
	const char *schema_version; /* highest applied version, or NULL */
	const char *target_version; /* highest version when all steps are done, or NULL */
	size_t applied_count, pending_count, outdated_count, interrupted_count, future_count,
	    held_count;
	bool needs_history; /* the table, the journal or the schema must be made first */
	/*
	 * files: names, duplicates, ... and what script_read found (validate --offline looks at
	 * these).  fit: history against files.  setup: the schema and its tables, and what
	 * cannot be run in this order.  pending: the pending files that validate tells.  pooler:
	 * what cannot be run through it (pooler.h).
	 */
	struct problems file_problems, fit_problems, setup_problems, pending_problems;
	struct problems pooler_problems;
	struct misfit *misfits;
	size_t misfit_count;
	struct config_list notes; /* said in passing: rows from the future, the table's name */
};

/* Is it a version, "V?", latest, next or current?  ERR_USAGE otherwise. */
MUST_CHECK bool plan_check_target(const char *text, struct error *err);
/*
 * The scripts that plan_make wants hashed (script_hash), because the history records them or the
 * goal marks them as applied.  Those that cannot be read are left unhashed.
 */
struct script **plan_recorded(struct arena *a, const struct goal *goal,
    const struct scripts *scripts, const struct history *history, size_t *count);

/* The scripts whose directives plan_make wants to know (script_look). */
struct script **plan_looked(struct arena *a, const struct goal *goal, const struct config *config,
    const struct scripts *scripts, const struct history *history, size_t *count);

/*
 * Makes the plan.  The caller may have put into file_problems what the scan found and into
 * setup_problems what history_read found; all else in *plan is overwritten.  Scripts that come to
 * stand in steps are hashed and read by plan_read; those that plan_looked names have been looked
 * at.  False: a target or version that is none (ERR_USAGE), one that neither files nor history
 * have (ERR_REFUSED).
 */
MUST_CHECK bool plan_make(struct arena *a, const struct goal *goal, const struct config *config,
    const struct scripts *scripts, const struct history *history, struct plan *plan,
    struct error *err);

/*
 * Reads the scripts of all steps and the callbacks that will run (script_read) and fills in the
 * checksums of the steps' records.  For a file
 * that was changed after it was applied, adds whether only its comments and white space were.
 */
void plan_read(struct plan *plan, const struct script_environment *env);

/* Adds something to be said in passing. */
void plan_note(struct plan *plan, const char *note);
/* Everything that up refuses, in one list, in the order files, setup, fit, pooler. */
void plan_refusals(const struct plan *plan, const struct config *config, struct problems *out);

#endif
