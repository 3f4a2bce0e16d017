#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
set -uo pipefail
found=0
for script in .ci/run tests/*/*.sh; do
	case $(head -n 1 "$script") in
	*bash*) bash -n "$script" || found=1 ;;
	*) sh -n "$script" || found=1 ;;
	esac
done
if command -v shellcheck >/dev/null; then
	shellcheck -S warning .ci/run tests/*/*.sh || found=1
fi
exit $found
