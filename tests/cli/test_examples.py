# SPDX-License-Identifier: MIT
"""The files of examples/ do what their page says: no app notices."""

import pytest

from cluster import ROOT
from traffic import Traffic

EXAMPLES = sorted(path.name for path in (ROOT / "examples").iterdir() if path.is_dir())


@pytest.fixture
def example(migrate):
    """example("rename-column", "up", ...): runs the program on that folder, and it must succeed."""

    def run(name, *args):
        done = migrate("--directory", str(ROOT / "examples" / name), *args)
        assert done.exit == 0, done
        return done

    return run


@pytest.mark.parametrize("name", EXAMPLES)
def test_lint_has_nothing_against_it(example, name):
    example(name, "lint")


@pytest.mark.parametrize("name", EXAMPLES)
def test_phases_one_after_the_other(db, example, name):
    for phase in ("expand", "backfill", "contract"):
        example(name, "up", "--phase", phase)
    assert "up to date" in example(name, "up").stdout
    example(name, "validate")


def test_rename_with_an_old_and_a_new_app_all_the_time(db, example):
    example("rename-column", "up", "--target", "1")
    db.execute("INSERT INTO users (name) SELECT 'user ' || n FROM generate_series(1, 20000) n")
    old = Traffic(
        db,
        "SELECT name FROM users ORDER BY id DESC LIMIT 5",
        "INSERT INTO users (name) VALUES ('by the old app')",
        "UPDATE users SET name = name || '!' WHERE id = 1 + (random() * 19999)::int",
    )
    new = Traffic(
        db,
        "SELECT full_name FROM users ORDER BY id DESC LIMIT 5",
        "INSERT INTO users (full_name) VALUES ('by the new app')",
        "UPDATE users SET full_name = full_name || '?' WHERE id = 1 + (random() * 19999)::int",
    )
    with old:
        example("rename-column", "up", "--phase", "expand")
        new.__enter__()
        example("rename-column", "up", "--phase", "backfill")
        assert db.value("SELECT count(*) FROM users WHERE name IS DISTINCT FROM full_name") == 0
    example("rename-column", "up")
    new.__exit__()
    assert old.errors == [] and new.errors == []
    assert max(old.longest, new.longest) < 1
    assert db.value("SELECT count(*) FROM users WHERE full_name IS NULL") == 0
    assert db.value("SELECT count(*) FROM users WHERE full_name LIKE 'by the %'") > 10


def test_not_null_while_rows_come_in(db, example):
    example("not-null", "up", "--target", "1")
    db.execute(
        "INSERT INTO payments (account, number, amount)"
        " SELECT n % 100, n, 1 FROM generate_series(1, 20000) n"
    )
    with Traffic(
        db,
        "INSERT INTO payments VALUES"
        " (7, 20000 + (random() * 1e12)::bigint, 1, 'USD') ON CONFLICT DO NOTHING",
        "SELECT sum(amount) FROM payments WHERE account = 7",
    ) as app:
        for phase in ("expand", "backfill", "contract"):
            example("not-null", "up", "--phase", phase)
    assert app.errors == []
    assert db.value("SELECT count(*) FROM payments WHERE currency = 'EUR'") == 20000


def test_a_key_becomes_bigint_under_the_app(db, example):
    example("int-to-bigint", "up", "--target", "1")
    db.execute("INSERT INTO events (payload) SELECT n FROM generate_series(1, 20000) n")
    # What is prepared is planned for an integer and fails once: the file says so.
    with Traffic(
        db,
        "INSERT INTO events (payload) VALUES ('x') RETURNING id",
        "SELECT payload FROM events ORDER BY id DESC LIMIT 1",
        "UPDATE events SET payload = payload WHERE id = 1 + (random() * 19999)::int",
        prepare_threshold=None,
    ) as app:
        for phase in ("expand", "backfill", "contract"):
            example("int-to-bigint", "up", "--phase", phase)
    assert app.errors == []
    assert db.value("SELECT pg_typeof(id)::text FROM events LIMIT 1") == "bigint"
    assert db.value("SELECT count(*) - count(DISTINCT id) FROM events") == 0
    db.execute("INSERT INTO events (payload) VALUES ('behind it')")
