# SPDX-License-Identifier: MIT
"""
The primary is lost while a run is at work, and its standby is promoted: two real servers.  Each file
is applied once on the new primary, by this run or by the next one, and the old one is left alone.
"""

import contextlib
import itertools
import os
import re
from pathlib import Path

import pytest

from replica import Pair

numbers = itertools.count(1)
EFFECT = "INSERT INTO effects VALUES ({});"


@pytest.fixture(scope="module")
def servers():
    folder = os.environ.get("PG_BINDIR")
    if folder and not Path(folder, "pg_basebackup").exists():
        pytest.skip("this server came without pg_basebackup")
    pair = Pair()
    yield pair
    pair.remove()


class Stage:
    """A database on both servers, with a program that knows both, and one session on the primary."""

    def __init__(self, pair, make_runner):
        pair.renew()
        self.pair, self.name = pair, f"stage_{next(numbers)}"
        with pair.primary.connect() as connection:
            connection.execute(f"CREATE DATABASE {self.name}")
        self.db.execute("CREATE TABLE public.effects (n int)")
        self.migrate = make_runner(pair.url(self.name))
        self.migrate.write({"V1__first.sql": EFFECT.format(1)})
        run = self.up("--baseline-on-up", "--baseline-version", "0")
        assert (run.exit, self.effects()) == (0, [1]), run
        pair.caught_up()
        (line,) = self.db.execute("SELECT left(pg_walfile_name(pg_current_wal_lsn()), 8)")[0]
        # A statement that never ends on the primary of now, and at once on any other.
        self.hangs = (
            "SELECT pg_sleep(600)"
            f" WHERE left(pg_walfile_name(pg_current_wal_lsn()), 8) = '{line}';\n"
        )
        # COPY goes statement by statement: the COMMIT is sent when everything else is done.
        self.late_commit = {"V2__copy.sql": f"COPY effects FROM STDIN;\n2\n\\.\n{self.hangs}"}
        # All of it is sent at once, the COMMIT too.
        self.early_commit = {"V2__insert.sql": f"{EFFECT.format(2)}\n{self.hangs}"}

    @property
    def db(self):
        return self.pair.database(self.name)

    def up(self, *args, **options):
        return self.migrate("up", *args, **options)

    def start(self, files, *args):
        return self.migrate.start("up", *args, files=files)

    def effects(self):
        return [n for (n,) in self.db.execute("SELECT n FROM public.effects ORDER BY n")]

    def start_sleeping(self, files):
        run = self.start(files)
        self.db.wait_for_statement("pg_sleep")
        return run

    def start_committing(self):
        """V2 is committed here, but no standby acknowledges it: the COMMIT gets no answer."""
        with self.pair.primary.connect() as connection:
            connection.execute("ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
            connection.execute("SELECT pg_reload_conf()")
        run = self.start({"V2__insert.sql": EFFECT.format(2)})
        self.db.wait_for("SELECT count(*) > 0 FROM pg_stat_activity WHERE wait_event = 'SyncRep'")
        return run

    def finished(self, effects):
        """The next run ends it, and a further one has nothing to do."""
        run = self.up()
        assert run.exit == 0, run
        assert self.effects() == effects, run
        run = self.up()
        assert run.exit == 0 and "up to date" in run.stdout, run


@pytest.fixture
def stage(servers, make_runner):
    stage = Stage(servers, make_runner)
    yield stage
    with servers.primary.connect() as connection:
        connection.execute(f"DROP DATABASE {stage.name} WITH (FORCE)")


# --- before the COMMIT was sent ---


@pytest.mark.parametrize("how", ["immediate", "kill"])
def test_file_without_a_commit_is_applied_on_the_new_primary(stage, how):
    run = stage.start_sleeping(stage.late_commit)
    stage.pair.fail_over(how)
    run = run.wait()
    assert "connecting again" in run.stderr and "was promoted" in run.stderr, run
    assert (run.exit, stage.effects()) == (0, [1, 2]), run
    stage.finished([1, 2])


def test_switchover_is_gone_on_behind(stage):
    """A server that is shut down in order says so, and so that no COMMIT is in doubt."""
    run = stage.start_sleeping(stage.early_commit)
    stage.pair.fail_over("fast")
    run = run.wait()
    assert "administrator command; connecting again" in run.stderr, run
    assert (run.exit, stage.effects()) == (0, [1, 2]), run
    stage.finished([1, 2])


def test_what_the_standby_had_not_got_is_applied_again(stage):
    stage.pair.standby.stop()
    run = stage.start_sleeping(
        {"V2__lost.sql": EFFECT.format(2), "V3__copy.sql": f"COPY effects FROM STDIN;\n3\n\\.\n{stage.hangs}"}
    )
    assert stage.effects() == [1, 2]
    stage.pair.lose_primary()
    stage.pair.standby.start()
    stage.pair.promote()
    run = run.wait()
    assert (run.exit, stage.effects()) == (0, [1, 2, 3]), run
    stage.finished([1, 2, 3])


def test_run_that_waits_for_its_lock_goes_on(stage):
    files = {"V2__insert.sql": EFFECT.format(2)}
    dry = stage.up("--dry-run", files=files)
    key = int(re.search(r"pg_try_advisory_lock\((\d+)\)", dry.stdout).group(1))
    with stage.db.connect() as other:
        other.execute("SELECT pg_advisory_lock(%s)", [key])
        run = stage.start(files)
        stage.db.wait_for(
            "SELECT count(*) > 0 FROM pg_stat_activity WHERE datname = current_database()"
            " AND query LIKE '%pg_try_advisory_lock%' AND pid <> pg_backend_pid()"
        )
        stage.pair.fail_over()
    run = run.wait()
    assert (run.exit, stage.effects()) == (0, [1, 2]), run


# --- the COMMIT is in doubt ---


def test_file_with_a_commit_on_its_way_is_in_doubt(stage):
    run = stage.start_sleeping(stage.early_commit)
    stage.pair.fail_over("kill")
    run = run.wait()
    assert run.exit == 7 and "another server is the primary now" in run.stderr, run
    assert "whether V2__insert.sql was committed is not known" in run.stderr, run
    assert 'NEXT:  Run "migrate status"' in run.stderr, run
    stage.finished([1, 2])


@pytest.mark.parametrize("replicated", [True, False], ids=["replicated", "lost"])
def test_commit_without_an_answer_is_in_doubt(stage, replicated):
    if not replicated:
        stage.pair.standby.stop()
    run = stage.start_committing()
    if replicated:
        stage.pair.caught_up()
    stage.pair.lose_primary()
    if not replicated:
        stage.pair.standby.start()
    stage.pair.promote()
    run = run.wait()
    assert run.exit == 7 and "another server is the primary now" in run.stderr, run
    assert stage.effects() == ([1, 2] if replicated else [1])
    stage.finished([1, 2])


def test_lost_somewhere_among_many_files(stage):
    last = 300
    run = stage.start({f"V{n}__insert.sql": EFFECT.format(n) for n in range(2, last + 1)})
    stage.db.wait_for("SELECT count(*) > 50 FROM public.effects")
    stage.pair.fail_over()
    run = run.wait()
    assert run.exit in (0, 7), run
    stage.finished(list(range(1, last + 1)))


# --- a file without a transaction ---


def test_index_that_was_being_built_is_built_on_the_new_primary(stage):
    files = {
        "V2__index.sql": "-- migrate:transaction off\n"
        f"{EFFECT.format(2)}\nCREATE INDEX CONCURRENTLY effects_n ON effects (n);\n{EFFECT.format(3)}"
    }
    with contextlib.closing(stage.db.connect()) as other:
        other.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        other.execute("SELECT count(*) FROM effects")
        run = stage.start(files)
        stage.db.wait_for(
            "SELECT count(*) > 0 FROM pg_index WHERE NOT indisvalid AND indisready"
        )
        stage.pair.caught_up()
        stage.pair.fail_over()
    run = run.wait()
    assert (run.exit, stage.effects()) == (0, [1, 2, 3]), run
    indexes = stage.db.execute(
        "SELECT indexrelid::regclass::text, indisvalid FROM pg_index"
        " WHERE indrelid = 'effects'::regclass"
    )
    assert indexes == [("effects_n", True)], run
    stage.finished([1, 2, 3])


# --- the old primary comes back, and knows nothing of the new one ---


@pytest.mark.parametrize("doubt, exit", [(False, 5), (True, 7)], ids=["late", "early"])
def test_old_primary_is_not_gone_on_with(stage, doubt, exit):
    pair = stage.pair
    pair.fail_over()
    new, old = pair.primary, pair.old
    run = stage.start({"V2__gone.sql": EFFECT.format(2)})
    assert run.wait().exit == 0
    hangs = "SELECT pg_sleep(600);"
    copy = "COPY effects FROM STDIN;\n3\n\\.\n"
    run = stage.start_sleeping({"V3__x.sql": ("" if doubt else copy) + hangs})
    new.stop("immediate")
    old.start()
    run = run.wait()
    assert run.exit == exit and "older primary" in run.stderr, run
    assert "NEXT:  " in run.stderr, run
    with old.connect(stage.name) as connection:
        assert connection.execute("SELECT array_agg(n) FROM effects").fetchone() == ([1],)
        assert connection.execute("SELECT count(*) FROM schema_history").fetchone() == (2,)
    old.stop()
    new.start()
    stage.migrate.write({"V3__x.sql": EFFECT.format(3)})
    stage.finished([1, 2, 3])
