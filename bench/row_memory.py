# SPDX-License-Identifier: MIT
"""Row 10: memory of a run with nothing to do, and the size of the program."""
import contextlib
import os
import subprocess

import tools
from harness import Report, mib, tcp_url
from row_noop import applied

NUMBER, TITLE = 10, "Memory and size"
MEMORY, SIZE = 16 * 2**20, 4 * 2**20


def stripped(program, folder):
    """The size without what only a debugger reads."""
    subprocess.run(["strip", "-o", str(folder / "stripped"), program], check=True)
    return os.path.getsize(folder / "stripped")


def run(bench):
    files = bench.size(1000, 100)
    report = Report(f"`up` with nothing to do at {files:,} files; programs without symbols for debuggers, Flyway "
                    "with the jars for PostgreSQL alone and without Java.", ["tool", "peak memory", "size"])
    found = bench.tools([tools.Migrate, tools.Dbmate, tools.Flyway], report)
    with bench.server(fsync="off") as cluster, bench.folder() as top, contextlib.ExitStack() as stack:
        for tool in found:
            folder = top / tool.name
            db = applied(cluster, tool, folder, files, stack)
            peak = tool.run(folder, tcp_url(db)).peak
            size = sum(stripped(path, top) if not path.endswith(".jar") else os.path.getsize(path)
                       for path in tool.parts())
            report.add(tool.title, mib(peak), mib(size))
            if tool.name == "migrate":
                report.goal("≤ 16 MiB resident", mib(peak), peak <= MEMORY)
                report.goal("≤ 4 MiB", mib(size), size <= SIZE)
    return report
