# SPDX-License-Identifier: MIT
"""Throwaway servers and databases.  tests/lib/cluster.sh does the work and cannot outlive us."""

import contextlib
import itertools
import subprocess
import time
from pathlib import Path
from urllib.parse import quote

import psycopg

ROOT = Path(__file__).resolve().parents[2]


class Cluster:
    """A server of its own: Cluster({"autovacuum": "on"}), Cluster(standby_of=other)."""

    def __init__(self, settings=None, standby_of=None):
        command = ["bash", str(ROOT / "tests/lib/cluster.sh")]
        for name, value in (settings or {}).items():
            command += ["-c", f"{name}={value}"]
        if standby_of is not None:
            command += ["-s", standby_of.url("postgres", host=standby_of.folder)]
        # A session of its own: ^C is for pytest, which then closes the pipe.
        self.process = subprocess.Popen(
            command + ["serve"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
            start_new_session=True,
        )
        self.read_state()
        self.numbers = itertools.count(1)

    def read_state(self):
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError("the server did not start, see above")
        folder, port, postmaster = line.split()
        self.folder, self.port, self.postmaster = folder, int(port), int(postmaster)

    def order(self, text):
        self.process.stdin.write(text + "\n")
        self.read_state()

    def stop(self, mode="fast"):
        """fast rolls back what is open; immediate is a crash.  start() brings it back."""
        self.order(f"stop {mode}")

    def start(self):
        self.order("start")

    def remove(self):
        self.process.stdin.close()
        self.process.wait(timeout=30)

    def log(self):
        return Path(self.folder, "log").read_text(errors="replace")

    def url(self, database, user="postgres", password=None, host=None, port=None):
        """Over the Unix socket; with host="127.0.0.1" over TCP, where a password is needed."""
        who = quote(user, safe="")
        if password is not None:
            who += ":" + quote(password, safe="")
        where = quote(str(host or self.folder), safe="")
        return (
            f"postgresql://{who}@/{quote(database, safe='')}?host={where}&port={port or self.port}"
        )

    def connect(self, database="postgres", **options):
        defaults = {"host": self.folder, "port": self.port, "user": "postgres", "autocommit": True}
        return psycopg.connect(dbname=database, **{**defaults, **options})

    def role(self, options="", password="secret"):
        """A new role that may log in; its name."""
        name = f"role_{next(self.numbers)}"
        with self.connect() as connection:
            connection.execute(f"CREATE ROLE {name} LOGIN PASSWORD '{password}' {options}")
        return name

    @contextlib.contextmanager
    def database(self, name=None, options=""):
        """A fresh database, dropped at the end whoever is still connected."""
        name = name or f"test_{next(self.numbers)}"
        quoted = '"' + name.replace('"', '""') + '"'
        with self.connect() as connection:
            connection.execute(f"CREATE DATABASE {quoted} {options}")
        try:
            yield Database(self, name)
        finally:
            with self.connect() as connection:
                connection.execute(f"DROP DATABASE {quoted} WITH (FORCE)")


class Database:
    """A database of a test: db.execute(sql) for one answer, db.connect() for a session."""

    def __init__(self, cluster, name):
        self.cluster, self.name = cluster, name
        self.url = cluster.url(name)

    def url_for(self, **options):
        """user=, password=, host=, port=; see Cluster.url."""
        return self.cluster.url(self.name, **options)

    def connect(self, **options):
        """A psycopg connection, autocommit, to be used in a with statement."""
        return self.cluster.connect(self.name, **options)

    def execute(self, sql, parameters=None):
        """Rows of one statement (or of several, without parameters: those of the last)."""
        with self.connect() as connection:
            cursor = connection.execute(sql, parameters)
            while cursor.nextset():
                pass
            return cursor.fetchall() if cursor.description else []

    def value(self, sql, parameters=None):
        return self.execute(sql, parameters)[0][0]

    def wait_for(self, sql, seconds=30):
        """Until the answer is true; psycopg's % is not special here."""
        end = time.monotonic() + seconds
        with self.connect() as connection:
            while not connection.execute(sql).fetchone()[0]:
                assert time.monotonic() < end, f"it did not come true in {seconds} s: {sql}"
                time.sleep(0.02)

    def wait_for_statement(self, text, seconds=30):
        """Until some session of this database runs a statement with that text."""
        self.wait_for(
            "SELECT count(*) > 0 FROM pg_stat_activity WHERE datname = current_database()"
            f" AND pid <> pg_backend_pid() AND state = 'active' AND strpos(query, '{text}') > 0",
            seconds,
        )

    def role(self, options="", password="secret"):
        return self.cluster.role(options, password)

    def exists(self, relation):
        return self.value("SELECT to_regclass(%s) IS NOT NULL", [relation])

    def history(self, columns="version, description, success", table="schema_history"):
        return self.execute(f"SELECT {columns} FROM {table} ORDER BY installed_rank")

    def versions(self):
        """The versions that are applied, in order, without repeatables."""
        rows = self.history("version, success")
        return [version for version, success in rows if success and version is not None]

    def contents(self):
        """What is there, to see that nothing was changed: relations, their columns, rows."""
        with self.connect() as connection:

            def answer(sql):
                return connection.execute(sql).fetchall()

            relations = answer(
                "SELECT n.nspname, c.relname, c.relkind::text,"
                " (SELECT string_agg(a.attname || ' ' || a.atttypid::regtype, ', ' ORDER BY attnum)"
                "  FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0)"
                " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
                " WHERE n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'"
                " ORDER BY 1, 2"
            )
            rows = [
                answer(f'SELECT t::text FROM "{schema}"."{name}" t ORDER BY 1')
                for schema, name, kind, _ in relations
                if kind in "rp"
            ]
            schemas = answer("SELECT nspname FROM pg_namespace WHERE oid >= 16384 ORDER BY 1")
        return relations, rows, schemas
