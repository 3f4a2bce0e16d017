# SPDX-License-Identifier: MIT
"""
Plays a case (cases.py) with a cast: "F" is Flyway, "M" is us, turn by turn.  Flyway is the real one, or
what was written down of it: rows, states, and a dump of what it left in the database.
"""

import difflib
import json
import os
import re
import subprocess
from pathlib import Path

import cases
from cluster import ROOT
from runner import Runner

RECORDED = ROOT / "tests/flyway/recorded"
ROLE, PASSWORD = "app", "secret"
COLUMNS = "installed_rank, version, description, type, script, checksum, installed_by, success"
SHOWN = ("category", "version", "description", "type", "state", "installedBy", "filepath")
OURS = {"migrate": "up"}


class Flyway:
    """The command line, as its own script starts it.  It takes a class archive to start sooner."""

    def __init__(self):
        fetched = subprocess.run(["sh", str(ROOT / "tests/lib/flyway.sh")], check=True, text=True,
                                 stdout=subprocess.PIPE).stdout.strip()
        self.version = Path(fetched).name
        self.archive = Path(f"{fetched}.jsa")
        self.java = ["java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto",
                     "-Xlog:disable", "-Xlog:all=error:stderr"]
        self.main = ["-cp", f"{fetched}/*", "org.flywaydb.commandline.Main", "-skipCheckForUpdate",
                     "-outputType=json"]

    def __call__(self, folder, *args, timeout=60):
        archive = "SharedArchiveFile" if self.archive.exists() else "ArchiveClassesAtExit"
        env = {"PATH": os.environ["PATH"], "HOME": str(folder), "FLYWAY_PASSWORD": PASSWORD,
               "REDGATE_DISABLE_TELEMETRY": "true", "LC_ALL": "C.UTF-8", "TZ": "UTC"}
        run = subprocess.run([*self.java, f"-XX:{archive}={self.archive}", *self.main, *args],
                             cwd=folder, env=env, text=True, timeout=timeout,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        try:
            answer = json.loads(run.stdout)
        except ValueError:
            raise AssertionError(run.stdout + run.stderr) from None
        return run.returncode, answer

    def turn(self, folder, command):
        """Does it and looks at the states: (did it go well, the states)."""
        if command is not None:
            _, answer = self(folder, command, "info")
            results = answer.get("individualResults", [])
            if len(results) == 2 and results[0].get("validationSuccessful", True):
                return True, results[1]["migrations"]
        _, answer = self(folder, "info")
        return command is None, answer.get("migrations")


def shown(migrations, sql):
    """
    States as both tell them: what is not there is null, paths below the folder.  None: they would
    not tell.
    """
    rows = []
    if migrations is None:
        return None
    for line in migrations:
        row = {name: line[name] or None for name in SHOWN}
        path = row["filepath"]
        if line["type"] == "DELETE":
            path = None
        row["filepath"] = path and os.path.relpath(path, sql if path.startswith("/") else "sql")
        rows.append(row)
    return rows


class Stage:
    """A database with a folder, where a case is played."""

    def __init__(self, cluster, database):
        self.cluster, self.database = cluster, database
        self.runner = Runner()
        self.folder = self.runner.folder
        self.settings = {
            "url": f"jdbc:postgresql://127.0.0.1:{cluster.port}/{database.name}",
            "user": ROLE, "locations": "filesystem:sql",
        }
        (self.folder / "sql").mkdir()

    def prepare(self, step):
        self.runner.write(step.get("files", {}), below="sql")
        self.settings.update(step.get("set", {}))
        text = "".join(f"flyway.{name}={value}\n" for name, value in self.settings.items()
                       if value is not None)
        (self.folder / "flyway.conf").write_text(text)
        (self.folder / "migrate.yaml").unlink(missing_ok=True)
        run = self.runner("init", "--from-flyway")
        assert run.exit == 0, run
        if "sql" in step:
            with self.connect() as connection:
                connection.execute(step["sql"])

    def connect(self):
        return self.database.connect(user=ROLE, password=PASSWORD)

    def rows(self):
        table = self.settings.get("table", "flyway_schema_history")
        with self.connect() as connection:
            found = connection.execute(
                "SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) FROM pg_tables"
                " WHERE tablename = %s", [table]).fetchone()
            if found is None:
                return None
            rows = connection.execute(f"SELECT {COLUMNS} FROM {found[0]} ORDER BY 1").fetchall()
        return [list(row) for row in rows]

    def start(self, command, *args):
        return self.runner.start(OURS.get(command, command), "--yes", *args,
                                 env={"MIGRATE_PASSWORD": PASSWORD})

    def look(self, query):
        if query is None:
            return None
        with self.connect() as connection:
            return connection.execute(query).fetchone()[0]

    def ours(self, command, *args):
        """Our turn: (did it go well, the run)."""
        run = self.start(command, *args).wait()
        return run.exit == 0, run

    def status(self):
        run = self.runner("status", "--format", "json", env={"MIGRATE_PASSWORD": PASSWORD})
        return shown(run.json["migrations"], self.folder / "sql") if run.exit == 0 else None

    def dump(self):
        """All but our journal, as plain statements."""
        text = subprocess.run(
            ["pg_dump", "-h", self.cluster.folder, "-p", str(self.cluster.port), "-U", "postgres",
             "--inserts", "--no-owner", "--no-privileges", "--exclude-table=*_journal",
             self.database.name], check=True, text=True, stdout=subprocess.PIPE).stdout
        text = re.sub(r"^(--.*|\\.*|SET .*|SELECT pg_catalog.set_config.*|)\n", "", text, flags=re.M)
        return text.splitlines()

    def restore(self, dump):
        """In place of what is there, but for our journal."""
        with self.connect() as connection:
            for drop in connection.execute(DROPS).fetchall():
                connection.execute(drop[0])
            text = "\n".join(dump).replace("CREATE SCHEMA ", "CREATE SCHEMA IF NOT EXISTS ")
            if text:
                connection.execute(text)


DROPS = r"""
SELECT format('DROP %s IF EXISTS %s CASCADE', CASE relkind WHEN 'v' THEN 'VIEW' ELSE 'TABLE' END, oid::regclass)
FROM pg_class
WHERE relkind IN ('r', 'v') AND relname NOT LIKE '%\_journal' AND relnamespace::regnamespace::text
	NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
"""


def same(ours, theirs, where, said):
    """Lists of rows; what differs is shown line by line."""
    def lines(rows):
        return [str(list(row.values()) if isinstance(row, dict) else row) for row in rows or []]

    difference = "\n".join(difflib.unified_diff(lines(theirs), lines(ours), "expected", "found", n=1))
    assert ours == theirs, f"{where}\n{difference}\n{said}"


def expected_states(step, states, found):
    """What we show; "ours" of a step names other states that we may show, by version."""
    other = step.get("ours", {}).get("states")
    if other is None or found is None:
        return states
    shown_now = {line["version"]: line["state"] for line in found}
    return [
        {**line, "state": shown_now[line["version"]]}
        if shown_now.get(line["version"]) in other.get(line["version"], ()) else line
        for line in states
    ]


def play(stage, name, cast, flyway, record, live):
    """
    Plays a case; cast "F" makes the record, any other is compared with it.  live: Flyway is there, has its
    turns itself, and is asked for the states behind ours.
    """
    steps = cases.CASES[name]
    made = []
    for i, step in enumerate(steps):
        actor = cast[i % len(cast)]
        where = f"{name}, step {i + 1}, {step.get('do')} by {actor} of {cast}"
        stage.prepare(step)
        said = ""
        if actor == "F" and live:
            fine, states = flyway.turn(stage.folder, step.get("do"))
            states = shown(states, stage.folder / "sql")
            seen = {"do": step.get("do"), "fine": fine, "rows": stage.rows(), "info": states,
                    "look": stage.look(step.get("look")), "sql": stage.dump()}
            made.append(seen)
        elif actor == "F":
            stage.restore(record[i]["sql"])
        elif step.get("do") is not None:
            fine, said = stage.ours(step["do"])
            expected = not step["ours"]["fails"] if "fails" in step.get("ours", {}) \
                else record[i]["fine"]
            assert fine == expected, f"{where}: {said}"
        then = record[i] if record else seen
        assert stage.look(step.get("look")) == then.get("look"), f"{where}\n{said}"
        same(stage.rows(), then["rows"], where, said)
        states = stage.status()
        same(states, expected_states(step, then["info"], states), where, said)
        if live and actor == "M":
            _, states = flyway.turn(stage.folder, None)
            same(shown(states, stage.folder / "sql"), then["info"], f"{where}, by Flyway", said)
    return made


def path_of(name):
    return RECORDED / f"{name}.json"


def read_record(name):
    return json.loads(path_of(name).read_text())


def write_record(name, version, steps):
    RECORDED.mkdir(exist_ok=True)
    text = json.dumps({"flyway": version, "steps": steps}, indent=1, ensure_ascii=False)
    path_of(name).write_text(text + "\n")
