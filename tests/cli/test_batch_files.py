# SPDX-License-Identifier: MIT
"""Files in batches: what is refused before anything runs, and how they are shown."""

import subprocess

import pytest

TABLE = """
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint, created_at timestamptz NOT NULL,
    data json, token text, status text, seen timestamptz UNIQUE);
INSERT INTO orders SELECT n, n % 7, now(), '{}', n, NULL, NULL FROM generate_series(1, 20) n;
ANALYZE orders;
"""
BASELINE = {"MIGRATE_BASELINE_ON_UP": "true", "MIGRATE_BASELINE_VERSION": "0"}
WHERE = "WHERE status IS NULL AND"


def batch(options, statement):
    return f"-- migrate:batch {options}\n{statement};\n"


def update(options="table=orders key=id", key="id", table="orders"):
    return batch(options, f"UPDATE {table} SET status = 'new' {WHERE} {key} BETWEEN :from AND :to")


@pytest.fixture
def refused(db, migrate):
    """Runs plan, validate and up over a table and a file in batches; what they refuse it with."""

    def run(text, setup=TABLE, extra=None):
        db.execute(setup)
        files = {"V1__fill.sql": text, **(extra or {})}
        runs = [
            migrate(command, files=files, env=BASELINE) for command in ("plan", "validate", "up")
        ]
        assert [run.exit for run in runs] == [4, 4, 4], runs
        assert not db.exists("schema_history")
        return runs[2].output

    return run


# --- the statement ---


@pytest.mark.parametrize(
    "text, message, place",
    [
        (update() + "SELECT 1;", "this SELECT is a second one", "3:1"),
        (batch("table=orders key=id", "UPDATE orders SET status = 'new'"), "has no :from", "2:1"),
        (
            batch("table=orders key=id", "DELETE FROM orders WHERE id >= :from OR id <= :to"),
            "does not bound",
            "2:32",
        ),
        (update(key="customer_id"), "bounds customer_id, but the key of the file is id", "2:59"),
        (
            "-- migrate:transaction off\n" + update(),
            'no use for "transaction"',
            "1:1",
        ),
        ("BEGIN;\n" + update() + "COMMIT;", "before its first statement", "2:12"),
        (batch("table=orders key=id", "COPY orders FROM stdin") + "\\.\n", "not COPY", "2:1"),
        (update("table=orders"), "batch needs key=<columns>", "1:18"),
        (update("table=orders key=id size=10 min=20"), "min <= size <= max", "1:18"),
    ],
    ids=["two", "no-from", "or", "column", "transaction", "begin", "copy", "no-key", "sizes"],
)
def test_statement_that_does_not_fit_is_refused_at_its_place(refused, text, message, place):
    output = refused(text)
    assert message in output, output
    assert f"V1__fill.sql:{place}" in output, output
    assert output.count("error:") == 1, output


def test_only_versions_run_in_batches(db, migrate):
    db.execute(TABLE)
    run = migrate("up", files={"R__fill.sql": update()}, env=BASELINE)
    assert run.exit == 4 and "only a V or U file" in run.output, run


# --- the key ---


@pytest.mark.parametrize(
    "key, message, next_step",
    [
        ("data", "the values of data (json) have no order", "a btree index can be built on"),
        ("nothing", "public.orders has no column nothing", "primary key"),
        (
            "customer_id",
            "several rows of public.orders may have the same customer_id",
            'Write "key=customer_id,id" and "(customer_id, id) BETWEEN :from AND :to".  Build its '
            "index first, in a file of its own: CREATE INDEX CONCURRENTLY "
            "orders_customer_id_id_idx ON public.orders (customer_id, id).",
        ),
        (
            "created_at,token",
            "several rows of public.orders may have the same (created_at, token)",
            'Write "key=created_at,token,id"',
        ),
        (
            "created_at,id",
            "no index of public.orders has its rows in the order of (created_at, id)",
            "CREATE INDEX CONCURRENTLY orders_created_at_id_idx ON public.orders (created_at, id)",
        ),
    ],
)
def test_key_that_leads_through_no_index_is_refused(refused, key, message, next_step):
    column = f"({key.replace(',', ', ')})" if "," in key else key
    output = refused(update(f"table=orders key={key}", column))
    assert message in output, output
    assert next_step in output.replace("\n", " ").replace("      ", " "), output
    assert "V1__fill.sql:1:1" in output, output


INDEXES = [
    ("hash", "CREATE INDEX ON orders USING hash (token)"),
    ("partial", "CREATE UNIQUE INDEX ON orders (token) WHERE id > 0"),
    ("expression", "CREATE UNIQUE INDEX ON orders (lower(token))"),
    ("pattern", "CREATE INDEX ON orders (token text_pattern_ops)"),
    ("collation", 'CREATE INDEX ON orders (token COLLATE "POSIX")'),
    ("nulls-first", "CREATE INDEX ON orders (token NULLS FIRST)"),
    ("second", "CREATE INDEX ON orders (status, token)"),
]


@pytest.mark.parametrize("index", [index for _, index in INDEXES], ids=[i for i, _ in INDEXES])
def test_index_of_another_order_does_not_serve(refused, index):
    unique = "ALTER TABLE orders ADD EXCLUDE USING btree (id WITH =);"
    output = refused(
        update("table=orders key=token,id", "(token, id)"), TABLE + unique + index + ";"
    )
    assert "no index of public.orders has its rows in the order of (token, id)" in output, output


def test_operators_that_no_search_path_leads_to_are_refused(db, migrate, refused):
    text = update("table=words key=word", "word", "words")
    output = refused(
        text,
        "CREATE SCHEMA ext; CREATE EXTENSION citext SCHEMA ext;"
        " CREATE TABLE words (word ext.citext PRIMARY KEY, status text)",
    )
    assert "no search_path leads to the operators of word (ext.citext)" in output, output
    assert "Put the schema ext into the role's search_path" in output, output
    db.execute(f'ALTER DATABASE "{db.name}" SET search_path = public, ext')
    assert migrate("up", env=BASELINE).exit == 0


def test_invalid_index_does_not_serve(db, refused):
    output = refused(
        update("table=orders key=token,id", "(token, id)"),
        TABLE
        + "CREATE INDEX broken ON orders (token, id);"
        + "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'broken'::regclass;",
    )
    assert "in the order of (token, id)" in output, output


def test_columns_in_two_directions_do_not_serve(refused):
    output = refused(
        update("table=orders key=created_at,id", "(created_at, id)"),
        TABLE + "CREATE INDEX ON orders (created_at, id DESC);",
    )
    assert "in the order of (created_at, id)" in output, output


@pytest.mark.parametrize(
    "index, key",
    [
        ("CREATE INDEX ON orders (created_at, id, status)", "created_at,id"),
        ("CREATE INDEX ON orders (created_at DESC, id DESC)", "created_at,id"),
        ("CREATE INDEX ON orders (token, id) INCLUDE (status)", "token,id"),
        ("SELECT 1", "seen"),
        ("ALTER TABLE orders ADD UNIQUE (token) DEFERRABLE", "token"),
    ],
)
def test_index_that_serves_is_taken(db, migrate, index, key):
    db.execute(TABLE)
    db.execute(index)
    column = f"({key.replace(',', ', ')})" if "," in key else key
    files = {"V1__fill.sql": update(f"table=orders key={key}", column)}
    run = migrate("plan", files=files, env=BASELINE)
    assert run.exit == 0, run


def test_table_without_any_key_is_told_to_get_one(refused):
    output = refused(
        update("table=plain key=id", table="plain"),
        "CREATE TABLE plain (id int, status text); CREATE INDEX ON plain (id)"
    )
    assert "give it a primary key first" in output, output


# --- the table ---


@pytest.mark.parametrize(
    "made, message",
    [
        ("CREATE VIEW other AS SELECT * FROM orders", "public.other is a view"),
        (
            "CREATE MATERIALIZED VIEW other AS SELECT * FROM orders",
            "public.other is a materialized view",
        ),
        (
            "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w;"
            "CREATE FOREIGN TABLE other (id int, status text) SERVER s",
            "public.other is a foreign table",
        ),
        ("CREATE SEQUENCE other", "public.other is no table"),
        (
            "CREATE TABLE other (id int PRIMARY KEY, status text);"
            "CREATE TABLE child () INHERITS (other)",
            "public.other has children by inheritance",
        ),
    ],
    ids=["view", "materialized", "foreign", "sequence", "inheritance"],
)
def test_relation_that_is_no_table_is_refused(refused, made, message):
    output = refused(update("table=other key=id", table="other"), TABLE + made)
    assert message in output, output


PARTITIONED = """
CREATE TABLE parted (id int, status text, day date, PRIMARY KEY (id)) PARTITION BY RANGE (id);
CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM (0) TO (100);
CREATE TABLE parted_2 PARTITION OF parted DEFAULT;
"""


@pytest.mark.parametrize("table", ["parted", "parted_1", "public.parted_2"])
def test_partitioned_table_and_partition_are_taken(db, migrate, table):
    db.execute(PARTITIONED)
    files = {"V1__fill.sql": update(f"table={table} key=id", table=table)}
    run = migrate("plan", files=files, env=BASELINE)
    assert run.exit == 0, run


def test_partitioned_table_is_told_how_its_index_is_built(refused):
    output = refused(
        update("table=parted key=day,id", "(day, id)", "parted"), PARTITIONED
    )
    assert "ON ONLY public.parted (day, id)" in output, output
    assert "ATTACH PARTITION" in output, output


def test_table_that_an_earlier_file_makes_is_no_mistake(migrate):
    run = migrate(
        "plan",
        files={"V1__make.sql": "CREATE TABLE orders (id int PRIMARY KEY, status text);",
               "V2__fill.sql": update()},
    )
    assert run.exit == 0, run


def test_names_are_quoted_as_sql_has_them(db, migrate):
    db.execute('CREATE TABLE "Odd Ones" ("Key" int PRIMARY KEY, status text)')
    files = {"V1__fill.sql": update('table="Odd Ones" key="Key"', '"Key"', '"Odd Ones"')}
    run = migrate("plan", files=files, env=BASELINE)
    assert run.exit == 0, run


# --- how it is shown ---

FILES = {
    "V1__fill.sql": update("table=orders key=id size=3 pause=2s"),
    "V2__copy.sql": batch(
        "table=orders key=id",
        "INSERT INTO old SELECT * FROM orders WHERE id BETWEEN :from AND :to",
    ),
    "V3__seen.sql": "-- migrate:until SELECT 1 FROM orders WHERE seen > now()\n"
    + batch("table=orders key=seen", "DELETE FROM orders WHERE seen BETWEEN :from AND :to"),
    "V4__later.sql": "CREATE TABLE later (id int PRIMARY KEY, status text);",
    "V5__later.sql": update("table=later key=id", table="later"),
}


@pytest.fixture
def pending(db, migrate):
    db.execute(TABLE + "CREATE TABLE old (LIKE orders);")

    def run(*args):
        return migrate(*args, files=FILES, env=BASELINE)

    return run


def test_plan_tells_how_batches_end(pending):
    run = pending("plan")
    assert run.exit == 0, run
    for line in (
        "V1__fill.sql  in batches of 3 by id, backfill",
        "  2:1 UPDATE orders SET status = 'new' WHERE status IS NULL AND id BETWEEN :from AND :to",
        "  until this finds nothing: SELECT 1 FROM orders WHERE status IS NULL LIMIT 1",
        "  public.orders has about 20 rows: 7 batches, about 14 s",
        "  one pass, without a check at the end (an INSERT has none of its own); "
        '"-- migrate:until SELECT ..." gives it one',
        "  until this finds nothing: SELECT 1 FROM orders WHERE seen > now()",
        "  rows in which seen is NULL are in no batch",
        "  its table is not there yet: the key is looked at when it is",
    ):
        assert f"{line}\n" in run.stdout, run
    assert "only reads" not in run.stdout, run


def test_plan_tells_it_to_machines(pending):
    files = pending("plan", "--format", "json").json["files"]
    assert [file["batch"] is None for file in files] == [False, False, False, True, False]
    assert files[0]["batch"] == {
        "table": "orders",
        "key": ["id"],
        "size": 3,
        "min": 3,
        "max": 10000,
        "targetMs": 500,
        "pauseMs": 2000,
        "maxLagMs": None,
        "maxWaiters": None,
        "check": "SELECT 1 FROM orders WHERE status IS NULL LIMIT 1",
        "whyNoCheck": None,
        "relation": "public.orders",
        "rows": 20,
        "batches": 7,
        "seconds": 14,
        "keyNullable": False,
        "done": None,
    }
    assert not files[0]["transaction"] and len(files[0]["statements"]) == 1
    assert files[1]["batch"]["whyNoCheck"] == "an INSERT has none of its own"
    assert files[2]["batch"]["check"] == "SELECT 1 FROM orders WHERE seen > now()"
    assert files[2]["batch"]["keyNullable"] and files[4]["batch"]["rows"] is None


def test_plan_tells_it_to_reviewers(pending):
    run = pending("plan", "--format", "markdown")
    assert "Runs in batches of 3 by id, backfill" in run.stdout, run
    assert "- until this finds nothing: " in run.stdout, run


def test_status_tells_it_to_machines(pending):
    migrations = pending("status", "--format", "json").json["migrations"]
    batches = {m["version"]: m["batch"] for m in migrations}
    assert batches["1"]["key"] == ["id"] and batches["4"] is None, migrations


def test_lint_reads_the_statement_of_a_batch(offline):
    """As any other: what is wrong with it is found, and nobody calls it unbounded."""
    text = "UPDATE orders SET total = 1, total = 2 WHERE id BETWEEN :from AND :to"
    run = offline("lint", files={**FILES, "V9__twice.sql": batch("table=orders key=id", text)})
    assert "V9__twice.sql:2:1: error: column \"total\" is named twice" in run.output, run
    assert "1 error\n" in run.output and "warning" not in run.output, run


# --- as SQL for psql ---

PAIRS = """
CREATE TABLE pairs (day date, id int, n int DEFAULT 0, word text);
CREATE UNIQUE INDEX ON pairs (day, id);
INSERT INTO pairs SELECT date '2026-01-01' + n % 3, CASE WHEN n % 10 > 0 THEN n END FROM generate_series(1, 50) n;
"""


def psql(db, sql):
    command = ["psql", "-X", "-q", "-f", "-", db.url]
    return subprocess.run(command, input=sql, capture_output=True, text=True, timeout=60)


def test_dry_run_of_batches_runs_in_psql(db, migrate):
    """Each row is changed once, in transactions of at most seven keys; NULLs are left out."""
    statement = (
        "UPDATE pairs SET n = n + 1, word = 'it''s $migrate$ :from ' || txid_current() "
        "WHERE (day, id) BETWEEN :from AND :to RETURNING n -- the end"
    )
    db.execute(PAIRS)
    files = {
        "V1__pairs.sql": batch("table=pairs key=day,id size=7 pause=0", statement + "\n"),
        "V2__after.sql": "CREATE TABLE after ();",
    }
    sql = migrate("up", "--dry-run", files=files, env=BASELINE).stdout
    assert "COMMIT;" in sql and db.value("SELECT sum(n) FROM pairs") == 0
    run = psql(db, sql)
    assert (run.returncode, run.stderr) == (0, ""), run
    assert db.value("SELECT count(*) FROM pairs WHERE n = 1 AND word LIKE 'it''s $migrate$ :from %'") == 45
    assert db.value("SELECT count(*) FROM pairs WHERE n = 0 AND id IS NULL") == 5
    assert db.value("SELECT max(c) FROM (SELECT count(*) c FROM pairs WHERE n = 1 GROUP BY word) x") == 7
    assert db.versions() == ["0", "1", "2"]


def test_dry_run_of_batches_whose_table_an_earlier_file_makes(db, migrate):
    files = {
        "V1__make.sql": "CREATE TABLE orders (id int PRIMARY KEY, status text);"
        "INSERT INTO orders SELECT generate_series(1, 9, 2);",
        "V2__fill.sql": update("table=orders key=id size=2 pause=0"),
    }
    run = psql(db, migrate("up", "--dry-run", files=files).stdout)
    assert (run.returncode, run.stderr) == (0, ""), run
    assert db.value("SELECT count(*) FROM orders WHERE status = 'new'") == 5


def test_dry_run_of_batches_ends_when_rows_are_left(db, migrate):
    db.execute(TABLE)
    files = {
        "V1__fill.sql": "-- migrate:until SELECT 1 FROM orders WHERE status <> 'done'\n"
        + update("table=orders key=id pause=0"),
        "V2__after.sql": "CREATE TABLE after ();",
    }
    run = psql(db, migrate("up", "--dry-run", files=files, env=BASELINE).stdout)
    assert run.returncode == 3 and "rows are left" in run.stderr, run
    assert db.value("SELECT count(*) FROM orders WHERE status = 'new'") == 20
    assert not db.exists("after")


# --- keys of every ordered type ---

TYPES = """
CREATE SCHEMA "Odd Ones";
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE DOMAIN positive AS int CHECK (value > 0);
CREATE DOMAIN "Odd Ones"."My Type" AS positive;
"""
KEYS = {
    "uuid": "md5(n::text)::uuid",
    "text": "'k' || n",
    'text COLLATE "POSIX"': "'k' || n",
    "varchar(9)": "n::text",
    "char(5)": "n::text",
    "numeric(12, 3)": "n / 7.0",
    "float8": "CASE n WHEN 1 THEN 'NaN' WHEN 2 THEN '-Infinity' ELSE n / 7.0 END::float8",
    "date": "CASE n WHEN 1 THEN 'infinity' ELSE '2026-01-01' END::date + n",
    "timestamptz": "timestamptz '2026-01-01' + n * interval '0.000001 s'",
    "interval": "n * interval '1 h'",
    "mood": "('{sad,ok,happy}'::mood[])[1 + n % 3]",
    "bool": "n > 1",
    "positive": "n",
    '"Odd Ones"."My Type"': "n",
    "int[]": "ARRAY[n, NULL]",
    "int4range": "int4range(n, n + 1)",
    "bit(8)": "n::bit(8)",
    "inet": "('10.0.0.' || n)::inet",
    "bytea": "int8send(n)",
    "jsonb": "to_jsonb(n)",
}


@pytest.fixture
def keys(db):
    """A table for each type, and a file in batches for each table."""
    db.execute(TYPES)
    for i, (kind, value) in enumerate(KEYS.items(), 1):
        db.execute(f"CREATE TABLE t{i} (k {kind} PRIMARY KEY, n int DEFAULT 0, status text)")
        db.execute(f"INSERT INTO t{i} SELECT DISTINCT {value} FROM generate_series(1, 10) n")
    statement = "UPDATE t{0} SET n = n + 1, status = 'new' WHERE status IS NULL AND k "
    return {
        f"V{i}__t.sql": batch(
            f"table=t{i} key=k size=2 min=2 pause=0", statement.format(i) + "BETWEEN :from AND :to"
        )
        for i in range(1, len(KEYS) + 1)
    }


def assert_changed_once(db):
    for i, kind in enumerate(KEYS, 1):
        rows = db.execute(f"SELECT DISTINCT n FROM t{i}")
        assert rows == [(1,)], (kind, rows)


def test_every_ordered_type_can_be_a_key(db, migrate, keys):
    run = migrate("up", files=keys, env=BASELINE)
    assert run.exit == 0, run
    assert_changed_once(db)


def test_every_ordered_type_can_be_a_key_in_psql(db, migrate, keys):
    run = psql(db, migrate("up", "--dry-run", files=keys, env=BASELINE).stdout)
    assert (run.returncode, run.stderr) == (0, ""), run
    assert_changed_once(db)


# --- what was stopped ---


@pytest.fixture
def stopped(db, migrate):
    """Three batches of three rows are done, then one cannot: a division by zero."""
    db.execute("CREATE TABLE t (id int PRIMARY KEY, by int, n int DEFAULT 0)")
    db.execute("INSERT INTO t SELECT n, n - 11 FROM generate_series(1, 20) n")
    text = "UPDATE t SET n = n + 1 + 0 / by WHERE n = 0 AND id BETWEEN :from AND :to"
    files = {"V1__t.sql": batch("table=t key=id size=3 min=3 max=3 pause=0", text)}
    run = migrate("up", files=files, env=BASELINE)
    assert run.exit == 1 and db.value("SELECT sum(n) FROM t") == 9, run
    db.execute("UPDATE t SET by = 1")


def test_stopped_batches_are_shown(migrate, stopped):
    run = migrate("status")
    assert "V1__t.sql: 3 batches are done, up to 9\n" in run.stdout, run
    run = migrate("plan")
    assert "in batches of 3 by id, backfill, goes on: 3 batches are done, up to 9\n" in run.stdout
    done = {"pass": 1, "batches": 3, "rows": 9, "last": ["9"]}
    run = migrate("plan", "--format", "json")
    assert run.json["files"][0]["batch"]["done"] == done, run
    run = migrate("status", "--format", "json")
    assert [m["batch"]["done"] for m in run.json["migrations"] if m["batch"]] == [done], run


def test_dry_run_goes_on_behind_the_last_batch(db, migrate, stopped):
    db.execute("UPDATE t SET n = 100 WHERE id < 10")
    sql = migrate("up", "--dry-run").stdout
    assert "AND (\"id\") > ('9')" in sql
    run = psql(db, sql)
    assert (run.returncode, run.stderr) == (0, ""), run
    assert db.value("SELECT count(*) FROM t WHERE n = CASE WHEN id < 10 THEN 100 ELSE 1 END") == 20
    assert db.versions() == ["0", "1"]


def test_until_that_counts_is_refused(refused, migrate):
    count = "-- migrate:until SELECT count(*) FROM orders WHERE status IS NULL"
    output = refused(f"{count}\n" + update())
    assert '"until" always finds a row: a count is one' in output, output
    assert "V1__fill.sql:1:18" in output, output
    files = {"V1__fill.sql": f"{count} HAVING count(*) > 0\n" + update()}
    assert migrate("up", files=files, env=BASELINE).exit == 0


@pytest.mark.parametrize(
    "until, message",
    [
        ("SELECT 1 FROM orders WHERE", "syntax error"),
        ("SELECT 1 FROM nowhere", 'relation "nowhere" does not exist'),
        ("SELECT 1; DROP TABLE orders", "syntax error"),
    ],
)
def test_mistake_in_until_is_told_before_the_first_batch(db, migrate, until, message):
    db.execute(TABLE)
    text = f"-- migrate:until {until}\n" + update()
    run = migrate("up", files={"V1__fill.sql": text}, env=BASELINE)
    assert run.exit == 1 and message in run.stderr, run
    assert "V1__fill.sql:1:18" in run.stderr, run
    assert db.value("SELECT count(*) FROM orders WHERE status IS NULL") == 20
    run = migrate("up", files={"V1__fill.sql": update()})
    assert run.exit == 0 and db.value("SELECT count(status) FROM orders") == 20, run
