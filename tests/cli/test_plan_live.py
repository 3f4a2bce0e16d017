# SPDX-License-Identifier: MIT
"""What plan and up see of the live database, and what they make of it."""

import re

import pytest

TABLES = """
CREATE TABLE customers (id bigint PRIMARY KEY);
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint REFERENCES customers, total int,
                     note varchar(10), CONSTRAINT present CHECK (total IS NOT NULL));
INSERT INTO customers SELECT generate_series(1, 100);
INSERT INTO orders SELECT g, 1, g, 'x' FROM generate_series(1, 50000) g;
ANALYZE;
"""
BASELINE = ("--baseline-on-up", "--baseline-version", "0")


@pytest.fixture
def live(db, migrate):
    """A database with two tables, and plan as it is called there."""
    db.execute(TABLES)

    def plan(sql, *args, **options):
        return migrate("plan", *BASELINE, *args, files={"V1__change.sql": sql}, **options)

    return plan


def statement(run, number=0):
    """One statement of the first file, out of JSON."""
    return run.json["files"][0]["statements"][number]


def test_tells_size_cost_and_who_waits(live):
    run = live("CREATE INDEX i ON orders (total);")
    assert re.search(
        r"SHARE on public.orders \(\d+ kB, 50,000 rows\): reads the table, less than a second; "
        "writers wait", run.stdout), run


def test_time_grows_with_the_table(db, live):
    """12 GB by the catalog: the figures of a table that no test can make."""
    db.execute("UPDATE pg_class SET reltuples = 48e6, relpages = 1 WHERE relname = 'orders'")
    run = live("CREATE INDEX i ON orders (total);")
    assert "error index-not-concurrent" in run.stdout, run
    assert re.search(r"\(worse: public\.orders has [\d,]{9,} rows", run.stdout), run


@pytest.mark.parametrize(
    "sql, rewrite, scan, cost",
    [
        ("ALTER TABLE orders ADD COLUMN a int;", False, False, "instant"),
        ("ALTER TABLE orders ALTER COLUMN note TYPE varchar(20);", False, False, "instant"),
        ("ALTER TABLE orders ALTER COLUMN total TYPE bigint;", True, True, "writes the table anew"),
        ("ALTER TABLE orders ALTER COLUMN note SET NOT NULL;", False, True, "reads the table"),
        ("ALTER TABLE orders ALTER COLUMN total SET NOT NULL;", False, False, "instant"),
    ],
)
def test_the_catalog_tells_what_a_change_costs(live, sql, rewrite, scan, cost):
    told = statement(live(sql, "--format", "json"))
    assert (told["rewrite"], told["cost"]) == (rewrite, cost), told
    assert told["scan"] in (scan, rewrite), told


def test_names_the_table_at_the_other_end_of_a_foreign_key(live):
    told = statement(live("DROP TABLE orders;", "--format", "json"))
    assert [(lock["relation"], lock["mode"]) for lock in told["locks"]] == [
        ("public.orders", "ACCESS EXCLUSIVE"),
        ("public.customers", "ACCESS EXCLUSIVE"),
    ], told


def test_facts_lower_a_finding_only_where_they_are_trusted(live):
    sql = "ALTER TABLE orders ALTER COLUMN total SET NOT NULL;"
    assert "error set-not-null" in live(sql).stdout
    run = live(sql, "--trust-facts")
    assert "info set-not-null" in run.stdout and "(lowered: " in run.stdout, run
    assert run.exit == 0, run


def test_what_the_files_prove_needs_no_trust_in_the_facts(db, live, migrate):
    live("ALTER TABLE orders ADD CONSTRAINT filled CHECK (total IS NOT NULL) NOT VALID;")
    files = {
        "V2__validate.sql": "ALTER TABLE orders VALIDATE CONSTRAINT filled;",
        "V3__not_null.sql": "ALTER TABLE orders ALTER COLUMN total SET NOT NULL;",
    }
    run = migrate("plan", *BASELINE, files=files)
    assert run.exit == 0 and "set-not-null" not in run.stdout, run


def test_up_trusts_the_facts(db, live, migrate):
    assert live("ALTER TABLE orders ALTER COLUMN total SET NOT NULL;").exit == 3
    run = migrate("up", *BASELINE, "--lint-on-up", "refuse")
    assert run.exit == 0 and "set-not-null" not in run.stderr, run


def test_up_refuses_what_the_facts_do_not_excuse(db, live, migrate):
    live("CREATE INDEX i ON orders (total);")
    db.execute("INSERT INTO orders SELECT g, 1, g FROM generate_series(100000, 200000) g; ANALYZE;")
    run = migrate("up", *BASELINE, "--lint-on-up", "refuse")
    assert run.exit == 4 and "[index-not-concurrent]" in run.stderr, run
    assert not db.exists("i")


def test_names_who_is_in_the_way_now(db, live):
    with db.connect(application_name="report") as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT 1 FROM orders LIMIT 1")
        reader.execute("SELECT pg_sleep(1.2)")
        run = live("ALTER TABLE orders ADD COLUMN a int;", "--lock-timeout", "1s")
        pid = reader.info.backend_pid
    assert f"in the way now: pid {pid} (postgres, report), whose transaction is open" in run.stdout
    assert "what is done CONCURRENTLY waits for it" in run.stdout, run


def test_counts_all_partitions_together(db, live):
    db.execute(
        "CREATE TABLE events (id int, at int) PARTITION BY RANGE (at);"
        "CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (0) TO (1000);"
        "CREATE TABLE events_2 PARTITION OF events FOR VALUES FROM (1000) TO (3000);"
        "INSERT INTO events SELECT g, g FROM generate_series(1, 2000) g; ANALYZE;"
    )
    told = statement(live("ALTER TABLE events ADD COLUMN a int;", "--format", "json"))
    assert told["locks"][0]["rows"] == 2000 and told["locks"][0]["bytes"] > 0, told


def test_does_not_queue_behind_an_exclusive_lock(db, live):
    with db.connect() as holder:
        holder.execute("BEGIN")
        holder.execute("LOCK TABLE orders IN ACCESS EXCLUSIVE MODE")
        told = statement(live("CREATE INDEX i ON orders (total);", "--format", "json", timeout=20))
    assert told["locks"][0]["rows"] == 50000, told


def test_says_what_it_may_not_see(db, live):
    role = db.role()
    db.execute("REVOKE SELECT ON pg_catalog.pg_constraint FROM PUBLIC")
    db.execute(f"GRANT ALL ON SCHEMA public TO {role}")
    url = db.url_for(user=role, password="secret")
    run = live("CREATE INDEX i ON orders (total);", "--url", url)
    assert "not all of the live database could be seen: permission denied" in run.stdout, run
    assert "50,000 rows" in run.stdout and run.exit == 3, run


def test_tells_how_far_a_replica_is_behind(db, live, standby):
    sql = "CREATE INDEX i ON orders (total);"
    db.wait_for("SELECT count(*) = 1 FROM pg_stat_replication WHERE replay_lsn IS NOT NULL")
    assert live(sql, "--format", "json").json["replica"]["name"] == "walreceiver"
    with standby.connect() as session:
        session.execute("SELECT pg_wal_replay_pause()")
        try:
            db.execute("CREATE TABLE much AS SELECT repeat('x', 500) FROM generate_series(1, 60000)")
            run = live(sql)
        finally:
            session.execute("SELECT pg_wal_replay_resume()")
    assert re.search(r"replica walreceiver is \d+ MB.* behind", run.stdout), run


def test_asks_as_often_for_many_files_as_for_one(db, live, migrate, make_proxy):
    proxy = make_proxy()

    def waits(count):
        seen = len(proxy.connections)
        files = {f"V{n}__a.sql": f"ALTER TABLE orders ADD COLUMN a{n} int;"
                 for n in range(1, count + 1)}
        run = migrate("plan", *BASELINE, files=files, env={"DATABASE_URL": proxy.url(db)})
        assert "50,000 rows" in run.stdout, run
        return sum(connection.bursts for connection in proxy.connections[seen:])

    assert waits(1) == waits(40)


def test_markdown_is_a_table_that_sql_cannot_leave(live):
    run = live("CREATE INDEX \"a|b`c<d>\" ON orders (total);\nUPDATE orders SET note = '@all';",
               "--format", "markdown")
    assert run.exit == 3, run
    lines = run.stdout.splitlines()
    assert lines[0].startswith("### migrate plan: 1 file, 2 statements, "), run
    (row,) = [line for line in lines if line.startswith("| 1:1 |")]
    assert row.count("|") == 5 and "<d>" not in row and "`c" not in row, row
    assert "**error** `index-not-concurrent`: " in row, row
    assert "<details><summary>1:1 index-not-concurrent: write instead</summary>" in lines, run


def test_github_annotates_and_writes_the_summary(live, tmp_path):
    summary = tmp_path / "summary.md"
    summary.touch()
    run = live("CREATE INDEX i ON orders (total);", "--format", "github",
               env={"GITHUB_STEP_SUMMARY": str(summary)})
    assert run.stdout.startswith("::error file="), run
    assert "title=index-not-concurrent::" in run.stdout, run
    assert summary.read_text().startswith("### migrate plan: 1 file, 1 statement, "), run


def test_other_commands_have_no_markdown(migrate):
    run = migrate("status", "--format", "markdown")
    assert run.exit == 2 and "markdown" in run.stderr, run
