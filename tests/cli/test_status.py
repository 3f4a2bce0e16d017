# SPDX-License-Identifier: MIT
"""migrate status: what is shown, and what --check answers."""

import re
import unicodedata

from terminal import run_on_terminal

FILES = {
    "V1__users.sql": "CREATE TABLE users (id int);",
    "V2__orders.sql": "CREATE TABLE orders (id int);",
    "R__views.sql": "CREATE OR REPLACE VIEW v AS SELECT 1 AS one;",
}


def columns(line):
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in line)
    return len(line) + wide - sum(unicodedata.combining(c) > 0 for c in line)


def test_lists_files_and_history(migrate):
    migrate("up", files=FILES)
    run = migrate("status", files={"V3__total.sql": "SELECT 1;"})
    lines = run.stdout.splitlines()
    assert run.exit == 0, run
    assert re.split("  +", lines[0]) == [
        "Category", "Version", "Description", "Type", "Installed On", "State"
    ], run
    assert re.split("  +", lines[1])[:4] == ["Versioned", "1", "users", "SQL"], run
    assert re.fullmatch(r".* \d{4}-\d\d-\d\d \d\d:\d\d:\d\d  Success", lines[1]), run
    assert [line.split()[-1] for line in lines[1:-1]].count("Pending") == 1, run
    assert lines[-1] == "3 applied, 1 pending", run
    assert not any(line.endswith(" ") for line in lines), run
    assert run.stderr == "", run


def test_info_is_the_same(migrate):
    assert migrate("info", files=FILES).stdout == migrate("status").stdout


def test_shows_an_empty_folder(migrate):
    (migrate.folder / "migrations").mkdir()
    run = migrate("status")
    assert (run.exit, run.stdout) == (0, "0 applied, 0 pending\n"), run


def test_writes_nothing(db, migrate):
    before = db.contents()
    assert migrate("status", files=FILES).exit == 0
    assert db.contents() == before


def test_check_tells_pending_from_up_to_date(migrate):
    assert migrate("status", "--check", files=FILES).exit == 3
    assert migrate("up").exit == 0
    assert migrate("status", "--check").exit == 0


def test_check_tells_a_changed_repeatable(migrate):
    migrate("up", files=FILES)
    run = migrate("status", "--check", files={"R__views.sql": "SELECT 2;"})
    assert run.exit == 3, run
    assert "Outdated" in run.stdout, run


def test_check_tells_what_up_would_refuse(migrate):
    migrate("up", files=FILES)
    changed = {"V1__users.sql": "CREATE TABLE users (id bigint);"}
    run = migrate("status", "--check", files=changed)
    assert run.exit == 4, run
    assert "V1__users.sql" in run.stderr, run
    assert run.stderr.endswith("migrate: 1 problem\n"), run
    assert run.stdout.endswith("3 applied, 0 pending\n"), run
    assert migrate("status").exit == 0


def test_shows_bad_names_behind_the_table(migrate):
    run = migrate("status", files={**FILES, "V4_total.sql": "SELECT 1;"})
    assert run.exit == 0, run
    assert run.stdout.endswith("0 applied, 3 pending\n"), run
    assert "V4_total.sql" in run.stderr, run


def test_json_has_the_fields_of_flyway(db, migrate):
    migrate("up", files=FILES)
    run = migrate("info", "--format", "json", files={"V3__total.sql": "SELECT 1;"})
    answer = run.json
    assert (run.exit, run.stderr) == (0, ""), run
    assert (answer["format"], answer["operation"], answer["success"]) == (1, "info", True)
    assert (answer["error"], answer["warnings"], answer["problems"]) == (None, [], [])
    assert answer["schemaVersion"] == "2"
    assert answer["schemaName"] == "public"
    assert answer["allSchemasEmpty"] is False
    assert answer["database"] == db.value("SELECT current_database()")
    first = answer["migrations"][0]
    assert set(first) == {
        "category", "version", "rawVersion", "description", "type", "installedOnUTC", "state",
        "undoable", "filepath", "undoFilepath", "installedBy", "shouldExecuteExpression",
        "executionTime", "statement", "statements", "phase", "batch",
    }
    assert (first["category"], first["version"], first["state"]) == ("Versioned", "1", "Success")
    assert first["filepath"].endswith("migrations/V1__users.sql")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", first["installedOnUTC"])
    pending = [m for m in answer["migrations"] if m["state"] == "Pending"]
    assert [m["version"] for m in pending] == ["3"]
    assert (pending[0]["installedOnUTC"], pending[0]["executionTime"]) == (None, None)
    assert (first["undoable"], pending[0]["undoable"]) == ("No", "No")
    repeatable = [m for m in answer["migrations"] if m["category"] == "Repeatable"]
    assert [m["undoable"] for m in repeatable] == [""]


def test_json_tells_a_refusal_too(migrate):
    migrate("up", files=FILES)
    run = migrate("status", "--check", "--format=json", files={"V1__users.sql": "SELECT 1;"})
    assert run.exit == 4, run
    assert run.json["success"] is False
    assert (run.json["error"]["code"], run.json["error"]["exit"]) == ("REFUSED", 4)
    assert len(run.json["problems"]) == 1
    assert len(run.json["migrations"]) == 3


def test_fits_a_terminal(migrate):
    name = "V1__" + "a_very_long_description_" * 5 + ".sql"
    wide = "V2__" + "長い説明" * 10 + ".sql"
    files = {name: "SELECT 1;", wide: "SELECT 1;"}
    assert migrate("up", files=files).exit == 0
    status, shown = run_on_terminal(migrate, "status", columns=80)
    assert status == 0, shown
    assert max(columns(line) for line in shown.splitlines()) <= 80, shown
    assert "a very long description…" in shown, shown
    assert "長い" in shown and "…" in shown


def test_is_not_cut_without_a_terminal(migrate):
    description = "a_very_long_description_" * 5
    run = migrate("status", files={f"V1__{description}.sql": "SELECT 1;"})
    assert description.replace("_", " ").strip() in run.stdout, run
