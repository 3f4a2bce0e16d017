# SPDX-License-Identifier: MIT
"""What the runner does when something goes wrong in the middle of its work."""

import re
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

TRIGGER = """\
CREATE TABLE t (i int);
CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN PERFORM pg_sleep(1); RETURN NEW; END $$;
CREATE TRIGGER slow BEFORE INSERT ON t FOR EACH ROW WHEN (new.i = 1) EXECUTE FUNCTION slow();
"""


def peak_memory(process):
    """The most that it had resident until now, in MiB."""
    for line in Path(f"/proc/{process.pid}/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) // 1024
    raise AssertionError("no VmHWM")


# --- COPY ---


def test_copy_to_stdout_is_read_and_dropped(db, migrate):
    sql = "COPY (SELECT generate_series(1, 300000)) TO STDOUT;\nCREATE TABLE t (i int);"
    run = migrate("up", files={"V1__a.sql": sql}, timeout=30)
    assert run.exit == 0, run
    assert run.stderr.count("bytes were dropped") == 1, run
    assert db.versions() == ["1"]


def test_copy_does_not_pile_up_before_a_slow_server(db, migrate):
    data = b"COPY t FROM STDIN;\n1\n" + b"2222\n" * 16_000_000
    run = migrate.start("up", files={"V1__a.sql": TRIGGER.encode() + data + b"\\.\n"})
    db.wait_for_statement("COPY t")
    db.wait_for("SELECT count(*) > 0 FROM pg_stat_activity WHERE wait_event = 'PgSleep'")
    db.wait_for("SELECT count(*) = 0 FROM pg_stat_activity WHERE wait_event = 'PgSleep'")
    peak = peak_memory(run.process)
    run.signal()
    assert run.wait(30).exit == 143
    assert peak < 60, f"{peak} MiB for 80 MB of data"


def test_copy_that_fails_in_the_middle_of_its_data(db, migrate):
    sql = "CREATE TABLE t (i int);\nCOPY t FROM STDIN;\n1\nx\n" + "2\n" * 1_000_000 + "\\.\n"
    run = migrate("up", files={"V1__a.sql": sql + "SELECT 1;"})
    assert run.exit == 1, run
    assert 'V1__a.sql:2:1: invalid input syntax for type integer: "x"' in run.stderr, run
    assert db.versions() == [] and not db.exists("t")


# --- signals ---


def test_signal_between_many_small_statements(db, migrate):
    sql = "CREATE TABLE t (i int);\n" + "INSERT INTO t VALUES (1);\n" * 300_000
    run = migrate.start("up", files={"V1__a.sql": sql})
    db.wait_for_statement("INSERT INTO t")
    started = time.monotonic()
    run.signal()
    ended = run.wait(30)
    assert ended.exit == 143, ended
    assert time.monotonic() - started < 2, ended
    assert "rolled back, nothing of V1__a.sql was kept" in ended.stderr, ended
    assert "warning" not in ended.stderr and "NOTICE" not in ended.stderr, ended
    states = db.execute("SELECT state FROM schema_history_journal")
    assert states == [("failed",)]


def test_statement_that_ignores_the_cancel(db, migrate):
    sql = """DO $$ BEGIN LOOP BEGIN PERFORM pg_sleep(60);
        EXCEPTION WHEN query_canceled THEN NULL; END; END LOOP; END $$;"""
    run = migrate.start("up", files={"V1__a.sql": sql})
    db.wait_for_statement("pg_sleep")
    started = time.monotonic()
    run.signal()
    ended = run.wait(30)
    assert time.monotonic() - started < 7, ended
    assert ended.exit == 143, ended
    assert "whether V1__a.sql was committed is not known" in ended.stderr, ended
    db.wait_for("SELECT count(*) = 0 FROM pg_stat_activity WHERE query LIKE 'DO %'")


def test_nohup_keeps_its_promise(db, migrate):
    migrate.write({"V1__a.sql": "SELECT pg_sleep(1);"})
    ignored = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        run = migrate.start("up")
    finally:
        signal.signal(signal.SIGHUP, ignored)
    db.wait_for_statement("pg_sleep")
    run.signal(signal.SIGHUP)
    assert run.wait(30).exit == 0
    assert db.versions() == ["1"]


# --- the fences ---


def test_file_that_writes_the_history_itself(db, migrate):
    sql = """INSERT INTO schema_history SELECT 2, '50', 'x', 'SQL', 'V50__x.sql', 0, 'me',
        now(), 1, true;"""
    run = migrate("up", files={"V1__a.sql": "SELECT 1;", "V2__b.sql": sql}, timeout=30)
    assert run.exit == 1, run
    assert "V2__b.sql writes rows into the schema history itself" in run.stderr, run
    assert db.versions() == ["1"]


def test_run_id_that_is_gone_needs_a_person(db, migrate):
    sql = "CREATE TABLE t (i int);\nSELECT set_config('migrate.run', '', true);"
    run = migrate("up", "--format", "json", files={"V1__a.sql": sql})
    assert run.exit == 7, run
    assert run.json["error"]["exit"] == 7
    assert "connecting again" not in run.stderr, run
    assert "may be committed in part" in run.stderr, run


# --- our own statements ---


@pytest.mark.parametrize("mode", ["SHARE", "ACCESS EXCLUSIVE"])
@pytest.mark.parametrize("table", ["schema_history", "schema_history_journal"])
@pytest.mark.parametrize(
    "sql", ["CREATE TABLE t (i int);", "-- migrate:transaction off\nSELECT 1;"]
)
def test_locked_history_is_a_lock_failure(db, migrate, mode, table, sql):
    assert migrate("up", files={"V1__a.sql": "SELECT 1;"}).exit == 0
    with db.connect(autocommit=False) as other:
        other.execute(f"LOCK TABLE {table} IN {mode} MODE")
        limits = {"MIGRATE_LOCK_TIMEOUT": "300ms", "MIGRATE_LOCK_RETRY": "0"}
        run = migrate("up", "--format", "json", files={"V2__b.sql": sql}, env=limits)
    assert run.exit == 6, run
    assert f"LOCK TABLE {table}" in run.json["error"]["detail"], run
    assert db.versions() == ["1"]
    assert db.history("version, success")[1:] == []


def test_status_names_who_holds_the_history(db, migrate):
    assert migrate("up", files={"V1__a.sql": "SELECT 1;"}).exit == 0
    with db.connect(autocommit=False) as other:
        other.execute("LOCK TABLE schema_history")
        run = migrate("status", env={"MIGRATE_LOCK_TIMEOUT": "200ms"})
    assert run.exit == 6, run
    assert "In the way: pid" in run.stderr, run


@pytest.mark.parametrize(
    "sql, setting", [("SET lock_timeout = 0; SELECT 1;", "5s"), ("SELECT 1;", "0")]
)
def test_own_statements_never_wait_for_ever(db, migrate, sql, setting):
    assert migrate("up", files={"V1__a.sql": "SELECT 1;"}).exit == 0
    with db.connect(autocommit=False) as other:
        other.execute("LOCK TABLE schema_history IN SHARE MODE")
        limits = {"MIGRATE_LOCK_TIMEOUT": setting, "MIGRATE_LOCK_RETRY": "0"}
        run = migrate("up", files={"V2__b.sql": sql}, env=limits, timeout=30)
    assert run.exit == 6, run
    assert "In the way: pid" in run.stderr, run


# --- group ---


GROUP = {"MIGRATE_GROUP": "true"}


def test_failure_in_a_group_names_the_right_file(db, migrate):
    files = {"V1__a.sql": "CREATE TABLE a (i int);", "V2__b.sql": "SELECT 1;\n SELECT 1/0;"}
    run = migrate("up", files=files, env=GROUP)
    assert run.exit == 1, run
    assert "V2__b.sql:2:2: division by zero" in run.stderr, run
    assert "STATEMENT:  2 of 2" in run.stderr, run
    assert db.execute("SELECT script FROM schema_history_journal") == [("V2__b.sql",)]


def test_settings_of_a_file_end_with_it_in_a_group(db, migrate):
    files = {
        "V1__a.sql": "SET LOCAL lock_timeout = '77ms'; SET statement_timeout = '33s';"
        " SET search_path = pg_catalog; SET work_mem = '77MB'; SET ROLE pg_monitor;",
        "V2__b.sql": "CREATE TABLE seen AS SELECT current_setting('lock_timeout') AS a,"
        " current_setting('statement_timeout') AS b, current_setting('work_mem') AS c,"
        " current_user::text AS d;",
    }
    run = migrate("up", files=files, env=GROUP)
    assert run.exit == 0, run
    assert db.execute("SELECT * FROM public.seen") == [("5s", "0", "4MB", "postgres")]


# --- timeouts ---


def test_a_statement_that_takes_too_long(db, migrate):
    files = {"V1__a.sql": "CREATE TABLE a (i int);\nSELECT pg_sleep(60);"}
    run = migrate("up", "--statement-timeout", "50ms", files=files)
    assert run.exit == 1 and "V1__a.sql:2:1" in run.stderr, run
    assert "nothing of V1__a.sql was kept" in run.stderr, run
    assert "NEXT:  If it needs more time" in run.stderr, run


def test_reset_of_lock_timeout_is_not_no_limit(db, migrate):
    sql = """CREATE TABLE seen AS SELECT current_setting('lock_timeout') AS t;
        SET lock_timeout = '3s';
        INSERT INTO seen SELECT current_setting('lock_timeout');
        RESET lock_timeout;
        INSERT INTO seen SELECT current_setting('lock_timeout');
        SET lock_timeout TO DEFAULT;
        INSERT INTO seen SELECT current_setting('lock_timeout');"""
    assert migrate("up", files={"V1__a.sql": sql}).exit == 0
    assert [row[0] for row in db.execute("SELECT t FROM seen")] == ["5s", "3s", "5s", "5s"]


def test_warns_of_a_stall_beyond_deadlock_timeout(db, migrate):
    run = migrate("up", files={"V1__a.sql": "-- migrate:max_stall 1s\nSELECT 1;"})
    assert run.exit == 0, run
    assert "V1__a.sql: its max_stall is not below" in run.stderr, run


# --- a lost connection ---


def run_lock(migrate):
    """The key of the run lock, as the dry run says it."""
    assert migrate("up", files={"V1__a.sql": "SELECT 1;"}).exit == 0
    dry = migrate("up", "--dry-run", files={"V2__b.sql": "SELECT 2;"})
    return int(re.search(r"pg_try_advisory_lock\((\d+)\)", dry.stdout).group(1))


def test_connection_lost_while_waiting_for_the_run_lock(make_cluster, make_runner):
    server = make_cluster(restart_after_crash="on", log_min_messages="log")
    with server.database() as db:
        migrate = make_runner(db.url)
        other = db.connect()
        other.execute("SELECT pg_advisory_lock(%s)", [run_lock(migrate)])
        run = migrate.start("up")
        db.wait_for(
            "SELECT count(*) > 0 FROM pg_stat_activity"
            " WHERE application_name = 'migrate' AND strpos(query, 'pg_try_advisory_lock') > 0"
        )
        server.stop("immediate")
        server.start()
        ended = run.wait(60)
        assert ended.exit == 0, ended
        assert "connecting again" in ended.stderr, ended
        assert db.versions() == ["1", "2"]


def test_connection_lost_in_a_statement_without_a_transaction(make_cluster, make_runner):
    server = make_cluster(restart_after_crash="on", log_min_messages="log")
    with server.database() as db:
        migrate = make_runner(db.url)
        sql = "-- migrate:transaction off\nCREATE TABLE a ();\nSELECT pg_sleep(4);"
        run = migrate.start("up", "--format", "json", files={"V1__a.sql": sql})
        db.wait_for_statement("pg_sleep")
        server.stop("immediate")
        server.start()
        ended = run.wait(60)
        assert ended.exit == 0, ended
        assert "goes on at statement 2 of 2" in ended.stderr, ended
        assert db.versions() == ["1"]


def test_run_lock_given_away_is_taken_again_before_a_file_without_a_transaction(db, migrate):
    unlock = "BEGIN PERFORM pg_catalog.pg_advisory_unlock_all(); END"
    held = "INSERT INTO held SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"
    files = {
        "V1__f.sql": "CREATE TABLE held (n int);\n"
        f"CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ {unlock} $$;",
        "V2__unlock.sql": "SELECT f();",
        "V3__held.sql": f"-- migrate:transaction off\nDO $$ BEGIN {held}; END $$;",
    }
    run = migrate("up", files=files)
    assert run.exit == 0, run
    assert "released from inside a file" in run.stderr, run
    assert db.execute("SELECT n FROM held") == [(1,)]


LATE = """
CREATE TABLE seen (who text, lock_timeout text);
CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql
    AS $$ BEGIN INSERT INTO seen SELECT current_user, current_setting('lock_timeout'); RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER late AFTER UPDATE ON t DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION see();
"""
UPDATES = {
    "one transaction": "SET ROLE {role};\nSET lock_timeout = '123ms';\nUPDATE t SET n = 1;",
    "no transaction": "-- migrate:transaction off\nSET ROLE {role};\nSET lock_timeout = '123ms';\n"
    "UPDATE t SET n = 1;",
    "batches": "-- migrate:batch table=t key=id\n-- migrate:role {role}\n"
    "-- migrate:lock_timeout 123ms\nUPDATE t SET n = 1 WHERE id BETWEEN :from AND :to;",
    "dry run": "SET ROLE {role};\nSET lock_timeout = '123ms';\nUPDATE t SET n = 1;",
}


@pytest.mark.parametrize("how", UPDATES)
def test_what_is_deferred_to_commit_finds_what_the_file_has_set(cluster, db, migrate, how):
    role = cluster.role()
    db.execute(f"GRANT ALL ON SCHEMA public TO {role}; SET ROLE {role};"
               f"CREATE TABLE t (id int PRIMARY KEY, n int); INSERT INTO t VALUES (1); {LATE}")
    env = {"MIGRATE_BASELINE_ON_UP": "true", "MIGRATE_BASELINE_VERSION": "0"}
    dry = ["--dry-run"] * (how == "dry run")
    run = migrate("up", *dry, files={"V1__a.sql": UPDATES[how].format(role=role)}, env=env)
    assert run.exit == 0, run
    if dry:
        command = ["psql", "-X", "-q", "-d", db.url]
        psql = subprocess.run(command, input=run.stdout, capture_output=True, text=True, check=False)
        assert psql.returncode == 0 and psql.stderr == "", psql
    assert db.execute("SELECT * FROM seen") == [(role, "123ms")]
    assert db.value("SELECT current_user = installed_by FROM schema_history WHERE version = '1'")


# --- the dry run ---


def outcome(db, schema):
    """What a run leaves behind, but for times and run ids."""
    history = "installed_rank, version, description, type, script, checksum, installed_by, success"
    with db.connect() as connection:
        connection.execute(f'SET search_path = "{schema}"')
        return [
            connection.execute(sql).fetchall()
            for sql in (
                f"SELECT {history} FROM schema_history ORDER BY 1",
                "SELECT script, version, type, statements, body_hash, state, attempt"
                " FROM schema_history_journal WHERE statement IS NULL ORDER BY id",
                "SELECT relname, relowner::regrole::text FROM pg_class"
                " WHERE relnamespace = quote_ident(current_schema())::regnamespace ORDER BY 1",
                "SELECT * FROM b ORDER BY 1",
                "SELECT * FROM c",
                "SELECT * FROM e",
            )
        ]


@pytest.mark.skipif(shutil.which("psql") is None, reason="no psql")
@pytest.mark.parametrize("setting", [None, "schema", "role"])
def test_psql_does_with_the_dry_run_what_up_does(cluster, make_runner, setting):
    owner, schema, env = cluster.role(), "public", {}
    if setting == "role":
        env["MIGRATE_ROLE"] = cluster.role()
    elif setting == "schema":
        schema = env["MIGRATE_SCHEMA"] = "My S"
    files = {
        "V1__a.sql": "CREATE TABLE a (i int);"
        "SELECT pg_catalog.set_config('search_path', '', false); SET lock_timeout = '1s';\n"
        "SELECT 1 -- behind it\n; SELECT 2 -- at the end",
        "V2__b.sql": "CREATE TABLE b (i int, t text); COPY b FROM STDIN;\n1\tx\n2\ty",
        "V3__c.sql": f"-- migrate:transaction off\n-- migrate:role {owner}\n"
        "CREATE TABLE c AS SELECT current_user::text;",
        "V4__d.sql": "CREATE INDEX CONCURRENTLY d ON b (i);",
        "V5__e.sql": "BEGIN ISOLATION LEVEL SERIALIZABLE;\n"
        "CREATE TABLE e AS SELECT current_setting('transaction_isolation') AS i,"
        " current_setting('lock_timeout') AS l, current_user::text AS u;\nCOMMIT;",
        "R__v.sql": "CREATE OR REPLACE VIEW v AS SELECT 'it''s' AS x, $$ a ; b $$ AS y;",
    }
    outcomes = []
    for dry in (False, True):
        with cluster.database() as db:
            everyone = ", ".join([owner] + [env[k] for k in env if k == "MIGRATE_ROLE"])
            db.execute(f'CREATE SCHEMA IF NOT EXISTS "{schema}"')
            db.execute(f'GRANT ALL ON SCHEMA "{schema}" TO {everyone}')
            if setting == "role":
                db.execute(f"GRANT {owner} TO {env['MIGRATE_ROLE']}")
            run = make_runner(db.url)("up", *["--dry-run"] * dry, files=files, env=env)
            assert run.exit == 0, run
            if dry:
                command = ["psql", "-X", "-q", "-d", db.url]
                psql = subprocess.run(
                    command, input=run.stdout, capture_output=True, text=True, check=False
                )
                assert psql.returncode == 0 and psql.stderr == "", psql
            outcomes.append(outcome(db, schema))
    assert outcomes[0] == outcomes[1]


# --- the patient lock ---


def test_patient_lock_takes_the_partitions_too(db, migrate):
    """Only that makes the server cancel an autovacuum that is at work on one of them."""
    db.execute("CREATE SCHEMA app; CREATE TABLE app.p (i int) PARTITION BY RANGE (i)")
    db.execute("CREATE TABLE app.p1 PARTITION OF app.p FOR VALUES FROM (0) TO (9)")
    with db.connect(autocommit=False) as other:
        other.execute("LOCK TABLE app.p1 IN SHARE UPDATE EXCLUSIVE MODE")
        run = migrate.start("up", files={"V1__a.sql": "ALTER TABLE app.p ADD COLUMN c int;"})
        db.wait_for_statement("LOCK TABLE ONLY app.p1")
    ended = run.wait(30)
    assert ended.exit == 0, ended
    assert "failed (55P03)" not in ended.stderr, ended
