# SPDX-License-Identifier: MIT
"""Flyway and we, in turns on one database: the same rows and states, whoever had which turn."""

import os

import pytest

import play
from cases import CASES, CASTS

live_only = pytest.mark.skipif("FLYWAY_LIVE" not in os.environ, reason="make test-flyway")


@live_only
@pytest.mark.parametrize("name", CASES)
def test_flyway_alone(stage, flyway, name):
    """Writes down what it does, and that we see the same in it."""
    steps = play.play(stage, name, "F", flyway, None, live=True)
    play.write_record(name, flyway.version, steps)


@pytest.mark.parametrize("name, cast", [
    (name, cast) for name in CASES for cast in CASTS.get(name, ["M", "FM", "MF"])])
def test_in_turns(stage, flyway, name, cast):
    record = play.read_record(name)
    play.play(stage, name, cast, flyway, record["steps"], live=flyway is not None)


def test_records_are_of_these_cases():
    assert {path.stem for path in play.RECORDED.iterdir()} == set(CASES)
    for name, steps in CASES.items():
        recorded = play.read_record(name)["steps"]
        assert [step["do"] for step in recorded] == [step.get("do") for step in steps], name
