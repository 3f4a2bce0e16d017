# SPDX-License-Identifier: MIT
"""The cluster of tests/cli, and Flyway where it is asked for (make test-flyway)."""

import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "cli"))

import play  # noqa: E402
from cluster import Cluster  # noqa: E402


@pytest.fixture(scope="session")
def cluster():
    server = Cluster()
    with server.connect() as connection:
        connection.execute(
            f"CREATE ROLE {play.ROLE} LOGIN SUPERUSER PASSWORD '{play.PASSWORD}'")
    yield server
    server.remove()


@pytest.fixture(scope="session")
def flyway():
    """The real one; None: what it did is read from recorded/."""
    return play.Flyway() if os.environ.get("FLYWAY_LIVE") else None


@pytest.fixture
def stage(cluster):
    """A fresh database and folder."""
    with cluster.database("shop") as database:
        stage = play.Stage(cluster, database)
        yield stage
        stage.runner.remove()
