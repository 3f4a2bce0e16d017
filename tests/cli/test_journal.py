# SPDX-License-Identifier: MIT
"""status --journal: what each run did."""


def test_tells_files_and_statements_newest_last(migrate):
    files = {
        "V1__t.sql": "CREATE TABLE t (a int);",
        "V2__i.sql": "CREATE INDEX CONCURRENTLY t_a ON t (a);\nVACUUM t;",
    }
    assert migrate("up", files=files).exit == 0
    assert migrate("up", files={"V3__bad.sql": "SELECT 1 / 0;"}).exit == 1
    run = migrate("status", "--journal")
    assert run.exit == 0, run
    lines = run.stdout.splitlines()
    assert lines[0].split() == ["Run", "Started", "Script", "Statement", "State", "Tries", "Lock", "Wait", "Time", "Error"]
    assert [line.split()[3] for line in lines[1:-1]] == [
        "V1__t.sql", "V2__i.sql", "V2__i.sql", "V2__i.sql", "V3__bad.sql",
    ]  # fmt: skip
    assert "1/2" in lines[3] and "2/2" in lines[4]
    assert "failed" in lines[5] and lines[5].endswith("division by zero")
    assert lines[-1] == "5 rows in the journal"


def test_json(migrate):
    migrate("up", files={"V1__t.sql": "CREATE TABLE t (a int);", "V2__v.sql": "VACUUM t;"})
    answer = migrate("status", "--journal", "--format", "json").json
    assert answer["operation"] == "info" and len(answer["migrations"]) == 2
    file, vacuum, statement = answer["journal"]
    assert (file["script"], file["statement"], file["state"]) == ("V1__t.sql", None, "done")
    assert (vacuum["statement"], vacuum["statements"], vacuum["state"]) == (None, 1, "done")
    assert (statement["statement"], statement["statements"], statement["state"]) == (1, 1, "done")
    assert file["runId"] == statement["runId"] and statement["startedUTC"].endswith("Z")
    assert statement["elapsedMs"] >= 0 and statement["error"] is None
    assert "journal" not in migrate("status", "--format", "json").json


def test_attempts_and_lock_waits(db, migrate):
    migrate("up", files={"V1__t.sql": "CREATE TABLE t (a int);"})
    files = {"V2__s.sql": "-- migrate:transaction off\nALTER TABLE t ADD b int;\nALTER TABLE t ADD c int;"}
    with db.connect(autocommit=False) as holder:
        holder.execute("SELECT * FROM t")
        run = migrate.start("up", files=files)
        db.wait_for(
            "SELECT count(*) > 0 FROM pg_stat_activity WHERE application_name LIKE 'migrate watch%'"
        )
        holder.rollback()
    assert run.wait().exit == 0
    rows = migrate("status", "--journal", "--format", "json").json["journal"]
    first = [row for row in rows if row["statement"] == 1][0]
    assert first["attempt"] > 1 and first["lockWaitMs"] > 100, first


def test_empty(migrate):
    run = migrate("status", "--journal", files={"V1__t.sql": "SELECT 1;"})
    assert (run.exit, run.stdout) == (0, "0 rows in the journal\n"), run


def test_holds_no_secret(db, migrate):
    files = {"V1__r.sql": "-- migrate:transaction off\nCREATE ROLE nobody_at_all PASSWORD 'S3cret' SUPER;"}
    assert migrate("up", files=files).exit == 1
    rows = db.execute("SELECT j::text FROM schema_history_journal j")
    assert rows and all("S3cret" not in row[0] for row in rows)
