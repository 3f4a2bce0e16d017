# SPDX-License-Identifier: MIT
"""Flyway and we exclude each other: both take the same advisory lock."""

import os
import threading
import time

import pytest

live_only = pytest.mark.skipif("FLYWAY_LIVE" not in os.environ, reason="make test-flyway")
KEY = 77433833903597  # of "public"."flyway_schema_history", as Flyway takes it
HELD = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted"
SLOW = {"V1__a.sql": "CREATE TABLE a ();", "V2__slow.sql": "SELECT pg_sleep(4);"}


def wait_until_held(stage):
    for _ in range(300):
        with stage.connect() as connection:
            if connection.execute(HELD).fetchone()[0] > 0:
                return
        time.sleep(0.05)
    raise AssertionError("nobody took the lock")


@pytest.mark.parametrize("function", ["pg_advisory_lock", "pg_advisory_xact_lock"])
def test_we_wait_for_the_lock_that_flyway_takes(stage, function):
    stage.prepare({"files": {"V1__a.sql": "CREATE TABLE a ();"}})
    with stage.connect() as other:
        other.autocommit = False
        other.execute(f"SELECT {function}({KEY})")
        fine, run = stage.ours("migrate", "--run-lock-timeout", "1s")
        assert run.exit == 6 and "could not get the run lock" in run.stderr, run


def test_we_take_that_lock(stage):
    stage.prepare({"files": SLOW})
    run = stage.start("migrate")
    wait_until_held(stage)
    with stage.connect() as other:
        assert other.execute(f"SELECT pg_try_advisory_lock({KEY})").fetchone()[0] is False
    assert run.wait().exit == 0


@live_only
@pytest.mark.parametrize("lock", ["true", "false"])
def test_we_wait_for_flyway(stage, flyway, lock):
    stage.prepare({"files": SLOW, "set": {"postgresql.transactional.lock": lock}})
    other = threading.Thread(target=flyway, args=(stage.folder, "migrate"))
    other.start()
    wait_until_held(stage)
    fine, run = stage.ours("migrate", "--run-lock-timeout", "30s")
    other.join()
    assert fine, run
    assert [row[1] for row in stage.rows()] == ["1", "2"]


@live_only
def test_flyway_waits_for_us(stage, flyway):
    stage.prepare({"files": SLOW})
    run = stage.start("migrate")
    wait_until_held(stage)
    exit, answer = flyway(stage.folder, "migrate")
    assert exit == 0 and answer["success"], answer
    assert run.wait().exit == 0
    assert [row[1] for row in stage.rows()] == ["1", "2"]
