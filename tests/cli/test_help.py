# SPDX-License-Identifier: MIT
"""Help and version, told by the tables, and answers that cannot be written."""

import re
import subprocess

import pytest

from runner import PROGRAM

COMMANDS = {
    "init": None, "new": None, "status": "info", "plan": None, "up": "migrate", "undo": None,
    "validate": None, "lint": None, "repair": None, "baseline": None, "squash": None, "config": None, "help": None,
    "version": None, "completion": None,
}


def test_no_command_is_an_error_with_help(offline):
    run = offline()
    assert (run.exit, run.stdout) == (2, "")
    assert "Usage: migrate" in run.stderr


@pytest.mark.parametrize("args", [["help"], ["--help"], ["-h"]])
def test_help_lists_the_commands(offline, args):
    run = offline(*args)
    assert (run.exit, run.stderr) == (0, "")
    part = run.stdout.split("Commands:\n")[1].split("\n\n")[0]
    assert re.findall(r"^  ([a-z]+)", part, re.M) == list(COMMANDS)
    for alias in filter(None, COMMANDS.values()):
        assert f"(also: {alias})" in " ".join(part.split())


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_a_command(offline, command):
    run = offline("help", command)
    assert (run.exit, run.stderr) == (0, "")
    assert run.stdout.startswith(f"migrate {command}: ")
    assert offline(command, "--help").stdout == run.stdout
    assert offline("-h", command).stdout == run.stdout
    if COMMANDS[command]:
        assert offline("help", COMMANDS[command]).stdout == run.stdout


@pytest.mark.parametrize("topic", [None, "settings", *COMMANDS])
def test_help_is_80_columns_wide(offline, topic):
    run = offline("help", *filter(None, [topic]))
    for line in run.stdout.splitlines():
        assert len(line) <= 80 and line == line.rstrip(), line


def test_help_lists_every_setting(offline):
    settings = offline("config", "--format", "json").json["settings"]
    text = offline("help", "settings").stdout
    for row in settings:
        option = "--" + re.sub(r"[_.]", "-", row["name"])
        option = {"--placeholders": "--placeholder", "--lint-rules": "--lint-rule"}.get(option, option)
        assert option in text or option.replace("--", "--[no-]") in text, row


def test_help_of_nothing_there(offline):
    run = offline("help", "statsu")
    assert run.exit == 2 and run.stdout == ""
    assert 'Did you mean "status"?' in run.stderr


@pytest.mark.parametrize("args", [["version"], ["--version"], ["-V"], ["up", "--version"]])
def test_version(offline, args):
    run = offline(*args)
    assert (run.exit, run.stderr) == (0, "")
    assert re.fullmatch(r"migrate \d+\.\d+\.\d+ \(libpq [\d.]+\)\n", run.stdout)


def test_version_as_json(offline):
    run = offline("version", "--format", "json")
    assert run.json["operation"] == "version"
    assert f"migrate {run.json['toolVersion']} " in offline("version").stdout


@pytest.mark.parametrize("args, near", [
    (["statsu"], '"status"'),
    (["status", "--lock-timeot=1s"], '"--lock-timeout"'),
    (["up", "--dryrun"], '"--dry-run"'),
])
def test_names_the_nearest(offline, args, near):
    run = offline(*args)
    assert run.exit == 2 and run.stdout == ""
    assert f"Did you mean {near}?" in run.stderr


# --- stdout that cannot be written ---


@pytest.mark.parametrize("args", [
    ["help"], ["version"], ["config"], ["completion", "bash"], ["config", "--format", "json"],
])
@pytest.mark.parametrize("how", ["full", "closed"])
def test_an_answer_that_is_lost_is_no_success(offline, args, how):
    redirect = ">/dev/full" if how == "full" else ">&-"
    run = subprocess.run(
        ["sh", "-c", f'exec "$@" {redirect}', "sh", *PROGRAM, *args],
        cwd=offline.folder, env=offline.environment(None), capture_output=True, text=True,
    )
    assert run.returncode == 70, run
    assert "cannot write to standard output" in run.stderr


def test_closed_streams_do_not_become_files(offline):
    """With descriptors 0 to 2 closed a file that is opened must not get the number of stdout."""
    offline.write({"migrate.yaml": "table: x\n"}, below=".")
    run = subprocess.run(
        ["sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh", *PROGRAM, "config"],
        cwd=offline.folder, env=offline.environment(None),
    )
    assert run.returncode == 70
    assert (offline.folder / "migrate.yaml").read_text() == "table: x\n"


def test_no_core_dumps(offline, tmp_path):
    """Passwords are in memory."""
    limit = tmp_path / "limit"
    offline("status", "--password-command", f"ulimit -c >{limit}; false")
    assert limit.read_text() == "0\n"
