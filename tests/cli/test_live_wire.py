# SPDX-License-Identifier: MIT
"""How often the program waits for the server, counted on the wire."""

import pytest

from traffic import Traffic


def main_connection(proxy):
    """The one that does the work: it begins the transactions."""
    (connection,) = [c for c in proxy.connections if c.frontend("schema_history")]
    return connection


def waits(migrate, db, proxy, files):
    seen = len(proxy.connections)
    run = migrate("up", files=files, env={"DATABASE_URL": proxy.url(db)})
    assert run.exit == 0, run
    return sum(connection.bursts for connection in proxy.connections[seen:])


def waits_for_each(migrate, db, proxy, make):
    """Files 1 to 5 once, then 6 to 20: what ten more files cost is what a file costs."""
    few = waits(migrate, db, proxy, {f"V{n}__x.sql": make(n) for n in range(1, 6)})
    many = waits(migrate, db, proxy, {f"V{n}__x.sql": make(n) for n in range(6, 21)})
    return (many - few) / 10


@pytest.mark.parametrize(
    "make, limit",
    [
        (lambda n: f"CREATE TABLE t{n} (id int);\nCREATE INDEX ON t{n} (id);\nSELECT 1;", 1),
        (lambda n: f"ALTER TABLE kept ADD COLUMN c{n} int;\nCOMMENT ON TABLE kept IS '{n}';", 2),
        (lambda n: f"INSERT INTO kept VALUES ({n});\nUPDATE kept SET id = id;", 1),
    ],
    ids=["new-tables", "existing-table", "rows"],
)
def test_waits_for_the_server_per_file(db, migrate, make_proxy, make, limit):
    migrate("up", files={"V0__kept.sql": "CREATE TABLE kept (id int);"})
    proxy = make_proxy(delay=0.02)
    assert waits_for_each(migrate, db, proxy, make) == limit


def test_nothing_to_do_waits_the_same_at_any_number_of_files(db, migrate, make_proxy):
    proxy = make_proxy(delay=0.05)
    migrate("up", files={f"V{n}__x.sql": "SELECT 1;" for n in range(1, 11)})
    few = waits(migrate, db, proxy, {})
    migrate("up", files={f"V{n}__x.sql": "SELECT 1;" for n in range(11, 101)})
    many = waits(migrate, db, proxy, {})
    assert few == many <= 1 + 5  # one of them to connect


FIVE = "".join(f"ALTER TABLE t ADD COLUMN c{{0}}_{n} int;\n" for n in range(5))


@pytest.mark.parametrize("delay", [0, 0.02, 0.1])
def test_strong_lock_is_not_held_for_the_network(db, migrate, make_proxy, delay):
    """From the first strong lock to COMMIT all goes out at once; a reader feels no round trip."""
    migrate("up", files={"V1__t.sql": "CREATE TABLE t (id int);"})
    proxy = make_proxy(delay=delay)
    with Traffic(db, "SELECT count(*) FROM t", pause=0.001) as traffic:
        waits(migrate, db, proxy, {"V2__c.sql": FIVE.format(2)})
    connection = main_connection(proxy)
    (first,) = connection.frontend("ADD COLUMN c2_0")
    (last,) = connection.frontend("ADD COLUMN c2_4")
    commit = [m for m in connection.frontend("COMMIT") if m.burst >= last.burst][0]
    if delay:
        assert first.burst == last.burst == commit.burst
        # One round trip for each statement would be five times this.
        assert traffic.longest < 2 * delay + 0.1
    assert traffic.errors == []


def test_cut_at_commit_is_resolved_by_the_history(db, migrate, make_proxy):
    """The answer to COMMIT is lost: the program asks the database, and says what is true."""
    lost = []

    def cut(connection, message):
        if not lost and not message.client and message.body == b"COMMIT\0" and done(connection):
            lost.append(message)
            return "before"

    def done(connection):
        return connection.frontend("CREATE TABLE once")

    proxy = make_proxy(cut=cut)
    run = migrate(
        "up", files={"V1__once.sql": "CREATE TABLE once (id int);"},
        env={"DATABASE_URL": proxy.url(db)},
    )  # fmt: skip
    assert lost, run
    assert run.exit == 0, run
    assert db.versions() == ["1"]


def test_lost_before_commit_is_run_again_once(db, migrate, make_proxy):
    lost = []

    def cut(connection, message):
        if not lost and message.client and b"CREATE TABLE once" in message.body:
            lost.append(message)
            return "before"

    proxy = make_proxy(cut=cut)
    run = migrate(
        "up", files={"V1__once.sql": "CREATE TABLE once (id int);"},
        env={"DATABASE_URL": proxy.url(db)},
    )  # fmt: skip
    assert lost, run
    assert run.exit in (0, 5), run
    assert db.versions() == (["1"] if run.exit == 0 else [])
    assert migrate("up").exit == 0
    assert db.versions() == ["1"]


def test_session_that_cannot_be_prepared_in_time(db, migrate, make_proxy):
    """A statement of ours has failed, as any other can: the role itself is good."""
    role, other = db.role(), db.role()
    db.execute(f"GRANT {other} TO {role}; ALTER ROLE {role} SET statement_timeout = '500ms'")
    with db.connect(autocommit=False) as holder:

        def lock_roles(connection, message):
            if message.client and b"default_transaction_deferrable" in message.body:
                holder.execute("LOCK TABLE pg_authid IN ACCESS EXCLUSIVE MODE")

        proxy = make_proxy(cut=lock_roles)
        run = migrate(
            "up", "--role", other, files={"V1__a.sql": "SELECT 1;"},
            env={"DATABASE_URL": proxy.url(db, user=role)},
        )  # fmt: skip
    assert run.exit == 1 and "cannot prepare the session" in run.stderr, run
    assert "57014" in run.stderr and "nothing was run" in run.stderr, run
