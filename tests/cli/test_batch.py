# SPDX-License-Identifier: MIT
"""
Files in batches: every row is changed exactly once, whatever its key is, whoever writes meanwhile
and whatever dies.  The column n counts how often a row was changed.
"""

import contextlib
import random
import re
import signal
import threading
import time

import psycopg
import pytest

from replica import Pair

BATCH = "-- migrate:batch table=t key={key} {options}\n"
UPDATE = "UPDATE t SET done = true, n = n + 1 WHERE done IS NULL AND {key} BETWEEN :from AND :to;\n"
EXACTLY_ONCE = "SELECT count(*) FILTER (WHERE done AND n = 1) = count(*) FROM t"


@pytest.fixture(autouse=True)
def settings(migrate):
    """Tables are there before the first file."""
    migrate.write({"migrate.yaml": "baseline_on_up: true\nbaseline_version: 0\n"}, below=".")


def script(key="id", options="size=100 min=10 max=100 pause=0", statement=UPDATE, head=""):
    columns = f"({key})" if "," in key else key
    return (
        BATCH.format(key=key, options=options) + head + statement.replace("{key}", columns)
    )


def make(db, columns="id int PRIMARY KEY", rows="SELECT g * 3 FROM generate_series(1, 1000) g"):
    """Table t with those key columns, and done and n for what the file does."""
    names = ", ".join(re.findall(r"(?:^|, )(\w+) (?!KEY)", columns.split(", PRIMARY KEY")[0]))
    db.execute(f"CREATE TABLE t ({columns}, done boolean, n int NOT NULL DEFAULT 0)")
    db.execute(f"INSERT INTO t ({names}) {rows}")
    db.execute("ANALYZE t")


def point(db):
    """The checkpoint in the journal, of the newest row that has one."""
    rows = db.execute(
        "SELECT checkpoint FROM schema_history_journal WHERE checkpoint IS NOT NULL ORDER BY id DESC"
    )
    return rows[0][0] if rows else {"batches": 0}


def stop_behind(db, migrate, batches, **options):
    """Starts a run and kills it when so many batches are done."""
    run = migrate.start("up", **options)
    db.wait_for("SELECT to_regclass('schema_history_journal') IS NOT NULL")
    end = time.monotonic() + 30
    while point(db).get("batches", 0) < batches:
        assert run.running() and time.monotonic() < end, run.wait()
        time.sleep(0.005)
    run.signal(signal.SIGKILL)
    run.wait()


# --- keys ---

KEYS = {
    "int": ("id int PRIMARY KEY", "SELECT g * 3 FROM generate_series(-500, 500) g"),
    "bigint": ("id bigint PRIMARY KEY", "SELECT g * 4000000000 FROM generate_series(1, 500) g"),
    "uuid": ("id uuid PRIMARY KEY", "SELECT gen_random_uuid() FROM generate_series(1, 500) g"),
    "text": (
        'id text COLLATE "en-x-icu" PRIMARY KEY',
        "SELECT (ARRAY['a', 'B', 'ä', 'Z', '', 'o''x', '\"', '{', '\\'])[1 + g % 9] || g"
        " FROM generate_series(1, 500) g",
    ),
    "timestamptz": (
        "id timestamptz PRIMARY KEY",
        "SELECT now() + g * '7 days'::interval FROM generate_series(-250, 249) g"
        " UNION ALL SELECT unnest('{-infinity,infinity,0044-03-15 BC}'::timestamptz[])",
    ),
    "timestamp": (
        "id timestamp PRIMARY KEY",
        "SELECT now() + g * '1 us'::interval FROM generate_series(1, 500) g",
    ),
    "date": ("id date PRIMARY KEY", "SELECT '2026-01-31'::date + g FROM generate_series(1, 500) g"),
    "numeric": (
        "id numeric PRIMARY KEY",
        "SELECT g / 7.0 FROM generate_series(1, 500) g UNION ALL SELECT 'NaN'",
    ),
    "char": (
        "id char(9) PRIMARY KEY",
        "SELECT 'row ' || g FROM generate_series(1, 500) g",
    ),
    "bit": ("id bit(12) PRIMARY KEY", "SELECT g::bit(12) FROM generate_series(1, 500) g"),
    "bytea": (
        "id bytea PRIMARY KEY",
        "SELECT decode(lpad(to_hex(g), 4, '0'), 'hex') FROM generate_series(1, 500) g",
    ),
    "array": ("id int[] PRIMARY KEY", "SELECT ARRAY[g % 7, g] FROM generate_series(1, 500) g"),
    "float": ("id float8 PRIMARY KEY", "SELECT sqrt(g) FROM generate_series(1, 500) g"),
    "close floats": (
        "id float8 PRIMARY KEY",
        "SELECT 1 + g * 2e-16::float8 FROM generate_series(1, 100) g GROUP BY 1",
    ),
    "interval": (
        "id interval PRIMARY KEY",
        "SELECT g * '1 day'::interval - g * '1:00:01'::interval FROM generate_series(-50, 50) g",
    ),
    "domain over a time": (
        "id moment PRIMARY KEY",
        "SELECT now() + g * '7 days'::interval FROM generate_series(-50, 49) g",
    ),
    "range of times": (
        "id tstzrange PRIMARY KEY",
        "SELECT tstzrange(now(), now() + g * '7 days'::interval) FROM generate_series(1, 99) g",
    ),
    "array of times": (
        "id timestamptz[] PRIMARY KEY",
        "SELECT ARRAY[now() + g * '7 days'::interval] FROM generate_series(1, 99) g",
    ),
    "domain over an array": (
        "id pair PRIMARY KEY",
        "SELECT ARRAY[g % 7, g] FROM generate_series(1, 99) g",
    ),
}  # fmt: skip
# What a value means as text must not depend on the session; to PostgreSQL, IST is Israel's.
ODD_SESSION = """
ALTER DATABASE "{0}" SET datestyle = 'SQL, DMY';
ALTER DATABASE "{0}" SET timezone = 'Asia/Kolkata';
ALTER DATABASE "{0}" SET intervalstyle = 'sql_standard';
ALTER DATABASE "{0}" SET extra_float_digits = 0;
"""


@pytest.mark.parametrize("kind", KEYS)
def test_goes_through_a_key_of_any_ordered_type(db, migrate, kind):
    db.execute("CREATE DOMAIN moment AS timestamptz; CREATE DOMAIN pair AS int[]")
    make(db, *KEYS[kind])
    db.execute(ODD_SESSION.format(db.name))
    run = migrate("up", files={"V1__a.sql": script(options="size=30 min=30 max=30 pause=0")})
    assert run.exit == 0, run
    assert db.value(EXACTLY_ONCE)
    rows = db.value("SELECT count(*) FROM t")
    assert f"{rows} rows in {-(-rows // 30)} batches, 1 pass\n" in run.stderr, run
    assert db.versions() == ["0", "1"]


def test_goes_through_a_key_of_several_columns(db, migrate):
    make(
        db,
        "at date NOT NULL, id int NOT NULL, PRIMARY KEY (at, id)",
        "SELECT '2026-01-31'::date + g % 7, -g FROM generate_series(1, 700) g",
    )
    run = migrate("up", files={"V1__a.sql": script("at,id", "size=30 min=30 max=30 pause=0")})
    assert run.exit == 0 and db.value(EXACTLY_ONCE), run
    assert "700 rows in 24 batches" in run.stderr, run


def test_one_value_may_fill_the_first_column(db, migrate):
    make(
        db,
        "tenant int NOT NULL, id int NOT NULL, PRIMARY KEY (tenant, id)",
        "SELECT 7, g FROM generate_series(1, 100000) g",
    )
    run = migrate("up", files={"V1__a.sql": script("tenant,id", "size=9000 max=9000 pause=0")})
    assert run.exit == 0 and db.value(EXACTLY_ONCE), run
    assert "100000 rows in 12 batches" in run.stderr, run


def test_goes_through_a_partitioned_table(db, migrate):
    db.execute(
        "CREATE TABLE t (id int PRIMARY KEY, done boolean, n int NOT NULL DEFAULT 0)"
        " PARTITION BY HASH (id)"
    )
    for i in range(3):
        db.execute(f"CREATE TABLE t{i} PARTITION OF t FOR VALUES WITH (MODULUS 3, REMAINDER {i})")
    db.execute("INSERT INTO t SELECT g FROM generate_series(1, 1000) g; ANALYZE t")
    run = migrate("up", files={"V1__a.sql": script()})
    assert run.exit == 0 and db.value(EXACTLY_ONCE), run
    assert "1000 rows in 10 batches" in run.stderr, run


def test_empty_tables_are_done_at_once(db, migrate):
    make(db, rows="SELECT 1 WHERE false")
    run = migrate("up", files={"V1__a.sql": script()})
    assert run.exit == 0, run
    assert "0 rows in 0 batches, 1 pass" in run.stderr, run
    assert db.versions() == ["0", "1"]


def test_rows_without_a_key_are_told_before_the_first_batch(db, migrate):
    make(db, "id int UNIQUE", "SELECT nullif(g, 500) FROM generate_series(1, 1000) g")
    run = migrate("up", files={"V1__a.sql": script()})
    assert run.exit == 1, run
    assert 'warning: V1__a.sql: rows of public.t with NULL in id are in no batch' in run.stderr, run
    assert "after 2 passes there are still rows to be done" in run.stderr, run
    assert "Rows with NULL in the key are in no batch" in run.stderr, run
    db.execute("UPDATE t SET id = 0 WHERE id IS NULL")
    run = migrate("up")
    assert run.exit == 0 and db.value(EXACTLY_ONCE), run


def test_a_statement_that_deletes_and_one_that_inserts(db, migrate):
    make(db)
    db.execute("CREATE TABLE copies (id int)")
    files = {
        "V1__copy.sql": script(
            statement="INSERT INTO copies SELECT id FROM t WHERE id BETWEEN :from AND :to;\n"
        ),
        "V2__clean.sql": script(
            statement="DELETE FROM t WHERE id % 2 = 0 AND id BETWEEN :from AND :to;\n"
        ),
    }
    run = migrate("up", files=files)
    assert run.exit == 0, run
    assert db.execute("SELECT count(*), count(DISTINCT id) FROM copies") == [(1000, 1000)]
    assert db.value("SELECT count(*) FROM t") == 500
    assert "V2__clean.sql: 500 rows in 10 batches" in run.stderr, run


# --- meanwhile ---


@contextlib.contextmanager
def writing(db, key):
    """An app that writes new rows as the file leaves them, all the time."""
    stop = threading.Event()
    written = []

    def write():
        with db.connect() as app:
            while not stop.is_set():
                app.execute(f"INSERT INTO t (id, done, n) SELECT {key}, true, 1")
                written.append(1)

    thread = threading.Thread(target=write)
    thread.start()
    try:
        yield written
    finally:
        stop.set()
        thread.join()


@pytest.mark.parametrize("kind", ["bigint", "uuid"])
def test_nothing_is_missed_while_rows_are_inserted(db, migrate, kind):
    default = "gen_random_uuid()" if kind == "uuid" else "nextval('ids')"
    db.execute("CREATE SEQUENCE ids")
    make(db, f"id {kind} PRIMARY KEY DEFAULT {default}", f"SELECT {default} FROM generate_series(1, 3000)")
    with writing(db, default) as written:
        run = migrate("up", files={"V1__a.sql": script(options="size=50 max=50 min=50 pause=5ms")})
    assert run.exit == 0, run
    assert len(written) > 50
    assert db.value(EXACTLY_ONCE)
    assert ", 1 pass\n" in run.stderr, run


def test_a_table_that_grows_faster_than_the_batches_ends(db, migrate):
    """Of each row two more are made: without an end of the pass it would never be over."""
    make(db, "id bigserial PRIMARY KEY, note text", "SELECT g, 'x' FROM generate_series(1, 300) g")
    db.execute("SELECT setval('t_id_seq', 1000)")
    grow = "INSERT INTO t (note) SELECT note FROM t, generate_series(1, 2) WHERE id BETWEEN :from AND :to;\n"
    run = migrate("up", files={"V1__a.sql": script(statement=grow)})
    assert run.exit == 0, run
    assert "600 rows in 3 batches, 1 pass" in run.stderr, run


def test_what_an_older_transaction_writes_is_waited_for_and_done(db, migrate):
    make(db)
    with db.connect(autocommit=False) as app:
        app.execute("SET application_name = 'old app'")
        app.execute("INSERT INTO t (id) VALUES (1), (2), (4000)")
        run = migrate.start("up", "--verbose", files={"V1__a.sql": script()})
        db.wait_for("SELECT to_regclass('schema_history_journal') IS NOT NULL")
        end = time.monotonic() + 30
        while point(db).get("batches", 0) < 10:
            assert time.monotonic() < end
            time.sleep(0.02)
        time.sleep(0.7)
        assert run.running()
        assert db.value("SELECT count(*) FROM t WHERE done") == 1000
        app.commit()
    run = run.wait()
    assert run.exit == 0 and db.value(EXACTLY_ONCE), run
    assert "1003 rows" in run.stderr and "2 passes" in run.stderr, run
    assert "there are rows to be done behind pass 1, goes through once more" in run.stderr, run


def test_an_older_transaction_that_does_not_end_is_named(db, migrate):
    make(db)
    with db.connect(autocommit=False) as app:
        app.execute("SET application_name = 'old app'")
        app.execute("SELECT 1")
        (pid,) = app.execute("SELECT pg_backend_pid()").fetchone()
        run = migrate(
            "up", "--concurrent-lock-timeout", "1s", files={"V1__a.sql": script()}
        )
        assert run.exit == 6, run
        assert f"pid {pid} (user postgres, old app" in run.stderr, run
        assert "10 batches of V1__a.sql are done and kept, 1000 rows" in run.stderr, run
        assert "Interrupted" in migrate("status").stdout
        app.rollback()
    run = migrate("up")
    assert run.exit == 0 and db.value(EXACTLY_ONCE), run
    assert "1000 rows in 10 batches, 1 pass" in run.stderr, run


def test_without_a_check_older_transactions_are_waited_for_first(db, migrate):
    make(db)
    db.execute("CREATE TABLE copies (id int)")
    copy = "INSERT INTO copies SELECT id FROM t WHERE id BETWEEN :from AND :to;\n"
    with db.connect(autocommit=False) as app:
        app.execute("INSERT INTO t (id) VALUES (1)")
        run = migrate.start("up", files={"V1__a.sql": script(statement=copy)})
        db.wait_for("SELECT to_regclass('schema_history_journal') IS NOT NULL")
        time.sleep(0.7)
        assert run.running() and db.value("SELECT count(*) FROM copies") == 0
        app.commit()
    run = run.wait()
    assert run.exit == 0, run
    assert db.value("SELECT count(*) FROM copies") == 1001


# --- passes ---


def test_rows_that_come_again_and_again_end_it(db, migrate):
    """A trigger takes back what the file does, as an app would that does not write both."""
    make(db)
    db.execute(
        "CREATE FUNCTION undo() RETURNS trigger LANGUAGE plpgsql AS"
        " 'BEGIN NEW.done := NULL; RETURN NEW; END';"
        "CREATE TRIGGER undo BEFORE UPDATE ON t FOR EACH ROW WHEN (NEW.id = 30) EXECUTE FUNCTION undo()"
    )
    run = migrate("up", files={"V1__a.sql": script()})
    assert run.exit == 1, run
    assert "after 3 passes there are still rows to be done" in run.stderr, run
    assert "See that the app writes new rows as this file leaves them" in run.stderr, run
    db.execute("DROP TRIGGER undo ON t")
    run = migrate("up")
    assert run.exit == 0, run
    assert db.value("SELECT bool_and(done) FROM t")


def test_until_says_what_is_still_to_be_done(db, migrate):
    make(db)
    everything = "UPDATE t SET done = true, n = n + 1 WHERE id BETWEEN :from AND :to;\n"
    until = "-- migrate:until SELECT FROM t WHERE n < 2;\n"
    run = migrate("up", files={"V1__a.sql": script(statement=everything, head=until)})
    assert run.exit == 0, run
    assert "2000 rows in 20 batches, 2 passes" in run.stderr, run
    assert db.execute("SELECT DISTINCT n FROM t") == [(2,)]


# --- failures ---


def test_no_batch_is_lost_or_repeated_when_the_run_is_killed(db, migrate):
    make(db, rows="SELECT g * 3 FROM generate_series(1, 20000) g")
    migrate.write({"V1__a.sql": script(options="size=100 min=100 max=100 pause=15ms")})
    chance = random.Random(5)
    for killed in range(10):
        run = migrate.start("up")
        time.sleep(chance.uniform(0.02, 0.25))
        run.signal(signal.SIGKILL)
        run.wait()
        assert db.value("SELECT coalesce(max(n), 0) FROM t") <= 1, killed
    done = db.value("SELECT count(*) FROM t WHERE done")
    assert 0 < done < 20000 and done % 100 == 0
    run = migrate("up")
    assert run.exit == 0 and db.value(EXACTLY_ONCE), run
    assert " done, goes on behind key" in run.stderr, run


def test_a_signal_stops_it_between_two_batches(db, migrate):
    make(db)
    run = migrate.start("up", files={"V1__a.sql": script(options="size=100 pause=10s")})
    db.wait_for("SELECT count(*) FILTER (WHERE done) = 100 FROM t")
    start = time.monotonic()
    run.signal(signal.SIGTERM)
    run = run.wait()
    assert run.exit == 143 and time.monotonic() - start < 5, run
    assert "1 batch of V1__a.sql is done and kept, 100 rows" in run.stderr, run
    assert "goes on behind key 300" in run.stderr, run
    run = migrate("up", files={"V1__a.sql": script()})
    assert run.exit == 0 and db.value(EXACTLY_ONCE), run
    assert point(db)["rows"] == 1000


def test_a_signal_rolls_the_batch_at_hand_back(db, migrate):
    make(db)
    slow = "UPDATE t SET done = true, n = n + 1 WHERE done IS NULL AND pg_sleep(0.01) IS NOT NULL AND id BETWEEN :from AND :to;\n"
    run = migrate.start("up", files={"V1__a.sql": script(statement=slow)})
    db.wait_for("SELECT count(*) FILTER (WHERE done) = 100 FROM t")
    db.wait_for_statement("pg_sleep(0.01) IS NOT NULL AND id BETWEEN $1")
    run.signal(signal.SIGTERM)
    run = run.wait()
    assert run.exit == 143, run
    assert db.value("SELECT count(*) FROM t WHERE done") % 100 == 0
    run = migrate("up", files={"V1__a.sql": script()})
    assert run.exit == 4, run  # it is another statement now


def test_a_statement_that_fails_in_the_middle(db, migrate):
    make(db)
    division = "UPDATE t SET done = true, n = n + 1 / (id - 1500) * 0 + 1 WHERE done IS NULL AND id BETWEEN :from AND :to;\n"
    run = migrate("up", files={"V1__a.sql": script(statement=division)})
    assert run.exit == 1, run
    assert "division by zero" in run.stderr, run
    assert "4 batches of V1__a.sql are done and kept, 400 rows" in run.stderr, run
    assert "it goes on behind key 1200" in run.stderr, run
    assert db.value("SELECT count(*) FROM t WHERE done") == 400
    run = migrate("status")
    assert "Interrupted" in run.stdout, run
    db.execute("DELETE FROM t WHERE id = 1500")
    run = migrate("up")
    assert run.exit == 0 and db.value(EXACTLY_ONCE), run


def test_a_mistake_is_shown_at_its_place(db, migrate):
    make(db)
    wrong = "UPDATE t SET done = true\n WHERE id BETWEEN :from AND :to AND nothing = 'ä';\n"
    run = migrate("up", files={"V1__a.sql": script(statement=wrong)})
    assert run.exit == 1, run
    assert 'V1__a.sql:3:37: column "nothing" does not exist' in run.stderr, run
    assert "no batch of V1__a.sql is done" in run.stderr, run


def test_rows_that_are_locked_are_tried_again_and_the_holder_is_named(db, migrate):
    make(db)
    with db.connect(autocommit=False) as app:
        app.execute("SET application_name = 'holder'")
        app.execute("SELECT FROM t WHERE id = 1500 FOR UPDATE")
        (pid,) = app.execute("SELECT pg_backend_pid()").fetchone()
        run = migrate("up", "--lock-retry", "2s", files={"V1__a.sql": script()})
        assert run.exit == 6, run
        assert "try 1 failed (55P03)" in run.stderr, run
        assert f"pid {pid} (user postgres, holder" in run.stderr, run
        assert "are done and kept" in run.stderr, run
        assert 400 <= db.value("SELECT count(*) FROM t WHERE done") < 500
        app.rollback()
    run = migrate("up")
    assert run.exit == 0 and db.value(EXACTLY_ONCE), run


def test_the_connection_may_be_lost(db, migrate):
    make(db)
    run = migrate.start("up", files={"V1__a.sql": script(options="size=100 pause=300ms")})
    for rows in (200, 400, 600):  # more than once, as long as it comes forward
        db.wait_for(f"SELECT count(*) FILTER (WHERE done) >= {rows} FROM t")
        db.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND application_name LIKE 'migrate%'"
        )
    run = run.wait()
    assert run.exit == 0 and db.value(EXACTLY_ONCE), run
    assert run.stderr.count("goes on behind key") == 3, run


# --- resumed ---


@pytest.fixture
def stopped(db, migrate):
    make(db)
    stop_behind(db, migrate, 3, files={"V1__a.sql": script(options="size=100 max=100 pause=150ms")})
    return db


def test_its_pace_may_be_edited(stopped, migrate):
    run = migrate("up", files={"V1__a.sql": script(options="size=50 max=60 pause=0 target=1s")})
    assert run.exit == 0 and stopped.value(EXACTLY_ONCE), run
    assert migrate("validate").exit == 0


EDITS = {
    "statement": script().replace("n + 1", "n + 2"),
    "key": script("other"),
    "no batch": "UPDATE t SET done = true;\n",
}


@pytest.mark.parametrize("edit", EDITS)
def test_its_statement_and_key_may_not_be_edited(stopped, migrate, edit):
    stopped.execute("ALTER TABLE t ADD other int GENERATED BY DEFAULT AS IDENTITY UNIQUE")
    before = stopped.contents()
    for command in ("up", "plan"):
        run = migrate(command, files={"V1__a.sql": EDITS[edit]})
        assert run.exit == 4, run
        assert "migrate repair --pending 1" in run.stderr + run.stdout, run
    assert stopped.contents() == before


def test_it_begins_anew_when_it_is_marked_as_pending(stopped, migrate):
    again = script().replace("done IS NULL AND ", "")
    assert migrate("repair", "--pending", "1").exit == 0
    run = migrate("up", files={"V1__a.sql": again})
    assert run.exit == 0, run
    assert stopped.execute("SELECT DISTINCT n FROM t ORDER BY n") == [(1,), (2,)], run


# --- waits ---


@pytest.fixture(scope="module")
def pair():
    pair = Pair()
    pair.renew()
    yield pair
    pair.remove()


def test_a_standby_that_falls_behind_is_waited_for(pair, make_runner):
    with pair.primary.database() as db, pair.standby.connect() as standby:
        migrate = make_runner(db.url)
        make(db)
        pair.caught_up()
        standby.execute("SELECT pg_wal_replay_pause()")
        run = migrate.start(
            "up",
            "--baseline-on-up",
            "--baseline-version=0",
            files={"V1__a.sql": script(options="size=10 max=10 min=10 pause=50ms max_lag=1s")},
        )
        db.wait_for("SELECT to_regclass('schema_history_journal') IS NOT NULL")
        time.sleep(3)
        done = db.value("SELECT count(*) FROM t WHERE done")
        time.sleep(1)
        assert run.running() and db.value("SELECT count(*) FROM t WHERE done") == done < 1000
        standby.execute("SELECT pg_wal_replay_resume()")
        run = run.wait()
        assert run.exit == 0 and db.value(EXACTLY_ONCE), run


def test_max_lag_needs_the_right_to_see_it(db, make_runner):
    role = db.role()
    db.execute(f"GRANT ALL ON SCHEMA public TO {role}")
    migrate = make_runner(db.url_for(user=role))
    files = {
        "V1__t.sql": "CREATE TABLE t (id int PRIMARY KEY, done boolean, n int DEFAULT 0);"
        "INSERT INTO t VALUES (1);",
        "V2__a.sql": script(options="max_lag=10s"),
    }
    run = migrate("up", files=files)
    assert run.exit == 4, run
    assert "V2__a.sql:1:1: max_lag needs the right to see how far the standbys are" in run.stderr, run
    assert f'GRANT pg_monitor TO "{role}"' in run.stderr, run
    assert not db.exists("t")
    db.execute(f"GRANT pg_monitor TO {role}")
    run = migrate("up")
    assert run.exit == 0, run
    assert "no standby is connected that max_lag could wait for" in run.stderr, run


def test_sessions_that_wait_for_locks_are_let_pass(db, migrate):
    make(db)
    with db.connect(autocommit=False) as holder, contextlib.ExitStack() as stack:
        holder.execute("SELECT FROM t WHERE id = 3 FOR UPDATE")
        waiting = []
        for _ in range(2):
            session = stack.enter_context(db.connect())
            thread = threading.Thread(
                target=lambda s=session: s.execute("UPDATE t SET n = n WHERE id = 3")
            )
            thread.start()
            waiting.append(thread)
        db.wait_for("SELECT count(*) = 2 FROM pg_locks WHERE NOT granted")
        run = migrate.start("up", files={"V1__a.sql": script(options="size=100 pause=0 max_waiters=1")})
        db.wait_for("SELECT to_regclass('schema_history_journal') IS NOT NULL")
        time.sleep(1)
        assert run.running() and db.value("SELECT count(*) FROM t WHERE done") == 0
        holder.rollback()
        for thread in waiting:
            thread.join()
    run = run.wait()
    assert run.exit == 0 and db.value(EXACTLY_ONCE), run


def test_a_batch_gives_way_to_those_who_wait_behind_it(db, migrate):
    make(db, rows="SELECT g * 3 FROM generate_series(1, 150) g")
    slow = (
        "UPDATE t SET done = true, n = n + 1 WHERE done IS NULL"
        " AND CASE WHEN id BETWEEN :from AND :to THEN pg_sleep(0.02) END IS NOT NULL"
        " AND id BETWEEN :from AND :to;\n"
    )
    run = migrate.start(
        "up", files={"V1__a.sql": script(statement=slow, options="size=200 max=200 pause=0 max_waiters=0")}
    )
    db.wait_for_statement("pg_sleep(0.02)")
    time.sleep(0.3)
    start = time.monotonic()
    db.execute("UPDATE t SET n = n WHERE id = 3")
    assert time.monotonic() - start < 2
    run = run.wait()
    assert run.exit == 0 and db.value(EXACTLY_ONCE), run
    assert "try 1 failed (57014)" in run.stderr and "out of the way of 1 session" in run.stderr, run


def test_max_blocking_makes_the_batches_smaller(db, migrate):
    make(db, rows="SELECT g * 3 FROM generate_series(1, 240) g")
    slow = (
        "UPDATE t SET done = true, n = n + 1 WHERE done IS NULL AND id BETWEEN :from AND :to"
        " AND pg_sleep(0.015) IS NOT NULL;\n"
    )
    run = migrate.start(
        "up",
        "--max-blocking",
        "200ms",
        files={"V1__a.sql": script(statement=slow, options="size=300 max=300 min=20 pause=0")},
    )
    db.wait_for_statement("pg_sleep(0.015)")
    time.sleep(0.3)
    db.execute("UPDATE t SET n = n WHERE id = 3")
    run = run.wait()
    assert run.exit == 0 and db.value(EXACTLY_ONCE), run
    assert "try 1 failed (57014)" in run.stderr, run


# --- beside others ---


def test_a_second_run_waits_for_the_first(db, migrate, make_runner):
    make(db)
    migrate.write({"V1__a.sql": script(options="size=100 pause=50ms")})
    first, second = migrate.start("up"), migrate.start("up")
    for run in (first.wait(), second.wait()):
        assert run.exit == 0, run
    assert db.value(EXACTLY_ONCE)


def test_it_runs_as_the_role_of_the_file(db, migrate):
    make(db)
    role = db.role()
    db.execute(f"GRANT SELECT, UPDATE ON t TO {role}")
    db.execute("CREATE TABLE who (name text); GRANT INSERT ON who TO public")
    db.execute(
        "CREATE FUNCTION who() RETURNS trigger LANGUAGE plpgsql AS"
        " 'BEGIN INSERT INTO who VALUES (current_user); RETURN NEW; END';"
        "CREATE TRIGGER who BEFORE UPDATE ON t FOR EACH STATEMENT EXECUTE FUNCTION who()"
    )
    run = migrate("up", files={"V1__a.sql": script(head=f"-- migrate:role {role}\n")})
    assert run.exit == 0 and db.value(EXACTLY_ONCE), run
    assert db.execute("SELECT DISTINCT name FROM who") == [(role,)]


def test_a_table_that_an_earlier_file_makes(db, migrate):
    files = {
        "V1__t.sql": "CREATE TABLE t (id int PRIMARY KEY, done boolean, n int DEFAULT 0);\n"
        "INSERT INTO t (id) SELECT generate_series(1, 250);\n",
        "V2__a.sql": script(),
    }
    run = migrate("up", files=files)
    assert run.exit == 0 and db.value(EXACTLY_ONCE), run
    assert "250 rows in 3 batches" in run.stderr, run
