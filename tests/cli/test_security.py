# SPDX-License-Identifier: MIT
"""
The threats, T1 to T18, each with a test on a live server; PROVEN names those in other files.  At the
end a canary: a password that is looked for in everything that some hundred failing runs leave
behind.  CANARY_RUNS tries more, CANARY_SEED others.
"""

import os
import random
import re
import socket
import threading
import time
from pathlib import Path
from urllib.parse import quote

import pytest

import proofs
from cluster import ROOT

OK = "CREATE TABLE fine (id int);"


# --- T1: names that our own statements would find elsewhere ---

QUERIES = "\n".join(
    re.sub(r"--.*", "", path.read_text()) for path in sorted((ROOT / "src/query").glob("*.sql"))
)
SPRING = """
CREATE SCHEMA trap;
CREATE SEQUENCE trap.called;
CREATE FUNCTION trap.spring() RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog
	AS $$SELECT pg_catalog.nextval('trap.called'::regclass)$$;
GRANT USAGE ON SCHEMA trap TO PUBLIC;
"""
# A double of every function, operator and type that our queries name, for all arguments it takes;
# and one for varchar where it takes text, which fits a column of that type better.
DOUBLES = """
SELECT format('CREATE FUNCTION %1$s.%2$I(%3$s) RETURNS %4$s LANGUAGE plpgsql AS'
              ' ''BEGIN PERFORM trap.spring(); RETURN%5$s; END''',
              '{schema}', proname, arguments, CASE WHEN proretset THEN 'SETOF ' ELSE '' END
              || prorettype::regtype, CASE WHEN proretset THEN '' ELSE ' NULL' END)
  FROM (SELECT DISTINCT ON (proname, arguments) *
          FROM (SELECT p.*, pg_get_function_identity_arguments(p.oid) AS own FROM pg_proc p) p
         CROSS JOIN LATERAL (VALUES (own), (replace(own, 'text', 'character varying'))) v(arguments)
         WHERE pronamespace = 'pg_catalog'::regnamespace AND proname = ANY (%(functions)s)
           AND own !~ 'any|internal|VARIADIC|OUT |cstring|ORDER BY'
           AND prorettype NOT IN (SELECT oid FROM pg_type WHERE typtype = 'p')) f
UNION ALL
SELECT format('CREATE FUNCTION %1$s.op_%2$s(%3$s, %4$s) RETURNS %5$s LANGUAGE plpgsql AS'
              ' ''BEGIN PERFORM trap.spring(); RETURN NULL; END'';'
              'CREATE OPERATOR %1$s.%6$s (LEFTARG = %3$s, RIGHTARG = %4$s, FUNCTION = %1$s.op_%2$s)',
              '{schema}', row_number() OVER (), l, r, result, oprname)
  FROM (SELECT DISTINCT oprname, oprresult::regtype AS result, v.l, v.r FROM pg_operator
         CROSS JOIN LATERAL (VALUES (oprleft::regtype::text, oprright::regtype::text),
               (replace(oprleft::regtype::text, 'text', 'character varying'),
                replace(oprright::regtype::text, 'text', 'character varying'))) v(l, r)
         WHERE oprnamespace = 'pg_catalog'::regnamespace AND oprname = ANY (%(operators)s)
           AND oprleft <> 0 AND (v.l || v.r || oprresult::regtype) !~ 'any') o
UNION ALL
SELECT format('CREATE DOMAIN {schema}.%%I AS int', name) FROM unnest(%(types)s::text[]) name
"""


def double_everything(db, schema):
    names = set(re.findall(r"\bpg_catalog\.\"?([a-z_0-9]+)\"?\(", QUERIES))
    values = {
        "functions": list(names | {"lower", "now", "coalesce", "count", "format"}),
        "operators": list(set(re.findall(r"OPERATOR\(pg_catalog\.([^)]+)\)", QUERIES)) | {"=", "<>"}),
        "types": sorted(set(re.findall(r"::pg_catalog\.\"?([a-z_0-9]+)", QUERIES)) - names),
    }
    assert len(values["functions"]) > 30 and len(values["operators"]) > 4, values
    sql = DOUBLES.replace("%1$", "%%1$").replace("{schema}", schema)
    sql = re.sub(r"%(?=[2-6]\$)", "%%", sql)
    made = [row[0] for row in db.execute(sql, values)]
    db.execute(";".join(made))
    return len(made)


LIFE = {
    "V1__a.sql": "CREATE TABLE app.a (id int);\nALTER TABLE app.a ADD b int;",
    "V2__i.sql": "CREATE INDEX CONCURRENTLY a_b ON app.a (b);",
    "V2.1__r.sql": "REINDEX INDEX CONCURRENTLY app.a_b;\nDROP INDEX CONCURRENTLY app.a_b;",
    "V2.2__p.sql": "CREATE TABLE app.p (id int) PARTITION BY RANGE (id);\n"
    "CREATE TABLE app.p1 PARTITION OF app.p FOR VALUES FROM (1) TO (9);\n"
    "ALTER TABLE app.p DETACH PARTITION app.p1;",
    "V2.3__l.sql": "SELECT pg_catalog.pg_advisory_lock(42);",
    "V3__c.sql": "COPY app.a FROM stdin;\n1\t2\n\\.\n",
    "R__v.sql": "CREATE OR REPLACE VIEW app.v AS SELECT b FROM app.a;",
}


@pytest.mark.parametrize("place", ["in front", "public", "history's schema"])
def test_t01_no_double_of_a_name_is_called(db, migrate, place):
    schema = {"in front": "evil", "public": "public", "history's schema": "app"}[place]
    db.execute(SPRING + "CREATE SCHEMA IF NOT EXISTS evil; CREATE SCHEMA app")
    assert double_everything(db, schema) > 200
    if place == "in front":
        db.execute(f'ALTER DATABASE "{db.name}" SET search_path = evil, pg_catalog, public')
    args = ("--schema", "app", "--table", "history")
    run = migrate("up", "--baseline-on-up", "--baseline-version", "0", *args, files=LIFE)
    assert run.exit == 0, run
    for command in ("status",), ("status", "--journal"), ("validate",), ("plan",), ("up",):
        run = migrate(*command, *args)
        assert run.exit == 0, run
    run = migrate("up", *args, files={"V4__bad.sql": "CREATE TABLE app.a (id int);"})
    assert run.exit == 1 and "42P07" in run.stderr, run
    run = migrate("up", *args, files={"V4__bad.sql": "-- migrate:transaction off\nCREATE TABLE app.a ();"})
    assert run.exit == 1 and "42P07" in run.stderr, run
    assert migrate("repair", "--applied", "4", *args).exit == 0
    assert migrate("repair", *args).exit == 0
    assert db.value("SELECT is_called FROM trap.called") is False


BARE = r"\bCASE [a-z$]|\bIN \(|NULLIF|DISTINCT FROM|BETWEEN|LIKE|USING \(| (=|<>|<|>|<=|>=|\|\||~|\*) "


def test_t01_no_operator_is_looked_up():
    """Also those that CASE x WHEN, IN and DISTINCT FROM stand for; pg_catalog alone is safe."""
    safe = "search_path = pg_catalog", "with the operators that it sees"
    for path in (ROOT / "src/query").glob("*.sql"):
        text = path.read_text()
        if not any(words in re.sub(r"\n-- ", " ", text) for words in safe):
            sql = re.sub(r"--.*|'[^']*'", "", text)
            assert re.search(BARE, sql) is None, (path.name, re.search(BARE, sql))


# --- T2: tables that somebody else has put there ---

TRAP = """
CREATE FUNCTION become() RETURNS trigger LANGUAGE plpgsql AS
	$$BEGIN EXECUTE 'ALTER ROLE {evil} SUPERUSER'; RETURN NEW; END$$;
CREATE TABLE {table} (installed_rank int PRIMARY KEY, version varchar(50), description varchar(200),
	type varchar(20), script varchar(1000), checksum int, installed_by varchar(100),
	installed_on timestamp DEFAULT now(), execution_time int, success bool, {more});
CREATE TRIGGER t BEFORE INSERT OR UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION become();
GRANT ALL ON {table} TO PUBLIC;
"""


@pytest.mark.parametrize("table", ["schema_history", "flyway_schema_history", "schema_history_journal"])
def test_t02_squatter_gains_nothing(db, migrate, table):
    evil = db.role()
    db.execute(f"GRANT ALL ON SCHEMA public TO {evil}")
    with db.connect(user=evil, host="127.0.0.1", password="secret") as connection:
        connection.execute(TRAP.format(evil=evil, table=table, more="x int"))
    for command in ("status",), ("plan",), ("validate",), ("up",), ("up", "--baseline-on-up"), ("repair",):
        run = migrate(*command, files={"V1__a.sql": OK})
        assert run.exit in (0, 4) and (command[0] != "up" or run.exit == 4), run
        if command[0] == "up":
            assert f'"{table}"' in run.stderr and evil in run.stderr, run
    assert not db.value(f"SELECT rolsuper FROM pg_roles WHERE rolname = '{evil}'")


def test_t02_row_security_of_a_squatter_is_seen(db, migrate):
    assert migrate("up", files={"V1__a.sql": OK}).exit == 0
    db.execute("ALTER TABLE schema_history ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    run = migrate("up", files={"V2__b.sql": "SELECT 1;"})
    assert run.exit == 4 and "row-level security" in run.stderr, run


# --- T10: what steers a terminal, a log, or a CI system ---

STEERING = "\x1b]0;owned\x07\x1b[2J\r\n::error::x\n##[error]x\u202e\u2066\x9b31m"
RAW = ("\x1b", "\x07", "\u202e", "\u2066", "\x9b", "\n::error", "\n##[")


def assert_tame(run):
    for raw in RAW:
        assert raw not in run.output, repr(run)


@pytest.mark.parametrize("form", ["text", "json"])
def test_t10_nothing_steers_the_terminal(db, migrate, form):
    bare = STEERING.replace("\r\n", "").replace("\n", "")
    quoted = "E'" + STEERING.replace("\x1b", "\\x1b").replace("\r", "\\r").replace("\n", "\\n") + "'"
    statements = {
        "notice": f"DO $$BEGIN RAISE NOTICE '%', {quoted}; END$$; SELECT nope;",
        "error": f"DO $$BEGIN RAISE EXCEPTION '%', {quoted} USING DETAIL = {quoted}, HINT = {quoted}; END$$;",
        "identifier": f'SELECT "{bare}" FROM nowhere;',
        "table": f'CREATE TABLE "{bare}" (); CREATE TABLE "{bare}" ();',
        "comment": f"/* {STEERING} */ SELECT nope; -- {STEERING}",
        "placeholder": "SELECT '${no" + bare + "}';",
        "answer": f"SELECT {quoted}; SELECT nope;",
        "directive": f"-- migrate:lock_timeout {bare}\nSELECT 1;",
    }
    for name, sql in statements.items():
        run = migrate("up", "--verbose", "--format", form, files={"V1__a.sql": sql})
        assert run.exit in (1, 4), f"{name}: {run}"
        assert_tame(run)
        assert form == "text" or run.json["success"] is False
    run = migrate("up", f"--{bare}", bare)
    assert run.exit == 2
    assert_tame(run)
    migrate.write({"migrate.yaml": f'"{bare.encode("unicode_escape").decode()}": 1\n'}, below=".")
    assert_tame(migrate("up", "--format", form))


def test_t10_names_of_a_blocker_are_tame(db, migrate):
    name = "role \x1b[2J\u202e"
    db.execute(f'CREATE ROLE "{name}" SUPERUSER LOGIN; CREATE TABLE held ()')
    try:
        with db.connect(user=name, application_name="\u202eevil") as blocker:
            blocker.execute("BEGIN; LOCK TABLE held; SELECT 1 /* \x1b[2J\u202e */")
            run = migrate(
                "up", "--lock-retry", "700ms", "--baseline-on-up", "--baseline-version", "0",
                files={"V1__a.sql": "ALTER TABLE held ADD a int;"},
            )  # fmt: skip
        assert run.exit == 6 and r"role \x1B[2J" in run.stderr, run
        assert_tame(run)
    finally:
        db.execute(f'DROP ROLE "{name}"')


# --- T11: folders that somebody else may write ---


def test_t11_hostile_folder_is_refused_at_once(db, migrate):
    """All of it in one folder, each thing named, nothing opened that would hang or tell a secret."""
    folder = migrate.folder / "migrations"
    folder.mkdir()
    links = {
        "V1__zero.sql": "/dev/zero", "V2__self.sql": "/proc/self/environ", "V3__loop.sql": "V3__loop.sql",
        "V4__up.sql": "../../../etc/passwd", "V5__gone.sql": "nowhere", "V6__tty.sql": "/dev/tty",
        "V7__root.sql": "/",
    }  # fmt: skip
    for name, target in links.items():
        (folder / name).symlink_to(target)
    os.mkfifo(folder / "V8__fifo.sql")
    with socket.socket(socket.AF_UNIX) as s:
        s.bind(str(folder / "V9__socket.sql"))
    with open(folder / "V10__sparse.sql", "wb") as file:
        file.truncate(10 << 30)
    (folder / "loop").symlink_to(".")
    started = time.monotonic()
    run = migrate("up", env={"CANARY": "S3cret-of-the-environment"}, timeout=30)
    assert run.exit == 4 and time.monotonic() - started < 10, run
    for name in (*links, "V8__fifo.sql", "V9__socket.sql", "V10__sparse.sql"):
        assert name in run.stderr, (name, run)
    assert "S3cret" not in run.output and "root:" not in run.output, run
    assert db.contents() == ([], [], [])


# --- T12: configuration that grows ---


@pytest.mark.parametrize(
    "text",
    ["[" * 65000, "{a: " * 16000, "a: &a [x]\n" + "".join(f"b{n}: [*a, *a]\n" for n in range(4000)),
     "? " * 30000, "- " * 30000, "table: \"" + "\\n" * 30000, "x" * 65000 + ":", "# " * 100000],
    ids=["brackets", "braces", "aliases", "questions", "dashes", "escapes", "key", "comment"],
)  # fmt: skip
def test_t12_configuration_bomb(offline, text):
    offline.write({"migrate.yaml": text}, below=".")
    started = time.process_time()
    run = offline("up", timeout=10)
    assert run.exit == 2 and "migrate.yaml" in run.stderr and len(run.stderr) < 3000, run
    assert os.times().children_user - started < 60  # the machine may be busy


# --- T14, T15: rights ---


def test_t14_role_without_rights_does_everything(db, migrate):
    role = db.role()
    db.execute(f"CREATE SCHEMA app AUTHORIZATION {role}; REVOKE ALL ON SCHEMA public FROM PUBLIC")
    env = {"DATABASE_URL": db.url_for(user=role)}
    for command in ("up",), ("status",), ("validate",), ("plan",), ("repair",), ("up",):
        run = migrate(*command, "--schema", "app", files=LIFE, env=env)
        assert run.exit == 0, run


def test_t15_history_belongs_to_nobody_else(db, migrate):
    assert migrate("up", files={"V1__a.sql": OK}).exit == 0
    role = db.role()
    for table in "schema_history", "schema_history_journal":
        for right in "SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "TRIGGER":
            assert not db.value(f"SELECT has_table_privilege('{role}', '{table}', '{right}')")


# --- T17: the environment ---


def test_t17_environment_does_not_lead_elsewhere(db, migrate):
    """libpq's variables fill gaps only, and what they set does not reach our own statements."""
    db.execute("CREATE SCHEMA evil; CREATE TABLE evil.schema_history (x int)")
    (migrate.folder / "services").write_text("[evil]\nhost=evil.invalid\ndbname=evil\n")
    env = {
        "PGHOST": "evil.invalid", "PGPORT": "1", "PGDATABASE": "evil", "PGUSER": "evil",
        "PGSERVICEFILE": "services", "PGCLIENTENCODING": "SQL_ASCII", "PGAPPNAME": "evil",
        "PGOPTIONS": "-c row_security=on -c datestyle=German -c standard_conforming_strings=off"
        " -c bytea_output=escape -c intervalstyle=sql_standard -c extra_float_digits=-10"
        " -c lock_timeout=1 -c statement_timeout=2000 -c quote_all_identifiers=on",
    }  # fmt: skip
    for command in ("up",), ("status",), ("validate",), ("up",):
        run = migrate(*command, files={"V1__ä.sql": "CREATE TABLE ä (a int);"}, env=env)
        assert run.exit == 0, run
    assert db.exists("ä") and db.value("SELECT count(*) FROM evil.schema_history") == 0


# --- what other files prove ---

PROVEN = {
    1: ["test_states.py::test_own_statements_are_safe_under_a_hostile_search_path"],
    2: [
        "test_bad_input.py::test_history_that_cannot_be_trusted",
        "test_bad_input.py::test_history_of_a_foreign_owner",
        "test_states.py::test_history_that_is_a_trap_is_not_even_read",
    ],
    3: [
        "test_bad_input.py::test_names_with_quotes_and_spaces",
        "test_states.py::test_names_that_would_be_cut",
    ],
    4: ["test_bad_input.py::test_unknown_placeholder", "test_config.py::test_no_output_has_a_password"],
    5: [
        "test_bad_input.py::test_password_does_not_stay_in_argv",
        "test_config.py::test_no_password_in_the_process_list",
    ],
    6: ["test_bad_input.py::test_wrong_url", "check_url.c::refuses_without_repeating_a_secret"],
    7: [
        "test_journal.py::test_holds_no_secret",
        "test_help.py::test_no_core_dumps",
        "test_output.py::test_dry_run_into_a_file_for_its_owner_only",
    ],
    8: [
        "test_connection.py::test_certificate_that_cannot_be_checked",
        "test_connection.py::test_tls_that_the_server_does_not_have",
    ],
    9: [
        "test_hostile_server.py::test_seeded_streams",
        "test_hostile_server.py::test_flood_of_notices_is_tamed",
    ],
    11: ["test_bad_input.py::test_links_of_a_config_map"],
    12: ["test_bad_input.py::test_configuration_bomb_is_refused_at_once"],
    13: ["test_output.py::test_answers_are_valid_json_with_strange_names"],
    16: ["test_hundred.py::test_run_lock_that_is_held"],
    18: ["test_bad_input.py::test_file_that_changes_before_its_commit"],
}


def test_every_threat_is_proven():
    own = {int(n) for n in re.findall(r"^def test_t(\d\d)_", Path(__file__).read_text(), re.M)}
    assert own | set(PROVEN) == set(range(1, 19))


@pytest.mark.parametrize("proof", sorted({proof for proofs in PROVEN.values() for proof in proofs}))
def test_proof_exists(proof):
    assert proofs.exists(proof)


# --- the canary ---

CORE = "Zk7CanaryQ9"  # stands in every form of the password, encoded or not
SECRET = f"p/{CORE}@ %4"
ENCODED = quote(SECRET, safe="")
RUNS = int(os.environ.get("CANARY_RUNS", "120"))
SEED = int(os.environ.get("CANARY_SEED", "1"))
SECONDS = 40  # of a run that was not asked for more

# Where the password stands: arguments, environment, files.  {where} is host=... port=... or its like.
PLACES = [
    lambda w: (["--url", f"postgresql://{w.user}:{ENCODED}@{w.host}:{w.port}/{w.db}"], {}, {}),
    lambda w: (["--url", f"postgresql://{w.user}:{SECRET}@{w.host}:{w.port}/{w.db}"], {}, {}),
    lambda w: (["--url", f"{w.words} password='{SECRET}'"], {}, {}),
    lambda w: (["--url", f"{w.words} password={SECRET}"], {}, {}),
    lambda w: (["--url", f"jdbc:postgresql://{w.host}:{w.port}/{w.db}?user={w.user}&password={ENCODED}"], {}, {}),
    lambda w: (["--url", w.words, "--password", SECRET], {}, {}),
    lambda w: ([], {"DATABASE_URL": f"postgresql://{w.user}:{ENCODED}@{w.host}:{w.port}/{w.db}"}, {}),
    lambda w: ([], {"MIGRATE_URL": w.words, "MIGRATE_PASSWORD": SECRET}, {}),
    lambda w: ([], {"DATABASE_URL": w.words, "PGPASSWORD": SECRET}, {}),
    lambda w: ([], {}, {"migrate.yaml": f"url: postgresql://{w.user}:{ENCODED}@{w.host}:{w.port}/{w.db}\n"}),
    lambda w: ([], {}, {"migrate.yaml": f"url: {w.words}\npassword: '{SECRET}'\n"}),
    lambda w: ([], {}, {"migrate.yaml": "url_file: u\n", "u": f"{w.words} password='{SECRET}'\n"}),
    lambda w: (["--password-command", f"echo '{SECRET}'"], {"DATABASE_URL": w.words}, {}),
    lambda w: ([], {"DATABASE_URL": w.words, "PGPASSFILE": ".pgpass"},
               {".pgpass": "*:*:*:*:" + SECRET.replace("\\", "\\\\") + "\n"}),
    lambda w: ([], {"DATABASE_URL": "service=s", "PGSERVICEFILE": "services"},
               {"services": f"[s]\nhost={w.host}\nport={w.port}\nuser={w.user}\ndbname={w.db}\npassword={SECRET}\n"}),
]  # fmt: skip

# What else is wrong: arguments, files in the folder.  None: nothing but the server.
FAULTS = [
    (["up"], {"V1__a.sql": "SELECT nope;"}),
    (["up", "--verbose"], {"V1__a.sql": "CREATE ROLE x PASSWORD 'y' NONSENSE;"}),
    (["up", "--format", "json"], {"V1__a.sql": "SELECT 1/0;"}),
    (["up"], {"V1__a.sql": "-- migrate:transaction off\nSELECT current_setting('no.such');"}),
    (["up"], {"v1__a.sql": OK}),
    (["up", "--no-such-option"], {}),
    (["up", "--lock-timeout", "5"], {}),
    (["up", "extra"], {}),
    (["upp"], {}),
    (["up", "--table", "x" * 70], {}),
    (["up", "--target", "99"], {"V1__a.sql": OK}),
    (["up", "--env", "nowhere"], {}),
    (["up", "--config", "missing.yaml"], {}),
    (["status", "--directory", "missing"], {}),
    (["plan", "--format", "json"], {"V1__a.sql": "SELECT '"}),
    (["validate", "--verbose"], {"V1__a.sql": "COMMIT;"}),
    (["baseline", "x"], {}),
    (["repair", "--applied", "99"], {}),
    (["up", "--role", "nobody_at_all"], {"V1__a.sql": OK}),
    (["up", "--password-command", "exit 3"], {}),
    (["up", "--dry-run", "--format", "json"], {}),
]


class Where:
    def __init__(self, host, port, user, db):
        self.host, self.port, self.user, self.db = host, port, user, db
        self.words = f"host={host} port={port} user={user} dbname={db}"


@pytest.fixture
def activity(cluster):
    """All that a superuser sees of other sessions while the test runs."""
    seen, stop = set(), threading.Event()

    def look():
        with cluster.connect() as connection:
            while not stop.is_set():
                seen.update(
                    connection.execute(
                        "SELECT application_name, query, datname FROM pg_stat_activity"
                        " WHERE pid <> pg_backend_pid()"
                    ).fetchall()
                )
                stop.wait(0.01)

    thread = threading.Thread(target=look)
    thread.start()
    yield seen
    stop.set()
    thread.join()


def command_lines(text):
    """Processes whose command line shows the text; ours is one that did not wipe it."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes()
        except OSError:
            continue
        if text.encode() in line:
            found.append(line)
    return found


def test_canary_is_nowhere(db, cluster, make_runner, activity):
    role = db.role("CREATEROLE", SECRET.replace("'", "''"))
    db.execute(f"GRANT CREATE ON SCHEMA public TO {role}")
    wheres = [
        Where("127.0.0.1", cluster.port, role, db.name),
        Where("127.0.0.1", cluster.port, db.role(), db.name),  # its password is another
        Where("127.0.0.1", cluster.port, role, "nowhere"),
        Where("127.0.0.1", 1, role, db.name),
    ]
    activity.clear()  # the roles were made with their passwords
    started, ends, failing = time.monotonic(), {}, 0
    for seed in range(SEED, SEED + RUNS):
        if RUNS <= 120 and time.monotonic() - started > SECONDS:
            break
        chance = random.Random(seed)
        args, env, files = chance.choice(PLACES)(chance.choice(wheres))
        fault, scripts = chance.choice(FAULTS)
        runner = make_runner()
        (runner.folder / "migrations").mkdir()
        runner.write(files, below=".")
        for name in files:
            (runner.folder / name).chmod(0o600)
        run = runner(*fault, *args, files=scripts, env=env, timeout=30)
        assert CORE not in run.output and ENCODED not in run.output, f"seed {seed}: {run.output}"
        ends[run.exit] = ends.get(run.exit, 0) + 1
        failing += run.exit != 0
    print(f"canary: {failing} failing runs, by exit status {dict(sorted(ends.items()))}")
    assert failing > 0.8 * sum(ends.values()) and {1, 2, 4, 5} <= set(ends), ends
    assert any(name == db.name for _, _, name in activity)
    shown = [row for row in activity if CORE in str(row) and "CREATE ROLE role_" not in row[1]]
    assert shown == []
    assert CORE not in str(db.contents()) and CORE not in cluster.log()


def test_canary_leaves_the_command_line_at_once(db, migrate):
    role = db.role("SUPERUSER", SECRET.replace("'", "''"))
    url = f"postgresql://{role}:{ENCODED}@127.0.0.1:{db.cluster.port}/{db.name}"
    run = migrate.start(
        "up", "--url", url, files={"V1__a.sql": "SELECT pg_sleep(2);"}, env={"DATABASE_URL": None}
    )
    db.wait_for_statement("pg_sleep(2)")
    assert command_lines(CORE) == []
    assert run.wait().exit == 0
