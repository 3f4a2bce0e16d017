# SPDX-License-Identifier: MIT
"""What up, repair and baseline say: streams, errors, JSON, colour, questions."""

import json
import os
import re
import stat
import subprocess
import time

import pytest

from terminal import run_on_terminal

TWO = {
    "V3__add_total.sql": "CREATE TABLE orders (id int);\nALTER TABLE orders ADD total int;",
    "V4__view.sql": "CREATE VIEW v AS SELECT 1 AS one;",
}
BROKEN = {"V5__email.sql": "SELECT 1;\n\tCREATE TABLE orders (id int);\n"}


def protect(runner, name="production"):
    (runner.folder / "migrate.yaml").write_text(
        f"environments:\n  {name}:\n    protected: true\n"
    )


# --- up ---


def test_answer_is_on_stdout(migrate):
    run = migrate("up", files=TWO)
    assert run.exit == 0, run
    assert re.fullmatch(
        r"V3__add_total\.sql: applied, 2 statements, \d+\.\d{3} s\n"
        r"V4__view\.sql: applied, 1 statement, \d+\.\d{3} s\n"
        r"2 applied, 0 failed, version 4\n",
        run.stdout,
    ), run


def test_first_line_says_where_we_are(db, migrate):
    run = migrate("up", files=TWO)
    name = db.value("SELECT current_database()")
    assert re.match(
        rf"migrate: host \S+, database {name}, user postgres, server \d+\.\d+, 2 pending\n",
        run.stderr,
    ), run


def test_nothing_to_do(migrate):
    migrate("up", files=TWO)
    run = migrate("up")
    assert (run.exit, run.stdout) == (0, "up to date, version 4\n"), run


def test_failure_says_everything(migrate):
    migrate("up", files=TWO)
    run = migrate("up", files={**BROKEN, "V4.5__x.sql": "SELECT 1;"})
    assert run.exit == 1, run
    assert run.stdout.endswith("1 applied, 1 failed, version 4.5\n"), run
    assert 'V5__email.sql:2:2: ' in run.stderr, run
    assert 'relation "orders" already exists' in run.stderr, run
    assert "  2 |  CREATE TABLE orders (id int)\n    |  ^\n" in run.stderr, run
    for line in ("SQLSTATE:  42P07", "STATEMENT:  2 of 2", "STATE:  ", "NEXT:  "):
        assert "\n" + line in run.stderr, run


def test_failure_without_anything_applied(migrate):
    run = migrate("up", files={"V1__x.sql": "SELECT no_such_column;"})
    assert run.exit == 1, run
    assert run.stdout == "0 applied, 1 failed\n", run


def test_waiting_for_a_lock_is_told_and_forgotten(db, migrate):
    migrate("up", files=TWO)
    other = db.connect()
    other.execute("BEGIN; LOCK TABLE orders IN ACCESS SHARE MODE")
    run = migrate.start("up", files={"V5__more.sql": "ALTER TABLE orders ADD more int;"})
    while db.value("SELECT count(*) FROM schema_history_journal WHERE state = 'failed'") == 0:
        assert run.running()
        time.sleep(0.05)
    other.execute("COMMIT")
    run = run.wait()
    assert (run.exit, "error" in run.stderr) == (0, False), run
    assert re.search(r"V5__more\.sql: try 1 failed \(55P03\), the next one in \d", run.stderr), run
    assert run.stdout.endswith("1 applied, 0 failed, version 5\n"), run


def test_refusal_lists_all_problems(db, migrate):
    run = migrate("up", files={**TWO, "V5_x.sql": "SELECT 1;", "V6__y.sql": "COMMIT;"})
    assert (run.exit, run.stdout) == (4, ""), run
    assert "V5_x.sql" in run.stderr and "V6__y.sql:1:1" in run.stderr, run
    assert run.stderr.endswith("\n\nmigrate: 2 problems\n"), run
    assert not db.exists("orders")


def test_quiet_says_nothing_on_the_way(migrate):
    run = migrate("up", "--quiet", files=TWO)
    assert (run.exit, run.stderr) == (0, ""), run
    assert run.stdout.endswith("2 applied, 0 failed, version 4\n"), run


def test_verbose_says_more(migrate):
    run = migrate("up", "--verbose", files=TWO)
    assert "V3__add_total.sql: statement 2 of 2" in run.stderr, run


def test_notices_are_shown_and_tamed(migrate):
    sql = """DO $$ BEGIN
        RAISE NOTICE E'one\\n::error::two\\x1b[2J';
        FOR i IN 1..99 LOOP RAISE NOTICE 'again'; END LOOP;
    END $$;"""
    run = migrate("up", files={"V1__x.sql": sql}, env={"GITHUB_ACTIONS": "true"})
    assert run.exit == 0, run
    assert "V1__x.sql: NOTICE:  one\n  | ::error::two\\x1B[2J\n" in run.stderr, run
    assert run.stderr.count("again") == 49, run
    assert "V1__x.sql: 50 more suppressed\n" in run.stderr, run
    assert not any(re.match(r"\s*(::|##\[)", line) for line in run.output.splitlines()), run


def test_json_of_a_success(db, migrate):
    run = migrate("up", "--format", "json", files=TWO)
    answer = run.json
    assert run.exit == 0, run
    assert (answer["format"], answer["operation"], answer["success"]) == (1, "migrate", True)
    assert answer["error"] is None
    assert (answer["initialSchemaVersion"], answer["targetSchemaVersion"]) == (None, "4")
    assert (answer["migrationsExecuted"], answer["databaseType"]) == (2, "PostgreSQL")
    assert isinstance(answer["totalMigrationTime"], int)
    assert answer["schemaName"] == "public"
    first = answer["migrations"][0]
    assert set(first) == {
        "category", "version", "description", "type", "filepath", "executionTime"
    }
    assert (first["category"], first["version"], first["type"]) == ("Versioned", "3", "SQL")
    assert "V3__add_total.sql: applied" in run.stderr, run


def test_json_of_a_failure(migrate):
    run = migrate("up", "--format=json", files={**TWO, **BROKEN})
    answer = run.json
    assert run.exit == 1, run
    assert (answer["success"], answer["migrationsExecuted"]) == (False, 2)
    error = answer["error"]
    assert (error["code"], error["exit"], error["sqlState"]) == ("SQL", 1, "42P07")
    assert (error["line"], error["column"]) == (2, 2)
    assert error["path"].endswith("V5__email.sql")
    assert 'relation "orders" already exists' in run.stderr, run


def test_json_of_a_refusal(migrate):
    run = migrate("up", "--format=json", files={**TWO, "V5_x.sql": "SELECT 1;"})
    assert run.exit == 4, run
    assert (run.json["migrations"], run.json["error"]["code"]) == ([], "REFUSED")
    assert len(run.json["problems"]) == 1


@pytest.mark.parametrize(
    "args, exit",
    [
        (["up", "--no-such-option"], 2),
        (["up", "--lock-timeout", "5"], 2),
        (["up", "--config", "missing.yaml"], 2),
        (["status", "--url", "postgresql://127.0.0.1:1/x"], 5),
    ],
)
def test_json_is_one_object_whatever_fails(migrate, args, exit):
    run = migrate(*args, "--format", "json", files=TWO)
    assert (run.exit, run.json["error"]["exit"], run.json["success"]) == (exit, exit, False), run
    assert run.json["operation"] in ("migrate", "info"), run


def test_json_lists_warnings(migrate):
    run = migrate("up", "--format", "json", files=TWO, env={"MIGRATE_NO_SUCH_SETTING": "1"})
    assert run.exit == 0, run
    assert any("MIGRATE_NO_SUCH_SETTING" in warning for warning in run.json["warnings"]), run


def test_json_survives_bytes_that_are_not_utf8(db, migrate):
    sql = "DO $$ BEGIN RAISE EXCEPTION 'x' USING DETAIL = U&'\\2028 \\202e'; END $$;"
    run = migrate("up", "--format", "json", files={"V1__x.sql": sql})
    assert run.exit == 1, run
    assert "\u202e" in run.json["error"]["detail"], run
    assert "\u202e" not in run.stderr, run


# --- dry run ---


def test_dry_run_prints_sql_and_changes_nothing(db, migrate):
    before = db.contents()
    run = migrate("up", "--dry-run", files=TWO)
    assert run.exit == 0, run
    assert "\\set ON_ERROR_STOP on" in run.stdout, run
    assert "CREATE TABLE orders (id int);" in run.stdout, run
    assert db.contents() == before


def test_dry_run_into_a_file_for_its_owner_only(migrate):
    os.umask(0o022)
    run = migrate("up", "--dry-run=out.sql", files=TWO)
    path = migrate.folder / "out.sql"
    assert (run.exit, run.stdout) == (0, ""), run
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "CREATE TABLE orders (id int);" in path.read_text()
    assert [p.name for p in migrate.folder.glob("out.sql*")] == ["out.sql"]


def test_dry_run_into_a_pipe(migrate):
    run = migrate("up", "--dry-run=/dev/stdout", files=TWO)
    assert run.exit == 0, run
    assert "CREATE TABLE orders (id int);" in run.stdout, run
    assert stat.S_ISLNK(os.lstat("/dev/stdout").st_mode)


def test_dry_run_into_a_missing_folder(migrate):
    run = migrate("up", "--dry-run=missing/out.sql", files=TWO)
    assert run.exit == 2, run
    assert "missing/out.sql" in run.stderr, run


def test_dry_run_runs_in_psql(db, migrate):
    sql = migrate("up", "--dry-run", files=TWO).stdout
    psql = ["psql", "-X", "-q", "-f", "-", db.url]
    subprocess.run(psql, input=sql, text=True, check=True, capture_output=True)
    assert db.versions() == ["3", "4"]
    assert migrate("up").stdout == "up to date, version 4\n"


# --- repair and baseline ---


def test_repair_prints_the_rows_that_it_changed(db, migrate):
    migrate("up", files=TWO)
    run = migrate("repair", files={"V4__view.sql": "SELECT 1;"})
    old, new = re.findall(r"^  [-+] 2 \| 4 \| view \| SQL \| V4__view.sql \| (-?\d+) \| t$",
                          run.stdout, re.M)
    assert run.exit == 0, run
    assert old != new
    assert int(new) == db.value("SELECT checksum FROM schema_history WHERE version = '4'")
    assert run.stdout.endswith("\n1 aligned\n"), run


def test_repair_of_nothing(migrate):
    migrate("up", files=TWO)
    run = migrate("repair")
    assert (run.exit, run.stdout) == (0, "nothing to repair\n"), run


def test_repair_marks_missing_files(db, migrate):
    migrate("up", files=TWO)
    run = migrate("repair", "--format", "json", files={"V3__add_total.sql": None})
    assert run.exit == 0, run
    (deleted,) = run.json["migrationsDeleted"]
    assert (deleted["version"], deleted["description"]) == ("3", "add total")
    assert deleted["before"] is None and deleted["after"]["type"] == "DELETE"
    assert run.json["repairActions"] == ["Marked missing migrations as deleted"]
    assert (run.json["migrationsRemoved"], run.json["migrationsAligned"]) == ([], [])


def test_repair_by_hand(db, migrate):
    run = migrate("repair", "--applied", "3", files=TWO)
    assert run.exit == 0, run
    assert db.versions() == ["3"]
    assert not db.exists("orders")
    run = migrate("repair", "--pending", "3")
    assert run.exit == 0, run
    assert db.versions() == []
    assert migrate("repair", "--applied", "3", "--pending", "4").exit == 2


def test_baseline(db, migrate):
    db.execute("CREATE TABLE old (a int)")
    run = migrate("baseline", "3", files=TWO)
    assert (run.exit, run.stdout) == (0, "baselined at version 3\n"), run
    again = migrate("baseline", "3")
    assert (again.exit, again.stdout) == (0, "already baselined at version 3\n"), again
    assert migrate("up").stdout.endswith("1 applied, 0 failed, version 4\n")


def test_baseline_json(db, migrate):
    run = migrate("baseline", "3", "--format", "json", files=TWO)
    assert run.exit == 0, run
    assert (run.json["operation"], run.json["successfullyBaselined"]) == ("baseline", True)
    assert run.json["baselineVersion"] == "3"


def test_baseline_is_refused_with_a_history(migrate):
    migrate("up", files=TWO)
    run = migrate("baseline", "9", "--format", "json")
    assert run.exit == 4, run
    assert run.json["successfullyBaselined"] is False


# --- protected environments ---


def test_protected_needs_yes_without_a_terminal(db, migrate):
    protect(migrate)
    run = migrate("up", "--env", "production", files=TWO)
    assert run.exit == 2, run
    assert "--yes" in run.stderr, run
    assert not db.exists("orders")
    assert migrate("up", "--env", "production", "--yes").exit == 0


def test_protected_with_nothing_to_do_does_not_ask(migrate):
    protect(migrate)
    migrate("up", files=TWO)
    assert migrate("up", "--env", "production").exit == 0


def test_protected_asks_on_a_terminal(db, migrate):
    protect(migrate)
    migrate.write(TWO)
    name = db.value("SELECT current_database()")
    status, shown = run_on_terminal(migrate, "up", "-e", "production", answer="n\n")
    assert status == 2, shown
    assert "apply 2 pending files" in shown and f"database {name}? (y/N)" in shown, shown
    assert not db.exists("orders")
    status, shown = run_on_terminal(migrate, "up", "-e", "production", answer="y\n")
    assert status == 0, shown
    assert db.versions() == ["3", "4"]


# --- colour, secrets, disks ---


def test_colour_on_a_terminal_only(migrate):
    migrate.write({"V1__x.sql": "SELECT no_such_column;"})
    assert "\033[01;31merror:" in run_on_terminal(migrate, "up")[1]
    assert "\033[01;31m" not in run_on_terminal(migrate, "up", env={"NO_COLOR": "1"})[1]
    assert "\033[01;31m" not in run_on_terminal(migrate, "up", "--color", "never")[1]
    assert "\033" not in migrate("up").output
    assert "\033[01;31merror:" in migrate("up", "--color", "always").stderr


def test_the_step_at_work_is_drawn_on_a_terminal(migrate):
    migrate.write({"V1__a.sql": "SELECT pg_sleep(0.2);" * 3, "V2__b.sql": "SELECT 1;"})
    status, shown = run_on_terminal(migrate, "up")
    assert status == 0, shown
    assert "\rfile 1 of 2: V1__a.sql: statement 2 of 3\033[K" in shown, repr(shown)
    left = re.sub(r"[^\n]*\r\033\[K", "", shown).splitlines()
    assert [line.split(":")[0] for line in left[1:3]] == ["V1__a.sql", "V2__b.sql"], repr(shown)


@pytest.mark.parametrize("args", [["--quiet"], []])
def test_nothing_is_drawn_elsewhere(migrate, args):
    migrate.write({"V1__a.sql": "SELECT pg_sleep(0.2);" * 3})
    env = {} if args else {"TERM": "dumb"}
    assert "\033" not in run_on_terminal(migrate, "up", *args, env=env)[1]


@pytest.mark.parametrize("args", [["status"], ["plan"], ["up", "--dry-run"]])
def test_a_full_disk_is_told(migrate, args):
    migrate.write(TWO)
    with open("/dev/full", "wb") as full:
        run = subprocess.run(
            migrate.program(False) + args,
            cwd=migrate.folder,
            env=migrate.environment({}),
            stdout=full,
            stderr=subprocess.PIPE,
        )
    assert run.returncode == 70, run
    assert b"cannot write" in run.stderr, run


def test_answers_are_valid_json_with_strange_names(migrate):
    run = migrate("status", "--format", "json", files={"V1__ä\t\"x\".sql": "SELECT 1;"})
    json.loads(run.stdout)
