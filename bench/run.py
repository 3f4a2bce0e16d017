#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Measures migrate against its peers and writes RESULTS.md.

    run.py [--row NUMBER]... [--quick] [MIGRATE]

Figures of one machine say nothing about another, so every one stands beside a peer's from the same
run.  Rows that were not asked for keep what RESULTS.md says of them.
"""
import argparse
import datetime
import os
import pathlib
import platform
import re
import subprocess
import sys
import time

import harness
import peers
import row_apply
import row_batch
import row_dump
import row_hold
import row_lint
import row_memory
import row_noop
import row_stall
import row_start
import row_waits

ROWS = [row_start, row_noop, row_apply, row_waits, row_hold, row_dump, row_lint, row_stall,
        row_batch, row_memory]
RESULTS = pathlib.Path(__file__).parent / "RESULTS.md"
HEAD = """# Results

Written by `make bench`; how and why is in `README.md`. The goals first, then each row with its peers.
"""


def machine():
    """On what it was measured."""
    model = re.search(r"model name\s*:\s*(.*)", pathlib.Path("/proc/cpuinfo").read_text())
    return (f"{model.group(1) if model else platform.machine()}, {os.cpu_count()} cores, "
            f"Linux {platform.release()}")


def versions(migrate):
    """What was measured."""
    first = subprocess.run([migrate, "version"], capture_output=True, text=True, check=True)
    return f"{first.stdout.splitlines()[0]}, PostgreSQL {peers.psql()[1]}"


def kept():
    """The sections that are in RESULTS.md by now, by number."""
    if not RESULTS.exists():
        return {}
    sections = re.split(r"^(?=## \d)", RESULTS.read_text(), flags=re.MULTILINE)[1:]
    return {int(re.match(r"## (\d+)", text).group(1)): text.rstrip() + "\n" for text in sections}


def summary(sections):
    """The goals of all sections in one table."""
    rows = []
    for number in sorted(sections):
        title = re.match(r"## \d+\. (.*)", sections[number]).group(1)
        goals = sections[number].partition("| goal | measured | |\n| --- | --- | --- |\n")[2]
        for line in goals.splitlines():
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            rows.append([str(number), title, *cells])
    return harness.table(["row", "work", "goal", "measured", ""], rows) + "\n"


def measure_row(row, bench, where):
    """The section of one row."""
    print(f"{row.NUMBER}. {row.TITLE}", file=sys.stderr)
    start = time.monotonic()
    text = row.run(bench).lines()
    print(f"{text}\n\n({time.monotonic() - start:.0f} s)\n", flush=True)
    return f"## {row.NUMBER}. {row.TITLE}\n\n{datetime.date.today()}, {where}.\n\n{text}\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("migrate", nargs="?", default="build/migrate")
    parser.add_argument("--row", type=int, action="append", help="only this one")
    parser.add_argument("--quick", action="store_true", help="small sizes, writes no RESULTS.md")
    arguments = parser.parse_args()
    migrate = os.path.abspath(arguments.migrate)
    bench = harness.Bench(migrate, arguments.quick)
    where = f"{versions(migrate)}; {machine()}"
    sections = kept()
    if bench.quick:
        print("quick: small sizes, few rounds; nothing is written\n")
    for row in ROWS:
        if arguments.row and row.NUMBER not in arguments.row:
            continue
        sections[row.NUMBER] = measure_row(row, bench, where)
        if not bench.quick:  # after each: what was measured is kept when a later one fails
            RESULTS.write_text(HEAD + "\n" + summary(sections) +
                               "".join("\n" + sections[number] for number in sorted(sections)))


if __name__ == "__main__":
    main()
