#!/bin/sh
# SPDX-License-Identifier: MIT
#
# check.sh   runs spin on run.pml: the design holds, and the wrong ones are found wrong.
#
# RUNNERS and FAULTS in the environment make it larger (3 and 4: a minute).
set -eu
cd "$(dirname "$0")"
model=$PWD/run.pml
runners=${RUNNERS:-2}
faults=${FAULTS:-4}

if ! command -v spin >/dev/null; then
	echo "model: no spin, left out"
	exit 0
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

# Generates the verifier with these definitions, compiles it with those, and runs it.
verify() { # definitions of the model, flags of the verifier, its arguments
	# shellcheck disable=SC2086 # words become words
	spin -DRUNNERS="$runners" -DFAULTS="$faults" $1 -a "$model" >generated 2>&1 &&
		${CC:-cc} -w -DCOLLAPSE $2 -o pan pan.c &&
		./pan -w20 -m1000000 $3 >result 2>&1
	cat generated >>result
}

found() {
	grep -q 'errors: [1-9]' result
}

# A search that was cut short has shown nothing.
finished() {
	grep -q 'errors: 0' result && ! grep -qE 'not completed|max search depth|Error' result
}

fail() {
	cat result
	echo "model: $1" >&2
	exit 1
}

holds() { # definitions, what holds, flags, arguments
	verify "$1" "$3" "$4" || true
	finished || fail "not true: $2"
	echo "model: $2: $(sed -n 's/^ *\([0-9.e+]*\) states, stored.*/\1/p' result) states"
}

breaks() { # definitions, flags, arguments
	verify "$1" "$2" "$3" || true
	found || fail "nothing wrong was found with $1"
	count=$((count + 1))
}

holds "" "nothing is lost or applied twice" "-DSAFETY -DNOCLAIM" ""
holds "" "from every state there is a way on" "-DNFAIR=3" "-a -f"
holds "-DONE_FILE -DGIVES_LOCK_AWAY" "the fence stands in for a lost lock" "-DSAFETY -DNOCLAIM" ""

count=0
for design in -DHISTORY_AFTER -DOTHER_CONNECTION -DTRUST_SILENCE -DREFUSE_UNLOCKED \
	"-DONE_FILE -DGIVES_LOCK_AWAY -DNO_FENCE" -DGIVES_LOCK_AWAY; do
	# -E: not a state without a way on is looked for, but a wrong effect.
	breaks "$design" "-DSAFETY -DNOCLAIM" -E
done
breaks -DNOBODY_LOOKS "-DNFAIR=3" "-a -f"
echo "model: $count wrong designs were found wrong"
