#!/bin/sh
# SPDX-License-Identifier: MIT
# The faults, on all cores: prints violations and counts, and fails where there is one.  On the wire
# every third point of the list, FAULTS_SEED says which: 1, 2 and 3 are all of them.
set -u
cd "$(dirname "$0")" || exit 1
PYTHON=${PYTHON:-/usr/bin/python3}
cores=$(getconf _NPROCESSORS_ONLN)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# try NAME PROGRAM ARGUMENT...: in the background; what it prints comes at the end.
try() {
	name=$1
	shift
	(
		"$PYTHON" -B "$@" >"$folder/$name" 2>&1 || : >"$folder/failed"
	) &
}

part=0
while [ "$part" -lt "$cores" ]; do
	try "wire-$part" exhaust.py --part "$part" --parts "$cores" --every 3 \
		--seed "${FAULTS_SEED:-1}"
	part=$((part + 1))
done
wait
try inside-alloc exhaust.py --inside --kind alloc
try inside-libpq exhaust.py --inside --kind libpq
wait
try inside-events exhaust.py --inside --kind event-kill --kind event-term \
	--kind event-terminate --kind event-crash
try wire-pooler exhaust.py --pooler --sample 1000
try wire-company exhaust.py --company --sample 1000
try crowd-64 crowd.py --rounds 100
wait
# A server that says anything, and a password looked for in all that failing runs leave behind.
HOSTILE_RUNS=3000 try hostile-server -m pytest -q -p no:cacheprovider ../cli/test_hostile_server.py
CANARY_RUNS=600 try secret-canary -m pytest -qs -p no:cacheprovider ../cli/test_security.py -k canary
wait
# With more of them than the server has connections.
try crowd-256 crowd.py --rounds 5 --size 256 --kills 0
wait
for log in "$folder"/[a-z]*-*; do
	echo "== $(basename "$log")"
	cat "$log"
done
[ ! -e "$folder/failed" ]
