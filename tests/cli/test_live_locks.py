# SPDX-License-Identifier: MIT
"""
Promise 2: the app does not wait.  Readers and writers go on while the program wants a strong lock,
and their longest wait is measured.  MIGRATE_TEST_HOLD: for how many seconds a lock is in the way.
"""

import os
import threading
import time

import pytest

from traffic import Traffic

HOLD = float(os.environ.get("MIGRATE_TEST_HOLD", "4"))
MAX_STALL = 0.5
SLACK = 0.4  # a busy machine

TABLE = (
    "CREATE TABLE {0} (id int PRIMARY KEY, a int);"
    "INSERT INTO {0} SELECT g, g FROM generate_series(1, 100) g;"
)


@pytest.fixture
def shop(db, migrate):
    """Two tables that are in use."""
    run = migrate("up", files={"V1__t.sql": TABLE.format("t"), "V2__u.sql": TABLE.format("u")})
    assert run.exit == 0, run
    return db


def everyone(db):
    return Traffic(
        db,
        "SELECT count(*) FROM t",
        "UPDATE t SET a = a + 1 WHERE id = 7",
        "SELECT count(*) FROM u",
        "UPDATE u SET a = a + 1 WHERE id = 7",
    )


def hold(db, statement, seconds):
    """A transaction that has run the statement and does not end for a while; its process."""
    connection = db.connect(application_name="report", autocommit=False)
    connection.execute(statement)

    def end():
        time.sleep(seconds)
        connection.rollback()
        connection.close()

    threading.Thread(target=end).start()
    return connection.info.backend_pid


@pytest.mark.parametrize(
    "sql, held",
    [
        ("ALTER TABLE t ADD COLUMN b int;", "SELECT count(*) FROM t"),
        (
            "ALTER TABLE t ADD COLUMN b int;\nALTER TABLE u ADD COLUMN b int;",
            "SELECT count(*) FROM u",
        ),
        ("ALTER TABLE t ADD COLUMN b int REFERENCES u;", "DELETE FROM u WHERE id = 99"),
        ("DROP TABLE unused;\nALTER TABLE t ADD COLUMN b int;", "SELECT count(*) FROM t"),
    ],
    ids=["one", "second-of-two", "referenced", "behind-a-drop"],
)
def test_table_held_by_another_session(shop, migrate, sql, held):
    shop.execute("CREATE TABLE unused (a int)")
    with everyone(shop) as traffic:
        holder = hold(shop, held, HOLD)
        start = time.monotonic()
        run = migrate("up", files={"V3__c.sql": sql}, timeout=HOLD + 60)
        took = time.monotonic() - start
    assert run.exit == 0, run
    assert shop.versions() == ["1", "2", "3"]
    assert str(holder) in run.stderr and "report" in run.stderr, run
    assert took > HOLD * 0.9
    assert traffic.longest <= MAX_STALL + SLACK
    assert traffic.errors == []


def test_gives_up_after_lock_retry_and_leaves_nothing(shop, migrate):
    with shop.connect(autocommit=False) as holder:
        holder.execute("SELECT count(*) FROM t")
        before = shop.contents()
        run = migrate(
            "up", "--lock-retry", "2s", "--lock-flush-timeout", "1s",
            files={"V3__c.sql": "CREATE TABLE n ();\nALTER TABLE t ADD COLUMN b int;"},
        )  # fmt: skip
        assert run.exit == 6, run
        assert str(holder.info.backend_pid) in run.stderr, run
        after = shop.contents()
    # The journal tells of the failed attempt; nothing else is new.
    assert [row for row in after[0] if "journal" not in row[1]] == [
        row for row in before[0] if "journal" not in row[1]
    ]
    assert shop.versions() == ["1", "2"]


def test_autovacuum_worker_is_no_obstacle(make_cluster, make_runner):
    server = make_cluster(
        autovacuum="on",
        autovacuum_naptime="1s",
        autovacuum_vacuum_cost_delay="100ms",
        autovacuum_vacuum_cost_limit=10,
        autovacuum_vacuum_threshold=100,
        log_autovacuum_min_duration=0,
    )
    with server.database() as db:
        migrate = make_runner(db.url)
        files = {"V1__t.sql": TABLE.format("t") + TABLE.format("u")}
        assert migrate("up", files=files).exit == 0
        db.execute("INSERT INTO t SELECT g, g FROM generate_series(101, 50000) g")
        db.execute("DELETE FROM t WHERE id % 2 = 0")
        db.wait_for(
            "SELECT count(*) > 0 FROM pg_stat_progress_vacuum v JOIN pg_stat_activity USING (pid)"
            " WHERE v.relid = 't'::regclass AND backend_type = 'autovacuum worker'",
            60,
        )
        statements = (
            "SELECT count(*) FROM t WHERE id < 100",
            "UPDATE t SET a = a + 1 WHERE id = 7",
        )
        with Traffic(db, *statements) as traffic:
            start = time.monotonic()
            run = migrate("up", files={"V2__c.sql": "ALTER TABLE t ADD COLUMN b int;"})
            took = time.monotonic() - start
        assert run.exit == 0, run
        assert took <= 3 + 1
        assert traffic.longest <= 0.05 + 0.25
        assert traffic.errors == []
        assert "canceling autovacuum task" in server.log()


def test_application_that_analyzes_is_never_killed(shop, migrate):
    """INSERT; ANALYZE upgrades its lock: it deadlocks with one who queues for a strong lock."""
    app = ("INSERT INTO t SELECT max(id) + 1 FROM t", "SELECT pg_sleep(0.02)", "ANALYZE t")
    with Traffic(shop, app, "SELECT count(*) FROM t", pause=0.02) as traffic:
        for version in range(3, 9):
            run = migrate(
                "up", files={f"V{version}__c.sql": f"ALTER TABLE t ADD COLUMN c{version} int;"}
            )
            assert run.exit == 0, run
    assert traffic.errors == []
    assert traffic.longest <= MAX_STALL + SLACK + 0.2


SLOW = """
CREATE FUNCTION slow(a int) RETURNS bigint LANGUAGE plpgsql AS
$$ BEGIN PERFORM pg_sleep(0.2); RETURN a; END $$;
ALTER TABLE t ALTER COLUMN a TYPE bigint USING slow(a);
"""


def test_rewrite_that_blocks_too_long_is_cancelled(shop, migrate):
    with Traffic(shop, "SELECT count(*) FROM t") as traffic:
        run = migrate("up", "--max-blocking", "1s", files={"V3__slow.sql": SLOW}, timeout=60)
    assert run.exit == 6, run
    for word in ("V3__slow.sql", "max_blocking", "shop", "rolled back"):
        assert word in run.stderr, run
    assert shop.versions() == ["1", "2"]
    assert shop.value("SELECT count(*) FROM pg_proc WHERE proname = 'slow'") == 0
    # The watcher comes after two seconds at the latest, and allows one.
    assert 0.9 <= traffic.longest <= 2 + 1 + 2
    assert traffic.errors == []


def test_file_may_block_longer_when_it_says_so(shop, migrate):
    slow = SLOW.replace("0.2", "0.05")
    with Traffic(shop, "SELECT count(*) FROM t"):
        run = migrate(
            "up", "--max-blocking", "1s", files={"V3__slow.sql": "-- migrate:max_blocking 0" + slow}
        )
    assert run.exit == 0, run
    assert shop.versions() == ["1", "2", "3"]


def test_all_locks_of_a_file_share_one_budget(shop, migrate):
    """Both tables are held: a first lock that is had must not be kept while the second waits."""
    with everyone(shop) as traffic:
        hold(shop, "SELECT count(*) FROM u", 2)
        run = migrate(
            "up",
            files={"V3__c.sql": "ALTER TABLE t ADD COLUMN b int;\nALTER TABLE u ADD COLUMN b int;"},
        )
    assert run.exit == 0, run
    assert traffic.longest <= MAX_STALL + SLACK
    assert traffic.errors == []
