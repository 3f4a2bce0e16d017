# SPDX-License-Identifier: MIT
"""
SIGTERM and its kin in every state of a run: it ends within seven seconds with 128 + n, nothing of
it is left on the server, and the next run does what was to be done.
"""

import contextlib
import os
import signal
import socket
import time
from dataclasses import dataclass, field

import pytest

from test_live_runs import flyway_key

LIMIT = 7  # seconds
OURS = (
    "FROM pg_stat_activity WHERE datname = current_database()"
    " AND application_name LIKE 'migrate%'"
)
NAP = "SELECT pg_sleep(600);"
TABLE = "CREATE TABLE t (a int);\n"


def assert_ended(db, run, started, number):
    took = time.monotonic() - started
    assert run.exit == 128 + number, run
    assert took < LIMIT, (took, run)
    db.wait_for(f"SELECT count(*) = 0 {OURS}", 5)
    assert db.value("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'") == 0


@dataclass
class State:
    """Where a run is when the signal comes."""

    name: str
    files: dict  # what is being applied
    reached: str  # true when the run is there
    before: dict = field(default_factory=dict)  # applied first
    block: str = None  # what another session does in its transaction
    mended: dict = field(default_factory=dict)  # files that do not wait, for the next run
    interrupted: bool = False  # a file without a transaction stays unfinished
    arguments: tuple = ()


def waits(text):
    """Some session of the program waits in such a statement."""
    return f"SELECT count(*) > 0 {OURS} AND state = 'active' AND strpos(query, '{text}') > 0"


def holds_lock_on(table):
    return (
        f"SELECT count(*) > 0 FROM pg_locks WHERE relation = to_regclass('{table}') AND granted"
        f" AND pid IN (SELECT pid {OURS})"
    )


LONG = {"V1__a.sql": f"CREATE TABLE a (n int);\n{NAP}"}
# A row takes long, so the answer to COPY does not come.
SLOW_ROWS = (
    f"{TABLE}CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql"
    " AS 'BEGIN PERFORM pg_sleep(600); RETURN NEW; END';\n"
)
ROW_TRIGGER = "CREATE TRIGGER slow BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION slow();"
COMMIT_TRIGGER = (
    "CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED"
    " FOR EACH ROW EXECUTE FUNCTION slow();"
)

STATES = [
    State(
        "statement in a transaction", LONG, waits("pg_sleep"), mended={"V1__a.sql": "SELECT 1;"}
    ),
    State(
        "statement without a transaction",
        {"V1__a.sql": f"-- migrate:transaction off\n{NAP}"},
        waits("pg_sleep"),
        interrupted=True,
    ),
    State(
        "pause between two tries",
        {"V2__a.sql": "ALTER TABLE t ADD COLUMN b int;"},
        f"SELECT count(*) > 0 {OURS} AND strpos(query, 'ALTER TABLE t') > 0"
        " AND state = 'active'",
        before={"V1__t.sql": TABLE},
        block="LOCK TABLE t IN ACCESS SHARE MODE",
    ),
    State(
        "patient lock",
        {"V2__a.sql": "ALTER TABLE t ADD COLUMN b int;"},
        "SELECT count(*) > 0 FROM pg_locks WHERE NOT granted AND relation = 't'::regclass"
        " AND mode = 'ShareUpdateExclusiveLock'",
        before={"V1__t.sql": TABLE},
        block="LOCK TABLE t IN SHARE UPDATE EXCLUSIVE MODE",
    ),
    State(
        "CONCURRENTLY behind a writer",
        {"V2__i.sql": "CREATE INDEX CONCURRENTLY t_a ON t (a);"},
        waits("CREATE INDEX CONC"),
        before={"V1__t.sql": TABLE},
        block="INSERT INTO t VALUES (1)",
        interrupted=True,
    ),
    State(
        "history row",
        {"V2__a.sql": "CREATE TABLE b (n int);"},
        holds_lock_on("b") + " OR EXISTS (SELECT FROM pg_locks WHERE NOT granted"
        " AND relation = 'schema_history'::regclass)",
        before={"V1__t.sql": TABLE},
        block="LOCK TABLE schema_history IN SHARE MODE",
        arguments=("--lock-timeout", "60s"),
    ),
    State(
        "COMMIT",
        {"V2__a.sql": "INSERT INTO t VALUES (1);"},
        waits("COMMIT"),
        before={"V1__t.sql": SLOW_ROWS + COMMIT_TRIGGER},
        mended={"V2__a.sql": "SELECT 1;"},
    ),
    State(
        "COPY",
        {"V2__c.sql": "COPY t (a) FROM STDIN;\n" + "1\n" * 100000 + "\\.\n"},
        waits("COPY t"),
        before={"V1__t.sql": SLOW_ROWS + ROW_TRIGGER},
        mended={"V2__c.sql": "SELECT 1;"},
    ),
    State(
        "run lock",
        {"V2__a.sql": "CREATE TABLE b (n int);"},
        f"SELECT count(*) > 0 {OURS} AND strpos(query, 'advisory_lock') > 0",
        before={"V1__t.sql": TABLE},
        block=f"SELECT pg_advisory_xact_lock({flyway_key()})",
    ),
]
SIGNALS = [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT]


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.name)
@pytest.mark.parametrize("number", SIGNALS[:2], ids=lambda number: number.name)
def test_signal_ends_the_run(db, migrate, state, number):
    if state.before:
        assert migrate("up", files=state.before).exit == 0
    applied = db.versions() if state.before else []
    with db.connect(autocommit=False) as other:
        if state.block:
            other.execute(state.block)
        run = migrate.start("up", *state.arguments, files=state.files)
        db.wait_for(state.reached)
        started = time.monotonic()
        run.signal(number)
        run = run.wait(LIMIT + 5)
        took = time.monotonic() - started
        other.rollback()
    assert took < LIMIT, (took, run)
    assert_ended(db, run, time.monotonic(), number)
    assert db.versions() == applied
    if state.interrupted:
        status = migrate("status", "--format", "json")
        assert [row["state"] for row in status.json["migrations"]][-1] in ("Failed", "Interrupted")
    else:
        run = migrate("up", files=state.mended)
        assert run.exit == 0, run
        assert len(db.versions()) == len(applied) + 1


@pytest.mark.parametrize("number", SIGNALS[2:], ids=lambda number: number.name)
def test_other_signals_end_the_run_too(db, migrate, number):
    run = migrate.start("up", files=LONG)
    db.wait_for(waits("pg_sleep"))
    started = time.monotonic()
    run.signal(number)
    assert_ended(db, run.wait(LIMIT + 5), started, number)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["TERM", "INT"])
@pytest.mark.parametrize(
    "command", [("repair",), ("repair", "--applied", "2"), ("baseline", "3")], ids=" ".join
)
def test_signal_ends_what_writes_the_history(db, migrate, command, number):
    """In the middle of its transaction: nothing of it is kept, and the next one does it all."""
    if command[0] == "baseline":
        assert migrate("baseline", files={"V4__a.sql": TABLE}).exit == 0
        db.execute("DELETE FROM schema_history")  # as one leaves it that ended before its row
    else:
        assert migrate("up", files={"V1__a.sql": TABLE}).exit == 0
        migrate.write({"V1__a.sql": TABLE + "-- more", "V2__b.sql": "SELECT 1;"})
    before = db.history("*")
    with db.connect(autocommit=False) as app:
        app.execute("LOCK TABLE schema_history IN SHARE ROW EXCLUSIVE MODE")
        run = migrate.start(*command, "--lock-timeout", "1min")
        db.wait_for(
            f"SELECT count(*) > 0 {OURS} AND wait_event_type = 'Lock'"
            " AND strpos(query, 'schema_history') > 0"
        )
        started = time.monotonic()
        run.signal(number)
        run = run.wait(LIMIT + 5)
    assert_ended(db, run, started, number)
    assert "rolled back, the history is as it was" in run.stderr, run
    assert db.history("*") == before
    run = migrate(*command)
    assert run.exit == 0 and db.history("*") != before, run


def test_says_what_is_true_now(db, migrate):
    run = migrate.start("up", files=LONG)
    db.wait_for(waits("pg_sleep"))
    run.signal(signal.SIGINT)
    run = run.wait()
    assert "rolled back, nothing of V1__a.sql was kept" in run.stderr, run


# --- where no cancel helps ---


@contextlib.contextmanager
def stopped(*processes):
    for process in processes:
        os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        for process in processes:
            os.kill(process, signal.SIGCONT)


@pytest.mark.parametrize("command", [("up",), ("baseline", "3"), ("repair",)], ids=lambda c: c[0])
def test_server_is_frozen_before_anything_runs(make_cluster, make_runner, command):
    server = make_cluster()
    with server.database() as db, db.connect(autocommit=False) as app:
        migrate = make_runner(db.url)
        migrate("up", files={"V1__a.sql": "SELECT 1;"})
        app.execute("LOCK TABLE schema_history IN ACCESS EXCLUSIVE MODE")
        run = migrate.start(*command, "--lock-timeout", "1min", files={"V2__b.sql": "SELECT 1;"})
        db.wait_for(waits("schema_history"))
        ours = [pid for (pid,) in db.execute(f"SELECT pid {OURS}")]
        with stopped(server.postmaster, *ours):
            started = time.monotonic()
            run.signal()
            ended = run.wait(LIMIT + 5)
            took = time.monotonic() - started
        assert ended.exit == 143 and took < LIMIT, (took, ended)
        assert "error: interrupted by signal 15" in ended.stderr, ended
        assert "nothing was run" in ended.stderr, ended


@pytest.mark.parametrize("cancels", [True, False], ids=["backend", "whole server"])
def test_server_is_frozen(make_cluster, make_runner, cancels):
    """A backend that does not answer, and a server that takes no cancel either."""
    server = make_cluster()
    with server.database() as db:
        run = make_runner(db.url).start("up", files=LONG)
        db.wait_for(waits("pg_sleep"))
        backend = db.value(f"SELECT pid {OURS} AND query LIKE '%pg_sleep%'")
        with stopped(backend, *([] if cancels else [server.postmaster])):
            started = time.monotonic()
            run.signal()
            ended = run.wait(LIMIT + 5)
            took = time.monotonic() - started
        assert (ended.exit, took < LIMIT) == (143, True), (took, ended)
        db.wait_for(f"SELECT count(*) = 0 {OURS}", 5)
        assert not db.exists("a")


def test_watcher_is_frozen_too(make_cluster, make_runner):
    """Its question is not waited for: the time that a signal leaves is for the cancel."""
    server = make_cluster()
    with server.database() as db, db.connect(autocommit=False) as app:
        migrate = make_runner(db.url)
        migrate("up", files={"V1__t.sql": TABLE})
        app.execute("LOCK TABLE t IN ROW EXCLUSIVE MODE")
        run = migrate.start("up", files={"V2__i.sql": "CREATE INDEX CONCURRENTLY i ON t (a);"})
        db.wait_for(f"SELECT count(*) > 0 {OURS} AND application_name = 'migrate watcher'")
        ours = [pid for (pid,) in db.execute(f"SELECT pid {OURS}")]
        with stopped(server.postmaster, *ours):
            time.sleep(1.2)  # a look a second: the watcher waits for its answer now
            assert run.running()
            started = time.monotonic()
            run.signal()
            ended = run.wait(LIMIT + 5)
            took = time.monotonic() - started
        assert ended.exit == 143 and "V2__i.sql:1:1: interrupted by signal 15" in ended.stderr, ended
        assert took < 5 and "second connection" not in ended.stderr, (took, ended)


def test_server_never_answers(offline):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        run = offline.start("up", "--url", f"postgresql://u@127.0.0.1:{port}/d", files=LONG)
        connection, _ = silent.accept()
        with connection:  # closed, it would be an answer
            started = time.monotonic()
            run.signal()
            run = run.wait(LIMIT + 5)
    assert run.exit == 143 and time.monotonic() - started < 2, run


def test_waits_for_a_server_that_is_not_there(offline):
    run = offline.start("up", "--url", "postgresql://u@127.0.0.1:1/d", "--wait", "60s", files=LONG)
    assert b"waiting for the server" in run.process.stderr.readline()
    started = time.monotonic()
    run.signal()
    run = run.wait(LIMIT + 5)
    assert run.exit == 143 and time.monotonic() - started < 2, run


def test_nobody_reads_the_log(db, migrate):
    """The program hangs in a write to stderr: only the alarm helps."""
    shout = "DO $$ BEGIN FOR i IN 1..40 LOOP RAISE NOTICE '%', repeat('x', 60000); END LOOP; END $$;"
    run = migrate.start("up", files={"V1__a.sql": f"CREATE TABLE a (n int);\n{shout}"})
    db.wait_for(f"SELECT count(*) > 0 {OURS}")
    deadline = time.monotonic() + 20
    while not in_write(run.process.pid):
        assert run.running() and time.monotonic() < deadline
        time.sleep(0.05)
    started = time.monotonic()
    run.signal()
    assert run.process.wait(LIMIT + 5) == 143
    assert time.monotonic() - started < LIMIT
    db.wait_for(f"SELECT count(*) = 0 {OURS}", 5)


def in_write(process):
    """The process sleeps where a full pipe is written to."""
    with open(f"/proc/{process}/wchan") as place:
        return "pipe_w" in place.read()


# --- the second signal ---


def test_second_signal_leaves_at_once(make_cluster, make_runner):
    server = make_cluster()
    with server.database() as db:
        run = make_runner(db.url).start("up", files=LONG)
        db.wait_for(waits("pg_sleep"))
        backend = db.value(f"SELECT pid {OURS} AND query LIKE '%pg_sleep%'")
        with stopped(backend):
            run.signal(signal.SIGINT)
            time.sleep(0.3)  # it waits for the backend now
            assert run.running()
            started = time.monotonic()
            run.signal(signal.SIGINT)
            ended = run.wait(LIMIT + 5)
            took = time.monotonic() - started
        assert (ended.exit, took < 1) == (130, True), (took, ended)
        assert ended.stderr.count("left at once") == 1 and str(backend) in ended.stderr, ended
        db.wait_for(f"SELECT count(*) = 0 {OURS}", 5)


# --- who starts it ---


def test_nohup_keeps_it_running(db, migrate):
    files = {"V1__a.sql": "CREATE TABLE a (n int);\nSELECT pg_sleep(1);"}
    run = migrate.start("up", files=files, through=["nohup"])
    db.wait_for(waits("pg_sleep"))
    run.signal(signal.SIGHUP)
    run = run.wait()
    assert (run.exit, db.versions()) == (0, ["1"]), run


def test_shell_that_replaces_itself(db, migrate):
    run = migrate.start("up", files=LONG, through=["sh", "-c", 'exec "$0" "$@"'])
    db.wait_for(waits("pg_sleep"))
    started = time.monotonic()
    run.signal()
    assert_ended(db, run.wait(LIMIT + 5), started, signal.SIGTERM)


def test_parent_blocks_signals(db, migrate):
    through = [
        "python3",
        "-c",
        "import os, signal, sys\n"
        "signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])\n"
        "os.execvp(sys.argv[1], sys.argv[1:])",
    ]
    run = migrate.start("up", files=LONG, through=through)
    db.wait_for(waits("pg_sleep"))
    started = time.monotonic()
    run.signal()
    assert_ended(db, run.wait(LIMIT + 5), started, signal.SIGTERM)


# --- a runner that is gone ---


def newer(db):
    """client_connection_check_interval came with 14."""
    if db.value("SELECT current_setting('server_version_num')::int") < 140000:
        pytest.skip("this server does not notice that its client is gone")


def test_killed_runner_leaves_no_backend_behind(db, migrate):
    """It would go on waiting for its lock, and others behind it."""
    newer(db)
    assert migrate("up", files={"V1__t.sql": f"{TABLE}INSERT INTO t VALUES (1);"}).exit == 0
    files = {"V2__a.sql": "-- migrate:lock_timeout 60s\nUPDATE t SET a = 2;"}
    with db.connect(autocommit=False) as other:
        other.execute("UPDATE t SET a = 3")
        run = migrate.start("up", files=files)
        db.wait_for(f"SELECT count(*) > 0 {OURS} AND wait_event_type = 'Lock'")
        run.signal(signal.SIGKILL)
        started = time.monotonic()
        run.process.wait()
        db.wait_for(f"SELECT count(*) = 0 {OURS}", 5)
        assert time.monotonic() - started < 2
    run = migrate("up")
    assert (run.exit, db.value("SELECT a FROM t")) == (0, 2), run


def test_server_notices_a_dead_client(db, migrate):
    """The settings that end our backend, as a file of the run sees them."""
    names = ["client_connection_check_interval", "idle_in_transaction_session_timeout"]
    files = {
        "V1__s.sql": "CREATE TABLE seen AS SELECT name, setting || coalesce(unit, '') AS value"
        " FROM pg_settings;"
    }
    assert migrate("up", files=files).exit == 0
    newer(db)
    rows = dict(db.execute("SELECT name, value FROM seen WHERE name = ANY (%s)", [names]))
    assert rows == {names[0]: "1000ms", names[1]: "60000ms"}


def test_keepalives_on_tcp(db, make_runner):
    user = db.role("SUPERUSER")
    migrate = make_runner(db.url_for(user=user, password="secret", host="127.0.0.1"))
    files = {
        "V1__s.sql": "CREATE TABLE seen AS SELECT name, setting FROM pg_settings"
        " WHERE name LIKE 'tcp%';"
    }
    run = migrate("up", files=files)
    assert run.exit == 0, run
    assert dict(db.execute("SELECT name, setting FROM seen")) == {
        "tcp_keepalives_idle": "30",
        "tcp_keepalives_interval": "10",
        "tcp_keepalives_count": "3",
        "tcp_user_timeout": "30000",
    }
