/* SPDX-License-Identifier: MIT */
#include "core/jdbc.h"

#include <string.h>

/* What a parameter is put into. */
struct target {
	struct arena *arena;
	struct connection *out;
	struct error *err;
};

/* Options of the session, the one behind the other. */
static void
add_option(struct target *t, const char *option)
{
	const char *before = connection_get(t->out, "options");

	connection_set(t->arena, t->out, "options",
	    before == NULL ? option : arena_printf(t->arena, "%s %s", before, option));
}

static bool
put_ssl(struct target *t, const char *value)
{
	bool wanted = strcmp(value, "true") == 0 || *value == '\0';

	/* The driver checks the server's certificate then; sslmode says more and wins. */
	if (wanted && connection_get(t->out, "sslmode") == NULL)
		connection_set(t->arena, t->out, "sslmode", "verify-full");
	return true;
}

static bool
put_schema(struct target *t, const char *value)
{
	struct arena_text *text = arena_text_new(t->arena);

	fputs("-csearch_path=", text->out);
	for (; *value != '\0'; value++) {
		if (*value == ' ' || *value == '\\')
			putc('\\', text->out);
		putc(*value, text->out);
	}
	add_option(t, arena_text_end(text));
	return true;
}

static bool
put_keepalive(struct target *t, const char *value)
{
	connection_set(t->arena, t->out, "keepalives", strcmp(value, "true") == 0 ? "1" : "0");
	return true;
}

static bool
put_options(struct target *t, const char *value)
{
	add_option(t, value);
	return true;
}

static bool
put_server_type(struct target *t, const char *value)
{
	static const struct {
		const char *jdbc, *libpq;
	} types[] = {
		{ "any", "any" },
		{ "primary", "read-write" },
		{ "master", "read-write" },
		{ "secondary", "standby" },
		{ "slave", "standby" },
		{ "preferSecondary", "prefer-standby" },
		{ "preferSlave", "prefer-standby" },
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (strcmp(value, types[i].jdbc) != 0)
			continue;
		connection_set(t->arena, t->out, "target_session_attrs", types[i].libpq);
		return true;
	}
	return error_set(
	    t->err, ERR_USAGE, "JDBC parameter \"targetServerType\" has an unknown value");
}

/* A parameter of the JDBC driver: the keyword that means the same, or a translation. */
static const struct parameter {
	const char *name, *keyword;
	bool (*put)(struct target *t, const char *value);
} parameters[] = {
	{ "user", "user", NULL },
	{ "password", "password", NULL },
	{ "sslmode", "sslmode", NULL },
	{ "sslrootcert", "sslrootcert", NULL },
	{ "sslcert", "sslcert", NULL },
	{ "sslkey", "sslkey", NULL },
	{ "sslpassword", "sslpassword", NULL },
	{ "service", "service", NULL },
	{ "ApplicationName", "application_name", NULL },
	{ "connectTimeout", "connect_timeout", NULL },
	{ "loginTimeout", "connect_timeout", NULL },
	{ "gssEncMode", "gssencmode", NULL },
	{ "gsslib", "gsslib", NULL },
	{ "kerberosServerName", "krbsrvname", NULL },
	{ "channelBinding", "channel_binding", NULL },
	{ "ssl", NULL, put_ssl },
	{ "currentSchema", NULL, put_schema },
	{ "options", NULL, put_options },
	{ "tcpKeepAlive", NULL, put_keepalive },
	{ "targetServerType", NULL, put_server_type },
};

/* How the driver does its work, which is none of ours: left out without a word. */
static const char *const own[] = { "adaptiveFetch", "adaptiveFetchMaximum", "adaptiveFetchMinimum",
	"allowEncodingChanges", "assumeMinServerVersion", "autosave", "binaryTransfer",
	"binaryTransferDisable", "binaryTransferEnable", "cancelSignalTimeout", "cleanupSavepoints",
	"databaseMetadataCacheFields", "databaseMetadataCacheFieldsMiB", "defaultRowFetchSize",
	"disableColumnSanitiser", "escapeSyntaxCallMode", "groupStartupParameters",
	"hideUnprivilegedObjects", "hostRecheckSeconds", "loadBalanceHosts", "logServerErrorDetail",
	"logUnclosedConnections", "loggerFile", "loggerLevel", "maxResultBuffer", "preferQueryMode",
	"prepareThreshold", "preparedStatementCacheQueries", "preparedStatementCacheSizeMiB",
	"quoteReturningIdentifiers", "raiseExceptionOnSilentRollback", "reWriteBatchedInserts",
	"readOnlyMode", "receiveBufferSize", "sendBufferSize", "socketTimeout", "stringtype",
	"tcpNoDelay", "unknownLength", "xmlFactoryFactory" };

bool
jdbc_put(
    struct arena *a, struct connection *c, const char *name, const char *value, struct error *err)
{
	struct target t = { .arena = a, .out = c, .err = err };

	for (size_t i = 0; i < sizeof(parameters) / sizeof(parameters[0]); i++) {
		const struct parameter *p = &parameters[i];

		if (strcmp(name, p->name) != 0)
			continue;
		if (p->put != NULL)
			return p->put(&t, value);
		connection_set(a, c, p->keyword, value);
		return true;
	}
	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		if (strcmp(name, own[i]) == 0)
			return true;
	(void)error_set(err, ERR_USAGE, "JDBC parameter \"%s\" means nothing to libpq", name);
	return error_next(err, "Leave it out, or write the url as postgresql://...");
}
