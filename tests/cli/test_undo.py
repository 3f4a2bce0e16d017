# SPDX-License-Identifier: MIT
"""Undo: versions taken back with their U files."""

import subprocess
import zlib

import pytest

FILES = {
    "V1__one.sql": "CREATE TABLE one ();",
    "U1__one.sql": "DROP TABLE one;",
    "V2__two.sql": "CREATE TABLE two ();",
    "U2__back.sql": "DROP TABLE two;",
    "V3__three.sql": "CREATE TABLE three ();",
    "U3__three.sql": "DROP TABLE three;",
}
ROWS = "installed_rank, version, description, type, script, success"


@pytest.fixture
def applied(migrate):
    run = migrate("up", files=FILES)
    assert run.exit == 0, run
    return migrate


def states(migrate):
    run = migrate("status", "--format", "json")
    assert run.exit == 0, run
    return [(line["category"][:1] + line["version"], line["state"]) for line in run.json["migrations"]]


def undone(run, *names):
    assert run.exit == 0, run
    lines = [line.split(":")[0] for line in run.stdout.splitlines() if ": undone, " in line]
    assert lines == list(names), run


# --- what is done ---


def test_undoes_the_last_version(db, applied):
    run = applied("undo")
    undone(run, "U3__three.sql")
    assert run.stdout.endswith("1 undone, 0 failed, version 2\n"), run
    assert ", 1 to undo\n" in run.stderr, run
    assert not db.exists("three") and db.exists("two")
    assert db.history(ROWS)[2:] == [
        (3, "3", "three", "SQL", "V3__three.sql", True),
        (4, "3", "three", "UNDO_SQL", "U3__three.sql", True),
    ]
    assert states(applied) == [
        ("V1", "Success"),
        ("V2", "Success"),
        ("V3", "Undone"),
        ("U3", "Success"),
        ("U1", "Available"),
        ("U2", "Available"),
        ("V3", "Pending"),
    ]


def test_row_is_flyways(db, applied):
    undone(applied("undo", "--steps", "2"), "U3__three.sql", "U2__back.sql")
    row = db.history("installed_rank, version, description, type, script, checksum, installed_by, success")[-1]
    checksum = (zlib.crc32(FILES["U2__back.sql"].encode()) + 2**31) % 2**32 - 2**31
    assert row == (5, "2", "back", "UNDO_SQL", "U2__back.sql", checksum, "postgres", True)


def test_up_applies_it_again(db, applied):
    applied("undo")
    run = applied("up")
    assert run.exit == 0 and "1 applied, 0 failed, version 3" in run.stdout, run
    assert states(applied)[2:6] == [
        ("V3", "Undone"),
        ("U3", "Success"),
        ("V3", "Success"),
        ("U1", "Available"),
    ]
    undone(applied("undo"), "U3__three.sql")
    assert db.history("installed_rank")[-1] == (6,)
    assert applied("validate", "--ignore-migration-patterns", "*:pending").exit == 0


def test_steps(db, applied):
    run = applied("undo", "--steps", "3")
    undone(run, "U3__three.sql", "U2__back.sql", "U1__one.sql")
    assert run.stdout.endswith("3 undone, 0 failed\n"), run
    run = applied("undo")
    assert run.exit == 0 and run.stdout == "nothing to undo\n", run


def test_target_is_undone_too(db, applied):
    run = applied("undo", "--target", "2")
    undone(run, "U3__three.sql", "U2__back.sql")
    assert db.exists("one") and not db.exists("two")
    run = applied("undo", "--target", "2")
    assert run.exit == 0 and run.stdout == "nothing to undo, version 1\n", run


def test_target_of_the_settings_is_for_up(db, applied):
    run = applied("undo", env={"MIGRATE_TARGET": "1"})
    undone(run, "U3__three.sql")


def test_goes_back_in_the_order_of_application(db, migrate):
    late = {name: FILES[name] for name in ("V2__two.sql", "U2__back.sql")}
    rest = {name: text for name, text in FILES.items() if name not in late}
    migrate("up", files=rest)
    assert migrate("up", "--out-of-order", files=late).exit == 0
    undone(migrate("undo"), "U2__back.sql")
    undone(migrate("undo"), "U3__three.sql")
    assert states(migrate)[-2:] == [("V2", "Pending"), ("V3", "Pending")]


def test_json(applied):
    run = applied("undo", "--steps", "2", "--format", "json")
    assert run.exit == 0, run
    answer = run.json
    assert answer["operation"] == "undo" and answer["success"] is True
    assert answer["initialSchemaVersion"] == "3" and answer["targetSchemaVersion"] == "1"
    assert answer["migrationsUndone"] == 2
    assert [(m["version"], m["description"]) for m in answer["undoneMigrations"]] == [("3", "three"), ("2", "back")]
    assert answer["undoneMigrations"][0]["filepath"].endswith("migrations/U3__three.sql")


def test_status_tells_what_can_be_undone(applied):
    run = applied("status", files={"V4__four.sql": "CREATE TABLE four ();"})
    lines = run.stdout.splitlines()
    assert lines[0].split()[-1] == "Undoable" and lines[3].split()[-1] == "Yes", run
    assert "Available" not in run.stdout, run
    line = applied("status", "--format", "json").json["migrations"][2]
    assert line["undoable"] == "Yes" and line["undoFilepath"] == "migrations/U3__three.sql"


# --- undo_record ---


def test_without_a_trace_in_the_history(db, applied):
    before = db.history(ROWS)
    run = applied("undo", "--steps", "2", "--undo-record", "delete")
    undone(run, "U3__three.sql", "U2__back.sql")
    assert db.history(ROWS) == before[:1]
    assert applied("up").exit == 0 and db.history(ROWS) == before
    undone(applied("undo", "--undo-record", "delete"), "U3__three.sql")
    assert states(applied)[:2] == [("V1", "Success"), ("V2", "Success")]


def test_warns_of_rows_that_free_flyway_cannot_read(db, migrate):
    migrate("up", "--table", "flyway_schema_history", files=FILES)
    run = migrate("undo")
    undone(run, "U3__three.sql")
    assert "UNDO_SQL" in run.stderr and "undo_record" in run.stderr, run
    assert "UNDO_SQL" not in migrate("undo").stderr  # said once
    migrate("up")
    db.execute("DELETE FROM flyway_schema_history WHERE type = 'UNDO_SQL'")
    assert "UNDO_SQL" not in migrate("undo", "--undo-record", "delete").stderr


def test_own_table_is_not_flyways(applied):
    assert "UNDO_SQL" not in applied("undo").stderr


# --- refusals ---


def refused(run, *texts, exit=4):
    assert run.exit == exit, run
    for text in texts:
        assert text in run.stderr, run


def test_no_undo_file(db, applied):
    files = {"V4__four.sql": "CREATE TABLE four ();", "V5__five.sql": "CREATE TABLE five ();"}
    assert applied("up", files=files).exit == 0
    before = db.contents()
    run = applied("undo", "--target", "3")
    refused(run, 'version 4 ("V4__four.sql") has no undo file', 'version 5 ("V5__five.sql") has no', "new --undo")
    assert db.contents() == before


def test_irreversible_file_says_why(applied):
    drop = "-- migrate:irreversible the old names are gone\nDROP TABLE one;"
    assert applied("up", files={"V4__drop.sql": drop}).exit == 0
    refused(applied("undo"), "has no undo file, and says that it is irreversible: the old names are gone", "backup")


def test_undo_file_without_its_version(applied):
    run = applied("undo", files={"U4__x.sql": "SELECT 1;"})
    refused(run, '"U4__x.sql" undoes version 4, and there is no V file of that version')
    refused(applied("up"), "U4__x.sql")
    refused(applied("validate", "--offline"), "U4__x.sql")


def test_baseline(db, migrate):
    db.execute("CREATE TABLE old ()")
    assert migrate("baseline", "2", files=FILES).exit == 0
    refused(migrate("undo"), "version 2 is a baseline and cannot be undone")
    migrate("up")
    refused(migrate("undo", "--steps", "2"), "version 2 is a baseline")
    refused(migrate("undo", "--target", "1"), "version 2 is a baseline")
    undone(migrate("undo", "--target", "3"), "U3__three.sql")


def test_more_steps_than_versions(db, applied):
    refused(applied("undo", "--steps", "4"), "only 3 versions can be undone, not 4")
    assert db.exists("three")


@pytest.mark.parametrize(
    "args, text",
    [
        (["--target", "9"], "there is no version 9"),
        (["--target", "views"], '"views" is not a'),
        (["--target", "latest"], '"latest" is not a version'),
        (["--target", "3?"], '"3?" is not a version'),
        (["--steps", "0"], "--steps needs a number above 0"),
        (["--steps", "1x"], "--steps needs a number above 0"),
        (["--steps", "1", "--target", "1"], "not both"),
    ],
)
def test_wrong_arguments(db, applied, args, text):
    run = applied("undo", *args, files={"R__views.sql": "CREATE OR REPLACE VIEW v AS SELECT 1 AS a;"})
    refused(run, text, exit=4 if args[1] == "9" else 2)
    assert db.exists("three")


def test_unfinished_version(db, applied):
    stops = "-- migrate:transaction off\nCREATE TABLE four ();\nSELECT 1/0;"
    assert applied("up", files={"V4__four.sql": stops, "U4__four.sql": "DROP TABLE four;"}).exit == 1
    refused(applied("undo"), 'version 4 ("V4__four.sql") was interrupted', "migrate up")


def test_failing_undo_keeps_the_version(db, applied):
    run = applied("undo", "--steps", "2", files={"U2__back.sql": "DROP TABLE two;\nSELECT 1/0;"})
    assert run.exit == 1, run
    assert "rolled back, nothing of U2__back.sql was kept" in run.stderr, run
    assert 'migrate undo --target 2"' in run.stderr, run
    assert "1 undone, 1 failed, version 2" in run.stdout, run
    assert db.exists("two") and not db.exists("three")
    assert db.history("version, type")[3:] == [("3", "UNDO_SQL")]


def test_protected_environment_asks(db, applied):
    (applied.folder / "migrate.yaml").write_text(f"environments:\n  production:\n    url: {db.url}\n    protected: true\n")
    run = applied("undo", "--env", "production")
    assert run.exit == 2 and "--yes" in run.stderr and "undo version 3" in run.stderr, run
    undone(applied("undo", "--env", "production", "--yes"), "U3__three.sql")


# --- dry run ---


@pytest.mark.parametrize("record", ["row", "delete"])
def test_dry_run_does_the_same(db, applied, record):
    run = applied("undo", "--steps", "2", "--undo-record", record, "--dry-run")
    assert run.exit == 0 and 'What "migrate undo" would run' in run.stdout, run
    assert db.exists("three")
    psql = ["psql", "-X", "-q", "-f", "-", db.url]
    subprocess.run(psql, input=run.stdout, text=True, check=True, capture_output=True)
    assert not db.exists("two") and not db.exists("three")
    expected = [("1", "SQL")]
    if record == "row":
        expected += [("2", "SQL"), ("3", "SQL"), ("3", "UNDO_SQL"), ("2", "UNDO_SQL")]
    assert db.history("version, type") == expected


# --- without a transaction ---

STOPS = {
    "V4__index.sql": "CREATE TABLE four (a int);\nCREATE INDEX four_a ON four (a);",
    "U4__index.sql": "-- migrate:transaction off\nDROP INDEX CONCURRENTLY four_a;\nSELECT 1/0;\nDROP TABLE four;",
}


@pytest.mark.parametrize("record", ["row", "delete"])
def test_interrupted_undo_goes_on(db, applied, record):
    how = ["--undo-record", record]
    assert applied("up", files=STOPS).exit == 0
    run = applied("undo", "--target", "3", *how)
    assert run.exit == 1 and 'Run "migrate undo" again: it goes on at statement 2' in run.stderr, run
    assert not db.exists("four_a") and db.exists("four")
    assert db.history("version, type, success")[-1] == ("4", "UNDO_SQL", False)
    assert states(applied)[3:5] == [("V4", "Success"), ("U4", "Interrupted")]
    refused(applied("up"), '"U4__index.sql" was interrupted: version 4 is undone in part (1 of 3 statements)')
    assert "migrate undo" in applied("up").stderr
    assert applied("validate").exit == 4
    undone(applied("undo", *how, files={"U4__index.sql": STOPS["U4__index.sql"].replace("1/0", "1")}), "U4__index.sql")
    assert not db.exists("four") and db.exists("three")
    rows = db.history("version, type, success")[3:]
    assert rows == ([("4", "SQL", True), ("4", "UNDO_SQL", True)] if record == "row" else [])
    assert applied("up").exit == 0 and db.exists("four_a")


def test_interrupted_undo_counts_as_a_step(db, applied):
    applied("up", files=STOPS)
    applied("undo")
    run = applied("undo", "--steps", "2", files={"U4__index.sql": STOPS["U4__index.sql"].replace("1/0", "1")})
    undone(run, "U4__index.sql", "U3__three.sql")
    assert db.exists("two")


def test_repair_forgets_an_undo(db, applied):
    applied("up", files=STOPS)
    applied("undo")
    assert "migrate undo" in applied("repair").output
    run = applied("repair", "--applied", "4")
    assert run.exit == 0, run
    assert states(applied)[3] == ("V4", "Success") and applied("up").exit == 0


@pytest.mark.parametrize("record", ["row", "delete"])
def test_repair_ends_an_undo(db, applied, record):
    applied("up", files=STOPS)
    applied("undo", "--undo-record", record)
    run = applied("repair", "--pending", "4", "--undo-record", record)
    assert run.exit == 0, run
    assert ("V4", "Pending") in states(applied)
    rows = db.history("version, type, success")[3:]
    assert rows == ([("4", "SQL", True), ("4", "UNDO_SQL", True)] if record == "row" else [])


def test_in_one_transaction_with_group(db, applied):
    run = applied("undo", "--steps", "2", "--group", files={"U2__back.sql": "SELECT 1/0;"})
    assert run.exit == 1 and db.exists("three"), run
    undone(applied("undo", "--steps", "2", "--group", files=FILES), "U3__three.sql", "U2__back.sql")


# --- many runs, lost connections ---


def test_two_at_once_undo_one_version(db, applied, make_runner):
    applied.write({"U3__three.sql": "SELECT pg_sleep(1);\nDROP TABLE three;"})
    other = make_runner(db.url)
    other.write({**FILES, "U3__three.sql": "SELECT pg_sleep(1);\nDROP TABLE three;"})
    both = [applied.start("undo"), other.start("undo")]
    runs = [run.wait() for run in both]
    assert sorted(run.stdout.splitlines()[-1] for run in runs) == [
        "1 undone, 0 failed, version 2",
        "nothing to undo, version 2",
    ], runs
    assert db.exists("two") and not db.exists("three")


def test_what_came_meanwhile_is_not_undone_over(db, applied, make_runner):
    other = make_runner(db.url)
    other.write({**FILES, "V4__four.sql": "CREATE TABLE four ();\nSELECT pg_sleep(1.5);"})
    up = other.start("up")
    db.wait_for("SELECT count(*) > 0 FROM pg_locks WHERE locktype = 'advisory'")
    run = applied("undo")
    assert up.wait().exit == 0
    refused(run, "another run was faster: version 4 was applied meanwhile", "migrate undo")
    assert db.exists("three") and db.exists("four")


@pytest.mark.parametrize("record", ["row", "delete"])
@pytest.mark.parametrize("client", [False, True], ids=["answer-to-commit", "before-commit"])
def test_cut_off_at_commit(db, applied, make_proxy, record, client):
    """Whether COMMIT came through is asked of the database, and no further version is undone."""
    cut = []

    def at_commit(connection, message):
        body = b"DROP TABLE three" if client else b"COMMIT\0"
        begun = connection.frontend("DROP TABLE three") or client
        if not cut and message.client == client and body in message.body and begun:
            cut.append(message)
            return "before"

    proxy = make_proxy(cut=at_commit)
    env = {"DATABASE_URL": proxy.url(db)}
    run = applied("undo", "--undo-record", record, env=env)
    assert cut and run.exit == 0, run
    assert not db.exists("three") and db.exists("two")
    assert len(db.history("version")) == (4 if record == "row" else 2)
    assert states(applied)[:2] == [("V1", "Success"), ("V2", "Success")]


@pytest.mark.parametrize("statement, done", [("DROP TABLE four", 2), ("DROP INDEX CONCURRENTLY", 0)])
def test_killed_in_the_middle_goes_on(db, applied, make_proxy, statement, done):
    applied("up", files={**STOPS, "U4__index.sql": STOPS["U4__index.sql"].replace("1/0", "1")})
    held = []

    def at_statement(connection, message):
        if not held and message.client and statement.encode() in message.body:
            held.append(message)
            run.process.kill()
            return "before"

    proxy = make_proxy(cut=at_statement)
    run = applied.start("undo", env={"DATABASE_URL": proxy.url(db)})
    run.wait()
    assert held and ("U4", "Interrupted") in states(applied)
    assert db.exists("four_a") == (done == 0)
    run = applied("undo")
    undone(run, "U4__index.sql")
    assert not db.exists("four") and db.exists("three")


# --- outcomes that nobody knows ---

# The run id is wiped where no splitter sees it, so the row that marks our transaction is refused.
LOST_ID = "DROP TABLE three;\nDO $$ BEGIN EXECUTE 'RESET ALL'; END $$;\n"


@pytest.fixture
def unknown(db, applied):
    run = applied("undo", files={"U3__three.sql": LOST_ID})
    assert run.exit == 7, run
    applied.write(FILES)
    return db


def test_unknown_outcome_stops_everything(unknown, applied):
    for command in (["undo"], ["up"], ["validate"], ["status", "--check"]):
        run = applied(*command)
        assert run.exit == 7, run
        assert 'finish the file by hand and run "migrate repair --pending 3"' in run.stderr, run
        assert 'take back all of it and run "migrate repair --applied 3"' in run.stderr, run


def test_unknown_outcome_was_nothing(unknown, applied):
    assert applied("repair", "--applied", "3").exit == 0
    assert states(applied)[2] == ("V3", "Success")
    undone(applied("undo"), "U3__three.sql")


def test_unknown_outcome_was_all(unknown, applied):
    unknown.execute("DROP TABLE three")
    assert applied("repair", "--pending", "3").exit == 0
    assert ("V3", "Pending") in states(applied)
    assert applied("up").exit == 0 and unknown.exists("three")


def test_unknown_outcome_of_what_was_undone_before(db, applied):
    """An older success of the same file says nothing of its last run."""
    undone(applied("undo"), "U3__three.sql")
    assert applied("up").exit == 0
    assert applied("undo", files={"U3__three.sql": LOST_ID}).exit == 7
    assert applied("undo", files=FILES).exit == 7
    assert applied("repair", "--applied", "3").exit == 0
    undone(applied("undo"), "U3__three.sql")
    lost = FILES["V3__three.sql"] + LOST_ID.split("\n", 1)[1]
    assert applied("up", files={"V3__three.sql": lost}).exit == 7
    assert applied("up", files=FILES).exit == 7


# --- in batches ---


@pytest.mark.parametrize("record", ["row", "delete"])
def test_undo_in_batches(db, migrate, record):
    fill = "-- migrate:batch table=t key=id size=3\nUPDATE t SET a = {} WHERE a IS {} NULL AND id BETWEEN :from AND :to;"
    files = {
        "V1__t.sql": "CREATE TABLE t (id int PRIMARY KEY, a int);\nINSERT INTO t SELECT generate_series(1, 10);",
        "V2__fill.sql": fill.format("1", ""),
        "U2__fill.sql": fill.format("NULL", "NOT"),
    }
    assert migrate("up", files=files).exit == 0
    undone(migrate("undo", "--undo-record", record), "U2__fill.sql")
    assert db.execute("SELECT count(*) FROM t WHERE a IS NULL") == [(10,)]
    rows = db.history("version, type, success")[1:]
    assert rows == ([("2", "SQL", True), ("2", "UNDO_SQL", True)] if record == "row" else [])
    assert migrate("up").exit == 0
