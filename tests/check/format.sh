#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
if ! command -v clang-format >/dev/null; then
	echo "format: no clang-format, left out"
	exit 0
fi
# shellcheck disable=SC2046 # words become words
clang-format -n -Werror src/*/*.c include/*/*.h $(find tests -name "*.c")
