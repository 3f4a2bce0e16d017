/* SPDX-License-Identifier: MIT */
#include "db/refusal.h"

#include <ctype.h>
#include <string.h>

#define WAIT "; with --wait 60s it goes on trying."
#define NOT_POSTGRESQL "What answers there is not PostgreSQL: correct host and port."
#define NO_ANSWER "Something listens there, but no server behind it, or not yet" WAIT
#define NO_PRIMARY                                                                          \
	"Name the primary, or all hosts, in the url; while a standby is promoted there is " \
	"none" WAIT
#define NO_STANDBY "Name a standby in the url, or take target_session_attrs=prefer-standby" WAIT

/* By the server's SQLSTATE.  :database and :user stand for the names. */
static const struct answer {
	const char *sqlstate;
	bool may_pass;
	const char *next;
} answers[] = {
	{ "28P01", false,
	    "Correct the user or the password; beside the url it may come from password_command, "
	    "PGPASSWORD or ~/.pgpass." },
	{ "28000", false,
	    "Correct the user, or create it; if it is right, pg_hba.conf of the server must let it "
	    "in "
	    "from here, and may want TLS (sslmode=require)." },
	{ "3D000", false, "Create the database, or correct its name in the url." },
	{ "42501", false, "GRANT CONNECT ON DATABASE \":database\" TO \":user\"." },
	{ "55000", false, "ALTER DATABASE \":database\" ALLOW_CONNECTIONS true." },
	{ "53300", true,
	    "End sessions that are not needed, or raise max_connections or the CONNECTION LIMIT of "
	    "the role or the database" WAIT },
	{ "57P01", true, "Wait until the server is there again" WAIT },
	{ "57P02", true, "Wait until the server is there again" WAIT },
	{ "57P03", true, "Wait until the server accepts connections" WAIT },
};

/* By libpq's words, where no server has answered. */
static const struct symptom {
	const char *words;
	enum error_code code;
	bool may_pass;
	const char *next;
} symptoms[] = {
	{ "root certificate file", ERR_CONNECT, false,
	    "Name the file with the CA's certificate as sslrootcert in the url." },
	{ "private key file", ERR_CONNECT, false,
	    "Correct sslcert and sslkey in the url; only their owner may read the key." },
	{ "certificate", ERR_CONNECT, false,
	    "The host in the url must be the one in the server's certificate, and sslrootcert the "
	    "CA "
	    "that signed it." },
	{ "server does not support SSL", ERR_CONNECT, false,
	    "Turn TLS on at the server (ssl = on); where the network is trusted, sslmode=disable "
	    "in the "
	    "url does without." },
	{ "invalid response to SSL negotiation", ERR_CONNECT, false, NOT_POSTGRESQL },
	{ "expected authentication request", ERR_CONNECT, false, NOT_POSTGRESQL },
	{ "Connection refused", ERR_CONNECT, true,
	    "Nothing listens there, or not yet: correct host and port, or start the server" WAIT },
	{ "No such file or directory", ERR_CONNECT, true,
	    "No server has that socket, or not yet: correct host and port, or start the "
	    "server" WAIT },
	{ "could not translate host name", ERR_CONNECT, true,
	    "Correct the host; a container's name is known only while it runs" WAIT },
	{ "Connection timed out", ERR_CONNECT, true,
	    "Correct host and port; a firewall may drop what is sent there" WAIT },
	{ "No route to host", ERR_CONNECT, true, "Correct the host, or the network" WAIT },
	{ "Network is unreachable", ERR_CONNECT, true, "Correct the host, or the network" WAIT },
	{ "server closed the connection", ERR_CONNECT, true, NO_ANSWER },
	{ "Connection reset by peer", ERR_CONNECT, true, NO_ANSWER },
	{ "EOF detected", ERR_CONNECT, true, NO_ANSWER },
	{ "session is read-only", ERR_CONNECT, true, NO_PRIMARY },
	{ "server is in hot standby mode", ERR_CONNECT, true, NO_PRIMARY },
	{ "session is not read-only", ERR_CONNECT, true, NO_STANDBY },
	{ "server is not in hot standby mode", ERR_CONNECT, true, NO_STANDBY },
	{ "no password supplied", ERR_CONNECT, false,
	    "Give a password: password_command, PGPASSWORD, or ~/.pgpass that only you can read." },
	{ "local user with ID", ERR_CONNECT, false, "Name the user in the url." },
	{ "could not look up local user", ERR_CONNECT, false, "Name the user in the url." },
	{ "SSL", ERR_CONNECT, false,
	    "Server and client do not agree on TLS: compare sslmode and the ssl... parameters of "
	    "the url "
	    "with the server's settings." },
	{ "could not match", ERR_USAGE, false,
	    "Give one port for all hosts, or as many ports as hosts." },
	{ "invalid ", ERR_USAGE, false, "Correct this parameter of the url." },
};

static const char *
strip(struct arena *a, const char *text, size_t length)
{
	while (length > 0 && isspace((unsigned char)text[length - 1]))
		length--;
	return arena_strndup(a, text, length);
}

/*
 * A refused connection gives no SQLSTATE, but the verbose text does: "FATAL:  3D000: database ...",
 * whatever the language.  Takes it out of the line.
 */
static const char *
take_sqlstate(struct arena *a, const char *line, char sqlstate[6])
{
	const char *p = line;

	while ((p = strstr(p, ":  ")) != NULL) {
		p += 3;
		if (strspn(p, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 5 && p[5] == ':' &&
		    p[6] == ' ')
			break;
	}
	if (p == NULL)
		return line;
	memcpy(sqlstate, p, 5);
	sqlstate[5] = '\0';
	return arena_printf(a, "%.*s%s", (int)(p - line), line, p + 7);
}

/*
 * The lines behind the first: DETAIL, HINT and LOCATION of the server, or a guess of libpq's.
 */
static void
take_line(struct error *err, const char *line, size_t length)
{
	static const char detail[] = "DETAIL:  ", hint[] = "HINT:  ";

	if (strncmp(line, detail, strlen(detail)) == 0 && err->detail == NULL)
		err->detail = strip(err->arena, line + strlen(detail), length - strlen(detail));
	else if (strncmp(line, hint, strlen(hint)) == 0 && err->hint == NULL)
		err->hint = strip(err->arena, line + strlen(hint), length - strlen(hint));
}

static const char *
put_name(struct arena *a, const char *text, const char *variable, const char *name)
{
	const char *at = strstr(text, variable);

	if (at == NULL || name == NULL)
		return text;
	return arena_printf(a, "%.*s%s%s", (int)(at - text), text, name, at + strlen(variable));
}

static void
advise_by_answer(struct error *err, const struct refusal_target *target)
{
	err->next = "Look for the reason in the server's log.";
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		if (strcmp(err->sqlstate, answers[i].sqlstate) != 0)
			continue;
		err->may_pass = answers[i].may_pass;
		err->next = put_name(err->arena,
		    put_name(err->arena, answers[i].next, ":database", target->database), ":user",
		    target->user);
	}
	/* Class 08 is what poolers say of a server that they cannot reach. */
	if (strncmp(err->sqlstate, "08", 2) == 0)
		err->may_pass = true;
}

static void
advise_by_symptom(struct error *err)
{
	err->next = "Compare the parameters of the url with the server's settings.";
	for (size_t i = 0; i < sizeof(symptoms) / sizeof(symptoms[0]); i++) {
		if (strstr(err->message, symptoms[i].words) == NULL)
			continue;
		err->code = symptoms[i].code;
		err->may_pass = symptoms[i].may_pass;
		err->next = symptoms[i].next;
		return;
	}
}

/* One attempt's lines. */
static void
set_one(struct error *err, const char *text, const struct refusal_target *target)
{
	size_t length = strcspn(text, "\n");
	char sqlstate[6] = "";
	const char *message = take_sqlstate(err->arena, strip(err->arena, text, length), sqlstate);

	error_set(err, ERR_CONNECT, "%s", message);
	memcpy(err->sqlstate, sqlstate, sizeof(sqlstate));
	for (text += length; *text != '\0'; text += length) {
		text++;
		length = strcspn(text, "\n");
		take_line(err, text, length);
	}
	if (sqlstate[0] != '\0')
		advise_by_answer(err, target);
	else
		advise_by_symptom(err);
}

static void
add_detail(struct error *err, const char *message)
{
	err->detail = arena_printf(err->arena, "%s%s%s", err->detail == NULL ? "" : err->detail,
	    err->detail == NULL ? "" : "\n", message);
}

/*
 * libpq goes from address to address by itself, and asks a server that refuses it once more without
 * TLS, which is refused for that alone: what a server says first counts.
 */
bool
refusal_set(struct error *err, const char *text, const struct refusal_target *target)
{
	static const char next[] = "\nconnection to server ";
	const char *end = strstr(text, next);

	set_one(err, end == NULL ? text : arena_strndup(err->arena, text, (size_t)(end - text)),
	    target);
	while (end != NULL) {
		struct error *here = error_new(err->arena);

		text = end + 1;
		end = strstr(text, next);
		set_one(here,
		    end == NULL ? text : arena_strndup(err->arena, text, (size_t)(end - text)),
		    target);
		if (err->sqlstate[0] != '\0')
			add_detail(err, here->message);
		else
			refusal_add(err, here);
	}
	return false;
}

bool
refusal_timeout(struct error *err, const char *host, const char *address, const char *port)
{
	bool both = address != NULL && address[0] != '\0' && strcmp(host, address) != 0;

	error_set(err, ERR_CONNECT,
	    "connection to server at \"%s\"%s%s%s, port %s failed: timeout expired", host,
	    both ? " (" : "", both ? address : "", both ? ")" : "", port);
	err->may_pass = true;
	return error_next(err,
	    "Correct host and port, or look whether the server is overloaded or stopped; "
	    "connect_timeout gives it more time" WAIT);
}

void
refusal_add(struct error *all, const struct error *last)
{
	bool may_pass = last->may_pass && (all->code == ERR_NONE || all->may_pass);
	const char *before = all->message;

	if (all->code != ERR_NONE && all->sqlstate[0] != '\0' && last->sqlstate[0] == '\0') {
		add_detail(all, last->message);
	} else if (all->code == ERR_NONE) {
		error_copy(all, last);
	} else {
		const char *earlier = all->detail;

		error_copy(all, last);
		add_detail(all, before);
		if (earlier != NULL)
			add_detail(all, earlier);
	}
	all->may_pass = may_pass;
}
