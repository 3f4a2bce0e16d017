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


def lose_once(wanted, client, how="before"):
    """A cut of the first message with such a body; and the list of what was lost."""
    lost = []

    def cut(connection, message):
        if not lost and message.client == client and wanted(connection, message):
            lost.append(message)
            return how

    return cut, lost


GROUP = {
    "V1__a.sql": "CREATE TABLE a (n int);",
    "V2__b.sql": "CREATE TABLE b (n int);",
    "R__c.sql": "CREATE TABLE c (n int);",
}


def test_group_whose_commit_has_no_answer_is_told_whole(db, migrate, make_proxy):
    cut, lost = lose_once(
        lambda c, m: m.body == b"COMMIT\0" and c.frontend("CREATE TABLE c"), client=False
    )
    proxy = make_proxy(cut=cut)
    run = migrate(
        "up", "--group", "--format", "json", files=GROUP, env={"DATABASE_URL": proxy.url(db)}
    )
    assert lost and run.exit == 0, run
    assert [m["description"] for m in run.json["migrations"]] == ["a", "b", "c"], run
    assert run.json["migrationsExecuted"] == 3
    assert run.stderr.count(": applied") == 3, run


@pytest.mark.parametrize("how", ["before", "after"])
def test_repair_whose_commit_has_no_answer(db, migrate, make_proxy, how):
    migrate("up", files={"V0__zero.sql": "SELECT 1;"})
    cut, lost = lose_once(
        lambda c, m: b"COMMIT\0" in m.body and c.frontend("INSERT INTO"), client=True, how=how
    )
    proxy = make_proxy(cut=cut)
    run = migrate(
        "repair", "--applied", "1", files={"V1__a.sql": "SELECT 1;"},
        env={"DATABASE_URL": proxy.url(db)},
    )  # fmt: skip
    assert lost and run.exit == 0, run
    assert "version 1: marks as applied" in run.stdout and "1 added" in run.stdout, run
    assert db.versions() == ["0", "1"]


# The files say themselves who ends their session, as a server that shuts down would.
END_ME = "INSERT INTO ends VALUES (1);\nSELECT pg_terminate_backend({}, 5000);"


def test_session_that_is_ended_is_made_again_once(db, migrate):
    """57P01 is what a server says that shuts down: what it ended has one more chance."""
    migrate("up", files={"V1__t.sql": "CREATE TABLE ends (n int); CREATE SEQUENCE tries;"})
    once = END_ME.format("CASE WHEN nextval('tries') = 1 THEN pg_backend_pid() ELSE 0 END")
    run = migrate("up", files={"V2__once.sql": once})
    assert run.exit == 0 and "connecting again" in run.stderr, run
    assert (db.versions(), db.value("SELECT count(*) FROM ends")) == (["1", "2"], 1)
    run = migrate("up", files={"V3__always.sql": END_ME.format("pg_backend_pid()")})
    assert run.exit == 5 and "57P01" in run.stderr, run
    assert "rolled back, nothing of V3__always.sql was kept" in run.stderr, run
    assert run.stderr.count("connecting again") == 1, run
    assert (db.versions(), db.value("SELECT count(*) FROM ends")) == (["1", "2"], 1)


def test_signal_while_it_connects_again(db, migrate, make_proxy):
    """What was lost before its COMMIT was sent is not in doubt."""
    proxy = None

    def cut(connection, message):
        if message.client and b"CREATE TABLE once" in message.body:
            proxy.server.close()
            return "before"

    proxy = make_proxy(cut=cut)
    files = {"V1__once.sql": "CREATE TABLE once (id int);\nCOPY once FROM STDIN;\n1\n\\.\n"}
    run = migrate.start("up", files=files, env={"DATABASE_URL": proxy.url(db)})
    for line in run.process.stderr:
        if b"waiting for the server" in line:
            break
    run.signal()
    run = run.wait(10)
    assert run.exit == 143 and "interrupted by signal 15" in run.stderr, run
    assert "rolled back, nothing of V1__once.sql was kept" in run.stderr, run
