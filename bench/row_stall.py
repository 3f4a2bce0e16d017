# SPDX-License-Identifier: MIT
"""Row 8: how long the application waits while a migration meets somebody who holds its table."""
import contextlib
import json
import pathlib
import statistics
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field

import picture
import tools
from harness import Report, seconds, tcp_url

NUMBER, TITLE = 8, "The longest stall of the application while a migration waits for its lock"
PICTURE = pathlib.Path(__file__).parent / "stall.svg"
PAUSE = 1  # seconds before psql is run again, where that is what a pipeline does

# Autovacuum is at work on big for minutes, and leaves the other tables alone.
TABLES = """
CREATE SCHEMA shop;
CREATE TABLE shop.orders (id int PRIMARY KEY, total int) WITH (autovacuum_enabled = off);
CREATE TABLE shop.lines (id int PRIMARY KEY, total int) WITH (autovacuum_enabled = off);
INSERT INTO shop.orders SELECT i, 0 FROM generate_series(0, 20000) i;
INSERT INTO shop.lines SELECT i, 0 FROM generate_series(0, 20000) i;
"""
VACUUMED = """
ALTER TABLE shop.orders SET (autovacuum_vacuum_cost_delay = 100, autovacuum_vacuum_cost_limit = 1,
                             autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 100,
                             autovacuum_enabled = on);
UPDATE shop.orders SET total = 1;
"""
VACUUM_RUNS = """
SELECT count(*) > 0 FROM pg_stat_progress_vacuum
 WHERE datname = current_database() AND relid = 'shop.orders'::regclass
"""

# Kind: the pause between two, and the statements.  The first two are what an application does all
# the time, and the longest of them counts; the others would be killed by a clumsy tool.
APP = {
    "read": (0.02, "SELECT total FROM shop.{} WHERE id = 7"),
    "write": (0.02, "UPDATE shop.{} SET total = total + 1 WHERE id = 8"),
    "analyze": (0.5, "BEGIN; UPDATE shop.{} SET total = 1 WHERE id = 9; ANALYZE shop.{}; COMMIT"),
    "lock": (0.5, "BEGIN; UPDATE shop.{} SET total = 1 WHERE id = 10;"
                  " LOCK TABLE shop.{} IN SHARE UPDATE EXCLUSIVE MODE; COMMIT"),
}
COUNTED = ("read", "write")


@dataclass
class Case:
    name: str
    title: str
    file: str
    held: str = None  # the table that a transaction holds, or None: autovacuum works on orders
    traffic: tuple = ("orders",)
    kinds: tuple = tuple(APP)


CASES = [
    Case("a", "a transaction holds the table", "ALTER TABLE shop.orders ADD COLUMN note text;",
         held="orders"),
    Case("c", "a transaction holds the second of two tables",
         "ALTER TABLE shop.orders ADD COLUMN note text;\nALTER TABLE shop.lines ADD COLUMN note text;",
         held="lines", traffic=("orders", "lines")),
    # ANALYZE and LOCK TABLE would end it before we come.
    Case("b", "autovacuum works on the table", "ALTER TABLE shop.orders ADD COLUMN note text;",
         kinds=COUNTED),
]


@dataclass
class Stall:
    """One case, met by one tool."""
    longest: float = 0.0
    done: float = 0.0  # seconds from the begin of the migration, or from the holder's end
    errors: list = field(default_factory=list)
    requests: list = field(default_factory=list)  # (begin, end), from the migration's begin
    held: float = 0.0


class Way:
    """How a migration is run; with repeat until it has succeeded, as a pipeline would."""

    def __init__(self, name, tool, repeat=False):
        self.name, self.tool, self.repeat = name, tool, repeat

    def migrate(self, folder, url):
        while True:
            try:
                return self.tool.run(folder, url)
            except RuntimeError:
                if not self.repeat:
                    raise
                time.sleep(PAUSE)


class PsqlFile(tools.Psql):
    """A file in one transaction, as a person runs it."""

    def __init__(self, bench, before=""):
        super().__init__(bench)
        self.before = before

    def write(self, folder, changes):
        (folder / "change.sql").write_text(self.before + "\n".join(changes) + "\n")

    def command(self, folder, url):
        return [self.program, "-X", "-q", "-1", "-v", "ON_ERROR_STOP=1", "-f",
                str(folder / "change.sql"), url]


@contextlib.contextmanager
def application(db, case, output):
    """The traffic, at work; behind it output has what became of each request."""
    sessions = [f"{kind}={APP[kind][0]}={APP[kind][1].replace('{}', table)}"
                for table in case.traffic for kind in case.kinds]
    process = subprocess.Popen(
        [sys.executable, "-B", str(pathlib.Path(__file__).parent / "app.py"), db.url, str(output),
         *sessions], stdin=subprocess.PIPE)
    try:
        db.wait_for(f"SELECT count(*) = {len(sessions)} FROM pg_stat_activity"
                    " WHERE application_name = 'shop' AND datname = current_database()")
        yield
    finally:
        process.stdin.close()
        process.wait()


@contextlib.contextmanager
def holder(db, case, seconds_held):
    """A transaction that has read and written the table ends by itself after that time."""
    if case.held is None:
        db.execute(VACUUMED)
        db.wait_for(VACUUM_RUNS, 60)
        yield lambda: time.monotonic()
        return
    with db.connect(application_name="report") as connection:
        connection.execute("BEGIN")
        connection.execute(f"UPDATE shop.{case.held} SET total = 1 WHERE id = 0")
        connection.execute(f"SELECT count(*) FROM shop.{case.held}")
        ended = []

        def end():
            connection.execute("COMMIT")
            ended.append(time.monotonic())

        timer = threading.Timer(seconds_held, end)
        timer.start()
        try:
            yield lambda: ended[0]
        finally:
            timer.join()


def meet(cluster, case, way, folder, held, delay):
    """The migration meets whoever holds the table; what the application felt of it."""
    folder.mkdir()
    way.tool.write(folder, [case.file])
    output = folder / "requests.json"
    with cluster.database() as db:
        db.execute(TABLES)
        time.sleep(delay)
        with application(db, case, output), holder(db, case, held) as ended:
            start = time.monotonic()
            way.migrate(folder, tcp_url(db))
            end = time.monotonic()
            time.sleep(0.5)
        since = ended() if case.held else start
    stall = Stall(done=end - since, held=since - start)
    for kind, began, ended_at, error in json.loads(output.read_text()):
        if error is not None:
            stall.errors.append(error)
        elif kind in COUNTED and ended_at >= start and began <= end:
            stall.longest = max(stall.longest, ended_at - began)
            stall.requests.append((began - start, ended_at - start))
    return stall


def side_by_side(cluster, cases, ways, top, held):
    """Each in a database of its own; those that start slowly begin later, and disturb nobody."""
    found, threads = {}, []

    def one(case, way, delay):
        found[case.name, way.name] = meet(cluster, case, way, top / f"{case.name}-{way.name}", held,
                                          delay)

    for case in cases:
        for way in ways:
            threads.append(threading.Thread(target=one, args=(case, way, len(threads))))
            threads[-1].start()
    for thread in threads:
        thread.join()
    assert len(found) == len(threads), "a migration failed, see above"
    return found


def ways_of(bench, report):
    """Who is compared."""
    ways = [Way("migrate", tools.Migrate(bench)),
            Way("psql, lock_timeout 5 s, repeated", PsqlFile(bench, "SET lock_timeout = '5s';\n"), True),
            Way("psql", PsqlFile(bench))]
    for tool in bench.tools([tools.Flyway], report):
        ways.append(Way(tool.title, tool))
    return ways


def measure_all(bench, ways):
    """All stalls by case and way, one for each round."""
    held, found = bench.size(30, 5), {}
    locks, vacuum = CASES[:2], CASES[2:]
    with bench.server(max_connections=300, autovacuum="on", autovacuum_naptime="1s",
                      autovacuum_max_workers=8) as cluster:
        for number in range(bench.size(5, 1)):
            with bench.folder() as top:
                for cases in (locks, vacuum):
                    for key, stall in side_by_side(cluster, cases, ways, top, held).items():
                        found.setdefault(key, []).append(stall)
    return found


def run(bench):
    report = Report(
        "The longest request of an application that reads and writes the tables 80 times a second, from the begin of "
        "the migration to its end. (a) a transaction has read and written the table and stays open for "
        f"{bench.size(30, 5)} s; (b) autovacuum works on the table; (c) as (a), but on the second of two tables that "
        "the file changes. Done: behind the end of that transaction, in (b) behind the begin. Killed: requests of the "
        "application that failed, of all rounds; in (a) and (c) it also says ANALYZE and LOCK TABLE within "
        f"transactions. Medians of {bench.size(5, 1)}; all run side by side, each in a database of its own.",
        ["tool", "(a) stall", "done", "(b) stall", "done", "(c) stall", "done", "killed"])
    ways = ways_of(bench, report)
    found = measure_all(bench, ways)
    for way in ways:
        cells, killed = [], 0
        for case in ("a", "b", "c"):
            stalls = found[case, way.name]
            cells += [seconds(statistics.median(s.longest for s in stalls)),
                      seconds(statistics.median(s.done for s in stalls))]
            killed += sum(len(s.errors) for s in stalls)
        report.add(way.name, *cells, killed)
        if way.name == "migrate":
            add_goals(report, found, killed)
    if not bench.quick:
        picture.draw(PICTURE, [(way.name, found["a", way.name][-1]) for way in ways[:3]])
        report.notes.append("![The application's longest open request](stall.svg)")
    return report


def add_goals(report, found, killed):
    a, b, c = ([stall for stall in found[case, "migrate"]] for case in "abc")
    for name, stalls in (("(a)", a), ("(c)", c)):
        longest = statistics.median(s.longest for s in stalls)
        report.goal(f"{name} ≤ 250 ms", seconds(longest), longest <= 0.25)
    behind = max(s.done for s in a + c)
    report.goal("(a), (c) done once the holder ends: ≤ 3 s in every round", seconds(behind),
                behind <= 3)
    longest = statistics.median(s.longest for s in b)
    report.goal("(b) ≤ 50 ms", seconds(longest), longest <= 0.05)
    took = statistics.median(s.done for s in b)
    report.goal("(b) done within 3 s", seconds(took), took <= 3)
    report.goal("requests of the application killed: 0", killed, killed == 0)
