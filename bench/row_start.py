# SPDX-License-Identifier: MIT
"""Row 1: how long it takes to start."""
import measure
import peers
from harness import Report, mib, ratio, seconds

NUMBER, TITLE = 1, "Start"
STARTS = 20  # one is shorter than the kernel's clocks can tell apart


def many(command):
    def run():
        done = [measure.once(command) for _ in range(STARTS)]
        return measure.Run(sum(r.wall for r in done) / STARTS, sum(r.cpu for r in done) / STARTS,
                           max(r.peak for r in done))
    return run


def run(bench):
    report = Report(f"`migrate version` and the like; the mean of {STARTS} starts, the median of "
                    f"{bench.rounds} such, in turn.",
                    ["tool", "wall", "CPU", "peak memory", "migrate / tool (wall)"])
    psql, version = peers.psql()
    commands = {"migrate": many([bench.migrate, "version"]),
                f"psql {version}": many([psql, "--version"])}
    try:
        program, version = peers.dbmate()
        commands[f"dbmate {version}"] = many([program, "--version"])
    except peers.Missing as why:
        report.missing.append(str(why))
    medians = measure.in_turn(commands, bench.rounds)
    ours = medians["migrate"].wall
    for name, run_ in medians.items():
        report.add(name, seconds(run_.wall), seconds(run_.cpu), mib(run_.peak),
                   ratio(ours, run_.wall))
        if name.startswith("psql"):
            report.goal("≤ psql + 3 ms", f"{(ours - run_.wall) * 1000:+.1f} ms",
                        ours <= run_.wall + 0.003)
        elif name.startswith("dbmate"):
            report.goal("below dbmate", ratio(ours, run_.wall) + " ×", ours < run_.wall)
    return report
