# SPDX-License-Identifier: MIT
"""
A small part of what exhaust.py tries; FAULTS_SEED= chooses another one, and exhaust.py takes the
name of a scenario.
"""

import os
from pathlib import Path

import pytest
from company import CompanyBench
from pgbouncer import PROGRAM
from pooled import PooledBench
from trial import Scenario, sample

SEED = int(os.environ.get("FAULTS_SEED", "1"))
SIZE = int(os.environ.get("FAULTS_SAMPLE", 50))

# Each of these once did harm.
FOUND = [
    "baseline:terminate:server:88",  # the history was made, its first row not: refused for ever
    "baseline:after:client:72",
    "baseline:before:server:118",  # COMMIT was answered, but not wholly: taken for no doubt
    "baseline:terminate:server:112",  # ended before it sent COMMIT, and called that in doubt
    "copy:terminate:client:50",  # lost while up looked at the tables: it did not say what that means
    "baseline_on_up:refused:server:85",  # and then V1 ran on a schema that had it
]


@pytest.mark.parametrize("name", FOUND)
def test_finds_its_way_on(bench, name):
    assert bench.try_out(Scenario.parse(name)) == []


def test_one_fault_on_the_wire_before_a_pooler(bench):
    if not Path(PROGRAM).exists():
        pytest.skip("no pgbouncer")
    pooled, found = PooledBench(bench.cluster, "pooled"), []
    try:
        for scenario in sample(pooled, SIZE // 2, SEED):
            found += pooled.try_out(scenario) or []
    finally:
        pooled.remove()
    assert not found, f"FAULTS_SEED={SEED}\n" + "\n".join(found[:5])


def test_one_fault_on_the_wire_beside_a_second_runner(bench):
    company, found = CompanyBench(bench.cluster, "company", SEED), []
    try:
        for scenario in sample(company, SIZE // 4, SEED):
            found += company.try_out(scenario) or []
    finally:
        company.remove()
    assert not found, f"FAULTS_SEED={SEED}\n" + "\n".join(found[:5])


def test_one_fault_on_the_wire_loses_and_repeats_nothing(bench):
    found = []
    for scenario in sample(bench, SIZE, SEED):
        found += bench.try_out(scenario) or []
    assert not found, f"FAULTS_SEED={SEED}\n" + "\n".join(found[:5])
