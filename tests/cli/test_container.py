# SPDX-License-Identifier: MIT
"""
Where a container differs from a desk: the program is process 1, its user has no name and no home,
nothing can be written, streams are closed, limits are narrow.
"""

import itertools
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from test_signals import LIMIT, LONG, OURS, assert_ended, waits

TABLE = {"V1__a.sql": "CREATE TABLE a (n int);"}
ALONE = ["unshare", "-pf", "--mount-proc"]
USER = "12345"  # /etc/passwd does not know it
NAMELESS = ["setpriv", f"--reuid={USER}", "--regid=nogroup", "--clear-groups"]


def permitted(*command):
    run = subprocess.run([*command, "true"], capture_output=True)
    if run.returncode != 0:
        pytest.skip(f"{command[0]} is not permitted: {run.stderr.decode().strip()}")


def child_of(process):
    """The child of unshare, which is process 1 of its own world."""
    path = Path(f"/proc/{process}/task/{process}/children")
    end = time.monotonic() + 20
    while not path.read_text().split():
        assert time.monotonic() < end
        time.sleep(0.02)
    return int(path.read_text().split()[0])


# --- process 1 ---


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=lambda n: n.name)
@pytest.mark.parametrize("shell", [[], ["sh", "-c", 'exec "$0" "$@"']], ids=["itself", "shell"])
def test_signal_to_process_1(db, migrate, shell, number):
    permitted(*ALONE)
    run = migrate.start("up", files=LONG, through=[*ALONE, *shell])
    db.wait_for(waits("pg_sleep"))
    started = time.monotonic()
    os.kill(child_of(run.process.pid), number)
    assert_ended(db, run.wait(LIMIT + 5), started, number)


def test_process_1_does_its_work(db, migrate):
    permitted(*ALONE)
    run = migrate("up", files=TABLE, through=ALONE)
    assert (run.exit, db.versions()) == (0, ["1"]), run


def test_process_1_cancels_its_statement(db, migrate):
    """A child does that, and nobody but us would reap it."""
    permitted(*ALONE)
    files = {
        "V1__t.sql": "CREATE TABLE t (n int);",
        "V2__l.sql": "-- migrate:max_blocking 500ms\nLOCK TABLE t;\nSELECT pg_sleep(600);",
    }
    run = migrate.start("up", files=files, through=ALONE)
    db.wait_for(waits("pg_sleep"))
    with db.connect() as reader:
        assert reader.execute("SELECT count(*) FROM t").fetchone() == (0,)
    run = run.wait()
    assert run.exit == 6 and "rolled back" in run.stderr, run


# --- nobody to be, nowhere to write ---


def test_user_without_name_and_home(db, make_runner):
    """Kubernetes' runAsUser: a number that /etc/passwd does not know, and no HOME."""
    permitted(*NAMELESS)
    role = db.role("SUPERUSER")
    migrate = make_runner(db.url_for(user=role, password="secret", host="127.0.0.1"))
    run = migrate("up", files=TABLE, unprivileged=USER, env={"HOME": None})
    assert (run.exit, db.versions()) == (0, ["1"]), run
    assert run.stderr.count("\n") == 1, run  # no warning beside the first line


def test_user_without_name_and_none_in_the_url(db, make_runner):
    permitted(*NAMELESS)
    server = db.cluster
    migrate = make_runner(f"postgresql:///{db.name}?host={server.folder}&port={server.port}")
    run = migrate("up", files=TABLE, unprivileged=USER, env={"HOME": None})
    assert run.exit == 5 and f"user with ID {USER}" in run.stderr, run
    assert "NEXT:  Name the user in the url." in run.stderr, run


# The folder, read only and alone below a /tmp that nobody can write to.
HARDEN = """
set -e
mount --bind "$PWD" /mnt
mount -t tmpfs none /tmp
mkdir -p "$PWD"
mount --bind /mnt "$PWD"
mount -o remount,bind,ro "$PWD"
mount -o remount,ro /tmp
cd "$PWD"
! touch x /tmp/x 2>/dev/null
exec "$0" "$@"
"""


@pytest.mark.parametrize("user", [False, USER], ids=["root", "nameless"])
def test_nothing_can_be_written(db, make_runner, user):
    permitted("unshare", "-m", "sh", "-c", "mount -t tmpfs none /mnt")
    role = db.role("SUPERUSER")
    migrate = make_runner(db.url_for(user=role, password="secret", host="127.0.0.1"))
    through = ["unshare", "-m", "sh", "-c", HARDEN]
    migrate.write(TABLE)
    run = migrate("up", through=through, unprivileged=user, env={"HOME": None})
    assert (run.exit, db.versions()) == (0, ["1"]), run


# --- streams ---

CLOSED = [
    streams
    for count in (1, 2, 3)
    for streams in itertools.combinations(["0<&-", "1>&-", "2>&-"], count)
]


@pytest.mark.parametrize("closed", CLOSED, ids="".join)
def test_closed_streams(db, migrate, closed):
    """The socket of the server must not become stream 0, 1 or 2."""
    through = ["sh", "-c", f'exec "$0" "$@" {" ".join(closed)}']
    run = migrate("up", "--verbose", files={**TABLE, "V2__b.sql": "SELECT 1;"}, through=through)
    assert (run.exit, db.versions()) == (0, ["1", "2"]), run
    if "1>&-" not in closed:
        assert "2 applied" in run.stdout
    run = migrate("status", through=through)
    # There the answer is all that was asked for.
    assert run.exit == (70 if "1>&-" in closed else 0), run


@pytest.mark.parametrize("format", ["text", "json"])
def test_full_disk_behind_stdout(db, migrate, format):
    with open("/dev/full", "wb") as full:
        run = migrate("up", "--format", format, files=TABLE, stdout=full)
        assert (run.exit, db.versions()) == (0, ["1"]), run
        assert "cannot write to standard output" in run.stderr, run
        run = migrate("status", "--format", format, stdout=full)
        assert run.exit == 70 and "cannot write to standard output" in run.stderr, run


def test_full_disk_behind_stderr(db, migrate):
    with open("/dev/full", "wb") as full:
        run = migrate("up", files=TABLE, stderr=full)
    assert (run.exit, db.versions()) == (0, ["1"]), run


@pytest.mark.parametrize("streams", [["stdout"], ["stderr"], ["stdout", "stderr"]], ids="+".join)
def test_reader_goes_away_in_the_middle(db, migrate, streams):
    """The pipe breaks while the first of two files runs: both are applied all the same."""
    files = {
        "V1__a.sql": "CREATE TABLE a (n int);\nSELECT pg_sleep(1);\n"
        "DO $$ BEGIN RAISE NOTICE 'said'; END $$;",
        "V2__b.sql": "CREATE TABLE b (n int);",
    }
    run = migrate.start("up", files=files)
    db.wait_for(waits("pg_sleep"))
    for name in streams:
        getattr(run.process, name).close()
    rest = [name for name in ("stdout", "stderr") if name not in streams]
    said = {name: getattr(run.process, name).read().decode() for name in rest}
    assert run.process.wait(60) == 0, said
    assert db.versions() == ["1", "2"]
    if "stderr" in rest:
        assert "cannot write to standard output" in said["stderr"]


def test_failure_is_told_by_the_status_when_nobody_listens(db, migrate):
    run = migrate.start("up", files={"V1__a.sql": "SELECT pg_sleep(1);\nSELECT 1 / 0;"})
    db.wait_for(waits("pg_sleep"))
    run.process.stdout.close()
    run.process.stderr.close()
    assert run.process.wait(60) == 1
    assert db.execute(f"SELECT 1 {OURS}") == []


# --- limits ---


@pytest.mark.parametrize(
    "limit", ["-n 16", "-s 256", "-c 0", "-f 0"], ids=["files", "stack", "core", "file size"]
)
def test_narrow_limits(db, migrate, limit):
    """A file that needs the grammar, the watcher and a folder below the folder."""
    deep = "SELECT " + " || ".join(f"'{n}'" for n in range(900))
    files = {
        "V1__a.sql": "CREATE TABLE a (n int);",
        "b/c/V2__v.sql": f"CREATE VIEW v AS {deep};",
        "V3__w.sql": "SELECT pg_sleep(2.5);",
    }
    run = migrate("up", files=files, through=["sh", "-c", f'ulimit {limit}; exec "$0" "$@"'])
    assert (run.exit, db.versions()) == (0, ["1", "2", "3"]), run
