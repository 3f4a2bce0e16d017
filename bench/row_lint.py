# SPDX-License-Identifier: MIT
"""Row 7: the CPU time of linting many files, against squawk."""
import pathlib
import tempfile

import corpus
import measure
import peers

NUMBER, TITLE = 7, "lint of 1,482 files"


def run(migrate):
    """The lines of this row for RESULTS.md."""
    with tempfile.TemporaryDirectory() as name:
        paths, total = corpus.write(pathlib.Path(name))
        files = [str(path) for path in paths]
        commands = {"migrate": lambda: measure.once(
            [migrate, "lint", *files], accepted=(0, 3))}
        try:
            squawk, version = peers.squawk()
        except peers.Missing as why:
            return [f"squawk is missing: {why}"]
        commands[f"squawk {version}"] = lambda: measure.once(
            [squawk, "--assume-in-transaction", *files], accepted=(0, 1))
        medians = measure.in_turn(commands)
    ours = medians["migrate"]
    lines = [f"{len(files)} files, {total / 1e6:.2f} MB; CPU seconds, user and system, medians of 5, in turn.", "",
             "| tool | CPU | wall | peak memory | migrate / tool (CPU) |", "|---|---|---|---|---|"]
    for tool, median in medians.items():
        lines.append(f"| {tool} | {median.cpu:.3f} s | {median.wall:.3f} s | {median.peak / 2**20:.0f} MiB | "
                     f"{ours.cpu / median.cpu:.2f} |")
    return lines
