# SPDX-License-Identifier: MIT
"""Hooks: shell commands before and behind a run, and before what has no way back."""

import os
import signal
import time

import pytest

from runner import PROGRAM

ONE = {"V1__a.sql": "CREATE TABLE a (x int);\n"}


def write(name, text):
    """A hook that adds a line to a file in the working directory."""
    return f'echo "{text}" >> {name}'


def lines(migrate, name="said"):
    path = migrate.folder / name
    return path.read_text().splitlines() if path.exists() else []


def gone(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    with open(f"/proc/{pid}/stat") as stat:
        return stat.read().split(")")[1].split()[0] == "Z"


def wait_until(condition, seconds=20):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def hooks(**commands):
    """migrate.yaml with these hooks."""
    quoted = {name: command.replace("'", "''") for name, command in commands.items()}
    return "hooks:\n" + "".join(f"  {name}: '{command}'\n" for name, command in quoted.items())


def configure(migrate, **commands):
    migrate.write({"migrate.yaml": hooks(**commands)}, below=".")


ALL = {name: write("said", "$MIGRATE_HOOK $MIGRATE_HOOK_STATE $MIGRATE_HOOK_VERSION")
       for name in ("before_up", "after_up", "on_error", "before_irreversible")}  # fmt: skip


def test_they_run_before_and_behind_a_run_that_has_something_to_apply(migrate):
    configure(migrate, **ALL)
    assert migrate("up", files=ONE).exit == 0
    assert lines(migrate) == ["before_up pending ", "after_up applied 1"]
    assert migrate("up").exit == 0
    assert len(lines(migrate)) == 2


def test_what_they_say_is_shown_line_by_line_and_made_harmless(migrate, db):
    configure(migrate, before_up=r"printf 'one\n\033[31mred\n'; echo two >&2; printf three")
    run = migrate("up", files=ONE)
    for line in ("one", r"\x1B[31mred", "two", "three"):
        assert f"migrate: before_up: {line}\n" in run.stderr, run
    assert "one" not in run.stdout


def test_a_password_like_any_word_takes_no_variable_that_a_hook_needs(migrate, db):
    configure(migrate, before_up="env > seen")
    env = {"PGPASSWORD": "bin", "HOME": "/sbin", "MINE": "host=h password=bin"}
    assert migrate("up", files=ONE, env=env).exit == 0
    names = [line.split("=")[0] for line in lines(migrate, "seen")]
    assert "PATH" in names and "HOME" in names
    assert "PGPASSWORD" not in names and "MINE" not in names


@pytest.mark.parametrize("programs", ["hooks:\n  before_up: '{}'\n", "password_command: '{}'\n"])
def test_it_inherits_no_file_that_may_hold_a_password(make_runner, db, programs):
    """Nor the connection."""
    migrate = make_runner()
    look = "ls -l /proc/self/fd > seen; echo any"
    migrate.write({"migrate.yaml": "url_file: address\n" + programs.format(look),
                   "address": db.url + "\n"}, below=".")  # fmt: skip
    run = migrate("up", files=ONE)
    assert run.exit == 0, run
    seen = "\n".join(lines(migrate, "seen"))
    assert " 1 -> " in seen
    assert "socket:" not in seen and "migrate.yaml" not in seen and "address" not in seen, seen


def test_a_hook_finds_in_its_environment_what_it_is_run_for(migrate, db):
    configure(migrate, before_up="env | grep MIGRATE | sort > seen; pwd >> seen")
    migrate("up", files={**ONE, "V2.1__b.sql": "SELECT 1;"})
    assert set(lines(migrate, "seen")) == {
        "MIGRATE_HOOK=before_up", "MIGRATE_HOOK_STATE=pending", "MIGRATE_HOOK_VERSION=",
        "MIGRATE_HOOK_TARGET=2.1", "MIGRATE_HOOK_SCRIPT=", "MIGRATE_HOOK_ENV=",
        f"MIGRATE_HOOK_HOST={db.cluster.folder}", f"MIGRATE_HOOK_PORT={db.cluster.port}",
        f"MIGRATE_HOOK_DATABASE={db.name}", "MIGRATE_HOOK_USER=postgres",
        "MIGRATE_HOOK_SCHEMA=public", "MIGRATE_HOOK_EXIT=", "MIGRATE_HOOK_ERROR=",
        str(migrate.folder),
    }  # fmt: skip


def test_no_password_is_in_its_environment(migrate, db):
    role = db.role("SUPERUSER", password="s3cr3t-of-db")
    configure(migrate, before_up="env > seen")
    url = db.url_for(user=role, password="s3cr3t-of-db", host="127.0.0.1")
    run = migrate("up", files=ONE, env={
        "DATABASE_URL": url, "PGPASSWORD": "another", "FLYWAY_PASSWORD": "a-third",
        "MY_COPY": "x s3cr3t-of-db y", "FLYWAY_URL": "jdbc:postgresql://h/db?user=u&password=p4",
        "KEPT": "this",
    })  # fmt: skip
    assert run.exit == 0, run
    seen = "\n".join(lines(migrate, "seen"))
    for word in ("s3cr3t-of-db", "another", "a-third", "p4", "DATABASE_URL", "MY_COPY"):
        assert word not in seen, seen
    assert "KEPT=this" in seen and f"MIGRATE_HOOK_USER={role}" in seen


def test_a_password_that_it_prints_is_hidden(migrate, db):
    role = db.role("SUPERUSER", password="s3cr3t-of-db")
    configure(migrate, before_up="echo it is s3cr3t-of-db")
    run = migrate("up", files=ONE, env={
        "DATABASE_URL": db.url_for(user=role, password="s3cr3t-of-db", host="127.0.0.1"),
    })  # fmt: skip
    assert "before_up: it is ********" in run.stderr and "s3cr3t" not in run.output, run


def test_its_stdin_is_empty(migrate):
    configure(migrate, before_up="cat; echo end")
    run = migrate("up", files=ONE)
    assert run.exit == 0 and "before_up: end" in run.stderr, run


def test_a_migrate_in_a_hook_does_not_wonder_at_the_variables(migrate, db):
    program = " ".join(PROGRAM)
    configure(migrate, before_up=f"{program} status")
    run = migrate("up", files=ONE)
    assert run.exit == 0 and "Pending" in run.stderr, run
    assert "unknown environment variable" not in run.stderr, run


# --- failures ---


@pytest.mark.parametrize("command, words", [
    ("echo no space left; exit 3", "the hook before_up failed with exit status 3"),
    ("kill -KILL $$", "the hook before_up was ended by signal 9"),
    ("/no/such/program", "the hook before_up failed with exit status 127"),
])  # fmt: skip
def test_when_before_up_fails_nothing_runs(migrate, db, command, words):
    configure(migrate, before_up=command)
    run = migrate("up", files={**ONE, "beforeMigrate.sql": "CREATE TABLE b (x int);\n"})
    assert run.exit == 4 and words in run.stderr and "nothing was run" in run.stderr, run
    assert db.value("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == 0
    assert migrate("up", "--hooks-before-up", "true").exit == 0


def test_when_after_up_fails_it_is_told_and_that_is_all(migrate):
    configure(migrate, after_up="exit 3")
    run = migrate("up", files=ONE)
    assert run.exit == 0 and "1 applied, 0 failed" in run.stdout, run
    assert "warning: the hook after_up failed with exit status 3" in run.stderr, run


def test_on_error_is_told_what_failed_and_hides_nothing(migrate):
    said = "$MIGRATE_HOOK_STATE $MIGRATE_HOOK_EXIT $MIGRATE_HOOK_SCRIPT: $MIGRATE_HOOK_ERROR"
    configure(migrate, on_error=write("said", said) + "; exit 1", after_up=write("said", "after"))
    run = migrate("up", files={**ONE, "V2__b.sql": "SELECT 1/0;\n"})
    assert run.exit == 1 and "division by zero" in run.stderr, run
    assert "the hook on_error failed with exit status 1" in run.stderr, run
    assert lines(migrate) == ["failed 1 migrations/V2__b.sql: division by zero"]


@pytest.mark.parametrize("files, url, exit", [
    ({"V1__a.sql": "COMMIT;\n"}, None, 4),
    (ONE, "postgresql://127.0.0.1:1/nothing", 5),
])  # fmt: skip
def test_on_error_runs_also_when_nothing_could_begin(migrate, files, url, exit):
    configure(migrate, on_error=write("said", "$MIGRATE_HOOK_EXIT"))
    run = migrate("up", files=files, env={"DATABASE_URL": url or migrate.url})
    assert run.exit == exit and lines(migrate) == [str(exit)], run


def test_on_error_and_the_others_keep_still_in_a_dry_run(migrate):
    configure(migrate, **ALL)
    assert migrate("up", "--dry-run", files=ONE).exit == 0
    assert migrate("up", "--dry-run", files={"V1__a.sql": "COMMIT;"}).exit == 4
    assert lines(migrate) == []


# --- before what has no way back ---

TABLES = {"V1__a.sql": "CREATE TABLE a (x int, y text, z numeric(10, 2));\nINSERT INTO a VALUES (1);\n"}


@pytest.mark.parametrize("sql, runs", [
    ("DROP TABLE a;", True),
    ("ALTER TABLE a DROP COLUMN y;", True),
    ("TRUNCATE a;", True),
    ("ALTER TABLE a ALTER COLUMN x TYPE smallint;", True),
    ("-- migrate:irreversible mails are sent\nSELECT 1;", True),
    ("-- migrate:allow drop-table, lock-timeout-zero it is empty\nDROP TABLE a;", True),
    ("ALTER TABLE a ADD COLUMN w int;", False),
    ("ALTER TABLE a ALTER COLUMN x TYPE bigint;", False),
    ("CREATE TABLE b (x int); DROP TABLE b;", False),
])  # fmt: skip
def test_the_backup_runs_before_what_destroys_data(migrate, db, sql, runs):
    configure(migrate, before_irreversible=write("said", "$MIGRATE_HOOK_SCRIPT"))
    assert migrate("up", files=TABLES).exit == 0
    run = migrate("up", files={"V2__b.sql": "SELECT 1;\n", "V3__c.sql": sql + "\n"})
    assert "V3__c.sql: applied" in run.stdout or "unknown" in run.stderr, run
    assert lines(migrate) == (["migrations/V3__c.sql"] if runs else []), run


def test_settings_that_silence_the_linter_do_not_silence_the_backup(migrate):
    migrate.write({"migrate.yaml": hooks(before_irreversible=write("said", "ran"))
                   + "lint:\n  on_up: off\n  rules: {drop-table: off}\n"}, below=".")  # fmt: skip
    migrate("up", files=TABLES)
    assert migrate("up", files={"V2__b.sql": "DROP TABLE a;\n"}).exit == 0
    assert lines(migrate) == ["ran"]


def test_a_U_file_is_a_way_back_unless_the_file_says_otherwise(migrate):
    configure(migrate, before_irreversible=write("said", "$MIGRATE_HOOK_SCRIPT"))
    migrate("up", files=TABLES)
    migrate("up", files={"V2__b.sql": "DROP TABLE a;\n", "U2__b.sql": "CREATE TABLE a (x int);\n"})
    assert lines(migrate) == []
    migrate("up", files={"V3__c.sql": "-- migrate:irreversible\nSELECT 1;\n", "U3__c.sql": "SELECT 1;"})
    assert lines(migrate) == ["migrations/V3__c.sql"]


def test_it_runs_once_a_run_and_when_it_fails_nothing_runs(migrate, db):
    configure(migrate, before_up=write("said", "up"), before_irreversible=write("said", "backup"))
    migrate("up", "--hooks-before-up", "true", files={
        **TABLES, "V2__b.sql": "-- migrate:irreversible\nSELECT 1;\n",
        "V3__c.sql": "-- migrate:irreversible\nSELECT 1;\n",
    })  # fmt: skip
    assert lines(migrate) == ["backup"]
    run = migrate("up", "--hooks-before-irreversible", "exit 1", files={
        "V4__d.sql": "CREATE TABLE d (x int);\n", "V5__e.sql": "DROP TABLE a;\n",
    })  # fmt: skip
    assert run.exit == 4 and "before_irreversible failed with exit status 1" in run.stderr, run
    assert db.value("SELECT to_regclass('d') IS NULL AND to_regclass('a') IS NOT NULL")


# --- time and signals ---


@pytest.mark.parametrize("polite", [True, False])
def test_a_hook_that_hangs_is_ended_with_its_children(migrate, polite):
    trap = "" if polite else "trap '' TERM; "
    configure(migrate, before_up=trap + "sleep 1000 & echo $! > child; echo $$ > parent; "
              + "while :; do wait; sleep 1; done")  # fmt: skip
    start = time.monotonic()
    run = migrate("up", "--hook-timeout", "1s", files=ONE)
    assert run.exit == 4 and "hook before_up: the command took longer than 1s" in run.stderr, run
    assert time.monotonic() - start < 20
    for name in ("child", "parent"):
        wait_until(lambda: gone(int(lines(migrate, name)[0])))


def test_a_signal_is_passed_on_and_ends_us_in_time(migrate):
    configure(migrate, before_up="trap '' TERM INT; echo $$ > parent; while :; do sleep 1; done")
    run = migrate.start("up", files=ONE)
    wait_until(lambda: lines(migrate, "parent"))
    start = time.monotonic()
    run.signal(signal.SIGTERM)
    run = run.wait(20)
    assert time.monotonic() - start < 7
    assert run.exit == 128 + signal.SIGTERM and "nothing was run" in run.stderr, run
    assert gone(int(lines(migrate, "parent")[0]))


def test_a_hook_may_clean_up_behind_a_signal(migrate):
    configure(migrate, before_up="trap 'echo cleaned; exit 0' TERM; echo > ready; while :; do sleep 0.1; done")
    run = migrate.start("up", files=ONE)
    wait_until(lambda: (migrate.folder / "ready").exists())
    run.signal(signal.SIGINT)
    run = run.wait(20)
    assert run.exit == 128 + signal.SIGINT and "before_up: cleaned" in run.stderr, run


def test_on_error_does_not_run_behind_a_signal(migrate, db):
    configure(migrate, on_error=write("said", "error"))
    run = migrate.start("up", files={"V1__a.sql": "SELECT pg_sleep(60);\n"})
    db.wait_for_statement("pg_sleep")
    run.signal(signal.SIGTERM)
    assert run.wait(10).exit == 128 + signal.SIGTERM
    assert lines(migrate) == []


def test_a_child_that_stays_does_not_keep_us(migrate):
    configure(migrate, before_up="sleep 30 & echo started")
    start = time.monotonic()
    run = migrate("up", files=ONE)
    assert run.exit == 0 and "before_up: started" in run.stderr, run
    assert time.monotonic() - start < 15


# --- under the run lock ---


def test_of_many_runs_one_makes_the_backup(migrate, db):
    configure(migrate, before_up="echo in >> said; sleep 0.3; echo out >> said")
    migrate.write(ONE)
    runs = [migrate.start("up") for _ in range(5)]
    assert [run.wait().exit for run in runs] == [0] * 5
    assert lines(migrate) == ["in", "out"]


def test_a_session_that_was_cut_during_the_hook_is_made_again(migrate, db):
    configure(migrate, before_up="echo > ready; while [ ! -e go ]; do sleep 0.1; done; echo ran >> said")
    run = migrate.start("up", files=ONE)
    wait_until(lambda: (migrate.folder / "ready").exists())
    db.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
               " WHERE datname = current_database() AND pid <> pg_backend_pid()")  # fmt: skip
    (migrate.folder / "go").touch()
    run = run.wait()
    assert run.exit == 0 and "V1__a.sql: applied" in run.stdout, run
    assert lines(migrate) == ["ran"]


def test_the_history_is_looked_at_again_behind_the_hook(migrate, db):
    configure(migrate, before_up="echo > ready; while [ ! -e go ]; do sleep 0.1; done")
    migrate("up", "--hooks-before-up", "true", files=ONE)
    run = migrate.start("up", files={"V2__b.sql": "SELECT 1;\n"})
    wait_until(lambda: (migrate.folder / "ready").exists())
    db.execute("UPDATE schema_history SET checksum = 1")  # by somebody without the run lock
    (migrate.folder / "go").touch()
    run = run.wait()
    assert run.exit == 4 and "checksum" in run.stderr, run
    assert db.value("SELECT count(*) FROM schema_history") == 1
