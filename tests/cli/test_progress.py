# SPDX-License-Identifier: MIT
"""How far a run is: the line that moves on a terminal, the lines of a log, events as JSON."""

import json
import os
import pty
import re
import signal
import threading
import time

import pytest

from terminal import run_on_terminal

# A page for each row, and some time for each row: a scan whose percent can be seen.
SLOW_TABLE = """
CREATE TABLE slow (id int, filler text);
ALTER TABLE slow ALTER filler SET STORAGE PLAIN;
INSERT INTO slow SELECT n, repeat('x', 5000) FROM generate_series(1, 450) n;
CREATE FUNCTION slowly(int) RETURNS int IMMUTABLE LANGUAGE plpgsql
    AS $$ BEGIN PERFORM pg_sleep(0.01); RETURN $1; END $$;
"""
INDEX = {"V1__idx.sql": "CREATE INDEX CONCURRENTLY slow_idx ON slow (slowly(id));"}


def drawn(shown):
    """The lines that were drawn and overwritten, in order."""
    return re.findall(r"\r([^\r\n\x1b]+)\x1b\[K", shown)


def wait_for(run, condition, timeout=30):
    end = time.monotonic() + timeout
    while not condition():
        assert run.running() and time.monotonic() < end
        time.sleep(0.05)


def runs(db, text):
    return db.value(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE state = 'active' AND pid <> pg_backend_pid() AND strpos(query, %s) > 0",
        [text],
    )


def test_percent_of_an_index_moves(db, migrate):
    db.execute(SLOW_TABLE)
    migrate.write(INDEX)
    status, shown = run_on_terminal(migrate, "up", "--baseline-on-up", "--baseline-version", "0")
    lines = drawn(shown)
    assert status == 0, shown
    percents = [
        int(match[1])
        for line in lines
        if (match := re.fullmatch(
            r"file 2 of 2: V1__idx\.sql: building index: scanning table, (\d+) %, \d+ s", line
        ))
    ]
    assert len(set(percents)) >= 2 and percents == sorted(percents), lines
    assert "V1__idx.sql: applied, 1 statement" in shown


def test_who_keeps_an_index_waiting_is_shown(db, migrate):
    db.execute("CREATE TABLE orders (id int)")
    with db.connect() as other:
        other.execute("SET application_name = 'reporting'")
        other.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        other.execute("SELECT 1")
        threading.Timer(5, lambda: other.execute("COMMIT")).start()
        migrate.write({"V1__idx.sql": "CREATE INDEX CONCURRENTLY orders_idx ON orders (id);"})
        status, shown = run_on_terminal(
            migrate, "up", "--baseline-on-up", "--baseline-version", "0", columns=120
        )
    assert status == 0, shown
    assert any(
        re.match(
            r"file 2 of 2: V1__idx\.sql: waiting for old snapshots, 0 of 1, \d s, blocked by pid \d+ \(.*reporting",
            line,
        )
        for line in drawn(shown)
    ), shown


# Rows are counted when 64 kB of them are written.
COPIED = "".join(f"{n}\t{'x' * 1000}\n" for n in range(450))
LONG = {
    "vacuum": (
        "SET vacuum_cost_limit = 1;\nSET vacuum_cost_delay = '10ms';\nVACUUM slow;",
        "scanning heap", "blocks", 450,
    ),
    "analyze": ("ANALYZE slow;", "computing statistics", None, None),
    "reindex": (
        "REINDEX INDEX CONCURRENTLY slow_idx;", "building index: scanning table", "blocks", 450
    ),
    "index": (
        "CREATE INDEX other_idx ON slow (slowly(id));",
        "building index: scanning table", "blocks", 450,
    ),
    "constraint": (
        "ALTER TABLE slow ADD EXCLUDE USING gist (point(slowly(id), 0) WITH ~=);",
        "building index", "blocks", 450,
    ),
    "vacuum full": ("VACUUM FULL slow;", "rebuilding index", None, None),
    "copy": (f"COPY copied FROM STDIN;\n{COPIED}\\.\n", "copying", "rows", None),
}


@pytest.mark.parametrize("what", LONG)
def test_the_server_s_own_progress_is_told(db, migrate, what):
    sql, phase, unit, total = LONG[what]
    if what == "copy" and db.value("SHOW server_version_num") < "140000":
        pytest.skip("reported from 14 on")
    db.execute(SLOW_TABLE + "CREATE TABLE copied (id int CHECK (slowly(id) >= 0), filler text);")
    if what in ("analyze", "reindex", "vacuum full"):
        db.execute("CREATE INDEX slow_idx ON slow (slowly(id))")
    run = migrate(
        "up", "--events", "--baseline-on-up", "--baseline-version", "0", files={"V1__x.sql": sql}
    )
    told = [line for line in named(events(run), "progress") if line["phase"] == phase]
    assert run.exit == 0, run
    assert {(line["unit"], line["total"]) for line in told} == {(unit, total)}, run
    assert unit is None or told[-1]["done"] > 0, run
    assert (told[-1]["percent"] is None) == (total is None), run


def test_batches_move_on_a_terminal(db, migrate):
    db.execute(
        SLOW_TABLE + "CREATE TABLE b (id int PRIMARY KEY, x int);"
        "INSERT INTO b SELECT n FROM generate_series(1, 400) n;"
    )
    migrate.write({
        "V1__b.sql": "-- migrate:batch table=b key=id size=100 min=100 pause=10ms\n"
        "UPDATE b SET x = slowly(id) WHERE x IS NULL AND id BETWEEN :from AND :to;"
    })
    status, shown = run_on_terminal(
        migrate, "up", "--baseline-on-up", "--baseline-version", "0", columns=100
    )
    assert status == 0, shown
    told = [
        line for line in drawn(shown)
        if re.fullmatch(
            r"file 2 of 2: V1__b\.sql: \d+ %, \d+ rows, \d+ rows/s, "
            r"(less than a second|\d+ s) left, \d+ s", line
        )
    ]
    assert len(set(told)) >= 2, drawn(shown)
    assert db.value("SELECT count(*) FROM b WHERE x = id") == 400


def test_the_run_lock_is_waited_for_on_a_terminal(db, migrate):
    first = migrate.start("up", files={"V1__a.sql": "SELECT pg_sleep(4);"})
    wait_for(first, lambda: runs(db, "pg_sleep(4)"))
    status, shown = run_on_terminal(migrate, "up")
    assert first.wait().exit == 0
    assert status == 0, shown
    assert re.search(r"migrate: waiting for the run lock, held by pid \d+", shown), shown
    assert re.search(r"\rwaiting for the run lock, [23] s\x1b\[K", shown), repr(shown)
    assert "0 applied, 0 failed, version 1" in shown or "up to date, version 1" in shown, shown


# --- events ---


def events(run):
    """What was said on stderr: each line an object with event and time."""
    lines = [json.loads(line) for line in run.stderr.splitlines()]
    for line in lines:
        assert list(line)[:2] == ["event", "time"], line
    return lines


def named(lines, name):
    return [line for line in lines if line["event"] == name]


def test_events_cover_the_run(migrate):
    run = migrate(
        "up",
        "--events",
        "--format=json",
        files={
            "V1__a.sql": "CREATE TABLE a (id int);\nDO $$ BEGIN RAISE NOTICE 'hello'; END $$;",
            "R__view.sql": "CREATE OR REPLACE VIEW v AS SELECT 1 AS one;",
        },
    )
    lines = events(run)
    assert run.exit == 0, run
    # COMMIT is sent ahead of the answers.
    assert [line["event"] for line in lines] == [
        "connected", "lock_taken",
        "step_begin", "commit_sent", "statement_done", "notice", "statement_done", "step_end",
        "step_begin", "commit_sent", "statement_done", "step_end",
    ], run
    assert lines[0]["pending"] == 2 and lines[0]["serverVersion"] >= 130000
    begin, end = named(lines, "step_begin"), named(lines, "step_end")
    assert [(line["script"], line["version"], line["file"], line["files"]) for line in begin] == [
        ("V1__a.sql", "1", 1, 2), ("R__view.sql", None, 2, 2)
    ], run
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+Z", line["time"]) for line in lines), run
    assert all(line["elapsedMs"] >= 0 for line in end), run
    notice = named(lines, "notice")[0]
    assert (notice["severity"], notice["message"], notice["script"]) == (
        "NOTICE", "hello", "V1__a.sql"
    ), run
    assert run.json["migrationsExecuted"] == 2, run


def test_events_leave_the_answer_alone(migrate):
    run = migrate("up", "--events", files={"V1__a.sql": "SELECT 1;"})
    assert events(run)
    assert re.fullmatch(
        r"V1__a\.sql: applied, 1 statement, \S+ s\n1 applied, 0 failed, version 1\n", run.stdout
    ), run


def test_an_error_is_an_event(migrate):
    run = migrate("up", "--events", files={"V1__a.sql": "SELECT 1;\nSELECT no_such;"})
    lines = events(run)
    assert run.exit == 1, run
    assert [line["event"] for line in lines][-2:] == ["step_failed", "error"], run
    error = lines[-1]
    assert (error["code"], error["exit"], error["sqlState"], error["line"]) == (
        "SQL", 1, "42703", 2
    ), run


def test_all_problems_are_events(migrate):
    run = migrate("up", "--events", files={"V1_x.sql": "SELECT 1;", "V6__y.sql": "COMMIT;"})
    assert run.exit == 4, run
    assert len(named(events(run), "error")) == 2, run


@pytest.mark.parametrize(
    "arguments, env",
    [
        (["up", "--events", "--no-such-option"], {}),
        (["up", "--no-such-option", "--events"], {}),
        (["up", "--config", "missing.yaml"], {"MIGRATE_EVENTS": "true"}),
        (["status", "--events", "--url", "postgresql://127.0.0.1:1/x"], {}),
    ],
)
def test_a_mistake_is_an_event(migrate, arguments, env):
    run = migrate(*arguments, env=env)
    assert [line["event"] for line in events(run)] == ["error"], run


def test_events_hide_secrets_and_steer_no_terminal(db, migrate):
    role = db.role("SUPERUSER", password="hunter2-secret")
    run = migrate(
        "up",
        "--events",
        files={"V1__a.sql": "DO $$ BEGIN RAISE NOTICE E'hunter2-secret \\x1b[2J \u202e'; END $$;"},
        env={"DATABASE_URL": db.url_for(user=role, password="hunter2-secret", host="127.0.0.1")},
    )
    assert run.exit == 0, run
    notice = named(events(run), "notice")[0]
    assert notice["message"] == "******** \x1b[2J \u202e", run
    assert "hunter2" not in run.output and "\x1b" not in run.output and "\u202e" not in run.output


def test_a_flood_of_notices_is_counted(migrate):
    sql = "DO $$ BEGIN FOR i IN 1..99 LOOP RAISE NOTICE 'again'; END LOOP; END $$;"
    lines = events(migrate("up", "--events", files={"V1__a.sql": sql}))
    assert len(named(lines, "notice")) == 50
    assert named(lines, "note")[0]["message"] == "49 more notices suppressed"


def test_quiet_events_say_only_what_is_wrong(migrate):
    sql = "DO $$ BEGIN RAISE NOTICE 'one'; RAISE WARNING 'two'; END $$;\nSELECT no_such;"
    lines = events(migrate("up", "--events", "--quiet", files={"V1__a.sql": sql}))
    assert [line["event"] for line in lines] == ["notice", "error"], lines


def test_events_tell_how_far_an_index_is(db, migrate):
    db.execute(SLOW_TABLE)
    run = migrate("up", "--events", "--baseline-on-up", "--baseline-version", "0", files=INDEX)
    told = named(events(run), "progress")
    assert run.exit == 0, run
    assert {line["phase"] for line in told} >= {"building index: scanning table"}, run
    counted = [line for line in told if line["percent"] is not None]
    assert counted[-1]["unit"] == "blocks" and counted[-1]["total"] == 450, run
    assert 0 < counted[-1]["done"] < 450, run
    assert (counted[-1]["statement"], counted[-1]["statements"]) == (1, 1), run
    assert [line["elapsedMs"] for line in told] == sorted(line["elapsedMs"] for line in told)


def test_the_last_words_are_an_event_too(db, migrate):
    run = migrate.start("up", "--events", files={"V1__a.sql": "SELECT pg_sleep(60);"})
    wait_for(run, lambda: runs(db, "pg_sleep(60)"))
    process = run.process
    process.send_signal(signal.SIGSTOP)
    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGTERM)
    process.send_signal(signal.SIGCONT)
    run = run.wait()
    last = events(run)[-1]
    assert run.exit in (128 + signal.SIGINT, 128 + signal.SIGTERM), run
    assert last["event"] == "left" and last["backendPid"] > 0, run


def test_a_protected_environment_does_not_ask_between_events(migrate):
    (migrate.folder / "migrate.yaml").write_text("environments: {live: {protected: true}}\n")
    migrate.write({"V1__a.sql": "SELECT 1;"})
    status, shown = run_on_terminal(migrate, "up", "--env", "live", "--events")
    assert status == 2 and "(y/N)" not in shown, shown
    assert json.loads(shown.splitlines()[-1])["event"] == "error", shown


# --- a terminal that is none ---


def test_a_narrow_terminal_keeps_percent_and_time(db, migrate):
    db.execute(SLOW_TABLE)
    migrate.write(INDEX)
    status, shown = run_on_terminal(
        migrate, "up", "--baseline-on-up", "--baseline-version", "0", columns=24
    )
    assert status == 0, shown
    assert all(len(line) < 24 for line in drawn(shown)), shown
    assert any(re.fullmatch(r"V1__\S+, \d+ %, \d+ s", line) for line in drawn(shown)), shown


@pytest.mark.parametrize(
    "arguments, env", [([], {"TERM": "dumb"}), ([], {"TERM": None}), (["--quiet"], {})]
)
def test_nothing_is_drawn(migrate, arguments, env):
    migrate.write({"V1__a.sql": "SELECT pg_sleep(1.5);"})
    status, shown = run_on_terminal(migrate, "up", *arguments, env=env)
    assert status == 0 and "\r" not in shown and "\x1b" not in shown, repr(shown)


def test_the_line_has_no_colour(migrate):
    migrate.write({"V1__a.sql": "SELECT pg_sleep(1.5);"})
    status, shown = run_on_terminal(migrate, "up", env={"NO_COLOR": "1"})
    assert drawn(shown) and not re.search(r"\x1b\[[0-9;]*m", shown), repr(shown)


def start_on_terminal(migrate, **options):
    """The run, and our side of its terminal."""
    ours, its = pty.openpty()
    run = migrate.start(
        "up", stdin=its, stdout=its, stderr=its, env={"TERM": "xterm"}, **options
    )
    os.close(its)
    return run, ours


def test_a_terminal_that_goes_away_does_not_end_a_run_that_may_go_on(db, migrate):
    """As behind nohup: SIGHUP is ignored, and each write fails with EIO."""
    run, ours = start_on_terminal(
        migrate,
        through=("nohup",),
        files={"V1__a.sql": "SELECT pg_sleep(3);", "V2__b.sql": "CREATE TABLE b (id int);"},
    )
    wait_for(run, lambda: runs(db, "pg_sleep(3)"))
    os.close(ours)
    assert run.process.wait(timeout=60) == 0
    assert db.versions() == ["1", "2"]


def test_a_pipe_that_nobody_reads_any_more_does_not_end_a_run(db, migrate):
    reading, writing = os.pipe()
    run = migrate.start(
        "up",
        "--events",
        files={"V1__a.sql": "SELECT pg_sleep(2);", "V2__b.sql": "CREATE TABLE b (id int);"},
        stderr=writing,
    )
    os.close(writing)
    os.close(reading)
    assert run.process.wait(timeout=60) == 0
    assert db.versions() == ["1", "2"]


def test_a_terminal_that_was_stopped_does_not_stop_a_file(db, migrate):
    """^S: nothing is drawn meanwhile, and the next statement is begun all the same."""
    run, ours = start_on_terminal(
        migrate,
        files={
            "V1__a.sql": "-- migrate:transaction off\nSELECT pg_sleep(4);\n"
            "CREATE TABLE a (id int);\nSELECT pg_sleep(1);"
        },
    )
    wait_for(run, lambda: runs(db, "pg_sleep(4)"))
    os.write(ours, b"\x13")
    wait_for(run, lambda: db.exists("a"))
    os.write(ours, b"\x11")
    assert run.process.wait(timeout=60) == 0
    os.close(ours)
    assert db.versions() == ["1"]
