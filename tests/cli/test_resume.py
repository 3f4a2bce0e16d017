# SPDX-License-Identifier: MIT
"""Files without a transaction that were stopped: the next run goes on at the right statement."""

import os
import signal
from pathlib import Path

import pytest

STEPS = (
    "-- migrate:transaction off\n"
    "CREATE TABLE effects (n int, note text);\n"
    "INSERT INTO effects VALUES (1, 'one');\n"
    "SET work_mem = '7MB';\n"
    "SELECT pg_catalog.set_config('app.mode', 'two', false);\n"
    "PREPARE put (int) AS INSERT INTO effects VALUES ($1, 'put');\n"
    "VACUUM effects;\n"
    "INSERT INTO effects SELECT 1 / (SELECT count(*) FROM go), 'six';\n"
    "INSERT INTO effects SELECT 7, current_setting('work_mem') || current_setting('app.mode');\n"
    "EXECUTE put (8);\n"
)
DONE = [(1, "one"), (1, "six"), (7, "7MBtwo"), (8, "put")]


def effects(db):
    return db.execute("SELECT n, note FROM effects ORDER BY n, note")


@pytest.fixture
def stopped(db, migrate):
    """V1 has stopped at statement 7 of 9, which divides by the rows of table go."""
    db.execute("CREATE TABLE go (n int)")
    migrate.write({"migrate.yaml": "baseline_on_up: true\nbaseline_version: 0\n"}, below=".")
    run = migrate("up", files={"V1__steps.sql": STEPS})
    assert run.exit == 1, run
    assert "6 of 9 statements of V1__steps.sql are done and kept" in run.stderr, run
    assert "it goes on at statement 7" in run.stderr, run
    return db


def test_goes_on_with_what_lived_in_the_session(stopped, migrate):
    assert effects(stopped) == [(1, "one")]
    stopped.execute("INSERT INTO go VALUES (1)")
    run = migrate("up")
    assert run.exit == 0, run
    assert "V1__steps.sql: goes on at statement 7 of 9" in run.stderr, run
    assert effects(stopped) == DONE
    assert stopped.history("version, success") == [("0", True), ("1", True)]
    assert "up to date" in migrate("up").stdout


def test_is_shown_as_interrupted(stopped, migrate):
    run = migrate("status")
    assert run.exit == 0 and "Interrupted" in run.stdout, run
    assert "V1__steps.sql: 6 of 9 statements are done\n" in run.stdout, run
    assert "1 interrupted" in run.stdout, run
    entry = migrate("status", "--format", "json").json["migrations"][-1]
    assert (entry["state"], entry["statement"], entry["statements"]) == ("Interrupted", 7, 9)
    assert migrate("status", "--check").exit == 3
    assert migrate("validate").exit == 3
    run = migrate("plan")
    assert run.exit == 0 and "goes on at statement 7 of 9" in run.stdout, run
    assert migrate("plan", "--format", "json").json["files"][0]["resumesAt"] == 7


def test_what_is_not_done_yet_may_be_edited(stopped, migrate):
    edited = STEPS.replace("1 / (SELECT count(*) FROM go)", "1") + "INSERT INTO effects VALUES (9, 'new');"
    run = migrate("up", files={"V1__steps.sql": edited})
    assert run.exit == 0, run
    assert effects(stopped) == sorted([*DONE, (9, "new")])
    assert migrate("validate").exit == 0  # the history has the new checksum


def test_what_is_done_may_not_be_edited(stopped, migrate):
    edited = STEPS.replace("'one'", "'uno'").replace("7MB", "8MB")
    before = stopped.contents()
    for command in ("up", "plan", "validate"):
        run = migrate(command, files={"V1__steps.sql": edited})
        assert run.exit == 4, run
        assert "V1__steps.sql:3:1" in run.stderr and "V1__steps.sql:4:1" in run.stderr, run
        assert "its hash was" in run.stderr, run
    assert stopped.contents() == before
    run = migrate("up", files={"V1__steps.sql": "-- migrate:transaction off\nSELECT 1;"})
    assert run.exit == 4 and "has only 1 now" in run.stderr, run
    run = migrate("up", files={"V1__steps.sql": STEPS.split("\n", 1)[1].replace("VACUUM effects;\n", "")})
    assert run.exit == 4 and "would now run in one" in run.stderr, run


def test_layout_of_what_is_done_may_be_edited(stopped, migrate):
    stopped.execute("INSERT INTO go VALUES (1)")
    edited = STEPS.replace("(1, 'one')", "(1,  -- the first\n\t'one')")
    assert migrate("up", files={"V1__steps.sql": edited}).exit == 0
    assert effects(stopped) == DONE


def test_says_how_many_files_it_goes_on_with(stopped, migrate):
    new = {"V2__next.sql": "SELECT 1;", "V3__next.sql": "SELECT 1;"}
    stopped.execute("INSERT INTO go VALUES (1)")
    run = migrate("up", "--target", "next", files=new)
    assert run.exit == 0 and run.stderr.split("\n")[0].endswith(", 0 pending, 1 interrupted"), run
    run = migrate("up", "--target", "next")
    assert run.exit == 0 and run.stderr.split("\n")[0].endswith(", 1 pending"), run
    assert stopped.versions() == ["0", "1", "2"]


def test_next_files_wait_for_it(stopped, migrate):
    run = migrate("up", files={"V2__next.sql": "INSERT INTO effects VALUES (20, 'next');"})
    assert run.exit == 1 and "V1__steps.sql" in run.stderr, run
    stopped.execute("INSERT INTO go VALUES (1)")
    assert migrate("up").exit == 0
    assert effects(stopped) == [*DONE, (20, "next")]


@pytest.mark.parametrize("statement", [
    "DELETE FROM schema_history WHERE NOT success",
    "UPDATE schema_history SET installed_on = installed_on + '1 ms'::interval WHERE NOT success",
], ids=["deleted", "replaced"])
def test_history_row_that_anybody_takes_away_takes_the_journal_with_it(stopped, migrate, statement):
    stopped.execute("INSERT INTO go VALUES (1)")
    stopped.execute(statement)
    assert "Interrupted" not in migrate("status").stdout
    stopped.execute("DELETE FROM schema_history WHERE NOT success")
    stopped.execute("DROP TABLE effects")
    assert migrate("up").exit == 0
    assert effects(stopped) == DONE


def test_repair_leaves_it_alone_but_by_name(stopped, migrate):
    run = migrate("repair")
    assert run.exit == 0 and "nothing to repair" in run.stdout, run
    assert "--pending 1" in run.stderr, run
    run = migrate("repair", "--pending", "1")
    assert run.exit == 0 and "6 of 9 statements are done and are not taken back" in run.stderr, run
    assert run.stderr.startswith("migrate: host "), run
    assert "1 pending" in migrate("status").stdout
    rows = "SELECT count(*) FROM schema_history_journal WHERE state IN ('running', 'unknown')"
    assert stopped.value(rows) == 0
    stopped.execute("DROP TABLE effects; INSERT INTO go VALUES (1)")
    assert migrate("up").exit == 0
    assert effects(stopped) == DONE


def test_temporary_table_cannot_be_brought_back(db, migrate):
    files = {
        "V1__t.sql": "-- migrate:transaction off\nCREATE TEMP TABLE t (n int);\nSELECT 1 / 0;\n"
    }
    assert migrate("up", files=files).exit == 1
    for command in ("plan", "up", "validate"):
        run = migrate(command)
        assert run.exit == 7, run
        assert "V1__t.sql:2:1" in run.stderr and "repair --applied 1" in run.stderr, run
    assert migrate("repair", "--applied", "1").exit == 0
    assert "up to date" in migrate("up").stdout


CALLS = (
    "CREATE TABLE effects (n int);\n"
    "CREATE PROCEDURE fill() LANGUAGE plpgsql AS $$\n"
    "BEGIN\n"
    "  FOR i IN 1..3 LOOP INSERT INTO effects VALUES (i); COMMIT;\n"
    "    IF EXISTS (SELECT FROM stop) THEN PERFORM pg_sleep(60); END IF; END LOOP;\n"
    "END $$;\n"
)


@pytest.mark.parametrize("end", ["kill", "terminate", "error"])
def test_code_that_commits_inside_is_a_case_for_a_person(db, migrate, end):
    db.execute("CREATE TABLE stop (n int); INSERT INTO stop VALUES (1)")
    files = {"V1__p.sql": CALLS, "V2__call.sql": "-- migrate:transaction off\nCALL fill();\nSELECT 1;"}
    if end == "error":
        files["V1__p.sql"] = CALLS.replace("PERFORM pg_sleep(60)", "PERFORM 1 / 0")
    options = ["--baseline-on-up", "--baseline-version", "0"]
    run = migrate.start("up", *options, files=files)
    if end != "error":
        db.wait_for_statement("CALL fill()")
        db.wait_for("SELECT count(*) > 0 FROM effects")
    if end == "kill":
        run.signal(signal.SIGKILL)
        run.process.wait()
    if end != "error":
        db.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'CALL fill%'"
        )
    run = run.wait()
    assert run.exit == {"kill": -9, "terminate": 7, "error": 7}[end], run
    db.execute("DELETE FROM stop")
    for command in ("plan", "validate", "up"):
        run = migrate(command)
        assert run.exit == 7, run
        assert "V2__call.sql:2:1" in run.stderr and "CALL fill()" in run.stderr, run
        assert "repair --applied 2" in run.stderr and "repair --pending 2" in run.stderr, run
        assert "goes on with it" not in run.stderr, run
    assert db.execute("SELECT n FROM effects") == [(1,)]
    run = migrate("repair")
    assert run.exit == 0 and "goes on with it" not in run.stderr, run
    assert "repair --applied 2" in run.stderr and "repair --pending 2" in run.stderr, run
    assert migrate("repair", "--pending", "2").exit == 0
    db.execute("DELETE FROM effects")
    assert migrate("up").exit == 0
    assert db.execute("SELECT n FROM effects ORDER BY n") == [(1,), (2,), (3,)]


def test_timeout_is_told_with_what_allows_more_time(db, migrate):
    files = {"V1__slow.sql": "-- migrate:transaction off\nCREATE TABLE t (n int);\nSELECT pg_sleep(9);"}
    run = migrate("up", "--statement-timeout", "200ms", files=files)
    assert run.exit == 1 and "57014" in run.stderr, run
    assert "migrate:statement_timeout" in run.stderr and "goes on at statement 2" in run.stderr, run
    assert "Correct the file" not in run.stderr, run


def test_call_of_what_is_not_there_did_nothing(db, migrate):
    files = {"V1__c.sql": "-- migrate:transaction off\nCREATE TABLE t (n int);\nCALL nobody();"}
    assert migrate("up", files=files).exit == 1
    run = migrate("up", files={"V1__c.sql": files["V1__c.sql"].replace("CALL nobody()", "SELECT 1")})
    assert run.exit == 0, run


def test_do_that_cannot_commit_is_rolled_back_whole(db, migrate):
    block = "DO $$ BEGIN INSERT INTO t VALUES (1); PERFORM 1 / {0}; END $$;"
    name = "V1__do.sql"
    text = "-- migrate:transaction off\nCREATE TABLE t (n int);\n" + block
    assert migrate("up", files={name: text.format(0)}).exit == 1
    assert db.execute("SELECT * FROM t") == []
    assert migrate("up", files={name: text.format(1)}).exit == 0
    assert db.execute("SELECT * FROM t") == [(1,)]


def test_each_statement_commits_with_its_row(db, migrate):
    """Killed at any moment: what is in the table is in the journal, and the other way round."""
    count = 1000
    text = "CREATE TABLE t (n int);\n"
    assert migrate("up", files={"V1__t.sql": text}).exit == 0
    text = "".join(f"INSERT INTO t VALUES ({n});\n" for n in range(count))
    done = "SELECT count(*) FROM schema_history_journal WHERE statement > 0 AND state = 'done'"
    for _ in range(4):
        before = db.value(done)
        run = migrate.start("up", files={"V2__t.sql": "-- migrate:transaction off\n" + text})
        db.wait_for(f"SELECT ({done}) > {before + 20}")
        run.signal(signal.SIGKILL)
        run.wait()
        db.wait_for("SELECT count(*) = 0 FROM pg_locks WHERE locktype = 'advisory'")
        assert db.value("SELECT count(*) FROM t") == db.value(done)
    assert migrate("up").exit == 0
    assert db.value("SELECT count(*) FROM t") == db.value("SELECT count(DISTINCT n) FROM t") == count


def test_copy_is_passed_over_with_its_data(db, migrate):
    text = (
        "-- migrate:transaction off\nCREATE TABLE t (n int);\nCOPY t FROM STDIN;\n1\n2\n\\.\n"
        "INSERT INTO t SELECT 3 WHERE {0};\nINSERT INTO t VALUES (4);"
    )
    assert migrate("up", files={"V1__t.sql": text.format("1 / 0 = 1")}).exit == 1
    assert db.execute("SELECT n FROM t ORDER BY n") == [(1,), (2,)]
    run = migrate("up", "--dry-run", files={"V1__t.sql": text.format("true")})
    assert run.exit == 0 and "VALUES (4)" in run.stdout and "COPY" not in run.stdout, run
    assert migrate("up").exit == 0
    assert db.execute("SELECT n FROM t ORDER BY n") == [(1,), (2,), (3,), (4,)]


def test_roles_of_the_file_do_not_reach_the_journal(db, migrate):
    role = db.role()
    db.execute(f"GRANT CREATE ON SCHEMA public TO {role}")
    text = (
        f"-- migrate:transaction off\nSET SESSION AUTHORIZATION {role};\nCREATE TABLE mine (n int);\n"
        "SET search_path = pg_temp;\nSELECT 1 / {0};\nCREATE TABLE public.mine2 (n int);"
    )
    assert migrate("up", files={"V1__r.sql": text.replace("{0}", "0")}).exit == 1
    assert migrate("up", files={"V1__r.sql": text.replace("{0}", "1")}).exit == 0
    owners = "SELECT DISTINCT relowner::regrole::text FROM pg_class WHERE relname LIKE 'mine%'"
    assert db.execute(owners) == [(role,)]
    assert db.value("SELECT count(DISTINCT installed_by) FROM schema_history_journal") == 1


def test_repeatable_goes_on(db, migrate):
    text = "-- migrate:transaction off\nCREATE TABLE t (n int);\nINSERT INTO t SELECT 1 / {0};"
    assert migrate("up", files={"R__t.sql": text.format(0)}).exit == 1
    assert migrate("status", "--check").exit == 3
    run = migrate("up", files={"R__t.sql": text.format(1)})
    assert run.exit == 0 and "goes on at statement 2 of 2" in run.stderr, run
    assert "up to date" in migrate("up").stdout
    assert db.execute("SELECT n FROM t") == [(1,)]


@pytest.mark.parametrize("sql, look", [
    ("CREATE DATABASE {0}", "SELECT count(*) FROM pg_database WHERE datname = '{0}'"),
    ("ALTER SYSTEM SET work_mem = '9MB'", "SELECT 1"),
    ("VACUUM t", "SELECT 1"),
], ids=["database", "system", "vacuum"])
def test_result_that_was_not_written_is_looked_up(db, migrate, sql, look):
    """The session dies between the statement and its row: an undone row shows that."""
    name = f"{db.name}_other"
    files = {"V1__t.sql": "CREATE TABLE t (n int);",
             "V2__s.sql": "-- migrate:transaction off\nCREATE TABLE u (n int);\n"
             + sql.format(name) + ";\nSELECT 1 / 0;"}
    assert migrate("up", files=files).exit == 1
    db.execute(
        "UPDATE schema_history_journal SET state = 'running', finished = NULL WHERE statement = 2;"
        " DELETE FROM schema_history_journal WHERE statement = 3"
    )
    files["V2__s.sql"] = files["V2__s.sql"].replace("/ 0", "/ 1")
    run = migrate("up", files=files)
    assert run.exit == 0, run
    assert db.value(look.format(name)) == 1
    with db.cluster.connect() as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name}")
        connection.execute("ALTER SYSTEM RESET work_mem")


@pytest.fixture
def tablespace(db):
    """An empty folder of the server's, and a name; dropped at the end."""
    name = f"{db.name}_space"
    folder = Path(db.cluster.folder, name)
    folder.mkdir(mode=0o700)
    owner = os.stat(f"/proc/{db.cluster.postmaster}")
    os.chown(folder, owner.st_uid, owner.st_gid)
    yield name, f"CREATE TABLESPACE {name} LOCATION '{folder}'"
    with db.cluster.connect() as connection:
        connection.execute(f"DROP TABLESPACE IF EXISTS {name}")


@pytest.mark.parametrize("drops", [False, True], ids=["create", "drop"])
@pytest.mark.parametrize("ran", [True, False], ids=["done", "not begun"])
def test_tablespace_is_looked_up(db, migrate, tablespace, drops, ran):
    """The session died behind the intent: the catalog tells whether it was carried out."""
    name, create = tablespace
    drop = f"DROP TABLESPACE {name}"
    if drops:
        db.execute(create)
    files = {"V1__s.sql": "-- migrate:transaction off\n" + (drop if drops else create)
             + ";\nSELECT 1 / {0};"}
    files["V1__s.sql"] = files["V1__s.sql"].replace("{0}", "0")
    assert migrate("up", files=files).exit == 1
    db.execute(
        "UPDATE schema_history_journal SET state = 'running', finished = NULL WHERE statement = 1;"
        " DELETE FROM schema_history_journal WHERE statement = 2"
    )
    if not ran:
        db.execute(create if drops else drop)
    files["V1__s.sql"] = files["V1__s.sql"].replace("/ 0", "/ 1")
    run = migrate("up", files=files)
    assert run.exit == 0, run
    there = db.value("SELECT count(*) FROM pg_tablespace WHERE spcname = %s", [name])
    assert there == (0 if drops else 1), run


def test_subscription_is_a_case_for_a_person(make_cluster, make_runner):
    """What it has left at the other server no catalog here can tell."""
    server = make_cluster(wal_level="logical")
    with server.database() as publisher, server.database() as db:
        migrate = make_runner(db.url)
        publisher.execute("CREATE PUBLICATION p FOR ALL TABLES")
        # It waits for the end of all transactions, of its own one too: the two share a server.
        files = {
            "V1__s.sql": f"CREATE SUBSCRIPTION s CONNECTION 'host={server.folder}"
            f" port={server.port} dbname={publisher.name} user=postgres' PUBLICATION p;"
        }
        run = migrate.start("up", files=files)
        publisher.wait_for("SELECT count(*) > 0 FROM pg_replication_slots WHERE active")
        run.signal(signal.SIGKILL)
        run.wait()
        db.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                   " WHERE application_name LIKE 'migrate%'")
        db.wait_for("SELECT count(*) = 0 FROM pg_stat_activity WHERE application_name LIKE 'migrate%'")
        for command in ("plan", "validate", "up"):
            run = migrate(command)
            assert run.exit == 7 and "V1__s.sql:1:1" in run.stderr, run
            assert "CREATE SUBSCRIPTION" in run.stderr, run
            assert "repair --applied 1" in run.stderr and "repair --pending 1" in run.stderr, run
        publisher.wait_for("SELECT count(*) = 0 FROM pg_replication_slots WHERE active")
        publisher.execute("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots")
        assert migrate("repair", "--pending", "1").exit == 0
        assert migrate("plan").exit == 0


# --- a file with a transaction of which nobody knows what became of it ---

# The run id is wiped where no splitter sees it, so the row that marks our transaction is refused.
LOST_ID = "CREATE TABLE a (n int);\nDO $$ BEGIN EXECUTE 'RESET ALL'; END $$;\n"


@pytest.fixture
def unknown(db, migrate):
    run = migrate("up", files={"V1__a.sql": LOST_ID, "V2__b.sql": "CREATE TABLE b (n int);"})
    assert run.exit == 7 and "repair --applied 1" in run.stderr, run
    assert "repair --pending 1" in run.stderr, run
    return db


def test_unknown_outcome_stays_until_repair(unknown, migrate):
    for command in ["up"], ["up", "--no-validate-on-up"], ["plan"], ["validate"], ["status", "--check"]:
        run = migrate(*command)
        assert run.exit == 7 and "is not known" in run.stderr, run
    assert migrate("status").exit == 0
    assert "unknown" in migrate("status", "--journal").stdout
    assert not unknown.exists("b")
    run = migrate("repair")  # decides nothing, and says so
    assert run.exit == 0 and "repair --pending 1" in run.stderr, run
    assert migrate("up").exit == 7


def test_unknown_outcome_was_nothing(unknown, migrate):
    run = migrate("repair", "--pending", "1")
    assert run.exit == 0 and "version 1: marks as pending, by hand" in run.stdout, run
    for option in ("--pending", "1"), ("--pending", "7"), ("--applied", "7"):
        run = migrate("repair", *option)
        assert run.exit == 4 and 'NEXT:  "migrate status" lists' in run.stderr, run
    run = migrate("up", files={"V1__a.sql": "CREATE TABLE a (n int);"})
    assert run.exit == 0 and unknown.versions() == ["1", "2"], run


def test_unknown_outcome_was_all(unknown, migrate):
    unknown.execute("CREATE TABLE a (n int)")
    run = migrate("repair", "--applied", "1", "--format", "json")
    assert run.exit == 0 and run.json["migrationsAdded"][0]["filepath"] == "V1__a.sql", run
    assert migrate("up").exit == 0 and unknown.versions() == ["1", "2"]
    assert "marked as applied by hand" in migrate("status", "--journal").stdout


def test_unknown_outcome_of_what_another_tool_has_applied(unknown, migrate):
    unknown.execute(
        "CREATE TABLE a (n int); INSERT INTO schema_history (installed_rank, version, description,"
        " type, script, checksum, installed_by, execution_time, success)"
        " VALUES (1, '1', 'a', 'SQL', 'V1__a.sql', NULL, 'flyway', 1, true)"
    )
    assert migrate("up").exit == 0 and unknown.versions() == ["1", "2"]


def test_unknown_outcome_of_a_repeatable(db, migrate):
    run = migrate("up", files={"R__view.sql": LOST_ID})
    assert run.exit == 7 and "repair --pending view" in run.stderr, run
    run = migrate("repair", "--pending", "view", "--format", "json")
    assert run.exit == 0, run
    (row,) = run.json["migrationsForgotten"]
    assert (row["description"], row["filepath"]) == ("view", "R__view.sql"), run
    run = migrate("up", files={"R__view.sql": "CREATE TABLE a (n int);"})
    assert run.exit == 0, run
    run = migrate("up", files={"R__view.sql": LOST_ID.replace("TABLE a", "TABLE c")})
    assert run.exit == 7 and migrate("up").exit == 7, run
    assert migrate("repair", "--applied", "view").exit == 0
    assert migrate("up").exit == 0
