# SPDX-License-Identifier: MIT
"""
Statements that run CONCURRENTLY, stopped in each phase: held by a session that is in the way, then
ended in every way.  The next run brings them to their end, exactly once, and leaves nothing behind.
"""

import signal
import threading
from dataclasses import dataclass

import pytest

from traffic import Traffic

TABLE = (
    "CREATE TABLE t (a int PRIMARY KEY, b int, c text);\n"
    "INSERT INTO t SELECT g, g, 'row ' || g FROM generate_series(1, 500) g;\n"
    "CREATE INDEX t_old ON t (c);\n"
    "CREATE TABLE parts (n int) PARTITION BY RANGE (n);\n"
    "CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (1) TO (10);\n"
    "CREATE TABLE parts_2 PARTITION OF parts FOR VALUES FROM (10) TO (20);\n"
    "INSERT INTO parts SELECT generate_series(1, 19);\n"
)

INDEXES = ["t_old", "t_pkey"]


@dataclass
class Form:
    sql: str
    indexes: tuple = ()  # those of t behind it
    parts: int = 2  # the partitions behind it
    blockers: tuple = ("writer", "snapshot")


FORMS = {
    "create": Form("CREATE INDEX CONCURRENTLY t_b ON t (b);", ("t_b", *INDEXES)),
    "create-unique": Form(
        "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS t_b ON public.t (b);", ("t_b", *INDEXES)
    ),
    "create-unnamed": Form("CREATE INDEX CONCURRENTLY ON t (b);", ("t_b_idx", *INDEXES)),
    "drop": Form("DROP INDEX CONCURRENTLY t_old;", ("t_pkey",), blockers=("writer",)),
    "reindex-index": Form("REINDEX INDEX CONCURRENTLY t_old;", tuple(INDEXES)),
    "reindex-table": Form("REINDEX TABLE CONCURRENTLY t;", tuple(INDEXES)),
    "detach": Form(
        "ALTER TABLE parts DETACH PARTITION parts_1 CONCURRENTLY;",
        tuple(INDEXES),
        parts=1,
        blockers=("reader",),
    ),
}

BLOCKERS = {
    "writer": "UPDATE t SET c = c || 'x' WHERE a = 1",
    "snapshot": "SELECT 1",
    "reader": "SELECT count(*) FROM parts",
}


def indexes(db):
    return tuple(
        name
        for name, valid in db.execute(
            "SELECT c.relname, indisvalid FROM pg_index JOIN pg_class c ON c.oid = indexrelid"
            " WHERE indrelid = 't'::regclass ORDER BY 1"
        )
        if valid or pytest.fail(f"{name} is invalid")
    )


def leftovers(db):
    """Invalid indexes, partitions that are half detached, advisory locks."""
    return db.execute(
        "SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid"
        " UNION ALL SELECT inhrelid::regclass::text FROM pg_inherits i"
        "  WHERE (to_jsonb(i)->>'inhdetachpending')::bool"
        " UNION ALL SELECT 'advisory lock' FROM pg_locks WHERE locktype = 'advisory'"
    )


def block(db, blocker):
    connection = db.connect(application_name="report", autocommit=False)
    if blocker == "snapshot":
        connection.isolation_level = 3  # repeatable read and up
    connection.execute(BLOCKERS[blocker])
    return connection


def waits(db):
    """Until the program waits for the blocker, and stands still."""
    db.wait_for(
        "SELECT count(*) > 0 FROM pg_stat_activity WHERE application_name LIKE 'migrate%'"
        " AND wait_event_type = 'Lock' AND query LIKE '%CONCURRENTLY%'"
    )


def end_by_kill(db, run, server):
    run.signal(signal.SIGKILL)
    assert run.wait().exit == -signal.SIGKILL


def end_by_signal(db, run, server):
    run.signal(signal.SIGTERM)
    ended = run.wait(10)
    assert ended.exit == 128 + signal.SIGTERM, ended
    assert "V2__form.sql" in ended.stderr, ended


def end_by_terminate(db, run, server):
    """Twice: what is lost is made again once."""
    ours = (
        "FROM pg_stat_activity WHERE application_name LIKE 'migrate%'"
        " AND application_name <> 'migrate watcher'"
    )
    for _ in range(2):
        db.wait_for(f"SELECT count(*) > 0 {ours} AND wait_event_type = 'Lock'")
        (pid,) = db.execute(f"SELECT pid {ours}")[0]
        db.execute(f"SELECT pg_terminate_backend({pid})")
        db.wait_for(f"SELECT count(*) = 0 FROM pg_stat_activity WHERE pid = {pid}")
    ended = run.wait()
    assert ended.exit == 5, ended
    assert "migrate up" in ended.stderr, ended


ENDS = {"kill": end_by_kill, "signal": end_by_signal, "terminate": end_by_terminate}

CASES = [
    pytest.param(form, blocker, end, id=f"{name}-{blocker}-{end}")
    for name, form in FORMS.items()
    for blocker in form.blockers
    for end in ENDS
]


def judge(db, form, run):
    assert run.exit == 0, run
    assert leftovers(db) == [], run
    assert indexes(db) == form.indexes, run
    assert db.value("SELECT count(*) FROM pg_inherits WHERE inhparent = 'parts'::regclass") == (
        form.parts
    ), run
    assert db.execute("SELECT * FROM behind") == [(1,)], run
    assert db.versions() == ["1", "2"], run


def files(form):
    return {
        "V1__t.sql": TABLE,
        "V2__form.sql": "-- migrate:transaction off\nCREATE TABLE behind (n int);\n"
        + form.sql
        + "\nINSERT INTO behind VALUES (1);\n",
    }


@pytest.mark.parametrize("form, blocker, end", CASES)
def test_form_that_is_stopped_is_brought_to_its_end(db, migrate, form, blocker, end):
    if "DETACH" in form.sql and db.value("SELECT current_setting('server_version_num')::int") < 140000:
        pytest.skip("from 14 on")
    assert migrate("up", "--target", "1", files=files(form)).exit == 0
    with block(db, blocker) as holder:
        run = migrate.start("up", "--lock-retry", "60s")
        waits(db)
        ENDS[end](db, run, db.cluster)
        holder.rollback()
    judge(db, form, migrate("up"))


@pytest.mark.parametrize("form", [FORMS["create"], FORMS["reindex-index"]], ids=["create", "reindex"])
def test_server_that_crashes_in_the_middle(make_cluster, make_runner, form):
    server = make_cluster(restart_after_crash="on")
    with server.database() as db:
        migrate = make_runner(db.url)
        assert migrate("up", "--target", "1", files=files(form)).exit == 0
        holder = block(db, "snapshot")
        run = migrate.start("up")
        waits(db)
        server.stop("immediate")
        server.start()
        holder.close()
        # It comes back by itself when the server does, and goes on.
        run = run.wait()
        assert "connecting again" in run.stderr, run
        judge(db, form, run)


def test_detach_does_not_make_readers_wait(db, migrate):
    """Its second half wants ACCESS EXCLUSIVE on the partition: in short tries, by FINALIZE."""
    if db.value("SELECT current_setting('server_version_num')::int") < 140000:
        pytest.skip("from 14 on")
    form = FORMS["detach"]
    assert migrate("up", "--target", "1", files=files(form)).exit == 0
    with block(db, "reader") as holder:
        run = migrate.start("up")
        db.wait_for("SELECT count(*) > 0 FROM pg_inherits WHERE inhdetachpending")
        with Traffic(db, "SELECT count(*) FROM parts_1", "SELECT count(*) FROM parts") as traffic:
            db.wait_for(
                "SELECT count(*) > 0 FROM pg_stat_activity"
                " WHERE now() - xact_start > '3 s' AND application_name = 'report'"
            )
            holder.rollback()
            run = run.wait()
    judge(db, form, run)
    assert "try 1 failed (55P03)" in run.stderr, run
    assert traffic.longest <= 0.5 + 0.4
    assert traffic.errors == []


def test_it_is_told_who_keeps_it_waiting(db, migrate):
    form = FORMS["create"]
    assert migrate("up", "--target", "1", files=files(form)).exit == 0
    with block(db, "snapshot") as holder:
        pid = str(holder.info.backend_pid)
        run = migrate.start("up")
        waits(db)
        db.wait_for(
            "SELECT count(*) > 0 FROM pg_stat_activity WHERE query LIKE 'CREATE INDEX%'"
            " AND state = 'active' AND now() - query_start > '7 s'"
        )
        holder.rollback()
    run = run.wait()
    judge(db, form, run)
    told = [line for line in run.stderr.splitlines() if "waiting for" in line]
    assert len(told) == 1, run
    for word in ("V2__form.sql", pid, "report", "idle in transaction"):
        assert word in told[0], run


def test_lock_that_is_not_had_is_tried_again_with_a_clean_table(db, migrate):
    form = FORMS["create"]
    assert migrate("up", "--target", "1", files=files(form)).exit == 0
    with block(db, "snapshot") as holder:
        run = migrate.start("up", "--concurrent-lock-timeout", "300ms")
        db.wait_for(
            "SELECT count(*) > 0 FROM schema_history_journal WHERE statement = 2 AND state = 'running'"
        )
        waits(db)
        db.wait_for(
            "SELECT count(*) = 0 FROM pg_index WHERE NOT indisvalid"
            " AND indrelid = 't'::regclass AND EXISTS (SELECT FROM schema_history_journal"
            "  WHERE statement = 2)"
        )
        holder.rollback()
    run = run.wait()
    judge(db, form, run)
    assert "try 1 failed (55P03)" in run.stderr, run
    assert db.value("SELECT attempt FROM schema_history_journal WHERE statement = 2") > 1


def test_lock_that_is_never_had_leaves_nothing(db, migrate):
    form = FORMS["create"]
    assert migrate("up", "--target", "1", files=files(form)).exit == 0
    with block(db, "snapshot") as holder:
        run = migrate("up", "--concurrent-lock-timeout", "300ms", "--lock-retry", "3s")
        assert run.exit == 6, run
        assert leftovers(db) == [], run
        assert "1 of 3 statements of V2__form.sql are done and kept" in run.stderr, run
        assert str(holder.info.backend_pid) in run.stderr, run
    judge(db, form, migrate("up"))


def test_duplicates_leave_no_index(db, migrate):
    form = Form("CREATE UNIQUE INDEX CONCURRENTLY t_b ON t (b);", ("t_b", *INDEXES))
    assert migrate("up", "--target", "1", files=files(form)).exit == 0
    db.execute("UPDATE t SET b = 1 WHERE a = 2")
    run = migrate("up")
    assert run.exit == 1, run
    assert "23505" in run.stderr and "goes on at statement 2" in run.stderr, run
    assert leftovers(db) == [], run
    db.execute("UPDATE t SET b = 2 WHERE a = 2")
    judge(db, form, migrate("up"))


def test_if_not_exists_does_not_keep_an_invalid_index(db, migrate):
    """PostgreSQL skips an index that is there, valid or not."""
    form = FORMS["create-unique"]
    assert migrate("up", "--target", "1", files=files(form)).exit == 0
    db.execute("UPDATE t SET b = 1 WHERE a = 2")
    with pytest.raises(Exception, match="could not create unique index"):
        db.execute("CREATE UNIQUE INDEX CONCURRENTLY t_b ON t (b)")
    db.execute("UPDATE t SET b = 2 WHERE a = 2")
    assert leftovers(db) == [("t_b",)]
    judge(db, form, migrate("up"))


def test_index_of_somebody_else_is_left_alone(db, migrate):
    """A DBA's REINDEX at work: its index is invalid as long as it is."""
    form = FORMS["reindex-table"]
    assert migrate("up", "--target", "1", files=files(form)).exit == 0
    with block(db, "writer") as holder:
        run = migrate.start("up")
        waits(db)
        end_by_terminate(db, run, db.cluster)
        holder.rollback()
    other = db.connect(application_name="dba")
    with block(db, "snapshot") as holder:
        dba = threading.Thread(target=other.execute, args=["REINDEX INDEX CONCURRENTLY t_old"])
        dba.start()
        db.wait_for(
            "SELECT count(*) > 0 FROM pg_stat_activity WHERE application_name = 'dba'"
            " AND wait_event_type = 'Lock'"
        )
        run = migrate.start("up")
        db.wait_for(
            "SELECT count(*) > 0 FROM pg_stat_activity WHERE application_name LIKE 'migrate%'"
            " AND wait_event_type = 'Lock'"
        )
        assert dba.is_alive()
        holder.rollback()
    dba.join()
    other.close()
    judge(db, form, run.wait())


# --- repair, and what is not ours ---


def kill_in_the_middle(db, migrate, form, blocker):
    """V2 has stopped in its statement that runs CONCURRENTLY."""
    assert migrate("up", "--target", "1", files=files(form)).exit == 0
    with block(db, blocker) as holder:
        run = migrate.start("up")
        waits(db)
        end_by_kill(db, run, db.cluster)
        db.wait_for("SELECT count(*) = 0 FROM pg_stat_activity WHERE application_name LIKE 'migrate%'")
        holder.rollback()


def test_repair_drops_what_interrupted_statements_left(db, migrate):
    form = FORMS["create"]
    kill_in_the_middle(db, migrate, form, "writer")
    assert leftovers(db) == [("t_b",)]
    run = migrate("validate")
    assert run.exit == 3 and "was interrupted" in run.stderr, run
    run = migrate("repair")
    assert run.exit == 0 and "dropped the invalid index public.t_b\n1 dropped\n" in run.stdout, run
    assert leftovers(db) == []
    assert "nothing to repair" in migrate("repair").stdout
    judge(db, form, migrate("up"))


def test_repair_forgets_a_file_with_what_it_left(db, migrate):
    form = FORMS["reindex-index"]
    kill_in_the_middle(db, migrate, form, "snapshot")
    assert len(leftovers(db)) == 1
    run = migrate("repair", "--pending", "2", "--format", "json")
    assert run.exit == 0 and len(run.json["indexesDropped"]) == 1, run
    assert leftovers(db) == []
    assert db.versions() == ["1"]


def test_repair_by_name_of_another_file_drops_nothing(db, migrate):
    kill_in_the_middle(db, migrate, FORMS["create"], "writer")
    assert migrate("repair", "--pending", "1").exit == 0
    assert leftovers(db) == [("t_b",)]


@pytest.mark.parametrize("blocker", ["writer", "nobody"])
def test_index_without_a_name_is_told_from_another_new_one(db, migrate, blocker):
    """PostgreSQL calls it t_b_idx: an index that somebody has named is not ours."""
    form = Form(FORMS["create-unnamed"].sql, ("by_hand", "t_b_idx", *INDEXES))
    if blocker == "writer":
        kill_in_the_middle(db, migrate, form, blocker)
    else:  # the statement was not begun
        kill_in_the_middle(db, migrate, form, "writer")
        db.execute("DROP INDEX t_b_idx")
    db.execute("CREATE INDEX by_hand ON t (a)")
    judge(db, form, migrate("up"))
