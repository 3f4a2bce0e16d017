#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# A throwaway PostgreSQL: initdb in a short temporary folder, a Unix socket and a free loopback
# port, stopped and removed however it ends.
#
#	cluster.sh [OPTION...] with COMMAND [ARGUMENT...]
#		runs the command with PGHOST, PGPORT and PGUSER set; its exit status
#	cluster.sh [OPTION...] serve
#		prints "folder port postmaster" once it is ready, again after each "stop MODE" and
#		"start" read from stdin, and ends with its stdin: so it cannot outlive who started it
#
#	-c NAME=VALUE   a setting of the server
#	-s CONNINFO     a standby of that server, streaming from it
#	-u              safe on a crash of the machine, as in production (fsync on)
#
# Local users are trusted; over TCP they need their password (postgres: "throwaway").
# PG_BINDIR chooses the server.
set -euo pipefail

settings=(-c fsync=off -c full_page_writes=off -c max_connections=100 -c shared_buffers=32MB
	-c timezone=UTC -c log_timezone=UTC -c lc_messages=C -c autovacuum=off -c ssl=off)
primary=
while getopts c:s:u option; do
	case $option in
	c) settings+=(-c "$OPTARG") ;;
	s) primary=$OPTARG ;;
	u) settings+=(-c fsync=on -c full_page_writes=on) ;;
	*) exit 2 ;;
	esac
done
shift $((OPTIND - 1))

fail() {
	echo "cluster.sh: $*" >&2
	exit 1
}

# The newest server that is installed.
bindir() {
	local newest
	newest=$(printf '%s\n' /usr/lib/postgresql/*/bin/initdb | sort -V | tail -n 1)
	if [ -x "$newest" ]; then
		dirname "$newest"
	else
		dirname "$(command -v initdb || fail "no initdb found: install PostgreSQL")"
	fi
}
PG_BINDIR=${PG_BINDIR:-$(bindir)}

# PostgreSQL refuses to run as root.  Where setpriv is there (Linux), the server also dies with us.
drop=()
owner=$(id -un)
if [ "$(id -u)" = 0 ]; then
	owner=nobody
	if id postgres >/dev/null 2>&1; then owner=postgres; fi
	drop=(su "$owner" -s /bin/sh -c 'exec "$0" "$@"' --)
fi
guard=()
if command -v setpriv >/dev/null; then
	if [ "$owner" != "$(id -un)" ]; then
		drop=(setpriv --reuid="$owner" --regid="$(id -g "$owner")" --clear-groups)
	fi
	guard=(setpriv --pdeathsig QUIT)
	if [ ${#drop[@]} -gt 0 ]; then guard=("${drop[@]}" --pdeathsig QUIT); fi
fi

# Folders of runs that were killed: their names hold the process that made them.
for stale in /tmp/migrate-pg.*; do
	process=${stale#/tmp/migrate-pg.}
	process=${process%%.*}
	if [ -d "$stale" ] && ! kill -0 "$process" 2>/dev/null; then
		rm -rf "$stale" || true
	fi
done

folder=$(mktemp -d "/tmp/migrate-pg.$$.XXXXXX")
postmaster=
command=

# stop [fast|immediate]: fast rolls open transactions back, immediate is a crash.
stop() {
	[ -n "$postmaster" ] || return 0
	case ${1:-immediate} in
	fast) kill -INT "$postmaster" 2>/dev/null || true ;;
	*) kill -QUIT "$postmaster" 2>/dev/null || true ;;
	esac
	wait "$postmaster" 2>/dev/null || true
	postmaster=
}

finish() {
	trap '' INT TERM HUP
	if [ -n "$command" ]; then
		kill -TERM "$command" 2>/dev/null || true
		wait "$command" 2>/dev/null || true
	fi
	stop immediate
	rm -rf "$folder"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
trap 'exit 129' HUP

# A port below those that the kernel gives to clients.
random_port() {
	echo $((20000 + $(od -An -N2 -tu2 /dev/urandom) % 12000))
}

make_cluster() {
	chmod 755 "$folder"
	echo throwaway >"$folder/password"
	if [ "$(id -u)" = 0 ]; then chown -R "$owner" "$folder"; fi
	if [ -n "$primary" ]; then
		"${drop[@]}" "$PG_BINDIR/pg_basebackup" -D "$folder/data" -d "$primary" -R -X stream \
			-c fast --no-sync
	else
		"${drop[@]}" "$PG_BINDIR/initdb" -D "$folder/data" -U postgres -E UTF8 --locale=C \
			--auth-local=trust --auth-host=scram-sha-256 --pwfile="$folder/password" --no-sync
	fi >"$folder/log" 2>&1 || fail "$(cat "$folder/log")"
}

# The last line of postmaster.pid says "ready" when connections are accepted.
is_ready() {
	case $(tail -n 1 "$folder/data/postmaster.pid" 2>/dev/null) in
	ready*) return 0 ;;
	esac
	return 1
}

# Another program may take the port between our choice and the server's bind: then it ends at once.
start() {
	local try tick
	for try in 1 2 3 4 5 6 7 8; do
		port=${port:-$(random_port)}
		rm -f "$folder/data/postmaster.pid"
		cd "$folder"
		"${guard[@]}" "$PG_BINDIR/postgres" -D "$folder/data" -k "$folder" -p "$port" \
			-c listen_addresses=127.0.0.1 "${settings[@]}" >>"$folder/log" 2>&1 </dev/null &
		postmaster=$!
		cd "$OLDPWD"
		for ((tick = 0; tick < 3000; tick++)); do
			if is_ready; then return 0; fi
			kill -0 "$postmaster" 2>/dev/null || break
			sleep 0.02
		done
		stop immediate
		port=
	done
	fail "the server does not start (try $try): $(tail -n 20 "$folder/log")"
}

make_cluster
start
case ${1:-} in
with)
	shift
	export PGHOST=$folder PGPORT=$port PGUSER=postgres PGDATABASE=postgres
	# In the background, so that a signal to us alone is not kept waiting until it ends.
	"$@" <&0 &
	command=$!
	status=0
	wait "$command" || status=$?
	command=
	exit $status
	;;
serve)
	echo "$folder $port $postmaster"
	while read -r order mode; do
		case $order in
		start) start ;;
		stop) stop "$mode" ;;
		esac
		echo "$folder $port ${postmaster:-0}"
	done
	;;
*)
	fail "with COMMAND, or serve"
	;;
esac
