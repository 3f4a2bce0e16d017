# SPDX-License-Identifier: MIT
"""Faults inside the program: a small part of what exhaust.py --inside tries."""

import random

import pytest
from suites import LOOKS, SUITES
from test_wire import SEED
from trial import INSIDE, Scenario

# Each of these once did harm.
FOUND = [
    "stepwise:event-term:program:3",  # SIGTERM between statements ended with exit 1
    "baseline:libpq:program:18",  # no standard_conforming_strings: SIGSEGV
    "baseline:libpq:program:75",  # the index of the history without its name
]
# The highest number that is worth trying in the shortest runs.
HIGHEST = {"alloc": 150, "libpq": 120, "event-kill": 9, "event-term": 9, "event-terminate": 9}


@pytest.mark.parametrize("name", FOUND)
def test_finds_its_way_on(bench, name):
    assert bench.try_out(Scenario.parse(name)) == []


@pytest.mark.parametrize("kind", INSIDE)
def test_one_fault_inside_loses_and_repeats_nothing(bench, kind):
    chance = random.Random(f"{SEED} {kind}")
    found, tried = [], 0
    while tried < 6:
        suite = chance.choice(SUITES + LOOKS if kind in ("alloc", "libpq") else SUITES)
        at = chance.randint(1, HIGHEST.get(kind, 6))
        violations = bench.try_out(Scenario(suite.name, kind, "program", at))
        tried += 1
        found += violations or []
    assert not found, f"FAULTS_SEED={SEED}\n" + "\n".join(found[:5])
