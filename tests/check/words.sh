#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Functions that C offers and this project does not use, and marks of unfinished work.
set -uo pipefail
found=0
banned='\b(strcpy|strcat|sprintf|vsprintf|strtok|gets|atoi|atol|localtime|gmtime|system|popen|alloca)\('
if grep -nE "$banned" src/*/*.c include/*/*.h; then found=1; fi
if grep -nE '^\s*goto\b' src/*/*.c; then found=1; fi
if grep -nE '\b(TODO|FIXME|XXX|HACK)\b' -r src include tests --include='*.[ch]' --include='*.py'; then found=1; fi
# Below cli nothing prints and nothing exits (base/arena.c may: no memory left).
if grep -nE '\b(printf|puts|exit)\(|[^"]\b(stderr|stdout)\b[^"]' src/db/*.c src/sql/*.c src/core/*.c; then
	found=1
fi
exit $found
