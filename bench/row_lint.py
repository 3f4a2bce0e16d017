# SPDX-License-Identifier: MIT
"""Row 7: the CPU time of linting many files, against squawk."""
import corpus
import measure
import peers
from harness import Report, mib, ratio, seconds

NUMBER, TITLE = 7, f"`lint` of {corpus.FILES:,} files"


def run(bench):
    with bench.folder() as folder:
        paths, total = corpus.write(folder)
        files = [str(path) for path in paths]
        report = Report(f"{len(files):,} files, {total / 1e6:.2f} MB; CPU time is user and system. "
                        f"Medians of {bench.rounds}, in turn.",
                        ["tool", "CPU", "wall", "peak memory", "migrate / tool (CPU)"])
        commands = {"migrate": lambda: measure.once([bench.migrate, "lint", *files],
                                                    accepted=(0, 3))}
        try:
            squawk, version = peers.squawk()
            commands[f"squawk {version}"] = lambda: measure.once(
                [squawk, "--assume-in-transaction", *files], accepted=(0, 1))
        except peers.Missing as why:
            report.missing.append(str(why))
        medians = measure.in_turn(commands, bench.rounds)
    ours = medians["migrate"].cpu
    for name, run_ in medians.items():
        report.add(name, seconds(run_.cpu), seconds(run_.wall), mib(run_.peak),
                   ratio(ours, run_.cpu))
        if name != "migrate":
            report.goal("≤ 0.5 × squawk's CPU time", ratio(ours, run_.cpu) + " ×",
                        ours <= 0.5 * run_.cpu)
    return report
