# SPDX-License-Identifier: MIT
"""Commands against each other, in turn, as whole processes."""
import os
import statistics
import subprocess
import tempfile
from dataclasses import dataclass

SPAWN = os.path.join(os.environ.get("BUILD", "build"), "bench", "spawn")


@dataclass
class Run:
    """One finished process (or the medians of several), by the kernel's own account."""
    wall: float  # seconds
    cpu: float  # seconds, user and system
    peak: int  # bytes


def once(command, accepted=(0,), **options):
    """Runs a command to its end; what it says is told only when it fails."""
    with tempfile.TemporaryFile() as said, tempfile.NamedTemporaryFile("r") as account:
        subprocess.run([os.path.abspath(SPAWN), account.name, *command], stdin=subprocess.DEVNULL,
                       stdout=said, stderr=subprocess.STDOUT, check=True, **options)
        exit_, wall, cpu, peak = (int(word) for word in account.read().split())
        if exit_ not in accepted:
            said.seek(max(0, said.seek(0, os.SEEK_END) - 2000))
            raise RuntimeError(f"{command[0]} ended with {exit_}:\n"
                               f"{said.read().decode(errors='replace')}")
    return Run(wall / 1e9, cpu / 1e6, peak * 1024)


def median(runs):
    return Run(statistics.median(r.wall for r in runs), statistics.median(r.cpu for r in runs),
               int(statistics.median(r.peak for r in runs)))


def in_turn(commands, rounds, warm_up=True):
    """Runs the commands A B A B ...; commands maps names to functions.  The medians."""
    runs = {name: [] for name in commands}
    for turn in range(rounds + warm_up):
        for name, run in commands.items():
            done = run()
            if turn >= warm_up:
                runs[name].append(done)
    return {name: median(done) for name, done in runs.items()}
