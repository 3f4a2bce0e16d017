# SPDX-License-Identifier: MIT
"""
One scenario: a run with one fault, then the same command undisturbed, and what must hold behind
each of them.  A violation is a sentence.
"""

import contextlib
import random
import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "cli"))

from runner import PROGRAM, Runner  # noqa: E402
from suites import BY_NAME, LOOKS, SUITES  # noqa: E402
from wire import KINDS, Fault, Wire  # noqa: E402

FREEZE = 0.6  # how long a silent server is watched before SIGTERM
END_AFTER_SIGNAL = 7.5
END = 60
HELD = 0.15
SECRET = "canary7d1f"

# What a run leaves behind, but times, hosts and pids.
CATALOG = """
SELECT 'relation', x FROM (
  SELECT format('%s.%s %s %s %s', n.nspname, c.relname, c.relkind, a.attname,
                a.atttypid::regtype) AS x
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
   WHERE n.nspname IN ('public', 'app')) s
UNION ALL
SELECT 'index', format('%s on %s valid %s ready %s', i.indexrelid::regclass, i.indrelid::regclass,
                       i.indisvalid, i.indisready)
  FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
 WHERE c.relnamespace IN (SELECT oid FROM pg_namespace WHERE nspname IN ('public', 'app'))
UNION ALL
SELECT 'partition', format('%s of %s %s', i.inhrelid::regclass, i.inhparent::regclass,
                           to_jsonb(i)->'inhdetachpending')
  FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE c.relkind IN ('r', 'p')
ORDER BY 1, 2
"""
ROWS = """
SELECT format('%I.%I', n.nspname, c.relname),
       CASE WHEN c.relname = 'schema_history_journal' THEN $$script, state$$
            WHEN c.relname = 'schema_history' THEN
                 $$installed_rank, version, description, type, script, checksum, success$$
            ELSE 't.*' END
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname IN ('public', 'app') AND c.relkind = 'r'
"""
EMPTY = """
DROP SCHEMA IF EXISTS app CASCADE; DROP SCHEMA public CASCADE; CREATE SCHEMA public;
"""
OURS = """
SELECT count(*) FROM pg_stat_activity
 WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""


@dataclass(frozen=True)
class Scenario:
    suite: str
    kind: str
    side: str
    at: int

    def __str__(self):
        return f"{self.suite}:{self.kind}:{self.side}:{self.at}"

    @classmethod
    def parse(cls, text):
        suite, kind, side, at = text.split(":")
        return cls(suite, kind, side, int(at))


class FaultyRunner(Runner):
    """Starts the program, or the one whose n-th event, allocation or call of libpq goes wrong."""

    faulty = False

    def program(self, unprivileged):
        if not self.faulty:
            return super().program(unprivileged)
        return [str(Path(PROGRAM[-1]).parent / "tests/faulty")]


# What can go wrong inside the program: the value of FAULT, without its number.
INSIDE = {
    "event-kill": ("event", f":{int(signal.SIGKILL)}"),
    "event-term": ("event", f":{int(signal.SIGTERM)}"),
    "event-terminate": ("event", f":{int(signal.SIGSTOP)}"),
    "event-crash": ("event", f":{int(signal.SIGSTOP)}"),
    "alloc": ("alloc", ""),
    "libpq": ("libpq", ""),
}


class Bench:
    """A database and a proxy for one scenario after the other."""

    suites = kinds = None  # those that make sense here, where these are not all

    def __init__(self, cluster, name):
        self.cluster, self.name = cluster, name
        with cluster.connect() as connection:
            connection.execute(f"CREATE DATABASE {name}")
        self.wire = Wire(cluster)
        self.runners, self.expected = {}, {}
        self.session = None

    def remove(self):
        self.wire.stop()
        if self.session is not None:
            self.session.close()
        for pair in self.runners.values():
            for runner in pair:
                runner.remove()

    # --- the database ---

    def db(self):
        if self.session is None or self.session.broken or self.session.closed:
            self.session = self.cluster.connect(self.name)
        return self.session

    def state(self):
        db = self.db()
        state = {"catalog": db.execute(CATALOG).fetchall()}
        for table, columns in db.execute(ROWS).fetchall():
            rows = db.execute(f"SELECT t FROM (SELECT {columns} FROM {table} t) t ORDER BY t::text")
            state[table] = [row[0] for row in rows.fetchall()]
        for table in state:
            if table.endswith("_journal"):  # how often something failed is not the result
                state[table] = [row for row in state[table] if row[1] == "done"]
        return state

    def reset(self, suite):
        self.db().execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        self.db().execute(EMPTY + suite.sql)
        if suite.before:
            run = self.runner(suite)[0]("up")
            assert run.exit == 0, run
        self.history_before = self.history()

    def wait_until_gone(self, seconds=10):
        end = time.monotonic() + seconds
        while self.db().execute(OURS).fetchone()[0] > 0:
            if time.monotonic() > end:
                return [f"a session of ours is left {seconds} s later"]
            time.sleep(0.003)
        if self.db().execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"
                             " AND database = (SELECT oid FROM pg_database"
                             " WHERE datname = current_database())").fetchone()[0]:
            return ["an advisory lock is left"]
        return []

    # --- runs ---

    def runner(self, suite):
        """Two folders: what was there before, and what it is tried with."""
        if suite.name not in self.runners:
            pair = tuple(FaultyRunner(self.cluster.url(self.name)) for _ in range(2))
            for runner in pair:
                runner.write(suite.before)
            pair[1].write(suite.files)
            self.runners[suite.name] = pair
        return self.runners[suite.name]

    def disturbed(self, suite, fault):
        """The run with the fault; how long it lived after SIGTERM, where there was one."""
        self.wire.arm(fault)
        url = self.wire.url(self.name, SECRET)
        with self.app(suite):
            return self.disturbed_run(suite, fault, url)

    def disturbed_run(self, suite, fault, url):
        started = self.runner(suite)[1].start(*suite.command, env={"DATABASE_URL": url})
        self.wire.process = started.process
        signalled = None
        if fault and fault.kind == "freeze":
            try:
                started.process.wait(FREEZE)
            except subprocess.TimeoutExpired:
                started.signal(signal.SIGTERM)
            signalled = time.monotonic()
        try:
            run = started.wait(END)
        finally:
            self.wire.disarm()
            self.runner(suite)[1].started.clear()
        return run, time.monotonic() - signalled if signalled else 0

    @contextlib.contextmanager
    def app(self, suite):
        """A session of the app is in the way for a while."""
        if not suite.held:
            yield
            return
        with self.cluster.connect(self.name, autocommit=False) as session:
            session.execute(suite.held)
            timer = threading.Timer(HELD, session.rollback)
            timer.start()
            try:
                yield
            finally:
                timer.join()

    def inside(self, suite, scenario):
        """The run of the faulty program; did it happen?"""
        runner = self.runner(suite)[1]
        kind, more = INSIDE[scenario.kind]
        note = runner.folder / "fault"
        note.unlink(missing_ok=True)
        env = {
            "FAULT": f"{kind}:{scenario.at}{more}",
            "FAULT_FILE": str(note),
            "DATABASE_URL": self.cluster.url(self.name, password=SECRET),
        }
        self.wire.arm(None)
        runner.faulty = True
        try:
            started = runner.start(*suite.command, env=env)
            if scenario.kind in ("event-terminate", "event-crash"):
                self.while_it_stands(started.process, scenario.kind)
            run = started.wait(END)
        finally:
            runner.faulty = False
            runner.started.clear()
        self.place = note.read_text() if note.exists() else None
        return run, self.place is not None

    def while_it_stands(self, process, kind):
        """The program has stopped itself at an event: hurts the server, and lets it go on."""
        while True:
            try:
                state = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[0]
            except FileNotFoundError:
                return
            if state in "ZX":
                return
            if state == "T":
                break
            time.sleep(0.001)
        if kind == "event-crash":
            self.cluster.stop("immediate")
            self.cluster.start()
            self.session = None
        else:
            self.db().execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        process.send_signal(signal.SIGCONT)

    def measure(self, suite):
        """Undisturbed: the state to reach, and how many messages there are on each side."""
        if suite.name not in self.expected:
            self.reset(suite)
            run, _ = self.disturbed(suite, None)
            self.expected[suite.name] = (run.exit, self.state(), self.wire.types)
            assert run.exit in (0, 1, 3), run
            assert not self.wire.broken, self.wire.broken
        return self.expected[suite.name]

    # --- one scenario ---

    def try_out(self, scenario):
        """A list of violations, each with the output behind it; None when nothing happened."""
        suite = BY_NAME[scenario.suite]
        usual, state, _ = self.measure(suite)
        self.reset(suite)
        lived = 0
        if scenario.side == "program":
            run, fired = self.inside(suite, scenario)
        else:
            run, lived = self.disturbed(suite, Fault(scenario.kind, scenario.side, scenario.at))
            fired = self.wire.fired
        self.last_exit = run.exit
        if not fired:
            return None
        found = list(self.wire.broken) + self.wait_until_gone()
        found += self.judge_first(suite, scenario, run, usual, lived)
        now = self.state()
        if run.exit == usual and now != state and not (usual and suite.transactional):
            found.append(f"exit {run.exit}, but something is missing: {difference(now, state)}")
        again = None
        if run.exit != usual or usual != 0:
            again, more = self.finish(suite, usual, now, state)
            found += more
        text = f"{run}\n{again}" if again is not None else f"{run}"
        return [f"{scenario}: {violation}\n{text}" for violation in found]

    def judge_first(self, suite, scenario, run, usual, lived):
        kind = scenario.kind
        allowed = {
            "delay": {usual},
            "terminate": {usual, 5},  # the server has told that it ends the session
            "kill": {usual, -signal.SIGKILL},  # at its last message it may have ended
            "kill-after": {usual, -signal.SIGKILL},
            "term": {usual, 128 + signal.SIGTERM},
            "cancel": {usual, 1},
            "freeze": {usual, 128 + signal.SIGTERM},
            "event-kill": {-signal.SIGKILL},
            "event-term": {usual, 128 + signal.SIGTERM},
            "alloc": {70},
            "libpq": {usual, 5, 7, 70},
        }.get(kind, {usual, 5, 7})
        if run.exit not in allowed:
            yield f"exit {run.exit} is not the documented one"
        if kind == "freeze" and lived > END_AFTER_SIGNAL:
            yield f"it lived for {lived:.1f} s after SIGTERM"
        if run.exit == 7 and suite.transactional and not self.wire.doubt and scenario.side != "program":
            yield "exit 7, but no COMMIT was left without an answer"
        last = "migrate: error: ", "migrate: left at once", "migrate: out of memory"
        if run.exit not in (0, -signal.SIGKILL) and not any(w in run.stderr for w in last):
            yield "no error was told"
        if re.search(r"error: *$", run.stderr, re.M):
            yield "an error without a message"
        if suite not in LOOKS and run.exit in (1, 4, 5, 6, 7) and not any(
            word in run.stderr for word in ("NEXT:", "HINT:", "STATE:")
        ):
            yield "it does not say what to do"
        if run.exit in (1, 5, 6, 7) and run.exit != usual:
            yield from self.judge_words(run)
        if SECRET in run.output:
            yield "a password was printed"

    def judge_words(self, run):
        """What is said about the state of the database must be true."""
        history = self.history()
        for name in re.findall(r"rolled back, nothing of (\S+) was kept", run.stderr):
            new = [row for row in history if row not in self.history_before]
            if any(f",{name}," in row for row in new):
                yield f"it says that nothing of {name} was kept, but the history has it"
        if "the history is as it was" in run.stderr and history != self.history_before:
            yield "it says that the history is as it was, but it is not"

    def history(self):
        state = self.state()
        tables = [table for table in state if table.endswith("schema_history")]
        return [",".join(map(str, row)) for table in tables for row in state[table]]

    def finish(self, suite, usual, before, state):
        """The same command once more, undisturbed: it must come to the same end."""
        run = self.runner(suite)[1](*suite.command)
        found = self.wait_until_gone()
        now = self.state()
        done_already = suite.command[0] != "up" and before == state and run.exit in (0, 2, 4)
        if run.exit != usual and not done_already:
            found.append(f"the next run ends with {run.exit}, not {usual}")
        if now != state:
            found.append(f"the next run does not come to the same end: {difference(now, state)}")
        if suite.command[0] == "up" and run.exit == 0:
            found += self.judge_status(suite)
        return run, found

    def judge_status(self, suite):
        """Behind a run that went well nothing is pending, interrupted or wrong."""
        run = self.runner(suite)[1]("status", *suite.command[1:], "--check")
        return [] if run.exit == 0 else [f"status disagrees with the database: {run}"]


def difference(now, wanted):
    """What is too much and what is missing, short."""
    words = []
    for key in sorted(set(now) | set(wanted)):
        have, want = list(map(str, now.get(key, []))), list(map(str, wanted.get(key, [])))
        more = list((Counter(have) - Counter(want)).elements())
        less = list((Counter(want) - Counter(have)).elements())
        if more or less:
            words.append(f"{key}: too much {more[:5]}, missing {less[:5]}")
    return "; ".join(words) or "only the order"


# Every so many messages is enough where a kind takes seconds, or differs little from another one.
STRIDES = {
    "half": 3,
    "reset": 3,
    "refused": 4,
    "delay": 8,
    "freeze": 40,
    "terminate-after": 3,
    "kill-after": 3,
    "term": 3,
}
SIDES = {"cancel": ("client",), "kill-after": ("client",)}
# Inside the program a long run does the same again and again.
ALIKE, ALIKE_STRIDE = 300, 50
# Messages behind which nothing has changed: Bind, Describe, Flush; ParseComplete, BindComplete,
# NoData, RowDescription, ParameterDescription, ParameterStatus.
DULL = {"client": b"BDH", "server": b"12nTtS"}


def points(types, side, stride, most):
    """The numbers of the messages that are worth a fault."""
    numbers = [
        at
        for at, kind in enumerate(types, 1)
        if at % 4 == 0 or not kind or kind not in DULL[side]
    ][::stride]
    return numbers[:: 1 + len(numbers) // most]


def scenarios(bench, suites=None, kinds=None):
    """All of them, in a fixed order."""
    suites, kinds = suites or bench.suites, kinds or bench.kinds
    for suite in SUITES:
        if suites and suite.name not in suites:
            continue
        types = bench.measure(suite)[2]
        for kind in kinds or KINDS:
            for side in SIDES.get(kind, ("client", "server")):
                for at in points(types[side], side, STRIDES.get(kind, 1), suite.most):
                    yield Scenario(suite.name, kind, side, at)


def inside_scenarios(bench, kind, suites, stride=1):
    """Tries them as it gives them, until nothing happens: each with its violations."""
    for suite in suites:
        at = 1
        while True:
            scenario = Scenario(suite.name, kind, "program", at)
            found = bench.try_out(scenario)
            if found is None:
                break
            yield scenario, found
            at += stride if at < ALIKE else ALIKE_STRIDE


def sample(bench, size, seed, suites=None, kinds=None):
    everything = list(scenarios(bench, suites, kinds))
    return random.Random(seed).sample(everything, min(size, len(everything)))
