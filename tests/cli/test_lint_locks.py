# SPDX-License-Identifier: MIT
"""tests/data/measured.tsv says what statements lock, write anew and read: is it still so?

The unit test of sql/ddl.c holds what we tell against that file, line by line.  Here the lines are
held against the server at hand, so what is told is what a server does.
"""

import csv
import os
import re
import subprocess
from pathlib import Path

import psycopg
import pytest

DATA = Path(__file__).resolve().parents[1] / "data"
PRINT_VALUES = Path(os.environ.get("BUILD", "build"), "tests/print_values")

# The short names of the file, weakest first.
MODES = {
    "AccessShareLock": "AS",
    "RowShareLock": "RS",
    "RowExclusiveLock": "RE",
    "ShareUpdateExclusiveLock": "SUE",
    "ShareLock": "S",
    "ShareRowExclusiveLock": "SRE",
    "ExclusiveLock": "E",
    "AccessExclusiveLock": "AE",
}
STRENGTH = list(MODES.values())

LOCKS = """
SELECT l.relation, c.relname, c.relkind, l.mode
  FROM pg_locks l LEFT JOIN pg_class c ON c.oid = l.relation
 WHERE l.pid = pg_backend_pid() AND l.locktype = 'relation'
   AND coalesce(c.relnamespace, 0) NOT IN (
       SELECT oid FROM pg_namespace WHERE nspname LIKE 'pg\\_%')
"""

# By oid, since a statement may rename.
RELATIONS = """
SELECT oid, relname, relkind, pg_relation_filenode(oid),
       CASE WHEN relkind IN ('r', 'm') THEN pg_stat_get_xact_numscans(oid) END
  FROM pg_class WHERE relnamespace = 'public'::regnamespace
"""


def lines():
    with (DATA / "measured.tsv").open(newline="") as file:
        for row in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            if row[0] != "id":
                yield pytest.param(*row, id=f"{row[0]} {row[1]}")


@pytest.fixture(scope="module")
def sessions(cluster):
    """The last lines of base.sql were there for the cases y.* only."""
    base = (DATA / "base.sql").read_text()
    early = base[: base.index("analyze;")]
    with cluster.database() as one, cluster.database() as other:
        one.execute(early)
        other.execute(base)
        with one.connect() as before, other.connect() as behind:
            yield before, behind


def measured(text):
    """Named locks, the number of other indexes with their strongest, what is rewritten, scans."""
    parts = [part.strip() for part in text.split("|")]
    named, counted = {}, None
    for entry in parts[0].split():
        name, mode = entry.rsplit(":", 1)
        if name.startswith("+"):
            counted = int(name[1:].removesuffix("idx")), mode
        else:
            named[name] = mode
    rewritten, scans = set(), {}
    for part in parts[1:]:
        if part.startswith("REWRITE"):
            names = part.removeprefix("REWRITE").split("idx")[0]
            rewritten = {name for name in re.split(r"[ ,]+", names) if name}
        elif part.startswith("SCAN"):
            scans = {name: int(count) for name, count in re.findall(r"(\w+)\((\d+)\)", part)}
    return named, counted, rewritten, scans


def run(session, statement):
    """What the statement does in a transaction, in the words of the file."""
    before = {row[0]: row for row in session.execute(RELATIONS).fetchall()}
    session.execute(statement)
    locks = {}
    for oid, name, kind, mode in session.execute(LOCKS).fetchall():
        if oid in before:
            name, kind = before[oid][1:3]
        if name is not None:
            locks.setdefault((name, kind), []).append(STRENGTH.index(MODES[mode]))
    rewritten, scans = set(), {}
    for oid, _, kind, node, count in session.execute(RELATIONS).fetchall():
        old = before.get(oid)
        if old is not None and old[3] != node and kind != "i":
            rewritten.add(old[1])
        if old is not None and count is not None and count > old[4]:
            scans[old[1]] = count - old[4]
    return {key: STRENGTH[max(modes)] for key, modes in locks.items()}, rewritten, scans


@pytest.mark.parametrize("case, versions, outcome, statement", lines())
def test_a_server_does_what_the_file_says(sessions, case, versions, outcome, statement):
    session = sessions[case.startswith("y.")]
    first, _, last = versions.partition("-")
    major = session.info.server_version // 10000
    if not int(first) <= major <= int(last or first):
        pytest.skip(f"this is {major}")
    session.execute("BEGIN")
    try:
        if outcome.startswith("ERR "):
            with pytest.raises(psycopg.Error) as error:
                session.execute(statement)
            assert error.value.diag.message_primary.startswith(outcome.removeprefix("ERR ")[:60])
            return
        locks, rewritten, scans = run(session, statement)
        named, counted, file_rewritten, file_scans = measured(outcome)
        indexes = {name: mode for (name, kind), mode in locks.items() if kind in "iI"}
        tables = {name: mode for (name, kind), mode in locks.items() if kind not in "iI"}
        assert tables == {name: mode for name, mode in named.items() if name not in indexes}
        rest = [mode for name, mode in indexes.items() if name not in named]
        if counted:
            # A later minor release may keep more of the weak ones: 17.11 does.
            assert len(rest) >= counted[0] and max(rest, key=STRENGTH.index) == counted[1]
        assert rewritten == file_rewritten
        assert scans == file_scans
    finally:
        session.execute("ROLLBACK")


def test_the_server_agrees_on_what_is_volatile(cluster):
    """A name is told by the least constant of its functions, or not at all.

    What is stable since some version is told so for all of them: neither writes a table anew.
    timezone() of a timetz was volatile once, and nobody's default.
    """
    volatility = """
SELECT proname, max(CASE provolatile WHEN 'i' THEN 0 WHEN 's' THEN 1 ELSE 2 END)
  FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace AND prokind = 'f'
 GROUP BY proname ORDER BY proname
"""
    with cluster.database() as database, database.connect() as connection:
        functions = connection.execute(volatility).fetchall()
    questions = "".join(f'pg_catalog."{name}"()\n' for name, _ in functions)
    answers = subprocess.run(
        [PRINT_VALUES], input=questions, capture_output=True, text=True, check=True
    ).stdout.split()
    right = [["constant", "stable"], ["stable"], ["volatile"]]
    wrong = {
        name: answer
        for (name, value), answer in zip(functions, answers, strict=True)
        if name != "timezone" and answer not in ["unknown", *right[value]]
    }
    assert wrong == {}
    assert sum(answer != "unknown" for answer in answers) > 300
