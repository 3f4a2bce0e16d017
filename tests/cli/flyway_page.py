# SPDX-License-Identifier: MIT
"""
Writes the list of Flyway's settings into docs/flyway.md from the program's own table: "make manual"
puts it there, and test_from_flyway.py compares the two.
"""

import subprocess
import sys

from cluster import ROOT

PAGE = ROOT / "docs/flyway.md"
BEGIN = "<!-- made by make manual -->\n"
END = "<!-- end -->\n"


def rows(program):
    """The columns of "migrate help flyway"."""
    lines = subprocess.run([program, "help", "flyway"], check=True, text=True,
                           stdout=subprocess.PIPE).stdout.splitlines()
    starts = [lines[0].index(name) for name in ("flyway.*", "Environment", "migrate.yaml")]
    ends = starts[1:] + [None]
    for line in lines[1:]:
        cells = [line[start:end].strip() for start, end in zip(starts, ends)]
        ours, _, text = cells[2].partition("  ")
        yield cells[0], cells[1], ours.strip(), text.strip()


def table(program):
    text = "| `flyway.…` | in the environment | `migrate.yaml` | |\n|---|---|---|---|\n"
    for name, variable, ours, why in rows(program):
        ours = "–" if ours == "-" else f"`{ours}`"
        text += f"| `{name}` | `{variable}` | {ours} | {why.replace('|', chr(92) + '|')} |\n"
    return text


def page(program, old):
    head, _, rest = old.partition(BEGIN)
    _, _, tail = rest.partition(END)
    return head + BEGIN + table(program) + END + tail


if __name__ == "__main__":
    PAGE.write_text(page(sys.argv[1], PAGE.read_text()))
