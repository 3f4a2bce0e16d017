# SPDX-License-Identifier: MIT
"""Commands against each other, in turn, as whole processes."""
import os
import statistics
import subprocess
import time
from dataclasses import dataclass


@dataclass
class Run:
    """One finished process, by the kernel's own account."""
    wall: float  # seconds
    cpu: float  # seconds, user and system
    peak: int  # bytes


@dataclass
class Median:
    """The medians of several runs of one command."""
    wall: float
    cpu: float
    peak: int


def once(command, accepted=(0,), **options):
    """Runs a command to its end; its output is thrown away."""
    start = time.monotonic()
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, **options)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.monotonic() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in accepted:
        raise RuntimeError(f"{command[0]} ended with {process.returncode}: {command}")
    return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)


def in_turn(commands, rounds=5):
    """Runs the commands A B A B ..., one warm-up first; commands maps names to functions."""
    runs = {name: [] for name in commands}
    for turn in range(rounds + 1):
        for name, run in commands.items():
            done = run()
            if turn > 0:
                runs[name].append(done)
    return {name: Median(statistics.median(r.wall for r in list_),
                         statistics.median(r.cpu for r in list_),
                         int(statistics.median(r.peak for r in list_)))
            for name, list_ in runs.items()}
