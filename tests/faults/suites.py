# SPDX-License-Identifier: MIT
"""
The folders that the faults are tried on: each covers another path through the program.  The table
"effects" has no key, so a statement that ran twice shows.
"""

from dataclasses import dataclass, field, replace

EFFECTS = "CREATE TABLE effects (n int, note text);\n"


@dataclass
class Suite:
    name: str
    files: dict
    command: tuple = ("up",)
    before: dict = field(default_factory=dict)  # files that are applied first, undisturbed
    sql: str = ""  # what the database holds before that
    stepwise: tuple = ()  # the files without a transaction
    held: str = ""  # what a session of the app does meanwhile, in a transaction that lasts
    most: int = 150  # points of each kind and side: long pipelines say the same again and again

    @property
    def transactional(self):
        return not self.stepwise


# Three windows: more than 64 KiB, and more than a thousand statements.
LONG = "".join(
    f"INSERT INTO effects VALUES ({n}, '{'x' * 50}');\n" for n in range(1000, 2100)
) + "".join(f"INSERT INTO effects VALUES ({n}, '{'y' * 25000}');\n" for n in range(3000, 3003))

COPY = (
    "COPY effects FROM STDIN;\n"
    + "".join(f"{n}\trow {n}\n" for n in range(100, 120))
    + "\\.\nINSERT INTO effects VALUES (120, 'behind');\n"
)

VIEW = "INSERT INTO effects VALUES ({0}, 'repeatable');\nCREATE OR REPLACE VIEW v AS SELECT {0} AS n;\n"

# What is undone shows in the table as well.
UNDO = {
    "V1__effects.sql": EFFECTS,
    "V2__two.sql": "INSERT INTO effects VALUES (2, 'two');\nCREATE TABLE two (n int);",
    "U2__two.sql": "INSERT INTO effects VALUES (-2, 'two');\nDROP TABLE two;",
    "V3__three.sql": "INSERT INTO effects VALUES (3, 'three');\nCREATE INDEX effects_n ON effects (n);",
    "U3__three.sql": "INSERT INTO effects VALUES (-3, 'three');\nDROP INDEX effects_n;",
}
UNDO_STEPWISE = "-- migrate:transaction off\nINSERT INTO effects VALUES (-3, 'three');\nDROP INDEX CONCURRENTLY effects_n;\n"

SUITES = [
    Suite(
        "files",
        {
            "V1__effects.sql": EFFECTS + "INSERT INTO effects VALUES (1, 'one');",
            "V2__two.sql": "INSERT INTO effects VALUES (2, 'two');\nCREATE INDEX effects_n ON effects (n);",
            "V3__column.sql": "ALTER TABLE effects ADD COLUMN m int;\n"
            "INSERT INTO effects VALUES (3, 'three', 3);\nCREATE TABLE other (id serial PRIMARY KEY);",
        },
    ),
    Suite("windows", {"V2__long.sql": LONG}, before={"V1__effects.sql": EFFECTS}),
    Suite(
        "copy",
        {"V2__copy.sql": COPY, "V3__more.sql": "INSERT INTO effects VALUES (3, 'three');"},
        before={"V1__effects.sql": EFFECTS},
    ),
    Suite(
        "repeatables",
        {
            "V2__two.sql": "INSERT INTO effects VALUES (2, 'two');",
            "R__view.sql": VIEW.format(20),
            "R__other.sql": "INSERT INTO effects VALUES (30, 'other');",
        },
        before={"V1__effects.sql": EFFECTS, "R__view.sql": VIEW.format(10)},
    ),
    Suite(
        "group",
        {
            "V1__effects.sql": EFFECTS,
            "V2__two.sql": "INSERT INTO effects VALUES (2, 'two');",
            "R__view.sql": VIEW.format(10),
        },
        command=("up", "--group"),
    ),
    Suite(
        "wrong",  # a file that fails: nothing of it may stay, whatever else goes wrong
        {
            "V2__two.sql": "INSERT INTO effects VALUES (2, 'two');",
            "V3__wrong.sql": "INSERT INTO effects VALUES (3, 'three');\nSELECT 1 / 0;",
        },
        before={"V1__effects.sql": EFFECTS},
    ),
    Suite(
        "schema",
        {"V1__effects.sql": EFFECTS + "INSERT INTO effects VALUES (1, 'one');"},
        command=("up", "--schema", "app"),
    ),
    Suite(
        "baseline",
        {"V1__effects.sql": EFFECTS, "V4__four.sql": "INSERT INTO effects VALUES (4, 'four');"},
        command=("baseline", "3"),
        sql=EFFECTS,
    ),
    Suite(
        "baseline_on_up",
        {"V1__effects.sql": EFFECTS, "V4__four.sql": "INSERT INTO effects VALUES (4, 'four');"},
        command=("up", "--baseline-on-up", "--baseline-version", "3"),
        sql=EFFECTS,
    ),
    Suite(
        "repair",
        {
            "V1__effects.sql": EFFECTS + "-- a comment that was added\n",
            "V2__two.sql": "INSERT INTO effects VALUES (2, 'two');  -- another one",
            "V3__three.sql": None,
        },
        command=("repair",),
        before={
            "V1__effects.sql": EFFECTS,
            "V2__two.sql": "INSERT INTO effects VALUES (2, 'two');",
            "V3__three.sql": "INSERT INTO effects VALUES (3, 'three');",
        },
    ),
    Suite(
        "repair_applied",
        {"V2__two.sql": "INSERT INTO effects VALUES (2, 'two');"},
        command=("repair", "--applied", "2"),
        before={"V1__effects.sql": EFFECTS},
    ),
    Suite(
        "stepwise",
        {
            "V2__steps.sql": "-- migrate:transaction off\nINSERT INTO effects VALUES (2, 'two');\n"
            "INSERT INTO effects VALUES (3, 'three');\nSET work_mem = '5MB';\n"
            "INSERT INTO effects SELECT 4, current_setting('work_mem');\nVACUUM effects;\n"
            "INSERT INTO effects VALUES (5, 'five');\n",
        },
        before={"V1__effects.sql": EFFECTS},
        stepwise=("V2__steps.sql",),
    ),
    Suite(
        "batches",  # of three rows, the last one of one
        {
            "V2__batches.sql": "-- migrate:batch table=items key=id size=3 max=3 pause=0\n"
            "INSERT INTO effects SELECT id, 'batch' FROM items WHERE id BETWEEN :from AND :to;\n",
            "V3__checked.sql": "-- migrate:batch table=items key=id size=4 max=4 pause=1ms\n"
            "UPDATE items SET n = n + 1 WHERE n = 0 AND id BETWEEN :from AND :to;\n",
        },
        before={
            "V1__effects.sql": EFFECTS + "CREATE TABLE items (id int PRIMARY KEY, n int);\n"
            "INSERT INTO items SELECT g, 0 FROM generate_series(1, 10) g;\n",
        },
        stepwise=("V2__batches.sql", "V3__checked.sql"),
    ),
    Suite(
        "concurrently",
        {
            "V2__index.sql": "CREATE INDEX CONCURRENTLY effects_n ON effects (n);\n"
            "REINDEX INDEX CONCURRENTLY effects_old;\n",
            "V3__gone.sql": "DROP INDEX CONCURRENTLY effects_gone;\n",
            "V4__four.sql": "INSERT INTO effects VALUES (4, 'four');",
        },
        before={
            "V1__effects.sql": EFFECTS + "INSERT INTO effects SELECT g, 'row' FROM generate_series(1, 100) g;\n"
            "CREATE INDEX effects_old ON effects (note);\nCREATE INDEX effects_gone ON effects (n, note);\n",
        },
        stepwise=("V2__index.sql", "V3__gone.sql"),
    ),
    Suite(
        "detach",
        {"V2__detach.sql": "ALTER TABLE parts DETACH PARTITION parts_1 CONCURRENTLY;\n"},
        before={
            "V1__parts.sql": EFFECTS + "CREATE TABLE parts (n int) PARTITION BY RANGE (n);\n"
            "CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (1) TO (10);\n"
            "INSERT INTO parts VALUES (1);\n",
        },
        stepwise=("V2__detach.sql",),
    ),
]
# --target, not --steps: the same command again undoes nothing more.
SUITES += [
    Suite(
        f"undo{name}",
        {},
        command=("undo", "--target", "2", "--undo-record", record),
        before={**UNDO, **files},
        stepwise=tuple(files),
    )
    for name, record, files in [
        ("", "row", {}),
        ("_delete", "delete", {}),
        ("_stepwise", "row", {"U3__three.sql": UNDO_STEPWISE}),
        ("_stepwise_delete", "delete", {"U3__three.sql": UNDO_STEPWISE}),
    ]
]
BY_NAME = {suite.name: suite for suite in SUITES}

# CONCURRENTLY waits in each of its phases: for writers of the table, and for old snapshots.
SUITES += [
    replace(BY_NAME[name], name=f"{name}_{what}", held=sql.format(table), most=30)
    for name, table in {"concurrently": "effects", "detach": "parts"}.items()
    for what, sql in {
        "behind_writer": "LOCK TABLE {} IN ROW EXCLUSIVE MODE",
        "behind_snapshot": "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; SELECT FROM {}",
    }.items()
]

# What only looks, for the faults inside the program.
LOOKS = [
    Suite(name, {"V2__two.sql": "INSERT INTO effects VALUES (2, 'two');"}, command=command,
          before={"V1__effects.sql": EFFECTS})
    for name, command in {
        "version": ("version",),
        "status": ("status",),
        "status_json": ("status", "--format", "json"),
        "plan": ("plan",),
        "validate": ("validate",),
        "dry_run": ("up", "--dry-run"),
    }.items()
]  # fmt: skip
BY_NAME.update((suite.name, suite) for suite in SUITES + LOOKS)
