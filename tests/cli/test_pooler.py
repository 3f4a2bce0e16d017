# SPDX-License-Identifier: MIT
"""Behind a real PgBouncer, in its three modes."""

import shutil

import psycopg
import pytest

pytestmark = pytest.mark.skipif(
    not shutil.which("pgbouncer", path="/usr/sbin:/usr/bin"), reason="no pgbouncer"
)

FILES = {
    "V1__t.sql": "CREATE TABLE t (a int PRIMARY KEY);\nINSERT INTO t VALUES (1);",
    "V2__add.sql": "SET LOCAL work_mem = '1MB';\nALTER TABLE t ADD COLUMN b int;",
    "V3__copy.sql": "COPY t (a) FROM STDIN;\n2\n3\n\\.\n",
    "R__view.sql": "CREATE OR REPLACE VIEW v AS SELECT * FROM t;",
}


class Pool:
    """What every client of the pool has in common: the sessions on the server."""

    def __init__(self, db, pooler):
        self.db, self.url = db, pooler.url(db)

    def canary(self):
        """The settings and the advisory locks of each session, as another client sees them."""
        seen = {}
        for _ in range(3):
            with psycopg.connect(self.url, autocommit=True) as client:
                with client.transaction():
                    pid = client.execute("SELECT pg_backend_pid()").fetchone()[0]
                    seen[pid] = client.execute(
                        "SELECT name, setting FROM pg_settings ORDER BY 1"
                    ).fetchall()
                    assert client.execute("SELECT name FROM pg_prepared_statements").fetchall() == []
        return seen

    def check(self, before):
        after = self.canary()
        for pid, settings in after.items():
            assert settings == before.get(pid, next(iter(before.values()))), pid
        assert self.db.execute("SELECT * FROM pg_locks WHERE locktype = 'advisory'") == []


@pytest.fixture
def make_pool(db, make_pgbouncer):
    def make(mode, **settings):
        return Pool(db, make_pgbouncer(pool_mode=mode, **settings))

    return make


@pytest.mark.parametrize("mode", ["session", "transaction"])
@pytest.mark.parametrize("size", [1, 5])
def test_files_with_a_transaction(db, make_pool, make_runner, mode, size):
    pool = make_pool(mode, default_pool_size=size)
    before = pool.canary()
    migrate = make_runner(pool.url)
    run = migrate("up", files=FILES)
    assert run.exit == 0 and "4 applied, 0 failed, version 3" in run.stdout, run
    assert db.execute("SELECT a FROM t ORDER BY a") == [(1,), (2,), (3,)]
    pool.check(before)
    run = migrate("up")
    assert run.exit == 0 and "up to date" in run.stdout, run
    pool.check(before)
