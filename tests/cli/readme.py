# SPDX-License-Identifier: MIT
"""
Runs the pages with a tour, README.md and docs/zero-downtime.md: they show what the program prints.

A line "<!-- file: PATH -->" makes a file of the block that follows it, "<!-- from: PATH -->" shows
one of the project; a block "console" holds commands behind "$ " and their output.  All blocks of a
page share one folder, in which examples/ is, and one fresh database.  "make readme" puts the output
into the pages; test_demo.py compares it.  Times, hosts and versions of the server differ from run to
run and are replaced by fixed ones.
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from cluster import ROOT, Cluster

README = ROOT / "README.md"
PAGES = [README, ROOT / "docs/zero-downtime.md"]
BLOCK = re.compile(
    r"(?:<!-- (?:file: (?P<file>\S+)|from: (?P<source>\S+)) -->\n+)?```(?P<language>\w+)\n(?P<text>.*?)^```$",
    re.DOTALL | re.MULTILINE,
)
FIXED = [
    (re.compile(r"/tmp/migrate-pg\.\S+?(?=[\s\",:]|$)", re.MULTILINE), "db.example"),
    (re.compile(r"\b\d+\.\d{3} s\b"), "0.004 s"),
    (re.compile(r"\b\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\b"), "2026-11-22 13:15:00"),
    (re.compile(r"\bserver \d+(\.\d+)?"), "server 15.18"),
    (re.compile(r"\bpid \d+"), "pid 4711"),
]


def fixed(text):
    for pattern, replacement in FIXED:
        text = pattern.sub(replacement, text)
    return text


def console(text, folder, environment):
    """The block's commands with what they print now."""
    commands = re.findall(r"^\$ (.*(?:\\\n.*)*)$", text, re.MULTILINE)
    shown = []
    for command in commands:
        run = subprocess.run(
            ["sh", "-c", command],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        shown.append(f"$ {command}\n{run.stdout}")
    return fixed("".join(shown))


def regenerate(text, db, program):
    """A page as it should be."""
    with tempfile.TemporaryDirectory(prefix="migrate-readme.", dir="/tmp") as folder:
        environment = {
            "PATH": f"{Path(program).parent}:{os.environ['PATH']}",
            "HOME": folder,
            "LC_ALL": "C.UTF-8",
            "TZ": "UTC",
            "DATABASE_URL": db.url,
        }

        os.symlink(ROOT / "examples", Path(folder, "examples"))

        def replace(block):
            before, after = block.start("text") - block.start(), block.end("text") - block.start()

            def put(text):
                return block[0][:before] + text + block[0][after:]

            if block["source"]:
                return put(Path(ROOT, block["source"]).read_text())
            if block["file"]:
                path = Path(folder, block["file"])
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(block["text"])
            elif block["language"] == "console":
                return put(console(block["text"], folder, environment))
            return block[0]

        return BLOCK.sub(replace, text)


def main():
    from runner import PROGRAM

    server = Cluster()
    for page in PAGES:
        with server.database("shop") as db:
            text = regenerate(page.read_text(), db, PROGRAM[-1])
        if sys.argv[1:] == ["--write"]:
            page.write_text(text)
        else:
            sys.stdout.write(text)
    server.remove()


if __name__ == "__main__":
    main()
