# SPDX-License-Identifier: MIT
"""Migration files as teams write them: many, small, always the same."""
import random

FILES, BYTES = 1482, 1_350_000

TABLES = ["users", "orders", "order_lines", "customers", "products", "invoices", "payments",
          "events", "sessions", "documents", "teams", "memberships", "audit_log", "shipments"]
COLUMNS = ["name", "email", "status", "created_at", "updated_at", "total", "note", "kind",
           "region", "reference", "position", "quantity", "due_on", "active", "external_id"]
TYPES = ["text", "bigint", "integer", "timestamptz", "boolean", "numeric(12, 2)", "uuid",
         "jsonb", "date", "varchar(255)"]
DEFAULTS = {"text": "''", "bigint": "0", "integer": "0", "timestamptz": "now()",
            "boolean": "false", "numeric(12, 2)": "0", "uuid": "gen_random_uuid()",
            "jsonb": "'{}'", "date": "CURRENT_DATE", "varchar(255)": "''"}


def create_table(pick, number):
    columns = ",\n".join(
        f"    {column} {kind} NOT NULL DEFAULT {DEFAULTS[kind]}"
        for column, kind in zip(pick.sample(COLUMNS, 6), pick.choices(TYPES, k=6)))
    return (f"CREATE TABLE {pick.choice(TABLES)}_{number} (\n"
            f"    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,\n{columns}\n);\n")


def add_column(pick, number):
    kind = pick.choice(TYPES)
    default = f" DEFAULT {DEFAULTS[kind]}" if pick.random() < 0.5 else ""
    return f"ALTER TABLE {pick.choice(TABLES)} ADD COLUMN {pick.choice(COLUMNS)}_{number} {kind}{default};\n"


def create_index(pick, number):
    table, column = pick.choice(TABLES), pick.choice(COLUMNS)
    return f"CREATE INDEX {table}_{column}_{number}_idx ON {table} ({column});\n"


def foreign_key(pick, number):
    table, other = pick.sample(TABLES, 2)
    return (f"ALTER TABLE {table}\n    ADD CONSTRAINT {table}_{other}_{number}_fk\n"
            f"    FOREIGN KEY ({other}_id) REFERENCES {other} (id) NOT VALID;\n")


def change_column(pick, number):
    action = pick.choice(["SET NOT NULL", "DROP NOT NULL", "SET DEFAULT 'x'", "TYPE text"])
    return f"ALTER TABLE {pick.choice(TABLES)} ALTER COLUMN {pick.choice(COLUMNS)}_{number} {action};\n"


def insert_rows(pick, number):
    rows = ",\n".join(f"    ({number * 100 + i}, '{pick.choice(COLUMNS)} {i}', {pick.random():.3f})"
                      for i in range(pick.randint(2, 12)))
    return f"INSERT INTO {pick.choice(TABLES)} (id, name, total) VALUES\n{rows};\n"


def update_rows(pick, number):
    return (f"UPDATE {pick.choice(TABLES)} SET {pick.choice(COLUMNS)} = {pick.choice(COLUMNS)}\n"
            f"    WHERE id = {number} AND status IS NOT NULL;\n")


def create_function(pick, number):
    return (f"CREATE OR REPLACE FUNCTION touch_{number}() RETURNS trigger LANGUAGE plpgsql AS $$\n"
            f"BEGIN\n    NEW.updated_at := now();\n    IF NEW.{pick.choice(COLUMNS)} IS NULL THEN\n"
            f"        RAISE EXCEPTION 'missing in %', TG_TABLE_NAME;\n    END IF;\n"
            f"    RETURN NEW;\nEND\n$$;\n")


def create_view(pick, number):
    table, other = pick.sample(TABLES, 2)
    return (f"CREATE VIEW {table}_view_{number} AS\n    SELECT a.id, a.{pick.choice(COLUMNS)}, count(*)\n"
            f"    FROM {table} a LEFT JOIN {other} b ON b.{table}_id = a.id\n"
            f"    WHERE a.status <> 'deleted' GROUP BY a.id;\n")


KINDS = [create_table, add_column, add_column, create_index, create_index, foreign_key,
         change_column, insert_rows, update_rows, create_function, create_view]


def write(folder):
    """Writes the files, numbered V1 ...; returns their paths and their bytes."""
    pick = random.Random(1482)
    paths, total = [], 0
    for number in range(1, FILES + 1):
        text = f"-- {number}: made for measuring\n"
        while len(text) < BYTES // FILES - 110:
            text += "\n" + pick.choice(KINDS)(pick, number)
        path = folder / f"V{number}__change.sql"
        path.write_text(text)
        paths.append(path)
        total += len(text)
    return paths, total
