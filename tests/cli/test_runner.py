# SPDX-License-Identifier: MIT
"""What the runner does when something goes wrong in the middle of its work."""

from pathlib import Path

TRIGGER = """\
CREATE TABLE t (i int);
CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN PERFORM pg_sleep(1); RETURN NEW; END $$;
CREATE TRIGGER slow BEFORE INSERT ON t FOR EACH ROW WHEN (new.i = 1) EXECUTE FUNCTION slow();
"""


def peak_memory(process):
    """The most that it had resident until now, in MiB."""
    for line in Path(f"/proc/{process.pid}/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) // 1024
    raise AssertionError("no VmHWM")


# --- COPY ---


def test_copy_to_stdout_is_read_and_dropped(db, migrate):
    sql = "COPY (SELECT generate_series(1, 300000)) TO STDOUT;\nCREATE TABLE t (i int);"
    run = migrate("up", files={"V1__a.sql": sql}, timeout=30)
    assert run.exit == 0, run
    assert run.stderr.count("bytes were dropped") == 1, run
    assert db.versions() == ["1"]


def test_copy_does_not_pile_up_before_a_slow_server(db, migrate):
    data = b"COPY t FROM STDIN;\n1\n" + b"2222\n" * 16_000_000
    run = migrate.start("up", files={"V1__a.sql": TRIGGER.encode() + data + b"\\.\n"})
    db.wait_for_statement("COPY t")
    db.wait_for("SELECT count(*) > 0 FROM pg_stat_activity WHERE wait_event = 'PgSleep'")
    db.wait_for("SELECT count(*) = 0 FROM pg_stat_activity WHERE wait_event = 'PgSleep'")
    peak = peak_memory(run.process)
    run.signal()
    assert run.wait(30).exit == 143
    assert peak < 60, f"{peak} MiB for 80 MB of data"


def test_copy_that_fails_in_the_middle_of_its_data(db, migrate):
    sql = "CREATE TABLE t (i int);\nCOPY t FROM STDIN;\n1\nx\n" + "2\n" * 1_000_000 + "\\.\n"
    run = migrate("up", files={"V1__a.sql": sql + "SELECT 1;"})
    assert run.exit == 1, run
    assert 'V1__a.sql:2:1: invalid input syntax for type integer: "x"' in run.stderr, run
    assert db.versions() == [] and not db.exists("t")
