#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# static.sh OBJECT...   what one defines for others, some other (a test's too) must use.
set -uo pipefail
nm -A "$@" | awk '
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
