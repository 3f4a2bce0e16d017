# SPDX-License-Identifier: MIT
"""How far a run is: the line that moves on a terminal, the lines of a log."""

import re
import threading
import time

import pytest

from terminal import run_on_terminal

# A page for each row, and some time for each row: a scan whose percent can be seen.
SLOW_TABLE = """
CREATE TABLE slow (id int, filler text);
ALTER TABLE slow ALTER filler SET STORAGE PLAIN;
INSERT INTO slow SELECT n, repeat('x', 5000) FROM generate_series(1, 450) n;
CREATE FUNCTION slowly(int) RETURNS int IMMUTABLE LANGUAGE plpgsql
    AS $$ BEGIN PERFORM pg_sleep(0.01); RETURN $1; END $$;
"""
INDEX = {"V1__idx.sql": "CREATE INDEX CONCURRENTLY slow_idx ON slow (slowly(id));"}


def drawn(shown):
    """The lines that were drawn and overwritten, in order."""
    return re.findall(r"\r([^\r\n\x1b]+)\x1b\[K", shown)


def test_percent_of_an_index_moves(db, migrate):
    db.execute(SLOW_TABLE)
    migrate.write(INDEX)
    status, shown = run_on_terminal(migrate, "up", "--baseline-on-up", "--baseline-version", "0")
    lines = drawn(shown)
    assert status == 0, shown
    percents = [
        int(match[1])
        for line in lines
        if (match := re.fullmatch(
            r"file 2 of 2: V1__idx\.sql: building index: scanning table, (\d+) %, \d+ s", line
        ))
    ]
    assert len(set(percents)) >= 2 and percents == sorted(percents), lines
    assert "V1__idx.sql: applied, 1 statement" in shown


def test_who_keeps_an_index_waiting_is_shown(db, migrate):
    db.execute("CREATE TABLE orders (id int)")
    with db.connect() as other:
        other.execute("SET application_name = 'reporting'")
        other.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        other.execute("SELECT 1")
        threading.Timer(5, lambda: other.execute("COMMIT")).start()
        migrate.write({"V1__idx.sql": "CREATE INDEX CONCURRENTLY orders_idx ON orders (id);"})
        status, shown = run_on_terminal(
            migrate, "up", "--baseline-on-up", "--baseline-version", "0", columns=120
        )
    assert status == 0, shown
    assert any(
        re.match(
            r"file 2 of 2: V1__idx\.sql: waiting for old snapshots, 0 of 1, \d s, blocked by pid \d+ \(.*reporting",
            line,
        )
        for line in drawn(shown)
    ), shown
