# SPDX-License-Identifier: MIT
"""migrate lint: what it reads, what it finds, and the forms in which it tells that."""

import json
import re
import shutil
import subprocess
import tarfile
import xml.etree.ElementTree

import pytest

import lint_page
from runner import PROGRAM

TABLE = "CREATE TABLE orders (id bigint PRIMARY KEY, total int);\n"
INDEX = "-- why\nCREATE INDEX orders_total ON orders (total);\n"
FINDING = "index-not-concurrent"
FILES = {"V1__orders.sql": TABLE, "V2__index.sql": INDEX}


def findings(run):
    """[(path, line, column, rule)] of what is not allowed."""
    return [
        (row["path"], row["line"], row["column"], row["rule"])
        for row in run.json["findings"]
        if not row["allowed"]
    ]


def rules(run):
    return [row[3] for row in findings(run)]


def git(runner, *args):
    subprocess.run(
        ["git", "-c", "user.name=t", "-c", "user.email=t@example.com", *args],
        cwd=runner.folder, check=True, capture_output=True,
    )


# --- what it reads ---


def test_tells_place_danger_and_what_to_write_instead(offline):
    run = offline("lint", files=FILES)
    assert run.exit == 3 and run.stderr == "", run
    first, source, caret, instead, comment, sql = run.stdout.splitlines()[:6]
    assert first.startswith("migrations/V2__index.sql:2:1: error: "), run
    assert first.endswith(f" [{FINDING}]") and "SHARE" in first and "orders" in first, run
    assert (source, caret) == ("  2 | CREATE INDEX orders_total ON orders (total)", "    | ^")
    assert (instead, comment) == ("  instead:", "    -- in a file of its own:")
    assert sql == "    CREATE INDEX CONCURRENTLY orders_total ON orders (total);"
    assert run.stdout.splitlines()[-1] == "2 files, 1 error", run


def test_finds_nothing(offline):
    run = offline("lint", files={"V1__a.sql": "SELECT 1;"})
    assert (run.exit, run.stdout, run.stderr) == (0, "1 file, nothing found\n", ""), run


def test_a_folder_without_files(offline):
    (offline.folder / "migrations").mkdir()
    run = offline("lint")
    assert (run.exit, run.stdout) == (0, "0 files, nothing found\n"), run


def test_no_folder(offline):
    run = offline("lint")
    assert run.exit == 2 and '"migrations"' in run.stderr, run


def test_files_by_name_see_those_before_them(offline):
    offline.write({**FILES, "V3__more.sql": "CREATE INDEX orders_id ON orders (id, total);\n"})
    run = offline("lint", "migrations/V2__index.sql", "--format", "json")
    assert findings(run) == [("migrations/V2__index.sql", 2, 1, FINDING)], run
    assert run.json["files"] == 1


def test_any_file_whatever_its_name(offline):
    offline.write({"some.sql": INDEX, "V1__other.sql": INDEX}, below="elsewhere")
    run = offline("lint", "elsewhere/some.sql", "elsewhere/V1__other.sql", "--format", "json")
    assert rules(run) == [FINDING, FINDING], run


def test_a_folder_by_name(offline):
    offline.write(FILES, below="elsewhere")
    run = offline("lint", "elsewhere", "--format", "json")
    assert findings(run) == [("elsewhere/V2__index.sql", 2, 1, FINDING)], run


def test_a_file_that_is_not_there(offline):
    run = offline("lint", "nowhere.sql", files=FILES)
    assert run.exit == 2 and "nowhere.sql" in run.stderr, run


def test_conf_beside_a_file_counts(offline):
    offline.write(
        {"x.sql": "SELECT '${who}'; VACUUM orders;", "x.sql.conf": "placeholderReplacement=false\n"
         "executeInTransaction=false\n"}, below="elsewhere",
    )
    run = offline("lint", "elsewhere/x.sql")
    assert run.exit in (0, 3) and run.stderr == "", run


def test_standard_input(offline):
    text = offline.folder / "text"
    text.write_text(INDEX)
    with text.open() as stdin:
        run = offline("lint", "-", "--format", "json", stdin=stdin)
    assert findings(run) == [("<stdin>", 2, 1, FINDING)], run
    assert run.exit == 3


def test_assumed_applied_files_are_not_told_of(offline):
    files = {**FILES, "V3__more.sql": "CREATE INDEX orders_more ON orders (total, id);\n"}
    run = offline("lint", "--lint-assume-applied", "2", "--format", "json", files=files)
    assert run.json["files"] == 1
    assert {row[0] for row in findings(run)} == {"migrations/V3__more.sql"}, run


# --- against a commit ---


@pytest.fixture
def repository(offline):
    offline.write(FILES)
    git(offline, "init", "-q")
    git(offline, "add", ".")
    git(offline, "commit", "-q", "-m", "first")
    return offline


def changed(repository, **files):
    run = repository("lint", "--changed-since", "HEAD", "--format", "json", **files)
    return {row[0] for row in findings(run)}, run.json["files"]


def test_changed_since_tells_of_nothing_when_nothing_changed(repository):
    assert changed(repository) == (set(), 0)


@pytest.mark.parametrize("staged", [False, True])
def test_changed_since_tells_of_new_and_of_changed_files(repository, staged):
    more = {"V2__index.sql": INDEX + "\n", "V3__c.sql": "CREATE INDEX c ON orders (total, id);"}
    repository.write(more)
    if staged:
        git(repository, "add", ".")
    assert changed(repository) == ({"migrations/V2__index.sql", "migrations/V3__c.sql"}, 2)


def test_what_changed_is_taken_to_run_together(repository):
    new = {"V3__t.sql": "CREATE TABLE t (id bigint PRIMARY KEY, a text);",
           "V4__i.sql": "CREATE INDEX i ON t (a);"}
    _, count = changed(repository, files=new)
    run = repository("lint", "--changed-since", "HEAD", "--format", "json")
    assert count == 2 and FINDING not in rules(run), run
    assert FINDING in rules(repository("lint", "migrations/V4__i.sql", "--format", "json"))


@pytest.mark.parametrize("ref", ["nowhere", "--output=x", ""])
def test_changed_since_an_unknown_commit(repository, ref):
    run = repository("lint", "--changed-since=" + ref)
    assert run.exit == 2 and run.stdout == "", run


def test_changed_since_takes_no_files(repository):
    run = repository("lint", "--changed-since", "HEAD", "migrations/V1__orders.sql")
    assert run.exit == 2 and "--changed-since" in run.stderr, run


# --- settings and comments ---


def test_exit_status_is_by_fail_on(offline):
    offline.write(FILES)
    assert offline("lint", "--lint-fail-on", "error").exit == 3
    assert offline("lint", "--lint-fail-on", "off").exit == 0
    assert offline("lint", "--lint-rule", f"{FINDING}=warning", "--lint-fail-on=error").exit == 0
    assert offline("lint", "--lint-rule", f"{FINDING}=off").exit == 0


def test_a_rule_by_the_environment(offline):
    run = offline(
        "lint", "--format", "json", files=FILES,
        env={"MIGRATE_LINT_RULE_INDEX_NOT_CONCURRENT": "info"},
    )
    assert [row["severity"] for row in run.json["findings"]] == ["info"] and run.exit == 0, run


def test_settings_of_some_files(offline):
    offline.write(
        {"migrate.yaml": "lint:\n  paths:\n    - path: V2*\n      rules:\n"
         f"        {FINDING}: off\n"}, below=".",
    )
    files = {**FILES, "V3__more.sql": "CREATE INDEX orders_more ON orders (total, id);\n"}
    run = offline("lint", "--format", "json", files=files)
    assert {row[0] for row in findings(run)} == {"migrations/V3__more.sql"}, run


@pytest.mark.parametrize("yaml, place", [
    ("lint:\n  rules:\n    index-not-conurrent: off\n", "migrate.yaml:3:5"),
    ("lint:\n  paths:\n    - path: a\n      rules: {index-not-conurrent: off}\n",
     "migrate.yaml:4:15"),
])
def test_an_unknown_rule_in_the_settings(offline, yaml, place):
    offline.write({"migrate.yaml": yaml}, below=".")
    run = offline("lint", files=FILES)
    assert run.exit == 2 and place in run.stderr, run
    assert f'Did you mean "{FINDING}"?' in run.stderr, run


@pytest.mark.parametrize("comment", [
    f"-- migrate:allow {FINDING} it is small\n",
    "-- squawk-ignore require-concurrent-index-creation -- it is small\n",
])
def test_what_is_allowed_is_counted_and_not_shown(offline, comment):
    files = {"V1__a.sql": "SELECT 1;\n" + comment + "CREATE INDEX i ON orders (total);"}
    run = offline("lint", files=files)
    assert (run.exit, run.stdout) == (0, "1 file, nothing found, 1 allowed\n"), run
    (row,) = offline("lint", "--format", "json").json["findings"]
    assert (row["allowed"], row["reason"], row["fails"]) == (True, "it is small", False)


def test_an_allow_that_means_nothing(offline):
    text = f"-- migrate:allow index-not-conurrent\n-- migrate:allow {FINDING}\nSELECT 1;"
    run = offline("lint", "--format", "json", files={"V1__a.sql": text})
    assert findings(run) == [
        ("migrations/V1__a.sql", 1, 1, "unknown-allow"),
        ("migrations/V1__a.sql", 2, 1, "unused-allow"),
    ], run


def test_versions_of_the_server(offline):
    text = "ALTER TABLE orders DETACH PARTITION orders_1 CONCURRENTLY;"
    offline.write({"V1__a.sql": text})
    for version in (12, 19):
        assert offline("lint", "--lint-pg-version", version).exit in (0, 3, 4)
    for version in (11, 20):
        assert offline("lint", "--lint-pg-version", version).exit == 2


# --- files that are not as they should be ---


def test_the_rest_is_linted_when_a_file_cannot_be_cut(offline):
    files = {**FILES, "V3__open.sql": INDEX + "SELECT 'open"}
    run = offline("lint", files=files)
    assert run.exit == 4, run
    assert "migrations/V3__open.sql:3:8: unterminated quoted string" in run.stderr, run
    assert run.stdout.count(f"[{FINDING}]") == 2, run
    assert "migrations/V3__open.sql:2:1: error: " in run.stdout, run


def test_a_statement_that_the_grammar_refuses_is_not_checked(offline):
    text = "ALTER TABLE orders FROB total;\n" + INDEX
    run = offline("lint", "--format", "json", files={"V1__a.sql": text})
    assert findings(run) == [
        ("migrations/V1__a.sql", 1, 20, "not-checked"), ("migrations/V1__a.sql", 3, 1, FINDING),
        ("migrations/V1__a.sql", 3, 1, "statement-behind-access-exclusive"),
    ], run
    assert 'syntax error at or near "FROB"' in run.json["findings"][0]["message"], run
    assert run.json["findings"][0]["severity"] == "info"


@pytest.mark.parametrize("sql", [
    "ALTER TABLE orders ADD COLUMN v int GENERATED ALWAYS AS (total * 2) VIRTUAL;",
    "ALTER TABLE orders ADD CONSTRAINT total_there NOT NULL total NOT VALID;",
    "REPACK orders;",
])
def test_newer_forms_are_checked(offline, sql):
    run = offline("lint", "--lint-pg-version=19", "--format=json", files={"V1__a.sql": sql})
    assert "not-checked" not in rules(run), run


def test_invalid_utf_8(offline):
    offline.write(FILES)
    (offline.folder / "migrations/V3__bytes.sql").write_bytes(b"SELECT 1;\nSELECT '\xff';\n")
    run = offline("lint")
    assert run.exit == 4 and "V3__bytes.sql:2:9" in run.stderr, run
    assert f"[{FINDING}]" in run.stdout, run
    assert run.stdout.endswith(", 1 problem\n"), run


def test_a_file_that_cannot_be_cut_is_not_called_clean(offline):
    run = offline("lint", files={"V1__a.sql": "\\connect other\n"})
    assert (run.exit, run.stdout) == (4, "1 file, 1 problem\n"), run


def test_a_bad_name_in_the_folder(offline):
    run = offline("lint", files={**FILES, "v3__x.sql": "SELECT 1;"})
    assert run.exit == 4 and "v3__x.sql" in run.stderr and f"[{FINDING}]" in run.stdout, run


# --- the rules themselves ---


def test_lists_the_rules(offline):
    run = offline("lint", "--list-rules", "--lint-rule", f"{FINDING}=info")
    assert run.exit == 0 and run.stdout.startswith("Rule"), run
    assert re.search(rf"^{FINDING} +info +CREATE INDEX", run.stdout, re.M), run
    listed = offline("lint", "--list-rules", "--format", "json").json["rules"]
    assert len({row["rule"] for row in listed}) == len(listed) == len(run.stdout.splitlines()) - 1


def test_explains_a_rule(offline):
    run = offline("lint", "--explain", FINDING)
    assert run.exit == 0, run
    for words in (FINDING, "error", "CONCURRENTLY", "require-concurrent-index-creation",
                  f"-- migrate:allow {FINDING}"):
        assert words in run.stdout, run
    told = offline("lint", "--explain", FINDING, "--format", "json").json["rule"]
    assert (told["rule"], told["severity"], told["group"]) == (FINDING, "error", "Indexes")


def test_explains_every_rule_in_80_columns(offline):
    for row in offline("lint", "--list-rules", "--format", "json").json["rules"]:
        run = offline("lint", "--explain", row["rule"])
        for line in run.stdout.splitlines():
            assert len(line) <= 80 or line.startswith("    "), line


def test_explains_the_nearest(offline):
    run = offline("lint", "--explain", "index-not-conurrent")
    assert run.exit == 2 and f'Did you mean "{FINDING}"?' in run.stderr, run


def test_the_manual_has_every_rule():
    """After a change of the rules: make manual."""
    assert lint_page.PAGE.read_text() == lint_page.page(PROGRAM)


# --- formats for machines ---


AWKWARD = {
    "V1__ä b%.sql": INDEX,
    "V2__open.sql": "SELECT '\x01<&\"\n",
    "V3__twice.sql": INDEX + INDEX,
    "V4__ok.sql": "SELECT 1;",
    "V5__allowed.sql": f"-- migrate:allow {FINDING} a < b & c\n" + INDEX,
}


@pytest.mark.parametrize("name", ["sarif", "github", "gitlab", "junit"])
def test_only_lint_has_formats_of_findings(offline, name):
    offline.write(FILES)
    run = offline("validate", "--offline", "--format", name)
    assert run.exit == 2 and run.stdout == "", run
    assert f'"validate" has no format "{name}"' in run.stderr, run
    assert offline("lint", "--format", name).exit == 3
    assert offline("lint", "--list-rules", "--format", name).exit == 2


def test_json(offline):
    run = offline("lint", "--format", "json", files=AWKWARD)
    assert (run.exit, run.json["operation"], run.json["success"]) == (4, "lint", False), run
    assert run.json["files"] == 5 and len(run.json["problems"]) == 1
    assert run.json["counts"]["allowed"] == 1 and run.json["counts"]["error"] == 3
    row = run.json["findings"][0]
    assert (row["rule"], row["statement"], row["fails"]) == (FINDING, 1, True)
    assert row["instead"].endswith("CREATE INDEX CONCURRENTLY orders_total ON orders (total);\n")


def test_github(offline):
    run = offline("lint", "--format", "github", files=AWKWARD)
    lines = run.stdout.splitlines()
    assert run.exit == 4 and len(lines) == 4, run
    assert lines[0].startswith("::error file=migrations/V2__open.sql,line=1,col=8,"), run
    pattern = (rf"::error file=migrations/V1__ä b%25.sql,line=2,col=1,title={FINDING}::[^\n]*"
               r"%0A%0AInstead:%0A-- in a file of its own:%0ACREATE INDEX CONCURRENTLY")
    assert re.match(pattern, lines[1]), run


def test_gitlab(offline):
    issues = offline("lint", "--format", "gitlab", files=AWKWARD).json
    assert len(issues) == 4
    for issue in issues:
        assert set(issue) == {
            "type", "description", "check_name", "fingerprint", "severity", "location"}
    assert [issue["severity"] for issue in issues] == ["blocker", "major", "major", "major"]
    assert issues[1]["location"] == {"path": "migrations/V1__ä b%.sql", "lines": {"begin": 2}}
    assert len({issue["fingerprint"] for issue in issues}) == 4


def test_fingerprints_stay_when_lines_are_added(offline):
    offline.write(AWKWARD)
    before = offline("lint", "--format", "gitlab").json
    offline.write({"V3__twice.sql": "-- more\n\n" + AWKWARD["V3__twice.sql"]})
    after = offline("lint", "--format", "gitlab").json
    assert [i["fingerprint"] for i in before] == [i["fingerprint"] for i in after]
    assert [i["location"] for i in before] != [i["location"] for i in after]


def test_junit(offline):
    run = offline("lint", "--format", "junit", "--lint-rule=not-checked=info", files=AWKWARD)
    root = xml.etree.ElementTree.fromstring(run.stdout)
    suites = {suite.get("name"): suite for suite in root.iter("testsuite")}
    assert set(suites) == {"files"} | {f"migrations/{name}" for name in AWKWARD}, run
    twice = suites["migrations/V3__twice.sql"]
    assert (twice.get("tests"), twice.get("failures")) == ("2", "2")
    assert FINDING in twice[0].get("name") and twice[0].get("line") == "2"
    assert "CREATE INDEX CONCURRENTLY" in twice[0].find("failure").text
    assert suites["migrations/V4__ok.sql"].get("failures") == "0"
    assert [case.get("name") for case in suites["migrations/V4__ok.sql"]] == ["lint"]


def test_junit_does_not_fail_below_fail_on(offline):
    run = offline("lint", "--format", "junit", "--lint-fail-on", "off", files=FILES)
    root = xml.etree.ElementTree.fromstring(run.stdout)
    assert root.findall(".//failure") == [] and len(root.findall(".//system-out")) == 1, run


@pytest.fixture(scope="module")
def sarif_schema(tmp_path_factory):
    """The schema of SARIF 2.1.0, as a package of npm brings it."""
    jsonschema = pytest.importorskip("jsonschema", reason="no python3-jsonschema here")
    if shutil.which("npm") is None:
        pytest.skip("no npm to fetch the schema of SARIF with")
    folder = tmp_path_factory.mktemp("sarif")
    run = subprocess.run(
        ["npm", "pack", "--silent", "@microsoft/jest-sarif@1.0.0-beta.0"],
        cwd=folder, capture_output=True, timeout=120,
    )
    if run.returncode != 0:
        pytest.skip("npm cannot fetch the schema of SARIF")
    with tarfile.open(next(folder.glob("*.tgz"))) as package:
        text = package.extractfile("package/lib/schemas/sarif-2.1.0-rtm.5.json").read()
    return jsonschema.Draft7Validator(json.loads(text))


def test_sarif(offline):
    run = offline("lint", "--format", "sarif", files=AWKWARD)
    (scan,) = run.json["runs"]
    ids = [rule["id"] for rule in scan["tool"]["driver"]["rules"]]
    assert len(ids) == len(set(ids)) and FINDING in ids
    for result in scan["results"]:
        assert ids[result["ruleIndex"]] == result["ruleId"]
    where = [r["locations"][0]["physicalLocation"] for r in scan["results"]]
    assert where[1]["artifactLocation"]["uri"] == "migrations/V1__%C3%A4%20b%25.sql"
    assert where[1]["region"] == {"startLine": 2, "startColumn": 1}
    (allowed,) = [r for r in scan["results"] if "suppressions" in r]
    assert allowed["suppressions"] == [{"kind": "inSource", "justification": "a < b & c"}]


@pytest.mark.parametrize("files", [AWKWARD, {"V1__a.sql": "SELECT 1;"}])
def test_sarif_fits_its_schema(offline, sarif_schema, files):
    run = offline("lint", "--format", "sarif", files=files)
    assert list(sarif_schema.iter_errors(run.json)) == [], run


# --- in up ---


def fill(db, migrate):
    """More than what live facts take for tiny."""
    migrate("up", files={"V1__orders.sql": TABLE})
    db.execute("INSERT INTO orders SELECT g, g FROM generate_series(1, 40000) g")


def test_up_warns_and_goes_on(db, migrate):
    fill(db, migrate)
    run = migrate("up", files={"V2__index.sql": INDEX})
    assert run.exit == 0, run
    assert re.search(rf"warning: migrations/V2__index.sql:2:1: .*\[{FINDING}\]", run.stderr), run


def test_up_does_not_warn_of_a_tiny_table(migrate):
    migrate("up", files={"V1__orders.sql": TABLE})
    run = migrate("up", "--lint-on-up", "refuse", files={"V2__index.sql": INDEX})
    assert run.exit == 0 and FINDING not in run.stderr, run


def test_up_tells_the_warnings_as_json(db, migrate):
    fill(db, migrate)
    run = migrate("up", "--format", "json", files={"V2__index.sql": INDEX})
    assert run.json["success"] and any(FINDING in text for text in run.json["warnings"]), run


def test_up_is_silent_when_told_so(db, migrate):
    fill(db, migrate)
    run = migrate("up", "--lint-on-up", "off", files={"V2__index.sql": INDEX})
    assert run.exit == 0 and FINDING not in run.stderr, run


def test_up_refuses_when_told_so(db, migrate):
    fill(db, migrate)
    before = db.contents()
    run = migrate("up", "--lint-on-up", "refuse", files={"V2__index.sql": INDEX})
    assert run.exit == 4 and db.contents() == before, run
    assert f"[{FINDING}]" in run.stderr and "CREATE INDEX CONCURRENTLY" in run.stderr, run
    answer = migrate("up", "--lint-on-up", "refuse", "--format", "json")
    assert (answer.exit, answer.json["success"]) == (4, False), answer
    assert FINDING in answer.json["problems"][0]["message"], answer


def test_up_goes_by_fail_on(db, migrate):
    fill(db, migrate)
    run = migrate(
        "up", "--lint-on-up=refuse", "--lint-fail-on=off", files={"V2__index.sql": INDEX})
    assert run.exit == 0 and FINDING not in run.stderr, run


def test_up_does_not_complain_of_a_new_table(migrate):
    run = migrate("up", "--lint-on-up", "refuse", files=FILES)
    assert run.exit == 0, run
