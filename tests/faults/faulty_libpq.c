/* SPDX-License-Identifier: MIT */
#include <libpq-fe.h>

#include "faulty.h"

/*
 * The linker sends the program's calls of libpq here (--wrap, for each name below).  Each fails as
 * it does when memory ends or the connection is gone; what cannot fail is not listed.
 */
#define WRAP(name, type, parameters, arguments, failure)                                \
	type __real_##name parameters;                                                  \
	type __wrap_##name parameters;                                                  \
	type __wrap_##name parameters                                                   \
	{                                                                               \
		return fault_due("libpq", #name) ? (failure) : __real_##name arguments; \
	}

WRAP(PQconnectStartParams, PGconn *, (const char *const *k, const char *const *v, int expand),
    (k, v, expand), NULL)
WRAP(PQconnectPoll, PostgresPollingStatusType, (PGconn * c), (c), PGRES_POLLING_FAILED)
WRAP(PQstatus, ConnStatusType, (const PGconn *c), (c), CONNECTION_BAD)
WRAP(PQsocket, int, (const PGconn *c), (c), -1)
WRAP(PQconninfo, PQconninfoOption *, (PGconn * c), (c), NULL)
WRAP(PQsetnonblocking, int, (PGconn * c, int on), (c, on), -1)
WRAP(PQsetSingleRowMode, int, (PGconn * c), (c), 0)
WRAP(PQparameterStatus, const char *, (const PGconn *c, const char *name), (c, name), NULL)
WRAP(PQenterPipelineMode, int, (PGconn * c), (c), 0)
WRAP(PQexitPipelineMode, int, (PGconn * c), (c), 0)
WRAP(PQpipelineSync, int, (PGconn * c), (c), 0)
WRAP(PQsendFlushRequest, int, (PGconn * c), (c), 0)
WRAP(PQsendQuery, int, (PGconn * c, const char *sql), (c, sql), 0)
WRAP(PQsendQueryParams, int,
    (PGconn * c, const char *sql, int n, const Oid *types, const char *const *values,
	const int *lengths, const int *formats, int format),
    (c, sql, n, types, values, lengths, formats, format), 0)
WRAP(PQflush, int, (PGconn * c), (c), -1)
WRAP(PQconsumeInput, int, (PGconn * c), (c), 0)
WRAP(PQputCopyData, int, (PGconn * c, const char *data, int length), (c, data, length), -1)
WRAP(PQputCopyEnd, int, (PGconn * c, const char *reason), (c, reason), -1)
WRAP(PQgetCopyData, int, (PGconn * c, char **data, int async), (c, data, async), -2)
WRAP(PQescapeIdentifier, char *, (PGconn * c, const char *text, size_t n), (c, text, n), NULL)
WRAP(PQescapeLiteral, char *, (PGconn * c, const char *text, size_t n), (c, text, n), NULL)
WRAP(PQgetCancel, PGcancel *, (PGconn * c), (c), NULL)

/* Without memory libpq gives an error without a SQLSTATE in place of the result. */
static PGresult *
lost_result(PGconn *c, PGresult *result)
{
	if (result == NULL)
		return NULL;
	PQclear(result);
	return PQmakeEmptyPGresult(c, PGRES_FATAL_ERROR);
}

PGresult *__real_PQgetResult(PGconn *c);
WRAP(PQgetResult, PGresult *, (PGconn * c), (c), lost_result(c, __real_PQgetResult(c)))
