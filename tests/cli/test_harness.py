# SPDX-License-Identifier: MIT
"""The helpers themselves: what a test relies on."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from cluster import ROOT

TOOL = ["bash", str(ROOT / "tests/lib/cluster.sh")]


def wait_until(claim, seconds=20):
    end = time.monotonic() + seconds
    while not claim():
        assert time.monotonic() < end, "it did not come true in time"
        time.sleep(0.05)


def process_runs(process):
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{process}/stat").read_text().split(")")[1].split()[0] != "Z"


def test_database_is_fresh(db):
    assert db.contents() == ([], [], [])
    db.execute("CREATE TABLE t (a int); INSERT INTO t VALUES (1)")
    assert db.contents() != ([], [], [])


def test_command_gets_the_server_and_gives_its_exit_status():
    run = subprocess.run(
        [*TOOL, "with", "sh", "-c", "echo $PGHOST; psql -Atc 'SELECT 41 + 1'; exit 7"],
        capture_output=True,
        text=True,
    )
    folder, answer = run.stdout.split()
    assert (run.returncode, answer) == (7, "42")
    assert not Path(folder).exists()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_signal_leaves_nothing(number):
    run = subprocess.Popen(
        [*TOOL, "with", "sh", "-c", "echo $PGHOST; exec sleep 600"],
        stdout=subprocess.PIPE,
        text=True,
    )
    folder = Path(run.stdout.readline().strip())
    run.send_signal(number)
    assert run.wait(20) == 128 + number
    assert not folder.exists()


def test_server_ends_with_whoever_started_it():
    script = (
        "import sys; sys.path.insert(0, 'tests/cli'); from cluster import Cluster; import time\n"
        "c = Cluster(); print(c.folder, c.postmaster, flush=True); time.sleep(600)"
    )
    run = subprocess.Popen(
        [sys.executable, "-B", "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    folder, postmaster = run.stdout.readline().split()
    run.kill()
    run.wait()
    wait_until(lambda: not Path(folder).exists() and not process_runs(int(postmaster)))


def test_server_survives_a_crash_test(make_cluster):
    server = make_cluster(log_min_messages="warning")
    with server.connect() as connection:
        connection.execute("CREATE TABLE kept ()")
    server.stop("immediate")
    with pytest.raises(psycopg.OperationalError):
        server.connect()
    server.start()
    with server.connect() as connection:
        connection.execute("DROP TABLE kept")


def test_standby_streams(cluster, standby):
    with cluster.database() as database:
        database.execute("CREATE TABLE t ()")

        def arrived():
            try:
                with standby.connect(database.name) as connection:
                    return connection.execute("SELECT to_regclass('t')").fetchone()[0] == "t"
            except psycopg.OperationalError:
                return False

        wait_until(arrived)
        with standby.connect() as connection:
            assert connection.execute("SELECT pg_is_in_recovery()").fetchone() == (True,)


def test_proxy_counts_waits(db, make_proxy):
    proxy = make_proxy(delay=0.02)
    with psycopg.connect(proxy.url(db), autocommit=True) as connection:
        before = proxy.connections[0].bursts
        for _ in range(3):
            connection.execute("SELECT 1")
        assert proxy.connections[0].bursts - before == 3
        with connection.pipeline():
            for number in range(5):
                connection.execute("SELECT %s", [number])
        assert proxy.connections[0].bursts - before == 4
        assert len(proxy.connections[0].frontend("SELECT 1")) == 3


def test_proxy_cuts(db, make_proxy):
    proxy = make_proxy(
        cut=lambda connection, message: "before" if b"poison" in message.body else None
    )
    with psycopg.connect(proxy.url(db), autocommit=True) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 'poison'")


@pytest.mark.skipif(not shutil.which("pgbouncer", path="/usr/sbin:/usr/bin"), reason="no pgbouncer")
def test_pgbouncer_hides_the_backend(db, make_pgbouncer):
    pooler = make_pgbouncer(pool_mode="transaction")
    with psycopg.connect(pooler.url(db), autocommit=True) as connection:
        (pid,) = connection.execute("SELECT pg_backend_pid()").fetchone()
        assert pid != connection.info.backend_pid
