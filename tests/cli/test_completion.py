# SPDX-License-Identifier: MIT
"""Completion as the shells themselves do it."""

import os
import pty
import shutil
import subprocess
import time

import pytest


def shell(*command, stdin=None, folder="/", env=None):
    run = subprocess.run(
        command, input=stdin, capture_output=True, text=True, cwd=folder, timeout=60,
        env={**os.environ, **(env or {})},
    )
    assert run.returncode == 0, run.stderr
    return run.stdout


@pytest.fixture
def script(offline, tmp_path):
    """Writes the script of a shell and checks its syntax."""

    def write(name):
        if shutil.which(name) is None:
            pytest.skip(f"no {name} here")
        run = offline("completion", name)
        assert run.exit == 0 and run.stderr == "", run
        path = tmp_path / f"migrate.{name}"
        path.write_text(run.stdout)
        shell(name, "-n", str(path))
        return path

    return write


CASES = [
    ("migrate sta", {"status"}),
    ("migrate status --lock-t", {"--lock-timeout"}),
    ("migrate status --format ", {"text", "json", "sarif", "github", "gitlab", "junit",
      "markdown"}),
    ("migrate up --dry", {"--dry-run"}),
    ("migrate --quiet valid", {"validate"}),
    ("migrate completion ", {"bash", "zsh", "fish"}),
    ("migrate help set", {"settings"}),
    ("migrate --no-valid", {"--no-validate-on-up"}),
]


@pytest.mark.parametrize("line, expected", CASES)
def test_bash(script, line, expected):
    words = line.split(" ")
    call = (
        f"source '{script('bash')}'; compopt() {{ :; }}; COMP_WORDS=({' '.join(words[:-1])} "
        f"'{words[-1]}'); COMP_CWORD={len(words) - 1}; _migrate; printf '%s\\n' \"${{COMPREPLY[@]}}\""
    )
    found = set(shell("bash", "-c", call).split())
    assert {word.rstrip("=") for word in found} == expected


@pytest.mark.parametrize("line, expected", CASES)
def test_fish(script, line, expected, tmp_path):
    path = script("fish")
    found = shell(
        "fish", "--no-config", "-c", f"source '{path}'; complete -C '{line}'",
        folder=tmp_path, env={"HOME": str(tmp_path)},
    )
    found = {row.split("\t")[0].rstrip("=") for row in found.splitlines()}
    assert found == expected


ZSH_CASES = [
    ("migrate sta", "migrate status "),
    ("migrate status --lock-t", "migrate status --lock-timeout="),
    ("migrate status --format js", "migrate status --format json "),
    ("migrate up --dry", "migrate up --dry-run="),
    ("migrate --quiet valid", "migrate --quiet validate "),
    ("migrate completion fi", "migrate completion fish "),
    ("migrate --no-valid", "migrate --no-validate-on-up "),
]
ZSH = """
PS1=; autoload -Uz compinit; compinit -u -D; source {script}
show() {{ print -r -- "$BUFFER|" >{found}.new; mv {found}.new {found}; BUFFER= }}
zle -N show; bindkey "^X" show; bindkey "^I" complete-word; setopt no_beep
print -r -- ready >{ready}
"""


def wait_for(path, seconds=30):
    """What the shell writes there, as soon as it is there."""
    end = time.monotonic() + seconds
    while not path.exists():
        assert time.monotonic() < end, f"no {path}"
        time.sleep(0.01)
    return path.read_text()


@pytest.mark.parametrize("line, expected", ZSH_CASES)
def test_zsh(script, line, expected, tmp_path):
    setup, ready, found = tmp_path / "setup", tmp_path / "ready", tmp_path / "found"
    setup.write_text(ZSH.format(script=script("zsh"), ready=ready, found=found))
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        ["zsh", "-f", "-i"], stdin=theirs, stdout=theirs, stderr=theirs, cwd=tmp_path,
        env={**os.environ, "TERM": "xterm", "HOME": str(tmp_path)}, start_new_session=True,
    )
    try:
        os.write(ours, f"source {setup}\n".encode())
        wait_for(ready)
        os.write(ours, line.encode() + b"\t\x18")
        assert wait_for(found) == expected + "|\n"
    finally:
        process.kill()
        process.wait()
        os.close(ours)
        os.close(theirs)
