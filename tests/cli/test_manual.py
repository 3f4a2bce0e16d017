# SPDX-License-Identifier: MIT
"""man/migrate.1 names every command, option, directive and exit status, and nothing else."""

import re
import subprocess

import pytest

from cluster import ROOT

PAGE = (ROOT / "man/migrate.1").read_text()


def section(name):
    return re.search(rf"^\.Sh {name}\n(.*?)(?=^\.Sh |\Z)", PAGE, re.M | re.S).group(1)


def items(text):
    """The entries of a list: the words of .It, and what follows."""
    return [(head, body) for head, body in re.findall(r"^\.It (.*)\n((?:(?!\.It ).*\n)*)", text, re.M)]


def commands_of_help(offline):
    """{name: {its own long options}}, aliases included."""
    found = {}
    usage = offline("help").stdout
    listed = usage.split("Commands:\n")[1].split("\n\n")[0]
    for name in re.findall(r"^  ([a-z]+)", listed, re.M):
        text = offline("help", name).stdout
        alias = re.search(r"\(also: migrate ([a-z]+)\)", text)
        own = re.search(rf"^Options of {name}:\n(.*?)\n\n", text, re.M | re.S)
        options = set(re.findall(r"^  (--[a-z-]+)", own.group(1), re.M)) if own else set()
        for known in [name] + ([alias.group(1)] if alias else []):
            found[known] = options
    return found


def test_commands_and_their_options(offline):
    manual = {}
    for head, _ in items(section("COMMANDS")):
        name = re.match(r"Cm ([a-z]+)", head).group(1)
        manual[name] = {"-" + option for option in re.findall(r"Fl (-[a-z-]+)", head)}
    assert manual == commands_of_help(offline)


def test_options_of_every_command(offline):
    listed = offline("help").stdout.split("Options of every command:\n")[1]
    pairs = re.findall(r"^  -(\w), --([a-z]+)", listed, re.M)
    manual = [re.match(r"Fl (\w) , Fl -([a-z]+)", head) for head, _ in items(section("OPTIONS"))]
    assert sorted(pairs) == sorted(match.groups() for match in manual if match)


@pytest.mark.parametrize("status", [0, 1, 2, 3, 4, 5, 6, 7, 70, "128+n"])
def test_exit_status(status):
    heads = [head for head, _ in items(section("EXIT STATUS"))]
    assert heads.count(str(status)) == 1


def test_directives():
    source = "".join(path.read_text() for path in (ROOT / "src/core").glob("directive*.c"))
    known = set(re.findall(r'^\t\{ "([a-z_]+)", (?:true|false),', source, re.M))
    members = set(re.findall(r'^\t\{ "([a-z_]+)", (?!true|false)', source, re.M))
    manual, batch = set(), ""
    for head, body in items(section("DIRECTIVES")):
        manual |= set(re.findall(r"(?:^|, )Cm ([a-z_]+)", head))
        batch += head + body if head.startswith("Cm batch") else ""
    assert known and members, "the tables of directives were not found"
    assert manual == known
    assert set(re.findall(r"Cm ([a-z_]+)", batch)) == members | {"batch"}


def test_names_no_option_that_is_not_there(offline):
    known = {"--no-name", "--name"}
    for options in commands_of_help(offline).values():
        known |= options
    for text in (offline("help").stdout, offline("help", "settings").stdout):
        known |= {"--" + name for name in re.findall(r"--(?:\[no-\])?([a-z-]+)", text)}
    named = {"-" + option for option in re.findall(r"Fl (-[a-z-]+)", PAGE)}
    assert named <= known


def test_examples_name_commands_that_exist(offline):
    names = re.findall(r"^\$ (?:\S+=\S+ )?migrate ([a-z]+)", section("EXAMPLES"), re.M)
    assert names and set(names) <= set(commands_of_help(offline))


def test_formats(tmp_path):
    page = subprocess.run(
        ["mandoc", "-Tutf8", ROOT / "man/migrate.1"], capture_output=True, text=True
    )
    assert (page.returncode, page.stderr) == (0, "")
    assert max(len(re.sub(".\b", "", line)) for line in page.stdout.splitlines()) <= 80
