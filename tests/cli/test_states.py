# SPDX-License-Identifier: MIT
"""Files against history on a real server: states, repairs, baselines, and whom the tables belong to."""

import pytest

ONE, TWO, THREE = "CREATE TABLE one ();", "CREATE TABLE two ();", "CREATE TABLE three ();"
VIEW = "CREATE OR REPLACE VIEW v AS SELECT 1 AS a;"


def states(migrate, *args, **options):
    """What status tells, as {"V1": "Success"} in its order."""
    run = migrate("status", "--format", "json", *args, **options)
    assert run.exit == 0, run
    return [
        (line["category"][:1] + (line["version"] or line["description"]), line["state"])
        for line in run.json["migrations"]
    ]


def applied(migrate, *args, **options):
    run = migrate("up", *args, **options)
    assert run.exit == 0, run
    return run


# --- the tables ---

FLYWAY_COLUMNS = [
    ("installed_rank", "integer", True, None),
    ("version", "character varying(50)", False, None),
    ("description", "character varying(200)", True, None),
    ("type", "character varying(20)", True, None),
    ("script", "character varying(1000)", True, None),
    ("checksum", "integer", False, None),
    ("installed_by", "character varying(100)", True, None),
    ("installed_on", "timestamp without time zone", True, "now()"),
    ("execution_time", "integer", True, None),
    ("success", "boolean", True, None),
]


def test_history_is_flyways_table(db, migrate):
    applied(migrate, files={"V1__a_b.sql": "SELECT 1;"})
    columns = db.execute(
        "SELECT attname, format_type(atttypid, atttypmod), attnotnull,"
        " (SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef WHERE adrelid = attrelid AND adnum = attnum)"
        " FROM pg_attribute WHERE attrelid = 'schema_history'::regclass AND attnum > 0 ORDER BY attnum"
    )
    assert columns == FLYWAY_COLUMNS
    assert db.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'schema_history' ORDER BY 1"
    ) == [
        (
            "schema_history_pk",
            "CREATE UNIQUE INDEX schema_history_pk ON public.schema_history USING btree (installed_rank)",
        ),
        (
            "schema_history_s_idx",
            "CREATE INDEX schema_history_s_idx ON public.schema_history USING btree (success)",
        ),
    ]
    assert db.history("installed_rank, version, description, type, script, checksum, installed_by, success") == [
        (1, "1", "a b", "SQL", "V1__a_b.sql", 78787420, "postgres", True)
    ]


def test_flyways_own_table_is_used_when_it_is_alone(db, migrate):
    applied(migrate, "--table", "flyway_schema_history", files={"V1__a.sql": ONE})
    run = applied(migrate, files={"V2__b.sql": TWO})
    assert "flyway_schema_history" in run.stderr, run
    assert db.history("version", "flyway_schema_history") == [("1",), ("2",)]
    assert not db.exists("schema_history")
    assert db.exists("flyway_schema_history_journal")


def test_journal_is_made_beside_a_history_of_flyway(db, migrate):
    applied(migrate, files={"V1__a.sql": ONE})
    db.execute("DROP TABLE schema_history_journal")
    assert states(migrate) == [("V1", "Success")]
    assert not db.exists("schema_history_journal")
    applied(migrate, files={"V2__b.sql": TWO})
    assert db.exists("schema_history_journal")


def test_rows_of_types_that_nobody_knows(db, migrate):
    applied(migrate, files={"V1__a.sql": ONE})
    db.execute(
        "INSERT INTO schema_history VALUES"
        " (2, '2', 'java', 'JDBC', 'db.migration.V2', NULL, 'me', now(), 0, true),"
        " (3, '3', 'new', 'NEVER_HEARD_OF', 'x', NULL, 'me', now(), 0, true)"
    )
    assert states(migrate) == [("V1", "Success"), ("V2", "Success"), ("V3", "Success")]
    applied(migrate, files={"V4__d.sql": TWO})


# --- states ---


def test_states_of_a_life(db, migrate):
    applied(
        migrate,
        files={"V1__a.sql": ONE, "V2__b.sql": TWO, "V4__d.sql": "SELECT 4;", "R__v.sql": VIEW},
    )
    files = {"V2__b.sql": None, "V3__c.sql": THREE, "V5__e.sql": "SELECT 5;", "R__v.sql": VIEW + "--"}
    assert states(migrate, "--target", "4", files=files) == [
        ("V1", "Success"),
        ("V2", "Missing"),
        ("V4", "Success"),
        ("Rv", "Outdated"),
        ("V3", "Ignored"),
        ("V5", "Above Target"),
        ("Rv", "Pending"),
    ]
    run = migrate("up")
    assert run.exit == 4 and "V2__b.sql" in run.stderr and "V3__c.sql" in run.stderr, run
    assert migrate("repair").exit == 0
    applied(migrate, "--out-of-order")
    assert states(migrate) == [
        ("V1", "Success"),
        ("V2", "Deleted"),
        ("V4", "Success"),
        ("Rv", "Superseded"),
        ("V3", "Out of Order"),
        ("V5", "Success"),
        ("Rv", "Success"),
    ]
    assert migrate("validate").exit == 0


def test_status_counts_for_pipelines(migrate):
    assert migrate("status", "--check", files={"V1__a.sql": ONE}).exit == 3
    applied(migrate)
    assert migrate("status", "--check").exit == 0
    run = migrate("status", "--check", files={"V1__a.sql": ONE + "--"})
    assert run.exit == 4, run
    assert migrate("status").exit == 0


def test_changed_file_says_what_changed(migrate):
    applied(migrate, files={"V1__a.sql": ONE, "V2__b.sql": TWO})
    run = migrate("validate", files={"V1__a.sql": "-- why\n" + ONE, "V2__b.sql": TWO + " SELECT 2;"})
    assert run.exit == 4, run
    assert "only comments or white space changed" in run.output, run
    assert "its statements changed" in run.output, run


# --- targets ---


def test_target_that_does_not_exist(db, migrate):
    run = migrate("up", "--target", "7", files={"V1__a.sql": ONE})
    assert run.exit == 4 and "7" in run.stderr, run
    assert not db.exists("schema_history")
    applied(migrate, "--target", "7?")
    assert db.versions() == ["1"]


def test_next_applies_one(db, migrate):
    files = {"V1__a.sql": ONE, "V2__b.sql": TWO}
    applied(migrate, "--target", "next", files=files)
    assert db.versions() == ["1"]
    applied(migrate, "--target", "next")
    assert db.versions() == ["1", "2"]


# --- repair ---


def test_repair_aligns_marks_and_removes(db, migrate):
    applied(migrate, files={"V1__a.sql": ONE, "V2__b.sql": TWO, "V3__c.sql": THREE})
    db.execute(
        "INSERT INTO schema_history VALUES (4, '4', 'd', 'SQL', 'V4__d.sql', 1, 'me', now(), 0, false)"
    )
    files = {"V1__a.sql": None, "V1__new_name.sql": "SELECT 1;", "V2__b.sql": None, "V4__d.sql": "SELECT 4;"}
    assert migrate("up", files=files).exit == 4
    run = migrate("repair")
    assert run.exit == 0, run
    assert db.history("installed_rank, version, description, type, checksum, success")[0] == (
        1, "1", "new name", "SQL", 78787420, True,
    )
    rows = db.history("installed_rank, version, type, script, success")
    assert rows[2:] == [(3, "3", "SQL", "V3__c.sql", True), (4, "2", "DELETE", "V2__b.sql", True)]
    applied(migrate)
    assert db.versions() == ["1", "2", "3", "2", "4"]
    assert migrate("validate").exit == 0


def test_repair_by_hand(db, migrate):
    applied(migrate, files={"V1__a.sql": ONE})
    db.execute("CREATE TABLE two ()")
    files = {"V2__b.sql": TWO, "V3__c.sql": THREE}
    assert migrate("repair", "--applied", "2", files=files).exit == 0
    assert db.history("version, type, script, success")[1] == ("2", "SQL", "V2__b.sql", True)
    applied(migrate)
    assert db.versions() == ["1", "2", "3"]
    db.execute("DROP TABLE three")
    assert migrate("repair", "--pending", "3").exit == 0
    assert states(migrate)[-1] == ("V3", "Pending")
    applied(migrate)
    assert db.exists("three")
    assert migrate("repair", "--pending", "9").exit == 4
    assert migrate("repair", "--applied", "1").exit == 4


def test_repair_tells_only_what_changes(db, migrate):
    files = {"V1__a.sql": "CREATE INDEX CONCURRENTLY i ON nowhere (a);"}
    assert migrate("up", files=files).exit == 1
    run = migrate("repair", "--applied", "1")
    assert run.exit == 0, run
    assert run.stdout.splitlines()[-1] == "1 marked as applied", run
    assert db.history("version, success") == [("1", True)]


# --- baseline ---


def test_baseline(db, migrate):
    db.execute("CREATE TABLE old ()")
    files = {"V1__a.sql": "SELECT 1;", "V2__b.sql": "SELECT 2;", "V3__c.sql": THREE}
    assert migrate("up", files=files).exit == 4
    run = migrate("baseline", "2")
    assert run.exit == 0, run
    assert db.history("installed_rank, version, description, type, script, checksum, execution_time") == [
        (1, "2", "<< Flyway Baseline >>", "BASELINE", "<< Flyway Baseline >>", None, 0)
    ]
    assert states(migrate) == [
        ("V1", "Below Baseline"),
        ("V2", "Ignored (Baseline)"),
        ("2", "Baseline"),
        ("V3", "Pending"),
    ]
    assert migrate("baseline", "2").exit == 0  # once more: nothing to do
    assert migrate("baseline", "3").exit == 4
    applied(migrate)
    assert db.versions() == ["2", "3"]


def test_baseline_on_up(db, migrate):
    db.execute("CREATE TYPE mood AS ENUM ('fine')")  # no table, but not empty
    args = ("--baseline-on-up", "--baseline-version", "1")
    assert migrate("up", files={"V1__a.sql": "SELECT 1;", "V2__b.sql": TWO}).exit == 4
    applied(migrate, *args)
    assert db.history("version, type") == [("1", "BASELINE"), ("2", "SQL")]
    applied(migrate, *args)


def test_baseline_on_up_with_nothing_pending(db, migrate):
    db.execute("CREATE TABLE old (a int)")
    run = migrate("up", "--baseline-on-up", files={"V1__a.sql": "SELECT 1;"})
    assert (run.exit, run.stdout) == (0, "0 applied, 0 failed, version 1\n"), run


def test_extensions_do_not_fill_a_schema(db, migrate):
    db.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    applied(migrate, files={"V1__a.sql": ONE})


@pytest.mark.parametrize(
    "object",
    [
        "CREATE SEQUENCE s",
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE DOMAIN d AS int",
        "CREATE MATERIALIZED VIEW m AS SELECT 1",
        "CREATE TABLE p (a int) PARTITION BY LIST (a)",
        "CREATE TYPE t AS (a int)",
    ],
)
def test_what_fills_a_schema(db, migrate, object):
    db.execute(object)
    assert migrate("up", files={"V1__a.sql": ONE}).exit == 4


def test_baseline_file_in_a_fresh_database(db, migrate, cluster, make_runner):
    files = {"V1__a.sql": ONE, "V2__b.sql": TWO, "B2__both.sql": ONE + TWO, "V3__c.sql": THREE}
    applied(migrate, files=files)
    assert db.history("version, type") == [("2", "SQL_BASELINE"), ("3", "SQL")]
    with cluster.database() as old:
        runner = make_runner(old.url)
        applied(runner, files={"V1__a.sql": ONE})
        applied(runner, files=files)
        assert old.history("version, type") == [("1", "SQL"), ("2", "SQL"), ("3", "SQL")]


# --- rights and owners ---


def as_role(db, role):
    return {"DATABASE_URL": db.url_for(user=role)}


def test_looking_needs_only_the_right_to_read(db, migrate):
    applied(migrate, files={"V1__a.sql": ONE})
    role = db.role()
    db.execute(f"GRANT SELECT ON schema_history, schema_history_journal TO {role}")
    env = as_role(db, role)
    assert states(migrate, env=env) == [("V1", "Success")]
    assert migrate("validate", env=env).exit == 0
    before = db.contents()
    run = migrate("up", env=env, files={"V2__b.sql": TWO})
    assert run.exit == 4 and "GRANT SELECT, INSERT" in run.stderr and role in run.stderr, run
    assert db.contents() == before


def test_without_the_right_to_read(db, migrate):
    applied(migrate, files={"V1__a.sql": ONE})
    role = db.role()
    run = migrate("validate", env=as_role(db, role))
    assert run.exit == 4 and "GRANT SELECT" in run.output, run


def test_no_right_to_create_the_schema(db, migrate):
    role = db.role()
    before = db.contents()
    run = migrate("up", "--schema", "app", env=as_role(db, role), files={"V1__a.sql": ONE})
    assert run.exit == 4 and "GRANT CREATE ON DATABASE" in run.stderr, run
    assert db.contents() == before


def test_owners_that_are_trusted(db, migrate):
    applied(migrate, files={"V1__a.sql": ONE})
    team, member, other = db.role(), db.role(), db.role()
    db.execute(
        f"ALTER TABLE schema_history OWNER TO {team}; ALTER TABLE schema_history_journal OWNER TO {team};"
        f"GRANT {team} TO {member}; GRANT ALL ON SCHEMA public TO {member}, {other};"
        f"GRANT ALL ON schema_history, schema_history_journal TO {other}"
    )
    applied(migrate, env=as_role(db, member), files={"V2__b.sql": TWO})
    run = migrate("up", env=as_role(db, other), files={"V3__c.sql": THREE})
    assert run.exit == 4 and team in run.stderr and other in run.stderr, run
    # A superuser is a member of every role, and yet has no reason to trust every role.
    assert migrate("up").exit == 4
    db.execute(f'ALTER DATABASE "{db.name}" OWNER TO {team}')
    applied(migrate, env=as_role(db, other))


def test_history_that_is_a_trap_is_not_even_read(db, migrate):
    db.execute(
        "CREATE SEQUENCE sprung;"
        "CREATE FUNCTION trap() RETURNS int LANGUAGE sql AS $$SELECT nextval('sprung')::int$$;"
        "CREATE VIEW schema_history AS SELECT trap() AS installed_rank, '1'::text AS version,"
        " 'a'::text AS description, 'SQL'::text AS type, 'V1__a.sql'::text AS script, 1 AS checksum,"
        " 'me'::text AS installed_by, now()::timestamp AS installed_on, 1 AS execution_time, true AS success"
    )
    for command in ("status", "validate", "plan", "up", "repair"):
        migrate(command, files={"V1__a.sql": ONE})
    assert db.value("SELECT is_called FROM sprung") is False


def test_squatted_journal(db, migrate):
    db.execute("CREATE TABLE schema_history_journal (id int)")
    run = migrate("up", "--baseline-on-up", files={"V1__a.sql": ONE})
    assert run.exit == 4 and "schema_history_journal" in run.stderr, run
    assert not db.exists("schema_history")


HOSTILE = """
CREATE SCHEMA evil;
CREATE SEQUENCE evil.called;
CREATE FUNCTION evil.spring() RETURNS void LANGUAGE sql SET search_path = pg_catalog AS
	$$SELECT pg_catalog.nextval('evil.called'::regclass)$$;
"""


def hostile_operators():
    """=, <>, > and || on the types of the catalog, and a few functions, that say when they are used."""
    pairs = [
        ("name", "name"), ("name", "text"), ("text", "text"), ("oid", "oid"), ("bool", "bool"),
        ('"char"', '"char"'), ("int2", "int4"), ("int4", "int4"), ("int8", "int8"), ("oid", "regclass"),
        ("oid", "regnamespace"), ("varchar", "varchar"), ("varchar", "text"), ("uuid", "uuid"),
    ]
    sql = HOSTILE
    for number, (left, right) in enumerate(pairs):
        sql += (
            f"CREATE FUNCTION evil.compare_{number}({left}, {right}) RETURNS bool LANGUAGE plpgsql"
            " AS 'BEGIN PERFORM evil.spring(); RETURN true; END';"
        )
        for operator in ("=", "<>", ">"):
            sql += (
                f"CREATE OPERATOR evil.{operator} (LEFTARG = {left}, RIGHTARG = {right},"
                f" FUNCTION = evil.compare_{number});"
            )
    sql += (
        "CREATE FUNCTION evil.now() RETURNS timestamptz LANGUAGE plpgsql"
        " AS 'BEGIN PERFORM evil.spring(); RETURN pg_catalog.now(); END';"
    )
    for name in ("current_setting", "to_char", "min", "lower"):
        sql += (
            f"CREATE FUNCTION evil.{name}(text) RETURNS text LANGUAGE plpgsql"
            " AS 'BEGIN PERFORM evil.spring(); RETURN $1; END';"
        )
    # Names of types are looked up as well.
    return sql + "CREATE TYPE evil.text AS ENUM ('x'); CREATE DOMAIN evil.uuid AS int; CREATE DOMAIN evil.jsonb AS int"


def test_own_statements_are_safe_under_a_hostile_search_path(db, migrate):
    db.execute(hostile_operators())
    db.execute(f'ALTER DATABASE "{db.name}" SET search_path = evil, pg_catalog, public')
    args = ("--schema", "app")
    files = {"V1__a.sql": "CREATE TABLE app.one ();", "R__r.sql": "CREATE OR REPLACE VIEW app.v AS SELECT 1 AS a;"}
    assert migrate("status", *args, files=files).exit == 0
    applied(migrate, *args)
    applied(migrate, *args, files={"V2__b.sql": "CREATE TABLE app.two ();"})
    assert migrate("validate", *args).exit == 0
    assert migrate("plan", *args).exit == 0
    assert migrate("repair", "--pending", "2", *args).exit == 0
    assert migrate("repair", "--applied", "2", *args).exit == 0
    assert db.history("version, type", "app.schema_history") == [
        (None, "SCHEMA"), ("1", "SQL"), (None, "SQL"), ("2", "SQL"),
    ]
    assert db.value("SELECT is_called FROM evil.called") is False


# --- places ---


def test_no_place_for_the_history(db, migrate):
    role = db.role()
    db.execute(f"ALTER ROLE {role} SET search_path = nowhere")
    run = migrate("up", env=as_role(db, role), files={"V1__a.sql": ONE})
    assert run.exit == 4 and "nowhere" in run.stderr, run


def test_user_sql_runs_in_the_schema(db, migrate):
    db.execute("CREATE SCHEMA other; CREATE TABLE other.mark ()")
    db.execute(f'ALTER DATABASE "{db.name}" SET search_path = other, public')
    files = {"V1__a.sql": "CREATE TABLE here AS SELECT current_setting('search_path') AS path; TABLE mark;"}
    applied(migrate, "--schema", "app", files=files)
    assert db.value("SELECT path FROM app.here") == '"app", other, public'


@pytest.mark.parametrize("setting, length", [("--table", 56), ("--schema", 64)])
def test_names_that_would_be_cut(db, migrate, setting, length):
    run = migrate("up", setting, "x" * length, files={"V1__a.sql": ONE})
    assert run.exit == 2 and "too long" in run.stderr, run
    applied(migrate, setting, "x" * (length - 1))
    applied(migrate, setting, "x" * (length - 1), files={"V2__b.sql": TWO})
