# SPDX-License-Identifier: MIT
"""Row 4: how often a tool waits for the server for each file, counted on the wire."""
import tools
import wire
from harness import Report
from row_apply import table_of

NUMBER, TITLE = 4, "Waits for the server per file"
FEW, MANY = 4, 12


def change_of(number):
    return f"ALTER TABLE app.shop ADD COLUMN c{number} int;"


def waits_per_file(cluster, tool, top, change):
    """What more files cost: so connecting and looking around do not count."""
    counted = []
    for files in (FEW, MANY):
        folder = top / f"{tool.name}-{change.__name__}-{files}"
        folder.mkdir()
        tool.write(folder, [change(number) for number in range(1, files + 1)])
        with cluster.database() as db:
            db.execute("CREATE SCHEMA app; CREATE TABLE app.shop (id int)")
            counted.append(wire.waits(cluster, tool, folder, db))
    return (counted[1] - counted[0]) / (MANY - FEW)


def run(bench):
    report = Report(
        f"The difference between {FEW} and {MANY} files, counted by a proxy that delays each message by "
        f"{wire.DELAY * 1000:.0f} ms.", ["tool", "a new table", "an existing table"])
    found = bench.tools([tools.Migrate, tools.Psql, tools.Dbmate, tools.Goose, tools.GolangMigrate,
                         tools.Flyway], report)
    with bench.server() as cluster, bench.folder() as top:
        for tool in found:
            new = waits_per_file(cluster, tool, top, table_of)
            existing = waits_per_file(cluster, tool, top, change_of)
            report.add(tool.title, f"{new:g}", f"{existing:g}")
            if tool.name == "migrate":
                report.goal("1 without existing tables", f"{new:g}", new <= 1)
                report.goal("2 with the flush", f"{existing:g}", existing <= 2)
    return report
