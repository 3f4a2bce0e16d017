#!/bin/sh
# SPDX-License-Identifier: MIT
# Puts the program, its manual and its completions below DESTDIR and PREFIX.
set -eu
to=${DESTDIR:-}${PREFIX:-/usr/local}
program=${BUILD:-build}/migrate

put() { # mode, file, place
	mkdir -p "$(dirname "$to/$3")"
	cp "$2" "$to/$3"
	chmod "$1" "$to/$3"
}

put 755 "$program" bin/migrate
for page in man/*.[1-9]; do
	put 644 "$page" "share/man/man${page##*.}/$(basename "$page")"
done

made=$(mktemp)
trap 'rm -f "$made"' EXIT
"$program" completion bash >"$made"
put 644 "$made" share/bash-completion/completions/migrate
"$program" completion zsh >"$made"
put 644 "$made" share/zsh/site-functions/_migrate
"$program" completion fish >"$made"
put 644 "$made" share/fish/vendor_completions.d/migrate.fish
