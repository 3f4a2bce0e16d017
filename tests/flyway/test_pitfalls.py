# SPDX-License-Identifier: MIT
"""What goes wrong with Flyway goes well with us (pitfalls.py), and docs/flyway.md says so."""

import os
import re
import subprocess

import pytest

import play
from cluster import ROOT
from pitfalls import PITFALLS

PAGE = ROOT / "docs/flyway.md"
HANGS_AFTER = 10


def look(stage, wanted):
    if "look" in wanted:
        query, value = wanted["look"]
        with stage.connect() as connection:
            assert connection.execute(query).fetchone()[0] == value, query


def arrange(stage, pitfall, act):
    """The way to the situation; act applies files as the one who is tried does."""
    if "first" in pitfall:
        stage.prepare({"files": pitfall["first"], "set": pitfall.get("set", {})})
        act()
    stage.prepare({"files": pitfall.get("files", {}), "set": pitfall.get("set", {}),
                   **({"sql": pitfall["sql"]} if "sql" in pitfall else {})})


class Holder:
    """Another session, with a transaction that stays open."""

    def __init__(self, stage, statement):
        self.connection = stage.connect()
        self.connection.autocommit = False
        if statement is not None:
            self.connection.execute(statement)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.connection.close()


@pytest.fixture(autouse=True)
def clean_role(cluster):
    yield
    with cluster.connect() as connection:
        connection.execute(f"ALTER ROLE {play.ROLE} RESET ALL")


@pytest.mark.parametrize("name", PITFALLS)
def test_we(stage, name):
    pitfall = PITFALLS[name]
    wanted, command = pitfall["migrate"], pitfall.get("do", "migrate")

    def first():
        fine, said = stage.ours("migrate")
        assert fine, said

    arrange(stage, pitfall, first)
    with Holder(stage, pitfall.get("holds")):
        fine, run = stage.ours(command, *pitfall.get("more", []))
    assert fine == (wanted["end"] == "fine"), run
    assert "exit" not in wanted or run.exit == wanted["exit"], run
    assert re.search(wanted.get("says", ""), run.output), run
    look(stage, wanted)


@pytest.mark.skipif("FLYWAY_LIVE" not in os.environ, reason="make test-flyway")
@pytest.mark.parametrize("name", PITFALLS)
def test_flyway(stage, flyway, name):
    """Nobody is to be blamed for what the other does no more: then the page is wrong."""
    pitfall = PITFALLS[name]
    wanted = pitfall["flyway"]
    arrange(stage, pitfall, lambda: flyway(stage.folder, "migrate"))
    with Holder(stage, pitfall.get("holds")):
        try:
            _, answer = flyway(stage.folder, pitfall.get("do", "migrate"),
                               timeout=wanted.get("limit", HANGS_AFTER))
            failed = "error" in answer or answer.get("success") is False
            end = "fails" if failed else "fine"
        except subprocess.TimeoutExpired:
            answer, end = "", "hangs"
    assert end == wanted["end"], answer
    assert re.search(wanted.get("says", ""), str(answer).replace("\\n", "\n")), answer
    look(stage, wanted)


def table():
    text = "| | Flyway | `migrate` |\n|---|---|---|\n"
    for pitfall in PITFALLS.values():
        text += f"| {pitfall['what']} | {pitfall['flyway']['text']} | {pitfall['migrate']['text']} |\n"
    return text


def test_the_page_says_so():
    assert table() in PAGE.read_text(), "docs/flyway.md should have this table:\n" + table()
