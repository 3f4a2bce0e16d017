#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""
Writes the corpus of fuzz_server.c: what a real server says in runs of "up" over its files.

	make all && tests/fuzz/record.py
"""

import re
import struct
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/cli"))

from cluster import Cluster  # noqa: E402
from proxy import Proxy  # noqa: E402
from runner import Runner  # noqa: E402

CORPUS = ROOT / "tests/fuzz/corpus/server"
SOURCE = (ROOT / "tests/fuzz/fuzz_server.c").read_text()


def files():
    """The table at the head of fuzz_server.c."""
    table = SOURCE[SOURCE.index("files[] = {") : SOURCE.index("static char folder")]
    names = re.findall(r'\{ "([^"]+\.sql)",((?:\s*"(?:[^"\\]|\\.)*")+)', table)
    return {
        name: "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', text)).encode().decode("unicode_escape")
        for name, text in names
    }


INTERRUPTED = """
DELETE FROM schema_history WHERE installed_rank > 2;
UPDATE schema_history SET success = false WHERE version = '2';
DELETE FROM schema_history_journal WHERE version IS DISTINCT FROM '2';
UPDATE schema_history_journal SET state = 'running', finished = NULL WHERE version = '2';
DROP INDEX t_a; ALTER TABLE t DROP COLUMN b; DROP VIEW v; TRUNCATE t
"""
OTHER_VIEW = """
DELETE FROM schema_history WHERE version IS NULL;
DROP VIEW v; CREATE VIEW v AS SELECT 'a' AS a
"""


# What was done to the database before the run that is recorded.
CASES = {
    "fresh": [],
    "baseline": ["CREATE TABLE old ()"],
    "error": ["CREATE TABLE t (id int)", "CREATE TABLE schema_history (id int)"],
    "fails": [None, OTHER_VIEW],
    "done": [None],
    "interrupted": [None, INTERRUPTED],
}


def record(cluster, steps):
    """All that the server says in a run of "up" behind these steps."""
    with cluster.database() as db:
        proxy = Proxy(cluster.folder, cluster.port)
        migrate = Runner(db.url)
        migrate.write(files())
        for step in steps:
            if step is None:
                assert migrate("up").exit == 0
            else:
                db.execute(step)
        migrate("up", "--baseline-on-up", env={"DATABASE_URL": proxy.url(db)})
        migrate.remove()
        proxy.stop()
        frames = [m for m in proxy.connections[0].messages if not m.client]
        return b"".join(
            m.type.encode() + struct.pack("!i", len(m.body) + 4) + m.body for m in frames
        )


def main():
    CORPUS.mkdir(parents=True, exist_ok=True)
    cluster = Cluster()
    try:
        for name, steps in CASES.items():
            (CORPUS / name).write_bytes(record(cluster, steps))
    finally:
        cluster.remove()


if __name__ == "__main__":
    main()
