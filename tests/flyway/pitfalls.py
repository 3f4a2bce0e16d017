# SPDX-License-Identifier: MIT
"""
What goes wrong with Flyway and must not with us, as data; test_pitfalls.py runs both, and the table in
docs/flyway.md is made from this.  A row has
  what      the situation, for the page
  files     below sql/; set: settings of Flyway; sql: statements before; first: files that are applied
            before, by the one who is tried
  do        migrate if not said otherwise
  holds     a statement of another session, whose transaction stays open meanwhile
  flyway, migrate   what happens: end (fine, fails, hangs), says (a pattern), look (a query and its
            value), limit (seconds until it is said to hang), and text, which says it on the page
  more      options of ours
"""

ROWS = "SELECT string_agg(coalesce(version, description) || ' ' || success, ', ' ORDER BY installed_rank) FROM flyway_schema_history"
OFF = "executeInTransaction=false\n"
SAME = ("SELECT (SELECT xmin::text FROM flyway_schema_history WHERE version = '1')"
        " = (SELECT xmin::text FROM pg_class WHERE relname = 'a')")
FINE = {"end": "fine", "text": "applied"}

PITFALLS = {
    "two_transactions": {
        "what": "A crash between the COMMIT of the migration and that of its row",
        "files": {"V1__a.sql": "CREATE TABLE a ();"},
        "flyway": {"end": "fine", "look": (SAME, False), "text":
                   "two transactions on two connections: an applied migration may be missing in the history"},
        "migrate": {"end": "fine", "look": (SAME, True), "text": "one transaction: both or neither"},
    },
    "half_done": {
        "what": "A file without a transaction fails halfway",
        "files": {"V1__a.sql": "CREATE TABLE a ();\nSELECT 1/0;", "V1__a.sql.conf": OFF},
        "flyway": {"end": "fails", "look": (f"SELECT ({ROWS}) IS NULL AND to_regclass('a') IS NOT NULL", True),
                   "text": "the history does not know that it began: the next run fails at the first statement"},
        "migrate": {"end": "fails", "look": (ROWS, "1 false"),
                    "text": "Interrupted; the next `up` goes on at the second statement"},
    },
    "index_concurrently": {
        "what": "`CREATE INDEX CONCURRENTLY` (#3508, #3961)",
        "first": {"V1__a.sql": "CREATE TABLE a (i int);"},
        "files": {"V2__b.sql": "CREATE INDEX CONCURRENTLY a_i ON a (i);"},
        "flyway": {"end": "hangs", "text": "waits for its own other connection, for ever"},
        "migrate": {**FINE, "look": (ROWS, "1 true, 2 true")},
    },
    "reindex_concurrently": {
        "what": "`REINDEX … CONCURRENTLY`",
        "first": {"V1__a.sql": "CREATE TABLE a (i int PRIMARY KEY);"},
        "files": {"V2__b.sql": "REINDEX INDEX CONCURRENTLY a_pkey;"},
        "flyway": {"end": "fails", "says": "cannot run inside a transaction block",
                   "text": "fails; needs a `.sql.conf`, and then hangs as above"},
        "migrate": FINE,
    },
    "detach_concurrently": {
        "what": "`DETACH PARTITION … CONCURRENTLY`",
        "first": {"V1__a.sql": "CREATE TABLE a (i int) PARTITION BY LIST (i);\n"
                               "CREATE TABLE a1 PARTITION OF a FOR VALUES IN (1);"},
        "files": {"V2__b.sql": "ALTER TABLE a DETACH PARTITION a1 CONCURRENTLY;"},
        "flyway": {"end": "fails", "says": "cannot run inside a transaction block", "text": "fails"},
        "migrate": FINE,
    },
    "lock_queue": {
        "what": "A table that a long transaction of the app has in use (#2087, #887)",
        "first": {"V1__a.sql": "CREATE TABLE a ();"},
        "files": {"V2__b.sql": "ALTER TABLE a ADD COLUMN b int;"},
        "holds": "LOCK TABLE a IN ACCESS SHARE MODE",
        "more": ["--lock-retry", "2s"],
        "flyway": {"end": "hangs", "text": "waits without a limit, and the whole app behind it"},
        "migrate": {"end": "fails", "exit": 6, "look": (ROWS, "1 true"), "text":
                    "short tries, at most `max_stall` each; then exit 6, naming who holds the lock"},
    },
    "transaction_inside": {
        "what": "`COMMIT` inside a file",
        "files": {"V1__a.sql": "CREATE TABLE a ();\nCOMMIT;\nSELECT 1/0;"},
        "flyway": {"end": "fails", "look": ("SELECT to_regclass('a') IS NOT NULL", True),
                   "text": "the first half stays, without a row"},
        "migrate": {"end": "fails", "exit": 4, "look": ("SELECT to_regclass('a') IS NULL", True),
                    "text": "refused before anything runs"},
    },
    "lower_case_e": {
        "what": "`e'it\\'s; fine'`, with a small e",
        "files": {"V1__a.sql": "SELECT e'it\\'s; fine';"},
        "flyway": {"end": "fails", "text": "fails"},
        "migrate": FINE,
    },
    "strings_of_old": {
        "what": "`'it\\'s; x'` under `standard_conforming_strings = off`",
        "files": {"V1__a.sql": "SET standard_conforming_strings = off;\nSELECT 'it\\'s; x';"},
        "flyway": {"end": "fails", "text": "fails"},
        "migrate": FINE,
    },
    "begin_atomic": {
        "what": "A column named `end` in `BEGIN ATOMIC`",
        "files": {"V1__a.sql": "CREATE FUNCTION f() RETURNS int LANGUAGE sql\nBEGIN ATOMIC\n"
                               "SELECT 1 AS \"end\";\nSELECT 2 AS end;\nEND;\nSELECT 1;"},
        "flyway": {"end": "fails", "text": "cut in the wrong place"},
        "migrate": FINE,
    },
    "copy_to_the_end": {
        "what": "`COPY` data up to the end of the file, without `\\.`",
        "files": {"V1__a.sql": "CREATE TABLE a (i int);\nCOPY a FROM STDIN;\n1\n2\n"},
        "flyway": {"end": "hangs", "text": "an endless loop"},
        "migrate": {**FINE, "look": ("SELECT count(*) FROM a", 2)},
    },
    "restrict": {
        "what": "A file of pg_dump, with `\\restrict` (#4171)",
        "files": {"V1__a.sql": "\\restrict abc\nCREATE TABLE a ();\n\\unrestrict abc\n"},
        "flyway": {"end": "fails", "says": "syntax error", "text": "syntax error"},
        "migrate": FINE,
    },
    "open_comment": {
        "what": "A comment `/*` that nobody closed",
        "files": {"V1__a.sql": "CREATE TABLE a ();\n/* CREATE TABLE b ();\nCREATE TABLE c ();"},
        "flyway": {"end": "fine", "look": (ROWS, "1 true"),
                   "text": "the rest of the file is dropped, and recorded as a success"},
        "migrate": {"end": "fails", "exit": 4, "says": r"V1__a\.sql:2:1", "text":
                    "refused, with the place where it opens"},
    },
    "placeholder_in_a_comment": {
        "what": "An unknown `${x}` in a comment",
        "files": {"V1__a.sql": "-- see ${x}\nCREATE TABLE a ();"},
        "flyway": {"end": "fails", "says": "No value provided for placeholder", "text": "fails"},
        "migrate": FINE,
    },
    "search_path_leaks": {
        "what": "A file that empties `search_path`, as those of pg_dump do",
        "sql": "ALTER ROLE app SET search_path = public",
        "files": {"V1__a.sql": "SELECT pg_catalog.set_config('search_path', '', false);",
                  "V2__b.sql": "CREATE TABLE b ();"},
        "flyway": {"end": "fails", "says": "no schema has been selected to create in",
                   "text": "the next file fails"},
        "migrate": {**FINE, "text": "each file begins with a fresh session"},
    },
    "timeout_leaks": {
        "what": "`SET statement_timeout` in a file",
        "files": {"V1__a.sql": "SET statement_timeout = '100ms';", "V2__b.sql": "SELECT pg_sleep(0.5);"},
        "flyway": {"end": "fails", "says": "statement timeout", "text": "holds for all later files"},
        "migrate": {**FINE, "text": "ends with the file"},
    },
    "temporary_tables_leak": {
        "what": "The same temporary table in two files",
        "files": {"V1__a.sql": "CREATE TEMP TABLE t ();", "V2__b.sql": "CREATE TEMP TABLE t ();"},
        "flyway": {"end": "fails", "says": "already exists", "text": "the second one fails"},
        "migrate": FINE,
    },
    "place_of_an_error": {
        "what": "Where an error is (#587, #4026)",
        "files": {"V1__a.sql": "SELECT 1,\n\t2,\n\tnope;"},
        "flyway": {"end": "fails", "says": r"Line\s+: 1\b", "text": "the first line of its statement"},
        "migrate": {"end": "fails", "says": r"V1__a\.sql:3:2", "text": "line and column, with the line and a caret"},
    },
    "quoted_description": {
        "what": "`baselineDescription=it's`",
        "set": {"baselineDescription": "it's"}, "do": "baseline",
        "flyway": {"end": "fails", "limit": 40, "text": "a syntax error of its own SQL"},
        "migrate": {"end": "fine", "text": "recorded as it is"},
    },
    "misnamed_file": {
        "what": "`V1_users.sql`, a file with one underscore too few",
        "files": {"V1_users.sql": "CREATE TABLE a ();"},
        "flyway": {"end": "fine", "look": ("SELECT to_regclass('a') IS NULL", True),
                   "text": "passed over in silence (unless `validateMigrationNaming`)"},
        "migrate": {"end": "fails", "exit": 4, "says": "V1__users.sql|__", "text": "an error that says how it should be"},
    },
    "undo_rows": {
        "what": "A history with rows of `undo`",
        "first": {"V1__a.sql": "CREATE TABLE a ();"},
        "sql": "INSERT INTO flyway_schema_history VALUES"
               " (2, '1', 'a', 'UNDO_SQL', 'U1__a.sql', 1, 'me', now(), 0, true); DROP TABLE a",
        "files": {"V2__b.sql": "CREATE TABLE b ();"},
        "more": ["--out-of-order"],
        "flyway": {"end": "fails", "text": "the open source edition cannot read it at all"},
        "migrate": {"end": "fine", "look": ("SELECT to_regclass('b') IS NOT NULL", True),
                    "text": "read; `undo` is free here"},
    },
}
