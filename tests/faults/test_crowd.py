# SPDX-License-Identifier: MIT
"""Many runners at once, a quarter of them killed: a few rounds of what crowd.py does."""

import random
from pathlib import Path

import pytest
from crowd import crowd
from pgbouncer import PROGRAM, PgBouncer
from test_wire import SEED


@pytest.mark.parametrize("size, kills", [(64, 16), (32, 31)])
def test_a_crowd_applies_everything_once(bench, size, kills):
    with bench.cluster.database() as db:
        found = crowd(db, size, kills, random.Random(f"{SEED} {size} {kills}"))
    assert not found, f"FAULTS_SEED={SEED}\n" + "\n".join(found)


@pytest.mark.skipif(not Path(PROGRAM).exists(), reason="no pgbouncer")
@pytest.mark.parametrize("sessions", [1, 5])
def test_a_crowd_behind_a_pooler(bench, sessions):
    """Of transactions, with fewer sessions than runners."""
    pooler = PgBouncer(bench.cluster, {"pool_mode": "transaction", "default_pool_size": sessions})
    try:
        with bench.cluster.database() as db:
            found = crowd(db, 32, 8, random.Random(SEED), pooler.url(db))
    finally:
        pooler.stop()
    assert not found, f"FAULTS_SEED={SEED}\n" + "\n".join(found)


def test_more_runners_than_connections(bench):
    with bench.cluster.database() as db:
        found = crowd(db, 256, 0, random.Random(SEED))
    assert not found, "\n".join(found)
