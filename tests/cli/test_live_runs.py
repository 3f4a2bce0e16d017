# SPDX-License-Identifier: MIT
"""Many files and many runners at once."""

import pytest


def test_thousand_files(db, migrate):
    files = {f"V{n}__t.sql": f"CREATE TABLE t{n} (id int PRIMARY KEY);" for n in range(1, 1001)}
    run = migrate("up", files=files)
    assert run.exit == 0, run.stderr[-2000:]
    assert "1000 applied, 0 failed, version 1000" in run.stdout, run.stdout[-500:]
    assert db.versions() == [str(n) for n in range(1, 1001)]
    before = db.contents()
    run = migrate("up")
    assert run.exit == 0 and "up to date" in run.stdout, run
    assert db.contents() == before
    run = migrate("status", "--format", "json")
    assert run.exit == 0
    assert [row["version"] for row in run.json["migrations"]] == [str(n) for n in range(1, 1001)]
    assert {row["state"] for row in run.json["migrations"]} == {"Success"}


def test_twenty_runners_at_once(db, make_runner):
    """effects has no key, so a file that ran twice would show."""
    files = {"V1__effects.sql": "CREATE TABLE effects (n int);"}
    files.update({f"V{n}__e.sql": f"INSERT INTO effects VALUES ({n});" for n in range(2, 12)})
    files["R__view.sql"] = (
        "INSERT INTO effects VALUES (99);\nCREATE OR REPLACE VIEW v AS SELECT * FROM effects;"
    )
    runners = [make_runner(db.url) for _ in range(20)]
    runs = [runner.start("up", files=files) for runner in runners]
    runs = [run.wait(60) for run in runs]
    for run in runs:
        assert run.exit == 0, run
    assert db.execute("SELECT n FROM effects ORDER BY n") == [(n,) for n in [*range(2, 12), 99]]
    assert db.history("installed_rank, success") == [(rank, True) for rank in range(1, 13)]
    assert db.value("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'") == 0


def test_index_is_built_concurrently_while_another_runner_waits(db, make_runner):
    """A waiter inside pg_advisory_lock would hold a snapshot, and both would die by deadlock."""
    one, two = make_runner(db.url), make_runner(db.url)
    files = {"V1__t.sql": "CREATE TABLE t (a int);\nINSERT INTO t SELECT generate_series(1, 1000);"}
    assert one("up", files=files).exit == 0
    files["V2__i.sql"] = "CREATE INDEX CONCURRENTLY t_a ON t (a);"
    with db.connect(autocommit=False) as writer:
        writer.execute("UPDATE t SET a = a + 1 WHERE a = 1")  # the build must wait for its end
        first = one.start("up", files=files)
        db.wait_for_statement("CREATE INDEX CONCURRENTLY")
        second = two.start("up", files=files)
        db.wait_for(  # longer than deadlock_timeout
            "SELECT count(*) > 0 FROM pg_stat_activity WHERE query LIKE 'CREATE INDEX CONC%'"
            " AND state = 'active' AND now() - query_start > '2.5 s'"
        )
        assert first.running(), first.wait()
        assert second.running(), second.wait()
        writer.commit()
    first, second = first.wait(60), second.wait(60)
    assert (first.exit, second.exit) == (0, 0), (first, second)
    assert db.value("SELECT indisvalid FROM pg_index WHERE indexrelid = 't_a'::regclass")
    assert db.versions() == ["1", "2"]
    # It said whom it waits for.
    assert "lock" in second.stderr, second


def flyway_key():
    """Flyway's magic number plus Java's hash of the table's name."""
    value = 0
    for character in '"public"."schema_history"':
        value = (31 * value + ord(character)) & 0xFFFFFFFF
    return 0x466C79776179 + (value - 2**32 if value >= 2**31 else value)


@pytest.mark.parametrize("command", ["up", "status", "plan", "validate"])
def test_nothing_to_do_takes_no_run_lock(db, migrate, command):
    """64 replicas that start with nothing pending must not queue."""
    assert migrate("up", files={"V1__t.sql": "CREATE TABLE t (a int);"}).exit == 0
    with db.connect() as other:
        other.execute("SELECT pg_advisory_lock(%s)", [flyway_key()])
        run = migrate(command, "--run-lock-timeout", "1s")
        assert run.exit == 0, run
        migrate.write({"V2__u.sql": "CREATE TABLE u (a int);"})
        run = migrate("up", "--run-lock-timeout", "1s")
        assert run.exit == 6 and str(other.info.backend_pid) in run.stderr, run
