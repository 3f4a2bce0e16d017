/* SPDX-License-Identifier: MIT */
#ifndef CORE_PLAN_LINT_H
#define CORE_PLAN_LINT_H

#include "core/catalog.h"
#include "core/check.h"
#include "core/session.h"

/*
 * Lints what the plan would run, with what the live database says of the tables in it; the goal
 * must have said so.  The settings are usually the session's.  False: the connection was lost, or a
 * signal.
 */
MUST_CHECK bool plan_lint(struct arena *a, struct session *s, const struct config *config,
    bool trust_facts, struct checks *out, struct catalog **catalog, struct error *err);

#endif
