# SPDX-License-Identifier: MIT
"""migrate plan: files, statements, locks, and what is wrong with them."""

import re

from terminal import run_on_terminal

FIRST = {"V1__orders.sql": "CREATE TABLE orders (id int, total int);"}
INDEX = {
    "V2__index.sql": "-- why\n\nCREATE INDEX orders_total\n  ON orders (total);\n"
    "UPDATE orders SET total = 0;\nINSERT INTO orders VALUES (1);\n"
}


def test_shows_statements_and_locks(migrate):
    migrate("up", files=FIRST)
    run = migrate("plan", files=INDEX)
    lines = run.stdout.splitlines()
    assert lines[:3] == [
        "V2__index.sql  in a transaction, expand",
        "  3:1 CREATE INDEX orders_total ON orders (total)",
        "      SHARE on public.orders (0 bytes, 0 rows): reads the table, less than a second; "
        "writers wait",
    ], run
    assert "  2 statements that only read or write rows" in lines, run
    assert lines[-1].startswith("1 file, 3 statements, "), run


def test_shows_findings_below_their_statement(migrate):
    migrate("up", files=FIRST)
    run = migrate("plan", files=INDEX)
    assert run.exit == 3, run
    lines = run.stdout.splitlines()
    assert lines[3].startswith("      error index-not-concurrent: "), run
    assert lines[5].startswith("  5:1 error backfill-with-ddl: "), run
    assert "2 errors" in lines[-1], run


def test_findings_below_fail_on_do_not_fail(migrate):
    migrate("up", files=FIRST)
    run = migrate("plan", "--lint-fail-on", "off", files=INDEX)
    assert run.exit == 0 and "error index-not-concurrent: " in run.stdout, run


def test_a_table_of_an_earlier_pending_file_is_new(migrate):
    run = migrate("plan", files={**FIRST, **INDEX})
    assert "index-not-concurrent" not in run.stdout, run


def test_runs_nothing(db, migrate):
    migrate("up", files=FIRST)
    before = db.contents()
    migrate("plan", files=INDEX)
    assert db.contents() == before


def test_file_without_a_transaction_in_a_group(db, migrate):
    files = {**FIRST, "V2__index.sql": "CREATE INDEX CONCURRENTLY i ON orders (total);"}
    for command in (["plan"], ["status", "--check"], ["up"]):
        run = migrate(*command, "--group", files=files)
        if command != ["status", "--check"]:
            assert "cannot be part of a group" in run.stderr, run
        assert run.exit == 4, run
    assert db.contents() == ([], [], [])


def test_shows_files_without_a_transaction(migrate):
    files = {"V2__index.sql": "CREATE INDEX CONCURRENTLY i ON orders (total);"}
    migrate("up", files=FIRST)
    run = migrate("plan", files=files)
    assert run.exit == 0, run
    assert "V2__index.sql  without a transaction, expand\n" in run.stdout, run
    assert re.search(r"SHARE UPDATE EXCLUSIVE on public\.orders .*; nobody waits\n", run.stdout), run


def test_shows_the_phase(migrate):
    run = migrate("plan", files={"V1__drop.sql": "-- migrate:phase contract\nSELECT 1;"})
    assert "V1__drop.sql  in a transaction, contract\n" in run.stdout, run


def test_nothing_to_do(migrate):
    migrate("up", files=FIRST)
    run = migrate("plan")
    assert (run.exit, run.stdout) == (0, "0 files, 0 statements, 0 errors\n"), run


def test_tells_what_is_wrong_where_it_stands(migrate):
    files = {"V1__a.sql": "CREATE TABLE t (a int);\nCREATE INDEX CONCURRENTLY i ON t (a);\n"}
    run = migrate("plan", files=files)
    assert run.exit == 4, run
    lines = run.stdout.splitlines()
    assert lines[2] == "  2:1 CREATE INDEX CONCURRENTLY i ON t (a)", run
    assert any(line.startswith("      error: ") for line in lines), run
    assert lines[-1] == "1 file, 2 statements, 1 error", run
    assert "V1__a.sql:2:1: " in run.stderr, run
    assert "  2 | CREATE INDEX CONCURRENTLY i ON t (a)\n    | ^\n" in run.stderr, run


def test_agrees_with_up(migrate):
    migrate("up", files=FIRST)
    migrate.write({"V1__orders.sql": "SELECT 1;"})
    assert migrate("plan").exit == migrate("up").exit == 4


def test_cuts_a_long_statement_on_a_terminal(migrate):
    sql = "CREATE TABLE t (" + ", ".join(f"column_{i} int" for i in range(99)) + ");"
    migrate.write({"V1__a.sql": sql})
    status, shown = run_on_terminal(migrate, "plan", columns=70)
    assert status == 0, shown
    assert max(len(line) for line in shown.splitlines()) <= 70, shown


def test_json(migrate):
    migrate("up", files=FIRST)
    run = migrate("plan", "--format", "json", files=INDEX)
    assert (run.exit, run.stderr) == (3, ""), run
    answer = run.json
    assert (answer["operation"], answer["success"], answer["problems"]) == ("plan", True, [])
    (file,) = answer["files"]
    assert (file["version"], file["script"], file["type"]) == ("2", "V2__index.sql", "SQL")
    assert (file["phase"], file["transaction"]) == ("expand", True)
    assert (file["statementsTotal"], file["statementsPlainDml"]) == (3, 2)
    (statement,) = file["statements"]
    assert (statement["line"], statement["column"]) == (3, 1)
    assert statement["kind"] == "CREATE INDEX"
    assert statement["sql"] == "CREATE INDEX orders_total\n  ON orders (total)"
    (lock,) = statement["locks"]
    assert (lock["relation"], lock["mode"]) == ("public.orders", "SHARE")
    assert (lock["bytes"], lock["rows"], lock["new"], lock["heldBy"]) == (0, 0, False, None)
    assert (statement["rewrite"], statement["scan"], statement["seconds"]) == (False, True, 0)
    assert statement["cost"] == "builds an index", statement
    (finding,) = [f for f in statement["findings"] if f["rule"] == "index-not-concurrent"]
    assert (finding["severity"], finding["fails"], finding["line"]) == ("error", True, 3)
    assert finding["instead"].endswith("CREATE INDEX CONCURRENTLY orders_total\n  ON orders (total);\n")
    assert all(f["statement"] in (2, 3) for f in file["findings"]), run


def test_json_with_problems(migrate):
    files = {"V1__a.sql": "CREATE TABLE t (a int);\nCOMMIT;\nSELECT 1;\n"}
    run = migrate("plan", "--format", "json", files=files)
    assert run.exit == 4, run
    assert (run.json["success"], run.json["error"]["exit"]) == (False, 4)
    problem = run.json["problems"][0]
    assert (problem["line"], problem["column"]) == (2, 1), run
    assert problem["path"].endswith("V1__a.sql"), run
