# SPDX-License-Identifier: MIT
"""Behind a real PgBouncer, in its three modes: nothing twice, and no trace in the pool."""

import contextlib
import shutil
import signal
import threading
import time

import psycopg
import pytest

from test_live_runs import flyway_key

pytestmark = pytest.mark.skipif(
    not shutil.which("pgbouncer", path="/usr/sbin:/usr/bin"), reason="no pgbouncer"
)

FILES = {
    "V1__t.sql": "CREATE TABLE t (a int PRIMARY KEY);\nINSERT INTO t VALUES (1);",
    "V2__add.sql": "SET LOCAL work_mem = '1MB';\nALTER TABLE t ADD COLUMN b int;",
    "V3__copy.sql": "COPY t (a) FROM STDIN;\n2\n3\n\\.\n",
    "V4__long.sql": "".join(f"INSERT INTO t VALUES ({n}); /* {'x' * 100} */\n" for n in range(10, 2010)),
    "V5__role.sql": "-- migrate:role pg_monitor\nSELECT 1;",
    "R__view.sql": "CREATE OR REPLACE VIEW v AS SELECT * FROM t;",
}
SLOW = "CREATE TABLE slow (a int);\nSELECT pg_sleep(60);"


class Pool:
    """A pool of so many sessions, and what another client of it sees of each of them."""

    def __init__(self, db, pooler, size):
        self.db, self.pooler, self.size, self.url = db, pooler, size, pooler.url(db)
        self.before = None

    def look(self):
        """The settings of all sessions; each client takes one, so all are seen."""
        seen = {}
        with contextlib.ExitStack() as stack:
            for _ in range(self.size):
                client = stack.enter_context(psycopg.connect(self.url))
                pid = client.execute("SELECT pg_backend_pid()").fetchone()[0]
                seen[pid] = dict(client.execute("SELECT name, setting FROM pg_settings").fetchall())
                seen[pid]["prepared"] = client.execute("TABLE pg_prepared_statements").fetchall()
                seen[pid]["role"] = client.execute("SELECT current_user").fetchone()
                for name in ("migrate.run", "migrate.fence"):
                    value = client.execute("SELECT current_setting(%s, true)", [name]).fetchone()[0]
                    seen[pid][name] = value or None
        assert len(seen) == self.size
        return seen

    def remember(self):
        self.before = self.look()
        return self

    def check(self):
        """As it was before, also in sessions that are new since; no lock is left in any of them."""
        self.db.wait_for("SELECT count(*) = 0 FROM pg_locks WHERE locktype = 'advisory'", 10)
        usual = next(iter(self.before.values()))
        for pid, settings in self.look().items():
            before = self.before.get(pid, usual)
            assert {k: v for k, v in settings.items() if v != before[k]} == {}


@pytest.fixture
def make_pool(db, make_pgbouncer):
    def make(mode="transaction", size=3, **settings):
        pooler = make_pgbouncer(pool_mode=mode, default_pool_size=size, **settings)
        return Pool(db, pooler, size)

    return make


@pytest.fixture
def pool(make_pool):
    return make_pool().remember()


@pytest.fixture
def migrate(pool, make_runner):
    """Through a pool of transactions."""
    return make_runner(pool.url)


def expect_files(db):
    assert db.versions() == ["1", "2", "3", "4", "5"]
    assert db.history("installed_rank, success") == [(rank, True) for rank in range(1, 7)]
    assert db.value("SELECT array_agg(a ORDER BY a) FROM t WHERE a < 10") == [1, 2, 3]
    assert db.value("SELECT count(*) FROM t WHERE a >= 10") == 2000


# --- the modes ---


@pytest.mark.parametrize(
    "mode, size, settings",
    [
        ("session", 3, {}),
        ("session", 1, {}),  # no second connection, for five seconds
        ("transaction", 1, {}),
        ("transaction", 3, {"server_reset_query_always": 1}),
        ("transaction", 3, {"server_reset_query": ""}),
        ("transaction", 2, {"server_round_robin": 1}),
    ],
)
def test_files_with_a_transaction(db, make_pool, make_runner, mode, size, settings):
    pool = make_pool(mode, size, **settings).remember()
    migrate = make_runner(pool.url)
    run = migrate("up", files=FILES)
    assert run.exit == 0 and "6 applied, 0 failed, version 5" in run.stdout, run
    assert "warning" not in run.stderr, run
    expect_files(db)
    pool.check()


def test_prepared_statements_of_the_pooler(db, make_pool, make_runner):
    try:
        pool = make_pool(max_prepared_statements=10)
    except RuntimeError:
        pytest.skip("this PgBouncer knows no max_prepared_statements")
    pool.remember()
    assert make_runner(pool.url)("up", files=FILES).exit == 0
    expect_files(db)
    pool.check()


def test_a_pool_of_sessions_runs_everything(db, make_pool, make_runner):
    pool = make_pool("session").remember()
    files = {
        "V1__t.sql": "SET work_mem = '1MB';\nCREATE TABLE t (a int);",
        "V2__i.sql": "CREATE INDEX CONCURRENTLY i ON t (a);",
        "V3__off.sql": "-- migrate:transaction off\nSET my.x = 'y';\nVACUUM t;",
    }
    run = make_runner(pool.url)("up", files=files)
    assert run.exit == 0, run
    assert db.versions() == ["1", "2", "3"]
    pool.check()


def test_a_pool_of_sessions_that_nobody_cleans(db, make_pool, make_runner):
    pool = make_pool("session", server_reset_query="").remember()
    migrate = make_runner(pool.url)
    files = {"V1__t.sql": "SET work_mem = '1MB';\nSELECT pg_advisory_lock(1);\nPREPARE p AS SELECT 1;"}
    assert migrate("up", files=files).exit == 0
    pool.check()
    files = {"V2__bad.sql": "-- migrate:transaction off\nSET work_mem = '1MB';\nSELECT 1 / 0;"}
    assert migrate("up", files=files).exit == 1
    pool.check()
    files = {name: text.replace("1 / 0", "pg_sleep(60)") for name, text in files.items()}
    run = migrate.start("up", files=files)
    db.wait_for_statement("pg_sleep")
    run.signal()
    assert run.wait(10).exit == 128 + signal.SIGTERM
    pool.check()


@pytest.mark.parametrize("command", ["up", "status", "plan", "validate", "repair", "baseline"])
def test_a_pool_of_statements_is_refused(db, make_pool, make_runner, command):
    before = db.contents()
    run = make_runner(make_pool("statement").url)(command, files=FILES)
    assert run.exit == 5, run
    assert "that pools statements" in run.stderr and "port 5432" in run.stderr, run
    assert db.contents() == before


def test_a_pool_that_is_used_up_is_waited_for(db, make_pool, make_runner):
    pool = make_pool(size=1)
    with psycopg.connect(pool.url) as client:
        client.execute("SELECT 1")  # keeps the only session
        run = make_runner(pool.url).start("up", files=FILES)
        time.sleep(1)
        assert run.running(), run.wait()
        client.rollback()
        assert run.wait().exit == 0
    expect_files(db)


def test_the_setting_says_it(db, make_runner):
    """As if something in between hid itself."""
    migrate = make_runner(db.url)
    files = {"V1__t.sql": "CREATE TABLE t (a int);", "V2__v.sql": "VACUUM t;"}
    run = migrate("up", "--pooler", "transaction", "--target", "1", files=files)
    assert run.exit == 0, run
    assert migrate("up", "--pooler", "transaction").exit == 5
    assert migrate("up").exit == 0
    assert db.versions() == ["1", "2"]


# --- what cannot work ---


@pytest.mark.parametrize(
    "text, message, place",
    [
        ("CREATE INDEX CONCURRENTLY i ON old (a);", "runs without a transaction", ""),
        ("-- migrate:transaction off\nSELECT 1;", "runs without a transaction", ""),
        ("VACUUM old;", "runs without a transaction", ""),
        ("BEGIN ISOLATION LEVEL SERIALIZABLE;\nSELECT 1;\nCOMMIT;", "sets the modes", ""),
        ("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE;\nSELECT 1;", "sets the modes", ""),
        ("SELECT 1;\n  SET search_path = x;", "SET stays in the session", ":2:3"),
        ("SELECT set_config('a.b', 'c', false);", "set_config() stays", ":1:1"),
        ("SELECT pg_advisory_lock(1);", "an advisory lock of the session stays", ":1:1"),
        ("CREATE TEMP TABLE x (a int);", "what is temporary stays", ":1:1"),
        ("PREPARE p AS SELECT 1;", "PREPARE stays", ":1:1"),
        ("DO $$ BEGIN SET a.b = 'c'; END $$;", "SET stays", ":1:1"),
    ],
)
def test_what_needs_a_session_is_refused(db, pool, migrate, text, message, place):
    db.execute("CREATE TABLE old (a int)")
    files = {"V2__first.sql": "CREATE TABLE first (a int);", "V3__no.sql": text}
    assert migrate("baseline", "1", files=files).exit == 0
    before = db.contents()
    run = migrate("up")
    assert run.exit == 5, run
    assert message in run.stderr and f"V3__no.sql{place}" in run.stderr, run
    assert "port 5432" in run.stderr and "--url" in run.stderr, run
    assert db.contents() == before
    run = migrate("plan", "--format", "json")
    assert run.exit == 5 and len(run.json["problems"]) == 1, run
    assert migrate("status").exit == 0
    assert migrate("validate").exit == 3
    # What stands before it works, and the rest does directly.
    assert migrate("up", "--target", "2").exit == 0
    pool.check()
    assert migrate("up", "--url", db.url).exit == 0
    assert db.versions() == ["1", "2", "3"]


def test_a_group_is_refused(db, pool, migrate):
    files = {"V1__a.sql": "CREATE TABLE a (a int);", "V2__b.sql": "CREATE TABLE b (a int);"}
    run = migrate("up", "--group", files=files)
    assert run.exit == 5 and "group" in run.stderr, run
    assert not db.exists("a")
    assert migrate("up", "--group", "--target", "1").exit == 0  # a group of one


# --- the other commands ---


def test_other_commands(db, pool, migrate):
    files = dict(FILES)
    assert migrate("status", "--check", files=files).exit == 3
    assert migrate("plan").exit == 0
    assert migrate("validate").exit == 3
    assert db.contents()[1] == []  # nothing was written
    run = migrate("up", "--dry-run")
    assert run.exit == 0 and "CREATE TABLE t" in run.stdout, run
    assert migrate("up").exit == 0
    assert migrate("status", "--check").exit == 0
    assert migrate("validate").exit == 0
    assert migrate("status", "--journal").exit == 0
    run = migrate("repair", files={"V2__add.sql": files["V2__add.sql"] + "\n-- new"})
    assert run.exit == 0 and "1 aligned" in run.stdout, run
    run = migrate("repair", "--applied", "6", files={"V6__by_hand.sql": "SELECT 1;"})
    assert run.exit == 0 and db.versions()[-1] == "6", run
    pool.check()


@pytest.mark.parametrize("record", ["row", "delete"])
def test_undo(db, pool, migrate, record):
    files = {
        "V1__a.sql": "CREATE TABLE a (a int);",
        "U1__a.sql": "DROP TABLE a;",
        "V2__b.sql": "CREATE TABLE b (a int);",
        "U2__b.sql": "DROP TABLE b;",
    }
    assert migrate("up", files=files).exit == 0
    run = migrate("undo", "--steps", "2", "--undo-record", record)
    assert run.exit == 0 and "2 undone, 0 failed" in run.stdout, run
    assert not db.exists("a") and not db.exists("b")
    assert len(db.history("version")) == (4 if record == "row" else 0)
    assert migrate("up").exit == 0 and db.exists("b")
    pool.check()


def test_baseline(db, pool, migrate):
    db.execute("CREATE TABLE t (a int PRIMARY KEY); INSERT INTO t VALUES (1)")
    assert migrate("up", files=FILES).exit == 4
    run = migrate("baseline", "1")
    assert run.exit == 0, run
    assert migrate("up").exit == 0
    expect_files(db)
    pool.check()


def test_baseline_on_up(db, pool, migrate):
    db.execute("CREATE TABLE t (a int PRIMARY KEY); INSERT INTO t VALUES (1)")
    assert migrate("up", "--baseline-on-up", files=FILES).exit == 0
    expect_files(db)
    pool.check()


def test_schema_and_role(db, pool, make_runner):
    owner = db.role()
    db.execute(f'GRANT CREATE ON DATABASE "{db.name}" TO {owner}')
    migrate = make_runner(pool.url)
    run = migrate("up", "--schema", "shop", "--role", owner, files=FILES)
    assert run.exit == 0, run
    assert db.value("SELECT count(*) FROM shop.t") == 2003
    assert db.execute("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'shop'") == [
        (owner,)
    ]
    assert migrate("status", "--check", "--schema", "shop", "--role", owner).exit == 0
    run = migrate("status", "--role", "nobody_knows")
    assert run.exit == 5 and "nobody_knows" in run.stderr, run
    pool.check()


# --- many runners ---


@pytest.mark.parametrize("count, size", [(2, 3), (8, 3), (8, 1)])
def test_many_runners_at_once(db, make_pool, make_runner, count, size):
    """effects has no key, so a file that ran twice would show."""
    pool = make_pool(size=size).remember()
    files = {"V1__effects.sql": "CREATE TABLE effects (n int);"}
    files.update({f"V{n}__e.sql": f"INSERT INTO effects VALUES ({n});" for n in range(2, 12)})
    files["R__view.sql"] = (
        "INSERT INTO effects VALUES (99);\nCREATE OR REPLACE VIEW v AS SELECT * FROM effects;"
    )
    runners = [make_runner(pool.url) for _ in range(count)]
    runs = [runner.start("up", files=files) for runner in runners]
    for run in [run.wait(60) for run in runs]:
        assert run.exit == 0, run
    assert db.execute("SELECT n FROM effects ORDER BY n") == [(n,) for n in [*range(2, 12), 99]]
    assert db.history("installed_rank, success") == [(rank, True) for rank in range(1, 13)]
    pool.check()


def test_directly_and_through_the_pool(db, pool, make_runner):
    files = {f"V{n}__e.sql": f"CREATE TABLE e{n} (a int);" for n in range(1, 11)}
    runners = [make_runner(url) for url in (db.url, pool.url) * 3]
    runs = [runner.start("up", files=files) for runner in runners]
    for run in [run.wait(60) for run in runs]:
        assert run.exit == 0, run
    assert db.versions() == [str(n) for n in range(1, 11)]
    pool.check()


def test_the_run_lock_of_somebody_else(db, pool, migrate):
    """Held directly, and then left by somebody in a session of the pool: both keep us away."""
    with db.connect() as other:
        other.execute("SELECT pg_advisory_lock(%s)", [flyway_key()])
        run = migrate("up", "--run-lock-timeout", "1s", files=FILES)
        assert run.exit == 6 and f"pid {other.info.backend_pid}" in run.stderr, run
    with psycopg.connect(pool.url, autocommit=True) as careless:
        careless.execute("SELECT pg_advisory_lock(%s)", [flyway_key()])
    run = migrate("up", "--run-lock-timeout", "1s")
    assert run.exit == 6 and "pg_terminate_backend" in run.stderr, run
    assert not db.exists("t")
    db.execute("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'")
    assert migrate("up").exit == 0


def test_a_run_through_the_pool_keeps_a_direct_one_away(db, pool, migrate, make_runner):
    files = {"V1__slow.sql": "CREATE TABLE slow (a int);\nSELECT pg_sleep(3);"}
    first = migrate.start("up", files=files)
    db.wait_for_statement("pg_sleep")
    run = make_runner(db.url)("up", "--run-lock-timeout", "500ms", files=files)
    assert run.exit == 6 and "migrate" in run.stderr, run
    assert first.wait().exit == 0
    pool.check()


# --- what goes wrong ---


def test_a_statement_that_fails(db, pool, migrate):
    files = {"V1__a.sql": "CREATE TABLE a (a int);", "V2__bad.sql": "CREATE TABLE a (a int);"}
    run = migrate("up", files=files)
    assert run.exit == 1 and "V2__bad.sql:1:1" in run.stderr, run
    assert db.versions() == ["1"]
    assert db.execute("SELECT script, state FROM schema_history_journal ORDER BY id") == [
        ("V1__a.sql", "done"),
        ("V2__bad.sql", "failed"),
    ]
    pool.check()


def sees_lost_clients(db):
    """Does the server look whether its client is there, while a statement runs?  From 14 on."""
    return db.value("SELECT current_setting('server_version_num')::int") >= 140000


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_run_that_is_stopped(db, pool, migrate, number):
    if number == signal.SIGKILL and not sees_lost_clients(db):
        pytest.skip("before 14 the server does not look for its client while a statement runs")
    files = {"V1__a.sql": "CREATE TABLE a (a int);", "V2__slow.sql": SLOW}
    run = migrate.start("up", files=files)
    db.wait_for_statement("pg_sleep")
    run.signal(number)
    assert run.wait(10).exit in (128 + number, -number)
    assert db.versions() == ["1"] and not db.exists("slow")
    pool.check()
    assert migrate("up", files={"V2__slow.sql": "CREATE TABLE slow (a int);"}).exit == 0


def test_a_server_process_that_is_ended(db, pool, migrate):
    """It has one more chance; nobody else's transaction is hurt."""
    files = {
        "V1__a.sql": "CREATE TABLE a (a int);",
        "V2__b.sql": "CREATE TABLE b (a int);\nSELECT pg_sleep(1.5);",
    }
    run = migrate.start("up", files=files)
    db.wait_for_statement("pg_sleep")
    db.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep%'"
        " AND pid <> pg_backend_pid()"
    )
    run = run.wait()
    assert run.exit == 0 and "connecting again" in run.stderr, run
    assert db.versions() == ["1", "2"]
    pool.check()


def test_a_pooler_that_dies(db, make_pool, make_runner):
    if not sees_lost_clients(db):
        pytest.skip("before 14 the server does not look for its client while a statement runs")
    pool = make_pool()
    migrate = make_runner(pool.url)
    run = migrate.start("up", "--run-lock-timeout", "20s", files={"V1__slow.sql": SLOW})
    db.wait_for_statement("pg_sleep")
    pool.pooler.process.kill()
    run.signal(signal.SIGTERM)
    assert run.wait(10).exit in (5, 7, 128 + signal.SIGTERM)
    db.wait_for("SELECT count(*) = 0 FROM pg_locks WHERE locktype = 'advisory'", 10)
    assert not db.exists("slow")


# --- locks ---


def test_a_table_that_is_in_use(db, pool, migrate):
    """The strong lock is tried again and again, and who holds the table is named."""
    files = {"V1__t.sql": "CREATE TABLE t (a int);"}
    assert migrate("up", files=files).exit == 0
    with db.connect(autocommit=False, application_name="report") as reader:
        reader.execute("SELECT * FROM t")
        run = migrate.start("up", files={"V2__b.sql": "ALTER TABLE t ADD COLUMN b int;"})
        db.wait_for("SELECT count(*) > 1 FROM schema_history_journal WHERE state = 'failed'")
        assert run.running()
        reader.rollback()
    run = run.wait()
    assert run.exit == 0 and "report" in run.stderr, run
    assert db.versions() == ["1", "2"]
    pool.check()


def test_max_blocking(db, pool, migrate):
    """The watcher knows which of the server's processes is ours."""
    assert migrate("up", files={"V1__t.sql": "CREATE TABLE t (a int);"}).exit == 0
    files = {"V2__b.sql": "ALTER TABLE t ADD COLUMN b int;\nSELECT pg_sleep(30);"}
    run = migrate.start("up", "--max-blocking", "1s", files=files)
    db.wait_for_statement("pg_sleep")
    with db.connect(application_name="shop") as reader:
        reader.execute("SELECT * FROM t")
    run = run.wait()
    assert run.exit == 6 and "shop" in run.stderr, run
    assert db.versions() == ["1"]
    pool.check()


# --- the other clients ---


def test_clients_at_the_same_time(db, pool, migrate):
    """They find every session as ever, at any moment of a run."""
    wrong, end = [], threading.Event()

    def watch():
        usual = None
        with psycopg.connect(pool.url, autocommit=True, prepare_threshold=None) as client:
            while not end.is_set():
                seen = client.execute(
                    "SELECT array_agg(name || '=' || setting ORDER BY name), current_user,"
                    " (SELECT count(*) FROM pg_locks WHERE pid = pg_backend_pid()"
                    "  AND locktype = 'advisory') FROM pg_settings"
                ).fetchone()
                usual = usual or seen
                if seen != usual:
                    wrong.append([x for x in seen[0] if x not in usual[0]] or seen[1:])

    watchers = [threading.Thread(target=watch) for _ in range(4)]
    for watcher in watchers:
        watcher.start()
    files = {f"V{n}__e.sql": f"CREATE TABLE e{n} (a int);\nSELECT 1;" for n in range(1, 31)}
    run = migrate("up", files=files)
    end.set()
    for watcher in watchers:
        watcher.join()
    assert run.exit == 0, run
    assert wrong == []
    pool.check()
