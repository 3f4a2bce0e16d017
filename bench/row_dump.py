# SPDX-License-Identifier: MIT
"""Row 6: a big dump in one file."""
import shutil

import measure
import peers
import tools
from harness import Report, mib, ratio, seconds, tcp_url

NUMBER, TITLE = 6, "A dump of 1 GiB with COPY data in one file"
GIB = 2**30
MEMORY = 32 * 2**20
ROOM = 8  # times the dump: the file, the table with its index, the log, twice

HEAD = """SET statement_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SET check_function_bodies = false;
SELECT pg_catalog.set_config('search_path', '', false);
CREATE TABLE public.events (
    id bigint NOT NULL, kind text NOT NULL, at timestamp with time zone NOT NULL,
    amount numeric(12,2), payload text
);
COPY public.events (id, kind, at, amount, payload) FROM stdin;
"""
TAIL = """\\.
ALTER TABLE ONLY public.events ADD CONSTRAINT events_pkey PRIMARY KEY (id);
"""
NULL = "\\N"
KINDS = ("created", "changed", "deleted", "paid", "sent")
WORDS = "the quick brown fox\\tjumps over\\nthe lazy dog, " * 2


def write(path, size):
    """As pg_dump writes one: a table, its rows, its key."""
    with open(path, "w", encoding="utf-8") as out:
        out.write(HEAD)
        written, row = 0, 0
        while written < size:
            lines = "".join(
                f"{i}\t{KINDS[i % 5]}\t2026-01-{i % 28 + 1:02d} 12:00:00+00\t{i % 100000 / 100:.2f}\t"
                f"{WORDS if i % 7 else NULL}\n"
                for i in range(row, row + 10000))
            out.write(lines)
            written, row = written + len(lines), row + 10000
        out.write(TAIL)


def run(bench):
    size = bench.size(GIB, GIB // 16)
    rounds = bench.size(3, 1)
    report = Report(
        f"{size / 2**20:,.0f} MiB of COPY data, then a primary key; `psql -1 -f` runs the same file in one "
        f"transaction. Medians of {rounds}, in turn, one warm-up.",
        ["tool", "wall", "CPU", "peak memory", "migrate / tool (wall)"])
    free = shutil.disk_usage("/tmp").free
    if free < ROOM * size:
        report.missing.append(f"this row needs {ROOM * size / GIB:.0f} GiB in /tmp, free are {free / GIB:.0f}")
        return report
    program, version = peers.psql()
    with bench.server() as cluster, bench.folder() as top:
        (top / "migrations").mkdir()
        file = top / "migrations" / "V1__dump.sql"
        write(file, size)
        ours = tools.Migrate(bench)

        def fresh(run_):
            def on_new_database():
                with cluster.database() as db:
                    return run_(tcp_url(db))
            return on_new_database

        medians = measure.in_turn({
            "migrate": fresh(lambda url: ours.run(file.parent, url)),
            f"psql {version}": fresh(lambda url: measure.once(
                [program, "-X", "-q", "-1", "-v", "ON_ERROR_STOP=1", "-f", str(file), url])),
        }, rounds)
    (_, mine), (_, psql) = medians.items()
    for name, run_ in medians.items():
        report.add(name, seconds(run_.wall), seconds(run_.cpu), mib(run_.peak),
                   ratio(mine.wall, run_.wall))
    report.goal("≤ 1.10 × psql", ratio(mine.wall, psql.wall) + " ×", mine.wall <= 1.1 * psql.wall)
    report.goal("≤ 32 MiB resident", mib(mine.peak), mine.peak <= MEMORY)
    return report
