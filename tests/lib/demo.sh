#!/bin/sh
# SPDX-License-Identifier: MIT
# Run by "make demo" beside a throwaway server (PGHOST, PGPORT, ... are set).
set -eu
migrate=$PWD/${BUILD:-build}/migrate
cd "$(dirname "$0")/../.."

run() {
	printf '\n$ migrate --directory migrations-example %s\n' "$*"
	"$migrate" --directory migrations-example "$@"
}

psql -qc 'CREATE DATABASE shop'
export PGDATABASE=shop
unset DATABASE_URL

echo "A throwaway PostgreSQL, and the small shop of migrations-example/."
run plan
run up
run status
printf '\n$ psql -c "TABLE order_totals"\n'
psql -qc 'TABLE order_totals'
echo "Everything is removed again."
