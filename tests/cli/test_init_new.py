# SPDX-License-Identifier: MIT
"""init and new: what they make, and that they never touch what is there."""

import re
import stat
from datetime import datetime, timezone

import pytest


def names(runner, folder="migrations"):
    return sorted(path.name for path in (runner.folder / folder).iterdir())


# --- init ---


def test_init_makes_folder_and_file(offline):
    run = offline("init")
    assert (run.exit, run.stdout, run.stderr) == (0, "migrations\nmigrate.yaml\n", "")
    assert names(offline) == []
    mode = (offline.folder / "migrate.yaml").stat().st_mode
    assert stat.S_IMODE(mode) & 0o111 == 0
    assert offline("config").exit == 0


def test_init_leaves_alone_what_is_there(offline):
    offline.write({"migrate.yaml": "table: mine\n"}, below=".")
    offline.write({"V1__a.sql": "SELECT 1;"})
    run = offline("init")
    assert (run.exit, run.stdout) == (0, "")
    assert run.stderr.count("is there already") == 2
    assert (offline.folder / "migrate.yaml").read_text() == "table: mine\n"
    assert names(offline) == ["V1__a.sql"]


def test_init_with_a_folder_of_ones_own(offline):
    run = offline("init", "--directory", "db/sql", "--directory=more")
    assert run.stdout == "db/sql\nmore\nmigrate.yaml\n"
    rows = offline("config", "--format", "json").json["settings"]
    assert {"name": "directory", "value": "db/sql, more", "origin": "migrate.yaml:6"} in rows


def test_init_file_shows_the_defaults(offline):
    """With every "#" before a value taken away nothing changes."""
    offline("init")
    path = offline.folder / "migrate.yaml"
    text = path.read_text()
    before = {row["name"]: row["value"] for row in offline("config", "--format=json").json["settings"]}
    kept = [
        line[1:] if re.match(r"#( *[a-z_]+: \S|(hooks|lint|environments):$|  production:)", line) else line
        for line in text.splitlines()
    ]
    path.write_text("\n".join(kept))
    run = offline("config", "--format=json")
    assert run.exit == 0, run
    assert {row["name"]: row["value"] for row in run.json["settings"]} == before
    found = offline("config", "--env", "production", env={"PRODUCTION_URL": "host=x"})
    assert "environment production, protected" in found.stdout
    names_in_file = set(re.findall(r"^#? *([a-z_]+):", text, re.M))
    assert {name.split(".")[-1] for name in before} - {"format", "color", "events", "quiet", "verbose", "yes"} \
        <= names_in_file


def test_init_as_json(offline):
    run = offline("init", "--format", "json")
    assert run.json["created"] == ["migrations", "migrate.yaml"]


def test_init_where_nothing_can_be_made(offline):
    offline.write({"migrations": "a file\n"}, below=".")
    run = offline("new", "x")
    assert run.exit == 2
    run = offline("init", "--directory", "migrations/below")
    assert run.exit == 2 and "cannot create folder" in run.stderr


# --- new ---


@pytest.mark.parametrize("there, expected", [
    ([], "V1__x.sql"),
    (["V1__a.sql"], "V2__x.sql"),
    (["V9__a.sql", "V10__b.sql"], "V11__x.sql"),
    (["V001__a.sql", "V009__b.sql"], "V010__x.sql"),
    (["V99__a.sql"], "V100__x.sql"),
    (["V1.2__a.sql", "V1_9__b.sql"], "V2__x.sql"),
    (["V99999999999999999999__a.sql"], "V100000000000000000000__x.sql"),
    (["R__a.sql", "U7__b.sql"], "V1__x.sql"),
    (["B5__a.sql"], "V6__x.sql"),
    (["sub/V7__a.sql"], "V8__x.sql"),
    (["V20200101000000__a.sql", "V3__b.sql"], "V20200101000001__x.sql"),
    (["V99990101000000__a.sql"], "V99990101000001__x.sql"),
])
def test_new_takes_the_next_number(offline, there, expected):
    (offline.folder / "migrations").mkdir()
    offline.write({name: "SELECT 1;" for name in there})
    run = offline("new", "x")
    assert (run.exit, run.stdout, run.stderr) == (0, f"migrations/{expected}\n", "")
    assert expected in names(offline)


def test_new_takes_the_time_where_the_folder_does(offline):
    offline.write({"V20200101000000__a.sql": "SELECT 1;"})
    before = datetime.now(timezone.utc).strftime("%Y%m%d%H%M%S")
    run = offline("new", "x", env={"TZ": "Asia/Tokyo"})
    after = datetime.now(timezone.utc).strftime("%Y%m%d%H%M%S")
    version = re.fullmatch(r"migrations/V(\d{14})__x\.sql\n", run.stdout)[1]
    assert before <= version <= after
    again = offline("new", "y").stdout
    assert again > run.stdout


@pytest.mark.parametrize("name, expected", [
    ("add user email", "V1__add_user_email.sql"),
    ("add_user.sql", "V1__add_user.sql"),
    ("größer", "V1__größer.sql"),
    ("1", "V1__1.sql"),
])
def test_new_makes_the_name_safe(offline, name, expected):
    offline("init")
    assert offline("new", name).stdout == f"migrations/{expected}\n"
    assert offline("validate", "--offline").exit == 0


@pytest.mark.parametrize("name", ["../x", "a/b", "a\\b", "", "a\nb", "a\x1b[2J", "x" * 300])
def test_new_refuses_a_bad_name(offline, name):
    offline("init")
    run = offline("new", name)
    assert run.exit == 2 and run.stdout == "", run
    assert "\x1b" not in run.stderr
    assert names(offline) == []


def test_new_kinds(offline):
    offline("init")
    assert offline("new", "a b").exit == 0
    assert offline("new", "c").exit == 0
    assert offline("new", "--undo").stdout == "migrations/U2__c.sql\n"
    assert offline("new", "--undo", "back").stdout == "migrations/U1__back.sql\n"
    run = offline("new", "--undo")
    assert run.exit == 2 and "no version without an undo file" in run.stderr
    assert offline("new", "--repeatable", "views").stdout == "migrations/R__views.sql\n"
    assert offline("new", "--repeatable", "views").exit == 2
    run = offline("new", "--batch", "fill")
    assert run.stdout == "migrations/V3__fill.sql\n"
    text = (offline.folder / "migrations" / "V3__fill.sql").read_text()
    assert "-- migrate:batch table=" in text and ":from AND :to" in text
    run = offline("validate", "--offline")
    assert run.exit == 0, run
    run = offline("lint", "migrations/V3__fill.sql")
    assert run.stdout == "1 file, nothing found\n", run


@pytest.mark.parametrize("args", [["--undo", "--batch", "x"], [], ["a", "b"], ["--repeatable"]])
def test_new_used_wrongly(offline, args):
    offline("init")
    assert offline("new", *args).exit == 2
    assert names(offline) == []


def test_new_without_a_folder(offline):
    run = offline("new", "x")
    assert run.exit == 2
    assert "migrate init" in run.stderr


def test_new_does_not_mind_other_files_faults(offline):
    offline.write({"V1__a.sql": "", "V1__b.sql": "", "v2_c.sql": ""})
    assert offline("new", "x").stdout == "migrations/V2__x.sql\n"


def test_new_as_json(offline):
    offline("init")
    assert offline("new", "x", "--format", "json").json["path"] == "migrations/V1__x.sql"
