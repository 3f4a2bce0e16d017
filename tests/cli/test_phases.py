# SPDX-License-Identifier: MIT
"""Phases: expand before a rollout, backfill beside it, contract behind it."""

import pytest

EXPAND = "ALTER TABLE t ADD COLUMN b int;"
CONTRACT = "-- migrate:phase contract\n-- migrate:irreversible\nALTER TABLE t DROP COLUMN a;"
FIRST = {"V1__t.sql": "CREATE TABLE t (a int);"}
ROLLOUT = {
    **FIRST,
    "V2__b.sql": EXPAND,
    "V3__copy.sql": "-- migrate:phase backfill\nUPDATE t SET b = a;",
    "V4__drop.sql": CONTRACT,
}
BEHIND = {**ROLLOUT, "V5__more.sql": "CREATE TABLE more ();"}


def states(migrate, *args):
    run = migrate("status", "--format", "json", *args)
    return {m["version"] or m["description"]: (m["state"], m["phase"]) for m in run.json["migrations"]}


def test_a_rollout_in_three_runs(db, migrate):
    run = migrate("up", "--phase", "expand", files=ROLLOUT)
    assert run.exit == 0, run
    assert "2 applied, 0 failed, version 2, 2 held" in run.stdout, run
    held = "held back by --phase expand: V3__copy.sql (backfill), V4__drop.sql (contract)"
    assert run.stderr.count(held) == 1, run
    run = migrate("up", "--phase", "expand")
    assert run.exit == 0 and run.stdout == "up to date, version 2, 2 held\n", run
    run = migrate("up", "--phase", "backfill")
    assert run.exit == 0 and "1 applied, 0 failed, version 3, 1 held" in run.stdout, run
    run = migrate("up", "--phase", "contract")
    assert run.exit == 0 and "1 applied, 0 failed, version 4\n" in run.stdout, run
    assert "held" not in run.output
    assert db.history("installed_rank, version") == [(1, "1"), (2, "2"), (3, "3"), (4, "4")]


def test_without_a_phase_everything_is_applied(migrate):
    run = migrate("up", files=ROLLOUT)
    assert run.exit == 0 and "4 applied" in run.stdout and "held" not in run.output, run


def test_refuses_a_file_behind_a_held_one(db, migrate):
    before = db.contents()
    run = migrate("up", "--phase", "expand", files=BEHIND)
    assert run.exit == 4, run
    assert '"V5__more.sql" (expand) stands behind "V3__copy.sql" (backfill)' in run.stderr, run
    assert "migrate up --phase backfill" in run.stderr, run
    assert db.contents() == before
    for command in (["plan"], ["validate"], ["status", "--check"], ["up", "--dry-run"]):
        assert migrate(*command, "--phase", "expand").exit == 4, command
    run = migrate("up", "--phase", "backfill")
    assert run.exit == 4 and '"V5__more.sql" (expand) stands behind "V4__drop.sql"' in run.stderr, run


def test_held_files_are_passed_over_and_come_late(db, migrate):
    skip = ["--phase-order", "skip"]
    run = migrate("up", "--phase", "expand", *skip, files=BEHIND)
    assert run.exit == 0 and "3 applied, 0 failed, version 5, 2 held" in run.stdout, run
    assert migrate("up").exit == 4  # strict: they are late
    assert migrate("up", "--phase", "expand", *skip).exit == 0
    run = migrate("up", *skip)
    assert run.exit == 0 and "2 applied" in run.stdout, run
    assert db.history("version") == [("1",), ("2",), ("5",), ("3",), ("4",)]
    assert states(migrate)["3"] == ("Out of Order", None)
    assert migrate("validate").exit == 0


def test_repeatables_run_when_versions_are_held(db, migrate):
    files = {
        **ROLLOUT,
        "R__now.sql": "CREATE OR REPLACE VIEW now_v AS SELECT 1 AS a;",
        "R__later.sql": "-- migrate:phase contract\nCREATE OR REPLACE VIEW later_v AS SELECT 1 AS a;",
    }
    run = migrate("up", "--phase", "expand", files=files)
    assert run.exit == 0, run
    assert db.exists("now_v") and not db.exists("later_v")
    assert migrate("up").exit == 0 and db.exists("later_v")
    files["R__later.sql"] += "--"
    assert migrate("status", "--check", "--phase", "expand", files=files).exit == 0
    assert migrate("status", "--check").exit == 3


def test_status_shows_phases(migrate):
    migrate("up", "--target", "2", files=ROLLOUT)
    run = migrate("status", "--phase", "backfill")
    lines = run.stdout.splitlines()
    assert lines[0].split()[-2:] == ["State", "Phase"], run
    assert lines[2].split()[-1] == "Success", run
    assert lines[3].split()[-2:] == ["Pending", "backfill"], run
    assert lines[4].split()[-2:] == ["Held", "contract"], run
    assert lines[-1] == "2 applied, 1 pending, 1 held", run
    assert states(migrate, "--phase", "expand") == {
        "1": ("Success", None),
        "2": ("Success", None),
        "3": ("Held", "backfill"),
        "4": ("Held", "contract"),
    }
    assert states(migrate)["4"] == ("Pending", "contract")


def test_status_without_phases_has_no_column_for_them(migrate):
    run = migrate("status", files=FIRST)
    assert "Phase" not in run.stdout, run
    assert states(migrate) == {"1": ("Pending", "expand")}


def test_check_counts_what_this_phase_would_apply(migrate):
    migrate("up", "--phase", "expand", files=ROLLOUT)
    assert migrate("status", "--check", "--phase", "expand").exit == 0
    assert migrate("status", "--check", "--phase", "backfill").exit == 3
    assert migrate("validate", "--phase", "expand").exit == 0
    assert migrate("validate").exit == 3


def test_plan_shows_what_is_held(migrate):
    migrate("up", "--target", "1", files=ROLLOUT)
    run = migrate("plan", "--phase", "expand")
    assert run.exit == 0, run
    lines = run.stdout.splitlines()
    assert lines[0] == "V2__b.sql  in a transaction, expand", run
    assert lines[-3:-1] == ["V3__copy.sql  held, backfill", "V4__drop.sql  held, contract"], run
    assert lines[-1].startswith("1 file, 1 statement, 0 errors") and lines[-1].endswith(", 2 held"), run
    run = migrate("plan", "--phase", "expand", "--format", "json")
    assert [(f["script"], f["phase"]) for f in run.json["files"]] == [("V2__b.sql", "expand")], run
    assert run.json["held"] == [
        {"version": "3", "script": "V3__copy.sql", "type": "SQL", "phase": "backfill"},
        {"version": "4", "script": "V4__drop.sql", "type": "SQL", "phase": "contract"},
    ]
    run = migrate("plan", "--phase", "expand", "--format", "markdown")
    assert "- held: <code>V3&#95;&#95;copy.sql</code>, backfill" in run.stdout, run


def test_json_of_up_counts_what_is_held(migrate):
    run = migrate("up", "--phase", "expand", "--format", "json", files=ROLLOUT)
    assert run.json["migrationsExecuted"] == 2 and run.json["migrationsHeld"] == 2, run


def test_dry_run_leaves_held_files_out(migrate):
    run = migrate("up", "--phase", "expand", "--dry-run", files=ROLLOUT)
    assert run.exit == 0 and "ADD COLUMN b" in run.stdout, run
    assert "DROP COLUMN" not in run.stdout and "held back by --phase expand" in run.stderr, run


@pytest.mark.parametrize("command", ["up", "plan", "status", "validate"])
def test_unknown_phase(migrate, command):
    run = migrate(command, "--phase", "contrakt", files=FIRST)
    assert run.exit == 2, run
    assert '"contrakt" is not a phase' in run.stderr, run
    assert 'Did you mean "contract"?' in run.stderr, run


def test_phase_needs_the_history(migrate):
    run = migrate("validate", "--offline", "--phase", "expand", files=FIRST)
    assert run.exit == 2 and "--offline" in run.stderr, run


def test_mistake_in_a_directive_is_told_in_every_phase(migrate):
    run = migrate("up", "--phase", "expand", files={"V1__a.sql": "-- migrate:phase contrakt\nSELECT 1;"})
    assert run.exit == 4 and "V1__a.sql:1:" in run.stderr, run


def test_only_the_head_of_a_held_file_is_read(migrate):
    files = {**FIRST, "V2__held.sql": "-- why\n/* and how */\n-- migrate:phase contract\nDROP TABLE t;\nSELECT '"}
    run = migrate("up", "--phase", "expand", files=files)
    assert run.exit == 0 and "1 held" in run.stdout, run
    assert migrate("up").exit == 4


def test_interrupted_file_of_a_later_phase_waits(db, migrate):
    stops = "-- migrate:phase backfill\n-- migrate:transaction off\nINSERT INTO t VALUES (1);\nSELECT 1/0;"
    files = {**FIRST, "V2__copy.sql": stops}
    assert migrate("up", files=files).exit == 1
    run = migrate("up", "--phase", "expand", files={"R__v.sql": "CREATE OR REPLACE VIEW v AS SELECT 1 AS a;"})
    assert run.exit == 0, run
    assert "V2__copy.sql (backfill, interrupted)" in run.stderr, run
    assert db.exists("v") and states(migrate)["2"] == ("Interrupted", "backfill")
    run = migrate("up", "--phase", "backfill", files={"V2__copy.sql": stops.replace("1/0", "1")})
    assert run.exit == 0, run
    assert db.execute("SELECT count(*) FROM t") == [(1,)]


def test_files_in_batches_are_backfill(db, migrate):
    batch = "-- migrate:batch table=t key=id\nUPDATE t SET a = 1 WHERE a IS NULL AND id BETWEEN :from AND :to;"
    files = {"V1__t.sql": "CREATE TABLE t (id int PRIMARY KEY, a int);", "V2__fill.sql": batch}
    run = migrate("up", "--phase", "expand", files=files)
    assert run.exit == 0 and "V2__fill.sql (backfill)" in run.stderr, run
    db.execute("INSERT INTO t SELECT generate_series(1, 10)")
    assert migrate("up", "--phase", "backfill").exit == 0
    assert db.execute("SELECT count(*) FROM t WHERE a = 1") == [(10,)]
