#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Measures migrate against its peers and writes RESULTS.md.

    run.py [--row NUMBER]... [MIGRATE]

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

import row_lint

ROWS = [row_lint]
RESULTS = pathlib.Path(__file__).parent / "RESULTS.md"
HEAD = """# Results

Written by `make bench`; how and why is in `README.md`.
"""


def machine():
    """On what it was measured."""
    model = re.search(r"model name\s*:\s*(.*)", pathlib.Path("/proc/cpuinfo").read_text())
    return (f"{model.group(1) if model else platform.machine()}, {os.cpu_count()} cores, "
            f"Linux {platform.release()}")


def kept():
    """The sections that are in RESULTS.md by now, by number."""
    if not RESULTS.exists():
        return {}
    sections = re.split(r"^(?=## )", RESULTS.read_text(), flags=re.MULTILINE)[1:]
    return {int(re.match(r"## (\d+)", text).group(1)): text.rstrip() + "\n" for text in sections}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("migrate", nargs="?", default="build/migrate")
    parser.add_argument("--row", type=int, action="append", help="only this one")
    arguments = parser.parse_args()
    migrate = os.path.abspath(arguments.migrate)
    version = subprocess.run([migrate, "version"], capture_output=True, text=True,
                             check=True).stdout.splitlines()[0]
    sections = kept()
    for row in ROWS:
        if arguments.row and row.NUMBER not in arguments.row:
            continue
        print(f"{row.NUMBER}. {row.TITLE}", file=sys.stderr)
        lines = "\n".join(row.run(migrate))
        sections[row.NUMBER] = (f"## {row.NUMBER}. {row.TITLE}\n\n{datetime.date.today()}, {version}; {machine()}.\n\n"
                                f"{lines}\n")
        print(lines)
    RESULTS.write_text(HEAD + "".join("\n" + sections[number] for number in sorted(sections)))


if __name__ == "__main__":
    main()
