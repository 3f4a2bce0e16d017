# SPDX-License-Identifier: MIT
"""migrate lint tells the labelled files of tests/corpus apart, each seen alone."""

import subprocess
import sys

import pytest

from cluster import ROOT
from runner import PROGRAM

sys.path.insert(0, str(ROOT / "tests/corpus"))
import score

# What is told wrong, and why it stays so.
KNOWN = {
    "context/if_not_exists_table_may_be_old.sql":
        "most files that say IF NOT EXISTS make the table; where it is there, plan and up see it",
}


def name(sample):
    return f"{sample.kind}/{sample.path.name}"


@pytest.fixture(scope="module")
def told():
    """{file: (label, what is found)} of all files."""
    return {
        name(sample): (sample.hazards, score.migrate_finds(PROGRAM, sample))
        for sample in score.samples()
    }


def is_right(hazards, found):
    return bool(found & set(hazards)) if hazards else not found


def test_tells_unsafe_files_from_safe_ones(told):
    assert len(told) > 200
    wrong = {file: row for file, row in told.items() if not is_right(*row)}
    assert set(wrong) == set(KNOWN), wrong


def test_labels_name_rules():
    listed = subprocess.run(
        [*PROGRAM, "lint", "--list-rules"], capture_output=True, text=True, check=True)
    rules = {line.split()[0] for line in listed.stdout.splitlines()[1:]}
    labels = {hazard for sample in score.samples() for hazard in sample.hazards}
    assert labels - rules == set()


def test_labels_stand_in_the_right_folder():
    for sample in score.samples():
        assert sample.text.startswith("-- hazard: "), sample.path
        assert sample.kind == "context" or bool(sample.hazards) == (sample.kind == "unsafe"), (
            sample.path)
