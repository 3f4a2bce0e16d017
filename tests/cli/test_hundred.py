# SPDX-License-Identifier: MIT
"""
The hundred bad inputs, by number: what the program is given, how it must end, and the words that
help.  What needs more than files, settings and a statement beforehand is proven elsewhere: PROVEN
names the tests, and that they exist is checked.
"""

import os
import re
import socket
import subprocess
from pathlib import Path

import pytest

import proofs
from runner import PROGRAM

OK = "CREATE TABLE fine (id int);"
SANITIZED = b"__asan_init" in Path(PROGRAM[-1]).read_bytes()
NFC, NFD = "\u00e9", "e\u0301"


class Case:
    """
    files, config, setup (SQL), prepare(folder) come before the run of args; env as for migrate().
    exit and words are what must be seen; behind an error there must be a way on (NEXT, HINT).
    """

    def __init__(self, exit, *words, args=("up",), next=True, **given):
        self.exit, self.words, self.args, self.given = exit, words, args, given
        self.next = next and exit not in (0,)


def sql(text, **more):
    return dict(files={"V1__a.sql": text}, **more)


def make_folder(folder):
    (folder / "migrations").mkdir()


def make_link(target):
    def prepare(folder):
        make_folder(folder)
        (folder / "migrations/V1__a.sql").symlink_to(target)

    return prepare


def make_socket(folder):
    make_folder(folder)
    with socket.socket(socket.AF_UNIX) as s:
        s.bind(str(folder / "migrations/V1__a.sql"))


def make_fifo(folder):
    make_folder(folder)
    os.mkfifo(folder / "migrations/V1__a.sql")


def mode(bits, name="migrate.yaml", content=None):
    def prepare(folder):
        if content is not None:
            (folder / name).write_text(content)
        (folder / name).chmod(bits)

    return prepare


def bad_names(*names):
    return [Case(4, name, files={name: OK}) for name in names]


CASES = {
    1: [Case(2, '"migrations"')],
    3: [Case(2, '"migrations"', prepare=lambda folder: (folder / "migrations").write_text(""))],
    4: [Case(0, prepare=make_folder)],
    5: [Case(4, "V1__a.sql", "V1__b.sql", files={"V1__a.sql": OK, "V1__b.sql": OK})],
    6: [
        Case(4, "V1__a.sql", "V01__b.sql", files={"V1__a.sql": OK, "V01__b.sql": OK}),
        Case(4, "V1__a.sql", "V1.0__c.sql", files={"V1__a.sql": OK, "V1.0__c.sql": OK}),
    ],
    7: bad_names("v1__a.sql", "V1_a.sql", "V__a.sql", "V1a__a.sql", "R1__a.sql", "notes.sql")
    + [Case(0, files={"V1__.sql": OK, "V2__b.SQL": "SELECT 1;", "V3__c.sql.bak": "no SQL"})],
    8: [
        Case(0, files={"V99999999999999999999__a.sql": OK}),
        Case(4, "50", files={"V" + "1" * 200 + "__a.sql": OK}),
    ],
    9: [Case(0, "2 pending", files={"V1__a.sql": OK, "V20261122131500__b.sql": "SELECT 1;"})],
    10: [
        Case(4, rf"V1__{shown}", files={f"V1__{raw}.sql": OK})
        for raw, shown in [
            ("a\nb", r"a\x0Ab"), ("\x1b[2J", r"\x1B[2J"), ("a\u202eb", r"a\xE2\x80\xAEb"),
            ("a\udcffb", r"a\xFFb"),
        ]
    ],
    11: [
        Case(4, "V1__", files={f"V1__{NFC}.sql": OK, f"V1__{NFD}.sql": OK}),
    ],
    12: [
        Case(4, "V1__a.sql", "V1__A.sql", files={"V1__a.sql": OK, "V1__A.sql": OK}),
        Case(4, "R__a.sql", "R__A.sql", files={"R__a.sql": OK, "R__A.sql": OK}),
    ],
    13: [
        Case(4, "V1__a.sql", "not a regular file", prepare=make_fifo),
        Case(4, "V1__a.sql", "not a regular file", prepare=make_socket),
        Case(4, "V1__a.sql", prepare=lambda folder: (folder / "migrations/V1__a.sql").mkdir(parents=True)),
        Case(4, "V1__a.sql", prepare=make_link("/dev/zero")),
    ],
    14: [Case(4, "V1__a.sql", "out of the folder", prepare=make_link("../../etc/passwd"))],
    15: [Case(4, "V1__a.sql", "does not exist", prepare=make_link("V2__gone.sql"))],
    16: [Case(0, **sql("")), Case(0, **sql("-- nothing\n")), Case(0, **sql(";"))],
    18: [Case(4, "V1__a.sql:2:9", "NUL", **sql(b"SELECT 1;\nSELECT '\0';"))],
    19: [Case(1, "V1__a.sql:1:8", "42703", **sql(b"\xef\xbb\xbfSELECT nope;"))],
    20: [Case(4, "V1__a.sql:1:1", "UTF-16", **sql("SELECT 1;".encode("utf-16")))],
    21: [Case(4, "V1__a.sql:2:9", "UTF-8", **sql(b"SELECT 1;\nSELECT '\xc3\x28';"))],
    28: [Case(4, "a/R__v.sql", "b/R__v.sql", files={"a/R__v.sql": OK, "b/R__v.sql": OK})],
    29: [Case(4, "U2__b.sql", "version 2", files={"V1__a.sql": OK, "U2__b.sql": OK})],
    31: [
        Case(4, "V1__a.sql:2:8", "unterminated", **sql("SELECT 1;\nSELECT 'open")),
        Case(4, "V1__a.sql:1:4", "unterminated", "$x$", **sql("DO $x$ BEGIN\n$$;")),
        Case(4, "V1__a.sql:2:1", "unterminated", **sql("SELECT 1;\n/* /* */")),
    ],
    32: [
        Case(4, "V1__a.sql:2:1", word, **sql(f"SELECT 1;\n{word};\nSELECT 2;"))
        for word in ("COMMIT", "ROLLBACK", "BEGIN", "END", "START TRANSACTION", "ABORT")
    ],
    33: [Case(4, "V1__a.sql:2:1", "PREPARE TRANSACTION", **sql("SELECT 1;\nPREPARE TRANSACTION 'x';"))],
    34: [
        Case(4, "V1__a.sql:2:1", "CREATE INDEX CONCURRENTLY", "transaction off",
             **sql("CREATE TABLE a (a int);\nCREATE INDEX CONCURRENTLY i ON a (a);"))
    ],
    37: [Case(4, "V1__a.sql:2:1", "COPY", **sql("CREATE TABLE c (a int);\nCOPY c FROM STDIN"))],
    38: [Case(0, "COPY TO STDOUT", **sql("COPY (SELECT 1) TO STDOUT;"))],
    39: [
        Case(4, "V1__a.sql:1:1", "\\i", **sql("\\i other.sql\n")),
        Case(4, "V1__a.sql:1:1", "\\connect", **sql("\\connect other\n")),
        Case(4, "V1__a.sql:1:10", "\\gexec", **sql("SELECT 1 \\gexec\n")),
    ],
    41: [
        Case(0, **sql("SET search_path = pg_catalog; RESET ALL; SET ROLE pg_monitor;")),
        Case(4, "V1__a.sql:1:1", "DISCARD ALL", **sql("DISCARD ALL;")),
        Case(4, "V1__a.sql:1:1", "pg_advisory_unlock_all", **sql("SELECT pg_advisory_unlock_all();")),
    ],
    42: [
        Case(1, "V1__a.sql:2:8", "55P04", setup="CREATE TYPE e AS ENUM ('a')", args=("up", "--baseline-on-up", "--baseline-version", "0"),
             **sql("ALTER TYPE e ADD VALUE 'b';\nSELECT 'b'::e;"))
    ],
    43: [
        Case(1, "V1__a.sql:1:1", "57014", "statement_timeout", args=("up", "--statement-timeout", "500ms"),
             **sql("DO $$BEGIN LOOP END LOOP; END$$;"))
    ],
    51: [Case(1, "V1__a.sql:1:1", "55006", **sql('DROP DATABASE "{db}";'))],
    52: [
        Case(1, "V1__a.sql", "COMMIT", "23505",
             **sql("CREATE TABLE d (a int UNIQUE DEFERRABLE INITIALLY DEFERRED);\nINSERT INTO d VALUES (1), (1);"))
    ],
    53: [Case(1, "V1__a.sql", "25006", **sql("SET TRANSACTION READ ONLY;\nSELECT 1;"))],
    54: [Case(0, files={"V1__a.sql": "LISTEN x; CREATE TEMP TABLE t (a int); NOTIFY x;", "V2__b.sql": "CREATE TEMP TABLE t (a int);"})],
    55: [
        Case(4, "V1__a.sql:2:9", "nope", **sql("SELECT 1;\nSELECT '${nope}';")),
        Case(4, "V1__a.sql:1:7", "nope", **sql("DO $$ ${nope} $$;")),
        Case(0, **sql("SELECT '$${nope}';")),
    ],
    56: [Case(1, "V1__a.sql:2:8", "42703", **sql(b"-- a\rSELECT nope;"))],
    57: [Case(2, "migrate.yaml:1:1", "lock_timeot", "lock_timeout", config="lock_timeot: 2s\n", files={})],
    58: [Case(2, "migrate.yaml:2:1", "table", config="table: a\ntable: b\n", files={})],
    59: [
        Case(2, "migrate.yaml:1:8", config="table: &a x\nschema: *a\n"),
        Case(2, "migrate.yaml:1:8", config="table: !!str x\n"),
        Case(2, "migrate.yaml:2", config="table: a\n---\ntable: b\n"),
        Case(2, "migrate.yaml:1", config="[" * 60000),
        Case(2, "migrate.yaml", config="table: " + "x" * 100000),
    ],
    60: [
        Case(2, "migrate.yaml:1:15", "write 5s", config="lock_timeout: 5\n", next=False),
        Case(2, "migrate.yaml:1:15", "such as 500ms", config="lock_timeout: -5s\n", next=False),
        Case(2, "migrate.yaml:1:15", "such as 500ms", config=f"lock_timeout: {9**30}s\n", next=False),
        Case(2, "migrate.yaml:1:15", "true nor false", config="out_of_order: perhaps\n", next=False),
        Case(2, "migrate.yaml:1:15", "a single value", config="lock_timeout: [1s]\n", next=False),
    ],
    62: [
        Case(2, "DATABASE_URL", "%", env={"DATABASE_URL": f"postgresql://u:S3{raw}cret@localhost/d"})
        for raw in "@/%"
    ],
    64: [Case(2, "DATABASE_URL", "sslmod", env={"DATABASE_URL": "host=localhost sslmod=require"})],
    65: [Case(2, "system", "libpq", env={"DATABASE_URL": "host=localhost sslrootcert=system"}, **sql(OK))],
    66: [Case(2, "nowhere", env={"DATABASE_URL": "service=nowhere"})],
    71: [
        Case(0, env={"LC_ALL": locale}, config="mixed: TRUE\nlint: {on_up: warn}\n")
        for locale in ("tr_TR.UTF-8", "C", "POSIX", "no_SUCH")
    ],
    72: [Case(0, env={"TZ": tz}, **sql(OK)) for tz in ("Nonsense/Zone", ":/etc/shadow", "UTC+99")],
    76: [Case(5, "warning", args=("up", "--url", "postgresql://u:S3cret@127.0.0.1:1/d"), **sql(OK))],
    77: [
        Case(2, "table", args=("up", "--table", "x" * 64), **sql(OK)),
        Case(2, "schema", args=("up", "--schema", "x" * 64), **sql(OK)),
        Case(0, args=("up", "--table", 'a";DROP TABLE x;--'), **sql(OK)),
        Case(0, args=("up", "--table", "select"), **sql(OK)),
    ],
    78: [
        Case(5, "127.0.0.1", "port 1", env={"DATABASE_URL": "postgresql://u@127.0.0.1:1/d"}, **sql(OK)),
        Case(5, "no-such-host.invalid", env={"DATABASE_URL": "postgresql://u@no-such-host.invalid/d"}, **sql(OK)),
    ],
    79: [
        Case(5, "28000", "nobody_there", env={"DATABASE_URL": "{nobody}"}, **sql(OK)),
        Case(5, "3D000", "nowhere", env={"DATABASE_URL": "{nowhere}"}, **sql(OK)),
    ],
    83: [Case(0, setup='ALTER ROLE {role} SET lock_timeout = 1; ALTER ROLE {role} SET statement_timeout = 200; ALTER ROLE {role} SET client_encoding = latin1; ALTER ROLE {role} SET standard_conforming_strings = off; ALTER ROLE {role} SET row_security = off; GRANT ALL ON SCHEMA public TO {role}',
              env={"DATABASE_URL": "{role_url}"}, **sql("SELECT pg_sleep(0.4);\nCREATE TABLE ä (a int);"))],
    40: [
        Case(0, **sql("\\restrict x\nSELECT pg_catalog.set_config('search_path', '', false);\n"
                      "CREATE TABLE public.d (a int);\n\\unrestrict x\n"))
    ],
    47: [Case(0, args=("validate", "--offline"), **sql("SELECT 1;\n" * 100000))],
    61: [
        Case(0, "chmod go-w", config="mixed: true\n", prepare=mode(0o666)),
        Case(0, "chmod 600", config="password: unused\n", prepare=mode(0o644)),
    ],
    63: [Case(0, "{db}", env={"PGHOST": "no-such-host.invalid", "PGDATABASE": "no"}, **sql(OK))],
    67: [
        Case(5, "pass", "group or world access", prepare=mode(0o644, ".pgpass", "*:*:*:*:S3cret\n"),
             env={"DATABASE_URL": "{tcp}", "PGPASSFILE": ".pgpass"}, next=False, **sql(OK))
    ],
    85: [
        Case(4, "schema_history", word, setup=setup, **sql(OK))
        for word, setup in [
            ("view", "CREATE VIEW schema_history AS SELECT 1 AS installed_rank"),
            ("materialized view", "CREATE MATERIALIZED VIEW schema_history AS SELECT 1 AS a"),
            ("partitioned table", "CREATE TABLE schema_history (a int) PARTITION BY LIST (a)"),
            ("sequence", "CREATE SEQUENCE schema_history"),
            ("missing columns", "CREATE TABLE schema_history (version text)"),
        ]
    ],
    86: [
        Case(4, "newer migrate (9.9)", again="UPDATE schema_history_journal"
             " SET format = 2, tool_version = '9.9'", **sql(OK))
    ],
    92: [
        Case(1, "V1__a.sql:1:1", "53100", "rolled back",
             **sql("DO $$BEGIN RAISE 'could not extend file' USING ERRCODE = '53100'; END$$;"))
    ],
    97: [
        Case(1, "V1__a.sql:1:1", "no DDL here", "CONTEXT",
             setup="CREATE FUNCTION forbid() RETURNS event_trigger LANGUAGE plpgsql AS $$BEGIN IF current_query() LIKE '%fine%' THEN RAISE EXCEPTION 'no DDL here'; END IF; END$$;"
                   "CREATE EVENT TRIGGER forbid ON ddl_command_start EXECUTE FUNCTION forbid()",
             args=("up", "--baseline-on-up", "--baseline-version", "0"), **sql(OK))
    ],
}


def expand(text, values):
    for name, value in values.items():
        text = text.replace("{" + name + "}", value)
    return text


@pytest.fixture
def values(db):
    role = db.role()
    return {
        "db": db.name,
        "role": role,
        "role_url": db.url_for(user=role),
        "nobody": db.url_for(user="nobody_there"),
        "nowhere": db.cluster.url("nowhere"),
        "tcp": db.url_for(user=role, host="127.0.0.1"),
    }


@pytest.mark.parametrize(
    "number, case",
    [(number, case) for number, cases in sorted(CASES.items()) for case in cases],
    ids=lambda value: f"{value:03}" if isinstance(value, int) else "",
)
def test_bad_input(db, migrate, values, number, case):
    given = case.given
    if "setup" in given:
        db.execute(expand(given["setup"], values))
    if "config" in given:
        migrate.write({"migrate.yaml": given["config"]}, below=".")
        migrate.write({"V1__x.sql": OK})
    if "prepare" in given:
        given["prepare"](migrate.folder)
    migrate.write(
        {
            name: expand(content, values) if isinstance(content, str) else content
            for name, content in given.get("files", {}).items()
        }
    )
    env = {name: expand(value, values) for name, value in given.get("env", {}).items()}
    if "again" in given:
        assert migrate("up").exit == 0
        db.execute(given["again"])
    before = db.contents()
    run = migrate(*case.args, env=env, timeout=60)
    assert run.exit == case.exit, run
    for word in case.words:
        assert expand(word, values) in run.stderr, run
    assert "S3" not in run.output, run
    if case.exit in (2, 4, 5):
        assert db.contents() == before, run
    if case.next:
        assert "NEXT:" in run.stderr or "HINT:" in run.stderr, run


# --- what needs a test of its own ---


def test_022_line_ends_do_not_change_a_checksum(db, migrate):
    assert migrate("up", files={"V1__a.sql": "SELECT 1;\nSELECT 2;\n"}).exit == 0
    for content in "SELECT 1;\r\nSELECT 2;\r\n", "\ufeffSELECT 1;\nSELECT 2;":
        run = migrate("up", files={"V1__a.sql": content})
        assert run.exit == 0 and "up to date" in run.stdout, run


def test_023_line_of_100_megabytes(db, migrate):
    """Within the memory of a few times its one statement, and the message shows a part of it."""
    migrate.write({"V1__a.sql": b"SELECT '" + b"x" * 100_000_000 + b"', nope;"})
    run = migrate("up", timeout=120)
    assert run.exit == 1 and "42703" in run.stderr and len(run.stderr) < 2000, run[:2000]


@pytest.mark.parametrize(
    "files, words",
    [
        ({"V1__a.sql": OK + " SELECT 2;"}, ["V1__a.sql", "checksum", "migrate repair"]),
        ({"V1__a.sql": None}, ["V1__a.sql", "NEXT:"]),
        ({"V0.5__late.sql": "SELECT 1;"}, ["V0.5__late.sql", "out_of_order"]),
    ],
    ids=["025-edited", "026-deleted", "027-late"],
)
def test_files_that_do_not_fit_the_history(db, migrate, files, words):
    migrate("up", files={"V1__a.sql": OK, "V2__b.sql": "SELECT 2;"})
    before = db.contents()
    run = migrate("up", files=files)
    assert run.exit == 4, run
    for word in words:
        assert word in run.stderr, run
    assert db.contents() == before


FAILING_READ = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

ssize_t
read(int fd, void *buffer, size_t size)
{
	char link[64], path[4096];
	ssize_t length;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	length = readlink(link, path, sizeof(path));
	if (length > 4 && memcmp(path + length - 4, ".sql", 4) == 0 && lseek(fd, 0, SEEK_CUR) > 0) {
		errno = EIO;
		return -1;
	}
	return ((ssize_t(*)(int, void *, size_t))dlsym(RTLD_NEXT, "read"))(fd, buffer, size);
}
"""


@pytest.mark.skipif(SANITIZED, reason="a sanitizer wants to be loaded first")
def test_030_disk_that_fails_in_the_middle_of_a_file(db, migrate, tmp_path):
    source, library = tmp_path / "read.c", tmp_path / "read.so"
    source.write_text(FAILING_READ)
    subprocess.run(["cc", "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
    files = {"V1__a.sql": OK, "V2__b.sql": "SELECT 1;\n" * 100000}
    run = migrate("up", files=files, env={"LD_PRELOAD": str(library)})
    assert run.exit == 4 and "V1__a.sql" in run.stderr and "Input/output error" in run.stderr, run
    assert db.contents() == ([], [], [])


@pytest.mark.skipif(SANITIZED, reason="a sanitizer needs terabytes of addresses")
def test_044_answer_of_millions_of_rows_needs_no_memory(db, migrate):
    files = {"V1__a.sql": "SELECT repeat('x', 100) FROM generate_series(1, 3000000);"}
    run = migrate(
        "up", files=files, through=["sh", "-c", 'ulimit -v 150000; exec "$0" "$@"'], timeout=120
    )
    assert run.exit == 0, run


def lock_key(db):
    row = db.execute(
        "SELECT classid::bigint << 32 | objid::bigint FROM pg_locks WHERE locktype = 'advisory'"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    )
    return row[0][0]


@pytest.mark.parametrize("stranger", [False, True], ids=["088-a-run", "089-a-stranger"])
def test_run_lock_that_is_held(db, migrate, make_runner, stranger):
    first = migrate.start("up", files={"V1__a.sql": "SELECT pg_sleep(4);"})
    db.wait_for_statement("pg_sleep(4)")
    key = lock_key(db)
    with db.connect(application_name="somebody else") as other:
        if stranger:
            assert first.wait().exit == 0
            other.execute("SELECT pg_advisory_lock(%s)", [key])
        run = make_runner(db.url)(
            "up", "--run-lock-timeout", "1s", files={"V1__a.sql": "SELECT 1;", "V2__b.sql": OK}
        )
    assert run.exit == 6, run
    for word in ("pid", "connected since", "pg_terminate_backend", "nothing was run"):
        assert word in run.stderr, run
    assert ("somebody else" if stranger else 'application "migrate') in run.stderr, run


def test_099_lock_table_is_full(make_cluster, make_runner):
    server = make_cluster(max_locks_per_transaction="10", max_connections="10")
    with server.database() as database:
        many = "DO $$BEGIN FOR i IN 1..20000 LOOP EXECUTE 'CREATE TABLE t' || i || ' ()'; END LOOP; END$$;"
        run = make_runner(database.url)("up", files={"V1__a.sql": many})
        assert run.exit == 1 and "53200" in run.stderr, run
        assert "max_locks_per_transaction" in run.stderr and "rolled back" in run.stderr, run
        assert database.history() == []


# --- the rest ---

# Proven by tests elsewhere.
PROVEN = {
    2: ["test_bad_input.py::test_unreadable_folder"],
    17: ["test_bad_input.py::test_file_that_changes_before_its_commit"],
    24: ["test_bad_input.py::test_file_that_changes_before_its_commit"],
    35: ["test_resume.py::test_each_statement_commits_with_its_row"],
    36: ["test_concurrently.py::test_if_not_exists_does_not_keep_an_invalid_index"],
    45: ["test_output.py::test_notices_are_shown_and_tamed"],
    48: ["check_split.c::keeps_begin_atomic_together"],
    49: ["check_split.c::cuts_at_semicolons_and_knows_the_places"],
    50: [
        "check_split.c::cuts_not_inside_quotes",
        "check_split.c::cuts_not_inside_dollar_quotes",
        "check_split.c::cuts_not_inside_comments",
        "test_split_psql.py::test_psql_sends_what_we_cut",
    ],
    68: ["test_container.py::test_user_without_name_and_home"],
    69: [
        "test_container.py::test_closed_streams",
        "test_container.py::test_full_disk_behind_stdout",
        "test_container.py::test_reader_goes_away_in_the_middle",
    ],
    70: ["test_output.py::test_colour_on_a_terminal_only"],
    73: ["test_container.py::test_nothing_can_be_written"],
    74: ["test_container.py::test_narrow_limits"],
    75: ["test_bad_input.py::test_ten_thousand_files"],
    80: ["test_connection.py::test_last_free_slot"],
    81: ["test_connection.py::test_server_that_starts", "test_connection.py::test_server_that_shuts_down"],
    82: ["test_connection.py::test_up_finds_the_primary"],
    84: ["test_bad_input.py::test_no_right_to_create_the_history"],
    87: ["test_runner.py::test_locked_history_is_a_lock_failure"],
    90: ["test_pooler.py::test_files_with_a_transaction"],
    91: [
        "test_hostile_server.py::test_product_that_is_not_postgresql",
        "test_connection.py::test_server_too_old",
    ],
    93: ["test_live_wire.py::test_cut_at_commit_is_resolved_by_the_history"],
    95: [
        "test_live_runs.py::test_twenty_runners_at_once",
        "test_resume.py::test_goes_on_with_what_lived_in_the_session",
    ],
    96: ["test_concurrently.py::test_index_of_somebody_else_is_left_alone"],
    98: ["test_bad_input.py::test_read_only_default_names_where_it_comes_from"],
    100: ["test_concurrently.py::test_server_that_crashes_in_the_middle"],
}

# Of a hundred these two are not proven, and why.
OPEN = {
    46: "a statement above 1 GiB: a test would need several of them in memory; the server closes the connection, which ends as a lost one",
    94: "a vacuum against wraparound that lasts",
}


def test_every_number_is_proven():
    here = Path(__file__).read_text()
    own = {int(n) for n in re.findall(r"def test_(\d{3})_|\"(\d{3})-", here) for n in n if n}
    assert set(CASES) | set(PROVEN) | set(OPEN) | own == set(range(1, 101))


@pytest.mark.parametrize("proof", sorted({proof for proofs in PROVEN.values() for proof in proofs}))
def test_proof_exists(proof):
    assert proofs.exists(proof)
