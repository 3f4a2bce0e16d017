# SPDX-License-Identifier: MIT
"""What is found only while a run has the run lock, or has lost its connection: rare, and decided."""

import signal
import time

import pytest

OK = "CREATE TABLE fine (id int);"
FLYWAY = """
CREATE TABLE flyway_schema_history (installed_rank int PRIMARY KEY, version varchar(50),
	description varchar(200) NOT NULL, type varchar(20) NOT NULL, script varchar(1000) NOT NULL,
	checksum int, installed_by varchar(100) NOT NULL, installed_on timestamp NOT NULL DEFAULT now(),
	execution_time int NOT NULL, success bool NOT NULL);
"""


@pytest.fixture
def key(db, migrate):
    """The run lock's, read while a run has it; V1 is applied behind it."""
    run = migrate.start("up", files={"V1__a.sql": "SELECT pg_sleep(1);"})
    db.wait_for_statement("pg_sleep(1)")
    found = db.value(
        "SELECT classid::bigint << 32 | objid::bigint FROM pg_locks WHERE locktype = 'advisory'"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) LIMIT 1"
    )
    assert run.wait().exit == 0
    return found


def held_up(db, migrate, key, meanwhile, **options):
    """A run that waits for the run lock while something happens."""
    with db.connect() as other:
        other.execute("SELECT pg_advisory_lock(%s)", [key])
        run = migrate.start("up", **options)
        line = run.process.stderr.readline()
        while b"waiting for the run lock" not in line:
            assert line, "it did not wait"
            line = run.process.stderr.readline()
        other.execute(meanwhile)
    return run.wait()


def test_history_that_another_run_has_made_unfit_is_refused(db, migrate, key):
    row = "INSERT INTO schema_history SELECT 2, '2', 'b', 'SQL', 'V2__b.sql', 1, 'me', now(), 0, true"
    run = held_up(db, migrate, key, row, files={"V2__b.sql": "SELECT 2;", "V3__c.sql": OK})
    assert run.exit == 4 and "V2__b.sql" in run.stderr and "checksum" in run.stderr, run
    assert not db.exists("fine")


def test_nothing_is_left_when_another_run_has_done_it(db, migrate, key):
    row = (
        "INSERT INTO schema_history SELECT 2, '2', 'b', 'SQL', 'V2__b.sql', checksum, 'me', now(), 0, true"
        " FROM schema_history"
    )
    run = held_up(db, migrate, key, row, files={"V2__b.sql": "SELECT pg_sleep(1);"})
    assert run.exit == 0 and "up to date" in run.stdout, run


def test_history_that_flyway_makes_meanwhile_is_the_one(db, migrate, key):
    db.execute("DROP TABLE schema_history, schema_history_journal")
    run = held_up(db, migrate, key, FLYWAY, files={"V1__a.sql": OK})
    assert run.exit == 0, run
    assert db.history("script", "flyway_schema_history") == [("V1__a.sql",)]
    assert not db.exists("schema_history")


def test_file_that_loses_its_connection_twice_is_given_up(db, migrate, make_proxy):
    proxy = make_proxy(cut=lambda _, m: "before" if m.client and b"boom" in m.body else None)
    for content, state in [
        ("SELECT 'boom';", "rolled back, nothing of V1__a.sql was kept"),
        ("-- migrate:transaction off\nSELECT 1;\nSELECT 'boom';", "1 of 2 statements"),
    ]:
        run = migrate("up", files={"V1__a.sql": content}, env={"DATABASE_URL": proxy.url(db)})
        assert run.exit == 5 and "connecting again" in run.stderr, run
        assert state in run.stderr and "again" in run.stderr.split("NEXT:")[1], run


def test_journal_that_cannot_be_read(db, migrate, make_proxy):
    assert migrate("up", files={"V1__a.sql": OK}).exit == 0
    proxy = make_proxy(cut=lambda _, m: "before" if m.client and b"j.backend_pid," in m.body else None)
    run = migrate("status", "--journal", env={"DATABASE_URL": proxy.url(db)})
    assert run.exit == 5, run


# --- failures that are tried again, and how often ---

SERIAL = "DO $$BEGIN RAISE 'not now' USING ERRCODE = '40001'; END$$;"


@pytest.mark.parametrize("head", ["", "-- migrate:transaction off\n"], ids=["block", "alone"])
def test_serialization_failure_is_tried_five_times(db, migrate, head):
    run = migrate("up", files={"V1__a.sql": head + SERIAL})
    assert run.exit in (1, 6) and "40001" in run.stderr, run
    attempts = db.value("SELECT max(attempt) FROM schema_history_journal")
    assert 5 <= attempts <= 6, (attempts, run)


def test_signal_in_the_pause_between_two_tries(db, migrate):
    db.execute("CREATE TABLE held ()")
    with db.connect() as blocker:
        blocker.execute("BEGIN; LOCK TABLE held IN ACCESS SHARE MODE")
        run = migrate.start(
            "up", "--baseline-on-up", "--baseline-version", "0", "--lock-retry", "1min",
            files={"V1__a.sql": "ALTER TABLE held ADD a int;"},
        )  # fmt: skip
        db.wait_for("SELECT to_regclass('schema_history_journal') IS NOT NULL")
        db.wait_for("SELECT count(*) > 1 FROM schema_history_journal WHERE state = 'failed'")
        time.sleep(0.2)  # a try takes 0.1 s, the pause behind it more
        run.signal(signal.SIGTERM)
        run = run.wait()
    assert run.exit == 143 and "nothing of V1__a.sql was kept" in run.stderr, run


# --- what only some files have ---


def test_role_of_a_file_with_a_transaction(db, migrate):
    role = db.role()
    db.execute(f"CREATE SCHEMA app AUTHORIZATION {role}")
    run = migrate("up", files={"V1__a.sql": f"-- migrate:role {role}\nCREATE TABLE app.a ();", "V2__b.sql": OK})
    assert run.exit == 0, run
    owners = db.execute("SELECT tablename, tableowner FROM pg_tables WHERE tablename IN ('a', 'fine') ORDER BY 1")
    assert owners == [("a", role), ("fine", "postgres")]


def test_reindex_of_something_partitioned_turns_out_to_refuse_a_block(db, migrate):
    files = {
        "V1__p.sql": "CREATE TABLE p (a int) PARTITION BY LIST (a); CREATE INDEX p_a ON p (a);"
        "CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);",
        "V2__r.sql": "-- migrate:transaction off\nSELECT 1;\nREINDEX TABLE p;\nREINDEX INDEX p_a;",
    }
    run = migrate("up", files=files)
    assert run.exit == 0 and db.versions() == ["1", "2"], run


def test_longest_stall_of_a_group_counts(db, migrate):
    db.execute("CREATE TABLE held ()")
    with db.connect() as blocker:
        blocker.execute("BEGIN; LOCK TABLE held IN ACCESS SHARE MODE")
        run = migrate(
            "up", "--group", "--baseline-on-up", "--baseline-version", "0", "--lock-retry", "1s",
            files={
                "V1__a.sql": "-- migrate:max_stall 300ms\nALTER TABLE held ADD a int;",
                "V2__b.sql": "-- migrate:max_stall 100ms\nALTER TABLE held ADD b int;",
            },
        )  # fmt: skip
    assert run.exit == 6 and "the group" in run.stderr, run
