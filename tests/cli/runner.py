# SPDX-License-Identifier: MIT
"""Runs the program as a user does, in a folder of its own, with a clean environment."""

import json
import os
import shlex
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from cluster import ROOT

# MIGRATE may be "valgrind -q build/migrate"; BUILD is set by make.
PROGRAM = shlex.split(os.environ.get("MIGRATE", ""))
if not PROGRAM:
    PROGRAM = [str(ROOT / os.environ.get("BUILD", "build") / "migrate")]
KEPT = ("PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS", "GCOV_PREFIX")


class Run(str):
    """
    How it ended: exit, stdout, stderr, output (both), json (stdout, parsed).  It is the text of all
    that, which pytest shows in full behind "assert ..., run".
    """

    def __new__(cls, command, exit, stdout, stderr):
        stdout = (stdout or b"").decode("utf-8", "surrogateescape")
        stderr = (stderr or b"").decode("utf-8", "surrogateescape")
        self = super().__new__(
            cls, f"{' '.join(command)}: exit {exit}\n--- stdout\n{stdout}--- stderr\n{stderr}---"
        )
        self.command, self.exit = command, exit
        self.stdout, self.stderr, self.output = stdout, stderr, stdout + stderr
        return self

    @property
    def json(self):
        return json.loads(self.stdout)


class Background:
    """A run that was started; end it with wait()."""

    def __init__(self, command, process):
        self.command, self.process = command, process

    def signal(self, number=signal.SIGTERM):
        self.process.send_signal(number)

    def running(self):
        return self.process.poll() is None

    def wait(self, timeout=120):
        try:
            stdout, stderr = self.process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            self.process.kill()
            stdout, stderr = self.process.communicate()
            raise AssertionError(
                f"{' '.join(self.command)}: still running after {timeout} s\n"
                f"{stdout.decode(errors='replace')}{stderr.decode(errors='replace')}"
            ) from None
        return Run(self.command, self.process.returncode, stdout, stderr)


class Runner:
    """
    migrate("up", files={"V1__a.sql": "SELECT 1;"}) writes the files below migrations/ (bytes as
    they are, None removes one), runs the program and returns a Run.  The files stay for the next
    call.  migrate.folder is the working directory, migrate.write(...) only writes.
    """

    def __init__(self, url=None):
        self.url = url
        # Not below pytest's own folder, which other users cannot enter.
        self.folder = Path(tempfile.mkdtemp(prefix="migrate-cli.", dir="/tmp"))
        self.folder.chmod(0o755)
        self.started = []

    def write(self, files, below="migrations"):
        for name, content in files.items():
            path = self.folder / below / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if content is None:
                path.unlink()
            elif isinstance(content, bytes):
                path.write_bytes(content)
            else:
                path.write_bytes(content.encode())

    def environment(self, env):
        clean = {name: os.environ[name] for name in KEPT if name in os.environ}
        clean.update(HOME=str(self.folder), LC_ALL="C.UTF-8", TZ="UTC")
        if self.url is not None:
            clean["DATABASE_URL"] = self.url
        clean.update(env or {})
        return {name: value for name, value in clean.items() if value is not None}

    def program(self, unprivileged):
        """
        As root, "unprivileged" runs a copy that nobody can read, as nobody, or as the user whose
        number it is.
        """
        if not unprivileged or os.getuid() != 0:
            return PROGRAM
        copy = self.folder / "migrate-copy"
        shutil.copy(PROGRAM[-1], copy)
        copy.chmod(0o755)
        user = unprivileged if isinstance(unprivileged, str) else "nobody"
        drop = ["setpriv", f"--reuid={user}", "--regid=nogroup", "--clear-groups"]
        return drop + PROGRAM[:-1] + [str(copy)]

    def start(
        self, *args, files=None, env=None, unprivileged=False, cwd=None, through=(), **streams
    ):
        """
        env: more variables; None takes one away (DATABASE_URL too).  through: the words of a
        command that starts the program, ("nohup",).  streams: stdin, stdout, stderr.
        """
        self.write(files or {})
        command = [*through, *self.program(unprivileged), *(str(arg) for arg in args)]
        usual = {
            "stdin": subprocess.DEVNULL,
            "stdout": subprocess.PIPE,
            "stderr": subprocess.PIPE,
        }
        process = subprocess.Popen(
            command,
            cwd=cwd or self.folder,
            env=self.environment(env),
            **{**usual, **streams},
        )
        run = Background(command, process)
        self.started.append(run)
        return run

    def __call__(self, *args, timeout=120, **options):
        return self.start(*args, **options).wait(timeout)

    def remove(self):
        for run in self.started:
            if run.running():
                run.process.kill()
                run.process.communicate()
        shutil.rmtree(self.folder)
