#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""
Many runners at once on an empty database, some of them killed at random: crowd.py --rounds 100.
"""

import argparse
import random
import signal
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "cli"))

from cluster import Cluster  # noqa: E402
from runner import Runner  # noqa: E402

FILES = {"V1__effects.sql": "CREATE TABLE effects (n int);\nINSERT INTO effects VALUES (1);"}
FILES.update({f"V{n}__e.sql": f"INSERT INTO effects VALUES ({n});" for n in range(2, 9)})
FILES["V9__index.sql"] = "CREATE INDEX effects_n ON effects (n);"
FILES["R__view.sql"] = (
    "INSERT INTO effects VALUES (99);\nCREATE OR REPLACE VIEW v AS SELECT * FROM effects;"
)
WANTED = [*range(1, 9), 99]
ENDS = (-signal.SIGKILL, 143, -signal.SIGTERM)  # the last: before it had installed its handler


def crowd(db, size, kills, chance, url=None):
    """What went wrong, as sentences: size runners, of which so many are killed; url: a pooler's."""
    runner = Runner(url or db.url)
    runner.write(FILES)
    try:
        return list(judge(db, runner, size, kills, chance))
    finally:
        runner.remove()


def judge(db, runner, size, kills, chance):
    runs = [runner.start("up", "--wait", "60s") for _ in range(size)]
    victims = chance.sample(runs, kills)
    for victim in victims:
        time.sleep(chance.uniform(0, 0.05))
        victim.process.send_signal(chance.choice([signal.SIGKILL, signal.SIGKILL, signal.SIGTERM]))
    for run in runs:
        end = run.wait(180)
        if end.exit != 0 and not (run in victims and end.exit in ENDS):
            yield f"a runner ended with {end.exit}:\n{end}"
    last = runner("up")
    if last.exit != 0:
        yield f"the last runner ended with {last.exit}:\n{last}"
    effects = [n for (n,) in db.execute("SELECT n FROM effects ORDER BY n")]
    if effects != WANTED:
        yield f"the effects are {effects}, not {WANTED}"
    history = db.history("installed_rank, success")
    if history != [(rank, True) for rank in range(1, 11)]:
        yield f"the history is {history}"
    if not db.value("SELECT bool_and(indisvalid) FROM pg_index WHERE indrelid = 'effects'::regclass"):
        yield "an index is not valid"
    db.wait_for("SELECT count(*) = 0 FROM pg_locks WHERE locktype = 'advisory'"
                " AND database = (SELECT oid FROM pg_database"
                " WHERE datname = current_database())", 10)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--size", type=int, default=64)
    parser.add_argument("--kills", type=int, default=16)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--at", type=int, help="this round alone, from 1")
    options = parser.parse_args()
    cluster = Cluster()  # with max_connections = 100
    start, failed, rounds = time.time(), 0, [options.at] if options.at else None
    try:
        for number in rounds or range(1, options.rounds + 1):
            chance = random.Random(f"{options.seed} {number}")
            with cluster.database() as db:
                for sentence in crowd(db, options.size, options.kills, chance):
                    failed += 1
                    print(f"seed {options.seed} round {number}: {sentence}", flush=True)
    finally:
        cluster.remove()
    print(
        f"{options.rounds} rounds of {options.size} runners, {options.kills} killed in each,"
        f" in {time.time() - start:.0f} s: {failed} violations"
    )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
