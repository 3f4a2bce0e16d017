# SPDX-License-Identifier: MIT
"""Row 2: a run with nothing to do, however many files there are."""
import contextlib

import measure
import tools
import wire
from harness import Report, mib, ratio, seconds, tcp_url
from row_apply import table_of

NUMBER, TITLE = 2, "`up` with nothing to do"


def applied(cluster, tool, folder, files, stack):
    """A database where all files count as applied."""
    folder.mkdir()
    tool.write(folder, [table_of(number) for number in range(1, files + 1)])
    db = stack.enter_context(cluster.database())
    tool.pretend(db, folder)
    return db


def measure_at(bench, cluster, found, top, files):
    """Runs and waits of each tool."""
    commands, counted = {}, {}
    with contextlib.ExitStack() as stack:
        for tool in found:
            folder = top / f"{tool.name}-{files}"
            db = applied(cluster, tool, folder, files, stack)
            commands[tool] = lambda tool=tool, folder=folder, db=db: tool.run(folder, tcp_url(db))
            counted[tool] = wire.waits(cluster, tool, folder, db)
        return measure.in_turn(commands, bench.rounds), counted


def run(bench):
    few, many = bench.size(1000, 100), bench.size(10000, 1000)
    report = Report(
        f"{few:,} and {many:,} files, all applied. migrate and Flyway verify the checksums, dbmate has none. "
        "Waits: how often the tool waits for the server once it is connected, counted on the wire. "
        f"Medians of {bench.rounds}, in turn.",
        ["tool", "files", "wall", "CPU", "peak memory", "waits", "migrate / tool (wall)"])
    found = bench.tools([tools.Migrate, tools.Dbmate, tools.Flyway], report)
    walls, most = {}, 0
    with bench.server(fsync="off") as cluster, bench.folder() as top:
        for files in (few, many):
            medians, counted = measure_at(bench, cluster, found, top, files)
            for tool, run_ in medians.items():
                walls[tool.name, files] = run_.wall
                report.add(tool.title, f"{files:,}", seconds(run_.wall), seconds(run_.cpu),
                           mib(run_.peak), counted[tool], ratio(walls["migrate", files], run_.wall))
            most = max(most, counted[found[0]])
    if ("dbmate", few) in walls:
        share = walls["migrate", few] / walls["dbmate", few]
        report.goal(f"≤ 0.5 × dbmate at {few:,}", f"{share:.2f} ×", share <= 0.5)
    growth = walls["migrate", many] / walls["migrate", few]
    report.goal("linear: 10 × the files, ≤ 10 × the time", f"{growth:.1f} ×", growth <= 10)
    report.goal("≤ 5 waits, at any number", most, most <= 5)
    return report
