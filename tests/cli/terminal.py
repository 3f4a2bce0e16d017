# SPDX-License-Identifier: MIT
"""Runs the program on a terminal of its own, as a person would see it."""

import fcntl
import os
import pty
import select
import struct
import subprocess
import termios
import time


def run_on_terminal(migrate, *args, columns=80, answer=None, env=None, timeout=60):
    """
    stdin, stdout and stderr are the terminal.  answer is typed as soon as something ends in "? ".
    Returns (exit status, everything shown, with line ends as "\\n").
    """
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    process = subprocess.Popen(
        migrate.program(False) + [str(arg) for arg in args],
        cwd=migrate.folder,
        env=migrate.environment({"TERM": "xterm", **(env or {})}),
        stdin=slave,
        stdout=slave,
        stderr=slave,
        start_new_session=True,
    )
    os.close(slave)
    shown, end = b"", time.monotonic() + timeout
    while time.monotonic() < end:
        ready, _, _ = select.select([master], [], [], 0.1)
        try:
            data = os.read(master, 65536) if ready else None
        except OSError:  # the other end is closed
            break
        if data == b"":
            break
        shown += data or b""
        if answer is not None and b"(y/N) " in shown:
            os.write(master, answer.encode())
            answer = None
    else:
        process.kill()
    status = process.wait(timeout=10)
    os.close(master)
    return status, shown.decode("utf-8", "replace").replace("\r\n", "\n")
