# SPDX-License-Identifier: MIT
"""Flyway's SQL callbacks: when each runs, in which transaction, and what a failure leaves."""

import json
import os
import re
import signal
import threading

import pytest

LOG = """
CREATE SCHEMA side;
CREATE TABLE side.log (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, event text,
                       tx text DEFAULT pg_current_xact_id()::text);
"""


@pytest.fixture
def logged(db):
    """A database in which callbacks write down that they ran."""
    db.execute(LOG)
    return db


def note(event):
    return f"INSERT INTO side.log (event) VALUES ('{event}');\n"


def callbacks(*events):
    return {f"{event}.sql": note(event) for event in events}


def said(db):
    return [row[0] for row in db.execute("SELECT event FROM side.log ORDER BY id")]


def transactions(db):
    """The events of each transaction, in order."""
    found = {}
    for event, tx in db.execute("SELECT event, tx FROM side.log ORDER BY id"):
        found.setdefault(tx, []).append(event)
    return list(found.values())


# What Flyway documents, without what means nothing here.
EVENTS = (
    "beforeValidate", "afterValidate", "createSchema", "beforeCreateSchema", "beforeMigrate",
    "beforeEachMigrate", "beforeEachMigrateStatement", "afterEachMigrateStatement",
    "afterEachMigrate", "afterVersioned", "beforeRepeatables", "afterMigrateApplied",
    "afterMigrate", "afterMigrateOperationFinish", "afterMigrateError", "afterEachMigrateError",
    "afterEachMigrateStatementError", "beforeUndo", "beforeRepair", "beforeBaseline",
)  # fmt: skip
MIGRATIONS = {
    "V1__a.sql": note("V1"),
    "V2__b.sql": note("V2"),
    "R__r.sql": note("R"),
}


def each(name):
    return [
        "beforeEachMigrate", "beforeEachMigrateStatement", name, "afterEachMigrateStatement",
        "afterEachMigrate",
    ]  # fmt: skip


BEFORE = ["beforeValidate", "afterValidate", "createSchema", "beforeCreateSchema", "beforeMigrate"]
AFTER = ["afterMigrate", "afterMigrateOperationFinish"]


def test_all_events_come_in_flyways_order(migrate, logged):
    run = migrate("up", files={**callbacks(*EVENTS), **MIGRATIONS})
    assert run.exit == 0, run
    assert said(logged) == [
        *BEFORE, *each("V1"), *each("V2"), "afterVersioned", "beforeRepeatables", *each("R"),
        "afterMigrateApplied", *AFTER,
    ], run  # fmt: skip


def test_those_of_a_file_share_its_transaction_and_the_others_have_their_own(migrate, logged):
    run = migrate("up", files={**callbacks(*EVENTS), **MIGRATIONS})
    assert transactions(logged) == [
        *([event] for event in BEFORE), each("V1"), each("V2"), ["afterVersioned"],
        ["beforeRepeatables"], each("R"), ["afterMigrateApplied"], *([event] for event in AFTER),
    ], run  # fmt: skip


def test_with_group_all_files_and_what_stands_between_them_are_one_transaction(migrate, logged):
    run = migrate("up", "--group", files={**callbacks(*EVENTS), **MIGRATIONS})
    assert run.exit == 0, run
    assert transactions(logged) == [
        *([event] for event in BEFORE),
        [*each("V1"), *each("V2"), "afterVersioned", "beforeRepeatables", *each("R")],
        ["afterMigrateApplied"], *([event] for event in AFTER),
    ], run  # fmt: skip


def test_several_files_of_an_event_run_by_description_the_bare_one_first(migrate, logged):
    names = ("afterMigrate__b", "afterMigrate", "deep/afterMigrate__a_1", "afterMigrate__C")
    migrate("up", files=callbacks(*names))
    assert said(logged) == [
        "afterMigrate", "afterMigrate__C", "deep/afterMigrate__a_1", "afterMigrate__b",
    ]  # fmt: skip


def test_with_nothing_pending_those_of_the_command_run_all_the_same(migrate, logged):
    migrate("up", files={**MIGRATIONS, **callbacks(*EVENTS)})
    logged.execute("TRUNCATE side.log")
    run = migrate("up")
    assert run.exit == 0, run
    assert said(logged) == [*BEFORE, "afterVersioned", *AFTER], run
    assert run.stdout == "up to date, version 2\n", run


def test_a_run_with_nothing_to_do_takes_no_lock_unless_a_callback_runs(migrate, logged):
    migrate("up", files={**MIGRATIONS, **callbacks("beforeEachMigrate", "afterConnect")})
    assert "run lock taken" not in migrate("up", "--verbose").stderr
    assert "run lock taken" in migrate("up", "--verbose", files=callbacks("beforeMigrate")).stderr


def test_the_history_knows_nothing_of_callbacks(migrate, logged):
    migrate("up", files={**callbacks(*EVENTS), **MIGRATIONS})
    assert logged.execute("SELECT script FROM schema_history ORDER BY installed_rank") == [
        ("V1__a.sql",), ("V2__b.sql",), ("R__r.sql",),
    ]  # fmt: skip
    assert logged.value(
        "SELECT count(*) FROM schema_history_journal WHERE script LIKE '%Migrate%'"
    ) == 0


def test_they_are_told_on_stderr_and_in_json(migrate, logged):
    run = migrate("up", files={**callbacks("beforeMigrate"), **MIGRATIONS})
    assert re.search(r"^migrate: beforeMigrate.sql: callback, 1 statement, \d", run.stderr, re.M)
    assert "beforeMigrate" not in run.stdout, run
    run = migrate("up", "--format", "json", files=callbacks("afterMigrate__notify_all"))
    assert [(c["event"], c["description"]) for c in run.json["callbacks"]] == [
        ("beforeMigrate", ""), ("afterMigrate", "notify all"),
    ], run  # fmt: skip
    assert run.json["callbacks"][1]["filepath"] == "migrations/afterMigrate__notify_all.sql"


def test_a_notice_and_a_row_name_the_file_that_they_come_from(migrate, db):
    make = "CREATE TABLE IF NOT EXISTS a (); "
    files = {"beforeEachMigrate.sql": make + "SELECT 'each';", "V1__a.sql": make + "SELECT 'v1';",
             "V2__b.sql": make + "SELECT 'v2';", "R__r.sql": "SELECT 'r';"}  # fmt: skip
    for options in ("--group",), ():
        run = migrate("up", "--verbose", "--events", *options, files=files)
        assert run.exit == 0, run
        found = [json.loads(line) for line in run.stderr.splitlines()]
        assert [event["script"] for event in found if event["event"] == "notice"] == [
            "V1__a.sql", "beforeEachMigrate.sql", "V2__b.sql", "beforeEachMigrate.sql"]
        assert [(event["script"], event["text"]) for event in found if event["event"] == "row"] == [
            ("beforeEachMigrate.sql", "each"), ("V1__a.sql", "v1"),
            ("beforeEachMigrate.sql", "each"), ("V2__b.sql", "v2"),
            ("beforeEachMigrate.sql", "each"), ("R__r.sql", "r")]
        db.execute("DROP TABLE a, schema_history, schema_history_journal")


def test_they_are_among_the_events(migrate, logged):
    run = migrate("up", "--events", files={**callbacks("beforeMigrate"), "V1__a.sql": note("V1")})
    events = [json.loads(line) for line in run.stderr.splitlines()]
    found = [(e["event"], e["script"], e.get("callback")) for e in events if "script" in e]
    assert ("step_end", "beforeMigrate.sql", "beforeMigrate") in found, run
    assert ("step_end", "V1__a.sql", None) in found, run


# --- the session ---


def test_what_a_callback_sets_does_not_reach_the_files_unless_it_stands_inside(migrate, logged):
    show = "INSERT INTO side.log (event) VALUES (current_setting('my.{0}', true));\n"
    run = migrate("up", files={
        "beforeMigrate.sql": "SET my.a = 'seen';",
        "beforeEachMigrate.sql": "SET my.b = 'seen';",
        "V1__a.sql": show.format("a") + show.format("b"),
        "V2__b.sql": show.format("b"),
    })  # fmt: skip
    assert run.exit == 0, run
    assert said(logged) == [None, "seen", "seen"] or said(logged) == ["", "seen", "seen"], run


def test_afterConnect_prepares_every_session_again(migrate, logged):
    show = "INSERT INTO side.log (event) VALUES (current_setting('my.a', true));\n"
    concurrently = "CREATE INDEX CONCURRENTLY i ON t (x);\n"
    run = migrate("up", files={
        "afterConnect.sql": "SET my.a = 'seen';",
        "afterConnect__b.sql": "SET my.b = 'too';",
        "beforeMigrate.sql": show,
        "V1__a.sql": show + "RESET my.a; CREATE TABLE t (x int, y text);\n",
        "V2__b.sql": show + "DROP TABLE IF EXISTS nothing;",
        "V3__c.sql": "-- migrate:transaction off\n" + concurrently + show,
        "V4__d.sql": show.replace("my.a", "my.b"),
        "afterMigrate.sql": show,
    })  # fmt: skip
    assert run.exit == 0, run
    assert said(logged) == ["seen", "seen", "seen", "seen", "too", "seen"], run


def test_afterConnect_holds_when_a_file_is_tried_again(migrate, logged):
    logged.execute("CREATE TABLE busy (x int)")
    with logged.connect(autocommit=False) as other:
        other.execute("SELECT * FROM busy")
        run = migrate.start("up", "--baseline-on-up", "--baseline-version", "0", files={
            "afterConnect.sql": "SET my.a = 'seen';",
            "V1__a.sql": "INSERT INTO side.log (event) VALUES (current_setting('my.a', true));\n"
            "ALTER TABLE busy ADD COLUMN y int;",
        })  # fmt: skip
        logged.wait_for("SELECT to_regclass('schema_history_journal') IS NOT NULL")
        logged.wait_for("SELECT count(*) > 0 FROM schema_history_journal WHERE state = 'failed'")
        other.rollback()
    run = run.wait()
    assert run.exit == 0 and "try 1 failed" in run.stderr, run
    assert said(logged) == ["seen"], run


def test_a_callbacks_lock_timeout_is_that_of_the_file_behind_it(migrate, logged):
    show = "INSERT INTO side.log (event) VALUES (current_setting('{0}'));\n"
    run = migrate("up", files={
        "beforeEachMigrate.sql": "SET lock_timeout = '1234ms'; SET statement_timeout = '77s';",
        "V1__a.sql": show.format("lock_timeout") + show.format("statement_timeout"),
        "V2__b.sql": "-- migrate:lock_timeout 3s\n" + show.format("lock_timeout"),
    })  # fmt: skip
    assert run.exit == 0, run
    assert said(logged) == ["1234ms", "77s", "3s"], run


def test_a_role_is_that_of_the_callback_alone(migrate, logged):
    role = logged.role()
    logged.execute(f"GRANT USAGE ON SCHEMA side TO {role}; GRANT ALL ON side.log TO {role}")
    who = "INSERT INTO side.log (event) VALUES (current_user);\n"
    run = migrate("up", files={
        "beforeMigrate.sql": f"-- migrate:role {role}\n" + who,
        "beforeEachMigrate.sql": f"-- migrate:role {role}\n" + who,
        "beforeEachMigrateStatement.sql": who,
        "V1__a.sql": who,
        "V2__b.sql": f"-- migrate:role {role}\n" + who,
        "afterEachMigrate.sql": who,
        "afterMigrate.sql": who,
    })  # fmt: skip
    assert run.exit == 0, run
    me = "postgres"
    assert said(logged) == [role, role, me, me, me, role, role, role, me, me], run


@pytest.mark.parametrize("event", ["afterConnect", "beforeEachMigrate"])
def test_a_role_that_a_callback_takes_for_the_files_does_not_write_the_history(
    migrate, logged, event
):
    role = logged.role()
    logged.execute(f"GRANT USAGE ON SCHEMA side TO {role}; GRANT ALL ON side.log TO {role}")
    who = "INSERT INTO side.log (event) VALUES (current_user);\n"
    run = migrate("up", files={
        f"{event}.sql": f"SET ROLE {role};\n",
        "V1__a.sql": who,
        "V2__b.sql": "-- migrate:transaction off\n" + who + who,
        "V3__c.sql": "-- migrate:batch table=side.log key=id\n"
        "UPDATE side.log SET tx = '' WHERE tx <> '' AND id BETWEEN :from AND :to;\n",
        "R__r.sql": who,
    })  # fmt: skip
    assert run.exit == 0, run
    assert said(logged) == [role] * 4
    assert logged.execute("SELECT DISTINCT installed_by FROM schema_history") == [("postgres",)]
    assert logged.value("SELECT tableowner FROM pg_tables WHERE tablename = 'schema_history'") == (
        "postgres"
    )


def test_names_are_looked_up_with_the_search_path_of_afterConnect(migrate, logged):
    """Or else a strong lock would not be known as one, and wait for too long."""
    logged.execute("CREATE TABLE side.busy (x int)")
    with logged.connect(autocommit=False) as other:
        other.execute("SELECT * FROM side.busy")
        run = migrate("up", "--lock-retry", "1s", files={
            "afterConnect.sql": "SET search_path = side;\n",
            "V1__a.sql": "ALTER TABLE busy ADD COLUMN y int;\n",
        })  # fmt: skip
    assert run.exit == 6 and "try 1 failed" in run.stderr, run


# --- files without a transaction ---


def test_around_a_file_without_a_transaction_they_have_their_own(migrate, logged):
    run = migrate("up", files={
        **callbacks("beforeEachMigrate", "afterEachMigrate", "beforeEachMigrateStatement",
                    "afterEachMigrateStatement"),
        "V1__a.sql": "-- migrate:transaction off\nCREATE TABLE t (x int);\n"
        "CREATE INDEX CONCURRENTLY i ON t (x);\n" + note("V1"),
    })  # fmt: skip
    assert run.exit == 0, run
    statement = ["beforeEachMigrateStatement", "afterEachMigrateStatement"]
    assert said(logged) == [
        "beforeEachMigrate", *statement, *statement, "beforeEachMigrateStatement", "V1",
        "afterEachMigrateStatement", "afterEachMigrate",
    ], run  # fmt: skip


def test_what_beforeEachMigrate_sets_reaches_a_file_without_a_transaction(migrate, logged):
    run = migrate("up", files={
        "beforeEachMigrate.sql": "SET my.a = 'seen';",
        "V1__a.sql": "-- migrate:transaction off\n"
        "INSERT INTO side.log (event) VALUES (current_setting('my.a', true));",
    })  # fmt: skip
    assert said(logged) == ["seen"], run


def test_a_callback_may_run_without_a_transaction(migrate, logged):
    run = migrate("up", files={**MIGRATIONS, "afterMigrate.sql": "VACUUM side.log;\nANALYZE;\n"})
    assert run.exit == 0 and "afterMigrate.sql: callback, 2 statements" in run.stderr, run
    run = migrate("up", files={"afterMigrate.sql": "VACUUM side.log;\nVACUUM side.gone;\n"})
    assert run.exit == 1, run
    assert "migrations/afterMigrate.sql:2:8" in run.stderr or "afterMigrate.sql:2:1" in run.stderr
    assert "1 of 2 statements of afterMigrate.sql are done and kept" in run.stderr, run


def test_copy_works_in_a_callback(migrate, logged):
    copy = "COPY side.log (event) FROM stdin;\nfrom copy\n\\.\n"
    run = migrate("up", files={
        "beforeMigrate.sql": copy, "V1__a.sql": note("V1"), "beforeEachMigrate.sql": copy,
    })  # fmt: skip
    assert run.exit == 0, run
    assert said(logged) == ["from copy", "from copy", "V1"], run


def test_placeholders_are_replaced(migrate, logged):
    run = migrate("up", "--placeholder", "who=app", files={
        "beforeMigrate.sql": note("${who} ${flyway:filename}"),
        "afterMigrate.sql": "-- migrate:placeholders off\n" + note("${who}"),
    })  # fmt: skip
    assert said(logged) == ["app beforeMigrate.sql", "${who}"], run


# --- failures ---


@pytest.mark.parametrize("event", ["beforeMigrate", "beforeValidate", "createSchema"])
def test_a_callback_that_fails_before_the_files_stops_the_run(migrate, logged, event):
    run = migrate("up", files={
        **MIGRATIONS, **callbacks("afterMigrateError"),
        f"{event}.sql": note("lost") + "  SELECT 1/0;\n",
    })  # fmt: skip
    assert run.exit == 1, run
    assert f"migrations/{event}.sql:2:3" in run.stderr and "division by zero" in run.stderr, run
    assert f"rolled back, nothing of {event}.sql was kept; no file was applied" in run.stderr, run
    assert said(logged) == [], run
    assert migrate("up", files={f"{event}.sql": note(event)}).exit == 0


def test_a_callback_that_fails_behind_the_files_keeps_them(migrate, logged):
    run = migrate("up", files={**MIGRATIONS, "afterMigrate.sql": "SELECT 1/0;\n"})
    assert run.exit == 1 and "3 applied, 0 failed, version 2" in run.stdout, run
    assert "what was applied before is kept" in run.stderr, run
    assert logged.value("SELECT count(*) FROM schema_history WHERE success") == 3


@pytest.mark.parametrize("event", ["beforeEachMigrate", "afterEachMigrate"])
def test_a_callback_that_fails_inside_takes_its_file_with_it(migrate, logged, event):
    run = migrate("up", files={
        **MIGRATIONS,
        f"{event}.sql": "SELECT 1 / (SELECT 1 - count(*) FROM side.log WHERE event = 'V1');\n",
    } | ({"V1__a.sql": note("V1") + note("more")} if event == "afterEachMigrate" else {}))  # fmt: skip
    assert run.exit == 1 and f"migrations/{event}.sql:1:1" in run.stderr, run
    file = "V2__b.sql" if event == "beforeEachMigrate" else "V1__a.sql"
    assert f"rolled back, nothing of {file} was kept" in run.stderr, run
    assert logged.execute(
        "SELECT DISTINCT script FROM schema_history_journal WHERE state = 'failed'"
    ) == [(file,)]


def test_behind_a_failed_file_the_error_callbacks_run_and_its_error_is_told(migrate, logged):
    errors = ("afterEachMigrateStatementError", "afterEachMigrateError", "afterMigrateError")
    run = migrate("up", files={
        **callbacks(*errors, "afterMigrate", "afterVersioned", "afterMigrateApplied"),
        "V1__a.sql": note("V1"), "V2__b.sql": note("lost") + "SELECT 1/0;\n",
    })  # fmt: skip
    assert run.exit == 1 and "migrations/V2__b.sql:2:1" in run.stderr, run
    assert said(logged) == ["V1", *errors], run


def test_an_error_callback_that_fails_does_not_hide_the_first_error(migrate, logged):
    run = migrate("up", files={
        "afterMigrateError.sql": "SELECT * FROM gone;\n", "V1__a.sql": "SELECT 1/0;\n",
    })  # fmt: skip
    assert run.exit == 1 and "division by zero" in run.stderr, run
    assert 'afterMigrateError failed as well: relation "gone" does not exist' in run.stderr, run
    run = migrate("up", "--format", "json")
    assert run.json["error"]["message"] == "division by zero", run


def test_a_late_callback_that_fails_behind_a_file_without_a_transaction_keeps_it(migrate, logged):
    run = migrate("up", files={
        "afterEachMigrate.sql": "SELECT 1/0;\n",
        "V1__a.sql": "-- migrate:transaction off\n" + note("V1"),
    })  # fmt: skip
    assert run.exit == 1 and "1 applied, 0 failed" in run.stdout, run
    assert "nothing of afterEachMigrate.sql was kept; what was applied before is kept" in run.stderr
    assert said(logged) == ["V1"]


def test_a_lock_that_a_callback_cannot_get_is_exit_6_and_names_the_holder(migrate, logged):
    logged.execute("CREATE TABLE side.busy (x int)")
    with logged.connect(autocommit=False) as other:
        other.execute("SELECT * FROM side.busy")
        run = migrate("up", "--lock-retry", "1s", "--lock-timeout", "100ms", files={
            **MIGRATIONS, "beforeMigrate.sql": "ALTER TABLE side.busy ADD COLUMN y int;\n",
        })  # fmt: skip
    assert run.exit == 6 and "In the way: pid" in run.stderr, run
    assert "no file was applied" in run.stderr, run


def test_a_signal_ends_a_callback(migrate, logged):
    run = migrate.start("up", files={**MIGRATIONS, "beforeMigrate.sql": "SELECT pg_sleep(60);\n"})
    logged.wait_for_statement("pg_sleep")
    run.signal(signal.SIGTERM)
    run = run.wait(7)
    assert run.exit == 128 + signal.SIGTERM, run
    assert "nothing of beforeMigrate.sql was kept; no file was applied" in run.stderr, run


def test_a_callback_whose_session_is_ended_tells_that_nothing_was_kept(migrate, logged):
    run = migrate.start("up", files={
        **MIGRATIONS, "beforeMigrate.sql": note("lost") + "SELECT pg_sleep(60);\n",
    })  # fmt: skip
    logged.wait_for_statement("pg_sleep")
    logged.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)%'"
        " AND pid <> pg_backend_pid()"
    )
    run = run.wait()
    assert run.exit == 5 and "no file was applied" in run.stderr, run
    assert said(logged) == []


# --- what is refused before anything runs ---


@pytest.mark.parametrize("text, words", [
    ("SELECT ${gone};\n", "afterMigrate.sql:1:8"),
    ("SELECT 1;\nCOMMIT;\n", "afterMigrate.sql:2:1: COMMIT cannot stand here"),
    ("-- migrate:nonsense\nSELECT 1;\n", "afterMigrate.sql:1:12"),
    ("-- migrate:phase contract\nSELECT 1;\n", '"phase" has no meaning in a callback'),
    ("SELECT 'open;\n", "afterMigrate.sql:1:8"),
    ("SELECT pg_advisory_unlock_all();\n", "afterMigrate.sql:1:1"),
])  # fmt: skip
def test_a_callback_that_cannot_run_is_refused_with_the_files(migrate, logged, text, words):
    run = migrate("up", files={
        **MIGRATIONS, **callbacks("beforeMigrate"), "afterMigrate.sql": text,
    })  # fmt: skip
    assert run.exit == 4 and words in run.stderr, run
    assert said(logged) == []
    assert migrate("plan").exit == 4


def test_what_refuses_a_transaction_cannot_stand_inside_that_of_a_file(migrate, logged):
    run = migrate("up", files={**MIGRATIONS, "afterEachMigrate.sql": "VACUUM side.log;\n"})
    assert run.exit == 4 and "migrations/afterEachMigrate.sql:1:1" in run.stderr, run


def test_validate_refuses_them_without_a_database(offline):
    run = offline("validate", "--offline", files={
        "afterEachMigrate.sql": "VACUUM a;\n", "beforeMigrate.sql": "-- migrate:irreversible\nSELECT 1;\n",
        "afterMigrate.sql": "VACUUM a;\n",
    })  # fmt: skip
    assert run.exit == 4 and "2 problems" in run.output, run
    assert "migrations/afterEachMigrate.sql:1:1" in run.stderr, run


def test_events_that_cannot_come_are_named(migrate, logged):
    run = migrate("up", files=callbacks("beforeClean", "beforeConnect", "afterValidateError"))
    assert run.exit == 0, run
    for name in ("beforeClean", "beforeConnect", "afterValidateError"):
        assert f'warning: "migrations/{name}.sql" is never run: ' in run.stderr, run
    assert said(logged) == []


@pytest.mark.parametrize("command, events", [
    ("status", ("beforeInfo", "afterInfo")), ("validate", ("beforeValidate", "afterValidate")),
])  # fmt: skip
def test_a_command_that_writes_nothing_runs_none_and_says_so(migrate, logged, command, events):
    run = migrate(command, files={**callbacks(*events, "afterConnect")})
    assert run.exit == 0, run
    assert f"{command} writes nothing, and so does not run" in run.stderr, run
    for event in events:
        assert f'"migrations/{event}.sql"' in run.stderr, run
    assert said(logged) == []


# --- the other commands ---


def test_baseline_and_repair_have_theirs(migrate, logged):
    events = ("beforeBaseline", "afterBaseline", "beforeRepair", "afterRepair", "createSchema",
              "beforeMigrate", "afterConnect")  # fmt: skip
    assert migrate("baseline", "1", files=callbacks(*events)).exit == 0
    assert said(logged) == ["afterConnect", "createSchema", "afterConnect", "beforeBaseline",
                            "afterConnect", "afterBaseline"]  # fmt: skip
    logged.execute("TRUNCATE side.log")
    assert migrate("repair").exit == 0
    assert said(logged) == ["afterConnect", "beforeRepair", "afterConnect", "afterRepair"]


def test_undo_has_its_own(migrate, logged):
    events = ("beforeUndo", "beforeEachUndo", "beforeEachUndoStatement", "afterEachUndoStatement",
              "afterEachUndo", "afterUndo", "beforeMigrate", "afterMigrate")  # fmt: skip
    migrate("up", files={**MIGRATIONS, "U1__a.sql": note("U1"), "U2__b.sql": note("U2")})
    logged.execute("TRUNCATE side.log")
    run = migrate("undo", "--steps", "2", files=callbacks(*events))
    assert run.exit == 0, run

    def undo(name):
        return ["beforeEachUndo", "beforeEachUndoStatement", name, "afterEachUndoStatement",
                "afterEachUndo"]  # fmt: skip

    assert transactions(logged) == [["beforeUndo"], undo("U2"), undo("U1"), ["afterUndo"]], run


def test_a_file_in_batches_has_those_around_the_file(migrate, logged):
    run = migrate("up", files={
        **callbacks("beforeEachMigrate", "afterEachMigrate", "beforeEachMigrateStatement"),
        "V1__a.sql": "CREATE TABLE t (id int PRIMARY KEY, y int);\n"
        "INSERT INTO t SELECT i FROM generate_series(1, 500) i;\n",
        "V2__b.sql": "-- migrate:batch table=t key=id size=100\n"
        "UPDATE t SET y = 1 WHERE y IS NULL AND id BETWEEN :from AND :to;\n",
    })  # fmt: skip
    assert run.exit == 0, run
    assert logged.value("SELECT count(*) FROM t WHERE y = 1") == 500
    statement = ["beforeEachMigrateStatement"]
    assert said(logged) == ["beforeEachMigrate", *statement, *statement, "afterEachMigrate",
                            "beforeEachMigrate", "afterEachMigrate"], run  # fmt: skip


def test_baseline_on_up_has_those_of_baseline(migrate, logged):
    logged.execute("CREATE TABLE old (x int)")
    run = migrate("up", "--baseline-on-up", files={
        **callbacks("beforeBaseline", "afterBaseline", "beforeMigrate"), "V2__b.sql": note("V2"),
    })  # fmt: skip
    assert run.exit == 0, run
    assert said(logged) == ["beforeBaseline", "afterBaseline", "beforeMigrate", "V2"], run


def test_createSchema_may_make_the_schema_itself(migrate, logged):
    run = migrate("up", "--schema", "app", files={
        "createSchema.sql": "CREATE SCHEMA IF NOT EXISTS app;\n", **MIGRATIONS,
    })  # fmt: skip
    assert run.exit == 0, run
    assert logged.value("SELECT count(*) FROM app.schema_history WHERE type = 'SQL'") == 3, run
    assert migrate("up", "--schema", "app").exit == 0


# --- together ---


def test_twenty_replicas_with_grants_do_not_deadlock(migrate, logged):
    role = logged.role()
    tables = "".join(f"CREATE TABLE t{i} (x int);\n" for i in range(20))
    grants = "".join(f"GRANT SELECT ON t{i} TO {role};\n" for i in range(20))
    assert migrate("up", files={"V1__a.sql": tables}).exit == 0
    migrate.write({"beforeMigrate.sql": grants + note("granted"), "V2__b.sql": note("V2")})
    runs = [migrate.start("up") for _ in range(20)]
    ends = [run.wait() for run in runs]
    assert [end.exit for end in ends] == [0] * 20, ends
    assert sorted(said(logged)) == ["V2"] + ["granted"] * 20


def test_through_a_pooler_callbacks_run_but_afterConnect_is_refused(
    migrate, logged, make_pgbouncer
):
    pooler = make_pgbouncer(pool_mode="transaction")
    migrate.url = pooler.url(logged)
    run = migrate("up", files={**callbacks("beforeMigrate", "beforeEachMigrate", "afterMigrate"),
                               **MIGRATIONS})  # fmt: skip
    assert run.exit == 0, run
    assert said(logged) == ["beforeMigrate", "beforeEachMigrate", "V1", "beforeEachMigrate", "V2",
                            "beforeEachMigrate", "R", "afterMigrate"], run  # fmt: skip
    run = migrate("up", files=callbacks("afterConnect"))
    assert run.exit == 5 and "afterConnect.sql prepares a session" in run.stderr, run


def test_a_dry_run_has_them_and_does_the_same_in_psql(migrate, logged):
    run = migrate("up", "--dry-run", files={
        **callbacks(*EVENTS, "afterConnect"), **MIGRATIONS,
        "V3__c.sql": "-- migrate:transaction off\n" + note("V3"),
    })  # fmt: skip
    assert run.exit == 0 and said(logged) == [], run
    path = migrate.folder / "dry.sql"
    path.write_text(run.stdout)
    psql = os.popen(f"psql -X -q -f {path} '{logged.url}' 2>&1").read()
    dry = [event for event in said(logged) if event != "afterConnect"]
    logged.execute("TRUNCATE side.log; DROP TABLE schema_history, schema_history_journal")
    assert migrate("up").exit == 0
    assert dry == [event for event in said(logged) if event != "afterConnect"], psql
