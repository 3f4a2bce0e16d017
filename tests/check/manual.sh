#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
if ! command -v mandoc >/dev/null; then
	echo "manual: no mandoc, left out"
	exit 0
fi
mandoc -Tlint -W warning man/*.[1-9]
