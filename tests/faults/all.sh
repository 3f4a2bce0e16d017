#!/bin/sh
# SPDX-License-Identifier: MIT
# Every fault, on all cores; the violations and the counts.
set -eu
cd "$(dirname "$0")"
PYTHON=${PYTHON:-/usr/bin/python3}
parts=$(getconf _NPROCESSORS_ONLN)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
status=0

part=0
while [ $part -lt "$parts" ]; do
	(
		$PYTHON -B exhaust.py --part $part --parts "$parts" >"$folder/wire.$part" 2>&1 ||
			touch "$folder/failed"
	) &
	part=$((part + 1))
done
wait
cat "$folder"/wire.*
if [ -e "$folder/failed" ]; then status=1; fi
exit $status
