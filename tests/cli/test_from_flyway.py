# SPDX-License-Identifier: MIT
"""init --from-flyway: what Flyway is told becomes migrate.yaml, and what does not is named."""

import pytest

import flyway_page
from runner import PROGRAM

SECRETS = ("hunter2", "s3cret-token")


@pytest.fixture
def translate(offline):
    """Runs init --from-flyway on files beside each other; .settings is what config then shows."""
    (offline.folder / "sql").mkdir()

    def run(files, *args, env=None):
        offline.write(files, below=".")
        found = offline("init", "--from-flyway", *args, env=env)
        path = offline.folder / "migrate.yaml"
        found.text = path.read_text() if path.exists() else None
        for secret in SECRETS:
            assert secret not in found.output and secret not in (found.text or ""), found
        return found

    run.folder = offline.folder
    run.runner = offline
    return run


def settings(translate, *args, env=None):
    rows = translate.runner("config", "--format", "json", *args, env=env).json["settings"]
    return {row["name"]: row["value"] for row in rows
            if row["origin"] not in ("default", "--format")}


def conf(**values):
    return {"flyway.conf": "".join(f"flyway.{name}={value}\n" for name, value in values.items())}


@pytest.mark.parametrize("name, value, ours", [
    ("url", "jdbc:postgresql://h:5433/d?user=u", {"url": "jdbc:postgresql://h:5433/d?user=u"}),
    ("user", "a\\b", {"user": "a\\b"}),
    ("table", "history", {"table": "history"}),
    ("schemas", "a , b", {"schema": "a"}),
    ("defaultSchema", "App", {"schema": "App"}),
    ("createSchemas", "false", {"create_schemas": "false"}),
    ("installedBy", "me: #1", {"installed_by": "me: #1"}),
    ("baselineOnMigrate", "true", {"baseline_on_up": "true"}),
    ("baselineVersion", "2.1", {"baseline_version": "2.1"}),
    ("baselineDescription", "it's", {"baseline_description": "it's"}),
    ("ignoreMigrationPatterns", "*:missing,repeatable:pending",
     {"ignore_migration_patterns": "*:missing, repeatable:pending"}),
    ("locations", "filesystem:a,filesystem:/b/c", {"directory": "a, /b/c"}),
    ("placeholders.Who", "x", {"placeholders": "who=x"}),
    ("target", "7?", {"target": "7?"}),
    ("outOfOrder", "true", {"out_of_order": "true"}),
    ("group", "true", {"group": "true"}),
    ("mixed", "true", {"mixed": "true"}),
    ("validateOnMigrate", "false", {"validate_on_up": "false"}),
    ("connectRetries", "9", {"wait": "367s"}),
    ("lockRetryCount", "20", {"run_lock_timeout": "20s"}),
    ("lockRetryCount", "-1", {"run_lock_timeout": "0"}),
])
def test_a_setting_becomes_ours(translate, name, value, ours):
    run = translate(conf(**{name: value}))
    assert (run.exit, run.stdout) == (0, "migrate.yaml\n"), run
    always = {"table": "flyway_schema_history", "directory": "sql"}
    assert settings(translate) == {**always, **ours}


def test_the_three_sources_say_the_same(translate):
    """The same in flyway.conf, in flyway.toml and in variables."""
    names = {"url": "jdbc:postgresql://h/d", "outOfOrder": "true", "placeholders.a": "b",
             "schemas": "s", "baselineVersion": "3"}
    texts = []
    translate(conf(**names))
    texts.append(settings(translate))
    (translate.folder / "flyway.conf").unlink()
    (translate.folder / "migrate.yaml").unlink()
    translate({"flyway.toml": '[flyway]\noutOfOrder = true\nbaselineVersion = "3"\n'
               '[flyway.placeholders]\na = "b"\n[environments.default]\n'
               'url = "jdbc:postgresql://h/d"\nschemas = ["s"]\n'})
    texts.append(settings(translate))
    (translate.folder / "flyway.toml").unlink()
    (translate.folder / "migrate.yaml").unlink()
    translate({}, env={"FLYWAY_URL": names["url"], "FLYWAY_OUT_OF_ORDER": "true",
                       "FLYWAY_PLACEHOLDERS_A": "b", "FLYWAY_SCHEMAS": "s",
                       "FLYWAY_BASELINE_VERSION": "3"})
    texts.append(settings(translate))
    assert texts[0] == texts[1] == texts[2] and len(texts[0]) == 7


def test_every_setting_is_translated_or_named(translate):
    """All rows of the table at once: none is passed over in silence."""
    help_text = translate.runner("help", "flyway").stdout
    rows = [line.split()[0] for line in help_text.splitlines()[1:]]
    values = {"url": "jdbc:postgresql://h/d", "target": "3", "baselineVersion": "1",
              "ignoreMigrationPatterns": "*:future", "locations": "filesystem:sql",
              "createSchemas": "true", "lockRetryCount": "3", "connectRetries": "1",
              "connectRetriesInterval": "1", "environment": "default", "jdbcProperties.NAME": None,
              "password": "hunter2", "licenseKey": "hunter2", "vault.NAME": "s3cret-token"}
    bools = ("baselineOnMigrate", "outOfOrder", "group", "mixed", "validateOnMigrate")
    given = {name: values.get(name, "true" if name in bools else "odd") for name in rows}
    given = {name: value for name, value in given.items() if value is not None}
    run = translate(conf(**given))
    assert run.exit == 0, run
    ours = {line.split()[0]: line.split()[2] for line in help_text.splitlines()[1:]}
    for name in given:
        if name == "configFiles":
            continue
        if ours[name] == "-" or name == "password":
            assert f"flyway.{name}: " in run.stderr and f"flyway.{name}: " in run.text, name
        else:
            assert f"flyway.{name}: " not in run.text or name == "schemas", name
    assert len(rows) > 80


def test_what_is_left_out_has_its_place_and_reason(translate):
    run = translate(conf(cleanDisabled="false", sqlMigrationPrefix="V", outOfOrdr="true"))
    assert "flyway.conf:1: flyway.cleanDisabled: there is no clean\n" in run.stderr
    assert "flyway.conf:2: flyway.sqlMigrationPrefix: it is always so here\n" in run.stderr
    assert 'did you mean "outOfOrder"?' in run.stderr
    assert "#   flyway.conf:1: flyway.cleanDisabled: there is no clean\n" in run.text
    assert 'run "migrate status" next' in run.stderr


def test_left_out_as_json(translate):
    translate.runner.write(conf(batch="true"), below=".")
    run = translate.runner("init", "--from-flyway", "--format", "json")
    assert run.json["created"] == ["migrate.yaml"]
    assert run.json["leftOut"] == [{
        "setting": "flyway.batch", "path": "flyway.conf", "line": 1,
        "reason": "statements always go out together"}]


def test_the_page_lists_the_same():
    text = flyway_page.PAGE.read_text()
    assert flyway_page.page(PROGRAM[-1], text) == text, "make manual"


# --- secrets ---


def test_passwords_stay_behind(translate):
    run = translate(conf(
        url="jdbc:postgresql://h/d?password=hunter2&ssl=true", password="hunter2", licenseKey="hunter2"),
        env={"FLYWAY_PASSWORD": "s3cret-token"})
    assert run.exit == 0, run
    assert run.output.count("MIGRATE_PASSWORD") == 2
    assert settings(translate)["url"] == "jdbc:postgresql://h/d?ssl=true"


@pytest.mark.parametrize("url, ours", [
    ("postgresql://me:hunter2@h:5433/d", "postgresql://me@h:5433/d"),
    ("postgres://me:hunt/er2@h/d", None),
    ("jdbc:postgresql://h/d?sslpassword=hunter2&ssl=true", "jdbc:postgresql://h/d?ssl=true"),
    ("jdbc:postgresql://h:5433/d?user=a%40b", "jdbc:postgresql://h:5433/d?user=a%40b"),
    ("postgresql://me:${SECRET}@h/d", "postgresql://me:${SECRET}@h/d"),
])
def test_nor_does_one_elsewhere_in_the_url_come_along(translate, url, ours):
    run = translate(conf(url=url))
    assert "hunt" not in run.output + (run.text or ""), run
    if ours is None:
        assert run.exit == 2, run
    else:
        assert run.exit == 0 and f"url: {ours}\n" in run.text, run


def test_a_password_in_a_variable_comes_along(translate):
    run = translate(conf(url="jdbc:postgresql://${HOST}/d", password="${DB_PASSWORD}"))
    assert "password: ${DB_PASSWORD}\n" in run.text, run
    assert "url: jdbc:postgresql://${HOST}/d\n" in run.text


# --- ${...} ---


def test_text_of_a_variable_is_taken_as_it_is(translate):
    translate({}, env={"FLYWAY_PLACEHOLDERS_A": "${HOME} $${x}"})
    assert settings(translate)["placeholders"] == "a=${HOME} $${x}"


def test_references_of_toml(translate):
    run = translate({"flyway.toml": "[flyway.placeholders]\n"
                     'a = "${env.WHO}!"\nb = "${WHO} !${env.WHO}"\nc = "${vault.x}"\n'})
    found = settings(translate, env={"WHO": "me"})
    assert found["placeholders"] == "a=me!, b=${WHO} ${env.WHO}"
    assert "flyway.toml:4: flyway.placeholders.c: only Flyway can tell what ${vault.x} is" in run.stderr


def test_a_dollar_before_a_variable_is_not_mistaken(translate):
    """$${X} is text here and a dollar with a variable there."""
    run = translate(conf(installedBy="$${X}"))
    assert "installed_by" not in run.text.split("# Left out")[0]
    assert "flyway.installedBy" in run.stderr


# --- files ---


def test_toml_makes_flyway_conf_count_for_nothing(translate):
    run = translate({**conf(table="one"), "flyway.toml": '[flyway]\ntable = "two"\n'})
    assert settings(translate)["table"] == "two"
    assert 'warning: "flyway.conf" was not read' in run.stderr


def test_user_file_wins(translate):
    translate({"flyway.toml": '[flyway]\ntable = "one"\ntarget = "3"\n',
               "flyway.user.toml": '[flyway]\ntable = "two"\n'})
    found = settings(translate)
    assert (found["table"], found["target"]) == ("two", "3")


def test_home_comes_before_the_working_directory(translate, tmp_path):
    (tmp_path / "flyway.conf").write_text("flyway.table=home\nflyway.target=3\n")
    translate(conf(table="here"), env={"HOME": str(tmp_path)})
    found = settings(translate)
    assert (found["table"], found["target"]) == ("here", "3")


def test_files_by_name(translate):
    run = translate({"a.conf": "flyway.table=a\nflyway.target=2\n", "b.conf": "flyway.table=b\n",
                     **conf(table="not read")}, "a.conf", "b.conf")
    found = settings(translate)
    assert (found["table"], found["target"]) == ("b", "2")
    assert "from a.conf, b.conf." in run.text


def test_files_by_variable(translate):
    translate({**conf(table="a", target="2"), "b.conf": "flyway.table=b\n"},
              env={"FLYWAY_CONFIG_FILES": "b.conf"})
    found = settings(translate)
    assert (found["table"], found["target"]) == ("b", "2")


@pytest.mark.parametrize("args, env", [
    (["flyway.toml", "flyway.conf"], {}),
    ([], {"FLYWAY_CONFIG_FILES": "flyway.conf"}),
])
def test_both_kinds_by_name_are_refused(translate, args, env):
    run = translate({"flyway.toml": "", **conf(table="x")}, *args, env=env)
    assert run.exit == 2 and "files of one kind" in run.stderr and run.text is None, run


@pytest.mark.parametrize("files, args, message", [
    ({}, [], "found no flyway.toml"),
    ({}, ["missing.conf"], 'cannot open "missing.conf"'),
    ({"flyway.toml": "[flyway]\nx = \n"}, [], "flyway.toml:2:5: not valid TOML"),
    ({"flyway.toml": "[flyway\n"}, [], "flyway.toml:1:8: not valid TOML"),
    ({"flyway.toml": '[flyway]\nenvironment = "x"\n'}, [], "there is no [environments.x]"),
    ({"flyway.toml": "[[environments]]\n"}, [], None),
    ({"flyway.toml": "environments.a = 1\n"}, [], 'expected a table in "environments.a"'),
    ({"flyway.toml": "[flyway]\nschemas = [{}]\n"}, [], "expected a list of texts"),
    (conf(target="x/y"), [], 'flyway.conf:1:1: "target": "x/y" is not a target'),
    (conf(outOfOrder="perhaps"), [], 'flyway.conf:1:1: "out_of_order"'),
    (conf(connectRetries="many"), [], '"flyway.connectRetries" is not a number'),
    (conf(url="jdbc:mysql://h/d"), [], 'flyway.conf:1:1: "jdbc:mysql" is not PostgreSQL'),
    (conf(url="jdbc:oracle:thin:@//h:1521/d"), [], '"jdbc:oracle" is not PostgreSQL'),
    (conf(url="jdbc:otel:postgresql://h/d"), [], "without that driver"),
    (conf(url="jdbc:postgresql://h:x/d"), [], "flyway.conf:1:1: "),
    ({"flyway.conf": b"flyway.user=\xe4\n"}, [], "flyway.conf:1:13: the text is not UTF-8"),
])
def test_what_cannot_be_read_is_refused(translate, files, args, message):
    run = translate(files, *args)
    if message is None:
        assert run.exit == 0, run
        return
    assert run.exit == 2 and message in run.stderr and run.text is None, run


def test_a_file_that_is_there_is_not_written_over(translate):
    run = translate({"migrate.yaml": "table: mine\n", **conf(table="x")})
    assert run.exit == 2 and run.text == "table: mine\n", run


def test_files_need_the_option(offline):
    assert offline("init", "flyway.conf").exit == 2


# --- environments ---


def test_environments_become_sets(translate):
    run = translate({"flyway.toml": """
name = "shop"
[flyway]
environment = "development"
table = "all"
[environments.development]
url = "jdbc:postgresql://dev/shop"
schemas = ["app"]
[environments.prod]
url = "jdbc:postgresql://prod/shop"
flyway.outOfOrder = true
[environments.prod.jdbcProperties]
ApplicationName = "a&b"
[environments.old]
url = "jdbc:mysql://old/shop"
[redgateCompare]
x = 1
"""})
    assert run.exit == 0, run
    assert settings(translate)["url"] == "jdbc:postgresql://dev/shop"
    assert settings(translate, "--env", "development")["schema"] == "app"
    prod = settings(translate, "--env", "prod")
    assert prod["url"] == "jdbc:postgresql://prod/shop?ApplicationName=a%26b"
    assert (prod["out_of_order"], prod["table"]) == ("true", "all")
    assert '"jdbc:mysql" is not PostgreSQL' in run.stderr
    assert "url" not in settings(translate, "--env", "old") or \
        settings(translate, "--env", "old")["url"] == "jdbc:postgresql://dev/shop"
    for name in ("name", "redgateCompare"):
        assert f": {name}: it is for other programs than Flyway's command line" in run.stderr


def test_another_environment_by_variable(translate):
    translate({"flyway.toml": '[environments.a]\nuser = "a"\n[environments.b]\nuser = "b"\n'},
              env={"FLYWAY_ENVIRONMENT": "b"})
    assert settings(translate)["user"] == "b"


# --- locations ---


def test_class_path_of_a_maven_project(translate):
    (translate.folder / "src/main/resources/db/migration").mkdir(parents=True)
    run = translate(conf(locations="classpath:db/migration,db/none,s3:bucket/x,filesystem:a/**/b"))
    assert settings(translate)["directory"] == "src/main/resources/db/migration"
    assert run.text.count("flyway.locations: ") == 3


def test_a_missing_folder_is_told(translate):
    run = translate(conf(locations="filesystem:gone"))
    assert 'warning: there is no folder "gone"' in run.stderr


def test_unknown_jdbc_parameters_are_left_out(translate):
    run = translate(conf(url="jdbc:postgresql://h/d?foo=1&ssl=true&loggerLevel=OFF"))
    assert settings(translate)["url"] == "jdbc:postgresql://h/d?ssl=true&loggerLevel=OFF"
    assert 'flyway.url: parameter "foo"' in run.stderr


def test_status_runs_with_what_was_written(db, translate):
    """From Flyway's files to a status, as the last line says."""
    folder = translate.folder
    (folder / "sql/V1__a.sql").write_text("SELECT 1;")
    translate(conf(url="jdbc:postgresql://localhost/x"))
    run = translate.runner("status", env={"MIGRATE_URL": db.url})
    assert run.exit == 0 and "Pending" in run.stdout, run
