#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# base < db, sql < core < cli; one door for each library; every room is on the map.
set -uo pipefail
found=0

# Every #include "floor/file.h" of a floor must lead to a floor that it may see.
may_include() {
	case $1 in
	base) echo "base" ;;
	db) echo "base db" ;;
	sql) echo "base sql" ;;
	core) echo "base db sql core" ;;
	cli) echo "base db sql core cli" ;;
	*) echo "" ;;
	esac
}
while IFS=: read -r file line; do
	floor=$(echo "$file" | cut -d/ -f2)
	included=$(echo "$line" | sed 's/.*"\(.*\)".*/\1/')
	case $included in
	query.h) continue ;; # made from src/query
	esac
	case " $(may_include "$floor") " in
	*" ${included%%/*} "*) ;;
	*)
		echo "$file includes $included" >&2
		found=1
		;;
	esac
done < <(grep -o '^#include ".*"' src/*/*.c include/*/*.h -H)

door() { # header, the file that may include it
	local others
	others=$(grep -lE "^#include [<\"]$1" -r src include | grep -vx "$2")
	if [ -n "$others" ]; then
		echo "only $2 may include $1:" $others >&2
		found=1
	fi
}
door 'libpq-fe\.h' include/db/connect.h
door 'db/connect\.h' 'src/db/conn\(ect\)\?.c'
door 'yaml\.h' src/core/yaml.c
door 'pg_query' include/sql/grammar.h
door 'sql/grammar\.h' 'src/sql/\(parse\|block\|value\|tree\|within\|act\(_[a-z]*\)\?\)\.c'
door 'jansson\.h' src/base/json.c

# Base names are unique in the tree.
twins=$(for file in src/*/*.c; do basename "$file"; done | sort | uniq -d)
if [ -n "$twins" ]; then
	echo "two files of one name:" $twins >&2
	found=1
fi

# Commands, outputs and what serves one of them are named there as a group.
for file in src/{base,db,sql,core}/*.c; do
	if ! grep -qw "$(basename "$file" .c)" ARCHITECTURE.md; then
		echo "ARCHITECTURE.md does not name $file" >&2
		found=1
	fi
done
exit $found
