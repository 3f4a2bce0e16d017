# SPDX-License-Identifier: MIT
"""Row 3: applying many small files."""
import measure
import tools
from harness import Report, mib, ratio, seconds, tcp_url

NUMBER, TITLE = 3, "`up` of 1,000 files of one statement"
SLOW = {"flyway": 2, "sqitch": 1}  # rounds, without a warm-up: the ratio is far from any doubt


def table_of(number):
    return (f"CREATE TABLE t{number} (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, "
            "name text NOT NULL);")


def fresh(cluster, tool, folder):
    """A run on a new database."""
    def run():
        with cluster.database() as db:
            done = tool.run(folder, tcp_url(db))
            count = db.value("SELECT count(*) FROM pg_class WHERE relkind = 'r' AND relname ~ '^t\\d'")
            assert count == len(list(folder.glob("**/*change*.sql"))) or tool.name in (
                "psql", "sqitch"), (tool.name, count)
            return done
    return run


def run(bench):
    files = bench.size(1000, 100)
    report = Report(
        f"{files} files, each makes a table; fsync is on. psql gets the same statements in one session, each "
        "between BEGIN, SET LOCAL lock_timeout, an INSERT into the history and COMMIT: the limit. "
        f"Medians of {bench.rounds}, in turn.",
        ["tool", "wall", "CPU", "peak memory", "migrate / tool (wall)"])
    changes = [table_of(number) for number in range(1, files + 1)]
    found = bench.tools([tools.Migrate, tools.Psql, tools.Dbmate, tools.Goose, tools.GolangMigrate,
                         tools.Flyway, tools.Sqitch], report)
    with bench.server() as cluster, bench.folder() as top:
        commands = {}
        for tool in found:
            folder = top / tool.name
            folder.mkdir()
            tool.write(folder, changes)
            commands[tool] = fresh(cluster, tool, folder)
        quick = {tool: run_ for tool, run_ in commands.items() if tool.name not in SLOW}
        medians = measure.in_turn(quick, bench.rounds)
        for tool, run_ in commands.items():
            if tool.name in SLOW:
                rounds = bench.size(SLOW[tool.name], 1)
                medians[tool] = measure.in_turn({tool: run_}, rounds, warm_up=False)[tool]
                report.notes.append(f"{tool.name}: {rounds} run{'s' if rounds > 1 else ''} only.")
    ours = medians[found[0]].wall
    for tool, run_ in medians.items():
        report.add(tool.title, seconds(run_.wall), seconds(run_.cpu), mib(run_.peak),
                   ratio(ours, run_.wall))
        if tool.name == "psql":
            report.goal("≤ 1.10 × psql", ratio(ours, run_.wall) + " ×", ours <= 1.10 * run_.wall)
    return report
