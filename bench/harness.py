# SPDX-License-Identifier: MIT
"""What the rows share: sizes, servers, the tools that are there, and how a result is written."""
import contextlib
import pathlib
import sys
import tempfile
from dataclasses import dataclass, field

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tests" / "cli"))

from cluster import Cluster  # noqa: E402  (the throwaway server of the tests)

import peers  # noqa: E402

# As a server in production, but for its size; each row says what else it sets.
SERVER = {"fsync": "on", "full_page_writes": "on", "shared_buffers": "1GB", "max_wal_size": "8GB",
          "checkpoint_timeout": "30min"}


@dataclass
class Report:
    """What a row has found: a text, a table, and how the goals were met."""
    text: str
    head: list
    rows: list = field(default_factory=list)
    goals: list = field(default_factory=list)  # (goal, measured, reached or not)
    missing: list = field(default_factory=list)
    notes: list = field(default_factory=list)

    def add(self, *cells):
        self.rows.append([str(cell) for cell in cells])

    def goal(self, text, measured, reached):
        self.goals.append([text, str(measured), "reached" if reached else "**not reached**"])

    def lines(self):
        parts = [self.text, table(self.head, self.rows)]
        parts += [f"Missing: {why}" for why in self.missing] + self.notes
        if self.goals:
            parts.append(table(["goal", "measured", ""], self.goals))
        return "\n\n".join(parts)


def table(head, rows):
    """A table of Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def seconds(value):
    return f"{value * 1000:.1f} ms" if value < 0.1 else f"{value:.2f} s"


def mib(value):
    return f"{value / 2**20:.1f} MiB"


def ratio(ours, theirs):
    """migrate / tool"""
    return f"{ours / theirs:.2f}"


class Bench:
    """One run of the benchmarks; quick ones are for trying out, and small."""

    def __init__(self, migrate, quick):
        self.migrate, self.quick = migrate, quick

    def size(self, full, quick):
        return quick if self.quick else full

    @property
    def rounds(self):
        return self.size(5, 2)

    @contextlib.contextmanager
    def server(self, **settings):
        """A server of its own, safe on a crash."""
        cluster = Cluster({**SERVER, **settings})
        try:
            yield cluster
        finally:
            cluster.remove()

    @contextlib.contextmanager
    def folder(self):
        with tempfile.TemporaryDirectory(prefix="migrate-bench.") as name:
            path = pathlib.Path(name)
            path.chmod(0o755)
            yield path

    def tools(self, classes, report):
        """The tools that can be had; the report tells of the others."""
        found = []
        for make in classes:
            try:
                found.append(make(self))
            except peers.Missing as why:
                report.missing.append(str(why))
        return found


def tcp_url(db, port=None):
    """The same for every tool: over TCP, with a password."""
    return (f"postgres://postgres:throwaway@127.0.0.1:{port or db.cluster.port}/{db.name}"
            "?sslmode=disable")
