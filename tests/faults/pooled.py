# SPDX-License-Identifier: MIT
"""The bench with a pool of transactions between the wire and the server."""

import time

from trial import EMPTY, OURS, Bench
from wire import Wire

from pgbouncer import PgBouncer


class PooledWire(Wire):
    """Before a pooler; each transaction takes the run lock for itself, so none comes before it."""

    def __init__(self, cluster, pooler):
        super().__init__(cluster)
        self.upstream = f"{pooler.folder}/.s.PGSQL.{pooler.port}"

    def watch(self, link, side, frame):
        link.locked = True
        super().watch(link, side, frame)


class PooledBench(Bench):
    """The sessions stay, idle and without a lock; what they are numbered no client knows."""

    suites = ["files", "windows", "copy", "repeatables", "wrong", "schema", "baseline"]
    suites += ["baseline_on_up", "repair", "repair_applied", "undo", "undo_delete"]
    kinds = ["before", "after", "half", "reset", "refused", "delay", "freeze"]
    kinds += ["kill", "kill-after", "term"]

    def __init__(self, cluster, name):
        super().__init__(cluster, name)
        self.wire.stop()
        self.pooler = PgBouncer(cluster, {"pool_mode": "transaction", "default_pool_size": 2})
        self.wire = PooledWire(cluster, self.pooler)

    def remove(self):
        super().remove()
        self.pooler.stop()

    def reset(self, suite):
        self.db().execute(EMPTY + suite.sql)
        if suite.before:
            run = self.runner(suite)[0]("up")
            assert run.exit == 0, run
        self.history_before = self.history()

    def wait_until_gone(self, seconds=10):
        end = time.monotonic() + seconds
        while self.db().execute(f"{OURS} AND state <> 'idle'").fetchone()[0] > 0:
            if time.monotonic() > end:
                return [f"a session of the pool is still at work {seconds} s later"]
            time.sleep(0.003)
        locks = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"
        return ["an advisory lock is left"] if self.db().execute(locks).fetchone()[0] else []
