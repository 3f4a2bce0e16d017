# SPDX-License-Identifier: MIT
"""
What Flyway and we do in turns, as data.  A case is a list of steps; a step has
  files     name: content below sql/ (bytes as they are, None takes the file away)
  set       settings of Flyway, from this step on (None: no longer)
  sql       statements that someone else runs before
  look      a query with one value, which must be the same, too
  do        migrate, validate, repair, baseline; without it only the states are looked at
  ours      where we do otherwise on purpose: {"fails": …, "states": {version: [ours, …]}}
Whoever has a turn, the rows and the states behind each step must be the same (play.py).
"""

T = "CREATE TABLE {} ();"
LOCK = "postgresql.transactional.lock"


def tables(*names):
    """V1__a.sql makes the table a, and so on."""
    return {f"{name}.sql": T.format(name.lower().replace("__", "_").replace(".", "_"))
            for name in names}


LOG = ("CREATE SCHEMA side; CREATE TABLE side.log"
       " (id int GENERATED ALWAYS AS IDENTITY, event text, file text)")
SAID = "SELECT string_agg(event || coalesce(' ' || file, ''), ', ' ORDER BY id) FROM side.log"


def callbacks(*events):
    """Each writes down that it ran, and for which file."""
    return {f"{event}.sql": f"INSERT INTO side.log (event) VALUES ('{event}');" for event in events}


# A row of Java's has no file here, and needs none.
JAVA = {"states": {"2": ["Out of Order"], "3": ["Out of Order"], "5": ["Success"]}}

CASES = {
    "versioned": [
        {"files": tables("V1__a", "V2__b_c"), "do": "migrate"},
        {"files": tables("V3__d"), "do": "migrate"},
        {"do": "migrate"},
        {"files": tables("V4__e"), "do": "validate"},
        {"do": "migrate"},
        {"do": "validate"},
    ],
    "versions": [
        {"files": tables("V01_0__zeros", "V1.1__dot", "V1_2__underscore", "V2__"), "do": "migrate"},
        {"files": {"V3.sql": T.format("three"), **tables("V10__ten", "V9__nine")}, "do": "migrate"},
        {"files": tables("V20261122131500__time", "V99999999999999999999__big"), "do": "migrate"},
        {"do": "validate"},
    ],
    "repeatable": [
        {"files": {**tables("V1__a"), "R__b.sql": "SELECT 1;", "R__a_z.sql": "SELECT 2;",
                   "R__C.sql": "SELECT 3;"}, "do": "migrate"},
        {"files": {"R__b.sql": "SELECT 4;"}},
        {"files": tables("V2__b"), "do": "migrate"},
        {"files": {"R__b.sql": "SELECT 1;", "R__new.sql": "SELECT 5;"}, "do": "migrate"},
        {"files": {"R__b.sql": None}},
        {"do": "validate"},
        {"do": "repair"},
        {"files": {"R__b.sql": "SELECT 1;"}},
        {"do": "migrate"},
    ],
    "checksums": [
        {"files": {
            "V1__a.sql": "SELECT 1;",
            "V2__a_newline.sql": "SELECT 1;\n",
            "V3__a_crlf.sql": "SELECT 1;\r\n",
            "V4__a_bom.sql": b"\xef\xbb\xbfSELECT 1;\n",
            "V5__b_raw.sql": "SELECT '${who}';\n",
            "V6__d.sql": "CREATE TABLE t(i int);\nINSERT INTO t VALUES (1);\n",
            "V7__d_crlf.sql": "DROP TABLE t;\r\nSELECT 1;\r\n\r\n",
            "V8__e.sql": "SELECT ('\u00e4');\n",
            "V9__f_space.sql": " SELECT 1;\n",
            "V10__f_cr.sql": b"-- a\rSELECT 1;",
            "V11__f_empty.sql": "",
            "V12__comment.sql": "-- nothing\n/* at all */\n",
            "V13__tabs.sql": "SELECT\t1 ;  \n\n\n-- end \n",
            "V14__nbsp_ls.sql": "SELECT '\u2028\u0085\u000b\u000c';\n",
            "R__c.sql": "SELECT '${who}';\n",
            "R__empty.sql": "",
        }, "set": {"placeholders.who": "world"}, "do": "migrate"},
        {"do": "validate"},
    ],
    "placeholders": [
        {"files": {
            "V1__a.sql": "CREATE TABLE ${Name} (x text DEFAULT '${name}');",
            "R__v.sql": "SELECT '${NAME} ${flyway:defaultSchema} ${flyway:user} ${flyway:table} "
                        "${flyway:filename}';",
        }, "set": {"placeholders.name": "thing"}, "do": "migrate"},
        {"do": "migrate"},
        {"set": {"placeholders.name": "other"}},
        {"do": "migrate"},
        {"do": "validate"},
        {"files": {"V2__a.sql": "SELECT '${missing}';"}, "do": "migrate"},
    ],
    "placeholder_of_the_time": [
        {"files": {"R__v.sql": "SELECT '${flyway:timestamp}';", **tables("V1__a")}, "set": {}},
        {"files": {"R__v.sql": "SELECT '${flyway:database}${flyway:environment}' IS NULL;"}},
    ],
    "placeholders_off": [
        {"files": {"V1__a.sql": "SELECT '${x}';", "V1__a.sql.conf": "placeholderReplacement=false\n",
                   "R__b.sql": "SELECT '${y}';", "R__b.sql.conf": "placeholderReplacement=false\n"},
         "do": "migrate"},
        {"do": "validate"},
    ],
    "baseline": [
        {"sql": "CREATE TABLE old ()", "files": tables("V1__a", "V2__b", "V3__c"),
         "set": {"baselineVersion": "2"}, "do": "migrate"},
        {"do": "baseline"},
        {"do": "migrate"},
        {"do": "validate"},
        {"do": "baseline"},
    ],
    "baseline_described": [
        {"set": {"baselineVersion": "01.5", "baselineDescription": "as found", "installedBy": "me"},
         "do": "baseline"},
        {"do": "baseline"},
        {"set": {"baselineVersion": "3"}, "do": "baseline"},
        {"files": tables("V1__a", "V1.5__b", "V2__c"), "do": "migrate"},
    ],
    "baseline_on_migrate": [
        {"sql": "CREATE TABLE old ()", "files": tables("V1__a", "V2__b"),
         "set": {"baselineOnMigrate": "true"}, "do": "migrate"},
        {"files": tables("V3__c"), "do": "migrate"},
    ],
    "baseline_on_migrate_when_empty": [
        {"files": tables("V1__a", "V2__b"), "set": {"baselineOnMigrate": "true"}, "do": "migrate"},
        {"do": "validate"},
    ],
    "baseline_behind_migrations": [
        {"files": tables("V1__a"), "do": "migrate"},
        {"do": "baseline"},
    ],
    "b_files": [
        {"files": tables("V1__a", "V2__b", "B2__all", "V3__c"), "do": "migrate"},
        {"do": "validate"},
        {"files": tables("B3__later", "V4__d"), "do": "migrate"},
        {"do": "validate"},
    ],
    "b_file_behind_migrations": [
        {"files": tables("V1__a"), "do": "migrate"},
        {"files": tables("B2__all", "V2__b", "V3__c")},
        {"do": "migrate"},
        {"do": "validate"},
    ],
    "two_b_files": [
        {"files": tables("B1__one", "B3__three", "V2__b", "V4__d", "V5__e")},
        {"do": "migrate"},
        {"files": {"V2__b.sql": None, "B1__one.sql": None}, "do": "validate"},
    ],
    "out_of_order": [
        {"files": tables("V1__a", "V3__c"), "do": "migrate"},
        {"files": tables("V2__b")},
        {"do": "validate"},
        {"do": "migrate"},
        {"set": {"outOfOrder": "true"}},
        {"do": "migrate"},
        {"set": {"outOfOrder": None}, "do": "validate"},
    ],
    "late_file_that_may_be_ignored": [
        {"files": tables("V1__a", "V3__c"), "do": "migrate"},
        {"files": tables("V2__b", "V4__d"), "set": {"ignoreMigrationPatterns": "*:ignored"},
         "do": "migrate"},
        {"do": "validate"},
    ],
    "failed_in_a_transaction": [
        {"files": {**tables("V1__a"), "V2__b.sql": "CREATE TABLE b ();\nSELECT 1/0;",
                   **tables("V3__c")}, "do": "migrate"},
        {"files": {"V2__b.sql": "CREATE TABLE b ();"}, "do": "migrate"},
        {"do": "validate"},
    ],
    "missing": [
        {"files": tables("V1__a", "V2__b", "V3__c"), "do": "migrate"},
        {"files": {"V2__b.sql": None}},
        {"do": "validate"},
        {"do": "migrate"},
        {"set": {"ignoreMigrationPatterns": "*:missing"}, "do": "migrate"},
        {"set": {"ignoreMigrationPatterns": None}, "do": "repair"},
        {"do": "validate"},
        {"files": tables("V4__d"), "do": "migrate"},
        {"files": {"V2__b.sql": "SELECT 2;"}},
        {"set": {"outOfOrder": "true"}, "do": "migrate"},
        {"do": "validate"},
    ],
    "future": [
        {"files": tables("V1__a", "V2__b", "V3__c"), "do": "migrate"},
        {"files": {"V2__b.sql": None, "V3__c.sql": None}},
        {"do": "validate"},
        {"do": "migrate"},
        {"do": "repair"},
        {"set": {"ignoreMigrationPatterns": "*:missing"}, "do": "validate"},
        {"do": "repair"},
    ],
    "changed_and_repaired": [
        {"files": tables("V1__a", "V2__b"), "do": "migrate"},
        {"files": {"V1__a.sql": "-- why\nCREATE TABLE v1_a ();"}, "do": "validate"},
        {"do": "migrate"},
        {"do": "repair"},
        {"files": {"V2__b.sql": None, "V2__renamed_since.sql": T.format("v2_b")}, "do": "validate"},
        {"do": "repair"},
        {"do": "validate"},
    ],
    "changed_and_not_validated": [
        {"files": tables("V1__a"), "do": "migrate"},
        {"files": {"V1__a.sql": "SELECT 0;", **tables("V2__b")}, "set": {"validateOnMigrate": "false"},
         "do": "migrate"},
        {"do": "validate"},
    ],
    "no_transaction": [
        {"files": {"V1__a.sql": "CREATE TABLE a (i int);",
                   "V2__b.sql": "CREATE INDEX CONCURRENTLY a_i ON a (i);",
                   "V3__c.sql": "VACUUM a;"},
         "set": {LOCK: "false"}, "do": "migrate"},
        {"files": {"V4__d.sql": "CREATE TABLE d ();\nREINDEX TABLE CONCURRENTLY a;",
                   "V4__d.sql.conf": "executeInTransaction=false\n"}, "do": "migrate"},
        {"files": {"V5__e.sql": "CREATE TABLE e ();\nREINDEX TABLE CONCURRENTLY a;\nVACUUM a;"},
         "set": {"mixed": "true"}, "do": "migrate"},
        {"do": "validate"},
    ],
    "failed_without_a_transaction": [
        {"files": {**tables("V1__a"), "V2__b.sql": "CREATE TABLE b ();\nSELECT 1/0;",
                   "V2__b.sql.conf": "executeInTransaction=false\n"},
         "set": {LOCK: "false"}, "do": "migrate", "ours": {"states": {"2": ["Interrupted"]}}},
        {"do": "repair"},
        {"files": {"V2__b.sql": "DROP TABLE IF EXISTS b;"}, "do": "migrate"},
        {"do": "validate"},
    ],
    "groups": [
        {"files": tables("V1__a", "V2__b"), "set": {"group": "true"}, "do": "migrate"},
        {"files": {**tables("V3__c"), "V4__d.sql": "SELECT 1/0;"}, "do": "migrate"},
        {"files": {"V4__d.sql": "SELECT 4;"}, "do": "migrate"},
    ],
    "targets": [
        {"files": tables("V1__a", "V2__b", "V3__c", "V4__d"), "set": {"target": "1"}, "do": "migrate"},
        {"set": {"target": "next"}, "do": "migrate"},
        {"set": {"target": "9"}, "do": "migrate"},
        {"set": {"target": "9?"}},
        {"set": {"target": "3?"}, "do": "migrate"},
        {"set": {"target": "current"}, "files": {"R__r.sql": "SELECT 1;"}, "do": "migrate"},
        {"set": {"target": "latest"}, "do": "migrate"},
        {"set": {"target": "2"}},
    ],
    "callbacks": [
        {"sql": LOG, "look": SAID, "files": {
            **tables("V1__a", "V2__b"), "R__c.sql": "SELECT 1;",
            **callbacks("beforeMigrate", "beforeEachMigrate", "afterEachMigrate", "afterVersioned",
                        "beforeRepeatables", "afterMigrateApplied", "afterMigrate", "afterMigrate__b",
                        "afterMigrate__a", "afterMigrateError",
                        "beforeValidate", "afterValidate")}, "do": "migrate"},
        {"look": SAID, "do": "migrate"},
        {"look": SAID, "files": {"V3__d.sql": "CREATE TABLE d ();\nSELECT 1/0;"}, "do": "migrate"},
        {"look": SAID, "files": {"V3__d.sql": "SELECT 3;"}, "do": "migrate"},
        {"look": SAID, "files": {"R__c.sql": "SELECT 2;"}, "do": "migrate"},
    ],
    "callbacks_of_statements": [
        {"sql": LOG, "look": SAID, "files": {
            "V1__a.sql": "CREATE TABLE a ();\nCREATE TABLE b ();\n",
            **callbacks("beforeEachMigrateStatement", "afterEachMigrateStatement", "beforeEachMigrate",
                        "afterEachMigrate")}, "do": "migrate"},
        {"look": SAID, "files": {"V2__b.sql": "SELECT 1;"}, "do": "migrate"},
    ],
    "callbacks_of_others": [
        {"sql": LOG, "look": SAID, "files": {
            **tables("V1__a", "V2__b"),
            **callbacks("beforeBaseline", "afterBaseline", "beforeRepair", "afterRepair",
                        "beforeMigrate", "afterMigrate")}, "do": "baseline"},
        {"look": SAID, "do": "migrate"},
        {"look": SAID, "files": {"V2__b.sql": "SELECT 2;"}, "do": "repair"},
    ],
    "callbacks_with_placeholders": [
        {"sql": LOG, "look": SAID, "set": {"placeholders.who": "me"}, "files": {
            **tables("V1__a"),
            "sub/afterEachMigrate.sql":
                "INSERT INTO side.log (event, file) VALUES ('${who}', '${flyway:filename}');",
            "afterMigrate.sql": "SELECT '${who}';",
            "afterMigrate__off.sql": "INSERT INTO side.log (event) VALUES ('${nobody}');",
            "afterMigrate__off.sql.conf": "placeholderReplacement=false\n"}, "do": "migrate"},
        {"look": SAID, "files": tables("V2__b"), "do": "migrate"},
    ],
    "next": [
        {"files": {**tables("V1__a", "V2__b", "B2__b", "V3__c", "V4__d"), "R__r.sql": "SELECT 1;"},
         "set": {"target": "next"}},
        {"do": "migrate"},
        {"do": "validate"},
        {"do": "migrate"},
        {"do": "migrate"},
        {"do": "migrate"},
    ],
    "next_out_of_order": [
        {"files": tables("V1__a", "V3__c"), "do": "migrate"},
        {"files": tables("V2__b", "V4__d", "V5__e"),
         "set": {"target": "next", "outOfOrder": "true"}},
        {"do": "migrate"},
        {"do": "migrate"},
    ],
    "schema_that_is_made": [
        {"files": tables("V1__a"), "set": {"schemas": "app"}, "do": "migrate"},
        {"files": {"V2__b.sql": "SELECT count(*) FROM v1_a;", "R__c.sql": "SELECT 1;"}, "do": "migrate"},
        {"do": "validate"},
    ],
    "schema_that_is_there": [
        {"sql": 'CREATE SCHEMA "My App"', "files": tables("V1__a"),
         "set": {"defaultSchema": "My App", "table": "my history"}, "do": "migrate"},
        {"files": tables("V2__b"), "do": "migrate"},
        {"do": "validate"},
    ],
    "schema_with_a_baseline": [
        {"set": {"schemas": "app", "baselineVersion": "3"}, "do": "baseline"},
        {"files": tables("V1__a", "V4__d"), "do": "migrate"},
        {"do": "validate"},
    ],
    "schema_that_may_not_be_made": [
        {"set": {"schemas": "app", "createSchemas": "false"}, "files": tables("V1__a")},
        {"sql": "CREATE SCHEMA app", "do": "migrate"},
    ],
    "sub_folders": [
        {"files": {"2025/V1__a.sql": "SELECT 1;", "2026/q1/V2__b.sql": "SELECT 2;",
                   "R__c.sql": "SELECT 3;", ".hidden/V9__x.sql": "SELECT 9;"}, "do": "migrate"},
        {"files": {"2025/V1__a.sql": None, "old/V1__a.sql": "SELECT 1;",
                   "R__c.sql": None, "views/R__c.sql": "SELECT 3;"}, "do": "validate"},
        {"files": {"2026/V3__d.sql": "SELECT 3;"}, "do": "migrate"},
    ],
    "names": [
        {"files": {"V1__it's \"quoted\".sql": "SELECT 1;", "V2__gr\u00f6\u00dfe \u65e5\u672c.sql": "SELECT 2;",
                   f"V3__{'long_' * 45}.sql": "SELECT 3;", "V4__UPPER.SQL": "SELECT 4;",
                   f"{'folder/' * 150}V5__deep.sql": "SELECT 5;", "V6__a__b.sql": "SELECT 6;",
                   "R__.sql": "SELECT 7;"}, "do": "migrate"},
        {"do": "validate"},
    ],
    "rows_of_java": [
        {"files": tables("V1__a", "V4__d"), "do": "migrate"},
        {"sql": "INSERT INTO flyway_schema_history VALUES"
                " (3, '2', 'java', 'JDBC', 'db.migration.V2__java', 7, 'me', now(), 0, true),"
                " (4, '3', 'shell', 'SCRIPT', 'V3__shell.sh', NULL, 'me', now(), 0, true),"
                " (5, '5', 'later', 'CUSTOM', 'V5', NULL, 'me', now(), 0, true)", "ours": JAVA},
        {"do": "validate", "ours": {"fails": False, **JAVA}},
        {"set": {"ignoreMigrationPatterns": "*:missing,*:future"}, "do": "validate", "ours": JAVA},
        {"files": tables("V6__f"), "do": "migrate", "ours": JAVA},
    ],
    "deleted_twice": [
        {"files": tables("V1__a"), "do": "migrate"},
        {"sql": "INSERT INTO flyway_schema_history VALUES"
                " (2, '2', 'b', 'SQL', 'V2__b.sql', 1, 'me', now(), 0, true),"
                " (3, '2', 'b', 'DELETE', 'V2__b.sql', 1, 'me', now(), 0, true),"
                " (4, '2', 'b', 'SQL', 'V2__b.sql', 1, 'me', now(), 0, true),"
                " (5, '2', 'b', 'DELETE', 'V2__b.sql', 1, 'me', now(), 0, true)"},
        {"do": "validate"},
        {"files": tables("V2__b", "V3__c"), "do": "migrate"},
        {"files": {"V2__b.sql": None}, "do": "repair"},
        {"do": "validate"},
    ],
    "checksum_null": [
        {"files": tables("V1__a"), "do": "migrate"},
        {"sql": "UPDATE flyway_schema_history SET checksum = NULL", "do": "validate"},
        {"files": tables("V2__b"), "do": "migrate"},
        {"do": "repair"},
    ],
    "two_baselines": [
        {"files": tables("V1__a", "V2__b", "V4__d"), "set": {"baselineVersion": "1"}, "do": "baseline"},
        {"sql": "INSERT INTO flyway_schema_history VALUES (2, '3', '<< Flyway Baseline >>', 'BASELINE',"
                " '<< Flyway Baseline >>', NULL, 'me', now(), 0, true)"},
        {"do": "migrate"},
        {"do": "validate"},
    ],
    "old_names_of_types": [
        {"files": tables("V1__a", "V3__c"), "do": "migrate"},
        {"sql": "INSERT INTO flyway_schema_history VALUES"
                " (3, '2', 'spring', 'SPRING_JDBC', 'V2', NULL, 'me', now(), 0, true)", "ours": JAVA},
        {"set": {"ignoreMigrationPatterns": "*:missing"}, "do": "validate", "ours": JAVA},
    ],
}

# Our own repair leaves a file of ours that stopped halfway to the next "up".
CASTS = {"failed_without_a_transaction": ["FM", "MF"]}
