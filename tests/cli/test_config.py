# SPDX-License-Identifier: MIT
"""Settings from every source, config.example.yaml and the manual, and secrets in all output."""

import re
import time
from pathlib import Path

import pytest

from cluster import ROOT

SECRET = "S3cr/t@word"
ENCODED = "S3cr%2Ft%40word"


def settings(runner, *args, **options):
    run = runner("config", "--format", "json", *args, **options)
    assert run.exit == 0, run
    return {row["name"]: row for row in run.json["settings"]}


def values(runner, *args, **options):
    found = settings(runner, *args, **options)
    return {name: row["value"] for name, row in found.items() if name != "format"}


# --- the example and the manual tell the truth ---


def test_example_has_every_default(offline):
    example = ROOT / "config.example.yaml"
    defaults = values(offline)
    found = values(offline, "--config", example)
    assert found.pop("directory") == str(ROOT / "migrations")
    assert defaults.pop("directory") == "migrations"
    assert found == defaults


def test_example_names_every_setting(offline):
    text = (ROOT / "config.example.yaml").read_text()
    for name in settings(offline):
        section, _, key = name.rpartition(".")
        assert re.search(rf"^#?\s*{key}:", text, re.M), name
        assert not section or re.search(rf"^{section}:", text, re.M), name


@pytest.mark.parametrize("name", ["staging", "production"])
def test_example_environments_load(offline, name):
    run = offline("config", "--config", ROOT / "config.example.yaml", "--env", name)
    assert run.exit == 0, run
    assert f"environment {name}" in run.stdout


def test_example_values_behind_a_hash_are_valid(offline):
    """Without the "#" before a setting the file still loads, one setting at a time."""
    lines = (ROOT / "config.example.yaml").read_text().splitlines()
    for i, line in enumerate(lines):
        if not re.match(r"#[a-z_]+:", line):
            continue
        changed = lines[:i] + [line[1:]] + lines[i + 1 :]
        if line == "#ignore:":
            changed[i + 1] = changed[i + 1][1:]
        offline.write({"migrate.yaml": "\n".join(changed)}, below=".")
        run = offline("config", env={"DATABASE_PASSWORD": "x"})
        assert run.exit == 0, (line, run)


def test_manual_lists_every_setting_with_its_default(offline):
    text = (ROOT / "man" / "migrate.yaml.5").read_text()
    items = re.findall(r"^\.It Cm (\S+)\n((?:(?!\.It |\.El).*\n)*)", text, re.M)
    found = {}
    for name, item in items:
        default = re.search(r"^Default: (.*)\.$", item, re.M)
        found[name] = default[1] if default else ""
    expected = {
        name: row["value"] or "" for name, row in settings(offline).items() if name != "format"
    }
    expected["format"] = "text"
    assert found == expected


# --- where values come from ---


def test_every_source(offline):
    offline.write(
        {"migrate.yaml": "table: file\nschema: file\nenvironments: {prod: {schema: set}}\n"},
        below=".",
    )
    found = settings(
        offline, "--env", "prod", "--lock-timeout=2s",
        env={"MIGRATE_MAX_STALL": "100ms", "DATABASE_URL": "postgresql://u@h/d"},
    )
    assert found["table"] == {"name": "table", "value": "file", "origin": "migrate.yaml:1"}
    assert found["schema"] == {"name": "schema", "value": "set", "origin": "migrate.yaml:3"}
    assert found["lock_timeout"]["origin"] == "--lock-timeout"
    assert found["max_stall"]["origin"] == "MIGRATE_MAX_STALL"
    assert found["url"]["origin"] == "DATABASE_URL"
    assert found["lock_retry"] == {"name": "lock_retry", "value": "5min", "origin": "default"}


def test_text(offline):
    offline.write({"migrate.yaml": "placeholders: {who: world}\n"}, below=".")
    run = offline("config", "--placeholder", "x=y")
    lines = [line.split() for line in run.stdout.splitlines()]
    assert lines[0] == ["Setting", "Value", "From"]
    assert ["placeholders.who", "world", "migrate.yaml:1"] in lines
    assert ["placeholders.x", "y", "--placeholder"] in lines
    assert ["lock_timeout", "5s", "default"] in lines


def test_paths_are_relative_to_the_file(offline):
    offline.write({"migrate.yaml": "directory: sql\n"}, below="conf")
    assert values(offline, "-c", "conf/migrate.yaml")["directory"] == "conf/sql"


def test_unknown_variable_is_a_warning(offline):
    run = offline("config", env={"MIGRATE_TABEL": "x"})
    assert run.exit == 0
    assert 'warning: unknown environment variable "MIGRATE_TABEL"; did you mean "MIGRATE_TABLE"?' \
        in run.stderr
    assert "MIGRATE_TABEL" not in run.stdout


def test_error_has_file_line_and_column(offline):
    offline.write({"migrate.yaml": "table: x\nlock_timeot: 5s\n"}, below=".")
    run = offline("status")
    assert run.exit == 2 and run.stdout == ""
    assert "migrate.yaml:2:1" in run.stderr
    assert 'unknown setting "lock_timeot"' in run.stderr
    assert 'Did you mean "lock_timeout"?' in run.stderr


def test_error_as_json(offline):
    offline.write({"migrate.yaml": "lock_timeout: 5\n"}, below=".")
    run = offline("status", "--format", "json")
    assert run.exit == 2
    assert run.json["success"] is False
    error = run.json["error"]
    assert (error["exit"], error["path"], error["line"], error["column"]) == (
        2, "migrate.yaml", 1, 15,
    )


@pytest.mark.parametrize("args", [["-c", "none.yaml"], ["--env", "prod"]])
def test_missing_file(offline, args):
    assert offline("config", *args).exit == 2


def test_file_may_be_unreadable_for_help_and_version(offline):
    offline.write({"migrate.yaml": "nonsense\n"}, below=".")
    for command in ("help", "version"):
        assert offline(command, env={"MIGRATE_LOCK_TIMEOUT": "5"}).exit == 0
    assert offline("config").exit == 2


# --- secrets ---

PLACES = {
    "file": ({"migrate.yaml": f"user: u\npassword: {SECRET}\nurl: postgresql://127.0.0.1:1/d\n"}, [], {}),
    "url in the file": ({"migrate.yaml": f"url: postgresql://u:{ENCODED}@127.0.0.1:1/d\n"}, [], {}),
    "raw url in the file": ({"migrate.yaml": f"url: postgresql://u:{SECRET}@127.0.0.1:1/d\n"}, [], {}),
    "url file": ({"migrate.yaml": "url_file: u\n", "u": f"host=127.0.0.1 port=1 password={SECRET}"}, [], {}),
    "raw url file": ({"migrate.yaml": "url_file: u\n", "u": f"postgres://u:{SECRET}@127.0.0.1:1/d"}, [], {}),
    "option": ({}, ["--password", SECRET, "--url", "host=127.0.0.1 port=1"], {}),
    "url option": ({}, ["--url", f"postgresql://u:{ENCODED}@127.0.0.1:1/d"], {}),
    "raw url option": ({}, ["--url", f"postgresql://u:{SECRET}@127.0.0.1:1/d"], {}),
    "JDBC option": ({}, ["--url", f"jdbc:postgresql://127.0.0.1:1/d?password={ENCODED}"], {}),
    "broken keywords": ({}, ["--url", f"host=127.0.0.1 port=1 password=x {SECRET}"], {}),
    "variable": ({}, [], {"MIGRATE_PASSWORD": SECRET, "PGHOST": "127.0.0.1", "PGPORT": "1"}),
    "libpq": ({}, [], {"PGPASSWORD": SECRET, "PGHOST": "127.0.0.1", "PGPORT": "1"}),
    "DATABASE_URL": ({}, [], {"DATABASE_URL": f"postgresql://u:{ENCODED}@127.0.0.1:1/d"}),
    "raw DATABASE_URL": ({}, [], {"DATABASE_URL": f"postgresql://u:{SECRET}@127.0.0.1:1/d"}),
    "other database": ({}, [], {"DATABASE_URL": f"mysql://u:{SECRET}@127.0.0.1:1/d"}),
    "command": ({}, ["--password-command", f"echo '{SECRET}'"], {"PGHOST": "127.0.0.1", "PGPORT": "1"}),
    "failing command": ({}, ["--password-command", f"echo '{SECRET}' >&2; exit 1"], {}),
    "placeholder": ({}, ["--placeholder", f"api_password={SECRET}"], {"PGHOST": "127.0.0.1", "PGPORT": "1"}),
    "misspelt key": ({"migrate.yaml": f"pasword: {SECRET}\n"}, [], {}),
    "misspelt option": ({}, [f"--pasword={SECRET}"], {}),
    "argument": ({}, [f"postgresql://u:{SECRET}@127.0.0.1:1/d"], {}),
    "wrong type": ({"migrate.yaml": f"password: [{SECRET}]\n"}, [], {}),
    "twice": ({"migrate.yaml": f"password: {SECRET}\npassword: {SECRET}\n"}, [], {}),
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("form", ["text", "json"])
def test_no_output_has_a_password(offline, place, form):
    files, args, env = PLACES[place]
    offline.write({"V1__a.sql": "SELECT 1;"})
    offline.write(files, below=".")
    for command in ("config", "status", "up"):
        run = offline(command, "--verbose", "--format", form, *args, env=env)
        for part in (SECRET, ENCODED, "S3cr", "word@"):
            assert part not in run.output, run
        if command != "config":
            assert run.exit in (2, 5), run


def test_no_password_in_the_process_list(offline, tmp_path):
    """While the password command runs, the command line can be read by everyone."""
    seen = tmp_path / "seen"
    run = offline(
        "status", "--url", f"postgresql://u:{ENCODED}@127.0.0.1:1/d",
        "--password-command", f"cat /proc/$PPID/cmdline >{seen}; echo x", files={},
        env={"MIGRATE_DIRECTORY": str(tmp_path)},
    )
    assert run.exit == 5, run
    line = seen.read_bytes()
    assert b"status" in line and b"S3cr" not in line and b"cat" not in line


def test_signal_ends_a_password_command_with_its_children(offline):
    pid_file = offline.folder / "pid"
    run = offline.start("status", "--password-command", "sleep 1000 & echo $! >pid; wait")
    pid = int(until(lambda: pid_file.exists() and pid_file.read_text().strip()))
    run.signal()
    assert run.wait(10).exit == 128 + 15
    until(lambda: not alive(pid))


def until(claim, seconds=30):
    end = time.monotonic() + seconds
    while not (result := claim()):
        assert time.monotonic() < end
        time.sleep(0.01)
    return result


def alive(pid):
    """A zombie counts as dead: it waits for init, not for us."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


# --- every form of a connection, against a server that wants the password ---


@pytest.fixture
def account(cluster, db):
    """A role that must give its password on TCP, and the parts of its url."""
    name = cluster.role(password=SECRET)
    with db.connect() as connection:
        connection.execute("CREATE SCHEMA app")
        connection.execute(f"GRANT ALL ON SCHEMA app, public TO {name}")
    return {"user": name, "where": f"127.0.0.1:{cluster.port}", "database": db.name}


FORMS = {
    "URI": (["--url", "postgresql://{user}:{encoded}@{where}/{database}"], {}),
    "user and password apart": (
        ["--url", "postgres://no:no@{where}/{database}", "--user", "{user}", "--password", "{raw}"], {},
    ),
    "keywords": (
        ["--url", "host=127.0.0.1 port={port} user={user} password='{raw}' dbname={database}"], {},
    ),
    "JDBC": (["--url", "jdbc:postgresql://{where}/{database}?user={user}&password={encoded}"], {}),
    "DATABASE_URL": ([], {"DATABASE_URL": "postgresql://{user}:{encoded}@{where}/{database}"}),
    "libpq's own": (
        [], {
            "PGHOST": "127.0.0.1", "PGPORT": "{port}", "PGUSER": "{user}", "PGPASSWORD": "{raw}",
            "PGDATABASE": "{database}",
        },
    ),
    "password command": (
        ["--url", "postgresql://{user}@{where}/{database}", "--password-command", "echo '{raw}'"], {},
    ),
}


def fill(text, account):
    return text.format(
        raw=SECRET, encoded=ENCODED, port=account["where"].split(":")[1], **account
    )


@pytest.mark.parametrize("form", FORMS)
def test_connects_by(offline, account, form):
    args, env = FORMS[form]
    offline.write({"V1__a.sql": "SELECT 1;"})
    run = offline(
        "status", "--format", "json", *[fill(arg, account) for arg in args],
        env={name: fill(value, account) for name, value in env.items()},
    )
    assert run.exit == 0, run
    assert run.json["database"] == account["database"]


def test_connects_by_a_url_file(offline, account):
    offline.write({"V1__a.sql": "SELECT 1;"})
    text = fill("postgresql://{user}:{encoded}@{where}/{database}\n", account)
    offline.write({"secret/url": text, "migrate.yaml": "url_file: secret/url\n"}, below=".")
    assert offline("status").exit == 0


def test_wrong_password(offline, account):
    offline.write({"V1__a.sql": "SELECT 1;"})
    url = fill("postgresql://{user}:wrong@{where}/{database}", account)
    run = offline("status", "--url", url)
    assert run.exit == 5 and "28P01" in run.stderr, run


def test_current_schema_of_a_jdbc_url(offline, account):
    """Flyway's teams choose the schema there."""
    offline.write({"V1__a.sql": "CREATE TABLE here (id int);"})
    url = fill(
        "jdbc:postgresql://{where}/{database}?user={user}&password={encoded}&currentSchema=app",
        account,
    )
    run = offline("up", "--url", url)
    assert run.exit == 0, run
    run = offline("status", "--format", "json", "--url", url)
    assert run.json["schemaName"] == "app"
