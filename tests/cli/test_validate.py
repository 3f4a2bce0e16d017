# SPDX-License-Identifier: MIT
"""migrate validate: with the history, without a database, against a commit."""

import subprocess

import pytest

GOOD = {"V1__users.sql": "CREATE TABLE users (id int);", "V2__more.sql": "SELECT 1;"}


def git(runner, *args):
    subprocess.run(
        ["git", "-c", "user.name=t", "-c", "user.email=t@example.com", *args],
        cwd=runner.folder,
        check=True,
        capture_output=True,
    )


@pytest.fixture
def repository(offline):
    """A folder whose files are in git."""
    offline.write(GOOD)
    git(offline, "init", "-q")
    git(offline, "add", ".")
    git(offline, "commit", "-q", "-m", "first")
    return offline


def test_finds_nothing_wrong(migrate):
    migrate("up", files=GOOD)
    run = migrate("validate")
    assert (run.exit, run.stdout, run.stderr) == (0, "2 validated, 0 problems\n", ""), run


def test_tells_pending_files(migrate):
    run = migrate("validate", files=GOOD)
    assert run.exit == 3, run
    assert run.stdout == "2 validated, 2 problems\n", run
    ignored = migrate("validate", "--ignore-migration-patterns", "*:pending")
    assert ignored.exit == 0, ignored


def test_lists_everything_that_does_not_fit(migrate):
    migrate("up", files=GOOD)
    run = migrate("validate", files={"V1__users.sql": "SELECT 3;", "V2__more.sql": "SELECT 4;"})
    assert run.exit == 4, run
    assert "V1__users.sql" in run.stderr and "V2__more.sql" in run.stderr, run
    assert run.stderr.endswith("\n\nmigrate: 2 problems\n"), run


def test_json_has_the_fields_of_flyway(migrate):
    migrate("up", files=GOOD)
    run = migrate("validate", "--format", "json", files={"V1__users.sql": "SELECT 3;"})
    answer = run.json
    assert run.exit == 4, run
    assert (answer["operation"], answer["success"]) == ("validate", False)
    assert answer["validationSuccessful"] is False
    assert answer["validateCount"] == 2
    assert answer["errorDetails"]["errorCode"] == "VALIDATE_ERROR"
    assert "\n" not in answer["allErrorMessages"].strip() or answer["problems"]
    (invalid,) = answer["invalidMigrations"]
    assert (invalid["version"], invalid["description"]) == ("1", "users")
    assert invalid["filepath"].endswith("V1__users.sql")
    assert invalid["errorDetails"]["errorCode"] == "CHECKSUM_MISMATCH"
    assert answer["error"]["exit"] == 4


def test_json_of_a_success(migrate):
    migrate("up", files=GOOD)
    answer = migrate("validate", "--format", "json").json
    assert (answer["success"], answer["validationSuccessful"]) == (True, True)
    assert (answer["errorDetails"], answer["allErrorMessages"]) == (None, None)
    assert answer["invalidMigrations"] == []


def test_offline_needs_no_database(offline):
    run = offline("validate", "--offline", files=GOOD)
    assert (run.exit, run.stdout) == (0, "2 validated, 0 problems\n"), run


def test_offline_finds_names_duplicates_parsing_directives_and_refusals(offline):
    run = offline(
        "validate",
        "--offline",
        files={
            "V1_x.sql": "SELECT 1;",
            "V2__a.sql": "SELECT 1;",
            "V2__b.sql": "SELECT 1;",
            "V3__open.sql": "SELECT 'never closed;",
            "V4__directive.sql": "-- migrate:transactoin off\nSELECT 1;",
            "V5__commit.sql": "CREATE TABLE t (a int);\nCOMMIT;\nSELECT 1;",
        },
    )
    assert run.exit == 4, run
    for place in ("V1_x.sql", "V2__", "V3__open.sql:1:8", "V4__directive.sql:1:", "V5__commit.sql:2:1"):
        assert place in run.stderr, run
    assert run.stderr.endswith("\n\nmigrate: 5 problems\n"), run


def test_offline_json(offline):
    run = offline("validate", "--offline", "--format=json", files={"V1_x.sql": "SELECT 1;"})
    assert run.exit == 4, run
    assert (run.json["database"], len(run.json["problems"])) == (None, 1), run


def test_since_accepts_later_files(repository):
    run = repository("validate", "--offline", "--since", "HEAD", files={"V3__c.sql": "SELECT 1;"})
    assert run.exit == 0, run


def test_since_refuses_a_new_file_that_sorts_before(repository):
    files = {"V1.5__late.sql": "SELECT 1;", "sub/V1.6__late.sql": "SELECT 1;"}
    run = repository("validate", "--offline", "--since", "HEAD", files=files)
    assert run.exit == 4, run
    assert "V1.5__late.sql" in run.stderr and "sub/V1.6__late.sql" in run.stderr, run
    assert "before version 2" in run.stderr and "above 2" in run.stderr, run
    assert run.stderr.endswith("migrate: 2 problems\n"), run


@pytest.mark.parametrize("name", ["sub/V1__users.sql", "V1__people.sql", "V01.0__users.sql"])
def test_since_knows_a_file_that_moved(repository, name):
    moved = {"V1__users.sql": None, name: GOOD["V1__users.sql"]}
    run = repository("validate", "--offline", "--since", "HEAD", files=moved)
    assert run.exit == 0, run


@pytest.mark.parametrize("ref", ["nowhere", "--output=x", ""])
def test_since_an_unknown_commit(repository, ref):
    run = repository("validate", "--offline", "--since=" + ref)
    assert run.exit == 2, run


def test_since_outside_of_a_repository(offline):
    run = offline("validate", "--offline", "--since", "HEAD", files=GOOD)
    assert run.exit == 2, run
    assert "not a git repository" in run.stderr, run


def test_since_without_git(repository):
    run = repository("validate", "--offline", "--since", "HEAD", env={"PATH": "/nowhere"})
    assert run.exit == 2, run
    assert 'cannot start "git"' in run.stderr, run


def test_since_with_the_history(migrate):
    migrate("up", files=GOOD)
    git(migrate, "init", "-q")
    git(migrate, "add", ".")
    git(migrate, "commit", "-q", "-m", "first")
    run = migrate("validate", "--since", "HEAD", files={"V1.5__late.sql": "SELECT 1;"})
    assert run.exit == 4, run
    assert "is new since" in run.stderr, run
