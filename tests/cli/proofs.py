# SPDX-License-Identifier: MIT
"""Tests that a list names as the proof of something."""

import re

from cluster import ROOT


def exists(proof):
    """Of "test_x.py::test_name" or "check_x.c::name": is there such a test?"""
    file, _, name = proof.partition("::")
    folder = ROOT / ("tests/unit" if file.endswith(".c") else "tests/cli")
    path = folder / file
    text = path.read_text() if path.exists() else ""
    return re.search(rf"^(def {name}\(|START_TEST\({name}\))", text, re.M) is not None
