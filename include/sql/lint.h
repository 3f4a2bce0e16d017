/* SPDX-License-Identifier: MIT */
#ifndef SQL_LINT_H
#define SQL_LINT_H

#include "base/error.h"
#include "sql/act.h"
#include "sql/effect.h"
#include "sql/outlook.h"
#include "sql/statement.h"
#include "sql/world.h"

/*
 * The linter: rules are rows of tables (rules_*.c), each looks at one act at a time and at the world
 * (sql/world.h), and reports findings.  Nothing here knows files, settings or databases: core/check.c
 * feeds it.
 */

enum severity { SEVERITY_OFF, SEVERITY_INFO, SEVERITY_WARNING, SEVERITY_ERROR };

struct lint;
struct rule;
/* Looks at one act, and calls lint_report for what it finds. */
typedef void rule_check(struct lint *l, const struct rule *rule, const struct act *act);
/* Looks at the whole file (lint_past), behind its last statement. */
typedef void rule_end(struct lint *l, const struct rule *rule);

enum { RULE_KINDS = 24 };
struct rule {
	const char *id; /* "index-not-concurrent" */
	const char *group; /* "Indexes": a heading of the manual */
	enum severity severity; /* unless the settings say otherwise */
	bool refused; /* up refuses it as well, whatever the settings say */
	bool destroys; /* data that was there is gone behind what it finds */
	bool grows; /* the harm grows with the table: live sizes make it worse or lower it */
	/* One sentence: the danger, with lock and duration.  Small letter first, no full stop. */
	const char *summary;
	/* What to do instead, in general, with an example; paragraphs end with \n\n. */
	const char *advice;
	int from, until; /* major versions of the server; 0: all */
	/* Acts that it looks at, ended by ACT_OTHER (0); none: the first act of each statement. */
	enum act_kind kinds[RULE_KINDS];
	/* Both NULL: the finding is made elsewhere (an unused allow, a statement not checked). */
	rule_check *check;
	rule_end *end;
};

/* All rules, in the order of the manual; ended by NULL. */
const struct rule *const *lint_rules(void);
/* By id, or NULL. */
const struct rule *lint_rule_find(const char *id);

struct finding {
	const struct rule *rule;
	enum severity severity;
	int64_t statement; /* number in its file, from 1; 0: the file */
	int64_t at; /* byte in the statement */
	struct place place; /* filled by whoever knows the file */
	const char *message; /* what is done to what, and the harm: one sentence */
	const char *instead; /* safe SQL with the user's own names, lines ended by \n; or NULL */
	const char *raised; /* why live facts made it worse, or NULL */
	const char *lowered; /* why live facts made it less, or NULL */
	bool allowed; /* by a directive */
	const char *reason; /* of that directive, or NULL */
};

/* What lint needs to know about the run. */
struct lint_options {
	int server_version; /* such as 150018 */
	int64_t lock_timeout_ms; /* what the runner sets for a statement without a directive */
	int64_t concurrent_lock_timeout_ms;
	int64_t statement_timeout_ms; /* 0: none */
	const char *search_path; /* that sessions start with; NULL: "public" */
	bool trust_facts; /* live facts may lower a finding */
	enum severity (*severity)(
	    void *source, const struct rule *rule); /* NULL: as in the table */
	world_lookup *lookup; /* NULL: no live database */
	void *source;
};

struct lint *lint_new(struct arena *a, const struct lint_options *options);

/* What the runner will do with the file. */
struct lint_file {
	const char *path;
	bool transaction;
	bool undo, repeatable;
	bool contract; /* phase contract */
	bool irreversible; /* said so */
	/*
	 * It was applied some time ago, or may have been: what it makes has rows and users by the
	 * time of the next file.  False: all files run in one go.
	 */
	bool applied;
	int64_t lock_timeout_ms, statement_timeout_ms; /* its directives, or -1 */
};
/* An undo file is seen alone: it runs long after all others. */
void lint_begin_file(struct lint *l, const struct lint_file *file);

/*
 * One statement, as it was cut; class was filled with its acts (statement_read).  Text, class and
 * acts have to live up to lint_end_file.
 */
struct lint_statement {
	int64_t number;
	const char *text;
	size_t length;
	const struct statement_class *class;
	const struct acts *acts;
	int64_t lock_timeout_ms, statement_timeout_ms; /* its own directives, or -1 */
};
/* The findings stay valid as long as the arena of lint_new. */
void lint_statement(struct lint *l, const struct lint_statement *statement);
/* What the statement at hand, or the last one, is going to lock and to cost. */
const struct outlook *lint_outlook(const struct lint *l);
void lint_end_file(struct lint *l);
/* Those of the file at hand, in order of place; count is set. */
struct finding *lint_findings(struct lint *l, size_t *count);

/* --- for rules --- */

struct world *lint_world(struct lint *l);
struct arena *lint_arena(struct lint *l); /* lives as long as the findings */
const struct lint_options *lint_options(const struct lint *l);
const struct lint_file *lint_file(const struct lint *l);
const struct lint_statement *lint_current(const struct lint *l);
/* An act of this file that rules have seen. */
struct lint_past {
	const struct act *act;
	const struct lint_statement *statement;
	size_t transaction; /* as world_transaction was then */
	const struct world_table *table; /* lint_table as it was before; NULL: not known */
	bool is_new; /* its table was made by the files at hand */
	struct effect effect; /* as it was told then */
};
/* Those before the one at hand, in their order; behind the last statement: all. */
const struct lint_past *lint_past(const struct lint *l, size_t *count);
/* The last one of that kind that is about the same table, or NULL. */
const struct lint_past *
lint_earlier(const struct lint *l, enum act_kind kind, const struct act_name *name);
/* What the statement at hand will have, 0: none. */
int64_t lint_lock_timeout_ms(const struct lint *l);
int64_t lint_statement_timeout_ms(const struct lint *l);
/* The table of an act: of an index, where it is about an index; NULL: nothing is known of it. */
const struct world_table *lint_table(const struct lint *l, const struct act *act);
int lint_major(const struct lint *l);

/* Reports a finding at an act; instead may be NULL.  Returns it, to be added to before the next. */
struct finding *lint_report(struct lint *l, const struct rule *rule, const struct act *act,
    const char *instead, const char *format, ...) PRINTF_LIKE(5, 6);
/* Live facts say that it does no harm: it stays, but is lowered to info where they are trusted. */
void lint_void(struct lint *l, struct finding *finding, const char *format, ...) PRINTF_LIKE(3, 4);

/* A name as SQL writes it: schema.table, quoted where it must be. */
const char *lint_name(struct lint *l, const struct act_name *name);
const char *lint_identifier(struct lint *l, const char *name);
/* The same as messages say it: "schema.table", with the quotes. */
const char *lint_quote(struct lint *l, const struct act_name *name);
/* A table as the user would call it: without its schema where search_path finds it. */
const char *lint_quote_table(struct lint *l, const struct world_table *t);
/* "a, b, c", quoted where they must be. */
const char *lint_columns(struct lint *l, const char *const *names, size_t count);

#endif
