# SPDX-License-Identifier: MIT
"""Row 9: an UPDATE of a big table while the application works on it."""
import contextlib
import pathlib
import statistics
import subprocess
import time
from dataclasses import dataclass

import peers
import tools
from harness import Report, ratio, seconds, tcp_url

NUMBER, TITLE = 9, "UPDATE of 5 million rows while the application works on them"
CLIENTS, SHARE = 8, 0.3
ROWS_OF_A_SCALE = 100_000
UPDATE = "UPDATE pgbench_accounts SET seen = seen + 1"
BATCHES = """-- migrate:batch table=pgbench_accounts key=aid{more}
{update} WHERE aid BETWEEN :from AND :to;
"""
LOOP = """DO $$
BEGIN
    FOR i IN 0..(SELECT max(aid) / 5000 FROM pgbench_accounts) LOOP
        {update} WHERE aid BETWEEN i * 5000 + 1 AND (i + 1) * 5000;
    END LOOP;
END $$;
"""


@dataclass
class Outcome:
    """What one way took, and what the application felt meanwhile."""
    took: float
    latencies: list  # seconds, of each of its transactions
    wrong: int = 0  # rows that were not changed exactly once

    @property
    def p99(self):
        return statistics.quantiles(self.latencies, n=100)[98]


def pgbench(*options, **more):
    program = str(pathlib.Path(peers.psql()[0]).with_name("pgbench"))
    return subprocess.Popen([program, "-n", *options], stdout=subprocess.PIPE,
                            stderr=subprocess.DEVNULL, text=True, **more)


def template(cluster, scale):
    """The database that each way gets a copy of."""
    with cluster.connect() as connection:
        connection.execute("CREATE DATABASE accounts")
    pgbench("-i", "-q", "-s", str(scale), cluster.url("accounts")).communicate()
    with cluster.connect("accounts") as connection:
        connection.execute("ALTER TABLE pgbench_accounts ADD COLUMN seen int NOT NULL DEFAULT 0")
        connection.execute("VACUUM ANALYZE")


@contextlib.contextmanager
def copy(cluster):
    with cluster.database(options="TEMPLATE accounts STRATEGY file_copy") as db:
        with cluster.connect() as connection:
            connection.execute("CHECKPOINT")
        db.execute("SELECT count(*) FROM pgbench_accounts")
        yield db


def capacity(db, duration):
    """Transactions a second, as many as there can be."""
    said = pgbench("-N", "-c", str(CLIENTS), "-j", "2", "-T", str(duration), db.url).communicate()[0]
    return next(float(line.split()[2]) for line in said.splitlines() if line.startswith("tps"))


@contextlib.contextmanager
def application(db, rate, folder):
    """pgbench at that rate; its log is in the folder, also of what ends with it."""
    folder.mkdir()
    process = pgbench("-N", "-c", str(CLIENTS), "-j", "2", "-R", str(int(rate)), "-T", "3600", "-l",
                      db.url, cwd=folder)
    try:
        time.sleep(3)
        yield
    finally:
        process.terminate()
        process.communicate()


def read_log(folder, begin, end):
    """How long each transaction took that ended in this time, its wait for its turn included."""
    latencies = []
    for path in folder.glob("pgbench_log.*"):
        for line in path.read_text().splitlines():
            words = line.split()
            if len(words) >= 6 and begin <= int(words[4]) + int(words[5]) / 1e6 <= end:
                latencies.append(int(words[2]) / 1e6)
    return latencies


def meet(cluster, rate, folder, work):
    """The application at work, and beside it what changes the rows."""
    with copy(cluster) as db:
        with application(db, rate, folder):
            begin = time.time()
            work(db)
            end = time.time()
            time.sleep(1)  # who waited for its end is to be seen
        wrong = db.value("SELECT count(*) FROM pgbench_accounts WHERE seen <> 1")
    return Outcome(end - begin, read_log(folder, begin, end + 1), wrong)


def in_batches(bench, top, more=""):
    """As a file of migrate's."""
    folder = top / f"migrations{more.replace(' ', '-')}"
    folder.mkdir()
    (folder / "V2__seen.sql").write_text(BATCHES.format(update=UPDATE, more=more))
    tool = tools.Migrate(bench)

    def work(db):
        tool.run(folder, tcp_url(db), "--baseline-on-up")
    return work


def plain(sql):
    return lambda db: db.execute(sql)


def run(bench):
    scale = bench.size(50, 4)
    rows = scale * ROWS_OF_A_SCALE
    report = Report("", ["way", "time", "rows/s", "app p99", "app longest", "wrong rows"])
    ways = {
        "migrate, defaults": in_batches,
        "migrate, pause=0": lambda bench, top: in_batches(bench, top, " pause=0"),
        "one UPDATE": lambda bench, top: plain(UPDATE),
        "a DO loop": lambda bench, top: plain(LOOP.format(update=UPDATE)),
    }
    found = {}
    with bench.server() as cluster, bench.folder() as top:
        template(cluster, scale)
        with copy(cluster) as db:
            rate = SHARE * capacity(db, bench.size(10, 3))
        idle = meet(cluster, rate, top / "idle", lambda db: time.sleep(bench.size(30, 5)))
        for name, make in ways.items():
            found[name] = meet(cluster, rate, top / name, make(bench, top))
    report.text = (
        f"{rows:,} rows of pgbench_accounts, one run of each way, while `pgbench -N` works on the same table with "
        f"{CLIENTS} clients at {rate:,.0f} transactions a second, {SHARE:.0%} of what it can do alone; a row is wrong when "
        "it was not changed exactly once.")
    report.add("nothing (the application alone)", "", "", seconds(idle.p99),
               seconds(max(idle.latencies)), "")
    for name, one in found.items():
        report.add(name, f"{one.took:.0f} s", f"{rows / one.took:,.0f}", seconds(one.p99),
                   seconds(max(one.latencies)), one.wrong)
    usual, fast, update = (found[name] for name in list(ways)[:3])
    report.goal("defaults: app p99 ≤ 1.2 × p99 alone", ratio(usual.p99, idle.p99) + " ×",
                usual.p99 <= 1.2 * idle.p99)
    report.goal("pause=0: rows/s ≥ 0.7 × one UPDATE", ratio(update.took, fast.took) + " ×",
                update.took / fast.took >= 0.7)
    report.goal("rows missed or done twice: 0", usual.wrong + fast.wrong,
                usual.wrong + fast.wrong == 0)
    return report
