# SPDX-License-Identifier: MIT
"""What users get wrong: each with its exit status, the words that help, and nothing changed."""

import os

import pytest

OK = "CREATE TABLE fine (id int);"


def refused(db, run, exit, *words):
    """It ended with this status, said these words, and the database is as fresh as before."""
    assert run.exit == exit, run
    for word in words:
        assert word in run.stderr, run
    assert db.contents() == ([], [], []), run


# --- the folder ---


def test_no_folder(db, migrate):
    refused(db, migrate("up"), 2, '"migrations"')


def test_folder_is_a_file(db, migrate):
    (migrate.folder / "migrations").write_text("")
    refused(db, migrate("up"), 2, '"migrations"')


def test_empty_folder(db, migrate):
    (migrate.folder / "migrations").mkdir()
    for command in ("up", "status", "plan", "validate"):
        run = migrate(command)
        assert run.exit == 0, run
    assert db.contents() == ([], [], [])


def test_unreadable_folder(db, migrate):
    migrate.write({"V1__a.sql": OK})
    (migrate.folder / "migrations").chmod(0o000)
    refused(db, migrate("up", unprivileged=True), 2, '"migrations"')
    (migrate.folder / "migrations").chmod(0o755)


# --- names ---


@pytest.mark.parametrize(
    "name, form",
    [
        ("v1__x.sql", "V1__x.sql"),
        ("V1_x.sql", "V1__x.sql"),
        ("V1.1.__x.sql", "V1.1__x.sql"),
        ("V__x.sql", "V<version>__"),
        ("README.sql", "ignore"),
        ("r__view.sql", "R__view.sql"),
        ("R1__view.sql", "R__"),
        ("V1a__x.sql", "V<version>__"),
        ("V1..2__x.sql", "single points"),
    ],
)
def test_bad_name(db, migrate, name, form):
    refused(db, migrate("up", files={name: OK, "V7__good.sql": OK}), 4, name, form)


def test_bad_name_in_a_sub_folder(db, migrate):
    refused(db, migrate("up", files={"2026/v1__x.sql": OK}), 4, "2026/v1__x.sql")


def test_bad_name_can_be_ignored(db, migrate):
    run = migrate("up", "--ignore", "README.sql", files={"README.sql": "", "V1__a.sql": OK})
    assert run.exit == 0, run
    assert db.versions() == ["1"]


def test_two_files_of_one_version(db, migrate):
    files = {"V1__a.sql": OK, "V01.0__b.sql": OK}
    refused(db, migrate("up", files=files), 4, "V1__a.sql", "V01.0__b.sql")


def test_two_repeatables_of_one_description(db, migrate):
    files = {"a/R__v.sql": OK, "b/R__v.sql": OK}
    refused(db, migrate("up", files=files), 4, "a/R__v.sql", "b/R__v.sql")


def test_every_problem_is_named_at_once(db, migrate):
    files = {
        "v1__x.sql": OK,
        "V2_x.sql": OK,
        "V3__a.sql": OK,
        "V3__b.sql": OK,
        "V4__c.sql": "SELECT '",
    }
    refused(
        db, migrate("up", files=files), 4, "v1__x.sql", "V2_x.sql", "V3__b.sql", "V4__c.sql:1:8"
    )


def test_steering_characters_in_a_name_are_escaped(db, migrate):
    run = migrate("up", files={"V1_\x1b[2Jx\n::error::.sql": OK})
    refused(db, run, 4, r"\x1B[2Jx")
    # No terminal is steered, and no line of ours begins with what a CI system takes for an order.
    assert "\x1b" not in run.output and "\n::error::" not in run.output, run


def test_version_of_51_characters(db, migrate):
    name = "V" + "1" * 51 + "__x.sql"
    refused(db, migrate("up", files={name: OK}), 4, name[:20], "50")


def test_version_of_50_characters(db, migrate):
    version = "9" * 50
    run = migrate("up", files={f"V{version}__x.sql": OK})
    assert run.exit == 0, run
    assert db.versions() == [version]


# --- what stands behind a name ---


def test_link_out_of_the_folder(db, migrate):
    (migrate.folder / "secret.sql").write_text(OK)
    (migrate.folder / "migrations").mkdir()
    (migrate.folder / "migrations/V1__a.sql").symlink_to("../secret.sql")
    refused(db, migrate("up"), 4, "V1__a.sql")


def test_link_to_nothing(db, migrate):
    (migrate.folder / "migrations").mkdir()
    (migrate.folder / "migrations/V1__a.sql").symlink_to("V2__gone.sql")
    refused(db, migrate("up"), 4, "V1__a.sql")


def test_links_in_a_circle(db, migrate):
    (migrate.folder / "migrations").mkdir()
    (migrate.folder / "migrations/V1__a.sql").symlink_to("V1__a.sql")
    refused(db, migrate("up"), 4, "V1__a.sql")


def test_fifo(db, migrate):
    (migrate.folder / "migrations").mkdir()
    os.mkfifo(migrate.folder / "migrations/V1__a.sql")
    refused(db, migrate("up", timeout=20), 4, "V1__a.sql")


def test_folder_named_like_a_file(db, migrate):
    (migrate.folder / "migrations/V1__a.sql").mkdir(parents=True)
    (migrate.folder / "migrations/V1__a.sql/V2__b.sql").write_text(OK)
    run = migrate("up")
    assert (run.exit, db.contents()[0] == []) in ((4, True), (0, False)), run


def test_unreadable_file(db, migrate):
    migrate.write({"V1__a.sql": OK, "V2__b.sql": OK})
    (migrate.folder / "migrations/V2__b.sql").chmod(0o000)
    refused(db, migrate("up", unprivileged=True), 4, "V2__b.sql", "ermission denied")


def test_links_of_a_config_map(db, migrate):
    """Kubernetes: V1__a.sql -> ..data/V1__a.sql, ..data -> ..2026_11_22."""
    real = migrate.folder / "migrations/..2026_11_22"
    real.mkdir(parents=True)
    (real / "V1__a.sql").write_text(OK)
    (real.parent / "..data").symlink_to("..2026_11_22")
    (real.parent / "V1__a.sql").symlink_to("..data/V1__a.sql")
    run = migrate("up")
    assert run.exit == 0, run
    assert db.versions() == ["1"]


def test_folder_itself_may_be_a_link(db, migrate):
    migrate.write({"V1__a.sql": OK}, below="real")
    (migrate.folder / "migrations").symlink_to("real")
    assert migrate("up").exit == 0
    assert db.versions() == ["1"]


def test_file_that_changes_before_its_commit(db, migrate):
    """The file is big enough that it is not kept, and waits for a lock between its readings."""
    head = "CREATE TABLE big (a text);\nSELECT pg_sleep(2);\n"
    line = "INSERT INTO big VALUES ('" + "x" * 1000 + "');\n"
    migrate.write({"V1__big.sql": head + line * 10000 + "SELECT 'end';\n"})
    run = migrate.start("up")
    db.wait_for_statement("pg_sleep(2)")
    with open(migrate.folder / "migrations/V1__big.sql", "r+b") as file:
        file.seek(-8, os.SEEK_END)
        file.write(b"X")
    run = run.wait()
    assert run.exit == 4, run
    assert "V1__big.sql" in run.stderr and "changed" in run.stderr, run
    assert not db.exists("big")
    assert db.history() == []


# --- bytes ---


def place(run):
    """The first file:line:column of a message."""
    words = run.stderr.replace("\n", " ").split()
    return next(word.rstrip(":,") for word in words if ".sql:" in word)


@pytest.mark.parametrize(
    "content, line, column",
    [
        (b"\xef\xbb\xbfSELECT 1;\nSELECT nope;", 2, 8),
        (b"SELECT 1;\r\nSELECT nope;", 2, 8),
        (b"-- a\rSELECT nope;", 2, 8),
        (b"\xef\xbb\xbfSELECT nope;", 1, 8),
        ("SELECT 'äöü', nope;".encode(), 1, 15),
        (b"SELECT\n\t1,\n\tnope;", 3, 2),
    ],
    ids=["bom", "crlf", "cr", "bom-first-line", "umlauts", "lf"],
)
def test_right_line_whatever_ends_it(db, migrate, content, line, column):
    run = migrate("up", files={"V1__a.sql": content})
    assert run.exit == 1, run
    assert place(run).endswith(f"V1__a.sql:{line}:{column}"), run
    assert "42703" in run.stderr, run
    assert db.history() == []


@pytest.mark.parametrize(
    "content", [b"\xef\xbb\xbfSELECT 1;\n", b"SELECT 1;\r\n", b"SELECT\r1;\r", b"SELECT 1;"]
)
def test_bom_and_line_ends_work(db, migrate, content):
    run = migrate("up", files={"V1__a.sql": content})
    assert run.exit == 0, run
    assert db.versions() == ["1"]


@pytest.mark.parametrize(
    "content, where",
    [
        (b"SELECT 1;\nSELECT '\x00';", "2:9"),
        (b"SELECT '\xc3\x28';", "1:9"),
        (b"SELECT 1;\n-- \xff\n", "2:4"),
        ("SELECT 'ä".encode() + b"\xe4';", "1:10"),
        ("SELECT 1;".encode("utf-16"), "1:1"),
        (b"SELECT '\xed\xa0\x80';", "1:9"),
    ],
    ids=["nul", "invalid", "in-comment", "latin1", "utf-16", "surrogate"],
)
def test_bytes_that_are_not_text(db, migrate, content, where):
    files = {"V1__good.sql": OK, "V2__a.sql": content}
    refused(db, migrate("up", files=files), 4, f"V2__a.sql:{where}")


@pytest.mark.parametrize("content", ["", "\n\n", "-- nothing\n", "/* nothing */", ";;", "\ufeff"])
def test_empty_file_is_applied(db, migrate, content):
    run = migrate("up", files={"V1__a.sql": content})
    assert run.exit == 0, run
    assert db.versions() == ["1"]


# --- SQL that cannot be cut, or must not run ---


@pytest.mark.parametrize(
    "content, where, word",
    [
        ("SELECT 1;\nSELECT 'open", "2:8", "quote"),
        ('SELECT "open', "1:8", "quote"),
        ("SELECT E'it\\'s", "1:8", "quote"),
        ("DO $body$ BEGIN\n$$;", "1:4", "$body$"),
        ("SELECT 1;\n/* open /* */ SELECT 2;", "2:1", "comment"),
        ("CREATE TABLE c (a int);\nCOPY c FROM STDIN;\n1\n\\.\nSELECT $$", "5:8", "$$"),
    ],
    ids=["quote", "identifier", "escape", "dollar", "comment", "behind-copy"],
)
def test_unterminated(db, migrate, content, where, word):
    files = {"V1__good.sql": OK, "V2__a.sql": content}
    refused(db, migrate("up", files=files), 4, f"V2__a.sql:{where}", "unterminated", word)


def test_copy_without_data(db, migrate):
    files = {"V1__a.sql": "CREATE TABLE c (a int);\nCOPY c FROM STDIN"}
    refused(db, migrate("up", files=files), 4, "V1__a.sql:2:1", "COPY")


@pytest.mark.parametrize(
    "content, where, word",
    [
        ("SELECT 1;\n\\connect other\n", "2:1", "\\connect"),
        ("\\i other.sql", "1:1", "\\i"),
        ("SELECT 1 \\gexec", "1:10", "\\gexec"),
    ],
)
def test_meta_command(db, migrate, content, where, word):
    refused(db, migrate("up", files={"V1__a.sql": content}), 4, f"V1__a.sql:{where}", word)


def test_restrict_of_pg_dump_is_skipped(db, migrate):
    content = "\\restrict abc\nCREATE TABLE d (a int);\n\\unrestrict abc\n"
    run = migrate("up", files={"V1__a.sql": content})
    assert run.exit == 0 and db.exists("d"), run


@pytest.mark.parametrize(
    "content, where, words",
    [
        ("-- migrate:lock_timeot 2s\nSELECT 1;", "1:", ["lock_timeot", "lock_timeout"]),
        ("-- migrate:lock_timeout 2\nSELECT 1;", "1:", ["lock_timeout"]),
        ("-- migrate:lock_timeout soon\nSELECT 1;", "1:", ["lock_timeout", "soon"]),
        (
            "-- migrate:transaction off\n-- migrate:transaction off\nSELECT 1;",
            "2:",
            ["transaction"],
        ),
        ("SELECT 1;\n-- migrate:transaction off\nSELECT 2;", "2:", ["transaction"]),
        ("SELECT 1;\n-- migrate:lock_timeout 2s\n", "2:", ["lock_timeout"]),
        ("SELECT 1;\n-- migrate:next lock_timeout 2s", "2:", ["lock_timeout"]),
        ("-- migrate:up\nSELECT 1;\n-- migrate:down\n", "1:", ["dbmate"]),
    ],
    ids=["unknown", "unit", "value", "doubled", "late", "dangling", "dangling-next", "dbmate"],
)
def test_directive(db, migrate, content, where, words):
    refused(db, migrate("up", files={"V1__a.sql": content}), 4, f"V1__a.sql:{where}", *words)


@pytest.mark.parametrize(
    "content, where",
    [("SELECT 1;\nSELECT '${nope}';", "2:9"), ("COPY t FROM STDIN;\n${nope}\n\\.\n", "2:1")],
)
def test_unknown_placeholder(db, migrate, content, where):
    refused(db, migrate("up", files={"V1__a.sql": content}), 4, f"V1__a.sql:{where}", "nope")


def test_unknown_placeholder_in_a_comment_stays(db, migrate):
    run = migrate("up", files={"V1__a.sql": "-- ${nope}\nSELECT 1; /* ${nope} */"})
    assert run.exit == 0, run


def test_mixed_file(db, migrate):
    content = "CREATE TABLE m (a int);\nCREATE INDEX CONCURRENTLY m_a ON m (a);"
    run = migrate("up", files={"V1__a.sql": content})
    refused(db, run, 4, "V1__a.sql:2:1", "CREATE INDEX CONCURRENTLY", "transaction off")


def test_mixed_file_where_it_is_allowed(db, migrate):
    content = "CREATE TABLE m (a int);\nCREATE INDEX CONCURRENTLY m_a ON m (a);"
    run = migrate("up", "--mixed", files={"V1__a.sql": content})
    assert run.exit == 0 and db.exists("m_a"), run


@pytest.mark.parametrize(
    "content, where, word",
    [
        ("CREATE TABLE a ();\nCOMMIT;\nCREATE TABLE b ();", "2:1", "COMMIT"),
        ("CREATE TABLE a ();\nROLLBACK;", "2:1", "ROLLBACK"),
        ("CREATE TABLE a ();\nBEGIN;\nCREATE TABLE b ();\nCOMMIT;", "2:1", "BEGIN"),
        ("BEGIN;\nCREATE TABLE a ();\nCOMMIT;\nSELECT 1;", "1:1", "BEGIN"),
        ("PREPARE TRANSACTION 'x';", "1:1", "PREPARE TRANSACTION"),
        ("SELECT pg_advisory_unlock_all();", "1:1", "pg_advisory_unlock_all"),
        ("-- migrate:transaction off\nSELECT 1;\nBEGIN;", "3:1", "BEGIN"),
        ("DISCARD ALL;", "1:1", "DISCARD ALL"),
    ],
)
def test_statement_that_would_end_our_transaction(db, migrate, content, where, word):
    refused(db, migrate("up", files={"V1__a.sql": content}), 4, f"V1__a.sql:{where}", word)


def test_begin_and_commit_around_the_whole_file(db, migrate):
    run = migrate("up", files={"V1__a.sql": "BEGIN;\nCREATE TABLE a ();\nCOMMIT;\n"})
    assert run.exit == 0 and db.exists("a"), run


def test_set_before_create_index_concurrently(db, migrate):
    run = migrate(
        "up",
        files={
            "V1__t.sql": "CREATE TABLE t (a int);",
            "V2__i.sql": "SET lock_timeout = '2s';\nCREATE INDEX CONCURRENTLY t_a ON t (a);",
        },
    )
    assert run.exit == 0 and db.exists("t_a"), run
    assert db.versions() == ["1", "2"]


def test_statement_that_fails_names_all_there_is_to_know(db, migrate):
    content = "CREATE TABLE e (a int PRIMARY KEY);\nINSERT INTO e VALUES (1);\nINSERT INTO e VALUES (1);"
    run = migrate("up", files={"V1__a.sql": content})
    assert run.exit == 1, run
    for word in ("V1__a.sql:3:1", "23505", "Key (a)=(1) already exists", "rolled back"):
        assert word in run.stderr, run
    assert not db.exists("e")
    assert db.history() == []


# --- configuration ---


@pytest.mark.parametrize(
    "content, where, words",
    [
        ("lock_timeot: 2s\n", "1:1", ["lock_timeot", "lock_timeout"]),
        ("table: x\nlock_timeout: 5\n", "2:15", ["lock_timeout"]),
        ("lock_timeout: [1s]\n", "1:15", ["lock_timeout"]),
        ("out_of_order: perhaps\n", "1:15", ["out_of_order", "perhaps"]),
        ("placeholders: text\n", "1:15", ["placeholders"]),
        ("table: a\ntable: b\n", "2:1", ["table"]),
        ("table: &a x\nschema: *a\n", "1:8", []),
        ("table:\n\tname: x\n", "2:", []),
        ("url: ${NOT_SET_ANYWHERE}\n", "1:6", ["NOT_SET_ANYWHERE"]),
        ("lint: {fail_onn: error}\n", "1:8", ["fail_onn", "fail_on"]),
        ("color: purple\n", "1:8", ["purple", "auto"]),
        ("target: newest\n", "1:9", ["target", "newest", "latest"]),
        ("table: x\nbaseline_version: one\n", "2:19", ["baseline_version", "one"]),
        (
            "ignore_migration_patterns:\n  - '*:future'\n  - missing\n",
            "3:5",
            ["missing", "TYPE:STATE"],
        ),
        ("a: b\n---\nc: d\n", "", []),
        ("[1, 2]\n", "1:1", []),
        ("table: 'open\n", "", []),
    ],
    ids=[
        "unknown",
        "unit",
        "list",
        "bool",
        "map",
        "duplicate",
        "alias",
        "tab",
        "variable",
        "nested",
        "choice",
        "target",
        "baseline",
        "pattern",
        "two-documents",
        "no-map",
        "unterminated",
    ],
)
def test_configuration(db, migrate, content, where, words):
    migrate.write({"V1__a.sql": OK})
    (migrate.folder / "migrate.yaml").write_text(content)
    refused(db, migrate("up"), 2, f"migrate.yaml:{where}", *words)


@pytest.mark.parametrize(
    "content",
    [
        "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: [*c, *c]\n" * 50,
        "[" * 60000,
        "x: " + "{a: " * 60000,
        "table: " + "x" * 1000000,
    ],
    ids=["aliases", "brackets", "braces", "size"],
)
def test_configuration_bomb_is_refused_at_once(db, migrate, content):
    migrate.write({"V1__a.sql": OK})
    (migrate.folder / "migrate.yaml").write_text(content)
    refused(db, migrate("up", timeout=10), 2, "migrate.yaml")


def test_config_that_is_not_there(db, migrate):
    migrate.write({"V1__a.sql": OK})
    refused(db, migrate("--config", "nope.yaml", "up"), 2, "nope.yaml")


def test_environment_that_is_not_there(db, migrate):
    migrate.write({"V1__a.sql": OK})
    (migrate.folder / "migrate.yaml").write_text("environments:\n  staging: {table: x}\n")
    refused(db, migrate("--env", "stagin", "up"), 2, "stagin", "staging")


@pytest.mark.parametrize(
    "args, words",
    [
        ([], []),
        (["upp"], ["upp", '"up"']),
        (["up", "--lock-timeot", "2s"], ["lock-timeot", "lock-timeout"]),
        (["up", "--lock-timeout", "2"], ["lock-timeout"]),
        (["up", "--lock-timeout"], ["lock-timeout"]),
        (["up", "more"], ["too many"]),
        (["status", "--target-of"], ["target-of"]),
        (["up", "--max-stall", "2s"], ["max_stall", "deadlock_timeout"]),
        (["up", "--target", "newest"], ["--target", "newest", "latest"]),
        (["baseline", "one"], ["baseline", "one"]),
    ],
)
def test_usage(db, migrate, args, words):
    migrate.write({"V1__a.sql": OK})
    refused(db, migrate(*args), 2, *words)


def test_unknown_variable_is_a_warning(db, migrate):
    run = migrate("up", files={"V1__a.sql": OK}, env={"MIGRATE_LOCK_TIMEOT": "2s"})
    assert run.exit == 0, run
    assert "MIGRATE_LOCK_TIMEOT" in run.stderr and "warning" in run.stderr, run


def test_wrong_target_in_a_variable(db, migrate):
    run = migrate("up", files={"V1__a.sql": OK}, env={"MIGRATE_TARGET": "1.x"})
    refused(db, run, 2, "MIGRATE_TARGET", '"1.x"')


def test_password_in_a_file_that_others_may_read(db, migrate):
    role = db.role("SUPERUSER", password="in the file")
    migrate.write({"V1__a.sql": OK})
    config = migrate.folder / "migrate.yaml"
    config.write_text("password: in the file\n")
    url = db.url_for(user=role, host="127.0.0.1")
    for mode, warned in [(0o644, True), (0o600, False)]:
        config.chmod(mode)
        run = migrate("up", env={"DATABASE_URL": url})
        assert (run.exit, "(mode 0644)" in run.stderr) == (0, warned), run
        assert "in the file" not in run.output, run


# --- the server ---


@pytest.mark.parametrize(
    "url",
    [
        "postgres//host/db",
        "postgresql://u:S3cr%zzet@localhost/db",
        "postgresql://u:S3cret@[::1/db",
        "host=localhost sslmod=require",
        "mysql://host/db",
        "jdbc:mysql://host/db",
        "password=S3 cret",
    ],
)
def test_wrong_url(offline, url):
    run = offline("up", files={"V1__a.sql": OK}, env={"DATABASE_URL": url})
    assert run.exit == 2, run
    assert "DATABASE_URL" in run.stderr, run
    for secret in ("S3cr", "zzet", "S3cret", "cret"):
        assert secret not in run.output, run


def test_read_only_default_names_where_it_comes_from(db, migrate):
    db.execute(f'ALTER DATABASE "{db.name}" SET default_transaction_read_only = on')
    run = migrate("up", files={"V1__a.sql": OK})
    refused(db, run, 5, "default_transaction_read_only", db.name)


def test_pooler_is_noticed(db, migrate, make_proxy):
    """Something that gives its clients other process numbers than the server's, as poolers do."""
    proxy = make_proxy(backend_pid=4242)
    run = migrate("up", files={"V1__a.sql": OK}, env={"DATABASE_URL": proxy.url(db)})
    assert run.exit in (0, 5), run
    assert "pooler" in run.stderr or run.exit == 0, run


# --- rights and history ---


def test_no_right_to_create_the_history(db, migrate):
    role = db.role()
    db.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")  # as from 15 on
    run = migrate("up", files={"V1__a.sql": OK}, env={"DATABASE_URL": db.url_for(user=role)})
    refused(db, run, 4, role, "public")


def test_no_right_for_a_statement_of_the_file(db, migrate):
    role = db.role()
    db.execute(f"GRANT CREATE ON SCHEMA public TO {role}; CREATE SCHEMA closed")
    run = migrate(
        "up",
        files={"V1__a.sql": "CREATE TABLE closed.x (id int);"},
        env={"DATABASE_URL": db.url_for(user=role)},
    )
    assert run.exit == 1 and "42501" in run.stderr and "V1__a.sql:1:1" in run.stderr, run
    assert not db.exists("closed.x")


HISTORY = (
    "CREATE TABLE schema_history (installed_rank int PRIMARY KEY, version varchar(50),"
    " description varchar(200) NOT NULL, type varchar(20) NOT NULL, script varchar(1000) NOT NULL,"
    " checksum int, installed_by varchar(100) NOT NULL, installed_on timestamp NOT NULL"
    " DEFAULT now(), execution_time int NOT NULL, success bool NOT NULL);"
)


@pytest.mark.parametrize(
    "setup, word",
    [
        ("CREATE TABLE schema_history (version text PRIMARY KEY, dirty bool)", "column"),
        (HISTORY + "ALTER TABLE schema_history DROP COLUMN checksum", "checksum"),
        ("CREATE VIEW schema_history AS SELECT 1 AS installed_rank", "view"),
        (
            HISTORY
            + "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';"
            "CREATE TRIGGER spy BEFORE INSERT ON schema_history FOR EACH ROW EXECUTE FUNCTION f()",
            "trigger",
        ),
        (HISTORY + "CREATE RULE r AS ON INSERT TO schema_history DO ALSO NOTHING", "rule"),
        (HISTORY + "ALTER TABLE schema_history ENABLE ROW LEVEL SECURITY", "row"),
    ],
    ids=["other-tool", "column", "view", "trigger", "rule", "row-security"],
)
def test_history_that_cannot_be_trusted(db, migrate, setup, word):
    db.execute(setup)
    before = db.contents()
    run = migrate("up", files={"V1__a.sql": OK})
    assert run.exit == 4 and "schema_history" in run.stderr and word in run.stderr.lower(), run
    assert db.contents() == before


def test_history_of_a_foreign_owner(db, migrate):
    owner, other = db.role(), db.role()
    db.execute(
        f"{HISTORY} ALTER TABLE schema_history OWNER TO {owner};"
        f" GRANT ALL ON schema_history TO {other}; GRANT CREATE ON SCHEMA public TO {other}"
    )
    before = db.contents()
    run = migrate("up", files={"V1__a.sql": OK}, env={"DATABASE_URL": db.url_for(user=other)})
    assert run.exit == 4 and owner in run.stderr and "owner" in run.stderr.lower(), run
    assert db.contents() == before


def insert_row(db, version, success=True, script=None, checksum="NULL", rank=1):
    db.execute(
        "INSERT INTO schema_history VALUES"
        f" ({rank}, '{version}', 'x', 'SQL', '{script or f'V{version}__x.sql'}', {checksum}, 'me',"
        f" now(), 0, {success})"
    )


def test_failed_row(db, migrate):
    db.execute(HISTORY)
    insert_row(db, 1, success=False)
    before = db.contents()
    run = migrate("up", files={"V1__x.sql": OK, "V2__y.sql": "SELECT 1;"})
    assert run.exit == 4 and "repair" in run.stderr and "V1__x.sql" in run.stderr, run
    assert db.contents() == before


def test_row_from_the_future(db, migrate):
    """An old image after a rollback must start."""
    db.execute(HISTORY)
    insert_row(db, 9)
    run = migrate("up", files={"V1__x.sql": OK}, timeout=30)
    assert run.exit == 4, run  # version 1 is late: below the applied 9
    run = migrate("up", files={"V1__x.sql": None, "V9__x.sql": OK})
    assert run.exit == 0, run
    insert_row(db, 10, rank=2)
    run = migrate("up")
    assert run.exit == 0 and "10" in run.stderr, run


def test_changed_file_and_missing_file(db, migrate):
    migrate("up", files={"V1__a.sql": OK, "V2__b.sql": "SELECT 2;", "V3__c.sql": "SELECT 3;"})
    before = db.contents()
    run = migrate(
        "up", files={"V1__a.sql": OK + " SELECT 9;", "V2__b.sql": None, "V4__d.sql": "SELECT 4;"}
    )
    assert run.exit == 4, run
    assert "V1__a.sql" in run.stderr and "V2__b.sql" in run.stderr, run
    assert db.contents() == before


def test_schema_not_empty_without_history(db, migrate):
    db.execute("CREATE TABLE old ()")
    before = db.contents()
    run = migrate("up", files={"V1__a.sql": OK})
    assert run.exit == 4 and "baseline" in run.stderr and "public" in run.stderr, run
    assert db.contents() == before


def test_both_history_tables(db, migrate):
    db.execute(HISTORY + HISTORY.replace("schema_history", "flyway_schema_history"))
    before = db.contents()
    run = migrate("up", files={"V1__a.sql": OK})
    assert run.exit == 4 and "flyway_schema_history" in run.stderr, run
    assert db.contents() == before


def test_schema_that_does_not_exist_is_created(db, migrate):
    run = migrate("up", "--schema", "new one", files={"V1__a.sql": OK})
    assert run.exit == 0 and db.exists('"new one".fine'), run
    rows = db.history("installed_rank, type, script", '"new one".schema_history')
    assert rows[0] == (0, "SCHEMA", '"new one"'), rows


def test_schema_that_must_not_be_created(db, migrate):
    run = migrate("up", "--schema", "nope", "--no-create-schemas", files={"V1__a.sql": OK})
    refused(db, run, 4, "nope")


@pytest.mark.parametrize(
    "name", ["my history", 'quo"ted', "it's", "Ünï", "semi;colon", "per%cent$1"]
)
def test_names_with_quotes_and_spaces(db, migrate, name):
    quoted = '"' + name.replace('"', '""') + '"'
    args = ("--schema", name, "--table", name)
    run = migrate(
        "up",
        *args,
        files={"V1__a.sql": OK, "R__v.sql": "CREATE OR REPLACE VIEW v AS SELECT 1 AS a;"},
    )
    assert run.exit == 0, run
    assert [row[0] for row in db.history("type", f"{quoted}.{quoted}")] == ["SCHEMA", "SQL", "SQL"]
    run = migrate("up", *args)
    assert run.exit == 0 and "up to date" in run.output, run
    run = migrate("validate", *args)
    assert run.exit == 0, run


def test_database_name_with_quotes_and_spaces(cluster, make_runner):
    with cluster.database('data "base"; it\'s') as database:
        run = make_runner(database.url)("up", files={"V1__a.sql": OK})
        assert run.exit == 0, run
        assert database.versions() == ["1"]


# --- size ---


def test_ten_thousand_files(db, migrate):
    migrate.write({f"V{n}__x.sql": "SELECT 1;" for n in range(1, 10001)})
    run = migrate("validate", "--offline")
    assert run.exit == 0, run
    run = migrate("status", "--format", "json")
    assert run.exit == 0 and len(run.json["migrations"]) == 10000
    run = migrate("up", "--quiet", timeout=300)
    assert run.exit == 0, run.stderr[-2000:]
    assert db.value("SELECT count(*) FROM schema_history") == 10000


# --- secrets ---

SECRET = "hunter2/S3cr@t %41"
ENCODED = "hunter2%2FS3cr%40t%20%2541"


@pytest.mark.parametrize(
    "env, args, config",
    [
        ({"DATABASE_URL": "postgresql://{role}:{encoded}@{host}:{port}/{db}"}, [], ""),
        ({"DATABASE_URL": None}, ["--url", "postgresql://{role}:{encoded}@{host}:{port}/{db}"], ""),
        (
            {"DATABASE_URL": None},
            ["--url", "host={host} port={port} user={role} dbname={db} password='{secret}'"],
            "",
        ),
        (
            {
                "DATABASE_URL": None,
                "PGHOST": "{host}",
                "PGPORT": "{port}",
                "PGUSER": "{role}",
                "PGDATABASE": "{db}",
                "PGPASSWORD": "{secret}",
            },
            [],
            "",
        ),
        (
            {
                "DATABASE_URL": None,
                "MIGRATE_URL": "postgresql://{host}:{port}/{db}",
                "MIGRATE_USER": "{role}",
                "MIGRATE_PASSWORD": "{secret}",
            },
            [],
            "",
        ),
        ({"DATABASE_URL": None}, [], "url: postgresql://{role}:{encoded}@{host}:{port}/{db}\n"),
        (
            {"DATABASE_URL": None, "PW": "{secret}"},
            [],
            "url: postgresql://{host}:{port}/{db}\nuser: {role}\npassword: ${{PW}}\n",
        ),
        ({"DATABASE_URL": None}, [], "url_file: url.txt\n"),
        (
            {"DATABASE_URL": None},
            [],
            "url: postgresql://{role}@{host}:{port}/{db}\npassword_command: cat password.txt\n",
        ),
        (
            {"DATABASE_URL": None},
            ["--url", "jdbc:postgresql://{host}:{port}/{db}?user={role}&password={encoded}"],
            "",
        ),
        (
            {"DATABASE_URL": None},
            ["--url", "postgresql://{role}@{host}:{port}/{db}", "--password", "{secret}"],
            "",
        ),
    ],
    ids=[
        "DATABASE_URL",
        "url",
        "keywords",
        "PGPASSWORD",
        "MIGRATE_PASSWORD",
        "file",
        "variable",
        "url_file",
        "password_command",
        "jdbc",
        "password",
    ],
)
def test_password_is_never_printed(db, migrate, env, args, config):
    role = db.role("SUPERUSER", SECRET.replace("'", "''"))
    values = dict(
        role=role,
        secret=SECRET,
        encoded=ENCODED,
        host="127.0.0.1",
        port=db.cluster.port,
        db=db.name,
    )
    env = {name: value and value.format(**values) for name, value in env.items()}
    args = [arg.format(**values) for arg in args]
    if config:
        (migrate.folder / "migrate.yaml").write_text(config.format(**values))
    (migrate.folder / "url.txt").write_text(
        "postgresql://{role}:{encoded}@{host}:{port}/{db}\n".format(**values)
    )
    (migrate.folder / "password.txt").write_text(SECRET + "\n")
    commands = [
        ["config"], ["status"], ["status", "--format", "json"], ["plan", "--verbose"], ["validate"],
        ["up", "--dry-run"], ["up"], ["up", "--no-such-option"], ["up", "--target", "99"],
    ]  # fmt: skip
    # The server repeats the line of a syntax error.
    failing = {"V2__b.sql": f"CREATE ROLE x PASSWORD '{SECRET}' NONSENSE;"}
    runs = [migrate(*command, *args, env=env, files={"V1__a.sql": OK}) for command in commands]
    for command in ["up"], ["up", "--verbose"], ["up", "--format", "json"]:
        runs.append(migrate(*command, *args, env=env, files=failing))
    for run in runs:
        assert run.exit != 5, run  # the password is right
        for form in (SECRET, ENCODED, "hunter2", "S3cr"):
            assert form not in run.output, run
    assert db.versions() == ["1"]


def test_password_does_not_stay_in_argv(db, migrate):
    role = db.role("SUPERUSER", "argv-secret")
    url = db.url_for(user=role, password="argv-secret", host="127.0.0.1")
    run = migrate.start(
        "up", "--url", url, files={"V1__a.sql": "SELECT pg_sleep(3);"}, env={"DATABASE_URL": None}
    )
    db.wait_for_statement("pg_sleep(3)")
    with open(f"/proc/{run.process.pid}/cmdline", "rb") as file:
        assert b"argv-secret" not in file.read()
    assert run.wait().exit == 0
