#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The longest functions and files, to be looked at; no limit.
lengths=$(awk '
	FNR == 1 { name = "" }
	/^[a-z_][a-z0-9_]*\(/ { name = $0; sub(/\(.*/, "", name) }
	/^{/ { start = FNR }
	/^}$/ && start { print FNR - start + 1, FILENAME ":" name; start = 0 }
' src/*/*.c | sort -rn)
count=$(echo "$lengths" | wc -l)
median=$(echo "$lengths" | sed -n "$(((count + 1) / 2))s/ .*//p")
echo "functions: $count, median $median lines between the braces; longest:"
echo "$lengths" | sed 8q
echo "files; longest:"
wc -l src/*/*.c | sort -rn | sed -n '2,7p'
