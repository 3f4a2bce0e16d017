# SPDX-License-Identifier: MIT
"""The bench of all faults: a server, a database, a proxy."""

import pytest
from trial import Bench

from cluster import Cluster


@pytest.fixture(scope="session")
def bench():
    server = Cluster()
    made = Bench(server, "faults")
    yield made
    made.remove()
    server.remove()
