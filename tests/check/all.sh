#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# all.sh OBJECT...   all rules of the house; tools that are not installed are named and left out.
set -uo pipefail
here=tests/check
status=0
rule() {
	local name=$1
	shift
	if ! "$@"; then
		echo "house: $name" >&2
		status=1
	fi
}

rule "a room includes only itself and what stands below (ARCHITECTURE.md)" bash $here/floors.sh
rule "a global name that one file uses is static" bash $here/static.sh "$@"
rule "words that the project does not use (style)" bash $here/words.sh
rule "shell syntax" bash $here/shell.sh
rule "make format" bash $here/format.sh
rule "the manual is correct mdoc" bash $here/manual.sh
bash $here/lengths.sh
exit $status
