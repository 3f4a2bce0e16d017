# SPDX-License-Identifier: MIT
"""Row 5: how long a file holds ACCESS EXCLUSIVE when the server is far away."""
import statistics

import tools
import wire
from harness import Report, tcp_url

NUMBER, TITLE = 5, "How long ACCESS EXCLUSIVE is held"
DELAYS = (0, 0.005, 0.02)
FILE = "\n".join(f"ALTER TABLE app.shop ADD COLUMN c{number} int;" for number in range(1, 6))

# The first statement's begin and the commit, both by the server's clock.
WATCH = """
CREATE SCHEMA app;
CREATE TABLE app.shop (id int);
CREATE TABLE app.seen (xid xid NOT NULL DEFAULT pg_current_xact_id()::xid,
                   at timestamptz NOT NULL DEFAULT clock_timestamp());
CREATE FUNCTION app.see() RETURNS event_trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO app.seen DEFAULT VALUES;
END $$;
CREATE EVENT TRIGGER see ON ddl_command_start WHEN TAG IN ('ALTER TABLE') EXECUTE FUNCTION app.see();
"""
HELD = """
SELECT extract(epoch FROM pg_xact_commit_timestamp(xid) - min(at))::float8
  FROM app.seen GROUP BY xid HAVING count(*) >= 5
"""


def held(cluster, tool, folder, delay):
    with cluster.database() as db, wire.proxy_before(cluster, delay) as proxy:
        db.execute(WATCH)
        tool.run(folder, tcp_url(db, proxy.port))
        return db.value(HELD)


def run(bench):
    report = Report(
        "A file of five ALTER TABLE; a proxy delays each direction. From the begin of the first statement to the "
        f"commit, by the server's clock. Medians of {bench.rounds}, in turn.",
        ["tool", *(f"{delay * 1000:.0f} ms" for delay in DELAYS)])
    found = bench.tools([tools.Migrate, tools.Psql, tools.Dbmate, tools.Goose, tools.GolangMigrate,
                         tools.Flyway], report)
    times = {(tool, delay): [] for tool in found for delay in DELAYS}
    with bench.server(track_commit_timestamp="on") as cluster, bench.folder() as top:
        for tool in found:
            (top / tool.name).mkdir()
            tool.write(top / tool.name, [FILE])
        for _ in range(bench.rounds):
            for tool, delay in times:
                times[tool, delay].append(held(cluster, tool, top / tool.name, delay))
    for tool in found:
        report.add(tool.title, *(f"{statistics.median(times[tool, delay]) * 1000:.1f} ms"
                                 for delay in DELAYS))
    near, *far = (statistics.median(times[found[0], delay]) for delay in DELAYS)
    report.goal(f"the same at every delay: ≤ {near * 1100 + 1:.1f} ms",
                f"{max(far) * 1000:.1f} ms", max(far) <= near * 1.1 + 0.001)
    return report
