# SPDX-License-Identifier: MIT
"""The run lock: who holds it is told, and a run that has lost it commits nothing beside another."""

import threading

import pytest

from test_live_runs import flyway_key

EFFECT = "INSERT INTO effects VALUES (1);"
SETUP = {
    "V1__setup.sql": "CREATE TABLE effects (n int);\n"
    "CREATE FUNCTION give_away() RETURNS void LANGUAGE plpgsql AS"
    " $$ BEGIN PERFORM pg_catalog.pg_advisory_unlock_all(); END $$;"
}


@pytest.mark.parametrize("options, shown", [("SUPERUSER", True), ("", False)])
def test_holder_is_told(db, make_runner, options, shown):
    """Without the right to see other sessions, as far as that is seen."""
    holder, role = db.role(), db.role(options)
    db.execute(f"GRANT CREATE ON SCHEMA public TO {role}")
    migrate = make_runner(db.url_for(user=role))
    over_tcp = {"user": holder, "password": "secret", "host": "127.0.0.1"}
    with db.connect(application_name="deploy of blue", **over_tcp) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [flyway_key()])
        since = db.value(
            "SELECT to_char(backend_start, 'YYYY-MM-DD HH24:MI:SS') FROM pg_stat_activity"
            " WHERE pid = %s",
            [other.info.backend_pid],
        )
        run = migrate("up", "--run-lock-timeout", "1200ms", files=SETUP)
        assert run.exit == 6 and "could not get the run lock within 1200ms" in run.stderr, run
        assert f"DETAIL:  It is held by pid {other.info.backend_pid} " in run.stderr, run
        assert "STATE:  nothing was run" in run.stderr, run
        assert "pg_terminate_backend(pid)" in run.stderr, run
        # Said while it waits, too.
        assert run.stderr.count(f"pid {other.info.backend_pid} ") == 2, run
        for word in (f"user {holder}", '"deploy of blue"'):
            assert word in run.stderr, run
        for word in ("from 127.0.0.1", f"since {since}"):
            assert (word in run.stderr) == shown, run
    assert migrate("up").exit == 0


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT give_away();",
        "DO $$ BEGIN PERFORM pg_catalog.pg_advisory_unlock_all(); END $$;",
        "DO $$ BEGIN EXECUTE 'SELECT pg_advisory_' || 'unlock_all()'; END $$;",
        f"SELECT pg_catalog.pg_advisory_unlock({flyway_key()});",
    ],
    ids=["function", "do", "execute", "unlock"],
)
def test_lock_that_a_file_gives_away_to_another_run(db, migrate, statement):
    """The other one gets it at once; the file must not commit while that one has it."""
    assert migrate("up", files=SETUP).exit == 0
    taken, done = threading.Event(), threading.Event()

    def other_run():
        with db.connect(application_name="another run") as other:
            other.execute("SELECT pg_advisory_lock(%s)", [flyway_key()])
            taken.set()
            done.wait(60)

    with db.connect() as gate:
        gate.execute("SELECT pg_advisory_lock(1)")
        # The second statement waits until the other run stands behind the lock.
        files = {"V2__x.sql": f"{EFFECT}\nSELECT pg_advisory_lock(1);\n{statement}"}
        run = migrate.start("up", files=files)
        waiter = threading.Thread(target=other_run, daemon=True)
        db.wait_for("SELECT count(*) > 0 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        waiter.start()
        db.wait_for("SELECT count(*) > 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        gate.execute("SELECT pg_advisory_unlock(1)")
    assert taken.wait(30)
    line = run.process.stderr.readline()  # where it is
    while b"waiting for the run lock" not in line:
        line = run.process.stderr.readline()
        assert line
    assert b"another run" in line
    assert (db.versions(), db.execute("SELECT n FROM effects")) == (["1"], [])
    done.set()
    waiter.join()
    run = run.wait()
    assert (run.exit, db.versions()) == (0, ["1", "2"]), run
    assert db.execute("SELECT n FROM effects") == [(1,)]
    assert "released from inside a file" in run.stderr, run


@pytest.mark.parametrize("head, effects, state", [
    ("", [], "rolled back, nothing of V2__x.sql was kept"),
    ("-- migrate:transaction off\n", [(1,)], "the statements of V2__x.sql that are done are kept"),
], ids=["transaction", "stepwise"])
def test_lock_that_a_file_gives_away_each_time(db, migrate, head, effects, state):
    """What is told is true: nobody has written into the history."""
    assert migrate("up", files=SETUP).exit == 0
    gone = threading.Event()

    def others():
        with db.connect(application_name="another run") as other:
            for _ in range(2):
                other.execute("SELECT pg_advisory_lock(%s)", [flyway_key()])
                other.execute("SELECT pg_sleep(1.5)")
                other.execute("SELECT pg_advisory_unlock(%s)", [flyway_key()])
                gone.wait(0.5)  # so that the file's run comes first

    # The others stand behind the lock before it is given away.
    wait = (
        "DO $$ BEGIN WHILE NOT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory'"
        " AND NOT granted) LOOP PERFORM pg_sleep(0.01); END LOOP; END $$;"
    )
    give = "DO $$ BEGIN PERFORM give_away(); PERFORM pg_sleep(1); END $$;"
    run = migrate.start("up", files={"V2__x.sql": f"{head}{EFFECT}\n{wait}\n{give}"})
    db.wait_for("SELECT count(*) > 0 FROM pg_locks WHERE locktype = 'advisory' AND granted")
    thread = threading.Thread(target=others, daemon=True)
    thread.start()
    run = run.wait()
    thread.join()
    assert run.exit == 6 and "V2__x.sql gives the run lock away" in run.stderr, run
    assert f"STATE:  {state}" in run.stderr and "NEXT:  Take pg_advisory_unlock_all()" in run.stderr, run
    assert db.execute("SELECT n FROM effects") == effects


def test_lock_that_a_file_gives_away_to_nobody(db, migrate):
    """The transaction's own lock holds it to the COMMIT; the next files get it again."""
    files = {**SETUP, "V2__x.sql": "SELECT give_away();", "V3__y.sql": EFFECT}
    run = migrate("up", files=files)
    assert (run.exit, db.versions()) == (0, ["1", "2", "3"]), run
    assert "released from inside a file" in run.stderr, run


def test_terminated_session_commits_nothing(db, migrate):
    """The first time the connection is made again; twice is meant."""
    waiting = "FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    assert migrate("up", files=SETUP).exit == 0
    with db.connect() as gate:
        gate.execute("SELECT pg_advisory_lock(1)")
        files = {"V2__x.sql": f"{EFFECT}\nSELECT pg_advisory_lock(1);"}
        run = migrate.start("up", files=files)
        for _ in range(2):
            db.wait_for(f"SELECT count(*) > 0 {waiting}")
            (pid,) = db.execute(f"SELECT pid {waiting}")[0]
            gate.execute(f"SELECT pg_terminate_backend({pid})")
            db.wait_for(f"SELECT count(*) = 0 FROM pg_stat_activity WHERE pid = {pid}")
        run = run.wait()
    assert run.exit == 5 and "57P01" in run.stderr, run
    assert "NEXT:  Run the same command again" in run.stderr, run
    assert "rolled back, nothing of V2__x.sql was kept" in run.stderr, run
    assert db.execute("SELECT n FROM effects") == []
    assert migrate("up").exit == 0
    assert db.execute("SELECT n FROM effects") == [(1,)]
