#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What an object defines for others, some other object (a test's too) must use.
set -uo pipefail
build=${BUILD:-build}
objects=$(find "$build" -name '*.o' -not -path "$build/san/*" -not -path "$build/cov/*" \
	-not -path "$build/fuzz/*" -not -path "$build/clang/*")
nm -A $objects | awk '
	{
		file = $1
		sub(/:.*/, "", file)
		name = $NF
		kind = $(NF - 1)
	}
	kind == "U" { used[name] = 1 }
	kind ~ /^[TDBRC]$/ && file !~ /\/tests\// { defined[name] = file }
	END {
		for (name in defined)
			if (!(name in used) && name != "main" && name !~ /^__/) {
				print defined[name] ": " name " is used nowhere else" > "/dev/stderr"
				bad = 1
			}
		exit bad
	}'
