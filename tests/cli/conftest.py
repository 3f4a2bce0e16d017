# SPDX-License-Identifier: MIT
"""The fixtures of all tests here; tests/README.md shows how they are used."""

import os
import signal
from pathlib import Path

import pytest

from cluster import Cluster
from pgbouncer import PgBouncer
from proxy import Proxy
from runner import Runner


# A shell ignores these for what it starts in the background, and so would every program below.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGQUIT, signal.SIG_DFL)
signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.fixture(scope="session")
def cluster():
    """The server of the whole session."""
    server = Cluster()
    yield server
    server.remove()


@pytest.fixture(scope="session")
def make_cluster():
    """More servers, kept for the session: make_cluster(autovacuum="on")."""
    made = {}

    def make(**settings):
        key = tuple(sorted(settings.items()))
        if key not in made:
            made[key] = Cluster(settings)
        return made[key]

    yield make
    for server in made.values():
        server.remove()


@pytest.fixture(scope="module")
def standby(cluster):
    """A real standby of the session's server; it repeats all work there, so a module at most."""
    folder = os.environ.get("PG_BINDIR")
    if folder and not Path(folder, "pg_basebackup").exists():
        pytest.skip("this server came without pg_basebackup")
    server = Cluster(standby_of=cluster)
    yield server
    server.remove()


@pytest.fixture
def db(cluster):
    """A fresh database."""
    with cluster.database() as database:
        yield database


@pytest.fixture
def migrate(db):
    """Runs the program against db."""
    runner = Runner(db.url)
    yield runner
    runner.remove()


@pytest.fixture
def offline():
    """Runs the program with no database set."""
    runner = Runner()
    yield runner
    runner.remove()


@pytest.fixture
def make_runner():
    """More folders and programs: make_runner(url)."""
    made = []

    def make(url=None):
        made.append(Runner(url))
        return made[-1]

    yield make
    for runner in made:
        runner.remove()


@pytest.fixture
def make_proxy(cluster):
    """A proxy on the wire that counts and delays: make_proxy(delay=0.02)."""
    made = []

    def make(server=cluster, **options):
        made.append(Proxy(server.folder, server.port, **options))
        return made[-1]

    yield make
    for proxy in made:
        proxy.stop()


@pytest.fixture
def make_pgbouncer(cluster):
    """PgBouncer before the session's server: make_pgbouncer(pool_mode="transaction")."""
    made = []

    def make(**settings):
        made.append(PgBouncer(cluster, settings))
        return made[-1]

    yield make
    for pooler in made:
        pooler.stop()
